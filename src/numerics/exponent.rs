//! Exponents taken out of a formula: every value as `rest · exp(exponent)`, so that neither can overflow alone.
//!
//! A product adds exponents, a power multiplies them, and a sum takes out their largest, held constant (it cancels from
//! the mathematics, so it needs no derivative). Logarithms and quotients then never see the large numbers.

use std::cell::RefCell;
use std::collections::HashMap;

use super::algebra::{Sum, power, product_of, scale, sum_of};
use crate::graph::{Attrs, Tensor};
use crate::ops::*;

/// A value as `rest · exp(exponent)`.
#[derive(Clone)]
pub struct Split {
    /// What was taken out.
    pub exponent: Tensor,
    /// What is left.
    pub rest: Tensor,
    /// How many exponentials went into it.
    pub exponentials: usize,
    /// True if a logarithm was taken to get it: exact only where a logarithm is wanted anyway.
    pub lossy: bool,
}

/// Operations beyond which the formula is not looked into.
const DEPTH: usize = 40;

/// The value with its exponents taken out, if there are any; `log` allows logarithms of products, powers, determinants.
pub fn split(t: &Tensor, log: bool) -> Option<Split> {
    Splitter { log, inside: false, known: &RefCell::default() }.of(t, DEPTH)
}

struct Splitter<'a> {
    /// What was found for a node, above and below sums: one that is used twice is looked into once.
    known: &'a RefCell<HashMap<(u64, usize, bool), Option<Split>>>,
    log: bool,
    /// True below a sum, where a shift that was taken already must not be taken again.
    inside: bool,
}

fn zero() -> Tensor {
    Tensor::from(0.0)
}

/// True of u = v − shift: the exponential of it is in range already.
fn is_shifted(u: &Tensor) -> bool {
    // A shifted exponent may have a bound above.
    if *u.op() == MINIMUM {
        return is_shifted(&u.node().inputs()[0]);
    }
    sum_of(u).terms.iter().any(|(c, t)| *c < 0.0 && bare(t).op() == &STOP_GRADIENT)
}

/// A tensor without the axes and shapes put around it.
fn bare(t: &Tensor) -> Tensor {
    let mut t = t.clone();
    while [&EXPAND_DIMS, &RESHAPE, &BROADCAST, &SLICE, &TRANSPOSE].contains(&t.op()) {
        let inner = t.node().inputs()[0].clone();
        t = inner;
    }
    t
}

