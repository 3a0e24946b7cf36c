//! The regularised incomplete gamma functions, their logarithms and inverses, with derivatives in both arguments.

use super::methods::methods2;
use super::row::{Facts, OWN, binary};
use crate::array::math;
use crate::error::{Error, ErrorKind};
use crate::graph::{Attrs, Interval, Op, Tensor};

/// The rows of this file.
#[rustfmt::skip]
pub(super) static ROWS: &[&Op] = &[
    &GAMMAINC, &GAMMAINCC, &LOG_GAMMAINC, &LOG_GAMMAINCC, &GAMMAINCINV, &GAMMAINCCINV, &GAMMA_DENSITY, &GAMMAINC_SLOPE,
    &LOG_GAMMAINC_SLOPE, &LOG_GAMMAINCC_SLOPE, &GAMMAINC_SHARE, &GAMMAINCC_SHARE, &GAMMA_FLOW,
];

/// Zero and below.
const NEGATIVE: Interval = Interval::closed(f64::NEG_INFINITY, 0.0);

/// log x - ψ(a), the derivative of the logarithm of the density in the shape.
fn lean(x: &[Tensor]) -> Tensor {
    x[1].log() - x[0].digamma()
}

/// The second derivative in a shape, which no kernel gives.
fn undefined(x: &[Tensor], y: &Tensor) -> Tensor {
    let why = format!("`{}` has no derivative in its shape: that would be a second one", y.op().name);
    Tensor::poison(y.op(), Error::new(ErrorKind::NotDifferentiable, why).at(y.origin()), &[&x[0]])
}

/// P(a, x) = γ(a, x)/Γ(a), the distribution function of the gamma distribution.
pub static GAMMAINC: Op = binary(
    Facts {
        name: "gammainc",
        summary: "The regularised lower incomplete gamma function P(a, x), for a shape a and a point x.",
        meaning: OWN,
        domain: Interval::NON_NEGATIVE,
        range: Interval::UNIT,
        latex: r"P({0}, {1})",
        example: "gammainc(3, 4)",
    },
    (math::gammainc_f64, math::gammainc_f32),
    |x, _| vec![x[0].gammainc_slope(&x[1]), x[0].gamma_density(&x[1])],
);

/// Q(a, x) = 1 - P(a, x).
pub static GAMMAINCC: Op = binary(
    Facts {
        name: "gammaincc",
        summary: "The regularised upper incomplete gamma function Q(a, x) = 1 - P(a, x), accurate where it is small.",
        meaning: OWN,
        domain: Interval::NON_NEGATIVE,
        range: Interval::UNIT,
        latex: r"Q({0}, {1})",
        example: "gammaincc(3, 400)",
    },
    (math::gammaincc_f64, math::gammaincc_f32),
    |x, _| vec![-x[0].gammainc_slope(&x[1]), -x[0].gamma_density(&x[1])],
);

/// log P(a, x).
pub static LOG_GAMMAINC: Op = binary(
    Facts {
        name: "log_gammainc",
        summary: "The logarithm of gammainc, also where that underflows.",
        meaning: OWN,
        domain: Interval::NON_NEGATIVE,
        range: NEGATIVE,
        latex: r"\log P({0}, {1})",
        example: "log_gammainc(1000, 4)",
    },
    (math::log_gammainc_f64, math::log_gammainc_f32),
    |x, _| vec![x[0].log_gammainc_slope(&x[1]), x[0].gammainc_share(&x[1]) / &x[1]],
);

/// log Q(a, x).
pub static LOG_GAMMAINCC: Op = binary(
    Facts {
        name: "log_gammaincc",
        summary: "The logarithm of gammaincc, also where that underflows.",
        meaning: OWN,
        domain: Interval::NON_NEGATIVE,
        range: NEGATIVE,
        latex: r"\log Q({0}, {1})",
        example: "log_gammaincc(3, 4000)",
    },
    (math::log_gammaincc_f64, math::log_gammaincc_f32),
    |x, _| vec![x[0].log_gammaincc_slope(&x[1]), -x[0].gammaincc_share(&x[1]) / &x[1]],
);

