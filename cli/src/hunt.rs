//! `gradus hunt`: is it the formula or the learning rate?

use std::process::ExitCode;

use gradus::formula::Hunt;
use gradus::{Error, ErrorKind, Result};

use crate::args::Args;
use crate::{eval, out};

/// What `gradus hunt --help` prints.
const HELP: &str = "\
gradus hunt FILE.gr --over w,b [--lr 0.1] [NAME=VALUE ...]

Descends on the last result of the script in the given names, at the rate, ten times and a hundred
times it, as written and stabilised side by side; says which of them descend, are stuck or explode,
at which operation, and whether to change the formula or the rate.

  --over NAMES    what to descend in, separated by commas
  --lr RATE       the learning rate (0.1)
  --steps N       the most steps of a descent (100); it ends before where it explodes or rests
  --json          one JSON object

  gradus hunt \"w = [3.0, 4]; sum(w**2)\" --over w --lr 0.1
";

/// Runs the verb.
pub fn run(words: &[String]) -> ExitCode {
    let args = match Args::or_exit(words, HELP) {
        Ok(args) => args,
        Err(code) => return code,
    };
    match hunt(&args) {
        Ok(found) => {
            out::print(&if args.json { format!("{}\n", found.json()) } else { format!("{found}\n") });
            ExitCode::SUCCESS
        }
        Err(e) => {
            let (file, source) = args.source();
            eval::fail(&e, args.json, file.as_deref(), &source)
        }
    }
}

fn hunt(args: &Args) -> Result<Hunt> {
    let mut program = args.program()?;
    args.bind(&mut program)?;
    let over: Vec<&str> = args.over.iter().map(String::as_str).collect();
    if over.is_empty() {
        return Err(Error::new(ErrorKind::Argument, "`gradus hunt` needs names to descend in, as `--over w,b`"));
    }
    match args.steps {
        Some(steps) => program.hunt_for(&over, args.rate.unwrap_or(0.1), steps),
        None => program.hunt(&over, args.rate.unwrap_or(0.1)),
    }
}
