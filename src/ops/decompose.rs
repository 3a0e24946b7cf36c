//! QR and LU factors of matrices of any shape, and triangular systems, batched over leading axes.

use std::borrow::Cow;

use super::factor::{only, over_batch, times};
use super::row::OWN;
use crate::array::matrix::{self, Matrix};
use crate::array::{Array, DType, broadcast, display_shape, element_count, unravel};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{
    Attrs, Call, Derivative, Exact, Interval, Kernel, MatrixKind, Meta, Notation, NoteKind, Op, Outputs, Promote,
    Tensor, Vjp, common,
};

/// The rows of this file.
pub(super) static ROWS: &[&Op] = &[&QR, &QR_PIVOTED, &LU, &SOLVE_TRIANGULAR];

/// From this size on triangular systems are solved in blocks.
const BLOCKED: usize = 48;

/// Batch shape, rows, columns and dtype of a value whose last two axes are a matrix.
pub(super) fn rectangle<'a>(m: &'a Meta, name: &str) -> Result<(&'a [usize], usize, usize, DType)> {
    match m.shape.as_slice() {
        [batch @ .., rows, columns] => Ok((batch, *rows, *columns, m.dtype.to_float())),
        shape => {
            let m = format!("`{name}` needs a matrix, not shape {}", display_shape(shape));
            Err(Error::new(ErrorKind::Shape, m))
        }
    }
}

/// The numbers of a value, all of them finite; those of another dtype are converted.
pub(super) fn finite<'a>(a: &'a Array, name: &str) -> Result<Cow<'a, [f64]>> {
    let values = a.as_slice::<f64>().map_or_else(|| Cow::Owned(a.to_f64()), Cow::Borrowed);
    if let Some(t) = matrix::first_not_finite(&values) {
        let m = format!("`{name}`: element {:?} is {}, not a finite number", unravel(t, a.shape()), values[t]);
        return Err(Error::new(ErrorKind::Domain, m));
    }
    Ok(values)
}

/// The matrices of a batch, all of finite numbers.
pub(super) fn batch_of(a: &Array, name: &str) -> Result<Vec<Matrix>> {
    let (m, n) = (a.shape()[a.rank() - 2], a.shape()[a.rank() - 1]);
    let values = finite(a, name)?;
    let count = element_count(&a.shape()[..a.rank() - 2])?;
    if count == 1 {
        return Ok(vec![Matrix::new(m, n, values.into_owned())]);
    }
    Ok((0..count).map(|i| Matrix::new(m, n, values[i * m * n..(i + 1) * m * n].to_vec())).collect())
}

/// Runs a factorisation over a batch; every output of it goes behind the one before.
pub(super) fn each_matrix(
    call: &mut Call,
    f: impl Fn(&mut Call, &Matrix) -> Result<Vec<Vec<f64>>>,
) -> Result<Vec<Array>> {
    let mut outs: Vec<Vec<f64>> = vec![vec![]; call.outs.len()];
    for a in batch_of(&call.inputs[0], call.name)? {
        let parts = f(call, &a)?;
        // The parts of the first matrix are taken over, mostly they are all.
        outs.iter_mut().zip(parts).for_each(|(out, part)| if out.is_empty() { *out = part } else { out.extend(part) });
    }
    outs.into_iter().zip(call.outs).map(|(v, meta)| Array::from_vec(v, &meta.shape)?.cast(meta.dtype)).collect()
}

/// Numbers of places as floats, for [`each_matrix`].
fn places(p: &[usize]) -> Vec<f64> {
    p.iter().map(|&i| i as f64).collect()
}

/// The last two lengths of a value.
pub(super) fn last_two(x: &Tensor) -> (usize, usize) {
    match *x.dims() {
        [.., m, n] => (m, n),
        _ => (0, 0),
    }
}

/// A poisoned gradient: there is none, and this is why.
pub(super) fn no_derivative(op: &'static Op, why: &str) -> Tensor {
    Tensor::poison(op, Error::new(ErrorKind::NotDifferentiable, format!("`{}`: {why}", op.name)), &[])
}

