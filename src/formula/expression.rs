//! Evaluates expressions to values: operators, comparisons, literals, links.

use super::call::Place;
use super::literal;
use super::machine::{Machine, at, placed};
use super::value::{Callable, UserFunction, Value, argument};
use crate::array::DType;
use crate::error::{Error, ErrorKind, Origin, Result, Span};
use crate::graph::{Attrs, Op, with_origin};
use crate::text::{BinaryOp, CompareOp, Expr, ExprKind, Lambda, Link, LinkKind, NumberValue, Step, UnaryOp, join};
use crate::{Array, Tensor, ops};
use std::sync::Arc;

impl Machine {
    /// The value of an expression.
    pub(super) fn expr(&mut self, expr: &Expr) -> Result<Value> {
        self.enter(expr.span)?;
        let value = self.kind(expr);
        self.leave();
        value.map(|v| self.variable(v, expr.span))
    }

    /// Makes data of a constant that a derivative is taken in.
    fn variable(&self, value: Value, span: Span) -> Value {
        match &value {
            Value::Tensor(t) if t.constant().is_some() && self.variables.contains(&span) => {
                let data = Array::scalar(t.constant().unwrap_or(0.0)).cast(self.dtype);
                with_origin(Origin::Script(span), || Tensor::from(data)).into()
            }
            _ => value,
        }
    }

    fn kind(&mut self, expr: &Expr) -> Result<Value> {
        let span = expr.span;
        let here = Origin::Script(span);
        Ok(match &expr.kind {
            ExprKind::Number(n) => with_origin(here, || match n.value {
                NumberValue::Int(v) => Tensor::from(v),
                NumberValue::Float(v) => Tensor::from(v),
                NumberValue::Imaginary(v) => Tensor::complex(0.0, v),
            })
            .into(),
            ExprKind::Name(name) => self.name(name, span)?,
            ExprKind::Str(text) => Value::Str(text.clone()),
            ExprKind::Bool(b) => with_origin(here, || Tensor::from(Array::scalar(*b))).into(),
            ExprKind::None => Value::None,
            ExprKind::List(items) => return self.list(expr, items),
            ExprKind::Tuple(items) => Value::Tuple(self.all(items)?),
            ExprKind::Unary(op, operand) => return self.unary(*op, operand, span),
            ExprKind::Binary { first, rest } => return self.binary(first, rest),
            ExprKind::Power { base, exponent } => return self.power(base, exponent, span),
            ExprKind::Compare { first, rest } => return self.compare(first, rest, span),
            ExprKind::Call(call) => return self.call(&call.func, &call.args, span),
            ExprKind::Chain { base, links } => return self.chain(base, links),
            ExprKind::Lambda(lambda) => self.lambda(lambda),
        })
    }

    /// The values of several expressions.
    pub(super) fn all(&mut self, items: &[Expr]) -> Result<Vec<Value>> {
        items.iter().map(|e| self.expr(e)).collect()
    }

    /// The value of an expression as one tensor.
    fn operand(&mut self, expr: &Expr) -> Result<Tensor> {
        let value = self.expr(expr)?;
        self.tensor(&value, expr.span)
    }

    /// A list: of number literals a leaf, of anything else a list of values.
    fn list(&mut self, expr: &Expr, items: &[Expr]) -> Result<Value> {
        // A ragged list may still be the parts of a concatenation.
        if self.bound("inf").is_none()
            && self.bound("nan").is_none()
            && let Some(Ok(array)) = literal::array(expr)
        {
            let dtype = match array.dtype() {
                DType::Bool => DType::Bool,
                d if d.is_complex() => self.dtype.to_complex(),
                _ => self.dtype,
            };
            return placed(expr.span, || Ok(Tensor::new(array.cast(dtype)?).into()));
        }
        Ok(Value::List(self.all(items)?))
    }

    fn lambda(&mut self, lambda: &Lambda) -> Value {
        let captured = self.locals.last().cloned().unwrap_or_default();
        let params = lambda.params.iter().map(|p| p.name.clone()).collect();
        let function = UserFunction { name: "lambda".into(), params, body: lambda.body.clone(), captured };
        Value::Function(Callable::User(Arc::new(function)))
    }

