//! The registers of one thread, and how instructions run on a block of them.

use super::code::{Code, Dst, Instr, Length, Link, Program, Src, Ty};
use super::stages::{self, Real};
use super::view::View;
use crate::array::arith::{self, Operand};
use crate::array::loops::BLOCK;
use crate::array::sums::Partial;
use crate::array::{Array, Element, Format, round_f32_to, round_f64_to};

/// The elements of an array that is read.
#[derive(Clone, Copy)]
pub enum Elements<'a> {
    F64(&'a [f64]),
    F32(&'a [f32]),
    I64(&'a [i64]),
    Bool(&'a [bool]),
}

/// An output that several threads write, each its own part.
pub struct Target {
    at: *mut u8,
    bytes: usize,
    ty: Ty,
}

// SAFETY: a target is only a place; `slice` says who may touch what.
unsafe impl Sync for Target {}
unsafe impl Send for Target {}

impl Target {
    /// The place of these elements, which must outlive it.
    pub fn of<T: Cell>(elements: &mut [T]) -> Target {
        Target { bytes: size_of_val(elements), at: elements.as_mut_ptr().cast(), ty: T::TY }
    }

    /// `len` elements from `from`.
    ///
    /// # Safety
    /// No other reference to these elements may be in use: tasks own disjoint parts, and within a task a value is
    /// written once before it is read.
    #[allow(clippy::mut_from_ref)]
    unsafe fn slice<T: Cell>(&self, from: usize, len: usize) -> &mut [T] {
        assert!(self.ty == T::TY && (from + len) * size_of::<T>() <= self.bytes);
        // SAFETY: inside the elements by the line above, and of their type; the caller answers for the rest.
        unsafe { std::slice::from_raw_parts_mut(self.at.cast::<T>().add(from), len) }
    }
}

/// What a loop reads and writes.
pub struct Io<'a> {
    pub ins: Vec<Elements<'a>>,
    pub outs: Vec<Target>,
    pub gathers: &'a [(View, usize)],
    pub chains: &'a [Vec<Link>],
}

/// Registers by element type.
#[derive(Default)]
pub struct Banks {
    /// Where each register begins in its buffer.
    starts: Vec<usize>,
    f64: Vec<Vec<f64>>,
    f32: Vec<Vec<f32>>,
    i64: Vec<Vec<i64>>,
    bool: Vec<Vec<bool>>,
}

/// Adds a register, and says where it begins: at a cache line, each at another place within a page, as loads that
/// follow stores to the same place of another page wait for them.
fn add_register<T: Cell>(bank: &mut Vec<Vec<T>>, len: usize, r: usize) -> usize {
    const PAGE: usize = 4096;
    let spare = if len == 0 { 0 } else { PAGE / size_of::<T>() };
    let register = vec![T::default(); len + spare];
    let wanted = (r * 9 % 64) * 64;
    let start = (wanted + PAGE - register.as_ptr().addr() % PAGE) % PAGE / size_of::<T>();
    bank.push(register);
    start.min(spare)
}

/// An element type of registers and arrays.
pub trait Cell: Element {
    const TY: Ty;
    fn bank(banks: &Banks) -> &[Vec<Self>];
    fn bank_mut(banks: &mut Banks) -> &mut Vec<Vec<Self>>;
    fn elements<'a>(e: Elements<'a>) -> &'a [Self];
    fn repeat(value: Self, out: &mut [Self]);
}

macro_rules! cell {
    ($($ty:ident $variant:ident $fill:path;)*) => {$(
        impl Cell for $ty {
            const TY: Ty = Ty::$variant;
            fn bank(banks: &Banks) -> &[Vec<Self>] {
                &banks.$ty
            }
            fn bank_mut(banks: &mut Banks) -> &mut Vec<Vec<Self>> {
                &mut banks.$ty
            }
            fn elements<'a>(e: Elements<'a>) -> &'a [Self] {
                match e {
                    Elements::$variant(v) => v,
                    _ => &[],
                }
            }
            fn repeat(value: Self, out: &mut [Self]) {
                $fill(value, out);
            }
        }
    )*};
}
cell! { f64 F64 arith::fill_f64; f32 F32 arith::fill_f32; i64 I64 arith::fill_i64; bool Bool arith::fill_bool; }

