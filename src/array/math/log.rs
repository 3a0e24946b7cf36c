//! The logarithm and its kin: log, log1p, log2, log10, log1mexp, softplus, and logarithms of sums and quotients.

use super::exp;
use super::float::{Float, add_pair, clamp, div_pair, fast_two_sum, horner, mul_pair, scale, two_prod, two_sum};

/// log(1 + f) as a pair, for 1 + f in [√½, √2).
#[inline(always)]
fn near_one<T: Float>(f: T) -> (T, T) {
    let s = f / (T::lit(2.0) + f);
    let z = s * s;
    let r = z * T::log_tail(z);
    let half = T::lit(0.5) * f;
    let h = half * f;
    let hl = half.fma(f, -h);
    let hi = f - h;
    (hi, ((f - hi) - h) + (s.fma(h + r, -hl)))
}

/// log(y + low) as a pair, for 0 < y < ∞ and |low| at most an ulp of y.
#[inline(always)]
pub fn pair<T: Float>(y: T, low: T) -> (T, T) {
    let (k, m) = y.split();
    let f = m - T::lit(1.0);
    let fl = low * T::pow2(-clamp(k, T::SAFE_EXPONENT));
    let (hi, lo) = near_one(f);
    let one = T::lit(1.0);
    // fl/(1 + f): fl is far below an ulp unless f is tiny, so four terms do.
    let inverse = (-f).fma((-f).fma(one - f, one), one);
    let (h, l) = fast_two_sum(k * T::LN2_HEAD, hi);
    fast_two_sum(h, l + fl.fma(inverse, k.fma(T::LN2_TAIL, lo)))
}

/// `value`, which holds for 0 < x < ∞, with the limits of a logarithm elsewhere.
#[inline(always)]
fn limits<T: Float>(x: T, value: T) -> T {
    let value = if x < T::lit(f64::INFINITY) { value } else { x };
    let value = if x > T::lit(0.0) { value } else { T::lit(f64::NAN) };
    if x == T::lit(0.0) { T::lit(f64::NEG_INFINITY) } else { value }
}

/// log x.
#[inline(always)]
pub fn log<T: Float>(x: T) -> T {
    let (k, m) = x.split();
    let (hi, lo) = near_one(m - T::lit(1.0));
    let (h, l) = fast_two_sum(k * T::LN2_HEAD, hi);
    limits(x, h + (l + k.fma(T::LN2_TAIL, lo)))
}

/// log(1 + e + low) as a pair, for 0 ≤ e ≤ 1: no subnormal number and only two exponents to think of.
#[inline(always)]
fn one_plus_pair<T: Float>(e: T, low: T) -> (T, T) {
    let one = T::lit(1.0);
    let (y, rest) = fast_two_sum(one, e);
    let high = y > T::lit(std::f64::consts::SQRT_2);
    let factor = if high { T::lit(0.5) } else { one };
    let f = y * factor - one;
    let fl = (rest + low) * factor;
    let (hi, lo) = near_one(f);
    let inverse = (-f).fma((-f).fma(one - f, one), one);
    let (h, l) = fast_two_sum(if high { T::LN2_HEAD } else { T::lit(0.0) }, hi);
    let tail = if high { T::LN2_TAIL } else { T::lit(0.0) };
    fast_two_sum(h, l + fl.fma(inverse, tail + lo))
}

/// log(1 + x).
#[inline(always)]
pub fn log1p<T: Float>(x: T) -> T {
    let (y, low) = two_sum(T::lit(1.0), x);
    let (h, l) = pair(y, low);
    let value = limits(x + T::lit(1.0), h + l);
    if x.magnitude() < T::TINY { x } else { value }
}

/// log(1 + x + low) as a pair, for finite x > -1 and |low| at most an ulp of x.
#[inline(always)]
pub fn log1p_pair<T: Float>(x: T, low: T) -> (T, T) {
    let (y, rest) = two_sum(T::lit(1.0), x);
    pair(y, rest + low)
}

