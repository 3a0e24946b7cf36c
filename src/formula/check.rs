//! `check` of a program: every result as written, values and derivatives, in each format; and how that is shown.

use std::fmt::Write;
use std::path::Path;

use super::program::{Outcome, Program};
use super::ranges::Searched;
use super::script::Formula;
use super::show::{at_place, line_and_column};
use crate::array::{DType, Format};
use crate::error::{Error, ErrorKind, Origin, Result};
use crate::graph::topological;
use crate::text::{Expr, ExprKind, Names, Script, StatementKind, infix, json_number, json_string, render};
use crate::verbs::covering;
use crate::{
    Finding, Fired, Forecast, Kind, Range, Report, Severity, Tensor, check_all, condition, forecast, suspects,
};

/// The functions whose results are derivatives.
const DERIVATIVES: [&str; 6] = ["grad", "jacobian", "hessian", "hvp", "vjp", "jvp"];

/// What a check of a program gives.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The findings.
    pub report: Report,
    /// The results, stabilised.
    pub outcome: Outcome,
    /// What becomes of the formulas in narrower formats.
    pub forecasts: Vec<Forecast>,
    /// The digits that results lose, to the problem and to the way they are computed.
    pub digits: Vec<Digits>,
    /// What was searched, if data were given as ranges; there are no results then.
    pub searched: Option<Searched>,
}

/// Decimal digits that a result loses.
#[derive(Clone, Debug)]
pub struct Digits {
    /// The result's text.
    pub text: String,
    /// Lost to the problem: the logarithm of the condition number, for the worst element.
    pub problem: f64,
    /// Lost to the way it is computed as written, in the first format.
    pub algorithm: f64,
}

