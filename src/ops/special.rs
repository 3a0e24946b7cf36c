//! Error functions and the normal distribution function, with their derivatives right in the tails.

use std::f64::consts::{FRAC_2_SQRT_PI, SQRT_2};

use super::methods::methods1;
use super::row::{Facts, OWN, derivative_elementwise, unary};
use crate::array::{Array, math, normal, slopes};
use crate::error::Result;
use crate::graph::{Attrs, Call, Derivative, Exact, Interval, Kernel, Notation, Op, Outputs, Promote, Tensor};

/// The rows of this file.
#[rustfmt::skip]
pub(super) static ROWS: &[&Op] = &[
    &EXP_NEG_SQUARE, &NORMAL_BELL, &ERF, &ERFC, &ERFCX, &ERFINV, &ERFINV_GRAD, &NDTR, &NDTRI, &NDTRI_GRAD, &NDTRI_EXP, &LOG_NDTR, &MILLS, &LOG_NDTR_CURVE,
    &MILLS_EXCESS,
];

/// `exp(-x**2)`, with the rounding error of the square made good.
pub static EXP_NEG_SQUARE: Op = unary(
    Facts {
        name: "exp_neg_square",
        summary: "exp(-x**2), with the rounding error of the square made good.",
        meaning: "exp(-x**2)",
        domain: Interval::ALL,
        range: Interval::UNIT,
        latex: r"e^{-{0}^2}",
        example: "exp_neg_square(20)",
    },
    (normal::exp_neg_square_f64, normal::exp_neg_square_f32),
    |x, y| vec![-2.0 * &x[0] * y],
);

/// `exp(-x**2 / 2)`, with the rounding error of the square made good.
pub static NORMAL_BELL: Op = unary(
    Facts {
        name: "normal_bell",
        summary: "exp(-x**2 / 2), with the rounding error of the square made good: the normal density but for its factor.",
        meaning: "exp(-x**2 / 2)",
        domain: Interval::ALL,
        range: Interval::UNIT,
        latex: r"e^{-{0}^2 / 2}",
        example: "normal_bell(20)",
    },
    (normal::normal_bell_f64, normal::normal_bell_f32),
    |x, y| vec![-&x[0] * y],
);

/// 2/√π · exp(−x²).
fn bell(x: &Tensor) -> Tensor {
    FRAC_2_SQRT_PI * x.exp_neg_square()
}

/// The error function.
pub static ERF: Op = unary(
    Facts {
        name: "erf",
        summary: "The error function 2/sqrt(pi) times the integral of exp(-t**2) from 0 to x.",
        meaning: OWN,
        domain: Interval::ALL,
        range: Interval::closed(-1.0, 1.0),
        latex: r"\operatorname{erf}({0})",
        example: "erf(1)",
    },
    (math::erf_f64, math::erf_f32),
    |x, _| vec![bell(&x[0])],
)
.exact(Exact::Each(|x| x[0].erf()));

/// `1 - erf(x)`, accurate in the right tail.
pub static ERFC: Op = unary(
    Facts {
        name: "erfc",
        summary: "1 - erf(x), accurate in the right tail.",
        meaning: "1 - erf(x)",
        domain: Interval::ALL,
        range: Interval::closed(0.0, 2.0),
        latex: r"\operatorname{erfc}({0})",
        example: "erfc(10)",
    },
    (math::erfc_f64, math::erfc_f32),
    |x, _| vec![-bell(&x[0])],
);

/// `exp(x**2) * erfc(x)`.
pub static ERFCX: Op = unary(
    Facts {
        name: "erfcx",
        summary: "exp(x**2) * erfc(x), which does not underflow.",
        meaning: "exp(x**2) * erfc(x)",
        domain: Interval::ALL,
        range: Interval::NON_NEGATIVE,
        latex: r"e^{{0}^2} \operatorname{erfc}({0})",
        example: "erfcx(100)",
    },
    (math::erfcx_f64, math::erfcx_f32),
    |x, y| {
        // 2x·y − 2/√π cancels in the right tail; with z = −√2 x it is −√2·y·(z + φ(z)/Φ(z)).
        vec![-SQRT_2 * y * (-SQRT_2 * &x[0]).mills_excess()]
    },
);

