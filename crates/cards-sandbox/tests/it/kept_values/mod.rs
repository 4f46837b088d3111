//! Values are kept where that was asked for, on this machine alone, and never a secret.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod secrets;

use std::io::{Read as _, Write as _};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use crate::common::{airpay, body, connect, get, post, registration, request, status};
use cards_model::ibanera::Login;
use cards_sandbox::{Exchange, Fault, KeptValues, Running, Sandbox, Store, world};
use serde_json::{Value, json};

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

fn keeping() -> Running {
    Sandbox::builder().keep_values().start_blocking().unwrap()
}

fn pairs(kept: &KeptValues) -> Vec<(&str, &str)> {
    let each = kept.values.iter();
    each.map(|value| (&*value.name, &*value.value)).collect()
}

/// All that the sandbox shows of its last exchange.
fn shown(sandbox: &Running) -> String {
    let exchange = sandbox.exchanges().pop().unwrap();
    let (address, id) = (sandbox.addr(), exchange.id);
    let page = get(address, &format!("/?exchange={id}"), &[]);
    assert_eq!(status(&page), 200);
    let json = get(address, &format!("/_sandbox/exchanges/{id}"), &[]);
    let list = get(
        address,
        &format!("/_sandbox/exchanges?after={}", id - 1),
        &[],
    );
    let values = exchange.values.as_ref().unwrap();
    format!("{page} {json} {list} {} {exchange:?}", json!(values))
}

#[test]
fn values_are_kept_of_request_and_reply_and_shown_on_the_page() {
    let sandbox = keeping();
    let address = sandbox.addr();
    let person = [("address", "<b>12</b> MG Road"), ("city", "Kochi")];
    let answer = airpay(address, "register-user", &registration(&person));
    let entity = body(&answer);
    let entity: Value = serde_json::from_str(entity).unwrap();
    let kept = sandbox.exchanges().pop().unwrap().values.unwrap();
    let request = pairs(&kept.request);
    for pair in [
        ("affiliate", "[redacted]"),
        ("token", "[redacted]"),
        ("checksum", "[redacted]"),
        ("processor-key", "[redacted]"),
        ("city", "Kochi"),
        ("card_no", "411111******1111"),
        ("otp", "[redacted]"),
        ("password", "[redacted]"),
    ] {
        assert!(request.contains(&pair), "{pair:?} in {request:?}");
    }
    let reply = pairs(&kept.reply);
    assert!(!reply.is_empty());
    for (name, value) in reply {
        let value = if name.is_empty() { continue } else { value };
        let whole = entity.to_string();
        assert!(
            whole.contains(value) || value.contains("******"),
            "{name}: {value}"
        );
    }
    let page = shown(&sandbox);
    assert!(page.contains("&lt;b&gt;12&lt;/b&gt; MG Road"), "{page}");
    assert!(!page.contains("Values are not kept."));
    assert!(!page.split("</html>").next().unwrap().contains("<b>12"));

    let token = [("authorization", "Bearer sandbox-paysafe-token")];
    get(
        address,
        "/customers/12345678/prepaid/cards?limit=1&State=a%20b",
        &token,
    );
    let kept = sandbox.exchanges().pop().unwrap().values.unwrap();
    let request = pairs(&kept.request);
    for pair in [("customerId", "12345678"), ("limit", "1"), ("State", "a b")] {
        assert!(request.contains(&pair), "{pair:?} in {request:?}");
    }
    let reply = pairs(&kept.reply);
    let has = |name: &str| reply.iter().any(|(other, _)| *other == name);
    assert!(
        has("cards[0].cardId") && has("cards[0].lastFour"),
        "{reply:?}"
    );
    assert!(!reply.contains(&("cards[0].cardId", "[redacted]")));
}

#[test]
fn nothing_is_kept_unless_it_is_asked_for() {
    let sandbox = Sandbox::start_blocking().unwrap();
    airpay(sandbox.addr(), "register-user", &registration(&[]));
    let exchange = sandbox.exchanges().pop().unwrap();
    assert!(exchange.values.is_none());
    let json = get(sandbox.addr(), "/_sandbox/exchanges/1", &[]);
    assert!(!json.contains("\"values\"") && !json.contains("Asha"));
    let page = get(sandbox.addr(), "/?exchange=1", &[]);
    assert!(page.contains("Values are not kept.") && !page.contains("Asha"));
}

