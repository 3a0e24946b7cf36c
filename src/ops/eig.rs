//! Eigenvalues and right eigenvectors of square matrices that need not be symmetric; both are always complex.

use super::decompose::batch_of;
use super::factor::{only, square};
use super::row::OWN;
use crate::array::{Array, matrix};
use crate::error::Result;
use crate::graph::{Attrs, Call, Derivative, Exact, Interval, Kernel, Meta, Notation, NoteKind, Op, Promote, Tensor};

/// The rows of this file.
pub(super) static ROWS: &[&Op] = &[&EIG];

/// `A V = V diag(w)`.
pub static EIG: Op = Op {
    name: "eig",
    summary: "Complex eigenvalues w and right eigenvectors V of length 1, in the columns of V: A V = V diag(w).",
    meaning: OWN,
    promote: Promote::Float,
    shape: |inputs, _| {
        let (batch, n, dtype) = square(only(inputs, "eig")?, "eig")?;
        let meta = |core: &[usize]| Meta::new(dtype.to_complex(), [batch, core].concat());
        Ok(vec![meta(&[n]), meta(&[n, n])])
    },
    kernel: Kernel::Custom(eig_kernel),
    exact: Exact::Derived,
    derivative: Derivative::Undefined("eigenvectors of a general matrix; `eigh` of a symmetric one has a derivative"),
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: r"\operatorname{eig}({0})",
    example: "abs(eig([[0, -1], [1, 0]]).eigenvalues)",
};

fn eig_kernel(call: &mut Call) -> Result<Vec<Array>> {
    let (mut w, mut v) = (vec![], vec![]);
    let eps = call.inputs[0].dtype().format().map_or(f64::EPSILON, |f| f.eps());
    for a in batch_of(&call.inputs[0], call.name)? {
        let d = matrix::eig(&a)?;
        if let Some((i, j)) = parallel(&d.v, a.rows, eps) {
            let m = format!("the matrix is defective: eigenvectors {i} and {j} are parallel, so that V has no inverse");
            call.note(NoteKind::NearSingular, m);
        }
        w.extend(d.w);
        v.extend(d.v);
    }
    let outs = [w, v].into_iter().zip(call.outs);
    outs.map(|(part, meta)| Array::from_vec(part, &meta.shape)?.cast(meta.dtype)).collect()
}

/// Two columns of unit length that are parallel to within the root of a unit of rounding, as those of a defective matrix
/// come out.
fn parallel(v: &[[f64; 2]], n: usize, eps: f64) -> Option<(usize, usize)> {
    let cosine = |i: usize, j: usize| {
        let (mut re, mut im) = (0.0, 0.0);
        for k in 0..n {
            let ([a, b], [c, d]) = (v[k * n + i], v[k * n + j]);
            re += a * c + b * d;
            im += a * d - b * c;
        }
        f64::hypot(re, im)
    };
    (0..n).flat_map(|i| (i + 1..n).map(move |j| (i, j))).find(|&(i, j)| 1.0 - cosine(i, j) < 4.0 * eps)
}

impl Tensor {
    /// Complex eigenvalues w and right eigenvectors V of a square matrix, `A V = V diag(w)`; there is no derivative.
    ///
    /// Eigenvectors have length 1. Of a defective matrix two of them are parallel, which a note tells. Source: Goodfellow,
    /// Bengio and Courville, section 2.7.
    ///
    /// ```
    /// use gradus::Tensor;
    /// // A quarter turn has the eigenvalues i and -i.
    /// let (w, _) = Tensor::from([[0.0, -1.0], [1.0, 0.0]]).eig();
    /// assert!(w.abs().eval()?.to_f64().iter().all(|v| (v - 1.0).abs() < 1e-15));
    /// # Ok::<(), gradus::Error>(())
    /// ```
    #[track_caller]
    pub fn eig(&self) -> (Tensor, Tensor) {
        let y = EIG.call(&[self], Attrs::None);
        (y.sibling(0), y.sibling(1))
    }
}
