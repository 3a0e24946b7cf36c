//! Running error bounds: beside every number how far it can be from the truth, which costs little more than the number.
//!
//! Where a bound certifies a result, nothing has to be looked at in wide numbers. A bound is never too small; where none
//! can be given it is infinite. Sources: Wilkinson, Rounding Errors in Algebraic Processes; Higham, Accuracy and
//! Stability of Numerical Algorithms, 3.3.

use std::borrow::Cow;
use std::collections::HashMap;

use super::judge::tolerance;
use super::shadow::{format_of, moves};
use crate::array::arith::Instruction;
use crate::array::{Array, DType, Format, round_f64_to};
use crate::error::Result;
use crate::graph::{Exact, Interval, Kernel, Meta, Note, Reduce, Tensor, broadcast_places, evaluate, evaluate_nodes};

/// A value and a bound of its error; no bound of what is exact.
struct Bounded {
    meta: Meta,
    value: Array,
    bound: Option<Vec<f64>>,
}

/// What running error bounds say about formulas.
pub struct Certified {
    /// For every formula the elements that no bound certifies.
    pub doubtful: Vec<Vec<usize>>,
    /// What the evaluation remarked.
    pub notes: Vec<Note>,
}

/// Evaluates formulas as written with a running error bound, and says which elements the bound does not certify.
pub fn certify(outputs: &[&Tensor]) -> Result<Certified> {
    let mut known: HashMap<u64, Vec<Bounded>> = HashMap::new();
    let mut uses: HashMap<u64, usize> = HashMap::new();
    for t in crate::graph::topological(outputs, |_| true).iter().flat_map(|t| t.node().inputs()) {
        *uses.entry(t.node().id()).or_default() += 1;
    }
    outputs.iter().for_each(|t| *uses.entry(t.node().id()).or_default() += 1);
    let mut notes = vec![];
    evaluate_nodes(outputs, &mut notes, &mut |t, _, outs| {
        let bounded = {
            let input = |i: &Tensor| known.get(&i.node().id()).and_then(|k| k.get(i.output()));
            bounds(t, t.node().inputs().iter().map(input).collect::<Option<Vec<_>>>(), outs)
        };
        known.insert(t.node().id(), bounded);
        for i in t.node().inputs() {
            if let Some(n) = uses.get_mut(&i.node().id()) {
                *n -= 1;
                if *n == 0 {
                    known.remove(&i.node().id());
                }
            }
        }
    })?;
    let doubtful = outputs.iter().map(|t| {
        let of = known.get(&t.node().id()).and_then(|k| k.get(t.output()));
        of.map_or_else(|| (0..t.shape().map_or(0, |s| s.iter().product())).collect(), Bounded::doubtful)
    });
    Ok(Certified { doubtful: doubtful.collect(), notes })
}

impl Bounded {
    fn numbers(&self) -> &[f64] {
        self.value.as_slice::<f64>().unwrap_or(&[])
    }

    fn format(&self) -> Format {
        format_of(self.meta.dtype)
    }

    /// The same in a narrower dtype, where that makes a difference.
    fn rounded_to(&self, dtype: DType) -> Option<Bounded> {
        if !dtype.is_float() || self.meta.dtype == dtype {
            return None;
        }
        let lost = |v: &f64| {
            let near = round_f64_to(*v, format_of(dtype));
            if near == *v { 0.0 } else { (v - near).abs() }
        };
        let lost: Vec<f64> = self.numbers().iter().map(lost).collect();
        if lost.iter().all(|e| *e == 0.0) {
            return None;
        }
        let before = |i: usize| self.bound.as_ref().map_or(0.0, |b| b[i]);
        let bound = some(lost.iter().enumerate().map(|(i, e)| e + before(i)));
        Some(Bounded { meta: self.meta.clone(), value: self.value.clone(), bound })
    }

