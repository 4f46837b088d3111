//! An error as it is told: in words, as a JSON object, or as an event of a log.

use anstyle::{AnsiColor, Style};
use cards_transport::model::{ProviderId, Violations};
use cards_transport::{Error as CallError, RawReply, Refusal};
use serde::Serialize;

use crate::end::Outcome;
use crate::error::{Error, Shown, Verdict};
use crate::output::{self, harmless, harmless_lines};

impl Error {
    /// Tells it on standard error, in words or as the one JSON object.
    pub(crate) fn report(&self) {
        if self.is_quiet {
            output::end_remarks();
        } else if output::is_json() {
            output::err(&self.json());
        } else {
            output::err(&self.text());
        }
    }

    fn text(&self) -> String {
        let red = Style::new().fg_color(Some(AnsiColor::Red.into())).bold();
        let mut text = format!("{red}error:{red:#} {}\n", harmless_lines(&self.message));
        for cause in &self.causes {
            // On a line of its own, whatever is in it.
            text.push_str(&format!("  caused by: {}\n", harmless(cause)));
        }
        if let Some(verdict) = self.call.as_ref().and_then(|call| call.verdict.as_ref()) {
            let remarks = verdict.remarks.iter().map(|remark| &remark.text);
            for told in [&verdict.verdict].into_iter().chain(remarks) {
                text.push_str(&format!("  sandbox: {}\n", harmless(told)));
            }
        }
        if let Some(hint) = &self.hint {
            text.push_str(&format!("  hint: {}\n", harmless_lines(hint)));
        }
        match self.call.as_ref().map(|call| &call.reply) {
            None | Some(Shown::Nothing) => {}
            Some(Shown::Whole(reply)) => text.push_str(&whole(reply)),
            Some(Shown::Kept(kept)) => {
                text.push_str(&format!("  reply: {}\n", harmless_lines(&kept.to_string())));
            }
        }
        for other in &self.others {
            text.push_str(&other.text());
        }
        text
    }

    fn json(&self) -> String {
        output::json_line(&self.object(output::take_warnings()))
    }

    fn object(&self, warnings: Vec<String>) -> Object<'_> {
        let call = self.call.as_deref();
        let operation = call.map(|call| call.operation);
        let error = call.and_then(|call| call.error.as_ref());
        let reply = call.map(|call| &call.reply);
        let violations = error.and_then(CallError::violations);
        // They follow the first line, and have a place of their own.
        let first_line = self.message.lines().next();
        let message = match violations {
            Some(_) => first_line.unwrap_or_default(),
            None => &self.message,
        };
        Object {
            kind: self.kind,
            provider: operation.map(|operation| operation.provider),
            operation: operation.map(|operation| operation.name),
            outcome: self.outcome,
            status: error
                .and_then(CallError::status)
                .map(|status| status.as_u16()),
            attempts: error.map(CallError::attempts),
            message,
            causes: &self.causes,
            // Laid out for a terminal.
            hint: self.hint.as_ref().map(|hint| hint.replace("\n  ", " ")),
            exit_code: self.exit.code(),
            sandbox: call.and_then(|call| call.verdict.as_ref()),
            refusal: error.and_then(CallError::refusal).map(Said::of),
            violations,
            reply: match reply {
                Some(Shown::Whole(reply)) => Some(Reply::of(reply)),
                _ => None,
            },
            reply_file: match reply {
                Some(Shown::Kept(kept)) => kept.path().map(|path| path.display().to_string()),
                _ => None,
            },
            others: self
                .others
                .iter()
                .map(|other| other.object(Vec::new()))
                .collect(),
            warnings,
        }
    }

    /// Writes the report as one event of the log, where every line is the log's.
    pub(crate) fn log(&self) {
        if !self.is_quiet {
            let causes = self.causes.join(": ");
            let error = Some(causes.as_str()).filter(|causes| !causes.is_empty());
            // Laid out for a terminal.
            let hint = self.hint.as_ref().map(|hint| hint.replace("\n  ", " "));
            tracing::error!(target: output::FAILURES, error, hint, "{}", self.message);
        }
    }
}

/// An error for programs. `cards help exit-codes` describes it.
#[derive(Serialize)]
struct Object<'a> {
    kind: &'static str,
    provider: Option<ProviderId>,
    operation: Option<&'static str>,
    outcome: Outcome,
    status: Option<u16>,
    attempts: Option<u32>,
    message: &'a str,
    causes: &'a [String],
    hint: Option<String>,
    exit_code: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    sandbox: Option<&'a Verdict>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<Said>,
    #[serde(skip_serializing_if = "Option::is_none")]
    violations: Option<&'a Violations>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply: Option<Reply>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_file: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    others: Vec<Object<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
}

/// A provider's refusal as far as the client shows it: the values that were
/// sent are taken out of each of its parts.
#[derive(Serialize)]
struct Said {
    text: String,
    code: Option<String>,
    fields: Vec<FieldSaid>,
}

#[derive(Serialize)]
struct FieldSaid {
    field: String,
    error: String,
}

impl Said {
    fn of(refusal: &Refusal) -> Self {
        let fields = refusal.shown_fields().iter().map(|field| FieldSaid {
            field: field.shown_field(),
            error: field.shown_error(),
        });
        Self {
            text: refusal.to_string(),
            code: refusal.shown_code(),
            fields: fields.collect(),
        }
    }
}

/// A reply as it was asked for.
#[derive(Serialize)]
struct Reply {
    status: u16,
    content_type: Option<String>,
    body: String,
}

impl Reply {
    fn of(reply: &RawReply) -> Self {
        Self {
            status: reply.status().as_u16(),
            content_type: content_type(reply).map(str::to_owned),
            body: String::from_utf8_lossy(reply.body()).into_owned(),
        }
    }
}

fn content_type(reply: &RawReply) -> Option<&str> {
    reply.headers().get("content-type")?.to_str().ok()
}

/// Status, type and body of a reply, made harmless for a terminal.
fn whole(reply: &RawReply) -> String {
    let kind = content_type(reply).unwrap_or("-");
    let body = harmless_lines(&String::from_utf8_lossy(reply.body()));
    format!(
        "  reply: HTTP {}, {kind}\n{}\n",
        reply.status(),
        body.trim_end()
    )
}
