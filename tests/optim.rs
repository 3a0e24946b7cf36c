//! Optimisation: methods on known problems, certified regressions, kinds of points, models, and bad input.

#[path = "optim/bad.rs"]
mod bad;
#[path = "optim/methods.rs"]
mod methods;
#[path = "optim/mgh.rs"]
mod mgh;
#[path = "optim/models.rs"]
mod models;
#[path = "optim/nist.rs"]
mod nist;
#[path = "optim/points.rs"]
mod points;
#[path = "optim/taylor.rs"]
mod taylor;
