//! Distributions: a constructor for every family, the methods of a distribution, and functions of distributions.

use std::sync::Arc;

use super::{Function, row};
use crate::error::Result;
use crate::formula::arguments::Arguments;
use crate::formula::call::Given;
use crate::formula::value::{Callable, Record, Value};
use crate::prob::{self, Direction, Distribution, FAMILIES, Family, Map};
use crate::{DType, Tensor};

/// The constructors of all families that are made by parameters.
pub(super) fn constructors() -> Vec<Function> {
    FAMILIES.iter().filter(|f| !f.forms.is_empty()).map(|f| constructor(f)).collect()
}

/// The constructor of one family: any of its parameters, of which some form must consist.
fn constructor(family: &'static Family) -> Function {
    let parameters: Vec<String> = family.parameters().iter().map(|p| format!("{p}=None")).collect();
    // The table lives as long as the program.
    let names = Box::leak(Box::new([family.name]));
    let signature = String::leak(parameters.join(", "));
    Function { names, signature, doc: family.summary, op: None, family: Some(family), build: construct }
}

fn construct(c: &mut Arguments) -> Result<Value> {
    let family = c.function.family.ok_or_else(|| c.wrong("is no family"))?;
    let names = family.parameters();
    let given = (0..names.len()).filter(|&i| c.has(i)).map(|i| Ok((names[i], c.tensor(i)?)));
    let d = family.of(&given.collect::<Result<Vec<_>>>()?);
    // What does not fit together is told where it stands.
    d.batch_shape()?;
    Ok(d.into())
}

/// The distribution that an argument is.
pub(super) fn distribution(c: &Arguments, i: usize) -> Result<Distribution> {
    match &c.value(i)?.0 {
        Value::Distribution(d) => Ok(d.clone()),
        other => Err(c.wrong(&format!("takes a distribution, not {}", other.kind()))),
    }
}

/// A method that is a function of a value.
fn at(c: &Arguments, f: impl Fn(&Distribution, Tensor) -> Tensor) -> Result<Value> {
    Ok(f(&distribution(c, 0)?, c.tensor(1)?).into())
}

/// A method that is a number.
fn of(c: &Arguments, f: impl Fn(&Distribution) -> Tensor) -> Result<Value> {
    Ok(f(&distribution(c, 0)?).into())
}

/// The key and the shape of a sample, in either order; without a key it is the script's.
fn sample(c: &Arguments, f: impl Fn(&Distribution, &Tensor, &[usize]) -> Tensor) -> Result<Value> {
    let is_key = |i: usize| {
        let known = |t: &Tensor| t.meta().is_ok_and(|m| m.dtype == DType::I64 && m.shape == [2]) && t.data().is_none();
        c.has(i) && c.value(i).is_ok_and(|v| matches!(&v.0, Value::Tensor(t) if known(t)))
    };
    let place = [1, 2].into_iter().find(|&i| is_key(i));
    let key = place.map_or_else(|| Ok(super::random::own_key(c)), |i| c.tensor(i))?;
    let shape = [1, 2].into_iter().find(|&i| c.has(i) && Some(i) != place);
    let shape = shape.map_or_else(|| Ok(vec![]), |i| c.shape(i))?;
    Ok(f(&distribution(c, 0)?, &key, &shape).cast(c.machine.dtype).into())
}

/// `Normal.fit(x)`: the family stands in front of the dot.
fn fit(c: &mut Arguments) -> Result<Value> {
    let family = match &c.value(0)?.0 {
        Value::Function(Callable::Library(f)) => f.family,
        Value::Distribution(d) => Some(d.family()),
        _ => None,
    };
    let family = family.ok_or_else(|| c.wrong("needs a family in front, as `Normal.fit(x)`"))?;
    let weights = if c.has(2) { Some(c.tensor(2)?) } else { None };
    Ok(family.fit(c.tensor(1)?, weights.as_ref())?.into())
}

