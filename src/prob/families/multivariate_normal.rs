//! The multivariate normal distribution, by covariance, precision or Cholesky factor; marginals, conditionals, images.

use std::f64::consts::{E, PI};

use super::same;
use crate::error::{Error, ErrorKind};
use crate::prob::Fact::{Absent, Formula};
use crate::prob::{Distribution, Draw, Family, Form, Need, Parameter, Support};
use crate::{Tensor, ops};

const MU: Parameter = Parameter { names: &["mu", "loc"], rank: 1, need: Need::Number };

/// Which matrix the distribution was given.
const PRECISION: usize = 1;
const CHOLESKY: usize = 2;

const fn matrix(names: &'static [&'static str], need: Need) -> Parameter {
    Parameter { names, rank: 2, need }
}

/// The number of elements of a value.
fn size(d: &Distribution) -> usize {
    d.parameter(0).dims().last().copied().unwrap_or(0)
}

/// The matrix as it was given.
fn given(d: &Distribution) -> Tensor {
    d.given().pop().map_or_else(|| d.parameter(1).clone(), |(_, t)| t)
}

/// Columns of a function of vectors: vectors along the last axis of x are the columns that `f` is given.
fn columns(a: &Tensor, x: &Tensor, f: impl Fn(&Tensor) -> Tensor) -> Tensor {
    match (a.rank(), x.rank()) {
        // One matrix for all vectors: they are the columns of one product.
        (2, 2..) => f(&x.mt()).mt(),
        _ => f(&x.expand_dims(-1)).squeeze(-1),
    }
}

/// (x − μ)ᵀ Σ⁻¹ (x − μ).
fn squared_distance(d: &Distribution, x: &Tensor) -> Tensor {
    let (a, r) = (given(d), x - d.parameter(0));
    match d.form() {
        PRECISION => (&r * columns(&a, &r, |r| a.matmul(r))).sum(-1),
        CHOLESKY => columns(&a, &r, |r| a.solve_triangular(r, true)).square().sum(-1),
        _ => (&r * columns(&a, &r, |r| a.solve(r))).sum(-1),
    }
}

/// log √det Σ; a matrix that is not positive definite is an error with the pivot.
fn half_log_det(d: &Distribution) -> Tensor {
    let a = given(d);
    match d.form() {
        PRECISION => -a.cholesky().diagonal().log().sum(-1),
        CHOLESKY => a.diagonal().log().sum(-1),
        _ => a.cholesky().diagonal().log().sum(-1),
    }
}

/// L with L Lᵀ = Σ.
fn factor(d: &Distribution) -> Tensor {
    let a = given(d);
    match d.form() {
        CHOLESKY => a,
        _ => d.parameter(1).cholesky(),
    }
}

/// μ + L z.
fn drawn(d: &Distribution, draw: &Draw) -> Tensor {
    let (l, z) = (factor(d), draw.with_event(&[size(d)]).normal());
    d.parameter(0) + columns(&l, &z, |z| l.matmul(z))
}

