//! Draws steps that may be taken in a sandbox: calls, orders of the control API
//! and of the page, worlds; right ones, wrong ones, and ones at the edge.

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::step::Step;
use crate::testing::REGISTRATION;
use crate::world::airpay::{CUSTOMER, PLACEHOLDER, TEST_BINS};

const PROVIDERS: [&str; 3] = ["airpay", "paysafe", "ibanera"];
const STATUSES: [&str; 10] = [
    "ACTIVE",
    "PENDING",
    "CANCELLED",
    "SUSPENDED",
    "APPLIED",
    "DIGITAL",
    "REJECTED",
    "LOCKED",
    "EXPIRED",
    "ISSUED",
];
const ACTIONS: [&str; 7] = [
    "ACTIVATE",
    "CANCEL",
    "UNLOCK",
    "LOCK",
    "SHOW_DETAILS",
    "SHOW_PIN",
    "SET_PIN",
];

fn one_of(words: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    proptest::sample::select(words)
}

/// Draws any text: lengths at which something may end, what looks like a card number, what JSON or
/// a form writes otherwise.
fn text() -> impl Strategy<Value = String> {
    let lengths =
        proptest::sample::select(&[1_usize, 3, 15, 16, 20, 49, 50, 51, 99, 100, 101, 3000][..]);
    let pieces = proptest::sample::select(
        &[
            "x",
            "é",
            "\u{1f4b3}",
            "\"",
            "\\",
            "\u{0}",
            "\u{1f}",
            "\u{7f}",
            "\u{2028}",
            " ",
            "7",
            "*",
        ][..],
    );
    prop_oneof![
        4 => "[A-Za-z]{1,12}",
        2 => (pieces, lengths).prop_map(|(piece, length)| piece.repeat(length)),
        2 => "[0-9]{10,20}",
        2 => "([0-9]{1,8}[ -]?){2,6}",
        1 => "((4111111111111111|4111111111116|5555 5555 5555 4444)[a-z ,;*-]{0,3}){1,6}",
        2 => "\\PC{0,30}",
        1 => any::<String>(),
    ]
}

/// A text, or what the field takes.
fn field(usual: impl Strategy<Value = String> + 'static) -> BoxedStrategy<String> {
    prop_oneof![2 => usual, 1 => text()].boxed()
}

fn register() -> impl Strategy<Value = Step> {
    let bin = proptest::sample::select(TEST_BINS);
    let own = (bin, "[0-9]{10}", "[0-9A-Za-z -]{1,16}", "[a-z0-9.]{1,20}");
    let own = own.prop_map(|(bin, rest, kit, mail)| {
        [
            ("card_no", format!("{bin}{rest}")),
            ("kit_no", kit),
            ("email", format!("{mail}@example.com")),
        ]
    });
    let at = proptest::sample::select(&REGISTRATION[..]);
    let longest = (0..6_usize).prop_map(|kind| match kind {
        0 => ("address", "4111111111116 ".repeat(7)),
        1 => ("doc_number", "4111111111116-45678".to_owned()),
        2 => ("first_name", "x".repeat(30)),
        3 => ("doc_expiry", String::new()),
        4 => ("otp", String::new()),
        _ => ("email", "xyz@airpay.co.in".to_owned()),
    });
    let any = (at, text()).prop_map(|((name, _), value)| (name, value));
    (own, vec(prop_oneof![1 => any, 2 => longest], 0..2)).prop_map(|(own, changes)| {
        let mut fields: Vec<_> = REGISTRATION
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()))
            .collect();
        for (name, value) in own.into_iter().chain(changes) {
            let field = fields.iter_mut().find(|(other, _)| *other == name);
            field.unwrap().1 = value;
        }
        Step::Register(fields)
    })
}

fn update() -> impl Strategy<Value = Step> {
    let id = prop_oneof![
        2 => Just(CUSTOMER.to_owned()),
        2 => Just(PLACEHOLDER.to_owned()),
        1 => Just("AIRPAYCUST0002".to_owned()),
        1 => text(),
    ];
    let letters = "([A-Za-z]{1,12}|x{3000})";
    let fields = prop_oneof![
        text().prop_map(|text| ("mobile_no", text)),
        text().prop_map(|text| ("country", text)),
        "[A-Za-z0-9 ]{1,200}".prop_map(|text| ("address", text)),
        letters.prop_map(|text| ("city", text)),
        letters.prop_map(|text| ("state", text)),
        "[0-9]{6}".prop_map(|text| ("pincode", text)),
        "[a-z0-9.-]{1,64}".prop_map(|text| ("email", format!("{text}@{}.in", "x".repeat(60)))),
    ];
    (id, vec(fields, 0..4)).prop_map(|(id, fields)| {
        Step::Update(std::iter::once(("entity_id", id)).chain(fields).collect())
    })
}

