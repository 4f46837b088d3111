use serde_json::Value;

use crate::providers::ibanera::testing::{BEARER, otp};
use crate::testing::{Harness, Reply};

const TYPE: &str = "multipart/form-data; boundary=b";
const CORPORATE: &str = "Corporate Authorization Document";

/// A body of these parts; one with a file's name is a file.
fn body(parts: &[(&str, Option<&str>, &str)]) -> String {
    let mut body = String::new();
    for (name, file, content) in parts {
        let file = file
            .map(|file| format!("; filename=\"{file}\""))
            .unwrap_or_default();
        body.push_str(&format!(
            "--b\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n{content}\r\n"
        ));
    }
    body + "--b--\r\n"
}

fn upload_of<'a>(customer: &'a str, kind: &'a str) -> [(&'a str, Option<&'a str>, &'a str); 4] {
    [
        ("customersId", None, customer),
        ("type", None, kind),
        ("documentSide", None, "Front"),
        ("file", Some("a.pdf"), "%PDF-1.7"),
    ]
}

async fn send(sandbox: &Harness, content_type: &str, body: &str) -> Reply {
    let code = otp(sandbox);
    let headers = [BEARER, ("otp", &*code), ("content-type", content_type)];
    let path = "/api/v1/customer/cards/documentupload";
    sandbox.post(path, &headers, body).await
}

async fn upload(sandbox: &Harness, customer: &str, kind: &str) -> Reply {
    send(sandbox, TYPE, &body(&upload_of(customer, kind))).await
}

/// Gives the documents that the review asks for. `None`: it has no list of them.
async fn missing(sandbox: &Harness, customer: u32) -> Option<Value> {
    let target = format!("/api/v1/customer/cards/reviewcreatecard?customersId={customer}");
    let reply = sandbox
        .get(&target, &[BEARER, ("otp", &otp(sandbox))])
        .await;
    let reply: Value = serde_json::from_str(&reply.body).unwrap();
    reply["details"].get("requiredDocuments").cloned()
}

fn failure(field: &str, code: &str) -> String {
    format!(
        r#"{{"status":"0","errors":[{{"fieldName":"{field}","messageCode":"{code}"}}],"id":0,"details":null}}"#
    )
}

