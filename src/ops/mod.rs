//! One row per op: everything known about it, and nothing about it anywhere else; composites beside them.

mod arithmetic;
mod axes;
mod cast;
mod compare;
mod composite;
mod exponential;
mod factor;
mod hyperbolic;
mod leaf;
mod makers;
mod movement;
mod operators;
mod product;
mod reduce;
mod row;
mod softmax;
mod special;
mod trigonometric;

pub use arithmetic::*;
pub use axes::{Axes, keep, negative_axis};
pub use cast::*;
pub use compare::*;
pub use composite::*;
pub use exponential::*;
pub use factor::*;
pub use hyperbolic::*;
pub use leaf::*;
pub use makers::*;
pub use movement::*;
pub use product::*;
pub use reduce::*;
pub use softmax::*;
pub use special::*;
pub use trigonometric::*;

use crate::graph::Op;

/// Every row by file, in the order in which `gradus ops` prints them.
pub static OPS: &[&[&Op]] = &[
    leaf::ROWS,
    arithmetic::ROWS,
    exponential::ROWS,
    trigonometric::ROWS,
    hyperbolic::ROWS,
    special::ROWS,
    compare::ROWS,
    cast::ROWS,
    movement::ROWS,
    reduce::ROWS,
    softmax::ROWS,
    product::ROWS,
    factor::ROWS,
    makers::ROWS,
];

/// Every row.
pub fn all() -> impl Iterator<Item = &'static Op> {
    OPS.iter().flat_map(|rows| rows.iter().copied())
}
