//! The file that clients of a sandbox with TLS are given to trust.

use std::io::ErrorKind;
use std::path::Path;

use crate::config::CA_FILE;
use crate::error::Error;
use crate::read::{self, Unreadable};
use crate::repeat;

const FLAG: &str = "--tls-certificate";

const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";

/// The advice where nobody asked for the file.
pub(super) const HOW_TO_GET_IT: &str =
    "--tls-certificate FILE writes the certificate for clients to trust\n";

/// Refuses a file that holds something else: a wrong name must not cost
/// anybody a database.
pub(super) fn can_be_written(path: &Path) -> Result<(), Error> {
    let something_else = |what: &str| {
        let message = format!("{FLAG}: {} is there, and is {what}", repeat::path(path));
        Err(Error::failure(message).hint("it writes to a file of its own"))
    };
    // A device or a pipe might keep its reader waiting.
    if path.metadata().is_ok_and(|meta| !meta.is_file()) {
        return something_else("no plain file");
    }
    match read::bytes(path) {
        Ok(text) if text.is_empty() || text.starts_with(BEGIN) => Ok(()),
        Ok(_) => something_else("no certificate"),
        Err(Unreadable::Io(error)) if error.kind() == ErrorKind::NotFound => match path.parent() {
            // A file's name alone has an empty one.
            Some(folder) if !folder.as_os_str().is_empty() && !folder.is_dir() => {
                Err(cannot_write(path, error))
            }
            _ => Ok(()),
        },
        Err(Unreadable::Io(error)) => Err(cannot_write(path, error)),
        Err(_) => something_else("no certificate"),
    }
}

pub(super) fn write(path: &Path, pem: &str) -> Result<(), Error> {
    can_be_written(path)?;
    std::fs::write(path, pem).map_err(|error| cannot_write(path, error))
}

fn cannot_write(path: &Path, error: std::io::Error) -> Error {
    let message = format!(
        "{FLAG}: cannot write the certificate to {}",
        repeat::path(path)
    );
    Error::failure(message).caused_by(error)
}

/// Tells how to make clients trust the file: its path as a shell takes it.
pub(super) fn how_to_trust(path: &Path) -> String {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let file = quoted(&path);
    format!(
        "to trust its certificate until it stops:\n\
         \u{20} cards        {CA_FILE}={file}\n\
         \u{20} curl         curl --cacert {file}\n\
         \u{20} Node         NODE_EXTRA_CA_CERTS={file}\n\
         \u{20} Python       REQUESTS_CA_BUNDLE={file} or SSL_CERT_FILE={file}\n\
         \u{20} Go, OpenSSL  SSL_CERT_FILE={file}\n\
         \u{20} this SDK     an option of its backends: roots in PEM\n"
    )
}

/// A path as one word of a shell.
pub(super) fn quoted(path: &Path) -> String {
    let path = path.display().to_string();
    shlex::try_quote(&path).map_or_else(|_| path.clone(), Into::into)
}
