//! The one table of the language's functions: names, parameters, what they do, and how they build a formula.
//!
//! Elementwise rows, comparisons and reductions are functions by themselves (`rows`); the other files list the rest.

mod calculus;
mod create;
mod decompositions;
mod density;
mod distributions;
mod elementwise;
mod examples;
mod joint;
mod logic;
mod movement;
mod network;
mod optimisation;
mod products;
mod random;
mod reduce;
mod rows;
mod sample;
mod scan;
mod statistics;

pub(super) use density::DENSITY_METHODS;
pub(super) use joint::{CONDITIONAL_METHODS, JOINT_METHODS};
pub(super) use network::NETWORK_METHODS;
pub(super) use sample::MOMENTS_METHODS;

use std::collections::HashMap;
use std::sync::OnceLock;

use super::arguments::Arguments;
use super::value::Value;
use crate::error::Result;
use crate::graph::Op;
use crate::prob::Family;

/// One function of the formula language.
pub struct Function {
    /// Its name, and the names under which other systems know it.
    pub names: &'static [&'static str],
    /// Its parameters with their defaults.
    pub signature: &'static str,
    /// What it does, in one sentence.
    pub doc: &'static str,
    /// The row that it is, if it is one by itself.
    pub(super) op: Option<&'static Op>,
    /// The family of distributions that it makes, if it makes one by its parameters.
    pub(super) family: Option<&'static Family>,
    /// Builds the formula.
    pub(super) build: fn(&mut Arguments) -> Result<Value>,
}

/// A row of the table.
const fn row(
    names: &'static [&'static str],
    signature: &'static str,
    doc: &'static str,
    build: fn(&mut Arguments) -> Result<Value>,
) -> Function {
    Function { names, signature, doc, op: None, family: None, build }
}

/// The tables by theme.
static TABLES: &[&[Function]] = &[
    elementwise::TABLE,
    logic::TABLE,
    reduce::TABLE,
    statistics::TABLE,
    sample::TABLE,
    products::TABLE,
    decompositions::TABLE,
    movement::TABLE,
    scan::TABLE,
    create::TABLE,
    random::TABLE,
    distributions::TABLE,
    joint::TABLE,
    density::TABLE,
    network::TABLE,
    calculus::TABLE,
    optimisation::TABLE,
];

/// Every function, in the order in which `gradus ops` prints them.
pub fn all() -> impl Iterator<Item = &'static Function> {
    static ROWS: OnceLock<Vec<Function>> = OnceLock::new();
    let tables = || TABLES.iter().flat_map(|table| table.iter());
    let taken = |name: &str| tables().any(|f| f.names.contains(&name));
    let derived = || [rows::derived(taken), distributions::constructors()].into_iter().flatten().collect();
    ROWS.get_or_init(derived).iter().chain(tables())
}

/// The function of this name.
pub fn find(name: &str) -> Option<&'static Function> {
    static BY_NAME: OnceLock<HashMap<&'static str, &'static Function>> = OnceLock::new();
    let by_name = || all().flat_map(|f| f.names.iter().map(move |n| (*n, f))).collect();
    BY_NAME.get_or_init(by_name).get(name).copied()
}

/// The method of this name of distributions.
pub(super) fn method_of_distributions(name: &str) -> Option<&'static Function> {
    distributions::METHODS.iter().find(|f| f.names.contains(&name))
}

/// The names of the methods of distributions.
pub(super) fn methods_of_distributions() -> impl Iterator<Item = &'static str> {
    distributions::METHODS.iter().flat_map(|f| f.names.iter().copied())
}
