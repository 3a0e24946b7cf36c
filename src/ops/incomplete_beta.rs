//! The regularised incomplete beta function, its logarithms and inverses, with derivatives in all three arguments.

use super::row::{Facts, OWN, exactly};
use crate::array::Array;
use crate::array::math::betainc as kernels;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Attrs, Call, Derivative, Interval, Kernel, Meta, Op, Promote, Tensor};

/// The rows of this file.
#[rustfmt::skip]
pub(super) static ROWS: &[&Op] = &[
    &BETAINC, &BETAINCC, &LOG_BETAINC, &LOG_BETAINCC, &BETAINCINV, &BETAINCCINV, &BETA_DENSITY, &BETAINC_SLOPE,
    &LOG_BETAINC_SLOPE, &BETAINC_SHARE, &BETA_FLOW,
];

/// Applies a function of two shapes and a point to every element.
fn each(call: &Call, f: impl Fn([f64; 3]) -> f64) -> Result<Vec<Array>> {
    let shape = &call.outs[0].shape;
    let [a, b, x] = [0, 1, 2].map(|i| call.inputs[i].broadcast_to(shape));
    let (a, b, x) = (a?, b?, x?);
    let out: Vec<f64> = a.iter_f64().zip(b.iter_f64()).zip(x.iter_f64()).map(|((a, b), x)| f([a, b, x])).collect();
    Ok(vec![Array::from_vec(out, shape)?])
}

/// The shape rule of rows whose attribute chooses one of N.
fn choice<const N: i64>(inputs: &[&Meta], attrs: &Attrs) -> Result<Vec<Meta>> {
    match (0..N).contains(&attrs.int()) {
        true => exactly::<3>(inputs, attrs),
        false => Err(Error::new(ErrorKind::Argument, format!("n is between 0 and {}, not {}", N - 1, attrs.int()))),
    }
}

/// log x + ψ(a + b) - ψ(a), and the same of 1 - x and b: the derivatives of the logarithm of the density in the shapes.
fn lean(x: &[Tensor], in_b: bool) -> Tensor {
    let (a, b) = (&x[0], &x[1]);
    if in_b { (-&x[2]).log1p() + b.digamma_step(a) } else { x[2].log() + a.digamma_step(b) }
}

/// The derivative of the logarithm of the density in x.
fn tilt(x: &[Tensor]) -> Tensor {
    (&x[0] - 1.0) / &x[2] - (&x[1] - 1.0) / (1.0 - &x[2])
}

/// x(1 - x).
fn spread(x: &[Tensor]) -> Tensor {
    &x[2] * (1.0 - &x[2])
}

/// The derivative in a shape that no kernel gives.
fn undefined(x: &[Tensor], y: &Tensor) -> Tensor {
    let why = format!("`{}` has no derivative in its shapes: that would be a second one", y.op().name);
    Tensor::poison(y.op(), Error::new(ErrorKind::NotDifferentiable, why).at(y.origin()), &[&x[0]])
}

/// A row with an attribute over the same inputs.
fn part(op: &'static Op, x: &[Tensor], n: i64) -> Tensor {
    op.call(&[&x[0], &x[1], &x[2]], Attrs::Int(n))
}

/// The density at a quantile y.
fn density_at(x: &[Tensor], y: &Tensor) -> Tensor {
    BETA_DENSITY.call(&[&x[0], &x[1], y], Attrs::None)
}

/// How a quantile y moves with a or b.
fn flow_at(x: &[Tensor], y: &Tensor, n: i64) -> Tensor {
    BETA_FLOW.call(&[&x[0], &x[1], y], Attrs::Int(n))
}

/// A function of two shapes and a point.
const fn row(
    facts: Facts,
    kernel: fn(&mut Call) -> Result<Vec<Array>>,
    partials: fn(&[Tensor], &Tensor) -> Vec<Tensor>,
) -> Op {
    facts.row(Promote::Float, exactly::<3>, Kernel::Custom(kernel), Derivative::Partials(partials))
}

