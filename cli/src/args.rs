//! The command line's words: a formula or file, bindings, and options that may stand anywhere.

use std::process::ExitCode;

use gradus::formula::Program;
use gradus::{DType, Error, ErrorKind, Result};

use crate::{eval, out};

/// What the words of `gradus eval` say.
#[derive(Default)]
pub struct Args {
    /// The formula, or the file of a script.
    pub formula: Option<String>,
    /// `NAME=VALUE`, in order.
    pub bindings: Vec<String>,
    /// The files of `--data`.
    pub data: Vec<String>,
    /// `--dtype`.
    pub dtype: Option<DType>,
    /// `--as-written`.
    pub as_written: bool,
    /// `--json`.
    pub json: bool,
    /// `--strict`.
    pub strict: bool,
    /// `--missing nan`.
    pub missing_as_nan: bool,
    /// `--seed`.
    pub seed: i64,
    /// `--input-digits`.
    pub input_digits: Option<f64>,
    /// `--over`.
    pub over: Vec<String>,
    /// `--steps`.
    pub steps: Option<usize>,
    /// `--fpcore`.
    pub fpcore: Option<String>,
    /// `--lr`.
    pub rate: Option<f64>,
    /// The options of `gradus minimize`, as they are written.
    pub descent: Vec<(String, String)>,
    /// `--format markdown`.
    pub markdown: bool,
    /// `--help`.
    pub help: bool,
}

/// An error about the words.
fn wrong(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Argument, message)
}

/// The options that take a value.
const VALUED: [&str; 17] = [
    "--fpcore",
    "--steps",
    "--data",
    "--dtype",
    "--seed",
    "--missing",
    "--format",
    "--input-digits",
    "--over",
    "--lr",
    "--method",
    "--max-iter",
    "--max-time",
    "--tolerance",
    "--trace",
    "--bounds",
    "--starts",
];
/// The options that stand alone.
const FLAGS: [&str; 5] = ["--as-written", "--json", "--strict", "--help", "-h"];

impl Args {
    /// Reads the words; the first that is no option is the formula, even where it begins with `-`.
    pub fn read(words: &[String]) -> Result<Args> {
        let mut args = Args { json: words.iter().any(|w| w == "--json"), ..Args::default() };
        args.fill(words).map(|()| args)
    }

    /// Reads the words; for `--help` and for words that say nothing, prints what there is to say and gives the exit code.
    pub fn or_exit(words: &[String], help: &str) -> std::result::Result<Args, ExitCode> {
        match Args::read(words) {
            Ok(args) if args.help => {
                out::print(help);
                Err(ExitCode::SUCCESS)
            }
            Ok(args) => Ok(args),
            Err(e) => Err(eval::fail(&e, words.iter().any(|w| w == "--json"), None, "")),
        }
    }

    fn fill(&mut self, words: &[String]) -> Result<()> {
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let (option, value) = match word.split_once('=') {
                Some((o, v)) if VALUED.contains(&o) => (o, Some(v.to_string())),
                _ => (word.as_str(), None),
            };
            if VALUED.contains(&option) {
                let value = value.or_else(|| words.next().cloned());
                let value = value.ok_or_else(|| wrong(format!("`{option}` needs a value")))?;
                self.valued(option, value)?;
            } else if FLAGS.contains(&option) {
                self.flag(option);
            } else if self.formula.is_none() {
                self.formula = Some(word.clone());
            } else if word.starts_with("--") {
                let known = [&VALUED[..], &FLAGS[..4]].concat().join(", ");
                return Err(wrong(format!("there is no option `{word}`; there are {known}")));
            } else {
                self.bindings.push(word.clone());
            }
        }
        Ok(())
    }

    fn valued(&mut self, option: &str, value: String) -> Result<()> {
        match option {
            "--data" => self.data.push(value),
            "--seed" => self.seed = value.parse().map_err(|_| wrong(format!("`--seed {value}` is no integer")))?,
            "--input-digits" => {
                let digits = value.parse().ok().filter(|d: &f64| *d > 0.0);
                let message = format!("`--input-digits {value}` is no number of digits");
                self.input_digits = Some(digits.ok_or_else(|| wrong(message))?);
            }
            "--over" => self.over = value.split(',').map(|n| n.trim().to_string()).filter(|n| !n.is_empty()).collect(),
            "--lr" => {
                let rate = value.parse().ok().filter(|r: &f64| r.is_finite());
                self.rate = Some(rate.ok_or_else(|| wrong(format!("`--lr {value}` is no number")))?);
            }
            "--method" | "--max-iter" | "--max-time" | "--tolerance" | "--trace" | "--bounds" | "--starts" => {
                self.descent.push((option.to_string(), value));
            }
            "--steps" => {
                let steps = value.parse().ok().filter(|n: &usize| *n > 0);
                self.steps = Some(steps.ok_or_else(|| wrong(format!("`--steps {value}` is no number of steps")))?);
            }
            "--fpcore" => self.fpcore = Some(value),
            "--format" if value == "markdown" => self.markdown = true,
            "--format" => return Err(wrong(format!("`--format {value}` is not known; there is `--format markdown`"))),
            "--missing" if value == "nan" => self.missing_as_nan = true,
            "--missing" => return Err(wrong(format!("`--missing {value}` is not known; there is `--missing nan`"))),
            _ => {
                let float = DType::from_name(&value).filter(|d| d.is_float());
                let message = format!("`--dtype {value}` is not known; there are f32, f64, bf16 and f16");
                self.dtype = Some(float.ok_or_else(|| wrong(message))?);
            }
        }
        Ok(())
    }

    fn flag(&mut self, option: &str) {
        match option {
            "--as-written" => self.as_written = true,
            "--json" => self.json = true,
            "--strict" => self.strict = true,
            _ => self.help = true,
        }
    }

    /// The program that the words describe, read but without its data.
    pub fn program(&self) -> Result<Program> {
        let missing =
            || wrong("there is no formula; write one, as `gradus eval \"exp(1)\"`, or the name of a .gr file");
        let text = self.formula.as_deref().ok_or_else(missing)?;
        let mut program = if text.ends_with(".gr") { Program::file(text)? } else { Program::formula(text)? };
        program.as_written(self.as_written).seed(self.seed);
        if let Some(dtype) = self.dtype {
            program.dtype(dtype);
        }
        if self.missing_as_nan {
            program.missing_as_nan();
        }
        Ok(program)
    }

    /// Binds the data.
    pub fn bind(&self, program: &mut Program) -> Result<()> {
        for binding in &self.bindings {
            program.bind(binding)?;
        }
        for file in &self.data {
            program.data_file(file)?;
        }
        Ok(())
    }

    /// The text and file name under which errors show their place.
    pub fn source(&self) -> (Option<String>, String) {
        match self.formula.as_deref() {
            Some(file) if file.ends_with(".gr") => {
                (Some(file.to_string()), std::fs::read_to_string(file).unwrap_or_default())
            }
            Some(text) => (None, text.to_string()),
            None => (None, String::new()),
        }
    }
}
