//! Checks the list of exchanges on the page.

use crate::Sandbox;
use crate::testing::{Harness, encoded, request};

async fn called(times: usize) -> Harness {
    let sandbox = Harness::with(Sandbox::builder().journal(250));
    for _ in 0..times {
        sandbox.get("/customers/1/prepaid/cards", &[]).await;
    }
    sandbox
}

fn rows(page: &str) -> Vec<u64> {
    let rows = page.split("<tr data-id=\"").skip(1);
    rows.map(|row| row.split('"').next().unwrap().parse().unwrap())
        .collect()
}

#[tokio::test]
async fn the_newest_first_a_hundred_on_a_page() {
    let sandbox = called(201).await;
    let page = sandbox.get("/", &[]).await.body;
    assert_eq!(rows(&page), (102..=201).rev().collect::<Vec<_>>());
    assert!(page.contains("<a href=\"/?before=102\">Older</a>"));
    assert!(page.contains("data-events=\"/_sandbox/exchanges?after=201\""));
    let page = sandbox.get("/?before=102", &[]).await.body;
    assert_eq!(rows(&page), (2..=101).rev().collect::<Vec<_>>());
    assert!(page.contains("<a href=\"/\">Newest</a>"));
    assert!(!page.contains("data-events"), "older ones do not change");
    let page = sandbox.get("/?before=2", &[]).await.body;
    assert_eq!(rows(&page), [1]);
    assert!(!page.contains(">Older<"));
}

#[tokio::test]
async fn a_filter_stays_on_every_link() {
    let sandbox = called(101).await;
    sandbox.airpay("update-customer", &[]).await;
    let page = sandbox
        .get("/?provider=paysafe&verdict=refused", &[])
        .await
        .body;
    assert_eq!(rows(&page), (2..=101).rev().collect::<Vec<_>>());
    assert!(page.contains("<option value=\"paysafe\" selected>"));
    assert!(page.contains("<option value=\"refused\" selected>"));
    assert!(page.contains("/?provider=paysafe&amp;verdict=refused&amp;exchange=101\""));
    assert!(page.contains("/?provider=paysafe&amp;verdict=refused&amp;before=2\""));
    assert!(page.contains("after=102&amp;provider=paysafe&amp;accepted=false\""));
    assert!(rows(&sandbox.get("/?verdict=accepted", &[]).await.body).is_empty());
    let all = sandbox.get("/?provider=&verdict=&exchange=", &[]).await;
    assert_eq!((all.status.as_u16(), rows(&all.body).len()), (200, 100));
}

#[tokio::test]
async fn what_there_is_not_is_said() {
    let sandbox = called(1).await;
    for (query, status, said) in [
        (
            "?exchange=9",
            404,
            "there is no exchange 9 yet: the last one is 1",
        ),
        (
            "?exchange=x",
            400,
            "exchange: has to be an exchange&#39;s number",
        ),
        (
            "?before=-1",
            400,
            "before: has to be an exchange&#39;s number",
        ),
        (
            "?provider=other",
            400,
            "provider: has to be airpay, paysafe or ibanera",
        ),
        (
            "?verdict=maybe",
            400,
            "verdict: has to be accepted or refused",
        ),
    ] {
        let reply = sandbox.get(&format!("/{query}"), &[]).await;
        assert_eq!(reply.status, status, "{query}");
        let said = said.replace("&#39;", "'");
        assert!(reply.body.contains(&said), "{query}: {}", reply.body);
    }
}

#[tokio::test]
async fn forgetting_all_leads_back_to_the_page() {
    let sandbox = called(2).await;
    let reply = sandbox
        .post("/_sandbox/page/exchanges/forget", &[], "")
        .await;
    assert_eq!(
        (reply.status.as_u16(), &reply.headers["location"]),
        (303, &"/".parse().unwrap())
    );
    let page = sandbox.get("/", &[]).await.body;
    assert!(rows(&page).is_empty() && page.contains("No call has come yet."));
    assert!(page.contains("data-events=\"/_sandbox/exchanges?after=2\""));
}

/// A line for a shell as a request: its URL, its headers, and its form.
fn carried_out(line: &str) -> axum::http::Request<axum::body::Body> {
    let mut words = line.split('\'');
    let url = (words.next(), words.next());
    assert_eq!(url.0, Some("curl -sS "), "{line}");
    let (mut headers, mut fields) = (Vec::new(), Vec::new());
    let (flags, values): (Vec<_>, Vec<_>) = words.enumerate().partition(|(at, _)| at % 2 == 0);
    for ((_, flag), (_, value)) in flags.into_iter().zip(values) {
        match flag.trim() {
            "-H" => headers.push(value.split_once(": ").unwrap()),
            "--data-urlencode" => fields.push(value.split_once('=').unwrap()),
            other => panic!("{other} in {line}"),
        }
    }
    let method = if fields.is_empty() { "GET" } else { "POST" };
    headers.push(("content-type", "application/x-www-form-urlencoded"));
    request(method, url.1.unwrap(), &headers, &encoded(&fields))
}

#[tokio::test]
async fn before_the_first_call_the_page_says_how_to_make_one() {
    let sandbox = Harness::new();
    let page = sandbox.get("/", &[("host", "localhost:8484")]).await.body;
    for (name, value) in crate::world::env_at("http://localhost:8484") {
        let shown = format!("<dt><code>{name}</code></dt><dd><code>{value}</code></dd>");
        assert!(page.contains(&shown), "{shown} in {page}");
    }
    let lines = page.split("<pre><code>").skip(1);
    let lines: Vec<_> = lines.map(|line| line.split('<').next().unwrap()).collect();
    assert_eq!(lines.len(), 3);
    for line in lines {
        assert!(line.contains("'http://localhost:8484/"), "{line}");
        let reply = sandbox.send(carried_out(line)).await;
        assert!(
            reply.status == 200 && sandbox.last().accepted,
            "{line}: {}",
            sandbox.why()
        );
    }
    // Then it is about the calls that came.
    let page = sandbox.get("/", &[("host", "localhost:8484")]).await.body;
    assert!(!page.contains("CARDS_") && !page.contains("curl"));
    // Without a host, nobody knows the address.
    let page = Harness::new().get("/", &[]).await.body;
    assert!(page.contains("No call has come yet.") && !page.contains("curl"));
}
