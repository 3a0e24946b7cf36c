//! Square matrices: values, gradients, singular and nearly singular ones; and tensors made from nothing.

use gradus::{Array, DType, Tensor, eval_with_notes, grad, hessian, jacobian, jvp};

fn close(got: &Tensor, want: &[f64], tolerance: f64) {
    let got = got.eval().unwrap().to_f64();
    assert_eq!(got.len(), want.len(), "{got:?} against {want:?}");
    for (g, w) in got.iter().zip(want) {
        assert!((g - w).abs() <= tolerance * w.abs().max(1.0), "{got:?} against {want:?}");
    }
}

/// A matrix without structure, from a recurrence.
fn matrix(n: usize, seed: u64) -> Tensor {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    };
    Tensor::from(Array::from_vec((0..n * n).map(|_| next()).collect::<Vec<f64>>(), &[n, n]))
}

#[test]
fn determinants_and_their_gradients_at_singular_matrices() {
    let a = Tensor::from([[1.0, 2.0], [2.0, 4.0]]);
    close(&a.det(), &[0.0], 0.0);
    close(&grad(&a.det(), &a), &[4.0, -2.0, -2.0, 1.0], 0.0);
    // The Hessian of a 2×2 determinant does not depend on the matrix.
    let h = [0., 0., 0., 1., 0., 0., -1., 0., 0., -1., 0., 0., 1., 0., 0., 0.];
    close(&hessian(&a.det(), &a), &h, 0.0);
    let b = Tensor::from([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]);
    close(&grad(&b.det(), &b), &[-3.0, 6.0, -3.0, 6.0, -12.0, 6.0, -3.0, 6.0, -3.0], 1e-15);
    // Of rank 1 all minors of order 2 vanish, and so does the gradient, but not the second derivative.
    let ones = Tensor::ones(&[3, 3], DType::F64);
    close(&grad(&ones.det(), &ones), &[0.0; 9], 0.0);
    let h = hessian(&ones.det(), &ones).eval().unwrap();
    assert_eq!(h.to_f64().iter().filter(|v| v.abs() == 1.0).count(), 36);
    close(&Tensor::from([[3.0]]).det(), &[3.0], 0.0);
    let one = Tensor::from([[3.0]]);
    close(&grad(&one.det(), &one), &[1.0], 0.0);
}

#[test]
fn determinants_beyond_the_range_of_floats() {
    let a = Tensor::eye(40, 40, 0, DType::F64) * 1e-200;
    let (sign, log) = a.slogdet();
    close(&sign, &[1.0], 0.0);
    close(&log, &[-200.0 * 40.0 * std::f64::consts::LN_10], 1e-15);
    let (sign, log) = Tensor::from([[0.0, 2.0], [1.0, 0.0]]).slogdet();
    close(&sign, &[-1.0], 0.0);
    close(&log, &[2f64.ln()], 0.0);
    let (sign, log) = Tensor::from([[1.0, 2.0], [2.0, 4.0]]).slogdet();
    close(&sign, &[0.0], 0.0);
    assert_eq!(log.eval().unwrap().to_f64(), [f64::NEG_INFINITY]);
    // Near 1 the logarithm has all its digits.
    let a = Tensor::from([[1.0 + 1e-9, 0.0], [0.0, 1.0]]);
    let truth = (1.0 + 1e-9 - 1.0f64).ln_1p();
    assert_eq!(a.slogdet().1.eval().unwrap().to_f64(), [truth]);
    let m = matrix(5, 3);
    close(&grad(&m.slogdet().1, &m), &m.inv().mt().eval().unwrap().to_f64(), 1e-14);
}

#[test]
fn systems_and_inverses() {
    let a = matrix(30, 7);
    let x = Tensor::arange(1.0, 31.0, 1.0);
    close(&a.solve(a.matmul(&x)), &x.eval().unwrap().to_f64(), 1e-12);
    close(&a.inv().matmul(&a), &Tensor::eye(30, 30, 0, DType::F64).eval().unwrap().to_f64(), 1e-12);
    let b = Tensor::from([[[2.0, 0.0], [0.0, 4.0]], [[1.0, 1.0], [0.0, 1.0]]]);
    close(&b.solve([2.0, 4.0]), &[1.0, 1.0, -2.0, 4.0], 0.0);
    close(&grad(&b.solve([2.0, 4.0]).sum(()), &b), &[-0.5, -0.5, -0.25, -0.25, 2., -4., 0., 0.], 1e-15);
    let m = matrix(4, 1);
    let y = m.inv();
    let d = matrix(4, 2);
    let forward = jvp(&[&y], &[&m], std::slice::from_ref(&d)).pop().unwrap();
    close(&forward, &(-y.matmul(&d).matmul(&y)).eval().unwrap().to_f64(), 1e-13);
    assert_eq!(jacobian(&y, &m).shape().unwrap(), &[4, 4, 4, 4]);
    // A badly scaled matrix is not a singular one.
    let a = Tensor::from([[1e-200, 0.0], [0.0, 1e200]]);
    close(&a.solve([1e-200, 1e200]), &[1.0, 1.0], 0.0);
}