/// I(a, b; x), the distribution function of the beta distribution.
pub static BETAINC: Op = row(
    Facts {
        name: "betainc",
        summary: "The regularised incomplete beta function of shapes a and b at x, the distribution function of the beta distribution.",
        meaning: OWN,
        domain: Interval::NON_NEGATIVE,
        range: Interval::UNIT,
        latex: r"I_{{2}}({0}, {1})",
        example: "betainc(2, 3, 0.5)",
    },
    |call| each(call, |v| kernels::betainc(v, false)),
    |x, _| vec![part(&BETAINC_SLOPE, x, 0), part(&BETAINC_SLOPE, x, 1), density_at(x, &x[2])],
);

/// 1 - I(a, b; x).
pub static BETAINCC: Op = row(
    Facts {
        name: "betaincc",
        summary: "1 - betainc(a, b, x), accurate where it is small.",
        meaning: OWN,
        domain: Interval::NON_NEGATIVE,
        range: Interval::UNIT,
        latex: r"1 - I_{{2}}({0}, {1})",
        example: "betaincc(2, 300, 0.9)",
    },
    |call| each(call, |v| kernels::betainc(v, true)),
    |x, _| vec![-part(&BETAINC_SLOPE, x, 0), -part(&BETAINC_SLOPE, x, 1), -density_at(x, &x[2])],
);

/// log I(a, b; x).
pub static LOG_BETAINC: Op = row(
    Facts {
        name: "log_betainc",
        summary: "The logarithm of betainc, also where that underflows.",
        meaning: OWN,
        domain: Interval::NON_NEGATIVE,
        range: Interval::closed(f64::NEG_INFINITY, 0.0),
        latex: r"\log I_{{2}}({0}, {1})",
        example: "log_betainc(2000, 3, 0.5)",
    },
    |call| each(call, |v| kernels::log_betainc(v, false)),
    |x, _| vec![part(&LOG_BETAINC_SLOPE, x, 0), part(&LOG_BETAINC_SLOPE, x, 1), part(&BETAINC_SHARE, x, 0) / spread(x)],
);

/// log(1 - I(a, b; x)).
pub static LOG_BETAINCC: Op = row(
    Facts {
        name: "log_betaincc",
        summary: "The logarithm of betaincc, also where that underflows.",
        meaning: OWN,
        domain: Interval::NON_NEGATIVE,
        range: Interval::closed(f64::NEG_INFINITY, 0.0),
        latex: r"\log (1 - I_{{2}}({0}, {1}))",
        example: "log_betaincc(2, 3000, 0.9)",
    },
    |call| each(call, |v| kernels::log_betainc(v, true)),
    |x, _| {
        vec![part(&LOG_BETAINC_SLOPE, x, 2), part(&LOG_BETAINC_SLOPE, x, 3), -part(&BETAINC_SHARE, x, 1) / spread(x)]
    },
);

/// The inverse of I(a, b; x) in x.
pub static BETAINCINV: Op = row(
    Facts {
        name: "betaincinv",
        summary: "The x at which betainc(a, b, x) is p.",
        meaning: OWN,
        domain: Interval::NON_NEGATIVE,
        range: Interval::UNIT,
        latex: r"I^{-1}_{{2}}({0}, {1})",
        example: "betaincinv(2, 3, 1e-300)",
    },
    |call| each(call, |v| kernels::betaincinv(v, false)),
    |x, y| vec![flow_at(x, y, 0), flow_at(x, y, 1), 1.0 / density_at(x, y)],
);

