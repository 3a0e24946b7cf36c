//! Mixtures of distributions, of one family or of several.

use super::counted;
use crate::array::broadcast;
use crate::error::{Error, ErrorKind};
use crate::prob::Fact::{Absent, Formula};
use crate::prob::{Distribution, Draw, Family, Need, Parameter, Support};
use crate::{DType, Tensor, ops};

/// The weights, one for every component.
const WEIGHTS: Parameter = Parameter { names: &["weights", "p"], rank: 1, need: Need::Shares };

/// What every component gives, along a new last axis.
fn each(d: &Distribution, f: impl Fn(&Distribution) -> Tensor) -> Tensor {
    let parts: Vec<Tensor> = d.parts().iter().map(f).collect();
    let shape = parts.iter().try_fold(vec![], |s, t| broadcast(&s, t.dims()));
    let spread = |t: &Tensor| shape.as_ref().map_or_else(|| t.clone(), |s| t.broadcast_to(s));
    let spread: Vec<Tensor> = parts.iter().map(spread).collect();
    Tensor::stack(&spread.iter().collect::<Vec<_>>(), -1)
}

/// Σ wₖ vₖ, nothing infinite of a component without weight.
fn weighted(d: &Distribution, v: impl Fn(&Distribution) -> Tensor) -> Tensor {
    counted(d.parameter(0), &each(d, v)).sum(-1)
}

/// Σ wₖ pₖ(x), term by term as the book writes it: the exponents of its terms can be taken out.
fn density(d: &Distribution, x: &Tensor) -> Tensor {
    let term = |(k, p): (usize, &Distribution)| d.parameter(0).index(-1, k as i64) * p.prob(x);
    let sum = d.parts().iter().enumerate().map(term).reduce(|a, b| a + b);
    sum.unwrap_or_else(|| Tensor::from(f64::NAN))
}

/// log of a probability, by the rest where that is smaller.
fn log_or_rest(
    d: &Distribution,
    this: fn(&Distribution, &Tensor) -> Tensor,
    rest: fn(&Distribution, &Tensor) -> Tensor,
    x: &Tensor,
) -> Tensor {
    let (log, other) = (log_weighted(d, |p| this(p, x)), log_weighted(d, |p| rest(p, x)));
    Tensor::select(&log.less(-0.5), &log, &(-other.exp()).log1p())
}

/// log Σ wₖ exp(lₖ); the weights stay outside of the exponentials, so one of 0 has its derivative.
fn log_weighted(d: &Distribution, log: impl Fn(&Distribution) -> Tensor) -> Tensor {
    (d.parameter(0) * each(d, log).exp()).sum(-1).log()
}

/// A density of components that all have one, or a mass of components that all have one.
fn of_one_kind(d: &Distribution, value: impl FnOnce() -> Tensor) -> Tensor {
    if d.parts().iter().all(|p| p.is_discrete() == d.is_discrete()) {
        return value();
    }
    let m = "a `Mixture` of components with densities and components with masses has neither; it has a `cdf`";
    Tensor::poison(&ops::REQUIRE, Error::new(ErrorKind::Argument, m), &[])
}

/// A value of the component that a uniform number picks.
fn drawn(d: &Distribution, draw: &Draw) -> Tensor {
    let draws = draw.split(d.parts().len() + 1);
    let steps = d.parameter(0).cumsum(-1).slice(-1, None, Some(-1), 1);
    let picks = draws.last().unwrap_or(draw).uniform().expand_dims(-1);
    let which = steps.less_equal(picks).cast(DType::F64).sum(-1);
    let behind: Vec<isize> = (0..d.event_shape().len()).map(|i| -1 - i as isize).collect();
    let which = if behind.is_empty() { which } else { which.expand_dims(behind) };
    let values = d.parts().iter().zip(&draws).map(|(part, draw)| part.drawn_by(draw));
    let chosen = values
        .enumerate()
        .reduce(|(_, chosen), (k, value)| (k, Tensor::select(&which.equal(k as f64), &value, &chosen)));
    chosen.map_or_else(|| Tensor::from(f64::NAN), |(_, value)| value)
}

/// Where some component is not 0, or what encloses it.
fn support(d: &Distribution) -> Support {
    let mut ends: Option<(Tensor, Tensor, bool)> = None;
    for part in d.parts() {
        let (lo, hi, whole) = match part.support() {
            Support::Interval(lo, hi) => (lo, hi, false),
            Support::Integers(lo, hi) => (lo, hi, true),
            other => return if d.parts().len() == 1 { other } else { Support::Other("what its components reach") },
        };
        ends = Some(match ends {
            None => (lo, hi, whole),
            Some((a, b, w)) => (a.minimum(lo), b.maximum(hi), w && whole),
        });
    }
    match ends {
        Some((lo, hi, true)) => Support::Integers(lo, hi),
        Some((lo, hi, false)) => Support::Interval(lo, hi),
        None => Support::Other("nothing"),
    }
}

