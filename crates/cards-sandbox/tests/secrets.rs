//! Marked secrets are sent in every place, right and wrong, and looked for in
//! everything that the sandbox shows, logs or stores.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use std::io::Write;
use std::sync::{Arc, Mutex};

use cards_sandbox::{Sandbox, Store};
use common::{airpay, body, exchange, get, post, registration, request, status};

const PAN: &str = "4111117141997141";
/// The same in groups, as people write it.
const SPACED: &str = "4111 1171 4199 7141";
const HYPHENATED: &str = "4111-1171-4199-7141";
const OTP: &str = "71419977141997";
const PASSWORD: &str = "Canary@Pass7141";
const NAMES: [&str; 5] = [
    "Canaryfirst",
    "Canarylast",
    "Canarystreet",
    "Canarycity",
    "canarymail",
];
const TOKEN: &str = "canary-token-7141";

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn no_secret_is_shown_logged_or_stored() {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer(move || writer.clone())
        .init();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.db");
    let sandbox = Sandbox::builder()
        .store(Store::File(path))
        .start_blocking()
        .unwrap();
    let address = sandbox.addr();

    // Where they belong: accepted.
    let email = "canarymail@example.com";
    let person = [
        ("card_no", PAN),
        ("first_name", NAMES[0]),
        ("last_name", NAMES[1]),
        ("address", NAMES[2]),
        ("city", NAMES[3]),
        ("email", email),
        ("password", PASSWORD),
    ];
    let answer = airpay(address, "register-user", &registration(&person));
    assert!(answer.contains("success"), "{answer}");
    let login = [("mobile_no", "9000000777"), ("password", PASSWORD)];
    assert!(airpay(address, "user-login", &login).contains("success"));

    // In fields that take any text of that length: accepted, but kept masked.
    let misplaced = [
        ("card_no", "4242424242424242"),
        ("email", "4111117141997141@example.com"),
        ("kit_no", PAN),
        ("doc_number", PAN),
        ("address", PAN),
    ];
    let answer = airpay(address, "register-user", &registration(&misplaced));
    assert!(answer.contains("success"), "{answer}");
    let in_groups = [
        ("card_no", "5555555555554444"),
        ("email", "4111-1171-4199-7141@example.com"),
        ("kit_no", "4111 1171 4199 7"),
        ("doc_number", HYPHENATED),
        ("address", "7 4111 1171 4199 7141 Road"),
    ];
    let answer = airpay(address, "register-user", &registration(&in_groups));
    assert!(answer.contains("success"), "{answer}");
    for number in [PAN, SPACED, HYPHENATED] {
        let update = [
            ("entity_id", "AIRPAYCUST0001"),
            ("mobile_no", number),
            ("country", number),
        ];
        let answer = airpay(address, "update-customer", &update);
        assert!(answer.contains("success"), "{answer}");
    }

    // Where they do not belong, so that each is refused for a different reason.
    let all = [PAN, HYPHENATED, OTP, PASSWORD, NAMES[0], TOKEN];
    for secret in all {
        for field in registration(&[]) {
            let changes = [("email", "other@example.com"), (field.0, secret)];
            airpay(address, "register-user", &registration(&changes));
        }
        for (name, field) in [
            ("update-customer", "entity_id"),
            ("update-customer", "pincode"),
            ("customer-preference", "type"),
            ("customer-preference", "status"),
            ("user-login", "mobile_no"),
            ("user-login", secret),
        ] {
            airpay(
                address,
                name,
                &[
                    ("entity_id", "AIRPAYCUST0001"),
                    (field, secret),
                    (secret, "1"),
                ],
            );
        }
        let form = ("content-type", "application/x-www-form-urlencoded");
        let update = "/airpay/ms/cards/api/update-customer";
        for header in [
            "token",
            "checksum",
            "affiliate",
            "content-type",
            "authorization",
            "otp",
        ] {
            post(address, update, &[form, (header, secret)], "entity_id=1");
            get(
                address,
                "/customers/12345678/prepaid/cards",
                &[(header, secret)],
            );
            get(
                address,
                "/api/v1/customer/cards/byuser/list",
                &[(header, secret)],
            );
        }
        let paysafe = [("authorization", "Bearer sandbox-paysafe-token")];
        for target in [
            format!("/{secret}"),
            format!("/airpay/{secret}"),
            format!("/customers/{secret}/prepaid/cards"),
            format!("/customers/12345678/prepaid/cards?limit={secret}&{secret}=1"),
            format!(
                "/customers/12345678/prepaid/cards?status={secret}&cardType={secret}&include={secret}"
            ),
            format!("/api/v1/customer/cards/byuser?customersId={secret}"),
        ] {
            get(address, &target, &paysafe);
            get(
                address,
                &target,
                &[("authorization", "YOUR_API_KEY"), ("otp", "text")],
            );
        }
        let method = secret.replace('@', "-");
        exchange(address, request(&method, "/airpay", &[], "").as_bytes());
        let json = ("content-type", "application/json");
        for login in [
            format!(r#"{{"username":"{secret}","password":"{secret}","otp":"{secret}"}}"#),
            format!(r#"{{"username":"sandbox","password":"Sandbox@1234","otp":"{secret}"}}"#),
            secret.to_owned(),
        ] {
            let answer = post(address, "/api/v1/public/auth/login", &[json], &login);
            assert_eq!(status(&answer), 400);
        }
        // A control request that is refused comes back in no part.
        let card = "/_sandbox/paysafe/cards/12345678-0000-4000-8000-000000000001";
        let gone = format!(
            "/_sandbox/paysafe/cards/{}/status",
            secret.replace(' ', "%20")
        );
        for (method, path, control) in [
            ("PUT", "/_sandbox/clock", format!(r#"{{"now":"{secret}"}}"#)),
            (
                "POST",
                "/_sandbox/clock/advance",
                format!(r#"{{"{secret}":1}}"#),
            ),
            (
                "POST",
                &format!("{card}/actions"),
                format!(r#"{{"action":"{secret}"}}"#),
            ),
            (
                "PUT",
                &format!("{card}/status"),
                format!(r#"{{"status":"{secret}"}}"#),
            ),
            ("PUT", &gone, r#"{"status":"ACTIVE"}"#.to_owned()),
            (
                "POST",
                "/_sandbox/airpay/one-time-passwords",
                format!(r#"{{"mobile_no":"{secret}"}}"#),
            ),
            (
                "POST",
                "/_sandbox/world/airpay/customers",
                format!(r#"{{"password":"{secret}","pincode":"{secret}"}}"#),
            ),
            (
                "POST",
                "/_sandbox/world/paysafe/customers/12345678/cards",
                format!(r#"{{"bin":"{secret}"}}"#),
            ),
            (
                "PUT",
                "/_sandbox/world",
                format!(r#"{{"ibanera":{{"customers":[{{"{secret}":1}}]}}}}"#),
            ),
            (
                "PUT",
                "/_sandbox/ibanera/cards/1001",
                format!("{{\"totalBalance\":{secret}x}}"),
            ),
        ] {
            let answer = exchange(address, request(method, path, &[json], &control).as_bytes());
            assert!(matches!(status(&answer), 400 | 404), "{path}: {answer}");
            assert!(!answer.contains(secret), "{path}: {answer}");
        }
    }

    // Typed into the calculator: used for one answer.
    let form = ("content-type", "application/x-www-form-urlencoded");
    let typed = format!(
        "operation=register-user&order=received&form=lines&given={OTP}\
         &secret={TOKEN}&fields=card_no={PAN}%0A{OTP}={}",
        NAMES[0]
    );
    let computed = post(address, "/_sandbox/page/checksum", &[form], &typed);
    assert_eq!(status(&computed), 200, "{computed}");
    let of_each = |id: u64| get(address, &format!("/?exchange={id}"), &[]);
    let opened: Vec<_> = sandbox
        .exchanges()
        .iter()
        .map(|one| of_each(one.id))
        .collect();
    assert!(opened.len() > 200 && opened.iter().all(|page| status(page) == 200));
    let stream = ("accept", "text/event-stream");
    let events = get(address, "/_sandbox/exchanges?after=0&limit=200", &[stream]);
    assert_eq!(events.matches("event: exchange").count(), 200);

    // In a statement of its own: pages are logged too, which waits for this lock.
    let logged = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let shown = [
        get(address, "/_sandbox/exchanges", &[]),
        get(address, "/_sandbox/world", &[]),
        get(address, "/_sandbox/health", &[]),
        format!("{sandbox:?} {:#?}", sandbox.exchanges()),
        logged,
        get(address, "/", &[]),
        get(address, "/_sandbox/page/customers", &[]),
        computed,
        opened.join(""),
        events,
    ];
    for (at, text) in shown.iter().enumerate() {
        assert!(
            body(text).len() > 20 || text.len() > 100,
            "nothing to look at in {at}: {text}"
        );
        for secret in all.iter().chain(&NAMES).chain(&[email, SPACED]) {
            assert!(!text.contains(secret), "{secret} in {at}");
        }
        let log_in = text.find("canary");
        assert_eq!(log_in, None, "{at}");
    }
    assert!(shown[4].contains("register-user"), "the log was captured");
    assert!(shown[1].contains("411111******7141"));

    // With the sandbox still running, the write-ahead log is there too.
    let mut files = 0;
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        for secret in [PAN, SPACED, HYPHENATED, "4111 1171", OTP, PASSWORD, TOKEN] {
            let found = bytes
                .windows(secret.len())
                .any(|window| window == secret.as_bytes());
            assert!(!found, "{secret} in the database");
        }
        files += 1;
    }
    assert!(files >= 2, "the database and its log");
}
