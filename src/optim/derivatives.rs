//! The book's derivatives by name: of one variable, partial, along a direction, Laplacian, curvature, Taylor expansions.

use crate::array::display_shape;
use crate::error::{Error, ErrorKind};
use crate::ops::LEAF;
use crate::{Tensor, grad, hessian, jvp};

/// A formula that is an error about the shapes of y or x.
fn misfit(y: &Tensor, message: String) -> Tensor {
    let e = y.meta().err().unwrap_or_else(|| Error::new(ErrorKind::Shape, message).at(y.origin()));
    Tensor::poison(&LEAF, e, &[y])
}

/// The derivative of y along d in x, as often as `order` says.
#[track_caller]
fn along(y: &Tensor, x: &Tensor, d: &Tensor, order: usize) -> Tensor {
    // The direction stays what it is, whatever it is made of.
    let d = d.stop_gradient();
    (0..order).fold(y.clone(), |y, _| jvp(&[&y], &[x], std::slice::from_ref(&d)).pop().unwrap_or(y))
}

/// dⁿy/dxⁿ of a formula in one number x. Errors: an x that is an array.
///
/// ```
/// use gradus::{Array, Tensor, optim::derivative};
/// let x = Tensor::from(Array::scalar(2.0));
/// assert_eq!(derivative(&x.pow(3.0), &x, 2).eval()?.item()?, 12.0);
/// # Ok::<(), gradus::Error>(())
/// ```
#[track_caller]
pub fn derivative(y: &Tensor, x: &Tensor, order: usize) -> Tensor {
    if x.rank() != 0 {
        let shape = display_shape(x.dims());
        let m = format!(
            "derivative is taken in one number, not in shape {shape}; take the gradient, or a directional derivative"
        );
        return misfit(y, m);
    }
    along(y, x, &Tensor::from(1.0).cast(x.dtype().unwrap_or(crate::DType::F64)), order)
}

/// ∂y/∂xᵢ of a number y, with i counting the elements of x in row-major order (from the end where negative).
/// Source: Goodfellow, Bengio and Courville, section 4.3.
#[track_caller]
pub fn partial(y: &Tensor, x: &Tensor, i: i64) -> Tensor {
    grad(y, x).flatten().index(0, i)
}

/// The derivative of y along d: dᵀ∇y, the slope in that direction if d has length 1. Source: section 4.3.
///
/// ```
/// use gradus::{Tensor, optim::directional_derivative};
/// let x = Tensor::from([1.0, 2.0]);
/// let d = Tensor::from([0.6, 0.8]);
/// assert_eq!(directional_derivative(&x.square().sum(()), &x, &d).eval()?.item()?, 4.4);
/// # Ok::<(), gradus::Error>(())
/// ```
#[track_caller]
pub fn directional_derivative(y: &Tensor, x: &Tensor, d: &Tensor) -> Tensor {
    along(y, x, d, 1)
}

/// The second derivative of y along d: dᵀHd. Source: section 4.3.1.
#[track_caller]
pub fn second_derivative(y: &Tensor, x: &Tensor, d: &Tensor) -> Tensor {
    along(y, x, d, 2)
}

/// The curvature of y along d, dᵀHd / dᵀd: a mean of the eigenvalues of H, weighted by where d points. Source: 4.3.1.
#[track_caller]
pub fn curvature_along(y: &Tensor, x: &Tensor, d: &Tensor) -> Tensor {
    along(y, x, d, 2) / d.square().sum(())
}

/// The Laplacian of a number y: the sum of its second partial derivatives, the trace of the Hessian.
///
/// ```
/// use gradus::{Tensor, optim::laplacian};
/// let x = Tensor::from([1.0, 2.0, 3.0]);
/// assert_eq!(laplacian(&x.square().sum(()), &x).eval()?.item()?, 6.0);
/// # Ok::<(), gradus::Error>(())
/// ```
#[track_caller]
pub fn laplacian(y: &Tensor, x: &Tensor) -> Tensor {
    let n = x.dims().iter().product::<usize>() as isize;
    hessian(y, x).reshape(&[n, n]).trace()
}

/// The Taylor expansion of y(x + h) around x up to an order: Σ (h·∇)ᵏ y / k!, a formula in x and h.
///
/// In one variable it is Σ y⁽ᵏ⁾ hᵏ / k!, in many y + hᵀg + ½ hᵀHh + …; an h that broadcasts to x will do, and in one
/// variable an h of any shape. Source: Goodfellow, Bengio and Courville, equation 4.8.
///
/// ```
/// use gradus::{Array, Tensor, optim::taylor};
/// let x = Tensor::from(Array::scalar(0.0));
/// let h = Tensor::from([0.5, 1.0]);
/// assert_eq!(taylor(&x.exp(), &x, &h, 3).eval()?.to_f64(), [1.0 + 0.5 + 0.125 + 0.125 / 6.0, 2.0 + 0.5 + 1.0 / 6.0]);
/// # Ok::<(), gradus::Error>(())
/// ```
#[track_caller]
pub fn taylor(y: &Tensor, x: &Tensor, h: &Tensor, order: usize) -> Tensor {
    let single = x.rank() == 0 && y.rank() == 0;
    let d =
        if single { Tensor::from(1.0).cast(x.dtype().unwrap_or(crate::DType::F64)) } else { h.broadcast_to(x.dims()) };
    let (mut sum, mut term, mut factorial) = (y.clone(), y.clone(), 1.0);
    let mut powers: Option<Tensor> = None;
    for k in 1..=order {
        term = along(&term, x, &d, 1);
        factorial *= k as f64;
        let scaled = &term / factorial;
        powers = Some(powers.map_or_else(|| h.clone(), |p| p * h));
        sum = match &powers {
            Some(p) if single => sum + scaled * p,
            _ => sum + scaled,
        };
    }
    sum
}
