//! Checks that the order of a fault keeps to the limits.

use std::borrow::Cow;
use std::fmt;

use axum::http::{HeaderName, HeaderValue, header};
use cards_model::Operation;

use super::{Fault, FaultKind};
use crate::provider::ProviderId;
use crate::served::Operations;

pub(super) const MOST_MILLIS: u64 = 5 * 60 * 1000;
pub(super) const MOST_BYTES: u64 = 1 << 30;
pub(super) const LARGEST_DROP: u64 = 64 * 1024;
pub(super) const LARGEST_BODY: usize = 64 * 1024;
pub(super) const MOST_HEADERS: usize = 32;
pub(super) const LONGEST_HEADER: usize = 8 * 1024;

/// Why a fault is not taken. It repeats no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultError {
    field: Option<&'static str>,
    what: Cow<'static, str>,
}

impl FaultError {
    fn new(field: &'static str, what: impl Into<Cow<'static, str>>) -> Self {
        Self {
            field: Some(field),
            what: what.into(),
        }
    }

    pub(super) const fn too_many(what: &'static str) -> Self {
        Self {
            field: None,
            what: Cow::Borrowed(what),
        }
    }

    /// The field at fault, by its name in JSON; none where there are too many
    /// faults already.
    pub const fn field(&self) -> Option<&'static str> {
        self.field
    }

    pub(crate) fn what(&self) -> &str {
        &self.what
    }
}

impl fmt::Display for FaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.field {
            Some(field) => write!(f, "{field}: {}", self.what),
            None => f.write_str(&self.what),
        }
    }
}

impl std::error::Error for FaultError {}

impl Fault {
    /// Checks the order, fills in what it leaves open, and finds its operation.
    pub(super) fn check(
        &mut self,
        operations: &Operations,
    ) -> Result<Option<&'static Operation>, FaultError> {
        use FaultKind::{Delay, Drip, LostReply, OversizedBody, Status, WrongLength};
        let kind = self.kind;
        let millis = self.millis.is_some();
        needs("millis", millis, matches!(kind, Delay | Drip), kind)?;
        let bytes = self.bytes.is_some();
        needs("bytes", bytes, matches!(kind, Drip | OversizedBody), kind)?;
        let difference = self.difference.is_some();
        needs("difference", difference, kind == WrongLength, kind)?;
        needs("status", self.status.is_some(), kind == Status, kind)?;
        if kind != Status {
            needs("headers", !self.headers.is_empty(), false, kind)?;
            needs("body", self.body.is_some(), false, kind)?;
        }

        within("millis", self.millis, 1, MOST_MILLIS)?;
        let most = if kind == Drip {
            LARGEST_DROP
        } else {
            MOST_BYTES
        };
        within("bytes", self.bytes, 1, most)?;
        if let Some(difference) = self.difference
            && (difference == 0 || difference.unsigned_abs() > MOST_BYTES)
        {
            let what = format!("not 0, and from -{MOST_BYTES} to {MOST_BYTES}");
            return Err(FaultError::new("difference", what));
        }
        within("status", self.status.map(u64::from), 200, 999)?;
        self.check_headers()?;
        if self
            .body
            .as_ref()
            .is_some_and(|body| body.len() > LARGEST_BODY)
        {
            let what = format!("at most {LARGEST_BODY} bytes");
            return Err(FaultError::new("body", what));
        }

