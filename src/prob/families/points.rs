//! Distributions that are points: Dirac's, and the empirical one of data.

use super::{counted, number, otherwise, same, scalar};
use crate::Tensor;
use crate::prob::Fact::{Absent, Formula};
use crate::prob::{Distribution, Draw, Family, Form, Need, Parameter, Support};

/// Why there is no density.
const INFINITE: &str = "its density is infinite at one point and 0 elsewhere; expectations sift: E[f(X)] = f(mu)";

/// All probability at one point.
pub static DIRAC: Family = Family {
    name: "Dirac",
    summary: "Dirac's distribution: all probability at one point.",
    density: "delta(x - mu)",
    source: "section 3.9.5",
    forms: &[Form { parameters: &[number(&["mu", "loc", "v"], Need::Number)], first: same }],
    discrete: false,
    event: scalar,
    support: |d| Support::Values(d.parameter(0).expand_dims(-1)),
    log_prob: Absent(INFINITE),
    prob: Absent(INFINITE),
    log_cdf: Formula(|d, x| otherwise(&x.less(d.parameter(0)), &Tensor::from(f64::NEG_INFINITY), 0.0)),
    cdf: Formula(|d, x| otherwise(&x.less(d.parameter(0)), &Tensor::from(0.0), 1.0)),
    log_sf: Formula(|d, x| otherwise(&x.less(d.parameter(0)), &Tensor::from(0.0), f64::NEG_INFINITY)),
    quantile: Formula(|d, q| d.parameter(0).broadcast_like(&(d.parameter(0) + q))),
    mean: Formula(|d| d.parameter(0).clone()),
    variance: Formula(|_| Tensor::from(0.0)),
    mode: Formula(|d| d.parameter(0).clone()),
    entropy: Absent("of a density that is infinite at one point it is -inf, of one certain value 0"),
    expectation: Formula(|d, f| f(d.parameter(0))),
    sample: Formula(|d, draw| d.parameter(0).broadcast_to(&draw.shape)),
    rsample: Formula(|d, draw| d.parameter(0).broadcast_to(&draw.shape)),
    fit: Absent("it has no density, so no data is more likely under one than under another"),
};

/// The values and weights of data.
fn data(d: &Distribution) -> (&Tensor, &Tensor) {
    (d.parameter(0), d.parameter(1))
}

/// Σ wᵢ over the data for which something holds; the data is along the last axis.
fn weight(d: &Distribution, holds: Tensor) -> Tensor {
    otherwise(&holds, data(d).1, 0.0).sum(-1)
}

/// The weight of all data equal to each.
fn together(d: &Distribution) -> Tensor {
    let (v, w) = data(d);
    let equal = v.expand_dims(-1).equal(v.expand_dims(-2));
    otherwise(&equal, &w.expand_dims(-2), 0.0).sum(-1)
}

/// Values in order and the weights up to each.
fn steps(d: &Distribution) -> (Tensor, Tensor) {
    let (v, w) = data(d);
    let order = v.argsort(-1);
    (v.take_along_axis(&order, -1), w.take_along_axis(&order, -1).cumsum(-1))
}

/// The values at the places that uniform numbers pick.
fn drawn(d: &Distribution, draw: &Draw) -> Tensor {
    let (v, w) = data(d);
    let last = v.dims().last().copied().unwrap_or(1).saturating_sub(1);
    let place = w.cumsum(-1).less_equal(draw.uniform().expand_dims(-1)).cast(draw.dtype).sum(-1).minimum(last as f64);
    let places = Tensor::arange(0.0, last as f64 + 1.0, 1.0);
    otherwise(&place.expand_dims(-1).equal(places), v, 0.0).sum(-1)
}

