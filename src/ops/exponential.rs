//! Exponentials, logarithms, roots, and the functions that join them: sigmoid, softplus, log-add-exp.

use super::methods::{methods1, methods2};
use super::row::{Facts, OWN, binary, unary};
use crate::array::wide::Wide;
use crate::array::{math, slopes};
use crate::graph::{Attrs, Exact, Interval, Op, Tensor};

/// The rows of this file.
#[rustfmt::skip]
pub(super) static ROWS: &[&Op] = &[
    &EXP, &EXPM1, &LOG, &LOG1P, &LOG1MEXP, &LOG2, &LOG10, &SQRT, &CBRT, &SIGMOID, &SIGMOID_GRAD, &LOG_SIGMOID, &SOFTPLUS,
    &LOGADDEXP, &LOGISTIC_SHARE, &LOGSUBEXP, &LOGSUBEXP_SHARE, &XLOGY, &XLOG1PY, &XLOG_RATIO, &LOG_RATIO, &LOG_PRODUCT,
];

/// `exp(x)`.
pub static EXP: Op = unary(
    Facts {
        name: "exp",
        summary: "e to the power x.",
        meaning: OWN,
        domain: Interval::ALL,
        range: Interval::NON_NEGATIVE,
        latex: r"e^{{0}}",
        example: "exp(1)",
    },
    (math::exp_f64, math::exp_f32),
    |_, y| vec![y.clone()],
)
.exact(Exact::Each(|x| x[0].exp()));

/// `exp(x) - 1`.
pub static EXPM1: Op = unary(
    Facts {
        name: "expm1",
        summary: "exp(x) - 1, accurate near 0.",
        meaning: "exp(x) - 1",
        domain: Interval::ALL,
        range: Interval::closed(-1.0, f64::INFINITY),
        latex: r"e^{{0}} - 1",
        example: "expm1(1e-20)",
    },
    (math::expm1_f64, math::expm1_f32),
    |x, _| vec![x[0].exp()],
);

/// `log(x)`, the natural logarithm.
pub static LOG: Op = unary(
    Facts {
        name: "log",
        summary: "The natural logarithm.",
        meaning: OWN,
        domain: Interval::POSITIVE,
        range: Interval::ALL,
        latex: r"\log {0}",
        example: "log(2)",
    },
    (math::log_f64, math::log_f32),
    |x, _| vec![x[0].reciprocal()],
)
.exact(Exact::Each(|x| x[0].log()));

/// `log(1 + x)`.
pub static LOG1P: Op = unary(
    Facts {
        name: "log1p",
        summary: "log(1 + x), accurate near 0.",
        meaning: "log(1 + x)",
        domain: Interval::open(-1.0, f64::INFINITY),
        range: Interval::ALL,
        latex: r"\log(1 + {0})",
        example: "log1p(1e-20)",
    },
    (math::log1p_f64, math::log1p_f32),
    |x, _| vec![(1.0 + &x[0]).reciprocal()],
);

/// `log(1 - exp(x))` for x below 0.
pub static LOG1MEXP: Op = unary(
    Facts {
        name: "log1mexp",
        summary: "log(1 - exp(x)) for x below 0, accurate at both ends.",
        meaning: "log(1 - exp(x))",
        domain: Interval::open(f64::NEG_INFINITY, 0.0),
        range: Interval::closed(f64::NEG_INFINITY, 0.0),
        latex: r"\log(1 - e^{{0}})",
        example: "log1mexp(-1e-20)",
    },
    (math::log1mexp_f64, math::log1mexp_f32),
    // eˣ/(eˣ − 1): neither cancels near 0, nor overflows far from it.
    |x, _| vec![x[0].exp() / x[0].expm1()],
);

/// `log2(x)`.
pub static LOG2: Op = unary(
    Facts {
        name: "log2",
        summary: "The logarithm to base 2.",
        meaning: OWN,
        domain: Interval::POSITIVE,
        range: Interval::ALL,
        latex: r"\log_2 {0}",
        example: "log2(8)",
    },
    (math::log2_f64, math::log2_f32),
    |x, _| vec![std::f64::consts::LOG2_E / &x[0]],
)
.exact(Exact::Each(|x| x[0].log() / Wide::from(2.0).log()));

