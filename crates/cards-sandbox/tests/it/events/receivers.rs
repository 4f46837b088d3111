//! Receivers: who may be registered, and who is called.

use std::sync::{Arc, Condvar, Mutex};

use cards_sandbox::{DeliveryState, Limits};

use super::*;

fn register(sandbox: &Running, to: &Value) -> (u16, Value) {
    control(sandbox.addr(), "POST", "/_sandbox/receivers", to)
}

#[test]
fn what_cannot_be_called_is_refused() {
    let sandbox = Sandbox::start_blocking().unwrap();
    const FORM: &str = "url: a URL as in http://127.0.0.1:9000/events, of at most 500 bytes";
    for (provider, event, url, error) in [
        ("paysafe", None, "ftp://127.0.0.1/", FORM),
        ("paysafe", None, "127.0.0.1:9000", FORM),
        ("paysafe", None, "http://", FORM),
        ("paysafe", None, "", FORM),
        ("paysafe", None, "http://127.0.0.1:99999/", FORM),
        ("paysafe", None, "http://127.0.0.1:0/", FORM),
        ("paysafe", None, "http://127.0.0.1:/", FORM),
        ("paysafe", None, "http://127.0.0.1/#part", FORM),
        (
            "paysafe",
            None,
            "http://user:password@127.0.0.1/",
            "url: a URL without a user and a password",
        ),
        (
            "airpay",
            None,
            "http://127.0.0.1/",
            "provider: one that sends events: paysafe, ibanera",
        ),
        (
            "paysafe",
            Some("card"),
            "http://127.0.0.1/",
            "event: one of card-status, card-token, card-tokenization",
        ),
    ] {
        let mut to = json!({"provider": provider, "url": url});
        if let Some(event) = event {
            to["event"] = event.into();
        }
        let (status, reply) = register(&sandbox, &to);
        assert_eq!((status, &reply["error"]), (400, &json!(error)), "{url}");
    }
}

#[test]
fn one_is_registered_once_and_there_are_so_many_at_most() {
    let sandbox = Sandbox::start_blocking().unwrap();
    for number in 1..=32 {
        let to = json!({"provider": "paysafe", "url": format!("http://127.0.0.1:9/{number}?a=b")});
        for _ in 0..2 {
            let (status, reply) = register(&sandbox, &to);
            assert_eq!((status, &reply["number"]), (200, &json!(number)));
            assert_eq!(reply["url"], format!("http://127.0.0.1:9/{number}"));
        }
    }
    let to = json!({"provider": "paysafe", "url": "http://127.0.0.1:9/33"});
    let (status, reply) = register(&sandbox, &to);
    let error = "body: there are 32 receivers already: remove some";
    assert_eq!((status, &reply["error"]), (400, &json!(error)));
    let (status, _) = control(
        sandbox.addr(),
        "DELETE",
        "/_sandbox/receivers/7",
        &Value::Null,
    );
    assert_eq!(status, 200);
    assert_eq!(register(&sandbox, &to).0, 200);
}

#[test]
fn another_machine_is_called_only_where_that_was_said() {
    let to = json!({"provider": "paysafe", "url": "http://192.0.2.1:9/"});
    let sandbox = Sandbox::start_blocking().unwrap();
    assert_eq!(register(&sandbox, &to).0, 200);
    act(&sandbox, ISSUED, "ACTIVATE");
    let sent = events(&sandbox, |events| events[0].deliveries[0].attempts == 1);
    let why = sent[0].deliveries[0].trouble.as_deref();
    assert_eq!(
        why,
        Some("the host is not this machine, and is not allowed")
    );
    let error = Sandbox::builder()
        .allow_receiver("http://x/")
        .start_blocking();
    let error = error.unwrap_err().to_string();
    assert!(error.contains("a name or an address"), "{error}");
}

#[test]
fn one_that_goes_takes_along_what_waits_for_it() {
    let refusing = Receiver::judging(|_| Some(500));
    let sandbox = sandbox(&refusing);
    act(&sandbox, ISSUED, "ACTIVATE");
    events(&sandbox, |events| events[0].deliveries[0].attempts == 1);
    let (_, list) = control(sandbox.addr(), "GET", "/_sandbox/receivers", &Value::Null);
    assert_eq!(list["receivers"][0]["waiting"], 1);
    let (status, _) = control(
        sandbox.addr(),
        "DELETE",
        "/_sandbox/receivers/1",
        &Value::Null,
    );
    assert_eq!(status, 200);
    assert!(sandbox.events().unwrap()[0].deliveries.is_empty());
    let target = "/_sandbox/events/1/resend";
    let (status, reply) = control(sandbox.addr(), "POST", target, &Value::Null);
    let error = "there is no receiver for it: register one under /_sandbox/receivers";
    assert_eq!((status, &reply["error"]), (409, &json!(error)));
}

