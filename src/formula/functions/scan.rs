//! Running sums and products, sorting, and arrangements of elements.

use super::{Function, row};
use crate::Tensor;
use crate::error::Result;
use crate::formula::arguments::Arguments;
use crate::formula::value::Value;

/// Builds a function along one axis; without one, of all elements in a row, as NumPy's `cumsum`.
fn scan(c: &Arguments, f: fn(&Tensor, isize) -> Tensor) -> Result<Value> {
    let x = c.tensor(0)?;
    Ok(if c.has(1) || x.shape()?.len() == 1 { f(&x, c.axis(1, -1)?) } else { f(&x.flatten(), -1) }.into())
}

/// Builds a function along one axis, the last unless told otherwise.
fn last(c: &Arguments, f: fn(&Tensor, isize) -> Tensor) -> Result<Value> {
    Ok(f(&c.tensor(0)?, c.axis(1, -1)?).into())
}

/// Copies along an axis; without one, of all elements in a row.
fn copies(c: &Arguments, f: fn(&Tensor, usize, isize) -> Tensor) -> Result<Value> {
    let (x, n) = (c.tensor(0)?, c.count(1)?);
    Ok(if c.has(2) { f(&x, n, c.axis(2, 0)?) } else { f(&x.flatten(), n, 0) }.into())
}

/// The rows of this file.
pub(super) static TABLE: &[Function] = &[
    row(&["cumsum"], "x, axis=None", "The sums up to each element along an axis.", |c| scan(c, Tensor::cumsum)),
    row(&["cumprod"], "x, axis=None", "The products up to each element along an axis.", |c| scan(c, Tensor::cumprod)),
    row(&["cumlogsumexp", "logcumsumexp"], "x, axis=-1", "log(sum(exp(x))) of the elements up to each one.", |c| {
        last(c, Tensor::cumlogsumexp)
    }),
    row(
        &["linear_recurrence"],
        "a, terms, axis=-1",
        "The sequence s[i] = a[i]*s[i - 1] + terms[i] along an axis, from 0.",
        |c| Ok(c.tensor(0)?.linear_recurrence(&c.tensor(1)?, c.axis(2, -1)?).into()),
    ),
    row(&["prod_others"], "x, axis=-1", "The product of all other elements along an axis.", |c| {
        last(c, Tensor::prod_others)
    }),
    row(&["sort"], "x, axis=-1", "The elements along an axis in ascending order; NaNs come last.", |c| {
        last(c, Tensor::sort)
    }),
    row(&["argsort"], "x, axis=-1", "The places of the elements along an axis in ascending order.", |c| {
        last(c, Tensor::argsort)
    }),
    row(&["flip"], "x, axis=None", "The elements in reverse along axes.", |c| {
        Ok(c.tensor(0)?.flip(c.axes(1, None)?).into())
    }),
    row(
        &["roll"],
        "x, by, axis=None",
        "The elements moved on along an axis; those that fall off come back in front.",
        |c| {
            let (x, by) = (c.tensor(0)?, c.integer(1, 0)?);
            if c.has(2) {
                return Ok(x.roll(by, c.axis(2, 0)?).into());
            }
            let shape: Vec<isize> = x.shape()?.iter().map(|&n| n as isize).collect();
            Ok(x.flatten().roll(by, 0).reshape(&shape).into())
        },
    ),
    row(&["repeat", "repeat_interleave"], "x, count, axis=None", "Every element several times in a row.", |c| {
        copies(c, Tensor::repeat)
    }),
    row(&["tile"], "x, count, axis=None", "The whole several times in a row along an axis.", |c| {
        copies(c, Tensor::tile)
    }),
    row(&["split"], "x, parts, axis=0", "Equal parts along an axis, as a tuple.", |c| {
        let parts = c.tensor(0)?.split(c.count(1)?, c.axis(2, 0)?)?;
        Ok(Value::Tuple(parts.into_iter().map(Value::from).collect()))
    }),
    row(&["take_along_axis"], "x, indices, axis", "Elements picked along an axis by an index for every place.", |c| {
        Ok(c.tensor(0)?.take_along_axis(&c.indices(1)?, c.axis(2, -1)?).into())
    }),
    row(&["gather"], "x, axis, indices", "torch's order of take_along_axis.", |c| {
        Ok(c.tensor(0)?.take_along_axis(&c.indices(2)?, c.axis(1, -1)?).into())
    }),
    row(&["one_hot"], "x, classes", "Rows of zeros with a 1 at the index.", |c| {
        Ok(c.indices(0)?.one_hot(c.count(1)?, c.machine.dtype).into())
    }),
    row(&["diag"], "x", "The diagonal matrix of a vector, or the diagonal of a matrix.", |c| {
        Ok(c.tensor(0)?.diag().into())
    }),
    row(&["tril"], "x, k=0", "The lower triangle of the last two axes; zeros above the k-th diagonal.", |c| {
        Ok(c.tensor(0)?.tril(c.integer(1, 0)?).into())
    }),
    row(&["triu"], "x, k=0", "The upper triangle of the last two axes; zeros below the k-th diagonal.", |c| {
        Ok(c.tensor(0)?.triu(c.integer(1, 0)?).into())
    }),
];
