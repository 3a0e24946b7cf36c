//! Ranges in place of data: faults are found where they are, reach as far as mathematics says, and none is invented.

use gradus::formula::{Checked, Program};
use gradus::{DType, Finding, Severity};

fn search(source: &str, ranges: &[&str], dtype: DType) -> Checked {
    let mut program = Program::formula(source).unwrap();
    program.dtype(dtype);
    ranges.iter().for_each(|r| {
        program.bind(r).unwrap();
    });
    program.check().unwrap()
}

/// True if a formula has this fault with its names bound to the witness.
fn has(source: &str, fault: &Finding, point: &[(String, f64)], dtype: DType) -> bool {
    let bindings: Vec<String> = point.iter().map(|(name, x)| format!("{name}={x:?}")).collect();
    let bindings: Vec<&str> = bindings.iter().map(String::as_str).collect();
    let report = super::report(source, &bindings, dtype);
    report.findings.iter().any(|f| (f.kind, f.op, f.origin) == (fault.kind, fault.op, fault.origin))
}

/// Formula, ranges, dtype, fault, and how far it reaches in the first name; the edges are those of mathematics.
type Row = (&'static str, &'static [&'static str], DType, &'static str, f64, f64);

#[rustfmt::skip]
const TABLE: &[Row] = &[
    // exp overflows above the logarithm of the largest number, and vanishes beside 1 below that of half an ulp.
    ("log(1 + exp(x))", &["x=-50..1000"], DType::F64, "overflow exp", 709.782712893384, 1000.0),
    ("log(1 + exp(x))", &["x=-50..1000"], DType::F64, "absorption add", -50.0, -36.7368005696771),
    ("log(1 + exp(x))", &["x=-50..100"], DType::F32, "overflow exp", 88.7228390520684, 100.0),
    ("log(1 + exp(x))", &["x=-50..100"], DType::F32, "absorption add", -50.0, -16.635532333438686),
    ("sqrt(x - 2)", &["x=0..10"], DType::F64, "domain sqrt", 0.0, 2.0),
    ("1/(x - 3)", &["x=0..10"], DType::F64, "inf div", 3.0, 3.0),
    ("log(x + y)", &["x=-1..1", "y=-1..1"], DType::F64, "domain log", -1.0, f64::NAN),
];

#[test]
fn faults_reach_as_far_as_mathematics_says() {
    for (source, ranges, dtype, fault, from, to) in TABLE {
        let checked = search(source, ranges, *dtype);
        let is = |f: &&Finding| format!("{} {}", f.kind.word(), f.op) == *fault;
        let f = checked.report.findings.iter().find(is).unwrap_or_else(|| panic!("{source}: no {fault}"));
        let possible = f.possible.as_ref().unwrap();
        let reach = &possible.reach[0];
        let eps = if *dtype == DType::F32 { 1e-7 } else { 1e-12 };
        let near = |a: f64, b: f64| b.is_nan() || (a - b).abs() <= eps * b.abs().max(1.0);
        assert!(near(reach.from, *from) && near(reach.to, *to), "{source}: {fault} reaches {reach:?}");
        assert!(has(source, f, &possible.witness, *dtype), "{source}: {possible} shows nothing");
        // The ends have the fault too.
        for end in [reach.from, reach.to] {
            let mut point = possible.witness.clone();
            point[0].1 = end;
            assert!(has(source, f, &point, *dtype), "{source}: {fault} is not at {end:?}");
        }
    }
}

#[test]
fn a_fault_on_a_line_between_two_names_is_climbed_to() {
    // Nothing but the climb leads near a = b.
    for dtype in [DType::F32, DType::F64] {
        let checked = search("a**2 - b**2", &["a=1.1..9.7", "b=1.3..9.9"], dtype);
        let f = checked.report.findings.first().unwrap_or_else(|| panic!("{dtype}: nothing found"));
        assert_eq!((f.kind.word(), f.op), ("cancellation", "sub"));
        assert!(has("a**2 - b**2", f, &f.possible.as_ref().unwrap().witness, dtype));
    }
}

#[test]
fn what_is_right_everywhere_is_not_in_this_range() {
    for (source, range) in [
        ("softplus(x)", "x=-1000..1000"),
        ("log_sigmoid(x)", "x=-inf..inf"),
        ("log1p(x)", "x=-0.5..1e300"),
        ("expm1(x)", "x=-700..700"),
        ("hypot(x, 1)", "x=-1e300..1e300"),
        ("x + 1", "x=3..3"),
    ] {
        let mut program = Program::formula(source).unwrap();
        let checked = program.bind(range).unwrap().check().unwrap();
        assert!(checked.report.findings.is_empty(), "{source}: {}", checked.report);
        let text = checked.text(None, source);
        assert!(text.starts_with("not in this range: nothing found at "), "{text}");
        assert!(checked.searched.unwrap().points >= 2);
    }
}

#[test]
fn faults_are_told_with_place_cure_and_point() {
    let checked = search("y = exp(x)\nlog(1 + y)", &["x=700..800"], DType::F64);
    let text = checked.text(None, "y = exp(x)\nlog(1 + y)");
    for part in
        ["error[overflow]", "y = exp(x)", "possible: at x = ", "from 709.78271289338", "to 800", "write: softplus(x)"]
    {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    let json: serde_json::Value = serde_json::from_str(&checked.json()).unwrap();
    let possible = &json["findings"][0]["possible"];
    assert!(possible["witness"]["x"].as_f64().unwrap() > 709.0);
    assert_eq!(possible["range"]["x"][1], 800.0);
    assert_eq!(json["ranges"]["x"], serde_json::json!([700.0, 800.0]));
}

#[test]
fn bad_ranges_have_messages() {
    let fails = |source: &str, range: &str| -> String {
        let mut program = Program::formula(source).unwrap();
        program.bind(range).and_then(|p| p.check().map(|_| ())).unwrap_err().message().to_string()
    };
    assert_eq!(fails("x", "x=5..1"), "`x=5..1`: no number is in this range");
    assert_eq!(fails("x", "x=nan..1"), "`x=NaN..1`: no number is in this range");
    assert_eq!(fails("x", "x=inf..inf"), "`x=inf..inf`: no number is in this range");
    assert!(fails("x[0]", "x=0..1").contains("indices for the 0 axes"));
    let mut program = Program::formula("x").unwrap();
    let e = program.bind("x=0..1").unwrap().run().unwrap_err();
    assert_eq!(e.message(), "`x=0..1` is a range, which only `check` takes; give one value");
    let loud = search("log(-1)*x", &["x=0..1"], DType::F64);
    assert!(loud.report.findings.iter().any(|f| f.severity == Severity::Error));
}
