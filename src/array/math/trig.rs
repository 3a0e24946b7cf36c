//! Circular functions and their inverses, right also for huge arguments.

use super::float::{Float, add_pair, div_pair, fast_two_sum, horner, mul_pair, two_prod, two_sum};
use super::log;

/// Up to this magnitude the three-word reduction is exact enough; beyond it the slow one takes over.
pub const FAST_LIMIT: f64 = 1073741824.0;

const HALF_PI: [f64; 3] = [1.5707963267948966, 6.123233995736766e-17, -1.4973849048591698e-33];
const QUARTER_PI: (f64, f64) = (0.7853981633974483, 3.061616997868383e-17);

/// (sin r - r)/r³ as a function of r².
const SIN: [f64; 7] = [
    -0.16666666666666666,
    0.008333333333333331,
    -0.00019841269841265063,
    2.7557319219337312e-06,
    -2.5052106231802837e-08,
    1.6058531516797758e-10,
    -7.586691094197958e-13,
];
/// (cos r - 1 + r²/2)/r⁴ as a function of r².
const COS: [f64; 6] = [
    0.041666666666666664,
    -0.0013888888888887398,
    2.480158729876456e-05,
    -2.7557317271145144e-07,
    2.087614614655861e-09,
    -1.1382623647474604e-11,
];
/// (tan r - r)/r³ as a function of r².
const TAN: [f64; 16] = [
    0.3333333333333333,
    0.1333333333333336,
    0.053968253968216556,
    0.021869488538183754,
    0.00886323547227688,
    0.0035921290237988742,
    0.001455823320259715,
    0.000590112829749071,
    0.00023866111232275354,
    9.877048561105386e-05,
    3.392443635062479e-05,
    2.7116774398170046e-05,
    -1.0207686890432197e-05,
    1.9545627331217013e-05,
    -9.749592871689477e-06,
    3.950571044952917e-06,
];
/// (atan t - t)/t³ as a function of t².
const ATAN: [f64; 12] = [
    -0.3333333333333333,
    0.199999999999998,
    -0.14285714285659326,
    0.11111111105106705,
    -0.09090908751076636,
    0.0769229630497447,
    -0.06666423628069258,
    0.058789145444006215,
    -0.052303478730160745,
    0.04551108126325172,
    -0.034558092551413795,
    0.01627194475162406,
];
/// (asin x - x)/x³ as a function of x².
const ASIN: [f64; 13] = [
    0.16666666666666669,
    0.07499999999998433,
    0.04464285714635543,
    0.030381944138531247,
    0.02237217294214989,
    0.017352392720869973,
    0.013971212973552933,
    0.011479177415184906,
    0.01032281435018578,
    0.005457506718640358,
    0.01740087944269402,
    -0.014851887071247204,
    0.028757851367421566,
];

/// (q, r, low) with x = q·π/2 + r + low, q in the two low bits, for |x| ≤ [`FAST_LIMIT`].
#[inline(always)]
fn reduce(x: f64) -> (u64, f64, f64) {
    let shifted = x.mul_add(std::f64::consts::FRAC_2_PI, f64::SHIFTER);
    let n = shifted - f64::SHIFTER;
    let first = n.mul_add(-HALF_PI[0], x); // exact
    let (p, pl) = two_prod(n, HALF_PI[1]);
    let (h, l) = two_sum(first, -p);
    let (r, low) = fast_two_sum(h, n.mul_add(-HALF_PI[2], l - pl));
    (shifted.to_bits(), r, low)
}

/// 2/π in binary, after one word of zeros.
const TWO_OVER_PI: [u64; 21] = [
    0,
    0xa2f9836e4e441529,
    0xfc2757d1f534ddc0,
    0xdb6295993c439041,
    0xfe5163abdebbc561,
    0xb7246e3a424dd2e0,
    0x06492eea09d1921c,
    0xfe1deb1cb129a73e,
    0xe88235f52ebb4484,
    0xe99c7026b45f7e41,
    0x3991d639835339f4,
    0x9c845f8bbdf9283b,
    0x1ff897ffde05980f,
    0xef2f118b5a0a6d1f,
    0x6d367ecf27cb09b7,
    0x4f463f669e5fea2d,
    0x7527bac7ebe5f17b,
    0x3d0739f78a5292ea,
    0x6bfb5fb11f8d5d08,
    0x56033046fc7b6bab,
    0xf0cfbc209af4361d,
];

