//! Tensors made from nothing: zeros, ones, full, arange, linspace, eye, and the masks and matrices that follow from them.
//!
//! Building allocates nothing: `ones(10**11)` is refused by the memory budget when it is evaluated.

use super::row::OWN;
use super::{ADD, CAST, EQUAL, EXPAND_DIMS, RESHAPE};
use crate::array::{Array, DType, display_shape, element_count, memory};
use crate::error::{Error, ErrorKind};
use crate::graph::{Attrs, Derivative, Exact, Interval, Kernel, Meta, Notation, Op, Outputs, Promote, Tensor};

/// The rows of this file.
pub(super) static ROWS: &[&Op] = &[&IOTA];

/// 0, 1, 2, … along the last axis.
pub static IOTA: Op = Op {
    name: "iota",
    summary: "The whole numbers 0, 1, 2, ... as a vector.",
    meaning: OWN,
    promote: Promote::Keep,
    shape: |_, attrs| {
        let Attrs::Make(shape, dtype) = attrs else {
            return Err(Error::new(ErrorKind::Argument, "`iota` needs a length"));
        };
        element_count(shape)?;
        Ok(vec![Meta::new(*dtype, shape.clone())])
    },
    kernel: Kernel::Custom(|call| {
        let n = element_count(&call.outs[0].shape)?;
        let mut out = memory::reserve::<i64>(n, "iota")?;
        out.extend(0..n as i64);
        Ok(vec![Array::from_vec(out, &call.outs[0].shape)?.cast(call.outs[0].dtype)?])
    }),
    outputs: Outputs::General,
    exact: Exact::Derived,
    derivative: Derivative::Zero,
    domain: Interval::ALL,
    range: Interval::NON_NEGATIVE,
    notation: Notation::Function,
    latex: r"(0, 1, 2, \dots)",
    example: "arange(3)",
};

/// The whole numbers from 0 to n − 1.
#[track_caller]
fn iota(n: usize) -> Tensor {
    IOTA.call(&[], Attrs::Make(vec![n], DType::I64))
}

/// True of the identity matrix as `eye` makes it.
pub(super) fn is_identity(t: &Tensor) -> bool {
    let (op, inputs) = (t.op(), t.node().inputs());
    let places = |t: &Tensor, dims: [usize; 2]| {
        let mut t = t;
        while let (Some(below), false) = (t.node().inputs().first(), *t.op() == IOTA) {
            let shift = t.node().inputs().get(1).map_or(Some(0.0), Tensor::constant);
            if !(*t.op() == ADD && shift == Some(0.0) || *t.op() == EXPAND_DIMS) || t.rank() == 2 && t.dims() != dims {
                return false;
            }
            t = below;
        }
        *t.op() == IOTA
    };
    match (inputs, t.dims()) {
        ([x], dims) if *op == CAST || *op == RESHAPE => x.dims() == dims && is_identity(x),
        ([a, b], &[m, n]) if *op == EQUAL && m == n => places(a, [n, 1]) && places(b, [1, n]),
        _ => false,
    }
}

/// A poisoned tensor with this message.
#[track_caller]
fn refuse(message: String) -> Tensor {
    Tensor::from(Err::<Array, _>(Error::new(ErrorKind::Argument, message)))
}

impl Tensor {
    /// A tensor filled with one value.
    ///
    /// ```
    /// use gradus::{DType, Tensor};
    /// assert_eq!(Tensor::full(&[2], 0.5, DType::F32).eval()?.to_f64(), [0.5, 0.5]);
    /// assert!(Tensor::full(&[100_000_000_000], 0.5, DType::F64).eval().unwrap_err().is_memory());
    /// # Ok::<(), gradus::Error>(())
    /// ```
    #[track_caller]
    pub fn full(shape: &[usize], value: impl Into<Tensor>, dtype: DType) -> Tensor {
        value.into().cast(dtype).broadcast_to(shape)
    }

    /// A tensor of zeros.
    #[track_caller]
    pub fn zeros(shape: &[usize], dtype: DType) -> Tensor {
        Tensor::full(shape, 0, dtype)
    }

    /// A tensor of ones.
    #[track_caller]
    pub fn ones(shape: &[usize], dtype: DType) -> Tensor {
        Tensor::full(shape, 1, dtype)
    }

