//! Householder reflections: QR with and without pivoting, completion of a basis, least squares of any rank.
//!
//! Small least squares run in pairs of f64, larger ones are refined with residuals in pairs.

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::triangular_solve::{solve_lower_triangular_in_place, solve_upper_triangular_in_place};
use faer::linalg::{householder, qr as faer_qr};
use faer::{Conj, Mat, MatMut, MatRef, Par};

use super::moves::{first_not_finite, largest, transposed, upper_of_transpose};
use super::{Matrix, guarded, par};
use crate::array::pair::{Pair, Real};
use crate::array::reductions::frexp;
use crate::error::{Error, ErrorKind, Result};

/// Multiply-adds up to which least squares run in pairs of f64.
const SMALL: usize = 50_000;
/// Multiply-adds from which an unpivoted factorisation goes to faer.
const BLOCKED: usize = 20_000;

/// A P = Q R, with reflections kept below the diagonal; columns are contiguous.
pub(crate) struct Qr<T> {
    m: usize,
    n: usize,
    /// Column j holds R above, and from the diagonal on the vector of reflection j.
    columns: Vec<Vec<T>>,
    /// The diagonal of R.
    diagonal: Vec<T>,
    /// Column j of the factored matrix is this column of A.
    pub order: Vec<usize>,
}

fn dot<T: Real>(a: &[T], b: &[T]) -> T {
    a.iter().zip(b).fold(T::default(), |s, (&a, &b)| s + a * b)
}

/// x − (2 vᵀx / vᵀv) v.
fn reflect<T: Real>(v: &[T], x: &mut [T]) {
    let size = dot(v, v);
    if size.round() == 0.0 {
        return;
    }
    let twice = dot(v, x) / size;
    let twice = twice + twice;
    x.iter_mut().zip(v).for_each(|(x, &v)| *x = *x - twice * v);
}

impl<T: Real> Qr<T> {
    /// Factors the columns of a matrix; with `pivot` the longest remaining column comes first.
    pub fn new(a: &Matrix, pivot: bool) -> Qr<T> {
        let column = |j: usize| (0..a.rows).map(|i| T::from(a.at(i, j))).collect();
        Qr::of(a.rows, (0..a.columns).map(column).collect(), pivot)
    }

    /// The same of columns of length m.
    fn of(m: usize, columns: Vec<Vec<T>>, pivot: bool) -> Qr<T> {
        let n = columns.len();
        let mut f = Qr { m, n, columns, diagonal: vec![], order: (0..n).collect() };
        for k in 0..m.min(n) {
            if pivot {
                f.pivot(k);
            }
            f.step(k);
        }
        f
    }

    fn pivot(&mut self, k: usize) {
        let size = |c: &[T]| c[k..].iter().map(|v| v.round() * v.round()).sum::<f64>();
        let sizes: Vec<f64> = self.columns[k..].iter().map(|c| size(c)).collect();
        let longest = (0..sizes.len()).fold(0, |b, j| if sizes[j] > sizes[b] { j } else { b });
        self.columns.swap(k, k + longest);
        self.order.swap(k, k + longest);
    }

    fn step(&mut self, k: usize) {
        let (done, rest) = self.columns.split_at_mut(k + 1);
        let v = &mut done[k][k..];
        let size = dot(v, v).root();
        // The reflection sends the column to −sign(head)·size, which cannot cancel.
        let alpha = if v[0].round() < 0.0 { size } else { -size };
        v[0] = v[0] - alpha;
        self.diagonal.push(alpha);
        rest.iter_mut().for_each(|x| reflect(v, &mut x[k..]));
    }

    /// Entry (i, j) of R, i ≤ j.
    pub fn r(&self, i: usize, j: usize) -> T {
        if i == j { self.diagonal[i] } else { self.columns[j][i] }
    }

    /// Qᵀ x in place.
    fn apply_transposed(&self, x: &mut [T]) {
        (0..self.diagonal.len()).for_each(|k| reflect(&self.columns[k][k..], &mut x[k..]));
    }

