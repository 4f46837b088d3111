//! Tokens from a source of the caller's own, through both drivers.

use std::error::Error as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cards_transport::airpay::Airpay;
use cards_transport::model::airpay::UpdateCustomer;
use cards_transport::model::ibanera::CardsByCustomer;
use cards_transport::model::paysafe::ListPrepaidCards;
use cards_transport::paysafe::Paysafe;
use cards_transport::{
    Call, CallOptions, Client, ErrorKind, IssuedToken, SourceError, TokenNeed, TokenSource,
    blocking,
};

use crate::calls::samples::{ACKNOWLEDGED, NO_CARDS, ONE_CUSTOMER, airpay, ibanera, paysafe};
use crate::calls::script::{Outcome, Script, response, send};

type Asked = Arc<Mutex<Vec<TokenNeed>>>;

/// A source that counts its tokens, good for so long.
fn counting(lifetime: Option<Duration>) -> (TokenSource, Asked) {
    let asked = Asked::default();
    let kept = Arc::clone(&asked);
    let source = TokenSource::new(move |need| {
        let mut kept = kept.lock().unwrap();
        kept.push(need);
        let token = IssuedToken::new(format!("own-{}", kept.len()));
        Ok(match lifetime {
            Some(lifetime) => token.lasting(lifetime),
            None => token,
        })
    });
    (source, asked)
}

fn base() -> cards_transport::BaseUrl {
    "http://localhost:1/v1".parse().unwrap()
}

const UNAUTHORIZED: fn() -> Outcome = || response(401, "{}");

/// The header of each request, for a call without a login of its own, once and
/// with each driver.
fn tokens<C: Call>(
    provider: &C::Provider,
    call: &C,
    header: &str,
    script: &[fn() -> Outcome],
) -> Vec<String>
where
    C::Provider: Clone,
{
    let (outcome, script) = send(provider, call, script);
    outcome.unwrap();
    script.headers(header)
}

#[test]
fn every_provider_takes_tokens_from_a_source() {
    let (source, asked) = counting(None);
    let own = || source.clone();
    let no_token = Airpay::new(base(), "fake-secret").token_source(own());
    let update = UpdateCustomer::new("E1").city("Kochi");
    let seen = tokens(&no_token, &update, "token", &[ACKNOWLEDGED]);
    assert_eq!(seen, ["own-1"]);
    let no_token = Paysafe::new(base()).token_source(own());
    let list = ListPrepaidCards::new("1");
    let seen = tokens(&no_token, &list, "authorization", &[NO_CARDS]);
    assert_eq!(seen, ["Bearer own-3"]);
    let no_token = cards_transport::ibanera::Ibanera::new(base())
        .totp_base32("GEZDGNBVGY3TQOJQGEZDGNBV")
        .unwrap()
        .token_source(own());
    let cards = CardsByCustomer::new(7);
    let seen = tokens(&no_token, &cards, "authorization", &[ONE_CUSTOMER]);
    assert_eq!(seen, ["Bearer own-5"]);
    assert_eq!(*asked.lock().unwrap(), [TokenNeed::First; 6]);
}

#[test]
fn a_source_is_asked_again_after_a_refusal_and_told_so() {
    fn renews<C: Call>(
        with_token: impl Fn(TokenSource) -> C::Provider,
        call: &C,
        good: fn() -> Outcome,
    ) where
        C::Provider: Clone,
    {
        let (source, asked) = counting(None);
        let (outcome, script) = send(&with_token(source.clone()), call, &[UNAUTHORIZED, good]);
        assert_eq!(outcome.unwrap().attempts(), 2, "{}", C::operation());
        assert_eq!(script.urls().len(), 2);
        assert_eq!(*asked.lock().unwrap(), [TokenNeed::Refused; 2]);
        // Two refusals are the caller's.
        let twice = [UNAUTHORIZED, UNAUTHORIZED];
        let error = send(&with_token(source), call, &twice).0.map(drop);
        assert!(error.unwrap_err().is_unauthorized());
    }
    renews(
        |source| airpay().token_source(source),
        &UpdateCustomer::new("E1").city("Kochi"),
        ACKNOWLEDGED,
    );
    renews(
        |source| paysafe().token_source(source),
        &ListPrepaidCards::new("1"),
        NO_CARDS,
    );
    let reusing = cards_transport::ibanera::OtpReuse::Allowed;
    renews(
        |source| ibanera().otp_reuse(reusing).token_source(source),
        &CardsByCustomer::new(7),
        ONE_CUSTOMER,
    );
}

#[test]
fn a_source_wins_over_a_login() {
    let (source, _) = counting(None);
    let both = Paysafe::new(base()).client("b", "id", "secret");
    let both = both.token_source(source);
    let list = ListPrepaidCards::new("1");
    let seen = tokens(&both, &list, "authorization", &[NO_CARDS]);
    assert_eq!(seen, ["Bearer own-1"]);
}

