//! Arithmetic: + − × ÷, powers, absolute value, the larger and the smaller, floor division and remainder.

use super::methods::{methods1, methods2};
use super::row::{Facts, OWN, UPRIGHT, binary, binary_int, exactly, unary, unary_int};
use crate::array::{Array, complex, math, slopes};
use crate::graph::{
    Attrs, Cotangent, Derivative, Exact, Instruction, Interval, Kernel, Notation, OfComplex, Op, Outputs, Promote,
    Tensor, Vjp,
};

/// The rows of this file.
#[rustfmt::skip]
pub(super) static ROWS: &[&Op] = &[
    &ADD, &SUB, &MUL, &DIV, &NEG, &POW, &SQUARE, &ONE_MINUS_SQUARE, &RECIPROCAL, &ABS, &SIGN, &MAXIMUM, &MINIMUM, &FLOOR_DIV, &FLOOR_MOD,
    &FLOOR, &CEIL, &ROUND, &HYPOT, &DIRECTION,
];

fn zero() -> Tensor {
    Tensor::from(0.0)
}

fn one() -> Tensor {
    Tensor::from(1.0)
}

/// `a + b`.
pub static ADD: Op = binary_int(
    Facts {
        name: "add",
        summary: "The sum of two numbers.",
        meaning: OWN,
        domain: Interval::ALL,
        range: Interval::ALL,
        latex: "{0} + {1}",
        example: "2 + 3",
    },
    (math::add_f64, math::add_f32),
    i64::checked_add,
    |_, _| vec![one(), one()],
)
.machine(Instruction::Add)
.of_two_complex(complex::add)
.infix("+", 6)
.exact(Exact::Each(|x| x[0] + x[1]));

/// `a - b`.
pub static SUB: Op = binary_int(
    Facts {
        name: "sub",
        summary: "The difference of two numbers.",
        meaning: OWN,
        domain: Interval::ALL,
        range: Interval::ALL,
        latex: "{0} - {1}",
        example: "2 - 3",
    },
    (math::sub_f64, math::sub_f32),
    i64::checked_sub,
    |_, _| vec![one(), Tensor::from(-1.0)],
)
.machine(Instruction::Sub)
.of_two_complex(complex::sub)
.infix("-", 6)
.exact(Exact::Each(|x| x[0] - x[1]));

/// `a * b`.
pub static MUL: Op = binary_int(
    Facts {
        name: "mul",
        summary: "The product of two numbers.",
        meaning: OWN,
        domain: Interval::ALL,
        range: Interval::ALL,
        latex: "{0} {1}",
        example: "2 * 3",
    },
    (math::mul_f64, math::mul_f32),
    i64::checked_mul,
    |x, _| vec![x[1].clone(), x[0].clone()],
)
.machine(Instruction::Mul)
.of_two_complex(complex::mul)
.infix("*", 7)
.exact(Exact::Each(|x| x[0] * x[1]));

/// a · b for a cotangent a; if that is one number for all elements and b = k·u, as (a·k)·u: the numbers meet first and
/// leave one product per element.
pub fn cotangent_times(a: &Tensor, b: &Tensor) -> Tensor {
    match b.node().inputs() {
        [k, u] if *b.op() == MUL && k.constant().is_some() && uniform(a, 8) => (a * k) * u,
        _ => a * b,
    }
}

/// True of a tensor that is made of constants alone, within so many steps.
fn uniform(t: &Tensor, depth: usize) -> bool {
    let inputs = t.node().inputs();
    let spreads =
        matches!(t.op().kernel, Kernel::Unary(_) | Kernel::Binary(_) | Kernel::Same | Kernel::View(_) | Kernel::Cast);
    t.constant().is_some() || (depth > 0 && spreads && inputs.iter().all(|i| uniform(i, depth - 1)))
}

/// `a / b`; of two integers it is a float.
pub static DIV: Op = binary(
    Facts {
        name: "div",
        summary: "The quotient of two numbers.",
        meaning: OWN,
        domain: Interval::ALL,
        range: Interval::ALL,
        latex: r"\frac{{0}}{{1}}",
        example: "2 / 3",
    },
    (math::div_f64, math::div_f32),
    // −y/b, not −a·b⁻²: b² overflows where the quotient and its derivative do not.
    |x, y| vec![x[1].reciprocal(), -(y / &x[1])],
)
.machine(Instruction::Div)
.of_two_complex(complex::div)
.infix("/", 7)
.exact(Exact::Each(|x| x[0] / x[1]));

