//! Views that share the buffer through strides, and the indexing that has to copy.

use super::dense::{Element, map_buffer};
use super::{Array, Buffer, DType, display_shape, element_count, memory, row_major};
use crate::error::{Error, ErrorKind, Result};

/// An error of kind `Shape`.
fn shape_error(message: String) -> Error {
    Error::new(ErrorKind::Shape, message)
}

/// The index that `i` means on an axis of this length, counted from the end where negative; `None` out of range.
fn wrap_index(i: i64, length: usize) -> Option<usize> {
    let i = if i < 0 { i.checked_add(length as i64)? } else { i };
    usize::try_from(i).ok().filter(|&i| i < length)
}

/// Where a Python slice starts and how many elements it takes; `None` for a zero step.
fn resolve_slice(length: usize, start: Option<i64>, stop: Option<i64>, step: i64) -> Option<(usize, usize)> {
    let n = length as i64;
    let (low, high) = if step < 0 { (-1, n - 1) } else { (0, n) };
    let clamp = |bound: i64| if bound < 0 { (bound + n).max(low) } else { bound.min(high) };
    let first = start.map_or(if step < 0 { high } else { low }, clamp);
    let end = stop.map_or(if step < 0 { low } else { high }, clamp);
    let distance = if step < 0 { first - end } else { end - first };
    let count = if distance <= 0 { 0 } else { (distance as u64 - 1).checked_div(step.unsigned_abs())? + 1 };
    (step != 0).then_some((first.max(0) as usize, count as usize))
}

impl Array {
    /// The view with its axes reversed.
    pub fn transpose(&self) -> Array {
        let reversed = |v: &[usize]| v.iter().rev().copied().collect();
        let strides = self.strides().iter().rev().copied().collect();
        self.with_view(reversed(self.shape()), strides, self.offset())
    }

    /// The view whose axis k is axis `axes[k]` of this array; an error where `axes` does not name each axis once.
    pub fn permute(&self, axes: &[usize]) -> Result<Array> {
        let mut seen = vec![false; self.rank()];
        let valid = axes.iter().all(|&a| seen.get_mut(a).is_some_and(|s| !std::mem::replace(s, true)));
        if !valid || axes.len() != self.rank() {
            return Err(shape_error(format!(
                "permute: {} does not name each axis of shape {} once",
                display_shape(axes),
                display_shape(self.shape())
            )));
        }
        let shape = axes.iter().map(|&a| self.shape()[a]).collect();
        let strides = axes.iter().map(|&a| self.strides()[a]).collect();
        Ok(self.with_view(shape, strides, self.offset()))
    }