/// |x|·2/π modulo 4 for any finite |x| ≥ 2^30: whole quarter turns and 256 bits of fraction, of which some 200 are right,
/// by Payne and Hanek's product with the bits of 2/π that matter.
pub fn quarter_turns(x: f64) -> (u64, [u64; 4]) {
    let bits = x.abs().to_bits();
    let exponent = (bits >> 52) as i64 - 1075; // |x| = mantissa·2^exponent
    let mantissa = (bits & 0x000f_ffff_ffff_ffff) | 0x0010_0000_0000_0000;
    // Bits of 2/π above this place give multiples of four quarter turns.
    let place = (exponent - 2 + 64).max(0) as usize;
    let (word, shift) = (place / 64, place % 64);
    let at = |i: usize| TWO_OVER_PI.get(i).copied().unwrap_or(0);
    let window = |i: usize| match shift {
        0 => at(word + i),
        s => (at(word + i) << s) | (at(word + i + 1) >> (64 - s)),
    };
    // The low 256 bits of mantissa × window: two bits of quadrant, 254 of fraction.
    let mut product = [0u64; 4];
    let mut carry = 0u128;
    for i in (0..4).rev() {
        let t = u128::from(mantissa) * u128::from(window(i)) + carry;
        product[i] = t as u64;
        carry = t >> 64;
    }
    let words = [
        (product[0] << 2) | (product[1] >> 62),
        (product[1] << 2) | (product[2] >> 62),
        (product[2] << 2) | (product[3] >> 62),
        product[3] << 2,
    ];
    (product[0] >> 62, words)
}

/// The same as [`reduce`] for any finite |x| ≥ 2^30.
fn reduce_huge(x: f64) -> (u64, f64, f64) {
    let (mut quadrant, mut words) = quarter_turns(x);
    let past_half = words[0] >> 63 == 1;
    if past_half {
        quadrant += 1;
        words = words.map(|w| !w); // 1 - fraction, up to one unit in the 256th bit
    }
    // The leading 128 bits as two numbers of 53 and more bits.
    let zeros = if words[0] == 0 { 64 + words[1].leading_zeros() } else { words[0].leading_zeros() };
    let top = (u128::from(words[0]) << 64) | u128::from(words[1]);
    let rest = (u128::from(words[2]) << 64) | u128::from(words[3]);
    let lead = if zeros == 0 { top } else { (top << zeros) | (rest >> (128 - zeros)) };
    let unit = f64::pow2(-f64::from(zeros) - 64.0);
    let hi = ((lead >> 75) << 11) as f64 * unit;
    let lo = (lead & ((1 << 75) - 1)) as f64 * unit * 5.421010862427522e-20;
    let (r, low) = mul_pair(hi, lo, HALF_PI[0], HALF_PI[1]);
    let (r, low) = if past_half { (-r, -low) } else { (r, low) };
    if x < 0.0 { (quadrant.wrapping_neg(), -r, -low) } else { (quadrant, r, low) }
}

/// sin(r + low) as a pair, for |r| ≤ π/4.
#[inline(always)]
pub fn sin_pair(r: f64, low: f64) -> (f64, f64) {
    let z = r * r;
    let e = (z * r).mul_add(horner(&SIN, z), (-0.5 * z).mul_add(low, low));
    fast_two_sum(r, e)
}

/// cos(r + low) as a pair, for |r| ≤ π/4.
#[inline(always)]
pub fn cos_pair(r: f64, low: f64) -> (f64, f64) {
    let (z, zl) = two_prod(r, r);
    let half = 0.5 * z;
    let w = 1.0 - half;
    let e = (1.0 - w) - half;
    fast_two_sum(w, e + (z * z).mul_add(horner(&COS, z), (-0.5f64).mul_add(zl, -r * low)))
}

