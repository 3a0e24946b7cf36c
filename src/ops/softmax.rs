//! logsumexp, softmax and log_softmax: exponentials that are shifted before they can overflow.

use super::axes::Axes;
use super::reduce::{along_axes, float, kept};

use crate::array::{DType, reductions as kernels};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{
    Attrs, Derivative, Exact, Interval, Kernel, Lanes, Meta, Notation, NoteKind, Op, Outputs, Promote, Reduce, Tensor,
    Vjp,
};

/// The rows of this file.
pub(super) static ROWS: &[&Op] = &[&LOGSUMEXP, &SOFTMAX, &LOG_SOFTMAX];

/// `log(sum(exp(x)))`; −inf with derivative 0 for a row of all −inf.
pub static LOGSUMEXP: Op = Op {
    name: "logsumexp",
    summary: "log(sum(exp(x))) along axes, without overflow; -inf for a row of all -inf.",
    meaning: "log(sum(exp(x)))",
    promote: Promote::Float,
    shape: float,
    kernel: Kernel::Reduce(Reduce {
        f64: kernels::logsumexp_f64,
        f32: kernels::logsumexp_f32,
        i64: None,
        empty: Some(f64::NEG_INFINITY),
        parts: false,
        blocks: None,
    }),
    outputs: Outputs::General,
    exact: Exact::Derived,
    derivative: Derivative::Custom(|v| match &v.dy[0] {
        Some(dy) => vec![Some(kept(dy, v.attrs) * SOFTMAX.call(&[&v.x[0]], v.attrs.clone()))],
        None => vec![],
    }),
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: r"\log \sum e^{{0}}",
    example: "logsumexp([1000, 1001])",
};

/// The shape rule of rows that work along axes and keep the shape.
fn whole(inputs: &[&Meta], attrs: &Attrs) -> Result<Vec<Meta>> {
    match inputs {
        [m] if attrs.axes().iter().all(|a| *a >= -(m.shape.len() as isize)) => {
            Ok(vec![Meta { dtype: m.dtype.to_float(), ..(*m).clone() }])
        }
        _ => Err(Error::new(ErrorKind::Argument, "takes one value and axes that it has")),
    }
}

/// The note on a lane without a finite term.
const EMPTY: (NoteKind, &str) = (NoteKind::EmptyRow, "a row of all -inf counts as a row without terms");

/// A mask that is true at the largest elements of every lane, and sums over lanes.
struct Pivot {
    at: Tensor,
    attrs: Attrs,
}

impl Pivot {
    fn of(x: &Tensor, attrs: &Attrs) -> Pivot {
        let x = x.stop_gradient();
        let best = kept(&super::MAX.call(&[&x], attrs.clone()), attrs);
        Pivot { at: x.equal(best), attrs: attrs.clone() }
    }

    fn sum(&self, t: &Tensor) -> Tensor {
        kept(&super::SUM.call(&[t], self.attrs.clone()), &self.attrs)
    }
}

/// `exp(x) / sum(exp(x))`; zeros for a row of all −inf.
pub static SOFTMAX: Op = Op {
    name: "softmax",
    summary: "exp(x) / sum(exp(x)) along axes, without overflow; zeros for a row of all -inf.",
    meaning: "exp(x) / sum(exp(x))",
    promote: Promote::Float,
    shape: whole,
    kernel: Kernel::Lanes(Lanes { f64: kernels::softmax_f64, f32: kernels::softmax_f32, note: EMPTY }),
    outputs: Outputs::General,
    exact: Exact::Derived,
    derivative: Derivative::Custom(softmax_vjp),
    domain: Interval::ALL,
    range: Interval::UNIT,
    notation: Notation::Function,
    latex: r"\operatorname{softmax}({0})",
    example: "softmax([1000, 1001])",
};

/// p·(dy − Σ p·dy), with dy measured from its value at the largest p: otherwise that element's own term, which is
/// nearly all of the sum, cancels and leaves no digits where softmax saturates.
fn softmax_vjp(v: &Vjp) -> Vec<Option<Tensor>> {
    let Some(dy) = &v.dy[0] else { return vec![] };
    let p = &v.y[0];
    let pivot = Pivot::of(&v.x[0], v.attrs);
    let one = pivot.at.cast(p.dtype().unwrap_or(DType::F64));
    let count = pivot.sum(&one);
    let from = dy - pivot.sum(&(dy * &one)) / count;
    vec![Some(p * (&from - pivot.sum(&(p * &from))))]
}

/// `log(exp(x) / sum(exp(x)))`.
pub static LOG_SOFTMAX: Op = Op {
    name: "log_softmax",
    summary: "The logarithm of softmax along axes.",
    meaning: "log(exp(x) / sum(exp(x)))",
    promote: Promote::Float,
    shape: whole,
    kernel: Kernel::Lanes(Lanes { f64: kernels::log_softmax_f64, f32: kernels::log_softmax_f32, note: EMPTY }),
    outputs: Outputs::General,
    exact: Exact::Derived,
    derivative: Derivative::Custom(log_softmax_vjp),
    domain: Interval::ALL,
    range: Interval::closed(f64::NEG_INFINITY, 0.0),
    notation: Notation::Function,
    latex: r"\log \operatorname{softmax}({0})",
    example: "log_softmax([1000, 0])",
};

/// dy − p·Σdy; where p is above 1/2, which no two elements of a lane are, as minus the sum over the others, since the
/// whole sums to 0: that does not cancel where p is nearly 1.
fn log_softmax_vjp(v: &Vjp) -> Vec<Option<Tensor>> {
    let Some(dy) = &v.dy[0] else { return vec![] };
    let p = SOFTMAX.call(&[&v.x[0]], v.attrs.clone());
    let sum = |t: &Tensor| kept(&super::SUM.call(&[t], v.attrs.clone()), v.attrs);
    let most = p.stop_gradient().greater(0.5);
    let plain = dy - &p * sum(dy);
    let others = sum(&Tensor::select(&most, &Tensor::from(0.0), &plain));
    vec![Some(Tensor::select(&most, &-others, &plain))]
}

along_axes! {
    logsumexp LOGSUMEXP "`log(sum(exp(x)))` along axes.";
    softmax SOFTMAX "`exp(x) / sum(exp(x))` along axes.";
    log_softmax LOG_SOFTMAX "The logarithm of softmax along axes.";
}
