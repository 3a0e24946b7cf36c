//! The exponential distribution, by its rate.

use super::{number, otherwise, same, scalar};
use crate::Tensor;
use crate::prob::Fact::{Absent, Formula};
use crate::prob::{Distribution, Family, Form, Need, Support};

/// λ exp(−λ x) for x ≥ 0.
pub static EXPONENTIAL: Family = Family {
    name: "Exponential",
    summary: "The exponential distribution: a sharp point at 0.",
    density: "lam exp(-lam x) for x >= 0, else 0",
    source: "section 3.9.4",
    forms: &[Form { parameters: &[number(&["lam", "rate", "lambda_"], Need::Positive)], first: same }],
    discrete: false,
    event: scalar,
    support: |_| Support::positive(),
    log_prob: Formula(|d, x| {
        let lam = d.parameter(0);
        otherwise(&x.greater_equal(0.0), &(lam.log() - lam * x), f64::NEG_INFINITY)
    }),
    prob: Formula(|d, x| otherwise(&x.greater_equal(0.0), &(d.parameter(0) * (-d.parameter(0) * x).exp()), 0.0)),
    log_cdf: Formula(|d, x| otherwise(&x.greater(0.0), &(-d.parameter(0) * x).log1mexp(), f64::NEG_INFINITY)),
    cdf: Formula(|d, x| otherwise(&x.greater(0.0), &-(-d.parameter(0) * x).expm1(), 0.0)),
    log_sf: Formula(|d, x| otherwise(&x.greater(0.0), &(-d.parameter(0) * x), 0.0)),
    quantile: Formula(|d, q| -(-q).log1p() / d.parameter(0)),
    mean: Formula(|d| d.parameter(0).reciprocal()),
    variance: Formula(|d| d.parameter(0).reciprocal().square()),
    mode: Formula(|_| Tensor::from(0.0)),
    entropy: Formula(|d| 1.0 - d.parameter(0).log()),
    expectation: Absent("it is an integral"),
    sample: Formula(|d, draw| -(-draw.uniform()).log1p() / d.parameter(0)),
    rsample: Formula(|d, draw| -(-draw.uniform()).log1p() / d.parameter(0)),
    fit: Formula(|o| Ok(exponential(o.mean(&o.x).reciprocal()))),
};

/// The exponential distribution with rate λ. Source: section 3.9.4.
///
/// ```
/// use gradus::prob;
/// let d = prob::exponential(2.0);
/// assert_eq!(d.log_prob(1e300).eval()?.item()?, -2e300);
/// assert_eq!(d.quantile(d.cdf(1e-300)).eval()?.item()?, 1e-300);
/// # Ok::<(), gradus::Error>(())
/// ```
#[track_caller]
pub fn exponential(lam: impl Into<Tensor>) -> Distribution {
    Distribution::new(&EXPONENTIAL, [lam.into()])
}