/// The shapes of Q and R.
fn qr_shapes(m: &Meta, attrs: &Attrs, name: &str) -> Result<Vec<Meta>> {
    let (batch, rows, columns, dtype) = rectangle(m, name)?;
    let k = if attrs.int() == 1 { rows } else { rows.min(columns) };
    let meta = |core: [usize; 2]| Meta::new(dtype, [batch, &core].concat());
    Ok(vec![meta([rows, k]), meta([k, columns])])
}

/// `A = Q R`.
pub static QR: Op = Op {
    name: "qr",
    summary: "Orthonormal columns Q and an upper triangular R with Q @ R = A.",
    meaning: OWN,
    promote: Promote::Float,
    shape: |inputs, attrs| qr_shapes(only(inputs, "qr")?, attrs, "qr"),
    kernel: Kernel::Custom(|call| {
        let full = call.attrs.int() == 1;
        each_matrix(call, |_, a| matrix::qr(a, full).map(|(q, r)| vec![q.data, r.data]))
    }),
    outputs: Outputs::Matrices(&[MatrixKind::Orthogonal, MatrixKind::Upper]),
    exact: Exact::Derived,
    derivative: Derivative::Custom(|v| vec![qr_vjp(v)]),
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: r"\operatorname{qr}({0})",
    example: "qr([[1, 2], [3, 4]]).R",
};

/// `A[:, p] = Q R`.
pub static QR_PIVOTED: Op = Op {
    name: "qr_pivoted",
    summary: "Q, R and a column order p with Q @ R = A[:, p], the diagonal of R falling in magnitude.",
    meaning: OWN,
    promote: Promote::Float,
    shape: |inputs, attrs| {
        let m = only(inputs, "qr_pivoted")?;
        let (batch, _, columns, _) = rectangle(m, "qr_pivoted")?;
        let mut outs = qr_shapes(m, attrs, "qr_pivoted")?;
        outs.push(Meta::new(DType::I64, [batch, &[columns]].concat()));
        Ok(outs)
    },
    kernel: Kernel::Custom(|call| {
        let full = call.attrs.int() == 1;
        each_matrix(call, |_, a| {
            let (q, r, p) = matrix::qr_pivoted(a, full);
            Ok(vec![q.data, r.data, places(&p)])
        })
    }),
    outputs: Outputs::Matrices(&[MatrixKind::Orthogonal, MatrixKind::Upper]),
    exact: Exact::Derived,
    derivative: Derivative::Undefined("its column order jumps; `qr` has a derivative"),
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: r"\operatorname{qrp}({0})",
    example: "qr([[1, 2], [3, 4]], pivoting=True).P",
};

/// X U⁻ᵀ for an upper triangular U.
fn over_upper_t(x: &Tensor, u: &Tensor) -> Tensor {
    SOLVE_TRIANGULAR.call(&[u, &x.mt()], Attrs::Int(0)).mt()
}

/// Ā = (Q̄ + Q sym(R R̄ᵀ − Q̄ᵀ Q)) R⁻ᵀ with sym(M) the lower triangle of M and its mirror image; the columns beyond the
/// m-th of a wide matrix are linear in Q.
fn qr_vjp(v: &Vjp) -> Option<Tensor> {
    let (q, r) = (&v.y[0], &v.y[1]);
    let ((m, k), (_, n)) = (last_two(q), last_two(r));
    if m > n && k == m {
        return Some(no_derivative(&QR, "the columns of a full Q beyond those of A are not unique"));
    }
    if k == 0 {
        return None;
    }
    let columns = |t: &Tensor, from: usize, to: usize| t.slice(-1, Some(from as i64), Some(to as i64), 1);
    let (u, rest) = (columns(r, 0, k), n - k);
    let dr = |from, to| v.dy[1].as_ref().map(|dr| columns(dr, from, to));
    let mut dq = v.dy[0].clone();
    let tail = if rest > 0 { dr(k, n) } else { None };
    if let Some(tail) = &tail {
        let more = times(&columns(&v.x[0], k, n), &tail.mt());
        dq = Some(dq.map_or(more.clone(), |dq| dq + more));
    }
    let of_r = dr(0, k).map(|dr| times(&u, &dr.triu(0).mt()));
    let of_q = dq.as_ref().map(|dq| times(&dq.mt(), q));
    let inner = match (of_r, of_q) {
        (Some(a), Some(b)) => a - b,
        (Some(a), None) => a,
        (None, Some(b)) => -b,
        (None, None) => return None,
    };
    let mirrored = inner.tril(0) + inner.tril(-1).mt();
    let mut whole = times(q, &mirrored);
    if let Some(dq) = dq {
        whole = whole + dq;
    }
    let head = over_upper_t(&whole, &u);
    if rest == 0 {
        return Some(head);
    }
    let head = super::pad(&head, -1, 0, rest);
    Some(match tail {
        Some(tail) => head + super::pad(&times(q, &tail), -1, k, 0),
        None => head,
    })
}

