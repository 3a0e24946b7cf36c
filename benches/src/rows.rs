//! The rows of the targets.

use gradus::{Array, DType, Plan, Tensor, grad};
use ndarray::{Array2, ArrayView1, ArrayView2, Axis};

use crate::hand;
use crate::timer::{compare, entry};

/// A row: its name, and what it runs.
pub type Row = (&'static str, fn(&str));

/// Every row.
pub const ALL: &[Row] = &[
    ("gaussian value 1e6 f64", |n| gaussian(n, 1_000_000)),
    ("gaussian value 1e7 f64", |n| gaussian(n, 10_000_000)),
    ("gaussian value+gradients 1e6 f64", |n| gradients(n, 1_000_000)),
    ("gaussian value+gradients 1e7 f64", |n| gradients(n, 10_000_000)),
    // JAX and PyTorch are not here: their times as multiples of the same hand-written loop stand for them.
    ("log-softmax 1024x1024 f32", |n| log_softmax(n, 1024, 1024, 1.12 / 0.75)),
    ("log-softmax 64x50257 f32", |n| log_softmax(n, 64, 50257, 4.87 / 3.7)),
    ("cross-entropy gradient 1024x1024 f32", |n| cross_entropy(n, 1024, 1024, 0.7 * 1.3 / 0.62)),
    ("cross-entropy gradient 64x50257 f32", |n| cross_entropy(n, 64, 50257, 0.6 * 6.9 / 2.6)),
    ("logsumexp 1e7 f64", logsumexp_f64),
    ("logsumexp 1e7 f32", logsumexp_f32),
    ("exp 8192 f64", exp_f64),
    ("exp 8192 f32", exp_f32),
    ("matmul 64 f32", |n| matmul(n, 64)),
    ("matmul 256 f32", |n| matmul(n, 256)),
    ("matmul 1024 f32", |n| matmul(n, 1024)),
    ("matmul 2048 f32", |n| matmul(n, 2048)),
    ("rosenbrock, 1000 steps", rosenbrock),
];

/// Numbers that look normal, the same in every run.
pub fn data(n: usize) -> Vec<f64> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut uniform = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    (0..n).map(|_| (0..4).map(|_| uniform()).sum::<f64>() * 1.7 - 3.4).collect()
}

pub fn array(values: Vec<f64>, shape: &[usize], dtype: DType) -> Array {
    Array::from_vec(values, shape).and_then(|a| a.cast(dtype)).expect("data of this shape")
}

/// Σ log N(x; μ, σ) as the book writes it, and its parameters.
fn density(x: &Array) -> (Tensor, Tensor, Tensor, Tensor) {
    let (x, mu, sigma) = (Tensor::from(x), Tensor::from(Array::scalar(0.3)), Tensor::from(Array::scalar(1.7)));
    let z = (&x - &mu) / &sigma;
    let y = (-0.5 * z.square() - sigma.log() - 0.918_938_533_204_672_7).sum(());
    (y, x, mu, sigma)
}

fn gaussian(name: &str, n: usize) {
    let x = array(data(n), &[n], DType::F64);
    let values = x.as_slice::<f64>().expect("contiguous");
    let (y, leaf, ..) = density(&x);
    let plan = Plan::new(&[&y], &[&leaf]).expect("a plan");
    let view = ArrayView1::from(values);
    compare(
        name,
        vec![
            entry("gradus", || plan.run(&[&x])),
            entry("hand", || hand::gaussian(values, 0.3, 1.7)).at_most(1.3),
            entry("hand, reciprocal", || hand::gaussian_hoisted(values, 0.3, 1.7)),
            entry("ndarray", || {
                view.mapv(|v| {
                    let z = (v - 0.3) / 1.7f64;
                    -0.5 * z * z - 1.7f64.ln() - 0.918_938_533_204_672_7
                })
                .sum()
            }),
        ],
    );
}

