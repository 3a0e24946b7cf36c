//! Bad input: a report, never a failure of the checker itself; and its truth beside 800-digit truth on random formulas.

use super::{faults, report};
use gradus::DType::{F32, F64};
use gradus::numerics::check::Shadow;
use gradus::{Tensor, check};

#[test]
fn what_has_no_value_anywhere_has_a_report() {
    assert_eq!(faults(&report("log(-1 - x**2)", &["x=[1, 2]"], F64)), ["domain log 1:1"]);
    assert_eq!(faults(&report("x + y", &["x=[nan, nan]", "y=[1, 2]"], F32)).len(), 1);
    for source in ["x/0", "0*x/0", "inf - inf + x", "x**1e300", "exp(exp(exp(x)))", "log(log(x) - 99)", "argmax(x - x)"]
    {
        report(source, &["x=[1, 1e30, -5]"], F64);
        report(source, &["x=[1, 1e30, -5]"], F32);
    }
    assert!(check(&(Tensor::from([1.0, 2.0]) + Tensor::from([1.0, 2.0, 3.0]))).unwrap_err().is_shape());
}

#[test]
fn a_chain_of_100_000_nodes_is_checked() {
    let x = Tensor::from(gradus::Array::scalar(1.0));
    let mut t = x.clone();
    for _ in 0..50_000 {
        t = (&t * 1.000_01) + 1e-6;
    }
    assert!(check(&t).unwrap().is_clean());
    // A fault at the bottom is found from the top.
    let mut t = (&x * 1000.0).exp();
    for _ in 0..3_000 {
        t = &t * 0.9 + 1e-6;
    }
    let report = check(&t.log()).unwrap();
    assert_eq!(report.findings.first().map(|f| f.op), Some("exp"), "{report}");
}

#[test]
fn the_truth_does_not_depend_on_the_spelling() {
    // Pairs that are equal in exact arithmetic, however badly either is computed.
    let pairs = [
        ("log(sum(exp(x)))", "logsumexp(x)"),
        ("exp(x)/sum(exp(x))", "softmax(x)"),
        ("log(1/(1 + exp(-x)))", "log_sigmoid(x)"),
        ("1 - 1/(1 + exp(-x))", "sigmoid(-x)"),
        ("log(1 + exp(x))", "softplus(x)"),
        ("(exp(x) - exp(-x))/(exp(x) + exp(-x))", "tanh(x)"),
        ("mean(x**2) - mean(x)**2", "mean((x - mean(x))**2)"),
        ("1 - cos(x)", "2*sin(x/2)**2"),
        ("sqrt(x**2 + 1) - abs(x)", "1/(sqrt(x**2 + 1) + abs(x))"),
        ("arctan(x)", "2*arctan(x/(1 + sqrt(1 + x**2)))"),
        ("1 - erf(x)", "erfc(x)"),
    ];
    for (a, b) in pairs {
        for x in ["[0.5, -0.25, 2]", "[30, -40, 0.001]", "[1000, -700, 1e-9]", "[1e-12, 100, 12345.678]"] {
            let mut program = gradus::formula::Program::formula(&format!("{a}; {b}")).unwrap();
            program.as_written(true).bind(&format!("x={x}")).unwrap();
            let formulas = program.formulas().unwrap();
            let shadow = Shadow::of(&formulas.iter().collect::<Vec<_>>());
            let (p, q) = (shadow.of_tensor(&formulas[0]).unwrap(), shadow.of_tensor(&formulas[1]).unwrap());
            for (v, w) in p.exact.iter().zip(&q.exact) {
                let apart = (*v - *w).size();
                let allowed = v.error().up(w.error()).up(v.size().times(1e-35.into()));
                assert!(!allowed.less(apart), "{a} and {b} at {x}: {} and {}", v.to_f64(), w.to_f64());
            }
        }
    }
}
