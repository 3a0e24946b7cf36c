//! Discrete variables with a table of probabilities: the rules of probability as calls. What hangs on data is answered
//! at once, and evidence that cannot be is an answer with that name, never a NaN.
//!
//! ```
//! use gradus::prob::{Joint, Variable};
//! let weather = Variable::new("weather", &["sun", "rain"])?;
//! let umbrella = Variable::new("umbrella", &["no", "yes"])?;
//! let joint = Joint::new(&[weather, umbrella], [0.6, 0.1, 0.05, 0.25])?;
//! assert_eq!(joint.marginal(&["weather"])?.table()?.to_f64(), [0.7, 0.3]);
//! let rain = joint.prob("weather=rain | umbrella=yes")?.known()?;
//! assert!((rain.value - 0.25 / 0.35).abs() < 1e-15);
//! # Ok::<(), gradus::Error>(())
//! ```

mod bayes;
mod conditional;
mod dependence;
pub(crate) mod factor;
mod independence;
mod moments;
pub(crate) mod table;
pub(crate) mod variable;

use std::fmt;

pub use bayes::bayes;
pub use conditional::Conditional;
pub use dependence::{Dependence, independence_test};
pub use independence::Independence;
pub use table::Masses;
pub use variable::Variable;

use crate::array::{DType, Rational};
use crate::error::{Error, ErrorKind, Result};
use crate::{Array, Tensor};
use factor::Weight;
use table::{Table, ask, each, sums_to_one};
use variable::{Query, all_different, argument, assignment, find_all, observed, with_states};

/// The joint distribution of named discrete variables. Source: Goodfellow, Bengio and Courville, sections 3.2 to 3.7.
#[derive(Clone, Debug)]
pub struct Joint {
    variables: Vec<Variable>,
    /// The table over variables 0, 1, ….
    table: Table,
}

/// What is known once something was observed, or that it cannot be observed.
#[derive(Clone, Debug, PartialEq)]
pub enum Given<T> {
    /// The answer.
    Known(T),
    /// The evidence has probability 0.
    Impossible {
        /// Which part of the evidence contradicts which.
        because: String,
    },
}

impl<T> Given<T> {
    /// The answer; an error of the domain where the evidence is impossible.
    pub fn known(self) -> Result<T> {
        match self {
            Given::Known(answer) => Ok(answer),
            Given::Impossible { because } => {
                Err(Error::new(ErrorKind::Domain, format!("the evidence is impossible: {because}")))
            }
        }
    }

    /// True where the evidence has probability 0.
    pub fn is_impossible(&self) -> bool {
        matches!(self, Given::Impossible { .. })
    }

    /// The same with another answer.
    pub(crate) fn map<U>(self, f: impl FnOnce(T) -> Result<U>) -> Result<Given<U>> {
        Ok(match self {
            Given::Known(answer) => Given::Known(f(answer)?),
            Given::Impossible { because } => Given::Impossible { because },
        })
    }
}

/// One probability: as a number, as a logarithm that reaches below f64, and as a fraction where it is known as one.
#[derive(Clone, Debug, PartialEq)]
pub struct Probability {
    /// The nearest f64.
    pub value: f64,
    /// The natural logarithm.
    pub log: f64,
    /// The exact value, of a table of fractions.
    pub fraction: Option<Rational>,
}

impl Probability {
    pub(crate) fn of<W: Weight>(w: &W) -> Probability {
        Probability { value: w.to_f64(), log: w.ln(), fraction: w.fraction() }
    }
}

/// What is known of the other variables, and how probable the evidence was.
#[derive(Clone, Debug)]
pub struct Posterior {
    /// The distribution of what was asked for.
    pub joint: Joint,
    /// The probability of what was observed.
    pub evidence: Probability,
}

impl Joint {
    /// A joint distribution from its table, the last variable varying fastest.
    ///
    /// Entries are 0 or more, and sum to 1 within the rounding of their dtype: fractions exactly.
    pub fn new(variables: &[Variable], masses: impl Into<Masses>) -> Result<Joint> {
        all_different(variables)?;
        let (table, dtype) = Table::new(variables, masses.into())?;
        ask!(&table, f => sums_to_one(&f.total(), f.table.len(), dtype, "the table"))?;
        Ok(Joint { variables: variables.to_vec(), table })
    }

