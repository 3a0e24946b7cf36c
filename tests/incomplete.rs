//! The incomplete gamma and beta functions, their logarithms, inverses and derivatives against mpmath, tails included.

use std::collections::BTreeMap;

use gradus::calculus::vjp;
use gradus::graph::{Attrs, Op, evaluate};
use gradus::{Array, DType, Tensor};

/// The largest relative error in f64.
const BOUND: f64 = 1e-13;

/// The row and the attribute behind a name of the reference.
fn row(name: &str) -> (&'static Op, Attrs) {
    let (base, attrs) = match name {
        "betainc_slope_a" => ("betainc_slope", Attrs::Int(0)),
        "betainc_slope_b" => ("betainc_slope", Attrs::Int(1)),
        "log_betainc_slope_a" => ("log_betainc_slope", Attrs::Int(0)),
        "log_betainc_slope_b" => ("log_betainc_slope", Attrs::Int(1)),
        "log_betaincc_slope_a" => ("log_betainc_slope", Attrs::Int(2)),
        "log_betaincc_slope_b" => ("log_betainc_slope", Attrs::Int(3)),
        "betaincc_share" => ("betainc_share", Attrs::Int(1)),
        "betainc_share" => ("betainc_share", Attrs::Int(0)),
        "beta_flow_a" => ("beta_flow", Attrs::Int(0)),
        "beta_flow_b" => ("beta_flow", Attrs::Int(1)),
        other => (other, Attrs::None),
    };
    (gradus::ops::all().find(|op| op.name == base).unwrap_or_else(|| panic!("no row `{base}`")), attrs)
}

/// Points of one name: inputs and the decimal text of the value.
type Points = Vec<(Vec<f64>, String)>;

fn reference() -> BTreeMap<String, Points> {
    let mut rows: BTreeMap<String, Points> = BTreeMap::new();
    for line in include_str!("reference/incomplete.csv").lines() {
        let fields: Vec<&str> = line.split(',').collect();
        let (inputs, truth) = fields[1..].split_at(fields.len() - 2);
        let x = inputs.iter().map(|h| f64::from_bits(u64::from_str_radix(h, 16).unwrap())).collect();
        rows.entry(fields[0].to_string()).or_default().push((x, truth[0].to_string()));
    }
    rows
}

fn columns(points: &[(Vec<f64>, String)], dtype: DType) -> Vec<Tensor> {
    let column = |i: usize| Array::from(points.iter().map(|p| p.0[i]).collect::<Vec<f64>>()).cast(dtype);
    (0..points[0].0.len()).map(|i| Tensor::from(column(i))).collect()
}

fn values(t: &Tensor) -> Vec<f64> {
    evaluate(&[t], &mut vec![]).unwrap()[0].to_f64()
}

