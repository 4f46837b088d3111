//! The rules that a world file keeps to, and what is made up where it says
//! nothing.

use std::collections::BTreeMap;

use cards_model::airpay::{Channel, PreferenceStatus, RegisterUser};
use cards_model::{CardExpiry, Date, Form, Pan, Request, Rules};
use sha2::{Digest, Sha256};

use super::synthetic;
use super::{Card, Customer, Section};
use crate::airpay::customers::{self, KYC_STATUS, LAST_NUMBER};
use crate::airpay::{password, register_user};
use crate::card_number;
use crate::store::StoreError;
use crate::world::airpay::{ONE_TIME_PASSWORD, PASSWORD, PLACEHOLDER};
use crate::world::file::{Refused, Wrong, fingerprint_from, no_card_number};
use crate::world::invented::random_digits;
use crate::world::limits::ID;

/// Numbers are given below this one, so that there is room for those that
/// follow.
const LAST_GIVEN: i64 = LAST_NUMBER / 10;

/// Holds what the checks need to know.
#[derive(Clone, Copy)]
pub(crate) struct Context {
    pub(crate) rules: Rules,
    /// Whether saved fingerprints may come: only with the key that made them.
    pub(crate) has_key: bool,
}

impl Context {
    fn today(&self) -> Date {
        self.rules.today()
    }
}

/// A section that keeps the rules.
pub(crate) struct ReadySection {
    pub(super) last_number: i64,
    pub(super) customers: Vec<ReadyCustomer>,
}

/// A customer who keeps the rules, the password hashed.
pub(crate) struct ReadyCustomer {
    pub(super) entity_id: Option<String>,
    pub(super) number: Option<i64>,
    pub(super) form: RegisterUser,
    /// Another one is made up where somebody has it.
    pub(super) is_email_invented: bool,
    pub(super) email_fingerprint: Option<[u8; 32]>,
    pub(super) country: Option<String>,
    pub(super) password_hash: String,
    pub(super) kyc_status: String,
    pub(super) kyc_expiry_date: String,
    pub(super) preferences: BTreeMap<String, String>,
    pub(super) cards: Vec<ReadyCard>,
}

/// A card that keeps the rules.
pub(crate) struct ReadyCard {
    pub(super) card_no: Pan,
    /// Another one is made up where somebody has it.
    pub(super) is_card_no_invented: bool,
    pub(super) card_fingerprint: Option<[u8; 32]>,
    pub(super) kit_no: String,
    pub(super) is_kit_no_invented: bool,
    pub(super) kit_fingerprint: Option<[u8; 32]>,
    pub(super) card_type: String,
    pub(super) expiry: String,
}

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

impl Section {
    pub(crate) fn ready(self, context: Context) -> Result<ReadySection, Refused> {
        if let Some(last) = self.last_number {
            let end = if context.has_key {
                LAST_NUMBER
            } else {
                LAST_GIVEN
            };
            number_below(end, last).map_err(|what| Wrong::at("last_number", what))?;
        }
        let mut hashes = Hashes::default();
        let customers = self.customers.into_iter().enumerate();
        let ready = customers.map(|(at, customer)| {
            let within = |refused: Refused| refused.within(&format!("customers[{at}]"));
            customer.ready_with(context, &mut hashes).map_err(within)
        });
        Ok(ReadySection {
            last_number: self.last_number.unwrap_or(0),
            customers: ready.collect::<Result<_, _>>()?,
        })
    }
}

impl Customer {
    pub(crate) fn ready(self, context: Context) -> Result<ReadyCustomer, Refused> {
        self.ready_with(context, &mut Hashes::default())
    }

