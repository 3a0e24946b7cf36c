//! What the algorithms need to know of f32 and f64, and the sums and products that keep their rounding errors.

use std::ops::{Add, Div, Mul, Neg, Sub};

/// A floating-point format with the constants and polynomials of its elementary functions.
///
/// Every method is one or two machine instructions, so that a loop over a generic algorithm vectorises.
pub trait Float:
    Copy
    + PartialOrd
    + Neg<Output = Self>
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
{
    /// 1.5 · 2^(p-1): adding it rounds to a whole number, which then sits in the low bits.
    const SHIFTER: Self;
    /// log₂ e.
    const LOG2E: Self;
    /// log 2, rounded.
    const LN2: Self;
    /// log 2 minus [`Float::LN2`].
    const LN2_LOW: Self;
    /// log 2 with so many low bits zero that a product with any exponent is exact.
    const LN2_HEAD: Self;
    /// log 2 minus [`Float::LN2_HEAD`].
    const LN2_TAIL: Self;
    /// Beyond ± this, e^x is 0 or infinite.
    const EXP_LIMIT: Self;
    /// Up to ± this, e^x is a normal number and so is the power of two in it.
    const EXP_NORMAL: Self;
    /// Beyond this, e^x is infinite, and up to it 2^(n-1) is finite for the n nearest to x log₂ e.
    const EXP_TOP: Self;
    /// Beyond ± this, 1 + e^-x is 1.
    const ONE_LIMIT: Self;
    /// Powers of two up to this exponent are normal numbers, and so are their reciprocals.
    const SAFE_EXPONENT: Self;
    /// Below this magnitude, f(x) = x + O(x²) is x.
    const TINY: Self;

    /// The number in this format.
    fn lit(x: f64) -> Self;
    /// self·b + c, rounded once.
    fn fma(self, b: Self, c: Self) -> Self;
    /// |x|.
    fn magnitude(self) -> Self;
    /// |self| with the sign of `sign`.
    fn with_sign(self, sign: Self) -> Self;
    /// √x.
    fn root(self) -> Self;
    /// 2^n for a whole n in the normal range.
    fn pow2(n: Self) -> Self;
    /// self·2^n for a normal result, where `shifted` is n + [`Float::SHIFTER`]: n goes straight into the exponent.
    fn raised(self, shifted: Self) -> Self;
    /// (k, m) with x = 2^k·m and m in [√½, √2), for 0 < x < ∞.
    fn split(self) -> (Self, Self);
    /// (e^r - 1 - r)/r² for |r| ≤ ½ log 2.
    fn exp_tail(r: Self) -> Self;
    /// 2(atanh(s) - s)/s³ as a function of z = s², for |s| ≤ 0.1716.
    fn log_tail(z: Self) -> Self;

    /// The nearest whole number to x·a, for |x·a| < 2^(p-2).
    #[inline(always)]
    fn whole_product(self, a: Self) -> Self {
        self.fma(a, Self::SHIFTER) - Self::SHIFTER
    }
}

impl Float for f64 {
    const SHIFTER: f64 = 6755399441055744.0;
    const LOG2E: f64 = std::f64::consts::LOG2_E;
    const LN2: f64 = std::f64::consts::LN_2;
    const LN2_LOW: f64 = 2.3190468138462996e-17;
    const LN2_HEAD: f64 = 0.6931471805601177;
    const LN2_TAIL: f64 = -1.7239444525614835e-13;
    const EXP_LIMIT: f64 = 760.0;
    const EXP_NORMAL: f64 = 708.0;
    const EXP_TOP: f64 = 710.0;
    const ONE_LIMIT: f64 = 44.0;
    const SAFE_EXPONENT: f64 = 1000.0;
    const TINY: f64 = 2.7755575615628914e-17;

