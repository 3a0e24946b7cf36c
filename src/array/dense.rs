//! `Array`: a dense value; cloning, slicing and transposing share its buffer.

use std::sync::Arc;

use super::{DType, display_shape, element_count, row_major};
use crate::error::{Error, ErrorKind, Result};

/// The elements of an array, shared between its views.
#[derive(Clone, Debug)]
pub enum Buffer {
    /// Elements of `bool`.
    Bool(Arc<Vec<bool>>),
    /// Elements of `i64`.
    I64(Arc<Vec<i64>>),
    /// Elements of f32, bf16 and f16.
    F32(Arc<Vec<f32>>),
    /// Elements of f64.
    F64(Arc<Vec<f64>>),
    /// Elements of c64 and c128: real part, imaginary part.
    C128(Arc<Vec<[f64; 2]>>),
}

impl Buffer {
    /// How many elements the buffer holds.
    pub fn len(&self) -> usize {
        match self {
            Buffer::Bool(v) => v.len(),
            Buffer::I64(v) => v.len(),
            Buffer::F32(v) => v.len(),
            Buffer::F64(v) => v.len(),
            Buffer::C128(v) => v.len(),
        }
    }

    /// True of a buffer without elements.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The dtype that elements of this buffer are stored as.
    pub fn storage(&self) -> DType {
        match self {
            Buffer::Bool(_) => DType::Bool,
            Buffer::I64(_) => DType::I64,
            Buffer::F32(_) => DType::F32,
            Buffer::F64(_) => DType::F64,
            Buffer::C128(_) => DType::C128,
        }
    }
}

/// Makes a buffer of the dtype that fits the element type.
pub trait Element: Copy + Default + Send + Sync + 'static {
    /// The dtype of this element type.
    const DTYPE: DType;
    /// Wraps elements as a buffer.
    fn wrap(elements: Vec<Self>) -> Buffer;
    /// The elements of a buffer of this type.
    fn unwrap(buffer: &Buffer) -> Option<&[Self]>;
    /// The elements of a buffer of this type, if nobody else shares them.
    fn take(buffer: Buffer) -> Option<Vec<Self>>;
}

/// Implements `Element` for one storage type.
macro_rules! element {
    ($ty:ty, $variant:ident) => {
        impl Element for $ty {
            const DTYPE: DType = DType::$variant;
            fn wrap(elements: Vec<Self>) -> Buffer {
                Buffer::$variant(Arc::new(elements))
            }
            fn unwrap(buffer: &Buffer) -> Option<&[Self]> {
                match buffer {
                    Buffer::$variant(v) => Some(v),
                    _ => None,
                }
            }
            fn take(buffer: Buffer) -> Option<Vec<Self>> {
                match buffer {
                    Buffer::$variant(v) => Arc::try_unwrap(v).ok(),
                    _ => None,
                }
            }
        }
    };
}
element!(bool, Bool);
element!(i64, I64);
element!(f32, F32);
element!(f64, F64);
element!([f64; 2], C128);

/// Applies one expression to the elements of a buffer of any type and wraps the resulting `Vec` as a buffer.
macro_rules! map_buffer {
    ($buffer:expr, $elements:ident => $new:expr) => {
        match $buffer {
            Buffer::Bool($elements) => Element::wrap($new),
            Buffer::I64($elements) => Element::wrap($new),
            Buffer::F32($elements) => Element::wrap($new),
            Buffer::F64($elements) => Element::wrap($new),
            Buffer::C128($elements) => Element::wrap($new),
        }
    };
}
pub(crate) use map_buffer;

/// A dense array: shape, dtype, and a shared buffer seen through strides.
///
/// ```
/// use gradus::Array;
/// let a = Array::from_vec(vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &[2, 3])?;
/// assert_eq!(a.shape(), &[2, 3]);
/// assert_eq!(a.transpose().to_f64(), vec![1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
/// # Ok::<(), gradus::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Array {
    dtype: DType,
    shape: Vec<usize>,
    strides: Vec<isize>,
    offset: usize,
    buffer: Buffer,
}

impl Array {
    /// An array of these elements, row-major; an error where their number is not that of the shape.
    pub fn from_vec<T: Element>(elements: Vec<T>, shape: &[usize]) -> Result<Array> {
        let n = element_count(shape)?;
        if n != elements.len() {
            return Err(Error::new(
                ErrorKind::Shape,
                format!("{} elements do not fill an array of shape {}", elements.len(), display_shape(shape)),
            ));
        }
        Ok(Array::contiguous_from(T::DTYPE, shape.to_vec(), T::wrap(elements)))
    }

    /// An array of rank 0.
    pub fn scalar<T: Element>(value: T) -> Array {
        Array::contiguous_from(T::DTYPE, vec![], T::wrap(vec![value]))
    }

