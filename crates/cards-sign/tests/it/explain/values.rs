//! Mistakes with the values: which of them, what stands between them, and what was done to them.

use cards_sign::{
    Charset, Encoding, Explain, FieldRef, MAX_TRIED, Mistake, Names, Reach, Rewrite, Word,
    checksum, explain,
};

use super::{FIELDS, SECRET, digest, finds, finds_in_values};

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
