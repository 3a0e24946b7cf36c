//! Reductions that need care with range: products, norms, extrema, logsumexp, softmax.

use super::loops::BLOCK;
use super::math;
use super::sums::{Blocks, Compensated, Partial, dispatch, sum_f32, sum_f64};

/// Gives every lane of (outer, n, inner) to `f` as a contiguous slice.
fn each_lane<T: Copy + Default>(x: &[T], n: usize, inner: usize, out: &mut [T], f: impl Fn(&[T]) -> T) {
    if inner == 1 {
        x.chunks(n).zip(out).for_each(|(lane, o)| *o = f(lane));
        return;
    }
    let mut lane = vec![T::default(); n];
    for (block, out) in x.chunks(n * inner).zip(out.chunks_mut(inner)) {
        for (i, o) in out.iter_mut().enumerate() {
            for (j, l) in lane.iter_mut().enumerate() {
                *l = block[j * inner + i];
            }
            *o = f(&lane);
        }
    }
}

/// x as a mantissa in [0.5, 1) and a power of two; zero and non-finite numbers keep exponent 0.
pub(crate) fn frexp(x: f64) -> (f64, i64) {
    if x == 0.0 || !x.is_finite() {
        return (x, 0);
    }
    let (x, extra) = if x.abs() < f64::MIN_POSITIVE { (x * 2f64.powi(54), -54) } else { (x, 0) };
    let bits = x.to_bits();
    let exponent = ((bits >> 52) & 0x7ff) as i64 - 1022;
    (f64::from_bits(bits & !(0x7ff << 52) | (1022 << 52)), exponent + extra)
}

/// m · 2ᵉ, rounded once.
pub(crate) fn ldexp(m: f64, e: i64) -> f64 {
    let e = e.clamp(-2200, 2200) as i32;
    // Two exact steps and one that may round.
    let (a, b) = (e / 3, e / 3);
    m * 2f64.powi(a) * 2f64.powi(b) * 2f64.powi(e - a - b)
}

/// The product of a lane: mantissas and exponents apart where the plain product leaves the normal range.
fn product(lane: impl Iterator<Item = f64> + Clone) -> f64 {
    let plain: f64 = lane.clone().product();
    if plain.is_normal() {
        return plain;
    }
    let (m, e) = lane.fold((1.0, 0i64), |(m, e), v| {
        let (fm, fe) = frexp(v);
        let (m, extra) = frexp(m * fm);
        (m, e + fe + extra)
    });
    ldexp(m, e)
}

/// Products of f64 over the middle axis.
pub fn prod_f64(x: &[f64], n: usize, inner: usize, out: &mut [f64]) {
    each_lane(x, n, inner, out, |lane| product(lane.iter().copied()));
}

/// Products of f32 over the middle axis, in f64.
pub fn prod_f32(x: &[f32], n: usize, inner: usize, out: &mut [f32]) {
    each_lane(x, n, inner, out, |lane| product(lane.iter().map(|&v| f64::from(v))) as f32);
}

/// An extremum of every lane; a NaN wins.
macro_rules! extremum {
    ($($name:ident $ty:ident $pick:ident $doc:literal;)*) => {$(
        #[doc = $doc]
        pub fn $name(x: &[$ty], n: usize, inner: usize, out: &mut [$ty]) {
            for (block, out) in x.chunks(n * inner).zip(out.chunks_mut(inner)) {
                if inner == 1 {
                    out[0] = $pick(block);
                    continue;
                }
                out.copy_from_slice(&block[..inner]);
                for row in block.chunks(inner).skip(1) {
                    for (o, &v) in out.iter_mut().zip(row) {
                        *o = $pick(&[*o, v]);
                    }
                }
            }
        }
    )*};
}

/// The extremum of a slice in lanes, so that it vectorises.
macro_rules! pick {
    ($($name:ident $ty:ident $lanes:literal $sign:tt $start:expr;)*) => {$(
        dispatch! {
            /// The extremum of a slice; a NaN wins.
            fn $name(x: &[$ty]) -> $ty {
                let (mut best, mut nan) = ([$start; $lanes], [0.0; $lanes]);
                let chunks = x.chunks_exact($lanes);
                let rest = chunks.remainder();
                for c in chunks {
                    for l in 0..$lanes {
                        best[l] = if c[l] $sign best[l] { c[l] } else { best[l] };
                        nan[l] = if c[l].is_nan() { c[l] } else { nan[l] };
                    }
                }
                for (l, &v) in rest.iter().enumerate() {
                    best[l] = if v $sign best[l] { v } else { best[l] };
                    nan[l] = if v.is_nan() { v } else { nan[l] };
                }
                if nan.iter().any(|v| v.is_nan()) {
                    return $ty::NAN;
                }
                best.into_iter().fold($start, |a, b| if b $sign a { b } else { a })
            }
        }
    )*};
}
pick! {
    pick_max_f64 f64 16 > f64::NEG_INFINITY;
    pick_max_f32 f32 32 > f32::NEG_INFINITY;
    pick_min_f64 f64 16 < f64::INFINITY;
    pick_min_f32 f32 32 < f32::INFINITY;
}
extremum! {
    max_f64 f64 pick_max_f64 "Largest of f64 over the middle axis.";
    max_f32 f32 pick_max_f32 "Largest of f32 over the middle axis.";
    min_f64 f64 pick_min_f64 "Smallest of f64 over the middle axis.";
    min_f32 f32 pick_min_f32 "Smallest of f32 over the middle axis.";
}

