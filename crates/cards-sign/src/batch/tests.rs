use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::AtomicUsize;
use std::sync::{Barrier, Condvar};
use std::thread::ThreadId;
use std::time::Duration;

use super::*;

fn of(threads: usize) -> Batch {
    Batch::new().threads(NonZeroUsize::new(threads).unwrap())
}

const SECRET: &[u8] = b"test-secret";

/// Gives requests of different lengths.
fn requests(count: usize) -> Vec<[String; 2]> {
    (0..count)
        .map(|at| [at.to_string(), "x".repeat(at % 90)])
        .collect()
}

fn values(request: &[String; 2]) -> impl Iterator<Item = &str> {
    request.iter().map(String::as_str)
}

/// Sizes on both sides of every edge: no item, a thread's worth, a chunk more or less.
const SIZES: [usize; 9] = [0, 1, 2, 511, 1023, 1024, 1025, 1281, 5000];

#[test]
fn many_threads_give_what_one_gives_in_the_order_of_the_requests() {
    for size in SIZES {
        let requests = requests(size);
        let alone = requests.iter().map(|one| checksum(values(one), SECRET));
        let alone: Vec<Checksum> = alone.collect();
        for batch in [of(1), of(2), of(3), of(8), Batch::new()] {
            let sums = batch.checksums(&requests, SECRET, values);
            assert!(sums == alone, "{size} {batch:?}");
        }
    }
}

#[test]
fn each_request_is_checked_by_itself() {
    for size in SIZES {
        let requests = requests(size);
        let sums = of(2).checksums(&requests, SECRET, values);
        let mut given: Vec<_> = sums.iter().map(|sum| sum.to_hex().to_string()).collect();
        // Every third has another's.
        let is_right = |at: usize| at % 3 != 1 || size == 1;
        for at in (1..size).step_by(3) {
            given[at] = given[at - 1].clone();
        }
        let received: Vec<_> = requests.iter().zip(&given).collect();
        for batch in [of(1), of(2), of(5)] {
            let right = batch.verify(&received, SECRET, |(one, _)| values(one), |(_, sum)| sum);
            assert!(
                right == (0..size).map(is_right).collect::<Vec<_>>(),
                "{size}"
            );
        }
    }
}

/// Gives the threads that work on so many items.
fn at_work(batch: Batch, items: usize) -> BTreeSet<String> {
    let items = vec![(); items];
    let name = |id: ThreadId| format!("{id:?}");
    let threads = batch.each(&items, |()| name(thread::current().id()));
    threads.into_iter().collect()
}

#[test]
fn few_items_stay_on_the_thread_that_calls() {
    let own = BTreeSet::from([format!("{:?}", thread::current().id())]);
    assert_eq!(at_work(of(8), 2 * WORTH_A_THREAD - 1), own);
    assert_eq!(at_work(of(1), 50_000), own);
    assert_eq!(of(8).worth_it(2 * WORTH_A_THREAD), 2);
    assert_eq!(of(8).worth_it(1_000_000), 8);
}

#[test]
fn so_many_threads_work_at_one_time() {
    // Each of four waits for the other three.
    let together = Barrier::new(4);
    let first = AtomicUsize::new(0);
    let items = vec![(); 4 * WORTH_A_THREAD];
    let done = of(4).each(&items, |()| {
        thread_local!(static IS_KNOWN: std::cell::Cell<bool> = const { std::cell::Cell::new(false) });
        if !IS_KNOWN.replace(true) {
            first.fetch_add(1, Ordering::SeqCst);
            together.wait();
        }
    });
    assert_eq!((done.len(), first.into_inner()), (items.len(), 4));
}

fn said(panic: Box<dyn std::any::Any + Send>) -> String {
    *panic.downcast::<String>().unwrap()
}

#[test]
fn a_panic_is_passed_on_from_whichever_thread() {
    let items: Vec<usize> = (0..20_000).collect();
    let caller = thread::current().id();
    for is_callers in [true, false] {
        let (lock, ready) = (Mutex::new(false), Condvar::new());
        let done = AtomicUsize::new(0);
        let work = |item: &usize| {
            if (thread::current().id() == caller) == is_callers {
                *lock.lock().unwrap() = true;
                ready.notify_all();
                panic!("item {item} is odd");
            }
            // The other one goes on when the panic is under way.
            let waited = lock.lock().unwrap();
            let most = Duration::from_secs(60);
            drop(ready.wait_timeout_while(waited, most, |panicked| !*panicked));
            thread::sleep(Duration::from_micros(100));
            done.fetch_add(1, Ordering::SeqCst);
        };
        let panicked = catch_unwind(AssertUnwindSafe(|| of(2).each(&items, work)));
        let text = said(panicked.map(drop).unwrap_err());
        assert!(
            text.starts_with("item ") && text.ends_with(" is odd"),
            "{text}"
        );
        let done = done.into_inner();
        assert!(done < items.len() / 2, "the other went on to {done}");
    }
    let alone = catch_unwind(|| of(1).each(&[7], |item| -> usize { panic!("item {item} is odd") }));
    assert_eq!(said(alone.map(drop).unwrap_err()), "item 7 is odd");
}