/// sin of the angle with this reduction.
#[inline(always)]
fn wave(q: u64, r: f64, low: f64) -> f64 {
    let (s, sl) = sin_pair(r, low);
    let (c, cl) = cos_pair(r, low);
    let y = if q & 1 == 0 { s + sl } else { c + cl };
    f64::from_bits(y.to_bits() ^ ((q & 2) << 62))
}

/// tan of the angle with this reduction.
#[inline(always)]
fn slope(q: u64, r: f64, low: f64) -> f64 {
    let (s, sl) = sin_pair(r, low);
    let (c, cl) = cos_pair(r, low);
    let even = q & 1 == 0;
    let (h, l) = div_pair(
        if even { s } else { -c },
        if even { sl } else { -cl },
        if even { c } else { s },
        if even { cl } else { sl },
    );
    h + l
}

/// sin x for |x| ≤ [`FAST_LIMIT`].
#[inline(always)]
pub fn sin_fast(x: f64) -> f64 {
    let (q, r, low) = reduce(x);
    let y = wave(q, r, low);
    if x == 0.0 { x } else { y }
}

/// cos x for |x| ≤ [`FAST_LIMIT`].
#[inline(always)]
pub fn cos_fast(x: f64) -> f64 {
    let (q, r, low) = reduce(x);
    wave(q.wrapping_add(1), r, low)
}

/// tan x for |x| ≤ [`FAST_LIMIT`].
#[inline(always)]
pub fn tan_fast(x: f64) -> f64 {
    let (q, r, low) = reduce(x);
    let y = slope(q, r, low);
    if x.abs() < f64::TINY { x } else { y }
}

/// f of an argument beyond [`FAST_LIMIT`], NaN unless it is finite.
fn huge(x: f64, f: fn(u64, f64, f64) -> f64, turn: u64) -> f64 {
    if x.abs() < f64::INFINITY {
        let (q, r, low) = reduce_huge(x);
        f(q.wrapping_add(turn), r, low)
    } else {
        f64::NAN
    }
}

/// sin x.
#[inline(always)]
pub fn sin(x: f64) -> f64 {
    if x.abs() <= FAST_LIMIT { sin_fast(x) } else { huge(x, wave, 0) }
}

/// cos x.
#[inline(always)]
pub fn cos(x: f64) -> f64 {
    if x.abs() <= FAST_LIMIT { cos_fast(x) } else { huge(x, wave, 1) }
}

/// tan x.
#[inline(always)]
pub fn tan(x: f64) -> f64 {
    if x.abs() <= FAST_LIMIT { tan_fast(x) } else { huge(x, slope, 0) }
}

/// √(-2 log(1 - u))·(cos 2πv, sin 2πv): two independent normal numbers from two uniform ones.
#[inline(always)]
pub fn box_muller(u: f64, v: f64) -> (f64, f64) {
    let radius = (-2.0 * log::log(1.0 - u)).sqrt();
    // Quarter turns are exact in v.
    let shifted = v.mul_add(4.0, f64::SHIFTER);
    let r = (4.0 * v - (shifted - f64::SHIFTER)) * HALF_PI[0];
    let q = shifted.to_bits();
    let z = r * r;
    let s = (z * r).mul_add(horner(&SIN, z), r);
    let c = (z * z).mul_add(horner(&COS, z), (-0.5f64).mul_add(z, 1.0));
    let (x, y) = if q & 1 == 0 { (c, s) } else { (s, c) };
    let x = f64::from_bits(x.to_bits() ^ ((q.wrapping_add(1) & 2) << 62));
    let y = f64::from_bits(y.to_bits() ^ ((q & 2) << 62));
    (radius * x, radius * y)
}

/// The versine 1 - cos x = 2 sin²(x/2) for |x| ≤ [`FAST_LIMIT`].
#[inline(always)]
pub fn versin_fast(x: f64) -> f64 {
    let (q, r, low) = reduce(0.5 * x);
    versin_of(q, r, low)
}

