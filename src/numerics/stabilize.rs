//! The pass that rewrites formulas before they are evaluated and before they are differentiated.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use super::algebra::{Product, Sum, adds, emit_factors, multiplies, product_of, scale, sum_of};
use super::exponent::{split, times_exp_of};
use super::fired::Fired;
use super::matcher::{Found, Matcher};
use super::matrices;
use super::pattern::Pattern;
use super::recipe::{Purpose, remembered};
use super::requirements::taken_out;
use super::rules::{ALGEBRA, LATE, Ready, Rule, derived};
use super::scaling::{rescale, rescale_root};
use super::series::SERIES;
use super::sight::Need;
use super::steps::*;
use crate::array::DType;
use crate::graph::{Kernel, Op, QuickMap, QuickSet, Tensor, topological, with_origin};
use crate::ops::{AS_WRITTEN, DOT, EXP, INV, LOG, LOG1P, LOG2, LOG10, MATMUL, MATVEC, POW, SOLVE, SQRT, SUM, VECMAT};

/// Rules sorted by what their left side begins with.
struct Table {
    sums: Vec<Ready>,
    products: Vec<Ready>,
    applied: HashMap<usize, Vec<Ready>>,
    late: HashMap<usize, Vec<Ready>>,
}

fn key(op: &'static Op) -> usize {
    std::ptr::from_ref(op) as usize
}

/// Every rule: those of the table, then those that rows state by their meanings.
pub fn rules() -> Vec<Rule> {
    ALGEBRA.iter().chain(SERIES).copied().chain(derived()).chain(LATE.iter().copied()).collect()
}

/// The table, parsed once.
fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut t = Table { sums: vec![], products: vec![], applied: HashMap::new(), late: HashMap::new() };
        let file = |map: &mut HashMap<usize, Vec<Ready>>, r: Ready| match &r.before {
            Pattern::Apply(op, _) | Pattern::Along(op, ..) => map.entry(key(op)).or_default().push(r),
            _ => {}
        };
        for rule in derived().into_iter().chain(ALGEBRA.iter().chain(SERIES).copied()) {
            // A rule that does not parse fails its own test; the others must go on.
            let Ok(ready) = Ready::new(rule) else { continue };
            match &ready.before {
                Pattern::Sum(..) => t.sums.push(ready),
                Pattern::Product(..) => t.products.push(ready),
                _ => file(&mut t.applied, ready),
            }
        }
        LATE.iter().copied().filter_map(|r| Ready::new(r).ok()).for_each(|r| file(&mut t.late, r));
        // What says more about a formula comes first: tanh before the sinh in its numerator.
        let larger = |r: &Ready| std::cmp::Reverse(r.before.size());
        t.sums.sort_by_key(larger);
        t.products.sort_by_key(larger);
        t.applied.values_mut().for_each(|rules| rules.sort_by_key(larger));
        t
    })
}

/// How often one place may be rewritten, and how deep rewrites of rewrites go.
const STEPS: usize = 12;
const DEPTH: usize = 10;

/// One run of the pass.
struct Pass {
    matcher: Matcher,
    fired: Vec<Fired>,
    /// Nodes that some other than an adding (multiplying) op uses: only they are tops of sums (products).
    tops: [QuickSet<u64>; 2],
    opaque: QuickSet<u64>,
}

/// The formulas in a form that is safe to evaluate, and the rules that fired; nothing below a node of `opaque` is touched.
pub fn stabilize_all(formulas: &[&Tensor], opaque: &[&Tensor]) -> (Vec<Tensor>, Vec<Fired>) {
    if formulas.iter().any(|t| t.meta().is_err()) {
        return (formulas.iter().map(|&t| t.clone()).collect(), vec![]);
    }
    remembered(formulas, opaque, Purpose::Derive, || {
        let opaque: QuickSet<u64> = opaque.iter().map(|t| t.node().id()).collect();
        let bare = taken_out(formulas, |t| closed(t) || opaque.contains(&t.node().id()));
        let mut pass = Pass { matcher: Matcher::new(), fired: vec![], tops: Default::default(), opaque };
        let out = match &bare {
            None => pass.run(formulas, 0, DEPTH),
            Some(bare) => bare.put_back(&pass.run(&bare.formulas.iter().collect::<Vec<_>>(), 0, DEPTH)),
        };
        (out, pass.fired)
    })
}