    /// The elements of which the bound does not say that they are right.
    fn doubtful(&self) -> Vec<usize> {
        let (format, float) = (self.format(), self.meta.dtype.is_float());
        let (part, least) = (0.25 * tolerance(format), 0.9 * format.min_subnormal());
        let bound = |i: usize| self.bound.as_ref().map_or(0.0, |b| b[i]);
        let certain = |i: usize, v: f64| {
            let e = bound(i);
            v.is_finite() && (e == 0.0 || float && (e < least || e < part * v.abs()))
        };
        self.numbers().iter().enumerate().filter(|(i, v)| !certain(*i, **v)).map(|(i, _)| i).collect()
    }

    /// The numbers spread over a shape.
    fn over(&self, shape: &[usize]) -> Cow<'_, [f64]> {
        spread(self.numbers(), &self.meta.shape, shape)
    }

    /// The bounds spread over a shape.
    fn bound_over(&self, shape: &[usize]) -> Option<Cow<'_, [f64]>> {
        self.bound.as_ref().map(|b| spread(b, &self.meta.shape, shape))
    }
}

fn spread<'a>(v: &'a [f64], from: &[usize], to: &[usize]) -> Cow<'a, [f64]> {
    if from == to {
        return Cow::Borrowed(v);
    }
    match v {
        [one] => Cow::Owned(vec![*one; to.iter().product()]),
        _ => Cow::Owned(broadcast_places(from, to).into_iter().map(|p| v[p]).collect()),
    }
}

/// The outputs of a node with their bounds.
fn bounds(t: &Tensor, inputs: Option<Vec<&Bounded>>, outs: &[Array]) -> Vec<Bounded> {
    let metas = t.node().outs().clone().unwrap_or_default();
    let mut all: Vec<Bounded> = metas
        .into_iter()
        .zip(outs)
        .map(|(meta, a)| {
            let unsure = || vec![f64::INFINITY; a.len()];
            let numbers = if a.dtype().is_complex() { unsure() } else { a.to_f64() };
            let value = match a.as_slice::<f64>() {
                Some(_) => a.clone(),
                None => Array::from_vec(numbers, a.shape()).unwrap_or_else(|_| a.clone()),
            };
            Bounded { meta, value, bound: Some(unsure()) }
        })
        .collect();
    let (Some(inputs), [out]) = (inputs, all.as_mut_slice()) else { return all };
    // Constants and integers are rounded where they meet numbers of a dtype.
    let dtype = t.op().promote.meet(&inputs.iter().map(|i| &i.meta).collect::<Vec<_>>()).0;
    let met: Vec<Option<Bounded>> = inputs.iter().map(|i| i.rounded_to(dtype)).collect();
    let inputs: Vec<&Bounded> = inputs.iter().zip(&met).map(|(i, m)| m.as_ref().unwrap_or(i)).collect();
    let exact = inputs.iter().all(|i| i.bound.is_none());
    if matches!(t.op().kernel, Kernel::Leaf) {
        out.bound = None;
    } else if let Some(found) = bound(t, &inputs, out, exact) {
        out.bound = found;
    }
    all
}

