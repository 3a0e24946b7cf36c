//! Rewrites that no line of the table can say: they count elements, move constants, or look at axes.

use super::algebra::{Algebra, Sum, emit_factors, product_of, scale, sum_of};
use crate::graph::{Attrs, Tensor};
use crate::ops::{DIV, DOT, EXPAND_DIMS, LOG, LOG_PRODUCT, LOG_RATIO, LOG1P, MATMUL, MATVEC, MUL, POW, SUM, TRANSPOSE};

/// Squared distances of rows, Σx² − 2 x·yᵀ + Σy², as the sum of the squares of differences.
pub fn distances(algebra: &mut Algebra, t: &Tensor) -> Option<(&'static str, Tensor)> {
    let sum = sum_of(t);
    let (at, (c, product)) = sum.terms.iter().enumerate().find(|(_, (_, t))| *t.op() == MATMUL || *t.op() == MATVEC)?;
    let (x, y) = (&product.node().inputs()[0], &product.node().inputs()[1]);
    let squares = |x: &Tensor| x.square().sum(-1);
    // Along which axis a value is spread over all pairs.
    let spread = |x: &Tensor, axis: isize| EXPAND_DIMS.call(&[x], Attrs::Axes(vec![axis]));
    let (x, y, first, second) = match (*product.op() == MATMUL, x.rank(), y.rank()) {
        (true, 2, 2) => {
            let y = untransposed(y);
            (spread(x, -2), y.clone(), vec![spread(&squares(x), -1)], vec![squares(&y), spread(&squares(&y), -2)])
        }
        (false, 2, 1) => (x.clone(), y.clone(), vec![squares(x)], vec![squares(y)]),
        _ => return None,
    };
    let mut find = |wanted: &[Tensor]| {
        sum.terms.iter().position(|(k, u)| *k == -0.5 * c && wanted.iter().any(|w| algebra.same(w, u)))
    };
    let (i, j) = (find(&first)?, find(&second)?);
    let rest: Vec<_> = sum.terms.iter().enumerate().filter(|(k, _)| ![at, i, j].contains(k)).collect();
    let rest = Sum { constant: sum.constant, terms: rest.into_iter().map(|(_, t)| t.clone()).collect() };
    let between = Sum { constant: 0.0, terms: vec![(-0.5 * c, (x - y).square().sum(-1))] };
    Some(("squared distances of rows", between.plus(1.0, rest).emit()))
}

/// Sums over n elements divided by n, all of a product together: (Σx)²/n is Σx times a mean.
pub fn mean(t: &Tensor) -> Option<(&'static str, Tensor)> {
    let p = product_of(t);
    let mut left = 1.0 / p.coefficient.abs();
    let mut factors = vec![];
    for (f, q) in &p.factors {
        let sum = if *q >= 1.0 && left > 1.5 { summed(f) } else { None };
        let Some((x, attrs, kept, n)) = sum else {
            factors.push((f.clone(), *q));
            continue;
        };
        let mut means = 0.0;
        while means + 1.0 <= *q && left / n > 1.0 - 1e-15 {
            left /= n;
            means += 1.0;
        }
        if means > 0.0 {
            let mean = crate::ops::MEAN.call(&[&x], attrs.clone());
            factors.push((if kept { crate::ops::EXPAND_DIMS.call(&[&mean], attrs) } else { mean }, means));
        }
        if means < *q {
            factors.push((f.clone(), q - means));
        }
    }
    let used = p.coefficient.abs() < 0.75 && (left - 1.0).abs() <= 1e-15;
    used.then(|| ("mean", scale(&emit_factors(&factors), p.coefficient.signum())))
}

/// log(c + x) − log(c), where log(c) may have been folded to a number: log1p(x/c) without the rounding of c + x.
pub fn log_over_constant(t: &Tensor) -> Option<(&'static str, Tensor)> {
    let mut sum = sum_of(t);
    if sum.constant == 0.0 {
        return None;
    }
    for i in 0..sum.terms.len() {
        let (k, term) = sum.terms[i].clone();
        if *term.op() != LOG {
            continue;
        }
        let mut inside = sum_of(&term.node().inputs()[0]);
        let c = std::mem::take(&mut inside.constant);
        if c <= 0.0 || inside.terms.is_empty() || (sum.constant + k * c.ln()).abs() > 4e-16 * sum.constant.abs() {
            continue;
        }
        let x = scale(&inside.emit(), 1.0 / c);
        let far = (term.node().inputs()[0].as_written() / c).log();
        sum.terms[i].1 = Tensor::select(&x.abs().less(0.5), &x.log1p(), &far);
        sum.constant = 0.0;
        return Some(("log over a constant", sum.emit()));
    }
    None
}

