//! Samples beside the distribution functions: Kolmogorov-Smirnov for densities, chi-squared for masses, with p-values.

use gradus::Tensor;
use gradus::ops::key;
use gradus::prob::Distribution;

use super::examples::scalars;
use super::quadrature::points;

/// How many values are drawn of each.
const COUNT: usize = 20_000;

/// The probability that the largest difference of an empirical distribution function is at least this one.
fn kolmogorov(distance: f64, n: usize) -> f64 {
    let root = (n as f64).sqrt();
    let t = (root + 0.12 + 0.11 / root) * distance;
    let terms = (1..100).map(|k| {
        let k = f64::from(k);
        (if k as i64 % 2 == 1 { 2.0 } else { -2.0 }) * (-2.0 * k * k * t * t).exp()
    });
    terms.sum::<f64>().clamp(0.0, 1.0)
}

/// The probability that a chi-squared value with n degrees of freedom is at least this one (Wilson and Hilferty).
fn chi_squared(value: f64, n: f64) -> f64 {
    let c = 2.0 / (9.0 * n);
    let z = ((value / n).cbrt() - (1.0 - c)) / c.sqrt();
    Tensor::from(-z).ndtr().eval().unwrap().item().unwrap()
}

/// The p-value of a sample of a distribution.
pub fn p_value(d: &Distribution, sample: &[f64]) -> f64 {
    let n = sample.len();
    if !d.is_discrete() {
        let mut x = sample.to_vec();
        x.sort_by(f64::total_cmp);
        let cdf = d.cdf(x).eval().unwrap().to_f64();
        let gap = |(i, c): (usize, &f64)| (c - i as f64 / n as f64).max((i + 1) as f64 / n as f64 - c);
        return kolmogorov(cdf.iter().enumerate().map(gap).fold(0.0, f64::max), n);
    }
    let values: Vec<f64> = points(d).into_iter().map(|p| p.0).collect();
    let expected: Vec<f64> = d.prob(values.clone()).eval().unwrap().to_f64().iter().map(|p| p * n as f64).collect();
    // Cells with few expected values are one.
    let (mut cells, mut rest) = (vec![], (0.0, n as f64));
    for (x, e) in values.iter().zip(&expected).filter(|(_, e)| **e >= 8.0) {
        let seen = sample.iter().filter(|s| *s == x).count() as f64;
        cells.push((*e, seen));
        rest = (rest.0, rest.1 - seen);
    }
    rest.0 = n as f64 - cells.iter().map(|c| c.0).sum::<f64>();
    if rest.0 > 1.0 {
        cells.push(rest);
    } else {
        assert!(rest.1 <= 8.0, "{d}: {} values where {} are expected", rest.1, rest.0);
    }
    if cells.len() < 2 {
        return 1.0;
    }
    let value: f64 = cells.iter().map(|(e, s)| (s - e).powi(2) / e).sum();
    chi_squared(value, (cells.len() - 1) as f64)
}

#[test]
fn samples_have_their_distribution() {
    let mut least: f64 = 1.0;
    for (i, d) in scalars().iter().filter(|d| d.family().prob.absent().is_none()).enumerate() {
        let x = d.sample(&key(1000 + i as i64), &[COUNT]).eval().unwrap().to_f64();
        let p = p_value(d, &x);
        println!("{d}: p = {p:.4}");
        // Of some dozens of samples the least p-value is rarely below this.
        assert!(p > 2e-4, "{d}: p = {p}");
        least = least.min(p);
        let again = d.sample(&key(1000 + i as i64), &[COUNT]).eval().unwrap().to_f64();
        assert_eq!(x, again, "{d}: the same key gives the same values");
    }
    assert!(least < 0.5, "p-values are never this large together");
}

#[test]
fn a_wrong_sample_is_told() {
    let d = gradus::prob::normal(0.0, 1.0);
    let x = gradus::prob::normal(0.05, 1.0).sample(&key(1), &[COUNT]).eval().unwrap().to_f64();
    assert!(p_value(&d, &x) < 1e-4);
    let b = gradus::prob::bernoulli(0.3);
    let x = gradus::prob::bernoulli(0.32).sample(&key(1), &[COUNT]).eval().unwrap().to_f64();
    assert!(p_value(&b, &x) < 1e-4);
}

#[test]
fn paths_of_samples_have_the_slopes_of_moments() {
    use gradus::grad;
    let number = |t: &Tensor| t.eval().unwrap().item().unwrap();
    // d E[f(X)] / dθ along the path of the samples, beside the derivatives of the formulas of mean and variance.
    for d in scalars().iter().filter(|d| d.family().rsample.absent().is_none() && !d.family().forms.is_empty()) {
        let centre = number(&d.mean());
        for (name, value) in d.given() {
            let leaf = Tensor::new(value.eval().unwrap());
            let with: Vec<(&str, Tensor)> =
                d.given().into_iter().map(|(n, t)| (n, if n == name { leaf.clone() } else { t })).collect();
            let of = d.family().of(&with);
            let of_squares = of.variance() + (of.mean() - centre).square();
            for (f, moment) in [(false, of.mean()), (true, of_squares)] {
                let exact = number(&grad(&moment, &leaf));
                let path = |seed: i64| {
                    let x = of.rsample(&key(seed), &[10_000]);
                    let f = if f { (&x - centre).square() } else { x };
                    number(&grad(&f.mean(()), &leaf))
                };
                let paths: Vec<f64> = (0..20).map(path).collect();
                let mean = paths.iter().sum::<f64>() / 20.0;
                let error = (paths.iter().map(|p| (p - mean).powi(2)).sum::<f64>() / 19.0 / 20.0).sqrt();
                let slack = 4.5 * error + 1e-9 * exact.abs().max(1e-9);
                assert!((mean - exact).abs() <= slack, "{d}: d/d {name}: {mean} ± {error}, not {exact}");
            }
        }
    }
    let point = gradus::prob::dirac(1.5);
    assert_eq!(point.sample(&key(0), &[3]).eval().unwrap().to_f64(), [1.5; 3]);
}
