//! Any bytes: see `promises::parser`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| gradus_fuzz::promises::parser(bytes));
