use rusqlite::{Connection, Transaction};

use super::*;
use crate::acme::{ACME, OTHER, open};
use crate::engine::settings::Storage;
use crate::engine::store::{Store, StoreError};

fn store() -> Store {
    open(&Storage::Memory).unwrap()
}

async fn write<T: Send + 'static>(
    store: &Store,
    job: impl FnOnce(&Transaction<'_>) -> T + Send + 'static,
) -> T {
    let job = |transaction: &Transaction<'_>| Ok::<_, StoreError>(job(transaction));
    store.write(job).await.unwrap()
}

fn register(transaction: &Transaction<'_>, provider: ProviderId, event: Option<&str>) -> i64 {
    let url = format!("http://127.0.0.1:9/{}", event.unwrap_or("all"));
    let mut receiver = Receiver::all(provider, url.parse().unwrap());
    receiver.event = event.map(str::to_owned);
    add(transaction, &receiver).unwrap()
}

fn happens(transaction: &Transaction<'_>, name: &'static str, subject: &str, at: i64) -> i64 {
    let event = NewEvent {
        provider: ACME,
        name,
        subject,
        id: "id",
        body: "{}",
        at,
    };
    put(transaction, &event).unwrap()
}

/// The deliveries to a receiver whose turn it is, by the number of their events.
fn turns(connection: &Connection, receiver: i64, now: i64) -> Vec<i64> {
    let due = due(connection, receiver, now, &[], 100).unwrap().due;
    due.into_iter().map(|due| due.event).collect()
}

/// Ends the attempt at the first of them.
fn ends(transaction: &Transaction<'_>, receiver: i64, now: i64, next_at: Option<i64>) {
    let due = due(transaction, receiver, now, &[], 1)
        .unwrap()
        .due
        .remove(0);
    let attempt = Attempt {
        due,
        at: now,
        status: None,
        trouble: next_at.map(|_| "no".to_owned()),
        next_at,
    };
    record(transaction, &attempt).unwrap();
}

#[tokio::test]
async fn an_event_goes_to_those_who_are_registered_for_it_and_nobody_else() {
    write(&store(), |transaction| {
        let (all, one) = (
            register(transaction, ACME, None),
            register(transaction, ACME, Some("a")),
        );
        let (other, stranger) = (
            register(transaction, ACME, Some("b")),
            register(transaction, OTHER, None),
        );
        let event = happens(transaction, "a", "s", 0);
        let got = [all, one, other, stranger].map(|to| turns(transaction, to, 0));
        assert_eq!(got, [vec![event], vec![event], vec![], vec![]]);
    })
    .await;
}

#[tokio::test]
async fn of_one_subject_one_waits_and_the_others_are_queued_behind_it() {
    write(&store(), |transaction| {
        let to = register(transaction, ACME, None);
        let [first, second] = [0, 1].map(|at| happens(transaction, "a", "s", at));
        let other = happens(transaction, "a", "t", 2);
        assert_eq!(turns(transaction, to, 5), [first, other]);
        // Put off, it holds up its own subject and no other.
        ends(transaction, to, 5, Some(100));
        assert_eq!(turns(transaction, to, 99), [other]);
        assert_eq!(next_due(transaction, 99).unwrap(), Some(100));
        assert_eq!(turns(transaction, to, 100), [other, first]);
        let behind = behind(transaction, 100, &[1], &[1], 8)
            .unwrap()
            .due
            .remove(0);
        assert_eq!(behind.event, second);
        ends(transaction, to, 100, None);
        ends(transaction, to, 100, None);
        assert_eq!(turns(transaction, to, 100), [second]);
        ends(transaction, to, 100, None);
        assert!(turns(transaction, to, i64::MAX).is_empty());
        assert_eq!(list(transaction).unwrap()[0].waiting, 0);
    })
    .await;
}

