//! Checks which one-time code goes out, what a refusal teaches, and what it
//! does not.

mod ahead;
mod clocks;
mod doubted;
mod kept;
mod own;
mod slept;

use std::time::{Duration, UNIX_EPOCH};

use bytes::Bytes;
use cards_transport::ibanera::{CodeUse, Ibanera, OneTimeCodes, OtpMemory, OtpReuse};
use cards_transport::model::ibanera::{ActivateCard, CardsByCustomer};
use cards_transport::{CallOptions, ErrorKind, Retry, blocking};
use http::Response;

use crate::calls::samples::{ONE_CUSTOMER, ibanera};
use crate::calls::script::{Outcome, Script, refused, reset, response, send};

const LOGGED_IN: fn() -> Outcome = || {
    response(
        200,
        r#"{"status":"1","errors":[],"details":{"accessToken":"fake-new"}}"#,
    )
};
const UNAUTHORIZED: fn() -> Outcome = || response(401, "");
const OTP_INVALID: fn() -> Outcome = || {
    response(
        400,
        r#"{"status":"0","details":null,"errors":[{"fieldName":"otp","messageCode":"Invalid"}]}"#,
    )
};
const LOCKED: fn() -> Outcome = || {
    response(
        400,
        r#"{"status":"0","errors":[{"fieldName":"username","messageCode":"Account_Locked"}]}"#,
    )
};
/// The step in which a script begins.
const STEP: u64 = 1_800_000_010 / 30;
const CALL: CardsByCustomer = CardsByCustomer {
    customers_id: Some(11057),
};

