//! Derivatives of every row in both modes, against differences, and in batches.

use gradus::calculus::{jvp, vjp};
use gradus::graph::{Derivative, Op, evaluate};
use gradus::{Array, DType, Tensor};

use crate::inputs::Sample;

/// Numbers without structure, the same every time.
fn noise(shape: &[usize], seed: u64) -> Array {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let n: usize = shape.iter().product();
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    };
    Array::from_vec((0..n).map(|_| next()).collect::<Vec<f64>>(), shape).unwrap()
}

fn value(t: &Tensor) -> Array {
    evaluate(&[t], &mut vec![]).unwrap().remove(0)
}

fn dot(a: &Array, b: &Array) -> f64 {
    a.to_f64().iter().zip(b.to_f64()).map(|(a, b)| a * b).sum()
}

/// The largest difference of the modes and of differences from the reverse mode, relative to the size of the terms.
pub struct Agreement {
    pub modes: f64,
    pub differences: f64,
}

/// Checks every output of a node that is a float, in all inputs that are; panics where a batch is not its parts.
pub fn agree(op: &'static Op, sample: &Sample) -> Agreement {
    let mut worst = Agreement { modes: 0.0, differences: 0.0 };
    if matches!(op.derivative, Derivative::Undefined(_)) {
        return worst;
    }
    let leaves: Vec<Tensor> = sample.inputs.iter().map(Tensor::from).collect();
    let node = op.call(&leaves.iter().collect::<Vec<_>>(), sample.attrs.clone());
    let outs = node.node().outs().as_ref().unwrap_or_else(|e| panic!("`{}`: {e}", op.name)).clone();
    // The order of polygamma is no number to differentiate in, nor is a condition or an index.
    let wanted = |(i, x): &(usize, &Tensor)| {
        x.dtype().is_ok_and(DType::is_float)
            && !(op.name == "polygamma" && *i == 0)
            && !(op.name == "require" && *i == 1)
            && !(FIRST_IN_SHAPES.contains(&op.name) && *i + 1 < leaves.len())
    };
    let xs: Vec<&Tensor> = leaves.iter().enumerate().filter(wanted).map(|(_, x)| x).collect();
    for k in (0..outs.len()).filter(|&k| outs[k].dtype.is_float()) {
        let y = node.sibling(k);
        batches(op, &y, &xs);
        let (u, vs) = (noise(&outs[k].shape, 7), xs.iter().map(|x| noise(x.shape().unwrap(), 3)).collect::<Vec<_>>());
        let reverse = vjp(&[&y], &[Tensor::from(&u)], &xs);
        let forward = jvp(&[&y], &xs, &vs.iter().map(Tensor::from).collect::<Vec<_>>()).remove(0);
        let by_reverse: f64 = reverse.iter().zip(&vs).map(|(g, v)| dot(&value(g), v)).sum();
        let by_forward = dot(&u, &value(&forward));
        let size = by_reverse.abs().max(1.0);
        worst.modes = worst.modes.max((by_reverse - by_forward).abs() / size);
        if !steps(op) {
            let by_steps = difference(op, sample, &xs, &leaves, &vs, &u, k);
            worst.differences = worst.differences.max((by_reverse - by_steps).abs() / size);
        }
    }
    worst
}

/// Rows that are derivatives in shapes and have none in them.
const FIRST_IN_SHAPES: &[&str] = &[
    "gammainc_slope",
    "log_gammainc_slope",
    "log_gammaincc_slope",
    "log_stdtr_slope",
    "gamma_flow",
    "betainc_slope",
    "log_betainc_slope",
    "beta_flow",
];

/// Rows whose derivative is by convention not that of their values.
fn steps(op: &Op) -> bool {
    ["round_to", "spacing", "nextafter", "stop_gradient", "scale"].contains(&op.name)
}

/// Rows whose first input is a symmetric matrix: their derivative in it is that among symmetric matrices.
const SYMMETRIC: &[&str] = &["cholesky", "eigh", "sqrtm", "lyapunov"];

/// The slope of Σ u·f(x + t·v) at t = 0, by central differences extrapolated to step 0.
fn difference(
    op: &'static Op,
    sample: &Sample,
    xs: &[&Tensor],
    leaves: &[Tensor],
    vs: &[Array],
    u: &Array,
    output: usize,
) -> f64 {
    let at = |t: f64| {
        let mut v = vs.iter();
        let moved: Vec<Tensor> = leaves
            .iter()
            .map(|x| match xs.iter().any(|w| w.key() == x.key()) {
                true if SYMMETRIC.contains(&op.name) && x.key() == leaves[0].key() => {
                    let v = Tensor::from(v.next().unwrap());
                    x + t * 0.5 * (&v + v.mt())
                }
                true => x + t * Tensor::from(v.next().unwrap()),
                false => x.clone(),
            })
            .collect();
        let node = op.call(&moved.iter().collect::<Vec<_>>(), sample.attrs.clone());
        dot(u, &value(&node.sibling(output)))
    };
    let h = 1e-3;
    let slope = |h: f64| (at(h) - at(-h)) / (2.0 * h);
    let (a, b, c) = (slope(h), slope(h / 2.0), slope(h / 4.0));
    let (ab, bc) = ((4.0 * b - a) / 3.0, (4.0 * c - b) / 3.0);
    (16.0 * bc - ab) / 15.0
}

/// Three cotangents at once must give what each gives alone, bit for bit.
fn batches(op: &Op, y: &Tensor, xs: &[&Tensor]) {
    let shape = y.shape().unwrap();
    let parts: Vec<Array> = (0..3).map(|i| noise(shape, 11 + i)).collect();
    let stacked = Array::stack(&parts.iter().collect::<Vec<_>>(), 0).unwrap();
    let together = vjp(&[y], &[Tensor::from(stacked)], xs);
    for (i, part) in parts.iter().enumerate() {
        let alone = vjp(&[y], &[Tensor::from(part)], xs);
        for (all, one) in together.iter().zip(&alone) {
            let (all, one) = (value(all).index(0, i as i64).unwrap(), value(one));
            assert_eq!(all.shape(), one.shape(), "`{}`: a batch changes the shape", op.name);
            let bits = |a: &Array| a.to_f64().iter().map(|v| v.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&all), bits(&one), "`{}`: a batch of cotangents is not its parts", op.name);
        }
    }
}
