//! Expectations of functions under a distribution: as a sum where it is one, by quadrature, or from samples.

use super::function::Formula;
use super::quadrature::{integrate, sum};
use super::range::Range;
use crate::error::{Error, ErrorKind, Result};
use crate::ops::key;
use crate::prob::{Distribution, Estimate, Support};
use crate::{Array, Plan, Tensor, eval};

/// E[f(X)] for X of a distribution, with its error: a sum where X has finitely many values, quadrature for numbers and
/// for vectors of up to three, Monte Carlo beyond. Source: section 3.8.
///
/// The distribution is one, not a batch; f takes one value and gives a number. The density is integrated too: one that
/// the quadrature does not find is an error.
///
/// ```
/// use gradus::prob::{expectation, normal};
/// let found = expectation(|x| x.pow(4.0), &normal(0.0, 2.0))?;
/// assert!((found.value - 48.0).abs() <= found.error && found.error < 1e-11);
/// assert_eq!(found.how, "quadrature");
/// # Ok::<(), gradus::Error>(())
/// ```
pub fn expectation(f: impl Fn(&Tensor) -> Tensor, d: &Distribution) -> Result<Estimate> {
    if !d.batch_shape()?.is_empty() {
        return Err(Error::new(
            ErrorKind::Shape,
            "an expectation is under one distribution, not under a batch of them",
        ));
    }
    let finite = d.expectation(&f);
    if finite.shape().is_ok_and(<[usize]>::is_empty) {
        let value = finite.eval()?.item()?;
        return Ok(Estimate { value, error: 8.0 * f64::EPSILON * value.abs(), how: "sum" });
    }
    match (d.event_shape().as_slice(), d.is_discrete()) {
        ([], true) => over_integers(f, d),
        ([], false) => over_numbers(f, d),
        ([1..=3], false) => over_vectors(f, d),
        _ => from_samples(f, d),
    }
}

/// `Cov[f(X), g(X)] = E[(f − E[f]) (g − E[g])]`, with its error; with g = f the variance. Source: section 3.8.
///
/// ```
/// use gradus::prob::{covariance, normal};
/// let found = covariance(|x| x.clone(), |x| x.pow(3.0), &normal(0.0, 1.0))?;
/// assert!((found.value - 3.0).abs() <= found.error && found.error < 1e-12);
/// # Ok::<(), gradus::Error>(())
/// ```
pub fn covariance(f: impl Fn(&Tensor) -> Tensor, g: impl Fn(&Tensor) -> Tensor, d: &Distribution) -> Result<Estimate> {
    let (a, b) = (expectation(&f, d)?.value, expectation(&g, d)?.value);
    expectation(|x| (f(x) - a) * (g(x) - b), d)
}

/// The values of some formulas, as numbers.
fn numbers(formulas: &[&Tensor]) -> Result<Vec<Vec<f64>>> {
    Ok(eval(formulas)?.iter().map(Array::to_f64).collect())
}

/// The integral of p f over boxes, if that of p is 1.
fn weighed(p: &Formula, product: Tensor, ranges: &[Range]) -> Result<Estimate> {
    let positive = Tensor::select(&p.y.greater(0.0), &product, &Tensor::from(0.0));
    let product = p.with(positive)?;
    let whole = integrate(&mut |points| p.values(points), ranges)?.integral;
    if !((whole.value - 1.0).abs() <= 1e-6) {
        let message = format!("the quadrature finds {} of the density, not 1; its peaks are too narrow", whole.value);
        return Err(Error::new(ErrorKind::Domain, message));
    }
    let found = integrate(&mut |points| product.values(points), ranges)?.integral;
    Ok(Estimate { value: found.value, error: found.error, how: "quadrature" })
}

/// By quadrature over an interval, in units of the spread where it has no end.
fn over_numbers(f: impl Fn(&Tensor) -> Tensor, d: &Distribution) -> Result<Estimate> {
    let Support::Interval(lo, hi) = d.support() else { return from_samples(f, d) };
    let ends = numbers(&[&lo, &hi])?;
    let (lo, hi) = (ends[0][0], ends[1][0]);
    let (centre, scale) = middle(d)?;
    let (from, unit) = match (lo.is_finite(), hi.is_finite()) {
        (true, true) => (0.0, 1.0),
        (true, false) => (lo, scale),
        (false, true) => (hi, scale),
        (false, false) => (centre, scale),
    };
    let range = Range::new((lo - from) / unit, (hi - from) / unit)?;
    let at = |u: &[Tensor]| from + unit * &u[0];
    let p = Formula::new(1, |u| d.prob(at(u)) * unit)?;
    let product = &p.y * f(&at(&p.variables));
    weighed(&p, product, &[range])
}

