//! `POST /customers/{customerId}/prepaid/cards`
//!
//! Paysafe, Create prepaid card: a new card for a customer. A page beside the
//! five documents, of which only the request's schema was seen: the path is that
//! of the list, and the reply the [`Card`](super::Card) by itself, under 200 or
//! 201, as the calls beside it suggest.

use validator::ValidationError;

use super::us_address;
use crate::capability::{Capability, Source};
use crate::operation::Operation;
use crate::provider::{Effect, Method, ProviderId};
use crate::rule;
use crate::sensitive::{Personal, Secret};

crate::request! {
    operation: Operation::new(
        ProviderId::PAYSAFE,
        "create-prepaid-card",
        Method::Post,
        "/customers/{customerId}/prepaid/cards",
        Effect::Mutation,
        "Paysafe Create prepaid card",
    )
    .offers(&[Capability::CreateCard])
    .known_from(Source::Assumption)
    .dependents(us_address::DEPENDENTS),
    body: json,
    /// Asks for a new card of a customer.
    ///
    /// ```
    /// use cards_model::paysafe::{CardAddress, CreatePrepaidCard};
    ///
    /// let address = CardAddress::new("Tsarigradsko Shose 73", "Sofia", "BG", "1000");
    /// let card = CreatePrepaidCard::new("12345678", "BRAND-PHYSICAL-MC", "EUR")
    ///     .delivery_address(address.address2("floor 3"));
    /// assert!(!format!("{card:?}").contains("Sofia"));
    /// ```
    pub struct CreatePrepaidCard {
        /// The id of the customer who gets the card.
        #[validate(custom(function = rule::required), custom(function = rule::path_segment))]
        "customerId" in "Path Parameters, customerId" sampled "12345678"
            => pub customer_id: String,
        /// The card programme, given by Paysafe. It decides over type and scheme.
        #[validate(custom(function = rule::required))]
        "programName" in "Body, programName" sampled "BRAND-VIRTUAL-MC"
            => pub program_name: String,
        /// Currency code, three letters.
        #[validate(
            custom(function = rule::required),
            length(equal = 3),
            custom(function = rule::letters)
        )]
        "currency" in "Body, currency" sampled "EUR" => pub currency: String,
        /// Mobile number with its country's code, +11234567899; that of the
        /// customer's registration where absent.
        #[serde(default)]
        #[validate(length(min = 1), custom(function = rule::international_mobile))]
        "mobile" in "Body, mobile" sampled "+11234567899" => pub mobile: Option<Personal>,
        /// The PIN to set: 4 digits.
        #[serde(default)]
        #[validate(length(equal = 4), custom(function = rule::digits))]
        "cardPin" in "Body, cardPin" => pub card_pin: Option<Secret>,
        /// The merchant's own id of the card: 1 to 40 characters.
        #[serde(default)]
        #[validate(length(min = 1, max = 40))]
        "externalId" in "Body, externalId" sampled "a2322550-af91-417f-867e-681efad44b9d"
            => pub external_id: Option<String>,
        /// The User-Agent of the cardholder's browser.
        #[serde(default)]
        "userAgent" in "Body, userAgent" => pub user_agent: Option<String>,
        /// The address that a physical card is sent to.
        #[serde(default)]
        "deliveryAddress" in "Body, deliveryAddress" => pub delivery_address: Option<CardAddress>,
        /// Says whether the customer has accepted the terms; for customers in the US.
        #[serde(default)]
        "termsAndConditionsAccepted" in "Body, termsAndConditionsAccepted"
            => pub terms_and_conditions_accepted: Option<bool>,
        /// Says whether the customer has accepted the electronic disclosure; for customers in the
        /// US.
        #[serde(default)]
        "eDisclosureAccepted" in "Body, eDisclosureAccepted"
            => pub e_disclosure_accepted: Option<bool>,
    }
    /// A card of a programme, in a currency.
    fn new(customer_id: String, program_name: String, currency: String);
}

crate::object! {
    at: "deliveryAddress",
    /// The address that a new card is sent to.
    #[validate(schema(function = us_state, skip_on_field_errors = false))]
    #[validate(schema(function = us_postal_code, skip_on_field_errors = false))]
    pub struct CardAddress {
        /// First line: 4 to 40 characters.
        #[validate(length(min = 4, max = 40), custom(function = rule::required))]
        "address1" in "Body, deliveryAddress.address1" sampled "Tsarigradsko Shose 73"
            => pub address1: Personal,
        /// Second line: at most 30 characters.
        #[serde(default)]
        #[validate(length(max = 30))]
        "address2" in "Body, deliveryAddress.address2" sampled "floor 3"
            => pub address2: Option<Personal>,
        /// Third line: at most 30 characters.
        #[serde(default)]
        #[validate(length(max = 30))]
        "address3" in "Body, deliveryAddress.address3" sampled "apartment 43"
            => pub address3: Option<Personal>,
        /// City: at most 30 letters, spaces, hyphens and periods.
        #[validate(
            length(max = 30),
            custom(function = rule::required),
            custom(function = rule::city)
        )]
        "city" in "Body, deliveryAddress.city" sampled "Sofia" => pub city: Personal,
        /// Country, ISO 3166 alpha-2.
        #[validate(
            custom(function = rule::required),
            length(equal = 2),
            custom(function = rule::letters)
        )]
        "countryCode" in "Body, deliveryAddress.countryCode" sampled "BG"
            => pub country_code: String,
        /// State or province: at most 3 characters; needed in the US, 2 to 3 letters there.
        #[serde(default)]
        #[validate(length(max = 3))]
        "state" in "Body, deliveryAddress.state" => pub state: Option<Personal>,
        /// Postal code: 1 to 16 characters; in the US 4 to 10 letters, digits,
        /// hyphens and spaces.
        #[validate(length(min = 1, max = 16), custom(function = rule::required))]
        "postalCode" in "Body, deliveryAddress.postalCode" sampled "1000"
            => pub postal_code: Personal,
    }
    /// An address of what every address has.
    fn new(address1: Personal, city: Personal, country_code: String, postal_code: Personal);
}

// In either case: the code's rule takes both.
fn us_state(address: &CardAddress) -> Result<(), ValidationError> {
    let country = address.country_code.to_ascii_uppercase();
    us_address::state_letters(&country, address.state.as_ref())
}

fn us_postal_code(address: &CardAddress) -> Result<(), ValidationError> {
    let country = address.country_code.to_ascii_uppercase();
    us_address::postal_code(&country, Some(&address.postal_code))
}
