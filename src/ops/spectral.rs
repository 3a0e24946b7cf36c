//! Eigenvalues and singular values, functions of a symmetric matrix, and their derivatives at equal eigenvalues.
//!
//! Vectors of equal eigenvalues are not unique: a derivative through them is an error of its own kind, unless nothing
//! flows through them. Functions that do not depend on the choice are rows (`sqrtm`) or rules of the stabiliser.

use super::decompose::{batch_of, each_matrix, last_two, no_derivative, rectangle};
use super::factor::{only, over_batch, square, times};
use super::row::{OWN, UPRIGHT};
use super::{sum_to, zeros_like};
use crate::array::matrix::{self, Matrix};
use crate::array::{Array, DType, broadcast};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{
    Attrs, Call, Derivative, Exact, Interval, Kernel, MatrixKind, Meta, Notation, Op, Outputs, Promote, Tensor, Vjp,
    common,
};

/// The rows of this file.
pub(super) static ROWS: &[&Op] = &[&EIGH, &SVD, &OVER_GAP, &SPECTRAL, &SQRTM, &LYAPUNOV];

/// Refuses a matrix that is not symmetric to within rounding errors of its largest entry.
fn symmetric(call: &Call, a: &Matrix) -> Result<()> {
    let size = a.data.iter().fold(0.0f64, |m, v| m.max(v.abs()));
    super::factor::symmetric(call, a, |_, _| size)
}

/// A row vector per matrix that scales the columns of it.
fn across(s: &Tensor) -> Tensor {
    s.expand_dims(-2)
}

/// A column vector per matrix that scales the rows of it.
fn down(s: &Tensor) -> Tensor {
    s.expand_dims(-1)
}

/// A matrix per matrix with this diagonal.
fn on_diagonal(s: &Tensor) -> Tensor {
    let n = s.dims().last().copied().unwrap_or(0);
    Tensor::select(&Tensor::eye(n, n, 0, DType::Bool), &across(s), &zeros_like(&across(s)))
}

/// `A = Q diag(w) Qᵀ`.
pub static EIGH: Op = Op {
    name: "eigh",
    summary: "Ascending eigenvalues w and orthonormal eigenvectors Q of a symmetric matrix: A = Q diag(w) Q.T.",
    meaning: OWN,
    promote: Promote::Float,
    shape: |inputs, _| {
        let (batch, n, dtype) = square(only(inputs, "eigh")?, "eigh")?;
        let meta = |core: &[usize]| Meta::new(dtype, [batch, core].concat());
        Ok(vec![meta(&[n]), meta(&[n, n])])
    },
    kernel: Kernel::Custom(|call| {
        each_matrix(call, |call, a| {
            symmetric(call, a)?;
            matrix::eigh(a).map(|d| vec![d.w, d.q.data])
        })
    }),
    outputs: Outputs::Matrices(&[MatrixKind::General, MatrixKind::Orthogonal]),
    exact: Exact::Derived,
    derivative: Derivative::Custom(|v| vec![eigh_vjp(v)]),
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: r"\operatorname{eigh}({0})",
    example: "eigh([[2, 1], [1, 2]]).eigenvalues",
};

/// Ā = Q (diag(w̄) + (Qᵀ Q̄) / (wⱼ − wᵢ)) Qᵀ, made symmetric.
fn eigh_vjp(v: &Vjp) -> Option<Tensor> {
    let (w, q) = (&v.y[0], &v.y[1]);
    let values = v.dy[0].as_ref().map(on_diagonal);
    let vectors = v.dy[1].as_ref().map(|dq| OVER_GAP.call(&[&times(&q.mt(), dq), w, dq], Attrs::None));
    let inner = match (values, vectors) {
        (Some(a), Some(b)) => a + b,
        (Some(a), None) | (None, Some(a)) => a,
        (None, None) => return None,
    };
    let g = times(&times(q, &inner), &q.mt());
    Some(0.5 * (&g + g.mt()))
}

