//! Arithmetic of complex numbers: no part overflows or loses digits on the way to a result that has them.
//!
//! Products and quotients are sums of two products. These are added in pairs of f64 with exponents of their own, so
//! that neither a cancellation nor an intermediate out of range costs a part its digits (Smith's method, 1962, keeps
//! only the length of the result right). Where a part is not finite, the formulas of the textbook decide, as in NumPy.

use super::dense::Element;
use super::pair::{Pair, Real};
use super::reductions::{frexp, ldexp};
use super::{Array, Buffer};
use crate::error::Result;

/// Real and imaginary part.
type Complex = [f64; 2];

/// m · 2ᵉ, which may lie outside the range of f64.
#[derive(Clone, Copy)]
struct Scaled {
    m: Pair,
    e: i64,
}

impl Scaled {
    /// a·b, exactly.
    fn product(a: f64, b: f64) -> Scaled {
        let ((a, ea), (b, eb)) = (frexp(a), frexp(b));
        Scaled { m: Pair::product(a, b), e: ea + eb }
    }

    fn plus(self, other: Scaled) -> Scaled {
        let (large, small) = match (self.m.hi == 0.0, other.m.hi == 0.0) {
            (true, _) => (other, self),
            (_, true) => (self, other),
            _ if self.e >= other.e => (self, other),
            _ => (other, self),
        };
        // Below 2⁻²⁰⁰ of the larger one nothing is left of it in the rounded sum.
        let near = large.e - small.e <= 200;
        let m = if near { large.m + small.m.shift(small.e - large.e) } else { large.m };
        Scaled { m, e: large.e }
    }

    fn over(self, other: Scaled) -> f64 {
        ldexp((self.m / other.m).hi, self.e - other.e)
    }

    fn value(self) -> f64 {
        ldexp(self.m.hi, self.e)
    }
}

fn finite(a: Complex, b: Complex) -> bool {
    a.iter().chain(&b).all(|x| x.is_finite())
}

/// a·b + c·d and a sum of zeros with the sign that plain arithmetic gives it.
fn dot(a: f64, b: f64, c: f64, d: f64) -> f64 {
    let sum = Scaled::product(a, b).plus(Scaled::product(c, d));
    if sum.m.hi == 0.0 { a * b + c * d } else { sum.value() }
}

fn multiply(a: Complex, b: Complex) -> Complex {
    if finite(a, b) {
        [dot(a[0], b[0], -a[1], b[1]), dot(a[0], b[1], a[1], b[0])]
    } else {
        [a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]]
    }
}

fn divide(a: Complex, b: Complex) -> Complex {
    if b == [0.0, 0.0] {
        // Each part over zero, as in NumPy: infinite or not a number.
        return a.map(|x| x / b[0].abs());
    }
    if !finite(a, b) {
        return smith(a, b);
    }
    let length = Scaled::product(b[0], b[0]).plus(Scaled::product(b[1], b[1]));
    let part = |x: Scaled, zero: f64| if x.m.hi == 0.0 { zero } else { x.over(length) };
    let re = Scaled::product(a[0], b[0]).plus(Scaled::product(a[1], b[1]));
    let im = Scaled::product(a[1], b[0]).plus(Scaled::product(-a[0], b[1]));
    [part(re, a[0] * b[0] + a[1] * b[1]), part(im, a[1] * b[0] - a[0] * b[1])]
}

/// The quotient where a part is not finite, by Smith's method.
fn smith(a: Complex, b: Complex) -> Complex {
    if b[0].abs() >= b[1].abs() {
        let ratio = b[1] / b[0];
        let length = b[0] + b[1] * ratio;
        [(a[0] + a[1] * ratio) / length, (a[1] - a[0] * ratio) / length]
    } else {
        let ratio = b[0] / b[1];
        let length = b[1] + b[0] * ratio;
        [(a[0] * ratio + a[1]) / length, (a[1] * ratio - a[0]) / length]
    }
}

/// Slice kernels of functions of two complex numbers.
macro_rules! binary {
    ($($(#[$doc:meta])* $name:ident = $f:expr;)*) => {$(
        $(#[$doc])*
        pub fn $name(a: &[Complex], b: &[Complex], out: &mut [Complex]) {
            out.iter_mut().zip(a.iter().zip(b)).for_each(|(o, (&a, &b))| *o = $f(a, b));
        }
    )*};
}
binary! {
    /// a + b.
    add = |a: Complex, b: Complex| [a[0] + b[0], a[1] + b[1]];
    /// a - b.
    sub = |a: Complex, b: Complex| [a[0] - b[0], a[1] - b[1]];
    /// a·b, every part rounded about once.
    mul = multiply;
    /// a/b, every part rounded about once.
    div = divide;
}

/// Slice kernels of functions of one complex number.
macro_rules! unary {
    ($($(#[$doc:meta])* $name:ident $to:ty = $f:expr;)*) => {$(
        $(#[$doc])*
        pub fn $name(x: &[Complex], out: &mut [$to]) {
            out.iter_mut().zip(x).for_each(|(o, &x)| *o = $f(x));
        }
    )*};
}
unary! {
    /// -z.
    neg Complex = |z: Complex| [-z[0], -z[1]];
    /// z².
    square Complex = |z| multiply(z, z);
    /// 1/z.
    reciprocal Complex = |z| divide([1.0, 0.0], z);
    /// The number with its imaginary part negated.
    conj Complex = |z: Complex| [z[0], -z[1]];
    /// The distance from 0, without overflow on the way.
    abs f64 = |z: Complex| super::math::scalar64::hypot(z[0], z[1]);
    /// The real part.
    real f64 = |z: Complex| z[0];
    /// The imaginary part.
    imag f64 = |z: Complex| z[1];
}

impl Array {
    /// The real parts and the imaginary parts, which are 0 of real numbers.
    pub(crate) fn parts(&self) -> Result<[Array; 2]> {
        let part = |k: usize| {
            let mut out = Vec::with_capacity(self.len());
            match self.buffer() {
                Buffer::C128(v) => self.for_each_offset(|at| out.push(v[at][k])),
                _ if k == 0 => out = self.to_f64(),
                _ => out.resize(self.len(), 0.0),
            }
            Array::from_vec(out, self.shape())
        };
        Ok([part(0)?, part(1)?])
    }

    /// The complex numbers with these parts, which have one shape.
    pub(crate) fn from_parts(re: &Array, im: &Array) -> Result<Array> {
        Array::from_vec(re.iter_f64().zip(im.iter_f64()).map(|(re, im)| [re, im]).collect::<Vec<_>>(), re.shape())
    }

    /// The same numbers with their signs turned.
    pub(crate) fn negated(&self) -> Result<Array> {
        Array::from_vec(self.iter_f64().map(|x| -x).collect(), self.shape())
    }

    /// True if some part of a complex element is a NaN.
    pub(crate) fn has_complex_nan(&self) -> bool {
        let mut found = false;
        if let Some(v) = <[f64; 2]>::unwrap(self.buffer()) {
            self.for_each_offset(|at| found |= v[at].iter().any(|x| x.is_nan()));
        }
        found
    }
}
