//! `gradus eval`: the values of a formula or script.

use std::process::ExitCode;

use gradus::formula::{Outcome, Program, error_json};
use gradus::text::render;
use gradus::{Error, NoteKind, Result};

use crate::args::Args;
use crate::out;

/// What `gradus eval --help` prints.
const HELP: &str = "\
gradus eval FORMULA|FILE.gr [NAME=VALUE ...]

Prints the value of every expression that stands alone on a line or between `;`.
A first argument that ends in .gr is a file, anything else a formula.

VALUE is a literal (x=[1000,1001], lr=1e-3, m=inf) or a file: X=iris.csv:0-3 (columns counted
from 0, or header names, or a comma list), z=logits.npy, d=batch.npz. It binds a name, or
replaces the script's line of that name.

  --data FILE     names and arrays from a .json or .npz file
  --dtype TYPE    f64 (unless the data is narrower), f32, bf16 or f16
  --as-written    no rewriting: what a plain evaluation would give
  --json          one JSON object
  --missing nan   empty cells of CSV files are NaN
  --seed N        the seed of random numbers
  --strict        exit code 1 if a NaN was made

Exit code: 0 all computed, 1 see --strict, 2 something failed.

  gradus eval \"log(1 - exp(-x))\" x=1e-20
  gradus eval \"-x**2\" x=[1,2,3] --dtype f32
  gradus eval \"mean(X, axis=0)\" X=datasets/iris.csv:0-3
";

/// Runs the verb.
pub fn run(words: &[String]) -> ExitCode {
    let args = match Args::or_exit(words, HELP) {
        Ok(args) => args,
        Err(code) => return code,
    };
    match evaluate(&args) {
        Ok((program, outcome)) => report(&args, &program, &outcome),
        Err(e) => {
            let (file, source) = args.source();
            fail(&e, args.json, file.as_deref(), &source)
        }
    }
}

fn evaluate(args: &Args) -> Result<(Program, Outcome)> {
    let mut program = args.program()?;
    args.bind(&mut program)?;
    let outcome = program.run()?;
    Ok((program, outcome))
}

/// Prints an error by itself.
pub fn fail(error: &Error, json: bool, file: Option<&str>, source: &str) -> ExitCode {
    if json {
        out::print(&format!("{{\"error\": {}}}\n", error_json(error)));
    } else {
        out::complain(&render(error, file, source));
    }
    ExitCode::from(2)
}

/// Prints the results, and what should be known about them.
fn report(args: &Args, program: &Program, outcome: &Outcome) -> ExitCode {
    let (file, source) = args.source();
    for notice in &outcome.notices {
        out::complain(&format!("note: {notice}\n"));
    }
    for line in outcome.remarks().into_iter().chain(outcome.explained(&program.explain(outcome))) {
        out::complain(&format!("note: {line}\n"));
    }
    if args.json {
        out::print(&format!("{}\n", outcome.json()));
    } else {
        out::print(&outcome.to_string());
        for error in outcome.results.iter().filter_map(|r| r.value.as_ref().err()) {
            out::complain(&render(error, file.as_deref(), &source));
        }
    }
    let failed = outcome.results.iter().any(|r| r.value.is_err());
    let nan = outcome.notes.iter().any(|n| n.kind == NoteKind::Nan);
    ExitCode::from(if failed { 2 } else { u8::from(args.strict && nan) })
}
