//! `taylor_step`: one step of gradient descent through the second-order Taylor expansion, and who slows it down.

use std::fmt;

use super::problem::{Problem, dot, moved};
use crate::array::matrix::eigh;
use crate::error::Result;
use crate::numerics::check::short;
use crate::{Array, Tensor};

/// What one eigenvector of the Hessian has to do with a step along the gradient.
#[derive(Clone, Debug)]
pub struct Share {
    /// Its eigenvalue λ.
    pub eigenvalue: f64,
    /// The part of gᵀg along it, (qᵀg)² / gᵀg.
    pub slope: f64,
    /// The part of gᵀHg along it, λ (qᵀg)² / gᵀHg: who bends the ground, and so shortens the step.
    pub curvature: f64,
}

/// A step x − ε g beside f(x) − ε gᵀg + ½ ε² gᵀHg. Source: Goodfellow, Bengio and Courville, equation 4.9.
#[derive(Clone, Debug)]
pub struct TaylorStep {
    /// f(x).
    pub value: f64,
    /// gᵀg.
    pub slope: f64,
    /// gᵀHg.
    pub curvature: f64,
    /// The best step, ε* = gᵀg / gᵀHg, where gᵀHg > 0.
    pub best: Option<f64>,
    /// The step that the terms below are for: the one given, else the best one, else 0.
    pub epsilon: f64,
    /// −ε gᵀg.
    pub slope_term: f64,
    /// ½ ε² gᵀHg.
    pub curvature_term: f64,
    /// What the expansion says that f(x − ε g) is.
    pub predicted: f64,
    /// What it is.
    pub achieved: f64,
    /// x − ε g.
    pub next: Array,
    /// Why there is no best step, or nothing to gain from one.
    pub because: Option<String>,
    /// Every eigenvector's part, by ascending eigenvalue.
    pub shares: Vec<Share>,
}

/// One step of gradient descent from x, the data of a leaf: by ε, or by the best ε* of the expansion.
///
/// Errors: an f that is not one number or does not depend on x.
///
/// ```
/// use gradus::{Tensor, optim::taylor_step};
/// let x = Tensor::from([1.0, 1.0]);
/// let f = 0.5 * (x.square() * Tensor::from([1.0, 9.0])).sum(());
/// let step = taylor_step(&f, &x, None)?;
/// assert_eq!((step.slope, step.curvature), (82.0, 730.0));
/// assert_eq!(step.best, Some(82.0 / 730.0));
/// assert!((step.predicted - step.achieved).abs() < 1e-14);       // f is its own expansion
/// assert_eq!(step.shares[1].curvature, 729.0 / 730.0);           // the steep direction shortens the step
/// # Ok::<(), gradus::Error>(())
/// ```
pub fn taylor_step(f: &Tensor, x: &Tensor, epsilon: Option<f64>) -> Result<TaylorStep> {
    let p = Problem::new(f, &[x])?;
    let at = p.point(p.start())?;
    let h = p.hessian(&at.x)?;
    let g = &at.gradient;
    let (slope, curvature) = (dot(g, g), dot(g, &h.times(g)));
    let best = (curvature > 0.0).then(|| slope / curvature);
    let epsilon = epsilon.or(best).unwrap_or(0.0);
    let (slope_term, curvature_term) = (-epsilon * slope, 0.5 * epsilon * epsilon * curvature);
    let next = moved(&at.x, -epsilon, g);
    let shares = match h.data.iter().all(|v| v.is_finite()) {
        true => {
            let d = eigh(&h)?;
            let along = |j: usize| (0..p.n).map(|i| d.q.at(i, j) * g[i]).sum::<f64>().powi(2);
            let share = |(j, &w): (usize, &f64)| {
                let part = along(j);
                Share { eigenvalue: w, slope: part / slope, curvature: w * part / curvature }
            };
            d.w.iter().enumerate().map(share).collect()
        }
        false => vec![],
    };
    let because = match () {
        _ if !at.is_finite() || !curvature.is_finite() => Some("value or derivatives are no numbers here".to_string()),
        _ if slope == 0.0 => Some("the gradient is 0: this is a critical point".to_string()),
        _ if curvature < 0.0 => Some(format!(
            "gᵀHg = {} < 0: the ground bends down along the gradient, and the expansion falls for ever",
            short(curvature)
        )),
        _ if curvature == 0.0 => {
            Some("gᵀHg = 0: the ground is straight along the gradient, and the expansion falls for ever".into())
        }
        _ => None,
    };
    Ok(TaylorStep {
        value: at.value,
        slope,
        curvature,
        best,
        epsilon,
        slope_term,
        curvature_term,
        predicted: at.value + slope_term + curvature_term,
        achieved: p.value(&next)?,
        next: p.unpack(&next)?.pop().unwrap_or_else(|| Array::scalar(f64::NAN)),
        because,
        shares,
    })
}

impl fmt::Display for TaylorStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let best = self.best.map_or("none".into(), |b| format!("{b:?}"));
        writeln!(f, "{:<16} {:?}", "value", self.value)?;
        writeln!(f, "{:<16} {best}", "best step")?;
        if let Some(why) = &self.because {
            writeln!(f, "{:<16} {why}", "because")?;
        }
        writeln!(f, "{:<16} {:?}", "step", self.epsilon)?;
        writeln!(f, "{:<16} {:?}", "slope term", self.slope_term)?;
        writeln!(f, "{:<16} {:?}", "curvature term", self.curvature_term)?;
        writeln!(f, "{:<16} {:?}", "predicted", self.predicted)?;
        write!(f, "{:<16} {:?}", "achieved", self.achieved)?;
        for s in &self.shares {
            let (w, slope, bend) = (short(s.eigenvalue), 100.0 * s.slope, 100.0 * s.curvature);
            write!(f, "\neigenvalue {w:<12} {slope:5.1} % of the slope, {bend:5.1} % of the curvature")?;
        }
        Ok(())
    }
}
