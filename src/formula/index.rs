//! `x[…]` as NumPy has it: integers, slices, new axes, arrays of integers, masks.

use super::arguments::integer_tensor;
use super::machine::{Machine, at, placed};
use super::value::{Record, Value, argument, known};
use crate::array::{DType, display_shape};
use crate::error::{Error, ErrorKind, Result, Span};
use crate::ops;
use crate::text::{Expr, Item};
use crate::{Array, Tensor};

/// One item of an index, evaluated.
enum Part {
    At(i64),
    Slice(Option<i64>, Option<i64>, i64),
    NewAxis,
    Ellipsis,
    /// Integers that pick along an axis.
    Array(Tensor),
    /// Truth values that cover this many axes.
    Mask(Array),
}

impl Part {
    /// How many axes of x the item takes up.
    fn axes(&self) -> usize {
        match self {
            Part::At(_) | Part::Slice(..) | Part::Array(_) => 1,
            Part::NewAxis | Part::Ellipsis => 0,
            Part::Mask(m) => m.rank(),
        }
    }

    fn is_array(&self) -> bool {
        matches!(self, Part::Array(_) | Part::Mask(_))
    }
}

impl Machine {
    /// `value[items]`.
    pub(super) fn index(&mut self, value: Value, items: &[Item], span: Span) -> Result<Value> {
        match &value {
            Value::Record(record) => return self.field(record, items, span),
            Value::Tuple(list) | Value::List(list) if self.indexes_list(&value, items) => {
                return self.list_item(list, items, span);
            }
            _ => {}
        }
        let x = self.tensor(&value, span)?;
        let parts = items.iter().map(|i| self.part(i)).collect::<Result<Vec<_>>>()?;
        placed(span, || Ok(pick(&x, parts)?.into()))
    }

    /// True if the index is meant for a list itself, not for the array that it could become.
    fn indexes_list(&self, value: &Value, items: &[Item]) -> bool {
        matches!(value, Value::Tuple(_)) || value.tensor(self.dtype).is_err() && items.len() == 1
    }

    /// `record["field"]`.
    fn field(&mut self, record: &Record, items: &[Item], span: Span) -> Result<Value> {
        let [Item::Expr(e)] = items else {
            return Err(at(span, argument("a record is indexed by the name of a field, as `d[\"x\"]`")));
        };
        let index = self.expr(e)?;
        if let Value::Str(name) = index {
            let names: Vec<&str> = record.fields.iter().map(|(n, _)| n.as_str()).collect();
            let missing = || {
                let message = format!("there is no field `{name}`; the fields are {}", names.join(", "));
                at(e.span, Error::new(ErrorKind::Name, message))
            };
            return record.get(&name).cloned().ok_or_else(missing);
        }
        // NumPy's records are tuples too.
        let i = placed(e.span, || index.integer())?;
        let found = usize::try_from(i).ok().and_then(|i| record.fields.get(i));
        let outside = || {
            let message = format!("index {i} is outside a record of {} fields", record.fields.len());
            at(span, Error::new(ErrorKind::Shape, message))
        };
        found.map(|(_, v)| v.clone()).ok_or_else(outside)
    }

    /// One item or a part of a list or tuple.
    fn list_item(&mut self, list: &[Value], items: &[Item], span: Span) -> Result<Value> {
        let n = list.len();
        match items {
            [item] => match self.part(item)? {
                Part::At(i) => {
                    let at_ = if i < 0 { i + n as i64 } else { i };
                    let found = usize::try_from(at_).ok().and_then(|k| list.get(k).cloned());
                    found.ok_or_else(|| {
                        at(span, Error::new(ErrorKind::Shape, format!("index {i} is outside a tuple of {n} items")))
                    })
                }
                Part::Slice(start, stop, step) => {
                    let (first, count) = placed(span, || ops::python_slice(start, stop, step, n))?;
                    let place = |k: usize| (first as i64 + k as i64 * step) as usize;
                    Ok(Value::Tuple((0..count).filter_map(|k| list.get(place(k)).cloned()).collect()))
                }
                _ => Err(at(span, argument("a tuple is indexed by an integer or a slice"))),
            },
            _ => Err(at(span, argument("a tuple has only one axis"))),
        }
    }