    /// The view of every `step`-th index from `start` up to, not including, `stop` along one axis, as Python slices.
    ///
    /// Negative bounds count from the end, bounds beyond the ends are cut, `None` is as far as the step goes. Errors:
    /// an axis that is not there, a step of 0.
    ///
    /// ```
    /// use gradus::Array;
    /// let x = Array::from(vec![0.0, 1.0, 2.0, 3.0, 4.0]);
    /// assert_eq!(x.slice(0, Some(1), None, 2)?.to_f64(), [1.0, 3.0]);
    /// assert_eq!(x.slice(0, None, None, -1)?.to_f64(), [4.0, 3.0, 2.0, 1.0, 0.0]);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    pub fn slice(&self, axis: usize, start: Option<i64>, stop: Option<i64>, step: i64) -> Result<Array> {
        self.check_axis("slice", axis)?;
        let (first, count) = resolve_slice(self.shape()[axis], start, stop, step).ok_or_else(|| {
            let shape = display_shape(self.shape());
            Error::new(ErrorKind::Argument, format!("slice: the step is 0, on axis {axis} of shape {shape}"))
        })?;
        let mut shape = self.shape().to_vec();
        let mut strides = self.strides().to_vec();
        shape[axis] = count;
        // A single element is never stepped from, and a huge step would not fit.
        if count > 1 {
            strides[axis] *= step as isize;
        }
        let offset = if count == 0 { self.offset() } else { self.offset_at(axis, first) };
        Ok(self.with_view(shape, strides, offset))
    }

    /// The view at index `i` of one axis, which is dropped; a negative index counts from the end.
    ///
    /// Errors: an axis that is not there, an index out of range.
    pub fn index(&self, axis: usize, i: i64) -> Result<Array> {
        self.check_axis("index", axis)?;
        let at = wrap_index(i, self.shape()[axis]).ok_or_else(|| self.index_error("index", axis, i))?;
        let mut shape = self.shape().to_vec();
        let mut strides = self.strides().to_vec();
        shape.remove(axis);
        strides.remove(axis);
        Ok(self.with_view(shape, strides, self.offset_at(axis, at)))
    }

    /// The view with a new axis of length 1 before axis `axis`; an error where that is beyond the rank.
    pub fn expand_dims(&self, axis: usize) -> Result<Array> {
        if axis > self.rank() {
            return Err(shape_error(format!(
                "expand_dims: no place {axis} for a new axis in shape {}",
                display_shape(self.shape())
            )));
        }
        let mut shape = self.shape().to_vec();
        let mut strides = self.strides().to_vec();
        shape.insert(axis, 1);
        strides.insert(axis, 0);
        Ok(self.with_view(shape, strides, self.offset()))
    }

    /// The view without the axes of length 1.
    pub fn squeeze(&self) -> Array {
        let kept: Vec<usize> = (0..self.rank()).filter(|&a| self.shape()[a] != 1).collect();
        let shape = kept.iter().map(|&a| self.shape()[a]).collect();
        let strides = kept.iter().map(|&a| self.strides()[a]).collect();
        self.with_view(shape, strides, self.offset())
    }

    /// The view without one axis of length 1; an error where the axis is not there or longer.
    pub fn squeeze_axis(&self, axis: usize) -> Result<Array> {
        self.check_axis("squeeze", axis)?;
        match self.shape()[axis] {
            1 => self.index(axis, 0),
            n => Err(shape_error(format!(
                "squeeze: axis {axis} has length {n}, not 1, in shape {}",
                display_shape(self.shape())
            ))),
        }
    }

    /// The view that repeats axes of length 1 to fill a shape, by NumPy's broadcasting; an error where it does not fit.
    pub fn broadcast_to(&self, shape: &[usize]) -> Result<Array> {
        let misfit = || {
            let (from, to) = (display_shape(self.shape()), display_shape(shape));
            shape_error(format!("broadcast_to: shape {from} does not broadcast to {to}"))
        };
        element_count(shape)?;
        let new = shape.len().checked_sub(self.rank()).ok_or_else(misfit)?;
        let mut strides = vec![0; shape.len()];
        for (axis, (&d, &s)) in self.shape().iter().zip(self.strides()).enumerate() {
            match d {
                _ if d == shape[new + axis] => strides[new + axis] = s,
                1 => {}
                _ => return Err(misfit()),
            }
        }
        Ok(self.with_view(shape.to_vec(), strides, self.offset()))
    }

    /// The same elements in row-major order under another shape: a view where strides can say it, else a copy.
    ///
    /// Errors: a shape with another number of elements, a copy beyond the memory budget.
    pub fn reshape(&self, shape: &[usize]) -> Result<Array> {
        if element_count(shape)? != self.len() {
            return Err(shape_error(format!(
                "reshape: shape {} has {} elements, shape {} has not",
                display_shape(self.shape()),
                self.len(),
                display_shape(shape)
            )));
        }
        if let Some(strides) = reshaped_strides(self.shape(), self.strides(), shape) {
            return Ok(self.with_view(shape.to_vec(), strides, self.offset()));
        }
        let what = format!("reshape: a copy of shape {}", display_shape(shape));
        memory::check(self.len().saturating_mul(self.dtype().storage_bytes()), &what)?;
        Ok(self.to_contiguous().with_view(shape.to_vec(), row_major(shape), 0))
    }

    /// The elements at integer indices along one axis, which is replaced by the axes of `indices`; negative ones count
    /// from the end.
    ///
    /// Errors: indices that are not i64, an axis that is not there, an index out of range.
    ///
    /// ```
    /// use gradus::Array;
    /// let x = Array::from([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    /// let picked = x.take(&Array::from([-1, 0]), 1)?;
    /// assert_eq!(picked.to_f64(), [3.0, 1.0, 6.0, 4.0]);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    pub fn take(&self, indices: &Array, axis: usize) -> Result<Array> {
        self.check_axis("take", axis)?;
        let Buffer::I64(values) = indices.buffer() else {
            return Err(Error::new(ErrorKind::DType, format!("take: indices are i64, not {}", indices.dtype())));
        };
        let (length, stride) = (self.shape()[axis], self.strides()[axis]);
        let mut steps: Vec<isize> = memory::reserve(indices.len(), "take: its indices")?;
        let mut bad = None;
        indices.for_each_offset(|at| match wrap_index(values[at], length) {
            Some(i) => steps.push(i as isize * stride),
            None => bad = bad.or(Some(values[at])),
        });
        if let Some(i) = bad {
            return Err(self.index_error("take", axis, i));
        }
        let mut shape = self.shape()[..axis].to_vec();
        shape.extend(indices.shape());
        shape.extend(&self.shape()[axis + 1..]);
        self.check_copy("take", &shape)?;
        // One view per side of the axis gives the offsets to combine with the steps along it.
        let outer = self.with_view(self.shape()[..axis].to_vec(), self.strides()[..axis].to_vec(), self.offset());
        let inner = self.with_view(self.shape()[axis + 1..].to_vec(), self.strides()[axis + 1..].to_vec(), 0);
        let mut inner_offsets: Vec<isize> = memory::reserve(inner.len(), "take: its offsets")?;
        inner.for_each_signed_offset(|at| inner_offsets.push(at));
        let buffer = map_buffer!(self.buffer(), v => {
            let mut out = Vec::with_capacity(shape.iter().product());
            outer.for_each_signed_offset(|start| {
                for step in &steps {
                    out.extend(inner_offsets.iter().map(|inner| v[(start + step + inner) as usize]));
                }
            });
            out
        });
        Ok(Array::contiguous_from(self.dtype(), shape, buffer))
    }

    /// Arrays joined along an axis they have, in the dtype that holds them all.
    ///
    /// Errors: no array, an axis that is not there, shapes that differ elsewhere.
    ///
    /// ```
    /// use gradus::Array;
    /// let (a, b) = (Array::from([[1.0], [2.0]]), Array::from([[3.0, 4.0], [5.0, 6.0]]));
    /// assert_eq!(Array::concatenate(&[&a, &b], 1)?.to_f64(), [1.0, 3.0, 4.0, 2.0, 5.0, 6.0]);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    pub fn concatenate(arrays: &[&Array], axis: usize) -> Result<Array> {
        let Some(first) = arrays.first() else {
            return Err(Error::new(ErrorKind::Argument, "concatenate: there is no array to join"));
        };
        first.check_axis("concatenate", axis)?;
        let mut shape = first.shape().to_vec();
        shape[axis] = 0;
        for (k, array) in arrays.iter().enumerate() {
            let fits = array.rank() == first.rank()
                && (0..first.rank()).all(|a| a == axis || array.shape()[a] == first.shape()[a]);
            if !fits {
                let (ours, theirs) = (display_shape(first.shape()), display_shape(array.shape()));
                return Err(shape_error(format!(
                    "concatenate: array 0 has shape {ours}, array {k} has {theirs}; they may differ on axis {axis} only"
                )));
            }
            shape[axis] += array.shape()[axis];
        }
        let dtype = arrays.iter().fold(first.dtype(), |d, a| d.promote(a.dtype()));
        join(arrays, shape, axis, dtype)
    }

    /// Arrays of one shape laid along a new axis, in the dtype that holds them all.
    ///
    /// Errors: no array, shapes that differ, an axis beyond the rank.
    pub fn stack(arrays: &[&Array], axis: usize) -> Result<Array> {
        let Some(first) = arrays.first() else {
            return Err(Error::new(ErrorKind::Argument, "stack: there is no array to join"));
        };
        if let Some(k) = arrays.iter().position(|a| a.shape() != first.shape()) {
            return Err(shape_error(format!(
                "stack: array 0 has shape {}, array {k} has {}",
                display_shape(first.shape()),
                display_shape(arrays[k].shape())
            )));
        }
        let expanded = arrays.iter().map(|a| a.expand_dims(axis)).collect::<Result<Vec<_>>>()?;
        Array::concatenate(&expanded.iter().collect::<Vec<_>>(), axis)
    }

    /// An error where there is no such axis.
    pub(crate) fn check_axis(&self, op: &str, axis: usize) -> Result<()> {
        if axis < self.rank() {
            return Ok(());
        }
        Err(shape_error(format!("{op}: there is no axis {axis} in shape {}", display_shape(self.shape()))))
    }

    /// The buffer index of the first element at `i` along an axis; `i` is in range.
    fn offset_at(&self, axis: usize, i: usize) -> usize {
        (self.offset() as isize + i as isize * self.strides()[axis]) as usize
    }

    /// The error of an index out of range.
    fn index_error(&self, op: &str, axis: usize, i: i64) -> Error {
        shape_error(format!(
            "{op}: index {i} is out of range for axis {axis} of length {}, in shape {}",
            self.shape()[axis],
            display_shape(self.shape())
        ))
    }

    /// An error where a copy of this shape would exceed the memory budget.
    fn check_copy(&self, op: &str, shape: &[usize]) -> Result<()> {
        let bytes = element_count(shape)?.saturating_mul(self.dtype().storage_bytes());
        memory::check(bytes, &format!("{op}: a result of shape {}", display_shape(shape)))
    }
}

