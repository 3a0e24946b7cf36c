//! Methods of `Tensor` that only call a row, one line each.

/// Methods of one operand.
macro_rules! methods1 {
    ($($name:ident $row:ident $doc:literal;)*) => {
        impl Tensor {
            $(#[doc = $doc]
            #[track_caller]
            pub fn $name(&self) -> Tensor {
                $row.call(&[self], Attrs::None)
            })*
        }
    };
}
pub(crate) use methods1;

/// Methods of two operands, the second of which may be a number.
macro_rules! methods2 {
    ($($name:ident $row:ident $doc:literal;)*) => {
        impl Tensor {
            $(#[doc = $doc]
            #[track_caller]
            pub fn $name(&self, other: impl Into<Tensor>) -> Tensor {
                $row.call(&[self, &other.into()], Attrs::None)
            })*
        }
    };
}
pub(crate) use methods2;
