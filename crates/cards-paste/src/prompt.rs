//! The prompts of shells, which a command has before its lines where it is copied from a terminal.

use crate::error::{At, PasteError, Why};

/// The shells that read a command alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    Unix,
    Cmd,
    PowerShell,
}

impl Family {
    /// The prompts before the lines that a command goes on in.
    const fn prompts(self) -> &'static [&'static str] {
        match self {
            Self::Unix => &["> ", "quote> ", "dquote> "],
            Self::Cmd => &["More? "],
            Self::PowerShell => &[">> "],
        }
    }

    /// The character that joins a line to the next.
    const fn joins(self) -> char {
        match self {
            Self::Unix => '\\',
            Self::Cmd => '^',
            Self::PowerShell => '`',
        }
    }
}

/// A command as it was typed: without prompts, and without white space around it.
pub(crate) struct Typed {
    pub(crate) text: String,
    /// Its shell, where a prompt before the command tells of it.
    pub(crate) shell: Option<Family>,
    /// The empty lines before the command.
    lines_before: usize,
    /// The characters that were taken from the beginning of each line.
    taken: Vec<usize>,
}

impl Typed {
    /// Takes the prompts away. Those of further lines are known by that before the command. Where there is none, they
    /// are prompts if each line that the command goes on in has one, and one of them can be nothing else.
    ///
    /// # Errors
    ///
    /// Tells of lines within a quotation that may begin with prompts or with a part of its text.
    pub(crate) fn of(pasted: &str) -> Result<Self, PasteError> {
        let start = pasted.len() - pasted.trim_start().len();
        let start = pasted[..start].rfind('\n').map_or(0, |at| at + 1);
        let lines_before = pasted[..start].matches('\n').count();
        let lines: Vec<&str> = pasted[start..].split('\n').collect();
        let first = lines[0].trim_start();
        let indent = &lines[0][..lines[0].len() - first.len()];
        let (length, shell) = before_command(first).unzip();
        let marked = match shell {
            Some(shell) => marked(&lines, indent, shell),
            None => guessed(&lines, indent).map_err(|line| Why::Prompted {
                at: At {
                    line: line + lines_before,
                    column: indent.chars().count() + 1,
                },
            })?,
        };
        let first = indent.len() + length.unwrap_or_default();
        let bytes = std::iter::once(first).chain(marked);
        let bytes: Vec<_> = lines
            .iter()
            .zip(bytes.chain(std::iter::repeat(0)))
            .collect();
        let typed: Vec<_> = bytes.iter().map(|(line, bytes)| &line[*bytes..]).collect();
        Ok(Self {
            text: typed.join("\n").trim_end().to_owned(),
            shell,
            lines_before,
            taken: bytes
                .iter()
                .map(|(line, bytes)| line[..*bytes].chars().count())
                .collect(),
        })
    }

    /// The place in the pasted text.
    pub(crate) fn pasted(&self, at: At) -> At {
        let taken = self.taken.get(at.line - 1).copied().unwrap_or_default();
        At {
            line: at.line + self.lines_before,
            column: at.column + taken,
        }
    }
}

/// The length of the prompt before a command, and its shell: `$ `, or whatever ends with the sign of a prompt and
/// stands directly before `curl`.
pub(crate) fn before_command(line: &str) -> Option<(usize, Family)> {
    let line = line.lines().next().unwrap_or_default();
    let ends = ["curl ", "curl.exe "]
        .iter()
        .filter_map(|name| line.find(name));
    let before = &line[..ends.min().unwrap_or_default()];
    let prompt = before.trim_end();
    // None of these is part of a prompt, and a field may have any of them.
    let is_prompt =
        prompt.ends_with(['$', '#', '%', '>', '❯', '➜']) && !prompt.contains(['=', '\'', '"']);
    if !is_prompt {
        return line.starts_with("$ ").then_some((2, Family::Unix));
    }
    let mut characters = prompt.chars();
    let is_of_a_drive = characters
        .next()
        .is_some_and(|drive| drive.is_ascii_alphabetic())
        && characters.as_str().starts_with(":\\");
    let shell = match prompt.ends_with('>') {
        true if prompt.starts_with("PS ") || prompt == "PS>" => Family::PowerShell,
        true if is_of_a_drive => Family::Cmd,
        _ => Family::Unix,
    };
    Some((before.len(), shell))
}

/// The lengths of what may be prompts, of the second line and those after it, up to the first that has none.
fn marked(lines: &[&str], indent: &str, shell: Family) -> Vec<usize> {
    let length = |line: &&str| {
        let text = line.strip_prefix(indent)?;
        let mut prompts = shell.prompts().iter();
        // An editor may have taken the blank of an empty one.
        let prompt =
            prompts.find(|prompt| text.starts_with(**prompt) || text == prompt.trim_end())?;
        Some(line.len().min(indent.len() + prompt.len()))
    };
    lines.iter().skip(1).map_while(length).collect()
}

