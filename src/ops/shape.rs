//! Ops that change only the shape: reshape, transpose, broadcast, new axes; and their methods.
//!
//! Axes are negative and shapes are core shapes, so that leading batch axes pass through every one of them.

use super::axes::negative_axis;
use super::row::{OWN, UPRIGHT};
use super::{Axes, zeros_like};
use crate::array::{broadcast, display_shape, element_count};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Attrs, Derivative, Exact, Interval, Kernel, Meta, Notation, Op, Outputs, Promote, Tensor};

/// The rows of this file.
pub(super) static ROWS: &[&Op] = &[&RESHAPE, &TRANSPOSE, &BROADCAST, &EXPAND_DIMS];

pub(super) fn argument(message: &str) -> Error {
    Error::new(ErrorKind::Argument, message)
}

pub(super) fn one<'a>(inputs: &[&'a Meta], name: &str) -> Result<&'a Meta> {
    match inputs {
        [m] => Ok(m),
        _ => Err(argument(&format!("`{name}` takes one value"))),
    }
}

/// The output of an op that changes only the shape.
pub(super) fn shaped(m: &Meta, shape: Vec<usize>) -> Result<Vec<Meta>> {
    element_count(&shape)?;
    Ok(vec![Meta { shape, weak: false, dtype: m.dtype }])
}

/// Leading batch axes and trailing core axes of a shape.
fn split(shape: &[usize], core: usize) -> (&[usize], &[usize]) {
    shape.split_at(shape.len().saturating_sub(core))
}

/// A negative axis as an index into a shape of this rank.
pub(super) fn position(axis: isize, rank: usize) -> Result<usize> {
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
    outputs: Outputs::General,
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
    outputs: Outputs::General,
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
    outputs: Outputs::General,
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
    outputs: Outputs::General,
    exact: Exact::Derived,
    derivative: Derivative::Moves(|v| vec![v.dy[0].as_ref().map(|dy| reshape_core(dy, v.y[0].rank(), v.x[0].dims()))]),
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: UPRIGHT,
    example: "expand_dims([1, 2], axis=0)",
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

impl Tensor {
    /// A tensor, or a poisoned one where an argument makes no sense.
    #[track_caller]
    pub(super) fn or_poison(&self, op: &'static Op, built: Result<Tensor>) -> Tensor {
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

    /// The axes in the order that `rearrange` makes of the places of two of them.
    #[track_caller]
    fn reordered(&self, a: isize, b: isize, rearrange: fn(&mut Vec<isize>, usize, usize)) -> Tensor {
        let place = |axis| Ok::<_, Error>((negative_axis(axis, self.dims())? + self.rank() as isize) as usize);
        let built = place(a).and_then(|a| Ok((a, place(b)?))).map(|(a, b)| {
            let mut order: Vec<isize> = (0..self.rank() as isize).collect();
            rearrange(&mut order, a, b);
            self.transpose(&order)
        });
        self.or_poison(&TRANSPOSE, built)
    }

    /// Two axes exchanged.
    #[track_caller]
    pub fn swapaxes(&self, a: isize, b: isize) -> Tensor {
        self.reordered(a, b, |order, a, b| order.swap(a, b))
    }

    /// One axis moved to another place, the others in their order.
    #[track_caller]
    pub fn moveaxis(&self, from: isize, to: isize) -> Tensor {
        self.reordered(from, to, |order, from, to| {
            let moved = order.remove(from);
            order.insert(to, moved);
        })
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
}
