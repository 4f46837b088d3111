//! `POST /airpay/ms/cards/api/register-user`
//!
//! Airpay, User Registration: registers a person with full KYC details and
//! allocates a card.

use serde::{Deserialize, Serialize};
use validator::ValidationError;

use crate::capability::Capability;
use crate::lenient;
use crate::open_enum::open_enum;
use crate::operation::Operation;
use crate::provider::{Effect, Method, ProviderId};
use crate::rule::{self, DocExpiry, Rules};
use crate::rule_kind::{MUST_BE_GIVEN, Rule, unmet_rule_at};
use crate::sensitive::{Pan, Personal, Secret, Text as _};

crate::request! {
    operation: Operation::new(
        ProviderId::AIRPAY,
        "register-user",
        Method::Post,
        "/airpay/ms/cards/api/register-user",
        Effect::Mutation,
        "Airpay User Registration",
    )
    .offers(&[Capability::Register])
    .dependents(&[
        rule::indian_pincode("doc_country_issue", false),
        rule::given_where_it_lapses(),
    ]),
    body: form in [
        "mobile_no", "kit_no", "card_type", "card_no", "card_expiry", "title", "first_name",
        "last_name", "gender", "dob", "email", "address", "state", "city", "pincode", "doc_type",
        "doc_number", "doc_expiry", "doc_country_issue", "otp", "password",
    ],
    /// Registers a customer and allocates a card; all 21 fields are required.
    ///
    /// ```
    /// use cards_model::airpay::{CardType, DocType, Gender, RegisterUser, Title};
    /// use cards_model::{CardExpiry, Date, Request, Rules};
    ///
    /// let request = RegisterUser {
    ///     mobile_no: "9000000513".into(),
    ///     kit_no: "100000001200".into(),
    ///     card_type: CardType::Virtual,
    ///     card_no: "4622940000003713".into(),
    ///     card_expiry: CardExpiry::new(1, 2030)?.into(),
    ///     first_name: "Prasanth".into(),
    ///     last_name: "Kumar".into(),
    ///     title: Title::Mr,
    ///     gender: Gender::Male,
    ///     dob: Date::new(1989, 11, 9)?.into(),
    ///     email: "xyz@airpay.co.in".into(),
    ///     address: "Kochi".into(),
    ///     city: "Ernakulam".into(),
    ///     state: "Kerala".into(),
    ///     pincode: "689673".into(),
    ///     doc_type: DocType::Aadhaar,
    ///     doc_number: "59048961234".into(),
    ///     doc_expiry: Date::new(2031, 12, 31)?.into(),
    ///     doc_country_issue: "India".into(),
    ///     otp: "1234".into(),
    ///     password: "PaSwd@1234".into(),
    /// };
    /// request.check(&Rules::on(Date::new(2026, 11, 21)?))?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[validate(schema(
        function = indian_pincode,
        skip_on_field_errors = false
    ))]
    #[validate(schema(
        function = doc_expiry_by_type,
        skip_on_field_errors = false,
        use_context
    ))]
    pub struct RegisterUser {
        /// Mobile number: 1 to 10 digits.
        #[validate(length(max = 10), custom(function = rule::required), custom(function = rule::digits))]
        "mobile_no" in "Request Body, mobile_no" sampled "9XXXXXX513" => pub mobile_no: Personal,
        /// The proxy for the card number, physical or virtual: 1 to 16 characters.
        #[validate(length(max = 16), custom(function = rule::required))]
        "kit_no" in "Request Body, kit_no" sampled "100000001200" => pub kit_no: String,
        /// Physical or virtual.
        #[validate(custom(function = rule::required), custom(function = rule::listed))]
        "card_type" in "Request Body, card_type" sampled "V" => pub card_type: CardType,
        /// Card number: 16 digits.
        #[validate(custom(function = rule::required), custom(function = rule::card_number))]
        "card_no" in "Request Body, card_no" sampled "462294XXXXXX3713" => pub card_no: Pan,
        /// Expiry as `MM/YY`, 1 month to 25 years ahead. See [`CardExpiry`](crate::CardExpiry).
        #[validate(custom(function = rule::required), custom(function = rule::card_expiry, use_context))]
        "card_expiry" in "Request Body, card_expiry" sampled "01/25" => pub card_expiry: String,
        /// First name: 1 to 30 letters, no spaces.
        #[validate(length(max = 30), custom(function = rule::required), custom(function = rule::letters))]
        "first_name" in "Request Body, first_name" sampled "Prasanth" => pub first_name: Personal,
        /// Last name: 1 to 30 letters, no spaces.
        #[validate(length(max = 30), custom(function = rule::required), custom(function = rule::letters))]
        "last_name" in "Request Body, last_name" sampled "Kumar" => pub last_name: Personal,
        /// Form of address.
        #[validate(custom(function = rule::required), custom(function = rule::listed))]
        "title" in "Request Body, title" sampled "Mr" => pub title: Title,
        /// Gender.
        #[validate(custom(function = rule::required), custom(function = rule::listed))]
        "gender" in "Request Body, gender" sampled "M" => pub gender: Gender,
        /// Date of birth as `YYYY-MM-DD`. See [`Date`](crate::Date).
        #[validate(
            custom(function = rule::required), custom(function = rule::calendar_date),
            custom(function = rule::not_after_today, use_context)
        )]
        "dob" in "Request Body, dob" sampled "1989-11-09" => pub dob: Personal,
        /// E-mail address, 1 to 50 characters, not used by another customer.
        #[validate(length(max = 50), custom(function = rule::required), custom(function = rule::email))]
        "email" in "Request Body, email" sampled "xyz@airpay.co.in" => pub email: Personal,
        /// Address: 1 to 100 letters, digits and spaces.
        #[validate(
            length(max = 100), custom(function = rule::required),
            custom(function = rule::alphanumeric_and_spaces)
        )]
        "address" in "Request Body, address" sampled "Kochi" => pub address: Personal,
        /// City: 1 to 20 letters, no spaces.
        #[validate(length(max = 20), custom(function = rule::required), custom(function = rule::letters))]
        "city" in "Request Body, city" sampled "Ernakulam" => pub city: Personal,
        /// State: 1 to 20 letters and spaces.
        #[validate(
            length(max = 20), custom(function = rule::required),
            custom(function = rule::letters_and_spaces)
        )]
        "state" in "Request Body, state" sampled "Kerala" => pub state: Personal,
        /// Pincode: 1 to 15 digits, 6 where the document is from India.
        #[validate(length(max = 15), custom(function = rule::required), custom(function = rule::digits))]
        "pincode" in "Request Body, pincode" sampled "689673" => pub pincode: Personal,
        /// Kind of identity document.
        #[validate(custom(function = rule::required), custom(function = rule::listed))]
        "doc_type" in "Request Body, doc_type" sampled "AADHAAR" => pub doc_type: DocType,
        /// Number of the identity document: 1 to 20 characters.
        #[validate(length(max = 20), custom(function = rule::required))]
        "doc_number" in "Request Body, doc_number" sampled "59048961234" => pub doc_number: Personal,
        /// Expiry of the identity document as `YYYY-MM-DD`; may be empty for documents
        /// that have none. See [`DocExpiry`](crate::DocExpiry).
        #[validate(
            custom(function = rule::doc_expiry_given, use_context),
            custom(function = rule::calendar_date)
        )]
        "doc_expiry" in "Request Body, doc_expiry" sampled "" => pub doc_expiry: Personal,
        /// Country that issued the identity document: 1 to 20 letters and spaces.
        #[validate(
            length(max = 20), custom(function = rule::required),
            custom(function = rule::letters_and_spaces)
        )]
        "doc_country_issue" in "Request Body, doc_country_issue" sampled "India"
            => pub doc_country_issue: Personal,
        /// The one-time password that the customer received: 1 to 4 digits.
        #[validate(length(max = 4), custom(function = rule::required), custom(function = rule::digits))]
        "otp" in "Request Body, otp" sampled "" => pub otp: Secret,
        /// Password: 7 to 20 characters with an upper and a lower case letter,
        /// a digit and a special character.
        #[validate(
            custom(function = rule::required), custom(function = rule::password_length),
            custom(function = rule::password)
        )]
        "password" in "Request Body, password" sampled "PaSwd@1234" => pub password: Secret,
    }
}

