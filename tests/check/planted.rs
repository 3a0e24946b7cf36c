//! Planted faults: one cause, two causes, in a gradient only, in a second derivative, in a factorisation, silent, harmless.

use super::{faults, report};
use gradus::DType;
use gradus::DType::{F32, F64};

/// Formula, data, dtype, and what is to be found: `kind op line:column`.
type Planted = (&'static str, &'static [&'static str], DType, &'static [&'static str]);

#[rustfmt::skip]
const PLANTED: &[Planted] = &[
    // Overflow and underflow.
    ("log(1 + exp(x))", &["x=800"], F64, &["overflow exp 1:9"]),
    ("log(1 + exp(x))", &["x=100"], F32, &["overflow exp 1:9"]),
    ("sqrt(a**2 + b**2)", &["a=3e200", "b=1"], F64, &["overflow pow 1:6"]),
    ("x*y/z", &["x=1e200", "y=1e200", "z=1e300"], F64, &["overflow mul 1:1"]),
    ("x*y/z", &["x=1e-200", "y=1e-200", "z=1e-300"], F64, &["underflow mul 1:1"]),
    ("prod(x)/1e300", &["x=[1e200, 1e200, 1e-100]"], F64, &[]),
    ("exp(a)*exp(-b)", &["a=1000", "b=1001"], F64, &["overflow exp 1:1", "underflow exp 1:8"]),
    ("sqrt(exp(x))", &["x=1000"], F64, &["overflow exp 1:6"]),
    ("cosh(x) - sinh(x)", &["x=800"], F64, &["overflow cosh 1:1", "overflow sinh 1:11"]),
    ("log(gamma(x))", &["x=200"], F64, &[]),
    ("exp(-x**2)*exp(x**2)", &["x=30"], F64, &["underflow exp 1:1", "overflow exp 1:12"]),
    ("1/(x*x)*x", &["x=1e-200"], F64, &["underflow mul 1:4"]),
    // Absorption.
    ("log(1 + x)", &["x=1e-20"], F64, &["absorption add 1:5"]),
    ("(x + 1) - x", &["x=1e20"], F64, &["absorption add 1:2"]),
    ("argmax(a + 1)", &["a=[0, 1e-8]"], F32, &["absorption add 1:8"]),
    ("log(p + 1e-10) - log(p)", &["p=0.5"], F32, &["cancellation sub 1:1"]),
    // Inputs are exact as they are stored: in f32 this p is 1.
    ("1/(1 - p)", &["p=0.99999999999"], F32, &["inf div 1:1"]),
    ("1/(1 - p)", &["p=0.99999999999"], F64, &[]),
    ("sqrt(x**2 + 1) - x", &["x=1e9"], F64, &["absorption add 1:6"]),
    // Cancellation.
    ("1 - cos(x)", &["x=1e-4"], F32, &["cancellation sub 1:1"]),
    ("exp(x) - 1", &["x=1e-9"], F64, &["cancellation sub 1:1"]),
    ("sqrt(x + 1) - sqrt(x)", &["x=1e12"], F64, &["cancellation sub 1:1"]),
    ("1/x - 1/(x + 1)", &["x=1e9"], F64, &["cancellation sub 1:1"]),
    ("(-b + sqrt(b**2 - 4*a*c))/(2*a)", &["a=1", "b=1e5", "c=1"], F64, &["cancellation add 1:2"]),
    ("mean(x**2) - mean(x)**2", &["x=[1e8, 1.00000001e8, 1.00000002e8]"], F64, &["cancellation sub 1:1"]),
    ("sum(x**2) - 2*sum(x*y) + sum(y**2)", &["x=[10000.1, 10000.2]", "y=[10000.2, 10000.1]"], F32, &["cancellation add 1:1"]),
    ("1 - 0.5*(1 + erf(x))", &["x=4.5"], F64, &["cancellation sub 1:1"]),
    ("tanh(x) - 1", &["x=15"], F64, &["cancellation sub 1:1"]),
    ("x - sin(x)", &["x=1e-4"], F64, &["cancellation sub 1:1"]),
    // Steep functions.
    ("sin(x)", &["x=1e15"], F64, &[]),
    ("sin(x*y)", &["x=1e7", "y=3.3333333"], F32, &["ill-conditioned sin 1:1"]),
    ("log(x/y)", &["x=[1000.1, 999.3, 1001.7]", "y=[1000.2, 999.4, 1001.8]"], F32, &["ill-conditioned log 1:1"]),
    ("exp(x*y)", &["x=-1e3", "y=0.0801"], F32, &[]),
    // Domains, NaNs and infinities of the mathematics.
    ("log(x)", &["x=-1"], F64, &["domain log 1:1"]),
    ("sqrt(mean(x) - 5)", &["x=[1, 2]"], F64, &["domain sqrt 1:1"]),
    ("x**y", &["x=-8", "y=0.3333333333333333"], F64, &["domain pow 1:1"]),
    ("arccos(x)", &["x=1.5"], F64, &["domain arccos 1:1"]),
    ("x/y", &["x=0", "y=0"], F64, &["nan div 1:1"]),
    ("x/sum(x)", &["x=[0.0, 0]"], F64, &["nan div 1:1"]),
    ("-sum(p*log(p))", &["p=[0, 1]"], F64, &["inf log 1:8"]),
    ("1/x", &["x=0"], F64, &["inf div 1:1"]),
    ("x + 1", &["x=[1, nan]"], F64, &["nan leaf an unknown place"]),
    // In a gradient only, and in a second derivative.
    ("grad(sqrt(sum(x**2)), x)", &["x=[0.0, 0]"], F64, &["inf div 1:6"]),
    ("y = exp(x)/(1 + exp(x)); y; grad(y, x)", &["x=-800"], F64, &[]),
    ("grad(log(exp(x)), x)", &["x=-800"], F64, &["underflow exp 1:10"]),
    ("p = 1/(1 + exp(-x)); grad(log(1 - p), x)", &["x=40"], F64, &["absorption add 1:8"]),
    ("grad(grad(log(1 + exp(x)), x), x)", &["x=400"], F64, &["underflow div 1:11"]),
    ("grad(grad(log(exp(x)), x), x)", &["x=800"], F64, &["overflow exp 1:15"]),
    ("hessian(log(sum(exp(x))), x)", &["x=[800.0, 1]"], F64, &["overflow exp 1:17"]),
    ("grad(exp(x), x)", &["x=1000"], F64, &["explosion mul 1:6"]),
    ("p = 1/(1 + exp(-x)); 1 - p; grad(log(1 - p) - log(p), x)", &["x=-800"], F64, &["overflow exp 1:12"]),
    // Harmless.
    ("exp(x)", &["x=1000"], F64, &[]),
    ("exp(x)", &["x=-1000"], F64, &[]),
    ("1/(1 + exp(x))", &["x=1000"], F64, &[]),
    ("maximum(exp(x), 1)", &["x=-1000"], F64, &[]),
    ("x - x", &["x=3"], F64, &[]),
    ("(x + y) - y", &["x=1", "y=2"], F64, &[]),
    ("exp(-x**2)", &["x=[0, 100]"], F64, &[]),
    ("where(x > 0, 1/x, 0)", &["x=[0.0, 2]"], F64, &[]),
    ("minimum(1/x, 5)", &["x=0"], F64, &[]),
    ("tanh(exp(x))", &["x=1000"], F64, &[]),
    ("sum(x) - mean(x)*3", &["x=[1, 2, 3]"], F64, &[]),
    // Factorisations.
    ("inv(A)", &["A=[[1, 2], [2, 4]]"], F64, &["degenerate  1:1"]),
    ("log(det(A))", &["A=[[1e-200, 0], [0, 1e-200]]"], F64, &["underflow det 1:5"]),
    ("log(det(A))", &["A=[[1e200, 0], [0, 1e200]]"], F64, &["overflow det 1:5"]),
    ("cholesky(x*x[:,None] + 1e-9*eye(2))", &["x=[1.5, 2.5]"], F64, &["ill-conditioned cholesky 1:1"]),
    ("solve(x*x[:,None] + 1e-12*eye(2), x)", &["x=[1.5, 2.7]"], F64, &["ill-conditioned solve 1:1"]),
    ("x = X - mean(X, axis=0); det(x.T @ x)", &["X=[[10000.1, 10000.2], [10000.2, 10000.3], [10000.4, 10000.5]]"], F32, &["ill-conditioned det 1:26"]),
    ("cholesky(A)", &["A=[[1, 1], [1, 1.0000001]]"], F32, &[]),
    ("solve(A, b)", &["A=[[1, 2], [3, 4]]", "b=[1, 1]"], F32, &[]),
    // Shapes.
    ("mean((p - y)**2)", &["p=[[1.0], [2.0], [3.0]]", "y=[1.0, 2, 3]"], F64, &["broadcast sub 1:7"]),
    ("mean((x[:, None] - y)**2)", &["x=[1.0, 2, 3]", "y=[1.0, 2, 3]"], F64, &[]),
];

#[test]
fn every_planted_fault_is_found_where_it_is() {
    let mut wrong = vec![];
    for (source, bindings, dtype, expected) in PLANTED {
        let report = report(source, bindings, *dtype);
        let found = faults(&report);
        if found != *expected {
            wrong.push(format!("{source} {bindings:?}\n   found    {found:?}\n   expected {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), PLANTED.len(), wrong.join("\n"));
}

#[test]
fn kinks_are_noted_where_they_are_hit_exactly_and_nowhere_else() {
    for (source, x, kinks) in [
        ("grad(sum(abs(x)), x)", "x=[1.0, 0]", 1),
        ("grad(sum(abs(x)), x)", "x=[1.0, 1e-300]", 0),
        ("grad(sum(x**2), x)", "x=[1.0, 0]", 0),
        ("grad(grad(sqrt(x**2 + 1e-30), x), x)", "x=0", 0),
        ("grad(sum(tanh(x)*sin(x)), x)", "x=[1.0, 0]", 0),
        // Values have no slopes.
        ("abs(x)", "x=0", 0),
    ] {
        let report = report(source, &[x], F64);
        let found = report.findings.iter().filter(|f| f.kind == gradus::Kind::Kink).count();
        assert_eq!(found, kinks, "{source} at {x}: {report}");
    }
}
