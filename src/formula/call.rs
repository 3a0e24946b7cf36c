//! Calls: of library functions, of the script's functions (inlined), and methods.

use std::sync::Arc;

use super::arguments::Arguments;
use super::functions;
use super::machine::{Machine, at, placed};
use super::suggest;
use super::value::{Callable, UserFunction, Value, argument};
use crate::error::{Error, ErrorKind, Result, Span};
use crate::text::{Args, Ident};

/// Where a call stands, and where the name of what is called.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) span: Span,
    pub(super) name: Span,
}

/// An argument and where it stands.
pub(super) type Argument = (Value, Span);

/// Arguments once they are evaluated.
#[derive(Default)]
pub(super) struct Given {
    pub(super) positional: Vec<Argument>,
    pub(super) keyword: Vec<(Ident, Argument)>,
    /// True if the first argument stands before the dot.
    pub(super) method: bool,
}

impl Machine {
    fn arguments(&mut self, args: &Args) -> Result<Given> {
        let mut given = Given::default();
        for e in &args.positional {
            given.positional.push((self.expr(e)?, e.span));
        }
        for (name, e) in &args.keyword {
            let value = match &e.kind {
                // `dtype=float` names a dtype, whatever else `float` may be.
                crate::text::ExprKind::Name(word) if name.name == "dtype" && self.bound(word).is_none() => {
                    Value::Str(word.clone())
                }
                _ => self.expr(e)?,
            };
            given.keyword.push((name.clone(), (value, e.span)));
        }
        Ok(given)
    }

    /// `f(args)`.
    pub(super) fn call(&mut self, func: &Ident, args: &Args, span: Span) -> Result<Value> {
        let place = Place { span, name: func.span };
        let callable = match self.bound(&func.name) {
            Some(Value::Function(f)) => f.clone(),
            other => match (functions::find(&func.name), other) {
                (Some(f), _) => Callable::Library(f),
                (None, Some(v)) => {
                    let message =
                        format!("`{0}` is {1}, not a function; for a product write `{0}*(…)`", func.name, v.kind());
                    return Err(at(func.span, Error::new(ErrorKind::Name, message)));
                }
                (None, None) => return Err(at(func.span, suggest::no_function(&func.name, &self.functions()))),
            },
        };
        let given = self.arguments(args)?;
        self.apply(&callable, given, place)
    }

    /// The names of the script's functions.
    fn functions(&self) -> Vec<&str> {
        let functions = self.globals.iter().filter(|(_, v)| matches!(v, Value::Function(_)));
        functions.map(|(n, _)| n.as_str()).collect()
    }

    /// `x.f(args)`: the function of this name with x first.
    pub(super) fn method(&mut self, value: Value, name: &Ident, args: &Args, place: Place) -> Result<Value> {
        let callable = match &value {
            Value::Record(record) => match record.get(&name.name) {
                Some(Value::Function(f)) => return self.arguments(args).and_then(|g| self.apply(&f.clone(), g, place)),
                _ => None,
            },
            Value::Distribution(d) => {
                let method = functions::method_of_distributions(&name.name);
                let unknown = || at(name.span, suggest::no_method(&name.name, d.family().name));
                Some(Callable::Library(method.ok_or_else(unknown)?))
            }
            Value::Function(Callable::Library(f)) if f.family.is_some() && name.name == "fit" => {
                functions::method_of_distributions("fit").map(Callable::Library)
            }
            Value::Object(object) => Some(Callable::Library(object.method(&name.name).map_err(|e| at(name.span, e))?)),
            _ => functions::find(&name.name).map(Callable::Library),
        };
        let Some(callable) = callable else {
            return Err(at(name.span, suggest::no_function(&name.name, &[])));
        };
        let mut given = self.arguments(args)?;
        given.positional.insert(0, (value, place.name));
        given.method = true;
        self.apply(&callable, given, Place { name: name.span, ..place })
    }

