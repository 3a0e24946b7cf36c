//! The Moore-Penrose pseudoinverse and least squares of any rank, differentiable where the rank stays the same.

use super::decompose::{batch_of, each_matrix, rectangle};
use super::factor::{only, over_batch, times};
use super::row::{OWN, UPRIGHT};
use crate::array::matrix::{self, Matrix};
use crate::array::{Array, broadcast};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{
    Attrs, Call, Derivative, Exact, Interval, Kernel, Meta, Notation, NoteKind, Op, Outputs, Promote, Tensor, common,
};

/// The rows of this file.
pub(super) static ROWS: &[&Op] = &[&PINV, &LSTSQ, &VANDER, &FIT_POWERS];

/// What counts as 0 beside the largest: the attribute, or max(m, n) units of rounding.
fn tolerance(call: &Call, m: usize, n: usize) -> f64 {
    let eps = call.outs[0].dtype.format().map_or(f64::EPSILON, |f| f.eps());
    call.attrs.constant().unwrap_or(m.max(n) as f64 * eps)
}

/// `A⁺`.
pub static PINV: Op = Op {
    name: "pinv",
    summary: "The Moore-Penrose pseudoinverse; singular values below rcond times the largest count as 0.",
    meaning: OWN,
    promote: Promote::Float,
    shape: |inputs, _| {
        let (batch, m, n, dtype) = rectangle(only(inputs, "pinv")?, "pinv")?;
        Ok(vec![Meta::new(dtype, [batch, &[n, m]].concat())])
    },
    kernel: Kernel::Custom(|call| each_matrix(call, |call, a| pseudoinverse(call, a).map(|p| vec![p.data]))),
    outputs: Outputs::General,
    exact: Exact::Derived,
    // At constant rank, with P = A⁺: Ā = −Pᵀ P̄ Pᵀ + (I − A P) P̄ᵀ P Pᵀ + Pᵀ P P̄ᵀ (I − P A).
    // Source: Golub and Pereyra (1973).
    derivative: Derivative::Custom(|v| {
        let Some(dy) = &v.dy[0] else { return vec![] };
        let (a, p) = (&v.x[0], &v.y[0]);
        let (pt, dt) = (p.mt(), dy.mt());
        let inner = -times(&times(&pt, dy), &pt);
        let left = times(&times(&dt, p), &pt);
        let left = &left - times(a, &times(p, &left));
        let right = times(&pt, &times(p, &dt));
        let right = &right - times(&times(&right, p), a);
        vec![Some(inner + left + right)]
    }),
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: "{0}^{+}",
    example: "pinv([[1, 2], [2, 4]])",
};

/// V diag(1/s) Uᵀ over the singular values that count; those that do not are told.
fn pseudoinverse(call: &mut Call, a: &Matrix) -> Result<Matrix> {
    let (m, n) = (a.rows, a.columns);
    let d = matrix::svd(a, false)?;
    let largest = d.s.first().copied().unwrap_or(0.0);
    let cut = tolerance(call, m, n) * largest;
    let rank = d.s.iter().filter(|s| **s > cut).count();
    if rank < d.s.len() {
        let m = format!("rank {rank} of {}: singular values up to {cut:.3e} count as 0", d.s.len());
        call.note(NoteKind::Rank, m);
    }
    let scaled = Matrix::from_fn(rank, n, |k, i| d.vh.at(k, i) / d.s[k]);
    let left = if rank == d.u.columns { d.u } else { Matrix::from_fn(m, rank, |i, k| d.u.at(i, k)) };
    Ok(scaled.transposed_product(&left.transpose()))
}

/// The shortest X that minimises `‖A X − B‖`.
pub static LSTSQ: Op = Op {
    name: "least_squares",
    summary: "The shortest X that minimises norm(A @ X - B), for an A of any shape and rank.",
    meaning: OWN,
    promote: Promote::Float,
    shape: |inputs, _| {
        let [a, b] = inputs else {
            return Err(Error::new(ErrorKind::Argument, "`least_squares` takes a matrix and a right-hand side"));
        };
        let (batch, m, n, _) = rectangle(a, "least_squares")?;
        let [more @ .., rows, k] = b.shape.as_slice() else { return Err(LSTSQ.misfit(inputs)) };
        let batch = broadcast(batch, more).filter(|_| *rows == m).ok_or_else(|| LSTSQ.misfit(inputs))?;
        Ok(vec![Meta::new(common(inputs).0.to_float(), [&batch[..], &[n, *k]].concat())])
    },
    kernel: Kernel::Custom(lstsq_kernel),
    outputs: Outputs::General,
    exact: Exact::Derived,
    derivative: Derivative::Custom(|v| {
        let Some(dy) = &v.dy[0] else { return vec![] };
        let (a, b, x) = (&v.x[0], &v.x[1], &v.y[0]);
        let [in_a, in_b] = lstsq_vjp(a, b, x, dy, v.attrs.clone());
        over_batch(v, [&in_a, &in_b])
    }),
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: "{0}^{+} {1}",
    example: "least_squares([[1, 0], [1, 1], [1, 2]], [1, 3, 5])",
};

