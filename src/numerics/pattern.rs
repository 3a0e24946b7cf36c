//! Patterns: rule text as a tree of sums, products and ops, and the template that a match fills in.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::algebra::{Algebra, Sum, power, scale, sum_of};
use crate::graph::{Attrs, Kernel, Notation, Op, Tensor};
use crate::ops::{self, ADD, EXPAND_DIMS, MUL, POW};
use crate::text::{BinaryOp, Call, CompareOp, Expr, ExprKind, NumberValue, UnaryOp, parse_expr};

/// A rule's side, in variables `a` to `z`.
#[derive(Clone, Debug)]
pub enum Pattern {
    /// A variable.
    Var(u8),
    /// A number.
    Number(f64),
    /// `Σ coefficient · term + constant`.
    Sum(Vec<(f64, Pattern)>, f64),
    /// `coefficient · Π factor ** power`.
    Product(f64, Vec<(Pattern, Power)>),
    /// A function of its arguments.
    Apply(&'static Op, Vec<Pattern>),
    /// A function along the axes that the match found; `true` keeps reduced axes.
    Along(&'static Op, Box<Pattern>, bool),
    /// How many elements there are along those axes.
    Count(Box<Pattern>),
}

/// The power of a factor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Power {
    /// A number.
    Number(f64),
    /// A constant that the variable stands for.
    Var(u8),
}

/// Axes of a reduction, and whether they stay with length 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Lanes {
    /// Negative axes.
    pub axes: Vec<isize>,
    /// True if they stay.
    pub kept: bool,
}

/// What the variables of a pattern stand for.
#[derive(Clone, Debug, Default)]
pub struct Env {
    vars: Vec<(u8, Tensor)>,
    /// The axes that the reductions of the pattern share.
    pub lanes: Option<Lanes>,
}

impl Env {
    /// What a variable stands for.
    pub fn get(&self, v: u8) -> Option<&Tensor> {
        self.vars.iter().find(|(k, _)| *k == v).map(|(_, t)| t)
    }

    /// The same with one more variable.
    pub fn with(&self, v: u8, t: Tensor) -> Env {
        let mut env = self.clone();
        env.vars.push((v, t));
        env
    }
}

impl Pattern {
    /// The pattern that a text in the formula language means.
    pub fn parse(text: &str) -> Result<Pattern, String> {
        from_expr(&parse_expr(text).map_err(|e| format!("{text}: {e}"))?)
    }

    /// How many sums, products, functions and variables it is made of.
    pub fn size(&self) -> usize {
        1 + match self {
            Pattern::Var(_) | Pattern::Number(_) => 0,
            Pattern::Sum(terms, c) => terms.iter().map(|(_, p)| p.size()).sum::<usize>() + usize::from(*c != 0.0),
            Pattern::Product(_, factors) => factors.iter().map(|(p, _)| p.size()).sum(),
            Pattern::Apply(_, args) => args.iter().map(Pattern::size).sum(),
            Pattern::Along(_, p, _) | Pattern::Count(p) => p.size(),
        }
    }

    /// True if every variable in it is bound.
    pub fn is_bound(&self, env: &Env) -> bool {
        match self {
            Pattern::Var(v) => env.get(*v).is_some(),
            Pattern::Number(_) => true,
            Pattern::Sum(terms, _) => terms.iter().all(|(_, p)| p.is_bound(env)),
            Pattern::Product(_, factors) => {
                factors.iter().all(|(p, q)| p.is_bound(env) && !matches!(q, Power::Var(v) if env.get(*v).is_none()))
            }
            Pattern::Apply(_, args) => args.iter().all(|p| p.is_bound(env)),
            Pattern::Along(_, p, _) | Pattern::Count(p) => p.is_bound(env) && env.lanes.is_some(),
        }
    }

