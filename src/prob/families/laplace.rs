//! The Laplace distribution, by its centre and scale.

use std::f64::consts::LN_2;

use super::{number, same, scalar};
use crate::Tensor;
use crate::prob::Fact::{Absent, Formula};
use crate::prob::{Distribution, Family, Form, Need, Support};

/// The distance from the centre in scales.
fn standard(d: &Distribution, x: &Tensor) -> Tensor {
    (x - d.parameter(0)) / d.parameter(1)
}

/// log P(Z ≤ z) of the standard one.
fn log_below(z: &Tensor) -> Tensor {
    Tensor::select(&z.less(0.0), &(z - LN_2), &(-0.5 * (-z).exp()).log1p())
}

/// 1/(2γ) exp(−|x − μ|/γ).
pub static LAPLACE: Family = Family {
    name: "Laplace",
    summary: "The Laplace distribution: a sharp peak of probability at mu.",
    density: "1/(2 gamma) exp(-abs(x - mu)/gamma)",
    source: "section 3.9.4",
    forms: &[Form {
        parameters: &[number(&["mu", "loc"], Need::Number), number(&["gamma", "scale", "b"], Need::Positive)],
        first: same,
    }],
    discrete: false,
    event: scalar,
    support: |_| Support::real(),
    log_prob: Formula(|d, x| -standard(d, x).abs() - d.parameter(1).log() - LN_2),
    prob: Formula(|d, x| (-standard(d, x).abs()).exp() / (2.0 * d.parameter(1))),
    log_cdf: Formula(|d, x| log_below(&standard(d, x))),
    cdf: Formula(|d, x| {
        let z = standard(d, x);
        Tensor::select(&z.less(0.0), &(0.5 * z.exp()), &(1.0 - 0.5 * (-&z).exp()))
    }),
    log_sf: Formula(|d, x| log_below(&-standard(d, x))),
    quantile: Formula(|d, q| {
        // Above the middle log(2(1 − q)), which is log1p of 1 − 2q: exact where it is small.
        let z = Tensor::select(&q.less(0.5), &(2.0 * q).log(), &-(1.0 - 2.0 * q).log1p());
        d.parameter(0) + d.parameter(1) * z
    }),
    mean: Formula(|d| d.parameter(0).clone()),
    variance: Formula(|d| 2.0 * d.parameter(1).square()),
    mode: Formula(|d| d.parameter(0).clone()),
    entropy: Formula(|d| 1.0 + LN_2 + d.parameter(1).log()),
    expectation: Absent("it is an integral"),
    sample: Formula(|d, draw| drawn(d, &draw.uniform())),
    rsample: Formula(|d, draw| drawn(d, &draw.uniform())),
    fit: Formula(|o| {
        let mu = o.median();
        Ok(laplace(&mu, o.mean(&(&o.x - &mu).abs())))
    }),
};

/// Values from uniform ones: the sign from the first half, the magnitude from what is left of it.
fn drawn(d: &Distribution, u: &Tensor) -> Tensor {
    let right = u.greater_equal(0.5);
    // Both are uniform from 0 to 1, 0 excluded.
    let v = 1.0 - Tensor::select(&right, &(2.0 * u - 1.0), &(2.0 * u));
    let z = v.log();
    d.parameter(0) + d.parameter(1) * Tensor::select(&right, &-&z, &z)
}

/// The Laplace distribution around μ with scale γ. Source: section 3.9.4.
///
/// ```
/// use gradus::prob;
/// let d = prob::laplace(1.0, 2.0);
/// assert_eq!(d.variance().eval()?.item()?, 8.0);
/// assert_eq!(d.log_cdf(-1999.0).eval()?.item()?, -1000.0 - std::f64::consts::LN_2);
/// # Ok::<(), gradus::Error>(())
/// ```
#[track_caller]
pub fn laplace(mu: impl Into<Tensor>, gamma: impl Into<Tensor>) -> Distribution {
    Distribution::new(&LAPLACE, [mu.into(), gamma.into()])
}
