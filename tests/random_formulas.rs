//! Random formulas: nothing panics, the stabiliser keeps shape and dtype, and values and gradients agree with plain ones.

mod common;

use common::sample::Random;
use gradus::array::Array;
use gradus::calculus;
use gradus::graph::evaluate;
use gradus::ops::keep;
use gradus::{DType, Tensor, grad, stabilize};

/// Formulas tried.
const FORMULAS: u64 = 1500;
/// How far stabilised and plain results may lie apart, beside what a change of the inputs in the last places makes.
const TOLERANCE: f64 = 1e-9;

/// Shapes of the leaves: a matrix, a row, a column, a scalar; they all broadcast.
const SHAPES: [&[usize]; 4] = [&[2, 3], &[3], &[2, 1], &[]];

/// Leaves with these factors on their elements.
fn leaves(data: &[Vec<f64>], factor: f64, dtype: DType) -> Vec<Tensor> {
    let leaf = |(v, shape): (&Vec<f64>, &&[usize])| {
        let v: Vec<f64> = v.iter().map(|x| x * factor).collect();
        Tensor::from(Array::from_vec(v, shape).and_then(|a| a.cast(dtype)))
    };
    data.iter().zip(&SHAPES).map(leaf).collect()
}

/// Elements between ½ and 2 for every leaf.
fn benign(r: &mut Random) -> Vec<Vec<f64>> {
    let element = |r: &mut Random| 0.5 + 1.5 * r.unit();
    SHAPES.iter().map(|s| (0..s.iter().product()).map(|_| element(r)).collect()).collect()
}

/// A formula of at most this depth; the same random numbers give the same formula over other leaves.
fn formula(r: &mut Random, leaves: &[Tensor], depth: usize) -> Tensor {
    if depth == 0 || r.below(8) == 0 {
        return match r.below(6) {
            0 => Tensor::from([0.5, 1.0, 2.0, 3.0][r.below(4)]),
            k => leaves[(k - 1) % leaves.len()].clone(),
        };
    }
    let x = formula(r, leaves, depth - 1);
    match r.below(15) {
        0 | 1 => x + formula(r, leaves, depth - 1),
        2 | 3 => x - formula(r, leaves, depth - 1),
        4 | 5 => x * formula(r, leaves, depth - 1),
        6 => x / formula(r, leaves, depth - 1),
        7 => x.exp(),
        8 => x.log(),
        9 => x.sqrt(),
        10 => x.tanh(),
        11 => x.sigmoid(),
        12 => x.square(),
        13 if r.below(2) == 0 => {
            if x.shape().is_ok_and(|s| s.is_empty()) {
                x
            } else {
                x.sum(keep(-1))
            }
        }
        13 => {
            if x.shape().is_ok_and(|s| s.is_empty()) {
                x
            } else {
                x.mean(-1).expand_dims(-1)
            }
        }
        _ => {
            let other = formula(r, leaves, depth - 1);
            Tensor::select(&x.greater(&other), &x, &other)
        }
    }
}

/// Plain values, or none where evaluation fails.
fn plain(t: &Tensor) -> Option<Vec<f64>> {
    evaluate(&[t], &mut vec![]).ok().map(|v| v[0].to_f64())
}

/// The sum of a formula and its gradient in the first leaf, without the stabiliser.
fn plain_gradient(y: &Tensor, x: &Tensor) -> Option<Vec<f64>> {
    let total = y.sum(());
    calculus::vjp(&[&total], &[Tensor::from(1.0)], &[x]).first().and_then(plain)
}

/// Whether results agree as far as the plain one can be trusted: not more than it changes with the inputs.
fn agree(got: &[f64], want: &[f64], moved: &[f64]) -> bool {
    // Large intermediate results that cancel leave less than the change shows.
    let near = |(g, (w, m)): (&f64, (&f64, &f64))| {
        let allowed = TOLERANCE * w.abs().max(1e-3) + 1e3 * (w - m).abs();
        !w.is_finite() || !m.is_finite() || (g - w).abs() <= allowed
    };
    got.len() == want.len() && got.iter().zip(want.iter().zip(moved)).all(near)
}

#[test]
fn stabilised_formulas_agree_with_plain_ones() {
    let (mut compared, mut wrong) = (0, vec![]);
    for seed in 1..=FORMULAS {
        let mut r = Random::new(seed);
        let data = benign(&mut r);
        let build = |factor: f64| {
            let leaves = leaves(&data, factor, DType::F64);
            (formula(&mut Random::new(seed + 1_000_000), &leaves, 5), leaves)
        };
        let ((y, x), (moved, moved_x)) = (build(1.0), build(1.0 + 1e-13));
        let (stable, fired) = stabilize(&y);
        let rules = || fired.iter().map(|f| f.rule).collect::<Vec<_>>().join(", ");
        assert_eq!(stable.shape().ok(), y.shape().ok(), "{y} by {}", rules());
        assert_eq!(stable.dtype().ok(), y.dtype().ok(), "{y} by {}", rules());
        let (Some(got), Some(want), Some(other)) = (plain(&stable), plain(&y), plain(&moved)) else { continue };
        compared += 1;
        if !agree(&got, &want, &other) {
            wrong.push(format!("{seed}: {y}\n  {want:?}\n  {got:?} by {}", rules()));
        }
        if want.iter().any(|v| !v.is_finite()) {
            continue;
        }
        let slope = grad(&y.sum(()), &x[0]);
        let (Some(want), Some(other)) = (plain_gradient(&y, &x[0]), plain_gradient(&moved, &moved_x[0])) else {
            continue;
        };
        let got = plain(&slope).unwrap_or_default();
        if !agree(&got, &want, &other) {
            wrong.push(format!("{seed}: gradient of {y}\n  {want:?}\n  {got:?} by {}", rules()));
        }
    }
    assert!(compared > FORMULAS / 2, "only {compared} formulas could be evaluated");
    assert!(wrong.is_empty(), "{} of {compared} differ:\n{}", wrong.len(), wrong[..wrong.len().min(12)].join("\n"));
}

#[test]
fn nothing_panics_on_extreme_inputs_in_any_float() {
    let extremes = [0.0, -0.0, 1.0, -1.0, 1e300, -1e300, 1e-310, 40_000.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
    for seed in 1..=FORMULAS / 3 {
        let mut r = Random::new(seed);
        let pick = |r: &mut Random| extremes[r.below(extremes.len())];
        let data: Vec<Vec<f64>> =
            SHAPES.iter().map(|s| (0..s.iter().product::<usize>()).map(|_| pick(&mut r)).collect()).collect();
        for dtype in [DType::F64, DType::F32, DType::BF16, DType::F16] {
            let leaves = leaves(&data, 1.0, dtype);
            let y = formula(&mut Random::new(seed + 2_000_000), &leaves, 5);
            let (stable, _) = stabilize(&y);
            assert_eq!(stable.dtype().ok(), y.dtype().ok(), "{y}");
            assert_eq!(stable.shape().ok(), y.shape().ok(), "{y}");
            let value = y.eval();
            let slope = grad(&y.sum(()), &leaves[0]).eval();
            assert_eq!(value.is_ok(), plain(&y).is_some(), "{y}: {value:?}");
            assert!(slope.is_ok() || value.is_err(), "{y}: {slope:?}");
        }
    }
}
