//! Writes a graph as Graphviz DOT: a node for every operation, an edge for every input.

use std::fmt::Write;

use super::infix::{Names, infix};
use crate::Tensor;
use crate::array::display_shape;
use crate::graph::{Attrs, Notation, topological};

/// A graph with more nodes than this is cut, the far side from the result first.
const MOST_NODES: usize = 2000;

/// A formula's graph in the language of Graphviz.
///
/// ```
/// use gradus::{Tensor, text::dot};
/// let x = Tensor::from([1.0, 2.0]).named("x");
/// let text = dot(&x.exp());
/// assert!(text.contains(r#"n0 [label="x\nf64 (2,)", shape=box];"#) && text.contains("n0 -> n1;"));
/// ```
pub fn dot(tensor: &Tensor) -> String {
    let all = topological(&[tensor], |_| true);
    let cut = all.len().saturating_sub(MOST_NODES);
    let order = &all[cut..];
    let mut out = "digraph formula {\n  rankdir=BT;\n".to_string();
    for (i, t) in order.iter().enumerate() {
        let shape = if matches!(t.op().notation, Notation::Leaf) { ", shape=box" } else { "" };
        let meta = match t.meta() {
            Ok(m) => format!("{} {}", m.dtype, display_shape(&m.shape)),
            Err(e) => format!("error: {}", e.message()),
        };
        let _ = writeln!(out, "  n{i} [label=\"{}\\n{}\"{shape}];", escape(&label(t)), escape(&meta));
        for input in t.node().inputs() {
            // Inputs that were cut off have no node.
            if let Ok(k) = order.binary_search_by_key(&input.node().id(), |o| o.node().id()) {
                let several = input.node().outs().as_ref().is_ok_and(|outs| outs.len() > 1);
                let output = if several { format!(" [label=\"{}\"]", input.output()) } else { String::new() };
                let _ = writeln!(out, "  n{k} -> n{i}{output};");
            }
        }
    }
    if cut > 0 {
        let _ = writeln!(out, "  more [label=\"… {cut} more\", shape=plaintext];");
    }
    out.push_str("}\n");
    out
}

/// The sign or name of an operation with its axes; of a leaf its name or data.
fn label(t: &Tensor) -> String {
    let op = t.op();
    match (op.notation, t.node().attrs()) {
        (Notation::Leaf, _) => infix(t, &Names::new()),
        (Notation::Infix(sign, _) | Notation::Prefix(sign, _), _) => sign.to_string(),
        (_, Attrs::Axes(axes)) => format!("{} axis={axes:?}", op.name),
        (_, Attrs::Text(text)) => format!("{} {text}", op.name),
        _ => op.name.to_string(),
    }
}

/// Text as it stands between the quotes of DOT.
fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', " ")
}
