//! Samples of the gamma, Poisson and binomial distributions against distribution and mass functions, with fixed seeds.
//!
//! `cargo test --test samplers -- --nocapture` prints the p-values. None is expected below 1e-4: the seeds are fixed, so a
//! failure is a fault and not bad luck.

use gradus::ops::key;
use gradus::{DType, Tensor, grad};

const N: usize = 40_000;

fn values(t: &Tensor) -> Vec<f64> {
    t.eval().unwrap().to_f64()
}

/// The probability of a larger distance between an empirical distribution function and the true one (Kolmogorov).
fn kolmogorov(mut u: Vec<f64>) -> f64 {
    u.sort_by(f64::total_cmp);
    let n = u.len() as f64;
    let gap = |(i, &v): (usize, &f64)| (v - i as f64 / n).max((i as f64 + 1.0) / n - v);
    let d = u.iter().enumerate().map(gap).fold(0.0, f64::max);
    let t = d * (n.sqrt() + 0.12 + 0.11 / n.sqrt());
    (1..100).map(|k| 2.0 * (-1f64).powi(k + 1) * (-2.0 * f64::from(k * k) * t * t).exp()).sum::<f64>().clamp(0.0, 1.0)
}

/// The probability of larger deviations of counts from masses (Pearson), neighbours joined until five are expected.
fn pearson(sample: &[f64], masses: &[(f64, f64)]) -> f64 {
    let n = sample.len() as f64;
    let (mut chi, mut cells, mut expected, mut from) = (0.0, 0, 0.0, f64::NEG_INFINITY);
    let mut left = n;
    for &(k, mass) in masses {
        expected += n * mass;
        if expected >= 5.0 && left - expected >= 5.0 {
            let seen = sample.iter().filter(|&&v| from < v && v <= k).count() as f64;
            chi += (seen - expected).powi(2) / expected;
            cells += 1;
            left -= expected;
            (expected, from) = (0.0, k);
        }
    }
    let seen = sample.iter().filter(|&&v| from < v).count() as f64;
    chi += (seen - left).powi(2) / left;
    let half = Tensor::from(f64::from(cells) / 2.0);
    half.gammaincc(chi / 2.0).eval().unwrap().item().unwrap()
}

#[test]
fn gamma_samples_are_gamma_distributed() {
    let mut worst = 1.0f64;
    for (seed, a) in [1e-3, 0.05, 0.3, 0.99, 1.0, 2.5, 30.0, 1e4, 1e12].into_iter().enumerate() {
        let shape = Tensor::from(a);
        let x = Tensor::random_gamma(&key(seed as i64), &shape, &[N], DType::F64);
        // Numbers of tiny shapes underflow to 0, with the probability that they do.
        let p = kolmogorov(values(&shape.gammainc(&x)).into_iter().filter(|v| a > 0.01 || *v > 0.5).collect());
        let p = if a > 0.01 { p } else { tiny(&values(&x), a) };
        println!("gamma    {a:8}  p = {p:.3}");
        worst = worst.min(p);
    }
    assert!(worst > 1e-4, "{worst}");
}

/// The p-value of how many numbers of a tiny shape lie above 1e-100.
fn tiny(x: &[f64], a: f64) -> f64 {
    let above = x.iter().filter(|v| **v > 1e-100).count() as f64;
    let mass = Tensor::from(a).gammaincc(1e-100).eval().unwrap().item().unwrap();
    let z = (above - N as f64 * mass) / (N as f64 * mass * (1.0 - mass)).sqrt();
    2.0 * Tensor::from(-z.abs()).ndtr().eval().unwrap().item().unwrap()
}

/// Masses at 0, 1, 2, … from the logarithm of one and the ratios to its neighbours, in plain f64.
fn masses(from: f64, to: f64, log_mass: impl Fn(f64) -> f64) -> Vec<(f64, f64)> {
    let mut k = from.max(0.0);
    let mut all = vec![];
    while k <= to {
        all.push((k, log_mass(k).exp()));
        k += 1.0;
    }
    all
}

/// log k! by a sum of logarithms.
fn log_factorial(k: f64) -> f64 {
    (1..=k as u64).map(|i| (i as f64).ln()).sum()
}

