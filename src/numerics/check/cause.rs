//! Turns the end of a walk back into a finding: what kind of fault it is, and why.

use super::finding::{Finding, Kind, Severity, short};
use super::judge::distance;
use super::local::{Local, Place};
use super::meaning::each;
use super::shadow::{Shadow, is_elementwise};
use super::trace::{End, Trace};
use crate::array::wide::{Scaled, Wide};
use crate::array::{Format, unravel};
use crate::error::Origin;
use crate::graph::{Kernel, Notation};
use crate::text::brief;

/// The finding that an end of a walk amounts to.
pub fn finding(shadow: &Shadow, trace: &Trace, end: usize, how: End, output: usize) -> Finding {
    let path = trace.path(end);
    let (kind, at) = match how {
        End::Fails => (failure(shadow, trace, trace.steps[end].place), 0),
        End::Absorbs => (Kind::Absorption, 0),
        End::Undefined => (undefined(shadow, trace, trace.steps[end].place), 0),
        End::Rounds => {
            let at = amplifier(trace, &path);
            (amplifies(shadow, trace.steps[path[at]].place), at)
        }
    };
    let place = trace.steps[path[at]].place;
    let root = trace.steps[path[path.len() - 1]];
    let node = &shadow.nodes[place.0];
    let (result, _) = trace.at(place);
    let local = Local::of(shadow, place);
    let operands = local.as_ref().filter(|l| l.sources.len() <= 3).map_or(vec![], Local::computed);
    let from = mendable(shadow, trace, &path, at, how);
    let mut origins: Vec<Origin> =
        path[from..].iter().map(|&i| shadow.nodes[trace.steps[i].place.0].origin()).collect();
    origins.dedup();
    Finding {
        severity: severity(trace, root.place, root.error, how),
        kind,
        formats: vec![trace.format(place).name()],
        op: node.op().name,
        origin: node.origin(),
        text: brief(node),
        index: unravel(place.2, &trace.values(place).meta.shape),
        because: because(shadow, trace, kind, place, &operands, local.as_ref()),
        operands,
        result,
        leads_to: leads_to(shadow, trace, &path[at..]),
        fix: None,
        digits_lost: lost(root.error, trace.format(root.place)),
        output,
        element: root.place.2,
        count: 1,
        path: origins,
        possible: None,
        age: None,
    }
}

/// From where on a path another way to compute the formula can help: what comes before is beyond the format, or loses
/// what a later op needs.
fn mendable(shadow: &Shadow, trace: &Trace, path: &[usize], at: usize, how: End) -> usize {
    let beyond = |i: usize| {
        let place = trace.steps[path[i]].place;
        let (exact, format) = (trace.at(place).1, trace.format(place));
        if !exact.is_finite() || exact.is_zero() {
            return false;
        }
        let tiny = exact.size().less(Scaled::from(format.min_normal()));
        super::judge::overflows(&exact, format)
            || (tiny && matters(shadow, trace, place, trace.steps[path[i + 1]].place))
    };
    let last = (0..path.len() - 1).rev().find(|&i| beyond(i)).map_or(0, |i| i + 1);
    let steep = if how == End::Absorbs { amplifier(trace, path) } else { at };
    last.max(steep).max(at)
}

/// True if a number that becomes zero changes what is made of it.
fn matters(shadow: &Shadow, trace: &Trace, source: Place, user: Place) -> bool {
    let Some(local) = Local::of(shadow, user) else { return true };
    let Some(i) = local.sources.iter().position(|s| *s == source) else { return true };
    let exact = trace.at(user).1;
    let d = distance(local.value(&local.without(i)), exact);
    !d.less(exact.size().times(Scaled::from(super::judge::tolerance(trace.format(user)))))
}

/// How many decimal digits an error leaves the format without.
fn lost(error: f64, format: Format) -> f64 {
    let bits = f64::from(format.precision());
    (error + bits).clamp(0.0, bits) * std::f64::consts::LOG10_2
}

fn severity(trace: &Trace, root: Place, error: f64, how: End) -> Severity {
    let (computed, exact) = trace.at(root);
    let discrete = !trace.values(root).meta.dtype.is_float();
    match how {
        End::Undefined if exact.is_infinite() => Severity::Warning,
        _ if discrete || !computed.is_finite() || error > -3.0 => Severity::Error,
        _ => Severity::Warning,
    }
}

