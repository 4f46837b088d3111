//! Feeds `cards_fuzz::event`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| cards_fuzz::event(data));