fn logging_in() -> Ibanera {
    Ibanera::new("http://localhost:1".parse().unwrap())
        .login("fake-user", "fake-password")
        .totp_base32("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
        .unwrap()
}

/// A client over a script, whose clock stands ten seconds into a step.
fn client(provider: Ibanera, script: &Script) -> blocking::Client<Ibanera, Script> {
    blocking::Client::with_settings(provider, script.clone(), script.settings())
}

/// The codes of the calls, as numbers of different ones: `[0, 0, 1]`.
fn codes(script: &Script) -> Vec<usize> {
    let mut different: Vec<String> = Vec::new();
    let numbers = script.headers("otp").into_iter().map(|code| {
        let known = different.iter().position(|other| *other == code);
        known.unwrap_or_else(|| {
            different.push(code);
            different.len() - 1
        })
    });
    numbers.collect()
}

fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

#[test]
fn one_refusal_teaches_that_a_code_serves_once() {
    // The login has used the code that the call is refused with.
    for refusal in [UNAUTHORIZED, OTP_INVALID] {
        let (outcome, script) = send(&logging_in(), &CALL, &[LOGGED_IN, refusal, ONE_CUSTOMER]);
        assert_eq!(outcome.unwrap().attempts(), 2);
        assert_eq!(codes(&script), [0, 1]);
        assert_eq!(script.pauses(), [seconds(20)]);
    }
    // From then on each request has a step of its own.
    let script = Script::new(&[LOGGED_IN, UNAUTHORIZED, ONE_CUSTOMER, ONE_CUSTOMER]);
    let client = client(logging_in(), &script);
    client.send(&CALL).unwrap();
    client.send(&CALL).unwrap();
    assert_eq!(codes(&script), [0, 1, 2]);
    assert_eq!(script.pauses(), [seconds(20), seconds(30)]);
}

#[test]
fn a_login_that_is_refused_for_its_code_is_sent_again_too() {
    // The token is stale, and the first call has used the code up.
    let provider = logging_in().token("fake-stale");
    let replies = [UNAUTHORIZED, OTP_INVALID, LOGGED_IN, ONE_CUSTOMER];
    let (outcome, script) = send(&provider, &CALL, &replies);
    assert!(outcome.is_ok());
    assert_eq!(script.pauses(), [seconds(20), seconds(30)]);
}

#[test]
fn a_code_that_was_taken_twice_is_not_doubted_for_a_401() {
    let replies = [
        LOGGED_IN,
        ONE_CUSTOMER,
        UNAUTHORIZED,
        LOGGED_IN,
        ONE_CUSTOMER,
    ];
    let script = Script::new(&replies);
    let client = client(logging_in(), &script);
    client.send(&CALL).unwrap();
    assert_eq!(client.send(&CALL).unwrap().attempts(), 2);
    assert_eq!(codes(&script), [0, 0, 0]);
    assert!(script.pauses().is_empty());

    // Where there is no login to try, the code is all that can be changed.
    let replies = [ONE_CUSTOMER, ONE_CUSTOMER, UNAUTHORIZED, ONE_CUSTOMER];
    let script = Script::new(&replies);
    let client = self::client(ibanera(), &script);
    for _ in 0..3 {
        client.send(&CALL).unwrap();
    }
    assert_eq!(codes(&script), [0, 0, 0, 1]);
}

#[test]
fn the_refusal_of_a_first_code_teaches_nothing() {
    let script = Script::new(&[UNAUTHORIZED, ONE_CUSTOMER, ONE_CUSTOMER]);
    let client = client(ibanera(), &script);
    assert!(client.send(&CALL).unwrap_err().is_unauthorized());
    client.send(&CALL).unwrap();
    client.send(&CALL).unwrap();
    assert_eq!(codes(&script), [0, 0, 0]);
}

#[test]
fn a_refusal_of_a_fresh_code_too_is_no_lesson_about_codes() {
    // The second call's token is refused, with a code sent before and with a
    // fresh one: it was the token, and codes may serve twice still.
    let replies = [
        LOGGED_IN,
        reset,
        UNAUTHORIZED,
        UNAUTHORIZED,
        LOGGED_IN,
        ONE_CUSTOMER,
    ];
    let (outcome, script) = send(&logging_in(), &CALL, &replies);
    assert_eq!(outcome.unwrap().attempts(), 4);
    assert_eq!(codes(&script), [0, 0, 1, 1]);
}

#[test]
fn a_reason_that_is_not_the_code_is_none_for_another_try() {
    for no in [
        LOCKED,
        || {
            response(
                400,
                r#"{"status":"0","errors":[{"fieldName":"customersId","messageCode":"Invalid"}]}"#,
            )
        },
        || response(404, ""),
    ] {
        let (outcome, script) = send(&logging_in(), &CALL, &[LOGGED_IN, no]);
        assert!(outcome.is_err());
        assert_eq!(codes(&script), [0]);
    }
}

#[test]
fn one_attempt_is_one_attempt_though_something_was_learned() {
    let once = CallOptions::new().retry(Retry::never());
    let script = Script::new(&[LOGGED_IN, UNAUTHORIZED, ONE_CUSTOMER]);
    let client = client(logging_in(), &script);
    assert!(
        client
            .send_with(&CALL, &once)
            .unwrap_err()
            .is_unauthorized()
    );
    client.send_with(&CALL, &once).unwrap();
    assert_eq!(codes(&script), [0, 1]);
}

#[test]
fn the_settings_win_over_the_provider() {
    let script = Script::new(&[LOGGED_IN, ONE_CUSTOMER]);
    let settings = script.settings().otp_reuse(OtpReuse::Never);
    let provider = logging_in().otp_reuse(OtpReuse::Allowed);
    let client = blocking::Client::with_settings(provider, script.clone(), settings);
    client.send(&CALL).unwrap();
    assert_eq!(script.pauses(), [seconds(20)]);
}

#[test]
fn what_is_remembered_is_neither_learned_anew_nor_repeated() {
    let mut memory = OtpMemory::new();
    memory.learned = CodeUse::Single;
    memory.last_step = Some(STEP);
    let script = Script::new(&[ONE_CUSTOMER]);
    let seen = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let keep = std::sync::Arc::clone(&seen);
    let settings = script
        .settings()
        .otp_memory(memory)
        .otp_watcher(move |memory| keep.lock().unwrap().push(memory.last_step));
    let client = blocking::Client::with_settings(ibanera(), script.clone(), settings);
    client.send(&CALL).unwrap();
    assert_eq!(script.pauses(), [seconds(20)]);
    // Told before the code goes out, and again when it came back.
    assert!(
        seen.lock()
            .unwrap()
            .iter()
            .all(|last| *last == Some(STEP + 1))
    );
}

#[test]
fn a_clock_that_was_set_back_waits_for_one_step_at_most() {
    let mut memory = OtpMemory::new();
    memory.learned = CodeUse::Single;
    memory.last_step = Some(STEP + 120);
    let script = Script::new(&[ONE_CUSTOMER]);
    let settings = script.settings().otp_memory(memory);
    let client = blocking::Client::with_settings(ibanera(), script.clone(), settings);
    client.send(&CALL).unwrap();
    assert_eq!(script.pauses(), [seconds(20)]);
}

#[test]
fn a_code_of_ones_own_goes_out_as_it_is_and_is_not_sent_again_once_used() {
    let provider = |code: &str| ibanera().one_time_codes(OneTimeCodes::fixed(code));
    let (outcome, script) = send(&provider("679008"), &CALL, &[ONE_CUSTOMER]);
    assert!(outcome.is_ok());
    assert_eq!(script.headers("otp"), ["679008"]);

    let script = Script::new(&[LOGGED_IN, UNAUTHORIZED]);
    let once = logging_in().one_time_codes(OneTimeCodes::fixed("679008"));
    let client = client(once, &script);
    let error = client.send(&CALL).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    insta::assert_snapshot!(error, @"ibanera cards-by-customer: the credentials are not accepted; the reason may be its code: the one-time code was sent before, and is taken once only: give the next one (HTTP 401, 0 bytes)");
    // Nothing goes out with it any more.
    let error = client.send(&CALL).unwrap_err();
    insta::assert_snapshot!(error, @"ibanera cards-by-customer: not sent: the one-time code was sent before, and is taken once only: give the next one");
    assert_eq!(script.headers("otp"), ["679008"]);

    let (outcome, _) = send(&provider("67\n9008"), &CALL, &[]);
    insta::assert_snapshot!(outcome.unwrap_err(), @"ibanera cards-by-customer: not sent: otp holds a control character, such as a line break, that no header can carry");
}

/// A refusal that may have any reason is told as it came, however often the code was sent before, and
/// keeps no later call from going out.
#[test]
fn a_refusal_is_not_taken_for_one_of_a_code_of_ones_own() {
    let unknown: fn() -> Outcome = || {
        Ok(Response::new(Bytes::from_static(
            br#"{"status":"0","errors":[{"fieldName":"","messageCode":"Customer_Not_Found"}]}"#,
        )))
    };
    let named: fn() -> Outcome = || {
        Ok(Response::new(Bytes::from_static(
            br#"{"status":"0","errors":[{"fieldName":"otp","messageCode":"Invalid"}]}"#,
        )))
    };
    for before in 0..3 {
        let mut replies = vec![ONE_CUSTOMER; before];
        replies.insert(0, LOGGED_IN);
        replies.extend([unknown, unknown, ONE_CUSTOMER, named]);
        let script = Script::new(&replies);
        let once = logging_in().one_time_codes(OneTimeCodes::fixed("679008"));
        let client = client(once, &script);
        for _ in 0..before {
            client.send(&CALL).unwrap();
        }
        for _ in 0..2 {
            let error = client.send(&CALL).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Refused);
            let said = error.to_string();
            assert!(
                said.contains("Customer_Not_Found") && !said.contains("code"),
                "{said}"
            );
        }
        client.send(&CALL).unwrap();
        // One that names the code is told with what may be its reason.
        let error = client.send(&CALL).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Refused);
        let said = error.to_string();
        assert!(
            said.contains("otp") && said.contains("the one-time code was sent before"),
            "{said}"
        );
        assert_eq!(script.headers("otp").len(), replies.len() - 1);
    }
}

