//! The matcher: finds a pattern in a formula modulo order, coefficients, common factors, keepdims and meanings.

use std::rc::Rc;

use super::algebra::{Algebra, Product, Sum, emit_factors, lifted, power, scale, sum_of};
use super::pattern::{Env, Lanes, Pattern, Power};
use super::sight::Sight;
use crate::graph::{Op, QuickMap, Tensor};
use crate::ops::{DOT, EXP, EXPAND_DIMS, SQRT, SUM};

/// Matches kept per step: more would be spellings of one another.
const BREADTH: usize = 6;

/// A pattern found as part of a sum or product.
#[derive(Clone)]
pub struct Found {
    /// What the variables stand for.
    pub env: Env,
    /// The coefficient in front of the pattern.
    pub coefficient: f64,
    /// Factors that multiply the whole pattern.
    pub factors: Vec<(Tensor, f64)>,
    /// Terms that stand beside it.
    pub rest: Sum,
}

/// The matcher and what it knows of nodes.
pub struct Matcher {
    /// Classes of nodes.
    pub algebra: Algebra,
    /// What nodes show.
    pub sight: Sight,
    /// True while nodes are taken as they stand, not by the meaning of their ops.
    pub plain: bool,
    /// What the rule at hand makes: to see through it would only bring back what was there.
    pub makes: Option<&'static Op>,
    /// Meanings, and sums and products in which they are written out, of the nodes below the one at hand.
    pub(super) meant: QuickMap<(u64, usize), Option<Tensor>>,
    pub(super) open_sums: QuickMap<(u64, usize, usize), Option<Rc<Sum>>>,
    pub(super) open_products: QuickMap<(u64, usize, usize), Option<Rc<Product>>>,
}

impl Matcher {
    /// A matcher that has met no node yet.
    pub fn new() -> Matcher {
        Matcher {
            algebra: Algebra::default(),
            sight: Sight::default(),
            plain: false,
            makes: None,
            meant: QuickMap::default(),
            open_sums: QuickMap::default(),
            open_products: QuickMap::default(),
        }
    }

    /// The pattern as a part of the formula: beside other terms, under other factors.
    pub fn find(&mut self, p: &Pattern, t: &Tensor) -> Vec<Found> {
        let env = Env::default();
        match p {
            Pattern::Sum(terms, c) => {
                let sum = self.algebra.sum(t);
                let mut found = self.terms(terms, *c, &sum, &env, true);
                if found.is_empty()
                    && let Some(sum) = self.opened_sum(t, &sum)
                {
                    found = self.terms(terms, *c, &sum, &env, true);
                }
                found
            }
            Pattern::Product(c, factors) => {
                let product = self.algebra.product(t);
                let mut found = self.factors(*c, &by_reference(factors), &product, &env);
                if found.is_empty()
                    && let Some(product) = self.opened_product(t, &product)
                {
                    found = self.factors(*c, &by_reference(factors), &product, &env);
                }
                found
            }
            _ => {
                let whole = |env| Found { env, coefficient: 1.0, factors: vec![], rest: Sum::default() };
                self.exact(p, t, &env).into_iter().map(whole).collect()
            }
        }
    }

    /// The pattern as exactly this formula.
    pub fn exact(&mut self, p: &Pattern, t: &Tensor, env: &Env) -> Vec<Env> {
        if p.is_bound(env) && !matches!(p, Pattern::Number(_)) {
            let filled = p.fill(env, &mut self.algebra);
            let same = filled.is_some_and(|f| self.algebra.same(&f, t));
            return if same { vec![env.clone()] } else { vec![] };
        }
        match p {
            Pattern::Var(v) => vec![env.with(*v, t.clone())],
            Pattern::Number(c) => {
                if t.constant() == Some(*c) {
                    vec![env.clone()]
                } else {
                    vec![]
                }
            }
            Pattern::Sum(terms, c) => {
                let sum = self.algebra.sum(t);
                let mut found = self.terms(terms, *c, &sum, env, false);
                if found.is_empty()
                    && let Some(open) = self.opened_sum(t, &sum)
                {
                    found = self.terms(terms, *c, &open, env, false);
                }
                exact_only(found)
            }
            Pattern::Product(c, factors) => {
                let product = self.algebra.product(t);
                let found = exact_only(self.factors(*c, &by_reference(factors), &product, env));
                if found.is_empty()
                    && let Some(open) = self.opened_product(t, &product)
                {
                    return exact_only(self.factors(*c, &by_reference(factors), &open, env));
                }
                found
            }
            Pattern::Apply(op, args) => self.apply(op, args, t, env),
            Pattern::Along(op, arg, _) => self.along(op, arg, t, env),
            Pattern::Count(_) => vec![],
        }
    }

