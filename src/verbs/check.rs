//! `check`: what goes wrong in a formula as written, at which operation, why, and what to write instead.

use crate::array::Array;
use crate::error::{Origin, Result};
use crate::graph::{Tensor, evaluate_planned};
use crate::numerics::check::{Finding, Fix, Report, Severity, Shadow, Values, Verdict, examine, format_of, judge};
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
    let shadow = Shadow::of(written);
    let mut findings = examine(&shadow, written, gradients);
    if findings.iter().any(|f| f.severity != Severity::Note) && stable.len() == written.len() {
        let values = evaluate_planned(stable, &mut vec![]).unwrap_or_default();
        for f in &mut findings {
            let truth = written.get(f.output).and_then(|t| shadow.of_tensor(t));
            if let (Some(truth), Some(value)) = (truth, values.get(f.output)) {
                f.fix = fix(f, truth, value, fired);
            }
        }
    }
    let mut formats: Vec<&'static str> = vec![];
    for v in written.iter().filter_map(|t| shadow.of_tensor(t)).filter(|v| v.meta.dtype.is_float()) {
        let name = format_of(v.meta.dtype).name();
        if !formats.contains(&name) {
            formats.push(name);
        }
    }
    findings.iter_mut().filter(|f| f.formats.is_empty()).for_each(|f| f.formats = formats.clone());
    Report { findings, formats }
}

/// The rule that mends a finding, if the stable form is right where the formula as written is not.
fn fix(f: &Finding, truth: &Values, stable: &Array, fired: &[Fired]) -> Option<Fix> {
    let format = format_of(truth.meta.dtype);
    let value = stable.iter_f64().nth(f.element)?;
    let exact = truth.exact.get(f.element)?;
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
    let text = rule.after_text();
    let row = all_rules().into_iter().find(|r| r.name == rule.rule);
    let formula = row.filter(|_| text.contains('…')).map_or(text, |r| r.after.to_string());
    Some(Fix { formula, rule: rule.rule, digits })
}

/// The rule that rewrote the nearest place on the way from a cause to its result, or what encloses the cause.
fn covering<'f>(fired: &'f [Fired], path: &[Origin]) -> Option<&'f Fired> {
    let at = |o: &Origin| fired.iter().rev().find(|f| f.origin == *o);
    let around = |o: &Origin| matches!(o, Origin::Script(_)).then(|| enclosing(fired, *o)).flatten();
    path.iter().find_map(at).or_else(|| path.iter().find_map(around))
}
