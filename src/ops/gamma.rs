//! The gamma family: gamma, its logarithm, the derivatives of that, and the beta function.

use super::methods::{methods1, methods2};
use super::row::{Facts, OWN, binary, derivative_elementwise, unary};
use crate::array::polygamma_step::polygamma_step;
use crate::array::{Array, math};
use crate::error::{Error, ErrorKind};
use crate::graph::{Attrs, Derivative, Exact, Interval, Kernel, Notation, Op, Outputs, Promote, Tensor};

/// The rows of this file.
#[rustfmt::skip]
pub(super) static ROWS: &[&Op] = &[
    &GAMMA, &LGAMMA, &DIGAMMA, &TRIGAMMA, &POLYGAMMA, &BETALN, &LOG_BINOMIAL, &DIGAMMA_STEP,
];

/// The gamma function.
pub static GAMMA: Op = unary(
    Facts {
        name: "gamma",
        summary: "The gamma function; gamma(n) is (n - 1)!.",
        meaning: OWN,
        domain: Interval::ALL,
        range: Interval::ALL,
        latex: r"\Gamma({0})",
        example: "gamma(5)",
    },
    (math::gamma_f64, math::gamma_f32),
    |x, y| vec![y * x[0].digamma()],
);

/// `log(abs(gamma(x)))`.
pub static LGAMMA: Op = unary(
    Facts {
        name: "lgamma",
        summary: "The logarithm of the absolute value of the gamma function.",
        meaning: "log(abs(gamma(x)))",
        domain: Interval::ALL,
        range: Interval::ALL,
        latex: r"\log \left|\Gamma({0})\right|",
        example: "lgamma(1000)",
    },
    (math::lgamma_f64, math::lgamma_f32),
    |x, _| vec![x[0].digamma()],
);

/// The derivative of lgamma.
pub static DIGAMMA: Op = unary(
    Facts {
        name: "digamma",
        summary: "The derivative of lgamma.",
        meaning: OWN,
        domain: Interval::ALL,
        range: Interval::ALL,
        latex: r"\psi({0})",
        example: "digamma(1)",
    },
    (math::digamma_f64, math::digamma_f32),
    |x, _| vec![x[0].trigamma()],
);

/// The second derivative of lgamma.
pub static TRIGAMMA: Op = unary(
    Facts {
        name: "trigamma",
        summary: "The second derivative of lgamma.",
        meaning: OWN,
        domain: Interval::ALL,
        range: Interval::ALL,
        latex: r"\psi_1({0})",
        example: "trigamma(1)",
    },
    (math::trigamma_f64, math::trigamma_f32),
    |x, _| vec![polygamma(2.0, &x[0])],
);

/// The nth derivative of digamma.
pub static POLYGAMMA: Op = binary(
    Facts {
        name: "polygamma",
        summary: "The nth derivative of digamma: polygamma(n, x) for a whole n of at least 0.",
        meaning: OWN,
        domain: Interval::ALL,
        range: Interval::ALL,
        latex: r"\psi^{({0})}({1})",
        example: "polygamma(2, 1)",
    },
    (math::polygamma_f64, math::polygamma_f32),
    |x, y| {
        let why = "`polygamma` has no derivative in its order";
        let error = Error::new(ErrorKind::NotDifferentiable, why).at(y.origin());
        vec![Tensor::poison(&POLYGAMMA, error, &[&x[0]]), polygamma(&x[0] + 1.0, &x[1])]
    },
);

/// The nth derivative of digamma at x.
#[track_caller]
pub fn polygamma(n: impl Into<Tensor>, x: &Tensor) -> Tensor {
    POLYGAMMA.call(&[&n.into(), x], Attrs::None)
}

/// `log(gamma(a) * gamma(b) / gamma(a + b))`.
pub static BETALN: Op = binary(
    Facts {
        name: "betaln",
        summary: "The logarithm of the beta function of two positive numbers.",
        meaning: "lgamma(a) + lgamma(b) - lgamma(a + b)",
        domain: Interval::POSITIVE,
        range: Interval::ALL,
        latex: r"\log B({0}, {1})",
        example: "betaln(1e10, 1)",
    },
    (math::betaln_f64, math::betaln_f32),
    |x, _| vec![-x[0].digamma_step(&x[1]), -x[1].digamma_step(&x[0])],
);

/// The logarithm of a binomial coefficient.
pub static LOG_BINOMIAL: Op = binary(
    Facts {
        name: "log_binomial",
        summary: "The logarithm of the binomial coefficient of a over b, for 0 <= b <= a.",
        meaning: OWN,
        domain: Interval::NON_NEGATIVE,
        range: Interval::NON_NEGATIVE,
        latex: r"\log \binom{{0}}{{1}}",
        example: "log_binomial(1e10, 3)",
    },
    (math::log_binomial_f64, math::log_binomial_f32),
    |x, _| {
        let (n, k) = (&x[0], &x[1]);
        let rest = n - k + 1.0;
        // ψ(n - k + 1) - ψ(k + 1) from the smaller of the two, which does not cancel.
        let d = n - 2.0 * k;
        let step = (k + 1.0).minimum(&rest).digamma_step(d.abs());
        vec![rest.digamma_step(k), Tensor::select(&d.less(0.0), &-&step, &step)]
    },
);

/// `digamma(a + b) - digamma(a)`, or the same of a derivative of digamma, whose order is the attribute.
pub static DIGAMMA_STEP: Op = Op {
    name: "digamma_step",
    summary: "digamma(a + b) - digamma(a) for positive numbers, without cancellation; or the same of its derivatives.",
    meaning: "digamma(a + b) - digamma(a)",
    promote: Promote::Float,
    shape: derivative_elementwise::<2>,
    kernel: Kernel::Custom(|call| {
        let (n, shape) = (call.attrs.int() as u32, &call.outs[0].shape);
        let (a, b) = (call.inputs[0].broadcast_to(shape)?, call.inputs[1].broadcast_to(shape)?);
        let out: Vec<f64> = a.iter_f64().zip(b.iter_f64()).map(|(a, b)| polygamma_step(n, a, b)).collect();
        Ok(vec![Array::from_vec(out, shape)?])
    }),
    outputs: Outputs::General,
    exact: Exact::Derived,
    derivative: Derivative::Partials(|x, y| {
        let n = y.node().attrs().int() + 1;
        vec![DIGAMMA_STEP.call(&[&x[0], &x[1]], Attrs::Int(n)), polygamma(n as f64, &(&x[0] + &x[1]))]
    }),
    domain: Interval::POSITIVE,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: r"\psi({0} + {1}) - \psi({0})",
    example: "digamma_step(1e10, 1)",
};

impl Tensor {
    /// `digamma(self + b) - digamma(self)` without cancellation.
    #[track_caller]
    pub fn digamma_step(&self, b: impl Into<Tensor>) -> Tensor {
        DIGAMMA_STEP.call(&[self, &b.into()], Attrs::Int(0))
    }
}

methods1! {
    gamma GAMMA "The gamma function of each element.";
    lgamma LGAMMA "The logarithm of the absolute value of the gamma function.";
    digamma DIGAMMA "The derivative of `lgamma`.";
    trigamma TRIGAMMA "The second derivative of `lgamma`.";
}
methods2! {
    betaln BETALN "The logarithm of the beta function.";
    log_binomial LOG_BINOMIAL "The logarithm of the binomial coefficient of `self` over `other`.";
}
