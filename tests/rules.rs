//! Every rule of the table: both sides equal, the right one never worse, for value and derivative, and it fires.

mod common;

use common::instance::{Instance, instances};
use common::interval::Interval;
use common::sample::{Random, points};
use common::truth::Truth;
use common::units::{F32, F64, Format, is_worse};
use gradus::array::Array;
use gradus::calculus;
use gradus::graph::evaluate;
use gradus::numerics::rules::Rule;
use gradus::numerics::{SERIES, all_rules};
use gradus::{DType, Tensor, stabilize, vjp};

/// Points per instance of a rule and format.
const POINTS: usize = 60;

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

/// Rules that are worse somewhere and wait to be mended. A rule that is in order must leave this list: the test says so.
const OPEN: &[(&str, &str)] = &[
    ("power of exp", "c*x rounds before exp: |c*x| units, where exp(x) to a power has a few"),
    ("sigmoid of two", "a - b rounds: |a - b| units"),
    ("x log of x times", "1/b rounds, which is felt where a*b is near 1; its slope in b overflows"),
    ("x log of scaled ratio", "the slope in b by way of c/b overflows"),
    ("hypot minus other", "the slope at the ends of the range"),
    ("difference of powers", "the slope is a difference itself and cancels"),
    ("difference of tangents", "the slope is taken of the rewritten form, where a = b + h may be exact"),
    ("variance", "deviations from the mean overflow at the end of the range"),
    ("covariance", "deviations from the mean overflow at the end of the range"),
    ("weighted variance", "`scale out` divides all rows by one scale, which underflows rows of another size"),
    ("weighted mean variance", "`scale out` divides all rows by one scale, which underflows rows of another size"),
    ("power sum", "the slope by way of powers of the scale, at the ends of the range"),
    ("power mean", "the slope by way of powers of the scale, at the ends of the range"),
    ("weighted power sum", "the slope by way of powers of the scale, at the ends of the range"),
    ("weighted power mean", "the slope by way of powers of the scale, at the ends of the range"),
    ("digamma_step", "b below 0"),
    ("difference of exponentials", "the slope where exp(b) overflows and exp(a) - exp(b) does not"),
    ("difference of squares", "the slope at the end of the range"),
    ("weighted squared distance", "weights of both signs cancel; the slope at the end of the range"),
    ("hypot minus value", "the slope at the end of the range"),
    ("log of one plus scaled square", "the slope in b where x and b are the smallest numbers"),
    ("sum of squares about the mean", "deviations from the mean overflow at the end of the range"),
    ("sum of products about the means", "deviations from the mean overflow at the end of the range"),
    ("power of a product", "the slope by way of powers, at the ends of the range"),
    ("beta function", "the slope where two digammas nearly cancel"),
    ("binomial coefficient", "the slope where two digammas nearly cancel"),
    ("entropy by sums", "the slope where elements are nearly equal"),
    ("quadratic root less b", "the slopes in f32 where b**2 leaves the range"),
    ("second difference of reciprocals", "the slope at the end of the range of f32"),
    ("x cos minus sin", "the slope of the continued fraction, 10 units where it ends"),
    ("coth minus reciprocal", "the slope of the continued fraction, 10 units where it ends"),
    ("versin over square", "the slope of the quotient beyond the series, 7 units"),
    ("log1p over x", "the slope of the quotient beyond the series, 6 units"),
    ("erfcx", "the slope 2*x*erfcx(x) - 2/sqrt(pi) cancels for large x"),
];

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
            // A series is cut where what follows is below half a unit; everything else is an identity.
            let cut = SERIES.iter().any(|s| s.name == i.rule.name);
            let differ = |(l, r): (&Option<Interval>, &Option<Interval>)| match (l, r) {
                (Some(l), Some(r)) if cut => F64.ulps(F64.round(r), l) > 1.0,
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

/// What the points of a rule begin with: its own, so that a new rule leaves those of others where they are.
fn seed(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3))
}

/// An error for the table.
fn show(e: f64) -> String {
    if e >= 1e5 { format!("{e:.0e}") } else { format!("{e:.1}") }
}

#[test]
fn every_rule_is_right_and_never_worse() {
    let only = std::env::var("GRADUS_RULE").unwrap_or_default();
    let names: Vec<&str> = only.split(", ").filter(|n| !n.is_empty()).collect();
    let all: Vec<(u64, Rule)> = all_rules()
        .into_iter()
        .map(|r| (seed(r.name), r))
        .filter(|(_, r)| names.is_empty() || names.contains(&r.name))
        .collect();
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
        let out: Vec<_> = threads.into_iter().flat_map(|t| t.join().expect("a thread of the test")).collect();
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
    let is_open = |r: &Rule| OPEN.iter().any(|(name, _)| *name == r.name);
    let wrong: Vec<String> = found
        .iter()
        .filter(|(r, f)| f.wrong.is_empty() == is_open(r))
        .map(|(r, f)| {
            let few = f.wrong[..f.wrong.len().min(4)].join("\n    ");
            let title = format!("{} ({} → {}): {} findings", r.name, r.before, r.after, f.wrong.len());
            if f.wrong.is_empty() { format!("{title}: take it off the list") } else { format!("{title}\n    {few}") }
        })
        .collect();
    let open: Vec<String> = found
        .iter()
        .filter(|(r, _)| is_open(r))
        .map(|(r, f)| format!("{}: {} findings, {}", r.name, f.wrong.len(), f.wrong.first().map_or("", |w| w)))
        .collect();
    println!("open, {} rules:\n{}", open.len(), open.join("\n"));
    assert!(wrong.is_empty(), "{} rules:\n{}", wrong.len(), wrong.join("\n"));
}
