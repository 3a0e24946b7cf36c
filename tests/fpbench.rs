//! FPBench's straight-line formulas, sampled over all floats: bits of error as written and stabilised, and none worse.

mod common;
#[path = "fpbench/local.rs"]
mod local;

use common::formula::Formula;
use common::interval::Interval;
use common::sample::Random;
use common::truth::Truth;
use common::units::{F32, F64, Format, is_worse};
use gradus::array::Array;
use gradus::formula::{Core, read_fpcore};
use gradus::graph::evaluate;
use gradus::{DType, Tensor, stabilize};

/// Points per formula.
const POINTS: usize = 160;
/// Draws after which a precondition is given up on.
const DRAWS: usize = 40_000;

/// What was measured of one formula.
struct Score {
    file: String,
    name: String,
    points: usize,
    before: f64,
    after: f64,
    rules: String,
    worse: Vec<String>,
}

/// A core at some points, and its truth there.
struct Sampled {
    /// The core as written, over all points at once.
    written: Tensor,
    formula: Formula,
    format: Format,
    points: Vec<Vec<f64>>,
    truths: Vec<Interval>,
}

impl Sampled {
    /// The core over these points.
    fn written(c: &Core, points: &[Vec<f64>]) -> Tensor {
        let mut program = c.program().unwrap_or_else(|e| panic!("{}: {e}\n{}", c.name, c.formula));
        program.as_written(true);
        for (k, name) in c.arguments.iter().enumerate() {
            let all: Vec<f64> = points.iter().map(|p| p[k]).collect();
            let array = Array::from_vec(all, &[points.len()]).and_then(|a| a.cast(c.dtype)).unwrap();
            program.bind_array(name, array);
        }
        program.formulas().unwrap_or_else(|e| panic!("{}: {e}\n{}", c.name, c.formula)).swap_remove(0)
    }

    /// Points that satisfy the precondition and have a finite truth.
    fn of(c: &Core, count: usize, truth: &mut Truth, r: &mut Random) -> Sampled {
        let format = if c.dtype == DType::F32 { F32 } else { F64 };
        let formula = Formula::of(&Self::written(c, &[vec![1.0; c.arguments.len()]]), &c.arguments).unwrap();
        let (mut points, mut truths) = (vec![], vec![]);
        let mut tried = 0;
        for _ in 0..DRAWS {
            if points.len() == count || tried == 4 * count {
                break;
            }
            let point: Vec<f64> = c.ends().iter().map(|(lo, hi)| r.ordinal(format, *lo, *hi)).collect();
            if !c.holds(&point) {
                continue;
            }
            tried += 1;
            let leaves: Vec<Vec<f64>> = point.iter().map(|v| vec![*v]).collect();
            let finite = |t: &Interval| format.round(t).is_finite();
            if let Some(t) = truth.value(&formula, &leaves).swap_remove(0).filter(finite) {
                points.push(point);
                truths.push(t);
            }
        }
        Sampled { written: Self::written(c, &points), formula, format, points, truths }
    }
}

/// The errors of one formula as written and stabilised.
fn score(file: &str, c: &Core, truth: &mut Truth, seed: u64) -> Score {
    let Sampled { written, format, points, truths, .. } = Sampled::of(c, POINTS, truth, &mut Random::new(seed));
    let (stable, fired) = stabilize(&written);
    let values = |t: &Tensor| -> Vec<f64> {
        let v = evaluate(&[t], &mut vec![]).unwrap_or_else(|e| panic!("{}: {e}", c.name)).swap_remove(0).to_f64();
        // A formula of constants is one number for all points.
        if v.len() == points.len() { v } else { vec![v[0]; points.len()] }
    };
    let mut s = Score {
        file: file.into(),
        name: c.name.clone(),
        points: points.len(),
        before: 0.0,
        after: 0.0,
        rules: fired.iter().map(|f| f.rule).collect::<Vec<_>>().join(", "),
        worse: vec![],
    };
    if points.is_empty() {
        return s;
    }
    let n = points.len() as f64;
    for ((p, t), (a, b)) in points.iter().zip(&truths).zip(values(&written).iter().zip(&values(&stable))) {
        s.before += format.bits_of_error(*a, t) / n;
        s.after += format.bits_of_error(*b, t) / n;
        let (before, after) = (format.ulps(*a, t), format.ulps(*b, t));
        if is_worse(before, after) {
            s.worse.push(format!("{before:.3e} → {after:.3e} units at {p:?}"));
        }
    }
    s
}

