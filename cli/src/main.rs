//! The binary `gradus`: reads the command line and hands over to one short file per verb.

mod args;
mod check;
mod eval;
mod hunt;
mod minimize;
mod out;
mod tables;

use std::process::ExitCode;

use gradus::formula;

/// What `gradus` alone prints.
const EXAMPLES: &str = "\
gradus: a textbook formula goes in, a trustworthy number comes out

  gradus eval \"log(exp(x) + exp(y))\" x=1000 y=1001        a formula and its data
  gradus eval \"softmax(x); grad(sum(x**2), x)\" x=[3,4]    several results, derivatives too
  gradus eval examples/one_step.gr lr=0.1                 a script, one of its lines replaced
  gradus ops logsumexp                                    what a function does

Verbs: eval, check, hunt, minimize, rules, ops. `gradus VERB --help` says more.
";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args_os().skip(1).map(|a| a.to_string_lossy().into_owned()).collect();
    let rest = words.get(1..).unwrap_or_default();
    match words.first().map(String::as_str) {
        None | Some("--help" | "-h" | "help") => out::print(EXAMPLES),
        Some("--version" | "-V") => out::print(&format!("gradus {}\n", env!("CARGO_PKG_VERSION"))),
        Some("eval") => return eval::run(rest),
        Some("hunt") => return hunt::run(rest),
        Some("minimize") => return minimize::run(rest),
        Some("check") => return check::run(rest),
        Some("rules") => return tables::run(rest, formula::rule_table, formula::describe_rule),
        Some("ops") => return tables::run(rest, formula::function_table, formula::describe_function),
        Some(word) => {
            let hint = "the verbs are eval, check, hunt, minimize, rules and ops; to evaluate a formula write `gradus eval \"…\"`";
            out::complain(&format!("error: there is no verb `{word}`; {hint}\n"));
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}