/// The bound of an op's output; the outer `None` where none can be given.
fn bound(t: &Tensor, inputs: &[&Bounded], out: &Bounded, exact: bool) -> Option<Option<Vec<f64>>> {
    let op = t.op();
    if moves(op) {
        return moved(t, inputs, exact);
    }
    // A unit of rounding, and what is lost where numbers underflow.
    let (u, tiny) = (0.5 * out.format().eps(), out.format().min_subnormal());
    let shape = &out.meta.shape;
    match (&op.kernel, inputs) {
        (Kernel::Unary(k), [x]) => Some(match (k.instruction, &x.bound) {
            (Some(Instruction::Neg), e) => e.clone(),
            (Some(Instruction::Square), _) => multiplied(x, x, out, u, tiny),
            (_, None) => some(out.numbers().iter().map(|y| 4.0 * u * y.abs() + tiny)),
            (_, Some(e)) => {
                let side = |sign: f64| aside(x.numbers(), e, sign, |x, y| (k.f64)(x, y));
                let (up, down) = (side(1.0), side(-1.0));
                let narrow = op.domain != Interval::ALL;
                some((0..e.len()).map(|i| {
                    let (x, y) = (x.numbers()[i], out.numbers()[i]);
                    let change = near(e[i], x, narrow) * larger((up[i] - y).abs(), (down[i] - y).abs());
                    2.0 * change + 4.0 * u * y.abs() + tiny
                }))
            }
        }),
        (Kernel::Binary(k), [a, b]) => Some(match k.instruction {
            Some(Instruction::Add | Instruction::Sub) => added(a, b, out, u),
            Some(Instruction::Mul) => multiplied(a, b, out, u, tiny),
            Some(Instruction::Div) => divided(a, b, out, u, tiny),
            _ => {
                let (x, y) = (a.over(shape), b.over(shape));
                let mut total: Vec<f64> = out.numbers().iter().map(|v| 4.0 * u * v.abs() + tiny).collect();
                for (first, e) in [(true, a.bound_over(shape)), (false, b.bound_over(shape))] {
                    let Some(e) = e else { continue };
                    for sign in [1.0, -1.0] {
                        let moved = aside(if first { &x } else { &y }, &e, sign, |v, o| match first {
                            true => (k.f64)(v, &y, o),
                            false => (k.f64)(&x, v, o),
                        });
                        for i in 0..total.len() {
                            let from = if first { x[i] } else { y[i] };
                            total[i] += 2.0 * near(e[i], from, false) * (moved[i] - out.numbers()[i]).abs();
                        }
                    }
                }
                some(total.into_iter())
            }
        }),
        (Kernel::Compare(_), [a, b]) => {
            let (x, y, e, f) = (a.over(shape), b.over(shape), a.bound_over(shape), b.bound_over(shape));
            let of = |e: &Option<Cow<[f64]>>, i: usize| e.as_ref().map_or(0.0, |e| e[i]);
            let unsure = |i: usize| {
                let doubt = of(&e, i) + of(&f, i);
                if doubt == 0.0 || (x[i] - y[i]).abs() > doubt { 0.0 } else { f64::INFINITY }
            };
            Some(if exact { None } else { some((0..x.len()).map(unsure)) })
        }
        (Kernel::Test(_), [x]) => {
            let unsure = |(e, v): (&f64, &f64)| if v.abs() > *e { 0.0 } else { f64::INFINITY };
            Some(x.bound.as_ref().and_then(|e| some(e.iter().zip(x.numbers()).map(unsure))))
        }
        (Kernel::Select, [c, a, b]) if !exact => {
            let (taken, doubt) = (c.over(shape), c.bound_over(shape));
            let (x, y, e, f) = (a.over(shape), b.over(shape), a.bound_over(shape), b.bound_over(shape));
            let of = |e: &Option<Cow<[f64]>>, i: usize| e.as_ref().map_or(0.0, |e| e[i]);
            Some(some((0..x.len()).map(|i| match of(&doubt, i) > 0.0 {
                true => larger(of(&e, i), of(&f, i)) + (x[i] - y[i]).abs(),
                false => of(if taken[i] != 0.0 { &e } else { &f }, i),
            })))
        }
        (Kernel::Select, _) => Some(None),
        (Kernel::Cast, [x]) => {
            let rounding = |(y, x): (&f64, &f64)| if y == x { 0.0 } else { (y - x).abs() };
            let own = out.numbers().iter().zip(x.numbers()).map(rounding);
            Some(match &x.bound {
                Some(e) => some(own.zip(e).map(|(r, e)| r + e)),
                None => some(own),
            })
        }
        (Kernel::Reduce(k), [x]) if is_monotone(k) => reduced(t, x, out, u, tiny).map(Some),
        (_, _) if matches!(op.exact, Exact::Product(..)) => product(t, inputs, u, tiny).map(Some),
        _ => None,
    }
}

/// Bounds that are nowhere NaN; nothing where all of them are zero.
fn some(bounds: impl Iterator<Item = f64>) -> Option<Vec<f64>> {
    let bounds: Vec<f64> = bounds.map(|e| if e.is_nan() { f64::INFINITY } else { e * (1.0 + 1e-12) }).collect();
    bounds.iter().any(|e| *e != 0.0).then_some(bounds)
}

