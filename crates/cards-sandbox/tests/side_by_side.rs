//! Worlds beside the first one in one process: each has a state of its own, is made when it is first
//! used, and ends where it is told to; their number has an end.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod common;
#[path = "events/receiver.rs"]
mod receiver;

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use cards_sandbox::{
    Fault, IssuerAction, IssuerOrder, Limits, ProviderId, RateLimit, Receiver as To, Running,
    RunningWorld, Sandbox, World,
};
use common::{airpay_request, body, connect, exchange, get, post, registration, request, status};
use proptest::prelude::*;
use receiver::Receiver;
use serde_json::{Value, json};

fn json(answer: &str) -> Value {
    serde_json::from_str(body(answer)).unwrap_or_else(|_| panic!("no JSON: {answer}"))
}

/// An Airpay call below a prefix.
fn airpay(address: SocketAddr, prefix: &str, name: &str, fields: &[(&str, &str)]) -> String {
    let (target, headers, body) = airpay_request(common::TOKEN, name, fields);
    let headers = headers.each_ref().map(|(name, value)| (*name, &**value));
    post(address, &format!("{prefix}{target}"), &headers, &body)
}

fn registers(address: SocketAddr, prefix: &str) -> bool {
    airpay(address, prefix, "register-user", &registration(&[])).contains("AIRPAYCUST")
}

fn customers(world: &RunningWorld) -> usize {
    world.airpay_customers().unwrap().len()
}

fn with_worlds(worlds: usize) -> Running {
    let mut limits = Limits::default();
    limits.worlds = worlds;
    Sandbox::builder().limits(limits).start_blocking().unwrap()
}

fn tokenise(world: &RunningWorld, wallet: &str) {
    let card = "12345678-0000-4000-8000-000000000001";
    let order = IssuerOrder::new(IssuerAction::Tokenise).card(card);
    let done = world.act_as_issuer(ProviderId::PAYSAFE, order.wallet(wallet));
    done.unwrap();
}

