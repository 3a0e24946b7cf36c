//! Arrays: views, casts, conversions, printing, files and data sets.

#[path = "array/cast.rs"]
mod cast;
#[path = "array/convert.rs"]
mod convert;
#[path = "array/csv.rs"]
mod csv;
#[path = "array/display.rs"]
mod display;
#[path = "array/npy.rs"]
mod npy;
#[path = "array/rational.rs"]
mod rational;
#[path = "array/view.rs"]
mod view;
