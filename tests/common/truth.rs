//! The true value of a formula and of its derivative, as intervals that are narrowed until they are tight.

use std::collections::HashMap;
use std::f64::consts;

use astro_float_num::{BigFloat, RoundingMode};

use gradus::graph::Kernel;

use super::formula::{Bindings, Formula, Node};
use super::interval::{Context, Interval, big, power_of_two};

const ANY: RoundingMode = RoundingMode::None;
/// Bits to which a truth is known: those of a double and as many as tell which way it rounds.
pub const TIGHT: i32 = 72;

/// A vector of enclosures; `None` where nothing is known.
pub type Value = Vec<Option<Interval>>;

/// Contexts of growing precision, and the meanings of rows already read.
pub struct Truth {
    contexts: Vec<Context>,
    meanings: HashMap<&'static str, Formula>,
    /// Rows that have neither a reference nor a meaning.
    pub missing: Vec<&'static str>,
}

/// Numbers that stand for what they are the nearest float to.
fn irrational(c: &mut Context, v: f64) -> Option<Interval> {
    let two = Interval::exact(2.0);
    let of = |c: &mut Context, v: f64| -> Option<Interval> {
        if v == consts::PI {
            c.pi()
        } else if v == consts::LN_2 {
            c.log(&two)
        } else if v == consts::SQRT_2 {
            c.sqrt(&two)
        } else if v == 1.0 / 3.0 {
            c.div(&Interval::exact(1.0), &Interval::exact(3.0))
        } else if v == consts::FRAC_2_SQRT_PI {
            let pi = c.pi()?;
            let root = c.sqrt(&pi)?;
            c.div(&two, &root)
        } else {
            None
        }
    };
    of(c, v.abs()).map(|i| if v < 0.0 { i.neg() } else { i })
}

impl Truth {
    pub fn new() -> Truth {
        let contexts = [160, 384, 768, 1536, 3072].map(Context::new).into();
        Truth { contexts, meanings: HashMap::new(), missing: vec![] }
    }

    /// Enclosures of the elements of the result, each tight or `None`.
    pub fn value(&mut self, f: &Formula, leaves: &[Vec<f64>]) -> Value {
        let exact: Vec<Vec<BigFloat>> = leaves.iter().map(|v| v.iter().map(|x| big(*x)).collect()).collect();
        self.narrow(0, |t, k| t.at(f, &exact, k))
    }

    /// Enclosures of all nodes of a formula of numbers, each tight or `None`.
    pub fn nodes_at(&mut self, f: &Formula, point: &[f64]) -> Value {
        let leaves: Vec<Value> =
            point.iter().map(|x| vec![Some(Interval::point(big(*x))).filter(|x| !x.lo.is_nan())]).collect();
        let (mut last, mut undefined): (Value, _) = (vec![], usize::MAX);
        for k in 0..self.contexts.len() {
            last = self.every(f, &leaves, k).into_iter().map(|v| v.into_iter().next().flatten()).collect();
            let loose = last.iter().flatten().any(|v| !v.is_tight(TIGHT));
            let none = last.iter().filter(|v| v.is_none()).count();
            // What is undefined at two precisions is so at all.
            if !loose && (none == 0 || none == undefined) {
                break;
            }
            undefined = none;
        }
        last.into_iter().map(|v| v.filter(|v| v.is_tight(TIGHT))).collect()
    }

    /// Enclosures of ∂(first element)/∂(element `i` of leaf `leaf`), by central differences.
    pub fn derivative(&mut self, f: &Formula, leaves: &[Vec<f64>], leaf: usize, i: usize) -> Option<Interval> {
        let at = leaves[leaf][i];
        let near = big(at);
        // The error is of the order of the square of what the step is to the distance at which the formula changes.
        let size = near.exponent().unwrap_or(0);
        let size = if f.is_periodic() { size.min(0) } else { size };
        let step = power_of_two(if at == 0.0 { -1220 } else { size - 150 });
        let moved = |sign: f64| -> Vec<Vec<BigFloat>> {
            let mut all: Vec<Vec<BigFloat>> = leaves.iter().map(|v| v.iter().map(|x| big(*x)).collect()).collect();
            let h = step.mul(&BigFloat::from_f64(sign, 64), 64, ANY);
            all[leaf][i] = near.add(&h, 3000, ANY);
            all
        };
        let (up, down) = (moved(1.0), moved(-1.0));
        let width = Interval::point(step.add(&step, 64, ANY));
        let first = if at == 0.0 { 3 } else { 1 };
        let found = self.narrow(first, |t, k| {
            let (Some(a), Some(b)) = (t.at(f, &up, k).swap_remove(0), t.at(f, &down, k).swap_remove(0)) else {
                return vec![None];
            };
            let c = &t.contexts[k];
            vec![c.sub(&a, &b).and_then(|d| c.div(&d, &width))]
        });
        found.into_iter().next().flatten()
    }

