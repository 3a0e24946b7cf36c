//! Binds the arguments of a call to a signature such as `x, axis=None, keepdims=False`, and reads them as what they are.

use super::call::{Argument, Given, Place};
use super::functions::Function;
use super::machine::{Machine, at, placed};
use super::suggest;
use super::value::{Callable, Value, argument, known};
use crate::array::DType;
use crate::error::{Error, ErrorKind, Result, Span};
use crate::ops::{Axes, keep};
use crate::{Array, Tensor};

/// The arguments of one call of a library function.
pub(super) struct Arguments<'m> {
    /// The walk that the call belongs to.
    pub(super) machine: &'m mut Machine,
    /// The function.
    pub(super) function: &'static Function,
    /// Where the call stands.
    pub(super) place: Place,
    slots: Vec<Option<Argument>>,
    /// The arguments of a parameter `*parts`.
    rest: Vec<Argument>,
    /// The arguments of a parameter `**states`.
    keywords: Vec<(String, Argument)>,
}

/// Parameters under which other systems know ours.
fn alias(name: &str) -> &str {
    match name {
        "dim" | "axes" | "dims" => "axis",
        "keepdim" | "keep_dims" => "keepdims",
        "correction" => "ddof",
        "a" | "input" | "arr" | "arrays" | "tensors" | "self" => "x",
        "other" | "x2" => "b",
        "x1" => "a",
        "min" | "a_min" => "lo",
        "max" | "a_max" => "hi",
        "newshape" | "size" => "shape",
        other => other,
    }
}

