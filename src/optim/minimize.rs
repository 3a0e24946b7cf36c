//! `minimize`: from a loss and its leaves to a place where no smaller value is near.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use super::curvature::{PointKind, curvature};
use super::method::{Method, Outcome, Settings, StepSize, choose, find};
use super::minimum::{Minimum, Start, Step, Stopped};
use super::problem::{Bounds, Point, Problem, distance, moved, norm};
use crate::array::random::fill_uniform_f64;
use crate::array::unravel;
use crate::error::{Error, ErrorKind, Result};
use crate::numerics::check::{Finding, Severity};
use crate::{Array, Tensor, check_all};

/// How many steps are taken unless told otherwise.
const ITERATIONS: usize = 2000;
/// A value that falls below this many times the start falls without end.
const ENDLESS: f64 = -1e20;
/// How many saddles are left behind, where the method is not chosen.
const ESCAPES: usize = 10;

type Callback<'a> = Box<dyn FnMut(&Step) -> ControlFlow<()> + 'a>;

/// A minimisation that has not run yet: what to minimise, over what, how, and when to stop.
pub struct Minimize<'a> {
    loss: Tensor,
    over: Vec<Tensor>,
    method: Option<String>,
    settings: Settings,
    value: f64,
    gradient: Option<f64>,
    step: Option<f64>,
    iterations: usize,
    time: Option<Duration>,
    bounds: Vec<(usize, Array, Array)>,
    starts: Option<(usize, i64)>,
    callback: Option<Callback<'a>>,
}

/// A minimisation of a loss over leaves; the data of the leaves are the start.
///
/// Nothing is computed before [`Minimize::run`]. Without [`Minimize::method`] the shape of the problem chooses: an interval
/// in one variable Brent's method, a sum of squares Levenberg-Marquardt, up to 200 variables Newton's method in a trust
/// region, more of them L-BFGS; and where such a run ends at a saddle, it goes on down from there.
///
/// ```
/// use gradus::{Tensor, optim::{PointKind, minimize}};
/// let (x, y) = (Tensor::from([-1.2]), Tensor::from([1.0]));
/// let rosenbrock = ((1.0 - &x).square() + 100.0 * (&y - x.square()).square()).sum(());
/// let found = minimize(&rosenbrock, &[&x, &y]).run()?;
/// assert_eq!(found.kind, PointKind::Minimum);
/// assert!((found.x[0].1.item()? - 1.0).abs() < 1e-12);
/// # Ok::<(), gradus::Error>(())
/// ```
pub fn minimize<'a>(loss: &Tensor, over: &[&Tensor]) -> Minimize<'a> {
    Minimize {
        loss: loss.clone(),
        over: over.iter().map(|&t| t.clone()).collect(),
        method: None,
        settings: Settings::default(),
        value: f64::NEG_INFINITY,
        gradient: None,
        step: None,
        iterations: ITERATIONS,
        time: None,
        bounds: vec![],
        starts: None,
        callback: None,
    }
}

impl<'a> Minimize<'a> {
    /// The method by its name, one of [`super::METHODS`].
    pub fn method(mut self, name: &str) -> Self {
        self.method = Some(name.into());
        self
    }

    /// How long the steps of a first-order method are; a number is a fixed rate.
    pub fn step_size(mut self, size: StepSize) -> Self {
        self.settings.step = Some(size);
        self
    }

    /// The part of the velocity that momentum keeps, and Adam's first decay; 0.9 unless set.
    pub fn momentum(mut self, keep: f64) -> Self {
        self.settings.momentum = keep;
        self
    }

    /// Adam's second decay; 0.999 unless set.
    pub fn second_decay(mut self, keep: f64) -> Self {
        self.settings.second = keep;
        self
    }

    /// How many steps L-BFGS remembers; 10 unless set.
    pub fn memory(mut self, pairs: usize) -> Self {
        self.settings.memory = pairs;
        self
    }

    /// Stops at a value that is at most this.
    pub fn until_value(mut self, value: f64) -> Self {
        self.value = value;
        self
    }

    /// Stops where no entry of the gradient is larger than this.
    pub fn until_gradient(mut self, largest: f64) -> Self {
        self.gradient = Some(largest);
        self
    }

    /// Stops after a step that is not longer than this.
    pub fn until_step(mut self, length: f64) -> Self {
        self.step = Some(length);
        self
    }

