//! The fixtures themselves: complete, and traced to their documents.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use cards_transport::{Call, Visit, operations, visit};
use conformance::fixture::Kind;
use conformance::ledger;

use crate::common::operations::named_operation;
use crate::common::{case, cases};
use crate::stage::requests;

/// Every example of the five documents is there, and each says where it comes
/// from.
#[test]
fn every_documented_example_is_there() {
    let mut documented = BTreeMap::<String, usize>::new();
    for case in cases() {
        if case.meta.kind == Kind::Documented {
            assert!(!case.meta.requirements.is_empty(), "{}", case.id());
            assert!(!case.meta.section.is_empty(), "{}", case.id());
            *documented.entry(case.meta.document).or_default() += 1;
        }
    }
    // Those of the five documents; other pages may have some too.
    for (document, count) in [
        ("airpay-customer-preference", 3),
        ("airpay-register-user", 3),
        ("airpay-update-customer", 3),
        ("ibanera-get-customer-cards", 9),
        ("paysafe-get-prepaid-cards", 5),
    ] {
        assert_eq!(documented[document], count, "{document}");
    }
}

/// Each case is in the folder of its provider, whose operations are found by their names alone, and
/// witness of rows that there are.
#[test]
fn every_case_is_in_its_place() {
    let ledger = ledger::read(Path::new(ledger::DIRECTORY)).unwrap();
    let known: BTreeSet<_> = ledger.requirements().map(|row| &row.id).collect();
    let errata: BTreeSet<_> = ledger.errata.iter().map(|row| &row.id).collect();
    for case in cases() {
        let operation = named_operation(&case.operation);
        let operation = operation.unwrap_or_else(|why| panic!("fixtures/{}: {why}", case.id()));
        assert_eq!(operation.provider.as_str(), case.provider, "{}", case.id());
        let cited = case.meta.requirements.iter().chain(&case.meta.errata);
        for id in cited {
            let is_known = known.contains(id) || errata.contains(id);
            assert!(is_known, "fixtures/{}: no row {id}", case.id());
        }
    }
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
            assert!(case(&id(name)).check.unwrap().strict.is_empty(), "{name}");
        }
        let own = requests().filter(|case| case.id().starts_with(&id("")));
        let mut checks = own.filter_map(|case| case.check);
        assert!(checks.any(|check| !check.strict.is_empty()), "{operation}");
    }
    assert!(count >= 6, "{count}");
}
