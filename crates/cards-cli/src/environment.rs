//! The variables of the environment that the program reads: one table, through
//! which each of them is read and which `cards help environment` prints.

use std::ffi::OsString;
use std::path::PathBuf;

/// Describes one variable.
pub(crate) struct Variable {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    about: &'static str,
}

/// The place and the care of a variable's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A setting of a provider's, which a profile may hold too.
    Setting,
    /// A setting that is a word of a list, a number, an address or the like: the
    /// white space around it does not count.
    Word,
    /// A setting that opens something, beside which there is a variable for a
    /// file that holds it.
    Secret,
    /// A variable of the program as a whole, which no profile holds.
    Program,
}

use Kind::{Program, Secret, Setting, Word};

/// The variables of one provider, or of the program.
struct Group {
    title: &'static str,
    rows: &'static [Variable],
}

const fn row(name: &'static str, kind: Kind, about: &'static str) -> Variable {
    Variable { name, kind, about }
}

const TABLE: &[Group] = &[
    Group {
        title: "Airpay",
        rows: &[
            row("CARDS_AIRPAY_BASE_URL", Word, "its address"),
            row(
                "CARDS_AIRPAY_TOKEN_BASE_URL",
                Word,
                "the address to log in at, where it is another",
            ),
            row(
                "CARDS_AIRPAY_SECRET_KEY",
                Secret,
                "the key of the checksums",
            ),
            row(
                "CARDS_AIRPAY_AFFILIATE",
                Secret,
                "the affiliate's key, for calls without a token",
            ),
            row(
                "CARDS_AIRPAY_PROCESSOR_KEY",
                Secret,
                "the processor's key, which goes with it",
            ),
            row(
                "CARDS_AIRPAY_TOKEN",
                Secret,
                "a token, in place of logging in",
            ),
            row(
                "CARDS_AIRPAY_MOBILE_NO",
                Secret,
                "the mobile number to log in with",
            ),
            row("CARDS_AIRPAY_PASSWORD", Secret, "its password"),
            row(
                "CARDS_AIRPAY_ORDER",
                Word,
                "the order of the checksum's values: table, example or sorted; after it and a comma, \
                 how else they are signed: example,joint=|,secret=first",
            ),
            row(
                "CARDS_AIRPAY_UTC_OFFSET",
                Word,
                "the zone whose day is today where dates are checked: +05:30",
            ),
            row(
                "CARDS_AIRPAY_GENERATE_OTP_PATH",
                Word,
                "the path of the call that sends one-time passwords",
            ),
        ],
    },
    Group {
        title: "Paysafe",
        rows: &[
            row("CARDS_PAYSAFE_BASE_URL", Word, "its address"),
            row(
                "CARDS_PAYSAFE_TOKEN_BASE_URL",
                Word,
                "the address to get tokens at, where it is another",
            ),
            row(
                "CARDS_PAYSAFE_TOKEN",
                Secret,
                "a token, in place of the client's id and secret",
            ),
            row(
                "CARDS_PAYSAFE_BRAND",
                Setting,
                "the brand to get a token for",
            ),
            row("CARDS_PAYSAFE_CLIENT_ID", Secret, "the client's id"),
            row("CARDS_PAYSAFE_CLIENT_SECRET", Secret, "the client's secret"),
            row(
                "CARDS_PAYSAFE_SIGNATURE_KEY",
                Secret,
                "the key of the header Signature, in base64; without one nothing is signed",
            ),
            row(
                "CARDS_PAYSAFE_SIGNATURE_SCOPE",
                Word,
                "what is signed with it: bodies, or bodies-and-paths",
            ),
            row(
                "CARDS_PAYSAFE_WEBHOOK_KEY",
                Secret,
                "the key of its events, in base64, for programs that receive them",
            ),
        ],
    },
    Group {
        title: "Ibanera",
        rows: &[
            row("CARDS_IBANERA_BASE_URL", Word, "its address"),
            row(
                "CARDS_IBANERA_TOKEN_BASE_URL",
                Word,
                "the address to log in at, where it is another",
            ),
            row(
                "CARDS_IBANERA_AUTHORIZATION",
                Word,
                "how the token is written: bearer, or bare without a scheme",
            ),
            row(
                "CARDS_IBANERA_TOKEN",
                Secret,
                "a token, in place of logging in",
            ),
            row(
                "CARDS_IBANERA_USERNAME",
                Secret,
                "the user's name to log in with",
            ),
            row("CARDS_IBANERA_PASSWORD", Secret, "the user's password"),
            row(
                "CARDS_IBANERA_OTP",
                Secret,
                "one one-time code, in place of those made of the shared secret",
            ),
            row(
                "CARDS_IBANERA_TOTP_SECRET",
                Secret,
                "the shared secret of the one-time codes, in base32",
            ),
            row(
                "CARDS_IBANERA_TOTP_TEXT",
                Secret,
                "the shared secret as it is, in place of base32",
            ),
            row(
                "CARDS_IBANERA_TOTP_DIGITS",
                Word,
                "the digits of a code: 6 to 8",
            ),
            row(
                "CARDS_IBANERA_TOTP_STEP",
                Word,
                "the seconds for which a code is good",
            ),
            row(
                "CARDS_IBANERA_TOTP_ALGORITHM",
                Word,
                "sha1, sha256 or sha512",
            ),
            row(
                "CARDS_IBANERA_OTP_REUSE",
                Word,
                "whether a code may be sent twice: learn, allowed or never",
            ),
            row(
                "CARDS_IBANERA_WEBHOOK_SECRET",
                Secret,
                "the secret of its events' hashes, for programs that receive them",
            ),
            row(
                "CARDS_IBANERA_FILE_PART",
                Setting,
                "the name of the part in which an upload carries its content",
            ),
        ],
    },
    Group {
        title: "All of them",
        rows: &[
            row(
                CA_FILE,
                Setting,
                "a PEM file of certificates to trust in place of the usual ones",
            ),
            row(
                WAIVE,
                Word,
                "rules of fields that are not checked: state:characters,...",
            ),
            row(
                EXTRA_CA_FILE,
                Setting,
                "a PEM file of certificates to trust beside the others",
            ),
            row(
                CLIENT_CERT_FILE,
                Setting,
                "a PEM file of a certificate to show to a server that asks for one, and its chain",
            ),
            row(
                CLIENT_KEY_FILE,
                Setting,
                "a PEM file of its private key, where that is in another",
            ),
            row(
                PROXY,
                Secret,
                "the URL of an HTTP proxy; env for those of the environment, below; or none",
            ),
            row(
                HEADERS,
                Secret,
                "headers to add to each request, one a line: NAME: VALUE",
            ),
            row(
                RATE,
                Word,
                "the most requests in a time, such as 5/s, 300/m or 1000/h",
            ),
        ],
    },
    Group {
        title: "Proxies, where CARDS_PROXY or --proxy is env; in capital letters too",
        rows: &[
            row("https_proxy", Program, "the proxy for https"),
            row("http_proxy", Program, "the proxy for plain http"),
            row(
                "all_proxy",
                Program,
                "the proxy where there is none of these",
            ),
            row(
                "no_proxy",
                Program,
                "what to call directly as this machine is: hosts, domains and networks, with commas between",
            ),
            row(
                "REQUEST_METHOD",
                Program,
                "where it is set, HTTP_PROXY counts for nothing",
            ),
        ],
    },
    Group {
        title: "The program",
        rows: &[
            row(
                CONFIG,
                Program,
                "the TOML file with profiles, in place of the usual one",
            ),
            row(
                PROFILE,
                Program,
                "the profile to take, in place of `default`",
            ),
            row(
                CONFIG_HOME,
                Program,
                "the folder of cards/config.toml, in place of ~/.config",
            ),
            row(
                STATE_HOME,
                Program,
                "the folder of what is kept from run to run, in place of ~/.local/state",
            ),
            row("HOME", Program, "the folder that ~ stands for"),
            row(
                LOG,
                Program,
                "what is logged on standard error, in place of -v: a level, or such as cards_transport=debug",
            ),
            row("NO_COLOR", Program, "no colours, whatever it is set to"),
            row(
                "CLICOLOR_FORCE",
                Program,
                "colours where there is no terminal too",
            ),
        ],
    },
];