/// N(x; μ, Σ).
pub static MULTIVARIATE_NORMAL: Family = Family {
    name: "MultivariateNormal",
    summary: "The multivariate normal distribution, by covariance, precision or lower Cholesky factor.",
    density: "sqrt(1/((2 pi)**n det(Sigma))) exp(-(x - mu).T inv(Sigma) (x - mu) / 2)",
    source: "section 3.9.3",
    forms: &[
        Form {
            parameters: &[MU, matrix(&["Sigma", "covariance", "covariance_matrix", "cov"], Need::Definite)],
            first: same,
        },
        Form {
            parameters: &[MU, matrix(&["precision", "precision_matrix", "beta"], Need::Definite)],
            first: |p| vec![p[0].clone(), p[1].inv()],
        },
        Form {
            parameters: &[MU, matrix(&["cholesky", "scale_tril"], Need::Triangle)],
            first: |p| vec![p[0].clone(), p[1].tril(0).matmul(p[1].tril(0).mt())],
        },
    ],
    discrete: false,
    event: |d| vec![size(d)],
    support: |_| Support::Vectors,
    log_prob: Formula(|d, x| -0.5 * squared_distance(d, x) - half_log_det(d) - 0.5 * (2.0 * PI).ln() * size(d) as f64),
    prob: Formula(|d, x| {
        let root = (2.0 * PI).powf(0.5 * size(d) as f64);
        let scale = half_log_det(d) + if root.is_finite() { 0.0 } else { 0.5 * (2.0 * PI).ln() * size(d) as f64 };
        (-0.5 * squared_distance(d, x)).exp() * (-scale).exp() / if root.is_finite() { root } else { 1.0 }
    }),
    log_cdf: Absent("it is an integral in several dimensions"),
    cdf: Absent("it is an integral in several dimensions"),
    log_sf: Absent("it is an integral in several dimensions"),
    quantile: Absent("vectors have no order"),
    mean: Formula(|d| d.parameter(0).clone()),
    variance: Formula(|d| d.parameter(1).diagonal()),
    mode: Formula(|d| d.parameter(0).clone()),
    entropy: Formula(|d| half_log_det(d) + 0.5 * (2.0 * PI * E).ln() * size(d) as f64),
    expectation: Absent("it is an integral"),
    sample: Formula(drawn),
    rsample: Formula(drawn),
    fit: Formula(|o| {
        let mu = o.mean(&o.x);
        let r = &o.x - &mu;
        Ok(multivariate_normal(mu, o.mean(&(r.expand_dims(-1) * r.expand_dims(-2)))))
    }),
};

/// The multivariate normal distribution with mean μ and covariance Σ. Source: section 3.9.3.
///
/// Shapes: (…, n) and (…, n, n); a Σ that is not symmetric positive definite is an error at evaluation, with the pivot.
///
/// ```
/// use gradus::prob;
/// let d = prob::multivariate_normal([0.0, 0.0], [[2.0, 1.0], [1.0, 2.0]]);
/// assert!((d.log_prob([1.0, -1.0]).eval()?.item()? + 3.387183210743_3).abs() < 1e-12);
/// let bad = prob::multivariate_normal([0.0, 0.0], [[1.0, 2.0], [2.0, 1.0]]);
/// assert!(bad.log_prob([0.0, 0.0]).eval().unwrap_err().to_string().contains("pivot 1 is -3"));
/// # Ok::<(), gradus::Error>(())
/// ```
#[track_caller]
pub fn multivariate_normal(mu: impl Into<Tensor>, sigma: impl Into<Tensor>) -> Distribution {
    Distribution::new(&MULTIVARIATE_NORMAL, [mu.into(), sigma.into()])
}

/// The multivariate normal distribution with mean μ and precision Σ⁻¹.
#[track_caller]
pub fn multivariate_normal_by_precision(mu: impl Into<Tensor>, precision: impl Into<Tensor>) -> Distribution {
    Distribution::of_form(&MULTIVARIATE_NORMAL, PRECISION, vec![mu.into(), precision.into()])
}

/// The multivariate normal distribution with mean μ and covariance L Lᵀ for a lower triangle L.
#[track_caller]
pub fn multivariate_normal_by_cholesky(mu: impl Into<Tensor>, factor: impl Into<Tensor>) -> Distribution {
    Distribution::of_form(&MULTIVARIATE_NORMAL, CHOLESKY, vec![mu.into(), factor.into()])
}

/// Rows and columns of the last two axes.
fn block(a: &Tensor, rows: &[i64], columns: &[i64]) -> Tensor {
    a.take(&Tensor::from(rows.to_vec()), -2).take(&Tensor::from(columns.to_vec()), -1)
}

impl Distribution {
    /// The same for a distribution of vectors of numbers, or an error that names the method.
    fn normal_vectors(&self, method: &str, build: impl FnOnce() -> Distribution) -> Distribution {
        if *self.family() == MULTIVARIATE_NORMAL {
            return build();
        }
        let m = format!("`{}` has no `{method}` in closed form; `MultivariateNormal` has", self.family().name);
        Distribution::poisoned(&MULTIVARIATE_NORMAL, Error::new(ErrorKind::Argument, m))
    }

