//! Shapes: broadcasting, element counts that cannot overflow, row-major strides, display.

use crate::error::{Error, ErrorKind, Result};

/// The number of elements of a shape, or an error where no address space could hold them.
pub fn element_count(shape: &[usize]) -> Result<usize> {
    let too_large =
        || Error::new(ErrorKind::Memory, format!("an array of shape {} is too large to address", display_shape(shape)));
    if shape.contains(&0) {
        return Ok(0);
    }
    let n = shape.iter().try_fold(1usize, |n, &d| n.checked_mul(d)).ok_or_else(too_large)?;
    if n > isize::MAX as usize / 16 { Err(too_large()) } else { Ok(n) }
}

/// The shape that NumPy's broadcasting gives to two shapes, or `None` where they do not fit.
///
/// ```
/// assert_eq!(gradus::array::broadcast(&[3, 1], &[4]), Some(vec![3, 4]));
/// assert_eq!(gradus::array::broadcast(&[3], &[4]), None);
/// ```
pub fn broadcast(a: &[usize], b: &[usize]) -> Option<Vec<usize>> {
    let rank = a.len().max(b.len());
    let dim = |s: &[usize], i: usize| {
        if i + s.len() < rank { 1 } else { s[i + s.len() - rank] }
    };
    (0..rank)
        .map(|i| match (dim(a, i), dim(b, i)) {
            (x, y) if x == y => Some(x),
            (1, y) => Some(y),
            (x, 1) => Some(x),
            _ => None,
        })
        .collect()
}

/// Strides, in elements, of a contiguous row-major array.
pub fn row_major(shape: &[usize]) -> Vec<isize> {
    let mut strides = vec![0; shape.len()];
    let mut step = 1isize;
    for (s, &d) in strides.iter_mut().zip(shape).rev() {
        *s = step;
        step = step.saturating_mul(d.max(1) as isize);
    }
    strides
}

/// The index of an element from its place in row-major order.
pub fn unravel(mut place: usize, shape: &[usize]) -> Vec<usize> {
    let mut index = vec![0; shape.len()];
    for (i, &n) in index.iter_mut().zip(shape).rev() {
        *i = place % n.max(1);
        place /= n.max(1);
    }
    index
}

/// A shape the way Python writes it: `()`, `(3,)`, `(2, 3)`.
pub fn display_shape(shape: &[usize]) -> String {
    match shape {
        [n] => format!("({n},)"),
        _ => format!("({})", shape.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")),
    }
}
