//! The page for people: `/`, and `/_sandbox/page/...` below it.
//!
//! Rendered here, in whole pages, one file per view. The script fetches the
//! same pages and swaps parts of them in: there is one template for what is
//! seen, and all of it works without the script. Nothing comes from elsewhere,
//! and nothing shown is a secret. A card's number is its first six and last four
//! digits. What is personal is shown of the people who are there from the start,
//! and of others only where values are kept.

mod assets;
mod clock;
pub mod customers;
mod events;
mod exchange;
mod exchanges;
mod fault_form;
mod faults;
pub mod layout;
pub mod reply;
mod reset;
mod test_values;
mod values;
pub mod views;

use axum::Router;

use crate::engine::app::App;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .merge(exchanges::routes())
        .merge(customers::routes())
        .merge(events::routes())
        .merge(faults::routes())
        .merge(clock::routes())
        .merge(test_values::routes())
        .merge(reset::routes())
        .merge(assets::routes())
}
