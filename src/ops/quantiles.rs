//! Student's t distribution function and its inverse, and quantiles of counts.

use super::methods::methods2;
use super::row::{Facts, OWN, binary, exactly};
use crate::array::math::student;
use crate::array::{Array, math};
use crate::error::{Error, ErrorKind};
use crate::graph::{Attrs, Derivative, Interval, Kernel, Op, Promote, Tensor};

/// The rows of this file.
#[rustfmt::skip]
pub(super) static ROWS: &[&Op] = &[
    &STDTR, &LOG_STDTR, &LOG_STDTR_SLOPE, &STDTRIT, &POISSON_QUANTILE, &BINOMIAL_QUANTILE,
];

/// The logarithm of the density of Student's t distribution with ν degrees of freedom at t.
fn log_density(nu: &Tensor, t: &Tensor) -> Tensor {
    let bend = 0.5 * (nu + 1.0) * (t.square() / nu).log1p();
    -bend - (0.5 * nu).betaln(0.5) - 0.5 * nu.log()
}

/// P(T ≤ t) of Student's t distribution.
pub static STDTR: Op = binary(
    Facts {
        name: "stdtr",
        summary: "The distribution function of Student's t distribution with nu degrees of freedom at t.",
        meaning: OWN,
        domain: Interval::ALL,
        range: Interval::UNIT,
        latex: r"F_{t_{{0}}}({1})",
        example: "stdtr(5, -2)",
    },
    (math::stdtr_f64, math::stdtr_f32),
    |x, y| vec![y * x[0].log_stdtr_slope(&x[1]), log_density(&x[0], &x[1]).exp()],
);

/// log P(T ≤ t).
pub static LOG_STDTR: Op = binary(
    Facts {
        name: "log_stdtr",
        summary: "The logarithm of stdtr, also where that underflows.",
        meaning: OWN,
        domain: Interval::ALL,
        range: Interval::closed(f64::NEG_INFINITY, 0.0),
        latex: r"\log F_{t_{{0}}}({1})",
        example: "log_stdtr(500, -1e10)",
    },
    (math::log_stdtr_f64, math::log_stdtr_f32),
    |x, y| vec![x[0].log_stdtr_slope(&x[1]), (log_density(&x[0], &x[1]) - y).exp()],
);

/// ∂ log P(T ≤ t)/∂ν.
pub static LOG_STDTR_SLOPE: Op = binary(
    Facts {
        name: "log_stdtr_slope",
        summary: "The derivative of log_stdtr in the degrees of freedom.",
        meaning: OWN,
        domain: Interval::ALL,
        range: Interval::ALL,
        latex: r"\frac{\partial \log F_{t_{{0}}}({1})}{\partial {0}}",
        example: "log_stdtr_slope(5, -2)",
    },
    (math::log_stdtr_slope_f64, math::log_stdtr_slope_f32),
    |x, y| {
        let (nu, t) = (&x[0], &x[1]);
        let why = "`log_stdtr_slope` has no derivative in the degrees of freedom: that would be a second one";
        let error = Error::new(ErrorKind::NotDifferentiable, why).at(y.origin());
        let share = (log_density(nu, t) - nu.log_stdtr(t)).exp();
        let s = t.square() / nu;
        let bend = 0.5 * (nu + 1.0) * (&s / (1.0 + &s)) / nu - 0.5 * s.log1p();
        let scale = 0.5 * (0.5 * nu).digamma_step(0.5) - 0.5 / nu;
        vec![Tensor::poison(&LOG_STDTR_SLOPE, error, &[nu]), share * (bend + scale - y)]
    },
);

/// The inverse of stdtr in t.
pub static STDTRIT: Op = binary(
    Facts {
        name: "stdtrit",
        summary: "The t at which stdtr(nu, t) is p: the quantile of Student's t distribution.",
        meaning: OWN,
        domain: Interval::ALL,
        range: Interval::ALL,
        latex: r"F^{-1}_{t_{{0}}}({1})",
        example: "stdtrit(5, 1e-300)",
    },
    (math::stdtrit_f64, math::stdtrit_f32),
    |x, y| {
        let density = log_density(&x[0], y).exp();
        vec![-&x[1] * x[0].log_stdtr_slope(y) / &density, density.reciprocal()]
    },
);

/// The quantile of the Poisson distribution.
pub static POISSON_QUANTILE: Op = Op {
    derivative: Derivative::Zero,
    ..binary(
        Facts {
            name: "poisson_quantile",
            summary: "The least k with a probability of at least q that a Poisson number of mean lam is at most k.",
            meaning: OWN,
            domain: Interval::NON_NEGATIVE,
            range: Interval::NON_NEGATIVE,
            latex: r"F^{-1}_{\operatorname{Poisson}({0})}({1})",
            example: "poisson_quantile(4, 0.5)",
        },
        (math::poisson_quantile_f64, math::poisson_quantile_f32),
        |_, y| vec![y * 0.0, y * 0.0],
    )
};

/// The quantile of the binomial distribution.
pub static BINOMIAL_QUANTILE: Op = Facts {
    name: "binomial_quantile",
    summary: "The least k with a probability of at least q that at most k of n trials succeed.",
    meaning: OWN,
    domain: Interval::NON_NEGATIVE,
    range: Interval::NON_NEGATIVE,
    latex: r"F^{-1}_{\operatorname{Binomial}({0}, {1})}({2})",
    example: "binomial_quantile(10, 0.3, 0.5)",
}
.row(
    Promote::Float,
    exactly::<3>,
    Kernel::Custom(|call| {
        let shape = &call.outs[0].shape;
        let [n, p, q] = [0, 1, 2].map(|i| call.inputs[i].broadcast_to(shape));
        let (n, p, q) = (n?, p?, q?);
        let each = n.iter_f64().zip(p.iter_f64()).zip(q.iter_f64());
        let out: Vec<f64> = each.map(|((n, p), q)| student::binomial_quantile([n, p, q])).collect();
        Ok(vec![Array::from_vec(out, shape)?])
    }),
    Derivative::Zero,
);

/// The least k with a probability of at least q that at most k of n trials succeed, each with probability p.
///
/// ```
/// use gradus::{Tensor, ops::binomial_quantile};
/// assert_eq!(binomial_quantile(10, 0.5, &Tensor::from(0.5)).eval()?.item()?, 5.0);
/// # Ok::<(), gradus::Error>(())
/// ```
#[track_caller]
pub fn binomial_quantile(n: impl Into<Tensor>, p: impl Into<Tensor>, q: &Tensor) -> Tensor {
    BINOMIAL_QUANTILE.call(&[&n.into(), &p.into(), q], Attrs::None)
}

methods2! {
    stdtr STDTR "The distribution function of Student's t distribution with `self` degrees of freedom.";
    log_stdtr LOG_STDTR "The logarithm of `stdtr`.";
    log_stdtr_slope LOG_STDTR_SLOPE "The derivative of `log_stdtr` in the degrees of freedom.";
    stdtrit STDTRIT "The inverse of `stdtr`.";
    poisson_quantile POISSON_QUANTILE "The quantile of the Poisson distribution of mean `self`.";
}
