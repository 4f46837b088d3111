//! The rows of `conformance/errata`: contradictions and silences, and what is decided of each.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::quote::{FileNumber, Quote};
use super::settings::Setting;

/// One contradiction or silence.
#[derive(Serialize)]
pub struct Erratum {
    /// Stable, and of this row alone.
    pub id: String,
    /// The document's id, or `across`.
    pub document: String,
    /// The kind of trouble.
    pub kind: Kind,
    /// The places and what stands there.
    pub says: Vec<Says>,
    /// The decision: how this software behaves.
    pub decision: String,
    /// The party whose behaviour it is.
    pub binds: Party,
    /// The weight of being wrong.
    pub risk: Risk,
    /// The question that the provider's answer would settle.
    pub ask: String,
    /// The names of all settings that change it; empty for none.
    pub setting: Vec<String>,
    /// The tests that hold the decision.
    pub checks: Vec<String>,
    /// The checks in a few words, from which cases are generated.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub check: Vec<String>,
}

/// The kind of trouble that a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Two places that cannot both hold as written.
    Contradiction,
    /// Something that an implementation must know and is not told.
    Silence,
}

impl Kind {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Contradiction => "contradiction",
            Self::Silence => "silence",
        }
    }
}

/// The party that a decision binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Party {
    /// The client: what is sent, and how a reply is read.
    Client,
    /// The sandbox.
    Sandbox,
    /// Both of them.
    Both,
}

impl Party {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Sandbox => "sandbox",
            Self::Both => "both",
        }
    }
}

/// The weight of a wrong decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Risk {
    /// Money, a second card or customer, a secret, another person's data, or a loss that
    /// nobody notices.
    High,
    /// A call that is refused, or a text that reads differently.
    Low,
}

/// Holds the statement of one place, and the words there that it turns on.
#[derive(Debug, Deserialize, Serialize)]
#[serde(try_from = "Vec<String>")]
pub struct Says {
    /// The place.
    pub r#where: String,
    /// The case in our words.
    pub what: String,
    /// The words of the document that it turns on; where it says nothing, those that are
    /// nearest to what it ought to say.
    pub quotes: Vec<Quote>,
}

impl TryFrom<Vec<String>> for Says {
    type Error = String;

    /// Reads a place, what stands there, and quotes.
    fn try_from(texts: Vec<String>) -> Result<Self, String> {
        let [r#where, what, quotes @ ..] = &*texts else {
            return Err(format!("{texts:?} lacks the place or what stands there"));
        };
        if r#where.trim().is_empty() || what.trim().is_empty() {
            return Err(format!(
                "{texts:?}: the place and what stands there may not be empty"
            ));
        }
        Ok(Self {
            r#where: r#where.clone(),
            what: what.clone(),
            quotes: quotes
                .iter()
                .map(|text| text.parse())
                .collect::<Result<_, _>>()?,
        })
    }
}

impl Says {
    /// Tells a place that lacks a quote, and a quote of a file that no document has.
    fn check(&self, is_quoted: bool, files: &BTreeMap<FileNumber, &str>) -> Result<(), String> {
        let place = &self.r#where;
        let heads = ["reference:", "elsewhere:"];
        let is_elsewhere = heads.iter().any(|head| place.starts_with(head));
        if is_elsewhere && !self.quotes.is_empty() {
            return Err(format!(
                "{place:?} is on none of the documents, and has a quote"
            ));
        }
        if is_quoted && !is_elsewhere && self.quotes.is_empty() {
            return Err(format!("{place:?} lacks a quote"));
        }
        let mut quotes = self.quotes.iter();
        match quotes.find(|quote| !files.contains_key(&quote.file)) {
            Some(quote) => Err(format!(
                "{place:?}: no document has the file {}",
                quote.file
            )),
            None => Ok(()),
        }
    }
}

/// A file of `errata`: its rows by their ids.
///
/// Read by hand, because a flattened map would take any table for a row.
pub(super) struct ErrataFile {
    document: String,
    rows: Vec<(String, ErratumRow)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ErratumRow {
    contradiction: Option<Vec<Says>>,
    silence: Option<Vec<Says>>,
    decision: String,
    binds: Party,
    risk: Risk,
    ask: String,
    #[serde(default)]
    setting: Vec<String>,
    #[serde(default)]
    check: Vec<String>,
    #[serde(default)]
    tests: Vec<String>,
}

impl<'de> Deserialize<'de> for ErrataFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(OfRows)
    }
}

