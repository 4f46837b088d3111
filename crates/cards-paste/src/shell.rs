//! A pasted command line, split into words as the shell would that it was copied for.

use crate::error::{At, PasteError, Unread, Why};
use crate::form::with_line_feeds;
use crate::powershell::{self, is_for_powershell};
use crate::prompt::{Family, Typed};
use crate::redirection::{Line, operator};

/// The words of a command, and where reading it ended.
pub(crate) struct Words {
    pub(crate) words: Vec<String>,
    /// The text that was not read, where the shell ends the command before it.
    pub(crate) unread: Option<Unread>,
}

/// Splits the first command of a text. Takes what a Unix shell takes, and what browsers copy for cmd and PowerShell:
/// `^"`, and `^` or a backtick before a line break, with the marks that PowerShell doubles. A file may have Windows'
/// line breaks. Places are those of the text, with its prompts.
pub(crate) fn split(text: &str) -> Result<Words, PasteError> {
    let typed = Typed::of(&with_line_feeds(text))?;
    let mut words = read(&typed).map_err(|error| error.at(|at| typed.pasted(at)))?;
    if let Some(unread) = &mut words.unread {
        unread.at = typed.pasted(unread.at);
    }
    Ok(words)
}

fn read(typed: &Typed) -> Result<Words, PasteError> {
    let text = &*typed.text;
    let (command, ended) = match shell(typed) {
        Family::Cmd => without_carets(text)?,
        Family::PowerShell => powershell::translate(text)?,
        Family::Unix => {
            let (command, ended) = command(text)?;
            (joined(&command), ended)
        }
    };
    let words = shlex::split(&command).ok_or(Why::Open)?;
    let unread = ended.and_then(|at| unread(text, at));
    Ok(Words { words, unread })
}

/// The shell that a command was typed for. The sign of a Unix prompt is written before commands for others too.
fn shell(typed: &Typed) -> Family {
    let text = &*typed.text;
    let first_line = text.lines().next().unwrap_or_default();
    match typed.shell {
        Some(shell @ (Family::Cmd | Family::PowerShell)) => shell,
        _ if is_for_cmd(text, first_line) => Family::Cmd,
        _ if is_for_powershell(text, first_line) => Family::PowerShell,
        _ => Family::Unix,
    }
}

/// Tells whether the text escapes as cmd does: its first quotation mark, or its first line break.
fn is_for_cmd(text: &str, first_line: &str) -> bool {
    let first_mark = text.find(['"', '\'']);
    first_mark.is_some_and(|at| text[..at].ends_with('^')) || first_line.trim_end().ends_with(" ^")
}

/// Takes out the carets as cmd does, up to where it ends the command, and tells where that is. A caret makes the next
/// character plain, and joins two lines; within quotation marks that have none themselves, it is a character like
/// others. The `;` of another shell is left out at the end.
fn without_carets(text: &str) -> Result<(String, Option<usize>), PasteError> {
    let mut line = Line::new();
    let mut quoted = false;
    let mut ended = None;
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '^' if !quoted => match characters.next() {
                // The line goes on, and its first character is plain.
                Some((_, '\n')) => match characters.next() {
                    Some((_, blank @ (' ' | '\t'))) => line.blank(blank),
                    first => line.extend(first.map(|(_, first)| first)),
                },
                escaped => line.extend(escaped.map(|(_, escaped)| escaped)),
            },
            '<' | '>' if !quoted => {
                operator(&mut characters, &[">", "&"]);
                line.redirect(at, |c| c.is_ascii_digit());
            }
            '&' | '|' | '\n' if !quoted => {
                ended = Some(at);
                break;
            }
            ' ' | '\t' if !quoted => line.blank(character),
            character => {
                quoted ^= character == '"';
                line.push(character);
            }
        }
    }
    let mut plain = line.end(text)?;
    plain.truncate(plain.trim_end_matches([';', ' ', '\n']).len());
    Ok((plain, ended))
}

/// Joins the lines that a backslash joins. Of these, shlex makes empty words.
fn joined(command: &str) -> String {
    let mut joined = String::with_capacity(command.len());
    let mut quote = None;
    let mut characters = command.chars();
    while let Some(character) = characters.next() {
        match (quote, character) {
            (Some('\''), '\'') | (Some('"'), '"') => quote = None,
            (None, '\'' | '"') => quote = Some(character),
            (None | Some('"'), '\\') => match characters.next() {
                // One at the very end joins nothing.
                Some('\n') | None => continue,
                next => {
                    joined.push('\\');
                    joined.extend(next);
                    continue;
                }
            },
            _ => {}
        }
        joined.push(character);
    }
    joined
}

