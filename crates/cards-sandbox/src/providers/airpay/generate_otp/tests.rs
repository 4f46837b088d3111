use serde_json::Value;

use crate::Sandbox;
use crate::testing::{Harness, registration};

const SUCCESS: &str = r#"{"status":200,"message":"success","data":[]}"#;
const MOBILE_NO: &str = "9000000777";

async fn generate(sandbox: &Harness, mobile_no: &str) -> String {
    let fields = [("mobile_no", mobile_no)];
    sandbox.airpay("generate-otp", &fields).await.body
}

/// The code that the control API tells.
async fn told(sandbox: &Harness, mobile_no: &str) -> Option<String> {
    let path = format!("/_sandbox/airpay/one-time-passwords/{mobile_no}");
    let reply = sandbox.get(&path, &[]).await;
    let body: Value = serde_json::from_str(&reply.body).unwrap();
    match reply.status.as_u16() {
        200 => Some(body["otp"].as_str().unwrap().to_owned()),
        404 => None,
        other => panic!("{other}: {body}"),
    }
}

/// Registers the number with a card, kit and address of its own.
async fn register(sandbox: &Harness, number: u8, otp: &str) -> bool {
    let (kit, card) = (number.to_string(), format!("{}{number:02}", "42".repeat(7)));
    let email = format!("{number}@example.com");
    let changes = [
        ("mobile_no", MOBILE_NO),
        ("kit_no", &*kit),
        ("card_no", &card),
        ("email", &email),
        ("otp", otp),
    ];
    let fields = registration(&changes);
    sandbox
        .airpay("register-user", &fields)
        .await
        .body
        .contains("success")
}

/// A code that is not this one, nor the standing one.
fn other_than(code: &str) -> &'static str {
    ["7141", "7142"]
        .into_iter()
        .find(|one| *one != code)
        .unwrap()
}

#[tokio::test]
async fn a_code_is_told_by_the_control_api_alone_and_registers_once() {
    let sandbox = Harness::with(Sandbox::builder().issued_otp_only());
    assert_eq!(told(&sandbox, MOBILE_NO).await, None);
    assert_eq!(generate(&sandbox, MOBILE_NO).await, SUCCESS);
    let code = told(&sandbox, MOBILE_NO).await.unwrap();
    assert!(
        code.len() == 4 && code.bytes().all(|b| b.is_ascii_digit()),
        "{code}"
    );
    assert_eq!(told(&sandbox, "9000000778").await, None);
    assert!(register(&sandbox, 1, &code).await, "{}", sandbox.why());
    assert!(!register(&sandbox, 2, &code).await);
    assert_eq!(told(&sandbox, MOBILE_NO).await, None);
}

#[tokio::test]
async fn where_only_codes_that_were_given_out_are_taken_no_other_is() {
    let sandbox = Harness::with(Sandbox::builder().issued_otp_only());
    for otp in ["1234", ""] {
        assert!(!register(&sandbox, 1, otp).await);
        assert_eq!(sandbox.why(), "the one-time password is not the sandbox's");
    }
    let sandbox = Harness::new();
    for (number, otp) in [(1, "1234"), (2, "")] {
        assert!(register(&sandbox, number, otp).await, "{}", sandbox.why());
    }
}

#[tokio::test]
async fn the_newest_counts_for_five_minutes() {
    let sandbox = Harness::with(Sandbox::builder().issued_otp_only());
    generate(&sandbox, MOBILE_NO).await;
    let first = told(&sandbox, MOBILE_NO).await.unwrap();
    generate(&sandbox, MOBILE_NO).await;
    let second = told(&sandbox, MOBILE_NO).await.unwrap();
    if first != second {
        assert!(!register(&sandbox, 1, &first).await);
    }
    sandbox.advance(299);
    assert!(register(&sandbox, 2, &second).await, "{}", sandbox.why());
    generate(&sandbox, MOBILE_NO).await;
    let third = told(&sandbox, MOBILE_NO).await.unwrap();
    sandbox.advance(300);
    assert_eq!(told(&sandbox, MOBILE_NO).await, None);
    assert!(!register(&sandbox, 3, &third).await);
    assert_eq!(sandbox.why(), "the one-time password has expired");
}

#[tokio::test]
async fn three_wrong_ones_spend_a_code_and_two_do_not() {
    for (wrong, is_good) in [(2, true), (3, false)] {
        let sandbox = Harness::new();
        generate(&sandbox, MOBILE_NO).await;
        generate(&sandbox, "9000000778").await;
        let code = told(&sandbox, MOBILE_NO).await.unwrap();
        for number in 0..wrong {
            assert!(!register(&sandbox, number, other_than(&code)).await);
        }
        assert_eq!(told(&sandbox, MOBILE_NO).await.is_some(), is_good);
        assert_eq!(
            register(&sandbox, 9, &code).await,
            is_good,
            "{}",
            sandbox.why()
        );
        // Another number's is untouched.
        assert!(told(&sandbox, "9000000778").await.is_some());
    }
}
