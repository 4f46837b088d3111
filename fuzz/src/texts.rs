//! Texts that people write: addresses, commands, dates, rules, the lines of fixtures.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use cards_model::{Amount, CardExpiry, Date, DocExpiry, Rule, Timestamp, UtcOffset, Waiver};
use cards_sandbox::openapi::Api;
use cards_sandbox::{ChecksumOrder, ReceiverUrl};
use cards_sign::{Checksum, Explain, Order, Recipe, SignatureKey};
use cards_transport::ibanera::{AuthorizationScheme, HashReading, OtpAlgorithm, OtpReuse};
use cards_transport::paysafe::SignatureScope;
use cards_transport::{BaseUrl, Rate};
use conformance::fixture::{Check, Meta, Stages, World};
use conformance::wire::WireRequest;
use rust_decimal::Decimal;

use crate::{choice, line};

const SECRET: &[u8] = b"marker0secret0fake";

/// Reads an address of a server.
pub fn base_url(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else {
        return;
    };
    for read in [text.parse::<BaseUrl>(), BaseUrl::insecure(text)] {
        match read {
            Ok(url) => {
                let again = BaseUrl::insecure(url.as_str()).expect("an address that was read");
                assert_eq!(again.as_str(), url.as_str());
                drop(format!("{url} {url:?}"));
            }
            Err(error) => drop(format!("{error} {error:?}")),
        }
    }
}

/// Reads a pasted curl command, form, list of pairs, or pair.
pub fn curl(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else {
        return;
    };
    if cards_paste::is_curl(text) {
        match cards_paste::curl(text) {
            Ok(pasted) => {
                drop(pasted.unread.as_ref().map(ToString::to_string));
                drop(format!("{pasted:?}"));
                _ = pasted.goes_to("/airpay/ms/cards/api/update-customer");
                drop(pasted.headers_named(&["checksum", "token"]));
            }
            Err(error) => drop(format!("{error} {error:?}")),
        }
    }
    for read in [cards_paste::form(text), cards_paste::lines(text)] {
        drop(read.map_err(|error| format!("{error} {error:?}")));
    }
    drop(cards_paste::pair(text));
    drop(cards_paste::option_name(text, ["entity_id", "card_no"]));
}

/// Explains a checksum: the first line is the one that was given, each further one `name=value`.
pub fn explain(data: &[u8]) {
    // More are compared in the order received only, which takes no time.
    const MOST: usize = 8;
    let Ok(text) = str::from_utf8(data) else {
        return;
    };
    let (given, pairs) = text.split_once('\n').unwrap_or((text, ""));
    let pairs: Vec<(&str, &str)> = pairs
        .lines()
        .take(MOST)
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .collect();
    let table: Vec<&str> = pairs.iter().rev().map(|(name, _)| *name).collect();
    let explanation = cards_sign::explain(&Explain::new(&pairs, SECRET, given).table(&table));
    let shown = format!("{explanation} {explanation:?}");
    let secret = str::from_utf8(SECRET).expect("text");
    assert!(
        text.contains(secret) || !shown.contains(secret),
        "a secret is shown"
    );
    let right = cards_sign::checksum(pairs.iter().map(|(_, value)| *value), SECRET);
    let right = right.to_string();
    let explanation = cards_sign::explain(&Explain::new(&pairs, SECRET, &right));
    // A body that is a JSON text is told so, whatever its checksum.
    let is_found = explanation.is_right() || explanation.is_json();
    assert!(is_found, "the right checksum is not found right");
}

/// Reads the files of a fixture.
pub fn fixture(data: &[u8]) {
    let (kind, rest) = choice(data);
    let Ok(text) = str::from_utf8(rest) else {
        return;
    };
    match kind % 5 {
        0 => drop(toml::from_str::<Meta>(text).map_err(|e| e.to_string())),
        1 => drop(serde_json::from_str::<Check>(text).map_err(|e| e.to_string())),
        2 => drop(serde_json::from_str::<Stages>(text).map_err(|e| e.to_string())),
        3 => drop(toml::from_str::<World>(text).map_err(|e| e.to_string())),
        _ => drop(WireRequest::parse(rest).map_err(|e| format!("{e:?}"))),
    }
}

/// Reads one value, of the kind that the first byte chooses: dates, times, expiries, amounts,
/// rules, checksums, keys, rates, settings.
pub fn text(data: &[u8]) {
    let (kind, rest) = choice(data);
    let (first, _) = line(rest);
    if let Ok(text) = str::from_utf8(first) {
        (VALUES[kind % VALUES.len()].read)(text);
    }
}

/// A kind of value that is read from a text.
pub(crate) struct Value {
    /// The type's name.
    #[cfg_attr(not(test), expect(dead_code, reason = "a test compares the names"))]
    name: &'static str,
    /// Reads a text, and tells whether it is a value.
    read: fn(&str) -> bool,
    /// Texts that are.
    pub(crate) samples: &'static [&'static str],
}