    /// The formula that the pattern stands for; sums are collected, so that what cancels is gone.
    pub fn fill(&self, env: &Env, algebra: &mut Algebra) -> Option<Tensor> {
        Some(match self {
            Pattern::Var(v) => env.get(*v)?.clone(),
            Pattern::Number(c) => Tensor::from(*c),
            Pattern::Sum(..) => {
                let sum = self.fill_sum(env, algebra)?;
                algebra.collect(sum).emit()
            }
            Pattern::Product(c, factors) => {
                let mut sides: [Option<Tensor>; 2] = [None, None];
                for (p, q) in factors {
                    let q = match q {
                        Power::Number(q) => *q,
                        Power::Var(v) => env.get(*v)?.constant()?,
                    };
                    let f = power(&p.fill(env, algebra)?, q.abs());
                    let side = &mut sides[usize::from(q < 0.0)];
                    *side = Some(side.take().map_or(f.clone(), |s| s * f));
                }
                scale(
                    &match sides {
                        [Some(n), Some(d)] => n / d,
                        [Some(n), None] => n,
                        [None, Some(d)] => 1.0 / d,
                        [None, None] => Tensor::from(1.0),
                    },
                    *c,
                )
            }
            Pattern::Apply(op, args) => {
                let args = args.iter().map(|p| p.fill(env, algebra)).collect::<Option<Vec<_>>>()?;
                op.call(&args.iter().collect::<Vec<_>>(), Attrs::None)
            }
            Pattern::Along(op, p, keep) => {
                let lanes = env.lanes.clone()?;
                let y = op.call(&[&p.fill(env, algebra)?], Attrs::Axes(lanes.axes.clone()));
                let reduces = matches!(op.kernel, Kernel::Reduce(_));
                if reduces && (*keep || lanes.kept) { EXPAND_DIMS.call(&[&y], Attrs::Axes(lanes.axes)) } else { y }
            }
            Pattern::Count(p) => {
                let x = p.fill(env, algebra)?;
                let shape = x.shape().ok()?;
                let n = shape.len() as isize;
                let of = |a: &isize| shape.get((n + a) as usize).copied();
                let count = env.lanes.as_ref()?.axes.iter().map(of).collect::<Option<Vec<_>>>()?;
                Tensor::from(count.iter().product::<usize>() as f64)
            }
        })
    }

    /// A sum pattern as a sum of what it stands for, not collected yet.
    pub fn fill_sum(&self, env: &Env, algebra: &mut Algebra) -> Option<Sum> {
        let Pattern::Sum(terms, constant) = self else { return Some(sum_of(&self.fill(env, algebra)?)) };
        let mut sum = Sum { constant: *constant, terms: vec![] };
        for (c, p) in terms {
            sum = sum.plus(*c, p.fill_sum(env, algebra)?);
        }
        Some(sum)
    }
}

/// The row of this name.
fn row(name: &str) -> Result<&'static Op, String> {
    ops::all().find(|op| op.name == name).ok_or_else(|| format!("no op `{name}`"))
}

/// The row that is written with this sign.
fn sign(symbol: &str) -> Result<&'static Op, String> {
    let is = |op: &&Op| matches!(op.notation, Notation::Infix(s, _) if s == symbol);
    ops::all().find(is).ok_or_else(|| format!("no op `{symbol}`"))
}

