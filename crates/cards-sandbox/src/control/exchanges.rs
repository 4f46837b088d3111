//! `GET /_sandbox/exchanges`: the journal, the oldest exchange first.

use axum::extract::State;
use axum::routing::on;
use schemars::JsonSchema;
use serde::Serialize;

use super::Endpoint;
use crate::answer::Answer;
use crate::app::App;
use crate::journal::Exchange;

pub(super) const EXCHANGES: Endpoint = Endpoint {
    method: "get",
    path: "/_sandbox/exchanges",
    id: "exchanges",
    summary: "The journal: what was asked, and why it was answered so",
    serve: |method| on(method, exchanges),
    describe: |document, operation| {
        operation.responds(
            200,
            document.reply::<Exchanges>("The last exchanges, the oldest first."),
        )
    },
};

#[derive(Serialize, JsonSchema)]
struct Exchanges {
    exchanges: Vec<Exchange>,
}

async fn exchanges(State(app): State<App>) -> Answer {
    Answer::accepted(&Exchanges {
        exchanges: app.journal.exchanges(),
    })
}

#[cfg(test)]
mod tests {
    use crate::Sandbox;
    use crate::testing::Harness;

    #[tokio::test]
    async fn the_journal_tells_what_was_asked_and_forgets_the_oldest() {
        let sandbox = Harness::with(Sandbox::builder().journal(2));
        for name in ["register-user", "update-customer", "customer-preference"] {
            sandbox.airpay(name, &[]).await;
        }
        let journal = sandbox.get_json("/_sandbox/exchanges").await;
        let exchanges = journal["exchanges"].as_array().unwrap();
        assert_eq!(exchanges.len(), 2, "and none of them this call itself");
        let mut last = exchanges[1].clone();
        assert!(last["micros"].take().is_u64());
        assert_eq!(
            last,
            serde_json::json!({
                "id": 3,
                "at": "2026-11-21T08:00:00.000Z",
                "provider": "airpay",
                "operation": "customer-preference",
                "method": "POST",
                "path": "/airpay/ms/cards/api/customer-preference",
                "status": 200,
                "accepted": false,
                "verdict": "entity_id: must be given",
                "violations": [{
                    "provider": "airpay",
                    "operation": "customer-preference",
                    "field": "entity_id",
                    "rule": "required",
                    "limit": "must be given",
                    "source": "Airpay Customer Preference, Parameter, entity_id",
                }],
                "checksum": {"result": "right"},
                "micros": null,
            })
        );
    }
}
