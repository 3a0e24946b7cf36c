//! Dense values: shape, dtype, a shared buffer with strides, and the loops over them. Knows no graph.

mod dense;
mod dtype;
mod shape;

pub use dense::{Array, Buffer};
pub use dtype::DType;
pub use shape::{broadcast, display_shape, element_count, row_major};
