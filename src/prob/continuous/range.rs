//! Ranges of a variable, and the change of variables under which functions fall off doubly exponentially at both ends.

use crate::error::{Error, ErrorKind, Result};

/// All numbers between two, which may be infinite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Range {
    lo: f64,
    hi: f64,
    /// The t at which an infinite end is left.
    far: f64,
}

/// sinh t at which exp(π sinh t) reaches 1e300: as near a finite end as f64 comes.
const NEAR: f64 = 6.08;
/// The values of t at which a range without end may be left: at 1e100, 1e30 and 1e12.
pub(super) const FAR: [f64; 3] = [5.68, 4.477, 3.562];
/// The same for exp(π/2 sinh t) near the finite end.
const NEAR_HALF: f64 = 6.77;

impl Range {
    pub(super) fn new(lo: f64, hi: f64) -> Result<Range> {
        if lo.is_nan() || hi.is_nan() || lo >= hi {
            return Err(Error::new(ErrorKind::Argument, format!("there are no numbers from {lo} to {hi}")));
        }
        Ok(Range { lo, hi, far: FAR[0] })
    }

    pub(super) fn ends_at(&self) -> (f64, f64) {
        (self.lo, self.hi)
    }

    pub(super) fn contains(&self, x: f64) -> bool {
        self.lo <= x && x <= self.hi
    }

    /// The values of t that stand for the range.
    pub(super) fn span(&self) -> (f64, f64) {
        match (self.lo.is_finite(), self.hi.is_finite()) {
            (true, true) => (-NEAR, NEAR),
            (true, false) => (-NEAR_HALF, self.far),
            (false, true) => (-self.far, NEAR_HALF),
            (false, false) => (-self.far, self.far),
        }
    }

    /// The number x that t stands for, and dx/dt.
    pub(super) fn point(&self, t: f64) -> (f64, f64) {
        let (sinh, cosh) = (t.sinh(), t.cosh());
        let pi = std::f64::consts::PI;
        match (self.lo.is_finite(), self.hi.is_finite()) {
            (true, true) => {
                let width = self.hi - self.lo;
                // The distance from the nearer end, as a share: never rounded away.
                let e = (-pi * sinh.abs()).exp();
                let share = e / (1.0 + e);
                let x = if t < 0.0 { self.lo + width * share } else { self.hi - width * share };
                (self.inside(x), width * share / (1.0 + e) * pi * cosh)
            }
            (true, false) => {
                let e = (0.5 * pi * sinh).exp();
                (self.inside(self.lo + e), e * 0.5 * pi * cosh)
            }
            (false, true) => {
                let e = (-0.5 * pi * sinh).exp();
                (self.inside(self.hi - e), e * 0.5 * pi * cosh)
            }
            (false, false) => {
                let u = 0.5 * pi * sinh;
                (u.sinh(), u.cosh() * 0.5 * pi * cosh)
            }
        }
    }

    /// x, or the number next to an end instead of the end itself, where a density may be infinite.
    fn inside(&self, x: f64) -> f64 {
        x.clamp(self.lo.next_up(), self.hi.next_down())
    }

    /// The same range, left at another t.
    pub(super) fn left_at(self, far: f64) -> Range {
        Range { far, ..self }
    }

    pub(super) fn is_infinite(&self) -> bool {
        !(self.lo.is_finite() && self.hi.is_finite())
    }

    /// The number that a share of the range stands for, and its slope: evenly, or with slowly falling tails.
    pub(super) fn spread(&self, u: f64) -> (f64, f64) {
        // Shares lie inside of (0, 1).
        let u = u.clamp(1e-17, 1.0 - 1e-16);
        match (self.lo.is_finite(), self.hi.is_finite()) {
            (true, true) => (self.lo + (self.hi - self.lo) * u, self.hi - self.lo),
            (true, false) => (self.lo + u / (1.0 - u), (1.0 - u).powi(-2)),
            (false, true) => (self.hi - u / (1.0 - u), (1.0 - u).powi(-2)),
            (false, false) => {
                let x = (std::f64::consts::PI * (u - 0.5)).tan();
                (x, std::f64::consts::PI * (1.0 + x * x))
            }
        }
    }

    /// The last numbers before the ends, and what to multiply a function there by, for what may lie beyond: the gap
    /// to a finite end, ten times the number before an infinite one (the tail of a power down to −1.1).
    pub(super) fn ends(&self) -> [(f64, f64); 2] {
        let (a, b) = self.span();
        let lower = match self.lo.is_finite() {
            true => (self.lo.next_up(), 2.0 * (self.lo.next_up() - self.lo)),
            false => (self.point(a).0, 10.0 * self.point(a).0.abs()),
        };
        let upper = match self.hi.is_finite() {
            true => (self.hi.next_down(), 2.0 * (self.hi - self.hi.next_down())),
            false => (self.point(b).0, 10.0 * self.point(b).0.abs()),
        };
        [lower, upper]
    }
}
