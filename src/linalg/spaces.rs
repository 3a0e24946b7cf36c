//! Rank, condition number, powers, and bases of the null space and the column space.

use super::default_tolerance;
use crate::error::{Error, ErrorKind, Result};
use crate::{Array, DType, Tensor, eval};

/// The number of singular values above `tolerance` times the largest: the dimension of the column space.
///
/// Without a tolerance it is max(m, n) units of rounding. Source: section 2.4.
///
/// ```
/// use gradus::{Tensor, linalg};
/// let a = Tensor::from([[1.0, 2.0], [2.0, 4.0]]);
/// assert_eq!(linalg::matrix_rank(&a, None).eval()?.item()?, 1.0);
/// # Ok::<(), gradus::Error>(())
/// ```
#[track_caller]
pub fn matrix_rank(a: &Tensor, tolerance: Option<f64>) -> Tensor {
    let s = a.svd(false).1;
    if s.dims().last() == Some(&0) {
        return s.greater(0.0).cast(DType::I64).sum(-1);
    }
    let cut = s.max(crate::ops::keep(-1)) * tolerance.unwrap_or_else(|| default_tolerance(a));
    s.greater(cut).cast(DType::I64).sum(-1)
}

/// The condition number in the 2-norm, `σ₁ / σₙ`, infinite for a singular matrix. Source: section 4.2.
///
/// ```
/// use gradus::{Tensor, linalg};
/// let a = Tensor::from([[4.0, 0.0], [0.0, 0.5]]);
/// assert_eq!(linalg::cond(&a).eval()?.item()?, 8.0);
/// # Ok::<(), gradus::Error>(())
/// ```
#[track_caller]
pub fn cond(a: &Tensor) -> Tensor {
    let s = a.svd(false).1;
    let (largest, smallest) = (s.max(-1), s.min(-1));
    // Of a matrix of zeros too, where the quotient would be 0/0.
    Tensor::select(&smallest.equal(0.0), &Tensor::from(f64::INFINITY), &(largest / smallest))
}

/// The condition number in another norm, `‖A‖ ‖A⁻¹‖`, of a square matrix; orders as in [`super::matrix_norm`].
#[track_caller]
pub fn cond_of_order(a: &Tensor, order: &str) -> Tensor {
    super::matrix_norm(a, order) * super::matrix_norm(&a.inv(), order)
}

/// `Aⁿ` for a square matrix by repeated squaring; a negative n takes the inverse first.
///
/// ```
/// use gradus::{Tensor, linalg};
/// let a = Tensor::from([[1.0, 1.0], [1.0, 0.0]]);
/// assert_eq!(linalg::matrix_power(&a, 10).eval()?.to_f64(), [89.0, 55.0, 55.0, 34.0]);
/// # Ok::<(), gradus::Error>(())
/// ```
#[track_caller]
pub fn matrix_power(a: &Tensor, n: i64) -> Tensor {
    let size = a.dims().last().copied().unwrap_or(0);
    let mut base = if n < 0 { a.inv() } else { a.clone() };
    let mut left = n.unsigned_abs();
    let mut power: Option<Tensor> = None;
    while left > 0 {
        if left & 1 == 1 {
            power = Some(power.map_or(base.clone(), |p| p.matmul(&base)));
        }
        left >>= 1;
        if left > 0 {
            base = base.matmul(&base);
        }
    }
    // The zeroth power is the identity, of the shape and for every matrix of a batch.
    power.unwrap_or_else(|| crate::ops::zeros_like(a) + Tensor::eye(size, size, 0, a.dtype().unwrap_or(DType::F64)))
}

/// Singular vectors and how many singular values count.
fn counted(a: &Tensor, tolerance: Option<f64>) -> Result<(Array, Array, usize)> {
    if a.shape()?.len() != 2 {
        let shape = crate::array::display_shape(a.dims());
        return Err(Error::new(ErrorKind::Shape, format!("a basis needs one matrix, not shape {shape}")));
    }
    let (u, s, vh) = a.svd(true);
    let found = eval(&[&u, &s, &vh])?;
    let [u, s, vh] = found.as_slice() else { return Err(Error::new(ErrorKind::Argument, "svd gave no factors")) };
    let s = s.to_f64();
    let cut = s.first().copied().unwrap_or(0.0) * tolerance.unwrap_or_else(|| default_tolerance(a));
    Ok((u.clone(), vh.clone(), s.iter().filter(|s| **s > cut).count()))
}

/// An orthonormal basis of all x with A x = 0, as the columns of an (n, n − rank) array; evaluated at once.
///
/// Source: section 2.4. Errors: anything but one matrix of finite numbers.
///
/// ```
/// use gradus::{Tensor, linalg};
/// let z = linalg::null_space(&Tensor::from([[1.0, -1.0]]), None)?;
/// assert_eq!(z.shape(), [2, 1]);
/// assert!((z.to_f64()[0] - z.to_f64()[1]).abs() < 1e-15);
/// # Ok::<(), gradus::Error>(())
/// ```
pub fn null_space(a: &Tensor, tolerance: Option<f64>) -> Result<Array> {
    let (_, vh, rank) = counted(a, tolerance)?;
    Ok(vh.slice(0, Some(rank as i64), None, 1)?.transpose().to_contiguous())
}

/// An orthonormal basis of the column space, all A x, as the columns of an (m, rank) array; evaluated at once.
///
/// ```
/// use gradus::{Tensor, linalg};
/// let q = linalg::orth(&Tensor::from([[3.0, 6.0], [4.0, 8.0]]), None)?;
/// assert_eq!(q.shape(), [2, 1]);
/// # Ok::<(), gradus::Error>(())
/// ```
pub fn orth(a: &Tensor, tolerance: Option<f64>) -> Result<Array> {
    let (u, _, rank) = counted(a, tolerance)?;
    u.slice(1, None, Some(rank as i64), 1).map(|u| u.to_contiguous())
}
