//! Cheap checks that a factorisation holds: one fixed vector through both sides, O(n²).

use super::{Matrix, first_not_finite, norm};

/// A fixed vector of signs and uneven magnitudes, so that no structure of a matrix is orthogonal to it.
pub fn probe(n: usize) -> Vec<f64> {
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    };
    (0..n).map(|_| next()).collect()
}

/// True if two vectors agree to the rounding errors of `n` steps at this scale.
fn close(a: &Matrix, b: &Matrix, scale: f64, n: usize) -> bool {
    let difference: Vec<f64> = a.data.iter().zip(&b.data).map(|(a, b)| a - b).collect();
    let tolerance = 64.0 * (n as f64).max(4.0) * f64::EPSILON * scale;
    norm(&difference) <= tolerance
}

/// The probe as a column.
fn column(n: usize) -> Matrix {
    Matrix::new(n, 1, probe(n))
}

/// True if the columns of Q are orthonormal, as far as one vector shows.
fn orthonormal(q: &Matrix) -> bool {
    let x = column(q.columns);
    close(&q.transposed_product(&q.product(&x)), &x, norm(&x.data), q.rows)
}

/// True if the rows of Q are orthonormal, as far as one vector shows.
fn orthonormal_rows(q: &Matrix) -> bool {
    let x = column(q.rows);
    close(&q.product(&q.transposed_product(&x)), &x, norm(&x.data), q.columns)
}

fn finite(m: &[f64]) -> bool {
    first_not_finite(m).is_none()
}

/// True if A x = U (s ∘ (Vh x)) for the fixed x, and the squares of s sum to those of A.
pub fn spectral(a: &Matrix, u: &Matrix, s: &[f64], vh: &Matrix) -> bool {
    finite(&u.data) && finite(&vh.data) && finite(s) && same(a, u, s, vh.product(&column(a.columns))) && {
        orthonormal(u) && orthonormal_rows(vh)
    }
}

/// The same for A = Q diag(w) Qᵀ.
pub fn symmetric(a: &Matrix, q: &Matrix, w: &[f64]) -> bool {
    finite(&q.data) && finite(w) && same(a, q, w, q.transposed_product(&column(a.columns))) && orthonormal(q)
}

/// True if A x = U (s ∘ y) for y = Vh x and the fixed x, and the squares of s sum to those of A.
fn same(a: &Matrix, u: &Matrix, s: &[f64], mut y: Matrix) -> bool {
    let (x, size, n) = (column(a.columns), a.frobenius(), a.rows.max(a.columns));
    y.data.truncate(s.len());
    y.data.iter_mut().zip(s).for_each(|(y, s)| *y *= s);
    y.data.resize(u.columns, 0.0);
    y.rows = u.columns;
    let whole = (norm(s) - size).abs() <= 64.0 * (n as f64).max(4.0) * f64::EPSILON * size;
    whole && close(&a.product(&x), &u.product(&y), size * norm(&x.data), n)
}
