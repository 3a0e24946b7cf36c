//! Bad input, each with its named outcome.

use std::ops::ControlFlow;
use std::time::Duration;

use gradus::optim::{METHODS, PointKind, StepSize, Stopped, minimize};
use gradus::{Array, DType, Kind, Tensor};

fn leaf(v: &[f64]) -> Tensor {
    Tensor::from(v).named("w")
}

#[test]
fn a_leaf_the_loss_does_not_depend_on() {
    let (w, b) = (leaf(&[1.0]), Tensor::from([1.0]).named("b"));
    let e = minimize(&w.square().sum(()), &[&w, &b]).run().unwrap_err();
    assert!(e.is_argument() && e.message() == "the loss does not depend on `b`", "{e}");
}

#[test]
fn a_loss_that_is_not_one_number() {
    let w = leaf(&[1.0, 2.0]);
    let e = minimize(&w.square(), &[&w]).run().unwrap_err();
    assert!(e.is_shape() && e.message().contains("(2,)") && e.message().contains("sum"), "{e}");
}

#[test]
fn what_is_no_leaf_of_floats() {
    let w = leaf(&[1.0, 2.0]);
    let twice = 2.0 * &w;
    assert!(minimize(&twice.square().sum(()), &[&twice]).run().unwrap_err().message().contains("not a leaf"));
    let k = Tensor::from([1i64, 2]).named("k");
    let e = minimize(&(&w * &k).sum(()), &[&k]).run().unwrap_err();
    assert!(e.is_dtype() && e.message().contains("`k` is i64"), "{e}");
    assert!(minimize(&w.sum(()), &[&w, &w]).run().unwrap_err().message().contains("twice"));
    assert!(minimize(&w.sum(()), &[]).run().unwrap_err().is_argument());
}

#[test]
fn values_that_are_no_numbers_at_the_start_are_explained() {
    let w = leaf(&[-1.0, 2.0]);
    let found = minimize(&w.log().sum(()), &[&w]).run().unwrap();
    assert_eq!((found.stopped, found.kind, found.iterations), (Stopped::NotFinite, PointKind::NotCritical, 0));
    let why = found.finding.unwrap();
    assert_eq!((why.op, why.kind), ("log", Kind::Domain));
}

#[test]
fn values_that_are_no_numbers_ahead_are_stepped_back_from() {
    // log is not defined where a long step leads.
    let w = leaf(&[3.0]);
    for method in METHODS.iter().filter(|m| !["levenberg-marquardt"].contains(&m.name)) {
        let found = minimize(&(&w - w.log()).sum(()), &[&w])
            .method(method.name)
            .step_size(StepSize::Fixed(10.0))
            .max_iterations(50)
            .run()
            .unwrap();
        assert!(found.value.is_finite() && found.value <= 3.0 - 3f64.ln() + 1e-12, "{}: {}", method.name, found.value);
    }
}

#[test]
fn places_where_the_loss_has_no_value_are_stepped_back_from() {
    // w - log det(w I + [[0, 1], [1, 0]]) / 2 by a Cholesky factor, which there is for w > 1 only: least where w = w² - 1.
    let w = leaf(&[3.0]);
    let matrix = &w * Tensor::eye(2, 2, 0, DType::F64) + Tensor::from([[0.0, 1.0], [1.0, 0.0]]);
    let loss = w.sum(()) - matrix.cholesky().diagonal().log().sum(());
    let golden = (1.0 + 5f64.sqrt()) / 2.0;
    for method in ["gradient-descent", "bfgs", "newton"] {
        let found = minimize(&loss, &[&w]).method(method).run().unwrap();
        assert!((found.x[0].1.to_f64()[0] - golden).abs() < 1e-7, "{method}: {found}");
    }
    let fixed = minimize(&loss, &[&w])
        .method("gradient-descent")
        .step_size(StepSize::Fixed(100.0))
        .max_iterations(3)
        .run()
        .unwrap();
    assert!(fixed.value.is_finite());
    let start = leaf(&[0.5]);
    let matrix = &start * Tensor::eye(2, 2, 0, DType::F64) + Tensor::from([[0.0, 1.0], [1.0, 0.0]]);
    let found = minimize(&matrix.cholesky().diagonal().log().sum(()), &[&start]).run().unwrap();
    assert_eq!(found.stopped, Stopped::NotFinite);
    let why = found.finding.unwrap();
    assert!(why.kind == Kind::Degenerate && why.because.contains("cholesky"), "{why:?}");
}

#[test]
fn a_start_outside_of_the_bounds() {
    let w = leaf(&[1.0, 5.0]);
    let e = minimize(&w.square().sum(()), &[&w]).bounds(0, -2.0, 2.0).run().unwrap_err();
    assert!(e.is_domain() && e.message().contains("w[1] = 5 is not in [-2, 2]"), "{e}");
}

#[test]
fn bounds_that_contradict_each_other() {
    let w = leaf(&[1.0, 5.0]);
    let e = minimize(&w.square().sum(()), &[&w]).bounds(0, [0.0, 7.0], [2.0, 6.0]).run().unwrap_err();
    assert!(e.is_argument() && e.message().contains("w[1] contradict"), "{e}");
    assert!(minimize(&w.sum(()), &[&w]).bounds(3, 0.0, 1.0).run().unwrap_err().is_argument());
    assert!(minimize(&w.sum(()), &[&w]).bounds(0, f64::NAN, 1.0).run().unwrap_err().is_argument());
}

