//! `POST /customers/{customerId}/prepaid/cards`
//!
//! Paysafe, Create prepaid card. A card of one of the sandbox's programmes, with a
//! test card number; its PIN is not kept, only that there is one.

use cards_model::paysafe::{CardAddress, CardStatus, CardType, CreatePrepaidCard, Scheme};
use cards_model::{Operation, Personal, ProviderId, Request, Rule, Rules};

use super::access::Access;
use super::call::{self, Handle};
use super::card::{self, Card, DeliveryAddress};
use super::error::{FieldError, UNKNOWN_ID, refused, refused_fields, store_trouble};
use super::section::CardRow;
use super::test_values::{BY_CUSTOMER, OF_THE_LIST, rows};
use cards_sandbox_core::answer::{Answer, UnmetRule};
use cards_sandbox_core::app::App;
use cards_sandbox_core::card_number::{is_uuid, starred};
use cards_sandbox_core::incoming::Incoming;
use cards_sandbox_core::openapi::{About, Described, Document};
use cards_sandbox_core::test_values::{self, TestValues};
use cards_sandbox_core::world::section::{Check, Context, Row};
use cards_sandbox_core::world_error::WorldError;
use cards_sandbox_core::written::Written;

const ADDRESS: &str = "deliveryAddress";

impl Handle for CreatePrepaidCard {
    const OPERATION: &'static Operation = <Self as Request>::OPERATION;
    const ACCESS: Access = Access::Bearer;
    const ABOUT: About = About {
        tag: "cards",
        summary: "Create a prepaid card",
        text: "A new card of a customer, the last of the list. The sandbox has the programmes \
               BRAND-VIRTUAL-MC, BRAND-VIRTUAL-VISA, BRAND-PHYSICAL-MC and \
               BRAND-PHYSICAL-VISA: a virtual card is ACTIVE at once, a physical one ISSUED, and \
               needs an address. The numbers are of test ranges. Of this operation only the \
               request's schema is public: path, status and reply are inferred from the calls \
               beside it.",
        page: Some(
            "https://docs.paysafe.com/api/embedded-wallets/business/2.0.0/prepaid-cards/schemas/cardrequest",
        ),
    };
    const TEST_VALUES: TestValues = &[
        BY_CUSTOMER,
        OF_THE_LIST,
        rows! {
            "externalId" is "Bearer":
            "test-400" => BAD_REQUEST "5068" "A field is missing or malformed.",
            "test-403" => FORBIDDEN "5270" "There is no permission.",
            "test-409" => CONFLICT "DW-CUSTOMER-CONFLICT" "The customer's state forbids it.",
            "test-500" => INTERNAL_SERVER_ERROR "1000" "Internal Server Error.",
        },
    ];
    type Data = Card;

    fn describe(document: &mut Document, operation: Described) -> Described {
        let broken = "A field breaks a documented rule, or is none of the sandbox's: `fieldErrors` \
                      names each. Or malformed: no JSON object, another content type than the \
                      documented one, or percent-encoding that is none.";
        // A null is as good as nothing: in the US, a state has to be one.
        let mut in_the_us = card::us_rules();
        in_the_us["properties"]["state"]["type"] = "string".into();
        in_the_us["properties"]["state"]["pattern"] = "^[A-Za-z]*$".into();
        let us = serde_json::json!({"properties": {"countryCode": {"pattern": "^[Uu][Ss]$"}}});
        operation
            .parameter(ADDRESS, "if", &us)
            .parameter(ADDRESS, "then", &in_the_us)
            .responds(200, document.reply::<Card>("The new card."))
            .responds(400, document.failure(broken))
            .responds(404, document.failure("There is no such customer."))
            .responds(
                409,
                document.failure("The sandbox holds as many cards as it can."),
            )
    }

    fn read(incoming: &Incoming, rules: &Rules) -> Result<Self, Answer> {
        call::read(incoming, rules)
    }

