//! Calls as the language writes them: what a node knows besides its inputs becomes arguments, indices and attributes.

use super::ast::level;
use super::infix::{Part, reduces};
use crate::Tensor;
use crate::graph::Attrs;
use crate::ops;

/// A node that is no sign between operands, over the texts of its inputs.
pub(super) fn written(t: &Tensor, parts: Vec<Part>) -> Part {
    let op = t.op();
    let special = match t.node().attrs() {
        Attrs::Slice { .. } if op == &ops::SLICE => sliced(t, &parts),
        Attrs::Order(order) => transposed(t, order, &parts),
        Attrs::Shape { shape, .. } if op == &ops::RESHAPE => dropped(t, &parts).or_else(|| {
            // A leading batch axis is not in the core shape.
            let dims = t.shape().map_or(shape.as_slice(), |s| s);
            Some(call("reshape", &parts, &[tuple(dims)]))
        }),
        Attrs::Axes(axes) if op == &ops::EXPAND_DIMS => kept(t, axes, &parts),
        _ => None,
    };
    special.unwrap_or_else(|| plain(t, &parts))
}

/// `name(inputs, attributes)`.
fn plain(t: &Tensor, parts: &[Part]) -> Part {
    let op = t.op();
    let mut part = match t.node().attrs() {
        Attrs::Axes(axes) if op == &ops::CONCATENATE => {
            let hidden = t.node().inputs().len() > parts.len();
            let list = texts(parts).into_iter().chain(hidden.then(|| "…".to_string())).collect::<Vec<_>>().join(", ");
            Part::new(format!("concatenate(({list}), axis={})", axis(axes)), level::ATOM)
        }
        Attrs::Axes(axes) if is_whole(t, axes) => call(op.name, parts, &[]),
        Attrs::Axes(axes) => call(op.name, parts, &[format!("axis={}", axis(axes))]),
        Attrs::Slice { axis, start, step, length, .. } if op == &ops::PAD => {
            let facts = [("axis", *axis), ("step", *step), ("length", *length as isize)];
            let facts = facts.map(|(name, v)| format!("{name}={v}"));
            call(op.name, parts, &[vec![start.to_string()], facts.to_vec()].concat())
        }
        // The indices of `scatter_add` are counted from the end as its axis is; their rank is the start.
        Attrs::Slice { length, .. } => call(op.name, parts, &[length.to_string()]),
        Attrs::Shape { shape, .. } => call(op.name, parts, &[tuple(t.shape().map_or(shape.as_slice(), |s| s))]),
        Attrs::DType(d) => call(op.name, parts, &[format!("'{d}'")]),
        Attrs::Make(shape, _) if op == &ops::IOTA => {
            Part::new(format!("arange({})", shape.iter().product::<usize>()), level::ATOM)
        }
        Attrs::Make(shape, d) => call(op.name, parts, &[tuple(shape), format!("dtype='{d}'")]),
        Attrs::Text(text) => call(op.name, parts, &[format!("{text:?}")]),
        Attrs::Int(n) => call(op.name, parts, &[n.to_string()]),
        Attrs::Scalar(v) => call(op.name, parts, &[super::infix::number(*v)]),
        _ => call(op.name, parts, &[]),
    };
    if let (true, Attrs::Axes(axes)) = (reduces(t), t.node().attrs()) {
        // What the same reduction is with its axes kept, in case `expand_dims` follows.
        let mut arguments = vec!["keepdims=True".to_string()];
        if !is_whole(t, axes) {
            arguments.insert(0, format!("axis={}", axis(axes)));
        }
        part.other = Some(call(op.name, parts, &arguments).text);
    }
    part
}

fn texts(parts: &[Part]) -> Vec<String> {
    parts.iter().map(|p| p.text.clone()).collect()
}

fn call(name: &str, parts: &[Part], arguments: &[String]) -> Part {
    let all: Vec<String> = texts(parts).into_iter().chain(arguments.iter().cloned()).collect();
    Part::new(format!("{name}({})", all.join(", ")), level::ATOM)
}

