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
use crate::output;
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
            let text = shown.to(format, logs_in);
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

    fn to(&self, format: Format, is_after_login: bool) -> String {
        match format {
            Format::Curl => self.to_curl(),
            Format::Json => format!("{:#}\n", self.to_json(is_after_login)),
            Format::Ndjson => format!("{}\n", self.to_json(is_after_login)),
            Format::Table | Format::Csv => self.to_text(),
        }
    }

    fn to_text(&self) -> String {
        let mut text = format!("{} {}\n", self.method, self.url);
        for (name, value) in &self.headers {
            text.push_str(&format!("{name}: {value}\n"));
        }
        if self.length > 0 {
            text.push_str(&format!("content-length: {}\n\n", self.length));
        }
        match &self.body {
            Body::Empty => {}
            Body::Json(json) => text.push_str(&format!("{json:#}\n")),
            Body::Form(pairs) => {
                for (name, value) in pairs {
                    text.push_str(&format!("{name}={value}\n"));
                }
            }
            Body::Parts(parts) => {
                for (name, part) in parts {
                    text.push_str(&format!("{name}={}\n", part.shown()));
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

    fn to_curl(&self) -> String {
        let mut words = vec![format!(
            "curl --request {} {}",
            self.method,
            single_quoted(&self.url)
        )];
        // curl makes a boundary of its own.
        let is_in_parts = matches!(self.body, Body::Parts(_));
        let headers = self.headers.iter();
        for (name, value) in headers.filter(|(name, _)| !is_in_parts || name != "content-type") {
            words.push(format!(
                "--header {}",
                single_quoted(&format!("{name}: {value}"))
            ));
        }
        match &self.body {
            Body::Empty => {}
            Body::Json(json) => {
                words.push(format!("--data-raw {}", single_quoted(&json.to_string())));
            }
            Body::Form(pairs) => {
                for (name, value) in pairs {
                    let pair = single_quoted(&format!("{name}={value}"));
                    words.push(format!("--data-urlencode {pair}"));
                }
            }
            Body::Parts(parts) => {
                for (name, part) in parts {
                    words.push(match part {
                        Part::Text(text) => {
                            format!("--form-string {}", single_quoted(&format!("{name}={text}")))
                        }
                        Part::File {
                            name: file,
                            media_type,
                            ..
                        } => {
                            // Without a name, curl would send that of the file here.
                            let form = format!("{name}=@FILE;type={media_type};filename={file}");
                            format!("--form {}", single_quoted(&form))
                        }
                    });
                }
            }
        }
        words.join(" \\\n  ") + "\n"
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

/// A text as one word of a shell.
fn single_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
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
        _ if is_public && digits < 13 => output::harmless(value),
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
