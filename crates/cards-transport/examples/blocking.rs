//! Lists a customer's cards and changes a preference, on the calling thread.
//!
//! Start `cards sandbox` in one terminal; in another:
//!
//! ```text
//! eval "$(cargo run -p cards-cli -- sandbox --print-env)"
//! cargo run -p cards-transport --features ureq --example blocking
//! ```

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use cards_transport::airpay::Airpay;
use cards_transport::model::airpay::{Channel, CustomerPreference, PreferenceStatus};
use cards_transport::model::paysafe::{CardStatus, ListPrepaidCards};
use cards_transport::paysafe::Paysafe;
use cards_transport::{UreqTransport, blocking::Client};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let var = |name: &str| std::env::var(name).ok();
    let transport = UreqTransport::new()?;

    let paysafe = Client::new(Paysafe::from_vars(var)?, transport.clone());
    let active = ListPrepaidCards::new("12345678").status([CardStatus::Active]);
    for card in paysafe.items(active) {
        let card = card?;
        println!("{} {:?} {:?}", card.card_id, card.card_type, card.expiry);
    }

    let airpay = Client::new(Airpay::from_vars(var)?, transport);
    let no_cash = CustomerPreference::new("no-such-customer")
        .status(PreferenceStatus::NotAllowed)
        .channel(Channel::Atm);
    match airpay.send(&no_cash) {
        Ok(reply) => println!("done after {:?}", reply.elapsed()),
        // The provider says only "fail"; the sandbox's log says why.
        Err(error) if error.is_refused() => println!("{error}"),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}
