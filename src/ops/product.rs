//! Products of vectors and matrices: dot, matrix-vector, vector-matrix, matrix-matrix, batched over leading axes.

use super::makers::is_identity;
use super::row::{Facts, OWN};
use super::sum_to;
use crate::array::{Array, DType, broadcast, gemm};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Attrs, Call, Derivative, Exact, Interval, Kernel, Meta, Op, Promote, Tensor, Vjp, common};

/// The rows of this file.
pub(super) static ROWS: &[&Op] = &[&DOT, &MATVEC, &VECMAT, &MATMUL];

/// A row of the four.
const fn product(
    facts: Facts,
    shape: fn(&[&Meta], &Attrs) -> Result<Vec<Meta>>,
    ranks: (usize, usize),
    kernel: fn(&mut Call) -> Result<Vec<Array>>,
    vjp: fn(&Vjp) -> Vec<Option<Tensor>>,
) -> Op {
    facts
        .row(Promote::Integer, shape, Kernel::Field(kernel), Derivative::Custom(vjp))
        .exact(Exact::Product(ranks.0, ranks.1))
        .infix("@", 7)
}

/// The output of a product whose sides have these core ranks; the inner lengths must agree.
fn fit(inputs: &[&Meta], left: usize, right: usize) -> Result<Vec<Meta>> {
    let [a, b] = inputs else { return Err(Error::new(ErrorKind::Argument, "a product takes two values")) };
    let misfit = || MATMUL.misfit(inputs);
    if a.shape.len() < left || b.shape.len() < right {
        return Err(misfit());
    }
    let (batch_a, core_a) = a.shape.split_at(a.shape.len() - left);
    let (batch_b, core_b) = b.shape.split_at(b.shape.len() - right);
    if core_a[left - 1] != core_b[0] {
        return Err(misfit());
    }
    let mut shape = broadcast(batch_a, batch_b).ok_or_else(misfit)?;
    shape.extend(&core_a[..left - 1]);
    shape.extend(&core_b[1..]);
    let (dtype, _) = common(inputs);
    Ok(vec![Meta::new(if dtype == DType::Bool { DType::I64 } else { dtype }, shape)])
}

/// Runs a product of these core ranks through the matrix kernel, batch by batch.
fn run(call: &mut Call, left: usize, right: usize) -> Result<Vec<Array>> {
    let (a, b) = (&call.inputs[0], &call.inputs[1]);
    // Vectors become matrices with one row or column.
    let a = if left == 1 { a.expand_dims(a.rank() - 1)? } else { a.clone() };
    let b = if right == 1 { b.expand_dims(b.rank())? } else { b.clone() };
    let y = gemm::matmul(&a, &b)?;
    Ok(vec![y.reshape(&call.outs[0].shape)?])
}

/// The last axes of a cotangent as core axes: a new axis of length 1 at these places.
fn wide(t: &Tensor, axis: isize) -> Tensor {
    super::EXPAND_DIMS.call(&[t], Attrs::Axes(vec![axis]))
}

/// Sums a cotangent of an operand over the batch axes along which the operand was broadcast.
fn back(v: &Vjp, g: Tensor, operand: usize, core: usize, core_out: usize) -> Option<Tensor> {
    let x = v.x[operand].dims();
    let y = v.y[0].dims();
    let full = [&y[..y.len() - core_out], &x[x.len() - core..]].concat();
    Some(sum_to(&g, &full, x))
}

/// True of a cotangent that asks for all rows of the Jacobian of one vector.
fn all_rows(v: &Vjp, dy: &Tensor) -> bool {
    v.y[0].rank() == 1 && is_identity(dy)
}

