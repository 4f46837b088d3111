//! `GET /`: the exchanges, the newest first, and the one that is opened.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use form_urlencoded::Serializer;
use maud::{Markup, html};

use super::reply::{Page, see};
use super::{exchange, layout, views};
use crate::engine::app::App;
use crate::engine::intake;
use crate::engine::journal::{Exchange, Filter};
use crate::engine::provider::Providers;

/// The number of exchanges on one page.
const PAGE: usize = 100;

const FORGET: &str = "/_sandbox/page/exchanges/forget";

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/", get(show))
        .route(FORGET, post(forget))
}

/// Holds what the address asks for.
#[derive(Clone, Default)]
struct PageQuery {
    filter: Filter,
    /// Asks for older exchanges than this one only.
    before: Option<u64>,
    /// The one to open.
    opened: Option<u64>,
}

async fn show(State(app): State<App>, request: Request) -> Page {
    let asked = match PageQuery::parse(&intake::query(request.uri()), &app.providers) {
        Ok(asked) => asked,
        Err(why) => {
            return layout::trouble(&app, views::EXCHANGES, StatusCode::BAD_REQUEST, &why);
        }
    };
    let before = asked.before.unwrap_or(u64::MAX);
    let last = app.journal.last_id();
    let (exchanges, more) = app.journal.before(before, &asked.filter, PAGE);
    let opened = asked.opened.map(|id| app.journal.exchange(id).ok_or(id));
    let status = match opened {
        Some(Err(_)) => StatusCode::NOT_FOUND,
        _ => StatusCode::OK,
    };
    let start = start(&app, request.headers());
    let main = html! {
        (controls(&asked, &app.providers))
        div class="split" data-opened[opened.is_some()] {
            div id="detail" {
                @match &opened {
                    Some(Ok(exchange)) => (exchange::detail(exchange, &asked.closed().href())),
                    Some(Err(id)) => {
                        p class="trouble" role="alert" { (app.journal.why_absent(*id)) }
                        p { a href=(asked.closed().href()) data-close { "Close" } }
                    },
                    None => {}
                }
            }
            (list(&asked, &exchanges, more, last, &start))
        }
    };
    layout::page(&app, views::EXCHANGES, status, &main)
}

async fn forget(State(app): State<App>) -> Response {
    app.journal.clear();
    see(views::EXCHANGES.path)
}

/// The filter, what lives, and the one thing that can be done.
fn controls(asked: &PageQuery, providers: &Providers) -> Markup {
    let provider = asked.filter.provider;
    let accepted = asked.filter.accepted;
    html! {
        div class="controls" {
            form method="get" action="/" class="filter" {
                label {
                    span { "Provider" }
                    select name="provider" {
                        option value="" { "all" }
                        @for one in providers.ids() {
                            option value=(one) selected[provider == Some(one)] { (one) }
                        }
                    }
                }
                label {
                    span { "Verdict" }
                    select name="verdict" {
                        option value="" { "all" }
                        option value="accepted" selected[accepted == Some(true)] { "accepted" }
                        option value="refused" selected[accepted == Some(false)] { "refused" }
                    }
                }
                button type="submit" { "Show" }
            }
            p id="live" class="live" hidden { "Connecting" }
            noscript { p { "Without scripts, reload to see new exchanges." } }
            form method="post" action=(FORGET) {
                button type="submit" class="quiet" { "Forget all" }
            }
            p id="news" class="unseen" role="status" aria-live="polite" {}
        }
    }
}

/// Shows how to make the first call: addresses, credentials, and a line to copy, which are nobody's.
fn start(app: &App, headers: &HeaderMap) -> Markup {
    let origin = app.origin(headers);
    let each = origin.iter().flat_map(|origin| {
        let providers = app.providers.iter();
        providers.map(move |one| (one.id(), one.credentials(origin, app.now())))
    });
    html! {
        "No call has come yet. Point a client at this address, and its calls appear here."
        div class="start" {
            @for (provider, credentials) in each {
                h3 { (provider) }
                dl class="request" {
                    @for (name, value) in &credentials.env {
                        div { dt { code { (name) } } dd { code { (value) } } }
                    }
                }
                @if let Some(example) = &credentials.example { pre { code { (example) } } }
            }
        }
    }
}

