//! Factored joint distributions: a directed graph of conditional tables, P(x₁, …, xₙ) = Π P(xᵢ | parents of xᵢ).
//! Questions are answered by variable elimination; the full table is never made unless it is asked for.

mod bif;
mod eliminate;
mod separation;

use std::fmt;

pub use separation::Separation;

use super::joint::factor::{Factor, Weight};
use super::joint::table::Table;
use super::joint::variable::{Query, Variable, argument, find_all, observed, with_states};
use super::joint::{Conditional, Given, Joint, Posterior, Probability, contradiction};
use crate::array::wide::Scaled;
use crate::array::{Rational, memory};
use crate::error::{Error, ErrorKind, Result};
use eliminate::eliminate;

/// A joint distribution as a directed graph: every variable has a table given its parents.
///
/// Source: Goodfellow, Bengio and Courville, section 3.14.
///
/// ```
/// use gradus::prob::{Conditional, Network, Variable};
/// let [rain, wet] = [Variable::new("rain", &["no", "yes"])?, Variable::new("wet", &["no", "yes"])?];
/// let network = Network::new(&[
///     Conditional::new(&[rain.clone()], &[], [0.8, 0.2])?,
///     Conditional::new(&[wet], &[rain], [0.9, 0.1, 0.2, 0.8])?,
/// ])?;
/// let p = network.prob("rain=yes | wet=yes")?.known()?;
/// assert!((p.value - 0.16 / 0.24).abs() < 1e-15);
/// # Ok::<(), gradus::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Network {
    variables: Vec<Variable>,
    parents: Vec<Vec<usize>>,
    tables: Tables,
}

/// The tables of one kind of weights: that of variable i is over its parents, then i.
#[derive(Clone, Debug)]
enum Tables {
    Float(Vec<Factor<Scaled>>),
    Exact(Vec<Factor<Rational>>),
}

/// Asks tables of either kind for the same.
macro_rules! ask {
    ($tables:expr, $f:ident => $body:expr) => {
        match $tables {
            Tables::Float($f) => $body,
            Tables::Exact($f) => $body,
        }
    };
}

impl Network {
    /// A network of one conditional table for each variable; exact where all tables are fractions.
    ///
    /// A variable's parents are those that its table is given. Names, numbers of states and the absence of circles are
    /// checked; a condition whose states are only numbered takes the states of the variable of that name.
    pub fn new(tables: &[Conditional]) -> Result<Network> {
        let mut variables: Vec<Variable> = vec![];
        for t in tables {
            let [v] = t.of() else {
                return Err(argument(format!("{t}: a table of a network is of one variable")));
            };
            if variables.iter().any(|w| w.name() == v.name()) {
                return Err(argument(format!("the variable `{}` has two tables", v.name())));
            }
            variables.push(v.clone());
        }
        let parents = tables.iter().map(|t| parents_of(t, &variables)).collect::<Result<Vec<_>>>()?;
        acyclic(&variables, &parents)?;
        let ids = |i: usize| [parents[i].as_slice(), &[i]].concat();
        let exact = tables.iter().enumerate().map(|(i, t)| match t.weights() {
            Table::Exact(f) => Some(f.renumbered(|v| ids(i)[v])),
            Table::Float(_) => None,
        });
        let tables = match exact.collect::<Option<Vec<_>>>() {
            Some(exact) => Tables::Exact(exact),
            None => Tables::Float(
                tables.iter().enumerate().map(|(i, t)| t.weights().rounded().renumbered(|v| ids(i)[v])).collect(),
            ),
        };
        Ok(Network { variables, parents, tables })
    }

    /// Reads a network from the text of a BIF file; errors name the line and the column.
    ///
    /// Numbers are read as the decimals that they are, so that `exact` gives fractions. A row that misses 1 by no more
    /// than its decimals were rounded (as 0.3333333 three times does) is divided by its sum.
    pub fn parse_bif(text: &str, file: &str, exact: bool) -> Result<Network> {
        let network = Network::new(&bif::parse(text, file)?)?;
        Ok(if exact { network } else { network.rounded() })
    }

