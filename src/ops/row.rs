//! Constructors for rows of the common kinds: the facts that every row states, and what the kind adds to them.

use crate::DType;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{
    Attrs, Binary, Compare, Cotangent, Derivative, Exact, Instruction, Interval, Kernel, Meta, Notation, OfComplex, Op,
    Outputs, Promote, Tensor, Unary, Vjp,
};

/// The shape rule of elementwise functions that need floats.
pub fn float_elementwise(inputs: &[&Meta], _: &Attrs) -> Result<Vec<Meta>> {
    Ok(vec![Promote::Float.elementwise(inputs)?])
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
        true => Ok(vec![Promote::Float.elementwise(inputs)?]),
        false => Err(Error::new(ErrorKind::Argument, format!("takes {N} inputs, not {}", inputs.len()))),
    }
}

/// The shape rule of elementwise functions that keep integers and count booleans as 0 and 1.
pub fn same_elementwise(inputs: &[&Meta], _: &Attrs) -> Result<Vec<Meta>> {
    Ok(vec![Promote::Integer.elementwise(inputs)?])
}

/// The same for functions whose values are real, also of complex numbers.
fn real_elementwise(inputs: &[&Meta], attrs: &Attrs) -> Result<Vec<Meta>> {
    let metas = same_elementwise(inputs, attrs)?;
    Ok(metas.into_iter().map(|m| Meta { dtype: m.dtype.to_real(), ..m }).collect())
}

/// What a row says of itself, whatever its kind. There is no other way to make one: a missing fact does not compile.
pub struct Facts {
    /// The name, as a formula spells it.
    pub name: &'static str,
    /// One plain sentence.
    pub summary: &'static str,
    /// The textbook formula that the op stands for, or `OWN`.
    pub meaning: &'static str,
    /// Where inputs may lie: outside of it nothing finite comes out. Isolated poles inside it are not told.
    pub domain: Interval,
    /// Where outputs lie.
    pub range: Interval,
    /// How it is written in LaTeX, or `UPRIGHT`.
    pub latex: &'static str,
    /// A formula that shows it.
    pub example: &'static str,
}

/// The meaning of an op that stands for no other formula.
pub const OWN: &str = "";
/// The LaTeX of an op that is written as its name.
pub const UPRIGHT: &str = "";

impl Facts {
    /// A row that is written as a function.
    pub const fn row(self, promote: Promote, shape: Shape, kernel: Kernel, derivative: Derivative) -> Op {
        let Facts { name, summary, meaning, domain, range, latex, example } = self;
        let (notation, exact) = (Notation::Function, Exact::Derived);
        Op {
            name,
            summary,
            meaning,
            promote,
            shape,
            kernel,
            outputs: Outputs::General,
            exact,
            derivative,
            domain,
            range,
            notation,
            latex,
            example,
        }
    }
}

/// The rule for dtypes and shapes of outputs.
pub type Shape = fn(&[&Meta], &Attrs) -> Result<Vec<Meta>>;
/// Slice kernels of a function of one float.
pub type Pair1 = (fn(&[f64], &mut [f64]), fn(&[f32], &mut [f32]));
/// Slice kernels of a function of two floats.
pub type Pair2 = (fn(&[f64], &[f64], &mut [f64]), fn(&[f32], &[f32], &mut [f32]));
/// The rule for ∂y/∂x from inputs and output.
pub type Partials = fn(&[Tensor], &Tensor) -> Vec<Tensor>;

const fn one(kernel: Pair1, i64: Option<fn(i64) -> Option<i64>>) -> Kernel {
    Kernel::Unary(Unary { f64: kernel.0, f32: kernel.1, i64, complex: None, instruction: None })
}

const fn two(kernel: Pair2, i64: Option<fn(i64, i64) -> Option<i64>>) -> Kernel {
    Kernel::Binary(Binary { f64: kernel.0, f32: kernel.1, i64, complex: None, instruction: None })
}

