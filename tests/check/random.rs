//! Random graphs beside high precision: truth is truth, nothing right is accused, nothing wrong passes, no bound is too small.

use gradus::graph::evaluate;
use gradus::numerics::check::{Shadow, certify, tolerance};
use gradus::{Array, DType, Severity, Tensor, check};

use super::common::formula::{Formula, Node, row};
use super::common::sample::Random;
use super::common::truth::{Truth, Value};
use super::common::units::{F32, F64, Format};

// Without circular functions, whose truth at exp(exp(9)) takes arbitrary precision minutes; FPBench has them.
const UNARY: [&str; 12] =
    ["exp", "log", "sqrt", "tanh", "neg", "abs", "square", "log1p", "expm1", "arctan", "reciprocal", "maximum"];
const BINARY: [&str; 6] = ["add", "sub", "mul", "div", "add", "sub"];

/// A random graph over three leaves and a few constants, with shared nodes.
fn graph(r: &mut Random) -> Formula {
    let mut f = Formula::default();
    for v in [1.0, 0.5, 2.0] {
        f.push(Node::Number(v));
    }
    for name in ["x", "y", "z"] {
        f.leaf(name);
    }
    for _ in 0..3 + r.below(9) {
        let n = f.nodes.len();
        // New nodes are used more than old ones; constants among themselves are folded, and rounded.
        let a = if r.below(2) == 0 { n - 1 } else { 3 + r.below(n - 3) };
        let b = r.below(n);
        let node = if r.below(2) == 0 {
            let name = UNARY[r.below(UNARY.len())];
            // One of two operands is a number.
            let args = if name == "maximum" { vec![a, 0] } else { vec![a] };
            Node::Op(row(name).unwrap(), args)
        } else {
            Node::Op(row(BINARY[r.below(BINARY.len())]).unwrap(), vec![a, b])
        };
        f.push(node);
    }
    f
}

/// Points of moderate numbers, numbers near one another, and large ones.
fn points(r: &mut Random, format: Format, n: usize) -> Vec<Vec<f64>> {
    let fit = |v: f64| if format == F32 { f64::from(v as f32) } else { v };
    let mut one = || match r.below(4) {
        0 => 2000.0 * r.unit() - 1000.0,
        1 => 4.0 * r.unit() - 2.0,
        _ => r.moderate(),
    };
    let mut all = vec![];
    for k in 0..n {
        let x = one();
        let near = x * (1.0 + f64::from(format.bits == 24) * 1e-5 + 1e-9 * k as f64);
        all.push(vec![fit(x), fit(if k % 3 == 0 { near } else { one() }), fit(one())]);
    }
    all
}

fn leaves(points: &[Vec<f64>], dtype: DType) -> Vec<Tensor> {
    let leaf = |k: usize| {
        let column = points.iter().map(|p| p[k]).collect();
        Tensor::new(Array::from_vec(column, &[points.len()]).and_then(|a| a.cast(dtype)).unwrap())
    };
    (0..3).map(leaf).collect()
}

/// How far a computed number is from the truth, as a part of it; `None` where the truth is not known.
fn part(got: f64, truth: &Value, format: Format) -> Option<f64> {
    let truth = truth[0].as_ref()?;
    let near = format.round(truth);
    // What leaves the format, or comes near its smallest numbers, is judged by other rules.
    if !near.is_finite() || near.abs() < 2f64.powi(format.smallest + 4) {
        return None;
    }
    Some(if got.is_finite() { (got - near).abs() / near.abs() } else { f64::INFINITY })
}

#[test]
fn verdicts_on_random_graphs_are_those_of_high_precision() {
    let (mut judged, mut wrong, mut certified) = (0, 0, 0);
    let mut faults = vec![];
    let mut truth = Truth::new();
    for seed in 0..600u64 {
        let mut r = Random::new(seed + 1);
        let (format, dtype) = if seed % 2 == 0 { (F64, DType::F64) } else { (F32, DType::F32) };
        let f = graph(&mut r);
        let points = points(&mut r, format, 12);
        let limit = tolerance(dtype.format().unwrap());
        let y = f.tensor(&leaves(&points, dtype), false);
        let got = evaluate(&[&y], &mut vec![]).unwrap().swap_remove(0).to_f64();
        let doubtful = certify(&[&y]).unwrap().doubtful.swap_remove(0);
        let shadow = Shadow::of(&[&y]);
        let exact = &shadow.of_tensor(&y).unwrap().exact;
        for (i, p) in points.iter().enumerate() {
            let (at, got) = (i % got.len(), got[i % got.len()]);
            let columns: Vec<Vec<f64>> = p.iter().map(|v| vec![*v]).collect();
            let value = truth.value(&f, &columns);
            let Some(error) = part(got, &value, format) else { continue };
            judged += 1;
            // What wide numbers know is so.
            let w = exact[at];
            let near = F64.round(value[0].as_ref().unwrap());
            let apart = (w.to_f64() - near).abs() / near.abs();
            if w.is_known(1e-20) && apart > 1e-15 {
                faults.push(format!("seed {seed}: {y} at {p:?} is {near}, and not {}", w.to_f64()));
            }
            if !doubtful.contains(&at) {
                certified += 1;
                if error > limit {
                    faults.push(format!("seed {seed}: {y} at {p:?} has a bound, and is wrong by {error:.2e}"));
                }
            }
            let one = f.tensor(&leaves(std::slice::from_ref(p), dtype), false);
            let report = check(&one).unwrap();
            let loud = report.findings.iter().any(|f| f.severity != Severity::Note);
            wrong += usize::from(error > 2.0 * limit);
            if loud && error < 0.5 * limit || !loud && error > 2.0 * limit && w.is_known(1e-12) {
                faults.push(format!("seed {seed}: {y} at {p:?} is wrong by {error:.2e}: {report}"));
            }
        }
    }
    println!("{judged} results, {wrong} of them wrong, {certified} with a bound that says they are right");
    assert!(truth.missing.is_empty(), "{:?}", truth.missing);
    assert!(judged > 2000 && wrong > 50 && certified > 1000, "{judged} {wrong} {certified}");
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults[..faults.len().min(20)].join("\n"));
}

#[test]
fn of_many_numbers_few_are_looked_at_and_told_with_their_places() {
    let mut x = vec![2.0; 30_000];
    (x[12_345], x[20_000]) = (800.0, 900.0);
    let x = Tensor::new(Array::from_vec(x, &[100, 300]).unwrap()).named("x");
    let report = check(&(1.0 + x.exp()).log()).unwrap();
    let f = &report.findings[0];
    assert_eq!((report.findings.len(), f.op, f.count), (1, "exp", 2), "{report}");
    assert!(f.index == [41, 45] || f.index == [66, 200], "{:?}", f.index);
    assert!(f.operands == [800.0] || f.operands == [900.0], "{:?}", f.operands);
    assert_eq!(f.fix.as_ref().map(|x| x.formula.as_str()), Some("softplus(x)"));
    // A sum of all of them is one number, and the fault is found in the array.
    let report = check(&(1.0 + x.exp()).log().sum(())).unwrap();
    assert_eq!(report.findings.first().map(|f| f.op), Some("exp"), "{report}");
    assert!(check(&(1.0 + (-&x).exp()).log().sum(())).unwrap().is_clean());
}