/// The lengths of the prompts of further lines, where none stands before the command; none if there is no prompt.
/// `Err` has the number of a line within a quotation that may begin with one.
fn guessed(lines: &[&str], indent: &str) -> Result<Vec<usize>, usize> {
    for shell in [Family::Unix, Family::Cmd, Family::PowerShell] {
        let marked = marked(lines, indent, shell);
        let quoted = continued(lines, shell);
        if quoted.is_empty() || marked.len() < quoted.len() {
            continue;
        }
        let mut further = lines.iter().skip(1).zip(&marked).zip(&quoted);
        let is_prompt = further.any(|((line, bytes), is_quoted)| {
            let (prompt, text) = line.split_at(*bytes);
            // No redirection goes to an option or an address.
            let goes_to_no_file = text.starts_with('-') || text.contains("://");
            shell == Family::Cmd || prompt.contains("quote") || !is_quoted && goes_to_no_file
        });
        if is_prompt {
            return Ok(marked);
        }
        if let Some(at) = quoted.iter().position(|is_quoted| *is_quoted) {
            return Err(at + 2);
        }
    }
    Ok(Vec::new())
}

/// Tells of each further line that the command goes on in whether it begins within a quotation.
fn continued(lines: &[&str], shell: Family) -> Vec<bool> {
    let mut quote = None;
    let mut all = Vec::new();
    for line in &lines[..lines.len() - 1] {
        let mut is_joined = false;
        let mut characters = line.chars();
        while let Some(character) = characters.next() {
            match (quote, character) {
                (Some(open), character) if open == character => quote = None,
                // Nothing is escaped in there.
                (Some('\''), _) => {}
                (_, character) if character == shell.joins() => {
                    is_joined = characters.next().is_none();
                }
                // For cmd, a quotation ends with its line.
                (None, '\'' | '"') if shell != Family::Cmd => quote = Some(character),
                _ => {}
            }
        }
        match (quote, is_joined) {
            (None, false) => break,
            (quote, _) => all.push(quote.is_some()),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use crate::shell::split;
    use proptest::prelude::*;

    /// A prompt before the command, that before a further line, and the end of a line that is joined.
    const PROMPTS: [(&str, &str, &str); 16] = [
        ("", "> ", "\\"),
        ("", ">> ", "`"),
        ("", "More? ", "^"),
        ("$ ", "> ", "\\"),
        ("$ ", "", "\\"),
        ("# ", "> ", "\\"),
        ("% ", "> ", "\\"),
        ("> ", "> ", "\\"),
        ("❯ ", "", "\\"),
        ("asha@host:~/a b$ ", "> ", "\\"),
        ("[root@host curl]# ", "> ", "\\"),
        ("host% ", "> ", "\\"),
        ("PS C:\\Users\\Asha> ", ">> ", "`"),
        ("PS> ", ">> ", "`"),
        ("C:\\Users\\Asha>", "More? ", "^"),
        ("C:\\> ", "", "^"),
    ];

    fn field() -> impl Strategy<Value = String> {
        "[a-z_]{1,9}=[A-Za-z0-9./-]{0,9}"
    }

    proptest! {
        /// The words are those of the same command in one line, and a place is that of the pasted text.
        #[test]
        fn a_prompt_is_no_part_of_a_command(
            fields in proptest::collection::vec(field(), 1..5),
            (before, further, joins) in proptest::sample::select(&PROMPTS[..]),
            name in proptest::sample::select(&["curl", "curl.exe"][..]),
            (indent, blank_lines) in ("[ \t]{0,4}", "\n{0,2}"),
            line_break in proptest::sample::select(&["\n", "\r\n", "\r"][..]),
        ) {
            let mut words = vec![name.to_owned(), "http://h/topup".to_owned()];
            let mut lines = vec![format!("{blank_lines}{indent}{before}{name} http://h/topup")];
            for field in fields {
                lines.push(format!("{indent}{further}-d {field}"));
                words.extend(["-d".to_owned(), field]);
            }
            let joined = format!(" {joins}{line_break}");
            let text = lines.join(&joined);
            for ending in ["", "\n", ";"] {
                let text = format!("{text}{ending}");
                let read = split(&text).unwrap();
                prop_assert_eq!(&read.words, &words, "{}", text);
                prop_assert_eq!(read.unread, None);
                prop_assert!(crate::is_curl(&text), "{}", text);
            }
            let unread = split(&format!("{text} | x")).unwrap().unread.unwrap().to_string();
            let line = lines.len() + blank_lines.len();
            let column = lines.last().unwrap().chars().count() + 2;
            prop_assert!(unread.starts_with(&format!("line {line}, column {column}: ")), "{}", unread);
        }
    }

    fn words(text: &str) -> Vec<String> {
        split(text).unwrap().words
    }

    #[test]
    fn a_prompt_within_a_quotation_is_none_of_its_text() {
        for text in [
            "$ curl -d 'a=1\n> 2'",
            "% curl -d 'a=1\nquote> 2'",
            "curl -d 'a=1\nquote> 2'",
            "curl -d \"a=1\ndquote> 2\"",
            "curl \\\n> -d 'a=1\n> 2'",
            "curl -d 'a=1\n2'",
        ] {
            assert_eq!(words(text), ["curl", "-d", "a=1\n2"], "{text}");
        }
        // A shell would have put one before each line.
        for text in [
            "curl \\\n -d 'a=1\n> -2'",
            "curl -d 'a=1\n> -2\n3'",
            "curl -d 'a=1\n quote> -2'",
        ] {
            let words = words(text);
            assert!(words[2].contains("> -2"), "{text}");
        }
    }

    #[test]
    fn the_beginning_of_a_quoted_line_is_not_guessed_at() {
        for (text, at) in [
            ("curl -d 'a=1\n> &b=2' http://h", "line 2, column 1"),
            ("curl -d 'a=1\n> -d b=2'", "line 2, column 1"),
            ("curl -d \"a=1\n> 2\n> 3\"", "line 2, column 1"),
            ("\n  curl -d 'a=1\n  > 2'", "line 3, column 3"),
            ("curl \\\n> http:// \\\n> -d 'a=1\\'", ""),
            ("curl \\\n> h -d 'a=1\n> 2'", "line 3, column 1"),
            ("curl h -d 'a=1\n>> 2'", "line 2, column 1"),
        ] {
            match split(text) {
                Ok(_) => assert_eq!(at, "", "{text}"),
                Err(error) => assert!(error.to_string().starts_with(at), "{text}: {error}"),
            }
        }
    }

    #[test]
    fn what_stands_between_an_option_and_its_value_is_no_redirection() {
        for text in [
            "curl http://h -d a=1 -d \\\n> b=2 -d c=3",
            "curl http://h -d > b=2",
            "curl http://h --data-urlencode \\\n> b=2",
            "curl http://h -sd \\\n> b=2",
            "curl http://h -H \\\n> checksum:1 -d b=2",
        ] {
            let says = split(text).err().map(|error| error.to_string());
            assert!(
                says.is_some_and(|says| says.contains("the redirection")),
                "{text}"
            );
        }
        for text in [
            "curl -s > x",
            "curl -d a=1 -sS \\\n> x",
            "curl -dv > x",
            "curl -d -d > x",
            "curl http://h -d 'comment=use -X' > out.json",
            "curl http://h -d '-H' 2>/dev/null",
            "curl http://h -d a=1\\ -d>x",
        ] {
            assert!(split(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn a_redirection_stays_one_and_takes_no_option() {
        assert_eq!(words("curl -d a=1 \\\n> out.json"), ["curl", "-d", "a=1"]);
        assert_eq!(
            words("curl -d a=1 \\\n> out.json \\\n -d b=1"),
            ["curl", "-d", "a=1", "-d", "b=1"]
        );
        assert_eq!(words("curl -d a=1 2>&- >&- <<-EOF"), ["curl", "-d", "a=1"]);
        assert_eq!(
            words("$ curl \\\n> \\\n> -d a=1 \\\n>"),
            ["curl", "-d", "a=1"]
        );
        for (text, at) in [
            ("curl \\\n -v \\\n> -d a=1", "line 3, column 1"),
            ("curl \\\n> -d a=1 \\\n -d b=1", "line 2, column 1"),
            ("curl > -d a=1", "line 1, column 6"),
            ("$ curl >'-d' a=1", "line 1, column 8"),
            ("curl > \\\n -d a=1", "line 1, column 6"),
            ("curl < \"-d\" a=1", "line 1, column 6"),
            ("curl \"http://h\" ^\n > -d a=1", "line 2, column 2"),
            ("curl `\n> -d a=1", "line 2, column 1"),
            ("curl `\n > '-d' a=1 `\n>> -d b=1", "line 2, column 2"),
        ] {
            let says = split(text).err().unwrap().to_string();
            assert!(
                says.starts_with(&format!("{at}: the redirection")),
                "{text}: {says}"
            );
        }
    }

    #[test]
    fn the_sign_of_a_prompt_in_a_field_is_none() {
        for text in [
            "a=$ curl x",
            "price$ 5",
            "'# curl x",
            "curl=1",
            "curls $ x",
            "note: curl x",
        ] {
            assert!(!crate::is_curl(text), "{text}");
        }
    }
}