/// Σ aᵢ bᵢ.
pub static DOT: Op = product(
    Facts {
        name: "dot",
        summary: "The scalar product of two vectors.",
        meaning: OWN,
        domain: Interval::ALL,
        range: Interval::ALL,
        latex: "{0} {1}",
        example: "[1, 2] @ [3, 4]",
    },
    |inputs, _| fit(inputs, 1, 1),
    (1, 1),
    |call| run(call, 1, 1),
    |v| {
        let Some(dy) = &v.dy[0] else { return vec![] };
        let dy = wide(dy, -1);
        vec![back(v, &dy * &v.x[1], 0, 1, 0), back(v, &dy * &v.x[0], 1, 1, 0)]
    },
);

/// A x.
pub static MATVEC: Op = product(
    Facts {
        name: "matvec",
        summary: "The product of a matrix and a vector.",
        meaning: OWN,
        domain: Interval::ALL,
        range: Interval::ALL,
        latex: "{0} {1}",
        example: "[[1, 2], [3, 4]] @ [5, 6]",
    },
    |inputs, _| fit(inputs, 2, 1),
    (2, 1),
    |call| run(call, 2, 1),
    |v| {
        let Some(dy) = &v.dy[0] else { return vec![] };
        let in_a = wide(dy, -1) * wide(&v.x[1], -2);
        // All rows at once are the matrix itself.
        let rows = if all_rows(v, dy) { v.x[0].clone() } else { VECMAT.call(&[dy, &v.x[0]], Attrs::Int(12)) };
        vec![back(v, in_a, 0, 2, 1), back(v, rows, 1, 1, 1)]
    },
);

/// xᵀ A.
pub static VECMAT: Op = product(
    Facts {
        name: "vecmat",
        summary: "The product of a vector and a matrix.",
        meaning: OWN,
        domain: Interval::ALL,
        range: Interval::ALL,
        latex: "{0} {1}",
        example: "[5, 6] @ [[1, 2], [3, 4]]",
    },
    |inputs, _| fit(inputs, 1, 2),
    (1, 2),
    |call| run(call, 1, 2),
    |v| {
        let Some(dy) = &v.dy[0] else { return vec![] };
        let in_a = wide(&v.x[0], -1) * wide(dy, -2);
        let rows = if all_rows(v, dy) { v.x[1].mt() } else { MATVEC.call(&[&v.x[1], dy], Attrs::Int(21)) };
        vec![back(v, rows, 0, 1, 1), back(v, in_a, 1, 2, 1)]
    },
);

/// A B.
pub static MATMUL: Op = product(
    Facts {
        name: "matmul",
        summary: "The product of two matrices.",
        meaning: OWN,
        domain: Interval::ALL,
        range: Interval::ALL,
        latex: "{0} {1}",
        example: "[[1, 2], [3, 4]] @ [[5, 6], [7, 8]]",
    },
    |inputs, _| fit(inputs, 2, 2),
    (2, 2),
    |call| run(call, 2, 2),
    |v| {
        let Some(dy) = &v.dy[0] else { return vec![] };
        let (a, b) = (v.x[0].mt(), v.x[1].mt());
        let call = |l: &Tensor, r: &Tensor| MATMUL.call(&[l, r], Attrs::Int(22));
        vec![back(v, call(dy, &b), 0, 2, 2), back(v, call(&a, dy), 1, 2, 2)]
    },
);

impl Tensor {
    /// `self @ other`: the scalar, matrix-vector or matrix product, batched over leading axes, as NumPy's `matmul`.
    #[track_caller]
    pub fn matmul(&self, other: impl Into<Tensor>) -> Tensor {
        let other = other.into();
        match (self.rank(), other.rank()) {
            (1, 1) => DOT.call(&[self, &other], Attrs::Int(11)),
            (1, 0) | (0, _) => MATMUL.call(&[self, &other], Attrs::Int(22)),
            (_, 1) => MATVEC.call(&[self, &other], Attrs::Int(21)),
            (1, _) => VECMAT.call(&[self, &other], Attrs::Int(12)),
            _ => MATMUL.call(&[self, &other], Attrs::Int(22)),
        }
    }
}
