//! The exit codes, each with its meaning: one table, which `--help` and
//! `cards help exit-codes` print.

use std::process::ExitCode;

/// Holds one row of the table.
struct Row {
    code: u8,
    /// The meaning for `--help`, where a few words have to do.
    short: &'static str,
    /// The whole meaning.
    meaning: &'static str,
}

macro_rules! exits {
    ($($name:ident = $code:literal, $short:literal, $meaning:literal;)*) => {
        /// The end of the program. The number is the exit code.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Exit {
            $($name = $code,)*
        }

        const TABLE: &[Row] = &[$(Row { code: $code, short: $short, meaning: $meaning },)*];
    };
}

exits! {
    Success = 0, "success",
        "It worked: the call was accepted, the checksum matches.";
    Failure = 1, "anything else, such as a wrong checksum",
        "Anything else: a reply to a read that is not understood, another HTTP 4xx without a word of \
         the provider's own, after which a change was not carried out, a checksum that does not \
         match, output that cannot be written, a sandbox that does not start or is not up (--health).";
    Usage = 2, "input that cannot be used; nothing was sent",
        "Flags, fields, files or settings that cannot be used. Nothing was sent.";
    Refused = 3, "refused by the provider",
        "The provider understood the call and refused it: it was not carried out.";
    Unauthorized = 4, "the credentials are not accepted",
        "The provider does not take the credentials, or not for this call: it was not carried out.";
    TryAgain = 5, "not sent, or a read that failed in passing",
        "The call was certainly not sent (no connection), or not carried out as its token was refused \
         and none in its place could be had in time, or it only reads and failed in passing (the time limit, a broken connection, HTTP 408, 429 or 5xx, or a body that says so). It may \
         be tried again. Where a certificate is not trusted, that has to be mended first.";
    OutcomeUnknown = 6, "outcome unknown: do not just send it again",
        "The call changes something and may or may not have been carried out. Find out whether it \
         took effect before sending it again.";
    Interrupted = 130, "interrupted, with no change under way",
        "Ctrl-C, SIGTERM, SIGHUP or SIGQUIT ended it while nothing was under way that changes \
         anything. The last two are heard on Linux, unless they were ignored when it started.";
}

impl Exit {
    /// The number that the shell sees.
    pub(crate) const fn code(self) -> u8 {
        self as u8
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// A line for each code.
pub(crate) fn lines() -> String {
    let line = |row: &Row| format!("{:>5}  {}\n", row.code, row.short);
    TABLE.iter().map(line).collect()
}

/// The whole table, for `cards help exit-codes`.
pub(crate) fn topic() -> String {
    let mut text = String::from("How cards ends, as the shell's $? has it:\n\n");
    for row in TABLE {
        let mut line = format!("{:>5} ", row.code);
        for word in row.meaning.split_whitespace() {
            if line.chars().count() + 1 + word.chars().count() > 80 {
                text.push_str(&line);
                text.push('\n');
                line = " ".repeat(6);
            }
            line.push(' ');
            line.push_str(word);
        }
        text.push_str(&line);
        text.push('\n');
    }
    text + REST
}

const REST: &str = "
Of a list that breaks off (--all), what was read is printed, and the code is
that of what ended it.

With --output json or ndjson, standard error holds one JSON object at most. An
error has kind, provider, operation, outcome (not_sent, refused, unknown,
failed where it came to nothing and changed nothing, or accepted where only the
printing failed), status, attempts, message, causes, hint and exit_code, each
null where there is none; and refusal, violations, warnings, sandbox (the
verdict of one on this machine), reply (with --show-body) and reply_file where
there are any. A command line that cannot be read is told in the same way, as
kind usage. Where all went well and there are warnings, the object has those
alone. What -v asks for comes beside it.

A reply to a change, or to what logs in for it, that could not be shown is kept
in a file for its owner alone, which the error names: in cards/replies below
XDG_STATE_HOME or ~/.local/state, or where temporary files are. After 30 days it
goes, once another is kept; of more than 10,000 files the oldest go, but none
that is younger than a week.

Where whoever reads standard output closes it, as `head` does, the rest is left
out without a word, and the code is what it would have been. Only of a change
that was accepted is it told, with 1 and the outcome accepted, as what it has
brought cannot be asked for again. `cards list --output ndjson`, which prints
what it reads at once, asks for no more then: the code is of what was asked for.

Of `cards list`, the cards that were read are printed whatever fails, and the
code is that of the first failure, but 1 in place of 2 where anything was sent,
and its outcome is failed in place of not_sent. In its JSON, others holds the
errors of further providers and customers, each with an outcome of its own.

Of commands to a running sandbox, such as `cards sandbox reset`, the sandbox is
the provider: 3 where it refuses them, 5 where nobody listens, 6 where a change
may have taken effect. A read that something else answers ends with 1.";
