//! Tables of weights over variables known by number: product, sums, slices. Weights never underflow, or are exact.

use crate::array::Rational;
use crate::array::memory;
use crate::array::wide::Scaled;
use crate::error::Result;

/// What the entries of a table are: f64 with endless exponents, or fractions.
pub(crate) trait Weight: Clone {
    /// 1.
    fn one() -> Self;
    /// The sum of some weights, rounded about once.
    fn sum(terms: &[&Self]) -> Self;
    /// The product.
    fn times(&self, other: &Self) -> Self;
    /// The quotient; `None` over 0.
    fn over(&self, other: &Self) -> Option<Self>;
    /// True of 0.
    fn is_zero(&self) -> bool;
    /// The nearest f64.
    fn to_f64(&self) -> f64;
    /// The logarithm, −inf of 0.
    fn ln(&self) -> f64;
    /// The fraction, where the weight is one.
    fn fraction(&self) -> Option<Rational>;
    /// How far two numbers may lie apart, relative to them, and still be equal, after `n` operations.
    fn tolerance(n: usize) -> f64;
    /// The distance of two numbers, relative to the larger.
    fn apart(&self, other: &Self) -> f64;
}

impl Weight for Scaled {
    fn one() -> Scaled {
        Scaled::from(1.0)
    }

    fn sum(terms: &[&Scaled]) -> Scaled {
        Scaled::sum(terms.iter().copied().copied())
    }

    fn times(&self, other: &Scaled) -> Scaled {
        Scaled::times(*self, *other)
    }

    fn over(&self, other: &Scaled) -> Option<Scaled> {
        match (other.is_zero(), self.is_zero()) {
            (true, _) => None,
            (_, true) => Some(Scaled::ZERO),
            _ => Some(self.over_signed(*other)),
        }
    }

    fn is_zero(&self) -> bool {
        *self == Scaled::ZERO
    }

    fn to_f64(&self) -> f64 {
        Scaled::to_f64(*self)
    }

    fn ln(&self) -> f64 {
        Scaled::ln(*self)
    }

    fn fraction(&self) -> Option<Rational> {
        None
    }

    fn tolerance(n: usize) -> f64 {
        (n + 16) as f64 * f64::EPSILON
    }

    fn apart(&self, other: &Scaled) -> f64 {
        match (self.over(other), self.is_zero() && other.is_zero()) {
            (_, true) => 0.0,
            (None, _) => 1.0,
            (Some(q), _) => {
                let q = q.to_f64();
                (q - 1.0).abs() / q.max(1.0)
            }
        }
    }
}

impl Weight for Rational {
    fn one() -> Rational {
        Rational::from(1)
    }

    fn sum(terms: &[&Rational]) -> Rational {
        terms.iter().fold(Rational::from(0), |sum, t| sum.plus(t))
    }

    fn times(&self, other: &Rational) -> Rational {
        Rational::times(self, other)
    }

    fn over(&self, other: &Rational) -> Option<Rational> {
        Rational::over(self, other)
    }

    fn is_zero(&self) -> bool {
        self.sign() == 0
    }

    fn to_f64(&self) -> f64 {
        Rational::to_f64(self)
    }

    fn ln(&self) -> f64 {
        Rational::ln(self)
    }

    fn fraction(&self) -> Option<Rational> {
        Some(self.clone())
    }

    fn tolerance(_: usize) -> f64 {
        0.0
    }

    fn apart(&self, other: &Rational) -> f64 {
        f64::from(self != other)
    }
}

/// A table over some variables, the last varying fastest.
#[derive(Clone, Debug)]
pub(crate) struct Factor<W> {
    /// The variables, by number.
    pub(crate) vars: Vec<usize>,
    /// How many states each has.
    pub(crate) sizes: Vec<usize>,
    /// The weights in row-major order.
    pub(crate) table: Vec<W>,
}

/// How far apart the entries of neighbouring states lie.
fn strides(sizes: &[usize]) -> Vec<usize> {
    let mut strides = vec![1; sizes.len()];
    for i in (1..sizes.len()).rev() {
        strides[i - 1] = strides[i] * sizes[i];
    }
    strides
}

/// The states of every variable at an entry.
pub(crate) fn states(sizes: &[usize], entry: usize) -> Vec<usize> {
    strides(sizes).iter().zip(sizes).map(|(stride, size)| entry / stride % size).collect()
}

/// For every entry of a table of these sizes, the sum of its states times strides.
fn offsets(sizes: &[usize], strides: &[usize]) -> Vec<usize> {
    let mut out = vec![0];
    for (&size, &stride) in sizes.iter().zip(strides) {
        out = out.iter().flat_map(|&o| (0..size).map(move |s| o + s * stride)).collect();
    }
    out
}

