//! `--dry-run`: the request as it would be sent, shown and not sent.

use std::sync::{Arc, Mutex, PoisonError};

use cards_transport::bytes::Bytes;
use cards_transport::http::{HeaderMap, HeaderName, HeaderValue, Request};
use cards_transport::model::Body::Multipart;
use cards_transport::model::{Operation, Pan};
use cards_transport::{
    Call, FormPart, Limits, Provider, Retry, Settings, TransportError, TransportErrorKind,
    blocking, form_parts,
};
use serde_json::Value;

use super::args::provider;
use super::context::Context;
use super::header::of_request;
use super::told::address;
use crate::config::Vars;
use crate::error::Error;
use crate::output::{self, harmless, harmless_json, is_command};
use crate::sheet::Format;
use crate::written::{Object, Written};

/// Names a field whose values are personal, although they are words of a list.
const PERSONAL: &str = "gender";

/// Builds the request exactly as a client would, and prints it.
pub(super) fn print<C>(
    call: &C,
    vars: &Vars,
    settings: Settings,
    context: &Context,
    format: Format,
) -> Result<(), Error>
where
    C: Call,
{
    if format == Format::Csv {
        let error = Error::usage("--output csv: a request is no table of rows");
        return Err(error.hint("--dry-run prints it as table, json, ndjson or curl"));
    }
    let mut ours: C::Provider = provider(vars)?;
    let mut logs_in = false;
    if C::NEEDS_TOKEN && ours.standing_token().is_none() && ours.login().is_some() {
        // A login would come first. A stand-in lets the call itself be shown.
        logs_in = true;
        let token = format!("{}_TOKEN", C::Provider::PREFIX);
        ours = provider(&vars.clone().with(&token, "fetched-by-logging-in"))?;
    }
    let seen = Arc::new(Mutex::new(None));
    let keep = Arc::clone(&seen);
    let transport = move |request: Request<Bytes>, _: Limits| {
        *keep.lock().unwrap_or_else(PoisonError::into_inner) = Some(request);
        Err(TransportError::not_sent(TransportErrorKind::Request))
    };
    let settings = settings.retry(Retry::never());
    let sent = blocking::Client::with_settings(ours, transport, settings).send(call);
    let request = seen.lock().unwrap_or_else(PoisonError::into_inner).take();
    match (request, sent) {
        (Some(request), _) => {
            let shown = Shown::of(context.operation, &request);
            let text = shown.to(format, logs_in)?;
            output::out(&text)?;
            if logs_in {
                output::note("dry run: the token would be fetched first, by logging in\n");
            }
            output::note("dry run: nothing was sent\n");
            Ok(())
        }
        (None, Err(error)) => Err(Error::of_call(error, context)),
        (None, Ok(_)) => Ok(()),
    }
}

/// A request as far as it may be shown.
struct Shown {
    method: String,
    url: String,
    /// The headers, by name.
    headers: Vec<(String, String)>,
    body: Body,
    /// The bytes of the body as it would be sent.
    length: usize,
}

enum Body {
    Empty,
    Json(Written),
    Form(Vec<(String, String)>),
    /// Parts by their names, each with its text or the words for its file.
    Parts(Vec<(String, Part)>),
}

enum Part {
    Text(String),
    File {
        /// The name that it is sent under, which is not that of the file here.
        name: String,
        media_type: String,
        bytes: usize,
    },
}

impl Part {
    fn shown(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::File {
                media_type, bytes, ..
            } => format!("[{media_type}, {bytes} bytes]"),
        }
    }
}

impl Shown {
    fn of(operation: &Operation, request: &Request<Bytes>) -> Self {
        let headers = by_name(request.headers()).into_iter();
        let headers = headers.map(|(name, value)| (name.to_string(), of_request(name, value)));
        let json = str::from_utf8(request.body()).map(Written::read);
        let body = match json {
            _ if request.body().is_empty() => Body::Empty,
            _ if operation.body == Multipart => {
                let parts = form_parts(request).into_iter();
                Body::Parts(parts.map(|it| part(operation, it)).collect())
            }
            Ok(Ok(Written::Object(mut object))) => {
                mask(operation, "", &mut object);
                Body::Json(object.into())
            }
            _ => {
                let pairs = form_urlencoded::parse(request.body());
                let pairs = pairs.map(|(name, value)| {
                    let value = masked(operation, &name, &value);
                    (name.into_owned(), value)
                });
                Body::Form(pairs.collect())
            }
        };
        Self {
            method: request.method().to_string(),
            url: address(request.uri()),
            headers: headers.collect(),
            body,
            length: request.body().len(),
        }
    }

