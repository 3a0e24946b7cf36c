//! Factorisations of matrices, their records, and the questions that they answer.

use super::{Function, row};
use crate::Tensor;
use crate::error::Result;
use crate::formula::arguments::Arguments;
use crate::formula::value::{Record, Value};
use crate::linalg::{self, Options, Solutions};

/// A tolerance that may be left out.
fn tolerance(c: &Arguments, i: usize) -> Result<Option<f64>> {
    if c.has(i) { c.number(i, 0.0).map(Some) } else { Ok(None) }
}

/// `qr(A)`, in NumPy's modes and with SciPy's pivoting.
fn qr(c: &mut Arguments) -> Result<Value> {
    let a = c.tensor(0)?;
    // Rows print their mode as a number.
    let number = c.has(1) && matches!(c.value(1)?.0, Value::Tensor(_));
    if number {
        let (q, r) = a.qr(c.integer(1, 0)? == 1);
        return Ok(Record::value(None, [("Q", q.into()), ("R", r.into())]));
    }
    let full = match if c.has(1) { c.text(1)? } else { "reduced".into() }.as_str() {
        "reduced" | "economic" => false,
        "complete" | "full" => true,
        _ => return Err(c.wrong("has the modes 'reduced' and 'complete'")),
    };
    if c.flag(2)? {
        let (q, r, p) = a.qr_pivoted(full);
        return Ok(Record::value(None, [("Q", q.into()), ("R", r.into()), ("P", p.into())]));
    }
    let (q, r) = a.qr(full);
    Ok(Record::value(None, [("Q", q.into()), ("R", r.into())]))
}

/// `lstsq(A, b)` with what NumPy returns beside x.
fn lstsq(c: &mut Arguments) -> Result<Value> {
    let (a, b, rcond) = (c.tensor(0)?, c.tensor(1)?, tolerance(c, 2)?);
    let x = a.lstsq(&b, rcond);
    let residual = &b - a.matmul(&x);
    let residuals = if b.rank() == 1 { residual.square().sum(()) } else { residual.square().sum(-2) };
    let rank = linalg::matrix_rank(&a, rcond);
    let s = a.svd(false).1;
    Ok(Record::value(
        None,
        [("x", x.into()), ("residuals", residuals.into()), ("rank", rank.into()), ("singular_values", s.into())],
    ))
}

/// The three-way answer as a record.
fn solutions(c: &mut Arguments) -> Result<Value> {
    let options = Options { tolerance: tolerance(c, 2)?, exact: c.flag(3)? };
    let answer = linalg::solutions(&c.tensor(0)?, &c.tensor(1)?, options)?;
    let number = |v: f64| Value::Tensor(Tensor::from(crate::Array::scalar(v)));
    let array = |a: &crate::Array| Value::Tensor(Tensor::from(a));
    let kind = Some(answer.kind());
    let why = Value::Str(answer.because().to_string());
    Ok(match &answer {
        Solutions::None { x, residual, witness: Some(y), .. } => Record::value(
            kind,
            [("x", array(x)), ("residual", number(*residual)), ("witness", array(y)), ("because", why)],
        ),
        Solutions::None { x, residual, .. } => {
            Record::value(kind, [("x", array(x)), ("residual", number(*residual)), ("because", why)])
        }
        Solutions::One { x, condition, digits, .. } => Record::value(
            kind,
            [("x", array(x)), ("condition", number(*condition)), ("digits", number(*digits)), ("because", why)],
        ),
        Solutions::Many { x, null_space, .. } => {
            Record::value(kind, [("x", array(x)), ("null_space", array(null_space)), ("because", why)])
        }
    })
}

