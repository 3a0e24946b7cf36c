//! Nonlinear conjugate gradients: d ← −g + β d with Polak's and Ribière's β, never below 0.

use super::{downhill, first_step, outcome};
use crate::error::Result;
use crate::optim::line_search::{Found, strong_wolfe};
use crate::optim::method::{Method, Outcome, Stepper};
use crate::optim::problem::{Point, Problem, dot};

/// The record.
pub(in crate::optim) static METHOD: Method = Method {
    name: "conjugate-gradient",
    summary: "Each direction is the gradient and a part of the last direction (Polak and Ribiere; Nocedal and Wright, section 5.2).",
    needs: "gradients",
    bounds: false,
    tolerance: 1e-8,
    begin: |_, _, _| Ok(Box::new(Conjugate { last: None })),
};

/// The last gradient, direction, step and slope.
struct Conjugate {
    last: Option<(Vec<f64>, Vec<f64>, f64, f64)>,
}

impl Stepper for Conjugate {
    fn step(&mut self, p: &Problem, at: &Point) -> Result<Outcome> {
        let steepest = downhill(p, at);
        let (mut d, mut first) = (steepest.clone(), first_step(at, &steepest));
        if let Some((g, old, t, slope)) = self.last.take() {
            let change: Vec<f64> = at.gradient.iter().zip(&g).map(|(a, b)| a - b).collect();
            let beta = (dot(&at.gradient, &change) / dot(&g, &g)).max(0.0);
            let next: Vec<f64> = steepest.iter().zip(&old).map(|(s, o)| s + beta * o).collect();
            let steep = dot(&at.gradient, &next);
            if steep < 0.0 && steep.is_finite() {
                (d, first) = (next, (2.0 * t * slope / steep).min(4.0 * t));
            }
        }
        let slope = dot(&at.gradient, &d);
        let mut found = strong_wolfe(p, at, &d, first, 0.1)?;
        // A direction that leads nowhere gives way to the steepest one.
        if !matches!(found, Found::At(..)) && d != steepest {
            d = steepest;
            found = strong_wolfe(p, at, &d, first_step(at, &d), 0.1)?;
        }
        if let Found::At(_, t) = &found {
            self.last = Some((at.gradient.clone(), d, *t, slope));
        }
        Ok(outcome(found, slope))
    }
}
