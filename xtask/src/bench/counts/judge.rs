//! Judges what one call uses, and what it must not use.

use std::collections::BTreeMap;

use benches::trace::{Trace, per_call};
use benches::{CallLimit, PathLimit};

/// The most that two counts that mean the same may be apart, in calls of one:
/// timers and the allocator go to the system now and then.
const CHANCE: f64 = 0.05;

/// The same of all calls of a provider together: less than one more of anything in any of them.
const CHANCE_OF_A_ROUND: f64 = 0.5;

/// The most connections that a call may open: none, but one that the server or
/// the pool has lost among a thousand calls is no fault.
const LOST: f64 = 0.02;

/// Counts what one call uses.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Used {
    /// System calls, by name.
    pub(super) calls: BTreeMap<String, f64>,
    pub(super) threads: f64,
    pub(super) connections: f64,
    /// The look-ups of the whole run: to call an address, there is none.
    pub(super) lookups: u64,
}

impl Used {
    /// Takes the difference of two runs, the second with so many `calls` more.
    pub(super) fn between(fewer: &Trace, more: &Trace, calls: u64) -> Self {
        Self {
            calls: more.each(fewer, calls),
            threads: per_call(more.threads, fewer.threads, calls),
            connections: per_call(more.connections, fewer.connections, calls),
            lookups: more.lookups,
        }
    }

    pub(super) fn total(&self) -> f64 {
        self.calls.values().sum()
    }
}

/// Lists what our client does that it must not do.
pub(super) fn faults(ours: &Used, bare: &Used, in_flight: u64) -> Vec<String> {
    let mut faults: Vec<_> = nothing(ours).into_iter().collect();
    faults.extend(not_pooled(ours, "call", LOST));
    // With more in flight the scheduler decides who waits for whom, and how many
    // are woken at once.
    if in_flight == 1 && ours.total() > bare.total() + CHANCE {
        faults.push(format!(
            "{:.2} system calls where the bare client makes {:.2}:{}",
            ours.total(),
            bare.total(),
            differences(ours, bare)
        ));
    }
    faults
}

/// Lists what no call on a pooled connection does, of counts of one call or of one round of calls, in
/// which no more than so many connections may be lost.
fn not_pooled(used: &Used, of: &str, lost: f64) -> Vec<String> {
    let mut faults = Vec::new();
    if used.threads > 0.0 {
        faults.push(format!("{:.3} threads are made in a {of}", used.threads));
    }
    if used.lookups > 0 {
        faults.push(format!("{} look-ups, to call an IP address", used.lookups));
    }
    if used.connections > lost {
        faults.push(format!(
            "{:.3} connections are opened in a {of}: the pool does not keep them",
            used.connections
        ));
    }
    faults
}

/// Says that nothing was counted: each call writes and reads, and so no count is none.
fn nothing(used: &Used) -> Option<String> {
    let none = "no call reached the system: nothing was counted";
    (used.total() < 2.0 - CHANCE).then(|| none.to_owned())
}

/// Lists what the calls of a provider ask of the system that they must not ask.
pub(super) fn over_paths(used: &Used, limit: &PathLimit) -> Vec<String> {
    let mut faults: Vec<_> = nothing(used).into_iter().collect();
    faults.extend(not_pooled(used, "round", CHANCE_OF_A_ROUND));
    let (total, most) = (used.total(), limit.system_calls);
    if total > most + CHANCE_OF_A_ROUND {
        faults.push(format!(
            "{total:.2} system calls in a round, {most} are allowed:{}",
            by_name(used)
        ));
    }
    faults
}

/// Says whether the calls of a provider allocate more than they may.
pub(super) fn over_path_allocations(allocations: f64, limit: &PathLimit) -> Option<String> {
    let most = limit.allocations;
    (allocations < 1.0)
        .then(|| "nothing allocated: nothing was counted".to_owned())
        .or_else(|| {
            (allocations > most + CHANCE_OF_A_ROUND)
                .then(|| format!("{allocations:.2} allocations in a round, {most} are allowed"))
        })
}

/// Says whether our client asks more of the system than its limit allows, whatever the bare client
/// does.
pub(super) fn over_system(ours: &Used, limit: &CallLimit) -> Option<String> {
    let (total, most) = (ours.total(), limit.system_calls);
    (total > most + CHANCE).then(|| {
        let by_name = by_name(ours);
        format!("{total:.2} system calls, {most} are allowed:{by_name}")
    })
}

fn by_name(used: &Used) -> String {
    let counted = used.calls.iter().filter(|(_, each)| **each > CHANCE);
    let each = counted.map(|(name, each)| format!(" {name} {each:.2}"));
    each.collect()
}