/// The login of a provider.
struct LogIn {
    target: String,
    headers: Vec<(&'static str, &'static str)>,
    body: String,
    /// The credentials that are sent.
    secrets: Vec<String>,
    /// Points to the token in the reply.
    token: &'static str,
}

/// The logins that are not Airpay's.
fn logins(sandbox: &Running) -> [LogIn; 2] {
    // "sandbox-client:sandbox-client-secret"
    const BASIC: &str = "Basic c2FuZGJveC1jbGllbnQ6c2FuZGJveC1jbGllbnQtc2VjcmV0";
    let otp = sandbox.ibanera().otp.unwrap();
    let user = json!({
        "username": world::ibanera::USERNAME, "password": world::ibanera::PASSWORD, "otp": otp,
    });
    [
        LogIn {
            target: format!("/auth/brands/{}/token", world::paysafe::BRAND),
            headers: vec![("authorization", BASIC), ("content-type", FORM)],
            body: "grant_type=client_credentials".to_owned(),
            secrets: vec![
                world::paysafe::CLIENT_SECRET.to_owned(),
                BASIC[6..].to_owned(),
            ],
            token: "access_token",
        },
        LogIn {
            target: Login::OPERATION.path.to_owned(),
            headers: vec![("content-type", JSON)],
            body: user.to_string(),
            secrets: vec![world::ibanera::PASSWORD.to_owned(), otp],
            token: "details.accessToken",
        },
    ]
}

/// The token that a login brought: it has to have succeeded, and the token's name to stand in the
/// journal beside a stand-in.
fn issued(sandbox: &Running, answer: &str, name: &str, secrets: &[String]) -> String {
    assert_eq!(status(answer), 200, "{name}");
    let reply: Value = serde_json::from_str(body(answer)).unwrap();
    let pointer = format!("/{}", name.replace('.', "/"));
    let token = reply.pointer(&pointer).and_then(Value::as_str);
    let token = token.filter(|token| token.len() > 15).unwrap().to_owned();
    let exchange = sandbox.exchanges().pop().unwrap();
    assert!(exchange.accepted, "{name}");
    let kept = exchange.values.as_ref().unwrap();
    let reply = pairs(&kept.reply);
    assert!(reply.contains(&(name, "[redacted]")), "{reply:?}");
    let shown = shown(sandbox);
    assert!(!shown.contains(&token), "{name}: {shown}");
    // The page offers the credentials of the sandbox to copy; the exchange has none of them.
    let json = json!(exchange).to_string();
    for secret in secrets {
        assert!(!json.contains(secret), "{name}: {json}");
    }
    token
}

#[test]
fn a_login_and_its_token_are_masked() {
    let sandbox = keeping();
    let address = sandbox.addr();
    let user = [
        ("mobile_no", world::airpay::MOBILE_NO),
        ("password", world::airpay::PASSWORD),
    ];
    let answer = airpay(address, "user-login", &user);
    let secrets = [world::airpay::PASSWORD.to_owned()];
    let mut tokens = vec![issued(&sandbox, &answer, "data.token", &secrets)];
    let kept = sandbox.exchanges().pop().unwrap().values.unwrap();
    assert!(pairs(&kept.request).contains(&("password", "[redacted]")));
    for login in logins(&sandbox) {
        let answer = post(address, &login.target, &login.headers, &login.body);
        tokens.push(issued(&sandbox, &answer, login.token, &login.secrets));
    }
    // All together, when each is long ago.
    for target in [
        "/",
        "/_sandbox/exchanges",
        "/_sandbox/world",
        "/_sandbox/page/customers",
    ] {
        let shown = get(address, target, &[]);
        assert_eq!(status(&shown), 200, "{target}");
        for token in &tokens {
            assert!(!shown.contains(token), "{target}");
        }
    }
}

#[test]
fn a_login_that_is_refused_shows_no_secret() {
    let sandbox = keeping();
    let form = ("content-type", FORM);
    let basic = ("authorization", "Basic c2FuZGJveDpzYW5kYm94LXNlY3JldA==");
    for headers in [&[form, basic][..], &[form]] {
        let target = "/auth/brands/sandbox/token";
        let sent = "grant_type=client_credentials&client_secret=Quiet7141";
        let answer = post(sandbox.addr(), target, headers, sent);
        assert_eq!(status(&answer), 401);
        let page = shown(&sandbox);
        assert!(page.contains("client_credentials"), "{page}");
        assert!(
            !page.contains("Quiet7141") && !page.contains("c2FuZGJveDp"),
            "{page}"
        );
    }
}

