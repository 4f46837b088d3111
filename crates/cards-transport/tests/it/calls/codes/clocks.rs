//! Clocks that are wrong, and replies that are slow.

use cards_transport::Limits;
use http::Request;
use proptest::prelude::*;

use super::*;

/// The seconds by which this machine's clock is said to be ahead, where it is said to be wrong. The
/// server dates its reply after some seconds, it is received after some more, and the clock is
/// ahead by these.
fn told(before: u64, after: u64, ahead: i64) -> Option<i64> {
    let script = Script::new(&[]);
    let time = script.clone();
    let transport = move |_: Request<Bytes>, _: Limits| -> Outcome {
        time.pass(seconds(before));
        let theirs = UNIX_EPOCH + seconds(1_800_000_010 + before);
        let theirs = match ahead {
            0.. => theirs - seconds(ahead.unsigned_abs()),
            _ => theirs + seconds(ahead.unsigned_abs()),
        };
        time.pass(seconds(after));
        let reply = Response::builder().status(401);
        let reply = reply.header("date", httpdate::fmt_http_date(theirs));
        Ok(reply.body(Bytes::new()).unwrap())
    };
    let client = blocking::Client::with_settings(ibanera(), transport, script.settings());
    let error = client.send(&CALL).unwrap_err().to_string();
    let (_, told) = error.split_once("this machine's clock is ")?;
    let (off, way) = told.split_once("s ").unwrap();
    let off: i64 = off.parse().unwrap();
    Some(if way.starts_with("ahead") { off } else { -off })
}

#[test]
fn a_slow_reply_is_no_wrong_clock() {
    assert_eq!(told(33, 0, 0), None);
    assert_eq!(told(0, 33, 0), None);
    assert_eq!(told(8, 25, 31), None);
    assert_eq!(told(8, 25, 40), Some(32));
    assert_eq!(told(8, 25, -60), Some(-35));
}

proptest! {
    /// A clock is never said to be more wrong than it is, and one that is wrong by more than the
    /// reply's time leaves open is always said to be.
    #[test]
    fn a_clock_is_said_to_be_wrong_by_what_is_certain(
        before in 0..60_u64,
        after in 0..60_u64,
        ahead in -300..300_i64,
    ) {
        match told(before, after, ahead) {
            Some(told) => {
                prop_assert_eq!(told.signum(), ahead.signum());
                prop_assert!(told.abs() > 30 && told.abs() <= ahead.abs(), "{told}");
            }
            None => prop_assert!(ahead.unsigned_abs() <= 30 + before + after),
        }
    }
}
