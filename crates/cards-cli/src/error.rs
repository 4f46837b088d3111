//! Why the program ends without success.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use cards_transport::{ErrorKind, RawReply};

use crate::output;

/// What [`Error::log`] logs under.
pub(crate) const TARGET: &str = module_path!();

/// One failure: what, from which causes, and what to do.
#[derive(Debug)]
pub(crate) struct Error {
    exit: Exit,
    message: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
    hint: Option<String>,
    reply: Option<Box<RawReply>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exit {
    /// Standard output was closed by its reader, who has seen enough.
    Quiet,
    Failure,
    Usage,
}

impl Error {
    /// Input that cannot be used; nothing was sent.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// Something that was tried and failed.
    pub(crate) fn failure(message: impl Into<String>) -> Self {
        Self::new(Exit::Failure, message)
    }

    fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
            source: None,
            hint: None,
            reply: None,
        }
    }

    #[must_use]
    pub(crate) fn caused_by(self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self {
            source: Some(source.into()),
            ..self
        }
    }

    #[must_use]
    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        Self {
            hint: Some(hint.into()),
            ..self
        }
    }

    /// Has the server's reply printed too, where one came.
    #[must_use]
    pub(crate) fn showing_body(self, show: bool) -> Self {
        let hint = match (&self.reply, show) {
            (Some(_), true) | (None, _) => self.hint,
            (Some(_), false) => Some("--show-body prints what the server sent".to_owned()),
        };
        Self {
            hint,
            reply: self.reply.filter(|_| show),
            ..self
        }
    }

    /// What ended a list of which a part was read and printed: whatever it is,
    /// something was sent.
    #[must_use]
    pub(crate) fn in_the_middle(self) -> Self {
        Self {
            exit: Exit::Failure,
            message: format!("the list is not complete: {}", self.message),
            ..self
        }
    }

    /// Prints the chain on standard error and turns into the exit code.
    pub(crate) fn report(&self) -> ExitCode {
        if self.exit == Exit::Quiet {
            return self.exit.code();
        }
        let red = Style::new().fg_color(Some(AnsiColor::Red.into())).bold();
        let mut text = format!("{red}error:{red:#} {}\n", self.message);
        for cause in self.causes() {
            text.push_str(&format!("  caused by: {cause}\n"));
        }
        if let Some(hint) = &self.hint {
            text.push_str(&format!("  hint: {hint}\n"));
        }
        if let Some(reply) = &self.reply {
            text.push_str(&raw(reply));
        }
        output::note(&text);
        self.exit.code()
    }

    /// The same as one event of the log, where every line is the log's.
    pub(crate) fn log(&self) -> ExitCode {
        if self.exit != Exit::Quiet {
            let causes = self.causes().join(": ");
            let error = Some(causes.as_str()).filter(|causes| !causes.is_empty());
            // Laid out for a terminal.
            let hint = self.hint.as_ref().map(|hint| hint.replace("\n  ", " "));
            tracing::error!(target: TARGET, error, hint, "{}", self.message);
        }
        self.exit.code()
    }

    /// What each cause says, from the nearest on.
    fn causes(&self) -> Vec<String> {
        let mut causes = Vec::new();
        let mut cause: Option<&(dyn StdError + 'static)> =
            self.source.as_ref().map(|source| &**source as _);
        let mut last = self.message.clone();
        while let Some(error) = cause {
            let said = error.to_string();
            // Libraries often repeat their cause in their own message.
            if !last.ends_with(&said) {
                causes.push(said.clone());
            }
            last = said;
            cause = error.source();
        }
        causes
    }
}

impl Exit {
    fn code(self) -> ExitCode {
        match self {
            Self::Quiet => ExitCode::SUCCESS,
            Self::Failure => ExitCode::FAILURE,
            Self::Usage => ExitCode::from(2),
        }
    }
}

/// Status, type and body of a reply, made harmless for a terminal.
fn raw(reply: &RawReply) -> String {
    let kind = reply.headers().get("content-type");
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or("-");
    let body = String::from_utf8_lossy(reply.body());
    let body: String = body
        .chars()
        .map(|c| match c {
            '\n' | '\t' => c,
            c if c.is_control() => char::REPLACEMENT_CHARACTER,
            c => c,
        })
        .collect();
    let status = reply.status();
    format!("  reply: HTTP {status}, {kind}\n{}\n", body.trim_end())
}

impl From<cards_transport::Error> for Error {
    fn from(error: cards_transport::Error) -> Self {
        let exit = match error.kind() {
            ErrorKind::Invalid | ErrorKind::Config => Exit::Usage,
            _ => Exit::Failure,
        };
        let mut ours = Self::new(exit, error.to_string());
        ours.reply = error.raw().cloned().map(Box::new);
        ours.hint = match error.kind() {
            ErrorKind::Invalid => Some("--no-validate sends it as it is".to_owned()),
            ErrorKind::Connect => Some("is the address right, and is the server up?".to_owned()),
            _ => None,
        };
        ours.source = error.source().map(|source| source.to_string().into());
        ours
    }
}

impl From<cards_transport::ConfigError> for Error {
    fn from(error: cards_transport::ConfigError) -> Self {
        Self::usage(error.to_string())
    }
}

impl From<io::Error> for Error {
    /// Only writing to standard output gets here.
    fn from(error: io::Error) -> Self {
        let exit = match error.kind() {
            io::ErrorKind::BrokenPipe => Exit::Quiet,
            _ => Exit::Failure,
        };
        Self::new(exit, "cannot write to standard output").caused_by(error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
