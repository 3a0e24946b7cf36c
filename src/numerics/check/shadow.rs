//! The values of all nodes of formulas as written, and beside them the truth in wide numbers.

use std::collections::HashMap;

use super::meaning::{along, each, has_lanes};
use crate::array::wide::{Scaled, Wide};
use crate::array::{Array, DType, Format, round_f64_to};
use crate::error::{Error, Result};
use crate::graph::Op;
use crate::graph::{
    Attrs, Derivative, Exact, Kernel, Meta, Note, Tensor, broadcast_places, evaluate, evaluate_nodes, lanes,
    product_places, topological,
};

/// One output of a node.
#[derive(Clone, Debug)]
pub struct Values {
    /// Dtype and shape.
    pub meta: Meta,
    /// What the formula as written gives.
    pub computed: Vec<f64>,
    /// The truth.
    pub exact: Vec<Wide>,
}

/// All nodes of some formulas, inputs first, with their values.
#[derive(Debug, Default)]
pub struct Shadow {
    /// The nodes that have values.
    pub nodes: Vec<Tensor>,
    /// The outputs of every node.
    pub values: Vec<Vec<Values>>,
    /// The format that every value is rounded to, if it is not that of its dtype.
    format: Option<Format>,
    /// Where a node stands, by its id.
    place: HashMap<u64, usize>,
    /// What the evaluation remarked.
    pub notes: Vec<Note>,
    /// Errors of the evaluation.
    pub errors: Vec<Error>,
}

/// The most numbers that are looked at.
const NUMBERS: usize = 6_000_000;

/// An error for formulas of more numbers than can be looked at.
fn small_enough(outputs: &[&Tensor]) -> Result<()> {
    for t in outputs {
        t.meta()?;
    }
    let count = |m: &Meta| m.shape.iter().product::<usize>();
    let of = |t: &Tensor| t.node().outs().as_ref().map_or(0, |o| o.iter().map(count).sum());
    let total: usize = topological(outputs, |_| true).iter().map(of).sum();
    if total <= NUMBERS {
        return Ok(());
    }
    let m = format!(
        "the formulas have {total} numbers, more than the {NUMBERS} that can be checked; check a part of the data"
    );
    Err(Error::new(crate::ErrorKind::Memory, m))
}

/// The largest matrix that is factored in wide numbers.
pub const LARGEST: usize = 48;

/// Where an element of an output comes from: an input and a place in it; `None` for a zero that is filled in.
pub type Origins = Vec<Option<(usize, usize)>>;

impl Shadow {
    /// Evaluates formulas op by op, twice: as written, and in wide numbers.
    pub fn of(outputs: &[&Tensor]) -> Shadow {
        let mut shadow = Shadow::default();
        if let Err(e) = shadow.run(outputs) {
            // One that fails leaves the others their values.
            shadow.errors.push(e);
            for t in outputs.iter().filter(|_| outputs.len() > 1) {
                let _ = shadow.run(&[t]);
            }
        }
        shadow
    }

    /// Evaluates formulas with every value rounded to a format, and beside it in wide numbers.
    pub fn in_format(outputs: &[&Tensor], format: Format) -> Shadow {
        let mut shadow = Shadow { format: Some(format), ..Shadow::default() };
        if let Err(e) = shadow.run_rounded(outputs, format) {
            shadow.errors.push(e);
        }
        shadow
    }

    /// The format in which values of a dtype are computed.
    pub fn format(&self, dtype: DType) -> Format {
        self.format.unwrap_or_else(|| format_of(dtype))
    }

    fn run_rounded(&mut self, outputs: &[&Tensor], format: Format) -> Result<()> {
        small_enough(outputs)?;
        for t in topological(outputs, |_| true) {
            let outs = self.rounded(&t, format).map_err(|e| e.at(t.origin()))?;
            self.keep(&t, &outs);
        }
        Ok(())
    }

