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
    let listed = |path: &[&str]| -> Vec<String> {
        let (_, help, _) = run(&mut cards(&[path, &["--help"]].concat()));
        let (_, commands) = help.split_once("\nCommands:\n").unwrap_or_default();
        let lines = commands.lines().take_while(|line| !line.is_empty());
        let names = lines.filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
        let names = names.filter(|name| !name.is_empty() && *name != "help");
        names.map(str::to_owned).collect()
    };
    let mut pages = 1;
    for command in listed(&[]) {
        let below = listed(&[&command]);
        pages += 1 + below.len();
        for name in below
            .iter()
            .map(|name| format!("{command}-{name}"))
            .chain([command.clone()])
        {
            let page = std::fs::read_to_string(format!("{folder}/cards-{name}.1")).unwrap();
            assert!(page.contains(&format!(".TH cards-{name} 1")), "{page}");
        }
    }
    assert!(pages > 15, "{pages}");
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), pages);
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