/// The inverse of 1 - I(a, b; x) in x.
pub static BETAINCCINV: Op = row(
    Facts {
        name: "betainccinv",
        summary: "The x at which betaincc(a, b, x) is q.",
        meaning: OWN,
        domain: Interval::NON_NEGATIVE,
        range: Interval::UNIT,
        latex: r"(1 - I)^{-1}_{{2}}({0}, {1})",
        example: "betainccinv(2, 3, 1e-300)",
    },
    |call| each(call, |v| kernels::betaincinv(v, true)),
    |x, y| vec![flow_at(x, y, 0), flow_at(x, y, 1), -1.0 / density_at(x, y)],
);

/// xᵃ⁻¹(1 - x)ᵇ⁻¹/B(a, b).
pub static BETA_DENSITY: Op = row(
    Facts {
        name: "beta_density",
        summary: "x**(a - 1) * (1 - x)**(b - 1) / exp(betaln(a, b)), the density of the beta distribution.",
        meaning: OWN,
        domain: Interval::NON_NEGATIVE,
        range: Interval::NON_NEGATIVE,
        latex: r"\frac{{2}^{{0} - 1} (1 - {2})^{{1} - 1}}{B({0}, {1})}",
        example: "beta_density(2, 3, 0.5)",
    },
    |call| each(call, kernels::beta_density),
    |x, y| vec![y * lean(x, false), y * lean(x, true), y * tilt(x)],
);

/// ∂I/∂a, or ∂I/∂b where the attribute is 1.
pub static BETAINC_SLOPE: Op = Op {
    shape: choice::<2>,
    ..row(
        Facts {
            name: "betainc_slope",
            summary: "The derivative of betainc in a (n = 0) or b (n = 1).",
            meaning: OWN,
            domain: Interval::NON_NEGATIVE,
            range: Interval::ALL,
            latex: r"\frac{\partial I_{{2}}({0}, {1})}{\partial ({0}, {1})}",
            example: "betainc_slope(2, 3, 0.5)",
        },
        |call| {
            let in_b = call.attrs.int() == 1;
            each(call, |v| kernels::betainc_slope(v, in_b))
        },
        |x, y| {
            let in_b = y.node().attrs().int() == 1;
            vec![undefined(x, y), undefined(x, y), density_at(x, &x[2]) * lean(x, in_b)]
        },
    )
};

/// ∂ log I/∂a or ∂b, or those of log(1 - I): the attribute counts them.
pub static LOG_BETAINC_SLOPE: Op = Op {
    shape: choice::<4>,
    ..row(
        Facts {
            name: "log_betainc_slope",
            summary: "The derivative of log_betainc in a (n = 0) or b (n = 1), or of log_betaincc (n = 2 and 3).",
            meaning: OWN,
            domain: Interval::NON_NEGATIVE,
            range: Interval::ALL,
            latex: r"\frac{\partial \log I_{{2}}({0}, {1})}{\partial ({0}, {1})}",
            example: "log_betainc_slope(2, 3, 0.5)",
        },
        |call| {
            let n = call.attrs.int();
            each(call, |v| kernels::log_betainc_slope(v, n >= 2, n % 2 == 1))
        },
        |x, y| {
            let n = y.node().attrs().int();
            let share = part(&BETAINC_SHARE, x, n / 2) / spread(x);
            let gap = lean(x, n % 2 == 1) - y;
            vec![undefined(x, y), undefined(x, y), if n >= 2 { -share * gap } else { share * gap }]
        },
    )
};

/// The derivative of log I in the logarithm of the odds x/(1 - x), or minus that of log(1 - I).
pub static BETAINC_SHARE: Op = Op {
    shape: choice::<2>,
    ..row(
        Facts {
            name: "betainc_share",
            summary: "x * (1 - x) * beta_density(a, b, x) over betainc (n = 0) or betaincc (n = 1).",
            meaning: OWN,
            domain: Interval::NON_NEGATIVE,
            range: Interval::NON_NEGATIVE,
            latex: r"\frac{\partial \log I_{{2}}({0}, {1})}{\partial \log ({2} / (1 - {2}))}",
            example: "betainc_share(2, 3, 0.5)",
        },
        |call| {
            let upper = call.attrs.int() == 1;
            each(call, |v| kernels::betainc_share(v, upper))
        },
        |x, y| {
            let n = y.node().attrs().int();
            let slope = |k| y * (lean(x, k == 1) - part(&LOG_BETAINC_SLOPE, x, 2 * n + k));
            let own = y / spread(x);
            let rest = &x[0] / &x[2] - &x[1] / (1.0 - &x[2]);
            vec![slope(0), slope(1), y * if n == 1 { rest + own } else { rest - own }]
        },
    )
};

