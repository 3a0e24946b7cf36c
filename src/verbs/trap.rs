//! A trap: an evaluation that stops at the first value that is not finite.

use std::collections::{HashMap, HashSet};

use super::explain::{Cause, cause};
use crate::array::{Array, DType, unravel};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Kernel, Tensor, evaluate_nodes, evaluate_planned, topological};
use crate::numerics::stabilize_all;

/// What stops an evaluation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trap {
    /// A result that is infinite or NaN.
    NonFinite,
}

/// The values of formulas, or the op and place of the first value on the way that is not finite.
///
/// This is [`eval`](crate::eval), every step in its own format, with a look at the results and, in the same pass, at
/// every value whose infinity would not show in them, as that of exp(1000) in 1/(1 + exp(1000)). Where one of them is
/// not finite, the formulas are evaluated again, op by op, to name the first op that makes an infinity or a NaN of
/// finite numbers. Infinities that the formula is written with or the data hold, as those of a mask, spring no trap
/// unless a result is not finite, and what a `where` does not take springs none. Errors: of kind [`ErrorKind::Domain`],
/// and those of `eval`.
///
/// ```
/// use gradus::{Tensor, Trap, eval_trapped};
/// let x = Tensor::from([1.0, 0.0, 4.0]).named("x");
/// let y = (&x * 2.0).log().sum(());
/// let e = eval_trapped(&[&y], Trap::NonFinite).unwrap_err();
/// assert!(e.message().contains("`log` of 0 at [1] gives -inf"), "{e}");
/// let e = eval_trapped(&[&(&x / (&x - 1.0)).tanh()], Trap::NonFinite).unwrap_err();
/// assert!(e.message().contains("`div` of 1 and 0 at [0] gives inf"), "{e}");
/// ```
pub fn eval_trapped(formulas: &[&Tensor], trap: Trap) -> Result<Vec<Array>> {
    let Trap::NonFinite = trap;
    let (stable, _) = stabilize_all(formulas, &[]);
    let outputs: Vec<&Tensor> = stable.iter().collect();
    // Zero, or NaN where a number is not finite: a sum that the plan makes beside the others.
    let probes: Vec<Tensor> = swallowed(&outputs).iter().map(|t| (t * 0.0).sum(())).collect();
    let all: Vec<&Tensor> = outputs.iter().copied().chain(&probes).collect();
    let mut values = evaluate_planned(&all, &mut vec![])?;
    let finite = values.iter().all(Array::is_finite);
    values.truncate(outputs.len());
    if finite {
        return Ok(values);
    }
    let shows = !values.iter().all(Array::is_finite);
    match first(&outputs, shows) {
        Some(e) => Err(e),
        None => Ok(values),
    }
}

/// The values of which an op may make finite numbers though they are none; where no infinity is written below them.
fn swallowed(outputs: &[&Tensor]) -> Vec<Tensor> {
    let nodes = topological(outputs, |_| true);
    let mut written: HashSet<u64> = HashSet::new();
    for t in &nodes {
        let below = t.node().inputs().iter().any(|i| written.contains(&i.node().id()));
        if below || t.constant().is_some_and(|v| !v.is_finite()) {
            written.insert(t.node().id());
        }
    }
    let mut found: Vec<Tensor> = vec![];
    for t in &nodes {
        for (k, x) in t.node().inputs().iter().enumerate() {
            let leaf = matches!(x.op().kernel, Kernel::Leaf);
            let known = leaf || written.contains(&x.node().id()) || !x.dtype().is_ok_and(DType::is_float);
            if !known && swallows(&t.op().kernel, k) && !found.iter().any(|f| f.key() == x.key()) {
                found.push(x.clone());
            }
        }
    }
    found
}

