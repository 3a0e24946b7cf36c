//! The regularised incomplete beta function, its logarithm, inverse and derivatives in the shapes.
//!
//! In odds t/(1 - t) = e^s·x/(1 - x) it is an integral over s < 0 of exp(a s - (a + b) log(1 + x(e^s - 1))), and its
//! complement the same with (b, a, 1 - x). Small shapes are first raised by a recurrence of positive terms. Of the two
//! the one that cannot be close to 1 is computed; the derivatives in a and b are means in the same sum.

use super::dispatch::{self, dispatch};
use super::exp;
use super::float::{add_pair, div_pair, mul_pair, two_prod, two_sum};
use super::gamma::{betaln_pair, stirling_rest};
use super::gammainc::{lgamma_1p, log_minus_digamma};
use super::log;
use super::polygamma::digamma_here;
use super::quadrature::{CUT, normal_start, tilted};

/// From this shape on the integral is short enough for the quadrature.
const LARGE: f64 = 12.0;

/// A point of (0, 1) and its distance from 1, as pairs.
#[derive(Clone, Copy)]
pub(super) struct Point {
    x: (f64, f64),
    y: (f64, f64),
}

impl Point {
    #[inline(always)]
    fn new(x: f64) -> Point {
        Point { x: (x, 0.0), y: two_sum(1.0, -x) }
    }

    /// A point and its distance from 1, both relatively accurate.
    #[inline(always)]
    pub(super) fn both(x: (f64, f64), y: (f64, f64)) -> Point {
        Point { x, y }
    }

    /// True of 0 and 1.
    #[inline(always)]
    pub(super) fn is_end(self) -> bool {
        self.x.0 == 0.0 || self.y.0 == 0.0
    }

    #[inline(always)]
    fn swap(self) -> Point {
        Point { x: self.y, y: self.x }
    }
}

/// I(a, b; x) or 1 - I(a, b; x), and how it hangs on its arguments.
#[derive(Clone, Copy)]
struct Side {
    /// True of 1 - I.
    upper: bool,
    /// The probability.
    value: f64,
    /// Its logarithm.
    log: f64,
    /// The logarithm of `value` over the weight xᵃ(1 - x)ᵇ/B(a, b).
    log_ratio: f64,
    /// The derivatives of its logarithm in a and b.
    scores: [f64; 2],
}

impl Side {
    fn other(self) -> Side {
        let value = 1.0 - self.value;
        let log = log::log1p(-self.value);
        let log_ratio = log - self.log + self.log_ratio;
        let scores = [0, 1].map(|k| -self.slope(k) / value);
        Side { upper: !self.upper, value, log, log_ratio, scores }
    }

    /// The derivative in a or b, by logarithms where the probability is out of range.
    fn slope(self, k: usize) -> f64 {
        let score = self.scores[k];
        if self.value > 1e-290 {
            return self.value * score;
        }
        exp::exp(self.log + log::log(score.abs())).copysign(score)
    }

    fn of(self, upper: bool) -> Side {
        if self.upper == upper { self } else { self.other() }
    }

    /// The same for exchanged shapes.
    fn swap(self) -> Side {
        Side { upper: !self.upper, scores: [self.scores[1], self.scores[0]], ..self }
    }
}

/// log of a positive pair, as a pair.
#[inline(always)]
fn log_of((h, l): (f64, f64)) -> (f64, f64) {
    let (g, gl) = log::accurate(h);
    add_pair(g, gl, l / h, 0.0)
}

/// n·pair, or only its size where that is far out of range.
#[inline(always)]
fn times(n: f64, (h, l): (f64, f64)) -> (f64, f64) {
    let p = n * h;
    if p.abs() < 1e290 { mul_pair(n, 0.0, h, l) } else { (p, 0.0) }
}

/// y·a - x·b: how far x is from the mean a/(a + b), times a + b.
#[inline(always)]
fn lead(a: f64, b: f64, p: Point) -> f64 {
    let (u, ul) = two_prod(p.y.0, a);
    let (v, vl) = two_prod(p.x.0, b);
    let (d, dl) = two_sum(u, -v);
    d + (dl + (ul - vl) + p.y.1.mul_add(a, -(p.x.1 * b)))
}

