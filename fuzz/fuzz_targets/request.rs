//! Feeds `cards_fuzz::request`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| cards_fuzz::request(data));
