//! Elementary functions of wide numbers: reduction of the argument, then a series.

use super::{Scaled, Wide};
use crate::array::math::quarter_turns;

/// Beyond this power of two an exponent is infinite.
const HUGE: i64 = 55;

/// Above the exponentials of such exponents, and below the reciprocals of those.
pub(super) const TINY: Scaled = Scaled { m: 1.0, e: -(1 << HUGE) };

/// What the functions here are right to, relative to their value.
const OWN: f64 = 1e-43;

/// Below this power of two of their argument, series of few terms are right to more than [`OWN`].
const TINY_ARGUMENT: i64 = -60;

/// A constant as the sum of three f64.
fn constant(parts: [f64; 3]) -> Wide {
    Wide::sum(parts.map(Wide::from)).rounded_by(1e-48)
}

fn ln2() -> Wide {
    constant([0.693_147_180_559_945_3, 2.319_046_813_846_299_6e-17, 5.707_708_438_416_212e-34])
}

fn pi() -> Wide {
    constant([3.141_592_653_589_793, 1.224_646_799_147_353_2e-16, -2.994_769_809_718_339_7e-33])
}

/// The sum of a series whose terms become small against it.
fn series(first: Wide, mut next: impl FnMut(usize, Wide) -> Wide, value: impl Fn(usize, Wide) -> Wide) -> Wide {
    let (mut term, mut sum) = (first, Wide::ZERO);
    for n in 0..400 {
        let part = value(n, term);
        sum = sum + part;
        if part.is_zero() || part.size().less(sum.size().times(Scaled::from(1e-50))) && n > 0 {
            break;
        }
        term = next(n, term);
    }
    sum
}

impl Wide {
    /// The centre without its doubt.
    fn centre(self) -> Wide {
        Wide { error: Scaled::ZERO, ..self }
    }

    /// A function's value at the centre, with the doubt of the argument times the slope.
    fn with_doubt(self, argument: &Wide, slope: Scaled) -> Wide {
        let value = self.rounded_by(OWN);
        if argument.error.m == 0.0 { value } else { value.widened(argument.error.times(slope)) }
    }

    /// e to the power x.
    pub fn exp(self) -> Wide {
        let lead = self.lead();
        if !lead.m.is_finite() || lead.m == 0.0 || lead.e > HUGE {
            let grows = lead.m > 0.0;
            let value = match lead.m {
                m if m.is_nan() => Wide::NAN,
                0.0 => Wide::from(1.0),
                _ => {
                    // Of a finite exponent the power is finite and not zero: these stand for it, in doubt.
                    let doubt = if lead.m.is_finite() { TINY } else { Scaled::ZERO };
                    let limit = if grows { Wide::from(f64::INFINITY) } else { Wide::ZERO };
                    limit.widened(doubt)
                }
            };
            return if lead.m == 0.0 && self.error.m != 0.0 {
                value.widened(self.error.times(Scaled::from(2.0)))
            } else {
                value
            };
        }
        if !self.error.less(Scaled::from(0.5)) {
            return Wide::unknown();
        }
        let x = self.centre();
        if lead.e < TINY_ARGUMENT {
            let square = x * x;
            let y = Wide::from(1.0) + x + square.shifted(-1) + square * x / Wide::from(6.0);
            return y.widened(x.to_fourth()).widened(self.error.times(Scaled::from(2.0)));
        }
        let k = (x.to_f64() / std::f64::consts::LN_2).round();
        let r = if k == 0.0 { x } else { x - Wide::from(k) * ln2() };
        let y = small_exp(r.shifted(-6), 6).shifted(k as i64);
        y.with_doubt(&self, y.size().times(Scaled::from(2.0)))
    }

    /// The natural logarithm.
    pub fn log(self) -> Wide {
        let lead = self.lead();
        if !(lead.m > 0.0) || lead.m.is_infinite() {
            return match lead.m {
                m if m <= 0.0 && self.error.m != 0.0 && !self.error.less(self.size()) => Wide::unknown(),
                0.0 => Wide::from(f64::NEG_INFINITY),
                m if m < 0.0 => Wide::NAN,
                m => Wide::from(m),
            };
        }
        if !self.error.less(lead.times(Scaled::from(0.5))) {
            return Wide::unknown();
        }
        let e = if lead.m > 1.4 { lead.e + 1 } else { lead.e };
        let m = self.centre().shifted(-e);
        let d = m - Wide::from(1.0);
        let part = if d.is_zero() {
            Wide::ZERO
        } else if d.lead().e < -6 {
            log1p(d)
        } else {
            let y = Wide::from(m.to_f64().ln());
            let z = y.exp();
            y + log1p((m - z) / z)
        };
        let whole = if e == 0 { part } else { Wide::from(e) * ln2() + part };
        whole.with_doubt(&self, Scaled::from(2.0).over(lead))
    }