/// The larger of two; NaN if one is.
fn larger(a: f64, b: f64) -> f64 {
    if a.is_nan() || a > b { a } else { b }
}

/// One if a bound is so small that values on both sides tell what happens between, or else infinity.
fn near(e: f64, x: f64, narrow: bool) -> f64 {
    if e <= 1e-4 || narrow && e <= 1e-6 * x.abs() { 1.0 } else { f64::INFINITY }
}

/// A kernel of numbers moved by their bounds.
fn aside(x: &[f64], e: &[f64], sign: f64, kernel: impl Fn(&[f64], &mut [f64])) -> Vec<f64> {
    let moved: Vec<f64> = x.iter().zip(e).map(|(x, e)| x + sign * e).collect();
    let mut out = vec![0.0; x.len()];
    kernel(&moved, &mut out);
    out
}

fn added(a: &Bounded, b: &Bounded, out: &Bounded, u: f64) -> Option<Vec<f64>> {
    let shape = &out.meta.shape;
    let own = out.numbers().iter().map(|y| u * y.abs());
    match (a.bound_over(shape), b.bound_over(shape)) {
        (None, None) => some(own),
        (Some(e), None) | (None, Some(e)) => some(own.zip(e.iter()).map(|(o, e)| o + e)),
        (Some(e), Some(f)) => some(own.zip(e.iter().zip(f.iter())).map(|(o, (e, f))| o + e + f)),
    }
}

fn multiplied(a: &Bounded, b: &Bounded, out: &Bounded, u: f64, tiny: f64) -> Option<Vec<f64>> {
    let shape = &out.meta.shape;
    let own = out.numbers().iter().map(|y| u * y.abs() + tiny);
    match (a.bound_over(shape), b.bound_over(shape)) {
        (None, None) => some(own),
        (Some(e), None) => some(own.zip(e.iter().zip(b.over(shape).iter())).map(|(o, (e, y))| o + y.abs() * e)),
        (None, Some(f)) => some(own.zip(f.iter().zip(a.over(shape).iter())).map(|(o, (f, x))| o + x.abs() * f)),
        (Some(e), Some(f)) => {
            let (x, y) = (a.over(shape), b.over(shape));
            let terms = x.iter().zip(y.iter()).zip(e.iter().zip(f.iter()));
            some(own.zip(terms).map(|(o, ((x, y), (e, f)))| o + y.abs() * e + (x.abs() + e) * f))
        }
    }
}

fn divided(a: &Bounded, b: &Bounded, out: &Bounded, u: f64, tiny: f64) -> Option<Vec<f64>> {
    let shape = &out.meta.shape;
    let own = |q: f64| u * q.abs() + tiny;
    let q = out.numbers();
    let y = b.over(shape);
    match (a.bound_over(shape), b.bound_over(shape)) {
        (None, None) => some(q.iter().map(|q| own(*q))),
        (Some(e), None) => some(q.iter().zip(e.iter().zip(y.iter())).map(|(q, (e, y))| own(*q) + e / y.abs())),
        (e, Some(f)) => {
            let of = |i: usize| e.as_ref().map_or(0.0, |e| e[i]);
            some((0..q.len()).map(|i| {
                let room = y[i].abs() - f[i];
                if room > 0.0 { own(q[i]) + (of(i) + q[i].abs() * f[i]) / room } else { f64::INFINITY }
            }))
        }
    }
}

/// The bounds of an op that only moves numbers, moved.
fn moved(t: &Tensor, inputs: &[&Bounded], exact: bool) -> Option<Option<Vec<f64>>> {
    if exact {
        return Some(None);
    }
    let leaf = |(k, x): (usize, &&Bounded)| {
        // Behind the first input of such ops stand places.
        let places = k > 0 && matches!(t.op().exact, Exact::Moves);
        match (&x.bound, places) {
            (_, true) => x.value.cast(x.meta.dtype),
            (Some(e), _) => Array::from_vec(e.clone(), &x.meta.shape),
            (None, _) => Array::zeros(&x.meta.shape, DType::F64),
        }
    };
    let leaves: Vec<Array> = inputs.iter().enumerate().map(|x| leaf(x).ok()).collect::<Option<_>>()?;
    Some(some(run(t, leaves)?.iter_f64()))
}

