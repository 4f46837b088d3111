//! Settings: every variable, files that hold secrets, and what is missing.

use std::fs;
use std::path::Path;

use cards_transport::{Call, Provider, Visit, operations, visit};

use super::config::make_private;
use super::{cards, cards_at, run, sandbox};

/// The variables that `cards help environment` lists.
pub(crate) fn listed() -> Vec<String> {
    let (code, out, err) = run(&mut cards(&["help", "environment"]));
    assert_eq!((code, &*err), (0, ""));
    let rows = out.lines().filter_map(|line| line.strip_prefix("  "));
    rows.filter(|row| !row.starts_with(' '))
        .map(|row| row.split(' ').next().unwrap().to_owned())
        .collect()
}

/// The settings that have a variable for a file beside them.
pub(crate) fn secrets() -> Vec<String> {
    let listed = listed();
    let has_file = |name: &&String| listed.contains(&format!("{name}_FILE"));
    listed.iter().filter(has_file).cloned().collect()
}

/// A call of the provider whose variable it is.
fn call_of(name: &str) -> &'static [&'static str] {
    match name.split('_').nth(1).unwrap() {
        "AIRPAY" => &["airpay", "customer-preference", "--entity-id=E1"],
        "PAYSAFE" => &["paysafe", "prepaid-cards", "--customer-id", "12345678"],
        _ => &["ibanera", "customer-cards"],
    }
}

#[test]
fn every_secret_may_be_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret");
    let secrets = secrets();
    assert!(secrets.len() >= 15, "{secrets:?}");
    // The message is about the file where the file was read.
    for name in &secrets {
        let variable = format!("{name}_FILE");
        let says = |path: &Path| {
            let mut command = cards(call_of(name));
            let (code, out, err) = run(command.arg("--dry-run").env(&variable, path));
            assert_eq!((code, &*out), (2, ""), "{err}");
            assert!(!err.contains("MARKER"), "{err}");
            err
        };
        for (content, end) in [
            (&b""[..], ": it is empty; check what was to write it\n"),
            (b"\n", ": it is empty; check what was to write it\n"),
            (
                b"\xef\xbb\xbf\r\n",
                ": it is empty; check what was to write it\n",
            ),
            (
                b"MARKER\xff",
                ": it is not UTF-8 text; save it as UTF-8 text\n",
            ),
            (
                b"\xff\xfeM\0",
                ": it is UTF-16 text, and not UTF-8; save it as UTF-8 text\n",
            ),
            (
                &[b'x'; 1024 * 1024 + 1],
                ": it holds more than 1 MiB; check that it is the right file\n",
            ),
        ] {
            fs::write(&file, content).unwrap();
            let said = says(&file);
            assert!(said.starts_with(&format!("error: {variable}: ")), "{said}");
            assert!(said.contains(file.to_str().unwrap()), "{said}");
            assert!(said.ends_with(end), "{said}");
        }
        let said = says(&folder.path().join("nowhere"));
        assert!(said.contains("nowhere: No such file"), "{said}");
        // The secret itself, in the wrong variable.
        assert!(says(Path::new("MARKER7141")).contains(&variable));
    }
}

#[test]
fn a_secret_from_a_file_serves_as_from_the_variable() {
    let sandbox = sandbox();
    let folder = tempfile::tempdir().unwrap();
    let secrets = secrets();
    for call in [
        &[
            "airpay",
            "customer-preference",
            "--entity-id=AIRPAYCUST0001",
            "--status=ALLOWED",
            "--type=ATM",
        ][..],
        &["paysafe", "prepaid-cards", "--customer-id=12345678"],
        &["ibanera", "customer-cards"],
    ] {
        for (before, after) in [("", ""), ("", "\n"), ("", "\r\n"), ("\u{feff}", "\n")] {
            let mut command = cards(call);
            for (name, value) in sandbox.env() {
                if secrets.iter().any(|secret| secret == name) {
                    let file = folder.path().join(name);
                    fs::write(&file, format!("{before}{value}{after}")).unwrap();
                    // An empty variable counts as not set.
                    command.env(name, "").env(format!("{name}_FILE"), file);
                } else {
                    command.env(name, value);
                }
            }
            let (code, _, err) = run(&mut command);
            assert_eq!(code, 0, "{call:?}: {err}");
            // No white space is left to be warned of.
            assert!(!err.contains("warning"), "{call:?}: {err}");
        }
    }
}

