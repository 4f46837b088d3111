//! Properties over many made-up requests and replies. The number of cases is
//! `PROPTEST_CASES`, 96 where nothing is said; what once failed is kept in
//! `proptest-regressions/` and tried first.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "this is test code, outside of `#[test]` functions"
)]

#[path = "../common/mod.rs"]
mod common;

use std::sync::OnceLock;

use bytes::Bytes;
use cards_model::airpay::{CustomerPreference, RegisterUser, UpdateCustomer, UserLogin};
use cards_model::ibanera::{CardsByCustomer, ListCustomerCards};
use cards_model::paysafe::{CardPage, ListPrepaidCards};
use cards_model::{CardExpiry, Date, Decimal, Form, Query, Request, Timestamp};
use cards_sandbox::{Running, Sandbox};
use cards_sign::{Explain, Order};
use cards_transport::airpay::Airpay;
use cards_transport::ibanera::{Ibanera, LoginCall};
use cards_transport::paysafe::{IssueAccessToken, Paysafe};
use cards_transport::{Call, Provider, Rejection, Retry, UreqTransport, Validation, blocking};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::FileFailurePersistence;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use common::clients::{Backend, Ureq};
use common::fake::{Fake, FakeClock, json as replying};
use common::operations::Operation;
use common::{named, rules};

fn config() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok();
    ProptestConfig {
        cases: cases.and_then(|cases| cases.parse().ok()).unwrap_or(96),
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/proptest-regressions/fuzz.txt"
        )))),
        ..ProptestConfig::default()
    }
}

// ------------------------------------------------------------------ valid requests

/// Any character but a null, so that every way of encoding is met.
fn text(most: usize) -> impl Strategy<Value = String> {
    let characters = prop_oneof![
        4 => select("abcXYZ019 &=+%?#/\\\"'<>~*-._@;,".chars().collect::<Vec<_>>()),
        1 => any::<char>().prop_filter("no null", |c| *c != '\0'),
    ];
    proptest::collection::vec(characters, 1..=most).prop_map(|text| text.into_iter().collect())
}

fn one_of(values: &'static [&'static str]) -> impl Strategy<Value = String> {
    select(values).prop_map(str::to_owned)
}

fn date(years: std::ops::Range<u16>) -> impl Strategy<Value = String> {
    (years, 1u8..=12, 1u8..=28).prop_map(|(y, m, d)| format!("{y:04}-{m:02}-{d:02}"))
}

fn email(most: usize) -> impl Strategy<Value = String> {
    (
        "[a-z0-9+_]{1,12}(\\.[A-Z]{1,4})?",
        "[a-z]([a-z-]{0,5}[a-z])?",
        "(co\\.)?[a-z]{2,3}",
    )
        .prop_map(|(local, host, end)| format!("{local}@{host}.{end}"))
        .prop_filter("short enough", move |email| email.len() <= most)
}

fn password() -> impl Strategy<Value = String> {
    (
        "[ -~]{3,16}",
        select("!@#$%^&*+=~?".chars().collect::<Vec<_>>()),
    )
        .prop_map(|(rest, special)| format!("Aa1{special}{rest}"))
}

/// Months from December 2026 to November 2051.
fn expiry() -> impl Strategy<Value = String> {
    (1u32..=300).prop_map(|ahead| {
        let month = 2026 * 12 + 10 + ahead;
        format!("{:02}/{:02}", month % 12 + 1, month / 12 % 100)
    })
}

/// The country and a pincode that fits it.
fn country_and_pincode() -> impl Strategy<Value = (String, String)> {
    prop_oneof![
        (one_of(&["India", "INDIA", "india"]), "[0-9]{6}"),
        ("[A-Za-z]{1,9} [A-Za-z]{1,9}", "[0-9]{1,15}"),
    ]
}

