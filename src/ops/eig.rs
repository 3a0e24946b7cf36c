//! Eigenvalues and right eigenvectors of square matrices that need not be symmetric; both are always complex.

use super::SOLVE;
use super::decompose::{batch_of, no_derivative};
use super::factor::{only, square, times};
use super::row::OWN;
use crate::array::{Array, matrix};
use crate::error::Result;
use crate::graph::{
    Attrs, Call, Derivative, Exact, Interval, Kernel, Meta, Notation, NoteKind, Op, Outputs, Promote, Tensor, Vjp,
};

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
    outputs: Outputs::General,
    exact: Exact::Derived,
    derivative: Derivative::Custom(|v| vec![eig_vjp(v)]),
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: r"\operatorname{eig}({0})",
    example: "abs(eig([[0, -1], [1, 0]]).eigenvalues)",
};

/// dλᵢ = (V⁻¹ dA V)ᵢᵢ, where the rows of W = V⁻¹ are left eigenvectors: Ā = Re(Wᵀ diag(w̄) Vᵀ). Source: Magnus (1985).
fn eig_vjp(v: &Vjp) -> Option<Tensor> {
    if v.dy.get(1).is_some_and(Option::is_some) {
        let why = "there is no derivative through eigenvectors of a general matrix; `eigh` of a symmetric one has it";
        return Some(no_derivative(&EIG, why));
    }
    let (dw, vectors) = (v.dy[0].as_ref()?, &v.y[1]);
    let dtype = v.x[0].dtype().ok()?.to_float();
    let n = vectors.dims().last().copied()?;
    let left = SOLVE.call(&[vectors, &Tensor::eye(n, n, 0, dtype)], Attrs::None);
    let g = times(&left.mt(), &(dw.expand_dims(-1) * vectors.mt())).real();
    if n == 0 {
        return Some(g);
    }
    // The slope of an eigenvalue is as large as its left eigenvector: without bound where two of them meet.
    let bound = 0.1 / dtype.format().map_or(f64::EPSILON, |f| f.eps()).sqrt();
    let simple = left.abs().max([-2, -1]).less(bound).expand_dims(-1).expand_dims(-1);
    Some(g.require(
        &simple,
        "degenerate: a derivative of `eig` needs eigenvalues that stay apart, with all their vectors",
    ))
}

fn eig_kernel(call: &mut Call) -> Result<Vec<Array>> {
    let (mut w, mut v) = (vec![], vec![]);
    let eps = call.inputs[0].dtype().format().map_or(f64::EPSILON, |f| f.eps());
    for a in batch_of(&call.inputs[0], call.name)? {
        let d = matrix::eig(&a)?;
        let size = matrix::largest(&a.data) * a.rows as f64;
        if let Some((i, j)) = parallel(&d.w, &d.v, size, eps) {
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
fn parallel(w: &[[f64; 2]], v: &[[f64; 2]], size: f64, eps: f64) -> Option<(usize, usize)> {
    let n = w.len();
    let cosine = |i: usize, j: usize| {
        let (mut re, mut im) = (0.0, 0.0);
        for k in 0..n {
            let ([a, b], [c, d]) = (v[k * n + i], v[k * n + j]);
            re += a * c + b * d;
            im += a * d - b * c;
        }
        f64::hypot(re, im)
    };
    // (A − w) v = 0 for both, so vectors at an angle θ have eigenvalues no further apart than 2 ‖A‖ θ.
    let apart = 8.0 * eps.sqrt() * size;
    let near = |i: usize, j: usize| (w[i][0] - w[j][0]).abs() <= apart && (w[i][1] - w[j][1]).abs() <= apart;
    let pairs = (0..n).flat_map(|i| (i + 1..n).map(move |j| (i, j)));
    pairs.filter(|&(i, j)| near(i, j)).find(|&(i, j)| 1.0 - cosine(i, j) < 4.0 * eps)
}

impl Tensor {
    /// Complex eigenvalues w and right eigenvectors V of a square matrix, `A V = V diag(w)`.
    ///
    /// Eigenvalues of a matrix that is not defective have a derivative, eigenvectors have none.
    /// Eigenvectors have length 1. Of a defective matrix two of them are parallel, which a note tells. Source: Goodfellow,
    /// Bengio and Courville, section 2.7.
    ///
    /// ```
    /// use gradus::Tensor;
    /// // A quarter turn has the eigenvalues i and -i.
    /// let (w, _) = Tensor::from([[0.0, -1.0], [1.0, 0.0]]).eig();
    /// assert!(w.abs().eval()?.to_f64().iter().all(|v| (v - 1.0).abs() < 1e-15));
    /// // The sum of all eigenvalues is the trace.
    /// let a = Tensor::from([[1.0, 2.0], [3.0, 4.0]]);
    /// let g = gradus::grad(&a.eig().0.real().sum(()), &a).eval()?.to_f64();
    /// assert!(g.iter().zip([1.0, 0.0, 0.0, 1.0]).all(|(g, t)| (g - t).abs() < 1e-14));
    /// # Ok::<(), gradus::Error>(())
    /// ```
    #[track_caller]
    pub fn eig(&self) -> (Tensor, Tensor) {
        let y = EIG.call(&[self], Attrs::None);
        (y.sibling(0), y.sibling(1))
    }
}
