//! Reductions: sum, mean, product, largest and smallest, their places, all and any, norm.

use std::cmp::Ordering;

use super::axes::Axes;
use super::row::{OWN, UPRIGHT};
use crate::array::wide::Wide;
use crate::array::{Array, DType, element_count, loops, reductions, sums};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{
    Attrs, Derivative, Exact, Interval, Kernel, Meta, Notation, Op, Outputs, Promote, Reduce, Tensor, Vjp,
};

/// The rows of this file.
pub(super) static ROWS: &[&Op] = &[&SUM, &MEAN, &PROD, &MAX, &MIN, &ARGMAX, &ARGMIN, &ALL, &ANY, &NORM, &SCALE];

/// The shape without the reduced axes.
fn reduced(m: &Meta, attrs: &Attrs) -> Result<Vec<usize>> {
    let rank = m.shape.len() as isize;
    if attrs.axes().iter().any(|a| *a < -rank) {
        return Err(Error::new(ErrorKind::Shape, "an axis is not there"));
    }
    let keeps = |i: &usize| !attrs.axes().contains(&(*i as isize - rank));
    Ok((0..m.shape.len()).filter(keeps).map(|i| m.shape[i]).collect())
}

fn one<'a>(inputs: &[&'a Meta]) -> Result<&'a Meta> {
    match inputs {
        [m] => Ok(m),
        _ => Err(Error::new(ErrorKind::Argument, "a reduction takes one value")),
    }
}

/// The shape rule of reductions that keep integers.
fn same(inputs: &[&Meta], attrs: &Attrs) -> Result<Vec<Meta>> {
    let m = one(inputs)?;
    let dtype = if m.dtype == DType::Bool { DType::I64 } else { m.dtype };
    Ok(vec![Meta { dtype, shape: reduced(m, attrs)?, weak: m.weak }])
}

/// The shape rule of reductions that need floats.
pub(super) fn float(inputs: &[&Meta], attrs: &Attrs) -> Result<Vec<Meta>> {
    let m = one(inputs)?;
    Ok(vec![Meta { dtype: m.dtype.to_float(), shape: reduced(m, attrs)?, weak: m.weak }])
}

/// A reduced value with its axes back, of length 1.
pub(super) fn kept(reduced: &Tensor, attrs: &Attrs) -> Tensor {
    super::EXPAND_DIMS.call(&[reduced], Attrs::Axes(attrs.axes().to_vec()))
}

/// The cotangent of a reduction, spread over the reduced axes.
fn spread(v: &Vjp) -> Option<Tensor> {
    let dy = v.dy[0].as_ref()?;
    let shape = v.x[0].dims().to_vec();
    let core = shape.len();
    Some(super::BROADCAST.call(&[&kept(dy, v.attrs)], Attrs::Shape { core, shape }))
}

/// Σ x.
pub static SUM: Op = Op {
    name: "sum",
    summary: "The sum along axes, accumulated in f64: pairwise in blocks, compensated across them.",
    meaning: OWN,
    promote: Promote::Integer,
    shape: same,
    kernel: Kernel::Reduce(Reduce {
        f64: sums::reduce_sum_f64,
        f32: sums::reduce_sum_f32,
        i64: Some(|mut lane| (&mut lane).try_fold(0i64, i64::checked_add)),
        empty: Some(0.0),
        parts: true,
        blocks: Some(sums::SUM),
    }),
    outputs: Outputs::General,
    exact: Exact::Lanes(|x| vec![Wide::sum(x.iter().copied())]),
    derivative: Derivative::Moves(|v| vec![spread(v)]),
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: r"\sum {0}",
    example: "sum([1, 2, 3])",
};

/// Σ x / n.
pub static MEAN: Op = Op {
    name: "mean",
    summary: "The mean along axes; it does not overflow where its terms do not.",
    meaning: "",
    promote: Promote::Float,
    shape: float,
    kernel: Kernel::Reduce(Reduce {
        f64: sums::reduce_mean_f64,
        f32: sums::reduce_mean_f32,
        i64: None,
        empty: None,
        parts: true,
        blocks: Some(sums::MEAN),
    }),
    outputs: Outputs::General,
    exact: Exact::Lanes(|x| vec![Wide::sum(x.iter().copied()) / Wide::from(x.len() as f64)]),
    derivative: Derivative::Moves(|v| {
        let total: usize = v.x[0].dims().iter().product();
        let n = (total / v.y[0].dims().iter().product::<usize>().max(1)) as f64;
        // A mask is spread as it is.
        let share = |g: Tensor| if g.dtype().is_ok_and(|d| d == DType::Bool) { g } else { g / n };
        vec![spread(v).map(share)]
    }),
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: r"\operatorname{mean}({0})",
    example: "mean([1, 2, 6])",
};

