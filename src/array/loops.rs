//! Loops over dense values: elementwise with broadcasting, and reductions; large ones are split over threads.

use std::sync::Arc;

use rayon::prelude::*;

use super::dense::Element;
use super::sums::{Blocks, Partial};
use super::{Array, Buffer, element_count};
use crate::error::{Error, ErrorKind, Result};

/// Elements that one call of a slice kernel gets: a few such blocks fit into the first-level cache.
pub const BLOCK: usize = 1024;
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
pub fn unary<T: Element, U: Element>(f: fn(&[T], &mut [U]), x: &Array) -> Array {
    let mut out = vec![U::default(); x.len()];
    let done = with_slice::<T, _>(x, |x| {
        blocks(&mut out, |i, out| f(&x[i * BLOCK..i * BLOCK + out.len()], out));
    });
    debug_assert!(done.is_ok());
    Array::contiguous_from(U::DTYPE, x.shape().to_vec(), U::wrap(out))
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

/// How a reduction sees a shape: (outer, n, inner) with the reduced axes in the middle, as they are or after a move.
///
/// It depends on shape and axes only, never on how the elements lie, so that the same formula gives the same bits.
pub(crate) fn lane_shape(shape: &[usize], axes: &[usize]) -> (usize, usize, bool) {
    let n: usize = axes.iter().map(|&a| shape[a]).product();
    let neighbours = axes.windows(2).all(|w| w[1] == w[0] + 1);
    match axes.last() {
        Some(&last) if neighbours => (n, shape[last + 1..].iter().product(), true),
        _ => (n, 1, axes.is_empty()),
    }
}

/// The elements in the order of [`lane_shape`], contiguous.
fn as_lanes(x: &Array, axes: &[usize]) -> Result<(Array, usize, usize)> {
    let (n, inner, in_place) = lane_shape(x.shape(), axes);
    if in_place {
        return Ok((x.to_contiguous(), n, inner));
    }
    let mut order: Vec<usize> = (0..x.rank()).filter(|a| !axes.contains(a)).collect();
    order.extend(axes);
    Ok((x.permute(&order)?.to_contiguous(), n, inner))
}

/// The kernels of a reduction for one element type: of (outer, n, inner), and of one block where it works in blocks.
pub struct Reducer<T> {
    /// Elements, n, inner, output of outer × inner.
    pub whole: fn(&[T], usize, usize, &mut [T]),
    /// The reduction in blocks, where it works so.
    pub blocks: Option<Blocks>,
    /// The partial result of one block.
    pub block: fn(&Blocks) -> fn(&[T]) -> Partial,
    /// Rounds a result to the element type.
    pub round: fn(f64) -> T,
}

impl<T: Element> Reducer<T> {
    /// Reduces (outer, n, inner).
    fn run(&self, x: &[T], n: usize, inner: usize, out: &mut [T]) {
        match &self.blocks {
            Some(b) if inner == 1 => {
                let block = (self.block)(b);
                x.chunks(n).zip(out).for_each(|(lane, o)| *o = (self.round)(b.run(block, lane)));
            }
            _ => (self.whole)(x, n, inner, out),
        }
    }
}

/// A reduction over `axes`; the kernel gets lanes of the full length, so its result never depends on threads.
pub fn reduce<T: Element>(reducer: &Reducer<T>, x: &Array, axes: &[usize], shape: &[usize]) -> Result<Array> {
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
            reducer.run(x, n, inner, &mut out);
        } else {
            let tasks = out.par_chunks_mut(inner * group).zip(x.par_chunks(step * group));
            tasks.for_each(|(o, x)| reducer.run(x, n, inner, o));
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

/// Every lane along `axes` as f64.
pub fn lanes_f64(x: &Array, axes: &[usize]) -> Result<Vec<Vec<f64>>> {
    let (x, n, inner) = as_lanes(x, axes)?;
    let values = x.to_f64();
    let count = values.len().checked_div(n).unwrap_or(0);
    let outer_lanes = |k: usize| {
        let (o, i) = (k / inner, k % inner);
        (0..n).map(|j| values[(o * n + j) * inner + i]).collect()
    };
    Ok((0..count).map(outer_lanes).collect())
}

/// A function of whole lanes along `axes`, which keeps the shape; true if one of the lanes deserves a note.
pub fn along<T: Element>(f: fn(&[T], &mut [T]) -> bool, x: &Array, axes: &[usize]) -> Result<(Array, bool)> {
    let mut order: Vec<usize> = (0..x.rank()).filter(|a| !axes.contains(a)).collect();
    order.extend(axes);
    let moved = x.permute(&order)?;
    let n: usize = axes.iter().map(|&a| x.shape()[a]).product();
    let mut out = vec![T::default(); x.len()];
    let noted = with_slice::<T, _>(&moved, |x| {
        if n == 0 {
            false
        } else if out.len() < PARALLEL {
            x.chunks(n).zip(out.chunks_mut(n)).fold(false, |noted, (x, o)| f(x, o) | noted)
        } else {
            out.par_chunks_mut(n).zip(x.par_chunks(n)).map(|(o, x)| f(x, o)).reduce(|| false, |a, b| a | b)
        }
    })?;
    let shape: Vec<usize> = order.iter().map(|&a| x.shape()[a]).collect();
    let mut back = vec![0; order.len()];
    order.iter().enumerate().for_each(|(to, &from)| back[from] = to);
    Ok((Array::contiguous_from(T::DTYPE, shape, T::wrap(out)).permute(&back)?, noted))
}

/// A question about every element; of integers and booleans it is asked about them as f64.
pub fn test<T: Element>(f: fn(&[T], &mut [bool]), x: &Array) -> Result<Array> {
    let mut out = vec![false; x.len()];
    with_slice::<T, _>(x, |x| blocks(&mut out, |i, out| f(&x[i * BLOCK..i * BLOCK + out.len()], out)))?;
    Array::from_vec(out, x.shape())
}

/// `a` where `c` is true, else `b`; all of one shape.
fn choose_slice<T: Element>(c: &Array, a: &Array, b: &Array) -> Result<Array> {
    let out = with_slice::<bool, _>(c, |c| {
        with_slice::<T, _>(a, |a| {
            with_slice::<T, _>(b, |b| {
                c.iter().zip(a.iter().zip(b)).map(|(&c, (&a, &b))| if c { a } else { b }).collect()
            })
        })
    })???;
    let out: Vec<T> = out;
    Ok(Array::contiguous_from(T::DTYPE, c.shape().to_vec(), T::wrap(out)))
}

impl Array {
    /// `a` where `c` is true, else `b`, all broadcast to `shape`; a and b have one dtype.
    pub(crate) fn choose(c: &Array, a: &Array, b: &Array, shape: &[usize]) -> Result<Array> {
        let (c, a, b) = (&c.broadcast_to(shape)?, &a.broadcast_to(shape)?, &b.broadcast_to(shape)?);
        let dtype = a.dtype();
        let out = match dtype.storage() {
            super::DType::Bool => choose_slice::<bool>(c, a, b),
            super::DType::I64 => choose_slice::<i64>(c, a, b),
            super::DType::F32 => choose_slice::<f32>(c, a, b),
            super::DType::F64 => choose_slice::<f64>(c, a, b),
            _ => choose_slice::<[f64; 2]>(c, a, b),
        };
        Ok(out?.relabel(dtype))
    }

    /// True if one of the elements is a NaN.
    pub(crate) fn has_nan(&self) -> bool {
        if let Some(x) = self.as_slice::<f64>() {
            return x.iter().any(|v| v.is_nan());
        }
        if let Some(x) = self.as_slice::<f32>() {
            return x.iter().any(|v| v.is_nan());
        }
        self.has_complex_nan() || (self.dtype().is_float() && self.iter_f64().any(f64::is_nan))
    }

    /// True if no number is infinite or NaN.
    pub fn is_finite(&self) -> bool {
        // The largest magnitude of a block, as an integer, is at most that of the largest finite number.
        if let Some(x) = self.as_slice::<f64>() {
            let most = |b: &[f64]| b.iter().fold(0, |m: u64, v| m.max(v.abs().to_bits()));
            return x.chunks(4096).all(|b| most(b) <= f64::MAX.to_bits());
        }
        if let Some(x) = self.as_slice::<f32>() {
            let most = |b: &[f32]| b.iter().fold(0, |m: u32, v| m.max(v.abs().to_bits()));
            return x.chunks(4096).all(|b| most(b) <= f32::MAX.to_bits());
        }
        !self.dtype().is_float() || self.iter_f64().all(f64::is_finite)
    }

    /// The buffer of a gapless array that no other array shares, to be written anew; else the array as it was.
    pub(crate) fn into_unshared(self) -> std::result::Result<Buffer, Array> {
        let sole = match self.buffer() {
            Buffer::Bool(v) => Arc::strong_count(v) == 1,
            Buffer::I64(v) => Arc::strong_count(v) == 1,
            Buffer::F32(v) => Arc::strong_count(v) == 1,
            Buffer::F64(v) => Arc::strong_count(v) == 1,
            Buffer::C128(v) => Arc::strong_count(v) == 1,
        };
        if sole { Ok(self.buffer().clone()) } else { Err(self) }
    }

    /// `count` elements of an axis from `start` in steps of `step`, as a view.
    pub(crate) fn stride_axis(&self, axis: usize, start: usize, count: usize, step: isize) -> Result<Array> {
        let (mut shape, mut strides) = (self.shape().to_vec(), self.strides().to_vec());
        let at = self.offset() as isize + if count == 0 { 0 } else { start as isize * strides[axis] };
        shape[axis] = count;
        strides[axis] *= step;
        Ok(self.with_view(shape, strides, at as usize))
    }

    /// Zeros of this length along an axis, with the array's elements at `start`, `start + step`, …
    pub(crate) fn place_axis(&self, axis: usize, start: usize, step: isize, length: usize) -> Result<Array> {
        let mut shape = self.shape().to_vec();
        let count = std::mem::replace(&mut shape[axis], length);
        let (outer, inner): (usize, usize) = (shape[..axis].iter().product(), shape[axis + 1..].iter().product());
        let place = move |o: usize, j: usize| (o * length + (start as isize + j as isize * step) as usize) * inner;
        if step == 1 {
            return self.scatter(shape, count * inner, (0..outer).map(|o| place(o, 0)));
        }
        self.scatter(shape, inner, (0..outer).flat_map(|o| (0..count).map(move |j| place(o, j))))
    }

    /// Zeros of length `length` along `axis`, to which the elements are added where `indices` say.
    pub(crate) fn scatter_add(&self, indices: &Array, axis: usize, length: usize) -> Result<Array> {
        let index = indices.to_vec::<i64>()?;
        let lead = self.shape().get(..axis).unwrap_or(&[]);
        let tail = self.shape().get(axis + indices.rank()..).unwrap_or(&[]);
        let shape = [lead, &[length], tail].concat();
        let (outer, inner): (usize, usize) = (lead.iter().product(), tail.iter().product());
        let place = |i: i64| usize::try_from(if i < 0 { i + length as i64 } else { i }).ok().filter(|&i| i < length);
        let places = index.iter().map(|&i| {
            let outside = || Error::new(ErrorKind::Shape, format!("index {i} is outside an axis of length {length}"));
            place(i).ok_or_else(outside)
        });
        let places = places.collect::<Result<Vec<usize>>>()?;
        let starts = (0..outer).flat_map(|o| places.iter().map(move |p| (o * length + p) * inner));
        self.scatter(shape, inner, starts)
    }

    /// Adds runs of so many elements, one after another, to an array of zeros where they start there.
    fn scatter(&self, shape: Vec<usize>, run: usize, starts: impl Iterator<Item = usize>) -> Result<Array> {
        fn add<T: Copy, S>(
            x: &[T],
            out: &mut [S],
            run: usize,
            starts: impl Iterator<Item = usize>,
            f: impl Fn(&mut S, T),
        ) {
            for (x, start) in x.chunks(run.max(1)).zip(starts) {
                out[start..][..x.len()].iter_mut().zip(x).for_each(|(o, &v)| f(o, v));
            }
        }
        let (dtype, n) = (self.dtype(), element_count(&shape)?);
        match dtype.storage() {
            super::DType::F32 => {
                // f32 is added in f64 and rounded once.
                let mut out = vec![0.0f64; n];
                add(&self.to_vec::<f32>()?, &mut out, run, starts, |o, v| *o += f64::from(v));
                let out: Vec<f32> = out.into_iter().map(|v| v as f32).collect();
                Ok(Array::contiguous_from(super::DType::F32, shape, f32::wrap(out)).relabel(dtype))
            }
            super::DType::F64 => {
                let mut out = vec![0.0f64; n];
                match self.as_slice::<f64>() {
                    Some(x) => add(x, &mut out, run, starts, |o, v| *o += v),
                    None => add(&self.to_f64(), &mut out, run, starts, |o, v| *o += v),
                }
                Array::from_vec(out, &shape)
            }
            super::DType::Bool => {
                let mut out = vec![false; n];
                add(&self.to_vec::<bool>()?, &mut out, run, starts, |o, v| *o |= v);
                Array::from_vec(out, &shape)
            }
            super::DType::I64 => {
                let mut out = vec![0i64; n];
                add(&self.to_vec::<i64>()?, &mut out, run, starts, |o, v| *o = o.wrapping_add(v));
                Array::from_vec(out, &shape)
            }
            _ => Err(Error::new(ErrorKind::DType, format!("cannot add {dtype} by index"))),
        }
    }
}
