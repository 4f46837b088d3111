//! Logins go to their own address, and Ibanera's token is written as it is set.

use cards_transport::airpay::Airpay;
use cards_transport::ibanera::{AuthorizationScheme, Ibanera};
use cards_transport::model::airpay::UpdateCustomer;
use cards_transport::model::ibanera::{CardsByCustomer, ListCustomerCards};
use cards_transport::model::paysafe::ListPrepaidCards;
use cards_transport::paysafe::Paysafe;
use cards_transport::{BaseUrl, Call, Provider};

use crate::calls::samples::{ACKNOWLEDGED, NO_CARDS, ONE_CUSTOMER};
use crate::calls::script::{Outcome, response, send};

const CARDS: &str = "https://cards.example/of";
const TOKENS: &str = "https://tokens.example:8443/at";

fn base(url: &str) -> BaseUrl {
    url.parse().unwrap()
}

fn airpay() -> Airpay {
    Airpay::new(base(CARDS), "fake-secret-key")
        .keys("fake-affiliate", "fake-processor-key")
        .login("9000000978", "PaSwd@1234")
}

fn paysafe() -> Paysafe {
    Paysafe::new(base(CARDS)).client("fake-brand", "fake-client", "fake-client-secret")
}

fn ibanera() -> Ibanera {
    let ibanera = Ibanera::new(base(CARDS)).login("fake-user", "fake-password");
    ibanera.totp_base32("GEZDGNBVGY3TQOJQGEZDGNBV").unwrap()
}

const AIRPAY_TOKEN: fn() -> Outcome = || {
    response(
        200,
        r#"{"status":200,"message":"success","data":{"token":"issued"}}"#,
    )
};
const PAYSAFE_TOKEN: fn() -> Outcome =
    || response(200, r#"{"access_token":"issued","expires_in":900}"#);
const IBANERA_TOKEN: fn() -> Outcome = || {
    response(
        200,
        r#"{"status":"1","errors":[],"details":{"accessToken":"issued"}}"#,
    )
};

/// The hosts of a login and of the call that it is for.
fn hosts<C: Call>(
    provider: &C::Provider,
    call: &C,
    issued: fn() -> Outcome,
    good: fn() -> Outcome,
) -> Vec<String>
where
    C::Provider: Clone,
{
    let (outcome, script) = send(provider, call, &[issued, good]);
    outcome.unwrap();
    script.urls()
}

#[test]
fn a_login_goes_to_the_address_for_tokens_and_the_call_to_its_own() {
    let update = UpdateCustomer::new("E1").city("Kochi");
    let list = ListPrepaidCards::new("1");
    let cards = CardsByCustomer::new(7);
    for is_apart in [false, true] {
        let (mut one, mut two, mut three) = (airpay(), paysafe(), ibanera());
        if is_apart {
            one = one.token_base(base(TOKENS));
            two = two.token_base(base(TOKENS));
            three = three.token_base(base(TOKENS));
        }
        let of_tokens = if is_apart { TOKENS } else { CARDS };
        for urls in [
            hosts(&one, &update, AIRPAY_TOKEN, ACKNOWLEDGED),
            hosts(&two, &list, PAYSAFE_TOKEN, NO_CARDS),
            hosts(&three, &cards, IBANERA_TOKEN, ONE_CUSTOMER),
        ] {
            let [login, call] = &urls[..] else {
                panic!("{urls:?}");
            };
            assert!(login.starts_with(&format!("{of_tokens}/")), "{login}");
            assert!(call.starts_with(&format!("{CARDS}/")), "{call}");
        }
    }
}

#[test]
fn a_token_stands_behind_bearer_or_alone() {
    let call = CardsByCustomer::new(7);
    let list = ListCustomerCards::new();
    for (scheme, expected) in [
        (AuthorizationScheme::Bearer, "Bearer issued"),
        (AuthorizationScheme::Bare, "issued"),
    ] {
        let fetching = ibanera().authorization(scheme);
        let (outcome, script) = send(&fetching, &call, &[IBANERA_TOKEN, ONE_CUSTOMER]);
        outcome.unwrap();
        assert_eq!(script.headers("authorization"), [expected]);
        let given = fetching.token("issued");
        let (outcome, script) = send(&given, &list, &[ONE_CUSTOMER]);
        outcome.unwrap();
        assert_eq!(script.headers("authorization"), [expected]);
    }
    let (_, script) = send(&ibanera().token("issued"), &call, &[ONE_CUSTOMER]);
    assert_eq!(script.headers("authorization"), ["Bearer issued"]);
}

/// Makes a provider of its address and one variable more.
fn from_vars<P: Provider>(name: &str, value: &str) -> Result<P, String> {
    let provider = P::from_vars(|asked| match asked {
        _ if asked == name => Some(value.to_owned()),
        _ if asked.ends_with("TOKEN_BASE_URL") => None,
        _ if asked.ends_with("BASE_URL") => Some(CARDS.to_owned()),
        _ if asked.ends_with("SECRET_KEY") => Some("fake-secret-key".to_owned()),
        _ => None,
    });
    provider.map_err(|error| error.to_string())
}

#[test]
fn a_wrong_variable_is_named_and_its_value_is_not() {
    fn of<P: Provider>(name: &str) {
        assert!(from_vars::<P>(name, TOKENS).is_ok());
        let refused = from_vars::<P>(name, "http://marker.example").err().unwrap();
        assert!(
            refused.starts_with(&format!("{name}: plain http is")),
            "{refused}"
        );
        assert!(!refused.contains("marker"), "{refused}");
    }
    of::<Airpay>("CARDS_AIRPAY_TOKEN_BASE_URL");
    of::<Paysafe>("CARDS_PAYSAFE_TOKEN_BASE_URL");
    of::<Ibanera>("CARDS_IBANERA_TOKEN_BASE_URL");

    for good in ["bearer", "Bearer", " BARE "] {
        assert!(from_vars::<Ibanera>("CARDS_IBANERA_AUTHORIZATION", good).is_ok());
    }
    // Blank counts as not set.
    for blank in ["", "  "] {
        assert!(from_vars::<Ibanera>("CARDS_IBANERA_AUTHORIZATION", blank).is_ok());
    }
    for bad in ["marker", "bearer token"] {
        let refused = from_vars::<Ibanera>("CARDS_IBANERA_AUTHORIZATION", bad);
        assert_eq!(
            refused.err().unwrap(),
            "CARDS_IBANERA_AUTHORIZATION: one of bearer and bare is wanted"
        );
    }
}