#[test]
fn the_wilkinson_matrix_keeps_its_digits() {
    let n = 60usize;
    let entry = |t: usize| {
        let (i, j) = (t / n, t % n);
        if i == j || j == n - 1 { 1.0 } else { -f64::from(i > j) }
    };
    let a = Tensor::from(Array::from_vec((0..n * n).map(entry).collect::<Vec<f64>>(), &[n, n]));
    let x = Tensor::arange(0.0, 60.0, 1.0).sin();
    close(&a.solve(a.matmul(&x)), &x.eval().unwrap().to_f64(), 1e-13);
}

#[test]
fn singular_matrices_are_named() {
    let a = 0.1 * Tensor::from([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]);
    let e = a.solve([1.0, 2.0, 4.0]).eval().unwrap_err();
    assert!(e.is_singular(), "{e}");
    assert!(a.inv().eval().unwrap_err().is_singular());
    let hilbert = |n: i64| {
        let i = Tensor::arange(0.0, n as f64, 1.0);
        1.0 / (i.expand_dims(1) + i.expand_dims(0) + 1.0)
    };
    let y = hilbert(9).inv();
    let notes = eval_with_notes(&[&y]).unwrap().notes;
    assert_eq!(notes.len(), 1, "{notes:?}");
    assert!(eval_with_notes(&[&matrix(9, 1).inv()]).unwrap().notes.is_empty());
    assert!(Tensor::from([[1.0, 2.0, 3.0]]).inv().eval().unwrap_err().is_shape());
    assert!(a.solve([1.0, 2.0]).eval().unwrap_err().is_shape());
}

#[test]
fn cholesky_factors() {
    let a = Tensor::from([[4.0, 2.0], [2.0, 3.0]]);
    close(&a.cholesky(), &[2.0, 0.0, 1.0, 2f64.sqrt()], 1e-16);
    let m = matrix(6, 5);
    let s = m.matmul(m.mt()) + Tensor::eye(6, 6, 0, DType::F64);
    let l = s.cholesky();
    close(&l.matmul(l.mt()), &s.eval().unwrap().to_f64(), 1e-15);
    // log det S = 2 Σ log Lᵢᵢ, and its gradient is S⁻¹.
    let logdet = 2.0 * l.diagonal().log().sum(());
    close(&grad(&logdet, &s), &s.inv().eval().unwrap().to_f64(), 1e-13);
    assert!(Tensor::from([[1.0, 2.0], [2.0, 1.0]]).cholesky().eval().unwrap_err().is_singular());
    assert!(Tensor::from([[1.0, 2.0], [0.0, 1.0]]).cholesky().eval().unwrap_err().is_domain());
}

#[test]
fn tensors_from_nothing() {
    close(&Tensor::linspace(0.0, 1.0, 5), &[0.0, 0.25, 0.5, 0.75, 1.0], 0.0);
    close(&Tensor::arange_int(5, 0, -2), &[5.0, 3.0, 1.0], 0.0);
    close(&Tensor::arange_int(0, 5, 2), &[0.0, 2.0, 4.0], 0.0);
    close(&Tensor::eye(2, 3, 1, DType::F64), &[0., 1., 0., 0., 0., 1.], 0.0);
    let a = Tensor::from([[1.0, 2.0], [3.0, 4.0]]);
    close(&a.tril(0), &[1.0, 0.0, 3.0, 4.0], 0.0);
    close(&a.triu(0), &[1.0, 2.0, 0.0, 4.0], 0.0);
    close(&a.triu(1), &[0.0, 2.0, 0.0, 0.0], 0.0);
    close(&grad(&a.tril(0).sum(()), &a), &[1.0, 0.0, 1.0, 1.0], 0.0);
    close(&Tensor::from([1.0, 2.0]).diag(), &[1.0, 0.0, 0.0, 2.0], 0.0);
    close(&a.diag(), &[1.0, 4.0], 0.0);
    close(&Tensor::from([2i64, 0]).one_hot(3, DType::F32), &[0., 0., 1., 1., 0., 0.], 0.0);
    for n in [100_000_000_000, 1_000_000_000_000_000] {
        let e = Tensor::ones(&[n], DType::F64).eval().unwrap_err();
        assert!(e.is_memory(), "{e}");
        assert!(Tensor::arange(0.0, n as f64, 1.0).eval().unwrap_err().is_memory());
    }
    assert!(Tensor::ones(&[usize::MAX, 2], DType::F64).eval().is_err());
}
