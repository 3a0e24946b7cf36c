//! Quotients of homogeneous forms: (g @ g) / (g @ H @ g) does not change if g is divided by a power of two.

use std::collections::HashMap;

use crate::graph::{Attrs, Kernel, Tensor, topological};
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

/// The axes along which elements of `leaf` meet one another in `t`: none if they never do, `None` if there is no telling.
fn lanes(t: &Tensor, leaf: &Tensor) -> Option<Vec<isize>> {
    /// Laid out as the leaf is, or without the axes along which it was reduced.
    #[derive(Clone, Copy, PartialEq)]
    enum Layout {
        Whole,
        Reduced,
    }
    let mut layouts: HashMap<u64, Layout> = HashMap::from([(leaf.node().id(), Layout::Whole)]);
    let mut axes: Option<Vec<isize>> = None;
    let sizes = || leaf.dims().iter().zip(-(leaf.rank() as isize)..).map(|(n, at)| (*n, at));
    let reduced = |axes: &Option<Vec<isize>>, at: isize| axes.iter().flatten().any(|a| *a == at);
    let kept = |axes: &Option<Vec<isize>>| -> Vec<usize> {
        sizes().map(|(n, at)| if reduced(axes, at) { 1 } else { n }).collect()
    };
    let left = |axes: &Option<Vec<isize>>| -> Vec<usize> {
        sizes().filter(|(_, at)| !reduced(axes, *at)).map(|(n, _)| n).collect()
    };
    for n in topological(&[t], |t| t.key() != leaf.key()) {
        let (op, inputs) = (n.op(), n.node().inputs());
        let of: Vec<Layout> = inputs.iter().filter_map(|i| layouts.get(&i.node().id()).copied()).collect();
        let (Some(&first), false) = (of.first(), n.key() == leaf.key()) else { continue };
        let along = n.node().attrs().axes();
        let as_leaf = n.dims() == leaf.dims();
        let all = axes.as_ref().is_some_and(|a| a.len() == leaf.rank());
        let layout = match &op.kernel {
            Kernel::Unary(_) | Kernel::Cast => first,
            Kernel::Binary(_) | Kernel::Compare(_) | Kernel::Select if of.iter().all(|l| *l == first) => first,
            Kernel::Binary(_) | Kernel::Compare(_) | Kernel::Select if all && as_leaf => Layout::Whole,
            Kernel::Reduce(_) if first == Layout::Whole && axes.as_deref().is_none_or(|a| a == along) => {
                axes = Some(along.to_vec());
                Layout::Reduced
            }
            Kernel::Custom(_) if *op == DOT && first == Layout::Whole && axes.as_deref().is_none_or(|a| a == [-1]) => {
                axes = Some(vec![-1]);
                Layout::Reduced
            }
            _ if *op == EXPAND_DIMS && first == Layout::Reduced && axes.as_deref() == Some(along) => Layout::Whole,
            _ if *op == BROADCAST && (as_leaf || all) => Layout::Whole,
            _ if *op == RESHAPE && axes.is_some() && n.dims() == kept(&axes) => Layout::Whole,
            _ if *op == RESHAPE && axes.is_some() && n.dims() == left(&axes) => Layout::Reduced,
            _ => return None,
        };
        if layout == Layout::Whole && !as_leaf && n.rank() > leaf.rank() {
            return None;
        }
        layouts.insert(n.node().id(), layout);
    }
    Some(axes.unwrap_or_default())
}

/// The scale of a leaf along the axes on which its elements meet, as it divides the leaf and as it multiplies `t`.
fn scales(t: &Tensor, leaf: &Tensor) -> (Tensor, Tensor) {
    let whole = || (leaf.scale(()), leaf.scale(()));
    let Some(axes) = lanes(t, leaf) else { return whole() };
    let s = SCALE.call(&[leaf], Attrs::Axes(axes.clone()));
    let kept = if axes.is_empty() { s.clone() } else { EXPAND_DIMS.call(&[&s], Attrs::Axes(axes)) };
    match t.dims() {
        d if d == s.dims() => (kept, s),
        d if d == leaf.dims() => (kept.clone(), kept),
        _ => whole(),
    }
}

