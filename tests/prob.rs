//! Probability: one driver for every family, high-precision values, information, mixtures.

#[path = "prob/compound.rs"]
mod compound;
#[path = "prob/driver.rs"]
mod driver;
#[path = "prob/examples.rs"]
mod examples;
#[path = "prob/fitting.rs"]
mod fitting;
#[path = "prob/information.rs"]
mod information;
#[path = "prob/language.rs"]
mod language;
#[path = "prob/quadrature.rs"]
mod quadrature;
#[path = "prob/reference.rs"]
mod reference;
#[path = "prob/sampling.rs"]
mod sampling;
#[path = "prob/vectors.rs"]
mod vectors;
