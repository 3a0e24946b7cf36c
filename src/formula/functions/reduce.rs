//! Reductions, and functions along an axis.

use super::{Function, row};
use crate::Tensor;
use crate::error::Result;
use crate::formula::arguments::Arguments;
use crate::formula::value::{Value, argument};
use crate::linalg;
use crate::ops::Axes;

/// Builds a reduction with parameters `x, axis, keepdims`.
fn reduce(c: &Arguments, f: fn(&Tensor, Axes) -> Tensor) -> Result<Value> {
    Ok(f(&c.tensor(0)?, c.axes(1, Some(2))?).into())
}

/// Builds a function along one axis that keeps the shape.
fn along(c: &Arguments, f: fn(&Tensor, Axes) -> Tensor) -> Result<Value> {
    let axes = if c.has(1) { c.axes(1, None)? } else { Axes::from(-1isize) };
    Ok(f(&c.tensor(0)?, axes).into())
}

/// The norm of an order: the Euclidean one unless told otherwise; of a matrix without axes that of the matrix.
fn norm(c: &Arguments) -> Result<Value> {
    let (x, axes) = (c.tensor(0)?, c.axes(2, Some(3))?);
    if !c.has(1) {
        return Ok(x.norm(axes).into());
    }
    let matrix = axes.list.is_none() && x.shape()?.len() == 2;
    if matches!(c.value(1)?.0, Value::Str(_)) {
        return match c.text(1)?.as_str() {
            "fro" => Ok(x.norm(axes).into()),
            "nuc" if matrix => Ok(linalg::nuclear_norm(&x).into()),
            _ => Err(c.wrong("takes an order that is a number, 'fro', or of a matrix 'nuc'")),
        };
    }
    let order = c.number(1, 2.0)?;
    match x.shape()?.len() {
        2 if matrix => Ok(linalg::matrix_norm(&x, &order.to_string()).into()),
        n if n > 2 && axes.list.is_none() => {
            Err(argument("the norm of an order needs an axis here; without one write no order"))
        }
        _ => Ok(x.norm_of_order(order, axes).into()),
    }
}

/// The rows of this file.
pub(super) static TABLE: &[Function] = &[
    row(&["sum"], "x, axis=None, keepdims=False", "The sum along axes, accumulated in f64.", |c| {
        reduce(c, Tensor::sum)
    }),
    row(
        &["max", "amax"],
        "x, axis=None, keepdims=False",
        "The largest element along axes; equal ones share the derivative.",
        |c| reduce(c, Tensor::max),
    ),
    row(
        &["min", "amin"],
        "x, axis=None, keepdims=False",
        "The smallest element along axes; equal ones share the derivative.",
        |c| reduce(c, Tensor::min),
    ),
    row(&["argmax"], "x, axis=None, keepdims=False", "The place of the first largest element.", |c| {
        reduce(c, Tensor::argmax)
    }),
    row(&["argmin"], "x, axis=None, keepdims=False", "The place of the first smallest element.", |c| {
        reduce(c, Tensor::argmin)
    }),
    row(&["all"], "x, axis=None, keepdims=False", "True if every element is.", |c| reduce(c, Tensor::all)),
    row(&["any"], "x, axis=None, keepdims=False", "True if some element is.", |c| reduce(c, Tensor::any)),
    row(
        &["scale"],
        "x, axis=None, keepdims=False",
        "A power of two near the largest magnitude, by which a formula can be divided without rounding.",
        |c| reduce(c, Tensor::scale),
    ),
    row(&["logsumexp"], "x, axis=None, keepdims=False", "log(sum(exp(x))) along axes, without overflow.", |c| {
        reduce(c, Tensor::logsumexp)
    }),
    row(
        &["var"],
        "x, axis=None, ddof=0, keepdims=False",
        "The mean squared deviation from the mean; ddof is taken from the count, 0 as in NumPy.",
        |c| Ok(c.tensor(0)?.var(c.axes(1, Some(3))?, c.integer(2, 0)?).into()),
    ),
    row(
        &["std"],
        "x, axis=None, ddof=0, keepdims=False",
        "The square root of the variance; ddof is 0 as in NumPy.",
        |c| Ok(c.tensor(0)?.std(c.axes(1, Some(3))?, c.integer(2, 0)?).into()),
    ),
    row(
        &["norm", "vector_norm"],
        "x, ord=None, axis=None, keepdims=False",
        "The norm along axes, without overflow; its derivative at 0 is 0. An order below 1 gives a number, but no norm.",
        |c| norm(c),
    ),
    row(&["count_nonzero"], "x, axis=None, keepdims=False", "How many elements along axes are not 0.", |c| {
        reduce(c, Tensor::count_nonzero)
    }),
    row(&["softmax"], "x, axis=-1", "exp(x)/sum(exp(x)) along an axis, without overflow.", |c| {
        along(c, Tensor::softmax)
    }),
    row(&["log_softmax"], "x, axis=-1", "The logarithm of softmax along an axis.", |c| along(c, Tensor::log_softmax)),
];
