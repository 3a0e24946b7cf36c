//! The trap: the first value that is not finite, by op, operands, index and line.

use gradus::{DType, Origin, Tensor, Trap, eval, eval_trapped};

/// The message and line of what springs the trap.
fn sprung(y: &Tensor) -> (String, u32) {
    let e = eval_trapped(&[y], Trap::NonFinite).unwrap_err();
    let line = match e.origin() {
        Origin::Rust(l) => l.line(),
        _ => 0,
    };
    (e.message().to_string(), line)
}

#[test]
fn the_first_op_is_named_with_its_line() {
    let x = Tensor::from([4.0, -1.0, 0.0]);
    let (line, y) = (line!(), x.sqrt());
    assert_eq!(sprung(&(y * 2.0).sum(())), ("`sqrt` of -1 at [1] gives NaN".to_string(), line));
    let (line, z) = (line!(), (&x * 1000.0).exp());
    assert_eq!(sprung(&z), ("`exp` of 4000 at [0] gives inf".to_string(), line));
    let a = Tensor::from([[1.0, 2.0], [3.0, f64::NAN]]);
    assert_eq!(sprung(&a.sum(())).0, "the data hold NaN at [1, 1]");
    assert_eq!(sprung(&x.reciprocal()).0, "`reciprocal` of 0 at [2] gives inf");
}

#[test]
fn what_is_finite_passes_with_the_bits_of_eval() {
    for dtype in [DType::F64, DType::F32, DType::BF16, DType::I64] {
        let x = Tensor::arange(0.0, 10_000.0, 1.0).cast(dtype);
        let y = &x * 2.0;
        let (a, b) = (eval_trapped(&[&y, &x], Trap::NonFinite).unwrap(), eval(&[&y, &x]).unwrap());
        assert!(a.iter().zip(&b).all(|(a, b)| a.to_f64() == b.to_f64() && a.is_finite()));
    }
    // The stable form has no overflow to trap.
    assert!(eval_trapped(&[&(1.0 + Tensor::from(1000.0).exp()).log()], Trap::NonFinite).is_ok());
    // What is not finite in the last place of a large array is seen.
    let mut v = vec![1.0; 100_001];
    v[100_000] = f64::INFINITY;
    assert_eq!(sprung(&(Tensor::from(v) * 2.0)).0, "the data hold inf at [100000]");
}

#[test]
fn what_is_swallowed_on_the_way_is_named() {
    let x = Tensor::from([2.0, 0.0]);
    let (line, quotient) = (line!(), &x / (&x - 2.0));
    // The infinity makes a finite result in each of them.
    for y in [1.0 / &quotient, quotient.tanh(), (-&quotient).exp(), quotient.minimum(3.0), quotient.less(5.0)] {
        assert_eq!(sprung(&y), ("`div` of 2 and 0 at [0] gives inf".to_string(), line), "{y}");
    }
    // Masks are written with infinities, and what is not taken or asked for does no harm.
    let (taken, no) = (x.greater(1.0), Tensor::from(f64::NEG_INFINITY));
    let mask = Tensor::select(&taken, &x, &no);
    let untaken = Tensor::select(&taken, &(-(1.0 / &x)).exp(), &Tensor::from(0.0));
    let asked = Tensor::select(&quotient.isfinite(), &Tensor::from(1.0), &x);
    for y in [mask.softmax(-1), untaken, asked] {
        let trapped = eval_trapped(&[&y], Trap::NonFinite).unwrap();
        assert_eq!(trapped[0].to_f64(), y.eval().unwrap().to_f64());
    }
}
