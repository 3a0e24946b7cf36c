//! Gradients through factorisations against differences, at equal eigenvalues too.

use super::matrices;
use gradus::{Array, DType, Tensor, grad, hessian};

/// The gradient of a number in a matrix, by central differences with Richardson's extrapolation.
fn differences(f: &dyn Fn(&Tensor) -> Tensor, a: &Array) -> Vec<f64> {
    let value = |k: usize, h: f64| {
        let mut v = a.to_f64();
        v[k] += h;
        f(&Tensor::from(Array::from_vec(v, a.shape()).unwrap())).eval().unwrap().item().unwrap()
    };
    let slope = |k: usize, h: f64| (value(k, h) - value(k, -h)) / (2.0 * h);
    (0..a.len()).map(|k| (4.0 * slope(k, 5e-4) - slope(k, 1e-3)) / 3.0).collect()
}

fn agree(what: &str, f: &dyn Fn(&Tensor) -> Tensor, a: &Tensor) {
    let at = a.eval().unwrap();
    let (got, want) = (grad(&f(a), a).eval().unwrap().to_f64(), differences(f, &at));
    let size = want.iter().fold(1.0f64, |m, v| m.max(v.abs()));
    for (g, w) in got.iter().zip(&want) {
        assert!((g - w).abs() < 2e-8 * size, "{what}: {got:?} against {want:?}");
    }
}

/// A fixed weight, so that no symmetry hides an error.
fn weighted(t: &Tensor, seed: u64) -> Tensor {
    let shape = t.shape().unwrap().to_vec();
    let n: usize = shape.iter().product();
    let w = matrices::random(1, n, seed).tensor();
    (t * w.reshape(&shape.iter().map(|&d| d as isize).collect::<Vec<_>>())).sum(())
}

#[test]
fn of_every_factor() {
    for (m, n) in [(3, 3), (4, 3), (3, 4), (5, 2)] {
        let a = matrices::random(m, n, 11).tensor();
        agree("q", &|a| weighted(&a.qr(false).0, 1), &a);
        agree("r", &|a| weighted(&a.qr(false).1, 2), &a);
        agree("q and r", &|a| weighted(&a.qr(false).0, 3) + weighted(&a.qr(false).1.square(), 4), &a);
        agree("u", &|a| weighted(&a.svd(false).0.square(), 5), &a);
        agree("s", &|a| weighted(&a.svd(false).1, 6), &a);
        agree("vh", &|a| weighted(&a.svd(false).2.square(), 7), &a);
        agree(
            "u s vh",
            &|a| {
                let (u, s, vh) = a.svd(false);
                weighted(&(u.square() * s.exp().expand_dims(-2)).matmul(vh.square()), 8)
            },
            &a,
        );
        agree("pinv", &|a| weighted(&a.pinv(None), 9), &a);
        let b = matrices::random(m, 2, 12).tensor();
        agree("lstsq", &|a| weighted(&a.lstsq(&b, None), 10), &a);
        agree("lstsq in b", &|b| weighted(&a.lstsq(b, None).square(), 10), &b);
    }
    let a = matrices::random(4, 4, 13).tensor();
    agree("l and u", &|a| weighted(&a.lu().1, 14) + weighted(&a.lu().2, 15), &a);
    for (m, n, seed) in [(5, 3, 30), (3, 5, 31), (4, 1, 32), (1, 4, 33)] {
        let a = matrices::random(m, n, seed).tensor();
        agree("l", &|a| weighted(&a.lu().1, 34), &a);
        agree("u", &|a| weighted(&a.lu().2, 35), &a);
        agree("l and u", &|a| weighted(&a.lu().1.square(), 36) + weighted(&a.lu().2.square(), 37), &a);
    }
    let sym = |a: &Tensor| a + a.mt();
    agree("eigenvalues", &|a| weighted(&sym(a).eigh().0, 16), &a);
    agree("eigenvectors", &|a| weighted(&sym(a).eigh().1.square(), 17), &a);
    let positive = |a: &Tensor| a.matmul(a.mt()) + Tensor::eye(4, 4, 0, DType::F64);
    agree("sqrtm", &|a| weighted(&positive(a).sqrtm(), 18), &a);
    agree("cholesky", &|a| weighted(&positive(a).cholesky(), 19), &a);
    let b = matrices::random(4, 2, 20).tensor();
    agree("triangular", &|a| weighted(&(a + 3.0).solve_triangular(&b, true), 21), &a);
    agree("triangular", &|a| weighted(&(a + 3.0).solve_triangular(&b, false), 22), &a);
    // A matrix of rank one keeps its rank along u vᵀ.
    let u = matrices::random(4, 1, 23).tensor();
    let v = matrices::random(1, 3, 24).tensor();
    agree("pinv of rank one", &|u| weighted(&u.matmul(&v).pinv(Some(1e-9)), 25), &u);
    agree("lstsq of rank one", &|u| weighted(&u.matmul(&v).lstsq([1.0, 2.0, -1.0, 0.5], Some(1e-9)), 26), &u);
}

