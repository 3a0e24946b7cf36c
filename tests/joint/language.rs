//! Joint distributions in the formula language: the same answers as in Rust, records, and mistakes with their place.

use gradus::formula::{Answer, Program};

const WEATHER: &str =
    "J = Joint(\"weather, umbrella\", [[0.6, 0.1], [0.05, 0.25]], states=[\"sun, rain\", \"no, yes\"])\n";

#[track_caller]
fn run(source: &str) -> Answer {
    let outcome =
        Program::formula(&format!("{WEATHER}{source}")).unwrap().run().unwrap_or_else(|e| panic!("{source}: {e}"));
    outcome.results.last().unwrap().value.clone().unwrap_or_else(|e| panic!("{source}: {e}"))
}

#[track_caller]
fn error(source: &str) -> gradus::Error {
    match Program::formula(&format!("{WEATHER}{source}")).unwrap().run() {
        Err(e) => e,
        Ok(outcome) => {
            outcome.results.into_iter().find_map(|r| r.value.err()).unwrap_or_else(|| panic!("{source} has a value"))
        }
    }
}

#[test]
fn questions_in_the_books_notation_and_in_pythons() {
    let rain = 0.25 / 0.35;
    for source in [
        "J.P(\"weather=rain | umbrella=yes\")",
        "J.prob(\"weather = rain | umbrella = yes\")",
        "J.given(umbrella=\"yes\").table[1]",
        "J.given(\"umbrella=yes\").joint.table[1]",
        "J.query(\"weather | umbrella=yes\").table[1]",
        "J.query(\"weather\", umbrella=\"yes\").table[1]",
        "J.conditional(\"weather | umbrella\").table[1, 1]",
        "J.conditional(\"weather\", \"umbrella\").row(umbrella=\"yes\").table[1]",
        "J.conditional(\"weather\", [\"umbrella\"]).table[1, 1]",
    ] {
        let got = run(source).to_f64();
        assert!((got[0] - rain).abs() < 1e-15, "{source}: {got:?}");
    }
    assert_eq!(run("J.marginal(\"umbrella\").table").to_f64(), [0.65, 0.35]);
    assert_eq!(run("J.given(umbrella=\"yes\").evidence").to_f64(), [0.35]);
}

#[test]
fn a_joint_distribution_prints_as_a_record() {
    let text = run("J.marginal(\"weather\")").to_string();
    assert_eq!(
        text,
        "joint\nvariables = weather = sun, rain\ntable = [0.7 0.3]\nlog_table = [-0.35667494 -1.2039728 ]"
    );
    let text = run("J.chain(\"umbrella, weather\")").to_string();
    assert!(text.contains("P(weather | umbrella) ="), "{text}");
}

#[test]
fn fractions_stay_fractions() {
    let joint = "E = Joint(\"x, y\", [[\"1/6\", \"1/3\"], [\"1/4\", \"0.25\"]])\n";
    assert_eq!(run(&format!("{joint}E.P(\"x=0 | y=1\").fraction")).to_string(), "4/7");
    assert_eq!(run(&format!("{joint}E.marginal(\"y\").fractions")).to_string(), "5/12 7/12");
    let exact = "Joint(\"x, y\", [[0.06, 0.14], [0.24, 0.56]], exact=True)";
    let Answer::Record(kind, _) = run(&format!("{exact}.independent(\"x\", \"y\")")) else { panic!("no record") };
    assert_eq!(kind, Some("independent"));
}

#[test]
fn functions_take_variables_by_their_names() {
    let joint = "D = Joint(\"x, y\", [[0.5, 0], [0.25, 0.25]])\n";
    let number = |source: &str| run(&format!("{joint}{source}")).to_f64();
    assert_eq!(number("D.expectation(lambda y: y)"), [0.25]);
    assert_eq!(number("D.expectation(lambda x: x)"), [0.5]);
    assert_eq!(number("f(u, v) = u + 2*v\nD.expectation(f)"), [1.0]);
    assert_eq!(number("D.variance(\"x\")"), [0.25]);
    assert_eq!(number("D.covariance(lambda x: x, lambda y: y)"), [0.125]);
    assert_eq!(number("D.covariance_matrix(\"x\", \"y\")"), [0.25, 0.125, 0.125, 0.1875]);
    assert_eq!(number("t = 2.0\ngrad(D.expectation(lambda x: t*x), t)"), [0.5]);
}

#[test]
fn impossible_evidence_is_a_record_of_that_kind() {
    let answer = run("Joint(\"x, y\", [[0.5, 0], [0, 0.5]]).given(x=0, y=1)");
    let Answer::Record(kind, fields) = answer else { panic!("no record") };
    assert_eq!((kind, fields[0].1.to_string().as_str()), (Some("impossible"), "P(y=1 | x=0) = 0"));
}

#[test]
fn bayes_rule() {
    let p = run("bayes(\"fair, bent\", [0.5, 0.5], [[0.5, 0.7], [0.5, 0.3]]).table").to_f64();
    assert!((p[0] - 0.25 / 0.46).abs() < 1e-15);
    let p = run("bayes(\"ill, healthy\", [0.001, 0.999], [0.99, 0.05], exact=True).joint.fractions");
    assert_eq!(p.to_string(), "11/566 555/566");
    let p = run("bayes(\"a, b\", [0.5, 0.5], [-1000, -1001], log=True).table").to_f64();
    assert!((p[1] - 1.0 / (1.0 + 1f64.exp())).abs() < 1e-15);
    let p = run("P = Joint(\"coin\", [0.5, 0.5]); P.update([0.5, 0.7]).joint.update([0.5, 0.3]).table").to_f64();
    assert!((p[0] - 0.25 / 0.46).abs() < 1e-15);
}

#[test]
fn mistakes_point_at_their_place() {
    let e = error("J.marginal(\"wether\")");
    assert_eq!(e.message(), "there is no variable `wether`; did you mean `weather`?");
    assert_eq!(e.span().map(|s| s.line), Some(2));
    let e = error("J.marginl(\"weather\")");
    assert_eq!(e.message(), "a joint distribution has no `marginl`; did you mean `marginal`?");
    assert_eq!(e.span().map(|s| s.column), Some(3));
    assert!(error("J.tabel").message().contains("did you mean `table`?"));
    assert!(error("J + 1").message().contains("a joint distribution stands where a number should"));
    assert!(error("Joint(\"x, y\", [0.5, 0.5])").message().contains("has a table of 1 axes for 2 variables"));
    assert!(error("Joint(\"x\", [\"1/2\", \"1/0\"])").message().contains("`1/0` divides by 0"));
    assert!(error("J.given(umbrela=\"yes\")").message().contains("did you mean `umbrella`?"));
}
