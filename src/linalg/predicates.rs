//! What kind of matrix it is, to within a tolerance relative to its largest entry; each answer is a formula of bool.

use super::default_tolerance;
use crate::{DType, Tensor};

/// True where every entry of a difference is small beside the largest entry of the matrix.
fn small(difference: &Tensor, a: &Tensor, tolerance: Option<f64>) -> Tensor {
    let size = a.abs().max([-2, -1]);
    difference.abs().max([-2, -1]).less_equal(size * tolerance.unwrap_or_else(|| default_tolerance(a)))
}

/// True of a square matrix with A = Aᵀ. Source: section 2.6.
///
/// The tolerance is relative to the largest entry; without one it is n units of rounding. A matrix that is not square is
/// an error.
///
/// ```
/// use gradus::{Tensor, linalg};
/// let a = Tensor::from([[1.0, 2.0], [2.0, 1.0]]);
/// assert!(linalg::is_symmetric(&a, None).eval()?.to_vec::<bool>()?[0]);
/// # Ok::<(), gradus::Error>(())
/// ```
#[track_caller]
pub fn is_symmetric(a: &Tensor, tolerance: Option<f64>) -> Tensor {
    small(&(a - a.mt()), a, tolerance)
}

/// True of a matrix that is 0 off its diagonal.
#[track_caller]
pub fn is_diagonal(a: &Tensor, tolerance: Option<f64>) -> Tensor {
    small(&(a.tril(-1) + a.triu(1)), a, tolerance)
}

/// True of a matrix that is 0 above its diagonal (`lower`), or below it.
#[track_caller]
pub fn is_triangular(a: &Tensor, lower: bool, tolerance: Option<f64>) -> Tensor {
    let other = if lower { a.triu(1) } else { a.tril(-1) };
    small(&other, a, tolerance)
}

/// True of a square matrix with Aᵀ A = I, so that A⁻¹ = Aᵀ. Source: section 2.6.
///
/// ```
/// use gradus::{Tensor, linalg};
/// let a = Tensor::from([[0.6, -0.8], [0.8, 0.6]]);
/// assert!(linalg::is_orthogonal(&a, None).eval()?.to_vec::<bool>()?[0]);
/// # Ok::<(), gradus::Error>(())
/// ```
#[track_caller]
pub fn is_orthogonal(a: &Tensor, tolerance: Option<f64>) -> Tensor {
    let n = a.dims().last().copied().unwrap_or(0);
    let eye = Tensor::eye(n, n, 0, a.dtype().map_or(DType::F64, DType::to_float));
    // A square product of n terms gathers n roundings.
    let tolerance = tolerance.unwrap_or_else(|| 4.0 * default_tolerance(a));
    small(&(a.mt().matmul(a) - &eye), &eye, Some(tolerance))
}

/// True of a symmetric matrix with xᵀ A x > 0 for every x that is not 0: all eigenvalues are above the tolerance.
///
/// Source: section 2.7.
///
/// ```
/// use gradus::{Tensor, linalg};
/// let a = Tensor::from([[2.0, 1.0], [1.0, 2.0]]);
/// assert!(linalg::is_positive_definite(&a, None).eval()?.to_vec::<bool>()?[0]);
/// # Ok::<(), gradus::Error>(())
/// ```
#[track_caller]
pub fn is_positive_definite(a: &Tensor, tolerance: Option<f64>) -> Tensor {
    let (w, cut) = eigenvalues(a, tolerance);
    w.min(-1).greater(cut)
}

/// True of a symmetric matrix with xᵀ A x ≥ 0 for every x: no eigenvalue is below minus the tolerance.
#[track_caller]
pub fn is_positive_semidefinite(a: &Tensor, tolerance: Option<f64>) -> Tensor {
    let (w, cut) = eigenvalues(a, tolerance);
    w.min(-1).greater_equal(-cut)
}

/// Eigenvalues of a symmetric matrix, and what counts as 0 beside the largest.
fn eigenvalues(a: &Tensor, tolerance: Option<f64>) -> (Tensor, Tensor) {
    let w = a.eigh().0;
    let cut = w.abs().max(-1) * tolerance.unwrap_or_else(|| default_tolerance(a));
    (w, cut)
}