    /// A contiguous array over a buffer whose length is that of the shape; callers have checked both.
    pub(crate) fn contiguous_from(dtype: DType, shape: Vec<usize>, buffer: Buffer) -> Array {
        debug_assert_eq!(shape.iter().product::<usize>(), buffer.len());
        debug_assert_eq!(dtype.storage(), buffer.storage());
        let strides = row_major(&shape);
        Array { dtype, shape, strides, offset: 0, buffer }
    }

    /// The dtype of the elements.
    pub fn dtype(&self) -> DType {
        self.dtype
    }

    /// The length of every axis.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The number of axes.
    pub fn rank(&self) -> usize {
        self.shape.len()
    }

    /// The number of elements.
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// True of an array without elements.
    pub fn is_empty(&self) -> bool {
        self.shape.contains(&0)
    }

    /// Steps between neighbours along each axis, in elements.
    pub fn strides(&self) -> &[isize] {
        &self.strides
    }

    /// Where the first element sits in the buffer.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// The shared buffer.
    pub fn buffer(&self) -> &Buffer {
        &self.buffer
    }

    /// True if the elements lie in the buffer in row-major order without gaps.
    pub fn is_contiguous(&self) -> bool {
        self.is_empty()
            || self
                .shape
                .iter()
                .zip(&self.strides)
                .rev()
                .try_fold(1isize, |step, (&d, &s)| (d == 1 || s == step).then(|| step * d as isize))
                .is_some()
    }

    /// A view with other strides over the same buffer; callers have checked that every element is inside.
    pub(crate) fn with_view(&self, shape: Vec<usize>, strides: Vec<isize>, offset: usize) -> Array {
        // An empty view points at the start, so that its offset lies inside the buffer whatever was cut away.
        let offset = if shape.contains(&0) { 0 } else { offset };
        Array { dtype: self.dtype, shape, strides, offset, buffer: self.buffer.clone() }
    }

    /// The same elements under another dtype of the same storage (f32 seen as bf16, say); nothing is rounded.
    pub(crate) fn relabel(mut self, dtype: DType) -> Array {
        debug_assert_eq!(self.dtype.storage(), dtype.storage());
        self.dtype = dtype;
        self
    }

    /// The elements as a slice, if they are of this type and contiguous.
    pub fn as_slice<T: Element>(&self) -> Option<&[T]> {
        let n = self.len();
        if !self.is_contiguous() {
            return None;
        }
        T::unwrap(&self.buffer)?.get(self.offset..self.offset + n)
    }

    /// The same array with its elements contiguous: itself where they are, else a copy.
    pub fn to_contiguous(&self) -> Array {
        if self.is_contiguous() {
            return self.clone();
        }
        let buffer = map_buffer!(&self.buffer, v => self.gather(v));
        Array::contiguous_from(self.dtype, self.shape.clone(), buffer)
    }

    /// Elements in row-major order, through the strides.
    fn gather<T: Copy>(&self, from: &[T]) -> Vec<T> {
        let mut out = Vec::with_capacity(self.len());
        self.for_each_offset(|at| out.push(from[at]));
        out
    }

    /// Calls `f` with the buffer index of every element, in row-major order.
    pub(crate) fn for_each_offset(&self, mut f: impl FnMut(usize)) {
        self.for_each_signed_offset(|at| f(at as usize));
    }

    /// The same for a part of a view, whose offsets may be negative until those of the other part are added.
    pub(crate) fn for_each_signed_offset(&self, mut f: impl FnMut(isize)) {
        let n = self.len();
        if n == 0 {
            return;
        }
        let rank = self.shape.len();
        let mut index = vec![0usize; rank];
        let mut at = self.offset as isize;
        for _ in 0..n {
            f(at);
            for axis in (0..rank).rev() {
                index[axis] += 1;
                at += self.strides[axis];
                if index[axis] < self.shape[axis] {
                    break;
                }
                at -= self.strides[axis] * self.shape[axis] as isize;
                index[axis] = 0;
            }
        }
    }

    /// The elements as f64 in row-major order; of complex ones the real part.
    pub fn to_f64(&self) -> Vec<f64> {
        if let Some(v) = self.as_slice::<f64>() {
            return v.to_vec();
        }
        let mut out = Vec::with_capacity(self.len());
        match &self.buffer {
            Buffer::Bool(v) => self.for_each_offset(|at| out.push(f64::from(u8::from(v[at])))),
            Buffer::I64(v) => self.for_each_offset(|at| out.push(v[at] as f64)),
            Buffer::F32(v) => self.for_each_offset(|at| out.push(f64::from(v[at]))),
            Buffer::F64(v) => self.for_each_offset(|at| out.push(v[at])),
            Buffer::C128(v) => self.for_each_offset(|at| out.push(v[at][0])),
        }
        out
    }
}
