//! Kinks: places at which a function has two slopes, and a derivative is one of them by convention.

use super::finding::{Finding, Kind, Severity, short};
use super::meaning::each;
use super::shadow::{Shadow, is_elementwise, question};
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
        let asked = matches!(t.op().kernel, Kernel::Compare(_)) || !smooth && is_elementwise(t);
        if !asked || found.iter().any(|f| f.origin == t.origin()) {
            continue;
        }
        let Some(values) = shadow.values[node].first() else { continue };
        let inputs: Vec<_> = (0..t.node().inputs().len()).filter_map(|k| shadow.input(node, k)).collect();
        if !inputs.iter().all(|v| v.meta.dtype.is_float()) {
            continue;
        }
        let places: Vec<_> = inputs.iter().map(|v| broadcast_places(&v.meta.shape, &values.meta.shape)).collect();
        for i in 0..values.exact.len().min(budget) {
            let x: Vec<Wide> = inputs.iter().zip(&places).map(|(v, p)| v.exact[p[i]]).collect();
            let kink = (0..x.len()).find_map(|k| Some((false, slopes(t.op(), &x, k)?)));
            let jump = || (0..x.len()).find_map(|k| Some((true, jump(t.op(), &x, k)?)));
            if let Some((jumps, (left, right))) = kink.or_else(jump) {
                let operands: Vec<f64> = x.iter().map(|w| w.to_f64()).collect();
                let of = operands.iter().map(|v| short(*v)).collect::<Vec<_>>().join(" and ");
                let what = if jumps { "jumps between" } else { "has the slopes" };
                let (op, left, right) = (t.op().name, short(left), short(right));
                let because = format!("{op} of {of} {what} {left} and {right}: a derivative here is a convention");
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

/// The slopes on both sides in one operand, where they differ however near one looks.
fn slopes(op: &'static crate::graph::Op, x: &[Wide], k: usize) -> Option<(f64, f64)> {
    let size = x[k].to_f64().abs();
    if !size.is_finite() || !x.iter().all(Wide::is_finite) {
        return None;
    }
    let step = Wide::from(if size == 0.0 { 1.0 } else { size }).shifted(-60);
    let (far, near) = (sides(op, x, k, step)?, sides(op, x, k, step.shifted(-10))?);
    let apart = |(left, right): (f64, f64)| (left - right).abs();
    let differ = apart(near) > 1e-6 * (near.0.abs() + near.1.abs());
    // Of what is smooth, slopes on both sides come together.
    (differ && apart(near) > 0.5 * apart(far)).then_some(near)
}

/// The values on both sides in one operand, where they differ however near one looks: where a derivative jumps, what it is
/// the derivative of has a kink.
fn jump(op: &'static crate::graph::Op, x: &[Wide], k: usize) -> Option<(f64, f64)> {
    let size = x[k].to_f64().abs();
    let step = Wide::from(if size == 0.0 { 1.0 } else { size });
    let at = |d: Wide| {
        let mut moved = x.to_vec();
        moved[k] = moved[k] + d;
        let value = if matches!(op.kernel, Kernel::Compare(_)) { question(op, &moved) } else { each(op, &moved) };
        value.filter(|w| w.is_known(1e-3) && w.is_finite())
    };
    let apart = |step: Wide| Some((at(-step)?, at(step)?));
    let ((a, b), (c, d)) = (apart(step.shifted(-60))?, apart(step.shifted(-70))?);
    let (far, near) = ((a - b).size().to_f64(), (c - d).size().to_f64());
    // At a pole the values grow.
    let large = near > 1e-6 * (c.size().to_f64() + d.size().to_f64()) && near > 0.5 * far && near < 2.0 * far;
    large.then(|| (c.to_f64(), d.to_f64()))
}

/// The slopes over a step to the left and to the right.
fn sides(op: &'static crate::graph::Op, x: &[Wide], k: usize, step: Wide) -> Option<(f64, f64)> {
    let at = |d: Wide| {
        let mut moved = x.to_vec();
        moved[k] = moved[k] + d;
        each(op, &moved)
    };
    let (before, here, after) = (at(-step)?, at(Wide::ZERO)?, at(step)?);
    let (left, right) = ((here - before) / step, (after - here) / step);
    // A kernel for f64 cannot tell so small a step from none.
    let known = |w: &Wide| w.is_known(1e-3) && w.is_finite();
    (known(&left) && known(&right)).then(|| (left.to_f64(), right.to_f64()))
}
