//! Every rule of Airpay's three forms at its boundary, both sides.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::collections::BTreeMap;

use cards_model::airpay::{
    CardType, Channel, CustomerPreference, DocType, Gender, PreferenceStatus, RegisterUser, Title,
    UpdateCustomer, UserLogin,
};
use cards_model::{Date, DocExpiry, Form, Request, Rule, Rules, Samples, Violations};

fn rules() -> Rules {
    Rules::on(Date::new(2026, 11, 21).unwrap())
}

/// The fixtures' valid form, with some fields replaced.
fn register(changes: &[(&str, &str)]) -> RegisterUser {
    let valid =
        include_str!("../../../../conformance/fixtures/airpay/register-user/valid/input.json");
    let valid: BTreeMap<&str, &str> = serde_json::from_str(valid).unwrap();
    RegisterUser::from_fields(valid.into_iter().chain(changes.iter().copied()))
}

fn broken(result: Result<(), Violations>) -> Vec<(String, Rule)> {
    let violations = result.err();
    let pairs = violations
        .iter()
        .flatten()
        .map(|v| (v.field.clone(), v.rule));
    pairs.collect()
}

/// Requires every required field of every form to come, whatever is taken when
/// it is empty.
#[test]
fn absent_is_not_the_same_as_empty() {
    fn held<F: Form>(valid: &[(&str, &str)]) {
        let may_be_empty = rules()
            .samples(Samples::Accept)
            .doc_expiry(DocExpiry::MayBeEmpty);
        for rules in [rules(), rules().samples(Samples::Accept), may_be_empty] {
            let all = |_: &str| true;
            let form = F::from_fields(valid.iter().copied());
            assert_eq!(form.check_received(all, &rules), Ok(()));
            for field in F::OPERATION.fields {
                let left = valid.iter().filter(|(name, _)| *name != field.wire);
                let form = F::from_fields(left.copied());
                let came = |wire: &str| wire != field.wire;
                let expected = match field.required {
                    true => vec![(field.wire.to_owned(), Rule::Required)],
                    false => vec![],
                };
                assert_eq!(broken(form.check_received(came, &rules)), expected);
            }
        }
    }
    let registration = register(&[]);
    held::<RegisterUser>(&Form::fields(&registration));
    held::<UpdateCustomer>(&[("entity_id", "1")]);
    held::<CustomerPreference>(&[("entity_id", "1")]);
    held::<UserLogin>(&[("mobile_no", "1"), ("password", "1")]);
}

