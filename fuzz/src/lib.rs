//! What the fuzz targets check; the tests of the main crate run the same in bounded time.

#[path = "../../tests/common/grammar.rs"]
pub mod grammar;
#[path = "../../tests/common/promises.rs"]
pub mod promises;
