//! BFGS: an inverse Hessian gathered from the gradients of the steps.

use super::{downhill, first_step, masked, outcome};
use crate::array::matrix::Matrix;
use crate::error::{Error, ErrorKind, Result};
use crate::optim::line_search::{Found, strong_wolfe};
use crate::optim::method::{Method, Outcome, Stepper};
use crate::optim::problem::{Point, Problem, dot};

/// The most variables for which the matrix is kept.
const MOST: usize = 3000;

/// The record.
pub(in crate::optim) static METHOD: Method = Method {
    name: "bfgs",
    summary: "Newton's method with an inverse Hessian gathered from gradients (Nocedal and Wright, algorithm 6.1).",
    needs: "gradients",
    bounds: true,
    tolerance: 1e-9,
    begin: |p, _, _| match p.n {
        n if n > MOST => {
            let m = format!("bfgs keeps a matrix of all pairs of variables, and {n} are too many; lbfgs does without");
            Err(Error::new(ErrorKind::Argument, m))
        }
        _ => Ok(Box::new(Bfgs { inverse: None, scaled: false })),
    },
};

struct Bfgs {
    inverse: Option<Matrix>,
    scaled: bool,
}

impl Stepper for Bfgs {
    fn step(&mut self, p: &Problem, at: &Point) -> Result<Outcome> {
        let (free, steepest) = (p.free(at), downhill(p, at));
        let mut tried = false;
        loop {
            let (d, first) = match &self.inverse {
                Some(h) => (masked(h.times(&steepest), &free), 1.0),
                None => (steepest.clone(), first_step(at, &steepest)),
            };
            let slope = dot(&at.gradient, &d);
            let found = if slope < 0.0 { strong_wolfe(p, at, &d, first, 0.9)? } else { Found::Nothing };
            match found {
                Found::At(new, t) => {
                    self.learn(at, &new);
                    return Ok(outcome(Found::At(new, t), slope));
                }
                // What was gathered may be worn out; the steepest direction is tried once.
                _ if self.inverse.is_some() && !tried => (self.inverse, self.scaled, tried) = (None, false, true),
                other => return Ok(outcome(other, slope)),
            }
        }
    }
}

impl Bfgs {
    /// Takes a step into the inverse Hessian.
    fn learn(&mut self, old: &Point, new: &Point) {
        let n = old.x.len();
        let s: Vec<f64> = new.x.iter().zip(&old.x).map(|(a, b)| a - b).collect();
        let y: Vec<f64> = new.gradient.iter().zip(&old.gradient).map(|(a, b)| a - b).collect();
        let (sy, yy) = (dot(&s, &y), dot(&y, &y));
        if !(sy > f64::EPSILON * (dot(&s, &s) * yy).sqrt()) {
            return;
        }
        let h = self.inverse.get_or_insert_with(|| Matrix::identity(n));
        if !self.scaled {
            // The first matrix has the size of the curvature that was seen.
            h.data.iter_mut().for_each(|v| *v *= sy / yy);
            self.scaled = true;
        }
        h.secant_update(&s, &y);
    }
}
