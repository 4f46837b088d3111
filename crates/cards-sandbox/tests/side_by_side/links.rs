//! Checks that the paths in a reply of a world lead to that world.

use super::*;

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

/// Follows every link from the page of a world: each stays within it and is answered with 200.
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
