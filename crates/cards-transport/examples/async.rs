//! Lists the cards of all managed customers, and of one, without blocking.
//!
//! Start `cards sandbox` in one terminal; in another:
//!
//! ```text
//! eval "$(cargo run -p cards-cli -- sandbox --print-env)"
//! cargo run -p cards-transport --features reqwest --example async
//! ```

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::pin::pin;

use cards_transport::ibanera::Ibanera;
use cards_transport::model::ibanera::{CardsByCustomer, ListCustomerCards};
use cards_transport::{Client, ReqwestTransport};
use futures_util::StreamExt;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(run())
}

async fn run() -> Result<(), Box<dyn std::error::Error>> {
    let ibanera = Ibanera::from_vars(|name| std::env::var(name).ok())?;
    let client = Client::new(ibanera, ReqwestTransport::new()?);

    let mut customers = pin!(client.items(ListCustomerCards::new().page_size(10)));
    while let Some(customer) = customers.next().await {
        let customer = customer?;
        println!(
            "{} has {} cards",
            customer.customers_id,
            customer.cards.len()
        );
    }

    for card in client.send(&CardsByCustomer::new(11057)).await?.cards() {
        println!(
            "{} {:?} {:?}",
            card.id, card.currency, card.available_balance
        );
    }
    Ok(())
}