/// Joins the largest values of two pieces; a NaN wins.
fn join_max(a: &mut Partial, b: &Partial) {
    a[0] = if b[0] > a[0] || b[0].is_nan() { b[0] } else { a[0] };
}

/// Joins the smallest values of two pieces; a NaN wins.
fn join_min(a: &mut Partial, b: &Partial) {
    a[0] = if b[0] < a[0] || b[0].is_nan() { b[0] } else { a[0] };
}

/// Largest elements.
pub static MAX: Blocks = Blocks {
    start: [f64::NEG_INFINITY, 0.0, 0.0],
    f64: |x| [pick_max_f64(x), 0.0, 0.0],
    f32: |x| [pick_max_f32(x).into(), 0.0, 0.0],
    join: join_max,
    plain_sum: false,
    finish: |p, _| p[0],
};

/// Smallest elements.
pub static MIN: Blocks = Blocks {
    start: [f64::INFINITY, 0.0, 0.0],
    f64: |x| [pick_min_f64(x), 0.0, 0.0],
    f32: |x| [pick_min_f32(x).into(), 0.0, 0.0],
    join: join_min,
    plain_sum: false,
    finish: |p, _| p[0],
};

/// A power of two near x, 1 for zero and for what is not finite; kept where its reciprocal is finite too.
fn power_of_two(x: f64, most: i64) -> f64 {
    if x == 0.0 || !x.is_finite() { 1.0 } else { ldexp(1.0, frexp(x).1.clamp(-most, most)) }
}

fn largest(lane: impl Iterator<Item = f64>) -> f64 {
    lane.fold(0.0, |a: f64, v| if v.is_nan() { v } else { a.max(v.abs()) })
}

/// Powers of two near the largest magnitude of f64 over the middle axis.
pub fn scale_f64(x: &[f64], n: usize, inner: usize, out: &mut [f64]) {
    each_lane(x, n, inner, out, |lane| power_of_two(largest(lane.iter().copied()), 1022));
}

/// Powers of two near the largest magnitude of f32 over the middle axis.
pub fn scale_f32(x: &[f32], n: usize, inner: usize, out: &mut [f32]) {
    each_lane(x, n, inner, out, |lane| power_of_two(largest(lane.iter().map(|&v| f64::from(v))), 126) as f32);
}

/// Euclidean norms of f64: squares of scaled terms, and only where plain squares leave the safe range.
pub fn norm_f64(x: &[f64], n: usize, inner: usize, out: &mut [f64]) {
    each_lane(x, n, inner, out, |lane| {
        let mut acc = Compensated::default();
        lane.iter().for_each(|v| acc.add(v * v));
        let plain = acc.value();
        if (1e-290..1e300).contains(&plain) {
            return plain.sqrt();
        }
        let big = largest(lane.iter().copied());
        if big == 0.0 || !big.is_finite() {
            return big;
        }
        let e = frexp(big).1;
        let mut acc = Compensated::default();
        for &v in lane {
            let s = ldexp(v, -e);
            acc.add(s * s);
        }
        ldexp(acc.value().sqrt(), e)
    });
}

/// Euclidean norms of f32, in f64, where no square of an f32 can overflow.
pub fn norm_f32(x: &[f32], n: usize, inner: usize, out: &mut [f32]) {
    each_lane(x, n, inner, out, |lane| {
        let mut acc = Compensated::default();
        lane.iter().for_each(|&v| acc.add(f64::from(v) * f64::from(v)));
        acc.value().sqrt() as f32
    });
}