impl<'a> Elements<'a> {
    /// The elements of a contiguous array.
    pub fn of(a: &'a Array) -> Elements<'a> {
        if let Some(v) = a.as_slice::<f64>() {
            Elements::F64(v)
        } else if let Some(v) = a.as_slice::<f32>() {
            Elements::F32(v)
        } else if let Some(v) = a.as_slice::<i64>() {
            Elements::I64(v)
        } else {
            Elements::Bool(a.as_slice::<bool>().unwrap_or(&[]))
        }
    }
}

/// Where a block lies in the loop.
#[derive(Clone, Copy, Debug)]
pub struct At {
    /// The first element in arrays over the whole loop.
    pub flat: usize,
    /// The first element in its row or tile.
    pub column: usize,
    /// How many elements.
    pub len: usize,
    /// How many of them belong to one row.
    pub row: usize,
}

/// The registers of one thread.
#[derive(Default)]
pub struct Frame {
    banks: Banks,
    /// Partial results of the last block: per accumulator, per row of the tile.
    pub parts: Vec<Vec<Partial>>,
    /// Partial results of the rows so far.
    pub totals: Vec<Vec<Partial>>,
}

impl Frame {
    /// Registers for a program.
    pub fn new(p: &Program) -> Frame {
        let cells = p.rows * p.n;
        let length = |l: Length| match l {
            Length::Block => BLOCK.min(cells),
            Length::Tile => p.tile * p.n,
            Length::Rows => p.tile,
        };
        let mut banks = Banks::default();
        for (r, &(ty, l)) in p.regs.iter().enumerate() {
            let n = |of: Ty| if ty == of { length(l) } else { 0 };
            // Every bank has a place for every register, so that numbers are the same in all of them.
            let places = [
                add_register(&mut banks.f64, n(Ty::F64), r),
                add_register(&mut banks.f32, n(Ty::F32), r),
                add_register(&mut banks.i64, n(Ty::I64), r),
                add_register(&mut banks.bool, n(Ty::Bool), r),
            ];
            banks.starts.push(places.into_iter().max().unwrap_or(0));
        }
        let per_row: Vec<Vec<Partial>> = p.accs.iter().map(|(b, _)| vec![b.start; p.tile]).collect();
        Frame { banks, parts: per_row.clone(), totals: per_row }
    }

    /// Fills a register with one value.
    pub fn fill<T: Cell>(&mut self, reg: usize, value: T) {
        T::repeat(value, &mut T::bank_mut(&mut self.banks)[reg]);
    }

    /// An operand.
    pub fn read<'f, T: Cell>(&'f self, io: &'f Io, src: Src, at: At) -> &'f [T] {
        match src {
            Src::Reg(r) => self.register(r, 0, at.len),
            Src::Row(r) => self.register(r, at.column, at.len),
            Src::One(r) => self.register(r, 0, 1),
            Src::In(k) => &T::elements(io.ins[k])[at.flat..at.flat + at.len],
            Src::Column(k) => &T::elements(io.ins[k])[at.column..at.column + at.len],
            // SAFETY: this task wrote these elements, and writes them no more.
            Src::Out(k) => unsafe { io.outs[k].slice(at.flat, at.len) },
            Src::None => &[],
        }
    }

    /// `len` elements of a register.
    fn register<T: Cell>(&self, r: usize, from: usize, len: usize) -> &[T] {
        let start = self.banks.starts[r] + from;
        &T::bank(&self.banks)[r][start..start + len]
    }

    /// Lets `f` write a result while it reads operands.
    pub fn write<T: Cell>(&mut self, io: &Io, dst: Dst, at: At, f: impl FnOnce(&Frame, &mut [T])) {
        let (r, from) = match dst {
            // SAFETY: these elements belong to this task, and this is their only write.
            Dst::Out(k) => return f(self, unsafe { io.outs[k].slice(at.flat, at.len) }),
            Dst::Reg(r) => (r, 0),
            Dst::Row(r) => (r, at.column),
        };
        // A register is never an operand of the instruction that writes it.
        let from = from + self.banks.starts[r];
        let mut reg = std::mem::take(&mut T::bank_mut(&mut self.banks)[r]);
        f(self, &mut reg[from..from + at.len]);
        T::bank_mut(&mut self.banks)[r] = reg;
    }

    /// Runs instructions on one block.
    pub fn run(&mut self, io: &Io, code: &[Instr], at: At) {
        for i in code {
            self.step(io, i, at);
        }
    }

    fn unary<T: Cell, U: Cell>(&mut self, io: &Io, i: &Instr, at: At, f: impl Fn(&[T], &mut [U])) {
        self.write(io, i.dst, at, |s, out| f(s.read(io, i.src[0], at), out));
    }