fn gradients(name: &str, n: usize) {
    let x = array(data(n), &[n], DType::F64);
    let values = x.as_slice::<f64>().expect("contiguous");
    let (y, leaf, mu, sigma) = density(&x);
    let plan = Plan::new(&[&y, &grad(&y, &mu), &grad(&y, &sigma)], &[&leaf]).expect("a plan");
    compare(
        name,
        vec![
            entry("gradus", || plan.run(&[&x])),
            entry("hand", || hand::gaussian_gradients(values, 0.3, 1.7)).at_most(1.5),
        ],
    );
}

fn log_softmax(name: &str, rows: usize, n: usize, target: f64) {
    let x = array(data(rows * n), &[rows, n], DType::F32);
    let values = x.as_slice::<f32>().expect("contiguous");
    let leaf = Tensor::from(&x);
    let plan = Plan::new(&[&leaf.log_softmax(-1)], &[&leaf]).expect("a plan");
    let view = ArrayView2::from_shape((rows, n), values).expect("a matrix");
    let mut out = vec![0.0; rows * n];
    compare(
        name,
        vec![
            entry("gradus", || plan.run(&[&x])),
            entry("hand", || hand::log_softmax_f32(values, n, &mut out)).at_most(target),
            entry("ndarray", || {
                let max = view.map_axis(Axis(1), |r| r.fold(f32::NEG_INFINITY, |a, &b| a.max(b)));
                let shifted = &view - &max.insert_axis(Axis(1));
                let total = shifted.mapv(f32::exp).sum_axis(Axis(1)).mapv(f32::ln);
                shifted - total.insert_axis(Axis(1))
            }),
        ],
    );
}

fn cross_entropy(name: &str, rows: usize, n: usize, target: f64) {
    let x = array(data(rows * n), &[rows, n], DType::F32);
    let values = x.as_slice::<f32>().expect("contiguous");
    let labels: Vec<i64> = (0..rows).map(|i| (i * 7919 % n) as i64).collect();
    let leaf = Tensor::from(&x);
    let places = Tensor::from(Array::from((0..n as i64).collect::<Vec<_>>()));
    let hot = places.equal(Tensor::from(Array::from(labels.clone())).expand_dims(1)).cast(DType::F32);
    let loss = -(hot * leaf.log_softmax(-1)).sum(-1).mean(());
    let plan = Plan::new(&[&grad(&loss, &leaf)], &[&leaf]).expect("a plan");
    let mut out = vec![0.0; rows * n];
    compare(
        name,
        vec![
            entry("gradus", || plan.run(&[&x])),
            entry("hand", || hand::cross_entropy_gradient_f32(values, n, &labels, &mut out)).at_most(target),
        ],
    );
}

fn logsumexp_f64(name: &str) {
    let x = array(data(10_000_000), &[10_000_000], DType::F64);
    let values = x.as_slice::<f64>().expect("contiguous");
    let leaf = Tensor::from(&x);
    let plan = Plan::new(&[&leaf.logsumexp(())], &[&leaf]).expect("a plan");
    let entries = vec![entry("gradus", || plan.run(&[&x])), entry("hand", || hand::logsumexp_f64(values)).at_most(1.2)];
    compare(name, entries);
}

fn logsumexp_f32(name: &str) {
    let x = array(data(10_000_000), &[10_000_000], DType::F32);
    let values = x.as_slice::<f32>().expect("contiguous");
    let leaf = Tensor::from(&x);
    let plan = Plan::new(&[&leaf.logsumexp(())], &[&leaf]).expect("a plan");
    let entries = vec![entry("gradus", || plan.run(&[&x])), entry("hand", || hand::logsumexp_f32(values)).at_most(1.2)];
    compare(name, entries);
}

