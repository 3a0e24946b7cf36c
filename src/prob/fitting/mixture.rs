//! Mixtures fitted by expectation and maximisation, from a k-means++ start.

use crate::error::{Error, ErrorKind, Result};
use crate::prob::{Distribution, Family, MIXTURE, mixture, responsibilities};
use crate::{Array, DType, Tensor, eval};

/// A mixture fitted to data.
#[derive(Clone, Debug)]
pub struct MixtureFit {
    /// The mixture.
    pub mixture: Distribution,
    /// The logarithm of the likelihood of the data.
    pub log_likelihood: f64,
    /// Schwarz's criterion, `parameters log n − 2 log_likelihood`: the model with the least is preferred.
    pub bic: f64,
    /// How many rounds were made.
    pub rounds: usize,
    /// True if the last round changed the likelihood by no more than rounding.
    pub settled: bool,
}

/// How many rounds are made at most, and by what share the likelihood must grow for another one.
const ROUNDS: usize = 2000;
const GROWTH: f64 = 1e-12;

/// The mixture of `count` distributions of a family that data along the first axis is likely under, by EM.
///
/// Components start at data that k-means++ picks by the key; rounds go on until the likelihood no longer grows. It is a
/// local maximum: another key may find another. Errors: fewer values than components, a family without a fit, a
/// component that shrinks onto one value, where the likelihood has no maximum.
///
/// ```
/// use gradus::{ops::key, prob};
/// let x = [-5.1, -4.9, -5.0, -5.2, 4.8, 5.1, 5.0, 5.3];
/// let fit = prob::fit_mixture(x, &prob::NORMAL, 2, &key(0))?;
/// let mut means: Vec<f64> = fit.mixture.parts().iter().map(|p| p.mean().eval().unwrap().item().unwrap()).collect();
/// means.sort_by(f64::total_cmp);
/// assert!((means[0] + 5.05).abs() < 1e-9 && (means[1] - 5.05).abs() < 1e-9);
/// # Ok::<(), gradus::Error>(())
/// ```
pub fn fit_mixture(x: impl Into<Tensor>, family: &'static Family, count: usize, key: &Tensor) -> Result<MixtureFit> {
    let x = Tensor::new(eval(&[&x.into()])?.remove(0));
    let n = x.shape()?.first().copied().unwrap_or(0);
    if count == 0 || n < count {
        let m = format!("`fit_mixture` needs at least as many values as components: {n} and {count}");
        return Err(Error::new(ErrorKind::Argument, m));
    }
    let mut shares = nearest(&x, &seeds(&x, count, key)?)?;
    let (mut last, mut rounds, mut settled) = (f64::NEG_INFINITY, 0, false);
    let mut model = maximised(&x, family, &shares)?;
    while rounds < ROUNDS && !settled {
        rounds += 1;
        let both = eval(&[&responsibilities(&model, &x), &model.log_prob(&x).sum(())]).map_err(collapsed)?;
        let likelihood = both[1].item()?;
        settled = likelihood - last <= GROWTH * likelihood.abs();
        if likelihood.is_nan() || likelihood == f64::INFINITY {
            return Err(collapsed(Error::new(ErrorKind::Domain, "the likelihood has no bound")));
        }
        last = likelihood;
        shares = Tensor::new(both[0].clone());
        if !settled {
            model = maximised(&x, family, &shares)?;
        }
    }
    let free = count - 1 + count * parameters(&model.parts()[0]);
    let bic = free as f64 * (n as f64).ln() - 2.0 * last;
    Ok(MixtureFit { mixture: model, log_likelihood: last, bic, rounds, settled })
}

/// An error of parameters that became impossible, as what it means here.
fn collapsed(e: Error) -> Error {
    if e.is_domain() || e.is_singular() {
        let m = format!("`fit_mixture`: a component shrank onto too few values ({})", e.message());
        return Error::new(ErrorKind::Domain, m);
    }
    e
}

/// The components that are most likely with these shares of every value, and the weights.
fn maximised(x: &Tensor, family: &'static Family, shares: &Tensor) -> Result<Distribution> {
    let count = shares.shape()?.last().copied().unwrap_or(0);
    let component = |k: usize| -> Result<Distribution> {
        let fitted = family.fit(x, Some(&shares.index(-1, k as i64)))?;
        // Numbers in place of formulas: the next round must not carry the last one along.
        let given = fitted.given();
        let values = eval(&given.iter().map(|(_, t)| t).collect::<Vec<_>>()).map_err(collapsed)?;
        let known: Vec<(&str, Tensor)> =
            given.iter().map(|(n, _)| *n).zip(values.into_iter().map(Tensor::new)).collect();
        Ok(family.of(&known))
    };
    let parts = (0..count).map(component).collect::<Result<Vec<_>>>()?;
    let sums = shares.mean(0);
    let weights = Tensor::new((&sums / sums.sum(())).eval()?);
    let d = mixture(weights, &parts);
    if *d.family() != MIXTURE {
        d.mean().eval()?;
    }
    Ok(d)
}