    fn show(&self, see: &mut dyn FnMut(&str, &str)) {
        test_values::show(self, see);
    }

    async fn carry_out(self, app: &App) -> Result<Written<Card>, Answer> {
        let customer = self.customer_id.clone();
        let mut row = row(self)?;
        let context = Context {
            rules: app.rules(ProviderId::PAYSAFE),
            now: app.now_millis(),
            has_key: false,
        };
        row.check(&context).map_err(|error| failed(&error))?;
        let write = app.store.write(move |transaction| {
            row.add(transaction, Some(&customer))?;
            row.read_as::<Card>(&customer).map_err(WorldError::from)
        });
        let card = write.await.map_err(|error| failed(&error))?;
        Ok(Written::of(&card))
    }
}

/// The row of the card that is asked for; what nobody asks for is made up.
fn row(asked: CreatePrepaidCard) -> Result<CardRow, Answer> {
    let Some((card_type, scheme)) = programme(&asked.program_name) else {
        return Err(refused_field("programName", PROGRAMMES));
    };
    let is_physical = card_type == CardType::Physical;
    if is_physical && asked.delivery_address.is_none() {
        let what = "must be given for a PHYSICAL card";
        let unmet = UnmetRule::field(ADDRESS, Rule::Consistency, what);
        return Err(refused_field(ADDRESS, what).unmet([unmet]));
    }
    let status = match is_physical {
        true => CardStatus::Issued,
        false => CardStatus::Active,
    };
    let text = |text: &Personal| text.expose().to_owned();
    Ok(CardRow {
        status: Some(status.as_str().to_owned()),
        card_type: Some(card_type.as_str().to_owned()),
        scheme: Some(scheme.as_str().to_owned()),
        program_name: Some(asked.program_name),
        currency: Some(asked.currency),
        mobile: asked.mobile.as_ref().map(text),
        delivery_address: asked.delivery_address.map(address),
        is_pin_set: Some(asked.card_pin.is_some()),
        external_id: asked.external_id.map(external_id),
        ..CardRow::default()
    })
}

/// Refuses a programme that is none of the sandbox's.
const PROGRAMMES: &str =
    "one of BRAND-VIRTUAL-MC, BRAND-VIRTUAL-VISA, BRAND-PHYSICAL-MC, BRAND-PHYSICAL-VISA";

/// The type and the scheme of a programme's cards.
fn programme(name: &str) -> Option<(CardType, Scheme)> {
    let (card_type, scheme) = name.strip_prefix("BRAND-")?.split_once('-')?;
    let (card_type, scheme) = (CardType::from(card_type), Scheme::from(scheme));
    (card_type.is_known() && scheme.is_known()).then_some((card_type, scheme))
}

fn external_id(asked: String) -> String {
    if is_uuid(&asked) {
        asked
    } else {
        starred(&asked)
    }
}

/// A card number in a text is kept with stars, as by the other calls that take texts.
fn address(asked: CardAddress) -> DeliveryAddress {
    let text = |text: &Personal| starred(text.expose());
    DeliveryAddress {
        address1: text(&asked.address1),
        address2: asked.address2.as_ref().map(text),
        address3: asked.address3.as_ref().map(text),
        city: text(&asked.city),
        country_code: asked.country_code,
        state: asked.state.as_ref().map(text),
        postal_code: text(&asked.postal_code),
    }
}

/// Tells why a card is not added.
fn failed(error: &WorldError) -> Answer {
    match error {
        WorldError::Field(error) => {
            let field = <CreatePrepaidCard as Handle>::OPERATION.field(&error.field);
            refused_field(field.map_or("body", |field| field.wire), &error.what)
        }
        WorldError::NotFound(_) => refused(UNKNOWN_ID, "there is no such customer"),
        WorldError::Store(error) => store_trouble(error),
    }
}

fn refused_field(field: &'static str, what: &str) -> Answer {
    let error = what.to_owned();
    refused_fields(&[FieldError { field, error }])
}

#[cfg(test)]
mod tests;