    /// The outputs of a node for the rounded outputs of its inputs, rounded.
    fn rounded(&self, t: &Tensor, format: Format) -> Result<Vec<Array>> {
        let missing = || Error::new(crate::ErrorKind::Argument, format!("`{}` has no operand", t.op().name));
        let outs = if t.node().inputs().is_empty() {
            let count = t.node().outs().clone()?.len();
            let each: Vec<Tensor> = (0..count).map(|k| t.sibling(k)).collect();
            evaluate(&each.iter().collect::<Vec<_>>(), &mut vec![])?
        } else {
            let mut leaves = vec![];
            for i in t.node().inputs() {
                let v = self.of_tensor(i).ok_or_else(missing)?;
                let dtype = if v.meta.dtype.is_float() { DType::F32 } else { v.meta.dtype };
                leaves.push(Tensor::new(Array::from_vec(v.computed.clone(), &v.meta.shape)?.cast(dtype)?));
            }
            let attrs = match t.node().attrs() {
                Attrs::DType(d) if d.is_float() => Attrs::DType(DType::F32),
                other => other.clone(),
            };
            let made = t.op().call(&leaves.iter().collect::<Vec<_>>(), attrs);
            let each: Vec<Tensor> = (0..made.node().outs().clone()?.len()).map(|k| made.sibling(k)).collect();
            evaluate(&each.iter().collect::<Vec<_>>(), &mut vec![])?
        };
        let round = |a: Array| {
            if !a.dtype().is_float() {
                return Ok(a);
            }
            Array::from_vec(a.iter_f64().map(|v| round_f64_to(v, format)).collect(), a.shape())
        };
        outs.into_iter().map(round).collect()
    }

    /// Takes over a node with its values.
    fn keep(&mut self, t: &Tensor, outs: &[Array]) {
        let metas = t.node().outs().clone().unwrap_or_default();
        let exact = self.exact(t, outs);
        let given = metas.into_iter().zip(outs).zip(exact);
        let values = given.map(|((meta, a), exact)| Values { meta, computed: numbers(a), exact }).collect();
        self.place.insert(t.node().id(), self.nodes.len());
        self.nodes.push(t.clone());
        self.values.push(values);
    }

    fn run(&mut self, outputs: &[&Tensor]) -> Result<()> {
        small_enough(outputs)?;
        let mut notes = vec![];
        let done = evaluate_nodes(outputs, &mut notes, &mut |t, _, outs| {
            if self.place.contains_key(&t.node().id()) {
                return;
            }
            self.keep(t, outs);
        });
        self.notes.extend(notes);
        done.map(|_| ())
    }

    /// Where the node of a tensor stands.
    pub fn find(&self, t: &Tensor) -> Option<usize> {
        self.place.get(&t.node().id()).copied()
    }

    /// The values of a tensor.
    pub fn of_tensor(&self, t: &Tensor) -> Option<&Values> {
        self.values.get(self.find(t)?)?.get(t.output())
    }

    /// The values of an input of a node.
    pub fn input(&self, node: usize, k: usize) -> Option<&Values> {
        self.of_tensor(self.nodes.get(node)?.node().inputs().get(k)?)
    }

