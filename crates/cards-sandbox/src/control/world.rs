//! `GET /_sandbox/world`: every customer and card of every provider, redacted.

use axum::extract::State;
use axum::routing::on;
use rusqlite::Connection;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Endpoint, store_trouble};
use crate::answer::Answer;
use crate::app::App;
use crate::store::StoreError;
use crate::{airpay, ibanera, paysafe};

pub(super) const WORLD: Endpoint = Endpoint {
    method: "get",
    path: "/_sandbox/world",
    id: "world",
    summary: "Every customer and card of every provider, redacted",
    serve: |method| on(method, world),
    describe: |document, operation| {
        operation.responds(200, document.reply::<World>("The customers and cards."))
    },
};

#[derive(Serialize, JsonSchema)]
struct World {
    airpay: airpay::World,
    paysafe: paysafe::World,
    ibanera: ibanera::World,
}

async fn world(State(app): State<App>) -> Answer {
    let read = |connection: &Connection| -> Result<World, StoreError> {
        Ok(World {
            airpay: airpay::world(connection)?,
            paysafe: paysafe::world(connection)?,
            ibanera: ibanera::world(connection)?,
        })
    };
    match app.store.read(read).await {
        Ok(world) => Answer::accepted(&world),
        Err(error) => store_trouble(&error),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::Harness;

    #[tokio::test]
    async fn the_world_has_every_providers_customers_and_cards() {
        let world = Harness::new().get_json("/_sandbox/world").await;
        let customers = |provider: &str| world[provider]["customers"].as_array().unwrap().len();
        assert_eq!(customers("airpay"), 2);
        assert_eq!(customers("paysafe"), 2);
        assert_eq!(customers("ibanera"), 23);
        assert_eq!(
            world["airpay"]["customers"][1],
            serde_json::json!({
                "entity_id": "AIRPAYCUST0001",
                "kyc_status": "MIN_KYC",
                "kyc_expiry_date": "2028-11-21",
                "mobile_no": "[redacted]",
                "first_name": "[redacted]",
                "last_name": "[redacted]",
                "email": "[redacted]",
                "cards": [{
                    "card_no": "462294******0979",
                    "kit_no": "100000000978",
                    "card_type": "V",
                    "card_expiry": "12/49",
                }],
                "preferences": {},
            })
        );
    }
}
