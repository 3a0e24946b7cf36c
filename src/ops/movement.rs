//! Ops that move elements: reshape, transpose, broadcast, slice, pad, concatenate, take, scatter-add.
//!
//! Axes are negative and shapes are core shapes, so that leading batch axes pass through every one of them.

use super::axes::negative_axis;
use super::row::{OWN, UPRIGHT};
use super::{Axes, zeros_like};
use crate::array::{Array, DType, broadcast, display_shape, element_count};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Attrs, Derivative, Exact, Interval, Kernel, Meta, Notation, Op, Promote, Tensor, common};

/// The rows of this file.
#[rustfmt::skip]
pub(super) static ROWS: &[&Op] = &[
    &RESHAPE, &TRANSPOSE, &BROADCAST, &EXPAND_DIMS, &SLICE, &PAD, &CONCATENATE, &TAKE, &SCATTER_ADD,
];

fn argument(message: &str) -> Error {
    Error::new(ErrorKind::Argument, message)
}

fn one<'a>(inputs: &[&'a Meta], name: &str) -> Result<&'a Meta> {
    match inputs {
        [m] => Ok(m),
        _ => Err(argument(&format!("`{name}` takes one value"))),
    }
}

/// The output of an op that changes only the shape.
fn shaped(m: &Meta, shape: Vec<usize>) -> Result<Vec<Meta>> {
    element_count(&shape)?;
    Ok(vec![Meta { shape, weak: false, dtype: m.dtype }])
}

/// Leading batch axes and trailing core axes of a shape.
fn split(shape: &[usize], core: usize) -> (&[usize], &[usize]) {
    shape.split_at(shape.len().saturating_sub(core))
}

/// A negative axis as an index into a shape of this rank.
fn position(axis: isize, rank: usize) -> Result<usize> {
    usize::try_from(rank as isize + axis).map_err(|_| argument(&format!("axis {axis} is outside rank {rank}")))
}

/// The same elements in another shape.
pub static RESHAPE: Op = Op {
    name: "reshape",
    summary: "The same elements in another shape.",
    meaning: OWN,
    promote: Promote::Keep,
    shape: |inputs, attrs| {
        let m = one(inputs, "reshape")?;
        let Attrs::Shape { core, shape } = attrs else { return Err(argument("`reshape` needs a shape")) };
        let (batch, old) = split(&m.shape, *core);
        if element_count(old)? != element_count(shape)? {
            let (from, to) = (display_shape(old), display_shape(shape));
            return Err(Error::new(
                ErrorKind::Shape,
                format!("`reshape`: {from} and {to} differ in number of elements"),
            ));
        }
        shaped(m, [batch, shape].concat())
    },
    kernel: Kernel::Same,
    exact: Exact::Derived,
    derivative: Derivative::Moves(|v| vec![v.dy[0].as_ref().map(|dy| reshape_core(dy, v.y[0].rank(), v.x[0].dims()))]),
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: UPRIGHT,
    example: "reshape([1, 2, 3, 4], (2, 2))",
};

/// Reshapes the trailing `core` axes.
#[track_caller]
pub(crate) fn reshape_core(x: &Tensor, core: usize, shape: &[usize]) -> Tensor {
    RESHAPE.call(&[x], Attrs::Shape { core, shape: shape.to_vec() })
}

/// Axes in another order.
pub static TRANSPOSE: Op = Op {
    name: "transpose",
    summary: "The axes in another order; without one, reversed.",
    meaning: OWN,
    promote: Promote::Keep,
    shape: |inputs, attrs| {
        let m = one(inputs, "transpose")?;
        let order = attrs.axes();
        let (batch, _) = split(&m.shape, order.len());
        let core = order.iter().map(|&a| Ok(m.shape[position(a, m.shape.len())?])).collect::<Result<Vec<_>>>()?;
        shaped(m, [batch, &core].concat())
    },
    kernel: Kernel::View(|x, attrs, _| {
        let order = attrs.axes();
        let lead = x.rank() - order.len();
        let all: Vec<usize> = (0..lead).chain(order.iter().map(|&a| (x.rank() as isize + a) as usize)).collect();
        x.permute(&all)
    }),
    exact: Exact::Derived,
    derivative: Derivative::Moves(|v| vec![v.dy[0].as_ref().map(|dy| permute_core(dy, &inverse(v.attrs.axes())))]),
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: r"{0}^\top",
    example: "transpose([[1, 2], [3, 4]])",
};

