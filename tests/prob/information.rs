//! Divergences of every ordered pair beside quadrature and sums; conventions at 0; identities of information.

use gradus::prob::*;
use gradus::{Tensor, check_grad, grad};

use super::examples::scalars;
use super::quadrature::{points, points_split};

fn item(t: &Tensor) -> f64 {
    t.eval().unwrap_or_else(|e| panic!("{t}: {e}")).item().unwrap()
}

fn numbers(t: &Tensor) -> Vec<f64> {
    t.eval().unwrap_or_else(|e| panic!("{t}: {e}")).to_f64()
}

/// E_p[log p − log q] over points that also see the kink of q, and the size of its terms.
fn by_quadrature(p: &Distribution, q: &Distribution) -> (f64, f64) {
    let (x, w): (Vec<f64>, Vec<f64>) = refined(p, q).into_iter().unzip();
    let t = Tensor::from(x);
    let (a, b) = (numbers(&p.log_prob(&t)), numbers(&q.log_prob(&t)));
    let mut sum = (0.0, 0.0);
    for ((a, b), w) in a.iter().zip(&b).zip(&w) {
        if a.exp() > 0.0 {
            let term = w * a.exp() * (a - b);
            sum = (sum.0 + term, sum.1 + w * a.exp() * (a.abs() + b.abs()));
        }
    }
    sum
}

/// True if p has values that q has not: however few, the divergence is infinite, and no quadrature sees them.
fn reaches_beyond(p: &Distribution, q: &Distribution) -> bool {
    match (p.support(), q.support()) {
        (Support::Interval(a, b), Support::Interval(c, d)) => item(&a) < item(&c) || item(&b) > item(&d),
        _ => false,
    }
}

/// The points of p; of a density with an end where q bends.
fn refined(p: &Distribution, q: &Distribution) -> Vec<(f64, f64)> {
    if *q.family() == LAPLACE { points_split(p, &[item(q.parameter(0))]) } else { points(p) }
}

#[test]
fn every_ordered_pair_is_a_quadrature_or_has_no_closed_form() {
    let all: Vec<Distribution> = scalars().into_iter().filter(|d| *d.family() != DIRAC).collect();
    let (mut closed, mut without) = (0, std::collections::BTreeSet::new());
    for p in &all {
        for q in &all {
            let Ok(value) = kl(p, q).eval() else {
                let error = kl(p, q).eval().unwrap_err();
                assert!(error.to_string().contains("no closed form"), "{p} from {q}: {error}");
                without.insert((p.family().name, q.family().name));
                continue;
            };
            let value = value.item().unwrap();
            closed += 1;
            if p.is_discrete() != q.is_discrete() {
                assert_eq!(value, f64::INFINITY, "{p} from {q}");
                continue;
            }
            let (truth, size) = by_quadrature(p, q);
            if truth == f64::INFINITY || reaches_beyond(p, q) {
                assert_eq!(value, f64::INFINITY, "{p} from {q}");
            } else {
                assert!((value - truth).abs() <= 1e-9 * size.max(1e-3), "{p} from {q}: {value}, not {truth}");
            }
        }
    }
    println!("{closed} pairs of distributions; without a closed form are");
    for (p, q) in &without {
        println!("  {p} from {q}");
    }
    assert!(closed > 300, "{closed}");
    for pair in PAIRS.iter().copied().flatten() {
        assert!(!without.contains(&(pair.p.name, pair.q.name)), "{:?} from {:?}", pair.p, pair.q);
    }
}

#[test]
fn divergences_of_points() {
    assert_eq!(item(&kl(&dirac(1.0), &dirac(1.0))), 0.0);
    assert_eq!(item(&kl(&dirac(1.0), &dirac(2.0))), f64::INFINITY);
    assert_eq!(item(&kl(&dirac(1.0), &normal(0.0, 1.0))), f64::INFINITY);
    assert_eq!(item(&kl(&normal(0.0, 1.0), &dirac(1.0))), f64::INFINITY);
    assert_eq!(item(&kl(&dirac(1.0), &bernoulli(0.25))), -(0.25f64.ln()));
    assert!(kl(&normal(0.0, -1.0), &exponential(1.0)).eval().unwrap_err().is_domain());
}

