//! Functions that make arrays: zeros, ranges, files.

use super::{Function, row};
use crate::array::{DType, Format};
use crate::error::Result;
use crate::formula::arguments::Arguments;
use crate::formula::literal::strong;
use crate::formula::value::{Record, Value, argument};
use crate::{Array, Tensor, ops};

/// `arange(stop)`, `arange(start, stop)`, `arange(start, stop, step)`: integers where all three are.
fn arange(c: &Arguments) -> Result<Value> {
    let first = c.number(0, 0.0)?;
    let (start, stop) = if c.has(1) { (first, c.number(1, 0.0)?) } else { (0.0, first) };
    let step = c.number(2, 1.0)?;
    let whole = [start, stop, step].iter().all(|v| v.fract() == 0.0 && v.abs() < 9.0e15);
    let dtype = if c.has(3) || !whole { c.dtype(3)? } else { DType::I64 };
    c.made(Array::arange(start, stop, step, dtype))
}

/// An array of one value in the shape of another.
fn like(c: &Arguments, value: f64) -> Result<Value> {
    let x = c.tensor(0)?;
    c.made(Array::full(x.shape()?, value, x.dtype()?))
}

/// A matrix with ones on one of its diagonals.
fn eye(c: &Arguments) -> Result<Value> {
    let rows = c.count(0)?;
    let columns = if c.has(1) { c.count(1)? } else { rows };
    if c.has(2) {
        return Ok(Tensor::eye(rows, columns, c.integer(2, 0)?, c.dtype(3)?).into());
    }
    c.made(Array::eye(rows, columns, c.dtype(3)?))
}

/// The rows of this file.
pub(super) static TABLE: &[Function] = &[
    row(&["array", "asarray", "tensor", "as_tensor"], "x, dtype=None", "A list as an array.", |c| {
        let x = c.tensor(0)?;
        Ok(if c.has(1) { x.cast(c.dtype(1)?) } else { x }.into())
    }),
    row(&["zeros"], "shape, *lengths", "Zeros of a shape.", |c| c.made(Array::zeros(&c.shape(0)?, c.machine.dtype))),
    row(&["ones"], "shape, *lengths", "Ones of a shape.", |c| c.made(Array::ones(&c.shape(0)?, c.machine.dtype))),
    row(&["full"], "shape, value", "One value in every place of a shape.", |c| {
        let shape = c.shape(0)?;
        let value = c.tensor(1)?;
        let value = if value.meta()?.weak { value.cast(c.machine.dtype) } else { value };
        crate::array::memory::check(crate::array::element_count(&shape)?.saturating_mul(8), "full")?;
        Ok(value.broadcast_to(&shape).into())
    }),
    row(&["zeros_like"], "x", "Zeros in the shape of x.", |c| like(c, 0.0)),
    row(&["ones_like"], "x", "Ones in the shape of x.", |c| like(c, 1.0)),
    row(&["full_like"], "x, value", "One value in the shape of x.", |c| {
        let x = c.tensor(0)?;
        Ok(c.tensor(1)?.broadcast_to(x.shape()?).cast(x.dtype()?).into())
    }),
    row(&["eye", "identity"], "n, m=None, k=0, dtype=None", "A matrix with ones on its k-th diagonal.", |c| eye(c)),
    row(&["arange"], "start, stop=None, step=1, dtype=None", "Evenly spaced numbers from start up to stop.", |c| {
        arange(c)
    }),
    row(&["linspace"], "start, stop, n=50", "n evenly spaced numbers from start to stop, both included.", |c| {
        let n = c.integer(2, 50)?;
        let n = usize::try_from(n).map_err(|_| argument(format!("{n} is no count")))?;
        let (start, stop) = (c.tensor(0)?, c.tensor(1)?);
        Ok(Tensor::linspace(strong(&start, c.machine.dtype), strong(&stop, c.machine.dtype), n).into())
    }),
    row(
        &["load", "read_csv", "loadtxt"],
        "file, columns=None",
        "Data from a .csv, .npy or .npz file beside the script.",
        |c| {
            let file = c.text(0)?;
            let columns = if !c.has(1) {
                None
            } else if matches!(c.value(1)?.0, Value::Str(_)) {
                Some(c.text(1)?)
            } else {
                Some(c.integers(1)?.iter().map(i64::to_string).collect::<Vec<_>>().join(","))
            };
            c.machine.load(&file, columns.as_deref())
        },
    ),
    row(&["float"], "x", "x as a float.", |c| {
        let dtype = c.machine.dtype;
        Ok(c.tensor(0)?.cast(dtype).into())
    }),
    row(&["int", "long"], "x", "x as an integer, cut towards 0.", |c| {
        Ok(Tensor::cast(&c.tensor(0)?, DType::I64).into())
    }),
    row(
        &["finfo"],
        "dtype=None",
        "The limits of a float dtype: .eps .max .min .tiny .smallest_subnormal .precision.",
        |c| {
            let limits = match c.has(0) {
                true => Format::from_name(&c.format(0)?).map(ops::format_info),
                false => Some(ops::finfo(c.machine.dtype)?),
            };
            let f = limits.ok_or_else(|| c.wrong("takes a float format, as 'f32' or 'bf16'"))?;
            let fields = [
                ("eps", f.eps),
                ("max", f.max),
                ("min", f.min),
                ("tiny", f.tiny),
                ("smallest_subnormal", f.smallest_subnormal),
                ("precision", f64::from(f.precision)),
            ];
            Ok(Record::value(None, fields.map(|(n, v)| (n, Tensor::from(v).into()))))
        },
    ),
];