/// Π x.
pub static PROD: Op = Op {
    name: "prod",
    summary: "The product along axes; factors may overflow or underflow together if the result does not.",
    meaning: OWN,
    promote: Promote::Integer,
    shape: same,
    kernel: Kernel::Reduce(Reduce {
        f64: reductions::prod_f64,
        f32: reductions::prod_f32,
        i64: Some(|mut lane| (&mut lane).try_fold(1i64, i64::checked_mul)),
        empty: Some(1.0),
        parts: false,
        blocks: None,
    }),
    // The product of all the others: division by x would be 0/0 at a zero.
    outputs: Outputs::General,
    exact: Exact::Lanes(|x| vec![x.iter().fold(Wide::from(1.0), |a, &b| a * b)]),
    derivative: Derivative::Custom(|v| match spread(v) {
        Some(dy) => vec![Some(dy * super::scan::others_along(v))],
        None => vec![],
    }),
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: r"\prod {0}",
    example: "prod([2, 3, 4])",
};

/// Shares the cotangent of an extremum equally among the elements that attain it.
fn extremum(v: &Vjp) -> Vec<Option<Tensor>> {
    let Some(dy) = spread(v) else { return vec![] };
    let hit = v.x[0].equal(kept(&v.y[0], v.attrs)).cast(v.x[0].dtype().unwrap_or(DType::F64));
    let count = kept(&SUM.call(&[&hit], v.attrs.clone()), v.attrs);
    vec![Some(dy * (&hit / count))]
}

/// The largest element.
pub static MAX: Op = Op {
    name: "max",
    summary: "The largest element along axes; equal ones share the derivative.",
    meaning: OWN,
    promote: Promote::Integer,
    shape: same,
    kernel: Kernel::Reduce(Reduce {
        f64: reductions::max_f64,
        f32: reductions::max_f32,
        i64: Some(|lane| lane.max()),
        empty: None,
        parts: false,
        blocks: Some(reductions::MAX),
    }),
    outputs: Outputs::General,
    exact: Exact::Lanes(|x| x.iter().copied().reduce(Wide::max).into_iter().collect()),
    derivative: Derivative::Custom(extremum),
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: r"\max {0}",
    example: "max([1, 3, 2])",
};

/// The smallest element.
pub static MIN: Op = Op {
    name: "min",
    summary: "The smallest element along axes; equal ones share the derivative.",
    meaning: OWN,
    promote: Promote::Integer,
    shape: same,
    kernel: Kernel::Reduce(Reduce {
        f64: reductions::min_f64,
        f32: reductions::min_f32,
        i64: Some(|lane| lane.min()),
        empty: None,
        parts: false,
        blocks: Some(reductions::MIN),
    }),
    outputs: Outputs::General,
    exact: Exact::Lanes(|x| x.iter().copied().reduce(Wide::min).into_iter().collect()),
    derivative: Derivative::Custom(extremum),
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: r"\min {0}",
    example: "min([1, 3, 2])",
};

/// The shape rule of rows that give a place.
fn place(inputs: &[&Meta], attrs: &Attrs) -> Result<Vec<Meta>> {
    Ok(vec![Meta::new(DType::I64, reduced(one(inputs)?, attrs)?)])
}

/// The shape rule of rows that give a truth value.
fn truth(inputs: &[&Meta], attrs: &Attrs) -> Result<Vec<Meta>> {
    Ok(vec![Meta::new(DType::Bool, reduced(one(inputs)?, attrs)?)])
}