    /// The truth of a node's outputs, from that of its inputs.
    fn exact(&self, t: &Tensor, outs: &[Array]) -> Vec<Vec<Wide>> {
        let inputs: Option<Vec<&Values>> = t.node().inputs().iter().map(|i| self.of_tensor(i)).collect();
        let computed: Vec<Vec<f64>> = outs.iter().map(numbers).collect();
        let as_computed = || computed.iter().map(|v| v.iter().map(|&x| Wide::from(x)).collect()).collect::<Vec<_>>();
        // Data are what they are stored as.
        if let (Some(_), Some(data)) = (self.format, t.data()) {
            let fits = |(&v, w): (&f64, f64)| Wide::from(if v.is_finite() { v } else { w });
            return vec![computed[0].iter().zip(data.iter_f64()).map(fits).collect()];
        }
        let Some(inputs) = inputs else { return as_computed() };
        let Ok(metas) = t.node().outs() else { return as_computed() };
        if outs.iter().any(|a| a.dtype().is_complex()) || inputs.iter().any(|v| v.meta.dtype.is_complex()) {
            return computed.iter().map(|v| vec![Wide::unknown(); v.len()]).collect();
        }
        let mut exact = match node(t, &inputs, &metas[0]) {
            Some(first) => vec![first],
            // Data, random numbers and what only counts are what they are.
            None if !inputs.iter().any(|v| v.meta.dtype.is_float()) => return as_computed(),
            None => by_kernel(t, &inputs)
                .unwrap_or_else(|| computed.iter().map(|v| vec![Wide::unknown(); v.len()]).collect()),
        };
        // Where a row has a convention for what the mathematics leaves open, the row is right.
        if !inputs.iter().any(|v| v.exact.iter().any(Wide::is_nan)) {
            for (truth, given) in exact.iter_mut().zip(&computed) {
                for (w, &v) in truth.iter_mut().zip(given).filter(|(w, v)| w.is_nan() && !v.is_nan()) {
                    *w = Wide::from(v).rounded_by(1e-6);
                }
            }
        }
        exact
    }
}

/// The numbers of an array as f64.
fn numbers(a: &Array) -> Vec<f64> {
    if a.dtype().is_complex() { vec![f64::NAN; a.len()] } else { a.iter_f64().collect() }
}

/// The truth of an op with one output, where wide numbers know it.
fn node(t: &Tensor, inputs: &[&Values], out: &Meta) -> Option<Vec<Wide>> {
    let op = t.op();
    let spread = |k: usize| {
        let v = inputs[k];
        broadcast_places(&v.meta.shape, &out.shape).into_iter().map(|p| v.exact[p]).collect::<Vec<_>>()
    };
    if let Some(from) = origins(t, inputs) {
        return Some(from.iter().map(|o| o.map_or(Wide::ZERO, |(k, p)| inputs[k].exact[p])).collect());
    }
    match (&op.kernel, op.exact) {
        (Kernel::Leaf, _) => Some(match t.constant() {
            Some(v) => vec![Wide::from(v)],
            None => t.data()?.iter_f64().map(Wide::from).collect(),
        }),
        (Kernel::Cast, _) if out.dtype.is_float() => Some(inputs[0].exact.clone()),
        (_, Exact::Product(a, b)) => {
            let [left, right] = inputs else { return None };
            let places = product_places(&left.meta.shape, &right.meta.shape, out, (a, b)).ok()?;
            let term = |(i, j): (&usize, &usize)| left.exact[*i] * right.exact[*j];
            Some(places.iter().map(|[i, j]| Wide::sum(i.iter().zip(j).map(term))).collect())
        }
        (_, Exact::Matrix(f)) => {
            let n = inputs[0].meta.shape.last().copied().filter(|n| (1..=LARGEST).contains(n))?;
            Some(inputs[0].exact.chunks(n * n).flat_map(|a| f(a, n)).collect())
        }
        (_, Exact::Solve(f)) => {
            let n = one_system(inputs)?;
            Some(f(&inputs[0].exact, &inputs[1].exact, n))
        }
        (Kernel::Select, _) => {
            let (c, a, b) = (spread(0), spread(1), spread(2));
            Some((0..c.len()).map(|i| if c[i].is_zero() { b[i] } else { a[i] }).collect())
        }
        (Kernel::Compare(_), _) | (Kernel::Test(_), _) => {
            let sides: Vec<Vec<Wide>> = (0..inputs.len()).map(spread).collect();
            (0..sides[0].len()).map(|i| question(op, &sides.iter().map(|s| s[i]).collect::<Vec<_>>())).collect()
        }
        _ if is_elementwise(t) => {
            let sides: Vec<Vec<Wide>> = (0..inputs.len()).map(spread).collect();
            (0..sides[0].len()).map(|i| each(op, &sides.iter().map(|s| s[i]).collect::<Vec<_>>())).collect()
        }
        _ if inputs.len() == 1 && has_lanes(op) => {
            let places = lanes(&inputs[0].meta.shape, t.node().attrs().axes());
            let mut values = vec![Wide::ZERO; out.shape.iter().product()];
            for (number, lane) in places.iter().enumerate() {
                let given: Vec<Wide> = lane.iter().map(|&p| inputs[0].exact[p]).collect();
                let found = along(op, &given)?;
                match found.as_slice() {
                    [one] if values.len() == places.len() => values[number] = *one,
                    many => lane.iter().zip(many).for_each(|(&p, v)| values[p] = *v),
                }
            }
            Some(values)
        }
        _ => None,
    }
}

