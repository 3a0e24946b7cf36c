//! The Moore-Penrose pseudoinverse and least squares of any rank, differentiable where the rank stays the same.

use super::decompose::{batch_of, each_matrix, rectangle};
use super::row::OWN;
use super::factor::{only, times};
use super::sum_to;
use crate::array::matrix::{self, Matrix};
use crate::array::{Array, broadcast};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Attrs, Call, Derivative, Exact, Interval, Kernel, Meta, Notation, NoteKind, Op, Promote, Tensor, common};

/// The rows of this file.
pub(super) static ROWS: &[&Op] = &[&PINV, &LSTSQ];

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
    let entry = |i: usize, j: usize| (0..rank).map(|k| d.vh.at(k, i) / d.s[k] * d.u.at(j, k)).sum();
    Ok(Matrix::from_fn(n, m, entry))
}

/// The shortest X that minimises `‖A X − B‖`.
pub static LSTSQ: Op = Op {
    name: "lstsq",
    summary: "The shortest X that minimises norm(A @ X - B), for an A of any shape and rank.",
    meaning: "pinv(a) @ b",
    promote: Promote::Float,
    shape: |inputs, _| {
        let [a, b] = inputs else {
            return Err(Error::new(ErrorKind::Argument, "`lstsq` takes a matrix and a right-hand side"));
        };
        let (batch, m, n, _) = rectangle(a, "lstsq")?;
        let [more @ .., rows, k] = b.shape.as_slice() else { return Err(LSTSQ.misfit(inputs)) };
        let batch = broadcast(batch, more).filter(|_| *rows == m).ok_or_else(|| LSTSQ.misfit(inputs))?;
        Ok(vec![Meta::new(common(inputs).0.to_float(), [&batch[..], &[n, *k]].concat())])
    },
    kernel: Kernel::Custom(lstsq_kernel),
    exact: Exact::Derived,
    // With P = A⁺ and the residual R = B − A X: B̄ = Pᵀ X̄ and
    // Ā = −B̄ Xᵀ + R (P B̄)ᵀ + Pᵀ X ((I − P A) X̄)ᵀ.
    derivative: Derivative::Custom(|v| {
        let Some(dy) = &v.dy[0] else { return vec![] };
        let (a, b, x) = (&v.x[0], &v.x[1], &v.y[0]);
        let p = PINV.call(&[a], v.attrs.clone());
        let in_b = times(&p.mt(), dy);
        let residual = b - times(a, x);
        let free = dy - times(&p, &times(a, dy));
        let in_a = times(&residual, &times(&p, &in_b).mt()) - times(&in_b, &x.mt())
            + times(&times(&p.mt(), x), &free.mt());
        let batch = &x.dims()[..x.rank() - 2];
        let back = |g: &Tensor, x: &Tensor| Some(sum_to(g, &[batch, &x.dims()[x.rank() - 2..]].concat(), x.dims()));
        vec![back(&in_a, a), back(&in_b, b)]
    }),
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: "{0}^{+} {1}",
    example: "lstsq([[1, 0], [1, 1], [1, 2]], [1, 3, 5]).x",
};

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
    /// Small problems run in pairs of f64, larger ones are refined with such residuals. Source: Björck (1967).
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
        if b.rank() != 1 {
            return LSTSQ.call(&[self, &b], attrs);
        }
        LSTSQ.call(&[self, &b.expand_dims(-1)], attrs).squeeze(-1)
    }
}
