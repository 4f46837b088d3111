//! The two calls, and whom they are made with.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use benches::{FORM, PAGE, SECRET, TODAY};
use bytes::Bytes;
use cards_model::Form;
use cards_model::airpay::RegisterUser;
use cards_model::paysafe::ListPrepaidCards;
use cards_transport::airpay::Airpay;
use cards_transport::paysafe::Paysafe;
use cards_transport::{Call, Settings, blocking};
use http::{Request, Response};

use crate::{Outcome, said, server};

/// The library under a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Backend {
    /// Async, the calls as tasks of one thread.
    Reqwest,
    /// Blocking, each call on a thread.
    Ureq,
}

impl Backend {
    pub(crate) const ALL: [Self; 2] = [Self::Reqwest, Self::Ureq];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Reqwest => "reqwest",
            Self::Ureq => "ureq",
        }
    }
}

/// The call that is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Workload {
    /// The signed POST of 21 fields, a mutation.
    RegisterUser,
    /// A page of 50 cards.
    ListCards,
}

impl Workload {
    pub(crate) const ALL: [Self; 2] = [Self::RegisterUser, Self::ListCards];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::RegisterUser => "register-user",
            Self::ListCards => "list-cards",
        }
    }
}

/// A call with its provider.
pub(crate) trait Sample {
    type Call: Call<Provider = Self::Provider, Reply: Send> + Send + 'static;
    type Provider: cards_transport::Provider<Login: Call<Reply: Send>>;

    /// The provider, where it is served.
    fn provider(address: SocketAddr) -> Outcome<Self::Provider>;

    fn call() -> Self::Call;
}

/// Airpay's register-user.
pub(crate) struct Registration;

pub(crate) const AFFILIATE: &str = "fake-affiliate";
pub(crate) const PROCESSOR_KEY: &str = "fake-processor-key";

impl Sample for Registration {
    type Call = RegisterUser;
    type Provider = Airpay;

    fn provider(address: SocketAddr) -> Outcome<Airpay> {
        let secret = std::str::from_utf8(SECRET).map_err(said)?;
        let base = format!("http://{address}").parse().map_err(said)?;
        Ok(Airpay::new(base, secret).keys(AFFILIATE, PROCESSOR_KEY))
    }

    fn call() -> RegisterUser {
        RegisterUser::from_fields(FORM)
    }
}

/// A page of Paysafe's cards.
pub(crate) struct Page;

pub(crate) const TOKEN: &str = "fake-token-for-benches";
pub(crate) const CUSTOMER: &str = "12345678";

impl Sample for Page {
    type Call = ListPrepaidCards;
    type Provider = Paysafe;

    fn provider(address: SocketAddr) -> Outcome<Paysafe> {
        let base = format!("http://{address}").parse().map_err(said)?;
        Ok(Paysafe::new(base).token(TOKEN))
    }

    fn call() -> ListPrepaidCards {
        ListPrepaidCards::new(CUSTOMER).limit(PAGE as u32)
    }
}

/// The request that our client makes of a sample, as the bare client sends it.
pub(crate) fn request<S: Sample>(address: SocketAddr) -> Outcome<Request<Bytes>> {
    let made = Arc::new(Mutex::new(None));
    let keep = Arc::clone(&made);
    let transport = move |request: Request<Bytes>, _| {
        let body = match *request.method() {
            http::Method::POST => server::REGISTERED.to_owned(),
            _ => benches::paysafe_page(),
        };
        *keep.lock().unwrap_or_else(PoisonError::into_inner) = Some(request);
        Ok(Response::new(Bytes::from(body)))
    };
    let client = blocking::Client::with_settings(S::provider(address)?, transport, settings());
    client.send(&S::call()).map_err(said)?;
    let made = made.lock().unwrap_or_else(PoisonError::into_inner).take();
    made.ok_or_else(|| "no request was made".to_owned())
}

/// The defaults, with the clock set to the day that the form is valid on.
pub(crate) fn settings() -> Settings {
    let (year, month, day) = TODAY;
    let days = days_since_1970(year.into(), month.into(), day.into());
    let today = SystemTime::UNIX_EPOCH + Duration::from_secs(days * 24 * 60 * 60);
    let started = SystemTime::now();
    Settings::new().clock(move || {
        let elapsed = SystemTime::now().duration_since(started);
        today + elapsed.unwrap_or_default()
    })
}

/// Counts the days of the Gregorian calendar.
fn days_since_1970(year: u64, month: u64, day: u64) -> u64 {
    // Years begin in March, so that the day that comes and goes is the last.
    let (year, month) = match month {
        3.. => (year, month - 3),
        _ => (year - 1, month + 9),
    };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1;
    days - 719_468
}
