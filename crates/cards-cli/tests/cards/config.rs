//! Credentials come from flags, variables and files, and each place is told.

use std::fs;
use std::path::Path;

use super::{cards, run, sandbox};

const CALL: [&str; 4] = ["paysafe", "prepaid-cards", "--customer-id", "12345678"];

/// Runs the call with a configuration file, which stands for `[file]` in what
/// is said.
fn with_file(text: &str, args: &[&str], env: &[(&str, &str)]) -> (i32, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.toml");
    fs::write(&file, text).unwrap();
    make_private(&file);
    let file = file.to_str().unwrap();
    let mut command = cards(&CALL);
    command
        .args(["--config", file])
        .args(args)
        .envs(env.iter().copied());
    let (code, _, err) = run(&mut command);
    (code, err.replace(file, "[file]"))
}

#[cfg(unix)]
pub(crate) fn make_private(file: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(file, fs::Permissions::from_mode(0o600)).unwrap();
}

#[cfg(not(unix))]
pub(crate) fn make_private(_: &Path) {}

#[test]
fn a_profile_serves_and_the_environment_wins_over_it() {
    let sandbox = sandbox();
    let file = format!(
        "[profile.default]\npaysafe_base_url = '{0}'\npaysafe_token = 'wrong'\n\
         [profile.good]\npaysafe_base_url = '{0}'\npaysafe_token = 'sandbox-paysafe-token'\n",
        sandbox.paysafe_url()
    );
    assert_eq!(with_file(&file, &["--profile", "good"], &[]).0, 0);
    assert_eq!(with_file(&file, &[], &[("CARDS_PROFILE", "good")]).0, 0);
    let (code, err) = with_file(&file, &[], &[]);
    assert_eq!(code, 4);
    assert!(err.contains("the credentials are not accepted"), "{err}");
    let token = ("CARDS_PAYSAFE_TOKEN", "sandbox-paysafe-token");
    assert_eq!(with_file(&file, &[], &[token]).0, 0);
    // Set but empty counts as not set.
    let empty = ("CARDS_PAYSAFE_TOKEN", "");
    assert_eq!(with_file(&file, &["--profile", "good"], &[empty]).0, 0);
}

