//! Killed at any moment, a sandbox comes back with everything that it had
//! acknowledged. The process that is killed is this test binary, started anew.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crate::common::keep_alive::Client;
use crate::common::registration;
use cards_sandbox::world::airpay::{CUSTOMER, PLACEHOLDER};
use cards_sandbox::{Error, Running, Sandbox, Store};
use rusqlite::Connection;

const WRITERS: usize = 64;
const KILLS: usize = 50;
const FILE: &str = "CARDS_SANDBOX_CRASH_TEST_FILE";

/// No test: what the started process does.
#[test]
fn serve() {
    let Some(path) = std::env::var_os(FILE) else {
        return;
    };
    let sandbox = Sandbox::builder()
        .store(Store::File(path.into()))
        // Or a month's loads would end before the test does.
        .unlimited_loads()
        .start_blocking()
        .unwrap();
    println!("\nlistening on {}", sandbox.addr());
    // Until the one who started it ends, if nothing else ends it.
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
}

/// A sandbox in a process of its own.
struct Victim(Child);

impl Victim {
    fn spawn(path: &Path) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args(["--exact", "crash::serve", "--nocapture"])
            .env(FILE, path)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        Self(command.spawn().unwrap())
    }

    fn address(&mut self) -> SocketAddr {
        let mut lines = BufReader::new(self.0.stdout.take().unwrap()).lines();
        let address = lines
            .find_map(|line| Some(line.unwrap().strip_prefix("listening on ")?.to_owned()))
            .expect("it has to start");
        address.parse().unwrap()
    }

    /// `kill -9`
    fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Victim {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Everybody has an address, a card and a kit that nobody else has.
fn register(client: &mut Client, number: u32) -> std::io::Result<(u16, String)> {
    let (email, card, kit) = person(number);
    let changes = [("email", &*email), ("card_no", &*card), ("kit_no", &*kit)];
    client.airpay("register-user", &registration(&changes))
}

fn person(number: u32) -> (String, String, String) {
    (
        format!("p{number}@example.com"),
        format!("462294{number:010}"),
        format!("{number:012}"),
    )
}

/// The customer's id in the reply to a registration.
fn entity_id(body: &str) -> Option<&str> {
    body.strip_prefix(r#"{"status":200,"message":"success","data":{"entity_id":""#)?
        .split('"')
        .next()
}

/// Everyone whom the file knows by address, with id and kit; and that the file
/// is whole and nobody in it half.
fn everybody(path: &Path) -> BTreeMap<String, (String, String)> {
    let database = Connection::open(path).unwrap();
    let one = |sql: &str| -> String { database.query_row(sql, [], |row| row.get(0)).unwrap() };
    assert_eq!(one("PRAGMA integrity_check"), "ok");
    assert!(
        !database
            .prepare("PRAGMA foreign_key_check")
            .unwrap()
            .exists([])
            .unwrap()
    );
    let mut statement = database
        .prepare(
            "SELECT email, customer.entity_id, kit_shown, count(card.entity_id)
             FROM airpay_customer AS customer LEFT JOIN airpay_card AS card USING (entity_id)
             GROUP BY customer.number",
        )
        .unwrap();
    let rows = statement.query_map([], |row| {
        let cards: u32 = row.get(3)?;
        assert_eq!(cards, 1, "a customer has the card of the registration");
        Ok((row.get(0)?, (row.get(1)?, row.get(2)?)))
    });
    let mut everybody = BTreeMap::new();
    for row in rows.unwrap() {
        let (email, is) = row.unwrap();
        assert!(everybody.insert(email, is).is_none(), "registered twice");
    }
    everybody
}

#[test]
fn killed_amid_64_writers_50_times_it_keeps_what_it_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.db");
    // Above those of the cards that are there from the start.
    let next = AtomicU32::new(10_000);
    // By number, the id that the reply gave.
    let acknowledged = Mutex::new(BTreeMap::<u32, String>::new());

    for kill in 0..KILLS {
        let mut victim = Victim::spawn(&path);
        let address = victim.address();
        let before = acknowledged.lock().unwrap().len();
        // Now at the first answers, now after several rounds of them.
        let enough = before + 1 + kill * 29 % (WRITERS * 2);
        std::thread::scope(|scope| {
            for _ in 0..WRITERS {
                scope.spawn(|| {
                    let Ok(mut client) = Client::connect(address) else {
                        return;
                    };
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        let Ok((status, body)) = register(&mut client, number) else {
                            return;
                        };
                        let id = entity_id(&body).unwrap_or_else(|| panic!("{status} {body}"));
                        acknowledged.lock().unwrap().insert(number, id.to_owned());
                    }
                });
            }
            let deadline = Instant::now() + Duration::from_secs(120);
            while acknowledged.lock().unwrap().len() < enough && Instant::now() < deadline {
                std::thread::sleep(Duration::from_millis(1));
            }
            victim.kill();
        });
        let answers = acknowledged.lock().unwrap().len();
        assert!(answers >= enough, "{answers} of {enough} answers");
    }

    // It comes back by itself, before anybody else looks into its file.
    let mut last = Victim::spawn(&path);
    let mut client = Client::connect(last.address()).unwrap();
    let acknowledged = acknowledged.into_inner().unwrap();
    let (number, id) = acknowledged.last_key_value().unwrap();
    let (status, body) = register(&mut client, *number).unwrap();
    assert_eq!((status, entity_id(&body)), (200, None), "is there already");
    let update = [("entity_id", &**id), ("city", "Sofia")];
    let (_, body) = client.airpay("update-customer", &update).unwrap();
    assert!(body.contains("success"), "{body}");
    last.kill();

    let everybody = everybody(&path);
    assert!(acknowledged.len() >= KILLS);
    for (number, id) in &acknowledged {
        let (email, _, kit) = person(*number);
        assert_eq!(everybody.get(&email), Some(&(id.clone(), kit)), "{number}");
    }
    let ids: BTreeSet<_> = acknowledged.values().collect();
    assert_eq!(ids.len(), acknowledged.len(), "no id is given twice");
    // Beside them only those who were under way, and the two of every world.
    let most = acknowledged.len() + WRITERS * KILLS + 2;
    assert!((acknowledged.len() + 2..=most).contains(&everybody.len()));
}

