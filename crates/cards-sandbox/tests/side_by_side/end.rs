//! Checks the end of a world, alone and with the sandbox.

use super::*;

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
        // Seen once: another test may begin right after.
        let mut ended = threads() == 0;
        while !ended && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(50));
            ended = threads() == 0;
        }
        assert!(ended, "a store's thread goes on");
    }
}
