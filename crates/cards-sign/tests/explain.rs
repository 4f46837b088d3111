//! Each mistake that `explain` claims to find, made on purpose and found, in every order; and nothing given away.

use cards_sign::{
    Arrangement, Charset, Encoding, Explain, Explanation, FieldRef, Given, HmacKey, LineBreak,
    MAX_BYTES, MAX_FIELDS, MAX_TRIED, Mistake, Names, Order, Place, Reach, Rewrite, Twice, Word,
    checksum, explain,
};
use proptest::prelude::*;

const SECRET: &str = "fake-secret-for-tests";
/// The orders differ from each other, also when any one field is left out.
const FIELDS: [(&str, &str); 5] = [
    ("email", "ada+card@example.com"),
    ("city", "Frankfurt am Main"),
    ("state", "He/sse"),
    ("address", "Zeil 1"),
    ("otp", ""),
];
const TABLE: [&str; 5] = ["state", "email", "address", "city", "otp"];
const EXAMPLE: [&str; 5] = ["city", "address", "state", "email", "otp"];
const ORDERS: [Arrangement; 10] = [
    Arrangement::Received,
    Arrangement::Strategy(Order::Table),
    Arrangement::Strategy(Order::Example),
    Arrangement::Strategy(Order::Sorted),
    Arrangement::ByValue,
    Arrangement::Reversed,
    Arrangement::StrategyReversed(Order::Table),
    Arrangement::StrategyReversed(Order::Example),
    Arrangement::StrategyReversed(Order::Sorted),
    Arrangement::ByValueReversed,
];

fn explained(given: &str) -> Explanation {
    explain(
        &Explain::new(&FIELDS, SECRET.as_bytes(), given)
            .table(&TABLE)
            .example(&EXAMPLE),
    )
}

fn digest(pre_image: &str) -> String {
    checksum([pre_image], b"").to_string()
}

fn arranged(order: Arrangement) -> Vec<(&'static str, &'static str)> {
    let names: &[&str] = match order {
        Arrangement::Received | Arrangement::Reversed => {
            &["email", "city", "state", "address", "otp"]
        }
        Arrangement::Strategy(Order::Table) | Arrangement::StrategyReversed(Order::Table) => &TABLE,
        Arrangement::Strategy(Order::Example) | Arrangement::StrategyReversed(Order::Example) => {
            &EXAMPLE
        }
        Arrangement::Strategy(Order::Sorted) | Arrangement::StrategyReversed(Order::Sorted) => {
            &["address", "city", "email", "otp", "state"]
        }
        _ => &["otp", "city", "state", "address", "email"],
    };
    let backwards = matches!(
        order,
        Arrangement::Reversed | Arrangement::StrategyReversed(_) | Arrangement::ByValueReversed
    );
    let field = |name: &&str| {
        *FIELDS
            .iter()
            .find(|(other, _)| other == name)
            .expect("a field")
    };
    let mut fields: Vec<_> = names.iter().map(field).collect();
    if backwards {
        fields.reverse();
    }
    fields
}

/// Makes a checksum with a mistake in each order, and expects to be told both. Of orders in which the mistake comes to
/// the same, the first is told.
fn finds(mistake: Option<Mistake>, made: impl Fn(&[(&str, &str)]) -> String) {
    for order in ORDERS {
        let given = made(&arranged(order));
        let told = ORDERS
            .into_iter()
            .find(|other| made(&arranged(*other)) == given);
        let explanation = explained(&given);
        let cause = explanation.matched().expect("a cause");
        assert_eq!(
            (Some(cause.order), cause.mistakes.first()),
            (told, mistake.as_ref()),
            "{explanation}"
        );
        assert_eq!(explanation.given(), Given::Lowercase);
        assert_eq!(
            explanation.is_right(),
            mistake.is_none() && order == Arrangement::Received
        );
    }
}

/// The same, for a mistake that shows in the values joined with `between`.
fn finds_in_values(mistake: Mistake, between: &str, pre_image: impl Fn(String) -> String) {
    finds(Some(mistake), |fields| {
        let values: Vec<&str> = fields.iter().map(|(_, value)| *value).collect();
        digest(&pre_image(values.join(between)))
    });
}

