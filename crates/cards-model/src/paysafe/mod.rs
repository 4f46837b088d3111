//! Paysafe Embedded Wallets (Europe): a customer's prepaid cards, read as JSON
//! page by page.

mod access_token;
mod card;
mod create_prepaid_card;
mod error;
mod get_prepaid_card;
mod list_prepaid_cards;
mod update_prepaid_card;
mod us_address;

pub use access_token::AccessToken;
pub use card::{
    Action, AvailableAction, Card, CardStatus, CardType, DeliveryAddress, Expiry,
    MobileWalletTokenization, Scheme, TokenizationStatus, Tokenizations, WalletType,
};
pub use create_prepaid_card::{CardAddress, CreatePrepaidCard};
pub use error::{ErrorBody, ErrorDetails, FieldError};
pub use get_prepaid_card::{CardInclude, GetPrepaidCard};
pub use list_prepaid_cards::{CardPage, Include, ListPrepaidCards, Meta};
pub use update_prepaid_card::{UpdatePrepaidCard, UpdatedCard};
