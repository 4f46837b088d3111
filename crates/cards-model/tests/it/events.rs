//! Events are told apart and read leniently, and unknown ones are kept whole.

use cards_model::ibanera::{self, ApprovalStatus, ApprovalSubject, CardApproval};
use cards_model::paysafe::{
    self, ActivationMethod, CardStatus, CardStatusUpdate, CardTokenUpdate, CardTokenization,
    CreatorStatus, DeviceType, EnrollmentStatus, TokenAction, TokenWallet, WalletType,
};
use proptest::prelude::*;

const ID: &str = "af5c8b52-0afd-4799-85ab-fe659a076932";

/// The sample of the page.
const TOKEN: &str = r#"{"id":"af5c8b52-0afd-4799-85ab-fe659a076932","cardId":"af5c8b52-0afd-4799-85ab-fe659a076932","customerId":"string","result":"string","tokenAction":"TOKEN_UNFROZEN","eventId":"14450949864","eventTimestamp":"2021-07-15T17:54:12Z"}"#;

/// The sample of the page, with the space that stands in it.
const APPROVAL: &str = r#"{"Id":"2c58ed48-67d2-4d8e-bbb1-548864773d2c","Type":" MANAGEE_CARD_APPROVAL_UPDATED","Data":{"TopUpCardsId":1000,"RequestedTopUpCardsId":1000,"Status":"Approved","bManuallyUpdated":true}}"#;

const TOKENIZATION: &str = r#"{"id":"E1","cardId":"C1","customerId":"12345678","walletType":"GOOGLE",
    "deviceMobileNumber":"MARKER-1","deviceIp":"MARKER-2","deviceId":"MARKER-3","deviceType":"POS",
    "creatorStatus":"A","lang":"en","activationMethod":1,"activationMethodData":"MARKER-4",
    "eventTimestamp":"2021-07-15T17:54:12Z","enrollmentStatus":"ACTIVATION_OTP_SENT"}"#;

/// The names stand as in the documents: a test that reads them by the code's own list sees no name that is
/// lost or misspelt.
#[test]
fn the_values_of_events_are_those_of_the_documents() {
    assert_eq!(
        TokenAction::VALUES,
        [
            "TOKEN_UNFROZEN",
            "TOKEN_CANCELLED",
            "TOKEN_REISSUED",
            "TOKEN_FROZEN"
        ]
    );
    assert_eq!(TokenWallet::VALUES, ["APPLE", "GOOGLE", "MRCHTOKEN"]);
    assert_eq!(ApprovalStatus::VALUES, ["Approved", "Rejected"]);
    assert_eq!(
        CardStatus::VALUES,
        [
            "ACTIVE",
            "PENDING",
            "CANCELLED",
            "SUSPENDED",
            "APPLIED",
            "DIGITAL",
            "REJECTED",
            "LOCKED",
            "EXPIRED",
            "ISSUED"
        ]
    );
}

#[test]
fn the_sample_of_a_token_update_is_read() {
    let update: CardTokenUpdate = serde_json::from_str(TOKEN).unwrap();
    assert_eq!(update.token_action, TokenAction::Unfrozen);
    assert_eq!((update.id.as_deref(), &*update.card_id), (Some(ID), ID));
    assert_eq!(update.result.as_deref(), Some("string"));
    let event = paysafe::Event::CardToken(update);
    assert_eq!(event.id(), Some("14450949864"), "not that of the change");
    assert_eq!(event.card_id(), Some(ID));
    let time = event.time().and_then(cards_model::Timestamp::unix_millis);
    assert_eq!(time, Some(1_626_371_652_000));
}

