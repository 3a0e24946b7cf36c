//! How far to go along a direction: Armijo's condition, and the strong Wolfe conditions.
//!
//! Source: Nocedal and Wright, *Numerical Optimization*, section 3.5; the condition near rounding is that of Hager and
//! Zhang (2005).

use super::problem::{Point, Problem, dot, moved};
use crate::error::Result;

/// How much of the decrease that the slope promises must be there.
const DECREASE: f64 = 1e-4;
/// How often a step is halved or widened.
const TRIES: usize = 60;

/// What a search found.
pub(super) enum Found {
    /// A place and the multiple of the direction at which it lies.
    At(Point, f64),
    /// No place with a smaller value that can be told from rounding.
    Nothing,
    /// Nothing but non-finite values, as at this place.
    Broken(Vec<f64>),
}

/// A place that is no number at the end of a search that found nothing.
fn none(broken: Option<Vec<f64>>, finite: bool) -> Found {
    match broken {
        Some(x) if !finite => Found::Broken(x),
        _ => Found::Nothing,
    }
}

/// True if the value at `new` is below that at `at` by enough; where rounding hides that, if the slope on the way has become
/// flatter; and where the whole promise is below rounding, if the gradient is shorter.
pub(super) fn falls(p: &Problem, at: &Point, new: &Point, slope: f64) -> bool {
    if !new.is_finite() {
        return false;
    }
    let (change, noise) = (new.value - at.value, p.noise(at.value));
    if slope.abs() * DECREASE > noise {
        return change <= DECREASE * slope;
    }
    let ahead: f64 = new.gradient.iter().zip(new.x.iter().zip(&at.x)).map(|(g, (n, o))| g * (n - o)).sum();
    let flatter = slope.abs() > noise && ahead.abs() <= 0.9 * slope.abs();
    change <= noise && (flatter || p.gradient_norm(new) < 0.9 * p.gradient_norm(at))
}

/// Halves the step until the value falls enough; stays within the bounds.
pub(super) fn armijo(p: &Problem, at: &Point, d: &[f64], first: f64) -> Result<Found> {
    let (mut t, mut broken, mut finite) = (first, None, false);
    for _ in 0..TRIES {
        let mut x = moved(&at.x, t, d);
        p.project(&mut x);
        if x == at.x {
            break;
        }
        let slope: f64 = at.gradient.iter().zip(x.iter().zip(&at.x)).map(|(g, (n, o))| g * (n - o)).sum();
        let new = p.point(x)?;
        if falls(p, at, &new, slope) {
            return Ok(Found::At(new, t));
        }
        match new.is_finite() {
            true => finite = true,
            false => broken = Some(new.x.clone()),
        }
        // The lowest place of the parabola through both values and the slope, within a tenth and a half.
        let bend = new.value - at.value - slope;
        let best = if new.is_finite() && bend > 0.0 { -0.5 * slope / bend } else { 0.5 };
        t *= best.clamp(0.1, 0.5);
    }
    Ok(none(broken, finite))
}

/// A place on the line: how far, its value and slope.
#[derive(Clone, Copy)]
struct On {
    t: f64,
    value: f64,
    slope: f64,
}

