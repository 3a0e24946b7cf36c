//! Densities that are formulas of the script: their integrals, with errors.

use std::sync::Arc;

use super::joint::{impossible, over};
use super::{Function, row};
use crate::error::Result;
use crate::formula::arguments::Arguments;
use crate::formula::call::Given as Call;
use crate::formula::object::{NamedDensity, Object, array, number};
use crate::formula::value::{Callable, Record, Value, argument, known};
use crate::prob::{self, Density, Given, Integral, Updated};
use crate::{Array, Tensor};

fn object(names: Vec<String>, density: Density) -> Value {
    Value::Object(Object::Density(Arc::new(NamedDensity { names, density })))
}

/// An integral as a record.
fn integral(i: Integral) -> Value {
    Record::value(None, [("value", number(i.value)), ("error", number(i.error))])
}

impl Arguments<'_> {
    /// The density whose method this is.
    fn density(&self) -> Result<Arc<NamedDensity>> {
        match &self.value(0)?.0 {
            Value::Object(Object::Density(d)) => Ok(d.clone()),
            other => Err(argument(format!("{} stands where a density should", other.kind()))),
        }
    }

    /// What a function of the script makes of numbers; a formula without a function is itself.
    fn applied(&mut self, i: usize, names: &[String], x: &[Tensor]) -> Result<Tensor> {
        let (value, span) = self.value(i)?.clone();
        let Value::Function(f) = &value else {
            if let Value::Str(name) = &value {
                return Ok(x[place(names, name)?].clone());
            }
            return self.machine.tensor(&value, span);
        };
        // By their names where all parameters are such, else in order.
        let positional = match f {
            Callable::User(user) if user.params.iter().all(|p| names.contains(p)) => {
                user.params.iter().map(|p| place(names, p)).collect::<Result<Vec<_>>>()?
            }
            Callable::User(user) => (0..user.params.len().min(x.len())).collect(),
            _ => vec![0],
        };
        let positional = positional.into_iter().map(|k| (x[k].clone().into(), span)).collect();
        let place = self.place;
        let y = self.machine.apply(f, Call { positional, ..Call::default() }, place)?;
        self.machine.tensor(&y, span)
    }

    /// The variables that keyword arguments fix.
    fn fixed(&self, names: &[String]) -> Result<Vec<(usize, f64)>> {
        self.keywords().iter().map(|(n, (v, _))| Ok((place(names, n)?, v.number()?))).collect()
    }
}

