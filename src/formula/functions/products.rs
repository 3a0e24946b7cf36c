//! Products of vectors and matrices, determinants and systems.

use super::{Function, row};
use crate::Tensor;
use crate::formula::value::Record;

/// The rows of this file.
pub(super) static TABLE: &[Function] = &[
    row(&["matmul", "mm", "bmm"], "a, b", "a @ b: the scalar, matrix-vector or matrix product.", |c| {
        Ok(c.tensor(0)?.matmul(c.tensor(1)?).into())
    }),
    row(&["dot", "inner", "vdot"], "a, b", "The scalar product of two vectors; of matrices a @ b.", |c| {
        let (a, b) = (c.tensor(0)?, c.tensor(1)?);
        let scalar = a.shape()?.is_empty() || b.shape()?.is_empty();
        Ok(if scalar { a * b } else { a.matmul(b) }.into())
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
    row(&["solve"], "A, b", "The x with A @ x = b; of a singular A an error.", |c| {
        Ok(c.tensor(0)?.solve(c.tensor(1)?).into())
    }),
    row(&["cholesky"], "A", "The lower triangular L with L @ L.T = A.", |c| Ok(c.tensor(0)?.cholesky().into())),
];
