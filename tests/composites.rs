//! Names that are formulas over rows: values by hand, gradients against differences.

use gradus::ops::einsum;
use gradus::{Array, DType, Tensor, check_grad, grad};

fn close(got: &Tensor, want: &[f64]) {
    let got = got.eval().unwrap().to_f64();
    assert_eq!(got.len(), want.len(), "{got:?} against {want:?}");
    for (g, w) in got.iter().zip(want) {
        assert!((g - w).abs() <= 1e-14 * w.abs().max(1.0), "{got:?} against {want:?}");
    }
}

/// A tensor of this shape without structure.
fn some(shape: &[usize]) -> Tensor {
    let n: usize = shape.iter().product();
    Tensor::from(Array::from_vec((0..n).map(|i| ((i * 37 + 11) % 19) as f64 / 7.0 - 1.1).collect::<Vec<_>>(), shape))
}

#[test]
fn einsum_by_loops() {
    let (a, b) = (some(&[2, 3, 4]), some(&[4, 2, 5]));
    let (x, y) = (a.eval().unwrap().to_f64(), b.eval().unwrap().to_f64());
    let mut want = vec![0.0; 5 * 3 * 2];
    for (i, j, k, l) in (0..120).map(|t| (t / 60, t / 20 % 3, t / 5 % 4, t % 5)) {
        // "ijk,kil->lji"
        want[(l * 3 + j) * 2 + i] += x[(i * 3 + j) * 4 + k] * y[(k * 2 + i) * 5 + l];
    }
    close(&einsum("ijk,kil->lji", &[&a, &b]), &want);
    let m = some(&[3, 3]);
    close(&einsum("ii", &[&m]), &m.trace().eval().unwrap().to_f64());
    close(&einsum("ij->ji", &[&m]), &m.t().eval().unwrap().to_f64());
    close(&einsum("i,j", &[&some(&[2]), &some(&[3])]), &some(&[2]).outer(some(&[3])).eval().unwrap().to_f64());
    close(&a.tensordot(&b, &[2], &[0]), &einsum("ijk,klm->ijlm", &[&a, &b]).eval().unwrap().to_f64());
    close(&m.inner(&m), &m.matmul(m.t()).eval().unwrap().to_f64());
    assert!(check_grad(&einsum("ijk,kil->lji", &[&a, &b]).square().sum(()), &a).unwrap().agrees);
    for bad in ["ij,jk->il", "ij,jk->iik", "ij", "i?,jk", "ijl,jk"] {
        assert!(einsum(bad, &[&m, &some(&[3, 2])]).eval().is_err(), "{bad}");
    }
    assert!(einsum("ij,ik", &[&m, &some(&[2, 3])]).eval().unwrap_err().message().contains("length"));
}