/// `-a`.
pub static NEG: Op = unary_int(
    Facts {
        name: "neg",
        summary: "The number with its sign turned.",
        meaning: OWN,
        domain: Interval::ALL,
        range: Interval::ALL,
        latex: "-{0}",
        example: "-(2)",
    },
    (math::neg_f64, math::neg_f32),
    i64::checked_neg,
    |_, _| vec![Tensor::from(-1.0)],
)
.machine(Instruction::Neg)
.of_complex(OfComplex::Complex(complex::neg))
.prefix("-", 8)
.exact(Exact::Each(|x| -x[0]));

/// `a ** b`.
pub static POW: Op = binary_int(
    Facts {
        name: "pow",
        summary: "a to the power b; a ** 0 is 1, and a negative a needs an integer b.",
        meaning: OWN,
        domain: Interval::ALL,
        range: Interval::ALL,
        latex: "{0}^{{1}}",
        example: "2 ** 0.5",
    },
    (math::pow_f64, math::pow_f32),
    int_power,
    |x, y| vec![power_slope(&x[0], &x[1]), power_log(&x[0], y)],
)
.infix("**", 9)
.exact(Exact::Each(|x| x[0].pow(x[1])));

fn int_power(a: i64, b: i64) -> Option<i64> {
    a.checked_pow(u32::try_from(b).ok()?)
}

/// ∂(aᵇ)/∂a = b·aᵇ⁻¹, which is 0 where b is 0, also at a = 0.
fn power_slope(a: &Tensor, b: &Tensor) -> Tensor {
    match b.constant() {
        Some(0.0) => zero(),
        Some(1.0) => one(),
        Some(2.0) => 2.0 * a,
        Some(n) => n * a.pow(n - 1.0),
        None => Tensor::select(&b.equal(0.0), &zero(), &(b * a.pow(b - 1.0))),
    }
}

/// ∂(aᵇ)/∂b = aᵇ log a, which is 0 where aᵇ is 0.
fn power_log(a: &Tensor, y: &Tensor) -> Tensor {
    Tensor::select(&y.equal(0.0), &zero(), &(y * a.log()))
}

/// `x ** 2`.
pub static SQUARE: Op = unary_int(
    Facts {
        name: "square",
        summary: "The square.",
        meaning: "x ** 2",
        domain: Interval::ALL,
        range: Interval::NON_NEGATIVE,
        latex: "{0}^2",
        example: "square(3)",
    },
    (math::square_f64, math::square_f32),
    |a| a.checked_mul(a),
    |x, _| vec![2.0 * &x[0]],
)
.machine(Instruction::Square)
.of_complex(OfComplex::Complex(complex::square));

/// `1 - x**2`.
pub static ONE_MINUS_SQUARE: Op = unary(
    Facts {
        name: "one_minus_square",
        summary: "1 - x**2, accurate near 1 and -1.",
        meaning: "1 - x**2",
        domain: Interval::ALL,
        range: Interval::closed(f64::NEG_INFINITY, 1.0),
        latex: "1 - {0}^2",
        example: "one_minus_square(0.9999999)",
    },
    (slopes::one_minus_square_f64, slopes::one_minus_square_f32),
    // (1 − x)(1 + x) has the same value, but its derivative (1 − x) − (1 + x) is 0 for small x.
    |x, _| vec![-2.0 * &x[0]],
);

/// `1 / x`.
pub static RECIPROCAL: Op = unary(
    Facts {
        name: "reciprocal",
        summary: "One over x.",
        meaning: "1 / x",
        domain: Interval::ALL,
        range: Interval::ALL,
        latex: r"\frac{1}{{0}}",
        example: "reciprocal(4)",
    },
    (math::reciprocal_f64, math::reciprocal_f32),
    |x, y| vec![-(y / &x[0])],
)
.of_complex(OfComplex::Complex(complex::reciprocal));

/// `|x|`; its derivative at 0 is 0.
pub static ABS: Op = unary_int(
    Facts {
        name: "abs",
        summary: "The absolute value; its derivative at 0 is 0.",
        meaning: OWN,
        domain: Interval::ALL,
        range: Interval::NON_NEGATIVE,
        latex: r"\left|{0}\right|",
        example: "abs(-2)",
    },
    (math::abs_f64, math::abs_f32),
    i64::checked_abs,
    |x, y| vec![direction_of(&x[0], y)],
)
.of_complex(OfComplex::Real(complex::abs))
.exact(Exact::Each(|x| x[0].abs()));

