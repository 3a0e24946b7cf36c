//! JSON: strings, arrays and graphs, written with enough digits to be read back as the same numbers.

use std::fmt::Write;

use crate::array::{Array, DType};
use crate::graph::{Attrs, topological};
use crate::{Origin, Tensor};

/// A string as JSON has it, quotes included.
///
/// ```
/// assert_eq!(gradus::text::json_string("a \"b\"\n"), r#""a \"b\"\n""#);
/// ```
pub fn json_string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c < ' ' || c == '\u{7f}' => drop(write!(out, "\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// An array as nested JSON arrays; "inf", "-inf" and "nan" are strings, complex numbers objects.
///
/// ```
/// use gradus::{Array, text::json_array};
/// let x = Array::from(vec![0.1, f64::INFINITY]);
/// assert_eq!(json_array(&x), r#"[0.1, "inf"]"#);
/// ```
pub fn json_array(array: &Array) -> String {
    let items = elements(array);
    let mut out = String::with_capacity(items.iter().map(|i| i.len() + 2).sum());
    let shape = array.shape();
    if array.is_empty() {
        // Every axis before the first of length 0 still has its brackets.
        return empty(shape);
    }
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            out.push_str(", ");
        }
        // How many trailing axes begin, and end, at this element.
        let turning = |i: usize| {
            let mut block = 1;
            shape
                .iter()
                .rev()
                .take_while(|&&n| {
                    block *= n;
                    i.is_multiple_of(block)
                })
                .count()
        };
        out.extend(std::iter::repeat_n('[', turning(i)));
        out.push_str(item);
        out.extend(std::iter::repeat_n(']', turning(i + 1)));
    }
    out
}

/// Brackets of an array without elements.
fn empty(shape: &[usize]) -> String {
    let mut out = "[]".to_string();
    let before = shape.iter().take_while(|&&n| n > 0).collect::<Vec<_>>();
    for &&n in before.iter().rev() {
        // As many rows as there are, unless that is absurd for rows of nothing.
        out = format!("[{}]", vec![out.as_str(); n.min(1000)].join(", "));
        if out.len() > 1 << 20 {
            break;
        }
    }
    out
}

/// Every element as JSON.
fn elements(array: &Array) -> Vec<String> {
    match array.dtype() {
        DType::Bool => array.iter_f64().map(|v| (v != 0.0).to_string()).collect(),
        DType::I64 => array.to_vec::<i64>().map_or_else(|_| vec![], |v| v.iter().map(i64::to_string).collect()),
        DType::C64 | DType::C128 => array.to_vec::<[f64; 2]>().map_or_else(
            |_| vec![],
            |v| {
                v.iter()
                    .map(|[re, im]| format!("{{\"re\": {}, \"im\": {}}}", json_number(*re), json_number(*im)))
                    .collect()
            },
        ),
        d if d.storage() == DType::F32 => array.iter_f64().map(|v| json_f32(v as f32)).collect(),
        _ => array.iter_f64().map(json_number).collect(),
    }
}

/// A number as JSON: digits that name it, or a string where it is not finite.
pub fn json_number(v: f64) -> String {
    if v.is_finite() { format!("{v:?}") } else { format!("\"{}\"", not_finite(v)) }
}

fn json_f32(v: f32) -> String {
    if v.is_finite() { format!("{v:?}") } else { format!("\"{}\"", not_finite(v.into())) }
}

fn not_finite(v: f64) -> &'static str {
    match v {
        v if v.is_nan() => "nan",
        v if v > 0.0 => "inf",
        _ => "-inf",
    }
}

/// A formula's graph as JSON: nodes with their ops, inputs, attributes, dtypes and shapes, and the output.
///
/// ```
/// let x = gradus::Tensor::from([1.0, 2.0]).named("x");
/// let text = gradus::text::json(&x.exp());
/// assert!(text.starts_with(r#"{"nodes": [{"id": 0, "op": "leaf", "name": "x""#));
/// assert!(text.contains(r#""op": "exp", "inputs": [[0, 0]]"#));
/// ```
pub fn json(tensor: &Tensor) -> String {
    let order = topological(&[tensor], |_| true);
    let place = |t: &Tensor| order.binary_search_by_key(&t.node().id(), |o| o.node().id()).unwrap_or(0);
    let mut out = "{\"nodes\": [".to_string();
    for (i, t) in order.iter().enumerate() {
        let node = t.node();
        let _ = write!(out, "{}{{\"id\": {i}, \"op\": {}", if i > 0 { ", " } else { "" }, json_string(node.op().name));
        if let Some(name) = t.label() {
            let _ = write!(out, ", \"name\": {}", json_string(name));
        }
        if !node.inputs().is_empty() {
            let inputs = node.inputs().iter().map(|i| format!("[{}, {}]", place(i), i.output()));
            let _ = write!(out, ", \"inputs\": [{}]", inputs.collect::<Vec<_>>().join(", "));
        }
        if let Some(attrs) = attributes(t) {
            let _ = write!(out, ", \"attrs\": {}", json_string(&attrs));
        }
        match node.outs() {
            Ok(outs) => outs.iter().take(1).for_each(|m| {
                let _ = write!(out, ", \"dtype\": \"{}\", \"shape\": {:?}", m.dtype, m.shape);
            }),
            Err(e) => drop(write!(out, ", \"error\": {}", json_string(e.message()))),
        }
        if let Origin::Script(s) = node.origin() {
            let _ = write!(out, ", \"line\": {}, \"column\": {}", s.line, s.column);
        }
        out.push('}');
    }
    let _ = write!(out, "], \"output\": [{}, {}]}}", place(tensor), tensor.output());
    out
}

/// What a node knows besides its inputs, as the language writes it; of a small leaf its data.
fn attributes(t: &Tensor) -> Option<String> {
    match t.node().attrs() {
        Attrs::None => None,
        Attrs::Data(a) if a.len() > 8 => None,
        Attrs::Data(_) => t.data().map(json_array),
        Attrs::Scalar(v) => Some(super::infix::number(*v)),
        Attrs::Int(n) => Some(n.to_string()),
        Attrs::Axes(axes) => Some(format!("axis={axes:?}")),
        Attrs::Order(order) => Some(format!("order={order:?}")),
        Attrs::Shape { shape, .. } => Some(format!("shape={shape:?}")),
        Attrs::Slice { axis, start, count, step, .. } => {
            Some(format!("axis={axis}, start={start}, count={count}, step={step}"))
        }
        Attrs::DType(d) => Some(format!("dtype={d}")),
        Attrs::Make(shape, d) => Some(format!("shape={shape:?}, dtype={d}")),
        Attrs::Text(text) => Some(text.to_string()),
    }
}
