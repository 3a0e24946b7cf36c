//! `check_grad`: a gradient beside differences of the formula.

use super::{Plan, grad};
use crate::array::{Array, DType};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::Tensor;

/// Steps that are tried for every element, each half of the one before.
const STEPS: usize = 9;

/// A gradient, differences of the formula, and how far the differences can be trusted.
#[derive(Clone, Debug)]
pub struct GradCheck {
    /// The gradient by the rules of differentiation.
    pub gradient: Array,
    /// The slopes by differences.
    pub differences: Array,
    /// Estimates of the error of the differences: estimates, not bounds.
    pub uncertainty: Array,
    /// True where the differences cannot tell: ten times their uncertainty is more than a thousandth of the slope.
    pub undecided: Array,
    /// True if gradient and differences agree everywhere to ten times the uncertainty.
    pub agrees: bool,
}

/// Compares the gradient of a scalar formula in a leaf of f64 with differences of its values.
///
/// The differences are central ones in f64, extrapolated to step 0 (Ridders' method): where the formula is smooth they
/// are right to about ten digits, near a kink or a pole they are not, and their uncertainty says so. Where a value is flat
/// to its last digit, as sigmoid at 40, or a slope is 0, no difference in f64 sees the slope: that is `undecided`, and to
/// agree there means only that nothing contradicts. Every element of the leaf takes 18 evaluations.
/// Errors: a formula that is not a scalar, a leaf without data or of another dtype.
///
/// ```
/// use gradus::{Tensor, check_grad};
/// let x = Tensor::from([0.5, 40.0]);
/// let check = check_grad(&x.sigmoid().sum(()), &x)?;
/// assert!(check.agrees);
/// assert_eq!(check.undecided.to_vec::<bool>()?, [false, true]);
/// # Ok::<(), gradus::Error>(())
/// ```
pub fn check_grad(y: &Tensor, x: &Tensor) -> Result<GradCheck> {
    let Some(data) = x.data().filter(|a| a.dtype() == DType::F64) else {
        return Err(Error::new(ErrorKind::Argument, "check_grad needs a leaf with data of f64").at(x.origin()));
    };
    let gradient = grad(y, x).eval()?;
    let plan = Plan::new(&[y], &[x])?;
    let start = data.to_f64();
    let value = |i: usize, v: f64| {
        let mut moved = start.clone();
        moved[i] = v;
        let y = plan.run(&[&Array::from_vec(moved, data.shape())?])?;
        y.first().map_or(Ok(f64::NAN), Array::item)
    };
    let mut slopes = Vec::with_capacity(start.len());
    for (i, &x) in start.iter().enumerate() {
        slopes.push(slope(x, |v| value(i, v))?);
    }
    let near = |(&g, &(d, e)): (&f64, &(f64, f64))| (g - d).abs() <= 10.0 * e + 4.0 * f64::EPSILON * g.abs();
    let agrees = gradient.to_f64().iter().zip(&slopes).all(near);
    // A NaN or an uncertainty without end decides nothing.
    let decided =
        |(&g, &(d, e)): (&f64, &(f64, f64))| 10.0 * e <= 1e-3 * g.abs().max(d.abs()) && (g != 0.0 || d != 0.0);
    let undecided: Vec<bool> = gradient.to_f64().iter().zip(&slopes).map(|p| !decided(p)).collect();
    let (differences, uncertainty): (Vec<f64>, Vec<f64>) = slopes.into_iter().unzip();
    let shaped = |v| Array::from_vec(v, data.shape());
    Ok(GradCheck {
        gradient,
        differences: shaped(differences)?,
        uncertainty: shaped(uncertainty)?,
        undecided: Array::from_vec(undecided, data.shape())?,
        agrees,
    })
}

/// The slope of f at x and an estimate of its error: from the table of extrapolated differences the entry that differs
/// least from its neighbours.
fn slope(x: f64, f: impl Fn(f64) -> Result<f64>) -> Result<(f64, f64)> {
    let mut step = 0.1 * x.abs().max(1e-3);
    let mut row: Vec<f64> = vec![];
    let (mut best, mut error) = (f64::NAN, f64::INFINITY);
    for _ in 0..STEPS {
        let (hi, lo) = (x + step, x - step);
        let (up, down) = (f(hi)?, f(lo)?);
        let mut next = vec![(up - down) / (hi - lo)];
        // What rounding of the two values can do to their difference.
        let noise = f64::EPSILON * (up.abs() + down.abs()) / (hi - lo);
        let mut factor = 4.0;
        for (k, &coarse) in row.iter().enumerate() {
            let fine = next[k];
            let value = (factor * fine - coarse) / (factor - 1.0);
            let spread = (value - fine).abs().max((value - coarse).abs()) + noise;
            if spread < error {
                (best, error) = (value, spread);
            }
            next.push(value);
            factor *= 4.0;
        }
        row = next;
        step /= 2.0;
    }
    Ok((best, error))
}
