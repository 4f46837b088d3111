//! Feeds `cards_fuzz::text`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| cards_fuzz::text(data));
