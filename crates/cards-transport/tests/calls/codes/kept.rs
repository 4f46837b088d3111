//! What the watcher is told, and what a client makes of what was kept.

use std::sync::{Arc, Mutex};

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

    fn learned(&self) -> Vec<CodeUse> {
        let mut learned: Vec<_> = self.all().iter().map(|memory| memory.learned).collect();
        learned.dedup();
        learned
    }
}

fn never() -> CallOptions {
    CallOptions::new().retry(Retry::never())
}

/// Without the time for the next step.
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

    // The same token does, be it in a call of its own.
    let told = Told::default();
    let script = Script::new(&[ONE_CUSTOMER, UNAUTHORIZED, ONE_CUSTOMER]);
    let client = told.run(ibanera(), &script, OtpMemory::new());
    client.send(&CALL).unwrap();
    client.send_with(&CALL, &never()).unwrap_err();
    client.send(&CALL).unwrap();
    assert_eq!(told.learned(), [CodeUse::Unknown, CodeUse::Single]);
}
