//! The error function and the normal distribution: erf, erfc, erfcx, erfinv, ndtr, log_ndtr, with relative accuracy in the tails.

use super::exp;
use super::float::{
    Float, add_pair, clamp, div_pair, fast_two_sum, horner, horner_from_one, mul_pair, scale, two_prod, two_sum,
};
use super::log;

/// erf(x)/x on |x| ≤ 1 as a function of x².
const ERF: [f64; 13] = [
    1.1283791670955126,
    -0.3761263890318375,
    0.11283791670954879,
    -0.026866170645076792,
    0.0052239776248180145,
    -0.000854832698083379,
    0.0001205533111164271,
    -1.4925595266831182e-05,
    1.6461000484121368e-06,
    -1.6350312701054695e-07,
    1.4659775274047436e-08,
    -1.1372848856791674e-09,
    5.957176147748911e-11,
];
/// (x + ½)·e^(x²)·erfc(x) for x ≥ 0 as a function of (x - 3)/(x + 3).
const ERFCX: [f64; 25] = [
    0.6265040291348648,
    -0.06781055306229058,
    -0.023781147176725435,
    0.0648225793513803,
    -0.05963683170765349,
    0.03415401367198924,
    -0.011885257459322944,
    0.0012646959080331195,
    0.0009443451795780776,
    -0.00038991613605419956,
    -5.257989990750589e-05,
    6.254967617781554e-05,
    2.4747424962852974e-06,
    -1.0050283965644614e-05,
    -3.657552582079531e-07,
    1.736207301437843e-06,
    1.7841919576996102e-07,
    -3.0832480388021764e-07,
    -7.080032470132994e-08,
    5.0935003000364426e-08,
    2.090392349422791e-08,
    -6.663182406501917e-09,
    -4.250198964886308e-09,
    4.942899415569683e-10,
    4.432109508213546e-10,
];
/// erfinv(x)/x as a function of w - 2.5 for w = -log(1 - x²) ≤ 5.
const ERFINV_A: [f64; 22] = [
    1.501409351110792,
    0.246640276744167,
    -0.004177317724382887,
    -0.0012527079078109066,
    0.00021825026433935945,
    -4.996079599279791e-06,
    -3.416619584862394e-06,
    4.78725219198754e-07,
    1.3416788811913557e-08,
    -1.0861169521763927e-08,
    9.073147838739175e-10,
    1.1960729171935375e-10,
    -3.110795974484731e-11,
    9.114669783363668e-13,
    5.3717803411669e-13,
    -7.610626530191807e-14,
    -3.177077584174987e-15,
    1.8941456297431503e-15,
    -1.0138086192836234e-16,
    -2.6645648809770092e-17,
    2.538203868845463e-18,
    1.64533799430872e-19,
];
/// erfinv(x)/x as a function of √w - 3.125 for 5 ≤ w ≤ 16.
const ERFINV_B: [f64; 21] = [
    2.958320150240462,
    1.0037186917979157,
    0.007047884417797876,
    -0.005301010607643407,
    0.0037944200153747793,
    -0.0025198827141014175,
    0.0012606698837623227,
    -0.0003286619008080619,
    -8.955330773855297e-05,
    0.00013610307429397591,
    -5.885231582590382e-05,
    2.191656594037083e-06,
    1.1400359522428605e-05,
    -6.290151959939969e-06,
    9.016899764635716e-07,
    7.787661439174929e-07,
    -5.548188210740841e-07,
    1.0529114722361748e-07,
    5.198899573960884e-08,
    -2.9784361551727222e-08,
    3.307821827351673e-09,
];
/// erfinv(x)/x as a function of √w - 5 for w ≥ 16.
const ERFINV_C: [f64; 19] = [
    4.849906401408584,
    1.0103004648645473,
    -0.00013871931838004375,
    -0.0002150301199144963,
    7.599527809923122e-05,
    -1.9681769518570332e-05,
    4.526052459245147e-06,
    -9.93036592603527e-07,
    2.2905333034835473e-07,
    -6.75329402651751e-08,
    2.9016782682346916e-08,
    -1.5297553254825262e-08,
    7.82511499644089e-09,
    -3.427193115959443e-09,
    1.3119682858504085e-09,
    -4.6186112132314174e-10,
    7.186501710199057e-11,
    4.8372013560930944e-11,
    -2.0924717786782284e-11,
];

