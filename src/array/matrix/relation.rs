//! Why a matrix has no full rank, in a form that a person can check: `row 3 = 2*row 2 - row 1`.

use super::{Matrix, least_squares};

/// Rows above which no relation is looked for.
const MANY: usize = 60;
/// The largest denominator of a coefficient that counts as simple.
const SIMPLE: i64 = 12;

/// One row as a sum of multiples of rows before it; rows are counted from 0 here and from 1 in text.
#[derive(Clone, Debug, PartialEq)]
pub struct Relation {
    /// The row.
    pub row: usize,
    /// Rows and their factors, none of them 0.
    pub terms: Vec<(usize, f64)>,
}

/// The relations of all rows that depend on rows before them, up to this tolerance relative to their size.
pub fn relations(rows: &[Vec<f64>], tolerance: f64) -> Vec<Relation> {
    let (mut base, mut found): (Vec<usize>, Vec<Relation>) = (vec![], vec![]);
    if rows.len() > MANY {
        return found;
    }
    for (i, row) in rows.iter().enumerate() {
        match combination(rows, &base, row, tolerance) {
            Some(terms) => found.push(Relation { row: i, terms }),
            None => base.push(i),
        }
    }
    found
}

/// Factors with which the base rows sum to this one, if there are such.
fn combination(rows: &[Vec<f64>], base: &[usize], row: &[f64], tolerance: f64) -> Option<Vec<(usize, f64)>> {
    let size = |v: &[f64]| v.iter().fold(0.0f64, |m, x| m.max(x.abs()));
    if size(row) == 0.0 {
        return Some(vec![]);
    }
    if base.is_empty() {
        return None;
    }
    let a = Matrix::from_fn(row.len(), base.len(), |j, k| rows[base[k]][j]);
    let factors = least_squares(&a, &Matrix::new(row.len(), 1, row.to_vec()), 0.0).x.data;
    let holds = |factors: &[f64]| {
        let off = |j: usize| base.iter().zip(factors).map(|(&i, f)| f * rows[i][j]).sum::<f64>() - row[j];
        let scale = base.iter().zip(factors).map(|(&i, f)| f.abs() * size(&rows[i])).fold(size(row), f64::max);
        (0..row.len()).all(|j| off(j).abs() <= tolerance * scale)
    };
    if !factors.iter().all(|f| f.is_finite()) || !holds(&factors) {
        return None;
    }
    let simple: Vec<f64> = factors.iter().map(|&f| nearest_simple(f)).collect();
    let best = if holds(&simple) { simple } else { factors };
    Some(base.iter().copied().zip(best).filter(|(_, f)| *f != 0.0).collect())
}

/// The nearest fraction with a small denominator, if it is near.
fn nearest_simple(x: f64) -> f64 {
    let near = |q: i64| (x * q as f64).round() / q as f64;
    (1..=SIMPLE).map(near).find(|v| (v - x).abs() <= 1e-9 * x.abs().max(1.0)).unwrap_or(x)
}

/// A factor as text, as a fraction where it is a simple one.
fn factor_text(f: f64) -> String {
    let q = (1..=SIMPLE).find(|&q| (f * q as f64).fract() == 0.0 && (f * q as f64).abs() < 1e6);
    match q {
        Some(1) => format!("{f}"),
        Some(q) => format!("{}/{q}", f * q as f64),
        None => format!("{f:.6}"),
    }
}

impl Relation {
    /// The sum with a word for what is summed: `2*row 2 - row 1`; positive terms first, later rows first.
    pub fn sum(&self, name: impl Fn(usize) -> String) -> String {
        let mut terms = self.terms.clone();
        terms.sort_by_key(|&(i, f)| std::cmp::Reverse((f > 0.0, i)));
        let mut text = String::new();
        for (k, (i, f)) in terms.iter().enumerate() {
            let sign = match (k, *f < 0.0) {
                (0, false) => "",
                (0, true) => "-",
                (_, false) => " + ",
                (_, true) => " - ",
            };
            let times = if f.abs() == 1.0 { String::new() } else { format!("{}*", factor_text(f.abs())) };
            text += &format!("{sign}{times}{}", name(*i));
        }
        if text.is_empty() { "0".into() } else { text }
    }

    /// `row 3 = 2*row 2 - row 1`, with this word for a row.
    pub fn text(&self, word: &str) -> String {
        let name = |i: usize| format!("{word} {}", i + 1);
        format!("{} = {}", name(self.row), self.sum(name))
    }

    /// The same sum of other numbers, one for every row.
    pub fn applied(&self, b: &[f64]) -> f64 {
        self.terms.iter().fold(0.0, |s, &(i, f)| s + f * b[i])
    }

    /// The y with yᵀ A = 0 that the relation states: 1 at the row, minus the factors at the others.
    pub fn witness(&self, rows: usize) -> Vec<f64> {
        let mut y = vec![0.0; rows];
        y[self.row] = 1.0;
        self.terms.iter().for_each(|&(i, f)| y[i] -= f);
        y
    }
}
