//! The order of what an issuer is to do, as JSON has it.

use std::fmt;

use cards_model::{Amount, ProviderId};
use schemars::JsonSchema;
use serde::de::{Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::IssuerError;
use crate::engine::card_number;
use crate::engine::limits::TEXT;

/// The things that an issuer does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum IssuerAction {
    /// Holds an amount back, as somebody pays with the card.
    Authorise,
    /// Takes an amount that was held back, or a part of it: the payment is settled.
    Clear,
    /// Gives an amount back that was held back: the payment does not come about.
    Reverse,
    /// Gives a settled payment back, or a part of it.
    Refund,
    /// Ends a card.
    Expire,
    /// Sends the plastic of a card.
    Ship,
    /// Hands the plastic over.
    Deliver,
    /// Approves a customer's KYC.
    ApproveKyc,
    /// Rejects a customer's KYC.
    RejectKyc,
    /// Approves a card that was asked for.
    ApproveCard,
    /// Rejects a card that was asked for.
    RejectCard,
    /// Lets a mobile wallet take a card.
    Tokenise,
    /// Gives a mobile wallet's token of a card anew.
    ReissueToken,
}

impl IssuerAction {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Authorise,
        Self::Clear,
        Self::Reverse,
        Self::Refund,
        Self::Expire,
        Self::Ship,
        Self::Deliver,
        Self::ApproveKyc,
        Self::RejectKyc,
        Self::ApproveCard,
        Self::RejectCard,
        Self::Tokenise,
        Self::ReissueToken,
    ];

    /// Says what it does, in a few words.
    pub const fn description(self) -> &'static str {
        match self {
            Self::Authorise => "Hold an amount back, as somebody pays",
            Self::Clear => "Settle a payment, or a part of it",
            Self::Reverse => "Give back what was held back",
            Self::Refund => "Give a settled payment back, or a part of it",
            Self::Expire => "End a card",
            Self::Ship => "Send the plastic of a card",
            Self::Deliver => "Hand the plastic over",
            Self::ApproveKyc => "Approve a customer's KYC",
            Self::RejectKyc => "Reject a customer's KYC",
            Self::ApproveCard => "Approve a card that was asked for",
            Self::RejectCard => "Reject a card that was asked for",
            Self::Tokenise => "Let a mobile wallet take a card",
            Self::ReissueToken => "Give the wallets' tokens of a card anew",
        }
    }

    /// The fields of an order that it has, at one provider or another.
    const fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Authorise => &["customer", "card", "amount", "description"],
            Self::Clear => &["transaction", "amount"],
            Self::Reverse => &["transaction"],
            Self::Refund => &["transaction", "amount", "description"],
            Self::Expire | Self::Ship | Self::Deliver => &["customer", "card"],
            Self::ApproveKyc | Self::RejectKyc => &["customer"],
            // A card that waits has an id of its own at one provider.
            Self::ApproveCard | Self::RejectCard => &["card", "request"],
            Self::Tokenise => &["card", "wallet"],
            Self::ReissueToken => &["card"],
        }
    }

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Authorise => "authorise",
            Self::Clear => "clear",
            Self::Reverse => "reverse",
            Self::Refund => "refund",
            Self::Expire => "expire",
            Self::Ship => "ship",
            Self::Deliver => "deliver",
            Self::ApproveKyc => "approve-kyc",
            Self::RejectKyc => "reject-kyc",
            Self::ApproveCard => "approve-card",
            Self::RejectCard => "reject-card",
            Self::Tokenise => "tokenise",
            Self::ReissueToken => "reissue-token",
        }
    }
}

impl fmt::Display for IssuerAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// An order to the issuer: an action, and what it needs of the rest.
///
/// ```
/// use cards_sandbox_core::issuer::{IssuerAction, IssuerOrder};
///
/// let order = IssuerOrder::new(IssuerAction::Authorise).card("1005").amount("9.50");
/// let read: IssuerOrder =
///     serde_json::from_str(r#"{"action": "authorise", "card": 1005, "amount": 9.50}"#)?;
/// assert_eq!(order, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "an object that says which action")]
#[non_exhaustive]
pub struct IssuerOrder {
    /// The action.
    pub action: IssuerAction,
    /// The customer's id, where a card or a standing is found by it.
    #[serde(default, deserialize_with = "text")]
    #[schemars(with = "Option<String>")]
    pub customer: Option<String>,
    /// The card's id, or what its provider names cards by.
    #[serde(default, deserialize_with = "text")]
    #[schemars(with = "Option<String>")]
    pub card: Option<String>,
    /// The amount in the card's currency: above nothing. Where it may be left out, all there is.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub amount: Option<Amount>,
    /// The id of the transaction that is cleared, reversed or refunded.
    #[serde(default, deserialize_with = "text")]
    #[schemars(with = "Option<String>")]
    pub transaction: Option<String>,
    /// The id of the request that is approved or rejected.
    #[serde(default, deserialize_with = "text")]
    #[schemars(with = "Option<String>")]
    pub request: Option<String>,
    /// The kind of wallet that takes the card, by its provider's word.
    #[serde(default)]
    pub wallet: Option<String>,
    /// The line that a list of transactions shows of it, of at most 100 characters.
    #[serde(default)]
    #[schemars(length(max = 100))]
    pub description: Option<String>,
}