const SQRT_HALF_LOW: f64 = -4.833646656726457e-17;
const INV_SQRT_2PI: (f64, f64) = (0.3989422804014327, -2.49232720227773e-17);

/// e^(t²)·erfc(t) as a pair for t = x + low ≥ 0.
#[inline(always)]
fn erfcx_right(x: f64, low: f64) -> (f64, f64) {
    let c = if x > 1e300 { 1e300 } else { x };
    let t = (c - 3.0) / (c + 3.0);
    let (p, pl) = fast_two_sum(ERFCX[0], t * horner_from_one(&ERFCX, t));
    // A sixteenth of both sides keeps the reciprocal normal up to the largest x.
    let sixteenth = 0.0625;
    let (d, dl) = two_sum(if x < f64::MAX { x * sixteenth } else { f64::MAX * sixteenth }, 0.5 * sixteenth);
    let (q, ql) = div_pair(p * sixteenth, pl * sixteenth, d, dl + low * sixteenth);
    (if x == f64::INFINITY { 0.0 } else { q }, ql)
}

/// |x|/√2 as a pair.
#[inline(always)]
fn over_root_two(a: f64) -> (f64, f64) {
    let t = a * std::f64::consts::FRAC_1_SQRT_2;
    let low = a.mul_add(std::f64::consts::FRAC_1_SQRT_2, -t) + a * SQRT_HALF_LOW;
    (t, if a < 1e300 { low } else { 0.0 })
}

/// (f + fl)·e^(-x²·share) for a share that is a power of two, with the factor's relative accuracy.
#[inline(always)]
fn gauss(x: f64, share: f64, f: (f64, f64)) -> f64 {
    let c = clamp(x, 100.0);
    let (z, zl) = two_prod(c * share, c);
    let (n, hi, lo) = exp::pair(-clamp(z, f64::EXP_LIMIT), if z < f64::EXP_LIMIT { -zl } else { 0.0 });
    let (p, pl) = mul_pair(hi, lo, f.0, f.1);
    scale(p + pl, n)
}

/// Half of a pair.
#[inline(always)]
fn half(p: (f64, f64)) -> (f64, f64) {
    (0.5 * p.0, 0.5 * p.1)
}

/// erf(x) for |x| ≤ 1.
#[inline(always)]
fn erf_near(x: f64) -> f64 {
    let z = x * x;
    x * horner(&ERF, if z < 1.0 { z } else { 1.0 })
}

/// erf(x) = 2/√π ∫₀ˣ e^(-t²) dt.
#[inline(always)]
pub fn erf(x: f64) -> f64 {
    let a = x.abs();
    let far = 1.0 - gauss(a, 1.0, erfcx_right(a, 0.0));
    let y = if a < 1.0 { erf_near(a) } else { far };
    if x.is_nan() { x } else { y.with_sign(x) }
}

/// erfc(x) = 1 - erf(x).
#[inline(always)]
pub fn erfc(x: f64) -> f64 {
    let a = x.abs();
    let tail = gauss(a, 1.0, erfcx_right(a, 0.0));
    let far = if x < 0.0 { 2.0 - tail } else { tail };
    if a < 0.5 { 1.0 - erf_near(x) } else { far }
}

/// e^(x²)·erfc(x).
#[inline(always)]
pub fn erfcx(x: f64) -> f64 {
    let (r, rl) = erfcx_right(x.abs(), 0.0);
    let c = clamp(x, 30.0);
    let (z, zl) = two_prod(c, c);
    let (n, hi, lo) = exp::pair(z, zl);
    // 2e^(x²) - erfcx(-x)
    let left = scale(hi + lo, n + 1.0) - r;
    if x < 0.0 { left } else { r + rl }
}