/// log(1 + x)/x, 1 at 0.
#[inline(always)]
pub fn log1p_over_x<T: Float>(x: T) -> T {
    let (y, low) = two_sum(T::lit(1.0), x);
    let (h, l) = pair(y, low);
    let tiny = x.magnitude() < T::TINY;
    // A quarter of both, so that the reciprocal of the largest x is normal.
    let quarter = T::lit(0.25);
    let (q, ql) = div_pair(h * quarter, l * quarter, if tiny { T::lit(1.0) } else { x * quarter }, T::lit(0.0));
    let value = if x > T::lit(-1.0) { q + ql } else { T::lit(f64::NAN) };
    let value = if x == T::lit(-1.0) { T::lit(f64::INFINITY) } else { value };
    let value = if x == T::lit(f64::INFINITY) { T::lit(0.0) } else { value };
    if tiny { T::lit(1.0) } else { value }
}

/// log(1 + x) - x without cancellation.
#[inline(always)]
pub fn log1p_minus_x(x: f64) -> f64 {
    let f = if x.abs() < 0.4 { x } else { 0.0 };
    let s = f / (2.0 + f);
    let z = s * s;
    let h = 0.5 * f * f;
    let near = s.mul_add(h + z * f64::log_tail(z), -h);
    let (y, low) = two_sum(1.0, x);
    let (a, al) = pair(y, low);
    let (d, e) = two_sum(a, -x);
    let far = d + (e + al);
    let far = if x > -1.0 { far } else { f64::NAN };
    let far = if x == -1.0 || x == f64::INFINITY { f64::NEG_INFINITY } else { far };
    if x > -0.29 && x < 0.4 { near } else { far }
}

const LOG2E_LOW: f64 = 2.0355273740931033e-17;
const LOG10E_LOW: f64 = 1.098319650216765e-17;
const LOG10_2_HEAD: f64 = 0.3010299956640665;
const LOG10_2_TAIL: f64 = -8.532344317057107e-14;

/// log₂ x; exact at powers of two.
#[inline(always)]
pub fn log2(x: f64) -> f64 {
    let (k, m) = x.split();
    let (hi, lo) = near_one(m - 1.0);
    let (hi, lo) = fast_two_sum(hi, lo);
    let (p, pl) = mul_pair(hi, lo, f64::LOG2E, LOG2E_LOW);
    let (h, l) = fast_two_sum(k, p);
    limits(x, h + (l + pl))
}

/// log₁₀ x.
#[inline(always)]
pub fn log10(x: f64) -> f64 {
    let (k, m) = x.split();
    let (hi, lo) = near_one(m - 1.0);
    let (hi, lo) = fast_two_sum(hi, lo);
    let (p, pl) = mul_pair(hi, lo, std::f64::consts::LOG10_E, LOG10E_LOW);
    let (h, l) = fast_two_sum(k * LOG10_2_HEAD, p);
    limits(x, h + (l + k.mul_add(LOG10_2_TAIL, pl)))
}

/// log(1 - e^(x + low)) as a pair, for x < 0 and |low| at most an ulp of x.
#[inline(always)]
fn one_minus_exp_pair<T: Float>(x: T, low: T) -> (T, T) {
    let one = T::lit(1.0);
    let inside = x > -T::EXP_LIMIT;
    let (n, q, ql) = exp::parts(if inside { x } else { -T::EXP_LIMIT }, if inside { low } else { T::lit(0.0) });
    // 1 - e^x as a pair that is exact enough at both ends: y near 0 and y near 1.
    let s = T::pow2(if n < -T::SAFE_EXPONENT { -T::SAFE_EXPONENT } else { n });
    let (p, pl) = fast_two_sum(one, q);
    let (y, yl) = fast_two_sum(one, -(s * p));
    let (y, yl) = fast_two_sum(y, (-s).fma(pl + ql, yl));
    let (h, l) = pair(y, yl);
    // Far on the left the logarithm is -e^x to the last bit, subnormal or not.
    let far = n < T::lit(-60.0);
    let tail = -scale(p + (pl + ql), n);
    (if far { tail } else { h }, if far { T::lit(0.0) } else { l })
}

/// log(1 - e^x) for x ≤ 0.
#[inline(always)]
pub fn log1mexp<T: Float>(x: T) -> T {
    let zero = T::lit(0.0);
    let (h, l) = one_minus_exp_pair(if x < zero { x } else { T::lit(-1.0) }, zero);
    let value = if x < zero { h + l } else { T::lit(f64::NAN) };
    if x == zero { T::lit(f64::NEG_INFINITY) } else { value }
}