#[test]
fn a_status_update_needs_a_card_and_a_status_alone() {
    let least = r#"{"cardId":"C1","newStatus":"FROZEN","more":{"a":[1]}}"#;
    let update: CardStatusUpdate = serde_json::from_str(least).unwrap();
    assert_eq!(update.new_status, CardStatus::Unknown("FROZEN".into()));
    let event = paysafe::Event::CardStatus(update);
    assert_eq!((event.id(), event.time()), (None, None));
    for lacking in [
        r#"{"newStatus":"ACTIVE"}"#,
        r#"{"cardId":"","newStatus":"ACTIVE"}"#,
        r#"{"cardId":"C1","oldStatus":"ACTIVE"}"#,
        r#"{"cardId":"C1","newStatus":null}"#,
        r#"{"cardId":"C1","newStatus":"ACTIVE","newStatus":"LOCKED"}"#,
    ] {
        assert!(
            serde_json::from_str::<CardStatusUpdate>(lacking).is_err(),
            "{lacking}"
        );
    }
}

#[test]
fn a_tokenization_is_read_and_its_personal_values_are_not_shown() {
    let event: CardTokenization = serde_json::from_str(TOKENIZATION).unwrap();
    assert_eq!(event.wallet_type, Some(TokenWallet::Google));
    assert_eq!(event.device_type, Some(DeviceType::Pos));
    assert_eq!(event.creator_status, Some(CreatorStatus::Active));
    assert_eq!(event.activation_method, Some(ActivationMethod::Sms));
    assert_eq!(event.enrollment_status, Some(EnrollmentStatus::OtpSent));
    let number = event
        .device_mobile_number
        .as_ref()
        .map(cards_model::Personal::expose);
    assert_eq!(number, Some("MARKER-1"));
    let shown = serde_json::to_string(&event).unwrap();
    let event = paysafe::Event::CardTokenization(Box::new(event));
    assert_eq!((event.id(), event.card_id()), (Some("E1"), Some("C1")));
    for shown in [shown, format!("{event:?} {event:#?}")] {
        assert!(!shown.contains("MARKER"), "{shown}");
    }
    let odd = r#"{"cardId":"C1","deviceIp":{"v4":"1"},"activationMethod":"9","walletType":null}"#;
    let event: CardTokenization = serde_json::from_str(odd).unwrap();
    assert_eq!(event.device_ip, None);
    assert_eq!(
        event.activation_method,
        Some(ActivationMethod::Unknown("9".into()))
    );
}

#[test]
fn wallets_have_other_names_at_the_card() {
    let names = TokenWallet::ALL.iter().map(TokenWallet::wallet_type);
    let expected = [
        Some(WalletType::ApplePay),
        Some(WalletType::GooglePay),
        None,
    ];
    assert!(names.eq(expected));
    assert!(
        TokenWallet::VALUES
            .iter()
            .all(|name| !WalletType::VALUES.contains(name))
    );
}