/// The derivative of the absolute value: the sign; of a complex z conj(z)/|z|, whose real part with dz counts.
fn direction_of(x: &Tensor, magnitude: &Tensor) -> Tensor {
    match x.dtype() {
        Ok(d) if d.is_complex() => Tensor::select(&magnitude.equal(0.0), &zero(), &(x.conj() / magnitude)),
        _ => x.sign(),
    }
}

/// −1, 0 or 1.
pub static SIGN: Op = unary_int(
    Facts {
        name: "sign",
        summary: "-1, 0 or 1, as x is negative, zero or positive.",
        meaning: OWN,
        domain: Interval::ALL,
        range: Interval::closed(-1.0, 1.0),
        latex: r"\operatorname{sign}({0})",
        example: "sign(-2)",
    },
    (math::sign_f64, math::sign_f32),
    |a| Some(a.signum()),
    |_, _| vec![zero()],
);

/// The cotangent of operand `a`: all where it wins; at a tie half, or nothing against a constant.
///
/// It is masked, not multiplied by 0: minimum(x, exp(x)) at 1000 has derivative 1, whatever exp has.
fn share(v: &Vjp, a: usize, beats: fn(&Tensor, &Tensor) -> Tensor) -> Option<Cotangent> {
    let dy = v.dy[0].as_ref()?;
    let (y, b) = (&v.y[0], &v.x[1 - a]);
    let wins = beats(&v.x[a], b).broadcast_like(y);
    if b.constant().is_some() {
        return Some(Cotangent { value: dy.clone(), mask: Some(wins) });
    }
    let tie = v.x[a].equal(b).broadcast_like(y);
    let half = if v.x[a].constant().is_some() { dy.clone() } else { Tensor::select(&tie, &(0.5 * dy), dy) };
    Some(Cotangent { value: half, mask: Some(wins.logical_or(&tie)) })
}

/// The larger of a and b; NaN if one is.
pub static MAXIMUM: Op = binary_int(
    Facts {
        name: "maximum",
        summary: "The larger of two numbers; at a tie two operands share the derivative, and a constant takes it.",
        meaning: OWN,
        domain: Interval::ALL,
        range: Interval::ALL,
        latex: r"\max({0}, {1})",
        example: "maximum(-2, 0)",
    },
    (math::maximum_f64, math::maximum_f32),
    |a, b| Some(a.max(b)),
    |_, _| vec![],
)
.masked(|v| vec![share(v, 0, |a, b| a.greater(b)), share(v, 1, |a, b| a.greater(b))])
.exact(Exact::Each(|x| x[0].max(x[1])));

/// The smaller of a and b; NaN if one is.
pub static MINIMUM: Op = binary_int(
    Facts {
        name: "minimum",
        summary: "The smaller of two numbers; at a tie two operands share the derivative, and a constant takes it.",
        meaning: OWN,
        domain: Interval::ALL,
        range: Interval::ALL,
        latex: r"\min({0}, {1})",
        example: "minimum(-2, 0)",
    },
    (math::minimum_f64, math::minimum_f32),
    |a, b| Some(a.min(b)),
    |_, _| vec![],
)
.masked(|v| vec![share(v, 0, |a, b| a.less(b)), share(v, 1, |a, b| a.less(b))])
.exact(Exact::Each(|x| x[0].min(x[1])));

/// `a // b`, rounded towards −∞.
pub static FLOOR_DIV: Op = binary_int(
    Facts {
        name: "floor_divide",
        summary: "The quotient rounded down.",
        meaning: OWN,
        domain: Interval::ALL,
        range: Interval::ALL,
        latex: r"\left\lfloor \frac{{0}}{{1}} \right\rfloor",
        example: "-7 // 2",
    },
    (math::floor_div_f64, math::floor_div_f32),
    floor_div,
    |_, _| vec![zero(), zero()],
)
.infix("//", 7);

fn floor_div(a: i64, b: i64) -> Option<i64> {
    let q = a.checked_div(b)?;
    Some(if a % b != 0 && (a < 0) != (b < 0) { q - 1 } else { q })
}

fn floor_mod(a: i64, b: i64) -> Option<i64> {
    a.checked_sub(b.checked_mul(floor_div(a, b)?)?)
}

/// `a % b`, with the sign of b.
pub static FLOOR_MOD: Op = binary_int(
    Facts {
        name: "mod",
        summary: "What is left of a after a // b; it has the sign of b.",
        meaning: OWN,
        domain: Interval::ALL,
        range: Interval::ALL,
        latex: r"{0} \bmod {1}",
        example: "-7 % 2",
    },
    (math::floor_mod_f64, math::floor_mod_f32),
    floor_mod,
    |x, _| vec![one(), -x[0].floor_divide(&x[1])],
)
.infix("%", 7);