#[test]
fn what_is_missing_is_named() {
    let (code, out, err) = run(&mut cards(&CALL));
    assert_eq!((code, &*out), (2, ""));
    insta::assert_snapshot!(err, @"
    error: 2 settings are missing:
      CARDS_PAYSAFE_BASE_URL (paysafe_base_url)
      CARDS_PAYSAFE_TOKEN or ..._FILE (paysafe_token),
        or CARDS_PAYSAFE_BRAND (paysafe_brand)
          with CARDS_PAYSAFE_CLIENT_ID or ..._FILE (paysafe_client_id)
          with CARDS_PAYSAFE_CLIENT_SECRET or ..._FILE (paysafe_client_secret)
      hint: the names in brackets are keys of a profile in ~/.config/cards/config.toml;
      `cards help environment` lists all, `cards sandbox --print-env` prints a set to try
    ");
    let (code, _, err) = run(cards(&CALL).args(["--base-url", "http://127.0.0.1:1"]));
    assert_eq!(code, 2);
    insta::assert_snapshot!(err, @"
    error: a setting is missing:
      CARDS_PAYSAFE_TOKEN or ..._FILE (paysafe_token),
        or CARDS_PAYSAFE_BRAND (paysafe_brand)
          with CARDS_PAYSAFE_CLIENT_ID or ..._FILE (paysafe_client_id)
          with CARDS_PAYSAFE_CLIENT_SECRET or ..._FILE (paysafe_client_secret)
      hint: the names in brackets are keys of a profile in ~/.config/cards/config.toml;
      `cards help environment` lists all, `cards sandbox --print-env` prints a set to try
    ");
}

#[test]
fn a_file_that_cannot_be_used() {
    let says = |text: &str, args: &[&str]| {
        let (code, err) = with_file(text, args, &[]);
        assert_eq!(code, 2);
        assert!(!err.contains("MARKER"), "{err}");
        err
    };
    let other = ["--profile", "a"];
    insta::assert_snapshot!(says("[profile.a]\npaysafe_token = MARKER", &[]), @"error: --config: [file]: line 2 is not TOML");
    insta::assert_snapshot!(says("token = 'MARKER'", &[]), @"error: --config: [file]: unknown key `token`: settings belong into [profile.NAME]");
    insta::assert_snapshot!(says("[profile.a]\npaysafe_tokn = 'MARKER'", &other), @"error: --config: [file]: unknown key `paysafe_tokn` in [profile.a]; `cards help environment` lists them");
    insta::assert_snapshot!(says("[profile.a]\n[profile.b]", &["--profile", "c"]), @"error: --config: [file]: no profile `c`; there are: a, b");
    insta::assert_snapshot!(says("", &["--profile", "c"]), @"error: --config: [file]: no profile `c`; there are none");
}

#[test]
fn a_file_that_is_not_there() {
    let (code, _, err) = run(cards(&CALL).args(["--config", "nowhere.toml"]));
    assert_eq!(code, 2);
    insta::assert_snapshot!(err, @"
    error: --config: cannot read the file nowhere.toml
      caused by: No such file or directory
      hint: check the path, which begins at the folder that cards was started in
    ");
    let (code, _, err) = run(cards(&CALL).args(["--profile", "a"]));
    assert_eq!(code, 2);
    insta::assert_snapshot!(err, @"error: no profile `a`: /nonexistent/.config/cards/config.toml does not exist");
}

#[cfg(unix)]
#[test]
fn a_file_that_others_can_read_is_warned_of() {
    use std::os::unix::fs::PermissionsExt;
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join(".config/cards");
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("config.toml");
    fs::write(
        &file,
        "[profile.default]\npaysafe_base_url = 'http://127.0.0.1:1'\n",
    )
    .unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let (code, _, err) = run(cards(&CALL).env("HOME", home.path()));
    // The default place is found, and its profile `default`.
    assert_eq!(code, 2);
    insta::assert_snapshot!(err.replace(home.path().to_str().unwrap(), "~"), @"
    warning: other users of this machine can get at ~/.config/cards/config.toml (mode 644): chmod 600
    error: a setting is missing:
      CARDS_PAYSAFE_TOKEN or ..._FILE (paysafe_token),
        or CARDS_PAYSAFE_BRAND (paysafe_brand)
          with CARDS_PAYSAFE_CLIENT_ID or ..._FILE (paysafe_client_id)
          with CARDS_PAYSAFE_CLIENT_SECRET or ..._FILE (paysafe_client_secret)
      hint: the names in brackets are keys of a profile in ~/.config/cards/config.toml;
      `cards help environment` lists all, `cards sandbox --print-env` prints a set to try
    ");
}

/// The settings of all three providers that are no address.
const CREDENTIALS: [(&str, &[&str]); 10] = [
    ("CARDS_AIRPAY_SECRET_KEY", AIRPAY),
    ("CARDS_AIRPAY_TOKEN", AIRPAY),
    ("CARDS_AIRPAY_AFFILIATE", AIRPAY),
    ("CARDS_AIRPAY_PROCESSOR_KEY", AIRPAY),
    ("CARDS_AIRPAY_PASSWORD", AIRPAY),
    ("CARDS_PAYSAFE_TOKEN", PAYSAFE),
    ("CARDS_PAYSAFE_CLIENT_SECRET", PAYSAFE),
    ("CARDS_IBANERA_TOKEN", IBANERA),
    ("CARDS_IBANERA_PASSWORD", IBANERA),
    ("CARDS_IBANERA_TOTP_TEXT", IBANERA),
];

const AIRPAY: &[&str] = &["airpay", "customer-preference", "--entity-id=E1"];
const PAYSAFE: &[&str] = &CALL;
const IBANERA: &[&str] = &["ibanera", "customer-cards"];

/// The warning about a setting with white space around it.
fn warning(place: &str) -> String {
    format!(
        "warning: {place} has white space around it, and is used with it: set it without, unless \
         that is meant\n"
    )
}

#[test]
fn white_space_around_a_credential_is_warned_of() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.toml");
    for (name, call) in CREDENTIALS {
        for value in [
            "MARKER\n",
            " MARKER",
            "MARKER\t",
            "MARKER\u{a0}",
            "\u{feff}MARKER",
            "MARKER",
        ] {
            let expected = if value == "MARKER" {
                String::new()
            } else {
                warning(name)
            };
            // The warning comes first, whatever becomes of the call.
            let mut command = cards(call);
            command.arg("--dry-run").env(name, value);
            let (_, _, err) = run(&mut command);
            assert!(
                err.starts_with(&expected) && !err.contains("MARKER"),
                "{name}: {err}"
            );
            assert_eq!(
                err.matches("warning").count(),
                expected.matches("warning").count()
            );

            let key = name.trim_start_matches("CARDS_").to_lowercase();
            let toml = format!("[profile.default]\n{key} = {}\n", serde_json::json!(value));
            fs::write(&file, toml).unwrap();
            make_private(&file);
            let mut command = cards(call);
            let (_, _, err) = run(command.arg("--dry-run").arg("--config").arg(&file));
            let expected = expected.replace(name, &format!("{key} in the profile"));
            assert!(
                err.starts_with(&expected) && !err.contains("MARKER"),
                "{name}: {err}"
            );
            assert_eq!(
                err.matches("warning").count(),
                expected.matches("warning").count()
            );
        }
    }
}

#[test]
fn so_it_is_when_a_checksum_is_made_or_checked() {
    for call in [&["sign", "a=1"][..], &["verify", "--checksum=abc", "a=1"]] {
        let says = |key: &str| run(cards(call).env("CARDS_AIRPAY_SECRET_KEY", key));
        let (_, out, err) = says("MARKER\n");
        assert_eq!(err, warning("CARDS_AIRPAY_SECRET_KEY"));
        // It is a warning, and the key is used as it is.
        let (_, other, err) = says("MARKER");
        assert_eq!(err, "");
        assert_eq!(out == other, call[0] == "verify");
    }
    // Neither needs the other settings.
    let (code, _, err) = run(cards(&["sign", "a=1"])
        .env("CARDS_AIRPAY_SECRET_KEY", "s")
        .env("CARDS_AIRPAY_TOKEN", " t"));
    assert_eq!((code, &*err), (0, ""));
}

#[cfg(unix)]
#[test]
fn a_setting_that_is_no_text_is_named_and_not_passed_over() {
    use std::os::unix::ffi::OsStrExt;
    let value = std::ffi::OsStr::from_bytes(b"MARKER\xff");
    let others = [
        ("CARDS_PAYSAFE_BASE_URL", PAYSAFE),
        ("CARDS_CA_FILE", PAYSAFE),
        ("CARDS_AIRPAY_ORDER", AIRPAY),
    ];
    for (name, call) in CREDENTIALS.into_iter().chain(others) {
        let mut command = cards(call);
        command
            .env("CARDS_PAYSAFE_BASE_URL", "http://127.0.0.1:1")
            .env(name, value);
        let (code, out, err) = run(&mut command);
        assert_eq!((code, &*out), (2, ""));
        assert_eq!(err, format!("error: {name} is not UTF-8 text\n"));
    }
    for call in [&["sign", "a=1"][..], &["verify", "--checksum=abc", "a=1"]] {
        let (code, _, err) = run(cards(call).env("CARDS_AIRPAY_SECRET_KEY", value));
        assert_eq!(code, 2);
        assert_eq!(err, "error: CARDS_AIRPAY_SECRET_KEY is not UTF-8 text\n");
    }
}
