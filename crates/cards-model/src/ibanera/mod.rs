//! Ibanera (United States): the cards of a manager's customers, as JSON in one
//! common envelope.

mod cards_by_customer;
mod envelope;
mod list_customer_cards;
mod login;

pub use cards_by_customer::CardsByCustomer;
pub use envelope::{Card, CustomerCards, CustomerCardsReply, Envelope, ErrorItem};
pub use list_customer_cards::ListCustomerCards;
pub use login::{LoggedIn, Login};