/// The inverse of P(a, x) in x.
pub static GAMMAINCINV: Op = binary(
    Facts {
        name: "gammaincinv",
        summary: "The x at which gammainc(a, x) is p.",
        meaning: OWN,
        domain: Interval::NON_NEGATIVE,
        range: Interval::NON_NEGATIVE,
        latex: r"P^{-1}({0}, {1})",
        example: "gammaincinv(3, 1e-300)",
    },
    (math::gammaincinv_f64, math::gammaincinv_f32),
    |x, y| vec![x[0].gamma_flow(y), 1.0 / x[0].gamma_density(y)],
);

/// The inverse of Q(a, x) in x.
pub static GAMMAINCCINV: Op = binary(
    Facts {
        name: "gammainccinv",
        summary: "The x at which gammaincc(a, x) is q.",
        meaning: OWN,
        domain: Interval::NON_NEGATIVE,
        range: Interval::NON_NEGATIVE,
        latex: r"Q^{-1}({0}, {1})",
        example: "gammainccinv(3, 1e-300)",
    },
    (math::gammainccinv_f64, math::gammainccinv_f32),
    |x, y| vec![x[0].gamma_flow(y), -1.0 / x[0].gamma_density(y)],
);

/// xᵃ⁻¹ e⁻ˣ/Γ(a).
pub static GAMMA_DENSITY: Op = binary(
    Facts {
        name: "gamma_density",
        summary: "x**(a - 1) * exp(-x) / gamma(a), the density of the gamma distribution of scale 1.",
        meaning: OWN,
        domain: Interval::NON_NEGATIVE,
        range: Interval::NON_NEGATIVE,
        latex: r"\frac{{1}^{{0} - 1} e^{-{1}}}{\Gamma({0})}",
        example: "gamma_density(1e6, 1e6)",
    },
    (math::gamma_density_f64, math::gamma_density_f32),
    |x, y| vec![y * lean(x), y * ((&x[0] - 1.0) / &x[1] - 1.0)],
);

/// ∂P/∂a.
pub static GAMMAINC_SLOPE: Op = binary(
    Facts {
        name: "gammainc_slope",
        summary: "The derivative of gammainc in its shape.",
        meaning: OWN,
        domain: Interval::NON_NEGATIVE,
        range: NEGATIVE,
        latex: r"\frac{\partial P({0}, {1})}{\partial {0}}",
        example: "gammainc_slope(3, 4)",
    },
    (math::gammainc_slope_f64, math::gammainc_slope_f32),
    |x, y| vec![undefined(x, y), x[0].gamma_density(&x[1]) * lean(x)],
);

/// ∂ log P/∂a.
pub static LOG_GAMMAINC_SLOPE: Op = binary(
    Facts {
        name: "log_gammainc_slope",
        summary: "The derivative of log_gammainc in its shape.",
        meaning: OWN,
        domain: Interval::NON_NEGATIVE,
        range: NEGATIVE,
        latex: r"\frac{\partial \log P({0}, {1})}{\partial {0}}",
        example: "log_gammainc_slope(3, 4)",
    },
    (math::log_gammainc_slope_f64, math::log_gammainc_slope_f32),
    |x, y| vec![undefined(x, y), x[0].gammainc_share(&x[1]) * (lean(x) - y) / &x[1]],
);

/// ∂ log Q/∂a.
pub static LOG_GAMMAINCC_SLOPE: Op = binary(
    Facts {
        name: "log_gammaincc_slope",
        summary: "The derivative of log_gammaincc in its shape.",
        meaning: OWN,
        domain: Interval::NON_NEGATIVE,
        range: Interval::NON_NEGATIVE,
        latex: r"\frac{\partial \log Q({0}, {1})}{\partial {0}}",
        example: "log_gammaincc_slope(3, 4)",
    },
    (math::log_gammaincc_slope_f64, math::log_gammaincc_slope_f32),
    |x, y| vec![undefined(x, y), x[0].gammaincc_share(&x[1]) * (y - lean(x)) / &x[1]],
);

