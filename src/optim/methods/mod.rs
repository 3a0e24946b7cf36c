//! The methods, one file and one record each.

pub(super) mod adam;
pub(super) mod bfgs;
pub(super) mod brent;
pub(super) mod conjugate_gradient;
pub(super) mod golden_section;
pub(super) mod gradient_descent;
mod interval;
pub(super) mod lbfgs;
pub(super) mod levenberg_marquardt;
pub(super) mod momentum;
pub(super) mod nesterov;
pub(super) mod newton;
pub(super) mod newton_cg;

use super::line_search::Found;
use super::method::{Move, Outcome};
use super::problem::{Point, Problem};

/// −g, without variables that are held at a bound.
fn downhill(p: &Problem, at: &Point) -> Vec<f64> {
    let mut d = vec![];
    downhill_into(p, at, &mut d);
    d
}

/// The same in a vector that is there.
fn downhill_into(p: &Problem, at: &Point, d: &mut Vec<f64>) {
    d.clear();
    d.extend(at.gradient.iter().enumerate().map(|(i, g)| if p.is_free(at, i) { -g } else { 0.0 }));
}

/// The same without what is held.
fn masked(mut v: Vec<f64>, free: &[bool]) -> Vec<f64> {
    v.iter_mut().zip(free).filter(|(_, f)| !**f).for_each(|(v, _)| *v = 0.0);
    v
}

/// The first trial step along a direction of which nothing is known: as long as 1, or the place itself if that is longer.
fn first_step(at: &Point, d: &[f64]) -> f64 {
    let size = super::problem::norm(d);
    (super::problem::norm(&at.x).max(1.0) / size).min(1.0)
}

/// What a search says as the outcome of a step; `slope` is what the direction promised per unit.
fn outcome(found: Found, slope: f64) -> Outcome {
    match found {
        Found::At(point, t) => Outcome::To(Move { point, predicted: -t * slope }),
        Found::Nothing => Outcome::Settled,
        Found::Broken(x) => Outcome::Broken(x),
    }
}

/// A step of a method without a search: to the place itself, or half as far as often as it takes for numbers to come out.
fn unsearched(p: &Problem, at: &Point, step: &[f64]) -> crate::Result<Outcome> {
    let mut t = 1.0f64;
    let mut broken = vec![];
    for _ in 0..60 {
        let mut x = p.room();
        x.extend(at.x.iter().zip(step).map(|(x, d)| t.mul_add(*d, *x)));
        p.project(&mut x);
        let point = p.point(x)?;
        if point.is_finite() {
            let predicted = -t * super::problem::dot(&at.gradient, step);
            return Ok(Outcome::To(Move { point, predicted }));
        }
        // A value of −∞ is an answer, not an accident.
        if point.value == f64::NEG_INFINITY {
            return Ok(Outcome::To(Move { point, predicted: f64::NAN }));
        }
        broken = point.x;
        t *= 0.5;
    }
    Ok(Outcome::Broken(broken))
}
