//! Airpay's part of a world file, and what the control API adds and takes away.

use std::collections::BTreeMap;

use cards_model::airpay::{Channel, PreferenceStatus, RegisterUser};
use cards_model::{Date, Form, Pan, Request, Rules};
use rusqlite::{Connection, Transaction, params};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::customers::{self, KYC_STATUS, NewCard};
use super::register_user::{self, Parts};
use super::{cards, password};
use crate::store::{Fingerprints, StoreError};
use crate::world::airpay::{ONE_TIME_PASSWORD, PASSWORD};
use crate::world::file::{Refused, Wrong, fingerprint_from, hex, no_card_number, random_digits};
use crate::world::room;

/// Numbers of customers end before this one: far more than anybody registers,
/// no sum with them overflows, and no id has so many digits that it would be
/// masked as a card number.
const LAST_NUMBER: i64 = 1_000_000_000_000;

/// Numbers are given below this one, so that there is room for those that
/// follow: a world that is saved can be loaded again.
const LAST_GIVEN: i64 = LAST_NUMBER / 10;

/// All customers, in the order of their numbers.
#[derive(Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "AirpaySection")]
pub(crate) struct Section {
    /// The highest number that was ever given out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_number: Option<i64>,
    #[serde(
        default,
        deserialize_with = "room::at_most::<{ room::CUSTOMERS }, _, _>"
    )]
    customers: Vec<Customer>,
}

/// A customer; what is left out is made up. One with `password_hash` was saved
/// by a sandbox, which applied the rules of its day.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "AirpayCustomerInFile")]
pub(crate) struct Customer {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    entity_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    number: Option<i64>,
    /// The fields of a registration that are about the person.
    #[serde(default)]
    mobile_no: Option<String>,
    #[serde(default)]
    first_name: Option<String>,
    #[serde(default)]
    last_name: Option<String>,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    gender: Option<String>,
    #[serde(default)]
    dob: Option<String>,
    #[serde(default)]
    email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    email_fingerprint: Option<String>,
    #[serde(default)]
    address: Option<String>,
    #[serde(default)]
    city: Option<String>,
    #[serde(default)]
    state: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    country: Option<String>,
    #[serde(default)]
    pincode: Option<String>,
    #[serde(default)]
    doc_type: Option<String>,
    #[serde(default)]
    doc_number: Option<String>,
    #[serde(default)]
    doc_expiry: Option<String>,
    #[serde(default)]
    doc_country_issue: Option<String>,
    /// In the clear on the way in; never on the way out.
    #[serde(default, skip_serializing)]
    #[schemars(with = "Option<String>")]
    password: Option<cards_model::Secret>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    password_hash: Option<String>,
    #[serde(default)]
    kyc_status: Option<String>,
    #[serde(default)]
    kyc_expiry_date: Option<String>,
    #[serde(default)]
    preferences: BTreeMap<String, String>,
    #[serde(default, deserialize_with = "room::at_most::<{ room::CARDS }, _, _>")]
    cards: Vec<Card>,
}

/// A card. With `card_fingerprint` and `kit_fingerprint` it was saved by a
/// sandbox; without, the numbers are given whole and kept masked.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "AirpayCardInFile")]
pub(crate) struct Card {
    #[serde(default)]
    card_no: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    card_fingerprint: Option<String>,
    #[serde(default)]
    kit_no: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kit_fingerprint: Option<String>,
    #[serde(default)]
    card_type: Option<String>,
    #[serde(default)]
    card_expiry: Option<String>,
}

/// What checks need to know.
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
    last_number: i64,
    customers: Vec<ReadyCustomer>,
}

/// A customer who keeps the rules, the password hashed.
pub(crate) struct ReadyCustomer {
    entity_id: Option<String>,
    number: Option<i64>,
    form: RegisterUser,
    email_fingerprint: Option<[u8; 32]>,
    country: Option<String>,
    password_hash: String,
    kyc_status: String,
    kyc_expiry_date: String,
    preferences: BTreeMap<String, String>,
    cards: Vec<ReadyCard>,
}

