//! Plans by structure: a formula built again, with other data in its leaves, is not planned again.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex};

use super::Plan;
use crate::array::{Array, DType};
use crate::error::{Origin, Result};
use crate::graph::{Attrs, Note, Tensor, topological};

/// How many plans are kept.
const PLANS: usize = 64;
/// Larger graphs are planned anew each time.
const NODES: usize = 4096;

/// How many bytes of buffers a plan that nobody holds may keep.
const KEPT: usize = 32 << 20;

/// What a plan depends on, of one node.
#[derive(PartialEq, Eq, Hash)]
struct Line {
    op: usize,
    attrs: Attrs,
    inputs: Vec<(usize, usize)>,
    outs: Vec<(DType, Vec<usize>, bool)>,
    origin: Origin,
}

/// A plan and what it was made for.
struct Entry {
    hash: u64,
    lines: Vec<Line>,
    outputs: Vec<(usize, usize)>,
    plan: Arc<Plan>,
}

/// The plans used last, the latest at the end.
static PLANNED: Mutex<Vec<Entry>> = Mutex::new(vec![]);

/// The values of `outputs` by a plan, the same bits as op by op; remarks are added to `notes`.
pub fn evaluate_planned(outputs: &[&Tensor], notes: &mut Vec<Note>) -> Result<Vec<Array>> {
    for t in outputs {
        t.meta()?;
    }
    let order = topological(outputs, |_| true);
    let leaves: Vec<&Tensor> = order.iter().filter(|t| t.data().is_some()).collect();
    let data: Vec<&Array> = leaves.iter().filter_map(|t| t.data()).collect();
    if order.len() > NODES {
        return Plan::new(outputs, &leaves)?.run_with_notes(&data, notes);
    }
    let (lines, outs) = structure(&order, outputs)?;
    let mut hasher = DefaultHasher::new();
    (&lines, &outs).hash(&mut hasher);
    let hash = hasher.finish();
    let same = |e: &Entry| e.hash == hash && e.outputs == outs && e.lines == lines;
    let known = PLANNED.lock().ok().and_then(|mut plans| {
        let entry = plans.iter().position(same).map(|at| plans.remove(at))?;
        let plan = entry.plan.clone();
        plans.push(entry);
        Some(plan)
    });
    let plan = match known {
        Some(plan) => plan,
        None => {
            let plan = Arc::new(Plan::new(outputs, &leaves)?);
            if let Ok(mut plans) = PLANNED.lock() {
                if plans.len() >= PLANS {
                    plans.remove(0);
                }
                plans.push(Entry { hash, lines, outputs: outs, plan: plan.clone() });
            }
            plan
        }
    };
    let mut state = plan.state(&data)?;
    let values = plan.execute(&mut state, notes)?;
    state.trim(KEPT);
    plan.keep(state);
    Ok(values)
}

/// The structure of a graph: everything but the data of its leaves.
fn structure(order: &[Tensor], outputs: &[&Tensor]) -> Result<(Vec<Line>, Vec<(usize, usize)>)> {
    let places: HashMap<u64, usize> = order.iter().enumerate().map(|(k, t)| (t.node().id(), k)).collect();
    let place = |t: &Tensor| (places.get(&t.node().id()).copied().unwrap_or(usize::MAX), t.output());
    let line = |t: &Tensor| {
        let node = t.node();
        let outs = node.outs().as_ref().map_err(Clone::clone)?;
        let attrs = if t.data().is_some() { Attrs::None } else { node.attrs().clone() };
        Ok(Line {
            op: std::ptr::from_ref(node.op()) as usize,
            attrs,
            inputs: node.inputs().iter().map(place).collect(),
            outs: outs.iter().map(|m| (m.dtype, m.shape.clone(), m.weak)).collect(),
            origin: node.origin(),
        })
    };
    let lines = order.iter().map(line).collect::<Result<Vec<_>>>()?;
    Ok((lines, outputs.iter().map(|t| place(t)).collect()))
}
