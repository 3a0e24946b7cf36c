//! Sample statistics that merge: `moments` and what is asked of it.

use std::sync::Arc;

use super::{Function, row};
use crate::error::Result;
use crate::formula::arguments::Arguments;
use crate::formula::object::{Object, array};
use crate::formula::value::{Value, argument, known};
use crate::prob::{Moments, Weights};

fn object(m: Moments) -> Value {
    Value::Object(Object::Moments(Arc::new(m)))
}

impl Arguments<'_> {
    /// The moments at this place.
    fn moments(&self, i: usize) -> Result<Arc<Moments>> {
        match &self.value(i)?.0 {
            Value::Object(Object::Moments(m)) => Ok(m.clone()),
            other => Err(argument(format!("{} stands where the moments of a sample should", other.kind()))),
        }
    }
}

fn moments(c: &mut Arguments) -> Result<Value> {
    let x = known(&c.tensor(0)?)?;
    let (often, reliable) = (c.has(1), c.has(2));
    let weights = if often || reliable { c.numbers(if often { 1 } else { 2 })? } else { vec![] };
    Ok(object(match (often, reliable) {
        (true, true) => return Err(c.wrong("takes `fweights` or `aweights`, not both")),
        (true, _) => Moments::of(&x, Weights::Frequency(&weights))?,
        (_, true) => Moments::of(&x, Weights::Reliability(&weights))?,
        _ => Moments::of(&x, Weights::Equal)?,
    }))
}

/// The rows of this file.
pub(super) static TABLE: &[Function] = &[row(
    &["moments"],
    "x, fweights=None, aweights=None",
    "What a sample of numbers, or of observations in rows, tells of mean and variance; parts of it merge.",
    moments,
)];

/// The methods of the moments of a sample.
pub static MOMENTS_METHODS: &[Function] = &[
    row(&["merge"], "moments, other", "The moments of two samples together.", |c| {
        Ok(object(c.moments(0)?.merge(&*c.moments(1)?)?))
    }),
    row(&["variance", "var"], "moments, ddof=1", "The variances, sums of squares over n - ddof.", |c| {
        Ok(array(c.moments(0)?.variance(c.number(1, 1.0)?)?))
    }),
    row(&["covariance", "cov"], "moments, ddof=1", "The covariance matrix.", |c| {
        Ok(array(c.moments(0)?.covariance(c.number(1, 1.0)?)?))
    }),
    row(&["correlation", "corrcoef"], "moments", "The correlation matrix.", |c| {
        Ok(array(c.moments(0)?.correlation()?))
    }),
];
