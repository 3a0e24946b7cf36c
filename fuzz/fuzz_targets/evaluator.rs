//! Any bytes: see `promises::evaluator`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| gradus_fuzz::promises::evaluator(bytes));
