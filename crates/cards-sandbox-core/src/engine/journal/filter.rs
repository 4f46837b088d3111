//! Says which exchanges are asked for.

use cards_model::ProviderId;

use super::Exchange;

/// Says what an exchange has to be; `None` admits anything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    pub(crate) provider: Option<ProviderId>,
    pub(crate) operation: Option<String>,
    pub(crate) accepted: Option<bool>,
    pub(crate) status: Option<u16>,
}

impl Filter {
    pub(crate) fn admits(&self, exchange: &Exchange) -> bool {
        let operation = self.operation.as_deref();
        self.provider
            .is_none_or(|provider| exchange.provider == Some(provider))
            && operation.is_none_or(|name| exchange.operation == Some(name))
            && self
                .accepted
                .is_none_or(|accepted| exchange.accepted == accepted)
            && self.status.is_none_or(|status| exchange.status == status)
    }
}
