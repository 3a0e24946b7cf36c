//! Sums of squares are recognised: the residuals r with loss = Σ r².

use crate::Tensor;
use crate::ops::{ADD, DIV, MEAN, MUL, POW, SQUARE, SUM};

/// How deep sums may stand inside one another.
const DEPTH: usize = 200;

/// The residuals r as one vector, if the loss is Σ r² as written: sums, means and positive multiples of even powers.
pub(super) fn residuals_of(loss: &Tensor) -> Option<Tensor> {
    let mut parts = vec![];
    gather(loss, 1.0, DEPTH, &mut parts)?;
    match parts.as_slice() {
        [one] => Some(one.clone()),
        _ => Some(Tensor::concatenate(&parts.iter().collect::<Vec<_>>(), 0)),
    }
}

/// Adds the residuals of `factor` times the sum of all elements of t.
fn gather(t: &Tensor, factor: f64, depth: usize, parts: &mut Vec<Tensor>) -> Option<()> {
    let inputs = t.node().inputs();
    let constant = |i: usize| inputs.get(i).and_then(Tensor::constant);
    let op = t.op();
    if depth == 0 || !(factor >= 0.0 && factor.is_finite()) {
        return None;
    }
    let size = |t: &Tensor| t.dims().iter().product::<usize>() as f64;
    match inputs {
        [x] if *op == SUM => gather(x, factor, depth - 1, parts),
        [x] if *op == MEAN => gather(x, factor * size(t) / size(x), depth - 1, parts),
        [x] if *op == SQUARE => root(x, factor, parts),
        [x, _] if *op == POW => match constant(1)? {
            2.0 => root(x, factor, parts),
            p if p > 0.0 && p % 2.0 == 0.0 => root(&x.pow(p / 2.0), factor, parts),
            _ => None,
        },
        // Elements that broadcast would count as often as they are copied.
        [a, b] if *op == ADD && a.dims() == b.dims() => {
            gather(a, factor, depth - 1, parts)?;
            gather(b, factor, depth - 1, parts)
        }
        [a, b] if *op == MUL && a.key() == b.key() => root(a, factor, parts),
        [_, b] if *op == MUL && constant(0).is_some() => gather(b, factor * constant(0)?, depth - 1, parts),
        [a, _] if *op == MUL && constant(1).is_some() => gather(a, factor * constant(1)?, depth - 1, parts),
        [a, _] if *op == DIV && constant(1).is_some() => gather(a, factor / constant(1)?, depth - 1, parts),
        _ => None,
    }
}

/// Adds √factor · r.
fn root(r: &Tensor, factor: f64, parts: &mut Vec<Tensor>) -> Option<()> {
    let r = r.flatten();
    parts.push(if factor == 1.0 { r } else { factor.sqrt() * r });
    Some(())
}