    #[inline(always)]
    fn lit(x: f64) -> f64 {
        x
    }
    #[inline(always)]
    fn fma(self, b: f64, c: f64) -> f64 {
        self.mul_add(b, c)
    }
    #[inline(always)]
    fn magnitude(self) -> f64 {
        f64::from_bits(self.to_bits() & (u64::MAX >> 1))
    }
    #[inline(always)]
    fn with_sign(self, sign: f64) -> f64 {
        f64::from_bits((self.to_bits() & (u64::MAX >> 1)) | (sign.to_bits() & (1 << 63)))
    }
    #[inline(always)]
    fn root(self) -> f64 {
        self.sqrt()
    }
    #[inline(always)]
    fn pow2(n: f64) -> f64 {
        f64::from_bits((n + Self::SHIFTER).to_bits().wrapping_add(1023) << 52)
    }
    #[inline(always)]
    fn raised(self, shifted: f64) -> f64 {
        f64::from_bits(self.to_bits().wrapping_add(shifted.to_bits() << 52))
    }
    #[inline(always)]
    fn split(self) -> (f64, f64) {
        let subnormal = self < f64::MIN_POSITIVE;
        let x = if subnormal { self * 18014398509481984.0 } else { self };
        let shift = if subnormal { 1023.0 + 54.0 } else { 1023.0 };
        // Adding 1 - √½ in bits makes the exponent field round at √½ instead of at 1.
        let bits = x.to_bits().wrapping_add(0x3ff0_0000_0000_0000 - 0x3fe6_a09e_667f_3bcd);
        let k = f64::from_bits((bits >> 52) | 0x4330_0000_0000_0000) - 4503599627370496.0 - shift;
        (k, f64::from_bits((bits & 0x000f_ffff_ffff_ffff).wrapping_add(0x3fe6_a09e_667f_3bcd)))
    }
    #[inline(always)]
    fn exp_tail(r: f64) -> f64 {
        // Two halves by even and odd powers: half the latency of one chain.
        let z = r * r;
        let even = 2.0914686968086876e-09f64
            .mul_add(z, 2.75572736431103e-07)
            .mul_add(z, 2.4801587325547743e-05)
            .mul_add(z, 0.0013888888888883748)
            .mul_add(z, 0.04166666666666667)
            .mul_add(z, 0.5);
        let odd = 2.5105217004720745e-08f64
            .mul_add(z, 2.7557255400206422e-06)
            .mul_add(z, 0.00019841269874820627)
            .mul_add(z, 0.008333333333326136)
            .mul_add(z, 0.1666666666666667);
        odd.mul_add(r, even)
    }
    #[inline(always)]
    fn log_tail(z: f64) -> f64 {
        0.14619343453512615f64
            .mul_add(z, 0.15331487235865734)
            .mul_add(z, 0.18182896183483085)
            .mul_add(z, 0.2222221103781659)
            .mul_add(z, 0.28571428626570206)
            .mul_add(z, 0.3999999999989819)
            .mul_add(z, 0.666666666666667)
    }
}

impl Float for f32 {
    const SHIFTER: f32 = 12582912.0;
    const LOG2E: f32 = std::f32::consts::LOG2_E;
    const LN2: f32 = std::f32::consts::LN_2;
    const LN2_LOW: f32 = -1.904_654_2e-9;
    const LN2_HEAD: f32 = 0.693_145_75;
    const LN2_TAIL: f32 = 1.428_606_8e-6;
    const EXP_LIMIT: f32 = 110.0;
    const EXP_NORMAL: f32 = 87.0;
    const EXP_TOP: f32 = 89.0;
    const ONE_LIMIT: f32 = 20.0;
    const SAFE_EXPONENT: f32 = 120.0;
    const TINY: f32 = 1.490_116_1e-8;

    #[inline(always)]
    fn lit(x: f64) -> f32 {
        x as f32
    }
    #[inline(always)]
    fn fma(self, b: f32, c: f32) -> f32 {
        self.mul_add(b, c)
    }
    #[inline(always)]
    fn magnitude(self) -> f32 {
        f32::from_bits(self.to_bits() & (u32::MAX >> 1))
    }
    #[inline(always)]
    fn with_sign(self, sign: f32) -> f32 {
        f32::from_bits((self.to_bits() & (u32::MAX >> 1)) | (sign.to_bits() & (1 << 31)))
    }
    #[inline(always)]
    fn root(self) -> f32 {
        self.sqrt()
    }
    #[inline(always)]
    fn pow2(n: f32) -> f32 {
        f32::from_bits((n + Self::SHIFTER).to_bits().wrapping_add(127) << 23)
    }
    #[inline(always)]
    fn raised(self, shifted: f32) -> f32 {
        f32::from_bits(self.to_bits().wrapping_add(shifted.to_bits() << 23))
    }
    #[inline(always)]
    fn split(self) -> (f32, f32) {
        let subnormal = self < f32::MIN_POSITIVE;
        let x = if subnormal { self * 33554432.0 } else { self };
        let shift = if subnormal { 127.0 + 25.0 } else { 127.0 };
        let bits = x.to_bits().wrapping_add(0x3f80_0000 - 0x3f35_04f3);
        let k = f32::from_bits((bits >> 23) | 0x4b00_0000) - 8388608.0 - shift;
        (k, f32::from_bits((bits & 0x007f_ffff).wrapping_add(0x3f35_04f3)))
    }
    #[inline(always)]
    fn exp_tail(r: f32) -> f32 {
        0.001_392_618_4f32.mul_add(r, 0.008_363_179).mul_add(r, 0.041_666_556).mul_add(r, 0.166_665_76).mul_add(r, 0.5)
    }
    #[inline(always)]
    fn log_tail(z: f32) -> f32 {
        0.295_821_58f32.mul_add(z, 0.399_887_32).mul_add(z, 0.666_666_87)
    }
}

