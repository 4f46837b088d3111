//! The life of a card at Paysafe, from its order to its end, against the sandbox.

use std::sync::Arc;

use cards_model::paysafe::{
    CardAddress, CardStatus, CreatePrepaidCard, GetPrepaidCard, ListPrepaidCards, UpdatePrepaidCard,
};
use cards_sandbox::world::paysafe::{
    BRAND, CLIENT_ID, CLIENT_SECRET, CUSTOMER, OTHER_PREFIX, PREFIX, SIGNATURE_KEY,
};
use cards_sandbox::{PaysafeSignatures, PaysafeUpdateReply, Running, Sandbox};
use cards_transport::paysafe::{Paysafe, SignatureScope};

use crate::common;
use crate::common::clients::{AnyClient, Backend, for_both_backends};
use crate::setup::{once, quick};

for_both_backends! {
    a_card_lives_under_every_prefix_signed_and_not,
    an_update_is_a_success_without_a_card,
    who_does_not_sign_is_told,
}

fn sandbox(signatures: PaysafeSignatures, reply: PaysafeUpdateReply) -> Running {
    let builder = Sandbox::builder().clock(Arc::new(common::noon));
    let builder = builder.paysafe_signatures(signatures);
    builder
        .paysafe_update_reply(reply)
        .start_blocking()
        .unwrap()
}

/// The provider below a prefix, with its token from the documented one.
fn provider(sandbox: &Running, prefix: &str) -> Paysafe {
    let at = |prefix: &str| format!("{}{prefix}", sandbox.url()).parse().unwrap();
    let paysafe = Paysafe::new(at(prefix)).token_base(at(PREFIX));
    paysafe.client(BRAND, CLIENT_ID, CLIENT_SECRET)
}

fn update(card: &str, status: CardStatus) -> UpdatePrepaidCard {
    let update = UpdatePrepaidCard::new(CUSTOMER, card);
    update.status(status).status_reason("as the holder wished")
}

fn order() -> CreatePrepaidCard {
    let address = CardAddress::new("Tsarigradsko Shose 73", "Sofia", "BG", "1000");
    CreatePrepaidCard::new(CUSTOMER, "BRAND-PHYSICAL-MC", "EUR").delivery_address(address)
}

fn a_card_lives_under_every_prefix_signed_and_not<B: Backend>() {
    use CardStatus as S;

    for (signatures, scope) in [
        (PaysafeSignatures::NotChecked, None),
        (PaysafeSignatures::Bodies, Some(SignatureScope::Bodies)),
        (
            PaysafeSignatures::BodiesAndPaths,
            Some(SignatureScope::BodiesAndPaths),
        ),
    ] {
        let sandbox = sandbox(signatures, PaysafeUpdateReply::Card);
        for prefix in ["", PREFIX, OTHER_PREFIX] {
            let mut paysafe = provider(&sandbox, prefix);
            if let Some(scope) = scope {
                let key = SIGNATURE_KEY.parse().unwrap();
                paysafe = paysafe.signature_key(key).signature_scope(scope);
            }
            let client = B::client(paysafe, &quick(), once());
            let ordered = client.send(&order()).unwrap().into_value();
            let id = ordered.card_id.as_str();
            assert_eq!(ordered.status, Some(S::Issued));
            assert!(ordered.activation_date.is_none());
            for status in [S::Active, S::Locked, S::Suspended, S::Locked, S::Active] {
                let updated = client.send(&update(id, status.clone())).unwrap();
                let card = updated.into_value().unwrap();
                assert_eq!((card.card_id.as_str(), card.status), (id, Some(status)));
                assert!(card.activation_date.is_some());
            }
            let cancelled = client.send(&update(id, S::Cancelled)).unwrap();
            assert_eq!(cancelled.as_ref().unwrap().status, Some(S::Cancelled));
            let error = client.send(&update(id, S::Active)).unwrap_err();
            assert_eq!(error.status().map(|status| status.as_u16()), Some(409));
            let alone = client.send(&GetPrepaidCard::new(CUSTOMER, id)).unwrap();
            assert_eq!(alone.status, Some(S::Cancelled));
            let list = ListPrepaidCards::new(CUSTOMER)
                .status([S::Cancelled])
                .limit(50);
            let listed = client.send(&list).unwrap();
            assert_eq!(listed.cards.last().unwrap().card_id, id, "{prefix}");
        }
    }
}

/// A reply that brings no card is a success, and no card is made up.
fn an_update_is_a_success_without_a_card<B: Backend>() {
    let sandbox = sandbox(PaysafeSignatures::NotChecked, PaysafeUpdateReply::NoContent);
    let client = B::client(provider(&sandbox, PREFIX), &quick(), once());
    let id = client.send(&order()).unwrap().into_value().card_id;
    let reply = client.send(&update(&id, CardStatus::Active)).unwrap();
    assert_eq!((reply.status().as_u16(), reply.value()), (204, &None));
    let card = client.send(&GetPrepaidCard::new(CUSTOMER, id)).unwrap();
    assert_eq!(card.status, Some(CardStatus::Active));
}

fn who_does_not_sign_is_told<B: Backend>() {
    let sandbox = sandbox(PaysafeSignatures::Bodies, PaysafeUpdateReply::Card);
    let wrong = "YW5vdGhlcg==".parse().unwrap();
    for (paysafe, code) in [
        (provider(&sandbox, PREFIX), "5280"),
        (provider(&sandbox, PREFIX).signature_key(wrong), "5279"),
    ] {
        let client = B::client(paysafe, &quick(), once());
        let error = client.send(&order()).unwrap_err();
        assert!(error.is_unauthorized(), "{error}");
        assert_eq!(error.refusal().unwrap().code.as_deref(), Some(code));
        assert!(client.send(&ListPrepaidCards::new(CUSTOMER)).is_ok());
    }
}
