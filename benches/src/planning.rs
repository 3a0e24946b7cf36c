//! What planning costs: a formula with rules that fire, long formulas, and a structure that has been planned before.

use gradus::{Array, Plan, Tensor, eval, stabilize};

use crate::rows::Row;
use crate::timer::{display, time};

/// Every row.
pub const ALL: &[Row] = &[
    ("plan 40 nodes with rules", forty),
    ("plan 1 000 nodes", |n| chain(n, 1_000)),
    ("plan 10 000 nodes", |n| chain(n, 10_000)),
    ("plan 100 000 nodes", |n| chain(n, 100_000)),
    ("evaluate 40 nodes again, built anew", repeated),
];

/// A logistic loss and an entropy of a softmax, as a book writes them, with a number in them: some 40 nodes.
fn formula(k: f64) -> Tensor {
    let x = Tensor::from(Array::from(vec![0.5, -1.5, 2.0, 0.3]));
    let (w, y) = (Tensor::from([0.1, 0.2, 0.3, 0.4]), Tensor::from([1.0, 0.0, 1.0, 0.0]));
    let p = 1.0 / (1.0 + (-(&x * &w + 0.5)).exp());
    let loss = -(&y * p.log() + (1.0 - &y) * (1.0 - &p).log()).mean(());
    let q = x.exp() / x.exp().sum(());
    let entropy = -(&q * q.log()).sum(());
    loss + entropy * k + (w.square().sum(()) + 1e-3).sqrt()
}

fn print(name: &str, seconds: f64, note: &str) {
    println!("{name:<48} {:>11} {:>11} {:>7}  {note}", display(seconds), "", "");
}

/// A number that no formula had before: another number is another structure, which no plan or recipe fits.
fn fresh() -> f64 {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(1);
    0.1 + 1e-6 * f64::from(NEXT.fetch_add(1, Ordering::Relaxed))
}

fn forty(name: &str) {
    let f = formula(fresh());
    let nodes = gradus::graph::topological(&[&f], |_| true).len();
    let fired = stabilize(&f).1.len();
    let all = time(101, || Plan::new(&[&formula(fresh())], &[]).expect("a plan"));
    let rules = time(101, || stabilize(&formula(fresh())));
    let within = if all <= 1e-3 { "" } else { "  over" };
    print(name, all, &format!("<= 1 ms{within}; {nodes} nodes, {fired} rules fire, {} of it rules", display(rules)));
}

fn chain(name: &str, nodes: usize) {
    let start = Tensor::from(Array::from(vec![0.5; 100]));
    let link = |x: Tensor, k: usize| if k.is_multiple_of(2) { x.sin() } else { x + 1e-3 };
    let y = (0..nodes).fold(start.clone(), link);
    let all = time(3, || Plan::new(&[&y], &[&start]).expect("a plan"));
    print(name, all, &format!("{} a node", display(all / nodes as f64)));
}

fn repeated(name: &str) {
    let built = time(201, || formula(0.1));
    let all = time(201, || eval(&[&formula(0.1)]).expect("a value"));
    print(name, all, &format!("of it {} to build it", display(built)));
}
