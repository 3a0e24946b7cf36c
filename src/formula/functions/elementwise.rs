//! Functions of single elements.

use super::{Function, row};
use crate::error::Result;
use crate::formula::arguments::Arguments;
use crate::formula::value::Value;
use crate::graph::Attrs;
use crate::{Tensor, ops};

/// Builds a function of one number.
fn one(c: &Arguments, f: fn(&Tensor) -> Tensor) -> Result<Value> {
    Ok(f(&c.tensor(0)?).into())
}

/// Builds a function of two numbers.
fn two(c: &Arguments, f: fn(&Tensor, Tensor) -> Tensor) -> Result<Value> {
    Ok(f(&c.tensor(0)?, c.tensor(1)?).into())
}

/// The rows of this file.
pub(super) static TABLE: &[Function] = &[
    row(&["exp"], "x", "e to the power of x.", |c| one(c, Tensor::exp)),
    row(&["expm1"], "x", "exp(x) - 1, accurate near 0.", |c| one(c, Tensor::expm1)),
    row(&["log"], "x", "The natural logarithm.", |c| one(c, Tensor::log)),
    row(&["log1p"], "x", "log(1 + x), accurate near 0.", |c| one(c, Tensor::log1p)),
    row(&["log1mexp"], "x", "log(1 - exp(x)) for x below 0.", |c| one(c, Tensor::log1mexp)),
    row(&["log2"], "x", "The logarithm to base 2.", |c| one(c, Tensor::log2)),
    row(&["log10"], "x", "The logarithm to base 10.", |c| one(c, Tensor::log10)),
    row(&["sqrt"], "x", "The square root.", |c| one(c, Tensor::sqrt)),
    row(&["cbrt"], "x", "The cube root.", |c| one(c, Tensor::cbrt)),
    row(&["square"], "x", "The square.", |c| one(c, Tensor::square)),
    row(&["reciprocal"], "x", "One over x.", |c| one(c, Tensor::reciprocal)),
    row(&["abs", "absolute", "fabs"], "x", "The absolute value; its derivative at 0 is 0.", |c| one(c, Tensor::abs)),
    row(&["sign"], "x", "-1, 0 or 1, as x is negative, zero or positive.", |c| one(c, Tensor::sign)),
    row(&["floor"], "x", "The largest integer that is not above x.", |c| one(c, Tensor::floor)),
    row(&["ceil"], "x", "The smallest integer that is not below x.", |c| one(c, Tensor::ceil)),
    row(&["round", "around", "rint"], "x", "The nearest integer; halves go to the even one.", |c| {
        one(c, Tensor::round)
    }),
    row(&["sin"], "x", "The sine.", |c| one(c, Tensor::sin)),
    row(&["cos"], "x", "The cosine.", |c| one(c, Tensor::cos)),
    row(&["tan"], "x", "The tangent.", |c| one(c, Tensor::tan)),
    row(&["arcsin", "asin"], "x", "The angle whose sine is x.", |c| one(c, Tensor::arcsin)),
    row(&["arccos", "acos"], "x", "The angle whose cosine is x.", |c| one(c, Tensor::arccos)),
    row(&["arctan", "atan"], "x", "The angle whose tangent is x.", |c| one(c, Tensor::arctan)),
    row(&["versin"], "x", "1 - cos(x), accurate near 0.", |c| one(c, Tensor::versin)),
    row(&["sinh"], "x", "The hyperbolic sine.", |c| one(c, Tensor::sinh)),
    row(&["cosh"], "x", "The hyperbolic cosine.", |c| one(c, Tensor::cosh)),
    row(&["tanh"], "x", "The hyperbolic tangent.", |c| one(c, Tensor::tanh)),
    row(&["tanh_grad"], "x", "The derivative of tanh.", |c| one(c, Tensor::tanh_grad)),
    row(&["arcsinh", "asinh"], "x", "The inverse of sinh.", |c| one(c, Tensor::arcsinh)),
    row(&["arccosh", "acosh"], "x", "The inverse of cosh.", |c| one(c, Tensor::arccosh)),
    row(&["arctanh", "atanh"], "x", "The inverse of tanh.", |c| one(c, Tensor::arctanh)),
    row(&["sigmoid", "expit"], "x", "The logistic function 1/(1 + exp(-x)).", |c| one(c, Tensor::sigmoid)),
    row(&["sigmoid_grad"], "x", "The derivative of the logistic function.", |c| one(c, Tensor::sigmoid_grad)),
    row(&["log_sigmoid", "logsigmoid", "log_expit"], "x", "The logarithm of the logistic function.", |c| {
        one(c, Tensor::log_sigmoid)
    }),
    row(&["softplus"], "x", "log(1 + exp(x)).", |c| one(c, Tensor::softplus)),
    row(&["erf"], "x", "The error function.", |c| one(c, Tensor::erf)),
    row(&["erfc"], "x", "1 - erf(x), accurate in the right tail.", |c| one(c, Tensor::erfc)),
    row(&["erfcx"], "x", "exp(x**2)*erfc(x), which does not underflow.", |c| one(c, Tensor::erfcx)),
    row(&["erfinv"], "x", "The inverse of the error function.", |c| one(c, Tensor::erfinv)),
    row(&["ndtr", "Phi"], "x", "The standard normal distribution function.", |c| one(c, Tensor::ndtr)),
    row(&["log_ndtr"], "x", "The logarithm of the standard normal distribution function.", |c| {
        one(c, Tensor::log_ndtr)
    }),
    row(&["log_ndtr_grad"], "x", "The derivative of log_ndtr.", |c| one(c, Tensor::log_ndtr_grad)),
    row(&["gamma"], "x", "The gamma function; gamma(n) is (n - 1)!.", |c| one(c, Tensor::gamma)),
    row(&["lgamma", "gammaln", "loggamma"], "x", "The logarithm of the absolute value of the gamma function.", |c| {
        one(c, Tensor::lgamma)
    }),
    row(&["digamma", "psi"], "x", "The derivative of lgamma.", |c| one(c, Tensor::digamma)),
    row(&["trigamma"], "x", "The second derivative of lgamma.", |c| one(c, Tensor::trigamma)),
    row(&["maximum", "fmax"], "a, b", "The larger of two numbers, element by element.", |c| two(c, Tensor::maximum)),
    row(&["minimum", "fmin"], "a, b", "The smaller of two numbers, element by element.", |c| two(c, Tensor::minimum)),
    row(&["power"], "a, b", "a to the power b, as a**b.", |c| two(c, Tensor::pow)),
    row(&["floor_divide"], "a, b", "a // b, the quotient rounded down.", |c| two(c, Tensor::floor_divide)),
    row(&["mod", "remainder"], "a, b", "a % b, what is left after a // b.", |c| two(c, Tensor::modulo)),
    row(&["hypot"], "a, b", "sqrt(a**2 + b**2), without overflow on the way.", |c| two(c, Tensor::hypot)),
    row(&["arctan2", "atan2"], "a, b", "The angle of the point (b, a).", |c| two(c, Tensor::arctan2)),
    row(&["logaddexp"], "a, b", "log(exp(a) + exp(b)).", |c| two(c, Tensor::logaddexp)),
    row(&["logsubexp"], "a, b", "log(exp(a) - exp(b)).", |c| two(c, Tensor::logsubexp)),
    row(&["xlogy"], "a, b", "a*log(b), 0 where a is 0.", |c| two(c, Tensor::xlogy)),
    row(&["xlog_ratio", "rel_entr"], "a, b", "a*log(a/b), 0 where a is 0.", |c| two(c, Tensor::xlog_ratio)),
    row(&["log_ratio"], "a, b", "log(a/b), without overflow on the way.", |c| two(c, Tensor::log_ratio)),
    row(&["log_product"], "a, b", "log(a*b), without overflow on the way.", |c| two(c, Tensor::log_product)),
    row(&["add"], "a, b", "a + b.", |c| two(c, |a, b| a + b)),
    row(&["subtract"], "a, b", "a - b.", |c| two(c, |a, b| a - b)),
    row(&["multiply", "mul"], "a, b", "a * b.", |c| two(c, |a, b| a * b)),
    row(&["divide", "true_divide"], "a, b", "a / b.", |c| two(c, |a, b| a / b)),
    row(&["ndtri", "norminv"], "x", "The inverse of the standard normal distribution function.", |c| {
        one(c, Tensor::ndtri)
    }),
    row(&["exp_neg_square"], "x", "exp(-x**2), accurate far from 0.", |c| one(c, Tensor::exp_neg_square)),
    row(&["normal_bell"], "x", "exp(-x**2/2), accurate far from 0.", |c| one(c, Tensor::normal_bell)),
    row(
        &["mills_excess"],
        "x, n=0",
        "x + log_ndtr_grad(x), the part of it that does not cancel, or its nth derivative.",
        |c| Ok(ops::MILLS_EXCESS.call(&[&c.tensor(0)?], Attrs::Int(c.integer(1, 0)?)).into()),
    ),
    row(&["log_ndtr_curve"], "x", "The second derivative of log_ndtr.", |c| {
        Ok(ops::LOG_NDTR_CURVE.call(&[&c.tensor(0)?], Attrs::None).into())
    }),
    row(&["direction"], "a, b", "a/hypot(a, b), 0 at the origin.", |c| two(c, Tensor::direction)),
    row(&["xlog1py"], "a, b", "a*log(1 + b), 0 where a is 0.", |c| two(c, Tensor::xlog1py)),
    row(&["betaln"], "a, b", "The logarithm of the beta function.", |c| two(c, Tensor::betaln)),
    row(&["polygamma"], "n, x", "The nth derivative of digamma.", |c| {
        Ok(ops::polygamma(c.tensor(0)?, &c.tensor(1)?).into())
    }),
    row(
        &["digamma_step"],
        "a, b, n=0",
        "digamma(a + b) - digamma(a) without cancellation, or the same of its nth derivative.",
        |c| {
            let order = Attrs::Int(c.integer(2, 0)?);
            Ok(ops::DIGAMMA_STEP.call(&[&c.tensor(0)?, &c.tensor(1)?], order).into())
        },
    ),
    row(&["spacing"], "x", "The distance from x to the next number away from 0 in its dtype.", |c| {
        one(c, Tensor::spacing)
    }),
    row(&["nextafter"], "a, b", "The next number after a in its dtype, on the way to b.", |c| {
        two(c, Tensor::nextafter)
    }),
    row(&["round_to"], "x, format", "The nearest number of a format: 'f8e4m3', 'f8e5m2', 'f16', 'bf16', 'f32'.", |c| {
        Ok(c.tensor(0)?.round_to(&c.text(1)?).into())
    }),
    row(&["negative", "neg"], "x", "-x.", |c| one(c, |x| -x)),
    row(&["relu"], "x", "maximum(x, 0).", |c| one(c, |x| x.maximum(0.0))),
    row(&["silu", "swish"], "x", "x*sigmoid(x).", |c| one(c, |x| x * x.sigmoid())),
    row(&["gelu"], "x", "x*ndtr(x), the exact form.", |c| one(c, |x| x * x.ndtr())),
    row(&["logit"], "p", "log(p/(1 - p)).", |c| one(c, |p| p.log() - (-p).log1p())),
    row(&["clip", "clamp"], "x, lo=None, hi=None", "x, at least lo and at most hi.", |c| {
        let x = c.tensor(0)?;
        let low = if c.has(1) { x.maximum(c.tensor(1)?) } else { x };
        Ok(if c.has(2) { low.minimum(c.tensor(2)?) } else { low }.into())
    }),
    row(&["cast", "astype"], "x, dtype", "The same numbers in another dtype, as 'f32' or 'i64'.", |c| {
        Ok(c.tensor(0)?.cast(c.dtype(1)?).into())
    }),
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
