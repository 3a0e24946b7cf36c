//! Gradient descent, x ← x − ε g, with steps that are fixed, scheduled, of the Taylor expansion, or searched for.

use super::{downhill, downhill_into, first_step, outcome, unsearched};
use crate::error::Result;
use crate::optim::line_search::{armijo, strong_wolfe};
use crate::optim::method::{Method, Outcome, StepSize, Stepper};
use crate::optim::problem::{Point, Problem, dot};

/// The record.
pub(in crate::optim) static METHOD: Method = Method {
    name: "gradient-descent",
    summary: "Steps along the negative gradient (Goodfellow, Bengio and Courville, section 4.3).",
    needs: "gradients",
    bounds: true,
    tolerance: 1e-8,
    begin: |_, _, s| Ok(Box::new(Descent { size: s.step.unwrap_or(StepSize::Armijo), k: 0, last: None, d: vec![] })),
};

struct Descent {
    size: StepSize,
    k: usize,
    /// The last step that a search took.
    last: Option<f64>,
    /// The step, in the vector of the last one.
    d: Vec<f64>,
}

impl Stepper for Descent {
    fn step(&mut self, p: &Problem, at: &Point) -> Result<Outcome> {
        let known = self.size.rate(self.k);
        self.k += 1;
        if let Some(rate) = known {
            downhill_into(p, at, &mut self.d);
            self.d.iter_mut().for_each(|d| *d *= rate);
            return unsearched(p, at, &self.d);
        }
        let d = downhill(p, at);
        let slope = dot(&at.gradient, &d);
        if self.size == StepSize::Taylor {
            let curvature = dot(&d, &p.product(&at.x, &d)?);
            // Where the curve bends down, the expansion has no lowest place; a search finds the next one.
            if curvature > 0.0 {
                let rate = -slope / curvature;
                let step: Vec<f64> = d.iter().map(|d| rate * d).collect();
                return Ok(match unsearched(p, at, &step)? {
                    Outcome::To(m) => Outcome::To(crate::optim::method::Move { predicted: 0.5 * m.predicted, ..m }),
                    other => other,
                });
            }
        }
        let first = self.last.map_or_else(|| first_step(at, &d), |t| 2.0 * t);
        let found = match self.size {
            StepSize::StrongWolfe => strong_wolfe(p, at, &d, first, 0.9)?,
            _ => armijo(p, at, &d, first)?,
        };
        if let crate::optim::line_search::Found::At(_, t) = &found {
            self.last = Some(*t);
        }
        Ok(outcome(found, slope))
    }
}
