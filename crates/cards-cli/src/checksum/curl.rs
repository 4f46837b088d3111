//! A pasted curl command: what it would send, as far as the checksum cares.

use cards_transport::model::Operation;

use super::found::Found;
use super::{shell, signed};
use crate::error::Error;
use crate::repeat;

/// Reads the body's fields, the `checksum` header and the operation. An option
/// that is not known may bring a field, and is refused.
pub(super) fn read(command: &str) -> Result<Found, Error> {
    let shell::Words { words, unread } = shell::split(command)?;
    let mut words = words.into_iter().peekable();
    words.next_if(|first| first == "curl" || first == "curl.exe");
    let mut found = Found {
        unread,
        ..Found::default()
    };
    let mut options_end = false;
    while let Some(word) = words.next() {
        if options_end || !word.starts_with('-') || word == "-" {
            url(&word, &mut found);
        } else if word == "--" {
            options_end = true;
        } else if word.starts_with("--") {
            let Some((option, takes)) = long(&word) else {
                return Err(unknown(repeat::option_name(&word, names())));
            };
            take(option, takes, || words.next(), &mut found)?;
        } else {
            let mut letters = word.chars().skip(1);
            while let Some(letter) = letters.next() {
                let Some((option, takes)) = short(letter) else {
                    let name = letter.is_ascii_graphic().then(|| format!("-{letter}"));
                    return Err(unknown(name));
                };
                let value = || {
                    // The rest of the word, where there is one.
                    let rest: String = letters.by_ref().collect();
                    Some(rest)
                        .filter(|rest| !rest.is_empty())
                        .or_else(|| words.next())
                };
                take(option, takes, value, &mut found)?;
            }
        }
    }
    Ok(found)
}

/// The kind of argument that follows an option.
#[derive(Clone, Copy)]
enum Takes {
    Nothing,
    /// A value of no matter here.
    Value,
    Header,
    /// A part of the body, or `@FILE`.
    Body,
    /// A part of the body as it is.
    Raw,
    /// `name=value`, which curl encodes.
    Plain,
    /// A part of a body in parts.
    Part,
    Url,
}

/// Letter, name, and what comes after it. Left out, and so refused, is what
/// sends a body of another kind, sends it elsewhere or reads more options.
const OPTIONS: [(&str, &str, Takes); 62] = [
    ("-d", "--data", Takes::Body),
    ("", "--data-ascii", Takes::Body),
    ("", "--data-binary", Takes::Body),
    ("", "--data-raw", Takes::Raw),
    ("", "--data-urlencode", Takes::Plain),
    ("-F", "--form", Takes::Part),
    ("", "--form-string", Takes::Part),
    ("-H", "--header", Takes::Header),
    ("", "--url", Takes::Url),
    ("-A", "--user-agent", Takes::Value),
    ("-b", "--cookie", Takes::Value),
    ("-c", "--cookie-jar", Takes::Value),
    ("-D", "--dump-header", Takes::Value),
    ("-e", "--referer", Takes::Value),
    ("-E", "--cert", Takes::Value),
    ("-m", "--max-time", Takes::Value),
    ("-o", "--output", Takes::Value),
    ("-u", "--user", Takes::Value),
    ("-U", "--proxy-user", Takes::Value),
    ("-w", "--write-out", Takes::Value),
    ("-x", "--proxy", Takes::Value),
    ("-X", "--request", Takes::Value),
    ("", "--cacert", Takes::Value),
    ("", "--connect-timeout", Takes::Value),
    ("", "--key", Takes::Value),
    ("", "--max-redirs", Takes::Value),
    ("", "--noproxy", Takes::Value),
    ("", "--oauth2-bearer", Takes::Value),
    ("", "--resolve", Takes::Value),
    ("", "--retry", Takes::Value),
    ("", "--retry-delay", Takes::Value),
    ("", "--retry-max-time", Takes::Value),
    ("", "--stderr", Takes::Value),
    ("", "--trace-ascii", Takes::Value),
    ("-0", "--http1.0", Takes::Nothing),
    ("-1", "--tlsv1", Takes::Nothing),
    ("-4", "--ipv4", Takes::Nothing),
    ("-6", "--ipv6", Takes::Nothing),
    ("-#", "--progress-bar", Takes::Nothing),
    ("-f", "--fail", Takes::Nothing),
    ("-g", "--globoff", Takes::Nothing),
    ("-i", "--include", Takes::Nothing),
    ("-k", "--insecure", Takes::Nothing),
    ("-L", "--location", Takes::Nothing),
    ("-n", "--netrc", Takes::Nothing),
    ("-N", "--no-buffer", Takes::Nothing),
    ("-O", "--remote-name", Takes::Nothing),
    ("-q", "--disable", Takes::Nothing),
    ("-s", "--silent", Takes::Nothing),
    ("-S", "--show-error", Takes::Nothing),
    ("-v", "--verbose", Takes::Nothing),
    ("", "--basic", Takes::Nothing),
    ("", "--compressed", Takes::Nothing),
    ("", "--fail-with-body", Takes::Nothing),
    ("", "--http1.1", Takes::Nothing),
    ("", "--http2", Takes::Nothing),
    ("", "--location-trusted", Takes::Nothing),
    ("", "--no-keepalive", Takes::Nothing),
    ("", "--no-progress-meter", Takes::Nothing),
    ("", "--path-as-is", Takes::Nothing),
    ("", "--tlsv1.2", Takes::Nothing),
    ("", "--tlsv1.3", Takes::Nothing),
];