#[test]
fn each_rule_of_register_user_holds_on_both_sides_of_its_boundary() {
    let letters = |n: usize| "a".repeat(n);
    let digits = |n: usize| "1".repeat(n);
    let email = |n: usize| format!("{}@{}.in", "a".repeat(40), "b".repeat(n - 44));
    let good: &[(&str, &[String])] = &[
        ("mobile_no", &[digits(1), digits(10)]),
        ("kit_no", &[letters(1), letters(16)]),
        ("card_type", &["P".into(), "V".into()]),
        ("card_no", &[digits(16)]),
        ("card_expiry", &["12/26".into(), "11/51".into()]),
        ("first_name", &[letters(1), letters(30)]),
        ("last_name", &[letters(1), letters(30)]),
        ("title", &["Mr".into(), "Mrs".into(), "Ms".into()]),
        ("gender", &["M".into(), "F".into(), "T".into()]),
        ("dob", &["2026-11-21".into(), "1900-01-01".into()]),
        ("email", &["a@b.c".into(), email(50)]),
        ("address", &[letters(1), letters(100), "12 MG Road".into()]),
        ("city", &[letters(1), letters(20)]),
        ("state", &[letters(1), letters(20), "Tamil Nadu".into()]),
        ("pincode", &[digits(6)]),
        (
            "doc_type",
            &["AADHAAR", "PAN", "VOTERID", "DL", "PASSPORT"].map(String::from),
        ),
        ("doc_number", &[letters(1), letters(20)]),
        ("doc_expiry", &["2031-12-31".into()]),
        (
            "doc_country_issue",
            &[letters(1), letters(20), "Sri Lanka".into()],
        ),
        ("otp", &[digits(1), digits(4)]),
        (
            "password",
            &["Aa1@567".into(), format!("Aa1@{}", digits(16))],
        ),
    ];
    for (field, values) in good {
        for value in *values {
            // A document from elsewhere: India's pincode rule is tested apart.
            let mut changes = vec![(*field, value.as_str())];
            if *field == "doc_country_issue" {
                changes.push(("pincode", "1"));
            }
            assert_eq!(
                broken(register(&changes).check(&rules())),
                [],
                "{field}={value}"
            );
        }
    }
    let bad: &[(&str, Rule, &[String])] = &[
        ("mobile_no", Rule::Length, &[digits(11)]),
        (
            "mobile_no",
            Rule::Characters,
            &["9XXXXXX513".into(), "+919000000".into()],
        ),
        ("kit_no", Rule::Length, &[letters(17)]),
        ("card_type", Rule::Allowed, &["v".into(), "VIRTUAL".into()]),
        (
            "card_no",
            Rule::Format,
            &[digits(15), digits(17), "462294XXXXXX3713".into()],
        ),
        (
            "card_expiry",
            Rule::Range,
            &["11/26".into(), "12/51".into(), "01/25".into()],
        ),
        (
            "card_expiry",
            Rule::Format,
            &["1/30".into(), "01/2030".into(), "13/30".into()],
        ),
        ("first_name", Rule::Length, &[letters(31)]),
        (
            "first_name",
            Rule::Characters,
            &["Anna Maria".into(), "Zoë".into()],
        ),
        ("last_name", Rule::Length, &[letters(31)]),
        ("last_name", Rule::Characters, &["O'Neil".into()]),
        ("title", Rule::Allowed, &["Dr".into(), "mr".into()]),
        ("gender", Rule::Allowed, &["X".into(), "m".into()]),
        ("dob", Rule::Range, &["2026-11-22".into()]),
        (
            "dob",
            Rule::Format,
            &["1989-02-29".into(), "09/11/1989".into()],
        ),
        ("email", Rule::Length, &[email(51)]),
        ("email", Rule::Format, &["xyz".into(), "xyz@airpay".into()]),
        ("address", Rule::Length, &[letters(101)]),
        ("address", Rule::Characters, &["12, MG Road".into()]),
        ("city", Rule::Length, &[letters(21)]),
        ("city", Rule::Characters, &["New Delhi".into()]),
        ("state", Rule::Length, &[letters(21)]),
        ("state", Rule::Characters, &["Kerala1".into()]),
        ("pincode", Rule::Length, &[digits(5), digits(7), digits(15)]),
        ("pincode", Rule::Characters, &["68967a".into()]),
        ("doc_type", Rule::Allowed, &["aadhaar".into()]),
        ("doc_number", Rule::Length, &[letters(21)]),
        ("doc_expiry", Rule::Format, &["31-12-2031".into()]),
        ("doc_country_issue", Rule::Length, &[letters(21)]),
        (
            "doc_country_issue",
            Rule::Characters,
            &["Côte d'Ivoire".into()],
        ),
        ("otp", Rule::Length, &[digits(5)]),
        ("otp", Rule::Characters, &["12a4".into()]),
        (
            "password",
            Rule::Length,
            &["Aa1@56".into(), format!("Aa1@{}", digits(17))],
        ),
        (
            "password",
            Rule::Composition,
            &["paswd@1234".into(), "PaSwd12345".into()],
        ),
    ];
    for (field, rule, values) in bad {
        for value in *values {
            let found = broken(register(&[(field, value)]).check(&rules()));
            assert_eq!(found, [((*field).to_owned(), *rule)], "{field}={value}");
        }
    }
    for field in RegisterUser::OPERATION.fields {
        let strict = rules().doc_expiry(DocExpiry::Required);
        let found = broken(register(&[(field.wire, "")]).check(&strict));
        assert!(
            found.contains(&(field.wire.to_owned(), Rule::Required)),
            "{}",
            field.wire
        );
        assert!(
            found.iter().all(|(name, _)| name == field.wire),
            "{found:?}"
        );
    }
}

#[test]
fn a_pincode_outside_india_has_one_to_fifteen_digits() {
    let abroad = |pincode: &str| register(&[("doc_country_issue", "Nepal"), ("pincode", pincode)]);
    let ones = "1".repeat(16);
    assert_eq!(broken(abroad("1").check(&rules())), []);
    assert_eq!(broken(abroad(&ones[..15]).check(&rules())), []);
    let long = broken(abroad(&ones).check(&rules()));
    assert_eq!(long, [("pincode".to_owned(), Rule::Length)]);
}