    /// Q x in place.
    fn apply(&self, x: &mut [T]) {
        (0..self.diagonal.len()).rev().for_each(|k| reflect(&self.columns[k][k..], &mut x[k..]));
    }

    /// The first `count` columns of Q.
    pub fn q(&self, count: usize) -> Matrix {
        let mut q = Matrix::zeros(self.m, count);
        for j in 0..count {
            let mut x = vec![T::default(); self.m];
            x[j] = T::from(1.0);
            self.apply(&mut x);
            x.iter().enumerate().for_each(|(i, v)| q.data[i * count + j] = v.round());
        }
        q
    }

    /// The first `rows` rows of R.
    pub fn upper(&self, rows: usize) -> Matrix {
        let entry = |i: usize, j: usize| if i <= j && i < self.diagonal.len() { self.r(i, j).round() } else { 0.0 };
        Matrix::from_fn(rows, self.n, entry)
    }

    /// How many pivots are larger than `tolerance` times the first.
    pub fn rank(&self, tolerance: f64) -> usize {
        let first = self.diagonal.first().map_or(0.0, |d| d.round().abs());
        self.diagonal.iter().take_while(|d| d.round().abs() > tolerance * first).count()
    }
}

/// Q and R of A = Q R; `full` gives a square Q, otherwise both have min(m, n) vectors.
pub(crate) fn qr(a: &Matrix, full: bool) -> Result<(Matrix, Matrix)> {
    let (m, n) = (a.rows, a.columns);
    let k = if full { m } else { m.min(n) };
    let (scaled, e) = a.in_range();
    let (q, r) = if m * n * m.min(n) < BLOCKED {
        let f = Qr::<f64>::new(&scaled, false);
        (f.q(k), f.upper(k))
    } else {
        blocked_qr(&scaled, k)?
    };
    Ok((q, r.into_shifted(e)))
}

fn blocked_qr(a: &Matrix, k: usize) -> Result<(Matrix, Matrix)> {
    let (m, n) = (a.rows, a.columns);
    let run = || {
        let threads = par(m * n * m.min(n));
        let mut f = transposed(&a.data, m, n);
        let mut h = factored(&mut f, m, n, threads);
        let mut q = vec![0.0; m * k];
        q.iter_mut().step_by(m + 1).for_each(|d| *d = 1.0);
        let block = h.nrows();
        let need = householder::apply_block_householder_sequence_on_the_left_in_place_scratch::<f64>(m, block, k);
        let mut memory = MemBuffer::new(need);
        householder::apply_block_householder_sequence_on_the_left_in_place_with_conj(
            MatRef::from_column_major_slice(&f, m, n).subcols(0, m.min(n)),
            h.as_mut().as_ref(),
            Conj::No,
            MatMut::from_column_major_slice_mut(&mut q, m, k),
            threads,
            MemStack::new(&mut memory),
        );
        let mut r = Matrix::zeros(k, n);
        upper_of_transpose(&f, m, &mut r);
        Some((Matrix::new(m, k, transposed(&q, k, m)), r))
    };
    let failed = || Error::new(ErrorKind::Singular, "`qr`: the factorisation failed on this input");
    let finite = |m: &Matrix| first_not_finite(&m.data).is_none();
    guarded("qr", run)?.filter(|(q, r)| finite(q) && finite(r)).ok_or_else(failed)
}

/// Reflections and R in place of a matrix given column by column; returns the triangular factors of their blocks.
fn factored(f: &mut [f64], m: usize, n: usize, threads: Par) -> Mat<f64> {
    let block = faer_qr::no_pivoting::factor::recommended_block_size::<f64>(m, n);
    let mut h = Mat::zeros(block, m.min(n));
    let need = faer_qr::no_pivoting::factor::qr_in_place_scratch::<f64>(m, n, block, threads, Default::default());
    let mut memory = MemBuffer::new(need);
    let stack = MemStack::new(&mut memory);
    let f = MatMut::from_column_major_slice_mut(f, m, n);
    faer_qr::no_pivoting::factor::qr_in_place(f, h.as_mut(), threads, stack, Default::default());
    h
}

