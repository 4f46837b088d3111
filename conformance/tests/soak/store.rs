//! Holds what the store has afterwards against the book.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use conformance::trust::Report;
use rusqlite::{Connection, Row};

use crate::ledger::{Known, Ledger};
use crate::load::{FIRST_OWN, city};

/// The ids of cards that a sandbox starts with end here.
const LAST_GIVEN: i64 = 1026;

/// Rows of the store that the load makes or changes.
#[derive(Default)]
pub(crate) struct Found {
    /// The addresses of other customers.
    others: BTreeSet<String>,
    /// Counts the customers that have the address of a number.
    registered: BTreeMap<u32, u32>,
    /// Counts the loads of an amount, in paise.
    loaded: BTreeMap<u32, u32>,
    /// The cards of Ibanera that were made.
    pub(crate) ibanera: BTreeSet<i64>,
    /// The city of each customer, by the number in the address.
    cities: BTreeMap<u32, String>,
    /// The status of each card of Paysafe's.
    pub(crate) statuses: BTreeMap<String, String>,
}

pub(crate) fn read(file: &Path) -> Found {
    let database = Connection::open(file).unwrap();
    let one = |sql: &str| -> String { database.query_row(sql, [], |row| row.get(0)).unwrap() };
    assert_eq!(one("PRAGMA integrity_check"), "ok");
    let rows = |sql: &str, each: &mut dyn FnMut(&Row<'_>)| {
        let mut statement = database.prepare(sql).unwrap();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            each(row);
        }
    };
    let mut found = Found::default();
    rows("SELECT email, city FROM airpay_customer", &mut |row| {
        let email: Option<String> = row.get(0).unwrap();
        let email = email.unwrap_or_default();
        let number = email
            .strip_prefix('p')
            .and_then(|rest| rest.strip_suffix("@example.com"));
        let Some(number) = number.and_then(|number| number.parse().ok()) else {
            found.others.insert(email);
            return;
        };
        *found.registered.entry(number).or_default() += 1;
        found.cities.insert(number, row.get(1).unwrap());
    });
    let loads = "SELECT paise FROM airpay_transaction WHERE kind = 'load'";
    rows(loads, &mut |row| {
        *found.loaded.entry(row.get(0).unwrap()).or_default() += 1;
    });
    rows("SELECT id FROM ibanera_card", &mut |row| {
        let id: i64 = row.get(0).unwrap();
        if id > LAST_GIVEN {
            found.ibanera.insert(id);
        }
    });
    rows("SELECT card_id, status FROM paysafe_card", &mut |row| {
        found
            .statuses
            .insert(row.get(0).unwrap(), row.get(1).unwrap());
    });
    found
}

impl Found {
    /// Compares the rows of the store with the book, given those that were there before.
    pub(crate) fn check(&self, before: &Self, ledger: &Ledger, report: &mut Report) {
        let mut each = |kind: &str, book: &BTreeMap<u32, Known>, store: &BTreeMap<u32, u32>| {
            for (number, known) in book {
                let times = store.get(number).copied().unwrap_or_default();
                let holds = match known {
                    Known::Done => times == 1,
                    Known::NotDone => times == 0,
                    Known::Maybe => times <= 1,
                };
                if !holds {
                    report.failed(format!(
                        "{kind} {number}: {known:?}, and {times} times there"
                    ));
                }
            }
        };
        each("registration", &ledger.registered, &self.registered);
        each("load", &ledger.loaded, &self.loaded);
        self.check_created(ledger, report);
        self.check_moved(ledger, report);
        self.check_others(before, ledger, report);
    }

    /// Finds rows that the book does not tell of.
    fn check_others(&self, before: &Self, ledger: &Ledger, report: &mut Report) {
        for number in self.registered.keys() {
            if !ledger.registered.contains_key(number) {
                report.failed(format!(
                    "registration {number} is there, and nobody made it"
                ));
            }
        }
        for (number, times) in &self.loaded {
            let is_known =
                ledger.loaded.contains_key(number) || before.loaded.get(number) == Some(times);
            if !is_known {
                report.failed(format!("load {number} is there, and nobody made it"));
            }
        }
        if self.others != before.others {
            report.failed("the customers that nobody registered are others");
        }
        let untouched = |found: &Self| -> BTreeMap<String, String> {
            let statuses = found.statuses.clone().into_iter();
            statuses
                .filter(|(card, _)| !ledger.locked.contains_key(card))
                .collect()
        };
        if untouched(self) != untouched(before) {
            report.failed("the cards of Paysafe's that nobody changed are others");
        }
    }

    fn check_created(&self, ledger: &Ledger, report: &mut Report) {
        let count = |known| ledger.created.iter().filter(|one| **one == known).count();
        let least = count(Known::Done);
        let most = least + count(Known::Maybe);
        let there = self.ibanera.len();
        if !(least..=most).contains(&there) {
            report.failed(format!(
                "{there} cards are there, and not {least} to {most}"
            ));
        }
        for id in ledger.ids.difference(&self.ibanera) {
            report.failed(format!("card {id} was acknowledged and is not there"));
        }
    }

    fn check_moved(&self, ledger: &Ledger, report: &mut Report) {
        for (worker, cities) in &ledger.moved {
            let number = FIRST_OWN + u32::try_from(*worker).unwrap();
            let Some(there) = self.cities.get(&number) else {
                report.failed(format!("worker {worker}: its customer is not there"));
                continue;
            };
            let is_one = |turn: &u32| city(*turn) == *there;
            if !cities.iter().any(is_one) {
                report.failed(format!("worker {worker}: {there:?} is none of {cities:?}"));
            }
        }
    }
}

#[test]
fn rows_that_nobody_made_are_found() {
    let card = |status: &str| BTreeMap::from([("c".to_owned(), status.to_owned())]);
    let before = Found {
        loaded: BTreeMap::from([(7, 1)]),
        statuses: card("ACTIVE"),
        ..Found::default()
    };
    let with = |change: fn(&mut Found)| {
        let mut found = Found {
            loaded: before.loaded.clone(),
            statuses: before.statuses.clone(),
            ..Found::default()
        };
        change(&mut found);
        let mut report = Report::default();
        found.check(&before, &Ledger::default(), &mut report);
        report.failed
    };
    assert_eq!(with(|_| {}), 0);
    let strays: [fn(&mut Found); 7] = [
        |found| _ = found.registered.insert(1, 1),
        |found| _ = found.loaded.insert(1, 1),
        |found| _ = found.loaded.insert(7, 2),
        |found| _ = found.ibanera.insert(LAST_GIVEN + 1),
        |found| _ = found.others.insert("a".to_owned()),
        |found| _ = found.statuses.insert("c".to_owned(), "LOCKED".to_owned()),
        |found| found.statuses.clear(),
    ];
    assert_eq!(strays.map(with), [1; 7]);
}
