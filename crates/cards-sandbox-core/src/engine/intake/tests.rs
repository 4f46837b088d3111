use super::*;

#[test]
fn encoding() {
    for good in ["", "a=b&c=d", "a=%20%e2%82%ac", "100+%25", "é"] {
        assert!(is_well_encoded(good.as_bytes()), "{good}");
    }
    for bad in [
        &b"%"[..],
        b"a=%2",
        b"a=%zz",
        b"a=%e2%82",
        b"\xff",
        b"%\xc3\xa9",
    ] {
        assert!(!is_well_encoded(bad), "{bad:?}");
    }
}

#[test]
fn a_header_counts_once() {
    let mut headers = HeaderMap::new();
    assert!(matches!(header(&headers, "token"), HeaderValue::Missing));
    headers.append("token", "a".parse().unwrap());
    assert!(matches!(header(&headers, "token"), HeaderValue::Text("a")));
    headers.append("token", "b".parse().unwrap());
    assert!(matches!(
        header(&headers, "token"),
        HeaderValue::Unreadable(_)
    ));
}

fn upload() -> Parts {
    let content_type = "multipart/form-data; boundary=b";
    let request = axum::http::Request::builder().header("content-type", content_type);
    request.body(()).unwrap().into_parts().0
}

#[tokio::test(start_paused = true)]
async fn uploads_wait_for_their_turn_as_long_as_a_body_may_take() {
    let limits = Limits::default();
    let started = tokio::time::Instant::now();
    let stalled = || {
        tokio::spawn(async move {
            let never = futures_util::stream::pending::<Result<Vec<u8>, std::io::Error>>();
            let read = multipart(&upload(), Body::from_stream(never), limits).await;
            read.err().unwrap()
        })
    };
    let all: Vec<_> = (0..32).map(|_| stalled()).collect();
    let mut turned_away = 0;
    for one in all {
        match one.await.unwrap() {
            Rejection::Busy => turned_away += 1,
            other => assert_eq!(other, Rejection::TooSlow),
        }
    }
    assert!(turned_away >= 16, "{turned_away}");
    assert!(started.elapsed() < limits.body_time * 3);
    assert_eq!(Rejection::Busy.status(), 503);
}

#[test]
fn a_part_of_a_credential_is_none() {
    let expected = "sandbox-Token_0123456789";
    assert!(same(expected, expected));
    for end in 0..expected.len() {
        let (part, rest) = expected.split_at(end);
        assert!(!same(part, expected), "{part:?}");
        assert!(!same(expected, part), "{part:?}");
        assert!(!same(rest, expected) || end == 0, "{rest:?}");
    }
    for other in [
        format!("{expected}0"),
        format!("{expected}{expected}"),
        format!(" {expected}"),
        expected.to_lowercase(),
    ] {
        assert!(!same(&other, expected), "{other:?}");
    }
}