open_enum! {
    /// The material of a card (Request Body, `card_type`).
    pub enum CardType {
        /// A plastic card.
        Physical = "P",
        /// A card without plastic.
        Virtual = "V",
    }
}

open_enum! {
    /// Form of address (Request Body, `title`).
    pub enum Title {
        /// Mr.
        Mr = "Mr",
        /// Mrs.
        Mrs = "Mrs",
        /// Ms.
        Ms = "Ms",
    }
}

open_enum! {
    /// Gender (Request Body, `gender`).
    pub enum Gender {
        /// Male.
        Male = "M",
        /// Female.
        Female = "F",
        /// Transgender.
        Transgender = "T",
    }
}

open_enum! {
    /// Kind of identity document (Request Body, `doc_type`).
    pub enum DocType {
        /// Aadhaar number.
        Aadhaar = "AADHAAR",
        /// Permanent account number of the tax office; not a card number.
        Pan = "PAN",
        /// Voter's card.
        VoterId = "VOTERID",
        /// Driving licence.
        DrivingLicence = "DL",
        /// Passport.
        Passport = "PASSPORT",
    }
}

open_enum! {
    /// The degree to which the customer is known (Success 200, `data`).
    pub enum KycStatus {
        /// The minimum that a card needs.
        Minimum = "MIN_KYC",
    }
}