/// An object with some of these members.
fn object(members: Vec<(&'static str, BoxedStrategy<Value>)>) -> BoxedStrategy<Value> {
    let members: Vec<_> = members
        .into_iter()
        .map(|(name, value)| proptest::option::weighted(0.2, value).prop_map(move |v| (name, v)))
        .collect();
    members
        .prop_map(|members| {
            let given = members
                .into_iter()
                .filter_map(|(name, value)| Some((name, value?)));
            let given = given.map(|(name, value)| (name.to_owned(), value));
            Value::Object(given.collect::<Map<_, _>>())
        })
        .boxed()
}

fn words(usual: &'static [&'static str]) -> BoxedStrategy<Value> {
    prop_oneof![8 => one_of(usual).prop_map(Value::from), 1 => text().prop_map(Value::from)].boxed()
}

fn like(usual: &'static str) -> BoxedStrategy<Value> {
    field(usual).prop_map(Value::from).boxed()
}

fn any_text() -> BoxedStrategy<Value> {
    text().prop_map(Value::from).boxed()
}

fn number() -> BoxedStrategy<String> {
    let bin = proptest::sample::select(TEST_BINS);
    (bin, "[0-9]{10}")
        .prop_map(|(bin, rest)| format!("{bin}{rest}"))
        .boxed()
}

fn airpay_card() -> BoxedStrategy<Value> {
    object(vec![
        ("card_no", field(number()).prop_map(Value::from).boxed()),
        ("kit_no", like("[0-9A-Za-z -]{1,16}")),
        ("card_type", words(&["P", "V"])),
        ("card_expiry", like("(0[1-9]|1[0-2])/(3[0-9]|4[0-9])")),
        ("lock", words(&["L", "BL"])),
        ("pin_until", like("20[0-9]{2}-0[1-9]-1[0-9]")),
        ("replaced_by", any_text()),
    ])
}

fn airpay_transaction() -> BoxedStrategy<Value> {
    let amount = "[0-9]{1,9}(\\.[0-9]{1,2})?";
    ("[A-Z0-9]{1,12}|\\PC{50}", amount, any::<i64>())
        .prop_map(|(id, amount, at)| json!({"transaction_id": id, "amount": amount, "at": at}))
        .boxed()
}

fn airpay_customer() -> BoxedStrategy<Value> {
    let preferences = object(vec![
        ("ATM", words(&["ALLOWED", "NOTALLOWED"])),
        ("ECOM", words(&["ALLOWED", "NOTALLOWED"])),
    ]);
    object(vec![
        (
            "entity_id",
            field("(AIRPAYCUST[0-9]{4,13}|[0-9]{1,20})")
                .prop_map(Value::from)
                .boxed(),
        ),
        ("number", (0..120_i64).prop_map(Value::from).boxed()),
        ("mobile_no", like("[0-9]{1,10}")),
        ("first_name", like("[A-Za-z]{1,30}")),
        ("title", words(&["Mr", "Mrs", "Ms"])),
        ("dob", like("19[0-9]{2}-0[1-9]-1[0-9]")),
        ("email", like("[a-z0-9.]{1,20}@example.com")),
        ("address", like("[A-Za-z0-9 ]{1,100}")),
        ("city", like("[A-Za-z]{1,20}")),
        ("country", any_text()),
        ("pincode", like("[0-9]{6}")),
        ("doc_number", like("[0-9A-Za-z -]{1,20}")),
        ("doc_expiry", like("20[0-9]{2}-0[1-9]-1[0-9]")),
        ("kyc_status", any_text()),
        ("kyc_expiry_date", like("20[0-9]{2}-0[1-9]-1[0-9]")),
        ("preferences", preferences),
        (
            "transactions",
            vec(airpay_transaction(), 0..4)
                .prop_map(Value::from)
                .boxed(),
        ),
        (
            "cards",
            vec(airpay_card(), 0..3).prop_map(Value::from).boxed(),
        ),
    ])
}