/// Q, R and the column order p of A[:, p] = Q R, with the pivots of R falling.
pub(crate) fn qr_pivoted(a: &Matrix, full: bool) -> (Matrix, Matrix, Vec<usize>) {
    let k = if full { a.rows } else { a.rows.min(a.columns) };
    let e = a.exponent();
    let f = Qr::<f64>::new(&a.shifted(-e), true);
    (f.q(k), f.upper(k).shifted(e), f.order)
}

/// Orthonormal columns, and as many more as make `count` of them.
pub(crate) fn completed(q: &Matrix, count: usize) -> Matrix {
    let f = Qr::<f64>::new(q, false);
    let whole = f.q(count);
    Matrix::from_fn(q.rows, count, |i, j| if j < q.columns { q.at(i, j) } else { whole.at(i, j) })
}

/// T⁻¹ B in place for a triangular T, in blocks.
pub(crate) fn solve_triangular(t: &Matrix, b: &mut Matrix, lower: bool) {
    let (n, k) = (t.rows, b.columns);
    let mut x = transposed(&b.data, n, k);
    let (columns, threads) = (MatMut::from_column_major_slice_mut(&mut x, n, k), par(n * n * k));
    match lower {
        true => solve_lower_triangular_in_place(t.view(), columns, threads),
        false => solve_upper_triangular_in_place(t.view(), columns, threads),
    }
    b.data = transposed(&x, k, n);
}

/// P, L and U of A = P L U with partial pivoting; `p[i]` is the row of A that stands in row i of L U.
pub(crate) fn lu(a: &Matrix) -> (Vec<usize>, Matrix, Matrix) {
    let (m, n) = (a.rows, a.columns);
    let (k, mut work, mut p) = (m.min(n), a.clone(), (0..m).collect::<Vec<_>>());
    for c in 0..k {
        let best = (c..m).fold(c, |b, i| if work.at(i, c).abs() > work.at(b, c).abs() { i } else { b });
        if best != c {
            (0..n).for_each(|j| work.data.swap(c * n + j, best * n + j));
            p.swap(c, best);
        }
        let pivot = work.at(c, c);
        if pivot == 0.0 {
            continue;
        }
        let (above, below) = work.data.split_at_mut((c + 1) * n);
        let row = &above[c * n..];
        for rest in below.chunks_mut(n) {
            let factor = rest[c] / pivot;
            rest[c] = factor;
            rest[c + 1..].iter_mut().zip(&row[c + 1..]).for_each(|(x, &y)| *x -= factor * y);
        }
    }
    let lower = |i: usize, j: usize| {
        if i == j {
            1.0
        } else if i > j {
            work.at(i, j)
        } else {
            0.0
        }
    };
    let upper = |i: usize, j: usize| if i <= j { work.at(i, j) } else { 0.0 };
    (p, Matrix::from_fn(m, k, lower), Matrix::from_fn(k, n, upper))
}

/// The answer to min ‖A X − B‖.
pub(crate) struct LeastSquares {
    /// X, the shortest where there are many.
    pub x: Matrix,
    /// The rank that was used.
    pub rank: usize,
}

/// The shortest X that makes every column of ‖A X − B‖ smallest.
///
/// Columns are first scaled by powers of two; pivots below `tolerance` times the largest are taken as 0.
pub(crate) fn least_squares(a: &Matrix, b: &Matrix, tolerance: f64) -> LeastSquares {
    if a.rows * a.columns * a.rows.min(a.columns) <= SMALL {
        Solver::<Pair>::new(a, tolerance).solve(b)
    } else if let Some(x) = in_blocks(a, b, tolerance) {
        LeastSquares { x, rank: a.columns }
    } else {
        Solver::<f64>::new(a, tolerance).solve(b)
    }
}

/// Columns whose condition number is below this are far from dependent, and a plain solution has its digits.
const WELL: f64 = 1e4;

