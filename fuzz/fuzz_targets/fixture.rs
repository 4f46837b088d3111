//! Feeds `cards_fuzz::fixture`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| cards_fuzz::fixture(data));
