//! Errors, and the warning of text that was not read.

use std::fmt;

/// A place in the text, both counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct At {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

impl At {
    /// Finds the place of a byte.
    pub(crate) fn of(text: &str, byte: usize) -> Self {
        let before = &text[..byte];
        Self {
            line: before.matches('\n').count() + 1,
            column: before.chars().rev().take_while(|c| *c != '\n').count() + 1,
        }
    }
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// A text that cannot be read as what it was said to be. It says where and why, and repeats no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[error(transparent)]
pub struct PasteError(#[from] pub(crate) Why);

impl PasteError {
    /// Changes the place that it tells of, where it tells of one.
    pub(crate) fn at(mut self, change: impl FnOnce(At) -> At) -> Self {
        if let Why::Expanded { at, .. } | Why::Redirected { at } = &mut self.0 {
            *at = change(*at);
        }
        self
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Why {
    #[error("a quotation mark or a backslash is left open")]
    Open,
    #[error(
        "{at}: the shell puts something else in place of what `{sign}` begins, which is not known here: \
         write the value itself, in single quotation marks"
    )]
    Expanded { at: At, sign: char },
    #[error(
        "{at}: the redirection would take an option for its file, or parts one from its value: leave its sign out where \
         that is a shell's prompt"
    )]
    Redirected { at: At },
    #[error(
        "{at}: within quotation marks, the line begins with what may be a shell's prompt or a part of the text: put \
         `$ ` before the command if it is a prompt, or write %0A in place of the line break if it is none"
    )]
    Prompted { at: At },
    #[error(
        "the option {} is not known here, and may change what is sent: leave it out",
        name.as_deref().unwrap_or("[a value]")
    )]
    Option { name: Option<String> },
    #[error("{option} without a value")]
    Value { option: &'static str },
    #[error("{option} reads from a file: put its content into the command")]
    File { option: &'static str },
    #[error("{option} sends multipart/form-data, where a urlencoded form is wanted")]
    Parts { option: &'static str },
    #[error("--data-urlencode without a name; write 'name=value'")]
    Nameless,
    #[error(
        "field {field} of the body: its percent escapes are no UTF-8, in which forms are sent: \
         encode the text as UTF-8"
    )]
    NotUtf8 { field: usize },
    #[error(
        "the `&` may stand between two fields or within a value: write all fields as one encoded line, with %26 in \
         place of one of a value, or each field on a line of its own that no `&` begins or ends"
    )]
    TwoWays,
    #[error("{}no name before the `=`", of_line(*line))]
    EmptyName { line: Option<usize> },
    #[error("{}no `=`; write name=value", of_line(*line))]
    NoSign { line: Option<usize> },
}

/// The words that tell of a line, where there is one.
fn of_line(number: Option<usize>) -> String {
    number.map_or_else(String::new, |number| format!("line {number}: "))
}

/// The text behind the end of a command, which was not read. `Display` is a warning that repeats none of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    pub(crate) at: At,
    /// The shell's sign that ended the command.
    pub(crate) sign: char,
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { at, sign } = self;
        match sign {
            '\n' => write!(f, "{at}: the shell ends the command at the end of the line")?,
            sign => write!(f, "{at}: the shell ends the command at `{sign}`")?,
        }
        f.write_str("; what follows was not read")?;
        if *sign == '&' {
            f.write_str("; a body or an address with `&` needs quotation marks")?;
        }
        Ok(())
    }
}
