//! The numerics doctor: formulas as written beside the truth, and every wrong result traced to its first cause.
//!
//! The formulas are evaluated op by op in their dtype with a running error bound, and where that leaves doubt again in
//! wide numbers, which have 48 digits, exponents
//! without bound and a bound of their own error. Where a result is wrong, the walk back asks of every element whether
//! its op itself goes wrong or which operand's error explains its own; so masked branches, overflows that do no harm
//! and exact differences are never accused.

mod bound;
mod broadcast;
mod cause;
mod examined;
mod finding;
mod forecast;
mod judge;
mod kink;
mod local;
mod meaning;
mod part;
mod shadow;
mod sites;
mod trace;

pub use bound::{Certified, certify};
pub use cause::at_place;
pub use examined::Examined;
pub use finding::{Age, Finding, Fix, Kind, Possible, Range, Report, Severity, short, sort_causes_first};
pub use forecast::{Forecast, Loss, forecast};
pub use judge::{Verdict, judge, relative, tolerance};
pub use shadow::{Shadow, Values, format_of};
pub use sites::{BITS, Site, local_errors, sites};

use crate::array::unravel;
use crate::array::wide::Scaled;
use crate::error::{Error, ErrorKind};
use crate::graph::{Note, NoteKind, Tensor};
use crate::text::brief;
use trace::Trace;

/// How many wrong elements of one result are traced.
const TRACED: usize = 48;

/// Looks at formulas as they are written; `gradients` says which of them are derivatives.
pub fn examine(shadow: &Shadow, outputs: &[&Tensor], gradients: &[bool]) -> Vec<Finding> {
    let mut findings = faults(shadow, outputs, gradients);
    remarks(&mut findings, &shadow.notes, &shadow.nodes);
    if gradients.contains(&true) {
        findings.extend(kink::findings(shadow));
    }
    ranked(findings)
}

/// What is wrong with results.
fn faults(shadow: &Shadow, outputs: &[&Tensor], gradients: &[bool]) -> Vec<Finding> {
    let mut findings: Vec<Finding> = vec![];
    for (k, t) in outputs.iter().enumerate() {
        let gradient = gradients.get(k).copied().unwrap_or(false);
        for f in of_output(shadow, t, k, gradient) {
            merge(&mut findings, f);
        }
    }
    findings.extend(shadow.errors.iter().map(of_error));
    findings
}

/// Adds what needs no truth: remarks of the evaluation, and shapes that meet by accident.
fn remarks(findings: &mut Vec<Finding>, notes: &[Note], nodes: &[Tensor]) {
    findings.extend(of_notes(notes));
    findings.extend(broadcast::findings(nodes));
}

/// Findings by severity, and causes before what they cause.
fn ranked(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by_key(order);
    finding::sort_causes_first(&mut findings, |_| 0);
    findings
}

/// Where a finding stands in the text.
fn order(f: &Finding) -> (usize, usize) {
    match f.origin {
        crate::Origin::Script(s) => (s.line, s.start),
        crate::Origin::Rust(l) => (l.line() as usize, l.column() as usize),
        crate::Origin::Unknown => (usize::MAX, 0),
    }
}

/// Adds a finding, or what it adds to one that is there.
fn merge(findings: &mut Vec<Finding>, f: Finding) {
    match findings.iter_mut().find(|g| g.is_same(&f)) {
        Some(g) => {
            g.count += f.count;
            // What a cause leads into, in every result.
            let more: Vec<_> = f.path.iter().filter(|o| !g.path.contains(o)).copied().collect();
            if f.severity > g.severity {
                let rest = g.path.iter().filter(|o| !f.path.contains(o)).copied();
                let path = f.path.iter().copied().chain(rest).collect();
                *g = Finding { count: g.count, path, ..f };
            } else {
                g.path.extend(more);
            }
        }
        None => findings.push(f),
    }
}

