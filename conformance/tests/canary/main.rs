//! Marker values in every sensitive place, driven through every path, and
//! looked for in everything that is shown: `Debug`, `Display`, errors with
//! their causes, traces of this workspace and of both backends, and what the
//! sandbox writes down.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "this is test code, outside of `#[test]` functions"
)]

#[path = "../common/mod.rs"]
mod common;

use std::error::Error as _;
use std::fmt::Debug;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use cards_model::airpay::{RegisterUser, UpdateCustomer, UserLogin};
use cards_model::ibanera::{CardsByCustomer, Login};
use cards_model::paysafe::ListPrepaidCards;
use cards_model::{Form, Request as _};
use cards_sandbox::{Sandbox, Store};
use cards_sign::Explain;
use cards_transport::airpay::Airpay;
use cards_transport::ibanera::{Ibanera, LoginCall};
use cards_transport::paysafe::{IssueAccessToken, Paysafe};
use cards_transport::{
    BackendOptions, Call, CallOptions, Error, Provider, Retry, Settings, Validation,
};
use conformance::server::{RawServer, Reaction, raw};
use tracing_subscriber::fmt::MakeWriter;

use common::clients::{AnyClient, Backend, for_both_backends};
use common::fake::FakeClock;
use common::rules;

for_both_backends! {
    no_marker_of_register_user_is_shown_whatever_the_server_does,
    no_marker_of_update_customer_is_shown_whatever_the_server_does,
    no_marker_of_a_paysafe_call_is_shown_whatever_the_server_does,
    no_marker_of_an_ibanera_call_is_shown_whatever_the_server_does,
    no_marker_of_a_login_is_shown_whatever_the_server_does,
    no_marker_of_a_reply_is_shown,
    no_marker_is_shown_where_nobody_listens,
}

/// What every marker has in it, and nothing else.
const MARK: &str = "QZ7MARK";

fn mark(what: &str) -> String {
    format!("{MARK}{what}")
}

/// Fails where a text holds any marker.
#[track_caller]
fn clean(what: &str, text: &str) {
    let lower = text.to_lowercase();
    if let Some(at) = lower.find(&MARK.to_lowercase()) {
        let end = text.len().min(at + 80);
        panic!("{what} shows {:?}", text.get(at.saturating_sub(200)..end));
    }
}

#[track_caller]
fn clean_debug(what: &str, value: &impl Debug) {
    clean(what, &format!("{value:?}"));
    clean(what, &format!("{value:#?}"));
}

#[track_caller]
fn clean_error(what: &str, error: &Error) {
    clean_debug(what, error);
    clean(what, &error.to_string());
    let mut cause = error.source();
    while let Some(error) = cause {
        clean_debug(what, &error);
        clean(what, &error.to_string());
        cause = error.source();
    }
    if let Some(refusal) = error.refusal() {
        clean_debug(what, refusal);
        clean(what, &refusal.to_string());
    }
    if let Some(violations) = error.violations() {
        clean_debug(what, violations);
        clean(what, &serde_json::to_string(violations).unwrap());
    }
}

// ------------------------------------------------------------------ traces

/// Everything traced or logged in this process, at every level.
#[derive(Clone, Default)]
struct Traces(Arc<Mutex<Vec<u8>>>);

impl Write for Traces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Traces {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// ureq's protocol crate writes the bytes of the wire, secrets included, to
/// `log` at the level trace. No setting of ureq's turns that off; an application
/// that wants this level has to leave this target out, and so does this test.
const WIRE_DUMP: &str = "ureq_proto::util";

impl log::Log for Traces {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        if record.level() < log::Level::Trace || record.target() != WIRE_DUMP {
            let line = format!("{} {} {}\n", record.level(), record.target(), record.args());
            self.0.lock().unwrap().extend_from_slice(line.as_bytes());
        }
    }

    fn flush(&self) {}
}

