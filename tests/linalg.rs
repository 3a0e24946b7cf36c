//! Factorisations: backward errors in units of rounding on pathological matrices, gradients against differences.

#[path = "linalg/answers.rs"]
mod answers;
#[path = "linalg/fallback.rs"]
mod fallback;
#[path = "linalg/gradients.rs"]
mod gradients;
#[path = "linalg/matrices.rs"]
mod matrices;
#[path = "linalg/nist.rs"]
mod nist;
#[path = "linalg/residuals.rs"]
mod residuals;
#[path = "linalg/structure.rs"]
mod structure;
