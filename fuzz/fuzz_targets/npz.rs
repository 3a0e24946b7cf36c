//! Any bytes: see `promises::npz`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| gradus_fuzz::promises::npz(bytes));
