//! The customers and cards that are there from the start.

use cards_model::paysafe::{CardStatus, CardType};
use rusqlite::Transaction;

use super::card::{Card, DeliveryAddress, Expiry, Tokenization, Tokenizations};
use crate::world::paysafe::{CUSTOMER, CUSTOMER_WITH_MANY, MANY};
use cards_sandbox_core::store::StoreError;

/// State, type, scheme and wallets (type and state) of a card.
type Sketch = (
    &'static str,
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

/// The first customer's cards, after the document's own.
const CARDS: [Sketch; 15] = [
    (
        "ACTIVE",
        "PHYSICAL",
        "VISA",
        &[("APPLE_PAY", "COMPLETED"), ("SAMSUNG_PAY", "INITIATED")],
    ),
    ("ISSUED", "PHYSICAL", "MC", &[]),
    ("DIGITAL", "PHYSICAL", "VISA", &[("APPLE_PAY", "INITIATED")]),
    ("LOCKED", "VIRTUAL", "VISA", &[("GOOGLE_PAY", "COMPLETED")]),
    ("LOCKED", "PHYSICAL", "MC", &[]),
    ("SUSPENDED", "PHYSICAL", "VISA", &[]),
    ("PENDING", "VIRTUAL", "MC", &[]),
    ("PENDING", "PHYSICAL", "VISA", &[]),
    ("APPLIED", "VIRTUAL", "VISA", &[]),
    ("CANCELLED", "VIRTUAL", "MC", &[]),
    ("CANCELLED", "PHYSICAL", "VISA", &[]),
    ("REJECTED", "VIRTUAL", "VISA", &[]),
    ("EXPIRED", "PHYSICAL", "MC", &[]),
    ("EXPIRED", "VIRTUAL", "VISA", &[]),
    ("ACTIVE", "PHYSICAL", "MC", &[]),
];

pub(super) fn seed(transaction: &Transaction<'_>) -> Result<(), StoreError> {
    for customer in [CUSTOMER, CUSTOMER_WITH_MANY] {
        transaction.execute(
            "INSERT INTO paysafe_customer (customer_id) VALUES (?1)",
            [customer],
        )?;
    }
    documented().add(transaction, 0)?;
    for position in 1..=CARDS.len() as u32 {
        if let Some(card) = listed(position) {
            card.add(transaction, position)?;
        }
    }
    for position in 0..MANY {
        one_of_many(position).add(transaction, position)?;
    }
    Ok(())
}

/// The card of the first customer at this position, from 1 on.
fn listed(position: u32) -> Option<Card> {
    let (status, card_type, scheme, wallets) = CARDS.get(position.checked_sub(1)? as usize)?;
    Some(card(CUSTOMER, position, status, card_type, scheme, wallets))
}

/// The card at this position of the customer who has many.
fn one_of_many(position: u32) -> Card {
    // ISSUED and DIGITAL are states of physical cards only.
    let at = position as usize;
    let status = CardStatus::ALL[at % CardStatus::ALL.len()].as_str();
    let needs_plastic = matches!(status, "ISSUED" | "DIGITAL");
    let card_type = if needs_plastic || at.is_multiple_of(3) {
        CardType::Physical.as_str()
    } else {
        CardType::Virtual.as_str()
    };
    let scheme = if at.is_multiple_of(2) { "VISA" } else { "MC" };
    card(CUSTOMER_WITH_MANY, position, status, card_type, scheme, &[])
}

/// The card with this id as it is from the start; `None` where it is none of those.
pub(super) fn card_of(card_id: &str) -> Option<Card> {
    let (customer, position) = card_id.split_once(MIDDLE_OF_IDS).unwrap_or_default();
    let position = || position.parse().ok();
    let found = match customer {
        CUSTOMER => listed(position()?)?,
        CUSTOMER_WITH_MANY => one_of_many(position().filter(|at| *at < MANY)?),
        _ => documented(),
    };
    (found.card_id == card_id).then_some(found)
}

/// Stands in the ids of cards between the customer's and the position.
const MIDDLE_OF_IDS: &str = "-0000-4000-8000-";

/// The card of the examples GET_PREPAID_CARDS and
/// GET_PREPAID_CARDS_TOKENIZATIONS.
fn documented() -> Card {
    Card {
        card_id: "f16ba382-eb42-481a-b08f-c57bdc9aae24".to_owned(),
        status: "ACTIVE".to_owned(),
        expiry: Expiry {
            month: 3,
            year: 2028,
        },
        bin: "533944".to_owned(),
        last_four: "7009".to_owned(),
        customer_id: CUSTOMER.to_owned(),
        card_type: "VIRTUAL".to_owned(),
        program_name: "BRAND-VIRTUAL-MC".to_owned(),
        currency: "EUR".to_owned(),
        mobile: "+359 888333333".to_owned(),
        delivery_address: None,
        created_date: "2019-08-24T14:15:22Z".to_owned(),
        account_id: "127623047".to_owned(),
        scheme: "MC".to_owned(),
        activation_date: Some("2019-08-24T14:15:22Z".to_owned()),
        is_pin_set: true,
        external_id: None,
        tokenizations: Some(Tokenizations {
            mobile_wallet_tokenizations: vec![Tokenization {
                dpan_ref: "DAPLMC00002125433c0c34a2821f4f86866e7576963baf8b".to_owned(),
                wallet_id: Some("NMZlGi8-DezZZKaU06orvl0f".to_owned()),
                wallet_type: "GOOGLE_PAY".to_owned(),
                status: "COMPLETED".to_owned(),
            }],
        }),
        available_actions: None,
    }
}

fn card(
    customer: &str,
    position: u32,
    status: &str,
    card_type: &str,
    scheme: &str,
    wallets: &[(&str, &str)],
) -> Card {
    let is_physical = card_type == "PHYSICAL";
    let is_activated = matches!(status, "ACTIVE" | "LOCKED" | "SUSPENDED" | "EXPIRED");
    let tokenization = |(number, (wallet_type, status)): (u32, &(&str, &str))| Tokenization {
        dpan_ref: format!("DAPL{scheme}{customer}{position:016x}{number:016x}"),
        wallet_id: (*wallet_type == "GOOGLE_PAY").then(|| format!("sandbox-wallet-{position}")),
        wallet_type: (*wallet_type).to_owned(),
        status: (*status).to_owned(),
    };
    Card {
        card_id: format!("{customer}{MIDDLE_OF_IDS}{position:012}"),
        status: status.to_owned(),
        expiry: Expiry {
            month: (position % 12 + 1) as u8,
            year: if status == "EXPIRED" { 2021 } else { 2031 },
        },
        bin: if scheme == "VISA" { "424242" } else { "555555" }.to_owned(),
        last_four: format!("{:04}", 1000 + position),
        customer_id: customer.to_owned(),
        card_type: card_type.to_owned(),
        program_name: format!("BRAND-{card_type}-{scheme}"),
        currency: "EUR".to_owned(),
        mobile: "+359 888333333".to_owned(),
        delivery_address: is_physical.then(|| address(position)),
        created_date: format!("2024-{:02}-08T11:57:08.348Z", position % 12 + 1),
        account_id: format!("1276{:05}", 23100 + position),
        scheme: scheme.to_owned(),
        activation_date: (is_physical && is_activated)
            .then(|| format!("2024-{:02}-18T09:30:00.000Z", position % 12 + 1)),
        is_pin_set: is_activated,
        external_id: position
            .is_multiple_of(2)
            .then(|| format!("sandbox-external-{position}")),
        tokenizations: (!wallets.is_empty()).then(|| Tokenizations {
            mobile_wallet_tokenizations: (1..).zip(wallets).map(tokenization).collect(),
        }),
        available_actions: None,
    }
}

/// Gives in turns an address of the EU and one of the US, which has a state.
pub(super) fn address(position: u32) -> DeliveryAddress {
    if position.is_multiple_of(2) {
        DeliveryAddress {
            address1: "Tsarigradsko Shose 73".to_owned(),
            address2: Some("floor 3".to_owned()),
            address3: Some("apartment 43".to_owned()),
            city: "Sofia".to_owned(),
            country_code: "BG".to_owned(),
            state: None,
            postal_code: "1000".to_owned(),
        }
    } else {
        DeliveryAddress {
            address1: "1 Sandbox Street".to_owned(),
            address2: None,
            address3: None,
            city: "Salt Lake City".to_owned(),
            country_code: "US".to_owned(),
            state: Some("UT".to_owned()),
            postal_code: "84101".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_state_both_types_both_schemes_and_every_wallet() {
        let all = |pick: fn(&Sketch) -> &'static str| {
            CARDS.iter().map(pick).collect::<BTreeSet<_>>().len()
        };
        assert_eq!(all(|card| card.0), CardStatus::ALL.len());
        assert_eq!(all(|card| card.1), 2);
        assert_eq!(all(|card| card.2), 2);
        let wallets: BTreeSet<_> = CARDS.iter().flat_map(|card| card.3).map(|w| w.0).collect();
        assert_eq!(wallets.len(), 3);
    }

    #[test]
    fn the_seeded_cards_keep_the_documents_rules() {
        use cards_model::paysafe::{CardPage, Meta};

        let cards = (1..)
            .zip(CARDS)
            .map(|(at, (status, card_type, scheme, wallets))| {
                card(CUSTOMER, at, status, card_type, scheme, wallets)
            });
        let json = serde_json::to_vec(&cards.chain([documented()]).collect::<Vec<_>>()).unwrap();
        let page = CardPage::new(serde_json::from_slice(&json).unwrap(), Meta::new(16, 50, 0));
        assert_eq!(page.check(), Ok(()));
    }
}
