//! Matrices of wide numbers: elimination with pivots, for determinants, inverses and solutions, and Cholesky's factor.

use super::{Scaled, Wide};

/// Eliminates below (and, for an inverse, above) the diagonal; gives the product of the pivots.
fn eliminate(rows: &mut [Vec<Wide>], n: usize, above: bool) -> Wide {
    let mut det = Wide::from(1.0);
    for k in 0..n {
        let pivot = (k..n).max_by(|&i, &j| rows[i][k].size().order(rows[j][k].size()));
        let Some(pivot) = pivot.filter(|&p| !rows[p][k].is_zero()) else { return Wide::ZERO };
        if pivot != k {
            rows.swap(pivot, k);
            det = -det;
        }
        det = det * rows[k][k];
        let lead = rows[k].clone();
        for i in (0..n).filter(|&i| i > k || (above && i < k)) {
            let factor = rows[i][k] / lead[k];
            if !factor.is_zero() {
                (k..lead.len()).for_each(|j| rows[i][j] = rows[i][j] - factor * lead[j]);
            }
        }
    }
    det
}

/// The determinant of a matrix, row-major.
pub fn det(a: &[Wide], n: usize) -> Vec<Wide> {
    let mut rows: Vec<Vec<Wide>> = a.chunks(n.max(1)).map(<[Wide]>::to_vec).collect();
    vec![if a.iter().all(Wide::is_finite) { eliminate(&mut rows, n, false) } else { Wide::NAN }]
}

/// The inverse of a matrix, row-major; NaN of a singular one.
pub fn inverse(a: &[Wide], n: usize) -> Vec<Wide> {
    let unit = |p: usize| if p / n == p % n { Wide::from(1.0) } else { Wide::ZERO };
    solve(a, &(0..n * n).map(unit).collect::<Vec<_>>(), n)
}

/// The X with A X = B, row-major; NaN where A is singular.
pub fn solve(a: &[Wide], b: &[Wide], n: usize) -> Vec<Wide> {
    let k = b.len() / n.max(1);
    let row = |(i, r): (usize, &[Wide])| r.iter().chain(&b[i * k..(i + 1) * k]).copied().collect::<Vec<_>>();
    let mut rows: Vec<Vec<Wide>> = a.chunks(n.max(1)).enumerate().map(row).collect();
    if !a.iter().chain(b).all(Wide::is_finite) || eliminate(&mut rows, n, true).is_zero() {
        return vec![Wide::NAN; n * k];
    }
    rows.iter().enumerate().flat_map(|(i, r)| (0..k).map(move |j| r[n + j] / r[i])).collect()
}

/// The lower triangular L with L Lᵀ = A, row-major, from the lower half; NaN of a matrix that is not positive definite.
pub fn cholesky(a: &[Wide], n: usize) -> Vec<Wide> {
    let mut l = vec![Wide::ZERO; n * n];
    for i in 0..n {
        for j in 0..=i {
            let rest = Wide::sum((0..j).map(|k| l[i * n + k] * l[j * n + k]));
            let left = a[i * n + j] - rest;
            l[i * n + j] = if i == j { left.sqrt() } else { left / l[j * n + j] };
        }
        let pivot = l[i * n + i];
        if !pivot.is_finite() || pivot.is_zero() {
            // Of a pivot that may be zero nothing is known.
            return vec![if pivot.error() == Scaled::ZERO { Wide::NAN } else { Wide::unknown() }; n * n];
        }
    }
    l
}
