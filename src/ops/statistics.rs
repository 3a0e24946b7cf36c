//! Statistics and norms as formulas over rows: quantiles, covariance, correlation, norms of any order, odd predicates.

use super::{Axes, keep, negative_axis};
use crate::DType;
use crate::error::{Error, ErrorKind};
use crate::graph::Tensor;

impl Tensor {
    /// The quantile q of the elements along an axis, between neighbours by a straight line; NaN where there is one.
    #[track_caller]
    pub fn quantile(&self, q: f64, axis: isize) -> Tensor {
        let a = match negative_axis(axis, self.dims()) {
            Ok(a) => a,
            Err(e) => return Tensor::poison(&super::SORT, self.meta().err().unwrap_or(e), &[self]),
        };
        let n = self.dims()[(self.rank() as isize + a) as usize];
        if !(0.0..=1.0).contains(&q) || n == 0 {
            let what = if n == 0 { "of no elements".to_string() } else { format!("{q}: it lies between 0 and 1") };
            let e = Error::new(ErrorKind::Argument, format!("quantile {what}"));
            return Tensor::poison(&super::SORT, e, &[self]);
        }
        let place = q * (n - 1) as f64;
        let (below, share) = (place.floor() as i64, place.fract());
        let sorted = self.sort(a);
        let at = |i: i64| sorted.index(a, i.min(n as i64 - 1));
        let line = if share == 0.0 { at(below) } else { (1.0 - share) * at(below) + share * at(below + 1) };
        // NaNs are sorted last, and one of them makes all NaN.
        Tensor::select(&at(n as i64 - 1).isnan(), &Tensor::from(f64::NAN), &line)
    }

    /// The middle element along an axis, or the mean of the two middle ones.
    #[track_caller]
    pub fn median(&self, axis: isize) -> Tensor {
        self.quantile(0.5, axis)
    }

    /// The covariance matrix of variables in rows and observations in columns; `ddof` is taken from the count.
    ///
    /// ```
    /// use gradus::Tensor;
    /// let x = Tensor::from([[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]]);
    /// assert_eq!(x.cov(1).eval()?.to_f64(), [1.0, -1.0, -1.0, 1.0]);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    #[track_caller]
    pub fn cov(&self, ddof: i64) -> Tensor {
        let centred = self - self.mean(keep(-1));
        let n = self.dims().last().copied().unwrap_or(1) as f64;
        let product = if self.rank() < 2 { centred.matmul(&centred) } else { centred.matmul(centred.mt()) };
        product / (n - ddof as f64)
    }

    /// The matrix of correlations of variables in rows; 1 on its diagonal.
    #[track_caller]
    pub fn corrcoef(&self) -> Tensor {
        let centred = self - self.mean(keep(-1));
        let unit = &centred / centred.norm(keep(-1));
        if self.rank() < 2 {
            return unit.matmul(&unit);
        }
        let n = self.dims()[self.rank() - 2];
        let product = unit.matmul(unit.mt());
        Tensor::select(&Tensor::eye(n, n, 0, DType::Bool), &Tensor::from(1.0), &product)
    }

    /// The p-norm along axes, for p above 0 or infinite; scaled so that no power overflows or underflows.
    ///
    /// For p below 1 it is a number but no norm: the triangle inequality fails. Source: section 2.5.
    #[track_caller]
    pub fn norm_of_order(&self, p: f64, axes: impl Into<Axes>) -> Tensor {
        let axes = axes.into();
        if p == 2.0 {
            return self.norm(axes);
        }
        let size = self.abs();
        if p == 1.0 {
            return size.sum(axes);
        }
        if p == f64::INFINITY {
            return size.max(axes);
        }
        if p == f64::NEG_INFINITY {
            return size.min(axes);
        }
        if p == 0.0 {
            return self.not_equal(0.0).cast(self.dtype().map_or(DType::F64, DType::to_float)).sum(axes);
        }
        let scale = self.scale(keep(axes.clone()));
        let sum = (size / &scale).pow(p).sum(axes.clone());
        // The norm of zeros is 0, and so is its derivative.
        let root = Tensor::select(&sum.equal(0.0), &Tensor::from(0.0), &sum.pow(1.0 / p));
        self.scale(axes) * root
    }

    /// The norm of the matrices in the last two axes that vectors of this order induce: 1, −1, ∞ or −∞.
    ///
    /// That is the largest (smallest) sum of magnitudes of a column for 1 (−1), of a row for ∞ (−∞).
    #[track_caller]
    pub fn matrix_norm(&self, order: f64) -> Tensor {
        let along = if order.abs() == 1.0 { -2 } else { -1 };
        if self.rank() < 2 || !(order.abs() == 1.0 || order.is_infinite()) {
            let what = if self.rank() < 2 { "needs two axes".into() } else { format!("has no order {order} here") };
            let e =
                Error::new(ErrorKind::Argument, format!("the norm of a matrix {what}; there are 1, -1, inf and -inf"));
            return Tensor::poison(&super::NORM, self.meta().err().unwrap_or(e), &[self]);
        }
        let sums = self.abs().sum(along);
        if order > 0.0 { sums.max(-1) } else { sums.min(-1) }
    }

    /// How many elements along axes are not 0.
    #[track_caller]
    pub fn count_nonzero(&self, axes: impl Into<Axes>) -> Tensor {
        self.not_equal(0.0).sum(axes)
    }

    /// True where the two are equal to within `atol + rtol * abs(other)`.
    #[track_caller]
    pub fn isclose(&self, other: &Tensor, rtol: f64, atol: f64) -> Tensor {
        let near = (self - other).abs().less_equal(rtol * other.abs() + atol);
        self.equal(other).logical_or(near.logical_and(other.isfinite()))
    }

    /// True of both infinities.
    #[track_caller]
    pub fn isinf(&self) -> Tensor {
        self.abs().equal(f64::INFINITY)
    }

    /// True where exactly one of the two is true.
    #[track_caller]
    pub fn logical_xor(&self, other: impl Into<Tensor>) -> Tensor {
        self.cast(DType::Bool).not_equal(other.into().cast(DType::Bool))
    }
}
