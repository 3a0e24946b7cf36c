//! Where a distribution is not 0.

use std::fmt;

use crate::Tensor;

/// The support of a distribution.
#[derive(Clone)]
pub enum Support {
    /// All numbers between two, which may be infinite.
    Interval(Tensor, Tensor),
    /// All whole numbers between two, of which the upper may be infinite, ends included.
    Integers(Tensor, Tensor),
    /// These values, along the last axis.
    Values(Tensor),
    /// All vectors.
    Vectors,
    /// Vectors of shares that sum to 1.
    Simplex,
    /// Vectors of counts with this sum.
    Counts(Tensor),
    /// What a map makes of another support, or a union of several.
    Other(&'static str),
}

impl Support {
    /// All numbers.
    pub fn real() -> Support {
        Support::Interval(Tensor::from(f64::NEG_INFINITY), Tensor::from(f64::INFINITY))
    }

    /// All numbers of at least 0.
    pub fn positive() -> Support {
        Support::Interval(Tensor::from(0.0), Tensor::from(f64::INFINITY))
    }

    /// True for each value that lies inside, where that can be asked element by element.
    pub fn contains(&self, x: &Tensor) -> Option<Tensor> {
        let between = |lo: &Tensor, hi: &Tensor| x.greater_equal(lo).logical_and(x.less_equal(hi));
        match self {
            Support::Interval(lo, hi) => Some(between(lo, hi)),
            Support::Integers(lo, hi) => Some(between(lo, hi).logical_and(x.equal(x.floor()))),
            Support::Values(v) => Some(x.expand_dims(-1).equal(v).any(-1)),
            Support::Simplex => {
                let near = (x.sum(-1) - 1.0).abs().less_equal(1e-6);
                Some(x.greater_equal(0.0).all(-1).logical_and(near))
            }
            Support::Counts(n) => {
                let whole = x.greater_equal(0.0).logical_and(x.equal(x.floor())).all(-1);
                Some(whole.logical_and(x.sum(-1).equal(n)))
            }
            Support::Vectors | Support::Other(_) => None,
        }
    }
}

impl fmt::Display for Support {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Support::Interval(lo, hi) => write!(f, "numbers from {lo} to {hi}"),
            Support::Integers(lo, hi) => write!(f, "whole numbers from {lo} to {hi}"),
            Support::Values(v) => write!(f, "the values {v}"),
            Support::Vectors => f.write_str("vectors"),
            Support::Simplex => f.write_str("vectors of shares that sum to 1"),
            Support::Counts(n) => write!(f, "vectors of counts that sum to {n}"),
            Support::Other(what) => f.write_str(what),
        }
    }
}