/// True if a kernel makes something finite of an operand that is not.
fn swallows(kernel: &Kernel, k: usize) -> bool {
    const INFINITE: [f64; 3] = [f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
    let hidden = |f: &dyn Fn(f64) -> f64| INFINITE.iter().any(|v| f(*v).is_finite());
    let lane = |f: &dyn Fn(&[f64], &mut [f64])| {
        hidden(&|v| {
            let mut out = [0.0; 2];
            f(&[v, 1.0], &mut out);
            out[0]
        })
    };
    let mut out = [0.0];
    match kernel {
        Kernel::Unary(f) => INFINITE.iter().any(|v| {
            (f.f64)(&[*v], &mut out);
            out[0].is_finite()
        }),
        Kernel::Binary(f) => [-2.5, -1.0, -0.5, 0.5, 1.0, 2.5].iter().any(|other| {
            INFINITE.iter().any(|v| {
                let (a, b) = if k == 0 { (v, other) } else { (other, v) };
                (f.f64)(&[*a], &[*b], &mut out);
                out[0].is_finite()
            })
        }),
        Kernel::Reduce(f) => lane(&|x, out| (f.f64)(x, 2, 1, &mut out[..1])),
        Kernel::Lanes(f) => lane(&|x, out| {
            (f.f64)(x, out);
        }),
        Kernel::Compare(_) | Kernel::Custom(_) | Kernel::Field(_) => true,
        // Whoever asks whether a number is finite knows what to do; a branch or part not taken does not count.
        Kernel::Test(_) | Kernel::Select | Kernel::View(_) | Kernel::Move(_) => false,
        Kernel::Leaf | Kernel::Cast | Kernel::Same => false,
    }
}

/// The error about the first op that gives something that is not finite; of finite numbers, unless it shows in a result.
fn first(outputs: &[&Tensor], shows: bool) -> Option<Error> {
    let mut seen: Vec<(Tensor, Vec<Array>, Vec<Array>)> = vec![];
    let walked = evaluate_nodes(outputs, &mut vec![], &mut |t, inputs, outs| {
        seen.push((t.clone(), inputs.to_vec(), outs.to_vec()));
    });
    let needed = needed(outputs, &seen);
    let sprung = seen.iter().find_map(|(t, inputs, outs)| {
        let born = |i: usize, a: &Array| shows || inputs.iter().all(|x| finite_at(x, i, a.shape()));
        let of = |(k, a): (usize, &Array)| {
            let counts = needed.get(&(t.node().id(), k))?;
            let taken = |i: usize| counts.as_ref().is_none_or(|c| c[i]);
            let element = a.iter_f64().enumerate().position(|(i, v)| !v.is_finite() && taken(i) && born(i, a))?;
            Some(sprung(t, inputs, a, element))
        };
        outs.iter().enumerate().find_map(of)
    });
    let lost = || shows.then(|| Error::new(ErrorKind::Domain, "a result is not finite"));
    sprung.or(walked.err()).or_else(lost)
}

/// True if an operand is finite where an element of a shape is made of it.
fn finite_at(x: &Array, i: usize, shape: &[usize]) -> bool {
    match x.is_finite() {
        true => true,
        // Of what is no elementwise operand, all elements count.
        false if x.shape() != shape => false,
        false => x.iter_f64().nth(i).is_none_or(f64::is_finite),
    }
}

/// The elements of every output that results are made of, all where nothing stands: a branch of a `where` that is not
/// taken is not needed.
fn needed(outputs: &[&Tensor], seen: &[(Tensor, Vec<Array>, Vec<Array>)]) -> HashMap<(u64, usize), Option<Vec<bool>>> {
    let mut needed: HashMap<(u64, usize), Option<Vec<bool>>> = outputs.iter().map(|t| (t.key(), None)).collect();
    for (t, inputs, outs) in seen.iter().rev() {
        let each: Vec<Option<Vec<bool>>> =
            (0..outs.len()).filter_map(|k| needed.get(&(t.node().id(), k)).cloned()).collect();
        let [own] = each.as_slice() else {
            if !each.is_empty() {
                t.node().inputs().iter().for_each(|x| drop(needed.insert(x.key(), None)));
            }
            continue;
        };
        let elementwise = matches!(t.op().kernel, Kernel::Unary(_) | Kernel::Binary(_) | Kernel::Select | Kernel::Cast);
        for (k, x) in t.node().inputs().iter().enumerate() {
            let same = elementwise && x.shape().ok() == t.shape().ok();
            let takes = matches!(t.op().kernel, Kernel::Select) && k > 0 && inputs[0].shape() == outs[0].shape();
            let mine = match (same, takes) {
                (true, true) => {
                    let taken = inputs[0].iter_f64().map(|c| (c != 0.0) == (k == 1));
                    let own = |i: usize| own.as_ref().is_none_or(|o| o[i]);
                    Some(taken.enumerate().map(|(i, t)| t && own(i)).collect())
                }
                (true, false) => own.clone(),
                _ => None,
            };
            let merged = match (needed.remove(&x.key()), mine) {
                (Some(Some(a)), Some(b)) => Some(a.iter().zip(&b).map(|(a, b)| *a || *b).collect()),
                (None, mine) => mine,
                _ => None,
            };
            needed.insert(x.key(), merged);
        }
    }
    needed
}

/// What an op gave, of what, and where.
fn sprung(t: &Tensor, inputs: &[Array], value: &Array, element: usize) -> Error {
    let Cause { op, origin, operands, result } = cause(t, inputs, value, element);
    let index = unravel(element, value.shape());
    let at = if index.is_empty() { String::new() } else { format!(" at {index:?}") };
    let operands: Vec<String> = operands.iter().map(f64::to_string).collect();
    let message = match (inputs, operands.as_slice()) {
        ([], _) => format!("the data hold {result}{at}"),
        (_, []) => format!("`{op}`{at} gives {result}"),
        (_, some) => format!("`{op}` of {}{at} gives {result}", some.join(" and ")),
    };
    Error::new(ErrorKind::Domain, message).at(origin)
}
