//! `cargo xtask schemathesis`: calls made up from the OpenAPI documents, and
//! the sandbox's answers held to them.
//!
//! Each document has a sandbox, once with its credentials, once without, and once along its links:
//! calls with the tokens that calls before them were given.
//! Schemathesis itself is a program of Python's; it is installed below
//! `target/`, in one version, where it is not there yet.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anstream::println;
use cards_sandbox::openapi::{Api, document};
use cards_sandbox::{Running, Sandbox};
use serde_json::Value;

use crate::conformance::Error;
use crate::{install, workspace};

/// The version that is installed and asked for.
const VERSION: &str = "4.32.5";

/// The checks that hold for every call.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_schema_conformance,response_headers_conformance";

/// The size of the journal, more exchanges than any run has.
const JOURNAL: usize = 100_000;

const HOOKS: &str = include_str!("hooks.py");

/// The options of `cargo xtask schemathesis`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Calls made up for each operation in each way of making them up.
    #[arg(long, value_name = "N", default_value = "30")]
    examples: u32,
    /// The seed that the calls are made up from: the same number, the same calls.
    #[arg(long, value_name = "N", default_value = "1")]
    seed: u64,
    /// One document only: airpay, paysafe, ibanera or control.
    #[arg(long, value_name = "API")]
    api: Option<Api>,
}

/// Runs them all, and tells whether all holds.
pub(crate) fn run(options: &Options) -> Result<bool, Error> {
    let folder = workspace().join("target/schemathesis");
    let programs = install::python(&folder, &[("schemathesis", VERSION)])?;
    let schemathesis = programs.join("schemathesis");
    write(&folder.join("cards_hooks.py"), HOOKS)?;
    // An empty one, so that none from the folders above is found.
    write(&folder.join("schemathesis.toml"), "")?;

    let mut all_pass = true;
    let asked = |api: &&Api| options.api.is_none_or(|only| only == **api);
    for api in Api::ALL.iter().filter(asked) {
        write(&folder.join(format!("{api}.json")), &document(*api))?;
        for way in Way::of(*api) {
            all_pass &= one(options, &folder, &schemathesis, *api, *way)?;
        }
    }
    Ok(all_pass)
}

/// The kinds of calls that a run makes up.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    WithCredentials,
    WithoutCredentials,
    /// From each login on: what a link gives is sent.
    AlongLinks,
}

impl Way {
    /// The ways that differ: the control API has neither credentials nor links.
    fn of(api: Api) -> &'static [Self] {
        match api {
            Api::Control => &[Self::WithCredentials],
            _ => &[
                Self::WithCredentials,
                Self::WithoutCredentials,
                Self::AlongLinks,
            ],
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::WithCredentials => "with credentials",
            Self::WithoutCredentials => "without credentials",
            Self::AlongLinks => "along links",
        }
    }

    fn phases(self) -> &'static str {
        match self {
            Self::WithCredentials | Self::WithoutCredentials => "examples,coverage,fuzzing",
            Self::AlongLinks => "stateful",
        }
    }

    /// Tells how many times as many calls are made up: those along links are shared among all that
    /// the links of a login lead to.
    fn times(self) -> u32 {
        match self {
            Self::WithCredentials | Self::WithoutCredentials => 1,
            Self::AlongLinks => 4,
        }
    }
}

