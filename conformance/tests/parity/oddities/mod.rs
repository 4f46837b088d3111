//! Replies that are hardly HTTP: both backends judge each alike, and as it is
//! written down beside its bytes.

mod chunks;
mod early;
mod heads;
mod interim;
mod known;
mod lengths;
mod line;
mod odd;
mod reuse;
mod seen;
mod tls;

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use cards_transport::{Call, ErrorKind, Provider, Settings};

use crate::common::clients::{Reqwest, Ureq};
use crate::common::registration;
use crate::setup::{GET_CARDS, REGISTERED, airpay, list, once, paysafe, soon};
use known::{Known, known};
use odd::{Odd, Verdict};
use seen::Seen;

/// Every odd reply, around this body.
fn all(body: &str) -> Vec<Odd> {
    let groups = [
        heads::first_lines(body),
        heads::header_lines(body),
        heads::limits(body),
        lengths::lengths(body),
        lengths::transfer_encodings(body),
        lengths::statuses(body),
        chunks::sizes(body),
        chunks::ends(body),
        chunks::trailers(body),
        interim::interim(body),
    ];
    groups.into_iter().flatten().collect()
}

/// Lists what is wrong with each, several at a time: many of them wait.
fn faults(odd: &[Odd], judge: impl Fn(&Odd) -> Result<(), String> + Sync) -> String {
    let next = AtomicUsize::new(0);
    let faults: Mutex<BTreeSet<String>> = Mutex::default();
    thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                while let Some(odd) = odd.get(next.fetch_add(1, Ordering::SeqCst)) {
                    if let Err(fault) = judge(odd) {
                        faults
                            .lock()
                            .unwrap()
                            .insert(format!("{}: {fault}", odd.name));
                    }
                }
            });
        }
    });
    let faults = faults.into_inner().unwrap();
    faults.into_iter().collect::<Vec<_>>().join("\n")
}

/// Both backends' view of it, held against what is written down.
fn judge<P: Provider, C: Call<Provider = P>>(
    odd: &Odd,
    known: &[Known],
    body: &str,
    provider: fn(&str) -> P,
    settings: &Settings,
    call: &C,
) -> Result<[Seen; 2], String> {
    let other = known.iter().find(|known| known.name == odd.name);
    let expected = |backend: &str| match other {
        Some(other) if other.backend == backend => other.verdict,
        _ => odd.verdict,
    };
    let reqwest = Seen::of::<Reqwest, _, _>(odd, provider, settings.clone(), call);
    let ureq = Seen::of::<Ureq, _, _>(odd, provider, settings.clone(), call);
    for (backend, seen) in [("reqwest", &reqwest), ("ureq", &ureq)] {
        let (verdict, expected) = (seen.verdict(body), expected(backend));
        if verdict != Some(expected) {
            return Err(format!("{backend}: {expected:?} is expected, not {seen:?}"));
        }
    }
    match other {
        Some(other) if other.verdict == odd.verdict => Err("no difference is known".into()),
        None if reqwest.told() != ureq.told() => Err(format!(
            "a difference\n  reqwest: {reqwest:?}\n  ureq:    {ureq:?}"
        )),
        _ => Ok([reqwest, ureq]),
    }
}

#[test]
fn odd_replies_are_judged_alike_by_both() {
    let (odd, known) = (all(GET_CARDS), known(GET_CARDS));
    let faults = faults(&odd, |odd| {
        judge(odd, &known, GET_CARDS, paysafe, &once(), &list()).map(drop)
    });
    assert!(faults.is_empty(), "{faults}");
}

/// A mutation was sent, and is not sent again, whatever the reply to it.
#[test]
fn no_odd_reply_makes_a_mutation_unsent_or_sent_twice() {
    let (odd, known) = (all(REGISTERED), known(REGISTERED));
    let faults = faults(&odd, |odd| {
        for seen in judge(odd, &known, REGISTERED, airpay, &soon(3), &registration())? {
            if seen.is_not_sent || seen.attempts != 1 || seen.received != 1 {
                return Err(format!("{seen:?}"));
            }
            let is_unclear = !matches!(
                seen.verdict(REGISTERED),
                Some(Verdict::Value | Verdict::Reply(..))
            );
            if is_unclear && seen.kind() != Some(ErrorKind::OutcomeUnknown) {
                return Err(format!("the outcome is unknown: {seen:?}"));
            }
        }
        Ok(())
    });
    assert!(faults.is_empty(), "{faults}");
}

#[test]
fn each_odd_reply_has_its_own_name_and_each_known_difference_is_one_of_them() {
    let odd = all(GET_CARDS);
    let names: BTreeSet<_> = odd.iter().map(|odd| &*odd.name).collect();
    assert_eq!(names.len(), odd.len());
    for known in known(GET_CARDS) {
        assert!(names.contains(known.name), "{}: {}", known.name, known.why);
    }
}

/// So that nobody looks for the fault in the server.
#[test]
fn ureq_says_that_a_chunk_is_more_than_it_can_read() {
    let body = GET_CARDS;
    for long in chunks::sizes(body).into_iter().filter(|odd| {
        let known = known(body);
        known
            .iter()
            .any(|known| known.name == odd.name && known.why.contains("20 bytes"))
    }) {
        let seen = Seen::of::<Ureq, _, _>(&long, paysafe, once(), &list());
        let says = "a chunk-size line longer than 20 bytes, which ureq cannot read; \
                    the reqwest backend can";
        assert!(seen.causes.contains(says), "{} {seen:?}", long.name);
    }
}
