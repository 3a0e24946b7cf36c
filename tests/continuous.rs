//! Integrals beside mpmath and within their own error; densities of formulas, conditioning, Bayes' rule, moments.

use gradus::formula::{Answer, Program};
use gradus::prob::{Density, Given, Integral, integrate};
use gradus::{Array, Tensor};

const INF: f64 = f64::INFINITY;

#[track_caller]
fn run(source: &str) -> Answer {
    let outcome = Program::formula(source).unwrap().run().unwrap_or_else(|e| panic!("{source}: {e}"));
    outcome.results.last().unwrap().value.clone().unwrap_or_else(|e| panic!("{source}: {e}"))
}

#[track_caller]
fn error(source: &str) -> String {
    match Program::formula(source).unwrap().run() {
        Err(e) => e.to_string(),
        Ok(o) => {
            o.results.into_iter().find_map(|r| r.value.err()).unwrap_or_else(|| panic!("{source}: a value")).to_string()
        }
    }
}

/// The value of an integral that must hold what it says of its error, and say no more than `most` of it.
#[track_caller]
fn sure(i: Integral, want: f64, most: f64) {
    assert!((i.value - want).abs() <= i.error, "{} ± {:.1e}, not {want}", i.value, i.error);
    assert!(i.error <= most * want.abs().max(1e-300), "{} ± {:.1e}", i.value, i.error);
}

