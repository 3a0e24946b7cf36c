//! Op by op: where `check` sees a large local error, beside exact truth.

use std::collections::BTreeMap;

use gradus::formula::Core;
use gradus::graph::{Kernel, evaluate, topological};
use gradus::numerics::check::{BITS, Shadow, local_errors};
use gradus::{Array, DType, Tensor};

use super::common::sample::Random;
use super::common::truth::{Truth, Value};
use super::{Sampled, cores, each, folder};

/// Points per formula.
const POINTS: usize = 100;

/// How many ops at how many points are flagged rightly, flagged wrongly, missed, and of unknown truth.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    right: usize,
    wrong: usize,
    missed: usize,
    fine: usize,
    unknown: usize,
}

impl Tally {
    fn add(&mut self, flagged: bool, is: Option<bool>) {
        match (flagged, is) {
            (_, None) => self.unknown += 1,
            (true, Some(true)) => self.right += 1,
            (true, Some(false)) => self.wrong += 1,
            (false, Some(true)) => self.missed += 1,
            (false, Some(false)) => self.fine += 1,
        }
    }

    fn precision(&self) -> f64 {
        100.0 * self.right as f64 / (self.right + self.wrong).max(1) as f64
    }

    fn recall(&self) -> f64 {
        100.0 * self.right as f64 / (self.right + self.missed).max(1) as f64
    }
}

/// True if an op, given its operands in truth and rounded, is off by more than [`BITS`]; `None` where truth is not known.
fn is_wrong(s: &Sampled, t: &Tensor, operands: &[(Tensor, usize)], exact: &[Value], i: usize) -> Vec<Option<bool>> {
    let leaf = |(t, k): &(Tensor, usize)| {
        if t.constant().is_some() {
            return Some(t.clone());
        }
        let rounded: Vec<f64> = exact.iter().map(|v| v[*k].as_ref().map_or(f64::NAN, |v| s.format.round(v))).collect();
        Some(Tensor::from(Array::from_vec(rounded, &[exact.len()]).and_then(|a| a.cast(t.dtype()?))))
    };
    let operands: Vec<Tensor> = operands.iter().filter_map(leaf).collect();
    let made = t.op().call(&operands.iter().collect::<Vec<_>>(), t.node().attrs().clone());
    let got = evaluate(&[&made], &mut vec![]).unwrap().swap_remove(0).to_f64();
    let of = |(p, v): (usize, &Value)| {
        let bits = s.format.bits_of_error(got[p % got.len()], v[i].as_ref()?);
        Some(bits > BITS)
    };
    exact.iter().enumerate().map(of).collect()
}

/// The tally of one core, by op.
fn tally(c: &Core, truth: &mut Truth, seed: u64) -> BTreeMap<&'static str, Tally> {
    let s = Sampled::of(c, POINTS, truth, &mut Random::new(seed));
    let mut tallies: BTreeMap<&'static str, Tally> = BTreeMap::new();
    let exact: Vec<Value> = s.points.iter().map(|p| truth.nodes_at(&s.formula, p)).collect();
    let shadow = Shadow::of(&[&s.written]);
    let nodes = topological(&[&s.written], |_| true);
    for (i, t) in nodes.iter().enumerate() {
        let real = t.dtype().is_ok_and(DType::is_float) && !matches!(t.op().kernel, Kernel::Leaf | Kernel::Select);
        if !real || s.points.is_empty() {
            continue;
        }
        let place = |x: &Tensor| nodes.iter().position(|n| n.node().id() == x.node().id()).unwrap();
        let operands: Vec<(Tensor, usize)> = t.node().inputs().iter().map(|x| (x.clone(), place(x))).collect();
        // An op that is given what does not exist has no local error.
        let given = |v: &Value| operands.iter().all(|(_, k)| v[*k].is_some());
        let is = is_wrong(&s, t, &operands, &exact, i);
        let flags = local_errors(&shadow, shadow.find(t).unwrap()).concat();
        for (p, is) in is.into_iter().enumerate() {
            let flagged = flags.get(p % flags.len().max(1)).is_some_and(|b| *b > BITS);
            if std::env::var("GRADUS_SHOW").is_ok() && is.is_some_and(|is| is != flagged) {
                println!("{} at {:?}: `{}` is {} bits", c.name, s.points[p], t, flags[p % flags.len()]);
            }
            tallies.entry(t.op().name).or_default().add(flagged, is.filter(|_| given(&exact[p])));
        }
    }
    tallies
}

#[test]
fn local_errors_are_those_of_exact_truth() {
    let Some(folder) = folder() else { return };
    let (cores, left_out) = cores(&folder);
    let (mut all, mut by_op) = (Tally::default(), BTreeMap::<&str, Tally>::new());
    for tallies in each(&cores, |i, _, core, truth| tally(core, truth, i as u64 + 1001)) {
        for (op, t) in tallies {
            for sum in [&mut all, by_op.entry(op).or_default()] {
                sum.right += t.right;
                sum.wrong += t.wrong;
                sum.missed += t.missed;
                sum.fine += t.fine;
                sum.unknown += t.unknown;
            }
        }
    }
    by_op.iter().for_each(|(op, t)| println!("{op:<10} {t:?}"));
    println!("{} cores, {} refused; {all:?}", cores.len(), left_out.len());
    println!("op-level precision {:.2} %, recall {:.2} %", all.precision(), all.recall());
    assert!(all.right > 1000 && all.precision() > 92.0 && all.recall() > 98.0);
}
