//! What a formula as written would have given, at which operation it goes wrong, and which rule mends it.

use std::collections::{HashMap, HashSet, VecDeque};

use crate::Tensor;
use crate::array::{Array, DType};
use crate::error::Origin;
use crate::graph::{Attrs, evaluate_nodes};
use crate::numerics::{Fired, all_rules, enclosing};
use crate::text::brief;

/// Why a value differs from what the formula as written gives.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// Which of the formulas it is about.
    pub results: Vec<usize>,
    /// What the first of them gives as written, at the first element that differs.
    pub written: f64,
    /// What it gives instead.
    pub value: f64,
    /// The operation that goes wrong as written, if a number that is not finite arises there.
    pub cause: Option<Cause>,
    /// The rule that replaced that part of the formula.
    pub rule: Option<&'static str>,
    /// What the rule does: what is evaluated instead, or the rule itself where that is too long to read.
    pub how: Option<String>,
    /// Where the replaced part was written.
    pub origin: Origin,
}

/// An operation that gives a number that is not finite from finite ones.
#[derive(Clone, Debug)]
pub struct Cause {
    /// The operation's name.
    pub op: &'static str,
    /// Where it was written.
    pub origin: Origin,
    /// Its operands at the first such element.
    pub operands: Vec<f64>,
    /// What it gives there.
    pub result: f64,
}

/// Compares values with what the formulas as written give, and explains the differences.
///
/// Values that agree to about half of their digits need no explanation.
pub fn explain(values: &[&Array], written: &[&Tensor], fired: &[Fired]) -> Vec<Explanation> {
    let mut walk = Walk::default();
    let watch = &mut |t: &Tensor, inputs: &[Array], outs: &[Array]| walk.see(t, inputs, outs);
    let Ok(as_written) = evaluate_nodes(written, &mut vec![], watch) else { return vec![] };
    let mut explanations: Vec<Explanation> = vec![];
    for (i, (value, plain)) in values.iter().zip(&as_written).enumerate() {
        let Some((was, is)) = difference(plain, value) else { continue };
        let causes = if was.is_finite() { vec![] } else { walk.causes(written[i]) };
        // The same cause behind several results is told once.
        let told = |e: &&mut Explanation| e.cause.as_ref().is_some_and(|c| causes.iter().any(|d| d.origin == c.origin));
        if let Some(e) = explanations.iter_mut().find(told) {
            e.results.push(i);
            continue;
        }
        let cause = causes.into_iter().next();
        let mended = match &cause {
            Some(c) => covering(fired, c.origin),
            None => fired.iter().find(|f| matters(f)),
        };
        let explanation = Explanation {
            results: vec![i],
            written: was,
            value: is,
            rule: mended.map(|f| f.rule),
            how: mended.map(how),
            origin: mended.map_or(Origin::Unknown, |f| f.origin),
            cause,
        };
        // So is the same rule at the same place.
        let same = |e: &&mut Explanation| e.rule == explanation.rule && e.origin == explanation.origin;
        match explanations.iter_mut().find(same) {
            Some(e) => e.results.push(i),
            None => explanations.push(explanation),
        }
    }
    explanations
}

/// What is known of the nodes of formulas as written.
#[derive(Default)]
struct Walk {
    /// Nodes with an output that is not finite, and what arises in those whose inputs are.
    wild: HashMap<u64, Option<Cause>>,
}

impl Walk {
    fn see(&mut self, t: &Tensor, inputs: &[Array], outs: &[Array]) {
        let Some(out) = outs.iter().find(|a| !a.is_finite()) else { return };
        let arises = !inputs.is_empty() && inputs.iter().all(Array::is_finite);
        self.wild.insert(t.node().id(), arises.then(|| cause(t, inputs, out, first_wild(out))));
    }

    /// Follows numbers that are not finite from a result down to where they arise, the nearest first.
    fn causes(&self, result: &Tensor) -> Vec<Cause> {
        let mut causes = vec![];
        let mut seen = HashSet::new();
        let mut pending = VecDeque::from([result.clone()]);
        while let Some(t) = pending.pop_front() {
            // Data and constants that are not finite are no fault of the formula.
            match self.wild.get(&t.node().id()) {
                Some(Some(cause)) => causes.push(cause.clone()),
                Some(None) => pending.extend(t.node().inputs().iter().filter(|i| seen.insert(i.node().id())).cloned()),
                None => {}
            }
        }
        causes
    }
}

/// What a rule does, in a few words.
fn how(f: &Fired) -> String {
    let text = brief(&f.after);
    let rule = all_rules().into_iter().find(|r| r.name == f.rule);
    match rule {
        Some(r) if text.contains('…') => format!("by rule {}: {} is {}", r.name, r.before, r.after),
        _ => format!("as {text} by rule {}", f.rule),
    }
}

/// The first element that is not finite.
fn first_wild(out: &Array) -> usize {
    out.iter_f64().position(|v| !v.is_finite()).unwrap_or(0)
}

/// What arises in a node, at an element of it.
pub(super) fn cause(t: &Tensor, inputs: &[Array], out: &Array, at: usize) -> Cause {
    let result = out.iter_f64().nth(at).unwrap_or(f64::NAN);
    let operand = |a: &Array| {
        let fits = a.broadcast_to(out.shape()).ok()?;
        fits.iter_f64().nth(at)
    };
    // Of a reduction the operands are many; nothing is said of them.
    let elementwise = matches!(t.node().attrs(), Attrs::None | Attrs::Int(_) | Attrs::Scalar(_));
    let operands = if elementwise { inputs.iter().map_while(operand).collect() } else { vec![] };
    Cause { op: t.op().name, origin: t.origin(), operands, result }
}

/// The rule that encloses the place of a cause; in a script, failing that, the first that changes a value.
fn covering(fired: &[Fired], origin: Origin) -> Option<&Fired> {
    let elsewhere = || fired.iter().find(|f| matches!(origin, Origin::Script(_)) && matters(f));
    enclosing(fired, origin).or_else(elsewhere)
}

/// True if what a rule replaced has another value than what it put there.
fn matters(f: &Fired) -> bool {
    let value = |t: &Tensor| evaluate_nodes(&[t], &mut vec![], &mut |_, _, _| {}).ok()?.pop();
    match (value(&f.before), value(&f.after)) {
        (Some(before), Some(after)) => difference(&before, &after).is_some(),
        _ => false,
    }
}

/// The first elements of two arrays that differ by more than rounding.
fn difference(written: &Array, value: &Array) -> Option<(f64, f64)> {
    let tolerance = match value.dtype() {
        DType::F64 | DType::C128 => 1e-12,
        DType::F32 | DType::C64 => 1e-6,
        DType::F16 => 2e-3,
        DType::BF16 => 2e-2,
        _ => 0.0,
    };
    if written.shape() != value.shape() {
        return None;
    }
    let differ = |(a, b): &(f64, f64)| {
        let near = a.is_finite() && b.is_finite() && (a - b).abs() <= tolerance * a.abs().max(b.abs());
        !(near || a == b || (a.is_nan() && b.is_nan()))
    };
    written.iter_f64().zip(value.iter_f64()).find(differ)
}
