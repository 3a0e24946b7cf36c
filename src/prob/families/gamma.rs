//! The gamma distribution, by shape and rate or scale.

use super::{number, otherwise, same, scalar};
use crate::prob::Fact::{Absent, Formula};
use crate::prob::{Distribution, Family, Form, Need, Observed, Parameter, Support};
use crate::{Tensor, error::Result};

const ALPHA: Parameter = number(&["alpha", "concentration", "shape", "a"], Need::Positive);

/// α log β + (α − 1) log x − β x − log Γ(α).
fn log_density(d: &Distribution, x: &Tensor) -> Tensor {
    let (a, b) = (d.parameter(0), d.parameter(1));
    (a * b.log() - a.lgamma()) + (a - 1.0).xlogy(x) - b * x
}

/// β^α/Γ(α) x^(α − 1) exp(−β x) for x ≥ 0.
pub static GAMMA: Family = Family {
    name: "Gamma",
    summary: "The gamma distribution: a sum of alpha waiting times of rate beta, for any alpha above 0.",
    density: "beta**alpha / gamma(alpha) x**(alpha - 1) exp(-beta x) for x >= 0, else 0",
    source: "Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions 1, chapter 17",
    forms: &[
        Form { parameters: &[ALPHA, number(&["beta", "rate"], Need::Positive)], first: same },
        Form {
            parameters: &[ALPHA, number(&["scale", "theta"], Need::Positive)],
            first: |p| vec![p[0].clone(), p[1].reciprocal()],
        },
    ],
    discrete: false,
    event: scalar,
    support: |_| Support::positive(),
    log_prob: Formula(|d, x| otherwise(&x.greater_equal(0.0), &log_density(d, x), f64::NEG_INFINITY)),
    prob: Formula(|d, x| otherwise(&x.greater_equal(0.0), &log_density(d, x).exp(), 0.0)),
    log_cdf: Formula(|d, x| {
        let inside = d.parameter(0).log_gammainc(d.parameter(1) * x);
        otherwise(&x.greater(0.0), &inside, f64::NEG_INFINITY)
    }),
    cdf: Formula(|d, x| otherwise(&x.greater(0.0), &d.parameter(0).gammainc(d.parameter(1) * x), 0.0)),
    log_sf: Formula(|d, x| otherwise(&x.greater(0.0), &d.parameter(0).log_gammaincc(d.parameter(1) * x), 0.0)),
    quantile: Formula(|d, q| d.parameter(0).gammaincinv(q) / d.parameter(1)),
    mean: Formula(|d| d.parameter(0) / d.parameter(1)),
    variance: Formula(|d| d.parameter(0) / d.parameter(1).square()),
    mode: Formula(|d| (d.parameter(0) - 1.0).maximum(0.0) / d.parameter(1)),
    entropy: Formula(|d| {
        let (a, b) = (d.parameter(0), d.parameter(1));
        a + a.lgamma() + (1.0 - a) * a.digamma() - b.log()
    }),
    expectation: Absent("it is an integral"),
    sample: Formula(|d, draw| {
        Tensor::random_gamma(&draw.key, d.parameter(0), &draw.shape, draw.dtype) / d.parameter(1)
    }),
    rsample: Formula(|d, draw| {
        Tensor::random_gamma(&draw.key, d.parameter(0), &draw.shape, draw.dtype) / d.parameter(1)
    }),
    fit: Formula(most_likely),
};

/// Newton's method for log α − ψ(α) = log mean(x) − mean(log x), in 1/α; the rate follows (Minka 2002).
fn most_likely(o: &Observed) -> Result<Distribution> {
    let mean = Tensor::new(o.mean(&o.x).eval()?);
    let gap = Tensor::new((mean.log() - o.mean(&o.x.log())).eval()?);
    let root = ((&gap - 3.0).square() + 24.0 * &gap).sqrt();
    let mut a = Tensor::new(((3.0 - &gap + root) / (12.0 * &gap)).eval()?);
    for _ in 0..12 {
        let slope = a.square() * (a.reciprocal() - a.trigamma());
        a = Tensor::new((a.reciprocal() + (a.log() - a.digamma() - &gap) / slope).reciprocal().eval()?);
    }
    Ok(gamma(&a, &a / mean))
}

/// The gamma distribution with shape α and rate β.
///
/// ```
/// use gradus::prob;
/// let d = prob::gamma(3.0, 2.0);
/// assert_eq!(d.mean().eval()?.item()?, 1.5);
/// assert!((d.log_sf(1e4).eval()?.item()? - -19980.886).abs() < 0.01);
/// # Ok::<(), gradus::Error>(())
/// ```
#[track_caller]
pub fn gamma(alpha: impl Into<Tensor>, beta: impl Into<Tensor>) -> Distribution {
    Distribution::new(&GAMMA, [alpha.into(), beta.into()])
}