/// A function of one float.
pub const fn unary(facts: Facts, kernel: Pair1, partials: Partials) -> Op {
    facts.row(Promote::Float, float_elementwise, one(kernel, None), Derivative::Partials(partials))
}

/// A function of two floats.
pub const fn binary(facts: Facts, kernel: Pair2, partials: Partials) -> Op {
    facts.row(Promote::Float, float_elementwise, two(kernel, None), Derivative::Partials(partials))
}

/// A function of one number that keeps integers.
pub const fn unary_int(facts: Facts, kernel: Pair1, i64: fn(i64) -> Option<i64>, partials: Partials) -> Op {
    facts.row(Promote::Integer, same_elementwise, one(kernel, Some(i64)), Derivative::Partials(partials))
}

/// A function of two numbers that keeps integers.
pub const fn binary_int(facts: Facts, kernel: Pair2, i64: fn(i64, i64) -> Option<i64>, partials: Partials) -> Op {
    facts.row(Promote::Integer, same_elementwise, two(kernel, Some(i64)), Derivative::Partials(partials))
}

/// A comparison.
pub const fn compare(facts: Facts, kernel: Compare) -> Op {
    facts.row(Promote::Common, truth, Kernel::Compare(kernel), Derivative::Zero)
}

/// The shape rule of elementwise questions.
pub fn truth(inputs: &[&Meta], _: &Attrs) -> Result<Vec<Meta>> {
    let meta = Promote::Common.elementwise(inputs)?;
    Ok(vec![Meta { dtype: DType::Bool, ..meta }])
}

impl Op {
    /// The same row, written between its operands with this binding strength.
    pub const fn infix(self, sign: &'static str, strength: u8) -> Op {
        Op { notation: Notation::Infix(sign, strength), ..self }
    }

    /// The same row, written in front of its operand.
    pub const fn prefix(self, sign: &'static str, strength: u8) -> Op {
        Op { notation: Notation::Prefix(sign, strength), ..self }
    }

    /// The same row, computed so in wide numbers.
    pub const fn exact(self, exact: Exact) -> Op {
        Op { exact, ..self }
    }

    /// The same row, whose numbers are about the format of its inputs.
    pub const fn of_format(self) -> Op {
        Op { outputs: Outputs::OfFormat, ..self }
    }

    /// The same row of one operand, defined for complex numbers too.
    pub const fn of_complex(self, kernel: OfComplex) -> Op {
        let shape = match kernel {
            OfComplex::Complex(_) => self.shape,
            OfComplex::Real(_) => real_elementwise,
        };
        match self.kernel {
            Kernel::Unary(k) => Op { kernel: Kernel::Unary(Unary { complex: Some(kernel), ..k }), shape, ..self },
            _ => self,
        }
    }

    /// The same row of two operands, defined for complex numbers too.
    pub const fn of_two_complex(self, kernel: fn(&[[f64; 2]], &[[f64; 2]], &mut [[f64; 2]])) -> Op {
        match self.kernel {
            Kernel::Binary(k) => Op { kernel: Kernel::Binary(Binary { complex: Some(kernel), ..k }), ..self },
            _ => self,
        }
    }

    /// The same row, whose cotangents say where they count.
    pub const fn masked(self, rule: fn(&Vjp) -> Vec<Option<Cotangent>>) -> Op {
        Op { derivative: Derivative::Masked(rule), ..self }
    }

    /// The same row, whose kernel is this machine instruction.
    pub const fn machine(self, instruction: Instruction) -> Op {
        let instruction = Some(instruction);
        match self.kernel {
            Kernel::Unary(k) => Op { kernel: Kernel::Unary(Unary { instruction, ..k }), ..self },
            Kernel::Binary(k) => Op { kernel: Kernel::Binary(Binary { instruction, ..k }), ..self },
            _ => self,
        }
    }
}