impl IssuerOrder {
    /// An order of an action, of which nothing more is said yet.
    pub const fn new(action: IssuerAction) -> Self {
        Self {
            action,
            customer: None,
            card: None,
            amount: None,
            transaction: None,
            request: None,
            wallet: None,
            description: None,
        }
    }

    /// The names of the fields that are given beside the action.
    fn given(&self) -> impl Iterator<Item = &'static str> {
        let all = [
            ("customer", self.customer.is_some()),
            ("card", self.card.is_some()),
            ("amount", self.amount.is_some()),
            ("transaction", self.transaction.is_some()),
            ("request", self.request.is_some()),
            ("wallet", self.wallet.is_some()),
            ("description", self.description.is_some()),
        ];
        let given = all.into_iter().filter(|(_, is_given)| *is_given);
        given.map(|(field, _)| field)
    }

    /// Names the customer.
    #[must_use]
    pub fn customer(self, id: impl Into<String>) -> Self {
        Self {
            customer: Some(id.into()),
            ..self
        }
    }

    /// Names the card.
    #[must_use]
    pub fn card(self, id: impl Into<String>) -> Self {
        Self {
            card: Some(id.into()),
            ..self
        }
    }

    /// States the amount.
    #[must_use]
    pub fn amount(self, amount: impl Into<Amount>) -> Self {
        Self {
            amount: Some(amount.into()),
            ..self
        }
    }

    /// Names the transaction that is cleared, reversed or refunded.
    #[must_use]
    pub fn transaction(self, id: impl Into<String>) -> Self {
        Self {
            transaction: Some(id.into()),
            ..self
        }
    }

    /// Names the request that is approved or rejected.
    #[must_use]
    pub fn request(self, id: impl Into<String>) -> Self {
        Self {
            request: Some(id.into()),
            ..self
        }
    }

    /// Names the kind of wallet that takes the card.
    #[must_use]
    pub fn wallet(self, wallet: impl Into<String>) -> Self {
        Self {
            wallet: Some(wallet.into()),
            ..self
        }
    }

    /// States the line that a list of transactions shows of it.
    #[must_use]
    pub fn description(self, text: impl Into<String>) -> Self {
        Self {
            description: Some(text.into()),
            ..self
        }
    }

    /// Checks what is alike at every provider: that its issuer does this, and the form of texts.
    pub(crate) fn check(
        &self,
        actions: &[IssuerAction],
        provider: ProviderId,
    ) -> Result<(), IssuerError> {
        if !actions.contains(&self.action) {
            let actions: Vec<_> = actions.iter().map(|action| action.as_str()).collect();
            let what = format!("one of {provider}'s: {}", actions.join(", "));
            return Err(IssuerError::field("action", what));
        }
        let fields = self.action.fields();
        let superfluous = self.given().find(|field| !fields.contains(field));
        if let Some(field) = superfluous {
            return Err(IssuerError::field(field, "this action has none"));
        }
        let description = self.description.as_deref().unwrap_or_default();
        if description.chars().count() > TEXT {
            let what = format!("at most {TEXT} characters");
            return Err(IssuerError::field("description", what));
        }
        if card_number::is_in(description) {
            return Err(IssuerError::field(
                "description",
                "a text without a card number",
            ));
        }
        Ok(())
    }

    /// Gives the customer, or says that one is needed.
    pub fn need_customer(&self) -> Result<&str, IssuerError> {
        need("customer", self.customer.as_deref())
    }

    /// Gives the card, or says that one is needed.
    pub fn need_card(&self) -> Result<&str, IssuerError> {
        need("card", self.card.as_deref())
    }

    /// Gives the transaction, or says that one is needed.
    pub fn need_transaction(&self) -> Result<&str, IssuerError> {
        need("transaction", self.transaction.as_deref())
    }

    /// Gives the request, or says that one is needed.
    pub fn need_request(&self) -> Result<&str, IssuerError> {
        need("request", self.request.as_deref())
    }

    /// Gives the amount, or says that one is needed.
    pub fn need_amount(&self) -> Result<&Amount, IssuerError> {
        need("amount", self.amount.as_ref())
    }
}

/// Shows the action and the names of what is given: a kit's number is nobody's to read.
impl fmt::Debug for IssuerOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IssuerOrder")
            .field("action", &self.action)
            .field("given", &self.given().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

fn need<T>(field: &'static str, given: Option<T>) -> Result<T, IssuerError> {
    given.ok_or_else(|| IssuerError::field(field, "this action needs it"))
}

/// Reads a text, or a whole number as one: ids are numbers at one provider and texts at another.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    struct Id;

    impl Visitor<'_> for Id {
        type Value = Option<String>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a string or a whole number")
        }

        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
            Ok(Some(text.to_owned()))
        }

        fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
            Ok(Some(number.to_string()))
        }

        fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Self::Value, E> {
            Err(E::invalid_value(Unexpected::Signed(number), &self))
        }
    }

    deserializer.deserialize_any(Id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_shows_the_names_of_what_is_given_and_no_value() {
        let order = IssuerOrder::new(IssuerAction::Authorise)
            .customer("c1")
            .card("k2");
        let shown = format!("{:?}", order.amount("9.50"));
        assert!(
            shown.contains(r#"given: ["customer", "card", "amount"]"#),
            "{shown}"
        );
        assert!(!shown.contains("9.50") && !shown.contains("k2"), "{shown}");
        let shown = format!("{:?}", IssuerOrder::new(IssuerAction::Ship));
        assert!(shown.contains("given: []"), "{shown}");
    }
}
