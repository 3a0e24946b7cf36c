//! Ops along one axis that keep its length: running sums and products, recurrences, sorting.

use super::row::OWN;
use super::{PAD, SCATTER_ADD, SLICE, reshape_core, sum_to};
use crate::array::wide::Wide;
use crate::array::{Array, DType, broadcast, scan};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{
    Attrs, Call, Derivative, Exact, Interval, Kernel, Meta, Notation, Op, Outputs, Promote, Tensor, Vjp, common,
};

/// The rows of this file.
#[rustfmt::skip]
pub(super) static ROWS: &[&Op] = &[
    &CUMSUM, &CUMPROD, &CUMLOGSUMEXP, &LINEAR_RECURRENCE, &PROD_OTHERS, &SORT,
];

/// The one axis of the attributes, as an index into a shape of this rank.
fn place(attrs: &Attrs, rank: usize) -> Result<usize> {
    match attrs.axes() {
        [a] if (-(rank as isize)..0).contains(a) => Ok((rank as isize + a) as usize),
        axes => Err(Error::new(ErrorKind::Shape, format!("axis {axes:?} is not there in a value of rank {rank}"))),
    }
}

/// The shape rule of rows that keep the shape.
fn same(inputs: &[&Meta], attrs: &Attrs) -> Result<Vec<Meta>> {
    let [m] = inputs else { return Err(Error::new(ErrorKind::Argument, "takes one value")) };
    place(attrs, m.shape.len())?;
    let dtype = if m.dtype == DType::Bool { DType::I64 } else { m.dtype };
    Ok(vec![Meta::new(dtype, m.shape.clone())])
}

/// The same for rows that need floats.
fn float(inputs: &[&Meta], attrs: &Attrs) -> Result<Vec<Meta>> {
    let outs = same(inputs, attrs)?;
    Ok(outs.into_iter().map(|m| Meta::new(m.dtype.to_float(), m.shape)).collect())
}

/// Runs a function of lanes: floats in f64, integers as they are.
fn run(
    call: &mut Call,
    f: fn(&[f64], &mut [f64]),
    integers: Option<fn(&[i64], &mut [i64]) -> Option<()>>,
) -> Result<Vec<Array>> {
    let x = &call.inputs[0];
    let axis = place(call.attrs, x.rank())?;
    match (x.dtype(), integers) {
        (DType::I64, Some(g)) => {
            let overflow =
                || Error::new(ErrorKind::Overflow, format!("`{}`: an integer result does not fit i64", call.name));
            let [y] = scan::lanes(x, axis, |lane, [out]: [&mut [i64]; 1]| g(lane, out).ok_or_else(overflow))?;
            Ok(vec![y])
        }
        (d, _) if d.is_float() => {
            let [y] = scan::lanes(&x.cast(DType::F64)?, axis, |lane, [out]| {
                f(lane, out);
                Ok(())
            })?;
            Ok(vec![y])
        }
        (d, _) => Err(Error::new(ErrorKind::DType, format!("`{}` does not take {d}", call.name))),
    }
}

/// The length of the one axis of the attributes, in x.
fn length(x: &Tensor, axis: isize) -> usize {
    usize::try_from(x.rank() as isize + axis).ok().and_then(|i| x.dims().get(i).copied()).unwrap_or(0)
}

/// The elements along an axis in reverse.
pub(super) fn flip_core(x: &Tensor, axis: isize) -> Tensor {
    match length(x, axis) {
        0 => x.clone(),
        n => SLICE.call(&[x], Attrs::Slice { axis, start: n - 1, count: n, step: -1, length: n }),
    }
}

/// The elements moved one place on along an axis, with 0 in front.
fn shift(x: &Tensor, axis: isize) -> Tensor {
    let n = length(x, axis);
    if n == 0 {
        return x.clone();
    }
    let most = SLICE.call(&[x], Attrs::Slice { axis, start: 0, count: n - 1, step: 1, length: n });
    PAD.call(&[&most], Attrs::Slice { axis, start: 1, count: n - 1, step: 1, length: n })
}

/// tᵢ = bᵢ + aᵢ₊₁ tᵢ₊₁: the recurrence that runs from the end, with the factors of one that runs from the start.
fn backwards(a: &Tensor, b: &Tensor, axis: isize) -> Tensor {
    let factors = shift(&flip_core(a, axis), axis);
    flip_core(&LINEAR_RECURRENCE.call(&[&factors, &flip_core(b, axis)], Attrs::Axes(vec![axis])), axis)
}

/// What is gathered up to every element.
fn running(lane: &[Wide], join: fn(Wide, Wide) -> Wide) -> Vec<Wide> {
    let mut all: Option<Wide> = None;
    lane.iter().map(|&x| *all.insert(all.map_or(x, |a| join(a, x)))).collect()
}

