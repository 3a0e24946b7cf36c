//! Derivatives of raw graphs: rules, masks, batches, orders, interior nodes, depth.

use gradus::ops::keep;
use gradus::{Array, Plan, Tensor, eval, grad, hessian, hvp, jacobian, jvp, vjp};

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

/// Numbers without pattern.
fn numbers(n: usize) -> Vec<f64> {
    (0..n).map(|i| (i as f64 * 0.7311 + 0.2).sin() + 1.5).collect()
}

/// The Jacobian row by row: a reverse pass for each element of y.
fn by_rows(y: &Tensor, x: &Tensor) -> Vec<f64> {
    let m: usize = y.shape().unwrap().iter().product();
    let mut rows = vec![];
    for i in 0..m {
        let mut unit = vec![0.0; m];
        unit[i] = 1.0;
        let seed = Tensor::from(Array::from_vec(unit, y.shape().unwrap()).unwrap());
        rows.extend(vjp(&[y], &[seed], &[x]).pop().unwrap().eval().unwrap().to_f64());
    }
    rows
}

#[test]
fn a_jacobian_whose_rows_share_passes_is_the_one_row_by_row() {
    let x = Tensor::from(numbers(24));
    let table = x.reshape(&[6, 4]);
    let (a, b) = (x.slice(0, None, Some(-1), 1), x.slice(0, Some(1), None, 1));
    let lifted = x.stop_gradient().max(()) + x.log();
    let formulas = [
        x.exp() * 3.0,
        &a * b.square() - b.sin(),
        Tensor::concatenate(&[&x.slice(0, Some(3), None, 2), &x, &a.square()], 0),
        table.mt() * Tensor::from(numbers(6)),
        table.softmax(-1),
        &table - table.max(-1).expand_dims(1),
        Tensor::select(&x.greater(1.5), &x.sqrt(), &x.slice(0, None, None, -1).square()),
        lifted.cast(gradus::DType::F64).reshape(&[2, 3, 4]) + 1.0,
        table.sum(-1).expand_dims(1).broadcast_to(&[6, 3]) * Tensor::from(numbers(3)),
        x.matmul(Tensor::from(numbers(24))) * Tensor::from(numbers(20)),
    ];
    for y in &formulas {
        let j = jacobian(y, &x).eval().unwrap();
        assert_eq!(j.shape(), [y.shape().unwrap(), x.shape().unwrap()].concat());
        assert_eq!(j.to_f64(), by_rows(y, &x), "{y}");
    }
}

#[test]
fn a_sparse_hessian_is_made_of_a_few_passes() {
    let n = 1000;
    let x = Tensor::from(numbers(n));
    let (a, b) = (x.slice(0, None, Some(-1), 1), x.slice(0, Some(1), None, 1));
    let f = ((1.0 - &a).square() + 100.0 * (&b - a.square()).square()).sum(());
    let h = hessian(&f, &x);
    let plan = Plan::new(&[&h], &[&x]).unwrap();
    assert!(plan.peak_bytes() < 3 * 8 * n * n / 2, "{} bytes", plan.peak_bytes());
    // By hand, at another place than the one that it was planned at.
    let at: Vec<f64> = numbers(n).iter().map(|v| 0.5 * v - 1.0).collect();
    let mut want = vec![0.0; n * n];
    for i in 0..n - 1 {
        want[i * n + i] += 2.0 + 1200.0 * at[i] * at[i] - 400.0 * at[i + 1];
        want[(i + 1) * n + i + 1] += 200.0;
        want[i * n + i + 1] = -400.0 * at[i];
        want[(i + 1) * n + i] = -400.0 * at[i];
    }
    let got = plan.run(&[&Array::from(at)]).unwrap()[0].to_f64();
    let far = got.iter().zip(&want).filter(|(g, w)| (**g - **w).abs() > 1e-12 * w.abs().max(1.0)).count();
    assert_eq!(far, 0);
    // It can be differentiated again: the trace's gradient.
    let small = Tensor::from(numbers(20));
    let cubes = hessian(&small.pow(3.0).sum(()), &small).trace();
    close(&grad(&cubes, &small), &[6.0; 20]);
}

#[test]
fn what_does_not_hang_on_an_element_is_no_nan_for_its_sake() {
    let mut at = numbers(20);
    at[7] = 0.0;
    let x = Tensor::from(at);
    let j = jacobian(&x.sqrt(), &x).eval().unwrap().to_f64();
    assert_eq!(j[7 * 20 + 7], f64::INFINITY);
    assert!(j.iter().enumerate().all(|(k, v)| k % 21 == 0 || *v == 0.0));
}

#[test]
fn the_jacobian_of_a_product_is_its_matrix() {
    let a = Tensor::from(Array::from_vec(numbers(30 * 12), &[30, 12]).unwrap());
    let (x, z) = (Tensor::from(numbers(12)), Tensor::from(numbers(30)));
    close(&jacobian(&a.matmul(&x), &x), &numbers(30 * 12));
    close(&jacobian(&z.matmul(&a), &z), &a.mt().eval().unwrap().to_f64());
    // A batch of matrices whose cotangent happens to be the identity is no Jacobian.
    let a = Tensor::from([[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]]);
    let x = Tensor::from([1.0, 1.0]);
    let eye = Tensor::eye(2, 2, 0, gradus::DType::F64);
    close(&vjp(&[&a.matmul(&x)], &[eye], &[&x]).pop().unwrap(), &[8.0, 10.0]);
}

#[test]
fn the_hessian_of_a_logistic_model_is_its_weighted_product() {
    let (m, n) = (300, 10);
    let features = numbers(m * n);
    let a = Tensor::from(Array::from_vec(features.clone(), &[m, n]).unwrap());
    let y = Tensor::from((0..m).map(|i| f64::from(u8::from(i % 3 == 0))).collect::<Vec<f64>>());
    let at: Vec<f64> = numbers(n).iter().map(|v| 0.2 * (v - 1.5)).collect();
    let w = Tensor::from(at.clone());
    let p = 1.0 / (1.0 + (-a.matmul(&w)).exp());
    let loss = -(&y * p.log() + (1.0 - &y) * (1.0 - &p).log()).mean(());
    let mut want = vec![0.0; n * n];
    for row in features.chunks(n) {
        let p = 1.0 / (1.0 + (-row.iter().zip(&at).map(|(a, b)| a * b).sum::<f64>()).exp());
        for (k, h) in want.iter_mut().enumerate() {
            *h += row[k / n] * row[k % n] * p * (1.0 - p) / m as f64;
        }
    }
    close(&hessian(&loss, &w), &want);
    close(&hvp(&loss, &w, &Tensor::from(vec![1.0; n])), &want.chunks(n).map(|r| r.iter().sum()).collect::<Vec<f64>>());
}