impl Splitter<'_> {
    /// The same below a sum.
    fn below(&self) -> Splitter<'_> {
        Splitter { inside: true, ..*self }
    }

    fn of(&self, t: &Tensor, depth: usize) -> Option<Split> {
        let key = (t.node().id(), t.output(), self.inside);
        if let Some(known) = self.known.borrow().get(&key) {
            return known.clone();
        }
        let found = self.look(t, depth);
        self.known.borrow_mut().insert(key, found.clone());
        found
    }

    fn look(&self, t: &Tensor, depth: usize) -> Option<Split> {
        let depth = depth.checked_sub(1)?;
        let op = t.op();
        let x = t.node().inputs();
        let attrs = t.node().attrs();
        if *op == EXP {
            let tame = is_shifted(&x[0]) && (self.inside || !self.log);
            return (!tame).then(|| exact(x[0].clone(), Tensor::from(1.0), 1));
        }
        if *op == MUL || *op == DIV {
            return self.product(&x[0], &x[1], if *op == MUL { 1.0 } else { -1.0 }, depth);
        }
        if *op == ADD || *op == SUB {
            return self.sum(t, depth);
        }
        if *op == SUM || *op == MEAN {
            return self.reduce(t, &x[0], depth);
        }
        if *op == DOT {
            return self.reduce(t, &(&x[0] * &x[1]), depth);
        }
        if *op == MATVEC {
            return self.matvec(&x[0], &x[1], attrs, depth);
        }
        if *op == WHERE {
            return self.choice(x, depth);
        }
        if [&EXPAND_DIMS, &RESHAPE, &BROADCAST, &SLICE, &TRANSPOSE, &CAST].contains(&op) || *op == TAKE {
            let s = self.of(&x[0], depth)?;
            let moved = |v: &Tensor| {
                let v = v.broadcast_like(&x[0]);
                op.call(&std::iter::once(&v).chain(&x[1..]).collect::<Vec<_>>(), attrs.clone())
            };
            let rest = if s.rest.constant().is_some() { s.rest.clone() } else { moved(&s.rest) };
            return Some(Split { exponent: moved(&s.exponent), rest, ..s });
        }
        self.power(t, depth).or_else(|| if self.log { self.logarithm(t, depth) } else { None })
    }

    /// Powers and signs.
    fn power(&self, t: &Tensor, depth: usize) -> Option<Split> {
        let x = t.node().inputs();
        let op = t.op();
        let p = if *op == NEG {
            let s = self.of(&x[0], depth)?;
            return Some(Split { rest: -&s.rest, ..s });
        } else if *op == ABS {
            let s = self.of(&x[0], depth)?;
            return Some(Split { rest: s.rest.abs(), ..s });
        } else if *op == RECIPROCAL {
            -1.0
        } else if *op == SQUARE {
            2.0
        } else if *op == SQRT {
            0.5
        } else if *op == POW {
            x[1].constant()?
        } else {
            return None;
        };
        let s = self.of(&x[0], depth)?;
        let rest = if p < 0.0 { 1.0 / power(&s.rest, -p) } else { power(&s.rest, p) };
        Some(Split { exponent: scale(&s.exponent, p), rest, ..s })
    }

    /// a · b^±1.
    fn product(&self, a: &Tensor, b: &Tensor, sign: f64, depth: usize) -> Option<Split> {
        let times = |a: &Tensor, b: &Tensor| match (sign > 0.0, a.constant(), b.constant()) {
            (true, Some(1.0), _) => b.clone(),
            (_, _, Some(1.0)) => a.clone(),
            (true, ..) => a * b,
            (false, ..) => a / b,
        };
        match (self.of(a, depth), self.of(b, depth)) {
            (None, None) => None,
            (Some(s), None) => Some(Split { rest: times(&s.rest, b), ..s }),
            (None, Some(s)) => Some(Split { exponent: scale(&s.exponent, sign), rest: times(a, &s.rest), ..s }),
            (Some(s), Some(u)) => Some(Split {
                exponent: sum_of(&s.exponent).plus(sign, sum_of(&u.exponent)).emit(),
                rest: times(&s.rest, &u.rest),
                exponentials: s.exponentials + u.exponentials,
                lossy: s.lossy || u.lossy,
            }),
        }
    }

    /// Terms over their largest exponent.
    fn sum(&self, t: &Tensor, depth: usize) -> Option<Split> {
        let sum = sum_of(t);
        let inner = self.below();
        let parts: Vec<(f64, Option<Split>, Tensor)> =
            sum.terms.iter().map(|(c, t)| (*c, inner.of(t, depth), t.clone())).collect();
        if parts.iter().all(|(_, s, _)| s.is_none()) {
            return None;
        }
        let exponents = parts
            .iter()
            .map(|(_, s, t)| s.as_ref().map_or_else(|| counted(&zero(), t), |s| counted(&s.exponent, &s.rest)));
        let constant = (sum.constant != 0.0).then(zero);
        let largest = exponents.chain(constant).reduce(|a, b| a.maximum(b))?;
        let shift = finite(&largest.broadcast_like(t));
        let lossy = parts.iter().any(|(_, s, _)| s.as_ref().is_some_and(|s| s.lossy));
        let mut rest = Sum::default();
        for (c, s, t) in parts {
            let term = match s {
                Some(s) => times_exp(&s.rest, &(&s.exponent - &shift)),
                None => times_exp(&t, &-&shift),
            };
            rest.terms.push((c, term));
        }
        if sum.constant != 0.0 {
            rest.terms.push((sum.constant, (-&shift).exp()));
        }
        Some(Split { lossy, ..exact(shift, rest.emit(), 1) })
    }

    /// A sum or mean along axes over the largest exponent there.
    fn reduce(&self, t: &Tensor, x: &Tensor, depth: usize) -> Option<Split> {
        let s = self.below().of(x, depth)?;
        let axes = if *t.op() == DOT { vec![-1] } else { t.node().attrs().axes().to_vec() };
        if axes.iter().any(|a| x.dims()[(x.rank() as isize + a) as usize] == 0) {
            return None;
        }
        let exponent = counted(&s.exponent, &s.rest).broadcast_like(x);
        let along = Attrs::Axes(axes.clone());
        let shift = finite(&MAX.call(&[&exponent], along.clone()));
        let kept = EXPAND_DIMS.call(&[&shift], along.clone());
        let terms = times_exp(&s.rest, &(&s.exponent - &kept)).broadcast_like(x);
        let op = if *t.op() == DOT { &SUM } else { t.op() };
        Some(Split { exponent: shift, rest: op.call(&[&terms], along), ..s })
    }

    /// A · (rest · exp(exponent)) over the largest exponent of the vector.
    fn matvec(&self, a: &Tensor, v: &Tensor, attrs: &Attrs, depth: usize) -> Option<Split> {
        let s = self.below().of(v, depth)?;
        let last = Attrs::Axes(vec![-1]);
        let exponent = counted(&s.exponent, &s.rest).broadcast_like(v);
        let shift = EXPAND_DIMS.call(&[&finite(&MAX.call(&[&exponent], last.clone()))], last);
        let terms = times_exp(&s.rest, &(&s.exponent - &shift)).broadcast_like(v);
        Some(Split { exponent: shift, rest: MATVEC.call(&[a, &terms], attrs.clone()), ..s })
    }

    /// Both branches of a where.
    fn choice(&self, x: &[Tensor], depth: usize) -> Option<Split> {
        let (a, b) = (self.of(&x[1], depth), self.of(&x[2], depth));
        if a.is_none() && b.is_none() {
            return None;
        }
        let plain = |t: &Tensor| exact(zero(), t.clone(), 0);
        let (a, b) = (a.unwrap_or_else(|| plain(&x[1])), b.unwrap_or_else(|| plain(&x[2])));
        Some(Split {
            exponent: Tensor::select(&x[0], &a.exponent, &b.exponent),
            rest: Tensor::select(&x[0], &a.rest, &b.rest),
            exponentials: a.exponentials.max(b.exponentials),
            lossy: a.lossy || b.lossy,
        })
    }

    /// What has a logarithm of its own: products, powers, determinants, and functions with a rule.
    fn logarithm(&self, t: &Tensor, depth: usize) -> Option<Split> {
        let x = t.node().inputs();
        let attrs = t.node().attrs();
        let known = |exponent: Tensor, rest: Tensor| Some(Split { lossy: true, ..exact(exponent, rest, 0) });
        let one = || Tensor::from(1.0);
        match t.op().name {
            "prod" => {
                let (exponent, rest) = match self.of(&x[0], depth) {
                    Some(s) => (s.exponent.broadcast_like(&x[0]), s.rest.broadcast_like(&x[0])),
                    None => (x[0].abs().log(), x[0].sign()),
                };
                known(SUM.call(&[&exponent], attrs.clone()), PROD.call(&[&rest], attrs.clone()))
            }
            "det" => {
                let slogdet = &SLOGDET;
                let parts = slogdet.call(&[&x[0]], Attrs::None);
                known(parts.sibling(1), parts.sibling(0))
            }
            "pow" if x[1].constant().is_none() => known(x[1].xlogy(&x[0]), one()),
            "gamma" => {
                // Γ is positive above 0, and between negative integers its sign alternates.
                let odd = x[0].floor().modulo(2.0);
                known(x[0].lgamma(), Tensor::select(&x[0].greater(0.0), &one(), &(1.0 - 2.0 * odd)))
            }
            "sigmoid" => known(x[0].log_sigmoid(), one()),
            "softmax" => known(LOG_SOFTMAX.call(&[&x[0]], attrs.clone()), one()),
            "ndtr" => known(x[0].log_ndtr(), one()),
            "erfc" => known((-std::f64::consts::SQRT_2 * &x[0]).log_ndtr(), Tensor::from(2.0)),
            "sigmoid_grad" => known(x[0].log_sigmoid() + (-&x[0]).log_sigmoid(), one()),
            _ => None,
        }
    }
}

