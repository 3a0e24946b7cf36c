//! Distributions of counts: binomial, multinomial and Poisson.

use super::{number, otherwise, same, scalar};
use crate::Tensor;
use crate::ops;
use crate::prob::Fact::{Absent, Formula};
use crate::prob::{Distribution, Draw, Family, Form, Need, Parameter, Support};

/// The parameters of a binomial distribution.
fn trials(d: &Distribution) -> (&Tensor, &Tensor) {
    (d.parameter(0), d.parameter(1))
}

/// log C(n, k) + k log p + (n − k) log(1 − p).
fn log_mass(d: &Distribution, k: &Tensor) -> Tensor {
    let (n, p) = trials(d);
    n.log_binomial(k) + k.xlogy(p) + (n - k).xlog1py(-p)
}

/// True of whole numbers from 0 to n.
fn is_count(d: &Distribution, x: &Tensor) -> Tensor {
    x.equal(x.floor()).logical_and(x.greater_equal(0.0)).logical_and(x.less_equal(trials(d).0))
}

/// A function of k = floor(x) where the steps are, and its values left and right of them.
fn steps(d: &Distribution, x: &Tensor, left: f64, f: fn(&Tensor, &Tensor, &Tensor) -> Tensor, right: f64) -> Tensor {
    let ((n, p), k) = (trials(d), x.floor());
    // P(K ≤ k) = 1 − I(k + 1, n − k; p); beside the steps the function is given what it can take.
    let inside = x.greater_equal(0.0).logical_and(x.less(n));
    let k = Tensor::select(&inside, &k, &Tensor::from(0.0));
    let room = Tensor::select(&inside, &(n - &k), &Tensor::from(1.0));
    let middle = f(&(&k + 1.0), &room, p);
    Tensor::select(&inside, &middle, &otherwise(&x.greater_equal(n), &Tensor::from(right), left))
}

/// C(n, x) pˣ (1 − p)ⁿ⁻ˣ for x = 0, 1, …, n.
pub static BINOMIAL: Family = Family {
    name: "Binomial",
    summary: "The binomial distribution: how many of n trials succeed with probability p.",
    density: "n!/(x! (n - x)!) p**x (1 - p)**(n - x) for x = 0, 1, ..., n",
    source: "Johnson, Kemp and Kotz, Univariate Discrete Distributions, chapter 3",
    forms: &[Form {
        parameters: &[number(&["n", "total_count"], Need::Whole(0)), number(&["p", "probs"], Need::Share)],
        first: same,
    }],
    discrete: true,
    event: scalar,
    support: |d| Support::Integers(Tensor::from(0.0), trials(d).0.clone()),
    log_prob: Formula(|d, x| otherwise(&is_count(d, x), &log_mass(d, x), f64::NEG_INFINITY)),
    prob: Formula(|d, x| otherwise(&is_count(d, x), &log_mass(d, x).exp(), 0.0)),
    log_cdf: Formula(|d, x| steps(d, x, f64::NEG_INFINITY, |a, b, p| ops::log_betaincc(a, b, p), 0.0)),
    cdf: Formula(|d, x| steps(d, x, 0.0, |a, b, p| ops::betaincc(a, b, p), 1.0)),
    log_sf: Formula(|d, x| steps(d, x, 0.0, |a, b, p| ops::log_betainc(a, b, p), f64::NEG_INFINITY)),
    quantile: Formula(|d, q| ops::binomial_quantile(trials(d).0, trials(d).1, q)),
    mean: Formula(|d| trials(d).0 * trials(d).1),
    variance: Formula(|d| trials(d).0 * trials(d).1 * (1.0 - trials(d).1)),
    mode: Formula(|d| ((trials(d).0 + 1.0) * trials(d).1).floor().minimum(trials(d).0)),
    entropy: Absent("it is a sum of n terms without a closed form"),
    expectation: Absent("how many terms the sum has hangs on the value of n"),
    sample: Formula(|d, draw| Tensor::random_binomial(&draw.key, trials(d).0, trials(d).1, &draw.shape, draw.dtype)),
    rsample: Absent("its values are whole numbers"),
    fit: Absent("n is not estimated; for a known n the most likely p is mean(x) / n"),
};