/// A clock that was ahead puts nothing off that was never sent: neither what was queued meanwhile nor
/// what was written after it had gone back.
#[tokio::test]
async fn what_was_never_sent_is_not_put_off_by_a_clock_that_was_ahead() {
    write(&store(), |transaction| {
        let to = register(transaction, ACME, None);
        happens(transaction, "a", "s", 0);
        let queued = happens(transaction, "a", "s", 1000);
        assert!(is_put_off(transaction, 5).unwrap());
        ends(transaction, to, 5, None);
        assert_eq!(turns(transaction, to, 5), [queued]);
        assert!(!is_put_off(transaction, 5).unwrap());
        let late = happens(transaction, "a", "t", 1000);
        assert!(is_early(transaction, 5).unwrap());
        hurry(transaction, 5).unwrap();
        assert_eq!(turns(transaction, to, 5), [queued, late]);
        // A pause that a retry has stays.
        ends(transaction, to, 5, Some(100));
        assert!(is_put_off(transaction, 5).unwrap() && !is_early(transaction, 5).unwrap());
        hurry(transaction, 5).unwrap();
        assert_eq!(turns(transaction, to, 5), [late]);
    })
    .await;
}

#[tokio::test]
async fn an_attempt_goes_back_with_the_clock() {
    write(&store(), |transaction| {
        let to = register(transaction, ACME, None);
        happens(transaction, "a", "s", 0);
        let due = due(transaction, to, 1000, &[], 1).unwrap().due.remove(0);
        let mut attempt = Attempt {
            due,
            at: 1000,
            status: None,
            trouble: Some("no".to_owned()),
            next_at: Some(1030),
        };
        for (now, at) in [(2000, 1000), (5, 5)] {
            attempt.set_back(now);
            assert_eq!((attempt.at, attempt.next_at), (at, Some(at + 30)));
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_resent_stands_behind_what_waits() {
    write(&store(), |transaction| {
        let first = happens(transaction, "a", "s", 0);
        assert_eq!(resend(transaction, first, 1).unwrap(), Resent::NoReceiver);
        assert_eq!(resend(transaction, 99, 1).unwrap(), Resent::NoEvent);
        let to = register(transaction, ACME, None);
        let second = happens(transaction, "a", "s", 2);
        assert_eq!(resend(transaction, first, 3).unwrap(), Resent::Yes);
        assert_eq!(turns(transaction, to, 9), [second]);
        ends(transaction, to, 9, None);
        assert_eq!(turns(transaction, to, 9), [first]);
    })
    .await;
}

/// Lets the next event have this number.
fn go_on_at(transaction: &Transaction<'_>, number: i64) {
    let sql = "UPDATE sqlite_sequence SET seq = ?1 WHERE name = 'event'";
    transaction.execute(sql, [number - 1]).unwrap();
}

#[tokio::test]
async fn events_are_forgotten_once_they_are_sent_and_given_up_only_when_there_are_far_too_many() {
    write(&store(), |transaction| {
        let sent = happens(transaction, "a", "s", 0);
        let to = register(transaction, ACME, None);
        let waits = happens(transaction, "a", "t", 0);
        let behind = MOST - 1;
        let is_there = |number| find(transaction, number).unwrap().is_some();
        // A multiple of the numbers between which nothing is tidied up.
        let next = |above: i64| (above / TIDY_EVERY + 1) * TIDY_EVERY;
        go_on_at(transaction, next(MOST_SENT + sent));
        happens(transaction, "a", "u", 0);
        assert!(!is_there(sent) && is_there(waits));
        go_on_at(transaction, behind);
        happens(transaction, "a", "t", 0);
        assert!(!turns(transaction, to, 0).contains(&behind));
        go_on_at(transaction, next(MOST + waits));
        happens(transaction, "a", "v", 0);
        assert!(is_there(waits) && is_there(behind));
        let given_up = find(transaction, waits)
            .unwrap()
            .unwrap()
            .deliveries
            .remove(0);
        assert_eq!(given_up.state, DeliveryState::GivenUp);
        assert_eq!(given_up.trouble.as_deref(), Some("too many events wait"));
        let last = steps(transaction, &EventFilter::default(), 0, 100)
            .unwrap()
            .pop()
            .unwrap();
        assert_eq!(last.event_number, waits);
        assert!(
            turns(transaction, to, 0).contains(&behind),
            "it is its turn now"
        );
    })
    .await;
}

#[test]
fn urls_are_shown_without_their_query() {
    let url: ReceiverUrl = "https://hooks.example/x?key=secret".parse().unwrap();
    assert_eq!(url.expose(), "https://hooks.example/x?key=secret");
    assert_eq!(
        format!("{url} {url:?}"),
        "https://hooks.example/x ReceiverUrl(https://hooks.example/x)"
    );
}
