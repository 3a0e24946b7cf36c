//! Whatever a row is given, it answers with a value or an error, never with a panic.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use gradus::calculus::vjp;
use gradus::graph::{Attrs, Op, evaluate};
use gradus::{Array, DType, Tensor};

/// Values of many shapes and dtypes, some of them empty.
fn values() -> Vec<Tensor> {
    let shapes: [&[usize]; 6] = [&[], &[3], &[2, 3], &[3, 3], &[2, 3, 3], &[0, 3]];
    let mut all: Vec<Tensor> = shapes.iter().map(|s| Tensor::from(Array::full(s, 0.5, DType::F64))).collect();
    all.push(Tensor::from([2i64, -1, 0]));
    all.push(Tensor::from([true, false, true]));
    all.push(Tensor::from(Array::full(&[3], 0.5, DType::F32)));
    all.push(Tensor::from(Array::full(&[3], 0.5, DType::C128)));
    all.push(Tensor::from(2.5));
    all.push(Tensor::from([f64::NAN, f64::INFINITY, -0.0]));
    all
}

/// Attributes that fit some row, and such as fit none.
fn attributes() -> Vec<Attrs> {
    let slice = |axis, start, count, step, length| Attrs::Slice { axis, start, count, step, length };
    vec![
        Attrs::None,
        Attrs::Int(2),
        Attrs::Int(-3),
        Attrs::Scalar(0.5),
        Attrs::Axes(vec![]),
        Attrs::Axes(vec![-1]),
        Attrs::Axes(vec![-2, -1]),
        Attrs::Axes(vec![-9]),
        Attrs::Axes(vec![1]),
        Attrs::Axes(vec![-1, -1]),
        Attrs::Order(vec![-1, -2]),
        Attrs::Order(vec![-1, -1]),
        Attrs::Shape { core: 1, shape: vec![3, 1] },
        Attrs::Shape { core: 7, shape: vec![6] },
        Attrs::Shape { core: 0, shape: vec![2, 3] },
        slice(-1, 0, 3, 1, 3),
        slice(-1, 2, 3, -1, 3),
        slice(-1, 1, 3, 2, 5),
        slice(-1, 5, 3, 7, 3),
        slice(-1, 0, 0, 0, 0),
        slice(-4, 1, 2, 1, 3),
        slice(2, 1, 2, 1, 3),
        Attrs::DType(DType::F16),
        Attrs::DType(DType::C64),
        Attrs::Make(vec![3], DType::F64),
        Attrs::Make(vec![usize::MAX, 2], DType::F32),
        Attrs::Text(Arc::from("bf16")),
    ]
}

/// Evaluates a node and its derivative, without looking at what comes out.
fn run(op: &'static Op, inputs: &[&Tensor], attrs: Attrs) {
    let y = op.call(inputs, attrs);
    let outs = y.node().outs().as_ref().map_or(0, Vec::len);
    for k in 0..outs {
        let y = y.sibling(k);
        let _ = evaluate(&[&y], &mut vec![]);
        if y.dtype().is_ok_and(DType::is_float) {
            let ones = Tensor::ones(y.shape().unwrap_or(&[]), DType::F64);
            let wanted: Vec<&Tensor> =
                inputs.iter().filter(|x| x.dtype().is_ok_and(DType::is_float)).copied().collect();
            for g in vjp(&[&y], &[ones], &wanted) {
                let _ = evaluate(&[&g], &mut vec![]);
            }
        }
    }
}

/// What of a row's inputs and attributes makes it panic.
pub fn panics(op: &'static Op) -> Vec<String> {
    let values = values();
    let mut lists: Vec<Vec<&Tensor>> = vec![vec![]];
    lists.extend(values.iter().map(|v| vec![v]));
    lists.extend(values.iter().flat_map(|a| values.iter().map(move |b| vec![a, b])));
    lists.extend([&values[1], &values[6], &values[7]].map(|c| vec![c, &values[1], &values[2]]));
    let mut found = vec![];
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    for attrs in attributes() {
        for list in &lists {
            let attempt = catch_unwind(AssertUnwindSafe(|| run(op, list, attrs.clone())));
            if attempt.is_err() {
                let shapes: Vec<String> = list.iter().map(|t| format!("{t:?}")).collect();
                found.push(format!("a panic: `{}` {attrs:?} of {}", op.name, shapes.join(", ")));
            }
        }
    }
    std::panic::set_hook(hook);
    found
}