fn place(names: &[String], name: &str) -> Result<usize> {
    let near = || super::super::suggest::listed(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let missing = || argument(format!("there is no variable `{name}`; the variables are {}", near()));
    names.iter().position(|n| n == name).ok_or_else(missing)
}

/// The names of the variables of a density: those of the function's parameters.
fn parameters(value: &Value, count: usize) -> Vec<String> {
    match value {
        Value::Function(Callable::User(user)) if user.params.len() == count => user.params.clone(),
        _ => (0..count).map(|i| format!("x{i}")).collect(),
    }
}

/// Ends of ranges: two numbers, or two lists of them.
fn ranges(c: &Arguments, lo: usize, hi: usize) -> Result<Vec<(f64, f64)>> {
    let (a, b) = (c.numbers(lo)?, c.numbers(hi)?);
    if a.len() != b.len() {
        return Err(c.wrong(&format!("has {} lower and {} upper ends", a.len(), b.len())));
    }
    Ok(a.into_iter().zip(b).collect())
}

/// Runs something that takes a function of numbers, which may fail itself.
fn with<T>(
    c: &mut Arguments,
    i: usize,
    names: &[String],
    use_it: impl FnOnce(&mut dyn FnMut(&[Tensor]) -> Tensor) -> Result<T>,
) -> Result<T> {
    let mut failed = None;
    let mut f = |x: &[Tensor]| match c.applied(i, names, x) {
        Ok(y) => y,
        Err(e) => {
            let poison = Tensor::poison(&crate::ops::REQUIRE, e.clone(), &[]);
            failed = Some(e);
            poison
        }
    };
    let result = use_it(&mut f);
    failed.map_or(result, Err)
}

fn density(c: &mut Arguments) -> Result<Value> {
    let ranges = ranges(c, 1, 2)?;
    let names = parameters(&c.value(0)?.0, ranges.len());
    let normalize = c.flag(3)?;
    let made =
        with(c, 0, &names, |f| if normalize { Density::normalized(&ranges, f) } else { Density::new(&ranges, f) })?;
    Ok(object(names, made))
}

/// Values of a function of one number at each number of an array, with the largest error.
fn each(c: &Arguments, i: usize, f: impl Fn(f64) -> Result<Integral>) -> Result<Value> {
    let x = known(&c.tensor(i)?)?;
    let values = x.iter_f64().map(|x| Ok(f(x)?.value)).collect::<Result<Vec<f64>>>()?;
    Ok(array(Array::from_vec(values, x.shape())?))
}

fn updated(names: Vec<String>, answer: Given<Updated>) -> Value {
    match answer {
        Given::Impossible { because } => impossible(because),
        Given::Known(u) => Record::value(
            Some("posterior"),
            [
                ("density", object(names, u.density)),
                ("evidence", number(u.evidence.value)),
                ("evidence_error", number(u.evidence.error)),
            ],
        ),
    }
}

/// The formula at numbers that are tensors.
fn at(c: &Arguments, f: impl Fn(&Density, &[Tensor]) -> Tensor) -> Result<Value> {
    let d = c.density()?;
    let x = c.rest().iter().map(|(v, span)| c.machine.tensor(v, *span)).collect::<Result<Vec<_>>>()?;
    if x.len() != d.names.len() {
        return Err(c.wrong(&format!("takes {} numbers, not {}", d.names.len(), x.len())));
    }
    Ok(f(&d.density, &x).into())
}

/// A function of one value, which has this shape, as one that can be applied again and again.
fn of_value(c: &mut Arguments, i: usize, event: &[usize]) -> Result<impl Fn(&Tensor) -> Tensor + use<>> {
    let size = event.iter().product::<usize>().max(1);
    let x = Tensor::from(Array::from_vec(vec![0.5; size], event)?);
    let y = c.applied(i, &["x".to_string()], std::slice::from_ref(&x))?;
    Ok(move |at: &Tensor| crate::numerics::substitute(&y, &[(x.clone(), at.clone())]))
}

/// An estimate as a record.
fn estimate(e: prob::Estimate) -> Value {
    let fields = [("value", number(e.value)), ("error", number(e.error)), ("how", Value::Str(e.how.into()))];
    Record::value(None, fields)
}

/// `expectation(f, d)`, `variance(f, d)` and `covariance(f, g, d)`, for a distribution of any kind.
fn moment(c: &mut Arguments, functions: usize, centred: bool) -> Result<Value> {
    let second = functions - 1;
    match c.value(functions)?.0.clone() {
        Value::Object(Object::Joint(j)) => {
            let each: Vec<_> = (0..functions).map(|i| c.value(i).cloned()).collect::<Result<_>>()?;
            let f: Vec<Tensor> = each.iter().map(|(v, span)| over(c, &j, v, *span)).collect::<Result<_>>()?;
            Ok(if centred { j.covariance(&f[0], &f[second])? } else { j.expectation(&f[0])? }.into())
        }
        Value::Object(Object::Density(d)) => {
            let (f, g) = (formula(c, &d, 0)?, formula(c, &d, second)?);
            Ok(integral(if centred { d.density.covariance(f, g)? } else { d.density.expectation(f)? }))
        }
        Value::Distribution(d) => {
            let event = d.event_shape();
            let (f, g) = (of_value(c, 0, &event)?, of_value(c, second, &event)?);
            Ok(estimate(if centred { prob::covariance(f, g, &d)? } else { prob::expectation(f, &d)? }))
        }
        other => Err(c.wrong(&format!("takes a distribution, not {}", other.kind()))),
    }
}

/// `Pmf(values, p)`: probabilities as numbers, or as a function of the values.
fn pmf(c: &mut Arguments) -> Result<Value> {
    let values = c.tensor(0)?;
    let p = match &c.value(1)?.0 {
        Value::Function(_) => of_value(c, 1, &[])?(&values),
        _ => c.tensor(1)?,
    };
    let p = if c.flag(2)? { &p / p.sum(crate::ops::keep(-1)) } else { p };
    let d = prob::EMPIRICAL.of(&[("values", values), ("weights", p)]);
    // What is no distribution is told where it stands.
    d.mean().eval()?;
    Ok(d.into())
}

/// The rows of this file.
pub(super) static TABLE: &[Function] = &[
    row(
        &["Density"],
        "f, lo, hi, normalize=False",
        "The distribution with this function as its density from lo to hi; of several numbers with lists of ends.",
        density,
    ),
    row(
        &["Pmf"],
        "values, p, normalize=False",
        "The distribution of these values with these probabilities, which may be a function of the values.",
        pmf,
    ),
    row(&["expectation"], "f, d", "E[f(X)] for X of a distribution: .value and .error, by sum or quadrature.", |c| {
        moment(c, 1, false)
    }),
    row(&["variance"], "f, d", "Var[f(X)] for X of a distribution: .value and .error.", |c| moment(c, 1, true)),
    row(&["covariance"], "f, g, d", "Cov[f(X), g(X)] for X of a distribution: .value and .error.", |c| {
        moment(c, 2, true)
    }),
    row(
        &["integrate", "quad"],
        "f, lo, hi",
        "The integral of a function from lo to hi, or over a box: .value and .error.",
        |c| {
            let ranges = ranges(c, 1, 2)?;
            let names = parameters(&c.value(0)?.0, ranges.len());
            Ok(integral(with(c, 0, &names, |f| prob::integrate(&ranges, f))?))
        },
    ),
];

/// The methods of a density.
pub static DENSITY_METHODS: &[Function] = &[
    row(&["prob", "pdf"], "density, *x", "The density at x.", |c| at(c, Density::prob)),
    row(&["log_prob", "logpdf"], "density, *x", "The logarithm of the density at x.", |c| at(c, Density::log_prob)),
    row(&["cdf"], "density, x", "The probability of at most x.", |c| {
        let d = c.density()?;
        each(c, 1, |x| d.density.cdf(x))
    }),
    row(&["sf"], "density, x", "The probability of more than x.", |c| {
        let d = c.density()?;
        each(c, 1, |x| d.density.sf(x))
    }),
    row(
        &["quantile", "ppf", "icdf"],
        "density, q",
        "The least x with a probability of at most x of at least q.",
        |c| {
            let (d, q) = (c.density()?, known(&c.tensor(1)?)?);
            Ok(array(Array::from_vec(d.density.quantile(&q.to_f64())?, q.shape())?))
        },
    ),
    row(&["sample"], "density, count, seed=0", "Random values of one variable.", |c| {
        let values = c.density()?.density.sample(&crate::ops::key(c.integer(2, 0)?), c.count(1)?)?;
        Ok(array(Array::from(values)))
    }),
    row(&["expectation", "mean"], "density, f=None", "E[f], or the mean of one variable: .value and .error.", |c| {
        let d = c.density()?;
        if !c.has(1) {
            return Ok(integral(d.density.expectation(|x| x[0].clone())?));
        }
        Ok(integral(with(c, 1, &d.names, |f| d.density.expectation(f))?))
    }),
    row(&["variance", "var"], "density, f=None", "Var[f], or the variance of one variable: .value and .error.", |c| {
        let d = c.density()?;
        if !c.has(1) {
            return Ok(integral(d.density.variance(|x| x[0].clone())?));
        }
        let y = formula(c, &d, 1)?;
        Ok(integral(d.density.variance(|x| y(x))?))
    }),
    row(&["covariance", "cov"], "density, f, g", "Cov[f, g]: .value and .error.", |c| {
        let d = c.density()?;
        let (f, g) = (formula(c, &d, 1)?, formula(c, &d, 2)?);
        Ok(integral(d.density.covariance(|x| f(x), |x| g(x))?))
    }),
    row(&["covariance_matrix"], "density", "The covariances of all pairs of variables: .value and .error.", |c| {
        let d = c.density()?;
        let (all, k) = (d.density.covariance_matrix()?, d.names.len());
        let matrix = |part: fn(&Integral) -> f64| Array::from_vec(all.iter().map(part).collect::<Vec<f64>>(), &[k, k]);
        Ok(Record::value(None, [("value", array(matrix(|i| i.value)?)), ("error", array(matrix(|i| i.error)?))]))
    }),
    row(&["entropy"], "density", "The entropy in nats: .value and .error.", |c| {
        Ok(integral(c.density()?.density.entropy()?))
    }),
    row(&["marginal"], "density, **at", "The density of some variables at values, as `marginal(x=0.5)`.", |c| {
        let d = c.density()?;
        Ok(integral(d.density.marginal(&c.fixed(&d.names)?)?))
    }),
    row(
        &["condition", "given"],
        "density, **at",
        "What is known of the other variables, as `condition(x=0.5)`: .density and .evidence.",
        |c| {
            let d = c.density()?;
            let fixed = c.fixed(&d.names)?;
            let free = (0..d.names.len()).filter(|i| fixed.iter().all(|(j, _)| j != i));
            let names = free.map(|i| d.names[i].clone()).collect();
            Ok(updated(names, d.density.condition(&fixed)?))
        },
    ),
    row(
        &["update"],
        "density, likelihood",
        "Bayes' rule: the density after data with this likelihood: .density and .evidence.",
        |c| {
            let d = c.density()?;
            let answer = with(c, 1, &d.names, |f| d.density.update(f))?;
            Ok(updated(d.names.clone(), answer))
        },
    ),
];

/// The function at this place, as one that can be applied again and again.
fn formula(c: &mut Arguments, d: &NamedDensity, i: usize) -> Result<impl Fn(&[Tensor]) -> Tensor + use<>> {
    let x: Vec<Tensor> = d.names.iter().map(|_| Tensor::from(Array::scalar(0.5))).collect();
    let y = c.applied(i, &d.names, &x)?;
    Ok(move |at: &[Tensor]| {
        let pairs: Vec<(Tensor, Tensor)> = x.iter().cloned().zip(at.iter().cloned()).collect();
        crate::numerics::substitute(&y, &pairs)
    })
}
