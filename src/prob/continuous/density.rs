//! `Density`: a formula as the density of continuous variables.

use super::Integral;
use super::function::Formula;
use super::quadrature::{Cell, integrate, pieces, sum};
use super::range::Range;
use crate::error::{Error, ErrorKind, Result};
use crate::prob::joint::Given;
use crate::{DType, Tensor};

/// The joint density of some continuous variables, each between two numbers that may be infinite.
///
/// That it is nowhere negative is checked at the points at which it is integrated; that it integrates to 1, within the
/// error of the integral. In four dimensions and more integrals are by Monte Carlo.
#[derive(Clone)]
pub struct Density {
    formula: Formula,
    ranges: Vec<Range>,
    /// ∫ of the formula.
    total: Integral,
    /// What the formula is divided by: 1 unless it was to be normalised.
    divisor: f64,
    /// In one dimension the pieces of the range, in order, and the integral up to each.
    cells: Vec<Cell>,
    up_to: Vec<f64>,
}

/// A density once something was observed, and how probable that was.
#[derive(Clone)]
pub struct Updated {
    /// What is known then.
    pub density: Density,
    /// The probability, or density, of what was observed.
    pub evidence: Integral,
}

impl Density {
    /// A density from a formula of as many numbers as there are ranges; it must integrate to 1.
    pub fn new(ranges: &[(f64, f64)], f: impl FnOnce(&[Tensor]) -> Tensor) -> Result<Density> {
        let found = Density::build(ranges_of(ranges)?, Formula::new(ranges.len(), f)?)?;
        let Integral { value, error, .. } = found.total;
        // By chance a standard error is exceeded now and then; four of them are.
        let tolerance = if ranges.len() > 3 { 4.0 * error } else { error + 1e-12 };
        if (value - 1.0).abs() <= tolerance {
            return Ok(found);
        }
        let value = known_digits(value, error);
        let message =
            format!("the density integrates to {value} ± {error:.1e}, not to 1; normalize=True divides by it");
        Err(Error::new(ErrorKind::Argument, message))
    }

