//! The models of the examples: least squares, logistic and softmax regression, a network, principal components.

use gradus::formula::Program;
use gradus::optim::{Minimum, PointKind};

fn example(name: &str) -> Program {
    Program::file(format!("examples/{name}.gr")).unwrap()
}

fn results(name: &str) -> Vec<Vec<f64>> {
    example(name).run().unwrap().results.iter().map(|r| r.value.as_ref().unwrap().to_f64()).collect()
}

fn close(a: &[f64], b: &[f64], error: f64) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() <= error * b.abs().max(1.0))
}

#[test]
fn a_line_by_pseudoinverse_qr_and_descent() {
    let r = results("linear_regression");
    // R's lm(waiting ~ eruptions, faithful): slope 10.72964, the mean of waiting 70.89706.
    assert!((r[0][0] - 70.89705882).abs() < 1e-8, "{r:?}");
    assert!(close(&r[1], &r[0], 1e-12) && close(&r[2], &r[0], 1e-8), "{r:?}");
    assert!(close(&r[4], &r[3], 1e-8) && r[3][1] < r[0][1], "{r:?}");
}

#[test]
fn logistic_regression_has_one_minimum_whatever_the_method() {
    let program = example("logistic");
    let run = |method: &str| -> Minimum { program.minimize(&["w", "b"], |m| m.method(method)).unwrap() };
    let newton = run("newton");
    assert_eq!((newton.kind, newton.x.len()), (PointKind::Minimum, 2));
    for method in ["bfgs", "lbfgs", "newton-cg", "conjugate-gradient"] {
        let found = run(method);
        println!("{method}: {} steps, {:.12}, gradient {:.1e}", found.iterations, found.value, found.gradient_norm);
        assert!((found.value - newton.value).abs() < 1e-10, "{method}: {}", found.value - newton.value);
    }
    // Confident predictions on raw features do not become NaN.
    assert!(newton.value > 0.04 && newton.value < 0.07, "{}", newton.value);
}

#[test]
fn softmax_regression() {
    let found = example("softmax_regression").minimize(&["W", "b"], |m| m).unwrap();
    println!("{found}");
    // Adding one number to all scores changes nothing: the bias is free along (1, 1, 1), and the Hessian shows it.
    assert_eq!(found.kind, PointKind::Degenerate);
    let b = found.at("b").unwrap().to_f64();
    let other = example("softmax_regression").minimize(&["W", "b"], |m| m.method("lbfgs")).unwrap();
    assert!(
        (found.value - other.value).abs() < 1e-10 && found.gradient_norm < 1e-8 && b.len() == 3,
        "{found}\n{other}"
    );
    assert!(found.value < 0.2 && (found.trace[0].value - 3f64.ln()).abs() < 1e-12);
}

#[test]
fn a_network_learns_the_digits() {
    let program = example("network");
    let names = ["W1", "b1", "W2", "b2"];
    let adam = |m: gradus::optim::Minimize<'static>| {
        m.method("adam").step_size(gradus::optim::StepSize::Fixed(0.01)).max_iterations(150)
    };
    let found = program.minimize(&names, adam).unwrap();
    assert!(found.trace[0].value > 2.0 && found.value < 0.1, "{} to {}", found.trace[0].value, found.value);
    let mut trained = program.clone();
    for (name, value) in &found.x {
        trained.bind_array(name, value.clone());
    }
    let accuracy = trained.run().unwrap().results[0].value.as_ref().unwrap().to_f64()[0];
    println!("loss {:.4}, accuracy {accuracy:.4}", found.value);
    assert!(accuracy > 0.97, "{accuracy}");
}

#[test]
fn principal_components() {
    let r = results("pca");
    // Fisher's iris data: R's prcomp(iris[, 1:4])$sdev^2.
    let want = [4.228241706034863, 0.242670747928633, 0.078209500042919, 0.023835092973450];
    assert!(close(&r[0], &want, 1e-12) && close(&r[1], &want, 1e-12), "{r:?}");
    assert!((r[2][0] - 0.924618723201727).abs() < 1e-12, "{r:?}");
}
