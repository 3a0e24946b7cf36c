//! From a wrong number back to where it became wrong.

use std::collections::HashSet;

use super::judge::{distance, relative, tolerance};
use super::local::{Local, Place};
use super::shadow::{Shadow, Values};
use crate::array::Format;
use crate::array::wide::{Scaled, Wide};

/// How many elements are looked at for one symptom, and how many sources of one element are followed.
const STEPS: usize = 100_000;
const COST: usize = 200_000_000;
const FOLLOWED: usize = 6;

/// One element on the way back.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// Which element.
    pub place: Place,
    /// The step that led here.
    pub parent: Option<usize>,
    /// How wrong it is: the logarithm to base 2 of its relative error.
    pub error: f64,
}

/// Where a walk ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum End {
    /// The op itself goes wrong, by more than rounding.
    Fails,
    /// An addend is too small to change the sum.
    Absorbs,
    /// Ordinary rounding, or data, that something on the way makes large.
    Rounds,
    /// A number that is not finite in truth either is born here.
    Undefined,
}

/// A walk back from wrong elements.
pub struct Trace<'s> {
    shadow: &'s Shadow,
    /// The elements that were looked at.
    pub steps: Vec<Step>,
    /// The steps at which the walk ended, and how.
    pub ends: Vec<(usize, End)>,
    seen: HashSet<Place>,
    /// How many elements of each node were looked at.
    budget: usize,
}

impl<'s> Trace<'s> {
    /// A walk that has not begun.
    pub fn new(shadow: &'s Shadow) -> Trace<'s> {
        // A step may look at all elements of an array.
        let largest = shadow.values.iter().flatten().map(|v| v.exact.len()).max().unwrap_or(1);
        let budget = (COST / largest.max(1)).clamp(STEPS / 500, STEPS);
        Trace { shadow, steps: vec![], ends: vec![], seen: HashSet::new(), budget }
    }

    /// The values of the output that an element belongs to.
    pub fn values(&self, (node, out, _): Place) -> &'s Values {
        &self.shadow.values[node][out]
    }

    /// What an element is as written, and in truth.
    pub fn at(&self, place: Place) -> (f64, Wide) {
        let v = self.values(place);
        (v.computed[place.2], v.exact[place.2])
    }

    /// The format in which an element is computed.
    pub fn format(&self, place: Place) -> Format {
        self.shadow.format(self.values(place).meta.dtype)
    }

    /// Walks back from a wrong element.
    pub fn wrong(&mut self, root: Place) {
        let mut pending = vec![];
        let (begin, ended) = (self.steps.len(), self.ends.len());
        self.push(root, None, &mut pending);
        while let Some(i) = pending.pop() {
            let next = self.follow(self.steps[i].place);
            match next {
                Next::End(end) => self.ends.push((i, end)),
                Next::From(sources) => sources.into_iter().for_each(|s| self.push(s, Some(i), &mut pending)),
            }
        }
        // A walk that was too long ends where it stopped.
        if self.ends.len() == ended && self.steps.len() > begin && self.budget == 0 {
            self.ends.push((self.steps.len() - 1, End::Rounds));
        }
    }

    /// Walks back from an element that is not finite in truth.
    pub fn undefined(&mut self, root: Place) {
        let mut pending = vec![];
        self.push(root, None, &mut pending);
        while let Some(i) = pending.pop() {
            let place = self.steps[i].place;
            let sources = Local::of(self.shadow, place).map(|l| self.undefined_sources(place, &l)).unwrap_or_default();
            if sources.is_empty() {
                self.ends.push((i, End::Undefined));
            }
            sources.into_iter().for_each(|s| self.push(s, Some(i), &mut pending));
        }
    }

