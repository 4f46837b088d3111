//! The rows of both tables, as a world file and the control API have them: the rules that
//! they keep, and what is made up where they say nothing.

use std::ops::RangeInclusive;

use cards_model::Date;
use cards_model::paysafe::{
    CardPage, CardStatus, CardType, Meta, Scheme, TokenizationStatus, WalletType,
};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::providers::paysafe::card::{self, DeliveryAddress, Expiry, Tokenizations};
use crate::providers::paysafe::{lifecycle, seed};
use cards_sandbox_core::card_number::{is_test_card, is_uuid};
use cards_sandbox_core::clock;
use cards_sandbox_core::field_error::FieldError;
use cards_sandbox_core::issuer::Shipment;
use cards_sandbox_core::limits::{ID, TEXT};
use cards_sandbox_core::quota;
use cards_sandbox_core::world::invented::{no_card_number, random_digits};
use cards_sandbox_core::world::section::{Check, Context, each};
use cards_sandbox_core::world_error::WorldError;

/// All customers, by id.
#[derive(Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "struct Section")]
#[schemars(rename = "PaysafeSection")]
pub(crate) struct Rows {
    #[serde(default, rename = "spentIds", skip_serializing_if = "Option::is_none")]
    pub(super) spent_ids: Option<SpentIds>,
    #[serde(default, deserialize_with = "quota::customers")]
    pub(super) customers: Vec<CustomerRow>,
}

/// The highest id of a customer who went, as far as it could be made up: it is not given again.
#[derive(Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "struct SpentIds")]
#[schemars(rename = "PaysafeSpentIdsInFile")]
pub(crate) struct SpentIds {
    pub(super) customers: i64,
}

/// The range of the customers' ids that are made up. Longer numbers could be taken for a card's.
pub(super) const IDS: RangeInclusive<i64> = 10_000_000..=999_999_999_999;

/// A customer, the cards in the order in which they are listed.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    expecting = "struct Customer",
    rename_all = "camelCase"
)]
#[schemars(rename = "PaysafeCustomerInFile")]
pub(crate) struct CustomerRow {
    #[serde(default)]
    pub(super) customer_id: Option<String>,
    #[serde(default, deserialize_with = "quota::cards")]
    pub(super) cards: Vec<CardRow>,
}

/// A card with the document's keys; what is left out is made up.
#[derive(Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schemars(rename = "PaysafeCardInFile")]
pub(crate) struct Card {
    pub(in crate::providers::paysafe) card_id: Option<String>,
    pub(in crate::providers::paysafe) status: Option<String>,
    /// Status that a locked card returns to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::providers::paysafe) status_before_lock: Option<String>,
    /// Says whether the event was sent that it has expired by the clock.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(in crate::providers::paysafe) expiry_told: bool,
    /// The place of its plastic; left out, it was never shipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::providers::paysafe) shipment: Option<Shipment>,
    pub(in crate::providers::paysafe) expiry: Option<Expiry>,
    /// A whole test number, instead of `bin` and `lastFour`; never saved.
    #[serde(skip_serializing)]
    pub(in crate::providers::paysafe) card_number: Option<String>,
    pub(in crate::providers::paysafe) bin: Option<String>,
    pub(in crate::providers::paysafe) last_four: Option<String>,
    pub(in crate::providers::paysafe) card_type: Option<String>,
    pub(in crate::providers::paysafe) program_name: Option<String>,
    pub(in crate::providers::paysafe) currency: Option<String>,
    pub(in crate::providers::paysafe) mobile: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::providers::paysafe) delivery_address: Option<DeliveryAddress>,
    pub(in crate::providers::paysafe) created_date: Option<String>,
    pub(in crate::providers::paysafe) account_id: Option<String>,
    pub(in crate::providers::paysafe) scheme: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::providers::paysafe) activation_date: Option<String>,
    pub(in crate::providers::paysafe) is_pin_set: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::providers::paysafe) external_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::providers::paysafe) tokenizations: Option<Tokenizations>,
}