/// `log10(x)`.
pub static LOG10: Op = unary(
    Facts {
        name: "log10",
        summary: "The logarithm to base 10.",
        meaning: OWN,
        domain: Interval::POSITIVE,
        range: Interval::ALL,
        latex: r"\log_{10} {0}",
        example: "log10(1000)",
    },
    (math::log10_f64, math::log10_f32),
    |x, _| vec![std::f64::consts::LOG10_E / &x[0]],
)
.exact(Exact::Each(|x| x[0].log() / Wide::from(10.0).log()));

/// `sqrt(x)`; its derivative at 0 is infinite, as the mathematics has it.
pub static SQRT: Op = unary(
    Facts {
        name: "sqrt",
        summary: "The square root; its derivative at 0 is infinite.",
        meaning: OWN,
        domain: Interval::NON_NEGATIVE,
        range: Interval::NON_NEGATIVE,
        latex: r"\sqrt{{0}}",
        example: "sqrt(2)",
    },
    (math::sqrt_f64, math::sqrt_f32),
    |_, y| vec![0.5 / y],
)
.exact(Exact::Each(|x| x[0].sqrt()));

/// The cube root, also of negative numbers.
pub static CBRT: Op = unary(
    Facts {
        name: "cbrt",
        summary: "The cube root, also of negative numbers.",
        meaning: OWN,
        domain: Interval::ALL,
        range: Interval::ALL,
        latex: r"\sqrt[3]{{0}}",
        example: "cbrt(-8)",
    },
    (math::cbrt_f64, math::cbrt_f32),
    // y/(3x) would be 0/0 at 0, and y² underflows for tiny x.
    |_, y| vec![1.0 / 3.0 / y / y],
);

/// `1 / (1 + exp(-x))`.
pub static SIGMOID: Op = unary(
    Facts {
        name: "sigmoid",
        summary: "The logistic function.",
        meaning: "1 / (1 + exp(-x))",
        domain: Interval::ALL,
        range: Interval::UNIT,
        latex: r"\sigma({0})",
        example: "sigmoid(-745)",
    },
    (math::sigmoid_f64, math::sigmoid_f32),
    |x, _| vec![x[0].sigmoid_grad()],
);

/// `sigmoid(x) * sigmoid(-x)`, the derivative of the sigmoid.
pub static SIGMOID_GRAD: Op = unary(
    Facts {
        name: "sigmoid_grad",
        summary: "The derivative of the sigmoid, right in both tails.",
        meaning: "sigmoid(x) * sigmoid(-x)",
        domain: Interval::ALL,
        range: Interval::closed(0.0, 0.25),
        latex: r"\sigma'({0})",
        example: "sigmoid_grad(40)",
    },
    (math::sigmoid_grad_f64, math::sigmoid_grad_f32),
    // σ″ = σ′·(1 − 2σ) = −σ′·tanh(x/2).
    |x, y| vec![-y * (0.5 * &x[0]).tanh()],
);

/// `log(1 / (1 + exp(-x)))`.
pub static LOG_SIGMOID: Op = unary(
    Facts {
        name: "log_sigmoid",
        summary: "The logarithm of the sigmoid.",
        meaning: "log(1 / (1 + exp(-x)))",
        domain: Interval::ALL,
        range: Interval::closed(f64::NEG_INFINITY, 0.0),
        latex: r"\log \sigma({0})",
        example: "log_sigmoid(-1000)",
    },
    (math::log_sigmoid_f64, math::log_sigmoid_f32),
    |x, _| vec![(-&x[0]).sigmoid()],
);

/// `log(1 + exp(x))`.
pub static SOFTPLUS: Op = unary(
    Facts {
        name: "softplus",
        summary: "log(1 + exp(x)), for large x about x and for small x about exp(x).",
        meaning: "log(1 + exp(x))",
        domain: Interval::ALL,
        range: Interval::NON_NEGATIVE,
        latex: r"\zeta({0})",
        example: "softplus(1000)",
    },
    (math::softplus_f64, math::softplus_f32),
    |x, _| vec![x[0].sigmoid()],
);

