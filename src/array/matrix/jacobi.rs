//! Jacobi's method for singular values and symmetric eigenvalues: slow, simple, and it always converges.
//!
//! It is the fallback where a faster method fails its check.

use super::Matrix;

/// Sweeps after which the method counts as failed; ten are usual.
const SWEEPS: usize = 60;

/// The rotation that makes a symmetric 2 × 2 matrix [[p, r], [r, q]] diagonal: cosine and sine.
fn rotation(p: f64, q: f64, r: f64) -> (f64, f64) {
    let tau = (q - p) / (2.0 * r);
    let t = tau.signum() / (tau.abs() + tau.hypot(1.0));
    let c = 1.0 / t.hypot(1.0);
    (c, c * t)
}

/// Rotates two rows of a matrix.
fn rotate(m: &mut Matrix, i: usize, j: usize, c: f64, s: f64) {
    let n = m.columns;
    let (above, below) = m.data.split_at_mut(j * n);
    for (x, y) in above[i * n..(i + 1) * n].iter_mut().zip(&mut below[..n]) {
        (*x, *y) = (c * *x - s * *y, s * *x + c * *y);
    }
}

/// One-sided: rows of `work` become orthogonal, `other` collects the rotations. None if they do not within the sweeps.
///
/// For A with as many rows as columns or more, `work` starts as Aᵀ and ends as the rows σᵢ uᵢᵀ, `other` as Vᵀ.
pub fn orthogonalise(work: &mut Matrix, other: &mut Matrix) -> Option<()> {
    let n = work.rows;
    let dot = |m: &Matrix, i: usize, j: usize| m.row(i).iter().zip(m.row(j)).map(|(a, b)| a * b).sum::<f64>();
    for _ in 0..SWEEPS {
        let mut rotated = false;
        for i in 0..n {
            for j in i + 1..n {
                let (p, q, r) = (dot(work, i, i), dot(work, j, j), dot(work, i, j));
                if r.abs() <= 4.0 * f64::EPSILON * (p * q).sqrt() || r == 0.0 {
                    continue;
                }
                rotated = true;
                let (c, s) = rotation(p, q, r);
                rotate(work, i, j, c, s);
                rotate(other, i, j, c, s);
            }
        }
        if !rotated {
            return Some(());
        }
    }
    None
}

/// Two-sided, of a symmetric matrix: its diagonal becomes the eigenvalues, the rows of the result the eigenvectors.
pub fn diagonalise(a: &mut Matrix) -> Option<Matrix> {
    let n = a.rows;
    let mut q = Matrix::identity(n);
    for _ in 0..SWEEPS {
        let mut rotated = false;
        for i in 0..n {
            for j in i + 1..n {
                let (p, s, r) = (a.at(i, i), a.at(j, j), a.at(i, j));
                if r == 0.0 || r.abs() <= f64::EPSILON * f64::EPSILON * (p.abs() + s.abs()) {
                    continue;
                }
                rotated = true;
                let (c, sine) = rotation(p, s, r);
                rotate(a, i, j, c, sine);
                for k in 0..n {
                    let (x, y) = (a.at(k, i), a.at(k, j));
                    a.data[k * n + i] = c * x - sine * y;
                    a.data[k * n + j] = sine * x + c * y;
                }
                (a.data[i * n + j], a.data[j * n + i]) = (0.0, 0.0);
                rotate(&mut q, i, j, c, sine);
            }
        }
        if !rotated {
            return Some(q);
        }
    }
    None
}
