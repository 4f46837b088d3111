//! A token's life is counted from when its login left, however late the reply to it is read.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use cards_transport::airpay::Airpay;
use cards_transport::ibanera::{Ibanera, OtpReuse};
use cards_transport::model::airpay::CustomerPreference;
use cards_transport::model::ibanera::CardsByCustomer;
use cards_transport::model::paysafe::ListPrepaidCards;
use cards_transport::paysafe::Paysafe;
use cards_transport::{Call, Client, Limits, Settings, blocking};
use http::{Request, Response};

use crate::calls::script::Outcome;

/// A provider whose replies to logins are read late, and a clock that shows it.
#[derive(Clone)]
struct Late {
    now: Arc<Mutex<SystemTime>>,
    logins: Arc<AtomicU32>,
    by: Duration,
    login: &'static str,
    reply: &'static str,
}

impl Late {
    fn answers(&self, request: &Request<Bytes>) -> Outcome {
        let path = request.uri().path();
        let is_login = path.ends_with("login") || path.ends_with("/token");
        if is_login {
            self.logins.fetch_add(1, Ordering::Relaxed);
            self.pass(self.by);
        }
        let body = if is_login { self.login } else { self.reply };
        Ok(Response::new(body.into()))
    }

    fn pass(&self, time: Duration) {
        *self.now.lock().unwrap() += time;
    }

    fn settings(&self) -> Settings {
        let now = Arc::clone(&self.now);
        Settings::new().clock(move || *now.lock().unwrap())
    }

    fn logins(&self) -> u32 {
        self.logins.load(Ordering::Relaxed)
    }
}

/// The time for which a token of half an hour is used: it is renewed half a minute before its end.
const USED: Duration = Duration::from_secs(1_770);

/// Calls until the end of the token by the provider's count, and once after it.
fn each<C: Call>(provider: &C::Provider, call: &C, login: &'static str, reply: &'static str)
where
    C::Provider: Clone,
{
    for minutes in [0, 1, 20, 29] {
        let late = || Late {
            now: Arc::new(Mutex::new(UNIX_EPOCH + Duration::from_secs(1_800_000_010))),
            logins: Arc::default(),
            by: Duration::from_secs(60 * minutes),
            login,
            reply,
        };
        let rest = USED - Duration::from_secs(60 * minutes);
        let second = Duration::from_secs(1);

        let one = late();
        let answering = one.clone();
        let transport = move |request: Request<Bytes>, _: Limits| answering.answers(&request);
        let client = blocking::Client::with_settings(provider.clone(), transport, one.settings());
        for (pause, logins) in [(Duration::ZERO, 1), (rest - second, 1), (second, 2)] {
            one.pass(pause);
            client.send(call).unwrap();
            assert_eq!(one.logins(), logins, "{minutes} min late, {pause:?}");
        }

        let two = late();
        let answering = two.clone();
        let transport = move |request: Request<Bytes>, _: Limits| {
            std::future::ready(answering.answers(&request))
        };
        let client = Client::with_settings(provider.clone(), transport, two.settings());
        for (pause, logins) in [(Duration::ZERO, 1), (rest - second, 1), (second, 2)] {
            two.pass(pause);
            pollster::block_on(client.send(call)).unwrap();
            assert_eq!(two.logins(), logins, "{minutes} min late, {pause:?}");
        }
    }
}

#[test]
fn a_reply_to_a_login_that_is_read_late_brings_no_longer_life() {
    let base = "http://localhost:1".parse::<cards_transport::BaseUrl>();
    let base = base.unwrap();
    each::<CustomerPreference>(
        &Airpay::new(base.clone(), "fake-secret")
            .keys("fake-a", "fake-p")
            .login("9000000978", "PaSwd@1234"),
        &CustomerPreference::new("E1"),
        r#"{"status":200,"message":"success","data":{"token":"fake-new"}}"#,
        r#"{"status":200,"message":"success","data":[]}"#,
    );
    each::<ListPrepaidCards>(
        &Paysafe::new(base.clone()).client("brand", "fake-id", "fake-secret"),
        &ListPrepaidCards::new("1"),
        r#"{"access_token":"fake-new","expires_in":1800}"#,
        r#"{"cards":[],"meta":{}}"#,
    );
    let ibanera = Ibanera::new(base).login("fake-user", "fake-password");
    let ibanera = ibanera.totp_text("fake-secret").unwrap();
    each::<CardsByCustomer>(
        &ibanera.otp_reuse(OtpReuse::Allowed),
        &CardsByCustomer::new(7),
        r#"{"status":"1","errors":[],"details":{"accessToken":"fake-new","expiresIn":1800}}"#,
        r#"{"status":"1","errors":[],"details":{"customersId":7}}"#,
    );
}
