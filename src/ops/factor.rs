//! Square matrices: determinant, inverse, linear systems, Cholesky factor, batched over leading axes.
//!
//! A determinant exists for every matrix, and its gradient is the adjugate, which is right for singular ones too. What
//! needs an inverse is an error for a singular matrix, and a note for one that is nearly so.

use super::decompose::{each_matrix, finite};
use super::row::OWN;
use super::{MATMUL, SCATTER_ADD, SOLVE_TRIANGULAR, TAKE, reshape_core, sum_to};
use crate::array::lu::{Determinant, Factor, factor};
use crate::array::matrix::{Matrix, cholesky, is_mirrored, relations};
use crate::array::{Array, DType, broadcast, display_shape, element_count, wide};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{
    Attrs, Call, Derivative, Exact, Interval, Kernel, MatrixKind, Meta, Notation, NoteKind, Op, Outputs, Promote,
    Tensor, Vjp, common,
};
use std::borrow::Cow;

/// The rows of this file.
pub(super) static ROWS: &[&Op] = &[&DET, &SLOGDET, &ADJUGATE, &INV, &SOLVE, &CHOLESKY];

/// Batch shape, size and dtype of a value whose last two axes are a square matrix.
pub(super) fn square<'a>(m: &'a Meta, name: &str) -> Result<(&'a [usize], usize, DType)> {
    match m.shape.as_slice() {
        [batch @ .., rows, columns] if rows == columns => Ok((batch, *rows, m.dtype.to_float())),
        shape => {
            let m = format!("`{name}` needs a square matrix, not shape {}", display_shape(shape));
            Err(Error::new(ErrorKind::Shape, m))
        }
    }
}

/// The only input.
pub(super) fn only<'a>(inputs: &[&'a Meta], name: &str) -> Result<&'a Meta> {
    match inputs {
        [m] => Ok(m),
        _ => Err(Error::new(ErrorKind::Argument, format!("`{name}` takes one matrix"))),
    }
}

/// The shape rule of functions from matrix to matrix.
pub(super) fn matrix(inputs: &[&Meta], name: &str) -> Result<Vec<Meta>> {
    let m = only(inputs, name)?;
    let (_, _, dtype) = square(m, name)?;
    Ok(vec![Meta::new(dtype, m.shape.clone())])
}

/// The elements as f64, and the size of the matrices that they form.
fn matrices(a: &Array) -> (Vec<f64>, usize) {
    (a.to_f64(), a.shape().last().copied().unwrap_or(0))
}

/// Runs a function from matrix to matrix over a batch.
fn each(call: &mut Call, f: impl Fn(&mut Call, &[f64], usize) -> Result<Vec<f64>>) -> Result<Vec<Array>> {
    each_matrix(call, |call, a| Ok(vec![f(call, &a.data, a.rows)?]))
}

/// Refuses a singular matrix, and notes one so close to it that half the digits hang on the last bit of the input.
fn regular(call: &mut Call, a: &[f64], f: &dyn Factor) -> Result<()> {
    let eps = call.outs[0].dtype.format().map_or(f64::EPSILON, |f| f.eps());
    let rcond = f.rcond();
    if rcond < eps {
        return Err(singular(call, a, f, rcond));
    }
    if rcond < eps.sqrt() {
        call.note(NoteKind::NearSingular, format!("the condition number of the matrix is {:.1e}", 1.0 / rcond));
    }
    Ok(())
}

/// The error for a singular matrix, with a relation of its rows where one is found.
fn singular(call: &Call, a: &[f64], f: &dyn Factor, rcond: f64) -> Error {
    let dtype = call.outs[0].dtype;
    let eps = dtype.format().map_or(f64::EPSILON, |f| f.eps());
    let n = a.len().isqrt();
    let rows: Vec<Vec<f64>> = a.chunks(n.max(1)).map(<[f64]>::to_vec).collect();
    let found = relations(&rows, 10.0 * n as f64 * eps);
    let why = match (found.first(), f.zero_pivot()) {
        (Some(relation), _) => relation.text("row"),
        (None, Some(k)) => format!("its rank is {k}"),
        (None, None) => format!("its condition number is {:.1e}", 1.0 / rcond),
    };
    let how = if f.zero_pivot().is_some() { String::new() } else { format!(" to the precision of {dtype}") };
    Error::new(ErrorKind::Singular, format!("`{}`: the matrix is singular{how}: {why}", call.name))
}

