//! The reasons why the program ends without success.

use std::error::Error as StdError;
use std::fmt;
use std::io;

use cards_transport::model::Operation;
use cards_transport::{Error as CallError, RawReply};

use crate::causes;
use crate::end::{End, Outcome};
use crate::exit::Exit;
use crate::kept::Kept;

/// The words for a change that may have taken effect.
pub(crate) const OUTCOME_UNKNOWN: &str =
    "outcome unknown: find out whether it took effect before sending it again";

/// Holds one failure: its causes, and what to do.
#[derive(Debug)]
pub(crate) struct Error {
    pub(crate) exit: Exit,
    /// The kind, as `--output json` names it.
    pub(crate) kind: &'static str,
    pub(crate) outcome: Outcome,
    pub(crate) message: String,
    /// The message of each cause, from the nearest on.
    pub(crate) causes: Vec<String>,
    pub(crate) hint: Option<String>,
    /// The call that it is about; `None` before there is one.
    pub(crate) call: Option<Box<AboutCall>>,
    /// The errors of others that were asked at the same time.
    pub(crate) others: Box<[Error]>,
    /// Says whether nothing is told: standard output was closed by its reader, who has seen enough.
    pub(crate) is_quiet: bool,
}

/// Holds what is known of the call that an error is about.
#[derive(Debug)]
pub(crate) struct AboutCall {
    /// The operation; where a login on behalf of a call failed, the login.
    pub(crate) operation: &'static Operation,
    /// The client's error.
    pub(crate) error: Option<CallError>,
    pub(crate) reply: Shown,
    /// The reason that a sandbox gives for its refusal.
    pub(crate) verdict: Option<Verdict>,
}

/// The reason that a sandbox has in its journal for a reply.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct Verdict {
    /// The exchange's number.
    id: u64,
    pub(crate) verdict: String,
    /// Names in the request that were not used; an older sandbox tells of none.
    #[serde(default)]
    pub(crate) remarks: Vec<Remark>,
}

/// One remark in a sentence.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct Remark {
    pub(crate) text: String,
}

/// The part of the server's reply that is shown.
#[derive(Debug)]
pub(crate) enum Shown {
    Nothing,
    /// All of it, as asked for.
    Whole(RawReply),
    /// The place where it is kept, or why it is not.
    Kept(Kept),
}

impl Error {
    /// Input that cannot be used; nothing was sent.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self {
            outcome: Outcome::NotSent,
            ..Self::new(Exit::Usage, "usage", message)
        }
    }

    /// Reports something that was tried and failed.
    pub(crate) fn failure(message: impl Into<String>) -> Self {
        Self::new(Exit::Failure, "failed", message)
    }

    /// Reports that a signal ended the program.
    pub(crate) fn interrupted() -> Self {
        Self::new(Exit::Interrupted, "signal", "interrupted")
    }

    /// Reports a request that ended like this.
    pub(crate) fn ended(end: &End, message: impl Into<String>) -> Self {
        Self {
            outcome: end.outcome(),
            ..Self::new(end.exit(), end.kind.as_str(), message)
        }
    }

    pub(crate) fn new(exit: Exit, kind: &'static str, message: impl Into<String>) -> Self {
        Self {
            exit,
            kind,
            outcome: Outcome::Failed,
            message: message.into(),
            causes: Vec::new(),
            hint: None,
            call: None,
            others: Box::default(),
            is_quiet: false,
        }
    }

    /// Adds a cause with all of its own.
    #[must_use]
    pub(crate) fn caused_by(self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        let causes = causes::said(&*source.into(), &self.message);
        Self { causes, ..self }
    }

    #[must_use]
    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        Self {
            hint: Some(hint.into()),
            ..self
        }
    }

    /// Adds a hint where the request was refused.
    #[must_use]
    pub(crate) fn hint_if_refused(self, hint: &str) -> Self {
        match self.outcome {
            Outcome::Refused => self.hint(hint),
            _ => self,
        }
    }

    /// Says that a change was carried out, though this error kept that from being printed. It is
    /// told also where nobody reads on: what the change has brought cannot be asked for again.
    #[must_use]
    pub(crate) fn after_change(self) -> Self {
        let exit = match self.is_quiet {
            true => Exit::Failure,
            false => self.exit,
        };
        Self {
            exit,
            is_quiet: false,
            outcome: Outcome::Accepted,
            message: format!("accepted, but {}", self.message),
            ..self
        }
    }

    /// Takes back that nothing was sent: something else was, at the same time or before.
    #[must_use]
    pub(crate) fn after_others(self) -> Self {
        let exit = match self.exit {
            Exit::Usage => Exit::Failure,
            exit => exit,
        };
        let outcome = match self.outcome {
            Outcome::NotSent => Outcome::Failed,
            outcome => outcome,
        };
        Self {
            exit,
            outcome,
            ..self
        }
    }

    /// Says at the beginning where it is.
    #[must_use]
    pub(crate) fn within(self, place: &str) -> Self {
        let message = format!("{place}: {}", self.message);
        Self { message, ..self }
    }

    /// Adds what is known of the call that it is about.
    #[must_use]
    pub(crate) fn about(
        self,
        operation: &'static Operation,
        error: Option<CallError>,
        reply: Shown,
    ) -> Self {
        let call = Some(Box::new(AboutCall {
            operation,
            error,
            reply,
            verdict: None,
        }));
        Self { call, ..self }
    }
}

impl From<CallError> for Error {
    fn from(error: CallError) -> Self {
        let operation = error.operation();
        let is_unknown = error.is_outcome_unknown();
        let (message, reason) = match is_unknown {
            true => (
                format!("{operation}: {OUTCOME_UNKNOWN}"),
                Some(reason(&error)),
            ),
            false => (error.to_string(), None),
        };
        let above = reason.as_deref().unwrap_or(&message);
        let below = error.source().map(|cause| causes::said(cause, above));
        let causes = reason.into_iter().chain(below.into_iter().flatten());
        Self {
            causes: causes.collect(),
            ..Self::ended(&End::of_call(&error), message)
        }
        .about(operation, Some(error), Shown::Nothing)
    }
}

/// Says why the outcome is unknown, in the client's words without the frame
/// that is said anyway.
fn reason(error: &CallError) -> String {
    let text = error.to_string();
    let operation = format!("{}: ", error.operation());
    text.strip_prefix(&operation)
        .unwrap_or(&text)
        .replace("outcome unknown: ", "")
        .replace(
            "; find out whether it took effect before sending it again",
            "",
        )
}

impl From<cards_transport::ConfigError> for Error {
    fn from(error: cards_transport::ConfigError) -> Self {
        Self {
            kind: "config",
            ..Self::usage(error.to_string())
        }
    }
}

impl From<io::Error> for Error {
    /// Takes an error of writing to standard output: no other gets here.
    fn from(error: io::Error) -> Self {
        let is_quiet = error.kind() == io::ErrorKind::BrokenPipe;
        let exit = if is_quiet {
            Exit::Success
        } else {
            Exit::Failure
        };
        Self {
            is_quiet,
            ..Self::new(exit, "output", "cannot write to standard output").caused_by(error)
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