    fn part(&mut self, item: &Item) -> Result<Part> {
        match item {
            Item::Ellipsis => Ok(Part::Ellipsis),
            Item::NewAxis => Ok(Part::NewAxis),
            Item::Slice { start, stop, step } => {
                let step = self.bound_of(step)?.unwrap_or(1);
                Ok(Part::Slice(self.bound_of(start)?, self.bound_of(stop)?, step))
            }
            Item::Expr(e) => {
                let value = self.expr(e)?;
                placed(e.span, || self.array_part(&value))
            }
        }
    }

    /// A bound of a slice.
    fn bound_of(&mut self, bound: &Option<Expr>) -> Result<Option<i64>> {
        let Some(e) = bound else { return Ok(None) };
        match self.expr(e)? {
            Value::None => Ok(None),
            value => placed(e.span, || value.integer()).map(Some),
        }
    }

    /// An index that is an expression: an integer, an array of them, or a mask.
    fn array_part(&self, value: &Value) -> Result<Part> {
        if let Value::Str(_) | Value::Record(_) | Value::Function(_) | Value::Distribution(_) | Value::Object(_) = value
        {
            return Err(argument(format!("an index is an integer, a slice or an array, not {}", value.kind())));
        }
        let t = value.tensor(self.dtype)?;
        if t.dtype()? == DType::Bool {
            // The shape depends on the mask, so that is computed at once.
            return Ok(Part::Mask(known(&t)?));
        }
        let now = t.constant().is_some() || t.data().is_some() || t.dtype()?.is_float();
        if t.shape()?.is_empty() && now {
            return Ok(Part::At(value_integer(&t)?));
        }
        Ok(Part::Array(integer_tensor(&t)?))
    }
}

fn value_integer(t: &Tensor) -> Result<i64> {
    Value::Tensor(t.clone()).integer().map_err(|_| {
        let v = Value::Tensor(t.clone()).number().unwrap_or(f64::NAN);
        Error::new(ErrorKind::DType, format!("an index is an integer, not {v}"))
    })
}

/// Applies an index to a tensor.
fn pick(x: &Tensor, mut parts: Vec<Part>) -> Result<Tensor> {
    let rank = x.shape()?.len();
    let used: usize = parts.iter().map(Part::axes).sum();
    if used > rank {
        let shape = display_shape(x.shape()?);
        return Err(Error::new(ErrorKind::Shape, format!("{used} indices for the {rank} axes of shape {shape}")));
    }
    if parts.iter().filter(|p| matches!(p, Part::Ellipsis)).count() > 1 {
        return Err(argument("an index has at most one `...`"));
    }
    let whole = || Part::Slice(None, None, 1);
    match parts.iter().position(|p| matches!(p, Part::Ellipsis)) {
        Some(i) => drop(parts.splice(i..=i, (0..rank - used).map(|_| whole()))),
        None => parts.extend((0..rank - used).map(|_| whole())),
    }
    let x = merge_masks(x, &mut parts)?;
    let arrays = parts.iter().filter(|p| p.is_array()).count();
    if arrays > 0 { advanced(&x, parts) } else { basic(&x, &parts) }
}

/// Integers, slices and new axes only.
fn basic(x: &Tensor, parts: &[Part]) -> Result<Tensor> {
    let mut y = x.clone();
    let mut axis = 0;
    for part in parts {
        match part {
            Part::At(i) => y = y.index(axis, *i),
            Part::Slice(start, stop, step) => {
                y = y.slice(axis, *start, *stop, *step);
                axis += 1;
            }
            Part::NewAxis => {
                y = y.expand_dims(axis);
                axis += 1;
            }
            _ => {}
        }
        y.meta()?;
    }
    Ok(y)
}

