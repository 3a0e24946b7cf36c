//! Sines, cosines, tangents and their inverses.

use super::methods::{methods1, methods2};
use super::row::{Facts, OWN, binary, unary};
use crate::array::math;
use crate::graph::{Attrs, Exact, Interval, Op, Tensor};

/// The rows of this file.
pub(super) static ROWS: &[&Op] = &[&SIN, &COS, &TAN, &VERSIN, &ASIN, &ACOS, &ATAN, &ATAN2];

/// `sin(x)`.
pub static SIN: Op = unary(
    Facts {
        name: "sin",
        summary: "The sine.",
        meaning: OWN,
        domain: Interval::ALL,
        range: Interval::closed(-1.0, 1.0),
        latex: r"\sin {0}",
        example: "sin(1)",
    },
    (math::sin_f64, math::sin_f32),
    |x, _| vec![x[0].cos()],
)
.exact(Exact::Each(|x| x[0].sin()));

/// `cos(x)`.
pub static COS: Op = unary(
    Facts {
        name: "cos",
        summary: "The cosine.",
        meaning: OWN,
        domain: Interval::ALL,
        range: Interval::closed(-1.0, 1.0),
        latex: r"\cos {0}",
        example: "cos(1)",
    },
    (math::cos_f64, math::cos_f32),
    |x, _| vec![-x[0].sin()],
)
.exact(Exact::Each(|x| x[0].cos()));

/// `tan(x)`.
pub static TAN: Op = unary(
    Facts {
        name: "tan",
        summary: "The tangent.",
        meaning: "sin(x) / cos(x)",
        domain: Interval::ALL,
        range: Interval::ALL,
        latex: r"\tan {0}",
        example: "tan(1)",
    },
    (math::tan_f64, math::tan_f32),
    |_, y| vec![1.0 + y.square()],
);

/// `1 - cos(x)`, the versed sine.
pub static VERSIN: Op = unary(
    Facts {
        name: "versin",
        summary: "1 - cos(x), accurate near 0.",
        meaning: "1 - cos(x)",
        domain: Interval::ALL,
        range: Interval::closed(0.0, 2.0),
        latex: r"1 - \cos {0}",
        example: "versin(1e-10)",
    },
    (math::versin_f64, math::versin_f32),
    |x, _| vec![x[0].sin()],
);

/// 1/√(1 − x²), where a plain 1 − x² would cancel near ±1.
fn inverse_circle(x: &Tensor) -> Tensor {
    x.one_minus_square().sqrt().reciprocal()
}

/// The angle whose sine is x.
pub static ASIN: Op = unary(
    Facts {
        name: "arcsin",
        summary: "The angle whose sine is x.",
        meaning: OWN,
        domain: Interval::closed(-1.0, 1.0),
        range: Interval::closed(-std::f64::consts::FRAC_PI_2, std::f64::consts::FRAC_PI_2),
        latex: r"\arcsin {0}",
        example: "arcsin(0.5)",
    },
    (math::asin_f64, math::asin_f32),
    |x, _| vec![inverse_circle(&x[0])],
)
.exact(Exact::Each(|x| x[0].asin()));

/// The angle whose cosine is x.
pub static ACOS: Op = unary(
    Facts {
        name: "arccos",
        summary: "The angle whose cosine is x.",
        meaning: OWN,
        domain: Interval::closed(-1.0, 1.0),
        range: Interval::closed(0.0, std::f64::consts::PI),
        latex: r"\arccos {0}",
        example: "arccos(0.5)",
    },
    (math::acos_f64, math::acos_f32),
    |x, _| vec![-inverse_circle(&x[0])],
)
.exact(Exact::Each(|x| x[0].acos()));

/// The angle whose tangent is x.
pub static ATAN: Op = unary(
    Facts {
        name: "arctan",
        summary: "The angle whose tangent is x.",
        meaning: OWN,
        domain: Interval::ALL,
        range: Interval::closed(-std::f64::consts::FRAC_PI_2, std::f64::consts::FRAC_PI_2),
        latex: r"\arctan {0}",
        example: "arctan(1)",
    },
    (math::atan_f64, math::atan_f32),
    // 1/(1 + x²) as (1/h)/h with h = hypot(1, x): x² overflows where the derivative does not.
    |x, _| {
        let h = x[0].hypot(1.0);
        vec![1.0 / &h / &h]
    },
)
.exact(Exact::Each(|x| x[0].atan()));

/// The angle of the point (b, a).
pub static ATAN2: Op = binary(
    Facts {
        name: "arctan2",
        summary: "The angle of the point (b, a), from -pi to pi.",
        meaning: OWN,
        domain: Interval::ALL,
        range: Interval::closed(-std::f64::consts::PI, std::f64::consts::PI),
        latex: r"\operatorname{atan2}({0}, {1})",
        example: "arctan2(1, -1)",
    },
    (math::atan2_f64, math::atan2_f32),
    |x, _| {
        let h = x[0].hypot(&x[1]);
        vec![&x[1] / &h / &h, -(&x[0] / &h / &h)]
    },
);

methods1! {
    sin SIN "The sine of each element.";
    cos COS "The cosine of each element.";
    tan TAN "The tangent of each element.";
    versin VERSIN "`1 - cos(x)`, accurate near 0.";
    arcsin ASIN "The angle whose sine is x.";
    arccos ACOS "The angle whose cosine is x.";
    arctan ATAN "The angle whose tangent is x.";
}
methods2! {
    arctan2 ATAN2 "The angle of the point (other, self).";
}