#[test]
fn second_derivatives() {
    let a = matrices::random(3, 3, 31).tensor();
    for (what, f) in [
        (
            "sqrtm",
            (|a| weighted(&(a.matmul(a.mt()) + Tensor::eye(3, 3, 0, DType::F64)).sqrtm(), 1)) as fn(&Tensor) -> Tensor,
        ),
        ("eigenvalues", |a| weighted(&(a + a.mt()).eigh().0, 2)),
        ("singular values", |a| weighted(&a.svd(false).1, 3)),
        ("pinv", |a| weighted(&a.pinv(None), 4)),
        ("r", |a| weighted(&a.qr(false).1, 5)),
    ] {
        let h = hessian(&f(&a), &a).eval().unwrap().to_f64();
        for k in [0, 4, 5] {
            let pick = |a: &Tensor| grad(&f(a), a).flatten().index(0, k as i64);
            let want = differences(&pick, &a.eval().unwrap());
            for (i, w) in want.iter().enumerate() {
                let got = h[k * 9 + i];
                assert!((got - w).abs() < 1e-6 * w.abs().max(1.0), "{what}: {got} against {w}");
            }
        }
    }
}

#[test]
fn at_equal_eigenvalues() {
    let eye = Tensor::eye(3, 3, 0, DType::F64);
    let eye = Tensor::from(eye.eval().unwrap());
    let g = grad(&eye.sqrtm().sum(()), &eye).eval().unwrap().to_f64();
    assert!(g.iter().all(|v| (v - 0.5).abs() < 1e-15), "{g:?}");
    let nuclear = eye.svd(false).1.sum(());
    let g = grad(&nuclear, &eye).eval().unwrap().to_f64();
    assert!(g.iter().enumerate().all(|(t, v)| (v - f64::from(t % 4 == 0)).abs() < 1e-15), "{g:?}");
    // Vectors that are not unique have no derivative, and the error says so.
    let e = grad(&eye.eigh().1.index(1, 0).sum(()), &eye).eval().unwrap_err();
    assert!(e.to_string().contains("degenerate"), "{e}");
    // Those of the eigenvalue that stands alone do have one.
    let a = Tensor::from([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 5.0]]);
    let top = a.eigh().1.index(-1, 2).square();
    assert!(grad(&(top * Tensor::from([1.0, 2.0, 3.0])).sum(()), &a).eval().is_ok());
    // All three factors together are the matrix again.
    let product = |a: &Tensor| {
        let (u, s, vh) = a.svd(false);
        (u * s.expand_dims(-2)).matmul(vh).sum(())
    };
    assert_eq!(grad(&product(&eye), &eye).eval().unwrap().to_f64(), [1.0; 9]);
    let with_diag = |a: &Tensor| {
        let (u, s, vh) = a.svd(false);
        u.matmul(s.diag()).matmul(vh).sum(())
    };
    assert_eq!(grad(&with_diag(&eye), &eye).eval().unwrap().to_f64(), [1.0; 9]);
}

/// Q diag(f(w)) Qᵀ at equal, nearly equal and distinct eigenvalues: f(A) = A³, whose derivative is known.
#[test]
fn of_functions_of_a_symmetric_matrix() {
    let cube = |a: &Tensor| {
        let (w, q) = a.eigh();
        (&q * (&w * w.square()).expand_dims(-2)).matmul(q.mt())
    };
    let turn = matrices::random(3, 3, 40).tensor().qr(false).0;
    for values in [[1.0, 1.0, 1.0], [2.0, 2.0, 5.0], [1.0, 1.0 + 1e-9, 3.0], [1.0, 1.0 + 1e-4, 3.0], [1.0, 2.0, 4.0]] {
        let a = (&turn * Tensor::from(values).expand_dims(-2)).matmul(turn.mt());
        let a = Tensor::from((0.5 * (&a + a.mt())).eval().unwrap());
        let g = grad(&weighted(&cube(&a), 41), &a).eval().unwrap().to_f64();
        let direct = grad(&weighted(&a.matmul(&a).matmul(&a), 41), &a);
        let direct = (0.5 * (&direct + direct.mt())).eval().unwrap().to_f64();
        let size = direct.iter().fold(1.0f64, |m, v| m.max(v.abs()));
        assert!(g.iter().zip(&direct).all(|(g, d)| (g - d).abs() < 1e-9 * size), "{values:?}: {g:?}, not {direct:?}");
    }
    // Other parameters of f keep their gradient.
    let (a, p) = (Tensor::from([[2.0, 1.0], [1.0, 2.0]]), Tensor::from(3.0));
    let power = |p: &Tensor| {
        let (w, q) = a.eigh();
        (&q * w.pow(p).expand_dims(-2)).matmul(q.mt()).trace()
    };
    // The trace of Aᵖ is 1 + 3ᵖ, and its slope 3ᵖ log 3.
    let g = grad(&power(&p), &p).eval().unwrap().item().unwrap();
    assert!((g - 27.0 * 3f64.ln()).abs() < 1e-12, "{g}");
}

