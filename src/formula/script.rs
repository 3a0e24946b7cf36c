//! Runs the statements of a script: names are bound, functions defined, assumptions made, results gathered.

use std::sync::Arc;

use super::answer::{Pending, pending_distribution};
use super::machine::{Machine, at, placed};
use super::value::{Callable, UserFunction, Value, argument};
use super::walk;
use crate::Tensor;
use crate::error::{Error, ErrorKind, Result, Span};
use crate::text::{Expr, ExprKind, Ident, Script, Statement, StatementKind};

/// A result of a script before it is evaluated.
#[derive(Clone)]
pub(super) struct Formula {
    /// The name, where the expression is one.
    pub(super) name: Option<String>,
    /// The expression as written.
    pub(super) text: String,
    /// Where it stands.
    pub(super) span: Span,
    /// The formula, or why there is none.
    pub(super) pending: Result<Pending>,
}

impl Formula {
    /// The formulas to be evaluated for this result.
    pub(super) fn tensors(&self) -> Vec<&Tensor> {
        let mut tensors = vec![];
        if let Ok(pending) = &self.pending {
            pending.tensors(&mut tensors);
        }
        tensors
    }
}

/// Runs a script; `given` are values that stand in for its first line of that name.
pub(super) fn run(machine: &mut Machine, script: &Script, given: &[(String, Value)]) -> Result<Vec<Formula>> {
    let mut waiting: Vec<(&str, Value)> = vec![];
    for (name, value) in given {
        if assigns(script, name)? { waiting.push((name, value.clone())) } else { machine.bind(name, value.clone()) }
    }
    let mut results = vec![];
    for statement in &script.statements {
        match &statement.kind {
            StatementKind::Assign { names, value } => assign(machine, names, value, &mut waiting)?,
            StatementKind::Function { name, params, body } => {
                let params = params.iter().map(|p| p.name.clone()).collect();
                let function = UserFunction { name: name.name.clone(), params, body: body.clone(), captured: vec![] };
                machine.bind(&name.name, Value::Function(Callable::User(Arc::new(function))));
            }
            StatementKind::Assume(condition) => assume(machine, statement, condition)?,
            StatementKind::Expr(expr) => results.extend(result(machine, statement, expr)),
        }
        if machine.found.is_some() {
            break;
        }
    }
    Ok(results)
}

/// True if the script assigns to a name; an error where that is a function.
fn assigns(script: &Script, name: &str) -> Result<bool> {
    for statement in &script.statements {
        match &statement.kind {
            StatementKind::Assign { names, .. } if names.iter().any(|n| n.name == name) => return Ok(true),
            StatementKind::Function { name: n, .. } if n.name == name => {
                let message = format!("`{name}` is a function of the script; a value cannot take its place");
                return Err(at(n.span, argument(message)));
            }
            _ => {}
        }
    }
    Ok(false)
}

/// The value waiting for a name, once.
fn take(waiting: &mut Vec<(&str, Value)>, name: &str) -> Option<Value> {
    let i = waiting.iter().position(|(n, _)| *n == name)?;
    Some(waiting.remove(i).1)
}

fn assign(machine: &mut Machine, names: &[Ident], value: &Expr, waiting: &mut Vec<(&str, Value)>) -> Result<()> {
    if let [one] = names {
        let value = match take(waiting, &one.name) {
            Some(given) => given,
            None => {
                let value = machine.expr(value)?;
                settled(machine, value)
            }
        };
        machine.bind(&one.name, value);
        return Ok(());
    }
    let parts = if names.iter().all(|n| waiting.iter().any(|(w, _)| *w == n.name)) {
        vec![Value::None; names.len()]
    } else {
        let whole = machine.expr(value)?;
        unpack(whole, names.len(), value.span)?
    };
    for (name, part) in names.iter().zip(parts) {
        let part = take(waiting, &name.name).unwrap_or(part);
        let part = settled(machine, part);
        machine.bind(&name.name, part);
    }
    Ok(())
}

/// A list as the tensor that it is, if it is one: what a name stands for must stay one node.
fn settled(machine: &Machine, value: Value) -> Value {
    match &value {
        Value::List(_) => value.tensor(machine.dtype).map_or(value, Value::Tensor),
        _ => value,
    }
}

