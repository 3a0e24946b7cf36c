//! Products of vectors and matrices, determinants and systems.

use super::{Function, row};
use crate::error::Result;
use crate::formula::arguments::Arguments;
use crate::formula::value::{Record, Value};
use crate::{Tensor, ops};

/// `tensordot(a, b, axes)`: axes as a count, or as a pair of lists.
fn tensordot(c: &Arguments) -> Result<Value> {
    let (a, b) = (c.tensor(0)?, c.tensor(1)?);
    let axes = |v: &Value| Ok::<_, crate::Error>(v.integers()?.into_iter().map(|n| n as isize).collect::<Vec<_>>());
    let pair = match c.has(2) {
        true => c.value(2)?.0.items().map(<[Value]>::to_vec),
        false => None,
    };
    let (left, right) = match pair.as_deref() {
        Some([l, r]) => (axes(l)?, axes(r)?),
        Some(_) => return Err(c.wrong("takes axes as a count or as a pair of lists")),
        None => {
            let n = c.integer(2, 2)? as isize;
            ((-n..0).collect(), (0..n).collect())
        }
    };
    Ok(a.tensordot(&b, &left, &right).into())
}

/// The rows of this file.
pub(super) static TABLE: &[Function] = &[
    row(&["matmul", "mm", "bmm"], "a, b", "a @ b: the scalar, matrix-vector or matrix product.", |c| {
        Ok(c.tensor(0)?.matmul(c.tensor(1)?).into())
    }),
    row(&["dot"], "a, b", "The scalar product of two vectors; of matrices a @ b.", |c| {
        Ok(c.tensor(0)?.dot(&c.tensor(1)?).into())
    }),
    row(&["inner"], "a, b", "The sums of products over the last axes of both.", |c| {
        Ok(c.tensor(0)?.inner(&c.tensor(1)?).into())
    }),
    row(&["vdot"], "a, b", "The scalar product of all elements of both.", |c| {
        Ok(c.tensor(0)?.vdot(&c.tensor(1)?).into())
    }),
    row(&["einsum"], "subscripts, *operands", "Sums of products by their subscripts, as 'ij,jk->ik'.", |c| {
        let operands = c.rest().iter().map(|(v, span)| c.machine.tensor(v, *span)).collect::<Result<Vec<_>>>()?;
        Ok(ops::einsum(&c.text(0)?, &operands.iter().collect::<Vec<_>>()).into())
    }),
    row(
        &["tensordot"],
        "a, b, axes=2",
        "The sums of products over the last axes of a and the first of b, or over pairs ([..], [..]).",
        |c| tensordot(c),
    ),
    row(&["kron"], "a, b", "The Kronecker product: every element of a times the whole of b.", |c| {
        Ok(c.tensor(0)?.kron(&c.tensor(1)?).into())
    }),
    row(&["outer"], "a, b", "The matrix of all products of elements of two vectors.", |c| {
        Ok(c.tensor(0)?.outer(c.tensor(1)?).into())
    }),
    row(&["det"], "A", "The determinant of the last two axes.", |c| Ok(c.tensor(0)?.det().into())),
    row(&["trace"], "x", "The sum of the diagonal of the last two axes.", |c| Ok(c.tensor(0)?.trace().into())),
    row(&["slogdet"], "A", "Sign and logarithm of the magnitude of the determinant: .sign and .logabsdet.", |c| {
        let (sign, log) = c.tensor(0)?.slogdet();
        Ok(Record::value(None, [("sign", sign.into()), ("logabsdet", log.into())]))
    }),
    row(&["logdet"], "A", "The logarithm of the determinant, NaN where that is negative.", |c| {
        let (sign, log) = c.tensor(0)?.slogdet();
        Ok(Tensor::select(&sign.less(0.0), &Tensor::from(f64::NAN), &log).into())
    }),
    row(&["adjugate"], "A", "The transposed cofactors det(A)*inv(A), of a singular matrix too.", |c| {
        Ok(c.tensor(0)?.adjugate().into())
    }),
    row(&["inv"], "A", "The inverse of a square matrix; of a singular one an error.", |c| {
        Ok(c.tensor(0)?.inv().into())
    }),
    row(&["solve"], "A, b, refine=False", "The x with A @ x = b; of a singular A an error.", |c| {
        let (a, b) = (c.tensor(0)?, c.tensor(1)?);
        Ok(if c.flag(2)? { a.solve_refined(b) } else { a.solve(b) }.into())
    }),
    row(&["cholesky"], "A", "The lower triangular L with L @ L.T = A.", |c| Ok(c.tensor(0)?.cholesky().into())),
];