    /// Reads a network from a BIF file.
    pub fn read_bif(path: impl AsRef<std::path::Path>, exact: bool) -> Result<Network> {
        let path = path.as_ref();
        let file = path.display().to_string();
        let io = |e: std::io::Error| Error::new(ErrorKind::Io, format!("`{file}` cannot be read: {e}"));
        Network::parse_bif(&std::fs::read_to_string(path).map_err(io)?, &file, exact)
    }

    /// The same network with every fraction rounded once to f64.
    pub fn rounded(&self) -> Network {
        let tables = match &self.tables {
            Tables::Float(t) => t.clone(),
            Tables::Exact(t) => t.iter().map(|f| Table::Exact(f.clone()).rounded()).collect(),
        };
        Network { tables: Tables::Float(tables), ..self.clone() }
    }

    /// The variables.
    pub fn variables(&self) -> &[Variable] {
        &self.variables
    }

    /// The places of the parents of every variable.
    pub fn parents(&self) -> &[Vec<usize>] {
        &self.parents
    }

    /// The distribution of some variables given the states of others, by variable elimination.
    ///
    /// ```
    /// use gradus::prob::Network;
    /// let asia = Network::read_bif("datasets/asia.bif", false)?;
    /// let answer = asia.query(&["lung"], &[("xray", "yes"), ("smoke", "no")])?.known()?;
    /// assert!((answer.joint.table()?.to_f64()[0] - 0.142286).abs() < 1e-6);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    pub fn query<S: AsRef<str>, T: AsRef<str>>(&self, of: &[S], evidence: &[(T, T)]) -> Result<Given<Posterior>> {
        let of = find_all(&self.variables, of)?;
        let seen = observed(&self.variables, evidence)?;
        if let Some((i, _)) = seen.iter().find(|(i, _)| of.contains(i)) {
            return Err(argument(format!("`{}` is both asked for and observed", self.variables[*i].name())));
        }
        let count = of.iter().fold(1usize, |n, &i| n.saturating_mul(self.variables[i].count()));
        memory::check(count.saturating_mul(64), "the table of all that is asked for")?;
        let number = |v: usize| of.iter().position(|&k| k == v).unwrap_or(v);
        let table = match &self.tables {
            Tables::Float(t) => Table::Float(self.reduced(t, &of, &seen)?.renumbered(number)),
            Tables::Exact(t) => Table::Exact(self.reduced(t, &of, &seen)?.renumbered(number)),
        };
        let evidence = table.total();
        let Ok(table) = table.normalized() else {
            return Ok(Given::Impossible { because: self.contradiction(&seen)? });
        };
        let variables = of.iter().map(|&i| self.variables[i].clone()).collect();
        Ok(Given::Known(Posterior { joint: Joint::made(variables, table), evidence }))
    }

    /// A probability as the book writes it: `lung=yes | xray=yes, smoke=no`.
    pub fn prob(&self, query: &str) -> Result<Given<Probability>> {
        let query = Query::parse(query)?;
        let of = observed(&self.variables, &with_states(&query.of)?)?;
        let seen = observed(&self.variables, &query.evidence()?)?;
        if let Some((i, _)) = seen.iter().find(|(i, _)| of.iter().any(|(j, _)| j == i)) {
            return Err(argument(format!("`{}` is both asked for and observed", self.variables[*i].name())));
        }
        let both = [seen.as_slice(), &of].concat();
        let known = ask!(&self.tables, t => {
            let evidence = self.reduced(t, &[], &seen)?.total();
            Weight::over(&self.reduced(t, &[], &both)?.total(), &evidence).map(|p| Probability::of(&p))
        });
        match known {
            Some(p) => Ok(Given::Known(p)),
            None => Ok(Given::Impossible { because: self.contradiction(&seen)? }),
        }
    }

    /// The full table; refused where it would not fit into memory.
    pub fn joint(&self) -> Result<Joint> {
        let names: Vec<&str> = self.variables.iter().map(Variable::name).collect();
        self.query::<_, &str>(&names, &[])?.known().map(|p| p.joint)
    }

    /// Σ over all other variables of the product of the tables at the evidence.
    fn reduced<W: Weight>(&self, tables: &[Factor<W>], of: &[usize], seen: &[(usize, usize)]) -> Result<Factor<W>> {
        let asked: Vec<usize> = of.iter().copied().chain(seen.iter().map(|(i, _)| *i)).collect();
        // What has no descendant that is asked for or observed sums to 1.
        let relevant = self.ancestors(&asked);
        let factors = relevant.iter().map(|&i| tables[i].at(seen)).collect();
        eliminate(factors, of)
    }

    /// These variables and all those that they depend on.
    fn ancestors(&self, of: &[usize]) -> Vec<usize> {
        let mut found = vec![false; self.variables.len()];
        let mut pending = of.to_vec();
        while let Some(i) = pending.pop() {
            if !std::mem::replace(&mut found[i], true) {
                pending.extend(&self.parents[i]);
            }
        }
        (0..found.len()).filter(|&i| found[i]).collect()
    }

    fn contradiction(&self, seen: &[(usize, usize)]) -> Result<String> {
        let mut possible = vec![true];
        for n in 1..seen.len() {
            possible.push(ask!(&self.tables, t => !self.reduced(t, &[], &seen[..n])?.total().is_zero()));
        }
        Ok(contradiction(&self.variables, seen, |n| possible[n]))
    }
}

