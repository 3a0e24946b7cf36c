//! LU factorisation of one square matrix; small ones in twice the working precision.
//!
//! Rows and columns are first scaled by powers of two, which is exact: a badly scaled matrix is not a singular one.
//! Complete pivoting cannot grow as partial pivoting does, and puts what is singular last. Large matrices go to partial
//! pivoting in blocks first, and come back here where elements grew or a pivot is 0.

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::lu::partial_pivoting::factor as faer_lu;
use faer::{MatMut, Par};

use super::lu_blocked::Blocked;
use super::matrix::{guarded, inverse_norm, minus_products};
use super::pair::{Pair, Real};
use super::reductions::{frexp, ldexp};

/// Up to this size matrices are factored in pairs of f64.
const SMALL: usize = 16;
/// Up to this size the condition number comes from the inverse, above it from an estimate.
const EXACT_CONDITION: usize = 32;

/// From this size on partial pivoting in blocks is tried first.
const BLOCKED: usize = 48;
/// From this size on that takes two threads; a function of the size only, never of the pool.
pub(super) const PARALLEL: usize = 400;
/// Elements of a scaled matrix that grow beyond this under partial pivoting cost digits.
pub(super) const GROWTH: f64 = 1000.0;

/// The factors `L U = P (R A C) Q` of a square matrix A, for powers of two R and C and permutations P and Q.
struct Lu<T> {
    n: usize,
    /// U on and above the diagonal, L below it; column by column.
    lu: Vec<T>,
    /// Row i of the factored matrix is this row of A.
    rows: Vec<usize>,
    /// Column j of the factored matrix is this column of A.
    columns: Vec<usize>,
    /// The determinant of both permutations.
    sign: f64,
    /// The exponents that were taken out of the rows.
    row_exponents: Vec<i64>,
    /// The exponents that were taken out of the columns.
    column_exponents: Vec<i64>,
    /// The largest column sum of the scaled matrix.
    norm: f64,
    /// The matrix itself, for residuals.
    a: Vec<f64>,
}

/// What a factorisation answers.
pub(crate) trait Factor {
    /// The place of the first pivot that is exactly 0, if there is one.
    fn zero_pivot(&self) -> Option<usize>;
    /// The determinant.
    fn determinant(&self) -> Determinant;
    /// The reciprocal of the condition number of the scaled matrix, in the 1-norm.
    fn rcond(&self) -> f64;
    /// X with A X = B, for B of k columns, row-major; `refine` brings the last digits where that is not done anyway.
    fn solve(&self, b: &[f64], k: usize, refine: bool) -> Vec<f64>;
    /// The inverse.
    fn inverse(&self) -> Vec<f64>;
    /// The adjugate det(A) A⁻¹, which singular matrices have too.
    fn adjugate(&self) -> Vec<f64>;
}

/// A determinant m · 2ᵉ, which may lie outside the range of f64.
#[derive(Clone, Copy)]
pub(crate) struct Determinant {
    m: Pair,
    e: i64,
}

impl Determinant {
    /// The determinant of a matrix that holds a NaN or an infinity.
    pub const NAN: Determinant = Determinant { m: Pair { hi: f64::NAN, lo: 0.0 }, e: 0 };

    /// The number as f64.
    pub fn value(self) -> f64 {
        ldexp(self.m.hi, self.e)
    }

    /// −1, 0 or 1.
    pub fn sign(self) -> f64 {
        if self.m.hi > 0.0 || self.m.hi.is_nan() { self.m.hi.signum() } else { -f64::from(self.m.hi < 0.0) }
    }

    /// The logarithm of the magnitude, −inf of 0.
    pub fn log_abs(self) -> f64 {
        let (m, value) = (self.m.hi.abs(), self.value().abs());
        let rest = self.m.lo / self.m.hi;
        match (m == 0.0, value.is_normal()) {
            (true, _) => f64::NEG_INFINITY,
            // Near 1 the logarithm of the rounded value lacks what rounding left over.
            (_, true) => value.ln() + rest,
            _ => m.ln() + self.e as f64 * std::f64::consts::LN_2,
        }
    }
}

