//! Checks faults that are ordered on the page.

use crate::Fault;
use crate::FaultKind;
use crate::testing::{Harness, Reply, encoded};

const PATH: &str = "/_sandbox/page/faults";
const REMOVE: &str = "/_sandbox/page/faults/remove";
const CLEAR: &str = "/_sandbox/page/faults/clear";

async fn post(sandbox: &Harness, path: &str, fields: &[(&str, &str)]) -> Reply {
    let form = [("content-type", "application/x-www-form-urlencoded")];
    sandbox.post(path, &form, &encoded(fields)).await
}

#[tokio::test]
async fn a_fault_is_ordered_counted_and_removed() {
    let sandbox = Harness::new();
    let order = [
        ("fault", "status"),
        ("status", "503"),
        ("headers", "retry-after: 1\r\n\r\nx-other:2"),
        ("body", "{\"a\":1}"),
        ("provider", "paysafe"),
        ("operation", "list-prepaid-cards"),
        ("times", "1"),
        ("probability", "1"),
        ("seed", "7"),
        ("carryOut", ""),
        // These are settings of other kinds, and so not looked at.
        ("millis", "often"),
        ("bytes", "-4"),
    ];
    let reply = post(&sandbox, PATH, &order).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    assert_eq!(reply.headers["location"], PATH);
    let expected = Fault::status(503)
        .header("retry-after", "1")
        .header("x-other", "2")
        .body("{\"a\":1}")
        .at(cards_model::ProviderId::PAYSAFE)
        .operation("list-prepaid-cards")
        .times(1)
        .probability(1.0, 7)
        .carry_out(false);
    assert_eq!(sandbox.app.faults.list()[0].fault, expected);

    let met = sandbox.get("/customers/1/prepaid/cards", &[]).await;
    assert_eq!((met.status.as_u16(), &*met.body), (503, "{\"a\":1}"));
    let page = sandbox.get(PATH, &[]).await.body;
    for part in [
        "503, 2 headers, a body of 7 bytes, not carried out",
        "paysafe list-prepaid-cards, once, probability 1, seed 7",
        "id=\"matched-1\" data-count>1<",
        "id=\"fired-1\" data-count>1<",
        ">spent<",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let reply = post(&sandbox, REMOVE, &[("id", "1")]).await;
    assert_eq!(reply.status, 303);
    assert!(sandbox.app.faults.list().is_empty());
    assert_eq!(post(&sandbox, REMOVE, &[("id", "1")]).await.status, 303);
    assert_eq!(post(&sandbox, REMOVE, &[("id", "x")]).await.status, 400);
    let large = "1".repeat(sandbox.app.config.limits.body);
    let reply = post(&sandbox, REMOVE, &[("id", &large)]).await;
    assert_eq!(reply.status, 413);
    let reply = sandbox.post(REMOVE, &[], "id=1").await;
    assert!(reply.body.contains("the content type has to be"));

    for _ in 0..2 {
        assert_eq!(
            post(&sandbox, PATH, &[("fault", "garbage")]).await.status,
            303
        );
    }
    assert_eq!(post(&sandbox, CLEAR, &[]).await.status, 303);
    assert!(sandbox.app.faults.list().is_empty());
}

#[tokio::test]
async fn what_is_wrong_is_said_beside_the_field_and_what_was_typed_stays() {
    let sandbox = Harness::new();
    for (fields, field, what) in [
        (
            &[("fault", "delay"), ("millis", "<1>")][..],
            "millis",
            "a whole number",
        ),
        (
            &[("fault", "delay"), ("millis", "0")],
            "millis",
            "from 1 to 300000",
        ),
        (
            &[("fault", "delay"), ("millis", "300001")],
            "millis",
            "from 1 to 300000",
        ),
        (
            &[("fault", "drip"), ("millis", "1")],
            "bytes",
            "drip needs it",
        ),
        (
            &[("fault", "status"), ("status", "99")],
            "status",
            "from 200 to 999",
        ),
        (
            &[("fault", "status"), ("status", "70000")],
            "status",
            "from 200 to 999",
        ),
        (
            &[
                ("fault", "status"),
                ("status", "500"),
                ("headers", "a: b\nc"),
            ],
            "headers",
            "line 2 has no colon",
        ),
        (
            &[("fault", "wrong-length"), ("difference", "0")],
            "difference",
            "not 0, and from -1073741824 to 1073741824",
        ),
        (
            &[("fault", "garbage"), ("seed", "1")],
            "seed",
            "belongs to a probability",
        ),
        (
            &[("fault", "garbage"), ("probability", "2")],
            "probability",
            "from 0 to 1",
        ),
        (
            &[("fault", "garbage"), ("probability", "NaN")],
            "probability",
            "from 0 to 1",
        ),
        (
            &[("fault", "garbage"), ("times", "0")],
            "times",
            "at least 1",
        ),
        (
            &[("fault", "garbage"), ("provider", "other")],
            "provider",
            "one of the list",
        ),
        (
            &[
                ("fault", "garbage"),
                ("provider", "ibanera"),
                ("operation", "user-login"),
            ],
            "operation",
            "one of ibanera's ",
        ),
        (&[("fault", "other")], "fault", "one of the list"),
        (&[], "fault", "one of the list"),
    ] {
        let reply = post(&sandbox, PATH, fields).await;
        assert_eq!(reply.status, 400, "{fields:?}");
        let said = format!("id=\"{field}-error\">{what}");
        assert!(reply.body.contains(&said), "{said}: {}", reply.body);
        assert!(sandbox.app.faults.list().is_empty());
    }
    let typed = [
        ("fault", "drip"),
        ("millis", "<1>"),
        ("bytes", "many"),
        ("provider", "airpay"),
        ("body", "\nkept"),
    ];
    let page = post(&sandbox, PATH, &typed).await.body;
    for part in [
        "value=\"drip\" checked",
        "value=\"&lt;1&gt;\" aria-invalid=\"true\" aria-describedby=\"millis-error\"",
        "value=\"many\" aria-invalid=\"true\"",
        "<option value=\"airpay\" selected>",
        ">\n\nkept</textarea>",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
}

#[tokio::test]
async fn there_are_no_more_than_a_hundred() {
    let sandbox = Harness::new();
    for _ in 0..100 {
        assert_eq!(
            post(&sandbox, PATH, &[("fault", "garbage")]).await.status,
            303
        );
    }
    let reply = post(&sandbox, PATH, &[("fault", "garbage")]).await;
    assert_eq!(reply.status, 409);
    assert!(
        reply
            .body
            .contains("there are 100 faults already: remove some")
    );
}

#[tokio::test]
async fn every_kind_can_be_chosen_and_is_explained() {
    let sandbox = Harness::new();
    let page = sandbox.get(PATH, &[]).await.body;
    for kind in FaultKind::ALL {
        assert!(
            page.contains(&format!("name=\"fault\" value=\"{kind}\"")),
            "{kind}"
        );
        assert!(page.contains(kind.description()), "{kind}");
    }
    let fields = [
        ("status", "503"),
        ("millis", "1"),
        ("bytes", "9"),
        ("difference", "-1"),
    ];
    for kind in FaultKind::ALL {
        let order = [&[("fault", kind.as_str())], &fields[..]].concat();
        assert_eq!(post(&sandbox, PATH, &order).await.status, 303, "{kind}");
    }
}