/// Takes a command up to where a Unix shell ends it, without its redirections, and tells where
/// that is. Text that the shell would put something else in place of is refused: it is not known
/// here what.
fn command(text: &str) -> Result<(String, Option<usize>), PasteError> {
    let mut line = Line::new();
    let mut quote = None;
    let mut is_between_words = true;
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        let begins_word = is_between_words;
        is_between_words = quote.is_none() && matches!(character, ' ' | '\t');
        match (quote, character) {
            (Some('\''), '\'') | (Some('"'), '"') => quote = None,
            (Some('\''), _) => {}
            (_, '\\') => {
                let next = characters.next().map(|(_, next)| next);
                let is_joined = next == Some('\n');
                is_between_words = is_joined && begins_word;
                // A joined line is nothing, and so no part of a word.
                if !is_joined || quote.is_some() {
                    line.push('\\');
                    line.extend(next);
                }
                continue;
            }
            (_, '`') => return Err(expanded(text, at, '`')),
            (_, '$') if is_replaced(characters.as_str(), quote.is_some()) => {
                return Err(expanded(text, at, '$'));
            }
            (None, '\'' | '"') => quote = Some(character),
            // A comment goes to the end of its line, whatever stands in it.
            (None, '#') if begins_word => {
                let ended = text[at..].find('\n').map(|length| at + length);
                return Ok((line.end(text)?, ended));
            }
            // `&>` is one of both streams.
            (None, '<' | '>' | '&') if character != '&' || characters.as_str().starts_with('>') => {
                operator(&mut characters, &["<<", "<-", "<", ">>", ">", "|", "&"]);
                // The words of a command in place of a file.
                if characters.as_str().starts_with('(') {
                    return Err(expanded(text, at, character));
                }
                line.redirect(at, |c| c.is_ascii_digit());
                is_between_words = true;
                continue;
            }
            (None, ';' | '&' | '|' | '\n') => return Ok((line.end(text)?, Some(at))),
            (None, ' ' | '\t') => {
                line.blank(character);
                continue;
            }
            _ => {}
        }
        line.push(character);
    }
    Ok((line.end(text)?, None))
}

/// Tells whether a Unix shell puts something else in place of a `$` and the text behind it: a variable, an argument,
/// a command's words, or a quotation.
fn is_replaced(behind: &str, is_quoted: bool) -> bool {
    const SIGNS: &str = "_{([@*#?$!-";
    let next = behind.trim_start_matches("\\\n").chars().next();
    next.is_some_and(|next| match next {
        '\'' | '"' => !is_quoted,
        next => next.is_alphanumeric() || SIGNS.contains(next),
    })
}

/// Tells of text behind the end of the command. Further signs of the shell are none.
fn unread(text: &str, byte: usize) -> Option<Unread> {
    let mut rest = text[byte..].chars();
    let sign = rest.next()?;
    let is_text = !rest.as_str().trim_matches([';', '&', ' ', '\n']).is_empty();
    is_text.then(|| Unread {
        at: At::of(text, byte),
        sign,
    })
}

