//! Names that are formulas over rows: variance, outer, trace, one-hot and their like.

use super::{Axes, keep};
use crate::graph::{Attrs, Tensor};

/// Zeros of the shape and dtype of x.
#[track_caller]
pub fn zeros_like(x: &Tensor) -> Tensor {
    match x.meta() {
        Ok(m) => Tensor::zeros(&m.shape, m.dtype),
        Err(e) => Tensor::poison(&super::LEAF, e, &[x]),
    }
}

impl Tensor {
    /// The mean squared deviation from the mean, in two passes; `ddof` is taken from the count, as in NumPy.
    #[track_caller]
    pub fn var(&self, axes: impl Into<Axes>, ddof: i64) -> Tensor {
        let axes = axes.into();
        let centred = self - self.mean(keep(axes.clone()));
        let m = centred.square().mean(axes.clone());
        if ddof == 0 {
            return m;
        }
        let n = self.dims().iter().product::<usize>() as f64 / m.dims().iter().product::<usize>().max(1) as f64;
        m * (n / (n - ddof as f64))
    }

    /// The square root of the variance; its derivative for a constant vector is 0.
    #[track_caller]
    pub fn std(&self, axes: impl Into<Axes>, ddof: i64) -> Tensor {
        let axes = axes.into();
        let centred = self - self.mean(keep(axes.clone()));
        let norm = centred.norm(axes);
        let n = self.dims().iter().product::<usize>() as f64 / norm.dims().iter().product::<usize>().max(1) as f64;
        norm / (n - ddof as f64).sqrt()
    }

    /// The sum of the diagonal of the last two axes.
    #[track_caller]
    pub fn trace(&self) -> Tensor {
        self.diagonal().sum(-1)
    }

    /// The diagonal of the last two axes.
    #[track_caller]
    pub fn diagonal(&self) -> Tensor {
        let [lead @ .., rows, columns] = self.dims() else {
            let shape = crate::array::display_shape(self.dims());
            let e = crate::Error::new(crate::ErrorKind::Shape, format!("a diagonal needs two axes, not shape {shape}"));
            return Tensor::poison(&super::SLICE, self.meta().err().unwrap_or(e), &[self]);
        };
        let (n, stride) = ((*rows).min(*columns), columns + 1);
        let flat = super::reshape_core(self, self.rank(), &[lead, &[rows * columns]].concat());
        let attrs = Attrs::Slice { axis: -1, start: 0, count: n, step: stride as isize, length: rows * columns };
        super::SLICE.call(&[&flat], attrs)
    }

    /// The outer product of two vectors: a matrix of all products.
    #[track_caller]
    pub fn outer(&self, other: impl Into<Tensor>) -> Tensor {
        self.flatten().expand_dims(1) * other.into().flatten().expand_dims(0)
    }

    /// `maximum(x, 0)`; its derivative at 0 is 0.
    #[track_caller]
    pub fn relu(&self) -> Tensor {
        self.maximum(0.0)
    }

    /// `x * sigmoid(x)`, also called swish.
    #[track_caller]
    pub fn silu(&self) -> Tensor {
        self * self.sigmoid()
    }

    /// `x * ndtr(x)`, the exact form.
    #[track_caller]
    pub fn gelu(&self) -> Tensor {
        self * self.ndtr()
    }

    /// `log(p / (1 - p))`, the inverse of the sigmoid.
    #[track_caller]
    pub fn logit(&self) -> Tensor {
        self.log() - (-self).log1p()
    }

    /// Two to the power of each element.
    #[track_caller]
    pub fn exp2(&self) -> Tensor {
        Tensor::from(2.0).pow(self)
    }

    /// Each element without its fraction.
    #[track_caller]
    pub fn trunc(&self) -> Tensor {
        Tensor::select(&self.less(0.0), &self.ceil(), &self.floor())
    }

    /// a at most `hi` and at least `lo`.
    #[track_caller]
    pub fn clip(&self, lo: impl Into<Tensor>, hi: impl Into<Tensor>) -> Tensor {
        self.maximum(lo.into()).minimum(hi.into())
    }
}

/// The matrix whose trace a node is, if it is one: the composite read backwards.
pub fn traced(t: &Tensor) -> Option<Tensor> {
    if *t.op() != super::SUM || t.node().attrs().axes() != [-1] {
        return None;
    }
    let slice = &t.node().inputs()[0];
    let (Attrs::Slice { axis: -1, start: 0, step, length, .. }, true) =
        (slice.node().attrs(), *slice.op() == super::SLICE)
    else {
        return None;
    };
    let flat = &slice.node().inputs()[0];
    let matrix = flat.node().inputs().first().filter(|_| *flat.op() == super::RESHAPE)?;
    let [.., rows, columns] = matrix.dims() else { return None };
    (*step == *columns as isize + 1 && *length == rows * columns).then(|| matrix.clone())
}
