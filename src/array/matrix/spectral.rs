//! Singular values, symmetric and general eigenvalues: faer first, checked, then Jacobi's method where the check fails.
//!
//! A matrix is first scaled by a power of two, which is exact, so that no square in between leaves the range.

use std::borrow::Cow;

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::{evd, svd as faer_svd};
use faer::{Col, Mat, MatMut, MatRef};

use super::{Matrix, guarded, is_mirrored, jacobi, orthogonal, par, transposed, verify};
use crate::array::reductions::ldexp;
use crate::error::{Error, ErrorKind, Result};

/// A = U diag(s) Vh with s descending.
pub struct Svd {
    pub u: Matrix,
    pub s: Vec<f64>,
    pub vh: Matrix,
}

/// A = Q diag(w) Qᵀ with w ascending.
pub struct Eigh {
    pub w: Vec<f64>,
    pub q: Matrix,
}

/// A V = V diag(w), each number as its real and imaginary part.
pub(crate) struct Eig {
    pub w: Vec<[f64; 2]>,
    pub v: Vec<[f64; 2]>,
}

fn no_convergence(what: &str) -> Error {
    Error::new(ErrorKind::Singular, format!("`{what}`: no convergence, neither by the fast method nor by Jacobi's"))
}

/// A matrix that is given column by column.
fn from_columns(data: &[f64], rows: usize, columns: usize) -> Matrix {
    Matrix::new(rows, columns, transposed(data, columns, rows))
}

/// The singular value decomposition; `full` gives square U and Vh, otherwise both have min(m, n) vectors.
pub(crate) fn svd(a: &Matrix, full: bool) -> Result<Svd> {
    if a.data.is_empty() {
        let size = |n: usize| if full { n } else { 0 };
        let part = |n: usize| Matrix::from_fn(n, size(n), |i, j| f64::from(i == j));
        return Ok(Svd { u: part(a.rows), s: vec![], vh: part(a.columns).transpose() });
    }
    let (scaled, e) = a.in_range();
    let fast = guarded("svd", || fast_svd(&scaled, full))?;
    let good = |d: &Svd| verify::spectral(&scaled, &d.u, &d.s, &d.vh);
    let mut d = match fast.filter(good) {
        Some(d) => d,
        None => jacobi_svd(&scaled, full).filter(good).ok_or_else(|| no_convergence("svd"))?,
    };
    d.s.iter_mut().for_each(|s| *s = ldexp(*s, e));
    Ok(d)
}

pub fn fast_svd(a: &Matrix, full: bool) -> Option<Svd> {
    let (m, n) = (a.rows, a.columns);
    let k = m.min(n);
    let (in_u, in_v) = if full { (m, n) } else { (k, k) };
    let vectors = if full { faer_svd::ComputeSvdVectors::Full } else { faer_svd::ComputeSvdVectors::Thin };
    let threads = par(m * n * k);
    let (mut u, mut v, mut s) = (vec![0.0; m * in_u], vec![0.0; n * in_v], Col::<f64>::zeros(k));
    // The rows of A are the columns of Aᵀ = V diag(s) Uᵀ, and the columns of V the rows of Vh.
    let flipped = MatRef::from_column_major_slice(&a.data, n, m);
    let need = faer_svd::svd_scratch::<f64>(n, m, vectors, vectors, threads, Default::default());
    let mut memory = MemBuffer::new(need);
    let stack = MemStack::new(&mut memory);
    let left = Some(MatMut::from_column_major_slice_mut(&mut v, n, in_v));
    let right = Some(MatMut::from_column_major_slice_mut(&mut u, m, in_u));
    let diagonal = s.as_mut().as_diagonal_mut();
    faer_svd::svd(flipped, diagonal, left, right, threads, stack, Default::default()).ok()?;
    Some(Svd { u: from_columns(&u, m, in_u), s: s.iter().copied().collect(), vh: Matrix::new(in_v, n, v) })
}

pub fn jacobi_svd(a: &Matrix, full: bool) -> Option<Svd> {
    if a.rows < a.columns {
        let d = jacobi_svd(&a.transpose(), full)?;
        return Some(Svd { u: d.vh.transpose(), s: d.s, vh: d.u.transpose() });
    }
    let k = a.columns;
    let (mut work, mut vh) = (a.transpose(), Matrix::identity(k));
    jacobi::orthogonalise(&mut work, &mut vh)?;
    let sizes: Vec<f64> = (0..k).map(|i| super::norm(work.row(i))).collect();
    let mut order: Vec<usize> = (0..k).collect();
    order.sort_by(|&i, &j| sizes[j].total_cmp(&sizes[i]));
    let s: Vec<f64> = order.iter().map(|&i| sizes[i]).collect();
    let largest = s.first().copied().unwrap_or(0.0);
    // Directions of singular values that are 0 to rounding carry no information: a basis completes the others.
    let rank = s.iter().filter(|&&s| s > largest * f64::EPSILON * a.rows as f64).count();
    let left = Matrix::from_fn(a.rows, rank, |i, j| work.at(order[j], i) / s[j]);
    let u = orthogonal::completed(&left, if full { a.rows } else { k });
    Some(Svd { u, s, vh: Matrix::from_fn(k, k, |i, j| vh.at(order[i], j)) })
}

