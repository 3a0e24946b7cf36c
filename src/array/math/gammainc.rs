//! The regularised incomplete gamma functions, their logarithms, inverses and derivatives in the shape.
//!
//! With t = x·e^s both are integrals of one entire function: γ(a, x) = xᵃ e⁻ˣ ∫ exp(a s - x(e^s - 1)) ds over s < 0, and
//! Γ(a, x) the same over s > 0. Small shapes left of the bulk have a series of positive terms instead. Of P and Q the one
//! that cannot be close to 1 is computed, so that neither cancels; the derivative in a is a mean of s in the same sum.

use super::dispatch::{self, dispatch};
use super::exp;
use super::float::{add_pair, div_pair, horner, mul_pair, two_sum};
use super::gamma::{LGAMMA1, LGAMMA2, lgamma_pair, stirling_rest};
use super::log;
use super::polygamma::{BERNOULLI, digamma_here};
use super::power::pow;
use super::quadrature::{CUT, normal_start, tilted};

/// From this shape on the integral over s < 0 is short enough for the quadrature, and Stirling's series has its digits.
const LARGE: f64 = 16.0;

/// One of P and Q, and how it hangs on its arguments.
#[derive(Clone, Copy)]
struct Side {
    /// True of Q.
    upper: bool,
    /// The probability.
    value: f64,
    /// Its logarithm.
    log: f64,
    /// The logarithm of `value` over the weight xᵃ e⁻ˣ / Γ(a).
    log_ratio: f64,
    /// The derivative of its logarithm in a.
    score: f64,
}

impl Side {
    /// The other of P and Q.
    fn other(self) -> Side {
        let value = 1.0 - self.value;
        let log = log::log1p(-self.value);
        let log_ratio = log - self.log + self.log_ratio;
        Side { upper: !self.upper, value, log, log_ratio, score: -self.slope() / value }
    }

    /// The derivative in a, by logarithms where the probability is out of range.
    fn slope(self) -> f64 {
        if self.value > 1e-290 {
            return self.value * self.score;
        }
        exp::exp(self.log + log::log(self.score.abs())).copysign(self.score)
    }

    /// Q if `upper`, else P.
    fn of(self, upper: bool) -> Side {
        if self.upper == upper { self } else { self.other() }
    }
}

/// log a - ψ(a), for a > 0.
#[inline(always)]
pub(super) fn log_minus_digamma(a: f64) -> f64 {
    if a < 10.0 {
        return log::log(a) - digamma_here(a);
    }
    let r = 1.0 / a;
    let z = r * r;
    let mut series = 0.0;
    for (i, b) in BERNOULLI.iter().enumerate().rev() {
        series = (series + b / (2.0 * (i as f64 + 1.0))) * z;
    }
    0.5f64.mul_add(r, series)
}

/// log Γ(1 + a), relatively accurate at 0, for 0 ≤ a ≤ 1.
#[inline(always)]
pub(super) fn lgamma_1p(a: f64) -> f64 {
    if a <= 0.5 { a * horner(&LGAMMA1, a) } else { (a - 1.0) * horner(&LGAMMA2, a - 1.0) }
}

/// log(x/y) as a pair, for positive finite numbers.
#[inline(always)]
fn log_quotient(x: f64, y: f64) -> (f64, f64) {
    if x > 0.5 * y && 0.5 * x < y && y > 1e-290 && y < 1e290 {
        let (q, ql) = div_pair(x, 0.0, y, 0.0);
        let (h, l) = log::accurate(q);
        return add_pair(h, l, ql / q, 0.0);
    }
    let (h, l) = log::accurate(x);
    let (g, gl) = log::accurate(y);
    add_pair(h, l, -g, -gl)
}

