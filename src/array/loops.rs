//! Loops over dense values: elementwise with broadcasting, and reductions; large ones are split over threads.

use rayon::prelude::*;

use super::dense::Element;
use super::{Array, element_count};
use crate::error::{Error, ErrorKind, Result};

/// Elements that one call of a slice kernel gets: a few such blocks fit into the first-level cache.
pub const BLOCK: usize = 2048;
/// Loops shorter than this stay on one thread.
const PARALLEL: usize = 1 << 16;

/// Calls `f(block index, block)` for every block of `out`; elements do not depend on how blocks meet threads.
fn blocks<T: Element>(out: &mut [T], f: impl Fn(usize, &mut [T]) + Sync) {
    if out.len() < PARALLEL {
        out.chunks_mut(BLOCK).enumerate().for_each(|(i, c)| f(i, c));
    } else {
        out.par_chunks_mut(BLOCK).enumerate().for_each(|(i, c)| f(i, c));
    }
}

/// The elements of an array of this type as a slice of a contiguous copy or of itself.
fn with_slice<T: Element, R>(a: &Array, f: impl FnOnce(&[T]) -> R) -> Result<R> {
    let a = a.to_contiguous();
    let slice = a.as_slice::<T>().ok_or_else(|| {
        Error::new(ErrorKind::DType, format!("expected elements of {}, found {}", T::DTYPE, a.dtype()))
    })?;
    Ok(f(slice))
}

/// An elementwise function of one array.
pub fn unary<T: Element>(f: fn(&[T], &mut [T]), x: &Array) -> Array {
    let mut out = vec![T::default(); x.len()];
    let done = with_slice::<T, _>(x, |x| {
        blocks(&mut out, |i, out| f(&x[i * BLOCK..i * BLOCK + out.len()], out));
    });
    debug_assert!(done.is_ok());
    Array::contiguous_from(T::DTYPE, x.shape().to_vec(), T::wrap(out))
}

/// One operand of a broadcasting loop: a full slice, or one value for all.
enum Operand<'a, T> {
    Slice(&'a [T]),
    Splat(Vec<T>),
}

impl<T: Element> Operand<'_, T> {
    fn block(&self, i: usize, n: usize) -> &[T] {
        match self {
            Operand::Slice(s) => &s[i * BLOCK..i * BLOCK + n],
            Operand::Splat(v) => &v[..n],
        }
    }
}

/// An elementwise function of two arrays that broadcast to `shape`.
pub fn binary<T: Element, U: Element>(
    f: fn(&[T], &[T], &mut [U]),
    a: &Array,
    b: &Array,
    shape: &[usize],
) -> Result<Array> {
    let n = element_count(shape)?;
    let full = |x: &Array| if x.len() == 1 && n != 1 { Ok(x.clone()) } else { x.broadcast_to(shape) };
    let (a, b) = (full(a)?.to_contiguous(), full(b)?.to_contiguous());
    let operand = |x: &[T]| -> Vec<T> { vec![x[0]; BLOCK.min(n)] };
    let mut out = vec![U::default(); n];
    with_slice::<T, _>(&a, |x| {
        with_slice::<T, _>(&b, |y| {
            let x = if x.len() == 1 && n != 1 && n > 0 { Operand::Splat(operand(x)) } else { Operand::Slice(x) };
            let y = if y.len() == 1 && n != 1 && n > 0 { Operand::Splat(operand(y)) } else { Operand::Slice(y) };
            blocks(&mut out, |i, out| f(x.block(i, out.len()), y.block(i, out.len()), out));
        })
    })??;
    Ok(Array::contiguous_from(U::DTYPE, shape.to_vec(), U::wrap(out)))
}

/// The error for an integer result outside i64, or a division by zero.
fn overflow(name: &str) -> Error {
    Error::new(ErrorKind::Overflow, format!("`{name}`: an integer result does not fit i64, or a divisor is 0"))
}

