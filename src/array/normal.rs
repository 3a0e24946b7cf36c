//! Kernels around the normal distribution: its bell, its quantiles, and the tail of its inverse Mills ratio.

use super::math::{self, scalar64};

/// Elements worked on together.
const CHUNK: usize = 256;

/// exp(−share·x²) for a share that is a power of two, with the rounding error of x² made good.
fn bell(share: f64, x: &[f64], out: &mut [f64]) {
    let mut z = [0.0; CHUNK];
    for (x, out) in x.chunks(CHUNK).zip(out.chunks_mut(CHUNK)) {
        // Beyond 64 the result is 0 in either format.
        z.iter_mut().zip(x).for_each(|(z, x)| *z = -(share * x.clamp(-64.0, 64.0)) * x.clamp(-64.0, 64.0));
        math::exp_f64(&z[..x.len()], out);
        for ((o, x), z) in out.iter_mut().zip(x).zip(z) {
            let c = x.clamp(-64.0, 64.0);
            *o += *o * (-share * c).mul_add(c, -z);
        }
    }
}

/// Runs a kernel of f64 on f32, rounding once.
fn narrow(f: fn(&[f64], &mut [f64]), x: &[f32], out: &mut [f32]) {
    let (mut a, mut b) = ([0.0; CHUNK], [0.0; CHUNK]);
    for (x, out) in x.chunks(CHUNK).zip(out.chunks_mut(CHUNK)) {
        a.iter_mut().zip(x).for_each(|(a, x)| *a = f64::from(*x));
        f(&a[..x.len()], &mut b[..x.len()]);
        out.iter_mut().zip(b).for_each(|(o, b)| *o = b as f32);
    }
}

/// exp(−x²) of f64.
pub(crate) fn exp_neg_square_f64(x: &[f64], out: &mut [f64]) {
    bell(1.0, x, out);
}

/// exp(−x²) of f32.
pub(crate) fn exp_neg_square_f32(x: &[f32], out: &mut [f32]) {
    narrow(exp_neg_square_f64, x, out);
}

/// exp(−x²/2) of f64.
pub(crate) fn normal_bell_f64(x: &[f64], out: &mut [f64]) {
    bell(0.5, x, out);
}

/// exp(−x²/2) of f32.
pub(crate) fn normal_bell_f32(x: &[f32], out: &mut [f32]) {
    narrow(normal_bell_f64, x, out);
}

/// The quantile of the standard normal distribution.
pub(crate) fn ndtri(p: f64) -> f64 {
    if !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    if (0.25..=0.75).contains(&p) {
        return std::f64::consts::SQRT_2 * scalar64::erfinv(2.0 * p - 1.0);
    }
    let q = p.min(1.0 - p);
    if q == 0.0 {
        return if p == 0.0 { f64::NEG_INFINITY } else { f64::INFINITY };
    }
    let x = left_quantile(scalar64::log(q));
    if p < 0.5 { x } else { -x }
}

/// The x left of the middle with this log Φ, by Newton's method, for the tail does not flatten its slope.
fn left_quantile(target: f64) -> f64 {
    let w = std::f64::consts::SQRT_2 * (-target).sqrt();
    let mut x = -(w - (w.ln() + 0.9189385332046728) / w).max(0.5);
    for _ in 0..6 {
        x -= (scalar64::log_ndtr(x) - target) / scalar64::log_ndtr_grad(x);
    }
    x
}

/// The inverse of log Φ.
fn ndtri_exp(log_p: f64) -> f64 {
    if log_p == f64::NEG_INFINITY {
        return log_p;
    }
    // Above one quarter the distance from 1 is what counts.
    if log_p > -1.4 { -ndtri(-scalar64::expm1(log_p)) } else { left_quantile(log_p) }
}

/// The inverse of log Φ of f64.
pub(crate) fn ndtri_exp_f64(p: &[f64], out: &mut [f64]) {
    out.iter_mut().zip(p).for_each(|(o, &p)| *o = ndtri_exp(p));
}

/// The inverse of log Φ of f32.
pub(crate) fn ndtri_exp_f32(p: &[f32], out: &mut [f32]) {
    narrow(ndtri_exp_f64, p, out);
}

/// Quantiles of the standard normal distribution of f64.
pub(crate) fn ndtri_f64(p: &[f64], out: &mut [f64]) {
    out.iter_mut().zip(p).for_each(|(o, &p)| *o = ndtri(p));
}

/// Quantiles of the standard normal distribution of f32.
pub(crate) fn ndtri_f32(p: &[f32], out: &mut [f32]) {
    narrow(ndtri_f64, p, out);
}

/// The second derivative of log Φ: −m(x)·(x + m(x)), for m = φ/Φ.
fn curve(x: f64) -> f64 {
    -scalar64::log_ndtr_grad(x) * mills_excess(0, x)
}

/// Second derivatives of log Φ of f64.
pub(crate) fn log_ndtr_curve_f64(x: &[f64], out: &mut [f64]) {
    out.iter_mut().zip(x).for_each(|(o, &x)| *o = curve(x));
}

/// Second derivatives of log Φ of f32.
pub(crate) fn log_ndtr_curve_f32(x: &[f32], out: &mut [f32]) {
    narrow(log_ndtr_curve_f64, x, out);
}

/// The nth derivative of d(x) = x + φ(x)/Φ(x).
///
/// In the left tail the sum cancels, but d(−t) = 1/(t + 2/(t + 3/(t + …))) is a sum of positive terms; its Taylor
/// coefficients give the derivatives. Elsewhere m′ = −m·d for m = φ/Φ gives them one after another.
pub(crate) fn mills_excess(n: usize, x: f64) -> f64 {
    let coefficients = if x < -1.0 { excess_left(n, -x) } else { excess_right(n, x) };
    let factorial: f64 = (1..=n).map(|k| k as f64).product();
    coefficients.last().copied().unwrap_or(f64::NAN) * factorial
}

/// Taylor coefficients of d at −t, in x.
fn excess_left(n: usize, t: f64) -> Vec<f64> {
    // Enough terms for 53 bits at this t.
    let terms = (700.0 / (t * t)) as usize + 24;
    let base = |k: usize| match k {
        0 => t,
        1 => -1.0,
        _ => 0.0,
    };
    let mut v: Vec<f64> = (0..=n).map(base).collect();
    for k in (2..=terms).rev() {
        v = quotient(k as f64, &v);
        (0..=n.min(1)).for_each(|i| v[i] += base(i));
    }
    quotient(1.0, &v)
}

/// Taylor coefficients of c / v.
fn quotient(c: f64, v: &[f64]) -> Vec<f64> {
    let mut q: Vec<f64> = Vec::with_capacity(v.len());
    for k in 0..v.len() {
        let known: f64 = (0..k).map(|j| q[j] * v[k - j]).sum();
        q.push(if k == 0 { c / v[0] } else { -known / v[0] });
    }
    q
}

/// Taylor coefficients of d at x, from those of m.
fn excess_right(n: usize, x: f64) -> Vec<f64> {
    let mut m = vec![scalar64::log_ndtr_grad(x)];
    let mut d = vec![x + m[0]];
    for k in 0..n {
        let product: f64 = (0..=k).map(|j| m[j] * d[k - j]).sum();
        m.push(-product / (k + 1) as f64);
        d.push(if k == 0 { 1.0 + m[1] } else { m[k + 1] });
    }
    d
}
