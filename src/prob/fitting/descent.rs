//! A small descent for fits with a few parameters: BFGS with exact gradients and a line search that halves its steps.

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

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
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
        let identity = |scale: f64| (0..n * n).map(|k| if k / n == k % n { scale } else { 0.0 }).collect::<Vec<f64>>();
        let mut h = identity(1.0);
        for step in 0..STEPS {
            let mut p: Vec<f64> = (0..n).map(|i| -dot(&h[i * n..(i + 1) * n], &g)).collect();
            if dot(&p, &g) >= 0.0 {
                (h, p) = (identity(1.0), g.iter().map(|v| -v).collect());
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

/// The inverse Hessian after a step s that changed the gradient by y.
fn update(h: &mut [f64], s: &[f64], y: &[f64], first: bool) {
    let n = s.len();
    let sy = dot(s, y);
    if sy <= 1e-14 * (dot(s, s) * dot(y, y)).sqrt() {
        return;
    }
    if first {
        let scale = sy / dot(y, y);
        h.iter_mut().for_each(|v| *v *= scale);
    }
    let hy: Vec<f64> = (0..n).map(|i| dot(&h[i * n..(i + 1) * n], y)).collect();
    let factor = (1.0 + dot(y, &hy) / sy) / sy;
    for i in 0..n {
        for j in 0..n {
            h[i * n + j] += factor * s[i] * s[j] - (hy[i] * s[j] + s[i] * hy[j]) / sy;
        }
    }
}