/// The fault of an op that goes wrong by more than rounding.
fn failure(shadow: &Shadow, trace: &Trace, place: Place) -> Kind {
    let (computed, _) = trace.at(place);
    let format = trace.format(place);
    let Some(local) = Local::of(shadow, place) else { return Kind::Overflow };
    let ideal = local.without_rounding();
    if !computed.is_finite() {
        return if ideal.is_finite() { Kind::Overflow } else { Kind::Nan };
    }
    if ideal.is_finite() && ideal.size().less(Scaled::from(format.min_normal())) {
        return Kind::Underflow;
    }
    amplifies(shadow, place)
}

/// The fault of an op that makes small errors large: it subtracts what is nearly equal, or else it is steep.
fn amplifies(shadow: &Shadow, place: Place) -> Kind {
    let Some(local) = Local::of(shadow, place) else { return Kind::IllConditioned };
    if local.sources.len() < 2 || local.whole {
        return Kind::IllConditioned;
    }
    let truth = local.value(&local.exact());
    let twice = truth.size().times(Scaled::from(2.0));
    // What would be missing without a source is its term, where sources are added.
    let term = |i: usize| distance(local.value(&local.without(i)), truth);
    let looked_at = local.sources.len().min(64);
    match (0..looked_at).any(|i| term(i) != Scaled::INFINITY && twice.less(term(i))) {
        true => Kind::Cancellation,
        false => Kind::IllConditioned,
    }
}

/// The kind of a number that is not finite in truth either.
fn undefined(shadow: &Shadow, trace: &Trace, place: Place) -> Kind {
    let (_, exact) = trace.at(place);
    let Some(local) = Local::of(shadow, place) else { return Kind::Nan };
    if exact.is_infinite() {
        return Kind::Inf;
    }
    let sources = local.exact();
    let finite = sources.iter().all(|s| s.is_finite());
    match sources.as_slice() {
        [_] if finite => Kind::Domain,
        [a, b] if finite && !a.is_zero() && !b.is_zero() => Kind::Domain,
        _ => Kind::Nan,
    }
}

/// The place on a path, from the end on, at which the error grows most.
fn amplifier(trace: &Trace, path: &[usize]) -> usize {
    let unit = |i: usize| -f64::from(trace.format(trace.steps[path[i]].place).precision());
    let error = |i: usize| trace.steps[path[i]].error.min(10.0);
    let growth = |i: usize| error(i) - if i == 0 { unit(0) } else { error(i - 1).max(unit(i) - 20.0) };
    (0..path.len()).max_by(|&a, &b| growth(a).total_cmp(&growth(b)).then(b.cmp(&a))).unwrap_or(0)
}

/// The op's sign or name.
fn name(shadow: &Shadow, node: usize) -> &'static str {
    if matches!(shadow.nodes[node].op().kernel, Kernel::Leaf) {
        return "a number of the data";
    }
    match shadow.nodes[node].op().notation {
        Notation::Infix(sign, _) | Notation::Prefix(sign, _) => sign,
        _ => shadow.nodes[node].op().name,
    }
}

/// ` at 3:5` where the place is in a script.
pub fn at_place(origin: Origin) -> String {
    match origin {
        Origin::Script(span) => format!(" at {}:{}", span.line, span.column),
        Origin::Rust(l) => format!(" at {}:{}", l.file(), l.line()),
        Origin::Unknown => String::new(),
    }
}

/// Where the fault shows: the op that first gives something of another kind than its operands, or the result.
fn leads_to(shadow: &Shadow, trace: &Trace, path: &[usize]) -> Option<String> {
    // A change of the dtype shows nothing of its own.
    let is_cast = |i: &&usize| matches!(shadow.nodes[trace.steps[**i].place.0].op().kernel, Kernel::Cast);
    let last = *path.iter().skip(1).rev().find(|i| !is_cast(i))?;
    let place = trace.steps[last].place;
    let (computed, exact) = trace.at(place);
    let node = &shadow.nodes[place.0];
    // Of a truth in doubt only that the number is wrong is known.
    let told = exact.is_finite() && exact.is_known(0.01);
    let truth = if told { format!(", not {}", wide(&exact)) } else { String::new() };
    Some(format!("{}{} gives {}{truth}", node.op().name, at_place(node.origin()), short(computed)))
}

