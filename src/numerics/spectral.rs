//! Products of all three factors of a decomposition: U diag(S) Vh is A, and Q diag(f(w)) Q.T is a function of A.
//!
//! Written out, their derivatives divide by gaps between eigenvalues, which may be 0; the product does not.

use std::collections::HashSet;

use super::scaling::substitute;
use crate::calculus::vjp;
use crate::graph::{Attrs, Kernel, Tensor, evaluate, topological};
use crate::ops::{BROADCAST, EIGH, EXPAND_DIMS, MATMUL, MUL, SPECTRAL, SVD, TRANSPOSE, WHERE};

/// The largest diagonal matrix that is looked for.
const LARGE: usize = 1000;

/// How many factors the products have that are looked for.
const FACTORS: usize = 3;

/// A factor of a product: a matrix, or the diagonal of one.
#[derive(Clone)]
enum Factor {
    Matrix(Tensor),
    Diagonal(Tensor),
}

/// The name of the rule and what the product of a decomposition stands for.
pub(super) fn recognised(t: &Tensor) -> Option<(&'static str, Tensor)> {
    let mut factors = vec![];
    collect(t, FACTORS, &mut factors)?;
    let [Factor::Matrix(a), Factor::Diagonal(d), Factor::Matrix(b)] = factors.as_slice() else { return None };
    let node = a.node().id();
    if *a.op() == SVD && (a.output(), d.key(), b.key()) == (0, (node, 1), (node, 2)) {
        return Some(("all factors of svd", a.node().inputs()[0].clone()));
    }
    if *a.op() != EIGH || a.output() != 1 || !is_transpose(b, a) {
        return None;
    }
    if d.key() == (node, 0) {
        return Some(("all factors of eigh", a.node().inputs()[0].clone()));
    }
    function(a, d).map(|y| ("function of a symmetric matrix", y))
}

/// Appends the factors of a product of matrices that is nested no deeper than `depth`; None beyond three.
fn collect(t: &Tensor, depth: usize, out: &mut Vec<Factor>) -> Option<()> {
    if out.len() > FACTORS {
        return None;
    }
    if *t.op() == MATMUL && t.node().attrs().int() == 22 {
        let depth = depth.checked_sub(1)?;
        return t.node().inputs().iter().try_for_each(|i| collect(i, depth, out));
    }
    match scaled(t) {
        Some([a, b]) => [a, b].into_iter().try_for_each(|f| match f {
            Factor::Matrix(m) => collect(&m, depth, out),
            Factor::Diagonal(_) => {
                out.push(f);
                Some(())
            }
        }),
        None => {
            out.push(diagonal(t).map_or(Factor::Matrix(t.clone()), Factor::Diagonal));
            Some(())
        }
    }
}

/// The vector along an axis that a value repeats along the other one: `s[None, :]` for −1, `s[:, None]` for −2.
fn repeated(t: &Tensor, axis: isize) -> Option<Tensor> {
    let op = t.op();
    if *op == BROADCAST {
        return repeated(&t.node().inputs()[0], axis);
    }
    if *op == EXPAND_DIMS && t.node().attrs().axes() == [-3 - axis] {
        return Some(t.node().inputs()[0].clone());
    }
    (axis == -1 && t.rank() == 1).then(|| t.clone())
}

/// Columns or rows of a matrix times a vector: a product with a diagonal matrix.
fn scaled(t: &Tensor) -> Option<[Factor; 2]> {
    if *t.op() != MUL || t.rank() != 2 {
        return None;
    }
    let [a, b] = t.node().inputs() else { return None };
    for (m, s) in [(a, b), (b, a)].into_iter().filter(|(m, _)| m.dims() == t.dims()) {
        if let Some(s) = repeated(s, -1).filter(|s| s.dims() == &t.dims()[1..]) {
            return Some([Factor::Matrix(m.clone()), Factor::Diagonal(s)]);
        }
        if let Some(s) = repeated(s, -2).filter(|s| s.dims() == &t.dims()[..1]) {
            return Some([Factor::Diagonal(s), Factor::Matrix(m.clone())]);
        }
    }
    None
}

/// The vector of `diag(s)`: a choice between it and 0 by a condition that is the identity matrix.
fn diagonal(t: &Tensor) -> Option<Tensor> {
    let [condition, s, zero] = t.node().inputs() else { return None };
    let &[m, n] = condition.dims() else { return None };
    if *t.op() != WHERE || m != n || n > LARGE || zero.constant() != Some(0.0) {
        return None;
    }
    // Only a condition without data is looked at, so that a plan stays right for other data.
    let data = topological(&[condition], |_| true).iter().any(|n| n.data().is_some());
    let value = if data { None } else { evaluate(&[condition], &mut vec![]).ok()?.pop() };
    let eye = value?.iter_f64().enumerate().all(|(k, v)| v == f64::from(k % (n + 1) == 0));
    eye.then(|| repeated(s, -1)).flatten()
}

/// True if b is the transpose of a.
fn is_transpose(b: &Tensor, a: &Tensor) -> bool {
    *b.op() == TRANSPOSE && b.rank() == 2 && b.node().inputs()[0].key() == a.key()
}

/// Q diag(f) Qᵀ as one row, for an f whose elements each depend on the eigenvalue of the same place.
fn function(q: &Tensor, f: &Tensor) -> Option<Tensor> {
    let w = q.sibling(0);
    let id = w.node().id();
    let mut over = HashSet::from([id]);
    for n in topological(&[f], |t| t.node().id() != id).iter().filter(|n| n.node().id() != id) {
        let inputs: Vec<&Tensor> = n.node().inputs().iter().filter(|i| over.contains(&i.node().id())).collect();
        if inputs.is_empty() {
            continue;
        }
        let plain = matches!(n.op().kernel, Kernel::Unary(_) | Kernel::Binary(_));
        let same_place = plain && n.dims() == w.dims() && inputs.iter().all(|i| i.dims() == w.dims());
        if !same_place || inputs.iter().any(|i| i.node().id() == id && i.output() != 0) {
            return None;
        }
        over.insert(n.node().id());
    }
    if !over.contains(&f.node().id()) {
        return None;
    }
    let held = substitute(f, &[(w.clone(), w.stop_gradient())]);
    let slope = vjp(&[f], &[Tensor::ones(w.dims(), w.dtype().ok()?)], &[&w]).pop()?;
    let a = &q.node().inputs()[0];
    Some(SPECTRAL.call(&[a, &w, q, f, &slope, &held], Attrs::None))
}