    /// `start, start + step, …` before `stop`: integers if all three are whole, as NumPy's `arange`.
    ///
    /// ```
    /// use gradus::Tensor;
    /// assert_eq!(Tensor::arange(0.0, 1.0, 0.25).eval()?.to_f64(), [0.0, 0.25, 0.5, 0.75]);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    #[track_caller]
    pub fn arange(start: f64, stop: f64, step: f64) -> Tensor {
        let count = ((stop - start) / step).ceil();
        if step == 0.0 || !count.is_finite() {
            return refuse(format!("arange: from {start} to {stop} in steps of {step} has no end"));
        }
        // A count beyond usize saturates, and the memory budget refuses it.
        let places = iota(count.max(0.0) as usize).cast(DType::F64);
        start + step * places
    }

    /// The whole numbers `start, start + step, …` before `stop`.
    #[track_caller]
    pub fn arange_int(start: i64, stop: i64, step: i64) -> Tensor {
        let distance = i128::from(stop) - i128::from(start);
        let count = match step {
            0 => return refuse(format!("arange: from {start} to {stop} in steps of 0 has no end")),
            _ => (distance + i128::from(step) - i128::from(step.signum())).div_euclid(i128::from(step)),
        };
        let places = iota(usize::try_from(count.max(0)).unwrap_or(usize::MAX));
        match (start, step) {
            (0, 1) => places,
            _ => Tensor::from(start) + Tensor::from(step) * places,
        }
    }

    /// `count` evenly spaced numbers from `start` to `stop`, both included.
    #[track_caller]
    pub fn linspace(start: impl Into<Tensor>, stop: impl Into<Tensor>, count: usize) -> Tensor {
        let (start, stop) = (start.into(), stop.into());
        let last = count.saturating_sub(1) as f64;
        let places = iota(count).cast(DType::F64);
        // From the nearer end, so that both ends are exact and nothing overflows on the way.
        let share = &places / last.max(1.0);
        let line = &start * (1.0 - &share) + &stop * &share;
        Tensor::select(&places.equal(0.0), &start, &Tensor::select(&places.equal(last), &stop, &line))
    }

    /// The identity matrix, or ones on the k-th diagonal of a matrix of zeros.
    #[track_caller]
    pub fn eye(rows: usize, columns: usize, k: i64, dtype: DType) -> Tensor {
        (iota(rows).expand_dims(1) + Tensor::from(k)).equal(iota(columns).expand_dims(0)).cast(dtype)
    }

    /// True where the element of the last two axes lies on or below the k-th diagonal.
    fn lower(&self, k: i64) -> Tensor {
        let [.., rows, columns] = *self.dims() else {
            let shape = display_shape(self.dims());
            return refuse(format!("a triangle needs two axes, not shape {shape}"));
        };
        (iota(rows).expand_dims(1) + Tensor::from(k)).greater_equal(iota(columns).expand_dims(0))
    }

    /// The lower triangle of the last two axes, up to the k-th diagonal; zeros above.
    #[track_caller]
    pub fn tril(&self, k: i64) -> Tensor {
        Tensor::select(&self.lower(k), self, &Tensor::from(0))
    }

    /// The upper triangle of the last two axes, from the k-th diagonal; zeros below.
    #[track_caller]
    pub fn triu(&self, k: i64) -> Tensor {
        Tensor::select(&self.lower(k.saturating_sub(1)), &Tensor::from(0), self)
    }

    /// The diagonal matrix of a vector, or the diagonal of a matrix, as NumPy's `diag`.
    #[track_caller]
    pub fn diag(&self) -> Tensor {
        if self.rank() != 1 {
            return self.diagonal();
        }
        let n = self.dims()[0];
        Tensor::select(&Tensor::eye(n, n, 0, DType::Bool), &self.expand_dims(0), &Tensor::from(0))
    }

    /// Rows of zeros with a 1 at the index: a new last axis of length `classes`.
    #[track_caller]
    pub fn one_hot(&self, classes: usize, dtype: DType) -> Tensor {
        self.expand_dims(-1).equal(iota(classes)).cast(dtype)
    }
}
