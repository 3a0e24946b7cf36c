//! Norms of matrices, unit vectors, distance. Norms of vectors are `Tensor::norm` and `Tensor::norm_of_order`.

use crate::Tensor;
use crate::error::{Error, ErrorKind};
use crate::ops::keep;

/// The sum of the singular values of the last two axes, `‖A‖⋆ = Σ σᵢ`.
///
/// Its gradient is U Vh over the singular values that are not 0, at equal ones too.
///
/// ```
/// use gradus::{Tensor, linalg};
/// let a = Tensor::from([[3.0, 0.0], [0.0, -4.0]]);
/// assert_eq!(linalg::nuclear_norm(&a).eval()?.item()?, 7.0);
/// # Ok::<(), gradus::Error>(())
/// ```
#[track_caller]
pub fn nuclear_norm(a: &Tensor) -> Tensor {
    a.svd(false).1.abs().sum(-1)
}

/// The largest singular value of the last two axes, `‖A‖₂ = max ‖A x‖₂ / ‖x‖₂`.
///
/// ```
/// use gradus::{Tensor, linalg};
/// let a = Tensor::from([[3.0, 0.0], [0.0, -4.0]]);
/// assert_eq!(linalg::spectral_norm(&a).eval()?.item()?, 4.0);
/// # Ok::<(), gradus::Error>(())
/// ```
#[track_caller]
pub fn spectral_norm(a: &Tensor) -> Tensor {
    a.svd(false).1.max(-1)
}

/// The norm of a matrix by NumPy's name for it: `"fro"`, `"nuc"`, `"2"`, `"-2"`, `"1"`, `"-1"`, `"inf"`, `"-inf"`.
///
/// 1 is the largest sum of magnitudes of a column, inf of a row, 2 the largest singular value; a minus takes the
/// smallest instead. Any other name is an error. Source: section 2.5.
///
/// ```
/// use gradus::{Tensor, linalg};
/// let a = Tensor::from([[1.0, -2.0], [3.0, 4.0]]);
/// assert_eq!(linalg::matrix_norm(&a, "1").eval()?.item()?, 6.0);
/// assert_eq!(linalg::matrix_norm(&a, "inf").eval()?.item()?, 7.0);
/// # Ok::<(), gradus::Error>(())
/// ```
#[track_caller]
pub fn matrix_norm(a: &Tensor, order: &str) -> Tensor {
    match order {
        "fro" => a.norm([-2, -1]),
        "nuc" => nuclear_norm(a),
        "2" => spectral_norm(a),
        "-2" => a.svd(false).1.min(-1),
        "1" => a.matrix_norm(1.0),
        "-1" => a.matrix_norm(-1.0),
        "inf" => a.matrix_norm(f64::INFINITY),
        "-inf" => a.matrix_norm(f64::NEG_INFINITY),
        other => {
            let m = format!("there is no matrix norm {other:?}; the orders are fro, nuc, 1, -1, 2, -2, inf, -inf");
            Tensor::poison(&crate::ops::NORM, Error::new(ErrorKind::Argument, m), &[a])
        }
    }
}

/// The vectors along the last axis divided by their lengths; a vector of zeros stays as it is. Source: section 2.6.
///
/// ```
/// use gradus::{Tensor, linalg};
/// let u = linalg::unit(&Tensor::from([3e200, 4e200])).eval()?.to_f64();
/// assert!((u[0] - 0.6).abs() < 1e-15 && (u[1] - 0.8).abs() < 1e-15);
/// # Ok::<(), gradus::Error>(())
/// ```
#[track_caller]
pub fn unit(x: &Tensor) -> Tensor {
    let size = x.norm(keep(-1));
    let zero = size.equal(0.0);
    Tensor::select(&zero, x, &(x / Tensor::select(&zero, &Tensor::from(1.0), &size)))
}

/// The Euclidean distance of two points along the last axis, `‖a − b‖₂`.
///
/// ```
/// use gradus::{Tensor, linalg};
/// let d = linalg::distance(&Tensor::from([1.0, 1.0]), &Tensor::from([4.0, 5.0]));
/// assert_eq!(d.eval()?.item()?, 5.0);
/// # Ok::<(), gradus::Error>(())
/// ```
#[track_caller]
pub fn distance(a: &Tensor, b: &Tensor) -> Tensor {
    (a - b).norm(-1)
}
