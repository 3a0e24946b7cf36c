//! Predicates and choices.

use super::{Function, row};
use crate::Tensor;

/// The rows of this file.
pub(super) static TABLE: &[Function] = &[
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