/// The methods of a distribution.
pub(super) static METHODS: &[Function] = &[
    row(&["log_prob", "logpdf", "logpmf"], "d, x", "The logarithm of the density or probability at x.", |c| {
        at(c, |d, x| d.log_prob(x))
    }),
    row(&["prob", "pdf", "pmf"], "d, x", "The density or probability at x.", |c| at(c, |d, x| d.prob(x))),
    row(&["cdf"], "d, x", "The probability of at most x.", |c| at(c, |d, x| d.cdf(x))),
    row(&["log_cdf", "logcdf"], "d, x", "The logarithm of the probability of at most x.", |c| {
        at(c, |d, x| d.log_cdf(x))
    }),
    row(&["sf"], "d, x", "The probability of more than x.", |c| at(c, |d, x| d.sf(x))),
    row(&["log_sf", "logsf"], "d, x", "The logarithm of the probability of more than x.", |c| {
        at(c, |d, x| d.log_sf(x))
    }),
    row(&["quantile", "icdf", "ppf"], "d, q", "The least x with a probability of at most x of at least q.", |c| {
        at(c, |d, q| d.quantile(q))
    }),
    row(&["mean"], "d", "The expectation.", |c| of(c, Distribution::mean)),
    row(&["variance", "var"], "d", "The variance.", |c| of(c, Distribution::variance)),
    row(&["std", "stddev"], "d", "The standard deviation.", |c| of(c, Distribution::std)),
    row(&["mode"], "d", "The most probable value.", |c| of(c, Distribution::mode)),
    row(&["entropy"], "d", "The entropy in nats.", |c| of(c, Distribution::entropy)),
    row(&["support"], "d", "Where the distribution is not 0, in words.", |c| {
        Ok(Value::Str(distribution(c, 0)?.support().to_string()))
    }),
    row(&["sample"], "d, key=None, shape=None", "Random values.", |c| sample(c, |d, key, shape| d.sample(key, shape))),
    row(
        &["rsample"],
        "d, key=None, shape=None",
        "Random values as a differentiable function of the parameters.",
        |c| sample(c, |d, key, shape| d.rsample(key, shape)),
    ),
    row(&["covariance", "cov"], "d", "The covariance matrix of a normal vector.", |c| of(c, Distribution::covariance)),
    row(&["marginal"], "d, keep", "The distribution of some elements of a normal vector.", |c| {
        Ok(distribution(c, 0)?.marginal(&c.integers(1)?).into())
    }),
    row(&["condition"], "d, places, x", "The distribution of the other elements, given those at some places.", |c| {
        Ok(distribution(c, 0)?.condition(&c.integers(1)?, c.tensor(2)?).into())
    }),
    row(&["affine"], "d, A, b=0", "The distribution of A x + b for a normal vector x.", |c| {
        Ok(distribution(c, 0)?.affine(c.tensor(1)?, c.tensor_or(2, 0.0)?).into())
    }),
    row(&["fit"], "d, x, weights=None", "The distribution of the family that makes the data most likely.", fit),
];

/// A distribution, or probabilities along the last axis as a categorical one.
fn distribution_or_table(c: &Arguments, i: usize) -> Result<Distribution> {
    match &c.value(i)?.0 {
        Value::Distribution(d) => Ok(d.clone()),
        _ => Ok(prob::categorical(c.tensor(i)?)),
    }
}

/// A function of two distributions, or of two tables of probabilities.
fn between(c: &Arguments, f: impl Fn(&Distribution, &Distribution) -> Tensor) -> Result<Value> {
    Ok(in_base(c, f(&distribution_or_table(c, 0)?, &distribution_or_table(c, 1)?), 2)?.into())
}

/// Nats, or what the argument `base` asks for.
fn in_base(c: &Arguments, nats: Tensor, i: usize) -> Result<Tensor> {
    Ok(if c.has(i) { nats / c.tensor(i)?.log() } else { nats })
}

