//! Asks what Paysafe's page says.

use cards_transport::blocking::Client;
use cards_transport::model::paysafe::{CardPage, CardStatus, CardType, Include, ListPrepaidCards};
use cards_transport::paysafe::Paysafe;
use cards_transport::{CallOptions, ConfigError, Error, Retry, UreqTransport, Validation};

use crate::question::{Asker, Question, ensure, fails, told, vars};

pub(crate) fn questions(
    url: &str,
    transport: &UreqTransport,
) -> Result<Vec<Question>, ConfigError> {
    let base = format!("{url}/digitalwallets/v1");
    let client = Client::new(
        Paysafe::from_vars(vars("CARDS_PAYSAFE_BASE_URL", base.clone()))?,
        transport.clone(),
    );
    let stranger_vars = move |name: &str| match name {
        "CARDS_PAYSAFE_BASE_URL" => Some(base.clone()),
        "CARDS_PAYSAFE_TOKEN" => Some("not-a-token".to_owned()),
        _ => None,
    };
    let stranger = Client::new(Paysafe::from_vars(stranger_vars)?, transport.clone());
    let customer =
        std::env::var("CARDS_PAYSAFE_CUSTOMER_ID").unwrap_or_else(|_| "12345678".to_owned());
    let list = || ListPrepaidCards::new(&customer);
    let page = |call: ListPrepaidCards| -> Result<CardPage, String> {
        client
            .send(&call)
            .map(cards_transport::Reply::into_value)
            .map_err(told)
    };
    let anyway = CallOptions::new()
        .validation(Validation::Off)
        .retry(Retry::never());
    let mut asker = Asker::new("paysafe");

    asker.ask(
        "the first page holds at most ten cards",
        &["PP-QUERY-limit-default"],
        || {
            let page = page(list())?;
            ensure(
                page.cards.len() <= 10,
                format!("{} cards", page.cards.len()),
            )?;
            let limit = page.meta.and_then(|meta| meta.limit);
            ensure(limit == Some(10), format!("meta.limit is {limit:?}"))
        },
    );
    asker.ask(
        "the page keeps the document's rules for replies",
        &["PP-CARD-lastFour-length"],
        || page(list().limit(50))?.check().map_err(told),
    );
    asker.ask(
        "a limit is kept, and told",
        &["PP-META-limit-meaning"],
        || {
            let page = page(list().limit(1))?;
            ensure(page.cards.len() <= 1, format!("{} cards", page.cards.len()))?;
            let limit = page.meta.and_then(|meta| meta.limit);
            ensure(limit == Some(1), format!("meta.limit is {limit:?}"))
        },
    );
    asker.ask(
        "a limit above 50 is refused",
        &["PP-QUERY-limit-max"],
        || {
            fails(client.send_with(&list().limit(51), &anyway), |error| {
                error
                    .status()
                    .is_some_and(|status| status.is_client_error())
            })
        },
    );
    asker.ask("a status filters", &["PP-OP-filter-status"], || {
        for status in CardStatus::ALL {
            let page = page(list().limit(50).status([status.clone()]))?;
            let stray = page
                .cards
                .iter()
                .find(|card| card.status.as_ref() != Some(status));
            ensure(
                stray.is_none(),
                format!("a card of another status among {status}"),
            )?;
        }
        Ok(())
    });
    asker.ask("a card type filters", &["PP-OP-filter-type"], || {
        for card_type in CardType::ALL {
            let page = page(list().limit(50).card_type([card_type.clone()]))?;
            let stray = page
                .cards
                .iter()
                .find(|card| card.card_type.as_ref() != Some(card_type));
            ensure(
                stray.is_none(),
                format!("a card of another type among {card_type}"),
            )?;
        }
        Ok(())
    });
    asker.ask(
        "what is not asked for is not included",
        &["PP-OP-include"],
        || {
            let plain = page(list().limit(50))?;
            let extra = |page: &CardPage| {
                page.cards
                    .iter()
                    .any(|c| c.tokenizations.is_some() || c.available_actions.is_some())
            };
            ensure(!extra(&plain), "tokenizations or actions without asking")?;
            let asked = page(list().limit(50).include(Include::ALL.iter().cloned()))?;
            ensure(
                extra(&asked) || asked.cards.is_empty(),
                "neither tokenizations nor actions",
            )
        },
    );
    asker.ask(
        "an offset beyond the end brings no card",
        &["PP-META-past-end"],
        || {
            let page = page(list().offset(1_000_000))?;
            let records = page.meta.and_then(|meta| meta.number_of_records);
            ensure(page.cards.is_empty(), "there are cards")?;
            ensure(
                records == Some(0),
                format!("numberOfRecords is {records:?}"),
            )
        },
    );
    asker.ask(
        "pages of three hold the same cards as pages of fifty",
        &["PP-META-last-page"],
        || {
            let ids = |limit| -> Result<Vec<String>, String> {
                let cards = client.items(list().limit(limit));
                cards
                    .map(|card| card.map(|card| card.card_id).map_err(told))
                    .collect()
            };
            ensure(ids(3)? == ids(50)?, "they differ")
        },
    );
    asker.ask("an unknown token is refused with 401", &[], || {
        fails(stranger.send(&list()), Error::is_unauthorized)
    });
    Ok(asker.done())
}