#[test]
fn the_order_alone() {
    finds(None, |fields| {
        checksum(fields.iter().map(|(_, value)| *value), SECRET.as_bytes()).to_string()
    });
}

#[test]
fn the_secret_missing() {
    finds_in_values(Mistake::SecretMissing, "", |values| values);
}

#[test]
fn the_secret_first() {
    finds_in_values(Mistake::SecretFirst, "", |values| {
        format!("{SECRET}{values}")
    });
}

#[test]
fn the_secret_twice() {
    finds_in_values(Mistake::SecretTwice, "", |values| {
        format!("{values}{SECRET}{SECRET}")
    });
}

#[test]
fn a_space_around_the_secret() {
    let spaced = |before, after| Mistake::SecretSpaced { before, after };
    finds_in_values(spaced(false, true), "", |values| {
        format!("{values}{SECRET} ")
    });
    finds_in_values(spaced(true, false), "", |values| {
        format!("{values} {SECRET}")
    });
    finds_in_values(spaced(true, true), "", |values| {
        format!("{values} {SECRET} ")
    });
}

#[test]
fn white_space_around_the_secret_configured_here() {
    let sum = checksum(FIELDS.map(|(_, value)| value), SECRET.as_bytes()).to_string();
    let configured = format!(" {SECRET}\r\n");
    let explanation = explain(&Explain::new(&FIELDS, configured.as_bytes(), &sum));
    let cause = explanation.matched().expect("a cause");
    assert_eq!(cause.mistakes, [Mistake::SecretTrimmed]);
}

#[test]
fn a_secret_that_is_no_text_is_searched_with_too() {
    let fields = [("a", "1"), ("b", "2")];
    for (made_with, values, mistake) in [
        (&b"\xff\xfe"[..], vec!["1", "2"], Mistake::SecretTrimmed),
        (
            b"\xff\xfe ",
            vec!["1"],
            Mistake::LeftOut(FieldRef::Numbered(2)),
        ),
    ] {
        let sum = checksum(values, made_with).to_string();
        let explanation = explain(&Explain::new(&fields, b"\xff\xfe ", &sum));
        assert_eq!(explanation.matched().expect("a cause").mistakes, [mistake]);
    }
}

#[test]
fn a_line_break() {
    for (line_break, text) in [(LineBreak::Lf, "\n"), (LineBreak::CrLf, "\r\n")] {
        let mistake = |place| Mistake::LineBreak(line_break, place);
        finds_in_values(mistake(Place::AfterValues), "", |values| {
            format!("{values}{text}{SECRET}")
        });
        finds_in_values(mistake(Place::AfterSecret), "", |values| {
            format!("{values}{SECRET}{text}")
        });
    }
}

#[test]
fn a_separator() {
    for separator in [
        ",", "|", "&", " ", "\n", ";", ":", "~", "#", "-", "_", ".", "/", "\t", "^", "+", "*",
        ", ", "||", "::",
    ] {
        let mistake = |reach| Mistake::Separator { separator, reach };
        let between = separator;
        finds_in_values(mistake(Reach::Between), between, |values| values + SECRET);
        finds_in_values(mistake(Reach::Secret), between, |values| {
            values + between + SECRET
        });
        if separator.len() > 1 {
            continue;
        }
        finds_in_values(mistake(Reach::End), between, |values| {
            values + between + SECRET + between
        });
        finds_in_values(mistake(Reach::Start), between, |values| {
            between.to_owned() + &values + SECRET
        });
    }
}

#[test]
fn each_field_left_out() {
    for (left_out, value) in FIELDS {
        // Leaving out an empty value changes nothing, so the order alone explains it.
        let mistake = Mistake::LeftOut(FieldRef::Named(left_out.to_owned()));
        finds((!value.is_empty()).then_some(mistake), |fields| {
            let rest = fields.iter().filter(|(name, _)| *name != left_out);
            checksum(rest.map(|(_, value)| *value), SECRET.as_bytes()).to_string()
        });
    }
}

#[test]
fn the_secret_in_quotation_marks() {
    for mark in ['"', '\''] {
        finds_in_values(Mistake::SecretQuoted(mark), "", |values| {
            format!("{values}{mark}{SECRET}{mark}")
        });
    }
}

