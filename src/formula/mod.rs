//! The formula language: names become library functions, scripts become graphs, data is bound to names. No mathematics.
//!
//! ```
//! use gradus::formula::Program;
//! let mut program = Program::formula("t = exp(x); t/sum(t)")?;
//! program.bind("x=[1000, 1001]")?;
//! let outcome = program.run()?;
//! assert!((outcome.results[0].value.clone()?.array()?.to_f64()[1] - 0.7310585786300049).abs() < 1e-15);
//! # Ok::<(), gradus::Error>(())
//! ```

mod answer;
mod arguments;
mod bind;
mod call;
mod check;
mod cores;
mod expression;
mod fpcore;
mod functions;
mod hunt;
mod index;
mod literal;
mod machine;
mod minimize;
mod object;
mod program;
mod ranges;
mod read_json;
mod script;
mod show;
mod suggest;
mod value;
mod walk;

pub use answer::Answer;
pub use check::{Checked, Digits};
pub use cores::{CheckedCore, CheckedCores, check_fpcore};
pub use fpcore::{Core, Refused, read_fpcore};
pub use functions::{Function, all as functions, find as function};
pub use hunt::{Conclusion, Descent, Hunt, Verdict};
pub use object::Object;
pub use program::{Outcome, Output, Program};
pub use ranges::Searched;
pub use read_json::read as parse_json;
pub use show::{describe_function, describe_rule, error_json, function_table, rule_table};
pub use value::{Record, Value};