    fn unary(&mut self, op: UnaryOp, operand: &Expr, span: Span) -> Result<Value> {
        let x = self.operand(operand)?;
        placed(span, || {
            Ok(match op {
                UnaryOp::Neg => constant_fold(&ops::NEG, &[&x]),
                UnaryOp::Pos => x,
                UnaryOp::Invert | UnaryOp::Not => x.logical_not(),
            }
            .into())
        })
    }

    fn binary(&mut self, first: &Expr, rest: &[Step<BinaryOp>]) -> Result<Value> {
        if let Some(joined) = self.joined(first, rest)? {
            return Ok(joined);
        }
        let mut left = self.operand(first)?;
        let mut constant = first.span;
        for step in rest {
            let right = self.operand(&step.expr)?;
            let span = join(first.span, step.expr.span);
            left = with_origin(Origin::Script(span), || sign(step.op, &left, &right));
            constant = span;
            if let Value::Tensor(t) = self.variable(left.clone().into(), constant) {
                left = t;
            }
        }
        let _ = constant;
        Ok(left.into())
    }

    /// Tuples added to one another, as shapes are: `x.shape[:1] + (3,)`.
    fn joined(&mut self, first: &Expr, rest: &[Step<BinaryOp>]) -> Result<Option<Value>> {
        let tuple = |e: &Expr| matches!(e.kind, ExprKind::Tuple(_));
        if !rest.iter().all(|s| s.op == BinaryOp::Add) || !(tuple(first) || rest.iter().any(|s| tuple(&s.expr))) {
            return Ok(None);
        }
        let mut items = vec![];
        for e in std::iter::once(first).chain(rest.iter().map(|s| &s.expr)) {
            match self.expr(e)? {
                Value::Tuple(more) => items.extend(more),
                other => return Err(at(e.span, argument(format!("{} cannot be added to a tuple", other.kind())))),
            }
        }
        Ok(Some(Value::Tuple(items)))
    }

    fn power(&mut self, base: &Expr, exponent: &Expr, span: Span) -> Result<Value> {
        let (a, b) = (self.operand(base)?, self.operand(exponent)?);
        placed(span, || Ok(constant_fold(&ops::POW, &[&a, &b]).into()))
    }

    /// A chain of comparisons: all of them hold.
    fn compare(&mut self, first: &Expr, rest: &[Step<CompareOp>], span: Span) -> Result<Value> {
        let mut left = self.operand(first)?;
        let mut left_span = first.span;
        let mut holds: Option<Tensor> = None;
        for step in rest {
            let right = self.operand(&step.expr)?;
            let link = with_origin(Origin::Script(join(left_span, step.expr.span)), || {
                comparison(step.op).call(&[&left, &right], Attrs::None)
            });
            holds = Some(match holds {
                None => link,
                Some(before) => with_origin(Origin::Script(span), || before.logical_and(&link)),
            });
            (left, left_span) = (right, step.expr.span);
        }
        holds.map(Value::Tensor).ok_or_else(|| at(span, argument("there is nothing to compare")))
    }

    /// Something followed by methods, attributes, indices and calls.
    fn chain(&mut self, base: &Expr, links: &[Link]) -> Result<Value> {
        let mut value = self.expr(base)?;
        for link in links {
            let place = Place { span: link.span, name: base.span };
            value = match &link.kind {
                LinkKind::Method(name, args) => self.method(value, name, args, place)?,
                LinkKind::Attribute(name) => self.attribute(value, name, link.span)?,
                LinkKind::Index(items) => self.index(value, items, link.span)?,
                LinkKind::Call(args) => self.call_value(value, args, place)?,
            };
            value = self.variable(value, link.span);
        }
        Ok(value)
    }

