//! Divergences in closed form: a row for every ordered pair of families, and what holds of all.

use std::f64::consts::{FRAC_1_SQRT_2, LN_2, PI};

use crate::prob::{
    BERNOULLI, BETA, CATEGORICAL, DIRAC, DIRICHLET, DISCRETE_UNIFORM, Distribution, EMPIRICAL, EXPONENTIAL, Family,
    GAMMA, LAPLACE, LOG_NORMAL, MULTINOMIAL, MULTIVARIATE_NORMAL, NORMAL, POISSON, UNIFORM,
};
use crate::{Tensor, ops};

/// An ordered pair of families and D(p ‖ q).
#[derive(Clone, Copy)]
pub struct Pair {
    /// What is the case.
    pub p: &'static Family,
    /// What is believed.
    pub q: &'static Family,
    /// D(p ‖ q).
    pub kl: fn(&Distribution, &Distribution) -> Tensor,
}

const fn pair(p: &'static Family, q: &'static Family, kl: fn(&Distribution, &Distribution) -> Tensor) -> Pair {
    Pair { p, q, kl }
}

/// Every pair that has a row, by theme.
pub static PAIRS: &[&[Pair]] = &[CONTINUOUS, POSITIVE, DISCRETE, COUNTS];

/// Two parameters by their first names.
fn two(d: &Distribution) -> (&Tensor, &Tensor) {
    (d.parameter(0), d.parameter(1))
}

/// D(p ‖ q) = −H(p) − E_p[log q], of two terms.
fn from_cross(p: &Distribution, cross: Tensor) -> Tensor {
    cross - p.entropy()
}

/// −E[log q(X)] of a normal q for an X with this mean and variance.
fn cross_normal(q: &Distribution, mean: &Tensor, variance: &Tensor) -> Tensor {
    let (mu, sigma) = two(q);
    0.5 * (2.0 * PI).ln() + sigma.log() + 0.5 * (variance / sigma.square() + ((mean - mu) / sigma).square())
}

/// −E[log q(X)] of a Laplace q for an X with this E|X − μ|.
fn cross_laplace(q: &Distribution, distance: &Tensor) -> Tensor {
    LN_2 + q.parameter(1).log() + distance / q.parameter(1)
}

/// Infinity, in the batch shape of both.
fn infinite(p: &Distribution, q: &Distribution) -> Tensor {
    // With the requirements and the batch axes of the parameters.
    p.zero() + q.zero() + f64::INFINITY
}

/// The value where p has nothing that q has not, else infinity.
fn within(holds: &Tensor, value: &Tensor) -> Tensor {
    Tensor::select(holds, value, &Tensor::from(f64::INFINITY))
}

/// r − 1 − log r, which is 0 at 1, for a ratio r = a/b.
fn excess(a: &Tensor, b: &Tensor) -> Tensor {
    let r = a / b;
    (a - b) / b - r.log()
}

