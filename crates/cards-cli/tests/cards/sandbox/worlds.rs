//! `cards sandbox worlds`, and the settings of a world.

use super::super::{cards, run, sandbox};
use super::{Serving, control, json, settings, succeeds};

#[test]
fn worlds_are_listed_and_ended() {
    let sandbox = sandbox();
    let url = sandbox.url();
    let beside = format!("{url}/_worlds/checkout");
    assert_eq!(
        json(&url, &["worlds"])["worlds"].as_array().unwrap().len(),
        0
    );
    // Every command is of a world where the address is one's.
    succeeds(&beside, &["clock", "set", "2031-01-01T00:00:00Z"]);
    succeeds(&beside, &["faults", "add", "status", "--status", "503"]);
    assert!(sandbox.faults().list().is_empty());
    assert_eq!(sandbox.beside("checkout").unwrap().faults().list().len(), 1);
    let table = succeeds(&url, &["worlds"]);
    assert!(table.contains("checkout  /_worlds/checkout"), "{table}");
    // Each tells of all.
    assert_eq!(succeeds(&beside, &["worlds", "list"]), table);

    let removed = succeeds(&url, &["worlds", "remove", "checkout"]);
    assert_eq!(removed, "world checkout is removed\n");
    let (code, out, err) = control(&url, &["worlds", "remove", "checkout"]);
    assert_eq!((code, &*out), (3, ""));
    assert!(err.contains("no world has this name"), "{err}");
    let (code, _, err) = control(&url, &["worlds", "remove", "a/b"]);
    assert_eq!(code, 2);
    assert!(
        err.contains("letters, digits, dots, hyphens and underscores"),
        "{err}"
    );
}

#[test]
fn the_settings_of_a_world_are_enough_to_call_it() {
    let (_serving, address) = Serving::start(&["--worlds", "1"]);
    let of = ["--listen", &*address, "--beside", "a"];
    let call = ["airpay", "card-details", "--entity-id", "AIRPAYCUST0001"];
    let settings_of_a = settings(&of);
    let base = settings_of_a
        .iter()
        .find(|(name, _)| name == "CARDS_AIRPAY_BASE_URL");
    assert_eq!(base.unwrap().1, format!("http://{address}/_worlds/a"));
    let told = run(cards(&call).envs(settings_of_a));
    assert_eq!(told.0, 0, "{}", told.2);
    let url = format!("http://{address}");
    assert_eq!(
        json(&url, &["logs"])["exchanges"].as_array().unwrap().len(),
        0
    );
    let listed = json(&url, &["worlds"]);
    assert_eq!(listed["worlds"][0]["exchanges"], 1);
    assert_eq!(listed["most"], 1);
    let healthy = run(&mut cards(&[
        "sandbox", "--health", "--listen", &address, "--beside", "a",
    ]));
    assert_eq!(healthy.0, 0, "{}", healthy.2);

    // No room for another.
    let told = run(cards(&call).envs(settings(&["--listen", &address, "--beside", "b"])));
    assert_ne!(told.0, 0);
    assert!(told.2.contains("409"), "{}", told.2);
    let served = run(&mut cards(&["sandbox", "--port", "0", "--beside", "a"]));
    assert_eq!(served.0, 2);
    assert!(
        served.2.contains("--beside goes with --print-env"),
        "{}",
        served.2
    );
    let wrong = run(&mut cards(&["sandbox", "--print-env", "--beside", "a b"]));
    assert_eq!(wrong.0, 2);
    assert!(
        wrong.2.contains("--beside: the name of a world"),
        "{}",
        wrong.2
    );
}

#[test]
fn a_rate_limit_is_given_by_a_flag_and_wrong_ones_are_refused() {
    let (_serving, address) = Serving::start(&["--rate-limit", "paysafe=1/3600"]);
    let call = ["paysafe", "prepaid-cards", "--customer-id", "12345678"];
    let settings = settings(&["--listen", &address]);
    assert_eq!(run(cards(&call).envs(settings.clone())).0, 0);
    let told = run(cards(&call).arg("--timeout").arg("2").envs(settings));
    assert_ne!(told.0, 0);
    assert!(
        told.2.contains("429") && told.2.contains("1200"),
        "{}",
        told.2
    );
    for (limit, why) in [
        (
            "paysafe",
            "a provider, calls and seconds, such as paysafe=100/60",
        ),
        ("paysafe=1", "a provider, calls and seconds"),
        ("paysafe=-1/2", "a provider, calls and seconds"),
        ("paysafe=1/+2", "a provider, calls and seconds"),
        ("paysafe=4294967296/2", "too large"),
        (
            "nobody=1/2",
            "the provider has to be airpay, paysafe or ibanera",
        ),
        ("paysafe=0/2", "at least one call has to be allowed"),
        (
            "paysafe=1/86401",
            "its time has to be 1 to 86400 whole seconds",
        ),
    ] {
        let (code, out, err) = run(&mut cards(&[
            "sandbox",
            "--port",
            "0",
            "--rate-limit",
            limit,
        ]));
        assert_eq!((code, &*out), (2, ""), "{limit}");
        assert!(err.contains(why), "{limit}: {err}");
    }
}
