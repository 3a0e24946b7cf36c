//! An interval that holds a lowest value, for methods in one variable.

use crate::error::{Error, ErrorKind, Result};
use crate::optim::problem::{Point, Problem};

/// By how much a step of the search is wider than the last.
const GOLDEN: f64 = 1.618_033_988_749_895;
/// How often it is widened.
const TRIES: usize = 200;

/// An error unless there is one variable.
pub(super) fn one_variable(p: &Problem, name: &str) -> Result<()> {
    if p.n == 1 {
        return Ok(());
    }
    let m = format!("{name} minimises in one variable, and there are {}", p.n);
    Err(Error::new(ErrorKind::Argument, m))
}

/// The value at x; what is no number is as bad as can be.
pub(super) fn value(p: &Problem, x: f64) -> Result<f64> {
    let v = p.value(&[x])?;
    Ok(if v.is_nan() { f64::INFINITY } else { v })
}

/// What a search for an interval found.
pub(super) enum Bracket {
    /// The value falls from both ends inwards, or these are the bounds.
    Between(f64, f64),
    /// The value falls as far as numbers go.
    Falls(f64),
}

/// The bounds where there are two, else steps downhill, ever wider, until the value rises.
pub(super) fn bracket(p: &Problem, at: &Point) -> Result<Bracket> {
    let x = at.x[0];
    let (lo, hi) = p.bounds.as_ref().map_or((f64::NEG_INFINITY, f64::INFINITY), |b| (b.lo[0], b.hi[0]));
    if lo.is_finite() && hi.is_finite() {
        return Ok(Bracket::Between(lo, hi));
    }
    let down = if at.gradient[0] > 0.0 { -1.0 } else { 1.0 };
    let mut step = 0.1 * down * x.abs().max(1.0);
    let (mut last, mut here, mut best) = (x - step, x, at.value);
    for _ in 0..TRIES {
        let next = (here + step).clamp(lo, hi);
        let v = value(p, next)?;
        if v >= best || next == here {
            return Ok(Bracket::Between(last.min(next), last.max(next)));
        }
        (last, here, best) = (here, next, v);
        step *= GOLDEN;
    }
    Ok(Bracket::Falls(here))
}
