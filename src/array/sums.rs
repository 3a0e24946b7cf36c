//! Accurate sums: fixed blocks, a fixed tree, f64 accumulators for f32, compensation across blocks.

use rayon::prelude::*;

use super::loops::BLOCK;

/// Loops shorter than this stay on one thread.
const PARALLEL: usize = 1 << 17;
/// Accumulators of one block: enough AVX registers of f64 that no addition waits for the one before.
pub(super) const LANES: usize = 32;

/// Sum of a block of at most `BLOCK` terms, in a fixed order whatever the vector width.
#[inline(always)]
fn block_sum<T: Copy>(x: &[T], term: impl Fn(T) -> f64) -> f64 {
    let mut acc = [0.0f64; LANES];
    let chunks = x.chunks_exact(LANES);
    let rest = chunks.remainder();
    for c in chunks {
        for l in 0..LANES {
            acc[l] += term(c[l]);
        }
    }
    for (a, &v) in acc.iter_mut().zip(rest) {
        *a += term(v);
    }
    tree(acc)
}

/// Adds the lanes pairwise.
#[inline(always)]
pub(super) fn tree(mut acc: [f64; LANES]) -> f64 {
    let mut half = LANES / 2;
    while half > 0 {
        let (a, b) = acc.split_at_mut(half);
        for l in 0..half {
            a[l] += b[l];
        }
        half /= 2;
    }
    acc[0]
}

/// A running sum that keeps what rounding drops (Neumaier 1974).
#[derive(Clone, Copy, Default, Debug)]
pub struct Compensated {
    sum: f64,
    lost: f64,
}

impl Compensated {
    /// Adds one term.
    #[inline(always)]
    pub fn add(&mut self, x: f64) {
        let s = self.sum + x;
        self.lost += if self.sum.abs() >= x.abs() { (self.sum - s) + x } else { (x - s) + self.sum };
        self.sum = s;
    }

    /// Adds all that another sum has.
    pub fn merge(&mut self, other: &Compensated) {
        self.add(other.sum);
        self.lost += other.lost;
    }

    /// The sum so far. An infinite sum has no remainder to add.
    #[inline(always)]
    pub fn value(&self) -> f64 {
        if self.sum.is_finite() { self.sum + self.lost } else { self.sum }
    }
}

/// What a reduction knows after some of its terms.
pub type Partial = [f64; 3];

/// A reduction in blocks: of every block of `BLOCK` terms a partial result, joined in order.
///
/// Whoever feeds the blocks, in one loop or on several threads, gets the same bits.
#[derive(Clone, Copy, Debug)]
pub struct Blocks {
    /// What is known of no terms.
    pub start: Partial,
    /// What is known of one block of f64.
    pub f64: fn(&[f64]) -> Partial,
    /// What is known of one block of f32.
    pub f32: fn(&[f32]) -> Partial,
    /// Adds the next block to those before it.
    pub join: fn(&mut Partial, &Partial),
    /// True if the partial result of a block is its sum and nothing else.
    pub plain_sum: bool,
    /// The result over this many terms; for f32 it is rounded once.
    pub finish: fn(&Partial, usize) -> f64,
}

impl Blocks {
    /// The result over one lane; long lanes are split over threads.
    pub fn run<T: Sync>(&self, block: fn(&[T]) -> Partial, lane: &[T]) -> f64 {
        let mut total = self.start;
        if lane.len() < PARALLEL {
            lane.chunks(BLOCK).for_each(|b| (self.join)(&mut total, &block(b)));
        } else {
            let parts: Vec<Partial> = lane.par_chunks(BLOCK).with_min_len(16).map(block).collect();
            parts.iter().for_each(|p| (self.join)(&mut total, p));
        }
        (self.finish)(&total, lane.len())
    }
}

impl Blocks {
    /// The result over one value n times.
    pub fn repeat<T: Copy>(&self, block: fn(&[T]) -> Partial, value: T, n: usize) -> f64 {
        let copies = [value; BLOCK];
        let (mut total, whole) = (self.start, block(&copies));
        (0..n / BLOCK).for_each(|_| (self.join)(&mut total, &whole));
        if !n.is_multiple_of(BLOCK) {
            (self.join)(&mut total, &block(&copies[..n % BLOCK]));
        }
        (self.finish)(&total, n)
    }
}