/// Families over the line and the half-line.
static CONTINUOUS: &[Pair] = &[
    pair(&NORMAL, &NORMAL, |p, q| {
        let ((mu, sigma), (nu, tau)) = (two(p), two(q));
        0.5 * excess(&sigma.square(), &tau.square()) + 0.5 * ((mu - nu) / tau).square()
    }),
    pair(&NORMAL, &LAPLACE, |p, q| {
        let (mu, sigma) = two(p);
        let z = (mu - q.parameter(0)) / sigma;
        let distance = sigma * (&z * (FRAC_1_SQRT_2 * &z).erf() + (2.0 / PI).sqrt() * z.normal_bell());
        from_cross(p, cross_laplace(q, &distance))
    }),
    pair(&NORMAL, &UNIFORM, infinite),
    pair(&NORMAL, &EXPONENTIAL, infinite),
    pair(&LAPLACE, &LAPLACE, |p, q| {
        let ((mu, gamma), (nu, beta)) = (two(p), two(q));
        let z = ((mu - nu) / gamma).abs();
        // (z + exp(−z)) γ/β − 1 − log(γ/β), of which z + exp(−z) − 1 is small near 0.
        excess(gamma, beta) + (&z + (-&z).expm1()) * gamma / beta
    }),
    pair(&LAPLACE, &NORMAL, |p, q| from_cross(p, cross_normal(q, &p.mean(), &p.variance()))),
    pair(&LAPLACE, &UNIFORM, infinite),
    pair(&LAPLACE, &EXPONENTIAL, infinite),
    pair(&EXPONENTIAL, &EXPONENTIAL, |p, q| excess(q.parameter(0), p.parameter(0))),
    pair(&EXPONENTIAL, &NORMAL, |p, q| from_cross(p, cross_normal(q, &p.mean(), &p.variance()))),
    pair(&EXPONENTIAL, &LAPLACE, |p, q| {
        let (lam, mu) = (p.parameter(0), q.parameter(0));
        let right = mu - 1.0 / lam + 2.0 * (-lam * mu.maximum(0.0)).exp() / lam;
        let distance = Tensor::select(&mu.less(0.0), &(1.0 / lam - mu), &right);
        from_cross(p, cross_laplace(q, &distance))
    }),
    pair(&EXPONENTIAL, &UNIFORM, infinite),
    pair(&UNIFORM, &UNIFORM, |p, q| {
        let ((a, b), (low, high)) = (two(p), two(q));
        within(&a.greater_equal(low).logical_and(b.less_equal(high)), &((high - low) / (b - a)).log())
    }),
    pair(&UNIFORM, &NORMAL, |p, q| from_cross(p, cross_normal(q, &p.mean(), &p.variance()))),
    pair(&UNIFORM, &LAPLACE, |p, q| {
        let ((a, b), mu) = (two(p), q.parameter(0));
        let (left, right) = (a - mu, b - mu);
        let distance = (&right * right.abs() - &left * left.abs()) / (2.0 * (b - a));
        from_cross(p, cross_laplace(q, &distance))
    }),
    pair(&UNIFORM, &EXPONENTIAL, |p, q| {
        let lam = q.parameter(0);
        within(&p.parameter(0).greater_equal(0.0), &(-p.entropy() - lam.log() + lam * p.mean()))
    }),
    pair(&MULTIVARIATE_NORMAL, &MULTIVARIATE_NORMAL, |p, q| {
        // E_p[log p − log q] with the trace of Σq⁻¹ Σp; a marginal or a precision may be behind both.
        let (sigma, n) = (p.covariance(), p.event_shape().first().copied().unwrap_or(0) as f64);
        let trace = q.covariance().solve(&sigma).trace();
        let apart = p.log_prob(p.mean()) - q.log_prob(p.mean());
        0.5 * (trace - n) + apart
    }),
];

/// −E[log q(X)] of a gamma q for an X with this mean and this mean of the logarithm.
fn cross_gamma(q: &Distribution, mean: &Tensor, mean_log: &Tensor) -> Tensor {
    let (a, b) = two(q);
    a.lgamma() - a * b.log() - (a - 1.0) * mean_log + b * mean
}

/// The mean of log X of a gamma distribution.
fn mean_log(p: &Distribution) -> Tensor {
    p.parameter(0).digamma() - p.parameter(1).log()
}

/// −E[log q(X)] of a lognormal q for an X whose logarithm has this mean and variance.
fn cross_log_normal(q: &Distribution, mean: &Tensor, variance: &Tensor) -> Tensor {
    mean + cross_normal(q, mean, variance)
}