/// rest · exp(u), without a factor of one; a term that is zero and was not counted may have any exponent, but 0·∞ must not arise.
fn times_exp(rest: &Tensor, u: &Tensor) -> Tensor {
    match rest.constant() {
        Some(1.0) => u.exp(),
        Some(_) => rest * u.exp(),
        None => rest * u.minimum(LARGEST).exp(),
    }
}

/// rest · exp(u), where a rest of 0 is no sign of a shift: a mask of 0 makes 0 of any exponential.
pub fn times_exp_of(rest: &Tensor, u: &Tensor) -> Tensor {
    let masks = product_of(rest).factors.iter().any(|(t, p)| *p > 0.0 && is_mask(t));
    let u = if masks { Tensor::select(&rest.equal(0.0), &u.minimum(LARGEST), u) } else { u.clone() };
    rest * u.exp()
}

/// True of data beside an exponential, which may be 0 where that overflows.
fn is_mask(t: &Tensor) -> bool {
    bare(t).data().is_some()
}

/// An exponent whose exponential is finite in f32 and f64 and far above those of all terms that count.
const LARGEST: f64 = 80.0;

/// A split that took no logarithm.
fn exact(exponent: Tensor, rest: Tensor, exponentials: usize) -> Split {
    Split { exponent, rest, exponentials, lossy: false }
}

/// The exponent where the rest is not zero, else −inf: a term that is zero must not set the scale.
fn counted(exponent: &Tensor, rest: &Tensor) -> Tensor {
    match rest.constant() {
        Some(c) if c != 0.0 => exponent.clone(),
        _ => Tensor::select(&rest.equal(0.0), &Tensor::from(f64::NEG_INFINITY), exponent),
    }
}

/// The shift as a constant for derivatives, 0 where it is infinite.
fn finite(shift: &Tensor) -> Tensor {
    Tensor::select(&shift.isfinite(), shift, &zero()).stop_gradient()
}