fn register_user() -> impl Strategy<Value = RegisterUser> {
    let card = (
        "[0-9]{1,10}",
        text(16),
        one_of(&["P", "V"]),
        "462294[0-9]{10}",
        expiry(),
    );
    let person = (
        "[A-Za-z]{1,30}",
        "[A-Za-z]{1,30}",
        one_of(&["Mr", "Mrs", "Ms"]),
        one_of(&["M", "F", "T"]),
        date(1..2026),
        email(50),
    );
    let address = (
        "[A-Za-z0-9 ]{1,100}",
        "[A-Za-z]{1,20}",
        "[A-Za-z ]{1,20}",
        country_and_pincode(),
    );
    let document = (
        one_of(&["AADHAAR", "PAN", "VOTERID", "DL", "PASSPORT"]),
        text(20),
        date(1..9999),
        "[0-9]{1,4}",
        password(),
    );
    (card, person, address, document).prop_map(|(card, person, address, document)| {
        let (mobile_no, kit_no, card_type, card_no, card_expiry) = card;
        let (first_name, last_name, title, gender, dob, email) = person;
        let (address, city, state, (doc_country_issue, pincode)) = address;
        let (doc_type, doc_number, doc_expiry, otp, password) = document;
        RegisterUser {
            mobile_no: mobile_no.into(),
            kit_no,
            card_type: card_type.into(),
            card_no: card_no.into(),
            card_expiry,
            first_name: first_name.into(),
            last_name: last_name.into(),
            title: title.into(),
            gender: gender.into(),
            dob: dob.into(),
            email: email.into(),
            address: address.into(),
            city: city.into(),
            state: state.into(),
            pincode: pincode.into(),
            doc_type: doc_type.into(),
            doc_number: doc_number.into(),
            doc_expiry: doc_expiry.into(),
            doc_country_issue: doc_country_issue.into(),
            otp: otp.into(),
            password: password.into(),
        }
    })
}

fn update_customer() -> impl Strategy<Value = UpdateCustomer> {
    use proptest::option::of;
    let home = prop_oneof![
        (of(one_of(&["India", "iNDIA"])), of("[0-9]{6}")),
        (Just(Some("Sri Lanka & more".to_owned())), of("[0-9]{1,6}")),
    ];
    (
        text(50),
        of(email(99)),
        of(text(30)),
        of("[A-Za-z0-9 ]{1,150}"),
        home,
        of("[A-Za-z]{1,40}"),
        of("[A-Za-z]{1,40}"),
    )
        .prop_map(
            |(entity_id, email, mobile_no, address, (country, pincode), city, state)| {
                UpdateCustomer {
                    email: email.map(Into::into),
                    mobile_no: mobile_no.map(Into::into),
                    address: address.map(Into::into),
                    country: country.map(Into::into),
                    city: city.map(Into::into),
                    state: state.map(Into::into),
                    pincode: pincode.map(Into::into),
                    ..UpdateCustomer::new(entity_id)
                }
            },
        )
}

fn customer_preference() -> impl Strategy<Value = CustomerPreference> {
    use proptest::option::of;
    (
        text(50),
        of(one_of(&["ALLOWED", "NOTALLOWED"])),
        of(one_of(&["ATM", "POS", "ECOM", "CONTACTLESS"])),
    )
        .prop_map(|(entity_id, status, channel)| CustomerPreference {
            status: status.map(Into::into),
            channel: channel.map(Into::into),
            ..CustomerPreference::new(entity_id)
        })
}

fn list_prepaid_cards() -> impl Strategy<Value = ListPrepaidCards> {
    use cards_model::paysafe::{CardStatus, CardType, Include};
    use proptest::collection::vec;
    use proptest::option::of;
    let customer = text(30).prop_filter("not swallowed by a path", |id| id != "." && id != "..");
    (
        customer,
        of(1u32..=50),
        of(0..=i64::MAX as u64),
        vec(select(CardStatus::ALL), 0..4),
        vec(select(CardType::ALL), 0..3),
        vec(select(Include::ALL), 0..3),
    )
        .prop_map(
            |(customer, limit, offset, status, card_type, include)| ListPrepaidCards {
                limit,
                offset,
                ..ListPrepaidCards::new(customer)
                    .status(status)
                    .card_type(card_type)
                    .include(include)
            },
        )
}

fn list_customer_cards() -> impl Strategy<Value = ListCustomerCards> {
    use proptest::option::of;
    (of(1u32..), of(1u32..)).prop_map(|(number, size)| {
        let mut list = ListCustomerCards::new();
        (list.page_number, list.page_size) = (number, size);
        list
    })
}

const SECRET: &str = "sandbox-secret-key";

fn airpay(order: Order) -> Airpay {
    Airpay::new("http://localhost".parse().unwrap(), SECRET)
        .keys("sandboxaff", "sandbox-processor-key")
        .token("sandbox-token")
        .order(order)
}