    /// A joint distribution from numbers of any sum but 0, such as counts: they are divided by it.
    ///
    /// ```
    /// use gradus::prob::{Joint, Variable};
    /// let joint = Joint::normalized(&[Variable::numbered("x", 2)?], [3.0, 1.0])?;
    /// assert_eq!(joint.table()?.to_f64(), [0.75, 0.25]);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    pub fn normalized(variables: &[Variable], masses: impl Into<Masses>) -> Result<Joint> {
        all_different(variables)?;
        let (table, _) = Table::new(variables, masses.into())?;
        Ok(Joint { variables: variables.to_vec(), table: table.normalized()? })
    }

    /// A table that is right by construction.
    pub(crate) fn made(variables: Vec<Variable>, table: Table) -> Joint {
        Joint { variables, table }
    }

    /// The variables, in the order of the table's axes.
    pub fn variables(&self) -> &[Variable] {
        &self.variables
    }

    pub(crate) fn weights(&self) -> &Table {
        &self.table
    }

    /// The probabilities, an axis for each variable.
    pub fn table(&self) -> Result<Array> {
        self.table.array()
    }

    /// The logarithms of the probabilities, right also where these underflow.
    pub fn log_table(&self) -> Result<Array> {
        self.table.logs()
    }

    /// The probabilities as fractions, where the table was given so.
    pub fn fractions(&self) -> Option<Vec<Rational>> {
        self.table.fractions()
    }

    /// The table as a formula of these dtype's numbers, for what is computed from it.
    pub(crate) fn tensor(&self) -> Result<Tensor> {
        Ok(Tensor::from(self.table()?.cast(DType::F64)?))
    }

    /// The distribution of some variables, P(x) = Σ_y P(x, y), in the order in which they are named. Section 3.4.
    pub fn marginal<S: AsRef<str>>(&self, names: &[S]) -> Result<Joint> {
        let keep = find_all(&self.variables, names)?;
        Ok(self.onto(&keep))
    }

    fn onto(&self, keep: &[usize]) -> Joint {
        let variables = keep.iter().map(|&i| self.variables[i].clone()).collect();
        let number = |v: usize| keep.iter().position(|&k| k == v).unwrap_or(v);
        Joint { variables, table: each!(&self.table, f => f.onto(keep).renumbered(number)) }
    }

    /// P(others | evidence), and P(evidence). Section 3.5.
    ///
    /// ```
    /// use gradus::prob::{Joint, Variable};
    /// let joint = Joint::new(&[Variable::numbered("x", 2)?, Variable::numbered("y", 2)?], [0.5, 0.0, 0.25, 0.25])?;
    /// let posterior = joint.given(&[("x", "1")])?.known()?;
    /// assert_eq!(posterior.joint.table()?.to_f64(), [0.5, 0.5]);
    /// assert_eq!(posterior.evidence.value, 0.5);
    /// assert!(joint.given(&[("x", "0"), ("y", "1")])?.is_impossible());
    /// # Ok::<(), gradus::Error>(())
    /// ```
    pub fn given<S: AsRef<str>>(&self, evidence: &[(S, S)]) -> Result<Given<Posterior>> {
        let seen = observed(&self.variables, evidence)?;
        let free: Vec<usize> = (0..self.variables.len()).filter(|i| seen.iter().all(|(j, _)| j != i)).collect();
        self.posterior(&free, &seen)
    }

    /// The distribution of some variables once others were observed.
    fn posterior(&self, of: &[usize], seen: &[(usize, usize)]) -> Result<Given<Posterior>> {
        if let Some((i, _)) = seen.iter().find(|(i, _)| of.contains(i)) {
            return Err(argument(format!("`{}` is both asked for and observed", self.variables[*i].name())));
        }
        let number = |v: usize| of.iter().position(|&k| k == v).unwrap_or(v);
        let slice = each!(&self.table, f => f.at(seen).onto(of).renumbered(number));
        let evidence = slice.total();
        let Ok(table) = slice.normalized() else {
            return Ok(Given::Impossible { because: self.contradiction(seen) });
        };
        let variables = of.iter().map(|&i| self.variables[i].clone()).collect();
        Ok(Given::Known(Posterior { joint: Joint { variables, table }, evidence }))
    }

    /// Which observation is the first that those before it exclude.
    fn contradiction(&self, seen: &[(usize, usize)]) -> String {
        let possible = |n: usize| ask!(&self.table, f => !f.at(&seen[..n]).total().is_zero());
        contradiction(&self.variables, seen, possible)
    }

    /// A probability as the book writes it: `x=1, y=2`, `x=1 | y=2`.
    ///
    /// ```
    /// use gradus::prob::{Joint, Variable};
    /// let joint = Joint::new(&[Variable::numbered("x", 2)?, Variable::numbered("y", 2)?], [0.5, 0.0, 0.25, 0.25])?;
    /// assert_eq!(joint.prob("x=1, y=0")?.known()?.value, 0.25);
    /// assert_eq!(joint.prob("y=0 | x=1")?.known()?.value, 0.5);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    pub fn prob(&self, query: &str) -> Result<Given<Probability>> {
        let query = Query::parse(query)?;
        let of = observed(&self.variables, &with_states(&query.of)?)?;
        let names: Vec<&String> = query.of.iter().map(|(n, _)| n).collect();
        self.query(&names, &query.evidence()?)?.map(|p| p.joint.mass(&of, &self.variables))
    }

    /// The probability of one entry, states by the numbers of other variables.
    pub(crate) fn mass(&self, of: &[(usize, usize)], variables: &[Variable]) -> Result<Probability> {
        let named = of.iter().map(|&(i, s)| (variables[i].name(), variables[i].states()[s].as_str()));
        let at = observed(&self.variables, &named.collect::<Vec<_>>())?;
        Ok(ask!(&self.table, f => Probability::of(&f.at(&at).total())))
    }

    /// The distribution of some variables given the states of others.
    pub fn query<S: AsRef<str>, T: AsRef<str>>(&self, of: &[S], evidence: &[(T, T)]) -> Result<Given<Posterior>> {
        let seen = observed(&self.variables, evidence)?;
        self.posterior(&find_all(&self.variables, of)?, &seen)
    }

    /// The table P(of | given), one distribution for every combination of states of `given`. Section 3.5.
    ///
    /// ```
    /// use gradus::prob::{Joint, Variable};
    /// let joint = Joint::new(&[Variable::numbered("x", 2)?, Variable::numbered("y", 2)?], [0.5, 0.0, 0.25, 0.25])?;
    /// let y_given_x = joint.conditional(&["y"], &["x"])?;
    /// assert_eq!(y_given_x.table()?.to_f64(), [1.0, 0.0, 0.5, 0.5]);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    pub fn conditional<S: AsRef<str>>(&self, of: &[S], given: &[S]) -> Result<Conditional> {
        let names: Vec<&str> = given.iter().chain(of).map(AsRef::as_ref).collect();
        let joint = self.marginal(&names)?;
        let (given, of) = joint.variables.split_at(given.len());
        Conditional::of_joint(of.to_vec(), given.to_vec(), &joint.table)
    }

    /// The chain rule, P(a, b, c) = P(a) P(b | a) P(c | a, b), in any order of all variables. Section 3.6.
    ///
    /// ```
    /// use gradus::prob::{Joint, Variable};
    /// let joint = Joint::new(&[Variable::numbered("x", 2)?, Variable::numbered("y", 2)?], [0.5, 0.0, 0.25, 0.25])?;
    /// let factors = joint.chain(&["y", "x"])?;
    /// assert_eq!(factors.iter().map(|f| f.to_string()).collect::<Vec<_>>(), ["P(y)", "P(x | y)"]);
    /// assert_eq!(factors[0].table()?.to_f64(), [0.75, 0.25]);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    pub fn chain<S: AsRef<str>>(&self, order: &[S]) -> Result<Vec<Conditional>> {
        find_all(&self.variables, order)?;
        if let Some(v) = self.variables.iter().find(|v| order.iter().all(|n| n.as_ref().trim() != v.name())) {
            return Err(argument(format!("the chain rule names every variable; `{}` is missing", v.name())));
        }
        let names: Vec<&str> = order.iter().map(AsRef::as_ref).collect();
        (0..names.len()).map(|i| self.conditional(&names[i..=i], &names[..i])).collect()
    }

    /// The joint distribution that a list of samples has: how often each combination of numbers 0, 1, … was seen.
    ///
    /// `samples` has a row for every observation and a column for every variable.
    ///
    /// ```
    /// use gradus::prob::Joint;
    /// let seen = gradus::Array::from([[0.0, 1.0], [0.0, 1.0], [1.0, 0.0], [0.0, 0.0]]);
    /// assert_eq!(Joint::from_samples(&["x", "y"], &seen)?.table()?.to_f64(), [0.25, 0.5, 0.25, 0.0]);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    pub fn from_samples(names: &[&str], samples: &Array) -> Result<Joint> {
        let &[_, k] = samples.shape() else {
            return Err(Error::new(
                ErrorKind::Shape,
                "samples are a matrix: a row for each, a column for each variable",
            ));
        };
        if k != names.len() {
            return Err(Error::new(ErrorKind::Shape, format!("{k} columns of samples, {} names", names.len())));
        }
        let values = samples.to_f64();
        if let Some(v) = values.iter().find(|v| !(**v >= 0.0 && v.fract() == 0.0 && **v < 1e6)) {
            return Err(Error::new(ErrorKind::Data, format!("states in samples are numbers 0, 1, …, not {v}")));
        }
        let largest = |j: usize| values.iter().skip(j).step_by(k.max(1)).fold(0.0f64, |m, v| m.max(*v)) as usize;
        let sizes: Vec<usize> = (0..k).map(|j| largest(j) + 1).collect();
        let variables = names.iter().zip(&sizes).map(|(n, &s)| Variable::numbered(n, s)).collect::<Result<Vec<_>>>()?;
        let count = sizes.iter().fold(1usize, |n, s| n.saturating_mul(*s));
        crate::array::memory::check(count.saturating_mul(16), "the table of all combinations of states")?;
        let mut counts = vec![0.0; count];
        for row in values.chunks(k.max(1)) {
            counts[row.iter().zip(&sizes).fold(0, |i, (&v, s)| i * s + v as usize)] += 1.0;
        }
        Joint::normalized(&variables, counts)
    }
}

