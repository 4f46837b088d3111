//! Describes one call and its answer, as the journal keeps it.

use std::any::Any;

use cards_model::{ProviderId, Violation};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Nearest, Received, Remark, Values};
use crate::engine::detail::Details;
use crate::engine::faults::FiredFault;
use crate::engine::listed;

/// One call and its answer. No value that was sent is in here, unless it was asked for that
/// values are kept; field names are those of the documents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Exchange {
    /// Number of the exchange, counted from 1. The answer has it too, in the header
    /// `x-sandbox-exchange`.
    pub id: u64,
    /// When, by the sandbox's clock: ISO 8601 in UTC.
    pub at: String,
    /// Names the provider whose API was called, as far as the path tells.
    #[schemars(schema_with = "listed::provider")]
    pub provider: Option<ProviderId>,
    /// The operation's name, as in `register-user`.
    pub operation: Option<&'static str>,
    /// The HTTP method; `OTHER` where it is none of the usual ones.
    pub method: &'static str,
    /// The operation's path, with `{customerId}` where the request had a value.
    pub path: Option<&'static str>,
    /// The path that was called, where it is no operation's or not for this method: with
    /// `{customerId}` or `{...}` in the place of what may be anything.
    pub called: Option<String>,
    /// The documented method and path that are nearest to such a one.
    pub nearest: Option<Nearest>,
    /// The names of what came with it.
    pub request: Received,
    /// The values of the request and of its reply, where the sandbox was started to keep them, and
    /// never a secret; left out of the JSON otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub values: Option<Values>,
    /// The HTTP status of the answer; 0 where a fault let none out.
    pub status: u16,
    /// Says whether the call did what was asked.
    pub accepted: bool,
    /// The reason for the answer, as a sentence.
    pub verdict: String,
    /// Remarks on names in the request that were not used, such as `City` for `city`.
    pub remarks: Vec<Remark>,
    /// The documented rules that the request breaks, at most the first 64.
    #[schemars(schema_with = "listed::violations")]
    pub violations: Vec<Violation>,
    #[serde(flatten)]
    pub(crate) details: Details,
    /// The faults that fired on it; left out of the JSON where there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<FiredFault>,
    /// Microseconds that the sandbox took, without the pauses of faults.
    pub micros: u64,
}

impl Exchange {
    /// Gives the detail that the provider added, such as its verdict on a signature; `None` where
    /// the call has no such thing.
    ///
    /// ```
    /// # use cards_sandbox_core::Exchange;
    /// // The provider's type.
    /// struct SignatureVerdict {
    ///     is_right: bool,
    /// }
    ///
    /// fn is_signed(exchange: &Exchange) -> bool {
    ///     exchange.detail().is_some_and(|verdict: &SignatureVerdict| verdict.is_right)
    /// }
    /// ```
    pub fn detail<T: Any>(&self) -> Option<&T> {
        self.details.get()
    }

    /// About how many bytes of memory it takes.
    pub fn weight(&self) -> usize {
        let violation = |violation: &Violation| {
            size_of::<Violation>()
                + violation.field.len()
                + violation.limit.len()
                + violation.source.len()
        };
        size_of::<Self>()
            + self.at.len()
            + self.verdict.len()
            + self.request.weight()
            + self.values.as_ref().map_or(0, Values::weight)
            + self.called.as_ref().map_or(0, String::len)
            + self
                .nearest
                .as_ref()
                .map_or(0, |nearest| nearest.path.len())
            + self.remarks.iter().map(Remark::weight).sum::<usize>()
            + self.violations.iter().map(violation).sum::<usize>()
            + self.details.weight()
            + size_of_val(&*self.faults)
    }
}
