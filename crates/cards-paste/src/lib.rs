//! Reads the fields of a request from what a developer pastes: a curl command, a form's body, or lines of
//! `name=value`.
//!
//! ```
//! let pasted = cards_paste::curl("curl -X POST 'http://h/api/register-user' -H 'Checksum: ab' -d a=1+2;")?;
//! assert_eq!(pasted.fields, [("a".to_owned(), "1 2".to_owned())]);
//! assert_eq!(pasted.header("checksum"), Some("ab"));
//! assert!(pasted.goes_to("/other/prefix/register-user"));
//! # Ok::<(), cards_paste::PasteError>(())
//! ```
//!
//! # In scope
//!
//! - A command as a Unix shell reads it, or as browsers copy it for cmd and PowerShell: quotation marks, joined lines,
//!   Windows' line breaks, redirections, which are passed over, and where the command ends. Prompts that a terminal
//!   shows before its lines are taken away.
//! - The options of curl that bring fields, headers or the address, and those that bring none of it. Others are
//!   refused, as they may change what is sent.
//!
//! # Out of scope
//!
//! Sending, and reading the files that a command names: no IO. A body of another kind, such as JSON, is taken for one
//! field without a value; its content type is among the headers, and `Pasted::is_form` tells of it.
//!
//! # Invariants
//!
//! - No error and no `Debug` holds a value. Of an option that is not known an error repeats the name.
//! - Text that a Unix shell would put a variable's or a command's words in place of (`$VARIABLE`, `$@`, `$$`,
//!   backticks) is refused. Names of files (`*`, `~`, `{a,b}`) and cmd's `%VARIABLE%` are taken as they are.
//! - Nothing panics, whatever the input; the time grows with its length.

mod curl;
mod error;
mod form;
mod options;
mod pasted;
mod powershell;
mod prompt;
mod redirection;
mod shell;

pub use curl::{curl, is_curl, option_name};
pub use error::{PasteError, Unread};
pub use form::{Pairs, form, lines, pair};
pub use pasted::Pasted;
