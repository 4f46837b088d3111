//! Feeds `cards_fuzz::base_url`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| cards_fuzz::base_url(data));