/// `A = U diag(S) Vh`.
pub static SVD: Op = Op {
    name: "svd",
    summary: "Orthonormal U and Vh and falling singular values S with A = U diag(S) Vh.",
    meaning: OWN,
    promote: Promote::Float,
    shape: |inputs, attrs| {
        let (batch, m, n, dtype) = rectangle(only(inputs, "svd")?, "svd")?;
        let k = m.min(n);
        let (in_u, in_v) = if attrs.int() == 1 { (m, n) } else { (k, k) };
        let meta = |core: &[usize]| Meta::new(dtype, [batch, core].concat());
        Ok(vec![meta(&[m, in_u]), meta(&[k]), meta(&[in_v, n])])
    },
    kernel: Kernel::Custom(|call| {
        let full = call.attrs.int() == 1;
        each_matrix(call, |_, a| matrix::svd(a, full).map(|d| vec![d.u.data, d.s, d.vh.data]))
    }),
    outputs: Outputs::Matrices(&[MatrixKind::Orthogonal, MatrixKind::General, MatrixKind::Orthogonal]),
    exact: Exact::Derived,
    derivative: Derivative::Custom(|v| vec![svd_vjp(v)]),
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: r"\operatorname{svd}({0})",
    example: "svd([[3, 0], [4, 5]]).S",
};

/// Ā = U (diag(S̄) + K) Vh, plus what leaves the span of U or of V, where K comes from the skew parts J of Uᵀ Ū and H of
/// Vᵀ V̄: K = ½ (J + H) / (sⱼ − sᵢ) + ½ (J − H) / (sⱼ + sᵢ). Source: Townsend, Differentiating the SVD (2016).
fn svd_vjp(v: &Vjp) -> Option<Tensor> {
    let (u, s, vh) = (&v.y[0], &v.y[1], &v.y[2]);
    let ((m, n), k) = (last_two(&v.x[0]), s.dims().last().copied().unwrap_or(0));
    let (du, dv) = (v.dy[0].as_ref(), v.dy[2].as_ref().map(Tensor::mt));
    if (du.is_some() || dv.is_some()) && v.attrs.int() == 1 && m != n {
        return Some(no_derivative(&SVD, "the vectors of full matrices beyond the singular values are not unique"));
    }
    // The first k vectors carry the singular values; only they take part.
    let u = u.slice(-1, Some(0), Some(k as i64), 1);
    let vt = vh.slice(-2, Some(0), Some(k as i64), 1);
    let skew = |basis: &Tensor, d: &Tensor| {
        let m = times(&basis.mt(), d);
        &m - m.mt()
    };
    let (j, h) = (du.map(|du| skew(&u, du)), dv.as_ref().map(|dv| skew(&vt.mt(), dv)));
    let mut inner = v.dy[1].as_ref().map(on_diagonal);
    let mut add = |term: Tensor| inner = Some(inner.take().map_or(term.clone(), |sum| sum + term));
    let (sum, difference) = match (j, h) {
        (Some(j), Some(h)) => (Some(&j + &h), Some(j - h)),
        (Some(j), None) => (Some(j.clone()), Some(j)),
        (None, Some(h)) => (Some(h.clone()), Some(-h)),
        (None, None) => (None, None),
    };
    if let (Some(sum), Some(difference)) = (sum, difference) {
        let active = match (du, &dv) {
            (Some(du), Some(dv)) => Tensor::concatenate(&[du, dv], -2),
            (Some(d), None) | (None, Some(d)) => d.clone(),
            (None, None) => sum.clone(),
        };
        add(0.5 * OVER_GAP.call(&[&sum, s, &active], Attrs::None));
        // Off the diagonal only: on it the skew part is 0, and so may be the sum.
        let off = Tensor::eye(k, k, 0, DType::Bool);
        let total = Tensor::select(&off, &Tensor::from(1.0), &(across(s) + down(s)));
        add(0.5 * Tensor::select(&off, &Tensor::from(0.0), &difference) / total);
    }
    let mut g = inner.map(|inner| times(&times(&u, &inner), &vt));
    let mut more = |term: Tensor| g = Some(g.take().map_or(term.clone(), |g| g + term));
    if let Some(du) = du.filter(|_| m > k) {
        let out = du - times(&u, &times(&u.mt(), du));
        more(times(&(out / across(s)), &vt));
    }
    if let Some(dv) = dv.filter(|_| n > k) {
        let out = &dv - times(&vt.mt(), &times(&vt, &dv));
        more(times(&u, &(out / across(s)).mt()));
    }
    g
}

