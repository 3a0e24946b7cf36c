//! Derivatives of the logarithm of the gamma function: digamma, trigamma, polygamma.
//!
//! These branch, so their loops do not vectorise; each is compiled once and chooses its instruction set itself.

use super::dispatch::{self, dispatch};
use super::exp;
use super::float::{add_pair, div_pair, horner, mul_pair, two_prod, two_sum};
use super::gamma::{PI, gamma_here, lgamma_here, sin_pi};
use super::log;
use super::power;
use super::trig;

/// ψ(x)/(x - root) on [1, 2] as a function of x - 1.5.
const DIGAMMA: [f64; 22] = [
    0.951055876031833,
    -0.4236274212814605,
    0.2405424842407742,
    -0.14840492305390884,
    0.09498872445494122,
    -0.061922133273064534,
    0.04076083381242074,
    -0.02697579675613825,
    0.0179072524394512,
    -0.011908218001568644,
    0.007926944646403797,
    -0.005279964873257405,
    0.003519006401502276,
    -0.002345267632540769,
    0.0015566317474486838,
    -0.0010376374098418604,
    0.0007233266279287554,
    -0.0004821990530566789,
    0.0002272331660987376,
    -0.00015148586836773365,
    0.00025968482126430747,
    -0.00017312261802727394,
];

/// The Bernoulli numbers B_2, B_4, ….
pub(crate) const BERNOULLI: [f64; 9] = [
    1.0 / 6.0,
    -1.0 / 30.0,
    1.0 / 42.0,
    -1.0 / 30.0,
    5.0 / 66.0,
    -691.0 / 2730.0,
    7.0 / 6.0,
    -3617.0 / 510.0,
    43867.0 / 798.0,
];

/// The positive zero of ψ less one.
const DIGAMMA_ROOT: (f64, f64) = (1.4616321449683622 - 1.0, 9.549995429965697e-17);

/// ψ(1 + x) as a pair, for 0 ≤ x ≤ 1.
#[inline(always)]
fn digamma_1(x: f64) -> (f64, f64) {
    let (d, dl) = two_sum(x, -DIGAMMA_ROOT.0);
    let p = horner(&DIGAMMA, x - 0.5);
    let (h, l) = two_prod(d, p);
    (h, l + (dl - DIGAMMA_ROOT.1) * p)
}

/// ψ(x), the derivative of log Γ; NaN at the negative whole numbers, ∓∞ at ±0.
pub fn digamma(x: f64) -> f64 {
    dispatch!((x: f64) -> f64, { digamma_here(x) })
}

#[inline(always)]
pub(super) fn digamma_here(x: f64) -> f64 {
    if x.is_nan() || x == f64::NEG_INFINITY {
        return f64::NAN;
    }
    if x == 0.0 {
        return -1.0 / x;
    }
    if x < 0.0 {
        let a = -x;
        if a == a.trunc() {
            return f64::NAN;
        }
        // ψ(x) = ψ(a) + 1/a + π/tan(πa)
        let (c, cl) = pi_cot_pi(a);
        let (s, sl) = add_pair(1.0 / a, 0.0, c, cl);
        let (h, l) = digamma_pair(a);
        let (y, yl) = add_pair(h, l, s, sl);
        return y + yl;
    }
    let (h, l) = digamma_pair(x);
    h + l
}

/// π/tan(πa) as a pair, for a > 0 that is not whole.
#[inline(always)]
fn pi_cot_pi(a: f64) -> (f64, f64) {
    let f = a - a.round_ties_even();
    let g = f.abs();
    let (r, low) = mul_pair(if g <= 0.25 { g } else { 0.5 - g }, 0.0, PI.0, PI.1);
    let (s, sl) = trig::sin_pair(r, low);
    let (c, cl) = trig::cos_pair(r, low);
    let (n, nl, d, dl) = if g <= 0.25 { (c, cl, s, sl) } else { (s, sl, c, cl) };
    let (n, nl) = mul_pair(n, nl, PI.0, PI.1);
    let (q, ql) = if d > 1e-300 { div_pair(n, nl, d, dl) } else { (n / d, 0.0) };
    if f < 0.0 { (-q, -ql) } else { (q, ql) }
}

/// ψ(x) as a pair, for x > 0.
#[inline(always)]
fn digamma_pair(x: f64) -> (f64, f64) {
    if x == f64::INFINITY {
        return (x, 0.0);
    }
    if x >= 10.0 {
        let r = 1.0 / x;
        let z = r * r;
        let mut series = 0.0;
        for (i, b) in BERNOULLI.iter().enumerate().rev() {
            series = (series + b / (2.0 * (i as f64 + 1.0))) * z;
        }
        let (h, l) = log::pair(x, 0.0);
        return add_pair(h, l, -0.5 * r, -series);
    }
    if x < 1.0 {
        let (h, l) = digamma_1(x);
        let inverse = 1.0 / x;
        let rest = if inverse < 1e290 { (-inverse).mul_add(x, 1.0) * inverse } else { 0.0 };
        if inverse == f64::INFINITY {
            return (-inverse, 0.0);
        }
        return add_pair(h, l, -inverse, -rest);
    }
    let steps = (x - 1.0).floor();
    let y = x - steps;
    let (mut h, mut l) = digamma_1(y - 1.0);
    for i in 0..steps as u32 {
        let d = y + f64::from(i);
        let q = 1.0 / d;
        (h, l) = add_pair(h, l, q, (-q).mul_add(d, 1.0) * q);
    }
    (h, l)
}

/// ψ'(x).
pub fn trigamma(x: f64) -> f64 {
    dispatch!((x: f64) -> f64, { trigamma_here(x) })
}

