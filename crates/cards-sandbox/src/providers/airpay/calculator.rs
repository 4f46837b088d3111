//! `/_sandbox/page/checksum`: Airpay's checksum over what is typed in.
//!
//! All that is typed, the secret above all, is used for one answer. It is not
//! kept, not logged, not journaled and not sent back.

use std::fmt;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::routing::get;
use cards_model::{Operation, ProviderId};
use cards_sign::checksum;
use maud::{Markup, html};

use super::comparison::{Beside, Comparison, compare};
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
    let form = match intake::form(&parts.headers, body, app.config.limits).await {
        Ok(form) => form,
        Err(fault) => return page(&app, fault.status(), &refused(&fault.why())),
    };
    match Typed::parse(&form, signed(&app)) {
        Ok(typed) => page(&app, StatusCode::OK, &answer(&typed, app.now())),
        Err(why) => page(&app, StatusCode::BAD_REQUEST, &refused(&why)),
    }
}

/// Everything that was typed. `Debug` shows none of it.
struct Typed {
    operation: &'static Operation,
    order: ChecksumOrder,
    fields: Pairs,
    secret: String,
    given: Option<String>,
}

impl fmt::Debug for Typed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Typed").finish_non_exhaustive()
    }
}

impl Typed {
    /// Reads what the form holds, or says which field of it is wrong.
    fn parse(
        form: &Pairs,
        mut signed: impl Iterator<Item = &'static Operation>,
    ) -> Result<Self, String> {
        let field = |name: &str| {
            let mut values = form.iter().filter(|(other, _)| other == name);
            match (values.next(), values.next()) {
                (Some((_, value)), None) => Ok(value.as_str()),
                (None, _) => Ok(""),
                (Some(_), Some(_)) => Err(format!("{name}: is given twice")),
            }
        };
        let operation = field("operation")?;
        let operation = signed
            .find(|one| one.name == operation)
            .ok_or("operation: has to be one of the list")?;
        let order = field("order")?
            .parse()
            .map_err(|_| "order: has to be received, table, example or sorted")?;
        let text = field("fields")?;
        let fields = match field("form")? {
            "lines" => lines(text)?,
            "encoded" => encoded(text)?,
            _ => return Err("form: has to be lines or encoded".to_owned()),
        };
        if fields.is_empty() {
            return Err("fields: there has to be at least one".to_owned());
        }
        let secret = field("secret")?;
        if secret.is_empty() {
            return Err("secret: must be given".to_owned());
        }
        Ok(Self {
            operation,
            order,
            fields,
            secret: secret.to_owned(),
            given: Some(field("given")?.to_owned()).filter(|given| !given.is_empty()),
        })
    }
}

/// `name=value`, one a line; empty lines are passed over.
fn lines(text: &str) -> Result<Pairs, String> {
    (1..)
        .zip(text.lines())
        .filter(|(_, line)| !line.is_empty())
        .map(|(number, line)| match line.split_once('=') {
            Some((name, value)) => Ok((name.to_owned(), value.to_owned())),
            None => Err(format!("fields: line {number} has no =")),
        })
        .collect()
}

/// A body as it is sent.
fn encoded(text: &str) -> Result<Pairs, String> {
    let text = text.trim();
    if !intake::is_well_encoded(text.as_bytes()) {
        return Err("fields: a % without two hex digits, or a byte that is no text".to_owned());
    }
    Ok(form_urlencoded::parse(text.as_bytes())
        .into_owned()
        .collect())
}

fn answer(typed: &Typed, now: i64) -> Markup {
    let fields: Vec<(&str, &str)> = typed
        .fields
        .iter()
        .map(|(name, value)| (&**name, &**value))
        .collect();
    let secret = typed.secret.as_bytes();
    let arranged = arrange(typed.operation, typed.order, &fields);
    let digest = checksum(arranged.iter().map(|(_, value)| *value), secret).to_string();
    let beside = Beside { now, headers: &[] };
    let comparison = typed
        .given
        .as_deref()
        .map(|given| compare(typed.operation, &fields, secret, given, beside));
    let names = arranged.iter().enumerate().map(|(at, (name, _))| {
        // A name that no document has may be anything.
        let known = typed.operation.field(name).map(|field| field.wire);
        known.map_or_else(|| format!("value {}", at + 1), str::to_owned)
    });
    html! {
        h2 id="answer" tabindex="-1" { "Checksum" }
        p class="digest" { code { (digest) } }
        p {
            @match fields.len() { 1 => "1 value", count => { (count) " values" } }
            ", then the secret. Order: " (sequences::name(typed.order).to_lowercase()) "."
        }
        ol class="values" { @for name in names { li { (name) } } }
        @if let Some(comparison) = comparison { (compared(&comparison)) }
    }
}

fn compared(comparison: &Comparison) -> Markup {
    html! {
        h2 { "Compared" }
        @if comparison.is_right {
            p class="facts" { span class="badge good" { "✓ it matches" } }
            p { "It was made from the values in the order given, and then the secret." }
        } @else {
            p class="facts" { span class="badge bad" { "✗ it does not match" } }
            p { (quoted(&comparison.explanation)) }
            (sequences::compared(&comparison.sequences, comparison.mistake.as_deref()))
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
                label { span { "Fields, in the order in which they are sent" }
                    textarea name="fields" rows="9" spellcheck="false" autocapitalize="off" required
                        aria-describedby="fields-form" {}
                }
                fieldset id="fields-form" {
                    legend { "Written as" }
                    label { input type="radio" name="form" value="lines" checked; span { code { "name=value" } ", one a line" } }
                    label { input type="radio" name="form" value="encoded"; span { "a body as it is sent: " code { "a=1&b=x%20y" } } }
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
                button type="submit" class="main" { "Compute" }
            }
            section id="result" aria-label="Result" aria-live="polite" { (result) }
        }
    };
    layout::page(app, CHECKSUM, status, &main)
}

#[cfg(test)]
mod tests;