/// `M[i, j] / (v[j] − v[i])` off the diagonal, 0 on it.
pub static OVER_GAP: Op = Op {
    name: "over_gap",
    summary: "M[i, j] / (v[j] - v[i]) off the diagonal, 0 on it; equal values are an error where a cotangent uses them.",
    meaning: OWN,
    promote: Promote::Float,
    shape: |inputs, _| {
        let [m, v, d] = inputs else {
            return Err(Error::new(ErrorKind::Argument, "`over_gap` takes a matrix, values and a cotangent"));
        };
        let (batch, n, _) = square(m, "over_gap")?;
        let fits = |lead: &[usize]| broadcast(batch, lead).is_some_and(|b| b == batch);
        match (v.shape.as_slice(), d.shape.as_slice()) {
            ([more @ .., k], [lead @ .., _, c]) if *k == n && *c == n && fits(more) && fits(lead) => {
                Ok(vec![Meta::new(common(inputs).0.to_float(), m.shape.clone())])
            }
            _ => Err(OVER_GAP.misfit(inputs)),
        }
    },
    kernel: Kernel::Custom(over_gap_kernel),
    outputs: Outputs::General,
    exact: Exact::Derived,
    derivative: Derivative::Custom(|v| {
        let Some(dy) = &v.dy[0] else { return vec![] };
        let (values, y) = (&v.x[1], &v.y[0]);
        let in_m = OVER_GAP.call(&[dy, values, &v.x[2]], Attrs::None);
        // ∂y/∂v: −y/gap for vⱼ, the opposite for vᵢ.
        let t = OVER_GAP.call(&[&(dy * y), values, &v.x[2]], Attrs::None);
        let in_v = t.sum(-1) - t.sum(-2);
        let batch = &y.dims()[..y.rank() - 2];
        let from = [batch, &y.dims()[y.rank() - 1..]].concat();
        vec![Some(sum_to(&in_m, y.dims(), v.x[0].dims())), Some(sum_to(&in_v, &from, values.dims())), None]
    }),
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: UPRIGHT,
    example: "over_gap([[1, 2], [3, 4]], [1, 3], eye(2))",
};

/// Gaps below this many units of rounding of the largest value count as none.
const GAP: f64 = 4.0;

fn over_gap_kernel(call: &mut Call) -> Result<Vec<Array>> {
    let shape = call.outs[0].shape.clone();
    let (batch, n) = (&shape[..shape.len() - 2], shape[shape.len() - 1]);
    let eps = call.outs[0].dtype.format().map_or(f64::EPSILON, |f| f.eps());
    let m = call.inputs[0].to_f64();
    let values = call.inputs[1].broadcast_to(&[batch, &[n]].concat())?.to_f64();
    let rows = call.inputs[2].shape()[call.inputs[2].rank() - 2];
    let cotangents = call.inputs[2].broadcast_to(&[batch, &[rows, n]].concat())?.to_f64();
    let mut out = vec![0.0; m.len()];
    for (b, out) in out.chunks_mut((n * n).max(1)).enumerate() {
        let (v, d) = (&values[b * n..(b + 1) * n], &cotangents[b * rows * n..(b + 1) * rows * n]);
        let largest = v.iter().fold(0.0f64, |m, v| m.max(v.abs()));
        let used = |j: usize| (0..rows).any(|i| d[i * n + j] != 0.0);
        for (i, j) in (0..n * n).map(|t| (t / n, t % n)).filter(|(i, j)| i != j) {
            let gap = v[j] - v[i];
            if gap.abs() > GAP * eps * largest {
                out[i * n + j] = m[b * n * n + i * n + j] / gap;
            } else if used(i) || used(j) {
                let m = format!(
                    "degenerate: values {i} and {j} are both {}, so a derivative through their vectors does not exist",
                    v[i]
                );
                return Err(Error::new(ErrorKind::NotDifferentiable, m));
            }
        }
    }
    Ok(vec![Array::from_vec(out, &shape)?.cast(call.outs[0].dtype)?])
}

