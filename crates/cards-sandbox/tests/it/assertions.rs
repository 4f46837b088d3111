//! Checks what a test takes from a running sandbox: settings for a client, customers and cards to
//! assert on, and the calls of an operation.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use crate::common::{airpay, get, post, registration, status};
use cards_sandbox::{Running, Sandbox};

/// The variables of the environment, which say the same.
fn env(sandbox: &Running, name: &str) -> String {
    let variables = sandbox.env();
    let found = variables.iter().find(|(other, _)| *other == name);
    found.unwrap().1.clone()
}

#[test]
fn the_settings_of_each_client_are_those_of_the_environment_and_debug_hides_them() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let (airpay, paysafe, ibanera) = (sandbox.airpay(), sandbox.paysafe(), sandbox.ibanera());
    let fields = [
        ("CARDS_AIRPAY_BASE_URL", &*airpay.base_url),
        ("CARDS_AIRPAY_AFFILIATE", airpay.affiliate),
        ("CARDS_AIRPAY_PROCESSOR_KEY", airpay.processor_key),
        ("CARDS_AIRPAY_SECRET_KEY", airpay.secret_key),
        ("CARDS_AIRPAY_TOKEN", airpay.token),
        ("CARDS_AIRPAY_GENERATE_OTP_PATH", airpay.generate_otp_path),
        ("CARDS_PAYSAFE_BASE_URL", &*paysafe.base_url),
        ("CARDS_PAYSAFE_BRAND", paysafe.brand),
        ("CARDS_PAYSAFE_CLIENT_ID", paysafe.client_id),
        ("CARDS_PAYSAFE_CLIENT_SECRET", paysafe.client_secret),
        ("CARDS_PAYSAFE_TOKEN", paysafe.token),
        ("CARDS_PAYSAFE_WEBHOOK_KEY", paysafe.webhook_key),
        ("CARDS_IBANERA_BASE_URL", &*ibanera.base_url),
        ("CARDS_IBANERA_USERNAME", ibanera.username),
        ("CARDS_IBANERA_PASSWORD", ibanera.password),
        ("CARDS_IBANERA_TOTP_SECRET", ibanera.totp_secret),
        ("CARDS_IBANERA_TOKEN", ibanera.token),
        ("CARDS_IBANERA_WEBHOOK_SECRET", ibanera.webhook_secret),
    ];
    assert_eq!(fields.len(), sandbox.env().len());
    let shown = format!("{airpay:?} {paysafe:?} {ibanera:?}");
    for (name, value) in fields {
        assert_eq!(value, env(&sandbox, name), "{name}");
        assert_eq!(
            shown.contains(value),
            name.ends_with("URL"),
            "{name}: {shown}"
        );
    }
    let bearer = format!("Bearer {}", ibanera.token);
    let code = ibanera.otp.unwrap();
    let headers = [("authorization", &*bearer), ("otp", &*code)];
    let cards = "/api/v1/customer/cards/byuser?customersId=11057";
    assert_eq!(status(&get(sandbox.addr(), cards, &headers)), 200);
}

/// Airpay, Update Customer: each part of an address is optional.
#[test]
fn each_part_of_an_address_replaces_its_own() {
    let sandbox = Sandbox::start_blocking().unwrap();
    airpay(sandbox.addr(), "register-user", &registration(&[]));
    let parts = || {
        let customers = sandbox.airpay_customers().unwrap();
        let new = customers.into_iter().next_back().unwrap();
        let country = new.country.as_ref().map_or("", cards_sandbox::Fact::expose);
        let parts =
            [&new.address, &new.city, &new.state, &new.pincode].map(cards_sandbox::Fact::expose);
        let parts = [parts[0], parts[1], parts[2], country, parts[3]].map(str::to_owned);
        (new.entity_id, parts)
    };
    let (entity_id, mut wanted) = parts();
    for (at, (name, value)) in [
        ("address", "7 Sea Street"),
        ("city", "Margao"),
        ("state", "Goa"),
        ("country", "Nepal"),
        ("pincode", "403601"),
    ]
    .into_iter()
    .enumerate()
    {
        assert_ne!(wanted[at], value);
        let fields = [("entity_id", &*entity_id), (name, value)];
        airpay(sandbox.addr(), "update-customer", &fields);
        value.clone_into(&mut wanted[at]);
        assert_eq!(parts().1, wanted, "{name}");
    }
}

#[test]
fn customers_and_cards_tell_what_calls_have_done() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let before = sandbox.airpay_customers().unwrap().len();
    airpay(sandbox.addr(), "register-user", &registration(&[]));
    let customers = sandbox.airpay_customers().unwrap();
    assert_eq!(customers.len(), before + 1);
    let new = customers.last().unwrap();
    assert_eq!(new.first_name.expose(), "Asha");
    assert_eq!(new.cards[0].card_type, "V");
    assert!(!format!("{customers:?}").contains("Asha"));

    let fields = [
        ("entity_id", &*new.entity_id),
        ("kit_no", "100000007777"),
        ("flag", "L"),
        ("reason", "lost"),
    ];
    airpay(sandbox.addr(), "lock-unlock", &fields);
    let customers = sandbox.airpay_customers().unwrap();
    assert_eq!(
        customers.last().unwrap().cards[0].lock.as_deref(),
        Some("L")
    );

    let customers = sandbox.paysafe_customers().unwrap();
    let many = customers
        .iter()
        .find(|one| one.customer_id == "87654321")
        .unwrap();
    assert_eq!(many.cards.len(), 137);
    let ibanera = sandbox.ibanera_customers().unwrap();
    assert_eq!((ibanera.len(), ibanera[0].customers_id), (23, 11057));
    assert!(
        ibanera[0].cards[0]
            .total_balance
            .as_str()
            .parse::<f64>()
            .is_ok()
    );
}

#[test]
fn the_calls_of_an_operation_and_no_others() {
    let sandbox = Sandbox::start_blocking().unwrap();
    for _ in 0..2 {
        airpay(sandbox.addr(), "register-user", &registration(&[]));
    }
    post(
        sandbox.addr(),
        "/airpay/ms/cards/api/register-users",
        &[],
        "",
    );
    get(sandbox.addr(), "/customers/12345678/prepaid/cards", &[]);
    let calls = sandbox.calls("register-user").unwrap();
    assert_eq!(calls.iter().map(|call| call.id).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(
        calls.iter().map(|call| call.accepted).collect::<Vec<_>>(),
        [true, false]
    );
    assert_eq!(sandbox.calls("list-prepaid-cards").unwrap().len(), 1);
    assert!(sandbox.calls("user-login").unwrap().is_empty());
    for slip in ["register-users", "Register-User", "register_user", ""] {
        let error = sandbox.calls(slip).unwrap_err();
        assert!(
            error.is_settings() && error.to_string().contains("register-user"),
            "{error}"
        );
    }
}

/// They are read within a runtime too, where nothing may wait for another one.
#[tokio::test]
async fn customers_are_read_within_a_runtime() {
    let sandbox = Sandbox::start().await.unwrap();
    assert!(!sandbox.airpay_customers().unwrap().is_empty());
    assert!(!sandbox.paysafe_customers().unwrap().is_empty());
    sandbox.shutdown().await;
}