/// Rows of data as vectors, one number each where they are numbers.
fn rows(x: &Tensor) -> Result<(Vec<Vec<f64>>, usize)> {
    let data = x.eval()?;
    let n = data.shape().first().copied().unwrap_or(0);
    let values = data.to_f64();
    let width = values.len().checked_div(n).unwrap_or(0);
    Ok((values.chunks(width.max(1)).map(<[f64]>::to_vec).collect(), width))
}

/// The squared distance of two rows, in units in which every column has variance 1.
fn squared(a: &[f64], b: &[f64], scale: &[f64]) -> f64 {
    a.iter().zip(b).zip(scale).map(|((a, b), s)| ((a - b) / s).powi(2)).sum()
}

/// The standard deviation of every column, 1 for one that is constant.
fn scales(rows: &[Vec<f64>], width: usize) -> Vec<f64> {
    let n = rows.len() as f64;
    let column = |j: usize| {
        let mean = rows.iter().map(|r| r[j]).sum::<f64>() / n;
        let s = (rows.iter().map(|r| (r[j] - mean).powi(2)).sum::<f64>() / n).sqrt();
        if s > 0.0 { s } else { 1.0 }
    };
    (0..width).map(column).collect()
}

/// Values that are far from one another: each is drawn with a chance that grows with its squared distance (k-means++).
fn seeds(x: &Tensor, count: usize, key: &Tensor) -> Result<Vec<Vec<f64>>> {
    let (rows, width) = rows(x)?;
    let scale = scales(&rows, width);
    let u = Tensor::random_uniform(key, &[count], DType::F64).eval()?.to_f64();
    let first = ((u[0] * rows.len() as f64) as usize).min(rows.len() - 1);
    let mut picked = vec![rows[first].clone()];
    for u in &u[1..] {
        let far = |r: &Vec<f64>| picked.iter().map(|p| squared(r, p, &scale)).fold(f64::INFINITY, f64::min);
        let distances: Vec<f64> = rows.iter().map(far).collect();
        let mut left = u * distances.iter().sum::<f64>();
        let at = distances.iter().position(|d| {
            left -= d;
            left < 0.0
        });
        picked.push(rows[at.unwrap_or(rows.len() - 1)].clone());
    }
    Ok(picked)
}

/// A share of 1 for the nearest seed of every value, after the centres have settled (k-means).
fn nearest(x: &Tensor, seeds: &[Vec<f64>]) -> Result<Tensor> {
    let (rows, width) = rows(x)?;
    let scale = scales(&rows, width);
    let mut centres = seeds.to_vec();
    let mut which = vec![0; rows.len()];
    for _ in 0..100 {
        let closest = |r: &Vec<f64>| {
            let distance = |k: &usize| squared(r, &centres[*k], &scale);
            (0..centres.len()).min_by(|a, b| distance(a).total_cmp(&distance(b))).unwrap_or(0)
        };
        let next: Vec<usize> = rows.iter().map(closest).collect();
        for (k, centre) in centres.iter_mut().enumerate() {
            let own: Vec<&Vec<f64>> = rows.iter().zip(&next).filter(|(_, w)| **w == k).map(|(r, _)| r).collect();
            if !own.is_empty() {
                *centre = (0..width).map(|j| own.iter().map(|r| r[j]).sum::<f64>() / own.len() as f64).collect();
            }
        }
        if next == which {
            break;
        }
        which = next;
    }
    let k = centres.len();
    let shares: Vec<f64> = which.iter().flat_map(|w| (0..k).map(move |j| f64::from(u8::from(*w == j)))).collect();
    Ok(Tensor::new(Array::from_vec(shares, &[rows.len(), k])?))
}

/// How many numbers a distribution is told by: of a symmetric matrix one triangle.
fn parameters(d: &Distribution) -> usize {
    let size = |t: &Tensor| match t.dims() {
        [.., a, b] if a == b => a * (a + 1) / 2,
        shape => shape.iter().product(),
    };
    d.given().iter().map(|(_, t)| size(t)).sum()
}