/// One formula in a form that is safe to evaluate, and the rules that fired.
///
/// ```
/// use gradus::{Tensor, stabilize};
/// let x = Tensor::from([1000.0, 1001.0]);
/// let (stable, fired) = stabilize(&x.exp().sum(()).log());
/// assert_eq!(stable.op().name, "logsumexp");
/// assert_eq!(fired[0].rule, "logsumexp");
/// ```
pub fn stabilize(formula: &Tensor) -> (Tensor, Vec<Fired>) {
    let (mut stable, fired) = stabilize_all(&[formula], &[]);
    (stable.pop().unwrap_or_else(|| formula.clone()), fired)
}

/// What a product needs to show that exponents can be taken out of.
fn exponential() -> &'static Need {
    static NEED: OnceLock<Need> = OnceLock::new();
    NEED.get_or_init(|| Need::anywhere(&EXP))
}

/// True if nothing below this node is looked into.
fn closed(t: &Tensor) -> bool {
    *t.op() == AS_WRITTEN || matches!(t.op().kernel, Kernel::Leaf)
}

/// True of a node with a complex value or input: the rules are about real numbers.
fn complex(t: &Tensor) -> bool {
    std::iter::once(t).chain(t.node().inputs()).any(|t| t.dtype().is_ok_and(DType::is_complex))
}

impl Pass {
    /// Rewrites every node from `first` on, inputs before what uses them.
    fn run(&mut self, formulas: &[&Tensor], first: u64, depth: usize) -> Vec<Tensor> {
        let opaque = self.opaque.clone();
        let order = topological(formulas, |t| !closed(t) && !opaque.contains(&t.node().id()) && t.node().id() >= first);
        self.note_tops(formulas, &order);
        let mut new: QuickMap<u64, Tensor> = QuickMap::default();
        for t in &order {
            let id = t.node().id();
            if closed(t) || id < first || self.opaque.contains(&id) {
                continue;
            }
            let rebuilt = rebuild(t, &new);
            let top = [self.tops[0].contains(&id), self.tops[1].contains(&id)];
            let done = if !complex(t) && t.node().outs().as_ref().is_ok_and(|o| o.len() == 1) {
                with_origin(t.origin(), || self.whole(t, rebuilt, top, &new, depth))
            } else {
                rebuilt
            };
            if done.key() != t.key() {
                new.insert(id, done);
            }
        }
        formulas.iter().map(|t| moved(&new, t)).collect()
    }

    /// Rewrites a node: as written first, since what became of its inputs may hide what the whole stands for.
    fn whole(
        &mut self,
        t: &Tensor,
        rebuilt: Tensor,
        top: [bool; 2],
        new: &QuickMap<u64, Tensor>,
        depth: usize,
    ) -> Tensor {
        if rebuilt.key() != t.key()
            && let Some((rule, after)) = self.table(t, top, false)
        {
            let after = self.accept(rule, t, substitute(&after, t, new), depth).unwrap_or(rebuilt);
            return self.rewrite(&after, [true; 2], depth);
        }
        self.rewrite(&rebuilt, top, depth)
    }

    /// Notes which nodes are tops of sums and of products.
    fn note_tops(&mut self, formulas: &[&Tensor], order: &[Tensor]) {
        for t in formulas {
            self.tops.iter_mut().for_each(|s| {
                s.insert(t.node().id());
            });
        }
        for t in order {
            for i in t.node().inputs() {
                if !adds(t.op()) {
                    self.tops[0].insert(i.node().id());
                }
                if !multiplies(t.op()) {
                    self.tops[1].insert(i.node().id());
                }
            }
        }
    }

    /// Rewrites one place until no rule fires.
    fn rewrite(&mut self, t: &Tensor, top: [bool; 2], depth: usize) -> Tensor {
        let mut t = t.clone();
        self.matcher.algebra.class(&t);
        for _ in 0..STEPS {
            let Some((rule, after)) = self.step(&t, top) else { break };
            match self.accept(rule, &t, after, depth) {
                Some(after) => t = after,
                None => break,
            }
        }
        t
    }

