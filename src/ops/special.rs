//! Special functions: error functions, the normal distribution function, gamma functions.

use std::f64::consts::{FRAC_2_SQRT_PI, SQRT_2};

use super::arithmetic::methods1;
use super::row::unary;
use crate::array::math;
use crate::graph::{Attrs, Interval, Op, Tensor};

/// The rows of this file.
#[rustfmt::skip]
pub(super) static ROWS: &[&Op] = &[
    &ERF, &ERFC, &ERFCX, &ERFINV, &NDTR, &LOG_NDTR, &MILLS, &GAMMA, &LGAMMA, &DIGAMMA, &TRIGAMMA,
];

/// 2/√π · exp(−x²), with x² kept from overflowing.
fn bell(x: &Tensor) -> Tensor {
    FRAC_2_SQRT_PI * (-x.square()).exp()
}

/// The error function.
pub static ERF: Op = Op {
    summary: "The error function 2/sqrt(pi) times the integral of exp(-t**2) from 0 to x.",
    range: Interval::closed(-1.0, 1.0),
    latex: r"\operatorname{erf}({0})",
    example: "erf(1)",
    ..unary("erf", (math::erf_f64, math::erf_f32), |x, _| vec![bell(&x[0])])
};

/// `1 - erf(x)`, accurate in the right tail.
pub static ERFC: Op = Op {
    summary: "1 - erf(x), accurate in the right tail.",
    meaning: "1 - erf(x)",
    range: Interval::closed(0.0, 2.0),
    latex: r"\operatorname{erfc}({0})",
    example: "erfc(10)",
    ..unary("erfc", (math::erfc_f64, math::erfc_f32), |x, _| vec![-bell(&x[0])])
};

/// `exp(x**2) * erfc(x)`.
pub static ERFCX: Op = Op {
    summary: "exp(x**2) * erfc(x), which does not underflow.",
    meaning: "exp(x**2) * erfc(x)",
    range: Interval::NON_NEGATIVE,
    latex: r"e^{{0}^2} \operatorname{erfc}({0})",
    example: "erfcx(100)",
    ..unary("erfcx", (math::erfcx_f64, math::erfcx_f32), |x, y| vec![2.0 * &x[0] * y - FRAC_2_SQRT_PI])
};

/// The inverse of erf.
pub static ERFINV: Op = Op {
    summary: "The inverse of the error function.",
    domain: Interval::open(-1.0, 1.0),
    latex: r"\operatorname{erf}^{-1}({0})",
    example: "erfinv(0.5)",
    ..unary("erfinv", (math::erfinv_f64, math::erfinv_f32), |_, y| vec![y.square().exp() / FRAC_2_SQRT_PI])
};

/// Φ(x), the standard normal distribution function.
pub static NDTR: Op = Op {
    summary: "The standard normal distribution function.",
    meaning: "0.5 * erfc(-x / sqrt(2))",
    range: Interval::UNIT,
    latex: r"\Phi({0})",
    example: "ndtr(-10)",
    ..unary("ndtr", (math::ndtr_f64, math::ndtr_f32), |x, _| {
        vec![0.5 * FRAC_2_SQRT_PI / SQRT_2 * (-0.5 * x[0].square()).exp()]
    })
};

/// log Φ(x).
pub static LOG_NDTR: Op = Op {
    summary: "The logarithm of the standard normal distribution function.",
    meaning: "log(ndtr(x))",
    range: Interval::closed(f64::NEG_INFINITY, 0.0),
    latex: r"\log \Phi({0})",
    example: "log_ndtr(-40)",
    ..unary("log_ndtr", (math::log_ndtr_f64, math::log_ndtr_f32), |x, _| vec![x[0].log_ndtr_grad()])
};

/// φ(x)/Φ(x), the derivative of log Φ.
pub static MILLS: Op = Op {
    summary: "The derivative of log_ndtr: the normal density over its distribution function.",
    range: Interval::NON_NEGATIVE,
    latex: r"\frac{\varphi({0})}{\Phi({0})}",
    example: "log_ndtr_grad(-5000)",
    ..unary("log_ndtr_grad", (math::log_ndtr_grad_f64, math::log_ndtr_grad_f32), |x, y| vec![-y * (&x[0] + y)])
};

/// The gamma function.
pub static GAMMA: Op = Op {
    summary: "The gamma function; gamma(n) is (n - 1)!.",
    latex: r"\Gamma({0})",
    example: "gamma(5)",
    ..unary("gamma", (math::gamma_f64, math::gamma_f32), |x, y| vec![y * x[0].digamma()])
};

/// `log(abs(gamma(x)))`.
pub static LGAMMA: Op = Op {
    summary: "The logarithm of the absolute value of the gamma function.",
    meaning: "log(abs(gamma(x)))",
    latex: r"\log \left|\Gamma({0})\right|",
    example: "lgamma(1000)",
    ..unary("lgamma", (math::lgamma_f64, math::lgamma_f32), |x, _| vec![x[0].digamma()])
};

/// The derivative of lgamma.
pub static DIGAMMA: Op = Op {
    summary: "The derivative of lgamma.",
    latex: r"\psi({0})",
    example: "digamma(1)",
    ..unary("digamma", (math::digamma_f64, math::digamma_f32), |x, _| vec![x[0].trigamma()])
};

/// The second derivative of lgamma.
pub static TRIGAMMA: Op = Op {
    summary: "The second derivative of lgamma.",
    latex: r"\psi_1({0})",
    example: "trigamma(1)",
    derivative: crate::graph::Derivative::Undefined("derivatives of lgamma beyond the second are not provided"),
    ..unary("trigamma", (math::trigamma_f64, math::trigamma_f32), |_, _| vec![])
};

methods1! {
    erf ERF "The error function of each element.";
    erfc ERFC "`1 - erf(x)`, accurate in the right tail.";
    erfcx ERFCX "`exp(x**2) * erfc(x)`.";
    erfinv ERFINV "The inverse of the error function.";
    ndtr NDTR "The standard normal distribution function.";
    log_ndtr LOG_NDTR "The logarithm of the standard normal distribution function.";
    log_ndtr_grad MILLS "The derivative of `log_ndtr`.";
    gamma GAMMA "The gamma function of each element.";
    lgamma LGAMMA "The logarithm of the absolute value of the gamma function.";
    digamma DIGAMMA "The derivative of `lgamma`.";
    trigamma TRIGAMMA "The second derivative of `lgamma`.";
}