/// The formats that are forecast.
const NARROW: [Format; 4] = [Format::BF16, Format::F16, Format::F8E4M3, Format::F8E5M2];
/// The most numbers in formulas that are forecast, and in a Jacobian that is taken for a condition number.
const FORECAST: usize = 100_000;
const JACOBIAN: usize = 40_000;
/// The longest formula to write instead.
const LONGEST_FIX: usize = 200;

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
        self.check_with(None)
    }

    /// As [`Program::check`], for data that were measured to so many decimal digits.
    pub fn check_with(&self, input_digits: Option<f64>) -> Result<Checked> {
        let widest = self.number_dtype();
        let dtypes = match self.asked_dtype() {
            Some(d) => vec![d],
            None if widest == DType::F64 => vec![DType::F64, DType::F32],
            None => vec![widest],
        };
        let ranges = self.ranges()?;
        if !ranges.is_empty() {
            return self.remembering().check_ranges(ranges, &dtypes);
        }
        let mut report = Report::default();
        for &dtype in &dtypes {
            let mut program = self.clone();
            program.dtype(dtype);
            let found = program.report()?;
            report.formats.push(dtype.name());
            found.findings.into_iter().for_each(|f| join(&mut report.findings, f));
        }
        let digits = self.digits(&report, dtypes[0])?;
        if let Some(given) = input_digits {
            let found: Vec<Finding> = digits.iter().filter_map(|d| hopeless(d, given, &report)).collect();
            report.findings.extend(found);
        }
        suspects(&mut report, self.file_name().map(Path::new));
        let forecasts = if self.asked_dtype().is_none() { self.forecasts()? } else { vec![] };
        Ok(Checked { report, outcome: self.run()?, forecasts, digits, searched: None })
    }

    /// Searches ranges for what can go wrong; the witness of each fault is then looked at as data are.
    fn check_ranges(&self, ranges: Vec<Range>, dtypes: &[DType]) -> Result<Checked> {
        let (mut report, mut points) = (Report::default(), 0);
        for &dtype in dtypes {
            let (faults, looked_at) = self.search(&ranges, dtype)?;
            report.formats.push(dtype.name());
            points += looked_at;
            for (fault, possible) in faults {
                let point: Vec<f64> = possible.witness.iter().map(|w| w.1).collect();
                let found = self.at_point(&ranges, &point, dtype).report()?.findings.into_iter();
                let full = found.filter(|f| f.is_same(&fault)).max_by_key(|f| f.severity).unwrap_or(fault);
                report.findings.push(Finding { possible: Some(possible), ..full });
            }
        }
        suspects(&mut report, self.file_name().map(Path::new));
        let notices = self.notices().to_vec();
        let outcome = Outcome { results: vec![], fired: vec![], notes: vec![], notices };
        let searched = Some(Searched { ranges, points });
        Ok(Checked { report, outcome, forecasts: vec![], digits: vec![], searched })
    }

    /// What becomes of the results in narrower formats, unless that would take long.
    fn forecasts(&self) -> Result<Vec<Forecast>> {
        let mut program = self.clone();
        let built = program.dtype(DType::F32).build(true)?;
        let formulas = tensors(&built.formulas);
        let outputs: Vec<&Tensor> = formulas.iter().map(|(t, _)| *t).collect();
        let size = |t: &Tensor| t.shape().map_or(0, |s| s.iter().product::<usize>());
        let total: usize = crate::graph::topological(&outputs, |_| true).iter().map(size).sum();
        if total > FORECAST || outputs.is_empty() {
            return Ok(vec![]);
        }
        let gradients: Vec<bool> = formulas.iter().map(|(_, f)| is_derivative(self.script(), &f.text)).collect();
        Ok(NARROW.iter().map(|&format| forecast(&outputs, &gradients, format)).collect())
    }

    /// The digits that each result loses.
    fn digits(&self, report: &Report, dtype: DType) -> Result<Vec<Digits>> {
        let mut program = self.clone();
        let built = program.dtype(dtype).build(false)?;
        let mut all = vec![];
        for (k, (t, f)) in tensors(&built.formulas).into_iter().enumerate() {
            let Some(problem) = condition_of(t) else { continue };
            let of_result =
                report.findings.iter().filter(|g| g.output == k && g.formats.first() == Some(&dtype.name()));
            let algorithm = of_result.map(|g| g.digits_lost).fold(0.0, f64::max);
            all.push(Digits { text: f.text.clone(), problem: problem.log10().max(0.0), algorithm });
        }
        Ok(all)
    }

    /// The findings in the dtype of this program.
    pub(super) fn report(&self) -> Result<Report> {
        let (written, stable) = (self.build(true)?, self.build(false)?);
        let formulas = tensors(&written.formulas);
        let steady = tensors(&stable.formulas);
        let (of_stable, mut fired): (Vec<Tensor>, Vec<Fired>) =
            crate::numerics::stabilize_all(&steady.iter().map(|(t, _)| *t).collect::<Vec<_>>(), &[]);
        fired.splice(0..0, stable.fired);
        let gradients: Vec<bool> = formulas.iter().map(|(_, f)| is_derivative(self.script(), &f.text)).collect();
        let outputs: Vec<&Tensor> = formulas.iter().map(|(t, _)| *t).collect();
        let mut report = check_all(&outputs, &of_stable.iter().collect::<Vec<_>>(), &fired, &gradients);
        // Derivatives stand at the places of what they are taken of, and are not what the text there says.
        let derives = DERIVATIVES.iter().any(|name| super::walk::mentions(self.script(), name));
        for f in &mut report.findings {
            let rule = covering(&fired, &f.path).filter(|_| !derives);
            if let (Some(fix), Some(rule)) = (&mut f.fix, rule) {
                fix.formula = in_own_words(rule, self.source()).unwrap_or_else(|| std::mem::take(&mut fix.formula));
            }
            if let Origin::Script(s) = f.origin
                && let Some(text) = self.source().get(s.start..s.end)
            {
                f.text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            }
        }
        Ok(report)
    }
}

/// What a rule puts in place of a part of a script, with the script's own text for what it takes over; `None` where that
/// is long.
fn in_own_words(rule: &Fired, source: &str) -> Option<String> {
    let before = topological(&[&rule.before], |_| true);
    let mut names = Names::new();
    for t in before.iter().filter(|t| !t.node().inputs().is_empty() && t.key() != rule.before.key()) {
        let Origin::Script(span) = t.origin() else { continue };
        // The text says what the topmost node of its place gives.
        let inside =
            before.iter().any(|u| u.origin() == t.origin() && u.node().inputs().iter().any(|i| i.key() == t.key()));
        let Some(text) = source.get(span.start..span.end).filter(|_| !inside && t.origin() != rule.origin) else {
            continue;
        };
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let Ok(e) = crate::text::parse_expr(&text) else { continue };
        let atom = matches!(e.kind, ExprKind::Name(_) | ExprKind::Call(_) | ExprKind::Chain { .. });
        names.insert(t, if atom { text } else { format!("({text})") });
    }
    let text = infix(&rule.after, &names);
    // Reading it and writing it again leaves out brackets that say nothing.
    let text = crate::text::parse(&text).map_or(text, |script| script.to_string().replace('\n', "; "));
    (!text.contains('…') && text.len() <= LONGEST_FIX).then_some(text)
}

