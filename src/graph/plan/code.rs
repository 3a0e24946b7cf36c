//! The instructions of fused loops: which kernel, from where, to where.

use super::view::View;
use crate::array::arith::Instruction;
use crate::array::sums::Blocks;
use crate::array::{DType, Format};
use crate::graph::{Lanes, Reduce};

/// Element types that loops work on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ty {
    F64,
    F32,
    I64,
    Bool,
}

impl Ty {
    /// The element type that a dtype is stored in; complex ones never reach a loop.
    pub fn of(dtype: DType) -> Ty {
        match dtype.storage() {
            DType::F32 => Ty::F32,
            DType::I64 => Ty::I64,
            DType::Bool => Ty::Bool,
            _ => Ty::F64,
        }
    }
}

/// Where an operand comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Src {
    /// There is none.
    None,
    /// A register, from its start.
    Reg(usize),
    /// A register that holds a whole row or tile.
    Row(usize),
    /// The first element of a register, for all.
    One(usize),
    /// An array over the whole loop.
    In(usize),
    /// An output that has been written.
    Out(usize),
    /// An array of one row, the same for all.
    Column(usize),
}

/// Where a result goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dst {
    /// A register, from its start.
    Reg(usize),
    /// A register that holds a whole row or tile.
    Row(usize),
    /// An output.
    Out(usize),
}

/// What an instruction computes.
#[derive(Clone, Copy)]
pub enum Code {
    Unary64(fn(&[f64], &mut [f64])),
    Unary32(fn(&[f32], &mut [f32])),
    Binary64(fn(&[f64], &[f64], &mut [f64])),
    Binary32(fn(&[f32], &[f32], &mut [f32])),
    Arith64(Instruction),
    Arith32(Instruction),
    /// Several arithmetic instructions in one pass.
    Chain64(usize),
    Chain32(usize),
    /// The sum of a block of what a chain gives: chain, accumulator.
    ChainSum64(usize, usize),
    ChainSum32(usize, usize),
    /// A reduction of as many copies of every element.
    Repeat64(&'static Reduce, usize),
    Repeat32(&'static Reduce, usize),
    Compare64(fn(&[f64], &[f64], &mut [bool])),
    Compare32(fn(&[f32], &[f32], &mut [bool])),
    CompareI(fn(&[i64], &[i64], &mut [bool])),
    Test64(fn(&[f64], &mut [bool])),
    Test32(fn(&[f32], &mut [bool])),
    /// A function of two booleans: bit 2a + b of the mask.
    Truth(u8),
    Select(Ty),
    Cast(Ty, Ty),
    Round64(Format),
    Round32(Format),
    Copy(Ty),
    /// The elements of a view of an array.
    Gather(Ty, usize),
    /// Values per row, repeated over their rows.
    Expand(Ty),
    /// The partial result of a block.
    Reduce64(usize, fn(&[f64]) -> [f64; 3]),
    Reduce32(usize, fn(&[f32]) -> [f64; 3]),
}

/// One instruction.
#[derive(Clone, Copy)]
pub struct Instr {
    pub code: Code,
    pub dst: Dst,
    pub src: [Src; 3],
}

/// One instruction of a chain: what it does with the value so far and another operand.
#[derive(Clone, Copy)]
pub struct Link {
    pub op: Instruction,
    /// True if the value so far is the right operand.
    pub swapped: bool,
    pub other: Src,
}

/// What happens between two passes over a tile.
pub enum Between {
    /// An instruction over values per row.
    Rows(Instr),
    /// The results of a reduction in blocks, to values per row.
    Finish { acc: usize, ty: Ty, dst: Dst },
    /// A reduction that needs its lanes whole.
    Whole { kernel: &'static Reduce, ty: Ty, src: Src, dst: Dst },
    /// A function of lanes.
    Lanes { kernel: &'static Lanes, ty: Ty, src: Src, dst: Dst, node: usize },
}

/// One pass over a tile.
#[derive(Default)]
pub struct Phase {
    /// Before the pass, in order.
    pub before: Vec<Between>,
    /// Values per row repeated for this pass.
    pub expand: Vec<Instr>,
    /// For every block.
    pub code: Vec<Instr>,
    /// The accumulators that the blocks feed.
    pub accs: Vec<usize>,
}

/// How long a register is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Length {
    /// One block.
    Block,
    /// All rows of a tile.
    Tile,
    /// One element per row of a tile.
    Rows,
}

/// A value that is the same for the whole loop, and the register that is filled with it.
pub struct Scalar {
    pub value: usize,
    pub at: usize,
    pub ty: Ty,
    pub reg: usize,
}

/// A fused loop.
#[derive(Default)]
pub struct Program {
    pub rows: usize,
    pub n: usize,
    /// Rows that are worked on together.
    pub tile: usize,
    pub phases: Vec<Phase>,
    /// Type and length of the registers.
    pub regs: Vec<(Ty, Length)>,
    pub scalars: Vec<Scalar>,
    /// The values that are read as arrays.
    pub ins: Vec<usize>,
    /// The views that are gathered, each of input k.
    pub gathers: Vec<(View, usize)>,
    /// The links of chains.
    pub chains: Vec<Vec<Link>>,
    /// The values that are written as arrays.
    pub outs: Vec<usize>,
    /// The reductions in blocks, and the values that those over everything give.
    pub accs: Vec<(Blocks, usize)>,
}
