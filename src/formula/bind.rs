//! `NAME=VALUE`: a literal, a range, or a file; and `--data` files.

use std::path::Path;
use std::sync::Arc;

use super::literal;
use super::machine::{Files, Machine};
use super::read_json;
use super::suggest::clip;
use super::value::{Record, Value, argument};
use crate::Tensor;
use crate::array::{Array, DType, Missing, read_csv, read_npy, read_npz};
use crate::error::{Error, ErrorKind, Result};
use crate::text::{Expr, ExprKind, parse_expr};

/// Data that a name is bound to from outside.
#[derive(Clone, Debug)]
pub(super) enum Data {
    /// Numbers of a literal, JSON or CSV file: they take the script's dtype.
    Numbers(Array),
    /// An array with a dtype of its own.
    Array(Array),
    /// The arrays of an npz file.
    Arrays(Vec<(String, Array)>),
    /// A range from one number to another, for the verbs that take one.
    Range(f64, f64),
}

impl Data {
    /// The widest float dtype of the data's own.
    pub(super) fn float(&self) -> Option<DType> {
        let one = |a: &Array| Some(a.dtype()).filter(|d| d.is_float());
        match self {
            Data::Array(a) => one(a),
            Data::Arrays(list) => list.iter().filter_map(|(_, a)| one(a)).reduce(DType::promote),
            _ => None,
        }
    }

    /// The data as a value; numbers and, where a dtype was asked for, all floats are of `dtype`.
    pub(super) fn value(&self, name: &str, dtype: DType, asked: bool) -> Result<Value> {
        let of_file = |a: &Array| match a.dtype() {
            d if asked && d.is_float() => a.cast(dtype),
            d if asked && d.is_complex() => a.cast(dtype.to_complex()),
            _ => Ok(a.clone()),
        };
        Ok(match self {
            Data::Numbers(a) if a.dtype() == DType::Bool => Tensor::new(a.clone()).into(),
            Data::Numbers(a) if a.dtype().is_complex() => Tensor::new(a.cast(dtype.to_complex())?).into(),
            Data::Numbers(a) => Tensor::new(a.cast(dtype)?).into(),
            Data::Array(a) => Tensor::new(of_file(a)?).into(),
            Data::Arrays(list) => {
                let field = |(n, a): &(String, Array)| Ok((n.clone(), Tensor::new(of_file(a)?).into()));
                let fields = list.iter().map(field).collect::<Result<Vec<_>>>()?;
                Value::Record(Arc::new(Record { kind: None, fields }))
            }
            Data::Range(a, b) => {
                let name = clip(name);
                return Err(argument(format!(
                    "`{name}={a}..{b}` is a range, which only `check` takes; give one value"
                )));
            }
        })
    }
}

/// A file of data, with remarks about it.
pub(super) struct Loaded {
    pub(super) data: Data,
    pub(super) notices: Vec<String>,
}

/// Splits `NAME=VALUE`.
pub(super) fn split(binding: &str) -> Result<(&str, &str)> {
    let malformed = || argument(format!("`{}` is no NAME=VALUE, as `x=[1, 2]` or `X=iris.csv:0-3`", clip(binding)));
    let (name, value) = binding.split_once('=').ok_or_else(malformed)?;
    let (name, value) = (name.trim(), value.trim());
    let first = |c: char| c.is_alphabetic() || c == '_';
    if !name.starts_with(first) || !name.chars().all(|c| first(c) || c.is_numeric()) {
        return Err(malformed());
    }
    if value.is_empty() {
        return Err(argument(format!("`{}=` has no value", clip(name))));
    }
    Ok((name, value))
}

/// What the text behind `NAME=` means: a literal, else a range, else a file.
pub(super) fn value(text: &str, folder: &Path, missing: Missing) -> Result<Loaded> {
    let plain = |data| Ok(Loaded { data, notices: vec![] });
    match literal_array(text) {
        Some(Ok(array)) => return plain(Data::Numbers(array)),
        Some(Err(e)) => return Err(e),
        None => {}
    }
    if let Some((from, to)) = text.split_once("..")
        && let (Some(a), Some(b)) = (scalar(from), scalar(to))
    {
        return plain(Data::Range(a, b));
    }
    file(text, folder, missing)
}

/// The array of a literal, if the text is one.
fn literal_array(text: &str) -> Option<Result<Array>> {
    // A number needs no parser, and a long list should not be read twice.
    if let Ok(v) = text.parse::<f64>() {
        return Some(Ok(Array::scalar(v)));
    }
    let looks = text.starts_with(['[', '(', '-', '+', '"', '\''])
        || matches!(text, "inf" | "nan" | "pi" | "e" | "True" | "False")
        || text.starts_with(|c: char| c.is_ascii_digit());
    if !looks {
        return None;
    }
    let expr = match parse_expr(text) {
        Ok(expr) => expr,
        Err(e) if text.starts_with('[') => {
            return Some(Err(Error::new(e.kind(), format!("`{}`: {}", clip(text), e.message()))));
        }
        Err(_) => return None,
    };
    if let Some(array) = literal::array(&expr) {
        return Some(array);
    }
    constant(&expr).map(|v| Ok(Array::scalar(v)))
}

