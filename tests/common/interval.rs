//! Intervals of arbitrary precision that enclose the true value: every operation rounds outwards.

use astro_float_num::{BigFloat, Consts, RoundingMode};

/// Bits by which a result of a transcendental function is widened: more than it can be off by.
const SLACK: i32 = 8;
/// Beyond this, exp leaves the range of exponents.
const EXP_LIMIT: f64 = 536_870_912.0;

/// Numbers between `lo` and `hi`, ends included.
#[derive(Clone, Debug)]
pub struct Interval {
    pub lo: BigFloat,
    pub hi: BigFloat,
}

/// A precision in bits and the constants known to it.
pub struct Context {
    pub p: usize,
    pub constants: Consts,
    /// Bernoulli numbers, once they have been asked for.
    pub bernoulli: Vec<Interval>,
}

const DOWN: RoundingMode = RoundingMode::Down;
const UP: RoundingMode = RoundingMode::Up;
const ANY: RoundingMode = RoundingMode::None;

fn less(a: &BigFloat, b: &BigFloat) -> bool {
    a.cmp(b).is_some_and(|c| c < 0)
}

fn smaller(a: BigFloat, b: BigFloat) -> BigFloat {
    if less(&b, &a) { b } else { a }
}

fn larger(a: BigFloat, b: BigFloat) -> BigFloat {
    if less(&a, &b) { b } else { a }
}

/// One at 2^exponent.
pub fn power_of_two(exponent: i32) -> BigFloat {
    let mut one = BigFloat::from_f64(1.0, 64);
    one.set_exponent(exponent + 1);
    one
}

/// Exactly this number. (The library's own conversion halves subnormal numbers.)
pub fn big(x: f64) -> BigFloat {
    if x == 0.0 || !x.is_finite() || x.abs() >= f64::MIN_POSITIVE {
        return BigFloat::from_f64(x, 64);
    }
    let mut y = BigFloat::from_f64(x * 2f64.powi(600), 64);
    y.set_exponent(y.exponent().unwrap_or(0) - 600);
    y
}

impl Interval {
    /// Exactly this number.
    pub fn exact(x: f64) -> Interval {
        Interval::point(big(x))
    }

    pub fn point(x: BigFloat) -> Interval {
        Interval { lo: x.clone(), hi: x }
    }

    /// The interval if its ends are numbers in order.
    fn checked(lo: BigFloat, hi: BigFloat) -> Option<Interval> {
        if lo.is_nan() || hi.is_nan() {
            return None;
        }
        // An overflow is a number beyond all others, not infinity.
        let lo = if lo.is_inf_pos() { BigFloat::max_value(64) } else { lo };
        let hi = if hi.is_inf_neg() { BigFloat::min_value(64) } else { hi };
        Some(Interval { lo, hi })
    }

    pub fn is_point(&self) -> bool {
        self.lo.cmp(&self.hi) == Some(0)
    }

    /// 1 above zero, -1 below, 0 at zero, `None` if it may be either.
    pub fn sign(&self) -> Option<i32> {
        if self.lo.is_zero() && self.hi.is_zero() {
            return Some(0);
        }
        if self.lo.is_positive() && !self.lo.is_zero() {
            return Some(1);
        }
        (self.hi.is_negative() && !self.hi.is_zero()).then_some(-1)
    }

    fn nonnegative(&self) -> bool {
        self.lo.is_zero() || self.lo.is_positive()
    }

    pub fn neg(&self) -> Interval {
        Interval { lo: self.hi.neg(), hi: self.lo.neg() }
    }

    pub fn abs(&self) -> Interval {
        match self.sign() {
            Some(-1) => self.neg(),
            Some(_) => self.clone(),
            None if self.nonnegative() => self.clone(),
            None => Interval { lo: BigFloat::from_f64(0.0, 64), hi: larger(self.lo.neg(), self.hi.clone()) },
        }
    }

    /// The numbers of both and between.
    pub fn hull(&self, other: &Interval) -> Interval {
        Interval { lo: smaller(self.lo.clone(), other.lo.clone()), hi: larger(self.hi.clone(), other.hi.clone()) }
    }

