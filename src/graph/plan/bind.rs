//! Data for a plan: checked against the leaves that they replace, and fed back where a run follows a run.

use super::run::State;
use super::{Exec, Plan};
use crate::array::{Array, display_shape};
use crate::error::{Error, ErrorKind, Result};

impl Plan {
    /// A state of an earlier run, or a new one, with these data in place.
    pub(super) fn state(&self, data: &[&Array]) -> Result<State> {
        if data.len() != self.inputs.len() {
            let message = format!("plan: {} inputs, but data for {}", self.inputs.len(), data.len());
            return Err(Error::new(ErrorKind::Argument, message));
        }
        for (k, a) in data.iter().enumerate() {
            self.check(k, a, "the new data are")?;
        }
        let left = self.states.lock().ok().and_then(|mut s| s.pop());
        let mut state = left.map_or_else(|| self.fresh_state(), Ok)?;
        for &(value, k) in &self.leaves {
            self.set(&mut state, value, &data[k].to_contiguous());
        }
        Ok(state)
    }

    /// An error where an array does not fit an input.
    fn check(&self, k: usize, a: &Array, what: &str) -> Result<()> {
        let leaf = &self.inputs[k];
        if a.dtype() == leaf.dtype && a.shape() == leaf.shape {
            return Ok(());
        }
        let (old, new) = (display_shape(&leaf.shape), display_shape(a.shape()));
        let kind = if a.shape() == leaf.shape { ErrorKind::DType } else { ErrorKind::Shape };
        let message = format!("plan: input {k} is {} of shape {old}, {what} {} of shape {new}", leaf.dtype, a.dtype());
        Err(Error::new(kind, message))
    }

    /// Keeps a state for the next run.
    pub(super) fn keep(&self, mut state: State) {
        for &(value, _) in &self.leaves {
            state.arrays[value] = None;
        }
        if let Ok(mut states) = self.states.lock() {
            states.push(state);
        }
    }

    /// Runs `count` times: after each run output `o` becomes input `i` for every pair (o, i) of `carry`.
    ///
    /// Gives the outputs of the last run. Errors: a pair of other dtype or shape, no run at all.
    pub fn iterate(&self, count: usize, data: &[&Array], carry: &[(usize, usize)]) -> Result<Vec<Array>> {
        for &(o, i) in carry {
            let (Some(out), Some(leaf)) = (self.outs.get(o), self.inputs.get(i)) else {
                let message = format!("plan: output {o} cannot become input {i}: one of them is not there");
                return Err(Error::new(ErrorKind::Argument, message));
            };
            if out.dtype != leaf.dtype || out.shape != leaf.shape {
                let (new, old) = (display_shape(&out.shape), display_shape(&leaf.shape));
                let message = format!(
                    "plan: output {o} is {} of shape {new} and cannot become input {i}, {} of shape {old}",
                    out.dtype, leaf.dtype
                );
                return Err(Error::new(ErrorKind::Shape, message));
            }
        }
        if count == 0 {
            return Err(Error::new(ErrorKind::Argument, "plan: no run gives no outputs"));
        }
        if let Some(moves) = self.register_moves(carry) {
            return self.iterate_tape(count, data, &moves);
        }
        let mut given: Vec<Array> = data.iter().map(|a| (*a).clone()).collect();
        let mut outs = self.run(data)?;
        for _ in 1..count {
            carry.iter().for_each(|&(o, i)| given[i] = outs[o].clone());
            drop(std::mem::take(&mut outs));
            outs = self.run(&given.iter().collect::<Vec<_>>())?;
        }
        Ok(outs)
    }

    /// The moves between registers that feed outputs back, if the whole plan is on the tape.
    fn register_moves(&self, carry: &[(usize, usize)]) -> Option<Vec<(usize, usize)>> {
        if !self.steps.iter().all(|s| matches!(s, Exec::Tape(_))) {
            return None;
        }
        let mut moves = vec![];
        for &(o, i) in carry {
            let out = &self.graph.outputs[o];
            let from = self.registers.find(out.base)?;
            // An input that nothing reads needs no move.
            let Some(&(leaf, _)) = self.leaves.iter().find(|(_, k)| *k == i) else { continue };
            let Some(to) = self.registers.find(leaf) else { continue };
            moves.extend(out.indices().into_iter().enumerate().map(|(k, at)| (from + at, to + k)));
        }
        Some(moves)
    }

    /// Runs the tape `count` times.
    fn iterate_tape(&self, count: usize, data: &[&Array], moves: &[(usize, usize)]) -> Result<Vec<Array>> {
        let mut state = self.state(data)?;
        let mut held = vec![0.0; moves.len()];
        for k in 0..count {
            for step in &self.steps {
                if let Exec::Tape(tape) = step {
                    tape.run(&mut state.registers);
                }
            }
            if k + 1 < count {
                held.iter_mut().zip(moves).for_each(|(h, &(from, _))| *h = state.registers[from]);
                held.iter().zip(moves).for_each(|(h, &(_, to))| state.registers[to] = *h);
            }
        }
        let outs = self.outputs(&mut state)?;
        self.keep(state);
        Ok(outs)
    }
}