/// A number as a range has it.
fn scalar(text: &str) -> Option<f64> {
    let text = text.trim();
    text.parse::<f64>()
        .ok()
        .or_else(|| parse_expr(text).ok().and_then(|e| literal::number(&e).or_else(|| constant(&e))))
}

/// `pi`, `e`, and their negatives.
fn constant(expr: &Expr) -> Option<f64> {
    match &expr.kind {
        ExprKind::Name(n) if n == "pi" => Some(std::f64::consts::PI),
        ExprKind::Name(n) if n == "e" => Some(std::f64::consts::E),
        ExprKind::Unary(crate::text::UnaryOp::Neg, x) => constant(x).map(|v| -v),
        _ => None,
    }
}

/// A file by its ending, with columns or a member behind the last colon.
fn file(text: &str, folder: &Path, missing: Missing) -> Result<Loaded> {
    let exists = |t: &str| folder.join(t).is_file();
    let (path, part) = match text.rsplit_once(':') {
        Some((path, part)) if !exists(text) && !path.is_empty() => (path, Some(part)),
        _ => (text, None),
    };
    read(path, part, folder, missing)
}

/// Reads a data file.
pub(super) fn read(name: &str, part: Option<&str>, folder: &Path, missing: Missing) -> Result<Loaded> {
    let path = folder.join(name);
    let ending = path.extension().and_then(|e| e.to_str()).unwrap_or("").to_ascii_lowercase();
    if !path.exists() {
        let message = match ending.as_str() {
            "csv" | "npy" | "npz" | "tsv" | "txt" => format!("there is no file `{}`", clip(name)),
            _ => format!("`{}` is no literal, no range `a..b`, and no file is called so", clip(name)),
        };
        return Err(Error::new(ErrorKind::Io, message));
    }
    let plain = |data| Ok(Loaded { data, notices: vec![] });
    match (ending.as_str(), part) {
        ("npy", None) => plain(Data::Array(read_npy(&path)?)),
        ("npy", Some(_)) => {
            Err(argument(format!("`{}` holds one array; nothing can stand behind its name", clip(name))))
        }
        ("npz", None) => plain(Data::Arrays(read_npz(&path)?)),
        ("npz", Some(member)) => {
            let arrays = read_npz(&path)?;
            let names: Vec<&str> = arrays.iter().map(|(n, _)| n.as_str()).collect();
            let missing = format!("{name}: there is no array {member:?}; it has {}", names.join(", "));
            let found = arrays.iter().find(|(n, _)| n == member).map(|(_, a)| a.clone());
            plain(Data::Array(found.ok_or_else(|| Error::new(ErrorKind::Name, missing))?))
        }
        ("json", _) => Err(argument(format!(
            "`{}` has names of its own: give it by `--data`, and its arrays are bound to them",
            clip(name)
        ))),
        _ => {
            let table = read_csv(&path, missing)?;
            let array = part.map_or_else(|| table.to_array(), |p| table.select(p))?;
            Ok(Loaded { data: Data::Numbers(array), notices: table.notices(part)? })
        }
    }
}

/// The arrays of a `--data` file, by name.
pub(super) fn data_file(name: &str, folder: &Path) -> Result<Vec<(String, Data)>> {
    let path = folder.join(name);
    if name.to_ascii_lowercase().ends_with(".npz") {
        return Ok(read_npz(&path)?.into_iter().map(|(n, a)| (n, Data::Array(a))).collect());
    }
    let bytes =
        std::fs::read(&path).map_err(|e| Error::new(ErrorKind::Io, format!("`{}` cannot be read: {e}", clip(name))))?;
    let text = String::from_utf8(bytes).map_err(|_| {
        Error::new(ErrorKind::Data, format!("`{}` is no text; a data file is .json or .npz", clip(name)))
    })?;
    Ok(read_json::read(&text, name)?.into_iter().map(|(n, a)| (n, Data::Numbers(a))).collect())
}

impl Machine {
    /// `load(file, columns)`, relative to the script.
    pub(super) fn load(&mut self, file: &str, columns: Option<&str>) -> Result<Value> {
        let key = (file.to_string(), columns.map(str::to_string));
        let known = |f: &Files| f.lock().ok().and_then(|known| known.get(&key).cloned());
        if let Some(data) = self.files.as_ref().and_then(known) {
            return data.value(file, self.dtype, self.dtype_asked);
        }
        let loaded = read(file, columns, &self.folder, self.missing)?;
        self.notices.extend(loaded.notices);
        if let Some(mut known) = self.files.as_ref().and_then(|f| f.lock().ok()) {
            known.insert(key, loaded.data.clone());
        }
        loaded.data.value(file, self.dtype, self.dtype_asked)
    }
}
