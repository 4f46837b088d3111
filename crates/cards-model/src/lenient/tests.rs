use proptest::prelude::*;

use super::*;

#[derive(Deserialize, Debug, PartialEq)]
struct Sample {
    #[serde(default, deserialize_with = "integer")]
    n: Option<i64>,
    #[serde(default, deserialize_with = "optional_text")]
    t: Option<String>,
    #[serde(default, deserialize_with = "list")]
    l: Vec<u8>,
    #[serde(default, deserialize_with = "boolean")]
    b: Option<bool>,
}

fn sample(json: &str) -> Sample {
    serde_json::from_str(json).unwrap()
}

#[test]
fn absent_null_and_either_form_are_read() {
    let empty = Sample {
        n: None,
        t: None,
        l: vec![],
        b: None,
    };
    assert_eq!(sample("{}"), empty);
    assert_eq!(sample(r#"{"n":null,"t":null,"l":null,"b":null}"#), empty);
    let full = Sample {
        n: Some(7),
        t: Some("8".into()),
        l: vec![9],
        b: Some(true),
    };
    assert_eq!(sample(r#"{"n":7,"t":"8","l":[9],"b":true}"#), full);
    assert_eq!(sample(r#"{"n":"7","t":8,"l":[9],"b":1}"#), full);
    assert_eq!(sample(r#"{"n":"","b":""}"#), empty);
    assert_eq!(sample(r#"{"b":"False"}"#).b, Some(false));
    assert_eq!(sample(r#"{"n":7.0}"#).n, Some(7));
    assert_eq!(sample(r#"{"n":" 7.0 "}"#).n, Some(7));
    for wrong in [
        r#"{"n":7.5}"#,
        r#"{"n":1e300}"#,
        r#"{"b":2}"#,
        r#"{"b":"maybe"}"#,
        r#"{"n":"x"}"#,
    ] {
        assert!(serde_json::from_str::<Sample>(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_number_beside_what_matters_is_read_by_its_digits() {
    #[derive(Deserialize)]
    struct Odd {
        #[serde(default, deserialize_with = "text_if_any")]
        t: Option<String>,
    }

    for (number, digits) in [
        ("-7", Some("-7")),
        ("9223372036854775808", Some("9223372036854775808")),
        ("184467440737095516160000", Some("184467440737095516160000")),
        ("7999999999999997.0", Some("7999999999999997")),
        ("7.00", Some("7")),
        ("12.50", None),
        ("7e2", None),
        ("1e400", None),
    ] {
        let json = format!(r#"{{"t": {number} }}"#);
        let read = serde_json::from_str::<Odd>(&json).unwrap();
        assert_eq!(read.t.as_deref(), digits, "{number}");
    }
    let read = |json: &str| serde_json::from_str::<Odd>(json).unwrap().t;
    assert_eq!(read(r#"{"t":"a\u0062\n"}"#).as_deref(), Some("ab\n"));
    assert_eq!(read(r#"{"t": "ab" }"#).as_deref(), Some("ab"));
    assert_eq!(read(r#"{"t":""}"#).as_deref(), Some(""));
    for none in ["true", "null", "[7]", r#"{"a":7}"#] {
        assert_eq!(read(&format!(r#"{{"t":{none}}}"#)), None, "{none}");
    }
    assert_eq!(read("{}"), None);
    let value = serde_json::json!({"t": 9_223_372_036_854_775_808_u64});
    let read = serde_json::from_value::<Odd>(value).unwrap().t;
    assert_eq!(read.as_deref(), Some("9223372036854775808"));
}

#[derive(Deserialize, Debug, PartialEq)]
struct Token {
    #[serde(default, deserialize_with = "seconds")]
    expires_in: Option<i64>,
}

/// Reads a lifetime from each source of JSON, which must agree, and returns
/// it. `None`: the value is no JSON.
fn lifetime(value: &str) -> Option<Option<i64>> {
    let json = format!(r#"{{"expires_in":{value}}}"#);
    let token = serde_json::from_str::<Token>(&json).ok();
    let from_slice = serde_json::from_slice(json.as_bytes()).ok();
    assert_eq!(from_slice, token, "{value}: from a slice");
    let from_reader = serde_json::from_reader(json.as_bytes()).ok();
    assert_eq!(from_reader, token, "{value}: from a reader");
    // A value holds no number beyond the range of a float, and of others
    // perhaps the float beside the nearest.
    if let Ok(tree) = serde_json::from_str::<serde_json::Value>(&json) {
        let read = token.as_ref().unwrap().expires_in.unwrap_or(0);
        let lent = Token::deserialize(&tree).unwrap().expires_in;
        let off = lent.unwrap_or(0).abs_diff(read);
        assert!(
            off <= 1 + read.unsigned_abs() / (1 << 52),
            "{value}: {lent:?}"
        );
        let given = serde_json::from_value::<Token>(tree).unwrap().expires_in;
        assert_eq!(given, lent, "{value}: from a value");
    }
    Some(token?.expires_in)
}

#[test]
fn a_lifetime_is_read_in_any_form() {
    for value in [
        "3600",
        "3600.0",
        "3600.9",
        "\"3600\"",
        "\" 3600.5 \"",
        "\"\\t3600\\u0020\"",
        "\"+3600\"",
        "3.6e3",
        "36000E-1",
    ] {
        assert_eq!(lifetime(value), Some(Some(3600)), "{value}");
    }
    for huge in [
        "18446744073709551616",
        "9223372036854775808",
        "1e300",
        "1e400",
        &"9".repeat(400),
        "\"99999999999999999999999\"",
        "\"1e400\"",
    ] {
        assert_eq!(lifetime(huge), Some(Some(i64::MAX)), "{huge}");
    }
    for none in [
        "null",
        "\"\"",
        "\"soon\"",
        "0",
        "-1",
        "-1e400",
        "-9223372036854775808",
        "0.5",
        "true",
        "[]",
        "[3600]",
        "{}",
        "{\"a\":3600}",
        "\"NaN\"",
        "\"\\\"3600\\\"\"",
        "\"36 00\"",
    ] {
        assert_eq!(lifetime(none), Some(None), "{none}");
    }
    for no_json in ["", "03600", "3600s", "+3600", "\"3600", "[3600", "NaN"] {
        assert_eq!(lifetime(no_json), None, "{no_json}");
    }
    let absent = serde_json::from_value::<Token>(serde_json::json!({}));
    assert_eq!(absent.unwrap().expires_in, None);
}

proptest! {
    /// A number and the same as text are one, whatever reads them.
    #[test]
    fn a_lifetime_is_the_same_from_every_source(
        number in prop_oneof![
            any::<i64>().prop_map(|n| n.to_string()),
            any::<u64>().prop_map(|n| n.to_string()),
            any::<f64>()
                .prop_filter("JSON has no other", |n| n.is_finite())
                .prop_map(|n| format!("{n:?}")),
            "-?[1-9][0-9]{0,25}(\\.[0-9]{1,5})?([eE][+-]?[0-9]{1,3})?",
        ],
    ) {
        let read = lifetime(&number);
        let whole = number.parse::<f64>().unwrap();
        // A number that is too large for an integer becomes the largest.
        prop_assert_eq!(read, Some((whole >= 1.0).then_some(whole as i64)));
        prop_assert_eq!(lifetime(&format!("\"{number}\"")), read);
        prop_assert_eq!(lifetime(&format!(" \"\\n {number} \" ")), read);
    }

    #[test]
    fn no_value_beside_a_token_loses_it(text in "\\PC{0,8}|[ +0-9.eE\"-]{0,8}") {
        let text = serde_json::to_string(&text).unwrap();
        for value in [format!("[{text},1]"), format!("{{{text}:[3,null]}}"), text] {
            prop_assert!(lifetime(&value).is_some());
        }
    }
}

#[derive(Deserialize, Debug, PartialEq)]
struct Named {
    #[serde(deserialize_with = "id")]
    id: String,
    #[serde(default, deserialize_with = "optional_list")]
    some: Option<Vec<u8>>,
    #[serde(default, deserialize_with = "list_or_empty")]
    all: Vec<u8>,
}

fn named(json: &str) -> Option<Named> {
    let read = serde_json::from_str(json).ok();
    assert_eq!(serde_json::from_slice(json.as_bytes()).ok(), read, "{json}");
    assert_eq!(
        serde_json::from_reader(json.as_bytes()).ok(),
        read,
        "{json}"
    );
    read
}

proptest! {
    /// However large the number is, and as text too.
    #[test]
    fn an_id_is_read_by_all_its_digits(digits in "-?[1-9][0-9]{0,60}") {
        for json in [
            format!(r#"{{"id": {digits} }}"#),
            format!(r#"{{"id":{digits}.00}}"#),
            format!(r#"{{"id":"{digits}"}}"#),
        ] {
            prop_assert_eq!(named(&json).map(|named| named.id), Some(digits.clone()));
        }
        for json in [format!(r#"{{"id":{digits}.5}}"#), format!(r#"{{"id":{digits}e2}}"#)] {
            prop_assert_eq!(named(&json), None);
        }
    }

    #[test]
    fn an_id_is_read_from_any_text_but_an_empty_one(text in "\\PC{0,8}|[\\\\\"\u{0}-\u{1f}é😀]{0,4}") {
        let json = serde_json::json!({ "id": text }).to_string();
        let expected = Some(text).filter(|text| !text.trim().is_empty());
        prop_assert_eq!(named(&json).map(|named| named.id), expected);
    }
}

#[test]
fn an_empty_object_is_an_empty_list_and_another_one_is_none() {
    let lists = |lists: &str| {
        let named = named(&format!(r#"{{"id":"c",{lists}}}"#))?;
        Some((named.some, named.all))
    };
    assert_eq!(
        lists(r#""some":[1],"all":[2]"#),
        Some((Some(vec![1]), vec![2]))
    );
    for none in ["{}", "{ }", "[]"] {
        let all = format!(r#""some":{none},"all":{none}"#);
        assert_eq!(lists(&all), Some((Some(vec![]), vec![])), "{none}");
    }
    assert_eq!(lists(r#""some":null,"all":null"#), Some((None, vec![])));
    for wrong in [r#"{"a":1}"#, "7", r#""""#, r#"["x"]"#, "{1}"] {
        assert_eq!(lists(&format!(r#""some":{wrong}"#)), None, "{wrong}");
        assert_eq!(lists(&format!(r#""all":{wrong}"#)), None, "{wrong}");
    }
}
