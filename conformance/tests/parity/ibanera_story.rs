//! The life of a card at Ibanera, from its order to what came onto it, against the sandbox.

use cards_model::ibanera::{
    ActivateCard, CardCurrency, CardsByCustomer, CreateCard, ListCardBalances,
    ListCardTransactions, ListCustomerCards, ShippingAddress, ShippingMethod, SimulatePayin,
    TransferType,
};
use cards_model::{CardState, CardSummary, Decimal};
use cards_sandbox::Fault;
use cards_sandbox::world::ibanera::{CUSTOMER, PROGRAMS};
use cards_transport::ibanera::Ibanera;
use cards_transport::{BackendOptions, Call as _};

use crate::common::clients::{AnyClient, Backend, for_both_backends};
use crate::common::sandbox::{Carries, provider_of, sandbox};
use crate::setup::{once, soon};

for_both_backends! {
    a_card_is_ordered_activated_paid_into_and_listed,
    a_pay_in_whose_reply_is_lost_is_not_sent_again,
}

fn order() -> CreateCard {
    let home = ShippingAddress::new("Suite 500", "Austin", "Texas", "73301", "USA");
    let (usd, standard) = (CardCurrency::Usd, ShippingMethod::Standard);
    CreateCard::new(CUSTOMER, usd, "CARD-REF-001", standard, PROGRAMS[0], home)
}

fn pay_in(id: i64, amount: &str) -> SimulatePayin {
    SimulatePayin::new(id, TransferType::Ach, amount)
}

fn a_card_is_ordered_activated_paid_into_and_listed<B: Backend>() {
    let sandbox = sandbox();
    // Logs in by itself, with a code of its own for each call.
    let ibanera: Ibanera = provider_of(&sandbox, Carries::Login);
    let client = B::client(ibanera, &BackendOptions::new(), once());
    let own = || {
        let listed = client.send(&CardsByCustomer::new(CUSTOMER)).unwrap();
        listed.into_value().cards().cloned().collect::<Vec<_>>()
    };
    let before = own();

    let ordered = client.send(&order()).unwrap().into_value();
    assert_eq!(ordered.customers_id, Some(CUSTOMER));
    let card = ordered.card.unwrap();
    let id = card.id;
    assert!(before.iter().all(|card| card.id != id), "{id}");
    assert_eq!(card.status.as_deref(), Some("Deactivated"));
    assert_eq!(card.total_balance, Some(Decimal::ZERO));
    let activated = client.send(&ActivateCard::new(id)).unwrap().into_value();
    let card = activated.card.unwrap();
    assert_eq!((card.id, card.suppressed), (id, Some(false)));
    let again = client.send(&ActivateCard::new(id)).unwrap_err();
    assert!(again.is_refused(), "{again}");

    let amounts = ["0.01", "0.1", "99.89", "5", "05.50"];
    for amount in amounts {
        client.send(&pay_in(id, amount)).unwrap();
    }
    let sum = Decimal::new(11_050, 2);

    let transactions = ListCardTransactions::new(id).page_size(2);
    let entries: Result<Vec<_>, _> = client.items(transactions, 100).into_iter().collect();
    let entries = entries.unwrap();
    assert!(entries.iter().all(|entry| entry.cards_id == Some(id)));
    assert!(entries.iter().all(|entry| entry.pending == Some(false)));
    let mut kept: Vec<_> = entries.iter().map(|entry| entry.amount.unwrap()).collect();
    let mut paid = amounts.map(|amount| amount.parse::<Decimal>().unwrap());
    kept.sort_unstable();
    paid.sort_unstable();
    assert_eq!(kept, paid);

    let balances = ListCardBalances::new().customers_id(CUSTOMER).page_size(2);
    let balances: Result<Vec<_>, _> = client.items(balances, 100).into_iter().collect();
    let balances = balances.unwrap();
    let balance = balances.iter().find(|balance| balance.id == id).unwrap();
    assert_eq!(balance.total_balance, Some(sum));
    assert_eq!(balance.available_balance, Some(sum));
    assert_eq!(balance.pending_balance, Some(Decimal::ZERO));
    assert_eq!(balance.status.as_deref(), Some("Active"));

    let listed = own();
    let (last, others) = listed.split_last().unwrap();
    assert_eq!(others, before);
    let card = CardSummary::from(last);
    assert_eq!(card.card_id, id.to_string());
    assert_eq!(card.state, Some(CardState::Active));
    assert_eq!(
        (card.total_balance, card.currency.as_deref()),
        (Some(sum), Some("USD"))
    );
    let everybody = client.items(ListCustomerCards::new().page_size(10), 100);
    let of_customer = everybody
        .into_iter()
        .map(Result::unwrap)
        .find(|customer| customer.customers_id == CUSTOMER);
    assert_eq!(of_customer.unwrap().cards, listed);
}

/// The money came, and whoever is told that nobody knows finds it in the transactions.
fn a_pay_in_whose_reply_is_lost_is_not_sent_again<B: Backend>() {
    const CARD: i64 = 1002;
    let sandbox = sandbox();
    let ibanera: Ibanera = provider_of(&sandbox, Carries::Token);
    let client = B::client(ibanera, &BackendOptions::new(), soon(5));
    let amounts = || {
        let page = client.send(&ListCardTransactions::new(CARD)).unwrap();
        let entries = page.into_value().details.into_iter();
        entries.filter_map(|entry| entry.amount).collect::<Vec<_>>()
    };
    let before = amounts();
    let lost = Fault::reset_before_headers().carry_out(true).times(1);
    let lost = lost.operation(SimulatePayin::operation().name);
    sandbox.faults().add(lost).unwrap();
    let error = client.send(&pay_in(CARD, "7.00")).unwrap_err();
    assert!(error.is_outcome_unknown(), "{error}");
    assert_eq!(error.attempts(), 1);
    let seven = [Decimal::new(700, 2)];
    assert_eq!(amounts(), [&seven[..], &before].concat());
}
