//! The verbs that a formula takes: stabilise it, then call the raw layers below.

mod check;
mod check_grad;
mod differentiate;
mod evaluate;
mod explain;
mod plan;
mod suspects;
mod trap;

pub(crate) use check::covering;
pub use check::{check, check_all};
pub use check_grad::{GradCheck, check_grad};
pub use differentiate::{Deriver, condition, grad, hessian, hvp, jacobian, jvp, vjp};
pub use evaluate::{Evaluation, eval, eval_with_notes};
pub use explain::{Cause, Explanation, explain};
pub use plan::Plan;
pub use suspects::suspects;
pub use trap::{Trap, eval_trapped};
