//! Every rule of the table: both sides equal, the right one never worse, for value and derivative, and it fires.

mod common;

use std::collections::BTreeSet;

use common::formula::{Bindings, Formula};
use common::interval::Interval;
use common::sample::{Random, points};
use common::truth::Truth;
use common::units::{F32, F64, Format, is_worse};
use gradus::array::Array;
use gradus::calculus;
use gradus::graph::evaluate;
use gradus::numerics::all_rules;
use gradus::numerics::rules::Rule;
use gradus::text::{Expr, ExprKind, parse_expr};
use gradus::{DType, Tensor, stabilize, vjp};

/// Points per instance of a rule and format.
const POINTS: usize = 60;
/// Elements of a vector.
const LENGTH: usize = 3;

/// Rules that do not fire on their own left side, and why.
const SHADOWED: &[(&str, &str)] = &[
    ("log of sigmoid", "the meaning of log_sigmoid is the same formula"),
    ("log of softmax", "the meaning of log_softmax is the same formula"),
    ("exp of log_softmax", "its meaning begins with a logarithm, which exp undoes"),
    ("sigmoid of minus", "the meaning of sigmoid says the same of -x"),
    ("softplus minus x", "the rule `softplus plus x` says the same of -x"),
    ("log of power", "for the power -1 there is `log of reciprocal`"),
    ("difference of logarithms", "for a = b + 1 there is `difference of log1p`"),
];

/// A rule with its variables bound so that its condition holds.
struct Instance {
    rule: Rule,
    bindings: Bindings,
    before: Formula,
    after: Formula,
    lengths: Vec<usize>,
}

/// What multiplies the ways in which variables may be bound: one list of texts per variable.
type Choices = Vec<(String, Vec<String>)>;

/// Numbers that a variable may stand for where it must be constant.
const CONSTANTS: &[&str] = &["2", "3", "-1", "0.7", "1.5", "-0.7", "0.3333333333333333"];

/// Whether a constant satisfies a condition; `None` if the condition is not one on constants.
fn allowed(condition: &str, c: f64) -> Option<bool> {
    Some(match condition {
        "constant" => true,
        "other" => c != 1.0,
        "fraction" => c.fract() != 0.0,
        "odd_or_fraction" => c % 2.0 != 0.0,
        "above_one" => c > 1.0,
        _ => return None,
    })
}

/// The texts that a rule's conditions allow for its variables.
fn choices(rule: &Rule) -> Result<Choices, String> {
    let conditions: Vec<(&str, &str)> =
        rule.when.split(';').filter_map(|c| c.trim().trim_end_matches(')').split_once('(')).collect();
    let exponents = exponents(&parse_expr(rule.before).map_err(|e| e.to_string())?);
    let numbers: BTreeSet<String> = conditions
        .iter()
        .filter(|(name, _)| allowed(name, 2.0).is_some())
        .map(|(_, v)| v.to_string())
        .chain(exponents)
        .collect();
    let fits = |v: &str, text: &str| {
        let c: f64 = text.parse().unwrap_or(f64::NAN);
        let holds = |name: &str| match name {
            "positive" | "nonnegative" => c > 0.0,
            _ => allowed(name, c).unwrap_or(true),
        };
        conditions.iter().filter(|(_, argument)| *argument == v).all(|(name, _)| holds(name))
    };
    let mut out: Choices = numbers
        .iter()
        .map(|v| (v.clone(), CONSTANTS.iter().filter(|t| fits(v, t)).take(3).map(|t| t.to_string()).collect()))
        .collect();
    for (name, argument) in conditions.iter().filter(|(_, v)| !numbers.contains(*v)) {
        match *name {
            "data" | "simple" | "plain" | "uniform" | "whole" | "spread" => {}
            // A sum that is known to be above zero and rounds to what is added to next to nothing.
            "positive" => out.push((argument.to_string(), vec!["1e-300 + abs(u)".into()])),
            "nonnegative" => out.push((argument.to_string(), vec!["abs(u)".into()])),
            "cancels" => out.push(cancelling(argument)?),
            other => return Err(format!("no instance is known for the condition `{other}`")),
        }
    }
    Ok(out)
}