/// Observations in text: `a=x, b=y`.
pub(crate) fn observations(text: &str) -> Result<Vec<(String, String)>> {
    with_states(&variable::terms(text)?)
}

/// Which observation is the first that those before it exclude; `possible(n)` says whether the first n can be.
pub(crate) fn contradiction(
    variables: &[Variable],
    seen: &[(usize, usize)],
    possible: impl Fn(usize) -> bool,
) -> String {
    let text = |seen: &[(usize, usize)]| assignment(seen.iter().map(|&(i, s)| (&variables[i], s)));
    let n = (1..seen.len()).find(|&n| !possible(n)).unwrap_or(seen.len());
    match n {
        0 => "everything has probability 0".into(),
        1 => format!("P({}) = 0", text(&seen[..1])),
        n => format!("P({} | {}) = 0", text(&seen[n - 1..n]), text(&seen[..n - 1])),
    }
}

impl fmt::Display for Joint {
    /// Writes a line for every combination of states.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts: Vec<String> = match &self.table {
            Table::Float(t) => t.table.iter().map(|w| w.to_f64().to_string()).collect(),
            Table::Exact(t) => t.table.iter().map(Rational::to_string).collect(),
        };
        let lines = texts.iter().enumerate().map(|(i, p)| format!("P({}) = {p}", self.table.entry(&self.variables, i)));
        f.write_str(&lines.collect::<Vec<_>>().join("\n"))
    }
}