    /// Stops after so many steps; 2000 unless set.
    pub fn max_iterations(mut self, count: usize) -> Self {
        self.iterations = count;
        self
    }

    /// Stops after this time.
    pub fn max_time(mut self, time: Duration) -> Self {
        self.time = Some(time);
        self
    }

    /// Keeps a leaf, counted from 0, within bounds that broadcast to it; infinite ends are none.
    pub fn bounds(mut self, leaf: usize, lo: impl Into<Array>, hi: impl Into<Array>) -> Self {
        self.bounds.push((leaf, lo.into(), hi.into()));
        self
    }

    /// Starts from so many places, drawn evenly within the bounds, beside the data of the leaves, and keeps the best end.
    pub fn multi_start(mut self, count: usize, seed: i64) -> Self {
        self.starts = Some((count, seed));
        self
    }

    /// Is called at the start and after every step; `ControlFlow::Break` ends the run with the best place so far.
    pub fn on_step(mut self, call: impl FnMut(&Step) -> ControlFlow<()> + 'a) -> Self {
        self.callback = Some(Box::new(call));
        self
    }

    /// Runs.
    ///
    /// Values and gradients that are no numbers never count as success: a step that leads to one is shortened, and where
    /// that does not help the run stops as [`Stopped::NotFinite`] with the finding that explains it. Errors: a loss that
    /// is not one number, a leaf that is none or on which the loss does not depend, a method that does not fit, bounds
    /// that contradict each other or do not hold the start.
    pub fn run(mut self) -> Result<Minimum> {
        let mut problem = Problem::new(&self.loss, &self.over.iter().collect::<Vec<_>>())?;
        problem.bounds = self.checked_bounds(&problem)?;
        let start = problem.start();
        if let Some(b) = &problem.bounds
            && let Some(i) = (0..problem.n).find(|&i| start[i] < b.lo[i] || start[i] > b.hi[i])
        {
            let (name, place) = place(&problem, &self.over, i);
            let m = format!(
                "the start is not within the bounds: {name}{place} = {} is not in [{}, {}]",
                start[i], b.lo[i], b.hi[i]
            );
            return Err(Error::new(ErrorKind::Domain, m));
        }
        let method = match &self.method {
            Some(name) => find(name)?,
            None => choose(&problem),
        };
        if problem.bounds.is_some() && !method.bounds {
            let can: Vec<&str> = super::METHODS.iter().filter(|m| m.bounds).map(|m| m.name).collect();
            let m = format!("{} knows no bounds; {} do", method.name, can.join(", "));
            return Err(Error::new(ErrorKind::Argument, m));
        }
        let mut starts = vec![start];
        starts.extend(self.drawn(&problem)?);
        let many = starts.len() > 1;
        let (mut best, mut ends): (Option<Minimum>, Vec<Start>) = (None, vec![]);
        let begun = Instant::now();
        for x in starts {
            let found = self.down(&problem, method, x, begun)?;
            if many {
                let x = found.x.iter().map(|(_, a)| a.clone()).collect();
                ends.push(Start { x, value: found.value, stopped: found.stopped });
            }
            let stop = matches!(found.stopped, Stopped::Interrupted | Stopped::Time);
            let better = |b: &Minimum| b.stopped == Stopped::NotFinite || found.value < b.value;
            if found.stopped != Stopped::NotFinite && best.as_ref().is_none_or(better) || best.is_none() {
                best = Some(found);
            }
            if stop {
                break;
            }
        }
        let mut found = best.ok_or_else(|| Error::new(ErrorKind::Argument, "no place to start from"))?;
        found.starts = ends;
        found.counts = problem.counts();
        Ok(found)
    }

    /// The bounds of all variables, if there are some.
    fn checked_bounds(&self, p: &Problem) -> Result<Option<Bounds>> {
        if self.bounds.is_empty() {
            return Ok(None);
        }
        let mut b = Bounds { lo: vec![f64::NEG_INFINITY; p.n], hi: vec![f64::INFINITY; p.n] };
        let sizes: Vec<usize> = self.over.iter().map(|t| t.dims().iter().product()).collect();
        for (leaf, lo, hi) in &self.bounds {
            let Some(t) = self.over.get(*leaf) else {
                let m = format!("bounds are given for leaf {leaf}, and there are {}", self.over.len());
                return Err(Error::new(ErrorKind::Argument, m));
            };
            let at: usize = sizes[..*leaf].iter().sum();
            let (lo, hi) = (lo.broadcast_to(t.dims())?, hi.broadcast_to(t.dims())?);
            for (k, (l, h)) in lo.iter_f64().zip(hi.iter_f64()).enumerate() {
                if !(l <= h) {
                    let (name, place) = place(p, &self.over, at + k);
                    let m =
                        format!("the bounds of {name}{place} contradict each other: nothing lies between {l} and {h}");
                    return Err(Error::new(ErrorKind::Argument, m));
                }
                (b.lo[at + k], b.hi[at + k]) = (b.lo[at + k].max(l), b.hi[at + k].min(h));
            }
        }
        Ok(Some(b))
    }

