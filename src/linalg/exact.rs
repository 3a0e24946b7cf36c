//! Linear systems over the rational numbers: every f64 is a fraction, so rank and solution can be decided exactly.

use num_bigint::{BigInt, Sign};

use crate::array::rational::{parts, quotient};

/// A system brought to its reduced form: `pivots[k]` is the column of row k.
pub struct Reduced {
    /// The integer rows of [A | b], fraction-free: every pivot equals `denominator`.
    rows: Vec<Vec<BigInt>>,
    pivots: Vec<usize>,
    denominator: BigInt,
    unknowns: usize,
}

/// A row of f64 as integers: the row times a power of two.
fn integers(row: &[f64]) -> Vec<BigInt> {
    let parts: Vec<(i64, i64)> = row.iter().map(|&v| parts(v)).collect();
    let least = parts.iter().filter(|p| p.0 != 0).map(|p| p.1).min().unwrap_or(0);
    parts.iter().map(|&(m, e)| BigInt::from(m) << (if m == 0 { 0 } else { e - least }) as usize).collect()
}

/// Eliminates [A | b] without fractions (Bareiss, Jordan's form): all entries stay integers.
pub fn reduce(a: &[Vec<f64>], b: &[f64]) -> Reduced {
    let unknowns = a.first().map_or(0, Vec::len);
    let whole = |(row, b): (&Vec<f64>, &f64)| integers(&[row.as_slice(), &[*b]].concat());
    let mut rows: Vec<Vec<BigInt>> = a.iter().zip(b).map(whole).collect();
    let (mut pivots, mut denominator) = (vec![], BigInt::from(1));
    for column in 0..unknowns {
        let at = pivots.len();
        let Some(found) = (at..rows.len()).find(|&i| rows[i][column].sign() != Sign::NoSign) else { continue };
        rows.swap(at, found);
        let pivot_row = rows[at].clone();
        let pivot = pivot_row[column].clone();
        for (_, row) in rows.iter_mut().enumerate().filter(|(i, _)| *i != at) {
            let factor = row[column].clone();
            for (x, p) in row.iter_mut().zip(&pivot_row) {
                *x = (&*x * &pivot - p * &factor) / &denominator;
            }
        }
        denominator = pivot;
        pivots.push(column);
    }
    Reduced { rows, pivots, denominator, unknowns }
}

impl Reduced {
    /// The rank of A.
    pub fn rank(&self) -> usize {
        self.pivots.len()
    }

    /// True if b lies in the column space of A.
    pub fn consistent(&self) -> bool {
        self.rows[self.rank().min(self.rows.len())..].iter().all(|row| row[self.unknowns].sign() == Sign::NoSign)
    }

    /// The solution whose free unknowns are 0, every component rounded once.
    pub fn solution(&self) -> Vec<f64> {
        let mut x = vec![0.0; self.unknowns];
        for (row, &column) in self.rows.iter().zip(&self.pivots) {
            x[column] = quotient(&row[self.unknowns], &self.denominator);
        }
        x
    }
}
