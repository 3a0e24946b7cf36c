//! Conditional tables P(x | y): one distribution of x for every combination of states of y.

use std::fmt;

use super::factor::{Weight, states};
use super::table::{Masses, Table, ask, sums_to_one};
use super::variable::{Variable, all_different, argument, assignment, observed};
use super::{Given, Joint};
use crate::Array;
use crate::array::Rational;
use crate::error::Result;

/// The table P(of | given): axes of `given` first, then of `of`, so that every row of the last is a distribution.
#[derive(Clone, Debug)]
pub struct Conditional {
    of: Vec<Variable>,
    given: Vec<Variable>,
    /// Over given 0, 1, …, then of.
    table: Table,
    /// The rows whose condition has probability 0.
    impossible: Vec<usize>,
}

impl Conditional {
    /// A conditional table from its numbers: a row for every combination of states of `given`, each summing to 1.
    ///
    /// ```
    /// use gradus::prob::{Conditional, Variable};
    /// let [rain, wet] = [Variable::numbered("rain", 2)?, Variable::numbered("wet", 2)?];
    /// let p = Conditional::new(&[wet], &[rain], [0.9, 0.1, 0.2, 0.8])?;
    /// assert_eq!(p.to_string(), "P(wet | rain)");
    /// # Ok::<(), gradus::Error>(())
    /// ```
    pub fn new(of: &[Variable], given: &[Variable], masses: impl Into<Masses>) -> Result<Conditional> {
        Conditional::build(of, given, masses.into(), false)
    }

    /// The same from rows of any sum but 0: each is divided by it.
    pub fn normalized(of: &[Variable], given: &[Variable], masses: impl Into<Masses>) -> Result<Conditional> {
        Conditional::build(of, given, masses.into(), true)
    }

    fn build(of: &[Variable], given: &[Variable], masses: Masses, normalize: bool) -> Result<Conditional> {
        let all = [given, of].concat();
        all_different(&all)?;
        if of.is_empty() {
            return Err(argument("a conditional table is of at least one variable"));
        }
        let (table, dtype) = Table::new(&all, masses)?;
        if normalize {
            let (table, empty) = divided(&table, inner(of));
            return match empty.first() {
                Some(&r) => Err(argument(format!("the row at {} is all 0", row_name(given, r)))),
                None => Ok(Conditional { of: of.to_vec(), given: given.to_vec(), table, impossible: vec![] }),
            };
        }
        let size = inner(of);
        ask!(&table, f => f.table.chunks(size).enumerate().try_for_each(|(r, row)| {
            let what = if given.is_empty() { "the table".into() } else { format!("the row at {}", row_name(given, r)) };
            sums_to_one(&Weight::sum(&row.iter().collect::<Vec<_>>()), size, dtype, &what)
        }))?;
        Ok(Conditional { of: of.to_vec(), given: given.to_vec(), table, impossible: vec![] })
    }

    /// From a joint table over given, then of.
    pub(super) fn of_joint(of: Vec<Variable>, given: Vec<Variable>, joint: &Table) -> Result<Conditional> {
        if of.is_empty() {
            return Err(argument("a conditional table is of at least one variable"));
        }
        let (table, impossible) = divided(joint, inner(&of));
        Ok(Conditional { of, given, table, impossible })
    }

    /// The variables that are distributed.
    pub fn of(&self) -> &[Variable] {
        &self.of
    }

    /// The variables on which they depend.
    pub fn given(&self) -> &[Variable] {
        &self.given
    }

    pub(crate) fn weights(&self) -> &Table {
        &self.table
    }

    /// The probabilities, axes of the condition first; rows of an impossible condition are 0.
    pub fn table(&self) -> Result<Array> {
        self.table.array()
    }

    /// The probabilities as fractions, where the table was given so.
    pub fn fractions(&self) -> Option<Vec<Rational>> {
        self.table.fractions()
    }

    /// The conditions that have probability 0, as `y=b`; their rows of the table are 0.
    pub fn impossible(&self) -> Vec<String> {
        self.impossible.iter().map(|&r| row_name(&self.given, r)).collect()
    }

    /// The distribution for one state of every variable of the condition.
    pub fn row<S: AsRef<str>>(&self, condition: &[(S, S)]) -> Result<Given<Joint>> {
        let seen = observed(&self.given, condition)?;
        if let Some(v) = (0..self.given.len()).find(|i| seen.iter().all(|(j, _)| j != i)) {
            return Err(argument(format!("the condition must say which state of `{}`", self.given[v].name())));
        }
        let k = self.given.len();
        let row = super::table::each!(&self.table, f => f.at(&seen).renumbered(|v| v - k));
        if ask!(&row, f => f.total().is_zero()) {
            let because = format!("P({}) = 0", assignment(seen.iter().map(|&(i, s)| (&self.given[i], s))));
            return Ok(Given::Impossible { because });
        }
        Ok(Given::Known(Joint::made(self.of.clone(), row)))
    }
}

fn inner(of: &[Variable]) -> usize {
    of.iter().map(Variable::count).product()
}

fn divided(table: &Table, inner: usize) -> (Table, Vec<usize>) {
    match table {
        Table::Float(f) => {
            let (t, empty) = f.rows_divided(inner);
            (Table::Float(t), empty)
        }
        Table::Exact(f) => {
            let (t, empty) = f.rows_divided(inner);
            (Table::Exact(t), empty)
        }
    }
}

fn row_name(given: &[Variable], row: usize) -> String {
    let sizes: Vec<usize> = given.iter().map(Variable::count).collect();
    assignment(given.iter().zip(states(&sizes, row)))
}

impl fmt::Display for Conditional {
    /// Writes `P(x | y)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = |v: &[Variable]| v.iter().map(Variable::name).collect::<Vec<_>>().join(", ");
        match self.given.is_empty() {
            true => write!(f, "P({})", names(&self.of)),
            false => write!(f, "P({} | {})", names(&self.of), names(&self.given)),
        }
    }
}
