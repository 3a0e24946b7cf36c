//! Derivatives of raw graphs: rules, masks, batches, orders, interior nodes, depth.

use gradus::ops::keep;
use gradus::{Tensor, eval, grad, hessian, hvp, jacobian, jvp, vjp};

fn close(got: &Tensor, want: &[f64]) {
    let got = got.eval().unwrap().to_f64();
    assert_eq!(got.len(), want.len(), "{got:?} against {want:?}");
    for (g, w) in got.iter().zip(want) {
        assert!((g - w).abs() <= 1e-12 * w.abs().max(1.0), "{got:?} against {want:?}");
    }
}

#[test]
fn products_broadcast_and_sum_back() {
    let a = Tensor::from([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    let b = Tensor::from([10.0, 20.0, 30.0]);
    let y = (&a * &b).sum(());
    close(&grad(&y, &a), &[10.0, 20.0, 30.0, 10.0, 20.0, 30.0]);
    close(&grad(&y, &b), &[5.0, 7.0, 9.0]);
    let c = Tensor::from(2.0) * Tensor::from([1.0]).sum(());
    close(&grad(&(&a / &c).sum(()), &c), &[-21.0 / 4.0]);
}

#[test]
fn a_branch_not_taken_contributes_nothing() {
    let x = Tensor::from([0.0, -1.0, 4.0]);
    let y = Tensor::select(&x.greater(0.0), &x.sqrt(), &(0.0 * &x)).sum(());
    close(&grad(&y, &x), &[0.0, 0.0, 0.25]);
    let y = Tensor::select(&x.greater(0.0).all(()), &x.sqrt().sum(()), &Tensor::from(1.0));
    close(&grad(&y, &x), &[0.0, 0.0, 0.0]);
}

#[test]
fn matrix_products() {
    let a = Tensor::from([[1.0, 2.0], [3.0, 4.0]]);
    let v = Tensor::from([5.0, 6.0]);
    close(&a.matmul(&v), &[17.0, 39.0]);
    close(&v.matmul(&a), &[23.0, 34.0]);
    let q = v.matmul(&a).matmul(&v);
    close(&grad(&q, &v), &[40.0, 73.0]);
    close(&grad(&q, &a), &[25.0, 30.0, 30.0, 36.0]);
    close(&hessian(&q, &v), &[2.0, 5.0, 5.0, 8.0]);
    close(&hvp(&q, &v, &Tensor::from([1.0, 1.0])), &[7.0, 13.0]);
    let b = Tensor::from([[[1.0, 0.0], [0.0, 2.0]], [[3.0, 0.0], [0.0, 4.0]]]);
    close(&b.matmul(&a), &[1.0, 2.0, 6.0, 8.0, 3.0, 6.0, 12.0, 16.0]);
    close(&grad(&b.matmul(&a).sum(()), &a), &[4.0, 4.0, 6.0, 6.0]);
}

#[test]
fn jacobians_and_both_modes_agree() {
    let x = Tensor::from([0.5, -1.5, 2.0]);
    let y = (x.softmax(-1) * x.sin()).cumulative();
    let j = jacobian(&y, &x).eval().unwrap().to_f64();
    for k in 0..3 {
        let mut e = [0.0; 3];
        e[k] = 1.0;
        let column = jvp(&[&y], &[&x], &[Tensor::from(e)]).pop().unwrap();
        close(&column, &[j[k], j[3 + k], j[6 + k]]);
        let row = vjp(&[&y], &[Tensor::from(e)], &[&x]).pop().unwrap();
        close(&row, &j[3 * k..3 * k + 3]);
    }
}

/// Running sums, spelt with what the core has.
trait Cumulative {
    fn cumulative(&self) -> Tensor;
}

impl Cumulative for Tensor {
    fn cumulative(&self) -> Tensor {
        let lower = Tensor::from([[1.0, 0.0, 0.0], [1.0, 1.0, 0.0], [1.0, 1.0, 1.0]]);
        lower.matmul(self)
    }
}

#[test]
fn softmax_keeps_its_digits_where_it_saturates() {
    let x = Tensor::from([40.0, 0.0]);
    let g = grad(&x.softmax(-1).index(0, 0), &x).eval().unwrap().to_f64();
    let truth = 4.248354255291589e-18;
    assert!((g[0] / truth - 1.0).abs() < 1e-14 && (g[1] / truth + 1.0).abs() < 1e-14, "{g:?}");
    let g = grad(&x.log_softmax(-1).index(0, 0), &x).eval().unwrap().to_f64();
    assert!((g[0] / truth - 1.0).abs() < 1e-14 && (g[1] / truth + 1.0).abs() < 1e-14, "{g:?}");
}

#[test]
fn derivatives_at_interior_nodes_and_of_any_order() {
    let x = Tensor::from(2.0).reshape(&[1]).sum(());
    let y = x.pow(3.0);
    let z = &y * &y;
    close(&grad(&z, &y), &[16.0]);
    let d1 = grad(&y, &x);
    let d2 = grad(&d1, &x);
    let d3 = grad(&d2, &x);
    close(&d3, &[6.0]);
    close(&grad(&d3, &x), &[0.0]);
    let zero = Tensor::from([0.0]);
    let square = zero.pow(2.0).sum(());
    close(&grad(&grad(&grad(&square, &zero).sum(()), &zero).sum(()), &zero), &[0.0]);
}

#[test]
fn ties_and_kinks_follow_the_conventions() {
    let x = Tensor::from([0.0, 2.0]);
    close(&grad(&x.abs().sum(()), &x), &[0.0, 1.0]);
    close(&grad(&x.maximum(0.0).sum(()), &x), &[0.0, 1.0]);
    let y = Tensor::from([0.0, 1.0]);
    close(&grad(&x.maximum(&y).sum(()), &x), &[0.5, 1.0]);
    close(&grad(&Tensor::from([3.0, 3.0]).norm(()), &Tensor::from([1.0])), &[0.0]);
    let z = Tensor::from([0.0, 0.0]);
    close(&grad(&z.norm(()), &z), &[0.0, 0.0]);
    let p = Tensor::from([2.0, 0.0, 3.0]);
    close(&grad(&p.prod(()), &p), &[0.0, 6.0, 0.0]);
    let s = Tensor::from([1.0, 5.0, 5.0]);
    close(&grad(&s.max(keep(-1)).sum(()), &s), &[0.0, 0.5, 0.5]);
}

#[test]
fn a_chain_of_200_000_nodes() {
    let x = Tensor::from([1.0, 2.0]);
    let mut y = x.clone();
    for _ in 0..200_000 {
        y = y + 1.0;
    }
    let g = grad(&y.sum(()), &x);
    let v = eval(&[&y, &g]).unwrap();
    assert_eq!(v[0].to_f64(), [200_001.0, 200_002.0]);
    assert_eq!(v[1].to_f64(), [1.0, 1.0]);
    drop((x, y, g));
}

#[test]
fn shapes_that_do_not_fit_name_the_sign() {
    let y = Tensor::from([1.0, 2.0, 3.0]) + Tensor::from([1.0, 2.0]);
    let error = y.eval().unwrap_err();
    assert!(error.is_shape());
    assert_eq!(error.message(), "`+`: shapes (3,) and (2,) do not fit together");
}