/// Adds a compensated partial sum to another.
fn join_sums(a: &mut Partial, b: &Partial) {
    let mut sum = Compensated { sum: a[0], lost: a[1] };
    sum.add(b[0]);
    *a = [sum.sum, sum.lost, a[2] + b[2]];
}

/// The value of a compensated sum.
fn total(p: &Partial) -> f64 {
    Compensated { sum: p[0], lost: p[1] }.value()
}

/// Sums.
pub static SUM: Blocks = Blocks {
    start: [0.0; 3],
    f64: |x| [block_f64(x), 0.0, 0.0],
    f32: |x| [block_f32(x), 0.0, 0.0],
    join: join_sums,
    plain_sum: true,
    finish: |p, _| total(p),
};

/// What terms are scaled by where their plain sum overflows: an exact power of two.
const SHRINK: f64 = 1.0 / (1u64 << 63) as f64;

/// Means: beside the sum, a scaled one that cannot overflow.
pub static MEAN: Blocks = Blocks {
    start: [0.0; 3],
    f64: |x| {
        let sum = block_f64(x);
        let scaled = if sum.is_finite() { sum * SHRINK } else { block_scaled(x) };
        [sum, 0.0, scaled]
    },
    f32: |x| {
        let sum = block_f32(x);
        [sum, 0.0, sum * SHRINK]
    },
    join: join_sums,
    plain_sum: false,
    finish: |p, n| {
        let sum = total(p);
        if sum.is_finite() { sum / n as f64 } else { p[2] / n as f64 / SHRINK }
    },
};

/// Sums `block(first, length)` over all blocks of `n` terms: in parallel where long, combined in order.
fn over_blocks(n: usize, block: impl Fn(usize, usize) -> f64 + Sync) -> f64 {
    let count = n.div_ceil(BLOCK);
    let part = |i: usize| block(i * BLOCK, BLOCK.min(n - i * BLOCK));
    let mut total = Compensated::default();
    if n < PARALLEL {
        (0..count).for_each(|i| total.add(part(i)));
    } else {
        let parts: Vec<f64> = (0..count).into_par_iter().with_min_len(16).map(part).collect();
        parts.into_iter().for_each(|p| total.add(p));
    }
    total.value()
}

/// Compiles a function for AVX2 with FMA as well, and picks at run time; the same operations in the same order.
macro_rules! dispatch {
    ($(#[$doc:meta])* fn $name:ident($($arg:ident: $ty:ty),*) -> $ret:ty $body:block) => {
        $(#[$doc])*
        pub(crate) fn $name($($arg: $ty),*) -> $ret {
            #[inline(always)]
            fn body($($arg: $ty),*) -> $ret $body
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx2,fma")]
                fn wide($($arg: $ty),*) -> $ret {
                    body($($arg),*)
                }
                if std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma") {
                    // Safety: both features were just detected.
                    return unsafe { wide($($arg),*) };
                }
            }
            body($($arg),*)
        }
    };
}

pub(super) use dispatch;

dispatch! {
    /// Sum of one block of f64.
    fn block_f64(x: &[f64]) -> f64 { block_sum(x, |v| v) }
}
dispatch! {
    /// Sum of one block of f64, scaled so that it does not overflow.
    fn block_scaled(x: &[f64]) -> f64 { block_sum(x, |v| v * SHRINK) }
}
dispatch! {
    /// Sum of one block of f32, in f64.
    fn block_f32(x: &[f32]) -> f64 { block_sum(x, f64::from) }
}

/// Dot product of a block: each product and its addition are rounded once, those of f32 only where they are added.
#[inline(always)]
fn block_dot<T: Copy>(a: &[T], b: &[T], wide: impl Fn(T) -> f64) -> f64 {
    let n = a.len().min(b.len());
    let mut acc = [0.0f64; LANES];
    let (ca, cb) = (a[..n].chunks_exact(LANES), b[..n].chunks_exact(LANES));
    let (ra, rb) = (ca.remainder(), cb.remainder());
    for (x, y) in ca.zip(cb) {
        for l in 0..LANES {
            acc[l] = wide(x[l]).mul_add(wide(y[l]), acc[l]);
        }
    }
    for (a, (&x, &y)) in acc.iter_mut().zip(ra.iter().zip(rb)) {
        *a = wide(x).mul_add(wide(y), *a);
    }
    tree(acc)
}

