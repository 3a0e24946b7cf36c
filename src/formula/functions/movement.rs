//! Functions that move elements: shapes, axes, parts.

use super::{Function, row};
use crate::Tensor;
use crate::error::Result;
use crate::formula::arguments::Arguments;
use crate::formula::value::{Value, argument};
use crate::graph::Attrs;
use crate::ops;

/// `reshape(x, shape)`; the shape may be several arguments.
fn reshape(c: &Arguments) -> Result<Value> {
    let mut shape = c.integers(1)?;
    for (value, _) in c.rest() {
        shape.extend(value.integers()?);
    }
    let shape: Vec<isize> = shape.into_iter().map(|n| n as isize).collect();
    Ok(c.tensor(0)?.reshape(&shape).into())
}

/// `transpose(x, order)`; without an order all axes are reversed; of two arguments torch's meaning.
fn transpose(c: &Arguments) -> Result<Value> {
    let x = c.tensor(0)?;
    if !c.has(1) {
        return Ok(x.t().into());
    }
    let mut order: Vec<isize> = c.integers(1)?.into_iter().map(|n| n as isize).collect();
    for (value, _) in c.rest() {
        order.extend(value.integers()?.into_iter().map(|n| n as isize));
    }
    Ok(x.transpose(&order).into())
}

fn join(c: &Arguments) -> Result<Value> {
    let parts = c.tensors(0)?;
    if parts.is_empty() {
        return Err(c.wrong("needs at least one array"));
    }
    Ok(Tensor::concatenate(&parts.iter().collect::<Vec<_>>(), c.axis(1, 0)?).into())
}

fn stack(c: &Arguments, axis: isize) -> Result<Value> {
    let parts = c.tensors(0)?;
    if parts.is_empty() {
        return Err(c.wrong("needs at least one array"));
    }
    Ok(Tensor::stack(&parts.iter().collect::<Vec<_>>(), axis).into())
}

/// Elements picked along an axis; without one, of all elements in a row.
fn take(c: &Arguments) -> Result<Value> {
    let (x, indices) = (c.tensor(0)?, c.indices(1)?);
    Ok(if c.has(2) { x.take(&indices, c.axis(2, 0)?) } else { x.flatten().take(&indices, 0) }.into())
}

/// `pad(x, before, after, axis)`; a pair `(before, after)` pads the last axis, a list of pairs every axis.
///
/// With a length, elements stand `step` apart from `before` on in that many places: the reverse of a slice.
fn pad(c: &Arguments) -> Result<Value> {
    let x = c.tensor(0)?;
    if c.has(5) {
        let axis = ops::negative_axis(c.axis(3, -1)?, x.shape()?)?;
        let count = x.shape()?[(x.shape()?.len() as isize + axis) as usize];
        let (start, step, length) = (c.count(1)?, c.integer(4, 1)? as isize, c.count(5)?);
        let last = start as isize + step.saturating_mul(count.saturating_sub(1) as isize);
        if step == 0 || count > 0 && !(0..length as isize).contains(&last) || start > length {
            return Err(c.wrong("has no room for the elements"));
        }
        return Ok(ops::PAD.call(&[&x], Attrs::Slice { axis, start, count, step, length }).into());
    }
    let pairs: Vec<Vec<i64>> = match c.value(1)?.0.items() {
        Some(items) if items.iter().all(|v| v.items().is_some()) => {
            items.iter().map(Value::integers).collect::<Result<_>>()?
        }
        _ if c.has(2) => vec![vec![c.integer(1, 0)?, c.integer(2, 0)?]],
        _ => vec![c.integers(1)?],
    };
    let rank = x.shape()?.len();
    let first = if pairs.len() == 1 { c.axis(3, -1)? } else { 0 };
    if pairs.len() > 1 && pairs.len() != rank {
        return Err(c.wrong("needs one pair of widths, or one for every axis"));
    }
    let mut y = x;
    for (i, pair) in pairs.iter().enumerate() {
        let width = |n: Option<&i64>| {
            let n = n.copied().unwrap_or(0);
            usize::try_from(n).map_err(|_| argument(format!("{n} is no number of zeros to pad with")))
        };
        let before = width(pair.first())?;
        let after = if pair.len() > 1 { width(pair.get(1))? } else { before };
        y = ops::pad(&y, first + i as isize, before, after);
    }
    Ok(y.into())
}