fn short(letter: char) -> Option<(&'static str, Takes)> {
    OPTIONS
        .iter()
        .find(|(short, ..)| short.chars().nth(1) == Some(letter))
        .map(|(short, _, takes)| (*short, *takes))
}

fn long(word: &str) -> Option<(&'static str, Takes)> {
    OPTIONS
        .iter()
        .find(|(_, long, _)| *long == word)
        .map(|(_, long, takes)| (*long, *takes))
}

fn names() -> impl Iterator<Item = &'static str> {
    OPTIONS.iter().map(|(_, long, _)| *long)
}

fn unknown(name: Option<String>) -> Error {
    let name = name.unwrap_or_else(|| repeat::A_VALUE.to_owned());
    Error::usage(format!(
        "--curl: the option {name} is not known here, and may change what is sent: leave it out"
    ))
}

/// Takes an option in, and its value.
fn take(
    option: &str,
    takes: Takes,
    value: impl FnOnce() -> Option<String>,
    found: &mut Found,
) -> Result<(), Error> {
    if let Takes::Nothing = takes {
        return Ok(());
    }
    let value = value().ok_or_else(|| Error::usage(format!("--curl: {option} without a value")))?;
    match takes {
        Takes::Nothing | Takes::Value => {}
        Takes::Header | Takes::Body if value.starts_with('@') => return Err(elsewhere(option)),
        Takes::Header => header(&value, found),
        Takes::Body | Takes::Raw => {
            let pairs = form_urlencoded::parse(value.as_bytes()).into_owned();
            found.pairs.extend(pairs);
        }
        Takes::Plain => found.pairs.push(plain(&value)?),
        Takes::Part => {
            return Err(Error::usage(format!(
                "--curl: {option} sends multipart/form-data, and Airpay takes a urlencoded form"
            )));
        }
        Takes::Url => url(&value, found),
    }
    Ok(())
}

fn url(text: &str, found: &mut Found) {
    found.operation = found.operation.or_else(|| of_url(text));
}

/// The signed operation whose path ends as that of the URL does.
fn of_url(url: &str) -> Option<&'static Operation> {
    let path = url.split(['?', '#']).next()?;
    let last = |path: &str| {
        path.trim_end_matches('/')
            .rsplit('/')
            .next()
            .map(str::to_owned)
    };
    signed().find(|operation| last(operation.path) == last(path))
}

/// The headers that say who calls, which some senders hash too.
const IDENTIFYING: [&str; 3] = ["affiliate", "processor-key", "token"];

fn header(text: &str, found: &mut Found) {
    let Some((name, value)) = text.split_once(':') else {
        return;
    };
    let (name, value) = (name.trim(), value.trim().to_owned());
    if name.eq_ignore_ascii_case("checksum") {
        found.checksum = Some(value);
    } else if let Some(name) = IDENTIFYING
        .into_iter()
        .find(|one| name.eq_ignore_ascii_case(one))
    {
        found.headers.push((name, value));
    }
}

