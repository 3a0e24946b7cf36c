//! `Distribution`: a family with parameters that are formulas, and the methods that every family has.

use std::fmt;
use std::sync::Arc;

use super::{DIRAC, Draw, Family, MIXTURE, Map, Parameter, Support};
use crate::array::broadcast;
use crate::error::{Error, ErrorKind, Result};
use crate::{DType, Tensor, ops};

/// A probability distribution: a value whose parameters are formulas; cloning copies a pointer.
///
/// Building one never fails: parameters out of range are errors when something of it is evaluated. Every method gives a
/// formula; leading axes of the parameters are batch axes.
///
/// ```
/// use gradus::{grad, ops, prob};
/// let d = prob::exponential([1.0, 10.0]);
/// assert_eq!(d.mean().eval()?.to_f64(), [1.0, 0.1]);
/// assert_eq!(d.log_prob(-1.0).eval()?.to_f64(), [f64::NEG_INFINITY; 2]);
/// assert_eq!(d.sample(&ops::key(0), &[5]).shape()?, [5, 2]);
/// # Ok::<(), gradus::Error>(())
/// ```
#[derive(Clone)]
pub struct Distribution(Arc<Inner>);

struct Inner {
    family: &'static Family,
    form: usize,
    given: Vec<Tensor>,
    parameters: Vec<Tensor>,
    parts: Vec<Distribution>,
    /// How many batch axes of the parts belong to a value.
    own: usize,
    /// The map of a change of variables.
    map: Option<Map>,
    /// Parameters, what must hold of them, and the message where it does not.
    requirements: Vec<(Tensor, Tensor, String)>,
}

impl Distribution {
    /// A distribution by the parameters of one form.
    #[track_caller]
    pub(super) fn of_form(family: &'static Family, form: usize, given: Vec<Tensor>) -> Distribution {
        let f = &family.forms[form];
        let (given, requirements) = checked(family, f.parameters, given);
        let parameters = (f.first)(&given);
        Inner { family, form, given, parameters, parts: vec![], own: 0, map: None, requirements }.into()
    }

    /// A distribution by the parameters of the first form, in order.
    #[track_caller]
    pub(super) fn new<const N: usize>(family: &'static Family, given: [Tensor; N]) -> Distribution {
        Distribution::of_form(family, 0, given.into())
    }

    /// A distribution made of other distributions, with parameters beside them; `own` batch axes belong to a value.
    #[track_caller]
    pub(super) fn of_parts(
        family: &'static Family,
        parameters: &[Parameter],
        given: Vec<Tensor>,
        parts: Vec<Distribution>,
        own: usize,
    ) -> Distribution {
        let (given, requirements) = checked(family, parameters, given);
        Inner { family, form: 0, parameters: given.clone(), given, parts, own, map: None, requirements }.into()
    }

    /// The same with a map of its values.
    pub(super) fn with_map(self, map: &Map) -> Distribution {
        let i = &*self.0;
        let (given, parameters) = (i.given.clone(), i.parameters.clone());
        let (parts, requirements) = (i.parts.clone(), i.requirements.clone());
        let (family, form, own, map) = (i.family, i.form, i.own, Some(map.clone()));
        Inner { family, form, given, parameters, parts, own, map, requirements }.into()
    }

    /// A distribution of which nothing can be evaluated.
    pub(super) fn poisoned(family: &'static Family, error: Error) -> Distribution {
        let bad = Tensor::poison(&ops::REQUIRE, error, &[]);
        // One that is made of others is not asked what it is made of.
        let family = if family.forms.is_empty() { &DIRAC } else { family };
        let parameters = vec![bad; family.forms[0].parameters.len()];
        let (given, parts, requirements) = (parameters.clone(), vec![], vec![]);
        Inner { family, form: 0, given, parameters, parts, own: 0, map: None, requirements }.into()
    }

