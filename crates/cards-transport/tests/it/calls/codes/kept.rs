//! Checks that the watcher hears what the next run needs, and that a client uses
//! what was kept.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use cards_transport::Limits;
use cards_transport::model::ibanera::ActivateCard;
use http::Request;

use super::*;

/// All that a watcher was told.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<OtpMemory>>>);

impl Told {
    fn settings(&self, script: &Script, memory: OtpMemory) -> cards_transport::Settings {
        let told = self.clone();
        script
            .settings()
            .otp_memory(memory)
            .otp_watcher(move |memory| told.0.lock().unwrap().push(memory))
    }

    /// A run of a program that was left this memory.
    fn run(
        &self,
        provider: Ibanera,
        script: &Script,
        memory: OtpMemory,
    ) -> blocking::Client<Ibanera, Script> {
        let settings = self.settings(script, memory);
        blocking::Client::with_settings(provider, script.clone(), settings)
    }

    fn all(&self) -> Vec<OtpMemory> {
        self.0.lock().unwrap().clone()
    }

    fn last(&self) -> OtpMemory {
        *self.0.lock().unwrap().last().unwrap()
    }

    fn learned(&self) -> Vec<CodeUse> {
        let mut learned: Vec<_> = self.all().iter().map(|memory| memory.learned).collect();
        learned.dedup();
        learned
    }
}

fn never() -> CallOptions {
    CallOptions::new().retry(Retry::never())
}

/// Allows too little time to wait for the next step.
fn short() -> CallOptions {
    CallOptions::new().total_timeout(seconds(5))
}

/// Another program may end at any moment, so that a guess is never told.
#[test]
fn a_guess_is_told_to_nobody() {
    // The fresh code is taken with the same token: it was the code.
    let told = Told::default();
    let script = Script::new(&[LOGGED_IN, UNAUTHORIZED, ONE_CUSTOMER]);
    told.run(logging_in(), &script, OtpMemory::new())
        .send(&CALL)
        .unwrap();
    assert_eq!(told.learned(), [CodeUse::Unknown, CodeUse::Single]);
    let when = told.all();
    let when = when.iter().find(|memory| memory.learned == CodeUse::Single);
    // Not before the fresh code of the next step came back.
    assert_eq!(when.unwrap().last_step, Some(STEP + 1));

    // It is refused too: it was something else.
    let told = Told::default();
    let script = Script::new(&[ONE_CUSTOMER, UNAUTHORIZED, UNAUTHORIZED]);
    let client = told.run(ibanera(), &script, OtpMemory::new());
    client.send(&CALL).unwrap();
    client.send(&CALL).unwrap_err();
    assert_eq!(told.learned(), [CodeUse::Unknown]);

    // No other attempt is left to tell the two apart.
    for options in [never(), short()] {
        let told = Told::default();
        let script = Script::new(&[ONE_CUSTOMER, UNAUTHORIZED]);
        let client = told.run(ibanera(), &script, OtpMemory::new());
        client.send(&CALL).unwrap();
        client.send_with(&CALL, &options).unwrap_err();
        assert_eq!(told.learned(), [CodeUse::Unknown], "{options:?}");
    }
}

/// A code that another request's token brings through says nothing of the
/// token that was refused.
#[test]
fn another_token_settles_no_doubt() {
    let told = Told::default();
    let stale = logging_in().token("fake-stale");
    let script = Script::new(&[
        ONE_CUSTOMER,
        UNAUTHORIZED,
        // Somebody logs in meanwhile, with the next code.
        LOGGED_IN,
    ]);
    let client = told.run(stale, &script, OtpMemory::new());
    client.send(&CALL).unwrap();
    client.send_with(&CALL, &never()).unwrap_err();
    let login = cards_transport::ibanera::LoginCall::new("fake-user", "fake-password");
    client.send(&login).unwrap();
    assert_eq!(script.pauses(), [seconds(20)]);
    assert_eq!(told.learned(), [CodeUse::Unknown]);

    // Nor does a password that is wrong: codes are kept apart still.
    let stale = logging_in().token("fake-stale");
    let script = Script::new(&[ONE_CUSTOMER, UNAUTHORIZED, OTP_INVALID, ONE_CUSTOMER]);
    let client = told.run(stale, &script, OtpMemory::new());
    client.send(&CALL).unwrap();
    client.send_with(&CALL, &never()).unwrap_err();
    client.send_with(&login, &never()).unwrap_err();
    client.send(&CALL).unwrap();
    assert_eq!(script.pauses(), [seconds(20), seconds(30)]);

    // The same token does, be it in a call of its own.
    let told = Told::default();
    let script = Script::new(&[ONE_CUSTOMER, UNAUTHORIZED, ONE_CUSTOMER]);
    let client = told.run(ibanera(), &script, OtpMemory::new());
    client.send(&CALL).unwrap();
    client.send_with(&CALL, &never()).unwrap_err();
    client.send(&CALL).unwrap();
    assert_eq!(told.learned(), [CodeUse::Unknown, CodeUse::Single]);
}

