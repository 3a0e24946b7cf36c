//! What kind of point it is, and how sure: the inertia of the Hessian, each eigenvalue beside what rounding can do to it.

use super::method::DENSE;
use super::problem::{Point, Problem, dot, moved, norm};
use crate::array::matrix::{Matrix, eigh};
use crate::error::Result;

/// The kind of a point. Source: Goodfellow, Bengio and Courville, section 4.3.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PointKind {
    /// All eigenvalues of the Hessian are positive.
    Minimum,
    /// All are negative.
    Maximum,
    /// Some are positive and some negative.
    Saddle,
    /// One is 0 as far as can be told, and the others do not make it a saddle; or there are no second derivatives.
    Degenerate,
    /// The gradient is not 0.
    NotCritical,
}

impl PointKind {
    /// The kind in words, as JSON has it.
    pub fn word(self) -> &'static str {
        match self {
            PointKind::Minimum => "minimum",
            PointKind::Maximum => "maximum",
            PointKind::Saddle => "saddle",
            PointKind::Degenerate => "degenerate",
            PointKind::NotCritical => "not a critical point",
        }
    }
}

/// The Hessian at a point, through its eigenvalues.
#[derive(Clone, Debug)]
pub struct Curvature {
    /// The kind of point that they make it.
    pub kind: PointKind,
    /// Ascending eigenvalues; of many variables only the least and the largest, estimated from products.
    pub eigenvalues: Vec<f64>,
    /// The eigenvectors, in the order of the eigenvalues, of length 1.
    pub eigenvectors: Vec<Vec<f64>>,
    /// What rounding, and the place not being known better, can do to an eigenvalue: those nearer to 0 count as 0.
    pub margin: f64,
    /// The largest magnitude divided by the least: how unevenly the ground bends.
    pub condition: f64,
    /// True if the eigenvalues are those of the whole Hessian, not estimates.
    pub whole: bool,
}

impl Curvature {
    /// How many eigenvalues are negative, 0 within the margin, and positive.
    pub fn inertia(&self) -> (usize, usize, usize) {
        let count = |f: &dyn Fn(f64) -> bool| self.eigenvalues.iter().filter(|w| f(**w)).count();
        let m = self.margin;
        (count(&|w| w < -m), count(&|w| w.abs() <= m), count(&|w| w > m))
    }

    /// How many margins the eigenvalue nearest to 0 is away from it; above 1 the kind is told.
    pub fn sureness(&self) -> f64 {
        self.eigenvalues.iter().fold(f64::INFINITY, |m, w| m.min(w.abs())) / self.margin
    }

    /// Directions in which the value falls from here at second order: eigenvectors of negative eigenvalues.
    pub fn escapes(&self) -> impl Iterator<Item = &[f64]> {
        let falls = self.eigenvalues.iter().zip(&self.eigenvectors).filter(|(w, _)| **w < -self.margin);
        falls.map(|(_, v)| v.as_slice())
    }
}

/// Looks at the Hessian over the variables that are free; nothing where it is not to be had.
pub(super) fn curvature(p: &Problem, at: &Point) -> Option<Curvature> {
    let free: Vec<usize> = p.free(at).iter().enumerate().filter(|(_, f)| **f).map(|(i, _)| i).collect();
    let (w, q, whole) = if p.n <= DENSE { all(p, at, &free).ok()?? } else { ends(p, at, &free).ok()?? };
    let size = w.iter().fold(0.0f64, |m, w| m.max(w.abs()));
    let mut margin = 4.0 * free.len().max(1) as f64 * p.eps() * size;
    if whole {
        margin += drift(p, at, &w, &q, margin);
    }
    let least = w.iter().fold(f64::INFINITY, |m, w| m.min(w.abs()));
    let condition = if w.is_empty() { 1.0 } else { size / least };
    let mut c = Curvature { kind: PointKind::NotCritical, eigenvalues: w, eigenvectors: q, margin, condition, whole };
    if is_critical(p, at, &c) {
        c.kind = match c.inertia() {
            // Every variable is held at a bound that the slope leads out of.
            _ if free.is_empty() => PointKind::Minimum,
            (n, _, p) if n > 0 && p > 0 => PointKind::Saddle,
            (_, z, _) if z > 0 => PointKind::Degenerate,
            (0, ..) => PointKind::Minimum,
            _ => PointKind::Maximum,
        };
    }
    Some(c)
}

/// Newton's step from a place, over the eigenvalues above a margin.
pub(super) fn newton_step(g: &[f64], w: &[f64], q: &[Vec<f64>], margin: f64) -> Vec<f64> {
    let mut step = vec![0.0; g.len()];
    for (w, q) in w.iter().zip(q).filter(|(w, _)| w.abs() > margin) {
        let along = -dot(g, q) / w;
        step.iter_mut().zip(q).for_each(|(s, q)| *s += along * q);
    }
    step
}