// An error about a list in the place of a card has the name of the type.
pub(in crate::providers::paysafe) type CardRow = Card;

impl Check for Rows {
    fn check(&mut self, context: &Context) -> Result<(), WorldError> {
        if self
            .spent_ids
            .is_some_and(|spent| !IDS.contains(&spent.customers))
        {
            let what = format!("{} to {}", IDS.start(), IDS.end());
            return Err(FieldError::at("spentIds.customers", what).into());
        }
        each("customers", &mut self.customers, |one| one.check(context))
    }
}

impl Check for CustomerRow {
    fn check(&mut self, context: &Context) -> Result<(), WorldError> {
        if let Some(id) = &self.customer_id {
            check_id("customerId", id)?;
        }
        each("cards", &mut self.cards, |card| card.check(context))
    }
}

impl Check for CardRow {
    fn check(&mut self, context: &Context) -> Result<(), WorldError> {
        self.make_up_number()?;
        self.make_up(context.today(), context.now);
        self.check_texts()?;
        self.check_lock()?;
        if self.shipment.is_some() && text(&self.card_type) != CardType::Physical.as_str() {
            return Err(FieldError::at("shipment", "for a PHYSICAL card only").into());
        }
        Ok(())
    }
}

impl CardRow {
    /// Makes up bin, last four digits and scheme, which follows from the number.
    fn make_up_number(&mut self) -> Result<(), FieldError> {
        if let Some(number) = self.card_number.take() {
            if self.bin.is_some() || self.last_four.is_some() {
                let what = "instead of bin and lastFour, not beside them";
                return Err(FieldError::at("cardNumber", what));
            }
            if number.len() != 16 || !is_digits(&number) {
                return Err(FieldError::at("cardNumber", "16 digits"));
            }
            if !is_test_card(&number) {
                let what = "only test card numbers are taken";
                return Err(FieldError::at("cardNumber", what));
            }
            self.bin = Some(number[..6].to_owned());
            self.last_four = Some(number[12..].to_owned());
        }
        let is_mastercard = self.scheme.as_deref() == Some("MC");
        let usual = if is_mastercard { "555555" } else { "424242" };
        let bin = self.bin.get_or_insert_with(|| usual.to_owned());
        if !(6..=8).contains(&bin.len()) || !is_digits(bin) {
            return Err(FieldError::at("bin", "6 to 8 digits"));
        }
        let by_number = match bin.as_bytes()[0] {
            b'2' | b'5' => Scheme::Mastercard,
            _ => Scheme::Visa,
        };
        self.last_four.get_or_insert_with(|| random_digits(4));
        self.scheme
            .get_or_insert_with(|| by_number.as_str().to_owned());
        Ok(())
    }

    /// Makes up the rest. `now` is in milliseconds since 1970.
    fn make_up(&mut self, today: Date, now: i64) {
        let usual = |field: &mut Option<String>, usual: &str| {
            field.get_or_insert_with(|| usual.to_owned()).clone()
        };
        usual(&mut self.card_id, &Uuid::new_v4().to_string());
        usual(&mut self.status, "ACTIVE");
        let card_type = usual(&mut self.card_type, "VIRTUAL");
        let scheme = self.scheme.as_deref().unwrap_or_default();
        usual(
            &mut self.program_name,
            &format!("BRAND-{card_type}-{scheme}"),
        );
        usual(&mut self.currency, "EUR");
        usual(&mut self.mobile, "+359 888333333");
        usual(&mut self.created_date, &clock::iso(now));
        usual(&mut self.account_id, &random_digits(9));
        self.expiry.get_or_insert(Expiry {
            month: today.month(),
            year: today.year().saturating_add(4).min(LAST_YEAR),
        });
        self.is_pin_set.get_or_insert(false);
        if self.delivery_address.is_none() && card_type == CardType::Physical.as_str() {
            self.delivery_address = Some(seed::address(0));
        }
    }

