//! Settings that are words of a list, numbers or the like: any letter case, with
//! blanks around, and anything else refused with the list.

use std::fs;

use cards_sandbox::Running;

use super::config::make_private;
use super::settings::{listed, secrets};
use super::{cards_at, run, sandbox};

/// A setting: its good values, one that is none, and words that a complaint about
/// that has.
struct Setting {
    name: &'static str,
    good: &'static [&'static str],
    wrong: &'static str,
    says: &'static [&'static str],
}

const SETTINGS: &[Setting] = &[
    Setting {
        name: "CARDS_AIRPAY_ORDER",
        good: &[
            "table",
            "example",
            "sorted",
            "received",
            "table,secret=first,joint=|",
        ],
        wrong: "tabel",
        says: &["table", "example", "sorted", "received"],
    },
    Setting {
        name: "CARDS_AIRPAY_ORDER",
        good: &["table,case=upper", "table , secret = both"],
        wrong: "table,secret=middle",
        says: &["last", "first", "both", "key"],
    },
    Setting {
        name: "CARDS_AIRPAY_UTC_OFFSET",
        good: &["utc", "z", "+05:30", "-03:00"],
        wrong: "ist",
        says: &["UTC", "+05:30"],
    },
    Setting {
        name: "CARDS_AIRPAY_GENERATE_OTP_PATH",
        good: &["/otp", "/a/b-c.d"],
        wrong: "otp",
        says: &["slash"],
    },
    Setting {
        name: "CARDS_PAYSAFE_SIGNATURE_SCOPE",
        good: &["bodies", "bodies-and-paths"],
        wrong: "paths",
        says: &["bodies", "bodies-and-paths"],
    },
    Setting {
        name: "CARDS_IBANERA_AUTHORIZATION",
        good: &["bearer", "bare"],
        wrong: "basic",
        says: &["bearer", "bare"],
    },
    Setting {
        name: "CARDS_IBANERA_TOTP_DIGITS",
        good: &["6", "7", "8"],
        wrong: "nine",
        says: &["6, 7 or 8"],
    },
    Setting {
        name: "CARDS_IBANERA_TOTP_STEP",
        good: &["30", "60"],
        wrong: "half",
        says: &["seconds, 1 to 3600"],
    },
    Setting {
        name: "CARDS_IBANERA_TOTP_ALGORITHM",
        good: &["sha1", "sha256", "sha-512"],
        wrong: "md5",
        says: &["sha1", "sha256", "sha512"],
    },
    Setting {
        name: "CARDS_IBANERA_OTP_REUSE",
        good: &["learn", "allowed", "never"],
        wrong: "sometimes",
        says: &["learn", "allowed", "never"],
    },
    Setting {
        name: "CARDS_WAIVE",
        good: &[
            "state:characters",
            "register-user/city:characters , airpay/state:characters",
        ],
        wrong: "state:letters",
        says: &["characters"],
    },
    Setting {
        name: "CARDS_RATE",
        good: &["5000/s", "5000 / m", "5000/h"],
        wrong: "5/d",
        says: &["5/s", "300/m", "1000/h"],
    },
    Setting {
        name: "CARDS_PROXY",
        good: &["none", "env"],
        wrong: "socks5://proxy",
        says: &["http://proxy.example:3128", "env", "none"],
    },
];

/// A call that reads the setting.
fn call_of(name: &str) -> &'static [&'static str] {
    match name.split('_').nth(1).unwrap() {
        "AIRPAY" => &[
            "airpay",
            "customer-preference",
            "--entity-id=AIRPAYCUST0001",
            "--status=ALLOWED",
            "--type=ATM",
        ],
        // Nothing waits for a code.
        "IBANERA" => &["ibanera", "customer-cards", "--dry-run"],
        _ => &["paysafe", "prepaid-cards", "--customer-id=12345678"],
    }
}

