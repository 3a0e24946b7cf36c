//! Student's t distribution, by degrees of freedom, centre and scale.

use super::{number, otherwise, same, scalar};
use crate::Tensor;
use crate::prob::Fact::{Absent, Formula};
use crate::prob::{Distribution, Draw, Family, Form, Need, Parameter, Support};

const NU: Parameter = number(&["nu", "df"], Need::Positive);

/// The distance from the centre in scales.
fn standard(d: &Distribution, x: &Tensor) -> Tensor {
    (x - d.parameter(1)) / d.parameter(2)
}

/// −(ν + 1)/2 log(1 + z²/ν) − log B(ν/2, ½) − ½ log ν − log σ.
fn log_density(d: &Distribution, x: &Tensor) -> Tensor {
    let nu = d.parameter(0);
    let u = standard(d, x).abs() / nu.sqrt();
    // Where the square overflows, the 1 beside it is nothing.
    let far = u.greater(1e100);
    let near = otherwise(&far, &Tensor::from(1.0), 0.0);
    let small = Tensor::select(&far, &near, &u).square().log1p();
    let large = 2.0 * Tensor::select(&far, &u, &Tensor::from(1.0)).log();
    let bend = -0.5 * (nu + 1.0) * Tensor::select(&far, &large, &small);
    bend - (0.5 * nu).betaln(0.5) - 0.5 * nu.log() - d.parameter(2).log()
}

/// μ + σ z/√(g/(ν/2)) of a normal z and a gamma g of shape ν/2.
fn drawn(d: &Distribution, draw: &Draw) -> Tensor {
    let (two, half) = (draw.split(2), 0.5 * d.parameter(0));
    let g = Tensor::random_gamma(&two[1].key, &half, &draw.shape, draw.dtype) / &half;
    d.parameter(1) + d.parameter(2) * two[0].normal() / g.sqrt()
}

/// Γ((ν + 1)/2)/(Γ(ν/2) √(πν) σ) (1 + z²/ν)^(−(ν + 1)/2) with z = (x − μ)/σ.
pub static STUDENT_T: Family = Family {
    name: "StudentT",
    summary: "Student's t distribution with nu degrees of freedom around mu with scale sigma.",
    density: "(1 + ((x - mu)/sigma)**2 / nu)**(-(nu + 1)/2) / (exp(betaln(nu/2, 1/2)) sqrt(nu) sigma)",
    source: "Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions 2, chapter 28",
    forms: &[
        Form {
            parameters: &[NU, number(&["mu", "loc"], Need::Number), number(&["sigma", "scale"], Need::Positive)],
            first: same,
        },
        Form { parameters: &[NU], first: |p| vec![p[0].clone(), Tensor::from(0.0), Tensor::from(1.0)] },
    ],
    discrete: false,
    event: scalar,
    support: |_| Support::real(),
    log_prob: Formula(log_density),
    prob: Formula(|d, x| log_density(d, x).exp()),
    log_cdf: Formula(|d, x| d.parameter(0).log_stdtr(standard(d, x))),
    cdf: Formula(|d, x| d.parameter(0).stdtr(standard(d, x))),
    log_sf: Formula(|d, x| d.parameter(0).log_stdtr(-standard(d, x))),
    quantile: Formula(|d, q| d.parameter(1) + d.parameter(2) * d.parameter(0).stdtrit(q)),
    mean: Formula(|d| {
        let nu = d.parameter(0);
        otherwise(&nu.greater(1.0), d.parameter(1), f64::NAN)
    }),
    variance: Formula(|d| {
        let nu = d.parameter(0);
        let heavy = otherwise(&nu.greater(1.0), &Tensor::from(f64::INFINITY), f64::NAN);
        Tensor::select(&nu.greater(2.0), &(d.parameter(2).square() * nu / (nu - 2.0)), &heavy)
    }),
    mode: Formula(|d| d.parameter(1).clone()),
    entropy: Formula(|d| {
        let half = 0.5 * d.parameter(0);
        let bend = (&half + 0.5) * half.digamma_step(0.5);
        bend + 0.5 * d.parameter(0).log() + half.betaln(0.5) + d.parameter(2).log()
    }),
    expectation: Absent("it is an integral"),
    sample: Formula(drawn),
    rsample: Formula(drawn),
    fit: Absent("the likelihood has no maximum in closed form; minimise the mean of -log_prob"),
};

/// Student's t distribution with ν degrees of freedom around μ with scale σ.
///
/// ```
/// use gradus::prob;
/// let d = prob::student_t(5.0, 0.0, 1.0);
/// assert_eq!(d.cdf(0.0).eval()?.item()?, 0.5);
/// assert!((d.log_cdf(-1e10).eval()?.item()? - -112.880).abs() < 0.01);
/// # Ok::<(), gradus::Error>(())
/// ```
#[track_caller]
pub fn student_t(nu: impl Into<Tensor>, mu: impl Into<Tensor>, sigma: impl Into<Tensor>) -> Distribution {
    Distribution::new(&STUDENT_T, [nu.into(), mu.into(), sigma.into()])
}
