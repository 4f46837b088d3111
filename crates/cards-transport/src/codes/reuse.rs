//! Says whether a code serves twice, as it is set, found out and remembered.

use std::fmt;
use std::str::FromStr;

use crate::cause::ConfigError;

/// Says whether a one-time code may go out twice within its time.
///
/// Within one step of 30 seconds there is one code only, so that a fresh one
/// has to be waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Hash)]
#[non_exhaustive]
pub enum OtpReuse {
    /// Sends a code again until the provider refuses one that it was sent
    /// before; from then on each request carries the code of a step of its
    /// own. At most one refusal is spent on that: until the provider has taken
    /// or refused a code for the second time, one request at a time carries it.
    /// The refusal of a change teaches that only by 401, or where it names the
    /// field of the code: any other may be about something that the change did.
    #[default]
    Learn,
    /// Sends the code of the moment, though it be the same.
    Allowed,
    /// Sends each code once: the next request waits for the next step.
    Never,
}

impl OtpReuse {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::Learn, Self::Allowed, Self::Never];

    /// The name in lower case, as settings spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Learn => "learn",
            Self::Allowed => "allowed",
            Self::Never => "never",
        }
    }
}

impl fmt::Display for OtpReuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for OtpReuse {
    type Err = ConfigError;

    /// Reads the words in any letter case, with white space around or without.
    fn from_str(text: &str) -> Result<Self, ConfigError> {
        let known = Self::ALL
            .iter()
            .copied()
            .find(|known| known.as_str().eq_ignore_ascii_case(text.trim()));
        known.ok_or_else(|| ConfigError::new("one of learn, allowed and never is wanted"))
    }
}

/// The state of a session's knowledge on whether one code serves twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Hash)]
#[non_exhaustive]
pub enum CodeUse {
    /// No code was sent twice so far.
    #[default]
    Unknown,
    /// A code was taken twice.
    Repeated,
    /// A code was refused when it came for the second time.
    Single,
}

/// The memory of one-time codes that one process hands to the next, so that it
/// neither repeats a code nor learns anew. It holds no secret.
///
/// ```
/// use cards_transport::ibanera::{CodeUse, OtpMemory};
///
/// let mut memory = OtpMemory::new();
/// memory.learned = CodeUse::Single;
/// memory.last_step = Some(59_841_600);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct OtpMemory {
    /// Says whether a code serves twice, as far as it is known.
    pub learned: CodeUse,
    /// The last step whose code was sent: seconds since 1970, divided by the
    /// length of a step.
    pub last_step: Option<u64>,
    /// Says whether the provider is known to have taken the code of that step. A code that it did
    /// not take is not used up.
    pub last_taken: bool,
    /// Says whether a call was refused, in a way that may mean its code, though the code had not
    /// been sent before: until a code is taken, the reason is likely to stay, and no other code is
    /// waited for.
    pub call_refused: bool,
    /// Says whether a login was refused for another reason than its code, likewise.
    pub login_refused: bool,
}

impl OtpMemory {
    /// Remembers nothing.
    pub fn new() -> Self {
        Self::default()
    }
}