/// The order that undoes an order.
fn inverse(order: &[isize]) -> Vec<isize> {
    let n = order.len() as isize;
    let mut back = vec![0; order.len()];
    for (to, &from) in order.iter().enumerate() {
        back[(n + from) as usize] = to as isize - n;
    }
    back
}

/// Permutes the trailing axes.
#[track_caller]
pub(crate) fn permute_core(x: &Tensor, order: &[isize]) -> Tensor {
    TRANSPOSE.call(&[x], Attrs::Order(order.to_vec()))
}

/// A value repeated to fill a larger shape.
pub static BROADCAST: Op = Op {
    name: "broadcast_to",
    summary: "The value repeated along new axes and axes of length 1.",
    meaning: OWN,
    promote: Promote::Keep,
    shape: |inputs, attrs| {
        let m = one(inputs, "broadcast_to")?;
        let Attrs::Shape { core, shape } = attrs else { return Err(argument("`broadcast_to` needs a shape")) };
        let (batch, old) = split(&m.shape, *core);
        if broadcast(old, shape).as_deref() != Some(shape) {
            let (from, to) = (display_shape(old), display_shape(shape));
            return Err(Error::new(ErrorKind::Shape, format!("`broadcast_to`: {from} does not broadcast to {to}")));
        }
        shaped(m, [batch, shape].concat())
    },
    kernel: Kernel::View(|x, attrs, out| {
        let Attrs::Shape { core, shape } = attrs else { return Err(argument("`broadcast_to` needs a shape")) };
        let (batch, old) = split(x.shape(), *core);
        // Axes of length 1 between batch and core, so that batch axes stay in front.
        let padded = [batch, &vec![1; shape.len() - old.len()], old].concat();
        x.reshape(&padded)?.broadcast_to(&out.shape)
    }),
    exact: Exact::Derived,
    derivative: Derivative::Linear(|v| vec![v.dy[0].as_ref().map(|dy| sum_to(dy, v.y[0].dims(), v.x[0].dims()))]),
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: UPRIGHT,
    example: "broadcast_to([1, 2], (3, 2))",
};

/// New axes of length 1.
pub static EXPAND_DIMS: Op = Op {
    name: "expand_dims",
    summary: "The value with new axes of length 1.",
    meaning: OWN,
    promote: Promote::Keep,
    shape: |inputs, attrs| {
        let m = one(inputs, "expand_dims")?;
        let rank = m.shape.len() + attrs.axes().len();
        let at = attrs.axes().iter().map(|&a| position(a, rank)).collect::<Result<Vec<_>>>()?;
        let mut old = m.shape.iter();
        let dim = |i| if at.contains(&i) { 1 } else { old.next().copied().unwrap_or(1) };
        shaped(m, (0..rank).map(dim).collect())
    },
    kernel: Kernel::Same,
    exact: Exact::Derived,
    derivative: Derivative::Moves(|v| vec![v.dy[0].as_ref().map(|dy| reshape_core(dy, v.y[0].rank(), v.x[0].dims()))]),
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: UPRIGHT,
    example: "expand_dims([1, 2], axis=0)",
};

/// `start:stop:step` of one axis.
pub static SLICE: Op = Op {
    name: "slice",
    summary: "Some elements of one axis, evenly spaced.",
    meaning: OWN,
    promote: Promote::Keep,
    shape: |inputs, attrs| {
        let m = one(inputs, "slice")?;
        let Attrs::Slice { axis, count, length, .. } = attrs else { return Err(argument("`slice` needs a range")) };
        let at = position(*axis, m.shape.len())?;
        if m.shape[at] != *length {
            return Err(argument("`slice`: the axis has another length"));
        }
        let mut shape = m.shape.clone();
        shape[at] = *count;
        shaped(m, shape)
    },
    kernel: Kernel::View(|x, attrs, _| {
        let Attrs::Slice { axis, start, count, step, .. } = *attrs else { return Err(argument("no range")) };
        x.stride_axis(position(axis, x.rank())?, start, count, step)
    }),
    exact: Exact::Derived,
    derivative: Derivative::Moves(|v| vec![v.dy[0].as_ref().map(|dy| PAD.call(&[dy], v.attrs.clone()))]),
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: UPRIGHT,
    example: "[1, 2, 3, 4][1:3]",
};