    /// A function of its arguments.
    fn apply(&mut self, op: &'static Op, args: &[Pattern], t: &Tensor, env: &Env) -> Vec<Env> {
        if t.op() == op && t.node().inputs().len() == args.len() {
            let inputs = t.node().inputs().to_vec();
            let mut envs = vec![env.clone()];
            for (p, x) in args.iter().zip(&inputs) {
                envs = envs.iter().flat_map(|env| self.exact(p, x, env)).take(BREADTH).collect();
            }
            return envs;
        }
        // exp(u) to a power is exp of a multiple; √ is the power one half.
        let product = self.algebra.product(t);
        if let ([(base, q)], 1.0) = (&product.factors[..], product.coefficient) {
            if *op == EXP && *base.op() == EXP && *q != 1.0 {
                let u = multiple(&base.node().inputs()[0], *q);
                return self.exact(&args[0], &u, env);
            }
            if *op == SQRT && *q == 0.5 {
                return self.exact(&args[0], base, env);
            }
        }
        if let Some(l) = lifted(t).filter(|l| l.op() == op) {
            return self.apply(op, args, &l, env);
        }
        match self.unfolded(t) {
            Some(u) if u.op() == op => self.apply(op, args, &u, env),
            _ => vec![],
        }
    }

    /// A function along axes; all of a pattern's reductions share them.
    fn along(&mut self, op: &'static Op, arg: &Pattern, t: &Tensor, env: &Env) -> Vec<Env> {
        let (inner, kept) = without_kept_axes(t);
        let (x, axes) = if inner.op() == op {
            (inner.node().inputs()[0].clone(), inner.node().attrs().axes().to_vec())
        } else if *op == SUM && *inner.op() == DOT {
            (&inner.node().inputs()[0] * &inner.node().inputs()[1], vec![-1])
        } else {
            return match self.unfolded(&inner) {
                Some(u) if u.op() == op && !kept => self.along(op, arg, &u, env),
                _ => vec![],
            };
        };
        let mut env = env.clone();
        match &env.lanes {
            Some(lanes) if lanes.axes != axes => return vec![],
            Some(_) => {}
            None => env.lanes = Some(Lanes { axes, kept }),
        }
        self.exact(arg, &x, &env)
    }

    /// A sum pattern in a sum: every term of the pattern with one coefficient and the same extra factors.
    fn terms(&mut self, pattern: &[(f64, Pattern)], constant: f64, sum: &Sum, env: &Env, part: bool) -> Vec<Found> {
        let mut node: Vec<(f64, Tensor)> = sum.terms.clone();
        if sum.constant != 0.0 {
            node.push((sum.constant, Tensor::from(1.0)));
        }
        let mut wanted: Vec<(f64, &Pattern)> = pattern.iter().map(|(c, p)| (*c, p)).collect();
        if constant != 0.0 {
            // Before the variables, which take what is left.
            let at = wanted.iter().position(|(_, p)| matches!(p, Pattern::Var(_))).unwrap_or(wanted.len());
            wanted.insert(at, (constant, &ONE));
        }
        let mut states = vec![State { env: env.clone(), scale: None, used: vec![], factors: None }];
        for (k, (c, p)) in wanted.iter().enumerate() {
            let mut next = vec![];
            let last = wanted[k + 1..].iter().all(|(_, p)| !matches!(p, Pattern::Var(_)));
            for s in &states {
                next.extend(self.term(*c, p, &node, s, part, last));
            }
            next.truncate(BREADTH * BREADTH);
            states = next;
        }
        let finish = |s: State| {
            let rest = node.iter().enumerate().filter(|(i, _)| !s.used.contains(i));
            let mut left = Sum::default();
            for (_, (c, t)) in rest {
                left = left.plus(*c, sum_of(t));
            }
            Found {
                env: s.env,
                coefficient: s.scale.unwrap_or(1.0),
                factors: s.factors.unwrap_or_default(),
                rest: left,
            }
        };
        let mut found: Vec<Found> = states.into_iter().map(finish).collect();
        if !part {
            found.retain(|f| f.rest.terms.is_empty() && f.rest.constant == 0.0 && f.factors.is_empty());
        }
        found.truncate(BREADTH);
        found
    }