/// `Mixture(weights, [Normal(0, 1), Laplace(3, 1)])`.
fn mixture(c: &mut Arguments) -> Result<Value> {
    let (value, _) = c.value(1)?;
    let parts = value.items().unwrap_or(std::slice::from_ref(value));
    let of = |v: &Value| match v {
        Value::Distribution(d) => Ok(d.clone()),
        other => Err(c.wrong(&format!("takes a list of distributions, not {}", other.kind()))),
    };
    let parts = parts.iter().map(of).collect::<Result<Vec<_>>>()?;
    let d = prob::mixture(c.tensor(0)?, &parts);
    d.batch_shape()?;
    Ok(d.into())
}

/// `Transformed(d, exp)`, or with functions of the script and their inverses.
fn transformed(c: &mut Arguments) -> Result<Value> {
    let base = distribution(c, 0)?;
    if c.has(2) {
        let (forward, inverse) = (function(c, 1)?, function(c, 2)?);
        return Ok(prob::transformed(&base, &Map::new("...", forward, inverse)).into());
    }
    let name = match &c.value(1)?.0 {
        Value::Function(Callable::Library(f)) => f.names[0].to_string(),
        _ => c.text(1)?,
    };
    let known = Map::names().collect::<Vec<_>>().join(", ");
    let map = Map::named(&name).ok_or_else(|| c.wrong(&format!("needs the inverse too, unless the map is {known}")))?;
    Ok(prob::transformed(&base, &map).into())
}

/// A function of the script, applied once to a number that others are put in the place of.
fn function(c: &mut Arguments, i: usize) -> Result<impl Fn(&Tensor) -> Tensor + Send + Sync + 'static> {
    let (value, span) = c.value(i)?.clone();
    let Value::Function(f) = value else {
        return Err(c.wrong(&format!("takes a function and its inverse, not {}", value.kind())));
    };
    let x = Tensor::new(crate::Array::scalar(0.5));
    let given = Given { positional: vec![(x.clone().into(), span)], ..Given::default() };
    let place = c.place;
    let y = c.machine.apply(&f, given, place)?;
    let y = c.machine.tensor(&y, span)?;
    Ok(move |at: &Tensor| crate::numerics::substitute(&y, &[(x.clone(), at.clone())]))
}

/// The family that an argument names.
fn family(c: &Arguments, i: usize) -> Result<&'static Family> {
    match &c.value(i)?.0 {
        Value::Function(Callable::Library(f)) => f.family.ok_or_else(|| c.wrong("needs a family, such as Normal")),
        _ => Err(c.wrong("needs a family, such as Normal")),
    }
}

fn number(v: f64) -> Value {
    Tensor::new(crate::Array::scalar(v)).into()
}

/// `fit_kl(p, Normal, "reverse")`: the best distribution, and every local optimum.
fn fit_kl(c: &mut Arguments) -> Result<Value> {
    let direction = match if c.has(2) { c.text(2)? } else { "forward".into() }.as_str() {
        "forward" => Direction::Forward,
        "reverse" => Direction::Reverse,
        _ => return Err(c.wrong("has the directions 'forward' and 'reverse'")),
    };
    let found = prob::fit_kl(&distribution(c, 0)?, family(c, 1)?, direction)?;
    let each = found.iter().enumerate().map(|(i, f)| {
        let fields = [("distribution", f.distribution.clone().into()), ("divergence", number(f.divergence))];
        ((i + 1).to_string(), Record::value(None, fields))
    });
    let optima = Value::Record(Arc::new(Record { kind: None, fields: each.collect() }));
    let best = found.first().ok_or_else(|| c.wrong("found nothing"))?;
    Ok(Record::value(
        None,
        [("best", best.distribution.clone().into()), ("divergence", number(best.divergence)), ("optima", optima)],
    ))
}

/// `fit_mixture(x, Normal, 2)`.
fn fit_mixture(c: &mut Arguments) -> Result<Value> {
    let key = if c.has(3) { c.tensor(3)? } else { super::random::own_key(c) };
    let fit = prob::fit_mixture(c.tensor(0)?, family(c, 1)?, c.count(2)?, &key)?;
    Ok(Record::value(
        None,
        [
            ("mixture", fit.mixture.into()),
            ("log_likelihood", number(fit.log_likelihood)),
            ("bic", number(fit.bic)),
            ("rounds", Value::int(fit.rounds)),
        ],
    ))
}

