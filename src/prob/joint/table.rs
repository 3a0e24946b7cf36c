//! The numbers of a table as they are given, and as they are kept: f64 that never underflow, or fractions.

use super::Probability;
use super::factor::{Factor, Weight, states};
use super::variable::{Variable, argument, assignment};
use crate::Array;
use crate::array::wide::Scaled;
use crate::array::{DType, Rational, display_shape};
use crate::error::{Error, ErrorKind, Result};

/// The numbers of a table, in row-major order: the last variable varies fastest.
#[derive(Clone, Debug)]
pub enum Masses {
    /// Probabilities; their dtype says how far from 1 their sum may lie.
    Plain(Array),
    /// Logarithms of probabilities, which may lie below the range of f64.
    Log(Array),
    /// Fractions: every answer is exact.
    Exact(Vec<Rational>),
}

impl From<&[f64]> for Masses {
    fn from(p: &[f64]) -> Masses {
        Masses::from(p.to_vec())
    }
}

impl<const N: usize> From<[f64; N]> for Masses {
    fn from(p: [f64; N]) -> Masses {
        Masses::from(p.to_vec())
    }
}

impl From<Vec<f64>> for Masses {
    fn from(p: Vec<f64>) -> Masses {
        Masses::Plain(Array::from(p))
    }
}

impl From<Vec<Rational>> for Masses {
    fn from(p: Vec<Rational>) -> Masses {
        Masses::Exact(p)
    }
}

/// A table of one of the two kinds of weights.
#[derive(Clone, Debug)]
pub(crate) enum Table {
    Float(Factor<Scaled>),
    Exact(Factor<Rational>),
}

/// Does the same to a table of either kind: `each!(table, f => f.onto(&keep))` is a table of that kind again.
macro_rules! each {
    ($table:expr, $f:ident => $body:expr) => {
        match $table {
            Table::Float($f) => Table::Float($body),
            Table::Exact($f) => Table::Exact($body),
        }
    };
}

/// Asks a table of either kind for the same.
macro_rules! ask {
    ($table:expr, $f:ident => $body:expr) => {
        match $table {
            Table::Float($f) => $body,
            Table::Exact($f) => $body,
        }
    };
}

pub(crate) use {ask, each};

impl Table {
    /// A table over variables 0, 1, …: every entry 0 or more, one for every combination of states.
    pub(crate) fn new(variables: &[Variable], masses: Masses) -> Result<(Table, DType)> {
        let sizes: Vec<usize> = variables.iter().map(Variable::count).collect();
        let count = sizes.iter().try_fold(1usize, |n, s| n.checked_mul(*s)).unwrap_or(usize::MAX);
        let vars: Vec<usize> = (0..sizes.len()).collect();
        let fits = |shape: &[usize], len: usize| match len == count && (shape.len() <= 1 || shape == sizes) {
            true => Ok(()),
            false => Err(Error::new(
                ErrorKind::Shape,
                format!("the table has shape {}; the variables need {}", display_shape(shape), display_shape(&sizes)),
            )),
        };
        let (table, dtype) = match masses {
            Masses::Exact(table) => {
                fits(&[table.len()], table.len())?;
                (Table::Exact(Factor { vars, sizes, table }), DType::F64)
            }
            Masses::Plain(a) => {
                fits(a.shape(), a.len())?;
                let dtype = a.dtype().to_float();
                (Table::Float(Factor { vars, sizes, table: a.iter_f64().map(Scaled::from).collect() }), dtype)
            }
            Masses::Log(a) => {
                fits(a.shape(), a.len())?;
                let dtype = a.dtype().to_float();
                (Table::Float(Factor { vars, sizes, table: a.iter_f64().map(Scaled::exp).collect() }), dtype)
            }
        };
        table.all_masses(variables)?;
        Ok((table, dtype))
    }

    /// An error that names the first entry that is no mass.
    fn all_masses(&self, variables: &[Variable]) -> Result<()> {
        let wrong = ask!(self, f => f.table.iter().position(|w| !w.is_zero() && (!(w.ln() < f64::INFINITY))));
        let Some(i) = wrong else { return Ok(()) };
        let value = ask!(self, f => f.table[i].to_f64());
        Err(Error::new(
            ErrorKind::Domain,
            format!("the table has {value} at {}; a probability is a number of 0 or more", self.entry(variables, i)),
        ))
    }

    /// The states at an entry, as text.
    pub(crate) fn entry(&self, variables: &[Variable], i: usize) -> String {
        assignment(variables.iter().zip(states(self.sizes(), i)))
    }

    /// How many states each variable has.
    pub(crate) fn sizes(&self) -> &[usize] {
        ask!(self, f => &f.sizes)
    }

    /// The entries as an array.
    pub(crate) fn array(&self) -> Result<Array> {
        Array::from_vec(ask!(self, f => f.table.iter().map(Weight::to_f64).collect::<Vec<f64>>()), self.sizes())
    }

    /// The logarithms of the entries as an array.
    pub(crate) fn logs(&self) -> Result<Array> {
        Array::from_vec(ask!(self, f => f.table.iter().map(Weight::ln).collect::<Vec<f64>>()), self.sizes())
    }

    /// The entries as fractions, where they are.
    pub(crate) fn fractions(&self) -> Option<Vec<Rational>> {
        match self {
            Table::Exact(f) => Some(f.table.clone()),
            Table::Float(_) => None,
        }
    }

    /// The sum of all entries.
    pub(crate) fn total(&self) -> Probability {
        ask!(self, f => Probability::of(&f.total()))
    }

    /// The entries as f64, every fraction rounded once.
    pub(crate) fn rounded(&self) -> Factor<Scaled> {
        let once = |w: &Rational| match w.to_f64() {
            x if x.is_normal() || w.is_zero() => Scaled::from(x),
            _ => Scaled::exp(w.ln()),
        };
        match self {
            Table::Float(f) => f.clone(),
            Table::Exact(f) => {
                let table = f.table.iter().map(once).collect();
                Factor { vars: f.vars.clone(), sizes: f.sizes.clone(), table }
            }
        }
    }

    /// The entries divided by their sum; an error where that is 0.
    pub(crate) fn normalized(&self) -> Result<Table> {
        let none = || Error::new(ErrorKind::Domain, "all masses of the table are 0, so that they cannot be normalised");
        Ok(match self {
            Table::Float(f) => Table::Float(f.divided(&f.total()).ok_or_else(none)?),
            Table::Exact(f) => Table::Exact(f.divided(&f.total()).ok_or_else(none)?),
        })
    }
}

/// An error unless a sum of `n` masses is 1 within the rounding of their dtype; fractions must give exactly 1.
pub(crate) fn sums_to_one<W: Weight>(total: &W, n: usize, dtype: DType, what: &str) -> Result<()> {
    let eps = dtype.format().map_or(f64::EPSILON, |f| f.eps());
    let tolerance = if total.fraction().is_some() { 0.0 } else { (n + 4) as f64 * eps };
    if total.apart(&W::one()) <= tolerance {
        return Ok(());
    }
    let sum = total.fraction().map_or_else(|| total.to_f64().to_string(), |f| f.to_string());
    let within = if tolerance > 0.0 { format!(" within {tolerance:.1e}") } else { String::new() };
    Err(argument(format!("{what} sums to {sum}, not to 1{within}; normalize=True divides by the sum")))
}
