//! `cards man`

use super::{cards, run};

#[test]
fn a_page_says_what_the_help_says() {
    let (code, out, err) = run(&mut cards(&["man"]));
    assert_eq!((code, &*err), (0, ""));
    assert!(out.contains(".TH cards 1"), "{out}");
    for command in ["sandbox", "verify", "airpay"] {
        let name = format!("cards\\-{command}");
        assert!(out.contains(&name), "{name}: {out}");
    }
    let (code, out, err) = run(&mut cards(&["man", "paysafe", "prepaid-cards"]));
    assert_eq!((code, &*err), (0, ""));
    assert!(out.contains(".TH cards-paysafe-prepaid-cards 1"), "{out}");
    assert!(out.contains("customer\\-id"), "{out}");
    assert!(out.contains("\"cards 0."), "{out}");
}

#[test]
fn every_command_that_the_help_lists_has_a_page() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().to_str().unwrap();
    let (code, out, err) = run(&mut cards(&["man", "--dir", folder]));
    assert_eq!((code, &*out, &*err), (0, "", ""));
    let mut names = Vec::new();
    listed(&mut Vec::new(), &mut names);
    assert!(names.len() > 25, "{names:?}");
    for name in &names {
        let page = std::fs::read_to_string(format!("{folder}/{name}.1")).unwrap();
        assert!(page.contains(&format!(".TH {name} 1")), "{page}");
    }
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), names.len());
}

/// Adds the name of the page of a command, and of those below it, by its help.
fn listed(path: &mut Vec<String>, names: &mut Vec<String>) {
    names.push([&["cards".to_owned()], &**path].concat().join("-"));
    let args = path.iter().map(String::as_str).chain(["--help"]);
    let (_, help, _) = run(&mut cards(&args.collect::<Vec<_>>()));
    let (_, commands) = help.split_once("\nCommands:\n").unwrap_or_default();
    let lines = commands.lines().take_while(|line| !line.is_empty());
    let below = lines.filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    for name in below.filter(|name| !name.is_empty() && *name != "help") {
        path.push(name.to_owned());
        listed(path, names);
        path.pop();
    }
}

#[test]
fn a_command_that_is_not_there_and_a_folder_that_is_not_are_told() {
    let (code, out, err) = run(&mut cards(&["man", "paysafe", "4622940000003713"]));
    assert_eq!((code, &*out), (2, ""));
    assert!(err.contains("cards paysafe has no such command"), "{err}");
    assert!(err.contains("prepaid-cards"), "{err}");
    assert!(!err.contains("4622940000003713"), "{err}");

    let (code, out, err) = run(&mut cards(&["man", "--dir", "/nonexistent/man"]));
    assert_eq!((code, &*out), (1, ""));
    assert!(
        err.contains("--dir: /nonexistent/man/cards.1 cannot be written"),
        "{err}"
    );
}
