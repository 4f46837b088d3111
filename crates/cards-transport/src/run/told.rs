//! Tells hooks and `tracing` of a call, in words that name nobody.

use std::time::{Duration, Instant};

use http::StatusCode;
use tracing::Span;
use tracing::field::Empty;

use super::{Driven, Run};
use crate::call::{Call, Provider as _};
use crate::error::Error;
use crate::hooks::{AttemptEnd, CallEvent, CallId, Hooks, Renewed, told};
use crate::reply::Reply;
use crate::token_source::TokenNeed;

/// The status that a call ended with, where a reply came.
pub(crate) fn status<T>(outcome: &Result<Reply<T>, Error>) -> Option<StatusCode> {
    match outcome {
        Ok(reply) => Some(reply.status()),
        Err(error) => error.status(),
    }
}

/// Gives the status that a login ended with, which is driven by itself.
pub(crate) fn driven<T>(outcome: &Result<Driven<'_, T>, Error>) -> Option<StatusCode> {
    match outcome {
        Ok(Driven::Done(reply, _)) => Some(reply.status()),
        Ok(Driven::LogIn(_)) => None,
        Err(error) => error.status(),
    }
}

impl<C: Call> Run<'_, C> {
    /// The span of a call, or of its login within that of the call. Its fields
    /// have the names of OpenTelemetry's conventions for HTTP clients, and of the
    /// address the host and the documented path alone.
    pub(super) fn new_span(core: &super::Core<C::Provider>, id: CallId) -> Span {
        let operation = C::operation();
        let address = core.provider.address(C::is_login());
        tracing::info_span!(
            "call",
            "otel.kind" = "client",
            "cards.call.id" = id.get(),
            "cards.operation" = operation.name,
            "http.request.method" = operation.method.as_str(),
            "url.template" = operation.path,
            "server.address" = address.host(),
            "server.port" = address.port(),
            "http.request.resend_count" = Empty,
            "http.response.status_code" = Empty,
            "http.client.request.duration" = Empty,
            "error.type" = Empty,
        )
    }

    /// The span that all of the call happens in.
    pub(crate) fn span(&self) -> Span {
        self.span.clone()
    }

    /// Notes how the call ended.
    pub(crate) fn ends(&self, status: Option<StatusCode>, error: Option<&Error>) {
        if self.span.is_disabled() {
            return;
        }
        let resent = self.progress.attempts.saturating_sub(1);
        self.span.record("http.request.resend_count", resent);
        let seconds = self.started.elapsed().as_secs_f64();
        self.span.record("http.client.request.duration", seconds);
        if let Some(status) = status {
            let status = status.as_u16();
            self.span.record("http.response.status_code", status);
        }
        if let Some(error) = error {
            self.span.record("error.type", error.kind().as_str());
        }
    }

    pub(super) fn tells_of_sending(&mut self) {
        self.sent_at = Instant::now();
        self.tell(|hooks, event| hooks.before_send(event));
    }

    pub(super) fn tells_of_end(&mut self, end: AttemptEnd) {
        self.ended = Some(end);
        let took = self.sent_at.elapsed();
        self.tell(|hooks, event| hooks.after_reply(event, end, took));
    }

    pub(super) fn tells_of_retry(&self, pause: Duration) {
        if let Some(end) = self.ended {
            self.tell(|hooks, event| hooks.on_retry(event, end, pause));
        }
    }

    /// Tells of a renewal that is settled: who hears of it may make a call with the new token.
    pub(super) fn tells_of_renewal(&self, need: TokenNeed, is_renewed: bool) {
        let renewed = Renewed {
            need,
            is_renewed,
            took: self.sent_at.elapsed(),
        };
        self.tell(|hooks, event| hooks.on_renewal(event, renewed));
    }

    fn tell(&self, tell: impl FnOnce(&dyn Hooks, &CallEvent<'_>)) {
        let Some(hooks) = &self.core.settings.hooks else {
            return;
        };
        let address = self.core.provider.address(C::is_login());
        let event = CallEvent {
            call: self.id,
            operation: self.progress.operation,
            host: address.host(),
            port: address.port(),
            attempt: self.progress.attempts,
        };
        told(|| tell(&**hooks, &event));
    }
}