    /// True if some number lies in both.
    pub fn meets(&self, other: &Interval) -> bool {
        !less(&self.hi, &other.lo) && !less(&other.hi, &self.lo)
    }

    /// Whether it is less than another, if that is certain.
    pub fn less_than(&self, other: &Interval) -> Option<bool> {
        if less(&self.hi, &other.lo) {
            return Some(true);
        }
        (!less(&self.lo, &other.hi)).then_some(false)
    }

    /// Whether it equals another, if that is certain.
    pub fn equals(&self, other: &Interval) -> Option<bool> {
        if !self.meets(other) {
            return Some(false);
        }
        (self.is_point() && other.is_point()).then_some(true)
    }

    /// True if both ends agree to this many bits, or differ by less than any float can show.
    pub fn is_tight(&self, bits: i32) -> bool {
        if self.lo.is_inf() || self.hi.is_inf() {
            return false;
        }
        let width = self.hi.sub(&self.lo, 64, UP);
        if width.is_zero() {
            return true;
        }
        let of = |x: &BigFloat| if x.is_zero() { i32::MIN / 2 } else { x.exponent().unwrap_or(0) };
        let size = of(&self.lo).min(of(&self.hi));
        of(&width) < -1150 || (self.sign().is_some() && of(&width) < size.saturating_sub(bits))
    }

    /// A number inside.
    pub fn middle(&self) -> BigFloat {
        if self.is_point() {
            return self.lo.clone();
        }
        let p = self.lo.precision().unwrap_or(64).max(self.hi.precision().unwrap_or(64)) + 64;
        let mut sum = self.lo.add(&self.hi, p, ANY);
        if let (false, Some(e)) = (sum.is_zero(), sum.exponent()) {
            sum.set_exponent(e - 1);
        }
        sum
    }
}

impl Context {
    pub fn new(p: usize) -> Context {
        Context { p, constants: Consts::new().expect("memory for constants"), bernoulli: vec![] }
    }

    pub fn add(&self, a: &Interval, b: &Interval) -> Option<Interval> {
        Interval::checked(a.lo.add(&b.lo, self.p, DOWN), a.hi.add(&b.hi, self.p, UP))
    }

    pub fn sub(&self, a: &Interval, b: &Interval) -> Option<Interval> {
        self.add(a, &b.neg())
    }

    pub fn mul(&self, a: &Interval, b: &Interval) -> Option<Interval> {
        if a.nonnegative() && b.nonnegative() {
            return Interval::checked(a.lo.mul(&b.lo, self.p, DOWN), a.hi.mul(&b.hi, self.p, UP));
        }
        let corners = [(&a.lo, &b.lo), (&a.lo, &b.hi), (&a.hi, &b.lo), (&a.hi, &b.hi)];
        let lo = corners.map(|(x, y)| x.mul(y, self.p, DOWN));
        let hi = corners.map(|(x, y)| x.mul(y, self.p, UP));
        if lo.iter().chain(&hi).any(BigFloat::is_nan) {
            return None;
        }
        Interval::checked(lo.into_iter().reduce(smaller)?, hi.into_iter().reduce(larger)?)
    }

    /// The quotient, unless the divisor may be zero.
    pub fn div(&self, a: &Interval, b: &Interval) -> Option<Interval> {
        if b.sign()? == 0 {
            return None;
        }
        let one = BigFloat::from_f64(1.0, 64);
        if a.is_point() && b.is_point() {
            return Interval::checked(a.lo.div(&b.lo, self.p, DOWN), a.hi.div(&b.hi, self.p, UP));
        }
        let inverse = Interval::checked(one.div(&b.hi, self.p, DOWN), one.div(&b.lo, self.p, UP))?;
        self.mul(a, &inverse)
    }

    /// An increasing function of the ends, widened by more than its error.
    pub fn increasing(
        &mut self,
        x: &Interval,
        mut f: impl FnMut(&BigFloat, usize, &mut Consts) -> BigFloat,
    ) -> Option<Interval> {
        let lo = f(&x.lo, self.p, &mut self.constants);
        let hi = if x.is_point() { lo.clone() } else { f(&x.hi, self.p, &mut self.constants) };
        Interval::checked(self.widen(lo, false), self.widen(hi, true))
    }