/// Σ x up to each place.
pub static CUMSUM: Op = Op {
    name: "cumsum",
    summary: "The sums up to each element along an axis, compensated.",
    meaning: OWN,
    promote: Promote::Integer,
    shape: same,
    kernel: Kernel::Custom(|call| run(call, scan::running_sum, Some(scan::running_sum_i64))),
    outputs: Outputs::General,
    exact: Exact::Lanes(|x| running(x, |a, b| a + b)),
    derivative: Derivative::Linear(|v| match (&v.dy[0], v.attrs.axes()) {
        (Some(dy), [axis]) => {
            vec![Some(flip_core(&CUMSUM.call(&[&flip_core(dy, *axis)], v.attrs.clone()), *axis))]
        }
        _ => vec![],
    }),
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: r"\operatorname{cumsum}({0})",
    example: "cumsum([1, 2, 3])",
};

/// Π x up to each place.
pub static CUMPROD: Op = Op {
    name: "cumprod",
    summary: "The products up to each element along an axis; a partial product may leave the range and come back.",
    meaning: OWN,
    promote: Promote::Integer,
    shape: same,
    kernel: Kernel::Custom(|call| run(call, scan::running_product, Some(scan::running_product_i64))),
    // dxᵢ = (Π before i) · Σₖ dyₖ (Π from i + 1 to k), without a division that zeros would spoil.
    outputs: Outputs::General,
    exact: Exact::Lanes(|x| running(x, |a, b| a * b)),
    derivative: Derivative::Custom(|v| {
        let (Some(dy), [axis]) = (&v.dy[0], v.attrs.axes()) else { return vec![] };
        let (x, n) = (&v.x[0], length(&v.x[0], *axis));
        let first = Tensor::arange_int(0, n as i64, 1).equal(0);
        let first = reshape_core(&first, 1, &[&[n][..], &vec![1; (-axis - 1) as usize]].concat());
        let before = Tensor::select(&first, &Tensor::from(1.0), &shift(&v.y[0], *axis));
        vec![Some(backwards(x, dy, *axis) * before)]
    }),
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: r"\operatorname{cumprod}({0})",
    example: "cumprod([1, 2, 3])",
};

/// log Σ exp(x) up to each place.
pub static CUMLOGSUMEXP: Op = Op {
    name: "cumlogsumexp",
    summary: "log(sum(exp(x))) of the elements up to each one, without overflow.",
    meaning: OWN,
    promote: Promote::Float,
    shape: float,
    kernel: Kernel::Custom(|call| run(call, scan::running_log_sum_exp, None)),
    // dxᵢ = exp(xᵢ − yᵢ) Σₖ dyₖ exp(yᵢ − yₖ), where the sum is a recurrence with factors exp(yₖ₋₁ − yₖ) of at most 1.
    outputs: Outputs::General,
    exact: Exact::Derived,
    derivative: Derivative::Custom(|v| {
        let (Some(dy), [axis]) = (&v.dy[0], v.attrs.axes()) else { return vec![] };
        let (x, y) = (&v.x[0], &v.y[0]);
        let empty = y.equal(f64::NEG_INFINITY);
        let zero = Tensor::from(0.0);
        let falls = Tensor::select(&empty, &zero, &(shift(y, *axis) - y).exp());
        let share = Tensor::select(&empty, &zero, &(x - y).exp());
        vec![Some(backwards(&falls, dy, *axis) * share)]
    }),
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: r"\operatorname{cumlogsumexp}({0})",
    example: "cumlogsumexp([1000, 1001])",
};

