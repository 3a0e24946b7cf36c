//! L-BFGS: the inverse Hessian as the last few steps, never as a matrix.

use std::collections::VecDeque;

use super::{downhill, first_step, masked, outcome};
use crate::error::Result;
use crate::optim::line_search::{Found, strong_wolfe};
use crate::optim::method::{Method, Outcome, Stepper};
use crate::optim::problem::{Point, Problem, dot};

/// The record.
pub(in crate::optim) static METHOD: Method = Method {
    name: "lbfgs",
    summary: "BFGS from the last few steps, for many variables (Nocedal and Wright, algorithm 7.5).",
    needs: "gradients",
    bounds: true,
    tolerance: 1e-8,
    begin: |_, _, s| Ok(Box::new(Lbfgs { memory: s.memory.max(1), pairs: VecDeque::new() })),
};

/// A step, the change of the gradient along it, and 1 / yᵀs.
struct Pair {
    s: Vec<f64>,
    y: Vec<f64>,
    rho: f64,
}

struct Lbfgs {
    memory: usize,
    pairs: VecDeque<Pair>,
}

impl Stepper for Lbfgs {
    fn step(&mut self, p: &Problem, at: &Point) -> Result<Outcome> {
        let (free, steepest) = (p.free(at), downhill(p, at));
        let mut tried = false;
        loop {
            let fresh = self.pairs.is_empty();
            let (d, first) = match fresh {
                true => (steepest.clone(), first_step(at, &steepest)),
                false => (masked(self.inverse_times(steepest.clone(), &free), &free), 1.0),
            };
            let slope = dot(&at.gradient, &d);
            let found = if slope < 0.0 { strong_wolfe(p, at, &d, first, 0.9)? } else { Found::Nothing };
            match found {
                Found::At(new, t) => {
                    self.learn(at, &new);
                    return Ok(outcome(Found::At(new, t), slope));
                }
                _ if !fresh && !tried => {
                    self.pairs.clear();
                    tried = true;
                }
                other => return Ok(outcome(other, slope)),
            }
        }
    }
}

impl Lbfgs {
    /// The two loops: H v from the pairs, over the variables that are free.
    fn inverse_times(&self, mut v: Vec<f64>, free: &[bool]) -> Vec<f64> {
        let held = free.iter().any(|f| !f);
        let part = |w: &[f64]| if held { masked(w.to_vec(), free) } else { w.to_vec() };
        let mut factors = vec![];
        for pair in self.pairs.iter().rev() {
            let a = pair.rho * dot(&pair.s, &v);
            v.iter_mut().zip(part(&pair.y)).for_each(|(v, y)| *v -= a * y);
            factors.push(a);
        }
        if let Some(last) = self.pairs.back() {
            let scale = 1.0 / (last.rho * dot(&last.y, &last.y));
            v.iter_mut().for_each(|v| *v *= scale);
        }
        for (pair, a) in self.pairs.iter().zip(factors.into_iter().rev()) {
            let b = pair.rho * dot(&pair.y, &v);
            v.iter_mut().zip(part(&pair.s)).for_each(|(v, s)| *v += (a - b) * s);
        }
        v
    }

    fn learn(&mut self, old: &Point, new: &Point) {
        let s: Vec<f64> = new.x.iter().zip(&old.x).map(|(a, b)| a - b).collect();
        let y: Vec<f64> = new.gradient.iter().zip(&old.gradient).map(|(a, b)| a - b).collect();
        let sy = dot(&s, &y);
        if !(sy > f64::EPSILON * (dot(&s, &s) * dot(&y, &y)).sqrt()) {
            return;
        }
        if self.pairs.len() == self.memory {
            self.pairs.pop_front();
        }
        self.pairs.push_back(Pair { s, y, rho: 1.0 / sy });
    }
}
