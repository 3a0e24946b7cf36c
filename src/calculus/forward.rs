//! Forward mode: from partials and linearity where a row has them, otherwise from two reverse passes.

use std::collections::HashMap;

use super::reverse::vjp;
use crate::array::DType;
use crate::graph::{Derivative, Tensor, topological, with_origin};
use crate::ops::zeros_like;

/// The tangents of `ys` along the tangents `dxs` of `xs`: Σ ∂y/∂xᵢ · dxᵢ.
pub fn jvp(ys: &[&Tensor], xs: &[&Tensor], dxs: &[Tensor]) -> Vec<Tensor> {
    let mut tangents: HashMap<(u64, usize), Tensor> = HashMap::new();
    for (x, dx) in xs.iter().zip(dxs) {
        tangents.insert(x.key(), dx.clone());
    }
    let cut = |t: &Tensor| !xs.iter().any(|x| x.node().id() == t.node().id());
    for t in topological(ys, cut) {
        if !cut(&t) {
            continue;
        }
        let known: Vec<Option<Tensor>> = t.node().inputs().iter().map(|i| tangents.get(&i.key()).cloned()).collect();
        if known.iter().any(Option::is_some) {
            for (k, dy) in with_origin(t.origin(), || step(&t, &known)).into_iter().enumerate() {
                tangents.insert((t.node().id(), k), dy);
            }
        }
    }
    ys.iter().map(|y| tangents.remove(&y.key()).unwrap_or_else(|| zeros_like(y))).collect()
}

/// The tangents of one node's outputs.
fn step(t: &Tensor, dx: &[Option<Tensor>]) -> Vec<Tensor> {
    let node = t.node();
    let x = node.inputs();
    let outs = node.outs().as_ref().map_or(1, Vec::len);
    match &node.op().derivative {
        Derivative::Partials(f) => {
            let terms = f(x, t).into_iter().zip(dx).filter_map(|(p, dx)| dx.as_ref().map(|dx| dx * p));
            // The terms may be narrower than y where operands broadcast.
            let sum = terms.reduce(|a, b| a + b).unwrap_or_else(|| zeros_like(t));
            // A real function of complex numbers changes by the real part alone.
            let complex = |t: &Tensor| t.dtype().is_ok_and(DType::is_complex);
            let sum = if complex(&sum) && !complex(t) { sum.real() } else { sum };
            vec![sum.broadcast_like(t)]
        }
        Derivative::Moves(_) | Derivative::Linear(_) => {
            let full: Vec<Tensor> =
                dx.iter().zip(x).map(|(dx, x)| dx.clone().unwrap_or_else(|| linear_zero(x))).collect();
            let y = node.op().call(&full.iter().collect::<Vec<_>>(), node.attrs().clone());
            (0..outs).map(|k| y.sibling(k)).collect()
        }
        Derivative::Zero => (0..outs).map(|k| zeros_like(&t.sibling(k))).collect(),
        _ => (0..outs).map(|k| two_passes(&t.sibling(k), x, dx)).collect(),
    }
}

/// An input without a tangent: zeros if it is a number, itself if it is an index or a condition.
fn linear_zero(x: &Tensor) -> Tensor {
    match x.dtype() {
        Ok(d) if d.is_float() || d.is_complex() => zeros_like(x),
        _ => x.clone(),
    }
}

/// ∂y/∂x · dx as the derivative, in the cotangent u, of the reverse pass u ↦ uᵀ ∂y/∂x.
fn two_passes(y: &Tensor, x: &[Tensor], dx: &[Option<Tensor>]) -> Tensor {
    let u = zeros_like(y);
    let (xs, dxs): (Vec<&Tensor>, Vec<Tensor>) =
        x.iter().zip(dx).filter_map(|(x, dx)| dx.clone().map(|dx| (x, dx))).unzip();
    let pulled = vjp(&[y], std::slice::from_ref(&u), &xs);
    vjp(&pulled.iter().collect::<Vec<_>>(), &dxs, &[&u]).pop().unwrap_or_else(|| zeros_like(y))
}
