use crate::OneTimePasswords;
use crate::Sandbox;
use crate::providers::ibanera::testing::{BEARER, otp};
use crate::testing::Harness;

const PATH: &str = "/api/v1/customer/cards/byuser?customersId=11057";

#[tokio::test]
async fn each_header_is_needed_and_has_to_be_right() {
    let sandbox = Harness::new();
    let code = otp(&sandbox);
    let code = ("otp", &*code);
    for (headers, field, message_code) in [
        (&[code][..], "Authorization", "Required"),
        (
            &[("authorization", "Bearer other"), code],
            "Authorization",
            "Invalid",
        ),
        (
            &[("authorization", "sandbox-ibanera-token"), code],
            "Authorization",
            "Invalid",
        ),
        (&[BEARER, BEARER, code], "Authorization", "Invalid"),
        (&[BEARER], "otp", "Required"),
        (&[BEARER, ("otp", "000000")], "otp", "Invalid"),
        (&[BEARER, ("otp", "text")], "otp", "Invalid"),
        (
            &[("authorization", "YOUR_API_KEY"), code],
            "Authorization",
            "Invalid",
        ),
    ] {
        let reply = sandbox.get(PATH, headers).await;
        assert_eq!(reply.status, 401, "{field} {message_code}");
        assert_eq!(
            reply.body,
            format!(
                r#"{{"status":"0","errors":[{{"fieldName":"{field}","messageCode":"{message_code}"}}],"id":0,"details":null}}"#
            )
        );
    }
    assert_eq!(sandbox.get(PATH, &[BEARER, code]).await.status, 200);
}

#[tokio::test]
async fn the_documented_headers_are_taken() {
    let sandbox = Harness::new();
    let headers = [
        ("authorization", "YOUR_API_KEY"),
        ("otp", "text"),
        ("accept", "*/*"),
    ];
    assert_eq!(sandbox.get(PATH, &headers).await.status, 200);
    let list = "/api/v1/customer/cards/byuser/list";
    assert_eq!(sandbox.get(list, &headers).await.status, 200);
}

#[tokio::test]
async fn a_code_that_is_used_once_lets_one_call_through() {
    let builder = Sandbox::builder().one_time_passwords(OneTimePasswords::SingleUse);
    let sandbox = Harness::with(builder);
    let code = otp(&sandbox);
    let headers = [BEARER, ("otp", &*code)];
    let calls: [_; 8] = std::array::from_fn(|_| sandbox.get(PATH, &headers));
    let mut statuses = Vec::new();
    for reply in futures_util::future::join_all(calls).await {
        statuses.push(reply.status.as_u16());
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401, 401, 401, 401, 401, 401, 401]);
    assert_eq!(sandbox.get(PATH, &headers).await.status, 401);
    assert_eq!(sandbox.why(), "otp: the code is used up by another call");

    // A login is a call like any other.
    let json = [("content-type", "application/json")];
    let login = format!(r#"{{"username":"sandbox","password":"Sandbox@1234","otp":"{code}"}}"#);
    let path = "/api/v1/public/auth/login";
    assert_eq!(sandbox.post(path, &json, &login).await.status, 400);
    assert_eq!(sandbox.why(), "otp: the code is used up by another call");

    // The next step has a code of its own; the old one stays used up.
    sandbox.advance(30);
    assert_eq!(sandbox.get(PATH, &headers).await.status, 401);
    assert_eq!(sandbox.why(), "otp: the code is used up by another call");
    let next = otp(&sandbox);
    let headers = [BEARER, ("otp", &*next)];
    assert_eq!(sandbox.get(PATH, &headers).await.status, 200);
}

#[tokio::test]
async fn a_call_that_is_refused_uses_no_code_up() {
    let builder = Sandbox::builder().one_time_passwords(OneTimePasswords::SingleUse);
    let sandbox = Harness::with(builder);
    let code = otp(&sandbox);
    let stranger = [("authorization", "Bearer other"), ("otp", &*code)];
    assert_eq!(sandbox.get(PATH, &stranger).await.status, 401);
    let headers = [BEARER, ("otp", &*code)];
    assert_eq!(sandbox.get(PATH, &headers).await.status, 200);
}

#[tokio::test]
async fn used_codes_are_forgotten_when_their_time_is_over() {
    let builder = Sandbox::builder().one_time_passwords(OneTimePasswords::SingleUse);
    let sandbox = Harness::with(builder);
    for _ in 0..3 {
        let code = otp(&sandbox);
        let headers = [BEARER, ("otp", &*code)];
        assert_eq!(sandbox.get(PATH, &headers).await.status, 200);
        let count = |connection: &rusqlite::Connection| -> Result<i64, cards_sandbox_core::store::StoreError> {
            let sql = "SELECT count(*) FROM used_code";
            Ok(connection.query_row(sql, [], |row| row.get(0))?)
        };
        assert_eq!(sandbox.app.store.read(count).await.unwrap(), 1);
        sandbox.advance(90);
    }
}

#[tokio::test]
async fn a_code_is_good_for_its_step_and_the_neighbours() {
    let sandbox = Harness::new();
    let code = otp(&sandbox);
    sandbox.advance(30);
    assert_eq!(
        sandbox.get(PATH, &[BEARER, ("otp", &code)]).await.status,
        200
    );
    sandbox.advance(30);
    assert_eq!(
        sandbox.get(PATH, &[BEARER, ("otp", &code)]).await.status,
        401
    );
}

/// Both readings of the document, each with a token that stands and one that a login brought.
#[tokio::test]
async fn the_token_stands_as_the_sandbox_is_set_to_take_it() {
    use crate::IbaneraAuthorization::{Bare, Bearer};
    for (setting, taken) in [(Bearer, [true, false]), (Bare, [false, true])] {
        let sandbox = Harness::with(Sandbox::builder().ibanera_authorization(setting));
        let login = serde_json::json!({
            "username": "sandbox", "password": "Sandbox@1234", "otp": otp(&sandbox),
        });
        let path = "/api/v1/public/auth/login";
        let reply = sandbox.control("POST", path, &login.to_string()).await;
        let reply: serde_json::Value = serde_json::from_str(&reply.body).unwrap();
        let issued = reply["details"]["accessToken"]
            .as_str()
            .or(reply["details"].as_str());
        let issued = issued.unwrap_or_else(|| panic!("{reply}"));
        let code = otp(&sandbox);
        for token in ["sandbox-ibanera-token", issued] {
            for (is_taken, authorization) in taken
                .into_iter()
                .zip([format!("Bearer {token}"), token.to_owned()])
            {
                let headers = [("authorization", &*authorization), ("otp", &*code)];
                let reply = sandbox.get(PATH, &headers).await;
                assert_eq!(
                    reply.status == 200,
                    is_taken,
                    "{setting:?}: {}",
                    sandbox.why()
                );
                if !is_taken {
                    assert_eq!(reply.status, 401);
                    assert!(sandbox.why().contains("Authorization"), "{}", sandbox.why());
                }
            }
        }
        let printed = [("authorization", "YOUR_API_KEY"), ("otp", "text")];
        assert_eq!(
            sandbox.get(PATH, &printed).await.status,
            200,
            "as it is printed"
        );
    }
}