/// The request that the client would send.
fn sent<C: Call>(provider: C::Provider, call: &C) -> http::Request<Bytes> {
    let clock = FakeClock::new();
    let fake = Fake::new(&clock, |_, _| replying(200, "{}"));
    let client = Ureq::faked(provider, &fake, clock.settings().retry(Retry::never()));
    let outcome = client.send(call);
    let sent = fake.sent().pop();
    sent.unwrap_or_else(|| panic!("not sent: {}", outcome.map(drop).unwrap_err()))
}

fn decoded(body: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(body).into_owned().collect()
}

/// The second implementation: what a server would hash of the decoded form.
fn hashed(pairs: &[(String, String)]) -> String {
    let mut text: String = pairs.iter().map(|(_, value)| &**value).collect();
    text.push_str(SECRET);
    Sha256::digest(text.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Accepted by the rules; encoded, decoded and read back it is the same; what
/// is signed is what is sent; both verifications agree, the sandbox's too.
fn survives<F>(form: &F) -> Result<(), TestCaseError>
where
    F: Form + Call<Provider = Airpay> + PartialEq + std::fmt::Debug,
{
    prop_assert_eq!(named(&form.check(&rules())), Vec::<String>::new());
    for order in Order::ALL {
        let request = sent(airpay(order), form);
        let pairs = decoded(request.body());
        let again = F::from_fields(pairs.iter().map(|(name, value)| (&**name, &**value)));
        prop_assert!(again == *form, "decoded it is another");
        let mut expected = form.fields();
        order.arrange(&mut expected, F::EXAMPLE_ORDER);
        let expected: Vec<(String, String)> = expected
            .iter()
            .map(|&(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        prop_assert!(pairs == expected, "the signed fields are not the sent ones");
        let checksum = request.headers()["checksum"].to_str().unwrap();
        prop_assert_eq!(checksum, hashed(&pairs));
        let values = pairs.iter().map(|(_, value)| &**value);
        prop_assert!(cards_sign::verify(values, SECRET.as_bytes(), checksum));
    }
    Ok(())
}

fn sandbox() -> &'static Running {
    static SANDBOX: OnceLock<Running> = OnceLock::new();
    SANDBOX.get_or_init(|| {
        let clock = std::sync::Arc::new(common::noon);
        Sandbox::builder().clock(clock).start_blocking().unwrap()
    })
}

/// The sandbox's verdict on the checksum, whatever else it thinks of the call.
fn verified<F: Form + Call<Provider = Airpay>>(
    form: &F,
    order: Order,
) -> Result<(), TestCaseError> {
    let provider = Airpay::new(sandbox().airpay_url().parse().unwrap(), SECRET)
        .keys("sandboxaff", "sandbox-processor-key")
        .token("sandbox-token")
        .order(order);
    let settings = FakeClock::new().settings().retry(Retry::never());
    let transport = UreqTransport::new().unwrap();
    let outcome = blocking::Client::with_settings(provider, transport, settings).send(form);
    let known = outcome
        .as_ref()
        .map_or_else(cards_transport::Error::is_refused, |_| true);
    prop_assert!(known, "{:?}", outcome.map(drop));
    let exchange = sandbox().exchanges().pop().unwrap();
    prop_assert_eq!(exchange.operation, Some(F::OPERATION.name));
    prop_assert_eq!(&exchange.violations.len(), &0);
    prop_assert!(exchange.checksum.unwrap().is_right());
    Ok(())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn register_user_survives_the_wire(form in register_user()) {
        survives(&form)?;
    }

    #[test]
    fn update_customer_survives_the_wire(form in update_customer()) {
        survives(&form)?;
    }

    #[test]
    fn customer_preference_survives_the_wire(form in customer_preference()) {
        survives(&form)?;
    }

    #[test]
    fn user_login_survives_the_wire(mobile_no in "[0-9]{1,10}", password in text(20)) {
        survives(&UserLogin { mobile_no: mobile_no.into(), password: password.into() })?;
    }

    /// Path and query, decoded as a server decodes them, are the request.
    #[test]
    fn list_prepaid_cards_survives_the_wire(call in list_prepaid_cards()) {
        prop_assert_eq!(named(&call.check(&rules())), Vec::<String>::new());
        let provider = Paysafe::new("http://localhost/digitalwallets/v1".parse().unwrap()).token("t");
        let request = sent(provider, &call);
        let path = request.uri().path();
        let segment = path.strip_prefix("/digitalwallets/v1/customers/").unwrap();
        let segment = segment.strip_suffix("/prepaid/cards").unwrap();
        // A plus is a plus in a path and a space in a form.
        let segment = format!("v={}", segment.replace('+', "%2B"));
        prop_assert_eq!(&decoded(segment.as_bytes())[0].1, &call.customer_id);
        let query = decoded(request.uri().query().unwrap_or_default().as_bytes());
        let expected: Vec<_> = call.query().into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        prop_assert_eq!(query, expected);
        prop_assert_eq!(&request.headers()["authorization"], "Bearer t");
    }

    #[test]
    fn ibanera_reads_survive_the_wire(list in list_customer_cards(), id in 1i64..) {
        let ibanera = || Ibanera::new("http://localhost".parse().unwrap()).token("t").totp_text("fake");
        let request = sent(ibanera(), &list);
        let expected: Vec<_> = list.query().into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        prop_assert_eq!(decoded(request.uri().query().unwrap_or_default().as_bytes()), expected);
        let request = sent(ibanera(), &CardsByCustomer::new(id));
        prop_assert_eq!(request.uri().query(), Some(&*format!("customersId={id}")));
        prop_assert_eq!(request.headers()["otp"].len(), 6);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: config().cases.div_ceil(3), ..config() })]

    /// By the sandbox's own code, over the wire.
    #[test]
    fn the_sandbox_verifies_what_the_client_signs(
        update in update_customer(),
        preference in customer_preference(),
        order in select(&Order::ALL[..]),
    ) {
        verified(&update, order)?;
        verified(&preference, order)?;
    }
}

// ------------------------------------------------------------------ one broken rule

/// A value for a field, and the one rule that it breaks there.
type Breach = (&'static str, BoxedStrategy<String>, &'static str);

fn like(pattern: &str) -> BoxedStrategy<String> {
    proptest::string::string_regex(pattern).unwrap().boxed()
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

fn breach() -> impl Strategy<Value = (&'static str, String, &'static str)> {
    let all = breaches()
        .into_iter()
        .map(|(field, bad, rule)| bad.prop_map(move |bad| (field, bad, rule)).boxed());
    proptest::strategy::Union::new(all)
}

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
        // Nothing leaves the process.
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

// ------------------------------------------------------------------ parsers

/// Bytes of all kinds: any, JSON that is damaged, JSON that is odd.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let documented: Vec<Vec<u8>> = common::cases()
        .into_iter()
        .filter_map(|case| Some(case.reply?.body))
        .collect();
    let damaged = (
        select(documented),
        any::<prop::sample::Index>(),
        any::<u8>(),
        0..4u8,
    )
        .prop_map(|(mut bytes, at, byte, how)| {
            let at = at.index(bytes.len().max(1));
            match how {
                0 => bytes.truncate(at),
                1 => bytes[at] = byte,
                2 => bytes.insert(at, byte),
                _ => drop(bytes.remove(at)),
            }
            bytes
        });
    prop_oneof![
        1 => proptest::collection::vec(any::<u8>(), 0..200),
        2 => damaged,
        2 => odd_json().prop_map(|json| json.to_string().into_bytes()),
    ]
}

/// JSON under the documents' names, with values that nobody documented.
fn odd_json() -> impl Strategy<Value = Value> {
    const NAMES: &[&str] = &[
        "status",
        "message",
        "data",
        "errors",
        "details",
        "error",
        "cards",
        "meta",
        "cardId",
        "id",
        "customersId",
        "entity_id",
        "token",
        "accessToken",
        "access_token",
        "expires_in",
        "expiresIn",
        "code",
        "fieldErrors",
        "field",
        "fieldName",
        "messageCode",
        "totalBalance",
        "expiry",
        "month",
        "year",
        "tokenizations",
        "mobileWalletTokenizations",
        "availableActions",
        "action",
        "pageSize",
        "numberOfPages",
        "limit",
        "offset",
        "numberOfRecords",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        select(&["", "1", "0", "200", "400", "text", "ACTIVE", "1e400"][..]).prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(select(NAMES), inner, 0..6).prop_map(|pairs| {
                let pairs = pairs
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value));
                Value::Object(pairs.collect())
            }),
        ]
    })
}