/// Runs over the lanes of f64, giving one number each.
fn lanes<T: crate::array::Element>(
    call: &crate::graph::Call,
    x: &Array,
    f: impl Fn(&[f64]) -> Option<T>,
) -> Result<Vec<Array>> {
    let rank = x.rank() as isize;
    let axes: Vec<usize> = call.attrs.axes().iter().map(|a| (rank + a) as usize).collect();
    let mut lanes = loops::lanes_f64(x, &axes)?;
    // Lanes without elements are lanes all the same: `all` of none is true, the largest of none is an error.
    lanes.resize(element_count(&call.outs[0].shape)?, vec![]);
    let found = lanes.iter().map(|lane| f(lane)).collect::<Option<Vec<T>>>();
    let empty = || Error::new(ErrorKind::Shape, format!("`{}` of no elements has no value", call.name));
    Ok(vec![Array::from_vec(found.ok_or_else(empty)?, &call.outs[0].shape)?])
}

/// The places of the first elements of lanes that compare so to all others.
fn places_of(call: &crate::graph::Call, wanted: Ordering) -> Result<Vec<Array>> {
    let x = &call.inputs[0];
    if x.dtype() != DType::I64 {
        return lanes(call, x, |lane| first_best(lane, |a, b| a.partial_cmp(b) == Some(wanted), |v| v.is_nan()));
    }
    // As f64 large integers would tie: lanes of places say which integers belong together.
    let values = x.to_vec::<i64>()?;
    let places = Array::from_vec((0..values.len()).map(|i| i as f64).collect(), x.shape())?;
    lanes(call, &places, |lane| {
        let lane: Vec<i64> = lane.iter().map(|&i| values[i as usize]).collect();
        first_best(&lane, |a, b| a.cmp(b) == wanted, |_| false)
    })
}

/// The place of the first element that beats all others; a NaN beats everything, as in NumPy.
fn first_best<T>(lane: &[T], beats: impl Fn(&T, &T) -> bool, is_nan: impl Fn(&T) -> bool) -> Option<i64> {
    let mut best = 0;
    for (i, v) in lane.iter().enumerate() {
        let b = lane.get(best)?;
        if !is_nan(b) && (is_nan(v) || beats(v, b)) {
            best = i;
        }
    }
    (!lane.is_empty()).then_some(best as i64)
}

/// The place of the first element that compares so to all before it.
fn best(lane: &[Wide], wanted: Ordering) -> i64 {
    let mut best = 0;
    for (i, v) in lane.iter().enumerate() {
        if !lane[best].is_nan() && (v.is_nan() || v.compare(&lane[best]) == Some(wanted)) {
            best = i;
        }
    }
    best as i64
}

/// The place of the largest element.
pub static ARGMAX: Op = Op {
    name: "argmax",
    summary: "The place of the first largest element.",
    meaning: OWN,
    promote: Promote::Keep,
    shape: place,
    kernel: Kernel::Custom(|call| places_of(call, Ordering::Greater)),
    outputs: Outputs::General,
    exact: Exact::Lanes(|x| vec![Wide::from(best(x, Ordering::Greater))]),
    derivative: Derivative::Zero,
    domain: Interval::ALL,
    range: Interval::NON_NEGATIVE,
    notation: Notation::Function,
    latex: r"\arg\max {0}",
    example: "argmax([1, 3, 2])",
};

/// The place of the smallest element.
pub static ARGMIN: Op = Op {
    name: "argmin",
    summary: "The place of the first smallest element.",
    meaning: OWN,
    promote: Promote::Keep,
    shape: place,
    kernel: Kernel::Custom(|call| places_of(call, Ordering::Less)),
    outputs: Outputs::General,
    exact: Exact::Lanes(|x| vec![Wide::from(best(x, Ordering::Less))]),
    derivative: Derivative::Zero,
    domain: Interval::ALL,
    range: Interval::NON_NEGATIVE,
    notation: Notation::Function,
    latex: r"\arg\min {0}",
    example: "argmin([3, 1, 2])",
};

/// True if all are.
pub static ALL: Op = Op {
    name: "all",
    summary: "True if every element is.",
    meaning: OWN,
    promote: Promote::Keep,
    shape: truth,
    kernel: Kernel::Custom(|call| lanes(call, &call.inputs[0], |lane| Some(lane.iter().all(|&v| v != 0.0)))),
    outputs: Outputs::General,
    exact: Exact::Derived,
    derivative: Derivative::Zero,
    domain: Interval::ALL,
    range: Interval::UNIT,
    notation: Notation::Function,
    latex: UPRIGHT,
    example: "all([1, 2] > 0)",
};

