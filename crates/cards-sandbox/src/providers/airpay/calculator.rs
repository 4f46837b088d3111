//! `/_sandbox/page/checksum`: Airpay's checksum over what is typed in.
//!
//! All that is typed, the secret above all, is used for one answer. It is not
//! kept, not logged, not journaled and not sent back.

mod typed;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::routing::get;
use cards_model::airpay::IDENTIFYING_HEADERS;
use cards_model::{Operation, ProviderId};
use cards_sign::Recipe;
use maud::{Markup, html};

use self::typed::Typed;
use super::comparison::{Beside, Comparison, compare, set_to};
use super::order::{ChecksumOrder, arrange};
use super::sequences;
use cards_sandbox_core::app::App;
use cards_sandbox_core::html::quoted;
use cards_sandbox_core::intake::{self, Pairs};
use cards_sandbox_core::page::layout;
use cards_sandbox_core::page::reply::Page;
use cards_sandbox_core::view::View;

pub(super) const CHECKSUM: View = View {
    path: "/_sandbox/page/checksum",
    label: "Checksum",
    title: "Checksum",
};

pub(super) fn routes() -> Router<App> {
    Router::new().route(CHECKSUM.path, get(show).post(compute))
}

/// Lists the operations whose values are signed.
fn signed(app: &App) -> impl Iterator<Item = &'static Operation> {
    let all = app.operations.of(Some(ProviderId::AIRPAY));
    all.map(|known| known.operation)
        .filter(|operation| operation.is_signed())
}

async fn show(State(app): State<App>) -> Page {
    page(&app, StatusCode::OK, &html! {})
}

async fn compute(State(app): State<App>, request: Request) -> Page {
    let (parts, body) = request.into_parts();
    let form = match intake::form(&parts, body, app.config.limits).await {
        Ok(form) => form,
        Err(fault) => return page(&app, fault.status(), &refused(&fault.why())),
    };
    match Typed::parse(&form, signed(&app)) {
        Ok(typed) => page(&app, StatusCode::OK, &answer(&typed, app.now())),
        Err(why) => page(&app, StatusCode::BAD_REQUEST, &refused(&why)),
    }
}

fn answer(typed: &Typed, now: i64) -> Markup {
    let fields: Vec<(&str, &str)> = borrowed(&typed.fields);
    let headers: Vec<(&str, &str)> = typed
        .headers
        .iter()
        .map(|(name, value)| (*name, &**value))
        .collect();
    let secret = typed.secret.as_bytes();
    let arranged = arrange(typed.operation, typed.recipe.into(), &fields);
    let digest = typed.recipe.sign(&arranged, secret);
    let names = arranged.iter().enumerate().map(|(at, (name, _))| {
        // A name that no document has may be anything.
        let known = typed.operation.field(name).map(|field| field.wire);
        known.map_or_else(|| format!("value {}", at + 1), str::to_owned)
    });
    html! {
        h2 id="answer" tabindex="-1" { "Checksum" }
        p class="digest" { code { (&*digest) } }
        p { (made(typed)) }
        @if let Some(unread) = &typed.unread { p class="trouble" role="alert" { "fields: " (quoted(unread)) } }
        ol class="values" { @for name in names { li { (name) } } }
        @if let Some(given) = &typed.given {
            (compared(typed, compare(
                typed.operation,
                typed.recipe,
                &fields,
                secret,
                given,
                Beside { now, headers: &headers },
            )))
        }
    }
}

fn borrowed(pairs: &Pairs) -> Vec<(&str, &str)> {
    pairs
        .iter()
        .map(|(name, value)| (&**name, &**value))
        .collect()
}

/// The sentences on how the checksum was made.
fn made(typed: &Typed) -> Markup {
    html! {
        "Of " code { (typed.operation.name) } ": "
        @match typed.fields.len() { 1 => "1 value", count => { (count) " values" } }
        @if typed.recipe.is_plain() {
            ", then the secret. Order: " (sequences::name(typed.recipe.into()).to_lowercase()) "."
        } @else {
            " and the secret, by the recipe " code { (typed.recipe) } ". Order:"
        }
    }
}