/// A product of matrices, batched.
pub(super) fn times(a: &Tensor, b: &Tensor) -> Tensor {
    MATMUL.call(&[a, b], Attrs::Int(22))
}

/// A cotangent of a number per matrix, spread over the matrix.
pub(super) fn over_matrix(dy: &Tensor) -> Tensor {
    super::EXPAND_DIMS.call(&[dy], Attrs::Axes(vec![-2, -1]))
}

/// The determinants of a batch.
fn determinants(call: &Call) -> Vec<Determinant> {
    let (values, n) = matrices(&call.inputs[0]);
    let one = |a: &[f64]| {
        if a.iter().all(|v| v.is_finite()) { factor(a, n).determinant() } else { Determinant::NAN }
    };
    match n {
        // The empty product, once for every matrix.
        0 => vec![factor(&[], 0).determinant(); call.outs[0].shape.iter().product()],
        _ => values.chunks(n * n).map(one).collect(),
    }
}

/// A number per matrix as an array.
fn per_matrix(call: &Call, d: &[Determinant], f: fn(Determinant) -> f64) -> Result<Array> {
    Array::from_vec(d.iter().map(|&d| f(d)).collect(), &call.outs[0].shape)
}

/// `det(A)`.
pub static DET: Op = Op {
    name: "det",
    summary: "The determinant of a square matrix; its derivative is the adjugate, also where the matrix is singular.",
    meaning: OWN,
    promote: Promote::Float,
    shape: |inputs, _| {
        let (batch, _, dtype) = square(only(inputs, "det")?, "det")?;
        Ok(vec![Meta::new(dtype, batch.to_vec())])
    },
    kernel: Kernel::Custom(|call| Ok(vec![per_matrix(call, &determinants(call), Determinant::value)?])),
    outputs: Outputs::General,
    exact: Exact::Matrix(wide::det),
    derivative: Derivative::Custom(|v| match &v.dy[0] {
        Some(dy) => vec![Some(over_matrix(dy) * v.x[0].adjugate().mt())],
        None => vec![],
    }),
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: r"\det {0}",
    example: "det([[1, 2], [3, 4]])",
};

/// Sign and logarithm of the magnitude of `det(A)`.
pub static SLOGDET: Op = Op {
    name: "slogdet",
    summary: "Sign and logarithm of the magnitude of the determinant, which itself may overflow or underflow.",
    meaning: OWN,
    promote: Promote::Float,
    shape: |inputs, _| {
        let (batch, _, dtype) = square(only(inputs, "slogdet")?, "slogdet")?;
        Ok(vec![Meta::new(dtype, batch.to_vec()); 2])
    },
    kernel: Kernel::Custom(|call| {
        let d = determinants(call);
        Ok(vec![per_matrix(call, &d, Determinant::sign)?, per_matrix(call, &d, Determinant::log_abs)?])
    }),
    // The sign is constant wherever it has a derivative.
    outputs: Outputs::General,
    exact: Exact::Derived,
    derivative: Derivative::Custom(|v| match v.dy.get(1) {
        Some(Some(dy)) => vec![Some(over_matrix(dy) * v.x[0].inv().mt())],
        _ => vec![],
    }),
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: r"\log \left|\det {0}\right|",
    example: "slogdet([[1e-200, 0], [0, 1e-200]])",
};