#[test]
fn hashed_twice() {
    finds(Some(Mistake::Twice(Twice::Hex)), |fields| {
        let values: String = fields.iter().map(|(_, value)| *value).collect();
        digest(&digest(&(values + SECRET)))
    });
}

#[test]
fn another_encoding_of_characters() {
    // From Python: hashlib.sha256(("é" + secret).encode(charset)).hexdigest()
    for (charset, given) in CHARSETS {
        let explanation = explain(&Explain::new(&[("city", "é")], SECRET.as_bytes(), given));
        let cause = explanation.matched().expect("a cause");
        assert_eq!(cause.mistakes, [Mistake::Charset(charset)]);
    }
}

const CHARSETS: [(Charset, &str); 3] = [
    (
        Charset::Latin1,
        "57c9bd83eef6a0f05ec0b3c630317f23f94a56f956fe37fa9e393db2b1130c65",
    ),
    (
        Charset::Utf16Le,
        "ebeca3b3ebe783c5a6883763558d7647e6acf85a75149750d41de279c9295ba2",
    ),
    (
        Charset::Utf16Be,
        "8009397b7a33a0f01555f12f99b7285c3ece00542227d54477b5964972b17072",
    ),
];

/// A body in which each change changes something, what was hashed of its fields, and how that is told.
const CHANGED: [(&str, &str, &str, Rewrite); 22] = [
    ("mobile", " 91 98 7", "+91 98 7", Rewrite::LeadingPlus),
    ("mobile", "91 98", "91+98", Rewrite::RawPlus),
    ("city", " Kochi", "Kochi", Rewrite::Trimmed),
    ("city", "Kochi", "Kochi ", Rewrite::SpaceAfter),
    ("city", "New%20Delhi", "New Delhi", Rewrite::EncodedTwice),
    ("city", "New+Delhi", "New Delhi", Rewrite::SpaceForPlus),
    ("city", "Köln%2B", "Köln+", Rewrite::EncodedTwice),
    ("otp", "", "null", Rewrite::Word(Word::Null)),
    ("otp", "", "undefined", Rewrite::Word(Word::Undefined)),
    ("otp", "", "None", Rewrite::Word(Word::None)),
    ("otp", "", "NULL", Rewrite::Word(Word::SqlNull)),
    ("otp", "", "false", Rewrite::Word(Word::False)),
    ("pincode", "0682308", "682308", Rewrite::ZerosLost),
    ("amount", "1234567", "1,234,567", Rewrite::Thousands),
    ("amount", "500", "500.0", Rewrite::Decimals(".0")),
    ("amount", "500", "500.00", Rewrite::Decimals(".00")),
    ("amount", "500.00", "500", Rewrite::DecimalsLost),
    ("title", "Mr", "MR", Rewrite::Uppercase),
    ("title", "MR", "mr", Rewrite::Lowercase),
    ("title", "Mr", "\"Mr\"", Rewrite::Quoted),
    ("address", "12/3", "12\\/3", Rewrite::JsonSlashes),
    ("address", "A & B", "A &amp; B", Rewrite::Html),
];

#[test]
fn a_value_that_was_changed_after_it_was_hashed() {
    for (name, arrived, hashed, rewrite) in CHANGED {
        for (order, at) in [("first", 0), ("second", 1), ("last", 2)] {
            let mut fields = vec![("a_first", "Zeil"), ("z_last", "Ab/c d")];
            fields.insert(at, (name, arrived));
            let names: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
            let values = fields
                .iter()
                .map(|field| if field.0 == name { hashed } else { field.1 });
            let given = checksum(values, SECRET.as_bytes()).to_string();
            let explanation =
                explain(&Explain::new(&fields, SECRET.as_bytes(), &given).table(&names));
            let field = FieldRef::Named(name.to_owned());
            let last = order == "last" && rewrite == Rewrite::SpaceAfter;
            let mistake = match last {
                // The same bytes as a space before the secret, whose advice says so.
                true => Mistake::SecretSpaced {
                    before: true,
                    after: false,
                },
                false => Mistake::RewrittenField(field, rewrite),
            };
            let cause = explanation
                .matched()
                .unwrap_or_else(|| panic!("{name} {hashed}: {explanation}"));
            assert_eq!(cause.mistakes, [mistake], "{order}: {explanation}");
            assert!(explanation.tried() <= MAX_TRIED);
        }
    }
}

