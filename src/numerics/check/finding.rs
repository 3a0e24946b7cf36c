//! What `check` has to say: findings and reports, as data.

use std::fmt;

use crate::error::Origin;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing, and no fault.
    Note,
    /// A result has lost many digits, or is infinite where the mathematics is.
    Warning,
    /// A result is wrong: not finite where it should be, or without right digits.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        })
    }
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A value above the largest finite number.
    Overflow,
    /// A value below the smallest normal number.
    Underflow,
    /// An addend too small to change the sum.
    Absorption,
    /// Numbers that agree in most digits are subtracted.
    Cancellation,
    /// An argument where the function is not defined.
    Domain,
    /// A NaN made from numbers, as 0/0, or present in the data.
    Nan,
    /// An infinity that the mathematics has too, as 1/0.
    Inf,
    /// A derivative that is exactly zero, and should not be.
    ZeroGradient,
    /// A derivative that is too large for the format.
    Explosion,
    /// An op that makes small errors of its arguments large.
    IllConditioned,
    /// A matrix without the inverse or decomposition that was asked for.
    Degenerate,
    /// A point at which the function has no derivative.
    Kink,
    /// A vector that meets a column and becomes a matrix.
    Broadcast,
}

impl Kind {
    /// The word that stands for the kind in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Overflow => "overflow",
            Kind::Underflow => "underflow",
            Kind::Absorption => "absorption",
            Kind::Cancellation => "cancellation",
            Kind::Domain => "domain",
            Kind::Nan => "nan",
            Kind::Inf => "inf",
            Kind::ZeroGradient => "zero-gradient",
            Kind::Explosion => "explosion",
            Kind::IllConditioned => "ill-conditioned",
            Kind::Degenerate => "degenerate",
            Kind::Kink => "kink",
            Kind::Broadcast => "broadcast",
        }
    }
}

/// A name that stands for every number of a range.
#[derive(Clone, Debug, PartialEq)]
pub struct Range {
    /// The name.
    pub name: String,
    /// The least number.
    pub from: f64,
    /// The largest.
    pub to: f64,
}

/// Where a fault is possible.
#[derive(Clone, Debug, PartialEq)]
pub struct Possible {
    /// A point that has the fault: one number for each range.
    pub witness: Vec<(String, f64)>,
    /// From the witness on, with the other names held, how far the fault reaches along each range.
    pub reach: Vec<Range>,
}

/// How old a line is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Age {
    /// The commit that changed it last; zeros where the change is not committed.
    pub commit: String,
    /// The first line of its message.
    pub summary: String,
    /// When that was, in seconds since 1970.
    pub time: i64,
    /// How many days ago that was.
    pub days: f64,
}

/// A better way to write the formula.
#[derive(Clone, Debug, PartialEq)]
pub struct Fix {
    /// What to write.
    pub formula: String,
    /// The rule that says so.
    pub rule: &'static str,
    /// How many decimal digits of the result it keeps.
    pub digits: f64,
}

/// Something that goes wrong, with its first cause.
#[derive(Clone, Debug)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// What goes wrong.
    pub kind: Kind,
    /// The formats in which it does.
    pub formats: Vec<&'static str>,
    /// The op at which it begins.
    pub op: &'static str,
    /// Where that was written.
    pub origin: Origin,
    /// The formula there.
    pub text: String,
    /// The first element for which it happens.
    pub index: Vec<usize>,
    /// The operands of that element, where they are few.
    pub operands: Vec<f64>,
    /// What the op gives for it.
    pub result: f64,
    /// Why.
    pub because: String,
    /// Where it shows.
    pub leads_to: Option<String>,
    /// What to write instead.
    pub fix: Option<Fix>,
    /// How many decimal digits of the result are lost.
    pub digits_lost: f64,
    /// The result in which it shows, by its place among the formulas.
    pub output: usize,
    /// The element of that result.
    pub element: usize,
    /// How many elements have this cause, of those that were looked at.
    pub count: usize,
    /// The places from where another formula can help to the result.
    pub path: Vec<Origin>,
    /// Where it happens, if data were given as ranges.
    pub possible: Option<Possible>,
    /// How old its line is, if [`suspects`](crate::suspects) looked.
    pub age: Option<Age>,
}

/// What a check found.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// What goes wrong, the first cause first.
    pub findings: Vec<Finding>,
    /// The formats in which the formulas were judged.
    pub formats: Vec<&'static str>,
}

impl Report {
    /// True if something is wrong, not only noteworthy.
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(|f| f.severity == Severity::Error)
    }

    /// True if there is nothing but notes.
    pub fn is_clean(&self) -> bool {
        self.findings.iter().all(|f| f.severity == Severity::Note)
    }
}

impl fmt::Display for Finding {
    /// Writes the finding on a few lines, without the text around its place.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]: {}", self.severity, self.kind.word(), self.because)?;
        self.details().iter().try_for_each(|line| write!(f, "\n  {line}"))
    }
}

