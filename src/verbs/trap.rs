//! A trap: an evaluation that stops at the first value that is not finite.

use super::explain::{Cause, cause};
use crate::array::{Array, unravel};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Tensor, evaluate_nodes, evaluate_planned};
use crate::numerics::stabilize_all;

/// What stops an evaluation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trap {
    /// A result that is infinite or NaN.
    NonFinite,
}

/// The values of formulas, or the op and place of the first value that is not finite, where a result is not.
///
/// As long as all results are finite this is [`eval`](crate::eval) and a look at the results. Where one is not, the
/// formulas are evaluated again, op by op, to name the first op that gives an infinity or a NaN. An infinity on the way
/// to a finite result, as in 1/(1 + exp(1000)), springs no trap; `check` tells whether one does harm. Errors: of kind
/// [`ErrorKind::Domain`], and those of `eval`.
///
/// ```
/// use gradus::{Tensor, Trap, eval_trapped};
/// let x = Tensor::from([1.0, 0.0, 4.0]).named("x");
/// let y = (&x * 2.0).log().sum(());
/// let e = eval_trapped(&[&y], Trap::NonFinite).unwrap_err();
/// assert!(e.message().contains("`log` of 0 at [1] gives -inf"), "{e}");
/// ```
pub fn eval_trapped(formulas: &[&Tensor], trap: Trap) -> Result<Vec<Array>> {
    let (stable, _) = stabilize_all(formulas, &[]);
    let outputs: Vec<&Tensor> = stable.iter().collect();
    let values = evaluate_planned(&outputs, &mut vec![])?;
    let Trap::NonFinite = trap;
    if values.iter().all(Array::is_finite) { Ok(values) } else { Err(first(&outputs)) }
}

/// The error about the first op that gives something that is not finite.
fn first(outputs: &[&Tensor]) -> Error {
    let mut found: Option<Error> = None;
    let walked = evaluate_nodes(outputs, &mut vec![], &mut |t, inputs, outs| {
        if found.is_none() {
            found = outs.iter().find(|a| !a.is_finite()).map(|a| sprung(t, inputs, a));
        }
    });
    let lost = || Error::new(ErrorKind::Domain, "a result is not finite");
    found.or(walked.err()).unwrap_or_else(lost)
}

/// What an op gave, of what, and where.
fn sprung(t: &Tensor, inputs: &[Array], value: &Array) -> Error {
    let Cause { op, origin, operands, result } = cause(t, inputs, value);
    let element = value.iter_f64().position(|v| !v.is_finite()).unwrap_or(0);
    let index = unravel(element, value.shape());
    let at = if index.is_empty() { String::new() } else { format!(" at {index:?}") };
    let operands: Vec<String> = operands.iter().map(f64::to_string).collect();
    let message = match (inputs, operands.as_slice()) {
        ([], _) => format!("the data hold {result}{at}"),
        (_, []) => format!("`{op}`{at} gives {result}"),
        (_, some) => format!("`{op}` of {}{at} gives {result}", some.join(" and ")),
    };
    Error::new(ErrorKind::Domain, message).at(origin)
}
