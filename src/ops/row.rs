//! Constructors for rows of the common kinds, so that a row states only what is its own.

use crate::error::{Error, ErrorKind, Result};
use crate::graph::{
    Attrs, Binary, Compare, Derivative, Instruction, Interval, Kernel, Meta, Notation, Op, Promote, Unary,
};
use crate::{DType, Tensor};

/// The shape rule of elementwise functions that need floats.
pub fn float_elementwise(inputs: &[&Meta], _: &Attrs) -> Result<Vec<Meta>> {
    elementwise(inputs, Promote::Float)
}

/// The same for functions whose attribute is the order of a derivative, which stays small.
pub fn derivative_elementwise<const N: usize>(inputs: &[&Meta], attrs: &Attrs) -> Result<Vec<Meta>> {
    if !(0..=64).contains(&attrs.int()) {
        let m = format!("the order of a derivative is between 0 and 64, not {}", attrs.int());
        return Err(Error::new(ErrorKind::Argument, m));
    }
    exactly::<N>(inputs, attrs)
}

/// The shape rule of elementwise functions of N inputs that need floats, for rows whose kernel does not say N.
pub fn exactly<const N: usize>(inputs: &[&Meta], _: &Attrs) -> Result<Vec<Meta>> {
    match inputs.len() == N {
        true => elementwise(inputs, Promote::Float),
        false => Err(Error::new(ErrorKind::Argument, format!("takes {N} inputs, not {}", inputs.len()))),
    }
}

/// The shape rule of elementwise functions that keep integers and count booleans as 0 and 1.
pub fn same_elementwise(inputs: &[&Meta], _: &Attrs) -> Result<Vec<Meta>> {
    elementwise(inputs, Promote::Integer)
}

/// Shapes broadcast, dtypes meet as the row says.
fn elementwise(inputs: &[&Meta], promote: Promote) -> Result<Vec<Meta>> {
    Ok(vec![Op { promote, ..BLANK }.elementwise(inputs)?])
}

/// A row without facts, for the constructors below.
pub const BLANK: Op = Op {
    name: "",
    summary: "",
    meaning: "",
    promote: Promote::Common,
    shape: same_elementwise,
    kernel: Kernel::Leaf,
    derivative: Derivative::Zero,
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: "",
    example: "",
};

/// Slice kernels of a function of one float.
pub type Pair1 = (fn(&[f64], &mut [f64]), fn(&[f32], &mut [f32]));
/// Slice kernels of a function of two floats.
pub type Pair2 = (fn(&[f64], &[f64], &mut [f64]), fn(&[f32], &[f32], &mut [f32]));
/// The rule for ∂y/∂x from inputs and output.
pub type Partials = fn(&[Tensor], &Tensor) -> Vec<Tensor>;

/// A function of one float.
pub const fn unary(name: &'static str, kernel: Pair1, partials: Partials) -> Op {
    Op {
        name,
        promote: Promote::Float,
        shape: float_elementwise,
        kernel: Kernel::Unary(Unary { f64: kernel.0, f32: kernel.1, i64: None, instruction: None }),
        derivative: Derivative::Partials(partials),
        ..BLANK
    }
}

/// A function of two floats.
pub const fn binary(name: &'static str, kernel: Pair2, partials: Partials) -> Op {
    Op {
        name,
        promote: Promote::Float,
        shape: float_elementwise,
        kernel: Kernel::Binary(Binary { f64: kernel.0, f32: kernel.1, i64: None, instruction: None }),
        derivative: Derivative::Partials(partials),
        ..BLANK
    }
}

/// A function of one number that keeps integers.
pub const fn unary_int(name: &'static str, kernel: Pair1, i64: fn(i64) -> Option<i64>, partials: Partials) -> Op {
    Op {
        promote: Promote::Integer,
        shape: same_elementwise,
        kernel: Kernel::Unary(Unary { f64: kernel.0, f32: kernel.1, i64: Some(i64), instruction: None }),
        ..unary(name, kernel, partials)
    }
}

/// A function of two numbers that keeps integers.
pub const fn binary_int(name: &'static str, kernel: Pair2, i64: fn(i64, i64) -> Option<i64>, partials: Partials) -> Op {
    Op {
        promote: Promote::Integer,
        shape: same_elementwise,
        kernel: Kernel::Binary(Binary { f64: kernel.0, f32: kernel.1, i64: Some(i64), instruction: None }),
        ..binary(name, kernel, partials)
    }
}

/// A row whose kernel is one machine instruction.
pub const fn machine(instruction: Instruction, op: Op) -> Op {
    let instruction = Some(instruction);
    match op.kernel {
        Kernel::Unary(k) => Op { kernel: Kernel::Unary(Unary { instruction, ..k }), ..op },
        Kernel::Binary(k) => Op { kernel: Kernel::Binary(Binary { instruction, ..k }), ..op },
        _ => op,
    }
}

/// A comparison.
pub const fn compare(name: &'static str, sign: &'static str, kernel: Compare) -> Op {
    Op {
        name,
        shape: |inputs, _| {
            let meta = BLANK.elementwise(inputs)?;
            Ok(vec![Meta { dtype: DType::Bool, ..meta }])
        },
        kernel: Kernel::Compare(kernel),
        notation: Notation::Infix(sign, 4),
        ..BLANK
    }
}
