//! Which rule recognises which formula, and what it is rewritten to.

use gradus::ops::{all, keep};
use gradus::{Array, DType, Plan, Tensor, eval, stabilize};

/// The rules that fire, and the op at the top of the result.
fn fires(t: &Tensor) -> (String, &'static str) {
    let (stable, fired) = stabilize(t);
    (fired.iter().map(|f| f.rule).collect::<Vec<_>>().join(", "), stable.op().name)
}

fn x() -> Tensor {
    Tensor::from([0.5, 2.0, 3.0])
}

#[test]
fn textbook_forms_become_rows() {
    let x = x();
    let y = Tensor::from([0.25, 1.0, 2.5]);
    let cases: Vec<(&str, Tensor)> = vec![
        ("softplus", (1.0 + x.exp()).log()),
        ("softplus", (x.exp() + 1.0).log()),
        ("sigmoid", 1.0 / (1.0 + (-&x).exp())),
        ("sigmoid", 1.0 / ((-&x).exp() + 1.0)),
        ("sigmoid", 1.0 / (1.0 + 1.0 / x.exp())),
        ("sigmoid", x.exp() / (1.0 + x.exp())),
        ("log_sigmoid", (1.0 / (1.0 + (-&x).exp())).log()),
        ("softmax", x.exp() / x.exp().sum(())),
        ("softmax", x.exp() / x.exp().sum(keep(-1))),
        ("log_softmax", (x.exp() / x.exp().sum(())).log()),
        ("logsumexp", x.exp().sum(()).log()),
        ("logaddexp", (x.exp() + y.exp()).log()),
        ("logsubexp", (x.exp() - y.exp()).log()),
        ("log1p", (1.0 + &x).log()),
        ("log1mexp", (1.0 - (-&x).exp()).log()),
        ("expm1", x.exp() - 1.0),
        ("versin", 1.0 - x.cos()),
        ("erfc", 1.0 - x.erf()),
        ("tanh", (x.exp() - (-&x).exp()) / (x.exp() + (-&x).exp())),
        ("tanh_grad", 1.0 - x.tanh().square()),
        ("norm", (&x * &x).sum(()).sqrt()),
        ("norm", x.pow(2.0).sum(()).pow(0.5)),
        ("hypot", (&x * &x + y.square()).sqrt()),
        ("arcsinh", (&x + (x.square() + 1.0).sqrt()).log()),
        ("xlogy", &x * x.log()),
        ("xlog_ratio", &x * (&x / &y).log()),
        ("log_ratio", (&x / &y).log()),
        ("leaf", x.exp().log()),
    ];
    let mut wrong = vec![];
    for (want, t) in &cases {
        let (rules, got) = fires(t);
        if got != *want {
            wrong.push(format!("{want}: got {got} by [{rules}] from {t:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rule_parses() {
    for r in gradus::numerics::all_rules() {
        if let Err(e) = gradus::numerics::rules::Ready::new(r) {
            panic!("{}: {e}", r.name);
        }
    }
    assert!(all().count() > 60);
}

#[test]
fn a_value_used_twice_is_looked_into_once() {
    // Sixty squarings by `y * y`: 2⁶⁰ paths lead to the leaf.
    let x = Tensor::from([0.5, 0.9]);
    let mut y = x.clone();
    for _ in 0..60 {
        y = &y * &y;
    }
    let (stable, _) = stabilize(&y);
    assert_eq!(stable.eval().unwrap().shape(), &[2]);
    assert_eq!(y.log().eval().unwrap().shape(), &[2]);
    let mut z = x.exp();
    for _ in 0..30 {
        z = &z * &z;
    }
    // exp(x) squared 30 times is exp(2³⁰ x): its logarithm is finite.
    let got = z.log().eval().unwrap().to_f64();
    assert!((got[0] / (0.5 * 2f64.powi(30)) - 1.0).abs() < 1e-12, "{got:?}");
}

/// A leaf of f32.
fn narrow(values: Vec<f64>) -> Tensor {
    Tensor::from(Array::from_vec(values.clone(), &[values.len()]).and_then(|a| a.cast(DType::F32)))
}

#[test]
fn small_formulas_of_f32_are_computed_in_f64() {
    let (a, b) = (narrow(vec![1e30, 2.0]), narrow(vec![1e20, 3.0]));
    let y = &a * &b * &b / (&a * &b);
    let whole = y.eval().unwrap();
    assert_eq!((whole.dtype(), whole.to_f64()), (DType::F32, b.data().unwrap().to_f64()));
    assert!((&a * &b * 1e-30).eval().unwrap().is_finite());
    // What ends in `as_written`, and what is large, is computed in f32.
    assert!(y.as_written().eval().unwrap().to_f64()[0].is_nan());
    let (a, b) = (narrow(vec![1e30; 4000]), narrow(vec![1e20; 4000]));
    assert_eq!((&a * &b * 1e-30).eval().unwrap().to_f64()[0], f64::INFINITY);
    // Casts and steps of a format mean what they say.
    let x = narrow(vec![1.0]);
    assert_eq!(x.spacing().eval().unwrap().to_f64(), [f64::from(f32::EPSILON)]);
    let tenth = (Tensor::from([0.1]).cast(DType::F32) * 3.0).eval().unwrap().to_f64()[0];
    assert_eq!(tenth, f64::from((f64::from(0.1f32) * 3.0) as f32));
}

#[test]
fn a_small_formula_has_its_bits_beside_others() {
    let x = narrow(vec![0.1, 0.7, 3.0]);
    let y = (x.exp().sum(()) / 3.0).log() * &x;
    let large = narrow((0..9000).map(f64::from).collect()).sin();
    let beside = eval(&[&large, &x.exp(), &y]).unwrap();
    assert_eq!(beside[2].to_f64(), y.eval().unwrap().to_f64());
    assert_eq!(beside[1].to_f64(), x.exp().eval().unwrap().to_f64());
    let plan = Plan::new(&[&y, &large], &[&x]).unwrap();
    assert_eq!(plan.run(&[x.data().unwrap()]).unwrap()[0].to_f64(), y.eval().unwrap().to_f64());
}

#[test]
fn a_constant_inside_a_power_counts() {
    let p = Tensor::from([10000.0]);
    let y = -&p / 2.0 + ((&p / 2.0).pow(2.0) - 1.0).sqrt();
    assert!((y.eval().unwrap().to_f64()[0] / -1.00000001000000020000e-4 - 1.0).abs() < 1e-12);
    let z = (4.0 * &p).sqrt() - p.sqrt();
    assert!((z.eval().unwrap().to_f64()[0] - 100.0).abs() < 1e-12);
}
