//! Checks that a world has a state of its own, which all who use it share.

use super::*;

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
fn a_clone_of_a_world_is_the_same_one() {
    let sandbox = with_worlds(1);
    let clone = sandbox.beside("a").unwrap().clone();
    assert_eq!(clone.airpay_url(), sandbox.beside("a").unwrap().url());
    clone.faults().add(Fault::status(503)).unwrap();
    assert_eq!(sandbox.beside("a").unwrap().faults().list().len(), 1);
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

/// The runtime has one thread, whose task opens the same world meanwhile.
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
