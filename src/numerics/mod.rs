//! The stabiliser: the table of rules, the matcher, and the pass that rewrites formulas before they are run.

mod stabilize;

pub use stabilize::{Fired, stabilize, stabilize_all};