/// `det(A) A⁻¹`: the transposed cofactors.
pub static ADJUGATE: Op = Op {
    name: "adjugate",
    summary: "The transposed matrix of cofactors: det(A) inv(A), also where the matrix is singular.",
    meaning: OWN,
    promote: Promote::Float,
    shape: |inputs, _| matrix(inputs, "adjugate"),
    kernel: Kernel::Custom(|call| each(call, |_, a, n| Ok(factor(a, n).adjugate()))),
    outputs: Outputs::General,
    exact: Exact::Derived,
    derivative: Derivative::Custom(adjugate_vjp),
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: r"\operatorname{adj}({0})",
    example: "adjugate([[1, 2], [2, 4]])",
};

/// The flat places of the elements of all n² minors: entry (i, j) of the adjugate leaves out row j and column i.
fn minors(n: usize) -> Array {
    let skip = |k: usize, gone: usize| k + usize::from(k >= gone);
    let m = n - 1;
    let place = |t: usize| {
        let (l, k, j, i) = (t % m, t / m % m, t / (m * m) % n, t / (m * m * n));
        (skip(k, j) * n + skip(l, i)) as i64
    };
    let places: Vec<i64> = (0..n * n * m * m).map(place).collect();
    Array::from_vec(places, &[n, n, m, m]).unwrap_or_else(|_| Array::scalar(0i64))
}

/// Every entry of the adjugate is ± the determinant of a minor, whose gradient is the adjugate of that minor.
fn adjugate_vjp(v: &Vjp) -> Vec<Option<Tensor>> {
    let Some(dy) = &v.dy[0] else { return vec![] };
    let (x, n) = (&v.x[0], v.x[0].dims().last().copied().unwrap_or(0));
    if n < 2 {
        return vec![None];
    }
    let index = Tensor::from(minors(n));
    let flat = |t: &Tensor, shape: &[usize]| {
        let batch = &x.dims()[..x.rank() - 2];
        reshape_core(t, x.rank(), &[batch, shape].concat())
    };
    let minor = TAKE.call(&[&flat(x, &[n * n]), &index], Attrs::Axes(vec![-1]));
    let sign = (0..n * n).map(|t| if (t / n + t % n) % 2 == 0 { 1.0 } else { -1.0 }).collect::<Vec<f64>>();
    let sign = Tensor::from(Array::from_vec(sign, &[n, n])).cast(x.dtype().unwrap_or(DType::F64));
    let terms = over_matrix(&(dy * sign)) * minor.adjugate().mt();
    let sum = Attrs::Slice { axis: -1, start: 4, count: 0, step: 1, length: n * n };
    let sum = SCATTER_ADD.call(&[&terms, &index], sum);
    vec![Some(reshape_core(&sum, x.rank() - 1, x.dims()))]
}

/// `A⁻¹`.
pub static INV: Op = Op {
    name: "inv",
    summary: "The inverse of a square matrix; a singular one is an error.",
    meaning: OWN,
    promote: Promote::Float,
    shape: |inputs, _| matrix(inputs, "inv"),
    kernel: Kernel::Custom(|call| {
        each(call, |call, a, n| {
            let f = factor(a, n);
            regular(call, a, &*f)?;
            Ok(f.inverse())
        })
    }),
    // d(A⁻¹) = −A⁻¹ dA A⁻¹.
    outputs: Outputs::General,
    exact: Exact::Matrix(wide::inverse),
    derivative: Derivative::Custom(|v| match &v.dy[0] {
        Some(dy) => {
            let t = v.y[0].mt();
            vec![Some(-times(&times(&t, dy), &t))]
        }
        None => vec![],
    }),
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: "{0}^{-1}",
    example: "inv([[1, 2], [3, 4]])",
};

