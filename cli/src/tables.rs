//! `gradus rules` and `gradus ops`: the tables, and what one row says.

use std::process::ExitCode;

use gradus::Result;

use crate::out;

/// What `--help` prints for either.
const HELP: &str = "\
gradus ops [NAME]      the functions of the formula language, or what one does
gradus rules [NAME]    the rules by which formulas are rewritten, or what one says
";

/// Prints a whole table, or one row of it.
pub fn run(words: &[String], table: fn() -> String, row: fn(&str) -> Result<String>) -> ExitCode {
    if words.iter().any(|w| w == "--help" || w == "-h") {
        out::print(HELP);
        return ExitCode::SUCCESS;
    }
    if words.is_empty() {
        out::print(&table());
        return ExitCode::SUCCESS;
    }
    // Names of rules have spaces: `gradus rules log of exp` needs no quotes.
    match row(&words.join(" ")) {
        Ok(text) => out::print(&text),
        Err(e) => {
            out::complain(&format!("error: {e}\n"));
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}
