//! `gradus check`: what goes wrong in a formula or script as it is written, and what to write instead.

use std::process::ExitCode;

use gradus::formula::{Checked, Program, check_fpcore};
use gradus::{Error, ErrorKind, Result};

use crate::args::Args;
use crate::{eval, out};

/// What `gradus check --help` prints.
const HELP: &str = "\
gradus check FORMULA|FILE.gr [NAME=VALUE ...]

Evaluates every result exactly as it is written, values and derivatives, beside a truth of 48 digits,
and traces what is wrong to its first cause: the operation, the line, the operands, why, where it
shows, and what to write instead. Without --dtype f64 and f32 are judged, and bf16, f16, f8e4m3
and f8e5m2 forecast. NAME=a..b gives a range in place of data: check then searches it for points at
which the formula goes wrong, and says how far each fault reaches. Where the script is in a git
repository, findings carry the age of their line, and of equals the newest comes first.

  --dtype TYPE       f64, f32, bf16 or f16
  --input-digits N   the data are measured to N digits: what does that leave of the results?
  --json             one JSON object
  --format markdown  the report as text for a bug report
  --fpcore FILE      in place of a formula: the cores of an FPCore file (FPBench), at points of their :pre
  --data FILE        names and arrays from a .json or .npz file
  --missing nan      empty cells of CSV files are NaN
  --seed N           the seed of random numbers

Exit code: 0 no error (there may be warnings), 1 an error was found, 2 something failed.

  gradus check \"log(sum(exp(x)))\" x=[1000,1001]
  gradus check \"mean(x**2) - mean(x)**2\" x=[10000,10001,10002] --dtype f32
  gradus check \"log(1 + exp(x))\" x=-50..50
  gradus check examples/one_step.gr
";

/// Runs the verb.
pub fn run(words: &[String]) -> ExitCode {
    let args = match Args::or_exit(words, HELP) {
        Ok(args) => args,
        Err(code) => return code,
    };
    if let Some(file) = &args.fpcore {
        return cores(&args, file);
    }
    let (file, source) = args.source();
    match examine(&args) {
        Ok((program, checked)) => {
            for notice in &checked.outcome.notices {
                out::complain(&format!("note: {notice}\n"));
            }
            let source = if source.is_empty() { program.source() } else { &source };
            let shown = match (args.json, args.markdown) {
                (true, _) => format!("{}\n", checked.json()),
                (_, true) => checked.markdown(file.as_deref(), source),
                _ => checked.text(file.as_deref(), source),
            };
            out::print(&shown);
            ExitCode::from(checked.code())
        }
        Err(e) => eval::fail(&e, args.json, file.as_deref(), &source),
    }
}

/// Checks the cores of an FPCore file.
fn cores(args: &Args, file: &str) -> ExitCode {
    let checked = std::fs::read_to_string(file)
        .map_err(|e| Error::new(ErrorKind::Io, format!("`{file}` cannot be read: {e}")))
        .and_then(|text| match args.formula.as_ref().or(args.bindings.first()) {
            None => check_fpcore(&text),
            Some(word) => Err(Error::new(ErrorKind::Argument, format!("beside `--fpcore {file}` stands `{word}`"))),
        });
    match checked {
        Ok(checked) => {
            out::print(&if args.json { format!("{}\n", checked.json()) } else { checked.text() });
            ExitCode::from(checked.code())
        }
        Err(e) => eval::fail(&e, args.json, None, ""),
    }
}

fn examine(args: &Args) -> Result<(Program, Checked)> {
    let mut program = args.program()?;
    args.bind(&mut program)?;
    let checked = program.check_with(args.input_digits)?;
    Ok((program, checked))
}
