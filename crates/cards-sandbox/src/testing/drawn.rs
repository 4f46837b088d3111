//! Properties of what happens on a runtime.

use proptest::prelude::ProptestConfig;
use proptest::strategy::Strategy;
use proptest::test_runner::TestRunner;

/// Draws so many values, and has each looked at to the end before the next.
pub(crate) fn for_each_drawn<S: Strategy>(cases: u32, values: &S, holds: impl AsyncFn(S::Value)) {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().build().unwrap();
    let config = ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let drawn = TestRunner::new(config).run(values, |value| {
        runtime.block_on(holds(value));
        Ok(())
    });
    drawn.unwrap();
}