/// The certificates to trust in place of the usual ones: a PEM file, for a
/// server with a certificate of one's own.
pub(crate) const CA_FILE: &str = "CARDS_CA_FILE";

/// The single rules of fields that are not checked before sending, with commas
/// between: `state:characters,register-user/city:characters`.
pub(crate) const WAIVE: &str = "CARDS_WAIVE";
/// The certificates to trust beside the others.
pub(crate) const EXTRA_CA_FILE: &str = "CARDS_EXTRA_CA_FILE";
/// The certificate of this side, and its chain.
pub(crate) const CLIENT_CERT_FILE: &str = "CARDS_CLIENT_CERT_FILE";
/// The key of that certificate, where it is in a file of its own.
pub(crate) const CLIENT_KEY_FILE: &str = "CARDS_CLIENT_KEY_FILE";
/// The proxy.
pub(crate) const PROXY: &str = "CARDS_PROXY";
/// The headers to add.
pub(crate) const HEADERS: &str = "CARDS_HEADERS";
/// The most requests in a time.
pub(crate) const RATE: &str = "CARDS_RATE";
/// The settings that no provider has for itself.
pub(crate) const SHARED: [&str; 8] = [
    CA_FILE,
    WAIVE,
    EXTRA_CA_FILE,
    CLIENT_CERT_FILE,
    CLIENT_KEY_FILE,
    PROXY,
    HEADERS,
    RATE,
];
/// The file with profiles.
pub(crate) const CONFIG: &str = "CARDS_CONFIG";
/// The name of a profile.
pub(crate) const PROFILE: &str = "CARDS_PROFILE";
/// The folder for settings.
pub(crate) const CONFIG_HOME: &str = "XDG_CONFIG_HOME";
/// The folder for what is kept.
pub(crate) const STATE_HOME: &str = "XDG_STATE_HOME";
/// The filter of the log.
pub(crate) const LOG: &str = "RUST_LOG";