/// The parts of a value that several names are to stand for.
fn unpack(value: Value, count: usize, span: Span) -> Result<Vec<Value>> {
    let parts: Vec<Value> = match value {
        Value::Tuple(items) | Value::List(items) => items,
        Value::Record(record) => record.fields.iter().map(|(_, v)| v.clone()).collect(),
        Value::Tensor(t) => placed(span, || {
            let Some(&n) = t.shape()?.first() else {
                return Err(Error::new(ErrorKind::Shape, format!("a number cannot be unpacked into {count} names")));
            };
            if n != count {
                return Err(Error::new(ErrorKind::Shape, format!("{n} rows cannot be unpacked into {count} names")));
            }
            Ok((0..n as i64).map(|i| t.index(0, i).into()).collect())
        })?,
        other => return Err(at(span, argument(format!("{} cannot be unpacked", other.kind())))),
    };
    if parts.len() != count {
        let message = format!("{} values cannot be unpacked into {count} names", parts.len());
        return Err(at(span, argument(message)));
    }
    Ok(parts)
}

/// `assume(condition)`: the names in the condition stand for their values, checked, from here on.
fn assume(machine: &mut Machine, statement: &Statement, condition: &Expr) -> Result<()> {
    let value = machine.expr(condition)?;
    let holds = machine.tensor(&value, condition.span)?;
    let message = format!("assume({}) does not hold", statement.text);
    for name in walk::names(condition) {
        if let Some(Value::Tensor(x)) = machine.bound(name).cloned() {
            let checked = placed(condition.span, || Ok(x.require(&holds, &message)))?;
            machine.bind(name, checked.into());
        }
    }
    Ok(())
}

/// The results of a bare expression: one, or of a tuple one for each item.
fn result(machine: &mut Machine, statement: &Statement, expr: &Expr) -> Vec<Formula> {
    let name = |e: &Expr| if let ExprKind::Name(n) = &e.kind { Some(n.clone()) } else { None };
    if let ExprKind::Tuple(items) = &expr.kind
        && !items.is_empty()
    {
        let each = |e: &Expr| {
            let pending = machine.result(e);
            Formula { name: name(e), text: e.to_string(), span: e.span, pending }
        };
        return items.iter().map(each).collect();
    }
    let pending = machine.result(expr);
    vec![Formula { name: name(expr), text: statement.text.clone(), span: expr.span, pending }]
}

impl Machine {
    /// The value of a bare expression; words are one only as a field of a record.
    fn result(&mut self, expr: &Expr) -> Result<Pending> {
        match (self.expr(expr)?, &expr.kind) {
            (Value::Str(_), ExprKind::Str(_)) => Err(at(expr.span, argument("this is text, not a number"))),
            (value, _) => self.output(&value, expr.span),
        }
    }

    /// A result: one tensor, or a record of several.
    fn output(&self, value: &Value, span: Span) -> Result<Pending> {
        match value {
            Value::Record(record) => {
                let field = |(n, v): &(String, Value)| Ok((n.clone(), self.output(v, span)?));
                Ok(Pending::Record(record.kind, record.fields.iter().map(field).collect::<Result<_>>()?))
            }
            Value::Object(object) => self.output(&object.record().map_err(|e| at(span, e))?, span),
            Value::Function(_) => Err(at(span, argument("this is a function; call it, as `f(x)`"))),
            Value::Str(text) => Ok(Pending::Text(text.clone())),
            Value::Distribution(d) => Ok(pending_distribution(d)),
            Value::None => Err(at(span, argument("this is None, not a number"))),
            Value::Tuple(items) if items.iter().all(is_constant) && !items.is_empty() => {
                placed(span, || integers(items)).map(Pending::One)
            }
            Value::Tuple(items) => {
                let item = |(i, v): (usize, &Value)| Ok((i.to_string(), self.output(v, span)?));
                Ok(Pending::Record(None, items.iter().enumerate().map(item).collect::<Result<_>>()?))
            }
            other => self.number(other, span).map(Pending::One),
        }
    }

    /// A result as one tensor; constants meet the dtype of the script's numbers here.
    fn number(&self, value: &Value, span: Span) -> Result<Tensor> {
        let t = self.tensor(value, span)?;
        let meta = t.meta().map_err(|e| at(span, e))?;
        if meta.weak && meta.dtype.is_float() {
            return placed(span, || Ok(t.cast(self.dtype)));
        }
        Ok(t)
    }
}

fn is_constant(v: &Value) -> bool {
    matches!(v, Value::Tensor(t) if t.constant().is_some() && t.dtype().is_ok_and(|d| !d.is_float()))
}

/// A shape as an array of integers.
fn integers(items: &[Value]) -> Result<Tensor> {
    let numbers = items.iter().map(Value::integer).collect::<Result<Vec<_>>>()?;
    Ok(Tensor::new(crate::Array::from_vec(numbers, &[items.len()])?))
}
