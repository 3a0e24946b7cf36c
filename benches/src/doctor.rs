//! What the numerics doctor costs: `check` beside the plain run that it judges, and a trap beside `eval`.

use gradus::graph::evaluate;
use gradus::{Array, DType, Tensor, Trap, check, eval, eval_trapped};

use crate::rows::{Row, array, data};
use crate::timer::{compare, entry};

/// Every row.
pub const ALL: &[Row] = &[
    ("check softplus 1e6 f64, 0.1 % flagged", |n| check_softplus(n, DType::F64)),
    ("check softplus 1e6 f32, 0.1 % flagged", |n| check_softplus(n, DType::F32)),
    ("check gaussian 1e6 f64, none flagged", check_gaussian),
    ("check cross-entropy 1e6 f64, none flagged", check_entropy),
    ("trap gaussian 1e6 f64", |n| trap(n, gaussian)),
    ("trap cross-entropy 1e6 f64", |n| trap(n, entropy)),
    ("trap 1/(1 + exp(x/y)) 1e6 f64", |n| trap(n, swallowing)),
];

const N: usize = 1_000_000;

fn numbers(dtype: DType) -> Array {
    array(data(N), &[N], dtype)
}

/// log(1 + exp(x)), where every thousandth x overflows.
fn check_softplus(name: &str, dtype: DType) {
    let mut x = data(N);
    x.iter_mut().step_by(1000).for_each(|x| *x = 800.0);
    let y = (1.0 + Tensor::from(array(x, &[N], dtype)).exp()).log();
    against_a_plain_run(name, &y, 1);
}

/// The log-density of normal numbers, summed.
fn gaussian() -> Tensor {
    let z = (Tensor::from(numbers(DType::F64)) - 0.3) / 1.7;
    (-0.5 * z.square() - 0.918_938_533_204_672_7).sum(())
}

/// A logistic loss.
fn entropy() -> Tensor {
    let x = Tensor::from(numbers(DType::F64));
    let y = x.greater(0.1).cast(DType::F64);
    let p = 1.0 / (1.0 + (-&x).exp());
    -(&y * p.log() + (1.0 - &y) * (1.0 - &p).log()).mean(())
}

/// A value whose infinity would not show, if it had one.
fn swallowing() -> Tensor {
    let x = Tensor::from(numbers(DType::F64));
    1.0 / (1.0 + (&x / (x.square() + 1.0)).exp())
}

fn check_gaussian(name: &str) {
    against_a_plain_run(name, &gaussian(), 0);
}

fn check_entropy(name: &str) {
    against_a_plain_run(name, &entropy(), 0);
}

fn against_a_plain_run(name: &str, y: &Tensor, findings: usize) {
    let found = check(y).expect("a report").findings.len();
    assert_eq!(found, findings, "{name}");
    let plain = || evaluate(&[y], &mut vec![]).expect("a value");
    compare(name, vec![entry("check", || check(y).expect("a report")), entry("op by op", plain).at_most(10.0)]);
}

fn trap(name: &str, formula: fn() -> Tensor) {
    let y = formula();
    let trapped = || eval_trapped(&[&y], Trap::NonFinite).expect("a value");
    compare(name, vec![entry("trap", trapped), entry("eval", || eval(&[&y]).expect("a value")).at_most(1.1)]);
}
