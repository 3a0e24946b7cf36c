//! Which arithmetic of a pass runs as one chain: values that only the next instruction reads never reach memory.

use std::collections::HashMap;

use super::lower::{Kind, Lowered, Map};
use super::view::View;
use crate::array::arith::Instruction;

/// An instruction of a chain, as a node and the place of the value so far among its inputs.
#[derive(Clone, Copy)]
pub struct Link {
    pub node: usize,
    pub input: usize,
}

/// How long a chain may be: two stages, the affine ones up to three instructions each.
#[derive(Clone, Copy, Default)]
struct Stages {
    count: usize,
    /// Affine instructions at the end.
    affine: usize,
}

impl Stages {
    /// The stages with one more instruction, if they still fit.
    fn add(self, affine: bool) -> Option<Stages> {
        let joins = affine && (1..3).contains(&self.affine);
        let count = self.count + usize::from(!joins);
        let affine = if affine { if joins { self.affine + 1 } else { 1 } } else { 0 };
        (count <= 2).then_some(Stages { count, affine })
    }
}

/// The arithmetic instruction of a node.
fn instruction(g: &Lowered, node: usize) -> Option<Instruction> {
    match g.nodes[node].kind {
        Kind::Map(Map::Unary(k)) => k.instruction,
        Kind::Map(Map::Binary(k)) => k.instruction,
        _ => None,
    }
}

/// Whether an instruction on the value so far is affine; `None` if no chain takes it.
fn affine(op: Instruction, other_is_one: bool) -> Option<bool> {
    match op {
        Instruction::Neg => Some(true),
        Instruction::Square => Some(false),
        Instruction::Add | Instruction::Sub | Instruction::Mul => Some(other_is_one),
        Instruction::Div => other_is_one.then_some(false),
    }
}

/// Chains of the nodes of one pass, by their last node.
///
/// `single` tells of a value whether only one instruction reads it; `one` of an operand whether it is a single number.
pub fn find(
    g: &Lowered,
    pass: &[usize],
    single: impl Fn(usize) -> bool,
    one: impl Fn(&View) -> bool,
) -> HashMap<usize, Vec<Link>> {
    let mut open: HashMap<usize, (Vec<Link>, Stages)> = HashMap::new();
    for &i in pass {
        let Some(op) = instruction(g, i) else { continue };
        let inputs = &g.nodes[i].inputs;
        let kind = |input: usize| {
            let other = inputs.iter().enumerate().find(|(k, _)| *k != input);
            if one(&inputs[input]) { None } else { affine(op, other.is_some_and(|(_, v)| one(v))) }
        };
        // Goes on with a chain that ends in an input, or begins one.
        let longer = (0..inputs.len()).find_map(|input| {
            let value = inputs[input].base;
            let (_, stages) = open.get(&value).filter(|_| single(value))?;
            Some((input, stages.add(kind(input)?)?))
        });
        let entry = match longer {
            Some((input, stages)) => open.remove(&inputs[input].base).map(|(mut links, _)| {
                links.push(Link { node: i, input });
                (links, stages)
            }),
            None => (0..inputs.len())
                .find_map(|input| Some((vec![Link { node: i, input }], Stages::default().add(kind(input)?)?))),
        };
        if let Some(entry) = entry {
            open.insert(g.nodes[i].out, entry);
        }
    }
    let long = open.into_values().map(|(links, _)| links).filter(|links| links.len() > 1);
    long.filter_map(|links| Some((links.last()?.node, links))).collect()
}