/// `Q diag(f(w)) Qᵀ` with the slope of f, so that equal eigenvalues do no harm.
pub static SPECTRAL: Op = Op {
    name: "spectral",
    summary: "A function of a symmetric A: Q diag(f) Q.T, from A, w, Q, f(w), its slope, and f without its slope in w.",
    meaning: OWN,
    promote: Promote::Float,
    shape: |inputs, _| match inputs {
        [a, w, q, f, slope, free] => {
            let (_, n, dtype) = square(a, "spectral")?;
            let vectors = [w, f, slope, free].iter().all(|v| v.shape == [n]);
            match vectors && a.shape == [n, n] && q.shape == [n, n] {
                true => Ok(vec![Meta::new(dtype, a.shape.clone())]),
                false => Err(SPECTRAL.misfit(inputs)),
            }
        }
        _ => Err(Error::new(ErrorKind::Argument, "`spectral` takes six values")),
    },
    kernel: Kernel::Custom(|call| {
        let n = call.outs[0].shape[0];
        let q = Matrix::new(n, n, call.inputs[2].to_f64());
        let f = call.inputs[3].to_f64();
        Ok(vec![Array::from_vec(rebuilt(&q, |k| f[k]), &[n, n])?.cast(call.outs[0].dtype)?])
    }),
    outputs: Outputs::General,
    exact: Exact::Derived,
    // Ā = Q (Qᵀ Ȳ Q ∘ D) Qᵀ with the divided differences D of f, which are its slope where eigenvalues meet.
    // Source: Daletskii and Krein (1965).
    derivative: Derivative::Custom(|v| {
        let Some(dy) = &v.dy[0] else { return vec![] };
        let (w, q, f, slope) = (&v.x[1], &v.x[2], &v.x[3], &v.x[4]);
        let inner = times(&times(&q.mt(), &(0.5 * (dy + dy.mt()))), q);
        let gap = across(w) - down(w);
        let near = gap.abs().less_equal(NEAR * (across(w).abs() + down(w).abs()));
        let middle = 0.5 * (across(slope) + down(slope));
        let apart = (across(f) - down(f)) / Tensor::select(&near, &Tensor::from(1.0), &gap);
        let divided = Tensor::select(&near, &middle, &apart);
        let in_a = times(&times(q, &(&inner * divided)), &q.mt());
        vec![Some(in_a), None, None, None, None, Some(inner.diagonal())]
    }),
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: UPRIGHT,
    example: "spectral(diag([4, 9]), [4, 9], eye(2), [2, 3], [0.25, 1 / 6], [2, 3])",
};

/// Eigenvalues whose relative gap is below this take the slope in the middle: its error is the square of the gap, that
/// of the difference is a unit of rounding over the gap.
const NEAR: f64 = 1e-5;

/// The shape rule of functions from symmetric matrix to matrix.
fn same_square(inputs: &[&Meta], name: &str) -> Result<Vec<Meta>> {
    let m = only(inputs, name)?;
    let (_, _, dtype) = square(m, name)?;
    Ok(vec![Meta::new(dtype, m.shape.clone())])
}

/// `Q diag(f(w)) Qᵀ` of an eigendecomposition.
fn rebuilt(q: &Matrix, f: impl Fn(usize) -> f64) -> Vec<f64> {
    let n = q.rows;
    let f: Vec<f64> = (0..n).map(f).collect();
    let y = Matrix::from_fn(n, n, |i, j| q.at(i, j) * f[j]).product(&q.transpose());
    Matrix::from_fn(n, n, |i, j| y.at(i.max(j), i.min(j))).data
}

