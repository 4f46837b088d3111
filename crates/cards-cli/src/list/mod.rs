//! `cards list`: the cards of several providers in one view.

mod rows;

use cards_transport::model::airpay::{CardDetails, CustomerCards};
use cards_transport::model::ibanera::{CardsByCustomer, CustomerCardsReply, ListCustomerCards};
use cards_transport::model::paysafe::{CardPage, ListPrepaidCards};
use cards_transport::model::{CardSummary, ProviderId};
use cards_transport::{Call, Provider, airpay::Airpay, ibanera::Ibanera, paysafe::Paysafe};
use clap::ArgGroup;

use self::rows::{Rows, Shown};
use crate::call::args::{CallArgs, Setup};
use crate::call::client_args::ClientArgs;
use crate::call::gather::{self, Failure, Fetch, gather};
use crate::config::{Needs, Vars};
use crate::end::Outcome;
use crate::error::{Error, Shown as Nothing};
use crate::exit::Exit;
use crate::output;
use crate::sheet::Format;
use crate::words::one_of;

const PROVIDERS: [ProviderId; 3] = [ProviderId::AIRPAY, ProviderId::PAYSAFE, ProviderId::IBANERA];

/// The most cards on a page that Paysafe takes.
const PAYSAFE_PAGE: u32 = 50;