/// Copies arrays of checked shapes one after the other along an axis.
fn join(arrays: &[&Array], shape: Vec<usize>, axis: usize, dtype: DType) -> Result<Array> {
    let n = element_count(&shape)?;
    let what = format!("concatenate: a result of shape {}", display_shape(&shape));
    memory::check(n.saturating_mul(dtype.storage_bytes()).saturating_mul(2), &what)?;
    let parts: Vec<Array> = arrays.iter().map(|a| Ok(a.cast(dtype)?.to_contiguous())).collect::<Result<_>>()?;
    let outer: usize = shape[..axis].iter().product();
    // The first array's buffer fixes the element type; all have it after the cast.
    let Some(first) = parts.first() else {
        return Err(Error::new(ErrorKind::Argument, "concatenate: there is no array to join"));
    };
    let buffer = map_buffer!(first.buffer(), v => join_elements(v, &parts, outer, n));
    Ok(Array::contiguous_from(dtype, shape, buffer))
}

/// Interleaves the blocks of contiguous arrays; the first argument only names the element type.
fn join_elements<T: Element>(_: &[T], parts: &[Array], outer: usize, n: usize) -> Vec<T> {
    let slices: Vec<&[T]> = parts.iter().filter_map(Array::as_slice).collect();
    let mut out = Vec::with_capacity(n);
    for k in 0..outer {
        for slice in &slices {
            let block = slice.len() / outer;
            out.extend_from_slice(&slice[k * block..(k + 1) * block]);
        }
    }
    out
}

