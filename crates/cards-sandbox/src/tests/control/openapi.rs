//! Checks `/_sandbox/openapi`.

use crate::openapi::{Api, document};
use crate::testing::Harness;

#[tokio::test]
async fn each_document_is_served_as_it_is_made() {
    let sandbox = Harness::new();
    for api in Api::ALL {
        let path = format!("/_sandbox/openapi/{api}.json");
        let reply = sandbox.get(&path, &[]).await;
        assert_eq!(reply.status, 200);
        assert_eq!(reply.headers["content-type"], "application/json");
        assert_eq!(reply.body, document(*api));
    }
    for other in [
        "airpay",
        "airpay.yaml",
        "other.json",
        ".json",
        "a/airpay.json",
    ] {
        let path = format!("/_sandbox/openapi/{other}");
        assert_eq!(sandbox.get(&path, &[]).await.status, 404, "{other}");
    }
}