fn paysafe_card() -> BoxedStrategy<Value> {
    let wallet = object(vec![
        ("dpanRef", like("[0-9a-f]{4,60}")),
        ("walletId", any_text()),
        ("status", words(&["COMPLETED", "INITIATED"])),
    ]);
    let wallet = (wallet, one_of(&["GOOGLE_PAY", "APPLE_PAY", "SAMSUNG_PAY"]));
    let wallet = wallet.prop_map(|(mut wallet, kind)| {
        wallet["walletType"] = kind.into();
        wallet
    });
    let wallets = vec(wallet, 0..4);
    let wallets = wallets.prop_map(|all| json!({ "mobileWalletTokenizations": all }));
    let address = (text(), "[A-Za-z .-]{1,30}", text(), text()).prop_map(
        |(address1, city, state, postal_code)| {
            json!({
                "address1": address1, "city": city, "countryCode": "BG", "state": state,
                "postalCode": postal_code,
            })
        },
    );
    let expiry = (0..14_u8, 0..10_001_u16);
    let expiry = expiry.prop_map(|(month, year)| json!({ "month": month, "year": year }));
    let card = object(vec![
        ("cardId", like("[A-Za-z0-9_-]{1,50}")),
        ("expiry", expiry.boxed()),
        ("cardNumber", number().prop_map(Value::from).boxed()),
        ("programName", any_text()),
        ("currency", like("[A-Z]{3}")),
        ("mobile", like("\\+[0-9]{2,40} ?[0-9]{1,16}")),
        ("deliveryAddress", address.boxed()),
        (
            "createdDate",
            like("20[0-9]{2}-0[1-9]-1[0-9]T08:00:00(\\.[0-9]{1,9})?(Z|\\+05:30)"),
        ),
        ("accountId", any_text()),
        ("scheme", words(&["VISA", "MC"])),
        ("isPinSet", any::<bool>().prop_map(Value::from).boxed()),
        ("externalId", any_text()),
        ("shipment", words(&["shipped", "delivered"])),
        ("tokenizations", wallets.boxed()),
    ]);
    // Often one that can be: a status, a type, and what a lock returns to.
    let standing = prop_oneof![
        Just(("LOCKED", "PHYSICAL", Some("DIGITAL"))),
        Just(("SUSPENDED", "PHYSICAL", Some("ACTIVE"))),
        Just(("LOCKED", "VIRTUAL", Some("ACTIVE"))),
        Just(("ISSUED", "PHYSICAL", None)),
        (one_of(&STATUSES), one_of(&["PHYSICAL", "VIRTUAL"])).prop_map(|(s, t)| (s, t, None)),
    ];
    (card, proptest::option::of(standing))
        .prop_map(|(mut card, standing)| {
            if let Some((status, card_type, before)) = standing {
                card["status"] = status.into();
                card["cardType"] = card_type.into();
                if let Some(before) = before {
                    card["statusBeforeLock"] = before.into();
                }
            }
            card
        })
        .boxed()
}

fn paysafe_customer() -> BoxedStrategy<Value> {
    object(vec![
        ("customerId", like("[A-Za-z0-9_-]{1,50}|[0-9]{8,16}")),
        (
            "cards",
            vec(paysafe_card(), 0..3).prop_map(Value::from).boxed(),
        ),
    ])
}

/// A number with its own digits, as JSON has it.
fn amount() -> impl Strategy<Value = String> {
    "-?(0|[1-9][0-9]{0,13})(\\.[0-9]{1,14})?"
}

fn ibanera_card() -> BoxedStrategy<Value> {
    // A float reads what it writes.
    let balance = (-1_000_000_i64..1_000_000).prop_map(|cents| json!(cents as f64 / 100.0));
    object(vec![
        (
            "id",
            prop_oneof![1..50_i64, Just((1 << 53) - 1)]
                .prop_map(Value::from)
                .boxed(),
        ),
        ("currency", any_text()),
        (
            "cardNumber",
            prop_oneof![number(), Just("424242******0007".to_owned())]
                .prop_map(Value::from)
                .boxed(),
        ),
        ("totalBalance", balance.clone().boxed()),
        ("availableBalance", balance.boxed()),
        ("bSuppressed", any::<bool>().prop_map(Value::from).boxed()),
        ("shipment", words(&["shipped", "delivered"])),
    ])
}

fn ibanera_customer() -> BoxedStrategy<Value> {
    let id = prop_oneof![1..50_i64, Just((1 << 53) - 1), Just(9_007_199_254_740_990)];
    let asked = object(vec![
        ("id", (1..4_i64).prop_map(Value::from).boxed()),
        ("currency", any_text()),
    ]);
    object(vec![
        ("customersId", id.prop_map(Value::from).boxed()),
        (
            "requestedCards",
            vec(asked, 0..3).prop_map(Value::from).boxed(),
        ),
        ("customersReference", any_text()),
        (
            "cards",
            vec(ibanera_card(), 0..3).prop_map(Value::from).boxed(),
        ),
        (
            "documents",
            vec(
                one_of(&["Tax Document", "Corporate Authorization Document"]),
                0..3,
            )
            .prop_map(Value::from)
            .boxed(),
        ),
    ])
}

