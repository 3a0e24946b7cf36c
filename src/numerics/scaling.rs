//! Quotients of homogeneous forms: (g @ g) / (g @ H @ g) does not change if g is divided by a power of two.

use std::collections::HashMap;

use crate::graph::{Tensor, topological};
use crate::ops::*;

/// Nodes beyond which a quotient is not looked into.
const SIZE: usize = 64;

/// The nodes below t down to those not entered, if they are few; a large formula is not walked to its end.
fn small(t: &Tensor, mut enter: impl FnMut(&Tensor) -> bool) -> Option<Vec<Tensor>> {
    let mut met = 0;
    let order = topological(&[t], |t| {
        met += 1;
        met <= SIZE && enter(t)
    });
    (met <= SIZE).then_some(order)
}

/// The degree in which a formula is homogeneous in `leaf`, if it is: f(c·leaf) = cᵈ f(leaf) for c above 0.
fn degree(t: &Tensor, leaf: &Tensor) -> Option<f64> {
    let mut degrees: HashMap<u64, Option<f64>> = HashMap::new();
    let order = small(t, |t| t.key() != leaf.key())?;
    for n in &order {
        let d: Vec<Option<f64>> =
            n.node().inputs().iter().map(|i| degrees.get(&i.node().id()).copied().flatten()).collect();
        let value = if n.key() == leaf.key() { Some(1.0) } else { of_op(n, &d) };
        degrees.insert(n.node().id(), value);
    }
    degrees.get(&t.node().id()).copied().flatten()
}

/// The degree of a node from those of its inputs.
fn of_op(n: &Tensor, d: &[Option<f64>]) -> Option<f64> {
    if d.iter().all(|d| *d == Some(0.0)) {
        return Some(0.0);
    }
    let op = n.op();
    if [&MUL, &DOT, &MATVEC, &VECMAT, &MATMUL].contains(&op) {
        return Some(d[0]? + d[1]?);
    }
    if *op == DIV {
        return Some(d[0]? - d[1]?);
    }
    if *op == POW {
        return Some(d[0]? * n.node().inputs()[1].constant()?);
    }
    if *op == ADD || *op == SUB || *op == HYPOT {
        return (d[0]? == d[1]?).then_some(d[0]?);
    }
    if *op == SQUARE {
        return Some(2.0 * d[0]?);
    }
    if *op == SQRT {
        return Some(0.5 * d[0]?);
    }
    if *op == RECIPROCAL {
        return Some(-d[0]?);
    }
    if [&NEG, &ABS, &SUM, &MEAN, &MAX, &MIN, &NORM].contains(&op)
        || [&EXPAND_DIMS, &RESHAPE, &BROADCAST, &TRANSPOSE, &SLICE, &TAKE].contains(&op)
    {
        return d[0];
    }
    None
}

/// The quotient with every leaf in which it is homogeneous divided by its scale, if that keeps products in range.
pub fn rescale(t: &Tensor) -> Option<Tensor> {
    let product = super::algebra::product_of(t);
    let quotient = product.emit();
    let t = if *quotient.op() == MUL { &quotient.node().inputs()[1] } else { &quotient };
    if *t.op() != DIV {
        return None;
    }
    let (a, b) = (&t.node().inputs()[0], &t.node().inputs()[1]);
    let order = small(t, |t| t.op() != &SCALE)?;
    if order.iter().any(|t| t.op() == &SCALE) {
        return None;
    }
    let mut replaced: Vec<(Tensor, Tensor)> = vec![];
    let mut back = Tensor::from(1.0);
    let (mut total, mut both) = (0.0f64, false);
    for leaf in order.iter().filter(|t| t.data().is_some_and(|d| d.dtype().is_float())) {
        let (Some(n), Some(d)) = (degree(a, leaf), degree(b, leaf)) else { continue };
        if n == 0.0 && d == 0.0 {
            continue;
        }
        both |= n != 0.0 && d != 0.0;
        total += n.abs().max(d.abs());
        let s = leaf.scale(());
        if n != d {
            back = back * super::algebra::power(&s, n - d);
        }
        replaced.push((leaf.clone(), leaf / &s));
    }
    // Without a product of two of them there is nothing that leaves the range of its operands.
    let products = order.iter().any(|t| [&DOT, &MATVEC, &VECMAT, &MATMUL, &SQUARE, &POW, &MUL].contains(&t.op()));
    if total < 2.0 || !products || !both {
        return None;
    }
    let inner = super::algebra::scale(&substitute(t, &replaced), product.coefficient);
    Some(if back.constant() == Some(1.0) { inner } else { back * inner })
}

/// The formula with some nodes replaced.
pub fn substitute(t: &Tensor, replaced: &[(Tensor, Tensor)]) -> Tensor {
    let mut new: HashMap<u64, Tensor> = replaced.iter().map(|(a, b)| (a.node().id(), b.clone())).collect();
    let known: Vec<u64> = new.keys().copied().collect();
    for n in topological(&[t], |t| !known.contains(&t.node().id())) {
        let id = n.node().id();
        if new.contains_key(&id) {
            continue;
        }
        let old = n.node().inputs();
        let inputs: Vec<Tensor> = old.iter().map(|i| moved(&new, i)).collect();
        let changed = inputs.iter().zip(old).any(|(a, b)| a.key() != b.key());
        let built = if changed {
            crate::graph::with_origin(n.origin(), || {
                n.op().call(&inputs.iter().collect::<Vec<_>>(), n.node().attrs().clone())
            })
        } else {
            n.clone()
        };
        new.insert(id, built);
    }
    moved(&new, t)
}

/// What a node became, at the same output.
fn moved(new: &HashMap<u64, Tensor>, t: &Tensor) -> Tensor {
    match new.get(&t.node().id()) {
        Some(n) if t.output() == 0 => n.clone(),
        Some(n) => n.sibling(t.output()),
        None => t.clone(),
    }
}