/// The inverse of erf.
pub static ERFINV: Op = unary(
    Facts {
        name: "erfinv",
        summary: "The inverse of the error function.",
        meaning: OWN,
        domain: Interval::open(-1.0, 1.0),
        range: Interval::ALL,
        latex: r"\operatorname{erf}^{-1}({0})",
        example: "erfinv(0.5)",
    },
    (math::erfinv_f64, math::erfinv_f32),
    |x, _| vec![x[0].erfinv_grad()],
);

/// The derivative of erfinv.
pub static ERFINV_GRAD: Op = unary(
    Facts {
        name: "erfinv_grad",
        summary: "The derivative of erfinv, right near both ends.",
        meaning: OWN,
        domain: Interval::open(-1.0, 1.0),
        range: Interval::POSITIVE,
        latex: r"(\operatorname{erf}^{-1})'({0})",
        example: "erfinv_grad(0.999)",
    },
    (slopes::erfinv_grad_f64, slopes::erfinv_grad_f32),
    |x, y| vec![2.0 * x[0].erfinv() * y.square()],
);

/// Φ(x), the standard normal distribution function.
pub static NDTR: Op = unary(
    Facts {
        name: "ndtr",
        summary: "The standard normal distribution function.",
        meaning: "0.5 * erfc(-x / sqrt(2))",
        domain: Interval::ALL,
        range: Interval::UNIT,
        latex: r"\Phi({0})",
        example: "ndtr(-10)",
    },
    (math::ndtr_f64, math::ndtr_f32),
    |x, _| vec![0.5 * FRAC_2_SQRT_PI / SQRT_2 * x[0].normal_bell()],
);

/// log Φ(x).
pub static LOG_NDTR: Op = unary(
    Facts {
        name: "log_ndtr",
        summary: "The logarithm of the standard normal distribution function.",
        meaning: "log(ndtr(x))",
        domain: Interval::ALL,
        range: Interval::closed(f64::NEG_INFINITY, 0.0),
        latex: r"\log \Phi({0})",
        example: "log_ndtr(-40)",
    },
    (math::log_ndtr_f64, math::log_ndtr_f32),
    |x, _| vec![x[0].log_ndtr_grad()],
);

/// φ(x)/Φ(x), the derivative of log Φ.
pub static MILLS: Op = unary(
    Facts {
        name: "log_ndtr_grad",
        summary: "The derivative of log_ndtr: the normal density over its distribution function.",
        meaning: OWN,
        domain: Interval::ALL,
        range: Interval::NON_NEGATIVE,
        latex: r"\frac{\varphi({0})}{\Phi({0})}",
        example: "log_ndtr_grad(-5000)",
    },
    (math::log_ndtr_grad_f64, math::log_ndtr_grad_f32),
    |x, _| vec![LOG_NDTR_CURVE.call(&[&x[0]], Attrs::None)],
);

/// The second derivative of log Φ.
pub static LOG_NDTR_CURVE: Op = unary(
    Facts {
        name: "log_ndtr_curve",
        summary: "The second derivative of log_ndtr.",
        meaning: OWN,
        domain: Interval::ALL,
        range: Interval::closed(-1.0, 0.0),
        latex: r"(\log \Phi)''({0})",
        example: "log_ndtr_curve(-5000)",
    },
    (normal::log_ndtr_curve_f64, normal::log_ndtr_curve_f32),
    |x, _| vec![MILLS_EXCESS.call(&[&x[0]], Attrs::Int(2))],
);