/// A new customer (Success 200, `data`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Registered {
    /// The customer's id, which every later call asks for.
    #[serde(deserialize_with = "lenient::id")]
    pub entity_id: String,
    /// The degree to which the customer is known.
    #[serde(default, deserialize_with = "lenient::text_if_any")]
    pub kyc_status: Option<KycStatus>,
    /// The expiry date of that status, as `YYYY-MM-DD` in the document's
    /// example.
    #[serde(default, deserialize_with = "lenient::text_if_any")]
    pub kyc_expiry_date: Option<String>,
    /// The KYC reference, null in the document's example.
    #[serde(
        default,
        rename = "kycRefNo",
        deserialize_with = "lenient::text_if_any"
    )]
    pub kyc_ref_no: Option<String>,
}

/// Filled where the document expires, by default.
fn doc_expiry_by_type(form: &RegisterUser, rules: &Rules) -> Result<(), ValidationError> {
    let is_missing = rules.doc_expiry == DocExpiry::ByType
        && form.doc_expiry.expose().is_empty()
        && rule::lapses(form.doc_type.text());
    match is_missing {
        true => Err(unmet_rule_at("doc_expiry", Rule::Required, MUST_BE_GIVEN)),
        false => Ok(()),
    }
}

/// Six digits for India. The form has no country of residence; the country
/// that issued the document is the only one it names.
fn indian_pincode(form: &RegisterUser) -> Result<(), ValidationError> {
    let pincode = form.pincode.expose();
    let is_wrong = rule::is_india(form.doc_country_issue.expose())
        && rule::digits(&form.pincode).is_ok()
        && !pincode.is_empty()
        && !rule::is_indian_pincode(pincode);
    if is_wrong {
        Err(unmet_rule_at(
            "pincode",
            Rule::Length,
            "exactly 6 digits in India",
        ))
    } else {
        Ok(())
    }
}