    /// x to the power y; of a negative x for whole y only.
    pub fn pow(self, y: Wide) -> Wide {
        let n = y.to_f64();
        let whole = y.is_finite() && y.error.m == 0.0 && n.fract() == 0.0 && Wide::from(n) == y.centre();
        if whole && n.abs() <= 64.0 {
            return if n < 0.0 { Wide::from(1.0) / self.power(-n as u32) } else { self.power(n as u32) };
        }
        if !self.is_finite() || !y.is_finite() {
            return Wide::from(self.clamped().powf(y.clamped()));
        }
        if self.is_zero() {
            return Wide::from(0.0f64.powf(y.sign()));
        }
        if self.is_negative() {
            if !whole {
                return Wide::NAN;
            }
            let size = (y * (-self).log()).exp();
            return if n.rem_euclid(2.0) == 1.0 { -size } else { size };
        }
        (y * self.log()).exp()
    }

    /// An f64 with the same place among −∞, −1, 0, 1, ∞, for limits.
    fn clamped(self) -> f64 {
        let one = Wide::from(1.0);
        match self.abs().compare(&one) {
            None => f64::NAN,
            _ if self.is_infinite() => self.lead().m,
            Some(std::cmp::Ordering::Less) => 0.5 * self.sign(),
            Some(std::cmp::Ordering::Equal) => self.sign(),
            Some(std::cmp::Ordering::Greater) => 2.0 * self.sign(),
        }
    }

    fn power(self, mut n: u32) -> Wide {
        let (mut base, mut out) = (self, Wide::from(1.0));
        while n > 0 {
            if n & 1 == 1 {
                out = out * base;
            }
            n >>= 1;
            if n > 0 {
                base = base * base;
            }
        }
        out
    }

    /// Its fourth power, rounded.
    fn to_fourth(self) -> Scaled {
        let square = self.size().times(self.size());
        square.times(square)
    }

    /// How many quarter turns an angle below 2^1024 is, modulo 4 if they are many, and the angle that is left.
    fn quarter_turns(self) -> (f64, Wide) {
        if self.lead().rank() <= 50 {
            let k = (self.to_f64() / std::f64::consts::FRAC_PI_2).round();
            return (k, if k == 0.0 { self } else { self - Wide::from(k) * pi().shifted(-1) });
        }
        let (mut turns, mut part) = (0.0, Wide::ZERO);
        for t in self.terms {
            if t.rank() < 30 {
                part = part + Wide::exact(t) / pi().shifted(-1);
                continue;
            }
            let (whole, words) = quarter_turns(t.to_f64());
            let halves = words.iter().flat_map(|w| [w >> 32, w & 0xffff_ffff]);
            let term = |(i, h): (usize, u64)| Wide::from(h as f64).shifted(-32 * (i as i64 + 1));
            let fraction = Wide::sum(halves.enumerate().map(term)).widened(Scaled::from(2f64.powi(-195)));
            turns += (whole as f64).copysign(t.m);
            part = part + if t.m < 0.0 { -fraction } else { fraction };
        }
        let near = part.to_f64().round();
        (turns + near, (part - Wide::from(near)) * pi().shifted(-1))
    }

