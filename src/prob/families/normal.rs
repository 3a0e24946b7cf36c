//! The normal (Gaussian) distribution, by standard deviation, variance or precision.

use std::f64::consts::{E, PI};

use super::{number, same, scalar};
use crate::Tensor;
use crate::prob::Fact::{Absent, Formula};
use crate::prob::{Distribution, Family, Form, Need, Parameter, Support};

const MU: Parameter = number(&["mu", "loc"], Need::Number);

/// The distance from the mean in standard deviations.
fn standard(d: &Distribution, x: &Tensor) -> Tensor {
    (x - d.parameter(0)) / d.parameter(1)
}

/// N(x; μ, σ²), the normal distribution.
pub static NORMAL: Family = Family {
    name: "Normal",
    summary: "The normal (Gaussian) distribution.",
    density: "sqrt(1/(2 pi sigma**2)) exp(-(x - mu)**2 / (2 sigma**2))",
    source: "section 3.9.3",
    forms: &[
        Form { parameters: &[MU, number(&["sigma", "scale", "std"], Need::Positive)], first: same },
        Form {
            parameters: &[MU, number(&["variance", "var"], Need::Positive)],
            first: |p| vec![p[0].clone(), p[1].sqrt()],
        },
        Form {
            parameters: &[MU, number(&["precision", "beta"], Need::Positive)],
            first: |p| vec![p[0].clone(), 1.0 / p[1].sqrt()],
        },
    ],
    discrete: false,
    event: scalar,
    support: |_| Support::real(),
    log_prob: Formula(|d, x| -0.5 * standard(d, x).square() - d.parameter(1).log() - 0.5 * (2.0 * PI).ln()),
    prob: Formula(|d, x| (-0.5 * standard(d, x).square()).exp() / (d.parameter(1) * (2.0 * PI).sqrt())),
    log_cdf: Formula(|d, x| standard(d, x).log_ndtr()),
    cdf: Formula(|d, x| standard(d, x).ndtr()),
    log_sf: Formula(|d, x| (-standard(d, x)).log_ndtr()),
    quantile: Formula(|d, q| d.parameter(0) + d.parameter(1) * q.ndtri()),
    mean: Formula(|d| d.parameter(0).clone()),
    variance: Formula(|d| d.parameter(1).square()),
    mode: Formula(|d| d.parameter(0).clone()),
    entropy: Formula(|d| 0.5 * (2.0 * PI * E).ln() + d.parameter(1).log()),
    expectation: Absent("it is an integral"),
    sample: Formula(|d, draw| d.parameter(0) + d.parameter(1) * draw.normal()),
    rsample: Formula(|d, draw| d.parameter(0) + d.parameter(1) * draw.normal()),
    fit: Formula(|o| {
        let mu = o.mean(&o.x);
        let variance = o.mean(&(&o.x - &mu).square());
        Ok(normal_by_variance(mu, variance))
    }),
};

/// The normal distribution with mean μ and standard deviation σ. Source: section 3.9.3.
///
/// ```
/// use gradus::prob;
/// let d = prob::normal(0.0, 1.0);
/// assert_eq!(d.log_cdf(-1000.0).eval()?.item()?, -500007.82669481216);
/// assert!(prob::normal(0.0, -1.0).cdf(0.0).eval().unwrap_err().is_domain());
/// # Ok::<(), gradus::Error>(())
/// ```
#[track_caller]
pub fn normal(mu: impl Into<Tensor>, sigma: impl Into<Tensor>) -> Distribution {
    Distribution::new(&NORMAL, [mu.into(), sigma.into()])
}

/// The normal distribution with mean μ and variance σ².
#[track_caller]
pub fn normal_by_variance(mu: impl Into<Tensor>, variance: impl Into<Tensor>) -> Distribution {
    Distribution::of_form(&NORMAL, 1, vec![mu.into(), variance.into()])
}

/// The normal distribution with mean μ and precision β = 1/σ².
#[track_caller]
pub fn normal_by_precision(mu: impl Into<Tensor>, precision: impl Into<Tensor>) -> Distribution {
    Distribution::of_form(&NORMAL, 2, vec![mu.into(), precision.into()])
}