fn list(
    asked: &PageQuery,
    exchanges: &[Arc<Exchange>],
    more: bool,
    last: u64,
    start: &Markup,
) -> Markup {
    let events = asked.before.is_none().then(|| asked.events(last));
    html! {
        section id="list" aria-label="Exchanges" data-events=[events] {
            table class="exchanges" {
                thead { tr {
                    th scope="col" class="number wide" { "No." }
                    th scope="col" { "Time" }
                    th scope="col" { "Call" }
                    th scope="col" class="number" { "HTTP" }
                    th scope="col" { "Verdict" }
                    th scope="col" class="why" { "Why" }
                } }
                tbody {
                    @for exchange in exchanges { (row(asked, exchange)) }
                }
            }
            @if exchanges.is_empty() {
                div class="empty" {
                    @if asked.before.is_some() || asked.filter != Filter::default() {
                        "No exchange is like this."
                    } @else {
                        (start)
                    }
                }
            }
            p class="pages" {
                @if asked.before.is_some() {
                    a href=(PageQuery { before: None, ..asked.clone() }.href()) { "Newest" }
                }
                @if let (true, Some(oldest)) = (more, exchanges.last()) {
                    a href=(PageQuery { before: Some(oldest.id), ..asked.clone() }.href()) { "Older" }
                }
            }
        }
    }
}

fn row(asked: &PageQuery, exchange: &Exchange) -> Markup {
    let id = exchange.id;
    let is_opened = asked.opened == Some(id);
    let href = PageQuery {
        opened: Some(id),
        ..asked.clone()
    }
    .href();
    html! {
        tr data-id=(id) {
            td class="number wide" { (id) }
            td class="time" { time datetime=(exchange.at) { (clock_time(&exchange.at)) } }
            td class="call" {
                a href=(href) data-open aria-current=[is_opened.then_some("true")] {
                    span class="provider" { (exchange::provider(exchange)) }
                    " "
                    span class="operation" { (exchange::operation(exchange)) }
                }
            }
            td class="number" {
                @if exchange.status == 0 { span title="No answer was sent" { "–" } } @else { (exchange.status) }
            }
            td { (exchange::badge(exchange)) (exchange::fault_badge(exchange)) }
            td class="why" { div { (exchange::why(exchange)) } }
        }
    }
}

/// Cuts `08:00:00` out of an ISO time.
fn clock_time(at: &str) -> &str {
    at.get(11..19).unwrap_or(at)
}

impl PageQuery {
    /// An empty value is nothing said: so does a form that was left alone.
    fn parse(query: &intake::Pairs, providers: &Providers) -> Result<Self, String> {
        let mut asked = Self::default();
        for (name, value) in query.iter().filter(|(_, value)| !value.is_empty()) {
            let id = || {
                value
                    .parse()
                    .map_err(|_| format!("{name}: has to be an exchange's number"))
            };
            match name.as_str() {
                "provider" => {
                    let found = providers.named(value);
                    asked.filter.provider = Some(found.map_err(|why| format!("provider: {why}"))?);
                }
                "verdict" => {
                    asked.filter.accepted = match value.as_str() {
                        "accepted" => Some(true),
                        "refused" => Some(false),
                        _ => return Err("verdict: has to be accepted or refused".to_owned()),
                    };
                }
                "before" => asked.before = Some(id()?),
                "exchange" => asked.opened = Some(id()?),
                _ => {}
            }
        }
        Ok(asked)
    }

    fn closed(&self) -> Self {
        Self {
            opened: None,
            ..self.clone()
        }
    }

    fn href(&self) -> String {
        let mut query = Serializer::new(String::new());
        if let Some(provider) = self.filter.provider {
            query.append_pair("provider", provider.as_str());
        }
        if let Some(accepted) = self.filter.accepted {
            query.append_pair("verdict", if accepted { "accepted" } else { "refused" });
        }
        if let Some(before) = self.before {
            query.append_pair("before", &before.to_string());
        }
        if let Some(opened) = self.opened {
            query.append_pair("exchange", &opened.to_string());
        }
        let query = query.finish();
        if query.is_empty() {
            "/".to_owned()
        } else {
            format!("/?{query}")
        }
    }

    /// Gives the address at which the script hears of exchanges after the last one here.
    fn events(&self, last: u64) -> String {
        let mut query = Serializer::new(String::new());
        query.append_pair("after", &last.to_string());
        if let Some(provider) = self.filter.provider {
            query.append_pair("provider", provider.as_str());
        }
        if let Some(accepted) = self.filter.accepted {
            query.append_pair("accepted", if accepted { "true" } else { "false" });
        }
        format!("/_sandbox/exchanges?{}", query.finish())
    }
}
