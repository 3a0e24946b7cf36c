//! The verbs that a formula takes: stabilise it, then call the raw layers below.

mod differentiate;
mod evaluate;

pub use differentiate::{Deriver, grad, hessian, hvp, jacobian, jvp, vjp};
pub use evaluate::{Evaluation, eval, eval_with_notes};