dispatch! {
    /// Dot product of one block of f64.
    fn block_dot_f64(a: &[f64], b: &[f64]) -> f64 { block_dot(a, b, |v| v) }
}
dispatch! {
    /// Dot product of one block of f32, in f64, where a product of two f32 is exact.
    fn block_dot_f32(a: &[f32], b: &[f32]) -> f64 { block_dot(a, b, f64::from) }
}

/// Sum of a slice of f64.
pub fn sum_f64(x: &[f64]) -> f64 {
    over_blocks(x.len(), |at, n| block_f64(&x[at..at + n]))
}

/// Sum of a slice of f32, in f64.
pub fn sum_f32(x: &[f32]) -> f64 {
    over_blocks(x.len(), |at, n| block_f32(&x[at..at + n]))
}

/// Dot product of two slices of f64.
pub fn dot_f64(a: &[f64], b: &[f64]) -> f64 {
    over_blocks(a.len().min(b.len()), |at, n| block_dot_f64(&a[at..at + n], &b[at..at + n]))
}

/// Dot product of two slices of f32, in f64.
pub fn dot_f32(a: &[f32], b: &[f32]) -> f64 {
    over_blocks(a.len().min(b.len()), |at, n| block_dot_f32(&a[at..at + n], &b[at..at + n]))
}

/// Sums over the middle axis of (outer, n, inner), each column compensated.
fn columns<T: Copy>(x: &[T], n: usize, inner: usize, out: &mut [f64], to_f64: impl Fn(T) -> f64) {
    for (block, out) in x.chunks(n * inner).zip(out.chunks_mut(inner)) {
        let mut acc = vec![Compensated::default(); inner];
        for row in block.chunks(inner) {
            for (a, &v) in acc.iter_mut().zip(row) {
                a.add(to_f64(v));
            }
        }
        for (o, a) in out.iter_mut().zip(&acc) {
            *o = a.value();
        }
    }
}

/// Sums of f64 over the middle axis of (outer, n, inner).
pub fn reduce_sum_f64(x: &[f64], n: usize, inner: usize, out: &mut [f64]) {
    if inner == 1 {
        x.chunks(n).zip(out).for_each(|(lane, o)| *o = sum_f64(lane));
    } else {
        columns(x, n, inner, out, |v| v);
    }
}

/// Sums of f32 over the middle axis of (outer, n, inner), in f64.
pub fn reduce_sum_f32(x: &[f32], n: usize, inner: usize, out: &mut [f32]) {
    reduce_f32_in_f64(x, n, inner, out, |s| s);
}

/// Means of f64 over the middle axis of (outer, n, inner); a sum that overflows is taken again of scaled terms.
pub fn reduce_mean_f64(x: &[f64], n: usize, inner: usize, out: &mut [f64]) {
    reduce_sum_f64(x, n, inner, out);
    let count = n as f64;
    for (k, o) in out.iter_mut().enumerate() {
        if o.is_finite() {
            *o /= count;
            continue;
        }
        let (outer, i) = (k / inner, k % inner);
        let lane = (0..n).map(|j| x[(outer * n + j) * inner + i]);
        let mut acc = Compensated::default();
        lane.for_each(|v| acc.add(v / count));
        *o = acc.value();
    }
}

/// Means of f32 over the middle axis of (outer, n, inner), in f64.
pub fn reduce_mean_f32(x: &[f32], n: usize, inner: usize, out: &mut [f32]) {
    reduce_f32_in_f64(x, n, inner, out, |s| s / n as f64);
}

/// Sums in f64, finishes each and rounds it to f32 once.
fn reduce_f32_in_f64(x: &[f32], n: usize, inner: usize, out: &mut [f32], finish: impl Fn(f64) -> f64) {
    if inner == 1 {
        x.chunks(n).zip(out).for_each(|(lane, o)| *o = finish(sum_f32(lane)) as f32);
    } else {
        let mut wide = vec![0.0; out.len()];
        columns(x, n, inner, &mut wide, f64::from);
        out.iter_mut().zip(wide).for_each(|(o, w)| *o = finish(w) as f32);
    }
}
