//! Dense values: shape, dtype, a shared buffer with strides, and the loops over them. Knows no graph.

mod cast;
mod convert;
mod dense;
mod digits;
mod display;
mod dtype;
mod format;
pub mod math;
pub mod memory;
mod shape;
mod view;

pub use dense::{Array, Buffer, Element};
pub use dtype::DType;
pub use format::{Format, round_f32_to, round_f64_to};
pub use shape::{broadcast, display_shape, element_count, row_major};
