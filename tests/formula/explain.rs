//! What is said about formulas that go wrong as written.

use gradus::formula::Program;

fn explained(source: &str, bindings: &[&str]) -> Vec<String> {
    let mut program = Program::formula(source).unwrap();
    for binding in bindings {
        program.bind(binding).unwrap();
    }
    let outcome = program.run().unwrap();
    outcome.explained(&program.explain(&outcome))
}

#[test]
fn overflow_is_traced_to_the_operation_and_the_rule() {
    assert_eq!(
        explained("log(sum(exp(x)))", &["x=[1000, 1001]"]),
        ["as written, this is inf: exp at 1:9 of 1000 gives inf; evaluated as logsumexp(x) by rule logsumexp"]
    );
    let lines = explained("y = exp(x)/sum(exp(x))\ny; log(y)", &["x=[1000, 1001]"]);
    assert_eq!(lines.len(), 1);
    assert!(
        lines[0].starts_with("as written, `y` and `log(y)` are nan: exp at 1:5 of 1000 gives inf; evaluated"),
        "{}",
        lines[0]
    );
}

#[test]
fn lost_digits_are_told_by_both_values() {
    assert_eq!(
        explained("log(1 + x)", &["x=1e-20"]),
        ["as written, this is 0, not 1e-20; evaluated at 1:1 as log1p(x) by rule log1p"]
    );
}

#[test]
fn nothing_is_said_where_nothing_was_gained() {
    assert!(explained("log(1 + x)", &["x=2"]).is_empty());
    assert!(explained("log(sum(exp(x)))", &["x=[1, 2]"]).is_empty());
    assert!(explained("1/x", &["x=0"]).is_empty());
}

#[test]
fn the_main_job_is_told_in_one_line() {
    let program = Program::file("examples/one_step.gr").unwrap();
    let outcome = program.run().unwrap();
    let lines = outcome.explained(&program.explain(&outcome));
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(
        lines[0]
            .starts_with("as written, `after` and `grad(after, w1)` are nan: log at 5:24 of 0 gives -inf; evaluated")
    );
}
