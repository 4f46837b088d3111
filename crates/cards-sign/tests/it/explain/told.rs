//! The words in which it is told, the work that it takes, and the secrets that it keeps.

use cards_sign::{
    Explain, FieldRef, MAX_BYTES, MAX_FIELDS, MAX_HASHED, MAX_TRIED, MOST_EXPLAINED_BYTES, Mistake,
    checksum, explain,
};
use proptest::prelude::*;

use super::{FIELDS, ORDERS, SECRET, TABLE, arranged, digest, explained};

#[test]
fn messages() {
    let values = FIELDS.map(|(_, value)| value);
    let right = checksum(values, SECRET.as_bytes()).to_string();
    assert!(explained(&right).is_right());
    assert_eq!(explained(&right).tried(), 0);
    insta::assert_snapshot!(explained(&right), @"The sender hashed the values in the order received, and then the secret, as documented. A verifier that refuses this joins them in another order.");
    insta::assert_snapshot!(explained(&right.to_uppercase()), @"The checksum is in uppercase hex: write its 64 digits in lowercase. The sender hashed the values in the order received, and then the secret, as documented.");

    let example: String = arranged(ORDERS[2])
        .into_iter()
        .map(|(_, value)| value)
        .collect();
    insta::assert_snapshot!(explained(&digest(&(example.clone() + SECRET))), @"The sender hashed the values in the order of the request example, and then the secret, but sent them in another order. Send them as they are signed, or let the verifier use the order `example`.");
    insta::assert_snapshot!(explained(&digest(&example)), @"The sender hashed the values in the order of the request example, without the secret. Append the secret after the last value.");
    insta::assert_snapshot!(explained(&digest(&(values.concat() + SECRET + "\n"))), @r"The sender hashed the values in the order received, with a line break (`\n`) after the secret. Strip the line break, which text files and `echo` add at their end.");
    insta::assert_snapshot!(explained(&digest(&(values[1..].concat() + SECRET))), @"The sender hashed the values in the order received, without `email` (or with it empty, which hashes the same). Hash each value that is sent, and send each value that is hashed.");
    insta::assert_snapshot!(explained(&digest("something else")), @"No order of the fields and no known mistake gives this checksum (7174 tried). Compare the secret on both sides first, then look for a value that changed after it was hashed.");
    insta::assert_snapshot!(explained("91f5evhk72f56432ec678sdfes685h42sd2t21k430912508233b7r37562g2hps"), @"The checksum is the placeholder from Airpay's documents, which is no digest: compute one for each request.");

    let something_else = digest("something else");
    let few = explain(&Explain::new(&FIELDS[..2], b"", &something_else).table(&TABLE));
    insta::assert_snapshot!(few, @"No order of the fields and no known mistake gives this checksum (1536 tried). The secret configured here is empty. Not in the body, so not to be hashed: `state`, `address`, `otp`.");
    assert_eq!(few.absent(), ["state", "address", "otp"]);
}

#[test]
fn a_name_that_nobody_listed_may_be_a_value_and_goes_by_number() {
    let fields = [("first", "1"), ("hunter2", "x")];
    let sum = checksum(["1"], SECRET.as_bytes()).to_string();
    let input = Explain::new(&fields, SECRET.as_bytes(), &sum);
    let left_out = |input| {
        let explanation = explain(&input);
        let cause = explanation.matched().expect("a cause").clone();
        cause.mistakes.first().cloned()
    };
    let numbered = Mistake::LeftOut(FieldRef::Numbered(2));
    assert_eq!(left_out(input), Some(numbered.clone()));
    assert_eq!(left_out(input.table(&["first"])), Some(numbered));
    let named = Some(Mistake::LeftOut(FieldRef::Named("hunter2".to_owned())));
    assert_eq!(left_out(input.table(&["hunter2"])), named);
    assert_eq!(left_out(input.example(&["hunter2"])), named);
}

