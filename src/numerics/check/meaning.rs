//! Ops in wide numbers, element by element and lane by lane: by their rows, by their meanings, or by their kernels.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::array::wide::{Scaled, Wide};
use crate::graph::{Exact, Kernel, Op};
use crate::ops;
use crate::text::{BinaryOp, Expr, ExprKind, NumberValue, UnaryOp, parse_expr};

/// The meanings of all rows that have one, parsed once.
fn meaning(op: &'static Op) -> Option<&'static Expr> {
    static PARSED: OnceLock<HashMap<&'static str, Expr>> = OnceLock::new();
    let parse = |op: &'static Op| Some((op.name, parse_expr(op.meaning).ok()?));
    PARSED.get_or_init(|| ops::all().filter(|op| !op.meaning.is_empty()).filter_map(parse).collect()).get(op.name)
}

/// The value of an elementwise op, if the op is one.
pub fn each(op: &'static Op, x: &[Wide]) -> Option<Wide> {
    if let Exact::Each(f) = op.exact {
        return Some(f(x));
    }
    let lanes: Vec<Vec<Wide>> = x.iter().map(|&v| vec![v]).collect();
    let by_meaning = meaning(op).and_then(|m| interpret(m, &lanes)).and_then(|v| v.first().copied());
    match by_meaning {
        Some(v) if v.is_known(1e-12) => Some(v),
        // Parts of the meaning may be out of reach where the whole is not, as log(gamma(1000)).
        vague => by_kernel(op, x).filter(|v| vague.is_none() || v.is_known(1e-6)).or(vague),
    }
}

/// The values of an op that works along lanes, if the op is one.
pub fn along(op: &'static Op, lane: &[Wide]) -> Option<Vec<Wide>> {
    match op.exact {
        Exact::Lanes(f) => Some(f(lane)),
        _ => interpret(meaning(op)?, &[lane.to_vec()]),
    }
}

/// True if wide numbers know the op lane by lane.
pub fn has_lanes(op: &'static Op) -> bool {
    matches!(op.exact, Exact::Lanes(_)) || meaning(op).is_some_and(|m| interpret(m, &[vec![Wide::from(1.0)]]).is_some())
}

/// The value by the kernel for f64, in doubt by what the neighbours of the arguments give.
fn by_kernel(op: &'static Op, x: &[Wide]) -> Option<Wide> {
    let at: Vec<f64> = x.iter().map(|v| v.to_f64()).collect();
    let value = |at: &[f64]| -> Option<f64> {
        let mut out = [0.0];
        match (&op.kernel, at) {
            (Kernel::Unary(k), [a]) => (k.f64)(&[*a], &mut out),
            (Kernel::Binary(k), [a, b]) => (k.f64)(&[*a], &[*b], &mut out),
            _ => return None,
        }
        Some(out[0])
    };
    let centre = value(&at)?;
    // An infinity may be an overflow of the kernel.
    if (centre.is_infinite() && at.iter().all(|a| a.is_finite()))
        || at.iter().zip(x).any(|(a, w)| a.is_infinite() && w.is_finite())
    {
        return Some(Wide::unknown());
    }
    let mut doubt = Scaled::from(centre.abs() * 2f64.powi(-50));
    for (i, w) in x.iter().enumerate() {
        let rest = (*w - Wide::from(at[i])).size().up(w.error());
        if rest.to_f64() == 0.0 || !at[i].is_finite() {
            continue;
        }
        for side in [at[i] - rest.to_f64(), at[i] + rest.to_f64(), at[i].next_up(), at[i].next_down()] {
            let mut moved = at.clone();
            moved[i] = side;
            let change = (value(&moved)? - centre).abs();
            doubt = doubt.up(Scaled::from(if change.is_nan() { f64::INFINITY } else { change }));
        }
    }
    Some(Wide::from(centre).widened(doubt))
}

/// The value of a formula in `x`, or in `a` and `b`, over lanes.
fn interpret(e: &Expr, x: &[Vec<Wide>]) -> Option<Vec<Wide>> {
    match &e.kind {
        ExprKind::Number(n) => match n.value {
            NumberValue::Int(i) => Some(vec![Wide::from(i)]),
            NumberValue::Float(v) => Some(vec![Wide::from(v)]),
            NumberValue::Imaginary(_) => None,
        },
        ExprKind::Name(n) => x.get(usize::from(n == "b")).filter(|_| ["x", "a", "b"].contains(&n.as_str())).cloned(),
        ExprKind::Unary(UnaryOp::Neg, a) => Some(interpret(a, x)?.into_iter().map(|v| -v).collect()),
        ExprKind::Binary { first, rest } => {
            let mut value = interpret(first, x)?;
            for step in rest {
                let f: fn(Wide, Wide) -> Wide = match step.op {
                    BinaryOp::Add => |a, b| a + b,
                    BinaryOp::Sub => |a, b| a - b,
                    BinaryOp::Mul => |a, b| a * b,
                    BinaryOp::Div => |a, b| a / b,
                    _ => return None,
                };
                value = zip(&value, &interpret(&step.expr, x)?, f)?;
            }
            Some(value)
        }
        ExprKind::Power { base, exponent } => zip(&interpret(base, x)?, &interpret(exponent, x)?, Wide::pow),
        ExprKind::Call(call) if call.args.keyword.is_empty() => {
            let args: Vec<Vec<Wide>> = call.args.positional.iter().map(|a| interpret(a, x)).collect::<Option<_>>()?;
            apply(ops::all().find(|op| op.name == call.func.name)?, &args)
        }
        _ => None,
    }
}

/// An op of lanes.
fn apply(op: &'static Op, args: &[Vec<Wide>]) -> Option<Vec<Wide>> {
    match (&op.kernel, args) {
        (Kernel::Unary(_), [a]) => a.iter().map(|&v| each(op, &[v])).collect(),
        (Kernel::Binary(_), [a, b]) => {
            let n = a.len().max(b.len());
            let at = |v: &[Wide], i: usize| v.get(if v.len() == 1 { 0 } else { i }).copied();
            (0..n).map(|i| each(op, &[at(a, i)?, at(b, i)?])).collect()
        }
        (_, [a]) => along(op, a),
        _ => None,
    }
}

fn zip(a: &[Wide], b: &[Wide], f: fn(Wide, Wide) -> Wide) -> Option<Vec<Wide>> {
    let at = |v: &[Wide], i: usize| v.get(if v.len() == 1 { 0 } else { i }).copied();
    (0..a.len().max(b.len())).map(|i| Some(f(at(a, i)?, at(b, i)?))).collect()
}
