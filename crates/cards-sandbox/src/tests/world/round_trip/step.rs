//! Takes a step in a sandbox: a call, an order of the control API or of the page, a
//! world.

use serde_json::{Value, json};

use crate::testing::{Harness, Reply, encoded};
use crate::world::airpay::CUSTOMER;

/// Something that is done with a sandbox. Customers and cards are those of so many
/// among all that are there.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Register(Vec<(&'static str, String)>),
    Update(Vec<(&'static str, String)>),
    Prefer(&'static str, &'static str),
    AddCustomer(&'static str, Value),
    AddCard(&'static str, usize, Value),
    RemoveCustomer(&'static str, usize),
    RemoveCard(&'static str, usize),
    Act(usize, &'static str),
    /// The same from the page.
    ActOnPage(usize, &'static str),
    PutStatus(usize, &'static str),
    Change(usize, String),
    Replace(Value),
    Advance(i64),
    /// A call that is about an Airpay card or its customer.
    Live(usize, &'static str, Vec<(&'static str, String)>),
    /// A payment with a card: so much is held back, settled and given back.
    Pay(&'static str, usize, [String; 3]),
    /// The plastic of a card is shipped, and delivered or not.
    Post(&'static str, usize, bool),
    /// A card is asked for, and it or another is approved or rejected.
    Settle(usize, &'static str),
}

impl Step {
    pub(super) const NAMES: [&'static str; 17] = [
        "register",
        "update",
        "prefer",
        "add-customer",
        "add-card",
        "remove-customer",
        "remove-card",
        "act",
        "act-on-page",
        "put-status",
        "change",
        "replace",
        "advance",
        "live",
        "pay",
        "post",
        "settle",
    ];

    pub(super) const fn name(&self) -> &'static str {
        let at = match self {
            Self::Register(_) => 0,
            Self::Update(_) => 1,
            Self::Prefer(..) => 2,
            Self::AddCustomer(..) => 3,
            Self::AddCard(..) => 4,
            Self::RemoveCustomer(..) => 5,
            Self::RemoveCard(..) => 6,
            Self::Act(..) => 7,
            Self::ActOnPage(..) => 8,
            Self::PutStatus(..) => 9,
            Self::Change(..) => 10,
            Self::Replace(_) => 11,
            Self::Advance(_) => 12,
            Self::Live(..) => 13,
            Self::Pay(..) => 14,
            Self::Post(..) => 15,
            Self::Settle(..) => 16,
        };
        Self::NAMES[at]
    }

    pub(super) async fn take(&self, sandbox: &Harness) -> Reply {
        match self {
            Self::Register(fields) => airpay(sandbox, "register-user", fields).await,
            Self::Update(fields) => airpay(sandbox, "update-customer", fields).await,
            Self::Prefer(channel, status) => {
                let fields = [
                    ("entity_id", CUSTOMER),
                    ("type", channel),
                    ("status", status),
                ];
                sandbox.airpay("customer-preference", &fields).await
            }
            Self::AddCustomer(provider, customer) => {
                let path = format!("/_sandbox/world/{provider}/customers");
                sandbox.control("POST", &path, &customer.to_string()).await
            }
            Self::AddCard(provider, at, card) => {
                let path = format!("{}/cards", customer(sandbox, provider, *at).await);
                sandbox.control("POST", &path, &card.to_string()).await
            }
            Self::RemoveCustomer(provider, at) => {
                let path = customer(sandbox, provider, *at).await;
                sandbox.control("DELETE", &path, "").await
            }
            Self::RemoveCard(provider, at) => {
                let (owner, card) = card(sandbox, provider, *at).await;
                let path = format!("{owner}/cards/{}", encoded_segment(&card));
                sandbox.control("DELETE", &path, "").await
            }
            Self::Act(at, action) => {
                let (_, id) = card(sandbox, "paysafe", *at).await;
                let path = format!("/_sandbox/paysafe/cards/{}/actions", encoded_segment(&id));
                let body = json!({ "action": action }).to_string();
                sandbox.control("POST", &path, &body).await
            }
            Self::ActOnPage(at, action) => {
                let (_, id) = card(sandbox, "paysafe", *at).await;
                let form = [("content-type", "application/x-www-form-urlencoded")];
                let body = encoded(&[("card_id", &id), ("action", action)]);
                let mut reply = sandbox
                    .post("/_sandbox/page/customers/act", &form, &body)
                    .await;
                if reply.status == 303 {
                    reply.status = axum::http::StatusCode::OK;
                }
                reply
            }
            Self::PutStatus(at, status) => {
                let (_, id) = card(sandbox, "paysafe", *at).await;
                let path = format!("/_sandbox/paysafe/cards/{}/status", encoded_segment(&id));
                let body = json!({ "status": status }).to_string();
                sandbox.control("PUT", &path, &body).await
            }
            Self::Change(at, change) => {
                let (_, id) = card(sandbox, "ibanera", *at).await;
                let path = format!("/_sandbox/ibanera/cards/{id}");
                sandbox.control("PUT", &path, change).await
            }
            Self::Replace(world) => {
                sandbox
                    .control("PUT", "/_sandbox/world", &world.to_string())
                    .await
            }
            Self::Advance(seconds) => {
                let body = json!({ "seconds": seconds }).to_string();
                sandbox
                    .control("POST", "/_sandbox/clock/advance", &body)
                    .await
            }
            Self::Live(at, operation, fields) => {
                let world = sandbox.get_json("/_sandbox/world").await;
                let customers = world["airpay"]["customers"].as_array().unwrap();
                let cards = customers.iter().flat_map(|customer| {
                    let cards = customer["cards"].as_array().unwrap();
                    cards.iter().map(move |card| (customer, card))
                });
                let cards: Vec<_> = cards.collect();
                let Some((customer, card)) = cards.get(at % cards.len().max(1)) else {
                    return sandbox.airpay(operation, &[]).await;
                };
                let (id, kit) = (text_of(&customer["entity_id"]), text_of(&card["kit_no"]));
                let mut all = vec![("entity_id", &*id), ("kit_no", &kit), ("old_kit_no", &kit)];
                all.extend(fields.iter().map(|(name, value)| (*name, &**value)));
                sandbox.airpay(operation, &all).await
            }
            Self::Pay(provider, at, amounts) => pay(sandbox, provider, *at, amounts).await,
            Self::Post(provider, at, arrives) => post(sandbox, provider, *at, *arrives).await,
            Self::Settle(request, action) => {
                let customer = json!({"requestedCards": [{"id": request}, {}]});
                let target = "/_sandbox/world/ibanera/customers";
                sandbox.control("POST", target, &customer.to_string()).await;
                let order = json!({"action": action, "request": request.to_string()});
                let target = "/_sandbox/issuer/ibanera";
                sandbox.control("POST", target, &order.to_string()).await
            }
        }
    }
}

/// Ships one of a provider's cards, and delivers it where it is to arrive.
async fn post(sandbox: &Harness, provider: &str, at: usize, arrives: bool) -> Reply {
    let (owner, card) = card(sandbox, provider, at).await;
    let target = format!("/_sandbox/issuer/{provider}");
    let mut order = json!({"action": "ship", "card": card});
    if provider == "airpay" {
        order["customer"] = owner_of(&owner).into();
    }
    let shipped = sandbox.control("POST", &target, &order.to_string()).await;
    if !arrives || shipped.status != 200 {
        return shipped;
    }
    order["action"] = "deliver".into();
    sandbox.control("POST", &target, &order.to_string()).await
}

/// The id of a customer, of whom this is the path.
fn owner_of(path: &str) -> String {
    let id = path.rsplit('/').next().unwrap_or_default();
    let id = percent_encoding::percent_decode_str(id).decode_utf8();
    id.unwrap().into_owned()
}

/// Pays with one of a provider's cards, up to where something is refused.
async fn pay(sandbox: &Harness, provider: &str, at: usize, amounts: &[String; 3]) -> Reply {
    let (owner, card) = card(sandbox, provider, at).await;
    let target = format!("/_sandbox/issuer/{provider}");
    let mut order = json!({"card": card});
    if provider == "airpay" {
        let customer = owner_of(&owner);
        // So that there is something to pay with.
        let load = [("entity_id", &*customer), ("amount", "99")];
        sandbox.airpay("topup", &load).await;
        order["customer"] = (&*customer).into();
    }
    for (action, amount) in ["authorise", "clear", "refund"].into_iter().zip(amounts) {
        order["action"] = action.into();
        order["amount"] = amount.as_str().into();
        let reply = sandbox.control("POST", &target, &order.to_string()).await;
        let done: Value = serde_json::from_str(&reply.body).unwrap_or_default();
        if reply.status != 200 || action == "refund" {
            return reply;
        }
        order = json!({"transaction": done["transaction"]});
    }
    unreachable!("a refund is the last")
}

async fn airpay(sandbox: &Harness, name: &str, fields: &[(&'static str, String)]) -> Reply {
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| (*name, &**value))
        .collect();
    sandbox.airpay(name, &fields).await
}

/// The path of one of a provider's customers.
async fn customer(sandbox: &Harness, provider: &str, at: usize) -> String {
    let world = sandbox.get_json("/_sandbox/world").await;
    let customers = world[provider]["customers"].as_array().unwrap();
    let customer = customers.get(at % customers.len().max(1));
    path(provider, customer.unwrap_or(&Value::Null))
}

/// The path of the owner of one of a provider's cards, and its id.
async fn card(sandbox: &Harness, provider: &str, at: usize) -> (String, String) {
    let world = sandbox.get_json("/_sandbox/world").await;
    let customers = world[provider]["customers"].as_array().unwrap();
    let cards = customers.iter().flat_map(|customer| {
        let cards = customer["cards"].as_array().unwrap();
        cards.iter().map(move |card| (customer, card))
    });
    let cards: Vec<_> = cards.collect();
    let Some((customer, card)) = cards.get(at % cards.len().max(1)) else {
        return (path(provider, &Value::Null), "none".to_owned());
    };
    let id = match provider {
        "airpay" => &card["kit_no"],
        "paysafe" => &card["cardId"],
        _ => &card["id"],
    };
    (path(provider, customer), text_of(id))
}

fn path(provider: &str, customer: &Value) -> String {
    let id = match provider {
        "airpay" => &customer["entity_id"],
        "paysafe" => &customer["customerId"],
        _ => &customer["customersId"],
    };
    let id = encoded_segment(&text_of(id));
    format!("/_sandbox/world/{provider}/customers/{id}")
}

/// An id as text.
fn text_of(id: &Value) -> String {
    id.as_str().map_or_else(|| id.to_string(), str::to_owned)
}

/// Encodes an id as a part of a path.
fn encoded_segment(id: &str) -> String {
    let all = percent_encoding::NON_ALPHANUMERIC;
    percent_encoding::utf8_percent_encode(id, all).to_string()
}
