//! Double-double numbers: unevaluated sums of two f64, for small problems whose answers should be right to the last bit.

use std::ops::{Add, Div, Mul, Neg, Sub};

/// `hi + lo`, about 32 digits.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Pair {
    /// The number rounded to f64.
    pub hi: f64,
    /// What rounding left over.
    pub lo: f64,
}

/// a + b and its rounding error, for |a| not below |b|.
fn fast_sum(a: f64, b: f64) -> Pair {
    let hi = a + b;
    Pair { hi, lo: if hi.is_finite() { b - (hi - a) } else { 0.0 } }
}

/// a + b and its rounding error.
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let s = a + b;
    let t = s - a;
    (s, (a - (s - t)) + (b - t))
}

impl Pair {
    /// The product of two f64, exactly.
    pub fn product(a: f64, b: f64) -> Pair {
        let hi = a * b;
        Pair { hi, lo: a.mul_add(b, -hi) }
    }
}

impl From<f64> for Pair {
    fn from(x: f64) -> Pair {
        Pair { hi: x, lo: 0.0 }
    }
}

impl Neg for Pair {
    type Output = Pair;
    fn neg(self) -> Pair {
        Pair { hi: -self.hi, lo: -self.lo }
    }
}

impl Add for Pair {
    type Output = Pair;
    fn add(self, b: Pair) -> Pair {
        let (s, e) = two_sum(self.hi, b.hi);
        let (t, f) = two_sum(self.lo, b.lo);
        let first = fast_sum(s, e + t);
        fast_sum(first.hi, first.lo + f)
    }
}

impl Sub for Pair {
    type Output = Pair;
    fn sub(self, b: Pair) -> Pair {
        self + -b
    }
}

impl Mul for Pair {
    type Output = Pair;
    fn mul(self, b: Pair) -> Pair {
        let p = Pair::product(self.hi, b.hi);
        fast_sum(p.hi, p.lo + (self.hi * b.lo + self.lo * b.hi))
    }
}

impl Div for Pair {
    type Output = Pair;
    fn div(self, b: Pair) -> Pair {
        let q = self.hi / b.hi;
        let r = self - b * Pair::from(q);
        let q2 = r.hi / b.hi;
        let r = r - b * Pair::from(q2);
        fast_sum(q, q2) + Pair::from(r.hi / b.hi)
    }
}

/// What an elimination needs of its numbers: f64, or [`Pair`] where the answer is to be right to the last bit.
pub(crate) trait Real:
    Copy
    + Default
    + From<f64>
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
{
    /// True of the wider type.
    const WIDE: bool;
    /// The number rounded to f64.
    fn round(self) -> f64;
    /// The number times 2ᵉ.
    fn shift(self, e: i64) -> Self;
    /// The square root.
    fn root(self) -> Self;
}

impl Real for f64 {
    const WIDE: bool = false;
    fn round(self) -> f64 {
        self
    }
    fn shift(self, e: i64) -> f64 {
        super::reductions::ldexp(self, e)
    }
    fn root(self) -> f64 {
        self.sqrt()
    }
}

impl Real for Pair {
    const WIDE: bool = true;
    fn round(self) -> f64 {
        self.hi
    }
    fn shift(self, e: i64) -> Pair {
        Pair { hi: super::reductions::ldexp(self.hi, e), lo: super::reductions::ldexp(self.lo, e) }
    }
    fn root(self) -> Pair {
        let s = self.hi.sqrt();
        if s == 0.0 || !s.is_finite() {
            return Pair::from(s);
        }
        // One Newton step from the rounded root doubles its digits.
        let rest = self - Pair::product(s, s);
        fast_sum(s, rest.hi / (2.0 * s))
    }
}