/// For a sum that begins with a bare variable: that variable as what makes the rest cancel, plus h or one.
fn cancelling(sum: &str) -> Result<(String, Vec<String>), String> {
    let e = parse_expr(sum).map_err(|e| e.to_string())?;
    let ExprKind::Binary { first, rest } = &e.kind else { return Err(format!("`{sum}` is no sum")) };
    let ExprKind::Name(v) = &first.kind else { return Err(format!("`{sum}` begins with no variable")) };
    let flipped = |s: &gradus::text::Step<gradus::text::BinaryOp>| {
        let sign = if s.op.symbol() == "-" { "+" } else { "-" };
        format!(" {sign} {}", s.expr)
    };
    let others: String = rest.iter().map(flipped).collect();
    let others = others.trim_start_matches(" + ").to_string();
    Ok((v.clone(), vec![format!("{others} + h"), format!("{others} + 1")]))
}

/// Variables that stand as exponents.
fn exponents(e: &Expr) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    let mut pending = vec![e];
    while let Some(e) = pending.pop() {
        match &e.kind {
            ExprKind::Power { base, exponent } => {
                if let ExprKind::Name(n) = &exponent.kind {
                    out.insert(n.clone());
                }
                pending.extend([&**base, &**exponent]);
            }
            ExprKind::Unary(_, x) => pending.push(x),
            ExprKind::Binary { first, rest } => {
                pending.push(first);
                pending.extend(rest.iter().map(|s| &s.expr));
            }
            ExprKind::Call(call) => pending.extend(call.args.positional.iter()),
            _ => {}
        }
    }
    out
}

/// All instances of a rule.
fn instances(rule: Rule) -> Result<Vec<Instance>, String> {
    let mut all = vec![Bindings::new()];
    for (name, texts) in choices(&rule)? {
        all = all
            .into_iter()
            .flat_map(|b| {
                texts.iter().map({
                    let name = name.clone();
                    move |t| {
                        let mut b = b.clone();
                        b.insert(name.clone(), t.clone());
                        b
                    }
                })
            })
            .collect();
    }
    let of = |bindings: Bindings| {
        let before = Formula::parse(rule.before, &bindings, &[])?;
        let after = Formula::parse(rule.after, &bindings, &before.leaves)?;
        let scalar = |leaf: &String| rule.when.contains(&format!("uniform({leaf})"));
        let vector = before.has_vectors();
        let lengths = before.leaves.iter().map(|l| if vector && !scalar(l) { LENGTH } else { 1 }).collect();
        Ok(Instance { rule, bindings, before, after, lengths })
    };
    // Without a leaf nothing is left to compare.
    let all: Result<Vec<Instance>, String> = all.into_iter().map(of).collect();
    Ok(all?.into_iter().filter(|i| !i.lengths.is_empty()).collect())
}

/// Points at which an instance is compared, with the truth there.
struct Samples {
    points: Vec<Vec<Vec<f64>>>,
    values: Vec<Vec<Option<Interval>>>,
    slopes: Vec<Vec<Option<Interval>>>,
}

/// Leaves that hold points, one a row where there are several; `kept` if vectors have a second axis beside that.
fn leaves(points: &[Vec<Vec<f64>>], lengths: &[usize], kept: bool, format: Format) -> Vec<Tensor> {
    let dtype = if format == F64 { DType::F64 } else { DType::F32 };
    let leaf = |(k, n): (usize, &usize)| {
        let all: Vec<f64> = points.iter().flat_map(|p| p[k].iter().copied()).collect();
        let shape = match (kept, *n) {
            (true, n) => vec![points.len(), n],
            (false, 1) => vec![points.len()],
            (false, n) => vec![n],
        };
        Tensor::from(Array::from_vec(all, &shape).and_then(|a| a.cast(dtype)))
    };
    lengths.iter().enumerate().map(leaf).collect()
}

/// Both sides over these leaves, the right one as the rule makes it: what cancels is gone.
fn sides(i: &Instance, leaves: &[Tensor], kept: bool) -> (Tensor, Tensor) {
    let left = i.before.tensor(leaves, kept);
    let whole = stabilize(&left).1.into_iter().find(|f| f.rule == i.rule.name && f.before.key() == left.key());
    let right = whole.map_or_else(|| i.after.tensor(leaves, kept), |f| f.after);
    (left, right)
}

/// Elements of a value, or none.
fn elements(t: &Tensor) -> Vec<f64> {
    evaluate(&[t], &mut vec![]).map_or(vec![], |v| v[0].to_f64())
}

