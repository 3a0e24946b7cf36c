//! Gradient descent with momentum: v ← α v − ε g, x ← x + v.

use super::{downhill, unsearched};
use crate::error::Result;
use crate::optim::method::{Method, Outcome, Settings, StepSize, Stepper};
use crate::optim::problem::{Point, Problem};

/// The record.
pub(in crate::optim) static METHOD: Method = Method {
    name: "momentum",
    summary: "Gradient descent whose steps keep a part of the one before (Goodfellow, Bengio and Courville, section 8.3.2).",
    needs: "gradients",
    bounds: true,
    tolerance: 1e-8,
    begin: |p, _, s| Ok(Box::new(Momentum { settings: *s, v: vec![0.0; p.n], k: 0 })),
};

struct Momentum {
    settings: Settings,
    v: Vec<f64>,
    k: usize,
}

impl Stepper for Momentum {
    fn step(&mut self, p: &Problem, at: &Point) -> Result<Outcome> {
        let rate = self.settings.step.unwrap_or(StepSize::Fixed(0.01)).rate(self.k).unwrap_or(0.01);
        self.k += 1;
        let d = downhill(p, at);
        self.v.iter_mut().zip(&d).for_each(|(v, d)| *v = self.settings.momentum * *v + rate * d);
        unsearched(p, at, &self.v)
    }
}