    /// Makes the row of a card, and of what it returns to when it is unlocked.
    pub(super) fn of(card: card::Card, status_before_lock: Option<String>) -> Self {
        Self {
            card_id: Some(card.card_id),
            status: Some(card.status),
            status_before_lock,
            expiry_told: false,
            shipment: None,
            expiry: Some(card.expiry),
            card_number: None,
            bin: Some(card.bin),
            last_four: Some(card.last_four),
            card_type: Some(card.card_type),
            program_name: Some(card.program_name),
            currency: Some(card.currency),
            mobile: Some(card.mobile),
            delivery_address: card.delivery_address,
            created_date: Some(card.created_date),
            account_id: Some(card.account_id),
            scheme: Some(card.scheme),
            activation_date: card.activation_date,
            is_pin_set: Some(card.is_pin_set),
            external_id: card.external_id,
            tokenizations: card.tokenizations,
        }
    }

    /// Gives the card as the document has it, in any type that reads its keys.
    pub(in crate::providers::paysafe) fn read_as<T: DeserializeOwned>(
        &self,
        customer_id: &str,
    ) -> Result<T, FieldError> {
        let read = serde_json::to_value(self).and_then(|mut card| {
            card["customerId"] = Value::from(customer_id);
            serde_json::from_value(card)
        });
        read.map_err(|_| FieldError::of_whole("a card as the document has it"))
    }

    /// Checks the document's rules for a card, and those of this sandbox.
    fn check_texts(&self) -> Result<(), FieldError> {
        check_id("cardId", text(&self.card_id))?;
        // First of all: a programme's name is made up from two of them. To a reader
        // of replies an empty value is as good as none; here it is one.
        let status = CardStatus::from(text(&self.status));
        let card_type = CardType::from(text(&self.card_type));
        let scheme = Scheme::from(text(&self.scheme));
        for (field, is_known, allowed) in [
            ("status", status.is_known(), CardStatus::ALLOWED),
            ("cardType", card_type.is_known(), CardType::ALLOWED),
            ("scheme", scheme.is_known(), Scheme::ALLOWED),
        ] {
            if !is_known {
                return Err(FieldError::at(field, allowed));
            }
        }
        for (field, text) in [
            ("programName", &self.program_name),
            ("currency", &self.currency),
            ("accountId", &self.account_id),
        ] {
            check_text(field, text.as_ref())?;
        }
        let external_id = self.external_id.as_ref();
        let external_id = external_id.filter(|id| !is_uuid(id));
        check_text("externalId", external_id)?;
        if let Some(address) = &self.delivery_address {
            for (field, text) in [
                ("deliveryAddress.address1", Some(&address.address1)),
                ("deliveryAddress.address2", address.address2.as_ref()),
                ("deliveryAddress.address3", address.address3.as_ref()),
                ("deliveryAddress.postalCode", Some(&address.postal_code)),
            ] {
                check_text(field, text)?;
            }
        }
        check_mobile(text(&self.mobile))?;
        self.check_wallets()?;
        for (field, date) in [
            ("createdDate", &self.created_date),
            ("activationDate", &self.activation_date),
        ] {
            if date
                .as_ref()
                .is_some_and(|text| clock::parse_iso(text).is_none())
            {
                let what = "ISO 8601, as in 2026-11-21T08:00:00Z";
                return Err(FieldError::at(field, what));
            }
        }
        let year = self.expiry.as_ref().map(|expiry| expiry.year);
        if !year.is_some_and(|year| (1..=LAST_YEAR).contains(&year)) {
            let what = format!("1 to {LAST_YEAR}");
            return Err(FieldError::at("expiry.year", what));
        }
        self.check_documented()?;
        let possible = lifecycle::possible(&status, &card_type);
        possible.map_err(|why| FieldError::at("status", why))
    }

