//! Texts that a browser would run, in every place of a call that the page may show again: each
//! field of each operation, each text of a world, each field of each form of the page.

use std::collections::BTreeSet;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use cards_model::{Operation, Place};
use cards_sandbox::world::{airpay, ibanera, paysafe};
use cards_sandbox::{Running, Sandbox};
use cards_transport::operations;
use serde_json::{Value, json};

use crate::common::operations::{Input, nested, valid};
use crate::draws;
use crate::html::{danger, tags};
use crate::wire::{Answer, FORM, JSON, exchange, get, request};

/// Texts that break out of what they are shown in. Some are short, as fields have lengths.
const SCRIPTS: &[&str] = &[
    "<q QZ7>",
    "\"QZ7='",
    "<!--QZ7",
    "QZ7\"><a",
    "</td>QZ7",
    "<script>QZ7(1)</script>",
    "<img src=x onerror=QZ7(1)>",
    "\"><svg onload=QZ7(1)>",
    "'><svg/onload=QZ7(1)>",
    "</td></table><script>QZ7(1)</script>",
    "</title><script>QZ7(1)</script>",
    "</textarea><script>QZ7(1)</script>",
    "--><script>QZ7(1)</script>",
    "\" onmouseover=\"QZ7(1)",
    "' autofocus onfocus='QZ7(1)",
    "`<b>QZ7`<i>",
    "javascript:QZ7(1)",
    "//evil.example/QZ7",
    "<a href=\"javascript:QZ7(1)\">",
    "<iframe srcdoc=\"<script>QZ7(1)</script>\">",
    "<base href=//evil.example/QZ7>",
    "<style>@import'//evil.example/QZ7'</style>",
    "{{QZ7}}${QZ7}<%QZ7%>",
    "&lt;script&gt;QZ7&lt;/script&gt;",
    "&#60;script>QZ7",
    "\u{2028}<script>QZ7(1)</script>",
    "\u{202e}\"<QZ7",
    "%3Cscript%3EQZ7%3C/script%3E",
    "x\" href=\"/QZ7",
];

/// A sandbox that shows what it was sent.
pub(crate) fn sandbox() -> Running {
    Sandbox::builder()
        .keep_values()
        .unlimited_loads()
        .start_blocking()
        .unwrap()
}

