//! How an op is computed in wide numbers: the truth that `check` holds beside what a dtype gives.

use super::Meta;
use crate::array::wide::Wide;
use crate::error::Result;

/// How an op is computed in wide numbers.
#[derive(Clone, Copy)]
pub enum Exact {
    /// By the meaning of the row, or else by its kernel for f64 and its derivative.
    Derived,
    /// Element by element, from the inputs' elements.
    Each(fn(&[Wide]) -> Wide),
    /// Lane by lane: one number of a reduction, as many as there are of what keeps the shape.
    Lanes(fn(&[Wide]) -> Vec<Wide>),
    /// The kernel moves elements of the first input to places that do not depend on their values.
    Moves,
    /// From the elements of each matrix of this size: one number, or as many as there are.
    Matrix(fn(&[Wide], usize) -> Vec<Wide>),
    /// From the elements of one matrix of this size and those of its right-hand sides.
    Solve(fn(&[Wide], &[Wide], usize) -> Vec<Wide>),
    /// The scalar product of rows and columns of inputs of these core ranks.
    Product(usize, usize),
}

/// An array of wide numbers, row-major.
#[derive(Clone, Debug)]
pub struct WideArray {
    /// The shape.
    pub shape: Vec<usize>,
    /// The numbers.
    pub values: Vec<Wide>,
}

/// The places in an operand that stand for every place of a shape that it broadcasts to.
pub fn broadcast_places(from: &[usize], to: &[usize]) -> Vec<usize> {
    let lead = to.len().saturating_sub(from.len());
    let strides = crate::array::row_major(from);
    let mut places = vec![0usize];
    for (axis, &n) in to.iter().enumerate() {
        let stride = match axis.checked_sub(lead) {
            Some(i) if from[i] != 1 => strides[i] as usize,
            _ => 0,
        };
        places = places.iter().flat_map(|p| (0..n).map(move |i| p + i * stride)).collect();
    }
    places
}

/// The places of every lane along negative axes, lane after lane.
pub fn lanes(shape: &[usize], axes: &[isize]) -> Vec<Vec<usize>> {
    let rank = shape.len() as isize;
    let reduced: Vec<usize> = axes.iter().filter_map(|a| usize::try_from(rank + a).ok()).collect();
    let strides = crate::array::row_major(shape);
    let (mut outer, mut inner) = (vec![0usize], vec![0usize]);
    for axis in 0..shape.len() {
        let list = if reduced.contains(&axis) { &mut inner } else { &mut outer };
        let (n, stride) = (shape[axis], strides[axis] as usize);
        *list = list.iter().flat_map(|p| (0..n).map(move |i| p + i * stride)).collect();
    }
    outer.iter().map(|o| inner.iter().map(|i| o + i).collect()).collect()
}

/// For every element of a product the places of its row in the left side and of its column in the right side.
pub fn product_places(
    left: &[usize],
    right: &[usize],
    out: &Meta,
    ranks: (usize, usize),
) -> Result<Vec<[Vec<usize>; 2]>> {
    // A vector is a matrix of one row or one column.
    let matrix = |shape: &[usize], rank: usize, at: usize| {
        let mut shape = shape.to_vec();
        if rank == 1 {
            shape.insert(shape.len() + 1 - at, 1);
        }
        shape
    };
    let (a, b) = (matrix(left, ranks.0, 2), matrix(right, ranks.1, 1));
    let (rows, inner, columns) = (a[a.len() - 2], a[a.len() - 1], b[b.len() - 1]);
    let batch = &out.shape[..out.shape.len() - (usize::from(ranks.0 == 2) + usize::from(ranks.1 == 2))];
    let (of_a, of_b) = (broadcast_places(&a[..a.len() - 2], batch), broadcast_places(&b[..b.len() - 2], batch));
    let mut places = vec![];
    for (&i, &j) in of_a.iter().zip(&of_b) {
        for row in 0..rows {
            for column in 0..columns {
                let start = (i * rows + row) * inner;
                let left = (start..start + inner).collect();
                let right = (0..inner).map(|k| (j * inner + k) * columns + column).collect();
                places.push([left, right]);
            }
        }
    }
    Ok(places)
}
