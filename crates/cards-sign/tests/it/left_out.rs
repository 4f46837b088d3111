//! Finds any two fields that a sender left out of the checksum, among as many as the largest form
//! has.

use cards_sign::{Explain, FieldRef, MAX_TRIED, Mistake, Order, checksum, explain};
use proptest::prelude::*;

const SECRET: &[u8] = b"fake-secret-for-tests";
const FIELDS: usize = 21;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn two_fields_left_out_are_both_named(
        values in proptest::collection::vec("[a-zA-Z0-9 @.,/-]{1,20}", FIELDS),
        one in 0..FIELDS,
        other in 0..FIELDS,
        table in Just((0..FIELDS).collect::<Vec<_>>()).prop_shuffle(),
        order in prop::sample::select(vec![None, Some(Order::Table), Some(Order::Sorted)]),
    ) {
        prop_assume!(one != other);
        let names: Vec<String> = (0..FIELDS).map(|at| format!("field_{at:02}")).collect();
        let body: Vec<(&str, &str)> = table.iter().map(|at| (&*names[*at], &*values[*at])).collect();
        let listed: Vec<&str> = (0..FIELDS).rev().map(|at| &*names[at]).collect();
        // The numbers that are left out are those of the body.
        let (first, second) = (one.min(other), one.max(other));
        let mut signed = body.clone();
        signed.remove(second);
        signed.remove(first);
        match order {
            None => {}
            Some(Order::Table) => signed.sort_by(|a, b| b.0.cmp(a.0)),
            Some(_) => signed.sort_by(|a, b| a.0.cmp(b.0)),
        }
        let given = checksum(signed.iter().map(|(_, value)| *value), SECRET).to_string();
        let explanation = explain(&Explain::new(&body, SECRET, &given).table(&listed));
        let cause = explanation.matched();
        let cause = cause.unwrap_or_else(|| panic!("{explanation}"));
        let named = |at: usize| Mistake::LeftOut(FieldRef::Named(body[at].0.to_owned()));
        let mut found = cause.mistakes.clone();
        // In the order in which they are tried.
        found.sort_by_key(|mistake| *mistake != named(first));
        prop_assert_eq!(found, [named(first), named(second)], "{}", explanation);
        prop_assert!(explanation.tried() <= MAX_TRIED);
        for at in [first, second] {
            prop_assert!(explanation.to_string().contains(body[at].0));
        }
    }
}

#[test]
fn it_is_said_in_a_sentence() {
    let fields = [
        ("entity_id", "E1"),
        ("status", "ALLOWED"),
        ("type", "ATM"),
        ("city", "Kochi"),
    ];
    let table = fields.map(|(name, _)| name);
    let given = checksum(["E1", "ATM"], SECRET).to_string();
    let explanation = explain(&Explain::new(&fields, SECRET, &given).table(&table));
    insta::assert_snapshot!(explanation, @"The sender hashed the values in the order received, without `status` and `city` (or with them empty, which hashes the same). Hash each value that is sent, and send each value that is hashed.");
}

/// The largest form, with all that the sandbox knows beside it: the search ends before the space does, and says so.
#[test]
fn a_search_that_ends_early_says_so() {
    let names: Vec<String> = (0..FIELDS).map(|at| format!("field_{at:02}")).collect();
    let values: Vec<String> = (0..FIELDS).map(|at| format!(" Ab/c d+é{at}")).collect();
    let fields: Vec<(&str, &str)> = names
        .iter()
        .zip(&values)
        .map(|(name, value)| (&**name, &**value))
        .collect();
    let table: Vec<&str> = fields.iter().rev().map(|(name, _)| *name).collect();
    let example: Vec<&str> = table[4..].iter().chain(&table[..4]).copied().collect();
    let headers = [("affiliate", "a"), ("processor-key", "b"), ("token", "c")];
    let days = [("IST", "2026-11-28"), ("UTC", "2026-11-27")];
    let given = "0".repeat(64);
    let input = Explain::new(&fields, SECRET, &given);
    let few = Explain::new(&fields[..4], SECRET, &given);
    let whole = explain(&few.table(&table));
    assert!(!whole.is_cut() && whole.tried() < MAX_TRIED, "{whole}");
    assert!(whole.to_string().contains(" tried)."), "{whole}");
    let cut = explain(
        &input
            .table(&table)
            .example(&example)
            .others(&headers)
            .days(&days),
    );
    assert!(cut.is_cut() && cut.tried() == MAX_TRIED, "{cut}");
    assert!(
        cut.to_string()
            .contains("(10000 tried; the rarest were not tried)"),
        "{cut}"
    );
}
