//! Lists become arrays: of numbers a leaf of floats, of tensors a stack.

use super::value::{Value, argument};
use crate::array::DType;
use crate::error::{Error, ErrorKind, Result};
use crate::text::{BinaryOp, Expr, ExprKind, NumberValue, UnaryOp};
use crate::{Array, Tensor};

/// The numbers of nested lists in row-major order, and their shape.
#[derive(Default)]
pub(super) struct Nested {
    numbers: Vec<f64>,
    /// The imaginary parts up to the last complex number; those behind it are 0.
    imaginary: Vec<f64>,
    bools: usize,
    shape: Vec<usize>,
}

impl Nested {
    /// Adds a number at this depth of nesting.
    pub(super) fn number(&mut self, depth: usize, value: f64) -> Result<()> {
        self.fits_leaf(depth)?;
        self.numbers.push(value);
        Ok(())
    }

    /// Adds a complex number at this depth of nesting.
    pub(super) fn complex(&mut self, depth: usize, [re, im]: [f64; 2]) -> Result<()> {
        self.number(depth, re)?;
        self.imaginary.resize(self.numbers.len() - 1, 0.0);
        self.imaginary.push(im);
        Ok(())
    }

    /// Adds a truth value at this depth of nesting.
    pub(super) fn bool(&mut self, depth: usize, value: bool) -> Result<()> {
        self.bools += 1;
        self.number(depth, f64::from(value))
    }

    fn fits_leaf(&self, depth: usize) -> Result<()> {
        if self.shape.len() != depth {
            return Err(ragged("a number stands where its neighbours are lists, or the reverse"));
        }
        Ok(())
    }

    /// Closes a list of `length` items at this depth, 0 for the outermost.
    ///
    /// The first list closed at a depth fixes the length there; those after it must agree.
    pub(super) fn close(&mut self, depth: usize, length: usize) -> Result<()> {
        if self.shape.len() <= depth {
            self.shape.resize(depth + 1, usize::MAX);
        }
        match &mut self.shape[depth] {
            known if *known == usize::MAX => *known = length,
            known if *known != length => {
                return Err(ragged(&format!("a row has {length} items, one before it has {known}")));
            }
            _ => {}
        }
        Ok(())
    }

    /// Opens a list at this depth: it must not be deeper than numbers seen before it.
    pub(super) fn open(&mut self, depth: usize) -> Result<()> {
        if self.numbers.is_empty() {
            if self.shape.len() <= depth {
                self.shape.resize(depth + 1, usize::MAX);
            }
            return Ok(());
        }
        if depth >= self.shape.len() {
            return Err(ragged("a list stands where its neighbours are numbers"));
        }
        Ok(())
    }

    /// The array: f64, c128 where an item is complex, or bool where all items are truth values.
    pub(super) fn finish(mut self) -> Result<Array> {
        let shape: Vec<usize> = self.shape.iter().map(|&n| if n == usize::MAX { 0 } else { n }).collect();
        if self.bools > 0 && self.bools == self.numbers.len() {
            return Array::from_vec(self.numbers.into_iter().map(|v| v != 0.0).collect(), &shape);
        }
        if !self.imaginary.is_empty() {
            self.imaginary.resize(self.numbers.len(), 0.0);
            let pairs = self.numbers.iter().zip(&self.imaginary).map(|(&re, &im)| [re, im]).collect();
            return Array::from_vec::<[f64; 2]>(pairs, &shape);
        }
        Array::from_vec(self.numbers, &shape)
    }
}

fn ragged(message: &str) -> Error {
    Error::new(ErrorKind::Data, format!("the nested lists are ragged: {message}"))
}

/// The number that a literal is: `3`, `-1e3`, `inf`, `nan`, `"inf"`.
pub(super) fn number(expr: &Expr) -> Option<f64> {
    match &expr.kind {
        ExprKind::Number(n) => match n.value {
            NumberValue::Int(v) => Some(v as f64),
            NumberValue::Float(v) => Some(v),
            NumberValue::Imaginary(_) => None,
        },
        ExprKind::Name(name) | ExprKind::Str(name) => named_number(name),
        ExprKind::Unary(UnaryOp::Neg, x) => number(x).map(|v| -v),
        ExprKind::Unary(UnaryOp::Pos, x) => number(x),
        _ => None,
    }
}

