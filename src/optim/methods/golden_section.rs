//! Golden section: an interval is cut so that one of its two inner places serves again.

use super::interval::{Bracket, bracket, one_variable, value};
use crate::error::Result;
use crate::optim::method::{Method, Move, Outcome, Stepper};
use crate::optim::problem::{Point, Problem};

/// The part of the interval that stays, (√5 − 1)/2.
const STAYS: f64 = 0.618_033_988_749_894_8;

/// The record.
pub(in crate::optim) static METHOD: Method = Method {
    name: "golden-section",
    summary: "Narrows an interval in one variable by the golden ratio (Kiefer 1953).",
    needs: "values in one variable",
    bounds: true,
    tolerance: 0.0,
    begin: |p, _, _| one_variable(p, "golden-section").map(|()| Box::new(Golden { inside: None }) as Box<dyn Stepper>),
};

/// The ends, and the two places inside with their values.
struct Inside {
    a: f64,
    b: f64,
    left: (f64, f64),
    right: (f64, f64),
}

struct Golden {
    inside: Option<Inside>,
}

impl Stepper for Golden {
    fn step(&mut self, p: &Problem, at: &Point) -> Result<Outcome> {
        let Some(i) = &mut self.inside else {
            let (a, b) = match bracket(p, at)? {
                Bracket::Between(a, b) => (a, b),
                Bracket::Falls(x) => return Ok(Outcome::To(Move { point: p.point(vec![x])?, predicted: f64::NAN })),
            };
            let (l, r) = (b - STAYS * (b - a), a + STAYS * (b - a));
            self.inside = Some(Inside { a, b, left: (l, value(p, l)?), right: (r, value(p, r)?) });
            return self.step(p, at);
        };
        let inner = if i.left.1 <= i.right.1 { i.left } else { i.right };
        if i.b - i.a <= 2.0 * p.eps().sqrt() * inner.0.abs().max(1e-10) {
            // A minimum at an end of the interval is never reached by places inside.
            let ends = [(i.a, value(p, i.a)?), (i.b, value(p, i.b)?)];
            let end = ends.into_iter().find(|e| e.1 < at.value);
            return match end {
                Some(e) if e.0 != at.x[0] => Ok(Outcome::To(Move { point: p.point(vec![e.0])?, predicted: f64::NAN })),
                _ => Ok(Outcome::Settled),
            };
        }
        if i.left.1 <= i.right.1 {
            (i.b, i.right) = (i.right.0, i.left);
            let x = i.b - STAYS * (i.b - i.a);
            i.left = (x, value(p, x)?);
        } else {
            (i.a, i.left) = (i.left.0, i.right);
            let x = i.a + STAYS * (i.b - i.a);
            i.right = (x, value(p, x)?);
        }
        let best = if i.left.1 <= i.right.1 { i.left } else { i.right };
        if best.1 == f64::INFINITY {
            return Ok(Outcome::Broken(vec![best.0]));
        }
        Ok(Outcome::To(Move { point: p.point(vec![best.0])?, predicted: f64::NAN }))
    }
}
