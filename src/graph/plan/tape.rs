//! The tape: small values element by element in numbered registers, without loops and without allocation.

use std::collections::HashMap;

use super::lower::{Kind, Lowered, Map, Node, TINY};
use crate::array::arith::Instruction;
use crate::array::sums::Blocks;
use crate::array::{Array, DType, Format, round_f32_to, round_f64_to};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::evaluate::Task;
use crate::graph::{Call, Kernel, Reduce};

/// One instruction on registers. All registers are f64; f32 and bool are held in them exactly.
#[derive(Clone, Copy)]
enum Ins {
    Add(u32, u32),
    Sub(u32, u32),
    Mul(u32, u32),
    Div(u32, u32),
    Neg(u32),
    Square(u32),
    Arith32(Instruction, u32, u32),
    Unary64(fn(&[f64], &mut [f64]), u32),
    Unary32(fn(&[f32], &mut [f32]), u32),
    Binary64(fn(&[f64], &[f64], &mut [f64]), u32, u32),
    Binary32(fn(&[f32], &[f32], &mut [f32]), u32, u32),
    Compare64(fn(&[f64], &[f64], &mut [bool]), u32, u32),
    Compare32(fn(&[f32], &[f32], &mut [bool]), u32, u32),
    CompareBool(fn(&[i64], &[i64], &mut [bool]), u32, u32),
    Test64(fn(&[f64], &mut [bool]), u32),
    Test32(fn(&[f32], &mut [bool]), u32),
    Select(u32, u32, u32),
    Single(u32),
    Truth(u32),
    Round(Format, u32),
    RoundWide(Format, u32),
    Copy(u32),
    /// The sum of one number, which is never −0.
    Sum(u32),
    Zero,
    /// A reduction of copies of one register, as many as `counts` says there.
    Repeat(&'static Reduce, bool, u32, u32),
    /// A reduction of registers listed in `lists` from here on, this many.
    Reduce(&'static Reduce, bool, u32, u32),
}

/// Instructions with their targets.
#[derive(Default)]
pub struct Tape {
    code: Vec<(Ins, u32)>,
    lists: Vec<u32>,
    counts: Vec<usize>,
    /// Values that are brought into registers first, where they are arrays: value, first register.
    pub loads: Vec<(usize, usize)>,
}

/// Which registers hold the elements of which value.
#[derive(Default)]
pub struct Registers {
    starts: HashMap<usize, usize>,
    pub count: usize,
}

impl Registers {
    /// The first register of a value that is in registers.
    pub fn find(&self, value: usize) -> Option<usize> {
        self.starts.get(&value).copied()
    }

    /// The first register of a value, given to it now if it has none; true if it is new.
    pub fn place(&mut self, value: usize, len: usize) -> (usize, bool) {
        if let Some(at) = self.find(value) {
            return (at, false);
        }
        let at = self.count;
        self.starts.insert(value, at);
        self.count += len;
        (at, true)
    }
}

/// Compiles nodes for the tape.
pub fn compile(g: &Lowered, nodes: &[usize], registers: &mut Registers) -> Result<Tape> {
    let mut tape = Tape::default();
    for &i in nodes {
        let node = &g.nodes[i];
        let mut sources: Vec<Vec<u32>> = vec![];
        for v in &node.inputs {
            let value = g.values[v.base];
            let (start, new) = registers.place(v.base, value.len);
            if new {
                tape.loads.push((v.base, start));
            }
            sources.push(v.indices().into_iter().map(|k| (start + k) as u32).collect());
        }
        let (to, _) = registers.place(node.out, g.values[node.out].len);
        tape.node(g, node, &sources, to)?;
    }
    Ok(tape)
}

impl Tape {
    /// Emits the instructions of one node.
    fn node(&mut self, g: &Lowered, node: &Node, sources: &[Vec<u32>], to: usize) -> Result<()> {
        let dtype = |k: usize| node.inputs.get(k).map_or(DType::F64, |v| g.values[v.base].dtype);
        let len = g.values[node.out].len;
        match &node.kind {
            Kind::Map(map) => {
                if let Map::Repeat(_, n) = map {
                    self.counts.push(*n);
                }
                let count = self.counts.len().saturating_sub(1) as u32;
                for e in 0..len {
                    let reg = |k: usize| sources.get(k).and_then(|s| s.get(e)).copied().unwrap_or(0);
                    let ins = instruction(map, dtype(0), g.values[node.out].dtype, count, reg);
                    self.code.push((ins, (to + e) as u32));
                }
            }
            Kind::Reduce(k, n) => {
                for e in 0..len {
                    if *n == 1 && k.blocks.is_some_and(|b| b.plain_sum) {
                        self.code.push((Ins::Sum(sources[0][e]), (to + e) as u32));
                        continue;
                    }
                    let from = self.lists.len();
                    self.lists.extend(&sources[0][e * n..(e + 1) * n]);
                    let single = dtype(0).storage() == DType::F32;
                    self.code.push((Ins::Reduce(k, single, from as u32, *n as u32), (to + e) as u32));
                }
            }
            Kind::Move => {
                for (e, from) in moved(node, sources)?.into_iter().enumerate() {
                    self.code.push((from.map_or(Ins::Zero, Ins::Copy), (to + e) as u32));
                }
            }
            _ => return Err(Error::new(ErrorKind::Argument, "the tape does not know this node")),
        }
        Ok(())
    }

    /// How many instructions there are.
    pub fn len(&self) -> usize {
        self.code.len()
    }

    /// Runs the instructions.
    pub fn run(&self, r: &mut [f64]) {
        for (ins, to) in &self.code {
            let y = self.value(ins, r);
            r[*to as usize] = y;
        }
    }

    #[inline(always)]
    fn value(&self, ins: &Ins, r: &[f64]) -> f64 {
        let at = |k: u32| r[k as usize];
        match *ins {
            Ins::Add(a, b) => at(a) + at(b),
            Ins::Sub(a, b) => at(a) - at(b),
            Ins::Mul(a, b) => at(a) * at(b),
            Ins::Div(a, b) => at(a) / at(b),
            Ins::Neg(a) => -at(a),
            Ins::Square(a) => at(a) * at(a),
            Ins::Select(c, a, b) => at(if at(c) != 0.0 { a } else { b }),
            Ins::Copy(a) => at(a),
            Ins::Sum(a) => at(a) + 0.0,
            Ins::Zero => 0.0,
            _ => self.rare(ins, r),
        }
    }

    /// Instructions that call a kernel.
    fn rare(&self, ins: &Ins, r: &[f64]) -> f64 {
        let (at, single) = (|k: u32| r[k as usize], |k: u32| r[k as usize] as f32);
        let (mut y, mut z, mut t) = ([0.0f64], [0.0f32], [false]);
        match *ins {
            Ins::Unary64(f, a) => f(&[at(a)], &mut y),
            Ins::Binary64(f, a, b) => f(&[at(a)], &[at(b)], &mut y),
            Ins::Compare64(f, a, b) => f(&[at(a)], &[at(b)], &mut t),
            Ins::Test64(f, a) => f(&[at(a)], &mut t),
            Ins::CompareBool(f, a, b) => f(&[i64::from(at(a) != 0.0)], &[i64::from(at(b) != 0.0)], &mut t),
            Ins::Repeat(k, false, a, n) => {
                y = k.blocks.map_or(y, |b| [b.repeat(b.f64, at(a), self.counts[n as usize])]);
            }
            Ins::Repeat(k, true, a, n) => {
                let total = k.blocks.map_or(0.0, |b| b.repeat(b.f32, single(a), self.counts[n as usize]));
                y = [f64::from(total as f32)];
            }
            Ins::Compare32(f, a, b) => f(&[single(a)], &[single(b)], &mut t),
            Ins::Test32(f, a) => f(&[single(a)], &mut t),
            Ins::Truth(a) => t = [at(a) != 0.0],
            Ins::Unary32(f, a) => {
                f(&[single(a)], &mut z);
                y = [z[0].into()];
            }
            Ins::Binary32(f, a, b) => {
                f(&[single(a)], &[single(b)], &mut z);
                y = [z[0].into()];
            }
            Ins::Arith32(op, a, b) => y = [arith32(op, single(a), single(b)).into()],
            Ins::Single(a) => y = [single(a).into()],
            Ins::Round(format, a) => y = [round_f32_to(single(a), format).into()],
            Ins::RoundWide(format, a) => y = [round_f64_to(at(a), format)],
            Ins::Reduce(k, single, from, n) => {
                let list = &self.lists[from as usize..(from + n) as usize];
                y = [if single { reduce32(k, list, r) } else { reduce64(k, list, r) }];
            }
            _ => {}
        }
        if t[0] { 1.0 } else { y[0] }
    }
}

/// The instruction of an elementwise node.
fn instruction(map: &Map, from: DType, to: DType, count: u32, reg: impl Fn(usize) -> u32) -> Ins {
    let single = from.storage() == DType::F32;
    let (a, b) = (reg(0), reg(1));
    match map {
        Map::Unary(k) => match k.instruction {
            Some(op) => arith(op, single, a, a),
            None if single => Ins::Unary32(k.f32, a),
            None => Ins::Unary64(k.f64, a),
        },
        Map::Binary(k) => match k.instruction {
            Some(op) => arith(op, single, a, b),
            None if single => Ins::Binary32(k.f32, a, b),
            None => Ins::Binary64(k.f64, a, b),
        },
        Map::Compare(k) => match from {
            DType::Bool => Ins::CompareBool(k.i64, a, b),
            _ if single => Ins::Compare32(k.f32, a, b),
            _ => Ins::Compare64(k.f64, a, b),
        },
        Map::Test(k) => {
            if single {
                Ins::Test32(k.f32, a)
            } else {
                Ins::Test64(k.f64, a)
            }
        }
        Map::Select => Ins::Select(a, b, reg(2)),
        Map::Round(format) => Ins::Round(*format, a),
        Map::Repeat(k, _) => Ins::Repeat(k, single, a, count),
        Map::Copy => Ins::Copy(a),
        Map::Cast => match to {
            DType::Bool => Ins::Truth(a),
            DType::F32 => Ins::Single(a),
            DType::F16 => round(Format::F16, single, a),
            DType::BF16 => round(Format::BF16, single, a),
            _ => Ins::Copy(a),
        },
    }
}

fn round(format: Format, single: bool, a: u32) -> Ins {
    if single { Ins::Round(format, a) } else { Ins::RoundWide(format, a) }
}

fn arith(op: Instruction, single: bool, a: u32, b: u32) -> Ins {
    match op {
        _ if single => Ins::Arith32(op, a, b),
        Instruction::Add => Ins::Add(a, b),
        Instruction::Sub => Ins::Sub(a, b),
        Instruction::Mul => Ins::Mul(a, b),
        Instruction::Div => Ins::Div(a, b),
        Instruction::Neg => Ins::Neg(a),
        Instruction::Square => Ins::Square(a),
    }
}

fn arith32(op: Instruction, a: f32, b: f32) -> f32 {
    match op {
        Instruction::Add => a + b,
        Instruction::Sub => a - b,
        Instruction::Mul => a * b,
        Instruction::Div => a / b,
        Instruction::Neg => -a,
        Instruction::Square => a * a,
    }
}

/// The result of a reduction in blocks over one block.
fn over_block(b: &Blocks, part: [f64; 3], n: usize) -> f64 {
    let mut total = b.start;
    (b.join)(&mut total, &part);
    (b.finish)(&total, n)
}

fn reduce64(k: &Reduce, list: &[u32], r: &[f64]) -> f64 {
    let mut x = [0.0f64; TINY];
    x.iter_mut().zip(list).for_each(|(x, &k)| *x = r[k as usize]);
    let (x, mut y) = (&x[..list.len()], [0.0]);
    match &k.blocks {
        Some(b) => return over_block(b, (b.f64)(x), x.len()),
        None => (k.f64)(x, x.len(), 1, &mut y),
    }
    y[0]
}

fn reduce32(k: &Reduce, list: &[u32], r: &[f64]) -> f64 {
    let mut x = [0.0f32; TINY];
    x.iter_mut().zip(list).for_each(|(x, &k)| *x = r[k as usize] as f32);
    let (x, mut y) = (&x[..list.len()], [0.0]);
    match &k.blocks {
        Some(b) => y = [over_block(b, (b.f32)(x), x.len()) as f32],
        None => (k.f32)(x, x.len(), 1, &mut y),
    }
    y[0].into()
}

/// Where each element of a movement comes from, found by moving numbered elements; `None` is a zero.
fn moved(node: &Node, sources: &[Vec<u32>]) -> Result<Vec<Option<u32>>> {
    let missing = || Error::new(ErrorKind::Argument, "not a movement");
    let task = node.task.as_ref().ok_or_else(missing)?;
    let Kernel::Move(f) = &task.op.kernel else { return Err(missing()) };
    // Register k is shown as k + 1, so that 0 stands for a zero.
    let numbered = |(v, s): (&super::view::View, &Vec<u32>)| {
        Array::from_vec(s.iter().map(|&k| f64::from(k) + 1.0).collect(), &v.shape)
    };
    let inputs = node.inputs.iter().zip(sources).map(numbered).collect::<Result<Vec<_>>>()?;
    let Task { op, attrs, outs, origin, .. } = task;
    let mut call = Call { name: op.name, inputs: &inputs, attrs, outs, origin: *origin, notes: &mut vec![] };
    let places = f(&mut call)?.first().map(Array::to_f64).unwrap_or_default();
    Ok(places.into_iter().map(|p| (p > 0.0).then(|| p as u32 - 1)).collect())
}