/// `A⁻¹ B` without the inverse.
pub static SOLVE: Op = Op {
    name: "solve",
    summary: "The X with A X = B; a singular A is an error.",
    meaning: OWN,
    promote: Promote::Float,
    shape: |inputs, _| {
        let [a, b] = inputs else {
            return Err(Error::new(ErrorKind::Argument, "`solve` takes a matrix and a right-hand side"));
        };
        let (batch, n, _) = square(a, "solve")?;
        let [more @ .., rows, columns] = b.shape.as_slice() else { return Err(SOLVE.misfit(inputs)) };
        let batch = broadcast(batch, more).filter(|_| *rows == n).ok_or_else(|| SOLVE.misfit(inputs))?;
        Ok(vec![Meta::new(common(inputs).0.to_float(), [&batch[..], &[n, *columns]].concat())])
    },
    kernel: Kernel::Field(solve_kernel),
    // X = A⁻¹B: dB = A⁻ᵀ dX and dA = −dB Xᵀ.
    outputs: Outputs::General,
    exact: Exact::Solve(wide::solve),
    derivative: Derivative::Custom(|v| {
        let Some(dy) = &v.dy[0] else { return vec![] };
        let in_b = SOLVE.call(&[&v.x[0].mt(), dy], v.attrs.clone());
        let in_a = -times(&in_b, &v.y[0].mt());
        over_batch(v, [&in_a, &in_b])
    }),
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: "{0}^{-1} {1}",
    example: "solve([[2, 1], [1, 3]], [[1], [2]])",
};

/// Factors every matrix once, and solves for all right-hand sides that belong to it.
fn solve_kernel(call: &mut Call) -> Result<Vec<Array>> {
    let shape = call.outs[0].shape.clone();
    let (a, b) = (call.inputs[0].clone(), call.inputs[1].clone());
    if !call.outs[0].dtype.is_complex() {
        return Ok(vec![solve_real(call, &a, &b, shape)?]);
    }
    // (A + iB)(x + iy) = u + iv is the real system [[A, −B], [B, A]] [x; y] = [u; v].
    let ([re, im], [u, v]) = (a.parts()?, b.parts()?);
    let rows = a.rank() - 2;
    let upper = Array::concatenate(&[&re, &im.negated()?], rows + 1)?;
    let lower = Array::concatenate(&[&im, &re], rows + 1)?;
    let b = Array::concatenate(&[&u, &v], b.rank() - 2)?;
    let axis = shape.len() - 2;
    let n = shape[axis];
    let mut twice = shape;
    twice[axis] = 2 * n;
    let x = solve_real(call, &Array::concatenate(&[&upper, &lower], rows)?, &b, twice)?;
    Ok(vec![Array::from_parts(&x.stride_axis(axis, 0, n, 1)?, &x.stride_axis(axis, n, n, 1)?)?])
}

/// The same for real matrices; `shape` is that of the result.
fn solve_real(call: &mut Call, a: &Array, b: &Array, shape: Vec<usize>) -> Result<Array> {
    let (batch, core) = shape.split_at(shape.len() - 2);
    let (n, k) = (core[0], core[1]);
    let lead = a.shape()[..a.rank() - 2].to_vec();
    let a = finite(a, call.name)?;
    let b = b.broadcast_to(&shape)?.to_contiguous();
    let b = b.as_slice::<f64>().map_or_else(|| Cow::Owned(b.to_f64()), Cow::Borrowed);
    let count = element_count(&lead)?;
    let refine = call.attrs.int() == 1;
    if count == 1 && batch.iter().product::<usize>() == 1 && n * k > 0 {
        let f = factor(&a, n);
        regular(call, &a, &*f)?;
        return Array::from_vec(f.solve(&b, k, refine), &shape);
    }
    // Which matrix every right-hand side belongs to.
    let which = Array::from_vec((0..count as i64).collect(), &lead)?.broadcast_to(batch)?.to_vec::<i64>()?;
    let mut out = vec![f64::NAN; b.len()];
    for (i, a) in a.chunks((n * n).max(1)).enumerate().take(if n * k == 0 { 0 } else { count }) {
        let f = factor(a, n);
        regular(call, a, &*f)?;
        for (j, _) in which.iter().enumerate().filter(|(_, w)| **w == i as i64) {
            let range = j * n * k..(j + 1) * n * k;
            out[range.clone()].copy_from_slice(&f.solve(&b[range], k, refine));
        }
    }
    Array::from_vec(out, &shape)
}

