//! Checks that the order of a fault keeps to the limits.

use axum::http::{HeaderName, HeaderValue, header};
use cards_model::{Operation, ProviderId};

use super::kind::CarryOut;
use super::setting::{
    LARGEST_BODY, LONGEST_HEADER, MOST_BYTES, MOST_HEADERS, MOST_MILLIS, Setting,
};
use super::{Fault, FaultError};
use crate::engine::operations::Operations;

/// The calls that a fault is of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope {
    provider: Option<ProviderId>,
    operation: Option<&'static Operation>,
}

impl Scope {
    /// Tells whether a call is one of them: below this provider's paths, and of this operation.
    pub(super) fn has(self, provider: ProviderId, operation: Option<&'static Operation>) -> bool {
        self.provider.is_none_or(|one| one == provider)
            && self.operation.is_none_or(|one| operation == Some(one))
    }
}

impl Fault {
    /// Checks the order, fills in what it leaves open, and finds the calls that it is of.
    pub(super) fn check(&mut self, operations: &Operations) -> Result<Scope, FaultError> {
        let provider = self.find_provider(operations)?;
        let kind = self.kind;
        for setting in Setting::ALL {
            let field = setting.name();
            let of_kind = |own: &&Setting| own.name() == field;
            let own = kind.settings().iter().find(of_kind);
            match (own, setting.is_given(self)) {
                (Some(own), false) if own.is_required() => {
                    return Err(FaultError::new(field, format!("{kind} needs it")));
                }
                (None, true) => {
                    return Err(FaultError::new(field, format!("{kind} has none")));
                }
                _ => {}
            }
        }
        for setting in kind.settings() {
            setting.check(self)?;
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
        match (kind.carry_out(), self.carry_out) {
            (CarryOut::Untouched, Some(_)) => {
                let what = "a delay changes no answer: order another fault beside it";
                return Err(FaultError::new("carryOut", what));
            }
            (CarryOut::Always, Some(false)) => {
                let what = "the reply is lost of a call that was carried out; \
                            for one that was not, order reset-before-headers";
                return Err(FaultError::new("carryOut", what));
            }
            (CarryOut::Untouched, None) => {}
            (_, given) => self.carry_out = Some(given.unwrap_or(kind.carries_out())),
        }
        let operation = self.find_operation(provider, operations)?;
        Ok(Scope {
            provider,
            operation,
        })
    }

    fn find_provider(&self, operations: &Operations) -> Result<Option<ProviderId>, FaultError> {
        let Some(name) = &self.provider else {
            return Ok(None);
        };
        let found = operations.providers().find(|id| id.as_str() == name);
        if let Some(found) = found {
            return Ok(Some(found));
        }
        let ids = operations.providers().map(|id| format!("`{id}`"));
        let ids = ids.collect::<Vec<_>>().join(", ");
        let what = format!("an unknown word, expected one of {ids}");
        Err(FaultError::new("provider", what))
    }

    fn find_operation(
        &self,
        provider: Option<ProviderId>,
        operations: &Operations,
    ) -> Result<Option<&'static Operation>, FaultError> {
        let Some(name) = &self.operation else {
            return Ok(None);
        };
        if let Some(found) = operations.named(provider, name) {
            return Ok(Some(found));
        }
        let names = operations.names(provider);
        let whose = provider.map_or_else(String::new, |id| format!("{id}'s "));
        let what = format!("one of {whose}{}", names.join(", "));
        Err(FaultError::new("operation", what))
    }
}

impl Setting {
    fn is_given(self, fault: &Fault) -> bool {
        match self {
            Self::Millis => fault.millis.is_some(),
            Self::Bytes { .. } => fault.bytes.is_some(),
            Self::Difference => fault.difference.is_some(),
            Self::Status => fault.status.is_some(),
            Self::Headers => !fault.headers.is_empty(),
            Self::Body => fault.body.is_some(),
        }
    }

    /// Checks its limits.
    fn check(self, fault: &Fault) -> Result<(), FaultError> {
        match self {
            Self::Millis => within("millis", fault.millis, 1, MOST_MILLIS),
            Self::Bytes { most } => within("bytes", fault.bytes, 1, most),
            Self::Difference => match fault.difference.map(i64::unsigned_abs) {
                Some(difference) if !(1..=MOST_BYTES).contains(&difference) => {
                    let what = format!("not 0, and from -{MOST_BYTES} to {MOST_BYTES}");
                    Err(FaultError::new("difference", what))
                }
                _ => Ok(()),
            },
            Self::Status => within("status", fault.status.map(u64::from), 200, 999),
            Self::Headers => check_headers(fault),
            Self::Body => match &fault.body {
                Some(body) if body.len() > LARGEST_BODY => {
                    let what = format!("at most {LARGEST_BODY} bytes");
                    Err(FaultError::new("body", what))
                }
                _ => Ok(()),
            },
        }
    }
}

fn check_headers(fault: &Fault) -> Result<(), FaultError> {
    const FRAMING: [HeaderName; 4] = [
        header::CONNECTION,
        header::CONTENT_LENGTH,
        header::TRANSFER_ENCODING,
        header::UPGRADE,
    ];
    let wrong = |what: String| Err(FaultError::new("headers", what));
    if fault.headers.len() > MOST_HEADERS {
        return wrong(format!("at most {MOST_HEADERS}"));
    }
    for (name, value) in &fault.headers {
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
mod tests;
