//! Optimisation: the book's derivatives by name, Taylor expansions, minima, critical points.

use super::calculus::formula;
use super::{Function, row};
use crate::error::Result;
use crate::formula::arguments::Arguments;
use crate::formula::value::{Record, Value, known};
use crate::numerics::substitute;
use crate::optim::{self, Minimize, StepSize};
use crate::{Array, Tensor};

fn number(v: f64) -> Value {
    Tensor::new(Array::scalar(v)).into()
}

fn numbers(v: Vec<f64>) -> Value {
    Tensor::from(v).into()
}

/// The loss, with leaves in place of what it is to be looked at in; a tuple is several.
fn over_leaves(c: &mut Arguments) -> Result<(Tensor, Vec<Tensor>)> {
    let (places, span) = match c.value(1)?.0.items() {
        Some(items) if matches!(c.value(1)?.0, Value::Tuple(_)) => (items.to_vec(), c.value(1)?.1),
        _ => {
            let (y, x) = formula(c)?;
            let leaf = leaf_for(&x)?;
            return Ok((substitute(&y, &[(x, leaf.clone())]), vec![leaf]));
        }
    };
    let y = c.tensor(0)?;
    let mut replaced = vec![];
    for v in &places {
        let x = c.machine.tensor(v, span)?;
        c.machine.variable_needed(&x)?;
        let leaf = leaf_for(&x)?;
        replaced.push((x, leaf));
    }
    let leaves = replaced.iter().map(|(_, l)| l.clone()).collect();
    Ok((substitute(&y, &replaced), leaves))
}

/// The leaf itself, or one with the value of what stands there.
fn leaf_for(x: &Tensor) -> Result<Tensor> {
    if x.data().is_some() {
        return Ok(x.clone());
    }
    let leaf = Tensor::new(known(x)?);
    Ok(if let Some(name) = x.label() { leaf.named(name) } else { leaf })
}

/// `minimize(y, x, …)` as a record.
fn minimize(c: &mut Arguments) -> Result<Value> {
    let (y, leaves) = over_leaves(c)?;
    let mut m: Minimize = optim::minimize(&y, &leaves.iter().collect::<Vec<_>>());
    if c.has(2) {
        m = m.method(&c.text(2)?);
    }
    if c.has(3) || c.has(4) {
        let (low, high) = (c.number(3, f64::NEG_INFINITY)?, c.number(4, f64::INFINITY)?);
        for i in 0..leaves.len() {
            m = m.bounds(i, Array::scalar(low), Array::scalar(high));
        }
    }
    if c.has(5) {
        m = m.step_size(step_size(c)?);
    }
    if c.has(6) {
        m = m.max_iterations(c.count(6)?);
    }
    if c.has(7) {
        m = m.multi_start(c.count(7)?, c.machine.seed);
    }
    let found = m.run()?;
    let mut places: Vec<Value> = found.x.iter().map(|(_, a)| Tensor::new(a.clone()).into()).collect();
    let x = if places.len() == 1 { places.remove(0) } else { Value::Tuple(places) };
    Ok(Record::value(
        Some(found.kind.word()),
        [
            ("value", number(found.value)),
            ("x", x),
            ("gradient_norm", number(found.gradient_norm)),
            ("condition", number(found.condition())),
            ("stopped", Value::Str(found.stopped.word().into())),
            ("iterations", Value::int(found.iterations)),
            ("method", Value::Str(found.method.into())),
        ],
    ))
}

/// A rate, or how it is found.
fn step_size(c: &Arguments) -> Result<StepSize> {
    if !matches!(c.value(5)?.0, Value::Str(_)) {
        return Ok(StepSize::Fixed(c.number(5, 0.0)?));
    }
    match c.text(5)?.as_str() {
        "taylor" => Ok(StepSize::Taylor),
        "armijo" => Ok(StepSize::Armijo),
        "wolfe" => Ok(StepSize::StrongWolfe),
        _ => Err(c.wrong("takes a number for `lr`, or 'taylor', 'armijo' or 'wolfe'")),
    }
}

/// `critical_points(y, x, low, high)` as a record of arrays, one row for every point.
fn critical_points(c: &mut Arguments) -> Result<Value> {
    let (y, leaves) = over_leaves(c)?;
    let [x] = leaves.as_slice() else { return Err(c.wrong("looks at one array; put several into one")) };
    let end = |i: usize| c.tensor(i).and_then(|t| known(&t));
    let found = optim::critical_points(&y, x, end(2)?, end(3)?)?;
    let rows: Vec<&Array> = found.points.iter().map(|p| &p.x).collect();
    let places = if rows.is_empty() {
        Array::zeros(&[&[0], x.dims()].concat(), crate::DType::F64)?
    } else {
        Array::stack(&rows, 0)?
    };
    let kinds: Vec<&str> = found.points.iter().map(|p| p.kind.word()).collect();
    let n = x.dims().iter().product::<usize>();
    let eigenvalues = found.points.iter().flat_map(|p| p.curvature.eigenvalues.clone()).collect::<Vec<_>>();
    Ok(Record::value(
        None,
        [
            ("x", Tensor::new(places).into()),
            ("values", numbers(found.points.iter().map(|p| p.value).collect())),
            ("kinds", Value::Str(kinds.join(", "))),
            ("eigenvalues", Tensor::new(Array::from_vec(eigenvalues, &[found.points.len(), n])?).into()),
            ("complete", Tensor::new(Array::scalar(found.complete)).into()),
            ("because", Value::Str(found.because)),
        ],
    ))
}

