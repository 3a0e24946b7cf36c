//! Matrix products: dot-product kernels for vectors, faer for matrices, batched over leading axes.

use faer::linalg::matmul::matmul as faer_matmul;
use faer::{Accum, MatMut, MatRef, Par};

use super::{Array, DType, Element, broadcast, element_count, sums};
use crate::error::{Error, ErrorKind, Result};

/// Multiply-adds from which a product is worth two threads; the choice depends on sizes only, never on the pool.
const PARALLEL: usize = 1 << 21;

/// How many vectors, and multiply-adds, are worth a product of matrices.
const VECTORS: usize = 8;
const MANY: usize = 1 << 14;

/// The same of complex matrices, as two real products: (Re A, Im A) with the columns (Re B, −Im B) and (Im B, Re B).
fn matmul_complex(a: &Array, b: &Array) -> Result<Array> {
    let ([ar, ai], [br, bi]) = (a.parts()?, b.parts()?);
    let a = Array::concatenate(&[&ar, &ai], a.rank() - 1)?;
    let stacked = |upper: &Array, lower: &Array| Array::concatenate(&[upper, lower], b.rank() - 2);
    let re = matmul(&a, &stacked(&br, &bi.negated()?)?)?;
    let im = matmul(&a, &stacked(&bi, &br)?)?;
    Array::from_parts(&re, &im)
}

/// `a @ b` over the last two axes, leading axes broadcast; shapes have been checked.
pub fn matmul(a: &Array, b: &Array) -> Result<Array> {
    if a.dtype().is_complex() {
        return matmul_complex(a, b);
    }
    let (m, k, n) = (a.shape()[a.rank() - 2], a.shape()[a.rank() - 1], b.shape()[b.rank() - 1]);
    let batch = broadcast(&a.shape()[..a.rank() - 2], &b.shape()[..b.rank() - 2])
        .ok_or_else(|| Error::new(ErrorKind::Shape, "matmul: batch shapes do not fit"))?;
    if let Some(y) = vectors(a, b, &batch)? {
        return y.reshape(&[&batch[..], &[m, n]].concat());
    }
    let a = a.broadcast_to(&[&batch[..], &[m, k]].concat())?;
    let b = b.broadcast_to(&[&batch[..], &[k, n]].concat())?;
    let shape = [&batch[..], &[m, n]].concat();
    let dims = Dims { m, k, n };
    let dtype = a.dtype();
    // Of a narrow dtype the sums are still in f32: whoever evaluates the node rounds them, once.
    match dtype.storage() {
        DType::F64 => dims.run::<f64>(&a, &b, &shape, multiply_f64),
        DType::F32 => dims.run::<f32>(&a, &b, &shape, multiply_f32),
        DType::I64 => dims.run_i64(&a, &b, &shape),
        _ => Err(Error::new(ErrorKind::DType, format!("`matmul` does not take {dtype}"))),
    }
}

/// Many vectors of f64 times one matrix as one product of matrices, which reads that matrix once; nothing of few or others.
fn vectors(a: &Array, b: &Array, batch: &[usize]) -> Result<Option<Array>> {
    let (m, k, n) = (a.shape()[a.rank() - 2], a.shape()[a.rank() - 1], b.shape()[b.rank() - 1]);
    let count = element_count(batch)?;
    let single = |x: &Array| x.len() == x.shape()[x.rank() - 2..].iter().product::<usize>();
    let rows = n > 1 && m == 1 && single(b);
    let columns = m > 1 && n == 1 && single(a);
    let work = count.saturating_mul(k).saturating_mul(m.max(n));
    if !(rows || columns) || count < VECTORS || work < MANY || a.dtype() != DType::F64 || b.dtype() != DType::F64 {
        return Ok(None);
    }
    let (vectors, matrix) = if rows { (a, b) } else { (b, a) };
    let (vectors, matrix) = (vectors.to_contiguous(), matrix.to_contiguous());
    let missing = || Error::new(ErrorKind::DType, "matmul: operands have different dtypes");
    let x = vectors.as_slice::<f64>().ok_or_else(missing)?;
    let w = matrix.as_slice::<f64>().ok_or_else(missing)?;
    let dims = Dims { m: count, k, n: m.max(n) };
    let mut out = vec![0.0; dims.m * dims.n];
    let dst = MatMut::from_row_major_slice_mut(&mut out, dims.m, dims.n);
    let lhs = MatRef::from_row_major_slice(x, dims.m, k);
    let rhs = match rows {
        true => MatRef::from_row_major_slice(w, k, dims.n),
        false => MatRef::from_row_major_slice(w, dims.n, k).transpose(),
    };
    faer_matmul(dst, Accum::Replace, lhs, rhs, 1.0, dims.par());
    Ok(Some(Array::from_vec(out, &[dims.m, dims.n])?))
}