    fn binary<T: Cell, U: Cell>(&mut self, io: &Io, i: &Instr, at: At, f: impl Fn(&[T], &[T], &mut [U])) {
        self.write(io, i.dst, at, |s, out| f(s.read(io, i.src[0], at), s.read(io, i.src[1], at), out));
    }

    fn arith<T: Cell>(&mut self, io: &Io, i: &Instr, at: At, f: impl Fn(Operand<T>, Operand<T>, &mut [T])) {
        self.write(io, i.dst, at, |s, out| f(s.operand(io, i.src[0], at), s.operand(io, i.src[1], at), out));
    }

    /// Runs a chain: its links as stages, affine ones joined.
    fn chain<T: Real>(&mut self, io: &Io, i: &Instr, at: At, links: &[Link]) {
        self.write(io, i.dst, at, |s, out: &mut [T]| {
            let operands = links.iter().map(|link| (link, s.operand(io, link.other, at)));
            stages::run(operands, s.read(io, i.src[0], at), out);
        });
    }

    /// Adds up what a chain gives on one block of one row.
    fn chain_sum<T: Real>(&mut self, io: &Io, i: &Instr, at: At, links: &[Link], acc: usize) {
        let operands = links.iter().map(|link| (link, self.operand::<T>(io, link.other, at)));
        self.parts[acc][0] = [stages::sum(operands, self.read(io, i.src[0], at)), 0.0, 0.0];
    }

    fn operand<'f, T: Cell>(&'f self, io: &'f Io, src: Src, at: At) -> Operand<'f, T> {
        match (src, self.read(io, src, at)) {
            (Src::One(_), &[x, ..]) => Operand::One(x),
            (Src::None, _) => Operand::One(T::default()),
            (_, many) => Operand::Many(many),
        }
    }

    fn select<T: Cell>(&mut self, io: &Io, i: &Instr, at: At, f: impl Fn(&[bool], &[T], &[T], &mut [T])) {
        self.write(io, i.dst, at, |s, out| {
            f(s.read(io, i.src[0], at), s.read(io, i.src[1], at), s.read(io, i.src[2], at), out);
        });
    }

    /// The partial results of one block, per row.
    fn reduce<T: Cell>(&mut self, io: &Io, i: &Instr, at: At, acc: usize, f: fn(&[T]) -> Partial) {
        let mut parts = std::mem::take(&mut self.parts[acc]);
        let x = self.read(io, i.src[0], at);
        parts.iter_mut().zip(x.chunks(at.row)).for_each(|(p, row)| *p = f(row));
        self.parts[acc] = parts;
    }

    fn step(&mut self, io: &Io, i: &Instr, at: At) {
        match i.code {
            Code::Arith64(op) => self.arith(io, i, at, |a, b, out| arith::run_f64(op, a, b, out)),
            Code::Arith32(op) => self.arith(io, i, at, |a, b, out| arith::run_f32(op, a, b, out)),
            Code::Unary64(f) => self.unary(io, i, at, f),
            Code::Unary32(f) => self.unary(io, i, at, f),
            Code::Binary64(f) => self.binary(io, i, at, f),
            Code::Binary32(f) => self.binary(io, i, at, f),
            Code::Compare64(f) => self.binary(io, i, at, f),
            Code::Compare32(f) => self.binary(io, i, at, f),
            Code::CompareI(f) => self.binary(io, i, at, f),
            Code::Chain64(k) => self.chain::<f64>(io, i, at, &io.chains[k]),
            Code::Chain32(k) => self.chain::<f32>(io, i, at, &io.chains[k]),
            Code::ChainSum64(k, acc) => self.chain_sum::<f64>(io, i, at, &io.chains[k], acc),
            Code::ChainSum32(k, acc) => self.chain_sum::<f32>(io, i, at, &io.chains[k], acc),
            Code::Repeat64(k, n) => {
                self.each(io, i, at, |v: f64| k.blocks.map_or(v, |b| b.repeat(b.f64, v, n)));
            }
            Code::Repeat32(k, n) => {
                self.each(io, i, at, |v: f32| k.blocks.map_or(v, |b| b.repeat(b.f32, v, n) as f32));
            }
            Code::Test64(f) => self.unary(io, i, at, f),
            Code::Test32(f) => self.unary(io, i, at, f),
            Code::Truth(mask) => self.write(io, i.dst, at, |s, out| {
                let a: &[bool] = s.read(io, i.src[0], at);
                let b = if i.src[1] == Src::None { a } else { s.read(io, i.src[1], at) };
                arith::truth(mask, a, b, out);
            }),
            Code::Select(Ty::F64) => self.select(io, i, at, arith::choose_f64),
            Code::Select(Ty::F32) => self.select(io, i, at, arith::choose_f32),
            Code::Select(Ty::I64) => self.select(io, i, at, arith::choose_i64),
            Code::Select(Ty::Bool) => self.select(io, i, at, arith::choose_bool),
            Code::Reduce64(acc, f) => self.reduce(io, i, at, acc, f),
            Code::Reduce32(acc, f) => self.reduce(io, i, at, acc, f),
            Code::Cast(from, to) => self.cast(io, i, at, from, to),
            Code::Round64(format) => self.unary(io, i, at, |x: &[f64], out: &mut [f32]| {
                out.iter_mut().zip(x).for_each(|(o, &v)| *o = round_f64_to(v, format) as f32);
            }),
            Code::Round32(format) => self.unary(io, i, at, |x, out| round(format, x, out)),
            Code::Copy(ty) | Code::Gather(ty, _) | Code::Expand(ty) => match ty {
                Ty::F64 => self.copy::<f64>(io, i, at),
                Ty::F32 => self.copy::<f32>(io, i, at),
                Ty::I64 => self.copy::<i64>(io, i, at),
                Ty::Bool => self.copy::<bool>(io, i, at),
            },
        }
    }

