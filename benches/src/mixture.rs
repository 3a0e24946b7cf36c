//! A mixture of Gaussians as a formula, value and gradient, beside the same loops by hand.

use gradus::{Array, DType, Plan, Tensor, grad};

use crate::rows::{Row, array, data};
use crate::timer::{compare, entry};

/// Every row. JAX is not here: its times as multiples of loops by hand stand for it.
pub const ALL: &[Row] = &[
    ("mixture value 1000x64x25 f64", |n| value(n, [1000, 64, 25], 6.2 / 8.2)),
    ("mixture value 10000x10x25 f64", |n| value(n, [10_000, 10, 25], 0.5 * 12.2 / 4.9)),
    ("mixture gradient 1000x64x25 f64", |n| gradient(n, [1000, 64, 25], 0.7 * 26.2 / 28.2)),
    ("mixture gradient 10000x10x25 f64", |n| gradient(n, [10_000, 10, 25], 0.4 * 48.5 / 12.2)),
];

/// Data (n, d), and by component: logits (k), means (k, d), lower factors of the precisions (k, d, d).
struct Mixture {
    n: usize,
    d: usize,
    k: usize,
    x: Vec<f64>,
    logits: Vec<f64>,
    means: Vec<f64>,
    factors: Vec<f64>,
}

impl Mixture {
    fn new([n, d, k]: [usize; 3]) -> Mixture {
        let mut factors: Vec<f64> = data(k * d * d).iter().map(|v| 0.1 * v).collect();
        for (i, f) in factors.iter_mut().enumerate() {
            let (row, column) = (i / d % d, i % d);
            *f = if row == column {
                1.0 + f.abs()
            } else if row > column {
                *f
            } else {
                0.0
            };
        }
        Mixture { n, d, k, x: data(n * d), logits: data(k), means: data(k * d), factors }
    }

    /// The log-likelihood without its constant, and its leaves.
    fn formula(&self) -> (Tensor, [Tensor; 3]) {
        let leaf = |v: &[f64], shape: &[usize]| Tensor::from(array(v.to_vec(), shape, DType::F64));
        let (n, d, k) = (self.n, self.d, self.k);
        let x = leaf(&self.x, &[n, d]);
        let (logits, means, factors) =
            (leaf(&self.logits, &[k]), leaf(&self.means, &[k, d]), leaf(&self.factors, &[k, d, d]));
        let z = (x.expand_dims(0) - means.expand_dims(1)).matmul(factors.mt());
        let weight = logits.log_softmax(-1) + factors.diagonal().log().sum(-1);
        let y = (weight.expand_dims(1) - 0.5 * z.square().sum(-1)).logsumexp(0).sum(());
        (y, [logits, means, factors])
    }

    /// Terms log π + log |L| − ½‖L (x − μ)‖² of one point, z = L (x − μ) on the way.
    fn terms(&self, x: &[f64], weights: &[f64], z: &mut [f64], terms: &mut [f64]) {
        let d = self.d;
        for c in 0..self.k {
            let (mean, factor) = (&self.means[c * d..][..d], &self.factors[c * d * d..][..d * d]);
            let z = &mut z[c * d..][..d];
            for (i, z) in z.iter_mut().enumerate() {
                *z = factor[i * d..][..=i].iter().zip(x).zip(mean).map(|((l, x), m)| l * (x - m)).sum();
            }
            terms[c] = weights[c] - 0.5 * z.iter().map(|v| v * v).sum::<f64>();
        }
    }

    /// log π + log |L| by component.
    fn weights(&self) -> Vec<f64> {
        let d = self.d;
        let total = self.logits.iter().map(|v| v.exp()).sum::<f64>().ln();
        let log = |c: usize| (0..d).map(|i| self.factors[(c * d + i) * d + i].ln()).sum::<f64>();
        self.logits.iter().enumerate().map(|(c, v)| v - total + log(c)).collect()
    }

    fn value_by_hand(&self) -> f64 {
        let weights = self.weights();
        let (mut z, mut terms) = (vec![0.0; self.k * self.d], vec![0.0; self.k]);
        let one = |x: &[f64]| {
            self.terms(x, &weights, &mut z, &mut terms);
            let max = terms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            max + terms.iter().map(|t| (t - max).exp()).sum::<f64>().ln()
        };
        self.x.chunks(self.d).map(one).sum()
    }

    /// Gradients in logits, means and factors.
    fn gradient_by_hand(&self) -> [Vec<f64>; 3] {
        let (d, k, weights) = (self.d, self.k, self.weights());
        let (mut z, mut terms) = (vec![0.0; k * d], vec![0.0; k]);
        let (mut shares, mut means, mut factors) = (vec![0.0; k], vec![0.0; k * d], vec![0.0; k * d * d]);
        for x in self.x.chunks(d) {
            self.terms(x, &weights, &mut z, &mut terms);
            let max = terms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            terms.iter_mut().for_each(|t| *t = (*t - max).exp());
            let total: f64 = terms.iter().sum();
            for c in 0..k {
                let r = terms[c] / total;
                shares[c] += r;
                let (mean, factor) = (&self.means[c * d..][..d], &self.factors[c * d * d..][..d * d]);
                for i in 0..d {
                    let g = r * z[c * d + i];
                    for j in 0..=i {
                        means[c * d + j] += g * factor[i * d + j];
                        factors[(c * d + i) * d + j] -= g * (x[j] - mean[j]);
                    }
                }
            }
        }
        let all: f64 = self.logits.iter().map(|v| v.exp()).sum();
        for c in 0..k {
            for i in 0..d {
                factors[(c * d + i) * d + i] += shares[c] / self.factors[(c * d + i) * d + i];
            }
            shares[c] -= self.n as f64 * self.logits[c].exp() / all;
        }
        [shares, means, factors]
    }
}

fn value(name: &str, size: [usize; 3], target: f64) {
    let m = Mixture::new(size);
    let (y, leaves) = m.formula();
    let plan = Plan::new(&[&y], &[&leaves[1]]).expect("a plan");
    let means: Array = array(m.means.clone(), &[m.k, m.d], DType::F64);
    let got = plan.run(&[&means]).expect("a value")[0].to_f64()[0];
    let hand = m.value_by_hand();
    assert!((got - hand).abs() <= 1e-10 * hand.abs(), "{got} beside {hand}");
    compare(name, vec![entry("gradus", || plan.run(&[&means])), entry("hand", || m.value_by_hand()).at_most(target)]);
}

fn gradient(name: &str, size: [usize; 3], target: f64) {
    let m = Mixture::new(size);
    let (y, leaves) = m.formula();
    let slopes: Vec<Tensor> = leaves.iter().map(|x| grad(&y, x)).collect();
    let plan = Plan::new(&[&y, &slopes[0], &slopes[1], &slopes[2]], &[&leaves[1]]).expect("a plan");
    let means: Array = array(m.means.clone(), &[m.k, m.d], DType::F64);
    let got = plan.run(&[&means]).expect("gradients");
    let hand = m.gradient_by_hand();
    for (i, (g, h)) in got[1].to_f64().iter().zip(&hand[0]).enumerate() {
        assert!((g - h).abs() <= 1e-8 * (1.0 + h.abs()), "logit {i}: {g} beside {h}");
    }
    for (i, (g, h)) in got[2].to_f64().iter().zip(&hand[1]).enumerate() {
        assert!((g - h).abs() <= 1e-8 * (1.0 + h.abs()), "mean {i}: {g} beside {h}");
    }
    compare(
        name,
        vec![entry("gradus", || plan.run(&[&means])), entry("hand", || m.gradient_by_hand()).at_most(target)],
    );
}