/// What is divided by its scale: leaves, and sums such as x − m in which the whole is homogeneous.
fn atoms(order: &[Tensor]) -> Vec<&Tensor> {
    let leaf = |t: &Tensor| t.data().is_some_and(|d| d.dtype().is_float());
    let linear = |t: &Tensor| super::algebra::sum_of(t).terms.iter().all(|(_, t)| leaf(t));
    let sum = |t: &Tensor| (*t.op() == ADD || *t.op() == SUB) && linear(t);
    order.iter().filter(|t| leaf(t)).chain(order.iter().filter(|t| sum(t))).collect()
}

/// `t` with every atom in which `degrees` finds it homogeneous divided by its scale, and what that divides a power of
/// the whole by.
fn scaled(
    t: &Tensor,
    order: &[Tensor],
    root: f64,
    degrees: impl Fn(&Tensor) -> Option<(f64, f64)>,
) -> Option<(Tensor, Tensor)> {
    let mut replaced: Vec<(Tensor, Tensor)> = vec![];
    let mut back = Tensor::from(1.0);
    let mut total = 0.0f64;
    for atom in atoms(order) {
        let inside = |(a, _): &(Tensor, Tensor)| topological(&[atom], |_| true).iter().any(|t| t.key() == a.key());
        let Some((n, d)) = degrees(atom) else { continue };
        if (n == 0.0 && d == 0.0) || replaced.iter().any(inside) {
            continue;
        }
        total += n.abs().max(d.abs());
        let (s, outside) = scales(t, atom);
        if n != d {
            let factor = super::algebra::power(&outside, root * (n - d));
            back = if back.constant().is_some() { factor } else { back * factor };
        }
        replaced.push((atom.clone(), atom / &s));
    }
    (total >= 2.0).then(|| (substitute(t, &replaced), back))
}

/// The formula in which what is written twice, as x − m on both sides of a matrix, is one node.
fn merged(t: &Tensor) -> Tensor {
    let mut seen: HashMap<(usize, Attrs, Vec<(u64, usize)>), Tensor> = HashMap::new();
    let mut twice: Vec<(Tensor, Tensor)> = vec![];
    for n in topological(&[t], |t| !matches!(t.op().kernel, Kernel::Leaf)) {
        if n.node().inputs().is_empty() || n.output() != 0 {
            continue;
        }
        let inputs = n.node().inputs().iter().map(Tensor::key).collect();
        let key = (std::ptr::from_ref(n.op()) as usize, n.node().attrs().clone(), inputs);
        match seen.get(&key) {
            Some(first) => twice.push((n.clone(), first.clone())),
            None => _ = seen.insert(key, n.clone()),
        }
    }
    if twice.is_empty() { t.clone() } else { substitute(t, &twice) }
}

/// The nodes of a formula that is small enough, has no scale yet, and multiplies what may leave its range.
fn worth(t: &Tensor) -> Option<Vec<Tensor>> {
    let order = small(t, |t| t.op() != &SCALE)?;
    let products = order.iter().any(|t| [&DOT, &MATVEC, &VECMAT, &MATMUL, &SQUARE, &POW, &MUL].contains(&t.op()));
    (products && !order.iter().any(|t| t.op() == &SCALE)).then_some(order)
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
    let order = worth(t)?;
    let degrees = |leaf: &Tensor| Some((degree(a, leaf)?, degree(b, leaf)?));
    let both = |leaf: &&Tensor| degrees(leaf).is_some_and(|(n, d)| n != 0.0 && d != 0.0);
    if !atoms(&order).iter().any(both) {
        return None;
    }
    let (inner, back) = scaled(t, &order, 1.0, degrees)?;
    let inner = super::algebra::scale(&inner, product.coefficient);
    Some(if back.constant() == Some(1.0) { inner } else { back * inner })
}

/// The root of a form, as √(x·Ax), with everything in which it is of a whole degree divided by its scale.
pub fn rescale_root(t: &Tensor) -> Option<Tensor> {
    let inside = &t.node().inputs()[0];
    if ![&DOT, &MATVEC, &VECMAT].contains(&inside.op()) {
        return None;
    }
    worth(inside)?;
    let inside = &merged(inside);
    let order = worth(inside)?;
    let whole = |leaf: &Tensor| degree(inside, leaf).filter(|d| *d >= 2.0 && d % 2.0 == 0.0).map(|d| (d, 0.0));
    let (inner, back) = scaled(inside, &order, 0.5, whole)?;
    Some(back * inner.sqrt())
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
