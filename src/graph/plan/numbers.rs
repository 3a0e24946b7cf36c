//! Runs of a plan that is on the tape as a whole: numbers in, numbers out, and nothing allocated.

use super::{Exec, Plan};

/// The registers of such runs.
pub struct Numbers {
    registers: Vec<f64>,
    /// The first register of every input that is read.
    inputs: Vec<Option<usize>>,
    /// The registers of every output's elements.
    outputs: Vec<Vec<usize>>,
}

impl Plan {
    /// Registers for runs by numbers; nothing where arrays are needed on the way.
    pub fn numbers(&self) -> Option<Numbers> {
        if !self.steps.iter().all(|s| matches!(s, Exec::Tape(_))) {
            return None;
        }
        let place = |k| self.leaves.iter().find(|(_, input)| *input == k).and_then(|(v, _)| self.registers.find(*v));
        let registers_of = |v: &super::view::View| {
            let start = self.registers.find(v.base)?;
            Some(v.indices().into_iter().map(|i| start + i).collect())
        };
        Some(Numbers {
            registers: self.fresh_state().ok()?.registers,
            inputs: (0..self.inputs.len()).map(place).collect(),
            outputs: self.graph.outputs.iter().map(registers_of).collect::<Option<_>>()?,
        })
    }

    /// Runs with these elements in the inputs, and writes those of the outputs; lengths must be right.
    pub fn run_numbers(&self, numbers: &mut Numbers, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        for (x, at) in inputs.iter().zip(&numbers.inputs) {
            if let Some(at) = *at {
                numbers.registers[at..at + x.len()].copy_from_slice(x);
            }
        }
        for step in &self.steps {
            if let Exec::Tape(tape) = step {
                tape.run(&mut numbers.registers);
            }
        }
        for (y, from) in outputs.iter_mut().zip(&numbers.outputs) {
            y.iter_mut().zip(from).for_each(|(y, &k)| *y = numbers.registers[k]);
        }
    }
}
