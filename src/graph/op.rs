//! `Op`: the record in which one row states everything that is known about an operation.

use super::outputs::Outputs;
use super::{Attrs, Exact, Note, NoteKind, Tensor};
use crate::array::arith::Instruction;
use crate::array::loops::Reducer;
use crate::array::sums::Blocks;
use crate::array::{Array, DType, broadcast, display_shape};
use crate::error::{Error, ErrorKind, Origin, Result};

/// What is known of a value before it is computed: its dtype, its shape, and whether the dtype is still weak.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meta {
    /// The dtype.
    pub dtype: DType,
    /// The shape.
    pub shape: Vec<usize>,
    /// True of a constant that takes the dtype of what it meets.
    pub weak: bool,
}

impl Meta {
    /// A strong dtype and a shape.
    pub fn new(dtype: DType, shape: Vec<usize>) -> Meta {
        Meta { dtype, shape, weak: false }
    }
}

/// The dtype in which inputs meet, and whether it is still weak.
pub fn common(inputs: &[&Meta]) -> (DType, bool) {
    let over = |weak: bool| inputs.iter().filter(|m| m.weak == weak).map(|m| m.dtype).reduce(DType::promote);
    match (over(false), over(true)) {
        (None, None) => (DType::F64, true),
        (None, Some(weak)) => (weak, true),
        (Some(strong), None) => (strong, false),
        // A weak complex number makes the other one complex, and no wider than it must be.
        (Some(strong), Some(weak)) if weak.is_complex() => (strong.to_complex(), false),
        // A weak float lifts integers to f64 and leaves floats as they are; a weak integer lifts only bool.
        (Some(strong), Some(weak)) if strong.is_float() || strong.is_complex() || !weak.is_float() => {
            (if strong == DType::Bool { weak } else { strong }, false)
        }
        (Some(_), Some(weak)) => (weak, false),
    }
}

/// An interval of the extended real line, ends included unless `open`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub lo: f64,
    /// The upper end.
    pub hi: f64,
    /// True if finite ends do not belong to it.
    pub open: bool,
}

impl Interval {
    /// All real numbers and both infinities.
    pub const ALL: Interval = Interval::closed(f64::NEG_INFINITY, f64::INFINITY);
    /// Zero and above.
    pub const NON_NEGATIVE: Interval = Interval::closed(0.0, f64::INFINITY);
    /// Above zero.
    pub const POSITIVE: Interval = Interval::open(0.0, f64::INFINITY);
    /// Zero to one.
    pub const UNIT: Interval = Interval::closed(0.0, 1.0);

    /// Both ends included.
    pub const fn closed(lo: f64, hi: f64) -> Interval {
        Interval { lo, hi, open: false }
    }

    /// Both ends excluded.
    pub const fn open(lo: f64, hi: f64) -> Interval {
        Interval { lo, hi, open: true }
    }

    /// True if `x` lies inside.
    pub fn contains(&self, x: f64) -> bool {
        if self.open { self.lo < x && x < self.hi } else { self.lo <= x && x <= self.hi }
    }
}

impl std::fmt::Display for Interval {
    /// Writes it as mathematics does: `[0, inf)`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let end =
            |v: f64, closed: &'static str, open: &'static str| if self.open || v.is_infinite() { open } else { closed };
        write!(f, "{}{}, {}{}", end(self.lo, "[", "("), self.lo, self.hi, end(self.hi, "]", ")"))
    }
}

/// Slice kernel of a function of one complex number.
#[derive(Clone, Copy)]
pub enum OfComplex {
    /// Its values are complex.
    Complex(fn(&[[f64; 2]], &mut [[f64; 2]])),
    /// Its values are real.
    Real(fn(&[[f64; 2]], &mut [f64])),
}

/// Slice kernels of a function of one number.
#[derive(Clone, Copy)]
pub struct Unary {
    /// For f64.
    pub f64: fn(&[f64], &mut [f64]),
    /// For f32.
    pub f32: fn(&[f32], &mut [f32]),
    /// For i64, where integers stay integers; `None` from it is an overflow.
    pub i64: Option<fn(i64) -> Option<i64>>,
    /// For complex numbers, where the function is defined for them here.
    pub complex: Option<OfComplex>,
    /// The machine instruction that the kernels are, where they are one.
    pub instruction: Option<Instruction>,
}