    /// One term of a sum pattern.
    fn term(&mut self, c: f64, p: &Pattern, node: &[(f64, Tensor)], s: &State, part: bool, last: bool) -> Vec<State> {
        if let (Pattern::Var(v), None) = (p, if let Pattern::Var(v) = p { s.env.get(*v) } else { None }) {
            return self.leftover_terms(c, *v, node, s, last);
        }
        let (pc, factors) = match p {
            Pattern::Product(pc, f) => (*pc, by_reference(f)),
            Pattern::Number(v) => (*v, vec![]),
            other => (1.0, vec![(other, Power::Number(1.0))]),
        };
        let mut out = vec![];
        for (i, (nc, t)) in node.iter().enumerate().filter(|(i, _)| !s.used.contains(i)) {
            let product = self.algebra.product(t);
            let mut found = self.factors(pc, &factors, &product, &s.env);
            if found.is_empty()
                && let Some(open) = self.opened_product(t, &product)
            {
                found = self.factors(pc, &factors, &open, &s.env);
            }
            for f in found {
                let scale = nc * f.coefficient / c;
                let agrees = s.scale.is_none_or(|k| (k - scale).abs() <= 1e-14 * k.abs());
                let common = match &s.factors {
                    None => part || f.factors.is_empty(),
                    Some(known) => self.same_factors(known, &f.factors),
                };
                if !common {
                    continue;
                }
                let used: Vec<usize> = s.used.iter().copied().chain([i]).collect();
                let extra = Some(s.factors.clone().unwrap_or(f.factors));
                // A lone variable may take the coefficient: 1/(2x) is 1/a with a = 2x as well as half of 1/x.
                let wanted = s.scale.unwrap_or(scale.signum());
                if let (&[(&Pattern::Var(v), Power::Number(q))], true) =
                    (&factors[..], scale / wanted > 0.0 && scale != wanted)
                    && let (None, Some(t)) = (s.env.get(v), f.env.get(v))
                {
                    let env = s.env.with(v, multiple(t, (scale / wanted).powf(1.0 / q)));
                    out.push(State { env, scale: Some(wanted), used: used.clone(), factors: extra.clone() });
                }
                if agrees {
                    out.push(State { env: f.env, scale: Some(s.scale.unwrap_or(scale)), used, factors: extra });
                }
            }
        }
        out
    }

    /// A variable takes one term, or as the last one all that are left, divided by what multiplies the pattern.
    fn leftover_terms(&mut self, c: f64, v: u8, node: &[(f64, Tensor)], s: &State, last: bool) -> Vec<State> {
        let left: Vec<usize> = (0..node.len()).filter(|i| !s.used.contains(i)).collect();
        if left.is_empty() || s.factors.as_ref().is_some_and(|f| !f.is_empty()) {
            return vec![];
        }
        let k = s.scale.unwrap_or(1.0);
        let groups = if last { vec![left] } else { left.into_iter().map(|i| vec![i]).collect() };
        let take = |group: Vec<usize>| {
            let mut sum = Sum::default();
            for &i in &group {
                sum = sum.plus(node[i].0 / (c * k), sum_of(&node[i].1));
            }
            let used = s.used.iter().copied().chain(group).collect();
            State { env: s.env.with(v, sum.emit()), scale: Some(k), used, factors: Some(vec![]) }
        };
        groups.into_iter().map(take).collect()
    }