#[inline(always)]
fn versin_of(q: u64, r: f64, low: f64) -> f64 {
    let (s, sl) = sin_pair(r, low);
    let (c, cl) = cos_pair(r, low);
    let even = q & 1 == 0;
    let (h, l) = if even { (s, sl) } else { (c, cl) };
    let p = h * h;
    2.0 * (p + (h.mul_add(h, -p) + 2.0 * h * l))
}

/// The versine 1 - cos x = 2 sin²(x/2).
#[inline(always)]
pub fn versin(x: f64) -> f64 {
    if x.abs() <= FAST_LIMIT { versin_fast(x) } else { huge(0.5 * x, versin_of, 0) }
}

/// x - sin x without cancellation.
#[inline(always)]
pub fn x_minus_sin_fast(x: f64) -> f64 {
    let z = x * x;
    let near = -(x * z) * horner(&SIN, if z < 0.7 { z } else { 0.0 });
    let (q, r, low) = reduce(x);
    let (s, sl) = sin_pair(r, low);
    let (c, cl) = cos_pair(r, low);
    let even = q & 1 == 0;
    let (h, l) = if even { (s, sl) } else { (c, cl) };
    let (h, l) = if q & 2 == 0 { (h, l) } else { (-h, -l) };
    let (d, e) = two_sum(x, -h);
    let far = d + (e - l);
    if x.abs() < 0.785 { near } else { far }
}

/// x - sin x without cancellation.
#[inline(always)]
pub fn x_minus_sin(x: f64) -> f64 {
    if x.abs() <= FAST_LIMIT { x_minus_sin_fast(x) } else { x - if x.abs() < f64::INFINITY { sin(x) } else { 0.0 } }
}

/// tan x - x without cancellation.
#[inline(always)]
pub fn tan_minus_x_fast(x: f64) -> f64 {
    let z = x * x;
    let near = x * z * horner(&TAN, if z < 0.7 { z } else { 0.0 });
    let (q, r, low) = reduce(x);
    let (s, sl) = sin_pair(r, low);
    let (c, cl) = cos_pair(r, low);
    let even = q & 1 == 0;
    let (h, l) = div_pair(
        if even { s } else { -c },
        if even { sl } else { -cl },
        if even { c } else { s },
        if even { cl } else { sl },
    );
    let (d, e) = two_sum(h, -x);
    let far = d + (e + l);
    if x.abs() < 0.785 { near } else { far }
}

/// tan x - x without cancellation.
#[inline(always)]
pub fn tan_minus_x(x: f64) -> f64 {
    if x.abs() <= FAST_LIMIT { tan_minus_x_fast(x) } else { tan(x) - x }
}

/// atan((n + nl)/(d + dl)) as a pair, for n, d ≥ 0 of moderate size, not both 0.
#[inline(always)]
fn atan_pair(n: f64, d: f64) -> (f64, f64) {
    let swap = n > d;
    let (lo, hi) = if swap { (d, n) } else { (n, d) };
    // Above tan(π/8) measure from π/4: atan(lo/hi) = π/4 + atan((lo - hi)/(lo + hi)).
    let far = lo > 0.4142135623730951 * hi;
    let (a, al) = two_sum(lo, if far { -hi } else { 0.0 });
    let (b, bl) = two_sum(hi, if far { lo } else { 0.0 });
    let (t, tl) = div_pair(a, al, b, bl);
    let z = t * t;
    let e = (z * t).mul_add(horner(&ATAN, z), tl * (1.0 - z));
    let (y, yl) = fast_two_sum(t, e);
    let (y, yl) = add_pair(if far { QUARTER_PI.0 } else { 0.0 }, if far { QUARTER_PI.1 } else { 0.0 }, y, yl);
    let (s, sl) = add_pair(HALF_PI[0], HALF_PI[1], -y, -yl);
    if swap { (s, sl) } else { (y, yl) }
}

/// The inverse of tan, in (-π/2, π/2).
#[inline(always)]
pub fn atan(x: f64) -> f64 {
    let a = x.abs();
    let c = if a < 1e300 { a } else { 1e300 };
    let (h, l) = atan_pair(c, 1.0);
    let y = if a < f64::TINY { a } else { h + l };
    if x.is_nan() { x } else { y.with_sign(x) }
}

