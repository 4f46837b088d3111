//! Draws what is around every view.

use axum::extract::Request;
use axum::http::StatusCode;
use maud::{DOCTYPE, Markup, html};

use super::reply::Page;
use super::{assets, views};
use crate::engine::app::App;
use crate::engine::clock::{Reading, iso};
use crate::engine::intake::{self, Pairs};
use crate::engine::store::StoreError;
use crate::engine::view::View;

/// A whole page around a view's own part.
pub fn page(app: &App, view: View, status: StatusCode, main: &Markup) -> Page {
    let reading = app.clock.read();
    let now = iso(reading.now);
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (view.title) " · Cards sandbox" }
                link rel="icon" href=(assets::ICON) type="image/svg+xml";
                link rel="stylesheet" href=(assets::STYLE);
                script src=(assets::SCRIPT) defer {}
            }
            body {
                a class="skip" href="#main" { "Skip to the content" }
                header class="top" {
                    a class="brand" href="/" {
                        img src=(assets::ICON) alt="" width="20" height="20";
                        "Cards sandbox"
                    }
                    @if let Some(world) = &app.world {
                        span class="badge world" { "World " (world) }
                    }
                    nav aria-label="Views" {
                        @for other in views::LISTED.iter().chain(&app.config.views) {
                            a href=(other.path) aria-current=[(*other == view).then_some("page")] {
                                (other.label)
                            }
                        }
                    }
                    p class="clock" title="The sandbox's clock" {
                        a href=(views::CLOCK.path) {
                            span class="label" { "Clock " }
                            time id="clock" datetime=(now) data-millis=(reading.now) data-frozen[reading.is_frozen] {
                                (now.get(..10).unwrap_or_default()) " " (now.get(11..19).unwrap_or_default()) " UTC"
                            }
                            @if let Some(told) = told(reading) {
                                span class="badge moved-clock" { (told) }
                            }
                        }
                    }
                }
                main id="main" class=(view.path.rsplit('/').next().unwrap_or_default()) tabindex="-1" {
                    h1 { (view.title) }
                    (main)
                }
                (footer())
            }
        }
    };
    Page::html(status, markup)
}

fn footer() -> Markup {
    html! {
        footer {
            p {
                "Version " (env!("CARGO_PKG_VERSION")) ". Only test cards, nobody's data. As JSON: "
                a href="/_sandbox/exchanges" { "exchanges" } ", "
                a href="/_sandbox/world" { "customers and cards" } ", "
                a href="/_sandbox/events" { "events" } ", "
                a href="/_sandbox/faults" { "faults" } ", "
                a href="/_sandbox/health" { "health" } ". "
                a href=(views::RESET.path) { "Start over…" }
            }
        }
    }
}

/// A page for a request that asks for nothing that there is.
pub fn trouble(app: &App, view: View, status: StatusCode, why: &str) -> Page {
    let main = html! {
        p class="trouble" role="alert" { (why) }
        p { a href=(view.path) { "Back to " (view.title) } }
    };
    page(app, view, status, &main)
}

/// Reads what a form holds; or gives a page that says why it could not be read.
pub async fn form(app: &App, view: View, request: Request) -> Result<Pairs, Page> {
    let (parts, body) = request.into_parts();
    let form = intake::form(&parts, body, app.config.limits).await;
    form.map_err(|rejection| trouble(app, view, rejection.status(), &rejection.why()))
}

/// Gives the first value of this name, or an empty text.
pub fn form_field<'a>(form: &'a Pairs, name: &str) -> &'a str {
    let found = form.iter().find(|(other, _)| other == name);
    found.map_or("", |(_, value)| value)
}

/// A page for a store that failed. The log is told why.
pub fn store_trouble(app: &App, view: View, error: &StoreError) -> Page {
    tracing::error!(%error, "the store failed");
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    let mut said = format!("{}; the log says why.", error.verdict());
    if let Some(first) = said.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    trouble(app, view, status, &said)
}

/// Gives what a header says of a clock that is not the real one; `None` where it
/// is.
pub(super) fn told(reading: Reading) -> Option<String> {
    match (reading.is_frozen, reading.ahead.div_euclid(1000)) {
        (true, _) => Some("frozen".to_owned()),
        (false, 0) => None,
        (false, _) => Some(distance(reading.ahead)),
    }
}

/// `2 days ahead`, in the largest unit that comes near it: a
/// clock that was stopped for a second is still a day ahead.
pub(super) fn distance(millis: i64) -> String {
    let seconds = millis.div_euclid(1000).unsigned_abs();
    let units = [
        (365 * 86_400, "year"),
        (86_400, "day"),
        (3600, "hour"),
        (60, "minute"),
    ];
    let unit = units
        .into_iter()
        .find(|(size, _)| seconds + size / 20 >= *size);
    let (size, unit) = unit.unwrap_or((1, "second"));
    let count = (seconds + size / 2) / size;
    let about = if seconds.is_multiple_of(size) {
        ""
    } else {
        "about "
    };
    let plural = if count == 1 { "" } else { "s" };
    let way = if millis < 0 { "behind" } else { "ahead" };
    format!("{about}{count} {unit}{plural} {way}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_in_words() {
        for (seconds, words) in [
            (0, "0 seconds ahead"),
            (-1, "1 second behind"),
            (1, "1 second ahead"),
            (56, "56 seconds ahead"),
            (60, "1 minute ahead"),
            (-3599, "about 1 hour behind"),
            (86_400 * 365 - 1, "about 1 year ahead"),
            (86_400 * 3 / 2, "about 2 days ahead"),
            (86_400 * 365, "1 year ahead"),
        ] {
            assert_eq!(distance(seconds * 1000), words);
        }
        assert!(distance(i64::MIN).ends_with("behind"));
    }
}
