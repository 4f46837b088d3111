//! Feeds `cards_fuzz::world`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| cards_fuzz::world(data));
