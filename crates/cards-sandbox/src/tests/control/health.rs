//! Checks that the sandbox says how it is.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::Sandbox;
use crate::testing::Harness;

#[tokio::test]
async fn health() {
    let health = Harness::new().get_json("/_sandbox/health").await;
    assert_eq!(health["status"], "ok");
    assert_eq!(health["version"], env!("CARGO_PKG_VERSION"));
    assert!(health["uptimeSeconds"].is_u64());
    assert!(health.get("lostLogLines").is_none(), "nobody counts");
}

#[tokio::test]
async fn a_log_that_is_lost_is_told_and_does_not_end_it() {
    let lost = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&lost);
    let builder = Sandbox::builder().lost_log_lines(move || count.load(Ordering::SeqCst));
    let sandbox = Harness::with(builder);
    for lines in [0, 1, u64::MAX] {
        lost.store(lines, Ordering::SeqCst);
        let health = sandbox.get_json("/_sandbox/health").await;
        assert_eq!(health["status"], "ok");
        assert_eq!(health["lostLogLines"], lines);
    }
}
