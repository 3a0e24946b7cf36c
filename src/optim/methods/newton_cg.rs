//! Newton's method in a trust region: the step by conjugate gradients, which end where the curve bends down.

use super::{downhill, masked};
use crate::array::matrix::Matrix;
use crate::error::Result;
use crate::optim::line_search::falls;
use crate::optim::method::{Method, Move, Outcome, Stepper};
use crate::optim::problem::{Point, Problem, dot, moved, norm};

/// Up to so many variables the Hessian is made once a step; beyond, only its products with vectors.
const WHOLE: usize = 50;
/// How often the region may shrink within a step.
const TRIES: usize = 80;

/// The record.
pub(in crate::optim) static METHOD: Method = Method {
    name: "newton-cg",
    summary: "Newton's method in a trust region, steps by conjugate gradients (Steihaug; Nocedal and Wright, algorithm 7.2).",
    needs: "products with the Hessian",
    bounds: true,
    tolerance: 1e-11,
    begin: |_, at, _| Ok(Box::new(NewtonCg { radius: norm(&at.x).max(1.0) })),
};

struct NewtonCg {
    radius: f64,
}

/// A step of the model: where to, what decrease it promises, and whether it ends at the border of the region.
struct Step {
    d: Vec<f64>,
    decrease: f64,
    border: bool,
}

impl Stepper for NewtonCg {
    fn step(&mut self, p: &Problem, at: &Point) -> Result<Outcome> {
        let free = p.free(at);
        let whole = if p.n <= WHOLE { Some(p.hessian(&at.x)?) } else { None };
        let (mut broken, mut finite) = (None, false);
        for _ in 0..TRIES {
            let Some(step) = self.model(p, at, whole.as_ref(), &free)? else {
                return Ok(Outcome::Broken(at.x.clone()));
            };
            let length = norm(&step.d);
            let mut x = moved(&at.x, 1.0, &step.d);
            p.project(&mut x);
            if x == at.x {
                return Ok(Outcome::Settled);
            }
            let cut = p.bounds.is_some() && x != moved(&at.x, 1.0, &step.d);
            let new = p.point(x)?;
            if new.value == f64::NEG_INFINITY {
                return Ok(Outcome::To(Move { point: new, predicted: f64::INFINITY }));
            }
            match new.is_finite() {
                true => finite = true,
                false => broken = Some(new.x.clone()),
            }
            let ratio = if new.is_finite() { (at.value - new.value) / step.decrease } else { f64::NEG_INFINITY };
            let below_noise = step.decrease <= p.noise(at.value);
            if ratio < 0.25 && !below_noise {
                self.radius = 0.25 * length;
            } else if ratio > 0.75 && step.border {
                self.radius = (4.0 * length).max(self.radius);
            }
            // A step that the bounds cut off promises by the slope alone.
            let slope = if cut { dot(&at.gradient, &difference(&new.x, &at.x)) } else { -step.decrease };
            if falls(p, at, &new, slope) {
                return Ok(Outcome::To(Move { point: new, predicted: step.decrease }));
            }
            if below_noise {
                break;
            }
            self.radius = self.radius.min(0.25 * length);
        }
        Ok(match broken {
            Some(x) if !finite => Outcome::Broken(x),
            _ => Outcome::Settled,
        })
    }
}

fn difference(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}

impl NewtonCg {
    /// Minimises gᵀd + ½ dᵀHd within the region; nothing where H is no number.
    fn model(&self, p: &Problem, at: &Point, whole: Option<&Matrix>, free: &[bool]) -> Result<Option<Step>> {
        let times = |v: &[f64]| match whole {
            Some(h) => Ok(masked(h.times(v), free)),
            None => p.product(&at.x, v).map(|hv| masked(hv, free)),
        };
        let mut r = downhill(p, at);
        let (mut d, mut v) = (vec![0.0; p.n], r.clone());
        let size = norm(&r);
        let enough = size * size.sqrt().min(if whole.is_some() { 1e-8 } else { 0.1 });
        let (mut decrease, mut rr) = (0.0, dot(&r, &r));
        for _ in 0..(2 * p.n).max(20) {
            let hv = times(&v)?;
            let curvature = dot(&v, &hv);
            if !curvature.is_finite() {
                return Ok(None);
            }
            let alpha = rr / curvature;
            let next = moved(&d, alpha, &v);
            if curvature <= 0.0 || norm(&next) >= self.radius {
                // To the border along v.
                let (vv, dv, dd) = (dot(&v, &v), dot(&d, &v), dot(&d, &d));
                let gap = (self.radius * self.radius - dd).max(0.0);
                let t = gap / (dv + (dv * dv + vv * gap).sqrt());
                decrease += t * rr - 0.5 * t * t * curvature;
                return Ok(Some(Step { d: moved(&d, t, &v), decrease, border: true }));
            }
            decrease += 0.5 * alpha * rr;
            d = next;
            r.iter_mut().zip(&hv).for_each(|(r, h)| *r -= alpha * h);
            let new = dot(&r, &r);
            if new.sqrt() <= enough {
                break;
            }
            v.iter_mut().zip(&r).for_each(|(v, r)| *v = r + new / rr * *v);
            rr = new;
        }
        Ok(Some(Step { d, decrease, border: false }))
    }
}