/// The cores of a folder, and how many were left out for what reason.
fn cores(folder: &str) -> (Vec<(String, Core)>, Vec<(String, String)>) {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap_or_else(|e| panic!("{folder}: {e}"))
        .filter_map(|f| f.ok().map(|f| f.path()))
        .filter(|p| p.extension().is_some_and(|e| e == "fpcore"))
        .collect();
    files.sort();
    let (mut found, mut left_out) = (vec![], vec![]);
    for path in files {
        let file = path.file_stem().unwrap_or_default().to_string_lossy().to_string();
        let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        for core in read_fpcore(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display())) {
            match core {
                Ok(c) => found.push((file.clone(), c)),
                Err(refused) => left_out.push((file.clone(), refused.what)),
            }
        }
    }
    (found, left_out)
}

/// What `f` gives for all cores, on two threads.
fn each<T: Send>(cores: &[(String, Core)], f: impl Fn(usize, &str, &Core, &mut Truth) -> T + Sync) -> Vec<T> {
    let (n, f) = (cores.len(), &f);
    let part = |k: usize| {
        let mut truth = Truth::new();
        let of = |i: usize| (i, f(i, &cores[i].0, &cores[i].1, &mut truth));
        let all: Vec<(usize, T)> = (0..n).filter(|i| i % 2 == k).map(of).collect();
        assert!(truth.missing.is_empty(), "no reference for {:?}", truth.missing);
        all
    };
    let mut all = std::thread::scope(|s| {
        let threads = [0, 1].map(|k| s.spawn(move || part(k)));
        threads.into_iter().flat_map(|t| t.join().expect("a thread of the test")).collect::<Vec<_>>()
    });
    all.sort_by_key(|(i, _)| *i);
    all.into_iter().map(|(_, s)| s).collect()
}

/// The folder of FPBench's cores, if it is named.
fn folder() -> Option<String> {
    let folder = std::env::var("GRADUS_FPBENCH").ok();
    if folder.is_none() {
        println!("GRADUS_FPBENCH is not set: it names the folder of FPBench's .fpcore files");
    }
    folder
}

/// Mean bits of error as written and stabilised.
fn mean<'a>(scores: impl Iterator<Item = &'a Score>) -> (f64, f64) {
    let (mut n, mut before, mut after) = (0.0, 0.0, 0.0);
    for s in scores.filter(|s| s.points > 0) {
        n += 1.0;
        before += s.before;
        after += s.after;
    }
    (before / n, after / n)
}

#[test]
fn no_formula_of_fpbench_is_worse() {
    let Some(folder) = folder() else { return };
    let (cores, left_out) = cores(&folder);
    let scores = each(&cores, |i, file, core, truth| score(file, core, truth, i as u64 + 1));
    println!("{:<24} {:<44} {:>6} {:>7} {:>7} {:>6}  rules", "file", "formula", "points", "before", "after", "worse");
    for s in &scores {
        let (file, name): (String, String) = (s.file.clone(), s.name.chars().take(44).collect());
        println!(
            "{file:<24} {name:<44} {:>6} {:>7.2} {:>7.2} {:>6}  {}",
            s.points,
            s.before,
            s.after,
            s.worse.len(),
            s.rules
        );
    }
    let mut reasons: Vec<&str> = left_out.iter().map(|(_, why)| why.as_str()).collect();
    reasons.sort();
    println!("{} formulas, {} left out for {reasons:?}", scores.len(), left_out.len());
    let (before, after) = mean(scores.iter());
    println!("all: {before:.2} bits of error as written, {after:.2} stabilised");
    let (before, after) = mean(scores.iter().filter(|s| s.file.starts_with("hamming")));
    println!("Hamming's: {before:.2} bits of error as written, {after:.2} stabilised (target 6.5)");
    let worse: Vec<String> = scores
        .iter()
        .filter(|s| !s.worse.is_empty())
        .map(|s| format!("{} [{}]: {} points, {}", s.name, s.rules, s.worse.len(), s.worse[0]))
        .collect();
    assert!(worse.is_empty(), "{} formulas are worse somewhere:\n{}", worse.len(), worse.join("\n"));
}