/// A place in the middle of a distribution, and how far it spreads; 0 and 1 where it says neither.
fn middle(d: &Distribution) -> Result<(f64, f64)> {
    let known = |t: Tensor| t.eval().and_then(|a| a.item()).ok().filter(|v| v.is_finite());
    let scale = known(d.std()).filter(|s| *s > 0.0);
    if let (Some(m), Some(s)) = (known(d.mean()), scale) {
        return Ok((m, s));
    }
    let quartile = |q: f64| known(d.quantile(q));
    Ok(match (quartile(0.25), quartile(0.5), quartile(0.75)) {
        (Some(a), Some(m), Some(b)) if b > a => (m, b - a),
        _ => (0.0, 1.0),
    })
}

/// By quadrature over all vectors, each element in units of its spread.
fn over_vectors(f: impl Fn(&Tensor) -> Tensor, d: &Distribution) -> Result<Estimate> {
    if !matches!(d.support(), Support::Vectors) {
        return from_samples(f, d);
    }
    let of = numbers(&[&d.mean(), &d.std()])?;
    let (mean, std) = (&of[0], &of[1]);
    let at = |u: &[Tensor]| {
        let x: Vec<Tensor> = u.iter().zip(mean.iter().zip(std)).map(|(u, (m, s))| *m + *s * u).collect();
        Tensor::stack(&x.iter().collect::<Vec<_>>(), 0)
    };
    let unit: f64 = std.iter().product();
    let p = Formula::new(mean.len(), |u| d.prob(at(u)) * unit)?;
    let product = &p.y * f(&at(&p.variables));
    let ranges = vec![Range::new(f64::NEG_INFINITY, f64::INFINITY)?; mean.len()];
    weighed(&p, product, &ranges)
}

/// How many whole numbers are summed at a time, and at most.
const BLOCK: usize = 4096;
const MOST: usize = 1 << 24;

/// A sum over whole numbers from the lower end on, until nothing that counts is left.
fn over_integers(f: impl Fn(&Tensor) -> Tensor, d: &Distribution) -> Result<Estimate> {
    let Support::Integers(lo, hi) = d.support() else { return from_samples(f, d) };
    let ends = numbers(&[&lo, &hi])?;
    let (lo, hi) = (ends[0][0], ends[1][0]);
    if !lo.is_finite() {
        return from_samples(f, d);
    }
    let y = Formula::new(1, |x| f(&x[0]))?;
    let (mut value, mut mass, mut size) = (vec![], vec![], 0.0);
    for block in (0..MOST).step_by(BLOCK) {
        let k: Vec<f64> = (block..block + BLOCK).map(|i| lo + i as f64).take_while(|k| *k <= hi).collect();
        if k.is_empty() {
            break;
        }
        let p = d.prob(Tensor::from(k.clone())).eval()?.to_f64();
        let terms = y.values(&k)?.into_iter().zip(&p).map(|(f, p)| if *p > 0.0 { f * p } else { 0.0 });
        let terms: Vec<f64> = terms.collect();
        let last = sum(terms.iter().map(|t| t.abs()));
        size += last;
        value.push(sum(terms.into_iter()));
        mass.push(sum(p.into_iter()));
        if sum(mass.iter().copied()) > 0.5 && last <= 1e-17 * size {
            break;
        }
    }
    let left = (1.0 - sum(mass.iter().copied())).abs();
    if left > 1e-9 {
        return Err(Error::new(ErrorKind::Domain, format!("a sum over {MOST} values leaves {left:.1e} of the mass")));
    }
    let value = sum(value.into_iter());
    Ok(Estimate { value, error: 16.0 * f64::EPSILON * size + left.max(f64::EPSILON) * size, how: "sum" })
}

/// How many values Monte Carlo takes.
const SAMPLES: usize = 100_000;

/// The mean over samples, and its standard error.
fn from_samples(f: impl Fn(&Tensor) -> Tensor, d: &Distribution) -> Result<Estimate> {
    let event = d.event_shape();
    let samples = d.sample(&key(0), &[SAMPLES]).eval()?.to_f64();
    let size = event.iter().product::<usize>().max(1);
    let x = Tensor::from(Array::from_vec(vec![0.5; size], &event)?);
    let y = f(&x);
    if !y.shape()?.is_empty() {
        return Err(Error::new(ErrorKind::Shape, "an expectation is of a function that gives a number"));
    }
    let plan = Plan::new(&[&y], &[&x])?;
    let one = |v: &[f64]| {
        let v = Array::from_vec(v.to_vec(), &event)?;
        plan.run(&[&v])?.first().map_or(Ok(f64::NAN), Array::item)
    };
    let values = samples.chunks(size).map(one).collect::<Result<Vec<f64>>>()?;
    let n = values.len() as f64;
    let mean = sum(values.iter().copied()) / n;
    let variance = sum(values.iter().map(|v| (v - mean) * (v - mean))) / (n - 1.0);
    Ok(Estimate { value: mean, error: (variance / n).sqrt(), how: "Monte Carlo" })
}
