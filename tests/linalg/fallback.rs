//! The slow methods that stand behind the fast ones, and the check that calls them.

use gradus::array::matrix::parts::{Matrix, fast_eigh, fast_svd, holds, jacobi_eigh, jacobi_svd};

/// A matrix without structure.
fn matrix(m: usize, n: usize) -> Matrix {
    Matrix::from_fn(m, n, |i, j| ((i * i * 31 + i * j * 17 + j * 5 + 3) as f64 * 0.7).sin())
}

#[test]
fn the_fallback_agrees_with_the_fast_method() {
    for (m, n) in [(5, 5), (9, 4), (4, 9), (1, 3), (20, 20)] {
        let a = matrix(m, n);
        for full in [false, true] {
            let (slow, fast) = (jacobi_svd(&a, full).unwrap(), fast_svd(&a, full).unwrap());
            assert!(holds(&a, &slow.u, &slow.s, &slow.vh));
            assert!(slow.s.iter().zip(&fast.s).all(|(a, b)| (a - b).abs() < 1e-13));
            assert_eq!((slow.u.columns, slow.vh.rows), (fast.u.columns, fast.vh.rows));
        }
    }
    let a = matrix(12, 12);
    let a = Matrix::from_fn(12, 12, |i, j| a.at(i, j) + a.at(j, i));
    let (slow, fast) = (jacobi_eigh(&a).unwrap(), fast_eigh(&a).unwrap());
    assert!(holds(&a, &slow.q, &slow.w, &slow.q.transpose()));
    assert!(slow.w.iter().zip(&fast.w).all(|(a, b)| (a - b).abs() < 1e-13));
    // Rank one, and zeros.
    for a in [Matrix::from_fn(5, 3, |_, _| 1.0), Matrix::zeros(4, 4)] {
        let d = jacobi_svd(&a, true).unwrap();
        assert!(holds(&a, &d.u, &d.s, &d.vh));
    }
}

#[test]
fn a_wrong_factorisation_is_noticed() {
    let a = matrix(8, 8);
    let mut d = fast_svd(&a, false).unwrap();
    assert!(holds(&a, &d.u, &d.s, &d.vh));
    d.s[3] *= 1.0 + 1e-9;
    assert!(!holds(&a, &d.u, &d.s, &d.vh));
    let mut d = fast_svd(&a, false).unwrap();
    d.u.data[5] += 1e-9;
    assert!(!holds(&a, &d.u, &d.s, &d.vh));
}
