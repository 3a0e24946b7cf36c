//! The formula language: what formulas mean, how they are indexed, and what is said about mistakes.

#[path = "formula/bad_input.rs"]
mod bad_input;
#[path = "formula/examples.rs"]
mod examples;
#[path = "formula/explain.rs"]
mod explain;
#[path = "formula/fpcore.rs"]
mod fpcore;
#[path = "formula/indexing.rs"]
mod indexing;
#[path = "formula/mistakes.rs"]
mod mistakes;
#[path = "formula/reach.rs"]
mod reach;
#[path = "formula/scripts.rs"]
mod scripts;
#[path = "formula/values.rs"]
mod values;

use gradus::formula::{Outcome, Program};
use gradus::{Array, Error};

/// Runs a script with bindings.
fn run(source: &str, bindings: &[&str]) -> Result<Outcome, Error> {
    let mut program = Program::formula(source)?;
    for binding in bindings {
        program.bind(binding)?;
    }
    program.run()
}

/// The array of the last result.
#[track_caller]
fn value(source: &str, bindings: &[&str]) -> Array {
    let outcome = run(source, bindings).unwrap_or_else(|e| panic!("{source}: {e}"));
    let last = outcome.results.last().unwrap().value.clone().unwrap_or_else(|e| panic!("{source}: {e}"));
    last.array().unwrap().clone()
}

/// The error of a script, or of its first result that has one.
#[track_caller]
fn error(source: &str, bindings: &[&str]) -> Error {
    match run(source, bindings) {
        Err(e) => e,
        Ok(outcome) => {
            outcome.results.into_iter().find_map(|r| r.value.err()).unwrap_or_else(|| panic!("{source} has a value"))
        }
    }
}

/// Compares numbers to 1e-12, relative, or equal where they are not finite.
#[track_caller]
fn assert_close(got: &[f64], want: &[f64], what: &str) {
    let near = |(a, b): (&f64, &f64)| a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= 1e-12 * b.abs().max(1.0);
    assert!(got.len() == want.len() && got.iter().zip(want).all(near), "{what}: {got:?}, not {want:?}");
}