/// A long product of matrices is neither mistaken for a decomposition nor walked by recursion.
#[test]
fn of_long_products() {
    let turn = Tensor::from([[0.0, -1.0], [1.0, 0.0]]);
    let product = (0..50_000).fold(Tensor::eye(2, 2, 0, DType::F64), |p, _| p.matmul(&turn));
    assert_eq!(product.eval().unwrap().to_f64(), [1.0, 0.0, 0.0, 1.0]);
}

/// Several right sides of a Vandermonde matrix are fitted as one is.
#[test]
fn of_fits_of_several_columns() {
    let x = Tensor::from([0.0, 1.0, 2.0, 4.0]);
    let y = x.vander(3, true).matmul(Tensor::from([[1.0, 2.0], [3.0, -1.0], [0.5, 0.25]]));
    let both = x.vander(3, true).lstsq(&y, None);
    assert_eq!(both.op().name, "fit_powers");
    assert_eq!(both.eval().unwrap().to_f64(), [1.0, 2.0, 3.0, -1.0, 0.5, 0.25]);
}

/// Eigenvalues of matrices that are not symmetric, through real numbers made of them; real ones and pairs.
#[test]
fn of_general_eigenvalues() {
    // Weights that rise with the eigenvalue, as their order is not fixed.
    let real = |a: &Tensor| (a.eig().0.real() * a.eig().0.real().exp()).sum(());
    let other = |a: &Tensor| (a.eig().0.imag().square() * a.eig().0.abs()).sum(());
    for (n, seed) in [(1, 40), (3, 41), (4, 42), (7, 43)] {
        let a = matrices::random(n, n, seed).tensor();
        agree("real parts", &real, &a);
        agree("imaginary parts", &other, &a);
    }
    // The sum of the eigenvalues is the trace, their product the determinant.
    let a = matrices::random(5, 5, 44).tensor();
    let g = grad(&a.eig().0.real().sum(()), &a).eval().unwrap().to_f64();
    assert!(g.iter().enumerate().all(|(t, g)| (g - f64::from(t % 6 == 0)).abs() < 1e-13), "{g:?}");
    let (log, det) = (grad(&a.eig().0.abs().log().sum(()), &a), grad(&a.slogdet().1, &a));
    let (log, det) = (log.eval().unwrap().to_f64(), det.eval().unwrap().to_f64());
    assert!(log.iter().zip(&det).all(|(a, b)| (a - b).abs() < 1e-11 * b.abs().max(1.0)), "{log:?} {det:?}");
    // A batch is its matrices.
    let both = Tensor::stack(&[&a, &a.mt()], 0);
    let whole = grad(&real(&both), &both).index(0, 1).eval().unwrap().to_f64();
    let single = grad(&real(&a.mt()), &a).mt().eval().unwrap().to_f64();
    assert!(whole.iter().zip(&single).all(|(a, b)| (a - b).abs() < 1e-10), "{whole:?} {single:?}");
    // Through eigenvectors there is none, and none at a defective matrix.
    let e = grad(&a.eig().1.real().sum(()), &a).eval().unwrap_err();
    assert!(e.to_string().contains("eigenvectors"), "{e}");
    let jordan = Tensor::from([[2.0, 1.0], [0.0, 2.0]]);
    let e = grad(&jordan.eig().0.real().square().sum(()), &jordan).eval().unwrap_err();
    assert!(e.is_singular() || e.to_string().contains("degenerate"), "{e}");
    let nearly = Tensor::from([[2.0, 1.0], [1e-15, 2.0]]);
    let e = grad(&nearly.eig().0.real().square().sum(()), &nearly).eval().unwrap_err();
    assert!(e.to_string().contains("degenerate"), "{e}");
}