/// A place that a text can be in.
enum Spot {
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
    fn name(&self) -> String {
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
    fn is_stored(&self) -> bool {
        matches!(self, Self::World(_) | Self::Form(..) | Self::Control(..))
    }
}

const VIEWS: &[&str] = &[
    "/",
    "/_sandbox/page/customers",
    "/_sandbox/page/events",
    "/_sandbox/page/faults",
    "/_sandbox/page/clock",
    "/_sandbox/page/test-values",
    "/_sandbox/page/reset",
    "/_sandbox/page/checksum",
];

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
fn spots() -> &'static [Spot] {
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

/// The number of places.
pub(crate) fn count() -> usize {
    spots().len()
}

/// The file of a world, with the first of every list and the second.
fn small_world(sandbox: &Running) -> Value {
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

/// Says what is wrong with the pages that show a text in the place of a seed.
pub(crate) fn wrong_with(sandbox: &Running, seed: u64) -> Option<String> {
    let mut draw = draws(seed);
    let spots = spots();
    let spot = &spots[usize::try_from(seed).unwrap() % spots.len()];
    let script = SCRIPTS[draw(SCRIPTS.len())];
    let sent = sent(sandbox, spot, script);
    let answer = exchange(sandbox.addr(), &sent);
    let views = if spot.is_stored() { VIEWS } else { &VIEWS[..1] };
    let mut pages: Vec<_> = views.iter().map(ToString::to_string).collect();
    let last = sandbox.exchanges().last().map(|exchange| exchange.id);
    pages.extend(last.map(|id| format!("/?exchange={id}")));
    let shown = pages
        .iter()
        .map(|page| (&**page, get(sandbox.addr(), page)));
    let answers = [("the answer", answer)];
    let all: Vec<_> = shown.chain(answers).collect();
    let troubles = all.iter().filter_map(|(page, answer)| {
        let why = trouble(answer)?;
        Some(format!("{page}: {why}"))
    });
    let wrong: Vec<_> = troubles.collect();
    let is_page = |answer: &Answer| answer.body().starts_with("<!DOCTYPE html>");
    let is_seen = |answer: &Answer| is_page(answer) && answer.text.contains("QZ7");
    let is_seen = all.iter().any(|(_, answer)| is_seen(answer));
    sandbox.faults().clear();
    sandbox.delivery_faults().clear();
    if spot.is_stored() {
        sandbox.reset_blocking().unwrap();
    }
    SEEN.fetch_add(usize::from(is_seen), Ordering::Relaxed);
    (!wrong.is_empty()).then(|| format!("{}, {script:?}: {}", spot.name(), wrong.join("; ")))
}

/// Counts the texts that were there to be seen.
pub(crate) static SEEN: AtomicUsize = AtomicUsize::new(0);

/// Says what is wrong with a page, and with what a browser may take for one.
fn trouble(answer: &Answer) -> Option<String> {
    let statuses = answer.statuses();
    // A fault's own answer may have any status.
    if statuses.iter().any(|status| *status >= 500) {
        return Some(format!("{statuses:?}"));
    }
    let (head, body) = answer.text.split_once("\r\n\r\n")?;
    let kind = head
        .lines()
        .find_map(|line| line.strip_prefix("content-type: "));
    match kind {
        Some(kind) if kind.starts_with("text/html") => danger(body),
        Some(kind) if kind.starts_with("application/json") => None,
        // Without a body there is nothing to be taken for a page.
        None if body.is_empty() => None,
        kind => Some(format!("{statuses:?}, of kind {kind:?}")),
    }
}

fn sent(sandbox: &Running, spot: &Spot, script: &str) -> Vec<u8> {
    let address = sandbox.addr();
    let topup = "/airpay/ms/cards/api/topup";
    let escaped = escaped(script);
    let plain: String = script.chars().filter(char::is_ascii).collect();
    let text = json!(script).to_string();
    let asked = match spot {
        Spot::Field(operation, name) => return call(sandbox, operation, Some(name), script),
        Spot::Name(operation) => return call(sandbox, operation, None, script),
        Spot::Header(name) => {
            let headers = format!(
                "{}{name}: {plain}\r\n",
                if *name == "content-type" { "" } else { FORM }
            );
            request(address, &format!("POST {topup}"), &headers, "entity_id=1")
        }
        Spot::Method => {
            let is_taken =
                |mark: &char| mark.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(*mark);
            let method: String = plain.chars().filter(is_taken).collect();
            request(address, &format!("{method} {topup}"), "", "")
        }
        Spot::Segment(at) => {
            let mut steps = ["airpay", "ms", "cards", "api", "topup"].map(str::to_owned);
            steps[*at].push_str(&escaped);
            request(address, &format!("GET /{}", steps.join("/")), "", "")
        }
        Spot::Query => request(
            address,
            &format!("POST {topup}?{escaped}={escaped}&entity_id={escaped}"),
            FORM,
            "",
        ),
        Spot::World(pointer) => {
            let mut world = small_world(sandbox);
            if let Some(place) = world.pointer_mut(pointer) {
                *place = script.into();
            }
            request(address, "PUT /_sandbox/world", JSON, &world.to_string())
        }
        Spot::Form(action, name, fields) => {
            let mut form = form_urlencoded::Serializer::new(String::new());
            for (other, value) in fields {
                form.append_pair(other, if other == name { script } else { value });
            }
            request(address, &format!("POST {action}"), FORM, &form.finish())
        }
        Spot::Parameter(view, name) => {
            request(address, &format!("GET {view}?{name}={escaped}"), "", "")
        }
        Spot::Control(method, path, body) => {
            let body = body.replace('#', &text).replace('^', &escaped);
            request(address, &format!("{method} {path}"), JSON, &body)
        }
    };
    asked.into_bytes()
}

/// Writes a call with this text in one field, or in the place of a name and its value, and all else
/// as it should be.
fn call(
    sandbox: &Running,
    operation: &'static Operation,
    name: Option<&str>,
    script: &str,
) -> Vec<u8> {
    let mut input: Input = valid(operation.name).unwrap_or_default();
    let name = name.unwrap_or(script);
    input.insert(name.to_owned(), script.into());
    let place = |name: &str| operation.field(name).map(|field| field.place);
    let text = |value: &Value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    };
    let mut path = operation.path.to_owned();
    let (mut query, mut form, mut parts) = (Vec::new(), Vec::new(), String::new());
    let mut body = input.clone();
    for (name, value) in &input {
        let value = text(value);
        match place(name) {
            Some(Place::Path) => path = path.replace(&format!("{{{name}}}"), &escaped(&value)),
            Some(Place::Query) => query.push((name.clone(), value)),
            Some(Place::Json) => continue,
            Some(Place::Part) => {
                parts.push_str(&format!("--b\r\ncontent-disposition: form-data; name=\"{name}\"; filename=\"{value}\"\r\n\r\n{value}\r\n"));
            }
            _ => form.push((name.clone(), value)),
        }
        if place(name).is_some() {
            body.remove(name);
        }
    }
    let encoded = |pairs: &[(String, String)]| {
        form_urlencoded::Serializer::new(String::new())
            .extend_pairs(pairs)
            .finish()
    };
    let sum = cards_sign::checksum(
        form.iter().map(|(_, value)| &**value),
        airpay::SECRET_KEY.as_bytes(),
    );
    let (kind, body) = match operation.body {
        cards_model::Body::Json => ("application/json", nested(&body).to_string()),
        cards_model::Body::Multipart => (
            "multipart/form-data; boundary=b",
            format!("{parts}--b--\r\n"),
        ),
        _ => ("application/x-www-form-urlencoded", encoded(&form)),
    };
    let secrets = match operation.provider.as_str() {
        "airpay" => format!(
            "affiliate: {}\r\nprocessor-key: {}\r\ntoken: {}\r\nchecksum: {sum}\r\n",
            airpay::AFFILIATE,
            airpay::PROCESSOR_KEY,
            airpay::TOKEN
        ),
        "paysafe" => format!("authorization: Bearer {}\r\n", paysafe::TOKEN),
        _ => format!(
            "authorization: {}\r\notp: {}\r\n",
            ibanera::SAMPLE_AUTHORIZATION,
            ibanera::SAMPLE_OTP
        ),
    };
    let headers = format!("{secrets}content-type: {kind}\r\n");
    let line = format!("{} {path}?{}", operation.method.as_str(), encoded(&query));
    request(sandbox.addr(), &line, &headers, &body).into_bytes()
}

fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
