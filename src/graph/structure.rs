//! The structure of a graph: everything but the data of its leaves, to know a formula again that is built once more.

use std::hash::{Hash, Hasher};

use super::quick::{Quick, QuickMap};
use super::{Attrs, Tensor};
use crate::array::DType;
use crate::error::{Origin, Result};

/// What is the same of two graphs of one structure, node by node in topological order.
pub(crate) struct Structure {
    hash: u64,
    lines: Vec<Line>,
    outputs: Vec<(usize, usize)>,
}

/// One node.
#[derive(PartialEq, Eq, Hash)]
struct Line {
    op: usize,
    attrs: Attrs,
    inputs: Vec<(usize, usize)>,
    outs: Vec<(DType, Vec<usize>, bool)>,
    origin: Origin,
    /// The values of integer leaves, where they count.
    integers: Vec<i64>,
}

impl PartialEq for Structure {
    fn eq(&self, other: &Structure) -> bool {
        self.hash == other.hash && self.outputs == other.outputs && self.lines == other.lines
    }
}

impl Structure {
    /// The structure of the graph with these nodes, in order, and outputs; integer leaves of up to `integers` elements
    /// count by their values.
    pub fn of(order: &[Tensor], outputs: &[&Tensor], integers: usize) -> Result<Structure> {
        let places: QuickMap<u64, usize> = order.iter().enumerate().map(|(k, t)| (t.node().id(), k)).collect();
        let place = |t: &Tensor| (places.get(&t.node().id()).copied().unwrap_or(usize::MAX), t.output());
        let line = |t: &Tensor| {
            let node = t.node();
            let outs = node.outs().as_ref().map_err(Clone::clone)?;
            let data = t.data();
            let indices = data.filter(|d| d.dtype() == DType::I64 && d.len() <= integers);
            Ok(Line {
                op: std::ptr::from_ref(node.op()) as usize,
                attrs: if data.is_some() { Attrs::None } else { node.attrs().clone() },
                inputs: node.inputs().iter().map(place).collect(),
                outs: outs.iter().map(|m| (m.dtype, m.shape.clone(), m.weak)).collect(),
                origin: node.origin(),
                integers: indices.map(|d| d.to_vec()).transpose()?.unwrap_or_default(),
            })
        };
        let lines = order.iter().map(line).collect::<Result<Vec<_>>>()?;
        let outputs: Vec<(usize, usize)> = outputs.iter().map(|t| place(t)).collect();
        let mut hasher = Quick::default();
        (&lines, &outputs).hash(&mut hasher);
        Ok(Structure { hash: hasher.finish(), lines, outputs })
    }
}
