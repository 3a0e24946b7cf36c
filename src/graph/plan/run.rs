//! Runs the steps of a plan, and keeps buffers from one run to the next.

use std::collections::HashMap;
use std::sync::Mutex;

use super::code::{Program, Ty};
use super::frame::{Cell, Elements, Frame, Io, Target};
use super::group::{Job, Number};
use super::lower::Kind;
use super::{Exec, Plan, constant, from_registers, in_registers};
use crate::array::{Array, Buffer, DType, Element, loops};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::Note;

/// What one run works on; kept for the next.
pub struct State {
    /// Values that are arrays now.
    pub arrays: Vec<Option<Array>>,
    /// Values that are registers.
    pub registers: Vec<f64>,
    /// Registers of loops, by step.
    frames: Vec<Mutex<Vec<Frame>>>,
    pool: Pool,
}

/// Buffers that wait to be used again.
#[derive(Default)]
struct Pool {
    free: Vec<Buffer>,
    /// Outputs that a caller may have dropped meanwhile.
    lent: Vec<Array>,
    /// How many buffers of which dtype and length loops write: no others are worth keeping.
    wanted: HashMap<(DType, usize), usize>,
}

impl Pool {
    /// Elements of unknown value.
    fn take<T: Element>(&mut self, len: usize) -> Vec<T> {
        let fits = |b: &Buffer| b.storage() == T::DTYPE && b.len() == len;
        let found = self.free.iter().position(fits).map(|at| self.free.swap_remove(at));
        found.and_then(T::take).unwrap_or_else(|| vec![T::default(); len])
    }

    /// Takes an array back, unless someone else still shares it; then it is returned.
    fn give(&mut self, a: Array) -> Option<Array> {
        match a.into_unshared() {
            Ok(buffer) => {
                let kind = (buffer.storage(), buffer.len());
                let kept = self.free.iter().filter(|b| (b.storage(), b.len()) == kind).count();
                if self.wanted.get(&kind).is_some_and(|&most| kept < most) {
                    self.free.push(buffer);
                }
                None
            }
            Err(a) => Some(a),
        }
    }

    /// Lets go of everything if it takes more than so many bytes.
    fn trim(&mut self, limit: usize) {
        let size = |b: &Buffer| b.len() * b.storage().storage_bytes();
        let held: usize = self.free.iter().chain(self.lent.iter().map(Array::buffer)).map(size).sum();
        if held > limit {
            (self.free, self.lent) = (vec![], vec![]);
        }
    }

    /// Takes back what callers have dropped since.
    fn collect(&mut self) {
        for a in std::mem::take(&mut self.lent) {
            if let Some(a) = self.give(a) {
                self.lent.push(a);
            }
        }
        // A caller who keeps everything must not make the pool keep it too.
        let excess = self.lent.len().saturating_sub(64);
        self.lent.drain(..excess);
    }
}

/// The elements of an output before they become an array.
enum Fresh {
    F64(Vec<f64>),
    F32(Vec<f32>),
    I64(Vec<i64>),
    Bool(Vec<bool>),
}

impl Fresh {
    fn target(&mut self) -> Target {
        match self {
            Fresh::F64(v) => Target::of(v),
            Fresh::F32(v) => Target::of(v),
            Fresh::I64(v) => Target::of(v),
            Fresh::Bool(v) => Target::of(v),
        }
    }

    fn array(self, dtype: DType) -> Array {
        fn wrap<T: Cell>(v: Vec<T>) -> Array {
            Array::contiguous_from(T::DTYPE, vec![v.len()], T::wrap(v))
        }
        let a = match self {
            Fresh::F64(v) => wrap(v),
            Fresh::F32(v) => wrap(v),
            Fresh::I64(v) => wrap(v),
            Fresh::Bool(v) => wrap(v),
        };
        a.relabel(dtype)
    }
}

impl State {
    /// Lets go of kept buffers if they take more than so many bytes.
    pub fn trim(&mut self, limit: usize) {
        self.pool.trim(limit);
    }
}

