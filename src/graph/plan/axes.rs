//! Axes of operands: which come last, and along which nothing changes.

use super::view::View;
use crate::graph::{Meta, Reduce};

/// The order of axes that puts these last.
pub fn axes_last(rank: usize, axes: &[usize]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..rank).filter(|a| !axes.contains(a)).collect();
    order.extend(axes);
    order
}

/// Operands and output with length 1 along axes on which no operand changes.
pub fn shrink(views: Vec<View>, out: &Meta) -> (Vec<View>, Meta) {
    let still = |i: usize| views.iter().all(|v| v.strides[i] == 0);
    let shape: Vec<usize> = out.shape.iter().enumerate().map(|(i, &d)| if still(i) { 1 } else { d }).collect();
    let small = Meta { shape: shape.clone(), ..out.clone() };
    (views.into_iter().map(|v| View { shape: shape.clone(), ..v }).collect(), small)
}

/// The one element per lane that a reduction meets n times, and the shape of its small output; the lanes come last.
pub fn repeated(k: &Reduce, x: &View, n: usize, out: &Meta) -> Option<(View, Meta)> {
    k.blocks.filter(|_| n > 1)?;
    // The axes of the lanes: as many of the last as make up n.
    let (mut lanes, mut outer) = (1, x.shape.len());
    while lanes < n {
        outer -= 1;
        lanes *= x.shape[outer];
    }
    if x.strides[outer..].iter().zip(&x.shape[outer..]).any(|(&s, &d)| s != 0 && d != 1) {
        return None;
    }
    let axes = outer;
    let (shape, strides) = (x.shape[..axes].to_vec(), x.strides[..axes].to_vec());
    let x = View { shape, strides, ..x.clone() }.reshape(&out.shape)?;
    let (views, small) = shrink(vec![x], out);
    views.into_iter().next().map(|x| (x, small))
}
