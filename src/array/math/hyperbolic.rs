//! Hyperbolic functions and their inverses, on exponentials and logarithms held as pairs.

use super::exp;
use super::float::{Float, add_pair, clamp, div_pair, fast_two_sum, scale, two_prod, two_sum};
use super::log;

/// tanh x = (e^2x - 1)/(e^2x + 1).
#[inline(always)]
pub fn tanh<T: Float>(x: T) -> T {
    let two = T::lit(2.0);
    let a = clamp(x, T::ONE_LIMIT).magnitude();
    let (e, el) = exp::expm1_pair(a + a);
    let (d, dl) = two_sum(e, two);
    let (q, ql) = div_pair(e, el, d, dl + el);
    let y = (q + ql).with_sign(x);
    if x.magnitude() < T::TINY { x } else { y }
}

/// sinh x = (e^x - e^-x)/2.
#[inline(always)]
pub fn sinh(x: f64) -> f64 {
    let a = x.abs();
    let c = if a < 40.0 { a } else { 40.0 };
    let (e, el) = exp::expm1_pair(c);
    let (d, dl) = two_sum(e, 1.0);
    let (q, ql) = div_pair(e, el, d, dl + el);
    let (s, sl) = add_pair(e, el, q, ql);
    let near = 0.5 * (s + sl);
    let (n, hi, lo) = exp::pair(clamp(a, f64::EXP_LIMIT), 0.0);
    let far = scale(hi + lo, n - 1.0);
    let y = if a < 40.0 { near } else { far };
    let y = if a < f64::TINY { a } else { y };
    if a.is_nan() { x } else { y.with_sign(x) }
}

/// cosh x = (e^x + e^-x)/2.
#[inline(always)]
pub fn cosh(x: f64) -> f64 {
    let a = clamp(x.abs(), f64::EXP_LIMIT);
    let (n, hi, lo) = exp::pair(a, 0.0);
    // 2^(n-1)·(p + 2^-2n/p)
    let tiny = f64::pow2(-(if n < 300.0 { n + n } else { 600.0 }));
    let (q, ql) = div_pair(tiny, 0.0, hi, lo);
    let (s, sl) = add_pair(hi, lo, q, ql);
    let y = scale(s + sl, n - 1.0);
    if x.is_nan() { x } else { y }
}

/// The inverse of sinh: log(x + √(x² + 1)).
#[inline(always)]
pub fn asinh(x: f64) -> f64 {
    let a = x.abs();
    let big = a > 1e9;
    let c = if big { 1.0 } else { a };
    // log1p(a + a²/(1 + √(1 + a²))) with the square root as a pair
    let (z, zl) = two_prod(c, c);
    let (w, wl) = two_sum(1.0, z);
    let wl = wl + zl;
    let r = w.sqrt();
    let rl = ((-r).mul_add(r, w) + wl) / (2.0 * r);
    let (d, dl) = two_sum(1.0, r);
    let (q, ql) = div_pair(z, zl, d, dl + rl);
    let (t, tl) = add_pair(c, 0.0, q, ql);
    let (h, l) = log::log1p_pair(t, tl);
    let (f, fl) = log::pair(if big && a < f64::INFINITY { a } else { 1.0 }, 0.0);
    let (g, gl) = add_pair(f, fl, f64::LN2, f64::LN2_LOW);
    let y = if big { g + gl } else { h + l };
    let y = if a < 1e-9 { a } else { y };
    if a < f64::INFINITY { y.with_sign(x) } else { x }
}

/// The inverse of cosh: log(x + √(x² - 1)).
#[inline(always)]
pub fn acosh(x: f64) -> f64 {
    let big = x > 1e9;
    let c = if x >= 1.0 && !big { x } else { 1.0 };
    // log1p(t + √(t(t + 2))) with t = x - 1, exact near 1
    let (t, tl) = two_sum(c, -1.0);
    let (u, ul) = two_sum(c, 1.0);
    let (z, e) = two_prod(t, u);
    let zl = e + t.mul_add(ul, u * tl);
    let r = z.sqrt();
    let rl = ((-r).mul_add(r, z) + zl) / (2.0 * if r > 0.0 { r } else { 1.0 });
    let (s, sl) = add_pair(r, rl, t, tl);
    let (h, l) = log::log1p_pair(s, sl);
    let (f, fl) = log::pair(if big && x < f64::INFINITY { x } else { 1.0 }, 0.0);
    let (g, gl) = add_pair(f, fl, f64::LN2, f64::LN2_LOW);
    let y = if big { g + gl } else { h + l };
    let y = if x < f64::INFINITY { y } else { x };
    if x < 1.0 { f64::NAN } else { y }
}

/// The inverse of tanh: ½ log((1 + x)/(1 - x)).
#[inline(always)]
pub fn atanh(x: f64) -> f64 {
    let a = x.abs();
    let c = if a < 1.0 { a } else { 0.5 };
    // ½ log1p(2a/(1 - a))
    let (d, dl) = fast_two_sum(1.0, -c);
    let (q, ql) = div_pair(2.0 * c, 0.0, d, dl);
    let (h, l) = log::log1p_pair(q, ql);
    let y = 0.5 * (h + l);
    let y = if a < 1e-9 { a } else { y };
    let y = if a == 1.0 { f64::INFINITY } else { y };
    if a <= 1.0 { y.with_sign(x) } else { f64::NAN }
}
