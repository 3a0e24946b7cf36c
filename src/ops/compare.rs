//! Comparisons, logic, and choosing between two values.

use super::methods::{methods1, methods2};
use super::row::{Facts, OWN, UPRIGHT, compare, truth};
use crate::array::{arith, broadcast};
use crate::error::{Error, ErrorKind};
use crate::graph::{
    Attrs, Compare, Cotangent, Derivative, Exact, Interval, Kernel, Meta, Notation, Op, Outputs, Promote, Tensor, Test,
    Vjp, common,
};

/// The rows of this file.
#[rustfmt::skip]
pub(super) static ROWS: &[&Op] = &[
    &EQUAL, &NOT_EQUAL, &LESS, &LESS_EQUAL, &GREATER, &GREATER_EQUAL, &AND, &OR, &NOT, &IS_NAN, &IS_FINITE, &WHERE,
];

/// `a == b`.
pub static EQUAL: Op = compare(
    Facts {
        name: "equal",
        summary: "True where a and b are equal.",
        meaning: OWN,
        domain: Interval::ALL,
        range: Interval::UNIT,
        latex: "{0} = {1}",
        example: "2 == 3",
    },
    Compare { f64: arith::equal_f64, f32: arith::equal_f32, i64: arith::equal_i64 },
)
.infix("==", 4);
/// `a != b`.
pub static NOT_EQUAL: Op = compare(
    Facts {
        name: "not_equal",
        summary: "True where a and b differ.",
        meaning: OWN,
        domain: Interval::ALL,
        range: Interval::UNIT,
        latex: r"{0} \ne {1}",
        example: "2 != 3",
    },
    Compare { f64: arith::differ_f64, f32: arith::differ_f32, i64: arith::differ_i64 },
)
.infix("!=", 4);
/// `a < b`.
pub static LESS: Op = compare(
    Facts {
        name: "less",
        summary: "True where a is below b.",
        meaning: OWN,
        domain: Interval::ALL,
        range: Interval::UNIT,
        latex: "{0} < {1}",
        example: "2 < 3",
    },
    Compare { f64: arith::less_f64, f32: arith::less_f32, i64: arith::less_i64 },
)
.infix("<", 4);
/// `a <= b`.
pub static LESS_EQUAL: Op = compare(
    Facts {
        name: "less_equal",
        summary: "True where a is not above b.",
        meaning: OWN,
        domain: Interval::ALL,
        range: Interval::UNIT,
        latex: r"{0} \le {1}",
        example: "2 <= 3",
    },
    Compare { f64: arith::less_equal_f64, f32: arith::less_equal_f32, i64: arith::less_equal_i64 },
)
.infix("<=", 4);
/// `a > b`.
pub static GREATER: Op = compare(
    Facts {
        name: "greater",
        summary: "True where a is above b.",
        meaning: OWN,
        domain: Interval::ALL,
        range: Interval::UNIT,
        latex: "{0} > {1}",
        example: "2 > 3",
    },
    Compare { f64: arith::greater_f64, f32: arith::greater_f32, i64: arith::greater_i64 },
)
.infix(">", 4);
/// `a >= b`.
pub static GREATER_EQUAL: Op = compare(
    Facts {
        name: "greater_equal",
        summary: "True where a is not below b.",
        meaning: OWN,
        domain: Interval::ALL,
        range: Interval::UNIT,
        latex: r"{0} \ge {1}",
        example: "2 >= 3",
    },
    Compare { f64: arith::greater_equal_f64, f32: arith::greater_equal_f32, i64: arith::greater_equal_i64 },
)
.infix(">=", 4);

/// `a and b`.
pub static AND: Op = compare(
    Facts {
        name: "logical_and",
        summary: "True where both are true.",
        meaning: OWN,
        domain: Interval::ALL,
        range: Interval::UNIT,
        latex: r"{0} \land {1}",
        example: "(2 > 1) & (3 > 1)",
    },
    Compare { f64: arith::and_f64, f32: arith::and_f32, i64: arith::and_i64 },
)
.infix("&", 3);
/// `a or b`.
pub static OR: Op = compare(
    Facts {
        name: "logical_or",
        summary: "True where one is true.",
        meaning: OWN,
        domain: Interval::ALL,
        range: Interval::UNIT,
        latex: r"{0} \lor {1}",
        example: "(2 > 1) | (3 < 1)",
    },
    Compare { f64: arith::or_f64, f32: arith::or_f32, i64: arith::or_i64 },
)
.infix("|", 2);