    /// More places to start from.
    fn drawn(&self, p: &Problem) -> Result<Vec<Vec<f64>>> {
        let Some((count, seed)) = self.starts else { return Ok(vec![]) };
        let Some(b) = p.bounds.as_ref().filter(|b| b.lo.iter().chain(&b.hi).all(|v| v.is_finite())) else {
            let m = "several starts are drawn between bounds, and every variable needs finite ones";
            return Err(Error::new(ErrorKind::Argument, m));
        };
        let mut u = vec![0.0; p.n * count];
        fill_uniform_f64(seed as u64, 0, &mut u);
        let one = |u: &[f64]| (0..p.n).map(|i| b.lo[i] + u[i] * (b.hi[i] - b.lo[i])).collect();
        Ok(u.chunks(p.n.max(1)).map(one).collect())
    }

    /// One run from one place.
    fn descend(
        &mut self,
        p: &Problem,
        method: &Method,
        x: Vec<f64>,
        begun: Instant,
        mut trace: Vec<Step>,
    ) -> Result<Way> {
        let mut at = p.point(x)?;
        let mut broken = None;
        let first = Step {
            iteration: trace.len(),
            value: at.value,
            gradient_norm: p.gradient_norm(&at),
            step: 0.0,
            predicted: f64::NAN,
        };
        let floor = ENDLESS * (1.0 + at.value.abs());
        // The best place, where the last one is another.
        let mut best: Option<Point> = None;
        let mut stopped = self.arrived(&at, first, method, floor, begun, &mut trace);
        let mut stepper = if stopped.is_none() { Some((method.begin)(p, &at, &self.settings)?) } else { None };
        while let (None, Some(stepper)) = (stopped, stepper.as_mut()) {
            let to = match stepper.step(p, &at)? {
                Outcome::To(to) => to,
                Outcome::Settled => {
                    stopped = Some(Stopped::Rounding);
                    break;
                }
                Outcome::Broken(x) => {
                    (stopped, broken) = (Some(Stopped::NotFinite), Some(x));
                    break;
                }
            };
            let length = distance(&to.point.x, &at.x);
            let held = best.as_ref().unwrap_or(&at);
            let better = to.point.value <= held.value + p.noise(held.value) || !held.is_finite();
            let left = std::mem::replace(&mut at, to.point);
            match better {
                false if best.is_none() => best = Some(left),
                false => p.leave(left),
                true => best.take().into_iter().chain([left]).for_each(|worse| p.leave(worse)),
            }
            let (value, gradient_norm) = (at.value, p.gradient_norm(&at));
            let step = Step { iteration: trace.len(), value, gradient_norm, step: length, predicted: to.predicted };
            stopped = self.arrived(&at, step, method, floor, begun, &mut trace);
        }
        Ok(Way { at: best.unwrap_or(at), stopped: stopped.unwrap_or(Stopped::Rounding), trace, broken })
    }

    /// A run, and from a saddle, if the method was left to the problem, another one down its steepest escape.
    fn down(&mut self, p: &Problem, method: &'static Method, x: Vec<f64>, begun: Instant) -> Result<Minimum> {
        let mut way = self.descend(p, method, x, begun, vec![])?;
        for _ in 0..if self.method.is_none() { ESCAPES } else { 0 } {
            if !matches!(way.stopped, Stopped::Gradient | Stopped::Rounding) || !way.at.is_finite() {
                break;
            }
            let Some(below) = escape(p, &way.at)? else { break };
            way = self.descend(p, method, below, begun, way.trace)?;
        }
        self.end(p, method, way)
    }

