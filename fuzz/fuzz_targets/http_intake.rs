//! Feeds `cards_fuzz::http_intake`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| cards_fuzz::http_intake(data));