    /// The number moved outwards by a few units of its last place.
    fn widen(&self, x: BigFloat, up: bool) -> BigFloat {
        let Some(e) = x.exponent().filter(|_| !x.is_zero()) else { return x };
        let unit = power_of_two(e.saturating_sub(self.p as i32 - SLACK));
        let rm = if up { UP } else { DOWN };
        if up { x.add(&unit, self.p, rm) } else { x.sub(&unit, self.p, rm) }
    }

    /// An interval widened by `2^exponent` on both sides.
    pub fn grown(&self, x: &Interval, exponent: i32) -> Option<Interval> {
        let unit = power_of_two(exponent);
        Interval::checked(x.lo.sub(&unit, self.p, DOWN), x.hi.add(&unit, self.p, UP))
    }

    pub fn exp(&mut self, x: &Interval) -> Option<Interval> {
        let limit = BigFloat::from_f64(EXP_LIMIT, 64);
        let (low, high) = (less(&x.lo, &limit.neg()), less(&limit, &x.hi));
        let inside = Interval {
            lo: smaller(larger(x.lo.clone(), limit.neg()), limit.clone()),
            hi: smaller(larger(x.hi.clone(), limit.neg()), limit),
        };
        let mut y = self.increasing(&inside, |x, p, c| x.exp(p, ANY, c))?;
        if low {
            y.lo = BigFloat::from_f64(0.0, 64);
        }
        if high {
            y.hi = astro_float_num::INF_POS;
        }
        Some(y)
    }

    pub fn log(&mut self, x: &Interval) -> Option<Interval> {
        if x.hi.is_negative() || x.hi.is_zero() {
            return None;
        }
        let zero = !x.lo.is_positive() || x.lo.is_zero();
        let from = Interval { lo: if zero { x.hi.clone() } else { x.lo.clone() }, hi: x.hi.clone() };
        let mut y = self.increasing(&from, |x, p, c| x.ln(p, ANY, c))?;
        if zero {
            y.lo = astro_float_num::INF_NEG;
        }
        Some(y)
    }

    /// The root; what lies below zero is taken for the width of an enclosure of zero.
    pub fn sqrt(&mut self, x: &Interval) -> Option<Interval> {
        if x.hi.is_negative() && !x.hi.is_zero() {
            return None;
        }
        let lo = larger(x.lo.clone(), BigFloat::from_f64(0.0, 64));
        Interval::checked(lo.sqrt(self.p, DOWN), x.hi.sqrt(self.p, UP))
    }

    /// sin or cos, whose slope is at most one.
    pub fn circular(&mut self, x: &Interval, sine: bool) -> Option<Interval> {
        if x.lo.is_inf() || x.hi.is_inf() {
            return None;
        }
        let p = self.p;
        // Far out the argument is reduced by a multiple of π with as many bits more.
        let extra = x.lo.exponent().unwrap_or(0).clamp(0, 2000) as usize;
        let of = |x: &BigFloat, c: &mut Consts| {
            if sine { x.sin(p + extra, ANY, c) } else { x.cos(p + extra, ANY, c) }
        };
        let y = Interval::point(of(&x.lo, &mut self.constants));
        let y = Interval::checked(self.widen(y.lo, false), self.widen(y.hi, true))?;
        let width = x.hi.sub(&x.lo, 64, UP);
        match width.exponent().filter(|_| !width.is_zero()) {
            Some(e) => self.grown(&y, e),
            None => Some(y),
        }
    }

    pub fn pi(&mut self) -> Option<Interval> {
        let pi = self.constants.pi(self.p, ANY);
        Interval::checked(self.widen(pi.clone(), false), self.widen(pi, true))
    }

    /// a to the power of a whole number.
    pub fn power_int(&self, a: &Interval, n: u32) -> Option<Interval> {
        let even = n.is_multiple_of(2);
        let base = if even { a.abs() } else { a.clone() };
        let mut y = Interval::exact(1.0);
        for bit in (0..u32::BITS - n.leading_zeros()).rev() {
            y = self.mul(&y, &y)?;
            if n >> bit & 1 == 1 {
                y = self.mul(&y, &base)?;
            }
        }
        Some(y)
    }
}