    /// Sine and cosine.
    fn circle(self) -> (Wide, Wide) {
        if !self.is_finite() {
            return (Wide::NAN, Wide::NAN);
        }
        if !self.error.less(Scaled::from(0.5)) || self.lead().rank() > 1023 {
            return (Wide::unknown(), Wide::unknown());
        }
        let x = self.centre();
        let (k, r) = x.quarter_turns();
        let square = -(r * r);
        let over = |n: usize, k: usize| Wide::from(((2 * n + k) * (2 * n + k + 1)) as f64);
        let sine = series(r, |n, t| t * square / over(n, 2), |_, t| t);
        let cosine = series(Wide::from(1.0), |n, t| t * square / over(n, 1), |_, t| t);
        if k == 0.0 && x.lead().rank() < TINY_ARGUMENT {
            let last = r.to_fourth();
            let small = |v: Wide| v.widened(v.size().times(last)).widened(self.error);
            return (small(sine), small(cosine));
        }
        let (s, c) = match k.rem_euclid(4.0) as i64 {
            0 => (sine, cosine),
            1 => (cosine, -sine),
            2 => (-sine, -cosine),
            _ => (-cosine, sine),
        };
        (s.with_doubt(&self, Scaled::from(1.0)), c.with_doubt(&self, Scaled::from(1.0)))
    }

    /// The sine.
    pub fn sin(self) -> Wide {
        self.circle().0
    }

    /// The cosine.
    pub fn cos(self) -> Wide {
        self.circle().1
    }

    /// The arctangent.
    pub fn atan(self) -> Wide {
        if self.is_nan() {
            return Wide::NAN;
        }
        if self.is_infinite() || self.lead().rank() > 60 {
            let half = pi().shifted(-1);
            let rest = if self.is_infinite() { Wide::ZERO } else { Wide::from(1.0) / self.abs() };
            let value = (half - rest).rounded_by(1e-50);
            return if self.is_negative() { -value } else { value };
        }
        let x = self.centre();
        let y = Wide::from(x.to_f64().atan());
        let (s, c) = y.circle();
        // tan(x − y), which is tiny, by the theorem of addition.
        let d = (x * c - s) / (c + x * s);
        let cube = d * d * d;
        (y + d - cube / Wide::from(3.0)).with_doubt(&self, Scaled::from(1.0))
    }

    /// The arcsine.
    pub fn asin(self) -> Wide {
        let one = Wide::from(1.0);
        match self.abs().compare(&one) {
            Some(std::cmp::Ordering::Less) => (self / ((one - self) * (one + self)).sqrt()).atan(),
            Some(std::cmp::Ordering::Equal) => pi().shifted(-1) * self,
            _ => Wide::NAN,
        }
    }

    /// The arccosine.
    pub fn acos(self) -> Wide {
        let one = Wide::from(1.0);
        // Twice the angle whose tangent is that of the half: nothing cancels near 1.
        match self.abs().compare(&one) {
            Some(std::cmp::Ordering::Less) => ((one - self) / (one + self)).sqrt().atan().shifted(1),
            Some(std::cmp::Ordering::Equal) => {
                if self.is_negative() {
                    pi()
                } else {
                    Wide::ZERO
                }
            }
            _ => Wide::NAN,
        }
    }

    /// The error function.
    pub fn erf(self) -> Wide {
        if !self.is_finite() {
            return Wide::from(if self.is_nan() { f64::NAN } else { self.sign() });
        }
        let x = self.abs().centre();
        let value = if x.lead().rank() >= 3 {
            Wide::from(1.0) - far_erfc(x)
        } else {
            let square = x * x;
            let sum = series(x, |n, t| t * square / Wide::from(n as f64 + 1.5), |_, t| t);
            sum * (-square).exp() * Wide::from(2.0) / pi().sqrt()
        };
        let value = value.with_doubt(&self, Scaled::from(1.2));
        if self.is_negative() { -value } else { value }
    }
}

/// exp(x · 2ⁿ) for a small x.
fn small_exp(x: Wide, doublings: usize) -> Wide {
    let mut y = series(Wide::from(1.0), |n, t| t * x / Wide::from(n as f64 + 1.0), |_, t| t);
    for _ in 0..doublings {
        y = y * y;
    }
    y
}

/// log(1 + d) for a small d.
fn log1p(d: Wide) -> Wide {
    let z = d / (Wide::from(2.0) + d);
    let square = z * z;
    series(z + z, |_, t| t * square, |n, t| t / Wide::from((2 * n + 1) as f64))
}

/// 1 − erf(x) for x from 8 on, by its continued fraction.
fn far_erfc(x: Wide) -> Wide {
    let mut f = x;
    for n in (1..=80).rev() {
        f = x + Wide::from(f64::from(n) / 2.0) / f;
    }
    (-(x * x)).exp() / (f * pi().sqrt())
}