#[test]
fn a_code_of_ones_own_is_asked_for_at_each_attempt() {
    let asked = std::sync::atomic::AtomicU32::new(123_456);
    let codes = OneTimeCodes::from_fn(move |_| {
        asked
            .fetch_add(1, std::sync::atomic::Ordering::SeqCst)
            .to_string()
            .into()
    });
    let provider = ibanera().one_time_codes(codes).otp_reuse(OtpReuse::Never);
    let script = Script::new(&[refused, reset, ONE_CUSTOMER]);
    client(provider, &script).send(&CALL).unwrap();
    assert_eq!(script.headers("otp"), ["123456", "123457", "123458"]);
}

#[test]
fn a_wrong_clock_is_named_where_codes_are_refused() {
    let late: fn() -> Outcome = || {
        // 95 seconds before the script's time.
        let date = httpdate::fmt_http_date(UNIX_EPOCH + seconds(1_800_000_010 - 95));
        let reply = Response::builder().status(401).header("date", date);
        Ok(reply.body(Bytes::new()).unwrap())
    };
    let (outcome, _) = send(&ibanera(), &CALL, &[late]);
    insta::assert_snapshot!(outcome.unwrap_err(), @"ibanera cards-by-customer: the credentials are not accepted; this machine's clock is 95s ahead of the server's, which makes one-time codes wrong (HTTP 401, 0 bytes)");
    let near: fn() -> Outcome = || {
        let date = httpdate::fmt_http_date(UNIX_EPOCH + seconds(1_800_000_010 + 30));
        let reply = Response::builder().status(401).header("date", date);
        Ok(reply.body(Bytes::new()).unwrap())
    };
    let (outcome, _) = send(&ibanera(), &CALL, &[near]);
    insta::assert_snapshot!(outcome.unwrap_err(), @"ibanera cards-by-customer: the credentials are not accepted (HTTP 401, 0 bytes)");
}

/// To a change too, which is not sent again for a refusal that names no code.
#[test]
fn a_wrong_clock_is_named_where_a_change_is_refused() {
    let late: fn() -> Outcome = || {
        let date = httpdate::fmt_http_date(UNIX_EPOCH + seconds(1_800_000_010 - 95));
        let reply = Response::builder().status(400).header("date", date);
        let body = r#"{"status":"0","errors":[{"messageCode":"Invalid"}]}"#;
        Ok(reply.body(Bytes::from_static(body.as_bytes())).unwrap())
    };
    let (outcome, _) = send(&ibanera(), &ActivateCard::new(7), &[late]);
    let error = outcome.unwrap_err();
    assert_eq!(error.attempts(), 1);
    assert!(error.to_string().contains("clock is 95s ahead"), "{error}");
}