/// Derivatives of the first element of every row in every leaf: as written, or as `grad` gives them, stabilised before
/// and after.
fn slopes(y: &Tensor, rows: usize, leaves: &[Tensor], written: bool) -> Vec<Vec<f64>> {
    let xs: Vec<&Tensor> = leaves.iter().collect();
    if !y.dtype().is_ok_and(DType::is_float) {
        return vec![vec![]; xs.len()];
    }
    let shape = y.shape().map(<[usize]>::to_vec).unwrap_or_default();
    let n: usize = shape.iter().product();
    let seed = (0..n).map(|k| if k % (n / rows) == 0 { 1.0 } else { 0.0 }).collect();
    let dy: [Tensor; 1] = [Array::from_vec(seed, &shape).and_then(|a| a.cast(y.dtype()?)).into()];
    let g = if written { calculus::vjp(&[y], &dy, &xs) } else { vjp(&[y], &dy, &xs) };
    g.iter().map(elements).collect()
}

/// The errors of both sides at one place, in units.
#[derive(Clone, Default)]
struct Errors {
    before: f64,
    after: f64,
    at: String,
}

/// What was found about a rule: largest errors, the point that gains most, and what is wrong.
#[derive(Default)]
struct Findings {
    points: usize,
    value: [Errors; 2],
    slope: [Errors; 2],
    gain: Errors,
    wrong: Vec<String>,
}

/// Bits of error, of at most 64.
fn bits(ulps: f64) -> f64 {
    (ulps + 1.0).log2().min(64.0)
}

impl Findings {
    /// Takes note of the errors at one place.
    fn note(&mut self, what: &str, format: Format, e: Errors) {
        let f = usize::from(format == F32);
        if is_worse(e.before, e.after) {
            self.wrong.push(format!(
                "{what} {}: {:.4} units before, {:.4} after, at {}",
                format.name, e.before, e.after, e.at
            ));
        }
        if what == "value" && bits(e.before) - bits(e.after) > bits(self.gain.before) - bits(self.gain.after) {
            self.gain = e.clone();
        }
        let worst = if what == "value" { &mut self.value[f] } else { &mut self.slope[f] };
        worst.before = worst.before.max(e.before);
        if e.after > worst.after {
            (worst.after, worst.at) = (e.after, e.at);
        }
    }

    /// Compares the sides of an instance at all samples at once.
    fn compare(&mut self, i: &Instance, samples: &Samples, format: Format) {
        let rows = samples.points.len();
        let kept = i.before.has_vectors();
        let leaves = leaves(&samples.points, &i.lengths, kept, format);
        let (left, right) = sides(i, &leaves, kept);
        let (before, after) = (elements(&left), elements(&right));
        if before.len() != after.len() {
            self.wrong.push(format!("{} elements became {} with {:?}", before.len(), after.len(), i.bindings));
            return;
        }
        let at = |k: usize| {
            let name = |(n, v): (&String, &Vec<f64>)| format!("{n} = {v:?}");
            let place: Vec<String> = i.before.leaves.iter().zip(&samples.points[k]).map(name).collect();
            format!("{} {:?}", place.join(", "), i.bindings)
        };
        let (old, new) = (slopes(&left, rows, &leaves, true), slopes(&right, rows, &leaves, false));
        let width = before.len() / rows;
        for k in 0..rows {
            for (e, t) in samples.values[k].iter().enumerate() {
                let (Some(t), j) = (t, k * width + e) else { continue };
                let e = Errors { before: format.ulps(before[j], t), after: format.ulps(after[j], t), at: at(k) };
                self.note("value", format, e);
            }
            for (x, t) in samples.slopes[k].iter().enumerate() {
                let Some(t) = t else { continue };
                let of = |g: &[Vec<f64>]| format.ulps(g[x].get(k * i.lengths[x]).copied().unwrap_or(f64::NAN), t);
                let at = format!("d/d{} {}", i.before.leaves[x], at(k));
                self.note("slope", format, Errors { before: of(&old), after: of(&new), at });
            }
        }
    }

    /// The points of an instance where its left side is finite, with the truth; checks that the sides are equal.
    fn samples(&mut self, i: &Instance, truth: &mut Truth, r: &mut Random, format: Format) -> Samples {
        let differentiable = !i.rule.before.starts_with("arg");
        let mut out = Samples { points: vec![], values: vec![], slopes: vec![] };
        for point in points(r, format, &i.lengths, POINTS) {
            let left = truth.value(&i.before, &point);
            if left.iter().all(Option::is_none) {
                continue;
            }
            let right = truth.value(&i.after, &point);
            let differ = |(l, r): (&Option<Interval>, &Option<Interval>)| match (l, r) {
                (Some(l), Some(r)) => !l.meets(r),
                // What has no enclosure is judged by its error as a float.
                _ => false,
            };
            if left.iter().zip(&right).any(differ) {
                let show = |v: &[Option<Interval>]| {
                    v.iter().map(|v| v.as_ref().map_or(f64::NAN, |v| F64.round(v))).collect::<Vec<_>>()
                };
                let (left, right) = (show(&left), show(&right));
                self.wrong.push(format!("the sides differ: {left:?} and {right:?} at {point:?} {:?}", i.bindings));
            }
            let slope = |k| if differentiable { truth.derivative(&i.before, &point, k, 0) } else { None };
            out.slopes.push((0..point.len()).map(slope).collect());
            out.values.push(left);
            out.points.push(point);
        }
        out
    }

