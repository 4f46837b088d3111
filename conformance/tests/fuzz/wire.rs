//! Checks that the values sent are those given, and the values signed are those
//! sent.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use cards_model::airpay::UserLogin;
use cards_model::ibanera::CardsByCustomer;
use cards_model::{Form, Place, Request};
use cards_sandbox::{ChecksumVerdict, Running, Sandbox};
use cards_sign::Order;
use cards_transport::airpay::Airpay;
use cards_transport::ibanera::Ibanera;
use cards_transport::paysafe::Paysafe;
use cards_transport::{Call, Retry, UreqTransport, blocking};
use proptest::prelude::*;
use proptest::sample::select;
use sha2::{Digest, Sha256};

use crate::common::clients::{Backend, Ureq};
use crate::common::fake::{Fake, FakeClock, json as replying};
use crate::common::{named, noon, rules};
use crate::config;
use crate::requests::{
    customer_preference, list_customer_cards, list_prepaid_cards, register_user, text,
    update_customer,
};

const SECRET: &str = "sandbox-secret-key";

pub(crate) fn airpay(order: Order) -> Airpay {
    Airpay::new("http://localhost".parse().unwrap(), SECRET)
        .keys("sandboxaff", "sandbox-processor-key")
        .token("sandbox-token")
        .order(order)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn register_user_survives_the_wire(form in register_user()) {
        survives(&form)?;
    }

    #[test]
    fn update_customer_survives_the_wire(form in update_customer()) {
        survives(&form)?;
    }

    #[test]
    fn customer_preference_survives_the_wire(form in customer_preference()) {
        survives(&form)?;
    }

    #[test]
    fn user_login_survives_the_wire(mobile_no in "[0-9]{1,10}", password in text(20)) {
        survives(&UserLogin { mobile_no: mobile_no.into(), password: password.into() })?;
    }

    /// Path and query, decoded as a server decodes them, are the request.
    #[test]
    fn list_prepaid_cards_survives_the_wire(call in list_prepaid_cards()) {
        prop_assert_eq!(named(&call.check(&rules())), Vec::<String>::new());
        let provider = Paysafe::new("http://localhost/digitalwallets/v1".parse().unwrap()).token("t");
        let request = sent(provider, &call);
        let path = request.uri().path();
        let segment = path.strip_prefix("/digitalwallets/v1/customers/").unwrap();
        let segment = segment.strip_suffix("/prepaid/cards").unwrap();
        // A plus is a plus in a path and a space in a form.
        let segment = format!("v={}", segment.replace('+', "%2B"));
        prop_assert_eq!(&decoded(segment.as_bytes())[0].1, &call.customer_id);
        let query = decoded(request.uri().query().unwrap_or_default().as_bytes());
        let expected: Vec<_> = call.pairs(Place::Query).into_iter().map(|(name, value)| (name.to_owned(), value.into_owned())).collect();
        prop_assert_eq!(query, expected);
        prop_assert_eq!(&request.headers()["authorization"], "Bearer t");
    }

    #[test]
    fn ibanera_reads_survive_the_wire(list in list_customer_cards(), id in 1i64..) {
        let ibanera = || Ibanera::new("http://localhost".parse().unwrap()).token("t").totp_text("fake").unwrap();
        let request = sent(ibanera(), &list);
        let expected: Vec<_> = list.pairs(Place::Query).into_iter().map(|(name, value)| (name.to_owned(), value.into_owned())).collect();
        prop_assert_eq!(decoded(request.uri().query().unwrap_or_default().as_bytes()), expected);
        let request = sent(ibanera(), &CardsByCustomer::new(id));
        prop_assert_eq!(request.uri().query(), Some(&*format!("customersId={id}")));
        prop_assert_eq!(request.headers()["otp"].len(), 6);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: config().cases.div_ceil(3), ..config() })]

    /// The sandbox verifies by its own code, over the wire.
    #[test]
    fn the_sandbox_verifies_what_the_client_signs(
        update in update_customer(),
        preference in customer_preference(),
        order in select(&Order::ALL[..]),
    ) {
        verified(&update, order)?;
        verified(&preference, order)?;
    }
}

/// Accepted by the rules; encoded, decoded and read back it is the same; what
/// is signed is what is sent; both verifications agree, the sandbox's too.
fn survives<F>(form: &F) -> Result<(), TestCaseError>
where
    F: Form + Call<Provider = Airpay> + PartialEq + std::fmt::Debug,
{
    prop_assert_eq!(named(&form.check(&rules())), Vec::<String>::new());
    for order in Order::ALL {
        let request = sent(airpay(order), form);
        let pairs = decoded(request.body());
        let again = F::from_fields(pairs.iter().map(|(name, value)| (&**name, &**value)));
        prop_assert!(again == *form, "decoded it is another");
        let mut expected = form.fields();
        order.arrange(&mut expected, F::EXAMPLE_ORDER);
        let expected: Vec<(String, String)> = expected
            .iter()
            .map(|&(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        prop_assert!(pairs == expected, "the signed fields are not the sent ones");
        let checksum = request.headers()["checksum"].to_str().unwrap();
        prop_assert_eq!(checksum, hashed(&pairs));
        let values = pairs.iter().map(|(_, value)| &**value);
        prop_assert!(cards_sign::verify(values, SECRET.as_bytes(), checksum));
    }
    Ok(())
}

/// The sandbox's verdict on the checksum, whatever else it thinks of the call.
fn verified<F: Form + Call<Provider = Airpay>>(
    form: &F,
    order: Order,
) -> Result<(), TestCaseError> {
    let provider = Airpay::new(sandbox().airpay_url().parse().unwrap(), SECRET)
        .keys("sandboxaff", "sandbox-processor-key")
        .token("sandbox-token")
        .order(order);
    let settings = FakeClock::new().settings().retry(Retry::never());
    let transport = UreqTransport::new().unwrap();
    let outcome = blocking::Client::with_settings(provider, transport, settings).send(form);
    let known = outcome
        .as_ref()
        .map_or_else(cards_transport::Error::is_refused, |_| true);
    prop_assert!(known, "{:?}", outcome.map(drop));
    let exchange = sandbox().exchanges().pop().unwrap();
    prop_assert_eq!(exchange.operation, Some(F::OPERATION.name));
    prop_assert_eq!(&exchange.violations.len(), &0);
    prop_assert!(exchange.detail().is_some_and(ChecksumVerdict::is_right));
    Ok(())
}

fn sandbox() -> &'static Running {
    static SANDBOX: OnceLock<Running> = OnceLock::new();
    SANDBOX.get_or_init(|| {
        let clock = Arc::new(noon);
        Sandbox::builder().clock(clock).start_blocking().unwrap()
    })
}

/// The request that the client would send.
fn sent<C: Call>(provider: C::Provider, call: &C) -> http::Request<Bytes> {
    let clock = FakeClock::new();
    let fake = Fake::new(&clock, |_, _| replying(200, "{}"));
    let client = Ureq::faked(provider, &fake, clock.settings().retry(Retry::never()));
    let outcome = client.send(call);
    let sent = fake.sent().pop();
    sent.unwrap_or_else(|| panic!("not sent: {}", outcome.map(drop).unwrap_err()))
}

fn decoded(body: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(body).into_owned().collect()
}

/// The second implementation: what a server would hash of the decoded form.
fn hashed(pairs: &[(String, String)]) -> String {
    let mut text: String = pairs.iter().map(|(_, value)| &**value).collect();
    text.push_str(SECRET);
    Sha256::digest(text.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
