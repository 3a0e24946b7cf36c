//! `+ - * / -x` for every mix of owned, borrowed and scalar operands.

use std::ops::{Add, Div, Mul, Neg, Sub};

use super::{ADD, DIV, MUL, NEG, SUB};
use crate::graph::{Attrs, Tensor};

/// One operator for two types on either side.
macro_rules! operator {
    ($trait:ident $method:ident $row:ident: $($a:ty, $b:ty);*) => {$(
        impl $trait<$b> for $a {
            type Output = Tensor;
            #[track_caller]
            fn $method(self, other: $b) -> Tensor {
                $row.call(&[&Tensor::from(self), &Tensor::from(other)], Attrs::None)
            }
        }
    )*};
}

/// All mixes; scalars of exactly f64 and i64, since more types would break type inference.
macro_rules! operators {
    ($($trait:ident $method:ident $row:ident;)*) => {$(
        operator!($trait $method $row:
            Tensor, Tensor; Tensor, &Tensor; &Tensor, Tensor; &Tensor, &Tensor;
            Tensor, f64; &Tensor, f64; f64, Tensor; f64, &Tensor;
            Tensor, i64; &Tensor, i64; i64, Tensor; i64, &Tensor);
    )*};
}

operators! {
    Add add ADD;
    Sub sub SUB;
    Mul mul MUL;
    Div div DIV;
}

impl Neg for Tensor {
    type Output = Tensor;
    #[track_caller]
    fn neg(self) -> Tensor {
        NEG.call(&[&self], Attrs::None)
    }
}

impl Neg for &Tensor {
    type Output = Tensor;
    #[track_caller]
    fn neg(self) -> Tensor {
        NEG.call(&[self], Attrs::None)
    }
}
