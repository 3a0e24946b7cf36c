//! Making arrays from numbers, `Vec`s, slices and nested arrays, and taking the numbers out again.

use super::dense::Element;
use super::format::{Format, round_f64_to};
use super::{Array, Buffer, DType, display_shape, element_count, memory};
use crate::error::{Error, ErrorKind, Result};

/// An array over elements whose number is known to fit the shape.
fn filled<T: Element>(shape: Vec<usize>, elements: Vec<T>) -> Array {
    Array::contiguous_from(T::DTYPE, shape, T::wrap(elements))
}

/// Joins rows of equal length; the error of a ragged one names it.
fn join_rows<T: Element>(rows: Vec<Vec<T>>, within: &str) -> Result<(usize, Vec<T>)> {
    let width = rows.first().map_or(0, Vec::len);
    if let Some(k) = rows.iter().position(|r| r.len() != width) {
        return Err(Error::new(
            ErrorKind::Shape,
            format!("the rows are ragged: row 0 has {width} elements, row {k}{within} has {}", rows[k].len()),
        ));
    }
    Ok((width, rows.concat()))
}

/// Conversions from and to one Rust type that arrays store as `$stored`.
macro_rules! conversions {
    ($($ty:ty => $stored:ty;)*) => {$(
        impl From<$ty> for Array {
            fn from(value: $ty) -> Array {
                Array::scalar(<$stored>::from(value))
            }
        }
        impl From<Vec<$ty>> for Array {
            fn from(elements: Vec<$ty>) -> Array {
                filled(vec![elements.len()], elements.into_iter().map(<$stored>::from).collect())
            }
        }
        impl From<&[$ty]> for Array {
            fn from(elements: &[$ty]) -> Array {
                Array::from(elements.to_vec())
            }
        }
        impl From<&Vec<$ty>> for Array {
            fn from(elements: &Vec<$ty>) -> Array {
                Array::from(elements.clone())
            }
        }
        impl<const N: usize> From<[$ty; N]> for Array {
            fn from(elements: [$ty; N]) -> Array {
                Array::from(elements.to_vec())
            }
        }
        impl<const N: usize> From<&[$ty; N]> for Array {
            fn from(elements: &[$ty; N]) -> Array {
                Array::from(elements.to_vec())
            }
        }
        impl<const N: usize, const M: usize> From<[[$ty; N]; M]> for Array {
            fn from(rows: [[$ty; N]; M]) -> Array {
                filled(vec![M, N], rows.concat().into_iter().map(<$stored>::from).collect())
            }
        }
        impl<const N: usize, const M: usize, const L: usize> From<[[[$ty; N]; M]; L]> for Array {
            fn from(blocks: [[[$ty; N]; M]; L]) -> Array {
                filled(vec![L, M, N], blocks.concat().concat().into_iter().map(<$stored>::from).collect())
            }
        }
        impl TryFrom<Vec<Vec<$ty>>> for Array {
            type Error = Error;
            fn try_from(rows: Vec<Vec<$ty>>) -> Result<Array> {
                let rows: Vec<Vec<$stored>> =
                    rows.into_iter().map(|r| r.into_iter().map(<$stored>::from).collect()).collect();
                let height = rows.len();
                let (width, elements) = join_rows(rows, "")?;
                Ok(filled(vec![height, width], elements))
            }
        }
        impl TryFrom<Vec<Vec<Vec<$ty>>>> for Array {
            type Error = Error;
            fn try_from(blocks: Vec<Vec<Vec<$ty>>>) -> Result<Array> {
                let arrays = blocks
                    .into_iter()
                    .enumerate()
                    .map(|(k, b)| Array::try_from(b).map_err(|e| within(&e, &format!("block {k}"))))
                    .collect::<Result<Vec<_>>>()?;
                if arrays.is_empty() {
                    return Array::zeros(&[0, 0, 0], <$stored as Element>::DTYPE);
                }
                Array::stack(&arrays.iter().collect::<Vec<_>>(), 0)
            }
        }
    )*};
}
conversions! {
    f64 => f64;
    f32 => f32;
    i64 => i64;
    i32 => i64;
    bool => bool;
}