/// The usual place of the file with profiles, as it is told.
pub(crate) const USUAL_FILE: &str = "~/.config/cards/config.toml";

/// The value of a variable that is no text.
#[derive(Debug)]
pub(crate) struct NotText;

/// Every variable with a row of its own.
fn variables() -> impl Iterator<Item = &'static Variable> {
    TABLE.iter().flat_map(|group| group.rows)
}

/// The variables that a profile may hold too.
pub(crate) fn settings() -> impl Iterator<Item = &'static Variable> {
    variables().filter(|variable| variable.kind != Program)
}

/// The text of a variable's value, as it counts. `None`: it has none, as an
/// empty text and, of a word, a blank one count for nothing.
pub(crate) fn counting(name: &str, text: &str) -> Option<String> {
    let is_word = variables().any(|it| it.name == name && it.kind == Word);
    let text = if is_word { text.trim() } else { text };
    (!text.is_empty()).then(|| text.to_owned())
}

/// The variable for a file that holds the secret of another.
pub(crate) fn file_of(name: &str) -> String {
    format!("{name}_FILE")
}

/// The key of a setting in a profile: `CARDS_AIRPAY_TOKEN` is `airpay_token`.
pub(crate) fn key_of(variable: &str) -> String {
    variable.trim_start_matches("CARDS_").to_lowercase()
}

/// Tells whether there is a variable of this name.
fn is_known(name: &str) -> bool {
    let has_file = |name| variables().any(|it| it.name == name && it.kind == Secret);
    // Those of proxies are read in capital letters too.
    let small = name.to_ascii_lowercase();
    let is_proxy = small.ends_with("_proxy") && name == small.to_ascii_uppercase();
    variables().any(|it| it.name == name || is_proxy && it.name == small)
        || name.strip_suffix("_FILE").is_some_and(has_file)
}

/// Reads a variable. An empty one counts as not set, and so does one without a
/// row in the table.
fn read(name: &str) -> Option<OsString> {
    let value = is_known(name).then(|| std::env::var_os(name)).flatten();
    value.filter(|value| !value.is_empty())
}

/// The text of a variable. `None`: it is not set, or empty.
pub(crate) fn text(name: &str) -> Result<Option<String>, NotText> {
    let value = read(name).map(OsString::into_string);
    let value = value.transpose().map_err(|_| NotText)?;
    Ok(value.and_then(|value| counting(name, &value)))
}

/// The path that a variable holds. `None`: it is not set, or empty.
pub(crate) fn path(name: &str) -> Option<PathBuf> {
    read(name).map(PathBuf::from)
}

/// A folder of the XDG specification, where a path that is not absolute counts
/// as none: that of the variable, or else the one below the home folder.
pub(crate) fn folder(name: &str, below_home: &str) -> Option<PathBuf> {
    let folder = path(name).filter(|path| path.is_absolute());
    folder.or_else(|| Some(home()?.join(below_home)))
}

fn home() -> Option<PathBuf> {
    std::env::home_dir().filter(|home| home.is_absolute())
}

/// The whole table, for `cards help environment`.
pub(crate) fn topic() -> String {
    let mut text = String::from(HEADING);
    for group in TABLE {
        text.push_str(&format!("\n{}\n", group.title));
        for variable in group.rows {
            described(&mut text, variable.name, variable.about);
            if variable.kind == Secret {
                described(
                    &mut text,
                    &file_of(variable.name),
                    "or a file that holds it",
                );
            }
        }
    }
    text
}

/// Adds a line, or some where it is a long one.
fn described(text: &mut String, name: &str, about: &str) {
    const COLUMN: usize = 34;
    let mut line = format!("  {name:<width$}", width = COLUMN - 3);
    for word in about.split_whitespace() {
        if line.chars().count() + 1 + word.chars().count() > 80 {
            text.push_str(&line);
            text.push('\n');
            line = " ".repeat(COLUMN - 1);
        }
        line.push(' ');
        line.push_str(word);
    }
    text.push_str(&line);
    text.push('\n');
}

const HEADING: &str = "\
The variables that cards reads. One that is set but empty counts as not set.
Words of a list are read in any letter case, with blanks around or without.

A provider's settings may stand in a profile too, under the variable's name
without CARDS_ and in small letters: CARDS_AIRPAY_TOKEN is airpay_token there. A
flag wins over a variable, and a variable over the profile.

A secret may be in a file that a variable of the name with _FILE leads to, as
container platforms mount them. One line break at its end is not part of it. To
set both is an error. Who else may read the file is the platform's business, and
not complained of.
";

#[cfg(test)]
mod tests;