/// Looks for a place at which the value has fallen enough and the slope is at most `flat` of the first one.
///
/// Where there are bounds, it is Armijo's condition alone.
pub(super) fn strong_wolfe(p: &Problem, at: &Point, d: &[f64], first: f64, flat: f64) -> Result<Found> {
    if p.bounds.is_some() {
        return armijo(p, at, d, first);
    }
    let start = On { t: 0.0, value: at.value, slope: dot(&at.gradient, d) };
    if !(start.slope < 0.0) {
        return Ok(Found::Nothing);
    }
    let mut search = Search { p, at, d, start, flat, best: None, broken: None, finite: false };
    let (mut last, mut t, mut ceiling) = (start, first, f64::INFINITY);
    for _ in 0..TRIES {
        let Some(new) = search.look(t)? else {
            ceiling = t;
            t = last.t + 0.3 * (t - last.t);
            continue;
        };
        if search.accepts(new) {
            return Ok(search.end());
        }
        let rises = new.value > start.value + DECREASE * t * start.slope + p.noise(start.value)
            || (last.t > 0.0 && new.value >= last.value);
        if rises {
            return search.zoom(last, new);
        }
        if new.slope >= 0.0 {
            return search.zoom(new, last);
        }
        // Steep ground is left in large steps.
        let next = (t * 4.0).min(0.5 * (t + ceiling));
        if next <= t || !next.is_finite() {
            break;
        }
        (last, t) = (new, next);
    }
    Ok(search.end())
}

struct Search<'a> {
    p: &'a Problem,
    at: &'a Point,
    d: &'a [f64],
    start: On,
    flat: f64,
    best: Option<(Point, f64)>,
    broken: Option<Vec<f64>>,
    finite: bool,
}

impl Search<'_> {
    /// The value and slope at t; nothing where one is no number. The best place that counts as a decrease is kept.
    fn look(&mut self, t: f64) -> Result<Option<On>> {
        let new = self.p.point(moved(&self.at.x, t, self.d))?;
        if !new.is_finite() {
            self.broken = Some(new.x);
            return Ok(None);
        }
        self.finite = true;
        let on = On { t, value: new.value, slope: dot(&new.gradient, self.d) };
        let better = self.best.as_ref().is_none_or(|(b, _)| new.value < b.value || self.flatter(&new, b));
        if better && falls(self.p, self.at, &new, t * self.start.slope) {
            self.best = Some((new, t));
        }
        Ok(Some(on))
    }

    /// True of a value that differs by rounding only, with a shorter gradient.
    fn flatter(&self, new: &Point, old: &Point) -> bool {
        new.value <= old.value + self.p.noise(old.value) && self.p.gradient_norm(new) < self.p.gradient_norm(old)
    }

    /// True if the conditions hold, which the best place then is.
    fn accepts(&self, new: On) -> bool {
        self.best.as_ref().is_some_and(|(_, t)| *t == new.t) && new.slope.abs() <= -self.flat * self.start.slope
    }

    fn end(self) -> Found {
        match self.best {
            Some((point, t)) => Found::At(point, t),
            None => none(self.broken, self.finite),
        }
    }

    /// Narrows an interval that holds a good place; `lo` has the smaller value.
    fn zoom(mut self, mut lo: On, mut hi: On) -> Result<Found> {
        for _ in 0..TRIES {
            let width = hi.t - lo.t;
            if width.abs() <= f64::EPSILON * lo.t.abs().max(hi.t.abs()) {
                break;
            }
            let t = lo.t + width * cubic(lo, hi).clamp(0.1, 0.9);
            let Some(new) = self.look(t)? else {
                hi = On { t, value: f64::INFINITY, slope: f64::INFINITY };
                continue;
            };
            if self.accepts(new) {
                break;
            }
            let rises = new.value > self.start.value + DECREASE * t * self.start.slope + self.p.noise(self.start.value);
            if rises || new.value >= lo.value {
                hi = new;
            } else {
                if new.slope * width >= 0.0 {
                    hi = lo;
                }
                lo = new;
            }
        }
        Ok(self.end())
    }
}

/// Where the cubic through two values and slopes is lowest, as a part of the interval; its middle where there is none.
fn cubic(lo: On, hi: On) -> f64 {
    let width = hi.t - lo.t;
    let (a, b, rise) = (lo.slope * width, hi.slope * width, hi.value - lo.value);
    let theta = a + b - 3.0 * rise;
    let root = (theta * theta - a * b).sqrt();
    let part = (theta + root - a) / (b - a + 2.0 * root);
    if part.is_finite() { part } else { 0.5 }
}