/// sᵢ = aᵢ sᵢ₋₁ + bᵢ.
pub static LINEAR_RECURRENCE: Op = Op {
    name: "linear_recurrence",
    summary: "The sequence s[i] = a[i] * s[i - 1] + b[i] along an axis, from 0: exponential averages, running products.",
    meaning: OWN,
    promote: Promote::Float,
    shape: |inputs, attrs| {
        let [a, b] = inputs else {
            return Err(Error::new(ErrorKind::Argument, "`linear_recurrence` takes factors and terms"));
        };
        let shape = broadcast(&a.shape, &b.shape).ok_or_else(|| LINEAR_RECURRENCE.misfit(inputs))?;
        place(attrs, shape.len())?;
        Ok(vec![Meta::new(common(inputs).0.to_float(), shape)])
    },
    kernel: Kernel::Custom(|call| {
        let shape = &call.outs[0].shape;
        let full = |x: &Array| x.broadcast_to(shape)?.cast(DType::F64);
        let axis = place(call.attrs, shape.len())?;
        let join = Array::stack(&[&full(&call.inputs[0])?, &full(&call.inputs[1])?], axis)?;
        // Factors and terms of a lane one after the other.
        let both = [&shape[..axis], &[2 * shape[axis]], &shape[axis + 1..]].concat();
        let [y] = scan::lanes(&join.reshape(&both)?, axis, |lane: &[f64], [out]: [&mut [f64]; 1]| {
            let (a, b) = lane.split_at(lane.len() / 2);
            scan::recurrence(a, b, &mut out[..b.len()]);
            Ok(())
        })?;
        Ok(vec![y.stride_axis(axis, 0, shape[axis], 1)?])
    }),
    outputs: Outputs::General,
    exact: Exact::Derived,
    derivative: Derivative::Custom(|v| {
        let (Some(dy), [axis]) = (&v.dy[0], v.attrs.axes()) else { return vec![] };
        let (a, y) = (v.x[0].broadcast_like(&v.y[0]), &v.y[0]);
        let t = backwards(&a, dy, *axis);
        let back = |g: Tensor, x: &Tensor| Some(sum_to(&g, y.dims(), x.dims()));
        vec![back(&t * shift(y, *axis), &v.x[0]), back(t, &v.x[1])]
    }),
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: r"s_i = {0}_i s_{i-1} + {1}_i",
    example: "linear_recurrence([0.5, 0.5, 0.5], [1, 1, 1])",
};

/// The product of all other elements.
pub static PROD_OTHERS: Op = Op {
    name: "prod_others",
    summary: "For every element along an axis the product of all the others, without a division.",
    meaning: OWN,
    promote: Promote::Float,
    shape: float,
    kernel: Kernel::Custom(|call| run(call, scan::product_of_others, None)),
    // Row i holds x with element i replaced by 1; entry j of its products leaves out both i and j.
    outputs: Outputs::General,
    exact: Exact::Derived,
    derivative: Derivative::Custom(|v| {
        let (Some(dy), [axis]) = (&v.dy[0], v.attrs.axes()) else { return vec![] };
        let n = length(&v.x[0], *axis);
        let inner = (-axis - 1) as usize;
        let diagonal = Tensor::eye(n, n, 0, DType::Bool);
        let diagonal = reshape_core(&diagonal, 2, &[&[n, n][..], &vec![1; inner]].concat());
        let across = |t: &Tensor, at: isize| super::EXPAND_DIMS.call(&[t], Attrs::Axes(vec![at]));
        let rows = Tensor::select(&diagonal, &Tensor::from(1.0), &across(&v.x[0], axis - 1));
        let pairs = PROD_OTHERS.call(&[&rows], v.attrs.clone());
        let pairs = Tensor::select(&diagonal, &Tensor::from(0.0), &pairs);
        vec![Some(super::SUM.call(&[&(across(dy, *axis) * pairs)], Attrs::Axes(vec![axis - 1])))]
    }),
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: r"\prod_{j \ne i} {0}_j",
    example: "prod_others([2, 0, 3])",
};

/// Ascending order: the values, and where they were.
pub static SORT: Op = Op {
    name: "sort",
    summary: "The elements along an axis in ascending order, and the places where they were; NaNs come last.",
    meaning: OWN,
    promote: Promote::Keep,
    shape: |inputs, attrs| {
        let [m] = inputs else { return Err(Error::new(ErrorKind::Argument, "`sort` takes one value")) };
        place(attrs, m.shape.len())?;
        Ok(vec![Meta::new(m.dtype, m.shape.clone()), Meta::new(DType::I64, m.shape.clone())])
    },
    kernel: Kernel::Custom(sort),
    outputs: Outputs::General,
    exact: Exact::Derived,
    derivative: Derivative::Custom(|v| {
        let (Some(Some(dy)), [axis]) = (v.dy.first(), v.attrs.axes()) else { return vec![] };
        let x = &v.x[0];
        let total: usize = x.dims().iter().product();
        // Every value goes back to where it was.
        let places = reshape_core(&flat_places(&v.y[1], *axis), x.rank(), &[total]);
        let flat = reshape_core(dy, x.rank(), &[total]);
        let attrs = Attrs::Slice { axis: -1, start: 1, count: 0, step: 1, length: total };
        vec![Some(reshape_core(&SCATTER_ADD.call(&[&flat, &places], attrs), 1, x.dims()))]
    }),
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: r"\operatorname{sort}({0})",
    example: "sort([3, 1, 2])",
};