/// The angle of the point (x, y), in [-π, π].
#[inline(always)]
pub fn atan2(y: f64, x: f64) -> f64 {
    let (a, b) = (y.abs(), x.abs());
    let both_infinite = a == f64::INFINITY && b == f64::INFINITY;
    let (a, b) = if both_infinite { (1.0, 1.0) } else { (a, b) };
    // A common power of two brings the larger near 1; the smaller may vanish, and its angle with it.
    let top = if a > b { a } else { b };
    let good = top > 0.0 && top < f64::INFINITY;
    let (k, _) = (if good { top } else { 1.0 }).split();
    let (n, d) = if good { (scale_down(a, k), scale_down(b, k)) } else { (a, b) };
    let (n, d) = if top == f64::INFINITY {
        (if a == top { 1.0 } else { 0.0 }, if b == top { 1.0 } else { 0.0 })
    } else {
        (n, d)
    };
    let d = if top == 0.0 { 1.0 } else { d };
    let (h, l) = atan_pair(n, d);
    let left = x.is_sign_negative();
    let (s, sl) = add_pair(2.0 * HALF_PI[0], 2.0 * HALF_PI[1], -h, -l);
    let angle = if left { s + sl } else { h + l };
    // The quotient underflows before the angle does: take it from the numbers themselves.
    let quotient = a / b;
    let angle = if !left && quotient < 1e-30 && good { quotient } else { angle };
    if x.is_nan() || y.is_nan() { f64::NAN } else { angle.with_sign(y) }
}

#[inline(always)]
fn scale_down(v: f64, k: f64) -> f64 {
    super::float::scale(v, -k)
}

/// The inverse of sin, in [-π/2, π/2].
#[inline(always)]
pub fn asin(x: f64) -> f64 {
    let a = x.abs();
    let far = a > 0.5;
    let (s, sl) = asin_argument(a, far);
    let (h, l) = asin_pair(s, sl);
    // asin a = π/2 - 2 asin √((1 - a)/2)
    let (b, bl) = add_pair(HALF_PI[0], HALF_PI[1], -2.0 * h, -2.0 * l);
    let y = if far { b + bl } else { h + l };
    let y = if a < f64::TINY { a } else { y };
    if a <= 1.0 { y.with_sign(x) } else { f64::NAN }
}

/// The inverse of cos, in [0, π].
#[inline(always)]
pub fn acos(x: f64) -> f64 {
    let a = x.abs();
    let far = a > 0.5;
    let (s, sl) = asin_argument(a, far);
    let (h, l) = asin_pair(s, sl);
    let left = x < 0.0;
    // near 0: π/2 - asin x; near 1: 2 asin √((1 - x)/2); near -1: π - the same
    let (m, ml) = add_pair(HALF_PI[0], HALF_PI[1], if left { h } else { -h }, if left { l } else { -l });
    let (w, wl) = add_pair(2.0 * HALF_PI[0], 2.0 * HALF_PI[1], -2.0 * h, -2.0 * l);
    let edge = if left { w + wl } else { 2.0 * (h + l) };
    let y = if far { edge } else { m + ml };
    if a <= 1.0 { y } else { f64::NAN }
}

/// a, or √((1 - a)/2) as a pair.
#[inline(always)]
fn asin_argument(a: f64, far: bool) -> (f64, f64) {
    let half = 0.5 * (1.0 - a); // exact for a ≥ ½
    let z = if far && half > 0.0 { half } else { 0.0 };
    let r = z.sqrt();
    let rl = (-r).mul_add(r, z) / (2.0 * if r > 0.0 { r } else { 1.0 });
    if far { (r, rl) } else { (a, 0.0) }
}

/// asin(s + low) as a pair, for 0 ≤ s ≤ ½.
#[inline(always)]
fn asin_pair(s: f64, low: f64) -> (f64, f64) {
    let z = s * s;
    let e = (z * s).mul_add(horner(&ASIN, z), low.mul_add(0.5 * z, low));
    fast_two_sum(s, e)
}
