//! Tables of probability as values of the language: what they are called, their fields, methods, and how they print.

use std::sync::Arc;

use super::functions::{self, Function};
use super::suggest;
use super::value::{Record, Value};
use crate::array::Rational;
use crate::error::{Error, ErrorKind, Result};
use crate::prob::{Conditional, Density, Joint, Moments, Network, Variable};
use crate::{Array, Tensor};

/// A value with methods of its own.
#[derive(Clone)]
pub enum Object {
    /// A joint distribution of discrete variables.
    Joint(Arc<Joint>),
    /// A conditional table.
    Conditional(Arc<Conditional>),
    /// A directed graph of conditional tables.
    Network(Arc<Network>),
    /// What is known of a sample.
    Moments(Arc<Moments>),
    /// A formula as a density.
    Density(Arc<NamedDensity>),
}

/// A density, and what its variables are called.
pub struct NamedDensity {
    pub(super) names: Vec<String>,
    pub(super) density: Density,
}

impl Object {
    /// What the object is, for messages.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Object::Joint(_) => "a joint distribution",
            Object::Conditional(_) => "a conditional table",
            Object::Network(_) => "a network",
            Object::Moments(_) => "the moments of a sample",
            Object::Density(_) => "a density",
        }
    }

    /// The methods.
    pub(super) fn methods(&self) -> &'static [Function] {
        match self {
            Object::Joint(_) => functions::JOINT_METHODS,
            Object::Conditional(_) => functions::CONDITIONAL_METHODS,
            Object::Network(_) => functions::NETWORK_METHODS,
            Object::Moments(_) => functions::MOMENTS_METHODS,
            Object::Density(_) => functions::DENSITY_METHODS,
        }
    }

    /// The method of this name.
    pub(super) fn method(&self, name: &str) -> Result<&'static Function> {
        let find = || self.methods().iter().find(|f| f.names.contains(&name));
        find().ok_or_else(|| self.unknown(name))
    }

    /// The field of this name.
    pub(super) fn field(&self, name: &str) -> Result<Value> {
        let Value::Record(fields) = self.record()? else { return Err(self.unknown(name)) };
        fields.get(name).cloned().ok_or_else(|| self.unknown(name))
    }

    fn unknown(&self, name: &str) -> Error {
        let fields: Vec<String> = match self.record() {
            Ok(Value::Record(r)) => r.fields.iter().map(|(n, _)| n.clone()).collect(),
            _ => vec![],
        };
        let methods = self.methods().iter().flat_map(|f| f.names.iter().copied());
        let known: Vec<&str> = fields.iter().map(String::as_str).chain(methods).collect();
        let hint = match suggest::nearest(name, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("it has {}", suggest::listed(&known)),
        };
        Error::new(ErrorKind::Name, format!("{} has no `{}`; {hint}", self.kind(), suggest::clip(name)))
    }

    /// The object as a record, which is how it prints.
    pub(super) fn record(&self) -> Result<Value> {
        Ok(match self {
            Object::Joint(j) => {
                let log = ("log_table", array(j.log_table()?));
                record("joint", &[("variables", states(j.variables()))], j.table()?, j.fractions(), Some(log))
            }
            Object::Conditional(c) => {
                let mut front = vec![("of", states(c.of())), ("given", states(c.given()))];
                if !c.impossible().is_empty() {
                    front.push(("impossible", Value::Str(c.impossible().join("; "))));
                }
                record("conditional", &front, c.table()?, c.fractions(), None)
            }
            Object::Network(n) => {
                let fields = [("variables", states(n.variables())), ("factors", Value::Str(n.to_string()))];
                Record::value(Some("network"), fields)
            }
            Object::Moments(m) => {
                let variance = m.variance(1.0).map(|v| ("variance".to_string(), array(v)));
                let fields = [("weight".to_string(), number(m.weight())), ("mean".to_string(), array(m.mean()?))];
                // One observation has no variance.
                let fields = fields.into_iter().chain(variance).collect();
                Value::Record(Arc::new(Record { kind: Some("moments"), fields }))
            }
            Object::Density(d) => {
                let total = d.density.total();
                let fields = [
                    ("variables", Value::Str(d.names.join(", "))),
                    ("total", number(total.value)),
                    ("total_error", number(total.error)),
                ];
                Record::value(Some("density"), fields)
            }
        })
    }
}

/// A table as a record.
fn record(
    kind: &'static str,
    front: &[(&str, Value)],
    table: Array,
    fractions: Option<Vec<Rational>>,
    back: Option<(&str, Value)>,
) -> Value {
    let exact = |f: Vec<Rational>| Value::Str(f.iter().map(Rational::to_string).collect::<Vec<_>>().join(" "));
    let fields = front.iter().cloned().chain([("table", array(table))]);
    let fields = fields.chain(fractions.map(|f| ("fractions", exact(f)))).chain(back);
    let fields = fields.map(|(n, v)| (n.to_string(), v)).collect();
    Value::Record(Arc::new(Record { kind: Some(kind), fields }))
}

/// Variables with their states.
fn states(variables: &[Variable]) -> Value {
    let one = |v: &Variable| (v.name().to_string(), Value::Str(v.states().join(", ")));
    Value::Record(Arc::new(Record { kind: None, fields: variables.iter().map(one).collect() }))
}

/// An array as a value.
pub(super) fn array(a: Array) -> Value {
    Value::Tensor(Tensor::from(a))
}

/// A number as a value.
pub(super) fn number(x: f64) -> Value {
    array(Array::scalar(x))
}
