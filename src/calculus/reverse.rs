//! Reverse mode: one walk back over the graph, following the row of every op.

use std::collections::{HashMap, HashSet};

use crate::error::{Error, ErrorKind};
use crate::graph::{Cotangent, Derivative, Meta, Tensor, Vjp, topological, with_origin};
use crate::ops::{cotangent_times, sum_to, zeros_batched};

/// The cotangents of `xs` that belong to the cotangents `dys` of `ys`: Σ dyᵢ · ∂yᵢ/∂x.
///
/// A cotangent may have leading batch axes before the shape of its y; so have the results. A node may stand between
/// leaves and y: the graph is cut there.
#[track_caller]
pub fn vjp(ys: &[&Tensor], dys: &[Tensor], xs: &[&Tensor]) -> Vec<Tensor> {
    let batch = batch_of(ys, dys);
    pull_back(ys, dys, xs).into_iter().zip(xs).map(|(g, x)| g.unwrap_or_else(|| zeros_batched(x, &batch))).collect()
}

/// The leading axes that the cotangents have before the shape of their outputs.
fn batch_of(ys: &[&Tensor], dys: &[Tensor]) -> Vec<usize> {
    let lead = |(y, dy): (&&Tensor, &Tensor)| {
        let extra = dy.rank().saturating_sub(y.rank());
        dy.dims()[..extra].to_vec()
    };
    ys.iter().zip(dys).map(lead).next().unwrap_or_default()
}

/// As [`vjp`], with `None` for an x that no y depends on.
pub fn pull_back(ys: &[&Tensor], dys: &[Tensor], xs: &[&Tensor]) -> Vec<Option<Tensor>> {
    let wanted: HashSet<u64> = xs.iter().map(|x| x.node().id()).collect();
    let interior = xs.iter().any(|x| !x.node().inputs().is_empty());
    if interior && xs.len() > 1 {
        // Each x cuts the graph by itself, or paths through another x would be lost.
        return xs.iter().flat_map(|x| pull_back(ys, dys, &[x])).collect();
    }
    let order = topological(ys, |t| !wanted.contains(&t.node().id()));
    let reaches = reaching(&order, &wanted);
    let mut sums = Sums::default();
    for (y, dy) in ys.iter().zip(dys) {
        sums.add(y.key(), dy.clone().into());
    }
    for t in order.iter().rev() {
        let id = t.node().id();
        if !reaches.contains(&id) || wanted.contains(&id) {
            continue;
        }
        with_origin(t.origin(), || step(t, &reaches, &mut sums));
    }
    xs.iter().map(|x| sums.take(x.key()).map(|c| c.settle())).collect()
}

/// Ids of the nodes that depend on a wanted one.
fn reaching(order: &[Tensor], wanted: &HashSet<u64>) -> HashSet<u64> {
    let mut reaches = HashSet::new();
    for t in order {
        let id = t.node().id();
        if wanted.contains(&id) || t.node().inputs().iter().any(|i| reaches.contains(&i.node().id())) {
            reaches.insert(id);
        }
    }
    reaches
}

/// The cotangents gathered so far.
#[derive(Default)]
struct Sums(HashMap<(u64, usize), Cotangent>);

impl Sums {
    /// Adds a contribution; two with different masks are settled first.
    fn add(&mut self, key: (u64, usize), c: Cotangent) {
        let sum = match self.0.remove(&key) {
            None => c,
            Some(old) => Cotangent::from(old.settle() + c.settle()),
        };
        self.0.insert(key, sum);
    }

    fn take(&mut self, key: (u64, usize)) -> Option<Cotangent> {
        self.0.remove(&key)
    }
}

impl Cotangent {
    /// The cotangent as one tensor: zero where the mask is false.
    pub fn settle(&self) -> Tensor {
        match &self.mask {
            None => self.value.clone(),
            Some(mask) => Tensor::select(mask, &self.value, &Tensor::from(0.0)),
        }
    }
}

/// Hands the cotangents of one node on to its inputs.
fn step(t: &Tensor, reaches: &HashSet<u64>, sums: &mut Sums) {
    let node = t.node();
    let Ok(outs) = node.outs() else { return };
    let dys: Vec<Option<Cotangent>> = (0..outs.len()).map(|k| sums.take((node.id(), k))).collect();
    if dys.iter().all(Option::is_none) {
        return;
    }
    let given = rule(t, outs, &dys);
    for (x, dx) in node.inputs().iter().zip(given) {
        let (Some(dx), true) = (dx, reaches.contains(&x.node().id())) else { continue };
        sums.add(x.key(), to_dtype(dx, x));
    }
}