    /// Notes a place, and says whether it is the last.
    fn arrived(
        &mut self,
        at: &Point,
        s: Step,
        method: &Method,
        floor: f64,
        begun: Instant,
        trace: &mut Vec<Step>,
    ) -> Option<Stopped> {
        trace.push(s);
        let told = self.callback.as_mut().is_some_and(|call| call(&s).is_break());
        let largest = self.gradient.unwrap_or(method.tolerance);
        match () {
            _ if at.value < floor => Some(Stopped::Unbounded),
            _ if !at.is_finite() => Some(Stopped::NotFinite),
            _ if s.gradient_norm <= largest => Some(Stopped::Gradient),
            _ if at.value <= self.value => Some(Stopped::Value),
            _ if s.iteration > 0 && self.step.is_some_and(|least| s.step <= least) => Some(Stopped::Step),
            _ if told => Some(Stopped::Interrupted),
            _ if s.iteration >= self.iterations => Some(Stopped::Iterations),
            _ if self.time.is_some_and(|t| begun.elapsed() >= t) => Some(Stopped::Time),
            _ => None,
        }
    }

    /// Looks at the place where it ended.
    fn end(&self, p: &Problem, method: &'static Method, way: Way) -> Result<Minimum> {
        let Way { at, stopped, trace, broken } = way;
        let curvature = if at.is_finite() && stopped != Stopped::Unbounded { curvature(p, &at) } else { None };
        let small = p.gradient_norm(&at) <= p.eps().sqrt();
        let kind = match &curvature {
            Some(c) => c.kind,
            None if small && at.is_finite() => PointKind::Degenerate,
            None => PointKind::NotCritical,
        };
        let stuck = at.gradient.iter().all(|g| *g == 0.0) && kind != PointKind::Minimum;
        let finding = match (stopped, broken) {
            (Stopped::NotFinite, Some(x)) => finding(p, &x)?,
            (Stopped::NotFinite, None) => finding(p, &at.x)?,
            _ if stuck => finding(p, &at.x)?,
            _ => None,
        };
        let names = p.names();
        Ok(Minimum {
            x: names.into_iter().zip(p.unpack(&at.x)?).collect(),
            value: at.value,
            gradient_norm: p.gradient_norm(&at),
            kind,
            curvature,
            stopped,
            finding,
            iterations: trace.len().saturating_sub(1),
            method: method.name,
            trace,
            counts: p.counts(),
            starts: vec![],
        })
    }
}

/// Where a run ended, why, how it came there, and where values were no numbers.
struct Way {
    at: Point,
    stopped: Stopped,
    trace: Vec<Step>,
    broken: Option<Vec<f64>>,
}

/// A place below a saddle, along the eigenvector of its least eigenvalue; nothing where there is no saddle.
fn escape(p: &Problem, at: &Point) -> Result<Option<Vec<f64>>> {
    let Some(c) = curvature(p, at).filter(|c| matches!(c.kind, PointKind::Saddle | PointKind::Maximum)) else {
        return Ok(None);
    };
    let Some(v) = c.escapes().next() else { return Ok(None) };
    let mut t = 0.1 * (1.0 + norm(&at.x));
    for _ in 0..40 {
        let mut lowest: Option<(f64, Vec<f64>)> = None;
        for sign in [t, -t] {
            let mut x = moved(&at.x, sign, v);
            p.project(&mut x);
            let value = p.value(&x)?;
            let promised = 1e-2 * t * t * c.eigenvalues[0];
            if value < at.value + promised - p.noise(at.value) && lowest.as_ref().is_none_or(|(l, _)| value < *l) {
                lowest = Some((value, x));
            }
        }
        if let Some((_, x)) = lowest {
            return Ok(Some(x));
        }
        t *= 0.5;
    }
    Ok(None)
}

/// The name of the leaf of a variable, and its index within it.
fn place(p: &Problem, over: &[Tensor], mut i: usize) -> (String, String) {
    for (name, t) in p.names().into_iter().zip(over) {
        let size: usize = t.dims().iter().product();
        if i < size {
            let index = unravel(i, t.dims());
            return (name, if index.is_empty() { String::new() } else { format!("{index:?}") });
        }
        i -= size;
    }
    (String::new(), String::new())
}

/// What `check` finds in the loss and its gradients at a place.
fn finding(p: &Problem, x: &[f64]) -> Result<Option<Finding>> {
    let formulas = p.formulas_at(x)?;
    let written: Vec<&Tensor> = formulas.iter().collect();
    let gradients: Vec<bool> = (0..written.len()).map(|i| i > 0).collect();
    let report = check_all(&written, &[], &[], &gradients);
    Ok(report.findings.into_iter().find(|f| f.severity != Severity::Note))
}