    /// Raises the precision until every element is tight; elements that never are become `None`.
    fn narrow(&mut self, first: usize, mut at: impl FnMut(&mut Truth, usize) -> Value) -> Value {
        let mut last = vec![];
        for k in first..self.contexts.len() {
            last = at(self, k);
            if last.iter().all(|v| v.as_ref().is_some_and(|v| v.is_tight(TIGHT))) {
                break;
            }
            // What is undefined at one precision is so at all; only an enclosure that contains 0 may become defined.
            if k > first + 1 && last.iter().all(Option::is_none) {
                break;
            }
        }
        last.into_iter().map(|v| v.filter(|v| v.is_tight(TIGHT))).collect()
    }

    /// Enclosures at one precision.
    fn at(&mut self, f: &Formula, leaves: &[Vec<BigFloat>], k: usize) -> Value {
        let leaves: Vec<Value> = leaves
            .iter()
            .map(|v| v.iter().map(|x| Some(Interval::point(x.clone())).filter(|x| !x.lo.is_nan())).collect())
            .collect();
        self.nodes(f, &leaves, k)
    }

    fn nodes(&mut self, f: &Formula, leaves: &[Value], k: usize) -> Value {
        self.every(f, leaves, k).swap_remove(f.root)
    }

    fn every(&mut self, f: &Formula, leaves: &[Value], k: usize) -> Vec<Value> {
        let mut values: Vec<Value> = Vec::with_capacity(f.nodes.len());
        for n in &f.nodes {
            let v = match n {
                Node::Number(v) => {
                    vec![irrational(&mut self.contexts[k], *v).or_else(|| Some(Interval::exact(*v)))]
                }
                Node::Leaf(i) => leaves[*i].clone(),
                Node::Count(x) => vec![Some(Interval::exact(values[*x].len() as f64))],
                Node::Op(op, args) => {
                    let n = args.iter().map(|&i| values[i].len()).max().unwrap_or(1);
                    let lane = |j: usize| args.iter().map(|&i| values[i][j % values[i].len()].clone()).collect();
                    let lanes: Vec<Vec<Option<Interval>>> = (0..n).map(lane).collect();
                    lanes.iter().map(|args| self.element(op, args, k)).collect()
                }
                Node::Along(op, x, _) => self.along(op, &values[*x], k),
            };
            values.push(v);
        }
        values
    }

    /// The meaning of a row over values.
    fn meant(&mut self, op: &'static gradus::graph::Op, args: &[Value], k: usize) -> Value {
        if op.meaning.is_empty() {
            if !self.missing.contains(&op.name) {
                self.missing.push(op.name);
            }
            return vec![None];
        }
        let names: &[&str] = if args.len() == 1 { &["x"] } else { &["a", "b"] };
        let names: Vec<String> = names.iter().map(|n| n.to_string()).collect();
        let f = self.meanings.entry(op.name).or_insert_with(|| {
            Formula::parse(op.meaning, &Bindings::new(), &names).unwrap_or_else(|e| panic!("{}: {e}", op.name))
        });
        let f = f.clone();
        self.nodes(&f, args, k)
    }