/// True if a reduction takes every axis, or a function along an axis the only one.
fn is_whole(t: &Tensor, axes: &[isize]) -> bool {
    let rank = t.node().inputs().first().map_or(0, Tensor::rank);
    axes.len() == rank
        && (reduces(t) || rank == 1 || axes.is_empty())
        && t.op() != &ops::EXPAND_DIMS
        && t.op() != &ops::TAKE
}

/// One axis or a tuple of them.
fn axis(axes: &[isize]) -> String {
    match axes {
        [one] => one.to_string(),
        several => format!("({})", several.iter().map(isize::to_string).collect::<Vec<_>>().join(", ")),
    }
}

/// A shape as a tuple.
fn tuple(shape: &[usize]) -> String {
    match shape {
        [one] => format!("({one},)"),
        several => format!("({})", several.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")),
    }
}

/// `x[:, 2:5]`; the same with the axis dropped where one element is taken.
fn sliced(t: &Tensor, parts: &[Part]) -> Option<Part> {
    let Attrs::Slice { axis, start, count, step, length } = *t.node().attrs() else { return None };
    let x = t.node().inputs().first()?;
    let base = parts.first()?.at_least(level::ATOM);
    let before = usize::try_from(x.rank() as isize + axis).ok()?;
    let index = |item: &str| {
        if before <= 3 {
            format!("{base}[{}{item}]", ":, ".repeat(before))
        } else {
            format!("{base}[..., {item}{}]", ", :".repeat((-axis - 1) as usize))
        }
    };
    let mut part = Part::new(index(&range(start, count, step, length)), level::ATOM);
    if count == 1 {
        part.other = Some(index(&start.to_string()));
    }
    Some(part)
}

/// `start:stop:step` with what is understood left out.
fn range(start: usize, count: usize, step: isize, length: usize) -> String {
    let end = start as isize + step * count as isize;
    let first =
        if (step > 0 && start == 0) || (step < 0 && start + 1 == length) { String::new() } else { start.to_string() };
    let stop = if count == 0 {
        start.to_string()
    } else if (step > 0 && end >= length as isize) || (step < 0 && end < 0) {
        String::new()
    } else {
        end.to_string()
    };
    if step == 1 { format!("{first}:{stop}") } else { format!("{first}:{stop}:{step}") }
}

/// `x.T`, `x.mT`, or the order in full.
fn transposed(t: &Tensor, order: &[isize], parts: &[Part]) -> Option<Part> {
    let base = parts.first()?.at_least(level::ATOM);
    let reversed = order.iter().enumerate().all(|(i, &a)| a == -(i as isize) - 1);
    let rank = t.rank();
    if reversed && (order.len() == rank || order.len() == 2) {
        let name = if order.len() == rank { "T" } else { "mT" };
        return Some(Part::new(format!("{base}.{name}"), level::ATOM));
    }
    let lead = rank.saturating_sub(order.len());
    let all: Vec<usize> = (0..lead).chain(order.iter().map(|&a| (rank as isize + a) as usize)).collect();
    Some(call("transpose", parts, &[tuple(&all)]))
}

/// A reshape that only drops the axis on which a slice took one element: `x[0]`.
fn dropped(t: &Tensor, parts: &[Part]) -> Option<Part> {
    let x = t.node().inputs().first()?;
    let Attrs::Slice { axis, .. } = *x.node().attrs() else { return None };
    let text = parts.first()?.other.clone().filter(|_| x.op() == &ops::SLICE)?;
    let mut shape = x.shape().ok()?.to_vec();
    shape.remove(usize::try_from(shape.len() as isize + axis).ok()?);
    (t.shape().ok()? == shape).then(|| Part::new(text, level::ATOM))
}

/// New axes where a reduction took them away: `keepdims=True`.
fn kept(t: &Tensor, axes: &[isize], parts: &[Part]) -> Option<Part> {
    let x = t.node().inputs().first()?;
    let text = parts.first()?.other.clone().filter(|_| reduces(x))?;
    (x.node().attrs().axes() == axes).then(|| Part::new(text, level::ATOM))
}