/// log(xᵃ(1 - x)ᵇ/B(a, b)) as a pair, but for a factor that is returned third.
#[inline(always)]
fn weight_parts(a: f64, b: f64, p: Point) -> (f64, f64, f64) {
    if a < 10.0 || b < 10.0 {
        let (h, l) = times(a, log_of(p.x));
        let (g, gl) = times(b, log_of(p.y));
        let (h, l) = add_pair(h, l, g, gl);
        let (g, gl) = betaln_pair(a, b);
        let (h, l) = add_pair(h, l, -g, -gl);
        return (h, l, 1.0);
    }
    // a log(x/p) + b log((1 - x)/q) for the mean p = 1 - q, and what Stirling's formula lacks.
    let d = lead(a, b, p);
    let (u, v) = (-d / a, d / b);
    let near = a * log::log1p_minus_x(u) + b * log::log1p_minus_x(v);
    let (s, sl) = two_sum(a, b);
    let ratio = |x: (f64, f64), n: f64| {
        let (q, ql) = div_pair(s, sl, n, 0.0);
        log_of(mul_pair(x.0, x.1, q, ql))
    };
    let (h, g) = (ratio(p.x, a), ratio(p.y, b));
    let cancels = (a * h.0).abs().max((b * g.0).abs());
    let (h, l) = if u.abs().max(v.abs()) < 0.25 && near.abs() * 1e-16 <= cancels * 1.4e-20 + 1e-17 {
        (near, 0.0)
    } else {
        let (h, l) = times(a, h);
        let (g, gl) = times(b, g);
        add_pair(h, l, g, gl)
    };
    let (h, l) = add_pair(h, l, stirling_rest(s) - stirling_rest(a) - stirling_rest(b), 0.0);
    (h, l, (a / s * b / std::f64::consts::TAU).sqrt())
}

/// log(1 + x(e^s - 1)) - x s, never negative, and its derivative in s.
#[inline(always)]
fn bend(x: f64, y: f64, s: f64) -> (f64, f64) {
    // The smaller of x and 1 - x in front keeps the two parts from cancelling.
    let (x, s, sign) = if x <= 0.5 { (x, s, 1.0) } else { (y, -s, -1.0) };
    let u = x * exp::expm1(s);
    let value = x * exp::expm1_minus_x(s) + log::log1p_minus_x(u);
    // x e^s/(1 + u) - x
    (value, sign * x * ((1.0 - x) * exp::expm1(s) / (1.0 + u)))
}

/// I(a, b; x) for x up to the mean.
#[inline(always)]
fn lower(a: f64, b: f64, p: Point) -> Side {
    // a·(I over the weight) = 1 + Σ v_j/(a + j) + v_n·(the integral for a + n), v_j = (a + b)…(a + b + j - 1)xʲ/((a + 1)…(a + j - 1)).
    let (x, y) = (p.x.0, p.y.0);
    let raised = a < LARGE;
    let (mut sum, mut slopes) = (if raised { 1.0 } else { 0.0 }, [0.0, 0.0]);
    let (mut v, mut of_v) = (if raised { 1.0 } else { a }, [0.0, 0.0]);
    let (mut top, mut j) = (a, 0.0);
    while top < LARGE {
        let (up, down) = (a + b + j, a + j);
        of_v[0] += 1.0 / up;
        of_v[1] += 1.0 / up;
        v *= up * x;
        if j > 0.0 {
            v /= down;
            of_v[0] -= 1.0 / down;
        }
        j += 1.0;
        top = a + j;
        if top < LARGE {
            let term = v / top;
            sum += term;
            slopes[0] += term * (of_v[0] - 1.0 / top);
            slopes[1] += term * of_v[1];
        }
    }
    let tilt = lead(top, b, p);
    let n = top + b;
    let g = |s: f64| {
        let (value, slope) = bend(x, y, -s);
        (tilt.mul_add(s, n * value), tilt - n * slope)
    };
    let far = (CUT - n * log::log(y)) / top;
    let far = if tilt > 0.0 { far.min(CUT / tilt) } else { far };
    let (integral, [in_a, in_b]) = tilted(g, far, |s| {
        let fall = -log::log1p(x * exp::expm1(-s));
        [fall - s, fall]
    });
    let term = v * integral;
    sum += term;
    slopes[0] += term * (of_v[0] + in_a);
    slopes[1] += term * (of_v[1] + in_b);
    let (h, l, factor) = weight_parts(a, b, p);
    let ratio = sum / a;
    let value = factor * exp::exp_of_pair(h, l) * ratio;
    let log = h + (l + log::log(factor * ratio));
    let odds = lead(a, b, p);
    // log x + ψ(a + b) - ψ(a) and log y + ψ(a + b) - ψ(b), by logarithms of x and y over their means.
    let above = log_minus_digamma(a + b);
    let base_a = if raised {
        log::log_product(x, a + b) - above - digamma_here(1.0 + a)
    } else {
        let over = if odds < 0.5 * a { log::log1p(-odds / a) } else { log::log_product(x, (a + b) / a) };
        over - above + log_minus_digamma(a)
    };
    let base_b = if raised {
        log::log1p(-x) + digamma_rise(b, a)
    } else if odds < 1e10 * b {
        log::log1p(odds / b) + log_minus_digamma(b) - above
    } else {
        log::log(y) + log::log_ratio(a + b, b) + log_minus_digamma(b) - above
    };
    let scores = [base_a + slopes[0] / sum, base_b + slopes[1] / sum];
    Side { upper: false, value, log, log_ratio: log::log(ratio), scores }
}

