//! The Cholesky factor of one matrix: small ones in pairs of f64, large ones in blocks by faer.

use faer::MatMut;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::cholesky::llt::factor as faer_llt;

use super::{guarded, moves, par};
use crate::array::pair::{Pair, Real};

/// Up to this size matrices are factored in pairs of f64.
const SMALL: usize = 16;
/// From this size on they go to faer.
const BLOCKED: usize = 48;

/// The lower triangular L with L Lᵀ = A for a symmetric A; or the place and value of the first pivot that is not positive.
pub fn cholesky(a: &[f64], n: usize) -> Result<Vec<f64>, (usize, f64)> {
    if n <= SMALL {
        return one_by_one::<Pair>(a, n);
    }
    let fast = if n < BLOCKED { None } else { cholesky_in_blocks(a, n) };
    // The slow way knows the pivot where there is no factor.
    fast.map_or_else(|| one_by_one::<f64>(a, n), Ok)
}

/// The same by faer; None where a pivot is not positive.
pub(crate) fn cholesky_in_blocks(a: &[f64], n: usize) -> Option<Vec<f64>> {
    let run = || {
        let threads = par(n * n * n / 3);
        let mut work = a.to_vec();
        let need = faer_llt::cholesky_in_place_scratch::<f64>(n, threads, Default::default());
        let mut memory = MemBuffer::new(need);
        // The rows of a symmetric matrix are its columns; the factor comes out below the diagonal, column by column.
        let columns = MatMut::from_column_major_slice_mut(&mut work, n, n);
        let stack = MemStack::new(&mut memory);
        faer_llt::cholesky_in_place(columns, Default::default(), threads, stack, Default::default()).ok()?;
        let whole = work.iter().step_by(n + 1).all(|d| d.is_finite() && *d > 0.0);
        whole.then(|| moves::lower_of_transpose(&work, n))
    };
    guarded("cholesky", run).ok()?
}

fn one_by_one<T: Real>(a: &[f64], n: usize) -> Result<Vec<f64>, (usize, f64)> {
    let mut l = vec![T::default(); n * n];
    for i in 0..n {
        for j in 0..=i {
            let rest = (0..j).fold(T::from(a[i * n + j]), |s, k| s - l[i * n + k] * l[j * n + k]);
            l[i * n + j] = if i > j {
                rest / l[j * n + j]
            } else if rest.round() > 0.0 {
                rest.root()
            } else {
                return Err((i, rest.round()));
            };
        }
    }
    Ok(l.into_iter().map(T::round).collect())
}
