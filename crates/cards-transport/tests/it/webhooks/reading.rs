//! A signed body is read: into its type, or whole; and in its time.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cards_transport::model::{ibanera, paysafe as model};
use cards_transport::paysafe::Paysafe;
use cards_transport::webhook::{Inbound, Webhook, WebhookError, WebhookErrorKind};

use super::{APPROVAL, STATUS, TOKEN, ibanera, paysafe};

fn event<P: Inbound>(webhook: &Webhook<P>, body: &str) -> Result<P::Event, WebhookError> {
    let signed = webhook.sign(body.to_owned());
    webhook
        .verify(signed.headers(), signed.body())
        .unwrap()
        .event()
}

#[test]
fn each_type_is_read() {
    let event_of = |body| event(&paysafe(), body).unwrap();
    assert!(matches!(event_of(STATUS), model::Event::CardStatus(_)));
    assert!(matches!(event_of(TOKEN), model::Event::CardToken(_)));
    let tokenization = r#"{"cardId":"C1","enrollmentStatus":"TOKENIZATION_FAILED"}"#;
    assert!(matches!(
        event_of(tokenization),
        model::Event::CardTokenization(_)
    ));
    let approval = event(&ibanera(), APPROVAL).unwrap();
    assert!(matches!(approval, ibanera::Event::CardApproval(_)));
}

#[test]
fn an_unknown_event_is_whole() {
    for body in [
        r#" {"id":"E1","amount":1.10,"amount":2,"name":"MARKER"} "#,
        "[1,2]",
        "null",
        r#""text""#,
        r#"{"cardId":"C1","newStatus":"ACTIVE","tokenAction":"TOKEN_FROZEN"}"#,
    ] {
        let event = event(&paysafe(), body).unwrap();
        assert!(!format!("{event:?}").contains("MARKER"));
        let model::Event::Unknown(unknown) = event else {
            panic!("{body}")
        };
        assert_eq!(unknown.expose(), body);
    }
    let body = r#"{"Id":"E1","Type":"MANAGEE_KYC_UPDATED","Data":{"Name":"MARKER"}}"#;
    let ibanera::Event::Unknown(unknown) = event(&ibanera(), body).unwrap() else {
        panic!()
    };
    assert_eq!(
        (unknown.expose(), unknown.name()),
        (body, Some("MANAGEE_KYC_UPDATED"))
    );
}

#[test]
fn the_url_decides_where_it_is_registered_for_a_type() {
    let both = r#"{"cardId":"C1","newStatus":"ACTIVE","tokenAction":"TOKEN_FROZEN"}"#;
    let webhook = paysafe().kind(model::EventKind::CardToken);
    let event = event(&webhook, both).unwrap();
    assert!(matches!(event, model::Event::CardToken(_)));
    let signed = paysafe().sign(both);
    let webhook = paysafe();
    let verified = webhook.verify(signed.headers(), signed.body()).unwrap();
    let at = |path| verified.event_at(path).unwrap();
    assert!(matches!(
        at("/in/prepaid/card/status/events"),
        model::Event::CardStatus(_)
    ));
    assert!(matches!(
        at("/in/prepaid/card/token/events"),
        model::Event::CardToken(_)
    ));
    assert!(matches!(at("/in"), model::Event::Unknown(_)));
}

#[test]
fn a_signed_body_that_is_no_event_is_told_with_the_place_and_no_value() {
    for (body, says) in [
        (
            "",
            "signed event not understood: no JSON at . (line 1, column 0)",
        ),
        (
            "MARKER",
            "signed event not understood: no JSON at . (line 1, column 1)",
        ),
        (
            r#"{"newStatus":"MARKER"}"#,
            "signed event not understood: cardId is missing (line 1, column 22)",
        ),
        (
            r#"{"cardId":["MARKER"],"newStatus":"MARKER"}"#,
            "signed event not understood: not what the document describes at cardId (line 1, column 20)",
        ),
    ] {
        let error = event(&paysafe(), body).unwrap_err();
        assert_eq!(
            (error.kind(), &*error.to_string()),
            (WebhookErrorKind::Unreadable, says)
        );
        assert!(error.is_verified() && error.answer() == 400);
        assert!(!format!("{error:?}").contains("MARKER"));
    }
    let lacking = r#"{"Type":"MANAGEE_CARD_APPROVAL_UPDATED","Data":{"TopUpCardsId":"MARKER","Status":"MARKER"}}"#;
    let error = event(&ibanera(), lacking).unwrap_err();
    assert_eq!(
        error.json().map(cards_transport::JsonTrouble::path),
        Some("Data.TopUpCardsId")
    );
    assert!(!error.to_string().contains("MARKER"), "{error}");
    let webhook = paysafe();
    let body = b"{\"id\":\"\xff\"}";
    let error = webhook
        .verify(&webhook.headers(body), body)
        .unwrap()
        .event()
        .unwrap_err();
    assert_eq!(error.kind(), WebhookErrorKind::Unreadable);
}

/// The time of the token event's sample.
fn sampled() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_626_371_652)
}

#[test]
fn a_time_outside_of_the_window_is_refused_on_both_sides() {
    let window = Duration::from_secs(300);
    let at = |now: SystemTime| {
        let webhook = paysafe().replay_window(window).clock(move || now);
        event(&webhook, TOKEN)
    };
    assert!(at(sampled()).is_ok());
    assert!(at(sampled() + window).is_ok());
    assert!(at(sampled() - window).is_ok());
    let late = at(sampled() + window + Duration::from_millis(1)).unwrap_err();
    let early = at(sampled() - Duration::from_secs(301)).unwrap_err();
    for (error, says) in [
        (
            late,
            "signed event not taken: its time is 300 s behind the clock, and the replay window is 300s",
        ),
        (
            early,
            "signed event not taken: its time is 301 s ahead of the clock, and the replay window is 300s",
        ),
    ] {
        assert_eq!(
            (error.kind(), &*error.to_string()),
            (WebhookErrorKind::OutsideWindow, says)
        );
        assert!(error.is_verified());
    }
    let before = at(UNIX_EPOCH - Duration::from_secs(1)).unwrap_err();
    assert_eq!(before.kind(), WebhookErrorKind::OutsideWindow);
    assert!(
        event(&paysafe(), TOKEN).is_ok(),
        "without a window each is taken"
    );
}

#[test]
fn an_event_without_a_time_is_taken_and_one_whose_time_is_odd_is_not() {
    let webhook = || paysafe().replay_window(Duration::ZERO);
    assert!(event(&webhook(), STATUS).is_ok());
    assert!(event(&webhook(), r#"{"id":"of another type"}"#).is_ok());
    assert!(event(&ibanera().replay_window(Duration::ZERO), APPROVAL).is_ok());
    for time in ["MARKER", "2021-07-15", ""] {
        let body = TOKEN.replace("2021-07-15T17:54:12Z", time);
        let error = event(&webhook(), &body).unwrap_err();
        assert_eq!(error.kind(), WebhookErrorKind::OutsideWindow);
        assert!(!format!("{error:?}").contains("MARKER"));
        assert!(event(&paysafe(), &body).is_ok());
    }
    // An unknown event of today.
    let now = Paysafe::webhook("a2V5".parse().unwrap()).replay_window(Duration::from_secs(1));
    let old = r#"{"id":"E1","eventTimestamp":"2021-07-15T17:54:12Z"}"#;
    assert_eq!(
        event(&now, old).unwrap_err().kind(),
        WebhookErrorKind::OutsideWindow
    );
}
