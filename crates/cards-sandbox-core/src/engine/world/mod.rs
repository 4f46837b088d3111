//! A world: the customers and cards of all providers, as sections and as one file.

pub mod file;
pub mod invented;
pub mod section;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// `http://127.0.0.1:PORT`, without a slash at the end.
pub fn url(address: SocketAddr) -> String {
    format!("http://{}", reachable(address))
}

/// Gives `https://127.0.0.1:PORT`, without a slash at the end.
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