/// `name=content`, which curl encodes by itself.
fn plain(text: &str) -> Result<(String, String), Error> {
    match text.split_once('=') {
        Some((name, _)) if name.contains('@') => Err(elsewhere("--data-urlencode")),
        Some((name, content)) if !name.is_empty() => Ok((name.to_owned(), content.to_owned())),
        None if text.contains('@') => Err(elsewhere("--data-urlencode")),
        _ => Err(Error::usage(
            "--curl: --data-urlencode without a name; write 'name=value'",
        )),
    }
}

fn elsewhere(option: &str) -> Error {
    Error::usage(format!(
        "--curl: {option} reads from a file: put its content into the command"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(command: &str) -> Vec<(String, String)> {
        read(command).map(|found| found.pairs).unwrap_or_default()
    }

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn each_way_to_send_a_form() {
        let both = vec![pair("a", "1 2"), pair("b", "x&y")];
        for command in [
            "curl --data-urlencode 'a=1 2' --data-urlencode b=x\\&y http://h/update-customer",
            "curl -d a=1+2 --data 'b=x%26y' http://h",
            "curl -sS --location -XPOST -da=1+2\\&b=x%26y http://h",
            "curl -sd a=1+2 -d b=x%26y http://h",
            "curl -sXPOST -kLda=1+2 -sSd b=x%26y http://h",
            "curl -sX POST -so /dev/null -d a=1+2 -d b=x%26y -- http://h",
            "--data-raw 'a=1+2&b=x%26y'",
            "curl \\\n  --data-urlencode 'a=1 2' \\\n  --data-urlencode 'b=x&y'\n",
        ] {
            assert_eq!(pairs(command), both, "{command}");
        }
        assert_eq!(pairs("curl -d a= -d b=2"), [pair("a", ""), pair("b", "2")]);
        assert_eq!(pairs("curl --data-urlencode a=b@c"), [pair("a", "b@c")]);
    }

    #[test]
    fn the_header_and_the_operation() {
        let found = read("curl -X POST 'http://h/api/register-user?x=1' -H 'Checksum: ab' -d a=1");
        let found = found.ok().unwrap();
        assert_eq!(found.checksum.as_deref(), Some("ab"));
        assert_eq!(
            found.operation.map(|operation| operation.name),
            Some("register-user")
        );
        for command in [
            "curl -sSH 'checksum: ab' -d a=1",
            "curl -sSH'checksum: ab' -d a=1",
            "curl -da=1 --header 'checksum: ab'",
        ] {
            let found = read(command).ok().unwrap();
            assert_eq!(found.checksum.as_deref(), Some("ab"), "{command}");
            assert_eq!(found.pairs, [pair("a", "1")], "{command}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_said_without_a_value() {
        for (command, says) in [
            (
                "curl -d 'MARKER",
                "--curl: a quotation mark or a backslash is left open",
            ),
            (
                "curl -d @MARKER",
                "--curl: -d reads from a file: put its content into the command",
            ),
            (
                "curl --data-urlencode n@MARKER",
                "--curl: --data-urlencode reads from a file: put its content into the command",
            ),
            (
                "curl --data-urlencode MARKER",
                "--curl: --data-urlencode without a name; write 'name=value'",
            ),
            (
                "curl -F a=MARKER",
                "--curl: -F sends multipart/form-data, and Airpay takes a urlencoded form",
            ),
            (
                "curl -H @MARKER",
                "--curl: -H reads from a file: put its content into the command",
            ),
            ("curl -sd", "--curl: -d without a value"),
            (
                "curl -sKMARKER",
                "--curl: the option -K is not known here, and may change what is sent: leave it out",
            ),
            (
                "curl --json MARKER",
                "--curl: the option --json is not known here, and may change what is sent: leave it out",
            ),
            (
                "curl --dataMARKER",
                "--curl: the option --data... is not known here, and may change what is sent: leave it out",
            ),
        ] {
            assert_eq!(read(command).err().unwrap().to_string(), says);
        }
    }
}
