//! Asks a sandbox of this machine why it refused a call: the providers' replies do not say.

use std::net::IpAddr;
use std::time::Duration;

use cards_transport::bytes::Bytes;
use cards_transport::http::{Request, Uri};
use cards_transport::{BlockingTransport, Limits, RawReply, UreqTransport};

use crate::config::{CA_FILE, Vars};
use crate::error::Verdict;

/// The header by which a sandbox names the exchange of a reply.
const EXCHANGE: &str = "x-sandbox-exchange";

/// The verdict on a reply. `None` where it is no sandbox's of this machine, and where the sandbox
/// cannot be asked: the call's own failure is all that matters then.
pub(super) fn of(reply: &RawReply, base_url: &str) -> Option<Verdict> {
    let exchange = reply.headers().get(EXCHANGE)?.to_str().ok()?;
    let exchange: u64 = exchange.parse().ok()?;
    let target = format!("{}/_sandbox/exchanges/{exchange}", own_origin(base_url)?);
    let request = Request::get(target).body(Bytes::new()).ok()?;
    let options = Vars::default().checked(CA_FILE).ok()?.trusting().ok()?;
    let transport = UreqTransport::with_options(&options).ok()?;
    let limits = Limits::new(Duration::from_secs(2), 256 * 1024);
    let answer = transport.send(request, limits).ok()?;
    if !answer.status().is_success() {
        return None;
    }
    serde_json::from_slice(answer.body()).ok()
}

/// Scheme, host and port of an address of this machine; `None` of any other.
fn own_origin(base_url: &str) -> Option<String> {
    let uri: Uri = base_url.parse().ok()?;
    let host = uri.host()?;
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let is_own = match bare.parse::<IpAddr>() {
        Ok(address) => address.to_canonical().is_loopback(),
        Err(_) => host.eq_ignore_ascii_case("localhost"),
    };
    let port = uri.port().map(|port| format!(":{port}"));
    is_own.then(|| {
        let scheme = uri.scheme_str().unwrap_or("http");
        format!("{scheme}://{host}{}", port.unwrap_or_default())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_asked() {
        for (base_url, origin) in [
            ("http://127.0.0.1:8484", Some("http://127.0.0.1:8484")),
            (
                "http://127.0.0.1:8484/digitalwallets/v1",
                Some("http://127.0.0.1:8484"),
            ),
            ("https://LOCALHOST/x/", Some("https://LOCALHOST")),
            ("http://[::1]:1/", Some("http://[::1]:1")),
            ("http://127.9.9.9", Some("http://127.9.9.9")),
            (
                "http://[::ffff:127.0.0.1]:1",
                Some("http://[::ffff:127.0.0.1]:1"),
            ),
            ("http://192.168.1.7:8484", None),
            ("http://0.0.0.0:8484", None),
            ("https://api.example", None),
            ("https://localhost.example", None),
            ("https://127.0.0.1.example", None),
            ("https://127.0.0.1@api.example/", None),
            ("", None),
            ("/x", None),
        ] {
            assert_eq!(own_origin(base_url).as_deref(), origin, "{base_url}");
        }
    }
}