/// With P = A⁺ and the residual R = B − A X: B̄ = Pᵀ X̄ and Ā = −B̄ Xᵀ + R (P B̄)ᵀ + Pᵀ X ((I − P A) X̄)ᵀ.
fn lstsq_vjp(a: &Tensor, b: &Tensor, x: &Tensor, dy: &Tensor, attrs: Attrs) -> [Tensor; 2] {
    let p = PINV.call(&[a], attrs);
    let in_b = times(&p.mt(), dy);
    let residual = b - times(a, x);
    let free = dy - times(&p, &times(a, dy));
    let in_a = times(&residual, &times(&p, &in_b).mt()) - times(&in_b, &x.mt()) + times(&times(&p.mt(), x), &free.mt());
    [in_a, in_b]
}

fn lstsq_kernel(call: &mut Call) -> Result<Vec<Array>> {
    let shape = call.outs[0].shape.clone();
    let batch = &shape[..shape.len() - 2];
    let (ra, rb) = (call.inputs[0].rank(), call.inputs[1].rank());
    let (core_a, core_b) = (call.inputs[0].shape()[ra - 2..].to_vec(), call.inputs[1].shape()[rb - 2..].to_vec());
    let a = batch_of(&call.inputs[0].broadcast_to(&[batch, &core_a].concat())?, call.name)?;
    let b = batch_of(&call.inputs[1].broadcast_to(&[batch, &core_b].concat())?, call.name)?;
    let cut = tolerance(call, core_a[0], core_a[1]);
    let mut out = vec![];
    for (a, b) in a.iter().zip(&b) {
        let answer = matrix::least_squares(a, b, cut);
        let full = a.rows.min(a.columns);
        if answer.rank < full {
            let m = format!("rank {} of {full}: pivots below {cut:.1e} of the largest count as 0", answer.rank);
            call.note(NoteKind::Rank, m);
        }
        out.extend(answer.x.data);
    }
    Ok(vec![Array::from_vec(out, &shape)?.cast(call.outs[0].dtype)?])
}

/// The powers of a Vandermonde matrix: how many columns, and true if the lowest is the first, for a negative count.
fn columns(attrs: &Attrs) -> (usize, bool) {
    let n = attrs.int();
    (n.unsigned_abs() as usize, n < 0)
}

/// Powers of x as columns.
pub static VANDER: Op = Op {
    name: "vander",
    summary: "The Vandermonde matrix: powers of x as columns, the highest first or the lowest first.",
    meaning: OWN,
    promote: Promote::Float,
    shape: |inputs, attrs| match inputs {
        [x] if !x.shape.is_empty() => {
            Ok(vec![Meta::new(x.dtype.to_float(), [&x.shape[..], &[columns(attrs).0]].concat())])
        }
        _ => Err(Error::new(ErrorKind::Shape, "`vander` needs a vector, not a single number")),
    },
    kernel: Kernel::Custom(|call| {
        let (count, increasing) = columns(call.attrs);
        let v = matrix::vandermonde(&call.inputs[0].to_f64(), count, increasing);
        Ok(vec![Array::from_vec(v.data, &call.outs[0].shape)?.cast(call.outs[0].dtype)?])
    }),
    outputs: Outputs::General,
    exact: Exact::Derived,
    // The derivative of x**k is k x**(k - 1): the columns of the next smaller matrix.
    derivative: Derivative::Custom(|v| match &v.dy[0] {
        Some(dy) => vander_vjp(&v.x[0], dy, v.attrs),
        None => vec![],
    }),
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: UPRIGHT,
    example: "vander([1, 2, 3])",
};

/// The derivative of x**k is k x**(k - 1): the columns of the next smaller matrix.
fn vander_vjp(x: &Tensor, dy: &Tensor, attrs: &Attrs) -> Vec<Option<Tensor>> {
    let (count, increasing) = columns(attrs);
    if count < 2 {
        return vec![None];
    }
    let smaller = x.vander(count - 1, increasing);
    let k = Tensor::arange_int(1, count as i64, 1);
    let (k, dy) = match increasing {
        true => (k, dy.slice(-1, Some(1), None, 1)),
        false => (Tensor::from(count as i64) - k, dy.slice(-1, Some(0), Some(count as i64 - 1), 1)),
    };
    vec![Some((dy * smaller * k).sum(-1))]
}