/// Loops of the softmax family for one element type.
macro_rules! shifts {
    ($($name:ident $terms:ident $log:ident $ty:ident $count:ident;)*) => {$(
        dispatch! {
            /// exp(x − max), and `top` where x is the maximum; returns at how many places it is.
            fn $name(x: &[$ty], max: $ty, top: $ty, out: &mut [$ty]) -> usize {
                // The quick exponential, and everything again where a difference lies beyond it.
                let lowest = -<$ty as math::float::Float>::EXP_NORMAL;
                let (count, inside) = $terms(x, max, top, out, lowest, math::exp::exp_normal);
                if inside { count } else { $terms(x, max, top, out, lowest, math::exp::exp).0 }
            }
        }
        #[inline(always)]
        fn $terms(x: &[$ty], max: $ty, top: $ty, out: &mut [$ty], lowest: $ty, exp: impl Fn($ty) -> $ty) -> (usize, bool) {
            let (mut count, mut outside): ($count, $count) = (0, 0);
            for (o, &v) in out.iter_mut().zip(x) {
                let s = v - max;
                // What the rounding of the difference left out: the exponential feels it in as many units as x has.
                let back = s - v;
                let left = (v - (s - back)) - (max + back);
                let left = if left.is_finite() { left } else { 0.0 };
                let e = exp(s);
                let e = e.mul_add(left, e);
                count += $count::from(s == 0.0);
                outside |= $count::from(!(s >= lowest));
                *o = if s == 0.0 { top } else { e };
            }
            (count as usize, outside == 0)
        }
        dispatch! {
            /// (x − max) − rest, in f64.
            fn $log(x: &[$ty], max: f64, rest: f64, out: &mut [$ty]) -> () {
                out.iter_mut().zip(x).for_each(|(o, &v)| *o = ((f64::from(v) - max) - rest) as $ty);
            }
        }
    )*};
}
shifts! {
    exponentials_f64 terms_f64 log_share_f64 f64 u64;
    exponentials_f32 terms_f32 log_share_f32 f32 u32;
}
dispatch! {
    /// Exponentials as shares of their sum.
    fn share_f64(e: &mut [f64], total: f64) -> () {
        e.iter_mut().for_each(|e| *e /= total);
    }
}
dispatch! {
    /// Exponentials as shares of their sum: in f64 the reciprocal costs far less than half a unit of f32.
    fn share_f32(e: &mut [f32], total: f64) -> () {
        let factor = 1.0 / total;
        e.iter_mut().for_each(|e| *e = (f64::from(*e) * factor) as f32);
    }
}

/// Σ exp(x − max) without one of the largest terms, which is exactly 1: log1p of the others keeps a sum that is barely
/// above it.
macro_rules! others {
    ($name:ident $ty:ident $exponentials:ident $sum:path) => {
        fn $name(lane: &[$ty], max: $ty) -> f64 {
            let (mut total, mut count, mut e) = (Compensated::default(), 0, [0.0; BLOCK]);
            for block in lane.chunks(BLOCK) {
                let e = &mut e[..block.len()];
                count += $exponentials(block, max, 0.0, e);
                total.add($sum(e).into());
            }
            total.add(count as f64 - 1.0);
            total.value()
        }
    };
}
others!(others_f64 f64 exponentials_f64 sum_f64);
others!(others_f32 f32 exponentials_f32 sum_f32);

/// max + log Σ exp(x − max), with −inf for a lane of all −inf and inf for one with inf.
macro_rules! log_sum_exp {
    ($($name:ident $ty:ident $max:ident $others:ident, $doc:literal;)*) => {$(
        #[doc = $doc]
        pub fn $name(x: &[$ty], n: usize, inner: usize, out: &mut [$ty]) {
            each_lane(x, n, inner, out, |lane| {
                let max = $max(lane);
                if !max.is_finite() {
                    return max;
                }
                // In f64, so that one rounding remains.
                (f64::from(max) + $others(lane, max).ln_1p()) as $ty
            });
        }
    )*};
}
log_sum_exp! {
    logsumexp_f64 f64 pick_max_f64 others_f64, "log Σ exp of f64 over the middle axis.";
    logsumexp_f32 f32 pick_max_f32 others_f32, "log Σ exp of f32 over the middle axis.";
}

/// exp(x − max) / Σ of one lane, or x − max − log Σ; a lane of all −inf gives zeros (log: −inf).
macro_rules! soft_max {
    ($($soft:ident $log:ident $ty:ident $max:ident $exponentials:ident $others:ident $share:ident $log_share:ident $sum:path, $doc:literal $logdoc:literal;)*) => {$(
        #[doc = $doc]
        pub fn $soft(x: &[$ty], out: &mut [$ty]) -> bool {
            let max = $max(x);
            if max == $ty::NEG_INFINITY {
                out.fill(0.0);
                return true;
            }
            let mut total = Compensated::default();
            for (block, o) in x.chunks(BLOCK).zip(out.chunks_mut(BLOCK)) {
                $exponentials(block, max, 1.0, o);
                total.add($sum(o).into());
            }
            $share(out, total.value());
            false
        }
        #[doc = $logdoc]
        pub fn $log(x: &[$ty], out: &mut [$ty]) -> bool {
            let max = $max(x);
            if max == $ty::NEG_INFINITY {
                out.fill($ty::NEG_INFINITY);
                return true;
            }
            let (max, rest) = (f64::from(max), $others(x, max).ln_1p());
            $log_share(x, max, rest, out);
            false
        }
    )*};
}
soft_max! {
    softmax_f64 log_softmax_f64 f64 pick_max_f64 exponentials_f64 others_f64 share_f64 log_share_f64 sum_f64, "Softmax of one lane of f64." "Its logarithm.";
    softmax_f32 log_softmax_f32 f32 pick_max_f32 exponentials_f32 others_f32 share_f32 log_share_f32 sum_f32, "Softmax of one lane of f32." "Its logarithm.";
}
