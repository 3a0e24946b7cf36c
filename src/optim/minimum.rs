//! `Minimum`: where a minimisation ended, what kind of point that is, why it stopped, and the way there.

use std::fmt;

use super::curvature::{Curvature, PointKind};
use super::problem::Counts;
use crate::numerics::check::{Finding, short};
use crate::{Array, Origin};

/// Why a minimisation stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// The gradient is as small as was asked for.
    Gradient,
    /// The value is as small as was asked for.
    Value,
    /// The last step was as short as was asked for.
    Step,
    /// No smaller value can be told from rounding.
    Rounding,
    /// So many steps were taken.
    Iterations,
    /// The time is over.
    Time,
    /// The callback said so.
    Interrupted,
    /// The value falls without end.
    Unbounded,
    /// Value or gradient is no number here, or everywhere ahead.
    NotFinite,
}

impl Stopped {
    /// The reason in one word.
    pub fn word(self) -> &'static str {
        match self {
            Stopped::Gradient => "gradient",
            Stopped::Value => "value",
            Stopped::Step => "step",
            Stopped::Rounding => "rounding",
            Stopped::Iterations => "iterations",
            Stopped::Time => "time",
            Stopped::Interrupted => "interrupted",
            Stopped::Unbounded => "unbounded",
            Stopped::NotFinite => "not finite",
        }
    }

    /// The reason in a sentence.
    pub fn sentence(self) -> &'static str {
        match self {
            Stopped::Gradient => "the gradient is as small as was asked for",
            Stopped::Value => "the value is as small as was asked for",
            Stopped::Step => "the last step was as short as was asked for",
            Stopped::Rounding => "no smaller value can be told from rounding",
            Stopped::Iterations => "so many steps were taken",
            Stopped::Time => "the time is over",
            Stopped::Interrupted => "it was interrupted",
            Stopped::Unbounded => "the value falls without end",
            Stopped::NotFinite => "value or gradient is no number here, or everywhere ahead",
        }
    }
}

/// One step of the way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// How many steps were taken up to here.
    pub iteration: usize,
    /// The value.
    pub value: f64,
    /// The largest entry of the gradient, over variables that can move.
    pub gradient_norm: f64,
    /// The length of the step that led here.
    pub step: f64,
    /// By how much the model of the method said that the value would fall; NaN where it has none.
    pub predicted: f64,
}

/// One of several starts.
#[derive(Clone, Debug)]
pub struct Start {
    /// Where it led to.
    pub x: Vec<Array>,
    /// The value there.
    pub value: f64,
    /// Why it stopped.
    pub stopped: Stopped,
}

/// Where a minimisation ended.
#[derive(Clone, Debug)]
pub struct Minimum {
    /// The leaves' names and values there.
    pub x: Vec<(String, Array)>,
    /// The value of the loss.
    pub value: f64,
    /// The largest entry of the gradient, over variables that can move.
    pub gradient_norm: f64,
    /// What kind of point it is.
    pub kind: PointKind,
    /// The Hessian there, through its eigenvalues, where it was to be had.
    pub curvature: Option<Curvature>,
    /// Why it stopped.
    pub stopped: Stopped,
    /// What explains a stop at values that are no numbers, or a gradient that is stuck at 0.
    pub finding: Option<Finding>,
    /// How many steps were taken.
    pub iterations: usize,
    /// The name of the method.
    pub method: &'static str,
    /// The way, the start first.
    pub trace: Vec<Step>,
    /// How often what was evaluated.
    pub counts: Counts,
    /// Where the other starts led, if there were several.
    pub starts: Vec<Start>,
}

impl Minimum {
    /// The value of a leaf by its name.
    pub fn at(&self, name: &str) -> Option<&Array> {
        self.x.iter().find(|(n, _)| n == name).map(|(_, a)| a)
    }

    /// The condition number of the Hessian, NaN where there is none.
    pub fn condition(&self) -> f64 {
        self.curvature.as_ref().map_or(f64::NAN, |c| c.condition)
    }

    /// The trace as CSV, with a header.
    pub fn trace_csv(&self) -> String {
        let row =
            |s: &Step| format!("{},{:?},{:?},{:?},{:?}\n", s.iteration, s.value, s.gradient_norm, s.step, s.predicted);
        let rows: String = self.trace.iter().map(row).collect();
        format!("iteration,value,gradient_norm,step,predicted\n{rows}")
    }

    /// What kind of point it is, and how sure that is, in words.
    fn kind_in_words(&self) -> String {
        let Some(c) = self.curvature.as_ref().filter(|c| c.kind != PointKind::NotCritical) else {
            return self.kind.word().into();
        };
        if c.eigenvalues.is_empty() {
            return format!("{}, held by the bounds", self.kind.word());
        }
        let (negative, zero, positive) = c.inertia();
        let (least, most) = (c.eigenvalues[0], c.eigenvalues[c.eigenvalues.len() - 1]);
        let range = format!("eigenvalues {} to {}, margin {}", short(least), short(most), short(c.margin));
        match c.whole {
            true => format!("{} ({negative} negative, {zero} zero, {positive} positive; {range})", self.kind.word()),
            false => format!("{} (estimated from {} products; {range})", self.kind.word(), self.counts.products),
        }
    }
}

/// The cause of a finding in one line.
pub(super) fn cause(f: &Finding) -> String {
    match (f.op, f.origin) {
        // An error of the evaluation names its op itself.
        ("", _) => f.because.clone(),
        (op, Origin::Unknown) => format!("{op}: {}", f.because),
        (op, place) => format!("{op} at {place}: {}", f.because),
    }
}

impl fmt::Display for Minimum {
    /// Writes a table: name and value of everything there is to know.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let c = &self.counts;
        let mut rows = vec![
            ("value", format!("{:?}", self.value)),
            ("kind", self.kind_in_words()),
            ("gradient", format!("{} at most", short(self.gradient_norm))),
        ];
        if let Some(c) = &self.curvature {
            rows.push(("condition", short(c.condition)));
        }
        rows.push(("stopped", format!("{}: {}", self.stopped.word(), self.stopped.sentence())));
        if let Some(found) = &self.finding {
            rows.push(("cause", cause(found)));
        }
        rows.push(("steps", format!("{} of {}", self.iterations, self.method)));
        let counts = [
            (c.values, "values"),
            (c.gradients, "gradients"),
            (c.hessians, "Hessians"),
            (c.products, "products"),
            (c.jacobians, "Jacobians"),
        ];
        let counts: Vec<String> = counts.iter().filter(|(n, _)| *n > 0).map(|(n, w)| format!("{n} {w}")).collect();
        rows.push(("evaluated", counts.join(", ")));
        for (name, text) in rows {
            writeln!(f, "{name:<10} {text}")?;
        }
        let lines = self.x.iter().map(|(name, a)| {
            let text = a.to_string();
            format!("{name} ={}{text}", if text.contains('\n') { "\n" } else { " " })
        });
        f.write_str(&lines.collect::<Vec<_>>().join("\n"))
    }
}