/// Σₖ wₖ pₖ(x).
pub static MIXTURE: Family = Family {
    name: "Mixture",
    summary: "A mixture of distributions, also of different families: one of them, chosen by weight, makes a value.",
    density: "sum(weights[k] * p_k(x))",
    source: "section 3.9.6",
    forms: &[],
    discrete: false,
    event: |d| d.parts().first().map_or(vec![], Distribution::event_shape),
    support,
    log_prob: Formula(|d, x| of_one_kind(d, || log_weighted(d, |p| p.log_prob(x)))),
    prob: Formula(|d, x| of_one_kind(d, || density(d, x))),
    log_cdf: Formula(|d, x| log_or_rest(d, |p, x| p.log_cdf(x), |p, x| p.log_sf(x), x)),
    cdf: Formula(|d, x| weighted(d, |p| p.cdf(x))),
    log_sf: Formula(|d, x| log_or_rest(d, |p, x| p.log_sf(x), |p, x| p.log_cdf(x), x)),
    quantile: Absent("it is the root of an equation that no formula solves"),
    mean: Formula(|d| weighted(d, Distribution::mean)),
    variance: Formula(|d| {
        let mean = weighted(d, Distribution::mean);
        weighted(d, |p| p.variance() + (p.mean() - &mean).square())
    }),
    mode: Absent("it may have several peaks, and no formula gives their places"),
    entropy: Absent("the logarithm of a sum has no integral in closed form"),
    expectation: Formula(|d, f| weighted(d, |p| p.expectation(f))),
    sample: Formula(drawn),
    rsample: Absent("which component a value comes from is a whole number"),
    fit: Absent("it has no closed form; `fit_mixture` finds one by expectation and maximisation"),
};

/// The mixture of distributions with these weights along the last axis. Source: section 3.9.6.
///
/// ```
/// use gradus::prob;
/// let d = prob::mixture([0.25, 0.75], &[prob::normal(0.0, 1.0), prob::laplace(5.0, 2.0)]);
/// assert_eq!(d.mean().eval()?.item()?, 3.75);
/// assert!(d.log_prob(1e6).eval()?.item()?.is_finite());
/// # Ok::<(), gradus::Error>(())
/// ```
#[track_caller]
pub fn mixture(weights: impl Into<Tensor>, components: &[Distribution]) -> Distribution {
    let w = weights.into();
    let (count, n) = (components.len(), w.dims().last().copied().unwrap_or(0));
    let events: Vec<Vec<usize>> = components.iter().map(Distribution::event_shape).collect();
    if count == 0 || count != n || events.iter().any(|e| *e != events[0]) {
        let what =
            if count == n && n > 0 { "of values of one shape".into() } else { format!("for each of {n} weights") };
        let m = format!("`Mixture` needs components {what}, not {count}");
        return Distribution::poisoned(&MIXTURE, w.meta().err().unwrap_or(Error::new(ErrorKind::Argument, m)));
    }
    Distribution::of_parts(&MIXTURE, &[WEIGHTS], vec![w], components.to_vec(), 0)
}

/// The probability that x comes from each component, along a new last axis: p(k | x). Source: section 3.9.6.
///
/// ```
/// use gradus::prob;
/// let d = prob::mixture([0.5, 0.5], &[prob::normal(-1.0, 1.0), prob::normal(1.0, 1.0)]);
/// assert_eq!(prob::responsibilities(&d, 0.0).eval()?.to_f64(), [0.5, 0.5]);
/// assert_eq!(prob::responsibilities(&d, 1000.0).eval()?.to_f64(), [0.0, 1.0]);
/// # Ok::<(), gradus::Error>(())
/// ```
#[track_caller]
pub fn responsibilities(d: &Distribution, x: impl Into<Tensor>) -> Tensor {
    if *d.family() != MIXTURE {
        let m = format!("`responsibilities` are those of a `Mixture`, not of `{}`", d.family().name);
        return Tensor::poison(&ops::REQUIRE, Error::new(ErrorKind::Argument, m), &[]);
    }
    let x = x.into();
    (d.parameter(0).log() + each(d, |p| p.log_prob(&x))).softmax(-1)
}
