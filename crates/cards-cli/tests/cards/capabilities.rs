//! `cards capabilities`

use cards_transport::model::Source;
use serde_json::Value;

use super::{cards, run};

fn printed(format: &str) -> String {
    let (code, out, err) = run(&mut cards(&["capabilities", "--output", format]));
    assert_eq!((code, &*err), (0, ""));
    out
}

#[test]
fn every_operation_is_there_with_its_source() {
    let all: Vec<Value> = serde_json::from_str(&printed("json")).unwrap();
    let lines: Vec<Value> = printed("ndjson")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines, all);
    let table = printed("table");
    for operation in cards_transport::operations() {
        // It says what it is for.
        assert!(!operation.capabilities.is_empty(), "{operation}");
        let listed: Vec<_> = all
            .iter()
            .filter(|one| one["operation"] == operation.name)
            .collect();
        assert_eq!(listed.len(), operation.capabilities.len(), "{operation}");
        for one in listed {
            assert_eq!(one["provider"], operation.provider.as_str());
            assert_eq!(one["source"], operation.source.as_str());
            assert_eq!(one["path"], operation.path);
        }
        let mark = match operation.source {
            Source::Document => "",
            Source::Reference => "*",
            _ => "?",
        };
        let shown = format!("{}{mark}", operation.name);
        assert!(
            table.split_whitespace().any(|word| word == shown),
            "{shown}"
        );
    }
}

#[test]
fn a_table_has_a_column_for_each_provider_and_fits_a_terminal() {
    let table = printed("table");
    let mut lines = table.lines();
    let head: Vec<_> = lines.next().unwrap().split_whitespace().collect();
    assert_eq!(head, ["CAPABILITY", "AIRPAY", "PAYSAFE", "IBANERA"]);
    assert!(
        table.lines().all(|line| line.chars().count() <= 80),
        "{table}"
    );
    let login = lines.next().unwrap();
    assert!(login.starts_with("log in"), "{login}");
    let csv = printed("csv");
    assert!(
        csv.starts_with("capability,airpay,paysafe,ibanera\n"),
        "{csv}"
    );
}
