//! Derivatives of raw graphs: reverse mode, forward mode, sparsity. Rules are in the rows of ops.

mod forward;
mod reverse;
mod sparsity;

pub use forward::jvp;
pub use reverse::{pull_back, vjp};
pub use sparsity::{Groups, groups};
