//! What names of a script stand for: tensors, tuples, records, functions, text.

use std::sync::Arc;

use super::functions::Function;
use super::literal;
use super::object::Object;
use crate::array::DType;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::evaluate;
use crate::prob::Distribution;
use crate::text::Expr;
use crate::{Array, Tensor};

/// The value of an expression.
#[derive(Clone)]
pub enum Value {
    /// A formula of numbers.
    Tensor(Tensor),
    /// A list that has not become a tensor, since its items differ in shape or nobody asked for one.
    List(Vec<Value>),
    /// Several values in brackets or without: `a, b`.
    Tuple(Vec<Value>),
    /// Values with names, such as the arrays of an npz file.
    Record(Arc<Record>),
    /// Something that can be called.
    Function(Callable),
    /// A table of probabilities.
    Object(Object),
    /// A piece of text.
    Str(String),
    /// A probability distribution.
    Distribution(Distribution),
    /// `None`.
    None,
}

/// Values with names, in order.
#[derive(Clone)]
pub struct Record {
    /// What the record is, in one word, where there are several kinds.
    pub kind: Option<&'static str>,
    /// The fields.
    pub fields: Vec<(String, Value)>,
}

impl Record {
    /// A record of these fields as a value.
    pub(super) fn value<const N: usize>(kind: Option<&'static str>, fields: [(&str, Value); N]) -> Value {
        let fields = fields.into_iter().map(|(n, v)| (n.to_string(), v)).collect();
        Value::Record(Arc::new(Record { kind, fields }))
    }

    /// The field of this name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.fields.iter().find(|(n, _)| n == name).map(|(_, v)| v)
    }
}

/// What can be called.
#[derive(Clone)]
pub enum Callable {
    /// A function of the library.
    Library(&'static Function),
    /// A function of the script.
    User(Arc<UserFunction>),
    /// The gradient of a function in its first argument, as `grad(f)`.
    Gradient(Box<Callable>),
}

/// A function of the script: it is inlined where it is called.
pub struct UserFunction {
    /// Its name, or `lambda`.
    pub name: String,
    /// Its parameters.
    pub params: Vec<String>,
    /// Its right side.
    pub body: Expr,
    /// The parameters of enclosing functions that its body sees.
    pub captured: Vec<(String, Value)>,
}

/// An error about an argument.
pub(super) fn argument(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Argument, message)
}

impl From<Tensor> for Value {
    fn from(t: Tensor) -> Value {
        Value::Tensor(t)
    }
}

impl From<Distribution> for Value {
    fn from(d: Distribution) -> Value {
        Value::Distribution(d)
    }
}

impl Value {
    /// An integer that has met no dtype.
    pub(super) fn int(n: usize) -> Value {
        Value::Tensor(Tensor::from(n as i64))
    }

    /// What the value is, for messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Tensor(t) if t.dims().is_empty() => "a number",
            Value::Tensor(_) => "an array",
            Value::List(_) => "a list",
            Value::Tuple(_) => "a tuple",
            Value::Record(_) => "a record",
            Value::Function(_) => "a function",
            Value::Object(o) => o.kind(),
            Value::Str(_) => "text",
            Value::Distribution(_) => "a distribution",
            Value::None => "None",
        }
    }

    /// The value as one tensor; lists and tuples are stacked, numbers in them are floats of `dtype`.
    pub fn tensor(&self, dtype: DType) -> Result<Tensor> {
        match self {
            Value::Tensor(t) => Ok(t.clone()),
            Value::List(items) | Value::Tuple(items) => literal::stack(items, dtype),
            Value::Function(_) => Err(argument("a function stands where a number should; call it, as `f(x)`")),
            Value::Record(r) => {
                let names: Vec<&str> = r.fields.iter().map(|(n, _)| n.as_str()).collect();
                Err(argument(format!(
                    "a record stands where a number should; take one of its fields: {}",
                    names.join(", ")
                )))
            }
            Value::Distribution(d) => Err(argument(format!(
                "a distribution ({}) stands where a number should; ask it, as `d.mean()` or `d.log_prob(x)`",
                d.family().name
            ))),
            other => Err(argument(format!("{} stands where a number should", other.kind()))),
        }
    }

    /// The items of a list or tuple.
    pub(super) fn items(&self) -> Option<&[Value]> {
        match self {
            Value::List(items) | Value::Tuple(items) => Some(items),
            _ => None,
        }
    }

    /// The number that the value is already while the formula is built; computed if it must be.
    pub(super) fn number(&self) -> Result<f64> {
        let Value::Tensor(t) = self else {
            return Err(argument(format!("{} stands where a number should", self.kind())));
        };
        match t.constant() {
            Some(v) => Ok(v),
            None => known(t)?.item(),
        }
    }

    /// The integer that the value is already while the formula is built.
    pub(super) fn integer(&self) -> Result<i64> {
        let v = self.number()?;
        if v.fract() != 0.0 || v.abs() > 9.0e18 {
            return Err(argument(format!("{v} stands where an integer should")));
        }
        Ok(v as i64)
    }

    /// The integers of a number, list, tuple or array.
    pub(super) fn integers(&self) -> Result<Vec<i64>> {
        match self {
            Value::List(items) | Value::Tuple(items) => items.iter().map(Value::integer).collect(),
            Value::Tensor(t) if t.rank() == 1 => {
                let one = |v: f64| Value::Tensor(Tensor::from(v)).integer();
                known(t)?.iter_f64().map(one).collect()
            }
            _ => Ok(vec![self.integer()?]),
        }
    }
}

/// The data of a leaf, or the value of a formula that a shape or index depends on, which is computed at once.
pub(super) fn known(t: &Tensor) -> Result<Array> {
    match t.data() {
        Some(a) => Ok(a.clone()),
        None => evaluate(&[t], &mut vec![])?.pop().ok_or_else(|| argument("nothing to evaluate")),
    }
}
