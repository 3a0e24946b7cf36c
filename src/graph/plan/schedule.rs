//! Which nodes run together: passes over data as late as their results allow, in as few groups as their shapes allow.

use std::collections::{BTreeMap, HashMap};

use super::lower::{Kind, Lowered, Map, Node, TINY, Value};
use super::view::{Access, View};
use crate::array::DType;
use crate::array::loops::BLOCK;
use crate::error::Origin;

/// The loop that a group runs: `rows` × `n` elements, reductions giving one value per row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Domain {
    pub rows: usize,
    pub n: usize,
}

/// Where a node runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// It is there before the run.
    Leaf,
    /// On the tape, element by element.
    Tape,
    /// In a group, once per element.
    Full(Domain),
    /// In a group, once per row; reductions too.
    Row(Domain),
    /// By itself.
    Alone,
}

/// One step of a plan: nodes in order.
#[derive(Clone, Debug)]
pub enum Step {
    Tape(Vec<usize>),
    Group(Domain, Vec<usize>),
    Alone(usize),
}

/// The steps in their order, and the class of every node.
pub struct Schedule {
    pub steps: Vec<Step>,
    pub classes: Vec<Class>,
}

/// True of dtypes that registers of the tape can hold.
pub fn on_tape(dtype: DType) -> bool {
    matches!(dtype, DType::Bool) || matches!(dtype.storage(), DType::F32 | DType::F64)
}

/// Orders the nodes of a lowered graph into steps.
pub fn schedule(g: &mut Lowered) -> Schedule {
    let classes = classify(g);
    let used = used(g);
    let levels = levels(g, &classes, &used);
    let mut tapes: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut rest: BTreeMap<(usize, u8, Option<Domain>, usize), Step> = BTreeMap::new();
    for (i, class) in classes.iter().enumerate().filter(|(i, _)| used[*i]) {
        match *class {
            Class::Leaf => {}
            Class::Tape => tapes.entry(levels[i]).or_default().push(i),
            Class::Alone => drop(rest.insert((levels[i], 0, None, i), Step::Alone(i))),
            Class::Full(d) | Class::Row(d) => {
                let step = rest.entry((levels[i], 1, Some(d), 0)).or_insert_with(|| Step::Group(d, vec![]));
                if let Step::Group(_, nodes) = step {
                    nodes.push(i);
                }
            }
        }
    }
    let mut steps = vec![];
    for ((level, ..), step) in rest {
        while let Some(entry) = tapes.first_entry().filter(|e| *e.key() <= level) {
            steps.push(Step::Tape(entry.remove()));
        }
        steps.push(step);
    }
    steps.extend(tapes.into_values().map(Step::Tape));
    Schedule { steps, classes }
}

/// Which nodes something needs.
fn used(g: &Lowered) -> Vec<bool> {
    let mut used = vec![false; g.nodes.len()];
    g.outputs.iter().for_each(|v| used[g.values[v.base].node] = true);
    for i in (0..g.nodes.len()).rev() {
        if used[i] {
            g.nodes[i].inputs.iter().for_each(|v| used[g.values[v.base].node] = true);
        }
    }
    used
}

/// The row length that loops over so many elements get: that of their most frequent reduction.
fn row_lengths(g: &Lowered) -> HashMap<usize, usize> {
    let mut counts: HashMap<usize, BTreeMap<usize, usize>> = HashMap::new();
    for node in &g.nodes {
        if let (Kind::Reduce(_, n) | Kind::Lanes(_, n), Some(x)) = (&node.kind, node.inputs.first())
            && *n > 1
            && *n < x.len()
        {
            *counts.entry(x.len()).or_default().entry(*n).or_default() += 1;
        }
    }
    let most =
        |c: BTreeMap<usize, usize>| c.into_iter().max_by_key(|&(n, k)| (k, std::cmp::Reverse(n))).map(|(n, _)| n);
    counts.into_iter().filter_map(|(total, c)| Some((total, most(c)?))).collect()
}

/// Where every node runs. Operands that a loop cannot read where they lie get a copy in front, which the loop fuses.
fn classify(g: &mut Lowered) -> Vec<Class> {
    let lengths = row_lengths(g);
    let mut classes: Vec<Class> = Vec::with_capacity(g.nodes.len());
    for mut node in std::mem::take(&mut g.nodes) {
        let class = class_of(g, &classes, &lengths, &node);
        if let (Kind::Map(map), Class::Full(d) | Class::Row(d)) = (&node.kind, class) {
            let d = if matches!(class, Class::Row(_)) { Domain { rows: 1, n: d.rows } } else { d };
            for v in node.inputs.iter_mut().filter(|_| !matches!(map, Map::Copy)) {
                if !readable(v, g.values[v.base].len, d) {
                    let copy = copied(g, v, node.op, node.origin);
                    let base = View::whole(copy.out, &v.shape);
                    classes.push(class_of(g, &classes, &lengths, &copy));
                    g.nodes.push(copy);
                    *v = base;
                }
            }
        }
        for k in 0..node.outs {
            g.values[node.out + k].node = g.nodes.len();
        }
        classes.push(class);
        g.nodes.push(node);
    }
    classes
}