/// The eigendecomposition of a symmetric matrix; only the lower triangle is read.
pub(crate) fn eigh(a: &Matrix) -> Result<Eigh> {
    if a.rows == 0 {
        return Ok(Eigh { w: vec![], q: Matrix::zeros(0, 0) });
    }
    let (scaled, e) = a.in_range();
    let n = a.rows;
    let scaled = match is_mirrored(&scaled.data, n) {
        true => scaled,
        false => Cow::Owned(Matrix::from_fn(n, n, |i, j| scaled.at(i.max(j), i.min(j)))),
    };
    let fast = guarded("eigh", || fast_eigh(&scaled))?;
    let good = |d: &Eigh| verify::symmetric(&scaled, &d.q, &d.w);
    let mut d = match fast.filter(good) {
        Some(d) => d,
        None => jacobi_eigh(&scaled).filter(good).ok_or_else(|| no_convergence("eigh"))?,
    };
    d.w.iter_mut().for_each(|w| *w = ldexp(*w, e));
    Ok(d)
}

pub fn fast_eigh(a: &Matrix) -> Option<Eigh> {
    let n = a.rows;
    let threads = par(n * n * n);
    let (mut q, mut w) = (vec![0.0; n * n], Col::<f64>::zeros(n));
    let need = evd::self_adjoint_evd_scratch::<f64>(n, evd::ComputeEigenvectors::Yes, threads, Default::default());
    let mut memory = MemBuffer::new(need);
    let stack = MemStack::new(&mut memory);
    let diagonal = w.as_mut().as_diagonal_mut();
    // A symmetric matrix is its own transpose: row-major is column-major.
    let whole = MatRef::from_column_major_slice(&a.data, n, n);
    let vectors = Some(MatMut::from_column_major_slice_mut(&mut q, n, n));
    evd::self_adjoint_evd(whole, diagonal, vectors, threads, stack, Default::default()).ok()?;
    Some(Eigh { w: w.iter().copied().collect(), q: from_columns(&q, n, n) })
}

pub fn jacobi_eigh(a: &Matrix) -> Option<Eigh> {
    let mut work = a.clone();
    let rows = jacobi::diagonalise(&mut work)?;
    let mut order: Vec<usize> = (0..a.rows).collect();
    order.sort_by(|&i, &j| work.at(i, i).total_cmp(&work.at(j, j)));
    let w = order.iter().map(|&i| work.at(i, i)).collect();
    Some(Eigh { w, q: Matrix::from_fn(a.rows, a.rows, |i, j| rows.at(order[j], i)) })
}

/// The eigenvalues and right eigenvectors of a square matrix, each vector of length 1.
pub(crate) fn eig(a: &Matrix) -> Result<Eig> {
    if a.rows == 0 {
        return Ok(Eig { w: vec![], v: vec![] });
    }
    let (scaled, e) = a.in_range();
    let d = guarded("eig", || fast_eig(&scaled))?.filter(|d| d.w.iter().all(|w| w[0].is_finite() && w[1].is_finite()));
    let mut d = d.ok_or_else(|| Error::new(ErrorKind::Singular, "`eig`: no convergence"))?;
    d.w.iter_mut().for_each(|w| *w = [ldexp(w[0], e), ldexp(w[1], e)]);
    Ok(d)
}

fn fast_eig(a: &Matrix) -> Option<Eig> {
    let n = a.rows;
    let threads = par(n * n * n);
    let (mut re, mut im, mut u) = (Col::<f64>::zeros(n), Col::<f64>::zeros(n), Mat::zeros(n, n));
    let (no, yes) = (evd::ComputeEigenvectors::No, evd::ComputeEigenvectors::Yes);
    let need = evd::evd_scratch::<f64>(n, no, yes, threads, Default::default());
    let mut memory = MemBuffer::new(need);
    let stack = MemStack::new(&mut memory);
    let (r, i) = (re.as_mut().as_diagonal_mut(), im.as_mut().as_diagonal_mut());
    let columns = transposed(&a.data, n, n);
    let whole = MatRef::from_column_major_slice(&columns, n, n);
    evd::evd_real(whole, r, i, None, Some(u.as_mut()), threads, stack, Default::default()).ok()?;
    let w: Vec<[f64; 2]> = (0..n).map(|k| [re[k], im[k]]).collect();
    let mut v = vec![[0.0; 2]; n * n];
    let mut k = 0;
    while k < n {
        // A complex pair keeps the real part of its vector in one column and the imaginary part in the next.
        let pair = w[k][1] != 0.0 && k + 1 < n;
        let entry = |i: usize| if pair { (u[(i, k)], u[(i, k + 1)]) } else { (u[(i, k)], 0.0) };
        let size = (0..n).map(|i| entry(i).0.hypot(entry(i).1).powi(2)).sum::<f64>().sqrt();
        for i in 0..n {
            let (x, y) = entry(i);
            v[i * n + k] = [x / size, y / size];
            if pair {
                v[i * n + k + 1] = [x / size, -y / size];
            }
        }
        k += if pair { 2 } else { 1 };
    }
    Some(Eig { w, v })
}
