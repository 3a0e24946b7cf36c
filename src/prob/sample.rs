//! Sample statistics: means, variances, covariances and correlations, in two passes, weighted, and merged from parts.

use crate::array::sums::Compensated;
use crate::error::{Error, ErrorKind, Result};
use crate::{Array, array};

/// How observations count.
#[derive(Clone, Copy, Debug, Default)]
pub enum Weights<'w> {
    /// Each once.
    #[default]
    Equal,
    /// Each this often: n is the sum of the weights.
    Frequency(&'w [f64]),
    /// Each with this reliability: n is (Σ w)² / Σ w², as NumPy's `aweights`.
    Reliability(&'w [f64]),
}

/// What is known of a sample of k variables: enough for means, variances, covariances and correlations, and to be
/// merged with what is known of another sample, as if the two had been one.
///
/// Means are kept with twice the precision of f64, so that merging loses nothing; sums are compensated. Chan, Golub and
/// LeVeque (1983).
///
/// ```
/// use gradus::{Array, prob::{Moments, Weights}};
/// // The sum of squares minus the squared sum has no digit left here.
/// let x = Array::from(vec![1e9 + 1.0, 1e9 + 2.0, 1e9 + 3.0, 1e9 + 4.0]);
/// let all = Moments::of(&x, Weights::Equal)?;
/// assert_eq!(all.variance(1.0)?.item()?, 5.0 / 3.0);
/// let (a, b) = (x.slice(0, None, Some(3), 1)?, x.slice(0, Some(3), None, 1)?);
/// let merged = Moments::of(&a, Weights::Equal)?.merge(&Moments::of(&b, Weights::Equal)?)?;
/// assert_eq!(merged.variance(1.0)?.item()?, 5.0 / 3.0);
/// # Ok::<(), gradus::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Moments {
    /// False where observations were numbers, and answers are numbers too.
    vector: bool,
    /// Σ w.
    weight: f64,
    /// Σ w of frequencies, Σ w² of reliabilities: how much a degree of freedom weighs, times Σ w.
    second: f64,
    /// The means, each as a number and what it leaves out.
    mean: Vec<(f64, f64)>,
    /// Σ w (x − mean)(y − mean) for every pair of variables, row-major.
    products: Vec<Compensated>,
}

impl Moments {
    /// The moments of a sample: of numbers (n,), or of observations in rows, (n, k).
    ///
    /// Weights are 0 or more, one for each observation, and not all 0.
    pub fn of(x: &Array, weights: Weights) -> Result<Moments> {
        let (n, k) = match *x.shape() {
            [n] => (n, 1),
            [n, k] => (n, k),
            _ => {
                let shape = array::display_shape(x.shape());
                return Err(Error::new(ErrorKind::Shape, format!("a sample has shape (n,) or (n, k), not {shape}")));
            }
        };
        if x.dtype().is_complex() {
            return Err(Error::new(ErrorKind::DType, "a sample is of real numbers"));
        }
        let values = x.to_f64();
        let w = weights_of(weights, n)?;
        let weight = sum(w.iter().copied());
        if !(weight > 0.0) {
            return Err(Error::new(ErrorKind::Argument, "a sample has at least one observation of weight above 0"));
        }
        let second = match weights {
            Weights::Reliability(_) => sum(w.iter().map(|w| w * w)),
            _ => weight,
        };
        let rows = || values.chunks(k.max(1)).zip(&w).filter(|(_, w)| **w > 0.0);
        let near: Vec<f64> = (0..k).map(|j| sum(rows().map(|(row, w)| w * row[j])) / weight).collect();
        // Deviations from the rounded mean sum to what it left out.
        let rest: Vec<f64> = (0..k).map(|j| sum(rows().map(|(row, w)| w * (row[j] - near[j]))) / weight).collect();
        let mut products = vec![Compensated::default(); k * k];
        let mut d = vec![0.0; k];
        for (row, w) in rows() {
            d.iter_mut().enumerate().for_each(|(j, d)| *d = (row[j] - near[j]) - rest[j]);
            for i in 0..k {
                for j in i..k {
                    products[i * k + j].add(w * d[i] * d[j]);
                }
            }
        }
        let mean = near.into_iter().zip(rest).map(|(hi, lo)| two_sum(hi, lo)).collect();
        Ok(Moments { vector: x.rank() == 2, weight, second, mean, products }.mirrored())
    }

    /// The sums below the diagonal are those above it.
    fn mirrored(mut self) -> Moments {
        let k = self.mean.len();
        for i in 0..k {
            for j in 0..i {
                self.products[i * k + j] = self.products[j * k + i];
            }
        }
        self
    }

