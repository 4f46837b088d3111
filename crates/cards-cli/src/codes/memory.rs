//! Keeps the memory of one-time codes from one run of the program to the next, in
//! a file without a secret in it: whether a code serves twice, and the last step whose code went
//! out.
//!
//! Two runs at once write under a lock, so that neither loses what the other
//! wrote. They read before they send, though: two that start within one step
//! may send the same code, and where codes serve once, the second is refused
//! and, having learned to, sends again with the next.

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io;
use std::ops::Not;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use cards_transport::Settings;
use cards_transport::http::Uri;
use cards_transport::ibanera::{CodeUse, OtpMemory, OtpReuse};
use serde::{Deserialize, Serialize};

use super::flags::{OTP, OTP_REUSE};
use crate::config::Vars;
use crate::read::{self, Unreadable};
use crate::{output, own_file, state};

const FILE: &str = "otp.toml";

/// The ending of a file that cannot be used, once there is a new one.
const DAMAGED: &str = "damaged";

/// The most that is read. Real ones hold some hundred bytes.
const MOST_BYTES: u64 = 64 * 1024;

/// The most accounts that are remembered; the one unused for longest goes
/// first.
const MOST_ENTRIES: usize = 100;

/// The longest that another run's lock is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

const HEADING: &str = "# Which of Ibanera's one-time codes went out, so that the next run of `cards` does\n\
                       # not send one again. It holds no secret, and may be deleted.\n\n";

/// Holds the entries by account.
type Entries = BTreeMap<String, Entry>;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    learned: Learned,
    /// Seconds since 1970, divided by the length of a step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_step: Option<u64>,
    /// Says whether the code of that step was taken.
    #[serde(default, skip_serializing_if = "Not::not")]
    last_taken: bool,
    /// Says whether a call was refused for another reason than its code.
    #[serde(default, skip_serializing_if = "Not::not")]
    call_refused: bool,
    /// Says whether a login was refused for another reason than its code.
    #[serde(default, skip_serializing_if = "Not::not")]
    login_refused: bool,
    /// The time when it was written, in seconds since 1970.
    #[serde(default)]
    written: u64,
}

/// [`CodeUse`] as the file has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Learned {
    #[default]
    Unknown,
    Repeated,
    Single,
}

impl From<CodeUse> for Learned {
    fn from(learned: CodeUse) -> Self {
        match learned {
            CodeUse::Repeated => Self::Repeated,
            CodeUse::Single => Self::Single,
            // A use that the file has no word for is learned anew.
            _ => Self::Unknown,
        }
    }
}

impl From<Learned> for CodeUse {
    fn from(learned: Learned) -> Self {
        match learned {
            Learned::Unknown => Self::Unknown,
            Learned::Repeated => Self::Repeated,
            Learned::Single => Self::Single,
        }
    }
}

/// Gives a client what earlier runs left, and keeps what it finds out. Where
/// codes may be sent twice anyway, there is nothing to keep.
pub(crate) fn remembering(vars: &Vars, settings: Settings) -> Settings {
    let reuse = vars.get(OTP_REUSE).and_then(|reuse| reuse.parse().ok());
    if reuse == Some(OtpReuse::Allowed) {
        return settings;
    }
    let step = vars.get("CARDS_IBANERA_TOTP_STEP");
    let step = step.and_then(|step| step.trim().parse().ok());
    let keeper = Keeper::new(
        state::folder(),
        account(vars),
        step.filter(|&step| step > 0).unwrap_or(30),
        vars.get(OTP).is_some(),
    );
    let memory = keeper.recall();
    settings
        .otp_memory(memory)
        .otp_watcher(move |memory| keeper.keep(memory))
}

/// Names whose codes they are: a profile at a host, and a [`fingerprint`] of
/// what the codes are made of, since that may come from the environment.
fn account(vars: &Vars) -> String {
    let base = vars.get("CARDS_IBANERA_BASE_URL").unwrap_or_default();
    let uri = base.trim().parse::<Uri>().ok();
    let host = uri.as_ref().and_then(Uri::authority);
    let host = host.map_or("", |authority| authority.as_str());
    let made_of = [
        "CARDS_IBANERA_USERNAME",
        "CARDS_IBANERA_TOTP_SECRET",
        "CARDS_IBANERA_TOTP_TEXT",
        "CARDS_IBANERA_TOTP_STEP",
    ];
    let made_of = made_of.map(|name| vars.get(name).unwrap_or_default());
    format!("{}@{host}#{}", vars.profile_name(), fingerprint(&made_of))
}

