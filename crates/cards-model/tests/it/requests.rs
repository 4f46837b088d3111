//! Requests that no document has: of any method, with a path of several
//! parameters, a nested JSON body, or a form of any length.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]
#![allow(unreachable_pub, reason = "the macros define types for libraries")]

use cards_model::{
    Effect, Form, Kind, Method, Operation, Personal, Place, ProviderId, Received, Record, Request,
    Rule, Rules, Samples, Secret, Sensitivity, object, request, rule,
};
use serde_json::{Value, json};

request! {
    operation: Operation::new(
        ProviderId::PAYSAFE,
        "change-card",
        Method::Patch,
        "/customers/{customerId}/cards/{cardId}",
        Effect::Mutation,
        "Test Change card",
    ),
    body: json,
    /// Changes a card.
    pub struct ChangeCard {
        /// The customer's id.
        #[validate(custom(function = rule::required), custom(function = rule::path_segment))]
        "customerId" in "Path, customerId" => pub customer_id: String,
        /// The card's id.
        #[validate(custom(function = rule::required), custom(function = rule::path_segment))]
        "cardId" in "Path, cardId" => pub card_id: String,
        /// Says how much to tell.
        "verbosity" in "Query, verbosity" of query => pub verbosity: Option<u32>,
        /// The new limit.
        #[validate(range(min = 1, max = 500))]
        "limit" in "Body, limit" sampled "900" => pub limit: Option<i64>,
        /// The place that the card goes to.
        "address" in "Body, address" => pub address: Option<Address>,
        /// Says whether it may be used abroad.
        "abroad" in "Body, abroad" => pub abroad: Option<bool>,
        /// The uses that are allowed.
        #[serde(default)]
        "uses" in "Body, uses" => pub uses: Vec<String>,
        /// The new PIN.
        #[validate(length(equal = 4), custom(function = rule::digits))]
        "pin" in "Body, pin" => pub pin: Option<Secret>,
    }
    /// A change of nothing yet.
    fn new(customer_id: String, card_id: String);
}

object! {
    at: "address",
    /// The place that a card goes to.
    pub struct Address {
        /// City.
        #[validate(length(max = 10), custom(function = rule::required), custom(function = rule::city))]
        "city" in "Body, address.city" sampled "Sofia 1000" => pub city: Personal,
        /// The place within the city.
        "place" in "Body, address.place" => pub place: Option<Spot>,
        /// Postal code.
        #[validate(length(max = 4))]
        "postalCode" in "Body, address.postalCode" => pub postal_code: Option<Personal>,
    }
    /// An address in a city.
    fn new(city: Personal);
}

object! {
    at: "address.place",
    /// A place within a city.
    pub struct Spot {
        /// The floor.
        #[validate(range(min = 1))]
        "floor" in "Body, address.place.floor" => pub floor: i64,
    }
    /// A floor.
    fn new(floor: i64);
}

request! {
    operation: Operation::new(
        ProviderId::AIRPAY, "long", Method::Put, "/long", Effect::Mutation, "Test Long",
    ),
    body: form in [
        "z", "y", "x", "w", "v", "u", "t", "s", "r", "q", "p", "o", "n", "m", "l", "k", "j", "i",
        "h", "g", "f", "e", "d", "c", "b", "a",
    ],
    /// Has more fields than the stack is given room for.
    pub struct Long {
        #[doc = "."] "a" in "a" => pub a: String, #[doc = "."] "b" in "b" => pub b: String,
        #[doc = "."] "c" in "c" => pub c: String, #[doc = "."] "d" in "d" => pub d: String,
        #[doc = "."] "e" in "e" => pub e: String, #[doc = "."] "f" in "f" => pub f: String,
        #[doc = "."] "g" in "g" => pub g: String, #[doc = "."] "h" in "h" => pub h: String,
        #[doc = "."] "i" in "i" => pub i: String, #[doc = "."] "j" in "j" => pub j: String,
        #[doc = "."] "k" in "k" => pub k: String, #[doc = "."] "l" in "l" => pub l: String,
        #[doc = "."] "m" in "m" => pub m: String, #[doc = "."] "n" in "n" => pub n: String,
        #[doc = "."] "o" in "o" => pub o: String, #[doc = "."] "p" in "p" => pub p: String,
        #[doc = "."] "q" in "q" => pub q: String, #[doc = "."] "r" in "r" => pub r: String,
        #[doc = "."] "s" in "s" => pub s: String, #[doc = "."] "t" in "t" => pub t: String,
        #[doc = "."] "u" in "u" => pub u: String, #[doc = "."] "v" in "v" => pub v: String,
        #[doc = "."] "w" in "w" => pub w: String, #[doc = "."] "x" in "x" => pub x: String,
        #[doc = "."] "y" in "y" => pub y: String,
        #[doc = "."] #[validate(custom(function = rule::digits))] "z" in "z" => pub z: String,
    }
}

