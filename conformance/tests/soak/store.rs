//! Holds what the store has afterwards against the book.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use conformance::trust::Report;
use rusqlite::{Connection, Row};

use crate::load::{FIRST_OWN, Known, Ledger, city};

/// The ids of cards that a sandbox starts with end here.
const LAST_GIVEN: i64 = 1026;

/// Rows of the store that the load made.
pub(crate) struct Found {
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
    let mut found = Found {
        registered: BTreeMap::new(),
        loaded: BTreeMap::new(),
        ibanera: BTreeSet::new(),
        cities: BTreeMap::new(),
        statuses: BTreeMap::new(),
    };
    rows("SELECT email, city FROM airpay_customer", &mut |row| {
        let email: String = row.get(0).unwrap();
        let number = email
            .strip_prefix('p')
            .and_then(|rest| rest.strip_suffix("@example.com"));
        if let Some(number) = number.and_then(|number| number.parse().ok()) {
            *found.registered.entry(number).or_default() += 1;
            found.cities.insert(number, row.get(1).unwrap());
        }
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
    pub(crate) fn check(&self, ledger: &Ledger, report: &mut Report) {
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
        for (card, statuses) in &ledger.locked {
            let there = self.statuses.get(card);
            if !statuses
                .iter()
                .any(|one| Some(one.as_str()) == there.map(String::as_str))
            {
                report.failed(format!("card {card}: {there:?} is none of {statuses:?}"));
            }
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
