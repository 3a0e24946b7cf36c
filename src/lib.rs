//! Gradus: a textbook formula goes in, a trustworthy number comes out.

pub mod array;
mod error;
pub mod text;

pub use array::{Array, DType};
pub use error::{Error, ErrorKind, Origin, Result, Span};
