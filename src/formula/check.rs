//! `check` of a program: every result as written, values and derivatives, in each format; and how that is shown.

use std::fmt::Write;

use super::program::{Outcome, Program};
use super::script::Formula;
use super::show::line_and_column;
use crate::array::DType;
use crate::error::{Error, ErrorKind, Origin, Result};
use crate::text::{Expr, ExprKind, Script, StatementKind, json_number, json_string, render};
use crate::{Finding, Fired, Report, Severity, Tensor, check_all};

/// The functions whose results are derivatives.
const DERIVATIVES: [&str; 6] = ["grad", "jacobian", "hessian", "hvp", "vjp", "jvp"];

/// What a check of a program gives.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The findings.
    pub report: Report,
    /// The results, stabilised.
    pub outcome: Outcome,
}

impl Program {
    /// Looks at the results as they are written, in the dtype that was asked for, or else in f64 and f32.
    ///
    /// ```
    /// use gradus::formula::Program;
    /// let mut program = Program::formula("log(sum(exp(x)))")?;
    /// let report = program.bind("x=[100, 101]")?.check()?.report;
    /// assert_eq!((report.findings[0].op, report.findings[0].formats.as_slice()), ("exp", &["f32"][..]));
    /// # Ok::<(), gradus::Error>(())
    /// ```
    pub fn check(&self) -> Result<Checked> {
        let widest = self.number_dtype();
        let dtypes = match self.asked_dtype() {
            Some(d) => vec![d],
            None if widest == DType::F64 => vec![DType::F64, DType::F32],
            None => vec![widest],
        };
        let mut report = Report::default();
        for &dtype in &dtypes {
            let mut program = self.clone();
            program.dtype(dtype);
            let found = program.report()?;
            report.formats.push(dtype.name());
            found.findings.into_iter().for_each(|f| join(&mut report.findings, f));
        }
        report.findings.sort_by_key(|f| std::cmp::Reverse(f.severity));
        Ok(Checked { report, outcome: self.run()? })
    }

    /// The findings in the dtype of this program.
    fn report(&self) -> Result<Report> {
        let (written, stable) = (self.build(true)?, self.build(false)?);
        let formulas = tensors(&written.formulas);
        let steady = tensors(&stable.formulas);
        let (of_stable, mut fired): (Vec<Tensor>, Vec<Fired>) =
            crate::numerics::stabilize_all(&steady.iter().map(|(t, _)| *t).collect::<Vec<_>>(), &[]);
        fired.splice(0..0, stable.fired);
        let gradients: Vec<bool> = formulas.iter().map(|(_, f)| is_derivative(self.script(), &f.text)).collect();
        let outputs: Vec<&Tensor> = formulas.iter().map(|(t, _)| *t).collect();
        let mut report = check_all(&outputs, &of_stable.iter().collect::<Vec<_>>(), &fired, &gradients);
        for f in &mut report.findings {
            if let Origin::Script(s) = f.origin
                && let Some(text) = self.source().get(s.start..s.end)
            {
                f.text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            }
        }
        Ok(report)
    }
}

/// The formulas that have no error, each with the result that it belongs to.
fn tensors(formulas: &[Formula]) -> Vec<(&Tensor, &Formula)> {
    let sound = |(t, f): &(&Tensor, &Formula)| t.meta().is_ok() && f.pending.is_ok();
    formulas.iter().flat_map(|f| f.tensors().into_iter().map(move |t| (t, f))).filter(sound).collect()
}

/// Adds a finding of another format to an equal one.
fn join(findings: &mut Vec<Finding>, f: Finding) {
    match findings.iter_mut().find(|g| g.kind == f.kind && g.op == f.op && g.origin == f.origin) {
        Some(g) => {
            g.formats.extend(f.formats);
            g.formats.dedup();
            g.severity = g.severity.max(f.severity);
        }
        None => findings.push(f),
    }
}

/// True if the text of a result is a derivative, or a name for one.
fn is_derivative(script: &Script, text: &str) -> bool {
    crate::text::parse_expr(text).is_ok_and(|e| takes_derivative(script, &e, 0))
}

fn takes_derivative(script: &Script, e: &Expr, depth: usize) -> bool {
    match &e.kind {
        ExprKind::Call(call) => DERIVATIVES.contains(&call.func.name.as_str()),
        ExprKind::Chain { base, .. } => takes_derivative(script, base, depth),
        ExprKind::Name(name) if depth < 20 => script.statements.iter().any(|s| match &s.kind {
            StatementKind::Assign { names, value } if names.len() == 1 && names[0].name == *name => {
                takes_derivative(script, value, depth + 1)
            }
            _ => false,
        }),
        _ => false,
    }
}

