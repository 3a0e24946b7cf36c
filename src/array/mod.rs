//! Dense values: shape, dtype, a shared buffer with strides, and the loops over them. Knows no graph.

mod cast;
mod convert;
mod csv_text;
mod dense;
mod digits;
mod display;
mod dtype;
mod format;
mod io;
mod io_csv;
pub mod math;
pub mod memory;
mod shape;
mod view;

pub use dense::{Array, Buffer, Element};
pub use dtype::DType;
pub use format::{Format, round_f32_to, round_f64_to};
pub use io_csv::{Column, Missing, Table, parse_csv, read_csv};
pub use shape::{broadcast, display_shape, element_count, row_major};
