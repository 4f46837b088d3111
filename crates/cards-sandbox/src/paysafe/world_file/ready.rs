//! The rules that a world file keeps to, and what is made up where it says
//! nothing.

use cards_model::Date;
use cards_model::paysafe::{
    CardPage, CardStatus, CardType, Meta, Scheme, TokenizationStatus, WalletType,
};
use uuid::Uuid;

use super::{Card, Customer, Section};
use crate::card_number::is_test_card;
use crate::clock;
use crate::paysafe::card::{self, Expiry};
use crate::paysafe::{lifecycle, seed};
use crate::world::file::{Refused, Wrong, no_card_number};
use crate::world::invented::random_digits;
use crate::world::limits::{ID, TEXT};

/// A section that keeps the rules.
pub(crate) struct ReadySection(pub(super) Vec<ReadyCustomer>);

/// A customer who keeps the rules.
pub(crate) struct ReadyCustomer {
    pub(super) customer_id: Option<String>,
    pub(super) cards: Vec<ReadyCard>,
}

/// A card that keeps the rules.
pub(crate) struct ReadyCard {
    /// The card; the id of its customer is filled in when it is added.
    pub(super) card: card::Card,
    pub(super) before_lock: Option<CardStatus>,
}

impl Section {
    pub(crate) fn ready(self, today: Date, now: i64) -> Result<ReadySection, Refused> {
        let customers = self.customers.into_iter().enumerate();
        let ready = customers.map(|(at, customer)| {
            customer
                .ready(today, now)
                .map_err(|refused| refused.within(&format!("customers[{at}]")))
        });
        Ok(ReadySection(ready.collect::<Result<_, _>>()?))
    }
}

impl Customer {
    pub(crate) fn ready(self, today: Date, now: i64) -> Result<ReadyCustomer, Refused> {
        if let Some(id) = &self.customer_id {
            check_id("customerId", id)?;
        }
        let cards = self.cards.into_iter().enumerate().map(|(at, card)| {
            card.ready(today, now)
                .map_err(|refused| refused.within(&format!("cards[{at}]")))
        });
        Ok(ReadyCustomer {
            customer_id: self.customer_id,
            cards: cards.collect::<Result<_, _>>()?,
        })
    }
}

impl Card {
    /// The card with everything that it has to have, or the rule that is
    /// broken. `now` is in milliseconds since 1970.
    pub(crate) fn ready(self, today: Date, now: i64) -> Result<ReadyCard, Refused> {
        let (bin, last_four, scheme) = self.number()?;
        let card_type = self.card_type.unwrap_or_else(|| "VIRTUAL".to_owned());
        let is_physical = card_type == CardType::Physical.as_str();
        let card = card::Card {
            card_id: self.card_id.unwrap_or_else(|| Uuid::new_v4().to_string()),
            status: self.status.unwrap_or_else(|| "ACTIVE".to_owned()),
            expiry: self.expiry.unwrap_or(Expiry {
                month: today.month(),
                year: today.year().saturating_add(4).min(LAST_YEAR),
            }),
            customer_id: String::new(),
            program_name: self
                .program_name
                .unwrap_or_else(|| format!("BRAND-{card_type}-{scheme}")),
            currency: self.currency.unwrap_or_else(|| "EUR".to_owned()),
            mobile: self.mobile.unwrap_or_else(|| "+359 888333333".to_owned()),
            delivery_address: self
                .delivery_address
                .or_else(|| is_physical.then(|| seed::address(0))),
            created_date: self.created_date.unwrap_or_else(|| clock::iso(now)),
            account_id: self.account_id.unwrap_or_else(|| random_digits(9)),
            activation_date: self.activation_date,
            is_pin_set: self.is_pin_set.unwrap_or(false),
            external_id: self.external_id,
            tokenizations: self.tokenizations,
            available_actions: None,
            bin,
            last_four,
            scheme,
            card_type,
        };
        check(&card)?;
        let before_lock = self.status_before_lock.map(CardStatus::from);
        check_lock(&card, before_lock.as_ref())?;
        Ok(ReadyCard { card, before_lock })
    }

    /// Bin, last four digits and scheme, which follows from the number.
    fn number(&self) -> Result<(String, String, String), Wrong> {
        if let Some(number) = &self.card_number {
            if self.bin.is_some() || self.last_four.is_some() {
                let what = "instead of bin and lastFour, not beside them";
                return Err(Wrong::at("cardNumber", what));
            }
            if number.len() != 16 || !is_digits(number) {
                return Err(Wrong::at("cardNumber", "16 digits"));
            }
            if !is_test_card(number) {
                return Err(Wrong::at("cardNumber", "only test card numbers are taken"));
            }
        }
        let whole = self.card_number.as_deref();
        let is_mastercard = self.scheme.as_deref() == Some("MC");
        let usual = if is_mastercard { "555555" } else { "424242" };
        let bin = match whole {
            Some(number) => number[..6].to_owned(),
            None => self.bin.clone().unwrap_or_else(|| usual.to_owned()),
        };
        if !(6..=8).contains(&bin.len()) || !is_digits(&bin) {
            return Err(Wrong::at("bin", "6 to 8 digits"));
        }
        let last_four = match whole {
            Some(number) => number[12..].to_owned(),
            None => self.last_four.clone().unwrap_or_else(|| random_digits(4)),
        };
        let by_number = if matches!(bin.as_bytes()[0], b'2' | b'5') {
            Scheme::Mastercard
        } else {
            Scheme::Visa
        };
        let scheme = self.scheme.clone();
        Ok((
            bin,
            last_four,
            scheme.unwrap_or_else(|| by_number.as_str().to_owned()),
        ))
    }
}

