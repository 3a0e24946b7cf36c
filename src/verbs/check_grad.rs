//! `check_grad`: a gradient beside differences of the formula.

use super::{Plan, grad};
use crate::array::wide::Wide;
use crate::array::{Array, DType};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::Tensor;
use crate::numerics::check::Shadow;
use crate::numerics::substitute;

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
/// The differences are central ones, extrapolated to step 0 (Ridders' method): where the formula is smooth they are right
/// to about ten digits, near a kink or a pole they are not, and their uncertainty says so. They are taken in f64, and again
/// in wide numbers (48 digits) where f64 sees no slope, as of sigmoid at 40, or another one than the gradient. What wide
/// numbers cannot tell either is `undecided`: to agree there means only that nothing contradicts. Every element of the
/// leaf takes 18 evaluations, or twice as many.
/// Errors: a formula that is not a scalar, a leaf without data or of another dtype.
///
/// ```
/// use gradus::{Tensor, check_grad};
/// let x = Tensor::from([0.5, 40.0]);
/// let check = check_grad(&x.sigmoid().sum(()), &x)?;
/// assert!(check.agrees);
/// assert_eq!(check.undecided.to_vec::<bool>()?, [false, false]);
/// // At 40 the value is 1 to the last digit; its slope is 4e-18 all the same, and not 0.
/// assert!(!check_grad(&x.sigmoid().stop_gradient().sum(()), &x)?.agrees);
/// # Ok::<(), gradus::Error>(())
/// ```
pub fn check_grad(y: &Tensor, x: &Tensor) -> Result<GradCheck> {
    let Some(data) = x.data().filter(|a| a.dtype() == DType::F64) else {
        return Err(Error::new(ErrorKind::Argument, "check_grad needs a leaf with data of f64").at(x.origin()));
    };
    let gradient = grad(y, x).eval()?;
    let plan = Plan::new(&[y], &[x])?;
    let start = data.to_f64();
    let moved = |i: usize, v: f64| {
        let mut moved = start.clone();
        moved[i] = v;
        Array::from_vec(moved, data.shape())
    };
    let in_f64 = |i: usize, v: f64| plan.run(&[&moved(i, v)?])?.first().map_or(Ok(f64::NAN), Array::item);
    let in_wide = |i: usize, v: f64| {
        let y = substitute(y, &[(x.clone(), Tensor::from(moved(i, v)?))]);
        Ok(Shadow::of(&[&y]).of_tensor(&y).and_then(|v| v.exact.first().copied()).unwrap_or_else(Wide::unknown))
    };
    let (mut slopes, mut undecided, mut agrees) = (vec![], vec![], true);
    for (i, (&at, &g)) in start.iter().zip(&gradient.to_f64()).enumerate() {
        let near = |(d, e): (f64, f64)| (g - d).abs() <= 10.0 * e + 4.0 * f64::EPSILON * g.abs();
        let decided = |(d, e): (f64, f64)| 10.0 * e <= 1e-3 * g.abs().max(d.abs()) && (g != 0.0 || d != 0.0);
        let mut found = slope(at, |v| in_f64(i, v), rise_in_f64)?;
        let mut told = decided(found);
        if !told || !near(found) {
            let wide = slope(at, |v| in_wide(i, v), rise_in_wide)?;
            // A slope that is 0 to thirty digits is 0.
            if decided(wide) || (g == 0.0 && wide.0.abs() + wide.1 < 1e-30) {
                (found, told) = (wide, true);
            }
        }
        agrees &= near(found);
        slopes.push(found);
        undecided.push(!told);
    }
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

/// The difference of two values, and what rounding of both can do to it.
fn rise_in_f64(up: f64, down: f64) -> (f64, f64) {
    (up - down, f64::EPSILON * (up.abs() + down.abs()))
}

/// The same in wide numbers, which know their error.
fn rise_in_wide(up: Wide, down: Wide) -> (f64, f64) {
    let rise = up - down;
    (rise.to_f64(), rise.error().to_f64())
}

/// The slope of f at x and an estimate of its error: from the table of extrapolated differences the entry that differs
/// least from its neighbours.
fn slope<T>(x: f64, f: impl Fn(f64) -> Result<T>, rise: fn(T, T) -> (f64, f64)) -> Result<(f64, f64)> {
    let mut step = 0.1 * x.abs().max(1e-3);
    let mut row: Vec<f64> = vec![];
    let (mut best, mut error) = (f64::NAN, f64::INFINITY);
    for _ in 0..STEPS {
        let (hi, lo) = (x + step, x - step);
        let (rise, noise) = rise(f(hi)?, f(lo)?);
        let (mut next, noise) = (vec![rise / (hi - lo)], noise / (hi - lo));
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
