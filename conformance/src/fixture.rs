//! The cases under `fixtures/`. Each file's contents are told in
//! `fixtures/README.md`.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The folder that the fixtures are in.
pub const DIRECTORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures");

/// Holds one example: a request or a reply.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Case {
    /// The provider's name, as the folder says.
    pub provider: String,
    /// The operation's name, as the folder says.
    pub operation: String,
    /// The case's own name, as the folder says.
    pub name: String,
    /// Describes the case and its source.
    pub meta: Meta,
    /// The request's fields by their wire names.
    pub input: Option<Value>,
    /// The rules that the input, or the reply, breaks.
    pub check: Option<Check>,
    /// The way to the checksum, order by order.
    pub stages: Option<Stages>,
    /// The exact request in its normal form.
    pub request: Option<String>,
    /// The request that the document's curl command sends.
    pub curl: Option<String>,
    /// The exact reply.
    pub reply: Option<Canned>,
    /// The value or error that a caller gets of the reply.
    pub parsed: Option<Value>,
}

impl Case {
    /// Gives the name `provider/operation/case`.
    pub fn id(&self) -> String {
        format!("{}/{}/{}", self.provider, self.operation, self.name)
    }
}

/// Holds a `case.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Meta {
    /// The document's id, as in `requirements/`.
    pub document: String,
    /// The place in the document.
    pub section: String,
    /// Says in a sentence what the case shows.
    pub about: String,
    /// Says whether the document shows it.
    pub kind: Kind,
    /// The direction that it travels in.
    pub direction: Direction,
    /// The requirements that it witnesses.
    pub requirements: Vec<String>,
    /// The errata that settle how it is read.
    #[serde(default)]
    pub errata: Vec<String>,
    /// The credentials of `world.toml` that it is sent with.
    #[serde(default)]
    pub credentials: Credentials,
    /// The values that take the place of masked digits and placeholder words.
    #[serde(default)]
    pub substitutions: BTreeMap<String, String>,
}

/// The source of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Carried over from the document.
    Documented,
    /// Made up by us.
    Own,
}

/// The direction that a case travels in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// To the provider.
    Request,
    /// From the provider.
    Reply,
}

/// The credentials that a request carries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Credentials {
    /// Ones that we made up.
    #[default]
    Own,
    /// The placeholders that the document's example shows.
    Documented,
}

/// `check.json`: broken rules, each as `field rule`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Check {
    /// The rules that are broken by the document's rules alone.
    pub strict: Vec<String>,
    /// The rules that are broken where values of the document's own example are
    /// excused; as `strict` where absent.
    #[serde(default)]
    pub samples: Option<Vec<String>>,
}

/// `stages.json`: a checksum from the fields to the digest.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Stages {
    /// The made-up secret key.
    pub secret: String,
    /// Names and values in the order of the document's table.
    pub fields: Vec<(String, String)>,
    /// The rest, for each order by its name.
    pub orders: BTreeMap<String, Stage>,
}

/// Holds one order's way to its digest.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Stage {
    /// The names in this order.
    pub fields: Vec<String>,
    /// The joined values, with `<secret>` for the secret.
    pub pre_image: String,
    /// The digest in lowercase hex.
    pub digest: String,
}

/// Holds a `reply.http`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Canned {
    /// The status code.
    pub status: u16,
    /// The status line, as it stands in the file.
    pub status_line: String,
    /// The headers, as they stand in the file.
    pub headers: Vec<(String, String)>,
    /// The body to the last byte.
    pub body: Vec<u8>,
}

impl Canned {
    /// The reply's bytes, with the length of the body announced.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = format!("{}\r\n", self.status_line);
        for (name, value) in &self.headers {
            bytes.push_str(&format!("{name}: {value}\r\n"));
        }
        bytes.push_str(&format!("content-length: {}\r\n\r\n", self.body.len()));
        let mut bytes = bytes.into_bytes();
        bytes.extend_from_slice(&self.body);
        bytes
    }
}

/// Holds the `world.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct World {
    /// The day on which rules are checked, as `YYYY-MM-DD`.
    pub today: String,
    /// Made-up credentials.
    pub own: Keys,
    /// The documents' placeholders.
    pub documented: Keys,
}

impl World {
    /// The credentials that a case asks for.
    pub fn keys(&self, credentials: Credentials) -> &Keys {
        match credentials {
            Credentials::Own => &self.own,
            Credentials::Documented => &self.documented,
        }
    }
}

