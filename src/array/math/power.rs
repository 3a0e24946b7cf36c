//! Powers and roots: pow, hypot, cbrt.

use super::exp;
use super::float::{Float, clamp, horner, scale, two_prod};
use super::log;

/// x^y; x^0 = 1, and a negative x with a y that is not whole is NaN.
#[inline(always)]
pub fn pow(x: f64, y: f64) -> f64 {
    let a = x.abs();
    let whole = y.trunc() == y;
    let half = 0.5 * y;
    let odd = whole && half.trunc() != half;
    let (l, ll) = log::accurate(if a > 0.0 && a < f64::INFINITY { a } else { 1.0 });
    let p = y * l;
    let inside = p.abs() < f64::EXP_LIMIT;
    let pl = if inside { y.mul_add(l, -p) + y * ll } else { 0.0 };
    let (n, hi, lo) = exp::pair(clamp(p, f64::EXP_LIMIT), pl);
    let value = scale(hi + lo, n);
    // 0 and ∞ to the y
    let grows = (a > 1.0) == (y > 0.0);
    let value = if a == 0.0 || a == f64::INFINITY { if grows { f64::INFINITY } else { 0.0 } } else { value };
    let value = if x.is_sign_negative() && odd { -value } else { value };
    let value = if x < 0.0 && !whole && a < f64::INFINITY { f64::NAN } else { value };
    let value = if a == 1.0 && y.abs() == f64::INFINITY { 1.0 } else { value };
    let value = if x.is_nan() || y.is_nan() { f64::NAN } else { value };
    if y == 0.0 || x == 1.0 { 1.0 } else { value }
}

/// √(a² + b²) without overflow or underflow of the squares.
#[inline(always)]
pub fn hypot(a: f64, b: f64) -> f64 {
    let (a, b) = (a.abs(), b.abs());
    let (hi, lo) = if a > b { (a, b) } else { (b, a) };
    let big = hi > 1e150;
    let small = hi < 1e-140;
    let k = if small { 700.0 } else { 0.0 };
    let k = if big { -600.0 } else { k };
    let factor = f64::pow2(k);
    let back = f64::pow2(-k);
    let (h, l) = (hi * factor, lo * factor);
    let (s, sl) = two_prod(h, h);
    let (t, tl) = two_prod(l, l);
    let w = s + t;
    let wl = ((s - w) + t) + (sl + tl);
    let r = w.sqrt();
    let rest = ((-r).mul_add(r, w) + wl) / (2.0 * if r > 0.0 { r } else { 1.0 });
    let value = (r + rest) * back;
    let value = if a == f64::INFINITY || b == f64::INFINITY { f64::INFINITY } else { value };
    if (a.is_nan() || b.is_nan()) && !(a == f64::INFINITY || b == f64::INFINITY) { f64::NAN } else { value }
}

/// ∛m on [1, 2] to 13 bits.
const CBRT: [f64; 4] = [0.5557909602691388, 0.5808263911380952, -0.1586624600531909, 0.022148699208245196];

/// ∛x.
#[inline(always)]
pub fn cbrt(x: f64) -> f64 {
    let a = x.abs();
    let good = a > 0.0 && a < f64::INFINITY;
    let (k, m) = (if good { a } else { 1.0 }).split();
    // split gives [√½, √2); the fit is for [1, 2)
    let (k, m) = if m < 1.0 { (k - 1.0, m + m) } else { (k, m) };
    let third = (k - 1.0).whole_product(1.0 / 3.0);
    let rest = k - 3.0 * third; // 0, 1 or 2
    let m = m * if rest == 0.0 {
        1.0
    } else if rest == 1.0 {
        2.0
    } else {
        4.0
    };
    let fit = horner(
        &CBRT,
        m * if rest == 0.0 {
            1.0
        } else if rest == 1.0 {
            0.5
        } else {
            0.25
        },
    );
    let r = fit
        * if rest == 0.0 {
            1.0
        } else if rest == 1.0 {
            1.259921049894873
        } else {
            1.587401051968199
        };
    // Halley triples the bits: 13, 39, then one step of Newton with an exact residual.
    let c = r * r * r;
    let r = r - r * (c - m) / (c + c + m);
    let (s, sl) = two_prod(r, r);
    let (c, cl) = two_prod(s, r);
    let residual = (c - m) + (cl + sl * r);
    let y = (r - residual / (3.0 * s)) * f64::pow2(third);
    if good { y.with_sign(x) } else { x }
}

/// √x.
#[inline(always)]
pub fn sqrt<T: Float>(x: T) -> T {
    x.root()
}