/// `x + φ(x)/Φ(x)`, or one of its derivatives: their order is the attribute.
pub static MILLS_EXCESS: Op = Op {
    name: "mills_excess",
    summary: "x + log_ndtr_grad(x), which cancels for x far below 0, or one of its derivatives.",
    meaning: OWN,
    promote: Promote::Float,
    shape: derivative_elementwise::<1>,
    kernel: Kernel::Custom(mills_excess),
    outputs: Outputs::General,
    exact: Exact::Derived,
    derivative: Derivative::Partials(|x, y| vec![MILLS_EXCESS.call(&[&x[0]], Attrs::Int(y.node().attrs().int() + 1))]),
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: r"{0} + \frac{\varphi({0})}{\Phi({0})}",
    example: "mills_excess(-5000)",
};

fn mills_excess(call: &mut Call) -> Result<Vec<Array>> {
    let order = call.attrs.int() as usize;
    let x = &call.inputs[0];
    let out: Vec<f64> = x.iter_f64().map(|x| normal::mills_excess(order, x)).collect();
    Ok(vec![Array::from_vec(out, x.shape())?])
}

/// The inverse of Φ.
pub static NDTRI: Op = unary(
    Facts {
        name: "ndtri",
        summary: "The inverse of ndtr: the quantile of the standard normal distribution.",
        meaning: OWN,
        domain: Interval::open(0.0, 1.0),
        range: Interval::ALL,
        latex: r"\Phi^{-1}({0})",
        example: "ndtri(1e-20)",
    },
    (normal::ndtri_f64, normal::ndtri_f32),
    |x, _| vec![x[0].ndtri_grad()],
);

/// The derivative of ndtri.
pub static NDTRI_GRAD: Op = unary(
    Facts {
        name: "ndtri_grad",
        summary: "The derivative of ndtri, right near both ends.",
        meaning: OWN,
        domain: Interval::open(0.0, 1.0),
        range: Interval::POSITIVE,
        latex: r"(\Phi^{-1})'({0})",
        example: "ndtri_grad(1e-20)",
    },
    (slopes::ndtri_grad_f64, slopes::ndtri_grad_f32),
    |x, y| vec![x[0].ndtri() * y.square()],
);

/// The inverse of log Φ.
pub static NDTRI_EXP: Op = unary(
    Facts {
        name: "ndtri_exp",
        summary: "The inverse of log_ndtr: the standard normal quantile of a probability given by its logarithm.",
        meaning: OWN,
        domain: Interval::closed(f64::NEG_INFINITY, 0.0),
        range: Interval::ALL,
        latex: r"\Phi^{-1}(e^{{0}})",
        example: "ndtri_exp(-5000)",
    },
    (normal::ndtri_exp_f64, normal::ndtri_exp_f32),
    |_, y| vec![1.0 / y.log_ndtr_grad()],
);

impl Tensor {
    /// `x + log_ndtr_grad(x)`, without the cancellation for x far below 0.
    #[track_caller]
    pub fn mills_excess(&self) -> Tensor {
        MILLS_EXCESS.call(&[self], Attrs::Int(0))
    }
}

methods1! {
    exp_neg_square EXP_NEG_SQUARE "`exp(-x**2)`, accurate far from 0.";
    normal_bell NORMAL_BELL "`exp(-x**2 / 2)`, accurate far from 0.";
    erfinv_grad ERFINV_GRAD "The derivative of `erfinv`.";
    ndtri_grad NDTRI_GRAD "The derivative of `ndtri`.";
    ndtri NDTRI "The inverse of `ndtr`.";
    ndtri_exp NDTRI_EXP "The inverse of `log_ndtr`.";
    erf ERF "The error function of each element.";
    erfc ERFC "`1 - erf(x)`, accurate in the right tail.";
    erfcx ERFCX "`exp(x**2) * erfc(x)`.";
    erfinv ERFINV "The inverse of the error function.";
    ndtr NDTR "The standard normal distribution function.";
    log_ndtr LOG_NDTR "The logarithm of the standard normal distribution function.";
    log_ndtr_grad MILLS "The derivative of `log_ndtr`.";
}