/// Credentials for every provider. None of them opens anything.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Keys {
    /// Airpay's `affiliate` header.
    pub affiliate: String,
    /// Airpay's `processor-key` header.
    pub processor_key: String,
    /// The secret that Airpay's checksum ends with.
    pub secret_key: String,
    /// Airpay's `token` header.
    pub airpay_token: String,
    /// Paysafe's bearer token.
    pub paysafe_token: String,
    /// Ibanera's bearer token.
    pub ibanera_token: String,
    /// The shared secret of Ibanera's one-time codes.
    pub totp_base32: String,
}

/// A fixture that cannot be read: which file, and what is wrong there.
#[derive(Debug)]
pub struct FixtureError {
    file: PathBuf,
    what: String,
}

impl FixtureError {
    fn new(file: &Path, what: impl fmt::Display) -> Self {
        Self {
            file: file.to_owned(),
            what: what.to_string(),
        }
    }

    /// The file at fault.
    pub fn file(&self) -> &Path {
        &self.file
    }
}

impl fmt::Display for FixtureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.file.strip_prefix(DIRECTORY).unwrap_or(&self.file);
        write!(f, "fixtures/{}: {}", file.display(), self.what.trim_end())
    }
}

impl std::error::Error for FixtureError {}

/// Every case, sorted by its path.
pub fn all() -> Result<Vec<Case>, FixtureError> {
    all_in(Path::new(DIRECTORY))
}

/// Every case below another directory of the same layout.
pub fn all_in(directory: &Path) -> Result<Vec<Case>, FixtureError> {
    let mut cases = Vec::new();
    for provider in folders(directory)? {
        for operation in folders(&provider)? {
            for case in folders(&operation)? {
                cases.push(read(&case)?);
            }
        }
    }
    Ok(cases)
}

/// Reads the `world.toml`.
pub fn world() -> Result<World, FixtureError> {
    let file = Path::new(DIRECTORY).join("world.toml");
    toml::from_str(&text(&file)?).map_err(|error| FixtureError::new(&file, error))
}

/// The files that a case may have; any other is a mistake.
const FILES: [&str; 7] = [
    "case.toml",
    "input.json",
    "check.json",
    "stages.json",
    "curl.http",
    "reply.http",
    "parsed.json",
];

fn read(folder: &Path) -> Result<Case, FixtureError> {
    for file in entries(folder)? {
        if !FILES.contains(&name(&file).as_str()) {
            return Err(FixtureError::new(&file, "no case has a file of this name"));
        }
    }
    let meta_file = folder.join("case.toml");
    let meta: Meta =
        toml::from_str(&text(&meta_file)?).map_err(|error| FixtureError::new(&meta_file, error))?;
    let mut case = Case {
        provider: name(folder.parent().and_then(Path::parent).unwrap_or(folder)),
        operation: name(folder.parent().unwrap_or(folder)),
        name: name(folder),
        meta,
        input: json(&folder.join("input.json"))?,
        check: json(&folder.join("check.json"))?,
        stages: json(&folder.join("stages.json"))?,
        request: None,
        curl: optional_text(&folder.join("curl.http"))?,
        reply: optional_text(&folder.join("reply.http"))?
            .map(|text| canned(&folder.join("reply.http"), &text))
            .transpose()?,
        parsed: json(&folder.join("parsed.json"))?,
    };
    if case.input.is_some() {
        case.request = snapshot(&case)?;
    }
    let missing = match case.meta.direction {
        Direction::Request if case.input.is_none() => "input.json",
        Direction::Request if case.request.is_none() => "snapshot, which generate.py writes",
        Direction::Reply if case.reply.is_none() => "reply.http",
        Direction::Reply if case.parsed.is_none() => "parsed.json",
        _ => return Ok(case),
    };
    Err(FixtureError::new(
        &meta_file,
        format!("field `direction`: a case of this kind has a {missing}, and this one does not"),
    ))
}

/// The snapshot that the tests hold of the request, without what `insta` writes
/// before it, and with the empty line that it cuts off where there is no body.
fn snapshot(case: &Case) -> Result<Option<String>, FixtureError> {
    let name = case.id().replace('/', "__");
    let file = format!("../tests/replay/snapshots/replay__core__request__{name}.snap");
    let text = optional_text(&Path::new(DIRECTORY).join(file))?;
    Ok(text.map(|text| {
        let text = text.splitn(3, "---\n").nth(2).unwrap_or_default();
        let text = text.trim_end_matches('\n');
        match text.contains("\n\n") {
            true => text.to_owned(),
            false => format!("{text}\n\n"),
        }
    }))
}