#[test]
fn every_value_changed_alike() {
    finds(Some(Mistake::Rewritten(Rewrite::RawPlus)), |fields| {
        let values = fields.iter().map(|(_, value)| value.replace(' ', "+"));
        digest(&(values.collect::<String>() + SECRET))
    });
    finds(Some(Mistake::Rewritten(Rewrite::Uppercase)), |fields| {
        let values = fields.iter().map(|(_, value)| value.to_uppercase());
        digest(&(values.collect::<String>() + SECRET))
    });
}

fn percent(text: &str) -> String {
    text.replace('+', "%2B")
        .replace('@', "%40")
        .replace('/', "%2F")
        .replace(' ', "%20")
}

fn form(text: &str) -> String {
    percent(text).replace("%20", "+")
}

#[test]
fn encoded_values() {
    finds_in_values(
        Mistake::Rewritten(Rewrite::Encoded(Encoding::Percent)),
        "",
        |values| percent(&values) + SECRET,
    );
    finds_in_values(
        Mistake::Rewritten(Rewrite::Encoded(Encoding::Form)),
        "",
        |values| form(&values) + SECRET,
    );
}

#[test]
fn names_hashed_too() {
    let pairs = |fields: &[(&str, &str)], encode: fn(&str) -> String| {
        let pairs: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{name}={}", encode(value)))
            .collect();
        digest(&(pairs.join("&") + SECRET))
    };
    finds(Some(Mistake::Names(Names::Pairs)), |fields| {
        pairs(fields, str::to_owned)
    });
    finds(
        Some(Mistake::Names(Names::Body(Encoding::Percent))),
        |fields| pairs(fields, percent),
    );
    finds(
        Some(Mistake::Names(Names::Body(Encoding::Form))),
        |fields| pairs(fields, form),
    );
    finds(Some(Mistake::Names(Names::Joined)), |fields| {
        let joined: String = fields
            .iter()
            .flat_map(|(name, value)| [*name, *value])
            .collect();
        digest(&(joined + SECRET))
    });
}

#[test]
fn an_hmac() {
    // From Python: hmac.new(secret, "".join(values), "sha256").hexdigest(), values in the order received.
    let explanation = explained("b5b38fd15eef1491da5eca40e0809ed586acd2f1d3e5b7bb953ac28ce1d78910");
    let cause = explanation.matched().expect("a cause");
    assert_eq!(
        (cause.order, &*cause.mistakes),
        (Arrangement::Received, &[Mistake::Hmac(HmacKey::Secret)][..])
    );
}

#[test]
fn the_right_digest_in_another_form() {
    let sum = checksum(FIELDS.map(|(_, value)| value), SECRET.as_bytes()).to_string();
    for (given, form) in [
        (sum.to_uppercase(), Given::Uppercase),
        (format!("{sum}\n"), Given::Surrounded),
        (
            "pYIEIuN2R/XIYy3CU40k/hrCKcsqsp3DHVlf/2jo07Y=".to_owned(),
            Given::Base64,
        ),
    ] {
        let explanation = explained(&given);
        assert_eq!(explanation.given(), form);
        assert_eq!(explanation.matched().expect("a cause").mistakes, []);
        assert!(!explanation.is_right());
    }
}

#[test]
fn orders_that_give_the_same_sequence_are_named_together() {
    let fields = [("a", "1"), ("b", "2")];
    let sum = checksum(["1", "2"], SECRET.as_bytes()).to_string();
    let explanation = explain(
        &Explain::new(&fields, SECRET.as_bytes(), &sum)
            .table(&["a", "b"])
            .example(&["b", "a"]),
    );
    let cause = explanation.matched().expect("a cause");
    assert_eq!(cause.order, Arrangement::Received);
    let same = [Order::Table, Order::Sorted].map(Arrangement::Strategy);
    assert_eq!(cause.same_as, same);
    insta::assert_snapshot!(explanation, @"The sender hashed the values in the order received (here the same as the order of the parameter table and the order of their names), and then the secret, as documented. A verifier that refuses this joins them in another order.");
}

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

    let long = "v".repeat(MAX_BYTES);
    let long = explain(&Explain::new(&[("name", &long)], SECRET.as_bytes(), &given));
    assert!(long.is_limited());
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
