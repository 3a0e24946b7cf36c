//! A small descent for fits with a few parameters: BFGS with exact gradients and a line search that halves its steps.

use crate::array::matrix::{Matrix, dot};
use crate::error::{Error, ErrorKind, Result};
use crate::{Array, Plan, Tensor, grad};

/// How many steps are taken at most.
const STEPS: usize = 500;

/// Where a descent ended.
pub struct End {
    /// The place.
    pub x: Vec<f64>,
    /// The value there.
    pub value: f64,
    /// The norm of the gradient there.
    pub slope: f64,
}

/// Descends a formula of one vector from a place, by a plan of the value and its gradient.
pub struct Descent(Plan);

impl Descent {
    /// Makes `loss` ready to descend in the leaf `x`.
    pub fn new(loss: &Tensor, x: &Tensor) -> Result<Descent> {
        Plan::new(&[loss, &grad(loss, x)], &[x]).map(Descent)
    }

    /// Value and gradient at a place; infinity where there is none.
    fn at(&self, x: &[f64]) -> Result<(f64, Vec<f64>)> {
        match self.0.run(&[&Array::from(x.to_vec())]) {
            Ok(out) => {
                let (value, g) = (out[0].item()?, out[1].to_f64());
                let fine = value.is_finite() && g.iter().all(|v| v.is_finite());
                Ok((if fine { value } else { f64::INFINITY }, g))
            }
            // A step beyond what the parameters may be is a step too far.
            Err(e) if e.is_domain() => Ok((f64::INFINITY, vec![0.0; x.len()])),
            Err(e) => Err(e),
        }
    }

    /// The local minimum that the descent from `x` ends in.
    pub fn from(&self, mut x: Vec<f64>) -> Result<End> {
        let n = x.len();
        let (mut value, mut g) = self.at(&x)?;
        if !value.is_finite() {
            return Err(Error::new(ErrorKind::Domain, "the descent starts where there is no finite value"));
        }
        let mut h = Matrix::identity(n);
        for step in 0..STEPS {
            let mut p: Vec<f64> = h.times(&g).iter().map(|v| -v).collect();
            if dot(&p, &g) >= 0.0 {
                (h, p) = (Matrix::identity(n), g.iter().map(|v| -v).collect());
            }
            let along = dot(&p, &g);
            // The first step is no longer than 1.
            let mut t = if step == 0 { 1.0 / dot(&p, &p).sqrt().max(1.0) } else { 1.0 };
            let next = loop {
                let there: Vec<f64> = x.iter().zip(&p).map(|(x, p)| x + t * p).collect();
                let (v, slope) = self.at(&there)?;
                if v <= value + 1e-4 * t * along {
                    break Some((there, v, slope));
                }
                t *= 0.5;
                if t < 1e-14 {
                    break None;
                }
            };
            let Some((there, v, slope)) = next else { break };
            let s: Vec<f64> = there.iter().zip(&x).map(|(a, b)| a - b).collect();
            let y: Vec<f64> = slope.iter().zip(&g).map(|(a, b)| a - b).collect();
            let done = value - v <= 1e-15 * v.abs().max(1e-3) && dot(&slope, &slope).sqrt() < 1e-9;
            (x, value, g) = (there, v, slope);
            if done || dot(&g, &g) == 0.0 {
                break;
            }
            update(&mut h, &s, &y, step == 0);
        }
        Ok(End { x, value, slope: dot(&g, &g).sqrt() })
    }
}

/// Takes a step s that changed the gradient by y into the inverse Hessian.
fn update(h: &mut Matrix, s: &[f64], y: &[f64], first: bool) {
    let (sy, yy) = (dot(s, y), dot(y, y));
    if sy <= 1e-14 * (dot(s, s) * yy).sqrt() {
        return;
    }
    if first {
        h.data.iter_mut().for_each(|v| *v *= sy / yy);
    }
    h.secant_update(s, y);
}
