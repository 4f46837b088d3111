//! The two calls: what is sent, and what has to come back.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Error;
use crate::client::{self, Reply};
use crate::server::Server;

/// Describes one call in one or more variants, sent in turn.
pub(super) struct Call {
    pub(super) name: &'static str,
    pub(super) method: &'static str,
    /// The path without a query.
    pub(super) path: String,
    pub(super) query: &'static str,
    pub(super) variants: Vec<Variant>,
    /// The sandbox's reply, which the mocks give too.
    pub(super) reply: String,
}

pub(super) struct Variant {
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: String,
}

/// The calls with the sandbox's credentials, and its replies.
pub(super) fn calls(cards: &Path, sandbox: &Server) -> Result<Vec<Call>, Error> {
    let settings = settings(cards)?;
    let setting = |name: &str| {
        let value = settings.get(name).cloned();
        value.ok_or_else(|| Error::Tool(format!("the sandbox has no {name}")))
    };
    let secret = setting("CARDS_AIRPAY_SECRET_KEY")?;
    let token = setting("CARDS_AIRPAY_TOKEN")?;
    // Each changes what the one before it wrote: SQLite would have nothing to
    // write where the value is there already.
    let variants = ["ALLOWED", "NOTALLOWED"].map(|status| {
        let fields = [
            ("entity_id", "AIRPAYCUST0001"),
            ("status", status),
            ("type", "ATM"),
        ];
        let values = fields.iter().map(|(_, value)| *value);
        let checksum = cards_sign::checksum(values, secret.as_bytes()).to_string();
        // None of these has to be encoded.
        let body = fields
            .map(|(name, value)| format!("{name}={value}"))
            .join("&");
        let form = "application/x-www-form-urlencoded".to_owned();
        Variant {
            headers: vec![
                ("content-type", form),
                ("token", token.clone()),
                ("checksum", checksum),
            ],
            body,
        }
    });
    let bearer = format!("Bearer {}", setting("CARDS_PAYSAFE_TOKEN")?);
    let mut calls = vec![
        Call {
            name: "POST, signed and durable",
            method: "POST",
            path: "/airpay/ms/cards/api/customer-preference".to_owned(),
            query: "",
            variants: variants.into(),
            reply: String::new(),
        },
        Call {
            name: "GET, a list of 10 cards",
            method: "GET",
            path: "/customers/87654321/prepaid/cards".to_owned(),
            query: "?limit=10",
            variants: vec![Variant {
                headers: vec![("authorization", bearer)],
                body: String::new(),
            }],
            reply: String::new(),
        },
    ];
    for call in &mut calls {
        let variant = &call.variants[0];
        call.reply = call.ask(sandbox.url(), variant)?.body;
    }
    // The calls that are measured do what was asked.
    let is_right = calls[0].reply.contains("\"success\"")
        && calls[1].reply.matches("\"cardId\"").count() == 10;
    match is_right {
        true => Ok(calls),
        false => Err(Error::Tool("the sandbox refuses the calls".to_owned())),
    }
}

/// Reads what `cards sandbox --print-env` exports.
fn settings(cards: &Path) -> Result<BTreeMap<String, String>, Error> {
    let output = Command::new(cards)
        .args(["sandbox", "--print-env"])
        .output()
        .map_err(Error::io("cards sandbox --print-env"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let setting = |line: &str| {
        let (name, value) = line.strip_prefix("export ")?.split_once('=')?;
        Some((name.to_owned(), value.trim_matches('\'').to_owned()))
    };
    Ok(text.lines().filter_map(setting).collect())
}

impl Call {
    /// Tells whether a server gives this call a reply of the right status and size.
    pub(super) fn is_answered_by(&self, name: &str, url: &str) -> Result<(), Error> {
        for variant in &self.variants {
            let Reply { status, body } = self.ask(url, variant)?;
            if status != 200 || body.len() != self.reply.len() {
                return Err(Error::Tool(format!(
                    "{name} answers `{}` with HTTP {status} and {} bytes; needed are 200 and {}",
                    self.name,
                    body.len(),
                    self.reply.len()
                )));
            }
        }
        Ok(())
    }

    fn ask(&self, url: &str, variant: &Variant) -> Result<Reply, Error> {
        let url = format!("{url}{}{}", self.path, self.query);
        let headers = variant.headers.iter();
        let headers = headers.map(|(name, value)| (*name, value.as_str()));
        Ok(client::call(self.method, &url, headers, &variant.body)?)
    }

    pub(super) fn script(&self, folder: &Path) -> PathBuf {
        folder.join(format!("{}.lua", self.method.to_lowercase()))
    }

    /// Writes the requests that wrk sends: made once, so that the load is not
    /// the script's.
    pub(super) fn write_script(&self, folder: &Path) -> Result<(), Error> {
        let requests: String = self
            .variants
            .iter()
            .map(|variant| {
                let headers: String = variant
                    .headers
                    .iter()
                    .map(|(name, value)| format!("[{}]={},", quoted(name), quoted(value)))
                    .collect();
                let body = match variant.body.is_empty() {
                    true => "nil".to_owned(),
                    false => quoted(&variant.body),
                };
                format!(
                    "  requests[#requests + 1] = wrk.format({}, {}, {{{headers}}}, {body})\n",
                    quoted(self.method),
                    quoted(&format!("{}{}", self.path, self.query)),
                )
            })
            .collect();
        let script = format!(
            "local requests, at = {{}}, 0\n\
             function init()\n{requests}end\n\
             function request()\n  at = at % #requests + 1\n  return requests[at]\nend\n"
        );
        fs::write(self.script(folder), script).map_err(Error::io("the script for wrk"))
    }
}

/// Visible ASCII as Lua and C write it.
fn quoted(text: &str) -> String {
    format!("{text:?}")
}

/// Asks the sandbox whether the last calls did what was asked: its refusals
/// come with HTTP 200 too.
pub(super) fn all_accepted(url: &str) -> Result<(), Error> {
    let journal = client::get(&format!("{url}/_sandbox/exchanges"))?.body;
    let has_some = journal.contains("\"accepted\":true");
    match has_some && !journal.contains("\"accepted\":false") {
        true => Ok(()),
        false => Err(Error::Tool(
            "the sandbox refused some of the calls".to_owned(),
        )),
    }
}
