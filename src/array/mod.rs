//! Dense values: shape, dtype, a shared buffer with strides, and the loops over them. Knows no graph.

pub(crate) mod arith;
mod cast;
pub(crate) mod chain;
pub(crate) mod complex;
mod convert;
mod csv_text;
mod dense;
mod digits;
mod display;
mod dtype;
mod format;
pub(crate) mod gemm;
mod io;
mod io_csv;
mod io_npy;
mod io_npz;
pub(crate) mod loops;
pub(crate) mod lu;
pub mod math;
#[doc(hidden)]
pub mod matrix;
pub mod memory;
pub(crate) mod normal;
mod npy_header;
pub(crate) mod pair;
pub(crate) mod polygamma_step;
pub mod random;
pub(crate) mod rational;
pub(crate) mod reductions;
pub(crate) mod samplers;
pub(crate) mod scan;
mod shape;
pub(crate) mod slopes;
pub mod sums;
mod view;
pub mod wide;
mod zip;

pub use dense::{Array, Buffer, Element};
pub use dtype::DType;
pub use format::{Format, round_f32_to, round_f64_to};
pub use io_csv::{Column, Missing, Table, parse_csv, read_csv};
pub use io_npy::{parse_npy, read_npy, write_npy};
pub use io_npz::{parse_npz, read_npz, write_npz};
pub use rational::Rational;
pub(crate) use reductions::ldexp as scaled_by_power;
pub use shape::{broadcast, display_shape, element_count, row_major, unravel};
