//! Answers to reads that may say no and prove nothing, since the provider itself has failed.

use cards_transport::ibanera::{Ibanera, OtpReuse};
use cards_transport::model::airpay::{CardBalance, CustomerPreference, UserLogin};
use cards_transport::model::ibanera::{ActivateCard, CardsByCustomer};
use cards_transport::model::paysafe::{GetPrepaidCard, ListPrepaidCards, UpdatePrepaidCard};
use cards_transport::paysafe::Paysafe;
use cards_transport::{Call, CallOptions, Error, ErrorKind, Provider, Retry};

use crate::calls::samples::{airpay, ibanera, paysafe};
use crate::calls::script::{Outcome, response, send, send_with};

type Play = fn() -> Outcome;

/// The error of a call that is answered so each time, by both drivers. It is sent so often.
#[track_caller]
fn error<P: Provider + Clone, C: Call<Provider = P>>(
    provider: &P,
    call: &C,
    play: Play,
    attempts: usize,
) -> Error {
    let (outcome, script) = send(provider, call, &vec![play; attempts]);
    let error = outcome.map(drop).unwrap_err();
    assert_eq!(script.urls().len(), attempts, "{error}");
    assert_eq!(error.attempts() as usize, attempts, "{error}");
    error
}

/// A read is tried as often as it may be, and nothing is known after that.
#[track_caller]
fn fails<P: Provider + Clone, C: Call<Provider = P>>(provider: &P, call: &C, play: Play) {
    let failed = error(provider, call, play, 3);
    assert_eq!(failed.kind(), ErrorKind::Http, "{failed}");
    assert!(failed.is_failed_in_passing(), "{failed}");
    assert!(!failed.is_refused() && !failed.is_unauthorized());
    // The words are there all the same.
    assert!(failed.refusal().is_some());
    assert!(failed.to_string().contains(": failed: "), "{failed}");
    let once = CallOptions::new().retry(Retry::never());
    let (outcome, _) = send_with(provider, call, &[play], &once);
    let failed = outcome.map(drop).unwrap_err();
    assert!(failed.kind() == ErrorKind::Http && failed.is_failed_in_passing());
}

/// A read that is refused is refused once.
#[track_caller]
fn refuses<P: Provider + Clone, C: Call<Provider = P>>(provider: &P, call: &C, play: Play) {
    let refused = error(provider, call, play, 1);
    assert_eq!(refused.kind(), ErrorKind::Refused, "{refused}");
    assert!(!refused.is_failed_in_passing(), "{refused}");
}

/// Of a change the same answer leaves the outcome open, and it is sent once.
#[track_caller]
fn opens<P: Provider + Clone, C: Call<Provider = P>>(provider: &P, call: &C, play: Play) {
    let open = error(provider, call, play, 1);
    assert_eq!(open.kind(), ErrorKind::OutcomeUnknown, "{open}");
    assert!(!open.is_failed_in_passing(), "{open}");
}

fn ibanera_at_once() -> Ibanera {
    ibanera().otp_reuse(OtpReuse::Allowed)
}