    /// Writes it in a form that shows every value as it would be sent, but for the text for people: there, what could
    /// command the terminal is replaced.
    fn to(&self, format: Format, is_after_login: bool) -> Result<String, Error> {
        Ok(match format {
            Format::Curl => return self.to_curl(),
            Format::Json => harmless_json(&format!("{:#}\n", self.to_json(is_after_login))),
            Format::Ndjson => harmless_json(&format!("{}\n", self.to_json(is_after_login))),
            Format::Table | Format::Csv => self.to_text(),
        })
    }

    fn to_text(&self) -> String {
        let mut text = format!("{} {}\n", self.method, self.url);
        for (name, value) in &self.headers {
            text.push_str(&format!("{name}: {}\n", harmless(value)));
        }
        if self.length > 0 {
            text.push_str(&format!("content-length: {}\n\n", self.length));
        }
        match &self.body {
            Body::Empty => {}
            Body::Json(json) => text.push_str(&harmless_json(&format!("{json:#}\n"))),
            Body::Form(pairs) => {
                for (name, value) in pairs {
                    text.push_str(&format!("{name}={}\n", harmless(value)));
                }
            }
            Body::Parts(parts) => {
                for (name, part) in parts {
                    text.push_str(&format!("{name}={}\n", harmless(&part.shown())));
                }
            }
        }
        text
    }

    fn to_json(&self, is_after_login: bool) -> Written {
        let object = |pairs: &[(String, String)]| -> Written {
            let pairs = pairs.iter();
            pairs
                .map(|(name, value)| (name.clone(), value.as_str()))
                .collect()
        };
        let body = match &self.body {
            Body::Empty => Value::Null.into(),
            Body::Json(body) => body.clone(),
            Body::Form(pairs) => object(pairs),
            Body::Parts(parts) => {
                let parts = parts
                    .iter()
                    .map(|(name, part)| (name.clone(), part.shown()));
                object(&parts.collect::<Vec<_>>())
            }
        };
        let members = [
            ("method", self.method.as_str().into()),
            ("url", self.url.as_str().into()),
            ("headers", object(&self.headers)),
            ("body", body),
            ("logs_in_first", Value::from(is_after_login).into()),
            ("is_sent", Value::from(false).into()),
        ];
        let members = members.into_iter();
        members
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }

    fn to_curl(&self) -> Result<String, Error> {
        let mut words = vec![format!(
            "curl --request {} {}",
            self.method,
            word(&self.url)?
        )];
        // curl makes a boundary of its own.
        let is_in_parts = matches!(self.body, Body::Parts(_));
        let headers = self.headers.iter();
        for (name, value) in headers.filter(|(name, _)| !is_in_parts || name != "content-type") {
            words.push(format!("--header {}", word(&format!("{name}: {value}"))?));
        }
        match &self.body {
            Body::Empty => {}
            Body::Json(json) => {
                words.push(format!(
                    "--data-raw {}",
                    word(&harmless_json(&json.to_string()))?
                ));
            }
            Body::Form(pairs) => {
                for (name, value) in pairs {
                    let pair = word(&format!("{name}={value}"))?;
                    words.push(format!("--data-urlencode {pair}"));
                }
            }
            Body::Parts(parts) => {
                for (name, part) in parts {
                    words.push(match part {
                        Part::Text(text) => {
                            format!("--form-string {}", word(&format!("{name}={text}"))?)
                        }
                        Part::File {
                            name: file,
                            media_type,
                            ..
                        } => {
                            // Without a name, curl would send that of the file here.
                            let form = format!("{name}=@FILE;type={media_type};filename={file}");
                            format!("--form {}", word(&form)?)
                        }
                    });
                }
            }
        }
        Ok(words.join(" \\\n  ") + "\n")
    }
}

/// A part as far as it may be shown: nothing of what is in a file.
fn part(operation: &Operation, part: FormPart) -> (String, Part) {
    let shown = match part.file {
        Some((media_type, bytes)) => Part::File {
            name: part.text,
            media_type,
            bytes,
        },
        None => Part::Text(masked(operation, &part.name, &part.text)),
    };
    (part.name, shown)
}

/// A text as one word of a shell. What could command the terminal is escaped as bash, zsh and ksh read it.
fn word(text: &str) -> Result<String, Error> {
    if text.contains('\0') {
        let error = Error::usage(
            "--output curl: a value has a NUL character, which no word of a shell has",
        );
        return Err(error.hint("--output json shows it"));
    }
    if !text.contains(is_command) {
        return Ok(format!("'{}'", text.replace('\'', r"'\''")));
    }
    let mut word = String::from("$'");
    for c in text.chars() {
        let mut utf8 = [0; 4];
        match c {
            '\'' | '\\' => word.extend(['\\', c]),
            c if is_command(c) => {
                for byte in c.encode_utf8(&mut utf8).bytes() {
                    word.push_str(&format!("\\{byte:03o}"));
                }
            }
            c => word.push(c),
        }
    }
    word.push('\'');
    Ok(word)
}