    /// The covariance matrix.
    #[track_caller]
    pub fn covariance(&self) -> Tensor {
        match *self.family() == MULTIVARIATE_NORMAL {
            true => self.parameter(1).clone(),
            false => {
                let m = format!("`{}` has no `covariance`; `variance` is that of each element", self.family().name);
                Tensor::poison(&ops::REQUIRE, Error::new(ErrorKind::Argument, m), &[])
            }
        }
    }

    /// The distribution of some elements of a normal vector: p(x_keep) = ∫ p(x) dx_others. Source: section 3.4.
    ///
    /// ```
    /// use gradus::prob;
    /// let d = prob::multivariate_normal([1.0, 2.0], [[2.0, 1.0], [1.0, 3.0]]);
    /// assert_eq!(d.marginal(&[1]).covariance().eval()?.to_f64(), [3.0]);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    #[track_caller]
    pub fn marginal(&self, keep: &[i64]) -> Distribution {
        self.normal_vectors("marginal", || {
            let mu = self.parameter(0).take(&Tensor::from(keep.to_vec()), -1);
            multivariate_normal(mu, block(self.parameter(1), keep, keep))
        })
    }

    /// The distribution of the other elements of a normal vector, given those at `places`. Source: section 3.5.
    ///
    /// Mean μ_b + Σ_ba Σ_aa⁻¹ (x_a − μ_a), covariance Σ_bb − Σ_ba Σ_aa⁻¹ Σ_ab.
    ///
    /// ```
    /// use gradus::prob;
    /// let d = prob::multivariate_normal([1.0, 2.0], [[2.0, 1.0], [1.0, 3.0]]);
    /// let given = d.condition(&[0], [3.0]);
    /// assert_eq!(given.mean().eval()?.to_f64(), [3.0]);
    /// assert_eq!(given.covariance().eval()?.to_f64(), [2.5]);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    #[track_caller]
    pub fn condition(&self, places: &[i64], x: impl Into<Tensor>) -> Distribution {
        self.normal_vectors("condition", || {
            let n = size(self) as i64;
            let at: Vec<i64> = places.iter().map(|&i| if i < 0 { i + n } else { i }).collect();
            let rest: Vec<i64> = (0..n).filter(|i| !at.contains(i)).collect();
            let (mu, sigma) = (self.parameter(0), self.parameter(1));
            let part = |keep: &[i64]| mu.take(&Tensor::from(keep.to_vec()), -1);
            let (across, within) = (block(sigma, &rest, &at), block(sigma, &at, &at));
            let shift = columns(&across, &(x.into() - part(&at)), |r| across.matmul(within.solve(r)));
            let covariance = block(sigma, &rest, &rest) - across.matmul(within.solve(across.mt()));
            // Symmetric again after rounding.
            multivariate_normal(part(&rest) + shift, 0.5 * (&covariance + covariance.mt()))
        })
    }

    /// The distribution of A x + b for a normal vector x: mean A μ + b, covariance A Σ Aᵀ.
    ///
    /// ```
    /// use gradus::prob;
    /// let d = prob::multivariate_normal([1.0, 2.0], [[2.0, 1.0], [1.0, 3.0]]);
    /// let sum = d.affine([[1.0, 1.0]], [10.0]);
    /// assert_eq!(sum.mean().eval()?.to_f64(), [13.0]);
    /// assert_eq!(sum.covariance().eval()?.to_f64(), [7.0]);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    #[track_caller]
    pub fn affine(&self, a: impl Into<Tensor>, b: impl Into<Tensor>) -> Distribution {
        self.normal_vectors("affine", || {
            let (a, mu) = (a.into(), self.parameter(0));
            let covariance = a.matmul(self.parameter(1)).matmul(a.mt());
            let mean = columns(&a, mu, |m| a.matmul(m)) + b.into();
            multivariate_normal(mean, 0.5 * (&covariance + covariance.mt()))
        })
    }
}
