//! What a method is: one record, and one step at a time.

use std::fmt;

use super::methods;
use super::problem::{Point, Problem};
use crate::error::{Error, ErrorKind, Result};

/// How long the steps of a first-order method are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum StepSize {
    /// Always this multiple of the direction.
    Fixed(f64),
    /// `rate / (1 + decay * k)` at step k.
    Inverse {
        /// The rate of the first step.
        rate: f64,
        /// How fast it falls.
        decay: f64,
    },
    /// `rate * factor**k` at step k.
    Exponential {
        /// The rate of the first step.
        rate: f64,
        /// What each step multiplies it with.
        factor: f64,
    },
    /// Half a cosine from `rate` to 0 in so many steps.
    Cosine {
        /// The rate of the first step.
        rate: f64,
        /// When it reaches 0.
        steps: usize,
    },
    /// The best step of the second-order Taylor expansion, gᵀg / gᵀHg, where the curvature is positive.
    Taylor,
    /// Halved until the value falls enough (Armijo's condition).
    Armijo,
    /// Until the value falls enough and the slope has become flat enough (strong Wolfe conditions).
    StrongWolfe,
}

impl StepSize {
    /// The rate of step k, for the sizes that are known beforehand.
    pub(super) fn rate(self, k: usize) -> Option<f64> {
        let k = k as f64;
        match self {
            StepSize::Fixed(rate) => Some(rate),
            StepSize::Inverse { rate, decay } => Some(rate / (1.0 + decay * k)),
            StepSize::Exponential { rate, factor } => Some(rate * factor.powf(k)),
            StepSize::Cosine { rate, steps } => {
                Some(rate * 0.5 * (1.0 + (std::f64::consts::PI * (k / steps.max(1) as f64).min(1.0)).cos()))
            }
            StepSize::Taylor | StepSize::Armijo | StepSize::StrongWolfe => None,
        }
    }
}

/// What can be set about methods; each uses what it knows of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settings {
    pub step: Option<StepSize>,
    /// The part of the velocity that momentum keeps, and Adam's first decay.
    pub momentum: f64,
    /// Adam's second decay.
    pub second: f64,
    /// How many pairs L-BFGS remembers.
    pub memory: usize,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { step: None, momentum: 0.9, second: 0.999, memory: 10 }
    }
}

/// What came of a step.
pub(super) enum Outcome {
    /// A new place.
    To(Move),
    /// The value cannot be told to become smaller any more.
    Settled,
    /// Nothing but non-finite values lie ahead, as at this place.
    Broken(Vec<f64>),
}

/// A step that was taken.
pub(super) struct Move {
    pub point: Point,
    /// By how much the model of the method said that the value would fall; NaN of a method without one.
    pub predicted: f64,
}

/// A method at work.
pub(super) trait Stepper {
    /// One step from a place.
    fn step(&mut self, p: &Problem, at: &Point) -> Result<Outcome>;
}

/// One row: everything that is known about a method.
pub struct Method {
    /// Its name.
    pub name: &'static str,
    /// One plain sentence, with the source.
    pub summary: &'static str,
    /// What it needs besides values.
    pub needs: &'static str,
    /// True if it keeps within bounds.
    pub bounds: bool,
    /// The gradient at which it stops unless told otherwise; 0 of methods that see themselves when nothing is left to gain.
    pub tolerance: f64,
    /// Begins at a place, or says why it cannot.
    pub(super) begin: fn(&Problem, &Point, &Settings) -> Result<Box<dyn Stepper>>,
}

impl fmt::Debug for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// All methods, in the order of the book.
pub static METHODS: &[&Method] = &[
    &methods::gradient_descent::METHOD,
    &methods::momentum::METHOD,
    &methods::nesterov::METHOD,
    &methods::adam::METHOD,
    &methods::conjugate_gradient::METHOD,
    &methods::newton::METHOD,
    &methods::newton_cg::METHOD,
    &methods::bfgs::METHOD,
    &methods::lbfgs::METHOD,
    &methods::levenberg_marquardt::METHOD,
    &methods::golden_section::METHOD,
    &methods::brent::METHOD,
];

/// The method of this name; case and `_` do not matter.
pub(super) fn find(name: &str) -> Result<&'static Method> {
    let plain = |s: &str| s.to_lowercase().replace(['_', ' '], "-").replace("l-bfgs", "lbfgs");
    METHODS.iter().find(|m| m.name == plain(name)).copied().ok_or_else(|| {
        let names: Vec<&str> = METHODS.iter().map(|m| m.name).collect();
        Error::new(ErrorKind::Argument, format!("there is no method `{name}`; there are {}", names.join(", ")))
    })
}

/// The most variables for which matrices of second derivatives are made.
pub(super) const DENSE: usize = 200;
/// The most entries of a Jacobian that is decomposed at every step.
const JACOBIAN: usize = 4_000_000;

/// The method that fits a problem: an interval in one variable, a sum of squares, few variables, or many.
pub(super) fn choose(p: &Problem) -> &'static Method {
    let interval = p.bounds.as_ref().is_some_and(|b| p.n == 1 && b.lo[0].is_finite() && b.hi[0].is_finite());
    let squares = p.n <= DENSE && p.residual_count().is_some_and(|m| m * p.n <= JACOBIAN);
    match (interval, squares) {
        (true, _) => &methods::brent::METHOD,
        (_, true) => &methods::levenberg_marquardt::METHOD,
        _ if p.n <= DENSE => &methods::newton_cg::METHOD,
        _ => &methods::lbfgs::METHOD,
    }
}
