//! Runs a fused loop: block by block over everything, or tile by tile where rows are reduced and used again.

use std::ops::Range;
use std::sync::Mutex;

use rayon::prelude::*;

use super::code::{Between, Dst, Phase, Program, Src, Ty};
use super::frame::{At, Cell, Frame, Io};
use crate::array::loops::BLOCK;
use crate::array::sums::Partial;

/// Loops over fewer elements stay on one thread.
const PARALLEL: usize = 1 << 16;

/// A number that is the same for the whole loop.
#[derive(Clone, Copy, Debug)]
pub enum Number {
    F64(f64),
    F32(f32),
    I64(i64),
    Bool(bool),
}

/// What a loop gives besides the arrays that it writes.
#[derive(Default)]
pub struct Done {
    /// The results of reductions over everything, one per accumulator.
    pub totals: Vec<f64>,
    /// Nodes with a lane that deserves a note.
    pub noted: Vec<usize>,
}

/// A run of a program on certain data.
pub struct Job<'a> {
    pub program: &'a Program,
    pub io: Io<'a>,
    pub scalars: Vec<Number>,
    /// Registers that earlier runs have left.
    pub frames: &'a Mutex<Vec<Frame>>,
}

impl Job<'_> {
    /// Runs the loop.
    pub fn run(&self) -> Done {
        if self.program.rows == 1 { self.flat() } else { self.tiles() }
    }

    /// Registers for one task, filled with the scalars.
    fn frame(&self) -> Frame {
        let left = self.frames.lock().ok().and_then(|mut f| f.pop());
        let mut frame = left.unwrap_or_else(|| Frame::new(self.program));
        for (s, &number) in self.program.scalars.iter().zip(&self.scalars) {
            match number {
                Number::F64(v) => frame.fill(s.reg, v),
                Number::F32(v) => frame.fill(s.reg, v),
                Number::I64(v) => frame.fill(s.reg, v),
                Number::Bool(v) => frame.fill(s.reg, v),
            }
        }
        frame
    }

    /// Gives the registers back.
    fn give(&self, frame: Frame) {
        if let Ok(mut frames) = self.frames.lock() {
            frames.push(frame);
        }
    }

    /// Splits `count` pieces of work into tasks; what a task computes never depends on how many there are.
    fn tasks<R: Send>(&self, count: usize, f: impl Fn(Range<usize>) -> R + Sync) -> Vec<R> {
        let threads = rayon::current_num_threads();
        if threads == 1 || self.program.rows * self.program.n < PARALLEL || count == 1 {
            return vec![f(0..count)];
        }
        let per_task = count.div_ceil(threads * 4);
        let starts: Vec<usize> = (0..count).step_by(per_task).collect();
        starts.into_par_iter().map(|s| f(s..(s + per_task).min(count))).collect()
    }

    /// One pass over all elements; partial results of blocks are joined in order.
    fn flat(&self) -> Done {
        let p = self.program;
        let blocks = |range: Range<usize>| {
            let mut frame = self.frame();
            let mut parts: Vec<Vec<Partial>> = p.accs.iter().map(|_| Vec::with_capacity(range.len())).collect();
            for b in range {
                let at = b * BLOCK;
                let len = BLOCK.min(p.n - at);
                for phase in &p.phases {
                    frame.run(&self.io, &phase.code, At { flat: at, column: at, len, row: len });
                }
                parts.iter_mut().zip(&frame.parts).for_each(|(all, part)| all.push(part[0]));
            }
            self.give(frame);
            parts
        };
        let pieces = self.tasks(p.n.div_ceil(BLOCK), blocks);
        let total = |(k, (b, _)): (usize, &(crate::array::sums::Blocks, usize))| {
            let mut total = b.start;
            pieces.iter().flat_map(|piece| &piece[k]).for_each(|part| (b.join)(&mut total, part));
            (b.finish)(&total, p.n)
        };
        Done { totals: p.accs.iter().enumerate().map(total).collect(), noted: vec![] }
    }

    /// Tile by tile: all passes over one before the next, while it is in the cache.
    fn tiles(&self) -> Done {
        let p = self.program;
        let noted = self.tasks(p.rows.div_ceil(p.tile), |range| {
            let mut frame = self.frame();
            let mut noted = vec![];
            for t in range {
                let first = t * p.tile;
                self.tile(&mut frame, first, p.tile.min(p.rows - first), &mut noted);
            }
            self.give(frame);
            noted
        });
        let mut noted: Vec<usize> = noted.into_iter().flatten().collect();
        noted.sort_unstable();
        noted.dedup();
        Done { totals: vec![], noted }
    }

    /// All passes over `rows` rows from `first` on.
    fn tile(&self, frame: &mut Frame, first: usize, rows: usize, noted: &mut Vec<usize>) {
        let (p, n) = (self.program, self.program.n);
        let repeat = if p.tile == 1 { n.min(BLOCK) } else { n };
        for phase in &p.phases {
            for b in &phase.before {
                self.between(frame, b, first, rows, noted);
            }
            frame.run(&self.io, &phase.expand, At { flat: first, column: 0, len: rows, row: repeat });
            if phase.code.is_empty() {
                continue;
            }
            for &k in &phase.accs {
                frame.totals[k].fill(p.accs[k].0.start);
            }
            if p.tile > 1 {
                self.block(frame, phase, At { flat: first * n, column: 0, len: rows * n, row: n });
                continue;
            }
            for column in (0..n).step_by(BLOCK) {
                let len = BLOCK.min(n - column);
                self.block(frame, phase, At { flat: first * n + column, column, len, row: len });
            }
        }
    }

    /// One block of one pass.
    fn block(&self, frame: &mut Frame, phase: &Phase, at: At) {
        frame.run(&self.io, &phase.code, at);
        for &k in &phase.accs {
            let join = self.program.accs[k].0.join;
            frame.totals[k].iter_mut().zip(&frame.parts[k]).take(at.len / at.row).for_each(|(t, p)| join(t, p));
        }
    }

    /// What happens between two passes over a tile.
    fn between(&self, frame: &mut Frame, b: &Between, first: usize, rows: usize, noted: &mut Vec<usize>) {
        let n = self.program.n;
        let per_row = At { flat: first, column: 0, len: rows, row: 1 };
        let whole = At { flat: first * n, column: 0, len: rows * n, row: n };
        match b {
            Between::Rows(instr) => frame.run(&self.io, std::slice::from_ref(instr), per_row),
            Between::Finish { acc, ty: Ty::F32, dst } => {
                frame.write(&self.io, *dst, per_row, |f, out: &mut [f32]| {
                    out.iter_mut().zip(self.finished(f, *acc)).for_each(|(o, v)| *o = v as f32);
                });
            }
            Between::Finish { acc, dst, .. } => {
                frame.write(&self.io, *dst, per_row, |f, out: &mut [f64]| {
                    out.iter_mut().zip(self.finished(f, *acc)).for_each(|(o, v)| *o = v);
                });
            }
            Between::Whole { kernel, ty: Ty::F32, src, dst } => {
                let f = kernel.f32;
                frame.write(&self.io, *dst, per_row, |s, out| f(s.read(&self.io, *src, whole), n, 1, out));
            }
            Between::Whole { kernel, src, dst, .. } => {
                let f = kernel.f64;
                frame.write(&self.io, *dst, per_row, |s, out| f(s.read(&self.io, *src, whole), n, 1, out));
            }
            Between::Lanes { kernel, ty, src, dst, node } => {
                let hit = match ty {
                    Ty::F32 => self.lanes(frame, kernel.f32, *src, *dst, whole),
                    _ => self.lanes(frame, kernel.f64, *src, *dst, whole),
                };
                if hit {
                    noted.push(*node);
                }
            }
        }
    }

    /// The results of an accumulator, per row.
    fn finished<'f>(&self, frame: &'f Frame, acc: usize) -> impl Iterator<Item = f64> + 'f {
        let (finish, n) = (self.program.accs[acc].0.finish, self.program.n);
        frame.totals[acc].iter().map(move |p| finish(p, n))
    }

    /// A function of lanes on every row of a tile; true if one of them deserves a note.
    fn lanes<T: Cell>(&self, frame: &mut Frame, f: fn(&[T], &mut [T]) -> bool, src: Src, dst: Dst, at: At) -> bool {
        let mut noted = false;
        frame.write(&self.io, dst, at, |s, out| {
            let x = s.read(&self.io, src, at);
            x.chunks(at.row).zip(out.chunks_mut(at.row)).for_each(|(x, o)| noted |= f(x, o));
        });
        noted
    }
}
