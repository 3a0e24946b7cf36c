//! Any bytes: see `promises::npy`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| gradus_fuzz::promises::npy(bytes));
