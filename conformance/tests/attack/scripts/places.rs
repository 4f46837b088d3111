//! The places that a text is put in: those of the operations from their tables, those of the page
//! from its forms, those of a world from its file.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use cards_model::Operation;
use cards_sandbox::Running;
use cards_transport::operations;
use serde_json::Value;

use super::{VIEWS, sandbox};
use crate::html::tags;
use crate::wire::get;

/// A place that a text can be in.
pub(super) enum Spot {
    Field(&'static Operation, &'static str),
    /// A name that the operation does not know, in the place where its fields are.
    Name(&'static Operation),
    Header(&'static str),
    Method,
    Segment(usize),
    Query,
    /// A text of a world's file, by its JSON pointer.
    World(String),
    /// A form of the page, by its action, and one of its fields.
    Form(String, String, Vec<(String, String)>),
    /// A parameter of a view.
    Parameter(&'static str, &'static str),
    /// A body of the control API, with a # for the text.
    Control(&'static str, &'static str, &'static str),
}

impl Spot {
    /// Says which one it is.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Field(operation, name) => format!("{name} of {}", operation.name),
            Self::Name(operation) => format!("a name of {}", operation.name),
            Self::Header(name) => format!("the header {name}"),
            Self::Method => "a method".to_owned(),
            Self::Segment(at) => format!("segment {at} of a path"),
            Self::Query => "a query".to_owned(),
            Self::World(pointer) => format!("{pointer} of a world"),
            Self::Form(action, name, _) => format!("{name} of the form {action}"),
            Self::Parameter(view, name) => format!("{name} of {view}"),
            Self::Control(method, path, body) => format!("{method} {path} {body}"),
        }
    }

    /// Tells whether it may change what every view shows.
    pub(super) fn is_stored(&self) -> bool {
        matches!(self, Self::World(_) | Self::Form(..) | Self::Control(..))
    }
}

/// The headers of calls, those that are documented and others.
const HEADERS: &[&str] = &[
    "affiliate",
    "processor-key",
    "token",
    "checksum",
    "authorization",
    "otp",
    "content-type",
    "user-agent",
    "referer",
    "accept",
    "x-forwarded-for",
    "cookie",
    "signature",
    "x-other",
];

const PARAMETERS: &[(&str, &[&str])] = &[
    (
        "/",
        &[
            "exchange",
            "provider",
            "operation",
            "accepted",
            "verdict",
            "before",
            "x",
        ],
    ),
    (
        "/_sandbox/page/customers",
        &["provider", "customer", "after", "x"],
    ),
    ("/_sandbox/page/faults", &["x"]),
];

const CONTROL: &[(&str, &str, &str)] = &[
    (
        "POST",
        "/_sandbox/faults",
        r##"{"fault":"status","status":503,"operation":#}"##,
    ),
    (
        "POST",
        "/_sandbox/faults",
        r##"{"fault":"status","status":503,"provider":"airpay","operation":"topup","body":#}"##,
    ),
    (
        "POST",
        "/_sandbox/faults",
        r##"{"fault":"status","status":503,"headers":{"x-a":#}}"##,
    ),
    (
        "POST",
        "/_sandbox/faults",
        r##"{"fault":"status","status":503,"headers":{"content-type":#},"times":1}"##,
    ),
    ("POST", "/_sandbox/faults", r##"{"fault":#}"##),
    (
        "POST",
        "/_sandbox/delivery-faults",
        r##"{"fault":"status","status":503,"event":#}"##,
    ),
    (
        "POST",
        "/_sandbox/receivers",
        r##"{"provider":"paysafe","url":#}"##,
    ),
    (
        "POST",
        "/_sandbox/receivers",
        r##"{"provider":"paysafe","url":"http://127.0.0.1:9/^"}"##,
    ),
    (
        "POST",
        "/_sandbox/receivers",
        r##"{"provider":#,"url":"http://127.0.0.1:9/"}"##,
    ),
    (
        "POST",
        "/_sandbox/airpay/one-time-passwords",
        r##"{"mobile_no":#}"##,
    ),
    (
        "POST",
        "/_sandbox/world/airpay/customers",
        r##"{"mobile_no":#}"##,
    ),
    (
        "POST",
        "/_sandbox/world/paysafe/customers",
        r##"{"customerId":#,"cards":[{}]}"##,
    ),
    (
        "POST",
        "/_sandbox/world/paysafe/customers/12345678/cards",
        r##"{"cardId":#}"##,
    ),
    (
        "POST",
        "/_sandbox/world/paysafe/customers/12345678/cards",
        r##"{"programName":#}"##,
    ),
    (
        "POST",
        "/_sandbox/world/ibanera/customers/11057/cards",
        r##"{"currency":#}"##,
    ),
    (
        "POST",
        "/_sandbox/issuer/airpay",
        r##"{"action":"pay","card":#,"amount":1}"##,
    ),
    ("PUT", "/_sandbox/clock", r##"{"now":#}"##),
];

/// Every place, those of the operations from their tables, those of the page from what it shows.
pub(super) fn spots() -> &'static [Spot] {
    static SPOTS: OnceLock<Vec<Spot>> = OnceLock::new();
    SPOTS.get_or_init(|| {
        let sandbox = sandbox();
        let fields = operations().flat_map(|operation| {
            let fields = operation.fields.iter();
            let fields = fields.map(move |field| Spot::Field(operation, field.wire));
            fields.chain([Spot::Name(operation)])
        });
        let mut spots: Vec<_> = fields.collect();
        spots.extend(HEADERS.iter().map(|name| Spot::Header(name)));
        spots.extend([Spot::Method, Spot::Query]);
        spots.extend((0..5).map(Spot::Segment));
        let world = small_world(&sandbox);
        let (mut seen, mut texts) = (BTreeSet::new(), Vec::new());
        pointers(&world, String::new(), &mut seen, &mut texts);
        spots.extend(texts.into_iter().map(Spot::World));
        for (view, names) in PARAMETERS {
            spots.extend(names.iter().map(|name| Spot::Parameter(view, name)));
        }
        spots.extend(
            CONTROL
                .iter()
                .map(|(method, path, body)| Spot::Control(method, path, body)),
        );
        for view in VIEWS {
            spots.extend(forms(get(sandbox.addr(), view).body()));
        }
        spots
    })
}

/// The file of a world, with the first of every list and the second.
pub(super) fn small_world(sandbox: &Running) -> Value {
    fn cut(value: &mut Value) {
        match value {
            Value::Object(members) => members.values_mut().for_each(cut),
            Value::Array(items) => {
                items.truncate(2);
                items.iter_mut().for_each(cut);
            }
            _ => {}
        }
    }
    let world = get(sandbox.addr(), "/_sandbox/world/file");
    let mut world = serde_json::from_str(world.body()).unwrap();
    cut(&mut world);
    world
}

/// Lists the texts of a world, each kind once: the first of its list.
fn pointers(value: &Value, at: String, seen: &mut BTreeSet<String>, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                pointers(value, format!("{at}/{name}"), seen, found);
            }
        }
        Value::Array(items) => {
            for (number, value) in items.iter().enumerate() {
                pointers(value, format!("{at}/{number}"), seen, found);
            }
        }
        _ => {
            let steps = at.split('/').filter(|step| step.parse::<u32>().is_err());
            if seen.insert(steps.collect::<Vec<_>>().join("/")) {
                found.push(at);
            }
        }
    }
}

/// The fields of the forms of a page that send something, each once.
fn forms(page: &str) -> Vec<Spot> {
    let mut forms: Vec<(String, Vec<(String, String)>)> = Vec::new();
    for tag in tags(page).unwrap() {
        match (&*tag.name, tag.get("name"), forms.last_mut()) {
            ("form", ..) if tag.get("method") == Some("post") => {
                let action = tag.get("action").unwrap_or("/").to_owned();
                forms.push((action, Vec::new()));
            }
            ("input" | "select" | "textarea" | "button", Some(name), Some((_, fields)))
                if !fields.iter().any(|(other, _)| other == name) =>
            {
                let value = tag.get("value").unwrap_or_default().to_owned();
                fields.push((name.to_owned(), value));
            }
            _ => {}
        }
    }
    let mut seen = BTreeSet::new();
    forms.retain(|(action, _)| seen.insert(action.clone()));
    let each = forms.into_iter().flat_map(|(action, fields)| {
        let each = fields.clone().into_iter();
        each.map(move |(name, _)| Spot::Form(action.clone(), name, fields.clone()))
    });
    each.collect()
}
