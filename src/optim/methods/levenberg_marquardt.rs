//! Levenberg and Marquardt: a sum of squares by the exact Jacobian of its residuals, in a region scaled by its columns.
//!
//! The Jacobian is decomposed into singular values, so that the step is found without the product JᵀJ, which would lose
//! half of the digits. Source: Moré, *The Levenberg-Marquardt algorithm* (1978).

use crate::array::matrix::{Matrix, svd};
use crate::error::Result;
use crate::optim::method::{Method, Move, Outcome, Stepper};
use crate::optim::problem::{Point, Problem, dot, moved, norm};

/// The first region, in units of the scaled start.
const REACH: f64 = 10.0;
/// How often the region may shrink within a step.
const TRIES: usize = 100;

/// The record.
pub(in crate::optim) static METHOD: Method = Method {
    name: "levenberg-marquardt",
    summary: "Sums of squares by the Jacobian of the residuals (Levenberg, Marquardt; More 1978).",
    needs: "a loss that is a sum of squares",
    bounds: true,
    tolerance: 0.0,
    begin: |p, at, _| {
        let (r, j) = p.residuals(&at.x)?;
        Ok(Box::new(Marquardt { r, j, scale: vec![0.0; p.n], radius: None, last: f64::INFINITY, first: None }))
    },
};

struct Marquardt {
    r: Vec<f64>,
    j: Matrix,
    /// The largest norm that every column of the Jacobian has had.
    scale: Vec<f64>,
    radius: Option<f64>,
    /// The length of the last step, if the region left it alone.
    last: f64,
    /// The value at the start.
    first: Option<f64>,
}

/// The Jacobian with scaled columns, as singular values, and the residuals seen from there.
struct Model {
    s: Vec<f64>,
    vh: Matrix,
    b: Vec<f64>,
}

impl Stepper for Marquardt {
    fn step(&mut self, p: &Problem, at: &Point) -> Result<Outcome> {
        if !self.r.iter().chain(&self.j.data).all(|v| v.is_finite()) {
            return Ok(Outcome::Broken(at.x.clone()));
        }
        let first = *self.first.get_or_insert(at.value);
        // The residuals are 0 but for rounding.
        if at.value <= f64::EPSILON * f64::EPSILON * first.min(1.0) {
            return Ok(Outcome::Settled);
        }
        self.rescale();
        let model = self.model(&p.free(at))?;
        let mut radius = self.radius.unwrap_or_else(|| {
            let reach = REACH * norm(&self.scaled(&at.x));
            if reach > 0.0 { reach } else { REACH }
        });
        let (mut broken, mut finite) = (None, false);
        for _ in 0..TRIES {
            let (q, inside) = model.step(radius);
            let length = norm(&q);
            let step: Vec<f64> = model.vh.transposed_times(&q).iter().zip(&self.scale).map(|(v, s)| v / s).collect();
            let predicted = model.decrease(&q);
            let mut x = moved(&at.x, 1.0, &step);
            p.project(&mut x);
            if x == at.x || !(predicted > 0.0) {
                return Ok(Outcome::Settled);
            }
            // Near the end a whole step is judged by being shorter than the last: differences of values drown in rounding
            // long before steps do.
            let polish = inside && length < 0.9 * self.last && predicted <= p.eps().powf(2.0 / 3.0) * at.value;
            if !polish && predicted <= p.noise(at.value) {
                return Ok(Outcome::Settled);
            }
            let value = p.value(&x)?;
            match value.is_finite() {
                true => finite = true,
                false => broken = Some(x.clone()),
            }
            let ratio = if value.is_finite() { (at.value - value) / predicted } else { f64::NEG_INFINITY };
            let good = ratio > 1e-4 || (polish && value - at.value <= p.eps().powf(2.0 / 3.0) * at.value);
            if !polish {
                if ratio < 0.25 {
                    radius = length.min(radius) * if value.is_finite() { 0.25 } else { 0.1 };
                } else if ratio > 0.75 || inside {
                    radius = (2.0 * length).max(radius);
                }
            }
            self.radius = Some(radius);
            if good && let Some(point) = self.accept(p, x)? {
                self.last = if inside { length } else { f64::INFINITY };
                return Ok(Outcome::To(Move { point, predicted }));
            }
            radius = radius.min(0.5 * length);
        }
        Ok(match broken {
            Some(x) if !finite => Outcome::Broken(x),
            _ => Outcome::Settled,
        })
    }
}

