//! Discrete variables with names and states, and the text in which questions about them are put.

use crate::error::{Error, ErrorKind, Result};
use crate::text::near;

/// A discrete variable: its name, and the names of its states in order.
///
/// ```
/// use gradus::prob::Variable;
/// let weather = Variable::new("weather", &["sun", "rain"])?;
/// let die = Variable::numbered("die", 6)?;
/// assert_eq!((weather.states()[1].as_str(), die.states()[5].as_str()), ("rain", "5"));
/// # Ok::<(), gradus::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    name: String,
    states: Vec<String>,
}

impl Variable {
    /// A variable with named states, at least one and no two alike.
    pub fn new<S: AsRef<str>>(name: &str, states: &[S]) -> Result<Variable> {
        let states: Vec<String> = states.iter().map(|s| s.as_ref().trim().to_string()).collect();
        if name.trim().is_empty() || states.is_empty() || states.iter().any(String::is_empty) {
            return Err(argument(format!("the variable `{}` needs a name and at least one named state", clip(name))));
        }
        if let Some(twice) = repeated(states.iter().map(String::as_str)) {
            return Err(argument(format!("the state `{}` of `{}` stands twice", clip(twice), clip(name))));
        }
        Ok(Variable { name: name.trim().to_string(), states })
    }

    /// A variable with the states 0 to `count` − 1.
    pub fn numbered(name: &str, count: usize) -> Result<Variable> {
        Variable::new(name, &(0..count).map(|i| i.to_string()).collect::<Vec<_>>())
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The names of the states, in order.
    pub fn states(&self) -> &[String] {
        &self.states
    }

    /// How many states there are.
    pub fn count(&self) -> usize {
        self.states.len()
    }

    /// The numbers that the states are named after; an error where one is no number.
    pub fn values(&self) -> Result<Vec<f64>> {
        let number = |s: &String| {
            s.parse::<f64>().map_err(|_| {
                let state = clip(s);
                argument(format!("the state `{state}` of `{}` is no number; take an indicator of it", clip(&self.name)))
            })
        };
        self.states.iter().map(number).collect()
    }

    /// The place of a state; `1` also finds a state written `1.0`.
    pub(crate) fn state(&self, state: &str) -> Result<usize> {
        let state = state.trim();
        if let Some(i) = self.states.iter().position(|s| s == state) {
            return Ok(i);
        }
        if let Ok(v) = state.parse::<f64>()
            && let Some(i) = self.states.iter().position(|s| s.parse() == Ok(v))
        {
            return Ok(i);
        }
        let states: Vec<&str> = self.states.iter().map(String::as_str).collect();
        let hint = hint(state, &states, "the states are");
        Err(name_error(format!("`{}` has no state `{}`; {hint}", clip(&self.name), clip(state))))
    }
}

/// The place of a variable by its name; an error that suggests what may have been meant.
pub(crate) fn find(variables: &[Variable], name: &str) -> Result<usize> {
    let name = name.trim();
    if let Some(i) = variables.iter().position(|v| v.name == name) {
        return Ok(i);
    }
    let names: Vec<&str> = variables.iter().map(Variable::name).collect();
    Err(name_error(format!("there is no variable `{}`; {}", clip(name), hint(name, &names, "the variables are"))))
}

/// The places of several variables, no two alike.
pub(crate) fn find_all<S: AsRef<str>>(variables: &[Variable], names: &[S]) -> Result<Vec<usize>> {
    if let Some(twice) = repeated(names.iter().map(|n| n.as_ref().trim())) {
        return Err(argument(format!("the variable `{}` stands twice", clip(twice))));
    }
    names.iter().map(|n| find(variables, n.as_ref())).collect()
}

/// No two variables of one name.
pub(crate) fn all_different(variables: &[Variable]) -> Result<()> {
    match repeated(variables.iter().map(Variable::name)) {
        Some(twice) => Err(argument(format!("the variable `{}` stands twice", clip(twice)))),
        None => Ok(()),
    }
}

/// Variables and states as places; the same observation may stand twice, two states of one variable may not.
pub(crate) fn observed<S: AsRef<str>>(variables: &[Variable], evidence: &[(S, S)]) -> Result<Vec<(usize, usize)>> {
    let mut out: Vec<(usize, usize)> = vec![];
    for (name, state) in evidence {
        let i = find(variables, name.as_ref())?;
        let s = variables[i].state(state.as_ref())?;
        match out.iter().find(|(j, _)| *j == i) {
            Some((_, other)) if *other != s => {
                let states = &variables[i].states;
                return Err(argument(format!(
                    "`{}` cannot be both `{}` and `{}`",
                    clip(&variables[i].name),
                    clip(&states[*other]),
                    clip(&states[s])
                )));
            }
            Some(_) => {}
            None => out.push((i, s)),
        }
    }
    Ok(out)
}

/// A question as the book writes it: `a=x, b | c=z`.
pub(crate) struct Query {
    /// What is asked for: names, and states where they are given.
    pub(crate) of: Vec<(String, Option<String>)>,
    /// What is observed.
    pub(crate) given: Vec<(String, Option<String>)>,
}

impl Query {
    /// Reads `a=x, b | c=z`.
    pub(crate) fn parse(text: &str) -> Result<Query> {
        let (of, given) = text.split_once('|').unwrap_or((text, ""));
        if given.contains('|') {
            return Err(argument(format!("`{}` has more than one bar", clip(text))));
        }
        let query = Query { of: terms(of)?, given: terms(given)? };
        if query.of.is_empty() {
            return Err(argument("a question names at least one variable, as `rain=yes | grass=wet`"));
        }
        Ok(query)
    }