        within("times", self.times, 1, u64::MAX)?;
        match self.probability {
            Some(probability) if !(0.0..=1.0).contains(&probability) => {
                return Err(FaultError::new("probability", "from 0 to 1"));
            }
            Some(_) => self.seed = self.seed.or(Some(0)),
            None if self.seed.is_some() => {
                return Err(FaultError::new("seed", "belongs to a probability"));
            }
            None => {}
        }
        match (kind, self.carry_out) {
            (Delay, Some(_)) => {
                let what = "a delay changes no answer: order another fault beside it";
                return Err(FaultError::new("carryOut", what));
            }
            (LostReply, Some(false)) => {
                let what = "the reply is lost of a call that was carried out; \
                            for one that was not, order reset-before-headers";
                return Err(FaultError::new("carryOut", what));
            }
            (Delay, None) => {}
            (_, given) => self.carry_out = Some(given.unwrap_or(kind.carries_out())),
        }
        self.find_operation(operations)
    }

    fn check_headers(&self) -> Result<(), FaultError> {
        const FRAMING: [HeaderName; 4] = [
            header::CONNECTION,
            header::CONTENT_LENGTH,
            header::TRANSFER_ENCODING,
            header::UPGRADE,
        ];
        let wrong = |what: String| Err(FaultError::new("headers", what));
        if self.headers.len() > MOST_HEADERS {
            return wrong(format!("at most {MOST_HEADERS}"));
        }
        for (name, value) in &self.headers {
            let Ok(name) = HeaderName::try_from(name.as_str()) else {
                return wrong("one of the names is no header's".to_owned());
            };
            if FRAMING.contains(&name) {
                return wrong(format!("{name} is the sandbox's own"));
            }
            if value.len() > LONGEST_HEADER || HeaderValue::try_from(value.as_str()).is_err() {
                return wrong(format!(
                    "a value has to be visible text of at most {LONGEST_HEADER} bytes"
                ));
            }
        }
        Ok(())
    }

    fn find_operation(
        &self,
        operations: &Operations,
    ) -> Result<Option<&'static Operation>, FaultError> {
        let Some(name) = &self.operation else {
            return Ok(None);
        };
        let provider = self.provider.map(ProviderId::from);
        if let Some(found) = operations.named(provider, name) {
            return Ok(Some(found.operation));
        }
        let names: Vec<_> = operations
            .of(provider)
            .map(|served| served.operation.name)
            .collect();
        let whose = self
            .provider
            .map_or_else(String::new, |it| format!("{it}'s "));
        let what = format!("one of {whose}{}", names.join(", "));
        Err(FaultError::new("operation", what))
    }
}

/// A setting is given where the kind has it, and nowhere else.
fn needs(
    field: &'static str,
    is_given: bool,
    is_needed: bool,
    kind: FaultKind,
) -> Result<(), FaultError> {
    match (is_given, is_needed) {
        (false, true) => Err(FaultError::new(field, format!("{kind} needs it"))),
        (true, false) => Err(FaultError::new(field, format!("{kind} has none"))),
        _ => Ok(()),
    }
}