/// A wide number with few digits, whatever its exponent.
pub fn wide(w: &Wide) -> String {
    let v = w.to_f64();
    if v != 0.0 && v.is_finite() || w.is_zero() || !w.is_finite() {
        return short(v);
    }
    let ten = w.log2() * std::f64::consts::LOG10_2;
    let sign = if w.is_negative() { "-" } else { "" };
    format!("{sign}{:.2}e{}", 10f64.powf(ten - ten.floor()), ten.floor())
}

/// Why it goes wrong, in one sentence.
fn because(
    shadow: &Shadow,
    trace: &Trace,
    kind: Kind,
    place: Place,
    operands: &[f64],
    local: Option<&Local>,
) -> String {
    let node = &shadow.nodes[place.0];
    let (computed, exact) = trace.at(place);
    let (op, format) = (name(shadow, place.0), trace.format(place));
    let of = match operands {
        [] => String::new(),
        some => format!(" of {}", some.iter().map(|v| short(*v)).collect::<Vec<_>>().join(" and ")),
    };
    let ideal = local.map_or(exact, |l| l.without_rounding());
    match kind {
        Kind::Overflow => match (operands, threshold(shadow, place, operands, format)) {
            ([_], Some(edge)) => {
                let side = if operands[0] > edge { "above" } else { "below" };
                format!("{op} overflows {format} {side} {edge:.4}")
            }
            _ => format!("{op}{of} is {}, beyond the largest {format}, {}", wide(&ideal), short(format.max())),
        },
        Kind::Underflow => {
            format!("{op}{of} is {}, below the smallest {format}, {}", wide(&ideal), short(format.min_normal()))
        }
        Kind::Absorption => {
            let small = local
                .map(|l| l.exact())
                .and_then(|x| x.into_iter().filter(|v| !v.is_zero()).min_by(|a, b| a.size().order(b.size())));
            let small = small.map_or("an addend".into(), |s| wide(&s));
            format!(
                "{small} is too small to change {} in {format}: it is less than half a unit in its last place",
                short(computed)
            )
        }
        Kind::Cancellation => {
            let sources = local.map(|l| l.exact()).unwrap_or_default();
            let largest = sources.iter().map(|s| s.size()).fold(Scaled::ZERO, |a, b| if a.less(b) { b } else { a });
            let digits = (largest.log2() - exact.log2()) * std::f64::consts::LOG10_2;
            let digits = if digits.is_finite() { format!("{:.1}", digits.max(0.0)) } else { "all".into() };
            format!(
                "the operands of {op} agree in {digits} digits, and these cancel: the rounding errors of {format} remain"
            )
        }
        Kind::IllConditioned => format!("{op}{of} makes the rounding errors of its operands in {format} large"),
        Kind::Domain => {
            let domain = node.op().domain;
            let (open, close) = if domain.open { ('(', ')') } else { ('[', ']') };
            match operands {
                [_] if domain != crate::graph::Interval::ALL => {
                    format!(
                        "{op}{of} does not exist: its domain is {open}{}, {}{close}",
                        short(domain.lo),
                        short(domain.hi)
                    )
                }
                _ => format!("{op}{of} does not exist"),
            }
        }
        Kind::Nan if local.is_none() => "the data hold a NaN".into(),
        Kind::Nan => format!("{op}{of} has no value"),
        Kind::Inf => format!("{op}{of} is infinite, in exact arithmetic too"),
        _ => format!("{op}{of} gives {}, not {}", short(computed), wide(&exact)),
    }
}

/// The operand from which on a function of one number leaves a format.
fn threshold(shadow: &Shadow, place: Place, operands: &[f64], format: Format) -> Option<f64> {
    let t = &shadow.nodes[place.0];
    let [x] = operands else { return None };
    if !is_elementwise(t) {
        return None;
    }
    let beyond = |x: f64| Some(super::judge::overflows(&each(t.op(), &[Wide::from(x)])?, format));
    let (mut inside, mut outside) = (x.signum(), *x);
    if beyond(inside)? || !beyond(outside)? {
        return None;
    }
    for _ in 0..60 {
        let middle = 0.5 * (inside + outside);
        if beyond(middle)? { outside = middle } else { inside = middle }
    }
    Some(inside)
}
