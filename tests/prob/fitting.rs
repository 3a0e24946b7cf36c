//! Fits: mixtures by EM on data with known answers, the book's figure 3.6, divergences with their error.

use gradus::ops::key;
use gradus::prob::*;
use gradus::{Array, Tensor, grad};

fn item(t: &Tensor) -> f64 {
    t.eval().unwrap_or_else(|e| panic!("{t}: {e}")).item().unwrap()
}

fn numbers(t: &Tensor) -> Vec<f64> {
    t.eval().unwrap_or_else(|e| panic!("{t}: {e}")).to_f64()
}

fn old_faithful() -> Tensor {
    let lines = include_str!("../../datasets/old_faithful.csv").lines().skip(1);
    let numbers: Vec<f64> = lines.flat_map(|l| l.split(',')).map(|v| v.parse().unwrap()).collect();
    Tensor::new(Array::from_vec(numbers, &[272, 2]).unwrap())
}

#[test]
fn old_faithful_has_two_kinds_of_eruption() {
    let x = old_faithful();
    let fit = fit_mixture(&x, &MULTIVARIATE_NORMAL, 2, &key(0)).unwrap();
    assert!(fit.settled);
    // What mclust, scikit-learn and others report for the unrestricted model of two components.
    assert!((fit.log_likelihood + 1130.264).abs() < 1e-3, "{}", fit.log_likelihood);
    assert!((fit.bic - (11.0 * 272f64.ln() + 2.0 * 1130.264)).abs() < 1e-2, "{}", fit.bic);
    let mut parts: Vec<(f64, Vec<f64>)> = numbers(fit.mixture.parameter(0))
        .into_iter()
        .zip(fit.mixture.parts().iter().map(|p| numbers(&p.mean())))
        .collect();
    parts.sort_by(|a, b| a.1[0].total_cmp(&b.1[0]));
    assert!((parts[0].0 - 0.3559).abs() < 1e-3 && (parts[1].0 - 0.6441).abs() < 1e-3, "{parts:?}");
    assert!((parts[0].1[0] - 2.0364).abs() < 1e-3 && (parts[0].1[1] - 54.4785).abs() < 1e-2, "{parts:?}");
    assert!((parts[1].1[0] - 4.2897).abs() < 1e-3 && (parts[1].1[1] - 79.9681).abs() < 1e-2, "{parts:?}");
    // At a maximum of the likelihood its gradient is 0.
    for part in fit.mixture.parts() {
        let mu = part.get("mu").unwrap();
        let slope = numbers(&grad(&fit.mixture.log_prob(&x).mean(()), &mu));
        assert!(slope.iter().all(|s| s.abs() < 1e-6), "{slope:?}");
    }
    let bic: Vec<f64> = [1, 3].map(|k| fit_mixture(&x, &MULTIVARIATE_NORMAL, k, &key(0)).unwrap().bic).to_vec();
    assert!(fit.bic < bic[0] && fit.bic < bic[1], "{} beside {bic:?}", fit.bic);
}

#[test]
fn rounds_never_make_the_data_less_likely() {
    let x = old_faithful().index(1, 0);
    for seed in 0..5 {
        let fit = fit_mixture(&x, &NORMAL, 2, &key(seed)).unwrap();
        let again = item(&fit.mixture.log_prob(&x).sum(()));
        assert!((again - fit.log_likelihood).abs() < 1e-9 * again.abs());
        let one = fit_mixture(&x, &NORMAL, 1, &key(seed)).unwrap();
        assert!(fit.log_likelihood > one.log_likelihood);
        let alone = NORMAL.fit(&x, None).unwrap();
        assert!((one.log_likelihood - item(&alone.log_prob(&x).sum(()))).abs() < 1e-9);
    }
}

#[test]
fn mixtures_of_other_families_find_what_made_the_data() {
    let truth = mixture([0.3, 0.7], &[laplace(-4.0, 0.5), laplace(3.0, 1.0)]);
    let x = truth.sample(&key(8), &[4000]);
    let fit = fit_mixture(&x, &LAPLACE, 2, &key(1)).unwrap();
    let mut found: Vec<[f64; 3]> = fit
        .mixture
        .parts()
        .iter()
        .zip(numbers(fit.mixture.parameter(0)))
        .map(|(p, w)| [item(p.parameter(0)), item(p.parameter(1)), w])
        .collect();
    found.sort_by(|a, b| a[0].total_cmp(&b[0]));
    for (got, want) in found.iter().zip([[-4.0, 0.5, 0.3], [3.0, 1.0, 0.7]]) {
        assert!(got.iter().zip(want).all(|(g, w)| (g - w).abs() < 0.1), "{found:?}");
    }
}