/// Families over positive numbers and over shares.
static POSITIVE: &[Pair] = &[
    pair(&LOG_NORMAL, &LOG_NORMAL, |p, q| {
        let ((mu, sigma), (nu, tau)) = (two(p), two(q));
        0.5 * excess(&sigma.square(), &tau.square()) + 0.5 * ((mu - nu) / tau).square()
    }),
    pair(&LOG_NORMAL, &GAMMA, |p, q| from_cross(p, cross_gamma(q, &p.mean(), p.parameter(0)))),
    pair(&LOG_NORMAL, &EXPONENTIAL, |p, q| from_cross(p, q.parameter(0) * p.mean() - q.parameter(0).log())),
    pair(&LOG_NORMAL, &NORMAL, |p, q| from_cross(p, cross_normal(q, &p.mean(), &p.variance()))),
    pair(&GAMMA, &GAMMA, |p, q| {
        // (α − α')ψ(α) − log Γ(α)/Γ(α') + α' log β/β' + α (β' − β)/β
        let ((a, b), (c, d)) = (two(p), two(q));
        (a - c) * a.digamma() - (a.lgamma() - c.lgamma()) + c * (b / d).log() + a * ((d - b) / b)
    }),
    pair(&GAMMA, &EXPONENTIAL, |p, q| from_cross(p, q.parameter(0) * p.mean() - q.parameter(0).log())),
    pair(&GAMMA, &LOG_NORMAL, |p, q| from_cross(p, cross_log_normal(q, &mean_log(p), &p.parameter(0).trigamma()))),
    pair(&GAMMA, &NORMAL, |p, q| from_cross(p, cross_normal(q, &p.mean(), &p.variance()))),
    pair(&EXPONENTIAL, &GAMMA, |p, q| {
        // log X has the mean ψ(1) − log λ.
        let log = Tensor::from(1.0).digamma() - p.parameter(0).log();
        from_cross(p, cross_gamma(q, &p.mean(), &log))
    }),
    pair(&EXPONENTIAL, &LOG_NORMAL, |p, q| {
        let one = Tensor::from(1.0);
        from_cross(p, cross_log_normal(q, &(one.digamma() - p.parameter(0).log()), &one.trigamma()))
    }),
    pair(&BETA, &BETA, |p, q| {
        let ((a, b), (c, d)) = (two(p), two(q));
        c.betaln(d) - a.betaln(b) - (a - c) * a.digamma_step(b) - (b - d) * b.digamma_step(a)
    }),
    pair(&BETA, &NORMAL, |p, q| from_cross(p, cross_normal(q, &p.mean(), &p.variance()))),
    pair(&BETA, &EXPONENTIAL, |p, q| from_cross(p, q.parameter(0) * p.mean() - q.parameter(0).log())),
    pair(&BETA, &GAMMA, |p, q| {
        let (a, b) = two(p);
        from_cross(p, cross_gamma(q, &p.mean(), &-a.digamma_step(b)))
    }),
    pair(&DIRICHLET, &DIRICHLET, |p, q| {
        let (a, c) = (p.parameter(0), q.parameter(0));
        let rest = a.sum(crate::ops::keep(-1)) - a;
        let constants = a.sum(-1).lgamma() - c.sum(-1).lgamma() + (c.lgamma() - a.lgamma()).sum(-1);
        constants - ((a - c) * a.digamma_step(rest)).sum(-1)
    }),
    pair(&NORMAL, &GAMMA, infinite),
    pair(&NORMAL, &LOG_NORMAL, infinite),
    pair(&NORMAL, &BETA, infinite),
    pair(&LAPLACE, &GAMMA, infinite),
    pair(&LAPLACE, &LOG_NORMAL, infinite),
    pair(&LAPLACE, &BETA, infinite),
    pair(&GAMMA, &BETA, infinite),
    pair(&GAMMA, &UNIFORM, infinite),
    pair(&LOG_NORMAL, &BETA, infinite),
    pair(&LOG_NORMAL, &UNIFORM, infinite),
    pair(&EXPONENTIAL, &BETA, infinite),
];