    fn same_factors(&mut self, a: &[(Tensor, f64)], b: &[(Tensor, f64)]) -> bool {
        a.len() == b.len() && (a.is_empty() || self.algebra.same(&emit_factors(a), &emit_factors(b)))
    }

    /// A product pattern in a product: what is not matched stays as extra factors and coefficient.
    fn factors(&mut self, coefficient: f64, pattern: &[(&Pattern, Power)], product: &Product, env: &Env) -> Vec<Found> {
        let start = Found {
            env: env.clone(),
            coefficient: product.coefficient / coefficient,
            factors: product.factors.clone(),
            rest: Sum::default(),
        };
        let mut states = vec![start];
        for (k, (p, q)) in pattern.iter().enumerate() {
            let last =
                pattern[k + 1..].iter().all(|(p, r)| !matches!(p, Pattern::Var(_)) || same_side(*r, *q).is_none());
            let mut next = vec![];
            for s in &states {
                next.extend(self.factor(p, *q, s, last));
            }
            next.truncate(BREADTH * BREADTH);
            states = next;
        }
        states.truncate(BREADTH);
        states
    }

    /// One factor of a product pattern.
    fn factor(&mut self, p: &Pattern, q: Power, s: &Found, last: bool) -> Vec<Found> {
        if let Pattern::Var(v) = p {
            return match (s.env.get(*v).cloned(), q) {
                (Some(t), Power::Number(q)) => self.divide(&t, q, s).into_iter().collect(),
                (None, Power::Number(q)) => take_factor(*v, q, s, last),
                _ => self.power_variable(p, q, s),
            };
        }
        let Power::Number(q) = q else { return self.power_variable(p, q, s) };
        let mut out = vec![];
        for (i, (t, n)) in s.factors.iter().enumerate() {
            let left = || s.factors.iter().enumerate().filter(|(j, _)| *j != i).map(|(_, f)| f.clone()).collect();
            let keep =
                |env, k: f64| Found { env, coefficient: s.coefficient * k, factors: left(), rest: Sum::default() };
            match p {
                Pattern::Apply(op, args) if **op == EXP && *t.op() == EXP => {
                    let u = multiple(&t.node().inputs()[0], n / q);
                    out.extend(self.exact(&args[0], &u, &s.env).into_iter().map(|e| keep(e, 1.0)));
                }
                // A product shows a root as a factor to the power one half.
                Pattern::Apply(op, args) if **op == SQRT && *n == 0.5 * q => {
                    out.extend(self.exact(&args[0], t, &s.env).into_iter().map(|e| keep(e, 1.0)));
                }
                Pattern::Sum(terms, c) if *n == q => {
                    let sum = self.algebra.sum(t);
                    let found = self.terms(terms, *c, &sum, &s.env, false);
                    out.extend(found.into_iter().map(|f| keep(f.env, f.coefficient.powf(q))));
                }
                _ if *n == q => out.extend(self.exact(p, t, &s.env).into_iter().map(|e| keep(e, 1.0))),
                _ => {}
            }
        }
        out
    }

    /// A factor to a power that the match has to find.
    fn power_variable(&mut self, p: &Pattern, q: Power, s: &Found) -> Vec<Found> {
        let Power::Var(v) = q else { return vec![] };
        let mut out = vec![];
        for (i, (t, n)) in s.factors.iter().enumerate() {
            let known = s.env.get(v).and_then(Tensor::constant);
            if known.is_some_and(|k| k != *n) {
                continue;
            }
            let env = if known.is_some() { s.env.clone() } else { s.env.with(v, Tensor::from(*n)) };
            let left: Vec<_> = s.factors.iter().enumerate().filter(|(j, _)| *j != i).map(|(_, f)| f.clone()).collect();
            let found = self.exact(p, t, &env).into_iter();
            out.extend(found.map(|env| Found { env, factors: left.clone(), ..s.clone() }));
        }
        out
    }