/// How a quantile moves with a or b: -∂I/∂a over ∂I/∂x.
pub static BETA_FLOW: Op = Op {
    shape: choice::<2>,
    ..row(
        Facts {
            name: "beta_flow",
            summary: "How fast the x of a fixed betainc(a, b, x) moves with a (n = 0) or b (n = 1).",
            meaning: OWN,
            domain: Interval::NON_NEGATIVE,
            range: Interval::ALL,
            latex: r"-\frac{\partial I / \partial ({0}, {1})}{\partial I / \partial {2}}",
            example: "beta_flow(2, 3, 0.5)",
        },
        |call| {
            let in_b = call.attrs.int() == 1;
            each(call, |v| kernels::beta_flow(v, in_b))
        },
        |x, y| {
            let in_b = y.node().attrs().int() == 1;
            vec![undefined(x, y), undefined(x, y), -lean(x, in_b) - y * tilt(x)]
        },
    )
};

/// I(a, b; x), the regularised incomplete beta function.
///
/// ```
/// use gradus::{Tensor, ops::betainc};
/// let x = Tensor::from(0.5);
/// assert_eq!(betainc(2.0, 3.0, &x).eval()?.item()?, 0.6875);
/// # Ok::<(), gradus::Error>(())
/// ```
#[track_caller]
pub fn betainc(a: impl Into<Tensor>, b: impl Into<Tensor>, x: &Tensor) -> Tensor {
    BETAINC.call(&[&a.into(), &b.into(), x], Attrs::None)
}

/// 1 - I(a, b; x).
#[track_caller]
pub fn betaincc(a: impl Into<Tensor>, b: impl Into<Tensor>, x: &Tensor) -> Tensor {
    BETAINCC.call(&[&a.into(), &b.into(), x], Attrs::None)
}

/// log I(a, b; x).
#[track_caller]
pub fn log_betainc(a: impl Into<Tensor>, b: impl Into<Tensor>, x: &Tensor) -> Tensor {
    LOG_BETAINC.call(&[&a.into(), &b.into(), x], Attrs::None)
}

/// log(1 - I(a, b; x)).
#[track_caller]
pub fn log_betaincc(a: impl Into<Tensor>, b: impl Into<Tensor>, x: &Tensor) -> Tensor {
    LOG_BETAINCC.call(&[&a.into(), &b.into(), x], Attrs::None)
}

/// The x at which I(a, b; x) is this probability.
#[track_caller]
pub fn betaincinv(a: impl Into<Tensor>, b: impl Into<Tensor>, x: &Tensor) -> Tensor {
    BETAINCINV.call(&[&a.into(), &b.into(), x], Attrs::None)
}

/// The x at which 1 - I(a, b; x) is this probability.
#[track_caller]
pub fn betainccinv(a: impl Into<Tensor>, b: impl Into<Tensor>, x: &Tensor) -> Tensor {
    BETAINCCINV.call(&[&a.into(), &b.into(), x], Attrs::None)
}

/// xᵃ⁻¹(1 - x)ᵇ⁻¹/B(a, b).
#[track_caller]
pub fn beta_density(a: impl Into<Tensor>, b: impl Into<Tensor>, x: &Tensor) -> Tensor {
    BETA_DENSITY.call(&[&a.into(), &b.into(), x], Attrs::None)
}
