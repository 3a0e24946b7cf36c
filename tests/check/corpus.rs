//! Every case of the textbook corpus that goes wrong as written is found, and no stable form of one is accused.

use std::fmt::Write;

use gradus::formula::Program;
use gradus::numerics::stabilize_all;
use gradus::{Array, DType, Severity, Tensor, check_all};
use serde_json::Value;

use super::faults;

/// One formula with its data and its truth.
struct Case {
    id: String,
    program: Program,
    /// The truth of the value, then of the gradients.
    truth: Vec<Vec<f64>>,
    tol: f64,
}

fn number(v: &Value) -> f64 {
    v.as_str().map_or_else(|| v.as_f64().unwrap(), |s| s.parse().unwrap())
}

fn nested(v: &Value) -> (Vec<usize>, Vec<f64>) {
    let Value::Array(items) = v else { return (vec![], vec![number(v)]) };
    let parts: Vec<_> = items.iter().map(nested).collect();
    let inner = parts.first().map(|p| p.0.clone()).unwrap_or_default();
    (std::iter::once(items.len()).chain(inner).collect(), parts.into_iter().flat_map(|p| p.1).collect())
}

fn cases() -> Vec<Case> {
    let path = format!("{}/tests/reference/textbook_plain.json", env!("CARGO_MANIFEST_DIR"));
    let root: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    root.get("entries").unwrap_or(&root).as_array().unwrap().iter().map(case).collect()
}

fn case(e: &Value) -> Case {
    let dtype = DType::from_name(e["dtype"].as_str().unwrap()).unwrap();
    let formula = e["formula"].as_str().unwrap();
    let grad: Vec<(String, Value)> = e["grad"].as_object().cloned().unwrap_or_default().into_iter().collect();
    let mut source = format!("result_ = {formula}; result_");
    for (name, _) in &grad {
        let y = if e["reduce"].as_str() == Some("sum") { "sum(result_)" } else { "result_" };
        write!(source, "; grad({y}, {name})").unwrap();
    }
    let mut program = Program::formula(&source).unwrap();
    program.dtype(dtype);
    for (name, v) in e["inputs"].as_object().unwrap() {
        let (shape, values) = nested(v);
        program.bind_array(name, Array::from_vec(values, &shape).unwrap().cast(dtype).unwrap());
    }
    let truth = std::iter::once(&e["value"]).chain(grad.iter().map(|g| &g.1)).map(|v| nested(v).1).collect();
    Case { id: e["id"].as_str().unwrap().into(), program, truth, tol: number(&e["tol"]).max(1e-5) }
}

/// The rule of the corpus.
fn passes(got: &[f64], truth: &[f64], tol: f64) -> bool {
    let largest = truth.iter().filter(|t| t.is_finite()).fold(0.0f64, |a, t| a.max(t.abs()));
    let near = |(g, t): (&f64, &f64)| {
        if t.is_infinite() { g == t } else { (g - t).abs() <= tol * t.abs().max(1e-3 * largest) + 1.5e-45 }
    };
    got.len() == truth.len() && got.iter().zip(truth).all(near)
}

#[test]
fn what_goes_wrong_as_written_is_found_and_what_does_not_is_not_accused() {
    let (mut missed, mut accused, mut wrong) = (vec![], vec![], 0);
    for case in cases() {
        let mut written = case.program.clone();
        written.as_written(true);
        let outcome = written.run().unwrap();
        let right = |(r, t): (&gradus::formula::Output, &Vec<f64>)| matches!(&r.value, Ok(v) if passes(&v.to_f64(), t, case.tol));
        let all_right = outcome.results.iter().zip(&case.truth).all(right);
        let report = case.program.check().unwrap().report;
        let found = faults(&report);
        if std::env::var("GRADUS_SHOW").is_ok() {
            println!("{:26} {} {found:?}", case.id, if all_right { "right" } else { "WRONG" });
        }
        wrong += usize::from(!all_right);
        if !all_right && found.is_empty() {
            missed.push(case.id.clone());
        }
        if all_right && !found.is_empty() {
            accused.push(format!("{}: {found:?}", case.id));
        }
    }
    println!("{wrong} cases go wrong as written; missed {missed:?}; right, but accused: {accused:?}");
    assert!(wrong > 40, "{wrong}");
    assert!(missed.is_empty(), "{missed:?}");
    assert!(accused.is_empty(), "{accused:?}");
}

#[test]
fn no_stable_form_is_accused() {
    let mut accused = vec![];
    for case in cases() {
        let formulas = case.program.formulas().unwrap();
        let (stable, _) = stabilize_all(&formulas.iter().collect::<Vec<_>>(), &[]);
        let outputs: Vec<&Tensor> = stable.iter().collect();
        let report = check_all(&outputs, &[], &[], &[]);
        for f in report.findings.iter().filter(|f| f.severity != Severity::Note) {
            accused.push(format!("{}: {f}", case.id));
        }
    }
    assert!(accused.is_empty(), "{}", accused.join("\n"));
}
