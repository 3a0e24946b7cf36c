//! The lognormal distribution: the exponential of a normal number.

use std::f64::consts::PI;

use super::{normal::NORMAL, number, otherwise, same, scalar};
use crate::prob::Fact::{Absent, Formula};
use crate::prob::{Distribution, Draw, Family, Form, Need, Observed, Support};
use crate::{Tensor, error::Result};

/// The distance of log x from μ in units of σ.
fn standard(d: &Distribution, x: &Tensor) -> Tensor {
    (x.log() - d.parameter(0)) / d.parameter(1)
}

/// −z²/2 − log x − log σ − ½ log 2π.
fn log_density(d: &Distribution, x: &Tensor) -> Tensor {
    -0.5 * standard(d, x).square() - x.log() - d.parameter(1).log() - 0.5 * (2.0 * PI).ln()
}

fn drawn(d: &Distribution, draw: &Draw) -> Tensor {
    (d.parameter(0) + d.parameter(1) * draw.normal()).exp()
}

/// 1/(x σ √(2π)) exp(−(log x − μ)²/(2σ²)) for x > 0.
pub static LOG_NORMAL: Family = Family {
    name: "LogNormal",
    summary: "The lognormal distribution: its logarithm is normal with mean mu and standard deviation sigma.",
    density: "exp(-((log(x) - mu)/sigma)**2 / 2) / (x sigma sqrt(2 pi)) for x > 0, else 0",
    source: "Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions 1, chapter 14",
    forms: &[Form {
        parameters: &[number(&["mu", "loc"], Need::Number), number(&["sigma", "scale"], Need::Positive)],
        first: same,
    }],
    discrete: false,
    event: scalar,
    support: |_| Support::positive(),
    log_prob: Formula(|d, x| otherwise(&x.greater(0.0), &log_density(d, x), f64::NEG_INFINITY)),
    prob: Formula(|d, x| otherwise(&x.greater(0.0), &log_density(d, x).exp(), 0.0)),
    log_cdf: Formula(|d, x| otherwise(&x.greater(0.0), &standard(d, x).log_ndtr(), f64::NEG_INFINITY)),
    cdf: Formula(|d, x| otherwise(&x.greater(0.0), &standard(d, x).ndtr(), 0.0)),
    log_sf: Formula(|d, x| otherwise(&x.greater(0.0), &(-standard(d, x)).log_ndtr(), 0.0)),
    quantile: Formula(|d, q| (d.parameter(0) + d.parameter(1) * q.ndtri()).exp()),
    mean: Formula(|d| (d.parameter(0) + 0.5 * d.parameter(1).square()).exp()),
    variance: Formula(|d| {
        let s = d.parameter(1).square();
        s.expm1() * (2.0 * d.parameter(0) + &s).exp()
    }),
    mode: Formula(|d| (d.parameter(0) - d.parameter(1).square()).exp()),
    entropy: Formula(|d| d.parameter(0) + 0.5 + 0.5 * (2.0 * PI).ln() + d.parameter(1).log()),
    expectation: Absent("it is an integral"),
    sample: Formula(drawn),
    rsample: Formula(drawn),
    fit: Formula(most_likely),
};

/// The normal fit of the logarithms.
fn most_likely(o: &Observed) -> Result<Distribution> {
    let fitted = NORMAL.fit(o.x.log(), o.weights.as_ref())?;
    Ok(log_normal(fitted.parameter(0), fitted.parameter(1)))
}

/// The distribution of exp(X) for a normal X with mean μ and standard deviation σ.
///
/// ```
/// use gradus::prob;
/// let d = prob::log_normal(0.0, 1.0);
/// assert_eq!(d.cdf(1.0).eval()?.item()?, 0.5);
/// assert_eq!(d.quantile(0.5).eval()?.item()?, 1.0);
/// # Ok::<(), gradus::Error>(())
/// ```
#[track_caller]
pub fn log_normal(mu: impl Into<Tensor>, sigma: impl Into<Tensor>) -> Distribution {
    Distribution::new(&LOG_NORMAL, [mu.into(), sigma.into()])
}