/// `log(exp(a) + exp(b))`.
pub static LOGADDEXP: Op = binary(
    Facts {
        name: "logaddexp",
        summary: "log(exp(a) + exp(b)) without overflow.",
        meaning: "log(exp(a) + exp(b))",
        domain: Interval::ALL,
        range: Interval::ALL,
        latex: r"\log(e^{{0}} + e^{{1}})",
        example: "logaddexp(1000, 999)",
    },
    (math::logaddexp_f64, math::logaddexp_f32),
    |x, _| vec![x[0].logistic_share(&x[1]), x[1].logistic_share(&x[0])],
);

/// `sigmoid(a - b)`: the share of exp(a) in exp(a) + exp(b).
pub static LOGISTIC_SHARE: Op = binary(
    Facts {
        name: "logistic_share",
        summary: "sigmoid(a - b) with the rounding error of a - b made good; 1/2 for equal infinities, 0 for two of -inf.",
        meaning: "sigmoid(a - b)",
        domain: Interval::ALL,
        range: Interval::UNIT,
        latex: r"\sigma({0} - {1})",
        example: "logistic_share(1000, 999)",
    },
    (slopes::logistic_share_f64, slopes::logistic_share_f32),
    |x, y| {
        let slope = y * x[1].logistic_share(&x[0]);
        vec![slope.clone(), -slope]
    },
);

/// `log(exp(a) - exp(b))` for a above b.
pub static LOGSUBEXP: Op = binary(
    Facts {
        name: "logsubexp",
        summary: "log(exp(a) - exp(b)) for a above b, without overflow or cancellation.",
        meaning: "log(exp(a) - exp(b))",
        domain: Interval::ALL,
        range: Interval::ALL,
        latex: r"\log(e^{{0}} - e^{{1}})",
        example: "logsubexp(1000, 999)",
    },
    (math::logsubexp_f64, math::logsubexp_f32),
    |x, _| {
        let share = x[0].logsubexp_share(&x[1]);
        vec![1.0 + &share, -share]
    },
);

/// `1 / (exp(a - b) - 1)`: exp(b) in units of exp(a) - exp(b).
pub static LOGSUBEXP_SHARE: Op = binary(
    Facts {
        name: "logsubexp_share",
        summary: "1 / (exp(a - b) - 1) for a above b, with the rounding error of a - b made good.",
        meaning: "1 / (exp(a - b) - 1)",
        domain: Interval::ALL,
        range: Interval::ALL,
        latex: r"\frac{1}{e^{{0} - {1}} - 1}",
        example: "logsubexp_share(1000, 999)",
    },
    (slopes::logsubexp_share_f64, slopes::logsubexp_share_f32),
    |_, y| {
        let slope = y * (1.0 + y);
        vec![-&slope, slope]
    },
);

/// `a * log(b)`, 0 where a is 0.
pub static XLOGY: Op = binary(
    Facts {
        name: "xlogy",
        summary: "a * log(b), and 0 where a is 0.",
        meaning: "a * log(b)",
        domain: Interval::ALL,
        range: Interval::ALL,
        latex: r"{0} \log {1}",
        example: "xlogy(0, 0)",
    },
    (math::xlogy_f64, math::xlogy_f32),
    |x, _| {
        let zero = Tensor::from(0.0);
        vec![x[1].log(), Tensor::select(&x[0].equal(0.0), &zero, &(&x[0] / &x[1]))]
    },
)
.exact(Exact::Each(|x| if x[0].is_zero() { Wide::ZERO } else { x[0] * x[1].log() }));

/// `a * log(1 + b)`, 0 where a is 0.
pub static XLOG1PY: Op = binary(
    Facts {
        name: "xlog1py",
        summary: "a * log(1 + b), and 0 where a is 0.",
        meaning: "a * log(1 + b)",
        domain: Interval::ALL,
        range: Interval::ALL,
        latex: r"{0} \log(1 + {1})",
        example: "xlog1py(0, -1)",
    },
    (math::xlog1py_f64, math::xlog1py_f32),
    |x, _| {
        let zero = Tensor::from(0.0);
        vec![x[1].log1p(), Tensor::select(&x[0].equal(0.0), &zero, &(&x[0] / (1.0 + &x[1])))]
    },
)
.exact(Exact::Each(|x| if x[0].is_zero() { Wide::ZERO } else { x[0] * (Wide::from(1.0) + x[1]).log() }));

