//! Any bytes: see `promises::json`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| gradus_fuzz::promises::json(bytes));