/// An array of matrices whose elements lie row by row, and where in its buffer each matrix starts: the array itself where
/// only batch axes skip or repeat, so that one matrix against many is not copied many times.
fn matrices(a: &Array) -> Result<(Array, Vec<usize>)> {
    let core = a.rank() - 2;
    let (shape, strides) = (a.shape(), a.strides());
    let in_rows = (shape[core + 1] <= 1 || strides[core + 1] == 1)
        && (shape[core] <= 1 || strides[core] == shape[core + 1] as isize);
    let a = if in_rows {
        a.clone()
    } else {
        let once = |(axis, &n): (usize, &usize)| if axis < core && strides[axis] == 0 { 1 } else { n };
        let distinct = shape.iter().enumerate().map(once).collect();
        a.with_view(distinct, strides.to_vec(), a.offset()).to_contiguous().broadcast_to(shape)?
    };
    let mut starts = vec![];
    a.with_view(a.shape()[..core].to_vec(), a.strides()[..core].to_vec(), a.offset())
        .for_each_offset(|i| starts.push(i));
    Ok((a, starts))
}

/// The sizes of a batched product.
struct Dims {
    m: usize,
    k: usize,
    n: usize,
}

impl Dims {
    /// Multiplies every pair of a batch.
    fn run<T: Element>(
        &self,
        a: &Array,
        b: &Array,
        shape: &[usize],
        multiply: fn(&Dims, &[T], &[T], &mut [T]),
    ) -> Result<Array> {
        let ((a, starts_a), (b, starts_b)) = (matrices(a)?, matrices(b)?);
        let missing = || Error::new(ErrorKind::DType, "matmul: operands have different dtypes");
        let (x, y) = (T::unwrap(a.buffer()).ok_or_else(missing)?, T::unwrap(b.buffer()).ok_or_else(missing)?);
        let mut out = vec![T::default(); element_count(shape)?];
        let (sa, sb, so) = (self.m * self.k, self.k * self.n, self.m * self.n);
        if self.k > 0 && so > 0 {
            for ((out, i), j) in out.chunks_mut(so).zip(starts_a).zip(starts_b) {
                multiply(self, &x[i..][..sa], &y[j..][..sb], out);
            }
        }
        Ok(Array::contiguous_from(T::DTYPE, shape.to_vec(), T::wrap(out)))
    }

    /// Products of integers, where an overflow is an error.
    fn run_i64(&self, a: &Array, b: &Array, shape: &[usize]) -> Result<Array> {
        let (x, y) = (a.to_vec::<i64>()?, b.to_vec::<i64>()?);
        let (m, k, n) = (self.m, self.k, self.n);
        let entry = |t: usize| {
            let (batch, i, j) = (t / (m * n), t / n % m, t % n);
            (0..k).try_fold(0i64, |s, l| {
                s.checked_add(x[(batch * m + i) * k + l].checked_mul(y[(batch * k + l) * n + j])?)
            })
        };
        let out = (0..element_count(shape)?).map(entry).collect::<Option<Vec<i64>>>();
        let overflow = || Error::new(ErrorKind::Overflow, "`matmul`: an integer result does not fit i64");
        Array::from_vec(out.ok_or_else(overflow)?, shape)
    }

    fn par(&self) -> Par {
        if self.m * self.k * self.n < PARALLEL { Par::Seq } else { Par::rayon(2) }
    }
}

/// The kernels of one float type: rows by dot products, a row vector by scaled rows, matrices by faer.
macro_rules! multiply {
    ($name:ident $rows:ident $ty:ident $dot:path) => {
        sums::dispatch! {
            /// Σ aᵢ bᵢ over the rows of b, in f64.
            fn $rows(a: &[$ty], b: &[$ty], out: &mut [$ty]) -> () {
                let mut acc = vec![0.0f64; out.len()];
                for (&x, row) in a.iter().zip(b.chunks(out.len())) {
                    acc.iter_mut().zip(row).for_each(|(s, &y)| *s = f64::from(x).mul_add(f64::from(y), *s));
                }
                out.iter_mut().zip(acc).for_each(|(o, s)| *o = s as $ty);
            }
        }
        fn $name(d: &Dims, a: &[$ty], b: &[$ty], out: &mut [$ty]) {
            if d.n == 1 {
                out.iter_mut().zip(a.chunks(d.k)).for_each(|(o, row)| *o = $dot(row, b) as $ty);
                return;
            }
            if d.m == 1 {
                $rows(a, b, out);
                return;
            }
            let dst = MatMut::from_row_major_slice_mut(out, d.m, d.n);
            let (lhs, rhs) = (MatRef::from_row_major_slice(a, d.m, d.k), MatRef::from_row_major_slice(b, d.k, d.n));
            faer_matmul(dst, Accum::Replace, lhs, rhs, 1.0, d.par());
        }
    };
}
multiply!(multiply_f64 weighted_rows_f64 f64 sums::dot_f64);
multiply!(multiply_f32 weighted_rows_f32 f32 sums::dot_f32);