/// Functions of distributions.
pub(super) static TABLE: &[Function] = &[
    row(
        &["fit_kl"],
        "p, family, direction='forward'",
        "The distribution of a family nearest to p by KL: .best .divergence, and all local .optima.",
        fit_kl,
    ),
    row(
        &["fit_mixture"],
        "x, family, count, key=None",
        "A mixture fitted to data along the first axis by EM: .mixture .log_likelihood .bic .rounds.",
        fit_mixture,
    ),
    row(&["kl_estimate"], "p, q", "D(p || q) by a formula, a quadrature or a sample: .value .error .how.", |c| {
        let found = prob::kl_estimate(&distribution(c, 0)?, &distribution(c, 1)?)?;
        let how = Value::Str(found.how.into());
        Ok(Record::value(None, [("value", number(found.value)), ("error", number(found.error)), ("how", how)]))
    }),
    row(&["Mixture"], "weights, components", prob::MIXTURE.summary, mixture),
    row(&["Independent"], "d, axes=1", prob::INDEPENDENT.summary, |c| {
        let axes = if c.has(1) { c.count(1)? } else { 1 };
        let d = prob::independent(&distribution(c, 0)?, axes);
        d.batch_shape()?;
        Ok(d.into())
    }),
    row(&["Transformed"], "d, map, inverse=None", prob::TRANSFORMED.summary, transformed),
    row(
        &["responsibilities"],
        "d, x",
        "The probability that x comes from each component of a mixture, along a new last axis.",
        |c| Ok(prob::responsibilities(&distribution(c, 0)?, c.tensor(1)?).into()),
    ),
    row(&["self_information"], "p, base=None", "-log(p): what an event of probability p tells, in nats.", |c| {
        Ok(in_base(c, prob::self_information(&c.tensor(0)?), 1)?.into())
    }),
    row(
        &["entropy"],
        "d, base=None",
        "The entropy of a distribution, or of probabilities, in nats or to a base.",
        |c| {
            let nats = match &c.value(0)?.0 {
                Value::Distribution(d) => d.entropy(),
                _ => prob::entropy_of(&c.tensor(0)?),
            };
            Ok(in_base(c, nats, 1)?.into())
        },
    ),
    row(
        &["kl", "kl_divergence"],
        "p, q, base=None",
        "The divergence D(p || q) of two distributions, or of probabilities, in nats.",
        |c| {
            if let (Value::Distribution(_), _) | (_, Value::Distribution(_)) = (&c.value(0)?.0, &c.value(1)?.0) {
                return between(c, prob::kl);
            }
            Ok(in_base(c, prob::kl_of(&c.tensor(0)?, &c.tensor(1)?), 2)?.into())
        },
    ),
    row(
        &["cross_entropy"],
        "p, q, base=None",
        "The cross entropy -E[log q(X)] of X with distribution p, in nats.",
        |c| between(c, prob::cross_entropy),
    ),
    row(
        &["jensen_shannon"],
        "p, q, base=None",
        "The Jensen-Shannon divergence of two distributions with finitely many values, in nats.",
        |c| between(c, prob::jensen_shannon),
    ),
    row(&["perplexity"], "d", "exp(entropy(d)).", |c| Ok(prob::perplexity(&distribution_or_table(c, 0)?).into())),
    row(
        &["mutual_information"],
        "table, base=None",
        "The mutual information of the two variables of a table of probabilities, in nats.",
        |c| Ok(in_base(c, prob::mutual_information(&c.tensor(0)?), 1)?.into()),
    ),
    row(
        &["conditional_entropy"],
        "table, base=None",
        "H(y|x) of a table of probabilities of x (rows) and y (columns), in nats.",
        |c| Ok(in_base(c, prob::conditional_entropy(&c.tensor(0)?), 1)?.into()),
    ),
];