fn canned(file: &Path, text: &str) -> Result<Canned, FixtureError> {
    let wrong = |what: &str| FixtureError::new(file, what);
    let (head, body) = text
        .split_once("\n\n")
        .ok_or_else(|| wrong("no empty line between head and body"))?;
    let mut lines = head.lines();
    let status_line = lines.next().unwrap_or_default().to_owned();
    let status = status_line
        .strip_prefix("HTTP/1.1 ")
        .and_then(|rest| rest.get(..3))
        .and_then(|code| code.parse().ok())
        .ok_or_else(|| wrong("the first line is no status line such as `HTTP/1.1 200 OK`"))?;
    let headers = lines
        .map(|line| {
            let (name, value) = line
                .split_once(": ")
                .ok_or_else(|| wrong(&format!("{line:?} is no header")))?;
            Ok((name.to_owned(), value.to_owned()))
        })
        .collect::<Result<_, FixtureError>>()?;
    Ok(Canned {
        status,
        status_line,
        headers,
        body: body.as_bytes().to_vec(),
    })
}

fn json<T: DeserializeOwned>(file: &Path) -> Result<Option<T>, FixtureError> {
    optional_text(file)?
        .map(|text| serde_json::from_str(&text).map_err(|error| FixtureError::new(file, error)))
        .transpose()
}

fn text(file: &Path) -> Result<String, FixtureError> {
    fs::read_to_string(file).map_err(|error| FixtureError::new(file, error))
}

fn optional_text(file: &Path) -> Result<Option<String>, FixtureError> {
    if file.exists() {
        text(file).map(Some)
    } else {
        Ok(None)
    }
}

fn folders(directory: &Path) -> Result<Vec<PathBuf>, FixtureError> {
    let mut folders = entries(directory)?;
    folders.retain(|entry| entry.is_dir());
    Ok(folders)
}

fn entries(directory: &Path) -> Result<Vec<PathBuf>, FixtureError> {
    let wrong = |error| FixtureError::new(directory, error);
    let mut entries = fs::read_dir(directory)
        .map_err(wrong)?
        .map(|entry| entry.map(|entry| entry.path()).map_err(wrong))
        .collect::<Result<Vec<_>, _>>()?;
    entries.sort();
    Ok(entries)
}

fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tree of one case, which goes away with its guard.
    struct Tree(PathBuf);

    impl Tree {
        fn new(name: &str, files: &[(&str, &str)]) -> Self {
            let root = std::env::temp_dir().join(format!("fixture-{}-{name}", std::process::id()));
            let case = root.join("p/o/c");
            fs::create_dir_all(&case).unwrap();
            for (file, text) in files {
                fs::write(case.join(file), text).unwrap();
            }
            Self(root)
        }
    }

    impl Drop for Tree {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    const META: &str = "document = \"d\"\nsection = \"s\"\nabout = \"a\"\nkind = \"own\"\n\
                        direction = \"reply\"\nrequirements = []\n";

    fn trouble(name: &str, files: &[(&str, &str)]) -> (String, String) {
        let tree = Tree::new(name, files);
        let error = all_in(&tree.0).unwrap_err();
        let file = error.file().file_name().unwrap().to_string_lossy();
        (file.into_owned(), error.to_string())
    }

    #[test]
    fn every_fixture_can_be_read() {
        let cases = all().unwrap();
        assert!(cases.len() > 70, "{}", cases.len());
        assert!(cases.is_sorted_by_key(Case::id));
        world().unwrap();
    }

    #[test]
    fn an_error_names_the_file_and_the_field() {
        let (file, what) = trouble("no-kind", &[("case.toml", &META.replace("kind", "knd"))]);
        assert_eq!(file, "case.toml");
        assert!(what.contains("knd"), "{what}");

        let (file, what) = trouble("no-reply", &[("case.toml", META)]);
        assert_eq!(file, "case.toml");
        assert!(
            what.contains("direction") && what.contains("reply.http"),
            "{what}"
        );

        let bad = [("case.toml", META), ("reply.http", "200\n\n{}")];
        let (file, what) = trouble("status", &bad);
        assert_eq!(file, "reply.http");
        assert!(what.contains("status line"), "{what}");

        let bad = [("case.toml", META), ("check.json", "{\"srict\":[]}")];
        let (file, what) = trouble("field", &bad);
        assert_eq!(file, "check.json");
        assert!(what.contains("srict"), "{what}");

        let (file, _) = trouble("stray", &[("case.toml", META), ("reply.json", "{}")]);
        assert_eq!(file, "reply.json");
    }
}