impl<'m> Arguments<'m> {
    /// Puts the arguments into the places of the parameters.
    pub(super) fn bind(
        machine: &'m mut Machine,
        function: &'static Function,
        given: Given,
        place: Place,
    ) -> Result<Arguments<'m>> {
        let params: Vec<&str> = function.signature.split(", ").filter(|p| !p.is_empty()).collect();
        let names: Vec<&str> = params.iter().map(|p| p.split('=').next().unwrap_or(p)).collect();
        let slots = names.iter().map(|_| None).collect();
        let mut bound = Arguments { machine, function, place, slots, rest: vec![], keywords: vec![] };
        let takes_more = names.iter().any(|n| n.starts_with('*') && !n.starts_with("**"));
        let takes_keywords = names.last().is_some_and(|n| n.starts_with("**"));
        let method = given.method;
        let reduces = matches!(function.names[0], "max" | "min");
        if let (true, false, [_, (_, span), ..]) = (reduces, method, given.positional.as_slice()) {
            return Err(bound.extremum(*span));
        }
        for (i, argument) in given.positional.into_iter().enumerate() {
            match names.get(i) {
                Some(name) if !name.starts_with('*') => bound.slots[i] = Some(argument),
                _ if takes_more => bound.rest.push(argument),
                _ => {
                    let message = format!("takes at most {} arguments", names.len());
                    return Err(at(argument.1, bound.wrong(&message)));
                }
            }
        }
        for (ident, argument) in given.keyword {
            let found =
                [ident.name.as_str(), alias(&ident.name)].iter().find_map(|n| names.iter().position(|m| m == n));
            if takes_keywords && !names.contains(&ident.name.as_str()) {
                bound.keywords.push((ident.name, argument));
                continue;
            }
            let first = (alias(&ident.name) == "x").then_some(0);
            // A family's parameters have names of their own in other systems.
            let family = function.family.and_then(|f| f.parameter(&ident.name));
            let own = || family.and_then(|f| names.iter().position(|n| *n == f));
            let Some(i) = own().or(found).or(first).filter(|&i| i < names.len()) else {
                return Err(at(ident.span, bound.no_parameter(&ident.name, &names)));
            };
            if bound.slots[i].is_some() {
                return Err(at(ident.span, bound.wrong(&format!("is given `{}` twice", names[i]))));
            }
            bound.slots[i] = Some(argument);
        }
        let missing = (0..params.len())
            .find(|&i| bound.slots[i].is_none() && !params[i].contains('=') && !params[i].starts_with('*'));
        match missing {
            Some(i) => Err(at(place.span, bound.wrong(&format!("needs `{}`", names[i])))),
            None => Ok(bound),
        }
    }

    /// An error about this call.
    pub(super) fn wrong(&self, what: &str) -> Error {
        argument(format!("`{}({})` {what}", self.function.names[0], self.function.signature))
    }

    fn extremum(&self, span: Span) -> Error {
        let name = self.function.names[0];
        at(
            span,
            argument(format!(
                "`{name}` takes the {name} of one array; for the larger of two write `{name}imum(x, …)`, for an axis `axis=…`"
            )
            .replace("larger of two write `min", "smaller of two write `min")),
        )
    }

    fn no_parameter(&self, name: &str, names: &[&str]) -> Error {
        let near = suggest::nearest(name, names.iter().copied());
        let hint = near.map_or(String::new(), |n| format!("; did you mean `{n}`?"));
        self.wrong(&format!("has no parameter `{}`{hint}", suggest::clip(name)))
    }

    /// True if the argument is there and not `None`.
    pub(super) fn has(&self, i: usize) -> bool {
        matches!(self.slots.get(i), Some(Some((v, _))) if !matches!(v, Value::None))
    }

    /// The argument and where it stands.
    pub(super) fn value(&self, i: usize) -> Result<&Argument> {
        self.slots.get(i).and_then(Option::as_ref).ok_or_else(|| self.wrong("misses an argument"))
    }

    /// The arguments of `*parts`.
    pub(super) fn rest(&self) -> &[Argument] {
        &self.rest
    }

    /// The arguments of `**states`.
    pub(super) fn keywords(&self) -> &[(String, Argument)] {
        &self.keywords
    }

    /// Reads an argument, pointing errors at it.
    fn read<T>(&self, i: usize, f: impl FnOnce(&Value) -> Result<T>) -> Result<T> {
        let (value, span) = self.value(i)?;
        f(value).map_err(|e| at(*span, e))
    }

    /// The argument as a tensor.
    pub(super) fn tensor(&self, i: usize) -> Result<Tensor> {
        let (value, span) = self.value(i)?;
        self.machine.tensor(value, *span)
    }

    /// The argument as a tensor, or a number where there is none.
    pub(super) fn tensor_or(&self, i: usize, default: f64) -> Result<Tensor> {
        if self.has(i) { self.tensor(i) } else { Ok(Tensor::from(default)) }
    }

    /// The argument as an integer known while the formula is built.
    pub(super) fn integer(&self, i: usize, default: i64) -> Result<i64> {
        if self.has(i) { self.read(i, Value::integer) } else { Ok(default) }
    }

    /// The argument as a number known while the formula is built.
    pub(super) fn number(&self, i: usize, default: f64) -> Result<f64> {
        if self.has(i) { self.read(i, Value::number) } else { Ok(default) }
    }

    /// The argument as a length or count.
    pub(super) fn count(&self, i: usize) -> Result<usize> {
        self.read(i, |v| {
            let n = v.integer()?;
            usize::try_from(n).map_err(|_| argument(format!("{n} stands where a length should")))
        })
    }

    /// True or false.
    pub(super) fn flag(&self, i: usize) -> Result<bool> {
        Ok(self.has(i) && self.read(i, Value::number)? != 0.0)
    }

    /// The argument as text.
    pub(super) fn text(&self, i: usize) -> Result<String> {
        self.read(i, |v| match v {
            Value::Str(s) => Ok(s.clone()),
            other => Err(argument(format!("{} stands where text should, as \"abc\"", other.kind()))),
        })
    }

    /// One axis.
    pub(super) fn axis(&self, i: usize, default: isize) -> Result<isize> {
        Ok(self.integer(i, default as i64)? as isize)
    }

    /// Axes and whether they stay: `None` means all.
    pub(super) fn axes(&self, i: usize, keepdims: Option<usize>) -> Result<Axes> {
        let axes = match self.has(i) {
            false => Axes::default(),
            true => Axes::from(self.integers(i)?.into_iter().map(|a| a as isize).collect::<Vec<_>>()),
        };
        match keepdims {
            Some(k) if self.flag(k)? => Ok(keep(axes)),
            _ => Ok(axes),
        }
    }

    /// The integers of a number, list or tuple.
    pub(super) fn integers(&self, i: usize) -> Result<Vec<i64>> {
        self.read(i, Value::integers)
    }

    /// The numbers of a number, list, tuple or array, known while the formula is built.
    pub(super) fn numbers(&self, i: usize) -> Result<Vec<f64>> {
        let t = self.tensor(i)?;
        self.read(i, |_| Ok(known(&t)?.to_f64()))
    }

    /// A shape; several numbers in a row count as one, as in `zeros(2, 3)`.
    pub(super) fn shape(&self, i: usize) -> Result<Vec<usize>> {
        let mut lengths = self.integers(i)?;
        for (value, span) in &self.rest {
            lengths.extend(value.integers().map_err(|e| at(*span, e))?);
        }
        let length = |n: i64| {
            usize::try_from(n).map_err(|_| Error::new(ErrorKind::Shape, format!("{n} is no length of an axis")))
        };
        lengths.into_iter().map(length).collect()
    }

    /// The name of a dtype or format; `float` and `int` are functions too.
    pub(super) fn format(&self, i: usize) -> Result<String> {
        match &self.value(i)?.0 {
            Value::Function(Callable::Library(f)) => Ok(f.names[0].to_string()),
            _ => self.text(i),
        }
    }

    /// A dtype by name, or that of the script's numbers.
    pub(super) fn dtype(&self, i: usize) -> Result<DType> {
        if !self.has(i) {
            return Ok(self.machine.dtype);
        }
        let name = self.format(i)?;
        DType::from_name(&name).ok_or_else(|| argument(format!("there is no dtype `{}`", suggest::clip(&name))))
    }

    /// The tensors of a list, of a tuple, or along the first axis of one array.
    pub(super) fn tensors(&self, i: usize) -> Result<Vec<Tensor>> {
        let (value, span) = self.value(i)?;
        if let Some(items) = value.items() {
            return items.iter().map(|v| self.machine.tensor(v, *span)).collect();
        }
        let t = self.machine.tensor(value, *span)?;
        let n = placed(*span, || {
            let none = || Error::new(ErrorKind::Shape, "a number has no parts");
            t.shape()?.first().copied().ok_or_else(none)
        })?;
        Ok((0..n as i64).map(|k| t.index(0, k)).collect())
    }

    /// An argument of integers as a tensor of them.
    pub(super) fn indices(&self, i: usize) -> Result<Tensor> {
        let (value, span) = self.value(i)?;
        placed(*span, || integer_tensor(&value.tensor(self.machine.dtype)?))
    }

    /// An array that has been made, as data.
    pub(super) fn made(&self, array: Result<Array>) -> Result<Value> {
        Ok(Tensor::new(array?).into())
    }
}

/// A tensor of integers: whole numbers that are known become i64.
pub(super) fn integer_tensor(t: &Tensor) -> Result<Tensor> {
    let dtype = t.dtype()?;
    if dtype == DType::I64 || dtype == DType::Bool {
        return Ok(t.clone());
    }
    if !dtype.is_float() {
        return Err(Error::new(ErrorKind::DType, format!("an index is an integer, not {dtype}")));
    }
    // Numbers bound from outside are floats, and so is what is computed from them: it is looked at at once.
    let data = known(t)?;
    if let Some(v) = data.iter_f64().find(|v| v.fract() != 0.0 || !v.is_finite()) {
        return Err(Error::new(ErrorKind::DType, format!("an index is an integer, not {v}")));
    }
    Ok(Tensor::new(data.cast(DType::I64)?))
}