/// The op over other numbers.
fn run(t: &Tensor, inputs: Vec<Array>) -> Option<Array> {
    let leaves: Vec<Tensor> = inputs.into_iter().map(Tensor::new).collect();
    let made = t.op().call(&leaves.iter().collect::<Vec<_>>(), t.node().attrs().clone());
    evaluate(&[&made], &mut vec![]).ok()?.pop()
}

/// True of a reduction that no growing number makes smaller, as its kernel says of all triples of small numbers.
fn is_monotone(k: &Reduce) -> bool {
    let numbers = [-3.0, -1.0, 0.0, 1.0, 2.0];
    let value = |lane: &[f64]| {
        let mut out = [0.0];
        (k.f64)(lane, lane.len(), 1, &mut out);
        out[0]
    };
    let triples = (0..125).map(|n| [numbers[n % 5], numbers[n / 5 % 5], numbers[n / 25]]);
    triples.into_iter().all(|lane| {
        (0..3).all(|i| {
            let mut more = lane;
            more[i] += 1.0;
            value(&more) >= value(&lane)
        })
    })
}

/// The bound of a reduction that grows with every number: what it is of all of them a little larger and smaller.
fn reduced(t: &Tensor, x: &Bounded, out: &Bounded, u: f64, tiny: f64) -> Option<Vec<f64>> {
    let of = |f: &dyn Fn(usize, f64) -> f64| {
        let numbers = x.numbers().iter().enumerate().map(|(i, v)| f(i, *v)).collect();
        run(t, vec![Array::from_vec(numbers, &x.meta.shape).ok()?]).map(|a| a.to_f64())
    };
    let sizes = of(&|_, v| v.abs())?;
    // A sum in blocks rounds as often as the logarithm of its length says; one in a narrow dtype is made in f64.
    let roundings = f64::EPSILON * (8.0 + (x.numbers().len() as f64).log2());
    let own = |i: usize, y: f64| 2.0 * u * y.abs() + roundings * sizes[i].abs() + tiny;
    let Some(e) = &x.bound else {
        return some(out.numbers().iter().enumerate().map(|(i, y)| own(i, *y)));
    };
    let (up, down) = (of(&|i, v| v + e[i])?, of(&|i, v| v - e[i])?);
    let change = |i: usize, y: f64| larger((up[i] - y).abs(), (down[i] - y).abs());
    some(out.numbers().iter().enumerate().map(|(i, y)| change(i, *y) + own(i, *y)))
}

/// The bound of a product of matrices or vectors, made of products of sizes and bounds.
fn product(t: &Tensor, inputs: &[&Bounded], u: f64, tiny: f64) -> Option<Vec<f64>> {
    let [a, b] = inputs else { return None };
    let sizes = |x: &Bounded| Array::from_vec(x.numbers().iter().map(|v| v.abs()).collect(), &x.meta.shape).ok();
    let bounds = |x: &Bounded| x.bound.as_ref().and_then(|e| Array::from_vec(e.clone(), &x.meta.shape).ok());
    let whole = run(t, vec![sizes(a)?, sizes(b)?])?.to_f64();
    let terms = a.meta.shape.last().copied().unwrap_or(1) as f64;
    let mut total: Vec<f64> = whole.iter().map(|s| (terms + 2.0) * (u * s + tiny)).collect();
    let mut add = |x: Array, y: Array| {
        let part = run(t, vec![x, y])?;
        total.iter_mut().zip(part.iter_f64()).for_each(|(t, p)| *t += p);
        Some(())
    };
    if let Some(e) = bounds(a) {
        add(e, sizes(b)?)?;
    }
    if let Some(f) = bounds(b) {
        let larger = match &a.bound {
            Some(e) => a.numbers().iter().zip(e).map(|(x, e)| x.abs() + e).collect(),
            None => a.numbers().iter().map(|x| x.abs()).collect(),
        };
        add(Array::from_vec(larger, &a.meta.shape).ok()?, f)?;
    }
    some(total.into_iter())
}
