//! Plain http goes to this machine and nowhere else, however an address is
//! written.

use std::net::{Ipv4Addr, Ipv6Addr};

use cards_transport::{BaseUrl, BaseUrlError};
use proptest::prelude::*;

fn plain(host: &str) -> Result<BaseUrl, BaseUrlError> {
    format!("http://{host}:8080/v1").parse()
}

#[test]
fn private_networks_are_not_this_machine() {
    for host in [
        "0.0.0.0",
        "10.0.0.1",
        "100.64.0.1",
        "126.255.255.255",
        "128.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "[::]",
        "[::2]",
        "[fc00::1]",
        "[fd12:3456::1]",
        "[fe80::1]",
        "[ff02::1]",
        "[::127.0.0.1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:10.0.0.1]",
        "[64:ff9b::7f00:1]",
    ] {
        assert_eq!(plain(host), Err(BaseUrlError::PlainHttp), "{host}");
        assert!(
            BaseUrl::insecure(&format!("http://{host}")).is_ok(),
            "{host}"
        );
        assert!(
            format!("https://{host}").parse::<BaseUrl>().is_ok(),
            "{host}"
        );
    }
}

/// Some libraries take these for 127.0.0.1, and some do not: so nobody is to
/// depend on it.
#[test]
fn this_machine_has_few_names() {
    for host in [
        "localhost",
        "LocalHost",
        "127.0.0.1",
        "127.0.0.2",
        "127.255.255.255",
        "[::1]",
        "[0:0:0:0:0:0:0:1]",
    ] {
        let base = plain(host).unwrap();
        assert_eq!(base.as_str(), format!("http://{host}:8080/v1"));
    }
    for host in [
        "0",
        "1",
        "127",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "0x7f.1",
        "017700000001",
        "0177.0.0.1",
        "127.0.0.01",
        "127.0.0.1.",
        "127.0.0.256",
        "127.0.0.1.1",
        "[127.0.0.1]",
        "[[::1]]",
        "[::1",
        "::1]",
        "::1",
        "[::1%25lo]",
        "[::1]example.com",
        "localhost.",
        "localhost..",
        ".localhost",
        "localhost.localdomain",
        "localhost.example.com",
        "sub.localhost",
        "localhost6",
        "ip6-localhost",
        "127.0.0.1.example.com",
        "127.0.0.1.nip.io",
        "127.0.0.1%2eexample.com",
        "localhost%00.example.com",
        "localhost@example.com",
        "example.com#@localhost",
        "localhost\\@example.com",
        "localhost,example.com",
        "\u{ff11}27.0.0.1",
        "\u{24db}ocalhost",
        "",
    ] {
        assert!(plain(host).is_err(), "{host}");
    }
}

proptest! {
    #[test]
    fn of_all_addresses_of_version_4_those_in_127_8_are_this_machine(bits: u32, loopback: bool) {
        let bits = if loopback { 0x7f00_0000 | bits & 0x00ff_ffff } else { bits };
        let address = Ipv4Addr::from_bits(bits);
        prop_assert_eq!(plain(&address.to_string()).is_ok(), bits >> 24 == 127, "{}", address);
        // The same number, as no dotted one.
        for other in [format!("{bits}"), format!("{bits:#x}"), format!("{bits:#o}"), format!("{address}.")] {
            prop_assert!(plain(&other).is_err(), "{}", other);
        }
    }

    #[test]
    fn of_all_addresses_of_version_6_one_is_this_machine(bits: u128, shift in 0_u32..128) {
        let address = Ipv6Addr::from_bits(bits >> shift);
        let host = format!("[{address}]");
        prop_assert_eq!(plain(&host).is_ok(), address == Ipv6Addr::LOCALHOST, "{}", host);
    }
}

/// reqwest reads an address by the rules of browsers and ureq does not: of what
/// is taken here, both read the same.
fn is_read_in_one_way(url: &str) -> Result<(), TestCaseError> {
    let Ok(base) = url.parse::<BaseUrl>() else {
        return Ok(());
    };
    let browsers = reqwest::Url::parse(base.as_str()).expect("a URL");
    let plain: http::Uri = base.as_str().parse().expect("a URI");
    let host = plain.host().map(str::to_ascii_lowercase);
    prop_assert_eq!(browsers.host_str(), host.as_deref());
    let port = plain.port_u16().unwrap_or(443);
    prop_assert_eq!(browsers.port_or_known_default(), Some(port));
    prop_assert_eq!(browsers.path(), plain.path());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn a_path_is_read_in_one_way(path in "[/.]{0,3}(%2[eEfF]|[a-z/.%{}|^`\"<>\\\\~;:@!$&'()*+,=\u{e9}-]){0,8}") {
        is_read_in_one_way(&format!("https://h/{path}"))?;
    }

    #[test]
    fn a_host_is_read_in_one_way(host in "(0x)?[0-9a-fA-F.x_-]{1,12}", port in proptest::option::of(1..=u16::MAX)) {
        let port = port.map(|port| format!(":{port}"));
        is_read_in_one_way(&format!("https://{host}{}/v1", port.unwrap_or_default()))?;
    }
}
