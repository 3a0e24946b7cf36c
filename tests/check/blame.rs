//! Who is to blame: the first cause, not the first NaN.

use super::{faults, report};
use gradus::DType;
use gradus::DType::{F32, F64};

#[track_caller]
fn blames(source: &str, bindings: &[&str], dtype: DType, expected: &[&str]) {
    let report = report(source, bindings, dtype);
    assert_eq!(faults(&report), expected, "{source}: {report}");
}

#[test]
fn an_overflow_in_a_softmax_is_the_fault_of_the_exponential() {
    blames("e = exp(x)\np = e / sum(e)\nlog(p)", &["x=[1000, 999]"], F64, &["overflow exp 1:5"]);
}

#[test]
fn of_two_roots_the_first_leaves_its_domain() {
    blames("sqrt(sqrt(x - 2))", &["x=1"], F64, &["domain sqrt 1:6"]);
}

#[test]
fn a_masked_logarithm_harms_nobody() {
    blames("sum(where(x > 0, log(x), 0))", &["x=[-1, 2]"], F64, &[]);
    blames("grad(sum(where(x > 0, log(x), 0)), x)", &["x=[-1.0, 0, 2]"], F64, &[]);
}

#[test]
fn a_variance_by_moments_cancels_in_the_subtraction() {
    let x = &["x=[10000, 10001, 10002, 10003]"];
    blames("mean(x**2) - mean(x)**2", x, F32, &["cancellation sub 1:1"]);
    // Rounding may make the difference negative: the root is not to blame for the NaN.
    blames("sqrt(mean(x**2) - mean(x)**2)", &["x=[10000, 10000.5]"], F32, &["cancellation sub 1:6"]);
}

#[test]
fn two_overflows_are_two_causes_of_one_nan() {
    blames("exp(x) - exp(y)", &["x=1000", "y=1000.5"], F64, &["overflow exp 1:1", "overflow exp 1:10"]);
}

#[test]
fn an_underflow_matters_only_where_it_is_used() {
    blames("1 + exp(x)", &["x=-1000"], F64, &[]);
    blames("1 / (1 + exp(x))", &["x=[-1000, 1000]"], F64, &[]);
    blames("exp(x) / exp(x)", &["x=-1000"], F64, &["underflow exp 1:1", "underflow exp 1:10"]);
    blames("log(exp(x))", &["x=-1000"], F64, &["underflow exp 1:5"]);
}

#[test]
fn the_derivative_of_a_root_at_zero_is_infinite_and_its_value_right() {
    blames("sqrt(x)", &["x=0"], F64, &[]);
    blames("sqrt(x); grad(sqrt(x), x)", &["x=0"], F64, &["inf div 1:15"]);
}

#[test]
fn the_main_job_fails_in_the_exponential_of_line_4() {
    let program = gradus::formula::Program::file("examples/one_step.gr").unwrap();
    let checked = program.check().unwrap();
    let first = &checked.report.findings[0];
    assert_eq!((first.kind, first.op), (gradus::Kind::Overflow, "exp"));
    assert!(matches!(first.origin, gradus::Origin::Script(s) if (s.line, s.column) == (4, 20)), "{:?}", first.origin);
    let fix = first.fix.as_ref().unwrap();
    assert!(fix.formula.contains("log_sigmoid") && fix.digits > 12.0, "{fix:?}");
    assert_eq!(checked.code(), 1);
}