/// A card that keeps the rules.
pub(crate) struct ReadyCard {
    card_no: Pan,
    card_fingerprint: Option<[u8; 32]>,
    kit_no: String,
    kit_fingerprint: Option<[u8; 32]>,
    card_type: String,
    expiry: String,
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
    /// How many cards each customer has.
    pub(crate) fn sizes(&self) -> impl Iterator<Item = usize> {
        self.customers.iter().map(|customer| customer.cards.len())
    }

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

impl ReadySection {
    /// Into empty tables.
    pub(crate) fn fill(
        &self,
        transaction: &Transaction<'_>,
        fingerprints: &Fingerprints,
    ) -> Result<(), Refused> {
        let named = self.customers.iter().filter_map(ReadyCustomer::number);
        let highest = named.chain([self.last_number]).max().unwrap_or(0);
        transaction.execute(
            "INSERT INTO sqlite_sequence (name, seq) VALUES ('airpay_customer', ?1)",
            [highest],
        )?;
        for (at, customer) in self.customers.iter().enumerate() {
            customer
                .add(transaction, fingerprints)
                .map_err(|refused| refused.within(&format!("customers[{at}]")))?;
        }
        Ok(())
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
        if let Some(id) = &self.entity_id
            && !(1..=50).contains(&id.chars().count())
            && *id != crate::world::airpay::PLACEHOLDER
        {
            return Err(Wrong::at("entity_id", "1 to 50 characters").into());
        }
        let cards = std::mem::take(&mut self.cards);
        let form = self.form();
        if is_saved {
            check_saved(&form)?;
        } else {
            // The card's own fields are checked with each card.
            check(&form, &context.rules, |field| !is_of_card(field), "")?;
        }
        if let Some(country) = &self.country
            && country.chars().count() > 100
        {
            return Err(Wrong::at("country", "at most 100 characters").into());
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
        let kyc_status = self.kyc_status.unwrap_or_else(|| KYC_STATUS.to_owned());
        if !(1..=50).contains(&kyc_status.chars().count()) {
            return Err(Wrong::at("kyc_status", "1 to 50 characters").into());
        }
        let password_hash = match self.password_hash {
            Some(hash) if password::is_hash(&hash) => hash,
            Some(_) => {
                let what = "an Argon2 hash as a sandbox saves it";
                return Err(Wrong::at("password_hash", what).into());
            }
            None => hashes.of(form.password.expose())?,
        };
        Ok(ReadyCustomer {
            entity_id: self.entity_id.map(|id| cards::masked(&id)),
            number: self.number,
            email_fingerprint: fingerprint_from(self.email_fingerprint.as_deref())
                .map_err(|what| Wrong::at("email_fingerprint", what))?,
            form,
            country: self.country.map(|country| cards::masked(&country)),
            password_hash,
            kyc_status: cards::masked(&kyc_status),
            kyc_expiry_date,
            preferences: self.preferences,
            cards,
        })
    }

    /// As a registration without a card.
    fn form(&mut self) -> RegisterUser {
        let number = random_digits(9);
        let email = format!("customer{number}@sandbox.example");
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
            ("dob", given(&mut self.dob, "1990-01-31")),
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
        let card_no = self.card_no.unwrap_or_else(synthetic_number);
        let kit_no = self.kit_no.unwrap_or_else(|| random_digits(12));
        let card_type = self.card_type.unwrap_or_else(|| "V".to_owned());
        let expiry = self
            .card_expiry
            .unwrap_or_else(|| synthetic_expiry(context.today()));
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
            check_text("kit_no", &form.kit_no)?;
            // An expiry that is over by now was right when it was saved.
            check(&form, &context.rules, |field| field == "card_type", "")?;
            if form.card_expiry.parse::<cards_model::CardExpiry>().is_err() {
                return Err(Wrong::at("card_expiry", "month and year as MM/YY").into());
            }
        } else {
            check(&form, &context.rules, is_of_card, "")?;
            if !cards::is_test_card(form.card_no.expose()) {
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
            kit_no: form.kit_no,
            card_type,
            expiry: form.card_expiry,
        })
    }
}

const LONGEST_TEXT: usize = 200;

const NEEDS_KEY: &str = "only in a saved world, beside the fingerprintKey with which it was made";

/// The number that an id of the sandbox's own form stands for.
fn number_of(entity_id: &str) -> Option<i64> {
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

/// What holds for a saved customer too: the texts are as a sandbox keeps them.
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
        check_text(field, text)?;
    }
    Ok(())
}

/// A text of a saved customer: what is kept of the longest that the documents
/// allow is shorter.
fn check_text(field: &str, text: &str) -> Result<(), Wrong> {
    if text.chars().count() > LONGEST_TEXT {
        return Err(Wrong::at(
            field,
            format!("at most {LONGEST_TEXT} characters"),
        ));
    }
    no_card_number(field, text)
}

