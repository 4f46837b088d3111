//! Checksums that are wrong as people report it, made by another implementation: `reported/generate.py`.

use cards_sign::{Explain, MAX_TRIED, explain};
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    name: String,
    operation: String,
    table: Vec<String>,
    example: Vec<String>,
    received: Vec<(String, String)>,
    others: Vec<(String, String)>,
    days: Vec<(String, String)>,
    secret: String,
    made: Vec<Made>,
    says: Vec<String>,
}

#[derive(Deserialize)]
struct Made {
    order: String,
    checksum: String,
}

fn pairs(pairs: &[(String, String)]) -> Vec<(&str, &str)> {
    pairs
        .iter()
        .map(|(name, value)| (&**name, &**value))
        .collect()
}

/// Tells why the explanation of one checksum is wrong. `None`: it is right.
fn trouble(case: &Case, made: &Made) -> Option<String> {
    let names = |names: &'_ [String]| names.to_vec();
    let (table, example) = (names(&case.table), names(&case.example));
    let table: Vec<&str> = table.iter().map(String::as_str).collect();
    let example: Vec<&str> = example.iter().map(String::as_str).collect();
    let (received, others, days) = (
        pairs(&case.received),
        pairs(&case.others),
        pairs(&case.days),
    );
    let input = Explain::new(&received, case.secret.as_bytes(), &made.checksum);
    let explanation = explain(
        &input
            .table(&table)
            .example(&example)
            .others(&others)
            .days(&days),
    );
    let said = explanation.to_string();
    let honest = said.contains("no known mistake");
    let right = case.says.iter().all(|part| said.contains(part))
        && (honest || said.contains(&made.order))
        && explanation.tried() <= MAX_TRIED
        && !said.contains(&*case.secret);
    (!right).then(|| {
        format!(
            "{}, {}, {}: {} tried: {said}",
            case.name,
            case.operation,
            made.order,
            explanation.tried()
        )
    })
}

#[test]
fn of_61_reported_mistakes_58_are_named_in_every_order_and_3_are_told_honestly() {
    let cases: Vec<Case> =
        serde_json::from_str(include_str!("reported/cases.json")).expect("a list of cases");
    let honest = |case: &&Case| case.says[0].contains("no known mistake");
    assert_eq!((cases.len(), cases.iter().filter(honest).count()), (61, 3));
    for operation in [
        "register-user",
        "update-customer",
        "user-login",
        "customer-preference",
    ] {
        assert!(
            cases.iter().any(|case| case.operation == operation),
            "{operation}"
        );
    }
    let troubles: Vec<String> = cases
        .iter()
        .flat_map(|case| case.made.iter().filter_map(|made| trouble(case, made)))
        .collect();
    assert!(
        troubles.is_empty(),
        "{}\n{}",
        troubles.len(),
        troubles.join("\n")
    );
}