/// With the doubt, codes would be kept apart for as long as the client lives.
#[test]
fn a_doubt_about_a_token_that_is_gone_is_given_up() {
    let short_lived: fn() -> Outcome = || {
        response(
            200,
            r#"{"status":"1","errors":[],"details":{"accessToken":"fake-new","expiresIn":40}}"#,
        )
    };
    let told = Told::default();
    let script = Script::new(&[
        short_lived,
        UNAUTHORIZED,
        short_lived,
        ONE_CUSTOMER,
        ONE_CUSTOMER,
    ]);
    let client = told.run(logging_in(), &script, OtpMemory::new());
    client.send_with(&CALL, &never()).unwrap_err();
    script.pass(seconds(50));
    client.send(&CALL).unwrap();
    client.send(&CALL).unwrap();
    // After a step for the login and one for the call, codes serve again.
    assert_eq!(script.pauses(), [seconds(50), seconds(30)]);
    assert_eq!(codes(&script), [0, 1, 1]);
    assert_eq!(told.learned(), [CodeUse::Unknown, CodeUse::Repeated]);
}

#[test]
fn a_watcher_that_panics_costs_no_call() {
    let script = Script::new(&[UNAUTHORIZED, ONE_CUSTOMER, ONE_CUSTOMER]);
    let settings = script.settings().otp_watcher(|_| panic!("as it is to"));
    let client = blocking::Client::with_settings(ibanera(), script.clone(), settings);
    assert!(client.send(&CALL).unwrap_err().is_unauthorized());
    client.send(&CALL).unwrap();
    client.send(&CALL).unwrap();
}

/// Over a script, and while the first request is on its way it makes a second
/// call.
#[derive(Clone)]
struct Nested {
    script: Script,
    second: Arc<Mutex<Option<Second>>>,
}

type Second = Box<dyn FnOnce() + Send>;

impl cards_transport::BlockingTransport for Nested {
    fn send(&self, request: Request<Bytes>, limits: Limits) -> Outcome {
        let second = self.second.lock().unwrap().take();
        second.into_iter().for_each(|second| second());
        cards_transport::BlockingTransport::send(&self.script, request, limits)
    }

    fn sleep(&self, pause: Duration) {
        self.script.pass(pause);
    }
}

/// The code of a request on its way was sent before, though nothing is known of
/// it yet.
#[test]
fn a_code_that_is_on_its_way_may_be_used_up_by_then() {
    let mut memory = OtpMemory::new();
    memory.learned = CodeUse::Repeated;
    // The second call's request comes first.
    let script = Script::new(&[UNAUTHORIZED, ONE_CUSTOMER, ONE_CUSTOMER]);
    let transport = Nested {
        script: script.clone(),
        second: Arc::default(),
    };
    let settings = script.settings().otp_memory(memory);
    let client = blocking::Client::with_settings(ibanera(), transport.clone(), settings);
    let (other, attempts) = (client.clone(), Arc::new(AtomicU32::new(0)));
    let told = Arc::clone(&attempts);
    let second = move || {
        let reply = other.send(&CALL).unwrap();
        told.store(reply.attempts(), Ordering::SeqCst);
    };
    *transport.second.lock().unwrap() = Some(Box::new(second));
    client.send(&CALL).unwrap();
    assert_eq!(attempts.load(Ordering::SeqCst), 2);
    // The step after, as the first request has this one.
    assert_eq!(codes(&script), [0, 1, 0]);
}