/// `taylor_step(y, x)` as a record.
fn taylor_step(c: &mut Arguments) -> Result<Value> {
    let (y, leaves) = over_leaves(c)?;
    let [x] = leaves.as_slice() else { return Err(c.wrong("steps in one array; put several into one")) };
    let epsilon = if c.has(2) { Some(c.number(2, 0.0)?) } else { None };
    let s = optim::taylor_step(&y, x, epsilon)?;
    let share = |f: fn(&optim::Share) -> f64| numbers(s.shares.iter().map(f).collect());
    Ok(Record::value(
        None,
        [
            ("value", number(s.value)),
            ("slope", number(s.slope)),
            ("curvature", number(s.curvature)),
            ("best", number(s.best.unwrap_or(f64::NAN))),
            ("epsilon", number(s.epsilon)),
            ("slope_term", number(s.slope_term)),
            ("curvature_term", number(s.curvature_term)),
            ("predicted", number(s.predicted)),
            ("achieved", number(s.achieved)),
            ("next", Tensor::new(s.next.clone()).into()),
            ("eigenvalues", share(|s| s.eigenvalue)),
            ("slope_shares", share(|s| s.slope)),
            ("curvature_shares", share(|s| s.curvature)),
            ("because", Value::Str(s.because.clone().unwrap_or_else(|| "gᵀHg > 0".into()))),
        ],
    ))
}

/// The rows of this file.
pub(super) static TABLE: &[Function] = &[
    row(&["derivative"], "y, x, n=1", "The n-th derivative of y in one number x.", |c| {
        let (y, x) = formula(c)?;
        let n = if c.has(2) { c.count(2)? } else { 1 };
        Ok(optim::derivative(&y, &x, n).into())
    }),
    row(&["partial"], "y, x, i", "The derivative of a number y in element i of x.", |c| {
        let (y, x) = formula(c)?;
        Ok(optim::partial(&y, &x, c.integer(2, 0)?).into())
    }),
    row(&["directional_derivative"], "y, x, d", "The derivative of y in x along d.", |c| {
        let (y, x) = formula(c)?;
        Ok(optim::directional_derivative(&y, &x, &along(c, 2, &x)?).into())
    }),
    row(&["second_derivative"], "y, x, d", "The second derivative of y in x along d: d.T @ H @ d.", |c| {
        let (y, x) = formula(c)?;
        Ok(optim::second_derivative(&y, &x, &along(c, 2, &x)?).into())
    }),
    row(&["curvature"], "y, x, d", "The second derivative of y in x along d, if d had length 1.", |c| {
        let (y, x) = formula(c)?;
        Ok(optim::curvature_along(&y, &x, &along(c, 2, &x)?).into())
    }),
    row(&["laplacian"], "y, x", "The sum of the second derivatives of a number y in every element of x.", |c| {
        let (y, x) = formula(c)?;
        Ok(optim::laplacian(&y, &x).into())
    }),
    row(
        &["taylor"],
        "y, x, h, n=2",
        "The Taylor expansion of y at x + h, with terms up to the n-th order in h.",
        |c| {
            let (y, x) = formula(c)?;
            let n = if c.has(3) { c.count(3)? } else { 2 };
            Ok(optim::taylor(&y, &x, &c.tensor(2)?, n).into())
        },
    ),
    row(
        &["taylor_step"],
        "y, x, epsilon=None",
        "A step of gradient descent by the second-order expansion: .best .predicted .achieved .next .curvature_shares.",
        taylor_step,
    ),
    row(
        &["minimize"],
        "y, x, method=None, low=None, high=None, lr=None, max_iter=None, starts=None",
        "Where a number y is smallest, from the values of x, an array or a tuple: .x .value .gradient_norm .condition.",
        minimize,
    ),
    row(
        &["critical_points"],
        "y, x, low, high",
        "Where the gradient of a number y in x is 0 between low and high: .x .values .kinds .eigenvalues .complete.",
        critical_points,
    ),
];

/// A direction in the dtype of x.
fn along(c: &Arguments, i: usize, x: &Tensor) -> Result<Tensor> {
    let d = c.tensor(i)?;
    Ok(d.cast(x.dtype()?).broadcast_to(x.dims()))
}