fn from_expr(e: &Expr) -> Result<Pattern, String> {
    match &e.kind {
        ExprKind::Number(n) => match n.value {
            NumberValue::Int(i) => Ok(Pattern::Number(i as f64)),
            NumberValue::Float(f) => Ok(Pattern::Number(f)),
            NumberValue::Imaginary(_) => Err("rules are about real numbers".into()),
        },
        ExprKind::Name(n) => match n.as_str() {
            "pi" => Ok(Pattern::Number(std::f64::consts::PI)),
            "inf" => Ok(Pattern::Number(f64::INFINITY)),
            "nan" => Ok(Pattern::Number(f64::NAN)),
            _ if n.len() == 1 => Ok(Pattern::Var(n.as_bytes()[0])),
            _ => Err(format!("`{n}` is no variable: one letter each")),
        },
        ExprKind::Unary(UnaryOp::Neg, x) => Ok(sum(vec![(-1.0, from_expr(x)?)])),
        ExprKind::Binary { first, rest } => binary(first, rest),
        ExprKind::Power { base, exponent } => {
            let base = from_expr(base)?;
            match (base, from_expr(exponent)?) {
                (Pattern::Product(k, f), Pattern::Number(c)) if f.iter().all(|f| matches!(f.1, Power::Number(_))) => {
                    let raised = f.into_iter().map(|(p, q)| match q {
                        Power::Number(q) => (p, Power::Number(q * c)),
                        var => (p, var),
                    });
                    Ok(Pattern::Product(k.powf(c), raised.collect()))
                }
                (base, exponent) => raise(base, exponent),
            }
        }
        ExprKind::Compare { first, rest } if rest.len() == 1 => {
            let op = sign(CompareOp::symbol(rest[0].op))?;
            Ok(Pattern::Apply(op, vec![from_expr(first)?, from_expr(&rest[0].expr)?]))
        }
        ExprKind::Call(call) => from_call(call),
        _ => Err(format!("`{e}` has no place in a rule")),
    }
}

/// A base to a power.
fn raise(base: Pattern, exponent: Pattern) -> Result<Pattern, String> {
    match exponent {
        Pattern::Number(c) => Ok(Pattern::Product(1.0, vec![(base, Power::Number(c))])),
        Pattern::Sum(t, c) if t.is_empty() => Ok(Pattern::Product(1.0, vec![(base, Power::Number(c))])),
        Pattern::Var(v) => Ok(Pattern::Product(1.0, vec![(base, Power::Var(v))])),
        other => Ok(Pattern::Apply(&POW, vec![base, other])),
    }
}

fn from_call(call: &Call) -> Result<Pattern, String> {
    let name = call.func.name.as_str();
    let args = call.args.positional.iter().map(from_expr).collect::<Result<Vec<_>, _>>()?;
    if name == "count" {
        return args.into_iter().next().map(|p| Pattern::Count(Box::new(p))).ok_or("count() needs a value".into());
    }
    let op = row(name)?;
    let along =
        matches!(op.kernel, Kernel::Reduce(_)) || ["softmax", "log_softmax", "argmax", "argmin"].contains(&name);
    match args.first() {
        Some(x) if along && args.len() == 1 => {
            Ok(Pattern::Along(op, Box::new(x.clone()), !call.args.keyword.is_empty()))
        }
        _ => Ok(folded(op, &args).map_or(Pattern::Apply(op, args), Pattern::Number)),
    }
}

/// A function of numbers alone: formulas fold it as well, so a pattern must.
fn folded(op: &'static Op, args: &[Pattern]) -> Option<f64> {
    let number = |p: &Pattern| if let Pattern::Number(c) = p { Some(Tensor::from(*c)) } else { None };
    let args = args.iter().map(number).collect::<Option<Vec<Tensor>>>()?;
    op.call(&args.iter().collect::<Vec<_>>(), Attrs::None).constant()
}

fn binary(first: &Expr, rest: &[crate::text::Step<BinaryOp>]) -> Result<Pattern, String> {
    let adds = rest.iter().all(|s| matches!(s.op, BinaryOp::Add | BinaryOp::Sub));
    let multiplies = rest.iter().all(|s| matches!(s.op, BinaryOp::Mul | BinaryOp::Div));
    let mut parts = vec![(1.0, from_expr(first)?)];
    for s in rest {
        let sign = if matches!(s.op, BinaryOp::Sub | BinaryOp::Div) { -1.0 } else { 1.0 };
        parts.push((sign, from_expr(&s.expr)?));
    }
    if adds {
        return Ok(sum(parts));
    }
    if multiplies {
        return Ok(product(parts));
    }
    let mut all = parts.into_iter().map(|(_, p)| p);
    let mut left = all.next().ok_or("an empty expression")?;
    for (s, right) in rest.iter().zip(all) {
        left = Pattern::Apply(sign(BinaryOp::symbol(s.op))?, vec![left, right]);
    }
    Ok(left)
}