/// Makes calls with one client, so long apart.
fn needs(
    provider: impl Fn(TokenSource) -> Airpay,
    lifetime: Option<Duration>,
    apart: &[u64],
) -> Vec<TokenNeed> {
    let (source, asked) = counting(lifetime);
    let script = Script::new(&vec![ACKNOWLEDGED; apart.len()]);
    let client =
        blocking::Client::with_settings(provider(source), script.clone(), script.settings());
    for seconds in apart {
        script.pass(Duration::from_secs(*seconds));
        client
            .send(&UpdateCustomer::new("E1").city("Kochi"))
            .unwrap();
    }
    let asked = asked.lock().unwrap();
    asked.clone()
}

#[test]
fn a_lifetime_is_kept_to_and_airpays_is_half_an_hour() {
    use TokenNeed::{Expired, First};
    let own = |source| Airpay::new(base(), "fake-secret").token_source(source);
    let hour = Some(Duration::from_secs(3600));
    assert_eq!(needs(own, hour, &[0, 3500, 100]), [First, Expired]);
    assert_eq!(needs(own, None, &[0, 1700, 100]), [First, Expired]);
    // A token that was given is over then too, where another can be had.
    let given = |source| airpay().token_source(source);
    assert_eq!(needs(given, None, &[0, 1700, 100]), [Expired]);
}

fn failing(_: TokenNeed) -> Result<IssuedToken, SourceError> {
    Err("the vault is sealed".into())
}

#[test]
fn a_source_that_fails_is_told_and_nothing_is_sent() {
    let list = ListPrepaidCards::new("1");
    let sealed = Paysafe::new(base()).token_source(TokenSource::new(failing));
    let (outcome, script) = send(&sealed, &list, &[]);
    let error = outcome.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TokenSource);
    assert!(error.is_not_sent() && script.urls().is_empty());
    assert_eq!(error.source().unwrap().to_string(), "the vault is sealed");
    insta::assert_snapshot!(error, @"paysafe list-prepaid-cards: not sent: the token source brought none");

    // Of a mutation that was refused, the outcome is known.
    let sealed = airpay().token_source(TokenSource::new(failing));
    let (outcome, _) = send(&sealed, &UpdateCustomer::new("E1"), &[UNAUTHORIZED]);
    let error = outcome.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TokenSource);
    assert!(!error.is_not_sent() && !error.is_outcome_unknown());
    insta::assert_snapshot!(error, @"airpay update-customer: the token source brought none");
}

#[test]
fn a_token_that_no_header_can_carry_is_not_sent_nor_shown() {
    for token in ["", "mark\ner", " marker", "m\u{e4}rker", "marker\r\nx: y"] {
        let source = TokenSource::new(move |_| Ok(IssuedToken::new(token)));
        let (outcome, script) = send(
            &Paysafe::new(base()).token_source(source),
            &ListPrepaidCards::new("1"),
            &[],
        );
        let error = outcome.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config, "{error}");
        assert!(script.urls().is_empty());
        let shown = format!("{error} {error:?}");
        assert!(
            !shown.contains("marker") && !shown.contains("mark\ner"),
            "{shown}"
        );
    }
}

#[test]
fn a_source_may_be_awaited_by_the_async_client_alone() {
    let list = ListPrepaidCards::new("1");
    let source = TokenSource::awaited(|need| async move {
        futures_timer::Delay::new(Duration::from_millis(1)).await;
        Ok(IssuedToken::new(format!("{need:?}")))
    });
    let own = Paysafe::new(base()).token_source(source);
    let script = Script::new(&[NO_CARDS]);
    // Its own sleep would be over at once.
    let sends = |request, limits| cards_transport::AsyncTransport::send(&script, request, limits);
    let client = Client::with_settings(own.clone(), sends, script.settings());
    pollster::block_on(client.send(&list)).unwrap();
    assert_eq!(script.headers("authorization"), ["Bearer First"]);

    let script = Script::new(&[]);
    let client = blocking::Client::with_settings(own, script.clone(), script.settings());
    let error = client.send(&list).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(
        error.to_string().contains("give one that blocks"),
        "{error}"
    );
}

#[test]
fn a_source_that_hangs_shares_the_time_of_the_call() {
    let source = TokenSource::awaited(|_| std::future::pending());
    let own = Paysafe::new(base()).token_source(source);
    let sends = |_: http::Request<bytes::Bytes>, _| async { NO_CARDS() };
    let options = CallOptions::new().total_timeout(Duration::from_millis(20));
    let client = Client::new(own, sends);
    let error = pollster::block_on(client.send_with(&ListPrepaidCards::new("1"), &options));
    let error = error.unwrap_err();
    assert!(error.is_timeout() && error.is_not_sent(), "{error:?}");
}
