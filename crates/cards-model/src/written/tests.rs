use proptest::prelude::*;
use serde::de::value::Error as Plain;
use serde::de::{DeserializeOwned, IntoDeserializer as _};

use super::*;
use crate::lenient;

#[derive(Deserialize, Clone, Debug, PartialEq)]
struct Read {
    #[serde(default, deserialize_with = "lenient::integer")]
    n: Option<i64>,
    #[serde(default, deserialize_with = "lenient::nearest_integer")]
    nearest: Option<i128>,
    #[serde(default, deserialize_with = "lenient::optional_text")]
    t: Option<String>,
    #[serde(default, deserialize_with = "lenient::boolean")]
    b: Option<bool>,
}

/// Reads from each source of JSON that keeps the text, which must agree.
fn from_each<T: DeserializeOwned + Clone + PartialEq + fmt::Debug>(
    json: &str,
) -> Result<T, String> {
    let read = serde_json::from_str(json).map_err(|error| error.to_string());
    let bytes = json.as_bytes();
    assert_eq!(
        serde_json::from_slice(bytes).ok(),
        read.clone().ok(),
        "{json}"
    );
    assert_eq!(
        serde_json::from_reader(bytes).ok(),
        read.clone().ok(),
        "{json}"
    );
    read
}

fn integer(value: &str) -> Option<i64> {
    let number = from_each::<Read>(&format!(r#"{{"n": {value} }}"#)).ok();
    let text = from_each::<Read>(&format!(r#"{{"n":" {value}\n"}}"#)).ok();
    assert_eq!(number, text, "{value} as text");
    number?.n
}

fn text(value: &str) -> Option<String> {
    from_each::<Read>(&format!(r#"{{"t": {value} }}"#)).ok()?.t
}

proptest! {
    #[test]
    fn a_whole_number_is_itself_in_every_form(number in any::<i64>(), zeros in 0_usize..40) {
        let fraction = "0".repeat(zeros);
        prop_assert_eq!(integer(&number.to_string()), Some(number));
        prop_assert_eq!(integer(&format!("{number}.{fraction}0")), Some(number));
        prop_assert_eq!(integer(&format!("{number}{fraction}E-{zeros}")), Some(number));
        prop_assert_eq!(integer(&format!("{number}.0{fraction}e0")), Some(number));
        let (most, rest) = (number / 1000, (number % 1000).abs());
        let sign = if number < 0 { "-" } else { "" };
        let moved = format!("{sign}{}.{rest:03}{fraction}e+3", most.unsigned_abs());
        prop_assert_eq!(integer(&moved), Some(number));
        for miss in [".5", ".05", ".0000000000000000000000001", "e-400"] {
            prop_assert_eq!(integer(&format!("{number}{miss}")), Some(0).filter(|_| {
                number == 0 && miss.starts_with('e')
            }), "{}", miss);
        }
    }

    #[test]
    fn a_number_in_the_place_of_a_text_is_its_digits(
        number in "-?(0|[1-9][0-9]{0,60})", zeros in "0{1,30}", rest in "[0-9]{0,20}[1-9]",
    ) {
        prop_assert_eq!(text(&number), Some(number.clone()));
        prop_assert_eq!(text(&format!("{number}.{zeros}")), Some(number.clone()));
        // A text is kept as it came, whatever it looks like.
        let quoted = format!("\"{number}.{zeros}\"");
        prop_assert_eq!(text(&quoted), Some(format!("{number}.{zeros}")));
        for miss in [format!("{number}.{rest}"), format!("{number}e2"), format!("{number}.0e0")] {
            prop_assert_eq!(text(&miss), None, "{}", miss);
        }
    }
}

#[test]
fn numbers_beyond_an_integer_are_the_nearest_where_that_is_asked_for() {
    let nearest = |value: &str| {
        from_each::<Read>(&format!(r#"{{"nearest":{value}}}"#))
            .ok()?
            .nearest
    };
    let (most, least) = (Some(i128::MAX), Some(-i128::MAX));
    assert_eq!(
        nearest("9223372036854775808"),
        Some(9_223_372_036_854_775_808)
    );
    assert_eq!(nearest("1e30"), Some(10_i128.pow(30)));
    for huge in ["1e39", "1e400", "1e99999999999999999999", &"9".repeat(400)] {
        assert_eq!(nearest(huge), most, "{huge}");
        assert_eq!(nearest(&format!("-{huge}")), least, "{huge}");
        assert_eq!(integer(huge), None, "{huge}");
    }
    for zero in [
        "0",
        "-0.0",
        "0e400",
        "0e-99999999999999999999",
        "-0e99999999999999999999",
    ] {
        assert_eq!(nearest(zero), Some(0), "{zero}");
    }
    for none in [
        "1e-400",
        "1e-99999999999999999999",
        "0.1",
        "[1]",
        "true",
        "\"x\"",
        "{}",
    ] {
        assert!(
            from_each::<Read>(&format!(r#"{{"nearest":{none}}}"#)).is_err(),
            "{none}"
        );
    }
    for edge in ["9223372036854775807", "-9223372036854775808"] {
        assert_eq!(integer(&format!("{edge}.0")), edge.parse().ok());
    }
    assert_eq!(integer("9223372036854775808.0"), None);
    assert_eq!(integer("-9223372036854775810.0"), None);
}

#[test]
fn a_text_that_looks_like_a_number_is_one_where_its_form_is() {
    let integer =
        |text: &str| from_each::<Read>(&format!(r#"{{"n":"{text}"}}"#)).map(|read| read.n);
    assert_eq!(integer("007"), Ok(Some(7)));
    assert_eq!(integer(" +7.0 "), Ok(Some(7)));
    assert_eq!(integer("\\u0037"), Ok(Some(7)));
    assert_eq!(integer("  "), Ok(None));
    for wrong in [
        "+-7", "--7", "7.", ".0", "7e", "e7", "7e+-1", "1_0", "0x7", "7 7", "inf", "٣",
    ] {
        assert!(integer(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_plain_value_is_lent() {
    for json in ["\"4622940000003713\"", "184467440737095516160", "7.000"] {
        let text = serde_json::from_str::<Written<'_>>(json).unwrap().text();
        assert!(matches!(text, Some(Cow::Borrowed(_))), "{json}");
    }
    let text = serde_json::from_str::<Written<'_>>(r#""a\u0062""#)
        .unwrap()
        .text();
    assert_eq!(text.as_deref(), Some("ab"));
    assert!(
        serde_json::from_str::<Written<'_>>(r#""\ud800""#)
            .unwrap()
            .text()
            .is_none()
    );
}

#[test]
fn values_of_another_format_are_read_as_they_are_given() {
    #[derive(Deserialize)]
    struct Around {
        #[serde(flatten)]
        read: Read,
    }
    let json = r#"{"n":"7","t":8,"b":true,"nearest":null}"#;
    let expected = Read {
        n: Some(7),
        t: Some("8".into()),
        b: Some(true),
        nearest: None,
    };
    assert_eq!(serde_json::from_str::<Around>(json).unwrap().read, expected);
    let value = serde_json::from_str::<serde_json::Value>(json).unwrap();
    assert_eq!(Read::deserialize(&value).unwrap(), expected);
    assert_eq!(serde_json::from_value::<Read>(value).unwrap(), expected);
    // The digits are in no float, and a list or an object is read to its end.
    for other in [
        r#"{"n":7.0}"#,
        r#"{"n":[[7],{"a":8}]}"#,
        r#"{"n":{"a":[7],"b":8}}"#,
    ] {
        assert!(serde_json::from_str::<Around>(other).is_err(), "{other}");
    }
    let text = |written: Result<Written<'_>, Plain>| written.unwrap().text().map(Cow::into_owned);
    assert_eq!(
        text(Written::deserialize("a".into_deserializer())),
        Some("a".into())
    );
    assert_eq!(
        text(Written::deserialize(7_u64.into_deserializer())),
        Some("7".into())
    );
    assert_eq!(
        text(Written::deserialize((-7_i64).into_deserializer())),
        Some("-7".into())
    );
    assert_eq!(
        text(Written::deserialize(u128::MAX.into_deserializer())),
        Some(u128::MAX.to_string())
    );
    assert_eq!(
        text(Written::deserialize(7.5_f64.into_deserializer())),
        None
    );
    assert_eq!(text(Written::deserialize(().into_deserializer())), None);
}