    fn copy<T: Cell>(&mut self, io: &Io, i: &Instr, at: At) {
        match i.code {
            Code::Gather(_, k) => self.write(io, i.dst, at, |_, out: &mut [T]| {
                let (view, from) = &io.gathers[k];
                gather(view, T::elements(io.ins[*from]), at.flat, out);
            }),
            // Here `at` is about rows: one value each becomes as many as the row is long.
            Code::Expand(_) => {
                let (rows, row) = (At { row: 1, ..at }, at.row);
                let block = At { len: at.len * row, ..at };
                self.write(io, i.dst, block, |s, out: &mut [T]| {
                    let x = s.read(io, i.src[0], rows);
                    out.chunks_mut(row).zip(x).for_each(|(o, &v)| T::repeat(v, o));
                });
            }
            _ => self.unary(io, i, at, |x: &[T], out: &mut [T]| out.copy_from_slice(x)),
        }
    }

    fn cast(&mut self, io: &Io, i: &Instr, at: At, from: Ty, to: Ty) {
        match (from, to) {
            (Ty::F64, Ty::F32) => self.each(io, i, at, |v: f64| v as f32),
            (Ty::F64, Ty::Bool) => self.each(io, i, at, |v: f64| v != 0.0),
            (Ty::F32, Ty::F64) => self.each(io, i, at, |v: f32| f64::from(v)),
            (Ty::F32, Ty::Bool) => self.each(io, i, at, |v: f32| v != 0.0),
            (Ty::I64, Ty::F64) => self.each(io, i, at, |v: i64| v as f64),
            (Ty::I64, Ty::F32) => self.each(io, i, at, |v: i64| v as f32),
            (Ty::I64, Ty::Bool) => self.each(io, i, at, |v: i64| v != 0),
            (Ty::Bool, Ty::F64) => self.unary(io, i, at, arith::bools_to_f64),
            (Ty::Bool, Ty::F32) => self.unary(io, i, at, arith::bools_to_f32),
            (Ty::F64, _) => self.each(io, i, at, |v: f64| v),
            (Ty::F32, _) => self.each(io, i, at, |v: f32| v),
            (Ty::I64, _) => self.each(io, i, at, |v: i64| v),
            (Ty::Bool, _) => self.each(io, i, at, |v: bool| v),
        }
    }

    fn each<T: Cell, U: Cell>(&mut self, io: &Io, i: &Instr, at: At, f: impl Fn(T) -> U) {
        self.unary(io, i, at, |x: &[T], out: &mut [U]| out.iter_mut().zip(x).for_each(|(o, &v)| *o = f(v)));
    }
}

/// Rounds a block of f32 to a narrower format.
fn round(format: Format, x: &[f32], out: &mut [f32]) {
    out.iter_mut().zip(x).for_each(|(o, &v)| *o = round_f32_to(v, format));
}

/// Elements of a view, from its `from`-th on.
fn gather<T: Copy>(view: &View, x: &[T], from: usize, out: &mut [T]) {
    let mut done = 0;
    view.for_range(from, out.len(), |at, count, step| {
        let part = &mut out[done..done + count];
        done += count;
        match step {
            0 => part.fill(x[at]),
            1 => part.copy_from_slice(&x[at..at + count]),
            _ => {
                part.iter_mut().enumerate().for_each(|(k, o)| *o = x[(at as isize + k as isize * step) as usize]);
            }
        }
    });
}