#[test]
fn what_cannot_be_fitted_says_why() {
    let few = fit_mixture([1.0, 2.0], &NORMAL, 3, &key(0)).unwrap_err();
    assert!(few.to_string().contains("at least as many values"), "{few}");
    let flat = fit_mixture([1.0, 1.0, 1.0, 5.0, 6.0], &NORMAL, 2, &key(0)).unwrap_err();
    assert!(flat.to_string().contains("shrank"), "{flat}");
    let none = fit_mixture([1.0, 2.0], &DIRAC, 1, &key(0)).unwrap_err();
    assert!(none.to_string().contains("no `fit`"), "{none}");
}

#[test]
fn forward_covers_and_reverse_picks() {
    let p = mixture([0.4, 0.6], &[normal(-4.0, 1.0), normal(4.0, 1.5)]);
    let covers = fit_kl(&p, &NORMAL, Direction::Forward).unwrap();
    // The forward fit has the moments of p, and there is no other optimum.
    assert_eq!(covers.len(), 1, "{covers:?}");
    let d = &covers[0].distribution;
    assert!(
        (item(&d.mean()) - item(&p.mean())).abs() < 1e-7 && (item(&d.variance()) - item(&p.variance())).abs() < 1e-6
    );
    let by_estimate = kl_estimate(&p, d).unwrap();
    assert!((covers[0].divergence - by_estimate.value).abs() < 1e-9 && by_estimate.error < 1e-9, "{by_estimate:?}");
    let picks = fit_kl(&p, &NORMAL, Direction::Reverse).unwrap();
    let means: Vec<f64> = picks.iter().map(|f| item(&f.distribution.mean())).collect();
    // The heavier mode is the better one; both are found.
    assert!((means[0] - 4.0).abs() < 0.05 && means.iter().any(|m| (m + 4.0).abs() < 0.05), "{means:?}");
    assert!(picks.windows(2).all(|w| w[0].divergence <= w[1].divergence));
    for f in &picks {
        let again = kl_estimate(&f.distribution, &p).unwrap();
        assert!((f.divergence - again.value).abs() < 1e-8, "{f:?} beside {again:?}");
    }
    // In the mode that is picked the rest of p is a factor: KL is about -log of its weight.
    assert!((picks[0].divergence + 0.6f64.ln()).abs() < 0.05, "{picks:?}");
}

#[test]
fn a_family_fits_itself() {
    for direction in [Direction::Forward, Direction::Reverse] {
        for (p, family) in
            [(normal(1.0, 3.0), &NORMAL), (laplace(-2.0, 0.5), &LAPLACE), (exponential(0.25), &EXPONENTIAL)]
        {
            let found = fit_kl(&p, family, direction).unwrap();
            assert!(found[0].divergence.abs() < 1e-9, "{p}: {found:?}");
            for ((name, a), (_, b)) in found[0].distribution.given().iter().zip(p.given()) {
                assert!((item(a) - item(&b)).abs() < 1e-4 * item(&b).abs(), "{p}: {name}: {found:?}");
            }
        }
    }
}

#[test]
fn estimates_tell_how_and_how_well() {
    let closed = kl_estimate(&normal(0.0, 1.0), &normal(1.0, 1.0)).unwrap();
    assert_eq!((closed.value, closed.error, closed.how), (0.5, 0.0, "closed form"));
    // A mixture of one component twice is that component.
    let twice = mixture([0.5, 0.5], &[normal(0.0, 1.0), normal(0.0, 1.0)]);
    let found = kl_estimate(&twice, &laplace(1.0, 2.0)).unwrap();
    let truth = item(&kl(&normal(0.0, 1.0), &laplace(1.0, 2.0)));
    assert!(found.how == "quadrature" && (found.value - truth).abs() <= 1e-11 + found.error, "{found:?}, not {truth}");
    let pair = mixture([0.5, 0.5], &[bernoulli(0.25), discrete_uniform(0.0, 3.0)]);
    let found = kl_estimate(&discrete_uniform(0.0, 1.0), &pair).unwrap();
    let truth = 0.5 * (0.5f64 / 0.5).ln() + 0.5 * (0.5f64 / 0.25).ln();
    assert!(found.how == "sum" && (found.value - truth).abs() < 1e-14, "{found:?}, not {truth}");
    let vectors = |m: f64| independent(&normal([m, 0.0], 1.0), 1);
    let found = kl_estimate(&vectors(0.0), &vectors(1.0)).unwrap();
    assert!(
        found.how == "Monte Carlo" && (found.value - 0.5).abs() < 4.5 * found.error && found.error < 0.01,
        "{found:?}"
    );
}
