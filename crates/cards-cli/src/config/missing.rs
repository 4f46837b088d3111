//! The settings that a call cannot do without, all of those that are missing
//! told at once.

use cards_transport::{Call, Provider};

use super::vars::Vars;
use crate::environment::{self, Kind, USUAL_FILE, key_of};
use crate::error::Error;

/// The settings of which a call needs one way, each way as a whole.
type Ways = &'static [&'static [&'static str]];

/// The needs of the calls of one provider.
struct OfProvider {
    /// The beginning of its variables' names.
    prefix: &'static str,
    always: &'static [Ways],
    /// The ways to configure a call that carries a token.
    token: Ways,
    /// The ways to configure a call that carries none.
    no_token: &'static [Ways],
    /// The ways to configure a call that carries a one-time code.
    code: Ways,
    /// The ways to configure a call whose path no document tells.
    path: Ways,
}

const PROVIDERS: &[OfProvider] = &[
    OfProvider {
        prefix: "CARDS_AIRPAY",
        always: &[
            &[&["CARDS_AIRPAY_BASE_URL"]],
            &[&["CARDS_AIRPAY_SECRET_KEY"]],
        ],
        token: &[
            &["CARDS_AIRPAY_TOKEN"],
            &[
                "CARDS_AIRPAY_MOBILE_NO",
                "CARDS_AIRPAY_PASSWORD",
                "CARDS_AIRPAY_AFFILIATE",
                "CARDS_AIRPAY_PROCESSOR_KEY",
            ],
        ],
        no_token: &[
            &[&["CARDS_AIRPAY_AFFILIATE"]],
            &[&["CARDS_AIRPAY_PROCESSOR_KEY"]],
        ],
        code: &[],
        path: &[&["CARDS_AIRPAY_GENERATE_OTP_PATH"]],
    },
    OfProvider {
        prefix: "CARDS_PAYSAFE",
        always: &[&[&["CARDS_PAYSAFE_BASE_URL"]]],
        token: &[
            &["CARDS_PAYSAFE_TOKEN"],
            &[
                "CARDS_PAYSAFE_BRAND",
                "CARDS_PAYSAFE_CLIENT_ID",
                "CARDS_PAYSAFE_CLIENT_SECRET",
            ],
        ],
        no_token: &[],
        code: &[],
        path: &[],
    },
    OfProvider {
        prefix: "CARDS_IBANERA",
        always: &[&[&["CARDS_IBANERA_BASE_URL"]]],
        token: &[
            &["CARDS_IBANERA_TOKEN"],
            &["CARDS_IBANERA_USERNAME", "CARDS_IBANERA_PASSWORD"],
        ],
        no_token: &[],
        code: &[
            &["CARDS_IBANERA_TOTP_SECRET"],
            &["CARDS_IBANERA_TOTP_TEXT"],
            &["CARDS_IBANERA_OTP"],
        ],
        path: &[],
    },
];

/// The settings that something needs.
pub(crate) struct Needs(Vec<Ways>);

impl Needs {
    /// Gives the ways of a call.
    pub(crate) fn of_call<C: Call>() -> Self {
        let prefix = <C::Provider as Provider>::PREFIX;
        let mut needs = Vec::new();
        if let Some(ours) = PROVIDERS.iter().find(|one| one.prefix == prefix) {
            needs.extend(ours.always);
            match C::NEEDS_TOKEN {
                true => needs.push(ours.token),
                false => needs.extend(ours.no_token),
            }
            if C::NEEDS_CODE {
                needs.push(ours.code);
            }
            if C::PATH_VARIABLE.is_some() {
                needs.push(ours.path);
            }
        }
        Self(needs)
    }

    /// The one that a checksum needs.
    pub(crate) fn of_checksum() -> Self {
        Self(vec![&[&["CARDS_AIRPAY_SECRET_KEY"]]])
    }

    /// Fails where some are missing, and names all of them.
    pub(crate) fn check(&self, vars: &Vars) -> Result<(), Error> {
        let is_set = |name: &&str| vars.get(name).is_some();
        let mut count = 0;
        let mut lines = String::new();
        for ways in &self.0 {
            if ways.is_empty() || ways.iter().any(|way| way.iter().all(&is_set)) {
                continue;
            }
            let begun = |way: &&&[&str]| way.iter().any(&is_set);
            // Of a way that somebody has begun, only the rest.
            let names = match ways.iter().find(begun) {
                Some(way) => {
                    let missing = way.iter().filter(|it| !is_set(it));
                    missing.map(|it| named(it)).collect::<Vec<_>>()
                }
                None => vec![
                    ways.iter()
                        .map(|way| {
                            way.iter()
                                .map(|it| named(it))
                                .collect::<Vec<_>>()
                                .join("\n      with ")
                        })
                        .collect::<Vec<_>>()
                        .join(",\n    or "),
                ],
            };
            count += names.len();
            for name in names {
                lines.push_str(&format!("\n  {name}"));
            }
        }
        let message = match count {
            0 => return Ok(()),
            1 => format!("a setting is missing:{lines}"),
            count => format!("{count} settings are missing:{lines}"),
        };
        let error = Error {
            kind: "config",
            ..Error::usage(message)
        };
        Err(error.hint(format!(
            "the names in brackets are keys of a profile in {USUAL_FILE};\n  \
             `cards help environment` lists all, `cards sandbox --print-env` prints a set to try"
        )))
    }
}

/// A setting by its variable, those of its file, and the profile's key.
fn named(name: &str) -> String {
    let is_secret = environment::settings().any(|it| it.name == name && it.kind == Kind::Secret);
    let file = if is_secret { " or ..._FILE" } else { "" };
    format!("{name}{file} ({})", key_of(name))
}