    fn ready_with(
        mut self,
        context: Context,
        hashes: &mut Hashes,
    ) -> Result<ReadyCustomer, Refused> {
        let is_saved = self.password_hash.is_some();
        let fingerprints = [
            ("email_fingerprint", self.email_fingerprint.is_some()),
            ("password_hash", is_saved),
        ];
        for (field, is_given) in fingerprints {
            if is_given && !context.has_key {
                return Err(Wrong::at(field, NEEDS_KEY).into());
            }
        }
        if self.email_fingerprint.is_some() && !is_saved {
            return Err(Wrong::at("email_fingerprint", "only beside a password_hash").into());
        }
        let end = if is_saved { LAST_NUMBER } else { LAST_GIVEN };
        if let Some(number) = self.number {
            number_below(end, number).map_err(|what| Wrong::at("number", what))?;
        }
        if let Some(number) = self.entity_id.as_deref().and_then(number_of) {
            number_below(end, number)
                .map_err(|what| Wrong::at("entity_id", format!("with a number of {what}")))?;
        }
        // As they are kept: a card number's digits are more when it is masked.
        let entity_id = self.entity_id.take().map(|id| card_number::masked(&id));
        let is_placeholder = entity_id.as_deref() == Some(PLACEHOLDER);
        if let Some(id) = entity_id.as_ref().filter(|_| !is_placeholder) {
            check_short("entity_id", id, is_saved)?;
        }
        let kyc_status = self.kyc_status.take();
        let kyc_status = kyc_status.map_or_else(
            || KYC_STATUS.to_owned(),
            |status| card_number::masked(&status),
        );
        check_short("kyc_status", &kyc_status, is_saved)?;
        let cards = std::mem::take(&mut self.cards);
        let is_email_invented = self.email.is_none();
        let form = self.form(context.today());
        if is_saved {
            check_saved(&form)?;
        } else {
            // The card's own fields are checked with each card.
            check(&form, &context.rules, |field| !is_of_card(field), "")?;
        }
        let cards = cards.into_iter().enumerate().map(|(at, card)| {
            let within = |refused: Refused| refused.within(&format!("cards[{at}]"));
            card.ready_for(&form, context).map_err(within)
        });
        let cards = cards.collect::<Result<_, _>>()?;
        for (channel, status) in &self.preferences {
            let is_known = Channel::from(channel.as_str()).is_known()
                && PreferenceStatus::from(status.as_str()).is_known();
            if !is_known {
                let what = format!("{}, each {}", Channel::ALLOWED, PreferenceStatus::ALLOWED);
                return Err(Wrong::at("preferences", what).into());
            }
        }
        let kyc_expiry_date = match self.kyc_expiry_date {
            Some(date) if date.parse::<Date>().is_err() => {
                let what = "a real calendar day as YYYY-MM-DD";
                return Err(Wrong::at("kyc_expiry_date", what).into());
            }
            Some(date) => date,
            None => register_user::kyc_expiry(context.today()).to_string(),
        };
        let password_hash = match self.password_hash {
            Some(hash) if password::is_hash(&hash) => hash,
            Some(_) => {
                let what = "an Argon2 hash as a sandbox saves it";
                return Err(Wrong::at("password_hash", what).into());
            }
            None => hashes.of(form.password.expose())?,
        };
        Ok(ReadyCustomer {
            entity_id,
            number: self.number,
            email_fingerprint: fingerprint_from(self.email_fingerprint.as_deref())
                .map_err(|what| Wrong::at("email_fingerprint", what))?,
            form,
            is_email_invented,
            country: self.country.map(|country| card_number::masked(&country)),
            password_hash,
            kyc_status,
            kyc_expiry_date,
            preferences: self.preferences,
            cards,
        })
    }

    /// Makes the registration, without a card, that the customer could come from.
    fn form(&mut self, today: Date) -> RegisterUser {
        let number = random_digits(9);
        let email = synthetic::email();
        let mobile_no = format!("9{number}");
        let password = self.password.take();
        let password = password.as_ref().map_or(PASSWORD, |given| given.expose());
        let given = |field: &mut Option<String>, synthetic: &str| {
            field.take().unwrap_or_else(|| synthetic.to_owned())
        };
        let fields = [
            ("mobile_no", given(&mut self.mobile_no, &mobile_no)),
            ("first_name", given(&mut self.first_name, "Sandbox")),
            ("last_name", given(&mut self.last_name, "Customer")),
            ("title", given(&mut self.title, "Ms")),
            ("gender", given(&mut self.gender, "F")),
            ("dob", given(&mut self.dob, &synthetic::birth(today))),
            ("email", given(&mut self.email, &email)),
            ("address", given(&mut self.address, "1 Test Road")),
            ("city", given(&mut self.city, "Ernakulam")),
            ("state", given(&mut self.state, "Kerala")),
            ("pincode", given(&mut self.pincode, "682308")),
            ("doc_type", given(&mut self.doc_type, "PASSPORT")),
            (
                "doc_number",
                given(&mut self.doc_number, &format!("SANDBOX{number}")),
            ),
            ("doc_expiry", given(&mut self.doc_expiry, "2049-12-31")),
            (
                "doc_country_issue",
                given(&mut self.doc_country_issue, "India"),
            ),
            ("otp", ONE_TIME_PASSWORD.to_owned()),
            ("password", password.to_owned()),
        ];
        RegisterUser::from_fields(fields.iter().map(|(name, value)| (*name, value.as_str())))
    }
}

impl Card {
    /// A card for a customer who is there already.
    pub(crate) fn ready(self, context: Context) -> Result<ReadyCard, Refused> {
        self.ready_for(&RegisterUser::from_fields([]), context)
    }

