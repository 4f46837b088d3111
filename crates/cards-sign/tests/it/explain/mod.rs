//! Each mistake that `explain` claims to find, made on purpose and found, in every order; and nothing given away.

mod recipes;
mod secret;
mod told;
mod values;

use cards_sign::{
    Arrangement, Explain, Explanation, Given, HmacKey, Mistake, Order, Twice, checksum, explain,
};

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
fn hashed_twice() {
    finds(Some(Mistake::Twice(Twice::Hex)), |fields| {
        let values: String = fields.iter().map(|(_, value)| *value).collect();
        digest(&digest(&(values + SECRET)))
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