#[test]
fn everything_wrong_is_named_once_and_no_value_is_shown() {
    let marker = "4917610000000000~marker";
    let wrong = RegisterUser {
        mobile_no: marker.into(),
        kit_no: marker.into(),
        card_type: CardType::from(marker),
        card_no: marker.into(),
        card_expiry: marker.into(),
        first_name: marker.into(),
        last_name: marker.into(),
        title: Title::from(marker),
        gender: Gender::from(marker),
        dob: marker.into(),
        email: marker.into(),
        address: format!("{marker}!").as_str().into(),
        city: marker.into(),
        state: marker.into(),
        pincode: marker.into(),
        doc_type: DocType::from(marker),
        doc_number: marker.into(),
        doc_expiry: marker.into(),
        doc_country_issue: marker.into(),
        otp: marker.into(),
        password: marker.into(),
    };
    let violations = wrong.check(&rules()).unwrap_err();
    let tabled: Vec<_> = RegisterUser::OPERATION
        .fields
        .iter()
        .map(|f| f.wire)
        .collect();
    assert_eq!(violations.fields().collect::<Vec<_>>(), tabled);
    for shown in [
        violations.to_string(),
        format!("{violations:?}"),
        serde_json::to_string(&violations).unwrap(),
        format!("{wrong:?}").replace(&format!("kit_no: {marker:?}"), ""),
    ] {
        let shown = shown.replace(&format!("card_expiry: {marker:?}"), "");
        assert!(!shown.contains("marker"), "{shown}");
        assert!(!shown.contains("4917"), "{shown}");
    }
}

