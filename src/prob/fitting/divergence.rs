//! Divergences by quadrature with their error, and the distribution of a family that is nearest to another one.

use super::descent::Descent;
use super::nodes::{Nodes, nodes, number, shares};
use crate::error::{Error, ErrorKind, Result};
use crate::ops::key;
use crate::prob::{Distribution, Family, Need, kl};
use crate::{Array, Tensor};

/// A number with how wrong it may be.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// The number.
    pub value: f64,
    /// The error: of a quadrature what the last refinement changed, of a sample its standard error, 0 of a formula.
    pub error: f64,
    /// How it was found: "closed form", "quadrature", "sum" or "Monte Carlo".
    pub how: &'static str,
}

/// The divergence D(p ‖ q) in nats, by a formula if there is one, else by quadrature or from samples, with the error.
///
/// ```
/// use gradus::prob::{kl_estimate, mixture, normal};
/// let p = mixture([0.5, 0.5], &[normal(-2.0, 1.0), normal(2.0, 1.0)]);
/// let found = kl_estimate(&p, &normal(0.0, 2.236))?;
/// assert_eq!(found.how, "quadrature");
/// assert!(found.error < 1e-10 && found.value > 0.0);
/// # Ok::<(), gradus::Error>(())
/// ```
pub fn kl_estimate(p: &Distribution, q: &Distribution) -> Result<Estimate> {
    let closed = kl(p, q);
    if closed.shape().is_ok() {
        return Ok(Estimate { value: number(&closed)?, error: 0.0, how: "closed form" });
    }
    if p.is_discrete() != q.is_discrete() {
        return Ok(Estimate { value: f64::INFINITY, error: 0.0, how: "closed form" });
    }
    let Ok(fine) = nodes(p, &[q], 1.0 / 64.0) else { return from_samples(p, q) };
    let value = number(&divergence(p, q, &fine))?;
    if p.is_discrete() {
        return Ok(Estimate { value, error: f64::EPSILON * value.abs(), how: "sum" });
    }
    let coarse = number(&divergence(p, q, &nodes(p, &[q], 1.0 / 32.0)?))?;
    let error = if value == coarse { f64::EPSILON * value.abs() } else { (value - coarse).abs() };
    Ok(Estimate { value, error, how: "quadrature" })
}

/// How many values a Monte Carlo estimate takes.
const SAMPLES: usize = 100_000;

fn from_samples(p: &Distribution, q: &Distribution) -> Result<Estimate> {
    let x = p.sample(&key(0), &[SAMPLES]);
    let terms = p.log_prob(&x) - q.log_prob(&x);
    let value = number(&terms.mean(()))?;
    let error = number(&terms.std((), 1))? / (SAMPLES as f64).sqrt();
    Ok(Estimate { value, error, how: "Monte Carlo" })
}

/// Σ w p(x) (log p(x) − log q(x)); where p is 0 nothing is added.
fn divergence(p: &Distribution, q: &Distribution, nodes: &Nodes) -> Tensor {
    let (x, w) = (Tensor::from(nodes.x.clone()), Tensor::from(nodes.w.clone()));
    let (log_p, density) = (p.log_prob(&x), p.prob(&x));
    let terms = w * &density * (log_p - q.log_prob(&x));
    Tensor::select(&density.greater(0.0), &terms, &Tensor::from(0.0)).sum(())
}

/// Which divergence is made small.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// D(p ‖ q): q is large wherever p is, and covers all its modes.
    Forward,
    /// D(q ‖ p): q is small wherever p is, and picks one mode.
    Reverse,
}

/// A local optimum of a fit by divergence.
#[derive(Clone, Debug)]
pub struct KlFit {
    /// The distribution.
    pub distribution: Distribution,
    /// Its divergence in nats.
    pub divergence: f64,
}

/// The numbers of a family as functions of unconstrained ones, and back.
struct Free {
    family: &'static Family,
    form: usize,
}

impl Free {
    /// The first form of the family whose parameters are numbers that may be anything or anything above 0.
    fn of(family: &'static Family) -> Result<Free> {
        let free = |need: Need| matches!(need, Need::Number | Need::Finite | Need::Positive | Need::Share);
        let form = family.forms.iter().position(|f| f.parameters.iter().all(|p| p.rank == 0 && free(p.need)));
        let message = || format!("`fit_kl` finds families of numbers with free parameters, not `{}`", family.name);
        let form = form.ok_or_else(|| Error::new(ErrorKind::Argument, message()))?;
        Ok(Free { family, form })
    }

    fn distribution(&self, u: &Tensor) -> Distribution {
        let parameters = self.family.forms[self.form].parameters.iter().enumerate();
        let given = parameters.map(|(i, p)| {
            let u = u.index(0, i as i64);
            match p.need {
                Need::Positive => u.exp(),
                Need::Share => u.sigmoid(),
                _ => u,
            }
        });
        Distribution::of_form(self.family, self.form, given.collect())
    }

    /// The unconstrained numbers of a distribution.
    fn numbers(&self, d: &Distribution) -> Result<Vec<f64>> {
        let one = |p: &crate::prob::Parameter| {
            let v = d.get(p.names[0]).ok_or_else(|| Error::new(ErrorKind::Argument, "a parameter is not there"))?;
            let v = number(&v)?;
            Ok(match p.need {
                Need::Positive => v.ln(),
                Need::Share => (v / (1.0 - v)).ln(),
                _ => v,
            })
        };
        self.family.forms[self.form].parameters.iter().map(one).collect()
    }
}

