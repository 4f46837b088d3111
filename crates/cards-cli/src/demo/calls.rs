//! The six documented calls, each through both backends.

use std::time::Duration;

use cards_sandbox::{ChecksumVerdict, Exchange, Running, world};
use cards_transport::model::CardSummary;
use cards_transport::model::airpay::{
    Channel, CustomerPreference, PreferenceStatus, UpdateCustomer,
};
use cards_transport::model::ibanera::{CardsByCustomer, ListCustomerCards};
use cards_transport::model::paysafe::ListPrepaidCards;
use cards_transport::{Call, Provider, Reply, Settings, airpay, ibanera, paysafe};

use super::{people, text};
use crate::call::client::{Backend, Client};
use crate::config::Vars;
use crate::error::Error;
use crate::output::{self, BAD, DIM, GOOD};

/// Makes the calls, shows each, and brings the cards that they are about.
pub(super) fn run(sandbox: &Running, vars: &Vars) -> Result<Vec<CardSummary>, Error> {
    output::out(&format!(
        "{DIM}{:27}  {:7}  {:6}  {:8}  {:>8}  RESULT{DIM:#}\n",
        "OPERATION", "BACKEND", "STATUS", "CHECKSUM", "TIME"
    ))?;
    let mut cards = Vec::new();
    for backend in Backend::ALL {
        cards.extend(airpay(sandbox, vars, backend)?);
    }
    let mut elsewhere = Vec::new();
    for backend in Backend::ALL {
        // The same cards both times.
        elsewhere = paysafe_and_ibanera(sandbox, vars, backend)?;
    }
    cards.extend(elsewhere);
    Ok(cards)
}

/// Registers a customer, moves her, and keeps her card out of cash machines.
fn airpay(sandbox: &Running, vars: &Vars, backend: Backend) -> Result<Option<CardSummary>, Error> {
    let line = Line::<airpay::Airpay>::new(sandbox, vars, backend)?;
    let person = people::person(backend)?;
    let registered = line.show(&person, |_| "registered".to_owned())?;

    let move_out = UpdateCustomer::new(&registered.entity_id)
        .address("7 Marine Drive")
        .country("India")
        .city("Kochi")
        .state("Kerala")
        .pincode("682031");
    line.show(&move_out, |_| "moved to Kochi".to_owned())?;

    let no_cash = CustomerPreference::new(&registered.entity_id)
        .status(PreferenceStatus::NotAllowed)
        .channel(Channel::Atm);
    line.show(&no_cash, |_| "no ATM use".to_owned())?;
    Ok(Some(CardSummary::from(&person)))
}

fn paysafe_and_ibanera(
    sandbox: &Running,
    vars: &Vars,
    backend: Backend,
) -> Result<Vec<CardSummary>, Error> {
    let line = Line::<paysafe::Paysafe>::new(sandbox, vars, backend)?;
    let few = ListPrepaidCards::new(world::paysafe::CUSTOMER).limit(5);
    let page = line.show(&few, |page| count(page.cards.len(), "card"))?;

    let line = Line::<ibanera::Ibanera>::new(sandbox, vars, backend)?;
    let all = ListCustomerCards::new().page_size(10);
    line.show(&all, |list| count(list.customers.len(), "customer"))?;
    let one = CardsByCustomer::new(world::ibanera::CUSTOMER);
    let customer = line.show(&one, |customer| count(customer.cards().count(), "card"))?;

    let paysafe = page.cards.iter().map(CardSummary::from);
    Ok(paysafe
        .chain(customer.cards().map(CardSummary::from))
        .collect())
}

/// A client of one provider that tells of each exchange on a line.
struct Line<'a, P> {
    sandbox: &'a Running,
    backend: Backend,
    client: Client<P>,
}

impl<'a, P: Provider> Line<'a, P> {
    fn new(sandbox: &'a Running, vars: &Vars, backend: Backend) -> Result<Self, Error> {
        let timeout = Duration::from_secs(20);
        let settings = Settings::new().total_timeout(timeout);
        Ok(Self {
            sandbox,
            backend,
            client: Client::new(
                P::from_vars(|name| vars.get(name))?,
                backend,
                settings,
                vars.backend_options()?,
                Some(timeout),
            )?,
        })
    }

    fn show<C>(
        &self,
        call: &C,
        result: impl Fn(&C::Reply) -> String,
    ) -> Result<Reply<C::Reply>, Error>
    where
        C: Call<Provider = P>,
    {
        let reply = self.client.send(call)?;
        // The sandbox's journal has seen it too, and knows of the checksum.
        let exchange = self.sandbox.exchanges().pop();
        let (colour, verdict) = match exchange.as_ref().and_then(Exchange::detail) {
            Some(ChecksumVerdict::Right) => (GOOD, "right"),
            Some(_) => (BAD, "wrong"),
            None => (DIM, "-"),
        };
        output::out(&format!(
            "{:27}  {:7}  {GOOD}{:6}{GOOD:#}  {colour}{verdict:8}{colour:#}  {:>8}  {}\n",
            C::operation().to_string(),
            self.backend.as_str(),
            reply.status().as_u16(),
            text::time(reply.elapsed()),
            result(reply.value()),
        ))?;
        Ok(reply)
    }
}

fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