fn change() -> impl Strategy<Value = String> {
    let names = one_of(&["totalBalance", "availableBalance", "pendingBalance"]);
    prop_oneof![
        (names, amount()).prop_map(|(name, amount)| format!(r#"{{"{name}":{amount}}}"#)),
        any::<bool>().prop_map(|flag| format!(r#"{{"bSuppressed":{flag}}}"#)),
    ]
}

fn world() -> impl Strategy<Value = Step> {
    let of = |customer: BoxedStrategy<Value>| vec(customer, 0..3);
    let all = (
        of(airpay_customer()),
        of(paysafe_customer()),
        of(ibanera_customer()),
    );
    all.prop_map(|(airpay, paysafe, ibanera)| {
        Step::Replace(json!({
            "airpay": {"customers": airpay},
            "paysafe": {"customers": paysafe},
            "ibanera": {"customers": ibanera},
        }))
    })
}

fn added() -> impl Strategy<Value = Step> {
    let at = 0..9_usize;
    prop_oneof![
        airpay_customer().prop_map(|one| Step::AddCustomer("airpay", one)),
        paysafe_customer().prop_map(|one| Step::AddCustomer("paysafe", one)),
        ibanera_customer().prop_map(|one| Step::AddCustomer("ibanera", one)),
        (at.clone(), airpay_card()).prop_map(|(at, one)| Step::AddCard("airpay", at, one)),
        (at.clone(), paysafe_card()).prop_map(|(at, one)| Step::AddCard("paysafe", at, one)),
        (at, ibanera_card()).prop_map(|(at, one)| Step::AddCard("ibanera", at, one)),
    ]
}

/// Draws anything that changes the world, or the day by which it is judged.
pub(super) fn step() -> impl Strategy<Value = Step> {
    let at = || 0..40_usize;
    let provider = || one_of(&PROVIDERS);
    let preference = (
        one_of(&["ATM", "POS", "ECOM", "CONTACTLESS", ""]),
        one_of(&["ALLOWED", "NOTALLOWED", ""]),
    );
    prop_oneof![
        6 => register(),
        5 => update(),
        2 => preference.prop_map(|(channel, status)| Step::Prefer(channel, status)),
        8 => added(),
        1 => (provider(), at()).prop_map(|(provider, at)| Step::RemoveCustomer(provider, at)),
        2 => (provider(), at()).prop_map(|(provider, at)| Step::RemoveCard(provider, at)),
        5 => (at(), one_of(&ACTIONS)).prop_map(|(at, action)| Step::Act(at, action)),
        2 => (at(), one_of(&ACTIONS)).prop_map(|(at, action)| Step::ActOnPage(at, action)),
        5 => (at(), one_of(&STATUSES)).prop_map(|(at, status)| Step::PutStatus(at, status)),
        3 => (at(), change()).prop_map(|(at, change)| Step::Change(at, change)),
        2 => world(),
        2 => (-900_000_000..900_000_000_i64).prop_map(Step::Advance),
        6 => live(),
        4 => pay(),
        3 => (provider(), at(), any::<bool>())
            .prop_map(|(provider, at, arrives)| Step::Post(provider, at, arrives)),
        2 => (1..4_usize, one_of(&["approve-card", "reject-card"]))
            .prop_map(|(request, action)| Step::Settle(request, action)),
    ]
}

/// A payment, of amounts that some write with zeros before them.
fn pay() -> impl Strategy<Value = Step> {
    let amount = || "0{0,2}[0-9]{1,2}(\\.[0-9]{1,2})?";
    let providers = one_of(&["airpay", "ibanera"]);
    (providers, 0..40_usize, amount(), amount(), amount()).prop_map(
        |(provider, at, held, cleared, back)| Step::Pay(provider, at, [held, cleared, back]),
    )
}

/// A call that changes an Airpay card or what is known of its customer.
fn live() -> impl Strategy<Value = Step> {
    let own = |fields: &[(&'static str, &str)]| {
        let own = fields
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()));
        own.collect::<Vec<_>>()
    };
    let lock = one_of(&["L", "UL", "BL", "BL"])
        .prop_map(move |flag| ("lock-unlock", own(&[("flag", flag), ("reason", "Lost")])));
    let pin = one_of(&["1249", "0101"])
        .prop_map(move |expiry| ("set-pin", own(&[("pin", "7141"), ("expiryDate", expiry)])));
    let replace = field("[0-9]{1,20}")
        .prop_map(move |kit| ("card-replacement", own(&[("new_kit_no", &*kit)])));
    let known = (one_of(&["MIN", "FULL", "PARTIAL"]), text(), text(), text());
    let kyc = known.prop_map(move |(level, kind, number, address)| {
        let fields = [
            ("kyc_type", level),
            ("doc_type", &*kind),
            ("doc_number", &*number),
            ("reg_date", "2018-10-25"),
            ("reason_desc", "Verified"),
            ("update_kyc_address", &*address),
        ];
        ("update-kyc-status", own(&fields))
    });
    let call = prop_oneof![lock, pin, replace, kyc];
    (0..9_usize, call).prop_map(|(at, (name, fields))| Step::Live(at, name, fields))
}