    /// Takes over what a rule made, in the shape and dtype of what it replaces, and rewrites its new inner nodes.
    fn accept(&mut self, rule: &'static str, t: &Tensor, after: Tensor, depth: usize) -> Option<Tensor> {
        let shape = t.dims().to_vec();
        let after = if after.dims() == shape { after } else { after.broadcast_to(&shape) };
        let after = match (after.meta(), t.meta()) {
            // A rule that took |z|² for z² was about real numbers.
            (Ok(a), Ok(b)) if a.dtype.is_complex() != b.dtype.is_complex() => return None,
            (Ok(a), Ok(b)) if a.dtype != b.dtype && !(a.weak && b.weak) => after.cast(b.dtype),
            (Err(_), _) | (_, Err(_)) => return None,
            _ => after,
        };
        self.fired.push(Fired { rule, before: t.clone(), after: after.clone(), origin: t.origin() });
        if depth == 0 {
            return Some(after);
        }
        // What the rule built is new: its inner nodes have not been looked at yet. What lies below t has smaller ids.
        let first = t.node().inputs().iter().map(|i| i.node().id()).max().unwrap_or(0) + 1;
        Some(self.inner(&after, first, depth - 1))
    }

    /// Rewrites the new nodes below `t`.
    fn inner(&mut self, t: &Tensor, first: u64, depth: usize) -> Tensor {
        if t.node().id() < first || closed(t) {
            return t.clone();
        }
        let inputs: Vec<Tensor> = t.node().inputs().to_vec();
        let done = self.run(&inputs.iter().collect::<Vec<_>>(), first, depth);
        if done.iter().zip(&inputs).all(|(a, b)| a.key() == b.key()) {
            return t.clone();
        }
        t.op().call(&done.iter().collect::<Vec<_>>(), t.node().attrs().clone())
    }

    /// The first rule of the table that fires here; `plain` ones only where inputs have been rewritten.
    fn table(&mut self, t: &Tensor, top: [bool; 2], plain: bool) -> Option<(&'static str, Tensor)> {
        let table = table();
        let op = t.op();
        let mut found = table.applied.get(&key(op)).and_then(|rules| self.first(rules, t, plain));
        if found.is_none() && adds(op) && top[0] {
            found = self.first(&table.sums, t, plain);
        }
        if found.is_none() && is_product(op) && (top[1] || !multiplies(op)) {
            found = self.first(&table.products, t, plain);
        }
        found
    }

    /// The first rule that fires here, and what it makes of the node.
    fn step(&mut self, t: &Tensor, top: [bool; 2]) -> Option<(&'static str, Tensor)> {
        let op = t.op();
        if let Some(found) = half_power(t).or_else(|| self.table(t, top, true)) {
            return Some(found);
        }
        if adds(op) && top[0] {
            let found =
                self.collected(t).or_else(|| log_over_constant(t)).or_else(|| distances(&mut self.matcher.algebra, t));
            if found.is_some() {
                return found;
            }
        }
        if is_product(op) && (top[1] || !multiplies(op)) {
            let found = mean(t).or_else(|| self.exponentials(t));
            let found = found.or_else(|| rescale(t).map(|t| ("scale out", t)));
            let found = found.or_else(|| mean_of_terms(t)).or_else(|| one_constant(t));
            if found.is_some() {
                return found;
            }
        }
        if *op == SQRT {
            return self.root(t);
        }
        if *op == SUM {
            return trace(t).or_else(|| sum_of_sums(t));
        }
        if *op == MATMUL {
            return super::spectral::recognised(t).or_else(|| matrices::without_inverse(t));
        }
        if *op == MATVEC || *op == VECMAT {
            return matrices::without_inverse(t);
        }
        if *op == SOLVE || *op == INV {
            return matrices::structured(t);
        }
        if *op == DOT {
            return dot_of_logarithm(t);
        }
        if *op == LOG2 || *op == LOG10 {
            return self.other_base(t);
        }
        if *op == LOG || *op == LOG1P {
            let found = self.logarithm(t);
            return found.or_else(|| table().late.get(&key(op)).and_then(|rules| self.first(rules, t, true)));
        }
        None
    }

