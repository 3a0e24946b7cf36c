//! `grad` and its relatives: derivatives as formulas, to any order.

use crate::array::{Array, DType, display_shape};
use crate::calculus::{self, Groups};
use crate::error::{Error, ErrorKind};
use crate::graph::{Attrs, Tensor};
use crate::numerics::{Fired, stabilize_all};
use crate::ops::{BROADCAST, LEAF, reshape_core, zeros_like};

/// The gradient of a scalar formula in one of its nodes, as a formula again.
///
/// Any node will do, not only a leaf: the graph is cut there. A y that does not depend on x gives zeros. The formula is
/// stabilised before it is differentiated, and the gradient is stabilised again.
///
/// ```
/// use gradus::{Tensor, grad};
/// let x = Tensor::from([3.0, 4.0]);
/// let y = x.square().sum(()).sqrt();
/// assert_eq!(grad(&y, &x).eval()?.to_f64(), [0.6, 0.8]);
/// # Ok::<(), gradus::Error>(())
/// ```
#[track_caller]
pub fn grad(y: &Tensor, x: &Tensor) -> Tensor {
    Deriver::default().grad(y, x)
}

/// Cotangents of `xs` for the cotangents `dys` of `ys`: Σ dyᵢ · ∂yᵢ/∂x, of shape batch ++ x.
#[track_caller]
pub fn vjp(ys: &[&Tensor], dys: &[Tensor], xs: &[&Tensor]) -> Vec<Tensor> {
    Deriver::default().vjp(ys, dys, xs)
}

/// Tangents of `ys` along tangents `dxs` of `xs`: Σ ∂y/∂xᵢ · dxᵢ.
#[track_caller]
pub fn jvp(ys: &[&Tensor], xs: &[&Tensor], dxs: &[Tensor]) -> Vec<Tensor> {
    Deriver::default().jvp(ys, xs, dxs)
}

/// The Jacobian ∂y/∂x, of shape y ++ x: one reverse pass with an identity cotangent.
///
/// ```
/// use gradus::{Tensor, jacobian};
/// let x = Tensor::from([1.0, 2.0]);
/// assert_eq!(jacobian(&x.square(), &x).eval()?.to_f64(), [2.0, 0.0, 0.0, 4.0]);
/// # Ok::<(), gradus::Error>(())
/// ```
#[track_caller]
pub fn jacobian(y: &Tensor, x: &Tensor) -> Tensor {
    Deriver::default().jacobian(y, x)
}

/// The Hessian ∂²y/∂x² of a scalar formula, of shape x ++ x.
#[track_caller]
pub fn hessian(y: &Tensor, x: &Tensor) -> Tensor {
    Deriver::default().hessian(y, x)
}

/// The product of the Hessian of a scalar formula with v, without forming the Hessian.
#[track_caller]
pub fn hvp(y: &Tensor, x: &Tensor, v: &Tensor) -> Tensor {
    Deriver::default().hvp(y, x, v)
}

/// The relative condition number of every element of y in x: Σ |∂y/∂xᵢ · xᵢ| / |y|, of the shape of y.
///
/// It says by how much relative errors of the data grow in the result, however that is computed: digits lost to the
/// problem are its decimal logarithm.
///
/// ```
/// use gradus::{Tensor, condition};
/// let x = Tensor::from([3.0]);
/// assert_eq!(condition(&x.pow(5.0), &x).eval()?.to_f64(), [5.0]);
/// # Ok::<(), gradus::Error>(())
/// ```
#[track_caller]
pub fn condition(y: &Tensor, x: &Tensor) -> Tensor {
    Deriver::default().condition(y, x)
}

/// Takes derivatives and remembers the rules that fired on the way; or takes them of formulas exactly as written.
#[derive(Debug, Default)]
pub struct Deriver {
    /// True if formulas are not to be stabilised.
    pub as_written: bool,
    /// The rules that fired so far.
    pub fired: Vec<Fired>,
}

impl Deriver {
    /// Formulas in the form in which they are differentiated.
    fn stable(&mut self, formulas: &[&Tensor], opaque: &[&Tensor]) -> Vec<Tensor> {
        if self.as_written {
            return formulas.iter().map(|&t| t.clone()).collect();
        }
        let (stable, fired) = stabilize_all(formulas, opaque);
        self.fired.extend(fired);
        stable
    }

    /// As [`grad`].
    #[track_caller]
    pub fn grad(&mut self, y: &Tensor, x: &Tensor) -> Tensor {
        match y.shape() {
            Ok([]) => one(self.vjp(&[y], &[Tensor::from(1.0)], &[x]), x),
            Ok(shape) => {
                let m = format!("grad of a formula of shape {}; sum it, or take its jacobian", display_shape(shape));
                Tensor::poison(&LEAF, Error::new(ErrorKind::Shape, m).at(y.origin()), &[y])
            }
            Err(e) => Tensor::poison(&LEAF, e, &[y]),
        }
    }

    /// As [`vjp`].
    #[track_caller]
    pub fn vjp(&mut self, ys: &[&Tensor], dys: &[Tensor], xs: &[&Tensor]) -> Vec<Tensor> {
        if let Some(e) = undifferentiable(ys, xs) {
            return xs.iter().map(|x| Tensor::poison(&LEAF, e.clone(), &[x])).collect();
        }
        let stable = self.stable(ys, xs);
        self.pulled(&stable, dys, xs)
    }