/// `A = P L U`.
pub static LU: Op = Op {
    name: "lu",
    summary: "A permutation matrix P, a unit lower triangular L and an upper triangular U with P @ L @ U = A.",
    meaning: OWN,
    promote: Promote::Float,
    shape: |inputs, _| {
        let (batch, m, n, dtype) = rectangle(only(inputs, "lu")?, "lu")?;
        let meta = |core: [usize; 2]| Meta::new(dtype, [batch, &core].concat());
        Ok(vec![meta([m, m]), meta([m, m.min(n)]), meta([m.min(n), n])])
    },
    kernel: Kernel::Custom(|call| {
        each_matrix(call, |_, a| {
            let (p, l, u) = matrix::lu(a);
            let mut permutation = Matrix::zeros(a.rows, a.rows);
            p.iter().enumerate().for_each(|(i, &from)| permutation.row_mut(from)[i] = 1.0);
            Ok(vec![permutation.data, l.data, u.data])
        })
    }),
    outputs: Outputs::Matrices(&[MatrixKind::General, MatrixKind::Lower, MatrixKind::Upper]),
    exact: Exact::Derived,
    derivative: Derivative::Custom(|v| vec![lu_vjp(v)]),
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: r"\operatorname{lu}({0})",
    example: "lu([[1, 2], [3, 4]]).U",
};

/// Ā = P L⁻ᵀ (tril(Lᵀ L̄, −1) + triu(Ū Uᵀ)) U⁻ᵀ for the square part of A; the rows of L below it are A₂ U⁻¹ and the
/// columns of U beside it L⁻¹ A₂, which pass their cotangents on.
fn lu_vjp(v: &Vjp) -> Option<Tensor> {
    let (p, l, u) = (&v.y[0], &v.y[1], &v.y[2]);
    let ((m, n), k) = (last_two(&v.x[0]), last_two(l).1);
    let part = |t: &Tensor, axis: isize, head: bool| {
        if head { t.slice(axis, Some(0), Some(k as i64), 1) } else { t.slice(axis, Some(k as i64), None, 1) }
    };
    let (square_l, square_u) = (part(l, -2, true), part(u, -1, true));
    let mut dl = v.dy[1].as_ref().map(|dl| part(dl, -2, true));
    let mut du = v.dy[2].as_ref().map(|du| part(du, -1, true));
    let mut rest = None;
    if let Some(dl2) = v.dy[1].as_ref().filter(|_| m > k) {
        let below = over_upper_t(&part(dl2, -2, false), &square_u);
        let through = -times(&part(l, -2, false).mt(), &below).triu(0);
        du = Some(du.map_or(through.clone(), |du| du + through));
        rest = Some((below, -2));
    }
    if let Some(du2) = v.dy[2].as_ref().filter(|_| n > k) {
        let beside = SOLVE_TRIANGULAR.call(&[&square_l.mt(), &part(du2, -1, false)], Attrs::Int(0));
        let through = -times(&beside, &part(u, -1, false).mt()).tril(-1);
        dl = Some(dl.map_or(through.clone(), |dl| dl + through));
        rest = Some((beside, -1));
    }
    let lower = dl.map(|dl| times(&square_l.mt(), &dl).tril(-1));
    let upper = du.map(|du| times(&du, &square_u.mt()).triu(0));
    let inner = match (lower, upper) {
        (Some(a), Some(b)) => a + b,
        (Some(a), None) | (None, Some(a)) => a,
        (None, None) => return None,
    };
    let left = SOLVE_TRIANGULAR.call(&[&square_l.mt(), &inner], Attrs::Int(0));
    let square = over_upper_t(&left, &square_u);
    let whole = match rest {
        Some((rest, axis)) => Tensor::concatenate(&[&square, &rest], axis),
        None if m > k => super::pad(&square, -2, 0, m - k),
        None if n > k => super::pad(&square, -1, 0, n - k),
        None => square,
    };
    Some(times(p, &whole))
}