/// The rows of this file.
pub(super) static TABLE: &[Function] = &[
    row(&["qr"], "A, mode='reduced', pivoting=False", "Orthonormal .Q and triangular .R with Q @ R = A.", qr),
    row(&["qr_pivoted"], "A, full=False", ".Q, .R and the column order .P with Q @ R = A[:, P].", |c| {
        let (q, r, p) = c.tensor(0)?.qr_pivoted(c.flag(1)?);
        Ok(Record::value(None, [("Q", q.into()), ("R", r.into()), ("P", p.into())]))
    }),
    row(&["lu"], "A", "Permutation .P, unit lower .L and upper .U with P @ L @ U = A.", |c| {
        let (p, l, u) = c.tensor(0)?.lu();
        Ok(Record::value(None, [("P", p.into()), ("L", l.into()), ("U", u.into())]))
    }),
    row(&["eigh"], "A", "Ascending .eigenvalues and .eigenvectors Q of a symmetric A = Q diag(w) Q.T.", |c| {
        let (w, q) = c.tensor(0)?.eigh();
        Ok(Record::value(None, [("eigenvalues", w.into()), ("eigenvectors", q.into())]))
    }),
    row(&["eigvalsh"], "A", "The ascending eigenvalues of a symmetric matrix.", |c| Ok(c.tensor(0)?.eigh().0.into())),
    row(&["eig"], "A", "Complex .eigenvalues and .eigenvectors V of a square matrix: A @ V = V diag(w).", |c| {
        let (w, v) = c.tensor(0)?.eig();
        Ok(Record::value(None, [("eigenvalues", w.into()), ("eigenvectors", v.into())]))
    }),
    row(&["eigvals"], "A", "The complex eigenvalues of a square matrix.", |c| Ok(c.tensor(0)?.eig().0.into())),
    row(&["svd"], "A, full_matrices=False", "Orthonormal .U and .Vh and falling .S with U diag(S) Vh = A.", |c| {
        let (u, s, vh) = c.tensor(0)?.svd(c.flag(1)?);
        Ok(Record::value(None, [("U", u.into()), ("S", s.into()), ("Vh", vh.into())]))
    }),
    row(&["svdvals"], "A", "The falling singular values of a matrix.", |c| Ok(c.tensor(0)?.svd(false).1.into())),
    row(&["pinv"], "A, rcond=None", "The Moore-Penrose pseudoinverse.", |c| {
        Ok(c.tensor(0)?.pinv(tolerance(c, 1)?).into())
    }),
    row(&["lstsq"], "A, b, rcond=None", "The shortest .x with the least norm(A @ x - b); .residuals, .rank.", lstsq),
    row(&["least_squares"], "A, b, rcond=None", "The shortest x with the least norm(A @ x - b).", |c| {
        Ok(c.tensor(0)?.lstsq(c.tensor(1)?, tolerance(c, 2)?).into())
    }),
    row(&["fit_powers"], "x, b, n", "The factors of n powers of x that fit b best, the lowest first if n < 0.", |c| {
        let n = c.integer(2, 2)?;
        Ok(c.tensor(0)?.vander(n.unsigned_abs() as usize, n < 0).lstsq(c.tensor(1)?, None).into())
    }),
    row(&["solve_triangular"], "A, b, lower=False", "The x with A @ x = b for a triangular A.", |c| {
        Ok(c.tensor(0)?.solve_triangular(c.tensor(1)?, c.flag(2)?).into())
    }),
    row(&["sqrtm"], "A", "The symmetric S with S @ S = A, of a symmetric positive semidefinite A.", |c| {
        Ok(c.tensor(0)?.sqrtm().into())
    }),
    row(&["lyapunov"], "A, b", "The X with A @ X + X @ A = b, for a symmetric positive definite A.", |c| {
        Ok(c.tensor(0)?.lyapunov(&c.tensor(1)?).into())
    }),
    row(&["spectral"], "A, w, Q, f, slope, held", "Q diag(f) Q.T: what a function of a symmetric A becomes.", |c| {
        let t = |i: usize| c.tensor(i);
        Ok(t(0)?.spectral(&t(1)?, &t(2)?, &t(3)?, &t(4)?, &t(5)?).into())
    }),
    row(&["over_gap"], "A, x, b", "A[i, j] / (x[j] - x[i]) off the diagonal; b shows the columns in use.", |c| {
        Ok(c.tensor(0)?.over_gap(&c.tensor(1)?, &c.tensor(2)?).into())
    }),
    row(&["matrix_power"], "A, n", "A @ A @ ... n times; a negative n takes the inverse.", |c| {
        Ok(linalg::matrix_power(&c.tensor(0)?, c.integer(1, 1)?).into())
    }),
    row(&["matrix_rank"], "A, tol=None", "The number of singular values above tol times the largest.", |c| {
        Ok(linalg::matrix_rank(&c.tensor(0)?, tolerance(c, 1)?).into())
    }),
    row(&["cond_estimate"], "A", "The condition number in the 1-norm, estimated from below.", |c| {
        Ok(c.tensor(0)?.cond_estimate().into())
    }),
    row(
        &["cond"],
        "A, p=2, estimate=False",
        "The condition number norm(A)*norm(inv(A)), or an estimate for p=1.",
        |c| {
            let estimate = c.flag(2)?;
            let (a, order) = (c.tensor(0)?, c.number(1, if estimate { 1.0 } else { 2.0 })?);
            if estimate && order != 1.0 {
                return Err(c.wrong("estimates for p=1 only"));
            }
            if estimate {
                return Ok(a.cond_estimate().into());
            }
            Ok(if order == 2.0 { linalg::cond(&a) } else { linalg::cond_of_order(&a, &format!("{order}")) }.into())
        },
    ),
    row(&["null_space"], "A, rcond=None", "An orthonormal basis of all x with A @ x = 0, as columns.", |c| {
        Ok(Tensor::from(linalg::null_space(&c.tensor(0)?, tolerance(c, 1)?)?).into())
    }),
    row(&["orth"], "A, rcond=None", "An orthonormal basis of the column space, as columns.", |c| {
        Ok(Tensor::from(linalg::orth(&c.tensor(0)?, tolerance(c, 1)?)?).into())
    }),
    row(
        &["solutions"],
        "A, b, tol=None, exact=False",
        "None, one or many x with A @ x = b: the kind, .x, and .because, why it is so.",
        solutions,
    ),
    row(&["unit"], "x", "The vectors along the last axis divided by their lengths.", |c| {
        Ok(linalg::unit(&c.tensor(0)?).into())
    }),
    row(&["distance"], "a, b", "The Euclidean distance of two points along the last axis.", |c| {
        Ok(linalg::distance(&c.tensor(0)?, &c.tensor(1)?).into())
    }),
    row(&["is_symmetric"], "A, tol=None", "True of A = A.T to within tol times the largest entry.", |c| {
        Ok(linalg::is_symmetric(&c.tensor(0)?, tolerance(c, 1)?).into())
    }),
    row(&["is_diagonal"], "A, tol=None", "True of a matrix that is 0 off its diagonal.", |c| {
        Ok(linalg::is_diagonal(&c.tensor(0)?, tolerance(c, 1)?).into())
    }),
    row(&["is_triangular"], "A, lower=True, tol=None", "True of a matrix that is 0 above its diagonal.", |c| {
        let lower = !c.has(1) || c.flag(1)?;
        Ok(linalg::is_triangular(&c.tensor(0)?, lower, tolerance(c, 2)?).into())
    }),
    row(&["is_orthogonal"], "A, tol=None", "True of A.T @ A = I, so that inv(A) = A.T.", |c| {
        Ok(linalg::is_orthogonal(&c.tensor(0)?, tolerance(c, 1)?).into())
    }),
    row(&["is_positive_definite"], "A, tol=None", "True of a symmetric A with x @ A @ x > 0 for all x but 0.", |c| {
        Ok(linalg::is_positive_definite(&c.tensor(0)?, tolerance(c, 1)?).into())
    }),
    row(&["is_positive_semidefinite"], "A, tol=None", "True of a symmetric A with x @ A @ x >= 0 for all x.", |c| {
        Ok(linalg::is_positive_semidefinite(&c.tensor(0)?, tolerance(c, 1)?).into())
    }),
    row(&["vander"], "x, N=None, increasing=False", "Powers of x as columns, the highest first.", |c| {
        let x = c.tensor(0)?;
        let n = if c.has(1) { c.integer(1, 0)? } else { x.dims().last().copied().unwrap_or(0) as i64 };
        // The row prints a negative count where the lowest power comes first.
        Ok(x.vander(n.unsigned_abs() as usize, n < 0 || c.flag(2)?).into())
    }),
];