fn one(
    options: &Options,
    folder: &Path,
    schemathesis: &Path,
    api: Api,
    way: Way,
) -> Result<bool, Error> {
    let sandbox = Sandbox::builder()
        .journal(JOURNAL)
        .journal_bytes(usize::MAX)
        .start_blocking();
    let sandbox = sandbox.map_err(|error| tool(&error))?;
    let [taken, linked] = ["taken.txt", "linked.txt"].map(|name| folder.join(name));
    write(&taken, "")?;
    write(&linked, "")?;
    let started = Instant::now();
    let output = command(options, folder, schemathesis, api, way)
        .args(["--url", &base(&sandbox, api)])
        .env("CARDS_TAKEN", &taken)
        .env("CARDS_LINKED", &linked)
        .env("CARDS_SANDBOX_URL", sandbox.url())
        .envs(sandbox.env())
        .output()
        .map_err(|error| tool(&error))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let passes = output.status.success();
    let (how, seconds) = (way.words(), started.elapsed().as_secs_f64());
    let verdict = if passes { "holds" } else { "DOES NOT HOLD" };
    println!("{api}, {how}: {verdict} ({}, {seconds:.1} s)", cases(&text));
    if !passes {
        println!("{text}\n{}", String::from_utf8_lossy(&output.stderr));
    }
    // Calls that are all refused would hold much and show little.
    let document = document(api);
    let never = match (way, api) {
        // The hooks write a list.
        (Way::WithCredentials, Api::Control) => {
            let taken = read(&taken)?;
            never_accepted(&document, &taken.lines().map(str::to_owned).collect())?
        }
        (Way::WithCredentials, _) => never_accepted(&document, &accepted(&sandbox))?,
        (Way::WithoutCredentials, _) => Vec::new(),
        (Way::AlongLinks, _) => never_followed(&document, &sandbox, &read(&linked)?)?,
    };
    if !never.is_empty() {
        println!("no call was accepted of {}", never.join(", "));
    }
    Ok(passes && never.is_empty())
}

/// Schemathesis with everything but what it has to know of a sandbox.
fn command(options: &Options, folder: &Path, schemathesis: &Path, api: Api, way: Way) -> Command {
    let is_authorised = way != Way::WithoutCredentials;
    let mut command = Command::new(schemathesis);
    command
        .current_dir(folder)
        .args(["--config-file", "schemathesis.toml", "run"])
        .arg(format!("{api}.json"))
        .args(["--checks", &checks(api, is_authorised)])
        .args(["--phases", way.phases(), "--workers", "1"])
        // Many rules on one field make many draws in vain.
        .args(["--suppress-health-check", "filter_too_much,too_slow"])
        .args(["--warnings", "off", "--request-timeout", "120"])
        .args([
            "--max-examples",
            &(options.examples * way.times()).to_string(),
        ])
        .args(["--seed", &options.seed.to_string()])
        // The findings of a run before would be tried first.
        .args(["--generation-database", "none"])
        .env("SCHEMATHESIS_HOOKS", "cards_hooks")
        .env("PYTHONPATH", folder)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("NO_COLOR", "1")
        // The sandbox is on this machine, whatever proxy the environment names.
        .env("NO_PROXY", "*")
        .env("no_proxy", "*")
        .env("CARDS_AUTHORISED", if is_authorised { "yes" } else { "no" });
    command
}

/// The operations that links lead to, of which no call was accepted with an issued token. The
/// hooks wrote the numbers of the exchanges that had one.
fn never_followed(document: &str, sandbox: &Running, numbers: &str) -> Result<Vec<String>, Error> {
    let numbers = numbers.lines().map(str::parse);
    let numbers = numbers.collect::<Result<BTreeSet<u64>, _>>();
    let numbers = numbers.map_err(|error| tool(&error))?;
    let exchanges = sandbox.exchanges();
    let of_links = exchanges.iter().filter(|one| numbers.contains(&one.id));
    let accepted: Vec<_> = of_links
        .filter(|one| one.accepted)
        .filter_map(|one| one.operation)
        .collect();
    println!(
        "  {} calls with an issued token, {} of them accepted",
        numbers.len(),
        accepted.len()
    );
    let document: Value = serde_json::from_str(document).map_err(|error| tool(&error))?;
    let mut never = linked(&document);
    never.retain(|id| !accepted.contains(&id.as_str()));
    Ok(never)
}

/// The operations that the links of a document lead to.
fn linked(document: &Value) -> Vec<String> {
    fn below(value: &Value) -> impl Iterator<Item = &Value> {
        let members = value.as_object().into_iter().flatten();
        members.map(|(_, value)| value)
    }
    let operations = below(&document["paths"]).flat_map(below);
    let replies = operations.flat_map(|operation| below(&operation["responses"]));
    let links = replies.flat_map(|reply| below(&reply["links"]));
    let ids = links.filter_map(|link| link["operationId"].as_str());
    ids.map(str::to_owned).collect()
}