/// A sum of two numbers and its rounding error.
#[inline(always)]
pub fn two_sum<T: Float>(a: T, b: T) -> (T, T) {
    let s = a + b;
    let t = s - a;
    (s, (a - (s - t)) + (b - t))
}

/// A sum and its rounding error, for |a| ≥ |b| or a = 0.
#[inline(always)]
pub fn fast_two_sum<T: Float>(a: T, b: T) -> (T, T) {
    let s = a + b;
    (s, (a - s) + b)
}

/// A product and its rounding error.
#[inline(always)]
pub fn two_prod<T: Float>(a: T, b: T) -> (T, T) {
    let p = a * b;
    (p, a.fma(b, -p))
}

/// (a + al)·(b + bl) as a pair.
#[inline(always)]
pub fn mul_pair<T: Float>(a: T, al: T, b: T, bl: T) -> (T, T) {
    let (p, e) = two_prod(a, b);
    fast_two_sum(p, a.fma(bl, al.fma(b, e)))
}

/// (a + al) + (b + bl) as a pair.
#[inline(always)]
pub fn add_pair<T: Float>(a: T, al: T, b: T, bl: T) -> (T, T) {
    let (s, e) = two_sum(a, b);
    fast_two_sum(s, e + (al + bl))
}

/// (n + nl)/(d + dl) as a pair, for a d whose reciprocal is normal.
#[inline(always)]
pub fn div_pair<T: Float>(n: T, nl: T, d: T, dl: T) -> (T, T) {
    let inverse = T::lit(1.0) / d;
    let q = n * inverse;
    let rest = (-q).fma(d, n) + (-q).fma(dl, nl);
    fast_two_sum(q, rest * inverse)
}

/// v·2^n for a whole n in ± 2 `SAFE_EXPONENT`, with one rounding also where the result is subnormal.
#[inline(always)]
pub fn scale<T: Float>(v: T, n: T) -> T {
    let half = n.whole_product(T::lit(0.5));
    v * T::pow2(half) * T::pow2(n - half)
}

/// x held within ± limit; NaN stays.
#[inline(always)]
pub fn clamp<T: Float>(x: T, limit: T) -> T {
    let x = if x > limit { limit } else { x };
    if x < -limit { -limit } else { x }
}

/// The polynomial with these coefficients, lowest first, at x.
#[inline(always)]
pub fn horner<const N: usize>(c: &[f64; N], x: f64) -> f64 {
    let mut r = c[N - 1];
    let mut i = N - 1;
    while i > 0 {
        i -= 1;
        r = r.mul_add(x, c[i]);
    }
    r
}

/// c[1] + c[2]·x + … as [`horner`], with even and odd powers apart: half the latency, a little more rounding.
#[inline(always)]
pub fn horner_from_one<const N: usize>(c: &[f64; N], x: f64) -> f64 {
    let z = x * x;
    let (mut a, mut b) = (c[N - 1], c[N - 2]);
    let mut i = N - 2;
    while i >= 3 {
        a = a.mul_add(z, c[i - 1]);
        b = b.mul_add(z, c[i - 2]);
        i -= 2;
    }
    // Down to c[1] and c[2], or to c[2], c[3] with c[1] left.
    if N % 2 == 1 { a.mul_add(x, b) } else { b.mul_add(x, a.mul_add(z, c[1])) }
}