    fn check_wallets(&self) -> Result<(), FieldError> {
        let wallets = self.tokenizations.iter();
        let wallets = wallets.flat_map(|all| &all.mobile_wallet_tokenizations);
        for (at, wallet) in wallets.enumerate() {
            let field = |name| format!("tokenizations.mobileWalletTokenizations[{at}].{name}");
            check_text(&field("dpanRef"), Some(&wallet.dpan_ref))?;
            check_text(&field("walletId"), wallet.wallet_id.as_ref())?;
            if wallet.wallet_type.is_empty() {
                return Err(FieldError::at(field("walletType"), WalletType::ALLOWED));
            }
            if wallet.wallet_id.is_some() && wallet.wallet_type != "GOOGLE_PAY" {
                let what = "used with GOOGLE_PAY only";
                return Err(FieldError::at(field("walletId"), what));
            }
            if !TokenizationStatus::from(wallet.status.as_str()).is_known() {
                let what = TokenizationStatus::ALLOWED;
                return Err(FieldError::at(field("status"), what));
            }
        }
        Ok(())
    }

    /// Checks the rules that `cards-model` reads out of the document.
    fn check_documented(&self) -> Result<(), FieldError> {
        let page = CardPage::new(vec![self.read_as("")?], Meta::new(1, 1, 0));
        let violations = page.check().err();
        let Some(broken) = violations.iter().flatten().next() else {
            return Ok(());
        };
        let field = broken.field.strip_prefix("cards[0].");
        let field = field.unwrap_or(&broken.field);
        Err(FieldError::at(field, broken.limit.clone()))
    }

    fn check_lock(&self) -> Result<(), FieldError> {
        const FIELD: &str = "statusBeforeLock";
        let Some(before) = self.status_before_lock.as_deref().map(CardStatus::from) else {
            return Ok(());
        };
        if !lifecycle::may_be_unlocked(text(&self.status)) {
            let what = "for a LOCKED or SUSPENDED card only";
            return Err(FieldError::at(FIELD, what));
        }
        if !matches!(before, CardStatus::Active | CardStatus::Digital) {
            return Err(FieldError::at(FIELD, "ACTIVE or DIGITAL"));
        }
        lifecycle::possible(&before, &CardType::from(text(&self.card_type)))
            .map_err(|why| FieldError::at(FIELD, why))
    }
}

/// The last year that a card can be good until.
const LAST_YEAR: u16 = 9999;

fn text(field: &Option<String>) -> &str {
    field.as_deref().unwrap_or_default()
}

/// Refuses an id that cannot go into a path, or has a card number in it. The digits of a UUID may add up
/// like one.
fn check_id(field: &'static str, id: &str) -> Result<(), FieldError> {
    let is_taken = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if !(1..=ID).contains(&id.len()) || !id.bytes().all(is_taken) {
        let what = format!("1 to {ID} letters, digits, hyphens and underscores");
        return Err(FieldError::at(field, what));
    }
    if !is_uuid(id) {
        no_card_number(field, id)?;
    }
    Ok(())
}

fn check_text(field: &str, text: Option<&String>) -> Result<(), FieldError> {
    let Some(text) = text else {
        return Ok(());
    };
    if text.chars().count() > TEXT {
        return Err(FieldError::at(field, format!("at most {TEXT} characters")));
    }
    no_card_number(field, text)
}

/// The most digits of a number in the telephone network (ITU-T E.164).
const TELEPHONE: usize = 15;

/// Refuses a card number behind a plus. One that is as short as a telephone's may be one, whatever its
/// digits add up to.
fn check_mobile(mobile: &str) -> Result<(), FieldError> {
    match mobile.chars().filter(|sign| sign.is_numeric()).count() {
        0..=TELEPHONE => Ok(()),
        _ => no_card_number("mobile", mobile),
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
