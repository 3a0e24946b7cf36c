//! What a node knows besides its inputs: axes, shapes, constants, data.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::array::{Array, DType};
use crate::error::{Error, ErrorKind, Result};

/// The attributes of a node. Axes are negative, counted from the end, so that leading batch axes do not matter.
#[derive(Clone, Debug, Default)]
pub enum Attrs {
    /// None at all.
    #[default]
    None,
    /// The data of a leaf.
    Data(Array),
    /// A constant that has not yet met a dtype.
    Scalar(f64),
    /// An integer constant, count, order or position.
    Int(i64),
    /// Negative axes, ascending.
    Axes(Vec<isize>),
    /// A core shape, and how many trailing axes of the input it replaces.
    Shape {
        /// How many trailing axes of the input are core axes.
        core: usize,
        /// The core shape of the output.
        shape: Vec<usize>,
    },
    /// The trailing axes in their new order, as negative axes.
    Order(Vec<isize>),
    /// A slice `start:stop:step` of one axis; for a pad, elements before, after and between.
    Slice {
        /// The axis, negative.
        axis: isize,
        /// The first element taken.
        start: usize,
        /// How many elements are taken.
        count: usize,
        /// The step between them, not zero.
        step: isize,
        /// The length of the axis in the whole.
        length: usize,
    },
    /// A target dtype.
    DType(DType),
    /// A shape and a dtype that a node makes from nothing.
    Make(Vec<usize>, DType),
    /// A word or message.
    Text(Arc<str>),
}

impl Attrs {
    /// The axes, or none.
    pub fn axes(&self) -> &[isize] {
        match self {
            Attrs::Axes(axes) | Attrs::Order(axes) => axes,
            _ => &[],
        }
    }

    /// An error for axes that are not negative and distinct, and for a slice that leaves its axis.
    pub(super) fn check(&self, name: &str) -> Result<()> {
        let refuse = |what: String| Err(Error::new(ErrorKind::Argument, format!("`{name}`: {what}")));
        match self {
            Attrs::Axes(axes) | Attrs::Order(axes) => {
                let mut sorted = axes.clone();
                sorted.sort_unstable();
                let distinct = sorted.windows(2).all(|w| w[0] != w[1]);
                let ours = matches!(self, Attrs::Axes(_)) || sorted.iter().copied().eq(-(axes.len() as isize)..0);
                if distinct && ours && axes.iter().all(|a| *a < 0) {
                    return Ok(());
                }
                refuse(format!("{axes:?} are no distinct negative axes"))
            }
            Attrs::Slice { axis, start, count, step, length } => {
                let last = count.checked_sub(1).map(|n| *start as i128 + n as i128 * *step as i128);
                let inside = last.is_none_or(|last| *start < *length && (0..*length as i128).contains(&last));
                if *axis < 0 && *step != 0 && inside {
                    return Ok(());
                }
                refuse(format!(
                    "{count} elements from {start} in steps of {step} do not fit an axis of length {length}"
                ))
            }
            _ => Ok(()),
        }
    }

    /// The integer, or 0.
    pub fn int(&self) -> i64 {
        match self {
            Attrs::Int(n) => *n,
            _ => 0,
        }
    }

    /// The constant as f64, if this is one.
    pub fn constant(&self) -> Option<f64> {
        match self {
            Attrs::Scalar(v) => Some(*v),
            Attrs::Int(v) => Some(*v as f64),
            _ => None,
        }
    }
}

impl PartialEq for Attrs {
    fn eq(&self, other: &Attrs) -> bool {
        match (self, other) {
            (Attrs::None, Attrs::None) => true,
            // Two leaves with equal data are two leaves: identity is the node.
            (Attrs::Data(_), _) => false,
            (Attrs::Scalar(a), Attrs::Scalar(b)) => a.to_bits() == b.to_bits(),
            (Attrs::Int(a), Attrs::Int(b)) => a == b,
            (Attrs::Axes(a), Attrs::Axes(b)) | (Attrs::Order(a), Attrs::Order(b)) => a == b,
            (Attrs::Shape { core: a, shape: s }, Attrs::Shape { core: b, shape: t }) => a == b && s == t,
            (
                Attrs::Slice { axis: a, start: b, count: c, step: d, length: e },
                Attrs::Slice { axis: v, start: w, count: x, step: y, length: z },
            ) => (a, b, c, d, e) == (v, w, x, y, z),
            (Attrs::DType(a), Attrs::DType(b)) => a == b,
            (Attrs::Make(s, a), Attrs::Make(t, b)) => s == t && a == b,
            (Attrs::Text(a), Attrs::Text(b)) => a == b,
            _ => false,
        }
    }
}

impl Eq for Attrs {}

impl Hash for Attrs {
    fn hash<H: Hasher>(&self, h: &mut H) {
        std::mem::discriminant(self).hash(h);
        match self {
            Attrs::None | Attrs::Data(_) => {}
            Attrs::Scalar(v) => v.to_bits().hash(h),
            Attrs::Int(v) => v.hash(h),
            Attrs::Axes(v) | Attrs::Order(v) => v.hash(h),
            Attrs::Shape { core, shape } => (core, shape).hash(h),
            Attrs::Slice { axis, start, count, step, length } => (axis, start, count, step, length).hash(h),
            Attrs::DType(d) => d.hash(h),
            Attrs::Make(s, d) => (s, d).hash(h),
            Attrs::Text(t) => t.hash(h),
        }
    }
}
