//! Shows outcomes and the function table: as text for people, as JSON for programs.

use std::fmt::{self, Write};

use super::answer::named;
use super::functions::{self, Function};
use super::program::{Outcome, Output};
use super::{suggest, walk};
use crate::error::{Error, Origin, Result};
use crate::graph::{Interval, Notation, Note, Op};
use crate::numerics::all_rules;
use crate::text::{json_string, parse_expr};
use crate::{Explanation, Fired, ops};

impl fmt::Display for Outcome {
    /// Writes the values: one alone, several with their expressions.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for result in &self.results {
            let Ok(value) = &result.value else { continue };
            if self.results.len() == 1 {
                writeln!(f, "{value}")?;
            } else {
                let name = result.text.split_whitespace().collect::<Vec<_>>().join(" ");
                writeln!(f, "{}", named(&name, value))?;
            }
        }
        Ok(())
    }
}

impl Outcome {
    /// The outcome as one JSON object; where no result has a value, with the first error on top.
    pub fn json(&self) -> String {
        let results: Vec<String> = self.results.iter().map(result).collect();
        let mut rewrites: Vec<String> = vec![];
        for f in &self.fired {
            let text = rewrite(f);
            // A rule fires at one place for the value and again for every derivative.
            if !rewrites.contains(&text) {
                rewrites.push(text);
            }
        }
        let mut notes: Vec<String> = self.notes.iter().map(note).collect();
        notes.extend(self.notices.iter().map(|n| {
            format!(
                "{{\"kind\": \"data\", \"op\": null, \"message\": {}, \"line\": null, \"column\": null}}",
                json_string(n)
            )
        }));
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

    /// One line for every explanation: what the script as written gives, where, and which rule mends it.
    pub fn explained(&self, explanations: &[Explanation]) -> Vec<String> {
        explanations.iter().map(|e| self.line(e)).collect()
    }

    fn line(&self, e: &Explanation) -> String {
        let texts: Vec<&str> = e.results.iter().filter_map(|&i| self.results.get(i)).map(|r| r.text.as_str()).collect();
        let one_line = |t: &str| super::suggest::clip(&t.split_whitespace().collect::<Vec<_>>().join(" "));
        let what = match texts.as_slice() {
            [_] if self.results.len() == 1 => "this".to_string(),
            some => some.iter().map(|t| format!("`{}`", one_line(t))).collect::<Vec<_>>().join(" and "),
        };
        let is = if texts.len() > 1 { "are" } else { "is" };
        let mut line = format!("as written, {what} {is} {}", short(e.written));
        match &e.cause {
            Some(c) => {
                let of: Vec<String> = c.operands.iter().map(|v| short(*v)).collect();
                let of = if of.is_empty() { String::new() } else { format!(" of {}", of.join(" and ")) };
                let _ = write!(line, ": {}{}{of} gives {}", c.op, at_place(c.origin), short(c.result));
            }
            None => line += &format!(", not {}", short(e.value)),
        }
        if let Some(how) = &e.how {
            let place = if e.cause.is_some() { String::new() } else { at_place(e.origin) };
            let _ = write!(line, "; evaluated{place} {how}");
        }
        line
    }

    /// One line for every note of the evaluation.
    pub fn remarks(&self) -> Vec<String> {
        let mut lines: Vec<String> = self.notes.iter().map(|n| format!("{n}{}", place(n.origin))).collect();
        lines.dedup();
        lines
    }
}

/// ` at 3:5` where the place is in a script.
pub(super) fn at_place(origin: Origin) -> String {
    match origin {
        Origin::Script(span) => format!(" at {}:{}", span.line, span.column),
        _ => String::new(),
    }
}

/// A number with few digits.
fn short(v: f64) -> String {
    if v == 0.0 || !v.is_finite() {
        return if v.is_nan() { "nan".into() } else { format!("{v}") };
    }
    if v.fract() == 0.0 && v.abs() < 1e15 {
        return format!("{v}");
    }
    let text = format!("{v:?}");
    let shown = if (1e-4..1e7).contains(&v.abs()) { format!("{v:.6}") } else { format!("{v:.6e}") };
    if text.len() <= shown.len() { text } else { shown }
}

/// ` (at 3:5)` where the place is in a script.
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
        Ok(answer) => write!(out, "{}", answer.json()),
        Err(e) => write!(out, "\"error\": {}", error_json(e)),
    };
    out.push('}');
    out
}