#[test]
fn gradients_of_divergences_agree_with_differences() {
    let (a, b) = (Tensor::from(0.7).cast(gradus::DType::F64), Tensor::from(gradus::Array::scalar(1.3)));
    let a = Tensor::new(a.eval().unwrap());
    let pairs: Vec<(Distribution, Distribution)> = vec![
        (normal(&a, &b), normal(0.5, 2.0)),
        (normal(0.5, 2.0), normal(&a, &b)),
        (normal(&a, &b), laplace(0.5, 2.0)),
        (laplace(0.5, 2.0), normal(&a, &b)),
        (laplace(&a, &b), laplace(0.5, 2.0)),
        (exponential(&a), normal(&b, 2.0)),
        (exponential(&a), laplace(&b, 2.0)),
        (exponential(&a), exponential(&b)),
        (uniform(&a, &b + 3.0), normal(&b, 1.0)),
        (uniform(&a, &b + 3.0), laplace(&b, 1.0)),
        (bernoulli(&a), bernoulli(0.2)),
        (bernoulli(0.2), bernoulli(&a)),
    ];
    for (p, q) in pairs {
        let y = kl(&p, &q);
        for leaf in [&a, &b] {
            let found = check_grad(&y, leaf).unwrap_or_else(|e| panic!("{p} from {q}: {e}"));
            assert!(found.agrees, "{p} from {q}: {found:?}");
        }
    }
}

#[test]
fn zero_log_zero() {
    let (p, q) = (Tensor::from([0.5, 0.5, 0.0]), Tensor::from([0.25, 0.75, 0.0]));
    assert!((item(&kl_of(&p, &q)) - (0.5 * 2f64.ln() + 0.5 * (2.0f64 / 3.0).ln())).abs() < 1e-16);
    assert_eq!(item(&kl_of(&p, &Tensor::from([1.0, 0.0, 0.0]))), f64::INFINITY);
    assert_eq!(item(&entropy_of(&Tensor::from([0.0, 1.0]))), 0.0);
    // In KL p = q = 0 contributes 0 to every derivative.
    assert_eq!(numbers(&grad(&kl_of(&p, &q), &p))[2], 0.0);
    assert_eq!(numbers(&grad(&kl_of(&p, &q), &q))[2], 0.0);
    let categories = (categorical(&p), categorical(&q));
    assert_eq!(numbers(&grad(&kl(&categories.0, &categories.1), &q))[2], 0.0);
    // The slope of -p log p at 0 is infinite, as the mathematics has it.
    assert_eq!(numbers(&grad(&entropy_of(&p), &p))[2], f64::INFINITY);
}

#[test]
fn logits_far_apart() {
    let (z, w) = (Tensor::from([1000.0, 0.0]), Tensor::from([0.0, 1000.0]));
    let (p, q) = (categorical_by_logits(&z), categorical_by_logits(&w));
    assert_eq!(item(&kl(&p, &q)), 1000.0);
    assert_eq!(item(&cross_entropy(&p, &q)), 1000.0);
    let g = numbers(&grad(&kl(&p, &q), &w));
    assert_eq!(g, [-1.0, 1.0]);
    // As the book writes them.
    let (p, q) = (categorical(z.softmax(-1)), categorical(w.softmax(-1)));
    assert_eq!(item(&kl(&p, &q)), 1000.0);
    let (p, q) = (bernoulli_by_logits(Tensor::from([800.0])), bernoulli_by_logits(Tensor::from([-700.0])));
    assert_eq!(numbers(&kl(&p, &q)), [700.0]);
}

#[test]
fn identities() {
    let joint = Tensor::from([[0.125, 0.25, 0.0], [0.125, 0.0, 0.5]]);
    let (x, y) = (joint.sum(1), joint.sum(0));
    let whole = entropy_of(&joint.flatten());
    let (mutual, given) = (item(&mutual_information(&joint)), item(&conditional_entropy(&joint)));
    assert!((mutual - item(&(entropy_of(&x) + entropy_of(&y) - &whole))).abs() < 1e-15);
    assert!((given - item(&(&whole - entropy_of(&x)))).abs() < 1e-15);
    let (p, q) = (categorical([0.5, 0.25, 0.25]), categorical([0.25, 0.25, 0.5]));
    let js = item(&jensen_shannon(&p, &q));
    let m = Tensor::from([0.375, 0.25, 0.375]);
    let parts = 0.5 * kl_of(p.parameter(0), &m) + 0.5 * kl_of(q.parameter(0), &m);
    assert!((js - item(&parts)).abs() < 1e-16 && js == item(&jensen_shannon(&q, &p)));
    assert!((item(&cross_entropy(&p, &q)) - item(&(p.entropy() + kl(&p, &q)))).abs() < 1e-15);
    let (a, b) = (normal(0.0, 1.0), laplace(1.0, 2.0));
    let x = a.sample(&gradus::ops::key(1), &[1_000_000]);
    assert!((item(&cross_entropy(&a, &b)) + item(&b.log_prob(x).mean(()))).abs() < 2e-3);
}
