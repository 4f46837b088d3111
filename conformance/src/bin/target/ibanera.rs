//! Asks what Ibanera's page says.

use cards_transport::blocking::Client;
use cards_transport::ibanera::{Ibanera, OtpReuse};
use cards_transport::model::ibanera::{CardsByCustomer, ListCustomerCards};
use cards_transport::{CallOptions, ConfigError, Error, Retry, UreqTransport, Validation};

use crate::question::{Asker, Question, ensure, fails, told, vars};

pub(crate) fn questions(
    url: &str,
    transport: &UreqTransport,
) -> Result<Vec<Question>, ConfigError> {
    let ibanera = Ibanera::from_vars(vars("CARDS_IBANERA_BASE_URL", url.to_owned()))?;
    // The server is asked often and on purpose wrongly: nothing waits 30 seconds.
    let ibanera = ibanera.otp_reuse(OtpReuse::Allowed);
    let stranger = Client::new(ibanera.clone().token("not-a-token"), transport.clone());
    let client = Client::new(ibanera, transport.clone());
    let customer = std::env::var("CARDS_IBANERA_CUSTOMERS_ID").ok();
    let customer = customer.and_then(|id| id.parse().ok()).unwrap_or(11_057);
    let anyway = CallOptions::new()
        .validation(Validation::Off)
        .retry(Retry::never());
    let mut asker = Asker::new("ibanera");

    asker.ask(
        "the first page tells its number and size",
        &["IB-LIST-REPLY-pageNumber"],
        || {
            let page = client.send(&ListCustomerCards::new()).map_err(told)?;
            ensure(
                page.page_number == Some(1),
                format!("pageNumber is {:?}", page.page_number),
            )?;
            let size = page.page_size.unwrap_or_default();
            ensure(
                page.customers.len() as i64 <= size,
                "more customers than pageSize",
            )
        },
    );
    asker.ask(
        "a page size is kept",
        &["IB-LIST-QUERY-pageSize-meaning"],
        || {
            let page = client
                .send(&ListCustomerCards::new().page_size(1))
                .map_err(told)?;
            ensure(
                page.customers.len() <= 1,
                format!("{} customers", page.customers.len()),
            )
        },
    );
    asker.ask(
        "pages of three hold the same customers as pages of twenty",
        &[],
        || {
            let ids = |size| -> Result<Vec<i64>, String> {
                let customers = client.items(ListCustomerCards::new().page_size(size));
                customers
                    .map(|c| c.map(|c| c.customers_id).map_err(told))
                    .collect()
            };
            ensure(ids(3)? == ids(20)?, "they differ")
        },
    );
    asker.ask(
        "one customer's cards",
        &["IB-BY-QUERY-customersId-meaning"],
        || {
            let reply = client.send(&CardsByCustomer::new(customer)).map_err(told)?;
            let ids: Vec<_> = reply
                .customers
                .iter()
                .map(|customer| customer.customers_id)
                .collect();
            ensure(
                ids == [customer],
                format!("asked for {customer}, got {ids:?}"),
            )?;
            ensure(
                reply.cards().all(|card| card.total_balance.is_some()),
                "a card without balance",
            )
        },
    );
    let says = |code: &'static str| {
        move |error: &Error| {
            let refusal = error.refusal();
            refusal.is_some_and(|refusal| refusal.fields.iter().any(|field| field.error == code))
        }
    };
    asker.ask(
        "a missing customer id is Required",
        &["IB-BY-ERROR-Required"],
        || {
            fails(
                client.send_with(&CardsByCustomer::default(), &anyway),
                says("Required"),
            )
        },
    );
    asker.ask(
        "an unknown customer id is Invalid",
        &["IB-BY-ERROR-Invalid"],
        || {
            fails(
                client.send_with(&CardsByCustomer::new(i64::MAX), &anyway),
                says("Invalid"),
            )
        },
    );
    asker.ask("an unknown token is refused", &[], || {
        let call = CardsByCustomer::new(customer);
        fails(stranger.send_with(&call, &anyway), |e| {
            e.is_unauthorized() || e.is_refused()
        })
    });
    Ok(asker.done())
}
