//! The rules that rows keep, and what is made up along with their check.

use std::collections::BTreeMap;

use cards_model::airpay::{Channel, PreferenceStatus, RegisterUser};
use cards_model::{Date, Form, Request, Rules, Secret};
use sha2::{Digest, Sha256};

use super::cards::CardRow;
use super::rows::{CustomerRow, Rows};
use super::synthetic;
use crate::providers::airpay::customers::{self, KYC_STATUS, LAST_NUMBER};
use crate::providers::airpay::{password, register_user};
use crate::world::airpay::{PASSWORD, PLACEHOLDER};
use cards_sandbox_core::card_number;
use cards_sandbox_core::field_error::FieldError;
use cards_sandbox_core::limits::ID;
use cards_sandbox_core::store::StoreError;
use cards_sandbox_core::world::invented::no_card_number;
use cards_sandbox_core::world::section::{Check, Context, each};
use cards_sandbox_core::world_error::WorldError;

/// Numbers are given below this one, so that there is room for those that
/// follow.
const LAST_GIVEN: i64 = LAST_NUMBER / 10;

/// The hashes of the passwords so far, by digest: who has the password of
/// another has the hash too, as hashing is the dearest part of a world.
#[derive(Default)]
struct Hashes(BTreeMap<[u8; 32], String>);

impl Hashes {
    fn of(&mut self, password: &str) -> Result<String, StoreError> {
        let digest = Sha256::digest(password.as_bytes()).into();
        if let Some(hash) = self.0.get(&digest) {
            return Ok(hash.clone());
        }
        let hash = password::hash(password)?;
        self.0.insert(digest, hash.clone());
        Ok(hash)
    }
}

impl Check for Rows {
    fn check(&mut self, context: &Context) -> Result<(), WorldError> {
        let end = if context.has_key {
            LAST_NUMBER
        } else {
            LAST_GIVEN
        };
        for (field, last) in [
            ("last_number", self.last_number),
            ("last_transaction", self.last_transaction),
        ] {
            let last = last.map_or(Ok(()), |last| number_below(end, last));
            last.map_err(|what| FieldError::at(field, what))?;
        }
        let mut hashes = Hashes::default();
        each("customers", &mut self.customers, |customer| {
            customer.check_with(context, &mut hashes)
        })
    }
}

impl Check for CustomerRow {
    fn check(&mut self, context: &Context) -> Result<(), WorldError> {
        self.check_with(context, &mut Hashes::default())
    }
}

impl CustomerRow {
    fn check_with(&mut self, context: &Context, hashes: &mut Hashes) -> Result<(), WorldError> {
        let is_saved = self.password_hash.is_some();
        self.check_identity(context, is_saved)?;
        self.is_email_invented = self.email.is_none();
        self.make_up(context.today());
        let password = self.password.take();
        let form = self.form(password.as_ref().map_or(PASSWORD, Secret::expose));
        if is_saved {
            // The texts are as a sandbox keeps them.
            for (field, text) in self.texts() {
                no_card_number(field, text)?;
            }
        } else {
            // The card's own fields are checked with each card.
            check_form(&form, &context.rules, |field| !is_of_card(field))?;
        }
        each("cards", &mut self.cards, |card| {
            card.check_for(&form, context)
        })?;
        for (channel, status) in &self.preferences {
            let is_known = Channel::from(channel.as_str()).is_known()
                && PreferenceStatus::from(status.as_str()).is_known();
            if !is_known {
                let what = format!("{}, each {}", Channel::ALLOWED, PreferenceStatus::ALLOWED);
                return Err(FieldError::at("preferences", what).into());
            }
        }
        each("transactions", &mut self.transactions, |one| one.check())?;
        match &self.kyc_expiry_date {
            Some(date) if date.parse::<Date>().is_err() => {
                let what = "a real calendar day as YYYY-MM-DD";
                return Err(FieldError::at("kyc_expiry_date", what).into());
            }
            Some(_) => {}
            None => {
                let date = register_user::kyc_expiry(context.today());
                self.kyc_expiry_date = Some(date.to_string());
            }
        }
        match &self.password_hash {
            Some(hash) if !password::is_hash(hash) => {
                let what = "an Argon2 hash as a sandbox saves it";
                return Err(FieldError::at("password_hash", what).into());
            }
            Some(_) => {}
            None => self.password_hash = Some(hashes.of(form.password.expose())?),
        }
        self.saved_email_key()?;
        Ok(())
    }