fn exp_f64(name: &str) {
    let x = array(data(8192), &[8192], DType::F64);
    let values = x.as_slice::<f64>().expect("contiguous");
    let leaf = Tensor::from(&x);
    let plan = Plan::new(&[&leaf.exp()], &[&leaf]).expect("a plan");
    let (mut loops, mut kernel, mut std) = (vec![0.0; 8192], vec![0.0; 8192], vec![0.0; 8192]);
    let entries = vec![
        entry("gradus", || plan.run(&[&x])),
        // SLEEF is not here: its time as a multiple of a hand-written loop stands for it.
        entry("hand", || hand::exp_f64(values, &mut loops)).at_most(15.1 / 10.7),
        entry("its kernel alone", || gradus::array::math::exp_f64(values, &mut kernel)),
        entry("std", || std.iter_mut().zip(values).for_each(|(o, v)| *o = v.exp())),
    ];
    compare(name, entries);
}

fn exp_f32(name: &str) {
    let x = array(data(8192), &[8192], DType::F32);
    let values = x.as_slice::<f32>().expect("contiguous");
    let leaf = Tensor::from(&x);
    let plan = Plan::new(&[&leaf.exp()], &[&leaf]).expect("a plan");
    let (mut loops, mut kernel, mut std) = (vec![0.0; 8192], vec![0.0; 8192], vec![0.0; 8192]);
    let entries = vec![
        entry("gradus", || plan.run(&[&x])),
        // SLEEF is not here: its time as a multiple of a hand-written loop stands for it.
        entry("hand", || hand::exp_f32(values, &mut loops)).at_most(5.6 / 3.1),
        entry("its kernel alone", || gradus::array::math::exp_f32(values, &mut kernel)),
        entry("std", || std.iter_mut().zip(values).for_each(|(o, v)| *o = v.exp())),
    ];
    compare(name, entries);
}

fn matmul(name: &str, n: usize) {
    let (a, b) = (array(data(n * n), &[n, n], DType::F32), array(data(n * n), &[n, n], DType::F32));
    let (x, y) = (Tensor::from(&a), Tensor::from(&b));
    let plan = Plan::new(&[&x.matmul(&y)], &[&x, &y]).expect("a plan");
    let to = |a: &Array| Array2::from_shape_vec((n, n), a.as_slice::<f32>().expect("contiguous").to_vec());
    let (left, right) = (to(&a).expect("a matrix"), to(&b).expect("a matrix"));
    let (fa, fb) = (faer::Mat::from_fn(n, n, |i, j| left[[i, j]]), faer::Mat::from_fn(n, n, |i, j| right[[i, j]]));
    let mut out = faer::Mat::<f32>::zeros(n, n);
    compare(
        name,
        vec![
            entry("gradus", || plan.run(&[&a, &b])),
            entry("faer", || {
                faer::linalg::matmul::matmul(&mut out, faer::Accum::Replace, &fa, &fb, 1.0, faer::Par::Seq);
            })
            .at_most(1.05),
            entry("ndarray", || left.dot(&right)).at_most(1.05),
        ],
    );
}

fn rosenbrock(name: &str) {
    let (x, y) = (Tensor::from(Array::scalar(-1.2)), Tensor::from(Array::scalar(1.0)));
    let loss = (1.0 - &x).square() + 100.0 * (&y - x.square()).square();
    let (gx, gy) = (grad(&loss, &x), grad(&loss, &y));
    let plan = Plan::new(&[&(&x - 1e-3 * gx), &(&y - 1e-3 * gy), &loss], &[&x, &y]).expect("a plan");
    let start = [Array::scalar(-1.2), Array::scalar(1.0)];
    let entries = vec![
        entry("gradus", || plan.iterate(1000, &[&start[0], &start[1]], &[(0, 0), (1, 1)])),
        // 0.1 us a step are 100 us here: as a multiple of the table's 0.006 us by hand.
        entry("hand", || hand::rosenbrock(-1.2, 1.0, 1000)).at_most(0.1 / 0.006),
    ];
    compare(name, entries);
}