    /// The first rule of a list that matches and whose condition holds.
    fn first(&mut self, rules: &'static [Ready], t: &Tensor, plain: bool) -> Option<(&'static str, Tensor)> {
        self.matcher.forget();
        for ready in rules.iter().filter(|r| plain || !r.plain()) {
            if !self.matcher.sight.shows(t, &ready.need) {
                continue;
            }
            self.matcher.plain = ready.plain();
            self.matcher.makes = ready.makes();
            let found = self.matcher.find(&ready.before, t);
            self.matcher.plain = false;
            self.matcher.makes = None;
            for found in found {
                if ready.whole() && (found.coefficient != 1.0 || !found.factors.is_empty()) {
                    continue;
                }
                if ready.when.iter().all(|c| c.holds(&found.env, &mut self.matcher))
                    && let Some(after) = self.fill(ready, &found)
                {
                    // Another spelling of the same is progress only if it begins with another op.
                    if after.op() != t.op() || !self.matcher.algebra.same(&after, t) {
                        return Some((ready.rule.name, after));
                    }
                }
            }
        }
        None
    }

    /// The right side of a rule, with the factors and terms that stood around the left.
    fn fill(&mut self, ready: &Ready, found: &Found) -> Option<Tensor> {
        let part = ready.after.fill(&found.env, &mut self.matcher.algebra)?;
        let whole = Product { coefficient: 1.0, factors: found.factors.clone() };
        let part = if found.factors.is_empty() { part } else { part * emit_factors(&whole.factors) };
        let sum = Sum { constant: 0.0, terms: vec![(found.coefficient, part)] };
        if found.rest.terms.is_empty() && found.rest.constant == 0.0 {
            return Some(scale(&sum.terms[0].1, found.coefficient));
        }
        Some(sum.plus(1.0, found.rest.clone()).emit())
    }

    /// A sum some of whose terms cancel, as (x + 1) − x.
    fn collected(&mut self, t: &Tensor) -> Option<(&'static str, Tensor)> {
        let sum = sum_of(t);
        let classes: HashSet<u32> = sum.terms.iter().map(|(_, t)| self.matcher.algebra.class(t)).collect();
        let after = self.matcher.algebra.collect(sum);
        // Equal terms that are only merged, as in (a + b)/2 − a, may round worse in their new order.
        (after.terms.len() < classes.len() && !after.terms.is_empty()).then(|| ("terms cancel", after.emit()))
    }

    /// A product in which exponentials meet: their exponents are added before one exponential is taken.
    fn exponentials(&mut self, t: &Tensor) -> Option<(&'static str, Tensor)> {
        // Without an exponential there is nothing to split.
        if !self.matcher.sight.shows(t, exponential()) {
            return None;
        }
        let s = split(t, false)?;
        if s.exponentials < 2 {
            return None;
        }
        let exponent = self.matcher.algebra.collect(sum_of(&s.exponent));
        let e = exponent.emit();
        let e = (e.constant() != Some(0.0)).then_some(e);
        Some((
            "exponents first",
            match (e, s.rest.constant()) {
                (None, _) => s.rest,
                (Some(e), Some(1.0)) => e.exp(),
                (Some(e), _) => times_exp_of(&s.rest, &e),
            },
        ))
    }

    /// The logarithm of a value whose exponents can be taken out.
    fn logarithm(&mut self, t: &Tensor) -> Option<(&'static str, Tensor)> {
        let x = &t.node().inputs()[0];
        let argument = if *t.op() == LOG { x.clone() } else { 1.0 + x };
        let s = split(&argument, true)?;
        let sum = sum_of(&s.exponent);
        let rest = match s.rest.constant() {
            Some(c) if c > 0.0 => Sum { constant: c.ln(), terms: vec![] },
            _ => Sum { constant: 0.0, terms: vec![(1.0, s.rest.log())] },
        };
        let sum = self.matcher.algebra.collect(sum.plus(1.0, rest)).emit();
        let mut beside = sum_of(&argument);
        if beside.constant != 1.0 || beside.terms.is_empty() {
            return Some(("log of exponents", sum));
        }
        // 1 + u with a small u: the 1 must not swallow it.
        beside.constant = 0.0;
        let small = s.exponent.less_equal(0.0);
        Some(("log of exponents", Tensor::select(&small, &beside.emit().as_written().log1p(), &sum)))
    }

