//! One client for three prepaid-card APIs, over async `reqwest`, blocking
//! `ureq`, or any transport of your own.
//!
//! ```no_run
//! # #[cfg(feature = "ureq")] {
//! use cards_transport::airpay::Airpay;
//! use cards_transport::model::airpay::UpdateCustomer;
//! use cards_transport::{UreqTransport, blocking::Client};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let airpay = Airpay::from_vars(|name| std::env::var(name).ok())?;
//! let client = Client::new(airpay, UreqTransport::new()?);
//! let reply = client.send(&UpdateCustomer::new("AIRPAYCUST0001").city("Kochi"))?;
//! println!("HTTP {} after {:?}", reply.status(), reply.elapsed());
//! # Ok(()) }
//! # }
//! ```
//!
//! # In scope
//!
//! The life of one call: check, sign, encode, authenticate, send, judge,
//! parse, and retry where that is safe; finding out about an unknown outcome
//! ([`reconcile`]); the walk over pages; and the events that the
//! providers send ([`webhook`]), from the bytes that arrived.
//!
//! # Out of scope
//!
//! The meaning of the requests (`cards-model`, re-exported as [`model`]) and
//! the checksum itself (`cards-sign`, re-exported as [`sign`]). There is no
//! runtime here: the async client runs on yours, the blocking one has none. There is
//! no server for events either: yours hands over headers and body.
//!
//! # Invariants
//!
//! - The core does no IO. Building, signing, judging, retrying and paging are
//!   functions over `http` types, with the time as an argument.
//! - What is signed is what is sent: both come from one list of fields.
//! - A mutation is never sent twice unless it is certain that the first was
//!   never sent, or its token or one-time code was refused (HTTP 401; at Airpay
//!   401 or 403 in the body too; at Ibanera a refusal of `otp`), which is taken
//!   to mean that it was not carried out. Otherwise the error says that the
//!   outcome is unknown.
//! - Both backends behave the same: no redirects, no status is an error, the
//!   same timeouts, the same limit on a reply, the same TLS and roots. Where a server answers before it
//!   has the whole of a long body and neither takes the rest nor closes, reqwest brings its answer and
//!   ureq runs out of time. What else differs, with servers that mean harm or with features that other
//!   crates turn on, each backend's own page says.
//! - Feature flags add backends and change nothing else.
//! - No error, `Debug` or trace shows a secret, a personal value or a body.
//!
//! # Guides
//!
//! [Handling errors](guides::handle_errors), [testing your service](guides::test_your_service),
//! [receiving events](guides::receive_events), [going to production](guides::go_to_production).
//!
//! # Settings
//!
//! | where | what |
//! | --- | --- |
//! | [`Airpay`](airpay::Airpay), [`Paysafe`](paysafe::Paysafe), [`Ibanera`](ibanera::Ibanera) | address and credentials; `token_base`, the address to log in at; `token_source`, tokens from a place of your own; Airpay's `order`; Ibanera's `authorization` (`Bearer`, or the token alone), codes and `otp_reuse` |
//! | [`Settings`], for a client | `validation`, `doc_expiry`, `total_timeout`, `reply_bytes`, `retry`, `most_pages`, `otp_*`, `clock`; `header`, one beside those of each request; `rate` and `most_at_once`, limits of your own; `hooks` |
//! | [`CallOptions`], for a call | `validation`, `total_timeout`, `retry`, `header` |
//! | [`Webhook`](webhook::Webhook), for events | keys, `most_bytes`, `replay_window`, `clock`; Paysafe's `kind`; Ibanera's `encoding` |
//! | [`BackendOptions`], for both backends | time limits, idle connections, `resolver`; `roots` in place of Mozilla's and `extra_roots` beside them; `client_certificate_pem`; `proxy`, or `proxies_from_vars` |
//!
//! A transport whose type is not known before the program runs stands behind
//! [`Arc<dyn DynAsyncTransport>`](DynAsyncTransport) or `Arc<dyn BlockingTransport>`.
//!
//! # Watching calls
//!
//! Each call is a span of `tracing` at level info, named `call`, with the fields
//! of OpenTelemetry's conventions for HTTP clients: `http.request.method`,
//! `url.template` (the documented path, without values), `server.address`,
//! `server.port`, `http.request.resend_count`, `http.response.status_code`,
//! `http.client.request.duration` (seconds) and `error.type`
//! ([`ErrorKind::as_str`]); beside them `cards.operation` and `cards.call.id`. A
//! login has a span within that of its call, with the same id. [`Hooks`] are told
//! of each attempt, retry and renewal, with or without a subscriber. Without
//! either, a call allocates no more than before.
//!
//! # Coming back later
//!
//! ```
//! use cards_transport::{Error, ErrorKind};
//! use std::time::Duration;
//!
//! /// The time to wait before the same call is made again. `None`: it is not, since it may have taken
//! /// effect, or would come to nothing again. Where its login failed, the call was not carried out.
//! fn wait(error: &Error) -> Option<Duration> {
//!     let is_worth_it = match error.kind() {
//!         ErrorKind::Connect | ErrorKind::Timeout => error.is_not_sent(),
//!         _ => error.is_rate_limited() || error.is_failed_in_passing(),
//!     };
//!     (is_worth_it && !error.is_outcome_unknown())
//!         .then(|| error.retry_after().unwrap_or(Duration::from_secs(1)))
//! }
//! ```
//!
//! # Features
//!
//! | feature | adds | pulls in |
//! | --- | --- | --- |
//! | `reqwest` | [`ReqwestTransport`] | reqwest, tokio, tower, http-body, ipnet, rustls, webpki-roots |
//! | `ureq` | [`UreqTransport`] | ureq, ipnet, rustls, webpki-roots |
//!
//! `tls` is what both have in common, and of no use by itself.
//!
//! With neither, a closure is a transport:
//!
//! ```
//! use cards_transport::model::ibanera::CardsByCustomer;
//! use cards_transport::{blocking::Client, http, ibanera::Ibanera};
//!
//! let canned = |_request: http::Request<_>, _limits| {
//!     let body = r#"{"status":"1","errors":[],"details":{"customersId":7,"cards":[]}}"#;
//!     Ok(http::Response::new(body.into()))
//! };
//! let ibanera = Ibanera::new("http://localhost".parse()?).token("t").totp_base32("GEZDGNBVGY3TQOJQ")?;
//! let reply = Client::new(ibanera, canned).send(&CardsByCustomer::new(7))?;
//! assert_eq!(reply.customers[0].customers_id, 7);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![cfg_attr(
    not(all(feature = "reqwest", feature = "ureq")),
    allow(
        rustdoc::broken_intra_doc_links,
        reason = "a backend that is not asked for is a name without a link"
    )
)]