/// Factors a square matrix of finite numbers, row-major.
pub(crate) fn factor(a: &[f64], n: usize) -> Box<dyn Factor + '_> {
    if n <= SMALL {
        let mut lu = Lu::<Pair>::scaled(a, n);
        lu.eliminate();
        return Box::new(lu);
    }
    if n >= BLOCKED
        && let Ok(Some(f)) = guarded("lu", || Blocked::new(a, n))
    {
        return Box::new(f);
    }
    Box::new(pivoted(a, n))
}

/// The factors by complete pivoting, of a matrix of any scale, or in blocks where its elements do not grow.
pub(super) fn pivoted(a: &[f64], n: usize) -> impl Factor {
    let mut lu = Lu::<f64>::scaled(a, n);
    if n < BLOCKED || !lu.eliminate_in_blocks() {
        lu.eliminate();
    }
    lu
}

/// The same by complete pivoting alone.
pub(super) fn completely_pivoted(a: &[f64], n: usize) -> impl Factor {
    let mut lu = Lu::<f64>::scaled(a, n);
    lu.eliminate();
    lu
}

/// sign · 2ᵉ times a product that may lie outside the range of f64.
pub(super) fn product<T: Real>(sign: f64, mut e: i64, factors: impl Iterator<Item = T>) -> Determinant {
    let mut m = T::from(sign);
    for f in factors {
        m = m * f;
        let out = frexp(m.round()).1;
        m = m.shift(-out);
        e += out;
    }
    let hi = m.round();
    Determinant { m: Pair { hi, lo: (m - T::from(hi)).round() }, e }
}

impl<T: Real> Lu<T> {
    /// The scaled matrix, not yet factored.
    fn scaled(a: &[f64], n: usize) -> Lu<T> {
        let largest = |values: &mut dyn Iterator<Item = f64>| frexp(values.fold(0.0f64, |m, v| m.max(v.abs()))).1;
        let row_exponents: Vec<i64> = (0..n).map(|i| largest(&mut a[i * n..(i + 1) * n].iter().copied())).collect();
        let scaled = |i: usize, j: usize| ldexp(a[i * n + j], -row_exponents[i]);
        let column_exponents: Vec<i64> = (0..n).map(|j| largest(&mut (0..n).map(|i| scaled(i, j)))).collect();
        let entry = |i: usize, j: usize| a[i * n + j].shift(-row_exponents[i] - column_exponents[j]);
        let lu: Vec<T> = (0..n * n).map(|t| T::from(entry(t % n, t / n))).collect();
        let sum = |j: usize| lu[j * n..(j + 1) * n].iter().map(|v| v.round().abs()).sum::<f64>();
        let norm = (0..n).map(sum).fold(0.0, f64::max);
        let (rows, columns) = ((0..n).collect(), (0..n).collect());
        let a = a.to_vec();
        Lu { n, lu, rows, columns, sign: 1.0, row_exponents, column_exponents, norm, a }
    }

    fn at(&self, i: usize, j: usize) -> T {
        self.lu[j * self.n + i]
    }

    /// Brings the largest remaining element to (k, k).
    fn pivot(&mut self, k: usize) {
        let n = self.n;
        let (mut best, mut p, mut q) = (0.0, k, k);
        for j in k..n {
            for i in k..n {
                let v = self.at(i, j).round().abs();
                if v > best {
                    (best, p, q) = (v, i, j);
                }
            }
        }
        if p != k {
            (0..n).for_each(|j| self.lu.swap(j * n + k, j * n + p));
            self.rows.swap(k, p);
            self.sign = -self.sign;
        }
        if q != k {
            (0..n).for_each(|i| self.lu.swap(k * n + i, q * n + i));
            self.columns.swap(k, q);
            self.sign = -self.sign;
        }
    }

    fn eliminate(&mut self) {
        let n = self.n;
        for k in 0..n {
            self.pivot(k);
            let pivot = self.at(k, k);
            if pivot.round() == 0.0 {
                return;
            }
            let (done, rest) = self.lu.split_at_mut((k + 1) * n);
            let factors = &mut done[k * n + k + 1..];
            factors.iter_mut().for_each(|f| *f = *f / pivot);
            for column in rest.chunks_mut(n) {
                let top = column[k];
                column[k + 1..].iter_mut().zip(&*factors).for_each(|(x, &f)| *x = *x - f * top);
            }
        }
    }

