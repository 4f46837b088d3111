//! Feeds `cards_fuzz::explain`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| cards_fuzz::explain(data));
