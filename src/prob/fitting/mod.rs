//! What is found by looking at data or at another distribution: divergences by quadrature, fits of mixtures, fits by KL.

mod descent;
mod divergence;
mod mixture;
mod nodes;

pub use divergence::{Direction, Estimate, KlFit, fit_kl, kl_estimate};
pub use mixture::{MixtureFit, fit_mixture};
