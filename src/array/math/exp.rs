//! The exponential and its kin: exp, expm1, sigmoid, and the small differences about them.

use super::float::{Float, clamp, div_pair, fast_two_sum, scale, two_sum};

/// (n, hi, lo) with e^(x + low) = 2^n·(1 + hi + lo), for |x| ≤ `EXP_LIMIT`.
#[inline(always)]
pub fn parts<T: Float>(x: T, low: T) -> (T, T, T) {
    let n = x.whole_product(T::LOG2E);
    let first = n.fma(-T::LN2, x); // exact
    let c = n.fma(T::LN2_LOW, -low);
    let r = first - c;
    let rest = (first - r) - c;
    let e = (r * r).fma(T::exp_tail(r), rest);
    let hi = r + e;
    (n, hi, (r - hi) + e)
}

/// (n, hi, lo) with e^(x + low) = 2^n·(hi + lo).
#[inline(always)]
pub fn pair<T: Float>(x: T, low: T) -> (T, T, T) {
    let (n, q, ql) = parts(x, low);
    let (hi, lo) = fast_two_sum(T::lit(1.0), q);
    (n, hi, lo + ql)
}

/// e^x - 1 as a pair, for x ≤ `EXP_LIMIT` whose exponential does not overflow.
#[inline(always)]
pub fn expm1_pair<T: Float>(x: T) -> (T, T) {
    let (n, q, ql) = parts(clamp(x, T::EXP_LIMIT), T::lit(0.0));
    let n = if n < -T::SAFE_EXPONENT { -T::SAFE_EXPONENT } else { n };
    let s = T::pow2(n);
    // s - 1 loses at most what is far below the sum, and two_sum catches even that.
    let (a, al) = two_sum(s, T::lit(-1.0));
    let (h, l) = two_sum(a, s * q);
    fast_two_sum(h, l + s.fma(ql, al))
}

/// (v, n + `SHIFTER`) with e^x = v·2^n, for |x| ≤ `EXP_LIMIT`.
#[inline(always)]
fn mantissa<T: Float>(x: T) -> (T, T) {
    let shifted = x.fma(T::LOG2E, T::SHIFTER);
    let n = shifted - T::SHIFTER;
    let first = n.fma(-T::LN2, x);
    let c = n * T::LN2_LOW;
    let r = first - c;
    let rest = (first - r) - c;
    let e = (r * r).fma(T::exp_tail(r), rest);
    (T::lit(1.0) + (r + e), shifted)
}

/// e^x.
#[inline(always)]
pub fn exp<T: Float>(x: T) -> T {
    let (v, shifted) = mantissa(clamp(x, T::EXP_LIMIT));
    scale(v, shifted - T::SHIFTER)
}

/// e^x for |x| ≤ `EXP_NORMAL`: the bits of [`exp`] in two thirds of its steps.
#[inline(always)]
pub fn exp_normal<T: Float>(x: T) -> T {
    let (v, shifted) = mantissa(x);
    v.raised(shifted)
}

/// e^(x + low) for a pair.
#[inline(always)]
pub fn exp_of_pair<T: Float>(x: T, low: T) -> T {
    let inside = x.magnitude() < T::EXP_LIMIT;
    let (n, hi, lo) = pair(clamp(x, T::EXP_LIMIT), if inside { low } else { T::lit(0.0) });
    scale(hi + lo, n)
}

/// (e^x - 1)/2 as a pair; infinite only where e^x - 1 is.
#[inline(always)]
fn expm1_half<T: Float>(x: T) -> (T, T) {
    let (n, q, ql) = parts(clamp(if x > T::EXP_TOP { T::EXP_TOP } else { x }, T::EXP_LIMIT), T::lit(0.0));
    let low = -T::ONE_LIMIT - T::ONE_LIMIT;
    let n = if n < low { low } else { n };
    let s = T::pow2(n - T::lit(1.0));
    let (h, l) = two_sum(s - T::lit(0.5), s * q);
    (h, s.fma(ql, l))
}