/// True of ops that make every element from the elements at its place.
pub fn is_elementwise(t: &Tensor) -> bool {
    let op = t.op();
    let one_output = t.node().outs().as_ref().is_ok_and(|o| o.len() == 1);
    let plain = matches!(op.kernel, Kernel::Unary(_) | Kernel::Binary(_));
    // The order of a derivative and the like are beyond an op's meaning.
    let custom = matches!(op.derivative, Derivative::Partials(_)) && !op.meaning.is_empty();
    one_output && (plain || custom)
}

/// The answer of a comparison or test, asked of numbers in the same order.
pub fn question(op: &Op, x: &[Wide]) -> Option<Wide> {
    let mut out = [false];
    match (&op.kernel, x) {
        (Kernel::Test(k), [a]) => {
            let v = a.to_f64();
            let finite = if v.is_infinite() && a.is_finite() { f64::MAX } else { v };
            (k.f64)(&[if finite == 0.0 { a.sign() } else { finite }], &mut out);
        }
        (Kernel::Compare(k), [a, b]) => {
            // Signs, and which magnitude is larger, are all that a comparison or a connective can see.
            let rank = |v: &Wide, other: &Wide| match v.abs().compare(&other.abs()) {
                None => f64::NAN,
                Some(std::cmp::Ordering::Greater) => 2.0 * v.sign(),
                Some(_) => v.sign(),
            };
            (k.f64)(&[rank(a, b)], &[rank(b, a)], &mut out);
        }
        _ => return None,
    }
    Some(Wide::from(f64::from(u8::from(out[0]))))
}

/// The size of a matrix that stands alone beside its right-hand sides, if it is not too large.
pub fn one_system(inputs: &[&Values]) -> Option<usize> {
    let [a, b] = inputs else { return None };
    let n = *a.meta.shape.first()?;
    (a.meta.shape.len() == 2 && b.meta.shape.len() == 2 && (1..=LARGEST).contains(&n)).then_some(n)
}

/// True of ops that only move elements.
pub fn moves(op: &Op) -> bool {
    matches!(op.kernel, Kernel::Same | Kernel::View(_) | Kernel::Move(_)) || matches!(op.exact, Exact::Moves)
}

/// Where the elements of an op that only moves them come from; `None` of other ops.
pub fn origins(t: &Tensor, inputs: &[&Values]) -> Option<Origins> {
    let op = t.op();
    if !moves(op) || t.node().outs().as_ref().map_or(0, Vec::len) != 1 {
        return None;
    }
    // The op itself, run on numbered elements, says where they go.
    let mut owners = vec![];
    let numbered = inputs.iter().enumerate().map(|(k, v)| {
        if matches!(op.exact, Exact::Moves) && k > 0 {
            return Array::from_vec(v.computed.clone(), &v.meta.shape).and_then(|a| a.cast(v.meta.dtype)).ok();
        }
        let start = owners.len() as f64 + 1.0;
        owners.extend((0..v.exact.len()).map(|p| (k, p)));
        Array::from_vec((0..v.exact.len()).map(|p| start + p as f64).collect(), &v.meta.shape).ok()
    });
    let leaves: Vec<Tensor> = numbered.map(|a| a.map(Tensor::new)).collect::<Option<_>>()?;
    let moved = op.call(&leaves.iter().collect::<Vec<_>>(), t.node().attrs().clone());
    let found = evaluate(&[&moved], &mut vec![]).ok()?.pop()?;
    Some(found.iter_f64().map(|n| if n < 1.0 { None } else { owners.get(n as usize - 1).copied() }).collect())
}