    /// log₂ and log₁₀ by way of the natural logarithm, where that finds something to rewrite.
    fn other_base(&mut self, t: &Tensor) -> Option<(&'static str, Tensor)> {
        let base: f64 = if *t.op() == LOG2 { 2.0 } else { 10.0 };
        let natural = t.node().inputs()[0].log();
        let (_, after) = self.step(&natural, [true; 2])?;
        Some(("logarithm to another base", scale(&after, 1.0 / base.ln())))
    }

    /// √(Σx² · rest) as a norm times √rest.
    fn root(&mut self, t: &Tensor) -> Option<(&'static str, Tensor)> {
        let p = product_of(&t.node().inputs()[0]);
        let bare = matches!(p.factors[..], [(_, 1.0)]) && p.coefficient == 1.0;
        if p.coefficient <= 0.0 || bare {
            return if bare { rescale_root(t).map(|t| ("scale out", t)) } else { None };
        }
        for (i, (f, q)) in p.factors.iter().enumerate() {
            let (outside, is_norm) = match *q {
                1.0 => (f.sqrt(), true),
                _ if q % 2.0 == 0.0 => (super::algebra::power(&f.abs(), q.abs() / 2.0), false),
                _ => continue,
            };
            let better = if is_norm { self.rewrite(&outside, [true; 2], 2) } else { outside.clone() };
            if is_norm && better.key() == outside.key() {
                continue;
            }
            let mut left = p.factors.clone();
            left.remove(i);
            let inside = Product { coefficient: p.coefficient, factors: left };
            let rest =
                if inside.factors.is_empty() { Tensor::from(p.coefficient.sqrt()) } else { inside.emit().sqrt() };
            let whole = if *q < 0.0 { rest / better } else { better * rest };
            return Some(("root of a product", whole));
        }
        None
    }
}

/// True of ops that make a product or a power.
fn is_product(op: &Op) -> bool {
    multiplies(op) || *op == POW || *op == SQRT
}

/// A formula that a rule made of `old`, over nodes that were rewritten since; below `old` all is settled.
fn substitute(t: &Tensor, old: &Tensor, new: &QuickMap<u64, Tensor>) -> Tensor {
    let made = |t: &Tensor| t.node().id() > old.node().id() && !closed(t);
    let mut done: QuickMap<u64, Tensor> = QuickMap::default();
    let now = |done: &QuickMap<u64, Tensor>, t: &Tensor| if made(t) { moved(done, t) } else { moved(new, t) };
    for n in topological(&[t], made).into_iter().filter(made) {
        let inputs: Vec<Tensor> = n.node().inputs().iter().map(|i| now(&done, i)).collect();
        if inputs.iter().zip(n.node().inputs()).any(|(a, b)| a.key() != b.key()) {
            let build = || n.op().call(&inputs.iter().collect::<Vec<_>>(), n.node().attrs().clone());
            done.insert(n.node().id(), with_origin(n.origin(), build));
        }
    }
    now(&done, t)
}

/// The node over rewritten inputs.
pub(super) fn rebuild(t: &Tensor, new: &QuickMap<u64, Tensor>) -> Tensor {
    let old = t.node().inputs();
    if old.iter().all(|i| !new.contains_key(&i.node().id())) {
        return t.clone();
    }
    let inputs: Vec<Tensor> = old.iter().map(|i| moved(new, i)).collect();
    with_origin(t.origin(), || t.op().call(&inputs.iter().collect::<Vec<_>>(), t.node().attrs().clone()))
}

/// What a node became, at the same output.
pub(super) fn moved(new: &QuickMap<u64, Tensor>, t: &Tensor) -> Tensor {
    match new.get(&t.node().id()) {
        Some(n) if t.output() == 0 => n.clone(),
        Some(n) => n.sibling(t.output()),
        None => t.clone(),
    }
}