/// Reads, and shows what came of it in every way there is.
fn read<C: Operation>(body: &[u8]) {
    match C::parse(body) {
        Ok(reply) => drop((format!("{reply:?}"), C::show(&reply))),
        Err(Rejection::Malformed(json)) => drop(json.to_string()),
        Err(rejection) => drop(format!("{rejection:?}")),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: config().cases * 4, ..config() })]

    #[test]
    fn no_bytes_make_a_parser_panic(body in bytes()) {
        read::<RegisterUser>(&body);
        read::<UpdateCustomer>(&body);
        read::<CustomerPreference>(&body);
        read::<UserLogin>(&body);
        read::<ListPrepaidCards>(&body);
        read::<IssueAccessToken>(&body);
        read::<ListCustomerCards>(&body);
        read::<CardsByCustomer>(&body);
        read::<LoginCall>(&body);
        drop(Airpay::refusal(&body).map(|refusal| format!("{refusal} {refusal:?}")));
        drop(Paysafe::refusal(&body).map(|refusal| format!("{refusal} {refusal:?}")));
        drop(Ibanera::refusal(&body).map(|refusal| format!("{refusal} {refusal:?}")));
        if let Ok(page) = serde_json::from_slice::<CardPage>(&body) {
            drop(page.check().map_err(|violations| violations.to_string()));
        }
    }

    /// A reply with any status and body ends in a value or in an error that
    /// keeps both.
    #[test]
    fn no_reply_is_lost(body in bytes(), status in 200u16..600) {
        let clock = FakeClock::new();
        let given = body.clone();
        let fake = Fake::new(&clock, move |_, _| replying(status, given.clone()));
        let settings = clock.settings().retry(Retry::never()).validation(Validation::Off);
        let client = Ureq::faked(airpay(Order::Table), &fake, settings);
        match client.send(&UpdateCustomer::new("E1")) {
            Ok(reply) => prop_assert_eq!(&reply.body()[..], &body),
            Err(error) => {
                prop_assert_eq!(error.status().unwrap().as_u16(), status);
                prop_assert_eq!(&error.raw().unwrap().body()[..], &body);
                drop(format!("{error} {error:?}"));
            }
        }
    }

    #[test]
    fn no_text_makes_a_date_panic(text in "\\PC{0,40}|[0-9:TZ+.-]{0,40}") {
        let _ = text.parse::<Date>();
        let _ = text.parse::<CardExpiry>();
        let _ = Timestamp::new(text).unix_millis();
    }

    #[test]
    fn no_checksum_makes_an_explanation_panic(
        pairs in proptest::collection::vec((text(8), text(8)), 0..6),
        given in "\\PC{0,70}|[0-9a-fA-F]{64}",
    ) {
        let fields: Vec<_> = pairs.iter().map(|(name, value)| (&**name, &**value)).collect();
        let explanation = cards_sign::explain(&Explain::new(&fields, b"marker-secret-9", &given));
        let shown = format!("{explanation} {explanation:?}");
        prop_assert!(!shown.contains("marker-secret-9"));
    }
}

