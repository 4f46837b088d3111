//! Checks when a token is replaced, and what a login that fails says.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use bytes::Bytes;
use cards_transport::airpay::Airpay;
use cards_transport::ibanera::{LoginCall, OneTimeCodes, OtpReuse};
use cards_transport::model::airpay::{CustomerPreference, UserLogin};
use cards_transport::model::ibanera::CardsByCustomer;
use cards_transport::model::paysafe::ListPrepaidCards;
use cards_transport::paysafe::{IssueAccessToken, Paysafe};
use cards_transport::{Call, CallOptions, ErrorKind, Limits, Retry, blocking};
use http::{Request, Response};

use crate::calls::samples::{
    ACKNOWLEDGED, NO_CARDS, ONE_CUSTOMER, airpay, ibanera, paysafe, registration,
};
use crate::calls::script::{Outcome, Script, refused, reset, response, send, send_with};

#[test]
fn a_refused_token_is_replaced_once() {
    let unauthorized: fn() -> Outcome = || response(401, "");
    let token: fn() -> Outcome = || {
        response(
            200,
            r#"{"access_token":"fake-new","expires_in":900,"token_type":"Bearer"}"#,
        )
    };
    let provider = paysafe().client("brand", "fake:id", "fake secret");
    let call = ListPrepaidCards::new("1");
    let (outcome, script) = send(&provider, &call, &[unauthorized, token, NO_CARDS]);
    assert!(outcome.is_ok());
    let authorizations = script.headers("authorization");
    assert_eq!(authorizations[0], "Bearer fake-old");
    // base64 of `fake%3Aid:fake%20secret`: RFC 6749, 2.3.1
    assert_eq!(authorizations[1], "Basic ZmFrZSUzQWlkOmZha2UlMjBzZWNyZXQ=");
    assert_eq!(authorizations[2], "Bearer fake-new");

    let (outcome, _) = send(&provider, &call, &[unauthorized, token, unauthorized]);
    assert!(outcome.unwrap_err().is_unauthorized());
    let (outcome, _) = send(&paysafe(), &call, &[unauthorized]);
    insta::assert_snapshot!(outcome.unwrap_err(), @"paysafe list-prepaid-cards: the credentials are not accepted (HTTP 401, 0 bytes)");
}