fn traces() -> &'static Traces {
    static TRACES: OnceLock<Traces> = OnceLock::new();
    TRACES.get_or_init(|| {
        let traces = Traces::default();
        log::set_boxed_logger(Box::new(traces.clone())).unwrap();
        log::set_max_level(log::LevelFilter::Trace);
        tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(traces.clone())
            .init();
        traces
    })
}

#[track_caller]
fn clean_traces() {
    let traces = String::from_utf8_lossy(&traces().0.lock().unwrap()).into_owned();
    for line in traces.lines() {
        clean("a trace", line);
    }
}

/// That there is something to look through, from this workspace and from both
/// backends.
#[test]
fn traces_are_heard() {
    no_marker_is_shown_where_nobody_listens::<common::clients::Reqwest>();
    no_marker_is_shown_where_nobody_listens::<common::clients::Ureq>();
    let traces = String::from_utf8_lossy(&traces().0.lock().unwrap()).into_owned();
    for source in ["cards_transport", "ureq", "hyper_util"] {
        assert!(traces.contains(source), "{source} is not heard");
    }
}

// ------------------------------------------------------------------ marked values

fn register() -> RegisterUser {
    RegisterUser {
        mobile_no: mark("mobile").into(),
        kit_no: "100000001200".into(),
        card_type: "V".into(),
        card_no: format!("462294{MARK}3713").into(),
        card_expiry: "01/30".into(),
        first_name: mark("first").into(),
        last_name: mark("last").into(),
        title: mark("title").into(),
        gender: mark("gender").into(),
        dob: mark("dob").into(),
        email: mark("email@example.com").into(),
        address: mark("address").into(),
        city: mark("city").into(),
        state: mark("state").into(),
        pincode: mark("pincode").into(),
        doc_type: mark("type").into(),
        doc_number: mark("number").into(),
        doc_expiry: mark("expiry").into(),
        doc_country_issue: mark("country").into(),
        otp: mark("otp").into(),
        password: mark("password").into(),
    }
}

fn update() -> UpdateCustomer {
    UpdateCustomer::new("E1")
        .email(mark("email"))
        .mobile_no(mark("mobile"))
        .address(mark("address"))
        .city(mark("city"))
        .state(mark("state"))
        .pincode(mark("pincode"))
}

fn airpay(url: &str) -> Airpay {
    Airpay::new(url.parse().unwrap(), mark("secretkey"))
        .keys(mark("affiliate"), mark("processor"))
        .token(mark("token"))
        .login(&mark("mobile"), mark("password"))
}

fn paysafe(url: &str) -> Paysafe {
    Paysafe::new(url.parse().unwrap()).token(mark("token"))
}

fn paysafe_client(url: &str) -> Paysafe {
    Paysafe::new(url.parse().unwrap()).client("brand", mark("clientid"), mark("clientsecret"))
}

fn ibanera(url: &str) -> Ibanera {
    let ibanera = Ibanera::new(url.parse().unwrap());
    ibanera
        .totp_text(mark("totp"))
        .token(mark("token"))
        .login("user", mark("password"))
}

fn unchecked() -> Settings {
    let settings = FakeClock::new().settings().validation(Validation::Off);
    settings.retry(Retry::new(2).first_pause(Duration::from_millis(1)))
}

fn quick() -> BackendOptions {
    BackendOptions::new().read_timeout(Duration::from_millis(100))
}