fn rules() -> Rules {
    Rules::on("2026-11-21".parse().unwrap())
}

fn whole() -> ChangeCard {
    let address = Address::new("Łódź").place(Spot::new(2)).postal_code("90");
    ChangeCard::new("c 1", "k/1")
        .verbosity(3)
        .limit(500)
        .address(address)
        .abroad(false)
        .uses(["a,b".to_owned(), "\"{".to_owned()])
        .pin("0123")
}

const BODY: &str = r#"{"limit":500,"address":{"city":"Łódź","place":{"floor":2},"postalCode":"90"},"abroad":false,"uses":["a,b","\"{"],"pin":"0123"}"#;

#[test]
fn each_field_travels_in_its_place() {
    let whole = whole();
    assert_eq!(whole.json(), BODY);
    assert_eq!(
        whole.pairs(Place::Path).as_slice(),
        [("customerId", "c 1".into()), ("cardId", "k/1".into())]
    );
    assert_eq!(
        whole.pairs(Place::Query).as_slice(),
        [("verbosity", "3".into())]
    );
    assert_eq!(ChangeCard::new("1", "2").json(), "{}");
    let nested_last = ChangeCard::new("1", "2").address(Address::new("a").place(Spot::new(1)));
    assert_eq!(
        nested_last.json(),
        r#"{"address":{"city":"a","place":{"floor":1}}}"#
    );
    assert_eq!(whole.check(&rules()), Ok(()));
}

#[test]
fn nested_fields_are_rows_of_the_same_table() {
    let operation = ChangeCard::OPERATION;
    let wires: Vec<_> = operation.fields.iter().map(|field| field.wire).collect();
    assert_eq!(
        wires,
        [
            "customerId",
            "cardId",
            "verbosity",
            "limit",
            "address",
            "address.city",
            "address.place",
            "address.place.floor",
            "address.postalCode",
            "abroad",
            "uses",
            "pin"
        ]
    );
    let row = |wire: &str| operation.field(wire).unwrap();
    assert_eq!(row("cardId").place, Place::Path);
    assert_eq!(row("verbosity").place, Place::Query);
    assert_eq!(row("address.place.floor").place, Place::Json);
    assert_eq!(row("address").kind, Kind::Object);
    assert_eq!(row("abroad").kind, Kind::Boolean);
    assert_eq!(row("uses").kind, Kind::List);
    let is_required = |wire: &str| row(wire).required;
    assert!(is_required("cardId") && is_required("address.city"));
    assert!(!is_required("address") && !is_required("address.postalCode"));
    assert_eq!(row("address.city").sensitivity, Sensitivity::Personal);
    assert_eq!(row("pin").sensitivity, Sensitivity::Secret);
    assert!(!row("limit").is_sensitive());
    assert_eq!(row("address.city").constraints.len(), 3);
    assert_eq!(row("address.city").row, "Body, address.city");
    assert_eq!(Address::ROWS[0].wire, "address.city");
}

