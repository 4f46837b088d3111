//! A command line of PowerShell, written as a Unix shell has it.

use std::str::CharIndices;

use crate::error::{At, PasteError, Why};
use crate::redirection::{Line, operator};

/// Tells whether the text escapes as PowerShell does: a backtick joins its first line to the next,
/// or a program of Windows gets a word with a doubled mark.
pub(crate) fn is_for_powershell(text: &str, first_line: &str) -> bool {
    let is_of_windows = text.starts_with("curl.exe ");
    let is_of_unix = text.contains("\\'") || first_line.trim_end().ends_with('\\');
    first_line.trim_end().ends_with(" `") || is_of_windows && !is_of_unix && has_doubled(text)
}

/// Tells whether a mark stands doubled within its own.
fn has_doubled(text: &str) -> bool {
    let mut characters = text.char_indices();
    while let Some((_, character)) = characters.next() {
        if !matches!(character, '\'' | '"') {
            continue;
        }
        // Two marks with nothing between are an empty word.
        let mut is_empty = true;
        while let Some((_, within)) = characters.next() {
            if within != character {
                is_empty = false;
            } else if is_empty && !characters.as_str().starts_with(character) {
                break;
            } else if takes(&mut characters, character) {
                return true;
            } else {
                break;
            }
        }
    }
    false
}

/// Writes a command with the quotation marks of a Unix shell, up to where PowerShell ends it, and tells where that
/// is. Within its own, PowerShell doubles a mark, and escapes with a backtick in place of a backslash.
pub(crate) fn translate(text: &str) -> Result<(String, Option<usize>), PasteError> {
    let mut line = Line::new();
    let mut ended = None;
    let mut is_between_words = true;
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        let begins_word = is_between_words;
        is_between_words = matches!(character, ' ' | '\t');
        match character {
            '\'' => push(&mut line, &single_quoted(&mut characters)?),
            '"' => push(&mut line, &double_quoted(text, &mut characters)?),
            '`' => match characters.next() {
                // One at the very end joins nothing.
                Some((_, '\n')) | None => {
                    is_between_words = true;
                    line.blank(' ');
                }
                Some((_, escaped)) => push(&mut line, &meant(escaped).to_string()),
            },
            '$' if is_replaced(&characters) => return Err(expanded(text, at, '$')),
            // An expression, a list or a table, whose value only PowerShell knows.
            '(' if begins_word => return Err(expanded(text, at, '(')),
            '@' if begins_word && characters.as_str().starts_with(['(', '{']) => {
                return Err(expanded(text, at, '@'));
            }
            '#' if begins_word => {
                ended = text[at..].find('\n').map(|length| at + length);
                break;
            }
            '>' => {
                operator(&mut characters, &[">", "&"]);
                line.redirect(at, |c| c.is_ascii_digit() || c == '*');
            }
            ';' | '&' | '|' | '<' | '\n' => {
                ended = Some(at);
                break;
            }
            '\\' => push(&mut line, "\\"),
            ' ' | '\t' => line.blank(character),
            character => line.push(character),
        }
    }
    Ok((line.end(text)?, ended))
}

/// The text behind an opening `'`, in which nothing is replaced.
fn single_quoted(characters: &mut CharIndices<'_>) -> Result<String, PasteError> {
    let mut quoted = String::new();
    while let Some((_, character)) = characters.next() {
        if character == '\'' && !takes(characters, '\'') {
            return Ok(quoted);
        }
        quoted.push(character);
    }
    Err(Why::Open.into())
}

/// The text behind an opening `"`.
fn double_quoted(text: &str, characters: &mut CharIndices<'_>) -> Result<String, PasteError> {
    let mut quoted = String::new();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' if !takes(characters, '"') => return Ok(quoted),
            '`' => quoted.extend(characters.next().map(|(_, escaped)| meant(escaped))),
            '$' if is_replaced(characters) => return Err(expanded(text, at, '$')),
            character => quoted.push(character),
        }
    }
    Err(Why::Open.into())
}

/// Takes the next character, where it is this one.
fn takes(characters: &mut CharIndices<'_>, expected: char) -> bool {
    let is_next = characters.as_str().starts_with(expected);
    if is_next {
        characters.next();
    }
    is_next
}

/// The character that a backtick and this one are written for.
fn meant(escaped: char) -> char {
    match escaped {
        '0' => '\0',
        'a' => '\x07',
        'b' => '\x08',
        'e' => '\x1b',
        'f' => '\x0c',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\x0b',
        other => other,
    }
}

/// Tells whether PowerShell puts something else in place of a `$` and the text behind it.
fn is_replaced(behind: &CharIndices<'_>) -> bool {
    let next = behind.as_str().chars().next();
    next.is_some_and(|next| next.is_alphanumeric() || "_{($?^:".contains(next))
}

fn expanded(text: &str, byte: usize, sign: char) -> PasteError {
    let at = At::of(text, byte);
    Why::Expanded { at, sign }.into()
}