#[test]
fn an_event_is_resent_on_command_to_those_who_are_there_now() {
    let sandbox = Sandbox::start_blocking().unwrap();
    act(&sandbox, ISSUED, "ACTIVATE");
    let receiver = Receiver::start();
    let to = json!({"provider": "paysafe", "url": format!("{}/", receiver.url)});
    register(&sandbox, &to);
    assert!(receiver.got().is_empty(), "what was before is not sent");
    for count in 1..=2 {
        let target = "/_sandbox/events/1/resend";
        let (status, event) = control(sandbox.addr(), "POST", target, &Value::Null);
        assert_eq!(
            (status, event["deliveries"].as_array().unwrap().len()),
            (200, count)
        );
        let got = receiver.wait(count);
        assert_eq!(got[count - 1].target, "/prepaid/card/status/events");
        assert_eq!(got[count - 1].body, got[0].body);
    }
    events(&sandbox, |events| {
        let mut states = events[0].deliveries.iter().map(|one| one.state);
        states.all(|state| state == DeliveryState::Delivered)
    });
    let (status, _) = control(
        sandbox.addr(),
        "POST",
        "/_sandbox/events/2/resend",
        &Value::Null,
    );
    assert_eq!(status, 404);
}

#[test]
fn an_answer_that_is_none_is_told() {
    use std::io::{Read, Write};

    for (answer, why) in [
        (&b""[..], "the connection was closed before an answer"),
        (b"what?\r\n\r\n", "the answer is no HTTP"),
        (
            b"HTTP/1.1 302 Found\r\nlocation: /x\r\n\r\n",
            "answered with 302 Found",
        ),
    ] {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut seen = Vec::new();
            while !seen.ends_with(b"}") {
                let mut byte = [0];
                stream.read_exact(&mut byte).unwrap();
                seen.push(byte[0]);
            }
            stream.write_all(answer).unwrap();
        });
        let sandbox = at(Sandbox::builder(), &url);
        act(&sandbox, ISSUED, "ACTIVATE");
        let sent = events(&sandbox, |events| events[0].deliveries[0].attempts == 1);
        assert_eq!(sent[0].deliveries[0].trouble.as_deref(), Some(why));
    }
    let sandbox = at(Sandbox::builder(), "http://127.0.0.1:1");
    act(&sandbox, ISSUED, "ACTIVATE");
    let sent = events(&sandbox, |events| events[0].deliveries[0].attempts == 1);
    let why = sent[0].deliveries[0].trouble.as_deref();
    assert_eq!(why, Some("no connection: connection refused"));
}

#[test]
fn eight_events_are_on_their_way_to_one_receiver_at_a_time() {
    /// Counts the events that wait for their answers, and the most that ever did.
    #[derive(Default)]
    struct Waiting {
        now: usize,
        most: usize,
        is_over: bool,
    }
    let waiting = Arc::new((Mutex::new(Waiting::default()), Condvar::new()));
    let inside = Arc::clone(&waiting);
    let receiver = Receiver::judging(move |_| {
        let (waiting, changed) = &*inside;
        let mut waiting = waiting.lock().unwrap();
        waiting.now += 1;
        waiting.most = waiting.most.max(waiting.now);
        changed.notify_all();
        let mut waiting = changed.wait_while(waiting, |it| !it.is_over).unwrap();
        waiting.now -= 1;
        Some(200)
    });
    // None is sent again, however slow the machine is.
    let mut limits = Limits::default();
    limits.delivery_time = Duration::from_secs(120);
    let sandbox = at(Sandbox::builder().limits(limits), &receiver.url);
    let id = |number: usize| format!("a0000000-0000-4000-9000-{number:012}");
    let cards: Vec<_> = (0..20).map(|at| json!({"cardId": id(at)})).collect();
    let customers = "/_sandbox/world/paysafe/customers";
    let (status, reply) = control(sandbox.addr(), "POST", customers, &json!({"cards": cards}));
    assert_eq!(status, 200, "{reply}");
    // Each of another card: those of one go one after the other.
    (0..20).for_each(|at| act(&sandbox, &id(at), "LOCK"));

    let (counted, changed) = &*waiting;
    let limit = Duration::from_secs(20);
    let counting = counted.lock().unwrap();
    let (counting, _) = changed
        .wait_timeout_while(counting, limit, |it| it.now < 8)
        .unwrap();
    let pause = Duration::from_millis(300);
    let (mut counting, _) = changed
        .wait_timeout_while(counting, pause, |it| it.now == 8)
        .unwrap();
    assert_eq!(counting.now, 8);
    counting.is_over = true;
    changed.notify_all();
    drop(counting);
    receiver.wait(20);
    assert_eq!(counted.lock().unwrap().most, 8);
}
