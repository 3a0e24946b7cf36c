//! Every method on problems that it is for, with and without bounds.

use gradus::Tensor;
use gradus::optim::{METHODS, Minimum, PointKind, StepSize, Stopped, minimize};

/// Rosenbrock's valley in pairs, written so that it is not taken for a sum of squares.
fn rosenbrock(x: &Tensor) -> Tensor {
    let (a, b) = (x.slice(0, Some(0), None, 2), x.slice(0, Some(1), None, 2));
    let valley = (1.0 - &a).square() + 100.0 * (&b - a.square()).square();
    valley.sum(()) + 0.0 * a.sum(())
}

fn from(start: &[f64]) -> Tensor {
    Tensor::from(start).named("x")
}

fn far(found: &Minimum, want: &[f64]) -> f64 {
    let x = found.x[0].1.to_f64();
    x.iter().zip(want).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

#[test]
fn searching_methods_end_in_rosenbrocks_valley() {
    for n in [2, 10] {
        let start: Vec<f64> = (0..n).map(|i| if i % 2 == 0 { -1.2 } else { 1.0 }).collect();
        let x = from(&start);
        for (method, steps, error) in [
            ("conjugate-gradient", 400, 1e-6),
            ("newton", 40, 1e-10),
            ("newton-cg", 60, 1e-10),
            ("bfgs", 120, 1e-7),
            ("lbfgs", 150, 1e-6),
        ] {
            let found = minimize(&rosenbrock(&x), &[&x]).method(method).run().unwrap();
            println!(
                "{method:20} {n:3} variables: {:4} steps, {:4} values, error {:.1e}",
                found.iterations,
                found.counts.values,
                far(&found, &vec![1.0; n])
            );
            assert!(far(&found, &vec![1.0; n]) <= error, "{method}: {found}");
            assert!(found.iterations <= steps, "{method}: {} steps", found.iterations);
            assert_eq!(found.kind, PointKind::Minimum);
            assert!(matches!(found.stopped, Stopped::Gradient | Stopped::Rounding));
        }
    }
}

#[test]
fn first_order_methods_descend_on_a_bowl() {
    // Condition number 25, minimum at (1, -2).
    let x = from(&[5.0, 5.0]);
    let bowl = ((&x - Tensor::from([1.0, -2.0])).square() * Tensor::from([0.5, 12.5])).sum(());
    let runs: &[(&str, StepSize)] = &[
        ("gradient-descent", StepSize::Fixed(0.05)),
        ("gradient-descent", StepSize::Inverse { rate: 0.07, decay: 1e-4 }),
        ("gradient-descent", StepSize::Exponential { rate: 0.07, factor: 0.9999 }),
        ("gradient-descent", StepSize::Cosine { rate: 0.07, steps: 4000 }),
        ("gradient-descent", StepSize::Taylor),
        ("gradient-descent", StepSize::Armijo),
        ("gradient-descent", StepSize::StrongWolfe),
        ("momentum", StepSize::Fixed(0.02)),
        ("nesterov", StepSize::Fixed(0.02)),
        ("adam", StepSize::Fixed(0.05)),
    ];
    for (method, size) in runs {
        let found = minimize(&bowl, &[&x]).method(method).step_size(*size).max_iterations(4000).run().unwrap();
        println!("{method:18} {size:?}: {} steps, {}", found.iterations, found.stopped.word());
        assert!(far(&found, &[1.0, -2.0]) <= 1e-7, "{method} {size:?}: {found}");
        assert_eq!((found.kind, found.stopped), (PointKind::Minimum, Stopped::Gradient), "{method} {size:?}");
        assert!((found.condition() - 25.0).abs() < 1e-9);
    }
}

#[test]
fn fixed_steps_are_what_the_book_says() {
    let x = from(&[3.0]);
    let f = x.square().sum(());
    let after = |method: &str, steps: usize| {
        let m = minimize(&f, &[&x]).method(method).step_size(StepSize::Fixed(0.1)).momentum(0.5).max_iterations(steps);
        m.run().unwrap().trace.iter().map(|s| s.value.sqrt()).collect::<Vec<f64>>()
    };
    let close = |got: &[f64], want: &[f64]| got.iter().zip(want).all(|(a, b)| (a.abs() - b.abs()).abs() < 1e-14);
    // x − 0.1 · 2x.
    assert!(close(&after("gradient-descent", 2), &[3.0, 2.4, 1.92]));
    // v = −0.6, x = 2.4; v = −0.3 − 0.48, x = 1.62.
    assert!(close(&after("momentum", 2), &[3.0, 2.4, 1.62]));
    // v = −0.6, x = 2.4; ahead at 2.1: v = −0.3 − 0.42, x = 1.68.
    assert!(close(&after("nesterov", 2), &[3.0, 2.4, 1.68]));
    // Adam's first step is the rate, whatever the gradient.
    assert!((after("adam", 1)[1] - 2.9).abs() < 1e-8);
}

#[test]
fn one_variable() {
    let x = from(&[0.5]);
    // The minimum of x log x is 1/e; rounding lets it be told to half of the digits.
    let f = (&x * x.log()).sum(());
    for method in ["golden-section", "brent"] {
        for bounds in [Some((0.01, 2.0)), None] {
            let mut m = minimize(&f, &[&x]).method(method);
            if let Some((lo, hi)) = bounds {
                m = m.bounds(0, lo, hi);
            }
            let found = m.run().unwrap();
            println!("{method}: {} steps, {} values", found.iterations, found.counts.values);
            assert!(far(&found, &[(-1f64).exp()]) < 2e-8, "{found}");
        }
    }
    // Between two ends the default is Brent's method; at an end it finds the end.
    let found = minimize(&x.exp().sum(()), &[&x]).bounds(0, 0.25, 1.0).run().unwrap();
    assert_eq!((found.method, found.x[0].1.to_f64()[0], found.kind), ("brent", 0.25, PointKind::Minimum));
}

#[test]
fn bounds_are_kept_and_found() {
    // The nearest place to (2, -3, 0.5) in the unit box is (1, -1, 0.5).
    let x = from(&[0.0, 0.0, 0.0]);
    let f = (&x - Tensor::from([2.0, -3.0, 0.5])).square().sum(()) + 0.1 * (x.index(0, 0) * x.index(0, 2));
    let want = [1.0, -1.0, 0.45];
    for method in METHODS.iter().filter(|m| m.bounds && !m.needs.ends_with("in one variable")) {
        if method.name == "levenberg-marquardt" {
            continue;
        }
        let rate = if method.name == "adam" { 0.01 } else { 0.1 };
        let m = minimize(&f, &[&x]).method(method.name).bounds(0, -1.0, 1.0);
        let first_order = ["momentum", "nesterov", "adam"].contains(&method.name);
        let found = if first_order { m.step_size(StepSize::Fixed(rate)) } else { m }.run().unwrap();
        println!("{:20} {} steps, {}", method.name, found.iterations, found.stopped.word());
        assert!(far(&found, &want) < 1e-6, "{}: {found}", method.name);
        assert_eq!(found.kind, PointKind::Minimum, "{}", method.name);
        assert!(found.x[0].1.iter_f64().all(|v| v.abs() <= 1.0));
    }
    let squares = (&x - Tensor::from([2.0, -3.0, 0.5])).square().sum(());
    let found = minimize(&squares, &[&x]).bounds(0, -1.0, 1.0).run().unwrap();
    assert_eq!((found.method, found.x[0].1.to_f64()), ("levenberg-marquardt", vec![1.0, -1.0, 0.5]));
}

#[test]
fn several_starts_find_the_deepest_of_many_valleys() {
    // Rastrigin's function: the minimum at 0 among about 100 others.
    let x = from(&[4.1, -3.2]);
    let f = (x.square() - 10.0 * (2.0 * std::f64::consts::PI * &x).cos()).sum(()) + 20.0;
    let alone = minimize(&f, &[&x]).method("bfgs").run().unwrap();
    assert!(alone.value > 1.0, "{}", alone.value);
    let found = minimize(&f, &[&x]).method("newton-cg").bounds(0, -5.12, 5.12).multi_start(200, 7).run().unwrap();
    assert!(found.value.abs() < 1e-10 && found.starts.len() == 201, "{found}");
    let ends = found.starts.iter().map(|s| s.value).fold(0.0, f64::max);
    assert!(ends > 1.0);
}

#[test]
fn the_shape_of_the_problem_chooses_the_method() {
    let (x, many) = (from(&[0.5, 0.5]), from(&vec![0.5; 300]));
    let method = |f: Tensor, x: &Tensor| minimize(&f, &[x]).max_iterations(1).run().unwrap().method;
    assert_eq!(method(0.5 * (2.0 * &x - 1.0).square().mean(()) + 0.1 * x.pow(2.0).sum(()), &x), "levenberg-marquardt");
    assert_eq!(method(x.exp().sum(()) - x.sum(()), &x), "newton-cg");
    assert_eq!(method(many.exp().sum(()) - many.sum(()), &many), "lbfgs");
    // A negative weight makes no sum of squares.
    assert_eq!(method(x.square().sum(()) - 0.1 * x.square().sum(()), &x), "newton-cg");
}

#[test]
fn a_default_run_does_not_stay_on_a_saddle() {
    // From the ridge y = 0, the gradient leads to the saddle at 0; the minima are at (0, ±1), with value −1/4.
    let x = from(&[1.0, 0.0]);
    let (a, b) = (x.index(0, 0), x.index(0, 1));
    let f = a.square() + b.pow(4.0) / 4.0 - b.square() / 2.0;
    let found = minimize(&f, &[&x]).run().unwrap();
    assert!((found.value + 0.25).abs() < 1e-12 && found.kind == PointKind::Minimum, "{found}");
    // A method of one's own choice is left alone, and the saddle is named.
    let found = minimize(&f, &[&x]).method("gradient-descent").run().unwrap();
    assert_eq!(found.kind, PointKind::Saddle);
    assert_eq!(found.curvature.unwrap().escapes().count(), 1);
}

#[test]
fn a_large_problem_is_classified_from_products() {
    let n = 1000;
    let x = from(&vec![0.5; n]);
    let weights = Tensor::linspace(1.0, 50.0, n);
    let f = (&weights * (x.exp() - &x)).sum(());
    let found = minimize(&f, &[&x]).run().unwrap();
    let c = found.curvature.as_ref().unwrap();
    assert!(found.kind == PointKind::Minimum && !c.whole, "{found}");
    assert!((c.eigenvalues[0] - 1.0).abs() < 0.2 && (c.eigenvalues[1] - 50.0).abs() < 0.2, "{:?}", c.eigenvalues);
    // Values near 25500 tell places apart to √(8 ε · 25500) = 7e-6 where the curvature is 1.
    assert!(far(&found, &vec![0.0; n]) < 7e-6);
}

#[test]
fn the_trace_tells_the_way_and_the_table_prints() {
    let x = from(&[-1.2, 1.0]);
    let found = minimize(&rosenbrock(&x), &[&x]).method("bfgs").run().unwrap();
    assert_eq!(found.trace.len(), found.iterations + 1);
    assert!(found.trace.windows(2).all(|w| w[1].value <= w[0].value));
    let csv = found.trace_csv();
    let start: f64 = csv.lines().nth(1).unwrap().split(',').nth(1).unwrap().parse().unwrap();
    assert!(csv.starts_with("iteration,value,gradient_norm,step,predicted\n0,") && (start - 24.2).abs() < 1e-13);
    assert_eq!(csv.lines().count(), found.trace.len() + 1);
    let text = found.to_string();
    assert!(text.contains("kind       minimum (0 negative, 0 zero, 2 positive; eigenvalues 0.39"), "{text}");
    assert!(text.contains("steps      ") && text.contains("of bfgs") && text.contains("x = [1. 1.]"), "{text}");
}

#[test]
fn a_second_run_over_one_formula_is_the_first_again() {
    let (x, y) = (from(&[-1.2]), from(&[1.0]));
    let f = ((1.0 - &x).square() + 100.0 * (&y - x.square()).square()).sum(());
    for method in ["gradient-descent", "bfgs", "newton-cg", "levenberg-marquardt"] {
        let run = |over: &[&Tensor]| minimize(&f, over).method(method).max_iterations(30).run().unwrap();
        let (first, second) = (run(&[&x, &y]), run(&[&x, &y]));
        // As text, since a prediction may be NaN.
        assert_eq!(format!("{:?}", first.trace), format!("{:?}", second.trace), "{method}");
        assert_eq!(first.counts, second.counts, "{method}");
        // Over other leaves it is another problem.
        let alone = run(&[&y]);
        assert_eq!(alone.x.len(), 1);
        assert!((alone.x[0].1.to_f64()[0] - 1.44).abs() < 1e-6, "{method}: {:?}", alone.x);
    }
}