/// log(1 + e^x).
#[inline(always)]
pub fn softplus<T: Float>(x: T) -> T {
    let zero = T::lit(0.0);
    let (n, hi, lo) = exp::pair(-clamp(x, T::EXP_LIMIT).magnitude(), zero);
    let s = T::pow2(if n < -T::SAFE_EXPONENT { -T::SAFE_EXPONENT } else { n });
    let (h, l) = one_plus_pair(s * hi, s * lo);
    // Far on the left log(1 + e^x) is e^x, subnormal or not.
    let tail = scale(hi + lo, n);
    let far = n < T::lit(-60.0);
    let (h, l) = if far { (tail, zero) } else { (h, l) };
    let (v, vl) = two_sum(if x > zero { x } else { zero }, h);
    let value = v + (vl + l);
    let value = if x.magnitude() <= T::lit(f64::INFINITY) { value } else { x };
    if x == T::lit(f64::INFINITY) { x } else { value }
}

/// log σ(x) = -log(1 + e^-x).
#[inline(always)]
pub fn log_sigmoid<T: Float>(x: T) -> T {
    -softplus(-x)
}

/// 2(atanh(s) - s - s³/3 - s⁵/5)/s⁷ as a function of z = s².
const TAIL: [f64; 8] = [
    0.2857142857142857,
    0.2222222222222296,
    0.18181818181294213,
    0.1538461552641044,
    0.13333314516515007,
    0.11766058763899855,
    0.10472668590281624,
    0.10619513826521365,
];

/// log x as a pair with some 66 right bits, for 0 < x < ∞.
#[inline(always)]
pub fn accurate(x: f64) -> (f64, f64) {
    let (k, m) = x.split();
    let f = m - 1.0;
    let (d, dl) = fast_two_sum(2.0, f);
    let (s, sl) = div_pair(f, 0.0, d, dl);
    let (z, zl) = mul_pair(s, sl, s, sl);
    let (a, al) = fast_two_sum(0.4, z * horner(&TAIL, z));
    let (b, bl) = mul_pair(z, zl, a, al - 2.2204460492503132e-17);
    let (b, bl) = add_pair(0.6666666666666666, 3.700743415417188e-17, b, bl);
    let (b, bl) = mul_pair(z, zl, b, bl);
    let (b, bl) = mul_pair(s, sl, b, bl);
    let (hi, lo) = fast_two_sum(2.0 * s, b);
    let lo = lo + (bl + 2.0 * sl);
    let (h, l) = fast_two_sum(k * f64::LN2_HEAD, hi);
    let (t, tl) = two_sum(k * f64::LN2_TAIL, l);
    let (h, l) = fast_two_sum(h, t);
    fast_two_sum(h, l + (tl + lo))
}

/// log(e^a + e^b).
#[inline(always)]
pub fn logaddexp(a: f64, b: f64) -> f64 {
    let (hi, lo) = if a > b { (a, b) } else { (b, a) };
    let (d, dl) = two_sum(lo, -hi);
    let inside = d > -f64::EXP_LIMIT;
    let (n, e, el) = exp::pair(if inside { d } else { -f64::EXP_LIMIT }, if inside { dl } else { 0.0 });
    // In two steps, since the smallest results are denormal.
    let s = f64::pow2(if n < -1000.0 { -1000.0 } else { n });
    let t = f64::pow2(if n < -1000.0 { n + 1000.0 } else { 0.0 });
    let (h, l) = one_plus_pair(s * e * t, s * el * t);
    let (v, vl) = two_sum(hi, h);
    let value = v + (vl + l);
    let value = if inside { value } else { hi };
    let value = if hi.abs() == f64::INFINITY { hi } else { value };
    if a.is_nan() || b.is_nan() { f64::NAN } else { value }
}

/// log(e^a - e^b) for a ≥ b.
#[inline(always)]
pub fn logsubexp(a: f64, b: f64) -> f64 {
    let (d, dl) = two_sum(b, -a);
    let finite = d.abs() < f64::INFINITY;
    let good = finite && d < 0.0;
    let (h, l) = one_minus_exp_pair(if good { d } else { -1.0 }, if good { dl } else { 0.0 });
    let (v, vl) = two_sum(a, h);
    let value = if finite { v + (vl + l) } else { a };
    let value = if d > 0.0 { f64::NAN } else { value };
    let value = if d == f64::NEG_INFINITY { a } else { value };
    let value = if a == b { f64::NEG_INFINITY } else { value };
    let value = if a == f64::INFINITY && b == f64::INFINITY { f64::NAN } else { value };
    if a.is_nan() || b.is_nan() { f64::NAN } else { value }
}