/// The operations of which a call was accepted. The journal tells it, where a
/// provider refuses under HTTP 200 too.
pub(crate) fn accepted(sandbox: &Running) -> BTreeSet<String> {
    let exchanges = sandbox.exchanges();
    let accepted = exchanges.iter().filter(|exchange| exchange.accepted);
    let names = accepted.filter_map(|exchange| exchange.operation);
    names.map(str::to_owned).collect()
}

/// The operations of a document of which no call was accepted.
pub(crate) fn never_accepted(
    document: &str,
    accepted: &BTreeSet<String>,
) -> Result<Vec<String>, Error> {
    let document: Value = serde_json::from_str(document).map_err(|error| tool(&error))?;
    let paths = document["paths"].as_object().into_iter().flatten();
    let operations = paths.flat_map(|(_, item)| item.as_object().into_iter().flatten());
    let ids = operations.filter_map(|(_, operation)| operation["operationId"].as_str());
    let never = ids.filter(|id| !accepted.contains(*id));
    Ok(never.map(str::to_owned).collect())
}

fn base(sandbox: &Running, api: Api) -> String {
    match api {
        Api::Paysafe => sandbox.paysafe_url(),
        _ => sandbox.url(),
    }
}

/// Airpay refuses under HTTP 200, which the two checks on data cannot see: the
/// hooks bring one that reads the body and the journal. Of the control API some
/// rules are more than a schema can tell: the hooks know which. Without credentials,
/// everything is refused.
fn checks(api: Api, authorised: bool) -> String {
    let more = match (api, authorised) {
        (Api::Airpay, true) => ",airpay_judges_as_documented",
        (Api::Control, _) => ",negative_data_rejection,control_takes_what_fits",
        (_, true) => ",negative_data_rejection,positive_data_acceptance",
        (Api::Airpay, false) => "",
        (_, false) => ",negative_data_rejection",
    };
    format!("{CHECKS}{more}")
}

/// The line of the summary that counts.
fn cases(text: &str) -> &str {
    let lines = text.lines().map(str::trim);
    let mut after = lines.skip_while(|line| *line != "Test cases:");
    after.nth(1).unwrap_or("nothing was tried")
}

pub(crate) fn write(path: &Path, text: &str) -> Result<(), Error> {
    fs::write(path, text).map_err(|error| Error::File {
        path: path.display().to_string(),
        message: error.to_string(),
    })
}

fn read(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(|error| Error::File {
        path: path.display().to_string(),
        message: error.to_string(),
    })
}

pub(crate) fn tool(error: &dyn std::error::Error) -> Error {
    Error::Tool(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_is_found() {
        let text = "Errors:\n  x: 1\n\nTest cases:\n  337 generated, 337 passed\n\nSeed: 1\n";
        assert_eq!(cases(text), "337 generated, 337 passed");
        assert_eq!(cases("Traceback"), "nothing was tried");
    }

    #[test]
    fn operations_that_no_call_reached_are_found() {
        let all = document(Api::Control);
        let never = never_accepted(&all, &BTreeSet::new()).unwrap();
        assert!(never.len() > 20, "{never:?}");
        let accepted = never[1..].iter().cloned().collect();
        assert_eq!(never_accepted(&all, &accepted).unwrap(), never[..1]);
        assert!(never_accepted("", &accepted).is_err());
    }

    #[test]
    fn each_provider_has_links_to_follow() {
        let targets = |api| linked(&serde_json::from_str(&document(api)).unwrap());
        for api in Api::ALL {
            let is_empty = targets(*api).is_empty();
            assert_eq!(is_empty, !Way::of(*api).contains(&Way::AlongLinks), "{api}");
        }
        let sandbox = Sandbox::start_blocking().unwrap();
        let never = never_followed(&document(Api::Ibanera), &sandbox, "").unwrap();
        assert_eq!(never, targets(Api::Ibanera), "no call was made");
        assert!(never_followed("{}", &sandbox, "one").is_err());
    }
}
