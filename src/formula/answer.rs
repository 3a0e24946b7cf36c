//! What a result is once it is evaluated: an array, or a record of arrays by name.

use std::fmt;

use super::value::argument;
use crate::error::Result;
use crate::prob::Distribution;
use crate::text::{json_array, json_string};
use crate::{Array, Tensor};

/// The value of a result.
#[derive(Clone, Debug)]
pub enum Answer {
    /// Numbers.
    Array(Array),
    /// Several values by name, with the kind of the record where there are several kinds.
    Record(Option<&'static str>, Vec<(String, Answer)>),
    /// Words, such as the reason in a record.
    Text(String),
    /// A distribution: its family and arguments, of which those without a name are what it is made of.
    Distribution(&'static str, Vec<(String, Answer)>),
}

impl Answer {
    /// The array; an error of a record or words.
    pub fn array(&self) -> Result<&Array> {
        match self {
            Answer::Array(a) => Ok(a),
            Answer::Text(_) => Err(argument("words are no array")),
            Answer::Distribution(name, _) => Err(argument(format!("a distribution ({name}) is no array"))),
            Answer::Record(_, fields) => {
                let names: Vec<&str> = fields.iter().map(|(n, _)| n.as_str()).collect();
                Err(argument(format!("a record of {} is no array", names.join(", "))))
            }
        }
    }

    /// The numbers in row-major order; of a record those of its fields, one after the other.
    pub fn to_f64(&self) -> Vec<f64> {
        match self {
            Answer::Array(a) => a.to_f64(),
            Answer::Record(_, fields) | Answer::Distribution(_, fields) => {
                fields.iter().flat_map(|(_, v)| v.to_f64()).collect()
            }
            Answer::Text(_) => vec![],
        }
    }

    /// The field of this name of a record.
    pub fn field(&self, name: &str) -> Option<&Answer> {
        match self {
            Answer::Array(_) | Answer::Text(_) => None,
            Answer::Record(_, fields) | Answer::Distribution(_, fields) => {
                fields.iter().find(|(n, _)| n == name).map(|(_, v)| v)
            }
        }
    }

    /// The members of the JSON object of a result: dtype, shape and value of an array, of a record the value.
    pub(super) fn json(&self) -> String {
        match self {
            Answer::Array(a) => {
                format!("\"dtype\": \"{}\", \"shape\": {:?}, \"value\": {}", a.dtype(), a.shape(), json_array(a))
            }
            Answer::Record(..) | Answer::Text(_) | Answer::Distribution(..) => {
                format!("\"value\": {}", self.json_value())
            }
        }
    }

    fn json_value(&self) -> String {
        match self {
            Answer::Array(a) => json_array(a),
            Answer::Text(t) => json_string(t),
            Answer::Distribution(name, fields) => {
                let (parts, named): (Vec<_>, Vec<_>) = fields.iter().partition(|(n, _)| n.is_empty());
                let mut members = vec![format!("\"kind\": {}", json_string(name))];
                members.extend(named.iter().map(|(n, v)| format!("{}: {}", json_string(n), v.json_value())));
                if !parts.is_empty() {
                    let parts: Vec<String> = parts.iter().map(|(_, v)| v.json_value()).collect();
                    members.push(format!("\"parts\": [{}]", parts.join(", ")));
                }
                format!("{{{}}}", members.join(", "))
            }
            Answer::Record(kind, fields) => {
                let kind = kind.map(|k| format!("\"kind\": {}", json_string(k)));
                let fields = fields.iter().map(|(n, v)| format!("{}: {}", json_string(n), v.json_value()));
                format!("{{{}}}", kind.into_iter().chain(fields).collect::<Vec<_>>().join(", "))
            }
        }
    }
}

impl fmt::Display for Answer {
    /// Writes an array as NumPy prints it, a record as its fields line by line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Answer::Array(a) => a.fmt(f),
            Answer::Text(t) => f.write_str(t),
            Answer::Distribution(name, fields) => {
                let argument =
                    |(n, v): &(String, Answer)| if n.is_empty() { v.to_string() } else { format!("{n}={v}") };
                write!(f, "{name}({})", fields.iter().map(argument).collect::<Vec<_>>().join(", "))
            }
            // Such as the shape of a number.
            Answer::Record(None, fields) if fields.is_empty() => f.write_str("()"),
            Answer::Record(kind, fields) => {
                let lines = kind.iter().map(|k| k.to_string()).chain(fields.iter().map(|(n, v)| named(n, v)));
                f.write_str(&lines.collect::<Vec<_>>().join("\n"))
            }
        }
    }
}

/// `name = value`, the value on lines of its own where it has several.
pub(super) fn named(name: &str, value: &Answer) -> String {
    let text = value.to_string();
    format!("{name} ={}{text}", if text.contains('\n') { "\n" } else { " " })
}

/// A result before it is evaluated: a formula, or a record of formulas.
#[derive(Clone)]
pub(super) enum Pending {
    One(Tensor),
    Text(String),
    Record(Option<&'static str>, Vec<(String, Pending)>),
    Distribution(&'static str, Vec<(String, Pending)>),
}

impl Pending {
    /// The formulas, in order.
    pub(super) fn tensors<'p>(&'p self, out: &mut Vec<&'p Tensor>) {
        match self {
            Pending::One(t) => out.push(t),
            Pending::Text(_) => {}
            Pending::Record(_, fields) | Pending::Distribution(_, fields) => {
                fields.iter().for_each(|(_, v)| v.tensors(out));
            }
        }
    }

    /// The answer, with the values of the formulas in order.
    pub(super) fn fill(&self, values: &mut dyn Iterator<Item = Array>) -> Result<Answer> {
        match self {
            Pending::One(_) => values.next().map(Answer::Array).ok_or_else(|| argument("nothing to evaluate")),
            Pending::Text(t) => Ok(Answer::Text(t.clone())),
            Pending::Record(kind, fields) => Ok(Answer::Record(*kind, filled(fields, values)?)),
            Pending::Distribution(name, fields) => Ok(Answer::Distribution(name, filled(fields, values)?)),
        }
    }
}

/// Named answers, with the values of their formulas in order.
fn filled(fields: &[(String, Pending)], values: &mut dyn Iterator<Item = Array>) -> Result<Vec<(String, Answer)>> {
    fields.iter().map(|(n, v)| Ok((n.clone(), v.fill(values)?))).collect()
}

/// A distribution before its parameters are evaluated.
pub(super) fn pending_distribution(d: &Distribution) -> Pending {
    let given = d.given().into_iter().map(|(n, t)| (n.to_string(), Pending::One(t)));
    // The weights of a mixture and what is made of others stand without names.
    let named = d.parts().is_empty();
    let given = given.map(|(n, p)| (if named { n } else { String::new() }, p));
    let parts = d.parts().iter().map(|p| (String::new(), pending_distribution(p)));
    Pending::Distribution(d.family().name, given.chain(parts).collect())
}
