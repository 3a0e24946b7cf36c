//! `gradus ops`: the functions of the formula language.

use std::process::ExitCode;

use crate::out;

/// Runs the verb.
pub fn run(words: &[String]) -> ExitCode {
    match words.first().filter(|w| !w.starts_with('-')) {
        None => out::print(&gradus::formula::function_table()),
        Some(name) => match gradus::formula::describe_function(name) {
            Ok(text) => out::print(&text),
            Err(e) => {
                out::complain(&format!("error: {e}\n"));
                return ExitCode::from(2);
            }
        },
    }
    ExitCode::SUCCESS
}
