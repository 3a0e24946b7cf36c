//! Brent's method: parabolas through three places, golden sections where they lead nowhere.

use super::interval::{Bracket, bracket, one_variable, value};
use crate::error::Result;
use crate::optim::method::{Method, Move, Outcome, Stepper};
use crate::optim::problem::{Point, Problem};

/// The part of an interval that a golden section goes into, (3 − √5)/2.
const CUT: f64 = 0.381_966_011_250_105_2;

/// The record.
pub(in crate::optim) static METHOD: Method = Method {
    name: "brent",
    summary: "Parabolas and golden sections in one variable (Brent 1973, chapter 5).",
    needs: "values in one variable",
    bounds: true,
    tolerance: 0.0,
    begin: |p, _, _| one_variable(p, "brent").map(|()| Box::new(Brent { inside: None }) as Box<dyn Stepper>),
};

/// The ends; the best, second and third place with their values; the last step and the one before.
struct Inside {
    a: f64,
    b: f64,
    x: (f64, f64),
    w: (f64, f64),
    v: (f64, f64),
    last: f64,
    before: f64,
}

struct Brent {
    inside: Option<Inside>,
}

impl Stepper for Brent {
    fn step(&mut self, p: &Problem, at: &Point) -> Result<Outcome> {
        let Some(i) = &mut self.inside else {
            let (a, b) = match bracket(p, at)? {
                Bracket::Between(a, b) => (a, b),
                Bracket::Falls(x) => return Ok(Outcome::To(Move { point: p.point(vec![x])?, predicted: f64::NAN })),
            };
            let x = a + CUT * (b - a);
            let first = (x, value(p, x)?);
            self.inside = Some(Inside { a, b, x: first, w: first, v: first, last: 0.0, before: 0.0 });
            return self.step(p, at);
        };
        let middle = 0.5 * (i.a + i.b);
        let least = p.eps().sqrt() * i.x.0.abs() + 1e-12;
        if (i.x.0 - middle).abs() <= 2.0 * least - 0.5 * (i.b - i.a) {
            return ends(p, at, i);
        }
        let step = i.next(middle, least);
        (i.before, i.last) = (i.last, step);
        let u = i.x.0 + if step.abs() >= least { step } else { least.copysign(step) };
        let new = (u, value(p, u)?);
        i.learn(new);
        if i.x.1 == f64::INFINITY {
            return Ok(Outcome::Broken(vec![i.x.0]));
        }
        Ok(Outcome::To(Move { point: p.point(vec![i.x.0])?, predicted: f64::NAN }))
    }
}

/// At the end: a minimum at an end of the interval is never reached by places inside.
fn ends(p: &Problem, at: &Point, i: &Inside) -> Result<Outcome> {
    for x in [i.a, i.b] {
        if x != at.x[0] && value(p, x)? < at.value {
            return Ok(Outcome::To(Move { point: p.point(vec![x])?, predicted: f64::NAN }));
        }
    }
    Ok(Outcome::Settled)
}

impl Inside {
    /// The step to the lowest place of the parabola, or a golden section where that is not to be trusted.
    fn next(&mut self, middle: f64, least: f64) -> f64 {
        let section = |i: &mut Inside| {
            let whole = if i.x.0 >= middle { i.a - i.x.0 } else { i.b - i.x.0 };
            // The golden section restarts the count of steps.
            i.last = whole;
            CUT * whole
        };
        if self.before.abs() <= least {
            return section(self);
        }
        let (x, w, v) = (self.x, self.w, self.v);
        let r = (x.0 - w.0) * (x.1 - v.1);
        let q = (x.0 - v.0) * (x.1 - w.1);
        let top = (x.0 - v.0) * q - (x.0 - w.0) * r;
        let bottom = 2.0 * (q - r);
        let step = -top / bottom;
        let u = x.0 + step;
        let inside = step.is_finite() && u > self.a && u < self.b && step.abs() < 0.5 * self.before.abs();
        match inside {
            // No place is looked at that lies too near to an end.
            true if u - self.a < 2.0 * least || self.b - u < 2.0 * least => least.copysign(middle - x.0),
            true => step,
            false => section(self),
        }
    }

    fn learn(&mut self, u: (f64, f64)) {
        if u.1 <= self.x.1 {
            if u.0 >= self.x.0 {
                self.a = self.x.0
            } else {
                self.b = self.x.0
            }
            (self.v, self.w, self.x) = (self.w, self.x, u);
            return;
        }
        if u.0 < self.x.0 {
            self.a = u.0
        } else {
            self.b = u.0
        }
        if u.1 <= self.w.1 || self.w.0 == self.x.0 {
            (self.v, self.w) = (self.w, u);
        } else if u.1 <= self.v.1 || self.v.0 == self.x.0 || self.v.0 == self.w.0 {
            self.v = u;
        }
    }
}