/// A number of the documents' own range with a wrong check digit: nobody has
/// this card, and nobody will miss it when registering test cards.
fn synthetic_number() -> String {
    let digits = format!("462294{}", random_digits(9));
    let sum: u32 = digits
        .bytes()
        .rev()
        .zip([true, false].iter().cycle())
        .map(|(digit, is_doubled)| {
            let digit = u32::from(digit - b'0') * if *is_doubled { 2 } else { 1 };
            digit / 10 + digit % 10
        })
        .sum();
    // One more than the right check digit.
    format!("{digits}{}", (10 - sum % 10 + 1) % 10)
}

fn synthetic_expiry(today: Date) -> String {
    format!("{:02}/{:02}", today.month(), (today.year() + 3) % 100)
}

impl ReadyCustomer {
    fn number(&self) -> Option<i64> {
        let of_id = self.entity_id.as_deref().and_then(number_of);
        self.number.max(of_id)
    }

    /// Adds the customer with all cards. Gives the id.
    pub(crate) fn add(
        &self,
        transaction: &Transaction<'_>,
        fingerprints: &Fingerprints,
    ) -> Result<String, Refused> {
        let mut customer = self.form.customer(
            fingerprints,
            self.password_hash.clone(),
            self.kyc_expiry_date.clone(),
        );
        customer.kyc_status.clone_from(&self.kyc_status);
        customer.country.clone_from(&self.country);
        if self.email_fingerprint.is_some() {
            customer.email_key = self.email_fingerprint;
        }
        if customers::is_email_taken(transaction, customer.email_key.as_ref(), "")? {
            return Err(Wrong::at("email", "another customer has it").into());
        }
        let last = customers::last_number(transaction)?;
        let (number, entity_id) = match (self.number, &self.entity_id) {
            (Some(number), Some(id)) => (number, id.clone()),
            (Some(number), None) => (number, customers::entity_id(number)),
            (None, Some(id)) => {
                let own = match number_of(id) {
                    Some(number) if !is_number_taken(transaction, number)? => number,
                    _ => last + 1,
                };
                (own, id.clone())
            }
            (None, None) => (last + 1, customers::entity_id(last + 1)),
        };
        if is_number_taken(transaction, number)? {
            return Err(Wrong::at("number", "another customer has it").into());
        }
        if customers::exists(transaction, &entity_id)? {
            return Err(Wrong::at("entity_id", "another customer has it").into());
        }
        customers::add_as(transaction, number, &entity_id, &customer)?;
        // An id of the sandbox's own form is given out once, whoever gave it.
        if let Some(highest) = self.number().filter(|number| *number > last) {
            let sql =
                "UPDATE sqlite_sequence SET seq = max(seq, ?1) WHERE name = 'airpay_customer'";
            transaction.execute(sql, [highest])?;
        }
        for (at, card) in self.cards.iter().enumerate() {
            card.add(transaction, fingerprints, &entity_id)
                .map_err(|refused| refused.within(&format!("cards[{at}]")))?;
        }
        for (channel, status) in &self.preferences {
            transaction
                .prepare_cached("INSERT INTO airpay_preference VALUES (?1, ?2, ?3)")?
                .execute(params![entity_id, channel, status])?;
        }
        Ok(entity_id)
    }
}

impl ReadyCard {
    /// Adds the card to a customer.
    pub(crate) fn add(
        &self,
        transaction: &Transaction<'_>,
        fingerprints: &Fingerprints,
        entity_id: &str,
    ) -> Result<(), Refused> {
        if !customers::exists(transaction, entity_id)? {
            return Err(Refused::NotFound("there is no customer of this id"));
        }
        let mut card: NewCard = register_user::new_card(
            &self.card_no,
            &self.kit_no,
            &self.card_type,
            &self.expiry,
            &|number| fingerprints.make(number),
        );
        if let (Some(key), Some(kit_key)) = (self.card_fingerprint, self.kit_fingerprint) {
            card.key = key;
            card.kit_key = kit_key;
        }
        if customers::is_card_taken(transaction, &card.key)? {
            return Err(Wrong::at("card_no", "the card is registered already").into());
        }
        if customers::is_kit_taken(transaction, &card.kit_key)? {
            return Err(Wrong::at("kit_no", "the kit is registered already").into());
        }
        Ok(customers::add_card(transaction, entity_id, &card)?)
    }
}

