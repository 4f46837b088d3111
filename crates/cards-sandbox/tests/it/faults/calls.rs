//! The calls that a fault hits, and those around them.

use std::io::{ErrorKind, Read, Write};
use std::time::Duration;

use cards_model::ProviderId;
use cards_sandbox::{Fault, FaultKind, Sandbox};

use super::{register, wire, with};
use crate::common::{connect, get, status};

/// Replies before the fault are whole, and what follows it on the connection
/// is not served.
#[test]
fn a_fault_ends_its_connection_and_no_call_before_it() {
    let sandbox = with(Fault::truncated_body().at(ProviderId::IBANERA).times(1));
    let health = "GET /_sandbox/health HTTP/1.1\r\nhost: localhost\r\n\r\n";
    let login = "POST /api/v1/public/auth/login HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n{}";
    let (seen, _) = wire(
        sandbox.addr(),
        format!("{health}{login}{health}").as_bytes(),
    );
    let seen = String::from_utf8(seen).unwrap();
    let statuses: Vec<_> = seen
        .match_indices("HTTP/1.1 ")
        .map(|(at, _)| &seen[at + 9..at + 12])
        .collect();
    assert_eq!(statuses, ["200", "400"], "{seen}");
    // Another connection is not touched.
    assert_eq!(status(&get(sandbox.addr(), "/_sandbox/health", &[])), 200);
}

/// A client that is still writing must not be cut off before it reads.
#[test]
fn a_call_that_is_not_carried_out_is_still_read_to_its_end() {
    for fault in [Fault::status(503), Fault::reset_before_headers()] {
        let sandbox = with(fault);
        let mut stream = connect(sandbox.addr());
        let bytes = register();
        let (first, rest) = bytes.split_at(bytes.len() - 5);
        stream.write_all(first).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_millis(300)))
            .unwrap();
        let error = stream.read(&mut [0]).unwrap_err();
        assert!(matches!(
            error.kind(),
            ErrorKind::WouldBlock | ErrorKind::TimedOut
        ));
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        stream.write_all(rest).unwrap();
        // Something comes, or the reset.
        assert!(
            stream.read(&mut [0]).is_ok_and(|read| read == 1) || sandbox.exchanges().len() == 1
        );
    }
}

#[test]
fn the_next_n_calls_and_no_more() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let fault = Fault::status(503).operation("list-prepaid-cards").times(2);
    let id = sandbox.faults().add(fault).unwrap();
    let bearer = ("authorization", "Bearer sandbox-paysafe-token");
    let list = || {
        status(&get(
            sandbox.addr(),
            "/customers/12345678/prepaid/cards",
            &[bearer],
        ))
    };
    assert_eq!([list(), list(), list()], [503, 503, 200]);
    let spent = sandbox.faults().get(id).unwrap();
    assert_eq!((spent.matched, spent.fired, spent.spent), (2, 2, true));
    assert_eq!(spent.fault.kind(), FaultKind::Status);
    assert_eq!(sandbox.faults().list().len(), 1);
    assert_eq!(sandbox.faults().clear(), 1);
    assert!(sandbox.faults().list().is_empty());
}

#[test]
fn of_many_calls_at_once_n_meet_the_fault() {
    let sandbox = with(Fault::status(503).at(ProviderId::AIRPAY).times(7));
    let address = sandbox.addr();
    let callers: Vec<_> = (0..4)
        .map(|_| {
            std::thread::spawn(move || {
                let calls = (0..10).map(|_| status(&get(address, "/airpay/none", &[])));
                calls.filter(|&status| status == 503).count()
            })
        })
        .collect();
    let met: usize = callers
        .into_iter()
        .map(|caller| caller.join().unwrap())
        .sum();
    assert_eq!(met, 7);
    assert_eq!(sandbox.faults().list()[0].matched, 7);
}

/// A client that goes away in the middle of a fault does no harm.
#[test]
fn a_client_that_leaves_during_a_fault_does_no_harm() {
    for fault in [
        Fault::drip(1, Duration::from_millis(1)),
        Fault::wrong_length(9),
        Fault::oversized_body(1 << 30),
    ] {
        let sandbox = with(fault);
        let mut stream = connect(sandbox.addr());
        stream.write_all(&register()).unwrap();
        stream.read_exact(&mut [0; 9]).unwrap();
        drop(stream);
        assert_eq!(status(&get(sandbox.addr(), "/_sandbox/health", &[])), 200);
        assert_eq!(sandbox.exchanges().len(), 1);
    }
}
