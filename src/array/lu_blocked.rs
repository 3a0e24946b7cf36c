//! LU of one large square matrix in blocks by faer, with the checks after which complete pivoting is not needed.
//!
//! What is factored is Aᵀ, whose columns are the rows of A: nothing is copied twice. A symmetric matrix is tried as a
//! positive definite one first, L Lᵀ by Cholesky's method, which takes half of the work.

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::lu::partial_pivoting::{factor, inverse, solve};
use faer::linalg::matmul::matmul;
use faer::linalg::triangular_solve::{solve_lower_triangular_in_place, solve_upper_triangular_in_place};
use faer::perm::PermRef;
use faer::{Accum, MatMut, MatRef, Par};

use super::lu::{Determinant, Factor, GROWTH, PARALLEL, completely_pivoted, pivoted, product};
use super::matrix::{
    cholesky_in_blocks, first_not_finite, inverse_norm, is_mirrored, largest, minus_products, transposed,
};
use super::reductions::frexp;

/// Exponents of the largest elements of rows, and of columns, that lie within this range need no scaling.
const RANGE: i64 = 20;

/// The factors L U = P Aᵀ, or L Lᵀ = A.
pub(super) struct Blocked<'a> {
    n: usize,
    a: &'a [f64],
    /// U on and above the diagonal, L below it; column by column. Of a positive definite matrix L, row by row.
    lu: Vec<f64>,
    definite: bool,
    forward: Vec<usize>,
    backward: Vec<usize>,
    sign: f64,
    /// The largest column sum and the largest row sum of A.
    norms: [f64; 2],
    par: Par,
}

impl<'a> Blocked<'a> {
    /// None for a matrix that wants scaling or complete pivoting: uneven rows, elements that grow, a pivot of 0.
    pub fn new(a: &'a [f64], n: usize) -> Option<Self> {
        let norms = even(a, n)?;
        let positive = a.iter().step_by(n + 1).all(|d| *d > 0.0) && is_mirrored(a, n);
        if let Some(lu) = if positive { cholesky_in_blocks(a, n) } else { None } {
            return Some(Blocked {
                n,
                a,
                lu,
                definite: true,
                forward: vec![],
                backward: vec![],
                sign: 1.0,
                norms,
                par: threads(n),
            });
        }
        let f = Blocked::unchecked(a, n, norms);
        let upper = |j: usize| largest(&f.lu[j * n..=j * n + j]);
        let grown = (0..n).map(upper).fold(0.0, f64::max);
        let regular = f.lu.iter().step_by(n + 1).all(|d| d.is_finite() && *d != 0.0);
        (regular && grown <= GROWTH * largest(a)).then_some(f)
    }

    fn unchecked(a: &'a [f64], n: usize, norms: [f64; 2]) -> Self {
        let par = threads(n);
        let (mut lu, mut forward, mut backward) = (a.to_vec(), vec![0usize; n], vec![0usize; n]);
        let mut memory = MemBuffer::new(factor::lu_in_place_scratch::<usize, f64>(n, n, par, Default::default()));
        let columns = MatMut::from_column_major_slice_mut(&mut lu, n, n);
        let stack = MemStack::new(&mut memory);
        let (info, _) = factor::lu_in_place(columns, &mut forward, &mut backward, par, stack, Default::default());
        let sign = if info.transposition_count % 2 == 0 { 1.0 } else { -1.0 };
        Blocked { n, a, lu, definite: false, forward, backward, sign, norms, par }
    }

    fn factors(&self) -> MatRef<'_, f64> {
        MatRef::from_column_major_slice(&self.lu, self.n, self.n)
    }

    fn permutation(&self) -> PermRef<'_, usize> {
        PermRef::new_checked(&self.forward, &self.backward, self.n)
    }

    /// A⁻¹ X in place, X column by column.
    fn apply(&self, x: &mut [f64]) {
        let (n, k) = (self.n, x.len() / self.n);
        if self.definite {
            let l = MatRef::from_row_major_slice(&self.lu, n, n);
            let mut x = MatMut::from_column_major_slice_mut(x, n, k);
            solve_lower_triangular_in_place(l, x.as_mut(), self.par);
            return solve_upper_triangular_in_place(l.transpose(), x, self.par);
        }
        let mut memory = MemBuffer::new(solve::solve_transpose_in_place_scratch::<usize, f64>(n, k, self.par));
        let (f, stack) = (self.factors(), MemStack::new(&mut memory));
        let x = MatMut::from_column_major_slice_mut(x, n, k);
        solve::solve_transpose_in_place(f, f, self.permutation(), x, self.par, stack);
    }

    /// A⁻ᵀ x in place.
    fn apply_transposed(&self, x: &mut [f64]) {
        if self.definite {
            return self.apply(x);
        }
        let mut memory = MemBuffer::new(solve::solve_in_place_scratch::<usize, f64>(self.n, 1, self.par));
        let (f, stack) = (self.factors(), MemStack::new(&mut memory));
        let x = MatMut::from_column_major_slice_mut(x, self.n, 1);
        solve::solve_in_place(f, f, self.permutation(), x, self.par, stack);
    }

    /// True if every column of X solves its system to n units of rounding of ‖A‖ ‖x‖ + ‖b‖.
    fn holds(&self, b: &[f64], x: &[f64]) -> bool {
        let (n, k) = (self.n, x.len() / self.n);
        let mut r = b.to_vec();
        let to = MatMut::from_column_major_slice_mut(&mut r, n, k);
        let a = MatRef::from_row_major_slice(self.a, n, n);
        matmul(to, Accum::Add, a, MatRef::from_column_major_slice(x, n, k), -1.0, self.par);
        let unit = n as f64 * f64::EPSILON;
        let fine =
            |((r, x), b): ((&[f64], &[f64]), &[f64])| largest(r) <= unit * (self.norms[1] * largest(x) + largest(b));
        first_not_finite(&r).is_none() && r.chunks(n).zip(x.chunks(n)).zip(b.chunks(n)).all(fine)
    }

    /// Two steps with the residual in pairs of f64.
    fn refined(&self, b: &[f64], x: &mut [f64]) {
        let n = self.n;
        for (x, b) in x.chunks_mut(n).zip(b.chunks(n)) {
            for _ in 0..2 {
                let mut r: Vec<f64> = self.a.chunks(n).zip(b).map(|(a, &b)| minus_products(b, a, x)).collect();
                self.apply(&mut r);
                if first_not_finite(&r).is_none() {
                    x.iter_mut().zip(r).for_each(|(x, d)| *x += d);
                }
            }
        }
    }
}