/// Slice kernels of a question.
macro_rules! ask {
    ($x:ident => $answer:expr) => {
        Kernel::Test(Test {
            f64: |a, out| out.iter_mut().zip(a).for_each(|(o, &$x)| *o = $answer),
            f32: |a, out| out.iter_mut().zip(a).for_each(|(o, &$x)| *o = $answer),
        })
    };
}

/// `not a`.
pub static NOT: Op = Op {
    name: "logical_not",
    summary: "True where a is not.",
    meaning: OWN,
    promote: Promote::Keep,
    shape: truth,
    kernel: ask!(x => x == 0.0),
    outputs: Outputs::General,
    exact: Exact::Derived,
    derivative: Derivative::Zero,
    domain: Interval::ALL,
    range: Interval::UNIT,
    notation: Notation::Prefix("~", 8),
    latex: r"\lnot {0}",
    example: "~(2 > 1)",
};

/// True of NaN.
pub static IS_NAN: Op = Op {
    name: "isnan",
    summary: "True of a NaN.",
    meaning: OWN,
    promote: Promote::Keep,
    shape: truth,
    kernel: ask!(x => x.is_nan()),
    outputs: Outputs::General,
    exact: Exact::Derived,
    derivative: Derivative::Zero,
    domain: Interval::ALL,
    range: Interval::UNIT,
    notation: Notation::Function,
    latex: UPRIGHT,
    example: "isnan(nan)",
};

/// True of finite numbers.
pub static IS_FINITE: Op = Op {
    name: "isfinite",
    summary: "True of a number that is neither NaN nor infinite.",
    meaning: OWN,
    promote: Promote::Keep,
    shape: truth,
    kernel: ask!(x => x.is_finite()),
    outputs: Outputs::General,
    exact: Exact::Derived,
    derivative: Derivative::Zero,
    domain: Interval::ALL,
    range: Interval::UNIT,
    notation: Notation::Function,
    latex: UPRIGHT,
    example: "isfinite(1 / 0.0)",
};

/// `where(c, a, b)`: a where c is true, else b. The branch not taken contributes nothing, to the value or to any derivative.
pub static WHERE: Op = Op {
    name: "where",
    summary: "a where c is true, else b; the branch not taken contributes nothing, to any derivative either.",
    meaning: OWN,
    promote: Promote::From(1),
    shape: |inputs, _| {
        let [c, a, b] = inputs else {
            return Err(Error::new(ErrorKind::Argument, "`where` takes a condition and two values"));
        };
        let (dtype, weak) = common(&[a, b]);
        let shape = broadcast(&a.shape, &b.shape).and_then(|s| broadcast(&s, &c.shape));
        let shape = shape.ok_or_else(|| WHERE.misfit(inputs))?;
        Ok(vec![Meta { dtype, weak: weak && shape.is_empty() && c.weak, shape }])
    },
    kernel: Kernel::Select,
    outputs: Outputs::General,
    exact: Exact::Derived,
    derivative: Derivative::Masked(where_vjp),
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: r"\begin{cases}{1} & {0}\\{2}\end{cases}",
    example: "where([1, -1] > 0, sqrt([1, -1]), 0)",
};

fn where_vjp(v: &Vjp) -> Vec<Option<Cotangent>> {
    let Some(dy) = &v.dy[0] else { return vec![] };
    let c = v.x[0].broadcast_like(&v.y[0]);
    let branch = |mask| Some(Cotangent { value: dy.clone(), mask: Some(mask) });
    vec![None, branch(c.clone()), branch(c.logical_not())]
}

impl Tensor {
    /// `where(c, a, b)`: a where c is true, else b.
    #[track_caller]
    pub fn select(c: &Tensor, a: &Tensor, b: &Tensor) -> Tensor {
        WHERE.call(&[c, a, b], Attrs::None)
    }
}

methods1! {
    logical_not NOT "True where the element is not.";
    isnan IS_NAN "True of a NaN.";
    isfinite IS_FINITE "True of a number that is neither NaN nor infinite.";
}
methods2! {
    equal EQUAL "True where both elements are equal.";
    not_equal NOT_EQUAL "True where the elements differ.";
    less LESS "True where the first is below the second.";
    less_equal LESS_EQUAL "True where the first is not above the second.";
    greater GREATER "True where the first is above the second.";
    greater_equal GREATER_EQUAL "True where the first is not below the second.";
    logical_and AND "True where both are true.";
    logical_or OR "True where one is true.";
}