/// n·(log(x/n) + 1 - x/n), never positive, as a pair, for positive finite numbers: how far x is from n in a Poisson sense.
#[inline(always)]
pub(super) fn deviation(n: f64, x: f64) -> (f64, f64) {
    let u = (x - n) / n;
    let near = n * log::log1p_minus_x(u);
    let (h, l) = log_quotient(x, n);
    // The first form is right to an ulp of itself, the second to 2⁻⁶⁶ of what cancels in it.
    if u.abs() < 0.25 && near.abs() * 1e-16 <= (n * h).abs() * 1.4e-20 + 1e-17 {
        return (near, 0.0);
    }
    let p = n * h;
    if !p.is_finite() || p.abs() > 1e300 {
        return (p + (n - x), 0.0);
    }
    let (p, pl) = mul_pair(n, 0.0, h, l);
    let (d, dl) = two_sum(n, -x);
    add_pair(p, pl, d, dl)
}

/// log(xᵃ e⁻ˣ / Γ(a)) as a pair, but for a factor that is returned third, for positive finite numbers.
#[inline(always)]
fn weight_parts(a: f64, x: f64) -> (f64, f64, f64) {
    if a >= 10.0 {
        let (h, l) = deviation(a, x);
        let (h, l) = add_pair(h, l, -stirling_rest(a), 0.0);
        return (h, l, (a / std::f64::consts::TAU).sqrt());
    }
    let (h, l) = log::accurate(x);
    let (h, l) = mul_pair(a, 0.0, h, l);
    let (h, l) = add_pair(h, l, -x, 0.0);
    let (g, gl) = lgamma_pair(a);
    let (h, l) = add_pair(h, l, -g, -gl);
    (h, l, 1.0)
}

/// xᵃ⁻¹ e⁻ˣ / Γ(a), the density of the gamma distribution.
pub fn gamma_density(a: f64, x: f64) -> f64 {
    dispatch!((a: f64, x: f64) -> f64, {
        if !(a >= 0.0 && x >= 0.0) || (a == f64::INFINITY && x == f64::INFINITY) {
            return f64::NAN;
        }
        if x == 0.0 && a > 0.0 {
            return if a < 1.0 { f64::INFINITY } else { f64::from(a == 1.0) };
        }
        if a == 0.0 || a == f64::INFINITY || x == f64::INFINITY {
            return 0.0;
        }
        let (h, l, factor) = weight_parts(a, x);
        let (g, gl) = log::accurate(x);
        let (h, l) = add_pair(h, l, -g, -gl);
        factor * exp::exp_of_pair(h, l)
    })
}

/// One of P(a, x) and Q(a, x), for positive finite numbers.
#[inline(always)]
fn side(a: f64, x: f64) -> Side {
    if x >= a && x >= 1.0 {
        return by_quadrature(a, x, true);
    }
    if a >= LARGE {
        return by_quadrature(a, x, false);
    }
    if a < 1.0 { small(a, x) } else { by_series(a, x) }
}

/// Q, or P for a large shape: the weight times the integral on one side.
#[inline(always)]
fn by_quadrature(a: f64, x: f64, upper: bool) -> Side {
    let sign = if upper { 1.0 } else { -1.0 };
    // exp(a s - x(e^s - 1)) = exp(-(x - a)s - x(e^s - 1 - s)), for s above or below 0.
    let tilt = (x - a) * sign;
    let g = |s: f64| {
        let value = tilt.mul_add(s, x * exp::expm1_minus_x(sign * s));
        (value, tilt + sign * x * exp::expm1(sign * s))
    };
    let far = if upper { (2.0 * CUT / x).sqrt().min(CUT / tilt.max(1e-300)) } else { (CUT + x) / a };
    let (integral, [mean]) = tilted(g, far, |s| [s]);
    let log_ratio = log::log(integral);
    let (h, l, factor) = weight_parts(a, x);
    let value = factor * exp::exp_of_pair(h, l) * integral;
    let score = log::log_ratio(x, a) + log_minus_digamma(a) + sign * mean;
    Side { upper, value, log: h + (l + log::log(factor * integral)), log_ratio, score }
}

