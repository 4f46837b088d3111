//! Checks that the order of a fault keeps to the limits.

use cards_model::{Operation, ProviderId};

use super::kind::CarryOut;
use super::setting::{Setting, within};
use super::{Fault, FaultError};
use crate::operations::Operations;

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

#[cfg(test)]
mod tests;
