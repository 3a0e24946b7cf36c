//! Random numbers: pure in their key, which without one is the script's seed and the place of the call.

use super::{Function, row};
use crate::error::Result;
use crate::formula::arguments::Arguments;
use crate::{Tensor, ops};

/// The key of a call that names none.
pub(super) fn own_key(c: &Arguments) -> Tensor {
    let span = c.place.span;
    // Multiplied by odd numbers and mixed, so that neighbouring places and seeds have unrelated keys.
    let place = (span.line as u64) << 32 | span.column as u64;
    let mixed = (c.machine.seed as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ place.wrapping_mul(0xD1B5_4A32_D192_ED03);
    ops::key((mixed ^ (mixed >> 31)) as i64)
}

/// The shape behind `size=`, or the one that two parameters broadcast to.
fn size(c: &Arguments, i: usize, a: &Tensor, b: &Tensor) -> Result<Vec<usize>> {
    if c.has(i) { c.shape(i) } else { Ok((a + b).shape()?.to_vec()) }
}

/// The rows of this file.
pub(super) static TABLE: &[Function] = &[
    row(&["key", "PRNGKey"], "seed", "The random key of an integer seed.", |c| Ok(ops::key(c.integer(0, 0)?).into())),
    row(&["split_key"], "key, count=2", "Independent keys made from one, as rows.", |c| {
        let count = if c.has(1) { c.count(1)? } else { 2 };
        Ok(c.tensor(0)?.split_key(count).into())
    }),
    row(&["random_uniform"], "key, shape, dtype=None", "Random numbers, uniform from 0 to 1, from a key.", |c| {
        Ok(Tensor::random_uniform(&c.tensor(0)?, &c.shape(1)?, c.dtype(2)?).into())
    }),
    row(
        &["random_normal"],
        "key, shape, dtype=None",
        "Random numbers of the standard normal distribution, from a key.",
        |c| Ok(Tensor::random_normal(&c.tensor(0)?, &c.shape(1)?, c.dtype(2)?).into()),
    ),
    row(
        &["random_gamma"],
        "key, a, shape=None, dtype=None",
        "Random numbers of the gamma distribution with a shape and scale 1, from a key.",
        |c| {
            let a = c.tensor(1)?;
            Ok(Tensor::random_gamma(&c.tensor(0)?, &a, &size(c, 2, &a, &a)?, c.dtype(3)?).into())
        },
    ),
    row(
        &["random_poisson"],
        "key, lam, shape=None, dtype=None",
        "Random whole numbers of the Poisson distribution with a mean, from a key.",
        |c| {
            let lam = c.tensor(1)?;
            Ok(Tensor::random_poisson(&c.tensor(0)?, &lam, &size(c, 2, &lam, &lam)?, c.dtype(3)?).into())
        },
    ),
    row(
        &["random_binomial"],
        "key, n, p, shape=None, dtype=None",
        "Random whole numbers of the binomial distribution, from a key.",
        |c| {
            let (n, p) = (c.tensor(1)?, c.tensor(2)?);
            Ok(Tensor::random_binomial(&c.tensor(0)?, &n, &p, &size(c, 3, &n, &p)?, c.dtype(4)?).into())
        },
    ),
    row(&["rand", "random"], "shape, *lengths", "Random numbers, uniform from 0 to 1.", |c| {
        Ok(Tensor::random_uniform(&own_key(c), &c.shape(0)?, c.machine.dtype).into())
    }),
    row(&["randn", "standard_normal"], "shape, *lengths", "Random numbers of the standard normal distribution.", |c| {
        Ok(Tensor::random_normal(&own_key(c), &c.shape(0)?, c.machine.dtype).into())
    }),
    row(&["uniform"], "low=0, high=1, shape=None", "Random numbers, uniform from low to high.", |c| {
        let (low, high) = (c.tensor_or(0, 0.0)?, c.tensor_or(1, 1.0)?);
        let u = Tensor::random_uniform(&own_key(c), &size(c, 2, &low, &high)?, c.machine.dtype);
        Ok((&low + (&high - &low) * u).into())
    }),
    row(&["normal"], "loc=0, scale=1, shape=None", "Random numbers of a normal distribution.", |c| {
        let (loc, scale) = (c.tensor_or(0, 0.0)?, c.tensor_or(1, 1.0)?);
        let z = Tensor::random_normal(&own_key(c), &size(c, 2, &loc, &scale)?, c.machine.dtype);
        Ok((loc + scale * z).into())
    }),
];