    /// Checks what is said of the customer beside the person.
    fn check_identity(&mut self, context: &Context, is_saved: bool) -> Result<(), FieldError> {
        let fingerprints = [
            ("email_fingerprint", self.email_fingerprint.is_some()),
            ("password_hash", is_saved),
        ];
        for (field, is_given) in fingerprints {
            if is_given && !context.has_key {
                return Err(FieldError::at(field, NEEDS_KEY));
            }
        }
        if self.email_fingerprint.is_some() && !is_saved {
            let what = "only beside a password_hash";
            return Err(FieldError::at("email_fingerprint", what));
        }
        let end = if is_saved { LAST_NUMBER } else { LAST_GIVEN };
        if let Some(number) = self.number {
            number_below(end, number).map_err(|what| FieldError::at("number", what))?;
        }
        if let Some(number) = self.entity_id.as_deref().and_then(number_of) {
            number_below(end, number)
                .map_err(|what| FieldError::at("entity_id", format!("with a number of {what}")))?;
        }
        // As they are kept: a card number's digits are more when it is masked.
        for text in [&mut self.entity_id, &mut self.kyc_status, &mut self.country] {
            *text = text.as_deref().map(card_number::masked);
        }
        if let Some(id) = self.entity_id.as_ref().filter(|id| *id != PLACEHOLDER) {
            check_short("entity_id", id, is_saved)?;
        }
        let kyc_status = self.kyc_status.get_or_insert_with(|| KYC_STATUS.to_owned());
        check_short("kyc_status", kyc_status, is_saved)
    }
}

impl Check for CardRow {
    /// Checks a card for a customer who is there already.
    fn check(&mut self, context: &Context) -> Result<(), WorldError> {
        self.check_for(&RegisterUser::from_fields([]), context)
    }
}

impl CardRow {
    fn check_for(&mut self, person: &RegisterUser, context: &Context) -> Result<(), WorldError> {
        let is_saved = self.card_fingerprint.is_some();
        if is_saved != self.kit_fingerprint.is_some() {
            let what = "kit_fingerprint and card_fingerprint come together";
            return Err(FieldError::at("card_fingerprint", what).into());
        }
        if is_saved && !context.has_key {
            return Err(FieldError::at("card_fingerprint", NEEDS_KEY).into());
        }
        self.is_card_no_invented = self.card_no.is_none() && !is_saved;
        self.is_kit_no_invented = self.kit_no.is_none() && !is_saved;
        let is_expiry_given = self.card_expiry.is_some();
        let today = context.today();
        let card_no = self.card_no.get_or_insert_with(synthetic::number);
        let kit_no = self.kit_no.get_or_insert_with(synthetic::kit);
        let card_type = self.card_type.get_or_insert_with(|| "V".to_owned());
        let expiry = self
            .card_expiry
            .get_or_insert_with(|| synthetic::expiry(today, 3));
        let form = RegisterUser {
            card_no: card_no.as_str().into(),
            kit_no: kit_no.clone(),
            card_type: card_type.as_str().into(),
            card_expiry: expiry.clone(),
            ..person.clone()
        };
        if is_saved {
            let is_mask = form.card_no.bin().is_some() && form.card_no.expose().contains("***");
            if !is_mask {
                let what = "six digits, stars and four digits, as a sandbox saves it";
                return Err(FieldError::at("card_no", what).into());
            }
            // The texts are as a sandbox keeps them, whatever rules it waived.
            for (field, text) in [
                ("kit_no", kit_no),
                ("card_type", card_type),
                ("card_expiry", expiry),
            ] {
                no_card_number(field, text)?;
            }
        } else {
            // In some centuries there is no expiry that the rules would take.
            let is_checked =
                |field: &str| is_of_card(field) && (is_expiry_given || field != "card_expiry");
            check_form(&form, &context.rules, is_checked)?;
            if !card_number::is_test_card(card_no) {
                let what = "only test card numbers are taken";
                return Err(FieldError::at("card_no", what).into());
            }
        }
        self.check_life(is_saved)?;
        self.saved_keys()?;
        Ok(())
    }