    /// `x.T`, `x.shape`, `svd(A).U`.
    fn attribute(&mut self, value: Value, name: &crate::text::Ident, span: Span) -> Result<Value> {
        if let Value::Record(record) = &value {
            let names: Vec<&str> = record.fields.iter().map(|(n, _)| n.as_str()).collect();
            let missing = || {
                let message = format!("there is no field `{}`; the fields are {}", name.name, names.join(", "));
                at(name.span, Error::new(ErrorKind::Name, message))
            };
            return record.get(&name.name).cloned().ok_or_else(missing);
        }
        if let Value::Distribution(d) = &value {
            if name.name == "components" && !d.parts().is_empty() {
                return Ok(Value::Tuple(d.parts().iter().cloned().map(Value::Distribution).collect()));
            }
            let names: Vec<&str> = d.given().iter().map(|(n, _)| *n).collect();
            let hint = match super::functions::method_of_distributions(&name.name) {
                Some(f) => format!("for the method write `.{}(…)`", f.names[0]),
                None => format!("the parameters of `{}` are {}", d.family().name, names.join(", ")),
            };
            let missing = || {
                let message = format!("there is no parameter `{}`; {hint}", super::suggest::clip(&name.name));
                at(name.span, Error::new(ErrorKind::Name, message))
            };
            return d.get(&name.name).map(Value::Tensor).ok_or_else(missing);
        }
        if let Value::Object(object) = &value {
            return object.field(&name.name).map_err(|e| at(name.span, e));
        }
        let x = self.tensor(&value, span)?;
        placed(span, || {
            let shape = || -> Result<Vec<usize>> { Ok(x.shape()?.to_vec()) };
            Ok(match name.name.as_str() {
                "T" => x.t().into(),
                "mT" => x.mt().into(),
                "real" => x.real().into(),
                "imag" => x.imag().into(),
                "shape" => Value::Tuple(shape()?.into_iter().map(Value::int).collect()),
                "ndim" => Value::int(shape()?.len()),
                "size" => Value::int(shape()?.iter().product()),
                "dtype" => Value::Str(x.dtype()?.name().into()),
                other => {
                    let hint = if super::functions::find(other).is_some() {
                        format!("; for the method write `.{other}()`")
                    } else {
                        "; an array has .T .mT .real .imag .shape .ndim .size .dtype".into()
                    };
                    let message = format!("there is no attribute `{}`{hint}", super::suggest::clip(other));
                    return Err(at(name.span, Error::new(ErrorKind::Name, message)));
                }
            })
        })
    }
}

/// One operator between two tensors.
fn sign(op: BinaryOp, a: &Tensor, b: &Tensor) -> Tensor {
    match op {
        BinaryOp::Add => constant_fold(&ops::ADD, &[a, b]),
        BinaryOp::Sub => constant_fold(&ops::SUB, &[a, b]),
        BinaryOp::Mul => constant_fold(&ops::MUL, &[a, b]),
        BinaryOp::Div => a / b,
        BinaryOp::FloorDiv => a.floor_divide(b),
        BinaryOp::Mod => a.modulo(b),
        BinaryOp::MatMul => a.matmul(b),
        BinaryOp::BitAnd | BinaryOp::And => a.logical_and(b),
        BinaryOp::BitOr | BinaryOp::Or => a.logical_or(b),
    }
}

/// The row of a comparison.
fn comparison(op: CompareOp) -> &'static Op {
    match op {
        CompareOp::Less => &ops::LESS,
        CompareOp::LessEqual => &ops::LESS_EQUAL,
        CompareOp::Greater => &ops::GREATER,
        CompareOp::GreaterEqual => &ops::GREATER_EQUAL,
        CompareOp::Equal => &ops::EQUAL,
        CompareOp::NotEqual => &ops::NOT_EQUAL,
    }
}

/// An operation; of integer constants whose result is no i64 it is done in floats, as `2**-1` and `10**30` mean it.
fn constant_fold(op: &'static Op, inputs: &[&Tensor]) -> Tensor {
    let y = op.call(inputs, Attrs::None);
    let integers = inputs.iter().all(|t| t.constant().is_some() && t.dtype().is_ok_and(|d| d == DType::I64));
    if !integers || y.constant().is_some() {
        return y;
    }
    let floats: Vec<Tensor> = inputs.iter().filter_map(|t| t.constant()).map(Tensor::from).collect();
    op.call(&floats.iter().collect::<Vec<_>>(), Attrs::None)
}