    /// The cotangents of `xs` from those of stable formulas.
    #[track_caller]
    fn pulled(&mut self, stable: &[Tensor], dys: &[Tensor], xs: &[&Tensor]) -> Vec<Tensor> {
        let raw = calculus::vjp(&stable.iter().collect::<Vec<_>>(), dys, xs);
        self.stable(&raw.iter().collect::<Vec<_>>(), &[])
    }

    /// As [`jvp`].
    #[track_caller]
    pub fn jvp(&mut self, ys: &[&Tensor], xs: &[&Tensor], dxs: &[Tensor]) -> Vec<Tensor> {
        if let Some(e) = undifferentiable(ys, xs) {
            return ys.iter().map(|y| Tensor::poison(&LEAF, e.clone(), &[y])).collect();
        }
        let stable = self.stable(ys, xs);
        let raw = calculus::jvp(&stable.iter().collect::<Vec<_>>(), xs, dxs);
        self.stable(&raw.iter().collect::<Vec<_>>(), &[])
    }

    /// As [`jacobian`].
    #[track_caller]
    pub fn jacobian(&mut self, y: &Tensor, x: &Tensor) -> Tensor {
        if let Some(e) = undifferentiable(&[y], &[x]) {
            return Tensor::poison(&LEAF, e, &[x]);
        }
        let stable = self.stable(&[y], &[x]);
        let n: usize = y.dims().iter().product();
        let dtype = y.dtype().unwrap_or(DType::F64);
        let shape = [y.dims(), x.dims()].concat();
        if let Some(groups) = calculus::groups(&stable[0], x) {
            return reshape_core(&self.scattered(&stable, x, &groups, dtype), 1, &shape);
        }
        let eye = reshape_core(&Tensor::eye(n, n, 0, dtype), 2, &[&[n], y.dims()].concat());
        let rows = one(self.pulled(&stable, &[eye], &[x]), x);
        // An x that y does not depend on gives zeros without the batch axis.
        let full = [&[n], x.dims()].concat();
        let core = rows.rank();
        let rows = if core == full.len() {
            rows
        } else {
            BROADCAST.call(&[&rows], Attrs::Shape { core, shape: full.clone() })
        };
        reshape_core(&rows, full.len(), &shape)
    }

    /// All entries of a sparse Jacobian, from one reverse pass for each group of its rows.
    #[track_caller]
    fn scattered(&mut self, stable: &[Tensor], x: &Tensor, groups: &Groups, dtype: DType) -> Tensor {
        let (y, n) = (&stable[0], groups.places.len() / groups.count.max(1));
        let m = groups.of.len();
        let mut seeds = vec![0.0; groups.count * m];
        groups.of.iter().enumerate().for_each(|(i, g)| seeds[g * m + i] = 1.0);
        let shape = [&[groups.count], y.dims()].concat();
        let seeds = Tensor::from(Array::from_vec(seeds, &shape).and_then(|s| s.cast(dtype)));
        let sums = one(self.pulled(stable, &[seeds], &[x]), x).flatten();
        sums.scatter_add(&Tensor::from(groups.places.as_slice()), m * n)
    }

    /// As [`condition`].
    #[track_caller]
    pub fn condition(&mut self, y: &Tensor, x: &Tensor) -> Tensor {
        let parts = (self.jacobian(y, x) * x).abs();
        let axes: Vec<isize> = (0..x.rank()).map(|i| i as isize - x.rank() as isize).collect();
        let total = if axes.is_empty() { parts } else { crate::ops::SUM.call(&[&parts], Attrs::Axes(axes)) };
        total / y.abs()
    }

    /// As [`hessian`].
    #[track_caller]
    pub fn hessian(&mut self, y: &Tensor, x: &Tensor) -> Tensor {
        let slope = self.grad(y, x);
        self.jacobian(&slope, x)
    }

    /// As [`hvp`].
    #[track_caller]
    pub fn hvp(&mut self, y: &Tensor, x: &Tensor, v: &Tensor) -> Tensor {
        let slope = self.grad(y, x);
        self.grad(&(slope * v.stop_gradient()).sum(()), x)
    }
}

/// Why there is no derivative of `ys` in `xs`: one of them is an error, or complex.
fn undifferentiable(ys: &[&Tensor], xs: &[&Tensor]) -> Option<Error> {
    let refuse = |t: &Tensor, m: String| Some(Error::new(ErrorKind::NotDifferentiable, m).at(t.origin()));
    for (t, of) in ys.iter().map(|y| (y, true)).chain(xs.iter().map(|x| (x, false))) {
        match t.dtype() {
            Err(e) => return Some(e),
            Ok(d) if d.is_complex() && of => {
                let m = format!(
                    "derivatives are of real formulas, and this one is {d}; take its real(…), imag(…) or abs(…)"
                );
                return refuse(t, m);
            }
            Ok(d) if d.is_complex() => {
                let m = format!(
                    "derivatives are in real arrays, and this one is {d}; write it as `a + b*1j` with real a and b"
                );
                return refuse(t, m);
            }
            Ok(_) => {}
        }
    }
    None
}

/// The only element, or zeros.
fn one(mut list: Vec<Tensor>, x: &Tensor) -> Tensor {
    list.pop().unwrap_or_else(|| zeros_like(x))
}
