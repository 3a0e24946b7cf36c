//! What is rewritten by how a matrix was made, and what large matrices come to.

use super::matrices;
use gradus::{Array, DType, Tensor, grad, stabilize};

/// The largest difference of two values, beside the largest element.
fn apart(a: &Tensor, b: &Tensor) -> f64 {
    let (a, b) = (a.eval().unwrap().to_f64(), b.as_written().eval().unwrap().to_f64());
    assert_eq!(a.len(), b.len());
    let size = b.iter().fold(f64::MIN_POSITIVE, |m, v| m.max(v.abs()));
    a.iter().zip(&b).fold(0.0f64, |m, (a, b)| m.max((a - b).abs() / size))
}

/// The value that the formula has as written, by a rule of this name; and the same gradient in `x`.
fn fires(rule: &str, y: &Tensor, x: &Tensor) {
    let fired = stabilize(y).1;
    assert!(fired.iter().any(|f| f.rule == rule), "{y}: {:?}", fired.iter().map(|f| f.rule).collect::<Vec<_>>());
    assert!(apart(y, y) < 1e-13, "{y}: {}", apart(y, y));
    let written = grad(&y.as_written().sum(()), x);
    assert!(
        apart(&grad(&y.sum(()), x), &written) < 1e-12,
        "gradient of {y}: {}",
        apart(&grad(&y.sum(()), x), &written)
    );
}

#[test]
fn products_with_inverses_are_solutions() {
    let (a, b) = (matrices::random(4, 4, 1).tensor() + 2.0, matrices::random(4, 3, 2).tensor());
    let x = Tensor::from([1.0, -2.0, 0.5, 3.0]);
    let rule = "product with an inverse";
    fires(rule, &a.inv().matmul(&b), &a);
    fires(rule, &b.mt().matmul(a.inv()), &a);
    fires(rule, &a.inv().matmul(&x), &a);
    fires(rule, &x.matmul(a.inv()), &a);
    fires(rule, &x.matmul(a.inv()).matmul(&x), &x);
    let batch = Tensor::stack(&[&a, &a.mt()], 0);
    fires(rule, &batch.inv().matmul(&b), &batch);
    assert!(Tensor::from([[1.0, 2.0], [2.0, 4.0]]).inv().matmul([1.0, 1.0]).eval().unwrap_err().is_singular());
}

#[test]
fn triangles_and_orthogonal_matrices_are_known() {
    let (a, b) = (matrices::random(4, 4, 3).tensor() + 2.0, matrices::random(4, 2, 4).tensor());
    let s = a.matmul(a.mt()) + Tensor::eye(4, 4, 0, DType::F64);
    let v = Tensor::from([1.0, -2.0, 0.5, 3.0]);
    let triangle = "inverse of a triangle";
    for t in [a.tril(0), a.triu(0), a.tril(0).mt(), a.qr(false).1, a.lu().1, a.lu().2] {
        fires(triangle, &t.solve(&b), &a);
        fires(triangle, &t.inv(), &a);
    }
    fires(triangle, &v.diag().solve(&b), &v);
    fires(triangle, &s.cholesky().solve(&b), &a);
    for q in [a.qr(false).0, s.eigh().1, a.svd(false).0, a.svd(false).2, a.qr(false).0.mt()] {
        fires("inverse of an orthogonal matrix", &q.solve(&b), &a);
        fires("inverse of an orthogonal matrix", &q.inv(), &a);
    }
    // More than a triangle, and columns that are not square, are nothing known.
    let none = |t: &Tensor| assert!(stabilize(t).1.is_empty(), "{t}");
    none(&a.tril(1).solve(&b));
    none(&a.solve(&b));
    let zero = Tensor::from([1.0, 0.0]).diag();
    assert!(zero.solve([1.0, 1.0]).eval().unwrap_err().is_singular());
    assert_eq!(zero.det().eval().unwrap().to_f64(), [0.0]);
}

