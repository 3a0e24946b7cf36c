//! What surrounds a factorisation: transposing in tiles, and looking for what is not finite.

/// Rows and columns of a tile: its cache lines fit even where a power of two puts them in one set.
const TILE: usize = 8;

/// The transpose of a row-major matrix of `rows` × `columns` numbers, in tiles.
pub(crate) fn transposed(a: &[f64], rows: usize, columns: usize) -> Vec<f64> {
    let mut out = vec![0.0; rows * columns];
    for i in (0..rows).step_by(TILE) {
        for j in (0..columns).step_by(TILE) {
            let height = TILE.min(rows - i);
            for c in j..(j + TILE).min(columns) {
                let to = &mut out[c * rows + i..][..height];
                to.iter_mut().zip(a[i * columns + c..].iter().step_by(columns)).for_each(|(to, &v)| *to = v);
            }
        }
    }
    out
}

/// The lower triangle of the transpose of a square matrix, 0 above its diagonal.
pub(crate) fn lower_of_transpose(a: &[f64], n: usize) -> Vec<f64> {
    let mut out = vec![0.0; n * n];
    for i in (0..n).step_by(TILE) {
        for j in (0..=i).step_by(TILE) {
            for r in i..(i + TILE).min(n) {
                let width = TILE.min(r + 1 - j);
                let to = &mut out[r * n + j..][..width];
                to.iter_mut().zip(a[j * n + r..].iter().step_by(n)).for_each(|(to, &v)| *to = v);
            }
        }
    }
    out
}

/// The upper triangle of a matrix that is given column by column, `stride` numbers each, into one of its width.
pub(super) fn upper_of_transpose(f: &[f64], stride: usize, to: &mut super::Matrix) {
    let (rows, columns) = (to.rows.min(stride), to.columns);
    for i in (0..rows).step_by(TILE) {
        for j in (i..columns).step_by(TILE) {
            for r in i..(i + TILE).min(rows) {
                for c in j.max(r)..(j + TILE).min(columns) {
                    to.data[r * columns + c] = f[c * stride + r];
                }
            }
        }
    }
}

/// True of a square matrix that is its own transpose to the last bit.
pub(crate) fn is_mirrored(a: &[f64], n: usize) -> bool {
    let same = |i: usize, j: usize| {
        (i..(i + TILE).min(n)).all(|r| {
            let width = TILE.min(r + 1 - j);
            a[r * n + j..][..width]
                .iter()
                .zip(a[j * n + r..].iter().step_by(n))
                .fold(true, |all, (x, y)| all & (x == y))
        })
    };
    (0..n).step_by(TILE).all(|i| (0..=i).step_by(TILE).all(|j| same(i, j)))
}

/// The place of the first number that is NaN or infinite.
pub(crate) fn first_not_finite(a: &[f64]) -> Option<usize> {
    // Whole pieces are tested without a branch per element.
    let fine = |piece: &[f64]| piece.iter().fold(true, |all, v| all & v.is_finite());
    let bad = a.chunks(64).position(|piece| !fine(piece))? * 64;
    a[bad..].iter().position(|v| !v.is_finite()).map(|t| bad + t)
}

/// The largest magnitude.
pub(crate) fn largest(a: &[f64]) -> f64 {
    let mut lanes = [0.0f64; 8];
    let pieces = a.chunks_exact(8);
    let rest = pieces.remainder().iter().fold(0.0f64, |m, v| m.max(v.abs()));
    for piece in pieces {
        for (m, v) in lanes.iter_mut().zip(piece) {
            *m = if v.abs() > *m { v.abs() } else { *m };
        }
    }
    lanes.into_iter().fold(rest, f64::max)
}
