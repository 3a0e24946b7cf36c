//! Requirements taken out of the way of the rules: what holds of a parameter must not hide what the formula stands for.
//!
//! `log(require(sigmoid(z), c))` is `require(log(sigmoid(z)), c)`: every result keeps all requirements below it.

use std::collections::BTreeSet;

use super::stabilize::{moved, rebuild};
use crate::graph::{QuickMap, Tensor, topological, with_origin};
use crate::ops::REQUIRE;

/// Formulas without their requirements, and which of these belong to each.
pub struct Bare {
    /// The formulas, then the condition and the subject of every requirement.
    pub formulas: Vec<Tensor>,
    /// The requirements as they were written.
    needs: Vec<Tensor>,
    /// Which requirements every formula keeps.
    of: Vec<Vec<usize>>,
}

/// True of a requirement of floats; those of indices guard what is taken by them.
fn is_requirement(t: &Tensor) -> bool {
    *t.op() == REQUIRE && t.dtype().is_ok_and(|d| d.is_float())
}

/// Takes the requirements out of formulas, except below nodes that are not looked into; `None` if there are none.
pub fn taken_out(formulas: &[&Tensor], closed: impl Fn(&Tensor) -> bool) -> Option<Bare> {
    let order = topological(formulas, |t| !closed(t));
    if !order.iter().any(|t| is_requirement(t) && !closed(t)) {
        return None;
    }
    let mut new: QuickMap<u64, Tensor> = QuickMap::default();
    let mut below: QuickMap<u64, BTreeSet<usize>> = QuickMap::default();
    let mut needs = vec![];
    for t in order.iter().filter(|t| !closed(t)) {
        let id = t.node().id();
        let mut own: BTreeSet<usize> = BTreeSet::new();
        for i in t.node().inputs() {
            own.extend(below.get(&i.node().id()).into_iter().flatten());
        }
        if is_requirement(t) {
            own.insert(needs.len());
            needs.push(t.clone());
            let bare = moved(&new, &t.node().inputs()[0]);
            // A parameter is data for the rules, also where it is a number: 1 - p must not be rounded before log sees it.
            new.insert(id, if bare.constant().is_some() { bare.as_written() } else { bare });
        } else {
            let now = rebuild(t, &new);
            if now.key() != t.key() {
                new.insert(id, now);
            }
        }
        if !own.is_empty() {
            below.insert(id, own);
        }
    }
    let of = formulas.iter().map(|t| below.get(&t.node().id()).into_iter().flatten().copied().collect()).collect();
    let subject = |t: &Tensor| t.node().inputs().get(2).unwrap_or(&t.node().inputs()[0]).clone();
    let parts: Vec<Tensor> = needs.iter().flat_map(|t| [t.node().inputs()[1].clone(), subject(t)]).collect();
    let formulas = formulas.iter().copied().chain(&parts).map(|t| moved(&new, t)).collect();
    Some(Bare { formulas, needs, of })
}

impl Bare {
    /// The formulas in their new form, each with its requirements around it.
    pub fn put_back(&self, stable: &[Tensor]) -> Vec<Tensor> {
        let (out, parts) = stable.split_at(self.of.len());
        let wrapped = |(t, of): (&Tensor, &Vec<usize>)| {
            of.iter().fold(t.clone(), |t, &k| {
                let (need, holds, subject) = (&self.needs[k], &parts[2 * k], &parts[2 * k + 1]);
                with_origin(need.origin(), || REQUIRE.call(&[&t, holds, subject], need.node().attrs().clone()))
            })
        };
        out.iter().zip(&self.of).map(wrapped).collect()
    }
}
