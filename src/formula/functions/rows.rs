//! Functions that rows are by themselves: elementwise ones, comparisons and reductions, under the names of their rows.

use super::Function;
use crate::error::Result;
use crate::formula::arguments::Arguments;
use crate::formula::value::Value;
use crate::graph::{Attrs, Kernel, Op};
use crate::ops;

/// Names under which other systems know these rows.
const ALIASES: &[(&str, &[&str])] = &[
    ("sub", &["subtract"]),
    ("mul", &["multiply"]),
    ("div", &["divide", "true_divide"]),
    ("neg", &["negative"]),
    ("pow", &["power", "float_power"]),
    ("mod", &["remainder"]),
    ("abs", &["absolute", "fabs"]),
    ("conj", &["conjugate"]),
    ("round", &["around", "rint"]),
    ("arcsin", &["asin"]),
    ("arccos", &["acos"]),
    ("arctan", &["atan"]),
    ("arcsinh", &["asinh"]),
    ("arccosh", &["acosh"]),
    ("arctanh", &["atanh"]),
    ("sigmoid", &["expit"]),
    ("log_sigmoid", &["logsigmoid", "log_expit"]),
    ("ndtr", &["Phi"]),
    ("lgamma", &["gammaln", "loggamma"]),
    ("digamma", &["psi"]),
    ("arctan2", &["atan2"]),
    ("xlog_ratio", &["rel_entr"]),
    ("ndtri", &["norminv"]),
    ("equal", &["eq"]),
    ("not_equal", &["ne"]),
    ("less", &["lt"]),
    ("less_equal", &["le"]),
    ("greater", &["gt"]),
    ("greater_equal", &["ge"]),
    ("mean", &["average"]),
    ("max", &["amax"]),
    ("min", &["amin"]),
];

/// The functions of all rows that need no more than their inputs, or axes; `taken` names are left out.
pub(super) fn derived(taken: impl Fn(&str) -> bool) -> Vec<Function> {
    ops::all().filter(|op| !taken(op.name)).filter_map(function).collect()
}

/// The function of one row.
fn function(op: &'static Op) -> Option<Function> {
    let (signature, build): (_, fn(&mut Arguments) -> Result<Value>) = match &op.kernel {
        Kernel::Unary(_) => ("x", |c| call(c, 1)),
        Kernel::Binary(_) | Kernel::Compare(_) => ("a, b", |c| call(c, 2)),
        Kernel::Reduce(_) => ("x, axis=None, keepdims=False", reduce),
        _ => return None,
    };
    let aliases = ALIASES.iter().find(|(name, _)| *name == op.name).map_or(&[][..], |(_, a)| a);
    // The table lives as long as the program.
    let names = Box::leak([&[op.name], aliases].concat().into_boxed_slice());
    Some(Function { names, signature, doc: op.summary, op: Some(op), family: None, build })
}

/// Builds a node from the inputs alone.
fn call(c: &Arguments, inputs: usize) -> Result<Value> {
    let op = c.function.op.ok_or_else(|| c.wrong("is no row"))?;
    let x = (0..inputs).map(|i| c.tensor(i)).collect::<Result<Vec<_>>>()?;
    Ok(op.call(&x.iter().collect::<Vec<_>>(), Attrs::None).into())
}

/// Builds a reduction.
fn reduce(c: &mut Arguments) -> Result<Value> {
    let op = c.function.op.ok_or_else(|| c.wrong("is no row"))?;
    Ok(c.tensor(0)?.reduce(op, c.axes(1, Some(2))?).into())
}