#[test]
fn poisson_samples_have_the_masses_of_the_book() {
    let mut worst = 1.0f64;
    for (seed, lam) in [0.01, 0.5, 3.0, 9.99, 10.0, 12.5, 40.0, 1000.0].into_iter().enumerate() {
        let x = values(&Tensor::random_poisson(&key(seed as i64), &Tensor::from(lam), &[N], DType::F64));
        assert!(x.iter().all(|v| *v >= 0.0 && v.fract() == 0.0));
        let spread = 8.0 * lam.sqrt() + 10.0;
        let table = masses((lam - spread).floor(), (lam + spread).floor(), |k| k * lam.ln() - lam - log_factorial(k));
        let p = pearson(&x, &table);
        println!("Poisson  {lam:8}  p = {p:.3}");
        worst = worst.min(p);
    }
    assert!(worst > 1e-4, "{worst}");
}

#[test]
fn binomial_samples_have_the_masses_of_the_book() {
    let mut worst = 1.0f64;
    let cases = [(1.0, 0.3), (10.0, 0.5), (40.0, 0.01), (40.0, 0.25), (40.0, 0.9), (1000.0, 0.3), (1000.0, 0.999)];
    for (seed, (n, p)) in cases.into_iter().enumerate() {
        let (count, share) = (Tensor::from(n), Tensor::from(p));
        let x = values(&Tensor::random_binomial(&key(seed as i64), &count, &share, &[N], DType::F64));
        assert!(x.iter().all(|v| (0.0..=n).contains(v) && v.fract() == 0.0));
        let log_mass = |k: f64| {
            log_factorial(n) - log_factorial(k) - log_factorial(n - k) + k * f64::ln(p) + (n - k) * f64::ln_1p(-p)
        };
        let q = pearson(&x, &masses(0.0, n, log_mass));
        println!("binomial {n:5} {p:5}  p = {q:.3}");
        worst = worst.min(q);
    }
    assert!(worst > 1e-4, "{worst}");
}

#[test]
fn a_sample_depends_on_its_place_alone() {
    let a = Tensor::from([0.5, 3.0]);
    let long = values(&Tensor::random_gamma(&key(5), &a, &[50, 2], DType::F64));
    let short = values(&Tensor::random_gamma(&key(5), &a, &[7, 2], DType::F64));
    assert_eq!(long[..14], short[..]);
    let narrow = values(&Tensor::random_gamma(&key(5), &a, &[7, 2], DType::F32));
    assert!(narrow.iter().zip(&short).all(|(n, w)| *n == f64::from(*w as f32)));
    let other = values(&Tensor::random_gamma(&key(6), &a, &[7, 2], DType::F64));
    assert!(other.iter().zip(&short).all(|(a, b)| a != b));
}

#[test]
fn slopes_of_gamma_samples_are_those_of_their_quantiles() {
    let a = Tensor::from([0.2, 0.9, 2.5, 40.0, 1000.0]);
    let x = Tensor::random_gamma(&key(9), &a, &[20, 5], DType::F64);
    let got = values(&grad(&x.sum(()), &a));
    let p = a.gammainc(&x);
    let moved = |h: f64| values(&(&a * (1.0 + h)).gammaincinv(&p).sum(0));
    let h = 1e-4;
    let (up, down) = (moved(h), moved(-h));
    for (i, a) in values(&a).into_iter().enumerate() {
        let want = (up[i] - down[i]) / (2.0 * h * a);
        assert!((got[i] - want).abs() < 1e-6 * want.abs(), "{a}: {} and {want}", got[i]);
    }
}

#[test]
fn parameters_at_and_beyond_the_edge() {
    let one = |t: Tensor| t.eval().unwrap().item().unwrap();
    let gamma = |a: f64| one(Tensor::random_gamma(&key(1), &Tensor::from(a), &[], DType::F64));
    let poisson = |a: f64| one(Tensor::random_poisson(&key(1), &Tensor::from(a), &[], DType::F64));
    let binomial =
        |n: f64, p: f64| one(Tensor::random_binomial(&key(1), &Tensor::from(n), &Tensor::from(p), &[], DType::F64));
    assert!(gamma(0.0) == 0.0 && gamma(-1.0).is_nan() && gamma(f64::NAN).is_nan() && gamma(1e300) > 9e299);
    assert!(poisson(0.0) == 0.0 && poisson(-1.0).is_nan() && (poisson(1e15) - 1e15).abs() < 1e9);
    assert!(binomial(5.0, 0.0) == 0.0 && binomial(5.0, 1.0) == 5.0 && binomial(0.0, 0.3) == 0.0);
    assert!(binomial(2.5, 0.3).is_nan() && binomial(5.0, 1.5).is_nan());
    let wrong = Tensor::random_gamma(&key(1), &Tensor::from([1.0, 2.0]), &[3], DType::F64);
    assert!(wrong.eval().is_err());
}
