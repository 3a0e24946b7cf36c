//! Every row's example and every script in `examples/` evaluates; every function of the table is known by its names.

use std::collections::HashMap;

use super::{run, value};
use gradus::formula::{Program, function, functions};

#[test]
fn the_example_of_every_row_evaluates() {
    for op in gradus::ops::all().filter(|op| !op.example.is_empty()) {
        let outcome = run(op.example, &[]).unwrap_or_else(|e| panic!("{}: {}: {e}", op.name, op.example));
        let value = &outcome.results[0].value;
        assert!(value.is_ok(), "{}: {}: {:?}", op.name, op.example, value);
    }
}

#[test]
fn the_example_of_every_row_prints_and_reads_back() {
    use gradus::text::{dot, infix, json, latex};
    for op in gradus::ops::all().filter(|op| !op.example.is_empty()) {
        let formulas = Program::formula(op.example).unwrap().formulas().unwrap();
        for t in formulas {
            let text = infix(&t, &Default::default());
            let again = value(&text, &[]);
            let direct = t.eval().unwrap();
            let same = again.iter_f64().zip(direct.iter_f64()).all(|(a, b)| a == b || (a.is_nan() && b.is_nan()));
            assert!(same && again.shape() == direct.shape(), "{}: {} printed as {text}", op.name, op.example);
            assert!(!latex(&t).is_empty() && dot(&t).ends_with("}\n"));
            let _: serde_json::Value = serde_json::from_str(&json(&t)).unwrap();
        }
    }
}

#[test]
fn every_row_that_is_a_function_can_be_called_by_its_name() {
    use gradus::graph::Notation;
    // Rows that the language writes as indices, or that only derivatives make.
    let unwritten = ["slice", "iota", "pad_core"];
    let rows = gradus::ops::all().filter(|op| op.notation == Notation::Function && !unwritten.contains(&op.name));
    let missing: Vec<&str> = rows.map(|op| op.name).filter(|name| function(name).is_none()).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn the_example_of_every_function_evaluates() {
    for f in functions() {
        let outcome = run(&f.example(), &[]).unwrap_or_else(|e| panic!("{}: {e}", f.example()));
        let value = &outcome.results[0].value;
        assert!(value.is_ok(), "{}: {value:?}", f.example());
    }
}

#[test]
fn no_two_functions_share_a_name() {
    let mut seen = HashMap::new();
    for f in functions() {
        assert!(f.doc.ends_with('.') && !f.doc.contains('\n'), "{}", f.doc);
        for name in f.names {
            assert!(seen.insert(*name, f.names[0]).is_none(), "{name} stands twice");
        }
    }
}

#[test]
fn the_scripts_in_examples_run() {
    let mut count = 0;
    for entry in std::fs::read_dir("examples").unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "gr") {
            let outcome = Program::file(&path).unwrap().run().unwrap();
            for r in &outcome.results {
                let a = r.value.as_ref().unwrap_or_else(|e| panic!("{}: {}: {e}", path.display(), r.text));
                assert!(a.array().unwrap().iter_f64().all(f64::is_finite), "{}: {}", path.display(), r.text);
            }
            count += 1;
        }
    }
    assert!(count >= 5);
}

#[test]
fn one_step_of_gradient_descent_on_raw_features_is_right() {
    let outcome = Program::file("examples/one_step.gr").unwrap().run().unwrap();
    let values: Vec<Vec<f64>> =
        outcome.results.iter().map(|r| r.value.as_ref().unwrap().array().unwrap().to_f64()).collect();
    assert!((values[0][0] - std::f64::consts::LN_2).abs() < 1e-15);
    assert!((values[1][0] - 420.36475).abs() < 5e-6);
    assert!(values[2].len() == 30 && values[2].iter().all(|g| g.is_finite()));
}