impl Plan {
    /// A state with the constants in place.
    pub(super) fn fresh_state(&self) -> Result<State> {
        let mut state = State {
            arrays: vec![None; self.graph.values.len()],
            registers: vec![0.0; self.registers.count],
            frames: self.steps.iter().map(|_| Mutex::new(vec![])).collect(),
            pool: Pool::default(),
        };
        for step in &self.steps {
            let Exec::Group(p) = step else { continue };
            for v in p.outs.iter().map(|&v| self.graph.values[v]) {
                *state.pool.wanted.entry((v.dtype.storage(), v.len)).or_default() += 1;
            }
        }
        for node in &self.graph.nodes {
            if let Some(a) = constant(&node.kind) {
                self.set(&mut state, node.out, a);
            }
        }
        Ok(state)
    }

    /// Gives a value its array, and its registers if it has some.
    pub(super) fn set(&self, state: &mut State, value: usize, a: &Array) {
        if let Some(at) = self.registers.find(value) {
            let x = a.iter_f64();
            state.registers[at..].iter_mut().zip(x).for_each(|(r, v)| *r = v);
        }
        state.arrays[value] = Some(a.clone());
    }

    /// Runs all steps and takes the outputs.
    pub(super) fn execute(&self, state: &mut State, notes: &mut Vec<Note>) -> Result<Vec<Array>> {
        state.pool.collect();
        for (s, step) in self.steps.iter().enumerate() {
            match step {
                Exec::Tape(tape) => {
                    for &(value, at) in &tape.loads {
                        if let Some(a) = &state.arrays[value] {
                            state.registers[at..].iter_mut().zip(a.iter_f64()).for_each(|(r, v)| *r = v);
                        }
                    }
                    tape.run(&mut state.registers);
                }
                Exec::Group(p) => self.group(state, s, p, notes)?,
                Exec::Alone(i) => self.alone(state, *i, notes)?,
            }
            for &value in &self.dead[s] {
                if matches!(self.graph.nodes[self.graph.values[value].node].kind, Kind::Input(_) | Kind::Data(_)) {
                    continue;
                }
                if let Some(a) = state.arrays[value].take() {
                    state.pool.give(a);
                }
            }
        }
        self.outputs(state)
    }

    /// The outputs as arrays; a loop writes them anew in the next run if the caller has dropped them by then.
    pub(super) fn outputs(&self, state: &mut State) -> Result<Vec<Array>> {
        let views = self.graph.outputs.iter();
        let outs = views.map(|v| Ok(v.of(&self.fetch(state, v.base)?))).collect::<Result<Vec<_>>>()?;
        for v in &self.graph.outputs {
            let leaf = matches!(self.graph.nodes[self.graph.values[v.base].node].kind, Kind::Input(_) | Kind::Data(_));
            if let Some(a) = state.arrays[v.base].take_if(|_| !leaf) {
                let kind = (a.dtype().storage(), a.len());
                if state.pool.wanted.contains_key(&kind) {
                    state.pool.lent.push(a);
                }
            }
        }
        Ok(outs)
    }

    /// A value as an array.
    fn fetch(&self, state: &State, value: usize) -> Result<Array> {
        if let Some(a) = &state.arrays[value] {
            return Ok(a.clone());
        }
        let v = self.graph.values[value];
        match self.registers.find(value) {
            Some(at) if in_registers(&self.graph, value) => from_registers(&state.registers[at..at + v.len], v.dtype),
            _ => Err(Error::new(ErrorKind::Argument, format!("`{}` has no value", self.graph.nodes[v.node].op))),
        }
    }

    /// One element of a value.
    fn number(&self, state: &State, value: usize, at: usize, ty: Ty) -> Result<Number> {
        if let (Some(a), Ty::I64) = (&state.arrays[value], ty) {
            let x = a.as_slice::<i64>().and_then(|x| x.get(at));
            return Ok(Number::I64(x.copied().unwrap_or(0)));
        }
        let found = match (&state.arrays[value], self.registers.find(value)) {
            (_, Some(start)) if !matches!(self.graph.nodes[self.graph.values[value].node].kind, Kind::Input(_)) => {
                Some(state.registers[start + at])
            }
            (Some(a), _) => a.iter_f64().nth(at),
            _ => None,
        };
        let x = found.ok_or_else(|| Error::new(ErrorKind::Argument, "a value is missing"))?;
        Ok(match ty {
            Ty::F32 => Number::F32(x as f32),
            Ty::Bool => Number::Bool(x != 0.0),
            _ => Number::F64(x),
        })
    }