/// The symmetric root of a symmetric positive semidefinite matrix.
pub static SQRTM: Op = Op {
    name: "sqrtm",
    summary: "The symmetric S with S @ S = A, for a symmetric A without negative eigenvalues.",
    meaning: OWN,
    promote: Promote::Float,
    shape: |inputs, _| same_square(inputs, "sqrtm"),
    kernel: Kernel::Custom(|call| {
        each_matrix(call, |call, a| {
            symmetric(call, a)?;
            let d = matrix::eigh(a)?;
            let eps = call.outs[0].dtype.format().map_or(f64::EPSILON, |f| f.eps());
            let largest = d.w.iter().fold(0.0f64, |m, w| m.max(w.abs()));
            if let Some(w) = d.w.iter().find(|w| **w < -(a.rows as f64) * 4.0 * eps * largest) {
                let m = format!("`sqrtm`: the matrix is not positive semidefinite: it has the eigenvalue {w:.6e}");
                return Err(Error::new(ErrorKind::Domain, m));
            }
            Ok(vec![rebuilt(&d.q, |k| d.w[k].max(0.0).sqrt())])
        })
    }),
    outputs: Outputs::General,
    exact: Exact::Derived,
    // S dS + dS S = dA, so Ā solves the same equation; it is right at equal eigenvalues too.
    derivative: Derivative::Custom(|v| match &v.dy[0] {
        Some(dy) => vec![Some(LYAPUNOV.call(&[&v.y[0], &(0.5 * (dy + dy.mt()))], Attrs::None))],
        None => vec![],
    }),
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: "{0}^{1/2}",
    example: "sqrtm([[5, 4], [4, 5]])",
};

/// The X with `S X + X S = G` for a symmetric positive definite S.
pub static LYAPUNOV: Op = Op {
    name: "lyapunov",
    summary: "The X with S @ X + X @ S = G, for a symmetric positive definite S.",
    meaning: OWN,
    promote: Promote::Float,
    shape: |inputs, _| {
        let [s, g] = inputs else {
            return Err(Error::new(ErrorKind::Argument, "`lyapunov` takes two matrices"));
        };
        let (_, n, _) = square(s, "lyapunov")?;
        let (batch, m, _) = square(g, "lyapunov")?;
        let batch = broadcast(&s.shape[..s.shape.len() - 2], batch).filter(|_| n == m);
        let batch = batch.ok_or_else(|| LYAPUNOV.misfit(inputs))?;
        Ok(vec![Meta::new(common(inputs).0.to_float(), [&batch[..], &[n, n]].concat())])
    },
    kernel: Kernel::Custom(lyapunov_kernel),
    outputs: Outputs::General,
    exact: Exact::Derived,
    // With Ȳ = L(S, X̄): Ḡ = Ȳ and S̄ = −(Ȳ Xᵀ + Xᵀ Ȳ), made symmetric as S is.
    derivative: Derivative::Custom(|v| {
        let Some(dy) = &v.dy[0] else { return vec![] };
        let in_g = LYAPUNOV.call(&[&v.x[0], dy], Attrs::None);
        let xt = v.y[0].mt();
        let whole = times(&in_g, &xt) + times(&xt, &in_g);
        let in_s = -0.5 * (&whole + whole.mt());
        over_batch(v, [&in_s, &in_g])
    }),
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: UPRIGHT,
    example: "lyapunov([[2, 0], [0, 1]], [[4, 3], [3, 2]])",
};

fn lyapunov_kernel(call: &mut Call) -> Result<Vec<Array>> {
    let shape = call.outs[0].shape.clone();
    let n = shape[shape.len() - 1];
    let g = call.inputs[1].broadcast_to(&shape)?.to_f64();
    let factors = batch_of(&call.inputs[0].broadcast_to(&shape)?, call.name)?;
    let mut out = Vec::with_capacity(g.len());
    for (s, g) in factors.iter().zip(g.chunks((n * n).max(1))) {
        let d = matrix::eigh(s)?;
        let (q, qt) = (&d.q, d.q.transpose());
        let mut inner = qt.product(&Matrix::new(n, n, g.to_vec())).product(q);
        for (t, v) in inner.data.iter_mut().enumerate() {
            let sum = d.w[t / n] + d.w[t % n];
            if sum <= 0.0 {
                let m = "`lyapunov`: the matrix has no two eigenvalues to spare: a sum of two is not positive";
                return Err(Error::new(ErrorKind::Singular, m));
            }
            *v /= sum;
        }
        out.extend(q.product(&inner).product(&qt).data);
    }
    Ok(vec![Array::from_vec(out, &shape)?.cast(call.outs[0].dtype)?])
}