#[test]
fn a_secret_is_set_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret");
    fs::write(&file, "MARKER").unwrap();
    let config = folder.path().join("config.toml");
    for name in secrets() {
        let variable = format!("{name}_FILE");
        let mut command = cards(call_of(&name));
        command.env(&name, "MARKER").env(&variable, &file);
        let (code, _, err) = run(&mut command);
        assert_eq!(code, 2);
        let said = format!(
            "error: {name} and {variable} are both set: which one counts? unset the other\n"
        );
        assert_eq!(err, said);

        let key = name.trim_start_matches("CARDS_").to_lowercase();
        fs::write(
            &config,
            format!(
                "[profile.default]\n{key} = 'MARKER'\n{key}_file = '{}'\n",
                file.display()
            ),
        )
        .unwrap();
        make_private(&config);
        let mut command = cards(call_of(&name));
        let (code, _, err) = run(command.arg("--config").arg(&config));
        assert_eq!(code, 2);
        assert!(
            err.contains(&format!("{key} and {key}_file of the profile are both set")),
            "{err}"
        );
    }
}

#[test]
fn a_variable_wins_over_the_profile_file_or_not() {
    let sandbox = sandbox();
    let folder = tempfile::tempdir().unwrap();
    let (good, bad) = (folder.path().join("good"), folder.path().join("bad"));
    fs::write(&good, "sandbox-paysafe-token\n").unwrap();
    fs::write(&bad, "wrong\n").unwrap();
    let config = folder.path().join("config.toml");
    let says = |profile: String, env: &[(&str, &Path)]| {
        let text = format!(
            "[profile.default]\npaysafe_base_url = '{}'\n{profile}\n",
            sandbox.paysafe_url()
        );
        fs::write(&config, text).unwrap();
        make_private(&config);
        let mut command = cards(call_of("CARDS_PAYSAFE"));
        command
            .arg("--config")
            .arg(&config)
            .envs(env.iter().copied());
        run(&mut command).0
    };
    let of_profile = |file: &Path| format!("paysafe_token_file = '{}'", file.display());
    assert_eq!(says(of_profile(&good), &[]), 0);
    assert_eq!(says(of_profile(&bad), &[]), 4);
    assert_eq!(
        says(of_profile(&bad), &[("CARDS_PAYSAFE_TOKEN_FILE", &good)]),
        0
    );
    let token = Path::new("sandbox-paysafe-token");
    assert_eq!(says(of_profile(&bad), &[("CARDS_PAYSAFE_TOKEN", token)]), 0);
    assert_eq!(
        says(
            "paysafe_token = 'wrong'".to_owned(),
            &[("CARDS_PAYSAFE_TOKEN_FILE", &good)]
        ),
        0
    );
}

