//! One element of one node: which elements it is made of, and what it would be if they were others.

use super::meaning::{along, each};
use super::shadow::{LARGEST, Shadow, Values, apply, is_elementwise, one_system, origins, question};
use crate::array::wide::Wide;
use crate::graph::{Exact, Kernel, Meta, broadcast_places, lanes, product_places};

/// How many elements of its inputs an op may need for one of its outputs before they are not looked at one by one.
const MANY: usize = 1 << 16;

/// An element: node, output, place.
pub type Place = (usize, usize, usize);

/// What an element is made of.
pub struct Local<'s> {
    /// The elements that it is made of.
    pub sources: Vec<Place>,
    /// Which input each of them belongs to.
    pub inputs: Vec<usize>,
    /// Its value for other values of them.
    value: Box<dyn Fn(&[Wide]) -> Option<Wide> + 's>,
    /// True if sources stand for whole inputs, to be exchanged together.
    pub whole: bool,
    shadow: &'s Shadow,
}

impl<'s> Local<'s> {
    /// The element of a node; `None` of leaves and of elements that are filled in.
    pub fn of(shadow: &'s Shadow, (node, out, index): Place) -> Option<Local<'s>> {
        let t = shadow.nodes.get(node)?;
        let op = t.op();
        let inputs: Vec<&Values> =
            (0..t.node().inputs().len()).map(|k| shadow.input(node, k)).collect::<Option<_>>()?;
        let meta = shadow.values[node].get(out)?.meta.clone();
        let place = |k: usize, p: usize| -> Option<Place> {
            let input = &t.node().inputs()[k];
            Some((shadow.find(input)?, input.output(), p))
        };
        let spread = |k: usize| place(k, *broadcast_places(&inputs[k].meta.shape, &meta.shape).get(index)?);
        let every = || (0..inputs.len()).map(spread).collect::<Option<Vec<Place>>>();
        let one_each = (0..inputs.len()).collect::<Vec<_>>();
        let make = |sources: Vec<Place>, inputs: Vec<usize>, value: Box<dyn Fn(&[Wide]) -> Option<Wide> + 's>| {
            Some(Local { sources, inputs, value, whole: false, shadow })
        };
        if let Some(from) = origins(t, &inputs) {
            let (k, p) = (*from.get(index)?)?;
            return make(vec![place(k, p)?], vec![k], Box::new(|x| x.first().copied()));
        }
        match (&op.kernel, op.exact) {
            (Kernel::Leaf, _) => None,
            (Kernel::Cast, _) => make(every()?, one_each, Box::new(|x| x.first().copied())),
            (Kernel::Select, _) => {
                let choose = |x: &[Wide]| Some(if x[0].is_zero() { x[2] } else { x[1] });
                make(every()?, one_each, Box::new(choose))
            }
            (Kernel::Compare(_) | Kernel::Test(_), _) => make(every()?, one_each, Box::new(move |x| question(op, x))),
            (_, Exact::Product(a, b)) => {
                let found = product_places(&inputs[0].meta.shape, &inputs[1].meta.shape, &meta, (a, b)).ok()?;
                let [left, right] = found.get(index)?;
                let n = left.len();
                let sources = left.iter().map(|&p| place(0, p)).chain(right.iter().map(|&p| place(1, p)));
                let owners = (0..2 * n).map(|i| usize::from(i >= n)).collect();
                let dot = move |x: &[Wide]| Some(Wide::sum((0..n).map(|i| x[i] * x[n + i])));
                make(sources.collect::<Option<_>>()?, owners, Box::new(dot))
            }
            (_, Exact::Matrix(f)) if inputs[0].meta.shape.last().is_some_and(|n| (1..=LARGEST).contains(n)) => {
                let n = inputs[0].meta.shape.last().copied()?;
                // One number per matrix, or as many as it has elements.
                let size = meta.shape.iter().product::<usize>() * n * n / inputs[0].exact.len();
                let first = index / size * n * n;
                let sources: Vec<Place> = (first..first + n * n).map(|p| place(0, p)).collect::<Option<_>>()?;
                let value = Box::new(move |x: &[Wide]| f(x, n).get(index % size).copied());
                Some(Local { sources, inputs: vec![0; n * n], value, whole: true, shadow })
            }
            (_, Exact::Solve(f)) if one_system(&inputs).is_some() => {
                let n = one_system(&inputs)?;
                let all = |k: usize| (0..inputs[k].exact.len()).map(move |p| (k, p));
                let owners = all(0).chain(all(1)).map(|(k, _)| k).collect();
                let sources = all(0).chain(all(1)).map(|(k, p)| place(k, p)).collect::<Option<Vec<Place>>>()?;
                let value = Box::new(move |x: &[Wide]| f(&x[..n * n], &x[n * n..], n).get(index).copied());
                Some(Local { sources, inputs: owners, value, whole: true, shadow })
            }
            _ if is_elementwise(t) => make(every()?, one_each, Box::new(move |x| each(op, x))),
            _ if inputs.len() == 1 && super::meaning::has_lanes(op) => {
                let all = lanes(&inputs[0].meta.shape, t.node().attrs().axes());
                let keeps = meta.shape.iter().product::<usize>() != all.len();
                // Of what keeps the shape an element lies in a lane, at a place of it.
                let (lane, at) = if keeps {
                    all.iter().find_map(|l| Some((l, l.iter().position(|&p| p == index)?)))?
                } else {
                    (all.get(index)?, 0)
                };
                let sources: Vec<Place> = lane.iter().map(|&p| place(0, p)).collect::<Option<_>>()?;
                let owners = vec![0; sources.len()];
                make(sources, owners, Box::new(move |x| along(op, x)?.get(at).copied()))
            }
            _ => Local::whole(shadow, (node, out, index), &inputs),
        }
    }