impl Marquardt {
    /// Residuals, Jacobian and gradient 2 Jᵀr at a place; nothing where one of them is no number.
    fn accept(&mut self, p: &Problem, x: Vec<f64>) -> Result<Option<Point>> {
        let (r, j) = p.residuals(&x)?;
        if !r.iter().chain(&j.data).all(|v| v.is_finite()) {
            return Ok(None);
        }
        let gradient = j.transposed_times(&r).iter().map(|g| 2.0 * g).collect();
        let value = dot(&r, &r);
        (self.r, self.j) = (r, j);
        Ok(Some(Point { x, value, gradient }))
    }

    fn rescale(&mut self) {
        for k in 0..self.j.columns {
            let column: Vec<f64> = (0..self.j.rows).map(|i| self.j.at(i, k)).collect();
            let size = norm(&column);
            let s = &mut self.scale[k];
            *s = s.max(size);
            if *s == 0.0 {
                *s = 1.0;
            }
        }
    }

    fn scaled(&self, x: &[f64]) -> Vec<f64> {
        x.iter().zip(&self.scale).map(|(x, s)| x * s).collect()
    }

    fn model(&self, free: &[bool]) -> Result<Model> {
        let j =
            Matrix::from_fn(
                self.j.rows,
                self.j.columns,
                |i, k| {
                    if free[k] { self.j.at(i, k) / self.scale[k] } else { 0.0 }
                },
            );
        let d = svd(&j, false)?;
        let b = d.u.transposed_times(&self.r);
        // What is below rounding beside the largest says nothing about its direction.
        let least = f64::EPSILON * j.rows.max(j.columns) as f64 * d.s.first().copied().unwrap_or(0.0);
        let s = d.s.iter().map(|&s| if s > least { s } else { 0.0 }).collect();
        Ok(Model { s, vh: d.vh, b })
    }
}

impl Model {
    /// −s b / (s² + λ) for every singular value.
    fn at(&self, lambda: f64) -> Vec<f64> {
        let part = |(s, b): (&f64, &f64)| if *s == 0.0 { 0.0 } else { -s * b / (s * s + lambda) };
        self.s.iter().zip(&self.b).map(part).collect()
    }

    /// The best step within the region, and whether the region left it alone.
    fn step(&self, radius: f64) -> (Vec<f64>, bool) {
        let whole = self.at(0.0);
        if norm(&whole) <= 1.1 * radius {
            return (whole, true);
        }
        // The length falls with λ: the logarithm of λ is halved until it fits.
        let top: f64 = norm(&self.s.iter().zip(&self.b).map(|(s, b)| s * b).collect::<Vec<_>>()) / radius;
        let (mut lo, mut hi) = (f64::MIN_POSITIVE.ln(), top.max(f64::MIN_POSITIVE).ln());
        let mut q = self.at(hi.exp());
        for _ in 0..100 {
            if (norm(&q) - radius).abs() <= 0.05 * radius {
                break;
            }
            let middle = 0.5 * (lo + hi);
            q = self.at(middle.exp());
            if norm(&q) > radius { lo = middle } else { hi = middle }
        }
        (q, false)
    }

    /// Σ r² − Σ (r + J d)².
    fn decrease(&self, q: &[f64]) -> f64 {
        self.s.iter().zip(&self.b).zip(q).map(|((s, b), q)| -s * q * (2.0 * b + s * q)).sum()
    }
}