#[test]
fn a_token_that_cannot_be_had_is_told_with_the_login_that_failed() {
    let provider = Paysafe::new("http://localhost:1/v1".parse().unwrap());
    let (outcome, _) = send(&provider, &ListPrepaidCards::new("1"), &[]);
    insta::assert_snapshot!(outcome.unwrap_err(), @"paysafe list-prepaid-cards: not sent: no token and no credentials to get one");

    let provider = provider.client("brand", "fake-id", "fake-secret");
    let no: fn() -> Outcome = || response(403, r#"{"error":{"code":"DW-CUSTOMER-NOT-ALLOWED"}}"#);
    let (outcome, _) = send(&provider, &ListPrepaidCards::new("1"), &[no]);
    insta::assert_snapshot!(outcome.unwrap_err(), @"paysafe issue-access-token: refused: DW-CUSTOMER-NOT-ALLOWED (HTTP 403, 44 bytes)");
}

#[test]
fn whether_a_call_was_sent_is_told_of_the_call_and_not_of_the_login_that_failed() {
    let call = ListPrepaidCards::new("1");
    let never_sent = Paysafe::new("http://localhost:1/v1".parse().unwrap());
    let never_sent = never_sent.client("brand", "fake-id", "fake-secret");
    let refused_once = never_sent.clone().token("fake-old");
    type Play = fn() -> Outcome;
    let unauthorized: Play = || response(401, "");
    let no: Play = || response(403, "");
    let failures: [(&str, &[Play]); 3] = [
        ("it was refused", &[no]),
        ("it got no connection", &[refused, refused, refused]),
        ("its connection broke", &[reset, reset, reset]),
    ];
    for (why, login) in failures {
        let (outcome, _) = send(&never_sent, &call, login);
        let error = outcome.unwrap_err();
        assert_eq!(error.operation().name, "issue-access-token", "{why}");
        assert!(error.is_not_sent(), "{why}: {error:?}");

        let script: Vec<_> = [unauthorized].iter().chain(login).copied().collect();
        let (outcome, _) = send(&refused_once, &call, &script);
        let error = outcome.unwrap_err();
        assert_eq!(error.operation().name, "issue-access-token", "{why}");
        assert!(!error.is_not_sent(), "{why}: {error:?}");
    }
}

#[test]
fn after_a_401_at_ibanera_the_login_comes_at_once_and_with_a_new_code_where_it_must() {
    let unauthorized: fn() -> Outcome = || response(401, "");
    let login: fn() -> Outcome = || {
        response(
            200,
            r#"{"status":"1","errors":[],"details":{"accessToken":"fake-new"}}"#,
        )
    };
    let provider = ibanera().login("fake-user", "fake-password");
    let call = CardsByCustomer::new(11057);
    let replies = [unauthorized, login, ONE_CUSTOMER];
    let (outcome, script) = send(&provider, &call, &replies);
    assert_eq!(outcome.unwrap().attempts(), 2);
    let codes = script.headers("otp");
    assert!(codes.len() == 2 && codes[0] == codes[1], "{codes:?}");
    assert!(script.pauses().is_empty());

    // Where codes are single-use, the login waits for the next step and the
    // call for the one after it.
    let single = provider.clone().otp_reuse(OtpReuse::Never);
    let (outcome, script) = send(&single, &call, &replies);
    assert_eq!(outcome.unwrap().attempts(), 2);
    let codes = script.headers("otp");
    assert!(codes.len() == 2 && codes[0] != codes[1], "{codes:?}");
    let seconds = |n| Duration::from_secs(n);
    assert_eq!(script.pauses(), [seconds(20), seconds(30)]);

    // Without the time for it, the 401 itself is the answer.
    let short = CallOptions::new().total_timeout(Duration::from_secs(2));
    let (outcome, _) = send_with(&single, &call, &[unauthorized], &short);
    let error = outcome.unwrap_err();
    assert!(error.is_unauthorized() && error.raw().is_some());
    // And where one attempt was asked for, it is one.
    let once = CallOptions::new().retry(Retry::never());
    let (outcome, _) = send_with(&provider, &call, &[unauthorized], &once);
    assert!(outcome.unwrap_err().is_unauthorized());
}

/// Airpay's reply to a login that succeeds.
const AIRPAY_LOGGED_IN: fn() -> Outcome = || {
    response(
        200,
        r#"{"status":200,"message":"success","data":{"token":"fake-new"}}"#,
    )
};

/// Airpay with a token, and a customer to log in with for the next one.
fn airpay_logging_in() -> Airpay {
    airpay()
        .keys("fake-a", "fake-p")
        .login("9000000978", "PaSwd@1234")
}

#[test]
fn a_standing_token_of_airpay_is_replaced_by_the_clock_where_it_can_be() {
    let provider = airpay_logging_in();
    let script = Script::new(&[ACKNOWLEDGED, AIRPAY_LOGGED_IN, ACKNOWLEDGED]);
    let client = blocking::Client::with_settings(provider, script.clone(), script.settings());
    let call = CustomerPreference::new("E1");
    client.send(&call).unwrap();
    script.pass(Duration::from_secs(30 * 60));
    client.send(&call).unwrap();
    assert_eq!(script.headers("token"), ["fake-token", "fake-new"]);
}

#[test]
fn a_login_shares_the_time_of_the_call() {
    let transport = |_: Request<Bytes>, limits: Limits| -> Outcome {
        assert!(limits.total <= Duration::from_secs(1), "{limits:?}");
        response(403, "")
    };
    let base = "http://localhost:1/v1".parse().unwrap();
    let provider = Paysafe::new(base).client("brand", "fake-id", "fake-secret");
    let options = CallOptions::new().total_timeout(Duration::from_secs(1));
    let client = blocking::Client::new(provider, transport);
    assert!(
        client
            .send_with(&ListPrepaidCards::new("1"), &options)
            .is_err()
    );
}

#[test]
fn concurrent_calls_share_one_renewal() {
    let logins = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&logins);
    let transport = move |request: Request<Bytes>, _: Limits| -> Outcome {
        if request.uri().path().ends_with("/token") {
            std::thread::sleep(Duration::from_millis(30));
            let n = counter.fetch_add(1, Ordering::SeqCst);
            let body = format!(r#"{{"access_token":"fake-{n}","expires_in":900}}"#);
            return Ok(Response::new(Bytes::from(body)));
        }
        match request.headers()["authorization"].to_str().unwrap() {
            "Bearer fake-old" => response(401, ""),
            _ => NO_CARDS(),
        }
    };
    let provider = paysafe().client("brand", "fake-id", "fake-secret");
    let client = blocking::Client::new(provider, transport);
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| client.send(&ListPrepaidCards::new("1")).unwrap());
        }
    });
    assert_eq!(logins.load(Ordering::SeqCst), 1);
}

