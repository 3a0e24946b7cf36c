//! Values and derivatives of elementwise rows against truth from 200 and more digits, in the tails as much as near 0.

use std::collections::BTreeMap;

use gradus::calculus::vjp;
use gradus::graph::{Attrs, Op, evaluate};
use gradus::{Array, DType, Tensor};

/// One point of the reference: inputs, and decimal texts of value and two derivatives.
pub struct Point {
    pub x: Vec<f64>,
    pub truth: [String; 3],
}

/// The reference by row.
pub fn reference() -> BTreeMap<String, Vec<Point>> {
    let mut rows: BTreeMap<String, Vec<Point>> = BTreeMap::new();
    for line in include_str!("../reference/ops.csv").lines() {
        let fields: Vec<&str> = line.split(',').collect();
        let (inputs, truth) = fields[1..].split_at(fields.len() - 4);
        let number = |h: &&str| f64::from_bits(u64::from_str_radix(h, 16).unwrap());
        let x = inputs.iter().map(number).collect();
        let truth = [0, 1, 2].map(|i| truth[i].to_string());
        rows.entry(fields[0].to_string()).or_default().push(Point { x, truth });
    }
    rows
}

/// The worst errors of a row in units in the last place: value and two derivatives (first and second in one input,
/// or in each of two inputs), and where they are.
#[derive(Clone, Debug, Default)]
pub struct Worst {
    pub ulp: [f64; 3],
    pub at: [Vec<f64>; 3],
}

/// How many floats of f64 lie between two.
fn apart_f64(a: f64, b: f64) -> f64 {
    let ordinal = |x: f64| {
        let bits = x.to_bits() as i64;
        if bits < 0 { -(bits & i64::MAX) } else { bits }
    };
    if a.is_nan() || b.is_nan() {
        return if a.is_nan() && b.is_nan() { 0.0 } else { f64::INFINITY };
    }
    (i128::from(ordinal(a)) - i128::from(ordinal(b))).unsigned_abs() as f64
}

/// How many floats of f32 lie between two.
fn apart_f32(a: f32, b: f32) -> f64 {
    let ordinal = |x: f32| {
        let bits = x.to_bits() as i32;
        i64::from(if bits < 0 { -(bits & i32::MAX) } else { bits })
    };
    if a.is_nan() || b.is_nan() {
        return if a.is_nan() && b.is_nan() { 0.0 } else { f64::INFINITY };
    }
    (ordinal(a) - ordinal(b)).unsigned_abs() as f64
}

/// The worst errors of a row at points of the reference, in one dtype.
pub fn measure(op: &'static Op, points: &[Point], dtype: DType) -> Worst {
    let fits = |p: &&Point| dtype == DType::F64 || p.x.iter().all(|&v| f64::from(v as f32) == v);
    let points: Vec<&Point> = points.iter().filter(fits).collect();
    let inputs = points[0].x.len();
    let input = |i: usize| {
        let values: Vec<f64> = points.iter().map(|p| p.x[i]).collect();
        Tensor::from(Array::from(values).cast(dtype))
    };
    let x: Vec<Tensor> = (0..inputs).map(input).collect();
    let y = op.call(&x.iter().collect::<Vec<_>>(), Attrs::None);
    let ones = Tensor::ones(&[points.len()], dtype);
    let first = vjp(&[&y], std::slice::from_ref(&ones), &x.iter().collect::<Vec<_>>());
    let last = match inputs {
        1 => vjp(&[&first[0]], &[ones], &[&x[0]]).remove(0),
        _ => first[1].clone(),
    };
    let got = evaluate(&[&y, &first[0], &last], &mut vec![]).unwrap();
    let mut worst = Worst::default();
    for (k, got) in got.iter().enumerate() {
        for (p, g) in points.iter().zip(got.to_f64()) {
            let truth: f64 = p.truth[k].parse().unwrap();
            let apart = match dtype {
                DType::F64 => apart_f64(g, truth),
                _ => apart_f32(g as f32, p.truth[k].parse().unwrap()),
            };
            if apart > worst.ulp[k] {
                worst.ulp[k] = apart;
                worst.at[k] = p.x.clone();
            }
        }
    }
    worst
}
