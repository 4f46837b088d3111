use axum::http::HeaderMap;

use super::hidden::Hidden;
use super::read::{Entry, Reader};
use super::secrecy::{REDACTED, Secrecy, is_like_a_name, looks_secret};
use super::*;
use crate::engine::journal::documented::{Documented, Names};

const DOCUMENTED: Documented = Documented {
    headers: &["Authorization", "Content-Type", "otp"],
    fields: &["user", "password"],
    has_caseless_query: false,
    takes_first_of_query: false,
};

/// The values that are kept of a body.
fn kept(content_type: &str, body: &str) -> KeptValues {
    both(content_type, body, "{}").request
}

fn both(content_type: &str, body: &str, reply: &str) -> Values {
    let names = Names::of(DOCUMENTED, None);
    let mut request = Reader::new(&names, None);
    request.body(Some(content_type), body.as_bytes(), body.len() as u64);
    let mut answer = Reader::new(&names, None);
    answer.body(Some(JSON), reply.as_bytes(), reply.len() as u64);
    Values::of(request.end(), answer.end())
}

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

fn pairs(kept: &KeptValues) -> Vec<(&str, &str)> {
    let each = kept.values.iter();
    each.map(|value| (&*value.name, &*value.value)).collect()
}

#[test]
fn a_form_is_kept_but_for_secrets() {
    let form =
        "user=Asha&card=4111111111111111&x=&note=a%26b+c&Bare&password=Quiet&4111=1&=bare&user=Uma";
    let kept = kept(FORM, form);
    let expected = [
        ("user", "Asha"),
        ("card", "411111******1111"),
        ("x", ""),
        ("note", "a&b c"),
        (REDACTED, ""),
        ("password", REDACTED),
        (REDACTED, REDACTED),
        (REDACTED, REDACTED),
        ("user", "Uma"),
    ];
    assert_eq!(pairs(&kept), expected);
    assert!(kept.values.iter().all(|value| value.is_text));
}

/// The body is as whoever forgets to encode a password sends it.
#[test]
fn a_secret_goes_on_behind_its_own_ampersand() {
    for secret in ["password", "otp", "pin", "client_secret"] {
        for tail in ["Sea=42", "Sea=&42", "a=1&b=2", "note=Sea&&=x"] {
            let kept = kept(FORM, &format!("user=Asha&{secret}=Quiet&{tail}&user=Uma"));
            let pairs = pairs(&kept);
            assert_eq!(pairs[..2], [("user", "Asha"), (secret, REDACTED)]);
            assert_eq!(pairs.last(), Some(&("user", "Uma")), "{tail}");
            for (name, value) in &pairs[2..pairs.len() - 1] {
                assert_eq!(*name, REDACTED, "{tail}");
                assert!([REDACTED, ""].contains(value), "{tail}");
            }
        }
    }
}

#[test]
fn json_is_kept_by_the_way_to_each_value() {
    let json = r#"{"user": "As\u0068a", "n": [1.50, null, {"ok": true, "pin": 12, "isPinSet": false}],
        "token": {"a": ["b", {}]}, "big": 4111111111111111, "e": [], "x": {"password ": "q"}}"#;
    let kept = kept(JSON, json);
    let expected = [
        ("user", "Asha"),
        ("n[0]", "1.50"),
        ("n[1]", "null"),
        ("n[2].ok", "true"),
        ("n[2].pin", REDACTED),
        ("n[2].isPinSet", "false"),
        ("token.a[0]", REDACTED),
        ("token.a[1]", "{}"),
        ("big", "411111******1111"),
        ("e", "[]"),
        (REDACTED, REDACTED),
    ];
    assert_eq!(pairs(&kept), expected);
    let texts: Vec<_> = kept.values.iter().map(|value| value.is_text).collect();
    assert_eq!(texts[..3], [true, false, false]);
}

