//! Feeds `cards_fuzz::form_parts`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| cards_fuzz::form_parts(data));