    /// An op that is known by its kernel alone: all elements of all inputs.
    fn whole(shadow: &'s Shadow, (node, out, index): Place, inputs: &[&Values]) -> Option<Local<'s>> {
        let t = &shadow.nodes[node];
        let total: usize = inputs.iter().map(|v| v.exact.len()).sum();
        if total > MANY {
            return None;
        }
        let (mut sources, mut owners) = (vec![], vec![]);
        for (k, (v, input)) in inputs.iter().zip(t.node().inputs()).enumerate() {
            let place = shadow.find(input)?;
            sources.extend((0..v.exact.len()).map(|p| (place, input.output(), p)));
            owners.extend(std::iter::repeat_n(k, v.exact.len()));
        }
        let metas: Vec<Meta> = inputs.iter().map(|v| v.meta.clone()).collect();
        let split = owners.clone();
        let value = move |x: &[Wide]| {
            let part =
                |k: usize| x.iter().zip(&split).filter(move |(_, o)| **o == k).map(|(w, _)| w.to_f64()).collect();
            let given: Vec<(&Meta, Vec<f64>)> = metas.iter().enumerate().map(|(k, m)| (m, part(k))).collect();
            apply(t, &given)?.get(out)?.get(index).map(|&v| Wide::from(v))
        };
        Some(Local { sources, inputs: owners, value: Box::new(value), whole: true, shadow })
    }

    /// The values of a source.
    fn at(&self, (node, out, index): Place) -> (f64, Wide) {
        let v = &self.shadow.values[node][out];
        (v.computed[index], v.exact[index])
    }

    /// What the sources are as written.
    pub fn computed(&self) -> Vec<f64> {
        self.sources.iter().map(|&s| self.at(s).0).collect()
    }

    /// What the sources are in truth.
    pub fn exact(&self) -> Vec<Wide> {
        self.sources.iter().map(|&s| self.at(s).1).collect()
    }

    /// The value for these sources.
    pub fn value(&self, sources: &[Wide]) -> Wide {
        (self.value)(sources).unwrap_or(Wide::unknown())
    }

    /// The value of the op without rounding, for the sources as they are computed.
    pub fn without_rounding(&self) -> Wide {
        self.value(&self.computed().into_iter().map(Wide::from).collect::<Vec<_>>())
    }

    /// The true sources, with one of them (or one whole input) as it is computed.
    pub fn with_computed(&self, i: usize) -> Vec<Wide> {
        let computed = self.computed();
        let mut x = self.exact();
        for j in 0..x.len() {
            if j == i || (self.whole && self.inputs[j] == self.inputs[i]) {
                x[j] = Wide::from(computed[j]);
            }
        }
        x
    }

    /// The true sources, with one of them zero.
    pub fn without(&self, i: usize) -> Vec<Wide> {
        let mut x = self.exact();
        x[i] = Wide::ZERO;
        x
    }
}
