//! The operations, each with a call, the reply that it is to get, and what no error may show.

use std::collections::BTreeMap;
use std::error::Error as _;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use cards_transport::{Call, Error};
use conformance::fixture::{self, Canned, Keys};
use serde_json::Value;

use crate::common::clients::{AnyClient, Outcome};
use crate::common::operations::{from_input, nested, valid};
use crate::common::{case, cases};
use crate::rows::MARK;

/// Holds what is to be told of a cell.
#[derive(Default)]
pub(crate) struct Judged {
    /// The time by which the call outlived its limit.
    pub(crate) overrun: Duration,
    /// Says what is wrong.
    pub(crate) wrong: Vec<String>,
}

/// The time by which a call may outlive its limit on a machine that is busy with others.
pub(crate) const SLACK: Duration = Duration::from_secs(5);

/// An operation's call and its good reply.
pub(crate) struct Column<C> {
    pub(crate) call: C,
    pub(crate) good: Good,
    /// The values that were sent, and the credentials.
    secrets: Vec<String>,
}

impl<C: Call> Column<C> {
    /// Makes the call, and gives its outcome; with by how much it outlasted its time, and what is
    /// wrong whatever came of it. The backend may delay its end by `delay`.
    pub(crate) fn tried(
        &self,
        client: &impl AnyClient<C::Provider>,
        limit: Duration,
        delay: Duration,
    ) -> (Outcome<C>, Judged) {
        let start = Instant::now();
        let outcome = client.send(&self.call);
        let took = start.elapsed();
        let mut wrong = Vec::new();
        if took > limit + delay + SLACK {
            wrong.push(format!("it took {took:?} and had {limit:?}"));
        }
        let error = outcome.as_ref().err();
        wrong.extend(error.and_then(|error| self.shown_by(error)));
        let overrun = took.saturating_sub(limit);
        (outcome, Judged { overrun, wrong })
    }

    /// Finds what an error shows that it may not.
    pub(crate) fn shown_by(&self, error: &Error) -> Option<String> {
        let mut texts = format!("{error} {error:?} {error:#?}");
        let mut cause = error.source();
        while let Some(error) = cause {
            texts.push_str(&format!(" {error} {error:?} {error:#?}"));
            cause = error.source();
        }
        let is_shown = |secret: &&String| texts.contains(secret.as_str());
        let secret = self.secrets.iter().find(is_shown)?;
        Some(format!("the error shows {secret:?}: {error}"))
    }
}

/// A reply that is a success, and the value that it brings.
#[derive(Clone)]
pub(crate) struct Good {
    pub(crate) reply: Canned,
    pub(crate) value: Value,
}

/// The credentials of every call here.
pub(crate) fn keys() -> &'static Keys {
    static KEYS: LazyLock<Keys> = LazyLock::new(|| fixture::world().unwrap().own);
    &KEYS
}

/// The good reply to each operation: of its fixtures, the one that says most.
fn good(name: &str) -> Good {
    static REPLIES: LazyLock<BTreeMap<String, Good>> = LazyLock::new(|| {
        let mut replies = BTreeMap::<String, Good>::new();
        for case in cases() {
            let (Some(reply), Some(mut parsed)) = (case.reply, case.parsed) else {
                continue;
            };
            let length = |good: &Good| good.reply.body.len();
            let longest = replies.get(&case.operation).map_or(0, length);
            if parsed["outcome"] == "value" && reply.body.len() > longest {
                let value = parsed["value"].take();
                replies.insert(case.operation, Good { reply, value });
            }
        }
        replies
    });
    let good = REPLIES.get(name);
    good.unwrap_or_else(|| panic!("{name} has no fixture of a success"))
        .clone()
}

/// The column of an operation.
pub(crate) fn column<C: Call>() -> Column<C> {
    let name = C::operation().name;
    let input = valid(name).unwrap_or_else(|_| {
        let login = case(&format!("{}/{name}/valid", C::operation().provider));
        serde_json::from_value(login.input.unwrap()).unwrap()
    });
    let texts = input.values().filter_map(Value::as_str);
    let keys = keys();
    let credentials = [
        &keys.affiliate,
        &keys.processor_key,
        &keys.secret_key,
        &keys.airpay_token,
        &keys.paysafe_token,
        &keys.ibanera_token,
        &keys.totp_base32,
    ];
    let texts = texts
        .map(ToOwned::to_owned)
        .chain(credentials.map(Clone::clone));
    Column {
        call: from_input(&nested(&input)).unwrap(),
        good: good(name),
        // Shorter ones may be part of any text.
        secrets: texts
            .filter(|text| text.len() > 5)
            .chain([MARK.to_owned()])
            .collect(),
    }
}