    /// An elementwise row.
    fn element(&mut self, op: &'static gradus::graph::Op, args: &[Option<Interval>], k: usize) -> Option<Interval> {
        if op.name == "where" {
            return match truth_of(args[0].as_ref()) {
                Some(true) => args[1].clone(),
                Some(false) => args[2].clone(),
                None => Some(args[1].as_ref()?.hull(args[2].as_ref()?)),
            };
        }
        let x = args[0].as_ref()?;
        let y = match args.get(1) {
            Some(y) => y.as_ref()?,
            None => x,
        };
        let c = &mut self.contexts[k];
        match known(c, op.name, x, y) {
            Some(v) => v,
            None => {
                let args: Vec<Value> = args.iter().map(|a| vec![a.clone()]).collect();
                self.meant(op, &args, k).into_iter().next().flatten()
            }
        }
    }

    /// A row that looks at a whole axis.
    fn along(&mut self, op: &'static gradus::graph::Op, x: &Value, k: usize) -> Value {
        let Some(all) = x.iter().cloned().collect::<Option<Vec<Interval>>>() else {
            return vec![None; if matches!(op.kernel, Kernel::Lanes(_)) { x.len() } else { 1 }];
        };
        let c = &self.contexts[k];
        let sum = || all.iter().skip(1).try_fold(all[0].clone(), |s, v| c.add(&s, v));
        match op.name {
            "sum" => vec![sum()],
            "mean" => vec![sum().and_then(|s| c.div(&s, &Interval::exact(all.len() as f64)))],
            "prod" => vec![all.iter().skip(1).try_fold(all[0].clone(), |s, v| c.mul(&s, v))],
            "max" => vec![best(&all, false).map(|i| all[i].clone())],
            "min" => vec![best(&all, true).map(|i| all[i].clone())],
            "argmax" => vec![best(&all, false).map(|i| Interval::exact(i as f64))],
            "argmin" => vec![best(&all, true).map(|i| Interval::exact(i as f64))],
            // Any scale gives the same result.
            "scale" => vec![Some(Interval::exact(1.0))],
            _ => self.meant(op, std::slice::from_ref(x), k),
        }
    }
}

/// The place of the first largest or smallest element, if that is certain.
fn best(all: &[Interval], least: bool) -> Option<usize> {
    let mut best = 0;
    for i in 1..all.len() {
        let (a, b) = if least { (&all[i], &all[best]) } else { (&all[best], &all[i]) };
        if a.less_than(b)? {
            best = i;
        }
    }
    Some(best)
}

fn truth_of(v: Option<&Interval>) -> Option<bool> {
    match v?.sign()? {
        0 => Some(false),
        _ => Some(true),
    }
}

fn truth_value(b: Option<bool>) -> Option<Interval> {
    Some(match b {
        Some(b) => Interval::exact(f64::from(u8::from(b))),
        None => Interval { lo: BigFloat::from_f64(0.0, 64), hi: BigFloat::from_f64(1.0, 64) },
    })
}

