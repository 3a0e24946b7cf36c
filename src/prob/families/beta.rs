//! The beta distribution, by its two shapes.

use super::dirichlet::{LOG_SHARES, log_gamma_draw, most_likely_shapes};
use super::{number, otherwise, same, scalar};
use crate::Tensor;
use crate::ops;
use crate::prob::Fact::{Absent, Formula};
use crate::prob::{Distribution, Draw, Family, Form, Need, Support};

/// Both shapes.
fn shapes(d: &Distribution) -> (&Tensor, &Tensor) {
    (d.parameter(0), d.parameter(1))
}

/// (α − 1) log x + (β − 1) log(1 − x) − log B(α, β).
fn log_density(d: &Distribution, x: &Tensor) -> Tensor {
    let (a, b) = shapes(d);
    (a - 1.0).xlogy(x) + (b - 1.0).xlog1py(-x) - a.betaln(b)
}

/// True inside, where the distribution function is not yet 0 or 1.
fn inside(x: &Tensor) -> Tensor {
    x.greater(0.0).logical_and(x.less(1.0))
}

/// A function of the inside, and its two values beside it.
fn pieces(x: &Tensor, left: f64, middle: &Tensor, right: f64) -> Tensor {
    Tensor::select(&inside(x), middle, &otherwise(&x.greater_equal(1.0), &Tensor::from(right), left))
}

/// The share of two independent gamma numbers, by their logarithms: small shapes underflow to 0 and 1 together otherwise.
fn drawn(d: &Distribution, draw: &Draw) -> Tensor {
    let (a, b) = shapes(d);
    let two = draw.split(2);
    (log_gamma_draw(&two[0], a) - log_gamma_draw(&two[1], b)).sigmoid()
}

/// x^(α − 1) (1 − x)^(β − 1)/B(α, β) for 0 ≤ x ≤ 1.
pub static BETA: Family = Family {
    name: "Beta",
    summary: "The beta distribution of a share between 0 and 1.",
    density: "x**(alpha - 1) (1 - x)**(beta - 1) / exp(betaln(alpha, beta)) for 0 <= x <= 1, else 0",
    source: "Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions 2, chapter 25",
    forms: &[Form {
        parameters: &[
            number(&["alpha", "concentration1", "a"], Need::Positive),
            number(&["beta", "concentration0", "b"], Need::Positive),
        ],
        first: same,
    }],
    discrete: false,
    event: scalar,
    support: |_| Support::Interval(Tensor::from(0.0), Tensor::from(1.0)),
    log_prob: Formula(|d, x| {
        let inside = x.greater_equal(0.0).logical_and(x.less_equal(1.0));
        otherwise(&inside, &log_density(d, x), f64::NEG_INFINITY)
    }),
    prob: Formula(|d, x| {
        let inside = x.greater_equal(0.0).logical_and(x.less_equal(1.0));
        otherwise(&inside, &log_density(d, x).exp(), 0.0)
    }),
    log_cdf: Formula(|d, x| pieces(x, f64::NEG_INFINITY, &ops::log_betainc(shapes(d).0, shapes(d).1, x), 0.0)),
    cdf: Formula(|d, x| pieces(x, 0.0, &ops::betainc(shapes(d).0, shapes(d).1, x), 1.0)),
    log_sf: Formula(|d, x| pieces(x, 0.0, &ops::log_betaincc(shapes(d).0, shapes(d).1, x), f64::NEG_INFINITY)),
    quantile: Formula(|d, q| ops::betaincinv(shapes(d).0, shapes(d).1, q)),
    mean: Formula(|d| shapes(d).0 / (shapes(d).0 + shapes(d).1)),
    variance: Formula(|d| {
        let ((a, b), s) = (shapes(d), shapes(d).0 + shapes(d).1);
        a / &s * (b / &s) / (s + 1.0)
    }),
    mode: Formula(|d| {
        // Without a peak inside it is the end where the density is larger, the left one if they are equal.
        let (a, b) = shapes(d);
        let peak = a.greater(1.0).logical_and(b.greater(1.0));
        Tensor::select(&peak, &((a - 1.0) / (a + b - 2.0)), &otherwise(&a.greater(b), &Tensor::from(1.0), 0.0))
    }),
    entropy: Formula(|d| {
        let (a, b) = shapes(d);
        a.betaln(b) + (a - 1.0) * a.digamma_step(b) + (b - 1.0) * b.digamma_step(a)
    }),
    expectation: Absent("it is an integral"),
    sample: Formula(drawn),
    rsample: Formula(drawn),
    fit: Formula(|o| {
        let shares = Tensor::stack(&[&o.x, &(1.0 - &o.x)], -1);
        let found = most_likely_shapes(o, &shares, LOG_SHARES)?;
        Ok(beta(found.index(-1, 0), found.index(-1, 1)))
    }),
};

/// The beta distribution with shapes α and β.
///
/// ```
/// use gradus::prob;
/// let d = prob::beta(2.0, 3.0);
/// assert_eq!(d.mean().eval()?.item()?, 0.4);
/// assert!((d.log_cdf(1e-200).eval()?.item()? - -919.242).abs() < 1e-3);
/// # Ok::<(), gradus::Error>(())
/// ```
#[track_caller]
pub fn beta(alpha: impl Into<Tensor>, beta: impl Into<Tensor>) -> Distribution {
    Distribution::new(&BETA, [alpha.into(), beta.into()])
}
