//! Errors for names that nothing binds: the nearest name, and what is bound.

use super::functions;
use crate::error::{Error, ErrorKind};
pub(super) use crate::text::near::{clip, listed, nearest};

/// Names from textbooks and other systems that the language spells differently.
const FOREIGN: &[(&str, &str)] = &[
    ("ln", "`ln` is not a function here; write `log`"),
    ("lg", "`lg` is not a function here; write `log10` or `log2`"),
    ("arg", "`arg` is not a function here; for arg max write `argmax`"),
    ("tr", "`tr` is not a function here; write `trace`"),
    ("sgn", "`sgn` is not a function here; write `sign`"),
    ("if", "`if` is not a function here; write `where(condition, a, b)`"),
    ("eps", "`eps` is a field here: write `finfo('f64').eps`, or `spacing(x)` for the gap at x"),
    ("print", "`print` is not a function here; an expression on a line of its own is printed"),
    ("ptp", "`ptp` is not a function here; write `max(x) - min(x)`"),
    ("tolist", "`tolist` is not a function here; `--json` prints nested lists"),
    ("int64", "`int64` is not a function here; write `cast(x, 'i64')`"),
    ("float32", "`float32` is not a function here; write `cast(x, 'f32')`"),
    ("float64", "`float64` is not a function here; write `cast(x, 'f64')`"),
    ("len", "`len` is not a function here; write `x.shape[0]`"),
    ("i", "nothing binds `i`; the imaginary unit is `1j`"),
    ("j", "nothing binds `j`; the imaginary unit is `1j`"),
];

/// The error for a call of a function that is not there.
pub(super) fn no_function(name: &str, bound: &[&str]) -> Error {
    if let Some((_, message)) = FOREIGN.iter().find(|(n, _)| *n == name) {
        return Error::new(ErrorKind::Name, *message);
    }
    let known = functions::all().flat_map(|f| f.names.iter().copied()).chain(bound.iter().copied());
    let hint = match nearest(name, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`gradus ops` lists the functions".into(),
    };
    Error::new(ErrorKind::Name, format!("there is no function `{}`; {hint}", clip(name)))
}

/// The error for a method that distributions do not have.
pub(super) fn no_method(name: &str, family: &str) -> Error {
    let near = nearest(name, functions::methods_of_distributions());
    let hint = near.map_or_else(
        || format!("there are {}", functions::methods_of_distributions().collect::<Vec<_>>().join(", ")),
        |n| format!("did you mean `{n}`?"),
    );
    Error::new(ErrorKind::Name, format!("a distribution ({family}) has no method `{}`; {hint}", clip(name)))
}

/// The error for a name that nothing binds.
pub(super) fn unbound(name: &str, bound: &[&str]) -> Error {
    if let Some((_, message)) = FOREIGN.iter().find(|(n, _)| *n == name && functions::find(n).is_none()) {
        return Error::new(ErrorKind::Name, *message);
    }
    let mut message = format!("nothing binds `{}`; ", clip(name));
    let known = bound.iter().copied().chain(functions::all().flat_map(|f| f.names.iter().copied()));
    if let Some(near) = nearest(name, known) {
        message += &format!("did you mean `{near}`? ");
    }
    message += &match bound {
        [] => format!("give it a value, as `{}=[1, 2]` behind the formula", clip(name)),
        some => format!("bound names: {}", listed(some)),
    };
    Error::new(ErrorKind::Name, message)
}