    /// The family.
    pub fn family(&self) -> &'static Family {
        self.0.family
    }

    /// Which form of the family's parameters it was given.
    pub fn form(&self) -> usize {
        self.0.form
    }

    /// A parameter of the first form, checked.
    pub fn parameter(&self, i: usize) -> &Tensor {
        &self.0.parameters[i]
    }

    /// The distributions that it is made of.
    pub fn parts(&self) -> &[Distribution] {
        &self.0.parts
    }

    /// The parameters as they were given, with their names.
    pub fn given(&self) -> Vec<(&'static str, Tensor)> {
        let names = self.0.family.forms.get(self.0.form).map_or(&[][..], |f| f.parameters);
        let names = names.iter().map(|p| p.names[0]).chain(std::iter::repeat("weights"));
        names.zip(self.0.given.iter().cloned()).collect()
    }

    /// How many batch axes of its parts belong to a value of an `Independent` one.
    pub(super) fn own_axes(&self) -> usize {
        self.0.own
    }

    /// The map of a change of variables.
    pub(super) fn map(&self) -> Option<&Map> {
        self.0.map.as_ref()
    }

    /// True if it has a mass function, false if a density: one that is made of others is as they are.
    pub fn is_discrete(&self) -> bool {
        self.0.parts.first().map_or(self.0.family.discrete, Distribution::is_discrete)
    }

    /// The parameter of this name, if it was given or belongs to the first form.
    pub fn get(&self, name: &str) -> Option<Tensor> {
        let family = self.0.family;
        let given =
            self.given().into_iter().find(|(n, _)| *n == name || family.parameter(name) == Some(*n)).map(|(_, t)| t);
        let first =
            || family.forms.first()?.parameters.iter().position(|p| p.is(name)).map(|i| self.parameter(i).clone());
        given.or_else(first)
    }

    /// The shape of one value: `[]` of a number.
    pub fn event_shape(&self) -> Vec<usize> {
        (self.0.family.event)(self)
    }

    /// The axes over which parameters differ, in front of those of an event; an error if they do not broadcast.
    pub fn batch_shape(&self) -> Result<Vec<usize>> {
        let family = self.0.family;
        let mut batch: Vec<usize> = vec![];
        let mut join = |shape: &[usize]| {
            let misfit =
                || Error::new(ErrorKind::Shape, format!("the parameters of `{}` do not broadcast", family.name));
            batch = broadcast(&batch, shape).ok_or_else(misfit)?;
            Ok::<(), Error>(())
        };
        if let Some(first) = family.forms.first() {
            for (p, t) in first.parameters.iter().zip(&self.0.parameters) {
                let shape = t.shape()?;
                join(&shape[..shape.len().saturating_sub(p.rank)])?;
            }
        }
        for (t, rank) in self.0.given.iter().zip([1]).filter(|_| !self.0.parts.is_empty()) {
            let shape = t.shape()?;
            join(&shape[..shape.len().saturating_sub(rank)])?;
        }
        for part in &self.0.parts {
            join(&part.batch_shape()?)?;
        }
        batch.truncate(batch.len() - self.0.own.min(batch.len()));
        Ok(batch)
    }

    /// The float type of its values: that of its parameters, f64 where they are plain numbers.
    pub fn dtype(&self) -> DType {
        let own = self.0.parameters.iter().filter_map(|t| t.meta().ok()).filter(|m| !m.weak).map(|m| m.dtype);
        own.chain(self.0.parts.iter().map(|p| p.dtype())).reduce(DType::promote).map_or(DType::F64, DType::to_float)
    }

    /// A method's formula, or a tensor that is poisoned with the reason why there is none.
    fn formula<F: Copy>(&self, fact: &super::Fact<F>, method: &str, build: impl FnOnce(F) -> Tensor) -> Tensor {
        match fact.get(self.0.family, method) {
            Ok(f) => build(f),
            Err(e) => Tensor::poison(&ops::REQUIRE, e, &[]),
        }
    }

    /// Where it is not 0.
    pub fn support(&self) -> Support {
        (self.0.family.support)(self)
    }

    /// P(X > x).
    #[track_caller]
    pub fn sf(&self, x: impl Into<Tensor>) -> Tensor {
        self.log_sf(x).exp()
    }

    /// The least x with P(X ≤ x) ≥ q; NaN for a q that is no probability.
    #[track_caller]
    pub fn quantile(&self, q: impl Into<Tensor>) -> Tensor {
        let q = q.into();
        let inside = q.greater_equal(0.0).logical_and(q.less_equal(1.0));
        self.formula(&self.0.family.quantile, "quantile", |f| {
            Tensor::select(&inside, &f(self, &q), &Tensor::from(f64::NAN))
        })
    }

    /// The square root of the variance.
    #[track_caller]
    pub fn std(&self) -> Tensor {
        self.variance().sqrt()
    }

    /// The expectation of f as a formula, where it is a finite sum: `E[f(X)] = Σ p(x) f(x)`, for `Dirac` f at its point.
    #[track_caller]
    pub fn expectation(&self, f: impl Fn(&Tensor) -> Tensor) -> Tensor {
        self.formula(&self.0.family.expectation, "expectation", |e| e(self, &f))
    }

    /// Random values, of shape `shape` ++ batch ++ event; the same key gives the same values.
    #[track_caller]
    pub fn sample(&self, key: &Tensor, shape: &[usize]) -> Tensor {
        self.formula(&self.0.family.sample, "sample", |f| self.drawn(key, shape, |draw| f(self, draw).stop_gradient()))
    }

    /// Random values as a differentiable function of the parameters (reparametrised).
    #[track_caller]
    pub fn rsample(&self, key: &Tensor, shape: &[usize]) -> Tensor {
        self.formula(&self.0.family.rsample, "rsample", |f| self.drawn(key, shape, |draw| f(self, draw)))
    }

    /// Values by a draw whose shape covers the batch.
    pub(super) fn drawn_by(&self, draw: &Draw) -> Tensor {
        self.formula(&self.0.family.sample, "sample", |f| f(self, draw))
    }

    /// The same as a differentiable function of the parameters.
    pub(super) fn path_by(&self, draw: &Draw) -> Tensor {
        self.formula(&self.0.family.rsample, "rsample", |f| f(self, draw))
    }

    fn drawn(&self, key: &Tensor, shape: &[usize], f: impl FnOnce(&Draw) -> Tensor) -> Tensor {
        match self.batch_shape() {
            Ok(batch) => f(&Draw { key: key.clone(), shape: [shape, &batch].concat(), dtype: self.dtype() }),
            Err(e) => Tensor::poison(&ops::REQUIRE, e, &[]),
        }
    }

    /// A number of the distribution: one for every batch (and element of an event), and only if all parameters will do.
    fn number(&self, fact: &super::Of, method: &str, event: bool) -> Tensor {
        self.settled(self.formula(fact, method, |f| f(self)), event)
    }

    /// 0 for every batch, if all parameters will do.
    pub(super) fn zero(&self) -> Tensor {
        let parts = self.0.parts.iter().map(Distribution::zero).reduce(|a, b| a + b);
        self.settled(parts.map_or_else(|| Tensor::from(0.0), |p| if self.0.own > 0 { p.sum(()) } else { p }), false)
    }

    /// A number under the requirements of all parameters, in the shape of the batch.
    fn settled(&self, x: Tensor, event: bool) -> Tensor {
        let x = self.0.requirements.iter().fold(x, |x, (of, holds, message)| x.require_of(of, holds, message));
        match self.batch_shape() {
            Ok(mut shape) => {
                shape.extend(self.event_shape().into_iter().filter(|_| event));
                if x.shape().is_ok_and(|s| s != shape) { x.broadcast_to(&shape) } else { x }
            }
            Err(e) => Tensor::poison(&ops::REQUIRE, e, &[]),
        }
    }
}