/// P for 1 ≤ a < 16 and x < a: Σ xⁿ/((a + 1)…(a + n)), all of whose terms are positive.
#[inline(always)]
fn by_series(a: f64, x: f64) -> Side {
    let (mut term, mut harmonic) = (1.0, 0.0);
    let (mut sum, mut low, mut slope) = (1.0, 0.0, 0.0);
    let mut n = 1.0;
    while term > 1e-18 * sum && n < 400.0 {
        let d = a + n;
        term *= x / d;
        harmonic += 1.0 / d;
        (sum, low) = add_pair(sum, low, term, 0.0);
        slope += term * harmonic;
        n += 1.0;
    }
    let ratio = (sum + low) / a;
    let (h, l, factor) = weight_parts(a, x);
    let value = factor * exp::exp_of_pair(h, l) * ratio;
    let score = log::log(x) - digamma_here(1.0 + a) - slope / sum;
    Side { upper: false, value, log: h + (l + log::log(factor * ratio)), log_ratio: log::log(ratio), score }
}

/// P, or Q where P is nearly 1, for a < 1 and x < 1: xᵃ/Γ(1 + a)·(1 + a Σ (-x)ⁿ/(n!(a + n))).
#[inline(always)]
fn small(a: f64, x: f64) -> Side {
    let (mut power, mut v, mut slope) = (1.0, 0.0, 0.0);
    for n in 1..24 {
        let n = f64::from(n);
        power *= -x / n;
        v += power / (a + n);
        slope += power * n / ((a + n) * (a + n));
    }
    let log_p = a * log::log(x) - lgamma_1p(a) + log::log1p(a * v);
    let value = pow(x, a) * exp::exp(-lgamma_1p(a)) * (1.0 + a * v);
    let score = log::log(x) - digamma_here(1.0 + a) + slope / (1.0 + a * v);
    // P over the weight is e^x (1 + a v)/a.
    let log_ratio = x + log::log1p(a * v) - log::log(a);
    if log_p < -0.25 {
        return Side { upper: false, value, log: log_p, log_ratio, score };
    }
    let q = (-exp::expm1(log_p)).max(0.0) + 0.0;
    let log_q = log::log(q);
    Side { upper: true, value: q, log: log_q, log_ratio: log_q - log_p + log_ratio, score: -score * (value / q) }
}

/// What P and Q are at the ends, or their sides elsewhere.
#[inline(always)]
fn at(a: f64, x: f64, ends: [f64; 3], f: impl Fn(Side) -> f64) -> f64 {
    if !(a >= 0.0 && x >= 0.0) || (a == 0.0 && x == 0.0) || (a == f64::INFINITY && x == f64::INFINITY) {
        return f64::NAN;
    }
    if x == 0.0 || a == f64::INFINITY {
        return ends[0];
    }
    if x == f64::INFINITY || a == 0.0 {
        return ends[1];
    }
    let y = f(side(a, x));
    if y.is_nan() { ends[2] } else { y }
}

/// P(a, x) = γ(a, x)/Γ(a).
pub fn gammainc(a: f64, x: f64) -> f64 {
    dispatch!((a: f64, x: f64) -> f64, { at(a, x, [0.0, 1.0, f64::NAN], |s| s.of(false).value) })
}

/// Q(a, x) = Γ(a, x)/Γ(a).
pub fn gammaincc(a: f64, x: f64) -> f64 {
    dispatch!((a: f64, x: f64) -> f64, { at(a, x, [1.0, 0.0, f64::NAN], |s| s.of(true).value) })
}

/// log P(a, x).
pub fn log_gammainc(a: f64, x: f64) -> f64 {
    dispatch!((a: f64, x: f64) -> f64, { at(a, x, [f64::NEG_INFINITY, 0.0, f64::NAN], |s| s.of(false).log) })
}

/// log Q(a, x).
pub fn log_gammaincc(a: f64, x: f64) -> f64 {
    dispatch!((a: f64, x: f64) -> f64, { at(a, x, [0.0, f64::NEG_INFINITY, f64::NAN], |s| s.of(true).log) })
}

/// ∂P/∂a.
pub fn gammainc_slope(a: f64, x: f64) -> f64 {
    dispatch!((a: f64, x: f64) -> f64, {
        at(a, x, [0.0, 0.0, f64::NAN], |s| if s.upper { -s.slope() } else { s.slope() })
    })
}

/// ∂ log P/∂a.
pub fn log_gammainc_slope(a: f64, x: f64) -> f64 {
    dispatch!((a: f64, x: f64) -> f64, { at(a, x, [f64::NEG_INFINITY, 0.0, f64::NAN], |s| s.of(false).score) })
}

