//! Local errors: how far each op is from its true result when it is given its true operands, rounded.
//!
//! An op with a large local error cannot be mended by better operands: it cancels, it is steep, or what it is given has
//! left the format. Whether that matters to a result is another question, which the walk back answers.

use std::cell::OnceCell;

use super::shadow::{Shadow, Values, format_of};
use crate::array::wide::{Scaled, Wide};
use crate::array::{Array, Format, ordinal, round_f64_to};
use crate::error::Origin;
use crate::graph::{Kernel, Tensor, broadcast_places, evaluate};
use crate::text::brief;

/// Above so many bits a local error is reported.
pub const BITS: f64 = 16.0;

/// An op that is wrong by itself somewhere.
#[derive(Clone, Debug)]
pub struct Site {
    /// The op.
    pub op: &'static str,
    /// Where it was written.
    pub origin: Origin,
    /// The formula there.
    pub text: String,
    /// How many numbers it makes.
    pub elements: usize,
    /// How many of them have a local error above [`BITS`].
    pub wrong: usize,
    /// The largest local error, in bits.
    pub bits: f64,
    /// The element that has it.
    pub at: usize,
}

/// The ops that have a local error above [`BITS`] somewhere, worst first.
pub fn sites(shadow: &Shadow) -> Vec<Site> {
    let mut found = vec![];
    for (node, t) in shadow.nodes.iter().enumerate() {
        let bits: Vec<f64> = local_errors(shadow, node).concat();
        let wrong = bits.iter().filter(|b| **b > BITS).count();
        let Some((at, worst)) = bits.iter().copied().enumerate().max_by(|a, b| a.1.total_cmp(&b.1)) else { continue };
        if wrong > 0 {
            let (op, origin, text) = (t.op().name, t.origin(), brief(t));
            found.push(Site { op, origin, text, elements: bits.len(), wrong, bits: worst, at });
        }
    }
    found.sort_by_key(|s| std::cmp::Reverse(s.wrong));
    found
}

/// The local error of every element of a node's outputs, in bits: the logarithm to base 2 of how many floats lie between
/// what the op gives of its true operands, rounded, and its true result; nothing for data and for what is no float.
pub fn local_errors(shadow: &Shadow, node: usize) -> Vec<Vec<f64>> {
    let Some(t) = shadow.nodes.get(node).filter(|t| !matches!(t.op().kernel, Kernel::Leaf)) else { return vec![] };
    let outs = &shadow.values[node];
    if !outs.iter().all(|v| v.meta.dtype.is_float()) {
        return vec![];
    }
    let Some(computed) = of_true_operands(shadow, node, t) else { return vec![] };
    let operands: Option<Vec<&Values>> = (0..t.node().inputs().len()).map(|k| shadow.input(node, k)).collect();
    let Some(operands) = operands else { return vec![] };
    let each = |(v, c): (&Values, &Array)| {
        let format = format_of(v.meta.dtype);
        let places = OnceCell::new();
        let sources = |i: usize| {
            let all = || operands.iter().map(|o| broadcast_places(&o.meta.shape, &v.meta.shape)).collect();
            let places: &Vec<Vec<usize>> = places.get_or_init(all);
            let find = |(o, p): (&&Values, &Vec<usize>)| p.get(i).and_then(|p| o.exact.get(*p)).copied();
            operands.iter().zip(places).map(find).collect::<Option<Vec<Wide>>>()
        };
        let known = 2f64.powi(BITS as i32 - 2 - format.precision());
        let one = |(i, (w, c)): (usize, (&Wide, f64))| {
            // What lies below the format is zero in it.
            let known = w.is_known(known) || w.error().less(Scaled::from(format.min_subnormal()).shifted(-2));
            if known { bits(c, w, format) } else { in_doubt(sources(i), format) }
        };
        v.exact.iter().zip(c.iter_f64()).enumerate().map(one).collect()
    };
    outs.iter().zip(&computed).map(each).collect()
}

/// The local error of an element whose truth is not known: where that of its operands is, the op makes what is left of
/// their error as large as the result, and with it their rounding.
fn in_doubt(sources: Option<Vec<Wide>>, format: Format) -> f64 {
    let known = |w: &Wide| w.is_known(2f64.powi(-2 * format.precision()));
    let Some(sources) = sources.filter(|s| s.iter().all(known)) else { return 0.0 };
    // A number of the format is exact: the op gets what it gets in truth.
    let stored = |w: &Wide| Wide::from(round_f64_to(w.to_f64(), format));
    let rounds = |w: &Wide| w.error() != Scaled::ZERO || (*w - stored(w)).size() != Scaled::ZERO;
    if sources.iter().any(rounds) { f64::from(format.precision()) } else { 0.0 }
}

/// What an op gives of its true operands, rounded.
fn of_true_operands(shadow: &Shadow, node: usize, t: &Tensor) -> Option<Vec<Array>> {
    let mut operands = vec![];
    for (k, input) in t.node().inputs().iter().enumerate() {
        let v = shadow.input(node, k)?;
        if v.meta.weak || !v.meta.dtype.is_float() {
            let a = Array::from_vec(v.computed.clone(), &v.meta.shape).and_then(|a| a.cast(v.meta.dtype)).ok()?;
            operands.push(if input.constant().is_some() { input.clone() } else { Tensor::new(a) });
            continue;
        }
        let format = format_of(v.meta.dtype);
        let rounded = v.exact.iter().map(|w| round_f64_to(w.to_f64(), format)).collect();
        operands.push(Tensor::new(Array::from_vec(rounded, &v.meta.shape).and_then(|a| a.cast(v.meta.dtype)).ok()?));
    }
    let made = t.op().call(&operands.iter().collect::<Vec<_>>(), t.node().attrs().clone());
    let outs: Vec<Tensor> = (0..shadow.values[node].len()).map(|k| made.sibling(k)).collect();
    evaluate(&outs.iter().collect::<Vec<_>>(), &mut vec![]).ok()
}

/// How far a number of a format is from the truth, as the logarithm of how many floats lie between.
fn bits(computed: f64, exact: &Wide, format: Format) -> f64 {
    let all = f64::from(format.precision() + 11);
    match (computed.is_nan(), exact.is_nan()) {
        (true, true) => return 0.0,
        (true, false) => return all,
        (false, true) => return 0.0,
        _ => {}
    }
    between(computed, round_f64_to(exact.to_f64(), format), format).ln_1p() / std::f64::consts::LN_2
}

/// How many floats of a format lie between two numbers.
fn between(a: f64, b: f64, format: Format) -> f64 {
    // Infinity is the float behind the largest.
    let end = format.max() * (1.0 + 0.5 * format.eps());
    let place = |x: f64| ordinal(if x.is_infinite() { end.copysign(x) } else { x });
    let steps = (place(a) - place(b)).unsigned_abs() as f64 * 2f64.powi(format.precision() - 53);
    // Subnormal numbers lie less densely.
    steps.min((a - b).abs() / format.min_subnormal())
}