    fn ready_for(self, person: &RegisterUser, context: Context) -> Result<ReadyCard, Refused> {
        let is_saved = self.card_fingerprint.is_some();
        if is_saved != self.kit_fingerprint.is_some() {
            let what = "kit_fingerprint and card_fingerprint come together";
            return Err(Wrong::at("card_fingerprint", what).into());
        }
        if is_saved && !context.has_key {
            return Err(Wrong::at("card_fingerprint", NEEDS_KEY).into());
        }
        let is_card_no_invented = self.card_no.is_none() && !is_saved;
        let is_kit_no_invented = self.kit_no.is_none() && !is_saved;
        let card_no = self.card_no.unwrap_or_else(synthetic::number);
        let kit_no = self.kit_no.unwrap_or_else(synthetic::kit);
        let card_type = self.card_type.unwrap_or_else(|| "V".to_owned());
        let is_expiry_given = self.card_expiry.is_some();
        let expiry = self
            .card_expiry
            .unwrap_or_else(|| synthetic::expiry(context.today()));
        let form = RegisterUser {
            card_no: card_no.into(),
            kit_no,
            card_type: card_type.as_str().into(),
            card_expiry: expiry,
            ..person.clone()
        };
        if is_saved {
            let is_mask = form.card_no.bin().is_some() && form.card_no.expose().contains("***");
            if !is_mask {
                let what = "six digits, stars and four digits, as a sandbox saves it";
                return Err(Wrong::at("card_no", what).into());
            }
            no_card_number("kit_no", &form.kit_no)?;
            // An expiry that is over by now was right when it was saved.
            check(&form, &context.rules, |field| field == "card_type", "")?;
            if form.card_expiry.parse::<CardExpiry>().is_err() {
                return Err(Wrong::at("card_expiry", "month and year as MM/YY").into());
            }
        } else {
            // In some centuries there is no expiry that the rules would take.
            let is_checked =
                |field: &str| is_of_card(field) && (is_expiry_given || field != "card_expiry");
            check(&form, &context.rules, is_checked, "")?;
            if !card_number::is_test_card(form.card_no.expose()) {
                let what = "only test card numbers are taken";
                return Err(Wrong::at("card_no", what).into());
            }
        }
        Ok(ReadyCard {
            card_fingerprint: fingerprint_from(self.card_fingerprint.as_deref())
                .map_err(|what| Wrong::at("card_fingerprint", what))?,
            kit_fingerprint: fingerprint_from(self.kit_fingerprint.as_deref())
                .map_err(|what| Wrong::at("kit_fingerprint", what))?,
            card_no: form.card_no,
            is_card_no_invented,
            kit_no: form.kit_no,
            is_kit_no_invented,
            card_type,
            expiry: form.card_expiry,
        })
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
fn check(
    form: &RegisterUser,
    rules: &Rules,
    applies: impl Fn(&str) -> bool,
    within: &str,
) -> Result<(), Wrong> {
    let violations = form.check(rules).err();
    let first = violations.iter().flatten().find(|v| applies(&v.field));
    match first {
        None => Ok(()),
        Some(broken) => Err(Wrong::at(
            format!("{within}{}", broken.field),
            broken.limit.clone(),
        )),
    }
}

/// Checks what holds for a saved customer too: the texts are as a sandbox keeps
/// them, without card numbers.
fn check_saved(form: &RegisterUser) -> Result<(), Wrong> {
    for (field, text) in [
        ("mobile_no", form.mobile_no.expose()),
        ("first_name", form.first_name.expose()),
        ("last_name", form.last_name.expose()),
        ("title", form.title.as_str()),
        ("gender", form.gender.as_str()),
        ("dob", form.dob.expose()),
        ("email", form.email.expose()),
        ("address", form.address.expose()),
        ("city", form.city.expose()),
        ("state", form.state.expose()),
        ("pincode", form.pincode.expose()),
        ("doc_type", form.doc_type.as_str()),
        ("doc_number", form.doc_number.expose()),
        ("doc_expiry", form.doc_expiry.expose()),
        ("doc_country_issue", form.doc_country_issue.expose()),
    ] {
        no_card_number(field, text)?;
    }
    Ok(())
}

/// Characters that [`ID`] characters may be when they are masked: older sandboxes
/// counted them before. Of three card numbers of 13 digits each has three more.
const MASKED_ID: usize = ID + 3 * 3;

/// An id, or a word for a customer's standing.
fn check_short(field: &'static str, text: &str, is_saved: bool) -> Result<(), Wrong> {
    let most = if is_saved { MASKED_ID } else { ID };
    if (1..=most).contains(&text.chars().count()) {
        Ok(())
    } else {
        Err(Wrong::at(field, format!("1 to {most} characters")))
    }
}