/// λˣ exp(−λ)/x! for x = 0, 1, ….
pub static POISSON: Family = Family {
    name: "Poisson",
    summary: "The Poisson distribution of counts with mean lam.",
    density: "lam**x exp(-lam) / x! for x = 0, 1, ...",
    source: "Johnson, Kemp and Kotz, Univariate Discrete Distributions, chapter 4",
    forms: &[Form { parameters: &[number(&["lam", "rate", "lambda_"], Need::Positive)], first: same }],
    discrete: true,
    event: scalar,
    support: |_| Support::Integers(Tensor::from(0.0), Tensor::from(f64::INFINITY)),
    log_prob: Formula(|d, x| otherwise(&is_whole(x), &poisson_mass(d, x), f64::NEG_INFINITY)),
    prob: Formula(|d, x| otherwise(&is_whole(x), &poisson_mass(d, x).exp(), 0.0)),
    log_cdf: Formula(|d, x| {
        let inside = (x.maximum(0.0).floor() + 1.0).log_gammaincc(d.parameter(0));
        otherwise(&x.greater_equal(0.0), &inside, f64::NEG_INFINITY)
    }),
    cdf: Formula(|d, x| {
        otherwise(&x.greater_equal(0.0), &(x.maximum(0.0).floor() + 1.0).gammaincc(d.parameter(0)), 0.0)
    }),
    log_sf: Formula(|d, x| {
        otherwise(&x.greater_equal(0.0), &(x.maximum(0.0).floor() + 1.0).log_gammainc(d.parameter(0)), 0.0)
    }),
    quantile: Formula(|d, q| d.parameter(0).poisson_quantile(q)),
    mean: Formula(|d| d.parameter(0).clone()),
    variance: Formula(|d| d.parameter(0).clone()),
    mode: Formula(|d| d.parameter(0).floor()),
    entropy: Absent("it is a series without a closed form"),
    expectation: Absent("it is a sum of infinitely many terms"),
    sample: Formula(|d, draw| Tensor::random_poisson(&draw.key, d.parameter(0), &draw.shape, draw.dtype)),
    rsample: Absent("its values are whole numbers"),
    fit: Formula(|o| Ok(poisson(o.mean(&o.x)))),
};

/// True of 0, 1, 2, ….
fn is_whole(x: &Tensor) -> Tensor {
    x.equal(x.floor()).logical_and(x.greater_equal(0.0)).logical_and(x.isfinite())
}

/// x log λ − λ − log x!.
fn poisson_mass(d: &Distribution, x: &Tensor) -> Tensor {
    x.xlogy(d.parameter(0)) - d.parameter(0) - (x + 1.0).lgamma()
}

/// The probabilities of a multinomial distribution, and n with an axis for them.
fn cells(d: &Distribution) -> (&Tensor, Tensor) {
    (d.parameter(1), d.parameter(0).expand_dims(-1))
}

/// How many cells there are.
fn size(d: &Distribution) -> usize {
    d.parameter(1).dims().last().copied().unwrap_or(0)
}

/// log n! − Σ log x! + Σ x log p.
fn multinomial_mass(d: &Distribution, x: &Tensor) -> Tensor {
    (d.parameter(0) + 1.0).lgamma() - (x + 1.0).lgamma().sum(-1) + x.xlogy(d.parameter(1)).sum(-1)
}

/// True of vectors of counts that sum to n.
fn sums_to(d: &Distribution, x: &Tensor) -> Tensor {
    is_whole(x).all(-1).logical_and(x.sum(-1).equal(d.parameter(0)))
}

