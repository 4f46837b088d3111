//! `GET /_sandbox/page/test-values`: the values that bring documented refusals, by provider.

use std::collections::BTreeSet;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use cards_model::ProviderId;
use maud::{Markup, html};

use super::layout;
use super::reply::Page;
use super::views;
use crate::engine::app::App;
use crate::engine::tried::{self, ListedTestValue};

pub(super) fn routes() -> Router<App> {
    Router::new().route(views::TEST_VALUES.path, get(show))
}

async fn show(State(app): State<App>) -> Page {
    let each = app
        .providers
        .ids()
        .map(|id| (id, tried::list(&app, Some(id))));
    let sections: Vec<_> = each.filter(|(_, rows)| !rows.is_empty()).collect();
    let main = html! {
        p class="lead" {
            "To be typed into an app's screen: a request that has one of these in its field, and is \
             right in every other way, is answered with the refusal beside it, and nothing is \
             changed. The journal tells which test value it was."
        }
        @if sections.is_empty() {
            p class="empty" { "No value brings a refusal of its own: the sandbox has none." }
        }
        @for (id, rows) in &sections { (section(*id, rows)) }
    };
    layout::page(&app, views::TEST_VALUES, StatusCode::OK, &main)
}

fn section(id: ProviderId, rows: &[ListedTestValue]) -> Markup {
    let shared = shared(rows);
    let assumed: BTreeSet<_> = rows.iter().filter_map(|row| row.assumption).collect();
    let assumed: Vec<_> = assumed.into_iter().collect();
    html! {
        section class="provider-section" aria-labelledby=(id) {
            h2 id=(id) { (id) span class="count" { (shared.len()) " values" } }
            @for (at, words) in (1..).zip(&assumed) {
                p class="note" { "Assumption " (at) ": " (words) "." }
            }
            table class="cards" role="table" {
                caption class="unseen" { "Test values of " (id) }
                thead role="rowgroup" { tr role="row" {
                    @for head in ["Field", "Value", "Status", "Refusal", "Operations"] {
                        th scope="col" role="columnheader" { (head) }
                    }
                } }
                tbody role="rowgroup" { @for (row, of) in &shared { (line(row, of, &assumed)) } }
            }
        }
    }
}

fn line(row: &ListedTestValue, of: &[&str], assumed: &[&str]) -> Markup {
    let assumption = assumed
        .iter()
        .position(|words| row.assumption == Some(*words));
    html! {
        tr role="row" {
            td role="cell" data-label="Field" { code { (row.field) } }
            td role="cell" data-label="Value" {
                span { @if row.is_ending { "ending in " } code { (row.value) } }
            }
            td role="cell" data-label="Status" { (row.status) }
            td role="cell" data-label="Refusal" {
                span {
                    (row.brings)
                    @if let Some(at) = assumption {
                        " " span class="label" { "(assumption " (at + 1) ")" }
                    }
                }
            }
            td role="cell" data-label="Operations" { span { (of.join(", ")) } }
        }
    }
}

/// Puts together what is the same of several operations, which are listed beside it.
fn shared(rows: &[ListedTestValue]) -> Vec<(&ListedTestValue, Vec<&'static str>)> {
    let mut shared: Vec<(&ListedTestValue, Vec<&'static str>)> = Vec::new();
    for row in rows {
        let is_same = |(other, _): &&mut (&ListedTestValue, _)| {
            ListedTestValue {
                operation: row.operation,
                ..(*other).clone()
            } == *row
        };
        match shared.iter_mut().find(is_same) {
            Some((_, of)) => of.push(row.operation),
            None => shared.push((row, vec![row.operation])),
        }
    }
    shared
}