/// The same for a tall matrix with columns far from dependent, in blocks; None where they are not, or the check fails.
fn in_blocks(a: &Matrix, b: &Matrix, tolerance: f64) -> Option<Matrix> {
    let (m, n, k) = (a.rows, a.columns, b.columns);
    if m < n || n == 0 || k == 0 || tolerance * WELL > 1e-3 || !a.is_tame() || !b.is_tame() {
        return None;
    }
    let run = || {
        // The reflections that make A triangular are applied to B as further columns.
        let mut f = transposed(&a.data, m, n);
        f.extend(transposed(&b.data, m, k));
        factored(&mut f, m, n + k, par(m * n * n));
        let f = MatRef::from_column_major_slice(&f, m, n + k);
        let r = f.submatrix(0, 0, n, n);
        if !(condition(r) < WELL) {
            return None;
        }
        let mut x = f.submatrix(0, n, n, k).to_owned();
        solve_upper_triangular_in_place(r, x.as_mut(), Par::Seq);
        Some(Matrix::from_fn(n, k, |i, j| x[(i, j)]))
    };
    let x = guarded("lstsq", run).ok()??;
    is_least(a, b, &x).then_some(x)
}

/// The condition number in the 1-norm of a triangular matrix whose columns are scaled to length 1: an estimate from below
/// by Hager's method.
fn condition(r: MatRef<'_, f64>) -> f64 {
    let n = r.ncols();
    let length = |j: usize| (0..=j).map(|i| r[(i, j)] * r[(i, j)]).sum::<f64>().sqrt();
    let scaled = |j: usize| (length(j), (0..=j).map(|i| r[(i, j)].abs()).sum::<f64>());
    let columns: Vec<(f64, f64)> = (0..n).map(scaled).collect();
    let norm = columns.iter().fold(0.0f64, |m, (length, sum)| m.max(sum / length));
    // With S = R D⁻¹: S⁻¹ x = D R⁻¹ x and S⁻ᵀ x = R⁻ᵀ D x.
    let solve = |x: &mut [f64]| {
        solve_upper_triangular_in_place(r, MatMut::from_column_major_slice_mut(x, n, 1), Par::Seq);
        x.iter_mut().zip(&columns).for_each(|(x, (length, _))| *x *= length);
    };
    let transposed = |x: &mut [f64]| {
        x.iter_mut().zip(&columns).for_each(|(x, (length, _))| *x *= length);
        let x = MatMut::from_column_major_slice_mut(x, n, 1);
        solve_lower_triangular_in_place(r.transpose(), x, Par::Seq);
    };
    norm * inverse_norm(n, solve, transposed)
}

/// An estimate of the 1-norm of an inverse from products with it and with its transpose, from below, mostly within a
/// factor of three. Source: Hager (1984).
pub(crate) fn inverse_norm(n: usize, solve: impl Fn(&mut [f64]), transposed: impl Fn(&mut [f64])) -> f64 {
    let mut x = vec![1.0 / n as f64; n];
    let mut best = 0.0;
    for _ in 0..5 {
        solve(&mut x);
        let norm: f64 = x.iter().map(|v| v.abs()).sum();
        if norm <= best || !norm.is_finite() {
            return if norm.is_finite() { best } else { f64::INFINITY };
        }
        best = norm;
        x.iter_mut().for_each(|v| *v = if *v < 0.0 { -1.0 } else { 1.0 });
        transposed(&mut x);
        let steepest = (0..n).fold(0, |m, i| if x[i].abs() > x[m].abs() { i } else { m });
        x.fill(0.0);
        x[steepest] = 1.0;
    }
    best
}

/// True if the residuals are orthogonal to the columns, to rounding.
fn is_least(a: &Matrix, b: &Matrix, x: &Matrix) -> bool {
    let mut r = a.product(x);
    r.data.iter_mut().zip(&b.data).for_each(|(r, b)| *r = b - *r);
    let slope = largest(&a.transposed_product(&r).data);
    let size = a.frobenius() * (a.frobenius() * x.frobenius() + b.frobenius());
    slope <= 64.0 * f64::EPSILON * size
}