/// Zeros, with the value at `start:stop:step` of one axis: the reverse of a slice.
pub static PAD: Op = Op {
    name: "pad",
    summary: "Zeros, with the value placed evenly spaced along one axis.",
    meaning: OWN,
    promote: Promote::Keep,
    shape: |inputs, attrs| {
        let m = one(inputs, "pad")?;
        let Attrs::Slice { axis, count, length, .. } = attrs else { return Err(argument("`pad` needs a range")) };
        let at = position(*axis, m.shape.len())?;
        if m.shape[at] != *count {
            return Err(argument("`pad`: the axis has another length"));
        }
        let mut shape = m.shape.clone();
        shape[at] = *length;
        shaped(m, shape)
    },
    kernel: Kernel::Move(|call| {
        let Attrs::Slice { axis, start, step, length, .. } = *call.attrs else { return Err(argument("no range")) };
        let x = &call.inputs[0];
        Ok(vec![x.place_axis(position(axis, x.rank())?, start, step, length)?])
    }),
    exact: Exact::Derived,
    derivative: Derivative::Moves(|v| vec![v.dy[0].as_ref().map(|dy| SLICE.call(&[dy], v.attrs.clone()))]),
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: UPRIGHT,
    example: "pad([1, 2], 1, 2)",
};

/// Values one after another along an axis.
pub static CONCATENATE: Op = Op {
    name: "concatenate",
    summary: "Values one after another along an axis.",
    meaning: OWN,
    promote: Promote::Common,
    shape: |inputs, attrs| {
        let (Some(first), [axis]) = (inputs.first(), attrs.axes()) else {
            return Err(argument("`concatenate` needs at least one value, and one axis"));
        };
        let at = position(*axis, first.shape.len())?;
        let mut shape = first.shape.clone();
        shape[at] = 0;
        for m in inputs {
            let fits = m.shape.len() == shape.len() && (0..shape.len()).all(|i| i == at || m.shape[i] == shape[i]);
            if !fits {
                return Err(CONCATENATE.misfit(inputs));
            }
            shape[at] += m.shape[at];
        }
        element_count(&shape)?;
        Ok(vec![Meta::new(common(inputs).0, shape)])
    },
    kernel: Kernel::Move(|call| {
        let at = position(call.attrs.axes()[0], call.inputs[0].rank())?;
        Ok(vec![Array::concatenate(&call.inputs.iter().collect::<Vec<_>>(), at)?])
    }),
    exact: Exact::Derived,
    derivative: Derivative::Linear(|v| {
        let (Some(dy), [axis]) = (&v.dy[0], v.attrs.axes()) else { return vec![] };
        let length = v.y[0].dims()[(v.y[0].rank() as isize + axis) as usize];
        let mut start = 0;
        v.x.iter()
            .map(|x| {
                let count = x.dims()[(x.rank() as isize + axis) as usize];
                let part = SLICE.call(&[dy], Attrs::Slice { axis: *axis, start, count, step: 1, length });
                start += count;
                Some(part)
            })
            .collect()
    }),
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: UPRIGHT,
    example: "concatenate([[1, 2], [3]])",
};

/// Elements or rows picked by integer indices along an axis.
pub static TAKE: Op = Op {
    name: "take",
    summary: "Elements picked by integer indices along an axis; negative indices count from the end.",
    meaning: OWN,
    promote: Promote::Keep,
    shape: |inputs, attrs| {
        let ([x, index], [axis]) = (inputs, attrs.axes()) else { return Err(argument("`take` takes two values")) };
        if index.dtype != DType::I64 && index.dtype != DType::Bool {
            return Err(Error::new(ErrorKind::DType, format!("`take`: indices are integers, not {}", index.dtype)));
        }
        let at = position(*axis, x.shape.len())?;
        shaped(x, [&x.shape[..at], &index.shape, &x.shape[at + 1..]].concat())
    },
    kernel: Kernel::Custom(|call| {
        let x = &call.inputs[0];
        Ok(vec![x.take(&call.inputs[1].cast(DType::I64)?, position(call.attrs.axes()[0], x.rank())?)?])
    }),
    exact: Exact::Moves,
    derivative: Derivative::Linear(|v| {
        let Some(dy) = &v.dy[0] else { return vec![] };
        let axis = v.attrs.axes()[0];
        let length = v.x[0].dims()[(v.x[0].rank() as isize + axis) as usize];
        // The axis of dy on which the indices start, seen from the end.
        let attrs = Attrs::Slice { axis, start: v.x[1].rank(), count: 0, step: 1, length };
        vec![Some(SCATTER_ADD.call(&[dy, &v.x[1]], attrs)), None]
    }),
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: UPRIGHT,
    example: "take([10, 20, 30], [2, 0, -1])",
};