#[test]
fn a_no_of_an_airpay_that_is_down_is_no_refusal() {
    let airpay = airpay().keys("fake-a", "fake-p");
    let login = UserLogin {
        mobile_no: "9000000978".into(),
        password: "PaSwd@1234".into(),
    };
    let (balance, change) = (CardBalance::new("E1"), CustomerPreference::new("E1"));
    let failures: [Play; 17] = [
        // Nor does it say anything of the credentials.
        || response(503, r#"{"status":401,"message":"fail"}"#),
        || response(502, r#"{"status":403,"message":"fail"}"#),
        || response(408, r#"{"status":"401"}"#),
        // Body and message contradict each other.
        || response(200, r#"{"status":401,"message":"success","data":{"a":1}}"#),
        || response(500, r#"{"status":400,"message":"fail"}"#),
        || response(502, r#"{"status":400,"message":"fail"}"#),
        || response(503, r#"{"status":400,"message":"fail"}"#),
        || response(503, r#"{"status":"400"}"#),
        || response(504, r#"{"status":404,"message":"fail"}"#),
        || response(408, r#"{"status":400,"message":"fail"}"#),
        || response(200, r#"{"status":500,"message":"fail"}"#),
        || response(200, r#"{"status":503,"message":"Try later"}"#),
        || response(200, r#"{"status":408,"message":"fail"}"#),
        || response(200, r#"{"status":201,"message":"success","data":{}}"#),
        || response(200, r#"{"status":0,"message":"odd"}"#),
        || response(201, r#"{"status":"302"}"#),
        || response(400, r#"{"status":500,"message":"fail"}"#),
    ];
    for play in failures {
        fails(&airpay, &balance, play);
        fails(&airpay, &login, play);
        opens(&airpay, &change, play);
    }
    let refusals: [Play; 5] = [
        || response(200, r#"{"status":400,"message":"fail"}"#),
        || response(400, r#"{"status":400,"message":"fail"}"#),
        || response(404, r#"{"status":302,"message":"odd"}"#),
        || response(200, r#"{"status":422,"message":"odd"}"#),
        || response(200, r#"{"status":0,"message":"fail"}"#),
    ];
    for play in refusals {
        refuses(&airpay, &balance, play);
        refuses(&airpay, &login, play);
    }
    // One that has no time is asked again, and refuses all the same.
    let busy: Play = || response(200, r#"{"status":429,"message":"fail"}"#);
    let refused = error(&airpay, &balance, busy, 3);
    assert!(refused.is_refused() && refused.is_failed_in_passing());
    assert!(error(&airpay, &change, busy, 1).is_rate_limited());
    // A status that will not pass is not tried again, whatever is beside it.
    let lost: Play = || response(301, r#"{"status":400,"message":"fail"}"#);
    let moved = error(&airpay, &balance, lost, 1);
    assert_eq!(moved.kind(), ErrorKind::Http);
    assert!(!moved.is_failed_in_passing());
}

/// The document has Paysafe's error under 500 alone.
#[test]
fn an_error_of_a_paysafe_that_is_down_is_no_refusal() {
    let (list, card) = (ListPrepaidCards::new("1"), GetPrepaidCard::new("1", "C1"));
    let change = UpdatePrepaidCard::new("1", "C1");
    let failures: [Play; 9] = [
        // Beside what would be a success without it.
        || response(200, r#"{"cards":[],"error":{"code":"DW-X"}}"#),
        || response(200, r#"{"cardId":"C1","error":{"code":"DW-X"}}"#),
        || {
            response(
                201,
                r#"{"error":{"message":"no"},"cards":[{"cardId":"C1"}],"cardId":"C1"}"#,
            )
        },
        || response(500, r#"{"cards":[],"error":{"code":"DW-X"}}"#),
        || response(500, r#"{"error":{"code":"DW-INTERNAL-SERVER-ERROR"}}"#),
        || response(503, r#"{"error":{"code":"DW-X","message":"no"}}"#),
        || response(504, r#"[{"error":{"code":"DW-X"}}]"#),
        || response(408, r#"{"error":{}}"#),
        || response(200, r#"{"error":{"code":"DW-X"}}"#),
    ];
    for play in failures {
        fails(&paysafe(), &list, play);
        fails(&paysafe(), &card, play);
        opens(&paysafe(), &change, play);
    }
    let refusals: [Play; 3] = [
        || response(400, r#"{"error":{"code":"5068"}}"#),
        || response(403, r#"{"error":{"code":"DW-CUSTOMER-NOT-ALLOWED"}}"#),
        || response(404, r#"{"error":{"code":"5269"}}"#),
    ];
    for play in refusals {
        refuses(&paysafe(), &list, play);
        refuses(&paysafe(), &card, play);
    }
}

#[test]
fn errors_of_an_ibanera_that_is_down_are_no_refusal() {
    let read = CardsByCustomer::new(7);
    let failures: [Play; 5] = [
        || {
            response(
                500,
                r#"{"status":"0","errors":[{"messageCode":"Invalid"}]}"#,
            )
        },
        || response(503, r#"{"status":"0","errors":[]}"#),
        || response(408, r#"{"status":"0","errors":[]}"#),
        || response(200, r#"{"status":"2","errors":[]}"#),
        || response(502, r#"{"status":"text"}"#),
    ];
    for play in failures {
        fails(&ibanera_at_once(), &read, play);
        opens(&ibanera_at_once(), &ActivateCard::new(1), play);
    }
    let refusals: [Play; 3] = [
        || {
            response(
                200,
                r#"{"status":"0","errors":[{"fieldName":"customersId"}]}"#,
            )
        },
        || {
            response(
                400,
                r#"{"status":"0","errors":[{"fieldName":"customersId"}]}"#,
            )
        },
        || {
            response(
                404,
                r#"{"status":"2","errors":[{"fieldName":"customersId"}]}"#,
            )
        },
    ];
    for play in refusals {
        refuses(&ibanera_at_once(), &read, play);
    }
}

/// A failure that passes is not seen.
#[test]
fn a_read_brings_its_value_after_a_failure_that_its_body_told() {
    let down: Play = || response(200, r#"{"status":503,"message":"fail"}"#);
    let up: Play = || response(200, r#"{"status":200,"data":{"balance":"1.00"}}"#);
    let (outcome, script) = send(&airpay(), &CardBalance::new("E1"), &[down, down, up]);
    assert_eq!(outcome.unwrap().attempts(), 3);
    assert_eq!(script.pauses().len(), 2);
    // A login is a read too: the call that needs it is made.
    let airpay = cards_transport::airpay::Airpay::new("http://localhost:1".parse().unwrap(), "s")
        .keys("fake-a", "fake-p")
        .login("9000000978", "PaSwd@1234");
    let token: Play = || response(200, r#"{"status":200,"data":{"token":"fake-new"}}"#);
    let (outcome, _) = send(&airpay, &CardBalance::new("E1"), &[down, token, up]);
    outcome.unwrap();
}

/// A card stands in successes alone: under another status the two contradict each other.
#[test]
fn a_card_under_a_status_that_is_no_success_leaves_a_change_open() {
    let logging_in = Paysafe::new("http://localhost:1/v1".parse().unwrap())
        .token("fake-token")
        .client("brand", "fake-id", "fake-secret");
    let change = UpdatePrepaidCard::new("1", "C1");
    for provider in [paysafe(), logging_in] {
        for play in [
            (|| response(400, r#"{"cardId":"C1","status":"ACTIVE"}"#)) as Play,
            || response(401, r#"{"cardId":"C1"}"#),
            || response(403, r#"{"cardId":7,"error":null}"#),
            || response(404, r#"{"cardId":"C1"}"#),
            || response(409, r#" {"other":1,"cardId":"C1"}"#),
        ] {
            opens(&provider, &change, play);
        }
        // Anything else is as a status without a word.
        for play in [
            (|| response(404, r#"{"message":"no cardId"}"#)) as Play,
            || response(409, r#"{"cards":[{"cardId":"C1"}]}"#),
            || response(403, r#"{"cardId":null}"#),
        ] {
            assert_eq!(error(&provider, &change, play, 1).kind(), ErrorKind::Http);
        }
    }
}

/// The token may be the reason all the same, and a read loses nothing by a new one.
#[test]
fn a_read_gets_a_new_token_whatever_stands_around_the_word_on_it() {
    let provider = airpay()
        .keys("fake-a", "fake-p")
        .login("9000000978", "PaSwd@1234");
    let no: Play = || response(503, r#"{"status":401,"message":"fail"}"#);
    let login: Play = || {
        let body = r#"{"status":200,"message":"success","data":{"token":"fake-new"}}"#;
        response(200, body)
    };
    let balance: Play = || {
        let body = r#"{"status":200,"message":"success","data":{"balance":"1"}}"#;
        response(200, body)
    };
    let call = CardBalance::new("E1");
    let (outcome, script) = send(&provider, &call, &[no, login, balance]);
    assert_eq!(outcome.unwrap().attempts(), 2);
    assert_eq!(script.headers("token"), ["fake-token", "fake-new"]);
    let (outcome, _) = send(&provider, &call, &[no, login, no, no, no]);
    let failed = outcome.unwrap_err();
    assert!(
        failed.kind() == ErrorKind::Http && failed.is_failed_in_passing(),
        "{failed}"
    );
}

/// Warns of what is shown of another customer or card, and takes it as it is.
#[track_caller]
fn about<P: Provider + Clone, C: Call<Provider = P>>(
    provider: &P,
    call: &C,
    play: Play,
    another: Option<&str>,
) {
    let (outcome, _) = send(provider, call, &[play]);
    let reply = outcome.unwrap();
    let said: Vec<_> = reply.warnings().iter().map(ToString::to_string).collect();
    let wanted = another.map(|field| format!("the reply has another `{field}` than the call"));
    assert_eq!(said.len(), usize::from(another.is_some()), "{said:?}");
    assert!(
        said.iter()
            .zip(wanted)
            .all(|(said, wanted)| said.starts_with(&wanted)),
        "{said:?}"
    );
}

#[test]
fn a_reply_about_another_customer_or_card_is_told() {
    let (paysafe, airpay, ibanera) = (paysafe(), airpay(), ibanera_at_once());
    let list = ListPrepaidCards::new("0012");
    let get = GetPrepaidCard::new("0012", "c1");
    let update = UpdatePrepaidCard::new("0012", "c1");
    let another = |play, field| {
        about(&paysafe, &get, play, Some(field));
        about(&paysafe, &update, play, Some(field));
    };
    another(
        || response(200, r#"{"cardId":"C2","customerId":"0012"}"#),
        "cardId",
    );
    another(
        || response(200, r#"{"cardId":"C1","customerId":"13"}"#),
        "customerId",
    );
    let other: Play = || response(200, r#"{"cards":[{"cardId":"a","customerId":"9"}]}"#);
    about(&paysafe, &list, other, Some("customerId"));
    // In another case, as a number, hidden, or not at all.
    for same in [
        (|| response(200, r#"{"cardId":"C1","customerId":12}"#)) as Play,
        || response(200, r#"{"cardId":"C1","customerId":"00**"}"#),
        || response(200, r#"{"cardId":"C1","customerId":""}"#),
        || response(200, r#"{"cardId":"C1"}"#),
    ] {
        about(&paysafe, &get, same, None);
        about(&paysafe, &update, same, None);
    }
    let balance = CardBalance::new("E1");
    let of = |play, another| about(&airpay, &balance, play, another);
    of(
        || {
            response(
                200,
                r#"{"status":200,"message":"success","data":{"entityId":"E2","balance":"1"}}"#,
            )
        },
        Some("entity_id"),
    );
    of(
        || {
            response(
                200,
                r#"{"status":200,"message":"success","data":{"entity_id":"e1","balance":"1"}}"#,
            )
        },
        None,
    );
    let cards = CardsByCustomer::new(7);
    let of = |play, another| about(&ibanera, &cards, play, another);
    let other: Play = || {
        response(
            200,
            r#"{"status":"1","errors":[],"details":{"customersId":8,"cards":[]}}"#,
        )
    };
    of(other, Some("customersId"));
    of(
        || {
            response(
                200,
                r#"{"status":"1","errors":[],"details":{"customersId":7,"cards":[]}}"#,
            )
        },
        None,
    );
    let activated: Play = || {
        let body = r#"{"status":"1","errors":[],"details":{"customersId":7,"card":{"id":6}}}"#;
        response(200, body)
    };
    about(&ibanera, &ActivateCard::new(5), activated, Some("id"));
    about(&ibanera, &ActivateCard::new(6), activated, None);
}

/// Some write a member for it always.
#[test]
fn an_error_that_says_nothing_is_none_beside_a_value() {
    let update = UpdatePrepaidCard::new("1", "C1");
    for play in [
        (|| response(200, r#"{"cardId":"C1","error":{}}"#)) as Play,
        || response(200, r#"{"cardId":"C1","error":null}"#),
        || {
            response(
                200,
                r#"{"cardId":"C1","error":{"code":null,"message":" ","details":[]}}"#,
            )
        },
        || response(200, r#"{"cardId":"C1","error":"none"}"#),
        || response(200, r#"{"cardId":"C1","error":[]}"#),
        || response(200, r#"{"cardId":"C1","programName":"\"error\""}"#),
    ] {
        let (outcome, _) = send(&paysafe(), &update, &[play]);
        assert_eq!(outcome.unwrap().as_ref().unwrap().card_id, "C1");
    }
}

#[test]
fn items_of_another_customer_or_card_are_told() {
    use cards_transport::model::ibanera::{ListCardBalances, ListCardTransactions};
    let ibanera = ibanera_at_once();
    let balances: Play = || {
        response(
            200,
            r#"{"status":"1","errors":[],"details":[{"id":1,"customersID":7},{"id":2,"customersID":8}]}"#,
        )
    };
    about(
        &ibanera,
        &ListCardBalances::new().customers_id(7),
        balances,
        Some("customersID"),
    );
    about(&ibanera, &ListCardBalances::new(), balances, None);
    let of_card: Play = || {
        response(
            200,
            r#"{"status":"1","errors":[],"details":[{"id":1,"cardsId":7}]}"#,
        )
    };
    about(
        &ibanera,
        &ListCardTransactions::new(8),
        of_card,
        Some("cardsId"),
    );
    about(&ibanera, &ListCardTransactions::new(7), of_card, None);
}
