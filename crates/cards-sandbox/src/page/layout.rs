//! Draws what is around every view.

use axum::http::StatusCode;
use maud::{DOCTYPE, Markup, html};

use super::{Page, assets, clock, views};
use crate::app::App;
use crate::clock::iso;
use crate::view::View;

/// A whole page around a view's own part.
pub(crate) fn page(app: &App, view: View, status: StatusCode, main: &Markup) -> Page {
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
                            @if let Some(told) = clock::told(reading) {
                                span class="badge moved-clock" { (told) }
                            }
                        }
                    }
                }
                main id="main" class=(view.path.rsplit('/').next().unwrap_or_default()) tabindex="-1" {
                    h1 { (view.title) }
                    (main)
                }
                footer {
                    p {
                        "Version " (env!("CARGO_PKG_VERSION")) ". Only test cards, nobody's data. As JSON: "
                        a href="/_sandbox/exchanges" { "exchanges" } ", "
                        a href="/_sandbox/world" { "customers and cards" } ", "
                        a href="/_sandbox/faults" { "faults" } ", "
                        a href="/_sandbox/health" { "health" } ". "
                        a href=(views::RESET.path) { "Start over…" }
                    }
                }
            }
        }
    };
    Page::html(status, markup)
}

/// A page for a request that asks for nothing that there is.
pub(super) fn trouble(app: &App, view: View, status: StatusCode, why: &str) -> Page {
    let main = html! {
        p class="trouble" role="alert" { (why) }
        p { a href=(view.path) { "Back to " (view.title) } }
    };
    page(app, view, status, &main)
}
