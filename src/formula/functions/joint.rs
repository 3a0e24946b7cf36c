//! Tables of discrete variables: the rules of probability under the names that the book gives them.

use std::sync::Arc;

use super::{Function, row};
use crate::array::Rational;
use crate::error::Result;
use crate::formula::arguments::Arguments;
use crate::formula::call::Given as Call;
use crate::formula::object::{Object, array, number};
use crate::formula::value::{Callable, Record, Value, argument, known};
use crate::prob::{Conditional, Given, Independence, Joint, Masses, Posterior, Probability, Variable, bayes};
use crate::{Array, Tensor};

/// Names: `"a, b"`, or a list of them.
pub(super) fn names_of(value: &Value) -> Result<Vec<String>> {
    match value {
        Value::Str(s) => Ok(s.split(',').map(|n| n.trim().to_string()).filter(|n| !n.is_empty()).collect()),
        Value::List(items) | Value::Tuple(items) => {
            items.iter().map(names_of).collect::<Result<Vec<_>>>().map(|n| n.concat())
        }
        other => Err(argument(format!("{} stands where names should, as \"a, b\"", other.kind()))),
    }
}

/// The state that a value names: text, or a whole number or decimal.
pub(super) fn state_of(value: &Value) -> Result<String> {
    match value {
        Value::Str(s) => Ok(s.clone()),
        other => Ok(other.number()?.to_string()),
    }
}

impl Arguments<'_> {
    pub(super) fn names(&self, i: usize) -> Result<Vec<String>> {
        if self.has(i) { names_of(&self.value(i)?.0) } else { Ok(vec![]) }
    }

    /// The names in `*names`.
    fn rest_names(&self) -> Result<Vec<String>> {
        self.rest().iter().map(|(v, _)| names_of(v)).collect::<Result<Vec<_>>>().map(|n| n.concat())
    }

    /// Observations: those in text, as `a=x, b=y`, and those that are keyword arguments.
    fn observations(&self, text: &str) -> Result<Vec<(String, String)>> {
        let mut out = crate::prob::joint::observations(text)?;
        for (name, (value, _)) in self.keywords() {
            out.push((name.clone(), state_of(value)?));
        }
        Ok(out)
    }

    /// The numbers of a table: fractions where they are written as text, or asked for.
    pub(super) fn masses(&self, i: usize, log: bool, exact: bool) -> Result<Masses> {
        let (value, _) = self.value(i)?;
        if contains_text(value) {
            let mut out = vec![];
            fractions(value, &mut out)?;
            return Ok(Masses::Exact(out));
        }
        let table = known(&self.tensor(i)?)?;
        if exact {
            let read = |x: f64| Rational::decimal(x).ok_or_else(|| argument(format!("{x} is no fraction")));
            return Ok(Masses::Exact(table.iter_f64().map(read).collect::<Result<_>>()?));
        }
        Ok(if log { Masses::Log(table) } else { Masses::Plain(table) })
    }

    /// The joint distribution whose method this is.
    fn joint(&self) -> Result<Arc<Joint>> {
        match &self.value(0)?.0 {
            Value::Object(Object::Joint(j)) => Ok(j.clone()),
            other => Err(argument(format!("{} stands where a joint distribution should", other.kind()))),
        }
    }
}

fn contains_text(value: &Value) -> bool {
    matches!(value, Value::Str(_)) || value.items().is_some_and(|items| items.iter().any(contains_text))
}

/// The fractions in nested lists.
fn fractions(value: &Value, out: &mut Vec<Rational>) -> Result<()> {
    match (value, value.items()) {
        (Value::Str(s), _) => out.push(s.parse().map_err(argument)?),
        (_, Some(items)) => items.iter().try_for_each(|v| fractions(v, out))?,
        (other, None) => {
            let each = known(&other.tensor(crate::DType::F64)?)?.to_f64();
            for x in each {
                out.push(Rational::decimal(x).ok_or_else(|| argument(format!("{x} is no fraction")))?);
            }
        }
    }
    Ok(())
}

