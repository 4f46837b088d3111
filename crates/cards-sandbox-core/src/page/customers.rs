//! `GET /_sandbox/page/customers`: the customers and cards of each provider.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Extension, Router};
use cards_model::ProviderId;
use form_urlencoded::Serializer;
use maud::{Markup, html};
use rusqlite::Connection;

use super::layout::{self, store_trouble};
use super::reply::Page;
use super::views;
use crate::engine::app::App;
use crate::engine::intake;
use crate::engine::plugin::{CustomersView, Plugins};
use crate::engine::provider::Providers;
use crate::engine::showing::Showing;
use crate::engine::store::StoreError;
use crate::engine::view::{CardRefusal, CustomerEntry};
use crate::engine::world::section::Who;

pub(super) fn routes() -> Router<App> {
    Router::new().route(views::CUSTOMERS.path, get(show))
}

/// A customer with more cards than this is closed until it is opened, and so
/// are all where there are more customers.
const MANY: usize = 20;

/// The number of a provider's customers on one page.
const PAGE: u32 = 100;

/// Tells which customers are asked for: without a word, the first of every provider.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    provider: Option<ProviderId>,
    /// The id of the only one.
    customer: Option<String>,
    /// The id of the last one before them.
    after: Option<String>,
}

impl Asked {
    /// Asks for one customer of a provider.
    pub fn one(provider: ProviderId, customer: &str) -> Self {
        Self {
            provider: Some(provider),
            customer: Some(customer.to_owned()),
            after: None,
        }
    }

    fn after(provider: ProviderId, last: &str) -> Self {
        Self {
            provider: Some(provider),
            customer: None,
            after: Some(last.to_owned()),
        }
    }

    /// An empty value is nothing said: so does a form that was left alone.
    fn parse(query: &intake::Pairs, providers: &Providers) -> Result<Self, String> {
        let mut asked = Self::default();
        for (name, value) in query.iter().filter(|(_, value)| !value.is_empty()) {
            match name.as_str() {
                "provider" => {
                    let found = providers.named(value);
                    asked.provider = Some(found.map_err(|why| format!("provider: {why}"))?);
                }
                "customer" => asked.customer = Some(value.clone()),
                "after" => asked.after = Some(value.clone()),
                _ => {}
            }
        }
        Ok(asked)
    }

    /// Gives the address that asks for them.
    pub fn href(&self) -> String {
        let mut query = Serializer::new(String::new());
        for (name, value) in [
            ("provider", self.provider.map(ProviderId::as_str)),
            ("customer", self.customer.as_deref()),
            ("after", self.after.as_deref()),
        ] {
            query.extend_pairs(value.map(|value| (name, value)));
        }
        let path = views::CUSTOMERS.path;
        match query.finish() {
            nothing if nothing.is_empty() => path.to_owned(),
            query => format!("{path}?{query}"),
        }
    }

    /// One more than a page holds, where that many are asked for, tells that there are others.
    fn who(&self) -> Who<'_> {
        match &self.customer {
            Some(id) => Who::One(id),
            None => Who::Some {
                after: self.after.as_deref(),
                most: PAGE + 1,
            },
        }
    }
}

async fn show(
    State(app): State<App>,
    Extension(plugins): Extension<Plugins>,
    request: Request,
) -> Page {
    match Asked::parse(&intake::query(request.uri()), &app.providers) {
        Ok(asked) => page(&app, &plugins, asked, StatusCode::OK, None).await,
        Err(why) => layout::trouble(&app, views::CUSTOMERS, StatusCode::BAD_REQUEST, &why),
    }
}

