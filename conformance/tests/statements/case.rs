//! The form of a case, and where cases are.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

/// Holds one named check of one or more statements.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    /// The test's name.
    pub(crate) id: String,
    /// The requirements and errata that it holds.
    pub(crate) holds: Vec<String>,
    #[serde(default)]
    pub(crate) field: Vec<FieldCase>,
    #[serde(default)]
    pub(crate) wire: Vec<WireCase>,
    #[serde(default)]
    pub(crate) reply: Vec<ReplyCase>,
    /// Exchanges with one sandbox, in turn.
    #[serde(default)]
    pub(crate) exchange: Vec<ExchangeCase>,
    /// `received`, `table`, `example` or `sorted`: what that sandbox is set to.
    pub(crate) checksum_order: Option<String>,
}

/// Values of one request field that are accepted or refused, by the model and
/// by the sandbox.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FieldCase {
    pub(crate) operation: String,
    pub(crate) field: String,
    #[serde(default)]
    pub(crate) accept: Vec<Value>,
    #[serde(default)]
    pub(crate) refuse: Vec<Refuse>,
    /// Other fields' values while this one is tried.
    #[serde(default)]
    pub(crate) given: BTreeMap<String, Value>,
    /// The result of leaving the field out: `accepted`, or the rule it breaks.
    pub(crate) absent: Option<String>,
    /// `accept` takes the documents' own example values.
    #[serde(default)]
    pub(crate) samples: Option<String>,
    /// `may-be-empty` reads `doc_expiry` as the example does.
    #[serde(default)]
    pub(crate) doc_expiry: Option<String>,
    /// Whether the sandbox is asked too.
    #[serde(default = "yes")]
    pub(crate) sandbox: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Refuse {
    pub(crate) value: Value,
    /// The kind of rule, as `cards_model::Rule` writes it, or several with
    /// commas between; `type` where the value cannot even be read.
    pub(crate) rule: String,
}

/// The request that the client sends for an input.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WireCase {
    pub(crate) operation: String,
    #[serde(default)]
    pub(crate) input: BTreeMap<String, Value>,
    /// Fields taken out of the valid input.
    #[serde(default)]
    pub(crate) without: Vec<String>,
    /// `table`, `example` or `sorted`.
    pub(crate) order: Option<String>,
    /// Sends the Airpay documents' placeholder as every credential.
    #[serde(default)]
    pub(crate) placeholder: bool,
    /// Signs with another Airpay key than the sandbox's.
    pub(crate) secret_key: Option<String>,
    /// The whole address, where the client is given the documented host.
    pub(crate) url: Option<String>,
    pub(crate) method: Option<String>,
    pub(crate) path: Option<String>,
    pub(crate) query: Option<String>,
    /// Exact values, or `*` for any.
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) no_headers: Vec<String>,
    /// The names of the body's fields, in order.
    pub(crate) names: Option<Vec<String>>,
    /// The values of some of the body's fields.
    #[serde(default)]
    pub(crate) values: BTreeMap<String, String>,
    pub(crate) body: Option<String>,
    /// The joined values before the secret, whose digest the header carries.
    pub(crate) pre_image: Option<String>,
    /// The title of the document that the operation names.
    pub(crate) document: Option<String>,
}

/// A reply and what the client makes of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReplyCase {
    pub(crate) operation: String,
    #[serde(default = "ok_status")]
    pub(crate) status: u16,
    pub(crate) body: String,
    /// `ok`, or the kind of error as `ErrorKind` writes it.
    #[serde(default = "ok")]
    pub(crate) outcome: String,
    /// Values by JSON pointer in the parsed value, written back.
    #[serde(default)]
    pub(crate) reads: BTreeMap<String, Value>,
    /// Pointers that are not there.
    #[serde(default)]
    pub(crate) lacks: Vec<String>,
    /// The refusal's words: `code`, or a field's name to its code.
    #[serde(default)]
    pub(crate) refusal: BTreeMap<String, String>,
    /// Rules of the document that the page breaks, by field; empty for none.
    pub(crate) breaks: Option<BTreeMap<String, String>>,
    /// The number of values that the client does not know from the document's
    /// lists.
    pub(crate) unlisted: Option<usize>,
    /// Why the outcome is unknown: `malformed`, `http` or `refused`, as a read
    /// would be told.
    pub(crate) cause: Option<String>,
    /// The page that had been asked for, where `next` depends on it.
    #[serde(default)]
    pub(crate) asked: BTreeMap<String, Value>,
    /// The query of the call for the page after this one; empty for none.
    pub(crate) next: Option<String>,
    /// Values by JSON pointer in the list of the cards' summaries.
    #[serde(default)]
    pub(crate) summary: BTreeMap<String, Value>,
}

/// Describes one exchange with the sandbox.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExchangeCase {
    pub(crate) method: String,
    pub(crate) path: String,
    /// `keys`, `token`, `bearer`, `ibanera` or `none`: the credentials to add.
    #[serde(default = "none")]
    pub(crate) auth: String,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    /// A valid form of this operation to start from.
    pub(crate) form_of: Option<String>,
    #[serde(default)]
    pub(crate) set: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) without: Vec<String>,
    /// The form itself, in order.
    pub(crate) form: Option<Vec<(String, String)>>,
    pub(crate) body: Option<String>,
    /// Signs the form, or what an Airpay call's `body` decodes to, in the
    /// order sent.
    #[serde(default = "yes")]
    pub(crate) sign: bool,
    pub(crate) status: u16,
    /// The whole body, compared with the order of its keys.
    pub(crate) answers: Option<String>,
    #[serde(default)]
    pub(crate) reads: BTreeMap<String, Value>,
    /// The words that the texts at these pointers contain.
    #[serde(default)]
    pub(crate) tells: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) lacks: Vec<String>,
    /// The keys of an object, in order, by JSON pointer.
    #[serde(default)]
    pub(crate) keys: BTreeMap<String, Vec<String>>,
    /// The length of an array, by JSON pointer.
    #[serde(default)]
    pub(crate) count: BTreeMap<String, usize>,
    /// The values, one of which every item of an array has at this pointer:
    /// `"/cards /status" = ["ACTIVE"]`.
    #[serde(default)]
    pub(crate) each: BTreeMap<String, Vec<Value>>,
    #[serde(default)]
    pub(crate) answer_headers: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseFile {
    #[expect(dead_code, reason = "for readers of the file")]
    document: String,
    case: Vec<Case>,
}

/// All cases, or what is wrong with their files.
pub(crate) fn load() -> Result<Vec<Case>, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let entries = fs::read_dir(&folder).map_err(|e| format!("conformance/cases: {e}"))?;
    let mut paths: Vec<_> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    paths.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "toml")
    });
    paths.sort();
    let mut cases = Vec::new();
    let mut ids = BTreeSet::new();
    for path in paths {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let text = fs::read_to_string(&path).map_err(|e| format!("{name}: {e}"))?;
        let file: CaseFile = toml::from_str(&text).map_err(|e| format!("{name}: {e}"))?;
        for case in file.case {
            if case.holds.is_empty() {
                return Err(format!(
                    "{name}: {} holds no requirement and no erratum",
                    case.id
                ));
            }
            if !ids.insert(case.id.clone()) {
                return Err(format!("{name}: {} is there twice", case.id));
            }
            cases.push(case);
        }
    }
    Ok(cases)
}

fn yes() -> bool {
    true
}

fn ok() -> String {
    "ok".to_owned()
}

fn none() -> String {
    "none".to_owned()
}

fn ok_status() -> u16 {
    200
}
