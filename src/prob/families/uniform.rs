//! The uniform distributions: over an interval, and over whole numbers.

use super::{number, otherwise, same, scalar};
use crate::Tensor;
use crate::prob::Fact::{Absent, Formula};
use crate::prob::{Distribution, Family, Form, Need, Support};

/// Every place of the interval is as probable as another.
const NO_MODE: &str = "every value of its support is as probable as another";

/// True inside the interval.
fn inside(d: &Distribution, x: &Tensor) -> Tensor {
    x.greater_equal(d.parameter(0)).logical_and(x.less_equal(d.parameter(1)))
}

/// What a function is below the lower end, inside, and from the upper end on.
fn thrice(d: &Distribution, x: &Tensor, below: f64, inside: &Tensor, above: f64) -> Tensor {
    let upper = otherwise(&x.less(d.parameter(1)), inside, above);
    Tensor::select(&x.less(d.parameter(0)), &Tensor::from(below), &upper)
}

/// log(part/(part + rest)), by the smaller of the two.
fn log_share(part: &Tensor, rest: &Tensor, total: &Tensor) -> Tensor {
    Tensor::select(&part.less(rest), &(part / total).log(), &(-(rest / total)).log1p())
}

/// x − a and b − x.
fn sides(d: &Distribution, x: &Tensor) -> (Tensor, Tensor) {
    (x - d.parameter(0), d.parameter(1) - x)
}

/// How many values are at most x, and how many above it.
fn counts(d: &Distribution, x: &Tensor) -> (Tensor, Tensor) {
    (x.floor() - d.parameter(0) + 1.0, d.parameter(1) - x.floor())
}

/// b − a.
fn length(d: &Distribution) -> Tensor {
    d.parameter(1) - d.parameter(0)
}

/// 1/(b − a) for a ≤ x ≤ b.
pub static UNIFORM: Family = Family {
    name: "Uniform",
    summary: "The uniform distribution over the numbers from a to b.",
    density: "1/(b - a) for a <= x <= b, else 0",
    source: "section 3.3.2",
    forms: &[Form {
        parameters: &[number(&["a", "low"], Need::Finite), number(&["b", "high"], Need::Above)],
        first: same,
    }],
    discrete: false,
    event: scalar,
    support: |d| Support::Interval(d.parameter(0).clone(), d.parameter(1).clone()),
    log_prob: Formula(|d, x| otherwise(&inside(d, x), &-length(d).log(), f64::NEG_INFINITY)),
    prob: Formula(|d, x| otherwise(&inside(d, x), &length(d).reciprocal(), 0.0)),
    log_cdf: Formula(|d, x| {
        let (left, right) = sides(d, x);
        thrice(d, x, f64::NEG_INFINITY, &log_share(&left, &right, &length(d)), 0.0)
    }),
    cdf: Formula(|d, x| thrice(d, x, 0.0, &((x - d.parameter(0)) / length(d)), 1.0)),
    log_sf: Formula(|d, x| {
        let (left, right) = sides(d, x);
        thrice(d, x, 0.0, &log_share(&right, &left, &length(d)), f64::NEG_INFINITY)
    }),
    quantile: Formula(|d, q| d.parameter(0) + length(d) * q),
    mean: Formula(|d| 0.5 * d.parameter(0) + 0.5 * d.parameter(1)),
    variance: Formula(|d| length(d).square() / 12.0),
    mode: Absent(NO_MODE),
    entropy: Formula(|d| length(d).log()),
    expectation: Absent("it is an integral"),
    sample: Formula(|d, draw| d.parameter(0) + length(d) * draw.uniform()),
    rsample: Formula(|d, draw| d.parameter(0) + length(d) * draw.uniform()),
    fit: Formula(|o| Ok(uniform(o.least(), o.largest()))),
};

/// How many whole numbers there are.
fn count(d: &Distribution) -> Tensor {
    length(d) + 1.0
}

/// 1/k for each of the k whole numbers from a to b.
pub static DISCRETE_UNIFORM: Family = Family {
    name: "DiscreteUniform",
    summary: "The uniform distribution over the whole numbers from a to b.",
    density: "1/(b - a + 1) for x = a, ..., b",
    source: "section 3.3.1",
    forms: &[Form {
        parameters: &[number(&["a", "low"], Need::Whole(i64::MIN)), number(&["b", "high"], Need::WholeFrom)],
        first: same,
    }],
    discrete: true,
    event: scalar,
    support: |d| Support::Integers(d.parameter(0).clone(), d.parameter(1).clone()),
    log_prob: Formula(|d, x| {
        otherwise(&inside(d, x).logical_and(x.equal(x.floor())), &-count(d).log(), f64::NEG_INFINITY)
    }),
    prob: Formula(|d, x| otherwise(&inside(d, x).logical_and(x.equal(x.floor())), &count(d).reciprocal(), 0.0)),
    log_cdf: Formula(|d, x| {
        let (upto, above) = counts(d, x);
        thrice(d, x, f64::NEG_INFINITY, &log_share(&upto, &above, &count(d)), 0.0)
    }),
    cdf: Formula(|d, x| thrice(d, x, 0.0, &(counts(d, x).0 / count(d)), 1.0)),
    log_sf: Formula(|d, x| {
        let (upto, above) = counts(d, x);
        thrice(d, x, 0.0, &log_share(&above, &upto, &count(d)), f64::NEG_INFINITY)
    }),
    quantile: Formula(|d, q| d.parameter(0) + ((q * count(d)).ceil() - 1.0).maximum(0.0)),
    mean: Formula(|d| 0.5 * d.parameter(0) + 0.5 * d.parameter(1)),
    variance: Formula(|d| length(d) * (length(d) + 2.0) / 12.0),
    mode: Absent(NO_MODE),
    entropy: Formula(|d| count(d).log()),
    expectation: Absent("the number of terms hangs on data; `Categorical` has it"),
    sample: Formula(|d, draw| d.parameter(0) + (count(d) * draw.uniform()).floor()),
    rsample: Absent("its values are whole numbers"),
    fit: Formula(|o| Ok(discrete_uniform(o.least(), o.largest()))),
};

/// The uniform distribution over the numbers from a to b, a < b. Source: section 3.3.2.
///
/// ```
/// use gradus::prob;
/// let d = prob::uniform(2.0, 4.0);
/// assert_eq!(d.prob([1.0, 2.0, 4.0]).eval()?.to_f64(), [0.0, 0.5, 0.5]);
/// assert!(prob::uniform(4.0, 2.0).mean().eval().unwrap_err().is_domain());
/// # Ok::<(), gradus::Error>(())
/// ```
#[track_caller]
pub fn uniform(a: impl Into<Tensor>, b: impl Into<Tensor>) -> Distribution {
    Distribution::new(&UNIFORM, [a.into(), b.into()])
}

/// The uniform distribution over the whole numbers from a to b, ends included. Source: section 3.3.1.
///
/// ```
/// use gradus::prob;
/// let die = prob::discrete_uniform(1.0, 6.0);
/// assert_eq!(die.mean().eval()?.item()?, 3.5);
/// assert_eq!(die.cdf(2.5).eval()?.item()?, 1.0 / 3.0);
/// # Ok::<(), gradus::Error>(())
/// ```
#[track_caller]
pub fn discrete_uniform(a: impl Into<Tensor>, b: impl Into<Tensor>) -> Distribution {
    Distribution::new(&DISCRETE_UNIFORM, [a.into(), b.into()])
}
