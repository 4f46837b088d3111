//! Breaks one rule of a request that is valid otherwise.

use cards_model::airpay::RegisterUser;
use cards_model::{Form, Request};
use cards_sign::Order;
use proptest::prelude::*;
use proptest::sample::select;

use crate::common::clients::{Backend, Ureq};
use crate::common::fake::{Fake, FakeClock, json as replying};
use crate::common::{named, rules};
use crate::config;
use crate::requests::{list_prepaid_cards, register_user};
use crate::wire::airpay;

proptest! {
    #![proptest_config(ProptestConfig { cases: config().cases * 4, ..config() })]

    /// Exactly that violation, on exactly that field, without the value.
    #[test]
    fn one_broken_rule_is_one_violation(form in register_user(), (field, bad, rule) in breach()) {
        let fields: Vec<_> = form.fields().iter().map(|&(name, value)| {
            match name {
                _ if name == field => (name, &*bad),
                // The rules on pincodes need a country to depend on.
                "doc_country_issue" => (name, "India"),
                "pincode" => (name, "689673"),
                _ => (name, value),
            }
        }).collect();
        let changed = RegisterUser::from_fields(fields);
        let checked = changed.check(&rules());
        prop_assert_eq!(named(&checked), vec![format!("{field} {rule}")]);
        let wrong = checked.unwrap_err();
        let shown = format!("{wrong} {wrong:?} {}", serde_json::to_string(&wrong).unwrap());
        prop_assert!(bad.len() < 6 || !shown.contains(&bad), "{}", shown);
        // The process sends nothing.
        let clock = FakeClock::new();
        let fake = Fake::new(&clock, |_, _| replying(200, "{}"));
        let client = Ureq::faked(airpay(Order::Table), &fake, clock.settings());
        prop_assert!(client.send(&changed).unwrap_err().is_invalid());
        prop_assert_eq!(fake.sent().len(), 0);
    }

    #[test]
    fn one_broken_rule_of_a_query_is_one_violation(
        call in list_prepaid_cards(),
        (field, change) in select(vec![
            ("customerId required", 0), ("customerId format", 1), ("customerId format", 2),
            ("limit range", 3), ("limit range", 4), ("status allowed", 5), ("cardType allowed", 6),
            ("include allowed", 7),
        ]),
        over in 51u32..,
    ) {
        let mut call = call;
        match change {
            0 => call.customer_id = String::new(),
            1 => call.customer_id = ".".into(),
            2 => call.customer_id = "..".into(),
            3 => call.limit = Some(0),
            4 => call.limit = Some(over),
            5 => call.status.push("FROZEN".into()),
            6 => call.card_type.push("METAL".into()),
            _ => call.include.push("PIN".into()),
        }
        prop_assert_eq!(named(&call.check(&rules())), vec![field.to_owned()]);
    }
}

/// A value for a field, and the one rule that it breaks there.
type Breach = (&'static str, BoxedStrategy<String>, &'static str);

fn breach() -> impl Strategy<Value = (&'static str, String, &'static str)> {
    let all = breaches()
        .into_iter()
        .map(|(field, bad, rule)| bad.prop_map(move |bad| (field, bad, rule)).boxed());
    proptest::strategy::Union::new(all)
}

fn breaches() -> Vec<Breach> {
    let not_listed = || "[a-z]{5,9}".boxed();
    let with = |allowed: &'static str, bad: &'static str, most: usize| {
        (
            like(&format!("[{allowed}]{{0,{}}}", most - 1)),
            select(bad.chars().collect::<Vec<_>>()),
        )
            .prop_map(|(good, bad)| format!("{good}{bad}"))
            .boxed()
    };
    let long =
        |allowed: &str, most: usize| like(&format!("[{allowed}]{{{},{}}}", most + 1, most + 30));
    let mut breaches: Vec<Breach> = vec![
        ("mobile_no", long("0-9", 10), "length"),
        ("mobile_no", with("0-9", "aX +-٣", 10), "characters"),
        ("kit_no", long(" -~", 16), "length"),
        ("card_type", not_listed(), "allowed"),
        ("card_no", "[0-9]{1,15}".boxed(), "format"),
        ("card_no", "[0-9]{17,19}".boxed(), "format"),
        ("card_no", "[0-9]{15}[X -]".boxed(), "format"),
        (
            "card_expiry",
            "(0[1-9]|1[0-1])/(0[0-9]|1[0-9]|2[0-6])".boxed(),
            "range",
        ),
        (
            "card_expiry",
            "(0[1-9]|1[0-2])/(5[2-9]|[6-9][0-9])".boxed(),
            "range",
        ),
        ("card_expiry", "(1[3-9]|00)/[0-9]{2}".boxed(), "format"),
        ("first_name", long("A-Za-z", 30), "length"),
        ("first_name", with("A-Za-z", " 1'é-", 30), "characters"),
        ("last_name", long("A-Za-z", 30), "length"),
        ("last_name", with("A-Za-z", " 1'é-", 30), "characters"),
        ("title", not_listed(), "allowed"),
        ("gender", not_listed(), "allowed"),
        ("dob", "[0-9]{4}-(1[3-9]|00)-[0-9]{2}".boxed(), "format"),
        (
            "dob",
            "20(2[7-9]|[3-9][0-9])-0[1-9]-0[1-9]".boxed(),
            "range",
        ),
        ("email", "[a-z]{1,20}".boxed(), "format"),
        ("email", "[a-z]{40,60}@[a-z]{20}\\.in".boxed(), "length"),
        ("address", long("A-Za-z0-9 ", 100), "length"),
        ("address", with("A-Za-z0-9 ", ",/.é#\n", 100), "characters"),
        ("city", long("A-Za-z", 20), "length"),
        ("city", with("A-Za-z", " 1é-", 20), "characters"),
        ("state", long("A-Za-z ", 20), "length"),
        ("state", with("A-Za-z ", "1é-.", 20), "characters"),
        ("pincode", with("0-9", "aX -", 6), "characters"),
        ("pincode", "[0-9]{1,5}".boxed(), "length"),
        ("doc_type", not_listed(), "allowed"),
        ("doc_number", long("ぁ-ん0-9", 20), "length"),
        ("doc_expiry", "[0-9]{2}-[0-9]{2}-[0-9]{4}".boxed(), "format"),
        ("doc_country_issue", long("A-Za-z ", 20), "length"),
        (
            "doc_country_issue",
            with("A-Za-z ", "1é-.", 20),
            "characters",
        ),
        ("otp", "[0-9]{5,9}".boxed(), "length"),
        ("otp", with("0-9", "aX -", 4), "characters"),
        ("password", "Aa1![a-z]{0,2}".boxed(), "length"),
        ("password", "Aa1![a-z]{17,30}".boxed(), "length"),
        ("password", "[a-z]{3}[0-9]{3}[!#]{2}".boxed(), "composition"),
        ("password", "[A-Z]{3}[0-9]{3}[!#]{2}".boxed(), "composition"),
        ("password", "[A-Z]{2}[a-z]{3}[!#]{3}".boxed(), "composition"),
        (
            "password",
            "[A-Z]{2}[a-z]{3}[0-9]{3}".boxed(),
            "composition",
        ),
    ];
    for field in RegisterUser::OPERATION.fields {
        if field.wire != "password" {
            breaches.push((field.wire, Just(String::new()).boxed(), "required"));
        }
    }
    breaches
}

fn like(pattern: &str) -> BoxedStrategy<String> {
    proptest::string::string_regex(pattern).unwrap().boxed()
}