/// Zeros, to which elements are added at integer indices along an axis: the reverse of take.
pub static SCATTER_ADD: Op = Op {
    name: "scatter_add",
    summary: "Zeros, to which values are added at integer indices along an axis.",
    meaning: OWN,
    promote: Promote::Keep,
    shape: |inputs, attrs| {
        let ([x, index], Attrs::Slice { axis, start: rank, length, .. }) = (inputs, attrs) else {
            return Err(argument("`scatter_add` takes two values"));
        };
        let after = (-axis - 1) as usize;
        let Some(at) = x.shape.len().checked_sub(after + rank) else {
            return Err(SCATTER_ADD.misfit(inputs));
        };
        if x.shape[at..at + rank] != index.shape[..] {
            return Err(SCATTER_ADD.misfit(inputs));
        }
        shaped(x, [&x.shape[..at], &[*length], &x.shape[at + rank..]].concat())
    },
    kernel: Kernel::Custom(|call| {
        let Attrs::Slice { axis, length, .. } = *call.attrs else { return Err(argument("no axis")) };
        let at = position(axis, call.outs[0].shape.len())?;
        Ok(vec![call.inputs[0].scatter_add(&call.inputs[1].cast(DType::I64)?, at, length)?])
    }),
    exact: Exact::Derived,
    derivative: Derivative::Linear(|v| {
        let Attrs::Slice { axis, .. } = v.attrs else { return vec![] };
        vec![v.dy[0].as_ref().map(|dy| TAKE.call(&[dy, &v.x[1]], Attrs::Axes(vec![*axis]))), None]
    }),
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: UPRIGHT,
    example: "scatter_add([1, 2, 3], [0, 2, 0], 3)",
};

/// Sums a value of shape batch ++ `from` down to batch ++ `to`, where `to` broadcasts to `from`: the reverse of it.
#[track_caller]
pub fn sum_to(x: &Tensor, from: &[usize], to: &[usize]) -> Tensor {
    if from == to {
        return x.clone();
    }
    let lead = from.len() - to.len().min(from.len());
    let rank = from.len() as isize;
    let gone = |i: usize| i < lead || (to[i - lead] == 1 && from[i] != 1);
    let axes: Vec<isize> = (0..from.len()).filter(|&i| gone(i)).map(|i| i as isize - rank).collect();
    let left = from.len() - axes.len();
    let sum = if axes.is_empty() { x.clone() } else { super::SUM.call(&[x], Attrs::Axes(axes)) };
    if left == to.len() { sum } else { reshape_core(&sum, left, to) }
}

/// Zeros of batch ++ the shape of x.
pub fn zeros_batched(x: &Tensor, batch: &[usize]) -> Tensor {
    let core = x.rank();
    let shape = [batch, x.dims()].concat();
    let zero = zeros_like(x);
    if batch.is_empty() { zero } else { BROADCAST.call(&[&zero], Attrs::Shape { core, shape }) }
}

/// A range `start:stop:step` of an axis of this length, by Python's rules: first index, count, step.
pub fn python_slice(start: Option<i64>, stop: Option<i64>, step: i64, length: usize) -> Result<(usize, usize)> {
    let n = length as i64;
    if step == 0 {
        return Err(argument("a slice with step 0 takes nothing"));
    }
    let clamp = |i: i64, lo: i64, hi: i64| (if i < 0 { i.saturating_add(n) } else { i }).clamp(lo, hi);
    let (first, last) = if step > 0 {
        (start.map_or(0, |i| clamp(i, 0, n)), stop.map_or(n, |i| clamp(i, 0, n)))
    } else {
        (start.map_or(n - 1, |i| clamp(i, -1, n - 1)), stop.map_or(-1, |i| clamp(i, -1, n - 1)))
    };
    let span = if step > 0 { last - first } else { first - last };
    let count = if span <= 0 { 0 } else { (span - 1) / step.abs() + 1 };
    Ok((if count == 0 { 0 } else { first as usize }, count as usize))
}