fn compared(typed: &Typed, comparison: Option<Comparison>) -> Markup {
    html! {
        h2 { "Compared" }
        @match comparison {
            None => {
                p class="facts" { span class="badge good" { "✓ it matches" } }
                p { "It was made in this way." }
            }
            Some(comparison) => {
                p class="facts" { span class="badge bad" { "✗ it does not match" } }
                p {
                    (quoted(&comparison.explanation))
                    @if let Some(recipe) = set_to(typed.recipe) {
                        " Here it was compared with " (quoted(&recipe)) "."
                    }
                }
                (sequences::compared(&comparison.sequences, comparison.mistake.as_deref()))
            }
        }
    }
}

fn refused(why: &str) -> Markup {
    html! {
        h2 id="answer" tabindex="-1" { "Not computed" }
        p class="trouble" role="alert" { (why) }
    }
}

fn page(app: &App, status: StatusCode, result: &Markup) -> Page {
    let main = html! {
        p class="lead" {
            "Airpay signs a request with SHA-256 over the values of its body, joined with nothing \
             between, and then the secret. What you type is used for one answer: it is not kept, \
             not logged and not sent back."
        }
        div class="calculator" {
            form method="post" action=(CHECKSUM.path) id="calculator" autocomplete="off" {
                div class="pair" {
                    label { span { "Operation" }
                        select name="operation" {
                            @for operation in signed(app) {
                                option value=(operation.name) { (operation.name) }
                            }
                        }
                    }
                    label { span { "Order to sign in" }
                        select name="order" {
                            @for order in ChecksumOrder::ALL {
                                option value=(order) { (sequences::name(order)) }
                            }
                        }
                    }
                }
                label { span { "Fields, in the order in which they are sent, or a curl command" }
                    textarea name="fields" rows="9" spellcheck="false" autocapitalize="off" required
                        aria-describedby="fields-form" {}
                }
                fieldset id="fields-form" {
                    legend { "Written as" }
                    label { input type="radio" name="form" value="lines" checked; span { code { "name=value" } ", one a line" } }
                    label { input type="radio" name="form" value="encoded"; span { "a body as it is sent: " code { "a=1&b=x%20y" } } }
                    label { input type="radio" name="form" value="curl"; span { "a " code { "curl" } " command: its address, headers and checksum are read too" } }
                }
                label { span { "Secret" }
                    input type="password" name="secret" autocomplete="off" required aria-describedby="secret-note";
                }
                p class="note" id="secret-note" {
                    "This sandbox's own is in " code { "CARDS_AIRPAY_SECRET_KEY" } " of its environment."
                }
                label { span { "Checksum to compare with, if there is one" }
                    input type="text" name="given" class="mono" spellcheck="false" autocapitalize="off" autocomplete="off";
                }
                (others())
                button type="submit" class="main" { "Compute" }
            }
            section id="result" aria-label="Result" aria-live="polite" { (result) }
        }
    };
    layout::page(app, CHECKSUM, status, &main)
}

/// The fields of the form that few need.
fn others() -> Markup {
    html! {
        details class="others" {
            summary { "Headers, and another way to sign" }
            label { span { "Headers that came with it" }
                textarea name="headers" rows="3" class="mono" spellcheck="false" autocapitalize="off"
                    aria-describedby="headers-note" {}
            }
            p class="note" id="headers-note" {
                code { "name: value" } ", one a line, of "
                @for (at, name) in IDENTIFYING_HEADERS.into_iter().enumerate() {
                    @if at > 0 { ", " } code { (name) }
                }
                ": some senders hash them too."
            }
            label { span { "Recipe, where it is signed otherwise than documented" }
                input type="text" name="recipe" class="mono" spellcheck="false" autocapitalize="off"
                    autocomplete="off" aria-describedby="recipe-note";
            }
            p class="note" id="recipe-note" {
                "Words with a comma between, after the order: " code { "joint=|,secret=first" } ". "
                (recipe_words())
            }
        }
    }
}

/// Lists the words of a recipe.
fn recipe_words() -> Markup {
    html! {
        @for (at, (key, values)) in Recipe::WORDS.into_iter().enumerate() {
            @if at > 0 { "; " }
            code { (key) "=" } " "
            @for (at, value) in values.iter().enumerate() {
                @if at > 0 { ", " } (quoted(value))
            }
        }
        "."
    }
}

#[cfg(test)]
mod tests;
