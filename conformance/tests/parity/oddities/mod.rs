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
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use cards_transport::{Call, Provider, Settings};

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
    let fault = |odd: &Odd| Some(format!("{}: {}\n", odd.name, judge(odd).err()?));
    let some = || -> Vec<String> {
        let taken = std::iter::from_fn(|| odd.get(next.fetch_add(1, Ordering::SeqCst)));
        taken.filter_map(fault).collect()
    };
    let faults: BTreeSet<String> = thread::scope(|scope| {
        let judging: Vec<_> = (0..16).map(|_| scope.spawn(some)).collect();
        let faults = judging.into_iter().map(|judging| judging.join().unwrap());
        faults.flatten().collect()
    });
    faults.into_iter().collect()
}

/// Holds what both backends see against what is written down.
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
    let (reqwest, _) = Seen::of::<Reqwest, _, _>(odd, provider, settings.clone(), call);
    let (ureq, _) = Seen::of::<Ureq, _, _>(odd, provider, settings.clone(), call);
    for (backend, seen) in [("reqwest", &reqwest), ("ureq", &ureq)] {
        let (verdict, expected) = (seen.verdict(body), expected(backend));
        if verdict != Some(expected) {
            return Err(format!("{backend}: {expected:?} is expected, not {seen:?}"));
        }
    }
    match other {
        Some(other) if other.verdict == odd.verdict => Err("no difference is known".into()),
        None if reqwest != ureq => Err(format!(
            "a difference\n  reqwest: {reqwest:?}\n  ureq:    {ureq:?}"
        )),
        _ => Ok([reqwest, ureq]),
    }
}

#[test]
fn odd_replies_are_judged_alike_by_both() {
    let (odd, known) = (all(GET_CARDS), known(GET_CARDS));
    let faults = faults(&odd, |odd| {
        for seen in judge(odd, &known, GET_CARDS, paysafe, &once(), &list())? {
            let expected = match seen.verdict(GET_CARDS) {
                Some(Verdict::Value) | None => None,
                Some(Verdict::Reply(200..300, _)) => Some("Malformed"),
                Some(Verdict::Reply(..)) => Some("Http"),
                Some(Verdict::Late(_) | Verdict::LateHead) => Some("Timeout, timeout"),
                Some(Verdict::Protocol | Verdict::Cut(_) | Verdict::CutHead) => Some("Interrupted"),
            };
            if seen.error.as_ref().map(|(told, _)| &**told) != expected {
                return Err(format!("{expected:?} is expected, not {seen:?}"));
            }
        }
        Ok(())
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
            let is_read = matches!(seen.verdict(REGISTERED), Some(Verdict::Reply(..)));
            let is_clear = is_read || seen.error.is_none();
            let told = seen.error.as_ref().map_or("", |(told, _)| told);
            if !is_clear && !told.starts_with("OutcomeUnknown, outcome unknown") {
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

/// Words of its own keep people from looking for the fault in the server.
#[test]
fn ureq_says_that_a_chunk_is_more_than_it_can_read() {
    let known = known(GET_CARDS);
    let is_long = |odd: &Odd| {
        let mut known = known.iter();
        known.any(|known| known.name == odd.name && known.why.contains("20 bytes"))
    };
    for long in chunks::sizes(GET_CARDS).into_iter().filter(is_long) {
        let (_, causes) = Seen::of::<Ureq, _, _>(&long, paysafe, once(), &list());
        let says = "a chunk-size line longer than 20 bytes, which ureq cannot read; \
                    the reqwest backend can";
        assert!(causes.contains(says), "{} {causes}", long.name);
    }
}
