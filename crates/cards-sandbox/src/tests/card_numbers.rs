//! A card number in every text of every provider, by call, by control API and by world file: none is
//! found whole in what the sandbox keeps, shows, saves or logs.

use serde_json::{Value, json};

use crate::testing::{Harness, Log, accepted, everything, send, with};
use crate::{Sandbox, Store};
use cards_sandbox_core::operations::KnownOperation;

/// Ways in which somebody writes one card number: as it is, with gaps, in another script, behind a plus
/// and behind other digits.
const WRITTEN: [&str; 10] = [
    "4000056655665556",
    "4000 0566 5566 5556",
    "4000.0566.5566.5556",
    "4000\u{a0}0566\u{a0}5566\u{a0}5556",
    "7 4000 0566 5566 5556",
    "٤٠٠٠٠٥٦٦٥٥٦٦٥٥٥٦",
    "+4000056655665556",
    "+4000 056655665556",
    "+7 4000056655665556",
    "4000056655665556@example.com",
];

/// Parts that only a whole one has, however it is written.
const WHOLE: [&str; 5] = [
    "056655665556",
    "0566 5566",
    "0566.5566",
    "0566\u{a0}5566",
    "٥٦٦٥٥٦٦٥",
];

/// A sandbox whose file and log are looked at too.
struct Watched {
    sandbox: Harness,
    folder: tempfile::TempDir,
    log: Log,
    _guard: tracing::subscriber::DefaultGuard,
}

impl Watched {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (log, guard) = Log::capture();
        let place = Store::File(folder.path().join("sandbox.db"));
        let sandbox = Harness::with(Sandbox::builder().store(place).keep_values());
        Self {
            sandbox,
            folder,
            log,
            _guard: guard,
        }
    }

    /// Looks for a whole card number.
    async fn has_none(&self, place: &str) {
        let rows = self.sandbox.app.store.read_all(everything).await.unwrap();
        let mut looked_at = vec![
            ("rows", rows.join("\n").into_bytes()),
            ("log", self.log.take().into_bytes()),
            (
                "journal",
                format!("{:?}", self.sandbox.app.journal.exchanges()).into_bytes(),
            ),
        ];
        for target in [
            "/_sandbox/world/file",
            "/_sandbox/world",
            "/_sandbox/exchanges?limit=1",
            "/_sandbox/events",
            "/_sandbox/page/customers",
            "/",
        ] {
            let reply = self.sandbox.get(target, &[]).await;
            assert_eq!(reply.status, 200, "{target}: {}", reply.body);
            looked_at.push((target, reply.body.into_bytes()));
        }
        for (what, bytes) in looked_at {
            assert_eq!(whole(&bytes), None, "{place}: {what}");
        }
    }

    /// Looks for one in the files, in which is what was there before too.
    fn files_have_none(&self, place: &str) {
        let files = std::fs::read_dir(self.folder.path()).unwrap();
        let mut count = 0;
        for file in files {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            assert_eq!(whole(&bytes), None, "{place}: a file");
            count += 1;
        }
        assert!(count >= 2, "the database and its log");
    }
}

fn whole(bytes: &[u8]) -> Option<&'static str> {
    let text = String::from_utf8_lossy(bytes);
    WHOLE.into_iter().find(|part| text.contains(part))
}

#[tokio::test]
async fn no_call_leaves_a_whole_card_number() {
    let all: Vec<_> = Harness::new().app.operations.of(None).collect();
    let mut taken = 0;
    for known in all {
        taken += of_operation(known).await;
    }
    // Calls that are all refused would prove nothing.
    assert!(taken > 100, "{taken}");
}

/// Gives how many calls were accepted.
async fn of_operation(known: &'static KnownOperation) -> usize {
    let watched = Watched::new();
    let sandbox = &watched.sandbox;
    let usual = accepted(sandbox, known.operation);
    let given = usual.iter().map(|(name, _)| *name);
    let others = known.operation.fields.iter().map(|field| field.wire);
    let others = others.filter(|name| !usual.iter().any(|(given, _)| given == name));
    let mut taken = 0;
    for name in given.chain(others) {
        for number in WRITTEN {
            let place = format!("{}, {name}, {number}", known.operation);
            // The code of a login is good once, and a reset lets it be good again.
            let fields = with(&usual, name, number);
            send(sandbox, known, &fields).await;
            if sandbox.last().accepted {
                taken += 1;
                watched.has_none(&place).await;
                let reply = sandbox.control("POST", "/_sandbox/reset", "").await;
                assert_eq!(reply.status, 200, "{}", reply.body);
            }
        }
        // Those that were refused, all at once.
        watched
            .has_none(&format!("{}, {name}", known.operation))
            .await;
    }
    watched.files_have_none(known.operation.name);
    taken
}

/// A world with one of everything that a world may have.
fn full() -> Value {
    json!({
        "airpay": {"customers": [{
            "preferences": {"ATM": "ALLOWED"}, "cards": [{}],
            "transactions": [{"transaction_id": "T1", "amount": "1", "at": 7}],
        }]},
        "paysafe": {"customers": [{"cards": [{
            "cardType": "PHYSICAL", "expiry": {"month": 1, "year": 2030},
            "deliveryAddress": {
                "address1": "1 Shipka", "city": "Sofia", "countryCode": "BG", "postalCode": "1000",
            },
            "tokenizations": {"mobileWalletTokenizations": [{"walletType": "GOOGLE_PAY"}]},
        }]}]},
        "ibanera": {"customers": [{
            "review": {"kind": "Personal", "since": "2026-01-01"}, "documents": ["Tax Document"],
            "cards": [{"transactions": [{"amount": 1}]}], "requestedCards": [{}],
        }]},
    })
}

