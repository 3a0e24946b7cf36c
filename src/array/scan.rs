//! Kernels that run along one axis and keep its length: running sums and products, recurrences, sorting.

use std::cmp::Ordering;

use super::reductions::{frexp, ldexp};
use super::sums::Compensated;
use super::{Array, Element};
use crate::error::{Error, ErrorKind, Result};

/// Applies `f` to every lane along `axis`: from lane to as many lanes of the same length as `K` says.
pub(crate) fn lanes<T: Element, U: Element, const K: usize>(
    x: &Array,
    axis: usize,
    mut f: impl FnMut(&[T], [&mut [U]; K]) -> Result<()>,
) -> Result<[Array; K]> {
    let mut order: Vec<usize> = (0..x.rank()).filter(|&a| a != axis).collect();
    order.push(axis);
    let moved = x.permute(&order)?;
    let mut back = vec![0; order.len()];
    order.iter().enumerate().for_each(|(to, &from)| back[from] = to);
    let values = moved.to_vec::<T>()?;
    let n = moved.shape().last().copied().unwrap_or(1);
    let mut outs: [Vec<U>; K] = std::array::from_fn(|_| vec![U::default(); values.len()]);
    for i in 0..values.len().checked_div(n).unwrap_or(0) {
        let range = i * n..(i + 1) * n;
        f(&values[range.clone()], outs.each_mut().map(|o| &mut o[range.clone()]))?;
    }
    let mut done = vec![];
    for out in outs {
        done.push(Array::from_vec(out, moved.shape())?.permute(&back)?);
    }
    done.try_into().map_err(|_| Error::new(ErrorKind::Argument, "a lane is missing"))
}

/// Running sums, compensated.
pub(crate) fn running_sum(x: &[f64], out: &mut [f64]) {
    let (mut total, mut plain) = (Compensated::default(), 0.0);
    for (o, &v) in out.iter_mut().zip(x) {
        total.add(v);
        plain += v;
        // Compensation makes a NaN of an infinite sum.
        *o = if plain.is_finite() { total.value() } else { plain };
    }
}

/// Running sums of integers; `None` where one leaves i64.
pub(crate) fn running_sum_i64(x: &[i64], out: &mut [i64]) -> Option<()> {
    let mut total = 0i64;
    for (o, &v) in out.iter_mut().zip(x) {
        total = total.checked_add(v)?;
        *o = total;
    }
    Some(())
}

/// Running products of integers; `None` where one leaves i64.
pub(crate) fn running_product_i64(x: &[i64], out: &mut [i64]) -> Option<()> {
    let mut total = 1i64;
    for (o, &v) in out.iter_mut().zip(x) {
        total = total.checked_mul(v)?;
        *o = total;
    }
    Some(())
}

/// A product as mantissa and exponent, so that no partial product leaves the range of f64.
#[derive(Clone, Copy)]
struct Product {
    m: f64,
    e: i64,
}

impl Product {
    const ONE: Product = Product { m: 1.0, e: 0 };

    fn times(self, v: f64) -> Product {
        let (fm, fe) = frexp(v);
        let (m, extra) = frexp(self.m * fm);
        Product { m, e: self.e + fe + extra }
    }

    fn value(self) -> f64 {
        ldexp(self.m, self.e)
    }
}

/// Running products.
pub(crate) fn running_product(x: &[f64], out: &mut [f64]) {
    let mut total = Product::ONE;
    for (o, &v) in out.iter_mut().zip(x) {
        total = total.times(v);
        *o = total.value();
    }
}

/// The product of all other elements, for every element: products from both sides.
pub(crate) fn product_of_others(x: &[f64], out: &mut [f64]) {
    let mut before = vec![Product::ONE; x.len()];
    for i in 1..x.len() {
        before[i] = before[i - 1].times(x[i - 1]);
    }
    let mut after = Product::ONE;
    for i in (0..x.len()).rev() {
        let product = before[i].times(after.m);
        out[i] = Product { m: product.m, e: product.e + after.e }.value();
        after = after.times(x[i]);
    }
}

/// Running log Σ exp: the largest term so far, and the sum relative to it.
pub(crate) fn running_log_sum_exp(x: &[f64], out: &mut [f64]) {
    let (mut max, mut sum) = (f64::NEG_INFINITY, 0.0f64);
    for (o, &v) in out.iter_mut().zip(x) {
        if v > max {
            sum = if max == f64::NEG_INFINITY { 1.0 } else { sum * (max - v).exp() + 1.0 };
            max = v;
        } else if v.is_nan() || max.is_nan() {
            max = f64::NAN;
        } else if max.is_finite() {
            sum += (v - max).exp();
        }
        *o = if max.is_finite() { max + (sum - 1.0).ln_1p() } else { max };
    }
}

/// sᵢ = aᵢ sᵢ₋₁ + bᵢ from s = 0.
pub(crate) fn recurrence(a: &[f64], b: &[f64], out: &mut [f64]) {
    let mut s = 0.0;
    for (i, (o, (&a, &b))) in out.iter_mut().zip(a.iter().zip(b)).enumerate() {
        s = if i == 0 { b } else { a.mul_add(s, b) };
        *o = s;
    }
}

/// The places of the elements in ascending order, equal ones in their order, NaNs last.
pub(crate) fn ascending<T: Copy + PartialOrd>(x: &[T]) -> Vec<i64> {
    let mut places: Vec<i64> = (0..x.len() as i64).collect();
    let nan = |v: &T| v.partial_cmp(v).is_none();
    places.sort_by(|&i, &j| {
        let (a, b) = (&x[i as usize], &x[j as usize]);
        a.partial_cmp(b).unwrap_or_else(|| match (nan(a), nan(b)) {
            (true, false) => Ordering::Greater,
            (false, true) => Ordering::Less,
            _ => Ordering::Equal,
        })
    });
    places
}
