//! Feeds `cards_fuzz::exchange`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| cards_fuzz::exchange(data));