/// A cotangent in the dtype of what it belongs to.
///
/// A cotangent g of a complex z says dL = Re(g dz); of a real x only its real part counts.
fn to_dtype(c: Cotangent, x: &Tensor) -> Cotangent {
    let c = match (c.value.dtype(), x.dtype()) {
        (Ok(g), Ok(d)) if g.is_complex() && !d.is_complex() => Cotangent { value: c.value.real(), mask: c.mask },
        _ => c,
    };
    match (c.value.meta(), x.meta()) {
        (Ok(g), Ok(m)) if g.dtype != m.dtype && !g.weak && m.dtype.is_float() => {
            Cotangent { value: c.value.cast(m.dtype), mask: c.mask }
        }
        _ => c,
    }
}

/// Cotangents of the inputs by the row's rule.
fn rule(t: &Tensor, outs: &[Meta], dys: &[Option<Cotangent>]) -> Vec<Option<Cotangent>> {
    let node = t.node();
    let x = node.inputs();
    let y: Vec<Tensor> = (0..outs.len()).map(|k| t.sibling(k)).collect();
    let settled = || dys.iter().map(|c| c.as_ref().map(Cotangent::settle)).collect::<Vec<_>>();
    let plain = |f: fn(&Vjp) -> Vec<Option<Tensor>>| -> Vec<Option<Cotangent>> {
        let dy = settled();
        f(&Vjp { x, y: &y, dy: &dy, attrs: node.attrs() }).into_iter().map(|c| c.map(Into::into)).collect()
    };
    match &node.op().derivative {
        Derivative::Partials(f) => match dys.first() {
            Some(Some(dy)) => partials(x, &y[0], f(x, &y[0]), dy),
            _ => vec![],
        },
        Derivative::Moves(f) => match dys.first() {
            Some(Some(Cotangent { value, mask: Some(mask) })) if dys.len() == 1 => {
                let moved = |g: &Tensor| f(&Vjp { x, y: &y, dy: &[Some(g.clone())], attrs: node.attrs() });
                moved(value)
                    .into_iter()
                    .zip(moved(mask))
                    .map(|(value, mask)| value.map(|value| Cotangent { value, mask }))
                    .collect()
            }
            _ => plain(*f),
        },
        Derivative::Linear(f) | Derivative::Custom(f) => plain(*f),
        Derivative::Masked(f) => {
            let dy: Vec<Option<Tensor>> = dys.iter().map(|c| c.as_ref().map(|c| c.value.clone())).collect();
            let outer = dys.first().and_then(|c| c.as_ref()).and_then(|c| c.mask.clone());
            let both = |mask: Option<Tensor>| match (&outer, mask) {
                (Some(a), Some(b)) => Some(a.logical_and(&b)),
                (a, b) => a.clone().or(b),
            };
            f(&Vjp { x, y: &y, dy: &dy, attrs: node.attrs() })
                .into_iter()
                .zip(x)
                .map(|(c, x)| c.map(|c| narrow(Cotangent { mask: both(c.mask), value: c.value }, &y[0], x)))
                .collect()
        }
        Derivative::Zero => vec![],
        Derivative::Undefined(why) => {
            let error =
                Error::new(ErrorKind::NotDifferentiable, format!("`{}` has no derivative: {why}", node.op().name));
            x.iter().map(|x| Some(Tensor::poison(node.op(), error.clone().at(t.origin()), &[x]).into())).collect()
        }
    }
}

/// dy · ∂y/∂xᵢ for every input, summed over the axes along which xᵢ was broadcast.
fn partials(x: &[Tensor], y: &Tensor, partials: Vec<Tensor>, dy: &Cotangent) -> Vec<Option<Cotangent>> {
    let product = |p: Tensor| match p.constant() {
        Some(1.0) => dy.value.clone(),
        Some(-1.0) => -&dy.value,
        _ if p.node().id() > y.node().id() => cotangent_times(&dy.value, &p),
        _ => &dy.value * p,
    };
    let contribution = |(p, x)| Some(narrow(Cotangent { value: product(p), mask: dy.mask.clone() }, y, x));
    partials.into_iter().zip(x).map(contribution).collect()
}

/// Sums a cotangent of shape batch ++ y.shape to batch ++ x.shape; a mask is settled before terms are added.
fn narrow(c: Cotangent, y: &Tensor, x: &Tensor) -> Cotangent {
    if x.dims() == y.dims() {
        return c;
    }
    sum_to(&c.settle(), y.dims(), x.dims()).into()
}
