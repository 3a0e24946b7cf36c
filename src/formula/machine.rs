//! The state of one walk over a script: what names are bound to, what is being called, how much was done.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use super::functions;
use super::suggest;
use super::value::{Callable, UserFunction, Value, argument};
use crate::array::{DType, Missing};
use crate::error::{Error, ErrorKind, Origin, Result, Span};
use crate::graph::with_origin;
use crate::{Deriver, Tensor};

/// How deep expressions and the functions that they call may stand inside one another.
const MAX_DEPTH: usize = 3000;
/// How many expressions one script may come to once its functions are inlined.
const MAX_STEPS: usize = 2_000_000;
/// The stack that the deepest formula needs, with room to spare in unoptimised builds.
const STACK: usize = 256 << 20;

/// Names in the order in which they were bound.
pub(super) type Scope = Vec<(String, Value)>;

/// One walk over a script.
pub(super) struct Machine {
    /// The dtype of numbers.
    pub(super) dtype: DType,
    /// The seed of random numbers that are drawn without a key.
    pub(super) seed: i64,
    /// True if that dtype was asked for, so that data of other float dtypes takes it too.
    pub(super) dtype_asked: bool,
    /// The folder from which files are loaded.
    pub(super) folder: PathBuf,
    /// Files that were loaded before, where a script runs many times.
    pub(super) files: Option<Files>,
    /// What to do about missing cells of loaded files.
    pub(super) missing: Missing,
    /// The names of the script.
    pub(super) globals: Scope,
    /// The parameters of the functions being called, innermost last.
    pub(super) locals: Vec<Scope>,
    /// The functions being called.
    pub(super) calls: Vec<Arc<UserFunction>>,
    /// Takes derivatives.
    pub(super) deriver: Deriver,
    /// Places of constants that derivatives are taken in, and that therefore are data.
    pub(super) variables: HashSet<Span>,
    /// A constant that turned out to be one of them.
    pub(super) found: Option<Span>,
    /// Remarks about data.
    pub(super) notices: Vec<String>,
    depth: usize,
    steps: usize,
}

/// Data of files by name and columns.
pub(super) type Files = Arc<Mutex<HashMap<(String, Option<String>), super::bind::Data>>>;

/// An error of this kind at a place in the script.
pub(super) fn at(span: Span, error: Error) -> Error {
    error.at(Origin::Script(span))
}

/// Runs `f` so that nodes built by it point at this place, and errors too.
pub(super) fn placed<T>(span: Span, f: impl FnOnce() -> Result<T>) -> Result<T> {
    with_origin(Origin::Script(span), f).map_err(|e| at(span, e))
}

/// Runs `f` on a stack that the deepest formula fits into.
pub(super) fn with_stack<T: Send>(f: impl FnOnce() -> T + Send) -> Result<T> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("formula".into()).stack_size(STACK).spawn_scoped(scope, f);
        let handle = thread.map_err(|e| Error::new(ErrorKind::Memory, format!("no thread for the formula: {e}")))?;
        handle.join().map_err(|_| Error::new(ErrorKind::Argument, "the formula could not be evaluated"))
    })
}

impl Machine {
    pub(super) fn new(dtype: DType, folder: PathBuf, missing: Missing, as_written: bool) -> Machine {
        Machine {
            dtype,
            seed: 0,
            dtype_asked: false,
            folder,
            files: None,
            missing,
            globals: vec![],
            locals: vec![],
            calls: vec![],
            deriver: Deriver { as_written, fired: vec![] },
            variables: HashSet::new(),
            found: None,
            notices: vec![],
            depth: 0,
            steps: 0,
        }
    }

    /// Counts one expression; an error where they stand too deep inside one another or never end.
    pub(super) fn enter(&mut self, span: Span) -> Result<()> {
        self.depth += 1;
        self.steps += 1;
        if self.depth > MAX_DEPTH {
            return Err(at(span, argument(format!("functions and brackets stand more than {MAX_DEPTH} deep here"))));
        }
        if self.steps > MAX_STEPS {
            let message = format!("the functions of the script come to more than {MAX_STEPS} expressions");
            return Err(at(span, argument(message)));
        }
        Ok(())
    }

    /// Leaves an expression.
    pub(super) fn leave(&mut self) {
        self.depth -= 1;
    }

    /// What a name is bound to by the script or a function being called.
    pub(super) fn bound(&self, name: &str) -> Option<&Value> {
        let local = self.locals.last().and_then(|scope| lookup(scope, name));
        local.or_else(|| lookup(&self.globals, name))
    }

    /// What a name stands for: something bound, a constant, or a function of the library.
    pub(super) fn name(&self, name: &str, span: Span) -> Result<Value> {
        if let Some(value) = self.bound(name) {
            return Ok(value.clone());
        }
        if let Some(v) = constant(name) {
            return Ok(with_origin(Origin::Script(span), || Tensor::from(v)).into());
        }
        if let Some(function) = functions::find(name) {
            return Ok(Value::Function(Callable::Library(function)));
        }
        if DType::from_name(name).is_some() {
            return Ok(Value::Str(name.to_string()));
        }
        Err(at(span, suggest::unbound(name, &self.names())))
    }

    /// All bound names, the innermost first.
    pub(super) fn names(&self) -> Vec<&str> {
        let scopes = self.locals.last().into_iter().chain([&self.globals]);
        scopes.flat_map(|scope| scope.iter().map(|(n, _)| n.as_str())).collect()
    }

    /// Binds a name; a formula that has no name yet prints under this one.
    pub(super) fn bind(&mut self, name: &str, value: Value) {
        if let Value::Tensor(t) = &value {
            let _ = t.clone().named(name);
        }
        let scope = self.locals.last_mut().unwrap_or(&mut self.globals);
        match scope.iter_mut().find(|(n, _)| n == name) {
            Some(slot) => slot.1 = value,
            None => scope.push((name.to_string(), value)),
        }
    }

    /// A value as one tensor.
    pub(super) fn tensor(&self, value: &Value, span: Span) -> Result<Tensor> {
        placed(span, || value.tensor(self.dtype))
    }
}

/// The last binding of a name in a scope.
pub(super) fn lookup<'s>(scope: &'s Scope, name: &str) -> Option<&'s Value> {
    scope.iter().rev().find(|(n, _)| n == name).map(|(_, v)| v)
}

/// Numbers that have a name unless a script gives it to something else.
fn constant(name: &str) -> Option<f64> {
    Some(match name {
        "pi" => std::f64::consts::PI,
        "e" => std::f64::consts::E,
        "inf" | "Inf" | "infty" => f64::INFINITY,
        "nan" | "NaN" => f64::NAN,
        _ => return None,
    })
}
