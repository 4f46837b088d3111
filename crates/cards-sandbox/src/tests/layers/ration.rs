//! Checks that a provider takes so many calls in a time, and says how it refuses more.

use std::time::Duration;

use proptest::prelude::*;

use crate::testing::{Harness, REGISTRATION, Reply};
use crate::world::paysafe::TOKEN;
use crate::{Fault, ProviderId, RateLimit, Sandbox};

fn limited(provider: ProviderId, calls: u32, seconds: u64) -> Harness {
    let limit = RateLimit::new(calls, Duration::from_secs(seconds));
    Harness::with(Sandbox::builder().rate_limit(provider, limit))
}

fn retry_after(reply: &Reply) -> Option<&str> {
    let value = reply.headers.get("retry-after");
    value.map(|value| value.to_str().unwrap())
}

#[tokio::test]
async fn what_is_too_much_is_refused_in_the_providers_words_and_changes_nothing() {
    let sandbox = limited(ProviderId::AIRPAY, 1, 60);
    assert_eq!(sandbox.airpay("card-details", &[]).await.status, 200);
    sandbox.advance(12);
    let refused = sandbox.airpay("register-user", &REGISTRATION).await;
    assert_eq!(refused.status, 429);
    assert_eq!(retry_after(&refused), Some("48"));
    assert_eq!(refused.body, r#"{"status":400,"message":"fail"}"#);
    let last = sandbox.last();
    assert_eq!(last.operation, Some("register-user"));
    assert_eq!(last.status, 429);
    assert!(!last.accepted);
    assert_eq!(
        last.verdict,
        "not carried out: the rate limit of airpay, 1 call in 60 s, is used up for 48 s more"
    );
    // What it took along is noted all the same.
    assert!(!last.request.fields.is_empty());
    sandbox.advance(48);
    let taken = sandbox.airpay("register-user", &REGISTRATION).await;
    assert!(taken.body.contains("AIRPAYCUST"), "{}", taken.body);
}

#[tokio::test]
async fn each_provider_says_it_in_its_own_words_and_counts_its_own_calls() {
    let sandbox = limited(ProviderId::PAYSAFE, 2, 10);
    let bearer = format!("Bearer {TOKEN}");
    let call = async |path| sandbox.get(path, &[("authorization", &bearer)]).await;
    assert_eq!(call("/customers/12345678/prepaid/cards").await.status, 200);
    // A path that there is not is a call too, as a gateway would count it.
    assert_eq!(call("/customers/nobody").await.status, 404);
    for path in ["/customers/12345678/prepaid/cards", "/customers/nobody"] {
        let refused = call(path).await;
        assert_eq!(refused.status, 429);
        assert_eq!(retry_after(&refused), Some("10"));
        let error: serde_json::Value = serde_json::from_str(&refused.body).unwrap();
        assert_eq!(error["error"]["code"], "1200");
    }
    assert_eq!(sandbox.get("/_sandbox/health", &[]).await.status, 200);
    assert_eq!(sandbox.airpay("card-details", &[]).await.status, 200);
    let reset = sandbox.control("POST", "/_sandbox/reset", "").await;
    assert_eq!(reset.status, 200);
    assert_eq!(call("/customers/12345678/prepaid/cards").await.status, 200);

    let sandbox = limited(ProviderId::IBANERA, 1, 10);
    assert_eq!(sandbox.get("/api/v1/nothing", &[]).await.status, 404);
    let refused = sandbox.get("/api/v1/customer/cards/byuser", &[]).await;
    assert_eq!(refused.status, 429);
    let reply: serde_json::Value = serde_json::from_str(&refused.body).unwrap();
    assert_eq!(reply["status"], "0");
}

#[tokio::test]
async fn a_call_that_is_too_much_uses_up_no_fault() {
    let limit = RateLimit::new(1, Duration::from_secs(10));
    let fault = Fault::status(503).times(2);
    let builder = Sandbox::builder().rate_limit(ProviderId::AIRPAY, limit);
    let sandbox = Harness::with(builder.fault(fault));
    assert_eq!(sandbox.airpay("card-details", &[]).await.status, 503);
    assert_eq!(sandbox.airpay("card-details", &[]).await.status, 429);
    assert_eq!(sandbox.app.faults.list()[0].matched, 1);
    sandbox.advance(10);
    assert_eq!(sandbox.airpay("card-details", &[]).await.status, 503);
}

#[test]
fn limits_without_sense_are_errors_at_the_start() {
    let limit = RateLimit::new(1, Duration::from_secs(1));
    let twice = Sandbox::builder().rate_limit(ProviderId::PAYSAFE, limit);
    let twice = twice.rate_limit(ProviderId::PAYSAFE, limit);
    let error = twice.start_blocking().unwrap_err();
    assert!(error.is_settings());
    assert_eq!(
        error.to_string(),
        "paysafe has two rate limits: it takes one"
    );
    let other = ProviderId::new("other");
    for (provider, calls, seconds, said) in [
        (
            other,
            1,
            1,
            "a rate limit: a provider has to be airpay, paysafe or ibanera",
        ),
        (
            ProviderId::AIRPAY,
            0,
            1,
            "the rate limit of airpay, 0 calls in 1 s: at least one call has to be allowed",
        ),
        (
            ProviderId::IBANERA,
            1,
            86_401,
            "the rate limit of ibanera, 1 call in 86401 s: its time has to be 1 to 86400 whole seconds",
        ),
    ] {
        let limit = RateLimit::new(calls, Duration::from_secs(seconds));
        let builder = Sandbox::builder().rate_limit(provider, limit);
        let error = builder.start_blocking().unwrap_err();
        assert!(error.is_settings());
        assert_eq!(error.to_string(), said);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whenever clients call, whoever waits as long as they are told is taken, and a second earlier is
    /// not.
    #[test]
    fn who_waits_as_told_is_taken(
        calls in 1..4_u32, seconds in 1..100_u64, pauses in prop::collection::vec(0..40_i64, 1..12),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build().unwrap();
        runtime.block_on(async {
            let sandbox = limited(ProviderId::AIRPAY, calls, seconds);
            for pause in pauses {
                sandbox.advance(pause);
                let reply = sandbox.airpay("card-details", &[]).await;
                let Some(wait) = retry_after(&reply) else {
                    prop_assert_ne!(reply.status, 429);
                    continue;
                };
                let wait: i64 = wait.parse().unwrap();
                prop_assert!(wait >= 1 && wait <= seconds as i64);
                sandbox.advance(wait - 1);
                prop_assert_eq!(sandbox.airpay("card-details", &[]).await.status, 429);
                sandbox.advance(1);
                prop_assert_ne!(sandbox.airpay("card-details", &[]).await.status, 429);
            }
            Ok(())
        })?;
    }
}