    /// Samples one instance.
    fn sample(&mut self, i: &Instance, truth: &mut Truth, r: &mut Random) {
        for format in [F64, F32] {
            let samples = self.samples(i, truth, r, format);
            self.points += samples.points.len();
            if samples.points.is_empty() {
                continue;
            }
            // Numbers of the narrow format are numbers of the wide one too.
            self.compare(i, &samples, F64);
            if format == F32 {
                self.compare(i, &samples, F32);
            }
        }
    }

    /// Checks that the rule fires on its left side, or that something better does.
    fn fires(&mut self, i: &Instance) {
        let point: Vec<Vec<f64>> = i.lengths.iter().map(|n| (0..*n).map(|k| 0.5 + k as f64).collect()).collect();
        let (_, fired) = stabilize(&i.before.tensor(&leaves(&[point], &i.lengths, false, F64), false));
        let shadowed = SHADOWED.iter().any(|(name, _)| *name == i.rule.name);
        if !shadowed && !fired.iter().any(|f| f.rule == i.rule.name) {
            let names: Vec<&str> = fired.iter().map(|f| f.rule).collect();
            self.wrong.push(format!("does not fire with {:?}; these do: {names:?}", i.bindings));
        }
    }
}

/// Everything about one rule.
fn examine(rule: Rule, truth: &mut Truth, seed: u64) -> Findings {
    let mut findings = Findings::default();
    let mut r = Random::new(seed);
    match instances(rule) {
        Ok(all) => {
            for i in &all {
                findings.fires(i);
                findings.sample(i, truth, &mut r);
            }
        }
        Err(e) => findings.wrong.push(e),
    }
    if findings.points == 0 {
        findings.wrong.push("no point of the domain was found".into());
    }
    findings.wrong.extend(truth.missing.drain(..).map(|op| format!("`{op}` has no reference yet")));
    findings
}

/// An error for the table.
fn show(e: f64) -> String {
    if e >= 1e5 { format!("{e:.0e}") } else { format!("{e:.1}") }
}

#[test]
fn every_rule_is_right_and_never_worse() {
    let only = std::env::var("GRADUS_RULE").ok();
    let all: Vec<(u64, Rule)> =
        (1..).zip(all_rules()).filter(|(_, r)| only.as_ref().is_none_or(|o| o == r.name)).collect();
    let found: Vec<(Rule, Findings)> = std::thread::scope(|s| {
        let threads: Vec<_> = (0..2)
            .map(|k| {
                let mine: Vec<_> = all.iter().copied().skip(k).step_by(2).collect();
                s.spawn(move || {
                    let mut truth = Truth::new();
                    mine.into_iter().map(|(seed, r)| (seed, r, examine(r, &mut truth, seed))).collect::<Vec<_>>()
                })
            })
            .collect();
        let mut out: Vec<_> = threads.into_iter().flat_map(|t| t.join().expect("a thread of the test")).collect();
        out.sort_by_key(|(seed, ..)| *seed);
        out.into_iter().map(|(_, r, f)| (r, f)).collect()
    });
    println!("{:<28} {:>6} | value, units before → after: f64, f32 | derivative: f64, f32", "rule", "points");
    for (rule, f) in &found {
        let pair = |e: &Errors| format!("{:>8} → {:<8}", show(e.before), show(e.after));
        let columns: Vec<String> = f.value.iter().chain(&f.slope).map(pair).collect();
        println!(
            "{:<28} {:>6} | {} | saves {:.0} bits at {}",
            rule.name,
            f.points,
            columns.join(" | "),
            bits(f.gain.before) - bits(f.gain.after),
            f.gain.at
        );
    }
    let wrong: Vec<String> = found
        .iter()
        .filter(|(_, f)| !f.wrong.is_empty())
        .map(|(r, f)| {
            format!(
                "{} ({} → {}): {} findings\n    {}",
                r.name,
                r.before,
                r.after,
                f.wrong.len(),
                f.wrong[..f.wrong.len().min(4)].join("\n    ")
            )
        })
        .collect();
    assert!(wrong.is_empty(), "{} rules:\n{}", wrong.len(), wrong.join("\n"));
}