/// The inverse of erf.
#[inline(always)]
pub fn erfinv(x: f64) -> f64 {
    let a = x.abs();
    let c = if a < 1.0 { a } else { 0.0 };
    let (z, zl) = two_prod(c, c);
    let (y, yl) = two_sum(1.0, -z);
    let (h, l) = log::pair(y, yl - zl);
    let w = -(h + l);
    let w = if w > 0.0 { w } else { 0.0 };
    let s = w.sqrt();
    let first = horner(&ERFINV_A, (if w < 5.0 { w } else { 5.0 }) - 2.5);
    let second = horner(&ERFINV_B, clamp(s - 3.125, 0.9));
    let third = horner(&ERFINV_C, clamp(s - 5.0, 1.1));
    let p = if w < 16.0 { second } else { third };
    let p = if w < 5.0 { first } else { p };
    let y = a * p;
    let y = if a == 1.0 { f64::INFINITY } else { y };
    if a <= 1.0 { y.with_sign(x) } else { f64::NAN }
}

/// Φ(x), the distribution function of the standard normal.
#[inline(always)]
pub fn ndtr(x: f64) -> f64 {
    let a = x.abs();
    let (t, tl) = over_root_two(a);
    let tail = gauss(a, 0.5, half(erfcx_right(t, tl)));
    let far = if x > 0.0 { 1.0 - tail } else { tail };
    let near = 0.5 + 0.5 * erf_near(x * std::f64::consts::FRAC_1_SQRT_2);
    if a < 0.7 { near } else { far }
}

/// log Φ(x).
#[inline(always)]
pub fn log_ndtr(x: f64) -> f64 {
    let a = x.abs();
    let left = x < 0.0;
    let (t, tl) = over_root_two(a);
    let (r, rl) = half(erfcx_right(t, tl));
    let tail = gauss(a, 0.5, (r, rl));
    // left: -x²/2 + log(erfcx(|x|/√2)/2); right: log(1 - Φ(-x)), with 1 - Φ as a pair
    let (y, yl) = two_sum(1.0, -tail);
    let positive = r > 0.0;
    let (h, l) = log::pair(
        if left { if positive { r } else { 1.0 } } else { y },
        if left { if positive { rl } else { 0.0 } } else { yl },
    );
    let c = if left { clamp(x, 1.4e154) } else { 0.0 };
    let (z, zl) = two_prod(-0.5 * c, c);
    let (s, sl) = add_pair(z, zl, h, l);
    let y = if left && a > 1e17 { -0.5 * x * x } else { s + sl };
    // Where Φ(-x) may be subnormal, log(1 - t) is -t.
    let y = if x > 20.0 { -tail } else { y };
    if x.is_nan() { x } else { y }
}

/// The derivative of log Φ: φ(x)/Φ(x), the inverse Mills ratio at -x.
#[inline(always)]
pub fn log_ndtr_grad(x: f64) -> f64 {
    let a = x.abs();
    let (t, tl) = over_root_two(a);
    let (r, rl) = half(erfcx_right(t, tl));
    // left: √(2/π)/erfcx(|x|/√2), a sixteenth of it so that nothing is subnormal; right: φ(x)/(1 - Φ(-x))
    let (q, ql) = div_pair(INV_SQRT_2PI.0 * 0.0625, INV_SQRT_2PI.1 * 0.0625, r, rl);
    let left = (q + ql) * 16.0;
    let (d, dl) = two_sum(1.0, -gauss(a, 0.5, (r, rl)));
    let right = gauss(a, 0.5, div_pair(INV_SQRT_2PI.0, INV_SQRT_2PI.1, d, dl));
    // The asymptotic -x, where the reciprocal of erfcx would overflow.
    let y = if x < -1e300 { a } else { left };
    if x < 0.0 { y } else { right }
}