/// `T⁻¹ B` for a triangular T.
pub static SOLVE_TRIANGULAR: Op = Op {
    name: "solve_triangular",
    summary: "The X with T X = B for a triangular T, of which the other triangle is not read.",
    meaning: OWN,
    promote: Promote::Float,
    shape: |inputs, _| {
        let [t, b] = inputs else {
            return Err(Error::new(ErrorKind::Argument, "`solve_triangular` takes a matrix and a right-hand side"));
        };
        let misfit = || SOLVE_TRIANGULAR.misfit(inputs);
        let (batch, n, columns, _) = rectangle(t, "solve_triangular")?;
        let [more @ .., rows, k] = b.shape.as_slice() else { return Err(misfit()) };
        let batch = broadcast(batch, more).filter(|_| n == columns && *rows == n).ok_or_else(misfit)?;
        Ok(vec![Meta::new(common(inputs).0.to_float(), [&batch[..], &[n, *k]].concat())])
    },
    kernel: Kernel::Custom(triangular_kernel),
    outputs: Outputs::General,
    exact: Exact::Derived,
    // X = T⁻¹B: B̄ = T⁻ᵀ X̄ and T̄ = −B̄ Xᵀ inside the triangle.
    derivative: Derivative::Custom(|v| {
        let Some(dy) = &v.dy[0] else { return vec![] };
        let lower = v.attrs.int();
        let in_b = SOLVE_TRIANGULAR.call(&[&v.x[0].mt(), dy], Attrs::Int(1 - lower));
        let whole = -times(&in_b, &v.y[0].mt());
        let in_t = if lower == 1 { whole.tril(0) } else { whole.triu(0) };
        over_batch(v, [&in_t, &in_b])
    }),
    domain: Interval::ALL,
    range: Interval::ALL,
    notation: Notation::Function,
    latex: "{0}^{-1} {1}",
    example: "solve_triangular([[2, 0], [1, 3]], [4, 5], lower=True)",
};

fn triangular_kernel(call: &mut Call) -> Result<Vec<Array>> {
    let shape = call.outs[0].shape.clone();
    let (batch, core) = shape.split_at(shape.len() - 2);
    let t = batch_of(&call.inputs[0].broadcast_to(&[batch, &[core[0], core[0]]].concat())?, call.name)?;
    let mut b = batch_of(&call.inputs[1].broadcast_to(&shape)?, call.name)?;
    let lower = call.attrs.int() == 1;
    let eps = call.outs[0].dtype.format().map_or(f64::EPSILON, |f| f.eps());
    for (t, b) in t.iter().zip(&mut b) {
        if let Some(i) = (0..t.rows).find(|&i| t.at(i, i) == 0.0) {
            let m = format!("`{}`: the matrix is singular: element [{i}, {i}] of its diagonal is 0", call.name);
            return Err(Error::new(ErrorKind::Singular, m));
        }
        let size = |i: usize| t.at(i, i).abs();
        let (least, most) = (0..t.rows).fold((f64::INFINITY, 0.0f64), |(l, m), i| (l.min(size(i)), m.max(size(i))));
        if least < eps.sqrt() * most {
            let m = format!("the condition number of the matrix is at least {:.1e}", most / least);
            call.note(NoteKind::NearSingular, m);
        }
        substitute(t, b, lower);
    }
    let values: Vec<f64> = b.into_iter().flat_map(|b| b.data).collect();
    Ok(vec![Array::from_vec(values, &shape)?.cast(call.outs[0].dtype)?])
}