/// Variables by their names, with states named, or numbered along the axes of the table.
fn variables(c: &Arguments, names: &[String], table: usize, states: usize) -> Result<Vec<Variable>> {
    if c.has(states) {
        let lists = c.value(states)?.0.items().map(<[Value]>::to_vec).unwrap_or_default();
        let flat = names.len() == 1 && lists.iter().all(|v| !matches!(v, Value::List(_) | Value::Tuple(_)));
        let lists = if flat { vec![c.value(states)?.0.clone()] } else { lists };
        if lists.len() != names.len() {
            return Err(c.wrong(&format!("names {} variables and the states of {}", names.len(), lists.len())));
        }
        let one = |(n, v): (&String, &Value)| {
            let states: Vec<String> = match v {
                Value::Str(_) => names_of(v)?,
                Value::List(items) | Value::Tuple(items) => items.iter().map(state_of).collect::<Result<_>>()?,
                other => known(&other.tensor(crate::DType::F64)?)?.iter_f64().map(|x| x.to_string()).collect(),
            };
            Variable::new(n, &states)
        };
        return names.iter().zip(&lists).map(one).collect();
    }
    let shape = shape_of(&c.value(table)?.0)?;
    if shape.len() != names.len() {
        let (axes, n) = (shape.len(), names.len());
        return Err(
            c.wrong(&format!("has a table of {axes} axes for {n} variables; name the states, or shape the table"))
        );
    }
    names.iter().zip(&shape).map(|(n, &k)| Variable::numbered(n, k)).collect()
}

/// The lengths of nested lists.
pub(super) fn shape_of(value: &Value) -> Result<Vec<usize>> {
    match (value, value.items()) {
        (Value::Str(_), _) => Ok(vec![]),
        (_, Some(items)) => {
            let inner = items.first().map_or(Ok(vec![]), shape_of)?;
            Ok([vec![items.len()], inner].concat())
        }
        (other, None) => Ok(other.tensor(crate::DType::F64)?.shape()?.to_vec()),
    }
}

pub(super) fn object(j: Joint) -> Value {
    Value::Object(Object::Joint(Arc::new(j)))
}

pub(super) fn table(c: Conditional) -> Value {
    Value::Object(Object::Conditional(Arc::new(c)))
}

/// The answer of kind `impossible`.
pub(super) fn impossible(because: String) -> Value {
    Record::value(Some("impossible"), [("because", Value::Str(because))])
}

/// A distribution after observations, with their probability.
pub(super) fn posterior(answer: Given<Posterior>) -> Result<Value> {
    let p = match answer {
        Given::Known(p) => p,
        Given::Impossible { because } => return Ok(impossible(because)),
    };
    let mut fields = vec![
        ("joint".to_string(), object(p.joint.clone())),
        ("table".to_string(), array(p.joint.table()?)),
        ("evidence".to_string(), number(p.evidence.value)),
        ("log_evidence".to_string(), number(p.evidence.log)),
    ];
    if let Some(f) = p.evidence.fraction {
        fields.push(("evidence_fraction".into(), Value::Str(f.to_string())));
    }
    Ok(Value::Record(Arc::new(Record { kind: Some("posterior"), fields })))
}

/// One probability; of a table of fractions with the fraction.
pub(super) fn probability(answer: Given<Probability>) -> Value {
    match answer {
        Given::Impossible { because } => impossible(because),
        Given::Known(p) => match p.fraction {
            None => number(p.value),
            Some(f) => Record::value(None, [("value", number(p.value)), ("fraction", Value::Str(f.to_string()))]),
        },
    }
}

fn independence(answer: Independence) -> Value {
    let information = number(answer.information);
    Record::value(Some(answer.kind()), [("information", information), ("because", Value::Str(answer.because))])
}

/// The function at this place of the arguments, as a formula over the table of a joint distribution.
///
/// A function's parameters are variables, by their names where all are such, else in order.
pub(super) fn over(c: &mut Arguments, joint: &Joint, value: &Value, span: crate::Span) -> Result<Tensor> {
    let Value::Function(f) = value else {
        return match value {
            Value::Str(name) => joint.values(name),
            _ => c.machine.tensor(value, span),
        };
    };
    let own: Vec<String> = joint.variables().iter().map(|v| v.name().to_string()).collect();
    let params = match f {
        Callable::User(user) if user.params.iter().all(|p| own.contains(p)) => user.params.clone(),
        Callable::User(user) => own.iter().take(user.params.len()).cloned().collect(),
        _ => own.iter().take(1).cloned().collect(),
    };
    let values = params.iter().map(|p| Ok((joint.values(p)?.into(), span))).collect::<Result<Vec<_>>>()?;
    let place = c.place;
    let y = c.machine.apply(f, Call { positional: values, ..Call::default() }, place)?;
    c.machine.tensor(&y, span)
}

