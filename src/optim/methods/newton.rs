//! Newton's method: the exact Hessian, made positive definite by a multiple of the identity, and a line search.

use super::{downhill, outcome};
use crate::array::matrix::Matrix;
use crate::array::matrix::cholesky;
use crate::error::{Error, ErrorKind, Result};
use crate::optim::line_search::strong_wolfe;
use crate::optim::method::{Method, Outcome, Stepper};
use crate::optim::problem::{Point, Problem, dot};

/// The most variables for which the Hessian is factored at every step.
const MOST: usize = 3000;

/// The record.
pub(in crate::optim) static METHOD: Method = Method {
    name: "newton",
    summary: "Newton's method with a Cholesky factor of H + tau I (Nocedal and Wright, algorithms 3.2 and 3.3).",
    needs: "Hessians",
    bounds: true,
    tolerance: 1e-11,
    begin: |p, _, _| match p.n {
        n if n > MOST => {
            let m = format!(
                "newton factors the matrix of all second derivatives, and {n} variables are too many; newton-cg does without"
            );
            Err(Error::new(ErrorKind::Argument, m))
        }
        _ => Ok(Box::new(Newton)),
    },
};

struct Newton;

impl Stepper for Newton {
    fn step(&mut self, p: &Problem, at: &Point) -> Result<Outcome> {
        let (free, steepest) = (p.free(at), downhill(p, at));
        let mut h = p.hessian(&at.x)?;
        if !h.data.iter().all(|v| v.is_finite()) {
            return Ok(Outcome::Broken(at.x.clone()));
        }
        // A variable that is held has a row of its own.
        for i in (0..p.n).filter(|&i| !free[i]) {
            for j in 0..p.n {
                let v = f64::from(i == j);
                (h.data[i * p.n + j], h.data[j * p.n + i]) = (v, v);
            }
        }
        let d = solve(h, &steepest);
        let slope = dot(&at.gradient, &d);
        Ok(outcome(strong_wolfe(p, at, &d, 1.0, 0.9)?, slope))
    }
}

/// The x with (H + τ I) x = b, for the first τ of 0, β/2, β, 2β, … at which the matrix is positive definite.
fn solve(mut h: Matrix, b: &[f64]) -> Vec<f64> {
    let n = h.rows;
    let size = h.frobenius();
    let least = (0..n).map(|i| h.at(i, i)).fold(f64::INFINITY, f64::min);
    let beta = 1e-3 * if size > 0.0 { size } else { 1.0 };
    let (mut tau, mut added) = (if least > 0.0 { 0.0 } else { beta - least }, 0.0);
    loop {
        (0..n).for_each(|i| h.data[i * n + i] += tau - added);
        added = tau;
        if let Ok(l) = cholesky(&h.data, n) {
            return substituted(&l, n, b);
        }
        tau = (2.0 * tau).max(beta);
        if !tau.is_finite() {
            return b.to_vec();
        }
    }
}

/// The x with L Lᵀ x = b.
fn substituted(l: &[f64], n: usize, b: &[f64]) -> Vec<f64> {
    let mut x = b.to_vec();
    for i in 0..n {
        let sum: f64 = (0..i).map(|j| l[i * n + j] * x[j]).sum();
        x[i] = (x[i] - sum) / l[i * n + i];
    }
    for i in (0..n).rev() {
        let sum: f64 = (i + 1..n).map(|j| l[j * n + i] * x[j]).sum();
        x[i] = (x[i] - sum) / l[i * n + i];
    }
    x
}
