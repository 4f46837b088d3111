//! The file descriptors that the sandbox may have open.

use cards_sandbox::Limits;

/// The descriptors that are left for other things than connections: stores, deliveries, the log.
const OTHERS: u64 = 128;

/// The fewest connections, however few descriptors there may be.
const FEWEST: usize = 16;

/// Allows this process as many descriptors as it may have, and limits the connections to what there
/// will be room for: without a descriptor, no store is read and no event sent.
pub(super) fn limit(limits: &mut Limits) {
    if let Some(most) = raise() {
        fit(limits, most);
    }
}

/// Shares the descriptors out to connections and to those that follow streams, at most a quarter to
/// the latter.
fn fit(limits: &mut Limits, most: u64) {
    let room = usize::try_from(most.saturating_sub(OTHERS)).unwrap_or(usize::MAX);
    limits.followers = limits.followers.min((room / 4).max(1));
    let room = (room - room.min(limits.followers)).max(FEWEST);
    limits.connections = limits.connections.min(room);
}

/// Raises the number of descriptors as far as that is allowed, and gives it. `None`: there is no such
/// limit.
#[cfg(unix)]
fn raise() -> Option<u64> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    /// The most that some systems take, whatever they say.
    const TAKEN: u64 = 10_240;

    let now = getrlimit(Resource::Nofile);
    let to = |current| Rlimit { current, ..now };
    if now.current.is_some() && now.current != now.maximum {
        let most = setrlimit(Resource::Nofile, to(now.maximum));
        if most.is_err() && now.current < Some(TAKEN) {
            // What cannot be raised stays as it is, and the connections are as few.
            let _ = setrlimit(Resource::Nofile, to(Some(TAKEN)));
        }
    }
    getrlimit(Resource::Nofile).current
}

#[cfg(not(unix))]
const fn raise() -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_and_followers_leave_descriptors_for_others() {
        for most in [0, 16, 128, 144, 256, 1_024, 1_408, 4_096, 1 << 20, u64::MAX] {
            let mut limits = Limits::default();
            fit(&mut limits, most);
            let used = (limits.connections + limits.followers) as u64;
            let is_little = most < OTHERS + 2 * FEWEST as u64;
            assert!(is_little || used + OTHERS <= most, "{most}: {used}");
            assert!(
                limits.connections >= FEWEST && limits.followers >= 1,
                "{most}"
            );
            let usual = Limits::default();
            let is_usual =
                (limits.connections, limits.followers) == (usual.connections, usual.followers);
            assert_eq!(is_usual, most >= 1_408, "{most}");
        }
    }
}