/// An integer function of one array; `None` is an overflow.
pub fn unary_checked(f: fn(i64) -> Option<i64>, x: &Array, name: &str) -> Result<Array> {
    let out = with_slice::<i64, _>(x, |x| x.iter().map(|&x| f(x)).collect::<Option<Vec<i64>>>())?;
    Array::from_vec(out.ok_or_else(|| overflow(name))?, x.shape())
}

/// An integer function of two arrays that broadcast to `shape`; `None` is an overflow.
pub fn binary_checked(
    f: fn(i64, i64) -> Option<i64>,
    a: &Array,
    b: &Array,
    shape: &[usize],
    name: &str,
) -> Result<Array> {
    let (a, b) = (a.broadcast_to(shape)?, b.broadcast_to(shape)?);
    let out = with_slice::<i64, _>(&a, |a| {
        with_slice::<i64, _>(&b, |b| a.iter().zip(b).map(|(&a, &b)| f(a, b)).collect::<Option<Vec<i64>>>())
    })??;
    Array::from_vec(out.ok_or_else(|| overflow(name))?, shape)
}

/// A comparison of two integer arrays that broadcast to `shape`.
pub fn compare_i64(f: fn(i64, i64) -> bool, a: &Array, b: &Array, shape: &[usize]) -> Result<Array> {
    let (a, b) = (a.broadcast_to(shape)?, b.broadcast_to(shape)?);
    let out = with_slice::<i64, _>(&a, |a| {
        with_slice::<i64, _>(&b, |b| a.iter().zip(b).map(|(&a, &b)| f(a, b)).collect::<Vec<bool>>())
    })??;
    Array::from_vec(out, shape)
}

/// An array seen as (outer, n, inner) with the reduced axes in the middle, copied only where they are not neighbours.
fn as_lanes(x: &Array, axes: &[usize]) -> Result<(Array, usize, usize)> {
    let n: usize = axes.iter().map(|&a| x.shape()[a]).product();
    let neighbours = axes.windows(2).all(|w| w[1] == w[0] + 1);
    let last = axes.last().copied().unwrap_or(0);
    if neighbours && !axes.is_empty() && x.is_contiguous() {
        return Ok((x.clone(), n, x.shape()[last + 1..].iter().product()));
    }
    let mut order: Vec<usize> = (0..x.rank()).filter(|a| !axes.contains(a)).collect();
    order.extend(axes);
    Ok((x.permute(&order)?.to_contiguous(), n, 1))
}

/// A reduction over `axes`; the kernel gets lanes of the full length, so its result never depends on threads.
pub fn reduce<T: Element>(
    f: fn(&[T], usize, usize, &mut [T]),
    x: &Array,
    axes: &[usize],
    shape: &[usize],
) -> Result<Array> {
    let (x, n, inner) = as_lanes(x, axes)?;
    let mut out = vec![T::default(); element_count(shape)?];
    with_slice::<T, _>(&x, |x| {
        let step = n * inner;
        if step == 0 || out.is_empty() {
            return;
        }
        // A thread takes whole lanes; one task should be worth at least a few blocks.
        let group = (PARALLEL / step).max(1);
        if x.len() < PARALLEL || out.len() <= inner {
            f(x, n, inner, &mut out);
        } else {
            out.par_chunks_mut(inner * group).zip(x.par_chunks(step * group)).for_each(|(o, x)| f(x, n, inner, o));
        }
    })?;
    Ok(Array::contiguous_from(T::DTYPE, shape.to_vec(), T::wrap(out)))
}

/// An integer reduction over `axes`; `None` is an overflow.
pub fn reduce_checked(
    f: fn(&mut dyn Iterator<Item = i64>) -> Option<i64>,
    x: &Array,
    axes: &[usize],
    shape: &[usize],
    name: &str,
) -> Result<Array> {
    let (x, n, inner) = as_lanes(x, axes)?;
    let count = element_count(shape)?;
    let out = with_slice::<i64, _>(&x, |x| {
        (0..count)
            .map(|k| {
                let (o, i) = (k / inner, k % inner);
                f(&mut (0..n).map(|j| x[(o * n + j) * inner + i]))
            })
            .collect::<Option<Vec<i64>>>()
    })?;
    Array::from_vec(out.ok_or_else(|| overflow(name))?, shape)
}