// ------------------------------------------------------------------ lenient by law

/// The same JSON with keys in another order and unknown ones among them.
fn stirred(value: &Value, salt: u64) -> String {
    match value {
        Value::Object(object) => {
            let mut pairs: Vec<String> = object
                .iter()
                .map(|(key, value)| format!("{}:{}", json!(key), stirred(value, salt / 2)))
                .collect();
            if !pairs.is_empty() {
                let turn = salt as usize % pairs.len();
                pairs.rotate_left(turn);
            }
            if salt.is_multiple_of(3) {
                pairs.reverse();
            }
            let at = salt as usize % (pairs.len() + 1);
            pairs.insert(
                at,
                r#""zzUnknown":{"deep":[null,1.5,"x",{"a":{}}]}"#.to_owned(),
            );
            pairs.insert(at, format!(r#""Unknown {salt}":null"#));
            format!(" {{ {} }} ", pairs.join(" ,\n"))
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| stirred(item, salt / 2)).collect();
            format!("[{}]", items.join(" , "))
        }
        other => other.to_string(),
    }
}

fn result<C: Operation>(body: &[u8]) -> Value {
    match C::parse(body) {
        Ok(reply) => C::show(&reply),
        Err(Rejection::Refused(refusal)) => json!([
            refusal.code,
            refusal.message,
            refusal
                .fields
                .iter()
                .map(|field| (&field.field, &field.error))
                .collect::<Vec<_>>(),
        ]),
        Err(Rejection::Malformed(json)) => json!(json.path()),
        Err(other) => json!(format!("{other:?}")),
    }
}

/// Every documented reply and every one of ours that is JSON.
fn json_replies() -> Vec<(conformance::fixture::Case, Value)> {
    let replies = common::cases().into_iter().filter_map(|case| {
        let body: Value = serde_json::from_slice(&case.reply.as_ref()?.body).ok()?;
        Some((case, body))
    });
    replies.collect()
}

fn results_agree<C: Operation>(plain: &[u8], stirred: &[u8]) -> Result<(), TestCaseError> {
    prop_assert_eq!(result::<C>(stirred), result::<C>(plain));
    Ok(())
}

proptest! {
    #![proptest_config(config())]

    /// Whether it is a value, a refusal or malformed: unknown fields and the
    /// order of keys change nothing.
    #[test]
    fn unknown_fields_and_the_order_of_keys_never_matter(
        (case, body) in select(json_replies()),
        salt in any::<u64>(),
    ) {
        use common::operations::for_operation;
        // Amounts would pass through a float in a `Value`: these stay as they are.
        prop_assume!(case.name != "exact-decimals");
        let (plain, stirred) = (body.to_string(), stirred(&body, salt));
        let (plain, stirred) = (plain.as_bytes(), stirred.as_bytes());
        for_operation!(case, results_agree(plain, stirred))?;
    }

    #[test]
    fn null_and_absence_are_the_same(
        (case, body) in select(json_replies()),
        at in any::<prop::sample::Index>(),
    ) {
        use common::operations::for_operation;
        prop_assume!(case.name != "exact-decimals");
        let mut paths = Vec::new();
        optional_paths(&body, String::new(), &mut paths);
        prop_assume!(!paths.is_empty());
        let (parent, key) = &paths[at.index(paths.len())];
        let mut with_null = body.clone();
        let mut without = body.clone();
        object(&mut with_null, parent).insert(key.clone(), Value::Null);
        object(&mut without, parent).remove(key);
        let (with_null, without) = (with_null.to_string(), without.to_string());
        let (with_null, without) = (with_null.as_bytes(), without.as_bytes());
        for_operation!(case, results_agree(without, with_null))?;
    }

    #[test]
    fn amounts_survive_from_text_to_text(units in any::<i64>(), scale in 0u32..=18, as_text in any::<bool>()) {
        let amount = Decimal::new(units, scale).to_string();
        let written = if as_text { json!(amount).to_string() } else { amount.clone() };
        let body = format!(
            r#"{{"status":"1","details":{{"customersId":1,"cards":[{{"id":1,"totalBalance":{written}}}]}}}}"#
        );
        let Ok(reply) = CardsByCustomer::parse(body.as_bytes()) else {
            return Err(TestCaseError::fail("not read"));
        };
        let card = &reply.customers[0].cards[0];
        prop_assert_eq!(card.total_balance.unwrap().to_string(), amount.clone());
        let again = serde_json::to_string(card).unwrap();
        prop_assert!(again.contains(&format!(r#""totalBalance":{amount},"#)), "{}", again);
    }
}

/// Fields whose absence the documents allow for: all but ids and the heart of
/// an envelope, and nothing that a whole item consists of.
fn optional_paths(value: &Value, at: String, paths: &mut Vec<(String, String)>) {
    const NEEDED: &[&str] = &[
        "cardId",
        "action",
        "customersId",
        "id",
        "month",
        "year",
        "entity_id",
        "token",
        "accessToken",
        "access_token",
    ];
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                if !NEEDED.contains(&&**key) {
                    paths.push((at.clone(), key.clone()));
                }
                optional_paths(value, format!("{at}/{key}"), paths);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                optional_paths(item, format!("{at}/{index}"), paths);
            }
        }
        _ => {}
    }
}

fn object<'a>(value: &'a mut Value, path: &str) -> &'a mut Map<String, Value> {
    value.pointer_mut(path).unwrap().as_object_mut().unwrap()
}