/// ⌊x⌋.
pub static FLOOR: Op = unary_int(
    Facts {
        name: "floor",
        summary: "The largest integer that is not above x.",
        meaning: OWN,
        domain: Interval::ALL,
        range: Interval::ALL,
        latex: r"\lfloor {0} \rfloor",
        example: "floor(-2.5)",
    },
    (math::floor_f64, math::floor_f32),
    Some,
    |_, _| vec![zero()],
);

/// ⌈x⌉.
pub static CEIL: Op = unary_int(
    Facts {
        name: "ceil",
        summary: "The smallest integer that is not below x.",
        meaning: OWN,
        domain: Interval::ALL,
        range: Interval::ALL,
        latex: r"\lceil {0} \rceil",
        example: "ceil(-2.5)",
    },
    (math::ceil_f64, math::ceil_f32),
    Some,
    |_, _| vec![zero()],
);

/// The nearest integer, ties to even.
pub static ROUND: Op = unary_int(
    Facts {
        name: "round",
        summary: "The nearest integer; halves go to the even one.",
        meaning: OWN,
        domain: Interval::ALL,
        range: Interval::ALL,
        latex: UPRIGHT,
        example: "round(2.5)",
    },
    (math::round_f64, math::round_f32),
    Some,
    |_, _| vec![zero()],
);

/// `sqrt(a² + b²)` without overflow or underflow on the way.
pub static HYPOT: Op = binary(
    Facts {
        name: "hypot",
        summary: "The length of the hypotenuse, without overflow or underflow on the way.",
        meaning: "sqrt(a**2 + b**2)",
        domain: Interval::ALL,
        range: Interval::NON_NEGATIVE,
        latex: r"\sqrt{{0}^2 + {1}^2}",
        example: "hypot(3e200, 4e200)",
    },
    (math::hypot_f64, math::hypot_f32),
    |x, _| vec![x[0].direction(&x[1]), x[1].direction(&x[0])],
);

/// `a / hypot(a, b)`, a coordinate of the direction of the point (a, b); 0 at the origin.
pub static DIRECTION: Op = Op {
    name: "direction",
    summary: "a / hypot(a, b): the cosine of the angle of the point (a, b); 0 at the origin.",
    meaning: "a / hypot(a, b)",
    promote: Promote::Float,
    shape: exactly::<2>,
    kernel: Kernel::Custom(|call| {
        let shape = &call.outs[0].shape;
        let (a, b) = (call.inputs[0].broadcast_to(shape)?, call.inputs[1].broadcast_to(shape)?);
        // At the origin the minimum-norm subgradient of hypot: 0.
        let share = |(a, b): (f64, f64)| {
            let h = math::scalar64::hypot(a, b);
            if h == 0.0 { 0.0 } else { a / h }
        };
        Ok(vec![Array::from_vec(a.iter_f64().zip(b.iter_f64()).map(share).collect::<Vec<_>>(), shape)?])
    }),
    // With c and s the two directions: s²/h and −c·s/h, where (1 − c²)/h would cancel.
    outputs: Outputs::General,
    exact: Exact::Derived,
    derivative: Derivative::Partials(|x, y| {
        let other = x[1].direction(&x[0]);
        let h = x[0].hypot(&x[1]);
        vec![&other * (&other / &h), -(&other * (y / &h))]
    }),
    domain: Interval::ALL,
    range: Interval::closed(-1.0, 1.0),
    notation: Notation::Function,
    latex: r"\frac{{0}}{\sqrt{{0}^2 + {1}^2}}",
    example: "direction(3, 4)",
};

methods1! {
    square SQUARE "The square of each element.";
    one_minus_square ONE_MINUS_SQUARE "`1 - x**2`, accurate near 1.";
    reciprocal RECIPROCAL "One over each element.";
    abs ABS "The absolute value of each element.";
    sign SIGN "The sign of each element.";
    floor FLOOR "Each element rounded down.";
    ceil CEIL "Each element rounded up.";
    round ROUND "Each element rounded to the nearest integer, halves to even.";
}
methods2! {
    pow POW "Each element to a power.";
    maximum MAXIMUM "The larger of two elements.";
    minimum MINIMUM "The smaller of two elements.";
    floor_divide FLOOR_DIV "The quotient rounded down.";
    modulo FLOOR_MOD "The remainder of the division rounded down.";
    direction DIRECTION "`a / hypot(a, b)`, 0 at the origin.";
    hypot HYPOT "`sqrt(a**2 + b**2)` without overflow.";
}
