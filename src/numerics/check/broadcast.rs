//! Vectors that meet columns: two operands of data, (n,) and (n, 1), that silently become an (n, n) matrix.

use super::finding::{Finding, Kind, Severity};
use crate::array::display_shape;
use crate::graph::{Kernel, Tensor};

/// Every elementwise op whose operands are a vector and a column that nobody asked for.
pub fn findings(nodes: &[Tensor]) -> Vec<Finding> {
    let mut found: Vec<Finding> = vec![];
    for t in nodes {
        let Some(f) = finding(t) else { continue };
        // Derivatives stand where their formula stands.
        if !found.iter().any(|g| g.origin == f.origin) {
            found.push(f);
        }
    }
    found
}

fn finding(t: &Tensor) -> Option<Finding> {
    let ([a, b], Kernel::Binary(_)) = (t.node().inputs(), &t.op().kernel) else { return None };
    let (x, y) = (a.shape().ok()?, b.shape().ok()?);
    let meets = |vector: &[usize], column: &[usize]| matches!((vector, column), ([n], [m, 1]) if n == m && *n > 1);
    let column = if meets(x, y) {
        b
    } else if meets(y, x) {
        a
    } else {
        return None;
    };
    if !is_data(a) || !is_data(b) || is_meant(column) {
        return None;
    }
    let because = format!(
        "{} and {} broadcast to {}: a vector meets a column",
        display_shape(x),
        display_shape(y),
        display_shape(t.shape().ok()?)
    );
    let blank = super::blank(Severity::Warning, Kind::Broadcast, t.op().name, t.origin());
    Some(Finding { because, text: crate::text::brief(t), ..blank })
}

/// True if data stand below a node.
fn is_data(t: &Tensor) -> bool {
    crate::graph::topological(&[t], |_| true).iter().any(|n| n.data().is_some())
}

/// True of a column that was made one on purpose: by a new axis, by axes kept or by a reshape.
fn is_meant(t: &Tensor) -> bool {
    let mut t = t.clone();
    loop {
        if matches!(t.op().kernel, Kernel::Same | Kernel::View(_) | Kernel::Move(_)) {
            return true;
        }
        let wide = t.shape().ok().map(<[usize]>::to_vec);
        // Through elementwise ops to where the column comes from.
        let same = t.node().inputs().iter().find(|i| i.shape().ok().map(<[usize]>::to_vec) == wide);
        match (same, &t.op().kernel) {
            (Some(next), Kernel::Unary(_) | Kernel::Binary(_)) => t = next.clone(),
            _ => return false,
        }
    }
}