#[test]
fn arrangements() {
    let x = Tensor::from([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    close(&x.flip(1), &[3., 2., 1., 6., 5., 4.]);
    close(&x.roll(1, 1), &[3., 1., 2., 6., 4., 5.]);
    close(&x.roll(-1, 0), &[4., 5., 6., 1., 2., 3.]);
    close(&x.repeat(2, 0), &[1., 2., 3., 1., 2., 3., 4., 5., 6., 4., 5., 6.]);
    close(&x.tile(2, 1), &[1., 2., 3., 1., 2., 3., 4., 5., 6., 4., 5., 6.]);
    close(&x.split(3, 1).unwrap()[1], &[2., 5.]);
    assert!(x.split(2, 1).unwrap_err().is_shape());
    let order = Tensor::from([[2i64, 0], [-1, 1]]);
    close(&x.take_along_axis(&order, 1), &[3., 1., 6., 5.]);
    close(&grad(&x.take_along_axis(&order, 1).square().sum(()), &x), &[2., 0., 6., 0., 10., 12.]);
    assert!(x.take_along_axis(&Tensor::from([[3i64], [0]]), 1).eval().unwrap_err().is_domain());
}

#[test]
fn scans_and_sorting() {
    let x = Tensor::from([2.0, 0.0, 3.0, 0.0, -1.0]);
    close(&x.cumsum(0), &[2., 2., 5., 5., 4.]);
    let w = Tensor::from([1.0, 10.0, 100.0, 1000.0, 10000.0]);
    // Σ wₖ Π x: with zeros at 1 and 3 only products that leave one of them out survive.
    close(&grad(&(x.cumprod(0) * &w).sum(()), &x), &[1., 620., 0., 0., 0.]);
    close(&grad(&x.cumprod(0).index(0, 0), &x), &[1., 0., 0., 0., 0.]);
    // Partial products may leave the range of f64 and come back.
    let y = Tensor::from([1e-200, 1e-200, 1e300, 1e200]);
    close(&(y.cumprod(0) / Tensor::from([1e-200, 1.0, 1e-100, 1e100])), &[1., 0., 1., 1.]);
    close(&(y.prod(()) / 1e100), &[1.0]);
    close(&grad(&y.cumlogsumexp(0).index(0, 3), &y).sum(()), &[1.0]);
    let s = Tensor::from([3.0, f64::NAN, 1.0, 2.0]);
    assert_eq!(s.argsort(0).eval().unwrap().to_f64(), [2., 3., 0., 1.]);
    let s = Tensor::from([3.0, 1.0, 2.0]);
    close(&grad(&(s.sort(0) * Tensor::from([1.0, 10.0, 100.0])).sum(()), &s), &[100., 1., 10.]);
    close(&s.median(0), &[2.0]);
    close(&s.quantile(0.25, 0), &[1.5]);
    assert!(check_grad(&s.cumlogsumexp(0).square().sum(()), &s).unwrap().agrees);
    assert!(Tensor::from([i64::MAX, 1]).cumsum(0).eval().unwrap_err().is_overflow());
}

#[test]
fn norms_and_predicates() {
    let x = Tensor::from([3e200, -4e200]);
    close(&(x.norm_of_order(3.0, ()) / 1e200), &[91f64.cbrt()]);
    close(&(x.norm_of_order(1.0, ()) / 1e200), &[7.0]);
    close(&(x.norm_of_order(f64::INFINITY, ()) / 1e200), &[4.0]);
    let z = Tensor::zeros(&[2], DType::F64);
    close(&grad(&z.norm_of_order(3.0, ()), &z), &[0.0, 0.0]);
    assert_eq!(Tensor::from([1.0, f64::INFINITY]).isinf().eval().unwrap().to_f64(), [0.0, 1.0]);
    assert_eq!(Tensor::from([true, true]).logical_xor(Tensor::from([true, false])).eval().unwrap().to_f64(), [0., 1.]);
    close(&Tensor::from([[1.0, 2.0, 4.0], [2.0, 4.0, 8.0]]).corrcoef(), &[1.0; 4]);
}

#[test]
fn a_wrong_gradient_is_noticed() {
    let x = Tensor::from([0.3, 1.7]);
    assert!(check_grad(&(x.sin() * x.exp()).sum(()), &x).unwrap().agrees);
    // The derivative of a constant is 0 by decree.
    assert!(!check_grad(&(x.stop_gradient() * &x).sum(()), &x).unwrap().agrees);
    assert!(check_grad(&x.sum(()), &(&x + 1.0)).is_err());
}

#[test]
fn formats_and_random_numbers() {
    close(&Tensor::from([0.1, 1e6]).round_to("bf16"), &[0.10009765625, 999424.0]);
    close(&grad(&Tensor::from([0.1]).round_to("f16").sum(()), &Tensor::from([0.1])), &[0.0]);
    assert!(Tensor::from(0.1).round_to("f12").eval().is_err());
    close(&Tensor::from([1.0]).nextafter(2.0), &[1.0 + f64::EPSILON]);
    let key = gradus::ops::key(7);
    let keys = key.split_key(2);
    let draw = |k: &Tensor| Tensor::random_normal(k, &[1000], DType::F64);
    let (a, b) = (draw(&keys.index(0, 0)), draw(&keys.index(0, 1)));
    let correlation = (&a * &b).mean(()).eval().unwrap().item().unwrap();
    assert!(correlation.abs() < 0.1, "{correlation}");
    assert!((a.std((), 0).eval().unwrap().item().unwrap() - 1.0).abs() < 0.1);
    assert!(Tensor::random_uniform(&Tensor::from(1.0), &[3], DType::F64).eval().is_err());
}

/// Every row of a narrow dtype rounds to it, products of matrices too.
#[test]
fn products_of_narrow_matrices_are_narrow() {
    for dtype in [DType::BF16, DType::F16] {
        let eps = dtype.format().unwrap().eps();
        let a = Tensor::from([[1.0, eps / 2.0], [1.0, eps]]).cast(dtype);
        let y = a.matmul(Tensor::ones(&[2, 1], dtype)).eval().unwrap();
        // Half a unit above 1 is a tie, which goes to the even 1.
        assert_eq!((y.dtype(), y.to_f64()), (dtype, vec![1.0, 1.0 + eps]));
        let (v, w) = (a.index(0, 0), Tensor::ones(&[2], dtype));
        assert_eq!(v.matmul(&w).eval().unwrap().item().unwrap(), 1.0);
        assert_eq!(a.matmul(&w).eval().unwrap().to_f64(), [1.0, 1.0 + eps]);
    }
}

/// Integers beyond 2⁵³ are compared as integers.
#[test]
fn places_of_large_integers() {
    let x =
        Tensor::from(Array::from_vec(vec![1i64 << 53, (1 << 53) + 1, -5, i64::MIN, i64::MIN + 1, 0], &[2, 3]).unwrap());
    assert_eq!(x.argmax(()).eval().unwrap().item().unwrap(), 1.0);
    assert_eq!(x.argmin(()).eval().unwrap().item().unwrap(), 3.0);
    assert_eq!(x.argmax(0).eval().unwrap().to_f64(), [0.0, 0.0, 1.0]);
    assert_eq!(x.argmax(-1).eval().unwrap().to_f64(), [1.0, 2.0]);
}