/// The same error with the part of the input that it is about in front.
fn within(error: &Error, part: &str) -> Error {
    Error::new(error.kind(), format!("{part}: {}", error.message())).at(error.origin())
}

impl Array {
    /// An array of zeros; an error where it exceeds the memory budget.
    pub fn zeros(shape: &[usize], dtype: DType) -> Result<Array> {
        Array::filled_with("zeros", shape, 0.0.into(), dtype)
    }

    /// An array of ones; an error where it exceeds the memory budget.
    pub fn ones(shape: &[usize], dtype: DType) -> Result<Array> {
        Array::filled_with("ones", shape, 1.0.into(), dtype)
    }

    /// An array of one value; errors where it exceeds the memory budget or the value does not fit the dtype.
    ///
    /// ```
    /// use gradus::{Array, DType};
    /// assert_eq!(Array::full(&[2, 2], 0.5, DType::F32)?.to_f64(), [0.5; 4]);
    /// assert!(Array::full(&[1 << 50], 0.5, DType::F32).unwrap_err().is_memory());
    /// # Ok::<(), gradus::Error>(())
    /// ```
    pub fn full(shape: &[usize], value: impl Into<Array>, dtype: DType) -> Result<Array> {
        Array::filled_with("full", shape, value.into(), dtype)
    }

    /// The array that zeros, ones and full make, under the name that errors give it.
    fn filled_with(op: &str, shape: &[usize], value: Array, dtype: DType) -> Result<Array> {
        if value.len() != 1 {
            let shape = display_shape(value.shape());
            return Err(Error::new(ErrorKind::Shape, format!("{op}: the value is an array of shape {shape}")));
        }
        let n = element_count(shape)?;
        let what = format!("{op}: {dtype} of shape {}", display_shape(shape));
        let value = value.cast(dtype)?.to_contiguous();
        let buffer = super::dense::map_buffer!(value.buffer(), v => {
            let mut out = memory::reserve(n, &what)?;
            out.extend(std::iter::repeat_n(v.first().copied().unwrap_or_default(), n));
            out
        });
        Ok(Array::contiguous_from(dtype, shape.to_vec(), buffer))
    }

    /// A matrix with ones on its main diagonal; an error where it exceeds the memory budget.
    pub fn eye(rows: usize, columns: usize, dtype: DType) -> Result<Array> {
        let shape = [rows, columns];
        let n = element_count(&shape)?;
        let mut out: Vec<bool> = memory::reserve(n, &format!("eye: {dtype} of shape {}", display_shape(&shape)))?;
        out.resize(n, false);
        out.iter_mut().step_by(columns.saturating_add(1)).take(rows.min(columns)).for_each(|x| *x = true);
        filled(shape.to_vec(), out).cast(dtype)
    }

