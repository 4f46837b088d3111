//! Starting, stopping, starting again.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use crate::common::{airpay, airpay_as, body, get, registration, status};
use cards_model::ProviderId;
use cards_sandbox::world::airpay::{CUSTOMER, MOBILE_NO, PASSWORD};
use cards_sandbox::world::paysafe::SIGNATURE_KEY;
use cards_sandbox::{Limits, Running, Sandbox, Store};

fn in_file(path: &std::path::Path) -> Result<Running, cards_sandbox::Error> {
    Sandbox::builder()
        .store(Store::File(path.to_owned()))
        .start_blocking()
}

#[test]
fn the_environment_is_what_the_documentation_says() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let port = sandbox.addr().port();
    let expected = [
        ("CARDS_AIRPAY_BASE_URL", format!("http://127.0.0.1:{port}")),
        ("CARDS_AIRPAY_AFFILIATE", "sandboxaff".into()),
        ("CARDS_AIRPAY_PROCESSOR_KEY", "sandbox-processor-key".into()),
        ("CARDS_AIRPAY_SECRET_KEY", "sandbox-secret-key".into()),
        ("CARDS_AIRPAY_TOKEN", "sandbox-token".into()),
        (
            "CARDS_AIRPAY_GENERATE_OTP_PATH",
            "/airpay/ms/cards/api/generate-otp".into(),
        ),
        (
            "CARDS_PAYSAFE_BASE_URL",
            format!("http://127.0.0.1:{port}/digitalwallets/v1"),
        ),
        ("CARDS_PAYSAFE_BRAND", "sandbox".into()),
        ("CARDS_PAYSAFE_CLIENT_ID", "sandbox-client".into()),
        (
            "CARDS_PAYSAFE_CLIENT_SECRET",
            "sandbox-client-secret".into(),
        ),
        ("CARDS_PAYSAFE_TOKEN", "sandbox-paysafe-token".into()),
        ("CARDS_PAYSAFE_WEBHOOK_KEY", SIGNATURE_KEY.into()),
        ("CARDS_IBANERA_BASE_URL", format!("http://127.0.0.1:{port}")),
        ("CARDS_IBANERA_USERNAME", "sandbox".into()),
        ("CARDS_IBANERA_PASSWORD", "Sandbox@1234".into()),
        (
            "CARDS_IBANERA_TOTP_SECRET",
            "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ".into(),
        ),
        ("CARDS_IBANERA_TOKEN", "sandbox-ibanera-token".into()),
        (
            "CARDS_IBANERA_WEBHOOK_SECRET",
            "sandbox-ibanera-webhook-secret".into(),
        ),
    ];
    assert_eq!(sandbox.env(), expected);
}

#[test]
fn many_run_side_by_side_and_do_not_share_state() {
    let sandboxes: Vec<_> = (0..200)
        .map(|_| Sandbox::start_blocking().unwrap())
        .collect();
    for sandbox in &sandboxes {
        let answer = airpay(sandbox.addr(), "register-user", &registration(&[]));
        assert!(
            body(&answer).contains(r#""entity_id":"AIRPAYCUST0002""#),
            "{answer}"
        );
    }
    assert!(
        sandboxes
            .iter()
            .all(|sandbox| sandbox.exchanges().len() == 1)
    );
}

#[test]
fn of_many_who_register_one_card_at_once_one_does() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let address = sandbox.addr();
    let callers: Vec<_> = (0..16)
        .map(|at| {
            std::thread::spawn(move || {
                let (kit, email) = (at.to_string(), format!("{at}@example.com"));
                let changes = [("kit_no", &*kit), ("email", &*email)];
                airpay(address, "register-user", &registration(&changes)).contains("success")
            })
        })
        .collect();
    let registered = callers.into_iter().map(|caller| caller.join().unwrap());
    assert_eq!(registered.filter(|&done| done).count(), 1);
}

#[test]
fn nothing_listens_after_a_drop_or_a_shutdown() {
    let refuses = |address: SocketAddr| TcpStream::connect(address).is_err();
    let sandbox = Sandbox::start_blocking().unwrap();
    let address = sandbox.addr();
    drop(sandbox);
    assert!(refuses(address));

    let sandbox = Sandbox::start_blocking().unwrap();
    let address = sandbox.addr();
    sandbox.shutdown_blocking();
    assert!(refuses(address));
}

#[test]
fn a_client_that_stays_does_not_hold_up_the_end() {
    let mut limits = Limits::default();
    limits.header_time = Duration::from_secs(3600);
    let sandbox = Sandbox::builder().limits(limits).start_blocking().unwrap();
    let idle = crate::common::connect(sandbox.addr());
    let mut half = crate::common::connect(sandbox.addr());
    std::io::Write::write_all(
        &mut half,
        b"POST /airpay/ms/cards/api/user-login HTTP/1.1\r\n",
    )
    .unwrap();
    std::thread::sleep(Duration::from_millis(50));
    let start = Instant::now();
    drop(sandbox);
    assert!(
        start.elapsed() < Duration::from_secs(60),
        "{:?}",
        start.elapsed()
    );
    drop((idle, half));
}