/// A sum of data over a constant, as (a + b + c)/3: terms are made smaller by a power of two before they are added.
///
/// That is exact, so nothing rounds that did not round before.
pub fn mean_of_terms(t: &Tensor) -> Option<(&'static str, Tensor)> {
    let p = product_of(t);
    let ([(inner, 1.0)], true) = (&p.factors[..], p.coefficient.abs() < 1.0) else { return None };
    let sum = sum_of(inner);
    let data = |t: &Tensor| t.data().is_some() || super::algebra::moves(t.op());
    let whole = |(c, t): &(f64, Tensor)| *c == 1.0 && data(t);
    let few = (3..=8).contains(&sum.terms.len());
    if !few || sum.constant != 0.0 || !sum.terms.iter().all(whole) {
        return None;
    }
    let part = (sum.terms.len() as f64).log2().ceil().exp2();
    let small = sum.terms.iter().map(|(_, t)| t / part).reduce(|a, b| a + b)?;
    Some(("mean of terms", small / (1.0 / (p.coefficient * part))))
}

/// Constants that meet in a product, as in 0.5·(2·x), are one.
pub fn one_constant(t: &Tensor) -> Option<(&'static str, Tensor)> {
    let constant = |t: &Tensor| t.node().inputs().iter().any(|i| i.constant().is_some());
    let scales = |t: &Tensor| (*t.op() == MUL || *t.op() == DIV) && constant(t);
    if !scales(t) || !t.node().inputs().iter().any(scales) {
        return None;
    }
    let p = product_of(t);
    let after = p.emit();
    let inside = after.constant().is_none() && !after.node().inputs().iter().any(scales);
    let plain = (1e-30..1e30).contains(&p.coefficient.abs());
    (plain && inside).then_some(("one constant", after))
}

/// What a sum or a scalar product adds up, along which axes, whether they are kept, and how many terms there are.
fn summed(t: &Tensor) -> Option<(Tensor, Attrs, bool, f64)> {
    let (inner, kept) = super::matcher::without_kept_axes(t);
    let x = inner.node().inputs();
    let (x, attrs) = match inner.op() {
        op if *op == SUM => (x[0].clone(), inner.node().attrs().clone()),
        op if *op == DOT => (&x[0] * &x[1], Attrs::Axes(vec![-1])),
        _ => return None,
    };
    let n = x.dims().iter().product::<usize>() as f64 / inner.dims().iter().product::<usize>().max(1) as f64;
    (n > 1.0).then_some((x, attrs, kept, n))
}

/// A scalar product with a logarithm, term by term: 0·log 0 counts as 0.
pub fn dot_of_logarithm(t: &Tensor) -> Option<(&'static str, Tensor)> {
    let (a, b) = (&t.node().inputs()[0], &t.node().inputs()[1]);
    let logarithm = |t: &Tensor| [&LOG, &LOG1P, &LOG_RATIO, &LOG_PRODUCT].contains(&t.op());
    (logarithm(a) || logarithm(b)).then(|| ("dot of logarithm", (a * b).sum(-1)))
}

/// The sum of sums over everything is one sum.
pub fn sum_of_sums(t: &Tensor) -> Option<(&'static str, Tensor)> {
    let inner = &t.node().inputs()[0];
    (t.rank() == 0 && *inner.op() == SUM).then(|| ("sum of sums", inner.node().inputs()[0].sum(())))
}

/// Aᵀ, where (Aᵀ)ᵀ is A.
fn untransposed(a: &Tensor) -> Tensor {
    match *a.op() == TRANSPOSE && a.node().attrs().axes() == [-1, -2] {
        true => a.node().inputs()[0].clone(),
        false => a.mt(),
    }
}

/// The sum of the diagonal of a product without the product: trace(A @ B) is Σ A·Bᵀ.
pub fn trace(t: &Tensor) -> Option<(&'static str, Tensor)> {
    let product = crate::ops::traced(t)?;
    if *product.op() != crate::ops::MATMUL {
        return None;
    }
    let (a, b) = (&product.node().inputs()[0], &product.node().inputs()[1]);
    let flipped = untransposed(b);
    let (a, b) = if *a.op() == TRANSPOSE && a.node().attrs().axes() == [-1, -2] {
        (a.node().inputs()[0].clone(), b.clone())
    } else {
        (a.clone(), flipped)
    };
    Some(("trace of a product", MUL.call(&[&a, &b], Attrs::None).sum([-2, -1])))
}

/// x ** 0.5 as the root that other rules look for.
pub fn half_power(t: &Tensor) -> Option<(&'static str, Tensor)> {
    let x = t.node().inputs();
    match (*t.op() == POW).then(|| x[1].constant()).flatten()? {
        0.5 => Some(("power one half", x[0].sqrt())),
        -0.5 => Some(("power one half", 1.0 / x[0].sqrt())),
        _ => None,
    }
}