    /// Runs a fused loop.
    fn group(&self, state: &mut State, step: usize, p: &Program, notes: &mut Vec<Note>) -> Result<()> {
        let ins = p.ins.iter().map(|&v| self.fetch(state, v)).collect::<Result<Vec<_>>>()?;
        let number = |s: &super::code::Scalar| self.number(state, s.value, s.at, s.ty);
        let scalars = p.scalars.iter().map(number).collect::<Result<Vec<_>>>()?;
        let mut outs: Vec<Fresh> = vec![];
        for &value in &p.outs {
            let v = self.graph.values[value];
            outs.push(match Ty::of(v.dtype) {
                Ty::F64 => Fresh::F64(state.pool.take(v.len)),
                Ty::F32 => Fresh::F32(state.pool.take(v.len)),
                Ty::I64 => Fresh::I64(state.pool.take(v.len)),
                Ty::Bool => Fresh::Bool(state.pool.take(v.len)),
            });
        }
        let io = Io {
            ins: ins.iter().map(Elements::of).collect(),
            outs: outs.iter_mut().map(Fresh::target).collect(),
            gathers: &p.gathers,
            chains: &p.chains,
        };
        let done = Job { program: p, io, scalars, frames: &state.frames[step] }.run();
        for (&value, fresh) in p.outs.iter().zip(outs) {
            state.arrays[value] = Some(fresh.array(self.graph.values[value].dtype));
        }
        for ((_, value), total) in p.accs.iter().zip(done.totals) {
            let single = self.graph.values[*value].dtype.storage() == DType::F32;
            if let Some(at) = self.registers.find(*value) {
                state.registers[at] = if single { f64::from(total as f32) } else { total };
            }
        }
        for i in done.noted {
            let node = &self.graph.nodes[i];
            if let Kind::Lanes(k, _) = &node.kind {
                notes.push(k.remark(node.op, node.origin));
            }
        }
        Ok(())
    }

    /// Runs a node by itself.
    fn alone(&self, state: &mut State, i: usize, notes: &mut Vec<Note>) -> Result<()> {
        let node = &self.graph.nodes[i];
        let views = node.inputs.iter();
        let inputs = views.map(|v| Ok(v.of(&self.fetch(state, v.base)?))).collect::<Result<Vec<_>>>()?;
        let outs = match (&node.kind, inputs.first(), &node.task) {
            (Kind::Reduce(k, n), Some(x), _) => {
                let shape = [self.graph.values[node.out].len];
                let x = x.reshape(&[shape[0], *n])?;
                vec![if x.dtype().storage() == DType::F32 {
                    loops::reduce(&k.reducer_f32(), &x, &[1], &shape)?
                } else {
                    loops::reduce(&k.reducer_f64(), &x, &[1], &shape)?
                }]
            }
            (Kind::Lanes(k, n), Some(x), _) => {
                let x = x.reshape(&[x.len() / n, *n])?;
                let (y, noted) = if x.dtype().storage() == DType::F32 {
                    loops::along(k.f32, &x, &[1])?
                } else {
                    loops::along(k.f64, &x, &[1])?
                };
                if noted {
                    notes.push(k.remark(node.op, node.origin));
                }
                vec![y]
            }
            (_, _, Some(task)) => task.run(&inputs, notes).map_err(|e| e.at(node.origin))?,
            _ => return Err(Error::new(ErrorKind::Argument, format!("`{}` cannot run by itself", node.op))),
        };
        for (k, a) in outs.into_iter().enumerate() {
            let value = node.out + k;
            let dtype = self.graph.values[value].dtype;
            let a = if a.dtype().storage() == dtype.storage() { a.relabel(dtype) } else { a };
            self.set(state, value, &a.to_contiguous());
        }
        Ok(())
    }
}
