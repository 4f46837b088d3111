//! The form of a case, and where cases are.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;

/// One named check of one or more statements.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    /// The test's name; up to the first dot that of the operation.
    pub(crate) id: String,
    /// The requirements and errata that it holds.
    pub(crate) holds: Vec<String>,
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

/// The request that the client sends for an input. A form has to hold the
/// values of the input.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct WireCase {
    pub(crate) operation: String,
    /// Names and values: a table, or pairs where their order says something.
    pub(crate) input: Value,
    /// Fields taken out of the valid input.
    pub(crate) without: Vec<String>,
    /// `table`, `example` or `sorted`.
    pub(crate) order: Option<String>,
    /// Sends the Airpay documents' placeholder as every credential.
    pub(crate) placeholder: bool,
    /// Signs with another Airpay key than the sandbox's.
    pub(crate) secret_key: Option<String>,
    /// The whole address, where the client is given the documented host.
    pub(crate) url: Option<String>,
    pub(crate) method: Option<String>,
    pub(crate) path: Option<String>,
    pub(crate) query: Option<String>,
    /// Exact values, or `*` for any.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) no_headers: Vec<String>,
    /// The names of the body's fields, or pairs that begin with them, in order,
    /// with the input's values.
    pub(crate) names: Option<Vec<Value>>,
    pub(crate) body: Option<String>,
    /// The title of the document that the operation names.
    pub(crate) document: Option<String>,
}

/// A reply and what the client makes of it.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct ReplyCase {
    pub(crate) operation: String,
    /// 200 where nothing is said.
    pub(crate) status: Option<u16>,
    /// The reply's content type. `None`: the reply has no such header.
    pub(crate) content_type: Option<String>,
    #[serde(skip)]
    pub(crate) body: String,
    /// The place where pointers without a slash begin, and the fields of broken rules.
    #[serde(skip)]
    pub(crate) at: String,
    #[serde(skip)]
    pub(crate) field: String,
    #[serde(rename = "body")]
    whole: Option<String>,
    /// The name of an [`Around`], and what the body has in its place.
    #[serde(flatten)]
    part: BTreeMap<String, Value>,
    /// The kind of error as `ErrorKind` writes it. `None`: it is a success.
    pub(crate) outcome: Option<String>,
    /// Values by JSON pointer in the parsed value, written back.
    pub(crate) reads: BTreeMap<String, Value>,
    /// Pointers that are not there.
    pub(crate) lacks: Vec<String>,
    /// The codes that the refusal has: `code`, or a field's name to its code.
    pub(crate) refusal: BTreeMap<String, String>,
    /// Rules of the document that the page breaks, by field; empty for none.
    pub(crate) breaks: Option<BTreeMap<String, String>>,
    /// Counts the values that the client does not know from the document's lists.
    pub(crate) unlisted: Option<usize>,
    /// The reason why the outcome is unknown: `malformed`, `http` or `refused`, as a read would be
    /// told.
    pub(crate) cause: Option<String>,
    /// The values that had been asked for, where `next` depends on them.
    pub(crate) asked: BTreeMap<String, Value>,
    /// The query of the call for the page after this one; empty for none.
    pub(crate) next: Option<String>,
    /// Values by JSON pointer in the list of the cards' summaries.
    pub(crate) summary: BTreeMap<String, Value>,
}

/// One exchange with the sandbox. Without a path it is the operation's own
/// call, as [`CallCase`] has it.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ExchangeCase {
    /// Names the call of the file: the operation's own where nothing is said.
    pub(crate) call: String,
    pub(crate) method: Option<String>,
    pub(crate) path: Option<String>,
    /// Goes behind the path.
    pub(crate) query: Option<String>,
    /// `keys`, `token`, `bearer`, `ibanera` or `none`: the credentials to add.
    pub(crate) auth: Option<String>,
    pub(crate) headers: BTreeMap<String, String>,
    /// Lists what the checksum is made of instead, in turn: `secret`, `values`, `token`, or any
    /// other text as it stands.
    pub(crate) digest: Option<Vec<String>>,
    /// A valid form of this operation to start from.
    pub(crate) form_of: Option<String>,
    pub(crate) set: BTreeMap<String, String>,
    pub(crate) without: Vec<String>,
    /// The form itself, in order.
    pub(crate) form: Option<Vec<(String, String)>>,
    pub(crate) body: Option<String>,
    /// Leaves the form unsigned; otherwise the form, or what an Airpay call's
    /// `body` decodes to, is signed in the order sent, unless `headers` has a
    /// checksum.
    pub(crate) unsigned: bool,
    /// 200 where nothing is said.
    pub(crate) status: Option<u16>,
    /// Says that the code in the body says no, and not yes.
    pub(crate) fails: bool,
    /// The whole body, compared with the order of its keys.
    pub(crate) answers: Option<String>,
    pub(crate) reads: BTreeMap<String, Value>,
    /// Parts of the texts at these pointers.
    pub(crate) tells: BTreeMap<String, String>,
    pub(crate) lacks: Vec<String>,
    /// The keys of an object, in order, by JSON pointer.
    pub(crate) keys: BTreeMap<String, Vec<String>>,
    /// The length of an array, by JSON pointer.
    pub(crate) count: BTreeMap<String, usize>,
    /// Asks that every item of an array has this value at this pointer: `"/cards /status" =
    /// ["ACTIVE"]`, any of the list.
    pub(crate) each: BTreeMap<String, Vec<Value>>,
    pub(crate) answer_headers: BTreeMap<String, String>,
    /// The place where pointers without a slash begin, and the list of `each`.
    #[serde(skip)]
    pub(crate) at: String,
    #[serde(skip)]
    pub(crate) list: String,
}