/// Forward or backward substitution in place.
fn substitute(t: &Matrix, b: &mut Matrix, lower: bool) {
    if t.rows >= BLOCKED {
        return matrix::solve_triangular(t, b, lower);
    }
    let (n, k) = (t.rows, b.columns);
    for step in 0..n {
        let i = if lower { step } else { n - 1 - step };
        let solved = if lower { 0..i } else { i + 1..n };
        for j in solved {
            let factor = t.at(i, j);
            if factor != 0.0 {
                for c in 0..k {
                    b.data[i * k + c] = (-factor).mul_add(b.data[j * k + c], b.data[i * k + c]);
                }
            }
        }
        b.row_mut(i).iter_mut().for_each(|x| *x /= t.at(i, i));
    }
}

impl Tensor {
    /// Orthonormal columns Q and an upper triangular R with `Q @ R = A`, over the last two axes.
    ///
    /// Q has min(m, n) columns, or m with `full`. The derivative needs independent columns. Source: Householder (1958).
    ///
    /// ```
    /// use gradus::Tensor;
    /// let (q, r) = Tensor::from([[3.0, 1.0], [4.0, 2.0]]).qr(false);
    /// assert_eq!(r.eval()?.to_f64()[2], 0.0);
    /// let back = q.matmul(r).eval()?.to_f64();
    /// assert!((back[1] - 1.0).abs() < 1e-14 && (back[3] - 2.0).abs() < 1e-14);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    #[track_caller]
    pub fn qr(&self, full: bool) -> (Tensor, Tensor) {
        let y = QR.call(&[self], Attrs::Int(full.into()));
        (y.sibling(0), y.sibling(1))
    }

    /// Q, R and the column order p with `Q @ R = A[:, p]`; the diagonal of R falls in magnitude and shows the rank.
    #[track_caller]
    pub fn qr_pivoted(&self, full: bool) -> (Tensor, Tensor, Tensor) {
        let y = QR_PIVOTED.call(&[self], Attrs::Int(full.into()));
        (y.sibling(0), y.sibling(1), y.sibling(2))
    }

    /// A permutation P, a unit lower triangular L and an upper triangular U with `P @ L @ U = A` (partial pivoting).
    ///
    /// ```
    /// use gradus::Tensor;
    /// let (p, l, u) = Tensor::from([[1.0, 2.0], [4.0, 4.0]]).lu();
    /// assert_eq!(p.matmul(l).matmul(u).eval()?.to_f64(), [1.0, 2.0, 4.0, 4.0]);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    #[track_caller]
    pub fn lu(&self) -> (Tensor, Tensor, Tensor) {
        let y = LU.call(&[self], Attrs::None);
        (y.sibling(0), y.sibling(1), y.sibling(2))
    }

    /// The X with `T @ X = B` for a triangular T; the other triangle is not read. A zero on the diagonal is an error.
    ///
    /// ```
    /// use gradus::Tensor;
    /// let t = Tensor::from([[2.0, 0.0], [1.0, 3.0]]);
    /// assert_eq!(t.solve_triangular([4.0, 5.0], true).eval()?.to_f64(), [2.0, 1.0]);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    #[track_caller]
    pub fn solve_triangular(&self, b: impl Into<Tensor>, lower: bool) -> Tensor {
        let (b, attrs) = (b.into(), Attrs::Int(lower.into()));
        if b.rank() != 1 {
            return SOLVE_TRIANGULAR.call(&[self, &b], attrs);
        }
        SOLVE_TRIANGULAR.call(&[self, &b.expand_dims(-1)], attrs).squeeze(-1)
    }
}
