//! Scaled numbers: an f64 in [1, 2) times a power of two whose exponent is an i64.

use std::cmp::Ordering;

use super::super::format::power_of_two;
use super::super::sums::Compensated;

/// The first 33 bits of ln 2.
const LN_2_HIGH: f64 = f64::from_bits(0x3fe6_2e42_fee0_0000);
/// What LN_2_HIGH leaves of ln 2.
const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;

/// `m · 2ᵉ` with |m| in [1, 2); zero, infinities and NaN have exponent 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scaled {
    pub(super) m: f64,
    pub(super) e: i64,
}

impl Scaled {
    /// Zero.
    pub const ZERO: Scaled = Scaled { m: 0.0, e: 0 };
    /// No number.
    pub const NAN: Scaled = Scaled { m: f64::NAN, e: 0 };
    /// Infinity.
    pub const INFINITY: Scaled = Scaled { m: f64::INFINITY, e: 0 };

    /// m · 2ᵉ for any f64 m that is not subnormal.
    fn new(m: f64, e: i64) -> Scaled {
        let bits = m.to_bits();
        let field = (bits >> 52) & 0x7ff;
        if field == 0 || field == 0x7ff {
            return Scaled { m: if field == 0 { 0.0f64.copysign(m) } else { m }, e: 0 };
        }
        let m = f64::from_bits((bits & !(0x7ff << 52)) | (1023 << 52));
        Scaled { m, e: e.saturating_add(field as i64 - 1023) }
    }

    /// What numbers are sorted by: their exponents.
    pub(super) fn rank(self) -> i64 {
        if self.m == 0.0 { i64::MIN } else { self.e }
    }

    /// The magnitude.
    pub fn abs(self) -> Scaled {
        Scaled { m: self.m.abs(), e: self.e }
    }

    /// The number times 2ⁿ.
    pub fn shifted(self, n: i64) -> Scaled {
        if self.m == 0.0 || !self.m.is_finite() { self } else { Scaled { m: self.m, e: self.e.saturating_add(n) } }
    }

    /// The sum, and what rounding left over.
    pub(super) fn two_sum(self, other: Scaled) -> (Scaled, Scaled) {
        let (a, b) = if self.rank() >= other.rank() { (self, other) } else { (other, self) };
        let d = a.e.saturating_sub(b.e);
        if b.m == 0.0 || d > 60 {
            return (a, b);
        }
        let y = b.m * power_of_two(-(d as i32));
        let s = a.m + y;
        let t = s - a.m;
        let r = (a.m - (s - t)) + (y - t);
        (Scaled::new(s, a.e), Scaled::new(r, a.e))
    }

    /// The product, and what rounding left over.
    pub(super) fn two_prod(self, other: Scaled) -> (Scaled, Scaled) {
        let e = self.e.saturating_add(other.e);
        let p = self.m * other.m;
        (Scaled::new(p, e), Scaled::new(self.m.mul_add(other.m, -p), e))
    }

    /// The product, rounded.
    pub fn times(self, other: Scaled) -> Scaled {
        if self.m == 0.0 || other.m == 0.0 {
            return Scaled::ZERO;
        }
        Scaled::new(self.m * other.m, self.e.saturating_add(other.e))
    }

    /// The quotient of magnitudes, a little more than it is; infinity over zero.
    pub fn over(self, other: Scaled) -> Scaled {
        if self.m == 0.0 {
            return Scaled::ZERO;
        }
        Scaled::new(self.m.abs() / other.m.abs() * (1.0 + 1e-15), self.e.saturating_sub(other.e))
    }

    /// The sum of several numbers, as if they were added with twice the precision.
    pub fn sum(terms: impl Iterator<Item = Scaled> + Clone) -> Scaled {
        let top = terms.clone().filter(|t| t.m != 0.0).map(|t| t.e).max().unwrap_or(0);
        let mut total = Compensated::default();
        for t in terms.filter(|t| t.m != 0.0) {
            // What lies 1000 binary digits below the largest term leaves no trace.
            let d = top.saturating_sub(t.e);
            if d <= 1000 {
                total.add(t.m * power_of_two(-(d as i32)));
            }
        }
        Scaled::new(total.value(), top)
    }

    /// The natural logarithm of a number that is not negative.
    pub fn ln(self) -> f64 {
        let x = self.to_f64();
        if x.is_normal() || self.m == 0.0 { x.ln() } else { self.m.ln() + self.e as f64 * std::f64::consts::LN_2 }
    }

    /// exp(x), which need not fit into f64.
    pub fn exp(x: f64) -> Scaled {
        if !x.is_finite() {
            return Scaled::from(x.exp());
        }
        // x = n ln 2 + r, with ln 2 in two parts: n times the first has no rounding.
        let n = (x / std::f64::consts::LN_2).round();
        let r = (-n).mul_add(LN_2_LOW, (-n).mul_add(LN_2_HIGH, x));
        Scaled::from(r.exp()).shifted(n as i64)
    }

    /// The quotient, rounded.
    pub fn over_signed(self, other: Scaled) -> Scaled {
        Scaled::new(self.m / other.m, self.e.saturating_sub(other.e))
    }

    /// The sum of two bounds, a little more than it is.
    pub fn up(self, other: Scaled) -> Scaled {
        if other.m == 0.0 {
            return self;
        }
        if self.m == 0.0 {
            return other;
        }
        if !self.m.is_finite() || !other.m.is_finite() {
            return Scaled::INFINITY;
        }
        let (a, b) = if self.e >= other.e { (self, other) } else { (other, self) };
        let d = a.e.saturating_sub(b.e).min(200) as i32;
        Scaled::new((a.m + b.m * power_of_two(-d)) * (1.0 + 1e-15), a.e)
    }

    /// True if this magnitude is below the other.
    pub fn less(self, other: Scaled) -> bool {
        self.order(other) == Ordering::Less
    }

    /// How magnitudes compare; NaN is above everything.
    pub fn order(self, other: Scaled) -> Ordering {
        let key = |s: Scaled| match s.m {
            m if m.is_nan() => (3, 0, 0.0),
            m if m.is_infinite() => (2, 0, 0.0),
            0.0 => (0, 0, 0.0),
            m => (1, s.e, m.abs()),
        };
        key(self).partial_cmp(&key(other)).unwrap_or(Ordering::Equal)
    }

    /// The logarithm to base 2 of the magnitude.
    pub fn log2(self) -> f64 {
        self.m.abs().log2() + self.e as f64
    }

    /// The nearest f64, or infinity or zero beyond them.
    pub fn to_f64(self) -> f64 {
        if self.m == 0.0 || !self.m.is_finite() {
            return self.m;
        }
        match self.e {
            e if e > 1023 => f64::INFINITY.copysign(self.m),
            e if e < -1080 => 0.0f64.copysign(self.m),
            e if e < -1000 => self.m * power_of_two(-1000) * power_of_two(e as i32 + 1000),
            e => self.m * power_of_two(e as i32),
        }
    }
}

impl From<f64> for Scaled {
    fn from(x: f64) -> Scaled {
        if x.abs() < 1e-300 { Scaled::new(x * power_of_two(128), -128) } else { Scaled::new(x, 0) }
    }
}
