//! Predicates and choices.

use super::{Function, row};
use crate::Tensor;
use crate::error::Result;
use crate::formula::arguments::Arguments;
use crate::formula::value::Value;

/// True where two arrays are equal but for rounding.
fn close(c: &Arguments) -> Result<Value> {
    Ok(c.tensor(0)?.isclose(&c.tensor(1)?, c.number(2, 1e-5)?, c.number(3, 1e-8)?).into())
}

/// The rows of this file.
pub(super) static TABLE: &[Function] = &[
    row(&["logical_not"], "x", "True where x is not.", |c| Ok(c.tensor(0)?.logical_not().into())),
    row(&["isnan"], "x", "True of a NaN.", |c| Ok(c.tensor(0)?.isnan().into())),
    row(&["isfinite"], "x", "True of a number that is neither NaN nor infinite.", |c| {
        Ok(c.tensor(0)?.isfinite().into())
    }),
    row(&["isinf"], "x", "True of an infinity.", |c| Ok(c.tensor(0)?.isinf().into())),
    row(&["logical_xor"], "a, b", "True where exactly one of the two is true.", |c| {
        Ok(c.tensor(0)?.logical_xor(c.tensor(1)?).into())
    }),
    row(&["isclose"], "a, b, rtol=1e-5, atol=1e-8", "True where abs(a - b) is at most atol + rtol*abs(b).", |c| {
        close(c)
    }),
    row(&["allclose"], "a, b, rtol=1e-5, atol=1e-8", "True if isclose is everywhere.", |c| match close(c)? {
        Value::Tensor(t) => Ok(t.all(()).into()),
        other => Ok(other),
    }),
    row(
        &["where"],
        "condition, a, b",
        "a where the condition is true, else b; the branch not taken contributes nothing, to any derivative either.",
        |c| Ok(Tensor::select(&c.tensor(0)?, &c.tensor(1)?, &c.tensor(2)?).into()),
    ),
];