    /// The moments of two samples together.
    pub fn merge(&self, other: &Moments) -> Result<Moments> {
        let k = self.mean.len();
        if k != other.mean.len() || self.vector != other.vector {
            let message = format!("a sample of {k} variables and one of {} cannot be merged", other.mean.len());
            return Err(Error::new(ErrorKind::Shape, message));
        }
        let weight = self.weight + other.weight;
        let share = other.weight / weight;
        let apart = |(a, b): (&(f64, f64), &(f64, f64))| (b.0 - a.0) + (b.1 - a.1);
        let apart: Vec<f64> = self.mean.iter().zip(&other.mean).map(apart).collect();
        let mean = self.mean.iter().zip(&apart).map(|(m, d)| {
            let (hi, lo) = two_sum(m.0, d * share);
            two_sum(hi, lo + m.1)
        });
        let mut products = self.products.clone();
        for (i, p) in products.iter_mut().enumerate() {
            p.merge(&other.products[i]);
            p.add(apart[i / k] * apart[i % k] * (self.weight * share));
        }
        let second = self.second + other.second;
        Ok(Moments { vector: self.vector, weight, second, mean: mean.collect(), products })
    }

    /// Σ w: of equal weights the number of observations.
    pub fn weight(&self) -> f64 {
        self.weight
    }

    /// How many equal observations tell as much: (Σ w)² / Σ w² of reliabilities, else Σ w.
    pub fn effective_count(&self) -> f64 {
        self.weight * (self.weight / self.second)
    }

    fn shaped(&self, values: Vec<f64>, shape: &[usize]) -> Result<Array> {
        Array::from_vec(values, if self.vector { shape } else { &[] })
    }

    /// The means, of shape (k,), or a number.
    pub fn mean(&self) -> Result<Array> {
        self.shaped(self.mean.iter().map(|m| m.0 + m.1).collect(), &[self.mean.len()])
    }

    /// What sums of squares are divided by: n − ddof, in units of weight.
    fn divisor(&self, ddof: f64) -> Result<f64> {
        let divisor = self.weight - ddof * (self.second / self.weight);
        if divisor > 0.0 {
            return Ok(divisor);
        }
        let n = self.effective_count();
        Err(Error::new(
            ErrorKind::Domain,
            format!("a variance with ddof={ddof} needs more than {ddof} observations, not {n}"),
        ))
    }

    /// The variances, of shape (k,), or a number: sums of squares over n − `ddof`.
    pub fn variance(&self, ddof: f64) -> Result<Array> {
        let (k, n) = (self.mean.len(), self.divisor(ddof)?);
        self.shaped((0..k).map(|i| self.products[i * k + i].value() / n).collect(), &[k])
    }

    /// The covariance matrix, of shape (k, k), or the variance of numbers.
    pub fn covariance(&self, ddof: f64) -> Result<Array> {
        let (k, n) = (self.mean.len(), self.divisor(ddof)?);
        self.shaped(self.products.iter().map(|p| p.value() / n).collect(), &[k, k])
    }

    /// The correlation matrix, of shape (k, k), or 1; between −1 and 1, NaN of a variable that does not vary.
    pub fn correlation(&self) -> Result<Array> {
        let k = self.mean.len();
        let own = |i: usize| self.products[i * k + i].value();
        let entry = |(p, (i, j)): (&Compensated, (usize, usize))| {
            let (a, b) = (own(i), own(j));
            // p / (√a √b), exact where both vary alike.
            (p.value() / a * (a / b).sqrt()).clamp(-1.0, 1.0)
        };
        let places = (0..k * k).map(|i| (i / k, i % k));
        self.shaped(self.products.iter().zip(places).map(entry).collect(), &[k, k])
    }
}

/// One weight for each observation.
fn weights_of(weights: Weights, n: usize) -> Result<Vec<f64>> {
    let w = match weights {
        Weights::Equal => return Ok(vec![1.0; n]),
        Weights::Frequency(w) | Weights::Reliability(w) => w,
    };
    if w.len() != n {
        return Err(Error::new(ErrorKind::Shape, format!("{} weights for {n} observations", w.len())));
    }
    if let Some(bad) = w.iter().find(|w| !(**w >= 0.0 && w.is_finite())) {
        return Err(Error::new(ErrorKind::Domain, format!("a weight is a number of 0 or more, not {bad}")));
    }
    Ok(w.to_vec())
}

fn sum(terms: impl Iterator<Item = f64>) -> f64 {
    let mut total = Compensated::default();
    terms.for_each(|t| total.add(t));
    total.value()
}

/// The sum, and what rounding left over.
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let s = a + b;
    let t = s - a;
    (s, (a - (s - t)) + (b - t))
}