/// Two runs within one step, the second with what the first left.
fn two_runs(
    provider: &Ibanera,
    first: &[fn() -> Outcome],
    second: &[fn() -> Outcome],
) -> (Result<u32, cards_transport::Error>, Script, OtpMemory) {
    let told = Told::default();
    let script = Script::new(first);
    let _ = told
        .run(provider.clone(), &script, OtpMemory::new())
        .send(&CALL);
    let left = told.last();
    let script = Script::new(second);
    let client = told.run(provider.clone(), &script, left);
    let outcome = client.send(&CALL).map(|reply| reply.attempts());
    (outcome, script, told.last())
}

/// A bad token is refused whatever the code; a run for each call does not know
/// better than one run for both.
#[test]
fn a_refused_code_that_was_never_taken_is_not_used_up() {
    let told = Told::default();
    let script = Script::new(&[UNAUTHORIZED, UNAUTHORIZED]);
    let client = told.run(ibanera(), &script, OtpMemory::new());
    for _ in 0..2 {
        assert!(client.send(&CALL).unwrap_err().is_unauthorized());
    }
    assert!(script.pauses().is_empty());
    assert!(!told.last().last_taken);

    let (outcome, script, _) = two_runs(&ibanera(), &[UNAUTHORIZED], &[UNAUTHORIZED]);
    assert!(outcome.unwrap_err().is_unauthorized());
    assert!(script.pauses().is_empty());

    // The token is replaced where it can be, at once and with the same code.
    let stale = logging_in().token("fake-stale");
    let (outcome, script, left) = two_runs(
        &stale,
        &[UNAUTHORIZED, reset, reset, reset],
        &[UNAUTHORIZED, LOGGED_IN, ONE_CUSTOMER],
    );
    assert_eq!(outcome.unwrap(), 2);
    assert_eq!(codes(&script), [0, 0]);
    assert!(script.pauses().is_empty());
    assert_eq!(left.learned, CodeUse::Repeated);

    // So is a password that is wrong, which costs each run one refusal.
    let told = Told::default();
    let mut memory = OtpMemory::new();
    for _ in 0..3 {
        let script = Script::new(&[OTP_INVALID]);
        let client = told.run(logging_in(), &script, memory);
        client.send(&CALL).unwrap_err();
        assert!(script.pauses().is_empty());
        memory = told.last();
    }
}

/// Single use is learned by a code that is taken first and refused later.
#[test]
fn a_refused_code_that_was_taken_may_be_used_up() {
    let runs: [fn() -> Outcome; 2] = [UNAUTHORIZED, ONE_CUSTOMER];
    let (outcome, script, left) = two_runs(&ibanera(), &[ONE_CUSTOMER], &runs);
    assert_eq!(outcome.unwrap(), 2);
    assert_eq!(codes(&script), [0, 1]);
    assert_eq!(left.learned, CodeUse::Single);
    assert_eq!((left.last_step, left.last_taken), (Some(STEP + 1), true));

    // It may have been taken, too, where no answer came.
    let (outcome, script, left) = two_runs(&ibanera(), &[reset, reset, reset], &runs);
    assert_eq!(outcome.unwrap(), 2);
    assert_eq!(codes(&script), [0, 1]);
    assert_eq!(left.learned, CodeUse::Single);
}

/// One refusal is spent on the question of whether a code was, however many follow (E-IB-06).
#[test]
fn a_change_that_is_refused_whatever_is_mended_is_sent_three_times() {
    let first = [
        LOGGED_IN,
        UNAUTHORIZED,
        UNAUTHORIZED,
        LOGGED_IN,
        UNAUTHORIZED,
    ];
    // Nor is another one spent by the next call.
    let next = [UNAUTHORIZED, LOGGED_IN, UNAUTHORIZED];
    let calls = [&first[..], &next, &next].concat();
    let script = Script::new(&calls);
    let client = blocking::Client::with_settings(logging_in(), script.clone(), script.settings());
    for attempts in [3, 2, 2] {
        let error = client.send(&ActivateCard::new(7)).unwrap_err();
        assert!(error.is_unauthorized(), "{error}");
        assert_eq!(error.attempts(), attempts, "{error}");
    }
    assert_eq!(script.urls().len(), calls.len());
}