/// Adds a text in the quotation marks of a Unix shell.
fn push(line: &mut Line, text: &str) {
    line.push('\'');
    line.push_str(&text.replace('\'', "'\\''"));
    line.push('\'');
}

#[cfg(test)]
mod tests {
    use crate::shell::split;

    fn words(text: &str) -> Vec<String> {
        split(text).unwrap().words
    }

    #[test]
    fn a_mark_is_doubled_within_marks() {
        assert_eq!(
            words("curl.exe 'http://h/x' `\n -d 'a=it''s \"x\" `n $y \\'"),
            ["curl.exe", "http://h/x", "-d", "a=it's \"x\" `n $y \\"]
        );
        assert_eq!(
            words("curl.exe `\r\n -d \"a=\"\"x\"\" it's `\"y`\" 5`$ ``z``\"  ''"),
            ["curl.exe", "-d", "a=\"x\" it's \"y\" 5$ `z`", ""]
        );
    }

    #[test]
    fn a_program_of_windows_with_a_doubled_mark_is_for_powershell() {
        for (text, read) in [
            (
                "curl.exe -d 'city=O''Brien'",
                ["curl.exe", "-d", "city=O'Brien"],
            ),
            ("$ curl.exe -d '''a'", ["curl.exe", "-d", "'a"]),
            ("curl.exe '' 'a='''", ["curl.exe", "", "a='"]),
            ("curl.exe -d \"a=\"\"x\"\"\"", ["curl.exe", "-d", "a=\"x\""]),
            ("curl.exe '' \"\"", ["curl.exe", "", ""]),
            // As Git's shell for Windows, or a name without its ending, has it.
            (
                "curl.exe -d 'city=O'\\''Brien'",
                ["curl.exe", "-d", "city=O'Brien"],
            ),
            ("curl -d 'city=O''Brien'", ["curl", "-d", "city=OBrien"]),
        ] {
            assert_eq!(words(text), read, "{text}");
        }
    }

    #[test]
    fn a_backtick_escapes_and_a_backslash_does_not() {
        assert_eq!(
            words("curl `\n -o C:\\x\\y -d \"a=1`n2`t3\" a` b\\ c`;d 5$ `\n"),
            [
                "curl",
                "-o",
                "C:\\x\\y",
                "-d",
                "a=1\n2\t3",
                "a b\\",
                "c;d",
                "5$"
            ]
        );
    }

    #[test]
    fn a_variable_is_refused_and_an_open_mark_too() {
        for text in [
            "(Get-Content M)",
            "@(M)",
            "@{a=M}",
            "$M",
            "${M}",
            "$(M)",
            "\"a=$M\"",
            "\"$$\"",
            "\"$env:M\"",
            "$?",
        ] {
            let says = split(&format!("curl `\n -d {text}")).err().unwrap();
            let says = says.to_string();
            assert!(says.starts_with("line 2, column "), "{says}");
            assert!(says.contains("the shell puts something else"), "{says}");
            assert!(!says.contains('M'), "{says}");
        }
        for open in ["'a=M''", "\"a=M\"\"", "\"a=M`\""] {
            let says = split(&format!("curl `\n -d {open}")).err().unwrap();
            assert!(!says.to_string().contains('M'), "{says}");
        }
    }

    #[test]
    fn the_rest_of_the_line_is_told_and_a_comment_is_none() {
        let split = split("curl `\n -d 'a=1'; MARKER").unwrap();
        assert_eq!(split.words, ["curl", "-d", "a=1"]);
        assert_eq!(
            split.unread.map(|unread| unread.to_string()).as_deref(),
            Some("line 2, column 10: the shell ends the command at `;`; what follows was not read")
        );
        assert_eq!(words("curl `\n -d a#1 # it's"), ["curl", "-d", "a#1"]);
    }

    proptest::proptest! {
        /// Single quotation marks take every text, with their own doubled; double ones with a backtick before
        /// what has a meaning.
        #[test]
        fn any_words_come_back(words in proptest::collection::vec("[ -~äß]{1,12}", 1..6)) {
            let single = words.iter().map(|word| format!("'{}'", word.replace('\'', "''")));
            let double = words.iter().map(|word| {
                let escape = |c: char| match c {
                    '"' | '`' | '$' => format!("`{c}"),
                    _ => c.to_string(),
                };
                format!("\"{}\"", word.chars().map(escape).collect::<String>())
            });
            for written in [single.collect::<Vec<_>>(), double.collect()] {
                let text = format!("curl `\r\n  {}", written.join(" `\r\n  "));
                let redirected = format!("curl `\r\n  {} 2>&1 > 'x y'", written.join(" 3>> y "));
                // Nothing stands between an option and its value.
                let has_option = words.iter().any(|word| word.starts_with('-'));
                let texts = [Some(text), Some(redirected).filter(|_| !has_option)];
                for text in texts.into_iter().flatten() {
                    let read = split(&text).unwrap();
                    proptest::prop_assert_eq!(&read.words[1..], &words[..], "{}", text);
                    proptest::prop_assert_eq!(read.unread, None);
                }
            }
        }
    }
}
