//! The Bernoulli distribution, by probability or by logit.

use super::{counted, number, otherwise, same, scalar};
use crate::Tensor;
use crate::prob::Fact::{Absent, Formula};
use crate::prob::{Distribution, Family, Form, Need, Support};

/// 1 with probability φ, else 0.
pub static BERNOULLI: Family = Family {
    name: "Bernoulli",
    summary: "The Bernoulli distribution: 1 with probability p, else 0.",
    density: "p**x (1 - p)**(1 - x) for x = 0 or 1",
    source: "section 3.9.1",
    forms: &[
        Form { parameters: &[number(&["p", "phi", "probs"], Need::Share)], first: same },
        // The stabiliser makes log-sigmoids of the logarithms.
        Form { parameters: &[number(&["logits", "z"], Need::Number)], first: |z| vec![z[0].sigmoid()] },
    ],
    discrete: true,
    event: scalar,
    support: |_| Support::Integers(Tensor::from(0.0), Tensor::from(1.0)),
    log_prob: Formula(|d, x| {
        let p = d.parameter(0);
        let failure = otherwise(&x.equal(0.0), &(1.0 - p).log(), f64::NEG_INFINITY);
        Tensor::select(&x.equal(1.0), &p.log(), &failure)
    }),
    prob: Formula(|d, x| {
        let p = d.parameter(0);
        Tensor::select(&x.equal(1.0), p, &otherwise(&x.equal(0.0), &(1.0 - p), 0.0))
    }),
    log_cdf: Formula(|d, x| {
        let below = otherwise(&x.greater_equal(0.0), &(1.0 - d.parameter(0)).log(), f64::NEG_INFINITY);
        Tensor::select(&x.greater_equal(1.0), &Tensor::from(0.0), &below)
    }),
    cdf: Formula(|d, x| {
        let below = otherwise(&x.greater_equal(0.0), &(1.0 - d.parameter(0)), 0.0);
        Tensor::select(&x.greater_equal(1.0), &Tensor::from(1.0), &below)
    }),
    log_sf: Formula(|d, x| {
        let below = otherwise(&x.greater_equal(0.0), &d.parameter(0).log(), 0.0);
        Tensor::select(&x.greater_equal(1.0), &Tensor::from(f64::NEG_INFINITY), &below)
    }),
    quantile: Formula(|d, q| otherwise(&q.less_equal(1.0 - d.parameter(0)), &Tensor::from(0.0), 1.0)),
    mean: Formula(|d| d.parameter(0).clone()),
    variance: Formula(|d| d.parameter(0) * (1.0 - d.parameter(0))),
    mode: Formula(|d| otherwise(&d.parameter(0).greater(0.5), &Tensor::from(1.0), 0.0)),
    entropy: Formula(|d| {
        let p = d.parameter(0);
        -(p * p.log() + (1.0 - p) * (1.0 - p).log())
    }),
    expectation: Formula(|d, f| {
        let p = d.parameter(0);
        counted(p, &f(&Tensor::from(1.0))) + counted(&(1.0 - p), &f(&Tensor::from(0.0)))
    }),
    sample: Formula(|d, draw| {
        otherwise(&draw.uniform().less(d.parameter(0)), &Tensor::from(1.0), 0.0).cast(draw.dtype)
    }),
    rsample: Absent("its values are whole numbers"),
    fit: Formula(|o| Ok(bernoulli(o.mean(&o.x)))),
};

/// The Bernoulli distribution with P(X = 1) = p. Source: section 3.9.1.
///
/// ```
/// use gradus::prob;
/// let d = prob::bernoulli([0.0, 0.25, 1.0]);
/// assert_eq!(d.entropy().eval()?.to_f64()[0], 0.0);
/// assert_eq!(d.log_prob(1.0).eval()?.to_f64()[0], f64::NEG_INFINITY);
/// assert!(prob::bernoulli(1.5).prob(1.0).eval().unwrap_err().is_domain());
/// # Ok::<(), gradus::Error>(())
/// ```
#[track_caller]
pub fn bernoulli(p: impl Into<Tensor>) -> Distribution {
    Distribution::new(&BERNOULLI, [p.into()])
}

/// The Bernoulli distribution with P(X = 1) = sigmoid(z).
///
/// ```
/// use gradus::prob;
/// let d = prob::bernoulli_by_logits(1000.0);
/// assert_eq!(d.log_prob(0.0).eval()?.item()?, -1000.0);
/// # Ok::<(), gradus::Error>(())
/// ```
#[track_caller]
pub fn bernoulli_by_logits(logits: impl Into<Tensor>) -> Distribution {
    Distribution::of_form(&BERNOULLI, 1, vec![logits.into()])
}