/// A node that brings a view into row-major order.
fn copied(g: &mut Lowered, v: &View, op: &'static str, origin: Origin) -> Node {
    let value = Value { len: v.len(), dtype: g.values[v.base].dtype, node: g.nodes.len() };
    g.values.push(value);
    let inputs = vec![v.clone()];
    Node { kind: Kind::Map(Map::Copy), inputs, out: g.values.len() - 1, outs: 1, task: None, op, origin }
}

/// How many rows of a loop are worked on together: as many as fit into one block, where rows are short.
pub fn tile(d: Domain) -> usize {
    if d.n >= BLOCK / 4 { 1 } else { (BLOCK / d.n.max(1)).clamp(1, d.rows.max(1)) }
}

/// True of a view that instructions of a loop can name as an operand.
pub fn readable(v: &View, length: usize, d: Domain) -> bool {
    match v.access(length, d.rows, d.n) {
        Access::Scattered => false,
        Access::Column => tile(d) == 1,
        _ => true,
    }
}

/// Where a node runs.
fn class_of(g: &Lowered, classes: &[Class], lengths: &HashMap<usize, usize>, node: &Node) -> Class {
    let Some(&value) = g.values.get(node.out) else { return Class::Alone };
    match &node.kind {
        Kind::Input(_) | Kind::Data(_) => Class::Leaf,
        Kind::Other => Class::Alone,
        Kind::Move | Kind::Map(_) | Kind::Reduce(..) if tiny(g, classes, node) => Class::Tape,
        Kind::Move => Class::Alone,
        Kind::Map(_) => row_domain(g, classes, node).map_or_else(
            || {
                let n = lengths.get(&value.len).copied().unwrap_or(value.len);
                Class::Full(Domain { rows: value.len / n.max(1), n })
            },
            Class::Row,
        ),
        // A reduction that does not work in blocks needs its lane at once: a single one runs by itself.
        Kind::Reduce(k, n) if *n == 1 || (value.len == 1 && k.blocks.is_none()) => Class::Alone,
        Kind::Reduce(_, n) => Class::Row(Domain { rows: value.len, n: *n }),
        Kind::Lanes(_, n) if *n == 1 || value.len == *n => Class::Alone,
        Kind::Lanes(_, n) => Class::Full(Domain { rows: value.len / n, n: *n }),
    }
}

/// True of a node whose inputs and value are so small that the tape takes them.
fn tiny(g: &Lowered, classes: &[Class], node: &Node) -> bool {
    let small = |v: &View| {
        let value = g.values[v.base];
        let near = matches!(classes[value.node], Class::Leaf | Class::Tape | Class::Row(Domain { rows: 1, .. }));
        near && value.len <= TINY && on_tape(value.dtype) && v.len() <= TINY
    };
    let value = g.values[node.out];
    value.len <= TINY && on_tape(value.dtype) && node.inputs.iter().all(small)
}

/// The loop whose rows an elementwise node follows, because one of its inputs is a value per row.
fn row_domain(g: &Lowered, classes: &[Class], node: &Node) -> Option<Domain> {
    let total = g.values[node.out].len;
    node.inputs.iter().find_map(|v| match classes[g.values[v.base].node] {
        Class::Row(d) if d.rows > 1 && d.rows == total && v.is_whole(total) => Some(d),
        _ => None,
    })
}

/// How many levels a value must lie below the node that reads it: 0 where both can run in one step.
fn distance(g: &Lowered, classes: &[Class], reader: Class, v: &View) -> usize {
    let value = g.values[v.base];
    let access = |d: Domain| v.access(value.len, d.rows, d.n);
    match (classes[value.node], reader) {
        (Class::Leaf | Class::Tape, _) => 0,
        (Class::Full(a), Class::Full(b) | Class::Row(b)) if a == b && access(b) == Access::Whole => 0,
        (Class::Row(a), Class::Full(b)) if a == b && a.rows > 1 && access(b) == Access::Row => 0,
        (Class::Row(a), Class::Row(b)) if a == b && a.rows > 1 && v.is_whole(value.len) => 0,
        _ => 1,
    }
}

/// The level of every node: as early as inputs allow, then elementwise nodes as late as their readers allow.
///
/// A level is one pass over data. The tape of a level runs before its other steps, so it costs no level.
fn levels(g: &Lowered, classes: &[Class], used: &[bool]) -> Vec<usize> {
    let mut levels = vec![0; g.nodes.len()];
    for (i, node) in g.nodes.iter().enumerate() {
        let after = |v: &View| levels[g.values[v.base].node] + distance(g, classes, classes[i], v);
        levels[i] = node.inputs.iter().map(after).max().unwrap_or(0);
    }
    let mut latest = vec![usize::MAX; g.nodes.len()];
    g.outputs.iter().for_each(|v| latest[g.values[v.base].node] = 0);
    for i in (0..g.nodes.len()).rev().filter(|&i| used[i]) {
        let node = &g.nodes[i];
        let movable = matches!(node.kind, Kind::Map(_)) && matches!(classes[i], Class::Full(_) | Class::Row(_));
        if movable && latest[i] != usize::MAX {
            levels[i] = levels[i].max(latest[i]);
        }
        for v in &node.inputs {
            let from = g.values[v.base].node;
            latest[from] = latest[from].min(levels[i] - distance(g, classes, classes[i], v).min(levels[i]));
        }
    }
    levels
}
