//! Changes of dtype, and the markers that let values through unchanged: stop_gradient, as_written, require.

use std::sync::Arc;

use super::row::{OWN, UPRIGHT};
use crate::array::{DType, unravel};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Attrs, Derivative, Exact, Interval, Kernel, Meta, Notation, Op, Outputs, Promote, Tensor, Vjp};

/// The rows of this file.
pub(super) static ROWS: &[&Op] = &[&CAST, &STOP_GRADIENT, &AS_WRITTEN, &REQUIRE];

/// The shape rule of ops that return their first input.
fn same(inputs: &[&Meta], _: &Attrs) -> Result<Vec<Meta>> {
    inputs.first().map(|m| vec![(*m).clone()]).ok_or_else(|| Error::new(ErrorKind::Argument, "an input is missing"))
}

/// The cotangent as it is, for the first input.
fn through(v: &Vjp) -> Vec<Option<Tensor>> {
    vec![v.dy[0].clone()]
}

/// The same numbers in another dtype.
pub static CAST: Op = Op {
    name: "cast",
    summary: "The same numbers in another dtype.",
    meaning: OWN,
    promote: Promote::Keep,
    shape: |inputs, attrs| match (inputs, attrs) {
        ([m], Attrs::DType(d)) => Ok(vec![Meta::new(*d, m.shape.clone())]),
        _ => Err(Error::new(ErrorKind::Argument, "`cast` takes one value and a dtype")),
    },
    kernel: Kernel::Cast,
    outputs: Outputs::General,
    exact: Exact::Derived,
    derivative: Derivative::Moves(through),
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: UPRIGHT,
    example: "cast(0.1, 'f32')",
};

/// The value, with derivative 0: a quantity that cancels from the mathematics, such as the shift in log-sum-exp.
pub static STOP_GRADIENT: Op = Op {
    name: "stop_gradient",
    summary: "The value, taken as a constant when differentiating.",
    meaning: OWN,
    promote: Promote::Keep,
    shape: same,
    kernel: Kernel::Same,
    outputs: Outputs::General,
    exact: Exact::Derived,
    derivative: Derivative::Zero,
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: UPRIGHT,
    example: "stop_gradient(2.0)",
};

/// The value, computed exactly as the formula below was written: the stabiliser does not look beyond it.
pub static AS_WRITTEN: Op = Op {
    name: "as_written",
    summary: "The value, computed exactly as the formula was written.",
    meaning: OWN,
    promote: Promote::Keep,
    shape: same,
    kernel: Kernel::Same,
    outputs: Outputs::General,
    exact: Exact::Derived,
    derivative: Derivative::Moves(through),
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: UPRIGHT,
    example: "as_written(log(exp(1000)))",
};

/// `require(x, condition, message)`: x, or an error with the index of the first element that breaks the condition.
///
/// A third input is what the condition is about, where x was made of it: the error tells its element.
pub static REQUIRE: Op = Op {
    name: "require",
    summary: "x, or an error that names the first element for which the condition fails.",
    meaning: OWN,
    promote: Promote::Keep,
    shape: |inputs, attrs| match (inputs, attrs) {
        ([x, c] | [x, c, _], Attrs::Text(_)) if c.dtype == DType::Bool => Ok(vec![(*x).clone()]),
        _ => Err(Error::new(ErrorKind::Argument, "`require` takes a value, a condition and a message")),
    },
    kernel: Kernel::Custom(|call| {
        let ok = call.inputs[1].to_f64();
        let Some(at) = ok.iter().position(|&c| c == 0.0) else { return Ok(vec![call.inputs[0].clone()]) };
        let message = if let Attrs::Text(t) = call.attrs { t.to_string() } else { String::new() };
        let index = unravel(at, call.inputs[1].shape());
        let subject = call.inputs.get(2).unwrap_or(&call.inputs[0]);
        let x = subject.broadcast_to(call.inputs[1].shape()).map(|x| x.to_f64());
        let value = x.ok().and_then(|x| x.get(at).copied()).map_or(String::new(), |v| format!(" is {v}"));
        let place = if index.is_empty() { "it".to_string() } else { format!("element {index:?}") };
        Err(Error::new(ErrorKind::Domain, format!("{message}: {place}{value}")))
    }),
    outputs: Outputs::General,
    exact: Exact::Moves,
    derivative: Derivative::Linear(|v| match &v.dy[0] {
        // A derivative holds under the same requirement.
        Some(dy) => {
            let subject = v.x.get(2).unwrap_or(&v.x[0]);
            let kept = REQUIRE.call(&[dy, &v.x[1], subject], v.y[0].node().attrs().clone());
            vec![Some(kept), None, None].into_iter().take(v.x.len()).collect()
        }
        None => vec![],
    }),
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: UPRIGHT,
    example: "require(2.0, 2.0 > 0, 'x must be positive')",
};

impl Tensor {
    /// The same numbers in another dtype.
    #[track_caller]
    pub fn cast(&self, dtype: DType) -> Tensor {
        CAST.call(&[self], Attrs::DType(dtype))
    }

    /// The value, taken as a constant when differentiating.
    #[track_caller]
    pub fn stop_gradient(&self) -> Tensor {
        STOP_GRADIENT.call(&[self], Attrs::None)
    }

    /// The value, computed exactly as the formula was written: the stabiliser leaves everything below alone.
    #[track_caller]
    pub fn as_written(&self) -> Tensor {
        AS_WRITTEN.call(&[self], Attrs::None)
    }

    /// As [`Tensor::require`] of a condition about another tensor, whose element the error tells.
    #[track_caller]
    pub fn require_of(&self, subject: &Tensor, condition: &Tensor, message: &str) -> Tensor {
        REQUIRE.call(&[self, condition, subject], Attrs::Text(Arc::from(message)))
    }

    /// The tensor itself, or at evaluation an error with the index of the first element that breaks the condition.
    #[track_caller]
    pub fn require(&self, condition: &Tensor, message: &str) -> Tensor {
        REQUIRE.call(&[self, condition], Attrs::Text(Arc::from(message)))
    }
}
