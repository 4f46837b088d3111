//! `conformance/settings.toml` lists all settings: its flags are in the
//! program's help, and its variables are those that the program reads.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::{cards, run};

/// The texts under a key, of all settings of one side.
fn listed(of: &str, key: &str) -> BTreeSet<String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/settings.toml");
    let rows: toml::Table = fs::read_to_string(file).unwrap().parse().unwrap();
    let rows = rows.values().filter(|row| row["of"].as_str() == Some(of));
    let texts = rows.filter_map(|row| row.get(key)?.as_array());
    let texts = texts
        .flatten()
        .map(|text| text.as_str().unwrap().to_owned());
    texts.collect()
}

/// The words of a help that begin so.
fn words(arguments: &[&str], head: &str) -> BTreeSet<String> {
    let (code, help, _) = run(&mut cards(arguments));
    assert_eq!(code, 0, "{arguments:?}");
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let words = help.split(|c| !is_part(c));
    let words = words.filter(|word| word.starts_with(head));
    words.map(str::to_owned).collect()
}

#[test]
fn each_flag_of_a_setting_is_in_the_help_of_its_side() {
    let calls = [
        ["airpay", "register-user", "--help"],
        ["airpay", "generate-otp", "--help"],
        ["paysafe", "prepaid-cards", "--help"],
        ["ibanera", "customer-cards", "--help"],
    ];
    let client: BTreeSet<_> = calls.iter().flat_map(|call| words(call, "--")).collect();
    let flags = listed("client", "flags");
    assert!(flags.len() > 8, "{flags:?}");
    assert_eq!(flags.difference(&client).next(), None);
    let sandbox = words(&["sandbox", "--help"], "--");
    let flags = listed("sandbox", "flags");
    assert!(flags.len() > 8, "{flags:?}");
    assert_eq!(flags.difference(&sandbox).next(), None);
}

/// No setting of a variable is left out: what the program reads is listed.
#[test]
fn the_variables_of_settings_are_those_of_the_program() {
    let mut read = words(&["help", "environment"], "CARDS_");
    // Files that hold the value of another variable, and the head of a name.
    let all = read.clone();
    read.retain(|name| {
        name.strip_suffix("_FILE")
            .is_none_or(|of| !all.contains(of))
    });
    read.remove("CARDS_");
    // The file that settings are read from, and the part of it.
    for name in ["CARDS_CONFIG", "CARDS_PROFILE"] {
        assert!(read.remove(name), "{name}");
    }
    assert_eq!(listed("client", "variables"), read);
    assert_eq!(listed("sandbox", "variables"), BTreeSet::new());
}