    /// The sources of a NaN that are NaN, or else infinite; of an infinity those that are infinite.
    fn undefined_sources(&self, place: Place, local: &Local) -> Vec<Place> {
        let exact = local.exact();
        let taken = |i: usize| local.sources.len() != 3 || !self.not_taken(place, local, i);
        let pick = |f: &dyn Fn(&Wide) -> bool| -> Vec<Place> {
            let found = (0..exact.len()).filter(|&i| f(&exact[i]) && taken(i)).map(|i| local.sources[i]);
            found.take(FOLLOWED).collect()
        };
        let nans = if self.at(place).1.is_nan() { pick(&|w| w.is_nan()) } else { vec![] };
        let infinite = || pick(&|w| w.is_infinite());
        let found = if nans.is_empty() { infinite() } else { nans };
        // Infinite data is no cause by itself.
        found.into_iter().filter(|s| !self.is_leaf(*s) || self.at(*s).1.is_nan()).collect()
    }

    fn is_leaf(&self, place: Place) -> bool {
        self.shadow.nodes[place.0].node().inputs().is_empty()
    }

    /// True of the branch of a `where` that its condition does not take.
    fn not_taken(&self, place: Place, local: &Local, i: usize) -> bool {
        let selects = matches!(self.shadow.nodes[place.0].op().kernel, crate::graph::Kernel::Select);
        selects && i > 0 && (i == 1) == local.exact()[0].is_zero()
    }

    fn push(&mut self, place: Place, parent: Option<usize>, pending: &mut Vec<usize>) {
        if self.budget == 0 || !self.seen.insert(place) {
            return;
        }
        self.budget -= 1;
        let (computed, exact) = self.at(place);
        let error = if exact.is_nan() { f64::INFINITY } else { relative(computed, &exact) };
        pending.push(self.steps.len());
        self.steps.push(Step { place, parent, error });
    }

    /// Where the error of an element comes from.
    fn follow(&self, place: Place) -> Next {
        let (computed, exact) = self.at(place);
        let Some(local) = Local::of(self.shadow, place) else {
            // Data that do not fit into a narrow format.
            return Next::End(if computed.is_finite() { End::Rounds } else { End::Fails });
        };
        let format = self.format(place);
        let ideal = local.without_rounding();
        let own = distance(Wide::from(computed), ideal);
        let rounding = ideal.size().times(Scaled::from(tolerance(format)));
        let fails = !own.less(rounding) && own != Scaled::ZERO;
        if fails && own == Scaled::INFINITY {
            return Next::End(End::Fails);
        }
        let shares = self.shares(&local, exact);
        let mut found: Vec<Place> = shares.iter().filter(|(_, s)| *s == Scaled::INFINITY).map(|(p, _)| *p).collect();
        if !found.is_empty() {
            if computed.is_nan() && !local.whole && !self.makes_nan(&local, &found) {
                // A NaN such as 0/0 takes two.
                found.extend(
                    shares.iter().filter(|(p, s)| *s != Scaled::INFINITY && self.is_wrong(*p)).map(|(p, _)| *p),
                );
            }
            found.truncate(FOLLOWED);
            return Next::From(found);
        }
        let largest = shares.iter().map(|s| s.1).fold(Scaled::ZERO, |a, b| if a.less(b) { b } else { a });
        if !computed.is_finite() && exact.is_finite() {
            // Several sources together make what none of them makes alone.
            let wrong = shares.iter().filter(|(p, _)| self.is_wrong(*p)).map(|(p, _)| *p).take(FOLLOWED);
            let wrong: Vec<Place> = wrong.collect();
            return if wrong.is_empty() { self.beyond(&shares, largest) } else { Next::From(wrong) };
        }
        if !own.less(largest) {
            let end = if fails { End::Fails } else { self.rounds(&local, exact, format) };
            return Next::End(end);
        }
        if let Some((place, _)) = shares.iter().find(|(_, s)| !s.less(largest))
            && let Some(i) = local.sources.iter().position(|s| s == place)
            && absorbs(&local, i, exact, format)
        {
            return Next::End(End::Absorbs);
        }
        self.beyond(&shares, largest)
    }