/// x·log y, 0 at x = 0 unless y is NaN.
#[inline(always)]
pub fn xlogy(x: f64, y: f64) -> f64 {
    let (h, l) = pair(if y > 0.0 && y < f64::INFINITY { y } else { 1.0 }, 0.0);
    let value = product(x, h, l);
    let value = if y > 0.0 && y < f64::INFINITY { value } else { x * log(y) };
    if x == 0.0 && !y.is_nan() { 0.0 } else { value }
}

/// x·log(1 + y), 0 at x = 0 unless y is NaN.
#[inline(always)]
pub fn xlog1py(x: f64, y: f64) -> f64 {
    let good = y > -1.0 && y < f64::INFINITY;
    let (h, l) = log1p_pair(if good { y } else { 1.0 }, 0.0);
    let value = product(x, h, l);
    let value = if good && y.abs() > f64::TINY { value } else { x * log1p(y) };
    if x == 0.0 && !y.is_nan() { 0.0 } else { value }
}

/// x·(h + l), the plain product where it overflows.
#[inline(always)]
fn product(x: f64, h: f64, l: f64) -> f64 {
    let p = x * h;
    let fine = p.abs() < 1e300 && p.abs() > 1e-280;
    let (p, e) = two_prod(x, h);
    if fine { p + x.mul_add(l, e) } else { p }
}

/// log(2^k·(m + low)) as a number, for m in [¼, 4]: exact in k and without loss where the argument is near 1.
#[inline(always)]
fn of_parts(k: f64, m: f64, low: f64) -> f64 {
    // One more split, so that the exponents vanish when the argument is near 1.
    let (e, m) = m.split();
    let k = k + e;
    let (h, l) = pair(m, low * f64::pow2(-e));
    let (s, rest) = two_sum(k * f64::LN2_HEAD, h);
    s + (rest + k.mul_add(f64::LN2_TAIL, l))
}

/// Whether log|x| is finite.
#[inline(always)]
fn ordinary(x: f64) -> bool {
    x.abs() > 0.0 && x.abs() < f64::INFINITY
}

/// Whether the product of a and b is below zero.
#[inline(always)]
fn opposite(a: f64, b: f64) -> bool {
    (a < 0.0 && b > 0.0) || (a > 0.0 && b < 0.0)
}

/// log(a/b): neither the quotient's overflow nor its rounding near 1 is felt.
#[inline(always)]
pub fn log_ratio(a: f64, b: f64) -> f64 {
    let good = ordinary(a) && ordinary(b);
    let (ka, ma) = (if good { a.abs() } else { 1.0 }).split();
    let (kb, mb) = (if good { b.abs() } else { 1.0 }).split();
    let (q, ql) = div_pair(ma, 0.0, mb, 0.0);
    let value = of_parts(ka - kb, q, ql);
    // The low part of a quotient of equals need not be 0.
    let value = if a.abs() == b.abs() { 0.0 } else { value };
    let value = if good { value } else { log(a.abs() / b.abs()) };
    if opposite(a, b) { f64::NAN } else { value }
}

/// log(a·b): the product's overflow and underflow are not felt.
#[inline(always)]
pub fn log_product(a: f64, b: f64) -> f64 {
    let good = ordinary(a) && ordinary(b);
    let (ka, ma) = (if good { a.abs() } else { 1.0 }).split();
    let (kb, mb) = (if good { b.abs() } else { 1.0 }).split();
    let (p, pl) = two_prod(ma, mb);
    let value = of_parts(ka + kb, p, pl);
    let value = if good { value } else { log(a.abs() * b.abs()) };
    if opposite(a, b) { f64::NAN } else { value }
}

/// x·log(x/y), the term of a Kullback-Leibler sum: 0 at x = 0, +∞ where x > 0 = y, NaN where the signs differ.
#[inline(always)]
pub fn xlog_ratio(x: f64, y: f64) -> f64 {
    let value = x * log_ratio(x, y);
    if x == 0.0 && y >= 0.0 { 0.0 } else { value }
}