/// The functions from this argument on, as formulas.
fn functions(c: &mut Arguments, joint: &Joint, count: usize) -> Result<Vec<Tensor>> {
    let given: Vec<_> = (1..=count).map(|i| c.value(i).cloned()).collect::<Result<_>>()?;
    let given = if count == 0 { c.rest().to_vec() } else { given };
    given.iter().map(|(v, span)| over(c, joint, v, *span)).collect()
}

fn bayes_rule(c: &mut Arguments) -> Result<Value> {
    let names = c.names(0)?;
    let (log, exact) = (c.flag(3)?, c.flag(4)?);
    let prior = c.masses(1, false, exact)?;
    let rows: Vec<Masses> = match c.masses(2, log, exact)? {
        Masses::Exact(all) => all.chunks(names.len().max(1)).map(|r| Masses::Exact(r.to_vec())).collect(),
        Masses::Plain(a) => split(&a)?.into_iter().map(Masses::Plain).collect(),
        Masses::Log(a) => split(&a)?.into_iter().map(Masses::Log).collect(),
    };
    posterior(bayes(&names, prior, &rows)?)
}

/// The rows of a matrix; a vector is one.
fn split(a: &Array) -> Result<Vec<Array>> {
    match *a.shape() {
        [n, k] => {
            let rows = a.to_f64();
            (0..n).map(|i| Array::from_vec(rows[i * k..(i + 1) * k].to_vec(), &[k])?.cast(a.dtype())).collect()
        }
        _ => Ok(vec![a.clone()]),
    }
}

/// The rows of this file.
pub(super) static TABLE: &[Function] = &[
    row(
        &["Joint"],
        "names, table, states=None, normalize=False, log=False, exact=False",
        "The joint distribution of discrete variables; fractions such as \"1/3\" are exact.",
        |c| {
            let names = c.names(0)?;
            let variables = variables(c, &names, 1, 2)?;
            let masses = c.masses(1, c.flag(4)?, c.flag(5)?)?;
            let joint = if c.flag(3)? { Joint::normalized(&variables, masses) } else { Joint::new(&variables, masses) };
            Ok(object(joint?))
        },
    ),
    row(
        &["joint_from_samples"],
        "names, x",
        "The joint distribution of samples: a row for each, a column of states 0, 1, … for each variable.",
        |c| {
            let names = c.names(0)?;
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            Ok(object(Joint::from_samples(&names, &known(&c.tensor(1)?)?)?))
        },
    ),
    row(
        &["independence_test"],
        "x, y, z=None",
        "The G-test of two columns of states 0, 1, …, given a third: .information .statistic .degrees .p_value.",
        |c| {
            let (x, y) = (known(&c.tensor(0)?)?, known(&c.tensor(1)?)?);
            let z = if c.has(2) { Some(known(&c.tensor(2)?)?) } else { None };
            let d = crate::prob::independence_test(&x, &y, z.as_ref())?;
            let fields = [
                ("information", number(d.information)),
                ("statistic", number(d.statistic)),
                ("degrees", Value::int(d.degrees)),
                ("p_value", number(d.p_value)),
            ];
            Ok(Record::value(None, fields))
        },
    ),
    row(
        &["bayes"],
        "names, prior, likelihood, log=False, exact=False",
        "Bayes' rule for named hypotheses; every row of likelihood is an observation.",
        bayes_rule,
    ),
];

