//! Optimisation: BFGS beside argmin, steps of gradient descent, Hessians and their products beside loops by hand.

use argmin::core::{CostFunction, Executor, Gradient};
use argmin::solver::linesearch::MoreThuenteLineSearch;
use argmin::solver::quasinewton::BFGS;
use gradus::optim::{StepSize, minimize};
use gradus::{Array, Plan, Tensor, hessian, hvp};

use crate::hand;
use crate::rows::{Row, data};
use crate::timer::{compare, entry};

/// Every row.
pub const ALL: &[Row] = &[
    ("minimize: descent on rosenbrock, 1000 steps", descent),
    ("minimize: bfgs on rosenbrock", bfgs),
    // JAX is not here: its times as multiples of the same loop by hand stand for it.
    ("hessian rosenbrock 100 f64", |n| valley(n, 100, 54.0 / 38.0)),
    ("hessian rosenbrock 1000 f64", |n| valley(n, 1000, 0.99 / 0.96)),
    ("hessian logistic 10000x100 f64", |n| logistic_hessian(n, 0.7 * 12.3 / 6.9)),
    ("hvp logistic 10000x100 f64", |n| logistic_product(n, 0.74 / 0.49)),
];

/// Rosenbrock's valley in as many variables as x has.
fn rosenbrock(x: &Tensor) -> Tensor {
    let (a, b) = (x.slice(0, None, Some(-1), 1), x.slice(0, Some(1), None, 1));
    ((1.0 - &a).square() + 100.0 * (&b - a.square()).square()).sum(())
}

fn descent(name: &str) {
    let x = Tensor::from([-1.2, 1.0]);
    let f = rosenbrock(&x);
    let run = || {
        let m = minimize(&f, &[&x]).method("gradient-descent").step_size(StepSize::Fixed(1e-3));
        m.max_iterations(1000).run().map(|m| m.value)
    };
    let entries = vec![
        entry("gradus", run),
        // 0.1 us a step are 100 us here: as a multiple of the table's 0.006 us by hand.
        entry("hand", || hand::rosenbrock(-1.2, 1.0, 1000)).at_most(0.1 / 0.006),
    ];
    compare(name, entries);
}

/// The valley as argmin wants it, with its gradient by hand.
struct Valley;

impl CostFunction for Valley {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, p: &Vec<f64>) -> Result<f64, argmin::core::Error> {
        Ok((1.0 - p[0]).powi(2) + 100.0 * (p[1] - p[0] * p[0]).powi(2))
    }
}

impl Gradient for Valley {
    type Param = Vec<f64>;
    type Gradient = Vec<f64>;

    fn gradient(&self, p: &Vec<f64>) -> Result<Vec<f64>, argmin::core::Error> {
        let rise = p[1] - p[0] * p[0];
        Ok(vec![-2.0 * (1.0 - p[0]) - 400.0 * p[0] * rise, 200.0 * rise])
    }
}

fn bfgs(name: &str) {
    let x = Tensor::from([-1.2, 1.0]);
    let f = rosenbrock(&x);
    let theirs = || {
        let search = MoreThuenteLineSearch::new().with_c(1e-4, 0.9).expect("two constants");
        let start = |s: argmin::core::IterState<_, _, _, _, _, _>| {
            s.param(vec![-1.2, 1.0]).inv_hessian(vec![vec![1.0, 0.0], vec![0.0, 1.0]]).max_iters(200)
        };
        Executor::new(Valley, BFGS::new(search)).configure(start).run().map(|r| r.state.best_cost)
    };
    let entries = vec![
        entry("gradus", || minimize(&f, &[&x]).method("bfgs").run().map(|m| m.value)),
        entry("argmin", theirs).at_most(1.0),
    ];
    compare(name, entries);
}

fn valley(name: &str, n: usize, target: f64) {
    let start = data(n);
    let x = Tensor::from(start.clone());
    let plan = Plan::new(&[&hessian(&rosenbrock(&x), &x)], &[&x]).expect("a plan");
    let at = Array::from(start.clone());
    let entries =
        vec![entry("gradus", || plan.run(&[&at])), entry("hand", || hand::rosenbrock_hessian(&start)).at_most(target)];
    compare(name, entries);
}

/// The logistic loss of 10000 rows of 100 features in their weights.
fn logistic() -> (Tensor, Tensor, Vec<f64>, Vec<f64>) {
    let (rows, columns) = (10_000, 100);
    let (features, weights) = (data(rows * columns), data(columns));
    let x = Tensor::from(Array::from_vec(features.clone(), &[rows, columns]).expect("a matrix"));
    let y = Tensor::from((0..rows).map(|i| f64::from(u8::from(i % 3 == 0))).collect::<Vec<f64>>());
    let w = Tensor::from(weights.iter().map(|v| 0.1 * v).collect::<Vec<f64>>());
    let p = 1.0 / (1.0 + (-x.matmul(&w)).exp());
    let loss = -(&y * p.log() + (1.0 - &y) * (1.0 - &p).log()).mean(());
    let at = w.data().expect("a leaf").to_f64();
    (loss, w, features, at)
}

fn logistic_hessian(name: &str, target: f64) {
    let (loss, w, features, at) = logistic();
    let plan = Plan::new(&[&hessian(&loss, &w)], &[&w]).expect("a plan");
    let data = Array::from(at.clone());
    let entries = vec![
        entry("gradus", || plan.run(&[&data])),
        entry("hand", || hand::logistic_hessian(&features, &at)).at_most(target),
    ];
    compare(name, entries);
}

fn logistic_product(name: &str, target: f64) {
    let (loss, w, features, at) = logistic();
    let v = Tensor::from(vec![1.0; at.len()]);
    let plan = Plan::new(&[&hvp(&loss, &w, &v)], &[&w, &v]).expect("a plan");
    let (data, along) = (Array::from(at.clone()), Array::from(vec![1.0; at.len()]));
    let entries = vec![
        entry("gradus", || plan.run(&[&data, &along])),
        entry("hand", || hand::logistic_product(&features, &at, &vec![1.0; at.len()])).at_most(target),
    ];
    compare(name, entries);
}