/// Rows with a reference of their own; the outer `None` means that there is none.
fn known(c: &mut Context, name: &str, x: &Interval, y: &Interval) -> Option<Option<Interval>> {
    let inside = |x: &Interval, lo: f64, hi: f64| {
        let ends = Interval { lo: BigFloat::from_f64(lo, 64), hi: BigFloat::from_f64(hi, 64) };
        let outside = x.hi.cmp(&ends.lo).is_none_or(|o| o < 0) || x.lo.cmp(&ends.hi).is_none_or(|o| o > 0);
        (!outside).then(|| Interval { lo: x.lo.max(&ends.lo), hi: x.hi.min(&ends.hi) })
    };
    Some(match name {
        "add" => c.add(x, y),
        "sub" => c.sub(x, y),
        "mul" => c.mul(x, y),
        "div" => c.div(x, y),
        "reciprocal" => c.div(&Interval::exact(1.0), x),
        "square" => c.power_int(x, 2),
        "neg" => Some(x.neg()),
        "abs" => Some(x.abs()),
        "as_written" | "stop_gradient" => Some(x.clone()),
        "pow" => power(c, x, y),
        "exp" => c.exp(x),
        "log" => c.log(x),
        "log2" => c.log(x).and_then(|l| c.log(&Interval::exact(2.0)).and_then(|two| c.div(&l, &two))),
        "sign" => x.sign().map(|s| Interval::exact(f64::from(s))),
        "sqrt" => c.sqrt(x),
        "cbrt" => c.increasing(x, |x, p, _| signed(x, |x| x.cbrt(p, ANY))),
        "sin" => c.circular(x, true),
        "cos" => c.circular(x, false),
        "arctan" => c.increasing(x, |x, p, c| x.atan(p, ANY, c)),
        "arcsin" => inside(x, -1.0, 1.0).and_then(|x| c.increasing(&x, |x, p, c| x.asin(p, ANY, c))),
        "arccos" => inside(x, -1.0, 1.0).and_then(|x| c.increasing(&x.neg(), |x, p, c| x.neg().acos(p, ANY, c))),
        "arctan2" => arctan2(c, x, y),
        "tanh" => c.increasing(x, |x, p, c| x.tanh(p, ANY, c)),
        "erf" => c.erf(x),
        "erfc" => c.erfc(x),
        "digamma" => c.digamma(x),
        "lgamma" => c.lgamma(x),
        "gamma" => c.lgamma(x).and_then(|l| c.exp(&l)),
        "maximum" => Some(Interval { lo: x.lo.max(&y.lo), hi: x.hi.max(&y.hi) }),
        "minimum" => Some(Interval { lo: x.lo.min(&y.lo), hi: x.hi.min(&y.hi) }),
        "less" => truth_value(x.less_than(y)),
        "greater" => truth_value(y.less_than(x)),
        "less_equal" => truth_value(y.less_than(x).map(|b| !b)),
        "greater_equal" => truth_value(x.less_than(y).map(|b| !b)),
        "equal" => truth_value(x.equals(y)),
        "not_equal" => truth_value(x.equals(y).map(|b| !b)),
        _ => return None,
    })
}

fn signed(x: &BigFloat, f: impl Fn(&BigFloat) -> BigFloat) -> BigFloat {
    if x.is_negative() { f(&x.neg()).neg() } else { f(x) }
}

/// a to the power of b: products for whole b, else by way of the logarithm.
fn power(c: &mut Context, a: &Interval, b: &Interval) -> Option<Interval> {
    let n = super::special::rough(&b.lo);
    // A step of a difference away from a whole number is not whole, however small it is.
    let whole = n.fract() == 0.0 && b.lo.cmp(&BigFloat::from_f64(n, 64)) == Some(0);
    if b.is_point() && whole && n.abs() < 1000.0 {
        let y = c.power_int(a, n.abs() as u32)?;
        return if n < 0.0 { c.div(&Interval::exact(1.0), &y) } else { Some(y) };
    }
    if a.sign() == Some(0) {
        return (b.sign() == Some(1)).then(|| Interval::exact(0.0));
    }
    if a.sign() == Some(-1) {
        return None;
    }
    let log = c.log(a)?;
    if log.lo.is_inf() {
        return (b.sign() == Some(1)).then(|| {
            let top = c.log(&Interval::point(a.hi.clone()))?;
            let y = c.mul(&top, b).and_then(|e| c.exp(&e))?;
            Some(Interval { lo: BigFloat::from_f64(0.0, 64), hi: y.hi })
        })?;
    }
    let e = c.mul(b, &log)?;
    c.exp(&e)
}

/// The angle of the point (x, y).
fn arctan2(c: &mut Context, y: &Interval, x: &Interval) -> Option<Interval> {
    if let Some(s) = x.sign().filter(|s| *s != 0) {
        let q = c.div(y, x)?;
        let angle = c.increasing(&q, |x, p, c| x.atan(p, ANY, c))?;
        if s > 0 {
            return Some(angle);
        }
        let pi = c.pi()?;
        return match y.sign()? {
            -1 => c.sub(&angle, &pi),
            _ => c.add(&angle, &pi),
        };
    }
    let s = y.sign().filter(|s| *s != 0)?;
    let q = c.div(x, y)?;
    let angle = c.increasing(&q, |x, p, c| x.atan(p, ANY, c))?;
    let pi = c.pi()?;
    let half = c.mul(&pi, &Interval::exact(0.5 * f64::from(s)))?;
    c.sub(&half, &angle)
}
