//! Shows outcomes and the function table: as text for people, as JSON for programs.

use std::fmt::{self, Write};

use super::functions::{self, Function};
use super::program::{Outcome, Output};
use super::suggest;
use crate::error::{Error, Origin, Result};
use crate::graph::Note;
use crate::text::{json_array, json_string};
use crate::{Fired, ops};

impl fmt::Display for Outcome {
    /// Writes the values: one alone, several with their expressions.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for result in &self.results {
            let Ok(value) = &result.value else { continue };
            let text = value.to_string();
            if self.results.len() == 1 {
                writeln!(f, "{text}")?;
            } else {
                let name = result.text.split_whitespace().collect::<Vec<_>>().join(" ");
                writeln!(f, "{name} ={}{text}", if text.contains('\n') { "\n" } else { " " })?;
            }
        }
        Ok(())
    }
}

impl Outcome {
    /// The outcome as one JSON object; where no result has a value, with the first error on top.
    pub fn json(&self) -> String {
        let results: Vec<String> = self.results.iter().map(result).collect();
        let rewrites: Vec<String> = self.fired.iter().map(rewrite).collect();
        let mut notes: Vec<String> = self.notes.iter().map(note).collect();
        notes.extend(self.notices.iter().map(|n| format!("{{\"kind\": \"data\", \"message\": {}}}", json_string(n))));
        let mut out = "{".to_string();
        if self.results.iter().all(|r| r.value.is_err())
            && let Some(Err(e)) = self.results.first().map(|r| &r.value)
        {
            let _ = write!(out, "\"error\": {}, ", error_json(e));
        }
        let (results, rewrites, notes) = (results.join(", "), rewrites.join(", "), notes.join(", "));
        let _ = write!(out, "\"results\": [{results}], \"rewrites\": [{rewrites}], \"notes\": [{notes}]}}");
        out
    }

    /// One line for every note of the evaluation.
    pub fn remarks(&self) -> Vec<String> {
        let mut lines: Vec<String> = self.notes.iter().map(|n| format!("{n}{}", place(n.origin))).collect();
        lines.dedup();
        lines
    }
}

/// ` at 3:5` where the place is in a script.
fn place(origin: Origin) -> String {
    match origin {
        Origin::Script(span) => format!(" (at {}:{})", span.line, span.column),
        _ => String::new(),
    }
}

fn result(r: &Output) -> String {
    let name = r.name.as_deref().map_or_else(|| "null".into(), json_string);
    let mut out = format!("{{\"name\": {name}, \"text\": {}, ", json_string(&r.text));
    let _ = match &r.value {
        Ok(a) => write!(out, "\"dtype\": \"{}\", \"shape\": {:?}, \"value\": {}", a.dtype(), a.shape(), json_array(a)),
        Err(e) => write!(out, "\"error\": {}", error_json(e)),
    };
    out.push('}');
    out
}

/// `"line": 1, "column": 2`, or nulls.
fn line_and_column(origin: Origin) -> String {
    match origin {
        Origin::Script(s) => format!("\"line\": {}, \"column\": {}", s.line, s.column),
        _ => "\"line\": null, \"column\": null".into(),
    }
}

fn rewrite(f: &Fired) -> String {
    let (rule, before, after) = (json_string(f.rule), json_string(&f.before_text()), json_string(&f.after_text()));
    format!("{{\"rule\": {rule}, \"before\": {before}, \"after\": {after}, {}}}", line_and_column(f.origin))
}

fn note(n: &Note) -> String {
    let kind = match n.kind {
        crate::NoteKind::Nan => "nan",
        crate::NoteKind::NearSingular => "near-singular",
        crate::NoteKind::Rank => "rank",
        crate::NoteKind::EmptyRow => "empty-row",
    };
    let (op, message) = (json_string(n.op), json_string(&n.message));
    format!("{{\"kind\": \"{kind}\", \"op\": {op}, \"message\": {message}, {}}}", line_and_column(n.origin))
}

/// An error as JSON: its kind, message and place.
pub fn error_json(e: &Error) -> String {
    let (kind, message) = (json_string(e.kind().word()), json_string(e.message()));
    format!("{{\"kind\": {kind}, \"message\": {message}, {}}}", line_and_column(e.origin()))
}

/// Every function with its parameters and what it does, a line each.
pub fn function_table() -> String {
    let mut out = String::new();
    for f in functions::all() {
        let call = format!("{}({})", f.names[0], f.signature);
        let _ = writeln!(out, "{call:<40} {}", f.doc);
    }
    out
}

/// What a function does: its names, parameters, meaning, and an example.
pub fn describe_function(name: &str) -> Result<String> {
    let f: &Function = functions::find(name).ok_or_else(|| suggest::no_function(name, &[]))?;
    let mut out = format!("{}({})\n  {}\n", f.names[0], f.signature, f.doc);
    if f.names.len() > 1 {
        let _ = writeln!(out, "  also called: {}", f.names[1..].join(", "));
    }
    if let Some(op) = ops::all().find(|op| f.names.contains(&op.name)) {
        if !op.meaning.is_empty() {
            let _ = writeln!(out, "  stands for:  {}", op.meaning);
        }
        let _ = writeln!(out, "  example:     gradus eval \"{}\"", op.example);
    }
    Ok(out)
}