pub mod airpay;
mod authorization;
mod backend;
mod base_url;
pub mod blocking;
mod body;
mod call;
mod caught;
mod cause;
mod client;
mod codes;
mod common;
mod encode;
mod error;
mod except;
mod extra_headers;
pub mod guides;
mod hooks;
pub mod ibanera;
mod ids;
mod json;
mod multipart;
mod operations;
mod paging;
pub mod paysafe;
mod progress;
pub mod reconcile;
mod redact;
mod refusal;
mod reply;
mod request;
mod retry;
mod run;
mod session;
mod settings;
mod shown;
mod throttle;
mod token_source;
mod transport;
mod unreadable;
mod vars;
pub mod webhook;

#[cfg(any(feature = "reqwest", feature = "ureq"))]
pub use backend::BackendOptions;
#[cfg(feature = "reqwest")]
pub use backend::ReqwestTransport;
#[cfg(feature = "ureq")]
pub use backend::UreqTransport;
pub use base_url::{BaseUrl, BaseUrlError};
pub use call::{Attempt, Call, Provider};
pub use cause::{ConfigError, JsonTrouble, PagingTrouble};
pub use client::Client;
pub use encode::encode_form;
pub use error::{Error, ErrorKind};
pub use hooks::{AttemptEnd, CallEvent, CallId, Hooks, Renewed};
#[doc(hidden)]
pub use ids::is_another;
pub use multipart::{FormPart, form_parts};
pub use operations::{Visit, operations, visit};
pub use paging::{Paged, Viewed};
pub use refusal::{FieldRefusal, Refusal, Said};
pub use reply::{RawReply, Reply, ReplyParts, Warning};
pub use retry::Retry;
pub use settings::{CallOptions, Settings, Validation};
pub use shown::{Frame, Shown};
pub use throttle::Rate;
pub use token_source::{IssuedToken, SourceError, TokenNeed, TokenSource};
pub use transport::{
    AsyncTransport, BlockingTransport, Boxed, DynAsyncTransport, Limits, Sent, TransportError,
    TransportErrorKind,
};
pub use unreadable::Unreadable;

pub use bytes;
pub use cards_model as model;
pub use cards_sign as sign;
pub use http;

#[cfg(all(test, feature = "reqwest", feature = "ureq"))]
#[allow(unreachable_pub, reason = "the macros define types for libraries")]
mod tests;

/// The README's examples, compiled.
#[cfg(all(doctest, feature = "reqwest", feature = "ureq"))]
#[doc = include_str!("../../../README.md")]
struct Readme;