/// The lower triangular L with `L Lᵀ = A`.
pub static CHOLESKY: Op = Op {
    name: "cholesky",
    summary: "The lower triangular L with L @ L.T = A; an A that is not symmetric positive definite is an error.",
    meaning: OWN,
    promote: Promote::Float,
    shape: |inputs, _| matrix(inputs, "cholesky"),
    kernel: Kernel::Custom(|call| {
        each_matrix(call, |call, a| {
            // A difference is small beside the terms of a product L Lᵀ, which the diagonal bounds.
            let terms = |i: usize, j: usize| (a.at(i, i) * a.at(j, j)).abs().sqrt();
            symmetric(call, a, |i, j| terms(i, j).max(a.at(i, j).abs()).max(a.at(j, i).abs()))?;
            let factor = cholesky(&a.data, a.rows).map_err(|(k, pivot)| {
                let m = format!("`cholesky`: the matrix is not positive definite: pivot {k} is {pivot:.3e}");
                Error::new(ErrorKind::Singular, m)
            });
            Ok(vec![factor?])
        })
    }),
    outputs: Outputs::Matrices(&[MatrixKind::Lower]),
    exact: Exact::Matrix(wide::cholesky),
    derivative: Derivative::Custom(cholesky_vjp),
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: r"\operatorname{chol}({0})",
    example: "cholesky([[4, 2], [2, 3]])",
};

/// Refuses a matrix whose two halves differ by more than rounding errors of this size, and names the largest difference.
pub(super) fn symmetric(call: &Call, a: &Matrix, size: impl Fn(usize, usize) -> f64) -> Result<()> {
    if is_mirrored(&a.data, a.rows) {
        return Ok(());
    }
    let eps = call.outs[0].dtype.format().map_or(f64::EPSILON, |f| f.eps());
    let tolerance = 16.0 * a.rows as f64 * eps;
    let mut worst = (0.0, 0, 0);
    for (i, j) in (0..a.rows).flat_map(|i| (0..i).map(move |j| (i, j))) {
        let d = (a.at(i, j) - a.at(j, i)).abs();
        if d > worst.0 && d > tolerance * size(i, j) {
            worst = (d, i, j);
        }
    }
    let (d, i, j) = worst;
    if d == 0.0 {
        return Ok(());
    }
    let (x, y, name) = (a.at(i, j), a.at(j, i), call.name);
    let m = format!("`{name}` needs a symmetric matrix: element [{i}, {j}] is {x} and [{j}, {i}] is {y}");
    Err(Error::new(ErrorKind::Domain, m))
}

/// Gradients in two matrices whose batch axes broadcast: summed over the axes that each of them lacks.
pub(super) fn over_batch(v: &Vjp, gradients: [&Tensor; 2]) -> Vec<Option<Tensor>> {
    let batch = &v.y[0].dims()[..v.y[0].rank() - 2];
    let back = |(g, x): (&Tensor, &Tensor)| sum_to(g, &[batch, &x.dims()[x.rank() - 2..]].concat(), x.dims());
    gradients.into_iter().zip(v.x).map(|pair| Some(back(pair))).collect()
}

/// dA = L⁻ᵀ Φ(Lᵀ dL) L⁻¹, made symmetric, where Φ takes the lower triangle and half of the diagonal.
fn cholesky_vjp(v: &Vjp) -> Vec<Option<Tensor>> {
    let Some(dy) = &v.dy[0] else { return vec![] };
    let l = &v.y[0];
    let n = l.dims().last().copied().unwrap_or(0);
    let weight = |t: usize| match (t / n).cmp(&(t % n)) {
        std::cmp::Ordering::Less => 0.0,
        std::cmp::Ordering::Equal => 0.5,
        std::cmp::Ordering::Greater => 1.0,
    };
    let phi = Tensor::from(Array::from_vec((0..n * n).map(weight).collect::<Vec<f64>>(), &[n, n]));
    let phi = phi.cast(l.dtype().unwrap_or(DType::F64));
    let inner = times(&l.mt(), &dy.tril(0)) * phi;
    let left = SOLVE_TRIANGULAR.call(&[&l.mt(), &inner], Attrs::Int(0));
    let g = SOLVE_TRIANGULAR.call(&[&l.mt(), &left.mt()], Attrs::Int(0)).mt();
    vec![Some(0.5 * (&g + g.mt()))]
}

