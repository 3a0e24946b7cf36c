//! `hunt`: is it the formula or the learning rate? Descends as written and stabilised, at three rates, and compares.

use std::fmt::{self, Write};

use super::check::is_derivative;
use super::program::Program;
use super::show::at_place;
use crate::array::Array;
use crate::error::{Error, ErrorKind, Origin, Result};
use crate::graph::{Plan as RawPlan, Tensor, topological};
use crate::text::{ExprKind, StatementKind, json_number, json_string};
use crate::{Finding, Plan, Severity};

/// How many steps a descent takes unless it is told.
const STEPS: usize = 100;
/// A loss that does not change for so many steps will not.
const RESTS: usize = 25;
/// A loss this many times its start explodes.
const EXPLODES: f64 = 1e3;
/// A loss that changes by less than this part of itself is stuck.
const STUCK: f64 = 1e-9;

/// How a descent went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The loss becomes smaller.
    Descends,
    /// The loss stays where it is.
    Stuck,
    /// The loss grows without bound, or is no number any more.
    Explodes,
}

/// One descent.
#[derive(Clone, Debug)]
pub struct Descent {
    /// The learning rate.
    pub rate: f64,
    /// True if the formula was taken as it is written.
    pub as_written: bool,
    /// How it went.
    pub verdict: Verdict,
    /// How many steps were taken.
    pub steps: usize,
    /// The loss before the first step.
    pub first: f64,
    /// The loss after the last.
    pub last: f64,
    /// The first cause of what went wrong as written, where the last step was taken.
    pub cause: Option<Finding>,
}

/// What to change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conclusion {
    /// The formula: stabilised it descends where as written it does not.
    Formula,
    /// The learning rate: a smaller one descends.
    Rate,
    /// Both.
    Both,
    /// Neither: it descends, or it cannot.
    Neither,
}

/// What a hunt found.
#[derive(Clone, Debug)]
pub struct Hunt {
    /// The loss as written.
    pub loss: String,
    /// The descents, by rate, as written before stabilised.
    pub descents: Vec<Descent>,
    /// What to change.
    pub conclusion: Conclusion,
}

/// A formula ready to descend.
struct Ready {
    plan: Steps,
    start: Vec<Array>,
}

enum Steps {
    Written(RawPlan),
    Stable(Plan),
}

impl Steps {
    /// The loss and the gradients.
    fn run(&self, at: &[Array]) -> Result<Vec<Array>> {
        let data: Vec<&Array> = at.iter().collect();
        match self {
            Steps::Written(p) => p.run(&data),
            Steps::Stable(p) => p.run(&data),
        }
    }
}

