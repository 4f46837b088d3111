//! The two backends, and what they have in common.
//!
//! Each is thin: it turns the options into its library's settings and the
//! library's errors into [`TransportError`](crate::TransportError). One suite
//! (in `conformance`) holds them to the same behaviour.

#[cfg(any(feature = "reqwest", feature = "ureq"))]
mod framing;
#[cfg(feature = "ureq")]
mod handshake;
#[cfg(feature = "reqwest")]
mod idle;
#[cfg(any(feature = "reqwest", feature = "ureq"))]
mod length;
#[cfg(any(feature = "reqwest", feature = "ureq"))]
mod names;
#[cfg(any(feature = "reqwest", feature = "ureq"))]
mod options;
#[cfg(any(feature = "reqwest", feature = "ureq"))]
mod proxies;
#[cfg(feature = "reqwest")]
mod reqwest;
#[cfg(feature = "ureq")]
mod stream;
#[cfg(any(feature = "reqwest", feature = "ureq"))]
mod tls;
#[cfg(feature = "ureq")]
mod ureq;
#[cfg(feature = "ureq")]
mod watched;

#[cfg(any(feature = "reqwest", feature = "ureq"))]
pub use options::BackendOptions;

#[cfg(feature = "reqwest")]
pub use self::reqwest::ReqwestTransport;
#[cfg(feature = "ureq")]
pub use self::ureq::UreqTransport;
