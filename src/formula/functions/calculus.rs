//! Derivatives, of formulas in anything that they are built from.

use super::{Function, row};
use crate::error::Result;
use crate::formula::arguments::Arguments;
use crate::formula::call::Given;
use crate::formula::value::Record;
use crate::formula::value::{Callable, Value};
use crate::{Tensor, check_grad};

/// The formula and what it is to be differentiated in; a function is applied to that first.
pub(super) fn formula(c: &mut Arguments) -> Result<(Tensor, Tensor)> {
    let x = c.tensor(1)?;
    let (value, span) = c.value(0)?.clone();
    let y = match &value {
        Value::Function(f) => {
            let given = Given { positional: vec![(x.clone().into(), c.value(1)?.1)], ..Given::default() };
            c.machine.variable_needed(&x)?;
            let place = c.place;
            let y = c.machine.apply(f, given, place)?;
            c.machine.tensor(&y, span)?
        }
        _ => c.tensor(0)?,
    };
    c.machine.variable_needed(&x)?;
    Ok((y, x))
}

/// `grad(y, x)`, or of a function `grad(f)` its gradient in the first argument.
fn grad(c: &mut Arguments) -> Result<Value> {
    if !c.has(1) {
        return match &c.value(0)?.0 {
            Value::Function(f) => Ok(Value::Function(Callable::Gradient(Box::new(f.clone())))),
            _ => Err(c.wrong("needs what the formula is differentiated in, as `grad(y, x)`")),
        };
    }
    if let Some(targets) = c.value(1)?.0.items().map(<[Value]>::to_vec) {
        let span = c.value(1)?.1;
        let y = c.tensor(0)?;
        let one = |v: &Value, c: &mut Arguments| {
            let x = c.machine.tensor(v, span)?;
            c.machine.variable_needed(&x)?;
            Ok(Value::from(c.machine.deriver.grad(&y, &x)))
        };
        return Ok(Value::Tuple(targets.iter().map(|v| one(v, c)).collect::<Result<_>>()?));
    }
    let (y, x) = formula(c)?;
    Ok(c.machine.deriver.grad(&y, &x).into())
}

/// The rows of this file.
pub(super) static TABLE: &[Function] = &[
    row(
        &["grad", "gradient"],
        "y, x=None",
        "The gradient of a number y in x, which may be any part of y; of a function, its gradient.",
        grad,
    ),
    row(
        &["jacobian", "jacrev", "jacfwd"],
        "y, x",
        "The derivatives of every element of y in every element of x.",
        |c| {
            let (y, x) = formula(c)?;
            Ok(c.machine.deriver.jacobian(&y, &x).into())
        },
    ),
    row(&["hessian"], "y, x", "The second derivatives of a number y in x.", |c| {
        let (y, x) = formula(c)?;
        Ok(c.machine.deriver.hessian(&y, &x).into())
    }),
    row(&["condition"], "y, x", "The relative condition number of every element of y in x, by the derivatives.", |c| {
        let (y, x) = formula(c)?;
        Ok(c.machine.deriver.condition(&y, &x).into())
    }),
    row(
        &["check_grad"],
        "y, x",
        "The gradient of a number y in data x beside differences: .agrees .undecided .gradient .differences .uncertainty.",
        |c| {
            let (y, x) = formula(c)?;
            let found = check_grad(&y, &x)?;
            let fields = [
                ("agrees", crate::Array::scalar(found.agrees)),
                ("undecided", found.undecided),
                ("gradient", found.gradient),
                ("differences", found.differences),
                ("uncertainty", found.uncertainty),
            ];
            Ok(Record::value(None, fields.map(|(n, a)| (n, Tensor::new(a).into()))))
        },
    ),
    row(&["hvp"], "y, x, v", "The Hessian of a number y in x, times v.", |c| {
        let (y, x) = formula(c)?;
        let v = c.tensor(2)?;
        Ok(c.machine.deriver.hvp(&y, &x, &v).into())
    }),
    row(&["vjp"], "y, x, dy", "dy times the Jacobian of y in x.", |c| {
        let (y, x) = formula(c)?;
        let dy = c.tensor(2)?;
        let g = c.machine.deriver.vjp(&[&y], &[dy], &[&x]).pop();
        g.map(Value::from).ok_or_else(|| c.wrong("gave nothing"))
    }),
    row(&["jvp"], "y, x, dx", "The Jacobian of y in x, times dx.", |c| {
        let (y, x) = formula(c)?;
        let dx = c.tensor(2)?;
        let g = c.machine.deriver.jvp(&[&y], &[&x], &[dx]).pop();
        g.map(Value::from).ok_or_else(|| c.wrong("gave nothing"))
    }),
];