/// Cell by cell: of the trials that are left, each falls into the cell with its share of the probability that is left.
fn multinomial_draw(d: &Distribution, draw: &Draw) -> Tensor {
    let (p, k) = (d.parameter(1), size(d));
    let mut left = d.parameter(0) + Tensor::zeros(&draw.shape, draw.dtype);
    let mut counts = vec![];
    for (j, part) in draw.split(k.max(1)).iter().enumerate().take(k.saturating_sub(1)) {
        let here = p.index(-1, j as i64);
        let behind = p.slice(-1, Some(j as i64), None, 1).sum(-1);
        let share = otherwise(&behind.greater(0.0), &(here / behind).minimum(1.0), 0.0);
        let count = Tensor::random_binomial(&part.key, &left, &share, &draw.shape, draw.dtype);
        left = left - &count;
        counts.push(count);
    }
    counts.push(left);
    Tensor::stack(&counts.iter().collect::<Vec<_>>(), -1)
}

/// n!/Π x! · Π pˣ over vectors of counts that sum to n.
pub static MULTINOMIAL: Family = Family {
    name: "Multinomial",
    summary: "The multinomial distribution: how many of n trials fall into each of several cells.",
    density: "n! / prod(x!) prod(p**x) for counts x that sum to n",
    source: "Johnson, Kotz and Balakrishnan, Discrete Multivariate Distributions, chapter 35",
    forms: &[Form {
        parameters: &[
            number(&["n", "total_count"], Need::Whole(0)),
            Parameter { names: &["p", "probs"], rank: 1, need: Need::Shares },
        ],
        first: same,
    }],
    discrete: true,
    event: |d| vec![size(d)],
    support: |d| Support::Counts(d.parameter(0).clone()),
    log_prob: Formula(|d, x| otherwise(&sums_to(d, x), &multinomial_mass(d, x), f64::NEG_INFINITY)),
    prob: Formula(|d, x| otherwise(&sums_to(d, x), &multinomial_mass(d, x).exp(), 0.0)),
    log_cdf: Absent("it is a sum in several dimensions"),
    cdf: Absent("it is a sum in several dimensions"),
    log_sf: Absent("it is a sum in several dimensions"),
    quantile: Absent("vectors have no order"),
    mean: Formula(|d| cells(d).1 * cells(d).0),
    variance: Formula(|d| cells(d).1 * cells(d).0 * (1.0 - cells(d).0)),
    mode: Absent("it is found by a search and has no closed form"),
    entropy: Absent("it is a sum without a closed form"),
    expectation: Absent("how many terms the sum has hangs on the value of n"),
    sample: Formula(multinomial_draw),
    rsample: Absent("its values are whole numbers"),
    fit: Formula(|o| {
        let mean = o.mean(&o.x);
        let n = mean.sum(-1);
        Ok(multinomial(n.round(), mean / n.expand_dims(-1)))
    }),
};

/// The binomial distribution of n trials that succeed with probability p.
///
/// ```
/// use gradus::prob;
/// let d = prob::binomial(4, 0.5);
/// assert_eq!(d.prob(2.0).eval()?.item()?, 0.375);
/// assert_eq!(d.quantile(0.5).eval()?.item()?, 2.0);
/// # Ok::<(), gradus::Error>(())
/// ```
#[track_caller]
pub fn binomial(n: impl Into<Tensor>, p: impl Into<Tensor>) -> Distribution {
    Distribution::new(&BINOMIAL, [n.into(), p.into()])
}

/// The Poisson distribution with mean λ.
///
/// ```
/// use gradus::prob;
/// let d = prob::poisson(3.0);
/// assert_eq!(d.log_prob(0.0).eval()?.item()?, -3.0);
/// assert_eq!(d.log_prob(0.5).eval()?.item()?, f64::NEG_INFINITY);
/// # Ok::<(), gradus::Error>(())
/// ```
#[track_caller]
pub fn poisson(lam: impl Into<Tensor>) -> Distribution {
    Distribution::new(&POISSON, [lam.into()])
}

/// The multinomial distribution of n trials with these probabilities of cells along the last axis.
///
/// ```
/// use gradus::prob;
/// let d = prob::multinomial(3, [0.5, 0.5]);
/// assert_eq!(d.prob([1.0, 2.0]).eval()?.item()?, 0.375);
/// # Ok::<(), gradus::Error>(())
/// ```
#[track_caller]
pub fn multinomial(n: impl Into<Tensor>, p: impl Into<Tensor>) -> Distribution {
    Distribution::new(&MULTINOMIAL, [n.into(), p.into()])
}
