//! Linear algebra as the book has it (Goodfellow, Bengio and Courville, chapter 2): formulas over rows, and answers.
//!
//! What has a fixed shape is a formula: it batches, differentiates and prints like any other. What has a shape or an
//! outcome that hangs on data ([`solutions`], [`null_space`], [`orth`]) is evaluated at once.

mod exact;
mod norms;
mod predicates;
mod solutions;
mod spaces;

pub use norms::{distance, matrix_norm, nuclear_norm, spectral_norm, unit};
pub use predicates::{
    is_diagonal, is_orthogonal, is_positive_definite, is_positive_semidefinite, is_symmetric, is_triangular,
};
pub use solutions::{Options, Solutions, solutions};
pub use spaces::{cond, cond_of_order, matrix_power, matrix_rank, null_space, orth};

use crate::error::Result;
use crate::{Array, Tensor};

/// The numbers of a matrix, row by row, and its two lengths; an error for anything else.
fn rows_of(a: &Array, name: &str) -> Result<Vec<Vec<f64>>> {
    use crate::error::{Error, ErrorKind};
    let [m, n] = *a.shape() else {
        let shape = crate::array::display_shape(a.shape());
        return Err(Error::new(ErrorKind::Shape, format!("`{name}` needs one matrix, not shape {shape}")));
    };
    let values = a.to_f64();
    Ok((0..m).map(|i| values[i * n..(i + 1) * n].to_vec()).collect())
}

/// What counts as 0 beside the largest singular value: max(m, n) units of rounding of the dtype.
fn default_tolerance(a: &Tensor) -> f64 {
    let eps = a.dtype().ok().and_then(|d| d.to_float().format()).map_or(f64::EPSILON, |f| f.eps());
    let size = a.dims().iter().rev().take(2).max().copied().unwrap_or(1);
    size as f64 * eps
}