/// Slice kernels of a function of two numbers.
#[derive(Clone, Copy)]
pub struct Binary {
    /// For f64.
    pub f64: fn(&[f64], &[f64], &mut [f64]),
    /// For f32.
    pub f32: fn(&[f32], &[f32], &mut [f32]),
    /// For i64, where integers stay integers; `None` from it is an overflow or a division by zero.
    pub i64: Option<fn(i64, i64) -> Option<i64>>,
    /// For complex numbers, where the function is defined for them here.
    pub complex: Option<fn(&[[f64; 2]], &[[f64; 2]], &mut [[f64; 2]])>,
    /// The machine instruction that the kernels are, where they are one.
    pub instruction: Option<Instruction>,
}

/// Slice kernels of a comparison.
#[derive(Clone, Copy)]
pub struct Compare {
    /// For f64.
    pub f64: fn(&[f64], &[f64], &mut [bool]),
    /// For f32.
    pub f32: fn(&[f32], &[f32], &mut [bool]),
    /// For i64 and bool.
    pub i64: fn(&[i64], &[i64], &mut [bool]),
}

/// Slice kernels of a question about one number; integers and booleans are asked as f64.
#[derive(Clone, Copy)]
pub struct Test {
    /// For f64.
    pub f64: fn(&[f64], &mut [bool]),
    /// For f32.
    pub f32: fn(&[f32], &mut [bool]),
}

/// Kernels of a reduction over the middle axis of (outer, n, inner), row-major.
#[derive(Clone, Copy)]
pub struct Reduce {
    /// For f64: elements, n, inner, output of outer × inner.
    pub f64: fn(&[f64], usize, usize, &mut [f64]),
    /// For f32.
    pub f32: fn(&[f32], usize, usize, &mut [f32]),
    /// For i64 one lane, where integers stay integers; `None` from it is an overflow.
    pub i64: Option<fn(&mut dyn Iterator<Item = i64>) -> Option<i64>>,
    /// The result over no elements, or `None` where there is none.
    pub empty: Option<f64>,
    /// True if complex numbers are reduced part by part.
    pub parts: bool,
    /// The same in blocks, where that is possible: then contiguous lanes are reduced so, and not by the kernels above.
    pub blocks: Option<Blocks>,
}

impl Reduce {
    /// The kernels for f64.
    pub(super) fn reducer_f64(&self) -> Reducer<f64> {
        Reducer { whole: self.f64, blocks: self.blocks, block: |b| b.f64, round: |v| v }
    }

    /// The kernels for f32.
    pub(super) fn reducer_f32(&self) -> Reducer<f32> {
        Reducer { whole: self.f32, blocks: self.blocks, block: |b| b.f32, round: |v| v as f32 }
    }
}

/// Kernels of a function of whole contiguous lanes over `Attrs::Axes`, which keeps the shape.
#[derive(Clone, Copy)]
pub struct Lanes {
    /// For one lane of f64; true if the lane deserves the note.
    pub f64: fn(&[f64], &mut [f64]) -> bool,
    /// For one lane of f32.
    pub f32: fn(&[f32], &mut [f32]) -> bool,
    /// The note on a lane that deserves one.
    pub note: (NoteKind, &'static str),
}

impl Lanes {
    /// The note, about a node of this name and origin.
    pub(super) fn remark(&self, op: &'static str, origin: Origin) -> Note {
        Note { kind: self.note.0, op, message: self.note.1.into(), origin }
    }
}

/// How an op computes.
pub enum Kernel {
    /// It does not: the node carries its value.
    Leaf,
    /// Elementwise in one input.
    Unary(Unary),
    /// Elementwise in two inputs that broadcast.
    Binary(Binary),
    /// A comparison of two inputs that broadcast.
    Compare(Compare),
    /// A question about every element of one input.
    Test(Test),
    /// The second input where the first is true, else the third; all broadcast.
    Select,
    /// The same numbers in the dtype of the output.
    Cast,
    /// The same elements in row-major order, in the shape of the output.
    Same,
    /// Another view of the one input: only strides change, and no element is looked at.
    View(fn(&Array, &Attrs, &Meta) -> Result<Array>),
    /// Copies of elements, and zeros, at places that do not depend on their values.
    Move(fn(&mut Call) -> Result<Vec<Array>>),
    /// A reduction over `Attrs::Axes`.
    Reduce(Reduce),
    /// A function of whole lanes over `Attrs::Axes`.
    Lanes(Lanes),
    /// Anything else: all outputs from all inputs.
    Custom(fn(&mut Call) -> Result<Vec<Array>>),
    /// The same, of real and of complex numbers.
    Field(fn(&mut Call) -> Result<Vec<Array>>),
}

/// What a custom kernel is given.
pub struct Call<'a> {
    /// The op's name, for messages.
    pub name: &'static str,
    /// The values of the inputs.
    pub inputs: &'a [Array],
    /// The node's attributes.
    pub attrs: &'a Attrs,
    /// What the outputs must be.
    pub outs: &'a [Meta],
    /// Where the node was written.
    pub origin: Origin,
    /// Remarks go here.
    pub notes: &'a mut Vec<Note>,
}