struct OfRows;

impl<'de> Visitor<'de> for OfRows {
    type Value = ErrataFile;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`document` and rows by their ids")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ErrataFile, A::Error> {
        let mut document = None;
        let mut rows = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            if key == "document" {
                document = Some(map.next_value()?);
            } else if is_id(&key) {
                let row = map.next_value()?;
                rows.push((key, row));
            } else {
                let what = format!("`{key}` is neither `document` nor an id such as E-AU-03");
                return Err(A::Error::custom(what));
            }
        }
        let document = document.ok_or_else(|| A::Error::missing_field("document"))?;
        Ok(ErrataFile { document, rows })
    }
}

/// Tells an id: `E-`, the prefix of a document or `X`, and a number of two digits or more.
fn is_id(key: &str) -> bool {
    let parts = key.strip_prefix("E-").and_then(|rest| rest.split_once('-'));
    parts.is_some_and(|(prefix, number)| {
        let is_prefix = !prefix.is_empty() && prefix.bytes().all(|b| b.is_ascii_uppercase());
        is_prefix && number.len() >= 2 && number.bytes().all(|b| b.is_ascii_digit())
    })
}

impl ErrataFile {
    /// Makes the rows, or tells what is wrong with the first that is not whole.
    ///
    /// `files` are the documents by the numbers of their files, `settings` all that there are.
    pub(super) fn into_errata(
        self,
        files: &BTreeMap<FileNumber, &str>,
        settings: &[Setting],
    ) -> Result<Vec<Erratum>, String> {
        let document = self.document;
        let is_quoted = document == "across" || files.values().any(|id| **id == *document);
        let whole = |id: &str, row: ErratumRow| {
            let row = row.into_erratum(id, &document)?;
            let mut says = row.says.iter();
            says.try_for_each(|says| says.check(is_quoted, files))?;
            row.check_settings(settings)?;
            Ok(row)
        };
        let rows = self.rows.into_iter();
        rows.map(|(id, row)| whole(&id, row).map_err(|why: String| format!("{id}: {why}")))
            .collect()
    }
}

impl Erratum {
    /// Tells whether a sentence of the decision settles a silence on no evidence but prudence,
    /// which it says in its first word.
    pub fn is_assumption(&self) -> bool {
        self.decision.contains("Assumption:")
    }

    /// Tells a setting that there is not, one that stands twice, and one of another party.
    fn check_settings(&self, settings: &[Setting]) -> Result<(), String> {
        for (index, name) in self.setting.iter().enumerate() {
            let Some(setting) = settings.iter().find(|setting| setting.name == *name) else {
                return Err(format!("conformance/settings.toml has no {name:?}"));
            };
            if self.setting[..index].contains(name) {
                return Err(format!("names {name:?} twice"));
            }
            if self.binds != Party::Both && self.binds != setting.of {
                let (party, of) = (self.binds.as_str(), setting.of.as_str());
                return Err(format!("binds the {party}, and {name:?} is of the {of}"));
            }
        }
        Ok(())
    }
}

impl ErratumRow {
    fn into_erratum(self, id: &str, document: &str) -> Result<Erratum, String> {
        let (kind, says) = match (self.contradiction, self.silence) {
            (Some(says), None) => (Kind::Contradiction, says),
            (None, Some(says)) => (Kind::Silence, says),
            (Some(_), Some(_)) => {
                return Err("has a contradiction and a silence: one of them".into());
            }
            (None, None) => return Err("has neither a contradiction nor a silence".into()),
        };
        if says.is_empty() {
            return Err(format!("its {} names no place", kind.as_str()));
        }
        let is_one_question = self.ask.len() > 1 && self.ask.find('?') == Some(self.ask.len() - 1);
        if !is_one_question || self.ask.contains('\n') {
            return Err("its `ask` is not one question".into());
        }
        let mut checks = self.tests;
        if !self.check.is_empty() {
            checks.push(format!("statements::{id}"));
        }
        Ok(Erratum {
            id: id.to_owned(),
            document: document.to_owned(),
            kind,
            says,
            decision: self.decision,
            binds: self.binds,
            risk: self.risk,
            ask: self.ask,
            setting: self.setting,
            checks,
            check: self.check,
        })
    }
}

#[cfg(test)]
mod tests;
