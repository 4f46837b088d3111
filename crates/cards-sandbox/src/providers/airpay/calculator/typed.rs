//! The calculator's form, read.

use std::fmt;

use cards_model::Operation;
use cards_model::airpay::IDENTIFYING_HEADERS;
use cards_paste::Pasted;
use cards_sandbox_core::intake::{self, Pairs};
use cards_sign::Recipe;

/// Everything that was typed. `Debug` shows none of it.
pub(super) struct Typed {
    pub(super) operation: &'static Operation,
    pub(super) recipe: Recipe,
    pub(super) fields: Pairs,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) secret: String,
    pub(super) given: Option<String>,
    /// A warning of the text behind a command that was not read.
    pub(super) unread: Option<String>,
}

impl fmt::Debug for Typed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Typed").finish_non_exhaustive()
    }
}

impl Typed {
    /// Reads what the form holds, or says which field of it is wrong.
    pub(super) fn parse(
        form: &Pairs,
        signed: impl Iterator<Item = &'static Operation>,
    ) -> Result<Self, String> {
        let signed: Vec<_> = signed.collect();
        let field = |name| field(form, name);
        let operation = field("operation")?;
        let operation = signed.iter().find(|one| one.name == operation);
        let operation = operation.ok_or("operation: has to be one of the list")?;
        let recipe = recipe(field("order")?, field("recipe")?)?;
        let pasted = pasted(field("form")?, field("fields")?)?;
        if pasted.fields.is_empty() {
            return Err("fields: there has to be at least one".to_owned());
        }
        let mut headers = headers(field("headers")?)?;
        let mut came = pasted.headers_named(&IDENTIFYING_HEADERS);
        came.retain(|(name, _)| headers.iter().all(|(typed, _)| typed != name));
        headers.extend(came);
        let secret = field("secret")?;
        if secret.is_empty() {
            return Err("secret: must be given".to_owned());
        }
        let given = Some(field("given")?.trim()).filter(|given| !given.is_empty());
        let of_address = signed.iter().find(|one| pasted.goes_to(one.path));
        Ok(Self {
            operation: of_address.unwrap_or(operation),
            recipe,
            headers,
            secret: secret.to_owned(),
            given: given
                .or_else(|| pasted.header("checksum"))
                .map(str::to_owned),
            unread: pasted.unread.as_ref().map(ToString::to_string),
            fields: pasted.fields,
        })
    }
}

/// The one value of a field; empty where it does not come.
fn field<'a>(form: &'a Pairs, name: &str) -> Result<&'a str, String> {
    let mut values = form.iter().filter(|(other, _)| other == name);
    match (values.next(), values.next()) {
        (Some((_, value)), None) => Ok(value.as_str()),
        (None, _) => Ok(""),
        (Some(_), Some(_)) => Err(format!("{name}: is given twice")),
    }
}

fn recipe(order: &str, words: &str) -> Result<Recipe, String> {
    let order: Recipe = match order {
        "received" | "table" | "example" | "sorted" => order.parse(),
        _ => return Err("order: has to be received, table, example or sorted".to_owned()),
    }
    .map_err(|error| format!("order: {error}"))?;
    match words.trim() {
        "" => Ok(order),
        words => format!("{order},{words}")
            .parse()
            .map_err(|error| format!("recipe: {error}")),
    }
}

/// Reads the text as what it was said to be. A curl command is one whatever was said: no name of a field has a space.
fn pasted(form: &str, text: &str) -> Result<Pasted, String> {
    let read = match form {
        "lines" | "encoded" if cards_paste::is_curl(text) => cards_paste::curl(text),
        "lines" => cards_paste::lines(text).map(Pasted::from),
        "curl" => cards_paste::curl(text),
        "encoded" => {
            let text = text.trim();
            if !intake::is_well_encoded(text.as_bytes()) {
                return Err(
                    "fields: a % without two hex digits, or a byte that is no text".to_owned(),
                );
            }
            let fields = form_urlencoded::parse(text.as_bytes()).into_owned();
            Ok(Pasted::from(fields.collect::<Pairs>()))
        }
        _ => return Err("form: has to be lines, encoded or curl".to_owned()),
    };
    read.map_err(|error| format!("fields: {error}"))
}

/// Reads `name: value`, one a line, of the documented names. Others are not repeated: they may be anything.
fn headers(text: &str) -> Result<Vec<(&'static str, String)>, String> {
    let lines = (1..).zip(text.lines());
    lines
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(number, line)| {
            let (name, value) = line.split_once(':').unwrap_or_default();
            let name = name.trim();
            let known = IDENTIFYING_HEADERS
                .into_iter()
                .find(|known| known.eq_ignore_ascii_case(name));
            let known = known.ok_or_else(|| {
                let names = IDENTIFYING_HEADERS.join(", ");
                format!("headers: line {number} has none of {names} before a colon")
            })?;
            Ok((known, value.trim().to_owned()))
        })
        .collect()
}