/// True if one is.
pub static ANY: Op = Op {
    name: "any",
    summary: "True if some element is.",
    meaning: OWN,
    promote: Promote::Keep,
    shape: truth,
    kernel: Kernel::Custom(|call| lanes(call, &call.inputs[0], |lane| Some(lane.iter().any(|&v| v != 0.0)))),
    outputs: Outputs::General,
    exact: Exact::Derived,
    derivative: Derivative::Zero,
    domain: Interval::ALL,
    range: Interval::UNIT,
    notation: Notation::Function,
    latex: UPRIGHT,
    example: "any([1, 2] > 1)",
};

/// √Σx², scaled so that squares neither overflow nor underflow; its derivative at 0 is 0.
pub static NORM: Op = Op {
    name: "norm",
    summary: "The Euclidean norm along axes, without overflow or underflow; its derivative at 0 is 0.",
    meaning: "sqrt(sum(x**2))",
    promote: Promote::Float,
    shape: float,
    kernel: Kernel::Reduce(Reduce {
        f64: reductions::norm_f64,
        f32: reductions::norm_f32,
        i64: None,
        empty: Some(0.0),
        parts: false,
        blocks: None,
    }),
    outputs: Outputs::General,
    exact: Exact::Derived,
    derivative: Derivative::Custom(|v| {
        let Some(dy) = spread(v) else { return vec![] };
        let y = kept(&v.y[0], v.attrs);
        let safe = Tensor::select(&y.equal(0.0), &Tensor::from(1.0), &y);
        vec![Some(dy * (&v.x[0] / safe))]
    }),
    domain: Interval::ALL,
    range: Interval::NON_NEGATIVE,
    notation: Notation::Function,
    latex: r"\left\|{0}\right\|_2",
    example: "norm([3e200, 4e200])",
};

/// A power of two near the largest |x|: what a formula can be divided by without rounding.
pub static SCALE: Op = Op {
    name: "scale",
    summary: "A power of two near the largest magnitude along axes, 1 where that is 0 or not finite.",
    meaning: OWN,
    promote: Promote::Float,
    shape: float,
    kernel: Kernel::Reduce(Reduce {
        f64: reductions::scale_f64,
        f32: reductions::scale_f32,
        i64: None,
        empty: Some(1.0),
        parts: false,
        blocks: None,
    }),
    // Where a scale is used it cancels, so any locally constant choice gives the right derivative.
    outputs: Outputs::General,
    exact: Exact::Derived,
    derivative: Derivative::Zero,
    domain: Interval::ALL,
    range: Interval::POSITIVE,
    notation: Notation::Function,
    latex: UPRIGHT,
    example: "scale([3, -5])",
};

impl Tensor {
    /// A node of a reduction over these axes.
    #[track_caller]
    pub(crate) fn reduce(&self, op: &'static Op, axes: impl Into<Axes>) -> Tensor {
        let axes = axes.into();
        let resolved = match axes.resolve(self.dims()) {
            Ok(a) => a,
            Err(e) => return Tensor::poison(op, self.meta().err().unwrap_or(e), &[self]),
        };
        let y = op.call(&[self], Attrs::Axes(resolved.clone()));
        if axes.keepdims { kept(&y, &Attrs::Axes(resolved)) } else { y }
    }
}

/// Methods that reduce along axes.
macro_rules! along_axes {
    ($($name:ident $row:ident $doc:literal;)*) => {
        impl Tensor {
            $(#[doc = $doc]
            #[track_caller]
            pub fn $name(&self, axes: impl Into<Axes>) -> Tensor {
                self.reduce(&$row, axes)
            })*
        }
    };
}
pub(crate) use along_axes;

along_axes! {
    sum SUM "The sum along axes.";
    mean MEAN "The mean along axes.";
    prod PROD "The product along axes.";
    max MAX "The largest element along axes.";
    min MIN "The smallest element along axes.";
    argmax ARGMAX "The place of the largest element.";
    argmin ARGMIN "The place of the smallest element.";
    all ALL "True if every element is.";
    any ANY "True if some element is.";
    norm NORM "The Euclidean norm along axes.";
    scale SCALE "A power of two near the largest magnitude.";
}