/// The accounts that money comes into: a card of Ibanera's, or a customer of Airpay's, who has one
/// balance for all cards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Account {
    Card(i64),
    Customer(&'static str),
}

const ACCOUNTS: [Account; 6] = [
    Account::Card(1001),
    Account::Card(1002),
    Account::Customer(CUSTOMER),
    Account::Card(1005),
    Account::Card(1026),
    Account::Customer(PLACEHOLDER),
];

/// Reads an amount in its smallest units.
fn cents(text: &str) -> i64 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    format!("{whole}{fraction:0<2}").parse().unwrap()
}

/// The amounts that came in, in cents, and that the balances of Ibanera's cards are their sums:
/// Airpay's stand nowhere in the file.
fn money(path: &Path) -> BTreeMap<Account, Vec<i64>> {
    let database = Connection::open(path).unwrap();
    let mut entries = database
        .prepare("SELECT amount FROM ibanera_transaction WHERE cards_id = ?1 AND pending = ?2")
        .unwrap();
    let mut amounts = |card: i64, pending: bool| -> Vec<i64> {
        let rows = entries.query_map((card, pending), |row| Ok(cents(&row.get::<_, String>(0)?)));
        rows.unwrap().map(Result::unwrap).collect()
    };
    let sql = "SELECT id, total_balance, available_balance, pending_balance FROM ibanera_card";
    let mut cards = database.prepare(sql).unwrap();
    let rows = cards.query_map([], |row| {
        let balances: [String; 3] = [row.get(1)?, row.get(2)?, row.get(3)?];
        Ok((row.get(0)?, balances.map(|balance| cents(&balance))))
    });
    let mut all = BTreeMap::new();
    for row in rows.unwrap() {
        let (card, [total, available, pending]) = row.unwrap();
        let (settled, held_up) = (amounts(card, false), amounts(card, true));
        assert_eq!(pending, held_up.iter().sum::<i64>(), "{card}");
        assert_eq!(available, settled.iter().sum::<i64>(), "{card}");
        assert_eq!(total, available + pending, "{card}");
        all.insert(Account::Card(card), settled);
    }
    let sql = "SELECT paise FROM airpay_transaction WHERE entity_id = ?1";
    let mut loads = database.prepare(sql).unwrap();
    for id in [CUSTOMER, PLACEHOLDER] {
        let rows = loads.query_map([id], |row| row.get(0)).unwrap();
        all.insert(Account::Customer(id), rows.map(Result::unwrap).collect());
    }
    all
}

