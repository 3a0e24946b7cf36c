//! Is a list of critical points complete? Boxes that cover a region are each shown to hold none, or one of the list.
//!
//! Source: Krawczyk's test, as in Neumaier, *Interval Methods for Systems of Equations* (1990), section 5.1.

use super::enclosure::{Enclosure, Range};
use super::problem::Problem;
use crate::Deriver;
use crate::array::lu::factor;
use crate::error::Result;

/// How many boxes are looked at.
const BOXES: usize = 40_000;

/// What a cover says.
pub(super) enum Coverage {
    /// There are no others, and why.
    Proven(String),
    /// There may be others, and what is in the way.
    Open(String),
}

/// The gradient and Hessian over boxes.
struct Test {
    gradient: Enclosure,
    hessian: Enclosure,
    n: usize,
}

/// Asks whether the region holds no critical point besides these.
pub(super) fn cover(p: &Problem, lo: &[f64], hi: &[f64], points: &[Vec<f64>]) -> Result<Coverage> {
    let (f, x) = p.formula();
    // As written: what the stabiliser would put there branches on data, which boxes do not decide.
    let mut deriver = Deriver { as_written: true, ..Deriver::default() };
    let (g, h) = (deriver.grad(f, x), deriver.hessian(f, x));
    let test = match (Enclosure::of(&g, &[x]), Enclosure::of(&h, &[x])) {
        (Ok(gradient), Ok(hessian)) => Test { gradient, hessian, n: p.n },
        (Err(e), _) | (_, Err(e)) => return Ok(Coverage::Open(e.message().to_string())),
    };
    let region: Vec<Range> = lo.iter().zip(hi).map(|(&lo, &hi)| Range { lo, hi }).collect();
    let mut alone = vec![];
    for c in points {
        match test.own_box(c, &region) {
            Some(b) => alone.push(b),
            None => {
                return Ok(Coverage::Open(format!(
                    "the interval test cannot tell the point at {c:?} from several: its Hessian may be singular"
                )));
            }
        }
    }
    let mut pending = vec![region.clone()];
    let mut seen = 0;
    while let Some(b) = pending.pop() {
        let inside = |a: &Vec<Range>| a.iter().zip(&b).all(|(a, b)| a.lo <= b.lo && b.hi <= a.hi);
        if alone.iter().any(inside) || test.holds_none(&b) {
            continue;
        }
        seen += 1;
        let widest = (0..p.n).max_by(|&i, &j| b[i].width().total_cmp(&b[j].width())).unwrap_or(0);
        let middle = b[widest].middle();
        if seen > BOXES || middle <= b[widest].lo || middle >= b[widest].hi {
            let at: Vec<f64> = b.iter().map(|r| r.middle()).collect();
            return Ok(Coverage::Open(format!("the interval test does not decide a box near {at:?}")));
        }
        let (mut left, mut right) = (b.clone(), b);
        (left[widest].hi, right[widest].lo) = (middle, middle);
        pending.extend([left, right]);
    }
    let how = format!("the gradient cannot be 0 anywhere else in the region ({} boxes were looked at)", 2 * seen + 1);
    Ok(Coverage::Proven(how))
}

impl Test {
    /// A box around a point that holds exactly one critical point, as large as can be shown.
    fn own_box(&self, c: &[f64], region: &[Range]) -> Option<Vec<Range>> {
        let mut part = 0.25;
        for _ in 0..40 {
            let around = |(c, r): (&f64, &Range)| {
                let reach = part * r.width() + 1e-12 * (1.0 + c.abs());
                Range { lo: c - reach, hi: c + reach }
            };
            let b: Vec<Range> = c.iter().zip(region).map(around).collect();
            let inside = |k: &Vec<Range>| k.iter().zip(&b).all(|(k, b)| b.lo < k.lo && k.hi < b.hi);
            if self.krawczyk(c, &b).is_some_and(|k| inside(&k)) {
                return Some(b);
            }
            part *= 0.5;
        }
        None
    }

    /// c − C g(c) + (I − C H(B)) (B − c), with C the inverse of H(c): all zeros of the gradient in B lie in it.
    fn krawczyk(&self, c: &[f64], b: &[Range]) -> Option<Vec<Range>> {
        let n = self.n;
        let here: Vec<Range> = c.iter().map(|&v| Range::point(v)).collect();
        let (g, h) = (self.gradient.over(&here), self.hessian.over(b));
        let middle: Vec<f64> = self.hessian.over(&here).iter().map(|r| r.middle()).collect();
        if !middle.iter().chain(h.iter().flat_map(|r| [&r.lo, &r.hi])).all(|v| v.is_finite()) {
            return None;
        }
        let factored = factor(&middle, n);
        if factored.zero_pivot().is_some() {
            return None;
        }
        let inverse = factored.inverse();
        let mut out = vec![];
        for i in 0..n {
            let row = &inverse[i * n..(i + 1) * n];
            let times = |v: &dyn Fn(usize) -> Range| {
                (0..n).fold(Range::point(0.0), |s, k| s.add(Range::point(row[k]).mul(v(k))))
            };
            let mut sum = Range::point(c[i]).sub(times(&|k| g[k]));
            for j in 0..n {
                let one = Range::point(f64::from(i == j));
                let rest = one.sub(times(&|k| h[k * n + j]));
                sum = sum.add(rest.mul(b[j].sub(Range::point(c[j]))));
            }
            out.push(sum);
        }
        Some(out)
    }

    /// True if the gradient is 0 nowhere in a box: by its range, by its slopes from the middle, or by Krawczyk's test.
    fn holds_none(&self, b: &[Range]) -> bool {
        let without = |r: &Range| r.is_empty() || !r.contains(0.0);
        let g = self.gradient.over(b);
        if g.iter().any(without) {
            return true;
        }
        let c: Vec<f64> = b.iter().map(|r| r.middle()).collect();
        let here: Vec<Range> = c.iter().map(|&v| Range::point(v)).collect();
        let (middle, h) = (self.gradient.over(&here), self.hessian.over(b));
        let slopes =
            |i: usize| (0..self.n).fold(middle[i], |s, j| s.add(h[i * self.n + j].mul(b[j].sub(Range::point(c[j])))));
        if (0..self.n).any(|i| without(&slopes(i).meet(g[i]))) {
            return true;
        }
        self.krawczyk(&c, b).is_some_and(|k| k.iter().zip(b).any(|(k, b)| k.meet(*b).is_empty()))
    }
}
