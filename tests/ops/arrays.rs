//! Values of rows that look at whole axes or matrices, against truth from 60 digits.

use std::collections::BTreeMap;

use gradus::graph::{Attrs, Op, evaluate};
use gradus::{Array, DType, Tensor};

/// One line of the reference: attributes, inputs, and the outputs with what their errors are measured against.
pub struct Case {
    attrs: Attrs,
    inputs: Vec<Array>,
    truth: Vec<(f64, f64)>,
}

fn input(text: &str) -> Array {
    let (shape, bits) = text.split_once(':').unwrap();
    let shape: Vec<usize> = shape.split('x').map(|n| n.parse().unwrap()).collect();
    let number = |h: &str| f64::from_bits(u64::from_str_radix(h, 16).unwrap());
    Array::from_vec(bits.split(' ').map(number).collect::<Vec<f64>>(), &shape).unwrap()
}

/// The reference by row.
pub fn reference() -> BTreeMap<&'static str, Vec<Case>> {
    let mut rows: BTreeMap<&str, Vec<Case>> = BTreeMap::new();
    for line in include_str!("../reference/arrays.csv").lines() {
        let fields: Vec<&str> = line.split(';').collect();
        let attrs = match fields[1] {
            "" => Attrs::None,
            "axis" => Attrs::Axes(vec![-1]),
            ranks => Attrs::Int(ranks.parse().unwrap()),
        };
        let numbers = |text: &str| text.split(' ').map(|n| n.parse::<f64>().unwrap()).collect::<Vec<_>>();
        let truth = numbers(fields[3]).into_iter().zip(numbers(fields[4])).collect();
        let inputs = fields[2].split('|').map(input).collect();
        rows.entry(fields[0]).or_default().push(Case { attrs, inputs, truth });
    }
    rows
}

/// The distance of a number from the next larger one with this many bits.
fn ulp(v: f64, bits: i32) -> f64 {
    let v = if v == 0.0 { 1.0 } else { v.abs() };
    (v.next_up() - v) * 2f64.powi(53 - bits)
}

/// The largest error of a row in units in the last place, in one dtype.
pub fn measure(op: &'static Op, cases: &[Case], dtype: DType) -> f64 {
    let bits = if dtype == DType::F32 { 24 } else { 53 };
    let mut worst: f64 = 0.0;
    for case in cases {
        let x: Vec<Tensor> = case.inputs.iter().map(|a| Tensor::from(a.cast(dtype))).collect();
        let y = op.call(&x.iter().collect::<Vec<_>>(), case.attrs.clone());
        let outs: Vec<Tensor> = (0..y.node().outs().as_ref().unwrap().len()).map(|k| y.sibling(k)).collect();
        let got = evaluate(&outs.iter().collect::<Vec<_>>(), &mut vec![]).unwrap();
        let got: Vec<f64> = got.iter().flat_map(Array::to_f64).collect();
        assert_eq!(got.len(), case.truth.len(), "`{}`", op.name);
        for (g, (truth, unit)) in got.iter().zip(&case.truth) {
            let in_range = dtype == DType::F64 || truth.abs() > 1e-37 && truth.abs() < 3e38 || *truth == 0.0;
            if in_range && g != truth {
                worst = worst.max((g - truth).abs() / ulp(*unit, bits));
            }
            assert!(!g.is_nan(), "`{}` gives NaN", op.name);
        }
    }
    worst
}
