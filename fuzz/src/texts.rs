//! Texts that people write: addresses, commands, dates, rules, the lines of fixtures.

use cards_model::{Amount, CardExpiry, Date, DocExpiry, Rule, Timestamp, UtcOffset, Waiver};
use cards_sign::{Checksum, Explain, Order, Recipe, SignatureKey};
use cards_transport::{BaseUrl, Rate};
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
        0 => drop(toml::from_str::<conformance::fixture::Meta>(text).map_err(|e| e.to_string())),
        1 => drop(toml::from_str::<conformance::fixture::Check>(text).map_err(|e| e.to_string())),
        2 => drop(toml::from_str::<conformance::fixture::Stages>(text).map_err(|e| e.to_string())),
        3 => drop(toml::from_str::<conformance::fixture::World>(text).map_err(|e| e.to_string())),
        _ => drop(WireRequest::parse(rest).map_err(|e| format!("{e:?}"))),
    }
}

/// Reads one value, of the kind that the first byte chooses: dates, times, expiries, amounts,
/// rules, checksums, keys, rates.
pub fn text(data: &[u8]) {
    let (kind, rest) = choice(data);
    let (first, _) = line(rest);
    let Ok(text) = str::from_utf8(first) else {
        return;
    };
    match kind % 14 {
        0 => again::<Date>(text),
        1 => again::<CardExpiry>(text),
        2 => {
            if let Ok(expiry) = CardExpiry::from_full(text) {
                assert_eq!(CardExpiry::from_full(&expiry.in_full()), Ok(expiry));
            }
        }
        3 => again::<UtcOffset>(text),
        4 => again::<DocExpiry>(text),
        5 => again::<Rule>(text),
        6 => again::<Waiver>(text),
        7 => again::<Order>(text),
        8 => again::<Recipe>(text),
        9 => again::<Checksum>(text),
        10 => drop(
            text.parse::<SignatureKey>()
                .map_err(|error| error.to_string()),
        ),
        11 => drop(text.parse::<Rate>().map_err(|error| error.to_string())),
        12 => {
            let time = Timestamp::new(text);
            drop((time.unix_millis(), format!("{time} {time:?}")));
        }
        _ => {
            let amount = Amount::new(text);
            if let (Some(value), Ok(read)) = (amount.value(), text.parse::<Decimal>()) {
                assert_eq!(value, read, "another amount");
            }
            for decimals in [0, 2, 28, 29, u32::MAX] {
                _ = amount.minor_units(decimals);
            }
        }
    }
}

/// Reads a text; what is read is written so that it is read to the same.
fn again<T>(text: &str)
where
    T: std::str::FromStr + std::fmt::Display + std::fmt::Debug + PartialEq,
    T::Err: std::fmt::Display + std::fmt::Debug,
{
    match text.parse::<T>() {
        Ok(value) => {
            let written = value.to_string();
            assert_eq!(written.parse::<T>().ok(), Some(value), "{written:?}");
        }
        Err(error) => drop(format!("{error} {error:?}")),
    }
}
