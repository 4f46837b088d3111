//! Every operation, dropped after every number of polls.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use cards_sandbox::RunningWorld;
use cards_transport::ibanera::OtpReuse;
use cards_transport::{Call, Client, Error, ReqwestTransport, Visit, operations, visit};
use conformance::trust::Report;
use http::Request;

use crate::common::fake::FakeClock;
use crate::common::sandbox::{Carries, answer, provider_of, sandbox};
use crate::polls::{Counted, LONG, MANY, polled, runtime};
use crate::replay::{Replay, call, end, recorded};

/// Visits each operation, and adds up what comes of it. The logins are dropped as parts of
/// the other calls.
fn each<V: Visit<Output = usize> + Copy>(visitor: V) -> usize {
    let visits = operations().map(|one| visit(one.name, visitor).unwrap());
    visits.sum()
}

/// Over a transport without a network, with one-time codes that serve once and one
/// request at a time.
#[test]
fn a_call_that_is_dropped_at_any_point_leaves_its_client_as_good_as_new() {
    #[derive(Clone, Copy)]
    struct Dropped;

    impl Visit for Dropped {
        type Output = usize;

        fn visit<C: Call>(self) -> usize {
            if C::is_login() {
                return 0;
            }
            let (call, sandbox) = (call::<C>(), sandbox());
            let (replies, right) = recorded(&sandbox, &call);
            let client = || {
                let (replay, told) = (Replay::new(&replies), Counted::default());
                let settings = replay.settings().otp_reuse(OtpReuse::Never);
                let provider = provider_of::<C::Provider>(&sandbox, Carries::Login);
                let settings = settings.hooks(told.clone());
                let client = Client::with_settings(provider, replay.clone(), settings);
                (client, replay, told)
            };
            let runtime = runtime();
            let (long_lived, played, heard) = client();
            for polls in 0..MANY {
                let (client, replay, told) = client();
                let dropped = runtime.block_on(polled(client.send(&call), polls));
                // After many that were dropped too.
                runtime.block_on(polled(long_lived.send(&call), polls));
                let whole = end(&runtime.block_on(client.send(&call)));
                assert_eq!(whole, right, "{} after {polls} polls", C::operation());
                sound::<C>(&replay, &told);
                if dropped.is_some() {
                    let whole = end(&runtime.block_on(long_lived.send(&call)));
                    assert_eq!(whole, right, "{} at last", C::operation());
                    sound::<C>(&played, &heard);
                    return polls;
                }
            }
            panic!("{} never ends", C::operation());
        }
    }

    let report = Report::new("cancellation");
    ends(report, each(Dropped));
}

/// Reports how many drops were tried, after at least two polls of each operation.
fn ends(mut report: Report, drops: usize) {
    assert!(drops >= 2 * operations().len(), "{drops}");
    report.tried(drops as u64);
    report.figure("operations", operations().len());
    report.end();
}

/// No code went out twice, none was lost, and the hooks heard of each request.
fn sound<C: Call>(replay: &Replay, told: &Counted) {
    let handed = replay.handed();
    assert_eq!(told.sent.load(Ordering::SeqCst), handed.len());
    assert!(told.ended.load(Ordering::SeqCst) <= handed.len());
    let coded: Vec<_> = handed.iter().filter(|one| one.code.is_some()).collect();
    let codes: BTreeSet<_> = coded.iter().map(|one| &one.code).collect();
    assert_eq!(codes.len(), coded.len(), "{}: a code again", C::operation());
    let is_next = |two: &[&crate::replay::Handed]| two[1].step == two[0].step + 1;
    let is_lost = !coded.windows(2).all(is_next);
    assert!(!is_lost, "{}: a step was lost", C::operation());
}

/// Over reqwest, at a sandbox: each number of polls in a world of its own.
#[test]
fn a_call_that_is_dropped_on_the_network_takes_effect_once_at_most() {
    #[derive(Clone, Copy)]
    struct Dropped;

    impl Visit for Dropped {
        type Output = usize;

        fn visit<C: Call>(self) -> usize {
            if C::is_login() {
                return 0;
            }
            let (call, sandbox, runtime) = (call::<C>(), sandbox(), runtime());
            let name = C::operation().name;
            let right = recorded(&sandbox, &call).1;
            for polls in 0..60 {
                let world = sandbox.beside(&format!("after-{polls}")).unwrap();
                let before = state(&world);
                let told = Counted::default();
                let settings = FakeClock::new().settings().total_timeout(LONG);
                let settings = settings.hooks(told.clone()).most_at_once(1);
                let provider = provider_of::<C::Provider>(&world, Carries::Login);
                let transport = ReqwestTransport::new().unwrap();
                let client = Client::with_settings(provider, transport, settings);
                let dropped = runtime.block_on(polled(client.send(&call), polls));
                // First the state, then whether anything can have changed it.
                let after = state(&world);
                if arrived(&world, name) == 0 {
                    assert_eq!(after, before, "{name} after {polls} polls");
                }
                let whole = runtime.block_on(client.send(&call));
                let accepted = accepted(&world, name);
                let is_right = end(&whole) == right
                    // The one that was dropped has taken effect, and there is no second.
                    || accepted == 1 && whole.as_ref().is_err_and(Error::is_refused);
                assert!(is_right, "{name} after {polls} polls: {:?}", whole.err());
                // That one, the whole call, and no other.
                assert!(arrived(&world, name) <= 2, "{name} after {polls} polls");
                if dropped.is_some() {
                    return polls;
                }
            }
            panic!("{name} never ends");
        }
    }

    let report = Report::new("cancellation-network");
    ends(report, each(Dropped));
}

/// All that the sandbox holds of its customers.
fn state(world: &RunningWorld) -> Bytes {
    let request = Request::get(format!("{}/_sandbox/world", world.url()));
    let shown = answer(request.body(Bytes::new()).unwrap()).unwrap();
    assert!(shown.status().is_success());
    shown.into_body()
}

fn arrived(world: &RunningWorld, operation: &str) -> usize {
    let exchanges = world.exchanges().into_iter();
    let of_it = exchanges.filter(|exchange| exchange.operation == Some(operation));
    of_it.count()
}

fn accepted(world: &RunningWorld, operation: &str) -> usize {
    let exchanges = world.exchanges().into_iter();
    let taken = exchanges.filter(|one| one.operation == Some(operation) && one.accepted);
    taken.count()
}
