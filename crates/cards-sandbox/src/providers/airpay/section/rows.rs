//! The rows of customers, as a world file and the control API have them, and what is made up
//! where they say nothing. [`super::rules`] has the rules that they keep.

use std::collections::BTreeMap;

use cards_model::airpay::RegisterUser;
use cards_model::{Date, Form, Secret};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::cards::CardRow;
use super::synthetic;
use super::transactions::Transaction;
use crate::providers::airpay::customers::KYC_STATUS;
use crate::world::airpay::ONE_TIME_PASSWORD;
use cards_sandbox_core::card_number;
use cards_sandbox_core::field_error::FieldError;
use cards_sandbox_core::quota;
use cards_sandbox_core::store::of_row;
use cards_sandbox_core::world::invented::{fingerprint_from, hex, random_digits};

/// All customers, in the order of their numbers.
#[derive(Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "struct Section")]
#[schemars(rename = "AirpaySection")]
pub(crate) struct Rows {
    /// The highest number that was ever given out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) last_number: Option<i64>,
    /// The highest number that an id of a transaction has ever had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) last_transaction: Option<i64>,
    #[serde(default, deserialize_with = "quota::customers")]
    pub(crate) customers: Vec<CustomerRow>,
}

/// A customer; what is left out is made up. One with `password_hash` was saved
/// by a sandbox, which applied the rules of its day.
#[derive(Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "struct Customer")]
#[schemars(rename = "AirpayCustomerInFile")]
pub(crate) struct CustomerRow {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) entity_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) number: Option<i64>,
    /// The fields of a registration that are about the person.
    #[serde(default)]
    pub(crate) mobile_no: Option<String>,
    #[serde(default)]
    pub(crate) first_name: Option<String>,
    #[serde(default)]
    pub(crate) last_name: Option<String>,
    #[serde(default)]
    pub(crate) title: Option<String>,
    #[serde(default)]
    pub(crate) gender: Option<String>,
    #[serde(default)]
    pub(crate) dob: Option<String>,
    #[serde(default)]
    pub(crate) email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) email_fingerprint: Option<String>,
    #[serde(default)]
    pub(crate) address: Option<String>,
    #[serde(default)]
    pub(crate) city: Option<String>,
    #[serde(default)]
    pub(crate) state: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) country: Option<String>,
    #[serde(default)]
    pub(crate) pincode: Option<String>,
    #[serde(default)]
    pub(crate) doc_type: Option<String>,
    #[serde(default)]
    pub(crate) doc_number: Option<String>,
    #[serde(default)]
    pub(crate) doc_expiry: Option<String>,
    #[serde(default)]
    pub(crate) doc_country_issue: Option<String>,
    /// Password of the customer, in the clear on the way in; never on the way out.
    #[serde(default, skip_serializing)]
    #[schemars(with = "Option<String>")]
    pub(crate) password: Option<Secret>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) password_hash: Option<String>,
    #[serde(default)]
    pub(crate) kyc_status: Option<String>,
    #[serde(default)]
    pub(crate) kyc_expiry_date: Option<String>,
    #[serde(default)]
    pub(crate) preferences: BTreeMap<String, String>,
    #[serde(default, deserialize_with = "quota::cards")]
    pub(crate) cards: Vec<CardRow>,
    /// The money, the oldest first: what the balance is the sum of.
    #[serde(
        default,
        deserialize_with = "quota::rows",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub(crate) transactions: Vec<Transaction>,
    /// Another address is made up where somebody has this one.
    #[serde(skip)]
    pub(crate) is_email_invented: bool,
}

/// Lists the texts about a person: columns, and fields of a registration.
macro_rules! texts {
    ($row:expr $(, $mutable:tt)?) => {
        [
            ("mobile_no", &$($mutable)? $row.mobile_no),
            ("first_name", &$($mutable)? $row.first_name),
            ("last_name", &$($mutable)? $row.last_name),
            ("title", &$($mutable)? $row.title),
            ("gender", &$($mutable)? $row.gender),
            ("dob", &$($mutable)? $row.dob),
            ("email", &$($mutable)? $row.email),
            ("address", &$($mutable)? $row.address),
            ("city", &$($mutable)? $row.city),
            ("state", &$($mutable)? $row.state),
            ("pincode", &$($mutable)? $row.pincode),
            ("doc_type", &$($mutable)? $row.doc_type),
            ("doc_number", &$($mutable)? $row.doc_number),
            ("doc_expiry", &$($mutable)? $row.doc_expiry),
            ("doc_country_issue", &$($mutable)? $row.doc_country_issue),
        ]
    };
}

impl CustomerRow {
    /// Makes up what is not said of the person.
    pub(crate) fn make_up(&mut self, today: Date) {
        let number = random_digits(9);
        for (field, text) in texts!(self, mut) {
            text.get_or_insert_with(|| match field {
                "mobile_no" => format!("9{number}"),
                "dob" => synthetic::birth(today),
                "email" => synthetic::email(),
                "doc_number" => format!("SANDBOX{number}"),
                field => synthetic::usual(field).to_owned(),
            });
        }
    }

    pub(super) fn texts(&self) -> [(&'static str, &str); 15] {
        texts!(self).map(|(field, text)| (field, text.as_deref().unwrap_or_default()))
    }

    /// Makes a registration without a card.
    pub(super) fn form(&self, password: &str) -> RegisterUser {
        let secrets = [("otp", ONE_TIME_PASSWORD), ("password", password)];
        RegisterUser::from_fields(self.texts().into_iter().chain(secrets))
    }

    /// Makes the customer of a registration.
    pub(crate) fn of(form: &RegisterUser, password_hash: String, kyc_expiry_date: String) -> Self {
        let mut row = Self {
            password_hash: Some(password_hash),
            kyc_status: Some(KYC_STATUS.to_owned()),
            kyc_expiry_date: Some(kyc_expiry_date),
            ..Self::default()
        };
        let fields = form.fields();
        for (field, text) in texts!(row, mut) {
            let given = fields.iter().find(|(name, _)| *name == field);
            *text = given.map(|(_, value)| (*value).to_owned());
        }
        row
    }

    /// Gives the texts about the person as they are kept, each with its column.
    pub(super) fn kept(&self, email: &str) -> [(&'static str, Option<String>); 15] {
        texts!(self).map(|(column, text)| {
            let text = if column == "email" {
                Some(email)
            } else {
                text.as_deref()
            };
            (column, text.map(card_number::masked))
        })
    }

    /// Reads a row of all columns.
    pub(super) fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
        of_row("airpay_customer", "entity_id", row, |row| {
            let email_key: Option<[u8; 32]> = row.get("email_key")?;
            Ok(Self {
                number: row.get("number")?,
                email_fingerprint: email_key.as_ref().map(hex),
                password_hash: row.get("password_hash")?,
                ..Self::read_shown(row)?
            })
        })
    }

    /// Reads what is shown of a row of all columns: no fingerprint, no hash.
    pub(super) fn read_shown(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
        of_row("airpay_customer", "entity_id", row, |row| {
            let mut customer = Self {
                entity_id: row.get("entity_id")?,
                country: row.get("country")?,
                kyc_status: row.get("kyc_status")?,
                kyc_expiry_date: row.get("kyc_expiry_date")?,
                ..Self::default()
            };
            for (column, text) in texts!(customer, mut) {
                *text = row.get(column)?;
            }
            Ok(customer)
        })
    }

    pub(super) fn saved_email_key(&self) -> Result<Option<[u8; 32]>, FieldError> {
        fingerprint_from("email_fingerprint", self.email_fingerprint.as_deref())
    }
}
