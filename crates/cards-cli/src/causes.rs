//! Lists the causes of an error, down to the last.

use std::error::Error as StdError;
use std::io;
use std::iter;

/// The error itself and each cause below it, the nearest first.
pub(crate) fn chain<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    // A cause that names itself as its cause must not keep the program.
    iter::successors(Some(error), |&error| below(error)).take(32)
}

/// The next cause. `source` passes over an error within an `io::Error`, and
/// ureq's errors do not have one.
fn below<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    if let Some(within) = error.downcast_ref::<io::Error>().map(io::Error::get_ref) {
        return within.map(|within| within as _);
    }
    match error.downcast_ref::<ureq::Error>() {
        Some(ureq::Error::Io(cause)) => Some(cause),
        Some(ureq::Error::Rustls(cause)) => Some(cause),
        Some(ureq::Error::Protocol(cause)) => Some(cause),
        Some(ureq::Error::Other(cause)) => Some(&**cause),
        _ => error.source(),
    }
}

/// Lists the message of each cause. A library often repeats its cause in its
/// own message, and that is said once.
pub(crate) fn said(error: &(dyn StdError + 'static), above: &str) -> Vec<String> {
    let mut last = above.to_owned();
    let mut said = Vec::new();
    for cause in chain(error) {
        let text = cause.to_string();
        if !text.is_empty() && !last.ends_with(&text) {
            said.push(text.clone());
        }
        last = text;
    }
    said
}

#[cfg(test)]
mod tests {
    use std::fmt;

    use super::*;

    /// An error with a cause.
    #[derive(Debug)]
    struct Over(&'static str, Option<Box<dyn StdError + Send + Sync>>);

    impl fmt::Display for Over {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }
    }

    impl StdError for Over {
        fn source(&self) -> Option<&(dyn StdError + 'static)> {
            self.1.as_deref().map(|cause| cause as _)
        }
    }

    #[test]
    fn nothing_is_passed_over_and_nothing_is_said_twice() {
        let tls = rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer);
        let deep = io::Error::other(io::Error::other(Over("handshake", Some(tls.into()))));
        let ureq = ureq::Error::Other(Box::new(ureq::Error::Io(deep)));
        let first = Over("no connection", Some(ureq.into()));
        assert_eq!(
            said(&first, "airpay update-customer: no connection"),
            [
                "other: io: handshake",
                "invalid peer certificate: UnknownIssuer"
            ]
        );
        assert!(chain(&first).any(<dyn StdError>::is::<rustls::Error>));
    }
}