/// ∂ log Q/∂a.
pub fn log_gammaincc_slope(a: f64, x: f64) -> f64 {
    dispatch!((a: f64, x: f64) -> f64, { at(a, x, [0.0, f64::INFINITY, f64::NAN], |s| s.of(true).score) })
}

/// xᵃ e⁻ˣ/(Γ(a) P(a, x)), the derivative of log P in log x.
pub fn gammainc_share(a: f64, x: f64) -> f64 {
    dispatch!((a: f64, x: f64) -> f64, {
        at(a, x, [a, 0.0, f64::NAN], |s| exp::exp(-s.of(false).log_ratio))
    })
}

/// xᵃ e⁻ˣ/(Γ(a) Q(a, x)), minus the derivative of log Q in log x.
pub fn gammaincc_share(a: f64, x: f64) -> f64 {
    dispatch!((a: f64, x: f64) -> f64, {
        at(a, x, [0.0, f64::INFINITY, f64::NAN], |s| exp::exp(-s.of(true).log_ratio))
    })
}

/// How a quantile moves with the shape: -x ∂P/∂a over the weight.
pub fn gamma_flow(a: f64, x: f64) -> f64 {
    dispatch!((a: f64, x: f64) -> f64, {
        at(a, x, [0.0, f64::INFINITY, f64::NAN], |s| {
            let flow = x * exp::exp(s.log_ratio) * s.score;
            if s.upper { flow } else { -flow }
        })
    })
}

/// The x at which P(a, x) = p, or Q if `upper`: Newton's method on log P or log Q in log x, both concave.
#[inline(always)]
fn quantile(a: f64, p: f64, upper: bool) -> f64 {
    if !(a > 0.0 && a < f64::INFINITY && (0.0..=1.0).contains(&p)) {
        return f64::NAN;
    }
    if p == 0.0 || p == 1.0 {
        return if upper == (p == 0.0) { f64::INFINITY } else { 0.0 };
    }
    // The smaller of the two probabilities is the one to match, and 1 - p is exact where it is that.
    let (p, upper) = if p > 0.5 { (1.0 - p, !upper) } else { (p, upper) };
    let target = log::log(p);
    // P < xᵃ/Γ(1 + a) bounds the quantile from below, and is all of it for small P.
    let g = if a <= 1.0 {
        lgamma_1p(a)
    } else {
        let (h, l) = lgamma_pair(1.0 + a);
        h + l
    };
    let log_p = if upper { log::log1p(-p) } else { target };
    let floor = (log_p + g) / a;
    let z = if upper { -normal_start(target) } else { normal_start(target) };
    let hilferty = 1.0 - 1.0 / (9.0 * a) + z / (3.0 * a.sqrt());
    let mut x = exp::exp(floor);
    if a > 0.5 && hilferty > 0.0 {
        x = x.max(a * hilferty * hilferty * hilferty);
    } else if upper && target < -1.0 {
        x = x.max(-target);
    }
    if x == 0.0 {
        return 0.0;
    }
    let mut last = f64::INFINITY;
    for _ in 0..100 {
        let s = side(a, x).of(upper);
        // Near the end the probability itself, whose error does not grow with its logarithm.
        let gap = target - s.log;
        let gap = if gap.abs() < 0.1 && s.value > 1e-306 { log::log1p((p - s.value) / s.value) } else { gap };
        let step = gap * exp::exp(s.log_ratio);
        let step = if upper { -step } else { step };
        x *= exp::exp(step.clamp(-50.0, 50.0));
        // Rounding has the last word once steps stop to shrink.
        if step.abs() < 1e-16 || (step.abs() < 1e-11 && step.abs() >= 0.5 * last) {
            break;
        }
        last = step.abs();
    }
    x
}

/// The inverse of P in x.
pub fn gammaincinv(a: f64, p: f64) -> f64 {
    dispatch!((a: f64, p: f64) -> f64, { quantile(a, p, false) })
}

/// The inverse of Q in x.
pub fn gammainccinv(a: f64, q: f64) -> f64 {
    dispatch!((a: f64, q: f64) -> f64, { quantile(a, q, true) })
}