/// Functions of a value that only ask the family.
macro_rules! functions {
    ($($name:ident $doc:literal;)*) => {
        impl Distribution {
            $(#[doc = $doc]
            #[track_caller]
            pub fn $name(&self, x: impl Into<Tensor>) -> Tensor {
                self.formula(&self.0.family.$name, stringify!($name), |f| f(self, &x.into()))
            })*
        }
    };
}

/// Numbers that only ask the family: one for every batch, and for every element of an event if so marked.
macro_rules! numbers {
    ($($name:ident $event:literal $doc:literal;)*) => {
        impl Distribution {
            $(#[doc = $doc]
            #[track_caller]
            pub fn $name(&self) -> Tensor {
                self.number(&self.0.family.$name, stringify!($name), $event)
            })*
        }
    };
}

functions! {
    log_prob "log p(x), −∞ outside of the support.";
    prob "The density or probability p(x).";
    log_cdf "log P(X ≤ x).";
    cdf "P(X ≤ x).";
    log_sf "log P(X > x), accurate where P(X ≤ x) is near 1.";
}

numbers! {
    mean true "The expectation `E[X]`.";
    variance true "The variance of each element, `E[(X − E[X])²]`.";
    mode true "The most probable value.";
    entropy false "The entropy −E[log p(X)] in nats.";
}

/// Parameters with their requirements, and these by themselves.
#[track_caller]
fn checked(
    family: &Family,
    parameters: &[Parameter],
    given: Vec<Tensor>,
) -> (Vec<Tensor>, Vec<(Tensor, Tensor, String)>) {
    let first = given.first().cloned();
    let mut requirements = vec![];
    let checked = parameters.iter().zip(given).map(|(p, x)| match p.requirement(family.name, &x, first.as_ref()) {
        None => x,
        Some((holds, message)) => {
            let checked = x.require(&holds, &message);
            requirements.push((x, holds, message));
            checked
        }
    });
    (checked.collect(), requirements)
}

impl From<Inner> for Distribution {
    fn from(inner: Inner) -> Distribution {
        Distribution(Arc::new(inner))
    }
}

impl fmt::Display for Distribution {
    /// Writes the call that makes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let given = self.given();
        let named = given.iter().map(|(n, t)| if self.0.parts.is_empty() { format!("{n}={t}") } else { t.to_string() });
        let mut arguments: Vec<String> = named.collect();
        let parts: Vec<String> = self.0.parts.iter().map(Distribution::to_string).collect();
        if *self.0.family == MIXTURE {
            arguments.push(format!("[{}]", parts.join(", ")));
        } else {
            arguments.extend(parts);
        }
        arguments.extend((self.0.own > 0).then(|| self.0.own.to_string()));
        arguments.extend(self.0.map.as_ref().map(|m| m.name.clone()));
        write!(f, "{}({})", self.0.family.name, arguments.join(", "))
    }
}

impl fmt::Debug for Distribution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
