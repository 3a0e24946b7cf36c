//! Quantiles, covariance and correlation.

use super::{Function, row};
use crate::Tensor;
use crate::error::Result;
use crate::formula::arguments::Arguments;
use crate::formula::value::Value;

/// The quantiles q (over `whole`) along an axis, or of all elements; several are stacked along a new first axis.
fn quantile(c: &Arguments, whole: f64) -> Result<Value> {
    let x = if c.has(2) { c.tensor(0)? } else { c.tensor(0)?.flatten() };
    let axis = c.axis(2, -1)?;
    let one = |q: &f64| x.quantile(q / whole, axis);
    let q = c.numbers(1)?;
    Ok(match c.tensor(1)?.shape()? {
        [] => one(&q[0]),
        _ => Tensor::stack(&q.iter().map(one).collect::<Vec<_>>().iter().collect::<Vec<_>>(), 0),
    }
    .into())
}

/// Variables as rows: those of x, and of y below them; `rowvar=False` takes columns for variables.
fn variables(c: &Arguments) -> Result<Tensor> {
    let rows = |i: usize| {
        let t = c.tensor(i)?;
        Ok::<_, crate::Error>(if c.has(2) && !c.flag(2)? && t.shape()?.len() > 1 { t.t() } else { t })
    };
    Ok(if c.has(1) { Tensor::vstack(&[&rows(0)?, &rows(1)?]) } else { rows(0)? })
}

/// The rows of this file.
pub(super) static TABLE: &[Function] = &[
    row(&["quantile"], "x, q, axis=None", "The quantile q from 0 to 1, between neighbours by a straight line.", |c| {
        quantile(c, 1.0)
    }),
    row(&["percentile"], "x, q, axis=None", "The quantile of q percent.", |c| quantile(c, 100.0)),
    row(&["median"], "x, axis=None", "The middle element, or the mean of the two middle ones.", |c| {
        Ok(if c.has(1) { c.tensor(0)?.median(c.axis(1, -1)?) } else { c.tensor(0)?.flatten().median(-1) }.into())
    }),
    row(
        &["cov"],
        "x, y=None, rowvar=True, ddof=1",
        "The covariance matrix of variables in rows, observations in columns.",
        |c| Ok(variables(c)?.cov(c.integer(3, 1)?).into()),
    ),
    row(&["corrcoef"], "x, y=None, rowvar=True", "The matrix of correlations of variables in rows.", |c| {
        Ok(variables(c)?.corrcoef().into())
    }),
];