#[test]
fn a_problem_without_a_lower_end() {
    let w = leaf(&[1.0, 5.0]);
    for method in ["gradient-descent", "conjugate-gradient", "newton", "newton-cg", "bfgs", "lbfgs"] {
        let found = minimize(&w.sum(()), &[&w]).method(method).run().unwrap();
        assert_eq!((found.stopped, found.kind), (Stopped::Unbounded, PointKind::NotCritical), "{method}");
    }
    for method in ["brent", "golden-section"] {
        let w = leaf(&[1.0]);
        let found = minimize(&w.pow(3.0).sum(()), &[&w]).method(method).run().unwrap();
        assert_eq!(found.stopped, Stopped::Unbounded, "{method}");
    }
    // The default too, and where the value reaches the end of the numbers.
    let found = minimize(&(-w.square()).sum(()), &[&w]).run().unwrap();
    assert_eq!(found.stopped, Stopped::Unbounded);
    let found = minimize(&(-w.exp()).sum(()), &[&w]).run().unwrap();
    assert_eq!(found.stopped, Stopped::Unbounded);
}

#[test]
fn no_steps_at_all_give_the_start() {
    let w = leaf(&[1.0, 5.0]);
    let found = minimize(&w.square().sum(()), &[&w]).max_iterations(0).run().unwrap();
    assert_eq!((found.stopped, found.iterations, found.value), (Stopped::Iterations, 0, 26.0));
    assert_eq!((found.x[0].1.to_f64(), found.kind), (vec![1.0, 5.0], PointKind::NotCritical));
    assert_eq!(found.trace.len(), 1);
}

#[test]
fn other_reasons_to_stop() {
    let w = leaf(&[1.0, 5.0]);
    let loss = w.square().sum(());
    let descent = || minimize(&loss, &[&w]).method("gradient-descent").step_size(StepSize::Fixed(0.1));
    let found = descent().until_value(1.0).run().unwrap();
    assert!(found.stopped == Stopped::Value && found.value <= 1.0 && found.trace[found.iterations - 1].value > 1.0);
    assert_eq!(descent().until_step(0.1).run().unwrap().stopped, Stopped::Step);
    assert_eq!(descent().max_time(Duration::ZERO).run().unwrap().stopped, Stopped::Time);
    let found = descent().until_gradient(0.5).run().unwrap();
    assert!(found.stopped == Stopped::Gradient && found.gradient_norm <= 0.5);
    let mut calls = 0;
    let three = |s: &gradus::optim::Step| {
        calls += 1;
        if s.iteration == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let found =
        minimize(&loss, &[&w]).method("gradient-descent").step_size(StepSize::Fixed(0.1)).on_step(three).run().unwrap();
    assert_eq!((found.stopped, found.iterations), (Stopped::Interrupted, 3));
    assert_eq!(calls, 4);
}

#[test]
fn a_rate_that_explodes_ends_with_the_best_place() {
    let w = leaf(&[1.0]);
    let found =
        minimize(&w.pow(4.0).sum(()), &[&w]).method("gradient-descent").step_size(StepSize::Fixed(1.0)).run().unwrap();
    assert!(found.value <= 1.0 && found.x[0].1.to_f64()[0].abs() <= 1.0, "{found}");
}

#[test]
fn a_gradient_that_is_stuck_at_zero_is_explained() {
    // A dead unit: no slope, and no minimum.
    let w = leaf(&[-40.0]);
    let x = Tensor::from([[1.0], [2.0]]);
    let loss = (x.matmul(&w).sigmoid().round() - 1.0).square().sum(());
    let found = minimize(&loss, &[&w]).run().unwrap();
    assert!(found.kind != PointKind::Minimum, "{found}");
}

#[test]
fn methods_that_do_not_fit() {
    let w = leaf(&[1.0, 5.0]);
    let run = |m: &str| minimize(&w.sum(()), &[&w]).method(m).run().unwrap_err();
    assert!(run("adamm").message().contains("there are gradient-descent, momentum"));
    assert!(run("brent").message().contains("one variable"));
    assert!(run("levenberg-marquardt").message().contains("sum of squares"));
    let e = minimize(&w.square().sum(()), &[&w]).method("conjugate-gradient").bounds(0, 0.0, 9.0).run().unwrap_err();
    assert!(e.message().contains("knows no bounds") && e.message().contains("lbfgs"), "{e}");
    let e = minimize(&w.square().sum(()), &[&w]).multi_start(3, 0).run().unwrap_err();
    assert!(e.message().contains("finite"), "{e}");
}

#[test]
fn narrow_dtypes_come_back_as_they_were() {
    let w = Tensor::new(Array::from([1.0, -2.0]).cast(DType::F32).unwrap()).named("w");
    let found = minimize(&(&w - 0.5).pow(4.0).sum(()), &[&w]).run().unwrap();
    assert_eq!(found.x[0].1.dtype(), DType::F32);
    assert!(found.value < 1e-6, "{found}");
}
