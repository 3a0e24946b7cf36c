//! One file per family, always in the same order: the record with its formulas, then how to make one.

mod bernoulli;
mod beta;
mod categorical;
mod counts;
mod dirichlet;
mod exponential;
mod gamma;
mod independent;
mod laplace;
mod log_normal;
mod mixture;
mod multivariate_normal;
mod normal;
mod points;
mod student_t;
mod transformed;
mod uniform;

pub use bernoulli::{BERNOULLI, bernoulli, bernoulli_by_logits};
pub use beta::{BETA, beta};
pub use categorical::{CATEGORICAL, categorical, categorical_by_logits};
pub use counts::{BINOMIAL, MULTINOMIAL, POISSON, binomial, multinomial, poisson};
pub use dirichlet::{DIRICHLET, dirichlet};
pub use exponential::{EXPONENTIAL, exponential};
pub use gamma::{GAMMA, gamma};
pub use independent::{INDEPENDENT, independent};
pub use laplace::{LAPLACE, laplace};
pub use log_normal::{LOG_NORMAL, log_normal};
pub use mixture::{MIXTURE, mixture, responsibilities};
pub use multivariate_normal::{
    MULTIVARIATE_NORMAL, multivariate_normal, multivariate_normal_by_cholesky, multivariate_normal_by_precision,
};
pub use normal::{NORMAL, normal, normal_by_precision, normal_by_variance};
pub use points::{DIRAC, EMPIRICAL, dirac, empirical};
pub use student_t::{STUDENT_T, student_t};
pub use transformed::{Map, TRANSFORMED, transformed};
pub use uniform::{DISCRETE_UNIFORM, UNIFORM, discrete_uniform, uniform};

use super::{Distribution, Family, Parameter};
use crate::Tensor;

/// Every family, in the order in which tests and tables walk them.
pub static FAMILIES: &[&Family] = &[
    &UNIFORM,
    &DISCRETE_UNIFORM,
    &BERNOULLI,
    &CATEGORICAL,
    &NORMAL,
    &MULTIVARIATE_NORMAL,
    &EXPONENTIAL,
    &LAPLACE,
    &LOG_NORMAL,
    &GAMMA,
    &BETA,
    &DIRICHLET,
    &STUDENT_T,
    &BINOMIAL,
    &MULTINOMIAL,
    &POISSON,
    &DIRAC,
    &EMPIRICAL,
    &MIXTURE,
    &INDEPENDENT,
    &TRANSFORMED,
];

/// The family of this name.
pub fn family(name: &str) -> Option<&'static Family> {
    FAMILIES.iter().find(|f| f.name == name).copied()
}

/// The shape of one number.
fn scalar(_: &Distribution) -> Vec<usize> {
    vec![]
}

/// The parameters of the first form are those that are given.
fn same(given: &[Tensor]) -> Vec<Tensor> {
    given.to_vec()
}

/// `where(c, a, b)` with a number for b.
fn otherwise(c: &Tensor, a: &Tensor, b: f64) -> Tensor {
    Tensor::select(c, a, &Tensor::from(b))
}

/// A parameter that is a number under these names.
const fn number(names: &'static [&'static str], need: super::Need) -> Parameter {
    Parameter { names, rank: 0, need }
}

/// p f, where 0 of something infinite is nothing.
fn counted(p: &Tensor, f: &Tensor) -> Tensor {
    p * otherwise(&p.greater(0.0).logical_or(f.isfinite()), f, 0.0)
}
