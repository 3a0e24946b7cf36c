//! Which arithmetic of a pass runs as one chain: values that only the next instruction reads never reach memory.

use std::collections::HashMap;

use super::lower::{self, Lowered, Map};
use super::view::View;
use crate::array::arith::Instruction;

/// An instruction of a chain, as a node and the place of the value so far among its inputs.
#[derive(Clone, Copy)]
pub struct Link {
    pub node: usize,
    pub input: usize,
}

/// What a stage of a chain does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Up to three affine instructions.
    Affine(usize),
    /// A division by a number, or of one.
    Division,
    /// Anything else.
    Other,
}

/// The stages of a chain so far.
#[derive(Clone, Default)]
pub struct Stages(Vec<Kind>);

impl Stages {
    /// The stages with one more instruction, if some kernel runs them.
    pub fn add(&self, kind: Kind) -> Option<Stages> {
        let mut stages = self.0.clone();
        match (stages.last_mut(), kind) {
            (Some(Kind::Affine(n)), Kind::Affine(_)) if *n < 3 => *n += 1,
            _ => stages.push(kind),
        }
        let mut rest = &stages[..];
        // Two stages of any kind; or a division, between affine ones, with one other stage after it.
        if rest.len() > 2 {
            if let [Kind::Affine(1), more @ ..] = rest {
                rest = more;
            }
            let [Kind::Division, more @ ..] = rest else { return None };
            rest = more;
            if let [Kind::Affine(1), more @ ..] = rest {
                rest = more;
            }
            if let [Kind::Other, more @ ..] = rest {
                rest = more;
            }
            if let [Kind::Affine(_), more @ ..] = rest {
                rest = more;
            }
            if !rest.is_empty() {
                return None;
            }
        }
        Some(Stages(stages))
    }
}

/// The arithmetic instruction of a node.
pub fn instruction(g: &Lowered, node: usize) -> Option<Instruction> {
    match g.nodes[node].kind {
        lower::Kind::Map(Map::Unary(k)) => k.instruction,
        lower::Kind::Map(Map::Binary(k)) => k.instruction,
        _ => None,
    }
}

/// What kind of stage an instruction on the value so far is; `None` if no chain takes it.
pub fn kind(op: Instruction, other_is_one: bool) -> Option<Kind> {
    match op {
        Instruction::Neg => Some(Kind::Affine(1)),
        Instruction::Square => Some(Kind::Other),
        Instruction::Add | Instruction::Sub | Instruction::Mul if other_is_one => Some(Kind::Affine(1)),
        Instruction::Add | Instruction::Sub | Instruction::Mul => Some(Kind::Other),
        Instruction::Div => other_is_one.then_some(Kind::Division),
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
        let kind_at = |input: usize| {
            let other = inputs.iter().enumerate().find(|(k, _)| *k != input);
            if one(&inputs[input]) { None } else { kind(op, other.is_some_and(|(_, v)| one(v))) }
        };
        // Goes on with a chain that ends in an input, or begins one.
        let longer = (0..inputs.len()).find_map(|input| {
            let value = inputs[input].base;
            let (_, stages) = open.get(&value).filter(|_| single(value))?;
            Some((input, stages.add(kind_at(input)?)?))
        });
        let entry = match longer {
            Some((input, stages)) => open.remove(&inputs[input].base).map(|(mut links, _)| {
                links.push(Link { node: i, input });
                (links, stages)
            }),
            None => (0..inputs.len())
                .find_map(|input| Some((vec![Link { node: i, input }], Stages::default().add(kind_at(input)?)?))),
        };
        if let Some(entry) = entry {
            open.insert(g.nodes[i].out, entry);
        }
    }
    let long = open.into_values().map(|(links, _)| links).filter(|links| links.len() > 1);
    long.filter_map(|links| Some((links.last()?.node, links))).collect()
}