/// A sum pattern; nested sums and coefficients are flattened.
fn sum(parts: Vec<(f64, Pattern)>) -> Pattern {
    let (mut terms, mut constant) = (vec![], 0.0);
    for (c, p) in parts {
        match p {
            Pattern::Number(v) => constant += c * v,
            Pattern::Sum(inner, k) => {
                constant += c * k;
                terms.extend(inner.into_iter().map(|(d, p)| (c * d, p)));
            }
            Pattern::Product(k, factors) if k != 1.0 => terms.push((c * k, one_factor(factors))),
            p => terms.push((c, p)),
        }
    }
    // Variables last: they take what the rest of the pattern leaves.
    terms.sort_by_key(|(_, p)| matches!(p, Pattern::Var(_)));
    Pattern::Sum(terms, constant)
}

/// A product with coefficient 1, as its only factor if it has one.
fn one_factor(mut factors: Vec<(Pattern, Power)>) -> Pattern {
    match (factors.len(), factors.first().map(|f| f.1)) {
        (1, Some(Power::Number(1.0))) => factors.swap_remove(0).0,
        _ => Pattern::Product(1.0, factors),
    }
}

/// A product pattern; nested products and constants are flattened.
fn product(parts: Vec<(f64, Pattern)>) -> Pattern {
    let (mut factors, mut coefficient) = (vec![], 1.0);
    for (sign, p) in parts {
        match p {
            Pattern::Number(v) => coefficient *= f64::powf(v, sign),
            Pattern::Product(k, inner) if sign == 1.0 || inner.iter().all(|f| matches!(f.1, Power::Number(_))) => {
                coefficient *= f64::powf(k, sign);
                factors.extend(inner.into_iter().map(|(p, q)| match q {
                    Power::Number(q) => (p, Power::Number(q * sign)),
                    var => (p, var),
                }));
            }
            Pattern::Sum(terms, 0.0) if terms.len() == 1 => {
                let (c, p) = terms.into_iter().next().unwrap_or((1.0, Pattern::Number(1.0)));
                coefficient *= f64::powf(c, sign);
                factors.push((p, Power::Number(sign)));
            }
            p => factors.push((p, Power::Number(sign))),
        }
    }
    // Variables last, those to a power that has to be found before the others.
    factors.sort_by_key(|(p, q)| (matches!(p, Pattern::Var(_)), matches!(q, Power::Number(_))));
    Pattern::Product(coefficient, factors)
}

/// The textbook meaning of an op as a pattern, if its row states one; parsed once.
pub fn meaning(op: &Op) -> Option<&'static Pattern> {
    static MEANINGS: OnceLock<HashMap<usize, Pattern>> = OnceLock::new();
    let key = |op: &Op| std::ptr::from_ref(op) as usize;
    let parsed = || {
        let known = ops::all().filter(|op| !op.meaning.is_empty());
        known.filter_map(|op| Some((key(op), Pattern::parse(op.meaning).ok()?))).collect()
    };
    MEANINGS.get_or_init(parsed).get(&key(op))
}

/// What the textbook meaning of a node's op makes of its inputs, if the row states one.
pub fn unfold(t: &Tensor, meaning: &Pattern, algebra: &mut Algebra) -> Option<Tensor> {
    let node = t.node();
    let mut env = Env::default();
    let names: &[u8] = if node.inputs().len() == 1 { b"x" } else { b"ab" };
    for (v, x) in names.iter().zip(node.inputs()) {
        env = env.with(*v, x.clone());
    }
    if !node.attrs().axes().is_empty() {
        env.lanes = Some(Lanes { axes: node.attrs().axes().to_vec(), kept: false });
    }
    let built = meaning.fill(&env, algebra)?;
    // The sum and product views fold constants; the meaning must stay a formula.
    (built.op() != t.op() && built.shape().is_ok_and(|s| s == t.dims()) && (*built.op() != ADD || *t.op() != MUL))
        .then_some(built)
}
