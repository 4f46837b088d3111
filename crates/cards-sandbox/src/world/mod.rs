//! The fixed world that every new sandbox starts with, unless it is given
//! another: credentials, customers and cards to call it with. None of it is
//! secret, none of it is anybody's.

pub mod airpay;
pub(crate) mod file;
pub mod ibanera;
pub(crate) mod invented;
pub mod paysafe;
#[cfg(test)]
mod round_trip;
pub(crate) mod section;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::providers;

/// The environment variables with which the `cards` program, and whoever else
/// follows its names, calls a sandbox that listens on `address`, without TLS.
/// They are the same for every sandbox but for the address: none needs to run.
pub fn env(address: SocketAddr) -> Vec<(&'static str, String)> {
    env_at(&url(address))
}

/// The same for a sandbox that is called by a URL of its own, with TLS or by
/// another name.
///
/// ```
/// let variables = cards_sandbox::world::env_at("https://sandbox.test:8484");
/// assert_eq!(variables[0].0, "CARDS_AIRPAY_BASE_URL");
/// assert_eq!(variables[0].1, "https://sandbox.test:8484");
/// ```
pub fn env_at(url: &str) -> Vec<(&'static str, String)> {
    providers::all().env(url.trim_end_matches('/'))
}

/// `http://127.0.0.1:PORT`, without a slash at the end.
pub(crate) fn url(address: SocketAddr) -> String {
    format!("http://{}", reachable(address))
}

/// The same with TLS.
pub(crate) fn https_url(address: SocketAddr) -> String {
    format!("https://{}", reachable(address))
}

fn reachable(address: SocketAddr) -> SocketAddr {
    // Nobody can connect to "any address".
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

/// Gives the base URL of Paysafe's calls, which stands before `/customers/...` and `/auth/...`.
pub(crate) fn paysafe_url(url: &str) -> String {
    format!("{url}{}", paysafe::PREFIX)
}