impl<W: Weight> Factor<W> {
    /// The table without variables that is 1.
    pub(crate) fn one() -> Factor<W> {
        Factor { vars: vec![], sizes: vec![], table: vec![W::one()] }
    }

    /// How far apart neighbours along each of these variables lie here; 0 along those that are not here.
    fn strides_of(&self, vars: &[usize]) -> Vec<usize> {
        let own = strides(&self.sizes);
        vars.iter().map(|v| self.vars.iter().position(|w| w == v).map_or(0, |i| own[i])).collect()
    }

    /// The product, over the variables of both; refused where it would not fit into memory.
    pub(crate) fn times(&self, other: &Factor<W>) -> Result<Factor<W>> {
        let (mut vars, mut sizes) = (self.vars.clone(), self.sizes.clone());
        for (v, size) in other.vars.iter().zip(&other.sizes) {
            if !vars.contains(v) {
                vars.push(*v);
                sizes.push(*size);
            }
        }
        let count = sizes.iter().fold(1usize, |n, s| n.saturating_mul(*s));
        memory::check(count.saturating_mul(2 * size_of::<W>()), "a table of probabilities")?;
        let a = offsets(&sizes, &self.strides_of(&vars));
        let b = offsets(&sizes, &other.strides_of(&vars));
        let table = a.iter().zip(&b).map(|(&i, &j)| self.table[i].times(&other.table[j])).collect();
        Ok(Factor { vars, sizes, table })
    }

    /// The table over these of its variables, in this order, the others summed out.
    pub(crate) fn onto(&self, keep: &[usize]) -> Factor<W> {
        let place = |v: &usize| self.vars.iter().position(|w| w == v);
        let at: Vec<usize> = keep.iter().filter_map(place).collect();
        let rest: Vec<usize> = (0..self.vars.len()).filter(|i| !at.contains(i)).collect();
        let own = strides(&self.sizes);
        let pick = |places: &[usize]| {
            let sizes: Vec<usize> = places.iter().map(|&i| self.sizes[i]).collect();
            let strides: Vec<usize> = places.iter().map(|&i| own[i]).collect();
            offsets(&sizes, &strides)
        };
        let (kept, summed) = (pick(&at), pick(&rest));
        let cell = |&k: &usize| match summed.as_slice() {
            [only] => self.table[k + only].clone(),
            many => W::sum(&many.iter().map(|r| &self.table[k + r]).collect::<Vec<_>>()),
        };
        Factor {
            vars: at.iter().map(|&i| self.vars[i]).collect(),
            sizes: at.iter().map(|&i| self.sizes[i]).collect(),
            table: kept.iter().map(cell).collect(),
        }
    }

    /// The slice in which variables have these states; they are no longer in the table.
    pub(crate) fn at(&self, observed: &[(usize, usize)]) -> Factor<W> {
        let own = strides(&self.sizes);
        let state = |v: &usize| observed.iter().find(|(w, _)| w == v).map(|(_, s)| *s);
        let base: usize = self.vars.iter().zip(&own).filter_map(|(v, stride)| Some(state(v)? * stride)).sum();
        let free: Vec<usize> = (0..self.vars.len()).filter(|&i| state(&self.vars[i]).is_none()).collect();
        let pick = |from: &[usize]| free.iter().map(|&i| from[i]).collect::<Vec<usize>>();
        let sizes = pick(&self.sizes);
        let table = offsets(&sizes, &pick(&own)).iter().map(|o| self.table[base + o].clone()).collect();
        Factor { vars: pick(&self.vars), sizes, table }
    }

    /// The sum of all entries.
    pub(crate) fn total(&self) -> W {
        W::sum(&self.table.iter().collect::<Vec<_>>())
    }

    /// Every entry divided by a number; `None` where that is 0.
    pub(crate) fn divided(&self, by: &W) -> Option<Factor<W>> {
        let table = self.table.iter().map(|w| w.over(by)).collect::<Option<_>>()?;
        Some(Factor { table, ..self.clone() })
    }

    /// The same table for variables of other numbers.
    pub(crate) fn renumbered(&self, number: impl Fn(usize) -> usize) -> Factor<W> {
        Factor { vars: self.vars.iter().map(|&v| number(v)).collect(), ..self.clone() }
    }

    /// The table with each group of the last `inner` entries divided by its sum; entries of groups that sum to 0 stay 0.
    pub(crate) fn rows_divided(&self, inner: usize) -> (Factor<W>, Vec<usize>) {
        let (mut table, mut empty) = (Vec::with_capacity(self.table.len()), vec![]);
        for (r, row) in self.table.chunks(inner.max(1)).enumerate() {
            let total = W::sum(&row.iter().collect::<Vec<_>>());
            if total.is_zero() {
                empty.push(r);
            }
            table.extend(row.iter().map(|w| w.over(&total).unwrap_or_else(|| w.clone())));
        }
        (Factor { table, ..self.clone() }, empty)
    }
}
