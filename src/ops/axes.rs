//! `Axes`: which axes a reduction takes, as NumPy's `axis=` and `keepdims=`.

use crate::array::display_shape;
use crate::error::{Error, ErrorKind, Result};

/// Axes to reduce over: all of them, or a list in which negative ones count from the end.
///
/// `()` means all, a number one axis, an array or `Vec` several; [`keep`] leaves axes of length 1 in their place.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Axes {
    /// The axes; all of them if `None`.
    pub list: Option<Vec<isize>>,
    /// True if reduced axes stay, with length 1.
    pub keepdims: bool,
}

/// These axes, kept with length 1 after the reduction.
///
/// ```
/// use gradus::{Tensor, ops::keep};
/// let x = Tensor::from([[1.0, 2.0], [3.0, 4.0]]);
/// assert_eq!(x.sum(keep(1)).shape()?, &[2, 1]);
/// # Ok::<(), gradus::Error>(())
/// ```
pub fn keep(axes: impl Into<Axes>) -> Axes {
    Axes { keepdims: true, ..axes.into() }
}

impl From<()> for Axes {
    fn from((): ()) -> Axes {
        Axes::default()
    }
}

/// Lets one integer type stand for an axis.
macro_rules! axis_from {
    ($($ty:ty)*) => {$(
        impl From<$ty> for Axes {
            fn from(axis: $ty) -> Axes {
                Axes { list: Some(vec![axis as isize]), keepdims: false }
            }
        }
    )*};
}
axis_from!(i32 i64 isize usize);

impl<const N: usize> From<[isize; N]> for Axes {
    fn from(axes: [isize; N]) -> Axes {
        Axes { list: Some(axes.to_vec()), keepdims: false }
    }
}

impl From<Vec<isize>> for Axes {
    fn from(axes: Vec<isize>) -> Axes {
        Axes { list: Some(axes), keepdims: false }
    }
}

/// One axis as a negative one, or an error that names the shape.
pub fn negative_axis(axis: isize, shape: &[usize]) -> Result<isize> {
    let rank = shape.len() as isize;
    if (-rank..rank).contains(&axis) {
        return Ok(if axis >= 0 { axis - rank } else { axis });
    }
    let what = if rank == 0 { "a scalar has no axes".into() } else { format!("axes run from 0 to {}", rank - 1) };
    Err(Error::new(ErrorKind::Shape, format!("axis {axis} is not there: of shape {}, {what}", display_shape(shape))))
}

impl Axes {
    /// The axes as distinct negative ones, ascending.
    pub fn resolve(&self, shape: &[usize]) -> Result<Vec<isize>> {
        let rank = shape.len() as isize;
        let Some(list) = &self.list else { return Ok((-rank..0).collect()) };
        let mut axes = list.iter().map(|&a| negative_axis(a, shape)).collect::<Result<Vec<_>>>()?;
        axes.sort_unstable();
        if axes.windows(2).any(|w| w[0] == w[1]) {
            return Err(Error::new(ErrorKind::Shape, format!("an axis is named twice in {list:?}")));
        }
        Ok(axes)
    }
}
