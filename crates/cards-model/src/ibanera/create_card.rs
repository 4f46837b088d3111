//! `POST /api/v1/customer/cards/create`
//!
//! Ibanera, Create card: a page beside the five documents, of which copies of
//! three ages were seen. Where they differ, the newest holds.

use super::card_review::{BusinessReview, PersonalReview};
use crate::capability::{Capability, Source};
use crate::open_enum::open_enum;
use crate::operation::Operation;
use crate::provider::{Effect, Method, ProviderId};
use crate::rule;
use crate::sensitive::Personal;

open_enum! {
    /// The currency of a card. Older copies of the page have EUR, GBP and others
    /// too: they are sent where the rule is waived.
    pub enum CardCurrency {
        /// US dollars.
        Usd = "USD",
    }
}

open_enum! {
    /// The way that a card is sent. Older copies of the page have `Priority` too: it
    /// is sent where the rule is waived.
    pub enum ShippingMethod {
        /// The usual way.
        Standard = "Standard",
        /// A faster one.
        Express = "Express",
    }
}

open_enum! {
    /// The material of a card.
    pub enum CardType {
        /// A plastic card.
        Physical = "Physical",
        /// A card without plastic.
        Virtual = "Virtual",
    }
}

crate::request! {
    operation: Operation::new(
        ProviderId::IBANERA,
        "create-card",
        Method::Post,
        "/api/v1/customer/cards/create",
        Effect::Mutation,
        "Ibanera Create Card",
    )
    .offers(&[Capability::CreateCard])
    .known_from(Source::Reference),
    body: json,
    /// Asks for a new card of a customer, which is deactivated until somebody
    /// activates it.
    ///
    /// ```
    /// use cards_model::ibanera::{CardCurrency, CreateCard, ShippingAddress, ShippingMethod};
    ///
    /// let address = ShippingAddress::new("Suite 500", "New York", "Texas", "55050", "USA");
    /// let (usd, standard) = (CardCurrency::Usd, ShippingMethod::Standard);
    /// let card = CreateCard::new(14387, usd, "CARD-REF-001", standard, 1002, address);
    /// assert!(!format!("{card:?}").contains("Suite"));
    /// ```
    pub struct CreateCard {
        /// The id of the customer who gets the card, at least 1.
        #[serde(default)]
        #[validate(required, range(min = 1))]
        "customersId" in "Body, customersId" sampled "14387" => pub customers_id: Option<i64>,
        /// Currency of the card.
        #[validate(custom(function = rule::required), custom(function = rule::listed))]
        "currency" in "Body, currency" sampled "USD" => pub currency: CardCurrency,
        /// The caller's own id of the card.
        #[validate(custom(function = rule::required))]
        "cardReferenceId" in "Body, cardReferenceId" sampled "CARD-REF-001"
            => pub card_reference_id: String,
        /// The way that the card is sent.
        #[validate(custom(function = rule::required), custom(function = rule::listed))]
        "shippingMethod" in "Body, shippingMethod" sampled "Standard"
            => pub shipping_method: ShippingMethod,
        /// The card programme, at least 1.
        #[serde(default)]
        #[validate(required, range(min = 1))]
        "cardProgramID" in "Body, cardProgramID" sampled "1002" => pub card_program_id: Option<i64>,
        /// Physical or virtual; what holds where it is absent is not stated.
        #[serde(default)]
        #[validate(custom(function = rule::listed))]
        "cardType" in "Body, cardType" sampled "Physical" => pub card_type: Option<CardType>,
        /// The address that the card is sent to.
        "shippingAddress" in "Body, shippingAddress" => pub shipping_address: ShippingAddress,
        /// Details of a business that is a customer for more than six months.
        #[serde(default)]
        "businessReviewDetails" in "Body, businessReviewDetails"
            => pub business_review_details: Option<BusinessReview>,
        /// Details of a person who is a customer for more than six months.
        #[serde(default)]
        "personalReviewDetails" in "Body, personalReviewDetails"
            => pub personal_review_details: Option<PersonalReview>,
    }
    /// A card of a programme for a customer, sent to an address.
    fn new(
        customers_id: i64,
        currency: CardCurrency,
        card_reference_id: String,
        shipping_method: ShippingMethod,
        card_program_id: i64,
        shipping_address: ShippingAddress,
    );
}

crate::object! {
    at: "shippingAddress",
    /// The address that a new card is sent to.
    pub struct ShippingAddress {
        /// Street or suite.
        #[validate(custom(function = rule::required))]
        "shippingAddressLine1" in "Body, shippingAddress.shippingAddressLine1" sampled "Suite 500"
            => pub shipping_address_line1: Personal,
        /// City.
        #[validate(custom(function = rule::required))]
        "shippingAddressCity" in "Body, shippingAddress.shippingAddressCity" sampled "New York"
            => pub shipping_address_city: Personal,
        /// State, by its name or its letters.
        #[validate(custom(function = rule::required))]
        "shippingAddressState" in "Body, shippingAddress.shippingAddressState" sampled "Texas"
            => pub shipping_address_state: Personal,
        /// Postcode.
        #[validate(custom(function = rule::required))]
        "shippingAddressPostcode" in "Body, shippingAddress.shippingAddressPostcode"
            sampled "55050" => pub shipping_address_postcode: Personal,
        /// Country, by its ISO code or its name.
        #[validate(custom(function = rule::required))]
        "shippingAddressCountry" in "Body, shippingAddress.shippingAddressCountry" sampled "USA"
            => pub shipping_address_country: String,
    }
    /// An address of its five parts.
    fn new(
        shipping_address_line1: Personal,
        shipping_address_city: Personal,
        shipping_address_state: Personal,
        shipping_address_postcode: Personal,
        shipping_address_country: String,
    );
}