#[inline(always)]
fn trigamma_here(x: f64) -> f64 {
    if x.is_nan() || x == f64::NEG_INFINITY {
        return f64::NAN;
    }
    if x <= 0.0 && x == x.trunc() {
        return f64::INFINITY;
    }
    if x < 0.0 {
        // ψ'(x) = (π/sin πx)² - ψ'(1 - x), with ψ'(1 - x) = ψ'(-x) - 1/x²
        let (s, sl, _) = sin_pi(x);
        let (q, ql) = div_pair(PI.0, PI.1, s, sl);
        let (p, pl) = mul_pair(q, ql, q, ql);
        if x > -0.5 {
            // The poles at 0 dominate: 1/x² and a sum of positive terms.
            return 1.0 / (x * x) + trigamma_right(1.0 + x);
        }
        return p - (trigamma_right(1.0 - x) - pl);
    }
    trigamma_right(x)
}

/// ψ'(x) for x > 0: a sum of positive terms throughout.
#[inline(always)]
fn trigamma_right(x: f64) -> f64 {
    if x < 1e-150 {
        // 1/x² is all of it, and may be infinite, which pairs do not survive.
        let r = 1.0 / x;
        return r * r;
    }
    let steps = if x < 12.0 { (13.0 - x).floor() } else { 0.0 };
    let y = x + steps;
    let r = 1.0 / y;
    let z = r * r;
    let mut series = 0.0;
    for b in BERNOULLI.iter().rev() {
        series = (series + b) * z;
    }
    // 1/y + 1/2y² + Σ B_2k/y^(2k+1), then the steps from the smallest term to the largest
    let (mut h, mut l) = (r, 0.5 * z + series * r);
    for i in (0..steps as u32).rev() {
        let d = x + f64::from(i);
        (h, l) = add_pair(h, l, 1.0 / (d * d), 0.0);
    }
    h + l
}

/// ζ(s, a) = Σ (a + k)^-s for s ≥ 2 and a > 0, by Euler and Maclaurin.
#[inline(always)]
fn hurwitz(s: f64, a: f64) -> f64 {
    if a == f64::INFINITY { 0.0 } else { euler_maclaurin(s, a, |k| shifted_power(a, k, s)) }
}

/// (a + k)^-s, with the rounding of a + k made good to first order.
#[inline(always)]
fn shifted_power(a: f64, k: f64, s: f64) -> f64 {
    let (y, e) = two_sum(a, k);
    let p = power::pow(y, -s);
    if p == f64::INFINITY { p } else { p - p * (s * (e / y)) }
}

/// a^s·ζ(s, a), which is at least 1: no power over- or underflows.
fn hurwitz_scaled(s: f64, a: f64) -> f64 {
    euler_maclaurin(s, a, |k| exp::exp(-s * log::log1p(k / a)))
}

/// Σ term(k) for terms that are (a + k)^-s up to a factor.
#[inline(always)]
fn euler_maclaurin(s: f64, a: f64, term: impl Fn(f64) -> f64) -> f64 {
    let steps = (10.0 + s - a).ceil().max(0.0);
    let (mut h, mut l) = (0.0, 0.0);
    let mut k = 0.0;
    while k < steps {
        let t = term(k);
        // What adds nothing more ends the sum, and so does an overflow.
        if t <= 1e-19 * h || !t.is_finite() {
            return h + l + t;
        }
        (h, l) = add_pair(h, l, t, 0.0);
        k += 1.0;
    }
    let y = a + steps;
    // y/(s-1) + ½ + Σ B_2j/(2j)!·s(s+1)…(s+2j-2)/y^(2j-1)
    let mut sum = y / (s - 1.0) + 0.5;
    let mut part = s / y;
    for (j, b) in BERNOULLI.iter().enumerate() {
        let i = 2.0 * j as f64;
        part /= (i + 1.0) * (i + 2.0);
        sum += b * part;
        part *= (s + i + 1.0) * (s + i + 2.0) / (y * y);
    }
    let (h, l) = add_pair(h, l, term(steps) * sum, 0.0);
    h + l
}

/// ψ⁽ⁿ⁾(x), the nth derivative of digamma, for whole n ≥ 0.
pub fn polygamma(n: f64, x: f64) -> f64 {
    dispatch!((n: f64, x: f64) -> f64, { polygamma_here(n, x) })
}

#[inline(always)]
fn polygamma_here(n: f64, x: f64) -> f64 {
    if n.is_nan() || x.is_nan() || n < 0.0 || n != n.trunc() {
        return f64::NAN;
    }
    if n == 0.0 {
        return digamma_here(x);
    }
    if n == 1.0 {
        return trigamma_here(x);
    }
    let s = n + 1.0;
    let odd = (0.5 * n).trunc() != 0.5 * n;
    let zeta = if x > 0.0 {
        if n > 170.0 { 0.0 } else { hurwitz(s, x) }
    } else if x == x.trunc() {
        f64::INFINITY
    } else {
        // x = f - m: the terms on both sides of 0, in closed form
        let m = x.abs().ceil();
        let f = x + m;
        let sides = hurwitz(s, 1.0 - f) - hurwitz(s, 1.0 - x);
        hurwitz(s, f) + if odd { sides } else { -sides }
    };
    let magnitude = if x > 0.0 && x < f64::INFINITY && (zeta == 0.0 || zeta.is_infinite() || n > 170.0) {
        // n! and ζ over- and underflow before their product does
        exp::exp(lgamma_here(s) - s * log::log(x) + log::log(hurwitz_scaled(s, x)))
    } else {
        gamma_here(s) * zeta
    };
    if odd { magnitude } else { -magnitude }
}