    /// A density from a formula with any finite integral above 0: it is divided by it.
    ///
    /// ```
    /// use gradus::prob::Density;
    /// let d = Density::normalized(&[(0.0, f64::INFINITY)], |x| (-x[0].pow(4.0)).exp())?;
    /// assert!((d.cdf(f64::INFINITY)?.value - 1.0).abs() < 1e-14);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    pub fn normalized(ranges: &[(f64, f64)], f: impl FnOnce(&[Tensor]) -> Tensor) -> Result<Density> {
        Density::build(ranges_of(ranges)?, Formula::new(ranges.len(), f)?)?.divided()
    }

    /// The formula over the ranges, whatever it integrates to.
    fn build(ranges: Vec<Range>, formula: Formula) -> Result<Density> {
        let mut f = |points: &[f64]| {
            let values = formula.values(points)?;
            let largest = values.iter().fold(0.0f64, |m, v| m.max(v.abs()));
            if let Some(i) = values.iter().position(|v| *v < -1e-15 * largest) {
                let at: Vec<String> =
                    points[i * ranges.len()..(i + 1) * ranges.len()].iter().map(f64::to_string).collect();
                let message = format!("the density is {} at ({}); a density is 0 or more", values[i], at.join(", "));
                return Err(Error::new(ErrorKind::Domain, message));
            }
            Ok(values)
        };
        let found = integrate(&mut f, &ranges)?;
        let mut cells = if ranges.len() == 1 { found.cells } else { vec![] };
        cells.sort_by(|a, b| a.lo[0].total_cmp(&b.lo[0]));
        let mut up_to = vec![0.0];
        up_to.extend((1..=cells.len()).map(|n| sum(cells[..n].iter().map(|c| c.value))));
        Ok(Density { formula, ranges, total: found.integral, divisor: 1.0, cells, up_to })
    }

    /// The density divided by its integral.
    fn divided(mut self) -> Result<Density> {
        let Integral { value, error, .. } = self.total;
        if !(value > 0.0 && value.is_finite() && error < 0.01 * value) {
            let message = format!("the density integrates to {value} ± {error:.1e}, by which it cannot be divided");
            return Err(Error::new(ErrorKind::Domain, message));
        }
        self.divisor = value;
        Ok(self)
    }

    /// How many variables there are.
    pub fn dimensions(&self) -> usize {
        self.ranges.len()
    }

    /// The integral of the formula as it was given.
    pub fn total(&self) -> Integral {
        self.total
    }

    /// p(x) as a formula, 0 outside of the ranges.
    #[track_caller]
    pub fn prob(&self, x: &[Tensor]) -> Tensor {
        self.inside(x, &(self.formula.at(x) / self.divisor), 0.0)
    }

    /// log p(x) as a formula, −∞ outside of the ranges.
    #[track_caller]
    pub fn log_prob(&self, x: &[Tensor]) -> Tensor {
        self.inside(x, &(self.formula.at(x).log() - self.divisor.ln()), f64::NEG_INFINITY)
    }

    fn inside(&self, x: &[Tensor], y: &Tensor, otherwise: f64) -> Tensor {
        let holds = self.ranges.iter().zip(x).map(|(r, x)| {
            let (lo, hi) = r.ends_at();
            x.greater_equal(lo).logical_and(x.less_equal(hi))
        });
        let holds = holds.reduce(|a, b| a.logical_and(&b));
        holds.map_or_else(|| y.clone(), |h| Tensor::select(&h, y, &Tensor::from(otherwise)))
    }

    /// E[f(X)] = ∫ p(x) f(x) dx, with its error. Where p is 0, f does not count.
    pub fn expectation(&self, f: impl FnOnce(&[Tensor]) -> Tensor) -> Result<Integral> {
        let p = &self.formula.y;
        let y = f(&self.formula.variables);
        let product = self.formula.with(Tensor::select(&p.greater(0.0), &(p * &y), &Tensor::from(0.0)))?;
        let found = integrate(&mut |points| product.values(points), &self.ranges)?.integral;
        Ok(self.share(found))
    }

    /// An integral of the formula times something, divided as the density is.
    fn share(&self, found: Integral) -> Integral {
        let value = found.value / self.divisor;
        // What it is divided by is known with an error too.
        let doubt = if self.divisor == 1.0 { 0.0 } else { value.abs() * self.total.error / self.divisor };
        Integral { value, error: found.error / self.divisor + doubt, ..found }
    }

    /// Var[f(X)], with its error.
    pub fn variance(&self, f: impl Fn(&[Tensor]) -> Tensor) -> Result<Integral> {
        self.covariance(&f, &f)
    }

    /// Cov[f(X), g(X)], with its error.
    pub fn covariance(&self, f: impl Fn(&[Tensor]) -> Tensor, g: impl Fn(&[Tensor]) -> Tensor) -> Result<Integral> {
        let (a, b) = (self.expectation(&f)?.value, self.expectation(&g)?.value);
        self.expectation(|x| (f(x) - a) * (g(x) - b))
    }

    /// The covariances of all pairs of variables, row-major, with their errors.
    pub fn covariance_matrix(&self) -> Result<Vec<Integral>> {
        let d = self.dimensions();
        let pair = |i: usize, j: usize| self.covariance(|x| x[i].clone(), |x| x[j].clone());
        let mut half = vec![];
        for i in 0..d {
            half.extend((i..d).map(|j| pair(i, j)).collect::<Result<Vec<_>>>()?);
        }
        let at = |i: usize, j: usize| i * d - i * (i + 1) / 2 + j;
        Ok((0..d * d).map(|k| half[at((k / d).min(k % d), (k / d).max(k % d))]).collect())
    }

    /// The entropy −E[log p(X)] in nats, with its error.
    pub fn entropy(&self) -> Result<Integral> {
        self.expectation(|x| self.divisor.ln() - self.formula.at(x).log())
    }

    fn line(&self, method: &str) -> Result<&Range> {
        match self.ranges.as_slice() {
            [one] => Ok(one),
            _ => Err(Error::new(ErrorKind::Argument, format!("`{method}` is of a density of one variable"))),
        }
    }

    /// P(X ≤ x) of one variable, with its error.
    pub fn cdf(&self, x: f64) -> Result<Integral> {
        self.tail(x, "cdf", true)
    }

    /// P(X > x) of one variable, with its error: right also where it is small.
    pub fn sf(&self, x: f64) -> Result<Integral> {
        self.tail(x, "sf", false)
    }

    fn tail(&self, x: f64, method: &str, below: bool) -> Result<Integral> {
        let range = *self.line(method)?;
        let (lo, hi) = range.ends_at();
        let whole = Integral { evaluations: 0, ..self.total };
        let none = Integral { value: 0.0, error: 0.0, evaluations: 0 };
        if x.is_nan() {
            return Ok(Integral { value: f64::NAN, ..none });
        }
        if x <= lo || x >= hi {
            return Ok(if below == (x >= hi) { self.share(whole) } else { none });
        }
        // An integral of its own has the digits of a small tail.
        let part = if below { Range::new(lo, x)? } else { Range::new(x, hi)? };
        Ok(self.share(integrate(&mut |points| self.formula.values(points), &[part])?.integral))
    }

    /// The least x with P(X ≤ x) ≥ q of one variable, for each q; NaN of a q that is no probability.
    ///
    /// ```
    /// let d = gradus::prob::Density::new(&[(0.0, 2.0)], |x| &x[0] / 2.0)?;
    /// assert!((d.quantile(&[0.25])?[0] - 1.0).abs() < 1e-14);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    pub fn quantile(&self, q: &[f64]) -> Result<Vec<f64>> {
        let range = *self.line("quantile")?;
        let n = self.cells.len();
        let whole = self.up_to[n];
        let cell = |q: &f64| self.up_to[1..].partition_point(|u| *u < q * whole).min(n - 1);
        let at: Vec<usize> = q.iter().map(cell).collect();
        let from: Vec<f64> = at.iter().map(|&k| self.cells[k].lo[0]).collect();
        let (mut lo, mut hi) = (from.clone(), at.iter().map(|&k| self.cells[k].hi[0]).collect::<Vec<f64>>());
        for _ in 0..60 {
            let middle: Vec<f64> = lo.iter().zip(&hi).map(|(a, b)| 0.5 * (a + b)).collect();
            let part = pieces(&mut |points| self.formula.values(points), &range, &from, &middle)?;
            for (i, m) in middle.into_iter().enumerate() {
                if self.up_to[at[i]] + part[i] < q[i] * whole { lo[i] = m } else { hi[i] = m }
            }
        }
        let (first, last) = range.ends_at();
        let x = |(q, t): (&f64, &f64)| match *q {
            0.0 => first,
            1.0 => last,
            q if !(0.0..=1.0).contains(&q) => f64::NAN,
            _ => range.point(*t).0,
        };
        Ok(q.iter().zip(&hi).map(x).collect())
    }

    /// Random values of one variable: quantiles of uniform numbers.
    pub fn sample(&self, key: &Tensor, count: usize) -> Result<Vec<f64>> {
        self.line("sample")?;
        self.quantile(&Tensor::random_uniform(key, &[count], DType::F64).eval()?.to_f64())
    }

    /// ∫ p over the variables that are not named, at these values of those that are: the marginal density there.
    ///
    /// Source: section 3.4.
    ///
    /// ```
    /// let d = gradus::prob::Density::new(&[(0.0, 1.0), (0.0, 1.0)], |x| &x[0] + &x[1])?;
    /// let p = d.marginal(&[(0, 0.25)])?;
    /// assert!((p.value - 0.75).abs() <= p.error && p.error < 1e-11);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    pub fn marginal(&self, at: &[(usize, f64)]) -> Result<Integral> {
        if self.outside(at)? {
            return Ok(Integral { value: 0.0, error: 0.0, evaluations: 0 });
        }
        let (ranges, formula) = self.sliced(at)?;
        let found = match ranges.is_empty() {
            true => Integral { value: formula.values(&[0.0])?[0], error: 0.0, evaluations: 1 },
            false => integrate(&mut |points| formula.values(points), &ranges)?.integral,
        };
        Ok(self.share(found))
    }

    /// p(others | these values), and the density of these values. Source: section 3.5.
    ///
    /// ```
    /// let d = gradus::prob::Density::new(&[(0.0, 1.0), (0.0, 1.0)], |x| &x[0] + &x[1])?;
    /// let given = d.condition(&[(0, 0.5)])?.known()?;
    /// assert!((given.density.expectation(|y| y[0].clone())?.value - 7.0 / 12.0).abs() < 1e-14);
    /// assert!(d.condition(&[(0, 1.5)])?.is_impossible());
    /// # Ok::<(), gradus::Error>(())
    /// ```
    pub fn condition(&self, at: &[(usize, f64)]) -> Result<Given<Updated>> {
        let text = || at.iter().map(|(i, v)| format!("x[{i}] = {v}")).collect::<Vec<_>>().join(", ");
        if at.len() >= self.dimensions() {
            return Err(Error::new(ErrorKind::Argument, "a density given all its variables is of none"));
        }
        if self.outside(at)? {
            return Ok(Given::Impossible { because: format!("{} lies outside of the range", text()) });
        }
        let (ranges, formula) = self.sliced(at)?;
        self.updated(Density::build(ranges, formula)?, || format!("the density is 0 wherever {}", text()))
    }

    /// p(x | data) from the likelihood of the data as a function of x: Bayes' rule. Source: section 3.11.
    ///
    /// ```
    /// // 7 heads in 10 throws of a coin of which nothing was known: Laplace's rule of succession.
    /// let prior = gradus::prob::Density::new(&[(0.0, 1.0)], |_| gradus::Tensor::from(1.0))?;
    /// let p = prior.update(|x| x[0].pow(7.0) * (1.0 - &x[0]).pow(3.0))?.known()?;
    /// assert!((p.density.expectation(|x| x[0].clone())?.value - 8.0 / 12.0).abs() < 1e-14);
    /// assert!((p.evidence.value - 1.0 / 1320.0).abs() < 1e-17);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    pub fn update(&self, likelihood: impl FnOnce(&[Tensor]) -> Tensor) -> Result<Given<Updated>> {
        let p = &self.formula.y;
        let l = likelihood(&self.formula.variables);
        let product = self.formula.with(Tensor::select(&p.greater(0.0), &(p * l), &Tensor::from(0.0)))?;
        let built = Density::build(self.ranges.clone(), product)?;
        self.updated(built, || "the likelihood is 0 wherever the density is not".to_string())
    }

    fn updated(&self, built: Density, why: impl FnOnce() -> String) -> Result<Given<Updated>> {
        if built.total.value == 0.0 {
            return Ok(Given::Impossible { because: why() });
        }
        let evidence = self.share(built.total);
        Ok(Given::Known(Updated { density: built.divided()?, evidence }))
    }

    /// True if a value lies outside of its range; an error for a variable that there is not.
    fn outside(&self, at: &[(usize, f64)]) -> Result<bool> {
        for (k, (i, _)) in at.iter().enumerate() {
            if *i >= self.dimensions() || at[..k].iter().any(|(j, _)| j == i) {
                let what = if *i >= self.dimensions() { "is not there" } else { "stands twice" };
                return Err(Error::new(ErrorKind::Argument, format!("variable {i} of {} {what}", self.dimensions())));
            }
        }
        Ok(at.iter().any(|&(i, v)| !self.ranges[i].contains(v)))
    }

    /// The formula with some numbers fixed, and the ranges of the others.
    fn sliced(&self, at: &[(usize, f64)]) -> Result<(Vec<Range>, Formula)> {
        let fixed = |i: usize| at.iter().find(|(j, _)| *j == i).map(|(_, v)| *v);
        let free: Vec<usize> = (0..self.dimensions()).filter(|&i| fixed(i).is_none()).collect();
        let ranges = free.iter().map(|&i| self.ranges[i]).collect();
        let formula = Formula::new(free.len(), |y| {
            let x = |i: usize| match fixed(i) {
                Some(v) => Tensor::from(crate::Array::scalar(v)),
                None => y[free.iter().position(|&k| k == i).unwrap_or(0)].clone(),
            };
            self.formula.at(&(0..self.dimensions()).map(x).collect::<Vec<_>>())
        })?;
        Ok((ranges, formula))
    }
}

fn ranges_of(ranges: &[(f64, f64)]) -> Result<Vec<Range>> {
    ranges.iter().map(|&(a, b)| Range::new(a, b)).collect()
}

/// A number to the digits that its error leaves.
fn known_digits(value: f64, error: f64) -> f64 {
    let places = (-error.max(1e-15).log10()).clamp(0.0, 15.0) as usize;
    format!("{value:.places$}").parse().unwrap_or(value)
}