    /// The sources that account for most of the error.
    fn beyond(&self, shares: &[(Place, Scaled)], largest: Scaled) -> Next {
        if largest == Scaled::ZERO {
            return Next::End(End::Rounds);
        }
        let enough = largest.times(Scaled::from(0.5));
        let found = shares.iter().filter(|(_, s)| !s.less(enough)).map(|(p, _)| *p);
        Next::From(found.take(FOLLOWED).collect())
    }

    /// Rounding that loses an addend, or ordinary rounding.
    fn rounds(&self, local: &Local, exact: Wide, format: Format) -> End {
        let lost = local.sources.len() <= 64 && (0..local.sources.len()).any(|i| absorbs(local, i, exact, format));
        if lost { End::Absorbs } else { End::Rounds }
    }

    /// True if these sources as computed make a NaN, whatever the others are.
    fn makes_nan(&self, local: &Local, sources: &[Place]) -> bool {
        let mut x = local.exact();
        for (w, place) in x.iter_mut().zip(&local.sources).filter(|(_, p)| sources.contains(p)) {
            *w = Wide::from(self.at(*place).0);
        }
        local.value(&x).is_nan()
    }

    fn is_wrong(&self, place: Place) -> bool {
        let (computed, exact) = self.at(place);
        relative(computed, &exact) > tolerance(self.format(place)).log2()
    }

    /// What the error of each source contributes to that of the element, for the sources that are off at all.
    fn shares(&self, local: &Local, exact: Wide) -> Vec<(Place, Scaled)> {
        let mut off: Vec<(usize, Scaled, f64)> = vec![];
        for (i, &s) in local.sources.iter().enumerate() {
            let (computed, true_source) = self.at(s);
            let d = distance(Wide::from(computed), true_source);
            if d != Scaled::ZERO && !true_source.is_nan() {
                off.push((i, d, relative(computed, &true_source)));
            }
        }
        if local.whole {
            return self.whole_shares(local, exact, &off);
        }
        if off.len() > 24 {
            // The largest errors, absolute and relative.
            off.sort_by(|a, b| b.1.order(a.1));
            let mut chosen: Vec<_> = off[..8].to_vec();
            off.sort_by(|a, b| b.2.total_cmp(&a.2));
            chosen.extend_from_slice(&off[..8]);
            off = chosen;
        }
        off.iter().map(|&(i, ..)| (local.sources[i], distance(local.value(&local.with_computed(i)), exact))).collect()
    }

    /// The same where inputs are exchanged as wholes; the worst element stands for its input.
    fn whole_shares(&self, local: &Local, exact: Wide, off: &[(usize, Scaled, f64)]) -> Vec<(Place, Scaled)> {
        let mut shares = vec![];
        for k in 0..=local.inputs.last().copied().unwrap_or(0) {
            let of_input = off.iter().filter(|(i, ..)| local.inputs[*i] == k);
            let Some(&(i, ..)) = of_input.max_by(|a, b| a.1.order(b.1)) else { continue };
            shares.push((local.sources[i], distance(local.value(&local.with_computed(i)), exact)));
        }
        shares
    }

    /// The steps from an end up to the element where the walk began, the end first.
    pub fn path(&self, end: usize) -> Vec<usize> {
        let mut path = vec![end];
        while let Some(parent) = self.steps[path[path.len() - 1]].parent {
            path.push(parent);
        }
        path
    }
}

/// True if a source is not zero but makes no difference to the rounded value.
fn absorbs(local: &Local, i: usize, exact: Wide, format: Format) -> bool {
    let source = local.exact()[i];
    // Only what is added can be absorbed; a function of one number merely rounds.
    if local.whole || local.sources.len() < 2 || source.is_zero() || !source.is_finite() || !exact.is_finite() {
        return false;
    }
    let without = local.value(&local.without(i));
    let bits = format.precision();
    distance(without, exact) != Scaled::ZERO && without.round_bits(bits) == exact.round_bits(bits)
}

enum Next {
    End(End),
    From(Vec<Place>),
}
