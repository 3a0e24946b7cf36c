//! `Plan`: a formula made ready to run many times, fused, on several threads, with the bits of op-by-op evaluation.

mod axes;
mod bind;
mod cache;
mod chains;
mod code;
mod frame;
mod group;
mod lower;
mod numbers;
mod program;
mod run;
mod schedule;
mod stages;
mod tape;
mod view;

use std::collections::HashMap;
use std::sync::Mutex;

pub use cache::evaluate_planned;
pub use numbers::Numbers;

use super::{Meta, Note, Tensor};
use crate::array::{Array, DType, memory};
use crate::error::{Error, ErrorKind, Result};
use code::Program;
use lower::{Kind, Lowered};
use run::State;
use schedule::{Class, Step};
use tape::{Registers, Tape};

/// One step, compiled.
enum Exec {
    Tape(Tape),
    Group(Program),
    Alone(usize),
}

/// Formulas made ready to be evaluated many times: what they share is computed once, loops are fused, buffers are kept.
///
/// The results are bit for bit those of op-by-op evaluation, whatever runs together and on however many threads.
pub struct Plan {
    graph: Lowered,
    steps: Vec<Exec>,
    /// The values that nothing needs after each step.
    dead: Vec<Vec<usize>>,
    registers: Registers,
    /// The values of replaceable leaves, and which inputs they are.
    leaves: Vec<(usize, usize)>,
    /// What the replaceable leaves are.
    inputs: Vec<Meta>,
    outs: Vec<Meta>,
    peak: usize,
    states: Mutex<Vec<State>>,
}

impl Plan {
    /// Plans the evaluation of `outputs`; the data of the leaves `inputs` are given at every run.
    ///
    /// Errors: a poisoned output, an input that is no leaf with data, more memory than the budget allows.
    pub fn new(outputs: &[&Tensor], inputs: &[&Tensor]) -> Result<Plan> {
        let mut places = HashMap::new();
        for (k, t) in inputs.iter().enumerate() {
            if t.data().is_none() {
                let message = format!("plan: input {k} is `{}`, not a leaf with data", t.op().name);
                return Err(Error::new(ErrorKind::Argument, message).at(t.origin()));
            }
            places.insert(t.node().id(), k);
        }
        let outs = outputs.iter().map(|t| t.meta().cloned()).collect::<Result<Vec<_>>>()?;
        let inputs = inputs.iter().map(|t| t.meta().cloned()).collect::<Result<Vec<_>>>()?;
        Plan::build(lower::lower(outputs, &places)?, inputs, outs)
    }

    /// Compiles a lowered graph.
    fn build(mut graph: Lowered, inputs: Vec<Meta>, outs: Vec<Meta>) -> Result<Plan> {
        let schedule = schedule::schedule(&mut graph);
        let mut step_of = vec![usize::MAX; graph.nodes.len()];
        for (s, step) in schedule.steps.iter().enumerate() {
            step.nodes().iter().for_each(|&i| step_of[i] = s);
        }
        let last = last_reads(&graph, &step_of);
        let mut registers = Registers::default();
        let mut steps = vec![];
        for (s, step) in schedule.steps.iter().enumerate() {
            steps.push(match step {
                Step::Alone(i) => Exec::Alone(*i),
                Step::Tape(nodes) => Exec::Tape(tape::compile(&graph, nodes, &mut registers)?),
                Step::Group(d, nodes) => {
                    if d.rows == 1 {
                        let totals = nodes.iter().filter(|&&i| matches!(schedule.classes[i], Class::Row(_)));
                        totals.for_each(|&i| _ = registers.place(graph.nodes[i].out, 1));
                    }
                    let stored = |value: usize| last[value].is_some_and(|l| l > s);
                    Exec::Group(program::compile(&graph, &schedule.classes, *d, nodes, stored))
                }
            });
        }
        let mut dead = vec![vec![]; steps.len()];
        for (value, read) in last.iter().enumerate() {
            // What nothing reads, as the places that a sort also gives, is dropped as soon as it is there.
            let after = read.unwrap_or(step_of[graph.values[value].node]);
            if let Some(list) = dead.get_mut(after) {
                list.push(value);
            }
        }
        let peak = peak(&graph, &steps, &dead);
        memory::check(peak, "the values of this formula: holding those that are needed at one time")?;
        let input = |n: &lower::Node| if let Kind::Input(k) = n.kind { Some((n.out, k)) } else { None };
        let leaves = graph.nodes.iter().filter_map(input).collect();
        Ok(Plan { graph, steps, dead, registers, leaves, inputs, outs, peak, states: Mutex::new(vec![]) })
    }