#[test]
fn a_renewal_that_fails_is_not_repeated_by_those_who_waited_for_it() {
    let logins = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&logins);
    let transport = move |_: Request<Bytes>, _: Limits| -> Outcome {
        std::thread::sleep(Duration::from_millis(100));
        counter.fetch_add(1, Ordering::SeqCst);
        response(403, "")
    };
    let base = "http://localhost:1/v1".parse().unwrap();
    let provider = Paysafe::new(base).client("brand", "fake-id", "fake-secret");
    let client = blocking::Client::new(provider, transport);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| client.send(&ListPrepaidCards::new("1")).unwrap_err());
        }
    });
    let tried = logins.load(Ordering::SeqCst);
    assert!(tried <= 2, "{tried} logins for eight calls at once");
}

/// A UUID and the like are sent as they are (RFC 3986, 2.3).
#[test]
fn unreserved_characters_of_client_credentials_stay_as_they_are() {
    let base = "http://localhost:1/v1".parse().unwrap();
    let provider = Paysafe::new(base).client("brand", "3fa85f64-5717", "a-b.c_d~e");
    let token: fn() -> Outcome = || response(200, r#"{"access_token":"fake"}"#);
    let (_, script) = send(&provider, &ListPrepaidCards::new("1"), &[token, NO_CARDS]);
    // base64 of `3fa85f64-5717:a-b.c_d~e`
    assert_eq!(
        script.headers("authorization")[0],
        "Basic M2ZhODVmNjQtNTcxNzphLWIuY19kfmU="
    );
}

const UNAUTHORIZED: fn() -> Outcome = || response(401, "");

/// Ibanera's answer to a login: the token as JSON without its quotes, and the lifetime as JSON.
macro_rules! ibanera_gives {
    ($token:literal, $lifetime:literal) => {
        (|| {
            response(
                200,
                concat!(
                    "{\"status\":\"1\",\"errors\":[],\"details\":{\"accessToken\":\"",
                    $token,
                    "\",\"expiresIn\":",
                    $lifetime,
                    "}}"
                ),
            )
        }) as fn() -> Outcome
    };
}

/// A token that no header can carry is as good as none.
#[test]
fn a_token_that_cannot_be_sent_is_a_reply_not_understood() {
    let base = "http://localhost:1/v1".parse().unwrap();
    let provider = Paysafe::new(base).client("brand", "fake-id", "fake-secret");
    for no in [
        (|| response(200, r#"{"access_token":"","expires_in":900}"#)) as fn() -> Outcome,
        || response(200, r#"{"access_token":"fake\ntoken"}"#),
        || response(200, r#"{"access_token":null}"#),
        || response(200, r#"{"accessToken":"fake"}"#),
        || response(200, r#"["fake"]"#),
    ] {
        let (outcome, script) = send(&provider, &ListPrepaidCards::new("1"), &[no]);
        let error = outcome.unwrap_err();
        assert_eq!(
            error.kind(),
            cards_transport::ErrorKind::Malformed,
            "{error}"
        );
        assert!(!error.to_string().contains("fake"), "{error}");
        assert_eq!(script.urls().len(), 1);
    }
    let other: fn() -> Outcome = || response(200, r#"{"accessToken":"fake"}"#);
    let (outcome, _) = send(&provider, &ListPrepaidCards::new("1"), &[other]);
    insta::assert_snapshot!(outcome.unwrap_err(), @"paysafe issue-access-token: reply not understood: access_token is missing; accessToken is there, which is spelled otherwise (line 1, column 22) (HTTP 200, 22 bytes)");
    let keys = airpay()
        .keys("fake-a", "fake-p")
        .login("9000000978", "PaSwd@1234");
    let empty: fn() -> Outcome = || response(200, r#"{"status":200,"data":{"token":""}}"#);
    let stale: fn() -> Outcome = || response(200, r#"{"status":401,"message":"expired"}"#);
    let (outcome, _) = send(&keys, &CustomerPreference::new("E1"), &[stale, empty]);
    assert_eq!(outcome.unwrap_err().operation().name, "user-login");
    for no in [
        ibanera_gives!("", "900"),
        ibanera_gives!("fake\\ntoken", "900"),
    ] {
        let provider = ibanera().login("fake-user", "fake-password");
        let (outcome, _) = send(&provider, &CardsByCustomer::new(11057), &[UNAUTHORIZED, no]);
        let error = outcome.unwrap_err();
        assert_eq!(
            (error.kind(), error.operation().name),
            (ErrorKind::Malformed, "login")
        );
    }
}

/// However a lifetime is written, the login brings its token.
#[test]
fn a_lifetime_may_be_written_in_any_way() {
    let base = "http://localhost:1/v1".parse().unwrap();
    let provider = Paysafe::new(base).client("brand", "fake-id", "fake-secret");
    for token in [
        (|| response(200, r#"{"access_token":"fake","expires_in":"900"}"#)) as fn() -> Outcome,
        || response(200, r#"{"access_token":"fake","expires_in":3600.0}"#),
        || response(200, r#"{"access_token":"fake","expires_in":1e40}"#),
        || response(200, r#"{"access_token":"fake","expires_in":0}"#),
        || response(200, r#"{"access_token":"fake","expires_in":-5}"#),
        || response(200, r#"{"access_token":"fake","expires_in":"soon"}"#),
    ] {
        let (outcome, script) = send(&provider, &ListPrepaidCards::new("1"), &[token, NO_CARDS]);
        assert!(outcome.is_ok());
        assert_eq!(script.urls().len(), 2);
    }
    for token in [
        ibanera_gives!("fake", "\"900\""),
        ibanera_gives!("fake", "3600.0"),
        ibanera_gives!("fake", "1e40"),
        ibanera_gives!("fake", "0"),
        ibanera_gives!("fake", "-5"),
        ibanera_gives!("fake", "\"soon\""),
        ibanera_gives!("fake", "null"),
    ] {
        let provider = ibanera().login("fake-user", "fake-password");
        let replies = [UNAUTHORIZED, token, ONE_CUSTOMER];
        let (outcome, _) = send(&provider, &CardsByCustomer::new(11057), &replies);
        assert_eq!(outcome.unwrap().attempts(), 2);
    }
}

/// Airpay says in the body that a token is over: it is renewed once, for a
/// change too, which was refused and so not carried out.
#[test]
fn airpays_401_and_403_in_the_body_renew_the_token_once() {
    let (provider, login) = (airpay_logging_in(), AIRPAY_LOGGED_IN);
    let call = CustomerPreference::new("E1");
    for no in [
        (|| response(200, r#"{"status":401,"message":"Token expired"}"#)) as fn() -> Outcome,
        || response(200, r#"{"status":"403","message":"Forbidden"}"#),
        || response(400, r#"{"status":401,"message":"Token expired"}"#),
    ] {
        let (outcome, script) = send(&provider, &call, &[no, login, ACKNOWLEDGED]);
        assert_eq!(outcome.unwrap().attempts(), 2);
        assert_eq!(script.headers("token"), ["fake-token", "fake-new"]);
        let (outcome, _) = send(&provider, &call, &[no, login, no]);
        assert!(outcome.unwrap_err().is_unauthorized());
    }
    // A server that failed says nothing of what it did.
    let failed: fn() -> Outcome = || response(500, r#"{"status":401,"message":"odd"}"#);
    let (outcome, _) = send(&provider, &call, &[failed]);
    assert!(outcome.unwrap_err().is_outcome_unknown());
}

/// A caller in a hurry begins a renewal and has no time to wait for it: those
/// who have the time get their token all the same.
#[test]
fn a_hasty_caller_fails_nobody_elses_renewal() {
    let transport = |request: Request<Bytes>, limits: Limits| -> Outcome {
        if !request.uri().path().ends_with("/token") {
            return NO_CARDS();
        }
        let takes = Duration::from_millis(120);
        std::thread::sleep(takes.min(limits.total));
        match limits.total < takes {
            true => Err(cards_transport::TransportError::maybe_sent(
                cards_transport::TransportErrorKind::Timeout,
            )),
            false => response(200, r#"{"access_token":"fake","expires_in":900}"#),
        }
    };
    let base = "http://localhost:1/v1".parse().unwrap();
    let provider = Paysafe::new(base).client("brand", "fake-id", "fake-secret");
    let client = blocking::Client::new(provider, transport);
    let hasty = CallOptions::new()
        .total_timeout(Duration::from_millis(30))
        .retry(Retry::never());
    std::thread::scope(|scope| {
        let first = scope.spawn(|| client.send_with(&ListPrepaidCards::new("1"), &hasty));
        std::thread::sleep(Duration::from_millis(10));
        let others: Vec<_> = (0..10)
            .map(|_| scope.spawn(|| client.send(&ListPrepaidCards::new("1"))))
            .collect();
        assert!(first.join().unwrap().is_err());
        for other in others {
            other.join().unwrap().unwrap();
        }
    });
}

/// A credential that no header can carry.
const BAD: &str = "fake\ncredential";

/// The credential that is set counts, and not the one before it.
#[test]
fn a_bad_credential_that_was_replaced_is_gone() {
    let airpay = airpay().keys(BAD, BAD).token(BAD);
    let airpay = airpay.keys("fake-a", "fake-p").token("fake-token");
    let (outcome, _) = send(&airpay, &CustomerPreference::new("E1"), &[ACKNOWLEDGED]);
    outcome.unwrap();
    let paysafe = paysafe().token(BAD).token("fake-old");
    let (outcome, _) = send(&paysafe, &ListPrepaidCards::new("1"), &[NO_CARDS]);
    outcome.unwrap();
    let ibanera = ibanera().token(BAD).token("fake");
    let (outcome, _) = send(&ibanera, &CardsByCustomer::new(11057), &[ONE_CUSTOMER]);
    outcome.unwrap();
    // The other way round, the last one counts too.
    let (outcome, _) = send(
        &ibanera.token("fake").token(BAD),
        &CardsByCustomer::new(1),
        &[],
    );
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Config);
}

/// A call is refused for a bad credential that it carries, before anything is
/// sent or asked for, and for no other.
#[test]
fn a_bad_credential_stops_the_calls_that_carry_it() {
    fn no<C: Call>(provider: &C::Provider, call: &C)
    where
        C::Provider: Clone,
    {
        let (outcome, script) = send(provider, call, &[]);
        let error = outcome.err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Config, "{error}");
        assert!(error.to_string().contains("control character"), "{error}");
        assert!(!error.to_string().contains("fake"), "{error}");
        assert!(script.urls().is_empty() && script.pauses().is_empty());
    }
    fn yes<C: Call>(provider: &C::Provider, call: &C, replies: &[fn() -> Outcome])
    where
        C::Provider: Clone,
    {
        let (outcome, script) = send(provider, call, replies);
        outcome.map(drop).unwrap();
        assert_eq!(script.urls().len(), replies.len());
    }
    let registered: fn() -> Outcome = || {
        response(
            200,
            r#"{"status":200,"message":"success","data":{"entity_id":"1"}}"#,
        )
    };
    let airpay_login: fn() -> Outcome =
        || response(200, r#"{"status":200,"data":{"token":"fake-new"}}"#);
    let preference = CustomerPreference::new("E1");
    let user_login = UserLogin {
        mobile_no: "9000000978".into(),
        password: "PaSwd@1234".into(),
    };
    let bad_token = airpay().keys("fake-a", "fake-p").token(BAD);
    no(&bad_token, &preference);
    yes(&bad_token, &registration(), &[registered]);
    yes(&bad_token, &user_login, &[airpay_login]);
    for keys in [[BAD, "fake-p"], ["fake-a", BAD]] {
        let bad_keys = airpay().keys(keys[0], keys[1]);
        yes(&bad_keys, &preference, &[ACKNOWLEDGED]);
        no(&bad_keys, &registration());
        no(&bad_keys, &user_login);
        // Nor can the token be fetched with them.
        let base = "http://localhost:1".parse().unwrap();
        let no_token = Airpay::new(base, "fake-secret").keys(keys[0], keys[1]);
        no(&no_token.login("9000000978", "PaSwd@1234"), &preference);
    }

    let paysafe = paysafe()
        .client("brand", "fake-id", "fake-secret")
        .token(BAD);
    no(&paysafe, &ListPrepaidCards::new("1"));
    let token: fn() -> Outcome = || response(200, r#"{"access_token":"fake","expires_in":900}"#);
    let issue = IssueAccessToken::new("brand", "fake-id", "fake-secret");
    yes(&paysafe, &issue, &[token]);

    // Nobody is asked for a code in vain.
    let unasked = OneTimeCodes::from_fn(|_| unreachable!("asked for a code"));
    no(
        &ibanera().token(BAD).one_time_codes(unasked),
        &CardsByCustomer::new(1),
    );
    let login: fn() -> Outcome = || {
        response(
            200,
            r#"{"status":"1","errors":[],"details":{"accessToken":"fake-new"}}"#,
        )
    };
    yes(
        &ibanera().token(BAD),
        &LoginCall::new("fake-user", "fake-password"),
        &[login],
    );
}
