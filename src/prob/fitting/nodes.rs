//! Points and weights that sum over a distribution of numbers: double exponential rules between places where it bends.

use crate::error::{Error, ErrorKind, Result};
use crate::prob::{Distribution, Support};
use crate::{Tensor, eval};

/// The value of a formula of one number.
pub fn number(t: &Tensor) -> Result<f64> {
    t.eval()?.item()
}

/// Points, and weights by which values times densities (or masses) sum up.
pub struct Nodes {
    /// The points.
    pub x: Vec<f64>,
    /// The weights: 1 of a mass.
    pub w: Vec<f64>,
}

/// The nodes of one piece of the line; `h` is the step of the rule.
fn piece(lo: f64, hi: f64, scale: f64, h: f64, out: &mut Nodes) {
    let half_pi = std::f64::consts::FRAC_PI_2;
    let count = (6.3 / h) as i64;
    for k in -count..=count {
        let t = k as f64 * h;
        let u = half_pi * t.sinh();
        let (x, w) = if lo.is_finite() && hi.is_finite() {
            // The distance from the nearer end, without cancellation.
            let (share, other) = (1.0 / (1.0 + (-2.0 * u).exp()), 1.0 / (1.0 + (2.0 * u).exp()));
            let x = if u < 0.0 { lo + (hi - lo) * share } else { hi - (hi - lo) * other };
            (x, (hi - lo) * 2.0 * share * other * half_pi * t.cosh())
        } else {
            let r = u.exp() * scale;
            (if lo.is_finite() { lo + r } else { hi - r }, r * half_pi * t.cosh())
        };
        if x.is_finite() && w.is_finite() && w > 0.0 {
            out.x.push(x);
            out.w.push(w * h);
        }
    }
}

/// A place in the middle, and how far most of it is spread.
fn centre(d: &Distribution) -> Result<(f64, f64)> {
    if d.family().quantile.absent().is_none() {
        let q = eval(&[&d.quantile([0.25, 0.5, 0.75])])?.pop().map(|a| a.to_f64()).unwrap_or_default();
        if let [a, b, c] = q[..] {
            return Ok((b, c - a));
        }
    }
    Ok((number(&d.mean())?, number(&d.std())?))
}

/// Places at which the density may bend or jump.
fn breaks(d: &Distribution, out: &mut Vec<f64>) -> Result<()> {
    if d.parts().len() > 1 {
        return d.parts().iter().try_for_each(|p| breaks(p, out));
    }
    out.push(centre(d)?.0);
    if let Support::Interval(lo, hi) = d.support() {
        out.extend([number(&lo)?, number(&hi)?]);
    }
    Ok(())
}

/// How many values of a mass are listed at most.
const MOST: f64 = 1e7;

/// The nodes of a distribution of numbers, in pieces that end where it, or one of `others`, may bend.
pub fn nodes(d: &Distribution, others: &[&Distribution], h: f64) -> Result<Nodes> {
    let refuse = |why: &str| {
        let m = format!("a sum over `{}`: {why}", d.family().name);
        Err(Error::new(ErrorKind::Argument, m))
    };
    if !d.event_shape().is_empty() || !d.batch_shape()?.is_empty() {
        return refuse("it is about one distribution of numbers, not of vectors or a batch");
    }
    match d.support() {
        Support::Values(v) => {
            let mut x = v.eval()?.to_f64();
            x.sort_by(f64::total_cmp);
            x.dedup();
            Ok(Nodes { w: vec![1.0; x.len()], x })
        }
        Support::Integers(lo, hi) => {
            let (lo, hi) = (number(&lo)?, number(&hi)?);
            let far = number(&d.mean())? + 60.0 * number(&d.std())? + 60.0;
            let hi = hi.min(far.ceil());
            if !(hi - lo < MOST) {
                return refuse("it has too many values");
            }
            let x: Vec<f64> = (0..=(hi - lo) as i64).map(|k| lo + k as f64).collect();
            Ok(Nodes { w: vec![1.0; x.len()], x })
        }
        Support::Interval(lo, hi) => {
            let (lo, hi, scale) = (number(&lo)?, number(&hi)?, centre(d)?.1);
            let mut ends = vec![lo, hi];
            for d in std::iter::once(d).chain(others.iter().copied()) {
                breaks(d, &mut ends)?;
            }
            ends.retain(|x| (lo..=hi).contains(x));
            ends.sort_by(f64::total_cmp);
            ends.dedup();
            let mut out = Nodes { x: vec![], w: vec![] };
            ends.windows(2).for_each(|w| piece(w[0], w[1], scale, h, &mut out));
            Ok(out)
        }
        _ => refuse("its support is no interval and no list of values"),
    }
}

/// Nodes on the interval from 0 to 1, both ends excluded, for sums over quantiles.
pub fn shares(h: f64) -> Nodes {
    let mut out = Nodes { x: vec![], w: vec![] };
    // In two halves, since a quantile may bend in the middle.
    piece(0.0, 0.5, 1.0, h, &mut out);
    piece(0.5, 1.0, 1.0, h, &mut out);
    let keep: Vec<bool> = out.x.iter().map(|u| (1e-15..1.0 - 1e-15).contains(u)).collect();
    let kept = |v: &[f64]| v.iter().zip(&keep).filter(|(_, k)| **k).map(|(v, _)| *v).collect();
    Nodes { x: kept(&out.x), w: kept(&out.w) }
}
