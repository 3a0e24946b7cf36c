//! Continuous variables with a density that is any formula: expectations, conditioning and Bayes' rule by quadrature in up
//! to three dimensions, by Monte Carlo beyond, with the error of every answer.
//!
//! ```
//! use gradus::prob::Density;
//! let d = Density::new(&[(0.0, 1.0)], |x| 6.0 * &x[0] * (1.0 - &x[0]))?;
//! let mean = d.expectation(|x| x[0].clone())?;
//! assert!((mean.value - 0.5).abs() <= mean.error && mean.error < 1e-14);
//! assert!(Density::new(&[(0.0, 1.0)], |x| 2.0 + &x[0]).is_err());          // integrates to 2.5
//! # Ok::<(), gradus::Error>(())
//! ```

mod density;
mod expectation;
mod function;
mod quadrature;
mod range;

pub use density::{Density, Updated};
pub use expectation::{covariance, expectation};
pub use quadrature::Integral;

use crate::Tensor;
use crate::error::Result;
use function::Formula;
use range::Range;

/// The integral of a formula over a box, whose ends may be infinite: in up to three dimensions by quadrature.
///
/// The function gets one number for every range. A change of variables makes it fall off at the ends, where it may grow
/// without bound as long as the integral is finite; boxes are halved where the error is. The error is an estimate of its
/// bound, by Monte Carlo (in four dimensions and more) the standard error.
///
/// ```
/// let bell = gradus::prob::integrate(&[(f64::NEG_INFINITY, f64::INFINITY)], |x| (-x[0].square()).exp())?;
/// assert!((bell.value - std::f64::consts::PI.sqrt()).abs() <= bell.error && bell.error < 1e-14);
/// # Ok::<(), gradus::Error>(())
/// ```
pub fn integrate(ranges: &[(f64, f64)], f: impl FnOnce(&[Tensor]) -> Tensor) -> Result<Integral> {
    let ranges = ranges.iter().map(|&(a, b)| Range::new(a, b)).collect::<Result<Vec<_>>>()?;
    let formula = Formula::new(ranges.len(), f)?;
    quadrature::integrate(&mut |points| formula.values(points), &ranges).map(|found| found.integral)
}