/// Lists what our client has more of than its limits allow: instructions in units of
/// another client's, allocations as they are. `instructions` are ours and the other's.
pub(super) fn over(
    call: &str,
    [ours, beside]: [f64; 2],
    allocations: f64,
    limit: &CallLimit,
) -> Vec<String> {
    let mut faults = Vec::new();
    if ours < 1.0 || beside < 1.0 || allocations < 1.0 {
        faults.push(format!("{call}: nothing was counted"));
    }
    if ours > beside * limit.instructions {
        faults.push(format!(
            "{call}: {ours:.0} instructions where the {} client takes {beside:.0}: {:.3} of them, {:.3} are allowed",
            limit.beside,
            ours / beside,
            limit.instructions
        ));
    }
    if ours > limit.most_instructions {
        faults.push(format!(
            "{call}: {ours:.0} instructions, {:.0} are allowed",
            limit.most_instructions
        ));
    }
    if allocations > limit.allocations + CHANCE {
        faults.push(format!(
            "{call}: {allocations:.2} allocations, {} are allowed",
            limit.allocations
        ));
    }
    faults
}

fn differences(ours: &Used, bare: &Used) -> String {
    let names = ours.calls.keys().chain(bare.calls.keys());
    let mut names: Vec<&String> = names.collect();
    names.sort();
    names.dedup();
    let of = |used: &Used, name: &str| used.calls.get(name).copied().unwrap_or_default();
    names
        .into_iter()
        .map(|name| (name, of(ours, name) - of(bare, name)))
        .filter(|(_, more)| more.abs() > CHANCE)
        .map(|(name, more)| format!(" {name} {more:+.2}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines as strace writes them, of a thread that looks a name up and is
    /// interrupted.
    const LINES: &str = r#"
100 execve("/bin/call", ["/bin/call", "client"...], 0x7ffd /* 10 vars */) = 0
100 openat(AT_FDCWD, "/etc/ld.so.cache", O_RDONLY|O_CLOEXEC) = 3
100 clone3({flags=CLONE_VM|CLONE_FS, child_tid=0x7f}, 88 <unfinished ...>
101 rseq(0x7f0, 0x20, 0, 0x53053053 <unfinished ...>
100 <... clone3 resumed> => {parent_tid=[101]}, 88) = 101
101 <... rseq resumed>)                 = 0
101 openat(AT_FDCWD, "/etc/resolv.conf", O_RDONLY|O_CLOEXEC) = 4
101 connect(5, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("127.0.0.1")}, 16) = 0
101 sendto(5, ""..., 30, MSG_NOSIGNAL, NULL, 0) = 30
100 connect(6, {sa_family=AF_INET, sin_port=htons(8484), sin_addr=inet_addr("127.0.0.1")}, 16) = 0
100 --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=101} ---
100 recvfrom(6, ""..., 1, 0, NULL, NULL) = -1 EAGAIN (Resource temporarily unavailable)
100 recvfrom(6, ""..., 131072, 0, NULL, NULL) = 200
100 +++ exited with 0 +++
"#;

    #[test]
    fn what_strace_writes_is_read() {
        let trace = Trace::read(LINES);
        let of = |name: &str| trace.calls.get(name).copied();
        assert_eq!(trace.total(), 10);
        assert_eq!((of("clone3"), of("rseq")), (Some(1), Some(1)));
        assert_eq!((of("connect"), of("recvfrom")), (Some(2), Some(2)));
        assert_eq!(trace.threads, 1);
        assert_eq!(trace.connections, 1, "one is to a name server");
        assert_eq!(trace.lookups, 2, "a file, and the name server");
        assert_eq!(Trace::read(""), Trace::default());
    }

    fn times(trace: &Trace, times: u64) -> Trace {
        let mut trace = trace.clone();
        trace.calls.values_mut().for_each(|count| *count *= times);
        trace.threads *= times;
        trace.connections *= times;
        trace.lookups *= times;
        trace
    }

    #[test]
    fn what_is_done_once_at_the_start_does_not_count() {
        let once = Trace::read(LINES);
        assert!(Used::between(&once, &once, 1000).calls.is_empty());
        let used = Used::between(&once, &times(&once, 1001), 1000);
        assert_eq!((used.total(), used.threads), (10.0, 1.0));
        assert_eq!(used.calls["recvfrom"], 2.0);
    }

    fn used(calls: &[(&str, f64)]) -> Used {
        Used {
            calls: calls
                .iter()
                .map(|(n, each)| ((*n).to_owned(), *each))
                .collect(),
            ..Used::default()
        }
    }

    #[test]
    fn as_many_as_the_bare_client_makes_are_no_fault() {
        let bare = used(&[("sendto", 1.0), ("recvfrom", 1.0), ("epoll_wait", 1.0)]);
        assert_eq!(faults(&bare, &bare, 1), [""; 0]);
        let chance = used(&[("sendto", 1.0), ("recvfrom", 1.0), ("epoll_wait", 1.02)]);
        assert_eq!(faults(&chance, &bare, 1), [""; 0]);
        let fewer = used(&[("sendto", 1.0), ("recvfrom", 1.0)]);
        assert_eq!(faults(&fewer, &bare, 1), [""; 0]);
    }

    #[test]
    fn one_system_call_more_is_a_fault() {
        let bare = used(&[("sendto", 1.0), ("recvfrom", 1.0)]);
        let ours = used(&[("sendto", 1.0), ("recvfrom", 1.0), ("futex", 1.0)]);
        assert_eq!(
            faults(&ours, &bare, 1),
            ["3.00 system calls where the bare client makes 2.00: futex +1.00"]
        );
        // Even one in ten calls.
        let ours = used(&[("sendto", 1.1), ("recvfrom", 1.0)]);
        assert_eq!(faults(&ours, &bare, 1).len(), 1);
        // With more in flight, chance decides.
        assert_eq!(faults(&ours, &bare, 16), [""; 0]);
    }

    #[test]
    fn more_than_the_limits_is_a_fault() {
        let limit = CallLimit {
            workload: "a",
            backend: "b",
            beside: "bare",
            instructions: 1.25,
            most_instructions: 5000.0,
            allocations: 30.0,
            system_calls: 2.0,
        };
        let system = |calls| over_system(&used(&[("sendto", 1.0), ("recvfrom", calls)]), &limit);
        assert_eq!(system(1.0), None);
        assert_eq!(system(1.02), None, "by chance");
        assert_eq!(
            system(2.0).unwrap(),
            "3.00 system calls, 2 are allowed: recvfrom 2.00 sendto 1.00"
        );
        let judge = |ours, allocations| over("a/b/1", [ours, 1000.0], allocations, &limit);
        assert_eq!(judge(1250.0, 30.0), [""; 0]);
        assert_eq!(judge(1250.0, 30.04), [""; 0], "a timer's, now and then");
        assert_eq!(
            judge(1251.0, 30.0),
            [
                "a/b/1: 1251 instructions where the bare client takes 1000: 1.251 of them, 1.250 are allowed"
            ]
        );
        // A peer that reads the same types grows with them.
        let grown = over("a/b/1", [5001.0, 5001.0], 30.0, &limit);
        assert_eq!(grown, ["a/b/1: 5001 instructions, 5000 are allowed"]);
        assert_eq!(
            judge(900.0, 31.0),
            ["a/b/1: 31.00 allocations, 30 are allowed"]
        );
    }

    /// A trace that could not be read, or a client that made no call, is no good one.
    #[test]
    fn no_count_is_a_fault() {
        let none = Used::default();
        assert_eq!(
            faults(&none, &none, 1),
            ["no call reached the system: nothing was counted"]
        );
        let limit = paths();
        assert_eq!(over_paths(&none, &limit).len(), 1);
        assert!(over_path_allocations(0.0, &limit).is_some());
        for counts in [([0.0, 9.0], 9.0), ([9.0, 0.0], 9.0), ([9.0, 9.0], 0.0)] {
            let limit = CallLimit {
                workload: "a",
                backend: "b",
                beside: "bare",
                instructions: 99.0,
                most_instructions: 999.0,
                allocations: 30.0,
                system_calls: 2.0,
            };
            let faults = over("a/b/1", counts.0, counts.1, &limit);
            assert!(faults.contains(&"a/b/1: nothing was counted".to_owned()));
        }
    }

    const fn paths() -> PathLimit {
        PathLimit {
            provider: "a",
            backend: "b",
            allocations: 700.0,
            system_calls: 60.0,
        }
    }

    #[test]
    fn one_more_in_any_call_of_a_round_is_a_fault() {
        let limit = paths();
        let with = |calls| used(&[("sendto", 20.0), ("recvfrom", calls)]);
        assert_eq!(over_paths(&with(40.3), &limit), [""; 0], "by chance");
        assert_eq!(
            over_paths(&with(41.0), &limit),
            ["61.00 system calls in a round, 60 are allowed: recvfrom 41.00 sendto 20.00"]
        );
        let a_thread = Used {
            threads: 0.025,
            ..with(40.0)
        };
        assert_eq!(
            over_paths(&a_thread, &limit),
            ["0.025 threads are made in a round"]
        );
        let connections = |connections| Used {
            connections,
            ..with(40.0)
        };
        assert_eq!(
            over_paths(&connections(0.025), &limit),
            [""; 0],
            "by chance"
        );
        assert_eq!(
            over_paths(&connections(1.0), &limit),
            ["1.000 connections are opened in a round: the pool does not keep them"]
        );
        assert_eq!(over_path_allocations(700.4, &limit), None);
        assert_eq!(
            over_path_allocations(701.0, &limit).unwrap(),
            "701.00 allocations in a round, 700 are allowed"
        );
    }

    #[test]
    fn threads_lookups_and_connections_are_faults_whatever_the_bare_client_does() {
        for in_flight in [1, 16] {
            let call = || used(&[("sendto", 1.0), ("recvfrom", 1.0)]);
            let bare = Used {
                threads: 1.0,
                connections: 1.0,
                lookups: 5,
                ..call()
            };
            assert_eq!(faults(&bare, &bare, in_flight).len(), 3);
            let one_thread = Used {
                threads: 0.001,
                ..call()
            };
            assert_eq!(faults(&one_thread, &bare, in_flight).len(), 1);
            let one_lookup = Used {
                lookups: 1,
                ..call()
            };
            assert_eq!(faults(&one_lookup, &bare, in_flight).len(), 1);
            let a_lost_connection = Used {
                connections: 0.001,
                ..call()
            };
            assert_eq!(faults(&a_lost_connection, &bare, in_flight), [""; 0]);
        }
    }
}