/// 1/n, or a weight, at each value of data.
pub static EMPIRICAL: Family = Family {
    name: "Empirical",
    summary: "The empirical distribution: probability 1/n, or a weight, at each value of data along the last axis.",
    density: "mean(x == values), a mass of 1/n at each value",
    source: "section 3.9.5",
    forms: &[
        Form {
            parameters: &[
                Parameter { names: &["values", "x"], rank: 1, need: Need::Finite },
                Parameter { names: &["weights", "p"], rank: 1, need: Need::Shares },
            ],
            first: same,
        },
        Form {
            parameters: &[Parameter { names: &["values", "x"], rank: 1, need: Need::Finite }],
            first: |p| {
                let n = p[0].dims().last().copied().unwrap_or(1);
                let dtype = p[0].dtype().map_or(crate::DType::F64, crate::DType::to_float);
                vec![p[0].clone(), Tensor::full(&[n], 1.0 / n as f64, dtype)]
            },
        },
    ],
    discrete: true,
    event: scalar,
    support: |d| Support::Values(data(d).0.clone()),
    log_prob: Formula(|d, x| weight(d, x.expand_dims(-1).equal(data(d).0)).log()),
    prob: Formula(|d, x| weight(d, x.expand_dims(-1).equal(data(d).0))),
    log_cdf: Formula(|d, x| weight(d, data(d).0.less_equal(x.expand_dims(-1))).log()),
    cdf: Formula(|d, x| weight(d, data(d).0.less_equal(x.expand_dims(-1)))),
    log_sf: Formula(|d, x| weight(d, data(d).0.greater(x.expand_dims(-1))).log()),
    quantile: Formula(|d, q| {
        let (v, up_to) = steps(d);
        // The last step may have rounded below 1.
        let enough = up_to.greater_equal(q.expand_dims(-1)).logical_or(v.equal(v.max(crate::ops::keep(-1))));
        otherwise(&enough, &v, f64::INFINITY).min(-1)
    }),
    mean: Formula(|d| (data(d).0 * data(d).1).sum(-1)),
    variance: Formula(|d| {
        let (v, w) = data(d);
        let mean = (v * w).sum(crate::ops::keep(-1));
        (w * (v - mean).square()).sum(-1)
    }),
    mode: Formula(|d| {
        let (v, many) = (data(d).0, together(d));
        let best = many.equal(many.max(crate::ops::keep(-1)));
        otherwise(&best, v, f64::INFINITY).min(-1)
    }),
    entropy: Formula(|d| -(data(d).1 * together(d).log()).sum(-1)),
    expectation: Formula(|d, f| counted(data(d).1, &f(data(d).0)).sum(-1)),
    sample: Formula(drawn),
    rsample: Absent("which value is drawn is a whole number"),
    fit: Formula(|o| {
        Ok(match &o.weights {
            None => empirical(&o.x),
            Some(w) => Distribution::new(&EMPIRICAL, [o.x.clone(), w / w.sum(())]),
        })
    }),
};

/// Dirac's distribution: all probability at μ. Source: section 3.9.5.
///
/// ```
/// use gradus::prob;
/// let d = prob::dirac(3.0);
/// assert_eq!(d.expectation(|x| x.square()).eval()?.item()?, 9.0);          // sifting
/// assert!(d.log_prob(3.0).eval().unwrap_err().to_string().contains("infinite at one point"));
/// # Ok::<(), gradus::Error>(())
/// ```
#[track_caller]
pub fn dirac(mu: impl Into<Tensor>) -> Distribution {
    Distribution::new(&DIRAC, [mu.into()])
}

/// The empirical distribution of values along the last axis. Source: section 3.9.5.
///
/// ```
/// use gradus::prob;
/// let d = prob::empirical([1.0, 2.0, 2.0, 5.0]);
/// assert_eq!(d.prob(2.0).eval()?.item()?, 0.5);
/// assert_eq!(d.mean().eval()?.item()?, 2.5);
/// # Ok::<(), gradus::Error>(())
/// ```
#[track_caller]
pub fn empirical(values: impl Into<Tensor>) -> Distribution {
    Distribution::of_form(&EMPIRICAL, 1, vec![values.into()])
}
