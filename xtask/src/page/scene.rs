//! Sandboxes with something to see, and where to see it.

use std::time::Duration;

use cards_sandbox::world::airpay::CUSTOMER;
use cards_sandbox::world::paysafe::TOKEN;
use cards_sandbox::{Fault, Running, Sandbox};

use super::{Error, calls};

pub(super) const CUSTOMERS: &str = "/_sandbox/page/customers";
pub(super) const EVENTS: &str = "/_sandbox/page/events";
pub(super) const FAULTS: &str = "/_sandbox/page/faults";
pub(super) const CLOCK: &str = "/_sandbox/page/clock";
pub(super) const TEST_VALUES: &str = "/_sandbox/page/test-values";
pub(super) const RESET: &str = "/_sandbox/page/reset";
pub(super) const CHECKSUM: &str = "/_sandbox/page/checksum";

/// The views by name, with something to see in each where the sandbox is that
/// of [`called`].
const VIEWS: [(&str, &str); 13] = [
    ("exchanges", "/"),
    ("exchange", "/?exchange=2"),
    ("fault", "/?exchange=6"),
    ("path", "/?exchange=7"),
    ("case", "/?exchange=8"),
    ("brackets", "/?exchange=9"),
    ("customers", CUSTOMERS),
    ("events", EVENTS),
    ("faults", FAULTS),
    ("clock", CLOCK),
    ("test-values", TEST_VALUES),
    ("reset", RESET),
    ("checksum", CHECKSUM),
];

/// Sandboxes whose pages differ in more than a path.
pub(super) struct Scene {
    called: Running,
    /// The sandbox that no call has come to.
    fresh: Running,
    /// The sandbox that is called as [`called`], with the values of the calls.
    kept: Running,
}

impl Scene {
    pub(super) fn start() -> Result<Self, Error> {
        let kept = Sandbox::builder().keep_values().start_blocking()?;
        Ok(Self {
            called: called()?,
            fresh: start()?,
            kept: calls_of(kept)?,
        })
    }

    /// The views' names and URLs; the checksum's is the last.
    pub(super) fn views(&self) -> Vec<(&'static str, String)> {
        let fresh = ("start", self.fresh.url());
        let kept = ("values", format!("{}/?exchange=8", self.kept.url()));
        let called = VIEWS.map(|(name, path)| (name, format!("{}{path}", self.called.url())));
        [fresh, kept].into_iter().chain(called).collect()
    }

    /// The sandbox of [`called`].
    pub(super) const fn called(&self) -> &Running {
        &self.called
    }
}

/// A form of Airpay's, not in the order of its table.
pub(super) const FIELDS: [(&str, &str); 3] = [
    ("type", "ATM"),
    ("entity_id", CUSTOMER),
    ("status", "ALLOWED"),
];
pub(super) const IN_TABLE_ORDER: [&str; 3] = [CUSTOMER, "ALLOWED", "ATM"];

pub(super) fn start() -> Result<Running, Error> {
    Ok(Sandbox::start_blocking()?)
}

/// A sandbox with some accepted and some refused calls.
pub(super) fn called() -> Result<Running, Error> {
    calls_of(start()?)
}

fn calls_of(sandbox: Running) -> Result<Running, Error> {
    let received = FIELDS.map(|(_, value)| value);
    calls::expire(&sandbox)?;
    calls::preference(&sandbox, &FIELDS, &received)?;
    calls::preference(&sandbox, &FIELDS, &IN_TABLE_ORDER)?;
    calls::preference(&sandbox, &[("type", "OTHER")], &["OTHER"])?;
    calls::cards(&sandbox, Some(TOKEN))?;
    calls::cards(&sandbox, None)?;
    // Met by a call, spent, in force; and a clock that is stopped.
    let late = Fault::delay(Duration::from_millis(20));
    let faults = [
        Fault::lost_reply().operation("list-prepaid-cards").times(1),
        late.operation("login").probability(0.25, 42),
    ];
    for fault in faults {
        let added = sandbox.faults().add(fault);
        added.map_err(|error| Error::Page(error.to_string()))?;
    }
    match calls::cards(&sandbox, Some(TOKEN)) {
        Err(Error::Call(error)) if error.is_lost() => {}
        outcome => {
            outcome?;
            return Err(Error::Page("a reply came that was to be lost".to_owned()));
        }
    }
    calls::mistyped_path(&sandbox)?;
    calls::wrong_case(&sandbox)?;
    calls::brackets(&sandbox)?;
    sandbox.clock().freeze();
    Ok(sandbox)
}
