//! `check`: the blame table, planted faults of every kind, no false alarms, and the whole textbook corpus.

mod common;

#[path = "check/bad.rs"]
mod bad;
#[path = "check/blame.rs"]
mod blame;
#[path = "check/corpus.rs"]
mod corpus;
#[path = "check/defects.rs"]
mod defects;
#[path = "check/narrow.rs"]
mod narrow;
#[path = "check/planted.rs"]
mod planted;
#[path = "check/random.rs"]
mod random;
#[path = "check/ranges.rs"]
mod ranges;
#[path = "check/suspects.rs"]
mod suspects;
#[path = "check/trap.rs"]
mod trap;
#[path = "check/wide.rs"]
mod wide;

use gradus::formula::Program;
use gradus::{DType, Finding, Report, Severity};

/// The report on a formula or script in one dtype.
pub fn report(source: &str, bindings: &[&str], dtype: DType) -> Report {
    let mut program = Program::formula(source).unwrap();
    program.dtype(dtype);
    for b in bindings {
        program.bind(b).unwrap();
    }
    program.check().unwrap().report
}

/// The findings that are more than notes, as `kind op line:column`.
pub fn faults(report: &Report) -> Vec<String> {
    let loud = |f: &&Finding| f.severity != Severity::Note;
    let place = |f: &Finding| match f.origin {
        gradus::Origin::Script(s) => format!("{}:{}", s.line, s.column),
        other => other.to_string(),
    };
    report.findings.iter().filter(loud).map(|f| format!("{} {} {}", f.kind.word(), f.op, place(f))).collect()
}
