use crate::testing::{Harness, Reply, encoded};

const PATH: &str = "/_sandbox/page/checksum";

async fn compute(sandbox: &Harness, changes: &[(&str, &str)]) -> Reply {
    let usual = [
        ("operation", "customer-preference"),
        ("order", "received"),
        ("fields", "type=Canary\r\nentity_id=a=b\r\n\r\nCanaryname=2"),
        ("form", "lines"),
        ("secret", "Canarysecret"),
        ("given", ""),
    ];
    let changed = |name| changes.iter().find(|(other, _)| *other == name).copied();
    let fields = usual.map(|field| changed(field.0).unwrap_or(field));
    let form = [("content-type", "application/x-www-form-urlencoded")];
    sandbox.post(PATH, &form, &encoded(&fields)).await
}

fn sum(values: &[&str]) -> String {
    cards_sign::checksum(values.iter().copied(), b"Canarysecret").to_string()
}

#[tokio::test]
async fn the_digest_and_its_order_and_nothing_of_what_was_typed() {
    let sandbox = Harness::new();
    for (order, values, names) in [
        (
            "received",
            ["Canary", "a=b", "2"],
            "<li>type</li><li>entity_id</li><li>value 3</li>",
        ),
        (
            "table",
            ["a=b", "Canary", "2"],
            "<li>entity_id</li><li>type</li><li>value 3</li>",
        ),
    ] {
        let reply = compute(&sandbox, &[("order", order)]).await;
        assert_eq!(reply.status, 200);
        assert!(reply.body.contains(&sum(&values)), "{order}");
        assert!(reply.body.contains(names), "{}", reply.body);
        assert!(reply.body.contains("3 values, then the secret."));
        assert!(!reply.body.contains("Canary"));
    }
    assert!(sandbox.app.journal.exchanges().is_empty());
}

#[tokio::test]
async fn an_encoded_body_is_decoded() {
    let sandbox = Harness::new();
    let body = [
        ("form", "encoded"),
        ("fields", "entity_id=x%20y+z&type=%25\r\n"),
    ];
    let reply = compute(&sandbox, &body).await;
    assert!(reply.body.contains(&sum(&["x y z", "%"])), "{}", reply.body);
}

#[tokio::test]
async fn a_checksum_is_compared_and_explained() {
    let sandbox = Harness::new();
    let right = sum(&["Canary", "a=b", "2"]);
    let reply = compute(&sandbox, &[("given", &right)]).await;
    assert!(reply.body.contains("✓ it matches"));
    let other = sum(&["a=b", "Canary", "2"]);
    let reply = compute(&sandbox, &[("given", &other)]).await;
    for part in [
        "✗ it does not match",
        "in the order of the parameter table",
        "✓ matches<",
    ] {
        assert!(reply.body.contains(part), "{part}");
    }
    let reply = compute(&sandbox, &[("given", "Canary")]).await;
    assert!(reply.body.contains("The checksum has 6 characters"));
    assert!(!reply.body.contains("Canary"));
}

#[tokio::test]
async fn what_is_wrong_with_the_form_is_named() {
    let sandbox = Harness::new();
    for (name, value, why) in [
        ("operation", "other", "operation: has to be one of the list"),
        (
            "order",
            "",
            "order: has to be received, table, example or sorted",
        ),
        ("fields", "", "fields: there has to be at least one"),
        ("fields", "a=1\nCanary", "fields: line 2 has no ="),
        ("form", "", "form: has to be lines or encoded"),
        ("secret", "", "secret: must be given"),
    ] {
        let reply = compute(&sandbox, &[(name, value)]).await;
        assert_eq!(reply.status, 400, "{name}");
        assert!(reply.body.contains(why), "{name}: {}", reply.body);
        assert!(!reply.body.contains("Canary"));
    }
    let bad = [("form", "encoded"), ("fields", "a=%zz")];
    assert_eq!(compute(&sandbox, &bad).await.status, 400);
    let reply = sandbox.post(PATH, &[], "secret=Canary").await;
    assert_eq!(reply.status, 400);
    assert!(reply.body.contains("the content type has to be"));
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let reply = sandbox
        .post(PATH, &form, "secret=a&secret=b&operation=user-login")
        .await;
    assert_eq!(reply.status, 400);
}
