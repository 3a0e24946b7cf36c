//! Probability and information as the book has them (Goodfellow, Bengio and Courville, chapter 3): formulas over rows.
//!
//! A [`Distribution`] is a value: a family and parameters that are formulas. Its density, distribution function, moments
//! and entropy are formulas too, so they batch, differentiate to any order, are stabilised, checked and printed. A
//! [`Family`] is a row of facts, as an op is: a method is a formula, or [`Fact::Absent`] with the reason. Tables of discrete
//! variables ([`Joint`], [`Network`]), samples ([`Moments`]) and integrals ([`Density`]) hang on data: they answer at once.
//!
//! ```
//! use gradus::{Tensor, grad, prob};
//! let mu = Tensor::from([0.5, 3.0]);
//! let d = prob::normal(&mu, 2.0);
//! let slope = grad(&d.log_prob(1e3).sum(()), &mu);
//! assert_eq!(slope.eval()?.to_f64(), [249.875, 249.25]);
//! assert!(prob::normal(0.0, -1.0).mean().eval().unwrap_err().is_domain());
//! # Ok::<(), gradus::Error>(())
//! ```

mod continuous;
mod distribution;
mod draw;
mod families;
mod family;
mod fitting;
mod information;
pub mod joint;
pub mod network;
mod parameter;
mod sample;
mod support;

pub use continuous::{Density, Integral, Updated, covariance, expectation, integrate};
pub use distribution::Distribution;
pub use draw::{Draw, Observed};
pub use families::*;
pub use family::{At, Drawn, Expected, Fact, Family, Fitted, Of};
pub use fitting::{Direction, Estimate, KlFit, MixtureFit, fit_kl, fit_mixture, kl_estimate};
pub use information::{
    PAIRS, Pair, bits, conditional_entropy, cross_entropy, entropy_of, jensen_shannon, kl, kl_of, mutual_information,
    perplexity, self_information,
};
pub use joint::{
    Conditional, Dependence, Given, Independence, Joint, Masses, Posterior, Probability, Variable, bayes,
    independence_test,
};
pub use network::{Network, Separation};
pub use parameter::{Form, Need, Parameter};
pub use sample::{Moments, Weights};
pub use support::Support;