/// Lists the places of all texts that a schema has, as JSON pointers.
fn texts(document: &Value, schema: &Value, at: &str, all: &mut Vec<String>) {
    if let Some(to) = schema["$ref"].as_str() {
        let to = document.pointer(to.trim_start_matches('#')).unwrap();
        return texts(document, to, at, all);
    }
    for part in ["anyOf", "oneOf", "allOf"] {
        let parts = schema[part].as_array().into_iter().flatten();
        parts.for_each(|part| texts(document, part, at, all));
    }
    for (name, part) in schema["properties"].as_object().into_iter().flatten() {
        texts(document, part, &format!("{at}/{name}"), all);
    }
    if schema["items"].is_object() {
        texts(document, &schema["items"], &format!("{at}/0"), all);
    }
    if schema["additionalProperties"].is_object() {
        let part = &schema["additionalProperties"];
        texts(document, part, &format!("{at}/ATM"), all);
    }
    let kind = &schema["type"];
    let is_text = |kind: &Value| kind == "string";
    let is_one = is_text(kind) || kind.as_array().is_some_and(|all| all.iter().any(is_text));
    if (is_one || schema["enum"].is_array()) && !all.iter().any(|other| other == at) {
        all.push(at.to_owned());
    }
}

/// Puts a text at a place, of which all but the last name is there.
fn put(world: &mut Value, place: &str, text: &str) {
    let (parent, name) = place.rsplit_once('/').unwrap();
    let parent = world.pointer_mut(parent);
    let parent = parent.unwrap_or_else(|| panic!("the full world lacks what {place} is in"));
    match parent {
        Value::Array(list) => list[0] = text.into(),
        _ => parent[name] = text.into(),
    }
}

#[tokio::test]
async fn no_world_leaves_a_whole_card_number() {
    let watched = Watched::new();
    let sandbox = &watched.sandbox;
    let document = sandbox.get_json("/_sandbox/openapi/control.json").await;
    let body = "/paths/~1_sandbox~1world/put/requestBody/content/application~1json/schema";
    let mut places = Vec::new();
    texts(&document, document.pointer(body).unwrap(), "", &mut places);
    assert!(places.len() > 60, "{places:?}");
    let mut taken = 0;
    for place in places {
        for number in WRITTEN {
            let mut world = full();
            put(&mut world, &place, number);
            let at = format!("{place}, {number}");
            for (method, path, body) in orders(&place, &world) {
                let reply = sandbox.control(method, &path, &body).await;
                assert!(reply.status.as_u16() < 500, "{at}: {}", reply.body);
                taken += u32::from(reply.status == 200);
                if reply.status == 200 {
                    watched.has_none(&format!("{method} {path}: {at}")).await;
                }
            }
        }
    }
    assert!(taken > 100, "{taken}");
    watched.files_have_none("world");
}

/// A world, its customer and its card, as they are ordered one by one.
fn orders(place: &str, world: &Value) -> Vec<(&'static str, String, String)> {
    let mut orders = vec![("PUT", "/_sandbox/world".to_owned(), world.to_string())];
    for (provider, owner) in [
        ("airpay", "AIRPAYCUST0001"),
        ("paysafe", "12345678"),
        ("ibanera", "11057"),
    ] {
        let customers = format!("/_sandbox/world/{provider}/customers");
        let customer = &world[provider]["customers"][0];
        if place.starts_with(&format!("/{provider}/customers/0/cards")) {
            let path = format!("{customers}/{owner}/cards");
            orders.insert(0, ("POST", path, customer["cards"][0].to_string()));
            orders.insert(0, ("POST", "/_sandbox/reset".to_owned(), String::new()));
        }
        if place.starts_with(&format!("/{provider}/customers")) {
            orders.push(("POST", customers, customer.to_string()));
        }
    }
    orders
}

#[tokio::test]
async fn no_order_of_the_issuer_leaves_a_whole_card_number() {
    let watched = Watched::new();
    let sandbox = &watched.sandbox;
    for (provider, card) in [
        ("airpay", json!({"customer": "AIRPAYCUST0001", "amount": 1})),
        (
            "paysafe",
            json!({"card": "12345678-0000-4000-8000-000000000001"}),
        ),
        ("ibanera", json!({"card": "1001", "amount": 1})),
    ] {
        let mut taken = 0;
        for action in cards_sandbox_core::issuer::IssuerAction::ALL {
            for field in [
                "customer",
                "card",
                "transaction",
                "request",
                "wallet",
                "description",
            ] {
                for number in WRITTEN {
                    let mut order = card.clone();
                    order["action"] = action.as_str().into();
                    order[field] = number.into();
                    let path = format!("/_sandbox/issuer/{provider}");
                    let reply = sandbox.control("POST", &path, &order.to_string()).await;
                    taken += u32::from(reply.status == 200);
                }
            }
        }
        // Orders that are all refused would prove nothing; at Airpay all texts name things.
        assert_eq!(taken > 0, provider != "airpay", "{provider}: {taken}");
        watched.has_none(provider).await;
    }
    watched.files_have_none("issuer");
}
