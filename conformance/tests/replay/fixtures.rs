//! The fixtures themselves: complete, and traced to their documents.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use cards_transport::{Call, Visit, operations, visit};
use conformance::fixture::Kind;
use conformance::ledger::{self, Source};

use crate::common::operations::named_operation;
use crate::common::{case, cases};
use crate::stage::requests;

/// Every example of the five documents is there, and each says where it comes
/// from.
#[test]
fn every_documented_example_is_there() {
    let ledger = ledger::read(Path::new(ledger::DIRECTORY)).unwrap();
    let documents = ledger.documents.iter();
    let of_five = documents.filter(|document| document.source == Source::Document);
    let of_five: BTreeSet<_> = of_five.map(|document| &document.document).collect();
    let mut documented = BTreeMap::<String, usize>::new();
    for case in cases()
        .iter()
        .filter(|case| case.meta.kind == Kind::Documented)
    {
        if of_five.contains(&case.meta.document) {
            *documented.entry(case.meta.document.clone()).or_default() += 1;
        }
        assert!(!case.meta.requirements.is_empty(), "{}", case.id());
        assert!(!case.meta.section.is_empty(), "{}", case.id());
    }
    let expected = [
        ("airpay-customer-preference", 3),
        ("airpay-register-user", 3),
        ("airpay-update-customer", 3),
        ("ibanera-get-customer-cards", 9),
        ("paysafe-get-prepaid-cards", 5),
    ];
    let expected = expected.map(|(document, count)| (document.to_owned(), count));
    assert_eq!(documented, BTreeMap::from(expected));
}

/// Operations are found by their names alone.
#[test]
fn every_case_is_in_the_folder_of_its_provider() {
    for case in cases() {
        let operation = named_operation(&case.operation);
        let operation = operation.unwrap_or_else(|why| panic!("fixtures/{}: {why}", case.id()));
        assert_eq!(operation.provider.as_str(), case.provider, "{}", case.id());
    }
}

#[test]
fn every_cited_row_exists() {
    let known = rows();
    for case in cases() {
        let meta = &case.meta;
        for id in meta.requirements.iter().chain(&meta.errata) {
            assert!(known.contains(id), "fixtures/{}: no row {id}", case.id());
        }
    }
}

fn rows() -> BTreeSet<String> {
    let ledger = ledger::read(Path::new(ledger::DIRECTORY)).unwrap();
    let requirements = ledger.requirements().map(|row| row.id.clone());
    let errata = ledger.errata.iter().map(|row| row.id.clone());
    requirements.chain(errata).collect()
}

#[test]
fn every_operation_has_a_smallest_a_largest_and_a_refused_request() {
    struct IsLogin;

    impl Visit for IsLogin {
        type Output = bool;

        fn visit<C: Call>(self) -> bool {
            C::is_login()
        }
    }

    let mut count = 0;
    for operation in operations().filter(|one| visit(one.name, IsLogin) == Some(false)) {
        count += 1;
        let id = |name: &str| format!("{}/{}/{name}", operation.provider, operation.name);
        for name in ["smallest", "largest"] {
            assert_eq!(case(&id(name)).check.unwrap().strict, Vec::<String>::new());
        }
        let refused = requests().any(|case| {
            case.id().starts_with(&id("")) && case.check.is_some_and(|c| !c.strict.is_empty())
        });
        assert!(refused, "{operation}");
    }
    assert!(count >= 6, "{count}");
}
