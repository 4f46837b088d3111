//! The details that a customer has to tell again before a card is made, half a year
//! after the customer was.

use crate::open_enum::open_enum;
use crate::personal_amount::PersonalAmount;
use crate::rule;
use crate::sensitive::Personal;

crate::object! {
    at: "personalReviewDetails",
    /// Holds what is told again of a person. Which of it must be given was not seen:
    /// each may be left out.
    #[derive(Default)]
    pub struct PersonalReview {
        /// The sources of the funds, such as Salary and Savings.
        #[serde(default)]
        "sourceOfFunds" in "Body, personalReviewDetails" => pub source_of_funds: Vec<Personal>,
        /// The income of a year before tax, as an estimate.
        #[serde(default)]
        "estimatedGrossAnnualIncome" in "Body, personalReviewDetails"
            => pub estimated_gross_annual_income: Option<PersonalAmount>,
        /// The net worth, as an estimate.
        #[serde(default)]
        "estimatedNetWorth" in "Body, personalReviewDetails"
            => pub estimated_net_worth: Option<PersonalAmount>,
        /// Says whether the person is employed.
        #[serde(default)]
        "activelyEmployed" in "Body, personalReviewDetails" => pub actively_employed: Option<bool>,
        /// The employer's name.
        #[serde(default)]
        "employedCompanyName" in "Body, personalReviewDetails" sampled "ABC Technologies"
            => pub employed_company_name: Option<Personal>,
        /// The job's title.
        #[serde(default)]
        "employedJobTitle" in "Body, personalReviewDetails" sampled "Software Engineer"
            => pub employed_job_title: Option<Personal>,
    }
    /// Details of which nothing is given yet.
    fn new();
}

open_enum! {
    /// The form of a business.
    pub enum EntityType {
        /// A limited liability company.
        Llc = "LLC",
        /// A corporation.
        Corporation = "Corporation",
        /// A partnership.
        Partnership = "Partnership",
        /// One owner.
        SoleProprietor = "Sole Proprietor",
    }
}

crate::object! {
    at: "businessReviewDetails",
    /// Holds what is told again of a business. The page was cut off behind the
    /// postcode: there may be more.
    pub struct BusinessReview {
        /// The name by law.
        #[validate(custom(function = rule::required))]
        "legalEntityName" in "Body, businessReviewDetails.legalEntityName" sampled "Acme Corporation"
            => pub legal_entity_name: Personal,
        /// The name in business.
        #[validate(custom(function = rule::required))]
        "doingBusinessAs" in "Body, businessReviewDetails.doingBusinessAs" sampled "Acme Co"
            => pub doing_business_as: Personal,
        /// The form of the business.
        #[validate(custom(function = rule::required), custom(function = rule::listed))]
        "entityType" in "Body, businessReviewDetails.entityType" sampled "LLC"
            => pub entity_type: EntityType,
        /// Street of the registered address.
        #[validate(custom(function = rule::required))]
        "registeredAddressStreet" in "Body, businessReviewDetails.registeredAddressStreet"
            sampled "123 Main St" => pub registered_address_street: Personal,
        /// Number in the street.
        #[serde(default)]
        "registeredAddressNumber" in "Body, businessReviewDetails.registeredAddressNumber"
            sampled "10" => pub registered_address_number: Option<Personal>,
        /// City of the registered address.
        #[validate(custom(function = rule::required))]
        "registeredAddressCity" in "Body, businessReviewDetails.registeredAddressCity"
            sampled "Austin" => pub registered_address_city: Personal,
        /// State of the registered address.
        #[validate(custom(function = rule::required))]
        "registeredAddressState" in "Body, businessReviewDetails.registeredAddressState"
            sampled "TX" => pub registered_address_state: Personal,
        /// Postcode of the registered address.
        #[validate(custom(function = rule::required))]
        "registeredAddressPostcode" in "Body, businessReviewDetails.registeredAddressPostcode"
            sampled "73301" => pub registered_address_postcode: Personal,
    }
    /// A business by its names, its form and its address.
    fn new(
        legal_entity_name: Personal,
        doing_business_as: Personal,
        entity_type: EntityType,
        registered_address_street: Personal,
        registered_address_city: Personal,
        registered_address_state: Personal,
        registered_address_postcode: Personal,
    );
}
