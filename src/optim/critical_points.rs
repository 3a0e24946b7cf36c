//! `critical_points`: where the gradient is 0 in a region, of what kind each place is, and whether there can be more.

use std::fmt;

use super::curvature::{Curvature, PointKind, curvature, newton_step};
use super::problem::{Point, Problem, moved, norm};
use super::proof::{Coverage, cover};
use crate::array::matrix::eigh;
use crate::array::random::fill_uniform_f64;
use crate::error::{Error, ErrorKind, Result};
use crate::numerics::check::short;
use crate::{Array, Tensor};

/// How many places are searched from.
const STARTS: usize = 500;
/// How many steps a search takes at most.
const STEPS: usize = 200;

/// One place where the gradient is 0.
#[derive(Clone, Debug)]
pub struct CriticalPoint {
    /// The place.
    pub x: Array,
    /// The value there.
    pub value: f64,
    /// What kind of point it is.
    pub kind: PointKind,
    /// The eigenvalues of the Hessian, their vectors and their margin.
    pub curvature: Curvature,
}

/// The critical points of a formula in a region.
#[derive(Clone, Debug)]
pub struct CriticalPoints {
    /// The points, by ascending value.
    pub points: Vec<CriticalPoint>,
    /// True if it is proven that the region holds no others.
    pub complete: bool,
    /// Why it is proven, or what is in the way of a proof.
    pub because: String,
}

/// The critical points of f in the region lo ≤ x ≤ hi, for a leaf x of any shape; lo and hi broadcast to it.
///
/// They are found by Newton's method from many starts and classified by the inertia of the Hessian. Up to three variables
/// an interval test asks whether the list is complete: every box of the region either has a gradient that cannot be 0, or
/// a Hessian that cannot be singular and one point of the list. Where the test does not end, as at a degenerate point, the
/// list is only what was found.
/// Errors: an f that is not one number or does not depend on x, a region with an infinite end.
///
/// ```
/// use gradus::{Tensor, optim::critical_points};
/// let x = Tensor::from([0.0, 0.0]);
/// let (a, b) = (x.index(0, 0), x.index(0, 1));
/// let f = a.pow(3.0) - 3.0 * &a + b.square();
/// let found = critical_points(&f, &x, -2.0, 2.0)?;
/// let kinds: Vec<&str> = found.points.iter().map(|p| p.kind.word()).collect();
/// assert_eq!(kinds, ["minimum", "saddle"]);
/// assert!(found.complete, "{}", found.because);
/// # Ok::<(), gradus::Error>(())
/// ```
pub fn critical_points(f: &Tensor, x: &Tensor, lo: impl Into<Array>, hi: impl Into<Array>) -> Result<CriticalPoints> {
    let mut p = Problem::new(f, &[x])?;
    let (lo, hi) = (lo.into().broadcast_to(x.dims())?.to_f64(), hi.into().broadcast_to(x.dims())?.to_f64());
    if let Some((l, h)) = lo.iter().zip(&hi).find(|(l, h)| !(l.is_finite() && h.is_finite() && l <= h)) {
        let m = format!("a region has a lower and an upper end that are finite, not {l} and {h}");
        return Err(Error::new(ErrorKind::Argument, m));
    }
    let found = search(&p, &lo, &hi)?;
    let coverage = match p.n {
        1..=3 => cover(&p, &lo, &hi, &found.iter().map(|f| f.x.clone()).collect::<Vec<_>>())?,
        n => Coverage::Open(format!("{n} variables are too many for the interval test")),
    };
    // The kind is that of the point itself, whatever the ends of the region hold back.
    p.bounds = None;
    let mut points = vec![];
    for at in found {
        let Some(c) = curvature(&p, &at) else { continue };
        let x = p.unpack(&at.x)?.pop().unwrap_or_else(|| Array::scalar(f64::NAN));
        points.push(CriticalPoint { x, value: at.value, kind: c.kind, curvature: c });
    }
    points.sort_by(|a, b| a.value.total_cmp(&b.value));
    let (complete, because) = match coverage {
        Coverage::Proven(why) => (true, why),
        Coverage::Open(why) => (false, why),
    };
    Ok(CriticalPoints { points, complete, because })
}