/// Runs the call of a setting with its value, in the environment and then in a
/// profile.
fn each_place(sandbox: &Running, name: &str, value: &str, see: impl Fn(&str, i32, &str)) {
    let mut command = cards_at(sandbox, call_of(name));
    let (code, _, err) = run(command.env(name, value));
    see(name, code, &err);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.toml");
    let key = name.trim_start_matches("CARDS_").to_lowercase();
    let quoted = serde_json::json!(value);
    fs::write(&file, format!("[profile.default]\n{key} = {quoted}\n")).unwrap();
    make_private(&file);
    let mut command = cards_at(sandbox, call_of(name));
    let (code, _, err) = run(command.arg("--config").arg(&file).env_remove(name));
    see(&format!("{key} in the profile"), code, &err);
}

fn in_title_case(text: &str) -> String {
    let mut title = text.to_owned();
    title[..1].make_ascii_uppercase();
    title
}

#[test]
fn the_words_of_each_setting_are_read_in_any_letter_case_with_blanks_around() {
    let sandbox = sandbox();
    for setting in SETTINGS {
        for good in setting.good {
            for value in [
                (*good).to_owned(),
                good.to_uppercase(),
                format!("  {}\t", in_title_case(good)),
                format!("\n{good}\r\n"),
            ] {
                each_place(&sandbox, setting.name, &value, |place, code, err| {
                    // What another order or a shorter code is answered with is the sandbox's.
                    assert!([0, 3, 4].contains(&code), "{place} {value:?}: {err}");
                    assert!(!err.contains("warning"), "{place} {value:?}: {err}");
                });
            }
        }
        for blank in ["", " ", "\t\n"] {
            each_place(&sandbox, setting.name, blank, |place, code, err| {
                assert_eq!(code, 0, "{place} {blank:?}: {err}");
            });
        }
    }
}

#[test]
fn another_word_is_refused_with_the_list_and_nothing_is_sent() {
    let sandbox = sandbox();
    for setting in SETTINGS {
        for value in [
            setting.wrong.to_owned(),
            format!(" {} ", setting.wrong.to_uppercase()),
        ] {
            each_place(&sandbox, setting.name, &value, |place, code, err| {
                assert_eq!(code, 2, "{place}: {err}");
                assert!(
                    err.starts_with(&format!("error: {place}: ")),
                    "{place}: {err}"
                );
                for word in setting.says {
                    assert!(err.contains(word), "{place}: {word}: {err}");
                }
            });
        }
    }
    assert!(sandbox.exchanges().is_empty());
}

#[test]
fn no_setting_of_a_list_is_forgotten() {
    let secrets = secrets();
    let all = listed();
    let others = all.iter().filter(|name| name.starts_with("CARDS_"));
    let others = others.filter(|name| !name.ends_with("_FILE") && !name.ends_with("_BASE_URL"));
    let open = [
        "CARDS_PAYSAFE_BRAND",
        "CARDS_IBANERA_FILE_PART",
        "CARDS_CONFIG",
        "CARDS_PROFILE",
    ];
    for name in others.filter(|name| !secrets.contains(name) && !open.contains(&name.as_str())) {
        let is_tried = SETTINGS.iter().any(|setting| setting.name == name);
        assert!(is_tried, "{name}: which words does it take?");
    }
}

#[test]
fn an_address_is_read_without_blanks_around_and_a_blank_one_is_missing() {
    let sandbox = sandbox();
    for (name, url) in [
        ("CARDS_AIRPAY_BASE_URL", sandbox.airpay_url()),
        ("CARDS_IBANERA_BASE_URL", sandbox.ibanera_url()),
        ("CARDS_PAYSAFE_BASE_URL", sandbox.paysafe_url()),
    ] {
        each_place(&sandbox, name, &format!(" {url}\n"), |place, code, err| {
            assert_eq!(code, 0, "{place}: {err}");
        });
        each_place(&sandbox, name, "  ", |place, code, err| {
            assert_eq!(code, 2, "{place}: {err}");
            assert!(
                err.contains(&format!("is missing:\n  {name} ")),
                "{place}: {err}"
            );
        });
    }
}