/// The methods of a joint distribution.
pub static JOINT_METHODS: &[Function] = &[
    row(&["marginal"], "joint, *names", "The distribution of some variables.", |c| {
        Ok(object(c.joint()?.marginal(&c.rest_names()?)?))
    }),
    row(
        &["given", "condition", "posterior"],
        "joint, evidence='', **states",
        "What is known of the other variables, as `given(\"rain=yes\")` or `given(rain=\"yes\")`.",
        |c| {
            let text = if c.has(1) { c.text(1)? } else { String::new() };
            posterior(c.joint()?.given(&c.observations(&text)?)?)
        },
    ),
    row(
        &["query"],
        "joint, names, **states",
        "The distribution of some variables, as `query(\"rain | wet=yes\")` or `query(\"rain\", wet=\"yes\")`.",
        |c| {
            let (of, given) = question(c)?;
            posterior(c.joint()?.query(&of, &given)?)
        },
    ),
    row(&["prob", "P"], "joint, query", "A probability as the book writes it: `P(\"rain=yes | wet=yes\")`.", |c| {
        Ok(probability(c.joint()?.prob(&c.text(1)?)?))
    }),
    row(
        &["conditional"],
        "joint, of, given=None",
        "The table P(of | given), axes of given first; `conditional(\"x | y\")` too.",
        |c| {
            let of = c.names(1)?.join(", ");
            let (of, given) = match of.split_once('|') {
                Some((of, given)) if !c.has(2) => {
                    (names_of(&Value::Str(of.into()))?, names_of(&Value::Str(given.into()))?)
                }
                _ => (c.names(1)?, c.names(2)?),
            };
            Ok(table(c.joint()?.conditional(&of, &given)?))
        },
    ),
    row(&["chain"], "joint, *order", "The factors of the chain rule, P(a), P(b | a), …, in this order.", |c| {
        let factors = c.joint()?.chain(&c.rest_names()?)?;
        let fields = factors.into_iter().map(|f| (f.to_string(), table(f))).collect();
        Ok(Value::Record(Arc::new(Record { kind: None, fields })))
    }),
    row(
        &["independent"],
        "joint, a, b, given=None",
        "Whether P(a, b | given) = P(a | given) P(b | given), and where not.",
        |c| Ok(independence(c.joint()?.independent(&c.names(1)?, &c.names(2)?, &c.names(3)?)?)),
    ),
    row(&["mutual_information"], "joint, a, b, given=None", "How much a tells of b, in nats.", |c| {
        Ok(number(c.joint()?.mutual_information(&c.names(1)?, &c.names(2)?, &c.names(3)?)?))
    }),
    row(&["entropy"], "joint, *names", "The entropy of some variables together, or of all, in nats.", |c| {
        let joint = c.joint()?;
        let names = c.rest_names()?;
        let all = || joint.variables().iter().map(|v| v.name().to_string()).collect();
        Ok(number(joint.entropy(&if names.is_empty() { all() } else { names })?))
    }),
    row(&["expectation", "mean"], "joint, f", "E[f], of a function of the variables.", |c| {
        let joint = c.joint()?;
        Ok(joint.expectation(&functions(c, &joint, 1)?[0])?.into())
    }),
    row(&["variance", "var"], "joint, f", "Var[f], of a function of the variables.", |c| {
        let joint = c.joint()?;
        Ok(joint.variance(&functions(c, &joint, 1)?[0])?.into())
    }),
    row(&["covariance", "cov"], "joint, f, g", "Cov[f, g], of two functions of the variables.", |c| {
        let joint = c.joint()?;
        let f = functions(c, &joint, 2)?;
        Ok(joint.covariance(&f[0], &f[1])?.into())
    }),
    row(&["covariance_matrix"], "joint, *functions", "The covariances of all pairs of functions.", |c| {
        let joint = c.joint()?;
        Ok(joint.covariance_matrix(&functions(c, &joint, 0)?)?.into())
    }),
    row(
        &["update"],
        "joint, likelihood, log=False, exact=False",
        "The distribution after an observation with this likelihood for every entry.",
        |c| {
            let likelihood = c.masses(1, c.flag(2)?, c.flag(3)?)?;
            posterior(c.joint()?.update(&[likelihood])?)
        },
    ),
];

/// What is asked for and what is observed: `"a, b | c=z"` and keyword arguments.
pub(super) fn question(c: &Arguments) -> Result<(Vec<String>, Vec<(String, String)>)> {
    let text = c.names(1)?.join(", ");
    let (of, given) = text.split_once('|').unwrap_or((&text, ""));
    Ok((names_of(&Value::Str(of.into()))?, c.observations(given)?))
}

/// The methods of a conditional table.
pub static CONDITIONAL_METHODS: &[Function] = &[row(
    &["row", "given"],
    "conditional, condition='', **states",
    "The distribution for one state of every variable of the condition.",
    |c| {
        let Value::Object(Object::Conditional(p)) = c.value(0)?.0.clone() else {
            return Err(c.wrong("is a method of a conditional table"));
        };
        let text = if c.has(1) { c.text(1)? } else { String::new() };
        Ok(match p.row(&c.observations(&text)?)? {
            Given::Known(joint) => object(joint),
            Given::Impossible { because } => impossible(because),
        })
    },
)];