#[test]
fn integrals_agree_with_mpmath_within_their_error() {
    let mut bad = vec![];
    for line in include_str!("reference/integrals.csv").lines().filter(|l| !l.starts_with('#')) {
        let cells: Vec<&str> = line.split(';').collect();
        let list = |t: &str| format!("[{}]", t.replace(' ', ", "));
        let names = ["x", "x, y", "x, y, z"][cells[1].split(' ').count() - 1];
        let source = format!("integrate(lambda {names}: {}, {}, {})", cells[0], list(cells[1]), list(cells[2]));
        let found = run(&source).to_f64();
        let want: f64 = cells[3].parse().unwrap();
        let off = (found[0] - want).abs();
        println!("{:40} {:22.15e} ± {:.0e}, off by {off:.0e}", cells[0], found[0], found[1]);
        let digits = [1e-11, 1e-9, 1e-6][cells[1].split(' ').count() - 1];
        // The reference is rounded to f64 itself.
        if !(off <= found[1] + 1e-16 * want.abs() && found[1] <= digits * want.abs()) {
            bad.push(format!("{source}: {found:?}, not {want}"));
        }
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

#[test]
fn an_end_that_f64_cannot_come_near_to_is_told_in_the_error() {
    // (1 − x)^(−1/2) near 1: what lies within the last rounding before 1 is 2e-8, and nothing can see it.
    let i = integrate(&[(0.0, 1.0)], |x| (1.0 - &x[0]).pow(-0.5)).unwrap();
    assert!((i.value - 2.0).abs() <= i.error && i.error < 1e-6, "{i:?}");
    let e = integrate(&[(-1.0, 1.0)], |x| (&x[0] - 2.0).sqrt()).unwrap_err();
    assert!(e.is_domain() && e.message().starts_with("the integrand is NaN at ("), "{e}");
    assert!(integrate(&[(1.0, 1.0)], |x| x[0].clone()).unwrap_err().message().contains("no numbers from 1 to 1"));
    assert!(integrate(&[], |_| Tensor::from(1.0)).unwrap_err().is_argument());
    let e = integrate(&[(0.0, 1.0)], |x| &x[0] * Tensor::from([1.0, 2.0])).unwrap_err();
    assert!(e.message().contains("gives a number, not shape (2,)"), "{e}");
}

#[test]
fn functions_that_make_vectors_on_the_way_are_integrated_too() {
    // Σ w x with a vector w: no batch of numbers may stand in the place of x.
    let i = integrate(&[(0.0, 1.0)], |x| (&x[0] * Tensor::from([1.0, 2.0, 3.0])).sum(())).unwrap();
    sure(i, 3.0, 1e-13);
    let i = integrate(&[(0.0, 1.0), (0.0, 2.0)], |x| Tensor::stack(&[&x[0], &x[1]], 0).square().sum(())).unwrap();
    sure(i, 2.0 / 3.0 + 8.0 / 3.0, 1e-11);
}

#[test]
fn beyond_three_dimensions_the_error_is_a_standard_error() {
    let unit = [(0.0, 1.0); 5];
    let i = integrate(&unit, |x| x.iter().fold(Tensor::from(1.0), |p, v| p * (2.0 * v))).unwrap();
    assert!((i.value - 1.0).abs() < 5.0 * i.error && i.error < 0.02, "{i:?}");
    let bell = |x: &[Tensor]| (-0.5 * x.iter().fold(Tensor::from(0.0), |s, v| s + v.square())).exp();
    let i = integrate(&[(-INF, INF); 4], bell).unwrap();
    let want = (2.0 * std::f64::consts::PI).powi(2);
    assert!((i.value - want).abs() < 5.0 * i.error && i.error < 0.05 * want, "{i:?}");
}

/// The density of a triangle, 1 − |x|.
fn triangle() -> Density {
    Density::new(&[(-1.0, 1.0)], |x| 1.0 - x[0].abs()).unwrap()
}

#[test]
fn every_method_of_one_variable() {
    let d = triangle();
    sure(d.total(), 1.0, 1e-13);
    sure(d.expectation(|x| x[0].clone() + 1.0).unwrap(), 1.0, 1e-13);
    sure(d.variance(|x| x[0].clone()).unwrap(), 1.0 / 6.0, 1e-12);
    sure(d.entropy().unwrap(), 0.5, 1e-12);
    for (x, below) in [
        (-2.0, 0.0),
        (-1.0, 0.0),
        (-0.5, 0.125),
        (0.0, 0.5),
        (0.25, 1.0 - 0.75f64.powi(2) / 2.0),
        (1.0, 1.0),
        (3.0, 1.0),
    ] {
        let (cdf, sf) = (d.cdf(x).unwrap(), d.sf(x).unwrap());
        assert!(
            (cdf.value - below).abs() <= cdf.error && (sf.value - (1.0 - below)).abs() <= sf.error,
            "{x}: {cdf:?} {sf:?}"
        );
    }
    let q = d.quantile(&[0.0, 0.125, 0.5, 0.875, 1.0, 1.5]).unwrap();
    for (got, want) in q.iter().zip([-1.0, -0.5, 0.0, 0.5, 1.0]) {
        assert!((got - want).abs() < 1e-13, "{q:?}");
    }
    assert!(q[5].is_nan());
    let x = Tensor::from([-2.0, 0.5]);
    assert_eq!(d.prob(std::slice::from_ref(&x)).eval().unwrap().to_f64(), [0.0, 0.5]);
    assert_eq!(d.log_prob(&[x]).eval().unwrap().to_f64(), [f64::NEG_INFINITY, 0.5f64.ln()]);
    let sample = d.sample(&gradus::ops::key(1), 20_000).unwrap();
    let mean = sample.iter().sum::<f64>() / 20_000.0;
    // Four standard errors.
    assert!(mean.abs() < 4.0 * (1.0f64 / 6.0 / 20_000.0).sqrt(), "{mean}");
    let below = sample.iter().filter(|x| **x < 0.5).count() as f64;
    assert!((below / 20_000.0 - 0.875).abs() < 4.0 * (0.875f64 * 0.125 / 20_000.0).sqrt());
}

#[test]
fn far_tails_have_their_digits() {
    let root = (2.0 * std::f64::consts::PI).sqrt();
    let d = Density::new(&[(-INF, INF)], |x| (-0.5 * x[0].square()).exp() / root).unwrap();
    // P(X > 8), P(X > 20) from mpmath.
    for (x, want) in [(8.0, 6.220960574271785e-16), (20.0, 2.7536241186062337e-89)] {
        let (sf, cdf) = (d.sf(x).unwrap().value, d.cdf(-x).unwrap().value);
        assert!((sf / want - 1.0).abs() < 1e-10 && (cdf / want - 1.0).abs() < 1e-10, "{sf} {cdf}");
    }
}

#[test]
fn densities_that_are_none() {
    let says = |result: gradus::Result<Density>, message: &str| {
        let e = result.err().unwrap_or_else(|| panic!("no error that says {message}"));
        assert!(e.message().contains(message), "{e}");
    };
    says(Density::new(&[(0.0, 1.0)], |x| x[0].clone()), "the density integrates to 0.5 ± ");
    says(Density::new(&[(0.0, 1.0)], |x| 3.0 * x[0].square() - 1.0 + 0.5 * &x[0]), "a density is 0 or more");
    says(Density::normalized(&[(0.0, 1.0)], |_| Tensor::from(0.0)), "by which it cannot be divided");
    says(Density::normalized(&[(1.0, INF)], |x| x[0].reciprocal()), "by which it cannot be divided");
    assert!(triangle().marginal(&[(1, 0.0)]).unwrap_err().message().contains("variable 1 of 1 is not there"));
    let square = Density::new(&[(0.0, 1.0); 2], |_| Tensor::from(1.0)).unwrap();
    assert!(square.cdf(0.5).unwrap_err().message().contains("of a density of one variable"));
    assert!(square.condition(&[(0, 0.5), (1, 0.5)]).is_err() && square.condition(&[(0, 0.5), (0, 0.5)]).is_err());
}

#[test]
fn marginals_conditionals_and_covariances_of_a_pair() {
    // A normal pair with correlation 0.6 and standard deviations 1 and 2, about (1, −1).
    let (rho, s) = (0.6f64, 2.0);
    let pair = |x: &[Tensor]| {
        let (u, v) = (&x[0] - 1.0, (&x[1] + 1.0) / s);
        let q = (u.square() - 2.0 * rho * &u * &v + v.square()) / (1.0 - rho * rho);
        (-0.5 * q).exp() / (2.0 * std::f64::consts::PI * s * (1.0 - rho * rho).sqrt())
    };
    let d = Density::new(&[(-INF, INF); 2], pair).unwrap();
    let bell =
        |x: f64, m: f64, s: f64| (-0.5 * ((x - m) / s).powi(2)).exp() / (s * (2.0 * std::f64::consts::PI).sqrt());
    sure(d.marginal(&[(0, 0.3)]).unwrap(), bell(0.3, 1.0, 1.0), 1e-9);
    sure(d.marginal(&[(1, 2.0)]).unwrap(), bell(2.0, -1.0, 2.0), 1e-9);
    let given = d.condition(&[(0, 2.0)]).unwrap().known().unwrap();
    sure(given.evidence, bell(2.0, 1.0, 1.0), 1e-9);
    sure(given.density.expectation(|y| y[0].clone()).unwrap(), -1.0 + rho * s, 1e-9);
    sure(given.density.variance(|y| y[0].clone()).unwrap(), s * s * (1.0 - rho * rho), 1e-9);
    let matrix = d.covariance_matrix().unwrap();
    for (got, want) in matrix.into_iter().zip([1.0, rho * s, rho * s, s * s]) {
        sure(got, want, 1e-8);
    }
    sure(d.covariance(|x| x[0].clone() * 3.0, |x| x[0].clone() + &x[1]).unwrap(), 3.0 * (1.0 + rho * s), 1e-8);
}

#[test]
fn bayes_rule_by_quadrature_is_the_conjugate_answer() {
    // A normal mean with a normal prior, four observations with standard deviation 0.5.
    let prior = Density::normalized(&[(-INF, INF)], |m| (-0.5 * (&m[0] / 2.0).square()).exp()).unwrap();
    let data = [1.1, 0.7, 1.4, 0.9];
    let likelihood = |m: &[Tensor]| {
        let each = |v: &f64| (-0.5 * ((*v - &m[0]) / 0.5).square()).exp() / (0.5 * (2.0 * std::f64::consts::PI).sqrt());
        data.iter().map(each).fold(Tensor::from(1.0), |p, l| p * l)
    };
    let p = prior.update(likelihood).unwrap().known().unwrap();
    let precision = 0.25 + 4.0 / 0.25;
    sure(p.density.expectation(|m| m[0].clone()).unwrap(), data.iter().sum::<f64>() / 0.25 / precision, 1e-12);
    sure(p.density.variance(|m| m[0].clone()).unwrap(), 1.0 / precision, 1e-11);
    // One observation after the other, with the evidence multiplied, is the same.
    let (mut density, mut evidence) = (prior, 1.0);
    for v in data {
        let one =
            |m: &[Tensor]| (-0.5 * ((v - &m[0]) / 0.5).square()).exp() / (0.5 * (2.0 * std::f64::consts::PI).sqrt());
        let next = density.update(one).unwrap().known().unwrap();
        evidence *= next.evidence.value;
        density = next.density;
    }
    assert!((evidence / p.evidence.value - 1.0).abs() < 1e-12);
    let Given::Impossible { because } = triangle().update(|x| (&x[0] - 5.0).maximum(0.0)).unwrap() else {
        panic!("possible")
    };
    assert_eq!(because, "the likelihood is 0 wherever the density is not");
}

#[test]
fn densities_in_the_language() {
    let near = |source: &str, want: f64| {
        let got = run(source).to_f64()[0];
        assert!((got - want).abs() <= 1e-12 * want.abs(), "{source}: {got}, not {want}");
    };
    near("Density(lambda x: 6*x*(1 - x), 0, 1).variance().value", 0.05);
    near("p(x) = exp(-x)\nDensity(p, 0, inf).mean().value", 1.0);
    near("Density(lambda x: exp(-x), 0, inf).cdf(1)", 1.0 - (-1f64).exp());
    near("Density(lambda x: exp(-x), 0, inf).sf([50, 100])[1]", (-100f64).exp());
    near("Density(lambda x: exp(-x**4), -inf, inf, normalize=True).quantile(0.5) + 1", 1.0);
    near("Density(lambda x: exp(-x), 0, inf).expectation(lambda x: x**3).value", 6.0);
    near("Density(lambda x, y: x + y, [0, 0], [1, 1]).marginal(y=0.25).value", 0.75);
    near("Density(lambda x, y: x + y, [0, 0], [1, 1]).condition(x=0.5).density.mean().value", 7.0 / 12.0);
    near("Density(lambda x, y: x + y, [0, 0], [1, 1]).expectation(lambda y: y).value", 7.0 / 12.0);
    near("Density(lambda x, y: x + y, [0, 0], [1, 1]).covariance('x', 'y').value", -1.0 / 144.0);
    near("Density(lambda p: 1, 0, 1).update(lambda p: p**7 * (1 - p)**3).density.mean().value", 8.0 / 12.0);
    near("x = 0.25\ngrad(Density(lambda x: 6*x*(1 - x), 0, 1).log_prob(x), x)", 4.0 - 4.0 / 3.0);
    near("Density(lambda x: 2*x, 0, 1).entropy().value", 0.5 - 2f64.ln());
    let Answer::Record(kind, _) = run("Density(lambda x, y: x + y, [0, 0], [1, 1]).condition(x=2)") else {
        panic!("no record")
    };
    assert_eq!(kind, Some("impossible"));
    assert!(error("Density(lambda x: x, 0, 1)").contains("the density integrates to 0.5"));
    assert!(error("Density(lambda x: 2*x, 0, 1).expectation(lambda x: foo(x))").contains("there is no function `foo`"));
    assert!(error("Density(lambda x, y: x + y, [0, 0], [1, 1]).marginal(z=1)").contains("there is no variable `z`"));
    assert!(error("Density(lambda x: 2*x, 0, 1).cfd(1)").contains("did you mean `cdf`?"));
    assert_eq!(Array::from(run("Density(lambda x: 2*x, 0, 1).sample(5)").to_f64()).shape(), [5]);
}

#[test]
fn a_narrow_density_far_from_0_is_found_and_its_error_holds() {
    // Numbers near 1e6 lie 1e-10 apart, which is 1e-7 of this spread: the error says so.
    let e = gradus::prob::expectation(|x| x.square(), &gradus::prob::normal(1e6, 1e-3)).unwrap();
    assert!((e.value - (1e12 + 1e-6)).abs() <= e.error && e.error <= 1e-7 * e.value && e.how == "quadrature", "{e:?}");
}

#[test]
fn expectations_of_all_kinds_of_distributions_in_the_language() {
    let near = |source: &str, want: f64| {
        let got = run(source).to_f64()[0];
        assert!((got - want).abs() <= 1e-12 * want.abs(), "{source}: {got}, not {want}");
    };
    near("expectation(lambda x: x**4, Normal(0, 2)).value", 48.0);
    near("f(x) = x**2\nexpectation(f, Normal(3, 1)).value", 10.0);
    near("expectation(exp, Uniform(0, 1)).value", 1f64.exp_m1());
    near("variance(lambda x: x**2, Normal(0, 1)).value", 2.0);
    near("covariance(lambda x: x, lambda x: x**3, Normal(0, 1)).value", 3.0);
    near("expectation(lambda x, y: x*y, Joint('x, y', [[0.5, 0], [0.25, 0.25]]))", 0.25);
    near("variance(lambda x: x, Joint('x, y', [[0.5, 0], [0.25, 0.25]]))", 0.25);
    near("expectation(lambda x: x, Density(lambda x: 2*x, 0, 1)).value", 2.0 / 3.0);
    near("expectation(lambda x: x[0]*x[1], MultivariateNormal([0, 0], [[1, 0.5], [0.5, 1]])).value", 0.5);
    near("Pmf([1, 2, 5], [0.5, 0.25, 0.25]).mean()", 2.25);
    near("Pmf([0, 1, 2], lambda k: 2**-k, normalize=True).prob(1)", 2.0 / 7.0);
    near("expectation(lambda x: x**2, Pmf([1, 2, 5], [0.5, 0.25, 0.25])).value", 7.75);
    near(
        "kl(Pmf([0, 1], [0.5, 0.5]), Pmf([0, 1], [0.25, 0.75])) + 1",
        1.0 + 0.5 * 2f64.ln() + 0.5 * (2.0f64 / 3.0).ln(),
    );
    assert!(error("Pmf([1, 2], [0.5, 0.6])").contains("that sum to 1"));
    assert!(error("Pmf([1, 2], [1.5, -0.5])").contains("of at least 0"));
    assert!(error("expectation(lambda x: x, 3)").contains("takes a distribution, not a number"));
}