/// log Γ(b + a) - log Γ(b) for a < 1, relatively accurate for small a.
#[inline(always)]
fn lgamma_rise(b: f64, a: f64) -> f64 {
    let (mut b, mut below) = (b, 0.0);
    while b < 10.0 {
        below += log::log1p(a / b);
        b += 1.0;
    }
    let l = log::log1p(a / b);
    // (b - ½)·log1p(a/b) + a(log(a + b) - 1), and the falls of the terms of Stirling's series
    let mut rest = (b - 0.5) * l + a * (log::log(a + b) - 1.0);
    let mut power = 1.0 / b;
    for (k, c) in super::gamma::STIRLING.iter().enumerate() {
        let j = 2.0 * k as f64 + 1.0;
        rest += c * power * exp::expm1(-j * l);
        power /= b * b;
    }
    rest - below
}

/// ψ(b + a) - ψ(b), relatively accurate for small a.
#[inline(always)]
fn digamma_rise(b: f64, a: f64) -> f64 {
    let (mut b, mut below) = (b, 0.0);
    while b < 10.0 {
        below += a / b / (b + a);
        b += 1.0;
    }
    let l = log::log1p(a / b);
    let mut rest = l - 0.5 / b * exp::expm1(-l);
    let mut power = 1.0;
    for (k, bernoulli) in super::polygamma::BERNOULLI.iter().enumerate() {
        let j = 2.0 * (k as f64 + 1.0);
        power /= b * b;
        rest -= bernoulli / j * power * exp::expm1(-j * l);
    }
    rest + below
}

/// log I(a, b; x) and its derivative in b where both are close to 0, which takes a small a, by
/// xᵃ/(a B)·(1 + a Σ (1 - b)_n xⁿ/(n!(a + n))).
#[inline(always)]
fn log_near_one(a: f64, b: f64, x: f64) -> (f64, f64) {
    let (mut power, mut power_in_b) = (1.0, 0.0);
    let (mut sum, mut sum_in_b) = (0.0, 0.0);
    let mut n = 1.0;
    while n < 200.0 {
        power_in_b = (power_in_b * (n - b) - power) * x / n;
        power *= (n - b) * x / n;
        let terms = (power / (a + n), power_in_b / (a + n));
        sum += terms.0;
        sum_in_b += terms.1;
        if terms.0.abs() < 1e-18 * sum.abs() && terms.1.abs() < 1e-18 * sum_in_b.abs() {
            break;
        }
        n += 1.0;
    }
    let value = a * log::log(x) - lgamma_1p(a) + lgamma_rise(b, a) + log::log1p(a * sum);
    (value, digamma_rise(b, a) + a * sum_in_b / (1.0 + a * sum))
}

/// The same as `lower`, or its complement where it is nearly 1.
#[inline(always)]
fn lower_or_rest(a: f64, b: f64, p: Point) -> Side {
    let s = lower(a, b, p);
    if !(a < 1.0 && s.value > 0.75) {
        return s;
    }
    let (log_p, in_b) = log_near_one(a, b, p.x.0);
    let q = (-exp::expm1(log_p)).max(0.0) + 0.0;
    let log_q = log::log(q);
    let scores = [s.scores[0], in_b].map(|v| -v * (s.value / q));
    Side { upper: true, value: q, log: log_q, log_ratio: log_q - s.log + s.log_ratio, scores }
}

