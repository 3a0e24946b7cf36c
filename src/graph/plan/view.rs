//! Views of computed values: reshapes, transposes, broadcasts and slices cost nothing, they only change strides.

use crate::array::{Array, row_major};

/// A value as an operand sees it: some elements of a base value, whose own elements lie in row-major order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct View {
    /// The value that holds the elements.
    pub base: usize,
    /// The shape of the view.
    pub shape: Vec<usize>,
    /// Steps along each axis, in elements of the base.
    pub strides: Vec<isize>,
    /// Where the first element sits in the base.
    pub offset: usize,
}

/// How a view meets a loop over (rows, n) elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Element by element.
    Whole,
    /// One element for all.
    One(usize),
    /// One element per row.
    Row,
    /// One row for all.
    Column,
    /// In any other way.
    Scattered,
}

impl View {
    /// All elements of a base in row-major order.
    pub fn whole(base: usize, shape: &[usize]) -> View {
        View { base, shape: shape.to_vec(), strides: row_major(shape), offset: 0 }
    }

    /// How many elements the view shows.
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// The axes longer than 1, neighbours joined where their strides allow it.
    pub fn runs(&self) -> Vec<(usize, isize)> {
        let mut runs: Vec<(usize, isize)> = vec![];
        for (&d, &s) in self.shape.iter().zip(&self.strides).filter(|(d, _)| **d != 1) {
            match runs.last_mut() {
                Some((length, step)) if *step == s * d as isize => (*length, *step) = (*length * d, s),
                _ => runs.push((d, s)),
            }
        }
        runs
    }

    /// True if the view shows neighbouring elements in order.
    pub fn is_contiguous(&self) -> bool {
        matches!(self.runs()[..], [] | [(_, 1)])
    }

    /// True if the view shows all of a base of this length in order.
    pub fn is_whole(&self, length: usize) -> bool {
        self.offset == 0 && self.len() == length && self.is_contiguous()
    }

    /// How the view meets a loop over (rows, n); the base has `length` elements.
    pub fn access(&self, length: usize, rows: usize, n: usize) -> Access {
        let start = self.offset == 0;
        match self.runs()[..] {
            [] | [(_, 0)] => Access::One(self.offset),
            [(m, 1)] if start && m == rows * n && length == m => Access::Whole,
            [(r, 1), (_, 0)] if start && r == rows && length == rows => Access::Row,
            [(_, 0), (c, 1)] if start && c == n && length == n => Access::Column,
            _ => Access::Scattered,
        }
    }

    /// The view that repeats axes of length 1 to fill a shape; the shapes have been checked.
    pub fn broadcast_to(&self, shape: &[usize]) -> View {
        let lead = shape.len().saturating_sub(self.shape.len());
        let stride = |i: usize| {
            let axis = i.checked_sub(lead)?;
            (self.shape[axis] == shape[i]).then(|| self.strides[axis])
        };
        let strides = (0..shape.len()).map(|i| stride(i).unwrap_or(0)).collect();
        View { shape: shape.to_vec(), strides, ..self.clone() }
    }

    /// The same elements in another shape, if strides can say it without looking deeper.
    pub fn reshape(&self, shape: &[usize]) -> Option<View> {
        if self.is_contiguous() {
            return Some(View { shape: shape.to_vec(), strides: row_major(shape), ..self.clone() });
        }
        // Axes of length 1 may come and go.
        let mut old = self.shape.iter().zip(&self.strides).filter(|(d, _)| **d != 1);
        let mut strides = vec![0; shape.len()];
        for (s, _) in strides.iter_mut().zip(shape).filter(|(_, d)| **d != 1) {
            *s = *old.next()?.1;
        }
        let same = self.shape.iter().filter(|d| **d != 1).eq(shape.iter().filter(|d| **d != 1));
        same.then(|| View { shape: shape.to_vec(), strides, ..self.clone() })
    }

    /// The axes in another order.
    pub fn permute(&self, order: &[usize]) -> View {
        let shape = order.iter().map(|&a| self.shape[a]).collect();
        let strides = order.iter().map(|&a| self.strides[a]).collect();
        View { base: self.base, shape, strides, offset: self.offset }
    }

    /// The view over the array that holds the base.
    pub fn of(&self, base: &Array) -> Array {
        base.with_view(self.shape.clone(), self.strides.clone(), base.offset() + self.offset)
    }

    /// The index in the base of every element of the view, in row-major order.
    pub fn indices(&self) -> Vec<usize> {
        let mut out = Vec::with_capacity(self.len());
        self.for_range(0, self.len(), |at, count, step| {
            out.extend((0..count).map(|i| (at as isize + i as isize * step) as usize));
        });
        out
    }

    /// Calls `f(first index in the base, count, step)` for the runs of elements `from .. from + count` of the view.
    pub fn for_range(&self, from: usize, count: usize, mut f: impl FnMut(usize, usize, isize)) {
        let runs = self.runs();
        let Some((&(inner, step), outer)) = runs.split_last() else {
            if count > 0 {
                f(self.offset, count, 0);
            }
            return;
        };
        let (mut at, end) = (from, from + count);
        while at < end {
            let (mut row, column) = (at / inner, at % inner);
            let mut start = self.offset as isize + column as isize * step;
            for &(d, s) in outer.iter().rev() {
                start += (row % d) as isize * s;
                row /= d;
            }
            let take = (inner - column).min(end - at);
            f(start as usize, take, step);
            at += take;
        }
    }
}
