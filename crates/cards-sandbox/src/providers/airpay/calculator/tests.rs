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
        ("headers", ""),
        ("recipe", ""),
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
async fn a_curl_command_brings_operation_checksum_and_headers() {
    let sandbox = Harness::new();
    let paste = |made: &str| {
        format!(
            "curl -X POST 'http://h/x/user-login?y' ^\r\n -H 'Checksum: {made}' -H 'token: Canarytoken' \\\n \
             --data-urlencode 'mobile_no=98' -d 'otp=1+2' | Canary"
        )
        .replace("^\r\n", "\\\r\n")
    };
    let pasted = |text: &str| [("form", "curl".to_owned()), ("fields", text.to_owned())];
    let compute = async |text: &str| {
        let changes = pasted(text);
        let changes: Vec<_> = changes.iter().map(|(n, v)| (*n, &**v)).collect();
        compute(&sandbox, &changes).await.body
    };
    let body = compute(&paste(&sum(&["98", "1 2"]))).await;
    for part in [
        "✓ it matches",
        "Of <code>user-login</code>: 2 values",
        "the shell ends the command at <code>|</code>",
    ] {
        assert!(body.contains(part), "{part}: {body}");
    }
    assert!(!body.contains("Canary"), "{body}");

    let body = compute(&paste(&sum(&["98", "1 2", "Canarytoken"]))).await;
    for part in [
        "✗ it does not match",
        "with <code>token</code>, which is not of the body",
    ] {
        assert!(body.contains(part), "{part}: {body}");
    }
    assert!(!body.contains("Canary"), "{body}");
}

#[tokio::test]
async fn what_is_typed_goes_before_the_command() {
    let sandbox = Harness::new();
    let command = "curl http://h -H 'checksum: 00' -H 'token: x' -d a=1 -d b=2";
    let right = sum(&["1", "2"]);
    // Whatever it is said to be.
    for form in ["lines", "encoded", "curl"] {
        for prompt in ["", "\r\n$ "] {
            let command = format!("{prompt}{command}");
            let typed = [("form", form), ("fields", &*command), ("given", &*right)];
            let reply = compute(&sandbox, &typed).await;
            assert!(
                reply.body.contains("✓ it matches"),
                "{form}: {}",
                reply.body
            );
        }
    }
    let typed = [("form", "curl"), ("fields", command), ("given", &right)];
    let reply = compute(&sandbox, &typed).await;
    assert!(reply.body.contains("✓ it matches"), "{}", reply.body);
    assert!(reply.body.contains("Of <code>customer-preference</code>"));
    let with_token = sum(&["1", "2", "y"]);
    let typed = [
        ("form", "curl"),
        ("fields", command),
        ("given", &with_token),
        ("headers", "\r\nToken: y\r\n"),
    ];
    let reply = compute(&sandbox, &typed).await;
    assert!(reply.body.contains("<code>token</code>"), "{}", reply.body);
}

#[tokio::test]
async fn a_recipe_is_computed_and_compared() {
    let sandbox = Harness::new();
    let made = sum(&["a=b", "|", "Canary", "|", "2"]);
    let typed = [("order", "table"), ("recipe", "joint=|"), ("given", &*made)];
    let reply = compute(&sandbox, &typed).await;
    for part in [
        &*made,
        "by the recipe <code>table,joint=|</code>",
        "✓ it matches",
    ] {
        assert!(reply.body.contains(part), "{part}: {}", reply.body);
    }
    let plain = sum(&["a=b", "Canary", "2"]);
    let reply = compute(&sandbox, &[("recipe", "joint=|"), ("given", &plain)]).await;
    for part in [
        "✗ it does not match",
        "Here it was compared with the recipe <code>received,joint=|</code>.",
    ] {
        assert!(reply.body.contains(part), "{part}: {}", reply.body);
    }
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
        (
            "fields",
            "a=1\nCanary",
            "fields: line 2: no `=`; write name=value",
        ),
        ("form", "", "form: has to be lines, encoded or curl"),
        ("recipe", "Canary", "recipe: a word of the recipe is wrong"),
        (
            "recipe",
            "joint=Canaryofmanybytes",
            "recipe: joint of the recipe is wrong: expected at most 15 bytes",
        ),
        (
            "headers",
            "token: a\nCanary: b",
            "headers: line 2 has none of affiliate, processor-key, token before a colon",
        ),
        ("secret", "", "secret: must be given"),
    ] {
        let reply = compute(&sandbox, &[(name, value)]).await;
        assert_eq!(reply.status, 400, "{name}");
        assert!(reply.body.contains(why), "{name}: {}", reply.body);
        assert!(!reply.body.contains("Canary"));
    }
    for (command, why) in [
        ("curl -d @Canary", "fields: -d reads from a file"),
        (
            "curl 'Canary",
            "fields: a quotation mark or a backslash is left open",
        ),
        (
            "curl --Canary x",
            "fields: the option --Canary is not known here",
        ),
        ("curl http://Canary", "fields: there has to be at least one"),
    ] {
        let pasted = [("form", "curl"), ("fields", command)];
        let reply = compute(&sandbox, &pasted).await;
        assert_eq!(reply.status, 400, "{command}");
        assert!(reply.body.contains(why), "{}", reply.body);
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
