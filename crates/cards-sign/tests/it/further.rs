//! Mistakes that are rarer than the reported ones, each made by hand and named in every order that a document can be
//! read to ask for.

use cards_sign::{Explain, MAX_TRIED, Order, checksum, explain};

const SECRET: &str = "fake$ecret-Key_77=";
const TABLE: [&str; 8] = [
    "entity_id",
    "card_no",
    "dob",
    "amount",
    "city",
    "address",
    "email",
    "otp",
];
const BODY: [(&str, &str); 7] = [
    ("city", "Köln /2"),
    ("card_no", "4622940000003713"),
    ("amount", "12500000"),
    ("entity_id", "E1"),
    ("dob", "1989-11-09"),
    ("address", " Main  Road "),
    ("email", ""),
];

type Fields = Vec<(&'static str, String)>;

fn values(fields: &Fields) -> Vec<&str> {
    fields.iter().map(|(_, value)| &**value).collect()
}

/// The fields with one value in place of another.
fn with(fields: &Fields, name: &str, hashed: &str) -> String {
    let values = fields
        .iter()
        .map(|(other, value)| if *other == name { hashed } else { &**value });
    values.collect()
}

fn json(value: &str) -> String {
    serde_json::to_string(value).expect("a text can be written")
}

fn ascii(text: &str) -> String {
    text.replace('ö', "\\u00f6")
}

/// A way to make a pre-image of the fields, after the words that it has to be told in.
type Made = (&'static str, fn(&Fields) -> String);

const MADE: &[Made] = &[
    (
        "The sender hashed the values, but not one of them was there. ",
        |_| SECRET.into(),
    ),
    (
        "but not one of them was there, and without the secret",
        |_| String::new(),
    ),
    ("but `Array` stood in place of them", |_| {
        format!("Array{SECRET}")
    }),
    ("but `[object Object]` stood in place of them", |_| {
        format!("[object Object]{SECRET}")
    }),
    ("but `undefined` stood in place of them", |_| {
        format!("undefined{SECRET}")
    }),
    ("the secret as the word `undefined`", |fields| {
        values(fields).concat() + "undefined"
    }),
    ("the secret as the word `null`", |fields| {
        values(fields).concat() + "null"
    }),
    ("the secret as the word `None`", |fields| {
        values(fields).concat() + "None"
    }),
    ("the secret after a byte order mark", |fields| {
        values(fields).concat() + "\u{feff}" + SECRET
    }),
    (
        "with `@` before the secret, and with the secret before them",
        |fields| format!("{SECRET}@{}", values(fields).concat()),
    ),
    ("`address` without the white space before it", |fields| {
        with(fields, "address", "Main  Road ") + SECRET
    }),
    ("`address` without the white space after it", |fields| {
        with(fields, "address", " Main  Road") + SECRET
    }),
    (
        "`card_no` in groups of four digits, with ` ` between them",
        |fields| with(fields, "card_no", "4622 9400 0000 3713") + SECRET,
    ),
    ("`card_no` masked, with `X`", |fields| {
        with(fields, "card_no", "462294XXXXXX3713") + SECRET
    }),
    ("`card_no` masked, with `*`", |fields| {
        with(fields, "card_no", "462294******3713") + SECRET
    }),
    ("`card_no` as a number with an exponent (`E+`)", |fields| {
        with(fields, "card_no", "4.6229400000037E+15") + SECRET
    }),
    ("`card_no` as a number with an exponent (`E+`)", |fields| {
        with(fields, "card_no", "4.62E+15") + SECRET
    }),
    ("`amount` as a number with an exponent (`E`)", |fields| {
        with(fields, "amount", "1.25E7") + SECRET
    }),
    ("`dob` as a day in another format (`m/d/Y`)", |fields| {
        with(fields, "dob", "11/09/1989") + SECRET
    }),
    (
        "`dob` as a day in another format (`Y-m-d\\TH:i:s.v\\Z`)",
        |fields| with(fields, "dob", "1989-11-09T00:00:00.000Z") + SECRET,
    ),
    (
        "`dob` as a day in another format (`Y-m-d H:i:s`)",
        |fields| with(fields, "dob", "1989-11-09 00:00:00") + SECRET,
    ),
    ("as a JSON list (without white space)", |fields| {
        let values: Vec<String> = values(fields).into_iter().map(json).collect();
        format!("[{}]{SECRET}", values.join(","))
    }),
    ("as a JSON list (as Python writes it", |fields| {
        let values: Vec<String> = values(fields).into_iter().map(json).collect();
        ascii(&format!("[{}]{SECRET}", values.join(", ")))
    }),
    (
        "as a JSON text (without white space, with `\\u` for letters beyond ASCII)",
        |fields| {
            let pairs: Vec<String> = fields
                .iter()
                .map(|(name, value)| format!("\"{name}\":{}", json(value)))
                .collect();
            ascii(&format!("{{{}}}{SECRET}", pairs.join(",")))
        },
    ),
    (
        "as the encoded body (form encoding, a space as `+`), and with `&` before the secret",
        |fields| {
            let pairs: Vec<String> = fields
                .iter()
                .map(|(name, value)| {
                    let value = value
                        .replace('ö', "%C3%B6")
                        .replace('/', "%2F")
                        .replace(' ', "+");
                    format!("{name}={value}")
                })
                .collect();
            format!("{}&{SECRET}", pairs.join("&"))
        },
    ),
];

#[test]
fn each_is_named_in_each_order() {
    let body = BODY;
    for (says, pre_image) in MADE {
        for order in [None, Some(Order::Table), Some(Order::Sorted)] {
            let mut fields: Fields = body.map(|(name, value)| (name, value.to_owned())).to_vec();
            let place = |name: &str| TABLE.iter().position(|at| *at == name);
            match order {
                None => {}
                Some(Order::Table) => fields.sort_by_key(|(name, _)| place(name)),
                Some(_) => fields.sort_by_key(|(name, _)| *name),
            }
            let given = checksum([&*pre_image(&fields)], b"").to_string();
            let explanation =
                explain(&Explain::new(&body, SECRET.as_bytes(), &given).table(&TABLE));
            let said = explanation.to_string();
            assert!(said.contains(says), "{order:?}, {says}: {said}");
            let named = match order {
                _ if !said.contains(" in the order") => "",
                None => "in the order received",
                Some(Order::Table) => "in the order of the parameter table",
                Some(_) => "in the order of their names",
            };
            assert!(said.contains(named), "{order:?}: {said}");
            assert!(explanation.tried() <= MAX_TRIED);
            for value in [SECRET, "4622940000003713", "12500000", "Köln"] {
                assert!(!said.contains(value), "{said}");
            }
        }
    }
}
