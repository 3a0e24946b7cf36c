//! Names for ways to arrange elements, as formulas over rows: flip, roll, tile, repeat, split, gather along an axis.

use super::scan::{flat_places_in, flip_core};
use super::{Axes, negative_axis, reshape_core};
use crate::array::display_shape;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::Tensor;

/// A poisoned tensor: the error of x if it has one, else this one.
#[track_caller]
fn refuse(x: &Tensor, e: Error) -> Tensor {
    Tensor::from(Err::<crate::Array, _>(x.meta().err().unwrap_or(e)))
}

/// The length of a negative axis.
fn length(x: &Tensor, axis: isize) -> usize {
    usize::try_from(x.rank() as isize + axis).ok().and_then(|i| x.dims().get(i).copied()).unwrap_or(0)
}

impl Tensor {
    /// The elements in reverse order along axes.
    #[track_caller]
    pub fn flip(&self, axes: impl Into<Axes>) -> Tensor {
        match axes.into().resolve(self.dims()) {
            Ok(axes) => axes.iter().fold(self.clone(), |x, &a| flip_core(&x, a)),
            Err(e) => refuse(self, e),
        }
    }

    /// The elements moved on by `by` places along an axis; those that fall off come back in front.
    #[track_caller]
    pub fn roll(&self, by: i64, axis: isize) -> Tensor {
        let a = match negative_axis(axis, self.dims()) {
            Ok(a) => a,
            Err(e) => return refuse(self, e),
        };
        let n = length(self, a) as i64;
        if n == 0 || by.rem_euclid(n) == 0 {
            return self.clone();
        }
        let cut = n - by.rem_euclid(n);
        let part = |from, to| self.slice(a, from, to, 1);
        Tensor::concatenate(&[&part(Some(cut), None), &part(None, Some(cut))], a)
    }

    /// Every element `count` times in a row along an axis.
    #[track_caller]
    pub fn repeat(&self, count: usize, axis: isize) -> Tensor {
        self.copies(count, axis, true)
    }

    /// The whole `count` times in a row along an axis.
    #[track_caller]
    pub fn tile(&self, count: usize, axis: isize) -> Tensor {
        self.copies(count, axis, false)
    }

    /// Copies along an axis: of each element beside it, or of the whole after it.
    fn copies(&self, count: usize, axis: isize, beside: bool) -> Tensor {
        let a = match negative_axis(axis, self.dims()) {
            Ok(a) => a,
            Err(e) => return refuse(self, e),
        };
        let at = (self.rank() as isize + a) as usize;
        let new = at + usize::from(beside);
        let mut shape = self.dims().to_vec();
        shape.insert(new, count);
        let wide = self.expand_dims(new).broadcast_to(&shape);
        let mut joined = self.dims().to_vec();
        joined[at] = joined[at].saturating_mul(count);
        reshape_core(&wide, shape.len(), &joined)
    }

    /// The differences of neighbours along an axis.
    #[track_caller]
    pub fn diff(&self, axis: isize) -> Tensor {
        self.slice(axis, Some(1), None, 1) - self.slice(axis, None, Some(-1), 1)
    }

    /// Tensors beside one another: vectors end to end, others along axis 1.
    #[track_caller]
    pub fn hstack(parts: &[&Tensor]) -> Tensor {
        Tensor::concatenate(parts, isize::from(parts.first().is_some_and(|t| t.rank() > 1)))
    }

    /// Tensors below one another; a vector is a row.
    #[track_caller]
    pub fn vstack(parts: &[&Tensor]) -> Tensor {
        let rows: Vec<Tensor> =
            parts.iter().map(|t| if t.rank() < 2 { t.flatten().expand_dims(0) } else { (*t).clone() }).collect();
        Tensor::concatenate(&rows.iter().collect::<Vec<_>>(), 0)
    }

    /// Equal parts along an axis; an error where they would not be equal.
    pub fn split(&self, parts: usize, axis: isize) -> Result<Vec<Tensor>> {
        let a = negative_axis(axis, self.shape()?)?;
        let n = length(self, a);
        match n.checked_div(parts) {
            Some(each) if each * parts == n => {
                let part = |i: usize| self.slice(a, Some((i * each) as i64), Some(((i + 1) * each) as i64), 1);
                Ok((0..parts).map(part).collect())
            }
            _ => {
                let shape = display_shape(self.dims());
                let place = self.rank() as isize + a;
                Err(Error::new(
                    ErrorKind::Shape,
                    format!("split: axis {place} of shape {shape} has no {parts} equal parts"),
                ))
            }
        }
    }

    /// Elements picked along an axis by an index for every place: `y[i, j] = x[i, index[i, j]]`.
    ///
    /// The index has the shape of x except along the axis; negative indices count from the end.
    ///
    /// ```
    /// use gradus::Tensor;
    /// let x = Tensor::from([[1.0, 2.0], [3.0, 4.0]]);
    /// let picked = x.take_along_axis(&Tensor::from([[1i64], [0]]), 1);
    /// assert_eq!(picked.eval()?.to_f64(), [2.0, 3.0]);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    #[track_caller]
    pub fn take_along_axis(&self, index: &Tensor, axis: isize) -> Tensor {
        let a = match negative_axis(axis, self.dims()) {
            Ok(a) => a,
            Err(e) => return refuse(self, e),
        };
        let at = (self.rank() as isize + a) as usize;
        let fits =
            index.rank() == self.rank() && (0..self.rank()).all(|i| i == at || index.dims()[i] == self.dims()[i]);
        if !fits {
            let (x, i) = (display_shape(self.dims()), display_shape(index.dims()));
            return refuse(self, Error::new(ErrorKind::Shape, format!("take_along_axis: index {i} does not fit {x}")));
        }
        let n = self.dims()[at] as i64;
        let inside = index.less(n).logical_and(index.greater_equal(-n));
        let index = index.require(&inside, "take_along_axis: an index is out of range");
        let index = Tensor::select(&index.less(0i64), &(&index + n), &index);
        let flat = flat_places_in(&index, self.dims(), a);
        self.flatten().take(&flat, 0)
    }
}