#[test]
fn violations_go_by_the_path_and_show_no_value() {
    let address = Address::new("Sofia-Marker 7")
        .place(Spot::new(0))
        .postal_code("12345");
    let wrong = ChangeCard::new("..", "")
        .limit(900)
        .address(address)
        .pin("12x4");
    let broken = wrong.check(&rules()).unwrap_err();
    insta::assert_snapshot!(broken, @r"
    paysafe change-card: 7 fields break the document's rules
      customerId: an id that can be a part of a path (format; Test Change card, Path, customerId)
      cardId: must be given (required; Test Change card, Path, cardId)
      limit: 1 to 500 (range; Test Change card, Body, limit)
      address.city: at most 10 characters (length; Test Change card, Body, address.city)
      address.city: letters, spaces, hyphens and periods only (characters; Test Change card, Body, address.city)
      address.place.floor: at least 1 (range; Test Change card, Body, address.place.floor)
      address.postalCode: at most 4 characters (length; Test Change card, Body, address.postalCode)
      pin: digits 0-9 only (characters; Test Change card, Body, pin)
    ");
    let shown = format!("{wrong:?}{broken:?}");
    assert!(!shown.contains("Marker") && !shown.contains("12x4") && !shown.contains("12345"));
}

#[test]
fn a_nested_sample_is_taken_where_samples_are() {
    let sampled = ChangeCard::new("1", "2")
        .limit(900)
        .address(Address::new("Sofia 1000"));
    assert_eq!(sampled.check(&rules()).unwrap_err().len(), 2);
    let lenient = rules().samples(Samples::Accept);
    assert_eq!(sampled.check(&lenient), Ok(()));
    let other = ChangeCard::new("1", "2").limit(901);
    assert!(other.check(&lenient).is_err());
}

fn received(body: &Value) -> Result<ChangeCard, Vec<(String, Rule, String)>> {
    let received = Received::new()
        .pairs(Place::Path, [("customerId", "c 1"), ("cardId", "k/1")])
        .pairs(Place::Query, [("verbosity", "3"), ("limit", "7")])
        .json(body);
    ChangeCard::receive(&received, &rules()).map_err(|broken| {
        let each = broken.iter();
        each.map(|v| (v.field.clone(), v.rule, v.limit.clone().into_owned()))
            .collect()
    })
}

#[test]
fn a_server_reads_what_a_client_sends() {
    let body: Value = serde_json::from_str(BODY).unwrap();
    assert_eq!(received(&body), Ok(whole()));
    let nothing = ChangeCard::new("c 1", "k/1").verbosity(3);
    let nulls = json!({"limit": null, "address": null, "uses": null, "unknown": {"a": 1}});
    assert_eq!(received(&nulls), Ok(nothing));
}

#[test]
fn a_server_finds_all_that_is_wrong_at_once() {
    let wrong = |field: &str, rule, limit: &str| (field.to_owned(), rule, limit.to_owned());
    let body = json!({
        "limit": 1.5, "address": {"city": 7, "place": {}, "postalCode": "12345"},
        "abroad": "true", "uses": ["a", 1], "pin": "12",
    });
    assert_eq!(
        received(&body).unwrap_err(),
        [
            wrong("limit", Rule::Format, "a whole number"),
            wrong("address.city", Rule::Format, "a text"),
            wrong("address.place.floor", Rule::Required, "must be given"),
            wrong("address.postalCode", Rule::Length, "at most 4 characters"),
            wrong("abroad", Rule::Format, "true or false"),
            wrong("uses", Rule::Format, "a list of texts"),
            wrong("pin", Rule::Length, "exactly 4 characters"),
        ]
    );
    assert_eq!(
        received(&json!({"address": "Sofia"})).unwrap_err(),
        [wrong("address", Rule::Format, "an object")]
    );
    let nothing = ChangeCard::receive(&Received::new(), &rules()).unwrap_err();
    let nothing: Vec<_> = nothing.iter().map(|v| (&*v.field, v.rule)).collect();
    assert_eq!(
        nothing,
        [("customerId", Rule::Required), ("cardId", Rule::Required)]
    );
}

/// 24 were the most that a form could have.
#[test]
fn a_form_has_any_number_of_fields() {
    let pairs: Vec<(&str, &str)> = Long::OPERATION
        .fields
        .iter()
        .map(|field| (field.wire, field.row))
        .collect();
    assert_eq!(pairs.len(), 26);
    let long = Long::from_fields(pairs.iter().copied());
    assert_eq!(long.fields().as_slice(), pairs);
    let broken = long
        .check_received(|wire| wire != "y", &rules())
        .unwrap_err();
    assert_eq!(broken.fields().collect::<Vec<_>>(), ["y", "z"]);
    assert!(Long::OPERATION.is_signed());
    assert_eq!(Long::EXAMPLE_ORDER[0], "z");
}
