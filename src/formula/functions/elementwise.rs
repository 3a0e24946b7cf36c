//! Functions of single elements that no row is: formulas over rows, changes of dtype, markers.

use super::{Function, row};
use crate::error::Result;
use crate::formula::arguments::Arguments;
use crate::formula::value::Value;
use crate::graph::{Attrs, Op};
use crate::{Tensor, ops};

/// Builds a function of one number.
fn one(c: &Arguments, f: fn(&Tensor) -> Tensor) -> Result<Value> {
    Ok(f(&c.tensor(0)?).into())
}

/// A row of two shapes and a point, with the whole number that chooses among several as an attribute.
fn three(c: &Arguments, op: &'static Op) -> Result<Value> {
    let attrs = if c.function.signature.ends_with("n=0") { Attrs::Int(c.integer(3, 0)?) } else { Attrs::None };
    Ok(op.call(&[&c.tensor(0)?, &c.tensor(1)?, &c.tensor(2)?], attrs).into())
}

/// The rows of this file.
pub(super) static TABLE: &[Function] = &[
    row(&["direction"], "a, b", "a/hypot(a, b), 0 at the origin.", |c| Ok(c.tensor(0)?.direction(c.tensor(1)?).into())),
    row(
        &["mills_excess"],
        "x, n=0",
        "x + log_ndtr_grad(x), the part of it that does not cancel, or its nth derivative.",
        |c| Ok(ops::MILLS_EXCESS.call(&[&c.tensor(0)?], Attrs::Int(c.integer(1, 0)?)).into()),
    ),
    row(
        &["digamma_step"],
        "a, b, n=0",
        "digamma(a + b) - digamma(a) without cancellation, or the same of its nth derivative.",
        |c| {
            let order = Attrs::Int(c.integer(2, 0)?);
            Ok(ops::DIGAMMA_STEP.call(&[&c.tensor(0)?, &c.tensor(1)?], order).into())
        },
    ),
    row(&["betainc"], "a, b, x", ops::BETAINC.summary, |c| three(c, &ops::BETAINC)),
    row(&["betaincc"], "a, b, x", ops::BETAINCC.summary, |c| three(c, &ops::BETAINCC)),
    row(&["log_betainc"], "a, b, x", ops::LOG_BETAINC.summary, |c| three(c, &ops::LOG_BETAINC)),
    row(&["log_betaincc"], "a, b, x", ops::LOG_BETAINCC.summary, |c| three(c, &ops::LOG_BETAINCC)),
    row(&["betaincinv"], "a, b, p", ops::BETAINCINV.summary, |c| three(c, &ops::BETAINCINV)),
    row(&["betainccinv"], "a, b, q", ops::BETAINCCINV.summary, |c| three(c, &ops::BETAINCCINV)),
    row(&["binomial_quantile"], "n, p, q", ops::BINOMIAL_QUANTILE.summary, |c| three(c, &ops::BINOMIAL_QUANTILE)),
    row(&["beta_density"], "a, b, x", ops::BETA_DENSITY.summary, |c| three(c, &ops::BETA_DENSITY)),
    row(&["betainc_slope"], "a, b, x, n=0", ops::BETAINC_SLOPE.summary, |c| three(c, &ops::BETAINC_SLOPE)),
    row(&["log_betainc_slope"], "a, b, x, n=0", ops::LOG_BETAINC_SLOPE.summary, |c| three(c, &ops::LOG_BETAINC_SLOPE)),
    row(&["betainc_share"], "a, b, x, n=0", ops::BETAINC_SHARE.summary, |c| three(c, &ops::BETAINC_SHARE)),
    row(&["beta_flow"], "a, b, x, n=0", ops::BETA_FLOW.summary, |c| three(c, &ops::BETA_FLOW)),
    row(&["round_to"], "x, format", "The nearest number of a format: 'f8e4m3', 'f8e5m2', 'f16', 'bf16', 'f32'.", |c| {
        Ok(c.tensor(0)?.round_to(&c.text(1)?).into())
    }),
    row(&["relu"], "x", "maximum(x, 0).", |c| one(c, Tensor::relu)),
    row(&["silu", "swish"], "x", "x*sigmoid(x).", |c| one(c, Tensor::silu)),
    row(&["gelu"], "x", "x*ndtr(x), the exact form.", |c| one(c, Tensor::gelu)),
    row(&["logit"], "p", "log(p/(1 - p)).", |c| one(c, Tensor::logit)),
    row(&["exp2"], "x", "2**x.", |c| one(c, Tensor::exp2)),
    row(&["trunc", "fix"], "x", "x without its fraction.", |c| one(c, Tensor::trunc)),
    row(&["clip", "clamp"], "x, lo=None, hi=None", "x, at least lo and at most hi.", |c| {
        let x = c.tensor(0)?;
        let low = if c.has(1) { x.maximum(c.tensor(1)?) } else { x };
        Ok(if c.has(2) { low.minimum(c.tensor(2)?) } else { low }.into())
    }),
    row(&["cast", "astype"], "x, dtype", "The same numbers in another dtype, as 'f32' or 'i64'.", |c| {
        Ok(c.tensor(0)?.cast(c.dtype(1)?).into())
    }),
    row(&["cpu", "numpy"], "x", "x itself, for formulas pasted from a program.", |c| Ok(c.tensor(0)?.into())),
    row(&["stop_gradient", "detach"], "x", "x, taken as a constant when differentiating.", |c| {
        one(c, Tensor::stop_gradient)
    }),
    row(&["as_written"], "x", "x, computed exactly as the formula was written.", |c| one(c, Tensor::as_written)),
    row(
        &["require"],
        "x, condition, message='the condition must hold'",
        "x, or an error that names the first element for which the condition fails.",
        |c| {
            let message = if c.has(2) { c.text(2)? } else { "the condition must hold".into() };
            Ok(c.tensor(0)?.require(&c.tensor(1)?, &message).into())
        },
    ),
];
