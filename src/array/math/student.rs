//! Student's t distribution by the incomplete beta function, and quantiles of counts by search.

use super::betainc::{self, Point};
use super::dispatch::{self, dispatch};
use super::exp;
use super::float::{add_pair, div_pair, two_prod};
use super::gamma::betaln_pair;
use super::gammainc;
use super::log;
use super::polygamma::digamma_here;

/// ν/(ν + t²) and t²/(ν + t²), as pairs.
#[inline(always)]
fn point(nu: f64, t: f64) -> Point {
    let (u, ul) = two_prod(t, t);
    if !(1e-250..1e250).contains(&u) || !(1e-250..1e250).contains(&nu) {
        let s = (t.abs() / nu.sqrt()) * (t.abs() / nu.sqrt());
        let y = if s > 1.0 { 1.0 / (1.0 + 1.0 / s) } else { s / (1.0 + s) };
        return Point::both((1.0 / (1.0 + s), 0.0), (y, 0.0));
    }
    let (d, dl) = add_pair(nu, 0.0, u, ul);
    Point::both(div_pair(nu, 0.0, d, dl), div_pair(u, ul, d, dl))
}

/// log F(-|t|) and its derivative in ν, where F is the distribution function.
#[inline(always)]
fn log_tail(nu: f64, t: f64) -> (f64, f64) {
    let p = point(nu, t);
    if p.is_end() || 0.5 * nu == 0.0 {
        return far_tail(nu, t.abs() / nu.sqrt());
    }
    let (log, score, share) = betainc::lower_at(0.5 * nu, 0.5, p);
    (log - std::f64::consts::LN_2, 0.5 * score + share / nu)
}

/// The same where t²/ν under- or overflows: one half, or the power law u^-ν/(ν B(ν/2, ½)) for u = |t|/√ν.
#[inline(always)]
fn far_tail(nu: f64, u: f64) -> (f64, f64) {
    let half = 0.5 * nu;
    if u < 1.0 || half == 0.0 {
        return (-std::f64::consts::LN_2, 0.0);
    }
    let (b, bl) = betaln_pair(half, 0.5);
    let score = 0.5 - log::log(u) - 1.0 / nu + 0.5 * (digamma_here(half + 0.5) - digamma_here(half));
    ((-nu * log::log(u) - log::log(nu) - (b + bl)).min(-std::f64::consts::LN_2), score)
}

/// True if there is a distribution with ν degrees of freedom.
#[inline(always)]
fn is_good(nu: f64, t: f64) -> bool {
    nu > 0.0 && nu < f64::INFINITY && !t.is_nan()
}

/// P(T ≤ t) with ν degrees of freedom.
pub fn stdtr(nu: f64, t: f64) -> f64 {
    dispatch!((nu: f64, t: f64) -> f64, {
        if !is_good(nu, t) {
            return f64::NAN;
        }
        let tail = exp::exp(log_tail(nu, t).0);
        if t < 0.0 { tail } else { 1.0 - tail }
    })
}

/// log P(T ≤ t).
pub fn log_stdtr(nu: f64, t: f64) -> f64 {
    dispatch!((nu: f64, t: f64) -> f64, {
        if !is_good(nu, t) {
            return f64::NAN;
        }
        let tail = log_tail(nu, t).0;
        if t < 0.0 { tail } else { log::log1mexp(tail) }
    })
}

/// ∂ log P(T ≤ t)/∂ν.
pub fn log_stdtr_slope(nu: f64, t: f64) -> f64 {
    dispatch!((nu: f64, t: f64) -> f64, {
        if !is_good(nu, t) {
            return f64::NAN;
        }
        let (tail, score) = log_tail(nu, t);
        if t < 0.0 { score } else { -score / exp::expm1(-tail) }
    })
}

/// The t with P(T ≤ t) = p.
pub fn stdtrit(nu: f64, p: f64) -> f64 {
    dispatch!((nu: f64, p: f64) -> f64, {
        if !is_good(nu, p) || !(0.0..=1.0).contains(&p) {
            return f64::NAN;
        }
        let tail = if p < 0.5 { p } else { 1.0 - p };
        if tail == 0.0 {
            return if p == 0.0 { f64::NEG_INFINITY } else { f64::INFINITY };
        }
        let (x, y) = betainc::quantile_parts(0.5 * nu, 0.5, 2.0 * tail);
        let t = (nu * (y / x)).sqrt();
        if p < 0.5 { -t } else { t }
    })
}

/// The least whole number k ≥ 0 up to `last` with `enough(k)`, near a guess.
#[inline(always)]
fn least(guess: f64, last: f64, enough: impl Fn(f64) -> bool) -> f64 {
    let start = guess.floor().clamp(0.0, last);
    let (mut below, mut above, mut step) = (start, start, 1.0);
    while above < last && !enough(above) {
        below = above;
        above = (above + step).min(last);
        step *= 2.0;
    }
    step = 1.0;
    while below >= 0.0 && enough(below) {
        above = below;
        if below == 0.0 {
            return 0.0;
        }
        below = (below - step).max(0.0);
        step *= 2.0;
    }
    // enough(above), and not enough(below)
    while above - below > 1.0 {
        let middle = (0.5 * (above + below)).floor();
        if middle <= below || middle >= above {
            break;
        }
        if enough(middle) { above = middle } else { below = middle }
    }
    above
}

/// The least k with P(K ≤ k) ≥ q for a Poisson K.
pub fn poisson_quantile(lam: f64, q: f64) -> f64 {
    dispatch!((lam: f64, q: f64) -> f64, {
        if !(lam > 0.0 && lam < f64::INFINITY && (0.0..=1.0).contains(&q)) {
            return f64::NAN;
        }
        if q == 0.0 || q == 1.0 {
            return if q == 0.0 { 0.0 } else { f64::INFINITY };
        }
        let guess = if q < 0.5 { lam } else { gammainc::gammainccinv(lam + 0.5, 1.0 - q) };
        // The smaller tail decides: its rounding is relative.
        least(guess, 9e15, |k| match q <= 0.5 {
            true => gammainc::gammaincc(k + 1.0, lam) >= q,
            false => gammainc::gammainc(k + 1.0, lam) <= 1.0 - q,
        })
    })
}

/// The least k with P(K ≤ k) ≥ q for a binomial K.
pub fn binomial_quantile(v: [f64; 3]) -> f64 {
    dispatch!((v: [f64; 3]) -> f64, {
        let [n, p, q] = v;
        let good = (0.0..9e15).contains(&n) && n == n.floor() && (0.0..=1.0).contains(&p) && (0.0..=1.0).contains(&q);
        if !good {
            return f64::NAN;
        }
        if q == 0.0 || p == 0.0 || n == 0.0 {
            return 0.0;
        }
        if q == 1.0 || p == 1.0 {
            return n;
        }
        least(n * p, n, |k| match q <= 0.5 {
            _ if k >= n => true,
            true => betainc::betainc([k + 1.0, n - k, p], true) >= q,
            false => betainc::betainc([k + 1.0, n - k, p], false) <= 1.0 - q,
        })
    })
}
