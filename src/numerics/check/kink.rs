//! Kinks: places at which a function has two slopes, and a derivative is one of them by convention.

use super::finding::{Finding, Kind, Severity, short};
use super::meaning::each;
use super::shadow::{Shadow, is_elementwise};
use crate::array::wide::Wide;
use crate::graph::{Kernel, broadcast_places};
use crate::text::brief;

/// How many elements are looked at.
const LOOKED_AT: usize = 20_000;

/// A note for every op that is evaluated exactly at a kink; of interest where derivatives are taken.
pub fn findings(shadow: &Shadow) -> Vec<Finding> {
    let mut found: Vec<Finding> = vec![];
    let mut budget = LOOKED_AT;
    for (node, t) in shadow.nodes.iter().enumerate() {
        // Machine instructions are smooth wherever they are finite.
        let smooth = match &t.op().kernel {
            Kernel::Unary(k) => k.instruction.is_some(),
            Kernel::Binary(k) => k.instruction.is_some(),
            _ => true,
        };
        if smooth || !is_elementwise(t) || found.iter().any(|f| f.origin == t.origin()) {
            continue;
        }
        let Some(values) = shadow.values[node].first().filter(|v| v.meta.dtype.is_float()) else { continue };
        let inputs: Vec<_> = (0..t.node().inputs().len()).filter_map(|k| shadow.input(node, k)).collect();
        let places: Vec<_> = inputs.iter().map(|v| broadcast_places(&v.meta.shape, &values.meta.shape)).collect();
        for i in 0..values.exact.len().min(budget) {
            let x: Vec<Wide> = inputs.iter().zip(&places).map(|(v, p)| v.exact[p[i]]).collect();
            if let Some((left, right)) = (0..x.len()).find_map(|k| slopes(t.op(), &x, k)) {
                let operands: Vec<f64> = x.iter().map(|w| w.to_f64()).collect();
                let of = operands.iter().map(|v| short(*v)).collect::<Vec<_>>().join(" and ");
                let because = format!(
                    "{} has two slopes at {of}, {} and {}: a derivative here is a convention",
                    t.op().name,
                    short(left),
                    short(right)
                );
                let blank = super::blank(Severity::Note, Kind::Kink, t.op().name, t.origin());
                let index = crate::array::unravel(i, &values.meta.shape);
                let result = values.computed[i];
                found.push(Finding { because, text: brief(t), index, operands, result, ..blank });
                break;
            }
        }
        budget = budget.saturating_sub(values.exact.len());
    }
    found
}

/// The slopes on both sides in one operand, where they differ.
fn slopes(op: &'static crate::graph::Op, x: &[Wide], k: usize) -> Option<(f64, f64)> {
    let size = x[k].to_f64().abs();
    if !size.is_finite() || !x.iter().all(Wide::is_finite) {
        return None;
    }
    let step = Wide::from(if size == 0.0 { 1.0 } else { size }).shifted(-70);
    let at = |d: Wide| {
        let mut moved = x.to_vec();
        moved[k] = moved[k] + d;
        each(op, &moved)
    };
    let (before, here, after) = (at(-step)?, at(Wide::ZERO)?, at(step)?);
    let (left, right) = ((here - before) / step, (after - here) / step);
    // A kernel for f64 cannot tell so small a step from none.
    if !left.is_known(1e-3) || !right.is_known(1e-3) || !left.is_finite() || !right.is_finite() {
        return None;
    }
    let (left, right) = (left.to_f64(), right.to_f64());
    ((left - right).abs() > 1e-6 * (left.abs() + right.abs())).then_some((left, right))
}