/// The complex number that a literal is: `2j`, `-2j`, `1 + 2j`.
fn complex(expr: &Expr) -> Option<[f64; 2]> {
    match &expr.kind {
        ExprKind::Number(n) => match n.value {
            NumberValue::Imaginary(v) => Some([0.0, v]),
            _ => number(expr).map(|v| [v, 0.0]),
        },
        ExprKind::Unary(UnaryOp::Neg, x) => complex(x).map(|z| z.map(|part| -part)),
        ExprKind::Unary(UnaryOp::Pos, x) => complex(x),
        ExprKind::Binary { first, rest } => {
            let [step] = rest.as_slice() else { return None };
            let (a, b) = (number(first)?, complex(&step.expr)?);
            match step.op {
                BinaryOp::Add => Some([a + b[0], b[1]]),
                BinaryOp::Sub => Some([a - b[0], -b[1]]),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The non-finite number of this name, as files and literals spell it.
pub(super) fn named_number(name: &str) -> Option<f64> {
    match name.to_ascii_lowercase().as_str() {
        "inf" | "infinity" | "+inf" => Some(f64::INFINITY),
        "-inf" | "-infinity" => Some(f64::NEG_INFINITY),
        "nan" => Some(f64::NAN),
        _ => None,
    }
}

/// The array of a nested list of number literals; `None` if something else is in it.
///
/// `bare` says whether the names `inf` and `nan` have their usual meaning.
pub(super) fn array(expr: &Expr) -> Option<Result<Array>> {
    let mut nested = Nested::default();
    match gather(expr, 0, &mut nested)? {
        Ok(()) => Some(nested.finish()),
        Err(e) => Some(Err(e)),
    }
}

fn gather(expr: &Expr, depth: usize, nested: &mut Nested) -> Option<Result<()>> {
    match &expr.kind {
        ExprKind::List(items) | ExprKind::Tuple(items) => {
            if let Err(e) = nested.open(depth) {
                return Some(Err(e));
            }
            for item in items {
                if let Err(e) = gather(item, depth + 1, nested)? {
                    return Some(Err(e));
                }
            }
            Some(nested.close(depth, items.len()))
        }
        ExprKind::Bool(b) => Some(nested.bool(depth, *b)),
        _ => match number(expr) {
            Some(v) => Some(nested.number(depth, v)),
            None => complex(expr).map(|z| nested.complex(depth, z)),
        },
    }
}

/// Values stacked along a new first axis; constants among them become a leaf.
pub(super) fn stack(items: &[Value], dtype: DType) -> Result<Tensor> {
    if items.is_empty() {
        return Ok(Tensor::new(Array::zeros(&[0], dtype)?));
    }
    let constant = |v: &Value| match v {
        Value::Tensor(t) => t.constant(),
        _ => None,
    };
    if let Some(numbers) = items.iter().map(constant).collect::<Option<Vec<f64>>>() {
        return Ok(Tensor::new(Array::from_vec(numbers, &[items.len()])?.cast(dtype)?));
    }
    let parts = items.iter().map(|v| v.tensor(dtype).map(|t| strong(&t, dtype))).collect::<Result<Vec<_>>>()?;
    if let Some((a, b)) = parts.iter().zip(parts.iter().skip(1)).find(|(a, b)| a.dims() != b.dims()) {
        let shape = |t: &Tensor| crate::array::display_shape(t.dims());
        if a.meta().is_ok() && b.meta().is_ok() {
            return Err(argument(format!("a list of arrays of shapes {} and {} is no array", shape(a), shape(b))));
        }
    }
    Ok(Tensor::stack(&parts.iter().collect::<Vec<_>>(), 0))
}

/// A tensor that has met a dtype: a constant becomes a leaf of this one.
pub(super) fn strong(t: &Tensor, dtype: DType) -> Tensor {
    match t.meta() {
        Ok(m) if m.weak && m.dtype.is_complex() => t.cast(dtype.to_complex()),
        Ok(m) if m.weak && m.dtype.is_float() => t.cast(dtype),
        Ok(m) if m.weak => t.cast(if m.dtype == DType::Bool { DType::Bool } else { dtype }),
        _ => t.clone(),
    }
}