fn expanded(text: &str, byte: usize, sign: char) -> PasteError {
    let at = At::of(text, byte);
    Why::Expanded { at, sign }.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(text: &str) -> Vec<String> {
        let split = split(text).unwrap();
        assert_eq!(split.unread, None, "{text}");
        split.words
    }

    const WORDS: [&str; 5] = ["curl", "http://h/x", "-H", "checksum: ab", "-da=1&b=100%"];

    #[test]
    fn each_shell_is_read_alike() {
        for text in [
            "curl 'http://h/x' -H 'checksum: ab' '-da=1&b=100%'",
            "$ curl http://h/x -H 'checksum: ab' '-da=1&b=100%';",
            "curl http://h/x \\\r\n  -H \"checksum: ab\" \\\r\n  '-da=1&b=100%'\r\n",
            "curl http://h/x -H 'checksum: ab' -da=1\\&b=100% ;\n",
            "curl ^\"http://h/x^\" ^\r\n  -H ^\"checksum: ab^\" ^\r\n  ^\"-da=1^&b=100^%^\"\r\n",
            "curl \"http://h/x\" ^\n -H \"checksum: ab\" \"-da=1&b=100%\";",
            "curl http://h/x `\r\n -H 'checksum: ab' `\r\n '-da=1&b=100%'",
        ] {
            assert_eq!(words(text), WORDS, "{text}");
        }
    }

    #[test]
    fn marks_and_carets_within_a_value_are_kept() {
        assert_eq!(words(r#"curl -d 'a=x^"y"'"#), ["curl", "-d", r#"a=x^"y""#]);
        assert_eq!(words(r#"curl ^"a=^\^"x^\^"^""#), ["curl", r#"a="x""#]);
        assert_eq!(words("curl ^\"a=1^\n\n2^\""), ["curl", "a=1\n2"]);
        assert_eq!(words("curl -d 'a=$1;`|>'"), ["curl", "-d", "a=$1;`|>"]);
        assert_eq!(
            words("curl -d a=5$ -d b=1"),
            ["curl", "-d", "a=5$", "-d", "b=1"]
        );
        assert_eq!(
            words("curl -d 'a=$@$*$#$?$$$!$-$[' -d a=5$.0$%$= -d \"5$\""),
            [
                "curl",
                "-d",
                "a=$@$*$#$?$$$!$-$[",
                "-d",
                "a=5$.0$%$=",
                "-d",
                "5$"
            ]
        );
        assert_eq!(words("curl -d a=5$"), ["curl", "-d", "a=5$"]);
    }

    #[test]
    fn a_backslash_that_is_escaped_escapes_no_blank() {
        assert_eq!(
            words(r"curl http://h -d a=x\\ 2>f -d b=1"),
            ["curl", "http://h", "-d", r"a=x\", "-d", "b=1"]
        );
        assert_eq!(words(r"curl -d a=x\ 2>f"), ["curl", "-d", "a=x 2"]);
    }

    #[test]
    fn a_joined_line_is_no_word() {
        assert_eq!(words("curl -d \\\n 'a=1' \\\n"), ["curl", "-d", "a=1"]);
        assert_eq!(words("curl -d a\\\n=1"), ["curl", "-d", "a=1"]);
        assert_eq!(words("curl -d 'a=\\\n1'"), ["curl", "-d", "a=\\\n1"]);
    }

    #[test]
    fn what_follows_the_command_is_told_and_not_read() {
        for (text, read, says) in [
            (
                "curl -d 'a=1' | MARKER",
                vec!["curl", "-d", "a=1"],
                "line 1, column 15: the shell ends the command at `|`; what follows was not read",
            ),
            (
                "curl \\\n -d a=1; MARKER",
                vec!["curl", "-d", "a=1"],
                "line 2, column 8: the shell ends the command at `;`; what follows was not read",
            ),
            (
                "curl -d a=1\ncurl -d b=MARKER",
                vec!["curl", "-d", "a=1"],
                "line 1, column 12: the shell ends the command at the end of the line; what follows was not read",
            ),
            (
                "curl -d a=1&b=MARKER",
                vec!["curl", "-d", "a=1"],
                "line 1, column 12: the shell ends the command at `&`; what follows was not read; \
                 a body or an address with `&` needs quotation marks",
            ),
            (
                "curl -d a=1 # Asha's\ncurl -d b=MARKER # it's",
                vec!["curl", "-d", "a=1"],
                "line 1, column 21: the shell ends the command at the end of the line; what follows was not read",
            ),
            (
                "curl ^\"http://h/x^\" ^\r\n  -d ^\"a=1^&c=2^\" &\r\ncurl ^\"http://h/y^\" -d b=MARKER",
                vec!["curl", "http://h/x", "-d", "a=1&c=2"],
                "line 2, column 19: the shell ends the command at `&`; what follows was not read; \
                 a body or an address with `&` needs quotation marks",
            ),
            (
                "curl ^\n -d \"a=1&c=2\"; | MARKER",
                vec!["curl", "-d", "a=1&c=2"],
                "line 2, column 16: the shell ends the command at `|`; what follows was not read",
            ),
            (
                "curl -d ^\"a=1^\"\ncurl -d ^\"b=MARKER^\"",
                vec!["curl", "-d", "a=1"],
                "line 1, column 16: the shell ends the command at the end of the line; what follows was not read",
            ),
        ] {
            let split = split(text).unwrap();
            assert_eq!(split.words, read, "{text}");
            assert_eq!(
                split.unread.map(|unread| unread.to_string()).as_deref(),
                Some(says),
                "{text}"
            );
        }
    }

    #[test]
    fn a_redirection_is_no_part_of_the_command_and_ends_none() {
        for redirection in [
            "> out.json",
            ">out.json",
            ">> out.json",
            "2>/dev/null",
            "2> '/tmp/a b'",
            "2>&1",
            ">&2",
            "< file",
            "> out.json 2>&1",
            ">a>b",
        ] {
            for text in [
                format!("curl {redirection} -d a=1 -d b=2"),
                format!("curl -d a=1 {redirection} -d b=2"),
                format!("curl -d a=1 -d b=2 {redirection}"),
                format!("curl -d a=1 \\\n {redirection} \\\n -d b=2"),
                format!("curl \"-d\" ^\n a=1 {redirection} ^\n -d b=2").replace('\'', "\""),
                format!("curl -d `\n 'a=1' {redirection} `\n -d b=2").replace('<', ">"),
            ] {
                assert_eq!(words(&text), ["curl", "-d", "a=1", "-d", "b=2"], "{text}");
            }
        }
        for redirection in [
            "&> f",
            "&>>f",
            ">| f",
            "<> f",
            "<<< 'a b'",
            "<<-EOF",
            "> a\\ b",
        ] {
            let text = format!("curl -d a=1 {redirection} -d b=2");
            assert_eq!(words(&text), ["curl", "-d", "a=1", "-d", "b=2"], "{text}");
        }
        for redirection in ["*> f", "3>&1", "6>>f"] {
            let text = format!("curl -d a=1 {redirection} `\n -d b=2");
            assert_eq!(words(&text), ["curl", "-d", "a=1", "-d", "b=2"], "{text}");
        }
        // A digit that is no word of its own, or is quoted, is of the value; so is a quoted sign.
        assert_eq!(words("curl -d a=2>f"), ["curl", "-d", "a=2"]);
        assert_eq!(words("curl -d '2'>f"), ["curl", "-d", "2"]);
        assert_eq!(words("curl -d a\\ 2>f"), ["curl", "-d", "a 2"]);
        assert_eq!(
            words("curl -d 'a=1 > 2' \\>"),
            ["curl", "-d", "a=1 > 2", ">"]
        );
        assert_eq!(words("curl -d \"a=1 2>f\""), ["curl", "-d", "a=1 2>f"]);
        assert_eq!(words("curl * >f"), ["curl", "*"]);
        let split = split("curl -d a=1 > f; MARKER").unwrap();
        assert_eq!(split.words, ["curl", "-d", "a=1"]);
        assert!(split.unread.unwrap().to_string().contains("at `;`"));
    }

    #[test]
    fn a_comment_is_no_part_of_the_command() {
        assert_eq!(words("curl -d a=1 # it's `$M"), ["curl", "-d", "a=1"]);
        assert_eq!(words("curl \\\n# it's"), ["curl"]);
        assert_eq!(
            words("curl h/x#it\\'s a\\\n#b \"#\" \\#"),
            ["curl", "h/x#it's", "a#b", "#", "#"]
        );
    }

    #[test]
    fn what_only_the_shell_knows_is_refused() {
        for sign in ["@", "*", "#", "?", "$", "!", "-", "[1]", "\\\nM"] {
            for text in [
                format!("curl -d a=${sign}1"),
                format!("curl -d \"a=${sign}1\""),
            ] {
                let says = split(&text).err().unwrap().to_string();
                assert!(says.contains("the shell puts something else"), "{says}");
            }
        }
        for text in [
            "curl -d \"a=$MARKER\"",
            "curl -d a=${M}",
            "curl -d $'a=M'",
            "curl -d \"a=`M`\"",
            "curl -d a=1 < <(M)",
            "curl -d a=1 > >(M)",
        ] {
            let says = split(text).err().unwrap().to_string();
            assert!(says.starts_with("line 1, column "), "{says}");
            assert!(says.contains("the shell puts something else"), "{says}");
            assert!(!says.contains('M'), "{says}");
        }
    }

    proptest! {
        /// The escapes are made by other code: shlex for Unix, and for cmd a caret before each character that a
        /// browser writes one before.
        #[test]
        fn any_words_come_back(words in proptest::collection::vec("[ -~äß]{1,12}", 1..6)) {
            let texts: Vec<&str> = words.iter().map(String::as_str).collect();
            // A prompt is taken for one.
            prop_assume!(texts[0] != "$");
            let unix = shlex::try_join(texts.iter().copied()).unwrap_or_default();
            for text in [unix.clone(), format!("{unix};"), format!("{unix}\r\n")] {
                let split = split(&text).unwrap();
                prop_assert_eq!(&split.words, &words, "{}", text);
                prop_assert_eq!(split.unread, None);
            }

            let cmd: Vec<String> = words.iter().map(|word| {
                let word = word.replace('\\', "\\\\").replace('"', "\\\"");
                let careted = word.chars().map(|c| match c.is_ascii_alphanumeric() || c == ' ' {
                    true => c.to_string(),
                    false => format!("^{c}"),
                });
                format!("^\"{}^\"", careted.collect::<String>())
            }).collect();
            let split = split(&cmd.join(" ^\r\n  ")).unwrap();
            prop_assert_eq!(split.words, words);
        }
    }
}