#[test]
fn all_that_cannot_be_used_is_told_at_once() {
    let mut command = cards(call_of("CARDS_PAYSAFE"));
    command
        .env("CARDS_PAYSAFE_TOKEN_FILE", "/nonexistent/token")
        .env("CARDS_PAYSAFE_CLIENT_SECRET_FILE", "/dev/null");
    let (code, _, err) = run(&mut command);
    assert_eq!(code, 2);
    insta::assert_snapshot!(err, @"
    error: 2 settings cannot be used:
      CARDS_PAYSAFE_TOKEN_FILE: cannot read the file that it names, which is not repeated: it may be a value: No such file or directory; check the path
      CARDS_PAYSAFE_CLIENT_SECRET_FILE: cannot read the file /dev/null: it is empty; check what was to write it
    ");
}

/// Finds out of a call what it needs, and by what its variables begin.
struct Look;

impl Visit for Look {
    type Output = (bool, &'static str);

    fn visit<C: Call>(self) -> Self::Output {
        (C::is_login(), <C::Provider as Provider>::PREFIX)
    }
}

#[test]
fn what_is_said_to_be_missing_is_what_is_missing() {
    let sandbox = sandbox();
    let mut seen = 0;
    for operation in operations() {
        let (is_login, prefix) = visit(operation.name, Look).unwrap();
        if is_login {
            continue;
        }
        let name = operation
            .name
            .strip_prefix("list-")
            .unwrap_or(operation.name);
        let call = [
            operation.provider.as_str(),
            name,
            "--dry-run",
            "--no-validate",
        ];
        let mut given = vec![];
        let mut command = cards(&call);
        for field in operation
            .fields
            .iter()
            .filter(|field| field.place == cards_transport::model::Place::Path)
        {
            command.arg(format!("--{}=1", kebab(field.wire)));
        }
        let (code, _, said) = run(&mut command);
        assert_eq!(code, 2, "{operation}");
        let first_way: Vec<_> = said
            .lines()
            .filter(|line| line.starts_with("  CARDS_"))
            .flat_map(|line| line.split_whitespace())
            .filter(|word| word.starts_with("CARDS_") && !word.ends_with("_FILE"))
            .collect();
        assert!(!first_way.is_empty(), "{said}");
        let env = sandbox.env();
        for name in &first_way {
            assert!(name.starts_with(prefix), "{said}");
            let value = env
                .iter()
                .find(|(known, _)| known == name)
                .map_or("x", |(_, value)| value);
            given.push((*name, value.to_owned()));
        }
        // With all of them nothing is missing, and without each it is named.
        command.envs(given.iter().map(|(name, value)| (name, value)));
        let (code, _, err) = run(&mut command);
        assert_eq!(code, 0, "{operation}: {err}");
        for (name, _) in &given {
            command.env_remove(name);
            let (code, _, err) = run(&mut command);
            assert_eq!(code, 2, "{operation} without {name}");
            assert!(err.contains(&format!("\n  {name} ")), "{operation}: {err}");
            for (name, value) in &given {
                command.env(name, value);
            }
        }
        seen += 1;
    }
    assert!(seen > 5);
}

fn kebab(wire: &str) -> String {
    let mut text = String::new();
    for c in wire.chars() {
        if c.is_ascii_uppercase() || c == '_' {
            text.push('-');
        }
        text.extend(c.to_lowercase().filter(|c| *c != '_'));
    }
    text
}

#[test]
fn an_empty_variable_counts_as_not_set() {
    let sandbox = sandbox();
    // Those that the call does without.
    let needed = ["CARDS_PAYSAFE_BASE_URL", "CARDS_PAYSAFE_TOKEN"];
    for name in listed()
        .iter()
        .filter(|name| !needed.contains(&name.as_str()))
    {
        let mut command = cards(call_of("CARDS_PAYSAFE"));
        for (name, value) in sandbox.env() {
            if needed.contains(&name) {
                command.env(name, value);
            }
        }
        let (code, out, err) = run(command.env(name, ""));
        assert_eq!((code, err.contains("warning")), (0, false), "{name}");
        assert!(out.starts_with("CARD ID"), "{name}");
    }
    // A log that is asked for by nothing still warns.
    let mut command = cards(&["demo"]);
    let (code, _, err) = run(command
        .env("RUST_LOG", "")
        .env("CARDS_CONFIG", "")
        .env("CARDS_PROFILE", ""));
    assert_eq!((code, &*err), (0, ""));
}

#[test]
fn the_file_is_looked_for_where_xdg_says() {
    let sandbox = sandbox();
    let home = tempfile::tempdir().unwrap();
    let other = tempfile::tempdir().unwrap();
    let write = |folder: &Path, token: &str| {
        fs::create_dir_all(folder.join("cards")).unwrap();
        let file = folder.join("cards/config.toml");
        let url = sandbox.paysafe_url();
        fs::write(
            &file,
            format!(
                "\u{feff}[profile.default]\npaysafe_base_url = '{url}'\npaysafe_token = '{token}'\n"
            ),
        )
        .unwrap();
        make_private(&file);
    };
    write(&home.path().join(".config"), "wrong");
    write(other.path(), "sandbox-paysafe-token");
    let code = |xdg: &Path| {
        let mut command = cards(call_of("CARDS_PAYSAFE"));
        run(command.env("HOME", home.path()).env("XDG_CONFIG_HOME", xdg)).0
    };
    assert_eq!(code(other.path()), 0);
    // By its specification, a path that is not absolute counts as none.
    assert_eq!(code(Path::new("")), 4);
    assert_eq!(code(Path::new("relative")), 4);
}

#[test]
fn a_mark_of_utf8_is_skipped_in_every_input() {
    let sandbox = sandbox();
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, format!("\u{feff}{text}")).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let json = r#"{"entity_id": "AIRPAYCUST0001", "status": "ALLOWED", "type": "ATM"}"#;
    let preference = ["airpay", "customer-preference", "--json"];
    let path = file("fields.json", json);
    assert_eq!(run(cards_at(&sandbox, &preference).arg(path)).0, 0);
    let mut command = cards_at(&sandbox, &preference);
    assert_eq!(
        run(command.arg("-").write_stdin(format!("\u{feff}{json}"))).0,
        0
    );
    let value = format!("--city=@{}", file("value", "Kochi\n"));
    let rest = ["airpay", "update-customer", "--entity-id=AIRPAYCUST0001"];
    assert_eq!(run(cards_at(&sandbox, &rest).arg(value)).0, 0);

    let (_, plain, _) = run(cards_at(&sandbox, &["sign", "entity_id=E1", "city=Kochi"]).arg("--"));
    for (text, flag) in [
        ("entity_id=E1\ncity=Kochi\n", "--form"),
        ("entity_id=E1&city=Kochi", "--form"),
        (
            "curl -d entity_id=E1 -d city=Kochi http://localhost/x",
            "--curl",
        ),
    ] {
        let path = file("body", text);
        let (code, out, err) = run(cards_at(&sandbox, &["sign", flag]).arg(path));
        assert_eq!((code, out == plain, &*err), (0, true, ""), "{text}");
    }
}