#[test]
fn the_type_of_a_paysafe_event_follows_from_its_fields_or_its_path() {
    use paysafe::EventKind::{self, CardStatus, CardToken};
    for (text, kind) in [
        (TOKEN, Some(CardToken)),
        (TOKENIZATION, Some(EventKind::CardTokenization)),
        (r#"{"oldStatus":"ACTIVE"}"#, Some(CardStatus)),
        (
            r#"{"oldStatus":"ACTIVE","newStatus":"LOCKED","x":1e999}"#,
            Some(CardStatus),
        ),
        (
            r#"{"newStatus":"ACTIVE","tokenAction":null}"#,
            Some(CardStatus),
        ),
        (r#"{"newStatus":"ACTIVE","walletType":"APPLE"}"#, None),
        (r#"{"data":{"newStatus":"ACTIVE"}}"#, None),
        (r#"{"NewStatus":"ACTIVE"}"#, None),
        (r#"{"status":"ACTIVE"}"#, None),
        (r#"["newStatus"]"#, None),
        ("", None),
    ] {
        assert_eq!(EventKind::of(text), kind, "{text}");
    }
    for kind in EventKind::ALL {
        assert_eq!(EventKind::at(kind.path()), Some(kind));
        assert_eq!(EventKind::at(&format!("/a{}/", kind.path())), Some(kind));
        assert_eq!(EventKind::at(&kind.path()[1..]), None);
    }
}

#[test]
fn the_sample_of_an_approval_is_read_in_any_case_of_its_names() {
    for text in [
        APPROVAL.to_owned(),
        // Lowercase, but for the values.
        APPROVAL
            .to_lowercase()
            .replace("managee_card_approval_updated", CardApproval::TYPE)
            .replace("approved", "Approved"),
        APPROVAL.replace("TopUpCardsId\":1000", "topUpCardsId\":\"1000\""),
    ] {
        assert_eq!(
            ibanera::EventKind::of(&text),
            Some(ibanera::EventKind::CardApproval),
            "{text}"
        );
        let approval: CardApproval = serde_json::from_str(&text).unwrap();
        assert_eq!(approval.status, ApprovalStatus::Approved);
        assert_eq!(approval.top_up_cards_id, Some(1000));
        assert_eq!(approval.requested_top_up_cards_id, Some(1000));
        assert_eq!(approval.manually_updated, Some(true));
        let event = ibanera::Event::CardApproval(approval);
        assert_eq!(event.id(), Some("2c58ed48-67d2-4d8e-bbb1-548864773d2c"));
        assert_eq!(event.subject(), Some(ApprovalSubject::Card(1000)));
    }
}

#[test]
fn a_rejected_request_has_no_card() {
    let text = r#"{"Id":"E","Type":"MANAGEE_CARD_APPROVAL_UPDATED","Data":{"RequestedTopUpCardsId":7,"Status":"Rejected"}}"#;
    let approval: CardApproval = serde_json::from_str(text).unwrap();
    assert_eq!(approval.status, ApprovalStatus::Rejected);
    assert_eq!(approval.subject().unwrap().to_string(), "request 7");
    for lacking in [
        "{}",
        r#"{"Data":null}"#,
        r#"{"Data":{"TopUpCardsId":1}}"#,
        "[]",
    ] {
        assert!(
            serde_json::from_str::<CardApproval>(lacking).is_err(),
            "{lacking}"
        );
    }
}

#[test]
fn an_unknown_event_is_whole_and_not_shown() {
    let text = r#" {"Id":"E7","type":"MANAGEE_KYC_UPDATED","Data":{"Name":"MARKER"}}"#;
    let event = ibanera::Event::unknown(text);
    let ibanera::Event::Unknown(unknown) = &event else {
        panic!("unknown")
    };
    assert_eq!((unknown.expose(), event.id()), (text, Some("E7")));
    assert_eq!(unknown.name(), Some("MANAGEE_KYC_UPDATED"));
    assert!(!format!("{event:?}").contains("MARKER"));

    let text = r#"{"id":"E8","eventId":9,"name":"MARKER","eventTimestamp":"2021-07-15"}"#;
    let event = paysafe::Event::unknown(text);
    assert_eq!((event.id(), event.card_id()), (Some("9"), None));
    assert_eq!(
        event.time().map(cards_model::Timestamp::as_str),
        Some("2021-07-15")
    );
    assert_eq!(format!("{event:?}"), "Unknown(UnknownEvent(Unknown()))");
    let odd = ibanera::Event::unknown(r#"{"Type":"4622940000003713"}"#);
    assert!(!format!("{odd:?}").contains("4622"));
}

proptest! {
    #[test]
    fn nothing_panics_and_an_unknown_text_survives(text in ".{0,80}") {
        let _ = paysafe::EventKind::of(&text);
        let _ = paysafe::EventKind::at(&text);
        let _ = ibanera::EventKind::of(&text);
        for whole in [
            match paysafe::Event::unknown(&text) { paysafe::Event::Unknown(event) => event, _ => panic!() },
            match ibanera::Event::unknown(&text) { ibanera::Event::Unknown(event) => event, _ => panic!() },
        ] {
            prop_assert_eq!(whole.expose(), &text);
        }
    }
}
