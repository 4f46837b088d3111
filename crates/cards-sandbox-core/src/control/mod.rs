//! `/_sandbox/...`: what the sandbox tells about itself, for developers.

mod clock;
mod credentials;
mod customers;
mod delivery_faults;
mod events;
pub(crate) mod exchanges;
mod faults;
mod health;
pub mod input;
pub(crate) mod issuer;
mod openapi;
mod receivers;
mod reset;
mod stream;
mod test_values;
pub(crate) mod world;
mod worlds;

use crate::engine::endpoint::Endpoint;

pub use openapi::text;

/// Everything under `/_sandbox/` but the page; each is declared in a file of its
/// own.
pub(crate) const ENDPOINTS: &[Endpoint] = &[
    health::HEALTH,
    credentials::CREDENTIALS,
    credentials::EXPIRE_TOKENS,
    exchanges::EXCHANGES,
    exchanges::FORGET,
    exchanges::EXCHANGE,
    world::WORLD,
    world::REPLACE,
    world::SAVE,
    customers::ADD_CUSTOMER,
    customers::REMOVE_CUSTOMER,
    customers::ADD_CARD,
    customers::REMOVE_CARD,
    clock::READ,
    clock::SET,
    clock::RESET,
    clock::ADVANCE,
    faults::LIST,
    faults::ORDER,
    faults::CLEAR,
    faults::SHOW,
    faults::REMOVE,
    issuer::ACT,
    events::EVENTS,
    events::EVENT,
    events::RESEND,
    events::STEPS,
    test_values::LIST,
    receivers::LIST,
    receivers::REGISTER,
    receivers::REMOVE,
    delivery_faults::LIST,
    delivery_faults::ORDER,
    delivery_faults::CLEAR,
    delivery_faults::REMOVE,
    reset::RESET,
    worlds::LIST,
    worlds::REMOVE,
    openapi::OPENAPI,
];
