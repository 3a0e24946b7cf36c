//! Adam: steps measured by running means of gradients and of their squares.

use super::unsearched;
use crate::error::Result;
use crate::optim::method::{Method, Outcome, Settings, StepSize, Stepper};
use crate::optim::problem::{Point, Problem};

/// What keeps a quotient by a vanishing gradient finite.
const SMALL: f64 = 1e-8;

/// The record.
pub(in crate::optim) static METHOD: Method = Method {
    name: "adam",
    summary: "Adaptive moments, each variable with a step of its own (Kingma and Ba 2015; the book's algorithm 8.7).",
    needs: "gradients",
    bounds: true,
    tolerance: 1e-8,
    begin: |p, _, s| Ok(Box::new(Adam { settings: *s, mean: vec![0.0; p.n], square: vec![0.0; p.n], k: 0 })),
};

struct Adam {
    settings: Settings,
    mean: Vec<f64>,
    square: Vec<f64>,
    k: usize,
}

impl Stepper for Adam {
    fn step(&mut self, p: &Problem, at: &Point) -> Result<Outcome> {
        let rate = self.settings.step.unwrap_or(StepSize::Fixed(0.001)).rate(self.k).unwrap_or(0.001);
        self.k += 1;
        let (b1, b2) = (self.settings.momentum, self.settings.second);
        let (c1, c2) = (1.0 - b1.powf(self.k as f64), 1.0 - b2.powf(self.k as f64));
        let mut step = vec![0.0; p.n];
        for (i, g) in at.gradient.iter().enumerate() {
            self.mean[i] = b1 * self.mean[i] + (1.0 - b1) * g;
            self.square[i] = b2 * self.square[i] + (1.0 - b2) * g * g;
            step[i] = -rate * (self.mean[i] / c1) / ((self.square[i] / c2).sqrt() + SMALL);
        }
        unsearched(p, at, &step)
    }
}
