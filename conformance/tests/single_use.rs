//! The client against a sandbox that takes each of Ibanera's codes once.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cards_model::ibanera::CardsByCustomer;
use cards_sandbox::{OneTimePasswords, Running, Sandbox, world};
use cards_transport::ibanera::{Ibanera, OtpReuse};
use cards_transport::{Settings, UreqTransport, blocking};

/// A sandbox and a client on one clock, which the test moves.
struct Pair {
    sandbox: Running,
    clock: Arc<AtomicU64>,
}

impl Pair {
    fn new() -> Self {
        let clock = Arc::new(AtomicU64::new(1_795_248_000));
        let hand = Arc::clone(&clock);
        let sandbox = Sandbox::builder()
            .clock(Arc::new(move || at(&hand)))
            .one_time_passwords(OneTimePasswords::SingleUse)
            .start_blocking()
            .unwrap();
        Self { sandbox, clock }
    }

    fn client(&self, ibanera: Ibanera) -> blocking::Client<Ibanera, UreqTransport> {
        let hand = Arc::clone(&self.clock);
        let settings = Settings::new().clock(move || at(&hand));
        let ibanera = ibanera
            .totp_base32(world::ibanera::TOTP_SECRET)
            .unwrap()
            .otp_reuse(OtpReuse::Never);
        blocking::Client::with_settings(ibanera, UreqTransport::new().unwrap(), settings)
    }

    fn ibanera(&self) -> Ibanera {
        Ibanera::new(self.sandbox.ibanera_url().parse().unwrap())
    }

    fn next_step(&self) {
        self.clock.fetch_add(30, Ordering::SeqCst);
    }

    fn why(&self) -> String {
        self.sandbox.exchanges().pop().unwrap().verdict
    }
}

fn at(clock: &AtomicU64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(clock.load(Ordering::SeqCst))
}

const USED_UP: &str = "otp: the code is used up by another call";

#[test]
fn a_call_in_each_step_goes_through() {
    let pair = Pair::new();
    let client = pair.client(pair.ibanera().token(world::ibanera::TOKEN));
    let call = CardsByCustomer::new(world::ibanera::CUSTOMER);
    for _ in 0..3 {
        assert!(client.send(&call).is_ok(), "{}", pair.why());
        // What the client does not do by itself: `OtpReuse` holds back another
        // attempt of a call, not another call.
        let error = client.send(&call).unwrap_err();
        assert_eq!(error.status().map(|status| status.as_u16()), Some(401));
        assert_eq!(pair.why(), USED_UP);
        pair.next_step();
    }
}

#[test]
fn a_login_uses_a_code_like_any_call() {
    let pair = Pair::new();
    let login = pair
        .ibanera()
        .login(world::ibanera::USERNAME, world::ibanera::PASSWORD);
    let client = pair.client(login);
    let call = CardsByCustomer::new(world::ibanera::CUSTOMER);
    // The login has used the code of this step; a second login, which the
    // client would try with the code of the next one, would use that.
    let once = cards_transport::CallOptions::new().total_timeout(Duration::from_secs(20));
    let error = client.send_with(&call, &once).unwrap_err();
    assert_eq!(error.status().map(|status| status.as_u16()), Some(401));
    assert_eq!(pair.why(), USED_UP);
    // The token that it brought is good for a call of the next step.
    pair.next_step();
    assert!(client.send(&call).is_ok(), "{}", pair.why());
}
