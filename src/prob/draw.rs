//! What samplers draw from, and what fits are fitted to.

use crate::{DType, Tensor};

/// A request for random values: a key, the shape of the values without their event axes, and a dtype.
pub struct Draw {
    /// The key.
    pub key: Tensor,
    /// The axes of the sample, and behind them the batch axes of the distribution.
    pub shape: Vec<usize>,
    /// The dtype of the values.
    pub dtype: DType,
}

impl Draw {
    /// Uniform numbers from 0 to 1, 1 excluded.
    #[track_caller]
    pub fn uniform(&self) -> Tensor {
        Tensor::random_uniform(&self.key, &self.shape, self.dtype)
    }

    /// Standard normal numbers.
    #[track_caller]
    pub fn normal(&self) -> Tensor {
        Tensor::random_normal(&self.key, &self.shape, self.dtype)
    }

    /// Independent draws of the same shape.
    pub fn split(&self, count: usize) -> Vec<Draw> {
        let keys = self.key.split_key(count);
        (0..count as i64)
            .map(|i| Draw { key: keys.index(0, i), shape: self.shape.clone(), dtype: self.dtype })
            .collect()
    }

    /// The same draw with axes behind, those of an event.
    pub fn with_event(&self, event: &[usize]) -> Draw {
        Draw { key: self.key.clone(), shape: [&self.shape[..], event].concat(), dtype: self.dtype }
    }
}

/// Observations along the first axis, each with a weight.
pub struct Observed {
    /// The values.
    pub x: Tensor,
    /// The weights, which need not sum to 1; without them all count the same.
    pub weights: Option<Tensor>,
}

impl Observed {
    /// Observations along the first axis; weights are along it too.
    pub fn new(x: Tensor, weights: Option<&Tensor>) -> Observed {
        Observed { x, weights: weights.cloned() }
    }

    /// The weighted mean over the observations of something that has a row for each.
    #[track_caller]
    pub fn mean(&self, of: &Tensor) -> Tensor {
        match &self.weights {
            None => of.mean(0),
            Some(w) => {
                let behind: Vec<isize> = (0..of.rank().saturating_sub(1)).map(|i| -1 - i as isize).collect();
                let spread = if behind.is_empty() { w.clone() } else { w.expand_dims(behind) };
                (spread * of).sum(0) / w.sum(())
            }
        }
    }

    /// The values whose weight is not 0; others are `instead`.
    fn counted(&self, instead: f64) -> Tensor {
        match &self.weights {
            None => self.x.clone(),
            Some(w) => Tensor::select(&w.greater(0.0), &self.x, &Tensor::from(instead)),
        }
    }

    /// The least of numbers.
    #[track_caller]
    pub fn least(&self) -> Tensor {
        self.counted(f64::INFINITY).min(0)
    }

    /// The largest of numbers.
    #[track_caller]
    pub fn largest(&self) -> Tensor {
        self.counted(f64::NEG_INFINITY).max(0)
    }

    /// The middle of numbers: as much weight lies below as above.
    #[track_caller]
    pub fn median(&self) -> Tensor {
        let Some(w) = &self.weights else { return self.x.median(0) };
        let order = self.x.argsort(0);
        let (x, up_to) = (self.x.take(&order, 0), w.take(&order, 0).cumsum(0));
        let half = 0.5 * w.sum(());
        let first = |enough: Tensor| Tensor::select(&enough, &x, &Tensor::from(f64::INFINITY)).min(0);
        0.5 * (first(up_to.greater_equal(&half)) + first(up_to.greater(&half)))
    }
}
