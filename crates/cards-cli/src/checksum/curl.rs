//! A pasted curl command: what it would send, as far as the checksum cares.

use super::Signed;
use super::fields::Found;
use crate::error::Error;

/// Reads the body's fields, the `checksum` header and the operation.
pub(super) fn read(command: &str) -> Result<Found, Error> {
    let words = shlex::split(command)
        .ok_or_else(|| Error::usage("--curl: a quotation mark or a backslash is left open"))?;
    let mut words = words.into_iter().peekable();
    words.next_if(|first| first == "curl");
    let mut found = Found::default();
    while let Some(word) = words.next() {
        let Some((option, attached)) = option(&word) else {
            found.operation = found.operation.or(Signed::of_url(&word));
            continue;
        };
        let mut value = || attached.map(str::to_owned).or_else(|| words.next());
        match option {
            "-H" | "--header" => header(&value().unwrap_or_default(), &mut found),
            "-d" | "--data" | "--data-ascii" | "--data-raw" | "--data-binary" => {
                let body = value().unwrap_or_default();
                if body.starts_with('@') && option != "--data-raw" {
                    return Err(elsewhere(option));
                }
                let pairs = form_urlencoded::parse(body.as_bytes()).into_owned();
                found.pairs.extend(pairs);
            }
            "--data-urlencode" => found.pairs.push(plain(&value().unwrap_or_default())?),
            "-F" | "--form" | "--form-string" => {
                return Err(Error::usage(format!(
                    "--curl: {option} sends multipart/form-data, and Airpay takes a urlencoded form"
                )));
            }
            "--url" => {
                let url = value().unwrap_or_default();
                found.operation = found.operation.or(Signed::of_url(&url));
            }
            option if TAKES_A_VALUE.contains(&option) => drop(value()),
            // A switch, of no matter here.
            _ => {}
        }
    }
    Ok(found)
}

/// The options that are followed by a value of no matter here.
const TAKES_A_VALUE: [&str; 20] = [
    "-X",
    "--request",
    "-o",
    "--output",
    "-u",
    "--user",
    "-A",
    "--user-agent",
    "-b",
    "--cookie",
    "-e",
    "--referer",
    "-x",
    "--proxy",
    "-m",
    "--max-time",
    "--connect-timeout",
    "-w",
    "--write-out",
    "--cacert",
];

/// An option, and what is attached to a short one: `-dname=value`.
fn option(word: &str) -> Option<(&str, Option<&str>)> {
    if !word.starts_with('-') || word.len() < 2 {
        return None;
    }
    let short = word.get(..2).filter(|_| !word.starts_with("--"));
    match short {
        Some(short @ ("-H" | "-d" | "-F")) if word.len() > 2 => Some((short, word.get(2..))),
        Some(short) if word.len() > 2 && TAKES_A_VALUE.contains(&short) => {
            Some((short, word.get(2..)))
        }
        _ => Some((word, None)),
    }
}

fn header(text: &str, found: &mut Found) {
    if let Some((name, value)) = text.split_once(':')
        && name.trim().eq_ignore_ascii_case("checksum")
    {
        found.checksum = Some(value.trim().to_owned());
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
        assert_eq!(found.operation, Some(Signed::RegisterUser));
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
        ] {
            assert_eq!(read(command).err().unwrap().to_string(), says);
        }
    }
}
