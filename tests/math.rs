//! Elementwise functions against 60-digit truth: the worst error of each in units in the last place, in f64 and f32.

#[path = "math/accuracy.rs"]
mod accuracy;
#[path = "math/edges.rs"]
mod edges;
#[path = "math/slices.rs"]
mod slices;
#[path = "math/streams.rs"]
mod streams;

use gradus::array::math::{self, scalar32, scalar64};

/// How far a result may be from the truth, in units in the last place.
struct Bound {
    name: &'static str,
    /// Units in f64 and in f32.
    ulp: (f64, f64),
    /// What the error is measured against where the result passes through 0 at irrational places.
    floor: Floor,
    f: Function,
}

enum Floor {
    None,
    /// Units of a number of this size are allowed besides.
    Absolute(f64),
    /// The same, left of 0 only: there the function has zeros between its poles.
    Left(f64),
    /// Units of the larger input are allowed besides: the sum of two numbers of that size cancels.
    Inputs,
}

enum Function {
    One(fn(f64) -> f64, fn(f32) -> f32, fn(&[f64], &mut [f64]), fn(&[f32], &mut [f32])),
    Two(fn(f64, f64) -> f64, fn(f32, f32) -> f32, fn(&[f64], &[f64], &mut [f64]), fn(&[f32], &[f32], &mut [f32])),
}

macro_rules! one {
    ($name:ident, $a:ident, $b:ident, $w:expr, $n:expr, $floor:expr) => {
        Bound {
            name: stringify!($name),
            ulp: ($w, $n),
            floor: $floor,
            f: Function::One(scalar64::$name, scalar32::$name, math::$a, math::$b),
        }
    };
}
macro_rules! two {
    ($name:ident, $a:ident, $b:ident, $w:expr, $n:expr, $floor:expr) => {
        Bound {
            name: stringify!($name),
            ulp: ($w, $n),
            floor: $floor,
            f: Function::Two(scalar64::$name, scalar32::$name, math::$a, math::$b),
        }
    };
}

/// The bounds are what was measured at thirty times as many points, rounded up to a twentieth; with one processor's
/// bits equal to another's they do not depend on the machine.
fn bounds() -> Vec<Bound> {
    vec![
        one!(sqrt, sqrt_f64, sqrt_f32, 0.5, 0.5, Floor::None),
        one!(cbrt, cbrt_f64, cbrt_f32, 0.5, 0.5, Floor::None),
        one!(exp, exp_f64, exp_f32, 1.0, 0.85, Floor::None),
        one!(expm1, expm1_f64, expm1_f32, 1.0, 0.9, Floor::None),
        one!(log, log_f64, log_f32, 0.55, 0.5, Floor::None),
        one!(log1p, log1p_f64, log1p_f32, 0.85, 0.65, Floor::None),
        one!(log2, log2_f64, log2_f32, 0.55, 0.5, Floor::None),
        one!(log10, log10_f64, log10_f32, 0.55, 0.5, Floor::None),
        one!(log1mexp, log1mexp_f64, log1mexp_f32, 0.75, 0.65, Floor::None),
        one!(sin, sin_f64, sin_f32, 0.7, 0.5, Floor::None),
        one!(cos, cos_f64, cos_f32, 0.7, 0.5, Floor::None),
        one!(tan, tan_f64, tan_f32, 0.7, 0.5, Floor::None),
        one!(asin, asin_f64, asin_f32, 0.6, 0.5, Floor::None),
        one!(acos, acos_f64, acos_f32, 0.55, 0.5, Floor::None),
        one!(atan, atan_f64, atan_f32, 0.6, 0.5, Floor::None),
        one!(sinh, sinh_f64, sinh_f32, 0.8, 0.5, Floor::None),
        one!(cosh, cosh_f64, cosh_f32, 0.55, 0.5, Floor::None),
        one!(tanh, tanh_f64, tanh_f32, 0.75, 0.7, Floor::None),
        one!(asinh, asinh_f64, asinh_f32, 0.6, 0.5, Floor::None),
        one!(acosh, acosh_f64, acosh_f32, 0.55, 0.5, Floor::None),
        one!(atanh, atanh_f64, atanh_f32, 0.55, 0.5, Floor::None),
        one!(sigmoid, sigmoid_f64, sigmoid_f32, 1.0, 0.65, Floor::None),
        one!(log_sigmoid, log_sigmoid_f64, log_sigmoid_f32, 1.1, 0.9, Floor::None),
        one!(softplus, softplus_f64, softplus_f32, 1.0, 0.7, Floor::None),
        one!(erf, erf_f64, erf_f32, 1.2, 0.5, Floor::None),
        // 1 - erf(x) below ½.
        one!(erfc, erfc_f64, erfc_f32, 1.7, 0.5, Floor::None),
        // Just below 1 a unit is half of what it is above, and the quotient is taken above.
        one!(erfcx, erfcx_f64, erfcx_f32, 3.0, 0.5, Floor::None),
        one!(erfinv, erfinv_f64, erfinv_f32, 2.0, 0.5, Floor::None),
        one!(ndtr, ndtr_f64, ndtr_f32, 2.15, 0.5, Floor::None),
        // Just below 0, where log ½ and the rest partly cancel.
        one!(log_ndtr, log_ndtr_f64, log_ndtr_f32, 2.5, 0.5, Floor::None),
        one!(log_ndtr_grad, log_ndtr_grad_f64, log_ndtr_grad_f32, 1.8, 0.5, Floor::None),
        one!(gamma, gamma_f64, gamma_f32, 0.75, 0.5, Floor::None),
        // Relative accuracy at the zeros 1 and 2; left of 0 the zeros lie at irrational places.
        one!(lgamma, lgamma_f64, lgamma_f32, 1.85, 0.5, Floor::Left(1.0)),
        one!(digamma, digamma_f64, digamma_f32, 1.5, 0.5, Floor::Left(1.0)),
        one!(trigamma, trigamma_f64, trigamma_f32, 1.65, 0.5, Floor::None),
        one!(sigmoid_grad, sigmoid_grad_f64, sigmoid_grad_f32, 1.0, 0.7, Floor::None),
        one!(tanh_grad, tanh_grad_f64, tanh_grad_f32, 1.0, 0.65, Floor::None),
        one!(versin, versin_f64, versin_f32, 0.85, 0.5, Floor::None),
        one!(expm1_over_x, expm1_over_x_f64, expm1_over_x_f32, 0.9, 0.9, Floor::None),
        one!(log1p_over_x, log1p_over_x_f64, log1p_over_x_f32, 0.65, 0.6, Floor::None),
        // A cube times a polynomial.
        one!(x_minus_sin, x_minus_sin_f64, x_minus_sin_f32, 2.5, 0.5, Floor::None),
        // A cube times a polynomial: three roundings.
        one!(tan_minus_x, tan_minus_x_f64, tan_minus_x_f32, 2.2, 0.5, Floor::None),
        one!(log1p_minus_x, log1p_minus_x_f64, log1p_minus_x_f32, 1.5, 0.5, Floor::None),
        // A square times a polynomial.
        one!(expm1_minus_x, expm1_minus_x_f64, expm1_minus_x_f32, 2.55, 0.5, Floor::None),
        two!(pow, pow_f64, pow_f32, 0.65, 0.5, Floor::None),
        two!(hypot, hypot_f64, hypot_f32, 0.5, 0.5, Floor::None),
        two!(atan2, atan2_f64, atan2_f32, 0.55, 0.5, Floor::None),
        // The logarithm of a sum near 1 is a difference of the inputs.
        two!(logaddexp, logaddexp_f64, logaddexp_f32, 0.55, 0.5, Floor::Inputs),
        two!(logsubexp, logsubexp_f64, logsubexp_f32, 0.55, 0.5, Floor::Inputs),
        two!(xlogy, xlogy_f64, xlogy_f32, 0.95, 0.5, Floor::None),
        two!(xlog1py, xlog1py_f64, xlog1py_f32, 0.75, 0.5, Floor::None),
        two!(xlog_ratio, xlog_ratio_f64, xlog_ratio_f32, 1.45, 0.5, Floor::None),
        two!(log_ratio, log_ratio_f64, log_ratio_f32, 0.65, 0.5, Floor::None),
        two!(log_product, log_product_f64, log_product_f32, 0.55, 0.5, Floor::None),
        two!(betaln, betaln_f64, betaln_f32, 0.7, 0.5, Floor::Absolute(1.0)),
        // The sum of powers is multiplied by n!.
        two!(polygamma, polygamma_f64, polygamma_f32, 3.65, 0.5, Floor::Left(16.0)),
    ]
}