/// e^x - 1.
#[inline(always)]
pub fn expm1<T: Float>(x: T) -> T {
    let (h, l) = expm1_half(x);
    let y = (h + l) * T::lit(2.0);
    if x.magnitude() < T::TINY { x } else { y }
}

/// (e^x - 1)/x, 1 at 0.
#[inline(always)]
pub fn expm1_over_x<T: Float>(x: T) -> T {
    let one = T::lit(1.0);
    let zero = T::lit(0.0);
    let tiny = x.magnitude() < T::TINY;
    // Far on the right e^x/x, which outlasts e^x; far on the left -1/x.
    let right = x > T::ONE_LIMIT;
    let c = clamp(x, T::EXP_LIMIT);
    let (h, l) = expm1_half(c);
    let (h, l) = fast_two_sum(h, l);
    let (n, e, el) = pair(c, zero);
    let (q, ql) = div_pair(if right { e } else { h }, if right { el } else { l }, if tiny { one } else { c }, zero);
    let y = scale(q + ql, if right { n } else { one });
    let y = if x < -T::EXP_LIMIT { -one / x } else { y };
    let y = if x == T::lit(f64::INFINITY) { x } else { y };
    if tiny { one } else { y }
}

/// e^x - 1 - x without cancellation.
#[inline(always)]
pub fn expm1_minus_x(x: f64) -> f64 {
    let near = x * x * f64::exp_tail(if x.abs() < 0.35 { x } else { 0.0 });
    let (h, l) = expm1_pair(x);
    let (d, e) = two_sum(h, -x);
    let far = d + (e + l);
    let far = if x > f64::EXP_LIMIT { f64::INFINITY } else { far };
    let far = if x < -f64::EXP_LIMIT { -1.0 - x } else { far };
    let far = if x > 700.0 { exp(x) } else { far };
    if x.abs() < 0.34 { near } else { far }
}

/// σ(x) = 1/(1 + e^-x).
#[inline(always)]
pub fn sigmoid<T: Float>(x: T) -> T {
    let zero = T::lit(0.0);
    let one = T::lit(1.0);
    // With e = e^-|x|: 1/(1 + e) on the right, e/(1 + e) on the left, e held as 2^n (hi + lo).
    let (n, hi, lo) = pair(-clamp(x, T::EXP_LIMIT).magnitude(), zero);
    let s = T::pow2(if n < -T::SAFE_EXPONENT { -T::SAFE_EXPONENT } else { n });
    let (d, dl) = fast_two_sum(one, s * hi);
    let left = x < zero;
    let (q, ql) = div_pair(if left { hi } else { one }, if left { lo } else { zero }, d, s.fma(lo, dl));
    let y = scale(q + ql, if left { n } else { zero });
    if x.magnitude() <= T::lit(f64::INFINITY) { y } else { x }
}

/// 4^k·e/(1 + e)² with e = e^-|x|.
#[inline(always)]
fn bell<T: Float>(x: T, k: T) -> T {
    let one = T::lit(1.0);
    let (n, hi, lo) = pair(-clamp(x, T::EXP_LIMIT).magnitude(), T::lit(0.0));
    let s = T::pow2(if n < -T::SAFE_EXPONENT { -T::SAFE_EXPONENT } else { n });
    let (d, dl) = fast_two_sum(one, s * hi);
    let (q, ql) = div_pair(one, T::lit(0.0), d, s.fma(lo, dl));
    // hi·q² with the low parts to first order
    let square = q * q;
    let error = q.fma(q, -square) + T::lit(2.0) * q * ql;
    let p = hi * square;
    let rest = hi.fma(square, -p) + hi.fma(error, lo * square);
    let y = scale(p + rest, n + k + k);
    if x.magnitude() <= T::lit(f64::INFINITY) { y } else { x }
}

/// σ'(x) = σ(x)·σ(-x).
#[inline(always)]
pub fn sigmoid_grad<T: Float>(x: T) -> T {
    bell(x, T::lit(0.0))
}

/// tanh'(x) = 1/cosh²(x).
#[inline(always)]
pub fn tanh_grad<T: Float>(x: T) -> T {
    bell(x + x, T::lit(1.0))
}
