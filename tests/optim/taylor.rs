//! `taylor_step` and the book's derivatives by name, beside closed forms and identities.

use gradus::optim::{
    curvature_along, derivative, directional_derivative, laplacian, partial, second_derivative, taylor, taylor_step,
};
use gradus::{Array, Tensor, hessian};

fn number(t: &Tensor) -> f64 {
    t.eval().unwrap().item().unwrap()
}

fn scalar(v: f64) -> Tensor {
    Tensor::new(Array::scalar(v))
}

#[test]
fn a_quadratic_is_its_own_expansion() {
    let a = Tensor::from([[3.0, 1.0, 0.0], [1.0, 2.0, 0.5], [0.0, 0.5, 1.0]]);
    let x = Tensor::from([1.0, -2.0, 0.5]);
    let f = 0.5 * x.dot(&a.matmul(&x)) - x.sum(());
    let step = taylor_step(&f, &x, None).unwrap();
    let best = step.best.unwrap();
    assert!((best - step.slope / step.curvature).abs() < 1e-16);
    assert!((step.achieved - step.predicted).abs() < 1e-14);
    // The best step halves what the slope alone promises.
    assert!((step.curvature_term + 0.5 * step.slope_term).abs() < 1e-13);
    // No other step reaches lower.
    for e in [0.5 * best, 0.9 * best, 1.1 * best, 2.0 * best] {
        let other = taylor_step(&f, &x, Some(e)).unwrap();
        assert!(other.achieved > step.achieved && (other.achieved - other.predicted).abs() < 1e-13);
    }
    let (slopes, bends): (f64, f64) =
        (step.shares.iter().map(|s| s.slope).sum(), step.shares.iter().map(|s| s.curvature).sum());
    assert!((slopes - 1.0).abs() < 1e-14 && (bends - 1.0).abs() < 1e-14);
}

#[test]
fn no_best_step_has_a_reason() {
    let x = Tensor::from([1.0, 0.5]);
    let (a, b) = (x.index(0, 0), x.index(0, 1));
    let down = taylor_step(&(-a.square() + 0.1 * b.square()), &x, None).unwrap();
    assert!(down.best.is_none() && down.because.unwrap().contains("< 0"));
    assert_eq!((down.epsilon, down.predicted), (0.0, down.value));
    let straight = taylor_step(&x.sum(()), &x, None).unwrap();
    assert!(straight.because.unwrap().contains("gᵀHg = 0"));
    let flat = taylor_step(&(&x - Tensor::from([1.0, 0.5])).square().sum(()), &x, None).unwrap();
    assert!(flat.because.unwrap().contains("critical point"));
    // A step of one's own is told all the same: −0.1 gᵀg + ½ 0.01 gᵀHg.
    let own = taylor_step(&(-a.square()), &x, Some(0.1)).unwrap();
    assert!((own.slope_term + 0.4).abs() < 1e-15 && (own.curvature_term + 0.04).abs() < 1e-15);
    assert!((own.achieved - own.predicted).abs() < 1e-15);
}

#[test]
fn derivatives_of_one_variable() {
    let x = scalar(0.7);
    for (k, want) in [(0, 0.7f64.sin()), (1, 0.7f64.cos()), (2, -0.7f64.sin()), (3, -0.7f64.cos()), (4, 0.7f64.sin())] {
        assert!((number(&derivative(&x.sin(), &x, k)) - want).abs() < 1e-15, "{k}");
    }
    let many = Tensor::from([1.0, 2.0]);
    assert!(derivative(&many.sum(()), &many, 1).eval().unwrap_err().message().contains("one number"));
}

#[test]
fn directions_are_the_hessians() {
    let x = Tensor::from([0.3, -0.4, 1.2]);
    let d = Tensor::from([1.0, 2.0, -1.0]);
    let f = (x.sin() * Tensor::from([1.0, 2.0, 3.0])).sum(()).exp();
    let h = hessian(&f, &x);
    let want = number(&d.dot(&h.matmul(&d)));
    assert!((number(&second_derivative(&f, &x, &d)) - want).abs() < 1e-12 * want.abs());
    assert!((number(&curvature_along(&f, &x, &d)) - want / 6.0).abs() < 1e-12 * want.abs());
    let trace: f64 = (0..3).map(|i| h.eval().unwrap().get(&[i, i]).unwrap()).sum();
    assert!((number(&laplacian(&f, &x)) - trace).abs() < 1e-12 * trace.abs());
    let slope: f64 = (0..3).map(|i| number(&partial(&f, &x, i)) * [1.0, 2.0, -1.0][i as usize]).sum();
    assert!((number(&directional_derivative(&f, &x, &d)) - slope).abs() < 1e-12 * slope.abs());
    // A harmonic function has none.
    let z = Tensor::from([0.3, 0.8]);
    let (a, b) = (z.index(0, 0), z.index(0, 1));
    assert!(number(&laplacian(&(a.exp() * b.sin()), &z)).abs() < 1e-15);
}

#[test]
fn expansions_of_any_order() {
    // 1/(1 − x) at 0 is the sum of the powers.
    let x = scalar(0.0);
    let h = scalar(0.5);
    for order in 0..8 {
        let want = (0..=order).map(|k| 0.5f64.powi(k)).sum::<f64>();
        assert!((number(&taylor(&(1.0 / (1.0 - &x)), &x, &h, order as usize)) - want).abs() < 1e-14);
    }
    // A cubic in two variables is its own expansion of order 3, and of order 2 it is not.
    let x = Tensor::from([1.0, 2.0]);
    let h = Tensor::from([0.5, -1.0]);
    let cubic = |x: &Tensor| x.index(0, 0).pow(3.0) + x.index(0, 0) * x.index(0, 1).square();
    let want = number(&cubic(&(&x + &h)));
    assert!((number(&taylor(&cubic(&x), &x, &h, 3)) - want).abs() < 1e-14);
    // h·h·h of the third order: h₁³ + h₁h₂².
    assert!((want - number(&taylor(&cubic(&x), &x, &h, 2)) - (0.125 + 0.5)).abs() < 1e-14);
}