/// The outputs of an op for other values of its inputs, by its kernel for f64.
pub fn apply(t: &Tensor, inputs: &[(&Meta, Vec<f64>)]) -> Option<Vec<Vec<f64>>> {
    let leaf = |(m, v): &(&Meta, Vec<f64>)| {
        let a = Array::from_vec(v.clone(), &m.shape).ok()?;
        Some(Tensor::new(if m.dtype.is_float() { a } else { a.cast(m.dtype).ok()? }))
    };
    let leaves: Vec<Tensor> = inputs.iter().map(leaf).collect::<Option<_>>()?;
    let made = t.op().call(&leaves.iter().collect::<Vec<_>>(), t.node().attrs().clone());
    let outs: Vec<Tensor> = (0..made.node().outs().as_ref().ok()?.len()).map(|k| made.sibling(k)).collect();
    let found = evaluate(&outs.iter().collect::<Vec<_>>(), &mut vec![]).ok()?;
    Some(found.iter().map(numbers).collect())
}

/// The truth of any op, by its kernel for f64, in doubt by what inputs a little aside give.
fn by_kernel(t: &Tensor, inputs: &[&Values]) -> Option<Vec<Vec<Wide>>> {
    let at = |f: &dyn Fn(&Wide) -> f64| -> Vec<(&Meta, Vec<f64>)> {
        let side =
            |v: &&Values| v.exact.iter().map(|w| if v.meta.dtype.is_float() { f(w) } else { w.to_f64() }).collect();
        inputs.iter().map(|v| (&v.meta, side(v))).collect()
    };
    let centre = apply(t, &at(&|w| w.to_f64()))?;
    let far =
        |w: &Wide| if w.to_f64().is_infinite() && w.is_finite() { f64::NAN } else { w.to_f64() + w.error().to_f64() };
    let aside = [apply(t, &at(&far)), apply(t, &at(&|w| far(w).next_up())), apply(t, &at(&|w| far(w).next_down()))];
    let float = |k: usize| t.node().outs().as_ref().is_ok_and(|o| o.get(k).is_some_and(|m| m.dtype.is_float()));
    let mut outs = vec![];
    for (k, values) in centre.into_iter().enumerate() {
        let largest = values.iter().filter(|v| v.is_finite()).fold(0.0f64, |m, v| m.max(v.abs()));
        let doubt = |i: usize, v: f64| {
            let change = aside.iter().map(|a| a.as_ref().map_or(f64::INFINITY, |a| (a[k][i] - v).abs()));
            let change = change.fold(0.0, |m: f64, c| if c.is_nan() { f64::INFINITY } else { m.max(c) });
            4.0 * change + v.abs() * 2f64.powi(-46) + largest * 2f64.powi(-50)
        };
        let wide = |(i, v): (usize, f64)| match float(k) && v.is_finite() {
            true => Wide::from(v).widened(Scaled::from(doubt(i, v))),
            false => Wide::from(v),
        };
        outs.push(values.into_iter().enumerate().map(wide).collect());
    }
    Some(outs)
}

/// The format in which a dtype computes.
pub fn format_of(dtype: DType) -> Format {
    dtype.format().unwrap_or(Format::F64)
}
