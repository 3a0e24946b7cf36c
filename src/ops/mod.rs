//! One row per op: everything known about it, and nothing about it anywhere else; composites beside them.

mod arithmetic;
mod axes;
mod cast;
mod compare;
mod complex;
mod composite;
mod condition;
mod contract;
mod decompose;
mod draws;
mod eig;
mod exponential;
mod factor;
mod gamma;
mod hyperbolic;
mod incomplete_beta;
mod incomplete_gamma;
mod layout;
mod leaf;
mod least_squares;
mod makers;
mod methods;
mod movement;
mod operators;
mod precision;
mod product;
mod quantiles;
mod random;
mod reduce;
mod row;
mod scan;
mod shape;
mod softmax;
mod special;
mod spectral;
mod statistics;
mod trigonometric;

pub use arithmetic::*;
pub use axes::{Axes, keep, negative_axis};
pub use cast::*;
pub use compare::*;
pub use complex::*;
pub use composite::*;
pub use condition::*;
pub use contract::einsum;
pub use decompose::*;
pub use draws::*;
pub use eig::*;
pub use exponential::*;
pub use factor::*;
pub use gamma::*;
pub use hyperbolic::*;
pub use incomplete_beta::*;
pub use incomplete_gamma::*;
pub use leaf::*;
pub use least_squares::*;
pub use makers::*;
pub use movement::*;
pub use precision::*;
pub use product::*;
pub use quantiles::*;
pub use random::*;
pub use reduce::*;
pub use scan::*;
pub use shape::*;
pub use softmax::*;
pub use special::*;
pub use spectral::*;
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
    gamma::ROWS,
    incomplete_gamma::ROWS,
    incomplete_beta::ROWS,
    quantiles::ROWS,
    compare::ROWS,
    cast::ROWS,
    complex::ROWS,
    shape::ROWS,
    movement::ROWS,
    reduce::ROWS,
    scan::ROWS,
    softmax::ROWS,
    product::ROWS,
    factor::ROWS,
    condition::ROWS,
    decompose::ROWS,
    spectral::ROWS,
    eig::ROWS,
    least_squares::ROWS,
    precision::ROWS,
    random::ROWS,
    draws::ROWS,
    makers::ROWS,
];

/// Every row.
pub fn all() -> impl Iterator<Item = &'static Op> {
    OPS.iter().flat_map(|rows| rows.iter().copied())
}
