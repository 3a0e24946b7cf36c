//! Factored joint distributions: networks of conditional tables, built in a script or read from a BIF file.

use std::sync::Arc;

use super::joint::{object, posterior, probability, question, shape_of, state_of, table};
use super::{Function, row};
use crate::error::Result;
use crate::formula::arguments::Arguments;
use crate::formula::object::Object;
use crate::formula::value::{Record, Value, argument};
use crate::prob::{Conditional, Network, Variable};

impl Arguments<'_> {
    /// The network whose method this is.
    fn network(&self) -> Result<Arc<Network>> {
        match &self.value(0)?.0 {
            Value::Object(Object::Network(n)) => Ok(n.clone()),
            other => Err(argument(format!("{} stands where a network should", other.kind()))),
        }
    }
}

fn network(n: Network) -> Value {
    Value::Object(Object::Network(Arc::new(n)))
}

/// `Conditional("wet | rain", table)`: parents along the first axes, the variable along the last.
fn conditional(c: &mut Arguments) -> Result<Value> {
    let text = c.text(0)?;
    let (of, given) = text.split_once('|').unwrap_or((&text, ""));
    let names = |t: &str| super::joint::names_of(&Value::Str(t.to_string()));
    let (of, given) = (names(of)?, names(given)?);
    let [of] = of.as_slice() else {
        return Err(c.wrong("is the table of one variable, as \"wet | rain\""));
    };
    let shape = shape_of(&c.value(1)?.0)?;
    if shape.len() != given.len() + 1 {
        let (axes, needed) = (shape.len(), given.len() + 1);
        return Err(c.wrong(&format!("needs a table of {needed} axes, parents first, not {axes}")));
    }
    let parents = given.iter().zip(&shape).map(|(n, &k)| Variable::numbered(n, k)).collect::<Result<Vec<_>>>()?;
    let own = if c.has(2) {
        let states: Vec<String> = match &c.value(2)?.0 {
            Value::List(items) | Value::Tuple(items) => match items.as_slice() {
                [Value::Str(s)] => super::joint::names_of(&Value::Str(s.clone()))?,
                items => items.iter().map(state_of).collect::<Result<_>>()?,
            },
            one => super::joint::names_of(one)?,
        };
        Variable::new(of, &states)?
    } else {
        Variable::numbered(of, shape[given.len()])?
    };
    let masses = c.masses(1, false, c.flag(4)?)?;
    let made = match c.flag(3)? {
        true => Conditional::normalized(&[own], &parents, masses),
        false => Conditional::new(&[own], &parents, masses),
    };
    Ok(table(made?))
}

/// The rows of this file.
pub(super) static TABLE: &[Function] = &[
    row(
        &["Conditional"],
        "names, table, states=None, normalize=False, exact=False",
        "The table P(x | y): states of y along the first axes, of x along the last.",
        conditional,
    ),
    row(&["Network"], "*tables", "The joint distribution that is the product of conditional tables.", |c| {
        let mut tables = vec![];
        for (value, _) in c.rest() {
            match value {
                Value::Object(Object::Conditional(t)) => tables.push((**t).clone()),
                other => return Err(argument(format!("{} stands where a conditional table should", other.kind()))),
            }
        }
        Ok(network(Network::new(&tables)?))
    }),
    row(&["load_bif"], "file, exact=False", "The network in a file of the Bayesian Interchange Format.", |c| {
        Ok(network(Network::read_bif(c.machine.folder.join(c.text(0)?), c.flag(1)?)?))
    }),
];

/// The methods of a network.
pub static NETWORK_METHODS: &[Function] = &[
    row(
        &["query"],
        "network, names, **states",
        "The distribution of some variables, as `query(\"lung | xray=yes\")` or `query(\"lung\", xray=\"yes\")`.",
        |c| {
            let (of, given) = question(c)?;
            posterior(c.network()?.query(&of, &given)?)
        },
    ),
    row(&["prob", "P"], "network, query", "A probability as the book writes it: `P(\"lung=yes | xray=yes\")`.", |c| {
        Ok(probability(c.network()?.prob(&c.text(1)?)?))
    }),
    row(&["joint"], "network", "The full table of all variables.", |c| Ok(object(c.network()?.joint()?))),
    row(
        &["d_separated"],
        "network, a, b, given=None",
        "Whether the graph alone makes a and b independent given others, and which path is open.",
        |c| {
            let answer = c.network()?.d_separated(&c.names(1)?, &c.names(2)?, &c.names(3)?)?;
            let kind = if answer.separated { "separated" } else { "connected" };
            Ok(Record::value(Some(kind), [("because", Value::Str(answer.because))]))
        },
    ),
];