/// Powers of x as columns, in pairs: the lowest first if `increasing`.
fn powers(x: &[f64], count: usize, increasing: bool) -> Vec<Vec<Pair>> {
    let mut columns = vec![vec![Pair::from(1.0); x.len()]; count];
    for k in 1..count {
        columns[k] = columns[k - 1].iter().zip(x).map(|(p, &x)| *p * Pair::from(x)).collect();
    }
    if !increasing {
        columns.reverse();
    }
    columns
}

/// The Vandermonde matrix of x, every entry rounded once.
pub(crate) fn vandermonde(x: &[f64], count: usize, increasing: bool) -> Matrix {
    let columns = powers(x, count, increasing);
    Matrix::from_fn(x.len(), count, |i, j| columns[j][i].hi)
}

/// Least squares for the Vandermonde matrix of x, whose powers are not rounded to f64 in between.
pub(crate) fn fit_powers(x: &[f64], count: usize, increasing: bool, b: &Matrix, tolerance: f64) -> LeastSquares {
    let a = vandermonde(x, count, increasing);
    Solver::of(&a, powers(x, count, increasing), tolerance).solve(b)
}

/// A factored least squares problem.
struct Solver<'a, T> {
    a: &'a Matrix,
    f: Qr<T>,
    rank: usize,
    /// The exponents that were taken out of the columns.
    exponents: Vec<i64>,
    /// The QR factors of the transpose of the first `rank` rows of R, where R is wider than that.
    wide: Option<Qr<T>>,
}

impl<'a, T: Real> Solver<'a, T> {
    fn new(a: &'a Matrix, tolerance: f64) -> Self {
        let column = |j: usize| (0..a.rows).map(|i| T::from(a.at(i, j))).collect();
        Solver::of(a, (0..a.columns).map(column).collect(), tolerance)
    }

    /// The same of columns that A is rounded from.
    fn of(a: &'a Matrix, mut columns: Vec<Vec<T>>, tolerance: f64) -> Self {
        let largest = |c: &Vec<T>| frexp(c.iter().fold(0.0f64, |m, v| m.max(v.round().abs()))).1;
        let exponents: Vec<i64> = columns.iter().map(largest).collect();
        for (c, e) in columns.iter_mut().zip(&exponents) {
            c.iter_mut().for_each(|v| *v = v.shift(-e));
        }
        let f = Qr::of(a.rows, columns, true);
        let rank = f.rank(tolerance);
        let mut it = Solver { a, f, rank, exponents, wide: None };
        if rank < a.columns {
            it.wide = Some(it.transposed_rows());
        }
        it
    }

    /// The QR factors of Rᵀ, its columns unscaled: the shortest X is one of the original columns.
    fn transposed_rows(&self) -> Qr<T> {
        let (n, r, top) = (self.a.columns, self.rank, self.exponents.iter().copied().max().unwrap_or(0));
        let entry = |i: usize, j: usize| {
            let e = self.exponents[self.f.order[j]] - top;
            if i <= j { self.f.r(i, j).shift(e) } else { T::default() }
        };
        let columns = (0..r).map(|i| (0..n).map(|j| entry(i, j)).collect()).collect();
        let mut f = Qr { m: n, n: r, columns, diagonal: vec![], order: (0..r).collect() };
        (0..r).for_each(|k| f.step(k));
        f
    }

    /// The X for one right-hand side given as T.
    fn one(&self, mut c: Vec<T>) -> Vec<T> {
        self.f.apply_transposed(&mut c);
        let (n, r) = (self.a.columns, self.rank);
        let mut y = vec![T::default(); n];
        match &self.wide {
            None => {
                for i in (0..r).rev() {
                    c[i] = (i + 1..r).fold(c[i], |s, j| s - self.f.r(i, j) * c[j]) / self.f.r(i, i);
                }
                (0..r).for_each(|i| y[self.f.order[i]] = c[i].shift(-self.exponents[self.f.order[i]]));
            }
            Some(wide) => {
                // Rᵀ = W S gives Sᵀ Wᵀ y = c: forward substitution, then W.
                let top = self.exponents.iter().copied().max().unwrap_or(0);
                let mut z = vec![T::default(); n];
                for i in 0..r {
                    z[i] = (0..i).fold(c[i], |s, j| s - wide.r(j, i) * z[j]) / wide.r(i, i);
                }
                wide.apply(&mut z);
                (0..n).for_each(|i| y[self.f.order[i]] = z[i].shift(-top));
            }
        }
        y
    }