impl Program {
    /// Descends on the last result of the script in the given names, at the rate, ten times and a hundred times it.
    ///
    /// ```
    /// use gradus::formula::{Conclusion, Program};
    /// let program = Program::formula("w = [3.0, 4]; sum(w**2)")?;
    /// let hunt = program.hunt(&["w"], 0.1)?;
    /// assert_eq!(hunt.conclusion, Conclusion::Rate);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    pub fn hunt(&self, over: &[&str], rate: f64) -> Result<Hunt> {
        self.hunt_for(over, rate, STEPS)
    }

    /// As [`Program::hunt`], with so many steps at most; a descent ends before where it explodes, where its gradient is
    /// zero or its loss has not changed for 25 steps.
    pub fn hunt_for(&self, over: &[&str], rate: f64, steps: usize) -> Result<Hunt> {
        if !(rate > 0.0 && rate.is_finite()) {
            let m = format!("a learning rate is a number above 0, not {rate}");
            return Err(Error::new(ErrorKind::Argument, m));
        }
        self.within(|p| p.hunt_at(over, rate, steps))
    }

    /// Runs `f`, whose errors do not point at what is added to the script.
    pub(super) fn within<T>(&self, f: impl FnOnce(&Program) -> Result<T>) -> Result<T> {
        f(self).map_err(|e| match e.origin() {
            Origin::Script(s) if s.start >= self.source().trim_end().len() => Error::new(e.kind(), e.message()),
            _ => e,
        })
    }

    fn hunt_at(&self, over: &[&str], rate: f64, steps: usize) -> Result<Hunt> {
        let loss = self.loss()?;
        let formulas = self.with_source(&format!("{}\n({loss})", self.source()))?.formulas()?;
        if formulas.last().is_none_or(|t| t.shape().map_or(true, |s| !s.is_empty())) {
            let m = "the loss, which is the last result of the script, is not one number";
            return Err(Error::new(ErrorKind::Shape, m));
        }
        let start = self.start(over)?;
        let mut fixed = self.clone();
        for (name, value) in over.iter().zip(&start) {
            fixed.bind_array(name, value.clone());
        }
        let mut descents = vec![];
        for scale in [1.0, 10.0, 100.0] {
            for as_written in [true, false] {
                let ready = fixed.ready(over, &loss, as_written, &start)?;
                descents.push(fixed.descend(&ready, over, (rate * scale, steps), as_written)?);
            }
        }
        let conclusion = conclude(&descents);
        Ok(Hunt { loss, descents, conclusion })
    }

    /// The last bare expression that is no derivative.
    pub(super) fn loss(&self) -> Result<String> {
        let last = self.script().statements.iter().rev().find_map(|s| match &s.kind {
            StatementKind::Expr(_) if is_derivative(self.script(), &s.text) => None,
            StatementKind::Expr(e) => Some(match &e.kind {
                ExprKind::Tuple(items) => items.last().map_or(String::new(), ToString::to_string),
                _ => s.text.clone(),
            }),
            _ => None,
        });
        last.ok_or_else(|| Error::new(ErrorKind::Argument, "the script gives no loss back"))
    }

    /// The values of the names at which the descent starts.
    pub(super) fn start(&self, over: &[&str]) -> Result<Vec<Array>> {
        let mut source = self.source().to_string();
        over.iter().for_each(|name| source.push_str(&format!("\n{name}")));
        let outcome = self.with_source(&source)?.run()?;
        let values = &outcome.results[outcome.results.len().saturating_sub(over.len())..];
        values.iter().map(|r| r.value.clone()?.array().cloned()).collect()
    }

    /// Loss and gradients as a plan over the names.
    fn ready(&self, over: &[&str], loss: &str, as_written: bool, start: &[Array]) -> Result<Ready> {
        let mut source = format!("{}\n({loss})", self.source());
        over.iter().for_each(|name| source.push_str(&format!("\ngrad({loss}, {name})")));
        let mut program = self.with_source(&source)?;
        program.as_written(as_written);
        let formulas = program.formulas()?;
        let outputs: Vec<&Tensor> = formulas[formulas.len().saturating_sub(over.len() + 1)..].iter().collect();
        let nodes = topological(&outputs, |_| true);
        let leaf = |name: &&str| {
            let found = nodes.iter().find(|t| t.data().is_some() && t.label() == Some(name));
            found.ok_or_else(|| Error::new(ErrorKind::Name, format!("the loss does not depend on `{name}`")))
        };
        let leaves: Vec<&Tensor> = over.iter().map(leaf).collect::<Result<_>>()?;
        let plan = match as_written {
            true => Steps::Written(RawPlan::new(&outputs, &leaves)?),
            false => Steps::Stable(Plan::new(&outputs, &leaves)?),
        };
        Ok(Ready { plan, start: start.to_vec() })
    }

    fn descend(&self, ready: &Ready, over: &[&str], (rate, most): (f64, usize), as_written: bool) -> Result<Descent> {
        let mut at = ready.start.clone();
        let (mut first, mut last, mut steps) = (f64::NAN, f64::NAN, 0);
        let (mut flat, mut rests) = (false, 0);
        for step in 0..=most {
            let values = ready.plan.run(&at)?;
            let before = last;
            last = values.first().map_or(Ok(f64::NAN), Array::item)?;
            if step == 0 {
                first = last;
            }
            steps = step;
            let gradients = &values[1..];
            flat = gradients.iter().all(|g| g.iter_f64().all(|v| v == 0.0));
            let broken = gradients.iter().any(|g| g.iter_f64().any(|v| !v.is_finite()));
            if !last.is_finite() || broken || last.abs() > EXPLODES * first.abs().max(1.0) {
                last = if broken && last.is_finite() { f64::NAN } else { last };
                break;
            }
            rests = if last == before { rests + 1 } else { 0 };
            if flat || step == most || rests == RESTS {
                break;
            }
            at = at.iter().zip(gradients).map(|(w, g)| moved(w, g, rate)).collect::<Result<_>>()?;
        }
        let verdict = if !last.is_finite() || last.abs() > EXPLODES * first.abs().max(1.0) {
            Verdict::Explodes
        } else if first - last > STUCK * first.abs() {
            Verdict::Descends
        } else if last > first {
            Verdict::Explodes
        } else {
            Verdict::Stuck
        };
        // At a minimum the gradient is zero by right; elsewhere the cause is looked for.
        let ask = as_written && (verdict != Verdict::Descends || flat);
        let cause = if ask { self.cause(over, &at)? } else { None };
        Ok(Descent { rate, as_written, verdict, steps, first, last, cause })
    }

    /// The first fault of loss and gradients at a point.
    fn cause(&self, over: &[&str], at: &[Array]) -> Result<Option<Finding>> {
        let loss = self.loss()?;
        let mut source = self.source().to_string();
        over.iter().for_each(|name| source.push_str(&format!("\ngrad({loss}, {name})")));
        let mut program = self.with_source(&source)?;
        for (name, value) in over.iter().zip(at) {
            program.bind_array(name, value.clone());
        }
        program.dtype(at.first().map_or(crate::DType::F64, Array::dtype));
        let found = program.report()?.findings;
        Ok(found.into_iter().find(|f| f.severity != Severity::Note))
    }
}

