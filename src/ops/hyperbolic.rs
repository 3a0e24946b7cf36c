//! Hyperbolic functions and their inverses.

use super::methods::methods1;
use super::row::{Facts, unary};
use crate::array::math;
use crate::graph::{Attrs, Interval, Op, Tensor};

/// The rows of this file.
pub(super) static ROWS: &[&Op] = &[&SINH, &COSH, &TANH, &TANH_GRAD, &ASINH, &ACOSH, &ATANH];

/// `(exp(x) - exp(-x)) / 2`.
pub static SINH: Op = unary(
    Facts {
        name: "sinh",
        summary: "The hyperbolic sine.",
        meaning: "(exp(x) - exp(-x)) / 2",
        domain: Interval::ALL,
        range: Interval::ALL,
        latex: r"\sinh {0}",
        example: "sinh(1)",
    },
    (math::sinh_f64, math::sinh_f32),
    |x, _| vec![x[0].cosh()],
);

/// `(exp(x) + exp(-x)) / 2`.
pub static COSH: Op = unary(
    Facts {
        name: "cosh",
        summary: "The hyperbolic cosine.",
        meaning: "(exp(x) + exp(-x)) / 2",
        domain: Interval::ALL,
        range: Interval::closed(1.0, f64::INFINITY),
        latex: r"\cosh {0}",
        example: "cosh(1)",
    },
    (math::cosh_f64, math::cosh_f32),
    |x, _| vec![x[0].sinh()],
);

/// `sinh(x) / cosh(x)`.
pub static TANH: Op = unary(
    Facts {
        name: "tanh",
        summary: "The hyperbolic tangent.",
        meaning: "sinh(x) / cosh(x)",
        domain: Interval::ALL,
        range: Interval::closed(-1.0, 1.0),
        latex: r"\tanh {0}",
        example: "tanh(1)",
    },
    (math::tanh_f64, math::tanh_f32),
    |x, _| vec![x[0].tanh_grad()],
);

/// `1 / cosh(x)**2`, the derivative of tanh.
pub static TANH_GRAD: Op = unary(
    Facts {
        name: "tanh_grad",
        summary: "The derivative of tanh, right in both tails.",
        meaning: "1 - tanh(x)**2",
        domain: Interval::ALL,
        range: Interval::UNIT,
        latex: r"\operatorname{sech}^2 {0}",
        example: "tanh_grad(20)",
    },
    (math::tanh_grad_f64, math::tanh_grad_f32),
    |x, y| vec![-2.0 * y * x[0].tanh()],
);

/// `log(x + sqrt(x**2 + 1))`.
pub static ASINH: Op = unary(
    Facts {
        name: "arcsinh",
        summary: "The inverse of sinh.",
        meaning: "log(x + sqrt(x**2 + 1))",
        domain: Interval::ALL,
        range: Interval::ALL,
        latex: r"\operatorname{arsinh} {0}",
        example: "arcsinh(1)",
    },
    (math::asinh_f64, math::asinh_f32),
    |x, _| vec![x[0].hypot(1.0).reciprocal()],
);

/// `log(x + sqrt(x**2 - 1))`.
pub static ACOSH: Op = unary(
    Facts {
        name: "arccosh",
        summary: "The inverse of cosh on x at least 1.",
        meaning: "log(x + sqrt(x**2 - 1))",
        domain: Interval::closed(1.0, f64::INFINITY),
        range: Interval::NON_NEGATIVE,
        latex: r"\operatorname{arcosh} {0}",
        example: "arccosh(2)",
    },
    (math::acosh_f64, math::acosh_f32),
    // √(x − 1)·√(x + 1): x² − 1 cancels near 1 and overflows far out.
    |x, _| vec![((&x[0] - 1.0).sqrt() * (&x[0] + 1.0).sqrt()).reciprocal()],
);

/// `log((1 + x) / (1 - x)) / 2`.
pub static ATANH: Op = unary(
    Facts {
        name: "arctanh",
        summary: "The inverse of tanh on x between -1 and 1.",
        meaning: "log((1 + x) / (1 - x)) / 2",
        domain: Interval::open(-1.0, 1.0),
        range: Interval::ALL,
        latex: r"\operatorname{artanh} {0}",
        example: "arctanh(0.5)",
    },
    (math::atanh_f64, math::atanh_f32),
    |x, _| vec![x[0].one_minus_square().reciprocal()],
);

methods1! {
    sinh SINH "The hyperbolic sine of each element.";
    cosh COSH "The hyperbolic cosine of each element.";
    tanh TANH "The hyperbolic tangent of each element.";
    tanh_grad TANH_GRAD "The derivative of tanh.";
    arcsinh ASINH "The inverse of sinh.";
    arccosh ACOSH "The inverse of cosh.";
    arctanh ATANH "The inverse of tanh.";
}