/// Replaces each mask by the places where it is true, on the axes that it covers merged into one.
fn merge_masks(x: &Tensor, parts: &mut [Part]) -> Result<Tensor> {
    let mut y = x.clone();
    let mut axis = 0;
    for part in parts.iter_mut() {
        let Part::Mask(mask) = part else {
            axis += part.axes();
            continue;
        };
        let dims = y.shape()?.to_vec();
        let covered = dims.get(axis..axis + mask.rank()).unwrap_or(&[]);
        if covered != mask.shape() {
            let (m, s) = (display_shape(mask.shape()), display_shape(covered));
            return Err(Error::new(ErrorKind::Shape, format!("a mask of shape {m} does not fit axes of shape {s}")));
        }
        let true_at: Vec<i64> = mask.iter_f64().enumerate().filter(|(_, v)| *v != 0.0).map(|(i, _)| i as i64).collect();
        let n = true_at.len();
        let merged = [&dims[..axis], &[mask.len()], &dims[axis + mask.rank()..]].concat();
        y = y.reshape(&merged.iter().map(|&d| d as isize).collect::<Vec<_>>());
        *part = Part::Array(Tensor::new(Array::from_vec(true_at, &[n])?));
        axis += 1;
    }
    Ok(y)
}

/// At least one array among the items: arrays and integers pick together, as NumPy's advanced indices do.
fn advanced(x: &Tensor, parts: Vec<Part>) -> Result<Tensor> {
    let together = |p: &Part| matches!(p, Part::Array(_) | Part::At(_));
    let first = parts.iter().position(together).unwrap_or(0);
    let last = parts.iter().rposition(together).unwrap_or(0);
    let adjacent = parts[first..=last].iter().all(together);
    // Slices and new axes first; the picking axes stay whole until then.
    let mut y = x.clone();
    let (mut axis, mut picking, mut picks) = (0, vec![], vec![]);
    for part in parts {
        match part {
            Part::Slice(start, stop, step) => y = y.slice(axis, start, stop, step),
            Part::NewAxis => y = y.expand_dims(axis),
            Part::Array(t) => {
                picking.push(axis);
                picks.push(t);
            }
            Part::At(i) => {
                picking.push(axis);
                picks.push(Tensor::new(Array::scalar(i)));
            }
            Part::Ellipsis | Part::Mask(_) => continue,
        }
        y.meta()?;
        axis += 1;
    }
    if let ([one], [index]) = (picking.as_slice(), picks.as_slice()) {
        return Ok(y.take(index, *one));
    }
    // The picking axes side by side, where the first stands or in front, then as one.
    let rank = y.shape()?.len() as isize;
    let to = if adjacent { picking[0] } else { 0 };
    let mut order: Vec<isize> = (0..rank).filter(|a| !picking.contains(a)).collect();
    order.splice(to as usize..to as usize, picking.iter().copied());
    let y = y.transpose(&order);
    let dims = y.shape()?.to_vec();
    let lengths = &dims[to as usize..to as usize + picking.len()];
    let flat = flat_index(lengths, &picks)?;
    let merged = [&dims[..to as usize], &[lengths.iter().product()], &dims[to as usize + picking.len()..]].concat();
    let merged: Vec<isize> = merged.iter().map(|&d| d as isize).collect();
    Ok(y.reshape(&merged).take(&flat, to))
}

/// Indices of several axes as indices of the one that they merge into.
fn flat_index(lengths: &[usize], picks: &[Tensor]) -> Result<Tensor> {
    let mut flat: Option<Tensor> = None;
    for (&n, index) in lengths.iter().zip(picks) {
        let n = n as i64;
        let inside = index.greater_equal(-n).logical_and(index.less(n));
        let checked = index.require(&inside, &format!("an index is outside an axis of length {n}"));
        let positive = Tensor::select(&checked.less(0i64), &(&checked + n), &checked);
        flat = Some(match flat {
            None => positive,
            Some(before) => before * n + positive,
        });
    }
    let flat = flat.ok_or_else(|| argument("there is no index"))?;
    flat.meta()?;
    Ok(flat)
}
