//! Information: entropy, cross entropy, divergences and mutual information, in nats. Source: section 3.13.

mod closed;

pub use closed::{PAIRS, Pair};

use super::Distribution;
use crate::error::{Error, ErrorKind};
use crate::{Tensor, ops};

/// The self-information −log p of an event of probability p, in nats; [`bits`] makes bits of them.
///
/// ```
/// use gradus::{Tensor, prob};
/// let p = Tensor::from([0.5, 0.25]);
/// assert_eq!(prob::bits(prob::self_information(&p)).eval()?.to_f64(), [1.0, 2.0]);
/// # Ok::<(), gradus::Error>(())
/// ```
#[track_caller]
pub fn self_information(p: &Tensor) -> Tensor {
    -p.log()
}

/// Bits of nats: x / log 2.
#[track_caller]
pub fn bits(nats: impl Into<Tensor>) -> Tensor {
    nats.into() / std::f64::consts::LN_2
}

/// The entropy −Σ p log p of probabilities along the last axis, 0 log 0 counting as 0.
///
/// ```
/// use gradus::{Tensor, prob};
/// assert_eq!(prob::entropy_of(&Tensor::from([1.0, 0.0])).eval()?.item()?, 0.0);
/// # Ok::<(), gradus::Error>(())
/// ```
#[track_caller]
pub fn entropy_of(p: &Tensor) -> Tensor {
    -(p * p.log()).sum(-1)
}

/// The divergence Σ p log(p/q) of probabilities along the last axis: p = 0 contributes 0, p > 0 = q makes it infinite.
#[track_caller]
pub fn kl_of(p: &Tensor, q: &Tensor) -> Tensor {
    (p * (p / q).log()).sum(-1)
}

/// The perplexity exp(H), the number of equally probable values with the same entropy.
#[track_caller]
pub fn perplexity(d: &Distribution) -> Tensor {
    d.entropy().exp()
}

/// The mutual information Σ p(x, y) log(p(x, y) / (p(x) p(y))) of a table along the last two axes.
///
/// ```
/// use gradus::{Tensor, prob};
/// let independent = Tensor::from([[0.25, 0.25], [0.25, 0.25]]);
/// assert_eq!(prob::mutual_information(&independent).eval()?.item()?, 0.0);
/// let same = Tensor::from([[0.5, 0.0], [0.0, 0.5]]);
/// assert_eq!(prob::mutual_information(&same).eval()?.item()?, std::f64::consts::LN_2);
/// # Ok::<(), gradus::Error>(())
/// ```
#[track_caller]
pub fn mutual_information(table: &Tensor) -> Tensor {
    let alone = table.sum(ops::keep(-1)) * table.sum(ops::keep(-2));
    (table * (table / alone).log()).sum([-2, -1])
}

/// The entropy H(y|x) = −Σ p(x, y) log p(y|x) of a table along the last two axes, x being the first of them.
#[track_caller]
pub fn conditional_entropy(table: &Tensor) -> Tensor {
    let given = table.sum(ops::keep(-1)).broadcast_like(table);
    -(table * (table / given).log()).sum([-2, -1])
}

/// The Kullback-Leibler divergence D(p ‖ q) = E_p[log p(X) − log q(X)] in nats, in closed form.
///
/// Infinite where p has values that q has not. A pair without a closed form is poisoned with an error that says so;
/// [`PAIRS`] lists the pairs that have one, besides all p with finitely many values and all q with a mass function.
///
/// ```
/// use gradus::prob::{exponential, kl, normal};
/// assert_eq!(kl(&normal(0.0, 1.0), &normal(1.0, 1.0)).eval()?.item()?, 0.5);
/// assert_eq!(kl(&normal(0.0, 1.0), &exponential(1.0)).eval()?.item()?, f64::INFINITY);
/// # Ok::<(), gradus::Error>(())
/// ```
#[track_caller]
pub fn kl(p: &Distribution, q: &Distribution) -> Tensor {
    if let Some(pair) = PAIRS.iter().copied().flatten().find(|pair| *pair.p == *p.family() && *pair.q == *q.family()) {
        return (pair.kl)(p, q);
    }
    closed::general(p, q).unwrap_or_else(|| {
        let (p, q) = (p.family().name, q.family().name);
        let m = format!("the divergence of `{p}` from `{q}` has no closed form; `kl_estimate` finds it with its error");
        Tensor::poison(&ops::REQUIRE, Error::new(ErrorKind::Argument, m), &[])
    })
}

/// The cross entropy H(p, q) = −E_p[log q(X)] = H(p) + D(p ‖ q) in nats.
#[track_caller]
pub fn cross_entropy(p: &Distribution, q: &Distribution) -> Tensor {
    match closed::sum_over(p, |x| -q.log_prob(x)) {
        Some(t) if q.is_discrete() => t,
        _ => p.entropy() + kl(p, q),
    }
}

/// The Jensen-Shannon divergence ½ D(p ‖ m) + ½ D(q ‖ m) with m = ½(p + q), of distributions with finitely many values.
///
/// ```
/// use gradus::prob::{bernoulli, jensen_shannon};
/// let d = jensen_shannon(&bernoulli(0.0), &bernoulli(1.0));
/// assert_eq!(d.eval()?.item()?, std::f64::consts::LN_2);
/// # Ok::<(), gradus::Error>(())
/// ```
#[track_caller]
pub fn jensen_shannon(p: &Distribution, q: &Distribution) -> Tensor {
    let half = |a: &Distribution, b: &Distribution| {
        // log(a/m) = log 2 − log(1 + b/a).
        closed::sum_over(a, |x| std::f64::consts::LN_2 - (b.log_prob(x) - a.log_prob(x)).softplus())
    };
    match (half(p, q), half(q, p)) {
        (Some(a), Some(b)) if p.is_discrete() && q.is_discrete() => 0.5 * (a + b),
        _ => {
            let m = format!(
                "the Jensen-Shannon divergence of `{}` and `{}` has no closed form",
                p.family().name,
                q.family().name
            );
            Tensor::poison(&ops::REQUIRE, Error::new(ErrorKind::Argument, m), &[])
        }
    }
}
