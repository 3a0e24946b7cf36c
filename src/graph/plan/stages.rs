//! Chains of arithmetic, from the instructions of a program to the stages of the kernels.

use super::code::Link;
use super::frame::Cell;
use crate::array::arith::{Instruction, Operand};
use crate::array::chain::{self, Quotient, Stage};
use crate::array::loops::BLOCK;
use crate::array::sums;

/// Runs the links of a chain on a block, with their other operands.
pub fn run<'a, T: Real>(links: impl Iterator<Item = (&'a Link, Operand<'a, T>)>, x: &[T], out: &mut [T]) {
    let (stages, count) = joined(links);
    match quotient(&stages[..count]) {
        Some(q) => T::quotient(x, &q, out),
        None => T::pair(x, stages[0], stages[1], out),
    }
}

/// The sum of what a chain gives on a block.
pub fn sum<'a, T: Real>(links: impl Iterator<Item = (&'a Link, Operand<'a, T>)>, x: &[T]) -> f64 {
    let (stages, count) = joined(links);
    if let Some(q) = quotient(&stages[..count]) {
        return T::quotient_sum(x, &q);
    }
    let mut terms = [T::default(); BLOCK];
    T::pair(x, stages[0], stages[1], &mut terms[..x.len()]);
    T::sum(&terms[..x.len()])
}

/// The links of a chain as stages, affine ones joined, and how many there are.
fn joined<'a, T: Real>(links: impl Iterator<Item = (&'a Link, Operand<'a, T>)>) -> ([Stage<'a, T>; 4], usize) {
    let (mut stages, mut count, mut joined) = ([Stage::Keep; 4], 0, 0);
    for (link, other) in links {
        let stage = stage(link, other);
        let both = if (1..3).contains(&joined) { join(stages[count - 1], stage) } else { None };
        if let Some(both) = both {
            stages[count - 1] = both;
            joined += 1;
        } else {
            stages[count] = stage;
            count += 1;
            joined = usize::from(matches!(stage, Stage::Affine(_)));
        }
    }
    (stages, count)
}

/// An element type of chains.
pub trait Real: Cell + std::ops::Neg<Output = Self> {
    const ONE: Self;
    const MINUS_ZERO: Self;
    fn pair(x: &[Self], first: Stage<Self>, second: Stage<Self>, out: &mut [Self]);
    fn quotient(x: &[Self], q: &Quotient<Self>, out: &mut [Self]);
    fn quotient_sum(x: &[Self], q: &Quotient<Self>) -> f64;
    fn sum(x: &[Self]) -> f64;
}

macro_rules! real {
    ($($ty:ident $pair:path, $quotient:path, $quotient_sum:path, $sum:path;)*) => {$(
        impl Real for $ty {
            const ONE: $ty = 1.0;
            const MINUS_ZERO: $ty = -0.0;
            fn pair(x: &[$ty], first: Stage<$ty>, second: Stage<$ty>, out: &mut [$ty]) {
                $pair(x, first, second, out);
            }
            fn quotient(x: &[$ty], q: &Quotient<$ty>, out: &mut [$ty]) {
                $quotient(x, q, out);
            }
            fn quotient_sum(x: &[$ty], q: &Quotient<$ty>) -> f64 {
                $quotient_sum(x, q)
            }
            fn sum(x: &[$ty]) -> f64 {
                $sum(x)
            }
        }
    )*};
}
real! {
    f64 chain::run_f64, chain::quotient_f64, chain::quotient_sum_f64, sums::sum_f64;
    f32 chain::run_f32, chain::quotient_f32, chain::quotient_sum_f32, sums::sum_f32;
}

/// Stages about a division, where there are more than two.
fn quotient<'a, T: Real>(stages: &[Stage<'a, T>]) -> Option<Quotient<'a, T>> {
    if stages.len() < 3 {
        return None;
    }
    let nothing = [[T::ONE, T::MINUS_ZERO]; 3];
    let affine = |stage: &Stage<'a, T>| match *stage {
        Stage::Affine(p) => Some([p, nothing[0], nothing[0]]),
        Stage::Affine3(p) => Some(p),
        _ => None,
    };
    let (before, after_it) = match stages {
        [Stage::Affine(p), rest @ ..] => (*p, rest),
        _ => (nothing[0], stages),
    };
    let (number, over) = match after_it.first()? {
        Stage::Div(k) => (*k, false),
        Stage::Over(k) => (*k, true),
        _ => return None,
    };
    let (between, mut rest) = match &after_it[1..] {
        [Stage::Affine(p), rest @ ..] => (*p, rest),
        rest => (nothing[0], rest),
    };
    let middle = match rest.first() {
        Some(stage) if affine(stage).is_none() => {
            rest = &rest[1..];
            *stage
        }
        _ => Stage::Keep,
    };
    let after = rest.first().and_then(affine).unwrap_or(nothing);
    Some(Quotient { before, number, over, between, middle, after })
}

/// One link as a stage.
fn stage<'a, T: Real>(link: &Link, other: Operand<'a, T>) -> Stage<'a, T> {
    match (link.op, other) {
        (Instruction::Neg, _) => Stage::Affine([-T::ONE, T::MINUS_ZERO]),
        (Instruction::Square, _) => Stage::Square,
        (Instruction::Add, Operand::One(k)) => Stage::Affine([T::ONE, k]),
        (Instruction::Add, Operand::Many(v)) => Stage::Add(v),
        (Instruction::Sub, Operand::One(k)) if link.swapped => Stage::Affine([-T::ONE, k]),
        (Instruction::Sub, Operand::One(k)) => Stage::Affine([T::ONE, -k]),
        (Instruction::Sub, Operand::Many(v)) if link.swapped => Stage::SubFrom(v),
        (Instruction::Sub, Operand::Many(v)) => Stage::Sub(v),
        (Instruction::Mul, Operand::One(k)) => Stage::Affine([k, T::MINUS_ZERO]),
        (Instruction::Mul, Operand::Many(v)) => Stage::Mul(v),
        (Instruction::Div, Operand::One(k)) if link.swapped => Stage::Over(k),
        (Instruction::Div, Operand::One(k)) => Stage::Div(k),
        // Chains are made without divisions by many numbers.
        (Instruction::Div, Operand::Many(_)) => Stage::Keep,
    }
}

/// Two affine stages as one, filled up with one that changes nothing.
fn join<'a, T: Real>(a: Stage<'a, T>, b: Stage<'a, T>) -> Option<Stage<'a, T>> {
    match (a, b) {
        (Stage::Affine(p), Stage::Affine(q)) => Some(Stage::Affine3([p, q, [T::ONE, T::MINUS_ZERO]])),
        (Stage::Affine3([p, q, _]), Stage::Affine(r)) => Some(Stage::Affine3([p, q, r])),
        _ => None,
    }
}