/// The distributions of a family at which D(p ‖ q) or D(q ‖ p) has a local minimum, the best first. Source: figure 3.6.
///
/// Starts are fits to p seen through windows at several places and of several widths; each is followed to its minimum,
/// and minima that several starts end in are listed once. Errors: a p that is not a distribution of numbers, a family
/// that no data can be fitted to, or one without quantiles for the reverse direction.
///
/// ```
/// use gradus::prob::{Direction, NORMAL, fit_kl, mixture, normal};
/// let p = mixture([0.5, 0.5], &[normal(-5.0, 1.0), normal(5.0, 1.0)]);
/// let covers = fit_kl(&p, &NORMAL, Direction::Forward)?;
/// assert!((covers[0].distribution.std().eval()?.item()? - 26f64.sqrt()).abs() < 1e-6);
/// let picks = fit_kl(&p, &NORMAL, Direction::Reverse)?;
/// assert!((picks[0].distribution.mean().eval()?.item()?.abs() - 5.0).abs() < 1e-2);
/// assert!(picks.len() >= 2);
/// # Ok::<(), gradus::Error>(())
/// ```
pub fn fit_kl(p: &Distribution, family: &'static Family, direction: Direction) -> Result<Vec<KlFit>> {
    let free = Free::of(family)?;
    let grid = nodes(p, &[], 1.0 / 32.0)?;
    let starts = starts(p, family, &grid)?;
    let Some(first) = starts.first() else {
        return Err(Error::new(ErrorKind::Argument, "`fit_kl` found no place to start from"));
    };
    let u = Tensor::from(free.numbers(first)?);
    let q = free.distribution(&u);
    let loss = match direction {
        Direction::Forward => divergence(p, &q, &grid),
        Direction::Reverse => {
            // E_q[log q − log p] over quantiles, which move with the parameters.
            let at = shares(1.0 / 32.0);
            let x = q.quantile(at.x);
            (Tensor::from(at.w) * (q.log_prob(&x) - p.log_prob(&x))).sum(())
        }
    };
    loss.shape()?;
    let descent = Descent::new(&loss, &u)?;
    let mut found: Vec<(Vec<f64>, f64)> = vec![];
    for start in &starts {
        let Ok(end) = descent.from(free.numbers(start)?) else { continue };
        let near = |x: &[f64]| x.iter().zip(&end.x).all(|(a, b)| (a - b).abs() <= 1e-4 * a.abs().max(1.0));
        if end.slope < 1e-5 && !found.iter().any(|(x, _)| near(x)) {
            found.push((end.x, end.value));
        }
    }
    if found.is_empty() {
        return Err(Error::new(ErrorKind::Argument, "`fit_kl` found no minimum: no descent came to rest"));
    }
    found.sort_by(|a, b| a.1.total_cmp(&b.1));
    let fit = |(x, divergence): (Vec<f64>, f64)| -> Result<KlFit> {
        let d = free.distribution(&Tensor::from(x));
        let given: Vec<(&str, Tensor)> = d
            .given()
            .into_iter()
            .map(|(n, t)| Ok((n, Tensor::new(Array::scalar(number(&t)?)))))
            .collect::<Result<_>>()?;
        Ok(KlFit { distribution: family.of(&given), divergence })
    };
    found.into_iter().map(fit).collect()
}

/// Fits of the family to p seen through windows: the whole, and places that share its probability evenly, wide and narrow.
fn starts(p: &Distribution, family: &'static Family, grid: &Nodes) -> Result<Vec<Distribution>> {
    let density = p.prob(grid.x.clone()).eval()?.to_f64();
    let mut mass: Vec<(f64, f64)> =
        grid.x.iter().copied().zip(density.iter().zip(&grid.w).map(|(p, w)| p * w)).collect();
    // Far out the square of a point is infinite, and its mass 0.
    mass.retain(|(_, m)| *m > 0.0);
    mass.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mean: f64 = mass.iter().map(|(x, m)| x * m).sum();
    let spread = mass.iter().map(|(x, m)| (x - mean).powi(2) * m).sum::<f64>().sqrt();
    let place = |share: f64| {
        let mut sum = 0.0;
        let found = mass.iter().find(|(_, m)| {
            sum += m;
            sum >= share
        });
        found.map_or(mean, |(x, _)| *x)
    };
    let around = |share: f64| [1.0, 0.25].map(|width| (place(share), width * spread));
    let windows = [(mean, f64::INFINITY)].into_iter().chain([0.1, 0.3, 0.5, 0.7, 0.9].into_iter().flat_map(around));
    let x = Tensor::from(mass.iter().map(|(x, _)| *x).collect::<Vec<f64>>());
    let mut out = vec![];
    for (place, width) in windows {
        let window = |(x, m): &(f64, f64)| m * (-0.5 * ((x - place) / width).powi(2)).exp();
        let weights: Vec<f64> = mass.iter().map(window).collect();
        let fitted = family.fit(&x, Some(&Tensor::from(weights)))?;
        // A window in which the family fits nothing is no start.
        if fitted.given().iter().all(|(_, t)| number(t).is_ok_and(f64::is_finite)) {
            out.push(fitted);
        }
    }
    Ok(out)
}