/// The rows of this file.
pub(super) static TABLE: &[Function] = &[
    row(&["reshape", "view"], "x, shape, *lengths", "The same elements in another shape; one length may be -1.", |c| {
        reshape(c)
    }),
    row(&["ravel", "flatten"], "x", "All elements in one axis.", |c| Ok(c.tensor(0)?.flatten().into())),
    row(
        &["transpose", "permute", "permute_dims"],
        "x, axis=None, *more",
        "The axes in another order; without one, reversed.",
        |c| transpose(c),
    ),
    row(&["swapaxes"], "x, axis1, axis2", "Two axes exchanged.", |c| {
        Ok(c.tensor(0)?.swapaxes(c.axis(1, 0)?, c.axis(2, 1)?).into())
    }),
    row(&["moveaxis"], "x, source, destination", "One axis moved to another place.", |c| {
        Ok(c.tensor(0)?.moveaxis(c.axis(1, 0)?, c.axis(2, 0)?).into())
    }),
    row(
        &["broadcast_to", "expand"],
        "x, shape, *lengths",
        "The value repeated along new axes and axes of length 1.",
        |c| Ok(c.tensor(0)?.broadcast_to(&c.shape(1)?).into()),
    ),
    row(&["expand_dims", "unsqueeze"], "x, axis", "The value with new axes of length 1.", |c| {
        Ok(c.tensor(0)?.expand_dims(c.axes(1, None)?).into())
    }),
    row(&["squeeze"], "x, axis=None", "The value without axes of length 1.", |c| {
        Ok(c.tensor(0)?.squeeze(c.axes(1, None)?).into())
    }),
    row(&["concatenate", "concat", "cat"], "x, axis=0", "Arrays one after another along an axis.", |c| join(c)),
    row(&["stack"], "x, axis=0", "Arrays of one shape along a new axis.", |c| {
        let axis = c.axis(1, 0)?;
        stack(c, axis)
    }),
    row(&["column_stack"], "x", "Vectors as the columns of a matrix.", |c| stack(c, -1)),
    row(&["hstack"], "x", "Arrays beside one another: vectors end to end, others along axis 1.", |c| {
        Ok(Tensor::hstack(&c.tensors(0)?.iter().collect::<Vec<_>>()).into())
    }),
    row(&["vstack", "row_stack"], "x", "Arrays below one another; a vector is a row.", |c| {
        Ok(Tensor::vstack(&c.tensors(0)?.iter().collect::<Vec<_>>()).into())
    }),
    row(&["diff"], "x, axis=-1", "The differences of neighbours along an axis.", |c| {
        Ok(c.tensor(0)?.diff(c.axis(1, -1)?).into())
    }),
    row(&["take"], "x, indices, axis=None", "Elements picked by integer indices along an axis.", |c| take(c)),
    row(
        &["scatter_add"],
        "x, indices, length",
        "Zeros, to which values are added at integer indices of the first axis.",
        |c| Ok(c.tensor(0)?.scatter_add(&c.indices(1)?, c.count(2)?).into()),
    ),
    row(
        &["pad"],
        "x, before, after=None, axis=-1, step=1, length=None",
        "x with zeros before and after, or as NumPy's pairs of widths say.",
        |c| pad(c),
    ),
    row(&["diagonal"], "x", "The diagonal of the last two axes.", |c| Ok(c.tensor(0)?.diagonal().into())),
    row(&["shape"], "x", "The lengths of the axes.", |c| {
        Ok(Value::Tuple(c.tensor(0)?.shape()?.iter().map(|&n| Value::int(n)).collect()))
    }),
    row(&["ndim"], "x", "The number of axes.", |c| Ok(Value::int(c.tensor(0)?.shape()?.len()))),
    row(&["size", "numel"], "x", "The number of elements.", |c| Ok(Value::int(c.tensor(0)?.shape()?.iter().product()))),
];