fn names(address: SocketAddr) -> Vec<String> {
    let told = json(&get(address, "/_sandbox/worlds", &[]));
    let each = told["worlds"].as_array().unwrap().iter();
    each.map(|world| world["name"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_world_has_everything_of_its_own() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let address = sandbox.addr();
    let before = customers(&sandbox);
    assert!(registers(address, "/_worlds/a"));
    let (a, b) = (sandbox.beside("a").unwrap(), sandbox.beside("b").unwrap());
    assert_eq!(customers(&a), before + 1);
    assert_eq!(customers(&b), before);
    assert_eq!(customers(&sandbox), before);
    // The same person once in each.
    assert!(!registers(address, "/_worlds/a"));
    assert!(registers(address, "/_worlds/b"));
    assert!(registers(address, ""));
    assert_eq!(a.exchanges().len(), 2);
    assert_eq!(b.exchanges().len(), 1);
    assert_eq!(sandbox.exchanges().len(), 1);

    // Faults, clock, journal: by the handle and by the control API alike.
    a.faults().add(Fault::status(503)).unwrap();
    let freeze = r#"{"now":"2031-01-01T00:00:00Z","frozen":true}"#;
    let as_json = [("content-type", "application/json")];
    let put = request("PUT", "/_worlds/b/_sandbox/clock", &as_json, freeze);
    assert_eq!(status(&exchange(address, put.as_bytes())), 200);
    assert!(b.clock().is_frozen() && !a.clock().is_frozen() && !sandbox.clock().is_frozen());
    assert_eq!(status(&get(address, "/_worlds/a/airpay/x", &[])), 503);
    assert_eq!(status(&get(address, "/_worlds/b/airpay/x", &[])), 404);
    assert_eq!(status(&get(address, "/airpay/x", &[])), 404);
    let faults = json(&get(address, "/_worlds/a/_sandbox/faults", &[]));
    assert_eq!(faults["faults"].as_array().unwrap().len(), 1);

    // A reset is of one alone.
    let reset = post(address, "/_worlds/a/_sandbox/reset", &[], "");
    assert_eq!(status(&reset), 200);
    assert_eq!(customers(&a), before);
    assert!(a.faults().list().is_empty() && a.exchanges().is_empty());
    assert_eq!(customers(&b), before + 1);
    sandbox.reset_blocking().unwrap();
    assert_eq!(customers(&b), before + 1);
    assert!(b.clock().is_frozen());
}

#[test]
fn a_world_starts_as_the_first_one_did() {
    let world =
        r#"{"airpay": {"customers": [{"mobile_no": "9000000001", "password": "Other#Sea42"}]}}"#;
    let events = Receiver::start();
    let to = To::all(ProviderId::PAYSAFE, events.url.parse().unwrap());
    let sandbox = Sandbox::builder()
        .world(World::from_json(world).unwrap())
        .fault(Fault::status(418).at(ProviderId::IBANERA))
        .rate_limit(
            ProviderId::AIRPAY,
            RateLimit::new(1, Duration::from_secs(3600)),
        )
        .receiver(to)
        .start_blocking()
        .unwrap();
    let address = sandbox.addr();
    for prefix in ["/_worlds/a", "", "/_worlds/b"] {
        let login = [("mobile_no", "9000000001"), ("password", "Other#Sea42")];
        assert!(airpay(address, prefix, "user-login", &login).contains("success"));
        assert_eq!(status(&airpay(address, prefix, "user-login", &login)), 429);
        let ibanera = get(address, &format!("{prefix}/api/v1/x"), &[]);
        assert_eq!(status(&ibanera), 418);
        let receivers = json(&get(address, &format!("{prefix}/_sandbox/receivers"), &[]));
        assert_eq!(receivers["receivers"].as_array().unwrap().len(), 1);
    }
}

#[test]
fn what_is_told_of_a_world_leads_back_to_it() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let world = sandbox.beside("a").unwrap();
    assert_eq!(world.url(), format!("{}/_worlds/a", sandbox.url()));
    let urls = |world: &RunningWorld| -> Vec<String> {
        let env = world.env().into_iter();
        let urls = env.filter(|(name, _)| name.ends_with("_BASE_URL"));
        urls.map(|(_, url)| url).collect()
    };
    assert_eq!(urls(&world).len(), 3);
    assert!(urls(&world).iter().all(|url| url.starts_with(&world.url())));
    assert!(!urls(&sandbox).iter().any(|url| url.contains("_worlds")));
    let credentials = get(sandbox.addr(), "/_worlds/a/_sandbox/credentials", &[]);
    let told = json(&credentials);
    for url in [
        &told["airpay"]["baseUrl"],
        &told["env"]["CARDS_PAYSAFE_BASE_URL"],
    ] {
        let url = url.as_str().unwrap_or_else(|| panic!("{credentials}"));
        assert!(url.starts_with("http://127.0.0.1/_worlds/a"), "{url}");
    }
}

/// Every path that a page of a world leads to is in that world, and is there.
#[test]
fn the_page_of_a_world_leads_on_within_it() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let address = sandbox.addr();
    let world = sandbox.beside("a").unwrap();
    registers(address, "/_worlds/a");
    world.faults().add(Fault::status(503)).unwrap();
    tokenise(&world, "APPLE");
    let (mut seen, mut next) = (BTreeSet::new(), vec!["/_worlds/a".to_owned()]);
    while let Some(path) = next.pop() {
        if !seen.insert(path.clone()) {
            continue;
        }
        let answer = get(address, &path, &[]);
        assert_eq!(status(&answer), 200, "{path}");
        if !answer.contains("content-type: text/html") {
            continue;
        }
        assert!(answer.contains("World a"), "{path}");
        // Whatever the attribute: no text of a page has an unescaped quotation mark.
        for (at, _) in answer.match_indices("=\"/") {
            let path = answer[at + 2..].split('"').next().unwrap();
            let path = path.replace("&amp;", "&");
            assert!(path.starts_with("/_worlds/a/"), "{path}");
            let link = answer[..at].rsplit(' ').next().unwrap();
            if ["href", "src"].contains(&link) {
                next.push(path);
            }
        }
    }
    for view in [
        "customers",
        "events",
        "faults",
        "clock",
        "reset",
        "checksum",
    ] {
        let path = format!("/_worlds/a/_sandbox/page/{view}");
        assert!(seen.contains(&path), "{path} is led to: {seen:?}");
    }
    // What a form did is shown there too.
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let done = post(address, "/_worlds/a/_sandbox/page/reset", &form, "");
    assert_eq!(status(&done), 303);
    assert!(done.contains("location: /_worlds/a/\r\n"), "{done}");
    assert!(world.faults().list().is_empty());
    assert!(!get(address, "/", &[]).contains("World a"));
}

#[test]
fn who_uses_a_new_world_at_one_time_uses_the_same_one() {
    let sandbox = with_worlds(3);
    let address = sandbox.addr();
    for round in ["a", "b", "c"] {
        let prefix = format!("/_worlds/{round}");
        let all: Vec<_> = (0..16)
            .map(|_| {
                let prefix = prefix.clone();
                thread::spawn(move || registers(address, &prefix))
            })
            .collect();
        let registered = all.into_iter().map(|one| one.join().unwrap());
        assert_eq!(registered.filter(|done| *done).count(), 1, "one does");
        assert_eq!(sandbox.beside(round).unwrap().exchanges().len(), 16);
    }
    assert_eq!(names(address), ["a", "b", "c"]);
}

