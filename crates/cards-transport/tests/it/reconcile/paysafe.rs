//! Paysafe's mutations.

use cards_transport::model::paysafe::{CardStatus, CreatePrepaidCard, UpdatePrepaidCard};

use super::{Answers, TOLD, UNTOLD, answers};

const CUSTOMER: &str = "12345678";

pub(crate) fn create() -> CreatePrepaidCard {
    CreatePrepaidCard::new(CUSTOMER, "BRAND-VIRTUAL-MC", "EUR")
}

pub(crate) fn cancel() -> UpdatePrepaidCard {
    let card = UpdatePrepaidCard::new(CUSTOMER, "f16ba382-eb42-481a-b08f-c57bdc9aae24");
    card.status(CardStatus::Cancelled).status_reason("lost")
}

pub(crate) fn all() {
    answers(&create(), &UNTOLD);
    let own_id = create().external_id("a2322550-af91-417f-867e-681efad44b9d");
    // One of the customer's cards has no id of the merchant's: it is known to be another where it was
    // observed before.
    answers(&own_id, &Answers { lost: None, ..TOLD });
    answers(&cancel(), &TOLD);
    let nothing = UpdatePrepaidCard {
        status: None,
        status_reason: None,
        ..cancel()
    };
    answers(&nothing.user_agent("Mozilla/5.0"), &UNTOLD);
}