/// Calls Paysafe under a fault. Gives the exchange and what came of the body.
fn under(fault: Fault) -> (Exchange, String) {
    let sandbox = keeping();
    sandbox.faults().add(fault).unwrap();
    let token = [("authorization", "Bearer sandbox-paysafe-token")];
    let request = request("GET", "/customers/12345678/prepaid/cards", &token, "");
    let mut stream = connect(sandbox.addr());
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    // A reset ends it as well.
    drop(stream.read_to_end(&mut answer));
    let answer = String::from_utf8_lossy(&answer);
    let exchange = sandbox.exchanges().pop().unwrap();
    let kept = exchange.values.as_ref().unwrap();
    assert!(pairs(&kept.request).contains(&("customerId", "12345678")));
    (exchange, body(&answer).to_owned())
}

#[test]
fn a_reply_that_a_fault_keeps_back_has_no_values() {
    for (fault, status) in [
        (Fault::lost_reply(), 0),
        (Fault::reset_before_headers(), 0),
        (Fault::garbage(), 0),
        (Fault::reset_after_headers(), 200),
        (Fault::reset_in_body(), 200),
        (Fault::truncated_body(), 200),
        (Fault::truncated_body().carry_out(false), 500),
    ] {
        let told = format!("{fault:?}");
        let (exchange, _) = under(fault);
        assert_eq!(exchange.status, status, "{told}");
        assert_eq!(
            exchange.values.unwrap().reply,
            KeptValues::default(),
            "{told}"
        );
    }
    // Whose body comes whole has them.
    for fault in [
        Fault::delay(Duration::from_millis(1)),
        Fault::drip(4096, Duration::from_millis(1)),
        Fault::wrong_length(-1),
    ] {
        let told = format!("{fault:?}");
        let (exchange, came) = under(fault);
        let kept = exchange.values.unwrap();
        assert!(came.ends_with('}'), "{told}: {came}");
        let has = |name| pairs(&kept.reply).iter().any(|(other, _)| *other == name);
        assert!(has("cards[0].cardId"), "{told}");
    }
}

#[test]
fn only_this_machine_can_read_them() {
    for listen in [
        "127.0.0.1:0",
        "127.1.2.3:0",
        "[::1]:0",
        "[::ffff:127.0.0.1]:0",
    ] {
        let listen: SocketAddr = listen.parse().unwrap();
        let builder = || Sandbox::builder().listen(listen).keep_values();
        // A machine may have no IPv6; the setting is not what is wrong then.
        if let Err(error) = builder().start_blocking() {
            assert!(!error.is_settings(), "{listen}: {error}");
        }
        let error = builder().expose().start_blocking().unwrap_err();
        assert!(
            error.is_settings() && error.to_string().contains("--expose"),
            "{error}"
        );
    }
    for ip in [
        "0.0.0.0",
        "192.168.1.7",
        "10.0.0.1",
        "::",
        "fe80::1",
        "::ffff:192.168.1.7",
    ] {
        let ip: IpAddr = ip.parse().unwrap();
        let exposed = Sandbox::builder().listen((ip, 0)).expose();
        let error = exposed.keep_values().start_blocking().unwrap_err();
        assert!(error.is_settings(), "{ip}: {error}");
        let told = error.to_string();
        assert!(
            told.contains("--keep-values") && told.contains("127.0.0.1"),
            "{told}"
        );
        assert!(
            Sandbox::builder()
                .listen((ip, 0))
                .keep_values()
                .start_blocking()
                .is_err()
        );
    }
}

/// A proxy on this machine is on the loopback, and brings others' calls under its own name.
#[test]
fn a_sandbox_of_another_name_does_not_keep_them() {
    for names in [&["sandbox.test"][..], &["localhost"], &["a.test", "b.test"]] {
        let named = || {
            let builder = Sandbox::builder();
            names
                .iter()
                .fold(builder, |builder, name| builder.allow_host(*name))
        };
        let error = named().keep_values().start_blocking().unwrap_err();
        assert!(error.is_settings(), "{names:?}: {error}");
        let told = error.to_string();
        for word in ["--keep-values", "keep_values", "--allow-host", "allow_host"] {
            assert!(told.contains(word), "{told}");
        }
        assert!(named().start_blocking().is_ok(), "{names:?}");
    }
    assert!(Sandbox::builder().keep_values().start_blocking().is_ok());
}

