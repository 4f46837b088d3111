//! `/_sandbox/page/faults`: what goes wrong on order, and ordering it.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use maud::{Markup, html};

use super::fault_form::Form;
use super::layout::{self, View};
use super::{Page, form, form_field, see};
use crate::app::App;
use crate::faults::{Fault, FaultKind, OrderedFault};

const REMOVE: &str = "/_sandbox/page/faults/remove";
const CLEAR: &str = "/_sandbox/page/faults/clear";

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route(View::Faults.path(), get(show).post(order))
        .route(REMOVE, post(remove))
        .route(CLEAR, post(clear))
}

async fn show(State(app): State<App>) -> Page {
    page(&app, StatusCode::OK, &Form::new())
}

async fn order(State(app): State<App>, request: Request) -> Response {
    let mut form = match form(&app, View::Faults, request).await {
        Ok(typed) => Form::of(typed),
        Err(page) => return page.into_response(),
    };
    let Some(fault) = form.order(&app.operations) else {
        return page(&app, StatusCode::BAD_REQUEST, &form).into_response();
    };
    match app.faults.ordered(fault) {
        Ok(_) => see(View::Faults.path()),
        Err(error) => {
            let (status, field) = match error.field() {
                Some(field) => (StatusCode::BAD_REQUEST, field),
                None => (StatusCode::CONFLICT, ""),
            };
            form.wrong(field, error.what());
            page(&app, status, &form).into_response()
        }
    }
}

/// Removes a fault. One that is gone already is no error: the page was older than
/// that.
async fn remove(State(app): State<App>, request: Request) -> Response {
    let form = match form(&app, View::Faults, request).await {
        Ok(form) => form,
        Err(page) => return page.into_response(),
    };
    match form_field(&form, "id").parse() {
        Ok(id) => {
            app.faults.remove(id);
            see(View::Faults.path())
        }
        Err(_) => {
            let why = "id: has to be a fault's number";
            layout::trouble(&app, View::Faults, StatusCode::BAD_REQUEST, why).into_response()
        }
    }
}

async fn clear(State(app): State<App>) -> Response {
    app.faults.clear();
    see(View::Faults.path())
}

fn page(app: &App, status: StatusCode, form: &Form) -> Page {
    let faults = app.faults.list();
    let events = format!("/_sandbox/exchanges?after={}", app.journal.last_id());
    let main = html! {
        p class="lead" {
            "What goes wrong of the calls to the providers, so that a program can be tried against \
             it. Nothing of the sandbox's own paths is touched. Of several faults that meet one \
             call all delays count, and of the others the first to have been ordered."
        }
        section id="faults" class="panel" aria-labelledby="in-force" data-counts=(events) {
            div class="head" {
                h2 id="in-force" { "Ordered" span class="count" { (faults.len()) } }
                @if !faults.is_empty() {
                    form method="post" action=(CLEAR) {
                        button type="submit" class="quiet" { "Remove all" }
                    }
                }
            }
            @if faults.is_empty() {
                p class="empty" { "No fault is in force: every call is answered as it should be." }
            } @else { (list(&faults)) }
        }
        (form.show(View::Faults.path(), &app.operations))
    };
    layout::page(app, View::Faults, status, &main)
}

