//! Spectral and Redocly, from npm.

use std::fs;
use std::path::{Path, PathBuf};

use cards_sandbox::openapi::Api;
use serde_json::Value;

use super::{file_of, output, program};
use crate::conformance::Error;
use crate::install;
use crate::schemathesis::{tool, write};

/// The files that npm and the linters read: which versions, and which rules.
const FILES: [(&str, &str); 4] = [
    ("package.json", include_str!("npm/package.json")),
    ("package-lock.json", include_str!("npm/package-lock.json")),
    ("spectral.yaml", include_str!("npm/spectral.yaml")),
    ("redocly.yaml", include_str!("npm/redocly.yaml")),
];

/// Installs both, and gives the folder of their programs.
pub(super) fn installed(folder: &Path) -> Result<PathBuf, Error> {
    let home = folder.join("npm");
    fs::create_dir_all(&home).map_err(|error| tool(&error))?;
    for (name, text) in FILES {
        write(&home.join(name), text)?;
    }
    let [(_, manifest), ..] = FILES;
    let wanted: Value = serde_json::from_str(manifest).map_err(|error| tool(&error))?;
    let is_there = || {
        let all = wanted["dependencies"].as_object().into_iter().flatten();
        all.into_iter().all(|(package, version)| {
            let file = home.join("node_modules").join(package).join("package.json");
            let text = fs::read_to_string(file).unwrap_or_default();
            let found: Value = serde_json::from_str(&text).unwrap_or_default();
            found["version"] == *version
        })
    };
    Ok(install::npm(&home, &["ci".to_owned()], is_there)?)
}

/// Tells what Spectral says of the documents, warnings included.
pub(super) fn spectral(folder: &Path, linters: &Path) -> Result<Vec<String>, Error> {
    let mut spectral = program(linters, "spectral");
    spectral
        .args(["lint", "--fail-severity", "hint", "--quiet", "--ruleset"])
        .arg(folder.join("npm/spectral.yaml"))
        .args(Api::ALL.iter().map(|api| file_of(folder, *api)));
    let (succeeds, said, errors) = output(&mut spectral)?;
    Ok(if succeeds {
        Vec::new()
    } else {
        vec![said, errors]
    })
}

/// Tells what Redocly says of the documents, warnings included.
pub(super) fn redocly(folder: &Path, linters: &Path) -> Result<Vec<String>, Error> {
    let mut redocly = program(linters, "redocly");
    redocly
        .env("REDOCLY_TELEMETRY", "off")
        .env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true")
        .args(["lint", "--format", "json", "--config"])
        .arg(folder.join("npm/redocly.yaml"))
        .args(Api::ALL.iter().map(|api| file_of(folder, *api)));
    let (succeeds, said, errors) = output(&mut redocly)?;
    Ok(match succeeds && is_clean(&said) {
        true => Vec::new(),
        false => vec![said, errors],
    })
}

/// Tells whether the reports of Redocly's, one for each document, count neither errors nor
/// warnings.
fn is_clean(reports: &str) -> bool {
    let mut reports = serde_json::Deserializer::from_str(reports).into_iter::<Value>();
    let is_clean = |report: &Value| {
        let totals = &report["totals"];
        totals["errors"] == 0 && totals["warnings"] == 0
    };
    let clean = Api::ALL.iter().map(|_| reports.next());
    clean
        .into_iter()
        .all(|report| matches!(report, Some(Ok(report)) if is_clean(&report)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warning_or_a_missing_report_is_not_clean() {
        let report = |errors: u8, warnings: u8| {
            format!(r#"{{"totals":{{"errors":{errors},"warnings":{warnings},"ignored":0}}}}"#)
        };
        let clean = report(0, 0).repeat(Api::ALL.len() - 1);
        assert!(is_clean(&(clean.clone() + &report(0, 0))));
        for last in [&report(0, 1), &report(1, 0), "", "Failed to parse", "{}"] {
            assert!(!is_clean(&(clean.clone() + last)), "{last}");
        }
    }
}