    /// Solves the scaled and permuted system in place: L U y = b.
    fn substitute(&self, y: &mut [T]) {
        let n = self.n;
        for j in 0..n {
            let (head, tail) = y.split_at_mut(j + 1);
            let top = head[j];
            tail.iter_mut().zip(&self.lu[j * n + j + 1..(j + 1) * n]).for_each(|(y, &l)| *y = *y - l * top);
        }
        for j in (0..n).rev() {
            let (head, tail) = y.split_at_mut(j);
            tail[0] = tail[0] / self.at(j, j);
            let top = tail[0];
            head.iter_mut().zip(&self.lu[j * n..j * n + j]).for_each(|(y, &u)| *y = *y - u * top);
        }
    }

    /// The same with the transpose: (L U)ᵀ y = b.
    fn substitute_transposed(&self, y: &mut [T]) {
        let n = self.n;
        for j in 0..n {
            y[j] = (y[j] - dot(&self.lu[j * n..j * n + j], &y[..j])) / self.at(j, j);
        }
        for j in (0..n).rev() {
            y[j] = y[j] - dot(&self.lu[j * n + j + 1..(j + 1) * n], &y[j + 1..]);
        }
    }

    /// A x = b for one right-hand side.
    fn solve_one(&self, b: impl Fn(usize) -> f64) -> Vec<f64> {
        let mut y: Vec<T> = self.rows.iter().map(|&r| T::from(b(r).shift(-self.row_exponents[r]))).collect();
        self.substitute(&mut y);
        let mut x = vec![0.0; self.n];
        self.columns.iter().zip(y).for_each(|(&c, y)| x[c] = y.shift(-self.column_exponents[c]).round());
        x
    }

    /// An estimate of the 1-norm of the inverse of the factored matrix.
    fn inverse_norm(&self) -> f64 {
        let through = |x: &mut [f64], f: &dyn Fn(&mut [T])| {
            let mut wide: Vec<T> = x.iter().map(|&v| T::from(v)).collect();
            f(&mut wide);
            x.iter_mut().zip(wide).for_each(|(x, v)| *x = v.round());
        };
        inverse_norm(
            self.n,
            |x| through(x, &|x| self.substitute(x)),
            |x| through(x, &|x| self.substitute_transposed(x)),
        )
    }

    /// The largest column sum of the inverse of the factored matrix.
    fn exact_inverse_norm(&self) -> f64 {
        let column = |j: usize| {
            let mut y = vec![T::default(); self.n];
            y[j] = T::from(1.0);
            self.substitute(&mut y);
            y.iter().map(|v| v.round().abs()).sum::<f64>()
        };
        (0..self.n).map(column).fold(0.0, f64::max)
    }

    /// The adjugate of U and no division: adj(Uₖ) from adj(Uₖ₋₁), its last column and its determinant.
    fn adjugate_of_u(&self) -> Vec<T> {
        let n = self.n;
        let mut adj = vec![T::default(); n * n];
        let mut det = T::from(1.0);
        for k in 0..n {
            let corner = self.at(k, k);
            for i in 0..k {
                let dot = (i..k).fold(T::default(), |s, j| s + adj[i * n + j] * self.at(j, k));
                adj[i * n + k] = -dot;
                (i..k).for_each(|j| adj[i * n + j] = adj[i * n + j] * corner);
            }
            adj[k * n + k] = det;
            det = det * corner;
        }
        adj
    }
}

impl<T: Real> Factor for Lu<T> {
    fn zero_pivot(&self) -> Option<usize> {
        (0..self.n).find(|&k| self.at(k, k).round() == 0.0)
    }

    fn determinant(&self) -> Determinant {
        let e = self.row_exponents.iter().chain(&self.column_exponents).sum();
        product(self.sign, e, (0..self.n).map(|k| self.at(k, k)))
    }

