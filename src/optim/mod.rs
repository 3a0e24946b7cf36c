//! Optimisation as the book has it (Goodfellow, Bengio and Courville, chapter 4): from the gradient to the kind of a
//! critical point. Derivatives are always exact; there are no kernels and no derivative rules here.

mod compiled;
mod critical_points;
mod curvature;
mod derivatives;
mod enclosure;
mod line_search;
mod method;
mod methods;
mod minimize;
mod minimum;
mod problem;
mod proof;
mod residuals;
mod taylor_step;

pub use critical_points::{CriticalPoint, CriticalPoints, critical_points};
pub use curvature::{Curvature, PointKind};
pub use derivatives::{
    curvature_along, derivative, directional_derivative, laplacian, partial, second_derivative, taylor,
};
pub use method::{METHODS, Method, StepSize};
pub use minimize::{Minimize, minimize};
pub use minimum::{Minimum, Start, Step, Stopped};
pub use problem::Counts;
pub use taylor_step::{Share, TaylorStep, taylor_step};