/// w − rate · g.
fn moved(w: &Array, g: &Array, rate: f64) -> Result<Array> {
    let values: Vec<f64> = w.iter_f64().zip(g.iter_f64()).map(|(w, g)| w - rate * g).collect();
    Array::from_vec(values, w.shape())?.cast(w.dtype())
}

/// What the descents say together.
fn conclude(descents: &[Descent]) -> Conclusion {
    let well = |d: &&Descent| d.verdict == Verdict::Descends;
    let of = |as_written: bool| descents.iter().filter(move |d| d.as_written == as_written);
    // At some rate the stabilised formula descends and the written one does not, or fails on the way.
    let formula = of(true).zip(of(false)).any(|(w, s)| well(&s) && (!well(&w) || w.cause.is_some()));
    let rate = of(false).any(|d| well(&d)) && of(false).any(|d| d.verdict == Verdict::Explodes);
    match (formula, rate) {
        (true, true) => Conclusion::Both,
        (true, false) => Conclusion::Formula,
        (false, true) => Conclusion::Rate,
        (false, false) => Conclusion::Neither,
    }
}

impl Verdict {
    /// The verdict in one word.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Descends => "descends",
            Verdict::Stuck => "stuck",
            Verdict::Explodes => "explodes",
        }
    }
}

impl Conclusion {
    /// The conclusion in one word.
    pub fn word(self) -> &'static str {
        match self {
            Conclusion::Formula => "formula",
            Conclusion::Rate => "rate",
            Conclusion::Both => "both",
            Conclusion::Neither => "neither",
        }
    }
}

impl Hunt {
    /// The largest rate at which the stabilised formula descends.
    fn best_rate(&self) -> Option<f64> {
        let well = self.descents.iter().filter(|d| !d.as_written && d.verdict == Verdict::Descends);
        well.map(|d| d.rate).reduce(f64::max)
    }

    /// The first cause that a descent as written found.
    fn cause(&self) -> Option<&Finding> {
        self.descents.iter().find_map(|d| d.cause.as_ref())
    }

    /// The conclusion in a sentence, with what to change.
    pub fn advice(&self) -> String {
        let rate = self.best_rate().map_or(String::new(), |r| format!("; it descends at {r}"));
        let given = self.descents.first().map_or(f64::NAN, |d| d.rate);
        let formula = match self.cause() {
            Some(f) => {
                let write = f.fix.as_ref().map_or(String::new(), |x| format!("; write {}", x.formula));
                format!("{}{}: {}{write}", f.op, at_place(f.origin), f.because)
            }
            None => "its gradient is lost".to_string(),
        };
        match self.conclusion {
            Conclusion::Formula => format!("it is the formula: {formula}"),
            Conclusion::Rate if self.descents.iter().any(|d| d.rate == given && d.verdict == Verdict::Explodes) => {
                format!("it is the learning rate: at {given} it explodes{rate}")
            }
            Conclusion::Rate => {
                format!("it is the learning rate, if any: {given} does not explode, higher ones do{rate}")
            }
            Conclusion::Both => format!("it is the formula: {formula}. And high rates explode{rate}"),
            Conclusion::Neither if self.best_rate().is_some() => "neither: it descends".into(),
            Conclusion::Neither => {
                "neither: it does not descend from here at any of the rates, stabilised or not".into()
            }
        }
    }

    /// The hunt as one JSON object.
    pub fn json(&self) -> String {
        let descent = |d: &Descent| {
            let (op, cause, origin) = match &d.cause {
                Some(f) => (json_string(f.op), json_string(&f.because), f.origin),
                None => ("null".into(), "null".into(), crate::Origin::Unknown),
            };
            format!(
                "{{\"rate\": {}, \"as_written\": {}, \"verdict\": \"{}\", \"steps\": {}, \"first\": {}, \"last\": {}, \"op\": {op}, {}, \"because\": {cause}}}",
                json_number(d.rate),
                d.as_written,
                d.verdict.word(),
                d.steps,
                json_number(d.first),
                json_number(d.last),
                super::show::line_and_column(origin)
            )
        };
        let descents: Vec<String> = self.descents.iter().map(descent).collect();
        format!(
            "{{\"conclusion\": \"{}\", \"advice\": {}, \"loss\": {}, \"descents\": [{}]}}",
            self.conclusion.word(),
            json_string(&self.advice()),
            json_string(&self.loss),
            descents.join(", ")
        )
    }
}

impl fmt::Display for Hunt {
    /// Writes a line for every descent, and the conclusion.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = String::new();
        for d in &self.descents {
            let form = if d.as_written { "as written" } else { "stabilised" };
            let number = crate::numerics::check::short;
            let _ = write!(
                out,
                "rate {:<8} {form}  {:<8}  {} -> {} in {} steps",
                number(d.rate),
                d.verdict.word(),
                number(d.first),
                number(d.last),
                d.steps
            );
            if let Some(c) = &d.cause {
                let _ = write!(out, "; {}{}: {}", c.op, at_place(c.origin), c.because);
            }
            out.push('\n');
        }
        write!(f, "{out}{}", self.advice())
    }
}