/// Families of counts.
static COUNTS: &[Pair] = &[
    pair(&POISSON, &POISSON, |p, q| {
        // λ (r − 1 − log r) for r = λ'/λ
        let (lam, mu) = (p.parameter(0), q.parameter(0));
        lam * excess(mu, lam)
    }),
    pair(&MULTINOMIAL, &MULTINOMIAL, |p, q| {
        let ((n, p), (m, q)) = (two(p), two(q));
        let value = n * super::kl_of(p, q);
        value.require(&n.equal(m), "there is no closed form for different numbers of trials")
    }),
];

/// True if the probabilities of one of two distributions are above 0 by what they are made of, however small.
fn by_logits(p: &Distribution, q: &Distribution) -> bool {
    [p, q].iter().any(|d| {
        let mut t = d.parameter(0);
        while *t.op() == ops::REQUIRE {
            t = &t.node().inputs()[0];
        }
        [&ops::SIGMOID, &ops::SOFTMAX].contains(&t.op())
    })
}

/// p (log p − log q), whose logarithms are looked at by themselves; nothing where p has underflowed.
fn positive_term(p: &Tensor, difference: &Tensor) -> Tensor {
    p * Tensor::select(&p.greater(0.0), difference, &Tensor::from(0.0))
}

/// Families with masses that the general rule does not reach.
static DISCRETE: &[Pair] = &[
    pair(&BERNOULLI, &BERNOULLI, |p, q| {
        let sigmoids = by_logits(p, q);
        let (p, q) = (p.parameter(0), q.parameter(0));
        if sigmoids {
            return positive_term(p, &(p.log() - q.log())) + positive_term(&(1.0 - p), &((-p).log1p() - (-q).log1p()));
        }
        p * (p / q).log() + (1.0 - p) * ((1.0 - p) / (1.0 - q)).log()
    }),
    pair(&CATEGORICAL, &CATEGORICAL, |p, q| {
        let count = |d: &Distribution| d.parameter(0).dims().last().copied();
        if let (true, Some(sum)) = (count(p) != count(q), general(p, q)) {
            return sum;
        }
        let softmaxes = by_logits(p, q);
        let (p, q) = (p.parameter(0), q.parameter(0));
        if softmaxes { positive_term(p, &(p.log() - q.log())).sum(-1) } else { super::kl_of(p, q) }
    }),
    pair(&DISCRETE_UNIFORM, &DISCRETE_UNIFORM, |p, q| {
        let ((a, b), (low, high)) = (two(p), two(q));
        let inside = a.greater_equal(low).logical_and(b.less_equal(high));
        within(&inside, &((high - low + 1.0) / (b - a + 1.0)).log())
    }),
    pair(&DIRAC, &DIRAC, |p, q| within(&p.parameter(0).equal(q.parameter(0)), &Tensor::from(0.0))),
    pair(&EMPIRICAL, &DIRAC, |p, q| within(&p.prob(q.parameter(0)).greater(1.0 - 1e-9), &Tensor::from(0.0))),
];

/// True if an expectation is a finite sum: of a mixture, if it is one of all components.
fn is_finite_sum(p: &Distribution) -> bool {
    p.family().expectation.absent().is_none() && p.parts().iter().all(is_finite_sum)
}

/// E_p[g(X)] for a p that is a finite sum.
pub fn sum_over(p: &Distribution, g: impl Fn(&Tensor) -> Tensor) -> Option<Tensor> {
    is_finite_sum(p).then(|| p.expectation(g))
}

/// D(p ‖ q) where it is a finite sum, or infinite since only one of the two has a density.
pub fn general(p: &Distribution, q: &Distribution) -> Option<Tensor> {
    let masses = |d: &Distribution| d.is_discrete() || *d.family() == DIRAC;
    if !p.event_shape().is_empty() || !q.event_shape().is_empty() {
        return None;
    }
    if masses(p) != masses(q) {
        return Some(infinite(p, q));
    }
    if !q.is_discrete() {
        return None;
    }
    // Of all probability at one point the logarithm is 0.
    sum_over(p, |x| match *p.family() == DIRAC {
        true => -q.log_prob(x),
        false => p.log_prob(x) - q.log_prob(x),
    })
}