#[test]
fn every_value_is_within_its_bound() {
    let mut failed = vec![];
    let mut points = 0;
    for (name, all) in reference() {
        let (op, attrs) = row(&name);
        points += all.len();
        let x = columns(&all, DType::F64);
        let got = values(&op.call(&x.iter().collect::<Vec<_>>(), attrs));
        let error = |(p, g): (&(Vec<f64>, String), &f64)| {
            let truth: f64 = p.1.parse().unwrap();
            // Quantiles of small shapes magnify the rounding of the shape times the logarithm.
            let condition = if name.ends_with("inv") { 1.0 / p.0[0].min(1.0) } else { 1.0 };
            // Where the truth is no normal number, the nearest one is all there is.
            let e = (g - truth).abs() / truth.abs().max(f64::MIN_POSITIVE) / condition;
            (if e.is_nan() { f64::INFINITY } else { e }, p.0.clone())
        };
        let worst = all.iter().zip(&got).map(error).max_by(|a, b| a.0.total_cmp(&b.0)).unwrap();
        println!("{name:22} {:5} points, worst relative error {:.1e} at {:?}", all.len(), worst.0, worst.1);
        // Of the slope of log P(T ≤ t) two terms cancel but for a share of 1/ν, and ν goes up to 1000 here.
        let bound = if name == "log_stdtr_slope" { 100.0 * BOUND } else { BOUND };
        if worst.0 > bound {
            failed.push(format!("{name}: {:.2e} at {:?}", worst.0, worst.1));
        }
    }
    assert!(points > 5000, "{points} points");
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn narrow_values_are_rounded_once() {
    for name in ["gammainc", "log_gammaincc", "betainc", "log_betaincc", "gamma_flow"] {
        let all = &reference()[name];
        let fits = |p: &&(Vec<f64>, String)| p.0.iter().all(|&v| f64::from(v as f32) == v);
        let all: Vec<_> = all.iter().filter(fits).cloned().collect();
        let x = columns(&all, DType::F32);
        let (op, attrs) = row(name);
        for (p, g) in all.iter().zip(values(&op.call(&x.iter().collect::<Vec<_>>(), attrs))) {
            let truth: f32 = p.1.parse().unwrap();
            assert!((g as f32 - truth).abs() <= truth.abs() * 1.2e-7 + 1e-45, "{name} {:?}: {g}, not {truth}", p.0);
        }
        assert!(all.len() > 5, "{name}: {} points", all.len());
    }
}

#[test]
fn both_sides_add_up_and_inverses_undo() {
    for name in ["gammainc", "betainc"] {
        let all = &reference()[name];
        let x = columns(all, DType::F64);
        let x: Vec<&Tensor> = x.iter().collect();
        let (lower, upper) =
            (values(&row(name).0.call(&x, Attrs::None)), values(&row(&format!("{name}c")).0.call(&x, Attrs::None)));
        for (a, b) in lower.iter().zip(upper) {
            assert!((a + b - 1.0).abs() < 3e-16, "{a} + {b}");
        }
    }
}

#[test]
fn derivatives_of_quantiles_are_those_of_the_inverse() {
    // d/dp of the quantile times the density is 1; d/da + (∂P/∂a)/density is 0.
    let (a, p) = (Tensor::from([0.3, 2.0, 50.0]), Tensor::from([1e-5, 0.4, 0.999]));
    let x = a.gammaincinv(&p);
    let ones = Tensor::ones(&[3], DType::F64);
    let g = vjp(&[&x], &[ones], &[&a, &p]);
    let density = a.gamma_density(&x);
    let one = values(&(&g[1] * &density));
    let zero = values(&(&g[0] * &density + a.gammainc_slope(&x)));
    assert!(one.iter().all(|v| (v - 1.0).abs() < 1e-13), "{one:?}");
    assert!(zero.iter().all(|v| v.abs() < 1e-13), "{zero:?}");
}

#[test]
fn quantiles_of_counts_are_the_least() {
    for lam in [0.01, 0.7, 5.0, 40.0, 333.3] {
        let masses = |k: f64| k * f64::ln(lam) - lam - (1..=k as u64).map(|i| (i as f64).ln()).sum::<f64>();
        counts(&format!("Poisson({lam})"), 1000.0, masses, |q| Tensor::from(lam).poisson_quantile(q));
    }
    for (n, p) in [(1.0, 0.3), (10.0, 0.5), (100.0, 0.01), (100.0, 0.97)] {
        let log = |k: f64| (1..=k as u64).map(|i| (i as f64).ln()).sum::<f64>();
        let masses = |k: f64| log(n) - log(k) - log(n - k) + k * f64::ln(p) + (n - k) * f64::ln_1p(-p);
        counts(&format!("Binomial({n}, {p})"), n, masses, |q| gradus::ops::binomial_quantile(n, p, &q));
    }
}

/// Quantiles between the steps of a distribution function that is a plain sum.
fn counts(name: &str, last: f64, log_mass: impl Fn(f64) -> f64, quantile: impl Fn(Tensor) -> Tensor) {
    let (mut sum, mut k) = (0.0, 0.0);
    while k <= last && sum < 1.0 - 1e-9 {
        let mass = log_mass(k).exp();
        if mass > 1e-9 {
            let q = Tensor::from([sum + 0.01 * mass, sum + 0.99 * mass]);
            assert_eq!(values(&quantile(q)), [k, k], "{name} at {k}");
        }
        sum += mass;
        k += 1.0;
    }
}

#[test]
fn ends_have_their_limits() {
    let cases: [(&str, &[f64], f64); 12] = [
        ("gammainc", &[2.0, 0.0], 0.0),
        ("gammaincc", &[2.0, f64::INFINITY], 0.0),
        ("gammainc", &[-1.0, 2.0], f64::NAN),
        ("log_gammainc", &[2.0, 0.0], f64::NEG_INFINITY),
        ("gammaincinv", &[2.0, 1.0], f64::INFINITY),
        ("gammainccinv", &[2.0, 1.0], 0.0),
        ("gamma_density", &[1.0, 0.0], 1.0),
        ("betainc", &[2.0, 3.0, 1.0], 1.0),
        ("log_betaincc", &[2.0, 3.0, 1.0], f64::NEG_INFINITY),
        ("betaincinv", &[2.0, 3.0, 0.0], 0.0),
        ("beta_density", &[1.0, 3.0, 0.0], 3.0),
        ("betainc", &[2.0, 3.0, 1.5], f64::NAN),
    ];
    for (name, x, want) in cases {
        let x: Vec<Tensor> = x.iter().map(|&v| Tensor::from([v])).collect();
        let got = values(&row(name).0.call(&x.iter().collect::<Vec<_>>(), Attrs::None))[0];
        assert!(got == want || (got.is_nan() && want.is_nan()), "{name}: {got}, not {want}");
    }
}