/// Every way to answer, each with markers in it wherever a server can put
/// them: what was sent comes back.
fn answers() -> Vec<Reaction> {
    let m = MARK;
    // A refusal's code is shown where it looks like one; what was sent does not.
    let airpay = format!(r#"{{"status":400,"message":"{m}@example.com"}}"#);
    let paysafe = format!(
        r#"{{"error":{{"code":"{m}-46229400","message":"{m}","details":["{m}"],"fieldErrors":[{{"field":"+{m}","error":"{m} is not a mobile number here"}}]}}}}"#
    );
    let ibanera = format!(
        r#"{{"status":"0","errors":[{{"errorType":"{m}","fieldName":"{m}: x","messageCode":"{m}-462294000"}}]}}"#
    );
    // ureq logs where a redirect leads, at the level debug.
    let location = "location: http://127.0.0.1:1/";
    let header = format!("x-echo: {m}");
    let mut answers = vec![
        Reaction::json("200 OK", format!(r#"{{"status":"{m}","data":"{m}"}}"#)),
        Reaction::json("200 OK", format!(r#"{{"{m}":{{"{m}":1}}}}"#)),
        Reaction::json(
            "200 OK",
            format!(r#"{{"cards":[{{"cardId":{{"{m}":1}}}}]}}"#),
        ),
        Reaction::json(
            "200 OK",
            format!(r#"{{"cards":[{{"cardId":"1","expiry":"{m}"}}]}}"#),
        ),
        Reaction::json(
            "200 OK",
            format!(r#"{{"status":200,"data":{{"entity_id":["{m}"]}}}}"#),
        ),
        Reaction::json(
            "200 OK",
            format!(r#"{{"status":"1","details":{{"customersId":"{m}"}}}}"#),
        ),
        Reaction::json("200 OK", format!("{m} is no JSON")),
        Reaction::reply(
            "500 Internal Server Error",
            &[&header],
            format!("<html>{m}</html>"),
        ),
        Reaction::reply("302 Found", &[location], m),
        Reaction::Send(raw("200 OK", &[&header], "x".repeat(20_000))),
        Reaction::SendAndClose(raw("200 OK", &["content-length: 100", &header], m)),
        Reaction::SendAndReset(raw("200 OK", &["content-length: 100", &header], m)),
        Reaction::SendAndReset(Vec::new()),
        Reaction::SendAndStall(raw("200 OK", &["content-length: 100", &header], m)),
        Reaction::SendAndStall(Vec::new()),
        Reaction::SendAndClose(format!("{m} {m}\r\n\r\n").into()),
        Reaction::SendAndClose(raw("200 OK", &[&format!("{m} {m}: 1")], "")),
        Reaction::SendAndClose(raw(
            "200 OK",
            &["transfer-encoding: chunked"],
            format!("{m}\r\n"),
        )),
    ];
    for body in [airpay, paysafe, ibanera] {
        for status in [
            "200 OK",
            "400 Bad Request",
            "401 Unauthorized",
            "500 Internal Server Error",
        ] {
            answers.push(Reaction::json(status, &body));
        }
    }
    answers
}

/// Drives one call through every answer and looks at what comes of it.
fn drive<B: Backend, C>(provider: impl Fn(&str) -> C::Provider, call: &C)
where
    C: Call<Reply: Debug>,
{
    traces();
    let mut failures = 0;
    for answer in answers() {
        let server = RawServer::playing([answer.clone()]).unwrap();
        let provider = provider(&server.url());
        clean_debug_of_provider(&provider);
        let settings = unchecked().reply_bytes(10_000);
        let client = B::client(provider, &quick(), settings);
        let options = CallOptions::new().total_timeout(Duration::from_secs(5));
        let what = format!("{} after {answer:?}", B::NAME);
        let what = what.split_at(what.len().min(60)).0;
        match client.send_with(call, &options) {
            Ok(reply) => clean_debug(what, &reply),
            Err(error) => {
                clean_error(what, &error);
                failures += 1;
            }
        }
        assert!(!server.received().is_empty());
    }
    assert!(failures > 20, "{failures}");
    clean_traces();
}

/// Every provider shows itself, without its credentials.
fn clean_debug_of_provider<P: Provider>(provider: &P) {
    if let Some(token) = provider.standing_token() {
        clean_debug("a token", &token);
    }
}

fn no_marker_of_register_user_is_shown_whatever_the_server_does<B: Backend>() {
    drive::<B, _>(airpay, &register());
}

fn no_marker_of_update_customer_is_shown_whatever_the_server_does<B: Backend>() {
    drive::<B, _>(airpay, &update());
}

fn no_marker_of_a_paysafe_call_is_shown_whatever_the_server_does<B: Backend>() {
    drive::<B, _>(paysafe, &ListPrepaidCards::new("12345678"));
}

fn no_marker_of_an_ibanera_call_is_shown_whatever_the_server_does<B: Backend>() {
    drive::<B, _>(
        |url| ibanera(url).otp_reuse(cards_transport::ibanera::OtpReuse::Allowed),
        &CardsByCustomer::new(7),
    );
}

/// The login that a call needs, with the same answers.
fn no_marker_of_a_login_is_shown_whatever_the_server_does<B: Backend>() {
    drive::<B, _>(paysafe_client, &ListPrepaidCards::new("12345678"));
    drive::<B, _>(
        airpay,
        &UserLogin {
            mobile_no: mark("mobile").into(),
            password: mark("password").into(),
        },
    );
    drive::<B, _>(
        |url| ibanera(url).otp_reuse(cards_transport::ibanera::OtpReuse::Allowed),
        &LoginCall::new("user", mark("password")),
    );
}

fn no_marker_is_shown_where_nobody_listens<B: Backend>() {
    traces();
    let client = B::client(airpay("http://127.0.0.1:1"), &quick(), unchecked());
    clean_error("nobody listens", &client.send(&register()).unwrap_err());
    // The customer's id is a part of the address.
    let client = B::client(paysafe("http://127.0.0.1:1"), &quick(), unchecked());
    let error = client
        .send(&ListPrepaidCards::new("id-of-a-customer"))
        .unwrap_err();
    let causes = std::iter::successors(error.source(), |&cause| cause.source());
    for text in causes
        .map(ToString::to_string)
        .chain([format!("{error} {error:?}")])
    {
        assert!(!text.contains("id-of-a-customer"), "{text}");
    }
}

fn no_marker_of_a_reply_is_shown<B: Backend>() {
    traces();
    let m = MARK;
    let card = format!(
        r#"{{"cards":[{{"cardId":"1","mobile":"{m}","deliveryAddress":{{"address1":"{m}","address2":"{m}","address3":"{m}","city":"{m}","state":"{m}","postalCode":"{m}"}}}}],"unlisted":"{m}"}}"#
    );
    let server = RawServer::playing([Reaction::reply(
        "200 OK",
        &[&format!("set-cookie: {m}")],
        card,
    )])
    .unwrap();
    let client = B::client(paysafe(&server.url()), &quick(), unchecked());
    let reply = client.send(&ListPrepaidCards::new("1")).unwrap();
    assert_eq!(reply.cards[0].mobile.as_ref().unwrap().expose(), m);
    clean_debug("a page of cards", &reply);
    clean(
        "a page as JSON",
        &serde_json::to_string(reply.value()).unwrap(),
    );
    clean("its check", &reply.check().unwrap_err().to_string());

    let customer = format!(
        r#"{{"status":"1","details":{{"customersId":1,"cards":[{{"id":1,"cardNumber":"462294{m}3713"}}]}}}}"#
    );
    let server = RawServer::playing([Reaction::json("200 OK", customer)]).unwrap();
    let client = B::client(ibanera(&server.url()), &quick(), unchecked());
    let reply = client.send(&CardsByCustomer::new(1)).unwrap();
    clean_debug("a customer's cards", &reply);
    clean(
        "the cards as JSON",
        &serde_json::to_string(reply.value()).unwrap(),
    );

    for body in [
        format!(r#"{{"status":200,"message":"success","data":{{"token":"{m}"}}}}"#),
        format!(r#"{{"status":200,"message":"{m}","data":{{"token":"{m}"}}}}"#),
    ] {
        let server = RawServer::playing([Reaction::json("200 OK", body)]).unwrap();
        let client = B::client(airpay(&server.url()), &quick(), unchecked());
        let login = UserLogin {
            mobile_no: "1".into(),
            password: "p".into(),
        };
        clean_debug("a token", &client.send(&login).unwrap());
    }
    clean_traces();
}

// ------------------------------------------------------------------ values at rest

#[test]
fn no_debug_shows_a_marker() {
    let url = "http://localhost";
    clean_debug("register-user", &register());
    clean_debug("update-customer", &update());
    clean_debug("airpay", &airpay(url));
    clean_debug("paysafe", &paysafe(url));
    clean_debug("paysafe", &paysafe_client(url));
    clean_debug("ibanera", &ibanera(url));
    clean_debug(
        "token call",
        &IssueAccessToken::new("b", mark("id"), mark("secret")),
    );
    clean_debug("login call", &LoginCall::new("user", mark("password")));
    clean_debug(
        "user-login",
        &UserLogin {
            mobile_no: mark("m").into(),
            password: mark("p").into(),
        },
    );
    let login = Login {
        username: "u".into(),
        password: mark("p").into(),
        otp: mark("o").into(),
    };
    clean_debug("login", &login);
    clean_debug("settings", &unchecked());
    let proxied = BackendOptions::new().proxy(format!("http://u:{MARK}@localhost:1"));
    clean_debug("backend options", &proxied);
}

#[test]
fn no_violation_shows_a_marker() {
    let wrong = register().check(&rules()).unwrap_err();
    assert!(wrong.fields().count() > 10, "{wrong}");
    clean_debug("violations", &wrong);
    clean("violations", &wrong.to_string());
    clean("violations", &serde_json::to_string(&wrong).unwrap());
    let wrong = update().check(&rules()).unwrap_err();
    clean("violations", &wrong.to_string());
    let call = ListPrepaidCards::new("1")
        .status([mark("s").into()])
        .card_type([mark("t").into()]);
    clean("violations", &call.check(&rules()).unwrap_err().to_string());
}

#[test]
fn no_explanation_shows_a_marker() {
    let form = register();
    let fields = form.fields();
    let secret = mark("secretkey");
    for given in [
        "",
        "abc",
        &"0".repeat(64),
        &mark("given"),
        &form_digest(&fields, &secret),
    ] {
        let explanation = cards_sign::explain(&Explain::new(&fields, secret.as_bytes(), given));
        clean("an explanation", &explanation.to_string());
        clean_debug("an explanation", &explanation);
    }
    clean_debug(
        "its input",
        &Explain::new(&fields, secret.as_bytes(), &mark("given")),
    );
}

/// Made with a mistake, so that there is something to explain.
fn form_digest(fields: &[(&str, &str)], secret: &str) -> String {
    let values = fields.iter().rev().map(|(_, value)| *value);
    cards_sign::checksum(values, secret.as_bytes()).to_string()
}

#[test]
fn no_configuration_error_shows_a_marker() {
    let bad = format!("{MARK}\n");
    let airpay = Airpay::new("http://localhost".parse().unwrap(), "k").token(&*bad);
    let clock = FakeClock::new();
    let fake = common::fake::Fake::new(&clock, |_, _| common::fake::json(200, "{}"));
    let client = common::clients::Ureq::faked(airpay, &fake, clock.settings());
    clean_error(
        "a token that no header can carry",
        &client.send(&UpdateCustomer::new("E1")).unwrap_err(),
    );
    assert_eq!(fake.sent().len(), 0);
    for error in [
        Ibanera::new("http://localhost".parse().unwrap())
            .totp_base32(mark("1890!"))
            .unwrap_err(),
        Airpay::from_vars(|name| (name == "CARDS_AIRPAY_BASE_URL").then(|| mark("url")))
            .unwrap_err(),
        Airpay::from_vars(|name| {
            Some(match name {
                "CARDS_AIRPAY_BASE_URL" => "http://localhost".into(),
                _ => mark("order"),
            })
        })
        .unwrap_err(),
    ] {
        clean("a configuration error", &error.to_string());
        clean_debug("a configuration error", &error);
    }
}

#[test]
fn every_secret_header_is_marked_sensitive() {
    let clock = FakeClock::new();
    let fake = common::fake::Fake::new(&clock, |_, _| common::fake::json(200, "{}"));
    let _ = common::clients::Ureq::faked(airpay("http://localhost"), &fake, unchecked())
        .send(&register());
    let _ = common::clients::Ureq::faked(airpay("http://localhost"), &fake, unchecked())
        .send(&update());
    let _ = common::clients::Ureq::faked(paysafe("http://localhost"), &fake, unchecked())
        .send(&ListPrepaidCards::new("1"));
    let _ = common::clients::Ureq::faked(ibanera("http://localhost"), &fake, unchecked())
        .send(&CardsByCustomer::new(1));
    let mut seen = std::collections::BTreeSet::new();
    for request in fake.sent() {
        for (name, value) in request.headers() {
            let is_secret = [
                "affiliate",
                "processor-key",
                "token",
                "checksum",
                "authorization",
                "otp",
            ]
            .contains(&name.as_str());
            assert_eq!(value.is_sensitive(), is_secret, "{name}");
            if is_secret {
                seen.insert(name.as_str().to_owned());
            }
        }
    }
    assert_eq!(seen.len(), 6, "{seen:?}");
}

// ------------------------------------------------------------------ the sandbox

/// What it answers, tells and stores holds no card number, no password and no
/// credential; what it tells holds nothing personal either.
#[test]
fn the_sandbox_keeps_and_tells_no_marker() {
    traces();
    let folder = std::env::temp_dir().join(format!("canary-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("sandbox.sqlite");
    let clock = Arc::new(common::noon);
    let sandbox = Sandbox::builder()
        .clock(clock)
        .store(Store::File(file))
        .start_blocking()
        .unwrap();
    let airpay = Airpay::new(sandbox.airpay_url().parse().unwrap(), "sandbox-secret-key")
        .keys("sandboxaff", "sandbox-processor-key");
    let client = common::clients::Ureq::client(airpay, &BackendOptions::new(), unchecked());

    const PAN: &str = "4622949173608254";
    const PASSWORD: &str = "Aa1!QZ7MARKpw";
    let valid = common::case("airpay/register-user/valid").input.unwrap();
    let valid = <RegisterUser as common::operations::Operation>::from_input(&valid).unwrap();
    let form = RegisterUser {
        card_no: PAN.into(),
        password: PASSWORD.into(),
        ..valid
    };
    client.send(&form).unwrap();
    client.send(&register()).unwrap_err();

    let exchanges = sandbox.exchanges();
    assert_eq!(exchanges.len(), 2);
    for exchange in &exchanges {
        clean_debug("an exchange", exchange);
    }
    clean_debug("the sandbox", &sandbox);
    let told = get(&sandbox, "/_sandbox/world");
    assert!(told.contains("462294"), "{told}");
    assert!(!told.contains(PAN) && !told.contains(&PAN[6..12]), "{told}");
    clean("the world", &told);
    for path in [
        "/",
        "/?exchange=1",
        "/?exchange=2",
        "/_sandbox/page/customers",
        "/_sandbox/exchanges",
    ] {
        let told = get(&sandbox, path);
        assert!(!told.contains(&PAN[6..12]), "{told}");
        clean(path, &told);
    }
    sandbox.shutdown_blocking();

    let mut stored = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        stored += bytes.len();
        let text = String::from_utf8_lossy(&bytes);
        clean("the store", &text);
        assert!(!text.contains(PAN), "the store holds the card number");
        assert!(!text.contains(PASSWORD), "the store holds the password");
    }
    assert!(stored > 0);
    std::fs::remove_dir_all(&folder).unwrap();
    clean_traces();
    let traces = String::from_utf8_lossy(&traces().0.lock().unwrap()).into_owned();
    assert!(!traces.contains(PAN) && !traces.contains(PASSWORD));
}

fn get(sandbox: &cards_sandbox::Running, path: &str) -> String {
    use std::io::Read;
    let mut stream = std::net::TcpStream::connect(sandbox.addr()).unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n"
    )
    .unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    reply
}
