//! Leaves: data and constants, and how Rust values become tensors.

use super::row::{OWN, UPRIGHT};
use crate::array::{Array, DType};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Attrs, Derivative, Exact, Interval, Kernel, Meta, Notation, Op, Outputs, Promote, Tensor};

/// The rows of this file.
pub(super) static ROWS: &[&Op] = &[&LEAF, &CONSTANT];

/// Data: a leaf of the graph. Derivatives are taken in it, planning never looks into it.
pub static LEAF: Op = Op {
    name: "leaf",
    summary: "Data that a formula is about.",
    meaning: OWN,
    promote: Promote::Keep,
    shape: |_, attrs| match attrs {
        Attrs::Data(a) => Ok(vec![Meta::new(a.dtype(), a.shape().to_vec())]),
        _ => Err(Error::new(ErrorKind::Argument, "a leaf needs data")),
    },
    kernel: Kernel::Leaf,
    outputs: Outputs::General,
    exact: Exact::Derived,
    derivative: Derivative::Zero,
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Leaf,
    latex: UPRIGHT,
    example: "[1, 2, 3]",
};

/// A number that has not met a dtype yet: it is kept in high precision and takes the dtype of what it meets.
pub static CONSTANT: Op = Op {
    name: "constant",
    summary: "A number that takes the dtype of what it meets.",
    meaning: OWN,
    promote: Promote::Keep,
    shape: |_, attrs| {
        let dtype = match attrs {
            Attrs::Int(_) => DType::I64,
            Attrs::Data(a) => a.dtype(),
            _ => DType::F64,
        };
        Ok(vec![Meta { dtype, shape: vec![], weak: true }])
    },
    kernel: Kernel::Leaf,
    outputs: Outputs::General,
    exact: Exact::Derived,
    derivative: Derivative::Zero,
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Leaf,
    latex: UPRIGHT,
    example: "2.5",
};

impl Tensor {
    /// A leaf with this data.
    #[track_caller]
    pub fn new(data: Array) -> Tensor {
        LEAF.call(&[], Attrs::Data(data))
    }
}

impl From<f64> for Tensor {
    #[track_caller]
    fn from(value: f64) -> Tensor {
        CONSTANT.call(&[], Attrs::Scalar(value))
    }
}

impl From<i64> for Tensor {
    #[track_caller]
    fn from(value: i64) -> Tensor {
        CONSTANT.call(&[], Attrs::Int(value))
    }
}

impl From<&Tensor> for Tensor {
    fn from(t: &Tensor) -> Tensor {
        t.clone()
    }
}

impl From<Array> for Tensor {
    #[track_caller]
    fn from(data: Array) -> Tensor {
        Tensor::new(data)
    }
}

impl From<&Array> for Tensor {
    #[track_caller]
    fn from(data: &Array) -> Tensor {
        Tensor::new(data.clone())
    }
}

impl From<Result<Array>> for Tensor {
    /// Data that may have failed: a failure makes a poisoned leaf.
    #[track_caller]
    fn from(data: Result<Array>) -> Tensor {
        match data {
            Ok(a) => Tensor::new(a),
            Err(e) => Tensor::poison(&LEAF, e, &[]),
        }
    }
}

/// Turns nested Rust arrays into leaves.
macro_rules! leaf_from {
    ($($ty:ty)*) => {$(
        impl From<Vec<$ty>> for Tensor {
            #[track_caller]
            fn from(v: Vec<$ty>) -> Tensor {
                let n = v.len();
                Array::from_vec(v, &[n]).into()
            }
        }
        impl From<&[$ty]> for Tensor {
            #[track_caller]
            fn from(v: &[$ty]) -> Tensor {
                Array::from_vec(v.to_vec(), &[v.len()]).into()
            }
        }
        impl<const N: usize> From<[$ty; N]> for Tensor {
            #[track_caller]
            fn from(v: [$ty; N]) -> Tensor {
                Array::from_vec(v.to_vec(), &[N]).into()
            }
        }
        impl<const N: usize, const M: usize> From<[[$ty; N]; M]> for Tensor {
            #[track_caller]
            fn from(v: [[$ty; N]; M]) -> Tensor {
                Array::from_vec(v.concat(), &[M, N]).into()
            }
        }
        impl<const N: usize, const M: usize, const L: usize> From<[[[$ty; N]; M]; L]> for Tensor {
            #[track_caller]
            fn from(v: [[[$ty; N]; M]; L]) -> Tensor {
                Array::from_vec(v.concat().concat(), &[L, M, N]).into()
            }
        }
    )*};
}
leaf_from!(f64 f32 i64 bool);