#[tokio::test(flavor = "multi_thread")]
async fn it_runs_on_the_callers_runtime_too() {
    let sandbox = Sandbox::start().await.unwrap();
    let address = sandbox.addr();
    let health = tokio::task::spawn_blocking(move || get(address, "/_sandbox/health", &[]));
    assert_eq!(status(&health.await.unwrap()), 200);
    sandbox.shutdown().await;
    assert!(TcpStream::connect(address).is_err());
}

#[tokio::test]
async fn a_thread_of_its_own_serves_even_where_the_callers_thread_is_blocked() {
    let sandbox = Sandbox::builder().start_blocking().unwrap();
    assert_eq!(status(&get(sandbox.addr(), "/_sandbox/health", &[])), 200);
    sandbox.shutdown().await;
}

#[test]
fn a_file_outlives_the_sandbox() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.db");
    let sandbox = in_file(&path).unwrap();
    let first = airpay(sandbox.addr(), "register-user", &registration(&[]));
    assert!(first.contains("AIRPAYCUST0002"), "{first}");
    let world = get(sandbox.addr(), "/_sandbox/world", &[]);
    drop(sandbox);

    let sandbox = in_file(&path).unwrap();
    assert_eq!(
        body(&get(sandbox.addr(), "/_sandbox/world", &[])),
        body(&world)
    );
    let again = airpay(sandbox.addr(), "register-user", &registration(&[]));
    assert!(
        again.contains(r#"{"status":400,"message":"fail"}"#),
        "{again}"
    );
    let changes = [
        ("email", "b@example.com"),
        ("card_no", "4242424242424242"),
        ("kit_no", "2"),
    ];
    let next = airpay(sandbox.addr(), "register-user", &registration(&changes));
    assert!(next.contains("AIRPAYCUST0003"), "{next}");
    let login = [("mobile_no", "9000000777"), ("password", "Quiet#Sea42")];
    assert!(airpay(sandbox.addr(), "user-login", &login).contains("success"));
}

#[test]
fn an_expired_token_is_answered_with_the_documented_failure() {
    let (start, passed) = (SystemTime::now(), Arc::new(AtomicU64::new(0)));
    let hand = Arc::clone(&passed);
    let sandbox = Sandbox::builder()
        .token_lifetime(ProviderId::AIRPAY, Duration::from_secs(90))
        .clock(Arc::new(move || {
            start + Duration::from_secs(hand.load(Ordering::SeqCst))
        }))
        .start_blocking()
        .unwrap();
    let address = sandbox.addr();
    let login = [("mobile_no", MOBILE_NO), ("password", PASSWORD)];
    let answer = airpay(address, "user-login", &login);
    let token = body(&answer)
        .strip_prefix(r#"{"status":200,"message":"success","data":{"token":""#)
        .and_then(|rest| rest.strip_suffix(r#""}}"#))
        .unwrap_or_else(|| panic!("{answer}"));
    let update = |token: &str| {
        let fields = [("entity_id", CUSTOMER), ("city", "Kochi")];
        let answer = airpay_as(address, token, "update-customer", &fields);
        (status(&answer), body(&answer).to_owned())
    };
    let success = r#"{"status":200,"message":"success","data":[]}"#;
    let failure = r#"{"status":400,"message":"fail"}"#;

    passed.store(89, Ordering::SeqCst);
    assert_eq!(update(token), (200, success.to_owned()));
    passed.store(91, Ordering::SeqCst);
    assert_eq!(update(token), (200, failure.to_owned()));
    let last = sandbox.exchanges().pop().unwrap();
    assert_eq!(
        (last.accepted, &*last.verdict),
        (false, "the token has expired")
    );

    // A new login helps.
    let answer = airpay(address, "user-login", &login);
    let token = answer.rsplit('"').nth(1).unwrap();
    assert_eq!(update(token), (200, success.to_owned()));
}

#[test]
#[cfg(unix)]
fn the_file_is_its_owners_only() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.db");
    let _sandbox = in_file(&path).unwrap();
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0);
}

#[test]
fn a_port_in_use_and_settings_without_sense_are_errors() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let error = Sandbox::builder()
        .listen(address)
        .start_blocking()
        .unwrap_err();
    assert!(error.is_listen());
    assert_eq!(error.to_string(), format!("cannot listen on {address}"));

    for status in [199, 500, 700] {
        let error = Sandbox::builder()
            .failure_status(status)
            .start_blocking()
            .unwrap_err();
        assert!(error.is_settings());
        assert_eq!(
            error.to_string(),
            "the failure status has to be from 200 to 499"
        );
    }

    let error = Sandbox::builder()
        .token_lifetime(ProviderId::new("other"), Duration::from_secs(90))
        .start_blocking()
        .unwrap_err();
    assert!(error.is_settings());
    assert_eq!(error.to_string(), "no provider is named other");
}
