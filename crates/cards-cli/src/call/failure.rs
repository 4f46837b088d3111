//! Tells why a call failed, in the program's words.

use cards_transport::model::{Effect, Operation};
use cards_transport::{Error as CallError, RawReply};

use super::context::{Context, Ending};
use super::departure::{self, SoFar};
use super::{hint, verdict};
use crate::end::Outcome;
use crate::error::{Error, OUTCOME_UNKNOWN, Shown};
use crate::exit::Exit;
use crate::kept::Kept;

impl Error {
    /// The error that ended a call, with what to do about it. A reply to a
    /// change is kept, as nobody must send the change again to see it.
    pub(super) fn of_call(error: CallError, context: &Context) -> Self {
        let operation = error.operation();
        let mut ours = Self::of_failure(&error, context);
        let Some(raw) = error.raw() else {
            return ours;
        };
        let base_url = &context.address_of(operation).base_url;
        let verdict = verdict::of(raw, base_url);
        let is_change = context.operation.effect == Effect::Mutation;
        let reply = match context.show_body {
            true => Shown::Whole(raw.clone()),
            false if raw.body().is_empty() => Shown::Nothing,
            false if is_change => Shown::Kept(Kept::keep(raw.body(), operation)),
            false => {
                let how = || "--show-body prints what the server sent".to_owned();
                ours.hint = ours.hint.or_else(|| Some(how()));
                Shown::Nothing
            }
        };
        let mut ours = ours.about(operation, Some(error), reply);
        if let Some(call) = &mut ours.call {
            call.verdict = verdict;
        }
        ours
    }

    /// The same without what is only known once the reply is looked at.
    pub(super) fn of_failure(error: &CallError, context: &Context) -> Self {
        let mut ours = Self::from(error.clone());
        ours.hint = hint::of(error, context);
        if error.operation() != context.operation && ours.exit == Exit::Refused {
            // It is the login that was refused.
            ours.exit = Exit::Unauthorized;
        }
        ours
    }

    /// The error that ended a call, where the client does not say so.
    pub(super) fn of_ending(ending: Ending, context: &Context) -> Self {
        let operation = context.operation;
        let (exit, kind, why) = match ending {
            Ending::OutOfTime => (Exit::TryAgain, "timeout", "the time limit ran out"),
            Ending::Interrupted => (Exit::Interrupted, "signal", "interrupted"),
            Ending::Lost => (Exit::Failure, "failed", "the client failed"),
        };
        let error = match operation.effect {
            Effect::Read => Self::new(exit, kind, format!("{operation}: {why}")),
            Effect::Mutation => Self::of_ended_change(operation, exit, kind, why),
        };
        let is_longer = ending == Ending::OutOfTime && operation.effect == Effect::Read;
        let hint = is_longer.then(|| hint::longer_for_the_server(context));
        Self { hint, ..error }.about(operation, None, Shown::Nothing)
    }

    /// The error of a change that was ended, by how far it had come.
    fn of_ended_change(operation: &Operation, exit: Exit, kind: &'static str, why: &str) -> Self {
        let (outcome, exit, kind, message) = match departure::OF_THE_CHANGE.ends() {
            Some(SoFar::NotSent) => {
                let message = format!("not sent: {operation}: {why}");
                (Outcome::NotSent, exit, kind, message)
            }
            // For its token or its code, and it was not made again yet.
            Some(SoFar::Refused) => {
                let message = format!("not carried out: {operation}: {why} after it was refused");
                (Outcome::Failed, exit, kind, message)
            }
            None => {
                let message = format!("{operation}: {why}: {OUTCOME_UNKNOWN}");
                let exit = Exit::OutcomeUnknown;
                (Outcome::Unknown, exit, "outcome_unknown", message)
            }
        };
        Self {
            outcome,
            ..Self::new(exit, kind, message)
        }
    }

    /// Says that the call was accepted, though this error kept its reply from
    /// being printed. The reply to a change is kept, as a second one could not
    /// be asked for.
    #[must_use]
    pub(super) fn after_success(self, reply: &RawReply, context: &Context) -> Self {
        let operation = context.operation;
        if operation.effect == Effect::Read {
            return self;
        }
        let kept = Kept::keep(reply.body(), operation);
        self.after_change()
            .within(&operation.to_string())
            .about(operation, None, Shown::Kept(kept))
    }

    /// Says that a list was cut off after a part was read and printed: whatever
    /// the error is, something was sent.
    #[must_use]
    pub(super) fn in_the_middle(self) -> Self {
        let message = format!("the list is not complete: {}", self.message);
        Self {
            message,
            ..self.after_others()
        }
    }
}
