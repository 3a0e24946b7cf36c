//! Comparisons, logic and choices.

use super::{Function, row};
use crate::Tensor;
use crate::error::Result;
use crate::formula::arguments::Arguments;
use crate::formula::value::Value;

fn two(c: &Arguments, f: fn(&Tensor, Tensor) -> Tensor) -> Result<Value> {
    Ok(f(&c.tensor(0)?, c.tensor(1)?).into())
}

/// The rows of this file.
pub(super) static TABLE: &[Function] = &[
    row(&["equal", "eq"], "a, b", "True where a and b are equal.", |c| two(c, Tensor::equal)),
    row(&["not_equal", "ne"], "a, b", "True where a and b differ.", |c| two(c, Tensor::not_equal)),
    row(&["less", "lt"], "a, b", "True where a is below b.", |c| two(c, Tensor::less)),
    row(&["less_equal", "le"], "a, b", "True where a is not above b.", |c| two(c, Tensor::less_equal)),
    row(&["greater", "gt"], "a, b", "True where a is above b.", |c| two(c, Tensor::greater)),
    row(&["greater_equal", "ge"], "a, b", "True where a is not below b.", |c| two(c, Tensor::greater_equal)),
    row(&["logical_and"], "a, b", "True where both are true.", |c| two(c, Tensor::logical_and)),
    row(&["logical_or"], "a, b", "True where one is true.", |c| two(c, Tensor::logical_or)),
    row(&["logical_not"], "x", "True where x is not.", |c| Ok(c.tensor(0)?.logical_not().into())),
    row(&["isnan"], "x", "True of a NaN.", |c| Ok(c.tensor(0)?.isnan().into())),
    row(&["isfinite"], "x", "True of a number that is neither NaN nor infinite.", |c| {
        Ok(c.tensor(0)?.isfinite().into())
    }),
    row(&["isinf"], "x", "True of an infinity.", |c| Ok(c.tensor(0)?.abs().equal(f64::INFINITY).into())),
    row(
        &["where"],
        "condition, a, b",
        "a where the condition is true, else b; the branch not taken contributes nothing, to any derivative either.",
        |c| Ok(Tensor::select(&c.tensor(0)?, &c.tensor(1)?, &c.tensor(2)?).into()),
    ),
];