    /// `f(x)(args)`, `(lambda x: x)(args)`.
    pub(super) fn call_value(&mut self, value: Value, args: &Args, place: Place) -> Result<Value> {
        let Value::Function(callable) = value else {
            let message = format!("{} is not a function; for a product write `*`", value.kind());
            return Err(at(place.name, argument(message)));
        };
        let given = self.arguments(args)?;
        self.apply(&callable, given, place)
    }

    /// Calls a function with values.
    pub(super) fn apply(&mut self, callable: &Callable, given: Given, place: Place) -> Result<Value> {
        match callable {
            Callable::Library(f) => {
                let mut arguments = Arguments::bind(self, f, given, place)?;
                placed(place.span, || (f.build)(&mut arguments))
            }
            Callable::User(f) => self.inline(f, given, place),
            Callable::Gradient(f) => {
                let Some((x, span)) = given.positional.first() else {
                    return Err(at(place.span, argument("a gradient function takes at least one argument")));
                };
                let x = self.tensor(x, *span)?;
                let mut given = given;
                given.positional[0].0 = Value::Tensor(x.clone());
                let y = self.apply(f, given, place)?;
                let y = self.tensor(&y, place.span)?;
                self.gradient(&y, &x, place.span)
            }
        }
    }

    /// The gradient of y in x; a constant becomes data at the next walk over the script.
    pub(super) fn gradient(&mut self, y: &crate::Tensor, x: &crate::Tensor, span: Span) -> Result<Value> {
        self.variable_needed(x)?;
        placed(span, || Ok(self.deriver.grad(y, x).into()))
    }

    /// Remembers a constant in which a derivative is taken: the walk begins anew, with data in its place.
    pub(super) fn variable_needed(&mut self, x: &crate::Tensor) -> Result<()> {
        if x.constant().is_none() {
            return Ok(());
        }
        match x.origin() {
            crate::Origin::Script(span) if !self.variables.contains(&span) => {
                self.found = Some(span);
                Err(at(span, argument("a derivative is taken in a constant")))
            }
            _ => Err(argument("a derivative is taken in a constant; give it a name first, as `x = 3.0`")),
        }
    }

    /// A function of the script: its right side, with the arguments as its parameters.
    fn inline(&mut self, f: &Arc<UserFunction>, given: Given, place: Place) -> Result<Value> {
        if self.calls.iter().any(|g| Arc::ptr_eq(f, g)) {
            let message = format!("`{}` calls itself; functions are inlined, so none may", f.name);
            return Err(at(place.name, argument(message)));
        }
        let scope = bind_parameters(self, f, given, place)?;
        self.calls.push(f.clone());
        self.locals.push(scope);
        let value = self.expr(&f.body);
        self.locals.pop();
        self.calls.pop();
        value
    }
}

/// The parameters of a function with the arguments of a call.
fn bind_parameters(machine: &Machine, f: &UserFunction, given: Given, place: Place) -> Result<Vec<(String, Value)>> {
    let count = given.positional.len() + given.keyword.len();
    let wrong = |what: String| {
        let form = format!("{}({})", f.name, f.params.join(", "));
        Err(at(place.span, argument(format!("`{form}` {what}"))))
    };
    let mut scope = f.captured.clone();
    if count != f.params.len() {
        let s = if f.params.len() == 1 { "" } else { "s" };
        return wrong(format!("takes {} argument{s}, not {count}", f.params.len()));
    }
    // A list becomes one tensor here, so that derivatives can be taken in it.
    let settle = |(v, span): Argument| match v {
        Value::List(_) => Ok(machine.tensor(&v, span).map_or(v, Value::Tensor)),
        v => Ok::<Value, Error>(v),
    };
    let positional = given.positional.len();
    for (name, argument) in f.params.iter().zip(given.positional) {
        scope.push((name.clone(), settle(argument)?));
    }
    for (name, argument) in given.keyword {
        if !f.params[positional..].contains(&name.name) {
            return wrong(format!("has no free parameter `{}`", name.name));
        }
        scope.push((name.name, settle(argument)?));
    }
    Ok(scope)
}