/// The condition number of the worst element of a formula in all of its data, unless that would take long.
fn condition_of(t: &Tensor) -> Option<f64> {
    if !t.dtype().is_ok_and(DType::is_float) {
        return None;
    }
    let size = |t: &Tensor| t.shape().map_or(0, |s| s.iter().product::<usize>());
    let nodes = crate::graph::topological(&[t], |_| true);
    let float = |l: &&Tensor| l.data().is_some_and(|a| a.dtype().is_float());
    let leaves: Vec<&Tensor> = nodes.iter().filter(float).collect();
    if leaves.is_empty() || nodes.len() > 5000 || leaves.iter().map(|l| size(l)).sum::<usize>() * size(t) > JACOBIAN {
        return None;
    }
    let total = leaves.iter().map(|l| condition(t, l)).reduce(|a, b| a + b)?;
    let values = total.eval().ok()?;
    let worst = values.iter_f64().filter(|v| !v.is_nan()).fold(0.0, f64::max);
    (worst > 0.0).then_some(worst)
}

/// A warning about a result of which measured data leave less than one digit.
fn hopeless(d: &Digits, given: f64, report: &Report) -> Option<Finding> {
    let left = given - d.problem;
    if left >= 1.0 {
        return None;
    }
    let because = format!(
        "data of {given} digits leave {:.1} digits of `{}`: its condition number is {:.1e}, however it is computed",
        left.max(0.0),
        d.text,
        10f64.powf(d.problem)
    );
    let blank = crate::numerics::check::blank(Severity::Warning, Kind::IllConditioned, "", Origin::Unknown);
    Some(Finding { because, text: d.text.clone(), formats: report.formats.clone(), digits_lost: d.problem, ..blank })
}

/// The formulas that have no error, each with the result that it belongs to.
pub(super) fn tensors(formulas: &[Formula]) -> Vec<(&Tensor, &Formula)> {
    let sound = |(t, f): &(&Tensor, &Formula)| t.meta().is_ok() && f.pending.is_ok();
    formulas.iter().flat_map(|f| f.tensors().into_iter().map(move |t| (t, f))).filter(sound).collect()
}

/// Adds a finding of another format to an equal one.
fn join(findings: &mut Vec<Finding>, f: Finding) {
    match findings.iter_mut().find(|g| g.is_same(&f)) {
        Some(g) => {
            g.formats.extend(f.formats);
            g.formats.dedup();
            g.severity = g.severity.max(f.severity);
        }
        None => findings.push(f),
    }
}