/// I or its complement, for positive finite shapes and x inside (0, 1).
#[inline(always)]
fn side(a: f64, b: f64, p: Point) -> Side {
    // Left of where (1 - t)ᵇ begins to fall, tᵃ of a small shape is nearly all there is.
    let flat = |a: f64, b: f64, p: Point| a < 1.0 && p.x.0 <= 0.5 && p.x.0 * (a + b) < 1.0;
    let left = flat(a, b, p) || (!flat(b, a, p.swap()) && lead(a, b, p) >= 0.0);
    if left { lower_or_rest(a, b, p) } else { lower_or_rest(b, a, p.swap()).swap() }
}

/// Values at the ends of the interval, or those of the sides inside it.
#[inline(always)]
fn at([a, b, x]: [f64; 3], ends: [f64; 2], f: impl Fn(Side) -> f64) -> f64 {
    if !(a > 0.0 && b > 0.0 && a < f64::INFINITY && b < f64::INFINITY && (0.0..=1.0).contains(&x)) {
        return f64::NAN;
    }
    if x == 0.0 || x == 1.0 {
        return ends[(x == 1.0) as usize];
    }
    f(side(a, b, Point::new(x)))
}

/// I(a, b; x), or 1 - I.
pub fn betainc(v: [f64; 3], upper: bool) -> f64 {
    dispatch!((v: [f64; 3], upper: bool) -> f64, {
        at(v, if upper { [1.0, 0.0] } else { [0.0, 1.0] }, |s| s.of(upper).value)
    })
}

/// The logarithm of `betainc`.
pub fn log_betainc(v: [f64; 3], upper: bool) -> f64 {
    dispatch!((v: [f64; 3], upper: bool) -> f64, {
        let far = f64::NEG_INFINITY;
        at(v, if upper { [0.0, far] } else { [far, 0.0] }, |s| s.of(upper).log)
    })
}

/// ∂I/∂a, or ∂I/∂b.
pub fn betainc_slope(v: [f64; 3], in_b: bool) -> f64 {
    dispatch!((v: [f64; 3], in_b: bool) -> f64, {
        at(v, [0.0, 0.0], |s| {
            let slope = s.slope(usize::from(in_b));
            if s.upper { -slope } else { slope }
        })
    })
}

/// The derivative of log I or log(1 - I) in a or b.
pub fn log_betainc_slope(v: [f64; 3], upper: bool, in_b: bool) -> f64 {
    dispatch!((v: [f64; 3], upper: bool, in_b: bool) -> f64, {
        let k = usize::from(in_b);
        let far = if in_b { f64::INFINITY } else { f64::NEG_INFINITY };
        at(v, if upper { [0.0, -far] } else { [far, 0.0] }, |s| s.of(upper).scores[k])
    })
}

/// xᵃ⁻¹(1 - x)ᵇ⁻¹/B(a, b), the density of the beta distribution.
pub fn beta_density(v: [f64; 3]) -> f64 {
    dispatch!((v: [f64; 3]) -> f64, {
        let [a, b, x] = v;
        if !(a > 0.0 && b > 0.0 && a < f64::INFINITY && b < f64::INFINITY && (0.0..=1.0).contains(&x)) {
            return f64::NAN;
        }
        if x == 0.0 || x == 1.0 {
            let (shape, other) = if x == 0.0 { (a, b) } else { (b, a) };
            let at_one = if shape == 1.0 { other } else { 0.0 };
            return if shape < 1.0 { f64::INFINITY } else { at_one };
        }
        let p = Point::new(x);
        let (h, l, factor) = weight_parts(a, b, p);
        let (g, gl) = log_of(p.x);
        let (h, l) = add_pair(h, l, -g, -gl);
        let (g, gl) = log_of(p.y);
        let (h, l) = add_pair(h, l, -g, -gl);
        factor * exp::exp_of_pair(h, l)
    })
}