/// What is wrong with one result.
fn of_output(shadow: &Shadow, t: &Tensor, k: usize, gradient: bool) -> Vec<Finding> {
    let (Some(node), Some(values)) = (shadow.find(t), shadow.of_tensor(t)) else { return vec![] };
    let format = shadow.format(values.meta.dtype);
    let mut wrong: Vec<(usize, f64)> = vec![];
    let mut undefined = vec![];
    let mut exploded = None;
    for (i, (&v, w)) in values.computed.iter().zip(&values.exact).enumerate() {
        match judge(v, w, format) {
            Verdict::Wrong(e) => wrong.push((i, e)),
            _ if gradient && !v.is_finite() && judge::overflows(w, format) => exploded = exploded.or(Some(i)),
            _ if w.is_nan() && v.is_nan() || w.is_infinite() && !v.is_finite() => undefined.push(i),
            _ => {}
        }
    }
    // The first of those that are wrong beyond measure, then the worst.
    wrong.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let mut findings = vec![];
    let mut trace = Trace::new(shadow);
    for &(i, _) in wrong.iter().take(TRACED) {
        let (from, small) = (trace.ends.len(), is_small(values, i, format));
        trace.wrong((node, t.output(), i));
        for &(end, how) in &trace.ends[from..] {
            let mut f = cause::finding(shadow, &trace, end, how, k);
            if small && values.computed[i].is_finite() {
                f.severity = Severity::Note;
            }
            if gradient && values.computed[i] == 0.0 && f.severity != Severity::Note {
                f.kind = Kind::ZeroGradient;
            }
            merge(&mut findings, f);
        }
    }
    if let Some(i) = exploded {
        let because = format!("the derivative is {}, beyond the largest {format}", cause::wide(&values.exact[i]));
        let blank = blank(Severity::Warning, Kind::Explosion, t.op().name, t.origin());
        let (index, result) = (unravel(i, &values.meta.shape), values.computed[i]);
        findings.push(Finding { because, text: brief(t), index, result, output: k, element: i, ..blank });
    }
    for &i in undefined.iter().take(TRACED) {
        let from = trace.ends.len();
        trace.undefined((node, t.output(), i));
        for &(end, how) in &trace.ends[from..] {
            merge(&mut findings, cause::finding(shadow, &trace, end, how, k));
        }
    }
    findings
}

/// True of an element that is wrong by little against the largest of its array.
fn is_small(values: &Values, i: usize, format: crate::array::Format) -> bool {
    let sizes = values.exact.iter().filter(|w| w.is_finite()).map(|w| w.size());
    let largest = sizes.fold(Scaled::ZERO, |a, b| if a.less(b) { b } else { a });
    let d = judge::distance(values.computed[i].into(), values.exact[i]);
    d.less(largest.times(Scaled::from(1e-3 * tolerance(format))))
}

/// An error of the evaluation as a finding.
fn of_error(e: &Error) -> Finding {
    if e.is_memory() {
        let blank = blank(Severity::Note, Kind::Domain, "", e.origin());
        return Finding { because: e.message().to_string(), ..blank };
    }
    let kind = match e.kind() {
        ErrorKind::Singular => Kind::Degenerate,
        ErrorKind::Overflow => Kind::Overflow,
        _ => Kind::Domain,
    };
    Finding { because: e.message().to_string(), ..blank(Severity::Error, kind, "", e.origin()) }
}

/// What the evaluation remarked, as far as it is about numbers.
fn of_notes(notes: &[Note]) -> Vec<Finding> {
    let kind = |k: NoteKind| match k {
        NoteKind::NearSingular => Some(Kind::IllConditioned),
        NoteKind::Rank => Some(Kind::Degenerate),
        NoteKind::EmptyRow | NoteKind::Nan => None,
    };
    let found = notes.iter().filter_map(|n| {
        let blank = blank(Severity::Warning, kind(n.kind)?, n.op, n.origin);
        Some(Finding { because: n.message.clone(), ..blank })
    });
    found.collect()
}

/// A finding without numbers.
pub fn blank(severity: Severity, kind: Kind, op: &'static str, origin: crate::Origin) -> Finding {
    Finding {
        severity,
        kind,
        formats: vec![],
        op,
        origin,
        text: String::new(),
        index: vec![],
        operands: vec![],
        result: f64::NAN,
        because: String::new(),
        leads_to: None,
        fix: None,
        digits_lost: 0.0,
        output: 0,
        element: 0,
        count: 1,
        path: vec![origin],
        possible: None,
        age: None,
    }
}