#[test]
fn their_number_has_an_end_and_who_is_refused_is_told_why() {
    let sandbox = with_worlds(2);
    let address = sandbox.addr();
    assert!(registers(address, "/_worlds/a") && registers(address, "/_worlds/b"));
    let full = "this sandbox has 2 worlds beside the first, the most that it may have: remove one \
                with DELETE /_sandbox/worlds/{name}, or raise the limit of worlds (--worlds)";
    let refused = get(address, "/_worlds/c/airpay/x", &[]);
    assert_eq!(status(&refused), 409);
    assert_eq!(json(&refused), json!({"error": full}));
    assert_eq!(sandbox.beside("c").unwrap_err().to_string(), full);
    assert!(sandbox.beside("c").unwrap_err().is_settings());
    // The first one has it in its journal.
    assert_eq!(sandbox.exchanges().last().unwrap().verdict, full);

    let remove = |name: &str| {
        let target = format!("/_sandbox/worlds/{name}");
        exchange(address, request("DELETE", &target, &[], "").as_bytes())
    };
    let removed = json(&remove("a"));
    assert_eq!(
        removed,
        json!({"name": "a", "path": "/_worlds/a", "exchanges": 1})
    );
    assert_eq!(status(&remove("a")), 404);
    assert_eq!(status(&remove("nobody's")), 404);
    assert_eq!(names(address), ["b"]);
    // There is room again, and a name that was used leads to a new world.
    assert!(
        registers(address, "/_worlds/a"),
        "it has forgotten the first"
    );
    assert!(!registers(address, "/_worlds/b"), "it has not");

    let none = with_worlds(0);
    let refused = get(none.addr(), "/_worlds/a/airpay/x", &[]);
    assert_eq!(status(&refused), 409);
    assert!(
        refused.contains("has no worlds beside the first"),
        "{refused}"
    );
}

#[test]
fn what_is_no_name_is_told_so() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let address = sandbox.addr();
    let long = "x".repeat(65);
    for name in ["", "-", ".", "..", "%61", "a%20b", &long] {
        let answer = get(address, &format!("/_worlds/{name}/airpay/x"), &[]);
        assert_eq!(status(&answer), 404, "{name}");
        assert!(
            answer.contains("the name of a world has 1 to 64"),
            "{answer}"
        );
        let error = sandbox.beside(name).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("the name of a world has 1 to 64")
        );
    }
    assert!(names(address).is_empty());
    // Within a world there are none.
    let answer = get(address, "/_worlds/a/_worlds/b/airpay/x", &[]);
    assert_eq!(status(&answer), 404);
    assert_eq!(names(address), ["a"]);
    assert_eq!(status(&get(address, "/_worlds", &[])), 404);
}

#[test]
fn events_of_a_world_are_its_own_and_end_with_it() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let address = sandbox.addr();
    let events = Receiver::start();
    let register = json!({"provider": "paysafe", "url": events.url}).to_string();
    let as_json = [("content-type", "application/json")];
    let registered = post(
        address,
        "/_worlds/a/_sandbox/receivers",
        &as_json,
        &register,
    );
    assert_eq!(status(&registered), 200, "{registered}");
    tokenise(&sandbox, "APPLE");
    tokenise(&sandbox.beside("b").unwrap(), "APPLE");
    let a = sandbox.beside("a").unwrap();
    tokenise(&a, "APPLE");
    let got = events.wait(1);
    assert_eq!(got.len(), 1);
    assert!(!a.events().unwrap().is_empty());

    // A stream of a world ends with it; those of others go on.
    let mut follow = connect(address);
    let asked = request(
        "GET",
        "/_worlds/a/_sandbox/exchanges",
        &[("accept", "text/event-stream")],
        "",
    );
    follow.write_all(asked.as_bytes()).unwrap();
    let mut first = [0; 16];
    follow.read_exact(&mut first).unwrap();
    let remove = request("DELETE", "/_sandbox/worlds/a", &[], "");
    assert_eq!(status(&exchange(address, remove.as_bytes())), 200);
    let asked_at = Instant::now();
    follow.read_to_end(&mut Vec::new()).unwrap();
    assert!(asked_at.elapsed() < Duration::from_secs(10));
    // The handle still tells what was; nothing more is sent.
    let came = events.got().len();
    tokenise(&a, "GOOGLE");
    tokenise(&sandbox.beside("a").unwrap(), "APPLE");
    thread::sleep(Duration::from_millis(300));
    assert_eq!(events.got().len(), came);
}