impl Finding {
    /// True of the same fault at the same place.
    pub(crate) fn is_same(&self, other: &Finding) -> bool {
        self.kind == other.kind && self.op == other.op && self.origin == other.origin
    }

    /// True if the fault comes before another on the way to its result.
    fn leads_into(&self, other: &Finding) -> bool {
        self.origin != other.origin && self.path.contains(&other.origin) && !other.path.contains(&self.origin)
    }

    /// What is known besides place and reason, a line each.
    pub fn details(&self) -> Vec<String> {
        let mut lines = vec![];
        let index = if self.index.is_empty() { String::new() } else { format!(" at {:?}", self.index) };
        if !self.operands.is_empty() {
            let operands: Vec<String> = self.operands.iter().map(|v| short(*v)).collect();
            lines.push(format!("{} of {}{index} gives {}", self.op, operands.join(" and "), short(self.result)));
        } else if !self.op.is_empty() && !self.result.is_nan() {
            lines.push(format!("{}{index} gives {}", self.op, short(self.result)));
        }
        lines.extend(self.possible.as_ref().map(Possible::to_string));
        if let Some(leads_to) = &self.leads_to {
            lines.push(format!("leads to: {leads_to}"));
        }
        if self.digits_lost >= 0.5 {
            lines.push(format!("digits lost: {:.1}", self.digits_lost));
        }
        if !self.formats.is_empty() {
            lines.push(format!("formats: {}", self.formats.join(", ")));
        }
        lines.extend(self.age.as_ref().map(Age::to_string));
        if let Some(fix) = &self.fix {
            lines.push(format!("write: {}   (rule {}; keeps {:.1} digits)", fix.formula, fix.rule, fix.digits));
        }
        lines
    }
}

impl fmt::Display for Age {
    /// Writes when the line changed last, and in which commit.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.commit.bytes().all(|b| b == b'0') {
            return f.write_str("last changed: now, and not committed");
        }
        let commit = self.commit.get(..8).unwrap_or(&self.commit);
        let days = self.days.max(0.0).floor();
        let ago = if days == 1.0 { "1 day ago".to_string() } else { format!("{days} days ago") };
        write!(f, "last changed: {ago}, in {commit} ({})", self.summary)
    }
}

impl fmt::Display for Possible {
    /// Writes a point that has the fault, and how far it reaches from there.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = |x: f64| x == 0.0 || (1e-5..1e16).contains(&x.abs());
        let number = |x: &f64| if plain(*x) { format!("{x}") } else { format!("{x:e}") };
        let point: Vec<String> = self.witness.iter().map(|(name, x)| format!("{name} = {}", number(x))).collect();
        let reach = self.reach.iter().map(|r| match r.from == r.to {
            true => format!("{} = {}", r.name, number(&r.from)),
            false => format!("{} from {} to {}", r.name, number(&r.from), number(&r.to)),
        });
        let reach: Vec<String> = reach.collect();
        write!(f, "possible: at {}", point.join(", "))?;
        if reach.is_empty() { Ok(()) } else { write!(f, "; from there for {}", reach.join(", or ")) }
    }
}

impl fmt::Display for Report {
    /// Writes the findings, one after the other.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.findings.is_empty() {
            return writeln!(f, "nothing found in {}", self.formats.join(" and "));
        }
        for finding in &self.findings {
            writeln!(f, "{finding}{}", super::at_place(finding.origin))?;
        }
        Ok(())
    }
}

/// Sorts findings by severity; of equally severe ones causes stand before what they lead into, and where neither leads
/// into the other, the one with the largest key, else the one that stood first.
pub fn sort_causes_first(findings: &mut Vec<Finding>, key: impl Fn(&Finding) -> i64) {
    let mut rest = std::mem::take(findings);
    rest.sort_by_key(|f| std::cmp::Reverse(f.severity));
    while let Some(severity) = rest.first().map(|f| f.severity) {
        let equal = rest.iter().take_while(|f| f.severity == severity).count();
        let first = (0..equal).filter(|&i| !(0..equal).any(|j| rest[j].leads_into(&rest[i])));
        // Of those that lead into one another in a circle, the first.
        let next = first.rev().max_by_key(|&i| key(&rest[i])).unwrap_or(0);
        findings.push(rest.remove(next));
    }
}

/// A number with few digits.
pub fn short(v: f64) -> String {
    if v.is_nan() {
        return "nan".into();
    }
    if v == 0.0 || v.is_infinite() || (v.fract() == 0.0 && v.abs() < 1e7) {
        return format!("{v}");
    }
    let text = format!("{v:?}");
    let shown = if (1e-4..1e7).contains(&v.abs()) { format!("{v:.6}") } else { format!("{v:.5e}") };
    if text.len() <= shown.len() { text } else { shown }
}