impl Checked {
    /// The exit code: 1 if there is an error, 2 if a result could not be built, else 0.
    pub fn code(&self) -> u8 {
        let failed = self.outcome.results.iter().any(|r| matches!(&r.value, Err(e) if !is_numeric(e)));
        if failed { 2 } else { u8::from(self.report.has_errors()) }
    }

    /// The report for people, with the source under each finding.
    pub fn text(&self, file: Option<&str>, source: &str) -> String {
        let mut out = String::new();
        for f in &self.report.findings {
            let error = Error::new(ErrorKind::Domain, f.because.clone()).at(f.origin);
            let shown = render(&error, file, source);
            let head = format!("{}[{}]: ", f.severity, f.kind.word());
            out.push_str(&shown.replacen("error: ", &head, 1));
            f.details().iter().for_each(|line| out.push_str(&format!("  {line}\n")));
            out.push('\n');
        }
        for e in self.failures() {
            out.push_str(&render(e, file, source));
        }
        out.push_str(&self.summary());
        out
    }

    /// The results that could not be built.
    fn failures(&self) -> impl Iterator<Item = &Error> {
        self.outcome.results.iter().filter_map(|r| r.value.as_ref().err()).filter(|e| !is_numeric(e))
    }

    fn summary(&self) -> String {
        let count = |s: Severity| self.report.findings.iter().filter(|f| f.severity == s).count();
        let formats = self.report.formats.join(" and ");
        let plural = |n: usize, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
        match (count(Severity::Error), count(Severity::Warning), count(Severity::Note)) {
            (0, 0, 0) => format!("nothing found in {formats}\n"),
            (e, w, n) => {
                let parts = [(e, "error"), (w, "warning"), (n, "note")];
                let said: Vec<String> = parts.iter().filter(|p| p.0 > 0).map(|p| plural(p.0, p.1)).collect();
                format!("{} in {formats}\n", said.join(", "))
            }
        }
    }

    /// The report as one JSON object, results included.
    pub fn json(&self) -> String {
        let findings: Vec<String> = self.report.findings.iter().map(finding_json).collect();
        let results = self.outcome.json();
        format!("{{\"findings\": [{}], {}", findings.join(", "), results.strip_prefix('{').unwrap_or(&results))
    }

    /// The report as Markdown, for a bug report.
    pub fn markdown(&self, file: Option<&str>, source: &str) -> String {
        let mut out = format!("## gradus check{}\n\n", file.map_or(String::new(), |f| format!(" {f}")));
        let _ = writeln!(out, "```\n{}\n```\n", source.trim_end());
        for f in &self.report.findings {
            let place = line_of(f.origin);
            let _ = writeln!(out, "### {}: {}{place}\n", f.severity, f.kind.word());
            let _ = writeln!(out, "`{}`: {}\n", f.text.replace('`', "'"), f.because);
            f.details().iter().for_each(|line| {
                let _ = writeln!(out, "- {line}");
            });
            out.push('\n');
        }
        out + &self.summary()
    }
}

/// True of an error that only evaluation brings to light, which is a finding.
fn is_numeric(e: &Error) -> bool {
    matches!(e.kind(), ErrorKind::Singular | ErrorKind::Domain | ErrorKind::Overflow)
}

fn line_of(origin: Origin) -> String {
    match origin {
        Origin::Script(s) => format!(" at line {}, column {}", s.line, s.column),
        _ => String::new(),
    }
}

fn finding_json(f: &Finding) -> String {
    let numbers = |v: &[f64]| v.iter().map(|x| json_number(*x)).collect::<Vec<_>>().join(", ");
    let words = |v: &[&str]| v.iter().map(|w| json_string(w)).collect::<Vec<_>>().join(", ");
    let optional = |s: Option<&str>| s.map_or("null".to_string(), json_string);
    let mut out = format!(
        "{{\"severity\": \"{}\", \"kind\": \"{}\", \"formats\": [{}], \"op\": {}, {}, \"text\": {}, ",
        f.severity,
        f.kind.word(),
        words(&f.formats),
        json_string(f.op),
        line_and_column(f.origin),
        json_string(&f.text)
    );
    let _ = write!(
        out,
        "\"index\": {:?}, \"operands\": [{}], \"result\": {}, \"because\": {}, \"leads_to\": {}, \"fix\": {}",
        f.index,
        numbers(&f.operands),
        json_number(f.result),
        json_string(&f.because),
        optional(f.leads_to.as_deref()),
        optional(f.fix.as_ref().map(|x| x.formula.as_str()))
    );
    let rule = optional(f.fix.as_ref().map(|x| x.rule));
    let kept = f.fix.as_ref().map_or("null".to_string(), |x| format!("{:.1}", x.digits));
    let _ = write!(out, ", \"rule\": {rule}, \"digits_lost\": {:.1}, \"digits_kept\": {kept}}}", f.digits_lost);
    out
}