/// The parts of an exchange that a case need not name.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CallCase {
    /// `GET` where nothing is said.
    method: Option<String>,
    path: String,
    auth: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    /// Points to the code that says whether the call is a success, with 200 or 400.
    code: Option<String>,
    /// The place where pointers without a slash begin.
    #[serde(default)]
    at: String,
    /// The list that `each` is about where it names none.
    #[serde(default)]
    list: String,
}

/// Holds what stands around the part of a reply that a case is about.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Around {
    /// The body, with `%` for the part.
    body: String,
    /// The place where pointers without a slash begin in what is read.
    at: String,
    /// The place where the fields of broken rules begin.
    #[serde(default)]
    field: String,
    /// The object that a part changes which is a table.
    base: Option<String>,
}

impl Around {
    /// The body around a part.
    fn filled(&self, part: &Value) -> Result<String, String> {
        let part = match (part, &self.base) {
            (Value::String(part), _) => part.clone(),
            (Value::Object(changes), Some(base)) => {
                let base = serde_json::from_str(base).map_err(|error| error.to_string())?;
                let mut object: serde_json::Map<String, Value> = base;
                object.extend(changes.clone());
                let text = Value::from(object).to_string();
                text[1..text.len() - 1].to_owned()
            }
            (other, _) => return Err(format!("{other} is no part")),
        };
        Ok(self.body.replacen('%', &part, 1))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseFile {
    #[expect(dead_code, reason = "for readers of the file")]
    document: String,
    #[serde(default)]
    call: BTreeMap<String, CallCase>,
    #[serde(default)]
    around: BTreeMap<String, Around>,
    case: Vec<Case>,
}

/// All cases, or what is wrong with their files.
pub(crate) fn load() -> Result<Vec<Case>, String> {
    let mut cases = Vec::new();
    let mut ids = BTreeSet::new();
    for (name, table) in conformance::cases::all().map_err(|error| error.to_string())? {
        let file: CaseFile = table
            .try_into()
            .map_err(|error| format!("{name}: {error}"))?;
        for mut case in file.case {
            let told = |why| format!("{name}: {}: {why}", case.id);
            if case.holds.is_empty() {
                return Err(told("holds no requirement and no erratum".to_owned()));
            }
            if !ids.insert(case.id.clone()) {
                return Err(told("is there twice".to_owned()));
            }
            let operation = case.id.split('.').next().unwrap_or_default().to_owned();
            let named = |given: &mut String| {
                if given.is_empty() {
                    given.clone_from(&operation);
                }
            };
            for wire in &mut case.wire {
                named(&mut wire.operation);
            }
            for reply in &mut case.reply {
                named(&mut reply.operation);
                reply.complete(&file.around).map_err(&told)?;
            }
            for exchange in &mut case.exchange {
                named(&mut exchange.call);
                exchange.complete(&file.call).map_err(&told)?;
            }
            cases.push(case);
        }
    }
    Ok(cases)
}

impl ReplyCase {
    fn complete(&mut self, around: &BTreeMap<String, Around>) -> Result<(), String> {
        match (self.whole.take(), self.part.pop_first()) {
            (Some(body), None) => self.body = body,
            (None, Some((name, part))) if self.part.is_empty() => {
                let around = around.get(&name);
                let around = around.ok_or_else(|| format!("a reply has no {name}"))?;
                self.body = around.filled(&part)?;
                self.at.clone_from(&around.at);
                self.field.clone_from(&around.field);
            }
            (_, part) => return Err(format!("a reply is neither a body nor a part: {part:?}")),
        }
        Ok(())
    }
}

impl ExchangeCase {
    fn complete(&mut self, calls: &BTreeMap<String, CallCase>) -> Result<(), String> {
        if self.path.is_some() {
            return match self.fails || self.query.is_some() {
                true => Err("`fails` and `query` go with the operation's own call".to_owned()),
                false => Ok(()),
            };
        }
        let call = calls.get(&self.call);
        let call = call.ok_or_else(|| format!("no call {}", self.call))?;
        let query = self.query.as_ref().map(|query| format!("?{query}"));
        self.path = Some(format!("{}{}", call.path, query.unwrap_or_default()));
        self.auth.get_or_insert_with(|| call.auth.clone());
        for (name, value) in &call.headers {
            let header = self.headers.entry(name.clone());
            header.or_insert_with(|| value.clone());
        }
        let own = call.method.as_deref().unwrap_or("GET");
        let method = self.method.get_or_insert_with(|| own.to_owned());
        if *method == "POST" && own == "POST" {
            if self.form.is_none() && self.body.is_none() && self.form_of.is_none() {
                self.form_of = Some(self.call.clone());
            }
            if let (Some(code), None, None) = (&call.code, &self.answers, self.status) {
                let said = Value::from(if self.fails { 400 } else { 200 });
                self.reads.entry(code.clone()).or_insert(said);
            }
        }
        self.at.clone_from(&call.at);
        self.list.clone_from(&call.list);
        Ok(())
    }
}

/// A pointer that begins elsewhere where it begins with no slash. The empty
/// pointer is the whole.
pub(crate) fn from(pointer: &str, at: &str) -> String {
    match pointer.is_empty() || pointer.starts_with('/') {
        true => pointer.to_owned(),
        false => format!("{at}/{pointer}"),
    }
}