/// Least squares for a Vandermonde matrix.
pub static FIT_POWERS: Op = Op {
    name: "fit_powers",
    summary: "lstsq(vander(x), B) whose powers are not rounded: the polynomial that fits best.",
    meaning: OWN,
    promote: Promote::Float,
    shape: |inputs, attrs| match inputs {
        [x, b] if x.shape.len() == 1 && b.shape.len() == 2 && x.shape[0] == b.shape[0] => {
            Ok(vec![Meta::new(common(inputs).0.to_float(), vec![columns(attrs).0, b.shape[1]])])
        }
        _ => Err(FIT_POWERS.misfit(inputs)),
    },
    kernel: Kernel::Custom(|call| {
        let x = call.inputs[0].to_f64();
        if let Some(v) = x.iter().find(|v| !v.is_finite()) {
            return Err(Error::new(ErrorKind::Domain, format!("`fit_powers`: x holds {v}")));
        }
        let b = batch_of(&call.inputs[1], call.name)?.remove(0);
        let (count, increasing) = columns(call.attrs);
        let eps = call.outs[0].dtype.format().map_or(f64::EPSILON, |f| f.eps());
        let answer = matrix::fit_powers(&x, count, increasing, &b, x.len().max(count) as f64 * eps);
        if answer.rank < count.min(x.len()) {
            call.note(NoteKind::Rank, format!("rank {} of {}", answer.rank, count.min(x.len())));
        }
        Ok(vec![Array::from_vec(answer.x.data, &call.outs[0].shape)?.cast(call.outs[0].dtype)?])
    }),
    outputs: Outputs::General,
    exact: Exact::Derived,
    derivative: Derivative::Custom(|v| {
        let Some(dy) = &v.dy[0] else { return vec![] };
        let a = VANDER.call(&[&v.x[0]], v.attrs.clone());
        let [in_a, in_b] = lstsq_vjp(&a, &v.x[1], &v.y[0], dy, Attrs::None);
        let mut whole = vander_vjp(&v.x[0], &in_a, v.attrs);
        vec![whole.pop().flatten(), Some(in_b)]
    }),
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: UPRIGHT,
    example: "lstsq(vander([1, 2, 3], 2), [1, 2, 3]).x",
};

impl Tensor {
    /// The Moore-Penrose pseudoinverse A⁺ of a matrix of any shape and rank.
    ///
    /// Singular values up to `rcond` times the largest count as 0 (max(m, n) eps without it), and a note tells the rank
    /// that is dropped. The derivative is that at constant rank. Source: Goodfellow, Bengio and Courville, section 2.9.
    ///
    /// ```
    /// use gradus::Tensor;
    /// let p = Tensor::from([[3.0], [4.0]]).pinv(None).eval()?.to_f64();
    /// assert!((p[0] - 0.12).abs() < 1e-16 && (p[1] - 0.16).abs() < 1e-16);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    #[track_caller]
    pub fn pinv(&self, rcond: Option<f64>) -> Tensor {
        PINV.call(&[self], rcond.map_or(Attrs::None, Attrs::Scalar))
    }

    /// The shortest X that minimises `norm(A @ X - B)`, for an A of any shape and rank, of a vector or of columns B.
    ///
    /// Small problems run in pairs of f64, larger ones are refined with such residuals; of a matrix made by `vander` the
    /// powers are not rounded in between. Source: Björck (1967).
    ///
    /// ```
    /// use gradus::Tensor;
    /// let a = Tensor::from([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]]);
    /// assert_eq!(a.lstsq([1.0, 3.0, 5.0], None).eval()?.to_f64(), [1.0, 2.0]);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    #[track_caller]
    pub fn lstsq(&self, b: impl Into<Tensor>, rcond: Option<f64>) -> Tensor {
        let (b, attrs) = (b.into(), rcond.map_or(Attrs::None, Attrs::Scalar));
        let solve = |b: &Tensor| match rcond.is_none() && *self.op() == VANDER && self.rank() == 2 && b.rank() == 2 {
            true => FIT_POWERS.call(&[&self.node().inputs()[0], b], self.node().attrs().clone()),
            false => LSTSQ.call(&[self, b], attrs.clone()),
        };
        if b.rank() == 1 { solve(&b.expand_dims(-1)).squeeze(-1) } else { solve(&b) }
    }

    /// The Vandermonde matrix: powers of x as `count` columns, the highest first, or the lowest with `increasing`.
    ///
    /// ```
    /// use gradus::Tensor;
    /// let v = Tensor::from([2.0, 3.0]).vander(3, false);
    /// assert_eq!(v.eval()?.to_f64(), [4.0, 2.0, 1.0, 9.0, 3.0, 1.0]);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    #[track_caller]
    pub fn vander(&self, count: usize, increasing: bool) -> Tensor {
        let n = count as i64;
        VANDER.call(&[self], Attrs::Int(if increasing { -n } else { n }))
    }
}