#[test]
fn what_cannot_be_read_is_counted() {
    for (content_type, body) in [
        (JSON, r#"{"password": "Quiet"#),
        (JSON, "user=Asha"),
        (JSON, "\u{7f}"),
        ("text/plain", "password=Quiet"),
        ("other", "{}"),
    ] {
        let kept = kept(content_type, body);
        assert_eq!(kept.unread_bytes, body.len() as u64, "{body}");
        assert!(kept.values.is_empty());
    }
    let names = Names::of(DOCUMENTED, None);
    let mut reader = Reader::new(&names, None);
    reader.body(Some(FORM), b"a=1", 4);
    assert_eq!(reader.end().unread_bytes, 4, "not all of it came");
    // One that is no object has no name to judge it by.
    assert_eq!(pairs(&kept(JSON, r#""Quiet""#)), [("", REDACTED)]);
    assert_eq!(pairs(&kept(JSON, r#"["Quiet"]"#)), [("[0]", REDACTED)]);
}

#[test]
fn a_secret_is_hidden_wherever_else_it_comes() {
    let form = "note=my+Quiet%23Sea42!&a=1234&b=12345&Quiet%23Sea42=1&user=U&otp=1234&user=U&password=Quiet%23Sea42";
    let values = both(
        FORM,
        form,
        r#"{"said":"Quiet#Sea42","status":200,"n":1234}"#,
    );
    assert_eq!(
        pairs(&values.request),
        [
            ("note", "my [redacted]!"),
            ("a", REDACTED),
            ("b", "12345"),
            (REDACTED, REDACTED),
            ("user", "U"),
            ("otp", REDACTED),
            ("user", "U"),
            ("password", REDACTED),
        ]
    );
    assert_eq!(
        pairs(&values.reply),
        [("said", REDACTED), ("status", "200"), ("n", REDACTED)]
    );
}

#[test]
fn a_card_number_is_shown_in_part_and_a_secret_in_its_place_is_not() {
    let entry = |name: &str, text: &str, secrecy| Entry {
        part: Part::Body,
        name: name.to_owned(),
        text: text.to_owned(),
        is_text: true,
        secrecy,
    };
    for (text, password, shown) in [
        ("4111111111111111", "Quiet", "411111******1111"),
        ("411111XXXXXX1111", "Quiet", "411111******1111"),
        ("QuietSea42Quiet", "Other", REDACTED),
        ("QuietSea42Quiet", "QuietSea42Quiet", REDACTED),
        ("4111111111111111", "4111111111111111", REDACTED),
    ] {
        let entries = [
            entry("card_no", text, Secrecy::CardNumber),
            entry("password", password, Secrecy::Secret),
        ];
        let hidden = Hidden::of(entries.iter());
        assert_eq!(hidden.shown(&entries[0]).1, shown, "{text}");
    }
}

#[test]
fn a_secret_inside_of_a_value_hides_it() {
    for value in [
        r#"{"password":"x"}"#,
        r#"{\"card_pin\" : 12}"#,
        "a=1&password=x",
        "https://x.test/?access_token=x",
        "%7B%22pass%77ord%22%3A%22x%22%7D",
        "%257B%2522password%2522%253A",
        "<cvv>123</cvv>",
        "Bearer abc",
        "basic abc",
        "eyJhbGciOiJub25lIn0.e30.",
        "-----BEGIN KEY-----",
        "4111%201111%201111%201111",
    ] {
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("x", value)
            .finish();
        assert_eq!(pairs(&kept(FORM, &form)), [("x", REDACTED)], "{value}");
    }
    for value in [
        "2026-11-21T08:00:00.000Z",
        "12345678-0000-4000-8000-000000000001",
        "https://example.com/?page=2",
        "12 MG Road: 50%",
    ] {
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("x", value)
            .finish();
        assert_eq!(pairs(&kept(FORM, &form)), [("x", value)]);
    }
}

#[test]
fn names_that_sound_secret() {
    for name in [
        "password",
        "Password",
        "PASSWORD",
        "user_password",
        "userPassword",
        "pass-word",
        "passwd",
        "pwd",
        "new_pwd",
        "pin",
        "cardPin",
        "card_pin",
        "CARDPIN",
        "mpin",
        "cvv",
        "CVV2",
        "card.cvc",
        "otp",
        "otp_code",
        "loginOtp",
        "token",
        "access_token",
        "accessToken",
        "accesstoken",
        "tokens",
        "secret",
        "client_secret",
        "TOTP",
        "checksum",
        "check_sum",
        "signature",
        "affiliate",
        "processor-key",
        "apiKey",
        "API_KEY",
        "x-api-key",
        "Authorization",
        "authorisation",
        "proxy-authorization",
        "cookie",
        "set-cookie",
        "session",
        "sessionPassword",
        "pass%77ord",
        "password[]",
        "password[0]",
        "a[password]",
        "data.token.x",
        "privateKey",
        "securityCode",
    ] {
        assert!(looks_secret(name), "{name}");
    }
    for name in [
        "",
        "user",
        "pincode",
        "pinCode1x",
        "city",
        "tokenizations",
        "status",
        "entity_id",
        "card_no",
        "lastFour",
        "postalCode",
        "messageCode",
        "expires_in",
        "compass",
        "keyboard_x",
        "shipping",
        "authorName",
    ] {
        let is_two_words = name == "pinCode1x";
        assert_eq!(looks_secret(name), is_two_words, "{name}");
    }
}

#[test]
fn names_that_can_be_shown() {
    for name in ["", "status[]", "cards[12].cardId", "x-y_z", "address2"] {
        assert!(is_like_a_name(name), "{name}");
    }
    let long = "x".repeat(97);
    for name in [
        "Quiet#Sea",
        "a b",
        "4111",
        "é",
        "a[41111]",
        "a@b",
        "x[1234567]",
        &long,
    ] {
        assert!(!is_like_a_name(name), "{name}");
    }
}

#[test]
fn values_are_bounded_and_say_by_how_much() {
    let long = "é".repeat(1000);
    let form = format!("a={long}&b=1");
    let kept = kept(FORM, &form);
    assert_eq!(kept.values[0].value, "é".repeat(512));
    assert_eq!(
        (kept.values[0].more_bytes, kept.values[1].more_bytes),
        (976, 0)
    );

    let many: String = (0..5000).map(|_| "a=0123456789&").collect();
    let kept = super::tests::kept(FORM, &many);
    assert!(kept.values.len() > 100 && kept.values.len() + kept.left_out == 5000);
    assert!(kept.weight() <= MOST, "{}", kept.weight());
    let values = Values {
        request: kept.clone(),
        reply: kept,
    };
    assert_eq!(values.weight(), 2 * values.reply.weight());

    // Names that grow with their depth take no more.
    let name = "n".repeat(200);
    let deep = format!(r#"{{"{name}":"#).repeat(20) + "1" + &"}".repeat(20);
    assert_eq!(
        pairs(&super::tests::kept(JSON, &deep)),
        [(REDACTED, REDACTED)]
    );
    let deep = "[".repeat(100) + &"]".repeat(100);
    assert_eq!(super::tests::kept(JSON, &deep).left_out, 1);
    // More secrets than are looked for.
    let many: String = (0..200).map(|at| format!("password=Quiet{at}&")).collect();
    let kept = super::tests::kept(FORM, &format!("city=Kochi&{many}"));
    assert_eq!(pairs(&kept)[0], ("city", REDACTED));
}

#[test]
fn headers_are_documented_ones_and_debug_shows_names_alone() {
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("content-type", "application/json"),
        ("authorization", "Bearer Quiet#Sea42"),
        ("otp", "123456"),
        ("x-canary", "Canary"),
    ] {
        headers.insert(name, value.parse().unwrap());
    }
    let names = Names::of(DOCUMENTED, None);
    let mut reader = Reader::new(&names, None);
    reader.headers(&headers);
    reader.pairs(Part::Query, b"city=Kochi&x=Quiet%23Sea42");
    let values = Values::of(reader.end(), Draft::default());
    assert_eq!(
        pairs(&values.request),
        [
            ("Content-Type", "application/json"),
            ("Authorization", REDACTED),
            ("otp", REDACTED),
            ("city", "Kochi"),
            ("x", REDACTED),
        ]
    );
    let debug = format!("{values:?}");
    assert!(
        debug.contains("city") && !debug.contains("Kochi"),
        "{debug}"
    );
}