fn sort(call: &mut Call) -> Result<Vec<Array>> {
    let x = &call.inputs[0];
    let axis = place(call.attrs, x.rank())?;
    macro_rules! sorted {
        ($ty:ty, $x:expr) => {{
            let x = $x;
            let [places] = scan::lanes(&x, axis, |lane: &[$ty], [out]: [&mut [i64]; 1]| {
                out.copy_from_slice(&scan::ascending(lane));
                Ok(())
            })?;
            let [values] = scan::lanes(&x, axis, |lane: &[$ty], [out]: [&mut [$ty]; 1]| {
                out.iter_mut().zip(scan::ascending(lane)).for_each(|(o, at)| *o = lane[at as usize]);
                Ok(())
            })?;
            Ok(vec![values, places])
        }};
    }
    match x.dtype() {
        DType::Bool => sorted!(bool, x.clone()),
        DType::I64 => sorted!(i64, x.clone()),
        d if d.is_float() => sorted!(f64, x.cast(DType::F64)?),
        d => Err(Error::new(ErrorKind::DType, format!("`sort` does not take {d}"))),
    }
}

/// Places along an axis as places in the flattened tensor.
pub(super) fn flat_places(places: &Tensor, axis: isize) -> Tensor {
    flat_places_in(places, places.dims(), axis)
}

/// Places along an axis of a tensor of shape `dims` as places in that tensor, flattened.
pub(super) fn flat_places_in(places: &Tensor, dims: &[usize], axis: isize) -> Tensor {
    let rank = dims.len();
    let at = (rank as isize + axis) as usize;
    let strides = crate::array::row_major(dims);
    let mut flat = places * strides[at] as i64;
    for i in (0..rank).filter(|&i| i != at) {
        let steps = Tensor::arange_int(0, dims[i] as i64, 1) * strides[i] as i64;
        flat = flat + reshape_core(&steps, 1, &[&[dims[i]][..], &vec![1; rank - 1 - i]].concat());
    }
    flat
}

/// Methods along one axis.
macro_rules! along_axis {
    ($($name:ident $row:ident $doc:literal;)*) => {
        impl Tensor {
            $(#[doc = $doc]
            #[track_caller]
            pub fn $name(&self, axis: isize) -> Tensor {
                match super::negative_axis(axis, self.dims()) {
                    Ok(a) => $row.call(&[self], Attrs::Axes(vec![a])),
                    Err(e) => Tensor::poison(&$row, self.meta().err().unwrap_or(e), &[self]),
                }
            })*
        }
    };
}

along_axis! {
    cumsum CUMSUM "The sums up to each element along an axis.";
    cumprod CUMPROD "The products up to each element along an axis.";
    cumlogsumexp CUMLOGSUMEXP "`log(sum(exp(x)))` of the elements up to each one.";
    prod_others PROD_OTHERS "The product of all other elements along an axis.";
    sort SORT "The elements along an axis in ascending order; NaNs come last.";
}

impl Tensor {
    /// The places of the elements along an axis in ascending order, equal ones in their order.
    ///
    /// ```
    /// use gradus::Tensor;
    /// assert_eq!(Tensor::from([30.0, 10.0, 20.0]).argsort(0).eval()?.to_f64(), [1.0, 2.0, 0.0]);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    #[track_caller]
    pub fn argsort(&self, axis: isize) -> Tensor {
        self.sort(axis).sibling(1)
    }

    /// The sequence `s[i] = self[i] * s[i - 1] + terms[i]` along an axis, from 0.
    #[track_caller]
    pub fn linear_recurrence(&self, terms: &Tensor, axis: isize) -> Tensor {
        let shape = broadcast(self.dims(), terms.dims()).unwrap_or_default();
        match super::negative_axis(axis, &shape) {
            Ok(a) => LINEAR_RECURRENCE.call(&[self, terms], Attrs::Axes(vec![a])),
            Err(e) => Tensor::poison(&LINEAR_RECURRENCE, self.meta().err().unwrap_or(e), &[self, terms]),
        }
    }
}

/// The cotangent of a product over several axes: those axes as one, the product of the others, and back.
pub(super) fn others_along(v: &Vjp) -> Tensor {
    let (x, axes) = (&v.x[0], v.attrs.axes());
    let n = x.rank() as isize;
    let mut order: Vec<isize> = (-n..0).filter(|a| !axes.contains(a)).collect();
    order.extend(axes);
    let moved = super::permute_core(x, &order);
    let (lead, lanes) = moved.dims().split_at(moved.rank() - axes.len());
    let flat = reshape_core(&moved, moved.rank(), &[lead, &[lanes.iter().product()]].concat());
    let others = PROD_OTHERS.call(&[&flat], Attrs::Axes(vec![-1]));
    let back = reshape_core(&others, flat.rank(), moved.dims());
    let mut inverse = vec![0isize; order.len()];
    order.iter().enumerate().for_each(|(to, &from)| inverse[(n + from) as usize] = to as isize - n);
    super::permute_core(&back, &inverse)
}
