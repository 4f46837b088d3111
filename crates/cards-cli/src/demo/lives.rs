//! The life of a card at each provider: made, loaded, locked, told of.

use cards_sandbox::{Running, world};
use cards_transport::model::airpay::{
    CardBalance, CardDetails, Channel, CustomerPreference, LockFlag, LockUnlock, PreferenceStatus,
    TopUp, UpdateCustomer,
};
use cards_transport::model::ibanera::{
    ActivateCard, CardCurrency, CardsByCustomer, CreateCard, ListCardBalances,
    ListCardTransactions, ListCustomerCards, ShippingAddress, ShippingMethod, SimulatePayin,
    TransferType,
};
use cards_transport::model::paysafe::{
    Card, CardStatus, CreatePrepaidCard, GetPrepaidCard, ListPrepaidCards, UpdatePrepaidCard,
};
use cards_transport::model::{CardSummary, Decimal};
use cards_transport::{Reply, airpay, ibanera, paysafe};

use super::calls::Clients;
use super::people;
use crate::call::client::Backend;
use crate::config::Vars;
use crate::error::Error;

/// Makes the calls, and gives their number and the cards that they are about.
pub(super) fn run(sandbox: &Running, vars: &Vars) -> Result<(usize, Vec<CardSummary>), Error> {
    let mut cards = Vec::new();
    let count = at_airpay(sandbox, vars, &mut cards)?
        + at_paysafe(sandbox, vars, &mut cards)?
        + at_ibanera(sandbox, vars, &mut cards)?;
    Ok((count, cards))
}

fn at_airpay(sandbox: &Running, vars: &Vars, cards: &mut Vec<CardSummary>) -> Result<usize, Error> {
    let mut both = Clients::<airpay::Airpay>::new(sandbox, vars, "A card at Airpay")?;
    let [first, second] = Backend::ALL;
    let people = [people::person(first)?, people::person(second)?];
    let kits = people.each_ref().map(|person| person.kit_no.clone());
    let registered = both.show(people, |_| "registered".to_owned())?;
    let ids = registered.map(|reply| reply.entity_id.clone());

    let moves = ids.each_ref().map(|id| {
        let update = UpdateCustomer::new(id).address("7 Marine Drive");
        let update = update.country("India").city("Kochi").state("Kerala");
        update.pincode("682031")
    });
    both.show(moves, |_| "moved to Kochi".to_owned())?;
    let loads = ids.each_ref().map(|id| TopUp::new(id, "500.00"));
    both.show(loads, |_| "loaded 500.00".to_owned())?;
    let balances = ids.each_ref().map(CardBalance::new);
    both.show(balances, |balance| format!("{:.2} INR", balance.balance))?;
    let no_cash = ids.each_ref().map(|id| {
        let preference = CustomerPreference::new(id).channel(Channel::Atm);
        preference.status(PreferenceStatus::NotAllowed)
    });
    both.show(no_cash, |_| "no ATM use".to_owned())?;
    let lock = |at: usize| LockUnlock::new(&ids[at], &kits[at], LockFlag::Lock, "Lost");
    both.show([lock(0), lock(1)], |_| "locked".to_owned())?;
    let details = ids.each_ref().map(CardDetails::new);
    let details = both.show(details, |cards| number(cards.items().len(), "card"))?;
    cards.extend(
        details
            .iter()
            .flat_map(|reply| reply.items().iter().map(CardSummary::from)),
    );
    Ok(both.count())
}

fn at_paysafe(
    sandbox: &Running,
    vars: &Vars,
    cards: &mut Vec<CardSummary>,
) -> Result<usize, Error> {
    const CUSTOMER: &str = world::paysafe::CUSTOMER;
    let mut both = Clients::<paysafe::Paysafe>::new(sandbox, vars, "A card at Paysafe")?;
    let status = |card: &Card| match &card.status {
        Some(status) => status.to_string().to_lowercase(),
        None => "no status".to_owned(),
    };
    let create = || CreatePrepaidCard::new(CUSTOMER, "BRAND-VIRTUAL-MC", "EUR");
    let created = both.show([create(), create()], status)?;
    let ids = created.map(|reply| reply.card_id.clone());
    let get = ids.each_ref().map(|id| GetPrepaidCard::new(CUSTOMER, id));
    both.show(get, status)?;
    let end = ids.each_ref().map(|id| {
        let update = UpdatePrepaidCard::new(CUSTOMER, id).status(CardStatus::Cancelled);
        update.status_reason("lost")
    });
    both.show(end, |card| match card {
        Some(card) => status(card),
        None => "done".to_owned(),
    })?;
    let list = || ListPrepaidCards::new(CUSTOMER).limit(50);
    let [listed, _] = both.show([list(), list()], |page| number(page.cards.len(), "card"))?;
    // The new ones are the last.
    let (old, new) = listed
        .cards
        .split_at(listed.cards.len().saturating_sub(ids.len()));
    cards.extend(old.iter().take(2).chain(new).map(CardSummary::from));
    Ok(both.count())
}

fn at_ibanera(
    sandbox: &Running,
    vars: &Vars,
    cards: &mut Vec<CardSummary>,
) -> Result<usize, Error> {
    const CUSTOMER: i64 = world::ibanera::CUSTOMER;
    let mut both = Clients::<ibanera::Ibanera>::new(sandbox, vars, "A card at Ibanera")?;
    let create = |reference: &str| {
        let home = ShippingAddress::new("Suite 500", "Austin", "Texas", "73301", "USA");
        let program = world::ibanera::PROGRAMS[0];
        let (currency, shipping) = (CardCurrency::Usd, ShippingMethod::Standard);
        CreateCard::new(CUSTOMER, currency, reference, shipping, program, home)
    };
    let created = both.show([create("DEMO-1"), create("DEMO-2")], |_| {
        "created".to_owned()
    })?;
    let [Some(first), Some(second)] = created.each_ref().map(id_of) else {
        return Err(Error::failure(
            "the sandbox made a card and did not tell its id",
        ));
    };
    let ids = [first, second];
    both.show(ids.map(ActivateCard::new), |_| "activated".to_owned())?;
    let pay_in = |id| SimulatePayin::new(id, TransferType::Ach, "120.50");
    both.show(ids.map(pay_in), |_| "120.50 paid in".to_owned())?;
    let of_card = ids.map(ListCardTransactions::new);
    both.show(of_card, |page| {
        let mut amounts = page.details.iter().filter_map(|entry| entry.amount);
        match amounts.try_fold(Decimal::ZERO, Decimal::checked_add) {
            Some(sum) => format!("sum {sum}"),
            None => "no sum".to_owned(),
        }
    })?;
    let balances = || ListCardBalances::new().customers_id(CUSTOMER);
    both.show([balances(), balances()], |page| {
        number(page.details.len(), "balance")
    })?;
    let all = || ListCustomerCards::new().page_size(10);
    both.show([all(), all()], |list| {
        number(list.customers.len(), "customer")
    })?;
    let own = || CardsByCustomer::new(CUSTOMER);
    let [listed, _] = both.show([own(), own()], |customer| {
        number(customer.cards().count(), "card")
    })?;
    cards.extend(listed.cards().map(CardSummary::from));
    Ok(both.count())
}

fn id_of(reply: &Reply<cards_transport::model::ibanera::CustomerCard>) -> Option<i64> {
    reply.card.as_ref().map(|card| card.id)
}

fn number(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
