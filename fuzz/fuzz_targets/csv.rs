//! Any bytes: see `promises::csv`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| gradus_fuzz::promises::csv(bytes));
