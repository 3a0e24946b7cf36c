//! Truth for tests: formulas evaluated in intervals of arbitrary precision, and the same formulas as tensors.

// Every test takes what it needs and leaves the rest.
#![allow(dead_code)]

pub mod formula;
pub mod instance;
pub mod interval;
pub mod sample;
pub mod special;
pub mod truth;
pub mod units;
