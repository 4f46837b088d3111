//! Checks the clock on the page.

use crate::testing::{Harness, Reply, encoded};
use cards_sandbox_core::clock;

const HOLD: &str = "/_sandbox/page/clock/hold";
const ADVANCE: &str = "/_sandbox/page/clock/advance";
const SET: &str = "/_sandbox/page/clock/set";
const REAL: &str = "/_sandbox/page/clock/real";

async fn post(sandbox: &Harness, path: &str, fields: &[(&str, &str)]) -> Reply {
    let form = [("content-type", "application/x-www-form-urlencoded")];
    sandbox.post(path, &form, &encoded(fields)).await
}

#[tokio::test]
async fn it_is_stopped_moved_set_and_given_back() {
    let sandbox = Harness::new();
    for (path, field, now, is_frozen, told) in [
        (
            HOLD,
            ("frozen", "true"),
            "2026-11-21T08:00:00.000Z",
            true,
            Some("frozen"),
        ),
        (
            ADVANCE,
            ("seconds", "60"),
            "2026-11-21T08:01:00.000Z",
            true,
            Some("frozen"),
        ),
        (
            HOLD,
            ("frozen", "false"),
            "2026-11-21T08:01:00.000Z",
            false,
            Some("1 minute ahead"),
        ),
        (
            ADVANCE,
            ("seconds", " -121 "),
            "2026-11-21T07:58:59.000Z",
            false,
            Some("about 1 minute behind"),
        ),
        (
            SET,
            ("now", "2028-11-21T08:00:00+01:00"),
            "2028-11-21T07:00:00.000Z",
            false,
            Some("about 2 years ahead"),
        ),
        (REAL, ("", ""), "2026-11-21T08:00:00.000Z", false, None),
    ] {
        let reply = post(&sandbox, path, &[field]).await;
        assert_eq!(reply.status, 303, "{path}: {}", reply.body);
        assert_eq!(reply.headers["location"], "/_sandbox/page/clock");
        let reading = sandbox.app.clock.read();
        assert_eq!(
            (&*clock::iso(reading.now), reading.is_frozen),
            (now, is_frozen)
        );
        // Every page says it, in its header.
        let page = sandbox.get("/", &[]).await.body;
        let badge = page.split("class=\"badge moved-clock\">").nth(1);
        assert_eq!(badge.map(|rest| rest.split('<').next().unwrap()), told);
    }
}

#[tokio::test]
async fn what_cannot_be_taken_is_said_beside_the_field() {
    let sandbox = Harness::new();
    for (path, field, typed, what) in [
        (ADVANCE, "seconds", "1.5", "a whole number"),
        (ADVANCE, "seconds", "", "a whole number"),
        (
            ADVANCE,
            "seconds",
            "9223372036854775807",
            "they have to lead to a time",
        ),
        (SET, "now", "tomorrow", "ISO 8601 with an offset"),
        (
            SET,
            "now",
            "0000-12-31T23:59:59Z",
            "a time within the years 1 to 9999",
        ),
    ] {
        let reply = post(&sandbox, path, &[(field, typed)]).await;
        assert_eq!(reply.status, 400, "{typed}");
        let said = format!("id=\"{field}-error\">{what}");
        assert!(reply.body.contains(&said), "{said}: {}", reply.body);
        let kept = format!("value=\"{typed}\" aria-invalid");
        assert!(reply.body.contains(&kept), "{kept}: {}", reply.body);
    }
    assert_eq!(post(&sandbox, HOLD, &[("frozen", "yes")]).await.status, 400);
    assert_eq!(sandbox.app.clock.read().ahead, 0);
    assert!(!sandbox.app.clock.read().is_frozen);
}
