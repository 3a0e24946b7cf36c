//! Inverses that are multiplied at once, and matrices that are known by how they were made.

use crate::graph::{Attrs, Kernel, MatrixKind, Tensor, evaluate, topological};
use crate::ops::{INV, MATMUL, MATVEC, SOLVE, SOLVE_TRIANGULAR, TRANSPOSE, VECMAT};

/// The largest triangle that is looked for.
const LARGE: usize = 1000;

/// A⁻¹ B and B A⁻¹ without the inverse.
pub(super) fn without_inverse(t: &Tensor) -> Option<(&'static str, Tensor)> {
    let [a, b] = t.node().inputs() else { return None };
    let inverted = |t: &Tensor| (*t.op() == INV).then(|| t.node().inputs()[0].clone());
    let solved = |a: &Tensor, b: &Tensor| SOLVE.call(&[a, b], Attrs::None);
    let column = |a: &Tensor, b: &Tensor| solved(a, &b.expand_dims(-1)).squeeze(-1);
    let op = t.op();
    let left = inverted(a).filter(|_| *op == MATMUL || *op == MATVEC);
    let y = match (left, inverted(b)) {
        (Some(m), _) if *op == MATMUL => solved(&m, b),
        (Some(m), _) => column(&m, b),
        (None, Some(m)) if *op == MATMUL => solved(&m.mt(), &a.mt()).mt(),
        (None, Some(m)) if *op == VECMAT => column(&m.mt(), a),
        _ => return None,
    };
    Some(("product with an inverse", y))
}

/// Solutions with matrices whose structure is known by how they were made: triangular, orthogonal.
pub(super) fn structured(t: &Tensor) -> Option<(&'static str, Tensor)> {
    let a = &t.node().inputs()[0];
    let n = a.dims().last().copied()?;
    let right = match t.node().inputs() {
        [_, b] => b.clone(),
        _ => Tensor::eye(n, n, 0, a.dtype().ok()?),
    };
    if is_orthogonal(a) {
        let y = if *t.op() == INV { a.mt() } else { MATMUL.call(&[&a.mt(), &right], Attrs::Int(22)) };
        return Some(("inverse of an orthogonal matrix", y));
    }
    let lower = triangle(a)?;
    Some(("inverse of a triangle", SOLVE_TRIANGULAR.call(&[a, &right], Attrs::Int(lower.into()))))
}

/// The matrix whose transpose this is.
fn flipped(t: &Tensor) -> Option<&Tensor> {
    (*t.op() == TRANSPOSE && t.node().attrs().axes() == [-1, -2]).then(|| &t.node().inputs()[0])
}

fn is_square(t: &Tensor) -> bool {
    matches!(t.dims(), [.., m, n] if m == n)
}

/// True of a square matrix that its op makes orthogonal.
fn is_orthogonal(t: &Tensor) -> bool {
    let made = flipped(t).unwrap_or(t);
    is_square(t) && made.op().outputs.kind_of(made.output()) == MatrixKind::Orthogonal
}

/// Whether a square matrix that was made triangular is lower triangular; a diagonal one is both.
fn triangle(t: &Tensor) -> Option<bool> {
    if let Some(t) = flipped(t) {
        return triangle(t).map(|lower| !lower);
    }
    match t.op().outputs.kind_of(t.output()) {
        _ if !is_square(t) => None,
        MatrixKind::Lower => Some(true),
        MatrixKind::Upper => Some(false),
        _ if matches!(t.op().kernel, Kernel::Select) => masked(t),
        _ => None,
    }
}

/// The same of a choice between a matrix and zeros: `tril`, `triu` and `diag` are made so.
fn masked(t: &Tensor) -> Option<bool> {
    let [condition, a, b] = t.node().inputs() else { return None };
    let n = *t.dims().last()?;
    let zero = |t: &Tensor| t.constant() == Some(0.0);
    let kept = match (zero(a), zero(b)) {
        (false, true) => true,
        (true, false) => false,
        _ => return None,
    };
    // Only a condition without data is looked at, so that a plan stays right for other data.
    if condition.dims() != [n, n] || n > LARGE || topological(&[condition], |_| true).iter().any(|n| n.data().is_some())
    {
        return None;
    }
    let mask = evaluate(&[condition], &mut vec![]).ok()?.pop()?;
    // Zeros above the diagonal, and below it.
    let (mut lower, mut upper) = (true, true);
    for (k, _) in mask.iter_f64().enumerate().filter(|(_, v)| (*v != 0.0) == kept) {
        lower &= k % n <= k / n;
        upper &= k % n >= k / n;
    }
    (lower || upper).then_some(lower)
}
