//! Ops that take parts and put them together: slice, pad, concatenate, take, scatter-add; and their methods.
//!
//! Axes are negative, so that leading batch axes pass through every one of them.

use super::axes::negative_axis;
use super::row::{OWN, UPRIGHT};
use super::shape::{argument, one, position, shaped};
use crate::array::{Array, DType, display_shape, element_count};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Attrs, Derivative, Exact, Interval, Kernel, Meta, Notation, Op, Outputs, Promote, Tensor, common};

/// The rows of this file.
pub(super) static ROWS: &[&Op] = &[&SLICE, &PAD, &CONCATENATE, &TAKE, &SCATTER_ADD];

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
    outputs: Outputs::General,
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
    outputs: Outputs::General,
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
    outputs: Outputs::General,
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
    outputs: Outputs::General,
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
    outputs: Outputs::General,
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

    /// Zeros along a new first axis of this length, to which the elements are added at integer indices.
    ///
    /// The indices have the shape of the leading axes: `y[index[i]] += x[i]`.
    ///
    /// ```
    /// use gradus::Tensor;
    /// let y = Tensor::from([1.0, 2.0, 3.0]).scatter_add(&Tensor::from([0i64, 2, 0]), 3);
    /// assert_eq!(y.eval()?.to_f64(), [4.0, 0.0, 2.0]);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    #[track_caller]
    pub fn scatter_add(&self, indices: &Tensor, length: usize) -> Tensor {
        let built = self.rank().checked_sub(indices.rank()).map(|tail| {
            let start = indices.rank();
            let attrs = Attrs::Slice { axis: -1 - tail as isize, start, count: 0, step: 1, length };
            SCATTER_ADD.call(&[self, indices], attrs)
        });
        let misfit = || {
            let (x, i) = (display_shape(self.dims()), display_shape(indices.dims()));
            Error::new(ErrorKind::Shape, format!("values of shape {x} have no place for indices of shape {i}"))
        };
        self.or_poison(&SCATTER_ADD, built.ok_or_else(misfit))
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