    /// What is observed, each with its state.
    pub(crate) fn evidence(&self) -> Result<Vec<(String, String)>> {
        with_states(&self.given)
    }
}

/// Reads `a=x, b`.
pub(crate) fn terms(text: &str) -> Result<Vec<(String, Option<String>)>> {
    if text.trim().is_empty() {
        return Ok(vec![]);
    }
    let term = |t: &str| {
        let (name, state) = match t.split_once('=') {
            Some((n, s)) => (n.trim(), Some(s.trim_start_matches('=').trim())),
            None => (t.trim(), None),
        };
        if name.is_empty() || state == Some("") {
            return Err(argument(format!("`{}` is no list such as `a=x, b=y`", clip(text))));
        }
        Ok((name.to_string(), state.map(str::to_string)))
    };
    text.split(',').map(term).collect()
}

/// Terms that all have a state.
pub(crate) fn with_states(terms: &[(String, Option<String>)]) -> Result<Vec<(String, String)>> {
    let one = |(n, s): &(String, Option<String>)| match s {
        Some(s) => Ok((n.clone(), s.clone())),
        None => Err(argument(format!("which state of `{0}`? write `{0}=…`", clip(n)))),
    };
    terms.iter().map(one).collect()
}

/// An assignment as text: `weather=sun, umbrella=no`.
pub(crate) fn assignment<'v>(places: impl IntoIterator<Item = (&'v Variable, usize)>) -> String {
    let one = |(v, s): (&Variable, usize)| format!("{}={}", v.name, v.states[s]);
    places.into_iter().map(one).collect::<Vec<_>>().join(", ")
}

fn repeated<'a>(names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut seen = std::collections::HashSet::new();
    let mut names = names;
    names.find(|n| !seen.insert(*n))
}

fn hint(name: &str, known: &[&str], are: &str) -> String {
    match near::nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{}`?", clip(near)),
        None => format!("{are} {}", near::listed(known)),
    }
}

pub(crate) fn clip(name: &str) -> String {
    near::clip(name)
}

/// An error about an argument.
pub(crate) fn argument(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Argument, message)
}

fn name_error(message: String) -> Error {
    Error::new(ErrorKind::Name, message)
}
