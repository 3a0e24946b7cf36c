//! `grad` and its relatives: derivatives as formulas, to any order.

use crate::array::{Array, DType, display_shape};
use crate::calculus;
use crate::error::{Error, ErrorKind};
use crate::graph::{Attrs, Tensor};
use crate::numerics::stabilize_all;
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
    match y.shape() {
        Ok([]) => one(vjp(&[y], &[Tensor::from(1.0)], &[x]), x),
        Ok(shape) => {
            let m = format!("grad of a formula of shape {}; sum it, or take its jacobian", display_shape(shape));
            Tensor::poison(&LEAF, Error::new(ErrorKind::Shape, m).at(y.origin()), &[y])
        }
        Err(e) => Tensor::poison(&LEAF, e, &[y]),
    }
}

/// The only element, or zeros.
fn one(mut list: Vec<Tensor>, x: &Tensor) -> Tensor {
    list.pop().unwrap_or_else(|| zeros_like(x))
}

/// Cotangents of `xs` for the cotangents `dys` of `ys`: Σ dyᵢ · ∂yᵢ/∂x, of shape batch ++ x.
#[track_caller]
pub fn vjp(ys: &[&Tensor], dys: &[Tensor], xs: &[&Tensor]) -> Vec<Tensor> {
    if let Some(e) = ys.iter().chain(xs).find_map(|t| t.meta().err()) {
        return xs.iter().map(|x| Tensor::poison(&LEAF, e.clone(), &[x])).collect();
    }
    let (stable, _) = stabilize_all(ys, xs);
    let raw = calculus::vjp(&stable.iter().collect::<Vec<_>>(), dys, xs);
    stabilize_all(&raw.iter().collect::<Vec<_>>(), &[]).0
}

/// Tangents of `ys` along tangents `dxs` of `xs`: Σ ∂y/∂xᵢ · dxᵢ.
#[track_caller]
pub fn jvp(ys: &[&Tensor], xs: &[&Tensor], dxs: &[Tensor]) -> Vec<Tensor> {
    if let Some(e) = ys.iter().chain(xs).find_map(|t| t.meta().err()) {
        return ys.iter().map(|y| Tensor::poison(&LEAF, e.clone(), &[y])).collect();
    }
    let (stable, _) = stabilize_all(ys, xs);
    let raw = calculus::jvp(&stable.iter().collect::<Vec<_>>(), xs, dxs);
    stabilize_all(&raw.iter().collect::<Vec<_>>(), &[]).0
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
    let n: usize = y.dims().iter().product();
    let dtype = y.dtype().unwrap_or(DType::F64);
    let eye = match Array::eye(n, n, dtype).and_then(|e| e.reshape(&[&[n], y.dims()].concat())) {
        Ok(eye) => Tensor::from(eye),
        Err(e) => return Tensor::poison(&LEAF, y.meta().err().unwrap_or(e), &[y]),
    };
    let rows = one(vjp(&[y], &[eye], &[x]), x);
    let shape = [y.dims(), x.dims()].concat();
    // An x that y does not depend on gives zeros without the batch axis.
    let full = [&[n], x.dims()].concat();
    let core = rows.rank();
    let rows =
        if core == full.len() { rows } else { BROADCAST.call(&[&rows], Attrs::Shape { core, shape: full.clone() }) };
    reshape_core(&rows, full.len(), &shape)
}

/// The Hessian ∂²y/∂x² of a scalar formula, of shape x ++ x.
#[track_caller]
pub fn hessian(y: &Tensor, x: &Tensor) -> Tensor {
    jacobian(&grad(y, x), x)
}

/// The product of the Hessian of a scalar formula with v, without forming the Hessian.
#[track_caller]
pub fn hvp(y: &Tensor, x: &Tensor, v: &Tensor) -> Tensor {
    grad(&(grad(y, x) * v.stop_gradient()).sum(()), x)
}
