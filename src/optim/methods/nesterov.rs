//! Nesterov's momentum: the gradient is taken where the momentum alone would lead.

use super::unsearched;
use crate::error::Result;
use crate::optim::method::{Method, Outcome, Settings, StepSize, Stepper};
use crate::optim::problem::{Point, Problem, moved};

/// The record.
pub(in crate::optim) static METHOD: Method = Method {
    name: "nesterov",
    summary: "Momentum with the gradient taken ahead, at x + alpha v (Goodfellow, Bengio and Courville, section 8.3.3).",
    needs: "gradients",
    bounds: true,
    tolerance: 1e-8,
    begin: |p, _, s| Ok(Box::new(Nesterov { settings: *s, v: vec![0.0; p.n], k: 0 })),
};

struct Nesterov {
    settings: Settings,
    v: Vec<f64>,
    k: usize,
}

impl Stepper for Nesterov {
    fn step(&mut self, p: &Problem, at: &Point) -> Result<Outcome> {
        let rate = self.settings.step.unwrap_or(StepSize::Fixed(0.01)).rate(self.k).unwrap_or(0.01);
        let keep = self.settings.momentum;
        self.k += 1;
        let mut ahead = moved(&at.x, keep, &self.v);
        p.project(&mut ahead);
        let ahead = p.point(ahead)?;
        // Where there is no number ahead, the gradient is taken here.
        let g = if ahead.is_finite() { &ahead.gradient } else { &at.gradient };
        self.v.iter_mut().zip(g).for_each(|(v, g)| *v = keep * *v - rate * g);
        unsearched(p, at, &self.v)
    }
}
