//! Cheap checks that a factorisation holds: one fixed vector through both sides, O(n²).

use super::{Matrix, norm};

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
fn close(a: &[f64], b: &[f64], scale: f64, n: usize) -> bool {
    let difference: Vec<f64> = a.iter().zip(b).map(|(a, b)| a - b).collect();
    let tolerance = 64.0 * (n as f64).max(4.0) * f64::EPSILON * scale;
    norm(&difference) <= tolerance
}

/// True if the columns of Q are orthonormal, as far as one vector shows.
pub fn orthonormal(q: &Matrix) -> bool {
    let x = probe(q.columns);
    close(&q.transposed_times(&q.times(&x)), &x, norm(&x), q.rows)
}

/// True if A x = U (s ∘ (Vh x)) for the fixed x, and the squares of s sum to those of A.
pub fn spectral(a: &Matrix, u: &Matrix, s: &[f64], vh: &Matrix) -> bool {
    let finite = |m: &Matrix| m.data.iter().all(|v| v.is_finite());
    if !(finite(u) && finite(vh) && s.iter().all(|v| v.is_finite())) {
        return false;
    }
    let (x, size, n) = (probe(a.columns), a.frobenius(), a.rows.max(a.columns));
    let mut inner = vh.times(&x);
    inner.truncate(s.len());
    inner.iter_mut().zip(s).for_each(|(y, s)| *y *= s);
    inner.resize(u.columns, 0.0);
    let whole = (norm(s) - size).abs() <= 64.0 * (n as f64).max(4.0) * f64::EPSILON * size;
    whole && close(&a.times(&x), &u.times(&inner), size * norm(&x), n) && orthonormal(u) && orthonormal(&vh.transpose())
}