impl Tensor {
    /// Ascending eigenvalues w and orthonormal eigenvectors Q of a symmetric matrix, `A = Q diag(w) Q.T`.
    ///
    /// An asymmetric matrix is an error that names its largest asymmetry. The derivative through eigenvectors of equal
    /// eigenvalues is an error. Source: Goodfellow, Bengio and Courville, section 2.7.
    ///
    /// ```
    /// use gradus::Tensor;
    /// let (w, q) = Tensor::from([[2.0, 0.0], [0.0, 1.0]]).eigh();
    /// assert_eq!(w.eval()?.to_f64(), [1.0, 2.0]);
    /// assert_eq!(q.eval()?.shape(), [2, 2]);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    #[track_caller]
    pub fn eigh(&self) -> (Tensor, Tensor) {
        let y = EIGH.call(&[self], Attrs::None);
        (y.sibling(0), y.sibling(1))
    }

    /// Orthonormal U and Vh and falling singular values S of a matrix of any shape, `A = U diag(S) Vh`.
    ///
    /// U and Vh have min(m, n) vectors, or are square with `full`. The derivative through vectors of equal singular
    /// values is an error. Source: Goodfellow, Bengio and Courville, section 2.8.
    ///
    /// ```
    /// use gradus::Tensor;
    /// let (_, s, _) = Tensor::from([[0.0, 2.0], [3.0, 0.0]]).svd(false);
    /// let s = s.eval()?.to_f64();
    /// assert!((s[0] - 3.0).abs() < 1e-15 && (s[1] - 2.0).abs() < 1e-15);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    #[track_caller]
    pub fn svd(&self, full: bool) -> (Tensor, Tensor, Tensor) {
        let y = SVD.call(&[self], Attrs::Int(full.into()));
        (y.sibling(0), y.sibling(1), y.sibling(2))
    }

    /// The symmetric S with `S @ S = A`, for a symmetric positive semidefinite matrix.
    ///
    /// ```
    /// use gradus::{Tensor, grad};
    /// let a = Tensor::from([[4.0, 0.0], [0.0, 9.0]]);
    /// assert_eq!(a.sqrtm().eval()?.to_f64(), [2.0, 0.0, 0.0, 3.0]);
    /// let g = grad(&a.sqrtm().trace(), &a).eval()?.to_f64();
    /// assert!((g[0] - 0.25).abs() < 1e-15 && (g[3] - 1.0 / 6.0).abs() < 1e-15);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    #[track_caller]
    pub fn sqrtm(&self) -> Tensor {
        SQRTM.call(&[self], Attrs::None)
    }

    /// `Q diag(f) Q.T` for this symmetric matrix, its eigenvalues w and vectors Q, f of them, the slope of f, and f held.
    #[track_caller]
    pub fn spectral(&self, w: &Tensor, q: &Tensor, f: &Tensor, slope: &Tensor, held: &Tensor) -> Tensor {
        SPECTRAL.call(&[self, w, q, f, slope, held], Attrs::None)
    }

    /// The X with `S X + X S = G` for this symmetric positive definite S and a symmetric G.
    #[track_caller]
    pub fn lyapunov(&self, g: &Tensor) -> Tensor {
        LYAPUNOV.call(&[self, g], Attrs::None)
    }

    /// `self[i, j] / (values[j] - values[i])` off the diagonal and 0 on it, where the columns of `used` are not all 0.
    #[track_caller]
    pub fn over_gap(&self, values: &Tensor, used: &Tensor) -> Tensor {
        OVER_GAP.call(&[self, values, used], Attrs::None)
    }
}
