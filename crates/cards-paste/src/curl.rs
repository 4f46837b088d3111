//! A pasted curl command.

use crate::error::{PasteError, Why};
use crate::form::{decoded, pair};
use crate::options::{Takes, long, names, short};
use crate::pasted::Pasted;
use crate::prompt;
use crate::shell;

/// Reads a curl command: the fields of its body, its headers and its addresses.
///
/// ```
/// let pasted = cards_paste::curl("curl http://h/x -H 'token: T' --data-urlencode 'a=1&2' -d b=x+y | jq")?;
/// let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
/// assert_eq!(pasted.fields, [pair("a", "1&2"), pair("b", "x y")]);
/// let unread = pasted.unread.map(|unread| unread.to_string()).unwrap_or_default();
/// assert!(unread.ends_with("the shell ends the command at `|`; what follows was not read"));
/// # Ok::<(), cards_paste::PasteError>(())
/// ```
///
/// # Errors
///
/// Says what of it cannot be read: an open quotation mark, text that only the shell knows, a file to be read, a body in
/// parts, percent escapes that are no UTF-8, an option that is not known here and may bring a
/// field, a redirection that would take an option for its file or stands between one and its value, and lines within
/// quotation marks that may begin with a shell's prompt.
pub fn curl(command: &str) -> Result<Pasted, PasteError> {
    let shell::Words { words, unread } = shell::split(command)?;
    let mut words = words.into_iter().peekable();
    words.next_if(|first| first == "curl" || first == "curl.exe");
    let mut pasted = Pasted {
        unread,
        ..Pasted::default()
    };
    let mut options_end = false;
    while let Some(word) = words.next() {
        if options_end || !word.starts_with('-') || word == "-" {
            pasted.urls.push(word);
        } else if word == "--" {
            options_end = true;
        } else if word.starts_with("--") {
            let Some((option, takes)) = long(&word) else {
                return Err(unknown(option_name(&word, names())));
            };
            take(option, takes, || words.next(), &mut pasted)?;
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
                take(option, takes, value, &mut pasted)?;
            }
        }
    }
    Ok(pasted)
}

/// Tells whether a text begins as a curl command does, behind a shell's prompt or not.
///
/// ```
/// assert!(cards_paste::is_curl("$ curl http://h"));
/// assert!(cards_paste::is_curl(r"PS C:\Users> curl.exe http://h"));
/// assert!(!cards_paste::is_curl("curl=1"));
/// ```
#[must_use]
pub fn is_curl(text: &str) -> bool {
    let text = text.trim_start();
    let prompt = prompt::before_command(text).map_or(0, |(length, _)| length);
    let text = &text[prompt..];
    text.starts_with("curl ") || text.starts_with("curl.exe ")
}

fn unknown(name: Option<String>) -> PasteError {
    Why::Option { name }.into()
}

/// Gives the name at the beginning of an unknown option, with `...` for what is left
/// out; `None` where there is no name.
///
/// For `--card-no4622...` that is `--card-no`. The text that follows one of the
/// `known` options is left out as well: `--passwordSecret` was meant to have a
/// blank.
///
/// ```
/// use cards_paste::option_name;
///
/// let known = ["--password"];
/// assert_eq!(option_name("--pasword", known).as_deref(), Some("--pasword"));
/// assert_eq!(option_name("--passwordSecret", known).as_deref(), Some("--password..."));
/// ```
pub fn option_name<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    if !given.starts_with('-') {
        return None;
    }
    let is_name = |c: char| c.is_ascii_alphabetic() || c == '-' || c == '_';
    let name = given.split(|c| !is_name(c)).next().unwrap_or_default();
    let begins = |known: &&str| known.len() > 2 && name.starts_with(known);
    let name = known
        .into_iter()
        .filter(begins)
        .max_by_key(|known| known.len())
        .unwrap_or(name);
    match name.chars().any(|c| c.is_ascii_alphabetic()) {
        true if name.len() == given.len() => Some(name.to_owned()),
        true => Some(format!("{name}...")),
        false => None,
    }
}

/// Takes an option in, and its value.
fn take(
    option: &'static str,
    takes: Takes,
    value: impl FnOnce() -> Option<String>,
    pasted: &mut Pasted,
) -> Result<(), PasteError> {
    if let Takes::Nothing = takes {
        return Ok(());
    }
    let value = value().ok_or(Why::Value { option })?;
    match takes {
        Takes::Nothing | Takes::Value => {}
        Takes::Header | Takes::Body if value.starts_with('@') => {
            return Err(Why::File { option }.into());
        }
        Takes::Header => pasted.headers.extend(header(&value)),
        Takes::Body | Takes::Raw => {
            let fields = decoded(&value, pasted.fields.len())?;
            pasted.fields.extend(fields);
        }
        Takes::Plain => pasted.fields.push(plain(option, &value)?),
        Takes::Part => return Err(Why::Parts { option }.into()),
        Takes::Url => pasted.urls.push(value),
    }
    Ok(())
}

