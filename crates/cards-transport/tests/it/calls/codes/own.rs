//! Codes of one's own: who is asked for them, and when.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use cards_transport::Limits;
use http::Request;

use super::*;

/// Somebody who types a code, and sees how many ask for one at once.
#[derive(Default)]
struct Person {
    asking: AtomicU32,
    most: AtomicU32,
    asked: AtomicU32,
}

impl Person {
    fn codes(self: &Arc<Self>) -> OneTimeCodes {
        let person = Arc::clone(self);
        OneTimeCodes::from_fn(move |_| {
            let now = person.asking.fetch_add(1, Ordering::SeqCst) + 1;
            person.most.fetch_max(now, Ordering::SeqCst);
            let number = person.asked.fetch_add(1, Ordering::SeqCst);
            std::thread::sleep(Duration::from_millis(20));
            person.asking.fetch_sub(1, Ordering::SeqCst);
            format!("{}", 100_000 + number).into()
        })
    }
}

#[test]
fn a_person_is_asked_for_one_code_at_a_time() {
    for &reuse in OtpReuse::ALL {
        let person = Arc::new(Person::default());
        let provider = ibanera().one_time_codes(person.codes()).otp_reuse(reuse);
        let asked = Arc::clone(&person);
        let transport = move |_: Request<Bytes>, _: Limits| -> Outcome {
            let before = asked.asked.load(Ordering::SeqCst);
            std::thread::sleep(Duration::from_millis(20));
            // Another is asked for once this one is known to be taken, but
            // where codes may go out at once.
            let after = asked.asked.load(Ordering::SeqCst);
            assert!(before == after || reuse == OtpReuse::Allowed, "{reuse}");
            ONE_CUSTOMER()
        };
        let client = blocking::Client::new(provider, transport);
        std::thread::scope(|scope| {
            for _ in 0..6 {
                scope.spawn(|| client.send(&CALL).unwrap());
            }
        });
        assert_eq!(person.most.load(Ordering::SeqCst), 1, "{reuse}");
        assert_eq!(person.asked.load(Ordering::SeqCst), 6, "{reuse}");
    }
}

/// A prompt that panics keeps nobody else from asking.
#[test]
fn a_prompt_that_fails_is_over() {
    let asked = AtomicU32::new(0);
    let codes = OneTimeCodes::from_fn(move |_| {
        assert!(asked.fetch_add(1, Ordering::SeqCst) > 0, "the first one");
        "123456".into()
    });
    let script = Script::new(&[ONE_CUSTOMER]);
    let client = client(ibanera().one_time_codes(codes), &script);
    let first = std::thread::scope(|scope| scope.spawn(|| client.send(&CALL)).join());
    assert!(first.is_err());
    let soon = CallOptions::new().total_timeout(seconds(5));
    client.send_with(&CALL, &soon).unwrap();
}

/// The time that an answer takes is the call's, and passes.
#[test]
fn a_prompt_takes_of_the_calls_time() {
    let slow = OneTimeCodes::from_fn(|_| {
        std::thread::sleep(Duration::from_millis(60));
        "123456".into()
    });
    let hasty = CallOptions::new().total_timeout(Duration::from_millis(50));
    let provider = ibanera().one_time_codes(slow);
    let (outcome, script) = crate::calls::script::send_with(&provider, &CALL, &[], &hasty);
    let error = outcome.unwrap_err();
    assert!(error.is_timeout() && error.is_not_sent(), "{error}");
    assert!(script.urls().is_empty());

    // By the server's clock, the request came when it was answered.
    let dated: fn() -> Outcome = || {
        let date = httpdate::fmt_http_date(UNIX_EPOCH + seconds(1_800_000_010 + 95));
        let reply = Response::builder().status(401).header("date", date);
        Ok(reply.body(Bytes::new()).unwrap())
    };
    let script = Script::new(&[dated]);
    let asked = script.clone();
    let slow = OneTimeCodes::from_fn(move |_| {
        asked.pass(seconds(95));
        "123456".into()
    });
    let error = client(ibanera().one_time_codes(slow), &script)
        .send(&CALL)
        .unwrap_err();
    assert!(!error.to_string().contains("clock"), "{error}");
}

/// The steps that are remembered are those of a shared secret's codes.
#[test]
fn a_remembered_step_is_none_of_a_code_of_ones_own() {
    for &reuse in OtpReuse::ALL {
        let mut memory = OtpMemory::new();
        memory.learned = CodeUse::Single;
        (memory.last_step, memory.last_taken) = (Some(STEP), true);
        let script = Script::new(&[ONE_CUSTOMER]);
        let settings = script.settings().otp_memory(memory).otp_reuse(reuse);
        let provider = ibanera().one_time_codes(OneTimeCodes::fixed("123456"));
        let client = blocking::Client::with_settings(provider, script.clone(), settings);
        client.send(&CALL).unwrap();
    }
}
