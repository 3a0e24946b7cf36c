//! Which ops a formula shows: a rule that needs others is not tried, and most rules need some that are not there.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::algebra::{adds, moves, multiplies};
use super::pattern::{Pattern, meaning};
use crate::graph::{Kernel, Op, QuickMap, Tensor};
use crate::ops::{self, DOT, POW, SQRT, SUM};

/// A set of ops: one bit per row.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
pub struct Ops([u64; 4]);

impl Ops {
    fn add(&mut self, other: Ops) {
        self.0.iter_mut().zip(other.0).for_each(|(a, b)| *a |= b);
    }

    fn contains(&self, other: &Ops) -> bool {
        self.0.iter().zip(&other.0).all(|(a, b)| a & b == *b)
    }
}

/// What is known of a row: its bit, what it shows by itself and by its meaning, and whether one looks through it.
struct Row {
    bit: Ops,
    shows: Ops,
    clear: bool,
}

fn key(op: &Op) -> usize {
    std::ptr::from_ref(op) as usize
}

/// True of ops that the matcher sees as sums, products, powers and moved elements, not as functions.
fn clear(op: &Op) -> bool {
    let moved = matches!(op.kernel, Kernel::Same | Kernel::View(_) | Kernel::Cast | Kernel::Move(_)) || moves(op);
    moved || adds(op) || multiplies(op) || *op == SQRT || *op == POW
}

/// The rows, by op.
fn rows() -> &'static HashMap<usize, Row> {
    static ROWS: OnceLock<HashMap<usize, Row>> = OnceLock::new();
    ROWS.get_or_init(|| {
        let mut rows = HashMap::new();
        for (i, op) in ops::all().enumerate() {
            let mut bit = Ops::default();
            if let Some(word) = bit.0.get_mut(i / 64) {
                *word |= 1 << (i % 64);
            }
            rows.insert(key(op), Row { bit, shows: bit, clear: clear(op) });
        }
        // A scalar product is matched as a sum of products.
        let sum = rows.get(&key(&SUM)).map(|r| r.bit).unwrap_or_default();
        rows.entry(key(&DOT)).and_modify(|r| r.shows.add(sum));
        // What a meaning shows may have a meaning itself; none goes deeper than a few of them.
        for _ in 0..4 {
            for op in ops::all() {
                let Some(pattern) = meaning(op) else { continue };
                let mut shows = Ops::default();
                each(pattern, &mut |op| shows.add(rows.get(&key(op)).map(|r| r.shows).unwrap_or_default()));
                let clear = clear(op) || depth(pattern) == 0;
                rows.entry(key(op)).and_modify(|r| {
                    r.shows.add(shows);
                    r.clear = clear;
                });
            }
        }
        rows
    })
}

/// Calls `f` with every function in a pattern.
fn each(p: &Pattern, f: &mut impl FnMut(&'static Op)) {
    match p {
        Pattern::Var(_) | Pattern::Number(_) => {}
        Pattern::Sum(terms, _) => terms.iter().for_each(|(_, p)| each(p, f)),
        Pattern::Product(_, factors) => factors.iter().for_each(|(p, _)| each(p, f)),
        Pattern::Apply(op, args) => {
            f(op);
            args.iter().for_each(|p| each(p, f));
        }
        Pattern::Along(op, p, _) => {
            f(op);
            each(p, f);
        }
        Pattern::Count(p) => each(p, f),
    }
}

/// How many functions a pattern has inside one another.
fn depth(p: &Pattern) -> usize {
    let inner = |ps: &mut dyn Iterator<Item = &Pattern>| ps.map(depth).max().unwrap_or(0);
    match p {
        Pattern::Var(_) | Pattern::Number(_) => 0,
        Pattern::Sum(terms, _) => inner(&mut terms.iter().map(|(_, p)| p)),
        Pattern::Product(_, factors) => inner(&mut factors.iter().map(|(p, _)| p)),
        Pattern::Apply(op, args) => usize::from(!clear(op)) + inner(&mut args.iter()),
        Pattern::Along(_, p, _) => 1 + depth(p),
        Pattern::Count(p) => depth(p),
    }
}

/// What a pattern needs to see, and within how many functions inside one another.
#[derive(Clone, Copy, Debug)]
pub struct Need {
    ops: Ops,
    depth: usize,
}

impl Need {
    /// What this pattern needs.
    pub fn of(p: &Pattern) -> Need {
        let mut need = Need { ops: Ops::default(), depth: depth(p) };
        each(p, &mut |op| {
            if !clear(op) {
                need.ops.add(rows().get(&key(op)).map(|r| r.bit).unwrap_or_default());
            }
        });
        need
    }

    /// This op, however deep below.
    pub fn anywhere(op: &'static Op) -> Need {
        Need { ops: rows().get(&key(op)).map(|r| r.bit).unwrap_or_default(), depth: LEVELS }
    }
}

/// Functions inside one another up to which it is known what they show; beyond, everything below counts.
const LEVELS: usize = 4;

/// What the nodes met so far show, within 0, 1, … functions inside one another.
#[derive(Default)]
pub struct Sight {
    known: QuickMap<u64, [Ops; LEVELS + 1]>,
}

impl Sight {
    /// True if a formula shows what a pattern needs.
    pub fn shows(&mut self, t: &Tensor, need: &Need) -> bool {
        self.look(t)[need.depth.min(LEVELS)].contains(&need.ops)
    }

    /// What a node shows; inputs first, without recursion.
    fn look(&mut self, t: &Tensor) -> [Ops; LEVELS + 1] {
        if let Some(known) = self.known.get(&t.node().id()) {
            return *known;
        }
        let mut pending = vec![t.clone()];
        while let Some(t) = pending.last().cloned() {
            let before = pending.len();
            pending.extend(t.node().inputs().iter().filter(|i| !self.known.contains_key(&i.node().id())).cloned());
            if pending.len() > before {
                continue;
            }
            pending.pop();
            let row = rows().get(&key(t.op()));
            let mut seen = [row.map(|r| r.shows).unwrap_or_default(); LEVELS + 1];
            let clear = row.is_some_and(|r| r.clear);
            if !clear {
                seen[0] = Ops::default();
            }
            for below in t.node().inputs().iter().filter_map(|i| self.known.get(&i.node().id())) {
                for (level, seen) in seen.iter_mut().enumerate() {
                    match level {
                        _ if clear || level == LEVELS => seen.add(below[level]),
                        0 => {}
                        _ => seen.add(below[level - 1]),
                    }
                }
            }
            self.known.insert(t.node().id(), seen);
        }
        self.known.get(&t.node().id()).copied().unwrap_or_default()
    }
}
