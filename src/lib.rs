//! Gradus: a textbook formula goes in, a trustworthy number comes out.
//!
#![doc = include_str!("../README.md")]

pub mod array;
pub mod calculus;
mod error;
pub mod formula;
pub mod graph;
pub mod linalg;
pub mod numerics;
pub mod ops;
pub mod optim;
pub mod prob;
pub mod text;
mod verbs;

pub use array::{Array, DType};
pub use error::{Error, ErrorKind, Origin, Result, Span};
pub use graph::{Note, NoteKind, Tensor};
pub use numerics::check::{Age, Finding, Fix, Forecast, Kind, Possible, Range, Report, Severity, forecast};
pub use numerics::{Fired, stabilize};
pub use verbs::{
    Cause, Deriver, Evaluation, Explanation, GradCheck, Plan, Trap, check, check_all, check_grad, condition, eval,
    eval_trapped, eval_with_notes, explain, grad, hessian, hvp, jacobian, jvp, suspects, vjp,
};