/// ∂ log P/∂ log x.
pub static GAMMAINC_SHARE: Op = binary(
    Facts {
        name: "gammainc_share",
        summary: "x * gamma_density(a, x) / gammainc(a, x), the derivative of log_gammainc in log(x).",
        meaning: OWN,
        domain: Interval::NON_NEGATIVE,
        range: Interval::NON_NEGATIVE,
        latex: r"\frac{\partial \log P({0}, {1})}{\partial \log {1}}",
        example: "gammainc_share(1000, 4)",
    },
    (math::gammainc_share_f64, math::gammainc_share_f32),
    |x, y| vec![y * (lean(x) - x[0].log_gammainc_slope(&x[1])), y * ((&x[0] - y) / &x[1] - 1.0)],
);

/// -∂ log Q/∂ log x.
pub static GAMMAINCC_SHARE: Op = binary(
    Facts {
        name: "gammaincc_share",
        summary: "x * gamma_density(a, x) / gammaincc(a, x), minus the derivative of log_gammaincc in log(x).",
        meaning: OWN,
        domain: Interval::NON_NEGATIVE,
        range: Interval::NON_NEGATIVE,
        latex: r"-\frac{\partial \log Q({0}, {1})}{\partial \log {1}}",
        example: "gammaincc_share(3, 4000)",
    },
    (math::gammaincc_share_f64, math::gammaincc_share_f32),
    |x, y| vec![y * (lean(x) - x[0].log_gammaincc_slope(&x[1])), y * ((&x[0] + y) / &x[1] - 1.0)],
);

/// -∂P/∂a over ∂P/∂x: how a quantile moves with the shape.
pub static GAMMA_FLOW: Op = binary(
    Facts {
        name: "gamma_flow",
        summary: "How fast the x of a fixed gammainc(a, x) moves with a: the derivative of gamma samples in their shape.",
        meaning: OWN,
        domain: Interval::NON_NEGATIVE,
        range: Interval::NON_NEGATIVE,
        latex: r"-\frac{\partial P / \partial {0}}{\partial P / \partial {1}}",
        example: "gamma_flow(3, 4)",
    },
    (math::gamma_flow_f64, math::gamma_flow_f32),
    |x, y| vec![undefined(x, y), -lean(x) - y * ((&x[0] - 1.0) / &x[1] - 1.0)],
);

methods2! {
    gammainc GAMMAINC "The regularised lower incomplete gamma function P(self, x).";
    gammaincc GAMMAINCC "The regularised upper incomplete gamma function Q(self, x).";
    log_gammainc LOG_GAMMAINC "log P(self, x).";
    log_gammaincc LOG_GAMMAINCC "log Q(self, x).";
    gammaincinv GAMMAINCINV "The x at which P(self, x) is the other.";
    gammainccinv GAMMAINCCINV "The x at which Q(self, x) is the other.";
    gamma_density GAMMA_DENSITY "The density of the gamma distribution of shape `self` and scale 1.";
    gammainc_slope GAMMAINC_SLOPE "The derivative of `gammainc` in the shape.";
    log_gammainc_slope LOG_GAMMAINC_SLOPE "The derivative of `log_gammainc` in the shape.";
    log_gammaincc_slope LOG_GAMMAINCC_SLOPE "The derivative of `log_gammaincc` in the shape.";
    gammainc_share GAMMAINC_SHARE "The derivative of `log_gammainc` in log x.";
    gammaincc_share GAMMAINCC_SHARE "Minus the derivative of `log_gammaincc` in log x.";
    gamma_flow GAMMA_FLOW "How the x of a fixed probability moves with the shape `self`.";
}
