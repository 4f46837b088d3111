use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

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

/// A receiver that sends one interim answer after the other.
#[tokio::test]
async fn an_answer_of_which_no_end_is_seen_is_left_alone() {
    for piece in [
        "HTTP/1.1 102 Processing\r\n\r\n",
        "HTTP/1.1 103 Hints\r\na: b\r\n\r\n",
    ] {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let message = Message {
            url: format!("http://{}/", listener.local_addr().unwrap()),
            headers: Vec::new(),
            body: String::new(),
        };
        let receiver = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            stream.read_u8().await.unwrap();
            let mut sent = 0;
            while stream.write_all(piece.as_bytes()).await.is_ok() {
                sent += piece.len();
            }
            sent
        };
        let limit = Duration::from_secs(60);
        let (answer, sent) = tokio::join!(post(&message, &[], limit), receiver);
        assert_eq!(
            answer.unwrap_err(),
            "65536 bytes were answered, and no status"
        );
        assert!(sent >= MOST);
    }
}