/// The last year that a card can be good until.
const LAST_YEAR: u16 = 9999;

/// The document's rules for a card, and those of this sandbox.
fn check(card: &card::Card) -> Result<(), Wrong> {
    check_id("cardId", &card.card_id)?;
    // First of all: a programme's name is made up from two of them. To a reader
    // of replies an empty value is as good as none; here it is one.
    let status = CardStatus::from(card.status.as_str());
    let card_type = CardType::from(card.card_type.as_str());
    let scheme = Scheme::from(card.scheme.as_str());
    for (field, is_known, allowed) in [
        ("status", status.is_known(), CardStatus::ALLOWED),
        ("cardType", card_type.is_known(), CardType::ALLOWED),
        ("scheme", scheme.is_known(), Scheme::ALLOWED),
    ] {
        if !is_known {
            return Err(Wrong::at(field, allowed));
        }
    }
    for (field, text) in [
        ("programName", Some(&card.program_name)),
        ("currency", Some(&card.currency)),
        ("accountId", Some(&card.account_id)),
        ("externalId", card.external_id.as_ref()),
    ] {
        check_text(field, text)?;
    }
    if let Some(address) = &card.delivery_address {
        for (field, text) in [
            ("deliveryAddress.address1", Some(&address.address1)),
            ("deliveryAddress.address2", address.address2.as_ref()),
            ("deliveryAddress.address3", address.address3.as_ref()),
            ("deliveryAddress.postalCode", Some(&address.postal_code)),
        ] {
            check_text(field, text)?;
        }
    }
    let wallets = card.tokenizations.iter();
    let wallets = wallets.flat_map(|all| &all.mobile_wallet_tokenizations);
    for (at, wallet) in wallets.enumerate() {
        let field = |name| format!("tokenizations.mobileWalletTokenizations[{at}].{name}");
        check_text(&field("dpanRef"), Some(&wallet.dpan_ref))?;
        check_text(&field("walletId"), wallet.wallet_id.as_ref())?;
        if wallet.wallet_type.is_empty() {
            return Err(Wrong::at(field("walletType"), WalletType::ALLOWED));
        }
        if wallet.wallet_id.is_some() && wallet.wallet_type != "GOOGLE_PAY" {
            return Err(Wrong::at(field("walletId"), "used with GOOGLE_PAY only"));
        }
        if !TokenizationStatus::from(wallet.status.as_str()).is_known() {
            return Err(Wrong::at(field("status"), TokenizationStatus::ALLOWED));
        }
    }
    for (field, date) in [
        ("createdDate", Some(&card.created_date)),
        ("activationDate", card.activation_date.as_ref()),
    ] {
        if date.is_some_and(|text| clock::parse_iso(text).is_none()) {
            return Err(Wrong::at(field, "ISO 8601, as in 2026-11-21T08:00:00Z"));
        }
    }
    if !(1..=LAST_YEAR).contains(&card.expiry.year) {
        return Err(Wrong::at("expiry.year", format!("1 to {LAST_YEAR}")));
    }
    documented(card)?;
    lifecycle::possible(&status, &card_type).map_err(|why| Wrong::at("status", why))
}

/// The rules that `cards-model` reads out of the document.
fn documented(card: &card::Card) -> Result<(), Wrong> {
    // Both are JSON of the document's keys: what the one writes, the other reads.
    let read = serde_json::to_value(card).and_then(serde_json::from_value);
    let Ok(read) = read else {
        return Err(Wrong::at("body", "a card as the document has it"));
    };
    let page = CardPage::new(vec![read], Meta::new(1, 1, 0));
    let Err(violations) = page.check() else {
        return Ok(());
    };
    match violations.iter().next() {
        None => Ok(()),
        Some(broken) => {
            let field = broken.field.strip_prefix("cards[0].");
            Err(Wrong::at(
                field.unwrap_or(&broken.field),
                broken.limit.clone(),
            ))
        }
    }
}

fn check_lock(card: &card::Card, before: Option<&CardStatus>) -> Result<(), Wrong> {
    const FIELD: &str = "statusBeforeLock";
    let Some(before) = before else {
        return Ok(());
    };
    if !lifecycle::may_be_unlocked(&card.status) {
        return Err(Wrong::at(FIELD, "for a LOCKED or SUSPENDED card only"));
    }
    if !matches!(before, CardStatus::Active | CardStatus::Digital) {
        return Err(Wrong::at(FIELD, "ACTIVE or DIGITAL"));
    }
    lifecycle::possible(before, &CardType::from(card.card_type.as_str()))
        .map_err(|why| Wrong::at(FIELD, why))
}

/// An id goes into a path, and some are all digits; none is a card number.
fn check_id(field: &'static str, id: &str) -> Result<(), Wrong> {
    let is_taken = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if !(1..=ID).contains(&id.len()) || !id.bytes().all(is_taken) {
        let what = format!("1 to {ID} letters, digits, hyphens and underscores");
        return Err(Wrong::at(field, what));
    }
    if is_digits(id) {
        no_card_number(field, id)?;
    }
    Ok(())
}

fn check_text(field: &str, text: Option<&String>) -> Result<(), Wrong> {
    let Some(text) = text else {
        return Ok(());
    };
    if text.chars().count() > TEXT {
        return Err(Wrong::at(field, format!("at most {TEXT} characters")));
    }
    no_card_number(field, text)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