/// With an empty key, everybody could make the codes.
#[test]
fn an_empty_shared_secret_is_refused_when_it_is_set() {
    let provider = || Ibanera::new("http://localhost:1".parse().unwrap());
    for error in [
        provider().totp_text("").unwrap_err(),
        provider().totp_base32("").unwrap_err(),
    ] {
        assert_eq!(error.to_string(), "the shared secret is empty");
    }
    for name in ["CARDS_IBANERA_TOTP_TEXT", "CARDS_IBANERA_TOTP_SECRET"] {
        let var = |asked: &str| match asked {
            "CARDS_IBANERA_BASE_URL" => Some("http://localhost:1".to_owned()),
            _ => Some(String::new()).filter(|_| asked == name),
        };
        let error = Ibanera::from_vars(var).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("{name}: the shared secret is empty")
        );
    }
}

/// Ibanera locks an account after some failures: whatever credential is wrong,
/// one refusal at most is spent on finding out that it is not the code.
#[test]
fn a_wrong_credential_costs_one_refusal_in_all_calls_that_follow() {
    // The token ends, and the password is wrong.
    let script = Script::new(&[
        ONE_CUSTOMER,
        // With the code sent before, with a fresh one, and then the login.
        UNAUTHORIZED,
        UNAUTHORIZED,
        OTP_INVALID,
        // From then on the token is known to be refused: each call costs the login's
        // refusal alone.
        OTP_INVALID,
        OTP_INVALID,
    ]);
    let client = self::client(logging_in().token("fake-stale"), &script);
    client.send(&CALL).unwrap();
    for _ in 0..3 {
        client.send(&CALL).unwrap_err();
    }
    assert_eq!(script.pauses(), [seconds(20)]);
    assert_eq!(codes(&script), [0, 0, 1]);

    // There is no password.
    let script = Script::new(&[
        ONE_CUSTOMER,
        UNAUTHORIZED,
        UNAUTHORIZED,
        UNAUTHORIZED,
        UNAUTHORIZED,
    ]);
    let client = self::client(ibanera(), &script);
    client.send(&CALL).unwrap();
    for _ in 0..3 {
        client.send(&CALL).unwrap_err();
    }
    assert_eq!(script.pauses(), [seconds(20)]);

    // There is no token, and the password is wrong from the beginning.
    let script = Script::new(&[OTP_INVALID, OTP_INVALID, OTP_INVALID]);
    let client = self::client(logging_in(), &script);
    for _ in 0..3 {
        client.send(&CALL).unwrap_err();
    }
    assert!(script.pauses().is_empty());
}

/// While one call is judged, another finds out that the codes are not the
/// reason: the first one does not doubt them again.
#[test]
fn a_doubt_that_is_refuted_meanwhile_is_not_raised_again() {
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::sync::{Arc, OnceLock};

    // The first call, the second, another one meanwhile, the second again.
    let script = Script::new(&[ONE_CUSTOMER, UNAUTHORIZED, UNAUTHORIZED, UNAUTHORIZED]);
    let client = Arc::new(OnceLock::<blocking::Client<Ibanera, Script>>::new());
    let stage = Arc::new(AtomicU32::new(0));
    let (meanwhile, at, time) = (Arc::clone(&client), Arc::clone(&stage), script.clone());
    let clock = move || {
        // It is asked for once more after the code came back.
        if at
            .compare_exchange(2, 3, Ordering::SeqCst, Ordering::SeqCst)
            .is_ok()
        {
            let never = CallOptions::new().retry(Retry::never());
            let client = meanwhile.get().unwrap();
            client.send_with(&CALL, &never).unwrap_err();
        }
        time.now()
    };
    let (at, sent) = (Arc::clone(&stage), script.clone());
    let settings = script.settings().clock(clock).otp_watcher(move |_| {
        // Told before the second call goes out, and when it came back.
        let is_back = sent.urls().len() == 2;
        if is_back {
            let _ = at.compare_exchange(1, 2, Ordering::SeqCst, Ordering::SeqCst);
        }
    });
    let client =
        client.get_or_init(|| blocking::Client::with_settings(ibanera(), script.clone(), settings));
    client.send(&CALL).unwrap();
    stage.store(1, Ordering::SeqCst);
    client.send(&CALL).unwrap_err();
    assert_eq!(stage.load(Ordering::SeqCst), 3);
    assert_eq!(codes(&script), [0, 0, 1, 1]);
    assert_eq!(script.pauses(), [seconds(20)]);
}
