//! Events with a marker in every field, as replies are looked through.

use std::fmt::Debug;

use cards_model::ibanera::CardApproval;
use cards_model::paysafe::{self, CardStatusUpdate, CardTokenUpdate, CardTokenization};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Met;
use super::filled::{STYLES, filled_where, having};
use crate::markers::{MARK, found};

/// Each event with all its fields.
pub(super) fn all(met: &mut Met) {
    of::<CardStatusUpdate>(
        "paysafe",
        r#"{"id":"1","cardId":"C1","customerId":"1","oldStatus":"ISSUED","newStatus":"ACTIVE",
            "eventTimestamp":"2021-07-15T17:54:12Z"}"#,
        met,
    );
    of::<CardTokenUpdate>(
        "paysafe",
        r#"{"id":"1","cardId":"C1","customerId":"1","result":"x","tokenAction":"TOKEN_FROZEN",
            "eventId":"1","eventTimestamp":"2021-07-15T17:54:12Z"}"#,
        met,
    );
    of::<CardTokenization>(
        "paysafe",
        r#"{"id":"1","cardId":"C1","customerId":"1","walletType":"APPLE","deviceMobileNumber":"1",
            "deviceIp":"1","deviceId":"1","deviceType":"POS","creatorStatus":"A","lang":"en",
            "activationMethod":"1","activationMethodData":"1","enrollmentStatus":"x","eventId":"1",
            "eventTimestamp":"2021-07-15T17:54:12Z"}"#,
        met,
    );
    of::<CardApproval>(
        "ibanera",
        r#"{"Id":"1","Type":"MANAGEE_CARD_APPROVAL_UPDATED","Data":{"TopUpCardsId":1,
            "RequestedTopUpCardsId":1,"Status":"Approved","bManuallyUpdated":true}}"#,
        met,
    );
    let text = format!(r#"{{"id":"1","type":"{MARK}","name":"{MARK}"}}"#);
    let unknown = paysafe::Event::unknown(&text);
    met.clean(
        "an unknown event",
        &format!("{unknown:?} {unknown:#?}"),
        &[],
    );
}

fn of<T: DeserializeOwned + Serialize + Debug>(provider: &str, body: &str, met: &mut Met) {
    let read = |body: &Value| serde_json::from_str::<T>(&body.to_string()).ok();
    let having = |body: &Value| read(body).map(|event| having(&event));
    let body = serde_json::from_str(body).unwrap();
    for style in STYLES {
        let filled = filled_where(&body, style, |changed, before| {
            having(changed) >= having(before)
        });
        assert!(
            found(&filled.to_string()).is_some(),
            "no marker in {filled}"
        );
        met.value(&format!("{provider} event"), &read(&filled).unwrap());
    }
}