/// Newton's method for a gradient of 0 from places all over the region.
fn search(p: &Problem, lo: &[f64], hi: &[f64]) -> Result<Vec<Point>> {
    let mut u = vec![0.0; p.n * STARTS];
    fill_uniform_f64(0, 0, &mut u);
    let drawn = u.chunks(p.n.max(1)).map(|u| u.to_vec());
    // The corners of a lattice as well, for points that lie evenly: its middle, its ends.
    let side = if p.n <= 3 { 5usize } else { 1 };
    let lattice = (0..side.pow(p.n.min(3) as u32)).map(|k| {
        (0..p.n)
            .map(|i| if side == 1 { 0.5 } else { (k / side.pow(i as u32) % side) as f64 / (side - 1) as f64 })
            .collect()
    });
    let size = norm(&lo.iter().zip(hi).map(|(l, h)| h - l).collect::<Vec<_>>());
    let mut found: Vec<Point> = vec![];
    for u in lattice.chain(drawn) {
        let u: Vec<f64> = u;
        let x = (0..p.n).map(|i| lo[i] + u[i] * (hi[i] - lo[i])).collect();
        let Some(end) = newton(p, x, size)? else { continue };
        let slack = 1e-9 * (1.0 + size);
        let inside = end.x.iter().zip(lo.iter().zip(hi)).all(|(x, (l, h))| *x >= l - slack && *x <= h + slack);
        let apart = |f: &Point| norm(&moved(&f.x, -1.0, &end.x)) > 1e-6 * (1.0 + norm(&end.x));
        if inside && found.iter().all(apart) {
            found.push(end);
        }
    }
    Ok(found)
}

/// Steps x ← x − t H⁻¹ g that shorten the gradient, until they vanish.
fn newton(p: &Problem, x: Vec<f64>, size: f64) -> Result<Option<Point>> {
    let mut at = p.point(x)?;
    for _ in 0..STEPS {
        let h = p.hessian(&at.x)?;
        if !at.is_finite() || !h.data.iter().all(|v| v.is_finite()) {
            return Ok(None);
        }
        let d = eigh(&h)?;
        let q: Vec<Vec<f64>> = (0..p.n).map(|j| (0..p.n).map(|i| d.q.at(i, j)).collect()).collect();
        let most = d.w.iter().fold(0.0f64, |m, w| m.max(w.abs()));
        let mut step = newton_step(&at.gradient, &d.w, &q, 1e-14 * most);
        let length = norm(&step);
        let here = norm(&at.gradient);
        // What lies along directions without curvature no step takes away.
        let zero = norm(&moved(&at.gradient, 1.0, &h.times(&step))) <= 1e-10 * most.max(1.0);
        if here == 0.0 || length <= 4.0 * f64::EPSILON * (norm(&at.x) + 1e-3) {
            return Ok(zero.then_some(at));
        }
        if length > 0.25 * size {
            step.iter_mut().for_each(|s| *s *= 0.25 * size / length);
        }
        let mut t = 1.0;
        let next = loop {
            let new = p.point(moved(&at.x, t, &step))?;
            if new.is_finite() && norm(&new.gradient) < (1.0 - 1e-4 * t) * here {
                break Some(new);
            }
            t *= 0.5;
            if t < 1e-10 {
                break None;
            }
        };
        match next {
            Some(new) => at = new,
            // Rounding leaves nothing to gain near a root; anywhere else the gradient has a least length that is not 0.
            None => return Ok((zero && length <= 1e-7 * (1.0 + norm(&at.x))).then_some(at)),
        }
    }
    Ok(None)
}

impl fmt::Display for CriticalPoints {
    /// Writes a line for every point, and whether there can be more.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for p in &self.points {
            let w: Vec<String> = p.curvature.eigenvalues.iter().map(|w| short(*w)).collect();
            writeln!(f, "{:<10} {:<14} at {}  eigenvalues {}", p.kind.word(), short(p.value), p.x, w.join(", "))?;
            for v in p.curvature.escapes().filter(|_| p.kind == PointKind::Saddle) {
                let v: Vec<String> = v.iter().map(|v| short(*v)).collect();
                writeln!(f, "{:<10} it falls along ({})", "", v.join(", "))?;
            }
        }
        write!(f, "{}: {}", if self.complete { "complete" } else { "only found" }, self.because)
    }
}