/// Shows the customers and cards that are asked for, as of one moment; and beside a card what could
/// not be done with it.
pub async fn page(
    app: &App,
    plugins: &Plugins,
    asked: Asked,
    status: StatusCode,
    refusal: Option<CardRefusal>,
) -> Page {
    let (showing, plugins, of) = (app.showing(), plugins.clone(), asked.clone());
    let read = move |connection: &Connection| {
        let is_asked = |id| of.provider.is_none_or(|provider| provider == id);
        let each = plugins.iter().filter_map(|plugin| {
            let (id, view) = (plugin.provider.id(), plugin.customers.as_ref()?);
            let read = || {
                let customers = (view.list)(connection, showing, of.who(), refusal.as_ref())?;
                let count = view.counted.count(connection)?;
                Ok(section(&of, id, view, customers, count))
            };
            is_asked(id).then(read)
        });
        each.collect::<Result<Vec<_>, StoreError>>()
    };
    match app.store.read_all(read).await {
        Ok(sections) => {
            let main = all(&asked, showing, &app.providers, &sections);
            layout::page(app, views::CUSTOMERS, status, &main)
        }
        Err(error) => store_trouble(app, views::CUSTOMERS, &error),
    }
}

fn all(asked: &Asked, showing: Showing, providers: &Providers, sections: &[Markup]) -> Markup {
    html! {
        div class="controls" {
            form method="get" action=(views::CUSTOMERS.path) class="filter" {
                label {
                    span { "Provider" }
                    select name="provider" {
                        option value="" { "all" }
                        @for one in providers.ids() {
                            option value=(one) selected[asked.provider == Some(one)] { (one) }
                        }
                    }
                }
                label {
                    span { "Customer's id" }
                    input name="customer" value=[asked.customer.as_deref()] autocomplete="off";
                }
                button type="submit" { "Show" }
            }
        }
        p class="lead" {
            @if !showing.everybody {
                "Names, addresses, phone numbers and e-mail addresses of whoever was registered are \
                 hidden; the sandbox's own people are made up. "
            }
            "Of a card's number the first six and the last four digits are kept, and no more."
        }
        @for section in sections { (section) }
    }
}

fn section(
    asked: &Asked,
    id: ProviderId,
    view: &CustomersView,
    mut customers: Vec<CustomerEntry>,
    count: u64,
) -> Markup {
    let are_more = customers.len() > PAGE as usize;
    customers.truncate(PAGE as usize);
    let next = customers.last().filter(|_| are_more);
    let is_open = customers.len() <= MANY;
    html! {
        section class="provider-section" aria-labelledby=(id) {
            h2 id=(id) { (view.title) span class="count" { (counted(count, "customer")) } }
            @for one in &customers { (customer(is_open, view.heads, one)) }
            @if customers.is_empty() {
                p class="empty" {
                    @if asked.customer.is_some() { "No customer of this id." }
                    @else if asked.after.is_some() { "No more customers." }
                    @else { "No customers." }
                }
            }
            @if asked.after.is_some() || next.is_some() {
                p class="pages" {
                    @if asked.after.is_some() {
                        a href={ (views::CUSTOMERS.path) "?provider=" (id) } { "First of " (view.title) }
                    }
                    @if let Some(last) = next {
                        a href=(Asked::after(id, &last.id).href()) { "Next of " (view.title) }
                    }
                }
            }
        }
    }
}

/// A customer: a line of facts, and a table of cards below it.
fn customer(is_open: bool, heads: &[&str], customer: &CustomerEntry) -> Markup {
    let CustomerEntry { id, facts, cards } = customer;
    let line = html! {
        code class="id" { (id) }
        span class="count" { (counted(cards.len() as u64, "card")) }
        @for (name, value) in facts {
            span class="fact" { span class="label" { (name) } " " (value) }
        }
    };
    if cards.is_empty() {
        return html! { div class="customer" { p { (line) } } };
    }
    html! {
        details class="customer" open[is_open && cards.len() <= MANY] {
            summary { (line) }
            // Said outright: the style makes blocks of it on a narrow screen, and
            // a block is no row to a screen reader.
            table class="cards" role="table" {
                caption class="unseen" { "Cards of " (id) }
                thead role="rowgroup" { tr role="row" {
                    @for head in heads { th scope="col" role="columnheader" { (head) } }
                } }
                tbody role="rowgroup" {
                    @for card in cards {
                        tr role="row" {
                            @for (head, cell) in heads.iter().zip(card) {
                                td role="cell" data-label=(head) class=[cell.class] { (cell.markup) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn counted(count: u64, what: &str) -> String {
    match count {
        0 => format!("no {what}s"),
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    }
}