impl Call<'_> {
    /// Leaves a note.
    pub fn note(&mut self, kind: NoteKind, message: String) {
        self.notes.push(Note { kind, op: self.name, message, origin: self.origin });
    }
}

/// How the inputs of an op meet in one dtype before its kernel sees them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Promote {
    /// All inputs meet in their common dtype.
    Common,
    /// They meet in their common dtype, or in i64 if that is bool.
    Integer,
    /// They meet in their common dtype, or in f64 if that is no float.
    Float,
    /// Those from this index on meet; the ones before stay as they are.
    From(usize),
    /// Every input stays as it is.
    Keep,
}

impl Promote {
    /// The dtype in which these inputs meet, and whether it is still weak.
    pub fn meet(self, inputs: &[&Meta]) -> (DType, bool) {
        let (dtype, weak) = match self {
            Promote::From(k) => common(inputs.get(k..).unwrap_or(&[])),
            _ => common(inputs),
        };
        match self {
            Promote::Float => (dtype.to_float(), weak),
            Promote::Integer if dtype == DType::Bool => (DType::I64, weak),
            _ => (dtype, weak),
        }
    }

    /// The shape rule of elementwise ops: shapes broadcast, dtypes meet.
    ///
    /// Many rows share it, so its error names none; the builder of the node does (`Op::misfit`).
    pub fn elementwise(self, inputs: &[&Meta]) -> Result<Meta> {
        let (dtype, weak) = self.meet(inputs);
        let mut shape = vec![];
        for m in inputs {
            shape = broadcast(&shape, &m.shape).ok_or_else(|| Error::new(ErrorKind::Shape, ""))?;
        }
        Ok(Meta { dtype, shape, weak })
    }
}

/// What a reverse rule is given: inputs, outputs, and the cotangents of the outputs.
pub struct Vjp<'a> {
    /// The inputs.
    pub x: &'a [Tensor],
    /// The outputs.
    pub y: &'a [Tensor],
    /// The cotangent of every output, batch ++ shape of the output; `None` counts as zero.
    pub dy: &'a [Option<Tensor>],
    /// The node's attributes.
    pub attrs: &'a Attrs,
}

/// A cotangent that counts only where its mask is true.
///
/// Selecting after the local derivatives were multiplied in, not before, keeps 0·∞ out of branches not taken.
#[derive(Clone)]
pub struct Cotangent {
    /// The value.
    pub value: Tensor,
    /// Where it counts; everywhere if `None`.
    pub mask: Option<Tensor>,
}

impl From<Tensor> for Cotangent {
    fn from(value: Tensor) -> Cotangent {
        Cotangent { value, mask: None }
    }
}

