//! Properties over many made-up requests and replies. The number of cases is
//! `PROPTEST_CASES`, 96 where nothing is said; what once failed is kept in
//! `proptest-regressions/` and tried first.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "this is test code, outside of `#[test]` functions"
)]

#[path = "../common/mod.rs"]
mod common;

mod lenient;
mod parsers;
mod requests;
mod views;
mod wire;

use proptest::prelude::ProptestConfig;
use proptest::test_runner::FileFailurePersistence;

fn config() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok();
    ProptestConfig {
        cases: cases.and_then(|cases| cases.parse().ok()).unwrap_or(96),
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/proptest-regressions/fuzz.txt"
        )))),
        ..ProptestConfig::default()
    }
}