#[test]
fn work_is_bounded() {
    let given = digest("something else");
    let value = " 0A+b%41/&";
    let names: Vec<String> = (0..=MAX_FIELDS)
        .rev()
        .map(|at| format!("name{at:03}"))
        .collect();
    let fields: Vec<(&str, &str)> = names.iter().map(|name| (&**name, value)).collect();
    let full = Explain::new(&fields[1..], SECRET.as_bytes(), &given);
    let (table, example) = ([fields[2].0], [fields[3].0]);
    let full = explain(&full.table(&table).example(&example));
    assert!(!full.is_limited());
    assert!(full.tried() <= MAX_TRIED, "{}", full.tried());

    let many = explain(&Explain::new(&fields, SECRET.as_bytes(), &given));
    assert!(many.is_limited());
    assert_eq!(many.tried(), 0);
    insta::assert_snapshot!(many, @"The values in the order received do not give this checksum; the body is too large to try other orders and mistakes. Compare the secret on both sides first, then look for a value that changed after it was hashed.");

    let most = MAX_BYTES - "name".len() - SECRET.len();
    for (length, is_limited) in [(most, false), (most + 1, true)] {
        let long = "v".repeat(length);
        let long = explain(&Explain::new(&[("name", &long)], SECRET.as_bytes(), &given));
        assert_eq!(long.is_limited(), is_limited, "{length}");
    }
}

/// A JSON text is parsed, as its members are told, only where it is not too large for a search.
#[test]
fn a_large_json_text_is_not_parsed() {
    let given = digest("something else");
    let most = MAX_BYTES - r#"{"name":""}"#.len() - SECRET.len();
    for (length, is_large) in [(most, false), (most + 1, true), (64 * MAX_BYTES, true)] {
        let json = format!(r#"{{"name":"{}"}}"#, "v".repeat(length));
        let told = explain(&Explain::new(&[(&json, "")], SECRET.as_bytes(), &given));
        assert_eq!(
            (told.is_json(), told.is_limited()),
            (!is_large, is_large),
            "{length}"
        );
    }
}

#[test]
fn the_bounds_are_the_documented_ones() {
    assert_eq!((MAX_FIELDS, MAX_BYTES), (64, 16_384));
    assert_eq!((MAX_TRIED, MAX_HASHED), (10_000, 16_777_216));
    assert_eq!(MOST_EXPLAINED_BYTES, 65_536);
}

#[test]
fn the_input_does_not_print_what_it_holds() {
    let names = ["a"];
    let input =
        Explain::new(&[("a", "marker-value")], b"marker-secret", "marker-given").table(&names);
    insta::assert_snapshot!(format!("{input:?}"), @r#"Explain { fields: 1, table: ["a"], example: [], .. }"#);
}

/// A text that cannot occur in a message by chance.
fn marker() -> impl Strategy<Value = String> {
    "[a-z ]{0,3}MARKER[0-9]{1,3}"
}

proptest! {
    // Each takes thousands of digests.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nothing_is_given_away(
        mut fields in proptest::collection::vec(("[a-z_]{0,6}|\\PC{0,6}", marker()), 0..12),
        secret in marker(),
        swapped in any::<bool>(),
        way in 0..8,
        other in "\\PC*|[0-9a-fA-F]{64}",
    ) {
        if swapped {
            // A body taken apart wrongly: values, and the secret, as names.
            fields = fields.into_iter().map(|(name, value)| (value, name)).collect();
            fields.push((secret.clone(), "x".to_owned()));
        }
        let values: String = fields.iter().map(|(_, value)| &**value).collect();
        let but_last: String = fields.iter().rev().skip(1).rev().map(|(_, value)| &**value).collect();
        let given = match way {
            0 => digest(&(values + &secret)),
            1 => digest(&values),
            2 => digest(&(secret.clone() + &values)),
            3 => digest(&(but_last + &secret)),
            4 => digest(&(values + &secret)).to_uppercase(),
            5 => secret.clone(),
            6 => values,
            _ => other,
        };
        let borrowed: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (&**name, &**value)).collect();
        let input = Explain::new(&borrowed, secret.as_bytes(), &given);
        let explanation = explain(&input);
        for said in [explanation.to_string(), format!("{explanation:?}"), format!("{input:?}")] {
            prop_assert!(!said.contains("MARKER"), "{}", said);
        }
        prop_assert!(explanation.tried() <= MAX_TRIED);
        prop_assert!(explanation.matched().is_some() || !matches!(way, 0..=4));
    }
}
