//! Small formulas of f32 computed in f64 and rounded once, where that costs next to nothing.

use super::stabilize::{moved, stabilize_all};
use super::{Fired, recipe};
use crate::array::DType;
use crate::graph::{Attrs, Kernel, Outputs, QuickMap, Tensor, topological, with_origin};
use crate::ops::AS_WRITTEN;

/// Elements and multiplications of a formula up to which it is computed in f64; a larger one is held to f32 for speed.
const WORK: usize = 1 << 13;

/// The formulas as they are evaluated, and the rules that fired: stable, and those of f32 that are small in f64.
///
/// The rounding of steps on the way, their overflow and their underflow then leave no trace in a result of f32. Each
/// formula is looked at by itself, so that its value does not depend on what is evaluated beside it. One that ends in
/// `as_written` keeps its format too.
pub fn prepared(formulas: &[&Tensor]) -> (Vec<Tensor>, Vec<Fired>) {
    // A formula that nothing is done to is remembered once, as it is rewritten.
    if !formulas.iter().any(|t| is_narrow(t)) {
        return stabilize_all(formulas, &[]);
    }
    recipe::remembered(formulas, &[], recipe::Purpose::Evaluate, || {
        let (stable, fired) = stabilize_all(formulas, &[]);
        (widened(formulas, &stable), fired)
    })
}

/// The formulas with those of f32 that are small computed in f64.
fn widened(written: &[&Tensor], formulas: &[Tensor]) -> Vec<Tensor> {
    let free = formulas.iter().zip(written).filter(|(_, w)| *w.op() != AS_WRITTEN).map(|(t, _)| t);
    let chosen: Vec<&Tensor> = free.filter(|t| is_narrow(t) && is_small(t)).collect();
    if chosen.is_empty() {
        return formulas.to_vec();
    }
    let mut made = Made::default();
    for t in &topological(&chosen, |_| true) {
        with_origin(t.origin(), || made.add(t));
    }
    let result = |t: &Tensor| match chosen.iter().any(|c| c.key() == t.key()) {
        true => Some(made.narrow(t)).filter(|n| n.meta().ok() == t.meta().ok()).unwrap_or_else(|| t.clone()),
        false => t.clone(),
    };
    formulas.iter().map(result).collect()
}

fn is_narrow(t: &Tensor) -> bool {
    t.dtype().is_ok_and(|d| d == DType::F32)
}

/// True of a formula that works on few elements, all of them real.
fn is_small(t: &Tensor) -> bool {
    let mut work = 0;
    let mut real = true;
    topological(&[t], |t| {
        for m in t.node().outs().iter().flatten() {
            work += m.shape.iter().product::<usize>().max(1);
            real &= !m.dtype.is_complex();
        }
        if matches!(t.op().kernel, Kernel::Custom(_) | Kernel::Field(_)) {
            // A product or factorisation meets every element once for each column.
            let last = |t: &Tensor| t.dims().last().copied().unwrap_or(1);
            let inputs = t.node().inputs();
            work += inputs.first().map_or(0, |x| x.dims().iter().product::<usize>() * last(x).max(last(t)));
        }
        real && work <= WORK
    });
    real && work <= WORK
}

/// True of nodes that are about a format, not about numbers: what they are given and what they give stays as it is.
fn keeps_format(t: &Tensor) -> bool {
    matches!(t.node().attrs(), Attrs::DType(_) | Attrs::Make(..))
        || matches!(t.op().kernel, Kernel::Leaf)
        || t.op().outputs == Outputs::OfFormat
}

/// What became of the nodes met so far.
#[derive(Default)]
struct Made {
    /// Nodes whose results of f32 became f64.
    wide: QuickMap<u64, Tensor>,
    /// Nodes that keep their format, over inputs that may have changed.
    kept: QuickMap<u64, Tensor>,
}

impl Made {
    fn add(&mut self, t: &Tensor) {
        let keeps = keeps_format(t);
        let old = t.node().inputs();
        let inputs: Vec<Tensor> = old.iter().map(|i| if keeps { self.narrow(i) } else { self.wide(i) }).collect();
        let same = inputs.iter().zip(old).all(|(a, b)| a.key() == b.key());
        let call = || t.op().call(&inputs.iter().collect::<Vec<_>>(), t.node().attrs().clone());
        let new = if same { t.sibling(0) } else { call() };
        let map = if keeps || same { &mut self.kept } else { &mut self.wide };
        map.insert(t.node().id(), new);
    }

    /// A result in f64, if it is one of f32.
    fn wide(&mut self, t: &Tensor) -> Tensor {
        if self.wide.contains_key(&t.node().id()) {
            return moved(&self.wide, t);
        }
        let kept = moved(&self.kept, t);
        if !is_narrow(t) {
            return kept;
        }
        let wide = kept.cast(DType::F64);
        if t.node().outs().as_ref().is_ok_and(|o| o.len() == 1) {
            self.wide.insert(t.node().id(), wide.clone());
        }
        wide
    }

    /// A result in its own format.
    fn narrow(&self, t: &Tensor) -> Tensor {
        let id = t.node().id();
        if self.kept.contains_key(&id) {
            return moved(&self.kept, t);
        }
        let wide = moved(&self.wide, t);
        if is_narrow(t) { wide.cast(DType::F32) } else { wide }
    }
}