impl Tensor {
    /// A tensor, or a poisoned one where an argument makes no sense.
    #[track_caller]
    fn or_poison(&self, op: &'static Op, built: Result<Tensor>) -> Tensor {
        let here = crate::graph::current_origin(std::panic::Location::caller());
        built.unwrap_or_else(|e| Tensor::poison(op, self.meta().err().unwrap_or_else(|| e.at(here)), &[self]))
    }

    /// The same elements in another shape; one length may be −1 and follows from the rest.
    #[track_caller]
    pub fn reshape(&self, shape: &[isize]) -> Tensor {
        let given: usize = shape.iter().filter(|&&d| d >= 0).map(|&d| d as usize).product();
        let total: usize = self.dims().iter().product();
        let free = total.checked_div(given).unwrap_or(0);
        let known = |&d: &isize| match d {
            -1 => Ok(free),
            d => usize::try_from(d).map_err(|_| Error::new(ErrorKind::Shape, format!("`reshape`: {d} is no length"))),
        };
        let built = shape.iter().map(known).collect::<Result<Vec<_>>>();
        self.or_poison(&RESHAPE, built.map(|shape| reshape_core(self, self.rank(), &shape)))
    }

    /// All elements in one axis.
    #[track_caller]
    pub fn flatten(&self) -> Tensor {
        self.reshape(&[-1])
    }

    /// The axes reversed, as NumPy's `.T`.
    #[track_caller]
    pub fn t(&self) -> Tensor {
        let n = self.rank() as isize;
        permute_core(self, &(1..=n).map(|i| -i).collect::<Vec<_>>())
    }

    /// The last two axes exchanged, as NumPy's `.mT`.
    #[track_caller]
    pub fn mt(&self) -> Tensor {
        if self.rank() < 2 {
            let e = format!("a matrix transpose needs two axes, not shape {}", display_shape(self.dims()));
            return self.or_poison(&TRANSPOSE, Err(Error::new(ErrorKind::Shape, e)));
        }
        permute_core(self, &[-1, -2])
    }

    /// The axes in this order.
    #[track_caller]
    pub fn transpose(&self, order: &[isize]) -> Tensor {
        let axes = order.iter().map(|&a| negative_axis(a, self.dims())).collect::<Result<Vec<_>>>();
        let whole = axes.and_then(|axes| {
            let mut sorted = axes.clone();
            sorted.sort_unstable();
            sorted.dedup();
            if sorted.len() == self.rank() {
                Ok(axes)
            } else {
                let shape = display_shape(self.dims());
                Err(Error::new(ErrorKind::Shape, format!("`transpose`: {order:?} is no order of the axes of {shape}")))
            }
        });
        self.or_poison(&TRANSPOSE, whole.map(|axes| permute_core(self, &axes)))
    }

    /// The value repeated to fill a larger shape.
    #[track_caller]
    pub fn broadcast_to(&self, shape: &[usize]) -> Tensor {
        BROADCAST.call(&[self], Attrs::Shape { core: self.rank(), shape: shape.to_vec() })
    }

    /// The value broadcast to the shape of another tensor.
    #[track_caller]
    pub fn broadcast_like(&self, other: &Tensor) -> Tensor {
        if self.rank() >= other.rank() && self.dims().ends_with(other.dims()) {
            self.clone()
        } else {
            self.broadcast_to(other.dims())
        }
    }

    /// New axes of length 1 at these places of the result.
    #[track_caller]
    pub fn expand_dims(&self, axes: impl Into<Axes>) -> Tensor {
        let axes = axes.into();
        let shape = vec![1; self.rank() + axes.list.as_ref().map_or(0, Vec::len)];
        let built = axes.resolve(&shape).map(|a| EXPAND_DIMS.call(&[self], Attrs::Axes(a)));
        self.or_poison(&EXPAND_DIMS, built)
    }

