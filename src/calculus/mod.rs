//! Derivatives of raw graphs: reverse mode, forward mode, Jacobian, Hessian. Rules are in the rows of ops.

mod forward;
mod reverse;

pub use forward::jvp;
pub use reverse::{pull_back, vjp};
