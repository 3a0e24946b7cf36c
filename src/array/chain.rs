//! Chains of arithmetic in one pass over a block, with the bits of one instruction after the other.

use super::sums::{LANES, dispatch, tree};

/// A piece of a chain: what happens to the value so far.
///
/// A multiplication by a number, an addition of one and a change of sign are all x·m + c with m = ±1 or c = -0, which a
/// fused multiply-add computes with exactly their rounding.
#[derive(Clone, Copy, Debug)]
pub enum Stage<'a, T> {
    /// Nothing.
    Keep,
    /// x·m + c.
    Affine([T; 2]),
    /// Three of them.
    Affine3(Affine3<T>),
    /// x².
    Square,
    /// x + v.
    Add(&'a [T]),
    /// x - v.
    Sub(&'a [T]),
    /// v - x.
    SubFrom(&'a [T]),
    /// x·v.
    Mul(&'a [T]),
    /// x/k.
    Div(T),
    /// k/x.
    Over(T),
}

/// Runs `$body` with the function of a stage: the choice is made outside the loop.
macro_rules! with_stage {
    ($stage:expr, $n:expr, $ty:ident, $f:ident => $body:expr) => {
        match $stage {
            Stage::Keep => {
                let $f = |x: $ty, _: usize| x;
                $body
            }
            Stage::Affine([m, c]) => {
                let $f = |x: $ty, _: usize| x.mul_add(m, c);
                $body
            }
            Stage::Affine3([p, q, r]) => {
                let $f = |x: $ty, _: usize| x.mul_add(p[0], p[1]).mul_add(q[0], q[1]).mul_add(r[0], r[1]);
                $body
            }
            Stage::Square => {
                let $f = |x: $ty, _: usize| x * x;
                $body
            }
            Stage::Add(v) => {
                let v = &v[..$n];
                let $f = |x: $ty, i: usize| x + v[i];
                $body
            }
            Stage::Sub(v) => {
                let v = &v[..$n];
                let $f = |x: $ty, i: usize| x - v[i];
                $body
            }
            Stage::SubFrom(v) => {
                let v = &v[..$n];
                let $f = |x: $ty, i: usize| v[i] - x;
                $body
            }
            Stage::Mul(v) => {
                let v = &v[..$n];
                let $f = |x: $ty, i: usize| x * v[i];
                $body
            }
            Stage::Div(k) => {
                let $f = |x: $ty, _: usize| x / k;
                $body
            }
            Stage::Over(k) => {
                let $f = |x: $ty, _: usize| k / x;
                $body
            }
        }
    };
}

/// Chains of two stages for one element type.
macro_rules! chains {
    ($($name:ident $ty:ident;)*) => {$(
        dispatch! {
            /// Two stages, one after the other.
            fn $name(x: &[$ty], first: Stage<$ty>, second: Stage<$ty>, out: &mut [$ty]) -> () {
                let n = out.len();
                let x = &x[..n];
                with_stage!(first, n, $ty, f => with_stage!(second, n, $ty, g => {
                    for i in 0..n {
                        out[i] = g(f(x[i], i), i);
                    }
                }));
            }
        }
    )*};
}
chains! { run_f64 f64; run_f32 f32; }

/// Three affine stages.
pub type Affine3<T> = [[T; 2]; 3];

/// A division among other stages, whose time it hides.
#[derive(Clone, Copy, Debug)]
pub struct Quotient<'a, T> {
    /// Before the division: one affine stage.
    pub before: [T; 2],
    /// The number that divides, or that is divided.
    pub number: T,
    /// True if the number is divided.
    pub over: bool,
    /// After the division: one affine stage.
    pub between: [T; 2],
    /// Then nothing, a square, or an instruction with a slice.
    pub middle: Stage<'a, T>,
    /// At the end.
    pub after: Affine3<T>,
}

/// Affine stages, a division, one other stage, affine stages: element i of the result goes to `put`, a loop for each
/// choice of stages.
macro_rules! quotient {
    ($x:expr, $q:expr, $n:expr, $ty:ident, $each:ident) => {{
        let (x, q, n) = ($x, $q, $n);
        let (before, between, after, k) = (q.before, q.between, q.after, q.number);
        let affine = |x: $ty| {
            let [a, b, c] = after;
            x.mul_add(a[0], a[1]).mul_add(b[0], b[1]).mul_add(c[0], c[1])
        };
        macro_rules! run {
            ($v:ident, $i:ident => $value:expr) => {
                if q.over {
                    $each!($i => {
                        let $v = (k / x[$i].mul_add(before[0], before[1])).mul_add(between[0], between[1]);
                        affine($value)
                    })
                } else {
                    $each!($i => {
                        let $v = (x[$i].mul_add(before[0], before[1]) / k).mul_add(between[0], between[1]);
                        affine($value)
                    })
                }
            };
        }
        match q.middle {
            Stage::Square => run!(v, i => v * v),
            Stage::Add(w) => {
                let w = &w[..n];
                run!(v, i => v + w[i])
            }
            Stage::Sub(w) => {
                let w = &w[..n];
                run!(v, i => v - w[i])
            }
            Stage::SubFrom(w) => {
                let w = &w[..n];
                run!(v, i => w[i] - v)
            }
            Stage::Mul(w) => {
                let w = &w[..n];
                run!(v, i => v * w[i])
            }
            _ => run!(v, i => v),
        }
    }};
}

/// Chains about a division for one element type: the results, and their sum in f64 as [`super::sums`] adds a block.
macro_rules! quotients {
    ($($name:ident $sum:ident $ty:ident;)*) => {$(
        dispatch! {
            /// Affine stages, a division, one other stage, affine stages.
            fn $name(x: &[$ty], q: &Quotient<$ty>, out: &mut [$ty]) -> () {
                let n = out.len();
                macro_rules! each {
                    ($i:ident => $value:expr) => {
                        for $i in 0..n {
                            out[$i] = $value;
                        }
                    };
                }
                quotient!(&x[..n], q, n, $ty, each);
            }
        }
        dispatch! {
            /// The sum of a block of such chains.
            fn $sum(x: &[$ty], q: &Quotient<$ty>) -> f64 {
                let n = x.len();
                let mut acc = [0.0f64; LANES];
                macro_rules! each {
                    ($i:ident => $value:expr) => {{
                        for c in 0..n / LANES {
                            for l in 0..LANES {
                                let $i = c * LANES + l;
                                acc[l] += f64::from($value);
                            }
                        }
                        for $i in n / LANES * LANES..n {
                            acc[$i % LANES] += f64::from($value);
                        }
                    }};
                }
                quotient!(x, q, n, $ty, each);
                tree(acc)
            }
        }
    )*};
}
quotients! { quotient_f64 quotient_sum_f64 f64; quotient_f32 quotient_sum_f32 f32; }
