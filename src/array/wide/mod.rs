//! Wide numbers: about 48 digits, exponents without bound, and a bound of their own error; the truth that `check` compares with.
//!
//! A number is a sum of three scaled f64 that need not be adjacent, so that 1 + exp(-1000) keeps both of its terms.

mod functions;
mod matrix;
mod scaled;

pub use matrix::{cholesky, det, inverse, solve};
pub use scaled::Scaled;

use std::cmp::Ordering;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// How many terms a number keeps.
const TERMS: usize = 3;

/// A sum of three scaled numbers, and a bound of what it leaves out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wide {
    terms: [Scaled; TERMS],
    error: Scaled,
}

impl Wide {
    /// Zero.
    pub const ZERO: Wide = Wide { terms: [Scaled::ZERO; TERMS], error: Scaled::ZERO };
    /// No number, such as 0/0.
    pub const NAN: Wide = Wide::exact(Scaled::NAN);

    const fn exact(first: Scaled) -> Wide {
        Wide { terms: [first, Scaled::ZERO, Scaled::ZERO], error: Scaled::ZERO }
    }

    /// A number of which nothing is known.
    pub fn unknown() -> Wide {
        Wide { error: Scaled::INFINITY, ..Wide::ZERO }
    }

    /// The same number with this much more doubt.
    pub fn widened(mut self, error: Scaled) -> Wide {
        self.error = self.error.up(error);
        self
    }

    /// The same number, in doubt by `relative` of its size.
    pub fn rounded_by(self, relative: f64) -> Wide {
        let doubt = self.size().times(Scaled::from(relative));
        self.widened(doubt)
    }

    /// The first term.
    fn lead(&self) -> Scaled {
        self.terms[0]
    }

    /// True of NaN.
    pub fn is_nan(&self) -> bool {
        self.lead().m.is_nan()
    }

    /// True of an infinity.
    pub fn is_infinite(&self) -> bool {
        self.lead().m.is_infinite()
    }

    /// True of a number that is neither NaN nor infinite.
    pub fn is_finite(&self) -> bool {
        self.lead().m.is_finite()
    }

    /// True of zero.
    pub fn is_zero(&self) -> bool {
        self.lead().m == 0.0
    }

    /// True of a number below zero.
    pub fn is_negative(&self) -> bool {
        self.lead().m < 0.0
    }

    /// True if the number is known to so many times its own size, as 1e-10.
    pub fn is_known(&self, relative: f64) -> bool {
        !self.is_finite() || self.error.less(self.size().times(Scaled::from(relative))) || self.error.m == 0.0
    }

    /// The bound of its error.
    pub fn error(&self) -> Scaled {
        self.error
    }

    /// An upper bound of the magnitude, near it.
    pub fn size(&self) -> Scaled {
        let a = self.lead().abs();
        if self.terms[1].m == 0.0 { a } else { a.up(self.terms[1].abs()) }
    }

    /// −1, 0 or 1; 0 for NaN.
    pub fn sign(&self) -> f64 {
        let m = self.lead().m;
        if m > 0.0 {
            1.0
        } else if m < 0.0 {
            -1.0
        } else {
            0.0
        }
    }

    /// The magnitude.
    pub fn abs(self) -> Wide {
        if self.lead().m.is_sign_negative() { -self } else { self }
    }

    /// The f64 nearest to it, or infinity or zero beyond them.
    pub fn to_f64(self) -> f64 {
        let [a, b, c] = self.terms.map(Scaled::to_f64);
        if a.is_finite() { a + (b + c) } else { a }
    }

    /// The logarithm to base 2 of the magnitude.
    pub fn log2(&self) -> f64 {
        self.lead().log2()
    }

    /// The number rounded to so many bits, whatever its exponent; the rounding is not counted as error.
    pub fn round_bits(self, bits: i32) -> Wide {
        if !self.is_finite() || self.is_zero() {
            return self;
        }
        let lead = self.lead();
        // The last kept place has the value 1 after this scaling.
        let shift = i64::from(bits - 1) - lead.e;
        let scaled = self.terms.map(|t| t.shifted(shift).to_f64());
        let whole = scaled[0].round_ties_even();
        let rest = (scaled[0] - whole) + scaled[1] + scaled[2];
        let mut whole = whole;
        if rest > 0.5 {
            whole += 1.0;
        } else if rest < -0.5 {
            whole -= 1.0;
        }
        Wide::exact(Scaled::from(whole).shifted(-shift))
    }