fn by_name(headers: &HeaderMap) -> Vec<(&HeaderName, &HeaderValue)> {
    let mut headers: Vec<_> = headers.iter().collect();
    headers.sort_by_key(|(name, _)| name.as_str());
    headers
}

/// Masks the values of a JSON object. Those of lists count as the list's own. What is not masked
/// stays as it is written.
fn mask(operation: &Operation, outer: &str, object: &mut Object) {
    for (name, value) in &mut object.0 {
        mask_value(operation, &format!("{outer}{name}"), value);
    }
}

fn mask_value(operation: &Operation, name: &str, value: &mut Written) {
    let written = match value {
        Written::Object(object) => return mask(operation, &format!("{name}."), object),
        Written::List(items) => {
            for item in items {
                mask_value(operation, name, item);
            }
            return;
        }
        Written::Leaf(raw) => raw.get(),
    };
    let text = match written {
        "null" | "true" | "false" => return,
        // A text, or else a number by its digits.
        _ => serde_json::from_str(written).unwrap_or_else(|_| written.to_owned()),
    };
    let shown = masked(operation, name, &text);
    if shown != text {
        *value = shown.as_str().into();
    }
}

/// The value of a field: whole where the field's table says that it tells
/// nothing of a person, and no secret.
fn masked(operation: &Operation, name: &str, value: &str) -> String {
    let field = operation.field(name).filter(|field| !field.is_sensitive());
    let is_public = field.is_some() && name != PERSONAL;
    // Without its check, a request may have a card number in any field.
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    match name {
        _ if value.is_empty() => String::new(),
        "card_no" => Pan::new(value).to_string(),
        _ if is_public && digits < 13 => value.to_owned(),
        _ => "[redacted]".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use cards_transport::model::Request as _;
    use cards_transport::model::airpay::RegisterUser;

    use super::*;

    fn masked(name: &str, value: &str) -> String {
        super::masked(RegisterUser::OPERATION, name, value)
    }

    #[test]
    fn masks_what_it_does_not_know() {
        assert_eq!(masked("card_no", "4622940000003713"), "462294******3713");
        assert_eq!(masked("card_no", "4622"), "[redacted]");
        assert_eq!(masked("kit_no", "100000001200"), "100000001200");
        assert_eq!(masked("kit_no", "4622940000003713"), "[redacted]");
        assert_eq!(masked("otp", "1234"), "[redacted]");
        assert_eq!(masked("gender", "F"), "[redacted]");
        assert_eq!(masked("anything", "x"), "[redacted]");
        assert_eq!(masked("doc_expiry", ""), "");
    }

    /// The words are read by a shell.
    #[cfg(unix)]
    #[test]
    fn any_text_is_one_word_of_a_shell_and_commands_no_terminal() {
        use proptest::strategy::{Strategy, ValueTree};
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        let text = "([ -~äß]|[\\x01-\\x1f\\x7f\u{85}\u{200f}\u{202e}]|[0-7'\\\\$`\"]){0,12}";
        let texts = proptest::collection::vec(text, 300);
        let texts: Vec<String> = texts.new_tree(&mut runner).unwrap().current();
        let words = texts.iter().map(|text| word(text).ok().unwrap());
        let words: Vec<_> = words.collect();
        let script = format!("printf '%s\\0' {}", words.join(" "));
        assert!(!script.contains(is_command), "{script:?}");
        let mut shell = std::process::Command::new("bash");
        let read = shell.arg("-c").arg(script).output().unwrap().stdout;
        let read = String::from_utf8(read).unwrap();
        let read: Vec<_> = read.split_terminator('\0').collect();
        assert_eq!(read, texts);
        assert!(word("a\0b").is_err());
    }

    #[test]
    fn masks_what_is_nested() {
        let body = r#"{"kit_no":"1","amount":5.10,"otp":"1234","x":{"city":"Kochi","on":true},"#;
        let body = format!(r#"{body}"card_type":["V","P"]}}"#);
        let Ok(Written::Object(mut object)) = Written::read(&body) else {
            panic!("no object");
        };
        mask(RegisterUser::OPERATION, "", &mut object);
        let masked = body.replace("5.10", "\"[redacted]\"");
        let masked = masked
            .replace("1234", "[redacted]")
            .replace("Kochi", "[redacted]");
        assert_eq!(Written::from(object).to_string(), masked);
    }
}
