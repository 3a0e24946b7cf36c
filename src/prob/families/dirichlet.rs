//! The Dirichlet distribution, by its shapes.

use super::{otherwise, same};
use crate::error::Result;
use crate::ops::keep;
use crate::prob::Fact::{Absent, Formula};
use crate::prob::{Distribution, Draw, Family, Form, Need, Observed, Parameter, Support};
use crate::{DType, Tensor};

/// The shapes along the last axis, and their sum.
fn shapes(d: &Distribution) -> (&Tensor, Tensor) {
    (d.parameter(0), d.parameter(0).sum(-1))
}

/// How many shares a value has.
fn size(d: &Distribution) -> usize {
    d.parameter(0).dims().last().copied().unwrap_or(0)
}

/// Σ (α − 1) log x + log Γ(Σ α) − Σ log Γ(α).
fn log_density(d: &Distribution, x: &Tensor) -> Tensor {
    let (a, s) = shapes(d);
    (a - 1.0).xlogy(x).sum(-1) + (s.lgamma() - a.lgamma().sum(-1))
}

/// True of vectors of shares: none below 0, and together 1 to within rounding.
fn inside(x: &Tensor) -> Tensor {
    let eps = x.dtype().ok().and_then(|d| d.to_float().format()).map_or(f64::EPSILON, |f| f.eps());
    let n = x.dims().last().copied().unwrap_or(1).max(1) as f64;
    let one = (x.sum(-1) - 1.0).abs().less_equal(4.0 * eps * n);
    x.greater_equal(0.0).all(-1).logical_and(one)
}

/// The logarithm of a gamma number of shape a: log G(a + 1) + log(U)/a, which does not underflow for small shapes.
pub(super) fn log_gamma_draw(draw: &Draw, a: &Tensor) -> Tensor {
    let two = draw.split(2);
    let g = Tensor::random_gamma(&two[0].key, &(a + 1.0), &draw.shape, draw.dtype);
    g.log() + (-two[1].uniform()).log1p() / a
}

/// Shares of independent gamma numbers.
fn drawn(d: &Distribution, draw: &Draw) -> Tensor {
    log_gamma_draw(&draw.with_event(&[size(d)]), d.parameter(0)).softmax(-1)
}

/// Γ(Σ α)/Π Γ(α) · Π x^(α − 1) over vectors of shares.
pub static DIRICHLET: Family = Family {
    name: "Dirichlet",
    summary: "The Dirichlet distribution of vectors of shares that sum to 1.",
    density: "gamma(sum(alpha)) / prod(gamma(alpha)) prod(x**(alpha - 1)) for shares x that sum to 1",
    source: "Kotz, Balakrishnan and Johnson, Continuous Multivariate Distributions, chapter 49",
    forms: &[Form {
        parameters: &[Parameter { names: &["alpha", "concentration"], rank: 1, need: Need::Positive }],
        first: same,
    }],
    discrete: false,
    event: |d| vec![size(d)],
    support: |_| Support::Simplex,
    log_prob: Formula(|d, x| otherwise(&inside(x), &log_density(d, x), f64::NEG_INFINITY)),
    prob: Formula(|d, x| otherwise(&inside(x), &log_density(d, x).exp(), 0.0)),
    log_cdf: Absent("it is an integral in several dimensions"),
    cdf: Absent("it is an integral in several dimensions"),
    log_sf: Absent("it is an integral in several dimensions"),
    quantile: Absent("vectors have no order"),
    mean: Formula(|d| d.parameter(0) / d.parameter(0).sum(keep(-1))),
    variance: Formula(|d| {
        let (a, s) = (d.parameter(0), d.parameter(0).sum(keep(-1)));
        a / &s * ((&s - a) / &s) / (&s + 1.0)
    }),
    mode: Absent("the density has a peak inside only where all shapes are above 1"),
    entropy: Formula(|d| {
        let (a, s) = shapes(d);
        let rest = d.parameter(0).sum(keep(-1)) - a;
        a.lgamma().sum(-1) - s.lgamma() + ((a - 1.0) * a.digamma_step(rest)).sum(-1)
    }),
    expectation: Absent("it is an integral"),
    sample: Formula(drawn),
    rsample: Formula(drawn),
    fit: Formula(|o| Ok(dirichlet(most_likely_shapes(o, &o.x, LOG_SHARES)?))),
};

/// The logarithms that a fit is about.
pub(super) const LOG_SHARES: fn(&Tensor) -> Tensor = Tensor::log;

/// The shapes under which shares along the last axis are most likely, by Newton's method (Minka 2000).
pub(super) fn most_likely_shapes(o: &Observed, shares: &Tensor, log: fn(&Tensor) -> Tensor) -> Result<Tensor> {
    let numbers = |t: &Tensor| Ok(Tensor::new(t.eval()?));
    let logs = numbers(&o.mean(&log(shares)))?;
    // The first two moments give a start: s = mean (1 - mean)/variance - 1 in total.
    let mean = numbers(&o.mean(shares))?;
    let variance = o.mean(&(shares - &mean).square());
    let total = (&mean * (1.0 - &mean)).sum(keep(-1)) / variance.sum(keep(-1)) - 1.0;
    let mut a = numbers(&(&mean * total.maximum(1e-3)).cast(DType::F64))?;
    for _ in 0..100 {
        let s = a.sum(keep(-1));
        let g = s.digamma() - a.digamma() + &logs;
        let q = -a.trigamma();
        let z = s.trigamma();
        let b = (&g / &q).sum(keep(-1)) / (z.reciprocal() + q.reciprocal().sum(keep(-1)));
        let next = &a - (g - b) / q;
        // A step out of range is a halving.
        let next = numbers(&Tensor::select(&next.greater(0.0), &next, &(0.5 * &a)))?;
        let change = ((&next - &a).abs() / &next).max(()).eval()?.item()?;
        a = next;
        if !(change > 1e-14) {
            break;
        }
    }
    Ok(a)
}

/// The Dirichlet distribution with these shapes along the last axis.
///
/// ```
/// use gradus::prob;
/// let d = prob::dirichlet([1.0, 2.0, 5.0]);
/// assert_eq!(d.mean().eval()?.to_f64(), [0.125, 0.25, 0.625]);
/// assert_eq!(d.log_prob([0.5, 0.5, 0.5]).eval()?.item()?, f64::NEG_INFINITY);
/// # Ok::<(), gradus::Error>(())
/// ```
#[track_caller]
pub fn dirichlet(alpha: impl Into<Tensor>) -> Distribution {
    Distribution::new(&DIRICHLET, [alpha.into()])
}
