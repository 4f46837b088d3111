//! Keys out of variables.

use cards_transport::ibanera::{HashReading, Ibanera};
use cards_transport::paysafe::Paysafe;

use super::{APPROVAL, STATUS, ibanera};

#[test]
fn paysafes_keys_are_a_list() {
    let webhook = |keys: &str| {
        let keys = keys.to_owned();
        Paysafe::webhook_from_vars(move |name| {
            (name == "CARDS_PAYSAFE_WEBHOOK_KEY").then(|| keys.clone())
        })
    };
    let two = webhook("bmV3, b2xk").unwrap();
    let old = webhook("b2xk").unwrap().sign(STATUS);
    assert_eq!(two.verify(old.headers(), old.body()).unwrap().key(), 1);
    for wrong in ["", "MARKER", "bmV3,", "bmV3,MARKER,b2xk"] {
        let error = webhook(wrong).unwrap_err().to_string();
        assert!(
            error.starts_with("CARDS_PAYSAFE_WEBHOOK_KEY: a key of signatures is"),
            "{error}"
        );
        assert!(!error.contains("MARKER"));
    }
    let error = Paysafe::webhook_from_vars(|_| None).unwrap_err();
    assert_eq!(error.to_string(), "CARDS_PAYSAFE_WEBHOOK_KEY is not set");
}

#[test]
fn ibaneras_secrets_are_taken_as_they_are() {
    let webhook = |secret: &str, other: Option<&str>, encoding: Option<&str>| {
        let [secret, other, encoding] =
            [Some(secret), other, encoding].map(|it| it.map(str::to_owned));
        Ibanera::webhook_from_vars(move |name| match name {
            "CARDS_IBANERA_WEBHOOK_SECRET" => secret.clone(),
            "CARDS_IBANERA_WEBHOOK_OTHER_SECRET" => other.clone(),
            "CARDS_IBANERA_WEBHOOK_ENCODING" => encoding.clone(),
            other => panic!("{other}"),
        })
    };
    let hex = webhook(super::SECRET, None, Some("hex"))
        .unwrap()
        .sign(APPROVAL);
    let two = webhook("a, b ", Some(super::SECRET), Some(" ANY ")).unwrap();
    assert_eq!(two.verify(hex.headers(), hex.body()).unwrap().key(), 1);
    let spaced = webhook("a, b ", None, None).unwrap().sign(APPROVAL);
    assert_eq!(
        two.verify(spaced.headers(), spaced.body()).unwrap().key(),
        0
    );
    let any = ibanera().encoding(HashReading::Any);
    assert!(any.verify(hex.headers(), hex.body()).is_ok());
    for (webhook, says) in [
        (
            webhook("", None, None),
            "CARDS_IBANERA_WEBHOOK_SECRET: a hash secret is not empty",
        ),
        (
            webhook("a", Some(""), None),
            "CARDS_IBANERA_WEBHOOK_OTHER_SECRET: a hash secret is not empty",
        ),
        (
            webhook("a", None, Some("MARKER")),
            "CARDS_IBANERA_WEBHOOK_ENCODING: one of base64, hex, upper-hex and any is wanted",
        ),
        (
            Ibanera::webhook_from_vars(|_| None),
            "CARDS_IBANERA_WEBHOOK_SECRET is not set",
        ),
    ] {
        assert_eq!(webhook.unwrap_err().to_string(), says);
    }
}