/// Tells accounts apart and says no more than that: 16 bits, by FNV-1a.
///
/// It is too short for anybody to find a secret by it, however it is made: of
/// 65,536 guesses, one fits by chance. Two accounts in 65,536 pairs have the
/// same one, which costs them a pause or a refusal.
fn fingerprint(made_of: &[String]) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for text in made_of {
        // Ended by what no text holds, so that borders count.
        for byte in text.bytes().chain([0xff]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    let folded = hash ^ (hash >> 32);
    format!("{:04x}", (folded ^ (folded >> 16)) & 0xffff)
}

/// Keeps one account's memory.
struct Keeper {
    folder: Option<PathBuf>,
    account: String,
    /// The length of a step in seconds.
    step: u64,
    /// Says whether the code is a person's own, which belongs to no step.
    is_own: bool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The memory as this run last read it from the file, or wrote it there.
    kept: OtpMemory,
    has_warned: bool,
    /// Says whether the run has ended, after which nothing is written any more.
    is_over: bool,
}

impl Keeper {
    fn new(folder: Option<PathBuf>, account: String, step: u64, is_own: bool) -> Self {
        Self {
            folder,
            account,
            step,
            is_own,
            state: Mutex::default(),
        }
    }

    /// Reads the memory that earlier runs left; an empty one where there is none.
    fn recall(&self) -> OtpMemory {
        let mut memory = OtpMemory::new();
        let Some(folder) = &self.folder else {
            return memory;
        };
        let path = folder.join(FILE);
        let mut state = self.state();
        match read_entries(&path) {
            Ok(entries) => {
                let entry = entries.get(&self.account).cloned().unwrap_or_default();
                memory.learned = entry.learned.into();
                let last = entry.last_step.filter(|_| !self.is_own);
                memory.last_step = last.map(|last| self.possible(last));
                memory.last_taken = entry.last_taken && memory.last_step == entry.last_step;
                memory.call_refused = entry.call_refused;
                memory.login_refused = entry.login_refused;
            }
            Err(unusable) => {
                state.is_over = unusable.is_left;
                state.warn(&unusable.told(&path));
            }
        }
        state.kept = memory;
        memory
    }

    /// Keeps what the client tells, before a code goes out and after. Where that
    /// fails, it is warned of once, and the call goes on.
    fn keep(&self, memory: OtpMemory) {
        let mut state = self.state();
        if state.is_over || memory == state.kept {
            return;
        }
        match self.write(memory, state.kept) {
            Ok(()) => state.kept = memory,
            Err(error) => {
                state.is_over = true;
                state.warn(&format!(
                    "which one-time codes were sent cannot be kept for the next run, which may \
                     send one again: {error}"
                ));
            }
        }
    }

    fn write(&self, memory: OtpMemory, kept: OtpMemory) -> io::Result<()> {
        let folder = self.folder.as_deref();
        let folder = folder.ok_or_else(|| io::Error::other("there is no home folder"))?;
        state::make(folder)?;
        let _lock = lock(&folder.join("otp.lock"))?;
        let path = folder.join(FILE);
        let mut entries = match read_entries(&path) {
            Ok(entries) => entries,
            // It was not so when this run read it.
            Err(unusable) if unusable.is_left => {
                return Err(io::Error::other(unusable.told(&path)));
            }
            Err(_) => {
                fs::rename(&path, path.with_extension(DAMAGED))?;
                Entries::new()
            }
        };
        let entry = entries.entry(self.account.clone()).or_default();
        // Another run may know more than this one has learned.
        if memory.learned != kept.learned {
            entry.learned = memory.learned.into();
        }
        if memory.call_refused != kept.call_refused {
            entry.call_refused = memory.call_refused;
        }
        if memory.login_refused != kept.login_refused {
            entry.login_refused = memory.login_refused;
        }
        let last = entry.last_step.map(|last| self.possible(last));
        let is_taken = entry.last_taken && last == entry.last_step;
        entry.last_taken = match memory.last_step {
            step if step > last => memory.last_taken,
            step if step == last => is_taken || memory.last_taken,
            _ => is_taken,
        };
        entry.last_step = last.max(memory.last_step);
        entry.written = now();
        while entries.len() > MOST_ENTRIES {
            let others = entries.iter().filter(|(name, _)| **name != self.account);
            let oldest = others.min_by_key(|(_, entry)| entry.written);
            let Some(oldest) = oldest.map(|(name, _)| name.clone()) else {
                break;
            };
            entries.remove(&oldest);
        }
        let text = toml::to_string(&entries).map_err(io::Error::other)?;
        replace(&path, &(HEADING.to_owned() + &text))
    }

    /// A last step, unless it has yet to come: the clock was set back since, or
    /// somebody wrote the file.
    fn possible(&self, last: u64) -> u64 {
        last.min(now() / self.step + 1)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn warn(&mut self, text: &str) {
        if !self.has_warned {
            self.has_warned = true;
            output::warn(text);
        }
    }
}

/// The reason why a file is passed over.
struct Unusable {
    why: String,
    /// Says that the file is left as it is, as it may be another's, or may be read another time.
    /// Any other file is renamed where a new one is written.
    is_left: bool,
}

impl Unusable {
    fn damaged(why: impl Into<String>) -> Self {
        Self {
            why: why.into(),
            is_left: false,
        }
    }

    fn left(why: impl Into<String>) -> Self {
        Self {
            why: why.into(),
            is_left: true,
        }
    }

    /// Tells why the file at this path is not used.
    fn told(&self, path: &Path) -> String {
        let why = &self.why;
        let told = format!("{} is not used, as it {why}", path.display());
        match self.is_left {
            true => told,
            false => format!("{told}; it becomes otp.{DAMAGED} where a new one is written"),
        }
    }
}

fn read_entries(path: &Path) -> Result<Entries, Unusable> {
    let meta = match fs::symlink_metadata(path) {
        Ok(meta) => meta,
        Err(error) if is_absent(&error) => return Ok(Entries::new()),
        Err(error) => return Err(Unusable::left(format!("cannot be read: {error}"))),
    };
    if own_file::is_foreign(&meta) {
        return Err(Unusable::left("belongs to another user"));
    }
    // Anything else might keep its reader waiting, and a link leads to a file of its owner's.
    if !meta.is_file() {
        return Err(Unusable::left("is no plain file"));
    }
    if meta.len() > MOST_BYTES {
        return Err(Unusable::damaged("is too large"));
    }
    let text = read::text(path, MOST_BYTES).map_err(|error| {
        let why = format!("cannot be read: {error}");
        match error {
            Unreadable::Io(_) | Unreadable::NoWriter => Unusable::left(why),
            _ => Unusable::damaged(why),
        }
    })?;
    toml::from_str(&text).map_err(|_| Unusable::damaged("is damaged"))
}

/// Tells whether there is no such file, nor perhaps such a folder.
fn is_absent(error: &io::Error) -> bool {
    use io::ErrorKind::{NotADirectory, NotFound};
    matches!(error.kind(), NotFound | NotADirectory)
}

/// Holds the lock for as long as the file is open.
fn lock(path: &Path) -> io::Result<File> {
    // Anything else might keep whoever opens it waiting, and a link leads to a file of its owner's.
    if fs::symlink_metadata(path).is_ok_and(|meta| !meta.is_file()) {
        return Err(io::Error::other("its lock is no plain file"));
    }
    let mut options = own_file::for_me();
    let file = options.create(true).truncate(false).open(path)?;
    let started = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::Error(error)) => return Err(error),
            Err(TryLockError::WouldBlock) if started.elapsed() < PATIENCE => {
                thread::sleep(Duration::from_millis(5));
            }
            Err(TryLockError::WouldBlock) => {
                return Err(io::Error::other("another run holds the lock"));
            }
        }
    }
}

/// Puts a new file in the place of the old one, so that each reader sees one of
/// the two whole. The lock is held meanwhile.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let new = path.with_extension("new");
    // A run that was killed may have left one.
    match fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    own_file::fill(&new, text.as_bytes())?;
    fs::rename(&new, path)
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

#[cfg(test)]
#[path = "memory_tests.rs"]
mod tests;