/// The threads for a matrix of this size.
fn threads(n: usize) -> Par {
    if n < PARALLEL { Par::Seq } else { Par::rayon(2) }
}

/// The x with A x = b, and no look at what the factors are like.
pub(super) fn unchecked(a: &[f64], b: &[f64], n: usize) -> Option<Vec<f64>> {
    let mut x = b.to_vec();
    Blocked::unchecked(a, n, [0.0; 2]).apply(&mut x);
    first_not_finite(&x).is_none().then_some(x)
}

/// The largest column sum and the largest row sum, if all rows and columns are of about one size.
fn even(a: &[f64], n: usize) -> Option<[f64; 2]> {
    let (mut tops, mut sums) = (vec![0.0f64; n], vec![0.0f64; n]);
    let mut rows: Vec<(f64, f64)> = Vec::with_capacity(n);
    for row in a.chunks(n) {
        for ((top, sum), v) in tops.iter_mut().zip(&mut sums).zip(row) {
            let v = v.abs();
            *top = if v > *top { v } else { *top };
            *sum += v;
        }
        rows.push((largest(row), row.iter().map(|v| v.abs()).sum()));
    }
    let exponents =
        tops.iter().chain(rows.iter().map(|(top, _)| top)).map(|v| if *v == 0.0 { i64::MIN } else { frexp(*v).1 });
    let (low, high) = exponents.fold((i64::MAX, i64::MIN), |(l, h), e| (l.min(e), h.max(e)));
    let fits = low > -300 && high < 300 && high - low <= RANGE;
    fits.then(|| [sums.into_iter().fold(0.0, f64::max), rows.iter().fold(0.0, |m, r| r.1.max(m))])
}

impl Factor for Blocked<'_> {
    fn zero_pivot(&self) -> Option<usize> {
        None
    }

    fn determinant(&self) -> Determinant {
        let diagonal = self.lu.iter().step_by(self.n + 1).copied();
        if self.definite { product(1.0, 0, diagonal.flat_map(|d| [d, d])) } else { product(self.sign, 0, diagonal) }
    }

    fn rcond(&self) -> f64 {
        1.0 / (self.norms[0] * inverse_norm(self.n, |x| self.apply(x), |x| self.apply_transposed(x)))
    }

    fn solve(&self, b: &[f64], k: usize, refine: bool) -> Vec<f64> {
        let n = self.n;
        let columns = if k == 1 { b.to_vec() } else { transposed(b, n, k) };
        let mut x = columns.clone();
        self.apply(&mut x);
        // Of a right-hand side that is not finite nothing can be checked.
        if first_not_finite(b).is_none() && (refine || !self.holds(&columns, &x)) {
            self.refined(&columns, &mut x);
            if !self.holds(&columns, &x) {
                return completely_pivoted(self.a, n).solve(b, k, true);
            }
        }
        if k == 1 { x } else { transposed(&x, k, n) }
    }

    fn inverse(&self) -> Vec<f64> {
        let n = self.n;
        if self.definite {
            let mut out: Vec<f64> = (0..n * n).map(|t| f64::from(t % (n + 1) == 0)).collect();
            self.apply(&mut out);
            return out;
        }
        let mut memory = MemBuffer::new(inverse::inverse_scratch::<usize, f64>(n, self.par));
        let (f, stack) = (self.factors(), MemStack::new(&mut memory));
        let mut out = vec![0.0; n * n];
        // The inverse of Aᵀ, column by column, is the inverse of A, row by row.
        let to = MatMut::from_column_major_slice_mut(&mut out, n, n);
        inverse::inverse(to, f, f, self.permutation(), self.par, stack);
        if first_not_finite(&out).is_some() { pivoted(self.a, n).inverse() } else { out }
    }

    fn adjugate(&self) -> Vec<f64> {
        completely_pivoted(self.a, self.n).adjugate()
    }
}
