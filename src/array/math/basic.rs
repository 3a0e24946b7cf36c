//! Arithmetic, rounding, comparison by value, and the neighbours of a number.

use super::float::Float;

/// -x.
#[inline(always)]
pub fn neg<T: Float>(x: T) -> T {
    -x
}
/// |x|.
#[inline(always)]
pub fn abs<T: Float>(x: T) -> T {
    x.magnitude()
}
/// -1, 0 or 1 by the sign of x; NaN stays, and so does the sign of a zero.
#[inline(always)]
pub fn sign<T: Float>(x: T) -> T {
    let y = if x > T::lit(0.0) { T::lit(1.0) } else { x };
    if x < T::lit(0.0) { T::lit(-1.0) } else { y }
}
/// x².
#[inline(always)]
pub fn square<T: Float>(x: T) -> T {
    x * x
}
/// 1/x.
#[inline(always)]
pub fn reciprocal<T: Float>(x: T) -> T {
    T::lit(1.0) / x
}
/// a + b.
#[inline(always)]
pub fn add<T: Float>(a: T, b: T) -> T {
    a + b
}
/// a - b.
#[inline(always)]
pub fn sub<T: Float>(a: T, b: T) -> T {
    a - b
}
/// a·b.
#[inline(always)]
pub fn mul<T: Float>(a: T, b: T) -> T {
    a * b
}
/// a/b.
#[inline(always)]
pub fn div<T: Float>(a: T, b: T) -> T {
    a / b
}
/// The larger of a and b; NaN if either is, and +0 above -0.
#[inline(always)]
pub fn maximum<T: Float>(a: T, b: T) -> T {
    let y = if a > b { a } else { b };
    // Equal zeros: a sum of zeros is +0 unless both are -0.
    let y = if a == b && a == T::lit(0.0) { a + b } else { y };
    if a.partial_cmp(&b).is_none() { a + b } else { y }
}
/// The smaller of a and b; NaN if either is, and -0 below +0.
#[inline(always)]
pub fn minimum<T: Float>(a: T, b: T) -> T {
    let y = if a < b { a } else { b };
    let y = if a == b && a == T::lit(0.0) { -(-a - b) } else { y };
    if a.partial_cmp(&b).is_none() { a + b } else { y }
}
/// |a| with the sign of b.
#[inline(always)]
pub fn copysign<T: Float>(a: T, b: T) -> T {
    a.with_sign(b)
}

/// What needs the bits or the rounding instructions of one format.
pub trait Bits: Float {
    /// The largest whole number ≤ x.
    fn floor(self) -> Self;
    /// The smallest whole number ≥ x.
    fn ceil(self) -> Self;
    /// The nearest whole number, the even one at a tie.
    fn round(self) -> Self;
    /// x without its fraction.
    fn trunc(self) -> Self;
    /// The remainder with the sign of a: a - b·trunc(a/b), exact.
    fn fmod(self, b: Self) -> Self;
    /// The remainder with the sign of b: a - b·floor(a/b), as Python's `%`.
    fn floor_mod(self, b: Self) -> Self;
    /// floor(a/b) of the exact quotient, as Python's `//`; a/b at b = 0.
    fn floor_div(self, b: Self) -> Self;
    /// The next number after a on the way to b.
    fn nextafter(self, b: Self) -> Self;
    /// The distance from x to the next number away from 0, with the sign of x.
    fn spacing(self) -> Self;
}

macro_rules! bits {
    ($f:ident, $u:ident) => {
        impl Bits for $f {
            #[inline(always)]
            fn floor(self) -> $f {
                $f::floor(self)
            }
            #[inline(always)]
            fn ceil(self) -> $f {
                $f::ceil(self)
            }
            #[inline(always)]
            fn round(self) -> $f {
                $f::round_ties_even(self)
            }
            #[inline(always)]
            fn trunc(self) -> $f {
                $f::trunc(self)
            }
            #[inline(always)]
            fn fmod(self, b: $f) -> $f {
                self % b
            }
            #[inline(always)]
            fn floor_mod(self, b: $f) -> $f {
                let r = self % b;
                let other_side = (r < 0.0 && b > 0.0) || (r > 0.0 && b < 0.0);
                let y = if other_side { r + b } else { r };
                if r == 0.0 { (0.0 as $f).copysign(b) } else { y }
            }
            #[inline(always)]
            fn floor_div(self, b: $f) -> $f {
                let r = self % b;
                let other_side = (r < 0.0 && b > 0.0) || (r > 0.0 && b < 0.0);
                let q = (self - r) / b;
                let q = if other_side { q - 1.0 } else { q };
                let near = $f::floor(q);
                let near = if q - near > 0.5 { near + 1.0 } else { near };
                let y = if q == 0.0 { (0.0 as $f).copysign(self / b) } else { near };
                if b == 0.0 { self / b } else { y }
            }
            #[inline(always)]
            fn nextafter(self, b: $f) -> $f {
                let bits = self.to_bits();
                let up = (b > self) == (self > 0.0);
                let step = $f::from_bits(if up { bits.wrapping_add(1) } else { bits.wrapping_sub(1) });
                let step = if self == 0.0 { $f::from_bits(1).copysign(b) } else { step };
                let step = if self == b { b } else { step };
                if self.is_nan() || b.is_nan() { $f::NAN } else { step }
            }
            #[inline(always)]
            fn spacing(self) -> $f {
                let next = $f::from_bits((self.to_bits() & ($u::MAX >> 1)).wrapping_add(1));
                let gap = next - self.abs();
                // Past the largest number: the same gap as below it.
                let gap = if next == $f::INFINITY { $f::MAX - $f::from_bits($f::MAX.to_bits() - 1) } else { gap };
                if self.abs() < $f::INFINITY { gap.copysign(self) } else { $f::NAN }
            }
        }
    };
}

bits!(f64, u64);
bits!(f32, u32);