const fn value(
    name: &'static str,
    read: fn(&str) -> bool,
    samples: &'static [&'static str],
) -> Value {
    Value {
        name,
        read,
        samples,
    }
}

/// Every type of the libraries that is read from a text, but [`BaseUrl`], and a few that are
/// read in another way.
pub(crate) const VALUES: &[Value] = &[
    value("Date", again::<Date>, &["2026-11-21", "2024-02-29"]),
    value("CardExpiry", again::<CardExpiry>, &["12/29", "01/30"]),
    value("CardExpiry in full", in_full, &["12/2029", "01/2030"]),
    value("UtcOffset", again::<UtcOffset>, &["+05:30", "-08:00"]),
    value("DocExpiry", again::<DocExpiry>, &["by-type", "required"]),
    value("Rule", again::<Rule>, &["required", "characters", "format"]),
    value(
        "Waiver",
        again::<Waiver>,
        &["city:characters", "register-user/email:format"],
    ),
    value("Order", again::<Order>, &["table", "example"]),
    value("Recipe", again::<Recipe>, &["received", "table"]),
    value(
        "Checksum",
        again::<Checksum>,
        &["5994471abb01112afcc18159f6cc74b4f511b99806da59b3caf5a9c173cacfc5"],
    ),
    value("SignatureKey", only::<SignatureKey>, &["ZmFrZS1rZXk="]),
    value("Rate", only::<Rate>, &["5/s", "300/m", "1000/h"]),
    value(
        "AuthorizationScheme",
        only::<AuthorizationScheme>,
        &["bearer"],
    ),
    value("HashReading", only::<HashReading>, &["hex", "base64"]),
    value("OtpAlgorithm", again::<OtpAlgorithm>, &["sha1", "sha256"]),
    value("OtpReuse", again::<OtpReuse>, &["allowed"]),
    value("SignatureScope", only::<SignatureScope>, &["bodies"]),
    value(
        "ReceiverUrl",
        only::<ReceiverUrl>,
        &["http://127.0.0.1:8080/a?b=c"],
    ),
    value("Api", again::<Api>, &["airpay", "control"]),
    value(
        "ChecksumOrder",
        again::<ChecksumOrder>,
        &["table", "received"],
    ),
    value(
        "Timestamp",
        timestamp,
        &["2026-11-21T12:00:00Z", "2026-11-21T12:00:00.123+05:30"],
    ),
    value(
        "Amount",
        amount,
        &["1.00", "0", "-0.01", "79228162514264337593543950335"],
    ),
];

/// Reads a text; what is read is written so that it is read to the same.
fn again<T>(text: &str) -> bool
where
    T: FromStr<Err: Display + Debug> + Display + Debug + PartialEq,
{
    match text.parse::<T>() {
        Ok(value) => {
            let written = value.to_string();
            assert_eq!(written.parse::<T>().ok(), Some(value), "{written:?}");
            true
        }
        Err(error) => {
            drop(format!("{error} {error:?}"));
            false
        }
    }
}

/// Reads a text to a value that is not written again.
fn only<T: FromStr<Err: Display + Debug>>(text: &str) -> bool {
    let read = text.parse::<T>();
    read.map_err(|error| format!("{error} {error:?}")).is_ok()
}

fn in_full(text: &str) -> bool {
    let read = CardExpiry::from_full(text);
    if let Ok(expiry) = read {
        assert_eq!(CardExpiry::from_full(&expiry.in_full()), Ok(expiry));
    }
    read.is_ok()
}

fn timestamp(text: &str) -> bool {
    let time = Timestamp::new(text);
    drop(format!("{time} {time:?}"));
    time.unix_millis().is_some()
}

fn amount(text: &str) -> bool {
    let amount = Amount::new(text);
    if let (Some(value), Ok(read)) = (amount.value(), text.parse::<Decimal>()) {
        assert_eq!(value, read, "another amount");
    }
    for decimals in [0, 2, 28, 29, u32::MAX] {
        _ = amount.minor_units(decimals);
    }
    amount.value().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_is_read() {
        for value in VALUES {
            for sample in value.samples {
                assert!((value.read)(sample), "{}: {sample}", value.name);
            }
        }
    }

    #[test]
    fn every_type_that_is_read_from_a_text_is_fed() {
        let mut folders = vec![concat!(env!("CARGO_MANIFEST_DIR"), "/../crates").into()];
        let mut found = 0;
        while let Some(folder) = folders.pop() {
            let folder: std::path::PathBuf = folder;
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let source = match path.is_dir() {
                    true => {
                        folders.push(path);
                        continue;
                    }
                    false => std::fs::read_to_string(path).unwrap_or_default(),
                };
                for rest in source.split("\nimpl FromStr for ").skip(1) {
                    let name = rest.split(' ').next().unwrap_or_default();
                    let is_fed = VALUES.iter().any(|value| value.name == name);
                    assert!(is_fed || name == "BaseUrl", "{name} is not fed");
                    found += 1;
                }
            }
        }
        assert!(found >= 20, "{found}");
    }
}
