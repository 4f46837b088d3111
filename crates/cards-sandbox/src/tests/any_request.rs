//! Checks what holds for every request, and for a store that fails under it.

use proptest::prelude::*;

use crate::testing::{Harness, Log, registration, request};
use cards_sandbox_core::store::StoreError;

/// Paths, headers and bodies that come near the right ones, so that what
/// is generated reaches every layer.
fn target() -> impl Strategy<Value = String> {
    let path = prop_oneof![
        Just("/airpay/ms/cards/api/register-user"),
        Just("/airpay/ms/cards/api/update-customer"),
        Just("/airpay/ms/cards/api/customer-preference"),
        Just("/airpay/ms/cards/api/user-login"),
        Just("/customers/12345678/prepaid/cards"),
        Just("/customers/%2e%2e/prepaid/cards"),
        Just("/digitalwallets/v1/customers/87654321/prepaid/cards"),
        Just("/digitalwallets/v1/auth/brands/sandbox/token"),
        Just("/api/v1/customer/cards/byuser"),
        Just("/api/v1/customer/cards/byuser/list"),
        Just("/api/v1/public/auth/login"),
        Just("/_sandbox/world"),
        Just("/_sandbox/world/paysafe/customers"),
        Just("/_sandbox/world/airpay/customers/AIRPAYCUST0001/cards"),
        Just("/_sandbox/world/ibanera/customers/11057/cards/1001"),
        Just("/_sandbox/ibanera/cards/1002"),
        Just("/_sandbox/clock"),
        Just("/_sandbox/clock/advance"),
        Just("/_sandbox/credentials"),
        Just("/_sandbox/airpay/one-time-passwords"),
        Just("/_sandbox/paysafe/cards/12345678-0000-4000-8000-000000000001/status"),
        Just("/_sandbox/reset"),
        Just("/"),
    ];
    (path, "(\\?((limit|offset|status|cardType|include|customersId|pageNumber|pageSize)=[%0-9A-Za-z,.+-]{0,12}&?){0,4})?")
        .prop_map(|(path, query)| format!("{path}{query}"))
}

fn headers() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let name = prop_oneof![
        Just("content-type"),
        Just("authorization"),
        Just("otp"),
        Just("token"),
        Just("affiliate"),
        Just("processor-key"),
        Just("checksum"),
    ];
    let value = prop_oneof![
        Just("application/x-www-form-urlencoded".to_owned()),
        Just("application/json".to_owned()),
        Just("Bearer sandbox-paysafe-token".to_owned()),
        Just("Basic c2FuZGJveC1jbGllbnQ6c2FuZGJveC1jbGllbnQtc2VjcmV0".to_owned()),
        Just("YOUR_API_KEY".to_owned()),
        Just("text".to_owned()),
        Just("sandbox-token".to_owned()),
        "[ -~]{0,40}",
    ];
    proptest::collection::vec((name, value), 0..6)
}

fn body() -> impl Strategy<Value = String> {
    prop_oneof![
        "((entity_id|mobile_no|card_no|otp|grant_type|type)=[%0-9A-Za-z+@.]{0,20}&?){0,6}",
        "\\{(\"(username|password|otp)\": ?(\"[a-z0-9]{0,6}\"|[0-9]{1,3}|null),?){0,3}\\}?",
        "\\{(\"(status|seconds|now|frozen|card_no|cardId|expiry|totalBalance|customers)\": ?(\"[A-Z0-9:-]{0,16}\"|-?[0-9]{1,20}|true|null|\\[\\]|\\{\\}),?){0,2}\\}?",
        "\\PC{0,60}",
    ]
}

/// The log gets one line for one call, whichever provider's.
#[tokio::test]
async fn a_store_that_fails_is_told_once_to_the_log() {
    let sandbox = Harness::new();
    let job = |transaction: &rusqlite::Transaction<'_>| {
        transaction.execute_batch(
            "DROP TABLE airpay_preference; DROP TABLE airpay_card;
             DROP TABLE paysafe_card; DROP TABLE ibanera_card;",
        )?;
        Ok::<_, StoreError>(())
    };
    sandbox.app.store.write(job).await.unwrap();
    let (log, _guard) = Log::capture();
    let bearer = ("authorization", "Bearer sandbox-paysafe-token");
    let printed = [("authorization", "YOUR_API_KEY"), ("otp", "text")];
    for reply in [
        sandbox.airpay("register-user", &registration(&[])).await,
        sandbox
            .get("/customers/12345678/prepaid/cards", &[bearer])
            .await,
        sandbox
            .get("/api/v1/customer/cards/byuser/list", &printed)
            .await,
        sandbox.get("/_sandbox/world", &[]).await,
        sandbox.get("/_sandbox/page/customers", &[]).await,
    ] {
        assert_eq!(reply.status, 500, "{}", reply.body);
    }
    let said = log.take();
    assert_eq!(said.matches("ERROR").count(), 5, "{said}");
    assert_eq!(said.matches("no such table").count(), 5, "{said}");
}

proptest! {
    #[test]
    fn no_request_is_answered_with_a_5xx(
        method in "GET|POST|PUT|HEAD|DELETE|OPTIONS|[A-Z]{1,8}",
        target in target(),
        headers in headers(),
        body in body(),
    ) {
        thread_local! {
            static SANDBOX: (tokio::runtime::Runtime, Harness) = (
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap(),
                Harness::new(),
            );
        }
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, &**value)).collect();
        let request = request(&method, &target, &headers, &body);
        let is_head = method == "HEAD";
        let reply = SANDBOX.with(|(runtime, sandbox)| runtime.block_on(sandbox.send(request)));
        prop_assert!(reply.status.as_u16() < 500, "{}", reply.status);
        let is_page = reply.headers["content-type"] == "text/html; charset=utf-8";
        let is_json = || serde_json::from_str::<serde_json::Value>(&reply.body).is_ok();
        prop_assert!(is_head || is_page || is_json(), "{}", reply.body);
    }
}
