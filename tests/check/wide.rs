//! Wide numbers: terms far apart, exactness, rounding to bits, and elementary functions beside those of f64.

use gradus::Tensor;
use gradus::array::wide::{Scaled, Wide};

#[test]
fn terms_far_apart_are_kept() {
    let tiny = Wide::from(-1000.0).exp();
    let p = Wide::from(1.0) / (Wide::from(1.0) + tiny);
    let back = (Wide::from(1.0) - p).log();
    assert!((back.to_f64() + 1000.0).abs() < 1e-12, "{back:?}");
    assert!(back.is_known(1e-30));
    assert!(((p.log()) / tiny).to_f64() + 1.0 < 1e-12);
}

#[test]
fn what_is_exact_is_known_to_be() {
    let q = Wide::from(30003.0) / Wide::from(3.0);
    assert_eq!((q.to_f64(), q.error().to_f64()), (10001.0, 0.0));
    assert_eq!((Wide::from(0.1) - Wide::from(0.1)).error(), Scaled::ZERO);
}

#[test]
fn rounding_to_bits() {
    let x = Wide::from(1.0) + Wide::from(1e-10);
    assert_eq!(x.round_bits(24).to_f64(), 1.0);
    assert_eq!(Wide::from(0.1).round_bits(24).to_f64(), f64::from(0.1f32));
    assert_eq!(Wide::from(1e300).round_bits(24).to_f64().log2().round(), 1e300f64.log2().round());
}

#[test]
fn elementary_functions_agree_with_f64() {
    for i in 1..60 {
        let x = 0.37 * f64::from(i) - 9.0;
        let w = Wide::from(x);
        let erf = |x: f64| Tensor::from(x).erf().eval().unwrap().item().unwrap();
        let near = |a: Wide, b: f64| assert!((a.to_f64() - b).abs() <= 4e-16 * b.abs().max(1e-3), "{x}: {a:?} {b}");
        near(w.exp(), x.exp());
        near(w.sin(), x.sin());
        near(w.cos(), x.cos());
        near(w.atan(), x.atan());
        near(w.exp().log(), x);
        near(w.abs().sqrt(), x.abs().sqrt());
        near(w.abs().pow(Wide::from(2.5)), x.abs().powf(2.5));
        near(w.erf(), erf(x));
    }
}

#[test]
fn what_is_beyond_every_exponent_is_in_doubt_and_never_wrong() {
    let huge = Wide::from(1e20);
    let p = Wide::from(1.0) / (Wide::from(1.0) + huge.exp());
    assert!(p.is_zero() && p.error() != Scaled::ZERO);
    assert!(!p.log().is_known(0.5) && !(-huge).exp().log().is_known(0.5));
    assert_eq!(Wide::from(f64::NEG_INFINITY).exp().error(), Scaled::ZERO);
}
