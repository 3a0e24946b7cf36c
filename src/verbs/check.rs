//! `check`: what goes wrong in a formula as written, at which operation, why, and what to write instead.

use crate::array::wide::Wide;
use crate::array::{Array, Format};
use crate::error::{Origin, Result};
use crate::graph::{Tensor, evaluate_planned};
use crate::numerics::check::{Examined, Finding, Fix, Report, Severity, Verdict, format_of, judge};
use crate::numerics::{Fired, all_rules, enclosing, stabilize_all};

/// Looks at a formula as it is written, with the data of its leaves, and reports what goes wrong in it.
///
/// The formula is evaluated op by op in its dtype beside a truth of 48 digits. A result that is wrong is traced to its
/// first cause: the op that overflows, underflows, absorbs, cancels or leaves its domain, which need not be the one that
/// gives the first NaN. Derivatives are looked at where they are part of the formula. Errors: a formula with an error in
/// it; what fails only when it is evaluated, as the inverse of a singular matrix, is a finding.
///
/// ```
/// use gradus::{Kind, Tensor, check};
/// let x = Tensor::from([1000.0, 1001.0]).named("x");
/// let report = check(&x.exp().sum(()).log())?;
/// let found = &report.findings[0];
/// assert_eq!((found.kind, found.op), (Kind::Overflow, "exp"));
/// assert_eq!(found.fix.as_ref().map(|f| f.formula.as_str()), Some("logsumexp(x)"));
/// # Ok::<(), gradus::Error>(())
/// ```
pub fn check(formula: &Tensor) -> Result<Report> {
    formula.meta()?;
    let (stable, fired) = stabilize_all(&[formula], &[]);
    Ok(check_all(&[formula], &stable.iter().collect::<Vec<_>>(), &fired, &[]))
}

/// Looks at formulas as they are written, beside the same formulas in their stable form and the rules that led to it;
/// `gradients` says which of them are derivatives.
pub fn check_all(written: &[&Tensor], stable: &[&Tensor], fired: &[Fired], gradients: &[bool]) -> Report {
    let mut examined = Examined::of(written, gradients);
    let mut findings = std::mem::take(&mut examined.findings);
    if findings.iter().any(|f| f.severity != Severity::Note) && stable.len() == written.len() {
        let values = evaluate_planned(stable, &mut vec![]).unwrap_or_default();
        for f in &mut findings {
            let truth = examined.truth(f.output, f.element);
            let dtype = written.get(f.output).and_then(|t| t.dtype().ok());
            if let (Some(truth), Some(value), Some(dtype)) = (truth, values.get(f.output), dtype) {
                f.fix = fix(f, &truth, format_of(dtype), value, fired);
            }
        }
    }
    let mut formats: Vec<&'static str> = vec![];
    for dtype in written.iter().filter_map(|t| t.dtype().ok()).filter(|d| d.is_float()) {
        let name = format_of(dtype).name();
        if !formats.contains(&name) {
            formats.push(name);
        }
    }
    findings.iter_mut().filter(|f| f.formats.is_empty()).for_each(|f| f.formats = formats.clone());
    Report { findings, formats }
}

/// The longest formula that is told as it is.
const LONGEST: usize = 240;

/// The rule that mends a finding, if the stable form is right where the formula as written is not.
fn fix(f: &Finding, exact: &Wide, format: Format, stable: &Array, fired: &[Fired]) -> Option<Fix> {
    let value = stable.iter_f64().nth(f.element)?;
    let error = match judge(value, exact, format) {
        Verdict::Right | Verdict::Unknown => (value - exact.to_f64()).abs() / exact.to_f64().abs(),
        Verdict::Wrong(_) => return None,
    };
    if !value.is_finite() {
        return None;
    }
    let rule = covering(fired, &f.path)?;
    let most = f64::from(format.precision()) * std::f64::consts::LOG10_2;
    let digits = if error > 0.0 { (-error.log10()).clamp(0.0, most) } else { most };
    let mut formula = rule.after_text();
    if formula.contains('…') {
        // Too long for one line: with definitions in front, or else in the letters of the rule.
        formula = crate::text::defined(&rule.after);
        let row = all_rules().into_iter().find(|r| r.name == rule.rule);
        let long = formula.contains('…') || formula.len() > LONGEST;
        formula = row.filter(|_| long).map_or(formula, |r| r.after.to_string());
    }
    Some(Fix { formula, rule: rule.rule, digits })
}

/// The rule that rewrote the nearest place on the way from a cause to its result, or what encloses the cause.
pub(crate) fn covering<'f>(fired: &'f [Fired], path: &[Origin]) -> Option<&'f Fired> {
    let at = |o: &Origin| fired.iter().rev().find(|f| f.origin == *o);
    let around = |o: &Origin| matches!(o, Origin::Script(_)).then(|| enclosing(fired, *o)).flatten();
    path.iter().find_map(at).or_else(|| path.iter().find_map(around))
}