/// `"line": 1, "column": 2`, or nulls.
pub(super) fn line_and_column(origin: Origin) -> String {
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

/// What a function does: its names, parameters, meaning, domain and range, and an example. A sign counts as a name.
pub fn describe_function(name: &str) -> Result<String> {
    let signed = |op: &&Op| matches!(op.notation, Notation::Infix(s, _) | Notation::Prefix(s, _) if s == name);
    // Products of several ranks have one sign, and `matmul` stands for them.
    let named = if name == "@" { "matmul" } else { ops::all().find(signed).map_or(name, |op| op.name) };
    let f: &Function = functions::find(named).ok_or_else(|| suggest::no_function(name, &[]))?;
    let mut out = format!("{}({})\n  {}\n", f.names[0], f.signature, f.doc);
    if f.names.len() > 1 {
        let _ = writeln!(out, "  also called: {}", f.names[1..].join(", "));
    }
    if let Some(op) = ops::all().find(|op| f.names.contains(&op.name)) {
        if let Notation::Infix(sign, _) | Notation::Prefix(sign, _) = op.notation {
            let _ = writeln!(out, "  written:     {sign}");
        }
        if !op.meaning.is_empty() {
            let _ = writeln!(out, "  stands for:  {}", op.meaning);
        }
        for (what, interval) in [("takes", op.domain), ("gives", op.range)] {
            if interval != Interval::ALL {
                let _ = writeln!(out, "  {what:<11}  {interval}");
            }
        }
    }
    if let Some(family) = f.family {
        let forms: Vec<String> = family.forms.iter().map(ToString::to_string).collect();
        let _ = writeln!(out, "  density:     {}", family.density);
        let _ = writeln!(out, "  given by:    {}", forms.join(" or "));
        let _ = writeln!(out, "  source:      {}", family.source);
        for (method, why) in family.absent() {
            let _ = writeln!(out, "  no {method:<10}{why}");
        }
    }
    let _ = writeln!(out, "  example:     gradus eval \"{}\"", f.example());
    Ok(out)
}

/// Every rule of the stabiliser, a line each.
pub fn rule_table() -> String {
    let rules = all_rules();
    let width = rules.iter().map(|r| r.name.chars().count()).max().unwrap_or(0);
    let before = rules.iter().map(|r| r.before.chars().count()).filter(|n| *n <= 44).max().unwrap_or(0);
    let mut out = String::new();
    for r in rules {
        let _ = writeln!(out, "{:<width$}  {:<before$}  →  {}", r.name, r.before, r.after);
    }
    out
}

/// What a rule does: every row of its name, with its condition.
pub fn describe_rule(name: &str) -> Result<String> {
    let rules = all_rules();
    let found: Vec<_> = rules.iter().filter(|r| r.name == name).collect();
    if found.is_empty() {
        let near = suggest::nearest(name, rules.iter().map(|r| r.name));
        let hint = near.map_or("`gradus rules` lists them".into(), |n| format!("did you mean `{n}`?"));
        let message = format!("there is no rule `{}`; {hint}", suggest::clip(name));
        return Err(Error::new(crate::ErrorKind::Name, message));
    }
    let mut out = String::new();
    for r in found {
        let _ = writeln!(out, "{}\n  {}\n  is evaluated as\n  {}", r.name, r.before, r.after);
        if !r.when.is_empty() {
            let _ = writeln!(out, "  where {}", r.when);
        }
        let variables: Vec<String> = parse_expr(r.before).map_or(vec![], |e| {
            walk::names(&e)
                .into_iter()
                .filter(|n| n.chars().count() == 1 && *n != "e")
                .map(|n| format!(" {n}=0.5"))
                .collect()
        });
        let _ = writeln!(out, "  example: gradus eval \"{}\"{} --json", r.before, variables.concat());
    }
    Ok(out)
}