    fn rcond(&self) -> f64 {
        if self.n == 0 {
            return 1.0;
        }
        if self.zero_pivot().is_some() {
            return 0.0;
        }
        let inverse = if self.n <= EXACT_CONDITION { self.exact_inverse_norm() } else { self.inverse_norm() };
        1.0 / (self.norm * inverse)
    }

    fn solve(&self, b: &[f64], k: usize, _: bool) -> Vec<f64> {
        let n = self.n;
        let mut out = vec![0.0; n * k];
        for c in 0..k {
            let mut x = self.solve_one(|i| b[i * k + c]);
            // Pairs need no refinement; otherwise two steps with the residual in pairs bring the last digits.
            for _ in 0..if T::WIDE { 0 } else { 2 } {
                let r: Vec<f64> = (0..n).map(|i| minus_products(b[i * k + c], &self.a[i * n..][..n], &x)).collect();
                if r.iter().all(|r| r.is_finite()) {
                    x.iter_mut().zip(self.solve_one(|i| r[i])).for_each(|(x, d)| *x += d);
                }
            }
            x.into_iter().enumerate().for_each(|(i, v)| out[i * k + c] = v);
        }
        out
    }

    fn inverse(&self) -> Vec<f64> {
        let eye: Vec<f64> = (0..self.n * self.n).map(|t| f64::from(t % (self.n + 1) == 0)).collect();
        self.solve(&eye, self.n, true)
    }

    fn adjugate(&self) -> Vec<f64> {
        let n = self.n;
        let mut m = self.adjugate_of_u();
        // m L⁻¹, from the last column to the first.
        for j in (0..n).rev() {
            for i in 0..n {
                m[i * n + j] = (j + 1..n).fold(m[i * n + j], |s, l| s - m[i * n + l] * self.at(l, j));
            }
        }
        let exponent: i64 = self.row_exponents.iter().chain(&self.column_exponents).sum();
        let mut out = vec![0.0; n * n];
        for i in 0..n {
            for j in 0..n {
                let (to, from) = (self.columns[i], self.rows[j]);
                let e = exponent - self.column_exponents[to] - self.row_exponents[from];
                out[to * n + from] = self.sign * m[i * n + j].shift(e).round();
            }
        }
        out
    }
}

/// The scalar product in eight lanes, which the compiler can keep in registers.
fn dot<T: Real>(a: &[T], b: &[T]) -> T {
    let mut lanes = [T::default(); 8];
    let (head, tail) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest = head.remainder().iter().zip(tail.remainder()).fold(T::default(), |s, (&a, &b)| s + a * b);
    for (a, b) in head.zip(tail) {
        lanes.iter_mut().zip(a.iter().zip(b)).for_each(|(s, (&a, &b))| *s = *s + a * b);
    }
    lanes.into_iter().fold(rest, |s, v| s + v)
}

impl Lu<f64> {
    /// Partial pivoting in blocks; false, with the matrix as it was, where elements grow or a pivot is 0.
    fn eliminate_in_blocks(&mut self) -> bool {
        let n = self.n;
        let before = self.lu.clone();
        let par = if n < PARALLEL { Par::Seq } else { Par::rayon(2) };
        let (mut forward, mut backward) = (vec![0usize; n], vec![0usize; n]);
        let mut memory = MemBuffer::new(faer_lu::lu_in_place_scratch::<usize, f64>(n, n, par, Default::default()));
        let whole = MatMut::from_column_major_slice_mut(&mut self.lu, n, n);
        let stack = MemStack::new(&mut memory);
        let (info, _) = faer_lu::lu_in_place(whole, &mut forward, &mut backward, par, stack, Default::default());
        let upper = (0..n).flat_map(|j| self.lu[j * n..=j * n + j].iter());
        let largest = upper.fold(0.0f64, |m, v| if v.is_finite() { m.max(v.abs()) } else { f64::INFINITY });
        if largest > GROWTH || self.zero_pivot().is_some() {
            self.lu = before;
            return false;
        }
        self.rows = forward;
        self.sign = if info.transposition_count % 2 == 0 { 1.0 } else { -1.0 };
        true
    }
}