/// One connection serves calls to any world.
#[test]
fn a_connection_belongs_to_no_world() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let mut stream = connect(sandbox.addr());
    for prefix in ["/_worlds/a", "", "/_worlds/b", "/_worlds/a", "/_worlds/-"] {
        let asked = request("GET", &format!("{prefix}/_sandbox/health"), &[], "");
        let asked = asked.replace("connection: close\r\n", "");
        stream.write_all(asked.as_bytes()).unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"}") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).unwrap();
        let expected = if prefix.ends_with('-') { 404 } else { 200 };
        assert_eq!(status(&head), expected, "{prefix}: {head}");
    }
}

#[test]
fn the_end_of_the_sandbox_is_the_end_of_all_and_is_not_held_up() {
    #[cfg(target_os = "linux")]
    let threads = || {
        let tasks = std::fs::read_dir("/proc/self/task").unwrap();
        let names =
            tasks.filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("comm")).ok());
        names.filter(|name| name.starts_with("cards-store")).count()
    };
    let sandbox = Sandbox::start_blocking().unwrap();
    let address = sandbox.addr();
    let mut streams = Vec::new();
    for name in ["a", "b", "c"] {
        let mut stream = connect(address);
        let target = format!("/_worlds/{name}/_sandbox/exchanges");
        let asked = request("GET", &target, &[("accept", "text/event-stream")], "");
        stream.write_all(asked.as_bytes()).unwrap();
        stream.read_exact(&mut [0; 16]).unwrap();
        streams.push(stream);
    }
    let began = Instant::now();
    sandbox.shutdown_blocking();
    assert!(
        began.elapsed() < Duration::from_secs(5),
        "{:?}",
        began.elapsed()
    );
    for mut stream in streams {
        stream.read_to_end(&mut Vec::new()).unwrap();
    }
    // Other tests of this file have stores of their own meanwhile, which come to an end too.
    #[cfg(target_os = "linux")]
    {
        let deadline = Instant::now() + Duration::from_secs(60);
        while threads() > 0 && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(50));
        }
        assert_eq!(threads(), 0, "a store's thread goes on");
    }
}