/// The weight over I, or over 1 - I.
pub fn betainc_share(v: [f64; 3], upper: bool) -> f64 {
    dispatch!((v: [f64; 3], upper: bool) -> f64, {
        at(v, if upper { [0.0, v[1]] } else { [v[0], 0.0] }, |s| exp::exp(-s.of(upper).log_ratio))
    })
}

/// How the quantile moves with a or b: -x(1 - x) ∂I/∂a over the weight.
pub fn beta_flow(v: [f64; 3], in_b: bool) -> f64 {
    dispatch!((v: [f64; 3], in_b: bool) -> f64, {
        at(v, [0.0, 0.0], |s| {
            let x = v[2];
            let flow = x * (1.0 - x) * exp::exp(s.log_ratio) * s.scores[usize::from(in_b)];
            if s.upper { flow } else { -flow }
        })
    })
}

/// The x at which I(a, b; x) = p, or 1 - I = p if `upper`: Newton's method on the logarithm in the logarithm of the odds,
/// in which it is concave.
pub fn betaincinv(v: [f64; 3], upper: bool) -> f64 {
    dispatch!((v: [f64; 3], upper: bool) -> f64, {
        let [a, b, p] = v;
        if !(a > 0.0 && b > 0.0 && a < f64::INFINITY && b < f64::INFINITY && (0.0..=1.0).contains(&p)) {
            return f64::NAN;
        }
        if p == 0.0 || p == 1.0 {
            return if upper == (p == 0.0) { 1.0 } else { 0.0 };
        }
        let (p, upper) = if p > 0.5 { (1.0 - p, !upper) } else { (p, upper) };
        // The complement is the function with exchanged shapes at 1 - x.
        let (a, b) = if upper { (b, a) } else { (a, b) };
        let point = lower_quantile(a, b, p);
        if upper { point.y.0 + point.y.1 } else { point.x.0 }
    })
}

/// log I, its derivative in a, and its derivative in the logarithm of the odds.
#[inline(always)]
pub(super) fn lower_at(a: f64, b: f64, p: Point) -> (f64, f64, f64) {
    let s = side(a, b, p).of(false);
    (s.log, s.scores[0], exp::exp(-s.log_ratio))
}

/// x and 1 - x where I(a, b; x) = p, both relatively accurate.
#[inline(always)]
pub(super) fn quantile_parts(a: f64, b: f64, p: f64) -> (f64, f64) {
    if p >= 1.0 {
        return (1.0, 0.0);
    }
    let point = if p <= 0.5 { lower_quantile(a, b, p) } else { lower_quantile(b, a, 1.0 - p).swap() };
    (point.x.0, point.y.0)
}

/// The point at which I(a, b; x) = p, for p up to one half.
#[inline(always)]
fn lower_quantile(a: f64, b: f64, p: f64) -> Point {
    let target = log::log(p);
    // I < oddsᵃ/(a B) bounds the quantile from below.
    let (g, gl) = betaln_pair(a, b);
    let mut z = (target + log::log(a) + (g + gl)) / a;
    if a > 1.0 && b > 1.0 {
        z = z.max(log::log_ratio(a, b) + normal_start(target) * (1.0 / a + 1.0 / b).sqrt());
    }
    let mut odds = exp::exp(z.min(700.0));
    let mut last = f64::INFINITY;
    for _ in 0..200 {
        let point = of_odds(odds);
        if point.x.0 == 0.0 || point.y.0 == 0.0 {
            break;
        }
        let s = side(a, b, point).of(false);
        let gap = target - s.log;
        let gap = if gap.abs() < 0.1 && s.value > 1e-306 { log::log1p((p - s.value) / s.value) } else { gap };
        let step = gap * exp::exp(s.log_ratio);
        odds *= exp::exp(step.clamp(-50.0, 50.0));
        // Rounding has the last word once steps stop to shrink.
        if step.abs() < 1e-16 || (step.abs() < 1e-11 && step.abs() >= 0.5 * last) {
            break;
        }
        last = step.abs();
    }
    of_odds(odds)
}

/// The point with these odds x/(1 - x).
#[inline(always)]
fn of_odds(odds: f64) -> Point {
    let (d, dl) = two_sum(1.0, odds);
    if odds > 1e290 {
        return Point { x: (1.0, -1.0 / odds), y: (1.0 / odds, 0.0) };
    }
    Point { x: div_pair(odds, 0.0, d, dl), y: div_pair(1.0, 0.0, d, dl) }
}
