//! Matrices of wide numbers: elimination with pivots, for determinants and inverses.

use super::Wide;

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
    let unit = |i: usize, j: usize| if i == j { Wide::from(1.0) } else { Wide::ZERO };
    let row = |(i, r): (usize, &[Wide])| r.iter().copied().chain((0..n).map(|j| unit(i, j))).collect::<Vec<_>>();
    let mut rows: Vec<Vec<Wide>> = a.chunks(n.max(1)).enumerate().map(row).collect();
    if !a.iter().all(Wide::is_finite) || eliminate(&mut rows, n, true).is_zero() {
        return vec![Wide::NAN; n * n];
    }
    rows.iter().enumerate().flat_map(|(i, r)| (0..n).map(move |j| r[n + j] / r[i])).collect()
}