    /// How two numbers compare; `None` with a NaN.
    pub fn compare(&self, other: &Wide) -> Option<Ordering> {
        let (a, b) = (self.lead(), other.lead());
        if a.m.is_nan() || b.m.is_nan() {
            return None;
        }
        if a.m.is_infinite() || b.m.is_infinite() {
            let end = |m: f64| if m.is_infinite() { m } else { 0.0 };
            return end(a.m).partial_cmp(&end(b.m));
        }
        (*self - *other).lead().m.partial_cmp(&0.0)
    }

    /// The larger of two; NaN if one is.
    pub fn max(self, other: Wide) -> Wide {
        match self.compare(&other) {
            None => Wide::NAN,
            Some(Ordering::Less) => other,
            _ => self,
        }
    }

    /// The smaller of two; NaN if one is.
    pub fn min(self, other: Wide) -> Wide {
        match self.compare(&other) {
            None => Wide::NAN,
            Some(Ordering::Greater) => other,
            _ => self,
        }
    }

    /// The square root.
    pub fn sqrt(self) -> Wide {
        let lead = self.lead();
        if !(lead.m > 0.0) || lead.m.is_infinite() {
            let in_doubt = self.is_finite() && self.error.m != 0.0;
            return match lead.m {
                _ if in_doubt && lead.m <= 0.0 && !self.error.less(self.size()) => Wide::unknown(),
                m if m < 0.0 => Wide::NAN,
                _ => self,
            };
        }
        if !self.error.less(lead.times(Scaled::from(0.5))) {
            return Wide::unknown();
        }
        let even = lead.e & !1;
        let half = even / 2;
        let centre = Wide { error: Scaled::ZERO, ..self };
        let mut s = Wide::exact(Scaled::from(lead.shifted(-even).to_f64().sqrt()).shifted(half));
        for _ in 0..2 {
            s = s + (centre - s * s) / (s + s);
        }
        let own = s.size().times(Scaled::from(1e-45)).up(s.error);
        Wide { error: own.up(self.error.over(s.size())), ..s }
    }

    /// The sum of many.
    pub fn sum(values: impl IntoIterator<Item = Wide>) -> Wide {
        values.into_iter().fold(Wide::ZERO, |a, b| a + b)
    }

    /// The number times 2ⁿ.
    pub fn shifted(self, n: i64) -> Wide {
        Wide { terms: self.terms.map(|t| t.shifted(n)), error: self.error.shifted(n) }
    }
}

impl From<f64> for Wide {
    fn from(x: f64) -> Wide {
        Wide::exact(Scaled::from(x))
    }
}

impl From<i64> for Wide {
    fn from(n: i64) -> Wide {
        let high = n as f64;
        let low = (i128::from(n) - high as i128) as f64;
        Wide::from(high) + Wide::from(low)
    }
}

/// The leading terms of a sum, largest first, and a bound of the rest.
fn distill<const N: usize>(mut x: [Scaled; N], n: usize) -> ([Scaled; TERMS], Scaled) {
    let mut out = [Scaled::ZERO; TERMS];
    let (mut found, mut first) = (0, 0);
    x[..n].sort_unstable_by_key(|t| std::cmp::Reverse(t.rank()));
    while first < n && found < TERMS {
        let mut s = x[n - 1];
        for i in (first..n - 1).rev() {
            let (sum, rest) = x[i].two_sum(s);
            x[i + 1] = rest;
            s = sum;
        }
        if s.m != 0.0 {
            out[found] = s;
            found += 1;
        } else if x[first + 1..n].iter().all(|t| t.m == 0.0) {
            return (out, Scaled::ZERO);
        }
        first += 1;
    }
    let rest = x[first.min(n)..n].iter().filter(|t| t.m != 0.0).fold(Scaled::ZERO, |e, t| e.up(t.abs()));
    (out, rest)
}

impl Neg for Wide {
    type Output = Wide;
    fn neg(self) -> Wide {
        Wide { terms: self.terms.map(|t| Scaled { m: -t.m, e: t.e }), error: self.error }
    }
}