/// The places of the variables that a table is given.
fn parents_of(table: &Conditional, variables: &[Variable]) -> Result<Vec<usize>> {
    let names: Vec<&str> = table.given().iter().map(Variable::name).collect();
    let at = find_all(variables, &names).map_err(|e| Error::new(e.kind(), format!("{table}: {}", e.message())))?;
    for (v, &i) in table.given().iter().zip(&at) {
        let own = &variables[i];
        let numbered = Variable::numbered(v.name(), v.count()).is_ok_and(|n| n == *v);
        if v.count() != own.count() || !(numbered || v == own) {
            return Err(argument(format!(
                "{table} has the states {} for `{}`, its own table {}",
                v.states().join(", "),
                v.name(),
                own.states().join(", ")
            )));
        }
    }
    Ok(at)
}

/// An error that names a circle of parents.
fn acyclic(variables: &[Variable], parents: &[Vec<usize>]) -> Result<()> {
    let mut done = vec![false; variables.len()];
    while let Some(i) = (0..done.len()).find(|&i| !done[i] && parents[i].iter().all(|&p| done[p])) {
        done[i] = true;
    }
    let Some(start) = done.iter().position(|d| !d) else { return Ok(()) };
    // Every variable left has a parent left: walking up comes round.
    let (mut at, mut path) = (start, vec![]);
    while !path.contains(&at) {
        path.push(at);
        at = parents[at].iter().copied().find(|&p| !done[p]).unwrap_or(at);
    }
    let from = path.iter().position(|&i| i == at).unwrap_or(0);
    let circle: Vec<&str> = path[from..].iter().rev().chain(path.last()).map(|&i| variables[i].name()).collect();
    Err(argument(format!("the tables go round in a circle: {}", circle.join(" → "))))
}

impl fmt::Display for Network {
    /// Writes the factors: `P(rain) P(wet | rain)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let factor = |(v, parents): (&Variable, &Vec<usize>)| {
            let given: Vec<&str> = parents.iter().map(|&p| self.variables[p].name()).collect();
            if given.is_empty() {
                format!("P({})", v.name())
            } else {
                format!("P({} | {})", v.name(), given.join(", "))
            }
        };
        f.write_str(&self.variables.iter().zip(&self.parents).map(factor).collect::<Vec<_>>().join(" "))
    }
}