/// What happens to a world in a story of several.
#[derive(Clone, Debug)]
enum Step {
    Register(usize),
    Fault(usize),
    Forget(usize),
    Reset(usize),
    Remove(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let world = 0..4_usize;
    prop_oneof![
        4 => world.clone().prop_map(Step::Register),
        1 => world.clone().prop_map(Step::Fault),
        1 => world.clone().prop_map(Step::Forget),
        1 => world.clone().prop_map(Step::Reset),
        1 => world.prop_map(Step::Remove),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// Whatever is done to worlds in turn, each is as if it were alone.
    #[test]
    fn each_is_as_if_it_were_alone(steps in prop::collection::vec(step(), 1..24)) {
        const NAMES: [&str; 4] = ["", "a", "b", "c"];
        let sandbox = Sandbox::start_blocking().unwrap();
        let address = sandbox.addr();
        let before = customers(&sandbox);
        let prefix = |world: usize| match NAMES[world] {
            "" => String::new(),
            name => format!("/_worlds/{name}"),
        };
        // Of each: who is registered, which faults there are, how many exchanges are kept.
        let mut expected = [(0, 0, 0); 4];
        for step in steps {
            match step {
                Step::Register(world) => {
                    let (registered, faults, kept) = &mut expected[world];
                    *kept += 1;
                    let done = registers(address, &prefix(world));
                    prop_assert_eq!(done, *registered == 0 && *faults == 0);
                    *registered += usize::from(done);
                }
                Step::Fault(world) => {
                    let as_json = [("content-type", "application/json")];
                    let target = format!("{}/_sandbox/faults", prefix(world));
                    let ordered = post(address, &target, &as_json, r#"{"fault":"status","status":503}"#);
                    prop_assert_eq!(status(&ordered), 201, "{}", ordered);
                    expected[world].1 += 1;
                }
                Step::Forget(world) => {
                    let target = format!("{}/_sandbox/exchanges", prefix(world));
                    let forgotten = exchange(address, request("DELETE", &target, &[], "").as_bytes());
                    prop_assert_eq!(status(&forgotten), 200);
                    expected[world].2 = 0;
                }
                Step::Reset(world) => {
                    let target = format!("{}/_sandbox/reset", prefix(world));
                    prop_assert_eq!(status(&post(address, &target, &[], "")), 200);
                    expected[world] = (0, 0, 0);
                }
                Step::Remove(world) => {
                    let target = format!("/_sandbox/worlds/{}", NAMES[world]);
                    exchange(address, request("DELETE", &target, &[], "").as_bytes());
                    if world > 0 {
                        expected[world] = (0, 0, 0);
                    }
                }
            }
        }
        for (world, (registered, faults, kept)) in expected.into_iter().enumerate() {
            let beside = match NAMES[world] {
                "" => None,
                name => Some(sandbox.beside(name).unwrap()),
            };
            let told = beside.as_ref().unwrap_or(&sandbox);
            prop_assert_eq!(customers(told), before + registered, "{}", NAMES[world]);
            prop_assert_eq!(told.faults().list().len(), faults, "{}", NAMES[world]);
            // A removal that finds nobody is a call of the control API, which no journal has.
            prop_assert_eq!(told.exchanges().len(), kept, "{}", NAMES[world]);
        }
    }
}

/// A page of another site cannot fill the places, nor can one that is left open bring back a world.
#[test]
fn a_browser_makes_no_world_for_another_site_or_for_a_stream() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let address = sandbox.addr();
    for (header, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "http://other.example"),
        ("origin", "null"),
    ] {
        for path in ["/", "/airpay/x", "/_sandbox/health"] {
            let answer = get(address, &format!("/_worlds/a{path}"), &[(header, value)]);
            assert_eq!(status(&answer), 403, "{header}: {value}: {answer}");
            assert!(
                answer.contains("another site's page makes no world"),
                "{answer}"
            );
        }
    }
    let stream = [
        ("accept", "text/event-stream"),
        ("sec-fetch-site", "same-origin"),
    ];
    let answer = get(address, "/_worlds/a/_sandbox/exchanges?after=0", &stream);
    assert_eq!(status(&answer), 404, "{answer}");
    assert!(names(address).is_empty());
    // What is there is served to whom it is served in the first world.
    let own = [("sec-fetch-site", "same-origin")];
    assert_eq!(status(&get(address, "/_worlds/a/", &own)), 200);
    let other = [("sec-fetch-site", "cross-site")];
    assert_eq!(status(&get(address, "/_worlds/a/airpay/x", &other)), 404);
    assert_eq!(names(address), ["a"]);
}

/// On a runtime of one thread, whose task opens the same world meanwhile.
#[tokio::test]
async fn asking_for_a_world_that_is_being_opened_does_not_hang() {
    let sandbox = Sandbox::start().await.unwrap();
    let address = sandbox.addr();
    for name in ["a", "b", "c"] {
        let calls = thread::spawn(move || {
            let path = format!("/_worlds/{name}/airpay/x");
            status(&get(address, &path, &[]))
        });
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
        let world = sandbox.beside(name).unwrap();
        while !calls.is_finished() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        assert_eq!(calls.join().unwrap(), 404);
        assert_eq!(world.exchanges().len(), 1);
    }
}

#[test]
fn a_clone_of_a_world_is_the_same_one() {
    let sandbox = with_worlds(1);
    let clone = sandbox.beside("a").unwrap().clone();
    assert_eq!(clone.airpay_url(), sandbox.beside("a").unwrap().url());
    clone.faults().add(Fault::status(503)).unwrap();
    assert_eq!(sandbox.beside("a").unwrap().faults().list().len(), 1);
}

/// A document of a world leads back to it.
#[test]
fn the_openapi_documents_of_a_world_are_of_its_address() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let address = sandbox.addr();
    for (file, path) in [
        ("control", ""),
        ("airpay", ""),
        ("paysafe", "/digitalwallets/v1"),
        ("ibanera", ""),
    ] {
        let target = format!("/_sandbox/openapi/{file}.json");
        let server = |prefix: &str| {
            let document = json(&get(address, &format!("{prefix}{target}"), &[]));
            document["servers"][0]["url"].as_str().unwrap().to_owned()
        };
        assert_eq!(server("/_worlds/a"), format!("/_worlds/a{path}"));
        assert!(["/", path].contains(&&*server("")), "{file}");
    }
}

/// An ordered reply is sent as it was ordered, in a world too.
#[test]
fn a_reply_that_a_fault_ordered_is_not_led_into_its_world() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let world = sandbox.beside("a").unwrap();
    let page = r#"<a href="/login">"#;
    let fault = Fault::status(302).header("location", "/login");
    let fault = fault.header("content-type", "text/html").body(page);
    world.faults().add(fault).unwrap();
    let answer = get(sandbox.addr(), "/_worlds/a/airpay/x", &[]);
    assert!(answer.contains("location: /login\r\n"), "{answer}");
    assert_eq!(body(&answer), page);
}