fn is_number_taken(connection: &Connection, number: i64) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM airpay_customer WHERE number = ?1";
    connection.prepare_cached(sql)?.exists([number])
}

/// Takes a customer away, with cards, preferences and tokens.
pub(crate) fn remove_customer(
    transaction: &Transaction<'_>,
    entity_id: &str,
) -> Result<(), Refused> {
    for table in ["airpay_card", "airpay_preference"] {
        let sql = format!("DELETE FROM {table} WHERE entity_id = ?1");
        transaction.execute(&sql, [entity_id])?;
    }
    let sql = "DELETE FROM token WHERE provider = 'airpay' AND subject = ?1";
    transaction.execute(sql, [entity_id])?;
    let sql = "DELETE FROM airpay_customer WHERE entity_id = ?1";
    match transaction.execute(sql, [entity_id])? {
        0 => Err(Refused::NotFound("there is no customer of this id")),
        _ => Ok(()),
    }
}

/// Takes a card away, by the number of its kit.
pub(crate) fn remove_card(
    transaction: &Transaction<'_>,
    entity_id: &str,
    kit_no: &str,
) -> Result<(), Refused> {
    let key = Fingerprints::of(transaction)?.make(kit_no);
    let sql = "DELETE FROM airpay_card WHERE entity_id = ?1 AND kit_key = ?2";
    match transaction.execute(sql, params![entity_id, key])? {
        0 => Err(Refused::NotFound("the customer has no card of this kit")),
        _ => Ok(()),
    }
}

/// Everything, as a file.
pub(crate) fn save(connection: &Connection) -> Result<Section, StoreError> {
    let mut cards = connection.prepare_cached(
        "SELECT first_six, last_four, card_key, kit_shown, kit_key, card_type, card_expiry
         FROM airpay_card WHERE entity_id = ?1 ORDER BY number",
    )?;
    let mut preferences = connection
        .prepare_cached("SELECT type, status FROM airpay_preference WHERE entity_id = ?1")?;
    let mut customers = connection.prepare_cached(
        "SELECT entity_id, number, mobile_no, first_name, last_name, title, gender, dob, email,
             email_key, address, city, state, country, pincode, doc_type, doc_number, doc_expiry,
             doc_country_issue, password_hash, kyc_status, kyc_expiry_date
         FROM airpay_customer ORDER BY number",
    )?;
    let customers = customers.query_map([], |row| {
        let entity_id: String = row.get(0)?;
        let cards = cards.query_map([&entity_id], |row| {
            let (first_six, last_four): (String, String) = (row.get(0)?, row.get(1)?);
            Ok(Card {
                card_no: Some(format!("{first_six}******{last_four}")),
                card_fingerprint: Some(hex(&row.get(2)?)),
                kit_no: row.get(3)?,
                kit_fingerprint: Some(hex(&row.get(4)?)),
                card_type: row.get(5)?,
                card_expiry: row.get(6)?,
            })
        })?;
        let preferences =
            preferences.query_map([&entity_id], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let email_key: Option<[u8; 32]> = row.get(9)?;
        Ok(Customer {
            number: row.get(1)?,
            mobile_no: row.get(2)?,
            first_name: row.get(3)?,
            last_name: row.get(4)?,
            title: row.get(5)?,
            gender: row.get(6)?,
            dob: row.get(7)?,
            email: row.get(8)?,
            email_fingerprint: email_key.as_ref().map(hex),
            address: row.get(10)?,
            city: row.get(11)?,
            state: row.get(12)?,
            country: row.get(13)?,
            pincode: row.get(14)?,
            doc_type: row.get(15)?,
            doc_number: row.get(16)?,
            doc_expiry: row.get(17)?,
            doc_country_issue: row.get(18)?,
            password: None,
            password_hash: row.get(19)?,
            kyc_status: row.get(20)?,
            kyc_expiry_date: row.get(21)?,
            preferences: preferences.collect::<Result<_, _>>()?,
            cards: cards.collect::<Result<_, _>>()?,
            entity_id: Some(entity_id),
        })
    })?;
    Ok(Section {
        customers: customers.collect::<Result<_, _>>()?,
        last_number: Some(customers::last_number(connection)?),
    })
}