/// `a * log(a / b)`, 0 where a is 0: a term of the KL divergence.
pub static XLOG_RATIO: Op = binary(
    Facts {
        name: "xlog_ratio",
        summary: "a * log(a / b), and 0 where a is 0: a term of the KL divergence.",
        meaning: "a * log(a / b)",
        domain: Interval::ALL,
        range: Interval::ALL,
        latex: r"{0} \log \frac{{0}}{{1}}",
        example: "xlog_ratio(0.5, 1e-320)",
    },
    (math::xlog_ratio_f64, math::xlog_ratio_f32),
    |x, _| {
        let zero = Tensor::from(0.0);
        let both = x[0].equal(0.0).logical_and(x[1].equal(0.0));
        let in_a = Tensor::select(&both, &zero, &(x[0].log_ratio(&x[1]) + 1.0));
        vec![in_a, Tensor::select(&x[0].equal(0.0), &zero, &-(&x[0] / &x[1]))]
    },
)
.exact(Exact::Each(|x| if x[0].is_zero() { Wide::ZERO } else { x[0] * (x[0] / x[1]).log() }));

/// `log(a / b)` where a/b would overflow, underflow or lose digits near 1.
pub static LOG_RATIO: Op = binary(
    Facts {
        name: "log_ratio",
        summary: "log(a / b), also where a / b overflows, underflows or is near 1.",
        meaning: "log(a / b)",
        domain: Interval::ALL,
        range: Interval::ALL,
        latex: r"\log \frac{{0}}{{1}}",
        example: "log_ratio(1e300, 1e-300)",
    },
    (math::log_ratio_f64, math::log_ratio_f32),
    |x, _| vec![x[0].reciprocal(), -x[1].reciprocal()],
);

/// `log(a * b)` where a·b would overflow or underflow.
pub static LOG_PRODUCT: Op = binary(
    Facts {
        name: "log_product",
        summary: "log(a * b), also where a * b overflows or underflows.",
        meaning: "log(a * b)",
        domain: Interval::ALL,
        range: Interval::ALL,
        latex: r"\log ({0} {1})",
        example: "log_product(1e300, 1e300)",
    },
    (math::log_product_f64, math::log_product_f32),
    |x, _| vec![x[0].reciprocal(), x[1].reciprocal()],
);

methods1! {
    exp EXP "e to the power of each element.";
    expm1 EXPM1 "`exp(x) - 1`, accurate near 0.";
    log LOG "The natural logarithm of each element.";
    log1p LOG1P "`log(1 + x)`, accurate near 0.";
    log1mexp LOG1MEXP "`log(1 - exp(x))` for x below 0.";
    log2 LOG2 "The logarithm to base 2.";
    log10 LOG10 "The logarithm to base 10.";
    sqrt SQRT "The square root of each element.";
    cbrt CBRT "The cube root of each element.";
    sigmoid SIGMOID "The logistic function `1 / (1 + exp(-x))`.";
    sigmoid_grad SIGMOID_GRAD "The derivative of the logistic function.";
    log_sigmoid LOG_SIGMOID "The logarithm of the logistic function.";
    softplus SOFTPLUS "`log(1 + exp(x))`.";
}
methods2! {
    logaddexp LOGADDEXP "`log(exp(a) + exp(b))`.";
    logistic_share LOGISTIC_SHARE "`sigmoid(a - b)`, the share of `exp(a)` in `exp(a) + exp(b)`.";
    logsubexp_share LOGSUBEXP_SHARE "`1 / (exp(a - b) - 1)`.";
    logsubexp LOGSUBEXP "`log(exp(a) - exp(b))`.";
    xlogy XLOGY "`a * log(b)`, 0 where a is 0.";
    xlog1py XLOG1PY "`a * log(1 + b)`, 0 where a is 0.";
    xlog_ratio XLOG_RATIO "`a * log(a / b)`, 0 where a is 0.";
    log_ratio LOG_RATIO "`log(a / b)` without overflow.";
    log_product LOG_PRODUCT "`log(a * b)` without overflow.";
}