    /// The numbers `start + i * step` before `stop`, computed in f64 and rounded to the dtype once.
    ///
    /// Errors: a step of 0, a bound that is not finite, more numbers than the memory budget holds.
    ///
    /// ```
    /// use gradus::{Array, DType};
    /// assert_eq!(Array::arange(0.0, 1.0, 0.25, DType::F64)?.to_f64(), [0.0, 0.25, 0.5, 0.75]);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    pub fn arange(start: f64, stop: f64, step: f64, dtype: DType) -> Result<Array> {
        if step == 0.0 || ![start, stop, step].iter().all(|x| x.is_finite()) {
            return Err(Error::new(
                ErrorKind::Argument,
                format!("arange: from {start} to {stop} in steps of {step} has no end"),
            ));
        }
        // A count beyond usize saturates, and the memory budget refuses it.
        let count = ((stop - start) / step).ceil().max(0.0) as usize;
        sequence("arange", count, dtype, |i| start + i as f64 * step)
    }

    /// `count` evenly spaced numbers from `start` to `stop`, both included.
    ///
    /// Errors: more numbers than the memory budget holds.
    pub fn linspace(start: f64, stop: f64, count: usize, dtype: DType) -> Result<Array> {
        let last = count.saturating_sub(1);
        // The difference of two numbers may overflow where each of their shares does not.
        let share = |x: f64| x / last.max(1) as f64;
        let step = if (stop - start).is_finite() { share(stop - start) } else { share(stop) - share(start) };
        sequence("linspace", count, dtype, |i| if i > 0 && i == last { stop } else { start + i as f64 * step })
    }

    /// The single element of an array that has one, as f64.
    ///
    /// Errors: more elements than one, or none; a complex element.
    pub fn item(&self) -> Result<f64> {
        if self.len() != 1 {
            return Err(Error::new(
                ErrorKind::Shape,
                format!("item: shape {} has {} elements, not 1", display_shape(self.shape()), self.len()),
            ));
        }
        self.get(&vec![0; self.rank()])
    }

    /// The element at an index, as f64; errors where it is out of range or complex.
    pub fn get(&self, index: &[usize]) -> Result<f64> {
        let at = self.buffer_index(index)?;
        Ok(match self.buffer() {
            Buffer::Bool(v) => f64::from(u8::from(v[at])),
            Buffer::I64(v) => v[at] as f64,
            Buffer::F32(v) => f64::from(v[at]),
            Buffer::F64(v) => v[at],
            Buffer::C128(_) => {
                return Err(Error::new(ErrorKind::DType, "get: a complex element is not an f64; use to_vec"));
            }
        })
    }

    /// Where the element at an index sits in the buffer.
    fn buffer_index(&self, index: &[usize]) -> Result<usize> {
        let inside = index.len() == self.rank() && index.iter().zip(self.shape()).all(|(i, d)| i < d);
        if !inside {
            let (index, shape) = (display_shape(index), display_shape(self.shape()));
            return Err(Error::new(ErrorKind::Shape, format!("get: index {index} is out of range for shape {shape}")));
        }
        let steps: isize = index.iter().zip(self.strides()).map(|(&i, &s)| i as isize * s).sum();
        Ok((self.offset() as isize + steps) as usize)
    }

    /// The elements in row-major order, in the Rust type that stores them: `bool`, `i64`, `f32` (also of f16 and
    /// bf16), `f64`, `[f64; 2]` (complex).
    ///
    /// Errors: another type, which a `cast` would give first.
    pub fn to_vec<T: Element>(&self) -> Result<Vec<T>> {
        let Some(elements) = T::unwrap(self.buffer()) else {
            return Err(Error::new(
                ErrorKind::DType,
                format!("to_vec: the elements are {}, not {}; cast first", self.dtype(), T::DTYPE),
            ));
        };
        let mut out = memory::reserve(self.len(), "to_vec")?;
        self.for_each_offset(|at| out.push(elements[at]));
        Ok(out)
    }

    /// The elements as f64 in row-major order, one at a time; of complex ones the real part.
    pub fn iter_f64(&self) -> impl Iterator<Item = f64> + '_ {
        let mut index = vec![0usize; self.rank()];
        let mut at = self.offset() as isize;
        (0..self.len()).map(move |_| {
            let value = match self.buffer() {
                Buffer::Bool(v) => f64::from(u8::from(v[at as usize])),
                Buffer::I64(v) => v[at as usize] as f64,
                Buffer::F32(v) => f64::from(v[at as usize]),
                Buffer::F64(v) => v[at as usize],
                Buffer::C128(v) => v[at as usize][0],
            };
            for (i, (&d, &s)) in index.iter_mut().zip(self.shape().iter().zip(self.strides())).rev() {
                *i += 1;
                at += s;
                if *i < d {
                    break;
                }
                at -= s * d as isize;
                *i = 0;
            }
            value
        })
    }
}

/// A one-dimensional array of `f(0)`, `f(1)`, … in a dtype.
fn sequence(op: &str, count: usize, dtype: DType, f: impl Fn(usize) -> f64) -> Result<Array> {
    element_count(&[count])?;
    let what = format!("{op}: {dtype} of shape {}", display_shape(&[count]));
    if dtype.storage() == DType::F32 {
        let format = dtype.format().unwrap_or(Format::F32);
        let mut out = memory::reserve(count, &what)?;
        out.extend((0..count).map(|i| round_f64_to(f(i), format) as f32));
        return Ok(filled(vec![count], out).relabel(dtype));
    }
    let mut out = memory::reserve(count, &what)?;
    out.extend((0..count).map(f));
    filled(vec![count], out).cast(dtype)
}