/// Pays so many cents in, as nobody else does. An error: the server is gone, and may have
/// taken them.
fn pay_in(client: &mut Client, account: Account, cents: u32) -> std::io::Result<()> {
    let amount = format!("{}.{:02}", cents / 100, cents % 100);
    let (reply, success) = match account {
        Account::Card(card) => {
            let body = format!(
                r#"{{"DestinationAccountId":{card},"TransferType":"ACH","Amount":{amount}}}"#
            );
            let reply = client.ibanera("POST", "simulations/payins", &body)?;
            (reply, r#""status":"1""#)
        }
        Account::Customer(id) => {
            let fields = [("entity_id", id), ("amount", &*amount)];
            (client.airpay("topup", &fields)?, r#""transaction_id":""#)
        }
    };
    let (status, body) = reply;
    assert!(status == 200 && body.contains(success), "{status} {body}");
    Ok(())
}

/// The balance that the sandbox tells, in cents.
fn told(client: &mut Client, account: Account) -> i64 {
    let (body, name) = match account {
        Account::Card(card) => {
            let target = "cards/balances?PageSize=100";
            let (_, body) = client.ibanera("GET", target, "").unwrap();
            let (_, own) = body.split_once(&format!(r#"{{"id":{card},"#)).unwrap();
            (own.to_owned(), r#""availableBalance":"#)
        }
        Account::Customer(id) => {
            let (_, body) = client.airpay("card-balance", &[("entity_id", id)]).unwrap();
            (body, r#""balance":""#)
        }
    };
    let (_, amount) = body.split_once(name).unwrap();
    let end = amount.find(|c: char| c != '.' && !c.is_ascii_digit());
    cents(&amount[..end.unwrap()])
}

#[test]
fn killed_amid_pay_ins_it_has_each_that_it_acknowledged_once_and_its_sums_agree() {
    const TIMES: usize = 12;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.db");
    // Above all that is there from the start, so that an amount tells which call it was.
    let next = AtomicU32::new(1_000_000);
    let acknowledged = Mutex::new(BTreeMap::<u32, Account>::new());
    for kill in 0..TIMES {
        let mut victim = Victim::spawn(&path);
        let address = victim.address();
        let enough = acknowledged.lock().unwrap().len() + 1 + kill * 29 % (WRITERS * 2);
        std::thread::scope(|scope| {
            for writer in 0..WRITERS {
                let (next, acknowledged) = (&next, &acknowledged);
                scope.spawn(move || {
                    let Ok(mut client) = Client::connect(address) else {
                        return;
                    };
                    loop {
                        let cents = next.fetch_add(1, Ordering::Relaxed);
                        let account = ACCOUNTS[(writer + cents as usize) % ACCOUNTS.len()];
                        if pay_in(&mut client, account, cents).is_err() {
                            return;
                        }
                        acknowledged.lock().unwrap().insert(cents, account);
                    }
                });
            }
            let deadline = Instant::now() + Duration::from_secs(120);
            while acknowledged.lock().unwrap().len() < enough && Instant::now() < deadline {
                std::thread::sleep(Duration::from_millis(1));
            }
            victim.kill();
        });
        let acknowledged = acknowledged.lock().unwrap();
        assert!(
            acknowledged.len() >= enough,
            "{} of {enough}",
            acknowledged.len()
        );
        // It comes back by itself, and says the same as its file.
        let mut again = Victim::spawn(&path);
        let mut client = Client::connect(again.address()).unwrap();
        let balances = ACCOUNTS.map(|account| told(&mut client, account));
        again.kill();
        let stored = money(&path);
        for (account, balance) in ACCOUNTS.iter().zip(balances) {
            let sum: i64 = stored[account].iter().sum();
            assert_eq!(balance, sum, "{account:?}");
        }
        let mut paid = BTreeMap::new();
        for (account, amounts) in &stored {
            for cents in amounts.iter().filter(|cents| **cents >= 1_000_000) {
                let cents = u32::try_from(*cents).unwrap();
                assert!(
                    paid.insert(cents, *account).is_none(),
                    "{cents} is there twice"
                );
            }
        }
        for (cents, account) in acknowledged.iter() {
            assert_eq!(paid.get(cents), Some(account), "{cents} was acknowledged");
        }
        let in_flight = paid.len() - acknowledged.len();
        assert!(in_flight <= WRITERS * (kill + 1), "{in_flight}");
    }
    // Each account was among those that were paid into.
    let accounts = acknowledged.into_inner().unwrap().into_values();
    assert_eq!(accounts.collect::<BTreeSet<_>>(), ACCOUNTS.into());
}

#[test]
fn killed_while_it_makes_its_file_it_makes_it_the_next_time() {
    let folder = tempfile::tempdir().unwrap();
    for moment in 0..25 {
        let path = folder.path().join(format!("{moment}.db"));
        let mut victim = Victim::spawn(&path);
        std::thread::sleep(Duration::from_millis(moment));
        victim.kill();
        let mut next = Victim::spawn(&path);
        let mut client = Client::connect(next.address()).unwrap();
        let (status, body) = register(&mut client, 1).unwrap();
        assert_eq!((status, entity_id(&body)), (200, Some("AIRPAYCUST0002")));
        next.kill();
        assert_eq!(everybody(&path).len(), 3);
    }
}

#[test]
fn another_process_is_refused_until_the_first_is_gone_however_it_went() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.db");
    let mut first = Victim::spawn(&path);
    let mut client = Client::connect(first.address()).unwrap();
    let (_, body) = register(&mut client, 1).unwrap();
    assert_eq!(entity_id(&body), Some("AIRPAYCUST0002"));
    let [symlink, hard_link] = ["symlink.db", "hard-link.db"].map(|name| folder.path().join(name));
    std::os::unix::fs::symlink(&path, &symlink).unwrap();
    std::fs::hard_link(&path, &hard_link).unwrap();
    // Elsewhere a hard link leads past the lock, and so does who deletes it: `Storage::File`.
    let is_kept = cfg!(target_os = "linux");
    let names = [&path, &symlink, &hard_link];
    for name in &names[..if is_kept { 3 } else { 2 }] {
        assert!(in_file(name).unwrap_err().is_store_in_use());
    }
    // A file that some other way of locking might leave, deleted or not.
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let other = entry.unwrap().path();
        if is_kept && other.extension().is_some_and(|end| end == "lock") {
            std::fs::remove_file(other).unwrap();
        }
    }
    assert!(in_file(&path).unwrap_err().is_store_in_use());
    let (_, body) = register(&mut client, 2).unwrap();
    assert_eq!(entity_id(&body), Some("AIRPAYCUST0003"));
    first.kill();

    // All that it acknowledged is in a journal, beside the name that it had.
    let error = in_file(&hard_link).unwrap_err();
    assert!(error.is_store() && !error.is_store_in_use());
    let why = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(
        why,
        "it was not closed under another name that it has, and its journal is beside that one; \
         start a sandbox with that name, or delete it"
    );
    for name in [&symlink, &hard_link, &path] {
        drop(in_file(name).unwrap());
    }
    assert_eq!(everybody(&path).len(), 4);
}

fn in_file(path: &Path) -> Result<Running, Error> {
    Sandbox::builder()
        .store(Store::File(path.to_owned()))
        .start_blocking()
}
