//! Floating-point formats as a topic: rounding to a format, the gap between numbers, the next number, limits.

use super::methods::{methods1, methods2};
use super::row::{Facts, OWN, binary, exactly, unary};
use crate::array::{Array, DType, Format, math, round_f64_to};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Attrs, Derivative, Exact, Interval, Kernel, Notation, Op, Outputs, Promote, Tensor};

/// The rows of this file.
pub(super) static ROWS: &[&Op] = &[&ROUND_TO, &SPACING, &NEXT_AFTER];

/// The format that a `round_to` names.
fn format(attrs: &Attrs) -> Result<Format> {
    let name = if let Attrs::Text(t) = attrs { t } else { "" };
    Format::from_name(name).ok_or_else(|| {
        let known: Vec<&str> = Format::ALL.iter().map(|f| f.name()).collect();
        Error::new(ErrorKind::Argument, format!("`round_to`: {name:?} is no format; there are {}", known.join(", ")))
    })
}

/// The nearest number of a narrower format. Its derivative is 1: rounding stands for the number that it rounds.
pub static ROUND_TO: Op = Op {
    name: "round_to",
    summary: "The nearest number of a format (f8e4m3, f8e5m2, f16, bf16, f32), ties to even; its derivative is 1.",
    meaning: OWN,
    promote: Promote::Float,
    shape: |inputs, attrs| {
        format(attrs)?;
        exactly::<1>(inputs, attrs)
    },
    kernel: Kernel::Custom(|call| {
        let (format, x) = (format(call.attrs)?, &call.inputs[0]);
        let out: Vec<f64> = x.iter_f64().map(|v| round_f64_to(v, format)).collect();
        Ok(vec![Array::from_vec(out, x.shape())?])
    }),
    outputs: Outputs::OfFormat,
    exact: Exact::Derived,
    derivative: Derivative::Partials(|_, _| vec![Tensor::from(1.0)]),
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: r"\operatorname{fl}({0})",
    example: "round_to(0.1, 'bf16')",
};

/// The distance to the next number away from 0, with the sign of x.
pub static SPACING: Op = unary(
    Facts {
        name: "spacing",
        summary: "The distance from x to the next number away from 0 in its dtype, with the sign of x.",
        meaning: OWN,
        domain: Interval::ALL,
        range: Interval::ALL,
        latex: r"\operatorname{ulp}({0})",
        example: "spacing(1.0)",
    },
    (math::spacing_f64, math::spacing_f32),
    |_, _| vec![Tensor::from(0.0)],
)
.of_format();

/// The next number after a on the way to b. Its derivative is that of a: the step is constant between powers of two.
pub static NEXT_AFTER: Op = binary(
    Facts {
        name: "nextafter",
        summary: "The next number after a in its dtype, on the way to b.",
        meaning: OWN,
        domain: Interval::ALL,
        range: Interval::ALL,
        latex: r"\operatorname{next}({0}, {1})",
        example: "nextafter(1.0, 2.0)",
    },
    (math::nextafter_f64, math::nextafter_f32),
    |_, _| vec![Tensor::from(1.0), Tensor::from(0.0)],
)
.of_format();

/// The limits of a floating-point format, with NumPy's names.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Finfo {
    /// The distance from 1 to the next larger number.
    pub eps: f64,
    /// The largest finite number.
    pub max: f64,
    /// The smallest finite number.
    pub min: f64,
    /// The smallest positive number with full precision.
    pub tiny: f64,
    /// The smallest positive number.
    pub smallest_subnormal: f64,
    /// Significant bits, the hidden one included.
    pub precision: i32,
}

/// The limits of a dtype; an error for one that is no float.
///
/// ```
/// use gradus::{DType, ops::finfo};
/// assert_eq!(finfo(DType::F64)?.eps, f64::EPSILON);
/// # Ok::<(), gradus::Error>(())
/// ```
pub fn finfo(dtype: DType) -> Result<Finfo> {
    let f = dtype.format().ok_or_else(|| Error::new(ErrorKind::DType, format!("finfo: {dtype} is no float")))?;
    Ok(format_info(f))
}

/// The limits of a format.
pub fn format_info(f: Format) -> Finfo {
    Finfo {
        eps: f.eps(),
        max: f.max(),
        min: -f.max(),
        tiny: f.min_normal(),
        smallest_subnormal: f.min_subnormal(),
        precision: f.precision(),
    }
}

impl Tensor {
    /// The nearest number of a format named `f8e4m3`, `f8e5m2`, `f16`, `bf16`, `f32` or `f64`, in the same dtype.
    #[track_caller]
    pub fn round_to(&self, format: &str) -> Tensor {
        ROUND_TO.call(&[self], Attrs::Text(format.into()))
    }
}

methods1! {
    spacing SPACING "The distance to the next number away from 0.";
}
methods2! {
    nextafter NEXT_AFTER "The next number on the way to another.";
}