/// How an op is differentiated.
pub enum Derivative {
    /// Elementwise: ∂y/∂xᵢ for every input, from inputs and output.
    Partials(fn(&[Tensor], &Tensor) -> Vec<Tensor>),
    /// Linear in its inputs together, and its reverse rule only moves elements (so it moves masks as well).
    Moves(fn(&Vjp) -> Vec<Option<Tensor>>),
    /// Linear in its inputs together.
    Linear(fn(&Vjp) -> Vec<Option<Tensor>>),
    /// A reverse rule; forward mode comes from two reverse passes.
    Custom(fn(&Vjp) -> Vec<Option<Tensor>>),
    /// A reverse rule that knows where its cotangents do not count.
    Masked(fn(&Vjp) -> Vec<Option<Cotangent>>),
    /// Zero wherever it exists.
    Zero,
    /// There is none, and this is why.
    Undefined(&'static str),
}

/// How an op is written in a formula.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notation {
    /// `name(a, b)`, with attributes as keywords.
    Function,
    /// Between its operands, with this binding strength.
    Infix(&'static str, u8),
    /// In front of its operand, with this binding strength.
    Prefix(&'static str, u8),
    /// The value itself.
    Leaf,
}

/// One row: everything that is known about an operation.
pub struct Op {
    /// The name, as a formula spells it.
    pub name: &'static str,
    /// One plain sentence.
    pub summary: &'static str,
    /// The textbook formula that the op stands for, in `x` (one input) or `a`, `b` (two), or `""` where it is its own.
    pub meaning: &'static str,
    /// The dtypes in which inputs meet.
    pub promote: Promote,
    /// The outputs' dtypes and shapes.
    pub shape: fn(&[&Meta], &Attrs) -> Result<Vec<Meta>>,
    /// How it computes.
    pub kernel: Kernel,
    /// How it is computed in wide numbers.
    pub exact: Exact,
    /// What its outputs are.
    pub outputs: Outputs,
    /// How it is differentiated.
    pub derivative: Derivative,
    /// Where inputs may lie: outside of it nothing finite comes out. Isolated poles inside it are not told.
    pub domain: Interval,
    /// Where outputs lie.
    pub range: Interval,
    /// How it is written.
    pub notation: Notation,
    /// How it is written in LaTeX, with `{0}`, `{1}` for inputs; `""` for an upright name.
    pub latex: &'static str,
    /// A formula that shows it, for `gradus ops`.
    pub example: &'static str,
}

impl PartialEq for Op {
    fn eq(&self, other: &Op) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for Op {}

impl std::fmt::Debug for Op {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl Op {
    /// A node of this op over these inputs. It never fails: what does not fit makes a poisoned node.
    #[track_caller]
    pub fn call(&'static self, inputs: &[&Tensor], attrs: Attrs) -> Tensor {
        Tensor::build(self, inputs, attrs)
    }

    /// How many inputs the op takes, where its kernel says so.
    pub fn arity(&self) -> Option<usize> {
        match self.kernel {
            Kernel::Leaf => Some(0),
            Kernel::Unary(_) | Kernel::Test(_) | Kernel::Cast | Kernel::Same | Kernel::View(_) => Some(1),
            Kernel::Reduce(_) | Kernel::Lanes(_) => Some(1),
            Kernel::Binary(_) | Kernel::Compare(_) => Some(2),
            Kernel::Select => Some(3),
            Kernel::Move(_) | Kernel::Custom(_) | Kernel::Field(_) => None,
        }
    }

    /// An error for a number of inputs that the op does not take.
    pub(super) fn check_arity(&self, given: usize) -> Result<()> {
        match self.arity() {
            Some(n) if n != given => {
                let m = format!("`{}` takes {n} input{}, not {given}", self.name, if n == 1 { "" } else { "s" });
                Err(Error::new(ErrorKind::Argument, m))
            }
            _ => Ok(()),
        }
    }

    /// True of a function of one or two numbers, element by element.
    pub(super) fn is_elementwise(&self) -> bool {
        matches!(self.kernel, Kernel::Unary(_) | Kernel::Binary(_))
    }

    /// True of a value that may have lost what a formula around it is about: one rounded to an end of the op's range,
    /// as exp(-1000) is, or one of an op that has ends above and below, as sigmoid has. Arithmetic loses nothing so.
    pub(super) fn is_worn(&self, value: f64) -> bool {
        let arithmetic = match &self.kernel {
            Kernel::Unary(k) => k.i64.is_some() || k.instruction.is_some(),
            Kernel::Binary(k) => k.i64.is_some() || k.instruction.is_some(),
            _ => true,
        };
        let Interval { lo, hi, .. } = self.range;
        !arithmetic && (value == lo || value == hi || (lo.is_finite() && hi.is_finite()))
    }

    /// An error for complex numbers given to an op that is not defined for them.
    pub(super) fn check_complex(&self, inputs: &[&Meta]) -> Result<()> {
        let takes = match &self.kernel {
            Kernel::Unary(k) => k.complex.is_some(),
            Kernel::Binary(k) => k.complex.is_some(),
            Kernel::Reduce(k) => k.parts,
            Kernel::Compare(_) | Kernel::Test(_) | Kernel::Lanes(_) | Kernel::Custom(_) => false,
            Kernel::Leaf | Kernel::Select | Kernel::Cast | Kernel::Same => true,
            Kernel::View(_) | Kernel::Move(_) | Kernel::Field(_) => true,
        };
        match inputs.iter().find(|m| m.dtype.is_complex()) {
            Some(m) if !takes => Err(Error::new(
                ErrorKind::DType,
                format!(
                    "`{}` is not defined for complex numbers ({}); take real(x), imag(x) or abs(x)",
                    self.name, m.dtype
                ),
            )),
            _ => Ok(()),
        }
    }

    /// The error for shapes that do not broadcast.
    pub fn misfit(&self, inputs: &[&Meta]) -> Error {
        let shapes: Vec<String> = inputs.iter().map(|m| display_shape(&m.shape)).collect();
        let name = match self.notation {
            Notation::Infix(sign, _) => sign,
            _ => self.name,
        };
        Error::new(ErrorKind::Shape, format!("`{name}`: shapes {} do not fit together", shapes.join(" and ")))
    }
}