/// Twice what the Hessian changes by where Newton's method would look for the critical point itself.
fn drift(p: &Problem, at: &Point, w: &[f64], q: &[Vec<f64>], margin: f64) -> f64 {
    let step = newton_step(&at.gradient, w, q, margin);
    if step.iter().all(|s| *s == 0.0) {
        return 0.0;
    }
    let mut x = moved(&at.x, 1.0, &step);
    p.project(&mut x);
    let (Ok(here), Ok(there)) = (p.hessian(&at.x), p.hessian(&x)) else { return f64::INFINITY };
    let change: Vec<f64> = here.data.iter().zip(&there.data).map(|(a, b)| a - b).collect();
    let change = norm(&change);
    if change.is_nan() { f64::INFINITY } else { 2.0 * change }
}

type Pairs = (Vec<f64>, Vec<Vec<f64>>, bool);

/// All eigenvalues of the Hessian over the free variables.
fn all(p: &Problem, at: &Point, free: &[usize]) -> Result<Option<Pairs>> {
    let h = p.hessian(&at.x)?;
    if !h.data.iter().all(|v| v.is_finite()) {
        return Ok(None);
    }
    let k = free.len();
    if k == 0 {
        return Ok(Some((vec![], vec![], true)));
    }
    let d = eigh(&Matrix::from_fn(k, k, |i, j| h.at(free[i], free[j])))?;
    let vector = |j: usize| spread(p.n, free, &(0..k).map(|i| d.q.at(i, j)).collect::<Vec<_>>());
    Ok(Some(((d.w), (0..k).map(vector).collect(), true)))
}

/// The entries at the free places of a long vector.
fn spread(n: usize, free: &[usize], v: &[f64]) -> Vec<f64> {
    let mut out = vec![0.0; n];
    free.iter().zip(v).for_each(|(&i, v)| out[i] = *v);
    out
}

/// How many products estimate the ends of the spectrum.
const PRODUCTS: usize = 40;

/// The least and the largest eigenvalue, estimated by Lanczos' method from products with the Hessian.
fn ends(p: &Problem, at: &Point, free: &[usize]) -> Result<Option<Pairs>> {
    let k = PRODUCTS.min(free.len());
    if k == 0 {
        return Ok(Some((vec![], vec![], true)));
    }
    let only_free = |v: Vec<f64>| spread(p.n, free, &free.iter().map(|&i| v[i]).collect::<Vec<_>>());
    let mut v = vec![0.0; p.n];
    crate::array::random::fill_normal_f64(1, 0, &mut v);
    let mut basis: Vec<Vec<f64>> = vec![];
    let mut t = Matrix::zeros(k, k);
    v = only_free(v);
    for i in 0..k {
        let size = norm(&v);
        if size <= 1e-12 * t.frobenius() || !size.is_finite() {
            break;
        }
        if i > 0 {
            (t.data[i * k + i - 1], t.data[(i - 1) * k + i]) = (size, size);
        }
        let q: Vec<f64> = v.iter().map(|v| v / size).collect();
        v = only_free(p.product(&at.x, &q)?);
        if !v.iter().all(|v| v.is_finite()) {
            return Ok(None);
        }
        t.data[i * k + i] = dot(&v, &q);
        basis.push(q);
        // What is along earlier vectors is taken out twice, as rounding lets some of it back in.
        for q in basis.iter().chain(&basis) {
            let along = dot(&v, q);
            v.iter_mut().zip(q).for_each(|(v, q)| *v -= along * q);
        }
    }
    let m = basis.len();
    if m == 0 {
        return Ok(None);
    }
    let d = eigh(&Matrix::from_fn(m, m, |i, j| t.at(i, j)))?;
    let vector = |j: usize| {
        let mut x = vec![0.0; p.n];
        for (i, q) in basis.iter().enumerate() {
            x.iter_mut().zip(q).for_each(|(x, q)| *x += d.q.at(i, j) * q);
        }
        x
    };
    Ok(Some((vec![d.w[0], d.w[m - 1]], vec![vector(0), vector(m - 1)], false)))
}

/// True if the gradient is 0: Newton's step from here is short, and where the ground is flat the slope is too.
fn is_critical(p: &Problem, at: &Point, c: &Curvature) -> bool {
    let reach = 1e-3 * (1.0 + norm(&at.x));
    let size = c.eigenvalues.iter().fold(0.0f64, |m, w| m.max(w.abs()));
    // Rounding of the place alone changes the gradient by so much.
    let flat = p.eps().sqrt() + 1e3 * p.eps() * size * (1.0 + norm(&at.x));
    if !c.whole {
        let least = c.eigenvalues.iter().fold(f64::INFINITY, |m, w| m.min(w.abs()));
        return p.gradient_norm(at) <= flat || (least > c.margin && norm(&at.gradient) <= reach * least);
    }
    c.eigenvalues.iter().zip(&c.eigenvectors).all(|(w, v)| {
        let along = dot(&at.gradient, v).abs();
        if w.abs() <= c.margin { along <= flat } else { along <= reach * w.abs() }
    })
}