/// Solutions of large systems by every way: unevenly scaled, growing, positive definite, of several columns.
#[test]
fn large_systems() {
    for n in [48, 64, 130] {
        let a = matrices::random(n, n, 7).tensor();
        let x = matrices::random(n, 3, 8).tensor();
        let positive = a.matmul(a.mt()) + Tensor::eye(n, n, 0, DType::F64);
        let uneven = &a * (Tensor::arange(0.0, n as f64, 1.0) * 0.5).exp().expand_dims(-1);
        for (what, m) in [("plain", &a), ("positive", &positive), ("uneven", &uneven)] {
            let m = Tensor::from(m.eval().unwrap());
            let got = m.solve(m.matmul(&x));
            assert!(apart(&got, &x) < 1e-10, "{what} {n}: {}", apart(&got, &x));
            let back = m.inv().as_written().matmul(&m).as_written();
            assert!(apart(&back, &Tensor::eye(n, n, 0, DType::F64)) < 1e-9, "inverse, {what} {n}");
            // The determinant of a matrix beside that of its factors.
            let (p, _, u) = m.lu();
            let log = u.diagonal().abs().log().sum(());
            let sign = u.diagonal().sign().prod(()) * p.det();
            assert!(apart(&m.slogdet().1, &log) < 1e-12 && apart(&m.slogdet().0, &sign) < 1e-15, "{what} {n}");
        }
    }
}

/// The last digits: an ill-conditioned system of integers, whose right-hand side is exact.
#[test]
fn refinement_brings_the_last_digits() {
    let n = 60;
    let base = matrices::random(n, n, 9);
    let entry = |t: usize| (base.data[t] * 1000.0).round() + if t / n == 1 { 0.0 } else { 1e6 };
    let mut data: Vec<f64> = (0..n * n).map(entry).collect();
    // Two rows that nearly agree.
    (0..n).for_each(|j| data[n + j] = data[j] + if j == 3 { 1.0 } else { 0.0 });
    let a = Tensor::from(Array::from_vec(data, &[n, n]).unwrap());
    let x = Tensor::arange(1.0, 61.0, 1.0);
    let b = a.matmul(&x).eval().unwrap();
    assert!(b.to_f64().iter().all(|v| v.abs() < 2f64.powi(53)), "the right-hand side is exact");
    let off = |y: &Tensor| apart(y, &x);
    let (plain, refined) = (off(&a.solve(&b)), off(&a.solve_refined(&b)));
    println!("plain {plain:e}, refined {refined:e}");
    assert!(refined <= 4.0 * f64::EPSILON && plain > 8.0 * refined, "plain {plain:e}, refined {refined:e}");
}

#[test]
fn condition_estimates() {
    for m in matrices::all().into_iter().filter(|m| m.rows == m.columns) {
        let a = m.tensor();
        let estimate = a.cond_estimate().eval().unwrap().item().unwrap();
        let exact = gradus::linalg::cond_of_order(&a, "1").eval().map(|c| c.item().unwrap()).unwrap_or(f64::INFINITY);
        println!("{:18} {estimate:.3e} of {exact:.3e}", m.name);
        if exact < 1e14 {
            assert!(estimate <= exact * 1.001 && estimate * 10.0 >= exact, "{}: {estimate:e} of {exact:e}", m.name);
        } else {
            assert!(estimate > 1e12, "{}: {estimate:e}", m.name);
        }
    }
    assert_eq!(Tensor::zeros(&[3, 3], DType::F64).cond_estimate().eval().unwrap().to_f64(), [f64::INFINITY]);
    let batch = Tensor::stack(&[&Tensor::eye(2, 2, 0, DType::F64), &Tensor::from([[1.0, 2.0], [3.0, 4.0]])], 0);
    let got = batch.cond_estimate().eval().unwrap().to_f64();
    assert!(got[0] == 1.0 && (got[1] - 21.0).abs() < 1e-12, "{got:?}");
}