    /// Checks what has become of the card.
    fn check_life(&mut self, is_saved: bool) -> Result<(), FieldError> {
        match &self.pin_hash {
            Some(_) if !is_saved => {
                let what = "only beside a card_fingerprint";
                return Err(FieldError::at("pin_hash", what));
            }
            Some(hash) if !password::is_hash(hash) => {
                let what = "an Argon2 hash as a sandbox saves it";
                return Err(FieldError::at("pin_hash", what));
            }
            _ => {}
        }
        if self.shipment.is_some() && self.card_type.as_deref() != Some("P") {
            return Err(FieldError::at("shipment", "for a card of type P only"));
        }
        let is_date = |text: &String| text.parse::<Date>().is_ok();
        if !self.pin_until.as_ref().is_none_or(is_date) {
            let what = "a real calendar day as YYYY-MM-DD";
            return Err(FieldError::at("pin_until", what));
        }
        if let Some(kit_no) = &mut self.replaced_by {
            *kit_no = card_number::masked(kit_no);
            // A saved one is as long as a waived rule let it be, as the number of its kit.
            if !is_saved {
                check_short("replaced_by", kit_no, is_saved)?;
            }
        }
        Ok(())
    }
}

const NEEDS_KEY: &str = "only in a saved world, beside the fingerprintKey with which it was made";

/// The number that an id of the sandbox's own form stands for.
pub(super) fn number_of(entity_id: &str) -> Option<i64> {
    let number: i64 = entity_id.strip_prefix("AIRPAYCUST")?.parse().ok()?;
    number_below(LAST_NUMBER, number).ok()?;
    (customers::entity_id(number) == entity_id).then_some(number)
}

fn number_below(end: i64, number: i64) -> Result<(), String> {
    if (0..end).contains(&number) {
        Ok(())
    } else {
        Err(format!("0 to {}", end - 1))
    }
}

fn is_of_card(field: &str) -> bool {
    matches!(field, "kit_no" | "card_type" | "card_no" | "card_expiry")
}

/// The documented rules of the fields that `applies` names, of which the first
/// that is broken is told.
fn check_form(
    form: &RegisterUser,
    rules: &Rules,
    applies: impl Fn(&str) -> bool,
) -> Result<(), FieldError> {
    let violations = form.check(rules).err();
    let mut broken = violations.iter().flatten().filter(|v| applies(&v.field));
    broken.next().map_or(Ok(()), |first| {
        Err(FieldError::at(first.field.clone(), first.limit.clone()))
    })
}

/// Characters that [`ID`] characters may be when they are masked: older sandboxes
/// counted them before. Of three card numbers of 13 digits each has three more.
const MASKED_ID: usize = ID + 3 * 3;

/// An id, or a word for a customer's standing.
fn check_short(field: &'static str, text: &str, is_saved: bool) -> Result<(), FieldError> {
    let most = if is_saved { MASKED_ID } else { ID };
    if (1..=most).contains(&text.chars().count()) {
        Ok(())
    } else {
        Err(FieldError::at(field, format!("1 to {most} characters")))
    }
}