fn within(
    field: &'static str,
    given: Option<u64>,
    least: u64,
    most: u64,
) -> Result<(), FaultError> {
    match given {
        Some(number) if !(least..=most).contains(&number) => {
            let what = if most == u64::MAX {
                format!("at least {least}")
            } else {
                format!("from {least} to {most}")
            };
            Err(FaultError::new(field, what))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use cards_model::Provider;

    use super::*;
    use crate::providers::operations;

    fn refusal(mut fault: Fault) -> String {
        fault.check(&operations()).unwrap_err().to_string()
    }

    #[track_caller]
    fn is_taken(mut fault: Fault) {
        fault.check(&operations()).unwrap();
    }

    #[test]
    fn limits_from_both_sides() {
        let delay = |millis| Fault::delay(Duration::from_millis(millis));
        let drip = |bytes| Fault::drip(bytes, Duration::from_millis(1));
        for good in [
            delay(1),
            delay(300_000),
            drip(1),
            drip(65_536),
            Fault::oversized_body(1),
            Fault::oversized_body(1 << 30),
            Fault::wrong_length(1),
            Fault::wrong_length(-1),
            Fault::wrong_length(1 << 30),
            Fault::wrong_length(-(1 << 30)),
            Fault::status(200),
            Fault::status(999),
            Fault::status(500).body("a".repeat(65_536)),
            Fault::status(500).header("a", "b".repeat(8192)),
            Fault::garbage().times(1),
            Fault::garbage().times(u64::MAX),
            Fault::garbage().probability(0.0, 1),
            Fault::garbage().probability(1.0, 1).times(2),
            Fault::garbage().carry_out(false),
            Fault::status(500).carry_out(true),
            Fault::lost_reply().carry_out(true),
        ] {
            is_taken(good);
        }
        insta::assert_snapshot!(refusal(delay(0)), @"millis: from 1 to 300000");
        insta::assert_snapshot!(refusal(delay(300_001)), @"millis: from 1 to 300000");
        insta::assert_snapshot!(refusal(drip(0)), @"bytes: from 1 to 65536");
        insta::assert_snapshot!(refusal(drip(65_537)), @"bytes: from 1 to 65536");
        insta::assert_snapshot!(refusal(Fault::oversized_body(0)), @"bytes: from 1 to 1073741824");
        insta::assert_snapshot!(refusal(Fault::oversized_body((1 << 30) + 1)), @"bytes: from 1 to 1073741824");
        insta::assert_snapshot!(refusal(Fault::wrong_length(0)), @"difference: not 0, and from -1073741824 to 1073741824");
        insta::assert_snapshot!(refusal(Fault::wrong_length(i64::MIN)), @"difference: not 0, and from -1073741824 to 1073741824");
        insta::assert_snapshot!(refusal(Fault::status(199)), @"status: from 200 to 999");
        insta::assert_snapshot!(refusal(Fault::status(1000)), @"status: from 200 to 999");
        insta::assert_snapshot!(refusal(Fault::status(500).body("a".repeat(65_537))), @"body: at most 65536 bytes");
        insta::assert_snapshot!(refusal(Fault::garbage().times(0)), @"times: at least 1");
        for probability in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
            assert_eq!(
                refusal(Fault::garbage().probability(probability, 1)),
                "probability: from 0 to 1"
            );
        }
    }

    #[test]
    fn headers_are_headers_and_do_not_frame_the_message() {
        let with = |name: &str, value: &str| refusal(Fault::status(500).header(name, value));
        insta::assert_snapshot!(with("a b", "c"), @"headers: one of the names is no header's");
        insta::assert_snapshot!(with("a", "b\nc"), @"headers: a value has to be visible text of at most 8192 bytes");
        insta::assert_snapshot!(with("a", &"b".repeat(8193)), @"headers: a value has to be visible text of at most 8192 bytes");
        insta::assert_snapshot!(with("Content-Length", "1"), @"headers: content-length is the sandbox's own");
        let many = |count: usize| {
            (0..count).fold(Fault::status(500), |fault, at| {
                fault.header(format!("x-{at}"), "1")
            })
        };
        is_taken(many(32));
        insta::assert_snapshot!(refusal(many(33)), @"headers: at most 32");
    }

    #[test]
    fn settings_of_another_kind_are_refused() {
        let from = |json| refusal(serde_json::from_str(json).unwrap());
        insta::assert_snapshot!(from(r#"{"fault":"delay"}"#), @"millis: delay needs it");
        insta::assert_snapshot!(from(r#"{"fault":"drip","millis":1}"#), @"bytes: drip needs it");
        insta::assert_snapshot!(from(r#"{"fault":"oversized-body"}"#), @"bytes: oversized-body needs it");
        insta::assert_snapshot!(from(r#"{"fault":"wrong-length"}"#), @"difference: wrong-length needs it");
        insta::assert_snapshot!(from(r#"{"fault":"status"}"#), @"status: status needs it");
        insta::assert_snapshot!(from(r#"{"fault":"garbage","millis":1}"#), @"millis: garbage has none");
        insta::assert_snapshot!(from(r#"{"fault":"garbage","body":""}"#), @"body: garbage has none");
        insta::assert_snapshot!(from(r#"{"fault":"garbage","headers":{"a":"b"}}"#), @"headers: garbage has none");
        insta::assert_snapshot!(from(r#"{"fault":"garbage","seed":1}"#), @"seed: belongs to a probability");
        insta::assert_snapshot!(from(r#"{"fault":"delay","millis":1,"carryOut":true}"#), @"carryOut: a delay changes no answer: order another fault beside it");
        insta::assert_snapshot!(from(r#"{"fault":"lost-reply","carryOut":false}"#), @"carryOut: the reply is lost of a call that was carried out; for one that was not, order reset-before-headers");
    }

    #[test]
    fn an_operation_is_the_providers_own() {
        let garbage = || Fault::garbage().operation("login");
        assert_eq!(
            garbage().check(&operations()).unwrap(),
            Some(cards_model::ibanera::Login::OPERATION)
        );
        is_taken(garbage().at(Provider::Ibanera));
        insta::assert_snapshot!(refusal(garbage().at(Provider::Paysafe)), @"operation: one of paysafe's list-prepaid-cards, issue-access-token");
        insta::assert_snapshot!(refusal(Fault::garbage().operation("4622940000003713")), @"operation: one of register-user, update-customer, customer-preference, user-login, list-prepaid-cards, issue-access-token, list-customer-cards, cards-by-customer, login");
    }

    #[test]
    fn what_is_left_open_is_filled_in() {
        let mut fault = Fault::garbage();
        fault.check(&operations()).unwrap();
        assert_eq!(fault, Fault::garbage().carry_out(true));
        let mut fault: Fault =
            serde_json::from_str(r#"{"fault":"status","status":500,"probability":1}"#).unwrap();
        fault.check(&operations()).unwrap();
        let full = Fault::status(500).probability(1.0, 0).carry_out(false);
        assert_eq!(fault, full);
    }
}
