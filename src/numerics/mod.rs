//! The stabiliser: the table of rules, the matcher, and the pass that rewrites formulas before they are run.

mod algebra;
pub mod check;
mod exponent;
mod fired;
mod matcher;
mod matrices;
mod opened;
mod pattern;
mod recipe;
mod requirements;
pub mod rules;
mod scaling;
mod series;
mod sight;
mod spectral;
mod stabilize;
mod steps;
mod widen;

pub use fired::Fired;
pub(crate) use fired::enclosing;
pub use scaling::substitute;
pub use series::SERIES;
pub use stabilize::{rules as all_rules, stabilize, stabilize_all};
pub use widen::prepared;
