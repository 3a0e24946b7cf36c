//! What a row says of itself is true: where inputs may lie, where outputs lie, and that it says anything at all.

use gradus::graph::{Attrs, Kernel, Op, evaluate};
use gradus::{Array, Tensor};

use crate::accuracy::Point;

/// Numbers of every size.
const NUMBERS: [f64; 27] = [
    f64::NEG_INFINITY,
    -1e300,
    -1e5,
    -37.5,
    -9.0,
    -2.5,
    -1.0000000000000002,
    -1.0,
    -0.9999999999999999,
    -0.5,
    -1e-20,
    -5e-324,
    -0.0,
    0.0,
    5e-324,
    1e-20,
    0.25,
    0.5,
    0.9999999999999999,
    1.0,
    1.0000000000000002,
    2.5,
    9.0,
    37.5,
    1e5,
    1e300,
    f64::INFINITY,
];

/// What is not true of a row's words, domain and range.
pub fn faults(op: &'static Op, points: Option<&Vec<Point>>) -> Vec<String> {
    let mut faults = vec![];
    let mut note = |what: String| faults.push(format!("`{}`: {what}", op.name));
    if op.name.is_empty() || op.example.is_empty() || !op.summary.ends_with('.') {
        note("a name, an example or a sentence is missing".into());
    }
    if op.domain.lo >= op.domain.hi || op.range.lo > op.range.hi {
        note("domain or range is empty".into());
    }
    let inputs: Vec<Vec<f64>> = match op.kernel {
        Kernel::Unary(_) | Kernel::Test(_) => NUMBERS.iter().map(|&x| vec![x]).collect(),
        Kernel::Binary(_) | Kernel::Compare(_) if op.name != "polygamma" => {
            NUMBERS.iter().flat_map(|&a| NUMBERS.iter().map(move |&b| vec![a, b])).collect()
        }
        _ => vec![],
    };
    let all: Vec<Vec<f64>> =
        inputs.into_iter().chain(points.iter().flat_map(|p| p.iter().map(|p| p.x.clone()))).collect();
    let Some(arity) = all.first().map(Vec::len) else { return faults };
    let column = |i: usize| Tensor::from(Array::from(all.iter().map(|x| x[i]).collect::<Vec<f64>>()));
    let x: Vec<Tensor> = (0..arity).map(column).collect();
    let y = op.call(&x.iter().collect::<Vec<_>>(), Attrs::None);
    let y = evaluate(&[&y], &mut vec![]).unwrap().remove(0).to_f64();
    for (x, y) in all.iter().zip(y) {
        let inside = x.iter().all(|&v| op.domain.contains(v));
        if !inside && x.iter().all(|v| v.is_finite()) && y.is_finite() {
            note(format!("{x:?} lies outside the domain, but gives {y}"));
        }
        if !y.is_nan() && !(op.range.lo..=op.range.hi).contains(&y) {
            note(format!("{x:?} gives {y}, which is out of range"));
        }
    }
    faults
}
