use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;

#[test]
fn a_host_is_a_name_or_an_address_and_nothing_more() {
    for host in ["hooks.example", "10.0.0.7", "[::1]", "x"] {
        assert!(is_host(host), "{host}");
    }
    for other in [
        "", "a/b", "a:1", "http://x", "user@x", "a b", "[::1]:1", "x?y", "x#y",
    ] {
        assert!(!is_host(other), "{other}");
    }
}

#[tokio::test]
async fn a_name_that_is_allowed_in_any_case_is_called_and_another_is_not() {
    let message = |url: &str| Message {
        url: url.to_owned(),
        headers: Vec::new(),
        body: String::new(),
    };
    let limit = Duration::from_millis(200);
    let unknown = post(&message("http://192.0.2.1:9/"), &[], limit).await;
    assert_eq!(
        unknown.unwrap_err(),
        "the host is not this machine, and is not allowed"
    );
    let allowed = ["192.0.2.1".to_owned()];
    let called = post(&message("http://192.0.2.1:9/"), &allowed, limit).await;
    let why = called.unwrap_err();
    assert!(!why.contains("allowed"), "{why}");
}

/// While no look-up can be made, a name that is not allowed is refused, and this machine is called.
#[tokio::test]
async fn only_a_name_that_is_allowed_is_looked_up() {
    let _none_left = LOOKUPS.acquire_many(2).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let allowed = ["Hooks.invalid".to_owned()];
    let why = async |host: &str| {
        let message = Message {
            url: format!("http://{host}:{port}/"),
            headers: Vec::new(),
            body: String::new(),
        };
        let answer = post(&message, &allowed, Duration::from_millis(200)).await;
        answer.unwrap_err()
    };
    for other in [
        "other.invalid",
        "localhost.invalid",
        "127.1",
        "0",
        "192.0.2.1",
    ] {
        let refused = "the host is not this machine, and is not allowed";
        assert_eq!(why(other).await, refused, "{other}");
    }
    assert_eq!(why("hooks.INVALID").await, "no answer within 0.2 s");
    // They are called, and nobody answers.
    for own in ["localhost", "LocalHost", "127.0.0.1", "[::ffff:127.0.0.1]"] {
        assert_eq!(why(own).await, "no answer within 0.2 s", "{own}");
        listener.accept().await.unwrap();
    }
}

/// Answers the first message with these bytes, and goes on with others until nobody reads them.
/// Gives what the delivery came to.
async fn answered(first: &str, then: &str) -> Result<StatusCode, String> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let message = Message {
        url: format!("http://{}/", listener.local_addr().unwrap()),
        headers: Vec::new(),
        body: String::new(),
    };
    let receiver = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.read_u8().await.unwrap();
        stream.write_all(first.as_bytes()).await.unwrap();
        while !then.is_empty() && stream.write_all(then.as_bytes()).await.is_ok() {}
        // What is not read would reset the connection, and the answer with it.
        drop(stream.read_to_end(&mut Vec::new()).await);
    };
    let limit = Duration::from_secs(60);
    tokio::join!(post(&message, &[], limit), receiver).0
}

#[tokio::test]
async fn an_answer_of_which_no_end_is_seen_is_left_alone() {
    for (first, then) in [
        ("", "HTTP/1.1 102 Processing\r\n\r\n"),
        ("", "HTTP/1.1 103 Hints\r\na: b\r\n\r\n"),
        ("HTTP/1.1 200 OK\r\n", "a: b\r\n"),
        ("HTTP/1.1 200 OK\r\na: ", "b"),
        ("HTTP/1.1 200 ", "OK"),
    ] {
        let why = answered(first, then).await.unwrap_err();
        assert_eq!(
            why, "the head of the answer is too long",
            "{first:?} {then:?}"
        );
    }
}

#[tokio::test]
async fn an_answer_behind_interim_ones_is_taken_up_to_the_limit() {
    const INTERIM: &str = "HTTP/1.1 102 Processing\r\n\r\n";
    const LAST: &str = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
    let most = (MOST - LAST.len()) / INTERIM.len();
    let answer = |count: usize| INTERIM.repeat(count) + LAST;
    assert_eq!(answered(&answer(0), "").await, Ok(StatusCode::OK));
    assert_eq!(answered(&answer(most), "").await, Ok(StatusCode::OK));
    let why = answered(&answer(most + 1), "").await.unwrap_err();
    assert_eq!(why, "the head of the answer is too long");
}

#[tokio::test]
async fn a_stream_is_read_to_its_bound_and_no_further() {
    let bytes = vec![7; 3 * MOST];
    let mut bounded = Bounded::new(&bytes[..], MOST);
    let mut read = Vec::new();
    let error = bounded.read_to_end(&mut read).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::QuotaExceeded);
    assert_eq!(read.len(), MOST);
    let mut whole = Bounded::new(&bytes[..MOST], MOST + 1);
    assert_eq!(whole.read_to_end(&mut read).await.unwrap(), MOST);
}

/// An error is told by its kind: what it says beside it may hold an address.
#[test]
fn an_error_of_the_system_is_told_without_an_address() {
    let error = io::Error::new(io::ErrorKind::ConnectionRefused, "10.0.0.1:443 refused it");
    assert_eq!(io_words(&error), "connection refused");
    assert_eq!(io_words(&io::ErrorKind::TimedOut.into()), "timed out");
}