    fn solve(&self, b: &Matrix) -> LeastSquares {
        let mut x = Matrix::zeros(self.a.columns, b.columns);
        for c in 0..b.columns {
            let right: Vec<f64> = (0..b.rows).map(|i| b.at(i, c)).collect();
            let mut y = self.one(right.iter().map(|&v| T::from(v)).collect());
            if !T::WIDE && self.wide.is_none() {
                y = self.refined(&right, y);
            }
            y.iter().enumerate().for_each(|(i, v)| x.data[i * b.columns + c] = v.round());
        }
        LeastSquares { x, rank: self.rank }
    }

    /// Björck's refinement: the residual r and x together solve r + A x = b, Aᵀ r = 0, with both residuals in pairs.
    fn refined(&self, b: &[f64], x: Vec<T>) -> Vec<T> {
        let a = self.a;
        let mut x: Vec<f64> = x.iter().map(|v| v.round()).collect();
        let mut r: Vec<f64> = (0..a.rows).map(|i| minus_products(b[i], a.row(i), &x)).collect();
        for _ in 0..3 {
            let f: Vec<f64> = (0..a.rows).map(|i| minus_products(b[i] - r[i], a.row(i), &x)).collect();
            let mut g = vec![Pair::default(); a.columns];
            for i in 0..a.rows {
                g.iter_mut().zip(a.row(i)).for_each(|(g, &v)| *g = *g - Pair::product(v, r[i]));
            }
            let g: Vec<f64> = g.iter().map(|v| v.hi).collect();
            let Some((dx, dr)) = self.correction(&f, &g) else { break };
            x.iter_mut().zip(dx).for_each(|(x, d)| *x += d);
            r.iter_mut().zip(dr).for_each(|(r, d)| *r += d);
        }
        x.into_iter().map(T::from).collect()
    }

    /// The solution of dr + A dx = f, Aᵀ dr = g by the factors.
    fn correction(&self, f: &[f64], g: &[f64]) -> Option<(Vec<f64>, Vec<f64>)> {
        let n = self.a.columns;
        let mut h = vec![T::default(); self.a.rows];
        for i in 0..n {
            let from = self.f.order[i];
            let right = T::from(g[from]).shift(-self.exponents[from]);
            h[i] = (0..i).fold(right, |s, j| s - self.f.r(j, i) * h[j]) / self.f.r(i, i);
        }
        let mut c: Vec<T> = f.iter().map(|&v| T::from(v)).collect();
        self.f.apply_transposed(&mut c);
        let mut top: Vec<T> = (0..n).map(|i| c[i] - h[i]).collect();
        for i in (0..n).rev() {
            top[i] = (i + 1..n).fold(top[i], |s, j| s - self.f.r(i, j) * top[j]) / self.f.r(i, i);
        }
        let mut dx = vec![0.0; n];
        (0..n).for_each(|i| dx[self.f.order[i]] = top[i].shift(-self.exponents[self.f.order[i]]).round());
        c[..n].copy_from_slice(&h[..n]);
        self.f.apply(&mut c);
        let dr: Vec<f64> = c.iter().map(|v| v.round()).collect();
        dx.iter().chain(&dr).all(|v| v.is_finite()).then_some((dx, dr))
    }
}

/// b − a·x, accumulated in pairs.
pub(crate) fn minus_products(b: f64, a: &[f64], x: &[f64]) -> f64 {
    a.iter().zip(x).fold(Pair::from(b), |s, (&a, &x)| s - Pair::product(a, x)).hi
}