    /// The value without these axes, which have length 1.
    #[track_caller]
    pub fn squeeze(&self, axes: impl Into<Axes>) -> Tensor {
        let axes: Axes = axes.into();
        let ones = || (0..self.rank()).filter(|&i| self.dims()[i] == 1).map(|i| i as isize).collect::<Vec<_>>();
        let axes = if axes.list.is_none() { Axes::from(ones()) } else { axes };
        let built = axes.resolve(self.dims()).and_then(|gone| {
            let n = self.rank() as isize;
            let stays = |i: &usize| !gone.contains(&(*i as isize - n));
            if let Some(&a) = gone.iter().find(|&&a| self.dims()[(n + a) as usize] != 1) {
                let shape = display_shape(self.dims());
                return Err(Error::new(
                    ErrorKind::Shape,
                    format!("`squeeze`: axis {} of {shape} has not length 1", n + a),
                ));
            }
            let shape: Vec<usize> = (0..self.rank()).filter(stays).map(|i| self.dims()[i]).collect();
            Ok(reshape_core(self, self.rank(), &shape))
        });
        self.or_poison(&RESHAPE, built)
    }

    /// `start:stop:step` of one axis, by Python's rules.
    #[track_caller]
    pub fn slice(&self, axis: isize, start: Option<i64>, stop: Option<i64>, step: i64) -> Tensor {
        let built = negative_axis(axis, self.dims()).and_then(|axis| {
            let length = self.dims()[(self.rank() as isize + axis) as usize];
            let (start, count) = python_slice(start, stop, step, length)?;
            let attrs = Attrs::Slice { axis, start, count, step: step as isize, length };
            Ok(if count == length && step == 1 { self.clone() } else { SLICE.call(&[self], attrs) })
        });
        self.or_poison(&SLICE, built)
    }

    /// Element `i` of one axis, which is dropped; a negative one counts from the end.
    #[track_caller]
    pub fn index(&self, axis: isize, i: i64) -> Tensor {
        let built = negative_axis(axis, self.dims()).and_then(|axis| {
            let length = self.dims()[(self.rank() as isize + axis) as usize];
            let at = if i < 0 { i + length as i64 } else { i };
            if !(0..length as i64).contains(&at) {
                let shape = display_shape(self.dims());
                let place = self.rank() as isize + axis;
                let m = format!("index {i} is outside axis {place} of length {length} (shape {shape})");
                return Err(Error::new(ErrorKind::Shape, m));
            }
            let one = SLICE.call(&[self], Attrs::Slice { axis, start: at as usize, count: 1, step: 1, length });
            Ok(one.squeeze(axis))
        });
        self.or_poison(&SLICE, built)
    }

    /// Elements or rows picked by an integer tensor along an axis.
    #[track_caller]
    pub fn take(&self, indices: &Tensor, axis: isize) -> Tensor {
        let built = negative_axis(axis, self.dims()).map(|a| TAKE.call(&[self, indices], Attrs::Axes(vec![a])));
        self.or_poison(&TAKE, built)
    }

    /// Tensors one after another along an axis.
    #[track_caller]
    pub fn concatenate(parts: &[&Tensor], axis: isize) -> Tensor {
        let shape: &[usize] = parts.first().map_or(&[], |t| t.dims());
        match negative_axis(axis, shape) {
            Ok(axis) => CONCATENATE.call(parts, Attrs::Axes(vec![axis])),
            Err(e) => Tensor::poison(&CONCATENATE, e, parts),
        }
    }

    /// Tensors of one shape along a new axis.
    #[track_caller]
    pub fn stack(parts: &[&Tensor], axis: isize) -> Tensor {
        let expanded: Vec<Tensor> = parts.iter().map(|t| t.expand_dims(axis)).collect();
        Tensor::concatenate(&expanded.iter().collect::<Vec<_>>(), axis)
    }
}

/// What `pad` of the formula language makes: zeros before and after along one axis.
#[track_caller]
pub fn pad(x: &Tensor, axis: isize, before: usize, after: usize) -> Tensor {
    let built = negative_axis(axis, x.dims()).map(|axis| {
        let count = x.dims()[(x.rank() as isize + axis) as usize];
        PAD.call(&[x], Attrs::Slice { axis, start: before, count, step: 1, length: before + count + after })
    });
    x.or_poison(&PAD, built)
}