    /// The values of the outputs for these data of the inputs.
    ///
    /// Errors: data of another dtype or shape than the leaf had, and whatever a kernel reports.
    pub fn run(&self, data: &[&Array]) -> Result<Vec<Array>> {
        self.run_with_notes(data, &mut vec![])
    }

    /// As [`Plan::run`]; remarks are added to `notes`.
    pub fn run_with_notes(&self, data: &[&Array], notes: &mut Vec<Note>) -> Result<Vec<Array>> {
        let mut state = self.state(data)?;
        let outs = self.execute(&mut state, notes)?;
        self.keep(state);
        Ok(outs)
    }

    /// The most bytes that intermediate values and outputs take at one time.
    pub fn peak_bytes(&self) -> usize {
        self.peak
    }

    /// How many steps the plan has: passes over data, runs of the tape, and kernels that run by themselves.
    pub fn steps(&self) -> usize {
        self.steps.len()
    }
}

impl std::fmt::Debug for Plan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Plan({} inputs, {} outputs:", self.inputs.len(), self.outs.len())?;
        for step in &self.steps {
            match step {
                Exec::Tape(t) => write!(f, " tape of {},", t.len())?,
                Exec::Alone(i) => write!(f, " {},", self.graph.nodes[*i].op)?,
                Exec::Group(p) => {
                    write!(f, " loop over {} x {} in passes of", p.rows, p.n)?;
                    p.phases.iter().try_for_each(|p| write!(f, " {}+{}", p.before.len(), p.code.len()))?;
                    f.write_str(",")?;
                }
            }
        }
        f.write_str(")")
    }
}

impl Step {
    /// The nodes of the step.
    fn nodes(&self) -> &[usize] {
        match self {
            Step::Tape(nodes) | Step::Group(_, nodes) => nodes,
            Step::Alone(i) => std::slice::from_ref(i),
        }
    }
}

/// The last step that reads each value; `usize::MAX` for outputs, `None` for what nothing reads.
fn last_reads(g: &Lowered, step_of: &[usize]) -> Vec<Option<usize>> {
    let mut last: Vec<Option<usize>> = vec![None; g.values.len()];
    for (node, &step) in g.nodes.iter().zip(step_of).filter(|(_, s)| **s != usize::MAX) {
        for v in &node.inputs {
            last[v.base] = last[v.base].max(Some(step));
        }
    }
    g.outputs.iter().for_each(|v| last[v.base] = Some(usize::MAX));
    last
}

/// The most bytes that values take at one time.
fn peak(g: &Lowered, steps: &[Exec], dead: &[Vec<usize>]) -> usize {
    let bytes = |value: usize| g.values[value].len.saturating_mul(g.values[value].dtype.storage_bytes());
    let (mut now, mut most) = (0usize, 0usize);
    let mut held = vec![false; g.values.len()];
    for (step, dead) in steps.iter().zip(dead) {
        let made: Vec<usize> = match step {
            Exec::Tape(_) => vec![],
            Exec::Group(p) => p.outs.clone(),
            Exec::Alone(i) => (g.nodes[*i].out..g.nodes[*i].out + g.nodes[*i].outs).collect(),
        };
        for value in made {
            held[value] = true;
            now = now.saturating_add(bytes(value));
        }
        most = most.max(now);
        for &value in dead.iter().filter(|v| held[**v]) {
            now -= bytes(value);
        }
    }
    most
}

/// True of dtypes whose tiny values go to registers.
fn in_registers(g: &Lowered, value: usize) -> bool {
    g.values[value].len <= lower::TINY && schedule::on_tape(g.values[value].dtype)
}

/// An element of a register as an array holds it.
fn from_registers(r: &[f64], dtype: DType) -> Result<Array> {
    let n = &[r.len()];
    let a = match dtype.storage() {
        DType::Bool => Array::from_vec(r.iter().map(|&v| v != 0.0).collect::<Vec<bool>>(), n)?,
        DType::F32 => Array::from_vec(r.iter().map(|&v| v as f32).collect::<Vec<f32>>(), n)?,
        _ => Array::from_vec(r.to_vec(), n)?,
    };
    Ok(a.relabel(dtype))
}

/// The data of a leaf that never changes.
fn constant(kind: &Kind) -> Option<&Array> {
    if let Kind::Data(a) = kind { Some(a) } else { None }
}