#[tokio::test]
async fn a_business_is_asked_for_its_document_until_it_is_on_file() {
    let sandbox = Harness::new();
    assert_eq!(
        missing(&sandbox, 11079).await,
        Some([CORPORATE].into_iter().collect())
    );
    assert_eq!(upload(&sandbox, "11079", "Tax Document").await.status, 200);
    assert!(missing(&sandbox, 11079).await.is_some());
    for _ in 0..2 {
        let reply = upload(&sandbox, "11079", CORPORATE).await;
        assert_eq!(reply.body, r#"{"id":0,"status":"1","errors":[]}"#);
        assert_eq!(missing(&sandbox, 11079).await, None);
    }
    assert_eq!(upload(&sandbox, "11078", CORPORATE).await.status, 200);
    assert_eq!(
        missing(&sandbox, 11078).await,
        Some(Value::Array(Vec::new()))
    );
    let received = sandbox.last().request;
    assert_eq!(received.query, ["customersId"]);
}

#[tokio::test]
async fn what_is_on_file_goes_into_a_world_and_with_its_customer() {
    let sandbox = Harness::new();
    upload(&sandbox, "11079", CORPORATE).await;
    let file = sandbox.get("/_sandbox/world/file", &[]).await.body;
    assert!(
        file.contains(&format!(r#""documents":["{CORPORATE}"]"#)),
        "{file}"
    );
    assert!(!file.contains("PDF"), "{file}");
    let other = Harness::new();
    assert!(
        other
            .control("PUT", "/_sandbox/world", &file)
            .await
            .status
            .is_success()
    );
    assert_eq!(missing(&other, 11079).await, None);
    let page = other.get("/_sandbox/page/customers", &[]).await;
    assert!(page.body.contains(CORPORATE));
    let customer = "/_sandbox/world/ibanera/customers/11079";
    assert!(
        other
            .control("DELETE", customer, "")
            .await
            .status
            .is_success()
    );
    let wrong = r#"{"documents":["Passport"]}"#;
    let path = "/_sandbox/world/ibanera/customers";
    let reply = other.control("POST", path, wrong).await;
    assert!(
        reply.status == 400 && reply.body.contains("documents"),
        "{}",
        reply.body
    );
}

#[tokio::test]
async fn each_part_has_its_rule() {
    let sandbox = Harness::new();
    for (at, name) in ["customersId", "type", "documentSide", "file"]
        .into_iter()
        .enumerate()
    {
        let mut parts = upload_of("11079", CORPORATE).to_vec();
        parts.remove(at);
        let reply = send(&sandbox, TYPE, &body(&parts)).await;
        assert_eq!(
            (reply.status.as_u16(), reply.body),
            (400, failure(name, "Required"))
        );
    }
    for (at, content, code) in [
        (0, "", "Invalid"),
        (0, "x", "Invalid"),
        (0, "0", "Invalid"),
        (0, "7", "Invalid"),
        (1, "", "Required"),
        (1, "Passport", "Invalid"),
        (2, "", "Required"),
        (3, "", "Required"),
    ] {
        let mut parts = upload_of("11079", CORPORATE);
        parts[at].2 = content;
        let (name, body) = (parts[at].0, body(&parts));
        let reply = send(&sandbox, TYPE, &body).await;
        assert_eq!(
            (reply.status.as_u16(), reply.body),
            (400, failure(name, code)),
            "{content}"
        );
    }
    assert_eq!(
        missing(&sandbox, 11079).await,
        Some([CORPORATE].into_iter().collect())
    );
}

#[tokio::test]
async fn a_file_is_one_by_its_name_whatever_its_part_is_called() {
    let sandbox = Harness::new();
    let mut parts = upload_of("11079", CORPORATE);
    parts[3].0 = "document";
    assert_eq!(send(&sandbox, TYPE, &body(&parts)).await.status, 200);
    let exchange = sandbox.last();
    assert_eq!(
        exchange.request.fields,
        ["customersId", "type", "documentSide"]
    );
    assert_eq!(exchange.request.other_fields, 1);
    let remark = "a file came in a part that is not named `file`, and the last is taken for it: \
                  the name is an assumption";
    let remarks: Vec<_> = exchange.remarks.iter().map(|it| &*it.text).collect();
    assert_eq!(remarks, [remark]);

    // Beside one of the right name, another is not used.
    let mut both = upload_of("11079", CORPORATE).to_vec();
    both.push(("thumbnail", Some("t.png"), ""));
    assert_eq!(send(&sandbox, TYPE, &body(&both)).await.status, 200);
    let remarks = sandbox.last().remarks;
    assert!(remarks.len() == 1 && !remarks[0].used, "{remarks:?}");
    parts[3] = ("file", None, "%PDF-1.7");
    let reply = send(&sandbox, TYPE, &body(&parts)).await;
    assert_eq!(reply.body, failure("file", "Invalid"));
}

/// A document that comes as a text, under whatever name, and a text of any length are counted.
#[tokio::test]
async fn kept_values_hold_no_document() {
    let sandbox = Harness::with(crate::Sandbox::builder().keep_values());
    let long = "MARKER".repeat(50_000);
    let sent = [
        ("customersId", None, "11079"),
        ("file", None, "MARKER"),
        ("scan", None, "MARKER"),
        ("documentSide", Some("a.txt"), "MARKER"),
        ("type", None, &*long),
    ];
    send(&sandbox, TYPE, &body(&sent)).await;
    let exchange = sandbox.last();
    let values = exchange.values.unwrap().request;
    let kept: Vec<_> = values
        .values
        .iter()
        .map(|it| (&*it.name, &*it.value))
        .collect();
    assert!(kept.contains(&("customersId", "11079")), "{kept:?}");
    assert!(!format!("{kept:?}").contains("MARKER"), "{kept:?}");
    assert_eq!(values.unread_bytes, 3 * 6 + 300_000);
}

#[tokio::test]
async fn a_body_is_whole_and_no_larger_than_a_file() {
    let sandbox = Harness::new();
    let whole = body(&upload_of("11079", CORPORATE));
    let cut = &whole[..whole.len() - 20];
    for (content_type, body) in [
        (TYPE, cut),
        (TYPE, ""),
        ("multipart/form-data", &*whole),
        ("application/json", &*whole),
        ("multipart/form-data; boundary=c", &*whole),
    ] {
        let reply = send(&sandbox, content_type, body).await;
        assert_eq!(
            (reply.status.as_u16(), reply.body),
            (400, failure("request", "Invalid")),
            "{content_type}"
        );
    }
    const MOST: usize = 10 * 1024 * 1024;
    for (bytes, status, answer) in [
        (MOST, 200, None),
        (MOST + 1, 400, Some(failure("file", "Invalid"))),
        (MOST * 2, 413, Some(failure("request", "Invalid"))),
    ] {
        let content = "x".repeat(bytes);
        let mut parts = upload_of("11079", CORPORATE);
        parts[3].2 = &content;
        let reply = send(&sandbox, TYPE, &body(&parts)).await;
        assert_eq!(reply.status, status, "{bytes}");
        if let Some(answer) = answer {
            assert_eq!(reply.body, answer);
        }
    }
}
