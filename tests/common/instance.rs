//! Instances of a rule: its variables bound by what its conditions ask for, without which it would not fire.

use std::collections::BTreeSet;

use gradus::numerics::rules::Rule;
use gradus::text::{Expr, ExprKind, parse_expr};

use super::formula::{Bindings, Formula};

/// Elements of a vector.
const LENGTH: usize = 3;

/// A rule with its variables bound so that its condition holds.
pub struct Instance {
    pub rule: Rule,
    pub bindings: Bindings,
    pub before: Formula,
    pub after: Formula,
    /// How many elements every leaf has.
    pub lengths: Vec<usize>,
}

/// What multiplies the ways in which variables may be bound: one list of texts per variable.
type Choices = Vec<(String, Vec<String>)>;

/// Numbers that a variable may stand for where it must be constant.
const CONSTANTS: &[&str] = &["2", "3", "-1", "0.7", "1.5", "-0.7", "0.3333333333333333"];

/// Whether a constant satisfies a condition; `None` if the condition is not one on constants.
fn allowed(condition: &str, c: f64) -> Option<bool> {
    Some(match condition {
        "constant" => true,
        "other" => c != 1.0,
        "fraction" => c.fract() != 0.0,
        "odd_or_fraction" => c % 2.0 != 0.0,
        "above_one" => c > 1.0,
        "root" => c.abs() < 1.0,
        _ => return None,
    })
}

/// The texts that a rule's conditions allow for its variables.
fn choices(rule: &Rule) -> Result<Choices, String> {
    let conditions: Vec<(&str, &str)> =
        rule.when.split(';').filter_map(|c| c.trim().trim_end_matches(')').split_once('(')).collect();
    let exponents = exponents(&parse_expr(rule.before).map_err(|e| e.to_string())?);
    let numbers: BTreeSet<String> = conditions
        .iter()
        .filter(|(name, _)| allowed(name, 2.0).is_some())
        .map(|(_, v)| v.to_string())
        .chain(exponents)
        .collect();
    let fits = |v: &str, text: &str| {
        let c: f64 = text.parse().unwrap_or(f64::NAN);
        let holds = |name: &str| match name {
            "positive" | "nonnegative" => c > 0.0,
            _ => allowed(name, c).unwrap_or(true),
        };
        conditions.iter().filter(|(_, argument)| *argument == v).all(|(name, _)| holds(name))
    };
    let mut out: Choices = numbers
        .iter()
        .map(|v| (v.clone(), CONSTANTS.iter().filter(|t| fits(v, t)).take(3).map(|t| t.to_string()).collect()))
        .collect();
    for (name, argument) in conditions.iter().filter(|(_, v)| !numbers.contains(*v)) {
        match *name {
            "data" | "given" | "simple" | "plain" | "uniform" | "whole" | "spread" | "not_inverse" => {}
            // A sum that is known to be above zero and rounds to what is added to next to nothing.
            "positive" => out.push((argument.to_string(), vec!["1e-300 + abs(u)".into()])),
            "nonnegative" => out.push((argument.to_string(), vec!["abs(u)".into()])),
            "cancels" => out.push(cancelling(argument)?),
            other => return Err(format!("no instance is known for the condition `{other}`")),
        }
    }
    Ok(out)
}

/// For a sum that begins with a bare variable: that variable as what makes the rest cancel, plus h or one.
fn cancelling(sum: &str) -> Result<(String, Vec<String>), String> {
    let e = parse_expr(sum).map_err(|e| e.to_string())?;
    let ExprKind::Binary { first, rest } = &e.kind else { return Err(format!("`{sum}` is no sum")) };
    let ExprKind::Name(v) = &first.kind else { return Err(format!("`{sum}` begins with no variable")) };
    let flipped = |s: &gradus::text::Step<gradus::text::BinaryOp>| {
        let sign = if s.op.symbol() == "-" { "+" } else { "-" };
        format!(" {sign} {}", s.expr)
    };
    let others: String = rest.iter().map(flipped).collect();
    let others = others.trim_start_matches(" + ").to_string();
    // A number stands for no variable: sqrt(1 + 1) is folded before a rule sees it.
    let number = others.parse::<f64>().is_ok();
    let texts = [format!("{others} + h"), format!("{others} + 1")];
    Ok((v.clone(), texts.into_iter().take(if number { 1 } else { 2 }).collect()))
}

/// Variables that stand as exponents.
fn exponents(e: &Expr) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    let mut pending = vec![e];
    while let Some(e) = pending.pop() {
        match &e.kind {
            ExprKind::Power { base, exponent } => {
                if let ExprKind::Name(n) = &exponent.kind {
                    out.insert(n.clone());
                }
                pending.extend([&**base, &**exponent]);
            }
            ExprKind::Unary(_, x) => pending.push(x),
            ExprKind::Binary { first, rest } => {
                pending.push(first);
                pending.extend(rest.iter().map(|s| &s.expr));
            }
            ExprKind::Call(call) => pending.extend(call.args.positional.iter()),
            _ => {}
        }
    }
    out
}

/// All instances of a rule.
pub fn instances(rule: Rule) -> Result<Vec<Instance>, String> {
    let mut all = vec![Bindings::new()];
    for (name, texts) in choices(&rule)? {
        all = all
            .into_iter()
            .flat_map(|b| {
                texts.iter().map({
                    let name = name.clone();
                    move |t| {
                        let mut b = b.clone();
                        b.insert(name.clone(), t.clone());
                        b
                    }
                })
            })
            .collect();
    }
    let of = |bindings: Bindings| {
        let before = Formula::parse(rule.before, &bindings, &[])?;
        let after = Formula::parse(rule.after, &bindings, &before.leaves)?;
        let scalar = |leaf: &String| rule.when.contains(&format!("uniform({leaf})"));
        let vector = before.has_vectors();
        let lengths = before.leaves.iter().map(|l| if vector && !scalar(l) { LENGTH } else { 1 }).collect();
        Ok(Instance { rule, bindings, before, after, lengths })
    };
    // Without a leaf nothing is left to compare.
    let all: Result<Vec<Instance>, String> = all.into_iter().map(of).collect();
    Ok(all?.into_iter().filter(|i| !i.lengths.is_empty()).collect())
}
