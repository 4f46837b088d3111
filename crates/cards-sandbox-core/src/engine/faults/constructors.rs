//! [`Fault`]s in Rust: one function for each kind, and what can be set.

use std::time::Duration;

use cards_model::ProviderId;

use super::{Fault, FaultKind};

/// The constructors of kinds that have no settings.
macro_rules! plain {
    ($($name:ident: $kind:ident),+ $(,)?) => {
        impl Fault {
            $(
                #[doc = concat!("See [`FaultKind::", stringify!($kind), "`].")]
                pub const fn $name() -> Self {
                    Self::new(FaultKind::$kind)
                }
            )+
        }
    };
}

plain! {
    reset_before_headers: ResetBeforeHeaders,
    reset_after_headers: ResetAfterHeaders,
    reset_in_body: ResetInBody,
    truncated_body: TruncatedBody,
    garbage: Garbage,
    invalid_json: InvalidJson,
    lost_reply: LostReply,
}

impl Fault {
    /// See [`FaultKind::Delay`]; from 1 ms to 5 minutes.
    pub fn delay(delay: Duration) -> Self {
        let millis = Some(millis(delay));
        Self {
            millis,
            ..Self::new(FaultKind::Delay)
        }
    }

    /// See [`FaultKind::Drip`]: so many bytes, from 1 to 64 KiB, then a pause,
    /// from 1 ms to 5 minutes.
    pub fn drip(bytes: u64, pause: Duration) -> Self {
        let millis = Some(millis(pause));
        Self {
            bytes: Some(bytes),
            millis,
            ..Self::new(FaultKind::Drip)
        }
    }

    /// See [`FaultKind::WrongLength`]: so many bytes more are announced than
    /// sent, or fewer where it is negative; up to 1 GiB either way. No fewer
    /// than 0 are announced.
    pub fn wrong_length(difference: i64) -> Self {
        Self {
            difference: Some(difference),
            ..Self::new(FaultKind::WrongLength)
        }
    }

    /// See [`FaultKind::OversizedBody`]: the body's length, from 1 to 1 GiB. A
    /// reply that is longer stays as it is.
    pub fn oversized_body(bytes: u64) -> Self {
        Self {
            bytes: Some(bytes),
            ..Self::new(FaultKind::OversizedBody)
        }
    }

    /// See [`FaultKind::Status`]: from 200 to 999. With [`body`](Self::body)
    /// and [`header`](Self::header) the rest of the reply can be given.
    pub fn status(status: u16) -> Self {
        Self {
            status: Some(status),
            ..Self::new(FaultKind::Status)
        }
    }

    /// Narrows it to calls to this provider, known operations or not.
    pub fn at(self, provider: ProviderId) -> Self {
        Self {
            provider: Some(provider.as_str().into()),
            ..self
        }
    }

    /// Narrows it to calls of this operation, by its name, as in `register-user`.
    pub fn operation(self, name: impl Into<String>) -> Self {
        Self {
            operation: Some(name.into()),
            ..self
        }
    }

    /// Lets it fire so often and no more; at least once. Without this there is no end to it.
    pub fn times(self, times: u64) -> Self {
        Self {
            times: Some(times),
            ..self
        }
    }

    /// Sets how likely it is to fire on a call in its scope, from 0 to 1. Whether it
    /// fires on the n-th of them follows from the seed and n alone; in JSON the
    /// seed may be left out and is 0.
    pub fn probability(self, probability: f64, seed: u64) -> Self {
        Self {
            probability: Some(probability),
            seed: Some(seed),
            ..self
        }
    }

    /// Tells whether a call is carried out before the fault shows, where it is to differ from what
    /// the [kind](FaultKind) does. A delay changes no answer, so it takes neither; a lost reply is
    /// of a call that was carried out.
    pub fn carry_out(self, carry_out: bool) -> Self {
        Self {
            carry_out: Some(carry_out),
            ..self
        }
    }

    /// The body of a [status](Self::status) fault, up to 64 KiB; its
    /// `content-type` is JSON's, unless a header says otherwise.
    pub fn body(self, body: impl Into<String>) -> Self {
        Self {
            body: Some(body.into()),
            ..self
        }
    }

    /// A header of a [status](Self::status) fault, such as `retry-after`; none
    /// that frames the message.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.insert(name.into(), value.into());
        self
    }
}

/// Whole milliseconds, and no pause shortened to none.
fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros().div_ceil(1000)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
