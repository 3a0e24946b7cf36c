//! Mixtures, independent elements and changes of variables: what they are beside what they are made of.

use gradus::ops::key;
use gradus::prob::*;
use gradus::{Tensor, check_grad, grad};

fn item(t: &Tensor) -> f64 {
    t.eval().unwrap_or_else(|e| panic!("{t}: {e}")).item().unwrap()
}

fn numbers(t: &Tensor) -> Vec<f64> {
    t.eval().unwrap_or_else(|e| panic!("{t}: {e}")).to_f64()
}

fn close(a: f64, b: f64, tolerance: f64) -> bool {
    a == b || (a - b).abs() <= tolerance * a.abs().max(b.abs())
}

#[test]
fn a_mixture_far_from_all_components_is_finite() {
    let d = mixture([0.3, 0.7], &[normal(-1.0, 0.5), normal(2.0, 0.25)]);
    let x = 1e4;
    let one = 0.3f64.ln() + item(&normal(-1.0, 0.5).log_prob(x));
    let other = 0.7f64.ln() + item(&normal(2.0, 0.25).log_prob(x));
    assert!(close(item(&d.log_prob(x)), one.max(other), 1e-15));
    assert!(close(item(&d.prob(x).log()), one.max(other), 1e-13));
    let t = Tensor::new(gradus::Array::scalar(x));
    // The wider component is what is left there.
    assert!(close(item(&grad(&d.log_prob(&t), &t)), -(x + 1.0) / 0.25, 1e-14));
    assert_eq!(numbers(&responsibilities(&d, x)), [1.0, 0.0]);
}

#[test]
fn a_component_without_weight_has_its_derivative() {
    let w = Tensor::from([1.0, 0.0]);
    let d = mixture(&w, &[normal(0.0, 1.0), normal(3.0, 1.0)]);
    let g = numbers(&grad(&d.log_prob(1.0), &w));
    // d log Σ wₖ pₖ / d wₖ = pₖ / p.
    let ratio = item(&(normal(3.0, 1.0).prob(1.0) / normal(0.0, 1.0).prob(1.0)));
    assert!(close(g[0], 1.0, 1e-15) && close(g[1], ratio, 1e-14), "{g:?}, not {ratio}");
    assert_eq!(item(&mixture([1.0, 0.0], &[exponential(1.0), normal(0.0, 1.0)]).log_prob(-1.0)), f64::NEG_INFINITY);
}

#[test]
fn gradients_of_mixtures_agree_with_differences() {
    let (w, mu) = (Tensor::from([0.25, 0.75]), Tensor::from([0.5, -1.0]));
    let parts = [normal(mu.index(0, 0), 1.5), laplace(mu.index(0, 1), 0.5)];
    let x = Tensor::from([-3.0, 0.1, 2.0, 40.0]);
    let y = mixture(&w, &parts).log_prob(&x).sum(());
    for leaf in [&mu, &x] {
        let found = check_grad(&y, leaf).unwrap();
        assert!(found.agrees, "{found:?}");
    }
}

#[test]
fn mixed_kinds_have_a_distribution_function_only() {
    let d = mixture([0.5, 0.5], &[dirac(0.0), exponential(1.0)]);
    assert_eq!(numbers(&d.cdf([-1.0, 0.0])), [0.0, 0.5]);
    assert_eq!(item(&d.mean()), 0.5);
    let d = mixture([0.5, 0.5], &[bernoulli(0.5), exponential(1.0)]);
    assert!(d.log_prob(0.0).eval().unwrap_err().to_string().contains("neither"));
    let wrong = mixture([0.5, 0.5], &[bernoulli(0.5)]);
    assert!(wrong.mean().eval().unwrap_err().to_string().contains("components"));
}

#[test]
fn independent_elements() {
    let base = normal([0.0, 1.0, 2.0], [1.0, 2.0, 0.5]);
    let d = independent(&base, 1);
    assert_eq!((d.event_shape(), d.batch_shape().unwrap()), (vec![3], vec![]));
    let x = Tensor::from([0.5, -4.0, 2.5]);
    let each = numbers(&base.log_prob(&x));
    assert!(close(item(&d.log_prob(&x)), each.iter().sum(), 1e-15));
    assert!(close(item(&d.prob(&x).log()), each.iter().sum(), 1e-14));
    assert!(close(item(&d.entropy()), numbers(&base.entropy()).iter().sum(), 1e-15));
    assert_eq!(numbers(&d.mean()), [0.0, 1.0, 2.0]);
    assert_eq!(d.sample(&key(0), &[7]).shape().unwrap(), [7, 3]);
    // 400 dimensions, of which the density itself is 0 in f64.
    let d = independent(&normal(vec![0.0; 400], 0.1), 1);
    let far = vec![3.0; 400];
    let truth = 400.0 * item(&normal(0.0, 0.1).log_prob(3.0));
    assert!(close(item(&d.log_prob(far.clone())), truth, 1e-14));
    assert!(close(item(&d.prob(far).log()), truth, 1e-13));
    assert!(independent(&base, 2).mean().eval().unwrap_err().is_shape());
}

#[test]
fn a_change_of_variables_is_the_known_family() {
    let scaled = Map::new("scale", |x| 3.0 * x - 1.0, |y| (y + 1.0) / 3.0);
    let (d, known) = (transformed(&normal(0.5, 2.0), &scaled), normal(0.5, 6.0));
    for x in [-40.0, 0.0, 0.5, 3.0, 1e3] {
        assert!(close(item(&d.log_prob(x)), item(&known.log_prob(x)), 1e-13), "{x}");
        assert!(close(item(&d.log_cdf(x)), item(&known.log_cdf(x)), 1e-12), "{x}");
    }
    // −log of a uniform number is exponential.
    let d = transformed(&uniform(0.0, 1.0), &Map::new("-log", |u| -u.log(), |y| (-y).exp()));
    let known = exponential(1.0);
    for x in [1e-10, 0.5, 3.0, 40.0, 700.0] {
        assert!(close(item(&d.log_prob(x)), -x, 1e-14), "{x}");
        // The map itself rounds away what is left of 1: exp(-x) near 1, 1 - q near 1.
        let lost = 2.0 * f64::EPSILON / x.min(1.0);
        let q = item(&known.cdf(x));
        assert!(close(item(&d.cdf(x)), q, lost), "{x}");
        let lost = 2.0 * f64::EPSILON / q.min(1.0 - q).max(f64::EPSILON);
        assert!(q == 1.0 || close(item(&d.quantile(q)), item(&known.quantile(q)), lost), "{x}");
    }
    assert_eq!(item(&d.log_prob(-1.0)), f64::NEG_INFINITY);
    assert_eq!(item(&d.cdf(-1.0)), 0.0);
}

#[test]
fn named_maps_undo_themselves() {
    for name in Map::names() {
        let base = if name == "log" { exponential(1.0) } else { normal(0.0, 0.5) };
        let d = transformed(&base, &Map::named(name).unwrap());
        for q in [0.01, 0.3, 0.5, 0.9] {
            assert!(close(item(&d.cdf(d.quantile(q))), q, 1e-12), "{name}: {q}");
        }
    }
}
