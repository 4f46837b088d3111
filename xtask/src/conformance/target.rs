//! Asks the same questions of a running server.

use std::path::Path;

use super::Error;

/// Hands over to the `target` program of the `conformance` package, which
/// asks with the SDK.
pub(crate) fn run(
    root: &Path,
    url: &str,
    provider: Option<&str>,
    mutating: bool,
) -> Result<bool, Error> {
    let mut command = crate::cargo();
    command.current_dir(root);
    command.args([
        "run",
        "--quiet",
        "--package",
        "conformance",
        "--bin",
        "target",
        "--",
        url,
    ]);
    if let Some(provider) = provider {
        command.args(["--provider", provider]);
    }
    if mutating {
        command.arg("--mutating");
    }
    let status = command
        .status()
        .map_err(|error| Error::Tool(format!("cargo: {error}")))?;
    Ok(status.success())
}