/// A test in Rust reads the same of a customer as the control API shows.
#[test]
fn customers_are_shown_to_a_test_as_in_the_world() {
    let usual = Sandbox::start_blocking().unwrap();
    for (sandbox, is_shown) in [(keeping(), true), (usual, false)] {
        let address = sandbox.addr();
        airpay(address, "register-user", &registration(&[]));
        let card = json!({"cardType": "VIRTUAL", "mobile": "+359 888765432"}).to_string();
        let path = "/_sandbox/world/paysafe/customers/12345678/cards";
        let added = post(address, path, &[("content-type", JSON)], &card);
        assert_eq!(status(&added), 200, "{added}");
        let shown = get(address, "/_sandbox/world", &[]);
        let shown: Value = serde_json::from_str(body(&shown)).unwrap();
        for (provider, read, word) in [
            ("airpay", json!(sandbox.airpay_customers().unwrap()), "Asha"),
            (
                "paysafe",
                json!(sandbox.paysafe_customers().unwrap()),
                "888765432",
            ),
            ("ibanera", json!(sandbox.ibanera_customers().unwrap()), ""),
        ] {
            assert_eq!(read, shown[provider]["customers"], "{provider}");
            let is_there = read.to_string().contains(word);
            assert_eq!(is_there, is_shown || word.is_empty(), "{provider}");
        }
    }
}

#[test]
fn the_journal_counts_them_and_stays_bounded() {
    let sandbox = Sandbox::builder()
        .keep_values()
        .journal_bytes(64 * 1024)
        .start_blocking()
        .unwrap();
    let long = "Kochi".repeat(400);
    let many: String = (0..3000).map(|at| format!("&x{at}={at}")).collect();
    for _ in 0..20 {
        airpay(
            sandbox.addr(),
            "update-customer",
            &[("city", &long), ("x", "1")],
        );
        let form = ("content-type", "application/x-www-form-urlencoded");
        let path = "/airpay/ms/cards/api/update-customer";
        post(sandbox.addr(), path, &[form], &format!("city={many}"));
    }
    let exchanges = sandbox.exchanges();
    assert!(
        !exchanges.is_empty() && exchanges.len() < 20,
        "{}",
        exchanges.len()
    );
    let weight: usize = exchanges.iter().map(cards_sandbox::Exchange::weight).sum();
    assert!(weight <= 64 * 1024, "{weight}");
    assert!(
        exchanges
            .iter()
            .any(|one| one.values.as_ref().unwrap().request.left_out > 2000)
    );
    let page = get(
        sandbox.addr(),
        &format!("/?exchange={}", exchanges.last().unwrap().id),
        &[],
    );
    assert!(page.contains(" more values"), "{page}");

    airpay(sandbox.addr(), "update-customer", &[("city", &long)]);
    let cut = sandbox.exchanges().pop().unwrap().values.unwrap();
    let city = cut
        .request
        .values
        .iter()
        .find(|one| one.name == "city")
        .unwrap();
    assert_eq!((city.value.len(), city.more_bytes), (1024, 976));
    assert!(shown(&sandbox).contains("976 more bytes"));
}

#[test]
fn a_store_opens_whether_or_not_values_were_kept_before() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.db");
    for keeps in [false, true, false] {
        let builder = Sandbox::builder().store(Store::File(file.clone()));
        let builder = if keeps {
            builder.keep_values()
        } else {
            builder
        };
        let sandbox = builder.start_blocking().unwrap();
        airpay(sandbox.addr(), "update-customer", &[("city", "Canarycity")]);
        let kept = sandbox.exchanges().pop().unwrap().values;
        assert_eq!(kept.is_some(), keeps);
        sandbox.shutdown_blocking();
        for entry in std::fs::read_dir(folder.path()).unwrap() {
            let bytes = std::fs::read(entry.unwrap().path()).unwrap();
            let found = bytes.windows(10).any(|window| window == b"Canarycity");
            assert!(!found, "a refused call is in the store");
        }
    }
}