impl Add for Wide {
    type Output = Wide;
    fn add(self, other: Wide) -> Wide {
        let (a, b) = (self.lead().m, other.lead().m);
        if !a.is_finite() || !b.is_finite() {
            let finite = |m: f64| if m.is_finite() { 0.0 } else { m };
            return Wide::from(finite(a) + finite(b)).widened(self.error.up(other.error));
        }
        let mut all = [Scaled::ZERO; 2 * TERMS];
        let mut n = 0;
        for t in self.terms.iter().chain(&other.terms).filter(|t| t.m != 0.0) {
            all[n] = *t;
            n += 1;
        }
        let (terms, rest) = match n {
            // −0 + −0 is −0.
            0 => ([Scaled { m: a + b, e: 0 }, Scaled::ZERO, Scaled::ZERO], Scaled::ZERO),
            _ => distill(all, n),
        };
        Wide { terms, error: self.error.up(other.error).up(rest) }
    }
}

impl Sub for Wide {
    type Output = Wide;
    fn sub(self, other: Wide) -> Wide {
        self + -other
    }
}

impl Mul for Wide {
    type Output = Wide;
    fn mul(self, other: Wide) -> Wide {
        let (a, b) = (self.lead().m, other.lead().m);
        if !a.is_finite() || !b.is_finite() || a == 0.0 || b == 0.0 {
            let product = Wide::from(a * b);
            let doubt = |x: &Wide, y: &Wide| {
                if x.is_finite() && y.is_finite() { x.error.times(y.size().up(y.error)) } else { Scaled::ZERO }
            };
            return product.widened(doubt(&self, &other)).widened(doubt(&other, &self));
        }
        let mut all = [Scaled::ZERO; 12];
        let (mut n, mut rest) = (0, Scaled::ZERO);
        for (i, x) in self.terms.iter().enumerate().filter(|(_, t)| t.m != 0.0) {
            for (j, y) in other.terms.iter().enumerate().filter(|(_, t)| t.m != 0.0) {
                if i + j < TERMS {
                    let (p, r) = x.two_prod(*y);
                    all[n] = p;
                    n += 1;
                    if r.m != 0.0 {
                        all[n] = r;
                        n += 1;
                    }
                } else {
                    rest = rest.up(x.times(*y).abs());
                }
            }
        }
        let (terms, dropped) = distill(all, n);
        let error = rest.up(dropped);
        if self.error.m == 0.0 && other.error.m == 0.0 {
            return Wide { terms, error };
        }
        let carried = self.error.times(other.size()).up(other.error.times(self.size().up(self.error)));
        Wide { terms, error: error.up(carried) }
    }
}

impl Div for Wide {
    type Output = Wide;
    fn div(self, other: Wide) -> Wide {
        let (a, b) = (self.lead(), other.lead());
        if !a.m.is_finite() || !b.m.is_finite() || b.m == 0.0 {
            let in_doubt = b.m == 0.0 && other.error.m != 0.0;
            // An infinity in doubt stands for a number beyond all others.
            let beyond = b.m.is_infinite() && a.m.is_finite() && other.error.m != 0.0;
            let quotient = Wide::from(a.m / b.m);
            return if in_doubt {
                Wide::unknown()
            } else if beyond {
                quotient.widened(functions::TINY.times(a.abs()))
            } else {
                quotient
            };
        }
        if !other.error.less(b.abs().times(Scaled::from(0.5))) {
            return Wide::unknown();
        }
        let (centre, divisor) = (Wide { error: Scaled::ZERO, ..self }, Wide { error: Scaled::ZERO, ..other });
        let mut rest = centre;
        let mut q = Wide::exact(Scaled { m: a.m / b.m, e: 0 });
        if a.m != 0.0 {
            q = Wide::ZERO;
            for _ in 0..TERMS + 1 {
                if rest.is_zero() {
                    break;
                }
                let part = Wide::exact(rest.lead().over_signed(b));
                q = q + part;
                rest = rest - divisor * part;
            }
        }
        let left = rest.size().up(rest.error).up(self.error).up(other.error.times(q.size()));
        let floor = b.abs().times(Scaled::from(0.49));
        Wide {
            error: q.error.up(left.over(if other.error.m == 0.0 {
                b.abs().times(Scaled::from(0.999_999))
            } else {
                floor
            })),
            ..q
        }
    }
}