/// The functions that are exact or rounded once by the processor: no bound to measure, but the same bits to keep.
fn exact_functions() -> Vec<Bound> {
    vec![
        one!(neg, neg_f64, neg_f32, 0.0, 0.0, Floor::None),
        one!(abs, abs_f64, abs_f32, 0.0, 0.0, Floor::None),
        one!(sign, sign_f64, sign_f32, 0.0, 0.0, Floor::None),
        one!(square, square_f64, square_f32, 0.5, 0.5, Floor::None),
        one!(reciprocal, reciprocal_f64, reciprocal_f32, 0.5, 0.5, Floor::None),
        one!(floor, floor_f64, floor_f32, 0.0, 0.0, Floor::None),
        one!(ceil, ceil_f64, ceil_f32, 0.0, 0.0, Floor::None),
        one!(round, round_f64, round_f32, 0.0, 0.0, Floor::None),
        one!(trunc, trunc_f64, trunc_f32, 0.0, 0.0, Floor::None),
        one!(spacing, spacing_f64, spacing_f32, 0.0, 0.0, Floor::None),
        two!(add, add_f64, add_f32, 0.5, 0.5, Floor::None),
        two!(sub, sub_f64, sub_f32, 0.5, 0.5, Floor::None),
        two!(mul, mul_f64, mul_f32, 0.5, 0.5, Floor::None),
        two!(div, div_f64, div_f32, 0.5, 0.5, Floor::None),
        two!(maximum, maximum_f64, maximum_f32, 0.0, 0.0, Floor::None),
        two!(minimum, minimum_f64, minimum_f32, 0.0, 0.0, Floor::None),
        two!(fmod, fmod_f64, fmod_f32, 0.0, 0.0, Floor::None),
        two!(floor_mod, floor_mod_f64, floor_mod_f32, 0.5, 0.5, Floor::None),
        two!(floor_div, floor_div_f64, floor_div_f32, 0.5, 0.5, Floor::None),
        two!(copysign, copysign_f64, copysign_f32, 0.0, 0.0, Floor::None),
        two!(nextafter, nextafter_f64, nextafter_f32, 0.0, 0.0, Floor::None),
    ]
}
