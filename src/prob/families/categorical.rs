//! The categorical distribution over 0, 1, …, k − 1, by probabilities or by logits.

use super::{counted, otherwise, same, scalar};
use crate::ops::keep;
use crate::prob::Fact::{Absent, Formula};
use crate::prob::{Distribution, Family, Form, Need, Parameter, Support};
use crate::{DType, Tensor};

/// The number of categories.
fn count(d: &Distribution) -> usize {
    d.parameter(0).dims().last().copied().unwrap_or(0)
}

/// The categories, as floats.
fn categories(d: &Distribution) -> Tensor {
    Tensor::arange(0.0, count(d) as f64, 1.0).cast(d.dtype())
}

/// The element of v (along its last axis) that belongs to every x; `outside` where x is no category.
fn pick(d: &Distribution, v: &Tensor, x: &Tensor, outside: f64) -> Tensor {
    let known = x.greater_equal(0.0).logical_and(x.less(count(d) as f64)).logical_and(x.equal(x.floor()));
    let picked = if v.rank() == 1 {
        v.take(&otherwise(&known, x, 0.0).cast(DType::I64), 0)
    } else {
        otherwise(&x.expand_dims(-1).equal(categories(d)), v, 0.0).sum(-1)
    };
    otherwise(&known, &picked, outside)
}

/// The element of v for the whole number at or below every x; `below` before the first, `above` from the last on.
fn step(d: &Distribution, v: &Tensor, x: &Tensor, below: f64, above: f64) -> Tensor {
    let last = count(d) as f64 - 1.0;
    let inside = pick(d, v, &x.floor().maximum(0.0).minimum(last), below);
    let upper = otherwise(&x.less(last), &inside, above);
    Tensor::select(&x.less(0.0), &Tensor::from(below), &upper)
}

/// The logarithms of the probabilities of this category or a later one.
fn log_tail(d: &Distribution) -> Tensor {
    d.parameter(0).log().flip(-1).cumlogsumexp(-1).flip(-1)
}

/// pᵢ for i = 0, …, k − 1.
pub static CATEGORICAL: Family = Family {
    name: "Categorical",
    summary: "The categorical (multinoulli) distribution over 0, ..., k - 1, by probabilities or logits along the last axis.",
    density: "p[x] for x = 0, ..., k - 1",
    source: "section 3.9.2",
    forms: &[
        Form { parameters: &[Parameter { names: &["p", "probs"], rank: 1, need: Need::Shares }], first: same },
        Form {
            parameters: &[Parameter { names: &["logits", "z"], rank: 1, need: Need::Number }],
            first: |z| vec![z[0].softmax(-1)],
        },
    ],
    discrete: true,
    event: scalar,
    support: |d| Support::Integers(Tensor::from(0.0), Tensor::from(count(d) as f64 - 1.0)),
    log_prob: Formula(|d, x| pick(d, &d.parameter(0).log(), x, f64::NEG_INFINITY)),
    prob: Formula(|d, x| pick(d, d.parameter(0), x, 0.0)),
    log_cdf: Formula(|d, x| step(d, &d.parameter(0).log().cumlogsumexp(-1), x, f64::NEG_INFINITY, 0.0)),
    cdf: Formula(|d, x| step(d, &d.parameter(0).cumsum(-1), x, 0.0, 1.0)),
    log_sf: Formula(|d, x| {
        // The tail behind x begins at the next category.
        let (next, last) = (x.floor() + 1.0, count(d) as f64 - 1.0);
        let inside = pick(d, &log_tail(d), &next.maximum(0.0).minimum(last), f64::NEG_INFINITY);
        let upper = otherwise(&next.less_equal(last), &inside, f64::NEG_INFINITY);
        Tensor::select(&next.less_equal(0.0), &Tensor::from(0.0), &upper)
    }),
    quantile: Formula(|d, q| {
        let steps = d.parameter(0).cumsum(-1).slice(-1, None, Some(-1), 1);
        steps.less(q.expand_dims(-1)).cast(d.dtype()).sum(-1)
    }),
    mean: Formula(|d| (d.parameter(0) * categories(d)).sum(-1)),
    variance: Formula(|d| {
        let mean = (d.parameter(0) * categories(d)).sum(keep(-1));
        (d.parameter(0) * (categories(d) - mean).square()).sum(-1)
    }),
    mode: Formula(|d| d.parameter(0).argmax(-1).cast(d.dtype())),
    entropy: Formula(|d| -(d.parameter(0) * d.parameter(0).log()).sum(-1)),
    expectation: Formula(|d, f| counted(d.parameter(0), &f(&categories(d))).sum(-1)),
    sample: Formula(|d, draw| {
        let steps = d.parameter(0).cumsum(-1).slice(-1, None, Some(-1), 1);
        steps.less_equal(draw.uniform().expand_dims(-1)).cast(draw.dtype).sum(-1)
    }),
    rsample: Absent("its values are whole numbers"),
    fit: Formula(|o| {
        // How many categories there are hangs on the data.
        let largest = crate::eval(&[&o.x.max(())])?.pop().map_or(Ok(0.0), |a| a.item())?;
        let hits = o.x.expand_dims(-1).equal(Tensor::arange(0.0, largest + 1.0, 1.0));
        Ok(categorical(o.mean(&hits.cast(DType::F64))))
    }),
};

/// The categorical distribution with these probabilities along the last axis. Source: section 3.9.2.
///
/// ```
/// use gradus::prob;
/// let d = prob::categorical([0.5, 0.5, 0.0]);
/// assert_eq!(d.log_prob(2.0).eval()?.item()?, f64::NEG_INFINITY);
/// assert_eq!(d.entropy().eval()?.item()?, std::f64::consts::LN_2);
/// assert!(prob::categorical([0.5, 0.6]).mean().eval().unwrap_err().is_domain());
/// # Ok::<(), gradus::Error>(())
/// ```
#[track_caller]
pub fn categorical(p: impl Into<Tensor>) -> Distribution {
    Distribution::new(&CATEGORICAL, [p.into()])
}

/// The categorical distribution with probabilities softmax(z).
#[track_caller]
pub fn categorical_by_logits(logits: impl Into<Tensor>) -> Distribution {
    Distribution::of_form(&CATEGORICAL, 1, vec![logits.into()])
}