/// True if the text of a result is a derivative, or a name for one.
pub(super) fn is_derivative(script: &Script, text: &str) -> bool {
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
        // Of what could not be built nothing is known, so that nothing found says nothing.
        if self.failures().next().is_none() || !self.report.findings.is_empty() {
            out.push_str(&self.summary());
        }
        for line in self.lost().into_iter().chain(self.foreseen()) {
            let _ = writeln!(out, "{line}");
        }
        out
    }

    /// A line for every result that loses digits.
    fn lost(&self) -> Vec<String> {
        let line = |d: &Digits| {
            let text = d.text.split_whitespace().collect::<Vec<_>>().join(" ");
            let some = |d: f64| if d.is_finite() { format!("{d:.1}") } else { "all".to_string() };
            format!(
                "`{text}` loses {} digits to the problem, {} to the way it is computed",
                some(d.problem),
                some(d.algorithm)
            )
        };
        self.digits.iter().filter(|d| d.problem >= 1.0 || d.algorithm >= 1.0).map(line).collect()
    }

    /// A line for every narrow format.
    fn foreseen(&self) -> Vec<String> {
        let line = |f: &Forecast| {
            let first = f.findings.iter().find(|g| g.severity != Severity::Note);
            let what = match first {
                Some(g) if g.op.is_empty() || g.op == "leaf" => g.because.clone(),
                Some(g) => format!("{}{}: {}", g.op, at_place(g.origin), g.because),
                None => "no error".to_string(),
            };
            let scale = first.and_then(|g| f.losses.iter().find(|l| l.op == g.op && l.origin == g.origin));
            let lost = scale.map_or(String::new(), |l| {
                let shares = [(l.not_finite, "not finite"), (l.zero, "zero"), (l.subnormal, "subnormal")];
                let some = shares.iter().filter(|s| s.0 > 0.0).map(|s| format!("{:.0} % {}", 100.0 * s.0, s.1));
                let some: Vec<String> = some.collect();
                let by = l.scale.map_or(String::new(), |k| format!("; scaled by 2**{k} they fit"));
                if some.is_empty() { by } else { format!("; {}{by}", some.join(", ")) }
            });
            let left = f.digits.map_or(String::new(), |d| format!("{d:.1} digits left; "));
            format!("in {}: {left}{what}{lost}", f.format)
        };
        self.forecasts.iter().map(line).collect()
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
            (0, 0, 0) => match &self.searched {
                Some(s) => format!("not in this range: nothing found at {} points in {formats}\n", s.points),
                None => format!("nothing found in {formats}\n"),
            },
            (e, w, n) => {
                let parts = [(e, "error"), (w, "warning"), (n, "note")];
                let said: Vec<String> = parts.iter().filter(|p| p.0 > 0).map(|p| plural(p.0, p.1)).collect();
                format!("{} in {formats}\n", said.join(", "))
            }
        }
    }

    /// The report as one JSON object, results included.
    pub fn json(&self) -> String {
        let results = self.outcome.json();
        let digits: Vec<String> = self.digits.iter().map(digits_json).collect();
        let forecasts: Vec<String> = self.forecasts.iter().map(forecast_json).collect();
        let searched = self
            .searched
            .as_ref()
            .map_or(String::new(), |s| format!("\"ranges\": {}, \"points\": {}, ", ranges_json(&s.ranges), s.points));
        format!(
            "{{{}, {searched}\"digits\": [{}], \"forecast\": [{}], {}",
            report_json(&self.report),
            digits.join(", "),
            forecasts.join(", "),
            results.strip_prefix('{').unwrap_or(&results)
        )
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

/// The findings as a field of an object.
pub(super) fn report_json(report: &Report) -> String {
    format!("\"findings\": [{}]", report.findings.iter().map(finding_json).collect::<Vec<_>>().join(", "))
}

/// Ranges as an object of pairs.
fn ranges_json(ranges: &[Range]) -> String {
    let pair = |r: &Range| format!("{}: [{}, {}]", json_string(&r.name), json_number(r.from), json_number(r.to));
    format!("{{{}}}", ranges.iter().map(pair).collect::<Vec<_>>().join(", "))
}

fn digits_json(d: &Digits) -> String {
    let text = json_string(&d.text);
    format!("{{\"text\": {text}, \"problem\": {:.2}, \"algorithm\": {:.2}}}", d.problem, d.algorithm)
}

fn forecast_json(f: &Forecast) -> String {
    let loss = |l: &crate::numerics::check::Loss| {
        format!(
            "{{\"op\": {}, {}, \"text\": {}, \"zero\": {}, \"not_finite\": {}, \"subnormal\": {}, \"scale\": {}}}",
            json_string(l.op),
            line_and_column(l.origin),
            json_string(&l.text),
            json_number(l.zero),
            json_number(l.not_finite),
            json_number(l.subnormal),
            l.scale.map_or("null".into(), |k| k.to_string())
        )
    };
    let losses: Vec<String> = f.losses.iter().map(loss).collect();
    let findings: Vec<String> = f.findings.iter().map(finding_json).collect();
    format!(
        "{{\"format\": \"{}\", \"digits\": {}, \"findings\": [{}], \"losses\": [{}]}}",
        f.format,
        f.digits.map_or("null".to_string(), |d| format!("{d:.2}")),
        findings.join(", "),
        losses.join(", ")
    )
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
    if let Some(p) = &f.possible {
        let witness = p.witness.iter().map(|(name, x)| format!("{}: {}", json_string(name), json_number(*x)));
        let witness: Vec<String> = witness.collect();
        let _ = write!(
            out,
            ", \"possible\": {{\"witness\": {{{}}}, \"range\": {}}}",
            witness.join(", "),
            ranges_json(&p.reach)
        );
    }
    if let Some(a) = &f.age {
        let commit = json_string(&a.commit);
        let _ = write!(out, ", \"changed\": {{\"commit\": {commit}, \"days\": {}}}", json_number(a.days));
    }
    let rule = optional(f.fix.as_ref().map(|x| x.rule));
    let kept = f.fix.as_ref().map_or("null".to_string(), |x| format!("{:.1}", x.digits));
    let _ = write!(out, ", \"rule\": {rule}, \"digits_lost\": {:.1}, \"digits_kept\": {kept}}}", f.digits_lost);
    out
}