fn list(faults: &[OrderedFault]) -> Markup {
    html! {
        table class="cards" role="table" {
            caption class="unseen" { "Faults" }
            thead role="rowgroup" { tr role="row" {
                @for head in ["No.", "Fault", "Of", "Matched", "Fired", "State"] {
                    th scope="col" role="columnheader" { (head) }
                }
                th scope="col" role="columnheader" { span class="unseen" { "Remove" } }
            } }
            tbody role="rowgroup" {
                @for OrderedFault { id, fault, matched, fired, spent, .. } in faults {
                    tr role="row" {
                        td role="cell" data-label="No." { (id) }
                        td role="cell" data-label="Fault" {
                            span { code title=(fault.kind.description()) { (fault.kind) } " " (settings(fault)) }
                        }
                        td role="cell" data-label="Of" { span { (scope(fault)) } }
                        td role="cell" data-label="Matched" { span id={ "matched-" (id) } data-count { (matched) } }
                        td role="cell" data-label="Fired" { span id={ "fired-" (id) } data-count { (fired) } }
                        td role="cell" data-label="State" {
                            span id={ "state-" (id) } data-count {
                                @if *spent { span class="state" { "spent" } }
                                @else { span class="state good" { "in force" } }
                            }
                        }
                        td role="cell" data-label="" {
                            form method="post" action=(REMOVE) {
                                input type="hidden" name="id" value=(id);
                                button type="submit" class="quiet" aria-label={ "Remove fault " (id) } { "Remove" }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The settings of this kind.
fn settings(fault: &Fault) -> String {
    let mut each = Vec::new();
    if let Some(status) = fault.status {
        each.push(status.to_string());
    }
    if let Some(bytes) = fault.bytes {
        each.push(format!("{bytes} bytes"));
    }
    if let Some(millis) = fault.millis {
        each.push(format!("{millis} ms"));
    }
    if let Some(difference) = fault.difference {
        each.push(format!("{difference:+} bytes"));
    }
    match fault.headers.len() {
        0 => {}
        1 => each.push("a header".to_owned()),
        count => each.push(format!("{count} headers")),
    }
    if let Some(body) = &fault.body {
        each.push(format!("a body of {} bytes", body.len()));
    }
    if let Some(carry_out) = fault.carry_out
        && fault.kind != FaultKind::LostReply
    {
        let word = if carry_out {
            "carried out"
        } else {
            "not carried out"
        };
        each.push(word.to_owned());
    }
    each.join(", ")
}

/// Says which calls it is of, and how many of them.
fn scope(fault: &Fault) -> String {
    let mut scope = match (&fault.provider, &fault.operation) {
        (None, None) => "every call".to_owned(),
        (Some(provider), None) => format!("{provider}, every call"),
        (None, Some(operation)) => operation.clone(),
        (Some(provider), Some(operation)) => format!("{provider} {operation}"),
    };
    match fault.times {
        None => {}
        Some(1) => scope.push_str(", once"),
        Some(times) => scope.push_str(&format!(", {times} times")),
    }
    if let Some(probability) = fault.probability {
        let seed = fault.seed.unwrap_or_default();
        scope.push_str(&format!(", probability {probability}, seed {seed}"));
    }
    scope
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Harness, Reply, encoded};

    const PATH: &str = "/_sandbox/page/faults";

    async fn post(sandbox: &Harness, path: &str, fields: &[(&str, &str)]) -> Reply {
        let form = [("content-type", "application/x-www-form-urlencoded")];
        sandbox.post(path, &form, &encoded(fields)).await
    }

    #[tokio::test]
    async fn a_fault_is_ordered_counted_and_removed() {
        let sandbox = Harness::new();
        let order = [
            ("fault", "status"),
            ("status", "503"),
            ("headers", "retry-after: 1\r\n\r\nx-other:2"),
            ("body", "{\"a\":1}"),
            ("provider", "paysafe"),
            ("operation", "list-prepaid-cards"),
            ("times", "1"),
            ("probability", "1"),
            ("seed", "7"),
            ("carryOut", ""),
            // These are settings of other kinds, and so not looked at.
            ("millis", "often"),
            ("bytes", "-4"),
        ];
        let reply = post(&sandbox, PATH, &order).await;
        assert_eq!(reply.status, 303, "{}", reply.body);
        assert_eq!(reply.headers["location"], PATH);
        let expected = Fault::status(503)
            .header("retry-after", "1")
            .header("x-other", "2")
            .body("{\"a\":1}")
            .at(cards_model::Provider::Paysafe)
            .operation("list-prepaid-cards")
            .times(1)
            .probability(1.0, 7)
            .carry_out(false);
        assert_eq!(sandbox.app.faults.list()[0].fault, expected);

        let met = sandbox.get("/customers/1/prepaid/cards", &[]).await;
        assert_eq!((met.status.as_u16(), &*met.body), (503, "{\"a\":1}"));
        let page = sandbox.get(PATH, &[]).await.body;
        for part in [
            "503, 2 headers, a body of 7 bytes, not carried out",
            "paysafe list-prepaid-cards, once, probability 1, seed 7",
            "id=\"matched-1\" data-count>1<",
            "id=\"fired-1\" data-count>1<",
            ">spent<",
        ] {
            assert!(page.contains(part), "{part}: {page}");
        }
        let reply = post(&sandbox, REMOVE, &[("id", "1")]).await;
        assert_eq!(reply.status, 303);
        assert!(sandbox.app.faults.list().is_empty());
        assert_eq!(post(&sandbox, REMOVE, &[("id", "1")]).await.status, 303);
        assert_eq!(post(&sandbox, REMOVE, &[("id", "x")]).await.status, 400);
        let large = "1".repeat(sandbox.app.config.limits.body);
        let reply = post(&sandbox, REMOVE, &[("id", &large)]).await;
        assert_eq!(reply.status, 413);
        let reply = sandbox.post(REMOVE, &[], "id=1").await;
        assert!(reply.body.contains("the content type has to be"));

        for _ in 0..2 {
            assert_eq!(
                post(&sandbox, PATH, &[("fault", "garbage")]).await.status,
                303
            );
        }
        assert_eq!(post(&sandbox, CLEAR, &[]).await.status, 303);
        assert!(sandbox.app.faults.list().is_empty());
    }

    #[tokio::test]
    async fn what_is_wrong_is_said_beside_the_field_and_what_was_typed_stays() {
        let sandbox = Harness::new();
        for (fields, field, what) in [
            (
                &[("fault", "delay"), ("millis", "<1>")][..],
                "millis",
                "a whole number",
            ),
            (
                &[("fault", "delay"), ("millis", "0")],
                "millis",
                "from 1 to 300000",
            ),
            (
                &[("fault", "delay"), ("millis", "300001")],
                "millis",
                "from 1 to 300000",
            ),
            (
                &[("fault", "drip"), ("millis", "1")],
                "bytes",
                "drip needs it",
            ),
            (
                &[("fault", "status"), ("status", "99")],
                "status",
                "from 200 to 999",
            ),
            (
                &[("fault", "status"), ("status", "70000")],
                "status",
                "from 200 to 999",
            ),
            (
                &[
                    ("fault", "status"),
                    ("status", "500"),
                    ("headers", "a: b\nc"),
                ],
                "headers",
                "line 2 has no colon",
            ),
            (
                &[("fault", "wrong-length"), ("difference", "0")],
                "difference",
                "not 0, and from -1073741824 to 1073741824",
            ),
            (
                &[("fault", "garbage"), ("seed", "1")],
                "seed",
                "belongs to a probability",
            ),
            (
                &[("fault", "garbage"), ("probability", "2")],
                "probability",
                "from 0 to 1",
            ),
            (
                &[("fault", "garbage"), ("probability", "NaN")],
                "probability",
                "from 0 to 1",
            ),
            (
                &[("fault", "garbage"), ("times", "0")],
                "times",
                "at least 1",
            ),
            (
                &[("fault", "garbage"), ("provider", "other")],
                "provider",
                "one of the list",
            ),
            (
                &[
                    ("fault", "garbage"),
                    ("provider", "ibanera"),
                    ("operation", "user-login"),
                ],
                "operation",
                "one of ibanera's ",
            ),
            (&[("fault", "other")], "fault", "one of the list"),
            (&[], "fault", "one of the list"),
        ] {
            let reply = post(&sandbox, PATH, fields).await;
            assert_eq!(reply.status, 400, "{fields:?}");
            let said = format!("id=\"{field}-error\">{what}");
            assert!(reply.body.contains(&said), "{said}: {}", reply.body);
            assert!(sandbox.app.faults.list().is_empty());
        }
        let typed = [
            ("fault", "drip"),
            ("millis", "<1>"),
            ("bytes", "many"),
            ("provider", "airpay"),
            ("body", "\nkept"),
        ];
        let page = post(&sandbox, PATH, &typed).await.body;
        for part in [
            "value=\"drip\" checked",
            "value=\"&lt;1&gt;\" aria-invalid=\"true\" aria-describedby=\"millis-error\"",
            "value=\"many\" aria-invalid=\"true\"",
            "<option value=\"airpay\" selected>",
            ">\n\nkept</textarea>",
        ] {
            assert!(page.contains(part), "{part}: {page}");
        }
    }

    #[tokio::test]
    async fn there_are_no_more_than_a_hundred() {
        let sandbox = Harness::new();
        for _ in 0..100 {
            assert_eq!(
                post(&sandbox, PATH, &[("fault", "garbage")]).await.status,
                303
            );
        }
        let reply = post(&sandbox, PATH, &[("fault", "garbage")]).await;
        assert_eq!(reply.status, 409);
        assert!(
            reply
                .body
                .contains("there are 100 faults already: remove some")
        );
    }

    #[tokio::test]
    async fn every_kind_can_be_chosen_and_is_explained() {
        let sandbox = Harness::new();
        let page = sandbox.get(PATH, &[]).await.body;
        for kind in FaultKind::ALL {
            assert!(
                page.contains(&format!("name=\"fault\" value=\"{kind}\"")),
                "{kind}"
            );
            assert!(page.contains(kind.description()), "{kind}");
        }
        let fields = [
            ("status", "503"),
            ("millis", "1"),
            ("bytes", "9"),
            ("difference", "-1"),
        ];
        for kind in FaultKind::ALL {
            let order = [&[("fault", kind.as_str())], &fields[..]].concat();
            assert_eq!(post(&sandbox, PATH, &order).await.status, 303, "{kind}");
        }
    }
}
