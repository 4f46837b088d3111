//! Ibanera (United States): the cards of a manager's customers, as JSON in one
//! common envelope, and the events of its callbacks.

mod activate_card;
mod card_approval;
mod card_review;
mod cards_by_customer;
mod create_card;
mod customer_card;
mod envelope;
mod event;
mod list_card_balances;
mod list_card_transactions;
mod list_customer_cards;
mod login;
mod page;
mod review_create_card;
mod simulate_payin;
mod upload_document;

pub use activate_card::ActivateCard;
pub use card_approval::{ApprovalStatus, ApprovalSubject, CardApproval};
pub use card_review::{BusinessReview, EntityType, PersonalReview};
pub use cards_by_customer::CardsByCustomer;
pub use create_card::{CardCurrency, CardType, CreateCard, ShippingAddress, ShippingMethod};
pub use customer_card::CustomerCard;
pub use envelope::{
    Card, CardView, CustomerCards, CustomerCardsReply, CustomerCardsReplyView, CustomerCardsView,
    Envelope, ErrorItem,
};
pub use event::{Event, EventKind};
pub use list_card_balances::{CardBalance, ListCardBalances};
pub use list_card_transactions::{CardTransaction, ListCardTransactions};
pub use list_customer_cards::ListCustomerCards;
pub use login::{LoggedIn, Login};
pub use page::Page;
pub use review_create_card::{CardReview, ReviewCreateCard, ReviewTypes, ReviewedPerson};
pub use simulate_payin::{PaidIn, SimulatePayin, TransferType};
pub use upload_document::{DocumentSide, DocumentType, UploadDocument, Uploaded};