#[derive(clap::Args)]
#[command(group(ArgGroup::new("providers").args(["all_providers", "provider"]).required(true)))]
#[command(mut_arg("timeout", |timeout| timeout.help("The longest that all calls to one provider \
may take [default: as long as its pages]")))]
#[command(mut_arg("show_body", |it| it.help("Where a call fails, print what the server sent, on \
standard error; it may hold personal data")))]
#[command(after_help = "\
Airpay and Paysafe list the cards of a customer: name each whose cards are
wanted. Ibanera lists those of all customers, unless some are named. Where one
provider or customer fails, the cards of the others are listed all the same, and
the exit code is that of the first failure, but 1 in place of 2 where anything
was sent. json, ndjson and csv tell each card's customer too. `cards help
environment` lists the settings of each provider.

Examples:
  cards list --all-providers --airpay-customer AIRPAYCUST0001 \\
    --paysafe-customer 12345678 --ibanera-customer 11057
  cards list --provider ibanera --output csv > cards.csv")]
pub(crate) struct Args {
    /// List the cards of each provider that has settings
    #[arg(long)]
    all_providers: bool,

    /// List the cards of this provider, in place of all; may be repeated
    #[arg(
        long,
        value_name = "NAME",
        value_parser = one_of(PROVIDERS.map(ProviderId::as_str))
    )]
    provider: Vec<&'static str>,

    /// List the cards of this customer of Airpay's; may be repeated
    #[arg(long, value_name = "ENTITY_ID", help_heading = "Customers")]
    airpay_customer: Vec<String>,

    /// List the cards of this customer of Paysafe's; may be repeated
    #[arg(long, value_name = "ID", help_heading = "Customers")]
    paysafe_customer: Vec<String>,

    /// List the cards of this customer of Ibanera's, in place of all customers;
    /// may be repeated
    #[arg(
        long,
        value_name = "ID",
        help_heading = "Customers",
        allow_negative_numbers = true
    )]
    ibanera_customer: Vec<i64>,

    /// Format of the cards: table, csv, json, or ndjson, a card on a line as its page arrives; with
    /// json and ndjson, errors are JSON too
    #[arg(
        short,
        long,
        value_enum,
        value_name = "FORMAT",
        default_value = "table",
        hide_possible_values = true
    )]
    output: Format,

    #[command(flatten)]
    client: ClientArgs,
}

/// Lists the cards.
pub(crate) fn run(args: &Args) -> Result<(), Error> {
    args.check()?;
    let vars = args.client.vars()?.checked_for_all()?;
    let is_set = |provider: &ProviderId| vars.has_any(prefix(*provider));
    if args.all_providers && !PROVIDERS.iter().any(is_set) {
        return Err(none_configured(&vars));
    }
    let call = CallArgs::of(args.client.clone(), args.output);
    let mut list = List {
        call: &call,
        vars: &vars,
        rows: Rows::new(args.output),
        failures: Vec::new(),
        is_over: false,
    };
    for provider in PROVIDERS.iter().filter(|provider| args.wants(**provider)) {
        if list.is_over {
            break;
        }
        // Who names a customer means the provider too.
        let is_meant = !args.all_providers || !args.customers(*provider).is_empty();
        if is_meant || is_set(provider) {
            args.list(*provider, &mut list);
        } else {
            output::note(&format!(
                "{provider} has no settings, and is left out: `cards help environment` lists \
                 what to set\n"
            ));
        }
    }
    list.end()
}

/// Gives the beginning of the names of a provider's settings.
fn prefix(provider: ProviderId) -> &'static str {
    match provider {
        ProviderId::AIRPAY => Airpay::PREFIX,
        ProviderId::PAYSAFE => Paysafe::PREFIX,
        _ => Ibanera::PREFIX,
    }
}

/// Says what to set where nothing is.
fn none_configured(vars: &Vars) -> Error {
    let needs = [
        Needs::of_call::<CardDetails>(),
        Needs::of_call::<ListPrepaidCards>(),
        Needs::of_call::<ListCustomerCards>(),
    ];
    let mut message = "no provider has settings: one is needed at least".to_owned();
    let mut hint = None;
    for (provider, needs) in PROVIDERS.iter().zip(needs) {
        if let Err(error) = needs.check(vars) {
            message.push_str(&format!("\n{provider}: {}", error.message));
            hint = error.hint;
        }
    }
    Error {
        kind: "config",
        hint,
        ..Error::usage(message)
    }
}

impl Args {
    fn wants(&self, provider: ProviderId) -> bool {
        self.all_providers || self.provider.contains(&provider.as_str())
    }

    /// The customers of a provider that are named, each once.
    fn customers(&self, provider: ProviderId) -> Vec<Customer> {
        match provider {
            ProviderId::AIRPAY => Customer::each(&self.airpay_customer),
            ProviderId::PAYSAFE => Customer::each(&self.paysafe_customer),
            _ => Customer::each(&self.ibanera_customer),
        }
    }

    /// Fails where a customer is named of a provider that is not.
    fn check(&self) -> Result<(), Error> {
        for provider in PROVIDERS {
            if !self.wants(provider) && !self.customers(provider).is_empty() {
                let message =
                    format!("--{provider}-customer is given, and {provider} is not listed");
                let hint = format!("add --provider {provider}, or leave the customer out");
                return Err(Error::usage(message).hint(hint));
            }
        }
        Ok(())
    }

    /// Lists the cards of one provider.
    fn list(&self, provider: ProviderId, list: &mut List<'_>) {
        let customers = self.customers(provider);
        match provider {
            ProviderId::AIRPAY => list.of_customers(
                customers
                    .iter()
                    .map(|it| CardDetails::new(&it.id))
                    .collect(),
                gather::one,
                &customers,
                |reply: CustomerCards| cards_of(reply.items(), |_| None),
            ),
            ProviderId::PAYSAFE => {
                let calls = customers
                    .iter()
                    .map(|it| ListPrepaidCards::new(&it.id).limit(PAYSAFE_PAGE));
                list.of_customers(
                    calls.collect(),
                    gather::pages,
                    &customers,
                    // A card that is another customer's is shown as that.
                    |page: CardPage| cards_of(&page.cards, |card| card.customer_id.clone()),
                );
            }
            _ if customers.is_empty() => list.read(
                vec![ListCustomerCards::new()],
                gather::pages,
                &[],
                |_, reply| of_each_customer(&reply),
            ),
            _ => {
                let ids = each_once(&self.ibanera_customer);
                let calls = ids.map(|(_, id)| CardsByCustomer::new(*id)).collect();
                list.read(calls, gather::one, &customers, |_, reply| {
                    of_each_customer(&reply)
                });
            }
        }
    }
}

/// A customer that a flag names.
struct Customer {
    id: String,
    /// The place of the flag among those of its provider, from 0.
    place: usize,
}

impl Customer {
    /// The customers with these ids, each once.
    fn each(ids: &[impl PartialEq + ToString]) -> Vec<Self> {
        let ids = each_once(ids);
        let customers = ids.map(|(place, id)| Self {
            id: id.to_string(),
            place,
        });
        customers.collect()
    }

    /// The flag that names it, of so many.
    fn flag(&self, provider: ProviderId, count: usize) -> String {
        match count {
            1 => format!("--{provider}-customer"),
            _ => format!("--{provider}-customer, number {}", self.place + 1),
        }
    }
}

/// The ids, each where it stands first.
fn each_once<T: PartialEq>(ids: &[T]) -> impl Iterator<Item = (usize, &T)> {
    let all = ids.iter().enumerate();
    all.filter(|(place, id)| !ids[..*place].contains(id))
}

/// The cards, each with the customer that it names, if it names one.
fn cards_of<'a, T: 'a>(cards: &'a [T], customer: impl Fn(&T) -> Option<String>) -> Vec<Shown>
where
    CardSummary: From<&'a T>,
{
    let of = |card| Shown {
        customer_id: customer(card),
        card: CardSummary::from(card),
    };
    cards.iter().map(of).collect()
}

fn of_each_customer(reply: &CustomerCardsReply) -> Vec<Shown> {
    let customers = reply.customers.iter();
    let cards = customers.flat_map(|customer| {
        let id = customer.customers_id.to_string();
        let cards = customer.cards.iter().map(CardSummary::from);
        cards.map(move |card| Shown {
            customer_id: Some(id.clone()),
            card,
        })
    });
    cards.collect()
}

/// Collects the cards, and what kept others from being among them.
struct List<'a> {
    call: &'a CallArgs,
    vars: &'a Vars,
    rows: Rows,
    failures: Vec<Error>,
    /// Says whether no more is to be asked: it was interrupted, or nobody reads on.
    is_over: bool,
}

impl List<'_> {
    /// Lists the cards of customers of a provider that lists no others.
    fn of_customers<C: Call>(
        &mut self,
        calls: Vec<C>,
        fetch: Fetch<C>,
        customers: &[Customer],
        cards: impl Fn(C::Reply) -> Vec<Shown>,
    ) {
        if calls.is_empty() {
            let provider = C::operation().provider;
            let message = format!("{provider} lists the cards of a customer, and none is named");
            let hint = format!(
                "name one with --{provider}-customer, which may be repeated, or list others\n  \
                 alone with --provider"
            );
            let error = Error::usage(message).hint(hint);
            self.failures
                .push(error.about(C::operation(), None, Nothing::Nothing));
            return;
        }
        self.read(calls, fetch, customers, |at, reply| {
            let asked = customers.get(at).map(|it| &*it.id);
            let of = |shown: Shown| {
                let own = shown.customer_id.filter(|own| {
                    asked.is_none_or(|asked| cards_transport::is_another(asked, Some(own)))
                });
                Shown {
                    customer_id: own.or_else(|| asked.map(str::to_owned)),
                    card: shown.card,
                }
            };
            cards(reply).into_iter().map(of).collect()
        });
    }

    /// Makes these calls, each for the customer at its place, where there are some.
    fn read<C: Call>(
        &mut self,
        calls: Vec<C>,
        fetch: Fetch<C>,
        customers: &[Customer],
        cards: impl Fn(usize, C::Reply) -> Vec<Shown>,
    ) {
        let setup = Setup::from(self.call).read(self.vars.clone());
        let mut printed = Ok(());
        let provider = C::operation().provider;
        let name = |at| {
            customers
                .get(at)
                .map(|it: &Customer| it.flag(provider, customers.len()))
        };
        let failures = gather(setup, calls, fetch, name, |at, reply| {
            printed = self.rows.take(cards(at, reply));
            match printed {
                Ok(()) => std::ops::ControlFlow::Continue(()),
                // Nobody reads on.
                Err(_) => std::ops::ControlFlow::Break(()),
            }
        });
        for failure in failures {
            self.is_over |= failure.error.exit == Exit::Interrupted;
            self.failures.push(told::<C>(failure, customers));
        }
        if let Err(error) = printed {
            self.is_over = true;
            self.failures.push(error);
        }
    }

    /// Prints what was read, and fails as the first that failed did.
    fn end(mut self) -> Result<(), Error> {
        let is_sent = |error: &Error| error.outcome != Outcome::NotSent;
        let sent = self.rows.has_any || self.failures.iter().any(is_sent);
        self.failures.extend(self.rows.end().err());
        // That nobody reads on is no failure beside one.
        if self.failures.iter().any(|error| !error.is_quiet) {
            self.failures.retain(|error| !error.is_quiet);
        }
        if self.failures.is_empty() {
            return Ok(());
        }
        // What ended all says more than what ended one.
        let is_interrupt = |error: &Error| error.exit == Exit::Interrupted;
        let at = self.failures.iter().position(is_interrupt);
        let mut first = self.failures.remove(at.unwrap_or(0));
        if sent {
            first = first.after_others();
        }
        Err(Error {
            others: self.failures.into(),
            ..first
        })
    }
}

/// Says of a failure whose it is: the provider's, and the flag's of the customer.
fn told<C: Call>(failure: Failure, customers: &[Customer]) -> Error {
    let Failure {
        error,
        at,
        left_out,
    } = failure;
    let provider = C::operation().provider;
    let error = match &error.call {
        Some(_) => error,
        None => error
            .within(provider.as_str())
            .about(C::operation(), None, Nothing::Nothing),
    };
    let mut error = match at.and_then(|at| customers.get(at)) {
        Some(customer) => error.within(&customer.flag(provider, customers.len())),
        None => error,
    };
    if left_out > 0 {
        let what = if left_out == 1 {
            "customer was"
        } else {
            "customers were"
        };
        error.message = format!("{} ({left_out} more {what} not asked for)", error.message);
    }
    error
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use cards_transport::model::Capability;
    use cards_transport::operations;

    use super::*;

    /// A listing call that is new has to find its place here.
    #[test]
    fn the_calls_are_all_that_list_cards() {
        let mut made = [
            CardDetails::operation(),
            ListPrepaidCards::operation(),
            ListCustomerCards::operation(),
            CardsByCustomer::operation(),
        ]
        .map(|operation| operation.name);
        let lists = operations().filter(|it| it.capabilities.contains(&Capability::ListCards));
        let mut lists: Vec<_> = lists.map(|operation| operation.name).collect();
        made.sort_unstable();
        lists.sort_unstable();
        assert_eq!(lists, made);
        let issuers = operations().map(|operation| operation.provider);
        assert_eq!(issuers.collect::<BTreeSet<_>>(), PROVIDERS.into());
    }
}