/// A code that was sent twice and taken once is none that serves twice.
#[test]
fn a_code_serves_twice_when_it_was_taken_twice() {
    // The first call's token was refused, with its code or before that.
    let stale = logging_in().token("fake-stale");
    let (outcome, script, left) = two_runs(
        &stale,
        &[UNAUTHORIZED, LOCKED],
        &[UNAUTHORIZED, LOGGED_IN, OTP_INVALID, ONE_CUSTOMER],
    );
    assert_eq!(outcome.unwrap(), 3);
    assert_eq!(codes(&script), [0, 0, 1]);
    assert_eq!(left.learned, CodeUse::Single);

    for (first, second, learned) in [
        (ONE_CUSTOMER, ONE_CUSTOMER, CodeUse::Repeated),
        (UNAUTHORIZED, ONE_CUSTOMER, CodeUse::Unknown),
    ] {
        let (_, script, left) = two_runs(&ibanera(), &[first], &[second]);
        assert!(script.pauses().is_empty());
        assert_eq!(left.learned, learned);
        assert!(left.last_taken);
    }
}

/// The next run can know the step of a code that is on its way only if it was
/// told before.
#[test]
fn a_step_is_told_before_its_code_goes_out() {
    for &reuse in OtpReuse::ALL {
        for learned in [CodeUse::Unknown, CodeUse::Repeated, CodeUse::Single] {
            let told = Told::default();
            let mut memory = OtpMemory::new();
            (memory.learned, memory.last_step) = (learned, Some(STEP - 1));
            let script = Script::new(&[]);
            let settings = told.settings(&script, memory).otp_reuse(reuse);
            let known = told.clone();
            let transport = move |_: Request<Bytes>, _: Limits| -> Outcome {
                assert_eq!(known.last().last_step, Some(STEP), "{reuse} {learned:?}");
                assert!(!known.last().last_taken);
                refused()
            };
            let client = blocking::Client::with_settings(ibanera(), transport, settings);
            client.send_with(&CALL, &never()).unwrap_err();
            // It never left.
            assert_eq!(told.last().last_step, Some(STEP - 1));
        }
    }
}

/// The last that a watcher is told is the last that was so, however many tasks
/// send at once.
#[test]
fn a_watcher_is_told_one_thing_after_another() {
    const TASKS: usize = 8;
    const EACH: usize = 40;
    for reuse in [OtpReuse::Allowed, OtpReuse::Learn] {
        let busy = Arc::new(AtomicBool::new(false));
        let overlaps = Arc::new(AtomicU32::new(0));
        let told = Told::default();
        let (is_busy, counted, keep) = (Arc::clone(&busy), Arc::clone(&overlaps), told.clone());
        let seconds_passed = Arc::new(AtomicU64::new(1_800_000_010));
        let clock = Arc::clone(&seconds_passed);
        let settings = cards_transport::Settings::new()
            .otp_reuse(reuse)
            // Each code is of a step of its own.
            .clock(move || UNIX_EPOCH + seconds(clock.fetch_add(30, Ordering::SeqCst)))
            .otp_watcher(move |memory| {
                let was_busy = is_busy.swap(true, Ordering::SeqCst);
                counted.fetch_add(u32::from(was_busy), Ordering::SeqCst);
                std::thread::yield_now();
                keep.0.lock().unwrap().push(memory);
                is_busy.store(false, Ordering::SeqCst);
            });
        let transport = |_: Request<Bytes>, _: Limits| -> Outcome { ONE_CUSTOMER() };
        let client = blocking::Client::with_settings(ibanera(), transport, settings);
        std::thread::scope(|scope| {
            for _ in 0..TASKS {
                scope.spawn(|| {
                    for _ in 0..EACH {
                        client.send(&CALL).unwrap();
                    }
                });
            }
        });
        assert_eq!(overlaps.load(Ordering::SeqCst), 0, "{reuse}");
        let steps: Vec<_> = told.all().iter().map(|memory| memory.last_step).collect();
        assert!(steps.is_sorted(), "{reuse}: {steps:?}");
    }
}
