//! Factorisations of one matrix of finite f64, row-major: orthogonal and spectral ones, verified after the fact.

mod cholesky;
mod jacobi;
mod moves;
mod orthogonal;
mod relation;
mod spectral;
mod verify;

pub(crate) use cholesky::{cholesky, cholesky_in_blocks};
pub(crate) use moves::{first_not_finite, is_mirrored, largest, transposed};
pub(crate) use orthogonal::{
    fit_powers, inverse_norm, least_squares, lu, minus_products, qr, qr_pivoted, solve_triangular, vandermonde,
};
pub(crate) use relation::{Relation, relations};
pub(crate) use spectral::{eig, eigh, svd};

/// Both methods of the spectral factorisations and the check between them, and kernels without checks, for the tests and
/// benchmarks that compare them.
#[doc(hidden)]
pub mod parts {
    pub use super::Matrix;
    pub use super::cholesky::cholesky;
    pub use super::spectral::{Eigh, Svd, fast_eigh, fast_svd, jacobi_eigh, jacobi_svd};
    pub use super::verify::spectral as holds;

    /// The x with A x = b, as if A were far from singular and its elements did not grow.
    pub fn solve_unchecked(a: &[f64], b: &[f64], n: usize) -> Option<Vec<f64>> {
        crate::array::lu_blocked::unchecked(a, b, n)
    }
}

use std::borrow::Cow;

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};

use super::reductions::{frexp, ldexp};
use crate::error::{Error, ErrorKind, Result};

/// A matrix of `rows` × `columns` numbers, row-major.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    pub rows: usize,
    pub columns: usize,
    pub data: Vec<f64>,
}

impl Matrix {
    pub fn new(rows: usize, columns: usize, data: Vec<f64>) -> Matrix {
        debug_assert_eq!(data.len(), rows * columns);
        Matrix { rows, columns, data }
    }

    pub fn zeros(rows: usize, columns: usize) -> Matrix {
        Matrix::new(rows, columns, vec![0.0; rows * columns])
    }

    pub fn identity(n: usize) -> Matrix {
        Matrix::from_fn(n, n, |i, j| f64::from(i == j))
    }

    pub fn from_fn(rows: usize, columns: usize, f: impl Fn(usize, usize) -> f64) -> Matrix {
        let data = (0..rows).flat_map(|i| (0..columns).map(move |j| (i, j))).map(|(i, j)| f(i, j)).collect();
        Matrix::new(rows, columns, data)
    }

    pub fn at(&self, i: usize, j: usize) -> f64 {
        self.data[i * self.columns + j]
    }

    pub fn row(&self, i: usize) -> &[f64] {
        &self.data[i * self.columns..(i + 1) * self.columns]
    }

    pub fn row_mut(&mut self, i: usize) -> &mut [f64] {
        &mut self.data[i * self.columns..(i + 1) * self.columns]
    }

    pub fn transpose(&self) -> Matrix {
        Matrix::new(self.columns, self.rows, transposed(&self.data, self.rows, self.columns))
    }

    /// The exponent of the largest magnitude: dividing by 2 to this power keeps squares of entries in range.
    pub fn exponent(&self) -> i64 {
        frexp(largest(&self.data)).1
    }

    /// True if squares of the largest entries are far from both ends of the range.
    pub fn is_tame(&self) -> bool {
        self.exponent().abs() <= TAME
    }

    /// The matrix itself where squares of its largest entries are in range, otherwise divided by 2ᵉ; and e.
    pub fn in_range(&self) -> (Cow<'_, Matrix>, i64) {
        match self.exponent() {
            e if e.abs() <= TAME => (Cow::Borrowed(self), 0),
            e => (Cow::Owned(self.shifted(-e)), e),
        }
    }

    /// Every entry times 2ᵉ, in place where nothing changes.
    pub fn into_shifted(self, e: i64) -> Matrix {
        if e == 0 { self } else { self.shifted(e) }
    }

    /// The same numbers as faer sees them.
    pub(crate) fn view(&self) -> MatRef<'_, f64> {
        MatRef::from_row_major_slice(&self.data, self.rows, self.columns)
    }

    /// Every entry times 2ᵉ.
    pub fn shifted(&self, e: i64) -> Matrix {
        Matrix::new(self.rows, self.columns, self.data.iter().map(|&v| ldexp(v, e)).collect())
    }

    /// A B.
    pub fn product(&self, b: &Matrix) -> Matrix {
        product(self.view(), b.view())
    }

    /// Aᵀ B.
    pub fn transposed_product(&self, b: &Matrix) -> Matrix {
        product(self.view().transpose(), b.view())
    }

    /// A x.
    pub fn times(&self, x: &[f64]) -> Vec<f64> {
        (0..self.rows).map(|i| self.row(i).iter().zip(x).map(|(a, b)| a * b).sum()).collect()
    }

    /// Aᵀ x.
    pub fn transposed_times(&self, x: &[f64]) -> Vec<f64> {
        let mut y = vec![0.0; self.columns];
        for (i, &x) in x.iter().enumerate() {
            y.iter_mut().zip(self.row(i)).for_each(|(y, a)| *y += a * x);
        }
        y
    }

    /// The BFGS update of an inverse Hessian H after a step s that changed the gradient by y, for yᵀs > 0:
    /// H ← (I − ρ s yᵀ) H (I − ρ y sᵀ) + ρ s sᵀ with ρ = 1 / yᵀs (Nocedal and Wright, equation 6.17).
    pub fn secant_update(&mut self, s: &[f64], y: &[f64]) {
        let hy = self.times(y);
        let sy = dot(s, y);
        let factor = (1.0 + dot(y, &hy) / sy) / sy;
        for (i, (si, hi)) in s.iter().zip(&hy).enumerate() {
            for (j, v) in self.row_mut(i).iter_mut().enumerate() {
                *v += factor * si * s[j] - (hi * s[j] + si * hy[j]) / sy;
            }
        }
    }

    /// The root of the sum of squares.
    pub fn frobenius(&self) -> f64 {
        norm(&self.data)
    }
}

/// A B as a matrix of rows.
fn product(a: MatRef<'_, f64>, b: MatRef<'_, f64>) -> Matrix {
    let mut y = Matrix::zeros(a.nrows(), b.ncols());
    let to = MatMut::from_row_major_slice_mut(&mut y.data, a.nrows(), b.ncols());
    matmul(to, Accum::Replace, a, b, 1.0, par(a.nrows() * a.ncols() * b.ncols()));
    y
}

/// The scalar product of two vectors.
pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The Euclidean norm of a vector in range.
fn norm(x: &[f64]) -> f64 {
    x.iter().map(|v| v * v).sum::<f64>().sqrt()
}

/// Up to this exponent of the largest entry, squares and their sums stay in range.
const TAME: i64 = 100;

/// Multiply-adds from which a factorisation is worth two threads; a function of sizes only, never of the pool.
const PARALLEL: usize = 1 << 24;

/// The threads for so many multiply-adds.
fn par(work: usize) -> Par {
    if work < PARALLEL { Par::Seq } else { Par::rayon(2) }
}

/// Runs a call into faer; a panic inside it is an error here.
pub(crate) fn guarded<T>(what: &str, f: impl FnOnce() -> Option<T>) -> Result<Option<T>> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(f))
        .map_err(|_| Error::new(ErrorKind::Singular, format!("`{what}`: the factorisation failed on this input")))
}