/// Reads a header; `None` for one that curl takes out (`name:`), or that it sends without a value
/// (`name;`).
fn header(text: &str) -> Option<(String, String)> {
    let (name, value) = text.split_once(':')?;
    let (name, value) = (name.trim(), value.trim());
    (!value.is_empty()).then(|| (name.to_owned(), value.to_owned()))
}

/// `name=content`, which curl encodes by itself.
fn plain(option: &'static str, text: &str) -> Result<(String, String), PasteError> {
    let name = text.split_once('=').map_or(text, |(name, _)| name);
    if name.contains('@') {
        return Err(Why::File { option }.into());
    }
    pair(text).map_err(|_| Why::Nameless.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pairs(command: &str) -> Vec<(String, String)> {
        curl(command)
            .map(|pasted| pasted.fields)
            .unwrap_or_default()
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
    fn the_header_and_the_address() {
        let pasted = curl("curl -X POST 'http://h/api/register-user?x=1' -H 'Checksum: ab' -d a=1");
        let pasted = pasted.unwrap();
        assert_eq!(pasted.header("checksum"), Some("ab"));
        assert!(pasted.goes_to("/airpay/ms/register-user") && pasted.goes_to("register-user/"));
        assert!(!pasted.goes_to("/api/update-customer"));
        assert_eq!(pasted.header("token"), None);
        let pasted = curl("curl -H 'a: 1' -H 'b:' -H 'c;' -H 'A: 2'").unwrap();
        assert_eq!(pasted.header("a"), Some("2"));
        assert_eq!(pasted.headers, [pair("a", "1"), pair("A", "2")]);
        for command in [
            "curl -sSH 'checksum: ab' -d a=1",
            "curl -sSH'checksum: ab' -d a=1",
            "curl -da=1 --header 'checksum: ab'",
        ] {
            let pasted = curl(command).unwrap();
            assert_eq!(pasted.header("checksum"), Some("ab"), "{command}");
            assert_eq!(pasted.fields, [pair("a", "1")], "{command}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_said_without_a_value() {
        for (command, says) in [
            (
                "curl -d 'MARKER",
                "a quotation mark or a backslash is left open",
            ),
            (
                "curl -d @MARKER",
                "-d reads from a file: put its content into the command",
            ),
            (
                "curl --data-urlencode n@MARKER",
                "--data-urlencode reads from a file: put its content into the command",
            ),
            (
                "curl --data-urlencode MARKER",
                "--data-urlencode without a name; write 'name=value'",
            ),
            (
                "curl -F a=MARKER",
                "-F sends multipart/form-data, where a urlencoded form is wanted",
            ),
            (
                "curl -H @MARKER",
                "-H reads from a file: put its content into the command",
            ),
            ("curl -sd", "-d without a value"),
            (
                "curl -sKMARKER",
                "the option -K is not known here, and may change what is sent: leave it out",
            ),
            (
                "curl --json MARKER",
                "the option --json is not known here, and may change what is sent: leave it out",
            ),
            (
                "curl --dataMARKER",
                "the option --data... is not known here, and may change what is sent: leave it out",
            ),
        ] {
            assert_eq!(curl(command).unwrap_err().to_string(), says);
        }
    }

    #[test]
    fn a_name_and_nothing_after_it() {
        for (given, shown) in [
            ("--card-nu", Some("--card-nu")),
            ("--card_no", Some("--card_no")),
            ("--card-no4622", Some("--card-no...")),
            ("--passwordSecret", Some("--password...")),
            ("--passport", Some("--pass...")),
            ("--name=Secret", Some("--name...")),
            ("--né", Some("--n...")),
            ("-p", Some("-p")),
            ("-4622", None),
            ("--", None),
            ("Secret", None),
        ] {
            let known = ["--pass", "--password", "-p"];
            assert_eq!(option_name(given, known).as_deref(), shown, "{given}");
        }
    }

    proptest! {
        /// The values are digits here, and a complaint has two of them in a row in its place alone.
        #[test]
        fn any_text_is_read_or_refused_without_panic_and_no_value_is_repeated(
            text in "\\PC{0,60}|(curl )?(( |\\^|\\\\|\n)?(-[a-zA-Z#]{1,3}|--[a-z-]{0,12}|['\"]|[@=:&;|$`<>#%]|\n>>? |[5-9]{2,8})){0,12}"
        ) {
            let said = match curl(&text) {
                Ok(pasted) => format!("{:?}", pasted.unread.is_none().then_some(pasted)),
                Err(error) => error.to_string(),
            };
            let said = said.split_once("column ").map_or(&*said, |(_, rest)| {
                rest.trim_start_matches(|c: char| c.is_ascii_digit())
            });
            let repeats = said
                .as_bytes()
                .windows(2)
                .any(|two| two.iter().all(|digit| (b'5'..=b'9').contains(digit)));
            prop_assert!(!repeats, "{}", said);
            let _ = (crate::form(&text), crate::lines(&text), crate::pair(&text));
        }
    }
}