impl Tensor {
    /// The determinant of the last two axes.
    ///
    /// ```
    /// use gradus::{Tensor, grad};
    /// let a = Tensor::from([[1.0, 2.0], [2.0, 4.0]]);
    /// assert_eq!(a.det().eval()?.item()?, 0.0);
    /// assert_eq!(grad(&a.det(), &a).eval()?.to_f64(), [4.0, -2.0, -2.0, 1.0]);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    #[track_caller]
    pub fn det(&self) -> Tensor {
        DET.call(&[self], Attrs::None)
    }

    /// Sign and logarithm of the magnitude of the determinant: (0, −inf) for a singular matrix.
    #[track_caller]
    pub fn slogdet(&self) -> (Tensor, Tensor) {
        let both = SLOGDET.call(&[self], Attrs::None);
        (both.sibling(0), both.sibling(1))
    }

    /// The transposed cofactors `det(A) A⁻¹` of the last two axes.
    #[track_caller]
    pub fn adjugate(&self) -> Tensor {
        ADJUGATE.call(&[self], Attrs::None)
    }

    /// The inverse of the last two axes; a singular matrix is an error at evaluation.
    #[track_caller]
    pub fn inv(&self) -> Tensor {
        INV.call(&[self], Attrs::None)
    }

    /// The X with `self @ X = b`, for a vector b or columns of a matrix; a singular matrix is an error at evaluation.
    ///
    /// ```
    /// use gradus::Tensor;
    /// let a = Tensor::from([[2.0, 0.0], [0.0, 4.0]]);
    /// assert_eq!(a.solve([1.0, 1.0]).eval()?.to_f64(), [0.5, 0.25]);
    /// assert!(Tensor::from([[1.0, 2.0], [2.0, 4.0]]).solve([1.0, 1.0]).eval().unwrap_err().is_singular());
    /// # Ok::<(), gradus::Error>(())
    /// ```
    #[track_caller]
    pub fn solve(&self, b: impl Into<Tensor>) -> Tensor {
        self.solve_with(&b.into(), Attrs::None)
    }

    /// The same, refined: two steps of correction whose residuals `b - A @ X` are taken in pairs of f64, so that the answer
    /// is right to the last bits wherever the condition number is below 1e16.
    ///
    /// Matrices below 48 rows, and answers that do not satisfy their equations, are refined anyway. Source: Higham,
    /// Accuracy and Stability of Numerical Algorithms, chapter 12.
    ///
    /// ```
    /// use gradus::Tensor;
    /// let a = Tensor::from([[1.0, 1.0], [1.0, 1.0 + 1e-9]]);
    /// assert_eq!(a.solve_refined(a.matmul([1.0, 0.0])).eval()?.to_f64(), [1.0, 0.0]);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    #[track_caller]
    pub fn solve_refined(&self, b: impl Into<Tensor>) -> Tensor {
        self.solve_with(&b.into(), Attrs::Int(1))
    }

    #[track_caller]
    fn solve_with(&self, b: &Tensor, attrs: Attrs) -> Tensor {
        if b.rank() != 1 {
            return SOLVE.call(&[self, b], attrs);
        }
        SOLVE.call(&[self, &b.expand_dims(-1)], attrs).squeeze(-1)
    }

    /// The lower triangular L with `L @ L.T` equal to the matrix, which is symmetric and positive definite.
    #[track_caller]
    pub fn cholesky(&self) -> Tensor {
        CHOLESKY.call(&[self], Attrs::None)
    }
}