#[test]
fn messages() {
    let violations = register(&[("otp", "12a45"), ("city", "New Delhi")]).check(&rules());
    insta::assert_snapshot!(violations.unwrap_err(), @r"
    airpay register-user: 2 fields break the document's rules
      city: letters a-z and A-Z only, no spaces (characters; Airpay User Registration, Request Body, city)
      otp: at most 4 characters (length; Airpay User Registration, Request Body, otp)
      otp: digits 0-9 only (characters; Airpay User Registration, Request Body, otp)
    ");
    let one = CustomerPreference::new("").check(&rules()).unwrap_err();
    insta::assert_snapshot!(serde_json::to_string_pretty(&one).unwrap(), @r#"
    [
      {
        "provider": "airpay",
        "operation": "customer-preference",
        "field": "entity_id",
        "rule": "required",
        "limit": "must be given",
        "source": "Airpay Customer Preference, Parameter, entity_id"
      }
    ]
    "#);
}

#[test]
fn the_documents_own_example_breaks_the_documents_own_rules() {
    let example = register(&[
        ("mobile_no", "9XXXXXX513"),
        ("card_no", "462294XXXXXX3713"),
        ("card_expiry", "01/25"),
        ("doc_expiry", ""),
        ("otp", ""),
    ]);
    let strict = example.check(&rules()).unwrap_err();
    let fields: Vec<_> = strict.fields().collect();
    assert_eq!(fields, ["mobile_no", "card_no", "card_expiry", "otp"]);
    assert_eq!(example.check(&rules().samples(Samples::Accept)), Ok(()));

    // A sample excuses its own value in its own field, and nothing else.
    let almost = register(&[("card_expiry", "02/25"), ("otp", "")]);
    let left = almost.check(&rules().samples(Samples::Accept)).unwrap_err();
    assert_eq!(left.fields().collect::<Vec<_>>(), ["card_expiry"]);
}

/// A document that does not expire has no expiry to send; the strict reading and
/// the loose one are settings, and a sample excuses nobody's passport.
#[test]
fn a_document_without_expiry_by_choice() {
    use DocExpiry::{ByType, MayBeEmpty, Required};
    let missing = vec![("doc_expiry".to_owned(), Rule::Required)];
    for (doc_type, rule, is_taken) in [
        ("AADHAAR", ByType, true),
        ("PAN", ByType, true),
        ("VOTERID", ByType, true),
        ("DL", ByType, false),
        ("PASSPORT", ByType, false),
        ("AADHAAR", Required, false),
        ("PASSPORT", Required, false),
        ("AADHAAR", MayBeEmpty, true),
        ("PASSPORT", MayBeEmpty, true),
    ] {
        let request = register(&[("doc_type", doc_type), ("doc_expiry", "")]);
        let expected = if is_taken { vec![] } else { missing.clone() };
        let rules = rules().doc_expiry(rule);
        let found = broken(request.check(&rules));
        assert_eq!(found, expected, "{doc_type} {rule}");
        // The example's own empty value is no excuse for another document.
        let samples = rules.clone().samples(Samples::Accept);
        assert_eq!(
            broken(request.check(&samples)),
            expected,
            "{doc_type} {rule}"
        );
        // It is sent, empty or not.
        let came = |wire: &str| wire != "doc_expiry";
        assert_eq!(broken(request.check_received(came, &rules)), missing);
        let wrong = register(&[("doc_type", doc_type), ("doc_expiry", "soon")]);
        let found = broken(wrong.check(&rules));
        assert_eq!(found, [("doc_expiry".to_owned(), Rule::Format)]);
    }
    assert_eq!(Rules::on(rules().today()), rules().doc_expiry(ByType));
}

#[test]
fn update_customer_at_its_boundaries() {
    let check = |update: UpdateCustomer| broken(update.check(&rules()));
    let update = || UpdateCustomer::new("E1");
    let field = |name: &str, rule| vec![(name.to_owned(), rule)];
    assert_eq!(check(update()), []);
    assert_eq!(check(UpdateCustomer::new("e".repeat(50))), []);
    assert_eq!(
        check(UpdateCustomer::new("e".repeat(51))),
        field("entity_id", Rule::Length)
    );
    assert_eq!(
        check(UpdateCustomer::new("")),
        field("entity_id", Rule::Required)
    );
    assert_eq!(check(update().email("no")), field("email", Rule::Format));
    assert_eq!(check(update().mobile_no("+91 98000-00000")), []);
    assert_eq!(check(update().address("a".repeat(500))), []);
    assert_eq!(
        check(update().address("a,b")),
        field("address", Rule::Characters)
    );
    assert_eq!(
        check(update().city("New Delhi")),
        field("city", Rule::Characters)
    );
    assert_eq!(
        check(update().state("Tamil Nadu")),
        field("state", Rule::Characters)
    );
    assert_eq!(
        check(update().pincode("68230")),
        field("pincode", Rule::Length)
    );
    assert_eq!(
        check(update().pincode("6823080")),
        field("pincode", Rule::Length)
    );
    assert_eq!(check(update().pincode("")), field("pincode", Rule::Length));
    assert_eq!(
        check(update().pincode("68230a")),
        field("pincode", Rule::Characters)
    );
    assert_eq!(check(update().pincode("682308").country("India")), []);
    assert_eq!(check(update().pincode("1").country("Nepal")), []);
    assert_eq!(
        check(update().pincode("1").country("INDIA")),
        field("pincode", Rule::Length)
    );
}

#[test]
fn customer_preference_takes_listed_words_only() {
    for status in PreferenceStatus::ALL {
        for channel in Channel::ALL {
            let request = CustomerPreference::new("E1").status(status.clone());
            assert_eq!(request.channel(channel.clone()).check(&rules()), Ok(()));
        }
    }
    let request = CustomerPreference::new("E1")
        .status("allowed")
        .channel("WEB");
    let found = broken(request.check(&rules()));
    assert_eq!(
        found,
        [
            ("status".to_owned(), Rule::Allowed),
            ("type".to_owned(), Rule::Allowed)
        ]
    );
}

#[test]
fn fields_come_in_table_order_and_absent_ones_are_left_out() {
    let update = UpdateCustomer::new("E1")
        .pincode("682308")
        .email("a@b.c")
        .country("India");
    let names: Vec<_> = update.fields().iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["entity_id", "email", "country", "pincode"]);
    let again = UpdateCustomer::from_fields(update.fields());
    assert_eq!(again, update);
}

#[test]
fn the_example_order_names_each_field_once() {
    fn check<F: Form>() {
        let mut tabled: Vec<_> = F::OPERATION.fields.iter().map(|f| f.wire).collect();
        let mut example = F::EXAMPLE_ORDER.to_vec();
        tabled.sort_unstable();
        example.sort_unstable();
        assert_eq!(tabled, example);
    }
    check::<RegisterUser>();
    check::<UpdateCustomer>();
    check::<CustomerPreference>();
}

#[test]
fn json_input_names_an_unknown_field_and_never_repeats_a_value() {
    let error = serde_json::from_str::<UpdateCustomer>(r#"{"entity_id":"E1","e_mail":"a@b.c"}"#);
    assert!(
        error
            .unwrap_err()
            .to_string()
            .starts_with("unknown field `e_mail`")
    );
    let error = serde_json::from_str::<UpdateCustomer>(r#"{"entity_id":"E1","email":["a@b.c"]}"#);
    assert!(!error.unwrap_err().to_string().contains("a@b.c"));
}