    /// Divides by a bound variable to a power, factor by factor.
    fn divide(&mut self, t: &Tensor, q: f64, s: &Found) -> Option<Found> {
        let whole = self.algebra.product(t);
        let mut left = s.clone();
        if whole.coefficient != 1.0 {
            left.coefficient /= whole.coefficient.powf(q);
        }
        for (f, p) in &whole.factors {
            let need = p * q;
            let at = (0..left.factors.len()).find(|&i| {
                let (g, n) = left.factors[i].clone();
                n * need > 0.0 && n.abs() >= need.abs() && self.algebra.same(&g, f)
            })?;
            left.factors[at].1 -= need;
            if left.factors[at].1 == 0.0 {
                left.factors.remove(at);
            }
        }
        Some(left)
    }
}

/// The constant 1 among the terms of a pattern.
static ONE: Pattern = Pattern::Number(1.0);

/// Factors of a pattern as they are looked for.
fn by_reference(factors: &[(Pattern, Power)]) -> Vec<(&Pattern, Power)> {
    factors.iter().map(|(p, q)| (p, *q)).collect()
}

/// Matching a sum pattern, half way.
#[derive(Clone)]
struct State {
    env: Env,
    scale: Option<f64>,
    used: Vec<usize>,
    factors: Option<Vec<(Tensor, f64)>>,
}

/// Those that leave nothing over.
fn exact_only(found: Vec<Found>) -> Vec<Env> {
    let whole =
        |f: &Found| f.coefficient == 1.0 && f.factors.is_empty() && f.rest.terms.is_empty() && f.rest.constant == 0.0;
    found.into_iter().filter(whole).map(|f| f.env).collect()
}

/// c · u, with the sign or factor worked into a sum.
pub fn multiple(u: &Tensor, c: f64) -> Tensor {
    if c == 1.0 {
        return u.clone();
    }
    let sum = Sum::default().plus(c, sum_of(u));
    sum.emit()
}

/// The common power if both are numbers of one sign.
fn same_side(a: Power, b: Power) -> Option<()> {
    match (a, b) {
        (Power::Number(a), Power::Number(b)) if a * b > 0.0 => Some(()),
        _ => None,
    }
}

/// A free variable takes one factor, or as the last of its side all that are left on it.
fn take_factor(v: u8, q: f64, s: &Found, last: bool) -> Vec<Found> {
    let fits = |n: f64| (n / q > 0.0 || q.abs() > 1.0) && (n / q).fract() == 0.0;
    if last {
        let (taken, left): (Vec<_>, Vec<_>) = s.factors.iter().cloned().partition(|(_, n)| fits(*n));
        let k = if q == 1.0 { s.coefficient } else { 1.0 };
        // An even power leaves a square root of the coefficient to the variable.
        let (k, rest) = match q {
            1.0 => (k, 1.0),
            _ if s.coefficient > 0.0 && (q > 0.0 || q == -1.0) => (s.coefficient.powf(1.0 / q), 1.0),
            _ => (1.0, s.coefficient),
        };
        if taken.is_empty() && (q != 1.0 || k == 1.0) {
            return vec![];
        }
        let powers: Vec<(Tensor, f64)> = taken.into_iter().map(|(t, n)| (t, n / q)).collect();
        let t = scale(&emit_factors(&powers), k);
        return vec![Found { env: s.env.with(v, t), coefficient: rest, factors: left, rest: Sum::default() }];
    }
    let mut out = vec![];
    for (i, (t, n)) in s.factors.iter().enumerate().filter(|(_, (_, n))| fits(*n)) {
        let left = s.factors.iter().enumerate().filter(|(j, _)| *j != i).map(|(_, f)| f.clone()).collect();
        out.push(Found { env: s.env.with(v, power(t, n / q)), factors: left, ..s.clone() });
    }
    out
}

/// A reduction without the axes of length 1 that keepdims left behind, and whether there were any.
pub fn without_kept_axes(t: &Tensor) -> (Tensor, bool) {
    if *t.op() == EXPAND_DIMS {
        let inner = &t.node().inputs()[0];
        if t.node().attrs().axes() == inner.node().attrs().axes() && !inner.node().attrs().axes().is_empty() {
            return (inner.clone(), true);
        }
    }
    (t.clone(), false)
}
