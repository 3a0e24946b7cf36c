//! The condition number of a matrix, estimated without its inverse.

use super::decompose::finite;
use super::factor::{only, square};
use super::row::OWN;
use crate::array::lu::factor;
use crate::array::{Array, matrix};
use crate::graph::{Attrs, Derivative, Exact, Interval, Kernel, Meta, Notation, Op, Outputs, Promote, Tensor};

/// The rows of this file.
pub(super) static ROWS: &[&Op] = &[&COND_ESTIMATE];

/// `‖A‖₁ ‖A⁻¹‖₁`, estimated.
pub static COND_ESTIMATE: Op = Op {
    name: "cond_estimate",
    summary: "The condition number in the 1-norm, estimated from below by a few solutions; infinite if A is singular.",
    meaning: OWN,
    promote: Promote::Float,
    shape: |inputs, _| {
        let (batch, _, dtype) = square(only(inputs, "cond_estimate")?, "cond_estimate")?;
        Ok(vec![Meta::new(dtype, batch.to_vec())])
    },
    kernel: Kernel::Custom(|call| {
        let (values, n) = (finite(&call.inputs[0], call.name)?, call.inputs[0].shape().last().copied().unwrap_or(0));
        let found = match n {
            // The largest column sum of nothing.
            0 => vec![0.0; call.outs[0].shape.iter().product()],
            _ => values.chunks(n * n).map(|a| condition(a, n)).collect(),
        };
        Ok(vec![Array::from_vec(found, &call.outs[0].shape)?.cast(call.outs[0].dtype)?])
    }),
    outputs: Outputs::General,
    exact: Exact::Derived,
    derivative: Derivative::Undefined("it is an estimate; `cond` has a derivative"),
    domain: Interval::ALL,
    range: Interval::NON_NEGATIVE,
    notation: Notation::Function,
    latex: r"\operatorname{cond}_1({0})",
    example: "cond_estimate([[1, 2], [3, 4]])",
};

/// The estimate for one matrix of finite numbers.
fn condition(a: &[f64], n: usize) -> f64 {
    let (f, flipped) = (factor(a, n), matrix::transposed(a, n, n));
    let g = factor(&flipped, n);
    if f.zero_pivot().is_some() || g.zero_pivot().is_some() {
        return f64::INFINITY;
    }
    let norm = flipped.chunks(n).map(|c| c.iter().map(|v| v.abs()).sum::<f64>()).fold(0.0, f64::max);
    let (solve, transposed) = (
        |x: &mut [f64]| x.copy_from_slice(&f.solve(x, 1, false)),
        |x: &mut [f64]| {
            x.copy_from_slice(&g.solve(x, 1, false));
        },
    );
    norm * matrix::inverse_norm(n, solve, transposed)
}

impl Tensor {
    /// The condition number `norm(A, 1) * norm(inv(A), 1)`, estimated from below at the cost of two factorisations.
    ///
    /// It is rarely off by more than a factor of three, and infinite for a singular matrix. Source: Hager (1984).
    ///
    /// ```
    /// use gradus::Tensor;
    /// let a = Tensor::from([[1.0, 2.0], [3.0, 4.0]]);
    /// assert!((a.cond_estimate().eval()?.item()? - 21.0).abs() < 1e-12);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    #[track_caller]
    pub fn cond_estimate(&self) -> Tensor {
        COND_ESTIMATE.call(&[self], Attrs::None)
    }
}
