//! The flags of one-time codes, which every call that carries one has.

use cards_transport::ibanera::OtpReuse;
use clap::builder::TypedValueParser;

use crate::config::Vars;
use crate::error::Error;
use crate::input;
use crate::words::one_of;

pub(super) const OTP: &str = "CARDS_IBANERA_OTP";
pub(super) const OTP_REUSE: &str = "CARDS_IBANERA_OTP_REUSE";
const DIGITS: &str = "CARDS_IBANERA_TOTP_DIGITS";

/// The flags that say which one-time codes go out. Flags win over environment and profile.
#[derive(clap::Args)]
#[command(next_help_heading = "One-time codes")]
pub(crate) struct CodeArgs {
    /// The code that your device shows now, in place of one made from the
    /// shared secret. It is worth nothing seconds later, so that it may stand
    /// here; @FILE and @- (standard input) read it from elsewhere
    #[arg(long, value_name = "CODE|@FILE")]
    otp: Option<String>,

    /// Send a code twice, or not. learn: yes, until the server refuses one that it had
    /// before, which later runs remember; allowed: yes; never: each request waits for a code of its
    /// own, a new one every 30 seconds [default: learn, or CARDS_IBANERA_OTP_REUSE]
    #[arg(long, value_name = "WHEN", value_parser = reuse(), hide_possible_values = true)]
    otp_reuse: Option<OtpReuse>,
}

/// Reads the words that the library reads.
fn reuse() -> impl TypedValueParser<Value = OtpReuse> {
    one_of(OtpReuse::ALL.iter().map(|reuse| reuse.as_str())).try_map(str::parse::<OtpReuse>)
}

impl CodeArgs {
    /// Gives what the flags set, each under the name of its variable.
    pub(crate) fn set(&self) -> Result<Vec<(&'static str, String)>, Error> {
        let mut set = Vec::new();
        if let Some(code) = &self.otp {
            set.push((OTP, input::from_file(code, "otp")?));
        }
        if let Some(reuse) = self.otp_reuse {
            set.push((OTP_REUSE, reuse.as_str().to_owned()));
        }
        Ok(set)
    }
}

/// Checks that `--otp` has the looks of a code.
pub(crate) fn check(vars: &Vars) -> Result<(), Error> {
    let Some(code) = vars.flag(OTP) else {
        return Ok(());
    };
    let set = vars
        .get(DIGITS)
        .and_then(|digits| digits.trim().parse::<usize>().ok());
    let set = set.filter(|digits| (6..=8).contains(digits));
    let is_long_enough = match set {
        Some(digits) => code.len() == digits,
        None => (6..=8).contains(&code.len()),
    };
    if is_long_enough && code.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(());
    }
    Err(Error::usage(match set {
        Some(digits) => format!("--otp: a one-time code has {digits} digits ({DIGITS})"),
        None => "--otp: a one-time code has 6 to 8 digits".to_owned(),
    }))
}