/// Strides under which a view of another shape visits the same elements in the same order, where there are such.
///
/// Axes of old and new shape are grouped from the left into runs of equal size; a run of old axes that is gapless can
/// be divided anew.
fn reshaped_strides(old: &[usize], strides: &[isize], new: &[usize]) -> Option<Vec<isize>> {
    if new.contains(&0) {
        return Some(row_major(new));
    }
    let long: Vec<(usize, isize)> = old.iter().copied().zip(strides.iter().copied()).filter(|&(d, _)| d != 1).collect();
    let mut result = vec![0; new.len()];
    let (mut i, mut j) = (0, 0);
    while i < long.len() && j < new.len() {
        let (mut i_end, mut j_end) = (i + 1, j + 1);
        let (mut old_size, mut new_size) = (long[i].0, new[j]);
        while old_size != new_size {
            if new_size < old_size {
                new_size *= new.get(j_end)?;
                j_end += 1;
            } else {
                old_size *= long.get(i_end)?.0;
                i_end += 1;
            }
        }
        if long[i..i_end].windows(2).any(|w| w[0].1 != w[1].0 as isize * w[1].1) {
            return None;
        }
        let mut step = long[i_end - 1].1;
        for k in (j..j_end).rev() {
            result[k] = step;
            step *= new[k] as isize;
        }
        (i, j) = (i_end, j_end);
    }
    Some(result)
}
